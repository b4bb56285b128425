//! The command palette: a combobox with a list of results, after the ARIA pattern. The focus stays in
//! the field; `aria-activedescendant` names the active result.

use gloo::utils::document;
use web_sys::{
    HtmlInputElement, InputEvent, KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition,
};
use yew::prelude::*;

use super::dialog::Dialog;
use super::event_handler::on;
use super::icon;
use crate::ui::state::palette::{Item, Msg as Change, Palette};
use crate::ui::state::{Model, Msg, Overlay};

/// The id of the list of results.
const LIST: &str = "palette-results";

/// Renders the palette in a dialog.
pub fn view(model: &Model, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Palette);
    let palette = if open { model.palette.clone() } else { Palette::default() };
    html! { <CommandPalette {open} {palette} {send} /> }
}

#[derive(Properties, PartialEq)]
struct Props {
    open: bool,
    palette: Palette,
    send: Callback<Msg>,
}

#[component]
fn CommandPalette(props: &Props) -> Html {
    let field = use_node_ref();
    use_effect_with((props.open, props.palette.active), |(open, active)| {
        if *open {
            reveal(*active);
        }
    });
    html! {
        <Dialog
            class="palette"
            label="Command palette"
            open={props.open}
            focus={Some(field.clone())}
            onclose={on(&props.send, Msg::Close(Overlay::Palette))}
        >
            { combobox(props, field) }
            <p class="hits" role="status">{ count(&props.palette) }</p>
            <ul role="listbox" id={LIST} aria-label="Results" hidden={props.palette.results.is_empty()}>
                { for props.palette.results.iter().enumerate().map(|(at, item)| {
                    option(at, item, at == props.palette.active, &props.send)
                }) }
            </ul>
        </Dialog>
    }
}

fn combobox(props: &Props, field: NodeRef) -> Html {
    let typed = props.send.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Msg::Palette(Change::Type(input.value()))
    });
    let palette = &props.palette;
    let any = !palette.results.is_empty();
    html! {
        <div class="search">
            { icon::line(icon::SEARCH) }
            <input
                ref={field}
                type="text"
                role="combobox"
                aria-label="Find a scenario, preset, page or action"
                placeholder="Find a scenario, preset, page or action"
                aria-autocomplete="list"
                aria-controls={LIST}
                aria-expanded={any.to_string()}
                aria-activedescendant={any.then(|| option_id(palette.active))}
                autocomplete="off"
                spellcheck="false"
                maxlength="80"
                value={palette.query.clone()}
                oninput={typed}
                onkeydown={keys(&props.send)}
            />
        </div>
    }
}

/// Returns the handler of the keys that belong to the list; all others edit the text.
fn keys(send: &Callback<Msg>) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        // Enter may also accept a word from an input method.
        if event.is_composing() {
            return;
        }
        let change = match event.key().as_str() {
            "ArrowDown" => Change::Down,
            "ArrowUp" => Change::Up,
            "Enter" => Change::Enter,
            _ => return,
        };
        event.prevent_default();
        send.emit(Msg::Palette(change));
    })
}

fn option(at: usize, item: &Item, active: bool, send: &Callback<Msg>) -> Html {
    html! {
        <li
            key={at}
            id={option_id(at)}
            role="option"
            aria-selected={active.to_string()}
            onclick={on(send, Msg::Palette(Change::Choose(at)))}
        >
            <span class="what">{ item.title }</span>
            <span class="kind">{ item.group }</span>
            if let Some((badge, badge_tone)) = item.badge {
                <b class={classes!("badge", badge_tone.class())}>
                    <span class="hidden">{ " — ends with: " }</span>{ badge }
                </b>
            }
        </li>
    }
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
}

fn count(palette: &Palette) -> String {
    match (palette.results.len(), palette.matches) {
        (_, 0) => "Nothing matches.".to_owned(),
        (_, 1) => "1 result".to_owned(),
        (shown, matches) if shown < matches => {
            format!("The first {shown} of {matches} results")
        }
        (_, matches) => format!("{matches} results"),
    }
}

/// Scrolls the active result into view.
fn reveal(active: usize) {
    if let Some(option) = document().get_element_by_id(&option_id(active)) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}
