//! The page as a part of another: the diagram, and as much around it as was asked for.

use std::rc::Rc;

use yew::prelude::*;

use super::stage::Stage;
use super::{Told, deck, icon, inspector, missing, pills};
use crate::ui::share::Embed;
use crate::ui::state::{Model, Msg, Page, Run};

pub fn page(model: &Model, shown: Embed, send: &Callback<Msg>) -> Html {
    match &model.page {
        Page::Run(run) => embedded(model, run, shown, send),
        Page::Missing(missing) => missing::view(missing),
        Page::Matrix | Page::Chaos => Html::default(),
    }
}

fn embedded(model: &Model, run: &Run, shown: Embed, send: &Callback<Msg>) -> Html {
    html! {
        <main class={classes!("embed", shown.whole.then_some("whole"))} id="main">
            <div class="embed-head">
                <h1>{ &run.story.title }</h1>
                <a href={run.address().href()} target="_blank" rel="noopener">
                    { "Open in Ackward" }{ icon::line(icon::FORWARD) }
                </a>
            </div>
            if let Some(notice) = &model.notice {
                <p class="note warn" role="status">{ notice }</p>
            }
            <Stage
                story={Told(Rc::clone(&run.story))}
                lifelines={run.course.lifelines()}
                step={run.step}
                send={send}
            />
            if shown.verdict {
                { for run.moment().map(pills) }
            }
            if shown.transport {
                { deck::view(model, run, send) }
            }
            if shown.code || shown.state {
                <div class="embed-more" tabindex="0" role="region" aria-label="Programs and state">
                    if shown.code { { inspector::programs(run) } }
                    if shown.state { { for run.moment().map(|moment| inspector::state(run, moment)) } }
                </div>
            }
        </main>
    }
}
