//! The address bar: reads the URL, and writes it no more often than browsers allow.
//!
//! This module calls `window.history` directly. The histories of the router crates panic on a
//! rejected write and on a fragment that does not start with `/`, which links of before have, and a
//! broken link must not break the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use gloo::utils::window;
use wasm_bindgen::JsValue;
use web_sys::{Event, HtmlAnchorElement};

use crate::ui::share::{self, Address, Embed};
use crate::ui::state::Past;

/// Minimum interval between two writes. Safari has the strictest rate limit, 100 writes in 30
/// seconds; this stays below it.
const PAUSE_MS: u32 = 350;

/// The address bar, with at most one pending write.
#[derive(Default)]
pub struct Bar {
    written: Rc<Cell<f64>>,
    /// The URL when the page last read or wrote it.
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
        let address = address.clone();
        let since = now() - self.written.get();
        // Dropping the earlier timeout cancels it.
        self.waiting = None;
        let (written, seen) = (Rc::clone(&self.written), Rc::clone(&self.seen));
        let here = self.past.here;
        if since >= f64::from(PAUSE_MS) {
            write(&address, here, &written, &seen);
            return;
        }
        self.waiting = Some(Timeout::new(PAUSE_MS, move || {
            write(&address, here, &written, &seen);
        }));
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
        self.seen.replace(url());
    }

    /// Replaces a link of before, in the URL fragment, by the address of today. The frames of embeds
    /// keep theirs: the parent page decides what they show.
    pub fn settle(&self) {
        if share::site().is_some() && in_fragment().is_some() && embed().is_none() {
            write(&read(), self.past.here, &self.written, &self.seen);
        }
    }
}

/// Returns the current address.
pub fn read() -> Address {
    Address::read(&text())
}

/// Returns the options of an embedded page, or `None` if the page is not embedded.
pub fn embed() -> Option<Embed> {
    Embed::read(&text())
}

/// Navigates to the address, as a link would.
pub fn go(address: &Address) {
    match share::site() {
        Some(_) => push(&address.href()),
        // Browsers reject this only while the page is being unloaded.
        None => window().location().set_hash(&address.text()).unwrap_or_default(),
    }
}

/// Navigates to a link of the page without loading a document; returns false if it leads elsewhere.
pub fn follow(link: &HtmlAnchorElement) -> bool {
    let Some(site) = share::site() else { return false };
    let here = window().location();
    let same_host = here.origin().is_ok_and(|origin| origin == link.origin());
    let below = link.pathname().strip_prefix(site).is_some_and(|path| {
        let text = format!("{path}{}", link.search());
        path.starts_with('/') && !matches!(Address::read(&text), Address::Unknown(_))
    });
    let elsewhere = link.has_attribute("target") || link.has_attribute("download");
    // A fragment is a place in a page.
    if !same_host || !below || elsewhere || !link.hash().is_empty() {
        return false;
    }
    let to = format!("{}{}", link.pathname(), link.search());
    // A link to what is shown adds nothing to the history.
    if to != url() {
        push(&to);
    }
    true
}

/// Adds an entry to the browser history and reports it as the browser reports a step back.
fn push(url: &str) {
    let Ok(history) = window().history() else { return };
    // Rejected if there are too many writes; then the browser loads the page anew.
    if history.push_state_with_url(&JsValue::NULL, "", Some(url)).is_err() {
        let _ = window().location().assign(url);
        return;
    }
    if let Ok(event) = Event::new("popstate") {
        let _ = window().dispatch_event(&event);
    }
}

/// Returns the text of the current address: the fragment, where it holds one, or the path below the
/// folder of the site with its query.
fn text() -> String {
    let location = window().location();
    in_fragment().unwrap_or_else(|| {
        let path = location.pathname().unwrap_or_default();
        let path = share::site().and_then(|site| path.strip_prefix(site)).unwrap_or_default();
        let path = path.strip_suffix("index.html").unwrap_or(path);
        format!("{path}{}", location.search().unwrap_or_default())
    })
}

/// Returns the address in the URL fragment. Where addresses are paths, a fragment without a slash is
/// a place in the page.
fn in_fragment() -> Option<String> {
    let hash = window().location().hash().unwrap_or_default();
    let path = hash.split('?').next().unwrap_or_default();
    (share::site().is_none() || path.contains('/')).then_some(hash)
}

/// Returns the current URL without its host.
fn url() -> String {
    let location = window().location();
    let parts = [location.pathname(), location.search(), location.hash()];
    parts.map(Result::unwrap_or_default).concat()
}

fn write(address: &Address, here: u32, written: &Cell<f64>, seen: &RefCell<String>) {
    // The user has followed a link that the page does not know of yet: the link takes precedence.
    if *seen.borrow() != url() {
        return;
    }
    written.set(now());
    let location = window().location();
    // From the root of the host, so that a `<base>` element in the surrounding page cannot redirect
    // it.
    let url_of = match share::site() {
        Some(_) => address.href(),
        None => {
            let path = location.pathname().unwrap_or_default();
            format!("{path}{}{}", location.search().unwrap_or_default(), address.href())
        }
    };
    if let Ok(history) = window().history() {
        // A rejected write leaves an older step in the URL; the page goes on.
        let _ = history.replace_state_with_url(&here.into(), "", Some(&url_of));
        seen.replace(url());
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
