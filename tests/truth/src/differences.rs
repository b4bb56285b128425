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
];

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
