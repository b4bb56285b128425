//! The matrix page: every preset against every kind of fault, with what one such fault can do.

mod cells;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use yew::prelude::*;

use super::select::Select;
use super::time_slice::Turn;
use crate::catalogue::presets;
use crate::check::{Cell, CellSearch, Property, can_strike};
use crate::sim::{Class, Classes, CompiledScenario, Scenario, Trace};
use crate::text;
use crate::ui::share::{Address, AskedStep, Config, Found, Shown};
use crate::ui::state::Msg as PageMsg;
use crate::ui::state::matrix::{self, Filter};
use cells::{Row, legend};

/// The length of a time slice, in milliseconds.
const SLICE_MS: f64 = 9.0;
/// States to expand between two looks at the clock.
const AT_A_TIME: usize = 256;
/// The state limit for a cell.
const LIMIT: usize = 300_000;
/// The number of messages: ordering needs two.
const MESSAGES: u8 = 2;
/// Interval between two renderings of the table while it fills, in milliseconds.
const DRAW_MS: f64 = 120.0;

/// A cell that was decided.
#[derive(Clone, Debug, PartialEq)]
enum Decided {
    /// The kind of fault has no point at which to strike.
    Idle,
    /// The result, and for each violated property the link to a counterexample.
    Tried { cell: Cell, runs: Vec<(Property, String)> },
}

type Cells = Vec<Option<Rc<Decided>>>;

thread_local! {
    /// The decided cells, a row for each preset.
    static KNOWN: RefCell<Vec<Cells>> = RefCell::default();
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub filter: Filter,
    /// The problems in the address, as sentences.
    pub problems: Vec<String>,
    pub send: Callback<PageMsg>,
}

pub struct Matrix {
    rows: Vec<&'static Scenario>,
    /// The numbers of the rows, in the order in which they are decided: those that are shown first.
    order: Vec<usize>,
    search: Option<CellSearch>,
    /// The kinds of faults that can strike in the current row, once known.
    strikes: Option<Classes>,
    /// The next cell to decide: the place of its row in the order, and its column.
    at: (usize, usize),
    drawn: f64,
    next: Turn,
}

pub enum Msg {
    Slice,
    Show(Filter),
}

impl Component for Matrix {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let rows: Vec<&'static Scenario> =
            presets().iter().flat_map(|group| &group.presets).collect();
        KNOWN.with_borrow_mut(|known| {
            known.resize(rows.len(), vec![None; Class::ALL.len()]);
        });
        let mut matrix = Matrix {
            rows,
            order: Vec::new(),
            search: None,
            strikes: None,
            at: (0, 0),
            drawn: 0.0,
            next: Turn::default(),
        };
        matrix.begin(&ctx.props().filter);
        matrix
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        if ctx.props().filter.product != old.filter.product {
            self.begin(&ctx.props().filter);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Slice => self.slice(ctx),
            Msg::Show(filter) => {
                let address = Address::Matrix(matrix::pairs(&filter));
                ctx.props().send.emit(PageMsg::Go(address));
                false
            }
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        self.next.drawn(ctx, Msg::Slice);
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        html! {
            <main class="mid matrix" id="main" tabindex="-1">
                <div class="heading">
                    <h1>{ "Fault matrix: every preset × every fault" }</h1>
                    <p class="summary">
                        { "Worst outcomes of a single fault with two messages. Each cell is model-checked; \
                           click an outcome for a short run that shows it. The verdict of a configuration \
                           lists the assumptions of the proof." }
                    </p>
                    { for ctx.props().problems.iter().map(|problem| html! {
                        <p class="notice" role="alert">{ problem }</p>
                    }) }
                    { legend() }
                    <div class="filters">
                        { self.products(ctx) }
                        { self.properties(ctx) }
                        { self.progress(&ctx.props().filter) }
                    </div>
                </div>
                <div class="scroll" tabindex="0" role="region" aria-label="The matrix">
                    { self.table(&ctx.props().filter) }
                </div>
            </main>
        }
    }
}

impl Matrix {
    /// Decides the cells from the first on, those of the shown rows before the others.
    fn begin(&mut self, filter: &Filter) {
        let shown = shown(filter);
        self.order = (0..self.rows.len()).collect();
        self.order.sort_by_key(|row| !shown.contains(row));
        (self.at, self.search, self.strikes) = ((0, 0), None, None);
        self.next.after_drawing();
    }

    /// Works for one time slice; returns true if it is time to render.
    fn slice(&mut self, ctx: &Context<Self>) -> bool {
        let until = now() + SLICE_MS;
        let mut more = true;
        while more && now() < until {
            more = self.work();
        }
        let draw = !more || now() - self.drawn > DRAW_MS;
        if draw {
            self.drawn = now();
        }
        match (more, draw) {
            (true, true) => self.next.after_drawing(),
            (true, false) => self.next.soon(ctx, Msg::Slice),
            (false, _) => self.next.none(),
        }
        draw
    }

    /// Expands a few more states; returns false if there is nothing left to do.
    fn work(&mut self) -> bool {
        let (place, column) = self.at;
        let Some(&row) = self.order.get(place) else { return false };
        let preset = self.rows[row];
        if column == Class::ALL.len() {
            (self.at, self.strikes, self.search) = ((place + 1, 0), None, None);
            return true;
        }
        if self.search.is_none() && KNOWN.with_borrow(|known| known[row][column].is_some()) {
            self.at = (place, column + 1);
            return true;
        }
        let scenario = Scenario { messages: MESSAGES, ..preset.clone() };
        let class = Class::ALL[column];
        let strikes = *self.strikes.get_or_insert_with(|| can_strike(&scenario));
        let decided = match strikes.has(class) {
            false => Decided::Idle,
            true => {
                if self.search.is_none() {
                    self.search = CellSearch::new(&scenario, class, LIMIT);
                }
                let Some(search) = &mut self.search else {
                    // The preset cannot be run with two messages.
                    self.at = (place + 1, 0);
                    return true;
                };
                let Some(cell) = search.advance(AT_A_TIME) else { return true };
                decided(&scenario, cell)
            }
        };
        self.search = None;
        KNOWN.with_borrow_mut(|known| known[row][column] = Some(Rc::new(decided)));
        self.at = (place, column + 1);
        true
    }

    fn products(&self, ctx: &Context<Self>) -> Html {
        let filter = ctx.props().filter;
        let onchange = ctx.link().callback(move |title: String| {
            Msg::Show(Filter { product: matrix::product(&title).ok(), ..filter })
        });
        html! {
            <span>
                { "Show " }
                <Select label="Presets" value={filter.product.unwrap_or_default()} {onchange}>
                    <option value="">{ "all presets" }</option>
                    { for presets().iter().map(|group| html! {
                        <option value={group.title}>{ group.title }</option>
                    }) }
                </Select>
            </span>
        }
    }

    fn properties(&self, ctx: &Context<Self>) -> Html {
        let filter = ctx.props().filter;
        let onchange = ctx.link().callback(move |key: String| {
            Msg::Show(Filter { property: Property::from_key(&key), ..filter })
        });
        html! {
            <span>
                { "Property: " }
                <Select label="Question" value={filter.property.map_or("", Property::key)} {onchange}>
                    <option value="">{ "message outcome" }</option>
                    { for Property::ALL.into_iter().map(|p| html! {
                        <option value={p.key()}>{ format!("{}?", p.label()) }</option>
                    }) }
                </Select>
            </span>
        }
    }

    /// Renders how many of the shown cells are decided.
    fn progress(&self, filter: &Filter) -> Html {
        let rows = shown(filter);
        let all = rows.len() * Class::ALL.len();
        let done = KNOWN.with_borrow(|known| {
            known[rows.clone()].iter().flatten().filter(|cell| cell.is_some()).count()
        });
        if done >= all || self.at.0 >= rows.len() {
            return html! { <p role="status">{ format!("{done} of {all} cells checked") }</p> };
        }
        html! {
            <p role="status">
                <progress max={all.to_string()} value={done.to_string()}></progress>
                { format!(" {done} of {all} cells") }
            </p>
        }
    }

    fn table(&self, filter: &Filter) -> Html {
        let mut row = 0;
        html! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ "Preset" }</th>
                        { for Class::ALL.into_iter().map(|class| html! {
                            <th scope="col">{ text::capital(text::class(class).into()) }</th>
                        }) }
                    </tr>
                </thead>
                { for presets().iter().map(|group| {
                    let first = row;
                    row += group.presets.len();
                    if filter.product.is_some_and(|title| title != group.title) {
                        return Html::default();
                    }
                    html! {
                        <tbody key={group.title}>
                            <tr class="group">
                                <th colspan={(Class::ALL.len() + 1).to_string()} scope="rowgroup">
                                    <span>{ group.title }</span>
                                </th>
                            </tr>
                            { for (first..row).map(|row| {
                                let cells = KNOWN.with_borrow(|known| known[row].clone());
                                html! { <Row key={row} {row} {cells} property={filter.property} /> }
                            }) }
                        </tbody>
                    }
                }) }
            </table>
        }
    }
}

/// Returns the numbers of the rows that are shown.
fn shown(filter: &Filter) -> Range<usize> {
    let mut first = 0;
    for group in presets() {
        let rows = first..first + group.presets.len();
        if filter.product == Some(group.title) {
            return rows;
        }
        first = rows.end;
    }
    0..first
}

fn decided(scenario: &Scenario, cell: Cell) -> Decided {
    let mut runs = Vec::new();
    if let Ok(mut setup) = CompiledScenario::new(&Scenario { faults: vec![], ..scenario.clone() }) {
        setup.expects(Class::ALL.into_iter().collect());
        for (property, schedule) in &cell.broken {
            let path = Trace::fork(&setup, schedule).path(&setup);
            let config = Config::preset(&scenario.id).with("messages", &MESSAGES.to_string());
            let found = Some(Found { property: Some(*property), path });
            let shown = Shown { config, lab: true, found, step: AskedStep::Start };
            runs.push((*property, Address::Run(shown).href()));
        }
    }
    Decided::Tried { cell, runs }
}

fn now() -> f64 {
    gloo::utils::window().performance().map_or(0.0, |clock| clock.now())
}
