//! The editor of the fault script, for the configuration's own run.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

use super::{focus, refusal};
use crate::present;
use crate::sim::Scenario;
use crate::ui::state::{FAULTS, Msg, Refused};
use crate::ui::view::{fault_picker, icon};

/// The element id of the field for a new fault.
const FIELD: &str = "new-fault";

pub fn view(scenario: &Scenario, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let labels = present::chips(scenario);
    let labels = labels.iter().filter(|chip| chip.fault).map(|chip| chip.what.as_str());
    let faults = scenario.faults.iter().zip(labels);
    html! {
        <fieldset class="script">
            <legend>{ "Faults" }</legend>
            <ul>
                { for faults.enumerate().map(|(at, (fault, label))| {
                    scripted(at, &fault.to_string(), label, send)
                }) }
            </ul>
            if scenario.faults.is_empty() {
                <p>{ "No faults yet. Choose one, write it, or use “Break it here” below the diagram." }</p>
            }
            { fault_picker::button(send) }
            <Adding count={scenario.faults.len()} send={send} />
            { refusal(refused, |key| key == FAULTS, None) }
        </fieldset>
    }
}

fn scripted(at: usize, fault: &str, label: &str, send: &Callback<Msg>) -> Html {
    let drop = send.reform(move |_: MouseEvent| {
        // The next fault takes its place; after the last one, the field for a new one.
        focus::then([id(at), FIELD.to_owned()]);
        Msg::DropFault(at)
    });
    html! {
        <li>
            { icon::solid(icon::BOLT) }
            <span>{ label }<code>{ fault }</code></span>
            <button
                id={id(at)}
                type="button"
                aria-label={format!("Remove the fault: {label}")}
                title="Remove"
                onclick={drop}
            >
                { icon::line(icon::CROSS) }
            </button>
        </li>
    }
}

fn id(at: usize) -> String {
    format!("fault-{at}")
}

#[derive(Properties, PartialEq)]
struct Props {
    /// The number of faults: when it changes, the field is cleared.
    count: usize,
    send: Callback<Msg>,
}

#[component]
fn Adding(props: &Props) -> Html {
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with(props.count, move |_| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                input.set_value("");
            }
        });
    }
    let onsubmit = {
        let (field, send) = (field.clone(), props.send.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let written = field.cast::<HtmlInputElement>().map(|input| input.value());
            if let Some(fault) = written.filter(|fault| !fault.trim().is_empty()) {
                focus::then([FIELD.to_owned()]);
                send.emit(Msg::AddFault(fault));
            }
        })
    };
    html! {
        <form class="add-fault" {onsubmit}>
            <input
                id={FIELD}
                ref={field}
                type="text"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                aria-label="A fault, such as lose:ack@m1"
                placeholder="lose:ack@m1"
            />
            <button type="submit" class="button">{ "Add" }</button>
        </form>
    }
}
