//! The address bar: reads it, and writes it no more often than browsers allow.
//!
//! It speaks to `window.history` itself. The hash history of the router crates panics on an
//! address that does not start with `#/` and on a refused write, and a broken link must not
//! break the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use gloo::utils::window;
use wasm_bindgen::JsValue;

use crate::ui::share::{Address, Embed};

/// Safari takes 100 writes in 30 seconds, the strictest limit; this stays below it.
const PAUSE_MS: u32 = 350;

/// The address bar and the write that waits for its turn.
#[derive(Default)]
pub struct Bar {
    written: Rc<Cell<f64>>,
    /// What stood after `#` when the page last looked, or wrote there.
    seen: Rc<RefCell<String>>,
    waiting: Option<Timeout>,
}

impl Bar {
    /// Puts the address in place of the current one, soon.
    pub fn replace(&mut self, address: &Address) {
        let text = address.text();
        let since = now() - self.written.get();
        // Dropping an older wait cancels it.
        self.waiting = None;
        let (written, seen) = (Rc::clone(&self.written), Rc::clone(&self.seen));
        if since >= f64::from(PAUSE_MS) {
            write(&text, &written, &seen);
            return;
        }
        self.waiting = Some(Timeout::new(PAUSE_MS, move || write(&text, &written, &seen)));
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

fn write(text: &str, written: &Cell<f64>, seen: &RefCell<String>) {
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
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
        seen.replace(hash());
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
