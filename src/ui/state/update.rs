//! What each message does to the model.

use std::sync::OnceLock;

use super::open::{self, Opened};
use super::take;
use super::{Effect, Fork, Missing, Model, Msg, Overlay, Page, Refused, Run, Speed};
use crate::catalogue;
use crate::nearest;
use crate::sim::Choice;
use crate::story;
use crate::ui::share::{Address, AskedStep, Config, Found, Shown};

/// The scenario on the home page: a duplicate out of nothing but one lost answer shows best
/// what the whole page is about.
const HOME: &str = "ack-lost";
/// What a refused fault is about; see [`Refused::what`].
pub const FAULTS: &str = "faults";

/// Changes the model and says what the browser is to do.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Went(address) => went(model, address),
        Msg::First => step_to(model, |_| 0),
        Msg::Back => step_to(model, |run| run.step.saturating_sub(1)),
        Msg::Forward => step_to(model, |run| run.step + 1),
        Msg::Last => step_to(model, Run::last),
        Msg::To(step) => step_to(model, |_| step),
        Msg::PlayPause if model.playing => pause(model),
        Msg::PlayPause => play(model),
        Msg::Play if model.playing => Vec::new(),
        Msg::Play => play(model),
        Msg::Pause => pause(model),
        Msg::Tick => tick(model),
        Msg::Pace(speed) => pace(model, speed),
        Msg::Search(query) => {
            model.query = query;
            Vec::new()
        }
        Msg::SearchDone => first_found(&model.query).map(Effect::Go).into_iter().collect(),
        Msg::FocusSearch => vec![Effect::FocusSearch],
        Msg::ToggleTheme => {
            model.theme = model.theme.other();
            vec![Effect::Remember(model.theme)]
        }
        Msg::SystemTheme(theme) => {
            model.theme = theme;
            vec![Effect::Wear(theme)]
        }
        Msg::Open(overlay) => {
            model.overlay = Some(overlay);
            model.took = None;
            pause(model)
        }
        Msg::Close(overlay) => {
            // A dialog reports its closing late, when another may be open already.
            if model.overlay == Some(overlay) {
                model.overlay = None;
            }
            Vec::new()
        }
        Msg::DismissNotice => {
            model.notice = None;
            Vec::new()
        }
        Msg::DismissWelcome => {
            model.welcome = false;
            Vec::new()
        }
        Msg::Take(what) => {
            model.took = None;
            let theme = model.theme;
            model.run().map(|run| take::take(what, run, theme)).into_iter().collect()
        }
        Msg::Took(sentence) => {
            model.took = Some(sentence);
            Vec::new()
        }
        Msg::Go(address) => vec![Effect::Go(address)],
        Msg::Undo => vec![Effect::History(-1)],
        Msg::Redo => vec![Effect::History(1)],
        Msg::Break(step) => {
            let effects = step_to(model, |_| step);
            if model.run().is_some() {
                model.overlay = Some(Overlay::Chances);
            }
            effects
        }
        Msg::Fork(choice) => fork(model, choice),
        Msg::Visit(at) => visit(model, at),
        Msg::Set(settings) => set(model, &settings),
        Msg::AddFault(fault) => script(model, |faults| faults.push(fault.trim().to_owned())),
        Msg::DropFault(at) => script(model, |faults| {
            if at < faults.len() {
                faults.remove(at);
            }
        }),
    }
}

fn went(model: &mut Model, address: Address) -> Vec<Effect> {
    let (shown, home) = match address {
        Address::Home => (Shown::new(Config::scenario(HOME), false), true),
        Address::Run(shown) => (shown, false),
        Address::Matrix => return matrix(model),
        Address::Unknown(text) => return missing(model, text, false),
    };
    let (base, asked) = (shown.config.base.clone(), shown.step.clone());
    match open::open(model, shown, home) {
        Some(opened) => arrive(model, opened, asked, home),
        None => missing(model, base, true),
    }
}

/// Shows a run that was opened.
fn arrive(model: &mut Model, opened: Opened, asked: AskedStep, home: bool) -> Vec<Effect> {
    let Opened { mut run, shows, problems } = opened;
    let same = model.run().is_some_and(|old| old.story.id == run.story.id);
    let (step, notice) = match (asked, shows) {
        // A run that was found opens where it shows what it was found for.
        (AskedStep::Start, Some(step)) => (step.min(run.last()), None),
        (asked, _) => asked_step(asked, run.last()),
    };
    run.step = step;
    let mut effects = pause(model);
    effects.push(Effect::Title(format!("{} · Ackward", run.story.title)));
    if notice.is_some() || !problems.is_empty() {
        effects.push(Effect::Replace(run.address()));
    }
    model.welcome = home || (same && model.welcome);
    model.notice = Some([problems, notice.into_iter().collect()].concat().join(" "));
    model.notice = model.notice.take().filter(|notice| !notice.is_empty());
    model.overlay = None;
    model.refused = None;
    remember(model, &run);
    model.page = Page::Run(run);
    effects
}

/// Puts the run into the list of those that were looked at.
fn remember(model: &mut Model, run: &Run) {
    let same = |old: &Run| old.config == run.config && old.lab == run.lab;
    if !model.run().is_some_and(same) {
        model.forks = vec![Fork { says: String::new(), found: None }];
    }
    if model.forks.iter().all(|fork| fork.found != run.found) {
        let faults = run.story.chips.iter().filter(|chip| chip.fault);
        let faults: Vec<&str> = faults.map(|chip| chip.what.as_str()).collect();
        let says = match &faults[..] {
            [] => "in another order".to_owned(),
            faults => faults.join(", then "),
        };
        model.forks.push(Fork { says, found: run.found.clone() });
    }
}

fn matrix(model: &mut Model) -> Vec<Effect> {
    let effects = pause(model);
    model.page = Page::Matrix;
    model.notice = None;
    model.overlay = None;
    [effects, vec![Effect::Title("Every preset against every fault · Ackward".to_owned())]].concat()
}

/// Goes to the run in which this happens at this step.
fn fork(model: &Model, choice: Choice) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    let path = run.course.fork(run.step, choice);
    let found = Some(Found { property: None, path });
    let (config, step) = (run.config.clone(), AskedStep::At(run.step + 1));
    vec![Effect::Go(Address::Run(Shown { config, lab: run.lab, found, step }))]
}

/// Goes to a run that was looked at, at the same step.
fn visit(model: &Model, at: usize) -> Vec<Effect> {
    let (Some(run), Some(fork)) = (model.run(), model.forks.get(at)) else { return Vec::new() };
    if fork.found == run.found {
        return Vec::new();
    }
    let mut there = Run { found: fork.found.clone(), ..run.clone() };
    there.found.iter_mut().for_each(|found| found.property = None);
    vec![Effect::Go(there.address())]
}

/// Goes to the configuration with these settings changed, or says why they cannot be.
fn set(model: &mut Model, settings: &[(String, String)]) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    match open::set(run, settings) {
        Ok(config) => {
            model.refused = None;
            vec![Effect::Go(Address::Run(Shown::new(config, true)))]
        }
        Err(problem) => {
            let what = settings.last().map(|(key, _)| key.clone()).unwrap_or_default();
            model.refused = Some(Refused { what, problem });
            Vec::new()
        }
    }
}

/// Goes to the configuration with this script of faults, or says why it cannot be.
fn script(model: &mut Model, change: impl FnOnce(&mut Vec<String>)) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    let mut faults: Vec<String> = run.scenario.faults.iter().map(ToString::to_string).collect();
    change(&mut faults);
    match open::with_faults(run, faults) {
        Ok(config) => {
            model.refused = None;
            vec![Effect::Go(Address::Run(Shown::new(config, true)))]
        }
        Err(problem) => {
            model.refused = Some(Refused { what: FAULTS.to_owned(), problem });
            Vec::new()
        }
    }
}

fn missing(model: &mut Model, asked: String, scenario: bool) -> Vec<Effect> {
    let known: Vec<(&str, &str)> = entries().map(|e| (e.id.as_str(), e.title.as_str())).collect();
    let near = nearest::nearest(&asked, &known)
        .into_iter()
        .map(|(id, title)| (id.to_owned(), title.to_owned()))
        .collect();
    let effects = pause(model);
    model.page = Page::Missing(Missing { asked: shorten(&asked), scenario, near });
    model.notice = None;
    model.welcome = false;
    model.overlay = None;
    [effects, vec![Effect::Title("Not found · Ackward".to_owned())]].concat()
}

/// The step to show, and what to say when it is not the one that was asked for.
fn asked_step(asked: AskedStep, last: usize) -> (usize, Option<String>) {
    match asked {
        AskedStep::Start => (0, None),
        AskedStep::At(step) if step <= last => (step, None),
        AskedStep::At(step) => {
            let text = format!(
                "This run has {last} steps and the address asks for step {step}. Here is its last step."
            );
            (last, Some(text))
        }
        AskedStep::Lost(path) => {
            let path = shorten(&path);
            let text = format!(
                "The address asks for a run along “{path}”, which is no path. Here is the scenario's own run."
            );
            (0, Some(text))
        }
        AskedStep::Unreadable(text) => {
            let text = shorten(&text);
            let text = format!(
                "The step in the address, “{text}”, is not a number. Here is the start of the run."
            );
            (0, Some(text))
        }
    }
}

fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// Goes to a step by hand, which ends playing.
fn step_to(model: &mut Model, to: impl FnOnce(&Run) -> usize) -> Vec<Effect> {
    let mut effects = pause(model);
    effects.extend(show(model, to));
    effects
}

fn show(model: &mut Model, to: impl FnOnce(&Run) -> usize) -> Option<Effect> {
    let Page::Run(run) = &mut model.page else { return None };
    let step = to(run).min(run.last());
    if step == run.step {
        return None;
    }
    run.step = step;
    model.notice = None;
    Some(Effect::Replace(run.address()))
}

fn play(model: &mut Model) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    // Playing at the end plays again. Elsewhere a first step at once shows that it plays.
    let to = if run.at_end() { 0 } else { run.step + 1 };
    let mut effects: Vec<Effect> = show(model, |_| to).into_iter().collect();
    effects.extend(wait(model));
    effects
}

fn tick(model: &mut Model) -> Vec<Effect> {
    if !model.playing {
        return Vec::new();
    }
    let mut effects: Vec<Effect> = show(model, |run| run.step + 1).into_iter().collect();
    effects.extend(wait(model));
    effects
}

/// Waits for the next step while there is one.
fn wait(model: &mut Model) -> Option<Effect> {
    let run = model.run()?;
    let letters = run.moment().map_or(0, |moment| moment.sentence.chars().count());
    let more = !run.at_end();
    model.playing = more;
    more.then(|| Effect::Wait(model.speed.millis(letters)))
}

fn pause(model: &mut Model) -> Vec<Effect> {
    let was = std::mem::replace(&mut model.playing, false);
    was.then_some(Effect::StopWaiting).into_iter().collect()
}

fn pace(model: &mut Model, speed: Speed) -> Vec<Effect> {
    model.speed = speed;
    if model.playing { wait(model).into_iter().collect() } else { Vec::new() }
}

/// All scenarios, in the catalogue's order.
pub(super) fn entries() -> impl Iterator<Item = &'static catalogue::Entry> {
    catalogue::groups().iter().flat_map(|group| &group.entries)
}

/// Every word of the query occurs in the entry's title, summary, id, group or settings.
pub fn found(entry: &catalogue::Entry, query: &str) -> bool {
    let text = words().iter().find(|(id, _)| *id == entry.id).map_or("", |(_, text)| text);
    query.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// For each scenario what a search looks at.
fn words() -> &'static [(&'static str, String)] {
    static WORDS: OnceLock<Vec<(&str, String)>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let groups = catalogue::groups().iter();
        groups
            .flat_map(|group| group.entries.iter().map(|e| (e.id.as_str(), text(group, e))))
            .collect()
    })
}

fn text(group: &catalogue::Group, entry: &catalogue::Entry) -> String {
    let mut text = [group.title, &entry.title, &entry.summary, &entry.id].join("\n");
    for chip in catalogue::scenario(&entry.id).map(story::chips).unwrap_or_default() {
        text += &format!("\n{} {}", chip.who, chip.what);
    }
    text.to_lowercase()
}

fn first_found(query: &str) -> Option<Address> {
    let entry = entries().find(|entry| found(entry, query))?;
    Some(Address::scenario(&entry.id))
}
