//! Scrolling: keeps the current step in view, whether the pane scrolls by itself or with the page.

use gloo::utils::{document, window};
use web_sys::{Element, ScrollBehavior, ScrollToOptions};

use crate::ui::dom;

/// The elements of the diagram in the page.
pub struct Place<'a> {
    pub stage: &'a Element,
    pub head: &'a Element,
    pub body: &'a Element,
}

/// The position of a step in the body, in px.
pub struct Band {
    pub top: f64,
    pub height: f64,
    /// Set for the last step.
    pub last: bool,
}

/// The part of the window in which the diagram is visible.
struct Sight {
    top: f64,
    bottom: f64,
}

impl Place<'_> {
    /// Scrolls after a step: moves its band toward the middle if it is near the edge of the visible
    /// part. The last band moves up, to leave room for what follows it.
    pub fn follow(&self, band: Band) {
        let sight = self.sight();
        // A user who has scrolled past the diagram is reading what is below it.
        let past = sight.top + (sight.bottom - sight.top) * 0.25;
        if self.body.get_bounding_client_rect().bottom() >= past {
            self.bring(&band, &sight, !dom::still());
        }
    }

    /// Scrolls without animation to where a step would have scrolled.
    pub fn reveal(&self, band: Band) {
        self.bring(&band, &self.sight(), false);
    }

    fn bring(&self, band: &Band, sight: &Sight, smooth: bool) {
        let room = sight.bottom - sight.top;
        let top = self.body.get_bounding_client_rect().top() + band.top;
        let bottom = top + band.height;
        let calm = top >= sight.top + 8.0 && bottom <= sight.bottom - room * 0.2;
        if calm && !band.last {
            return;
        }
        let goal = if band.last { 0.3 } else { 0.45 };
        let by = (top + bottom) / 2.0 - (sight.top + room * goal);
        // A band taller than the visible part shows its top.
        self.scroll(by.min(top - sight.top - 8.0), smooth);
    }

    /// Scrolls without animation to the top of the page and of the diagram.
    pub fn to_top(&self) {
        self.stage.set_scroll_top(0);
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    fn sight(&self) -> Sight {
        let edge = |selector: &str| {
            let element = document().query_selector(selector).ok().flatten();
            element.map(|element| element.get_bounding_client_rect())
        };
        // The names of the lifelines are sticky.
        let names = self.head.get_bounding_client_rect().height();
        if dom::scrolls(self.stage) {
            let stage = self.stage.get_bounding_client_rect();
            return Sight { top: stage.top() + names, bottom: stage.bottom() };
        }
        // The current position of the pane does not matter: it moves with the page.
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        let over = edge(".top").map_or(0.0, |top| top.bottom());
        let under = edge(".deck").map_or(height, |deck| deck.top());
        Sight { top: over + names, bottom: under.min(height).max(over + names) }
    }

    fn scroll(&self, by: f64, smooth: bool) {
        let options = ScrollToOptions::new();
        options.set_top(by);
        options.set_behavior(if smooth { ScrollBehavior::Smooth } else { ScrollBehavior::Instant });
        if dom::scrolls(self.stage) {
            self.stage.scroll_by_with_scroll_to_options(&options);
        } else {
            window().scroll_by_with_scroll_to_options(&options);
        }
    }
}
