//! The web worker that checks configuration files, and the files that are opened.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::window;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CustomEvent;
use yew::Callback;

use crate::ui::state::Msg;
use crate::ui::state::check_files::Msg as FilesMsg;
use crate::ui::web_worker::WebWorker;

/// The worker, which is started with the first check and lives as long as the page.
pub struct CheckWorker(Rc<RefCell<Inner>>);

struct Inner {
    send: Callback<Msg>,
    worker: Option<Started>,
    /// The next request; dropping it cancels it.
    next: Option<Timeout>,
    /// A weak reference to itself, for callbacks.
    me: Weak<RefCell<Inner>>,
}

struct Started {
    worker: WebWorker,
    /// It has not answered its last request in full.
    busy: bool,
}

impl CheckWorker {
    pub fn new(send: &Callback<Msg>) -> CheckWorker {
        CheckWorker(Rc::new_cyclic(|me| {
            let (send, me) = (send.clone(), me.clone());
            RefCell::new(Inner { send, worker: None, next: None, me })
        }))
    }

    /// Sends a request after so many milliseconds, in place of an earlier one. A search cannot be
    /// interrupted from within: a busy worker is ended, and another one started.
    pub fn check(&self, request: Option<String>, wait: u32) {
        let mut inner = self.0.borrow_mut();
        inner.next = None;
        if inner.worker.as_ref().is_some_and(|worker| worker.busy) {
            inner.worker = None;
        }
        let Some(request) = request else { return };
        let me = inner.me.clone();
        inner.next = Some(Timeout::new(wait, move || {
            if let Some(inner) = me.upgrade() {
                inner.borrow_mut().ask(&request);
            }
        }));
    }
}

impl Inner {
    fn ask(&mut self, request: &str) {
        if self.worker.is_none() {
            match Started::new(&self.me) {
                Ok(worker) => self.worker = Some(worker),
                Err(problem) => return self.broke(&reason(&problem)),
            }
        }
        if let Some(started) = &mut self.worker {
            started.busy = true;
            if let Err(problem) = started.worker.post(request) {
                self.broke(&reason(&problem));
            }
        }
    }

    fn came(&mut self, text: &str) {
        /// What the shell has to know of an answer.
        #[derive(Deserialize)]
        struct Last {
            stage: Option<String>,
        }
        let last = serde_json::from_str::<Last>(text);
        let goes_on = last.ok().and_then(|last| last.stage).is_some_and(|stage| stage != "done");
        if let Some(started) = &mut self.worker {
            started.busy = goes_on;
        }
        self.send.emit(Msg::CheckFiles(FilesMsg::Came(text.to_owned())));
    }

    /// Reports a worker that could not be started, or has crashed.
    fn broke(&mut self, problem: &str) {
        self.worker = None;
        let answer = serde_json::json!({ "broke": problem }).to_string();
        self.send.emit(Msg::CheckFiles(FilesMsg::Came(answer)));
    }
}

impl Started {
    fn new(inner: &Weak<RefCell<Inner>>) -> Result<Started, JsValue> {
        let (answers, errors) = (inner.clone(), inner.clone());
        let answered = move |text: String| {
            if let Some(inner) = answers.upgrade() {
                inner.borrow_mut().came(&text);
            }
        };
        let broke = move |label: String| {
            let label =
                if label.is_empty() { "its script could not be loaded".into() } else { label };
            if let Some(inner) = errors.upgrade() {
                inner.borrow_mut().broke(&label);
            }
        };
        let worker = WebWorker::start("data-check-worker", answered, broke)?;
        Ok(Started { worker, busy: false })
    }
}

fn reason(problem: &JsValue) -> String {
    let error = problem.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    error.or_else(|| problem.as_string()).unwrap_or_else(|| "workers are refused here".to_owned())
}

/// Listens for files that `www/open-file.js` has read: names and texts, and what was refused.
pub fn opened(send: &Callback<Msg>) -> EventListener {
    #[derive(Deserialize)]
    struct Opened {
        files: Vec<(String, String)>,
        problems: Vec<String>,
    }
    let send = send.clone();
    EventListener::new(&window(), "ackward-files", move |event| {
        let text = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
        // The page's own script wrote it.
        let Ok(opened) = serde_json::from_str::<Opened>(&text.unwrap_or_default()) else { return };
        if !opened.files.is_empty() {
            send.emit(Msg::CheckFiles(FilesMsg::Opened(opened.files)));
        }
        if !opened.problems.is_empty() {
            send.emit(Msg::CheckFiles(FilesMsg::Refused(opened.problems.join(" "))));
        }
    })
}
