//! Long-press detection with a timer: Safari on iOS has no event for it, whereas other browsers
//! dispatch `contextmenu`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use web_sys::{MouseEvent, PointerEvent};
use yew::Callback;

/// A little longer than the delay of browsers with an event of their own: theirs comes first.
const LONG_MS: u32 = 560;
/// The tolerated movement: a finger is never completely still.
const SLIP_PX: i32 = 10;

/// A handle to the state of a touch; clones refer to the same one.
#[derive(Clone, Default)]
pub struct Press(Rc<State>);

#[derive(Default)]
struct State {
    waiting: RefCell<Option<Timeout>>,
    began: Cell<(i32, i32)>,
    /// The press was long: releasing it is not a click.
    long: Cell<bool>,
}

impl Press {
    /// Returns the handlers for pointer down, pointer move, and pointer up or cancel: a press that
    /// stays in place for a while acts like a right click.
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

    /// Wraps a click handler to ignore the click at the end of a long press.
    pub fn click(&self, go: Callback<MouseEvent>) -> Callback<MouseEvent> {
        let state = Rc::clone(&self.0);
        Callback::from(move |event: MouseEvent| {
            if !state.long.replace(false) {
                go.emit(event);
            }
        })
    }
}
