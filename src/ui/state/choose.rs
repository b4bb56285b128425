//! The requirements on the page that chooses a configuration, as in its address:
//! `lost=never&order=key&by=parts`.

use super::cost;
use crate::choose::{Answers, Candidate, Question, Rank, pick};
use crate::protocol;

/// The name of the sort order.
const BY: &str = "by";

/// Returns the question for what a candidate costs.
pub fn question(candidate: &Candidate) -> protocol::Question {
    cost::question(&candidate.configuration.clone().into(), &candidate.load())
}

/// Returns the questions for the costs of all candidates that meet the requirements.
pub fn questions(answers: &Answers) -> Vec<protocol::Question> {
    pick(answers).choices.into_iter().map(question).collect()
}

/// Parses the requirements in an address, and returns the problems as sentences. Unanswered
/// questions have their default.
pub fn read(pairs: &[(String, String)]) -> (Answers, Rank, Vec<String>) {
    let (mut answers, mut rank, mut problems) = (Answers::default(), Rank::default(), Vec::new());
    for (key, value) in pairs {
        let question = Question::ALL.into_iter().find(|question| question.key() == key);
        let result = match (question, key.as_str()) {
            (Some(question), _) => answers.set(question, value),
            (None, BY) => Rank::from_key(value)
                .map(|by| rank = by)
                .ok_or_else(|| "use one of latency, rate, parts".to_owned()),
            _ => {
                let all = Question::ALL.map(Question::key).join(", ");
                Err(format!("there is no such question; the questions are {all}"))
            }
        };
        if let Err(problem) = result {
            problems.push(format!("{key}={value} is ignored: {problem}."));
        }
    }
    (answers, rank, problems)
}

/// Returns the differences from the defaults, for the address.
pub fn pairs(answers: &Answers, rank: Rank) -> Vec<(String, String)> {
    let usual = Answers::default();
    let differ = Question::ALL.into_iter().filter(|&q| answers.of(q) != usual.of(q));
    let mut pairs: Vec<_> = differ.map(|q| (q.key().to_owned(), answers.of(q))).collect();
    if rank != Rank::default() {
        pairs.push((BY.to_owned(), rank.key().to_owned()));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choose::USUAL;

    #[test]
    fn what_is_written_is_read() {
        for case in USUAL {
            for rank in Rank::ALL {
                let read = read(&pairs(&case.answers, rank));
                assert_eq!(read, (case.answers, rank, vec![]), "{}", case.name);
            }
        }
        assert_eq!(pairs(&Answers::default(), Rank::default()), []);
    }

    #[test]
    fn what_cannot_be_is_left_out_and_named() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let (answers, rank, problems) =
            read(&[pair("lost", "x"), pair("by", "x"), pair("who", "x"), pair("rate", "1e9")]);
        assert_eq!((answers, rank), (Answers::default(), Rank::default()));
        assert_eq!(problems.len(), 4);
        assert!(problems[0].contains("use one of may, told, never"), "{problems:?}");
    }
}
