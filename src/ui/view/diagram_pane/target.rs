//! What of the diagram is pointed at and can be broken: an arrow or a lifeline, by mouse or by
//! keyboard.

use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};
use yew::prelude::*;

use super::{Laid, Props, number, place};
use crate::diagram::layout::{Layout, Under};
use crate::present::RunView;
use crate::sim::Participant;
use crate::text;
use crate::ui::state::{About, Msg};

/// An arrow or a lifeline that is pointed at, and the step of the place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    pub under: Under,
    pub step: u16,
    /// It was reached by the keyboard.
    pub by_key: bool,
}

impl Target {
    /// Returns what is hit at this point of the body.
    fn hit(laid: &Layout, (x, y): (i32, i32)) -> Option<Target> {
        let band =
            laid.bands.iter().find(|band| (band.top..band.top + band.height).contains(&y))?;
        Some(Target { under: laid.hit(x, y)?, step: band.step, by_key: false })
    }

    /// Returns true if it is still pointed at while this step is current.
    pub fn stands_at(self, step: usize) -> bool {
        !self.by_key || self.step == number(step)
    }

    /// Returns the message that opens the break menu for it.
    pub fn break_it(self, view: &RunView, at: Option<(i32, i32)>) -> Msg {
        // A message can be lost while it is in flight, but not once it has arrived.
        let step = match self.under {
            Under::Arrow(way) => way.flying(self.step),
            Under::Life(_) => self.step,
        };
        Msg::Break(step.into(), about(view, self.under), at)
    }

    /// Says what it is, for a screen reader.
    fn name(self, view: &RunView) -> String {
        let who = |at: usize| view.diagram.lifelines.get(at).map_or("", |life| &life.name);
        match self.under {
            Under::Life(at) => who(at).to_owned(),
            Under::Arrow(way) => {
                let what = way.msg.map_or_else(|| "Message".to_owned(), text::message);
                format!("{what} from {} to {}", who(way.from), who(way.to))
            }
        }
    }
}

/// Returns what the break menu is about.
pub fn about(view: &RunView, under: Under) -> Option<About> {
    let party = |at: usize| -> Option<Participant> { view.parties.get(at).copied() };
    match under {
        Under::Life(at) => party(at).map(About::Participant),
        Under::Arrow(way) => {
            let ends = party(way.from).zip(party(way.to));
            ends.map(|(from, to)| About::Way { from, to, msg: way.msg })
        }
    }
}

/// Returns true if the event is of a mouse, rather than of a finger or a pen.
pub fn is_mouse(event: &MouseEvent) -> bool {
    event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "mouse")
}

/// Returns the handler that marks what the mouse points at.
pub fn on_move(
    target: &UseStateHandle<Option<Target>>,
    laid: &Laid,
    body: &NodeRef,
) -> Callback<PointerEvent> {
    let (target, laid, body) = (target.clone(), laid.clone(), body.clone());
    Callback::from(move |event: PointerEvent| {
        let hit = || Target::hit(laid.0.as_ref().as_ref()?, place(&body, &event)?);
        let now = if is_mouse(&event) { hit() } else { None };
        if *target != now {
            target.set(now);
        }
    })
}

/// Returns the handler of the keys of the diagram: up and down walk through what can be broken at
/// the step, Enter opens the menu, as Shift+F10 does for whatever is there.
pub fn on_key(
    target: &UseStateHandle<Option<Target>>,
    laid: &Laid,
    body: &NodeRef,
    props: &Props,
) -> Callback<KeyboardEvent> {
    let (target, laid, body) = (target.clone(), laid.clone(), body.clone());
    let (view, send, step) = (props.view.0.clone(), props.send.clone(), number(props.step));
    Callback::from(move |event: KeyboardEvent| {
        // A link below the diagram has keys of its own.
        let on = event.target_dyn_into::<web_sys::Element>();
        let elsewhere = !on.is_some_and(|on| on.class_list().contains("stage"));
        if elsewhere || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let Some(layout) = laid.0.as_ref() else { return };
        let all = layout.breakable(step);
        let own = target.filter(|target| target.by_key && target.step == step);
        let at = own.and_then(|own| all.iter().position(|under| *under == own.under));
        let picked = |at: usize| Some(Target { under: all[at], step, by_key: true });
        match event.key().as_str() {
            "ArrowDown" if !all.is_empty() => {
                target.set(picked(at.map_or(0, |at| (at + 1) % all.len())));
            }
            "ArrowUp" if !all.is_empty() => {
                target.set(picked(at.map_or(all.len() - 1, |at| (at + all.len() - 1) % all.len())));
            }
            "Enter" | "F10" if own.is_some() || event.shift_key() => send.emit(match own {
                Some(own) => own.break_it(&view, window_point(layout, own, &body)),
                None => Msg::Break(step.into(), None, None),
            }),
            "Escape" if own.is_some() => target.set(None),
            _ => return,
        }
        event.prevent_default();
    })
}

/// Returns the point of the window at which the menu for a target opens.
fn window_point(laid: &Layout, target: Target, body: &NodeRef) -> Option<(i32, i32)> {
    let [x1, y1, x2, y2] = line(laid, target)?;
    let corner = body.cast::<web_sys::Element>()?.get_bounding_client_rect();
    Some(((x1 + x2) / 2 + corner.left() as i32, (y1 + y2) / 2 + corner.top() as i32))
}

/// Returns the line that marks a target in the body, in px: x1, y1, x2, y2.
fn line(laid: &Layout, target: Target) -> Option<[i32; 4]> {
    match target.under {
        Under::Arrow(way) => Some(way.line()),
        Under::Life(at) => {
            let x = *laid.lifelines.get(at)?;
            let band = laid.band(target.step)?;
            Some([x, band.top, x, band.top + band.height])
        }
    }
}

/// Renders the mark of a target.
pub fn mark(laid: &Layout, target: Option<Target>) -> Html {
    let Some([x1, y1, x2, y2]) = target.and_then(|target| line(laid, target)) else {
        return Html::default();
    };
    html! {
        <line class="target" x1={x1.to_string()} y1={y1.to_string()} x2={x2.to_string()} y2={y2.to_string()} />
    }
}

/// Renders what a screen reader says of a target that was reached by the keyboard.
pub fn spoken(view: &RunView, target: Option<Target>) -> Html {
    let target = target.filter(|target| target.by_key);
    html! {
        <p class="hidden" role="status">
            { target.map(|target| format!("{}. Enter breaks it.", target.name(view))).unwrap_or_default() }
        </p>
    }
}
