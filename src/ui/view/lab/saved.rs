//! The panel for saved configurations: save this one under a name, open others, or open a file.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

use crate::ui::share::{Address, Shown};
use crate::ui::state::saved::{LONGEST_NAME, List, OwnMsg, Saved, SavedConfigs};
use crate::ui::state::{Model, Msg, Run};
use crate::ui::view::event_handler::on;
use crate::ui::view::icon;

pub fn view(model: &Model, run: &Run, send: &Callback<Msg>) -> Html {
    let own = &model.own;
    let here = Address::Run(Shown::new(run.config.clone(), true)).text();
    html! {
        <section class="own" aria-label="Saved configurations">
            <Named
                key="save"
                id="own-name"
                label="A name for this configuration"
                placeholder="Save as…"
                does="Save"
                value={own.name.clone()}
                done={own.list.saved.len()}
                onnamed={send.reform(|name| Msg::SavedConfigs(OwnMsg::Save(name)))}
            />
            { for own.problem.as_ref().map(|problem| html! {
                <p class="refused" role="alert">{ problem }</p>
            }) }
            { said(own, send) }
            if own.list != List::default() {
                <ul>
                    { for own.list.saved.iter().enumerate().map(|(at, saved)| html! {
                        <Item
                            // Another program may have saved two under one name.
                            key={format!("{} {at}", saved.name)}
                            {at}
                            name={saved.name.clone()}
                            href={href(saved)}
                            here={saved.at == here}
                            send={send}
                        />
                    }) }
                    { for own.list.unreadable.iter().enumerate().map(|(at, entry)| {
                        unreadable(at, entry, send)
                    }) }
                </ul>
            }
            { import(own, send) }
        </section>
    }
}

/// Returns the link to a saved configuration; always within this page, whatever was stored.
fn href(saved: &Saved) -> String {
    Address::read(&saved.at).href()
}

/// Renders an entry that cannot be parsed: an excerpt, and a button to delete it.
fn unreadable(at: usize, entry: &str, send: &Callback<Msg>) -> Html {
    let excerpt: String = entry.chars().take(LONGEST_EXCERPT).collect();
    let more = if excerpt.len() < entry.len() { "…" } else { "" };
    html! {
        <li key={format!("unreadable {at}")} class="unreadable">
            <p>
                { "Unreadable entry, left unchanged: " }
                <code>{ excerpt }{ more }</code>
            </p>
            <button
                type="button"
                aria-label={format!("Delete unreadable entry {}", at + 1)}
                title="Delete"
                onclick={on(send, Msg::SavedConfigs(OwnMsg::DeleteUnreadable(at)))}
            >
                { icon::line(icon::CROSS) }
            </button>
        </li>
    }
}

/// Maximum number of characters of the excerpt.
const LONGEST_EXCERPT: usize = 60;

/// Renders the last action, and a button to undo it.
fn said(own: &SavedConfigs, send: &Callback<Msg>) -> Html {
    html! {
        <p class="said" role="status">
            if let Some(said) = &own.said {
                { said }
                if own.before.is_some() {
                    <button type="button" class="button" onclick={on(send, Msg::SavedConfigs(OwnMsg::Undo))}>
                        { "Undo" }
                    </button>
                }
            }
        </p>
    }
}

/// Renders the import of a scenario as JSON, from a file or pasted.
fn import(own: &SavedConfigs, send: &Callback<Msg>) -> Html {
    html! {
        <details class="unfold">
            <summary>{ "Open a scenario (JSON)" }</summary>
            <div class="import">
                <label class="button" for="own-file">{ "Choose file" }</label>
                // `www/open-file.js` reads the chosen file.
                <input id="own-file" class="hidden" type="file" accept=".json,application/json" />
                <Pasted onpasted={send.reform(|text| Msg::SavedConfigs(OwnMsg::Import(text)))} />
                if let Some(unread) = &own.unread {
                    <p class="refused" role="alert">{ unread }</p>
                }
            </div>
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct PastedProps {
    onpasted: Callback<String>,
}

#[component]
fn Pasted(props: &PastedProps) -> Html {
    let field = use_node_ref();
    let onsubmit = {
        let (field, pasted) = (field.clone(), props.onpasted.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(area) = field.cast::<web_sys::HtmlTextAreaElement>() {
                pasted.emit(area.value());
            }
        })
    };
    html! {
        <form {onsubmit}>
            <textarea
                ref={field}
                rows="3"
                spellcheck="false"
                autocomplete="off"
                aria-label="Scenario JSON"
                placeholder="Paste scenario JSON"
            />
            <button type="submit" class="button">{ "Load JSON" }</button>
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct ItemProps {
    at: usize,
    name: AttrValue,
    href: String,
    /// Set for the configuration on screen.
    here: bool,
    send: Callback<Msg>,
}

#[component]
fn Item(props: &ItemProps) -> Html {
    let renaming = use_state_eq(|| false);
    let turn = |to: bool| {
        let renaming = renaming.setter();
        Callback::from(move |_: MouseEvent| renaming.set(to))
    };
    let at = props.at;
    if *renaming {
        let renaming = renaming.setter();
        let onnamed = props.send.reform(move |name| {
            renaming.set(false);
            Msg::SavedConfigs(OwnMsg::Rename(at, name))
        });
        return html! {
            <li>
                <Named
                    id={format!("own-rename-{at}")}
                    label={format!("New name for {}", props.name)}
                    placeholder={props.name.clone()}
                    does="Rename"
                    value={props.name.to_string()}
                    done={0}
                    focus=true
                    {onnamed}
                />
                <button type="button" aria-label="Cancel renaming" title="Cancel" onclick={turn(false)}>
                    { icon::line(icon::CROSS) }
                </button>
            </li>
        };
    }
    html! {
        <li>
            <a href={props.href.clone()} aria-current={props.here.then_some("true")}>{ &props.name }</a>
            <button
                type="button"
                aria-label={format!("Rename {}", props.name)}
                title="Rename"
                onclick={turn(true)}
            >
                { icon::line(PENCIL) }
            </button>
            <button
                type="button"
                aria-label={format!("Delete {}", props.name)}
                title="Delete"
                onclick={on(&props.send, Msg::SavedConfigs(OwnMsg::Delete(at)))}
            >
                { icon::line(icon::CROSS) }
            </button>
        </li>
    }
}

const PENCIL: &str = "M4 20l1-5L16 4l4 4L9 19zM13.5 6.5l4 4";

#[derive(Properties, PartialEq)]
struct NamedProps {
    id: AttrValue,
    label: AttrValue,
    placeholder: AttrValue,
    does: AttrValue,
    /// The suggested name.
    value: String,
    /// When this number changes, the field is cleared.
    done: usize,
    #[prop_or_default]
    focus: bool,
    onnamed: Callback<String>,
}

/// Renders a field for a name.
#[component]
fn Named(props: &NamedProps) -> Html {
    let field = use_node_ref();
    {
        let (field, focus) = (field.clone(), props.focus);
        use_effect_with((props.value.clone(), props.done), move |(value, _)| {
            let Some(input) = field.cast::<HtmlInputElement>() else { return };
            input.set_value(value);
            if focus {
                // Fails only if the element is not attached to the document.
                let _ = input.focus();
            }
        });
    }
    let onsubmit = {
        let (field, named) = (field.clone(), props.onnamed.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = field.cast::<HtmlInputElement>() {
                named.emit(input.value());
            }
        })
    };
    html! {
        <form class="named" {onsubmit}>
            <input
                id={props.id.clone()}
                ref={field}
                type="text"
                maxlength={LONGEST_NAME.to_string()}
                autocomplete="off"
                aria-label={props.label.clone()}
                placeholder={props.placeholder.clone()}
            />
            <button type="submit" class="button">{ &props.does }</button>
        </form>
    }
}
