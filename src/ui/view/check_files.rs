//! The page that checks configuration files: what was put in on the left, the verdict on the right.

mod editor;
mod findings;
mod questions;
mod taken;

use yew::prelude::*;

use super::event_handler::on;
use super::select::Select;
use crate::text::thousands;
use crate::ui::dom;
use crate::ui::share::Address;
use crate::ui::state::check_files::{
    CheckFiles, EXAMPLES, Failure, Msg, Place, Report, SYNTAXES, Stage,
};
use crate::ui::state::{Model, Msg as PageMsg};
use editor::Editor;

pub fn view(model: &Model, send: &Callback<PageMsg>) -> Html {
    let page = &model.files;
    html! {
        <main class="mid reading check-files" id="main" tabindex="-1">
            <div class="panes">
                <section class="put-in" aria-labelledby="check-title">
                    <h1 id="check-title">{ "Check your configuration" }</h1>
                    <p class="summary">
                        { "Paste, drop or open what you have: client properties, Spring YAML, topic \
                           descriptions, RabbitMQ definitions, SAM, Terraform, source code. Nothing \
                           leaves this page, and code is read, never run." }
                    </p>
                    { files(page, send) }
                    { read_as(page, send) }
                    { for page.problem.as_ref().map(|problem| html! {
                        <p class="notice" role="alert">{ problem }</p>
                    }) }
                    { for page.failed.as_ref().map(|failure| failed(failure, send)) }
                    if page.is_blank() {
                        { examples(send) }
                    }
                    { for page.report.as_ref().map(|report| html! {
                        <>
                            { questions::view(report, &page.answers, send) }
                            { taken::not_understood(report, send) }
                        </>
                    }) }
                    { for page.report.as_ref().and_then(|report| report.says.as_deref()).map(to_verdict) }
                </section>
                <section
                    id="verdict"
                    class="verdict"
                    tabindex="-1"
                    aria-label="Verdict"
                    aria-busy={page.is_busy().to_string()}
                >
                    { head(page) }
                    { for page.report.as_ref().map(|report| html! {
                        <>
                            { findings::view(page, report, send) }
                            <p class="took" role="status">{ model.took.clone() }</p>
                            { findings::fixes(page, report, send) }
                            { further(report) }
                            { taken::rules(report, send) }
                            { taken::view(report, send) }
                            { rests_on(report) }
                        </>
                    }) }
                </section>
            </div>
        </main>
    }
}

/// Returns an event handler that sends a message to this page.
fn tell<E>(send: &Callback<PageMsg>, msg: Msg) -> Callback<E> {
    on(send, PageMsg::CheckFiles(msg))
}

/// Renders the files as tabs, and the text of the one on screen.
fn files(page: &CheckFiles, send: &Callback<PageMsg>) -> Html {
    let tab = |(at, file): (usize, &crate::ui::state::check_files::File)| {
        let here = page.at == at;
        html! {
            <span class={classes!("tab", here.then_some("here"))} key={file.name.clone()}>
                <button
                    type="button"
                    aria-pressed={here.to_string()}
                    onclick={tell(send, Msg::Select(at))}
                >
                    { &file.name }
                </button>
                if page.files.len() > 1 || !page.is_blank() {
                    <button
                        type="button"
                        class="remove"
                        aria-label={format!("Remove {}", file.name)}
                        title="Remove"
                        onclick={tell(send, Msg::Remove(at))}
                    >
                        { super::icon::line(super::icon::CROSS) }
                    </button>
                }
            </span>
        }
    };
    html! {
        // `www/main.js` takes what is dropped here.
        <div class="files" data-drop="files">
            <div class="file-tabs" role="group" aria-label="Files">
                { for page.files.iter().enumerate().map(tab) }
                <button type="button" class="add-file" onclick={tell(send, Msg::Add)}>
                    { "+ Add" }
                </button>
                <label class="button open-files" for="check-open">{ "Open files…" }</label>
                <input id="check-open" class="hidden" type="file" multiple=true />
            </div>
            <Editor
                name={page.file().name.clone()}
                text={page.file().text.clone()}
                marks={marks(page)}
                onedit={send.reform(PageMsg::CheckFiles)}
            />
        </div>
    }
}

/// Returns the lines of the file on screen that cause a violation, and those that were not
/// understood, in order.
fn marks(page: &CheckFiles) -> Vec<(usize, bool)> {
    let name = &page.file().name;
    let here = |place: &Option<Place>| {
        place.as_ref().filter(|place| place.file == *name && place.line > 0).map(|place| place.line)
    };
    let mut marks: Vec<(usize, bool)> = Vec::new();
    if let Some(report) = page.report.as_ref().filter(|_| page.failed.is_none()) {
        let broken = report.properties.iter().filter(|finding| finding.finding == "broken");
        let causes = broken.filter_map(|finding| here(&finding.cause.as_ref()?.place));
        marks.extend(causes.map(|line| (line, true)));
        let told = |kind: &str| matches!(kind, "no-effect" | "overruled" | "unreadable");
        let remarks = report.remarks.iter().filter(|remark| told(&remark.kind));
        marks.extend(remarks.filter_map(|remark| here(&remark.place)).map(|line| (line, false)));
    }
    if let Some(Failure { file: Some((_, failed)), line, .. }) = &page.failed
        && failed == name
        && *line > 0
    {
        marks.push((*line, true));
    }
    // A line that does both is marked as a cause.
    marks.sort_by_key(|(line, bad)| (*line, !bad));
    marks.dedup_by_key(|(line, _)| *line);
    marks
}

/// Renders what the file was taken for, and the choice of another syntax.
fn read_as(page: &CheckFiles, send: &Callback<PageMsg>) -> Html {
    if page.file().text.trim().is_empty() {
        return Html::default();
    }
    let onchange = send.reform(|key: String| {
        PageMsg::CheckFiles(Msg::Syntax(Some(key).filter(|key| !key.is_empty())))
    });
    html! {
        <div class="read-as">
            <p>
                if let Some(what) = page.read_as() {
                    { "Read as " }<b>{ what }</b>
                } else if page.stage == Stage::Failed {
                    { "Not read." }
                }
            </p>
            <label>
                { "Syntax " }
                <Select value={page.file().syntax.clone().unwrap_or_default()} {onchange}>
                    <option value="">{ "by its content" }</option>
                    { for SYNTAXES.iter().map(|(key, name)| html! {
                        <option value={*key}>{ *name }</option>
                    }) }
                </Select>
            </label>
            <button type="button" class="button" onclick={tell(send, Msg::Clear)}>
                { "Start over" }
            </button>
        </div>
    }
}

fn examples(send: &Callback<PageMsg>) -> Html {
    html! {
        <div class="examples">
            <h2>{ "Or take an example" }</h2>
            <ul>
                { for EXAMPLES.iter().enumerate().map(|(number, (name, _))| html! {
                    <li>
                        <button type="button" class="button" onclick={tell(send, Msg::Example(number))}>
                            { *name }
                        </button>
                    </li>
                }) }
            </ul>
        </div>
    }
}

fn failed(failure: &Failure, send: &Callback<PageMsg>) -> Html {
    let Failure { file, line, says } = failure;
    html! {
        <p class="notice failed" role="alert">
            if let Some((_, name)) = file {
                { place(&Place { file: name.clone(), line: *line }, send) }{ ": " }
            }
            { says }
            { for file.is_some().then_some(" What was found before is kept beside.") }
        </p>
    }
}

/// Renders a place in a file, as a button that goes there.
fn place(place: &Place, send: &Callback<PageMsg>) -> Html {
    let label = match place.line {
        0 => place.file.clone(),
        line => format!("{} line {line}", place.file),
    };
    html! {
        <button type="button" class="place" onclick={to_line(place, send)}>{ label }</button>
    }
}

/// Selects the file and brings the line into view.
fn to_line(place: &Place, send: &Callback<PageMsg>) -> Callback<MouseEvent> {
    let (send, place) = (send.clone(), place.clone());
    Callback::from(move |_| {
        send.emit(PageMsg::CheckFiles(Msg::Go(place.file.clone())));
        editor::go_to(place.line);
    })
}

/// Renders the verdict in a sentence as a button that leads to all of it, for windows where it comes
/// below the questions.
fn to_verdict(says: &str) -> Html {
    html! {
        <p class="to-found">
            <button type="button" class="button" onclick={Callback::from(|_| dom::bring("verdict"))}>
                { says.trim_end_matches('.') }{ " ↓" }
            </button>
        </p>
    }
}

/// Renders the verdict in a sentence, and how far the check has come.
fn head(page: &CheckFiles) -> Html {
    let report = page.report.as_ref();
    let says = report.and_then(|report| report.says.clone());
    let title = match (&says, page.stage) {
        (Some(says), _) => says.trim_end_matches('.').to_owned(),
        (None, Stage::Empty) => "The verdict comes here".to_owned(),
        (None, Stage::Failed) => "No verdict".to_owned(),
        (None, Stage::Done) => "Nothing in these files can be judged".to_owned(),
        (None, _) => "Checking".to_owned(),
    };
    let states = report.map_or(0, |report| report.states);
    let scope = "up to 2 messages, up to 2 faults";
    let stage = match page.stage {
        Stage::Empty => "What can be lost, doubled or reordered with your settings, with the line \
                         that causes it, the shortest run, and what would prevent it."
            .to_owned(),
        Stage::Reading => "Reading…".to_owned(),
        Stage::Judging => format!("Trying every run with {scope}…"),
        Stage::Fixing => format!("{scope} · {} states · looking for fixes…", thousands(states)),
        Stage::Done if says.is_some() => format!("{scope} · {} states", thousands(states)),
        Stage::Done => "See on the left what was not understood.".to_owned(),
        Stage::Failed => "The files could not be read as they are.".to_owned(),
    };
    html! {
        <header>
            <h2>{ title }</h2>
            <p class="scope" role="status">
                { stage }
                if page.is_busy() { <progress></progress> }
            </p>
        </header>
    }
}

/// Renders the links to other pages.
fn further(report: &Report) -> Html {
    let link = |label: &str, address: Option<Address>| {
        address.map(
            |address| html! { <a class="button" href={address.href()}>{ label.to_owned() }</a> },
        )
    };
    let links: Vec<Html> = [
        link("Open in the Lab", report.in_lab()),
        link("Simulate random runs", report.at_random()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if links.is_empty() {
        return Html::default();
    }
    html! {
        <div class="further">
            { for links }
            <p>{ "These links hold Ackward's settings only, nothing of your files." }</p>
        </div>
    }
}

/// Renders what the verdict assumes, and what it does not cover.
fn rests_on(report: &Report) -> Html {
    let Some(assumes) = &report.assumes else { return Html::default() };
    html! {
        <details class="unfold assumed">
            <summary>{ format!("Proved for {}: bounds and assumptions", assumes.product) }</summary>
            <ul>
                { for assumes.assumed.iter().map(|row| html! { <li>{ row }</li> }) }
                { for assumes.versions.iter().map(|row| html! { <li>{ row }</li> }) }
            </ul>
            <p>{ "Not tried: " }{ &report.not_tried }{ "." }</p>
        </details>
    }
}
