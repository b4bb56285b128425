//! Mounts the page; nothing else lives here.

use yew::prelude::*;

#[function_component]
fn App() -> Html {
    html! { <h1>{ "Ackward" }</h1> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
