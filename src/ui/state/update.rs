//! The update function of the model.

use std::rc::Rc;

use super::forks::{self, fork, remember, visit};
use super::lessons::{self, finished};
use super::notice::{LONGEST_ASKED, asked_step, truncated};
use super::open::{self, Opened};
use super::playback::{pace, pause, play, step_to, tick};
use super::questions::{ask, stop_needless};
use super::{About, Effect, Missing, Model, Msg, Overlay, Page, Refused, Run};
use super::{chaos, check_files, choose, compare, cost, matrix, palette, predict, proof};
use super::{export, fault_picker, hints, notice, overview, saved};
use crate::catalogue::{self, entries, glossary};
use crate::did_you_mean;
use crate::protocol::{At, Question};
use crate::ui::share::{Address, AskedStep, Config, Random, Shown};

/// The scenario on the home page: a duplicate caused by nothing but one lost acknowledgment shows
/// best what the page is about.
pub(super) const HOME: &str = "ack-lost";
/// The key of a rejected fault; see `Refused::what`.
pub const FAULTS: &str = "faults";

/// Applies a message to the model and returns the effects for the browser shell.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    // An embedded page has no dialogs, and its history is that of the parent page.
    let whole_page = |msg: &Msg| {
        matches!(msg, Msg::Open(_) | Msg::Break(..) | Msg::Undo | Msg::Redo | Msg::FocusSearch)
    };
    if model.embed.is_some() && whole_page(&msg) {
        return Vec::new();
    }
    let learned = hints::learned(model, &msg);
    if !learned.is_empty() {
        return [learned, update(model, msg)].concat();
    }
    if let Some(effects) = compare::update(model, &msg) {
        return effects;
    }
    match msg {
        Msg::Went(_) if given(model) => Vec::new(),
        Msg::Went(address) => {
            let shown = went(model, address);
            let asked = ask(model);
            let stopped = stop_needless(model);
            [shown, stopped, asked].concat()
        }
        Msg::Answered { id, text, millis } => {
            model.answers.came(id, text.as_deref(), millis);
            Vec::new()
        }
        Msg::Given(json) if given(model) => show_given(model, &json),
        Msg::Given(_) => Vec::new(),
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
        Msg::LatencyModel(speed) => pace(model, speed),
        Msg::SystemTheme(theme) => {
            model.theme = theme;
            vec![Effect::Wear(theme)]
        }
        Msg::DismissNotice => {
            model.notice = None;
            Vec::new()
        }
        msg => on_page(model, msg),
    }
}

/// Handles the messages that only a page of its own sends, not an embedded one.
fn on_page(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Search(query) => {
            model.query = query;
            Vec::new()
        }
        Msg::FocusSearch => vec![Effect::FocusSearch],
        Msg::ToggleTheme => {
            model.theme = model.theme.other();
            vec![Effect::Remember(model.theme)]
        }
        Msg::Open(Overlay::Chances) => break_at(model, None, None, None),
        Msg::Open(Overlay::Palette) => {
            palette::open(model);
            pause(model)
        }
        Msg::Open(Overlay::Faults) => {
            let asked = fault_picker::open(model);
            [pause(model), asked].concat()
        }
        Msg::Palette(msg) => {
            palette::on_message(model, msg).map_or_else(Vec::new, |chosen| update(model, chosen))
        }
        Msg::Open(Overlay::Share) if export::shared(model).is_none() => Vec::new(),
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
        Msg::Took(sentence) => {
            model.took = Some(sentence);
            Vec::new()
        }
        Msg::Go(address) => vec![Effect::Go(address)],
        // The entry before the first one belongs to another site.
        Msg::Undo if !model.past.back() => Vec::new(),
        Msg::Undo => vec![Effect::History(-1)],
        Msg::Redo if !model.past.forward() => Vec::new(),
        Msg::Redo => vec![Effect::History(1)],
        Msg::Passed(past) => {
            model.past = past;
            Vec::new()
        }
        Msg::Preview(choice) => {
            forks::preview(model, choice);
            Vec::new()
        }
        Msg::Break(step, about, at) => break_at(model, Some(step), about, at),
        Msg::Hinted(hint) => hints::done(model, hint),
        Msg::Predict(msg) => predicted(model, msg),
        Msg::RestartCourse => {
            model.lessons = lessons::Lessons::default();
            vec![Effect::Keep(lessons::KEY, model.lessons.text())]
        }
        msg => on_configuration(model, msg),
    }
}

/// Handles the messages about the configuration of a run, and those of other pages.
fn on_configuration(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Take(what) => {
            model.took = None;
            export::take(what, model).into_iter().collect()
        }
        Msg::Copy(content) => {
            model.took = None;
            vec![Effect::Take { how: "copy", name: "The code".to_owned(), content }]
        }
        // The comparison is no longer on screen.
        Msg::Compare(_) => Vec::new(),
        Msg::SavedConfigs(msg) => saved::update(model, msg),
        Msg::Fork(choice) => fork(model, choice),
        Msg::Visit(at) => visit(model, at),
        Msg::Chaos(ask) => chaos::update(model, ask),
        Msg::CheckFiles(msg) => check_files::update(model, msg),
        Msg::Proof(msg) => proof::update(model, msg),
        Msg::Set(settings) => set(model, &settings),
        Msg::AddFault(fault) => script(model, |faults| faults.push(fault.trim().to_owned())),
        Msg::DropFault(at) => script(model, |faults| {
            if at < faults.len() {
                faults.remove(at);
            }
        }),
        _ => Vec::new(),
    }
}

/// Stops playback and opens the break menu for a step: the current one if none is given.
fn break_at(
    model: &mut Model,
    step: Option<usize>,
    about: Option<About>,
    at: Option<(i32, i32)>,
) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    model.break_step = step.unwrap_or(run.step).min(run.last());
    model.overlay = Some(Overlay::Chances);
    (model.about, model.break_at, model.preview) = (about, at, None);
    let asked = outcomes(model).and_then(|question| model.answers.ask(question));
    pause(model).into_iter().chain(asked).collect()
}

/// Returns the question what each event of the break menu leads to.
pub fn outcomes(model: &Model) -> Option<Question> {
    let run = model.run()?;
    Some(Question::Outcomes(At {
        scenario: Box::new(run.scenario().clone()),
        path: run.found.as_ref().map(|found| found.path.to_string()),
        step: model.break_step,
    }))
}

pub(super) fn went(model: &mut Model, address: Address) -> Vec<Effect> {
    if model.embed.is_some() && !address.can_be_embedded() {
        return not_embedded(model, address);
    }
    let left = match address {
        Address::Chaos(_) => pause(model),
        _ => chaos::leave(model),
    };
    [left, arrived(model, address)].concat()
}

fn arrived(model: &mut Model, address: Address) -> Vec<Effect> {
    let (shown, home) = match address {
        Address::Home => (Shown::new(Config::scenario(HOME), false), true),
        Address::Run(shown) => (shown, false),
        Address::Unknown(text) => return missing(model, &text),
        Address::Matrix(pairs) => {
            let (filter, problems) = matrix::read(&pairs);
            let page = Page::Matrix(filter, problems);
            return sheet(model, page, "Every preset against every fault");
        }
        Address::Compare(compared) => return compare::went(model, compared),
        Address::CheckFiles => return sheet(model, Page::CheckFiles, "Check yours"),
        Address::Scenarios(pairs) => {
            let (filter, problems) = overview::read(&pairs);
            return sheet(model, Page::Overview(filter, problems), "All scenarios");
        }
        Address::Course => return sheet(model, Page::Course, "Course"),
        Address::Chaos(random) => return at_random(model, random),
        Address::Cost(pairs) => {
            let (load, by, problems) = cost::read(&pairs);
            return sheet(model, Page::Cost(load, by, problems), "Cost of each guarantee");
        }
        Address::Glossary(asked) => {
            let term = asked.as_deref().and_then(glossary::term);
            let unknown = asked.filter(|_| term.is_none());
            let problem = unknown
                .map(|asked| format!("No term named “{}”.", truncated(&asked, LONGEST_ASKED)));
            return sheet(model, Page::Glossary(term, problem), "Glossary");
        }
        Address::Choose(pairs) => {
            let (answers, rank, problems) = choose::read(&pairs);
            return sheet(model, Page::Choose(answers, rank, problems), "Find a configuration");
        }
    };
    let (base, asked, lab) = (shown.config.base.clone(), shown.step.clone(), shown.lab);
    match open::open(model, shown, home) {
        Some(opened) => arrive(model, opened, asked),
        None => missing_base(model, &base, lab),
    }
}

/// Returns true if the parent page provides the scenario.
fn given(model: &Model) -> bool {
    model.embed.as_ref().is_some_and(|embed| embed.given)
}

/// Shows a scenario from JSON, or reports the problem and its location.
fn show_given(model: &mut Model, json: &str) -> Vec<Effect> {
    match open::given(json) {
        Ok(opened) => arrive(model, opened, AskedStep::Start),
        Err(error) => {
            let effects = pause(model);
            model.page = Model::new(model.theme).page;
            model.refused = Some(Refused { what: error.at, problem: error.problem });
            effects
        }
    }
}

/// Shows a run that was opened.
fn arrive(model: &mut Model, opened: Opened, asked: AskedStep) -> Vec<Effect> {
    let Opened { mut run, shows, problems } = opened;
    let (step, notice) = match (asked, shows) {
        // A run that was found by a search opens at the step that shows the property.
        (AskedStep::Start, Some(step)) => (step.min(run.last()), None),
        (asked, _) => asked_step(asked, run.last()),
    };
    run.step = step;
    run.guided.predict = match &model.embed {
        Some(embed) => embed.predict,
        None => run.guided.predict || model.predict.on && !run.lab,
    };
    let same = model.run().is_some_and(|old| Rc::ptr_eq(&old.view, &run.view));
    model.predict.arrived(same, run.at_end());
    let mut effects = pause(model);
    effects.push(Effect::Title(format!("{} · Ackward", run.view.title)));
    if notice.is_some() || !problems.is_empty() {
        effects.push(Effect::Replace(run.address()));
    }
    model.notice = notice::notice(problems.into_iter().chain(notice).collect());
    model.overlay = None;
    model.refused = None;
    remember(model, &run);
    model.page = Page::Run(run);
    effects.extend(finished(model));
    effects
}

fn at_random(model: &mut Model, random: Random) -> Vec<Effect> {
    let base = random.config.base.clone();
    model.overlay = None;
    model.refused = None;
    chaos::went(model, random).unwrap_or_else(|| missing_base(model, &base, true))
}

/// Shows a page that contains neither a run nor a comparison.
fn sheet(model: &mut Model, page: Page, title: &str) -> Vec<Effect> {
    let effects = pause(model);
    model.page = page;
    model.notice = None;
    model.overlay = None;
    model.took = None;
    [effects, vec![Effect::Title(format!("{title} · Ackward"))]].concat()
}

/// Navigates to the configuration with these settings changed, or reports why they are rejected.
fn set(model: &mut Model, settings: &[(String, String)]) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    match open::set(run, settings) {
        Ok(config) => {
            let address = run.changed(config);
            model.refused = None;
            vec![Effect::Go(address)]
        }
        Err(problem) => {
            let what = settings.last().map(|(key, _)| key.clone()).unwrap_or_default();
            model.refused = Some(Refused { what, problem });
            Vec::new()
        }
    }
}

/// Navigates to the configuration with this fault script, or reports why it is rejected.
fn script(model: &mut Model, change: impl FnOnce(&mut Vec<String>)) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    let mut faults = run.view.faults.clone();
    change(&mut faults);
    match open::with_faults(run, faults) {
        Ok(config) => {
            let address = run.changed(config);
            model.refused = None;
            vec![Effect::Go(address)]
        }
        Err(problem) => {
            model.refused = Some(Refused { what: FAULTS.to_owned(), problem });
            Vec::new()
        }
    }
}

/// Shows that the address is invalid; it may be a bare scenario id.
fn missing(model: &mut Model, asked: &str) -> Vec<Effect> {
    let near = near(asked, false);
    let asked = truncated(asked, LONGEST_ASKED);
    not_found(model, Missing { asked, scenario: false, lab: false, near, alone: None })
}

/// Shows that there is no such scenario, or no such base in the Lab.
fn missing_base(model: &mut Model, asked: &str, lab: bool) -> Vec<Effect> {
    let near = near(asked, lab);
    let asked = truncated(asked, LONGEST_ASKED);
    not_found(model, Missing { asked, scenario: !lab, lab, near, alone: None })
}

/// Returns the entries with similar ids; in the Lab also presets.
fn near(asked: &str, lab: bool) -> Vec<(Address, String)> {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets).filter(|_| lab);
    let presets = presets.map(|preset| (preset.id.as_str(), preset.narrative.title.as_str()));
    let scenarios = entries().map(|entry| (entry.id.as_str(), entry.title.as_str()));
    let known: Vec<(&str, &str)> = presets.chain(scenarios).collect();
    let address = |id: &str| match catalogue::preset(id) {
        Some(_) => Address::Run(Shown::new(Config::preset(id), true)),
        None => Address::Run(Shown::new(Config::scenario(id), lab)),
    };
    let found = did_you_mean::nearest(asked, &known).into_iter();
    found.map(|(id, title)| (address(id), title.to_owned())).collect()
}

/// Shows that the page at the address cannot be embedded.
fn not_embedded(model: &mut Model, address: Address) -> Vec<Effect> {
    let mut effects = pause(model);
    let text = address.text();
    let name = text.split('?').next().unwrap_or_default().trim_matches('/');
    let (asked, near) = (name.to_owned(), Vec::new());
    model.page =
        Page::Missing(Missing { asked, scenario: false, lab: false, near, alone: Some(address) });
    model.notice = None;
    effects.push(Effect::Title("Not embedded · Ackward".to_owned()));
    effects
}

fn not_found(model: &mut Model, missing: Missing) -> Vec<Effect> {
    let mut effects = pause(model);
    model.page = Page::Missing(missing);
    model.notice = None;
    model.overlay = None;
    effects.push(Effect::Title("Not found · Ackward".to_owned()));
    effects
}

/// Turns predictions on or off, or takes the answer of the user.
fn predicted(model: &mut Model, msg: predict::Msg) -> Vec<Effect> {
    match msg {
        predict::Msg::Answer(guess) => {
            if model.hides_outcome() {
                model.predict.answer(guess);
            }
            finished(model).into_iter().collect()
        }
        predict::Msg::Switch => {
            let mut effects = pause(model);
            let Page::Run(run) = &mut model.page else { return effects };
            run.guided.predict = !run.guided.predict;
            if run.guided.predict {
                run.step = 0;
            }
            let replace = Effect::Replace(run.address());
            match run.lab {
                // A configuration of one's own asks only where its link says so.
                true => model.predict.restart(),
                false => {
                    let kept = model.predict.switch(run.guided.predict);
                    effects.push(Effect::Keep(predict::KEY, kept.to_owned()));
                }
            }
            effects.push(replace);
            effects
        }
    }
}
