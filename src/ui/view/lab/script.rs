//! The faults that strike in the configuration's own run.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

use super::refusal;
use crate::story;
use crate::ui::state::{FAULTS, Msg, Refused, Run};
use crate::ui::view::{icon, on};

pub fn view(run: &Run, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let labels = story::chips(&run.scenario);
    let labels = labels.iter().filter(|chip| chip.fault).map(|chip| chip.what.as_str());
    let faults = run.scenario.faults.iter().zip(labels);
    html! {
        <fieldset class="script">
            <legend>{ "Faults in its run" }</legend>
            <ul>
                { for faults.enumerate().map(|(at, (fault, label))| html! {
                    <li>
                        { icon::solid(icon::BOLT) }
                        <span>{ label }<code>{ fault.to_string() }</code></span>
                        <button
                            type="button"
                            aria-label={format!("Remove the fault: {label}")}
                            title="Remove"
                            onclick={on(send, Msg::DropFault(at))}
                        >
                            { icon::line(icon::CROSS) }
                        </button>
                    </li>
                }) }
            </ul>
            if run.scenario.faults.is_empty() {
                <p>{ "None. Break it at any step with the red button below the diagram, or write one:" }</p>
            }
            <Adding send={send} />
            { refusal(refused, |key| key == FAULTS) }
        </fieldset>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    send: Callback<Msg>,
}

#[component]
fn Adding(props: &Props) -> Html {
    let field = use_node_ref();
    let onsubmit = {
        let (field, send) = (field.clone(), props.send.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = field.cast::<HtmlInputElement>() {
                send.emit(Msg::AddFault(input.value()));
            }
        })
    };
    html! {
        <form class="add-fault" {onsubmit}>
            <input
                ref={field}
                type="text"
                spellcheck="false"
                autocomplete="off"
                aria-label="A fault, as lose:ack@m1"
                placeholder="lose:ack@m1"
            />
            <button type="submit" class="button">{ "Add" }</button>
        </form>
    }
}
