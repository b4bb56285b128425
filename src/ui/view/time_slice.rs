//! Time slices: splits long work into turns, so that the page stays responsive.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// The next turn of a component's work; dropping it cancels the turn.
#[derive(Default)]
pub struct Turn {
    due: bool,
    timer: Option<Timeout>,
}

impl Turn {
    /// Schedules a turn after the changes of the last one are on the page; for a component that
    /// re-renders after each turn.
    ///
    /// A timer set before rendering would fire first if turns take long: Yew then defers effects
    /// (the diagram, a dialog) to a timer of its own, and handles messages before it. The page
    /// would stay half rendered until all work is done.
    pub fn after_drawing(&mut self) {
        self.due = true;
    }

    /// Schedules a turn soon; for a turn that does not re-render.
    pub fn soon<C: Component>(&mut self, ctx: &Context<C>, msg: C::Message) {
        let link = ctx.link().clone();
        self.due = false;
        self.timer = Some(Timeout::new(0, move || link.send_message(msg)));
    }

    /// Sends the message for the scheduled turn, if any, after the component was rendered.
    pub fn drawn<C: Component>(&mut self, ctx: &Context<C>, msg: C::Message) {
        if self.due {
            self.soon(ctx, msg);
        }
    }

    /// Cancels the next turn.
    pub fn none(&mut self) {
        *self = Turn::default();
    }
}
