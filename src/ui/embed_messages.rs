//! The `postMessage` protocol between an embedded page and its parent window.
//!
//! Messages are strings in both directions. Received: `ackward:goTo:8`, `ackward:play`,
//! `ackward:pause`, `ackward:theme:dark`, `ackward:scenario:{…}`. Sent, as JSON: that the page is
//! ready; the step, its sentence, and the outcome of each message.

use gloo::events::EventListener;
use gloo::utils::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;
use yew::Callback;

use crate::ui::address;

use crate::ui::state::{Model, Msg, Run, Theme};

/// The message that was sent last.
#[derive(Default)]
pub struct Frame {
    told: String,
}

impl Frame {
    /// Posts the current step to the parent window if it has changed.
    pub fn tell(&mut self, model: &Model) {
        let Some(run) = model.run() else { return };
        let text = step(run, model.playing);
        if text != self.told {
            post(&text);
            self.told = text;
        }
    }
}

/// Tells the parent window that the page is ready to receive messages.
pub fn hello(model: &Model) {
    if model.embed.is_some() {
        post("{\"ackward\":\"ready\"}");
    }
}

fn post(text: &str) {
    if let Ok(Some(parent)) = window().parent() {
        // Nothing in it is secret: any page may embed this one.
        let _ = parent.post_message(&JsValue::from_str(text), "*");
    }
}

fn step(run: &Run, playing: bool) -> String {
    let moment = run.moment();
    let sentence = moment.map_or("", |moment| moment.sentence.as_str());
    let verdict = moment.map_or(&[][..], |moment| &moment.verdict);
    let verdict: Vec<String> = verdict
        .iter()
        .map(|v| {
            let (message, outcome) = (quoted(&v.message), quoted(&v.outcome));
            format!("{{\"message\":{message},\"outcome\":{outcome},\"applied\":{}}}", v.applied)
        })
        .collect();
    format!(
        "{{\"ackward\":\"step\",\"step\":{},\"last\":{},\"playing\":{playing},\"sentence\":{},\"verdict\":[{}]}}",
        run.step,
        run.last(),
        quoted(sentence),
        verdict.join(",")
    )
}

fn quoted(text: &str) -> String {
    // A string can always be written as JSON. The browser's own function keeps the program small.
    js_sys::JSON::stringify(&JsValue::from_str(text)).map_or_else(|_| String::new(), String::from)
}

/// Listens to messages from the parent window, if the page is embedded.
pub fn listener(send: &Callback<Msg>) -> Option<EventListener> {
    address::embed()?;
    let send = send.clone();
    Some(EventListener::new(&window(), "message", move |event| {
        let event = event.dyn_ref::<MessageEvent>().filter(|event| from_around(event));
        let text = event.and_then(|event| event.data().as_string());
        if let Some(msg) = text.as_deref().and_then(command) {
            send.emit(msg);
        }
    }))
}

/// Returns true if the parent window sent the message. Any other window with a reference to this
/// one, such as an advertisement in a sibling frame, can post to it too. The origin of the parent
/// does not matter: anyone may embed a diagram if the host's Content-Security-Policy allows it.
fn from_around(event: &MessageEvent) -> bool {
    match (event.source(), window().parent()) {
        (Some(source), Ok(Some(parent))) => JsValue::from(source) == JsValue::from(parent),
        _ => false,
    }
}

fn command(text: &str) -> Option<Msg> {
    match text.strip_prefix("ackward:")?.split_once(':') {
        Some(("goTo", step)) => step.parse().ok().map(Msg::To),
        Some(("theme", name)) => Theme::named(name).map(Msg::SystemTheme),
        Some(("scenario", json)) => Some(Msg::Given(json.to_owned())),
        Some(_) => None,
        None => match text {
            "ackward:play" => Some(Msg::Play),
            "ackward:pause" => Some(Msg::Pause),
            _ => None,
        },
    }
}
