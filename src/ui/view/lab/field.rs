//! One setting: its name, its value, and what there is to know of it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{focus, refusal};
use crate::lab::{Form, Held};
use crate::ui::state::{Msg, Refused, Run};
use crate::ui::view::select::Select;

pub fn view(held: &Held, run: &Run, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let (path, name) = (held.field.path, held.field.name());
    let is = |key: &str| key == path || path.strip_suffix(key).is_some_and(|p| p.ends_with('.'));
    let changed = run.config.settings.iter().any(|(key, _)| is(key));
    let id = path.replace(['.', ' '], "-");
    html! {
        <div class={classes!("field", changed.then_some("changed"))} key={path}>
            <label for={id.clone()}>{ breakable(name) }</label>
            { control(held, id, send) }
            <details>
                <summary aria-label={format!("About {name}")} title="What is this?">{ "?" }</summary>
                <p>
                    { held.field.says }
                    { " Default: " }<code>{ held.field.default }</code>{ "." }
                    if !held.field.source.is_empty() {
                        { " Source: " }{ held.field.source }{ "." }
                    }
                </p>
            </details>
            { refusal(refused, is) }
        </div>
    }
}

/// A name that goes on to another line after a dot, not within a word.
pub fn breakable(name: &str) -> Html {
    html! { { for name.split_inclusive(['.', '_', '=', '(']).map(|part| html! { <>{ part }<wbr /></> }) } }
}

fn control(held: &Held, id: String, send: &Callback<Msg>) -> Html {
    let set = {
        let (path, id, send) = (held.field.path.to_owned(), id.clone(), send.clone());
        Callback::from(move |value: String| {
            focus::then([id.clone()]);
            send.emit(Msg::Set(vec![(path.clone(), value)]));
        })
    };
    let value = AttrValue::from(held.value.clone());
    let choices: Vec<String> = match &held.form {
        Form::One(names) => names.iter().map(ToString::to_string).collect(),
        Form::Number(least, most) if most - least <= 10 => {
            (*least..=*most).map(|n| n.to_string()).collect()
        }
        Form::Maybe(least, most) => std::iter::once("none".to_owned())
            .chain((*least..=*most).map(|n| n.to_string()))
            .collect(),
        form => {
            let numeric = matches!(form, Form::Number(..));
            return html! { <Typed {id} {value} {numeric} onchange={set} /> };
        }
    };
    html! {
        <Select {id} {value} onchange={set}>
            { for choices.into_iter().map(|choice| html! {
                <option value={choice.clone()}>{ choice }</option>
            }) }
        </Select>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    id: AttrValue,
    value: AttrValue,
    numeric: bool,
    onchange: Callback<String>,
}

/// A value that is typed. What is being typed stays while the page around it changes.
#[component]
fn Typed(props: &Props) -> Html {
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with(props.value.clone(), move |value| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.set_value(value);
            }
        });
    }
    let onchange = {
        let (value, changed) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let typed = input.value();
            // Should it be refused, the old value stays.
            input.set_value(&value);
            changed.emit(typed);
        })
    };
    html! {
        <input
            ref={input}
            id={props.id.clone()}
            type="text"
            inputmode={props.numeric.then_some("numeric")}
            spellcheck="false"
            autocomplete="off"
            {onchange}
        />
    }
}
