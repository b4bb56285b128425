//! `choose`: from requirements to the configurations that provably meet them.

use super::print::{Form, pretty};
use super::{Answer, Wrong};
use crate::choose::{Answers, Candidate, Hands, Picked, Question, Rank};
use crate::choose::{known, obligations, pick, rests_on};
use crate::sim::plain::echo;
use crate::simulate::{Cost, cost};
use serde_json::{Value, json};
use std::fmt::Write;

#[derive(clap::Args)]
pub struct Choose {
    /// Answers as question=answer: lost=may|told|never, twice=may|never, order=no|key|all,
    /// effect=database|kafka|outside, broker=any|kafka|rabbitmq|sqs|nats, consumer=ours|fixed,
    /// rate=100 (messages per second). Defaults: lost=told, twice=never, order=no,
    /// effect=database, broker=any, consumer=ours, rate=100.
    #[arg(value_name = "QUESTION=ANSWER")]
    answers: Vec<String>,
    /// Sort by latency, rate (throughput), or parts (number of components).
    #[arg(long, value_name = "ORDER", default_value = "latency", value_parser = rank)]
    by: Rank,
    /// Maximum number of configurations to show.
    #[arg(long, value_name = "N", default_value_t = 3)]
    most: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn rank(text: &str) -> Result<Rank, String> {
    Rank::from_key(text).ok_or_else(|| "use one of latency, rate, parts".into())
}

/// A candidate with its measured cost.
struct Measured {
    candidate: &'static Candidate,
    cost: Cost,
    hands: Hands,
}

impl Choose {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let mut answers = Answers::default();
        for pair in &self.answers {
            let (question, answer) = pair.split_once('=').ok_or_else(|| {
                Wrong(format!("{}: write question=answer, such as lost=never", echo(pair)))
            })?;
            let known = Question::ALL.into_iter().find(|q| q.key() == question);
            let question = known.ok_or_else(|| {
                let all = Question::ALL.map(Question::key).join(", ");
                Wrong(format!("there is no question '{}'; use one of {all}", echo(question)))
            })?;
            let set = answers.set(question, answer);
            set.map_err(|problem| Wrong(format!("{}: {problem}", echo(pair))))?;
        }
        let picked = pick(&answers);
        let mut choices = Vec::new();
        for candidate in &picked.choices {
            let cost = cost(&candidate.configuration, &candidate.load())
                .map_err(|error| Wrong(error.to_string()))?;
            let hands = Hands::needed(&answers, candidate, &cost);
            choices.push(Measured { candidate, cost, hands });
        }
        let key = |m: &Measured| (m.hands.limit.is_some(), self.by.of(&m.cost));
        choices.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal));
        let passed = choices.iter().any(|choice| choice.hands.limit.is_none());
        let text = match self.json {
            true => as_json(&answers, &picked, &choices),
            false => self.text(&answers, &picked, &choices),
        };
        Ok(Answer { passed, ..Answer::of(text, Form::of(self.json)) })
    }

    fn text(&self, answers: &Answers, picked: &Picked, choices: &[Measured]) -> String {
        let mut out = String::new();
        for question in Question::ALL {
            // Writing to a `String` cannot fail.
            let _ = writeln!(out, "{:<36} {}", question.asks(), answers.label(question));
        }
        if choices.is_empty() {
            out.push_str("\nNo configuration meets all requirements. Conflicting answers:\n");
            for questions in &picked.collide {
                let all: Vec<_> = questions
                    .iter()
                    .map(|&q| format!("{} {}", q.asks(), answers.label(q)))
                    .collect();
                let _ = writeln!(out, "  - {}", all.join(" + "));
            }
        }
        for (place, choice) in choices.iter().take(self.most).enumerate() {
            describe(&mut out, place + 1, choice, answers);
        }
        if choices.len() > self.most {
            let _ = writeln!(out, "\n{} more; see --most.", choices.len() - self.most);
        }
        if !picked.near.is_empty() {
            out.push_str("\nNear misses:\n");
        }
        for near in picked.near.iter().take(self.most.max(5)) {
            let _ = writeln!(
                out,
                "  - {}: {}",
                near.candidate.label(),
                near.lacks.broken_says().to_lowercase()
            );
        }
        out
    }
}

fn describe(out: &mut String, place: usize, choice: &Measured, answers: &Answers) {
    let Measured { candidate, cost, hands } = choice;
    let _ = writeln!(out, "\n{place}. {}", candidate.label());
    let ms = |us: Option<u64>| us.map_or("-".into(), |us| format!("{:.1} ms", us as f64 / 1e3));
    let _ = writeln!(
        out,
        "   end-to-end p50 {}, p99 {}; {} fsyncs per message; producers: {}, consumers: {} for {} msg/s",
        ms(cost.effect.quantile_us(0.5)),
        ms(cost.effect.quantile_us(0.99)),
        cost.syncs,
        hands.producers,
        hands.consumers,
        answers.rate
    );
    if let Some(limit) = hands.limit {
        let _ = writeln!(out, "   ✕ {limit}");
    }
    let _ = write!(out, "   ackward check {}", candidate.preset);
    for (key, value) in &candidate.settings {
        let _ = write!(out, " --set {key}={value}");
    }
    out.push_str(" --messages 2 --faults 2\n");
    if let (Some(known), Some(assumptions)) = (known(&candidate.id), rests_on(candidate)) {
        let _ = writeln!(out, "   Proved: {}", known.bounds());
        let _ = writeln!(out, "   Proved for {}\n   Assumptions:", assumptions.of());
        for sentence in assumptions.assumed {
            let _ = writeln!(out, "   - {sentence}");
        }
    }
    for block in candidate.client(answers.order) {
        let _ = writeln!(out, "   {}:", block.title);
        for line in block.text.lines() {
            let _ = writeln!(out, "     {line}");
        }
    }
    out.push_str("   Your responsibilities:\n");
    for duty in obligations(candidate, answers) {
        let _ = writeln!(out, "   - {duty}");
    }
}

fn as_json(answers: &Answers, picked: &Picked, choices: &[Measured]) -> String {
    let choice = |m: &Measured| {
        let holds: Vec<_> = crate::check::Property::ALL
            .into_iter()
            .filter(|&p| known(&m.candidate.id).is_some_and(|known| known.proves(p)))
            .map(|p| p.key())
            .collect();
        let blocks: Vec<_> = m
            .candidate
            .client(answers.order)
            .into_iter()
            .map(|block| json!({ "title": block.title, "text": block.text }))
            .collect();
        json!({
            "id": m.candidate.id,
            "says": m.candidate.label(),
            "preset": m.candidate.preset,
            "settings": m.candidate.settings,
            "proved": holds,
            "bounds": known(&m.candidate.id).map(|known| known.bounds()),
            "assumes": rests_on(m.candidate),
            "effect_us": { "p50": m.cost.effect.quantile_us(0.5), "p99": m.cost.effect.quantile_us(0.99) },
            "per_second": m.cost.per_second(),
            "producers": m.hands.producers,
            "consumers": m.hands.consumers,
            "limit": m.hands.limit,
            "client": blocks,
            "duties": obligations(m.candidate, answers),
        })
    };
    let near: Vec<Value> = picked
        .near
        .iter()
        .map(|n| json!({ "id": n.candidate.id, "lacks": n.lacks.key(), "run": n.run.map(|run| json!({ "messages": run.messages, "path": run.path })) }))
        .collect();
    let collide: Vec<Vec<_>> =
        picked.collide.iter().map(|set| set.iter().map(|q| q.key()).collect()).collect();
    let answered: serde_json::Map<String, Value> =
        Question::ALL.into_iter().map(|q| (q.key().to_owned(), answers.of(q).into())).collect();
    pretty(&json!({
        "answers": answered,
        "choices": choices.iter().map(choice).collect::<Vec<_>>(),
        "near": near,
        "collide": collide,
    }))
}
