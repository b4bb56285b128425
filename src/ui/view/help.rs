//! The help dialog: navigation and keyboard shortcuts.

use yew::prelude::*;

use super::dialog::Dialog;
use super::event_handler::on;
use crate::ui::keys;
use crate::ui::share::Address;
use crate::ui::state::{Msg, Overlay};

pub fn help(open: bool, send: &Callback<Msg>) -> Html {
    html! {
        <Dialog class="help" label="Help" {open} onclose={on(send, Msg::Close(Overlay::Help))}>
            <p>
                { "Step with the buttons or ← →, drag the timeline, or click a step in the diagram. Red \
                   ticks on the timeline mark injected faults." }
            </p>
            <p>
                { "Right-click (or long-press) an arrow to drop or delay that message, or a lifeline to \
                   crash that node. Earlier runs stay available above the diagram." }
            </p>
            <p>
                { "The URL encodes the configuration, the run and the step. Copy it to share exactly \
                   this view." }
            </p>
            <p>
                { "Unsure about a term? Look it up in the " }
                <a href={Address::Glossary(None).href()}>{ "glossary" }</a>
                { "." }
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
