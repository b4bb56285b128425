//! Drives real brokers along the runs of Ackward's model, and records what they did. See
//! `./dev truth`.

mod actor;
mod actors;
mod admin;
mod amqp_client;
mod broker;
mod campaign;
mod commit_proxy;
mod counts;
mod differences;
mod director;
mod kafka;
mod mail;
mod message_ids;
mod nats;
mod packets;
mod protocol;
mod proxy;
mod rabbitmq;
mod record;
mod schedules;
mod servers;
mod sqs;
mod stage;
mod stores;
mod topology;
mod wire;

use servers::Failure;
use servers::sqs::Kind;
use stage::Stage;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return ExitCode::FAILURE };
    let local = tokio::task::LocalSet::new();
    let done = match arguments[..] {
        ["actor", errand] => runtime.block_on(local.run_until(actor::run(errand))).map(|()| true),
        _ => runtime.block_on(local.run_until(run(&arguments))),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("✕ {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Carries out a command, and returns true if everything seen was as it should be.
async fn run(arguments: &[&str]) -> Result<bool, Failure> {
    let usage = "usage: ackward-truth rabbitmq|kafka|nats|sqs ROOT [SCENARIO…] | \
                 random rabbitmq|kafka|nats ROOT MINUTES SEED | \
                 differences rabbitmq|nats|sqs ROOT";
    match *arguments {
        ["random", product, root, minutes, seed] => random(product, root, minutes, seed).await,
        ["differences", "sqs", root] => {
            let mut all_there = true;
            for kind in Kind::ALL {
                all_there &= differences::record(Stage::sqs(kind, root.as_ref()).await?).await?;
            }
            Ok(all_there)
        }
        ["differences", product, root] => differences::record(stage(product, root).await?).await,
        ["kafka", root, ref scenarios @ ..] => kafka::record::kafka(root.as_ref(), scenarios).await,
        ["sqs", root, ref scenarios @ ..] => emulators(root.as_ref(), scenarios).await,
        [product @ ("rabbitmq" | "nats"), root, ref scenarios @ ..] => {
            record::all(stage(product, root).await?, scenarios).await
        }
        _ => Err(usage.into()),
    }
}

/// Records on one emulator of SQS after the other.
async fn emulators(root: &Path, scenarios: &[&str]) -> Result<bool, Failure> {
    let mut passed = true;
    for kind in Kind::ALL {
        passed &= record::all(Stage::sqs(kind, root).await?, scenarios).await?;
    }
    Ok(passed)
}

async fn stage(product: &str, root: &str) -> Result<Stage, Failure> {
    match product {
        "nats" => Stage::nats(root.as_ref()).await,
        _ => Stage::rabbitmq(root.as_ref()).await,
    }
}

async fn random(product: &str, root: &str, minutes: &str, seed: &str) -> Result<bool, Failure> {
    let number = |text: &str| text.parse::<u64>().map_err(|e| format!("{text}: {e}"));
    let (minutes, seed) = (number(minutes)?, number(seed)?);
    match product {
        "kafka" => {
            let mut stage = kafka::record::Stage::start(root.as_ref()).await?;
            campaign::run(&mut stage, minutes, seed).await
        }
        _ => campaign::run(&mut stage(product, root).await?, minutes, seed).await,
    }
}
