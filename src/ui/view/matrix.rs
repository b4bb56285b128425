//! The matrix page: every preset against every kind of fault, with what one such fault can do.

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use super::icon;
use super::select::Select;
use super::time_slice::Turn;
use crate::catalogue::presets;
use crate::check::{Cell, CellSearch, Property, can_strike};
use crate::sim::{Class, Classes, CompiledScenario, Scenario, Trace};
use crate::text;
use crate::ui::share::{Address, AskedStep, Config, Found, Shown};

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

pub struct Matrix {
    rows: Vec<&'static Scenario>,
    search: Option<CellSearch>,
    /// The kinds of faults that can strike in the current row, once known.
    strikes: Option<Classes>,
    /// The next cell to decide: row and column.
    at: (usize, usize),
    drawn: f64,
    product: String,
    property: Option<Property>,
    next: Turn,
}

pub enum Msg {
    Slice,
    Product(String),
    Property(Option<Property>),
}

impl Component for Matrix {
    type Message = Msg;
    type Properties = ();

    fn create(_: &Context<Self>) -> Self {
        let rows: Vec<&'static Scenario> =
            presets().iter().flat_map(|group| &group.presets).collect();
        KNOWN.with_borrow_mut(|known| {
            known.resize(rows.len(), vec![None; Class::ALL.len()]);
        });
        let mut matrix = Matrix {
            rows,
            search: None,
            strikes: None,
            at: (0, 0),
            drawn: 0.0,
            product: String::new(),
            property: None,
            next: Turn::default(),
        };
        matrix.next.after_drawing();
        matrix
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Slice => self.slice(ctx),
            Msg::Product(product) => {
                self.product = product;
                true
            }
            Msg::Property(property) => {
                self.property = property;
                true
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
                    <h1>{ "Every preset against every fault" }</h1>
                    <p class="summary">
                        { "What one fault can do to two messages, for usual settings of each product. \
                           Every run was tried for each cell; a word opens a short run that shows it. \
                           What a proof assumes stands beside the verdict of its configuration." }
                    </p>
                    { legend() }
                    <div class="filters">
                        { self.products(ctx) }
                        { self.properties(ctx) }
                        { self.progress() }
                    </div>
                </div>
                <div class="scroll" tabindex="0" role="region" aria-label="The matrix">
                    { self.table() }
                </div>
            </main>
        }
    }
}

impl Matrix {
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
        let (row, column) = self.at;
        let Some(preset) = self.rows.get(row) else { return false };
        if column == Class::ALL.len() {
            (self.at, self.strikes, self.search) = ((row + 1, 0), None, None);
            return true;
        }
        if self.search.is_none() && KNOWN.with_borrow(|known| known[row][column].is_some()) {
            self.at = (row, column + 1);
            return true;
        }
        let scenario = Scenario { messages: MESSAGES, ..(*preset).clone() };
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
                    self.at = (row + 1, 0);
                    return true;
                };
                let Some(cell) = search.advance(AT_A_TIME) else { return true };
                decided(&scenario, cell)
            }
        };
        self.search = None;
        KNOWN.with_borrow_mut(|known| known[row][column] = Some(Rc::new(decided)));
        self.at = (row, column + 1);
        true
    }

    fn products(&self, ctx: &Context<Self>) -> Html {
        html! {
            <span>
                { "Show " }
                <Select label="Presets" value={self.product.clone()} onchange={ctx.link().callback(Msg::Product)}>
                    <option value="">{ "all presets" }</option>
                    { for presets().iter().map(|group| html! {
                        <option value={group.title}>{ group.title }</option>
                    }) }
                </Select>
            </span>
        }
    }

    fn properties(&self, ctx: &Context<Self>) -> Html {
        let onchange = ctx.link().callback(|key: String| Msg::Property(Property::from_key(&key)));
        html! {
            <span>
                { "Ask " }
                <Select label="Question" value={self.property.map_or("", Property::key)} {onchange}>
                    <option value="">{ "what becomes of a message" }</option>
                    { for Property::ALL.into_iter().map(|p| html! {
                        <option value={p.key()}>{ format!("{}?", p.label()) }</option>
                    }) }
                </Select>
            </span>
        }
    }

    fn progress(&self) -> Html {
        let all = self.rows.len() * Class::ALL.len();
        let done =
            KNOWN.with_borrow(|known| known.iter().flatten().filter(|c| c.is_some()).count());
        if done >= all || self.at.0 >= self.rows.len() {
            return html! { <p role="status">{ format!("{done} cells, every run tried.") }</p> };
        }
        html! {
            <p role="status">
                <progress max={all.to_string()} value={done.to_string()}></progress>
                { format!(" {done} of {all} cells") }
            </p>
        }
    }

    fn table(&self) -> Html {
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
                    let shown = self.product.is_empty() || self.product == group.title;
                    if !shown {
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
                                html! { <Row key={row} {row} {cells} property={self.property} /> }
                            }) }
                        </tbody>
                    }
                }) }
            </table>
        }
    }
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

#[derive(Properties, PartialEq)]
struct RowProps {
    row: usize,
    cells: Cells,
    property: Option<Property>,
}

/// A row for a preset; rendered again only when one of its cells was decided.
#[component]
fn Row(props: &RowProps) -> Html {
    let preset = presets().iter().flat_map(|group| &group.presets).nth(props.row);
    let Some(preset) = preset else { return Html::default() };
    let href = Address::Run(Shown::new(Config::preset(&preset.id), true)).href();
    html! {
        <tr>
            <th scope="row"><a {href}>{ &preset.title }</a></th>
            { for props.cells.iter().map(|cell| match cell {
                None => html! { <td class="open"><span class="hidden">{ "not decided yet" }</span></td> },
                Some(decided) => cell_view(decided, props.property),
            }) }
        </tr>
    }
}

fn cell_view(decided: &Decided, asked: Option<Property>) -> Html {
    let Decided::Tried { cell, runs } = decided else {
        return html! { <td class="idle" title="This cannot happen here">{ "–" }</td> };
    };
    let run = |property: Property| runs.iter().find(|(p, _)| *p == property);
    if let Some(property) = asked {
        return match run(property) {
            Some((_, href)) => html! {
                <td class="bad">
                    <a href={href.clone()} aria-label={property.broken_says()}>{ icon::line(icon::CROSS) }</a>
                </td>
            },
            None if cell.proved => html! {
                <td class="good">{ icon::line(icon::CHECK) }<span class="hidden">{ "holds" }</span></td>
            },
            None => html! { <td class="open">{ "?" }</td> },
        };
    }
    let words: Vec<(&str, &str, &String)> = FATES
        .iter()
        .filter(|(property, ..)| !told_already(runs, *property))
        .filter_map(|(property, word, class)| run(*property).map(|(_, href)| (*word, *class, href)))
        .collect();
    let calm = match cell.dead_letters {
        true => "once, or parked",
        false => "once",
    };
    html! {
        <td>
            { for words.iter().map(|(word, class, href)| html! {
                <a class={*class} href={(*href).clone()} data-word={*word}>{ *word }</a>
            }) }
            if words.is_empty() && cell.proved {
                <span class="good">{ calm }</span>
            }
            if !cell.proved {
                <span class="cut" title={format!("Stopped at {} states: what is not named was not found, which is no proof", cell.states)}>
                    { "more?" }
                </span>
            }
        </td>
    }
}

/// The words in the cells, one for each violated property.
const FATES: [(Property, &str, &str); 6] = [
    (Property::NeverLostSilently, "lost", "bad"),
    (Property::NeverLost, "lost, error", "bad"),
    (Property::AppliedOnce, "twice", "warn"),
    (Property::InOrder, "reordered", "warn"),
    (Property::NeverStuck, "stuck", "bad"),
    (Property::ReportTrue, "wrong report", "warn"),
];

/// Renders the meaning of the words.
fn legend() -> Html {
    const WORDS: [(&str, &str, &str); 9] = [
        ("good", "once", "always takes effect exactly once, whatever the order of events"),
        ("bad", "lost", "can be lost, and the producer is told that it is safe, or nothing"),
        ("bad", "lost, error", "can be lost, and the producer gets an error"),
        ("warn", "twice", "can take effect twice"),
        ("warn", "reordered", "the second can take effect before the first"),
        ("bad", "stuck", "can be left waiting, or go round, for ever"),
        ("warn", "wrong report", "the producer can be told the opposite of what is true"),
        ("soft", "more?", "too many runs to try: what is named can happen, and maybe more"),
        ("soft", "–", "this kind of fault cannot happen here"),
    ];
    html! {
        <details class="words">
            <summary>{ "What the words mean" }</summary>
            <dl>
                { for WORDS.iter().map(|(class, word, label)| html! {
                    <div><dt class={*class}>{ *word }</dt><dd>{ *label }</dd></div>
                }) }
            </dl>
        </details>
    }
}

/// Returns true if another word implies this one.
fn told_already(runs: &[(Property, String)], property: Property) -> bool {
    let broken = |p: Property| runs.iter().any(|(q, _)| *q == p);
    match property {
        Property::NeverLost => broken(Property::NeverLostSilently),
        Property::ReportTrue => broken(Property::NeverLostSilently),
        _ => false,
    }
}

fn now() -> f64 {
    gloo::utils::window().performance().map_or(0.0, |clock| clock.now())
}
