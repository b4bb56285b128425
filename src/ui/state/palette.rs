//! The command palette: one field that searches pages, actions, scenarios, presets and the
//! terms of the glossary.

use super::{Model, Overlay, Theme, export, places};
use crate::catalogue::glossary::{TERMS, Term};
use crate::catalogue::{groups, presets};
use crate::diagram::ir::Tone;
use crate::sim::{Narrative, Scenario};
use crate::ui::share::{Address, Config, Shown};
use crate::ui::state::Msg as PageMsg;

/// Maximum number of results in the list.
const MOST: usize = 50;
/// Maximum number of words of a query that count.
const MOST_WORDS: usize = 12;

/// The palette: what was typed, and the results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Palette {
    pub query: String,
    /// The best matches, best first.
    pub results: Vec<Item>,
    /// The number of all matches, which may be more than are listed.
    pub matches: usize,
    /// The index of the active result.
    pub active: usize,
}

/// Something that the palette can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub title: &'static str,
    /// The kind of item; for a scenario its group.
    pub group: &'static str,
    /// The outcome of a scenario.
    pub badge: Option<(&'static str, Tone)>,
    /// The message that does it.
    pub msg: PageMsg,
    id: &'static str,
    summary: &'static str,
}

/// A message about the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Msg {
    Type(String),
    /// Make the next result active, or the first after the last.
    Down,
    /// Make the previous result active, or the last before the first.
    Up,
    /// Do what the active result says.
    Enter,
    /// Do what the result with this index says.
    Choose(usize),
}

/// Opens the palette with an empty query.
pub(super) fn open(model: &mut Model) {
    model.overlay = Some(Overlay::Palette);
    search(model, String::new());
}

/// Applies a message to the palette, and returns the message of the result that was chosen.
pub(super) fn on_message(model: &mut Model, msg: Msg) -> Option<PageMsg> {
    let palette = &mut model.palette;
    let last = palette.results.len().saturating_sub(1);
    match msg {
        Msg::Type(query) => search(model, query),
        Msg::Down if palette.active >= last => palette.active = 0,
        Msg::Down => palette.active += 1,
        Msg::Up if palette.active == 0 => palette.active = last,
        Msg::Up => palette.active -= 1,
        Msg::Enter => return choose(model, model.palette.active),
        Msg::Choose(at) => return choose(model, at),
    }
    None
}

/// Closes the palette, if there is such a result.
fn choose(model: &mut Model, at: usize) -> Option<PageMsg> {
    let msg = model.palette.results.get(at)?.msg.clone();
    model.overlay = None;
    Some(msg)
}

fn search(model: &mut Model, query: String) {
    let mut found: Vec<(u32, Item)> =
        items(model).into_iter().filter_map(|item| Some((rank(&item, &query)?, item))).collect();
    // The sort is stable: among equals the order of the items decides.
    found.sort_by_key(|(rank, _)| *rank);
    let matches = found.len();
    let results = found.into_iter().take(MOST).map(|(_, item)| item).collect();
    model.palette = Palette { query, results, matches, active: 0 };
}

/// Returns how well the item matches the query, 0 best, or `None` if a word of it occurs nowhere.
fn rank(item: &Item, query: &str) -> Option<u32> {
    let query = query.trim().to_lowercase();
    let (title, summary) = (item.title.to_lowercase(), item.summary.to_lowercase());
    let group = item.group.to_lowercase();
    let of_word = |word: &str| match () {
        () if starts_word(&title, word) => Some(0),
        () if starts_word(item.id, word) => Some(2),
        () if title.contains(word) => Some(4),
        () if starts_word(&group, word) => Some(6),
        () if summary.contains(word) => Some(8),
        () => None,
    };
    let words = query.split_whitespace().take(MOST_WORDS).map(of_word).sum::<Option<u32>>()?;
    Some(2 * words + u32::from(!title.starts_with(&query)))
}

/// Returns true if the text contains the word at its start, or after a character that is not part of
/// a word.
fn starts_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        at == 0 || text[..at].chars().next_back().is_some_and(|c| !c.is_alphanumeric())
    })
}

/// Returns everything that the palette can do on this page.
fn items(model: &Model) -> Vec<Item> {
    let mut items = pages(model);
    items.extend(actions(model));
    let scenarios = groups().iter().flat_map(|group| group.entries.iter().map(move |e| (group, e)));
    items.extend(scenarios.map(|(group, entry)| Item {
        title: &entry.title,
        group: &group.title,
        badge: Some((&entry.badge, entry.tone)),
        msg: PageMsg::Go(Address::scenario(&entry.id)),
        id: &entry.id,
        summary: &entry.summary,
    }));
    items.extend(presets().iter().flat_map(|group| &group.presets).map(preset));
    items.extend(TERMS.iter().map(term));
    items
}

fn term(term: &'static Term) -> Item {
    let msg = PageMsg::Go(Address::Glossary(Some(term.id.to_owned())));
    let (title, summary) = (term.name, term.text);
    Item { title, group: "Glossary", badge: None, msg, id: term.id, summary }
}

fn preset(preset: &'static Scenario) -> Item {
    let Scenario { id, narrative: Narrative { title, summary, .. }, .. } = preset;
    let msg = PageMsg::Go(Address::Run(Shown::new(Config::preset(id), true)));
    Item { title, group: "Preset", badge: None, msg, id, summary }
}

fn pages(model: &Model) -> Vec<Item> {
    let places = places::places(model).into_iter();
    places
        .map(|place| Item {
            title: place.name,
            group: "Page",
            badge: None,
            msg: PageMsg::Go(place.address),
            id: "",
            summary: place.about,
        })
        .collect()
}

/// Returns the actions that are possible on this page.
fn actions(model: &Model) -> Vec<Item> {
    let theme = match model.theme {
        Theme::Light => "Dark theme",
        Theme::Dark => "Light theme",
    };
    let action =
        |title, summary, msg| Item { title, group: "Action", badge: None, msg, id: "", summary };
    let mut all = Vec::new();
    if model.run().is_some() {
        all.extend([
            action("Play the run", "start playback", PageMsg::Play),
            action("First step", "go to the start of the run", PageMsg::First),
            action("Last step", "go to the end of the run, outcome", PageMsg::Last),
            action("Break it here", "inject a fault at this step", PageMsg::Open(Overlay::Chances)),
        ]);
    }
    if export::shared(model).is_some() {
        let about = "permalink, copy link, embed, svg, png, mermaid";
        all.push(action("Share and export", about, PageMsg::Open(Overlay::Share)));
    }
    all.extend([
        action(
            "All scenarios",
            "overview, gallery, pictures, catalogue",
            PageMsg::Go(Address::Scenarios(Vec::new())),
        ),
        action("Glossary", "terms, words, definitions", PageMsg::Go(Address::Glossary(None))),
        action(theme, "switch colors", PageMsg::ToggleTheme),
        action("Help and keyboard shortcuts", "keys", PageMsg::Open(Overlay::Help)),
    ]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::{Effect, update};

    fn opened(address: &str) -> Model {
        let mut model = Model::new(Theme::Light);
        update(&mut model, PageMsg::Went(Address::read(address)));
        update(&mut model, PageMsg::Open(Overlay::Palette));
        model
    }

    fn type_in(model: &mut Model, query: &str) {
        update(model, PageMsg::Palette(Msg::Type(query.to_owned())));
    }

    fn first(query: &str) -> &'static str {
        let mut model = opened("/s/ack-lost");
        type_in(&mut model, query);
        model.palette.results.first().map_or("", |item| item.title)
    }

    #[test]
    fn the_best_match_comes_first() {
        assert_eq!(first("lab"), "Lab");
        assert_eq!(first("SHARE"), "Share and export");
        assert_eq!(first("ack lost"), "Ack lost, producer retries");
        assert_eq!(first("acks=1"), "acks=1: leader loss drops an acked message");
        // Starts of words of the title, in any order.
        assert_eq!(first("ttl expires"), "Redis TTL expires before redelivery");
        assert_eq!(first("glossary"), "Glossary");
        assert_eq!(first("high water"), "high watermark");
        // By its id alone.
        assert_eq!(first("kafka-seek"), "Handler error: seek back and retry");
        assert_eq!(first("  "), "Scenarios");
        assert_eq!(first("no such thing"), "");
    }

    #[test]
    fn a_start_of_a_word_in_the_title_beats_the_id_and_that_the_summary() {
        let item = |title, id, summary| Item {
            title,
            group: "Page",
            badge: None,
            msg: PageMsg::First,
            id,
            summary,
        };
        let ranks = [
            rank(&item("Fence", "", ""), "fen"),
            rank(&item("The fence", "", ""), "fen"),
            rank(&item("Wall", "a-fence", ""), "fen"),
            rank(&item("Defence", "", ""), "fen"),
            rank(&item("Wall", "", "a fence"), "fen"),
        ];
        assert!(ranks.iter().all(Option::is_some), "{ranks:?}");
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
        assert_eq!(rank(&item("Wall", "", ""), "fen"), None);
    }

    #[test]
    fn the_list_is_bounded_and_says_how_many_there_are() {
        let model = opened("/s/ack-lost");
        assert_eq!(model.palette.results.len(), MOST);
        assert!(model.palette.matches > 150, "{}", model.palette.matches);
    }

    #[test]
    fn arrows_go_round_and_typing_starts_over() {
        let mut model = opened("/s/ack-lost");
        type_in(&mut model, "outbox");
        let last = model.palette.results.len() - 1;
        for (msg, active) in [(Msg::Up, last), (Msg::Down, 0), (Msg::Down, 1)] {
            update(&mut model, PageMsg::Palette(msg));
            assert_eq!(model.palette.active, active);
        }
        type_in(&mut model, "outbox ");
        assert_eq!(model.palette.active, 0);
        type_in(&mut model, "no such thing");
        for msg in [Msg::Up, Msg::Down, Msg::Enter, Msg::Choose(7)] {
            assert_eq!(update(&mut model, PageMsg::Palette(msg)), []);
        }
        assert_eq!(model.overlay, Some(Overlay::Palette));
    }

    #[test]
    fn enter_does_what_the_active_result_says() {
        let mut model = opened("/s/ack-lost");
        type_in(&mut model, "dual write reversed");
        let effects = update(&mut model, PageMsg::Palette(Msg::Enter));
        assert_eq!(effects, [Effect::Go(Address::scenario("dual-write-reversed"))]);
        assert_eq!(model.overlay, None);
        update(&mut model, PageMsg::Open(Overlay::Palette));
        assert_eq!(model.palette.query, "");
        type_in(&mut model, "break it");
        update(&mut model, PageMsg::Palette(Msg::Enter));
        assert_eq!(model.overlay, Some(Overlay::Chances));
    }

    #[test]
    fn a_page_without_a_run_offers_no_actions_of_one() {
        let mut model = opened("/cost");
        type_in(&mut model, "last step");
        assert!(model.palette.results.iter().all(|item| item.group != "Action"));
        type_in(&mut model, "dark");
        assert_eq!(model.palette.results[0].title, "Dark theme");
    }

    #[test]
    fn every_address_of_the_palette_can_be_opened() {
        for item in items(&opened("/lab/?preset=kafka-default&acks=1")) {
            let PageMsg::Go(address) = item.msg else { continue };
            let mut model = Model::new(Theme::Light);
            update(&mut model, PageMsg::Went(Address::read(&address.text())));
            assert!(!matches!(model.page, crate::ui::state::Page::Missing(_)), "{}", item.title);
        }
    }
}
