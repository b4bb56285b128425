//! The rows of the matrix: what is written in a cell, and what the words mean.

use std::rc::Rc;

use yew::prelude::*;

use crate::catalogue::preset;
use crate::check::Property;
use crate::protocol::{Answer, Cell, MATRIX_MESSAGES};
use crate::sim::Class;
use crate::ui::share::{Address, Config, Found, Shown};
use crate::ui::view::icon;

/// The decided cells of a row as a component property, compared by pointer.
#[derive(Clone)]
pub struct Decided(pub Option<Rc<Answer>>);

impl PartialEq for Decided {
    fn eq(&self, other: &Decided) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(other)) => Rc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }
}

impl Decided {
    pub fn cells(&self) -> &[Cell] {
        match self.0.as_deref() {
            Some(Answer::Row(cells)) => cells,
            _ => &[],
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct RowProps {
    pub id: String,
    pub cells: Decided,
    pub property: Option<Property>,
}

/// A row for a preset; rendered again only when one of its cells was decided.
#[component]
pub fn Row(props: &RowProps) -> Html {
    let Some(preset) = preset(&props.id) else { return Html::default() };
    let href = Address::Run(Shown::new(Config::preset(&preset.id), true)).href();
    let cells = props.cells.cells();
    html! {
        <tr>
            <th scope="row"><a {href}>{ &preset.narrative.title }</a></th>
            { for cells.iter().map(|cell| cell_view(&props.id, cell, props.property)) }
            { for (cells.len()..Class::ALL.len()).map(|_| html! {
                <td class="open"><span class="hidden">{ "not checked yet" }</span></td>
            }) }
        </tr>
    }
}

/// Returns the violated properties of a cell, each with the link to a run.
fn runs(preset: &str, broken: &[(String, String)]) -> Vec<(Property, String)> {
    let run = |(property, path): &(String, String)| {
        let property = Property::from_key(property)?;
        let config = Config::preset(preset).with("messages", &MATRIX_MESSAGES.to_string());
        let found = Some(Found { property: Some(property), path: path.parse().ok()? });
        let shown = Shown { found, ..Shown::new(config, true) };
        Some((property, Address::Run(shown).href()))
    };
    broken.iter().filter_map(run).collect()
}

fn cell_view(preset: &str, cell: &Cell, asked: Option<Property>) -> Html {
    let Cell::Tried { complete, states, dead_letters, broken } = cell else {
        return html! { <td class="idle" title="Not applicable">{ "–" }</td> };
    };
    let runs = runs(preset, broken);
    let run = |property: Property| runs.iter().find(|(p, _)| *p == property);
    if let Some(property) = asked {
        return match run(property) {
            Some((_, href)) => html! {
                <td class="bad">
                    <a href={href.clone()} aria-label={property.broken_says()}>{ icon::line(icon::CROSS) }</a>
                </td>
            },
            None if *complete => html! {
                <td class="good">{ icon::line(icon::CHECK) }<span class="hidden">{ "holds" }</span></td>
            },
            None => html! { <td class="open">{ "?" }</td> },
        };
    }
    let words: Vec<(&str, &str, &String)> = FATES
        .iter()
        .filter(|(property, ..)| !told_already(&runs, *property))
        .filter_map(|(property, word, class)| run(*property).map(|(_, href)| (*word, *class, href)))
        .collect();
    let calm = match *dead_letters {
        true => "once, or dead-lettered",
        false => "once",
    };
    html! {
        <td>
            { for words.iter().map(|(word, class, href)| html! {
                <a class={*class} href={(*href).clone()} data-word={*word}>{ *word }</a>
            }) }
            if words.is_empty() && *complete {
                <span class="good">{ calm }</span>
            }
            if !complete {
                <span class="cut" title={format!("State limit reached ({states} states): other outcomes are possible")}>
                    { "incomplete" }
                </span>
            }
        </td>
    }
}

/// The words in the cells, one for each violated property.
const FATES: [(Property, &str, &str); 6] = [
    (Property::NeverLostSilently, "lost", "bad"),
    (Property::NeverLost, "lost, error", "bad"),
    (Property::AppliedOnce, "twice", "warn"),
    (Property::InOrder, "reordered", "warn"),
    (Property::NeverStuck, "stuck", "bad"),
    (Property::ReportTrue, "wrong result", "warn"),
];

/// Renders the meaning of the words.
pub fn legend() -> Html {
    const WORDS: [(&str, &str, &str); 9] = [
        ("good", "once", "always takes effect exactly once, whatever the order of events"),
        ("bad", "lost", "can be lost without the producer getting an error"),
        ("bad", "lost, error", "can be lost, and the producer gets an error"),
        ("warn", "twice", "can take effect twice"),
        ("warn", "reordered", "the second can take effect before the first"),
        ("bad", "stuck", "can block or loop forever"),
        (
            "warn",
            "wrong result",
            "the producer can get the wrong result: Ok for a lost message, or an error for a delivered one",
        ),
        ("soft", "incomplete", "state limit reached; other outcomes are possible"),
        ("soft", "–", "not applicable: this fault cannot happen here"),
    ];
    html! {
        <details class="words">
            <summary>{ "Legend" }</summary>
            <dl>
                { for WORDS.iter().map(|(class, word, label)| html! {
                    <div><dt class={*class}>{ *word }</dt><dd>{ *label }</dd></div>
                }) }
            </dl>
        </details>
    }
}

/// Returns true if another word implies this one.
fn told_already(runs: &[(Property, String)], property: Property) -> bool {
    let broken = |p: Property| runs.iter().any(|(q, _)| *q == p);
    match property {
        Property::NeverLost => broken(Property::NeverLostSilently),
        Property::ReportTrue => broken(Property::NeverLostSilently),
        _ => false,
    }
}
