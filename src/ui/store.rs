//! What the browser keeps from one visit to the next, and files that are opened.
//!
//! A browser may forbid storage, and then asking for it is an error: nothing is kept.

use gloo::events::EventListener;
use gloo::utils::window;
use wasm_bindgen::JsCast;
use web_sys::CustomEvent;
use yew::Callback;

use crate::ui::state::Msg;
use crate::ui::state::saved::{KEY, OwnMsg};

/// What is kept under the key.
pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps the text under the key; whether that worked.
pub fn keep(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Something can be kept at all.
pub fn keeps() -> bool {
    storage().is_some()
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What another window of this site keeps, and what `www/open.js` has read from a file.
pub fn listeners(send: &Callback<Msg>) -> Vec<EventListener> {
    let listen = |name: &'static str, msg: fn(String) -> OwnMsg| {
        let send = send.clone();
        EventListener::new(&window(), name, move |event| {
            let text = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
            send.emit(Msg::SavedConfigs(msg(text.unwrap_or_default())));
        })
    };
    let kept = send.clone();
    vec![
        EventListener::new(&window(), "storage", move |_| {
            kept.emit(Msg::SavedConfigs(OwnMsg::Read(read(KEY))));
        }),
        listen("ackward-opened", OwnMsg::Import),
        listen("ackward-unread", OwnMsg::Unread),
    ]
}
