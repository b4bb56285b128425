//! The questions that the files leave open.

use yew::prelude::*;

use crate::ui::state::Msg as PageMsg;
use crate::ui::state::check_files::{Msg, Question, Report};
use crate::ui::view::text_field::Typed;

pub fn view(report: &Report, answers: &[(String, String)], send: &Callback<PageMsg>) -> Html {
    html! {
        { for report.questions.iter().map(|question| match question.options.is_empty() {
            false => choice(question, answers, send),
            true => field(question, answers, send),
        }) }
    }
}

fn choice(question: &Question, answers: &[(String, String)], send: &Callback<PageMsg>) -> Html {
    let flag = &question.flag;
    // The report follows the answer a moment later.
    let given = answers.iter().find(|(key, _)| key == flag).map(|(_, value)| value.as_str());
    let assumed = question.options.iter().find(|option| option.says == question.taken);
    let chosen = given.or(assumed.map(|option| option.key.as_str()));
    html! {
        <fieldset class="question" key={flag.clone()}>
            <legend>{ &question.asks }</legend>
            { for question.options.iter().map(|option| {
                let (flag, key) = (flag.clone(), option.key.clone());
                let onchange = send.reform(move |_: Event| {
                    PageMsg::CheckFiles(Msg::Answer(flag.clone(), key.clone()))
                });
                html! {
                    <label key={option.key.clone()}>
                        <input
                            type="radio"
                            name={format!("check-{}", question.flag)}
                            checked={chosen == Some(option.key.as_str())}
                            {onchange}
                        />
                        { &option.says }
                    </label>
                }
            }) }
            if given.is_none() {
                <p class="soft">{ "Assumed until you answer." }</p>
            }
        </fieldset>
    }
}

/// Renders a question that a text answers: `kafka-clients=4.1` is a name and what to fill in.
fn field(question: &Question, answers: &[(String, String)], send: &Callback<PageMsg>) -> Html {
    let (name, taken) = question.taken.split_once('=').unwrap_or(("", &question.taken));
    let prefix = if name.is_empty() { String::new() } else { format!("{name}=") };
    let given = answers.iter().find_map(|(flag, value)| {
        (*flag == question.flag).then(|| value.strip_prefix(prefix.as_str())).flatten()
    });
    let id = format!("check-{}-{name}", question.flag);
    let flag = question.flag.clone();
    let onchange = send.reform(move |value: String| {
        let value = match value.trim() {
            "" => String::new(),
            value => format!("{prefix}{value}"),
        };
        PageMsg::CheckFiles(Msg::Answer(flag.clone(), value))
    });
    html! {
        <div class="question" key={id.clone()}>
            <label for={id.clone()}>{ &question.asks }</label>
            <Typed {id} value={given.unwrap_or(taken).to_owned()} {onchange} />
            if given.is_none() {
                <p class="soft">{ "Assumed until you answer." }</p>
            }
        </div>
    }
}
