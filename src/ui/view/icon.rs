//! Icons of the page.

use yew::prelude::*;

pub use crate::icons::*;

/// Renders an outline icon.
pub fn line(path: &'static str) -> Html {
    html! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg> }
}

/// Renders a filled icon.
pub fn solid(path: &'static str) -> Html {
    html! { <svg class="icon solid" viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg> }
}

/// Renders the shape that marks a message on its arrows; the message number determines it.
pub fn message(number: usize) -> Html {
    let path = crate::icons::message(number);
    let class = classes!("icon", "solid", "message", format!("m{}", number % 4 + 1));
    html! { <svg {class} viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg> }
}
