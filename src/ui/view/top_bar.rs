//! The top bar: name, navigation, theme, help.

use yew::prelude::*;

use super::event_handler::on;
use super::icon;
use crate::ui::share::Address;
use crate::ui::state::export;
use crate::ui::state::places::places;
use crate::ui::state::{Model, Msg, Overlay, Theme};

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
            <a class="brand" href={Address::Home.href()}>
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
            <button
                type="button"
                class="button square open-palette"
                aria-label="Command palette"
                title="Command palette (Ctrl+K)"
                aria-haspopup="dialog"
                onclick={on(send, Msg::Open(Overlay::Palette))}
            >
                { icon::line(icon::SEARCH) }
            </button>
            if export::shared(model).is_some() {
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
        { for places(model).into_iter().map(|place| html! {
            <a
                class={place.here.then_some("here")}
                href={place.address.href()}
                aria-current={place.here.then_some("page")}
            >
                { place.name }
            </a>
        }) }
    }
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
