//! The text of a file, with numbered lines, some of them marked.

use std::rc::Rc;

use gloo::utils::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, InputEvent};
use yew::prelude::*;

use crate::ui::dom;
use crate::ui::state::check_files::Msg;

/// The number of lines that the field shows at least.
const LEAST: usize = 12;
const ID: &str = "check-text";

#[derive(Properties, PartialEq)]
pub struct Props {
    pub name: String,
    pub text: Rc<str>,
    /// The marked lines, from 1, in order: true for a cause of a violation.
    pub marks: Vec<(usize, bool)>,
    pub onedit: Callback<Msg>,
}

#[component]
pub fn Editor(props: &Props) -> Html {
    let area = use_node_ref();
    {
        let area = area.clone();
        // At each rendering: a text that was not taken is put back.
        let text = props.text.clone();
        use_effect(move || {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                // A field has line feeds only.
                let shown = text.replace("\r\n", "\n").replace('\r', "\n");
                if area.value() != shown {
                    area.set_value(&shown);
                }
            }
        });
    }
    let oninput = props.onedit.reform(|event: InputEvent| {
        let area: HtmlTextAreaElement = event.target_unchecked_into();
        Msg::Edit(area.value())
    });
    let lines = props.text.lines().count() + usize::from(props.text.ends_with('\n'));
    let rows = lines.max(LEAST);
    html! {
        <div class="editor">
            <pre class="numbers" aria-hidden="true">
                { (1..=lines.max(1)).map(|line| format!("{line}\n")).collect::<String>() }
            </pre>
            <pre class="marks" aria-hidden="true">{ for marks(&props.marks) }</pre>
            <textarea
                id={ID}
                ref={area}
                rows={rows.to_string()}
                wrap="off"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                aria-label={format!("Text of {}", props.name)}
                placeholder="Paste a configuration here, or drop files"
                {oninput}
            />
        </div>
    }
}

/// Renders a layer behind the text, with a mark at each of these lines: line feeds lead to it.
fn marks(marks: &[(usize, bool)]) -> Vec<Html> {
    let mut line = 1;
    let mark = |(at, bad): &(usize, bool)| {
        let before = "\n".repeat(at - line);
        line = *at;
        html! { <>{ before }<mark class={if *bad { "bad" } else { "warn" }}>{ " " }</mark></> }
    };
    marks.iter().map(mark).collect()
}

/// Brings a line of the text on screen into view, after the next rendering.
pub fn go_to(line: usize) {
    gloo::timers::callback::Timeout::new(0, move || {
        dom::bring(ID);
        let scrolls = document().query_selector(".editor").ok().flatten();
        let area = document().get_element_by_id(ID);
        let (Some(pane), Some(area)) = (scrolls, area) else { return };
        let Some(area) = area.dyn_ref::<HtmlTextAreaElement>() else { return };
        let rows = i32::try_from(area.rows()).unwrap_or(1).max(1);
        let line = i32::try_from(line.max(1)).unwrap_or(1) - 1;
        let height = area.scroll_height() / rows;
        pane.set_scroll_top((height * (line - 3)).max(0));
        select(area, line);
    })
    .forget();
}

/// Puts the cursor at the start of a line, from 0.
fn select(area: &HtmlTextAreaElement, line: i32) {
    let text = area.value();
    let lines = text.split_inclusive('\n').take(usize::try_from(line).unwrap_or(0));
    // The browser counts in UTF-16.
    let start = lines.map(|line| line.encode_utf16().count()).sum::<usize>();
    let start = u32::try_from(start).unwrap_or(0);
    // Fails only for a field without a selection, which this is not.
    let _ = area.set_selection_range(start, start);
}
