//! The help dialog: navigation and keyboard shortcuts.

use yew::prelude::*;

use super::dialog::Dialog;
use super::on;
use crate::ui::keys;
use crate::ui::state::{Msg, Overlay};

pub fn help(open: bool, send: &Callback<Msg>) -> Html {
    html! {
        <Dialog class="help" label="Help" {open} onclose={on(send, Msg::Close(Overlay::Help))}>
            <p>
                { "Go through the run with the buttons, drag the slider, or click any step in the \
                   diagram. A red mark on the slider is a step in which something breaks." }
            </p>
            <p>
                { "Right-click the diagram, or hold a finger on it, to break something there: a \
                   message on its way, or whom a lifeline belongs to. The other runs stay a click away." }
            </p>
            <p>
                { "The address holds the configuration, the run and the step: copy it to show someone else \
                   exactly what you see." }
            </p>
            <dl class="keys">
                { for keys::LIST.iter().map(|(names, what)| html! {
                    <div>
                        <dt>{ for names.iter().map(|name| html! { <kbd>{ *name }</kbd> }) }</dt>
                        <dd>{ *what }</dd>
                    </div>
                }) }
            </dl>
        </Dialog>
    }
}
