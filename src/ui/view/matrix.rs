//! The matrix page: every preset against every kind of fault, with what one such fault can do.

mod cells;

use std::ops::Range;

use yew::prelude::*;

use super::select::Select;
use crate::catalogue::presets;
use crate::check::Property;
use crate::protocol::Answer;
use crate::sim::Class;
use crate::text;
use crate::ui::share::Address;
use crate::ui::state::matrix::{self, Filter};
use crate::ui::state::{Model, Msg};
use cells::{Decided, Row, legend};

/// Renders the page.
pub fn view(model: &Model, filter: Filter, problems: &[String], send: &Callback<Msg>) -> Html {
    html! {
        <main class="mid matrix" id="main" tabindex="-1">
            <div class="heading">
                <h1>{ "Fault matrix: every preset × every fault" }</h1>
                <p class="summary">
                    { "Worst outcomes of a single fault with two messages. Each cell is model-checked; \
                       click an outcome for a short run that shows it. The verdict of a configuration \
                       lists the assumptions of the proof." }
                </p>
                { for problems.iter().map(|problem| html! {
                    <p class="notice" role="alert">{ problem }</p>
                }) }
                { legend() }
                <div class="filters">
                    { products(filter, send) }
                    { properties(filter, send) }
                    { progress(model, filter) }
                </div>
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label="The matrix">
                { table(model, filter) }
            </div>
        </main>
    }
}

/// Returns a callback that shows another part of the matrix.
fn shows(send: &Callback<Msg>, filter: impl Fn(String) -> Filter + 'static) -> Callback<String> {
    let send = send.clone();
    Callback::from(move |value: String| {
        send.emit(Msg::Go(Address::Matrix(matrix::pairs(&filter(value)))));
    })
}

fn products(filter: Filter, send: &Callback<Msg>) -> Html {
    let onchange =
        shows(send, move |title| Filter { product: matrix::product(&title).ok(), ..filter });
    html! {
        <span>
            { "Show " }
            <Select label="Presets" value={filter.product.unwrap_or_default()} {onchange}>
                <option value="">{ "all presets" }</option>
                { for presets().iter().map(|group| html! {
                    <option value={group.title}>{ group.title }</option>
                }) }
            </Select>
        </span>
    }
}

fn properties(filter: Filter, send: &Callback<Msg>) -> Html {
    let onchange = shows(send, move |key| Filter { property: Property::from_key(&key), ..filter });
    html! {
        <span>
            { "Property: " }
            <Select label="Question" value={filter.property.map_or("", Property::key)} {onchange}>
                <option value="">{ "message outcome" }</option>
                { for Property::ALL.into_iter().map(|p| html! {
                    <option value={p.key()}>{ format!("{}?", p.label()) }</option>
                }) }
            </Select>
        </span>
    }
}

/// Returns the cells of a row that are decided, and why there are no more of them.
fn cells(model: &Model, preset: &str) -> (Decided, Option<String>) {
    let decided = |shortest: bool| {
        let entry = model.answers.get(&matrix::question(preset, shortest));
        let cells = entry.and_then(|entry| match entry.answer.as_deref() {
            Some(Answer::Row(_)) => entry.answer.clone(),
            _ => None,
        });
        (Decided(cells), entry.and_then(|entry| entry.problem()))
    };
    // A whole row with shortest counterexamples takes the place of the one with any.
    let (shorter, _) = decided(true);
    match shorter.cells().len() == Class::ALL.len() {
        true => (shorter, None),
        false => decided(false),
    }
}

/// Renders how many of the shown cells are decided.
fn progress(model: &Model, filter: Filter) -> Html {
    let rows = shown(&filter);
    let all = rows.len() * Class::ALL.len();
    let ids = presets().iter().flat_map(|group| &group.presets).map(|preset| preset.id.as_str());
    let known: Vec<_> = ids.skip(rows.start).take(rows.len()).map(|id| cells(model, id)).collect();
    if let Some(problem) = known.iter().find_map(|(_, problem)| problem.clone()) {
        return html! { <p role="status">{ problem }</p> };
    }
    let done: usize = known.iter().map(|(cells, _)| cells.cells().len()).sum();
    if done >= all {
        return html! { <p role="status">{ format!("{done} of {all} cells checked") }</p> };
    }
    html! {
        <p role="status">
            <progress max={all.to_string()} value={done.to_string()}></progress>
            { format!(" {done} of {all} cells") }
        </p>
    }
}

/// Renders the rows, the last one as far as it is decided: a row that fills would push those below
/// it.
fn table(model: &Model, filter: Filter) -> Html {
    let mut above_decided = true;
    html! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{ "Preset" }</th>
                    { for Class::ALL.into_iter().map(|class| html! {
                        <th scope="col">{ text::capital(text::class(class).into()) }</th>
                    }) }
                </tr>
            </thead>
            { for presets().iter().map(|group| {
                if !above_decided || filter.product.is_some_and(|title| title != group.title) {
                    return Html::default();
                }
                html! {
                    <tbody key={group.title}>
                        <tr class="group">
                            <th colspan={(Class::ALL.len() + 1).to_string()} scope="rowgroup">
                                <span>{ group.title }</span>
                            </th>
                        </tr>
                        { for group.presets.iter().map(|preset| {
                            if !above_decided {
                                return Html::default();
                            }
                            let (cells, problem) = cells(model, &preset.id);
                            above_decided = problem.is_some() || cells.cells().len() == Class::ALL.len();
                            let id = preset.id.clone();
                            html! { <Row key={preset.id.clone()} {id} {cells} property={filter.property} /> }
                        }) }
                    </tbody>
                }
            }) }
        </table>
    }
}

/// Returns the numbers of the rows that are shown.
fn shown(filter: &Filter) -> Range<usize> {
    let mut first = 0;
    for group in presets() {
        let rows = first..first + group.presets.len();
        if filter.product == Some(group.title) {
            return rows;
        }
        first = rows.end;
    }
    0..first
}
