//! The drawing as it is in the page: groups of shapes, each with the class of its step.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::Element;
use yew::NodeRef;

use crate::diagram::layout::Layout;
use crate::diagram::picture::{Group, Layer};
use crate::diagram::svg::{group_svg, when};

/// Clones are the same drawing.
#[derive(Clone, Default)]
pub struct Drawing {
    pub head: NodeRef,
    pub head_groups: NodeRef,
    pub body: NodeRef,
    /// What lies behind the veil over the future.
    pub shapes: NodeRef,
    /// What lies in front of it.
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
    /// Puts the layout's shapes into the page.
    pub fn draw(&self, laid: &Layout) {
        self.marked.borrow_mut().clear();
        let (texts, shapes): (Vec<_>, Vec<_>) =
            laid.body.groups.iter().partition(|group| group.layer == Layer::Texts);
        self.fill(&self.head_groups, &laid.header.groups.iter().collect::<Vec<_>>());
        self.fill(&self.shapes, &shapes);
        self.fill(&self.texts, &texts);
    }

    /// Puts the groups into one place, each as a `<g>`.
    fn fill(&self, place: &NodeRef, groups: &[&Group]) {
        let Some(place) = place.cast::<Element>() else { return };
        // The diagram's own writer has escaped every text in it.
        let markup: String =
            groups.iter().map(|group| format!("<g>{}</g>", group_svg(group))).collect();
        place.set_inner_html(&markup);
        let children = place.children();
        let elements = (0..children.length()).filter_map(|at| children.item(at));
        let marked = groups.iter().zip(elements).filter(|(group, _)| group.step > 0);
        self.marked.borrow_mut().extend(marked.map(|(group, element)| Marked {
            step: group.step,
            element,
            class: "",
        }));
    }

    /// Gives each group the class that it has at this step.
    pub fn mark(&self, step: u16) {
        for group in self.marked.borrow_mut().iter_mut() {
            let class = when(group.step, step);
            if class != group.class {
                group.class = class;
                // Fails only for a malformed attribute name, which this is not.
                let _ = group.element.set_attribute("class", class);
            }
        }
    }
}
