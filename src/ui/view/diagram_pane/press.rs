//! A long press of a finger, by a clock of its own: Safari on iOS has no event for it, where other
//! browsers ask for a context menu.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use web_sys::{MouseEvent, PointerEvent, TouchEvent};
use yew::Callback;

/// A little more than browsers wait that have an event of their own: theirs comes first.
const LONG_MS: u32 = 560;
/// A finger never lies quite still.
const SLIP_PX: i32 = 10;

/// Clones are the same finger.
#[derive(Clone, Default)]
pub struct Press(Rc<State>);

#[derive(Default)]
struct State {
    waiting: RefCell<Option<Timeout>>,
    began: Cell<(i32, i32)>,
    /// It was long: letting go is no click.
    long: Cell<bool>,
}

impl Press {
    /// What happens when a finger comes down, moves, and is lifted or taken away by scrolling:
    /// after a while at one place, the same as by the other button of a mouse.
    pub fn watch(&self, ask: &Callback<MouseEvent>) -> [Callback<PointerEvent>; 3] {
        let (state, ask) = (Rc::clone(&self.0), ask.clone());
        let down = Callback::from(move |event: PointerEvent| {
            state.long.set(false);
            if event.pointer_type() != "touch" || !event.is_primary() {
                state.waiting.take();
                return;
            }
            state.began.set((event.client_x(), event.client_y()));
            let (pressed, ask) = (Rc::clone(&state), ask.clone());
            let wait = Timeout::new(LONG_MS, move || {
                pressed.long.set(true);
                ask.emit(MouseEvent::from(event));
            });
            state.waiting.replace(Some(wait));
        });
        let state = Rc::clone(&self.0);
        let moved = Callback::from(move |event: PointerEvent| {
            let (x, y) = state.began.get();
            let slip = (event.client_x() - x).abs().max((event.client_y() - y).abs());
            if slip > SLIP_PX {
                state.waiting.take();
            }
        });
        let state = Rc::clone(&self.0);
        let up = Callback::from(move |_: PointerEvent| {
            state.waiting.take();
        });
        [down, moved, up]
    }

    /// The finger is lifted: after a long press the browser is to make no click of it, which would
    /// close what the press has opened.
    pub fn release(&self) -> Callback<TouchEvent> {
        let state = Rc::clone(&self.0);
        Callback::from(move |event: TouchEvent| {
            if state.long.get() && event.cancelable() {
                event.prevent_default();
            }
        })
    }

    /// A click that is none of a long press.
    pub fn click(&self, go: Callback<MouseEvent>) -> Callback<MouseEvent> {
        let state = Rc::clone(&self.0);
        Callback::from(move |event: MouseEvent| {
            if !state.long.replace(false) {
                go.emit(event);
            }
        })
    }
}
