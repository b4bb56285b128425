//! What was taken from the files and from defaults, what was not understood, and rules of thumb.

use yew::prelude::*;

use super::place;
use crate::ui::state::Msg as PageMsg;
use crate::ui::state::check_files::{Remark, Report, Taken};
use crate::ui::view::icon;

pub fn view(report: &Report, send: &Callback<PageMsg>) -> Html {
    if report.taken.is_empty() {
        return Html::default();
    }
    html! {
        <section class="origins" aria-labelledby="taken">
            <h3 id="taken">{ "What was taken, and from where" }</h3>
            <table>
                <thead class="hidden">
                    <tr><th>{ "Side" }</th><th>{ "Setting" }</th><th>{ "Value" }</th><th>{ "Origin" }</th></tr>
                </thead>
                <tbody>{ for report.taken.iter().map(|row| one(row, send)) }</tbody>
            </table>
        </section>
    }
}

fn one(row: &Taken, send: &Callback<PageMsg>) -> Html {
    let assumed = row.from.starts_with("assumed");
    html! {
        <tr>
            <td class="of">{ &row.side }</td>
            <th scope="row"><code>{ &row.setting }</code></th>
            <td><code>{ &row.value }</code></td>
            <td class={assumed.then_some("assumed")}>
                if let Some(at) = &row.place { { place(at, send) } } else { { &row.from } }
                { for row.note.iter().map(|note| html! { <span class="soft">{ format!(" ({note})") }</span> }) }
            </td>
        </tr>
    }
}

/// Renders the remarks: what has no effect first, then what is not modeled, then what was assumed.
pub fn not_understood(report: &Report, send: &Callback<PageMsg>) -> Html {
    let groups: [(&str, &[&str]); 3] = [
        ("Not understood, or without effect", &["no-effect", "overruled", "unreadable"]),
        ("Not modeled", &["not-modeled"]),
        ("Assumed or passed over", &["assumed", "passed-over"]),
    ];
    let ignored = &report.without_influence;
    html! {
        <>
            { for groups.iter().map(|(title, kinds)| {
                let remarks: Vec<&Remark> =
                    report.remarks.iter().filter(|r| kinds.contains(&r.kind.as_str())).collect();
                if remarks.is_empty() {
                    return Html::default();
                }
                html! {
                    <section class="noted">
                        <h2>{ *title }</h2>
                        <ul>
                            { for remarks.into_iter().map(|remark| html! {
                                <li>
                                    { for remark.place.iter().map(|at| html! { <>{ place(at, send) }{ " " }</> }) }
                                    { &remark.says }
                                </li>
                            }) }
                        </ul>
                    </section>
                }
            }) }
            if !ignored.is_empty() {
                <details class="unfold">
                    <summary>
                        { format!("{} known {} without influence on delivery", ignored.len(),
                            if ignored.len() == 1 { "key" } else { "keys" }) }
                    </summary>
                    <ul class="ignored">
                        { for ignored.iter().map(|ignored| html! {
                            <li>
                                { for ignored.place.iter().map(|at| html! { <>{ place(at, send) }{ " " }</> }) }
                                <code>{ &ignored.key }</code>
                            </li>
                        }) }
                    </ul>
                </details>
            }
        </>
    }
}

/// Renders the rules of thumb, apart from the proofs.
pub fn rules(report: &Report, send: &Callback<PageMsg>) -> Html {
    if report.rules.is_empty() {
        return Html::default();
    }
    html! {
        <section class="thumb" aria-labelledby="rules">
            <h3 id="rules">{ "Rules of thumb, which are no proofs" }</h3>
            <ul>
                { for report.rules.iter().map(|rule| html! {
                    <li class={if rule.met { "met" } else { "unmet" }}>
                        { icon::line(if rule.met { icon::CHECK } else { icon::CROSS }) }
                        <span>
                            <span class="hidden">{ if rule.met { "Met: " } else { "Not met: " } }</span>
                            { for rule.place.iter().map(|at| html! { <>{ place(at, send) }{ " " }</> }) }
                            { &rule.says }
                            <span class="soft">{ format!(" ({})", rule.source) }</span>
                        </span>
                    </li>
                }) }
            </ul>
        </section>
    }
}
