//! The glossary: the field's terms in two sentences each, with a scenario that shows each one.

mod terms;

pub use terms::TERMS;

use crate::present::RunView;

/// A term of the field.
#[derive(Debug, PartialEq, Eq)]
pub struct Term {
    /// The name in links.
    pub id: &'static str,
    pub name: &'static str,
    /// What stands for the term in a text, in lower case: "in-sync replica, isr".
    spellings: &'static str,
    /// Two sentences.
    pub text: &'static str,
    /// The id of a scenario that shows it.
    pub scenario: &'static str,
}

impl Term {
    fn spellings(&self) -> impl Iterator<Item = &'static str> {
        self.spellings.split(", ")
    }
}

/// Returns the term with this id.
pub fn term(id: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.id == id)
}

/// Returns the terms that occur in what a run says: its title, summary, takeaway and steps.
pub fn of_run(run: &RunView) -> Vec<&'static Term> {
    let own = [&run.title, &run.summary, &run.takeaway].into_iter();
    let sentences = run.moments.iter().map(|moment| &moment.sentence);
    let texts: Vec<String> = own.chain(sentences).map(|text| text.to_lowercase()).collect();
    occurring(&texts.join("\n"))
}

/// Returns the terms that occur in a text in lower case.
fn occurring(text: &str) -> Vec<&'static Term> {
    let occurs = |term: &&Term| term.spellings().any(|spelling| has_word(text, spelling));
    TERMS.iter().filter(occurs).collect()
}

/// Returns true if the spelling occurs in the text as a word of its own, or in the plural.
fn has_word(text: &str, spelling: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(spelling).any(|(at, _)| {
        let after = &text[at + spelling.len()..];
        let after = after.strip_prefix('s').unwrap_or(after);
        !text[..at].ends_with(is_part) && !after.starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{run_view, scenario, scenarios};

    #[test]
    fn every_term_has_two_sentences_and_a_scenario() {
        for Term { id, text, scenario: shows, .. } in TERMS {
            assert!(scenario(shows).is_some(), "{id}: no scenario {shows}");
            // A full stop within a name, such as isolation.level, has no space after it.
            assert_eq!(text.matches(". ").count(), 1, "{id}: {text}");
            assert!(text.ends_with('.') && text.len() <= 330, "{id}: {} bytes", text.len());
        }
    }

    #[test]
    fn the_terms_stand_in_the_order_of_their_names() {
        let key = |term: &Term| term.name.to_lowercase();
        assert!(TERMS.is_sorted_by_key(key));
        let mut ids: Vec<_> = TERMS.iter().map(|term| term.id).collect();
        assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TERMS.len());
    }

    #[test]
    fn spellings_are_in_lower_case_and_belong_to_one_term() {
        let all: Vec<&str> = TERMS.iter().flat_map(Term::spellings).collect();
        assert!(all.iter().all(|spelling| *spelling == spelling.to_lowercase()));
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn a_term_is_found_as_a_word_only() {
        let ids = |text: &str| occurring(text).iter().map(|term| term.id).collect::<Vec<_>>();
        assert_eq!(ids("the in-sync replicas (isr) have it"), ["in-sync-replica"]);
        assert_eq!(ids("only isrs"), ["in-sync-replica"]);
        assert_eq!(ids("disrupted, fsyncing"), Vec::<&str>::new());
        assert_eq!(ids("the broker acks"), ["acknowledgment"]);
        assert_eq!(ids("min.insync.replicas=2"), ["min-insync-replicas"]);
    }

    #[test]
    fn the_scenario_of_a_term_says_it_and_most_runs_have_terms() {
        // Their runs show them in other words, or in the state.
        let silent = ["counterexample", "fault", "exactly-once", "elr", "high-watermark"];
        for term in TERMS.iter().filter(|term| !silent.contains(&term.id)) {
            let run = run_view(term.scenario).expect("it runs");
            let found: Vec<_> = of_run(&run).iter().map(|term| term.id).collect();
            assert!(found.contains(&term.id), "{}: {found:?}", term.id);
        }
        let without: Vec<&str> = scenarios()
            .iter()
            .filter(|s| of_run(&run_view(&s.id).expect("it runs")).is_empty())
            .map(|s| s.id.as_str())
            .collect();
        assert!(without.len() <= 5, "{without:?}");
    }
}
