//! Local storage, and files that the user opens.
//!
//! A browser may block storage; accessing it then fails, and nothing is stored.

use gloo::events::EventListener;
use gloo::utils::window;
use wasm_bindgen::JsCast;
use web_sys::CustomEvent;
use yew::Callback;

use crate::ui::state::Msg;
use crate::ui::state::saved::{KEY, OwnMsg};

/// Returns the text stored under the key.
pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Stores the text under the key; returns false if the browser refused.
pub fn keep(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Returns true if local storage is available.
pub fn keeps() -> bool {
    storage().is_some()
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Listens to changes that another window of this site makes to the storage, and to files that
/// `www/open-file.js` has read.
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
