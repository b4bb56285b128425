//! The catalogue: a search field and the scenarios in their groups, at the side or in a drawer.

use web_sys::{HtmlInputElement, InputEvent, KeyboardEvent};
use yew::prelude::*;

use super::dialog::Dialog;
use super::{icon, on, tone};
use crate::catalogue::{Entry, groups};
use crate::ui::share;
use crate::ui::state::{Msg, Overlay, found};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub query: AttrValue,
    /// Id of the scenario on screen.
    pub current: Option<AttrValue>,
    pub send: Callback<Msg>,
    /// The search field.
    pub search: NodeRef,
}

#[component]
pub fn Catalogue(props: &Props) -> Html {
    let all: usize = groups().iter().map(|group| group.entries.len()).sum();
    let shown: Vec<(&str, Vec<&Entry>)> = groups()
        .iter()
        .map(|group| {
            (group.title, group.entries.iter().filter(|e| found(e, &props.query)).collect())
        })
        .filter(|(_, entries): &(_, Vec<_>)| !entries.is_empty())
        .collect();
    let hits: usize = shown.iter().map(|(_, entries)| entries.len()).sum();
    html! {
        <nav class="catalogue" aria-label="Scenarios">
            { field(props) }
            <p class="hits" role="status">{ hits_text(&props.query, hits, all) }</p>
            { for shown.iter().map(|(title, entries)| html! {
                <section key={*title}>
                    <h2>{ *title }</h2>
                    <ul>{ for entries.iter().map(|entry| item(entry, &props.current)) }</ul>
                </section>
            }) }
            if hits == 0 {
                <button type="button" class="button" onclick={on(&props.send, Msg::Search(String::new()))}>
                    { "Show all scenarios" }
                </button>
            }
            { legend() }
        </nav>
    }
}

fn hits_text(query: &str, hits: usize, all: usize) -> String {
    match (query.trim(), hits) {
        ("", _) => String::new(),
        (query, 0) => format!("No scenario has “{query}” in it."),
        (_, hits) => format!("{hits} of {all} scenarios"),
    }
}

fn field(props: &Props) -> Html {
    let typed = props.send.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Msg::Search(input.value())
    });
    let send = props.send.clone();
    let pressed = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => send.emit(Msg::SearchDone),
        "Escape" => {
            let input: HtmlInputElement = event.target_unchecked_into();
            if input.value().is_empty() {
                // Fails only for an element outside a page.
                let _ = input.blur();
            } else {
                // An open drawer would close too.
                event.prevent_default();
                send.emit(Msg::Search(String::new()));
            }
        }
        _ => {}
    });
    html! {
        <div class="search">
            { icon::line(icon::SEARCH) }
            <input
                ref={props.search.clone()}
                type="search"
                placeholder="Find a scenario"
                aria-label="Find a scenario"
                autocomplete="off"
                spellcheck="false"
                maxlength="80"
                value={props.query.clone()}
                oninput={typed}
                onkeydown={pressed}
            />
            <kbd aria-hidden="true">{ "/" }</kbd>
        </div>
    }
}

fn item(entry: &Entry, current: &Option<AttrValue>) -> Html {
    let here = current.as_deref() == Some(entry.id.as_str());
    html! {
        <li key={entry.id.clone()}>
            <a
                href={share::link(&entry.id)}
                title={entry.summary.clone()}
                class={here.then_some("here")}
                aria-current={here.then_some("page")}
                data-id={entry.id.clone()}
            >
                <span>{ &entry.title }</span>
                <b class={classes!("badge", tone(entry.tone))}>
                    <span class="hidden">{ " — ends with: " }</span>{ &entry.badge }
                </b>
            </a>
        </li>
    }
}

fn legend() -> Html {
    html! {
        <p class="legend">
            { "The number tells how often the message took effect in the end: " }
            <b class="bad">{ "0" }</b>{ " lost, " }
            <b class="good">{ "1" }</b>{ " as it should, " }
            <b class="warn">{ "2×" }</b>{ " twice. " }
            <b class="bad">{ "?" }</b>{ " is more than the sender can know." }
        </p>
    }
}

#[derive(Properties, PartialEq)]
pub struct DrawerProps {
    pub open: bool,
    pub query: AttrValue,
    pub current: Option<AttrValue>,
    /// Opened in order to search: the field gets the focus.
    pub seek: bool,
    pub send: Callback<Msg>,
}

/// The catalogue in a drawer, where the page has no room for it at the side.
#[component]
pub fn Drawer(props: &DrawerProps) -> Html {
    let search = use_node_ref();
    html! {
        <Dialog
            class="drawer"
            label="Scenarios"
            open={props.open}
            focus={props.seek.then(|| search.clone())}
            onclose={on(&props.send, Msg::Close(Overlay::Catalogue))}
        >
            <Catalogue
                query={props.query.clone()}
                current={props.current.clone()}
                send={props.send.clone()}
                {search}
            />
        </Dialog>
    }
}
