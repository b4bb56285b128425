//! Predictions: before it shows a run, the page asks how often the message will take effect.

use crate::present::Ran;
use crate::sim::{Op, Scenario};
use crate::text;

/// The local-storage key for the switch.
pub const KEY: &str = "ackward.predict";

/// The message that the question is about.
const FIRST: u8 = 0;

/// A prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    Never,
    Once,
    /// Twice, or more often.
    Twice,
    /// The run leaves it open.
    Depends,
}

impl Guess {
    pub const ALL: [Guess; 4] = [Guess::Never, Guess::Once, Guess::Twice, Guess::Depends];

    /// Returns the key that chooses it.
    pub fn key(self) -> &'static str {
        match self {
            Guess::Never => "0",
            Guess::Once => "1",
            Guess::Twice => "2",
            Guess::Depends => "d",
        }
    }

    pub fn of_key(key: &str) -> Option<Guess> {
        Guess::ALL.into_iter().find(|guess| guess.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Guess::Never => "0",
            Guess::Once => "1",
            Guess::Twice => "2 or more",
            Guess::Depends => "Depends",
        }
    }
}

/// A message about predictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Msg {
    /// Turn predictions on or off.
    Switch,
    Answer(Guess),
}

/// The switch, and the prediction about the run on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Predict {
    /// Every scenario asks for a prediction.
    pub on: bool,
    pub guess: Option<Guess>,
    /// The user has stepped to the end of the run, which shows the outcome.
    seen: bool,
}

impl Predict {
    /// Restores the switch from local storage.
    pub fn read(kept: Option<&str>) -> Predict {
        Predict { on: kept == Some("on"), ..Predict::default() }
    }

    /// Returns true if the question has not been answered, and the outcome not been seen.
    pub fn is_open(&self) -> bool {
        self.guess.is_none() && !self.seen
    }

    /// Starts anew for another run; `same` if it was on screen before.
    pub fn arrived(&mut self, same: bool, at_end: bool) {
        if !same {
            self.restart();
        }
        self.stepped(at_end);
    }

    pub fn stepped(&mut self, at_end: bool) {
        self.seen |= at_end;
    }

    pub fn answer(&mut self, guess: Guess) {
        self.guess = Some(guess);
    }

    /// Forgets what is known about the run on screen.
    pub fn restart(&mut self) {
        (self.guess, self.seen) = (None, false);
    }

    /// Turns the switch, and returns the text to store.
    pub fn switch(&mut self, on: bool) -> &'static str {
        *self = Predict { on, ..Predict::default() };
        if on { "on" } else { "off" }
    }
}

/// The outcome of a run, as far as the question is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actual {
    /// How many times the message took effect.
    pub count: u8,
    pub open: Option<Open>,
}

/// A reason why a run does not determine the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// The run never ends.
    Endless,
    /// The producer got an error for a message that took effect.
    Unknown,
}

impl Actual {
    pub fn of(ran: &Ran) -> Actual {
        let open = match (ran.is_endless(), ran.is_unknown(FIRST)) {
            (true, _) => Some(Open::Endless),
            (_, true) => Some(Open::Unknown),
            _ => None,
        };
        Actual { count: ran.effects(FIRST), open }
    }

    /// Returns true if the guess is right: the count, or that the run leaves it open.
    pub fn matches(self, guess: Guess) -> bool {
        match guess {
            Guess::Never => self.count == 0,
            Guess::Once => self.count == 1,
            Guess::Twice => self.count >= 2,
            Guess::Depends => self.open.is_some(),
        }
    }
}

/// What the effect of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Charge,
    Email,
    /// A record in an output topic.
    Output,
}

fn subject(scenario: &Scenario) -> Subject {
    let has = |op| scenario.configuration.consumer.program.contains(&op);
    match (has(Op::Call), has(Op::Produce)) {
        (true, _) => Subject::Email,
        (_, true) => Subject::Output,
        _ => Subject::Charge,
    }
}

/// Returns the name of the message that is asked about: empty if it is the only one.
fn message(scenario: &Scenario, link: &str) -> String {
    if scenario.configuration.messages > 1 {
        format!(" {link} {}", text::message(FIRST))
    } else {
        String::new()
    }
}

/// Returns the question: "How often will the customer be charged?"
pub fn question(scenario: &Scenario) -> String {
    match subject(scenario) {
        Subject::Charge => {
            format!("How often will the customer be charged{}?", message(scenario, "for"))
        }
        Subject::Email => format!("How often will the email{} be sent?", message(scenario, "for")),
        Subject::Output => {
            format!("How often will the reader see the result{}?", message(scenario, "of"))
        }
    }
}

/// Returns the fact: "The customer was charged twice".
fn fact(scenario: &Scenario, count: u8) -> String {
    let times = match count {
        0 | 1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    };
    let (charge, result) = (message(scenario, "for"), message(scenario, "of"));
    match (subject(scenario), count) {
        (Subject::Charge, 0) => format!("The customer was not charged{charge}"),
        (Subject::Charge, _) => format!("The customer was charged {times}{charge}"),
        (Subject::Email, 0) => format!("The email{charge} was not sent"),
        (Subject::Email, _) => format!("The email{charge} was sent {times}"),
        (Subject::Output, 0) => format!("The reader did not see the result{result}"),
        (Subject::Output, _) => format!("The reader saw the result{result} {times}"),
    }
}

/// Returns the answer: whether the guess was right, and how often the message took effect.
pub fn answer(scenario: &Scenario, actual: Actual, guess: Option<Guess>) -> String {
    let fact = fact(scenario, actual.count);
    let fact = match actual.open {
        Some(Open::Endless) => format!("{fact} so far, but the run never ends."),
        Some(Open::Unknown) => {
            format!("{fact} in this run, but the producer got an error and may send it again.")
        }
        None => format!("{fact} in this run."),
    };
    let opening = match guess {
        None => return fact,
        Some(guess) if !actual.matches(guess) => match guess {
            Guess::Depends => "Not this time: nothing is left open here.".to_owned(),
            guess => format!("Not this time: you said {}.", guess.label()),
        },
        Some(Guess::Depends) => "Right: it depends.".to_owned(),
        Some(_) if actual.open.is_some() => "Right so far.".to_owned(),
        Some(_) => "Right.".to_owned(),
    };
    format!("{opening} {fact}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::present;
    use crate::ui::share::{Address, Embed};
    use crate::ui::state::{self, Effect, Model, Theme, update};

    fn at(address: &str) -> Model {
        let mut model = Model::new(Theme::Light);
        update(&mut model, state::Msg::Went(Address::read(address)));
        model
    }

    fn answered(model: &mut Model, guess: Guess) {
        update(model, state::Msg::Predict(Msg::Answer(guess)));
    }

    fn asked(id: &str) -> (&'static Scenario, Actual) {
        let scenario = catalogue::scenario(id).expect("it is in the catalogue");
        (scenario, Actual::of(&present::open(scenario).expect("it runs").ran))
    }

    #[test]
    fn the_question_fits_the_effect() {
        let question = |id| question(asked(id).0);
        assert_eq!(question("ack-lost"), "How often will the customer be charged?");
        assert_eq!(question("inbox-mail"), "How often will the email be sent?");
        assert_eq!(
            question("kafka-transaction-crash"),
            "How often will the reader see the result?"
        );
        assert_eq!(question("rabbitmq-poison"), "How often will the customer be charged for m1?");
    }

    #[test]
    fn the_answer_says_if_it_was_right_and_how_often() {
        let answer = |id, guess| {
            let (scenario, actual) = asked(id);
            answer(scenario, actual, guess)
        };
        let twice = "The customer was charged twice in this run.";
        assert_eq!(answer("ack-lost", Some(Guess::Twice)), format!("Right. {twice}"));
        assert_eq!(
            answer("ack-lost", Some(Guess::Once)),
            format!("Not this time: you said 1. {twice}")
        );
        assert_eq!(
            answer("ack-lost", Some(Guess::Depends)),
            format!("Not this time: nothing is left open here. {twice}")
        );
        assert_eq!(answer("ack-lost", None), twice);
        assert_eq!(
            answer("message-lost", Some(Guess::Never)),
            "Right. The customer was not charged in this run."
        );
        assert_eq!(
            answer("inbox-mail", Some(Guess::Twice)),
            "Right. The email was sent twice in this run."
        );
    }

    #[test]
    fn depends_is_right_where_the_run_leaves_it_open() {
        let (scenario, actual) = asked("retries-exhausted-delivered");
        assert_eq!(actual, Actual { count: 1, open: Some(Open::Unknown) });
        let says = |guess| answer(scenario, actual, Some(guess));
        assert!(
            says(Guess::Depends).starts_with("Right: it depends. The customer was charged once")
        );
        assert!(says(Guess::Once).starts_with("Right so far."));
        assert!(says(Guess::Never).starts_with("Not this time: you said 0."));
        let (scenario, actual) = asked("rabbitmq-poison");
        assert_eq!(actual.open, Some(Open::Endless));
        assert_eq!(
            answer(scenario, actual, Some(Guess::Depends)),
            "Right: it depends. The customer was not charged for m1 so far, but the run never ends."
        );
    }

    #[test]
    fn every_scenario_has_exactly_one_right_count() {
        for scenario in catalogue::scenarios() {
            let (_, actual) = asked(&scenario.id);
            let right = Guess::ALL.into_iter().filter(|guess| actual.matches(*guess)).count();
            assert_eq!(right, 1 + usize::from(actual.open.is_some()), "{}", scenario.id);
        }
    }

    #[test]
    fn the_outcome_is_hidden_until_the_answer() {
        let mut model = at("/s/ack-lost/?predict=1");
        assert!(model.hides_outcome());
        update(&mut model, state::Msg::Forward);
        assert!(model.hides_outcome(), "stepping goes on revealing");
        let address = model.run().unwrap().address().text();
        assert_eq!(address, "/s/ack-lost/?predict=1&step=1");
        answered(&mut model, Guess::Once);
        assert!(!model.hides_outcome());
        // The first answer counts.
        answered(&mut model, Guess::Twice);
        assert_eq!(model.predict.guess, Some(Guess::Once));
        // Another scenario is not asked about: the link said so of this one only.
        update(&mut model, state::Msg::Went(Address::read("/s/message-lost")));
        assert!(!model.hides_outcome() && model.predict.guess.is_none());
    }

    #[test]
    fn the_end_of_the_run_is_an_answer_too() {
        let mut model = at("/s/ack-lost/?predict=1");
        update(&mut model, state::Msg::Last);
        assert!(!model.hides_outcome());
        update(&mut model, state::Msg::First);
        assert!(!model.hides_outcome());
        answered(&mut model, Guess::Twice);
        assert_eq!(model.predict.guess, None);
        assert!(!at("/s/ack-lost/?predict=1&step=99").hides_outcome());
    }

    #[test]
    fn the_switch_is_remembered_and_starts_over() {
        let mut model = at("/s/ack-lost/?step=8");
        answered(&mut model, Guess::Once);
        assert_eq!(model.predict.guess, None, "nothing was asked");
        let effects = update(&mut model, state::Msg::Predict(Msg::Switch));
        let address = Address::read("/s/ack-lost/?predict=1");
        assert_eq!(effects, [Effect::Keep(KEY, "on".into()), Effect::Replace(address)]);
        assert!(model.hides_outcome());
        update(&mut model, state::Msg::Went(Address::read("/s/message-lost")));
        assert!(model.hides_outcome());
        // Not in the Lab, where the outcome is what one works on.
        update(&mut model, state::Msg::Went(Address::read("/lab")));
        assert!(!model.hides_outcome());
        update(&mut model, state::Msg::Went(Address::read("/s/ack-lost")));
        let effects = update(&mut model, state::Msg::Predict(Msg::Switch));
        assert!(effects.contains(&Effect::Keep(KEY, "off".into())), "{effects:?}");
        assert!(!model.hides_outcome());
        assert!(Predict::read(Some("on")).on);
        for kept in [None, Some("off"), Some("")] {
            assert!(!Predict::read(kept).on);
        }
    }

    #[test]
    fn the_parent_page_decides_for_an_embed() {
        let mut model = Model::new(Theme::Light);
        model.predict.on = true;
        model.embed = Embed::read("/s/ack-lost/?embed=transport");
        update(&mut model, state::Msg::Went(Address::read("/s/ack-lost")));
        assert!(!model.hides_outcome());
        model.embed = Embed::read("/s/message-lost/?embed=transport&predict=1");
        update(&mut model, state::Msg::Went(Address::read("/s/message-lost/?predict=1")));
        assert!(model.hides_outcome());
    }

    #[test]
    fn in_the_lab_the_link_asks_and_the_switch_is_not_remembered() {
        let mut model = Model::new(Theme::Light);
        update(&mut model, state::Msg::Went(Address::read("/lab/?preset=kafka-default")));
        let effects = update(&mut model, state::Msg::Predict(Msg::Switch));
        let [Effect::Replace(address)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(address.text(), "/lab/?preset=kafka-default&predict=1");
        assert!(model.hides_outcome() && !model.predict.on);
        // Another setting asks again.
        let effects = update(&mut model, state::Msg::Set(vec![("acks".into(), "1".into())]));
        let [Effect::Go(address)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(address.text(), "/lab/?preset=kafka-default&acks=1&predict=1");
    }
}
