//! The one component with a life of its own: it feeds messages to the model and carries out
//! the effects. All decisions are in [`crate::ui::state`].

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::ui::address::{self, Bar};
use crate::ui::chaos::Runner;
use crate::ui::frame::{self, Frame};
use crate::ui::keys::{self, Press};
use crate::ui::state::chaos::Ask;
use crate::ui::state::{Effect, HOME, Model, Msg, Overlay, update};
use crate::ui::{page, theme, view};

/// Shows the page in `#app`, or in the body of a page without one.
pub fn mount() {
    // A worker loads the same program, and has nothing to show.
    if web_sys::window().is_none() {
        return;
    }
    match document().get_element_by_id("app") {
        Some(place) => yew::Renderer::<App>::with_root(place).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}

struct App {
    model: Model,
    send: Callback<Msg>,
    bar: Bar,
    runner: Runner,
    timer: Option<Timeout>,
    /// The search field at the side.
    search: NodeRef,
    /// The catalogue is being opened in order to search.
    seek: bool,
    /// Tells the page around what this one shows.
    frame: Frame,
    /// Listen as long as they live.
    _listeners: Vec<EventListener>,
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let send = ctx.link().callback(|msg| msg);
        send.emit(Msg::Went(address::read()));
        let mut model = Model::new(theme::worn());
        model.embed = address::embed();
        if let Some(theme) = model.embed.and_then(|embed| embed.theme) {
            model.theme = theme;
            theme::wear(theme);
        }
        App {
            model,
            bar: Bar::default(),
            runner: Runner::new(&send),
            timer: None,
            search: NodeRef::default(),
            seek: false,
            _listeners: listeners(&send),
            frame: Frame::default(),
            send,
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, msg: Msg) -> bool {
        if matches!(msg, Msg::Went(_)) {
            self.bar.forget();
            update(&mut self.model, Msg::Passed(self.bar.place()));
        }
        for effect in update(&mut self.model, msg) {
            self.carry_out(effect);
        }
        self.seek &= self.model.overlay == Some(Overlay::Catalogue);
        if self.model.embed.is_some() {
            self.frame.tell(&self.model);
        }
        true
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        view::page(&self.model, &self.send, &self.search, self.seek)
    }
}

impl App {
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Replace(address) => self.bar.replace(&address),
            Effect::Go(address) => address::go(&address),
            Effect::Take { how, name, content } => {
                page::hand_over(how, &name, &content.replace(HOME, &page::folder()));
            }
            Effect::History(places) => {
                if let Ok(history) = window().history() {
                    // Refused only on a page that is being unloaded.
                    let _ = history.go_with_delta(places);
                }
            }
            Effect::Wait(millis) => {
                let send = self.send.clone();
                self.timer = Some(Timeout::new(millis, move || send.emit(Msg::Tick)));
            }
            Effect::StopWaiting => self.timer = None,
            Effect::FocusSearch => self.focus_search(),
            Effect::Remember(theme) => {
                theme::wear(theme);
                theme::remember(theme);
            }
            Effect::Wear(theme) => theme::wear(theme),
            Effect::Title(title) => document().set_title(&title),
            Effect::Runs(order) => self.runner.obey(order),
            // Without a source of randomness any number does as well: it is shown, and can be set.
            Effect::DrawSeed => {
                let seed = getrandom::u32().unwrap_or(1);
                self.send.emit(Msg::Chaos(Ask::Drawn(seed.into())));
            }
        }
    }

    fn focus_search(&mut self) {
        match self.search.cast::<HtmlInputElement>() {
            // Without a width it is not on screen: the catalogue has no room at the side.
            Some(input) if input.offset_width() > 0 => {
                // Fails only for an element outside a page.
                let _ = input.focus();
                input.select();
            }
            _ => {
                self.seek = true;
                self.model.overlay = Some(Overlay::Catalogue);
            }
        }
    }
}

/// The address, the keyboard and the system's theme.
fn listeners(send: &Callback<Msg>) -> Vec<EventListener> {
    let went = send.clone();
    let pressed = send.clone();
    let mut listeners = vec![
        EventListener::new(&window(), "hashchange", move |_| went.emit(Msg::Went(address::read()))),
        EventListener::new_with_options(
            &window(),
            "keydown",
            EventListenerOptions::enable_prevent_default(),
            move |event| key_pressed(event, &pressed),
        ),
    ];
    let took = send.clone();
    listeners.push(EventListener::new(&window(), "ackward-took", move |event| {
        let text = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
        took.emit(Msg::Took(text.unwrap_or_default()));
    }));
    listeners.extend(frame::listener(send));
    if let Ok(Some(query)) = window().match_media(theme::DARK) {
        let changed = send.clone();
        listeners.push(EventListener::new(&query, "change", move |_| {
            if theme::chosen().is_none() {
                changed.emit(Msg::SystemTheme(theme::wished()));
            }
        }));
    }
    listeners
}

fn key_pressed(event: &Event, send: &Callback<Msg>) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
    let msg = keys::command(Press {
        key: &event.key(),
        chord: event.ctrl_key() || event.alt_key() || event.meta_key(),
        focus: page::focus(),
        dialog,
    });
    if let Some(msg) = msg {
        event.prevent_default();
        send.emit(msg);
    }
}
