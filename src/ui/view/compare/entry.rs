//! Text fields for a fault or a setting, with suggestions.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

use crate::lab::{self, Form};
use crate::sim::{CompiledScenario, FaultSpec, Scenario};
use crate::ui::state::{Change, Msg, letter};
use crate::ui::view::configured::Configured;

#[derive(Properties, PartialEq)]
pub struct FaultsProps {
    pub scenario: Configured,
    /// The number of faults: when it changes, the field is cleared.
    pub count: usize,
    pub send: Callback<Msg>,
}

/// Renders the field for another fault on all sides.
#[component]
pub fn Faults(props: &FaultsProps) -> Html {
    let known = use_memo(props.scenario.clone(), |scenario| faults(&scenario.0));
    let onwritten = props.send.reform(|text| Msg::Compare(Change::AddFault(text)));
    html! {
        <Entry
            id="fault-of-all"
            label="Add a fault on all sides, e.g. lose:ack@m1"
            placeholder="add fault, e.g. lose:ack@m1"
            does="Add"
            {known}
            done={props.count}
            {onwritten}
        />
    }
}

/// Returns every possible fault, each at its first occurrence.
fn faults(scenario: &Scenario) -> Vec<String> {
    let Ok(setup) = CompiledScenario::bare(&scenario.configuration) else { return Vec::new() };
    let all = (0..scenario.configuration.messages).flat_map(|msg| FaultSpec::all(&setup, msg));
    // Some faults have no text form that parses.
    all.filter(|fault| fault.to_string().parse() == Ok(*fault)).map(|f| f.to_string()).collect()
}

#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    pub at: usize,
    pub scenario: Configured,
    /// The number of settings: when it changes, the field is cleared.
    pub settings: usize,
    pub send: Callback<Msg>,
}

/// Renders the field for a change to one side.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let known = use_memo(props.scenario.clone(), |scenario| settings(&scenario.0));
    let at = props.at;
    let onwritten = props.send.reform(move |text| Msg::Compare(Change::Set(at, text)));
    html! {
        <Entry
            id={format!("change-{}", letter(at))}
            label={format!("Change a setting of {}, e.g. {}", letter(at), example(&known))}
            placeholder={format!("e.g. {}", example(&known))}
            does="Set"
            {known}
            done={props.settings}
            {onwritten}
        />
    }
}

fn example(known: &[String]) -> &str {
    let telling = [
        "acks=1",
        "acks=all",
        "auto_ack=true",
        "FifoQueue=true",
        "maxReceiveCount=1",
        "max_deliveries=2",
        "on_error=swallow",
    ];
    let found = known.iter().find(|one| telling.contains(&one.as_str()));
    found.or(known.first()).map_or("messages=2", String::as_str)
}

/// Returns each setting with each of its other values, if these are enumerable.
fn settings(scenario: &Scenario) -> Vec<String> {
    let others = |held: &lab::Held| {
        let values = match &held.form {
            Form::Lines | Form::Name | Form::Names => Vec::new(),
            form => form.values(),
        };
        let others = values.into_iter().filter(|value| *value != held.value);
        let name = held.field.name();
        others.map(|value| format!("{name}={value}")).collect::<Vec<_>>()
    };
    let held = lab::settings(&scenario.configuration)
        .into_iter()
        .filter(|held| held.field.path != "messages");
    held.flat_map(|held| others(&held)).collect()
}

#[derive(Properties, PartialEq)]
struct Props {
    id: AttrValue,
    label: AttrValue,
    placeholder: AttrValue,
    /// The label of the button.
    does: AttrValue,
    known: std::rc::Rc<Vec<String>>,
    done: usize,
    onwritten: Callback<String>,
}

#[component]
fn Entry(props: &Props) -> Html {
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with(props.done, move |_| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                input.set_value("");
            }
        });
    }
    let onsubmit = {
        let (field, written) = (field.clone(), props.onwritten.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = field.cast::<HtmlInputElement>().map(|input| input.value());
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                written.emit(text);
            }
        })
    };
    let list = format!("{}-known", props.id);
    html! {
        <form class="entry" {onsubmit}>
            <input
                id={props.id.clone()}
                ref={field}
                type="text"
                list={list.clone()}
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                aria-label={props.label.clone()}
                placeholder={props.placeholder.clone()}
            />
            <datalist id={list}>
                { for props.known.iter().map(|known| html! { <option value={known.clone()} /> }) }
            </datalist>
            <button type="submit" class="button" aria-label={format!("{}: {}", props.does, props.label)}>
                { &props.does }
            </button>
        </form>
    }
}
