//! The form field of a setting: its name, its value, and its documentation.

use yew::prelude::*;

use super::{focus, refusal};
use crate::lab::clients::{self, default_of};
use crate::lab::{Form, Held, UNSET};
use crate::present::source_page;
use crate::sim::Configuration;
use crate::sim::clients::ClientDefault;
use crate::ui::state::{Msg, Refused, Run};
use crate::ui::view::select::Select;
use crate::ui::view::text_field::Typed;

pub fn view(held: &Held, run: &Run, refused: Option<&Refused>, send: &Callback<Msg>) -> Html {
    let (path, name) = (held.field.path, held.field.name());
    let is = |key: &str| key == path || path.strip_suffix(key).is_some_and(|p| p.ends_with('.'));
    let changed = run.config.settings.iter().any(|(key, _)| is(key));
    let config = &run.scenario().configuration;
    let id = path.replace(['.', ' '], "-");
    html! {
        <div class={classes!("field", changed.then_some("changed"))} key={path}>
            <label for={id.clone()}>{ breakable(name) }</label>
            { control(held, id, refused.is_some_and(|refused| is(&refused.what)), send) }
            <details>
                <summary aria-label={format!("About {name}")} title="What is this?">{ "?" }</summary>
                <p>
                    { held.field.label }
                    if !held.field.since.is_empty() {
                        { format!(" Since {}.", held.field.since) }
                    }
                    { " Default: " }<code>{ held.shown(held.field.default) }</code>{ "." }
                    if !held.field.source.is_empty() {
                        { " Source: " }{ source(held.field.source) }{ "." }
                    }
                    { for default_of(config, path).map(|(own, client)| html! {
                        <>
                            { format!(" Default of {client}: ") }
                            <code>{ held.shown(&own.value) }</code>
                            { source_of(&own) }
                        </>
                    }) }
                    { for left_out(config, path).map(|text| format!(" Not modeled: {text}")) }
                </p>
            </details>
            // A rejected choice from a list is reset immediately.
            { refusal(refused, is, typed(&held.form).then_some(held.value.as_str())) }
        </div>
    }
}

/// Formats the source of a client's default.
fn source_of(own: &ClientDefault) -> String {
    let since = match own.since {
        "" => String::new(),
        since => format!(" since {since}"),
    };
    let source = match own.source {
        "" => String::new(),
        source => format!(" ({source})"),
    };
    format!("{since}{source}.")
}

/// Returns what the client that a field names does beyond the model.
fn left_out(config: &Configuration, path: &str) -> Option<&'static str> {
    let named = clients::of(config)
        .into_iter()
        .find(|held| path == format!("{}.client", held.side.label()));
    named.map(|held| held.client.left_out(held.side)).filter(|text| !text.is_empty())
}

/// Renders the name of a source, as a link if its page is known.
fn source(name: &'static str) -> Html {
    match source_page(name) {
        Some(href) => html! { <a {href}>{ name }</a> },
        None => html! { { name } },
    }
}

/// Returns true if the value is typed rather than chosen.
fn typed(form: &Form) -> bool {
    match form {
        Form::One(_) | Form::Maybe(..) => false,
        Form::Number(least, most) => most - least > 10,
        _ => true,
    }
}

/// Renders a name that may wrap after punctuation and between the words of `camelCase`, but not within
/// a word.
pub fn breakable(name: &str) -> Html {
    let ends_part = |a: char, b: char| {
        ['.', '_', '=', '(', ',', '-'].contains(&a) || (a.is_lowercase() && b.is_uppercase())
    };
    let pairs = name.char_indices().zip(name.chars().skip(1));
    let ends = pairs.filter(|&((_, a), b)| ends_part(a, b)).map(|((i, a), _)| i + a.len_utf8());
    let mut start = 0;
    let parts = ends.chain([name.len()]).map(|end| &name[std::mem::replace(&mut start, end)..end]);
    html! { { for parts.map(|part| html! { <>{ part }<wbr /></> }) } }
}

fn control(held: &Held, id: String, refused: bool, send: &Callback<Msg>) -> Html {
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
        Form::Number(least, most) if !typed(&held.form) => {
            (*least..=*most).map(|n| n.to_string()).collect()
        }
        Form::Maybe(least, most) => std::iter::once(UNSET.to_owned())
            .chain((*least..=*most).map(|n| n.to_string()))
            .collect(),
        form => {
            let numeric = matches!(form, Form::Number(..) | Form::MaybeNumber(..));
            return html! { <Typed {id} {value} {numeric} {refused} onchange={set} /> };
        }
    };
    html! {
        <Select {id} {value} onchange={set}>
            { for choices.into_iter().map(|choice| html! {
                <option value={choice.clone()}>{ held.shown(&choice) }</option>
            }) }
        </Select>
    }
}
