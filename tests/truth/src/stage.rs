//! What runs use: the product that plays the broker, and the stores.

use crate::broker::Broker;
use crate::servers::postgres::Postgres;
use crate::servers::redis::Redis;
use crate::servers::sqs::Kind;
use crate::servers::{Failure, Folder};
use crate::{nats, rabbitmq, sqs};
use ackward::sim::{CompiledScenario, Scenario};
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Instant;

/// The servers that all runs share.
pub struct Stage {
    pub product: Product,
    pub postgres: Postgres,
    /// Scenarios of NATS do not use it.
    pub redis: Option<Redis>,
    pub folder: Folder,
    pub runs: u32,
}

/// The product that plays the broker.
pub enum Product {
    Rabbitmq(rabbitmq::Nodes),
    Nats(nats::broker::Program),
    Sqs(sqs::broker::Emulators),
}

impl Stage {
    /// Starts the servers for runs on RabbitMQ.
    ///
    /// # Errors
    /// If one cannot be started.
    pub async fn rabbitmq(root: &Path) -> Result<Stage, Failure> {
        let (start, folder) = (Instant::now(), Folder::temporary()?);
        let nodes = rabbitmq::Nodes::start(root, &folder.0).await?;
        let redis = Redis::start(&folder.0).await?;
        Stage::start(start, folder, Product::Rabbitmq(nodes), Some(redis)).await
    }

    /// Starts the servers for runs on NATS.
    ///
    /// # Errors
    /// If one cannot be started.
    pub async fn nats(root: &Path) -> Result<Stage, Failure> {
        let (start, folder) = (Instant::now(), Folder::temporary()?);
        let program = nats::broker::Program::of(root)?;
        Stage::start(start, folder, Product::Nats(program), None).await
    }

    /// Starts the servers for runs on an emulator of SQS.
    ///
    /// # Errors
    /// If one cannot be started.
    pub async fn sqs(kind: Kind, root: &Path) -> Result<Stage, Failure> {
        let (start, folder) = (Instant::now(), Folder::temporary()?);
        let emulators = sqs::broker::Emulators::start(kind, root, &folder.0).await?;
        let redis = Redis::start(&folder.0).await?;
        Stage::start(start, folder, Product::Sqs(emulators), Some(redis)).await
    }

    async fn start(
        start: Instant,
        folder: Folder,
        product: Product,
        redis: Option<Redis>,
    ) -> Result<Stage, Failure> {
        let postgres = Postgres::start(&folder.0).await?;
        let mut all = vec![
            format!("{} {}", product.name(), product.version()),
            format!("PostgreSQL {}", postgres.version),
        ];
        all.extend(redis.iter().map(|redis| format!("Redis {}", redis.version)));
        println!("{}: up in {:.1} s", all.join(", "), start.elapsed().as_secs_f64());
        Ok(Stage { product, postgres, redis, folder, runs: 0 })
    }
}

impl Product {
    /// Returns the name, as people write it.
    pub fn name(&self) -> &'static str {
        match self {
            Product::Rabbitmq(_) => "RabbitMQ",
            Product::Nats(_) => "NATS",
            Product::Sqs(emulators) => emulators.kind.name(),
        }
    }

    /// Returns its name as `./dev truth` knows it.
    pub fn key(&self) -> String {
        match self {
            Product::Sqs(_) => "sqs".into(),
            product => product.name().to_ascii_lowercase(),
        }
    }

    /// Returns the product that it stands in for, if it is an emulator.
    pub fn emulates(&self) -> Option<&'static str> {
        matches!(self, Product::Sqs(_)).then_some("Amazon SQS")
    }

    pub fn version(&self) -> &str {
        match self {
            Product::Rabbitmq(nodes) => &nodes.version,
            Product::Nats(program) => &program.version,
            Product::Sqs(emulators) => &emulators.version,
        }
    }

    /// Returns the client library of the actors, as in Cargo.toml if it is one.
    pub fn client(&self) -> &'static str {
        match self {
            Product::Rabbitmq(_) => "amqprs 2.1",
            Product::Nats(_) | Product::Sqs(_) => "of the harness",
        }
    }

    /// Returns true if the product plays the broker of this scenario.
    pub fn plays(&self, scenario: &Scenario) -> bool {
        match self {
            Product::Rabbitmq(_) => rabbitmq::plays(scenario),
            Product::Nats(_) => nats::settings::of(scenario).is_some(),
            Product::Sqs(_) => {
                sqs::settings::of(scenario).is_some() && !sqs::settings::is_impossible(scenario)
            }
        }
    }

    /// Returns why the product cannot show this scenario, although it plays its broker.
    pub fn lacks(&self, scenario: &Scenario) -> Option<&'static str> {
        match self {
            Product::Sqs(emulators) if sqs::settings::shifts(scenario) => {
                emulators.kind.keeps_time()
            }
            _ => None,
        }
    }

    /// Describes what stands for a scenario's settings, for the head of a recording.
    pub fn describe(&self, scenario: &Scenario) -> Map<String, Value> {
        match self {
            Product::Rabbitmq(_) => rabbitmq::describe(scenario),
            Product::Nats(_) => nats::settings::describe(scenario),
            Product::Sqs(_) => sqs::settings::describe(scenario),
        }
    }

    /// Prepares the broker of a run.
    ///
    /// # Errors
    /// If the product cannot play it, or of the servers.
    pub async fn broker_for(
        &mut self,
        setup: &CompiledScenario,
        run: &str,
        folder: &Path,
    ) -> Result<Box<dyn Broker + '_>, Failure> {
        Ok(match self {
            Product::Rabbitmq(nodes) => Box::new(nodes.broker_for(setup, run, folder).await?),
            Product::Nats(program) => Box::new(program.broker_for(setup, run, folder).await?),
            Product::Sqs(emulators) => Box::new(emulators.broker_for(setup, run, folder).await?),
        })
    }
}
