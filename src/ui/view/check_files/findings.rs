//! What can go wrong, property by property, with the run that shows it and the proved fixes.

use std::rc::Rc;

use yew::prelude::*;

use super::{place, tell};
use crate::check::Property;
use crate::sim::Class;
use crate::text;
use crate::ui::state::Msg as PageMsg;
use crate::ui::state::check_files::{CheckFiles, Finding, Fix, Msg, Report, Shows};
use crate::ui::view::diagram_pane::Stage;
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;
use crate::ui::view::shared_run::SharedRun;

/// Renders the findings: what is broken first, then what holds, then what is open.
pub fn view(page: &CheckFiles, report: &Report, send: &Callback<PageMsg>) -> Html {
    let order = |finding: &&Finding| match finding.finding.as_str() {
        "broken" | "none" => 0,
        "holds" => 1,
        _ => 2,
    };
    let mut findings: Vec<&Finding> = report.properties.iter().collect();
    findings.sort_by_key(order);
    html! {
        <ul class="properties" aria-busy={page.is_judging().to_string()}>
            { for findings.into_iter().map(|finding| one(page, report, finding, send)) }
        </ul>
    }
}

fn one(page: &CheckFiles, report: &Report, finding: &Finding, send: &Callback<PageMsg>) -> Html {
    let (class, mark, word) = match finding.finding.as_str() {
        "holds" => ("holds", icon::line(icon::CHECK), "holds"),
        "broken" => ("broken", icon::line(icon::CROSS), "does not hold"),
        "none" => ("broken", icon::line(icon::CROSS), "no verdict"),
        _ => ("open", html! { <b aria-hidden="true">{ "?" }</b> }, "not decided"),
    };
    let shown = page.shows.as_ref().filter(|shows| shows.property == finding.property);
    html! {
        <li class={class} key={finding.property.clone()} data-property={finding.property.clone()}>
            <div class="line">
                <span class="mark">{ mark }</span>
                <b>{ &finding.says }</b>
                <span class="hidden">{ format!(" — {word}") }</span>
                if report.run_of(finding).is_some() {
                    <button
                        type="button"
                        class="show"
                        aria-expanded={shown.is_some().to_string()}
                        aria-label={format!("Show the run that breaks “{}”", finding.says)}
                        onclick={tell(send, Msg::Show(finding.property.clone()))}
                    >
                        { if shown.is_some() { "hide the run" } else { "show the run" } }
                    </button>
                }
            </div>
            { why(finding, send) }
            { for shown.map(|shows| run(finding, shows, send)) }
        </li>
    }
}

/// Renders why a property is broken or open, and the setting that causes it.
fn why(finding: &Finding, send: &Callback<PageMsg>) -> Html {
    let broken = finding.finding == "broken";
    let text = match finding.finding.as_str() {
        "holds" if finding.modeled => String::new(),
        _ => text::capital(finding.why.clone()),
    };
    let takes = match finding.without_faults && broken {
        true => "It takes no fault at all.".to_owned(),
        false => takes(&finding.faults),
    };
    html! {
        <>
            if !text.is_empty() {
                <p>
                    { text }
                    if !finding.modeled { { " (From the documentation; not modeled.)" } }
                </p>
            }
            if let Some(cause) = finding.cause.as_ref().filter(|_| broken) {
                <p class="cause">
                    <code>{ format!("{}: {}", cause.setting, cause.value) }</code>{ " " }
                    if let Some(at) = &cause.place {
                        { place(at, send) }
                    } else {
                        <span>{ &cause.from }</span>
                    }
                    if !finding.seen_with.is_empty() {
                        <span>{ format!(" · seen with {}", finding.seen_with) }</span>
                    }
                </p>
            } else if broken && !finding.seen_with.is_empty() {
                <p>{ format!("Seen with {}.", finding.seen_with) }</p>
            }
            if broken && !takes.is_empty() {
                <p class="soft">{ takes }</p>
            }
        </>
    }
}

/// Says what it takes beyond the usual faults.
fn takes(faults: &[String]) -> String {
    let label = |fault: &String| match fault.as_str() {
        "usual" | "no fault" => None,
        "poison" => Some("a message whose handler fails every time".to_owned()),
        "poison, expiry" => {
            Some("a message whose handler fails every time, until its retention ends".to_owned())
        }
        key => Some(Class::from_key(key).map_or(key.to_owned(), |class| text::class(class).into())),
    };
    let labels: Vec<String> = faults.iter().filter_map(label).collect();
    match labels.is_empty() {
        true => String::new(),
        false => format!("Only with {}.", labels.join(" or ")),
    }
}

/// Renders the run that breaks the property.
fn run(finding: &Finding, shows: &Shows, send: &Callback<PageMsg>) -> Html {
    let to = send.reform(|msg: PageMsg| match msg {
        PageMsg::To(step) | PageMsg::Break(step, ..) => PageMsg::CheckFiles(Msg::Step(step)),
        other => other,
    });
    let sentence = shows.run.moments.get(shows.step).map(|moment| moment.sentence.clone());
    let last = shows.run.moments.len().saturating_sub(1);
    let step = |label: &str, to: Option<usize>| {
        let to = to.filter(|step| *step <= last);
        html! {
            <button
                type="button"
                class="button square"
                aria-label={label.to_owned()}
                title={label.to_owned()}
                disabled={to.is_none()}
                onclick={tell(send, Msg::Step(to.unwrap_or(shows.step)))}
            >
                { icon::line(if label == "Step back" { icon::BACK } else { icon::FORWARD }) }
            </button>
        }
    };
    html! {
        <div class="shown-run">
            <Stage
                view={SharedRun(Rc::clone(&shows.run))}
                step={shows.step}
                send={to}
                label={format!("The run that breaks “{}”", finding.says)}
                ending=false
            />
            <div class="stepping">
                { step("Step back", shows.step.checked_sub(1)) }
                { step("Step forward", Some(shows.step + 1)) }
                <p role="status"><b>{ format!("{}/{last} ", shows.step) }</b>{ sentence }</p>
                <a href={shows.address.href()}>{ "Open in the Lab" }</a>
            </div>
        </div>
    }
}

/// Renders the fixes: one box for each, with all violations that it prevents.
pub fn fixes(page: &CheckFiles, report: &Report, send: &Callback<PageMsg>) -> Html {
    let mut boxes: Vec<(&Fix, Vec<&Finding>)> = Vec::new();
    for finding in report.properties.iter().filter(|finding| finding.finding == "broken") {
        for fix in &finding.fixes {
            match boxes.iter_mut().find(|(known, _)| known.settings == fix.settings) {
                Some((_, prevents)) => prevents.push(finding),
                None => boxes.push((fix, vec![finding])),
            }
        }
    }
    // What gives nothing up comes first, then what prevents most.
    boxes.sort_by_key(|(fix, prevents)| (!fix.gives_up.is_empty(), usize::MAX - prevents.len()));
    let broken = report.properties.iter().any(|finding| finding.finding == "broken");
    html! {
        <>
            { for boxes.iter().map(|(fix, prevents)| fix_box(report, fix, prevents, send)) }
            if boxes.is_empty() && broken && page.stage == super::Stage::Done {
                <p class="soft">{ "No change was found that is proved to prevent these." }</p>
            }
            if report.fixes_cut_off && page.stage == super::Stage::Done {
                <p class="soft">{ "Some changes had too many runs to be tried out." }</p>
            }
        </>
    }
}

fn fix_box(report: &Report, fix: &Fix, prevents: &[&Finding], send: &Callback<PageMsg>) -> Html {
    let labels = prevents.iter().filter_map(|finding| Property::from_key(&finding.property));
    let labels: Vec<String> = labels.map(|p| p.broken_says().to_lowercase()).collect();
    let keys = fix.keys.join("\n");
    let compare = prevents.first().and_then(|finding| report.compared(finding, fix));
    let harmful = !fix.gives_up.is_empty();
    html! {
        <section class={classes!("proved-fix", harmful.then_some("harmful"))} aria-label={format!("Fix: {}", fix.change)}>
            <p><b>{ "Fix" }</b>{ format!(", proved: prevents “{}”", labels.join("” and “")) }</p>
            if fix.keys.is_empty() {
                <p>{ text::capital(fix.change.clone()) }</p>
            } else {
                <ul class="keys">
                    { for fix.keys.iter().map(|key| html! { <li><code>{ key }</code></li> }) }
                </ul>
                if fix.keys.len() < fix.settings.len() {
                    <p>{ "In full: " }{ &fix.change }</p>
                }
            }
            if !fix.costs.is_empty() {
                <p class="soft">{ format!("Costs {}.", fix.costs.join(", ")) }</p>
            }
            { for fix.gives_up.iter().map(|given| html! {
                <p class="gives-up">{ "Gives up: " }{ given }</p>
            }) }
            <div class="do">
                if !keys.is_empty() {
                    <button type="button" class="button" onclick={on(send, PageMsg::Copy(keys))}>
                        { "Copy" }
                    </button>
                }
                if let Some(patch) = &fix.patch {
                    <button type="button" class="button" onclick={on(send, PageMsg::Copy(patch.clone()))}>
                        { "Copy as patch" }
                    </button>
                }
                if let Some(compare) = compare {
                    <a class="button" href={compare.href()}>{ "Compare" }</a>
                }
            </div>
        </section>
    }
}
