//! The course: its scenarios in order, and the progress.

use yew::prelude::*;

use super::event_handler::on;
use super::icon;
use crate::catalogue::{self, LESSONS, Lesson};
use crate::ui::share::{Address, Config, Guided, Shown};
use crate::ui::state::lessons::{Lessons, after};
use crate::ui::state::{Model, Msg, Run};

/// Returns the link to a lesson: its scenario, which asks for a prediction first.
fn href(lesson: &Lesson) -> String {
    let guided = Guided { predict: true, course: true };
    Address::Run(Shown { guided, ..Shown::new(Config::scenario(lesson.id), false) }).href()
}

fn title(lesson: &Lesson) -> &'static str {
    catalogue::scenario(lesson.id).map_or(lesson.id, |scenario| &scenario.narrative.title)
}

/// Returns the address and the label of the link to what follows in the course, if the run was
/// opened as a part of it.
pub fn next(run: &Run) -> Option<(AttrValue, AttrValue)> {
    if !run.guided.course {
        return None;
    }
    Some(match after(&run.config.base) {
        Some(lesson) => {
            (href(lesson).into(), format!("Next in the course: {}", title(lesson)).into())
        }
        None => (Address::Course.href().into(), "Back to the course".into()),
    })
}

/// Renders the link to the course, with the progress.
pub fn link(label: &AttrValue) -> Html {
    html! {
        <a class="to-course" href={Address::Course.href()}>
            <span>{ label }</span>{ icon::line(icon::FORWARD) }
        </a>
    }
}

pub fn view(model: &Model, send: &Callback<Msg>) -> Html {
    let lessons = &model.lessons;
    let all = LESSONS.len().to_string();
    html! {
        <main class="mid reading course" id="main" tabindex="-1">
            <div class="heading">
                <div class="title"><h1>{ "Course: from three guarantees to transactions" }</h1></div>
                <p class="summary">
                    { "Twelve failures and fixes, each leading to the next. Predict how each run ends, then see why." }
                </p>
            </div>
            <section aria-label="Progress">
                <div class="progress">
                    <progress aria-label="Finished" max={all.clone()} value={lessons.count().to_string()} />
                    <b role="status">{ format!("{} of {all} finished", lessons.count()) }</b>
                </div>
                <div class="onward">
                    { onward(lessons) }
                    <button
                        type="button"
                        class="button"
                        aria-disabled={(lessons.count() == 0).then_some("true")}
                        onclick={on(send, Msg::RestartCourse)}
                    >
                        { "Reset progress" }
                    </button>
                </div>
                <ol>{ for LESSONS.iter().map(|lesson| item(lesson, lessons)) }</ol>
            </section>
        </main>
    }
}

fn onward(lessons: &Lessons) -> Html {
    let Some(lesson) = lessons.next() else {
        return html! { <a class="button primary" href={Address::Choose(Vec::new()).href()}>{ "Find a configuration for your system" }</a> };
    };
    let label = if lessons.count() == 0 { "Start: " } else { "Continue: " };
    html! {
        <a class="button primary" href={href(lesson)}>
            <span>{ label }{ title(lesson) }</span>{ icon::line(icon::FORWARD) }
        </a>
    }
}

fn item(lesson: &Lesson, lessons: &Lessons) -> Html {
    let done = lessons.is_done(lesson);
    html! {
        <li class={done.then_some("done")}>
            <a href={href(lesson)}>{ title(lesson) }</a>
            if done {
                <span class="good">{ icon::line(icon::CHECK) }{ "Finished" }</span>
            }
            <p>{ lesson.why }</p>
        </li>
    }
}
