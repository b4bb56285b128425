//! The embedded page: the diagram, and the parts that the parent page asked for.

use std::rc::Rc;

use yew::prelude::*;

use super::diagram_pane::Stage;
use super::pills::pills;
use super::shared_run::SharedRun;
use super::{icon, inspector, missing, predict, transport};
use crate::present::StepView;
use crate::ui::share::Embed;
use crate::ui::state::{Model, Msg, Page, Refused, Run};

pub fn page(model: &Model, shown: &Embed, send: &Callback<Msg>) -> Html {
    match &model.page {
        Page::Run(run) => embedded(model, run, shown, send),
        Page::Missing(_) if shown.given => unreadable(model, shown),
        Page::Missing(missing) => missing::view(missing, true),
        // No other page can be embedded.
        _ => Html::default(),
    }
}

/// Renders a placeholder for a scenario that has not arrived yet, or is invalid.
fn unreadable(model: &Model, shown: &Embed) -> Html {
    let Some(Refused { what, problem }) = &model.refused else {
        return html! { <p class="boot" role="status">{ "Waiting for the scenario…" }</p> };
    };
    html! {
        <main class="embed" id="main">
            <div class="embed-head">
                <h1>{ shown.label.as_deref().unwrap_or("This scenario cannot be shown") }</h1>
            </div>
            <div class="refusal" role="alert" tabindex="0">
                <p>{ "Its JSON has a mistake, and nothing can be drawn before it is mended." }</p>
                <dl>
                    <dt>{ "Where" }</dt>
                    <dd><code>{ what }</code></dd>
                    <dt>{ "What is wrong" }</dt>
                    <dd>{ problem }</dd>
                </dl>
            </div>
        </main>
    }
}

fn embedded(model: &Model, run: &Run, shown: &Embed, send: &Callback<Msg>) -> Html {
    html! {
        <main class={classes!("embed", shown.whole.then_some("whole"))} id="main">
            <div class="embed-head">
                <h1>{ shown.label.as_ref().unwrap_or(&run.view.title) }</h1>
                // A scenario that no address can express has no link.
                if !run.config.base.is_empty() {
                    <a href={run.address().href()} target="_blank" rel="noopener">
                        { "Open in Ackward" }{ icon::line(icon::FORWARD) }
                    </a>
                }
            </div>
            if let Some(notice) = &model.notice {
                <p class="note warn" role="status">{ notice }</p>
            }
            { predict::panel(model, run, send) }
            <Stage
                view={SharedRun(Rc::clone(&run.view))}
                step={run.step}
                hides={model.hides_outcome()}
                send={send}
            />
            if shown.verdict && model.hides_outcome() {
                <p class="pills soft">{ "Outcome: shown after your answer" }</p>
            } else if shown.verdict {
                { for verdict(run, shown).map(pills) }
            }
            if shown.transport {
                { transport::view(model, run, send) }
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

/// Returns the step whose verdict is shown. Before the first step the whole run is drawn; where
/// nobody can play it, its outcome belongs to it.
fn verdict<'a>(run: &'a Run, shown: &Embed) -> Option<&'a StepView> {
    match run.step {
        0 if !shown.transport => run.view.moments.last(),
        _ => run.moment(),
    }
}
