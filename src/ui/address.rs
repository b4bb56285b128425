//! The address bar: reads it, and writes it no more often than browsers allow.
//!
//! It speaks to `window.history` itself. The hash history of the router crates panics on an
//! address that does not start with `#/` and on a refused write, and a broken link must not
//! break the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use gloo::utils::window;

use crate::ui::share::{Address, Embed};
use crate::ui::state::Past;

/// Safari takes 100 writes in 30 seconds, the strictest limit; this stays below it.
const PAUSE_MS: u32 = 350;

/// The address bar and the write that waits for its turn.
#[derive(Default)]
pub struct Bar {
    written: Rc<Cell<f64>>,
    /// What stood after `#` when the page last looked, or wrote there.
    seen: Rc<RefCell<String>>,
    waiting: Option<Timeout>,
    /// Which of the page's entries in the browser's history this is, and how many there are.
    past: Past,
    entered: bool,
}

impl Bar {
    /// Puts the address in place of the current one, soon.
    pub fn replace(&mut self, address: &Address) {
        let text = address.text();
        let since = now() - self.written.get();
        // Dropping an older wait cancels it.
        self.waiting = None;
        let (written, seen) = (Rc::clone(&self.written), Rc::clone(&self.seen));
        let here = self.past.here;
        if since >= f64::from(PAUSE_MS) {
            write(&text, here, &written, &seen);
            return;
        }
        self.waiting = Some(Timeout::new(PAUSE_MS, move || write(&text, here, &written, &seen)));
    }

    /// Where the page is in the browser's history, after it went somewhere. Each entry carries its
    /// number: the browser does not tell a step back from a link.
    pub fn place(&mut self) -> Past {
        let Ok(history) = window().history() else { return self.past };
        let number = history.state().ok().and_then(|state| state.as_f64());
        match number {
            Some(number) => self.past.here = number as u32,
            None => {
                self.past.here = if self.entered { self.past.here + 1 } else { 0 };
                self.past.last = self.past.here;
                // Refused when there are too many: then there is less to undo.
                let _ = history.replace_state_with_url(&self.past.here.into(), "", None);
            }
        }
        self.entered = true;
        self.past.last = self.past.last.max(self.past.here);
        self.past
    }

    /// Another program of the page has been here: there are so many entries in the history.
    pub fn resume(&mut self, last: u32) {
        self.entered = true;
        self.past.last = last;
    }

    /// Writes the address that may still wait for its turn; nothing where the page was told of
    /// another since.
    pub fn write_now(&self, address: &Address) {
        if self.waiting.is_some() {
            write(&address.text(), self.past.here, &self.written, &self.seen);
        }
    }

    /// The page has read the address: a waiting write is for an older one.
    pub fn forget(&mut self) {
        self.waiting = None;
        self.seen.replace(hash());
    }
}

/// The address now.
pub fn read() -> Address {
    Address::read(&hash())
}

/// How the page is embedded, if it is.
pub fn embed() -> Option<Embed> {
    Embed::read(&hash())
}

/// Goes to the address as a link would.
pub fn go(address: &Address) {
    // Browsers refuse this only on a page that is being unloaded.
    let _ = window().location().set_hash(&address.text());
}

fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

fn write(text: &str, here: u32, written: &Cell<f64>, seen: &RefCell<String>) {
    // Somebody has followed a link, and the page has not been told yet: the link goes before.
    if *seen.borrow() != hash() {
        return;
    }
    written.set(now());
    let location = window().location();
    // In full, so that a `<base>` in the page around it cannot redirect it.
    let path = location.pathname().unwrap_or_default();
    let query = location.search().unwrap_or_default();
    let url = format!("{path}{query}#{text}");
    if let Ok(history) = window().history() {
        // A refused write leaves an older step in the address; the page goes on.
        let _ = history.replace_state_with_url(&here.into(), "", Some(&url));
        seen.replace(hash());
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
