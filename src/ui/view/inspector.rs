//! The inspector next to the diagram: the outcome of each message, the programs and the state.

use std::rc::Rc;

use gloo::render::request_animation_frame;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::glossary::Terms;
use super::proof;
use super::recorded;
use super::shared_run::SharedRun;
use super::steps::Steps;
use super::{hints, icon};
use crate::present::{Cell, CodeLine, Listing, Look, MessageVerdict, Source, StateRow, StepView};
use crate::ui::state::hints::Hint;
use crate::ui::state::{Model, Msg, Run};

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let Some(moment) = run.moment() else { return Html::default() };
    html! {
        <aside class="inspector" aria-label="Details of this step" tabindex="-1">
            <Soon>
                if !run.guided.predict { { outcome(model, run, moment, send) } }
                { programs(run) }
                { state(run, moment) }
                <Terms view={SharedRun(Rc::clone(&run.view))} />
                { sources(&run.view.sources) }
                if run.guided.predict && !model.hides_outcome() {
                    { outcome(model, run, moment, send) }
                }
                if !model.hides_outcome() {
                    <Steps view={SharedRun(Rc::clone(&run.view))} step={run.step} send={send} />
                }
            </Soon>
        </aside>
    }
}

/// Renders what this run and all others come to. Where it is to be predicted it comes last, so that
/// nothing moves when it appears.
fn outcome(model: &Model, run: &Run, moment: &StepView, send: &Callback<Msg>) -> Html {
    html! {
        <>
            { verdict(run, moment) }
            if model.embed.is_none() { { recorded::mark(run, send) } }
            { hints::view(model, Hint::Proof, send) }
            { proof::panel(model, run, send) }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct SoonProps {
    children: Html,
}

/// Renders its children after the rest has been painted, so that the main content appears sooner
/// and no long task delays input.
#[component]
fn Soon(props: &SoonProps) -> Html {
    let come = use_state_eq(|| false);
    let waiting = use_mut_ref(|| None::<Timeout>);
    {
        let come = come.clone();
        use_effect_with((), move |()| {
            let frame = request_animation_frame(move |_| {
                *waiting.borrow_mut() = Some(Timeout::new(0, move || come.set(true)));
            });
            move || drop(frame)
        });
    }
    if *come { props.children.clone() } else { Html::default() }
}

fn verdict(run: &Run, moment: &StepView) -> Html {
    let title = if run.at_end() { "Outcome" } else { "Outcome so far" };
    let before = run.before();
    html! {
        <section class="panel verdict">
            <h2>{ title }</h2>
            { for moment.verdict.iter().enumerate().map(|(number, verdict)| {
                message(number, verdict, before.and_then(|before| before.verdict.get(number)))
            }) }
            if !moment.remarks.is_empty() {
                <ul class="remarks">
                    { for moment.remarks.iter().map(|remark| html! {
                        <li class={remark.tone.class()}>{ &remark.text }</li>
                    }) }
                </ul>
            }
        </section>
    }
}

fn message(number: usize, verdict: &MessageVerdict, before: Option<&MessageVerdict>) -> Html {
    let count = |what: &'static str, now: u8, then: Option<u8>| {
        let changed = then.is_some_and(|then| then != now);
        html! {
            <div class={classes!((now > 1).then_some("many"), changed.then_some("changed"))}>
                <dt>{ what }</dt>
                <dd>{ now }{ "×" }</dd>
            </div>
        }
    };
    html! {
        <div class="fate" data-message={verdict.message.clone()}>
            <p class="outcome">
                { icon::message(number) }
                <span class="name">{ &verdict.message }</span>
                <b class={classes!("pill", verdict.tone.class())}>{ &verdict.outcome }</b>
            </p>
            <dl class="counts">
                { count("stored", verdict.stored, before.map(|before| before.stored)) }
                { count("processed", verdict.handled, before.map(|before| before.handled)) }
                { count("applied", verdict.applied, before.map(|before| before.applied)) }
                { for verdict.mails.map(|mails| {
                    count("emailed", mails, before.and_then(|before| before.mails))
                }) }
            </dl>
            <p class="told">{ "Producer received: " }<b>{ &verdict.told }</b></p>
        </div>
    }
}

/// Renders the links to the sources of facts about the product.
fn sources(sources: &[Source]) -> Html {
    if sources.is_empty() {
        return Html::default();
    }
    html! {
        <section class="panel sources">
            <h2>{ "Sources" }</h2>
            <ul>
                { for sources.iter().map(|Source { text, page }| html! {
                    <li>
                        if page.is_empty() { { text } } else { <a href={page.clone()}>{ text }</a> }
                    </li>
                }) }
            </ul>
        </section>
    }
}

/// Renders all programs, with the current lines highlighted.
pub fn programs(run: &Run) -> Html {
    let Some(moment) = run.moment() else { return Html::default() };
    let programs = run.view.programs.iter().zip(&moment.lit);
    html! { <>{ for programs.map(|(listing, lit)| program(listing, *lit)) }</> }
}

fn program(listing: &Listing, lit: Option<usize>) -> Html {
    let at = match lit {
        Some(line) => format!("line {}", line + 1),
        None => "idle".to_owned(),
    };
    html! {
        <section class="panel program">
            <h2>{ &listing.who }<span>{ at }</span></h2>
            <ol class="code">
                { for listing.lines.iter().enumerate().map(|(number, line)| {
                    code_line(number, line, lit == Some(number))
                }) }
            </ol>
        </section>
    }
}

fn code_line(number: usize, line: &CodeLine, lit: bool) -> Html {
    let indent = format!("in{}", line.indent.min(4));
    html! {
        <li class={lit.then_some("lit")} aria-current={lit.then_some("step")}>
            <span class="number" aria-hidden="true">{ number + 1 }</span>
            <code class={indent}>{ &line.text }</code>
        </li>
    }
}

/// Renders the state of each participant.
pub fn state(run: &Run, moment: &StepView) -> Html {
    let title = match run.step {
        0 => "State at the start".to_owned(),
        step => format!("State after step {step}"),
    };
    html! {
        <section class="panel state">
            <h2>{ title }</h2>
            <table>
                <tbody>{ for moment.state.iter().map(state_row) }</tbody>
            </table>
        </section>
    }
}

fn state_row(row: &StateRow) -> Html {
    let changed = row.changed || row.cells.iter().any(|cell| cell.changed);
    // A log needs the full width.
    let long = row.look == Look::Log && !row.cells.is_empty();
    html! {
        <tr class={classes!(changed.then_some("changed"), long.then_some("long"))}>
            <th scope="row">{ &row.who }</th>
            <td>
                if row.cells.is_empty() {
                    { &row.value }
                } else {
                    // The cells are visual; screen readers get the sentence.
                    <span class="hidden">{ &row.value }</span>
                    { cells(row) }
                }
                if changed {
                    <span class="hidden">{ " (changed)" }</span>
                }
            </td>
        </tr>
    }
}

fn cells(row: &StateRow) -> Html {
    let look = match row.look {
        Look::Rows => "rows",
        Look::Log => "log",
    };
    html! {
        <div aria-hidden="true">
            if !row.lead.is_empty() {
                <p>{ &row.lead }</p>
            }
            <ul class={classes!("cells", look)}>{ for row.cells.iter().map(cell) }</ul>
        </div>
    }
}

fn cell(cell: &Cell) -> Html {
    let next = cell.label.is_empty();
    html! {
        <li class={classes!(cell.changed.then_some("fresh"), next.then_some("next"))}>
            if !cell.mark.is_empty() {
                <span class="mark">{ &cell.mark }</span>
            }
            <span class="what">
                { for cell.message.map(|m| icon::message(m.into())) }
                { &cell.label }
            </span>
            if !cell.tags.is_empty() {
                <span class="tags">
                    { for cell.tags.iter().map(|(text, t)| html! {
                        <span class={classes!("tag", t.class())}>{ text }</span>
                    }) }
                </span>
            }
        </li>
    }
}
