//! The steps of a run on screen: to one of them, or one after the other in time.

use super::lessons::finished;
use super::{Effect, Model, Page, Run, Speed};

/// Goes to a step, and stops playback.
pub(super) fn step_to(model: &mut Model, to: impl FnOnce(&Run) -> usize) -> Vec<Effect> {
    let mut effects = pause(model);
    effects.extend(show(model, to));
    effects
}

fn show(model: &mut Model, to: impl FnOnce(&Run) -> usize) -> Vec<Effect> {
    let Page::Run(run) = &mut model.page else { return Vec::new() };
    let step = to(run).min(run.last());
    if step == run.step {
        return Vec::new();
    }
    run.step = step;
    model.predict.stepped(run.at_end());
    model.notice = None;
    let replace = Effect::Replace(run.address());
    [replace].into_iter().chain(finished(model)).collect()
}

/// Starts playback.
pub(super) fn play(model: &mut Model) -> Vec<Effect> {
    let Some(run) = model.run() else { return Vec::new() };
    // Playing at the end starts over. Elsewhere the immediate first step shows that playback has
    // started.
    let to = if run.at_end() { 0 } else { run.step + 1 };
    let mut effects = show(model, |_| to);
    effects.extend(wait(model));
    effects
}

/// Goes on to the next step when the time for the current one is over.
pub(super) fn tick(model: &mut Model) -> Vec<Effect> {
    if !model.playing {
        return Vec::new();
    }
    let mut effects = show(model, |run| run.step + 1);
    effects.extend(wait(model));
    effects
}

/// Schedules the next step if there is one.
fn wait(model: &mut Model) -> Option<Effect> {
    let run = model.run()?;
    let letters = run.moment().map_or(0, |moment| moment.sentence.chars().count());
    let more = !run.at_end();
    model.playing = more;
    more.then(|| Effect::Wait(model.speed.millis(letters)))
}

/// Stops playback.
pub(super) fn pause(model: &mut Model) -> Vec<Effect> {
    let was = std::mem::replace(&mut model.playing, false);
    was.then_some(Effect::StopWaiting).into_iter().collect()
}

/// Changes the speed, of the step under way too.
pub(super) fn pace(model: &mut Model, speed: Speed) -> Vec<Effect> {
    model.speed = speed;
    if model.playing { wait(model).into_iter().collect() } else { Vec::new() }
}
