//! A web worker that runs a script of the page, and ends with its handle.

use gloo::events::EventListener;
use gloo::utils::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The attribute that names the script of the worker.
const SCRIPT: &str = "data-worker";

/// A web worker; dropping it ends the worker.
pub struct WebWorker {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl Drop for WebWorker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl WebWorker {
    /// Starts the worker whose script `www/main.js` has named in an attribute of its own element.
    /// `answered` gets the texts that it sends, `broke` the reason if it cannot be loaded or crashes.
    ///
    /// # Errors
    /// Returns the browser's reason why there is no worker.
    pub fn start(
        answered: impl Fn(String) + 'static,
        broke: impl Fn(String) + 'static,
    ) -> Result<WebWorker, JsValue> {
        let script = document().query_selector(&format!("script[{SCRIPT}]"))?;
        let url = script.and_then(|script| script.get_attribute(SCRIPT));
        let url = url.ok_or_else(|| JsValue::from_str("the address of its script is missing"))?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&url, &options)?;
        let answered = EventListener::new(&worker, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            answered(text.unwrap_or_default());
        });
        let broke = EventListener::new(&worker, "error", move |event| {
            let label = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            broke(label.unwrap_or_default());
        });
        Ok(WebWorker { worker, _listeners: [answered, broke] })
    }

    /// Sends a text to the worker.
    ///
    /// # Errors
    /// Returns the browser's reason why it cannot be sent.
    pub fn post(&self, text: &str) -> Result<(), JsValue> {
        self.worker.post_message(&JsValue::from_str(text))
    }
}
