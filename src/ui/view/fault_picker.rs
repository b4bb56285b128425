//! The picker of faults: a dialog with what the configuration can suffer, by class, each fault with
//! what it leads to.

use web_sys::{HtmlInputElement, InputEvent};
use yew::prelude::*;

use super::dialog::Dialog;
use super::event_handler::on;
use super::icon;
use crate::diagram::ir::Tone;
use crate::present::Remark;
use crate::text;
use crate::ui::state::fault_picker::{self, Candidate};
use crate::ui::state::{Model, Msg, Overlay, Page, letter};

/// Maximum number of faults in a list whose groups are all unfolded.
const FEW: usize = 14;

/// Renders the button that opens the picker.
pub fn button(send: &Callback<Msg>) -> Html {
    html! {
        <button
            type="button"
            class="button pick-fault"
            aria-haspopup="dialog"
            onclick={on(send, Msg::Open(Overlay::Faults))}
        >
            { icon::solid(icon::BOLT) }{ "Choose a fault" }
        </button>
    }
}

pub fn view(model: &Model, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Faults);
    let shown = Some(model).filter(|_| open);
    html! {
        <FaultPicker
            {open}
            compared={matches!(model.page, Page::Compare(_))}
            candidates={shown.map(fault_picker::candidates).unwrap_or_default()}
            waits={shown.is_some_and(fault_picker::is_waiting)}
            problem={shown.and_then(fault_picker::problem)}
            {send}
        />
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    open: bool,
    /// The fault is added to all sides of a comparison.
    compared: bool,
    candidates: Vec<Candidate>,
    /// More faults may come.
    waits: bool,
    problem: Option<String>,
    send: Callback<Msg>,
}

#[component]
fn FaultPicker(props: &Props) -> Html {
    let query = use_state_eq(String::new);
    let field = use_node_ref();
    {
        let query = query.setter();
        use_effect_with(props.open, move |_| query.set(String::new()));
    }
    let typed = {
        let query = query.setter();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            query.set(input.value());
        })
    };
    let found: Vec<&Candidate> =
        props.candidates.iter().filter(|candidate| matches(candidate, &query)).collect();
    let unfolded = !query.trim().is_empty() || found.len() <= FEW;
    html! {
        <Dialog
            class="faults"
            label="Choose a fault"
            open={props.open}
            focus={Some(field.clone())}
            onclose={on(&props.send, Msg::Close(Overlay::Faults))}
        >
            <p>{ introduction(props.compared) }</p>
            <div class="search">
                { icon::line(icon::SEARCH) }
                <input
                    ref={field}
                    type="search"
                    placeholder="Find a fault: crash, ack, m1"
                    aria-label="Find a fault"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="80"
                    value={(*query).clone()}
                    oninput={typed}
                />
            </div>
            <p class="hits" role="status">{ count(props, found.len()) }</p>
            // A list of its own: with a list of another length beside it, Yew would create the field
            // anew.
            <>
                { for found.chunk_by(|a, b| a.class == b.class).map(|group| {
                    section(group, unfolded, props)
                }) }
            </>
            if let Some(problem) = &props.problem {
                <p class="refused" role="alert">{ problem }</p>
            }
        </Dialog>
    }
}

fn introduction(compared: bool) -> &'static str {
    if compared {
        "Faults that strike on at least one side, each with what it leads to. The one you choose is \
         added on all sides."
    } else {
        "Faults that strike in this run, each with what it leads to. The one you choose is added to \
         the fault script."
    }
}

/// Returns true if every word of the query occurs in the fault's class, description or text form.
fn matches(candidate: &Candidate, query: &str) -> bool {
    let all = format!("{} {} {}", text::class(candidate.class), candidate.label, candidate.fault);
    let all = all.to_lowercase();
    query.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

fn count(props: &Props, found: usize) -> String {
    match (props.candidates.len(), found) {
        (0, _) if props.waits => "Trying every fault…".to_owned(),
        (0, _) if props.problem.is_some() => String::new(),
        (0, _) => "No further fault strikes in this run.".to_owned(),
        (_, 0) => "No faults match.".to_owned(),
        (all, found) if found < all => format!("{found} of {all} faults"),
        (1, _) => "1 fault".to_owned(),
        (all, _) => format!("{all} faults"),
    }
}

/// Renders the faults of a class.
fn section(group: &[&Candidate], unfolded: bool, props: &Props) -> Html {
    let Some(class) = group.first().map(|candidate| candidate.class) else {
        return Html::default();
    };
    html! {
        <details key={class.key()} open={unfolded}>
            <summary>
                { icon::line(icon::FORWARD) }
                <h3>{ text::capital(text::class(class).to_owned()) }</h3>
                <span class="many"><span class="hidden">{ ", faults: " }</span>{ group.len() }</span>
            </summary>
            <ul>{ for group.iter().map(|candidate| item(candidate, props)) }</ul>
        </details>
    }
}

fn item(candidate: &Candidate, props: &Props) -> Html {
    let add = fault_picker::add(props.compared, candidate.fault.clone());
    html! {
        <li key={candidate.fault.clone()}>
            <button type="button" onclick={on(&props.send, add)}>
                { icon::solid(icon::BOLT) }
                <span>{ &candidate.label }<code>{ &candidate.fault }</code></span>
                <span class="pills">
                    { for candidate.endings.iter().enumerate().map(|(side, ending)| {
                        leads_to(props.compared.then(|| letter(side)), ending.as_ref())
                    }) }
                </span>
            </button>
        </li>
    }
}

/// Renders what the run of a side comes to with the fault.
fn leads_to(side: Option<&'static str>, ending: Option<&Remark>) -> Html {
    let (text, color) = match ending {
        Some(ending) => (ending.text.as_str(), ending.tone),
        None => ("not reached", Tone::Plain),
    };
    html! {
        <span class={classes!("pill", color.class())}>
            if let Some(side) = side { <b>{ side }</b>{ " " } }
            { text }
        </span>
    }
}
