//! What would prevent it: changes of settings, each a click away.

use yew::prelude::*;

use super::{Finding, Msg, Proof, icon};
use crate::check::{Cure, Cures, Property};
use crate::lab;
use crate::sim::Scenario;
use crate::ui::share::{Address, Compared, Config, Shown};

/// The offer to look for cures, the search, or what it found.
pub fn view(proof: &Proof, ctx: &Context<Proof>) -> Html {
    let Some(known) = proof.known.as_deref() else { return Html::default() };
    let broken =
        |property: &Property| matches!(known.verdict.finding(*property), Finding::Broken(_));
    if proof.search.is_some() || !Property::ALL.iter().any(broken) {
        return Html::default();
    }
    let Some(cures) = &proof.cures else {
        return html! {
            <button type="button" class="button ask-cures" onclick={ctx.link().callback(|_| Msg::Cure)}>
                { "What would prevent it?" }
            </button>
        };
    };
    html! {
        <div class="cures" aria-label="What would prevent it" role="group">
            <h3>{ "What would prevent it" }</h3>
            { progress(proof, cures, ctx) }
            <dl>
                { for Property::ALL.into_iter().filter(broken).map(|p| cured(proof, cures, ctx, p)) }
            </dl>
        </div>
    }
}

fn progress(proof: &Proof, cures: &Cures, ctx: &Context<Proof>) -> Html {
    if proof.cures_done {
        return Html::default();
    }
    let (tried, all) = cures.progress();
    let what = if cures.at_pairs() { "pairs of changes" } else { "changes" };
    html! {
        <p class="progress" role="status">
            <progress max={all.to_string()} value={tried.to_string()}></progress>
            { format!("{tried} of {all} {what} tried ") }
            <button type="button" class="button" onclick={ctx.link().callback(|_| Msg::Stop)}>
                { "Stop" }
            </button>
        </p>
    }
}

fn cured(proof: &Proof, cures: &Cures, ctx: &Context<Proof>, property: Property) -> Html {
    let mut helpful: Vec<&Cure> =
        cures.found().iter().filter(|cure| cure.prevents.contains(&property)).collect();
    // What breaks nothing else and asks for least comes first.
    helpful.sort_by_key(|cure| (cure.newly.len(), cure.more));
    html! {
        <>
            <dt>{ property.broken_says() }</dt>
            if helpful.is_empty() && proof.cures_done {
                <dd class="none">{ nothing_helps(proof, cures, property) }</dd>
            }
            { for helpful.into_iter().map(|cure| html! {
                <dd>
                    { offered(ctx, cure) }
                    { for compared(proof, ctx, cure, property).map(|href| html! {
                        <a class="beside" {href} aria-label={format!("Compare with this change: {}", cure.says)}>
                            { "compare" }
                        </a>
                    }) }
                </dd>
            }) }
        </>
    }
}

/// What was tried, and did not help.
const NOTHING: &str = "No single setting prevents it, and no two of the usual changes do";

fn nothing_helps(proof: &Proof, cures: &Cures, property: Property) -> String {
    if proof.stopped {
        return "Stopped before a change was found that prevents it.".into();
    }
    if cures.cut_off() {
        return "Nothing that could be tried out; some changes have too many runs.".into();
    }
    let shown = proof.known.as_deref().and_then(|known| known.run(property));
    match shown.and_then(|shown| shown.reason.as_deref()) {
        Some(reason) => format!("{NOTHING}: {reason}."),
        None => format!("{NOTHING}."),
    }
}

fn offered(ctx: &Context<Proof>, cure: &Cure) -> Html {
    let newly: Vec<&str> = cure.newly.iter().map(|p| p.broken_says()).collect();
    let cost = match cure.more {
        0 => String::new(),
        1 => "1 more call or message".to_owned(),
        n if n > 1 => format!("{n} more calls or messages"),
        -1 => "1 call or message less".to_owned(),
        n => format!("{} calls or messages less", -n),
    };
    let then = match &newly[..] {
        [] => String::new(),
        newly => format!("but then: {}", newly.join(", ").to_lowercase()),
    };
    let notes: Vec<String> = [cost, then].into_iter().filter(|note| !note.is_empty()).collect();
    html! {
        <>
            <a href={applied(ctx, &cure.scenario)}>{ icon::line(icon::CHECK) }{ &cure.says }</a>
            if !notes.is_empty() {
                <span class={classes!("cost", (!newly.is_empty()).then_some("worse"))}>
                    { notes.join("; ") }
                </span>
            }
        </>
    }
}

/// The link to the configuration with the cure in it.
fn applied(ctx: &Context<Proof>, cured: &Scenario) -> String {
    Address::Run(Shown::new(with(ctx, cured), true)).href()
}

/// The configuration with the cure in it.
fn with(ctx: &Context<Proof>, cured: &Scenario) -> Config {
    let mut config = ctx.props().config.clone();
    let own = &ctx.props().scenario.0;
    for (key, value) in lab::difference(own, &Scenario { messages: own.messages, ..cured.clone() })
    {
        config = config.with(&key, &value);
    }
    config
}

/// The link to the configuration without the cure and with it, under the faults that break the
/// property; nothing where it is not faults alone that break it.
fn compared(
    proof: &Proof,
    ctx: &Context<Proof>,
    cure: &Cure,
    property: Property,
) -> Option<String> {
    let scenario = &ctx.props().scenario.0;
    let scenario = Scenario { messages: proof.messages, ..(**scenario).clone() };
    let shown = proof.known.as_deref()?.run(property)?;
    let faults = shown.script(&scenario)?.to_vec();
    let own = Config { faults: None, ..ctx.props().config.clone() };
    let cured = Config { faults: None, ..with(ctx, &cure.scenario) };
    let compared = Compared::new(vec![own, cured], faults);
    Some(Address::Compare(Compared { messages: Some(proof.messages), ..compared }).href())
}
