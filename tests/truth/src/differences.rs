//! Runs that a product shows and the model has not, each with the reason. The product is right; the
//! recording is kept until the model says the same, or the product is mended.

use crate::record::{head, play, write};
use crate::servers::Failure;
use crate::stage::{Product, Stage};
use ackward::catalogue;
use ackward::evidence::Recording;
use ackward::sim::{CompiledScenario, Scenario, Trace};

/// A difference: its name, the scenario whose configuration it has, and its script.
struct Difference {
    id: &'static str,
    like: &'static str,
    script: &'static [&'static str],
    /// The queue is used as soon as it is declared.
    young: bool,
    /// The product, and the versions of it that show it.
    product: &'static str,
    versions: &'static str,
    why: &'static str,
}

const FORGETS: &str = "moto looks for a MessageDeduplicationId among the messages that it still has, \
                       so it forgets that of a message that is deleted; AWS remembers it for five \
                       minutes, deleted or not (SQS API, SendMessage)";

const DIFFERENCES: &[Difference] = &[
    Difference {
        id: "young-quorum-queue",
        like: "crash-after-work",
        script: &["crash:broker@m1.acked"],
        young: true,
        product: "RabbitMQ",
        versions: "4.",
        why: "a quorum queue that was declared a moment before is lost with its node's process, and \
              so is what it has confirmed, although that is synced: names.dets is saved later \
              (rabbitmq/ra#443)",
    },
    Difference {
        id: "nack-counted-before-4.3",
        like: "rabbitmq-nack-not-counted",
        script: &["fail:handler@m1#*"],
        young: false,
        product: "RabbitMQ",
        versions: "3.",
        why: "the model is of RabbitMQ 4.3; before, basic.nack with requeue counted towards \
              x-delivery-limit like basic.reject",
    },
    Difference {
        id: "moto-forgets-id-retry",
        like: "sqs-fifo-retry",
        script: &["lose:ack@m1#1"],
        young: false,
        product: "moto",
        versions: "5.",
        why: FORGETS,
    },
    Difference {
        id: "moto-forgets-id-body",
        like: "sqs-fifo-content",
        script: &[],
        young: false,
        product: "moto",
        versions: "5.",
        why: FORGETS,
    },
    Difference {
        id: "moto-forgets-id-twice",
        like: "test-sent-twice-fifo",
        script: &["twice:send@m1"],
        young: false,
        product: "moto",
        versions: "5.",
        why: FORGETS,
    },
    Difference {
        id: "moto-fifo-stale-handle",
        like: "dedup-in-progress-outlasts",
        script: &["slow:consumer@m1.before-work"],
        young: false,
        product: "moto",
        versions: "5.",
        why: "moto deletes a message of a FIFO queue by any receipt handle that it ever had; AWS \
              refuses one whose visibility timeout has expired (SQS developer guide, visibility \
              timeout)",
    },
    Difference {
        id: "moto-fifo-batch-order",
        like: "sqs-fifo-first-failure",
        script: &["fail:handler@m1#1"],
        young: false,
        product: "moto",
        versions: "5.",
        why: "when the visibility timeout of a batch ends, moto passes over the first message of the \
              group, since the second one still counts as in flight, and delivers the second one; \
              AWS keeps the order of a group (SQS developer guide, FIFO queues)",
    },
];

/// Returns why a product cannot show a scenario as the model has it, if that is known.
pub fn known(product: &Product, scenario: &Scenario) -> Option<&'static str> {
    let script: Vec<String> = scenario.faults.iter().map(ToString::to_string).collect();
    let own = |d: &&Difference| {
        d.product == product.name()
            && product.version().starts_with(d.versions)
            && !d.young
            && (d.like, d.script.to_vec())
                == (scenario.id.as_str(), script.iter().map(String::as_str).collect())
    };
    DIFFERENCES.iter().find(own).map(|difference| difference.why)
}

/// Records the differences that this version of the product shows. Returns true if all of them are
/// still there.
///
/// # Errors
/// Of the servers, or of the harness.
pub async fn record(mut stage: Stage) -> Result<bool, Failure> {
    let mut all_there = true;
    let (product, version) = (stage.product.name(), stage.product.version().to_owned());
    let shows = |d: &&Difference| d.product == product && version.starts_with(d.versions);
    for difference in DIFFERENCES.iter().filter(shows) {
        if let Product::Rabbitmq(nodes) = &mut stage.product {
            nodes.young_queues = difference.young;
        }
        let scenario = scenario(difference)?;
        let setup = CompiledScenario::new(&scenario).map_err(|e| e.to_string())?;
        let trace = Trace::run(&setup);
        let played = play(&mut stage, &setup, &trace).await?;
        let ending = played.ending.clone().ok().or(played.instead.clone());
        let Some(ending) = ending else {
            println!("✕ {}: {:?}", difference.id, played.ending);
            played.events.iter().for_each(|event| println!("    {event}"));
            all_there = false;
            continue;
        };
        let mut head = head(&stage, &scenario);
        head.command = "./dev truth differences".into();
        head.difference = Some(difference.why.into());
        let recording = Recording { head, events: played.events, ending };
        let differs = recording.is_a_run_of_the_model().err();
        let mark = if differs.is_some() { "✓" } else { "✕" };
        let what = differs.unwrap_or_else(|| "the model has this run now".into());
        println!("{mark} {}: {what}", difference.id);
        all_there &= mark == "✓";
        write(&recording, difference.id)?;
    }
    Ok(all_there)
}

fn scenario(difference: &Difference) -> Result<Scenario, Failure> {
    let like = catalogue::scenario(difference.like).ok_or("there is no such scenario")?;
    let faults = difference.script.iter().map(|fault| fault.parse());
    let faults = faults.collect::<Result<_, String>>()?;
    Ok(Scenario { id: difference.id.into(), ..like.with_faults(faults) })
}
