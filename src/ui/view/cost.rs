//! The cost page: every preset, measured under the same parameters.

mod figures;
pub mod table;

use std::rc::Rc;

use yew::prelude::*;

use super::select::Select;
use super::text_field::Typed;
use crate::catalogue::presets;
use crate::protocol::Answer;
use crate::sim::Scenario;
use crate::simulate::{Cost, Load};
use crate::text;
use crate::ui::share::Address;
use crate::ui::state::answers::Entry;
use crate::ui::state::cost::{self as asked, By};
use crate::ui::state::{Model, Msg as PageMsg};

/// The costs of the presets, as far as they are measured.
#[derive(Clone, PartialEq)]
pub struct Costs {
    pub all: Vec<Measured>,
    /// Why they cannot be measured.
    pub problem: Option<String>,
}

/// A measured cost as a component property, compared by pointer.
#[derive(Clone, Default)]
pub struct Measured(Option<Rc<Answer>>);

impl PartialEq for Measured {
    fn eq(&self, other: &Measured) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(other)) => Rc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }
}

impl Measured {
    pub fn of(entry: Option<&Entry>) -> Measured {
        let answer = entry.and_then(|entry| entry.answer.clone());
        Measured(answer.filter(|answer| matches!(**answer, Answer::Cost(_))))
    }

    pub fn get(&self) -> Option<&Cost> {
        match self.0.as_deref() {
            Some(Answer::Cost(cost)) => Some(cost),
            _ => None,
        }
    }
}

/// Returns the costs of the presets under these parameters.
pub fn costs(model: &Model, load: &Load) -> Costs {
    let entries: Vec<_> =
        rows().map(|preset| model.answers.get(&asked::question(preset, load))).collect();
    Costs {
        all: entries.iter().map(|entry| Measured::of(*entry)).collect(),
        problem: entries.iter().flatten().find_map(|entry| entry.problem()),
    }
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub load: Load,
    pub by: By,
    /// The problems in the address, as sentences.
    pub problems: Vec<String>,
    pub costs: Costs,
    pub send: Callback<PageMsg>,
}

pub struct CostPage {
    /// The rejected setting, and the reason.
    refused: Option<(String, String)>,
}

pub enum Msg {
    By(By),
    Set(&'static str, String),
}

impl Component for CostPage {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        CostPage { refused: None }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        if (&ctx.props().load, ctx.props().by) != (&old.load, old.by) {
            self.refused = None;
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::By(by) => {
                let address = Address::Cost(asked::pairs(&ctx.props().load, by));
                ctx.props().send.emit(PageMsg::Go(address));
            }
            Msg::Set(key, value) => {
                let mut load = ctx.props().load.clone();
                match asked::set(&mut load, key, value.trim()) {
                    Ok(()) => {
                        self.refused = None;
                        let address = Address::Cost(asked::pairs(&load, ctx.props().by));
                        ctx.props().send.emit(PageMsg::Go(address));
                    }
                    Err(problem) => self.refused = Some((key.to_owned(), problem)),
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Costs { all: costs, problem } = &ctx.props().costs;
        let done = costs.iter().filter(|cost| cost.get().is_some()).count();
        html! {
            <main class="mid reading cost" id="main" tabindex="-1">
                <div class="heading">
                    <h1>{ "Cost of each guarantee" }</h1>
                    <p class="summary">
                        { "10,000 simulated messages per preset, no faults, same parameters: latency, \
                           throughput, fsyncs, extra storage and extra components." }
                    </p>
                    { for ctx.props().problems.iter().map(|problem| html! {
                        <p class="notice" role="alert">{ problem }</p>
                    }) }
                </div>
                { figures::guarantees(costs) }
                { self.parameters(ctx) }
                <section aria-labelledby="all-costs">
                    <h2 id="all-costs">{ "Every preset" }</h2>
                    <div class="filters">
                        <span>
                            { "Sorted " }
                            <Select
                                label="Sorted"
                                value={ctx.props().by.key()}
                                onchange={ctx.link().callback(|key: String| {
                                    Msg::By(By::from_key(&key).unwrap_or_default())
                                })}
                            >
                                { for By::ALL.into_iter().map(|by| html! {
                                    <option value={by.key()}>{ by.label() }</option>
                                }) }
                            </Select>
                        </span>
                        <p role="status">
                            if let Some(problem) = problem {
                                { problem }
                            } else if done < costs.len() {
                                <progress max={costs.len().to_string()} value={done.to_string()}></progress>
                                { format!(" {done} of {} measured", costs.len()) }
                            } else {
                                { format!("{done} presets measured") }
                            }
                        </p>
                    </div>
                    <p class="legend">
                        { "Latency columns show p50 · p99. Bold marks the bottleneck. Round trips count blocking calls \
                           by producer and consumer, fsyncs those of brokers and databases, per message." }
                    </p>
                    { table::table(costs, ctx.props().by) }
                </section>
                { figures::published(costs) }
            </main>
        }
    }
}

/// Returns the presets in reading order.
fn rows() -> impl Iterator<Item = &'static Scenario> {
    presets().iter().flat_map(|group| &group.presets)
}

impl CostPage {
    fn parameters(&self, ctx: &Context<Self>) -> Html {
        let load = &ctx.props().load;
        let changed = *load != Load::default();
        let row = |key: &'static str,
                   label: &'static str,
                   value: String,
                   unit: &str,
                   source: &'static str| {
            let refused = self.refused.as_ref().filter(|(refused, _)| refused == key);
            let still = format!("; keeping {value} {unit}.");
            html! {
                <tr key={key}>
                    <th scope="row"><label for={format!("cost-{key}")}>{ label }</label></th>
                    <td class="amount">
                        <Typed
                            id={format!("cost-{key}")}
                            {value}
                            numeric={true}
                            refused={refused.is_some()}
                            onchange={ctx.link().callback(move |value| Msg::Set(key, value))}
                        />
                        { " " }{ unit }
                    </td>
                    <td class="source">
                        { source }
                        if let Some((_, problem)) = refused {
                            <span class="refusal" role="alert">
                                { text::capital(problem.clone()) }{ still }
                            </span>
                        }
                    </td>
                </tr>
            }
        };
        html! {
            <details class="parameters" open={changed}>
                <summary>{ "Model parameters and sources" }</summary>
                if changed {
                    <p><a href={Address::Cost(asked::pairs(&Load::default(), ctx.props().by)).href()}>{ "Reset to defaults" }</a></p>
                }
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ "Parameter" }</th>
                            <th scope="col">{ "Mean" }</th>
                            <th scope="col">{ "Source" }</th>
                        </tr>
                    </thead>
                    <tbody>
                        { for asked::ACTS.into_iter().map(|act| {
                            row(act.key(), act.label(), asked::ms(load.pace.of(act)), "ms", act.source())
                        }) }
                        { row(
                            asked::BYTES,
                            "Message size",
                            load.message_bytes.to_string(),
                            "bytes",
                            "depends on your application; Kafka batches as many as fit into batch.size (16,384)",
                        ) }
                    </tbody>
                </table>
            </details>
        }
    }
}
