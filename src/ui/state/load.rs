//! Lazy loading of a scenario or of the full program.
//!
//! The page does not change while a request is in flight. The full program needs no requests: it
//! contains everything.

use super::update::{HOME, show_lined, update, went};
use super::{Effect, Model, Speed, open, prepared};
use crate::catalogue;
use crate::ui::share::{Address, Config, Shown};
use crate::ui::whole::{self, PAGES, RUNS, WHOLE};

/// A request that is in flight, or has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loading {
    what: Target,
    /// The request has failed.
    pub failed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// The list of scenarios.
    List,
    /// The content of an address.
    Address(Address),
    /// The full program, and the command that it is to run first.
    Whole(String),
    /// The full program, for an address that only it can show.
    Elsewhere,
    /// A scenario given as JSON, converted to lines: the request number, and the step to show.
    Lines(u32, usize),
}

/// The state that another program of the page passed on, apart from what the address holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    pub speed: Speed,
    pub query: String,
    /// The number of the page's entries in the browser history.
    pub last: u32,
    /// The command to run first; see `whole::granted`.
    pub wish: String,
}

/// Requests the full program.
pub fn whole(model: &mut Model, wish: String) -> Vec<Effect> {
    model.loading = Some(Loading { what: Target::Whole(wish.clone()), failed: false });
    vec![Effect::Whole(wish)]
}

/// Requests the full program, which will show the browser's current address.
pub fn elsewhere(model: &mut Model) -> Vec<Effect> {
    model.loading = Some(Loading { what: Target::Elsewhere, failed: false });
    vec![Effect::Whole(String::new())]
}

/// Returns true if the page does not show the current address yet: it must not be overwritten.
pub fn is_elsewhere(model: &Model) -> bool {
    model.loading == Some(Loading { what: Target::Elsewhere, failed: false })
}

/// Returns the effects that load what the address needs, or `None` if everything is there.
pub fn first(model: &mut Model, address: &Address) -> Option<Vec<Effect>> {
    if WHOLE {
        return None;
    }
    let name = match address {
        Address::Run(shown) if RUNS && shown.lab && shown.config.base.is_empty() => {
            catalogue::missing(open::LAB, true)
        }
        Address::Run(shown) if RUNS => catalogue::missing(&shown.config.base, shown.config.preset),
        Address::Run(shown) => prepared::missing(model, shown),
        _ if RUNS => catalogue::missing(HOME, false),
        _ => prepared::missing(model, &Shown::new(Config::scenario(HOME), false)),
    }?;
    model.loading = Some(Loading { what: Target::Address(address.clone()), failed: false });
    Some(vec![Effect::Load(name)])
}

/// Stores a fetched part of the site; returns false if it cannot be parsed.
pub fn keep(model: &mut Model, name: &str, text: &str) -> bool {
    match name {
        catalogue::LIST => PAGES && catalogue::keep_list(text),
        _ if RUNS => catalogue::keep(name, text),
        _ => model.kept.keep(name, text),
    }
}

/// Requests the conversion of a scenario from JSON to lines, which `www/main.js` does.
pub fn lines_of(model: &mut Model, json: &str) -> Vec<Effect> {
    // This supersedes an earlier request.
    let number = match model.loading {
        Some(Loading { what: Target::Lines(number, _), .. }) => number.wrapping_add(1),
        _ => 0,
    };
    model.loading = Some(Loading { what: Target::Lines(number, 0), failed: false });
    vec![Effect::Load(format!("{GIVEN}{number}\n{json}"))]
}

/// Defers the step if its scenario is still loading; returns true if so.
pub fn later(model: &mut Model, step: usize) -> bool {
    match &mut model.loading {
        Some(Loading { what: Target::Lines(_, asked), .. }) => {
            *asked = step;
            true
        }
        _ => false,
    }
}

/// The prefix of the names of converted scenarios.
const GIVEN: &str = "given ";

/// Shows the scenario that was converted. If the conversion failed, requests the full program to
/// parse the JSON: the parent page sends it to each program that takes over.
fn lined(model: &mut Model, number: &str, text: Option<&str>) -> Vec<Effect> {
    match model.loading {
        Some(Loading { what: Target::Lines(last, step), .. }) if number == last.to_string() => {
            model.loading = None;
            match text.and_then(open::lined) {
                Some(opened) => show_lined(model, opened, step),
                None => elsewhere(model),
            }
        }
        _ => Vec::new(),
    }
}

/// Handles a response, or a failed request.
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
        Some(Loading { what: Target::Address(address), .. }) if come && name != catalogue::LIST => {
            return went(model, address);
        }
        Some(Loading { what: Target::List, .. }) if come && name == catalogue::LIST => {}
        Some(Loading { what, failed }) => {
            model.loading = Some(Loading { what, failed: failed || !come });
        }
        None if !come => model.loading = Some(Loading { what: Target::List, failed: true }),
        None => {}
    }
    Vec::new()
}

/// Retries the request that has failed.
pub fn again(model: &mut Model) -> Vec<Effect> {
    let Some(Loading { what, .. }) = model.loading.take() else { return Vec::new() };
    let list = model.embed.is_none() && catalogue::groups().is_empty();
    let mut effects = match what {
        Target::Address(address) => went(model, address),
        Target::Whole(wish) => whole(model, wish),
        Target::Elsewhere => elsewhere(model),
        Target::List | Target::Lines(..) => {
            model.loading = Some(Loading { what, failed: false });
            Vec::new()
        }
    };
    effects.extend(list.then(|| Effect::Load(catalogue::LIST.to_owned())));
    effects
}

/// Resumes from the state of another program.
pub fn resume(model: &mut Model, handed: Handed) -> Vec<Effect> {
    model.speed = handed.speed;
    model.query = handed.query;
    whole::granted(&handed.wish).map(|msg| update(model, msg)).unwrap_or_default()
}

impl Handed {
    /// Serializes the state for the other program.
    pub fn text(&self) -> String {
        let Handed { speed, query, last, wish } = self;
        [speed.label(), query, &last.to_string(), wish].join("\n")
    }

    /// Parses the state from the other program; `None` if there was none.
    pub fn read(text: &str) -> Option<Handed> {
        let mut lines = text.split('\n');
        Some(Handed {
            speed: Speed::named(lines.next()?)?,
            query: lines.next()?.to_owned(),
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
        // A scenario that cannot be converted is left to the full program.
        lines_of(&mut model, "{ 3 }");
        assert_eq!(lined(&mut model, "0", None), [Effect::Whole(String::new())]);
        assert!(is_elsewhere(&model));
    }
}
