//! From what the files say to Ackward's own settings: one module for each product.

mod batch;
mod kafka;
mod rabbitmq;
mod redis;
mod sqs;

pub use kafka::wanted;

use super::answers::{Answers, Question};
use super::keys::{Key, Space};
use super::layers::{Origin, Settings};
use super::part::{Active, Part, Place, RemarkKind, Sheet, Side, System, Value};
use super::plan::Plan;
use super::{values, variables};

/// Plans the verdict; `None` if the files describe no side of any delivery.
pub fn plan(sheet: &mut Sheet, answers: &Answers) -> Option<Plan> {
    let system = system(sheet)?;
    values::report(sheet);
    let mut chosen = Chosen::default();
    let parts: Vec<Part> =
        sheet.parts.iter().filter(|part| part.layer.system == system).cloned().collect();
    chosen.choose(sheet, &parts, answers);
    let mut plan = match system {
        System::Kafka => kafka::plan(&chosen, answers),
        System::Rabbitmq => rabbitmq::plan(&chosen, answers),
        System::Sqs => sqs::plan(&chosen, answers),
    };
    let sides = [&chosen.producer, &chosen.consumer, &chosen.broker];
    if let Some(refusal) = values::refusal(sides.into_iter().flatten()) {
        plan.refused.get_or_insert(refusal);
    }
    for part in [&chosen.producer, &chosen.consumer].into_iter().flatten() {
        plan.channels.push((part.side, part.name.clone()));
    }
    plan.files = sides.into_iter().flatten().map(|part| (part.side, part.place.file)).collect();
    let is_neighbor = |key: &str| {
        let of_mapping = |key: Key| key.side == Some(Side::Consumer);
        variables::is_variable(key) || Space::Sqs.exact(key).is_some_and(of_mapping)
    };
    plan.passed = sheet.irrelevant.iter().filter(|(_, key)| is_neighbor(key)).cloned().collect();
    plan.passed.extend_from_slice(&sheet.neighbors);
    plan.brokers.clone_from(&sheet.brokers);
    plan.blocks.clone_from(&sheet.blocks);
    plan.questions.extend(chosen.question);
    plan.questions.extend(profile(sheet, answers));
    Some(plan)
}

/// Returns the question which profile is active, if the files have more than one way to run.
fn profile(sheet: &Sheet, answers: &Answers) -> Option<Question> {
    let mut names = sheet.profiles.clone();
    if names.is_empty() {
        return None;
    }
    let made_active = sheet.active.as_ref().map(|active| active.profile.as_str());
    let usual = made_active.or(sheet.usual_profile).unwrap_or(NO_PROFILE).to_owned();
    let active = answers.profile.clone().unwrap_or_else(|| usual.clone());
    for name in [&active, &usual] {
        if !names.contains(name) {
            names.insert(0, name.clone());
        }
    }
    let says = sheet.active.as_ref().map(|active| {
        let Active { profile, written, .. } = active;
        format!(" {written} says {profile}.")
    });
    Some(Question {
        key: "profile",
        text: format!("Which profile is active?{}", says.unwrap_or_default()),
        options: names.into_iter().map(|name| (name.clone(), name)).collect(),
        taken: active,
        answered: answers.profile.is_some(),
    })
}

/// What stands for no profile.
const NO_PROFILE: &str = "none";

/// Returns the product that most parts belong to, and reports the others.
fn system(sheet: &mut Sheet) -> Option<System> {
    let count = |system: System| sheet.parts.iter().filter(|p| p.layer.system == system).count();
    let systems = [System::Kafka, System::Rabbitmq, System::Sqs];
    let most =
        systems.into_iter().max_by_key(|&system| (count(system), system == System::Kafka))?;
    if count(most) == 0 {
        return None;
    }
    let others: Vec<(Place, &str)> = sheet
        .parts
        .iter()
        .filter(|part| part.layer.system != most)
        .map(|part| (part.place, part.layer.label))
        .collect();
    for (place, label) in others {
        let text = format!(
            "{label} is of another product than the rest; one product is judged at a time. Check \
             its files alone"
        );
        sheet.remark(RemarkKind::PassedOver, place, text);
    }
    Some(most)
}

/// Maximum number of attempts of a handler that is looked at. No run within the bounds of the search
/// has more than two faults, so that three attempts and more behave alike: single failures do not use
/// them up, and a handler that fails every time uses up any number.
const MOST_ATTEMPTS: u64 = 3;

/// Returns the number of attempts that is looked at, and notes it if it is another one.
fn attempts(settings: &mut Settings, names: &[&str], wanted: u64) -> u64 {
    if wanted > MOST_ATTEMPTS
        && let Some(name) = names.iter().find(|name| settings.row(name).is_some())
    {
        let note = format!("looked at as {MOST_ATTEMPTS}, which no run here tells from more");
        settings.note(name, note);
    }
    wanted.clamp(1, MOST_ATTEMPTS)
}

/// One part for each side.
#[derive(Default)]
struct Chosen {
    producer: Option<Part>,
    consumer: Option<Part>,
    broker: Option<Part>,
    /// Other queues or topics that take dead letters.
    dead_letters: Vec<Part>,
    question: Option<Question>,
}

impl Chosen {
    fn choose(&mut self, sheet: &mut Sheet, parts: &[Part], answers: &Answers) {
        let of = |side: Side| parts.iter().filter(move |part| part.side == side);
        let asked = answers.queue.as_deref();
        let named = |part: &&Part| {
            asked.is_some_and(|name| part.name == name || part.refers_to.as_deref() == Some(name))
        };
        for side in [Side::Producer, Side::Consumer] {
            let part = of(side).find(named).or_else(|| of(side).next()).cloned();
            for other in
                of(side).filter(|other| Some(other.place) != part.as_ref().map(|p| p.place))
            {
                let text = format!(
                    "there is more than one {}; this one ({}) is not judged. Give the name of its \
                     topic or queue to judge it",
                    side.label(),
                    if other.name.is_empty() { other.layer.label } else { &other.name }
                );
                sheet.remark(RemarkKind::PassedOver, other.place, text);
            }
            match side {
                Side::Producer => self.producer = part,
                _ => self.consumer = part,
            }
        }
        let brokers: Vec<&Part> = of(Side::Broker).collect();
        let refers = |part: &Option<Part>| part.as_ref().and_then(|part| part.refers_to.clone());
        let wanted = asked
            .map(str::to_owned)
            .or_else(|| refers(&self.consumer))
            .or_else(|| refers(&self.producer));
        self.broker = broker(&brokers, wanted.as_deref());
        let Some(own) = &self.broker else { return };
        let others: Vec<&&Part> =
            brokers.iter().filter(|p| !p.name.is_empty() && p.name != own.name).collect();
        for part in others.iter().filter(|part| part.layer.system != System::Kafka) {
            if is_dead_letter(part, &brokers) && !takes_dead_letters(part, &brokers) {
                let text = format!(
                    "{} is taken for a queue of dead letters, by its name; give its name as the \
                     queue that is meant to judge it",
                    part.name
                );
                sheet.remark(RemarkKind::Assumed, part.place, text);
            }
        }
        self.dead_letters = others
            .iter()
            .filter(|part| is_dead_letter(part, &brokers))
            .map(|part| (**part).clone())
            .collect();
        let mut real = vec![own.name.clone()];
        for part in others.iter().filter(|part| !is_dead_letter(part, &brokers)) {
            if !real.contains(&part.name) {
                real.push(part.name.clone());
            }
        }
        if (wanted.is_none() || asked.is_some()) && real.len() > 1 {
            self.question = Some(Question {
                key: "queue",
                text: "Which topic or queue is meant?".into(),
                options: real.iter().map(|name| (name.clone(), name.clone())).collect(),
                taken: own.name.clone(),
                answered: asked.is_some(),
            });
        }
    }
}

/// Chooses the queue or topic: the wanted one, else the first that takes no dead letters. A part
/// without a name is the cluster, whose settings lie under those of the topic.
fn broker(brokers: &[&Part], wanted: Option<&str>) -> Option<Part> {
    let named = || brokers.iter().filter(|part| !part.name.is_empty());
    let wanted = wanted.and_then(|name| named().find(|part| part.name == name));
    let first = named().find(|part| !is_dead_letter(part, brokers));
    let own = wanted.or(first).or(named().next());
    let cluster = brokers.iter().find(|part| part.name.is_empty());
    match (own, cluster) {
        (Some(own), cluster) => {
            let mut own = (**own).clone();
            // Two outputs may describe the same topic.
            let same = named().filter(|part| part.name == own.name && part.place != own.place);
            let below: Vec<_> =
                cluster.into_iter().chain(same).flat_map(|part| part.items.clone()).collect();
            own.items.splice(0..0, below);
            Some(own)
        }
        (None, cluster) => cluster.map(|part| (**part).clone()),
    }
}

/// Returns true if the queue takes the dead letters of another, or its name says so.
fn is_dead_letter(part: &Part, brokers: &[&Part]) -> bool {
    let name = part.name.to_lowercase();
    let says = ["dlq", "dlt", "dead", "failed", "parked", "parking", "error", "-retry"];
    takes_dead_letters(part, brokers)
        || brokers.len() > 1 && says.iter().any(|word| name.contains(word))
}

/// Returns true if another queue names this one for its dead letters.
fn takes_dead_letters(part: &Part, brokers: &[&Part]) -> bool {
    brokers.iter().flat_map(|other| &other.items).any(|item| {
        item.name == "dead-letter-queue"
            && matches!(&item.value, Value::Text(name) if *name == part.name)
    })
}

/// Returns the place of a setting in a file.
fn place_of(settings: &Settings, name: &str) -> Option<Place> {
    match &settings.row(name)?.origin {
        Origin::File { place, .. } => Some(*place),
        _ => None,
    }
}
