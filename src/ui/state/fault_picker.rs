//! The picker of faults: what the configuration on screen can suffer, or those of a comparison.

use super::answers::Entry;
use super::{Change, Effect, Model, Msg, Overlay, Page};
use crate::present::Remark;
use crate::protocol::{Answer, Question};
use crate::sim::{Class, Scenario};

/// A fault that can be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The text form: `lose:ack@m1`.
    pub fault: String,
    /// A description in words.
    pub label: String,
    pub class: Class,
    /// What each configuration comes to with it; `None` where the run does not reach its point.
    pub endings: Vec<Option<Remark>>,
}

/// Opens the picker, and asks what can be picked.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let questions: Vec<Question> = questions(model).collect();
    if questions.is_empty() {
        return Vec::new();
    }
    model.overlay = Some(Overlay::Faults);
    questions.into_iter().filter_map(|question| model.answers.ask(question)).collect()
}

/// Returns the configurations that a fault is added to.
fn scenarios(model: &Model) -> Vec<&Scenario> {
    match &model.page {
        Page::Run(run) if run.lab => vec![run.scenario()],
        Page::Compare(compare) => compare.sides.iter().map(|side| &*side.scenario).collect(),
        _ => Vec::new(),
    }
}

fn questions(model: &Model) -> impl Iterator<Item = Question> {
    let scenarios = scenarios(model).into_iter();
    scenarios.map(|scenario| Question::Faults { scenario: Box::new(scenario.clone()) })
}

/// Returns the faults that can be added, class by class, as far as they are known.
pub fn candidates(model: &Model) -> Vec<Candidate> {
    let questions: Vec<Question> = questions(model).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    for (side, question) in questions.iter().enumerate() {
        let answer = model.answers.get(question).and_then(|entry| entry.answer.as_deref());
        let Some(Answer::Faults(possible)) = answer else { continue };
        for possible in possible {
            let known = candidates.iter().position(|candidate| candidate.fault == possible.fault);
            let at = known.unwrap_or_else(|| {
                candidates.push(Candidate {
                    fault: possible.fault.clone(),
                    label: possible.label.clone(),
                    class: possible.class,
                    endings: vec![None; questions.len()],
                });
                candidates.len() - 1
            });
            candidates[at].endings[side] = Some(possible.ending.clone());
        }
    }
    // The sort is stable: within a class the order of the programs' instructions stays.
    candidates.sort_by_key(|candidate| candidate.class);
    candidates
}

/// Returns true if there is more to come.
pub fn is_waiting(model: &Model) -> bool {
    questions(model).any(|question| model.answers.get(&question).is_some_and(Entry::is_waiting))
}

/// Returns why the faults are unknown.
pub fn problem(model: &Model) -> Option<String> {
    questions(model).find_map(|question| model.answers.get(&question)?.problem())
}

/// Returns the message that adds a fault to the script, or to all sides of a comparison.
pub fn add(compared: bool, fault: String) -> Msg {
    if compared { Msg::Compare(Change::AddFault(fault)) } else { Msg::AddFault(fault) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::possible_faults;
    use crate::ui::share::Address;
    use crate::ui::state::{Theme, update};

    /// The page at an address, with the picker open and answered.
    fn opened(address: &str) -> Model {
        let mut model = Model::new(Theme::Light);
        update(&mut model, Msg::Went(Address::read(address)));
        for effect in update(&mut model, Msg::Open(Overlay::Faults)) {
            let Effect::Ask { id, question } = effect else { continue };
            let Question::Faults { scenario } = &*question else { panic!("{question:?}") };
            assert!(is_waiting(&model));
            let text = Answer::Faults(possible_faults(scenario)).text();
            update(&mut model, Msg::Answered { id, text: Some(text), millis: 1 });
            update(&mut model, Msg::Answered { id, text: None, millis: 1 });
        }
        assert!(!is_waiting(&model));
        model
    }

    #[test]
    fn what_is_picked_in_the_lab_becomes_a_line_of_the_script() {
        let mut model = opened("/lab?preset=kafka-default");
        assert_eq!(model.overlay, Some(Overlay::Faults));
        let candidates = candidates(&model);
        assert!(candidates.is_sorted_by_key(|candidate| candidate.class));
        let lost = candidates
            .iter()
            .find(|candidate| candidate.fault == "lose:ack@m1")
            .expect("it strikes");
        let msg = add(false, lost.fault.clone());
        let effects = update(&mut model, msg);
        let [Effect::Go(address)] = &effects[..] else { panic!("{effects:?}") };
        update(&mut model, Msg::Went(address.clone()));
        assert_eq!(model.overlay, None);
        let run = model.run().expect("a run");
        assert_eq!(run.view.faults, ["lose:ack@m1"]);
        assert_eq!(Some(Some(&run.view.ending)), lost.endings.first().map(Option::as_ref));
    }

    #[test]
    fn a_comparison_says_what_each_side_comes_to() {
        let mut model =
            opened("/compare?a=scenario:kafka-acks-1&b=scenario:kafka-acks-1;acks=all&fault=none");
        let candidates = candidates(&model);
        let gone = candidates.iter().find(|candidate| candidate.fault == "gone:broker@m1.acked");
        let texts: Vec<Option<&str>> = gone
            .expect("it strikes")
            .endings
            .iter()
            .map(|ending| ending.as_ref().map(|ending| ending.text.as_str()))
            .collect();
        assert_eq!(texts, [Some("lost silently"), Some("once")]);
        let msg = add(true, "gone:broker@m1.acked".to_owned());
        let effects = update(&mut model, msg);
        assert!(matches!(&effects[..], [Effect::Go(Address::Compare(_))]), "{effects:?}");
    }

    #[test]
    fn a_page_without_a_script_has_none() {
        for address in ["/s/ack-lost", "/cost", "/nowhere"] {
            let mut model = Model::new(Theme::Light);
            update(&mut model, Msg::Went(Address::read(address)));
            assert_eq!(update(&mut model, Msg::Open(Overlay::Faults)), [], "{address}");
            assert_eq!(model.overlay, None, "{address}");
        }
    }
}
