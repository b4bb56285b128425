//! Keeps the current step in sight, whether the stage scrolls by itself or with the page.

use gloo::utils::{document, window};
use web_sys::{Element, ScrollBehavior, ScrollToOptions};

use crate::ui::dom;

/// Where the diagram is in the page.
pub struct Place<'a> {
    pub stage: &'a Element,
    pub head: &'a Element,
    pub body: &'a Element,
}

/// Where a step is in the body, in px.
pub struct Band {
    pub top: f64,
    pub height: f64,
    /// It is the last one.
    pub last: bool,
}

/// The part of the window in which the diagram can be seen, from top to bottom.
struct Sight {
    top: f64,
    bottom: f64,
}

impl Place<'_> {
    /// After a step: brings its band towards the middle when it is near the edge of what is in
    /// sight. At the end the band goes up, to leave room for what follows it.
    pub fn follow(&self, band: Band) {
        let sight = self.sight();
        // Whoever has scrolled past the diagram reads what is below it and wants to stay there.
        let past = sight.top + (sight.bottom - sight.top) * 0.25;
        if self.body.get_bounding_client_rect().bottom() >= past {
            self.bring(&band, &sight, !dom::still());
        }
    }

    /// At once: brings the band to where a step would have brought it.
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
        // A band higher than the room shows its top.
        self.scroll(by.min(top - sight.top - 8.0), smooth);
    }

    /// At once: to the top of the page and of the diagram.
    pub fn to_top(&self) {
        self.stage.set_scroll_top(0);
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    fn sight(&self) -> Sight {
        let edge = |selector: &str| {
            let element = document().query_selector(selector).ok().flatten();
            element.map(|element| element.get_bounding_client_rect())
        };
        // The names of the lifelines stick to the top.
        let names = self.head.get_bounding_client_rect().height();
        if dom::scrolls(self.stage) {
            let stage = self.stage.get_bounding_client_rect();
            return Sight { top: stage.top() + names, bottom: stage.bottom() };
        }
        // Where the stage is now does not matter: it moves with the page.
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
