//! What is loaded only when somebody asks for it: a scenario, or the whole program.
//!
//! While it is on its way the page stays as it is. In the whole program all of it is there.

use super::update::{HOME, show_lined, update, went};
use super::{Effect, Model, Speed, open, told};
use crate::catalogue;
use crate::ui::share::{Address, Config, Shown};
use crate::ui::whole::{self, PAGES, RUNS, WHOLE};

/// Something that is being loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loading {
    what: What,
    /// It could not be had.
    pub failed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// The list of the scenarios.
    List,
    /// What an address shows.
    Address(Address),
    /// The whole program, and what it is to do first.
    Whole(String),
    /// The whole program, for an address that only it shows.
    Elsewhere,
    /// The lines of a scenario that is given as JSON: which of those asked for, and the step that is
    /// to be shown of it.
    Lines(u32, usize),
}

/// Where another program of the page stood, beyond what the address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    pub speed: Speed,
    pub query: String,
    pub welcome: bool,
    /// How many of the page's addresses there are in the browser's history.
    pub last: u32,
    /// What is to be done first; see [`whole::granted`].
    pub wish: String,
}

/// Asks for the whole program.
pub fn whole(model: &mut Model, wish: String) -> Vec<Effect> {
    model.loading = Some(Loading { what: What::Whole(wish.clone()), failed: false });
    vec![Effect::Whole(wish)]
}

/// Asks for the whole program, which will show the address where the browser is now.
pub fn elsewhere(model: &mut Model) -> Vec<Effect> {
    model.loading = Some(Loading { what: What::Elsewhere, failed: false });
    vec![Effect::Whole(String::new())]
}

/// The address is one that the page does not show yet: it is not to be written over.
pub fn is_elsewhere(model: &Model) -> bool {
    model.loading == Some(Loading { what: What::Elsewhere, failed: false })
}

/// What has to be loaded before the address can be shown; none where nothing has to.
pub fn first(model: &mut Model, address: &Address) -> Option<Vec<Effect>> {
    if WHOLE {
        return None;
    }
    let name = match address {
        Address::Run(shown) if RUNS && shown.lab && shown.config.base.is_empty() => {
            catalogue::missing(open::LAB, true)
        }
        Address::Run(shown) if RUNS => catalogue::missing(&shown.config.base, shown.config.preset),
        Address::Run(shown) => told::missing(model, shown),
        _ if RUNS => catalogue::missing(HOME, false),
        _ => told::missing(model, &Shown::new(Config::scenario(HOME), false)),
    }?;
    model.loading = Some(Loading { what: What::Address(address.clone()), failed: false });
    Some(vec![Effect::Load(name)])
}

/// Keeps a part of the site that was fetched; false where it cannot be read.
pub fn keep(model: &mut Model, name: &str, text: &str) -> bool {
    match name {
        catalogue::LIST => PAGES && catalogue::keep_list(text),
        _ if RUNS => catalogue::keep(name, text),
        _ => model.kept.keep(name, text),
    }
}

/// Asks for the lines of a scenario that is given as JSON. `www/main.js` makes them.
pub fn lines_of(model: &mut Model, json: &str) -> Vec<Effect> {
    // What was asked for before is for nothing now.
    let number = match model.loading {
        Some(Loading { what: What::Lines(number, _), .. }) => number.wrapping_add(1),
        _ => 0,
    };
    model.loading = Some(Loading { what: What::Lines(number, 0), failed: false });
    vec![Effect::Load(format!("{GIVEN}{number}\n{json}"))]
}

/// Whether the step is of a scenario that is still to come; it is shown then.
pub fn later(model: &mut Model, step: usize) -> bool {
    match &mut model.loading {
        Some(Loading { what: What::Lines(_, asked), .. }) => {
            *asked = step;
            true
        }
        _ => false,
    }
}

/// How the names begin under which such lines come.
const GIVEN: &str = "given ";

/// Shows the scenario of the lines that have come. Where there are none the whole program is to read
/// the JSON: the page around gives it to each that comes.
fn lined(model: &mut Model, number: &str, text: Option<&str>) -> Vec<Effect> {
    match model.loading {
        Some(Loading { what: What::Lines(last, step), .. }) if number == last.to_string() => {
            model.loading = None;
            match text.and_then(open::lined) {
                Some(opened) => show_lined(model, opened, step),
                None => elsewhere(model),
            }
        }
        _ => Vec::new(),
    }
}

/// A part of the site has come, or could not be had.
pub fn loaded(model: &mut Model, name: &str, text: Option<&str>) -> Vec<Effect> {
    if RUNS
        && !WHOLE
        && let Some(number) = name.strip_prefix(GIVEN)
    {
        return lined(model, number, text);
    }
    let come = text.is_some_and(|text| keep(model, name, text));
    let slot = model.loading.take();
    match slot {
        Some(Loading { what: What::Address(address), .. }) if come && name != catalogue::LIST => {
            return went(model, address);
        }
        Some(Loading { what: What::List, .. }) if come && name == catalogue::LIST => {}
        Some(Loading { what, failed }) => {
            model.loading = Some(Loading { what, failed: failed || !come });
        }
        None if !come => model.loading = Some(Loading { what: What::List, failed: true }),
        None => {}
    }
    Vec::new()
}

/// Tries to load what could not be had.
pub fn again(model: &mut Model) -> Vec<Effect> {
    let Some(Loading { what, .. }) = model.loading.take() else { return Vec::new() };
    let list = model.embed.is_none() && catalogue::groups().is_empty();
    let mut effects = match what {
        What::Address(address) => went(model, address),
        What::Whole(wish) => whole(model, wish),
        What::Elsewhere => elsewhere(model),
        What::List | What::Lines(..) => {
            model.loading = Some(Loading { what, failed: false });
            Vec::new()
        }
    };
    effects.extend(list.then(|| Effect::Load(catalogue::LIST.to_owned())));
    effects
}

/// Goes on where another program of the page stood.
pub fn resume(model: &mut Model, handed: Handed) -> Vec<Effect> {
    model.speed = handed.speed;
    model.query = handed.query;
    model.welcome = handed.welcome && model.run().is_some();
    whole::granted(&handed.wish).map(|msg| update(model, msg)).unwrap_or_default()
}

impl Handed {
    /// As a text, for the other program.
    pub fn text(&self) -> String {
        let Handed { speed, query, welcome, last, wish } = self;
        let (speed, welcome) = (speed.label(), u8::from(*welcome));
        [speed, query, &welcome.to_string(), &last.to_string(), wish].join("\n")
    }

    /// What the other program has said; none where there was no other.
    pub fn read(text: &str) -> Option<Handed> {
        let mut lines = text.split('\n');
        Some(Handed {
            speed: Speed::named(lines.next()?)?,
            query: lines.next()?.to_owned(),
            welcome: lines.next()? == "1",
            last: lines.next()?.parse().ok()?,
            wish: lines.next()?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::Theme;

    #[test]
    fn what_is_handed_over_is_read_again() {
        let handed = Handed {
            speed: Speed::Two,
            query: "acks=1 “a & b”".to_owned(),
            welcome: true,
            last: 7,
            wish: "break 3 broker consumer 0".to_owned(),
        };
        assert_eq!(Handed::read(&handed.text()), Some(handed));
        assert_eq!(Handed::read(""), None);
    }

    #[test]
    fn of_given_scenarios_the_last_is_shown_at_the_step_that_was_asked_for() {
        let mut model = Model::new(Theme::Light);
        let asked = lines_of(&mut model, "{ 1 }");
        assert_eq!(asked, [Effect::Load("given 0\n{ 1 }".to_owned())]);
        assert!(later(&mut model, 7));
        assert_eq!(lines_of(&mut model, "{ 2 }"), [Effect::Load("given 1\n{ 2 }".to_owned())]);
        assert!(later(&mut model, 5));
        let text = "id mine\nproducer retry\nbroker generic\n";
        assert_eq!(lined(&mut model, "0", Some(text)), []);
        assert!(model.run().is_none());
        lined(&mut model, "1", Some(text));
        assert_eq!(model.run().map(|run| run.step), Some(5));
        assert_eq!(model.loading, None);
        assert!(!later(&mut model, 2));
        // What has no lines is for the whole program.
        lines_of(&mut model, "{ 3 }");
        assert_eq!(lined(&mut model, "0", None), [Effect::Whole(String::new())]);
        assert!(is_elsewhere(&model));
    }
}
