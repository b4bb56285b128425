//! The top bar: name, navigation, theme, help.

use yew::prelude::*;

use super::{icon, on};
use crate::ui::share::{Address, Compared};
use crate::ui::state::{Model, Msg, Overlay, Page, Run, Theme};

pub fn bar(model: &Model, send: &Callback<Msg>) -> Html {
    let (theme_icon, theme_label) = match model.theme {
        Theme::Light => (icon::MOON, "Dark theme"),
        Theme::Dark => (icon::SUN, "Light theme"),
    };
    html! {
        <header class="top">
            <button type="button" class="skip" onclick={Callback::from(|_| to_diagram())}>
                { "Skip to the diagram" }
            </button>
            <a class="brand" href="#/">
                { "ack" }{ icon::line(icon::CROSS) }{ "ward" }
            </a>
            <nav aria-label="Site">
                { links(model) }
            </nav>
            <p class="tagline">{ "See how messages get lost, duplicated or reordered" }</p>
            <button
                type="button"
                class="button open-catalogue"
                aria-haspopup="dialog"
                onclick={on(send, Msg::Open(Overlay::Catalogue))}
            >
                { icon::line(icon::LIST) }
                <span class="roomy">{ "Scenarios" }</span><span class="tight">{ "Menu" }</span>
            </button>
            if model.run().is_some() {
                <button
                    type="button"
                    class="button square open-share"
                    aria-label="Share and export"
                    title="Share and export (s)"
                    aria-haspopup="dialog"
                    onclick={on(send, Msg::Open(Overlay::Share))}
                >
                    { icon::line(icon::SHARE) }
                </button>
            }
            <button
                type="button"
                class="button square theme"
                aria-label={theme_label}
                title={theme_label}
                onclick={on(send, Msg::ToggleTheme)}
            >
                { icon::line(theme_icon) }
            </button>
            <button
                type="button"
                class="button square open-help"
                aria-label="Help and keyboard shortcuts"
                title="Help and keyboard shortcuts"
                aria-haspopup="dialog"
                onclick={on(send, Msg::Open(Overlay::Help))}
            >
                { "?" }
            </button>
        </header>
    }
}

/// Renders the links to the pages of the site.
pub fn links(model: &Model) -> Html {
    html! {
        { for places(model).into_iter().map(|(name, href, here)| html! {
            <a class={here.then_some("here")} {href} aria-current={here.then_some("page")}>
                { name }
            </a>
        }) }
    }
}

/// Returns the pages of the site: name, address, and true for the current one.
fn places(model: &Model) -> [(&'static str, String, bool); 8] {
    let matrix = matches!(model.page, Page::Matrix(..));
    let compare = matches!(model.page, Page::Compare(_));
    let chaos = matches!(model.page, Page::Chaos);
    let lab = model.run().is_some_and(|run| run.lab);
    // From a scenario, the Lab starts with its configuration.
    let to_lab = match (model.run(), model.trial()) {
        (Some(run), _) => run.in_lab().href(),
        (_, Some(trial)) => trial.in_lab().href(),
        _ => "#/lab".to_owned(),
    };
    // The same for a comparison.
    let to_compare = model.run().map_or_else(Compared::default, Run::compared);
    let to_compare = Address::Compare(to_compare).href();
    [
        (
            "Scenarios",
            "#/".to_owned(),
            matches!(model.page, Page::Run(_) | Page::Missing(_) | Page::Course) && !lab,
        ),
        ("Check yours", "#/check".to_owned(), matches!(model.page, Page::CheckFiles)),
        ("Lab", to_lab, lab),
        ("Compare", to_compare, compare),
        ("Fault matrix", "#/matrix".to_owned(), matrix),
        ("Simulate", model.at_random().href(), chaos),
        ("Cost", "#/cost".to_owned(), matches!(model.page, Page::Cost(..))),
        ("Advisor", "#/choose".to_owned(), matches!(model.page, Page::Choose(..))),
    ]
}

/// Focuses the diagram; a link would change the address, which names the scenario.
fn to_diagram() {
    let stage =
        gloo::utils::document().query_selector(".stage, .missing, .chaos, .reading").ok().flatten();
    if let Some(stage) =
        stage.and_then(|stage| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(stage).ok())
    {
        // Fails only if the element is not attached to the document.
        let _ = stage.focus();
    }
}
