//! The fixes: changes of settings that would prevent a violation, each with a link.

use yew::prelude::*;

use super::{Finding, Msg, Proof, icon};
use crate::check::{Fix, FixSearch, Property};
use crate::lab;
use crate::sim::Scenario;
use crate::ui::share::{Address, Compared, Config, Shown};

/// Renders the offer to search for fixes, the progress of the search, or its results.
pub fn view(proof: &Proof, ctx: &Context<Proof>) -> Html {
    let Some(known) = proof.known.as_deref() else { return Html::default() };
    let broken =
        |property: &Property| matches!(known.verdict.finding(*property), Finding::Violated(_));
    if proof.search.is_some() || !Property::ALL.iter().any(broken) {
        return Html::default();
    }
    let Some(cures) = &proof.cures else {
        return html! {
            <button type="button" class="button ask-cures" onclick={ctx.link().callback(|_| Msg::Fix)}>
                { "Find fixes" }
            </button>
        };
    };
    html! {
        <div class="cures" aria-label="Fixes" role="group">
            <h3>{ "Fixes" }</h3>
            { progress(proof, cures, ctx) }
            <dl>
                { for Property::ALL.into_iter().filter(broken).map(|p| cured(proof, cures, ctx, p)) }
            </dl>
        </div>
    }
}

fn progress(proof: &Proof, cures: &FixSearch, ctx: &Context<Proof>) -> Html {
    if proof.cures_done {
        return Html::default();
    }
    let (tried, all) = cures.progress();
    let what = if cures.at_pairs() { "pairs of changes" } else { "changes" };
    html! {
        <p class="progress" role="status">
            <progress max={all.to_string()} value={tried.to_string()}></progress>
            { format!("{tried} of {all} {what} checked ") }
            <button type="button" class="button" onclick={ctx.link().callback(|_| Msg::Stop)}>
                { "Stop" }
            </button>
        </p>
    }
}

fn cured(proof: &Proof, cures: &FixSearch, ctx: &Context<Proof>, property: Property) -> Html {
    let cures_of = cures.of(property);
    let (harmless, harmful): (Vec<&Fix>, Vec<&Fix>) =
        cures_of.into_iter().partition(|cure| cure.is_harmless());
    let cure = |cure: &Fix| {
        html! {
            <dd>
                { offered(ctx, cure) }
                { for compared(proof, ctx, cure, property).map(|href| html! {
                    <a class="beside" {href} aria-label={format!("Compare with this change: {}", cure.label)}>
                        { "compare" }
                    </a>
                }) }
            </dd>
        }
    };
    html! {
        <>
            <dt>{ property.broken_says() }</dt>
            { for harmless.iter().map(|one| cure(one)) }
            if harmless.is_empty() && proof.cures_done {
                <dd class="none">{ nothing_helps(proof, cures, property, !harmful.is_empty()) }</dd>
            }
            { for harmful.iter().map(|one| cure(one)) }
        </>
    }
}

/// The message if none of the changes helped.
const NOTHING: &str = "No single setting, nor any pair of common changes, fixes this";

/// Returns the message if nothing prevents the violation; `harmful` means that something does at a
/// cost.
fn nothing_helps(proof: &Proof, cures: &FixSearch, property: Property, harmful: bool) -> String {
    let clean = if harmful { " without side effects:" } else { "." };
    if proof.stopped {
        return format!("Stopped before finding a fix{clean}");
    }
    if cures.cut_off() {
        return format!("Some candidates exceeded the state limit; found no fix{clean}");
    }
    if harmful {
        return format!("{NOTHING}{clean}");
    }
    let shown = proof.known.as_deref().and_then(|known| known.run(property));
    match shown.and_then(|shown| shown.reason.as_deref()) {
        Some(reason) => format!("{NOTHING}: {reason}."),
        None => format!("{NOTHING}."),
    }
}

fn offered(ctx: &Context<Proof>, cure: &Fix) -> Html {
    let loss = cure.leaves_loss();
    // A message that can be lost all the same is no reason to be at ease.
    let (mark, class) = match (cure.is_harmless(), loss) {
        (true, None) => (icon::CHECK, "safe"),
        (true, Some(_)) => (icon::FORWARD, "partial"),
        (false, _) => (icon::BOLT, "harmful"),
    };
    let costs = cure.costs().join("; ");
    html! {
        <>
            <a class={class} href={applied(ctx, &cure.scenario)}>{ icon::line(mark) }{ &cure.label }</a>
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
            { for cure.gives_up.iter().map(|given| html! {
                <span class="cost worse">{ "no longer guaranteed: " }{ given.label() }</span>
            }) }
        </>
    }
}

/// Returns the link to the configuration with the fix applied.
fn applied(ctx: &Context<Proof>, cured: &Scenario) -> String {
    Address::Run(Shown::new(with(ctx, cured), true)).href()
}

/// Returns the configuration with the fix applied.
fn with(ctx: &Context<Proof>, cured: &Scenario) -> Config {
    let mut config = ctx.props().config.clone();
    let own = &ctx.props().scenario.0;
    for (key, value) in lab::difference(own, &Scenario { messages: own.messages, ..cured.clone() })
    {
        config = config.with(&key, &value);
    }
    config
}

/// Returns the link to the comparison of the configuration with and without the fix, under the
/// faults of the counterexample; `None` if faults alone do not cause the violation.
fn compared(proof: &Proof, ctx: &Context<Proof>, cure: &Fix, property: Property) -> Option<String> {
    let scenario = &ctx.props().scenario.0;
    let scenario = Scenario { messages: proof.messages, ..(**scenario).clone() };
    let shown = proof.known.as_deref()?.run(property)?;
    let faults = shown.script(&scenario)?.to_vec();
    let own = Config { faults: None, ..ctx.props().config.clone() };
    let cured = Config { faults: None, ..with(ctx, &cure.scenario) };
    let compared = Compared::new(vec![own, cured], faults);
    Some(Address::Compare(Compared { messages: Some(proof.messages), ..compared }).href())
}
