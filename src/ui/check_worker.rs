//! The check of configuration files by a worker, and the files that are opened.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::window;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use web_sys::CustomEvent;
use yew::Callback;

use crate::ui::state::Msg;
use crate::ui::state::check_files::Msg as FilesMsg;
use crate::ui::worker_pool::{Reply, WorkerPool};

pub struct CheckWorker {
    pool: WorkerPool,
    send: Callback<Msg>,
    /// The question being answered.
    asked: Rc<RefCell<Option<u32>>>,
    /// The next question; dropping it cancels it.
    next: Option<Timeout>,
}

impl CheckWorker {
    pub fn new(pool: &WorkerPool, send: &Callback<Msg>) -> CheckWorker {
        CheckWorker { pool: pool.clone(), send: send.clone(), asked: Rc::default(), next: None }
    }

    /// Asks a question after so many milliseconds, in place of an earlier one.
    pub fn check(&mut self, question: Option<String>, wait: u32) {
        self.next = None;
        if let Some(id) = self.asked.take() {
            self.pool.cancel(id);
        }
        let Some(question) = question else { return };
        let (pool, send, asked) = (self.pool.clone(), self.send.clone(), Rc::clone(&self.asked));
        self.next = Some(Timeout::new(wait, move || {
            let done = Rc::clone(&asked);
            let id = pool.ask(question, move |reply| match reply {
                Reply::Answer(text) => send.emit(Msg::CheckFiles(FilesMsg::Came(text))),
                Reply::Done => drop(done.take()),
            });
            asked.replace(Some(id));
        }));
    }
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
