//! Views: functions from the model to the HTML of the page.

mod break_menu;
mod catalogue;
mod chaos;
mod check_files;
mod choose;
mod compare;
mod configured;
mod cost;
mod diagram_pane;
mod dialog;
mod embed;
mod event_handler;
mod fault_picker;
mod glossary;
mod heading;
mod help;
mod hints;
mod icon;
mod inspector;
mod lab;
mod lessons;
mod matrix;
mod missing;
mod overview;
mod palette;
mod pills;
mod predict;
mod proof;
mod recorded;
mod select;
mod share;
mod shared_run;
mod steps;
mod text_field;
mod top_bar;
mod transport;

use std::rc::Rc;

use yew::prelude::*;

use crate::ui::state::{Model, Msg, Overlay, Page, Run};
use catalogue::{Drawer, Side};
use choose::Choose;
use cost::CostPage;
use diagram_pane::Stage;
use glossary::Glossary;
use help::help;
use shared_run::SharedRun;

/// Renders the whole page.
pub fn page(model: &Model, send: &Callback<Msg>, search: &NodeRef, seek: bool) -> Html {
    if let Some(shown) = &model.embed {
        return embed::page(model, shown, send);
    }
    let current = model.run().map(|run| AttrValue::from(run.view.id.clone()));
    html! {
        <>
            { top_bar::bar(model, send) }
            <div class={classes!("shell", shape(&model.page))}>
                { side(model, current.clone(), send, search) }
                { match &model.page {
                    Page::Run(run) => scenario(model, run, send),
                    Page::Missing(missing) => missing::view(missing, false),
                    page => sheet(model, page, send, search),
                } }
            </div>
            <Drawer
                open={model.overlay == Some(Overlay::Catalogue)}
                query={AttrValue::from(model.query.clone())}
                {current}
                hides={model.hides_outcome()}
                course={model.lessons.label()}
                {seek}
                places={top_bar::links(model)}
                send={send}
            />
            { palette::view(model, send) }
            { fault_picker::view(model, send) }
            { help(model.overlay == Some(Overlay::Help), send) }
            { for model.run().map(|run| break_menu::view(model, run, send)) }
            { for model.run().map(|run| recorded::view(model, run, send)) }
            { share::view(model, send) }
        </>
    }
}

/// Renders the pages that show no run.
fn sheet(model: &Model, page: &Page, send: &Callback<Msg>, search: &NodeRef) -> Html {
    match page {
        Page::Matrix(filter, problems) => matrix::view(model, *filter, problems, send),
        Page::Cost(load, by, problems) => html! {
            <CostPage
                load={load.clone()}
                by={*by}
                problems={problems.clone()}
                costs={cost::costs(model, load)}
                {send}
            />
        },
        Page::Choose(answers, rank, problems) => html! {
            <Choose
                answers={*answers}
                rank={*rank}
                problems={problems.clone()}
                took={model.took.clone()}
                costs={choose::costs(model, answers)}
                {send}
            />
        },
        Page::Compare(compare) => compare::view(model, compare, send),
        Page::Glossary(term, problem) => {
            html! { <Glossary term={*term} problem={problem.clone()} /> }
        }
        Page::Overview(filter, problems) => overview::view(model, *filter, problems, send, search),
        Page::CheckFiles => check_files::view(model, send),
        Page::Course => lessons::view(model, send),
        Page::Chaos => {
            model.trial().map_or_else(Html::default, |trial| chaos::view(model, trial, send))
        }
        Page::Run(_) | Page::Missing(_) => Html::default(),
    }
}

/// Returns the CSS class for the number of columns.
fn shape(page: &Page) -> Option<&'static str> {
    match page {
        Page::Run(run) if run.lab => Some("in-lab"),
        Page::Run(_) => None,
        Page::Missing(_) => Some("bare"),
        _ => Some("whole"),
    }
}

/// Renders the sidebar: the catalogue, or the settings in the Lab.
fn side(model: &Model, current: Option<AttrValue>, send: &Callback<Msg>, search: &NodeRef) -> Html {
    match &model.page {
        Page::Run(run) if run.lab => lab::view(model, run, send),
        Page::Run(_) | Page::Missing(_) => html! {
            <Side
                query={AttrValue::from(model.query.clone())}
                {current}
                hides={model.hides_outcome()}
                course={model.lessons.label()}
                {send}
                {search}
            />
        },
        _ => Html::default(),
    }
}

fn scenario(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    html! {
        <>
            <main class="mid" id="main" tabindex="-1">
                { heading::view(model, run, send) }
                <Stage
                    view={SharedRun(Rc::clone(&run.view))}
                    step={run.step}
                    hides={model.hides_outcome()}
                    next={lessons::next(run)}
                    send={send}
                    breakable=true
                />
                { transport::view(model, run, send) }
            </main>
            { inspector::view(model, run, send) }
        </>
    }
}
