//! One setting: its name, its value, and what there is to know of it.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::refusal;
use crate::lab::{Form, Held};
use crate::ui::state::{Msg, Refused, Run};

pub fn view(held: &Held, run: &Run, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let (path, name) = (held.field.path, held.field.name());
    let is = |key: &str| key == path || path.strip_suffix(key).is_some_and(|p| p.ends_with('.'));
    let changed = run.config.settings.iter().any(|(key, _)| is(key));
    let id = path.replace(['.', ' '], "-");
    html! {
        <div class={classes!("field", changed.then_some("changed"))} key={path}>
            <label for={id.clone()}>{ name }</label>
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

fn control(held: &Held, id: String, send: &Callback<Msg>) -> Html {
    let path = held.field.path.to_owned();
    let set = {
        let send = send.clone();
        move |value: String| send.emit(Msg::Set(vec![(path.clone(), value)]))
    };
    let choices: Vec<String> = match &held.form {
        Form::One(names) => names.iter().map(ToString::to_string).collect(),
        Form::Number(least, most) if most - least <= 10 => {
            (*least..=*most).map(|n| n.to_string()).collect()
        }
        Form::Maybe(least, most) => std::iter::once("none".to_owned())
            .chain((*least..=*most).map(|n| n.to_string()))
            .collect(),
        _ => return typed(held, id, set),
    };
    let onchange = Callback::from(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        set(select.value());
    });
    html! {
        <select {id} {onchange}>
            { for choices.into_iter().map(|choice| html! {
                <option value={choice.clone()} selected={choice == held.value}>{ &choice }</option>
            }) }
        </select>
    }
}

/// A value that is typed.
fn typed(held: &Held, id: String, set: impl Fn(String) + 'static) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        set(input.value());
    });
    let numeric = matches!(held.form, Form::Number(..)).then_some("numeric");
    html! {
        <input
            {id}
            type="text"
            inputmode={numeric}
            spellcheck="false"
            autocomplete="off"
            value={held.value.clone()}
            {onchange}
        />
    }
}
