//! Selection of candidates: those that satisfy the answers, those that nearly do, and the sets of
//! answers that conflict.

use super::answers::{Answers, Broker, Consumer, Lost, Order, Question, Twice};
use super::candidates::{Candidate, candidates};
use super::proofs::{Run, known};
use crate::check::Property;
use crate::products;
use crate::simulate::Cost;

/// The criterion by which candidates are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rank {
    /// The end-to-end latency.
    #[default]
    Latency,
    /// Throughput in messages per second.
    Rate,
    /// The number of extra components and of extra stored data.
    Parts,
}

impl Rank {
    pub const ALL: [Rank; 3] = [Rank::Latency, Rank::Rate, Rank::Parts];

    /// Returns the name that links use.
    pub fn key(self) -> &'static str {
        match self {
            Rank::Latency => "latency",
            Rank::Rate => "rate",
            Rank::Parts => "parts",
        }
    }

    /// Returns which candidates come first, in a few words.
    pub fn label(self) -> &'static str {
        match self {
            Rank::Latency => "lowest latency first",
            Rank::Rate => "highest throughput first",
            Rank::Parts => "fewest components first",
        }
    }

    /// Returns the rank of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Rank> {
        Rank::ALL.into_iter().find(|rank| rank.key() == key)
    }

    /// Returns the sort key; lower values come first.
    pub fn of(self, cost: &Cost) -> (f64, f64) {
        let latency = cost.effect.mean_us().unwrap_or(f64::MAX);
        match self {
            Rank::Latency => (latency, 0.0),
            Rank::Rate => (-cost.per_second(), latency),
            Rank::Parts => ((cost.parts.len() + cost.keeps.len()) as f64, latency),
        }
    }
}

/// A candidate that has all required properties but one.
#[derive(Clone, Copy, Debug)]
pub struct Near {
    pub candidate: &'static Candidate,
    /// The property that it lacks.
    pub lacks: Property,
    /// A counterexample; `None` if the property is neither proved nor violated.
    pub run: Option<&'static Run>,
}

/// The result of a selection.
#[derive(Clone, Debug, Default)]
pub struct Picked {
    /// Candidates proved to satisfy the answers, except for the rate, which is measured.
    pub choices: Vec<&'static Candidate>,
    /// Candidates that lack one property, starting with those nearest to one of the choices.
    pub near: Vec<Near>,
    /// If there are no choices: the smallest sets of answers that no candidate satisfies together.
    pub collide: Vec<Vec<Question>>,
}

/// Selects among all candidates.
pub fn pick(answers: &Answers) -> Picked {
    let mut picked = Picked::default();
    for candidate in candidates() {
        if !candidate.fits(answers.broker, answers.effect, answers.consumer) {
            continue;
        }
        let Some(known) = known(&candidate.id) else { continue };
        let asked = answers.asked();
        let mut lacking = asked.iter().map(|(_, p)| *p).filter(|&p| !known.proves(p));
        match (lacking.next(), lacking.next()) {
            (None, _) => picked.choices.push(candidate),
            (Some(lacks), None) => {
                picked.near.push(Near { candidate, lacks, run: known.run(lacks) });
            }
            _ => {}
        }
    }
    let Picked { choices, near, .. } = &mut picked;
    near.sort_by_cached_key(|near| {
        let far = choices.iter().map(|choice| distance(near.candidate, choice)).min();
        (far, near.candidate.settings.len())
    });
    if picked.choices.is_empty() {
        picked.collide = collide(answers);
    }
    picked
}

/// Returns the distance between two candidates, by what would have to change: the broker weighs
/// more than the preset, and the preset more than a setting.
fn distance(one: &Candidate, other: &Candidate) -> usize {
    let lacks = |a: &Candidate, b: &Candidate| {
        a.settings.iter().filter(|setting| !b.settings.contains(setting)).count()
    };
    let settings = lacks(one, other).max(lacks(other, one));
    let preset = usize::from(one.preset != other.preset);
    let broker = usize::from(one.broker != other.broker);
    settings + 10 * preset + 100 * broker
}

/// Returns the smallest sets of answers that no candidate satisfies.
fn collide(answers: &Answers) -> Vec<Vec<Question>> {
    let asked = Question::ALL.into_iter().filter(|&question| matters(answers, question));
    let asked: Vec<Question> = asked.collect();
    for size in 1..=asked.len() {
        let sets = (0..1_u32 << asked.len()).filter(|set| set.count_ones() as usize == size);
        let questions = |set: u32| -> Vec<Question> {
            let of = asked.iter().enumerate().filter(|(i, _)| set & 1 << i != 0);
            of.map(|(_, question)| *question).collect()
        };
        let nobody = |set: &Vec<Question>| {
            !candidates().iter().any(|c| set.iter().all(|&q| satisfies(answers, c, q)))
        };
        let found: Vec<_> = sets.map(questions).filter(nobody).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Returns true if the answer rules anything out.
fn matters(answers: &Answers, question: Question) -> bool {
    match question {
        Question::Lost => answers.lost != Lost::May,
        Question::Twice => answers.twice != Twice::May,
        Question::Order => answers.order != Order::No,
        Question::Broker => answers.broker != Broker::Any,
        Question::Consumer => answers.consumer != Consumer::Ours,
        Question::Effect => true,
        // Measured, not proved; see `Hands`.
        Question::Rate => false,
    }
}

fn satisfies(answers: &Answers, candidate: &Candidate, question: Question) -> bool {
    match question {
        Question::Effect => candidate.effect == answers.effect,
        Question::Broker => candidate.broker == answers.broker,
        Question::Consumer => candidate.plain,
        Question::Rate => true,
        asked => {
            let asked = answers.asked().into_iter().find(|(q, _)| *q == asked);
            let known = known(&candidate.id);
            asked.is_none_or(|(_, p)| known.is_some_and(|known| known.proves(p)))
        }
    }
}

/// The number of producers and consumers that the required rate takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hands {
    pub producers: u32,
    pub consumers: u32,
    /// The reason why the rate cannot be reached, if it cannot.
    pub limit: Option<&'static str>,
}

impl Hands {
    /// Computes the numbers for these answers at this cost.
    pub fn needed(answers: &Answers, candidate: &Candidate, cost: &Cost) -> Hands {
        let rate = f64::from(answers.rate);
        let hands = |each: f64| (rate / each.max(1e-9)).ceil().clamp(1.0, 1e9) as u32;
        let (producers, consumers) =
            (hands(cost.sent_per_second()), hands(cost.handled_per_second()));
        let ordered = answers.order == Order::All;
        let config = &candidate.configuration;
        let of_product = (products::of(config).timing.limit)(config);
        let limit = if ordered && producers > 1 {
            Some("total order needs a single producer, which cannot reach this rate")
        } else if ordered && consumers > 1 {
            Some("total order needs a single consumer, which cannot reach this rate")
        } else {
            of_product.filter(|(most, _)| answers.rate > *most).map(|(_, limit)| limit)
        };
        Hands { producers, consumers, limit }
    }
}
