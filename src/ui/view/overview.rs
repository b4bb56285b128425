//! The overview of all scenarios: each with a small picture of its failure, by group, filtered by
//! topic, outcome and words.

use std::rc::Rc;

use web_sys::{HtmlInputElement, InputEvent, KeyboardEvent};
use yew::prelude::*;

use super::{icon, lessons};
use crate::catalogue::{Entry, Group, groups};
use crate::protocol::Answer;
use crate::ui::share::{self, Address};
use crate::ui::state::overview::{self, Filter, OUTCOMES, Outcome, pairs, topics};
use crate::ui::state::{Model, Msg};

/// The pictures of a group, compared by pointer.
#[derive(Clone)]
struct Pictures(Option<Rc<Answer>>);

impl PartialEq for Pictures {
    fn eq(&self, other: &Pictures) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

impl Pictures {
    /// Returns the picture of the scenario at this place in the group.
    fn at(&self, place: usize) -> Option<&str> {
        match self.0.as_deref() {
            Some(Answer::Pictures(all)) => all.get(place).map(String::as_str),
            _ => None,
        }
    }
}

/// A group of the overview: its number, and what is shown of it.
type Section = (usize, &'static Group, Vec<(usize, &'static Entry)>);

pub fn view(
    model: &Model,
    filter: Filter,
    problems: &[String],
    send: &Callback<Msg>,
    search: &NodeRef,
) -> Html {
    let query = &model.query;
    let pictures = |group| {
        let entry = model.answers.get(&overview::question(group));
        Pictures(entry.and_then(|entry| entry.answer.clone()))
    };
    let shown: Vec<Section> = groups()
        .iter()
        .enumerate()
        .map(|(number, group)| (number, group, overview::shown(group, &filter, query)))
        .filter(|(.., entries)| !entries.is_empty())
        .collect();
    let hits: usize = shown.iter().map(|(.., entries)| entries.len()).sum();
    let all: usize = groups().iter().map(|group| group.entries.len()).sum();
    html! {
        <main class="mid reading overview" id="main" tabindex="-1">
            <div class="heading">
                <div class="title"><h1>{ "All scenarios" }</h1></div>
                <p class="summary">
                    { "What can happen to a message when things break: every failure, its fix, and how it ends." }
                </p>
                { for problems.iter().map(|problem| html! {
                    <p class="notice" role="alert">{ problem }</p>
                }) }
                <div class="filters">
                    { field(query, send, search) }
                    { lessons::link(&model.lessons.label().into()) }
                    <p role="status">{ hits_text(hits, all) }</p>
                </div>
                { topic_links(filter, query) }
                { outcome_links(filter, query) }
            </div>
            <div class="groups">
                { for shown.into_iter().map(|(number, group, entries)| html! {
                    <Cards
                        key={group.title.as_str()}
                        {number}
                        places={entries.into_iter().map(|(place, _)| place).collect::<Vec<usize>>()}
                        pictures={pictures(number)}
                    />
                }) }
            </div>
        </main>
    }
}

fn hits_text(hits: usize, all: usize) -> String {
    match hits {
        0 => "No scenarios match.".to_owned(),
        hits if hits == all => format!("{all} scenarios"),
        hits => format!("{hits} of {all} scenarios"),
    }
}

fn field(query: &str, send: &Callback<Msg>, search: &NodeRef) -> Html {
    let typed = send.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Msg::Search(input.value())
    });
    let cleared = {
        let send = send.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                send.emit(Msg::Search(String::new()));
            }
        })
    };
    html! {
        <div class="search">
            { icon::line(icon::SEARCH) }
            <input
                ref={search.clone()}
                type="search"
                placeholder="Find a scenario"
                aria-label="Find a scenario"
                autocomplete="off"
                spellcheck="false"
                maxlength="80"
                value={query.to_owned()}
                oninput={typed}
                onkeydown={cleared}
            />
            <kbd aria-hidden="true">{ "/" }</kbd>
        </div>
    }
}

/// Returns the number of scenarios that a filter shows.
fn count(filter: &Filter, query: &str) -> usize {
    groups().iter().map(|group| overview::shown(group, filter, query).len()).sum()
}

fn topic_links(filter: Filter, query: &str) -> Html {
    let link = |label: &'static str, topic: Option<&'static str>| {
        let to = Filter { topic, ..filter };
        html! {
            <li key={label}>
                <a
                    href={Address::Scenarios(pairs(&to)).href()}
                    aria-current={(topic == filter.topic).then_some("true")}
                >
                    { label }{ " " }<small>{ count(&to, query) }</small>
                </a>
            </li>
        }
    };
    html! {
        <nav aria-label="Topics">
            <ul class="picks">
                { link("All topics", None) }
                { for topics().into_iter().map(|topic| link(topic, Some(topic))) }
            </ul>
        </nav>
    }
}

fn outcome_links(filter: Filter, query: &str) -> Html {
    let link = |label: Html, outcome: Option<&'static Outcome>| {
        let to = Filter { outcome, ..filter };
        html! {
            <li key={outcome.map_or("", |outcome| outcome.key)}>
                <a
                    href={Address::Scenarios(pairs(&to)).href()}
                    aria-current={(outcome == filter.outcome).then_some("true")}
                >
                    { label }{ " " }<small>{ count(&to, query) }</small>
                </a>
            </li>
        }
    };
    let label = |outcome: &Outcome| {
        html! { <><b class={outcome.tone.class()}>{ outcome.badges.join(", ") }</b>{ " " }{ outcome.meaning }</> }
    };
    html! {
        <nav aria-label="Outcomes">
            <ul class="picks">
                { link(html! { "All outcomes" }, None) }
                { for OUTCOMES.iter().map(|outcome| link(label(outcome), Some(outcome))) }
            </ul>
        </nav>
    }
}

#[derive(Properties, PartialEq)]
struct CardsProps {
    /// The index of the group.
    number: usize,
    /// The places of the scenarios in the group.
    places: Vec<usize>,
    pictures: Pictures,
}

/// Renders the scenarios of a group.
#[component]
fn Cards(props: &CardsProps) -> Html {
    let group = &groups()[props.number];
    html! {
        <section>
            <h2>{ &group.title }</h2>
            <ul class="cards">
                { for props.places.iter().map(|&place| {
                    card(&group.entries[place], props.pictures.at(place))
                }) }
            </ul>
        </section>
    }
}

fn card(entry: &Entry, picture: Option<&str>) -> Html {
    // The diagram writer has written no text into it.
    let drawn = picture.map(|svg| Html::from_html_unchecked(AttrValue::from(svg.to_owned())));
    html! {
        <li key={entry.id.as_str()}>
            <a href={share::link(&entry.id)} title={entry.summary.clone()}>
                <span class="picture" aria-hidden="true">{ for drawn }</span>
                <span class="what">{ &entry.title }</span>
                <b class={classes!("badge", entry.tone.class())}>
                    <span class="hidden">{ " — ends with: " }</span>{ &entry.badge }
                </b>
            </a>
        </li>
    }
}
