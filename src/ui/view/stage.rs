//! The diagram: laid out for the width it gets, its steps marked past, now or future.
//!
//! The drawing is put into the page once for each width. A step changes only the classes of
//! the groups that it touches and moves the frame, so long runs step as fast as short ones.

mod drawing;
mod ending;
mod scroll;

use std::rc::Rc;

use web_sys::{Element, MouseEvent, ResizeObserver};
use yew::prelude::*;

use super::Told;
use crate::diagram::layout::{Layout, lay_out};
use crate::diagram::svg;
use crate::ui::state::Msg;
use drawing::Drawing;

/// The narrowest width that is laid out; a narrower place scrolls.
const NARROWEST: u32 = 280;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub story: Told,
    pub step: usize,
    pub send: Callback<Msg>,
}

#[component]
pub fn Stage(props: &Props) -> Html {
    let stage = use_node_ref();
    let sheet = use_node_ref();
    let width = use_width(&sheet);
    let story = &props.story;
    let laid = Laid(use_memo((story.clone(), width), |(story, width)| {
        (*width > 0).then(|| lay_out(&story.0.diagram, *width))
    }));
    let drawing = use_drawing(&laid, props.step);
    use_scroll(&stage, &drawing, &laid, story, props.step);
    let end = story.0.moments.len().saturating_sub(1);
    html! {
        <div class="stage" ref={stage} tabindex="0" role="region" aria-label="Sequence diagram">
            <div class="sheet" ref={sheet}>
                if let Some(laid) = laid.0.as_ref() {
                    { head(laid, &drawing) }
                    { body(laid, &drawing, props, end) }
                }
            </div>
            if props.step == end {
                { ending::view(&story.0, &props.send) }
            }
        </div>
    }
}

/// A layout, as soon as the width is known; equal when it is the very same one. It is held on to
/// while it is compared with: another may otherwise get its place in memory, and seem the same.
#[derive(Clone)]
struct Laid(Rc<Option<Layout>>);

impl PartialEq for Laid {
    fn eq(&self, other: &Laid) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The width there is for the diagram, kept up to date; 0 until it is known.
#[hook]
fn use_width(sheet: &NodeRef) -> u32 {
    let width = use_state_eq(|| 0_u32);
    {
        let sheet = sheet.clone();
        let width = width.clone();
        use_effect_with((), move |()| {
            let watch = sheet.cast::<Element>().and_then(|sheet| watch(&sheet, width.setter()));
            move || drop(watch)
        });
    }
    *width
}

/// Reports the element's width now and whenever it changes, while the value lives.
fn watch(element: &Element, width: UseStateSetter<u32>) -> Option<Watch> {
    let measured = element.clone();
    let callback = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || {
        let now = u32::try_from(measured.client_width()).unwrap_or(0);
        // A hidden place has no width; what was drawn may stay.
        if now > 0 {
            width.set(now.max(NARROWEST));
        }
    });
    let observer =
        ResizeObserver::new(wasm_bindgen::JsCast::unchecked_ref(callback.as_ref())).ok()?;
    observer.observe(element);
    Some(Watch { observer, _callback: callback })
}

struct Watch {
    observer: ResizeObserver,
    _callback: wasm_bindgen::closure::Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Keeps the drawing in the page true to the layout and the step.
#[hook]
fn use_drawing(laid: &Laid, step: usize) -> Drawing {
    let drawing = (*use_memo((), |()| Drawing::default())).clone();
    {
        let drawing = drawing.clone();
        use_effect_with(laid.clone(), move |laid| {
            if let Some(laid) = laid.0.as_ref() {
                drawing.draw(laid);
            }
        });
    }
    {
        let drawing = drawing.clone();
        use_effect_with((laid.clone(), step), move |(_, step)| drawing.mark(number(*step)));
    }
    drawing
}

#[hook]
fn use_scroll(stage: &NodeRef, drawing: &Drawing, laid: &Laid, story: &Told, step: usize) {
    let stage = stage.clone();
    let body = drawing.body.clone();
    let head = drawing.head.clone();
    let seen = use_mut_ref(|| None::<(Told, usize)>);
    let story = story.clone();
    use_effect_with((laid.clone(), step), move |(laid, step)| {
        let step = *step;
        let (Some(stage), Some(head), Some(body)) =
            (stage.cast::<Element>(), head.cast::<Element>(), body.cast::<Element>())
        else {
            return;
        };
        let Some(laid) = laid.0.as_ref() else { return };
        let before = seen.replace(Some((story.clone(), step)));
        let (top, height) = laid
            .band(number(step))
            .map_or((0.0, 0.0), |band| (f64::from(band.top), f64::from(band.height)));
        let band = scroll::Band { top, height, last: step + 1 == story.0.moments.len() };
        let place = scroll::Place { stage: &stage, head: &head, body: &body };
        match before {
            Some((old, at)) if old == story && at != step => place.follow(band),
            Some((old, _)) if old != story && step == 0 => place.to_top(),
            _ if step == 0 => {}
            // Opened here, or laid out anew: bring it in sight, without a show.
            _ => place.reveal(band),
        }
    });
}

fn head(laid: &Layout, drawing: &Drawing) -> Html {
    let (width, height) = (laid.header.width, laid.header.height);
    html! {
        <svg
            class="diagram head"
            viewBox={format!("0 0 {width} {height}")}
            width={width.to_string()}
            height={height.to_string()}
            aria-hidden="true"
            ref={drawing.head.clone()}
        >
            <g ref={drawing.head_groups.clone()} />
        </svg>
    }
}

fn body(laid: &Layout, drawing: &Drawing, props: &Props, end: usize) -> Html {
    let (width, height) = (laid.body.width, laid.body.height);
    let bands: Vec<(i32, i32, usize)> =
        laid.bands.iter().map(|band| (band.top, band.height, usize::from(band.step))).collect();
    let send = props.send.clone();
    let svg = drawing.body.clone();
    let step_under = move |event: &MouseEvent| {
        let svg = svg.cast::<Element>()?;
        let y = f64::from(event.client_y()) - svg.get_bounding_client_rect().top();
        let inside =
            |band: &&(i32, i32, usize)| y >= f64::from(band.0) && y < f64::from(band.0 + band.1);
        bands.iter().find(inside).map(|(_, _, step)| *step)
    };
    // A long press on a phone, the other button of a mouse: break it there.
    let oncontextmenu = {
        let (step_under, send) = (step_under.clone(), send.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(step) = step_under(&event) {
                event.prevent_default();
                send.emit(Msg::Break(step));
            }
        })
    };
    let onclick = Callback::from(move |event: MouseEvent| {
        if let Some(step) = step_under(&event) {
            send.emit(Msg::To(step));
        }
    });
    let step = number(props.step);
    let frame = laid.band(step).map(|band| svg::frame(laid, band));
    let horizon = laid.horizon(step);
    html! {
        <svg
            class="diagram body"
            viewBox={format!("0 0 {width} {height}")}
            width={width.to_string()}
            height={height.to_string()}
            role="img"
            aria-label={format!("Sequence diagram at step {} of {end}", props.step)}
            ref={drawing.body.clone()}
            {onclick}
            {oncontextmenu}
        >
            if let Some((x, y, wide, high)) = frame {
                <rect
                    class="frame"
                    x={x.to_string()}
                    y={y.to_string()}
                    width={wide.to_string()}
                    height={high.to_string()}
                    rx="8"
                />
            }
            <g ref={drawing.shapes.clone()} />
            <rect
                class="veil"
                y={horizon.to_string()}
                width={width.to_string()}
                height={(height - horizon).to_string()}
            />
            <g ref={drawing.texts.clone()} />
        </svg>
    }
}

/// A step as the diagram counts it.
fn number(step: usize) -> u16 {
    u16::try_from(step).unwrap_or(u16::MAX)
}
