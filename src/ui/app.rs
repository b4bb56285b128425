//! The root component: feeds messages to the model and runs the effects. All decisions are made in
//! [`crate::ui::state`].

use std::mem::discriminant;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{
    CustomEvent, Element, HtmlAnchorElement, HtmlInputElement, KeyboardEvent, MouseEvent,
};
use yew::prelude::*;

use crate::protocol::Question;
use crate::ui::address::{self, Bar};
use crate::ui::chaos::Runner;
use crate::ui::check_worker::CheckWorker;
use crate::ui::embed_messages::{self, Frame};
use crate::ui::keys::{self, Press};
use crate::ui::state::chaos::Ask;
use crate::ui::state::hints::{self, Hints};
use crate::ui::state::lessons::{self, Lessons};
use crate::ui::state::predict::{self, Predict};
use crate::ui::state::saved::{self, OwnMsg};
use crate::ui::state::{Effect, HOME, Model, Msg, Overlay, Page, update};
use crate::ui::worker_pool::{Reply, WorkerPool};
use crate::ui::{check_worker, dom, share, store, theme, view};

/// Mounts the page in `#app`, or in the body if there is no such element. `site` is the path of the
/// folder that has a page for each address; without one, addresses are URL fragments.
pub fn mount(site: Option<&str>) {
    if let Some(site) = site {
        share::set_site(site);
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
    workers: WorkerPool,
    /// The questions under way: their numbers here and in the pool.
    asked: Vec<(u32, u32)>,
    /// The runner of random runs.
    runner: Runner,
    /// The worker that checks configuration files.
    checker: CheckWorker,
    timer: Option<Timeout>,
    /// The search field in the sidebar.
    search: NodeRef,
    /// The catalogue drawer is being opened for a search.
    seek: bool,
    /// How far the panes of the page were scrolled when an entry of the browser history was left.
    /// The browser itself restores only how far the document was.
    scrolled: Vec<(u32, Vec<(i32, i32)>)>,
    /// The entry to whose scroll positions the page returns.
    returns: Option<u32>,
    /// The page of the first address is rendered; `None` until that address is read.
    shows_address: Option<bool>,
    /// Sends messages to the parent window.
    frame: Frame,
    /// Dropping an event listener removes it.
    _listeners: Vec<EventListener>,
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let send = ctx.link().callback(|msg| msg);
        let embed = address::embed();
        send.emit(Msg::SavedConfigs(OwnMsg::Read(store::read(saved::KEY))));
        send.emit(Msg::Went(address::read()));
        let mut model = Model::new(theme::worn());
        model.embed = embed;
        // Without storage, hints that were dismissed would come back on every visit.
        if store::keeps() {
            model.hints = Hints::left(store::read(hints::KEY).as_deref());
        }
        model.predict = Predict::read(store::read(predict::KEY).as_deref());
        model.lessons = Lessons::read(store::read(lessons::KEY).as_deref());
        embed_messages::hello(&model);
        if let Some(theme) = model.embed.as_ref().and_then(|embed| embed.theme) {
            model.theme = theme;
            theme::wear(theme);
        }
        let workers = WorkerPool::new();
        App {
            model,
            bar: Bar::default(),
            runner: Runner::new(&workers, &send),
            checker: CheckWorker::new(&workers, &send),
            workers,
            asked: Vec::new(),
            timer: None,
            search: NodeRef::default(),
            seek: false,
            scrolled: Vec::new(),
            returns: None,
            shows_address: None,
            _listeners: listeners(&send),
            frame: Frame::default(),
            send,
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, msg: Msg) -> bool {
        let (kind, here) = (discriminant(&self.model.page), self.model.past.here);
        let went = matches!(msg, Msg::Went(_));
        if let Msg::Answered { id, text: None, .. } = &msg {
            self.asked.retain(|(own, _)| own != id);
        }
        if went {
            self.bar.forget();
            update(&mut self.model, Msg::Passed(self.bar.place()));
            self.turn_to(here, self.model.past.here);
            self.shows_address.get_or_insert(false);
        }
        for effect in update(&mut self.model, msg) {
            self.run_effect(effect);
        }
        // No page lies where nothing is.
        if went && !matches!(self.model.page, Page::Missing(_)) {
            self.bar.settle();
        }
        // A new page starts scrolled to its top, where the document scrolls as a whole; after a
        // step back the browser restores the scroll position.
        if went && here < self.model.past.here && kind != discriminant(&self.model.page) {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        self.seek &= self.model.overlay == Some(Overlay::Catalogue);
        if self.model.embed.is_some() {
            self.frame.tell(&self.model);
        }
        self.workers.hold();
        true
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first: bool) {
        // `www/main.js` shows the page once it is what the address asks for.
        if self.shows_address == Some(false) {
            self.shows_address = Some(true);
            dom::ask("ackward-drawn", "");
        }
        if let Some(here) = self.returns.take()
            && let Some((_, positions)) = self.scrolled.iter().find(|(entry, _)| *entry == here)
        {
            dom::scroll_panes(positions);
        }
        self.workers.release();
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        view::page(&self.model, &self.send, &self.search, self.seek)
    }
}

impl App {
    /// Goes from one entry of the browser history to another: back to where the panes were, if it
    /// is an earlier one.
    fn turn_to(&mut self, from: u32, to: u32) {
        if from != to {
            self.scrolled.retain(|(entry, _)| *entry != from);
            self.scrolled.push((from, dom::panes_scrolled()));
            self.returns = (to < from).then_some(to);
        }
    }

    fn run_effect(&mut self, effect: Effect) {
        match effect {
            // The parent page decides what its embed shows.
            Effect::Replace(_) if self.model.embed.is_some() => {}
            Effect::Replace(address) => self.bar.replace(&address),
            Effect::Go(address) => address::go(&address),
            Effect::Take { how, name, content } => {
                dom::hand_over(how, &name, &content.replace(HOME, &dom::folder()));
            }
            Effect::History(places) => {
                if let Ok(history) = window().history() {
                    // Rejected only while the page is being unloaded.
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
            Effect::Keep(key, text) => {
                if !store::keep(key, &text) && key == saved::KEY {
                    self.send.emit(Msg::SavedConfigs(OwnMsg::Refused));
                }
            }
            Effect::Title(title) => document().set_title(&title),
            Effect::Ask { id, question } => self.ask(id, &question),
            Effect::Cancel(id) => {
                if let Some(at) = self.asked.iter().position(|(own, _)| *own == id) {
                    self.workers.cancel(self.asked.swap_remove(at).1);
                }
            }
            Effect::Runs(order) => self.runner.obey(order),
            Effect::CheckFiles { question, wait } => self.checker.check(question, wait),
            // Without a source of randomness any seed will do: it is shown, and can be changed.
            Effect::DrawSeed => {
                let seed = getrandom::u32().unwrap_or(1);
                self.send.emit(Msg::Chaos(Ask::Drawn(seed.into())));
            }
        }
    }

    fn ask(&mut self, id: u32, question: &Question) {
        let (send, begun) = (self.send.clone(), now());
        let task = self.workers.ask(question.text(), move |reply| {
            let millis = (now() - begun) as u32;
            let text = match reply {
                Reply::Answer(text) => Some(text),
                Reply::Done => None,
            };
            send.emit(Msg::Answered { id, text, millis });
        });
        self.asked.push((id, task));
    }

    fn focus_search(&mut self) {
        match self.search.cast::<HtmlInputElement>() {
            // Without a width the field is not rendered: there is no room for the sidebar.
            Some(input) if input.offset_width() > 0 => {
                // Fails only if the element is not attached to the document.
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

/// Installs the event listeners for the address, the keyboard and the system theme.
fn listeners(send: &Callback<Msg>) -> Vec<EventListener> {
    let went = send.clone();
    let pressed = send.clone();
    let mut listeners = vec![
        // Browsers also send it when only the URL fragment changes.
        EventListener::new(&window(), "popstate", move |_| went.emit(Msg::Went(address::read()))),
        EventListener::new_with_options(
            &document(),
            "click",
            EventListenerOptions::enable_prevent_default(),
            follow_link,
        ),
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
    listeners.push(check_worker::opened(send));
    listeners.extend(store::listeners(send));
    listeners.extend(embed_messages::listener(send));
    let changed = send.clone();
    listeners.extend(dom::watch(theme::DARK, move || {
        if theme::chosen().is_none() {
            changed.emit(Msg::SystemTheme(theme::wished()));
        }
    }));
    listeners
}

/// Follows a link to a page of the app without loading a document.
fn follow_link(event: &Event) {
    let Some(click) = event.dyn_ref::<MouseEvent>() else { return };
    let chord = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if event.default_prevented() || click.button() != 0 || chord {
        return;
    }
    let link = click.target().and_then(|target| {
        target.dyn_ref::<Element>()?.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()
    });
    if link.is_some_and(|link| address::follow(&link)) {
        event.prevent_default();
    }
}

fn key_pressed(event: &Event, send: &Callback<Msg>) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
    let msg = keys::command(Press {
        key: &event.key(),
        chord: event.ctrl_key() || event.alt_key() || event.meta_key(),
        control: (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key(),
        focus: dom::focus(),
        dialog,
    });
    if let Some(msg) = msg {
        event.prevent_default();
        send.emit(msg);
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
