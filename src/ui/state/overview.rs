//! What the overview of all scenarios shows, as in its address: `topic=kafka&outcome=lost`.

use crate::catalogue::{Entry, Group, groups};
use crate::diagram::ir::Tone;
use crate::protocol::Question;

/// The names of the topic and of the outcome.
const TOPIC: &str = "topic";
const OUTCOME: &str = "outcome";

/// An outcome of scenarios.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub key: &'static str,
    pub tone: Tone,
    /// The badges of the scenarios that end so.
    pub badges: &'static [&'static str],
    pub meaning: &'static str,
}

const fn outcome(
    key: &'static str,
    tone: Tone,
    badges: &'static [&'static str],
    meaning: &'static str,
) -> Outcome {
    Outcome { key, tone, badges, meaning }
}

/// The outcomes of all scenarios: the legend of their badges.
pub static OUTCOMES: [Outcome; 9] = [
    outcome("once", Tone::Good, &["1"], "exactly one effect"),
    outcome("twice", Tone::Warn, &["2×"], "two effects"),
    outcome("email-twice", Tone::Warn, &["mail 2×"], "email sent twice"),
    outcome("reordered", Tone::Warn, &["order"], "reordered"),
    outcome("lost", Tone::Bad, &["0"], "lost"),
    outcome("unknown", Tone::Bad, &["?"], "delivered, yet an error"),
    outcome("dead-lettered", Tone::Warn, &["DLQ"], "dead-lettered"),
    outcome("forever", Tone::Bad, &["∞"], "redelivered forever"),
    outcome("test", Tone::Plain, &["pass", "fail"], "test result"),
];

/// The part of the catalogue that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// See [`Group::topic`]; `None` shows all.
    pub topic: Option<&'static str>,
    /// `None` shows all.
    pub outcome: Option<&'static Outcome>,
}

impl Filter {
    /// Returns true if the scenario is shown.
    pub fn shows(&self, group: &Group, entry: &Entry) -> bool {
        self.topic.is_none_or(|topic| topic == group.topic())
            && self.outcome.is_none_or(|outcome| outcome.badges.contains(&entry.badge.as_str()))
    }
}

/// Returns the topics of all groups, in reading order.
pub fn topics() -> Vec<&'static str> {
    let mut topics: Vec<_> = groups().iter().map(Group::topic).collect();
    topics.dedup();
    topics
}

/// Returns the scenarios that are shown and match the query, with their places in their group.
pub fn shown<'a>(group: &'a Group, filter: &Filter, query: &str) -> Vec<(usize, &'a Entry)> {
    let all = group.entries.iter().enumerate();
    all.filter(|(_, entry)| filter.shows(group, entry) && entry.matches(query)).collect()
}

/// Returns the question for the pictures of a group.
pub fn question(group: usize) -> Question {
    Question::Pictures { group }
}

/// Returns the questions for all pictures, those that are shown first.
pub fn questions(filter: &Filter) -> Vec<Question> {
    let is_shown =
        |&group: &usize| filter.topic.is_none_or(|topic| topic == groups()[group].topic());
    let mut all: Vec<usize> = (0..groups().len()).collect();
    all.sort_by_key(|group| !is_shown(group));
    all.into_iter().map(question).collect()
}

/// Parses the filter in an address, and returns the problems as sentences.
pub fn read(pairs: &[(String, String)]) -> (Filter, Vec<String>) {
    let (mut filter, mut problems) = (Filter::default(), Vec::new());
    for (key, value) in pairs {
        let result = match key.as_str() {
            TOPIC => topic(value).map(|topic| filter.topic = Some(topic)),
            OUTCOME => named(value).map(|outcome| filter.outcome = Some(outcome)),
            _ => Err(format!("the overview has only {TOPIC} and {OUTCOME}")),
        };
        if let Err(problem) = result {
            problems.push(format!("{key}={value} is ignored: {problem}."));
        }
    }
    (filter, problems)
}

fn topic(name: &str) -> Result<&'static str, String> {
    let all = topics();
    let topic = all.iter().find(|topic| topic.eq_ignore_ascii_case(name)).copied();
    topic.ok_or_else(|| format!("use one of {}", all.join(", ").to_lowercase()))
}

fn named(key: &str) -> Result<&'static Outcome, String> {
    let all: Vec<&str> = OUTCOMES.iter().map(|outcome| outcome.key).collect();
    let outcome = OUTCOMES.iter().find(|outcome| outcome.key == key);
    outcome.ok_or_else(|| format!("use one of {}", all.join(", ")))
}

/// Returns the filter for an address.
pub fn pairs(filter: &Filter) -> Vec<(String, String)> {
    let topic = filter.topic.map(|topic| (TOPIC.to_owned(), topic.to_lowercase()));
    let outcome = filter.outcome.map(|outcome| (OUTCOME.to_owned(), outcome.key.to_owned()));
    topic.into_iter().chain(outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Vec<(String, String)> {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn a_filter_is_written_as_it_is_read() {
        for text in ["", "topic=kafka", "outcome=lost", "topic=sqs fifo&outcome=dead-lettered"] {
            let (filter, problems) = read(&asked(text));
            assert_eq!(problems, Vec::<String>::new());
            assert_eq!(pairs(&filter), asked(text));
        }
    }

    #[test]
    fn what_it_does_not_have_is_said() {
        let (filter, problems) = read(&asked("topic=mqtt&outcome=2x&product=kafka"));
        assert_eq!(filter, Filter::default());
        assert!(problems[0].starts_with("topic=mqtt is ignored: use one of the three guarantees,"));
        assert!(problems[1].contains("use one of once, twice,"), "{}", problems[1]);
        assert_eq!(
            problems[2],
            "product=kafka is ignored: the overview has only topic and outcome."
        );
    }

    #[test]
    fn every_badge_has_one_meaning() {
        for entry in groups().iter().flat_map(|group| &group.entries) {
            let meanings =
                OUTCOMES.iter().filter(|outcome| outcome.badges.contains(&entry.badge.as_str()));
            assert_eq!(meanings.count(), 1, "{}: {}", entry.id, entry.badge);
        }
    }

    #[test]
    fn a_part_of_the_catalogue_is_shown() {
        let (filter, _) = read(&asked("topic=kafka&outcome=lost"));
        let all: Vec<&str> = groups()
            .iter()
            .flat_map(|group| shown(group, &filter, "leader"))
            .map(|(_, entry)| entry.id.as_str())
            .collect();
        assert!(all.contains(&"kafka-acks-1") && all.len() < 10, "{all:?}");
        assert!(all.iter().all(|id| id.starts_with("kafka-")), "{all:?}");
        assert_eq!(questions(&filter).len(), groups().len());
    }
}
