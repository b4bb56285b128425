//! The sharing and export dialog: the link, the HTML code for embedding, the diagram as a file.

use yew::prelude::*;

use super::dialog::Dialog;
use super::{icon, on};
use crate::ui::dom;
use crate::ui::state::{HOME, Model, Msg, Overlay, Run, Take, embed_code};

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let open = model.overlay == Some(Overlay::Share);
    html! {
        <Dialog
            class="share"
            label="Share and export"
            {open}
            onclose={on(send, Msg::Close(Overlay::Share))}
        >
            <section>
                <h3>{ "Permalink" }</h3>
                <p>{ "Includes the settings, the faults, the run and the current step." }</p>
                <div class="row">
                    { button(Take::Link, "Copy link", send) }
                    // Shown only if the browser supports it, as detected by `www/main.js`.
                    <span class="native">{ button(Take::Native, "Share…", send) }</span>
                </div>
            </section>
            <section>
                <h3>{ "Embed" }</h3>
                <pre tabindex="0">{ embed_code(run).replace(HOME, &dom::folder()) }</pre>
                <div class="row">{ button(Take::Embed, "Copy code", send) }</div>
            </section>
            <section>
                <h3>{ "Export" }</h3>
                <div class="row">
                    { button(Take::Svg, "SVG", send) }
                    { button(Take::Png, "PNG (2×)", send) }
                    { button(Take::Slides, "Slides (one step per slide)", send) }
                    { button(Take::Mermaid, "Mermaid", send) }
                    { button(Take::Plantuml, "PlantUML", send) }
                    { button(Take::Text, "Plain text", send) }
                    { button(Take::Json, "Scenario (JSON)", send) }
                </div>
                <p class="remark">{ "Slides are an HTML file: press → for the next step, or print to PDF for one page per step." }</p>
            </section>
            <p class="done" role="status">
                if let Some(took) = &model.took {
                    { icon::line(icon::CHECK) }{ took }
                }
            </p>
        </Dialog>
    }
}

fn button(take: Take, label: &'static str, send: &Callback<Msg>) -> Html {
    html! {
        <button type="button" class="button" onclick={on(send, Msg::Take(take))}>{ label }</button>
    }
}
