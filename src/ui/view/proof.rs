//! The proof panel: what the configuration can and cannot do, by exploring every run in time
//! slices.
//!
//! The first search allows one fault, which takes a moment; the next ones allow more, up to the
//! chosen number. The page stays responsive, since a slice takes a few milliseconds. Results are
//! cached, so that they appear immediately on return.

use std::cell::OnceCell;
use std::rc::Rc;

use yew::prelude::*;

use super::time_slice::Turn;
use super::{icon, on};
use crate::check::{
    self, Bounds, DeliveryModel, Explorer, Finding, FixSearch, Limits, Progress, Property,
    Shortest, Subject, Verdict, usual,
};
use crate::lab;
use crate::sim::{Class, Classes, CompiledScenario, Scenario, Trace};
use crate::text;
use crate::ui;
use crate::ui::share::{Address, AskedStep, Config, Found, Shown};
use crate::ui::state::Run;
use verdicts::{Asked, Known, Shows, known};

pub mod assumes;
mod bounds;
mod cures;
mod verdicts;

/// The length of a time slice, in milliseconds.
const SLICE_MS: f64 = 9.0;
/// States to expand between two looks at the clock.
const AT_A_TIME: usize = 256;
/// The state limit of a search: a few seconds, and at most a hundred MiB.
const LIMIT: usize = 1_000_000;
/// The state limit for shortest counterexamples, where no reduction applies.
const SHORT_LIMIT: usize = 400_000;
/// The state limits for candidate fixes, of which there are many.
const CURE_LIMITS: Limits = Limits { each: 200_000, all: 20_000_000 };

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The configuration.
    pub config: Config,
    pub scenario: Configured,
    /// Links to runs open in the Lab.
    pub lab: bool,
}

/// A scenario as a component property, compared by pointer.
#[derive(Clone)]
pub struct Configured(pub Rc<Scenario>);

impl PartialEq for Configured {
    fn eq(&self, other: &Configured) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Renders the panel for the configuration of this run.
pub fn panel(run: &Run) -> Html {
    let Some(made) = &run.made else { return Html::default() };
    let scenario = Configured(Rc::clone(&made.scenario));
    html! { <Proof config={run.config.clone()} {scenario} lab={run.lab} /> }
}

/// Renders a placeholder for the panel in the small program, which has to load the full one first.
pub fn offer(send: &Callback<ui::state::Msg>) -> Html {
    html! {
        <section class="panel proof" aria-label="All runs (model check)" tabindex="-1">
            <h2>{ "All runs (model check)" }</h2>
            <p class="progress">
                { "This is one run. Which guarantees hold in every run, with faults at any point?" }
            </p>
            <button type="button" class="button" onclick={on(send, ui::state::Msg::Prove)}>
                { icon::line(icon::CHECK) }{ "Check all runs" }
            </button>
        </section>
    }
}

pub struct Proof {
    messages: u8,
    faults: u8,
    classes: Classes,
    /// The number of faults that the current search allows.
    level: u8,
    search: Option<Explorer<DeliveryModel>>,
    known: Option<Rc<Known>>,
    /// The search for shorter counterexamples.
    short: Option<Shortest>,
    /// The search for fixes; it may be in progress or done.
    cures: Option<FixSearch>,
    /// What the fixes are for.
    cures_of: Option<Asked>,
    cures_done: bool,
    started: f64,
    spent: f64,
    stopped: bool,
    /// The timer for the next slice.
    next: Turn,
}

pub enum Msg {
    Slice,
    Messages(u8),
    Faults(u8),
    Kind(Class, bool),
    Stop,
    Fix,
}

impl Component for Proof {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let mut proof = Proof {
            messages: 1,
            faults: 2,
            classes: usual(),
            level: 1,
            search: None,
            known: None,
            short: None,
            cures: None,
            cures_of: None,
            cures_done: false,
            started: 0.0,
            spent: 0.0,
            stopped: false,
            next: Turn::default(),
        };
        proof.begin(ctx, true);
        proof
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        self.put_fixes_by();
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        if ctx.props().config != old.config {
            self.begin(ctx, true);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Slice if self.search.is_some() => self.slice(ctx),
            Msg::Slice if self.short.is_some() => self.short_slice(ctx),
            Msg::Slice => self.cure_slice(),
            Msg::Messages(messages) => {
                self.messages = messages;
                self.begin(ctx, false);
            }
            Msg::Faults(faults) => {
                self.faults = faults;
                self.begin(ctx, false);
            }
            Msg::Kind(class, on) => {
                let kept = Class::ALL
                    .into_iter()
                    .filter(|&c| if c == class { on } else { self.classes.has(c) });
                self.classes = kept.collect();
                self.begin(ctx, false);
            }
            Msg::Stop => {
                self.stopped = true;
                self.next.none();
                (self.search, self.short) = (None, None);
                self.cures_done = true;
            }
            Msg::Fix => {
                if let Some(known) = &self.known {
                    let subject = Subject::of(&ctx.props().scenario.0, &known.verdict);
                    self.cures = Some(FixSearch::new(subject, lab::changes, CURE_LIMITS));
                    self.cures_of = Some(self.asked(ctx));
                    (self.cures_done, self.stopped) = (false, false);
                    self.next.after_drawing();
                }
            }
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        self.next.drawn(ctx, Msg::Slice);
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        html! {
            <section class="panel proof" aria-label="All runs (model check)" tabindex="-1">
                <h2>{ "All runs (model check)" }<span>{ self.effort() }</span></h2>
                { bounds::view(self, ctx) }
                <ul class="findings" role="list">
                    { for Property::ALL.into_iter().map(|property| self.finding(property)) }
                </ul>
                { self.progress(ctx) }
                { assumes::view(self, ctx) }
                { cures::view(self, ctx) }
            </section>
        }
    }
}

impl Proof {
    /// Compiles the configuration for any fault; `None` if its settings refer to messages that no
    /// longer exist.
    fn setup(&self, ctx: &Context<Self>) -> Option<CompiledScenario> {
        let scenario = (*ctx.props().scenario.0).clone();
        let scenario = Scenario { messages: self.messages, faults: vec![], ..scenario };
        let mut setup = CompiledScenario::new(&scenario).ok()?;
        setup.expects(Class::ALL.into_iter().collect());
        Some(setup)
    }

    fn asked(&self, ctx: &Context<Self>) -> Asked {
        Asked {
            config: ctx.props().config.clone(),
            lab: ctx.props().lab,
            messages: self.messages,
            bounds: Bounds { faults: self.level, classes: self.classes },
        }
    }

    /// Starts over, with few faults first.
    fn begin(&mut self, ctx: &Context<Self>, fresh: bool) {
        if fresh {
            self.messages = ctx.props().scenario.0.messages;
        }
        self.put_fixes_by();
        self.stopped = false;
        self.known = None;
        self.search = None;
        self.short = None;
        self.cures = None;
        self.level = self.faults.min(1);
        self.prepare(ctx);
    }

    /// Caches the fixes, if the search for them is finished.
    fn put_fixes_by(&mut self) {
        let finished = self.cures_done && !self.stopped;
        if let (Some(search), Some(asked)) = (self.cures.take(), self.cures_of.take())
            && finished
        {
            verdicts::keep_fixes(asked, search);
        }
    }

    /// Prepares the search at this level, or uses the cached result.
    fn prepare(&mut self, ctx: &Context<Self>) {
        let asked = self.asked(ctx);
        if let Some(known) = known(&asked) {
            self.known = Some(known);
            return self.deepen(ctx);
        }
        let Some(setup) = self.setup(ctx) else { return };
        self.search = Some(Explorer::new(DeliveryModel::new(&setup, asked.bounds), LIMIT));
        self.started = now();
        self.next.after_drawing();
    }

    fn slice(&mut self, ctx: &Context<Self>) {
        let Some(search) = &mut self.search else { return };
        let until = now() + SLICE_MS;
        let mut progress = Progress::Running;
        while progress == Progress::Running && now() < until {
            progress = search.advance(AT_A_TIME);
        }
        self.spent = now() - self.started;
        if progress == Progress::Running {
            return self.next.after_drawing();
        }
        let verdict = Verdict::of(search, progress);
        self.search = None;
        self.learn(ctx, verdict, false);
        self.deepen(ctx);
    }

    /// Shows the result and caches it.
    fn learn(&mut self, ctx: &Context<Self>, verdict: Verdict, shortest: bool) {
        let known = Rc::new(Known { runs: self.runs(ctx, &verdict), verdict, shortest });
        verdicts::keep(self.asked(ctx), &known);
        self.known = Some(known);
    }

    fn short_slice(&mut self, ctx: &Context<Self>) {
        let Some(short) = &mut self.short else { return };
        let until = now() + SLICE_MS;
        let mut done = false;
        while !done && now() < until {
            done = short.advance(AT_A_TIME);
        }
        if let (true, Some(known)) = (done, &self.known) {
            let mut verdict = known.verdict.clone();
            short.improve(&mut verdict);
            self.short = None;
            self.learn(ctx, verdict, true);
        }
        // There may be more to do: this search, or fixes.
        if self.short.is_some() || (self.cures.is_some() && !self.cures_done) {
            self.next.after_drawing();
        }
    }

    /// Searches for shorter counterexamples, once there is a verdict.
    fn look_for_shorter(&mut self, ctx: &Context<Self>) {
        let Some(known) = self.known.as_ref().filter(|known| !known.shortest) else { return };
        let Some(setup) = self.setup(ctx) else { return };
        let model = DeliveryModel::new(&setup, known.verdict.bounds);
        self.short = Shortest::new(&model, &known.verdict, SHORT_LIMIT);
        if self.short.is_some() {
            self.next.after_drawing();
        }
    }

    fn cure_slice(&mut self) {
        let Some(cures) = &mut self.cures else { return };
        let until = now() + SLICE_MS;
        while !self.cures_done && now() < until {
            self.cures_done = cures.advance(AT_A_TIME);
        }
        if !self.cures_done {
            self.next.after_drawing();
        }
    }

    /// Allows one more fault, if more are asked for and the search with fewer was exhaustive.
    fn deepen(&mut self, ctx: &Context<Self>) {
        let done = |known: &Rc<Known>| known.verdict.progress == Progress::Exhausted;
        let done = self.known.as_ref().is_some_and(done);
        if done && self.level < self.faults && !self.stopped {
            self.level += 1;
            return self.prepare(ctx);
        }
        if !self.stopped {
            self.look_for_shorter(ctx);
            let asked = self.asked(ctx);
            if let Some(search) = verdicts::take_fixes(&asked) {
                (self.cures, self.cures_of, self.cures_done) = (Some(search), Some(asked), true);
            }
        }
    }

    /// Formats the effort of the search: "2,418 states · 6 ms".
    fn effort(&self) -> String {
        let Some(known) = &self.known else { return String::new() };
        let states = text::thousands(known.verdict.states);
        match self.spent as u32 {
            ms if ms >= 1000 => format!("{states} states · {}.{} s", ms / 1000, ms % 1000 / 100),
            ms => format!("{states} states · {ms} ms"),
        }
    }

    fn finding(&self, property: Property) -> Html {
        let found = self.known.as_deref().map(|known| known.verdict.finding(property));
        let name = html! { <span class="name">{ property.label() }</span> };
        match found {
            Some(Finding::Violated(_)) => {
                let run = self.known.as_deref().and_then(|known| known.run(property));
                let label = format!("Counterexample: {}", property.broken_says());
                html! {
                    <li class="broken" data-property={property.key()}>
                        { icon::line(icon::CROSS) }
                        { name }
                        <span class="hidden">{ " — violated" }</span>
                        if let Some(run) = run {
                            <a href={run.link.clone()} aria-label={label}>
                                { "counterexample" }
                            </a>
                        }
                    </li>
                }
            }
            Some(Finding::Holds) => html! {
                <li class="proved" data-property={property.key()}>
                    { icon::line(icon::CHECK) }
                    { name }
                    <span class="hidden">{ " — proved" }</span>
                </li>
            },
            _ => html! {
                <li class="open" data-property={property.key()}>
                    <span class="dots" aria-hidden="true">{ "…" }</span>
                    { name }
                    <span class="hidden">{ " — undecided" }</span>
                </li>
            },
        }
    }

    /// Returns the counterexamples of a verdict.
    fn runs(&self, ctx: &Context<Self>, verdict: &Verdict) -> Vec<Shows> {
        let Some(setup) = self.setup(ctx) else { return Vec::new() };
        let link = |(property, finding): &(Property, Finding)| {
            let Finding::Violated(schedule) = finding else { return None };
            let trace = Trace::fork(&setup, schedule);
            let reason = check::why(&setup, &trace, *property).and_then(|why| why.reason);
            let path = trace.path(&setup);
            let found = Some(Found { property: Some(*property), path: path.clone() });
            let config = match ctx.props().scenario.0.messages == self.messages {
                true => ctx.props().config.clone(),
                false => ctx.props().config.with("messages", &self.messages.to_string()),
            };
            let (lab, step) = (ctx.props().lab, AskedStep::Start);
            let link = Address::Run(Shown { config, lab, found, step }).href();
            Some(Shows { property: *property, link, path, script: OnceCell::new(), reason })
        };
        verdict.findings.iter().filter_map(link).collect()
    }

    fn progress(&self, ctx: &Context<Self>) -> Html {
        let level = |n: u8| counted(n, "fault");
        if let Some(search) = &self.search {
            let rate = search.states() / (self.spent as usize).max(1);
            return html! {
                <p class="progress" role="status">
                    <progress max={LIMIT.to_string()} value={search.states().to_string()}>
                    </progress>
                    { format!("checking {}: {} states, {rate} k states/s ", level(self.level),
                        text::thousands(search.states())) }
                    <button type="button" class="button" onclick={ctx.link().callback(|_| Msg::Stop)}>
                        { "Stop" }
                    </button>
                </p>
            };
        }
        let Some(Known { verdict, .. }) = self.known.as_deref() else {
            let why = match self.stopped {
                true => "Stopped; nothing proved.",
                false => "Too many messages: the settings define fewer.",
            };
            return html! { <p class="progress" role="status">{ why }</p> };
        };
        let tried = level(verdict.bounds.faults);
        let is_broken = |finding: &Finding| matches!(finding, Finding::Violated(_));
        let broken = verdict.findings.iter().filter(|(_, finding)| is_broken(finding)).count();
        let text = match verdict.progress {
            Progress::Exhausted if verdict.bounds.faults < self.faults => {
                format!("Stopped. ✓ is proved for {tried} only.")
            }
            Progress::Exhausted if broken == 0 => {
                format!("Search complete: all properties hold in every run with up to {tried}.")
            }
            Progress::Exhausted => format!(
                "Search complete: {broken} of {} violated by some run with up to {tried}.",
                verdict.findings.len()
            ),
            _ => format!(
                "State limit reached ({}): no counterexample found for the rest, but not proved.",
                text::thousands(verdict.states)
            ),
        };
        html! { <p class="progress" role="status">{ text }</p> }
    }
}

/// Formats a count: "1 fault", "2 faults".
fn counted(n: u8, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

fn now() -> f64 {
    gloo::utils::window().performance().map_or(0.0, |clock| clock.now())
}
