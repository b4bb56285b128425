//! A page that is part of another: what it is told, and what it tells.
//!
//! Both are texts between the windows. In: `ackward:goTo:8`, `ackward:play`, `ackward:pause`,
//! `ackward:theme:dark`, `ackward:scenario:{…}`. Out, as JSON: that it can hear; the step, its
//! sentence, and what has become of each message.

use gloo::events::EventListener;
use gloo::utils::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;
use yew::Callback;

use crate::ui::share::Embed;
use crate::ui::state::{Model, Msg, Run, Theme};

/// What was told last.
#[derive(Default)]
pub struct Frame {
    told: String,
}

impl Frame {
    /// Tells the page around, when there is something new.
    pub fn tell(&mut self, model: &Model) {
        let Some(run) = model.run() else { return };
        let text = step(run, model.playing);
        if text != self.told {
            post(&text);
            self.told = text;
        }
    }
}

/// Tells the page around that this one hears it from now on.
pub fn hello(model: &Model) {
    if model.embed.is_some() {
        post("{\"ackward\":\"ready\"}");
    }
}

fn post(text: &str) {
    if let Ok(Some(parent)) = window().parent() {
        // Nothing of it is secret: whoever embeds the page may know.
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
    // A text can always be written as JSON. By the browser: it has the code for it.
    js_sys::JSON::stringify(&JsValue::from_str(text)).map_or_else(|_| String::new(), String::from)
}

/// Listens to the page around, where this one is embedded.
pub fn listener(send: &Callback<Msg>) -> Option<EventListener> {
    let embedded = window().location().hash().ok().and_then(|hash| Embed::read(&hash));
    embedded?;
    let send = send.clone();
    Some(EventListener::new(&window(), "message", move |event| {
        let event = event.dyn_ref::<MessageEvent>().filter(|event| from_around(event));
        let text = event.and_then(|event| event.data().as_string());
        if let Some(msg) = text.as_deref().and_then(command) {
            send.emit(msg);
        }
    }))
}

/// Returns true where the window around this one has sent the message. Any other that knows this
/// one, such as a frame beside it with an advertisement, can post to it too. Where the page around
/// comes from makes no difference: anybody may embed a diagram that the host's policy lets them.
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
