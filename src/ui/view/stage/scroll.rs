//! Keeps the current step in sight, whether the stage scrolls by itself or with the page.

use gloo::utils::{document, window};
use web_sys::{Element, ScrollBehavior, ScrollToOptions};

use crate::ui::page;

/// Where the diagram is in the page.
pub struct Place<'a> {
    pub stage: &'a Element,
    pub head: &'a Element,
    pub body: &'a Element,
}

/// The part of the window in which the diagram can be seen, from top to bottom.
struct Sight {
    top: f64,
    bottom: f64,
}

impl Place<'_> {
    /// After a step: brings its band towards the middle when it is near the edge of what is in
    /// sight. At the end the band goes up, to leave room for what follows it.
    pub fn follow(&self, top: f64, height: f64, end: bool) {
        let sight = self.sight();
        let body = self.body.get_bounding_client_rect();
        let room = sight.bottom - sight.top;
        // Whoever has scrolled past the diagram reads what is below it and wants to stay there.
        if body.bottom() < sight.top + room * 0.25 {
            return;
        }
        let (band_top, band_bottom) = (body.top() + top, body.top() + top + height);
        let calm = band_top >= sight.top + 8.0 && band_bottom <= sight.bottom - room * 0.2;
        if calm && !end {
            return;
        }
        let goal = if end { 0.3 } else { 0.45 };
        let by = (band_top + band_bottom) / 2.0 - (sight.top + room * goal);
        // A band higher than the room shows its top.
        self.scroll(by.min(band_top - sight.top - 8.0), !page::still());
    }

    /// At once: brings the band into sight if it is not.
    pub fn reveal(&self, top: f64, height: f64) {
        let sight = self.sight();
        let band_top = self.body.get_bounding_client_rect().top() + top;
        if band_top < sight.top || band_top + height > sight.bottom {
            let middle = (sight.top + sight.bottom) / 2.0;
            self.scroll((band_top + height / 2.0 - middle).min(band_top - sight.top - 8.0), false);
        }
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
        let stage = self.stage.get_bounding_client_rect();
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        let over = edge(".top").map_or(0.0, |top| top.bottom());
        let under = edge(".deck").map_or(height, |deck| deck.top());
        Sight {
            top: stage.top().max(over) + self.head.get_bounding_client_rect().height(),
            bottom: stage.bottom().max(0.0).min(under).min(height).max(over),
        }
    }

    fn scroll(&self, by: f64, smooth: bool) {
        let options = ScrollToOptions::new();
        options.set_top(by);
        options.set_behavior(if smooth { ScrollBehavior::Smooth } else { ScrollBehavior::Instant });
        if page::scrolls(self.stage) {
            self.stage.scroll_by_with_scroll_to_options(&options);
        } else {
            window().scroll_by_with_scroll_to_options(&options);
        }
    }
}
