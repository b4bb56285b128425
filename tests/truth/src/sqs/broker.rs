//! SQS as the broker of a run: a queue of its own at an emulator that all runs share; or an emulator
//! of its own, where the clock is put forward.

use super::client::ask;
use super::settings::{self, Times};
use crate::broker::Broker;
use crate::director::PATIENCE;
use crate::protocol::Place;
use crate::proxy::calls::attribute;
use crate::servers::sqs::{Emulator, Kind};
use crate::servers::{Failure, listens};
use ackward::sim::{CompiledScenario, Trace, Window, World};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The emulator that all runs share.
pub struct Emulators {
    root: PathBuf,
    pub kind: Kind,
    pub version: String,
    shared: Emulator,
}

impl Emulators {
    /// Starts an emulator that is installed below the root folder.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn start(kind: Kind, root: &Path, folder: &Path) -> Result<Emulators, Failure> {
        let version = kind.version(root)?;
        let data = folder.join(kind.name());
        let shared = Emulator::start(kind, root, &data, false).await?;
        Ok(Emulators { root: root.to_owned(), kind, version, shared })
    }

    /// Creates the queues of a run.
    ///
    /// # Errors
    /// If SQS is not the broker of this scenario, or of the emulator.
    pub async fn broker_for(
        &self,
        setup: &CompiledScenario,
        run: &str,
        folder: &Path,
    ) -> Result<Sqs, Failure> {
        let scenario = &setup.scenario;
        let (broker, ..) = settings::of(scenario).ok_or("SQS cannot play this broker")?;
        let own = match settings::shifts(scenario) {
            true => {
                let data = folder.join(format!("{}-{run}", self.kind.name()));
                Some(Emulator::start(self.kind, &self.root, &data, true).await?)
            }
            false => None,
        };
        let port = own.as_ref().unwrap_or(&self.shared).port;
        let suffix = if broker.fifo { ".fifo" } else { "" };
        let mut attributes = settings::attributes(scenario, broker);
        let mut dead = None;
        if let Some(most) = broker.max_receive_count {
            let mut own = serde_json::Map::new();
            if broker.fifo {
                own.insert("FifoQueue".into(), "true".into());
            }
            let url = create(port, &format!("orders-{run}-dead{suffix}"), own.into()).await?;
            let names = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] });
            let answer = ask(port, "GetQueueAttributes", &names).await?;
            let policy = json!({
                "deadLetterTargetArn": answer["Attributes"]["QueueArn"],
                "maxReceiveCount": most,
            });
            attributes.insert("RedrivePolicy".into(), policy.to_string().into());
            dead = Some(url);
        }
        let url = create(port, &format!("orders-{run}{suffix}"), attributes.into()).await?;
        let queue = settings::for_actors(scenario, url.clone()).ok_or("there is no such queue")?;
        Ok(Sqs {
            own,
            port,
            place: Place::Sqs(queue),
            url,
            dead,
            times: settings::times(scenario),
            outdated: false,
        })
    }
}

async fn create(port: u16, name: &str, attributes: Value) -> Result<String, Failure> {
    let call = json!({ "QueueName": name, "Attributes": attributes });
    let answer = ask(port, "CreateQueue", &call).await?;
    Ok(answer["QueueUrl"].as_str().ok_or("the queue has no address")?.to_owned())
}

/// SQS in one run.
pub struct Sqs {
    /// The emulator of this run, if it needs its own.
    own: Option<Emulator>,
    port: u16,
    place: Place,
    url: String,
    /// The queue of dead letters.
    dead: Option<String>,
    times: Times,
    /// The retention period of what was sent is over.
    outdated: bool,
}

impl Sqs {
    /// Counts the messages of a queue: those that are visible, and those that are in flight.
    async fn count(&self, url: &str) -> Result<(u32, u32), Failure> {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let call = json!({ "QueueUrl": url, "AttributeNames": names });
        let answer = ask(self.port, "GetQueueAttributes", &call).await?;
        let count = |name: &str| {
            let text = answer["Attributes"][name].as_str().unwrap_or_default();
            text.parse().map_err(|_| format!("{name} of {url}: {text:?}"))
        };
        Ok((count(names[0])?, count(names[1])?))
    }

    async fn delete(&self, url: &str) -> Result<(), Failure> {
        ask(self.port, "DeleteQueue", &json!({ "QueueUrl": url })).await?;
        Ok(())
    }
}

#[async_trait(?Send)]
impl Broker for Sqs {
    fn port(&self) -> u16 {
        self.port
    }

    fn place(&self) -> Place {
        self.place.clone()
    }

    fn subscribes_first(&self) -> bool {
        false
    }

    fn slow_handler(&self) -> Option<Duration> {
        self.times.slow_ms.map(Duration::from_millis)
    }

    async fn get_ready(&mut self, _: &Trace) -> Result<(), Failure> {
        match listens(self.port) {
            true => Ok(()),
            false => Err("the emulator has ended".into()),
        }
    }

    async fn left(&mut self) -> Result<u32, Failure> {
        let (visible, in_flight) = self.count(&self.url).await?;
        if self.outdated && visible > 0 {
            // moto counts what it does not deliver any more.
            let call = json!({ "QueueUrl": self.url, "VisibilityTimeout": 0 });
            let answer = ask(self.port, "ReceiveMessage", &call).await?;
            return Ok(answer["Messages"].as_array().map_or(0, Vec::len) as u32);
        }
        Ok(visible + in_flight)
    }

    async fn dead(&mut self) -> Result<u32, Failure> {
        match &self.dead {
            Some(url) => Ok(self.count(url).await?.0),
            None => Ok(0),
        }
    }

    async fn take_dead(&mut self) -> Result<HashMap<u8, u8>, Failure> {
        let mut all = HashMap::new();
        let Some(url) = &self.dead else { return Ok(all) };
        while self.count(url).await?.0 > 0 {
            let call = json!({ "QueueUrl": url, "MessageAttributeNames": ["All"] });
            let answer = ask(self.port, "ReceiveMessage", &call).await?;
            for message in answer["Messages"].as_array().into_iter().flatten() {
                let m = attribute(message, "m").ok_or("a dead letter is of no message")?;
                *all.entry(m).or_default() += 1;
                let handle = &message["ReceiptHandle"];
                let call = json!({ "QueueUrl": url, "ReceiptHandle": handle });
                ask(self.port, "DeleteMessage", &call).await?;
            }
        }
        Ok(all)
    }

    async fn redrive(&mut self) -> Result<(), Failure> {
        Err("the harness moves no dead letters of SQS back".into())
    }

    async fn expire(&mut self, window: Window, _: u8) -> Result<(), Failure> {
        let seconds = settings::shift_s(window).ok_or("SQS has no such window")?;
        self.outdated |= window == Window::Retention;
        self.own.as_ref().ok_or("the emulator is shared")?.shift(seconds)
    }

    /// Waits until no more messages are hidden than in the model: nobody is told when one is visible
    /// again.
    async fn reveal(&mut self, after: &World) -> Result<(), Failure> {
        let items = after.broker.sqs().map_or(&[][..], |queue| queue.items());
        let hidden = |item: &&ackward::sim::Item| item.hold != ackward::sim::Hold::Visible;
        let most = items.iter().filter(hidden).count() as u32;
        let start = Instant::now();
        while self.count(&self.url).await?.1 > most {
            if start.elapsed() > PATIENCE {
                return Err("no message becomes visible again".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    async fn sync(&mut self, _: &World, _: u8) -> Result<(), Failure> {
        Ok(())
    }

    async fn run_line(&mut self, _: &CompiledScenario, _: &World) -> Result<(), Failure> {
        Ok(())
    }

    async fn fetch(&mut self, _: &World, _: usize) -> Result<(), Failure> {
        Err("SQS has no such step".into())
    }

    fn freeze(&mut self) {}

    async fn crash(&mut self, _: bool) -> Result<(), Failure> {
        Err("SQS is a service: it does not crash".into())
    }

    fn lose_power(&mut self, _: usize) -> Result<(), Failure> {
        Err("SQS is a service: it does not lose power".into())
    }

    async fn destroy(&mut self) -> Result<(), Failure> {
        Err("SQS is a service: it is not destroyed".into())
    }

    async fn restart(&mut self, _: usize) -> Result<(), Failure> {
        Err("SQS is a service: it does not restart".into())
    }

    async fn clean_up(&mut self) -> Result<(), Failure> {
        if self.own.take().is_some() {
            return Ok(());
        }
        for url in self.dead.iter().chain([&self.url]) {
            self.delete(url).await?;
        }
        Ok(())
    }
}
