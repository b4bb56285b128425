//! Benchmarks in the page (feature `bench`): draws runs longer than any scenario, and steps through
//! them in the real page.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::utils::{body, document};
use wasm_bindgen::prelude::wasm_bindgen;
use yew::prelude::*;

use crate::catalogue;
use crate::diagram::ir::{Diagram, Item, Row};
use crate::diagram::layout::lay_out;
use crate::diagram::mermaid::mermaid;
use crate::diagram::svg::{Theme, document as drawing};
use crate::present::RunView;
use crate::ui::share::Address;
use crate::ui::state::{Model, Msg, Page, update};
use crate::ui::view;

/// The scenario to repeat: it has every kind of row that most runs have.
const OF: &str = "ack-lost";

thread_local! {
    static HELD: RefCell<Diagram> = RefCell::default();
    static PAGE: RefCell<Option<AppHandle<Long>>> = const { RefCell::new(None) };
}

/// Returns the scenario repeated until it has this many arrows.
fn long(arrows: usize) -> Option<RunView> {
    let mut view = catalogue::run_view(OF)?;
    let once = view.clone();
    let steps = u16::try_from(once.last()).ok()?;
    view.diagram.rows.clear();
    view.diagram.sentences.clear();
    view.moments.truncate(1);
    let (mut left, mut round) = (arrows, 0_u16);
    while left > 0 {
        let again = |row: &Row| {
            let mut row = row.clone();
            row.step += round * steps;
            match &mut row.item {
                Item::Send { arrow, .. } | Item::Arrive { arrow } | Item::Lose { arrow, .. } => {
                    *arrow += round * 100;
                }
                _ => {}
            }
            row
        };
        for row in &once.diagram.rows {
            if matches!(row.item, Item::Send { .. } | Item::Call { .. }) {
                if left == 0 {
                    break;
                }
                left -= 1;
            }
            view.diagram.rows.push(again(row));
        }
        view.diagram.sentences.extend_from_slice(&once.diagram.sentences);
        view.moments.extend_from_slice(&once.moments[1..]);
        round += 1;
    }
    Some(view)
}

/// Stores a run with this many arrows for [`long_drawing`], and returns it as Mermaid text.
#[wasm_bindgen]
pub fn long_mermaid(arrows: usize) -> String {
    let Some(view) = long(arrows) else { return String::new() };
    let text = mermaid(&view.diagram, &view.title);
    HELD.set(view.diagram);
    text
}

/// Lays out the stored run and draws it.
#[wasm_bindgen]
pub fn long_drawing(width: u32) -> String {
    HELD.with_borrow(|diagram| drawing(&lay_out(diagram, width), None, Theme::Light))
}

/// Mounts the page with a run of this many arrows and returns its last step.
#[wasm_bindgen]
pub fn long_page(arrows: usize) -> usize {
    body().set_inner_html("<div></div>");
    let Some(root) = document().query_selector("body > div").ok().flatten() else { return 0 };
    let page = yew::Renderer::<Long>::with_root_and_props(root, LongProps { arrows }).render();
    PAGE.set(Some(page));
    long(arrows).map_or(0, |view| view.last())
}

/// Goes to a step of [`long_page`].
#[wasm_bindgen]
pub fn long_step(step: usize) {
    PAGE.with_borrow(|page| page.iter().for_each(|page| page.send_message(Msg::To(step))));
}

#[derive(Properties, PartialEq)]
pub struct LongProps {
    arrows: usize,
}

/// The page without an address bar: effects of a step on the address bar are ignored.
pub struct Long {
    model: Model,
    send: Callback<Msg>,
    search: NodeRef,
}

impl Component for Long {
    type Message = Msg;
    type Properties = LongProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut model = Model::new(crate::ui::state::Theme::Light);
        update(&mut model, Msg::Went(Address::scenario(OF)));
        if let (Page::Run(run), Some(view)) = (&mut model.page, long(ctx.props().arrows)) {
            run.view = Rc::new(view);
        }
        Long { model, send: ctx.link().callback(|msg| msg), search: NodeRef::default() }
    }

    fn update(&mut self, _ctx: &Context<Self>, msg: Msg) -> bool {
        update(&mut self.model, msg);
        true
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        view::page(&self.model, &self.send, &self.search, false)
    }
}
