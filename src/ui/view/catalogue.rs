//! The catalogue: a search field, filters, and the scenarios in collapsible groups, in the sidebar
//! or in a drawer.

use std::cell::Cell;

use web_sys::{
    Element, HtmlInputElement, InputEvent, KeyboardEvent, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};
use yew::prelude::*;

use super::dialog::Dialog;
use super::event_handler::on;
use super::lab::breakable;
use super::select::Select;
use super::{icon, lessons};
use crate::catalogue::{Entry, Group, groups};
use crate::ui::dom;
use crate::ui::share::{self, Address};
use crate::ui::state::overview::{OUTCOMES, topics};
use crate::ui::state::{Msg, Overlay};

/// The icon of the overview: four pictures.
const GRID: &str = "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z";

/// The media query for a sidebar; `www/page.css` has its opposite.
const ROOM: &str = "not all and (max-width: 1179px)";

#[derive(Clone, Properties, PartialEq)]
pub struct Props {
    pub query: AttrValue,
    /// The id of the scenario on screen.
    pub current: Option<AttrValue>,
    /// The outcome of the scenario on screen is still to be predicted.
    pub hides: bool,
    /// The link to the course, with the progress: "Course: 3 of 12".
    pub course: AttrValue,
    pub send: Callback<Msg>,
    /// The search field.
    pub search: NodeRef,
    /// The number of groups: the list may be loaded later than the page.
    #[prop_or_else(known)]
    pub groups: usize,
}

fn known() -> usize {
    groups().len()
}

/// Renders the catalogue in the sidebar, if there is room for it.
#[component]
pub fn Side(props: &Props) -> Html {
    let room = use_state_eq(|| dom::matches(ROOM));
    {
        let room = room.clone();
        use_effect_with((), move |()| {
            let listener = dom::watch(ROOM, move || room.set(dom::matches(ROOM)));
            move || drop(listener)
        });
    }
    html! {
        if *room {
            <aside class="side" aria-label="Scenarios"><Catalogue ..props.clone() /></aside>
        }
    }
}

#[component]
pub fn Catalogue(props: &Props) -> Html {
    let all: usize = groups().iter().map(|group| group.entries.len()).sum();
    let (topic, outcome) = (use_state_eq(String::new), use_state_eq(String::new));
    let fits = |entry: &&Entry| entry.matches(&props.query) && ends_with(entry, &outcome);
    let shown: Vec<(usize, &Group, Vec<&Entry>)> = groups()
        .iter()
        .enumerate()
        .filter(|(_, group)| topic.is_empty() || group.topic() == *topic)
        .map(|(number, group)| (number, group, group.entries.iter().filter(fits).collect()))
        .filter(|(.., entries): &(_, _, Vec<_>)| !entries.is_empty())
        .collect();
    let hits: usize = shown.iter().map(|(.., entries)| entries.len()).sum();
    let nav = use_node_ref();
    let unfolded = use_unfolded(&props.current, props.groups, &nav);
    let filtered = !(props.query.trim().is_empty() && topic.is_empty() && outcome.is_empty());
    let first = shown.first().and_then(|(.., entries)| Some(entries.first()?.id.as_str()));
    let show_all = {
        let (topic, outcome, send) = (topic.setter(), outcome.setter(), props.send.clone());
        Callback::from(move |_: MouseEvent| {
            topic.set(String::new());
            outcome.set(String::new());
            send.emit(Msg::Search(String::new()));
        })
    };
    html! {
        <nav class="catalogue" aria-label="Scenarios" ref={nav}>
            { field(props, first.filter(|_| filtered)) }
            <div class="onto">
                { lessons::link(&props.course) }
                <a class="button to-overview" href={Address::Scenarios(Vec::new()).href()}>
                    { icon::line(GRID) }{ "Overview" }
                </a>
            </div>
            <div class="filter-by">
                <Select label="Topic" value={(*topic).clone()} onchange={set(&topic)}>
                    <option value="">{ "All topics" }</option>
                    { for topics().into_iter().map(|topic| html! {
                        <option value={topic} key={topic}>{ topic }</option>
                    }) }
                </Select>
                <Select label="Outcome" value={(*outcome).clone()} onchange={set(&outcome)}>
                    <option value="">{ "All outcomes" }</option>
                    { for OUTCOMES.iter().map(|outcome| html! {
                        <option value={outcome.key}>
                            { format!("{}: {}", outcome.badges.join(", "), outcome.meaning) }
                        </option>
                    }) }
                </Select>
            </div>
            <p class="hits" role="status">
                if filtered { { hits_text(hits, all) } }
            </p>
            // A list of its own: Yew matches unkeyed siblings from the end, so with a list of
            // another length beside it the search field would be created anew.
            <>
                { for shown.iter().map(|(number, group, entries)| {
                    let open = filtered || *unfolded & (1 << number) != 0;
                    section(*number, group, entries, open, props, &unfolded)
                }) }
            </>
            if hits == 0 {
                <button type="button" class="button" onclick={show_all}>
                    { "Show all scenarios" }
                </button>
            }
            { legend() }
        </nav>
    }
}

/// A hook for the expanded groups, as a bitmask. The group of the scenario on screen expands by
/// itself, and its entry scrolls into view.
#[hook]
fn use_unfolded(current: &Option<AttrValue>, groups: usize, nav: &NodeRef) -> UseStateHandle<u32> {
    let unfolded = use_state_eq(|| bit(current));
    let handle = unfolded.clone();
    use_effect_with((current.clone(), groups), move |(current, _)| {
        handle.set(*handle | bit(current));
    });
    let open = *unfolded & bit(current) != 0;
    let nav = nav.clone();
    use_effect_with((current.clone(), open), move |_| {
        // In a drawer the entry has no size until the drawer has opened, which may be later.
        let watch = here(&nav).and_then(|entry| {
            // Only once: afterwards the user scrolls.
            let shown = Cell::new(false);
            dom::sized(&entry.clone(), move || shown.set(shown.get() || show(&entry)))
        });
        move || drop(watch)
    });
    unfolded
}

fn bit(current: &Option<AttrValue>) -> u32 {
    let has =
        |group: &Group| group.entries.iter().any(|e| Some(e.id.as_str()) == current.as_deref());
    groups().iter().position(has).map_or(0, |number| 1 << number)
}

/// Returns the entry of the scenario on screen, if its group is expanded.
fn here(nav: &NodeRef) -> Option<Element> {
    nav.cast::<Element>().and_then(|nav| nav.query_selector(".here").ok().flatten())
}

/// Scrolls the entry into view; returns false if it is not rendered.
fn show(entry: &Element) -> bool {
    if entry.client_height() == 0 {
        return false;
    }
    let nearest = ScrollIntoViewOptions::new();
    nearest.set_block(ScrollLogicalPosition::Nearest);
    entry.scroll_into_view_with_scroll_into_view_options(&nearest);
    true
}

fn section(
    number: usize,
    group: &Group,
    entries: &[&Entry],
    open: bool,
    props: &Props,
    unfolded: &UseStateHandle<u32>,
) -> Html {
    let flip = {
        let unfolded = unfolded.clone();
        Callback::from(move |_: MouseEvent| unfolded.set(*unfolded ^ (1 << number)))
    };
    html! {
        <section key={group.title.clone()}>
            <h2>
                <button type="button" aria-expanded={open.to_string()} onclick={flip}>
                    { icon::line(icon::FORWARD) }
                    <span>{ &group.title }</span>
                    <span class="many"><span class="hidden">{ ", scenarios: " }</span>{ entries.len() }</span>
                </button>
            </h2>
            // Most groups are collapsed: a page without a hundred links renders faster.
            if open {
                <ul>{ for entries.iter().map(|entry| item(entry, props)) }</ul>
            }
        </section>
    }
}

fn hits_text(hits: usize, all: usize) -> String {
    match hits {
        0 => "No scenarios match.".to_owned(),
        hits => format!("{hits} of {all} scenarios"),
    }
}

/// Returns true if the scenario ends with the outcome of this key, or if none is chosen.
fn ends_with(entry: &Entry, key: &str) -> bool {
    let outcome = OUTCOMES.iter().find(|outcome| outcome.key == key);
    outcome.is_none_or(|outcome| outcome.badges.contains(&entry.badge.as_str()))
}

fn set(state: &UseStateHandle<String>) -> Callback<String> {
    let setter = state.setter();
    Callback::from(move |value| setter.set(value))
}

/// Renders the search field; Enter opens the first scenario in the list.
fn field(props: &Props, first: Option<&str>) -> Html {
    let typed = props.send.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Msg::Search(input.value())
    });
    let send = props.send.clone();
    let first = first.map(Address::scenario);
    let pressed = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => first.iter().cloned().for_each(|first| send.emit(Msg::Go(first))),
        "Escape" => {
            let input: HtmlInputElement = event.target_unchecked_into();
            if input.value().is_empty() {
                // Fails only if the element is not attached to the document.
                let _ = input.blur();
            } else {
                // The default action would also close an open drawer.
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

/// Shows a title. A word of it may be the name of a setting, and longer than a line of the list.
fn title(title: &str) -> Html {
    let is_long = |word: &str| word.len() > 20;
    match title.split(' ').any(is_long) {
        true => title
            .split_inclusive(' ')
            .map(|word| match is_long(word) {
                true => breakable(word),
                false => html! { { word } },
            })
            .collect(),
        false => html! { { title } },
    }
}

fn item(entry: &Entry, props: &Props) -> Html {
    let here = props.current.as_deref() == Some(entry.id.as_str());
    let hides = here && props.hides;
    html! {
        <li key={entry.id.clone()}>
            <a
                href={share::link(&entry.id)}
                title={entry.summary.clone()}
                class={here.then_some("here")}
                aria-current={here.then_some("page")}
                data-id={entry.id.clone()}
            >
                <span>{ title(&entry.title) }</span>
                <b class={classes!("badge", entry.tone.class(), hides.then_some("hides"))}>
                    <span class="hidden">{ " — ends with: " }</span>{ &entry.badge }
                </b>
            </a>
        </li>
    }
}

fn legend() -> Html {
    html! {
        <section class="legend">
            <h2>{ "Outcomes" }</h2>
            <dl>{ for OUTCOMES.iter().map(|outcome| html! {
                <div>
                    <dt class={outcome.tone.class()}>{ outcome.badges.join(", ") }</dt>
                    <dd>{ outcome.meaning }</dd>
                </div>
            }) }</dl>
        </section>
    }
}

#[derive(Properties, PartialEq)]
pub struct DrawerProps {
    pub open: bool,
    pub query: AttrValue,
    pub current: Option<AttrValue>,
    pub hides: bool,
    pub course: AttrValue,
    /// The drawer was opened for a search: the field gets the focus.
    pub seek: bool,
    /// The links to the other pages of the site.
    pub places: Html,
    pub send: Callback<Msg>,
}

/// Renders the catalogue in a drawer, for a page without room for the sidebar.
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
            <nav class="places" aria-label="Site">{ props.places.clone() }</nav>
            <div class="tools">
                <button
                    type="button"
                    class="button open-palette"
                    aria-haspopup="dialog"
                    onclick={on(&props.send, Msg::Open(Overlay::Palette))}
                >
                    { icon::line(icon::SEARCH) }{ "Command palette" }
                </button>
                <a class="button" href={Address::Glossary(None).href()}>{ "Glossary" }</a>
            </div>
            <Catalogue
                query={props.query.clone()}
                current={props.current.clone()}
                hides={props.hides}
                course={props.course.clone()}
                send={props.send.clone()}
                {search}
            />
        </Dialog>
    }
}
