//! The status of a request that is in flight, or has failed.

use yew::prelude::*;

use super::on;
use crate::ui::state::{Model, Msg};

pub fn view(model: &Model, send: &Callback<Msg>) -> Html {
    let failed = model.loading.as_ref().map(|loading| loading.failed);
    html! {
        <div class={classes!("loading", failed.map(|failed| if failed { "failed" } else { "coming" }))} role="status">
            if failed == Some(false) {
                <p>{ "Loading…" }</p>
            }
            if failed == Some(true) {
                <p>{ "Part of the app failed to load. Check your connection." }</p>
                <button type="button" class="button" onclick={on(send, Msg::LoadAgain)}>
                    { "Try again" }
                </button>
            }
        </div>
    }
}
