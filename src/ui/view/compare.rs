//! The comparison page: two or three configurations under the same faults, side by side.

mod entry;
mod fold;
mod side;

use yew::prelude::*;

use super::event_handler::on;
use super::select::Select;
use super::{fault_picker, heading, icon, transport};
use crate::ui::share::MOST_SIDES;
use crate::ui::state::{Change, Compare, FAULTS, Model, Msg, Row, letter};
use entry::Faults;
use fold::Fold;

pub fn view(model: &Model, compare: &Compare, send: &Callback<Msg>) -> Html {
    let differences = compare.differences();
    let rows = compare.ends();
    let (outcomes, more): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.outcome);
    html! {
        <main class="mid compare" id="main" tabindex="-1">
            <div class="heading">
                { heading::notice(model, send) }
                <div class="title">
                    <h1>{ "Compare side by side" }</h1>
                    { heading::history(model, send) }
                </div>
                { ends(compare, &rows, &outcomes) }
                <Fold label={breaks(compare)}>
                    { shared(model, compare, &more, send) }
                </Fold>
            </div>
            <p class="hidden" role="status" aria-live="polite" aria-atomic="true">
                { compare.announced() }
            </p>
            <div class={classes!("sides", format!("n{}", compare.sides.len()))}>
                { for differences.iter().enumerate().map(|(at, differs)| {
                    side::view(model, compare, at, differs, send)
                }) }
            </div>
            <section class="deck" aria-label="Steps of all" tabindex="-1">
                { side::tabs(compare, send) }
                <div class="controls">
                    { transport::transport(model, &place(compare), send) }
                </div>
            </section>
        </main>
    }
}

fn place(compare: &Compare) -> transport::Place {
    let (step, last) = (compare.at, compare.last());
    transport::Place { step, last, faults: compare.marks(), parts: compare.parts() }
}

/// Names the faults, for the button that unfolds them.
fn breaks(compare: &Compare) -> Html {
    let faults: Vec<&str> = compare.faults.iter().map(|fault| fault.label.as_str()).collect();
    let faults = if faults.is_empty() { "none".to_owned() } else { faults.join(", ") };
    html! { <span>{ "Faults (all sides): " }<b>{ faults }</b></span> }
}

/// Renders what all sides have in common, the faults and the number of messages, and how they
/// differ besides in their outcomes.
fn shared(model: &Model, compare: &Compare, more: &[&Row], send: &Callback<Msg>) -> Html {
    let change = |change: Change| on(send, Msg::Compare(change));
    let refused = model.refused.as_ref().filter(|refused| refused.what == FAULTS);
    let first = compare.sides.first();
    html! {
        <>
            <div class="shared" role="group" aria-label="The same for all">
                <span class="soft">{ "Faults (all sides)" }</span>
                <ul class="chips">
                    { for compare.faults.iter().enumerate().map(|(at, fault)| html! {
                        <li class="chip fault">
                            { icon::solid(icon::BOLT) }<b>{ &fault.label }</b>
                            <button
                                type="button"
                                class="take-back"
                                aria-label={format!("Remove the fault: {}", fault.label)}
                                title="Remove"
                                onclick={change(Change::DropFault(at))}
                            >
                                { icon::line(icon::CROSS) }
                            </button>
                        </li>
                    }) }
                    if compare.faults.is_empty() { <li class="chip">{ "none" }</li> }
                </ul>
                { fault_picker::button(send) }
                { for first.map(|side| html! {
                    <Faults
                        scenario={super::configured::Configured(std::rc::Rc::clone(&side.scenario))}
                        count={compare.faults.len()}
                        send={send}
                    />
                }) }
                { messages(compare, send) }
                { also_differs(compare, more) }
                if let Some(parts) = compare.parts() {
                    <button type="button" class="button parts" onclick={on(send, Msg::To(parts))}>
                        { format!("First difference: step {parts}") }{ icon::line(icon::FORWARD) }
                    </button>
                }
                if compare.sides.len() < MOST_SIDES {
                    <button type="button" class="button add-side" onclick={change(Change::Add)}>
                        { "Add configuration C" }
                    </button>
                }
            </div>
            if let Some(refused) = refused {
                <p class="refused" role="alert">{ &refused.problem }</p>
            }
        </>
    }
}

fn messages(compare: &Compare, send: &Callback<Msg>) -> Html {
    let onchange =
        send.reform(|value: String| Msg::Compare(Change::Messages(value.parse().unwrap_or(1))));
    html! {
        <label class="messages">
            <Select value={compare.messages.to_string()} {onchange}>
                { for (1..=4).map(|n| html! {
                    <option value={n.to_string()}>
                        { if n == 1 { "1 message".to_owned() } else { format!("{n} messages") } }
                    </option>
                }) }
            </Select>
            <span class="hidden">{ "Messages sent by each" }</span>
        </label>
    }
}

/// Renders how the runs end.
fn ends(compare: &Compare, rows: &[Row], outcomes: &[&Row]) -> Html {
    // The number of times a message was stored on the way does not make the end a different one.
    let weighs = |row: &&Row| row.outcome || row.what == "the run";
    let differ = rows.iter().filter(weighs).any(Row::differs);
    html! {
        <section class="ends" aria-label="Outcomes">
            <h2>{ compare.under() }{ if differ { ", different outcome:" } else { ", same outcome:" } }</h2>
            <ul>{ for outcomes.iter().map(|row| outcome(row)) }</ul>
        </section>
    }
}

/// Renders the differences besides the outcomes, collapsed.
fn also_differs(compare: &Compare, more: &[&Row]) -> Html {
    if more.is_empty() {
        return Html::default();
    }
    html! {
        <details class="words">
            <summary>{ "More differences" }</summary>
            <table>
                <thead>
                    <tr>
                        <td></td>
                        { for (0..compare.sides.len()).map(|at| html! {
                            <th scope="col">{ letter(at) }</th>
                        }) }
                    </tr>
                </thead>
                <tbody>{ for more.iter().map(|row| line(row)) }</tbody>
            </table>
        </details>
    }
}

fn outcome(row: &Row) -> Html {
    html! {
        <li class={row.differs().then_some("differs")}>
            <b>{ &row.what }</b>
            if !row.differs() {
                { for row.cells.first().map(|(text, colour)| html! {
                    <span class={classes!("pill", colour.class())}>{ if row.cells.len() == 2 { "both " } else { "all " } }{ text }</span>
                }) }
            }
            { for row.cells.iter().enumerate().filter(|_| row.differs()).map(|(at, (text, colour))| html! {
                <span class={classes!("pill", colour.class())}>
                    <b>{ letter(at) }</b>{ " " }{ text }
                </span>
            }) }
        </li>
    }
}

fn line(row: &Row) -> Html {
    html! {
        <tr>
            <th scope="row">{ &row.what }</th>
            { for row.cells.iter().map(|(text, colour)| html! {
                <td class={colour.class()}>{ if text.is_empty() { "–" } else { text } }</td>
            }) }
        </tr>
    }
}
