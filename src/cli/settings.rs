//! `--set key=value`: settings under the products' own names, abbreviated as far as they are
//! unambiguous.

use super::Wrong;
use super::print::Form;
use crate::lab;
use crate::sim::Scenario;
use crate::sim::plain::echo;
use crate::simulate::Operation;

/// Returns the scenario with these settings changed, ready for output: every string in it is
/// escaped for text output; JSON has its own escapes.
pub fn ready(scenario: &Scenario, settings: &[String], form: Form) -> Result<Scenario, Wrong> {
    let changed = change(scenario, settings)?;
    Ok(if form == Form::Text { changed.made_visible() } else { changed })
}

/// Returns the scenario with these settings changed; each is `key=value`.
fn change(scenario: &Scenario, settings: &[String]) -> Result<Scenario, Wrong> {
    let pair = |setting: &String| match setting.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
        None => Err(Wrong(format!("--set {}: write key=value, such as acks=1", echo(setting)))),
    };
    let pairs: Vec<(String, String)> = settings.iter().map(pair).collect::<Result<_, _>>()?;
    if pairs.is_empty() {
        return Ok(scenario.clone());
    }
    lab::change(scenario, &pairs).map_err(|problem| {
        // The checker has no clock, so a key that it rejects may be a duration for other commands.
        let time = Operation::ALL.iter().map(|act| act.key()).find(|time| {
            let said = problem.strip_prefix(time).and_then(|rest| rest.strip_prefix(": "));
            said.is_some_and(|_| pairs.iter().any(|(key, _)| key == time))
        });
        let pace =
            time.map(|time| format!(". `ackward chaos` and `cost` take it: --pace {time}=…"));
        Wrong(format!("--set {problem}{}", pace.unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::preset;
    use crate::sim::settings::{ProducerSettings, kafka};

    fn set(id: &str, settings: &[&str]) -> Result<Scenario, String> {
        let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
        change(preset(id).unwrap(), &settings).map_err(|Wrong(problem)| problem)
    }

    #[test]
    fn short_names_and_whole_paths_lead_to_the_same() {
        let short = set("kafka-default", &["acks=1", "isolation.level=read_committed"]).unwrap();
        let long = ["producer.kafka.acks=1", "consumer.kafka.isolation.level=read_committed"];
        assert_eq!(short, set("kafka-default", &long).unwrap());
        let ProducerSettings::Kafka(producer) = &short.configuration.producer else { panic!() };
        assert_eq!(producer.acks, kafka::Acks::Leader);
        assert!(!producer.idempotent());
    }

    #[test]
    fn settings_that_need_one_another_may_come_in_any_order() {
        let program = "program=receive, work, ack";
        for pair in [[program, "enable.auto.commit=false"], ["enable.auto.commit=false", program]] {
            assert_eq!(
                set("kafka-default", &pair).unwrap().configuration.consumer.program.len(),
                3
            );
        }
        let alone = set("kafka-default", &[program]).unwrap_err();
        assert!(alone.contains("consumer.program[2]: enable.auto.commit is true"), "{alone}");
    }

    #[test]
    fn every_product_knows_its_own() {
        for (id, setting) in [
            ("kafka-default", "output isolation.level=read_uncommitted"),
            ("kafka-idempotent", "in_sync_at_start=2"),
            ("rabbitmq-default", "x-queue-type=quorum"),
            ("rabbitmq-default", "x-dead-letter-exchange=dlx"),
            ("sqs-fifo", "maxReceiveCount=3"),
            ("sqs-fifo", "MessageGroupId=a,b"),
            ("at-least-once", "backoff=exponential"),
            ("at-least-once", "delay_ms=5"),
            ("at-least-once", "on_error=swallow"),
            ("outbox", "database=save-then-send"),
        ] {
            set(id, &[setting]).unwrap_or_else(|e| panic!("{id}: {e}"));
        }
    }

    #[test]
    fn says_what_is_wrong_and_what_is_near() {
        let wrong = |id: &str, setting: &str, label: &str| {
            let problem = set(id, &[setting]).unwrap_err();
            assert!(problem.contains(label), "{problem}");
        };
        wrong("kafka-default", "ack=1", "did you mean producer.kafka.acks");
        wrong("kafka-default", "acks", "write key=value");
        wrong("kafka-default", "acks=2", "use one of 0, 1, all");
        wrong("kafka-idempotent", "min.insync.replicas=4", "use a number from 1 to 3");
        wrong("kafka-default", "retries=many", "use a number from 0 to 2147483647");
        wrong("rabbitmq-default", "acks=1", "there is no such setting here");
        wrong("kafka-default", "producer.kafka.acs=1", "did you mean producer.kafka.acks");
    }
}
