//! The fixes: changes of settings that would prevent a violation, each with a link.

use yew::prelude::*;

use super::of;
use crate::check::Property;
use crate::protocol::{Answer, Finding, Fix, Fixes, Progress};
use crate::ui::share::{Address, Shown};
use crate::ui::state::answers::{Entry, State};
use crate::ui::state::proof::{self, Known};
use crate::ui::state::{Model, Msg, Run};
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;

/// Renders the offer to search for fixes, the progress of the search, or its results.
pub fn view(model: &Model, run: &Run, known: &Known, send: &Callback<Msg>) -> Html {
    let Some(verdict) = known.verdict else { return Html::default() };
    let is_broken = |property: &Property| {
        of(Some(verdict), *property).is_some_and(|found| found.finding == Finding::Broken)
    };
    let broken: Vec<Property> = Property::ALL.into_iter().filter(is_broken).collect();
    let deepens = known.entry.is_waiting() && verdict.faults < model.proof.faults;
    if broken.is_empty() || deepens && verdict.complete {
        return Html::default();
    }
    let Some(asked) = known.fixes else {
        return html! {
            <button type="button" class="button ask-cures" onclick={on(send, Msg::Proof(proof::Msg::Fix))}>
                { "Find fixes" }
            </button>
        };
    };
    let fixes = match asked.answer.as_deref() {
        Some(Answer::Fixes(fixes)) => Some(fixes),
        _ => None,
    };
    html! {
        <div class="cures" aria-label="Fixes" role="group">
            <h3>{ "Fixes" }</h3>
            { progress(asked, send) }
            <dl>
                { for broken.into_iter().map(|property| {
                    let reason = of(Some(verdict), property).and_then(|found| found.reason.as_deref());
                    fixed(&Row { model, run, asked, fixes, property, reason })
                }) }
            </dl>
        </div>
    }
}

fn progress(asked: &Entry, send: &Callback<Msg>) -> Html {
    if let Some(problem) = asked.problem() {
        return html! { <p class="progress" role="status">{ problem }</p> };
    }
    if !asked.is_waiting() {
        return Html::default();
    }
    let (tried, all, pairs) = match asked.progress {
        Some(Progress::Changes { tried, all, pairs }) => (tried, all, pairs),
        _ => (0, 1, false),
    };
    let what = if pairs { "pairs of changes" } else { "changes" };
    html! {
        <p class="progress" role="status">
            <progress max={all.to_string()} value={tried.to_string()}></progress>
            { format!("{tried} of {all} {what} checked ") }
            <button type="button" class="button" onclick={on(send, Msg::Proof(proof::Msg::Stop))}>
                { "Stop" }
            </button>
        </p>
    }
}

/// A violated property, with what is known of its fixes.
struct Row<'a> {
    model: &'a Model,
    run: &'a Run,
    asked: &'a Entry,
    fixes: Option<&'a Fixes>,
    property: Property,
    /// The cause of the violation.
    reason: Option<&'a str>,
}

fn fixed(row: &Row) -> Html {
    let at = Property::ALL.into_iter().position(|property| property == row.property);
    let own = row.fixes.zip(at).and_then(|(fixes, at)| fixes.properties.get(at));
    let all = own.map_or(&[][..], |own| &own.fixes);
    let (harmless, harmful): (Vec<&Fix>, Vec<&Fix>) =
        all.iter().partition(|fix| fix.gives_up.is_empty());
    let script = own.and_then(|own| own.script.as_ref());
    let fix = |fix: &Fix| {
        let beside = script
            .map(|faults| row.run.beside_fix(row.model.proof.messages, fix, faults.clone()).href());
        html! {
            <dd>
                { offered(row.run, fix) }
                { for beside.map(|href| html! {
                    <a class="beside" {href} aria-label={format!("Compare with this change: {}", fix.change)}>
                        { "compare" }
                    </a>
                }) }
            </dd>
        }
    };
    html! {
        <>
            <dt>{ row.property.broken_says() }</dt>
            { for harmless.iter().map(|one| fix(one)) }
            if harmless.is_empty() && !row.asked.is_waiting() && row.asked.problem().is_none() {
                <dd class="none">{ nothing_helps(row, !harmful.is_empty()) }</dd>
            }
            { for harmful.iter().map(|one| fix(one)) }
        </>
    }
}

/// The message if none of the changes helped.
const NOTHING: &str = "No single setting, nor any pair of common changes, fixes this";

/// Returns the message if nothing prevents the violation; `harmful` means that something does at a
/// cost.
fn nothing_helps(row: &Row, harmful: bool) -> String {
    let clean = if harmful { " without side effects:" } else { "." };
    if row.asked.state == State::Stopped {
        return format!("Stopped before finding a fix{clean}");
    }
    if row.fixes.is_some_and(|fixes| fixes.cut_off) {
        return format!("Some candidates exceeded the state limit; found no fix{clean}");
    }
    if harmful {
        return format!("{NOTHING}{clean}");
    }
    match row.reason {
        Some(reason) => format!("{NOTHING}: {reason}."),
        None => format!("{NOTHING}."),
    }
}

fn offered(run: &Run, fix: &Fix) -> Html {
    let loss = fix.leaves_loss.as_deref().and_then(Property::from_key);
    // A message that can be lost all the same is no reason to be at ease.
    let (mark, class) = match (fix.gives_up.is_empty(), loss) {
        (true, None) => (icon::CHECK, "safe"),
        (true, Some(_)) => (icon::FORWARD, "partial"),
        (false, _) => (icon::BOLT, "harmful"),
    };
    let costs = fix.costs.join("; ");
    let href = Address::Run(Shown::new(run.fixed(fix), true)).href();
    html! {
        <>
            <a class={class} {href}>{ icon::line(mark) }{ &fix.change }</a>
            if !costs.is_empty() {
                <span class="cost">{ costs }</span>
            }
            { for loss.map(|loss| html! {
                <span class="cost worse">
                    { match loss {
                        Property::NeverLostSilently => "messages can still be lost silently",
                        _ => "messages can still be lost, with an error",
                    } }
                </span>
            }) }
            { for fix.gives_up.iter().map(|given| html! {
                <span class="cost worse">{ "no longer guaranteed: " }{ given }</span>
            }) }
        </>
    }
}
