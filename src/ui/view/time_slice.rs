//! Work that would keep the page from answering is done in turns.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// The next turn of a component's work, while it lives.
#[derive(Default)]
pub struct Turn {
    due: bool,
    timer: Option<Timeout>,
}

impl Turn {
    /// One more, when what the last one changed is on the page; for a component that draws itself
    /// after each.
    ///
    /// A timer set before that comes first where a turn takes long: yew then leaves what follows a
    /// drawing (effects: the diagram, a dialog) to a timer of its own, and takes messages before it.
    /// The page would stand half drawn until all work is done.
    pub fn after_drawing(&mut self) {
        self.due = true;
    }

    /// One more, soon; for a turn after which nothing is drawn.
    pub fn soon<C: Component>(&mut self, ctx: &Context<C>, msg: C::Message) {
        let link = ctx.link().clone();
        self.due = false;
        self.timer = Some(Timeout::new(0, move || link.send_message(msg)));
    }

    /// The component has been drawn; the message does a turn.
    pub fn drawn<C: Component>(&mut self, ctx: &Context<C>, msg: C::Message) {
        if self.due {
            self.soon(ctx, msg);
        }
    }

    /// No more.
    pub fn none(&mut self) {
        *self = Turn::default();
    }
}
