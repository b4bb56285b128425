//! The address bar: reads the URL fragment, and writes it no more often than browsers allow.
//!
//! This module calls `window.history` directly. The hash history of the router crates panics on a
//! fragment that does not start with `/` and on a rejected write, and a broken link must not break
//! the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use gloo::utils::window;

use crate::ui::share::{Address, Embed};
use crate::ui::state::Past;

/// Minimum interval between two writes. Safari has the strictest rate limit, 100 writes in 30
/// seconds; this stays below it.
const PAUSE_MS: u32 = 350;

/// The address bar, with at most one pending write.
#[derive(Default)]
pub struct Bar {
    written: Rc<Cell<f64>>,
    /// The URL fragment when the page last read or wrote it.
    seen: Rc<RefCell<String>>,
    waiting: Option<Timeout>,
    /// The position of this entry among the page's entries in the browser history, and their
    /// number.
    past: Past,
    entered: bool,
}

impl Bar {
    /// Replaces the current URL with the address, after a delay if needed.
    pub fn replace(&mut self, address: &Address) {
        let text = address.text();
        let since = now() - self.written.get();
        // Dropping the earlier timeout cancels it.
        self.waiting = None;
        let (written, seen) = (Rc::clone(&self.written), Rc::clone(&self.seen));
        let here = self.past.here;
        if since >= f64::from(PAUSE_MS) {
            write(&text, here, &written, &seen);
            return;
        }
        self.waiting = Some(Timeout::new(PAUSE_MS, move || write(&text, here, &written, &seen)));
    }

    /// Returns the page's position in the browser history, after a navigation. Each entry stores
    /// its number in its state: the browser does not tell a step back from a link.
    pub fn place(&mut self) -> Past {
        let Ok(history) = window().history() else { return self.past };
        let number = history.state().ok().and_then(|state| state.as_f64());
        match number {
            Some(number) => self.past.here = number as u32,
            None => {
                self.past.here = if self.entered { self.past.here + 1 } else { 0 };
                self.past.last = self.past.here;
                // Rejected if there are too many writes: then there is less to undo.
                let _ = history.replace_state_with_url(&self.past.here.into(), "", None);
            }
        }
        self.entered = true;
        self.past.last = self.past.last.max(self.past.here);
        self.past
    }

    /// Cancels a pending write, because the page has read a newer address.
    pub fn forget(&mut self) {
        self.waiting = None;
        self.seen.replace(hash());
    }
}

/// Returns the current address.
pub fn read() -> Address {
    Address::read(&hash())
}

/// Returns the options of an embedded page, or `None` if the page is not embedded.
pub fn embed() -> Option<Embed> {
    Embed::read(&hash())
}

/// Navigates to the address, as a link would.
pub fn go(address: &Address) {
    // Browsers reject this only while the page is being unloaded.
    let _ = window().location().set_hash(&address.text());
}

fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

fn write(text: &str, here: u32, written: &Cell<f64>, seen: &RefCell<String>) {
    // The user has followed a link that the page does not know of yet: the link takes precedence.
    if *seen.borrow() != hash() {
        return;
    }
    written.set(now());
    let location = window().location();
    // The full URL, so that a `<base>` element in the surrounding page cannot redirect it.
    let path = location.pathname().unwrap_or_default();
    let query = location.search().unwrap_or_default();
    let url = format!("{path}{query}#{text}");
    if let Ok(history) = window().history() {
        // A rejected write leaves an older step in the URL; the page goes on.
        let _ = history.replace_state_with_url(&here.into(), "", Some(&url));
        seen.replace(hash());
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
