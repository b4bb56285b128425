//! The consumer's program: lines to be moved, taken away and added.

use std::cell::Cell;

use web_sys::{DragEvent, HtmlSelectElement, KeyboardEvent};
use yew::prelude::*;

use super::refusal;
use crate::lab::{palette, program, with_line, without_line};
use crate::sim::{Op, Scenario};
use crate::ui::state::{Msg, Refused, Run};
use crate::ui::view::{icon, on};

thread_local! {
    /// The line that is being dragged.
    static DRAGGED: Cell<Option<usize>> = const { Cell::new(None) };
}

pub fn view(run: &Run, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let lines = &run.scenario.consumer.program;
    let changed = run.config.settings.iter().any(|(key, _)| key.ends_with("program"));
    html! {
        <fieldset class={classes!("lines", changed.then_some("changed"))}>
            <legend>{ "The consumer, line by line" }</legend>
            <ol>
                { for lines.iter().enumerate().map(|(at, op)| line(&run.scenario, at, *op, send)) }
            </ol>
            { refusal(refused, |key| key == "program") }
            { adding(&run.scenario, send) }
        </fieldset>
    }
}

fn set(settings: Vec<(&'static str, String)>) -> Msg {
    Msg::Set(settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The program with the line at the one place put at the other.
fn moved(lines: &[Op], from: usize, to: usize) -> Option<Msg> {
    let mut lines = lines.to_vec();
    // What is received first stays first.
    if from == 0 || to == 0 || from >= lines.len() || to >= lines.len() || from == to {
        return None;
    }
    let op = lines.remove(from);
    lines.insert(to, op);
    Some(set(vec![program(&lines)]))
}

fn line(scenario: &Scenario, at: usize, op: Op, send: &Callback<Msg>) -> Html {
    let lines = &scenario.consumer.program;
    let text = scenario.code(op);
    let fixed = at == 0;
    let to = |to: usize| moved(lines, at, to);
    let button = |label: &'static str, sign: Html, msg: Option<Msg>| {
        let off = msg.is_none();
        let onclick = msg.map(|msg| on(send, msg));
        html! {
            <button
                type="button"
                aria-label={format!("{label}: {text}")}
                title={label}
                aria-disabled={off.then_some("true")}
                {onclick}
            >
                { sign }
            </button>
        }
    };
    let drop = {
        let (lines, send) = (lines.clone(), send.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            let from = DRAGGED.take();
            if let Some(msg) = from.and_then(|from| moved(&lines, from, at)) {
                send.emit(msg);
            }
        })
    };
    let lift = Callback::from(move |_: DragEvent| {
        DRAGGED.set(Some(at));
    });
    let over = Callback::from(|event: DragEvent| event.prevent_default());
    let keys = {
        let (up, down, send) = (at.checked_sub(1).and_then(to), to(at + 1), send.clone());
        Callback::from(move |event: KeyboardEvent| {
            let msg = match event.key().as_str() {
                "ArrowUp" if event.alt_key() => up.clone(),
                "ArrowDown" if event.alt_key() => down.clone(),
                _ => None,
            };
            if let Some(msg) = msg {
                event.prevent_default();
                send.emit(msg);
            }
        })
    };
    html! {
        <li
            key={op.key()}
            draggable={(!fixed).to_string()}
            ondragstart={lift}
            ondragover={over}
            ondrop={drop}
            onkeydown={keys}
            title={(!fixed).then_some("Drag it, or move it with Alt and the arrow keys")}
        >
            <code>{ &text }</code>
            if !fixed {
                <span class="tools">
                    { button("Earlier", icon::line(icon::UP), to(at - 1)) }
                    { button("Later", icon::line(icon::DOWN), to(at + 1)) }
                    { button("Remove", icon::line(icon::CROSS), Some(set(without_line(scenario, op)))) }
                </span>
            }
        </li>
    }
}

fn adding(scenario: &Scenario, send: &Callback<Msg>) -> Html {
    let all = palette(scenario);
    let onchange = {
        let (scenario, send, all) = (scenario.clone(), send.clone(), all.clone());
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            if let Some(op) = all.iter().find(|op| op.key() == select.value()) {
                send.emit(set(with_line(&scenario, *op)));
            }
            select.set_value("");
        })
    };
    html! {
        <select class="add" aria-label="Add a line" {onchange}>
            <option value="" selected={true}>{ "+ Add a line…" }</option>
            { for all.iter().map(|op| html! {
                <option value={op.key()}>{ scenario.code(*op) }</option>
            }) }
        </select>
    }
}
