//! Three hints for first-time visitors, shown one at a time, each once.

use super::{Effect, Model, Msg, Overlay};

/// The local-storage key for the dismissed hints.
pub const KEY: &str = "ackward.hints";

/// The subject of a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Keys and clicks step through the run.
    Step,
    /// Anything can be broken, anywhere.
    Break,
    /// Every run can be explored.
    Proof,
}

impl Hint {
    pub const ALL: [Hint; 3] = [Hint::Step, Hint::Break, Hint::Proof];

    fn key(self) -> &'static str {
        match self {
            Hint::Step => "step",
            Hint::Break => "break",
            Hint::Proof => "proof",
        }
    }

    /// Returns the position among the hints, from 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }
}

/// The hints that have not been dismissed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints(Vec<Hint>);

impl Hints {
    /// Returns the hints that are left, given the stored list of dismissed ones: `step,break`.
    /// `None` leaves all.
    pub fn left(kept: Option<&str>) -> Hints {
        let seen: Vec<&str> = kept.unwrap_or_default().split(',').map(str::trim).collect();
        Hints(Hint::ALL.into_iter().filter(|hint| !seen.contains(&hint.key())).collect())
    }

    /// Returns the current hint.
    pub fn now(&self) -> Option<Hint> {
        self.0.first().copied()
    }
}

/// Returns the hint to show: only if the page shows a run and is not embedded.
pub fn shown(model: &Model) -> Option<Hint> {
    model.hints.now().filter(|_| model.embed.is_none() && model.run().is_some())
}

/// Dismisses this hint; `None` dismisses all.
pub fn done(model: &mut Model, hint: Option<Hint>) -> Vec<Effect> {
    let before = model.hints.clone();
    model.hints.0.retain(|left| hint.is_some_and(|hint| *left != hint));
    if model.hints == before {
        return Vec::new();
    }
    let seen = Hint::ALL.into_iter().filter(|hint| !model.hints.0.contains(hint));
    let seen: Vec<&str> = seen.map(Hint::key).collect();
    vec![Effect::Keep(KEY, seen.join(","))]
}

/// Dismisses a hint once the user does what it is about.
pub fn learned(model: &mut Model, msg: &Msg) -> Vec<Effect> {
    match msg {
        Msg::Break(..) | Msg::Open(Overlay::Chances) if model.embed.is_none() => {
            done(model, Some(Hint::Break))
        }
        Msg::Forward | Msg::Play | Msg::PlayPause | Msg::To(_) | Msg::Last
            if shown(model) == Some(Hint::Step) =>
        {
            done(model, Some(Hint::Step))
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::share::{Address, Embed};
    use crate::ui::state::{Theme, update};

    fn fresh() -> Model {
        let mut model = Model::new(Theme::Light);
        model.hints = Hints::left(None);
        update(&mut model, Msg::Went(Address::read("#/")));
        model
    }

    #[test]
    fn each_is_shown_once_in_its_turn() {
        let mut model = fresh();
        assert_eq!(shown(&model), Some(Hint::Step));
        assert_eq!(
            update(&mut model, Msg::Hinted(Some(Hint::Step))),
            [Effect::Keep(KEY, "step".into())]
        );
        assert_eq!(shown(&model), Some(Hint::Break));
        let effects = update(&mut model, Msg::Break(3, None, None));
        assert!(effects.contains(&Effect::Keep(KEY, "step,break".into())), "{effects:?}");
        assert_eq!(shown(&model), Some(Hint::Proof));
        update(&mut model, Msg::Hinted(Some(Hint::Proof)));
        assert_eq!(shown(&model), None);
        assert_eq!(update(&mut model, Msg::Hinted(Some(Hint::Proof))), []);
    }

    #[test]
    fn all_can_be_sent_away_and_stay_away() {
        let mut model = fresh();
        let effects = update(&mut model, Msg::Hinted(None));
        assert_eq!(effects, [Effect::Keep(KEY, "step,break,proof".into())]);
        assert_eq!(shown(&model), None);
        for (kept, left) in [
            ("step,break,proof", None),
            ("break", Some(Hint::Step)),
            ("step,<b>,proof", Some(Hint::Break)),
            ("", Some(Hint::Step)),
        ] {
            assert_eq!(Hints::left(Some(kept)).now(), left, "{kept:?}");
        }
    }

    #[test]
    fn there_are_none_in_a_page_of_others_or_without_a_run() {
        let mut model = fresh();
        model.embed = Embed::read("/s/ack-lost/?embed=transport");
        assert_eq!(shown(&model), None);
        let mut model = fresh();
        update(&mut model, Msg::Went(Address::Matrix(Vec::new())));
        assert_eq!(shown(&model), None);
    }
}
