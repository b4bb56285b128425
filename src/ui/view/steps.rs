//! The run as a list of sentences: an alternative to the diagram.

use web_sys::{Element, Event};
use yew::prelude::*;

use super::event_handler::on;
use super::shared_run::SharedRun;
use crate::ui::state::Msg;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub view: SharedRun,
    pub step: usize,
    pub send: Callback<Msg>,
}

#[component]
pub fn Steps(props: &Props) -> Html {
    // A long run has many steps: they are rendered only while the list is open.
    let open = use_state_eq(|| false);
    let ontoggle = {
        let open = open.setter();
        Callback::from(move |event: Event| {
            let details: Element = event.target_unchecked_into();
            open.set(details.has_attribute("open"));
        })
    };
    html! {
        <details class="panel steps" {ontoggle}>
            <summary>{ "Transcript" }</summary>
            if *open {
                <ol>{ for (1..props.view.0.moments.len()).map(|step| item(props, step)) }</ol>
            }
        </details>
    }
}

fn item(props: &Props, step: usize) -> Html {
    let Some(moment) = props.view.0.moments.get(step) else { return Html::default() };
    let here = step == props.step;
    html! {
        <li>
            <button
                type="button"
                class={classes!(here.then_some("here"), moment.fault.then_some("fault"))}
                aria-current={here.then_some("step")}
                onclick={on(&props.send, Msg::To(step))}
            >
                { &moment.sentence }
            </button>
        </li>
    }
}
