//! The drawing in the page: groups of shapes, each with a class that depends on the step.
//!
//! The drawing is cut horizontally into slices, each an SVG of its own: a browser lays out, paints
//! and hit-tests a whole SVG at a time, and a step changes only one or two of them.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::Element;
use yew::NodeRef;

use crate::diagram::layout::Layout;
use crate::diagram::picture::{Group, Layer};
use crate::diagram::svg::{group_svg, slices_svg, when};

/// A handle to a drawing; clones refer to the same one.
#[derive(Clone, Default)]
pub struct Drawing {
    pub head: NodeRef,
    pub head_groups: NodeRef,
    pub body: NodeRef,
    /// The groups that belong to no step.
    pub back: NodeRef,
    /// The groups behind the veil over future steps.
    pub shapes: NodeRef,
    /// The groups in front of the veil.
    pub texts: NodeRef,
    marked: Rc<RefCell<Vec<Marked>>>,
}

impl PartialEq for Drawing {
    fn eq(&self, other: &Drawing) -> bool {
        Rc::ptr_eq(&self.marked, &other.marked)
    }
}

/// A group that belongs to a step.
struct Marked {
    step: u16,
    element: Element,
    class: &'static str,
}

impl Drawing {
    /// Inserts the shapes of the layout into the page.
    pub fn draw(&self, laid: &Layout) {
        let fill = |place: &NodeRef, markup: &str| {
            let place = place.cast::<Element>()?;
            // The diagram writer has escaped every text in it.
            place.set_inner_html(markup);
            Some(place)
        };
        let on = |layer| laid.body.groups.iter().filter(move |group| group.layer == layer);
        fill(&self.head_groups, &groups_svg(&laid.header.groups));
        fill(&self.back, &groups_svg(on(Layer::Back)));
        let mut marked = self.marked.borrow_mut();
        marked.clear();
        for (place, layer) in [(&self.shapes, Layer::Shapes), (&self.texts, Layer::Texts)] {
            let Some(place) = fill(place, &slices_svg(laid, layer)) else { continue };
            let slices = place.children();
            let elements =
                (0..slices.length()).filter_map(|at| slices.item(at)).flat_map(|slice| {
                    let groups = slice.children();
                    (0..groups.length()).filter_map(move |at| groups.item(at))
                });
            let steps = on(layer).map(|group| group.step);
            marked.extend(steps.zip(elements).map(|(step, element)| Marked {
                step,
                element,
                class: "",
            }));
        }
    }

    /// Sets the class of each group for this step.
    pub fn mark(&self, step: u16) {
        for group in self.marked.borrow_mut().iter_mut() {
            let class = when(group.step, step);
            if class != group.class {
                group.class = class;
                // Fails only for an invalid attribute name, which this is not.
                let _ = group.element.set_attribute("class", class);
            }
        }
    }
}

/// Writes the groups, each as a `<g>`.
fn groups_svg<'a>(groups: impl IntoIterator<Item = &'a Group>) -> String {
    groups.into_iter().map(|group| format!("<g>{}</g>", group_svg(group))).collect()
}
