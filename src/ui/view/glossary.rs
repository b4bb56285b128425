//! The glossary page, and the terms of a run as links to it.

use yew::prelude::*;

use super::shared_run::SharedRun;
use crate::catalogue::glossary::{TERMS, Term, of_run};
use crate::catalogue::scenario;
use crate::ui::dom;
use crate::ui::share::{self, Address};

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The term to show.
    pub term: Option<&'static Term>,
    /// The problem with the address.
    pub problem: Option<String>,
}

/// Renders the page.
#[component]
pub fn Glossary(props: &Props) -> Html {
    use_effect_with(props.term, |term| {
        if let Some(term) = term {
            dom::bring(&anchor(term));
        }
    });
    html! {
        <main class="mid reading glossary" id="main" tabindex="-1">
            <div class="heading">
                <h1>{ "Glossary" }</h1>
                <p class="summary">
                    { "Terms of message delivery in two sentences each, with a scenario that shows \
                       them." }
                </p>
                { for props.problem.iter().map(|problem| html! {
                    <p class="notice" role="alert">{ problem }</p>
                }) }
            </div>
            <dl>{ for TERMS.iter().map(|term| entry(term, props.term == Some(term))) }</dl>
        </main>
    }
}

fn entry(term: &'static Term, here: bool) -> Html {
    html! {
        <div
            key={term.id}
            id={anchor(term)}
            class={here.then_some("here")}
            tabindex="-1"
        >
            <dt>{ term.name }</dt>
            <dd>
                <p>{ term.text }</p>
                { for scenario(term.scenario).map(|scenario| html! {
                    <p>
                        { "See: " }
                        <a href={share::link(&scenario.id)}>{ &scenario.narrative.title }</a>
                    </p>
                }) }
            </dd>
        </div>
    }
}

/// Returns the id of the element of a term.
fn anchor(term: &Term) -> String {
    format!("term-{}", term.id)
}

#[derive(Properties, PartialEq)]
pub struct TermsProps {
    pub view: SharedRun,
}

/// Renders links to the terms that occur in what the run says. They are those of all its steps, so
/// that a step moves nothing.
#[component]
pub fn Terms(props: &TermsProps) -> Html {
    let terms = use_memo(props.view.clone(), |view| of_run(&view.0));
    if terms.is_empty() {
        return Html::default();
    }
    html! {
        <section class="panel terms" aria-label="Terms">
            <h2>{ "Terms" }</h2>
            <ul>
                { for terms.iter().map(|term| html! {
                    <li key={term.id}>
                        <a href={Address::Glossary(Some(term.id.to_owned())).href()}>{ term.name }</a>
                    </li>
                }) }
            </ul>
        </section>
    }
}
