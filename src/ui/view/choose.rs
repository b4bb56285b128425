//! The page that finds configurations: from a few questions to what provably meets the
//! requirements.

mod card;
mod questions;

use yew::prelude::*;

use super::cost::{Costs, Measured};
use super::select::Select;
use crate::choose::{Answers, Candidate, Hands, Near, Picked, Question, Rank, candidates, pick};
use crate::simulate::Cost;
use crate::ui::dom;
use crate::ui::share::{Address, Config, Found, Shown};
use crate::ui::state::{Model, Msg as PageMsg, choose as asked};

/// The number of configurations shown at first.
const FIRST: usize = 3;
/// Maximum number of near misses.
const NEAR: usize = 6;

/// Returns the costs of the candidates that meet the requirements, in the order of [`pick`].
pub fn costs(model: &Model, answers: &Answers) -> Costs {
    let choices = pick(answers).choices;
    let entries: Vec<_> = choices
        .into_iter()
        .map(|candidate| model.answers.get(&asked::question(candidate)))
        .collect();
    Costs {
        all: entries.iter().map(|entry| Measured::of(*entry)).collect(),
        problem: entries.iter().flatten().find_map(|entry| entry.problem()),
    }
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub answers: Answers,
    pub rank: Rank,
    /// The problems in the address, as sentences.
    pub problems: Vec<String>,
    /// The result of the last copy, as a sentence.
    pub took: Option<String>,
    /// The costs for these answers.
    pub costs: Costs,
    pub send: Callback<PageMsg>,
}

pub struct Choose {
    /// The latest answers: the address follows a moment later, and with it the results.
    answers: Answers,
    picked: Picked,
    /// The answers whose results are on the page, and these: those of the latest answers take their
    /// place when all of them are measured, since a list that is sorted again and again cannot be
    /// read.
    shown: Option<Shows>,
    /// More than the first few are shown.
    all: bool,
    /// The rejected rate, and the reason.
    refused: Option<String>,
}

/// The results on the page.
struct Shows {
    answers: Answers,
    picked: Picked,
    /// The costs of the choices, in their order.
    costs: Vec<Measured>,
}

pub enum Msg {
    Answer(Question, String),
    By(Rank),
    All,
}

impl Component for Choose {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let answers = ctx.props().answers;
        let picked = pick(&answers);
        let mut page = Choose { answers, picked, shown: None, all: false, refused: None };
        page.show(ctx);
        page
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        if ctx.props().answers != old.answers {
            self.answers = ctx.props().answers;
            self.picked = pick(&self.answers);
            self.refused = None;
        }
        self.show(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let Props { rank, send, .. } = ctx.props();
        let go = |answers: &Answers, rank| {
            send.emit(PageMsg::Go(Address::Choose(asked::pairs(answers, rank))));
        };
        match msg {
            Msg::Answer(question, answer) => match self.answers.set(question, answer.trim()) {
                Ok(()) => {
                    self.refused = None;
                    go(&self.answers, *rank);
                }
                Err(problem) => self.refused = Some(problem),
            },
            Msg::By(rank) => go(&self.answers, rank),
            Msg::All => self.all = true,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { answers, problems, .. } = ctx.props();
        html! {
            <main class="mid reading choose" id="main" tabindex="-1">
                <div class="heading">
                    <h1>{ "Find a configuration" }</h1>
                    <p class="summary">
                        { "Answer a few questions. Every configuration shown is model-checked against them, and \
                           its costs are simulated." }
                    </p>
                    { for problems.iter().map(|problem| html! {
                        <p class="notice" role="alert">{ problem }</p>
                    }) }
                </div>
                <div class="choosing">
                    <div class="asked">
                        { questions::usual(answers) }
                        { questions::form(&self.answers, self.refused.as_deref(), ctx.link()) }
                        { self.to_found() }
                    </div>
                    <div class="found" id="found" tabindex="-1">
                        <p class="took" role="status">{ ctx.props().took.clone() }</p>
                        <div key={self.shown_key()} class={self.finds_none().then_some("none")} aria-busy={self.is_busy().to_string()}>
                            { self.found(ctx) }
                        </div>
                    </div>
                </div>
            </main>
        }
    }
}

/// A candidate with its cost, once that is measured.
type Ranked<'a> = (&'static Candidate, Option<(&'a Cost, Hands)>);

impl Choose {
    /// Shows the results of the latest answers, once all of them are measured.
    fn show(&mut self, ctx: &Context<Self>) {
        let Props { answers, costs, .. } = ctx.props();
        let measured = costs.all.iter().all(|cost| cost.get().is_some());
        if measured && *answers == self.answers && self.is_busy() {
            let (picked, costs) = (self.picked.clone(), costs.all.clone());
            self.shown = Some(Shows { answers: *answers, picked, costs });
            self.all = false;
        }
    }

    /// Returns the candidates that meet the requirements, best first; those that cannot sustain the
    /// rate last.
    fn ranked(shown: &Shows, rank: Rank) -> Vec<Ranked<'_>> {
        let measured = |(&candidate, cost): (&&'static Candidate, _)| {
            let cost = Measured::get(cost);
            (candidate, cost.map(|cost| (cost, Hands::needed(&shown.answers, candidate, cost))))
        };
        let mut ranked: Vec<Ranked> =
            shown.picked.choices.iter().zip(&shown.costs).map(measured).collect();
        let key = |(_, cost): &Ranked| match cost {
            Some((cost, hands)) => {
                let (first, second) = rank.of(cost);
                (f64::from(u8::from(hands.limit.is_some())), first, second)
            }
            None => (2.0, 0.0, 0.0),
        };
        ranked.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal));
        ranked
    }

    fn found(&self, ctx: &Context<Self>) -> Html {
        let Props { rank, send, .. } = ctx.props();
        let Some(shown) = &self.shown else { return measuring(&ctx.props().costs) };
        let Shows { answers, picked, .. } = shown;
        let ranked = Choose::ranked(shown, *rank);
        if ranked.is_empty() {
            return html! { <>{ collisions(picked, answers) }{ near(picked) }</> };
        }
        let able =
            |(_, cost): &&Ranked| cost.as_ref().is_some_and(|(_, hands)| hands.limit.is_none());
        let count = ranked.len();
        let listed = if self.all { count } else { FIRST.min(count) };
        let unable = !ranked.iter().any(|ranked| able(&ranked));
        html! {
            <>
                <div class="filters">
                    <p role="status">
                        if unable {
                            { "Configurations with these guarantees exist, but none is fast enough while keeping order: see below." }
                        } else if count == 1 {
                            { "1 matching configuration" }
                        } else {
                            { format!("{count} matching configurations") }
                        }
                    </p>
                    <span>
                        { "Show " }
                        <Select
                            label="Order"
                            value={rank.key()}
                            onchange={ctx.link().callback(|key: String| {
                                Msg::By(Rank::from_key(&key).unwrap_or_default())
                            })}
                        >
                            { for Rank::ALL.into_iter().map(|rank| html! {
                                <option value={rank.key()}>{ rank.label() }</option>
                            }) }
                        </Select>
                    </span>
                </div>
                <ol class="choices">
                    { for ranked.iter().take(listed).enumerate().map(|(place, (candidate, cost))| {
                        card::view(place, candidate, cost.as_ref(), answers, send)
                    }) }
                </ol>
                if listed < count {
                    <button type="button" class="button" onclick={ctx.link().callback(|_| Msg::All)}>
                        { format!("Show the other {}", count - listed) }
                    </button>
                }
                { near(picked) }
            </>
        }
    }

    /// Returns true while the results of the latest answers are not on the page yet.
    fn is_busy(&self) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown.answers != self.answers)
    }

    /// Returns true if no configuration meets the requirements.
    fn finds_none(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.picked.choices.is_empty())
    }

    /// Returns the key of the results on the page: those of other answers are another list, of
    /// which no card moves to a new place.
    fn shown_key(&self) -> String {
        let pairs = self.shown.as_ref().map(|shown| asked::pairs(&shown.answers, Rank::default()));
        format!("{pairs:?}")
    }

    /// Renders a link to the results, for screens that the questions fill.
    fn to_found(&self) -> Html {
        let label = match self.picked.choices.len() {
            0 => "No configuration meets all requirements".to_owned(),
            1 => "1 configuration".to_owned(),
            count => format!("{count} configurations"),
        };
        html! {
            <p class="to-found">
                <button type="button" class="button" onclick={Callback::from(|_| dom::bring("found"))}>
                    { label }{ " ↓" }
                </button>
            </p>
        }
    }
}

/// Renders how far the measuring has come.
fn measuring(costs: &Costs) -> Html {
    if let Some(problem) = &costs.problem {
        return html! { <p class="filters" role="status">{ problem }</p> };
    }
    let all = costs.all.len();
    let done = costs.all.iter().filter(|cost| cost.get().is_some()).count();
    html! {
        <p class="filters" role="status">
            <progress max={all.to_string()} value={done.to_string()}></progress>
            { format!("Measuring the cost of {all} configurations") }
        </p>
    }
}

fn collisions(picked: &Picked, answers: &Answers) -> Html {
    html! {
        <section class="collisions" role="status">
            <h2>{ "No configuration meets all requirements" }</h2>
            <p>
                { format!("None of {} configurations satisfies this combination: a run of each violates it. Change one of the conflicting answers:", candidates().len()) }
            </p>
            <ul>
                { for picked.collide.iter().map(|questions| html! {
                    <li>
                        { for questions.iter().enumerate().map(|(i, question)| html! {
                            <>
                                if i > 0 { <span class="plus">{ " and " }</span> }
                                <a href={format!("#ask-{}", question.key())} onclick={to_question(*question)}>
                                    { question.asks() }{ " " }<b>{ answers.label(*question) }</b>
                                </a>
                            </>
                        }) }
                    </li>
                }) }
            </ul>
        </section>
    }
}

fn near(picked: &Picked) -> Html {
    if picked.near.is_empty() {
        return Html::default();
    }
    html! {
        <section class="misses" aria-labelledby="misses">
            <h2 id="misses">{ "Near misses" }</h2>
            <p>{ "Each fails exactly one requirement; click for the counterexample." }</p>
            <ul>
                { for picked.near.iter().take(NEAR).map(|near| html! {
                    <li key={near.candidate.id.clone()}>
                        { near.candidate.label() }{ ": " }
                        { missed(near) }
                    </li>
                }) }
            </ul>
        </section>
    }
}

/// Renders what a near miss lacks, with the run that shows it.
fn missed(near: &Near) -> Html {
    let label = near.lacks.broken_says().to_lowercase();
    let href = near.run.and_then(|run| {
        let path = run.path.parse().ok()?;
        let found = Some(Found { property: Some(near.lacks), path });
        let config = config(near.candidate).with("messages", &run.messages.to_string());
        Some(Address::Run(Shown { found, ..Shown::new(config, true) }).href())
    });
    match href {
        Some(href) => html! { <a class="bad" {href}>{ label }</a> },
        None => {
            html! { <span class="soft">{ format!("{label}: undecided (state limit reached)") }</span> }
        }
    }
}

/// Returns the candidate's configuration, as in the Lab's address.
fn config(candidate: &Candidate) -> Config {
    candidate
        .settings
        .iter()
        .fold(Config::preset(candidate.preset), |config, (key, value)| config.with(key, value))
}

/// Scrolls to the question; a link would change the address, which holds the answers.
fn to_question(question: Question) -> Callback<MouseEvent> {
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        dom::bring(&format!("ask-{}", question.key()));
    })
}
