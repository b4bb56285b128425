//! The rows of the matrix: what is written in a cell, and what the words mean.

use yew::prelude::*;

use super::{Cells, Decided};
use crate::catalogue::presets;
use crate::check::Property;
use crate::ui::share::{Address, Config, Shown};
use crate::ui::view::icon;

#[derive(Properties, PartialEq)]
pub struct RowProps {
    pub row: usize,
    pub cells: Cells,
    pub property: Option<Property>,
}

/// A row for a preset; rendered again only when one of its cells was decided.
#[component]
pub fn Row(props: &RowProps) -> Html {
    let preset = presets().iter().flat_map(|group| &group.presets).nth(props.row);
    let Some(preset) = preset else { return Html::default() };
    let href = Address::Run(Shown::new(Config::preset(&preset.id), true)).href();
    html! {
        <tr>
            <th scope="row"><a {href}>{ &preset.title }</a></th>
            { for props.cells.iter().map(|cell| match cell {
                None => html! { <td class="open"><span class="hidden">{ "not checked yet" }</span></td> },
                Some(decided) => cell_view(decided, props.property),
            }) }
        </tr>
    }
}

fn cell_view(decided: &Decided, asked: Option<Property>) -> Html {
    let Decided::Tried { cell, runs } = decided else {
        return html! { <td class="idle" title="Not applicable">{ "–" }</td> };
    };
    let run = |property: Property| runs.iter().find(|(p, _)| *p == property);
    if let Some(property) = asked {
        return match run(property) {
            Some((_, href)) => html! {
                <td class="bad">
                    <a href={href.clone()} aria-label={property.broken_says()}>{ icon::line(icon::CROSS) }</a>
                </td>
            },
            None if cell.proved => html! {
                <td class="good">{ icon::line(icon::CHECK) }<span class="hidden">{ "holds" }</span></td>
            },
            None => html! { <td class="open">{ "?" }</td> },
        };
    }
    let words: Vec<(&str, &str, &String)> = FATES
        .iter()
        .filter(|(property, ..)| !told_already(runs, *property))
        .filter_map(|(property, word, class)| run(*property).map(|(_, href)| (*word, *class, href)))
        .collect();
    let calm = match cell.dead_letters {
        true => "once, or dead-lettered",
        false => "once",
    };
    html! {
        <td>
            { for words.iter().map(|(word, class, href)| html! {
                <a class={*class} href={(*href).clone()} data-word={*word}>{ *word }</a>
            }) }
            if words.is_empty() && cell.proved {
                <span class="good">{ calm }</span>
            }
            if !cell.proved {
                <span class="cut" title={format!("State limit reached ({} states): other outcomes are possible", cell.states)}>
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
