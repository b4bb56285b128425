//! Event handlers that send a message.

use yew::prelude::*;

use crate::ui::state::Msg;

/// Returns an event handler that sends the message.
pub fn on<E>(send: &Callback<Msg>, msg: Msg) -> Callback<E> {
    let send = send.clone();
    Callback::from(move |_| send.emit(msg.clone()))
}
