//! The editor of the consumer's program: lines can be moved, removed and added.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, KeyboardEvent};
use yew::prelude::*;

use super::field::breakable;
use super::{focus, refusal};
use crate::lab::{palette, program, with_line, without_line};
use crate::sim::{Op, Scenario};
use crate::ui::state::{Msg, Refused, Run};
use crate::ui::view::icon;

thread_local! {
    /// The line that is being dragged.
    static DRAGGED: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The element id of the control that opens the list of lines to add.
const ADD: &str = "add-line";

pub fn view(
    run: &Run,
    scenario: &Scenario,
    refused: Option<&Refused>,
    send: &Callback<Msg>,
) -> Html {
    let lines = &scenario.configuration.consumer.program;
    let changed = run.config.settings.iter().any(|(key, _)| key.ends_with("program"));
    html! {
        <fieldset class={classes!("lines", changed.then_some("changed"))}>
            <legend>{ "Consumer code" }</legend>
            <ol>
                { for lines.iter().enumerate().map(|(at, op)| line(scenario, at, *op, send)) }
            </ol>
            { refusal(refused, |key| key == "program", None) }
            { adding(scenario, send) }
        </fieldset>
    }
}

fn set(settings: Vec<(&'static str, String)>) -> Msg {
    Msg::Set(settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Returns the message that moves a line, if the move is allowed.
fn moved(lines: &[Op], from: usize, to: usize) -> Option<Msg> {
    let mut lines = lines.to_vec();
    // The receive line stays first.
    if from == 0 || to == 0 || from >= lines.len() || to >= lines.len() || from == to {
        return None;
    }
    let op = lines.remove(from);
    lines.insert(to, op);
    Some(set(vec![program(&lines)]))
}

/// Returns the element id of a line's button.
fn id(op: Op, tool: &str) -> String {
    format!("{}-{tool}", op.key())
}

fn line(scenario: &Scenario, at: usize, op: Op, send: &Callback<Msg>) -> Html {
    let lines = &scenario.configuration.consumer.program;
    let fixed = at == 0;
    let drop = {
        let (lines, send) = (lines.clone(), send.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            let from = DRAGGED.take();
            if let Some(msg) = from.and_then(|from| moved(&lines, from, at)) {
                focus::then(lines.get(from.unwrap_or(at)).map(|op| id(*op, "later")));
                send.emit(msg);
            }
        })
    };
    let lift = Callback::from(move |_: DragEvent| DRAGGED.set(Some(at)));
    let over = Callback::from(|event: DragEvent| event.prevent_default());
    html! {
        <li
            key={op.key()}
            draggable={(!fixed).to_string()}
            ondragstart={lift}
            ondragover={over}
            ondrop={drop}
            onkeydown={keys(lines, at, op, send)}
            title={(!fixed).then_some("Drag, or Alt+↑/↓, to reorder")}
        >
            <code>{ breakable(&scenario.configuration.code(op)) }</code>
            if !fixed {
                { tools(scenario, at, op, send) }
            }
        </li>
    }
}

/// Returns the key handler: Alt and an arrow key move the focused line.
fn keys(lines: &[Op], at: usize, op: Op, send: &Callback<Msg>) -> Callback<KeyboardEvent> {
    let (up, down) =
        (at.checked_sub(1).and_then(|to| moved(lines, at, to)), moved(lines, at, at + 1));
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let msg = match event.key().as_str() {
            "ArrowUp" if event.alt_key() => up.clone(),
            "ArrowDown" if event.alt_key() => down.clone(),
            _ => return,
        };
        event.prevent_default();
        if let Some(msg) = msg {
            let focused = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            focus::then([focused.map_or_else(|| id(op, "later"), |button| button.id())]);
            send.emit(msg);
        }
    })
}

fn tools(scenario: &Scenario, at: usize, op: Op, send: &Callback<Msg>) -> Html {
    let lines = &scenario.configuration.consumer.program;
    let text = scenario.configuration.code(op);
    // After the line is removed, the one that takes its place gets the focus.
    let next = lines.get(at + 1).or(lines.get(at - 1).filter(|_| at > 1));
    let after: Vec<String> = next.map(|next| id(*next, "remove")).into_iter().collect();
    let button =
        |tool: &'static str, label: &'static str, path, msg: Option<Msg>, then: Vec<String>| {
            let off = msg.is_none();
            let send = send.clone();
            let onclick = Callback::from(move |_: MouseEvent| {
                if let Some(msg) = &msg {
                    focus::then(then.iter().cloned());
                    send.emit(msg.clone());
                }
            });
            html! {
                <button
                    id={id(op, tool)}
                    type="button"
                    aria-label={format!("{label}: {text}")}
                    title={label}
                    aria-disabled={off.then_some("true")}
                    {onclick}
                >
                    { icon::line(path) }
                </button>
            }
        };
    let own = |tool| vec![id(op, tool)];
    let remove = set(without_line(&scenario.configuration, op));
    html! {
        <span class="tools">
            { button("earlier", "Earlier", icon::UP, moved(lines, at, at - 1), own("earlier")) }
            { button("later", "Later", icon::DOWN, moved(lines, at, at + 1), own("later")) }
            { button("remove", "Remove", icon::CROSS, Some(remove), [after, vec![ADD.to_owned()]].concat()) }
        </span>
    }
}

/// Renders a list of buttons instead of a `<select>`: moving through a select with the arrow keys
/// would already choose a line.
fn adding(scenario: &Scenario, send: &Callback<Msg>) -> Html {
    html! {
        <details class="add">
            <summary id={ADD}>{ "Add a line" }</summary>
            <ul>
                { for palette(&scenario.configuration).into_iter().map(|op| html! {
                    <li key={op.key()}>
                        <button type="button" onclick={added(scenario, op, send)}>
                            <code>{ scenario.configuration.code(op) }</code>
                        </button>
                    </li>
                }) }
            </ul>
        </details>
    }
}

fn added(scenario: &Scenario, op: Op, send: &Callback<Msg>) -> Callback<MouseEvent> {
    let msg = set(with_line(&scenario.configuration, op));
    let send = send.clone();
    Callback::from(move |event: MouseEvent| {
        let button: Element = event.target_unchecked_into();
        if let Ok(Some(list)) = button.closest("details") {
            // Does nothing if the attribute is missing.
            let _ = list.remove_attribute("open");
        }
        focus::then([id(op, "earlier"), ADD.to_owned()]);
        send.emit(msg.clone());
    })
}
