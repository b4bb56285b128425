//! The sequence diagram: laid out for the available width, with its steps marked as past, current
//! or future.
//!
//! The drawing is inserted into the page once for each width. A step only changes the classes of
//! the groups that it affects and moves the frame, so that stepping is as fast in long runs as in
//! short ones.

mod drawing;
mod ending;
mod press;
mod scroll;
mod target;

use std::rc::Rc;

use web_sys::{Element, MouseEvent, PointerEvent};
use yew::prelude::*;

use super::shared_run::SharedRun;
use crate::diagram::layout::{Layout, lay_out};
use crate::diagram::svg;
use crate::ui::dom;
use crate::ui::state::{About, Msg};
use drawing::Drawing;
use press::Press;
use target::Target;

/// The minimum layout width; a narrower pane scrolls.
const NARROWEST: u32 = 280;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub view: SharedRun,
    pub step: usize,
    /// The run is drawn only up to the step: the rest would give its outcome away.
    #[prop_or_default]
    pub hides: bool,
    /// The address and the label of what follows the run, in place of the next scenario.
    #[prop_or_default]
    pub next: Option<(AttrValue, AttrValue)>,
    pub send: Callback<Msg>,
    /// The accessible name, if there are several diagrams.
    #[prop_or("Sequence diagram".into())]
    pub label: AttrValue,
    /// Shows the takeaway and links to other scenarios below the last step.
    #[prop_or(true)]
    pub ending: bool,
    /// Arrows and lifelines can be broken: a click on one opens the break menu.
    #[prop_or(false)]
    pub breakable: bool,
}

#[component]
pub fn Stage(props: &Props) -> Html {
    let stage = use_node_ref();
    let sheet = use_node_ref();
    let width = use_width(&sheet);
    let view = &props.view;
    let laid = Laid(use_memo((view.clone(), width), |(view, width)| {
        (*width > 0).then(|| lay_out(&view.0.diagram, *width))
    }));
    let drawing = use_drawing(&laid, props.step);
    let press = (*use_memo((), |()| Press::default())).clone();
    use_scroll(&stage, &drawing, &laid, view, props.step);
    let target = use_state_eq(|| None::<Target>);
    let end = view.0.moments.len().saturating_sub(1);
    let keys = props.breakable.then(|| target::on_key(&target, &laid, &drawing.body, props));
    html! {
        <div
            class={classes!("stage", shape(props))}
            ref={stage}
            tabindex="0"
            role="region"
            aria-label={props.label.clone()}
            onkeydown={keys}
        >
            <div class="sheet" ref={sheet}>
                if let Some(layout) = laid.0.as_ref() {
                    { head(layout, &drawing, props) }
                    { body(layout, &laid, &drawing, &press, props, &target) }
                }
            </div>
            if props.breakable {
                { target::spoken(&view.0, target.filter(|target| target.stands_at(props.step))) }
            }
            if props.step == end && props.ending {
                { ending::view(&view.0, props.next.as_ref(), &props.send) }
            }
        </div>
    }
}

/// Returns the CSS class for how much of the run is drawn. Before the first step that is all of it,
/// unless the outcome is hidden.
fn shape(props: &Props) -> Option<&'static str> {
    props.hides.then_some(if props.step == 0 { "hides all" } else { "hides" })
}

/// A layout, once the width is known; compared by pointer. The reference keeps the allocation alive
/// during the comparison: otherwise another layout could reuse its address and seem equal.
#[derive(Clone)]
struct Laid(Rc<Option<Layout>>);

impl PartialEq for Laid {
    fn eq(&self, other: &Laid) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A hook for the width available to the diagram; 0 until it is known.
#[hook]
fn use_width(sheet: &NodeRef) -> u32 {
    let width = use_state_eq(|| 0_u32);
    {
        let sheet = sheet.clone();
        let width = width.clone();
        use_effect_with((), move |()| {
            let watch = sheet.cast::<Element>().and_then(|sheet| {
                let measured = sheet.clone();
                dom::sized(&sheet, move || {
                    let now = u32::try_from(measured.client_width()).unwrap_or(0);
                    // A hidden pane has no width; its drawing may stay.
                    if now > 0 {
                        width.set(now.max(NARROWEST));
                    }
                })
            });
            move || drop(watch)
        });
    }
    *width
}

/// A hook that keeps the drawing in the page in sync with the layout and the step.
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
fn use_scroll(stage: &NodeRef, drawing: &Drawing, laid: &Laid, view: &SharedRun, step: usize) {
    let stage = stage.clone();
    let body = drawing.body.clone();
    let head = drawing.head.clone();
    let seen = use_mut_ref(|| None::<(SharedRun, usize)>);
    let view = view.clone();
    use_effect_with((laid.clone(), step), move |(laid, step)| {
        let step = *step;
        let (Some(stage), Some(head), Some(body)) =
            (stage.cast::<Element>(), head.cast::<Element>(), body.cast::<Element>())
        else {
            return;
        };
        let Some(laid) = laid.0.as_ref() else { return };
        let before = seen.replace(Some((view.clone(), step)));
        let (top, height) = laid
            .band(number(step))
            .map_or((0.0, 0.0), |band| (f64::from(band.top), f64::from(band.height)));
        let band = scroll::Band { top, height, last: step + 1 == view.0.moments.len() };
        let place = scroll::Place { stage: &stage, head: &head, body: &body };
        match before {
            Some((old, at)) if old == view && at != step => place.follow(band),
            Some((old, _)) if old != view && step == 0 => place.to_top(),
            _ if step == 0 => {}
            // The page was opened here, or laid out anew: scroll without animation.
            _ => place.reveal(band),
        }
    });
}

fn head(laid: &Layout, drawing: &Drawing, props: &Props) -> Html {
    let (width, height) = (laid.header.width, laid.header.height);
    // A click on a participant's name opens the break menu for it, at the current step.
    let ask = {
        let (svg, lives) = (drawing.head.clone(), laid.lifelines.clone());
        let (step, view, send) = (props.step, props.view.0.clone(), props.send.clone());
        Callback::from(move |event: MouseEvent| {
            let Some((x, _)) = place(&svg, &event) else { return };
            let nearest = (0..lives.len()).min_by_key(|&at| (lives[at] - x).abs());
            if let Some(party) = nearest.and_then(|at| view.parties.get(at)) {
                event.prevent_default();
                let point = Some((event.client_x(), event.client_y()));
                send.emit(Msg::Break(step, Some(About::Participant(*party)), point));
            }
        })
    };
    html! {
        <svg
            class="diagram head"
            viewBox={format!("0 0 {width} {height}")}
            width={width.to_string()}
            height={height.to_string()}
            aria-hidden="true"
            ref={drawing.head.clone()}
            onclick={ask.clone()}
            oncontextmenu={ask}
        >
            <g ref={drawing.head_groups.clone()} />
        </svg>
    }
}

/// Returns the event handlers for a click, which goes to the step, or breaks what a mouse points at;
/// and for a long press or right click, which opens the break menu for what is near.
fn pointed(
    laid: &Laid,
    drawing: &Drawing,
    props: &Props,
    target: &UseStateHandle<Option<Target>>,
) -> [Callback<MouseEvent>; 2] {
    let (svg, send) = (drawing.body.clone(), props.send.clone());
    let (laid, view) = (laid.clone(), props.view.0.clone());
    let at = move |event: &MouseEvent| {
        let (x, y) = place(&svg, event)?;
        let laid = laid.0.as_ref().as_ref()?;
        let band =
            laid.bands.iter().find(|band| (band.top..band.top + band.height).contains(&y))?;
        Some((band.step, laid.under(x, y)))
    };
    let go = {
        let (at, send, view, target) = (at.clone(), send.clone(), view.clone(), target.clone());
        Callback::from(move |event: MouseEvent| {
            // A finger is too broad to tell the two apart: it steps, and a long press breaks.
            let hit = target.filter(|target| !target.by_key);
            if let Some(hit) = hit {
                send.emit(hit.break_it(&view, Some((event.client_x(), event.client_y()))));
            } else if let Some((step, _)) = at(&event) {
                send.emit(Msg::To(step.into()));
            }
        })
    };
    let ask = Callback::from(move |event: MouseEvent| {
        let Some((step, under)) = at(&event) else { return };
        event.prevent_default();
        let point = target::is_mouse(&event).then(|| (event.client_x(), event.client_y()));
        send.emit(match under {
            Some(under) => Target { under, step, by_key: false }.break_it(&view, point),
            None => Msg::Break(step.into(), None, point),
        });
    });
    [go, ask]
}

/// Returns the handlers for a pointer that goes down, moves, leaves, and goes up.
fn pointer(
    pointing: &Laid,
    drawing: &Drawing,
    press: &Press,
    props: &Props,
    target: &UseStateHandle<Option<Target>>,
    ask: &Callback<MouseEvent>,
) -> [Callback<PointerEvent>; 4] {
    let [down, slip, up] = press.watch(ask);
    let marks = props.breakable.then(|| target::on_move(target, pointing, &drawing.body));
    let (touched, left) = (target.clone(), target.clone());
    [
        Callback::from(move |event: PointerEvent| {
            if !target::is_mouse(&event) {
                touched.set(None);
            }
            down.emit(event);
        }),
        Callback::from(move |event: PointerEvent| {
            slip.emit(event.clone());
            marks.iter().for_each(|marks| marks.emit(event.clone()));
        }),
        Callback::from(move |_| left.set(left.filter(|target| target.by_key))),
        up,
    ]
}

/// Returns the position of the pointer relative to the SVG, in px.
fn place(svg: &NodeRef, event: &MouseEvent) -> Option<(i32, i32)> {
    let corner = svg.cast::<Element>()?.get_bounding_client_rect();
    let x = f64::from(event.client_x()) - corner.left();
    let y = f64::from(event.client_y()) - corner.top();
    Some((x as i32, y as i32))
}

fn body(
    laid: &Layout,
    pointing: &Laid,
    drawing: &Drawing,
    press: &Press,
    props: &Props,
    target: &UseStateHandle<Option<Target>>,
) -> Html {
    let (width, height) = (laid.body.width, laid.body.height);
    let end = props.view.0.moments.len().saturating_sub(1);
    let [go, oncontextmenu] = pointed(pointing, drawing, props, target);
    let [onpointerdown, onpointermove, onpointerleave, onpointerup] =
        pointer(pointing, drawing, press, props, target, &oncontextmenu);
    let onclick = press.click(go);
    let step = number(props.step);
    let frame = laid.band(step).map(|band| svg::frame(laid, band));
    let horizon = laid.horizon(step);
    let size = [width, height].map(|px| px.to_string());
    let view = format!("0 0 {width} {height}");
    html! {
        <div
            class={classes!("diagram", "body", target.is_some().then_some("on-target"))}
            role="img"
            aria-label={format!("{} at step {} of {end}", props.label, props.step)}
            ref={drawing.body.clone()}
            {onclick}
            {oncontextmenu}
            {onpointerdown}
            {onpointermove}
            {onpointerleave}
            onpointerup={onpointerup.clone()}
            onpointercancel={onpointerup}
        >
            <svg viewBox={view.clone()} width={size[0].clone()} height={size[1].clone()}>
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
                <g ref={drawing.back.clone()} />
            </svg>
            <div class="slices" ref={drawing.shapes.clone()} />
            <svg class="over" viewBox={view} width={size[0].clone()} height={size[1].clone()}>
                <rect
                    class="veil"
                    y={horizon.to_string()}
                    width={size[0].clone()}
                    height={(height - horizon).to_string()}
                />
                { target::mark(laid, target.filter(|target| target.stands_at(props.step))) }
            </svg>
            <div class="slices" ref={drawing.texts.clone()} />
        </div>
    }
}

/// Converts a step to the diagram's type.
fn number(step: usize) -> u16 {
    u16::try_from(step).unwrap_or(u16::MAX)
}
