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
mod packets;
mod protocol;
mod proxy;
mod rabbitmq;
mod record;
mod schedules;
mod servers;
mod stage;
mod stores;
mod topology;
mod wire;

use servers::Failure;
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
        ["random", root, minutes, seed] => {
            runtime.block_on(local.run_until(random(root.as_ref(), minutes, seed)))
        }
        ["differences", root] => {
            runtime.block_on(local.run_until(differences::record(root.as_ref())))
        }
        ["kafka", root, ref scenarios @ ..] => {
            runtime.block_on(local.run_until(kafka::record::kafka(root.as_ref(), scenarios)))
        }
        ["rabbitmq", root, ref scenarios @ ..] => {
            runtime.block_on(local.run_until(async {
                record::all(Stage::rabbitmq(root.as_ref()).await?, scenarios).await
            }))
        }
        _ => {
            Err("usage: ackward-truth rabbitmq|kafka ROOT [SCENARIO…] | random ROOT MINUTES SEED | differences ROOT".into())
        }
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

async fn random(root: &Path, minutes: &str, seed: &str) -> Result<bool, Failure> {
    let number = |text: &str| text.parse::<u64>().map_err(|e| format!("{text}: {e}"));
    let (minutes, seed) = (number(minutes)?, number(seed)?);
    campaign::run(&mut Stage::rabbitmq(root).await?, minutes, seed).await
}
