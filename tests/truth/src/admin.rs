//! The director's own connection to RabbitMQ: it declares what a run needs, counts what is left,
//! and deletes it.

use crate::actor::Heard;
use crate::amqp_client::{self, Link};
use crate::director::PATIENCE;
use crate::servers::Failure;
use crate::topology::Queue;
use amqprs::channel::{
    BasicAckArguments, BasicGetArguments, BasicPublishArguments, Channel, ExchangeDeclareArguments,
    ExchangeDeleteArguments, QueueBindArguments, QueueDeclareArguments, QueueDeleteArguments,
};
use amqprs::connection::Connection;
use amqprs::error::Error;
use amqprs::{BasicProperties, FieldTable, FieldValue, ShortStr};
use std::collections::HashMap;

/// The names of what a run declares.
#[derive(Clone, Debug)]
pub struct Names {
    pub exchange: String,
    pub queue: String,
    pub dlx: String,
    pub dlq: String,
}

impl Names {
    pub fn of(run: &str) -> Names {
        let name = |what: &str| format!("{what}.{run}");
        Names {
            exchange: name("shop"),
            queue: name("orders"),
            dlx: name("dlx"),
            dlq: name("dead-letters"),
        }
    }
}

/// An open connection.
pub struct Admin {
    channel: Channel,
    _connection: Connection,
}

fn failed(e: Error) -> Failure {
    format!("RabbitMQ: {e}")
}

impl Admin {
    /// Connects.
    ///
    /// # Errors
    /// Of the client library.
    pub async fn connect(port: u16) -> Result<Admin, Failure> {
        let (connection, channel) = amqp_client::open(port, "director").await.map_err(failed)?;
        Ok(Admin { channel, _connection: connection })
    }

    /// Declares the exchange and the queues of a run.
    ///
    /// # Errors
    /// Of the broker.
    pub async fn declare(&self, names: &Names, queue: &Queue) -> Result<(), Failure> {
        self.declare_all(names, queue).await.map_err(failed)
    }

    async fn declare_all(&self, names: &Names, queue: &Queue) -> Result<(), Error> {
        let mut arguments = FieldTable::new();
        let mut add = |key: &str, value: FieldValue| {
            if let Ok(key) = ShortStr::try_from(key) {
                arguments.insert(key, value);
            }
        };
        add("x-queue-type", queue.kind().to_owned().into());
        if let Some(limit) = queue.delivery_limit {
            add("x-delivery-limit", FieldValue::l(limit));
        }
        if queue.dead_letters {
            add("x-dead-letter-exchange", names.dlx.clone().into());
        }
        if queue.at_least_once {
            add("x-dead-letter-strategy", "at-least-once".to_owned().into());
            add("x-overflow", "reject-publish".to_owned().into());
        }
        if queue.single_active {
            add("x-single-active-consumer", FieldValue::t(true));
        }
        if let Some(ms) = queue.consumer_timeout {
            add("x-consumer-timeout", FieldValue::l(ms.into()));
        }
        for exchange in [&names.exchange, &names.dlx] {
            let mut declare = ExchangeDeclareArguments::new(exchange, "direct");
            self.channel.exchange_declare(declare.durable(true).finish()).await?;
        }
        let mut declare = QueueDeclareArguments::new(&names.queue);
        declare.durable(queue.durable).arguments(arguments);
        self.channel.queue_declare(declare.finish()).await?;
        if queue.bound {
            let bind = QueueBindArguments::new(&names.queue, &names.exchange, "orders");
            self.channel.queue_bind(bind).await?;
        }
        if queue.has_dead_letters() {
            let mut kind = FieldTable::new();
            let key = ShortStr::try_from("x-queue-type").unwrap_or_default();
            kind.insert(key, queue.kind().to_owned().into());
            let mut declare = QueueDeclareArguments::new(&names.dlq);
            declare.durable(true).arguments(kind);
            self.channel.queue_declare(declare.finish()).await?;
            let bind = QueueBindArguments::new(&names.dlq, &names.dlx, "orders");
            self.channel.queue_bind(bind).await?;
        }
        Ok(())
    }

    /// Returns the number of messages that are ready in a queue.
    ///
    /// # Errors
    /// Of the broker.
    pub async fn ready(&self, queue: &str) -> Result<u32, Failure> {
        let mut declare = QueueDeclareArguments::new(queue);
        let counted = self.channel.queue_declare(declare.passive(true).finish()).await;
        Ok(counted.map_err(failed)?.map_or(0, |(_, messages, _)| messages))
    }

    /// Takes all messages out of a queue, and counts the copies of each.
    ///
    /// # Errors
    /// Of the broker.
    pub async fn take_all(&self, queue: &str) -> Result<HashMap<u8, u8>, Failure> {
        let mut counts = HashMap::new();
        let mut get = BasicGetArguments::new(queue);
        let get = get.no_ack(true).finish();
        while let Some((.., body)) = self.channel.basic_get(get.clone()).await.map_err(failed)? {
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            *counts.entry(body["m"].as_u64().unwrap_or_default() as u8).or_default() += 1;
        }
        Ok(counts)
    }

    /// Moves a dead letter back to its queue, as the shovel of an operator does: takes it, publishes
    /// it as it is, and acknowledges it once that is confirmed.
    ///
    /// # Errors
    /// Of the broker, or if there is no dead letter.
    pub async fn redrive(port: u16, names: &Names) -> Result<(), Failure> {
        let (out, mut hears) = tokio::sync::mpsc::unbounded_channel();
        let link = Link::open(port, "operator", &out).await.map_err(failed)?;
        link.confirm_select().await.map_err(failed)?;
        let get = BasicGetArguments::new(&names.dlq);
        let got = link.channel.basic_get(get).await.map_err(failed)?;
        let (get, _, body) = got.ok_or("there is no dead letter")?;
        let mut properties = BasicProperties::default();
        properties.with_delivery_mode(2);
        let to = BasicPublishArguments::new("", &names.queue);
        link.channel.basic_publish(properties.finish(), body, to).await.map_err(failed)?;
        let heard = tokio::time::timeout(PATIENCE, hears.recv()).await;
        if !matches!(heard, Ok(Some(Heard::Confirm { .. }))) {
            return Err("the dead letter was not confirmed".into());
        }
        let ack = BasicAckArguments::new(get.delivery_tag(), false);
        link.channel.basic_ack(ack).await.map_err(failed)
    }

    /// Deletes what a run declared.
    ///
    /// # Errors
    /// Of the broker.
    pub async fn delete(&self, names: &Names) -> Result<(), Failure> {
        for queue in [&names.queue, &names.dlq] {
            self.channel.queue_delete(QueueDeleteArguments::new(queue)).await.map_err(failed)?;
        }
        for exchange in [&names.exchange, &names.dlx] {
            let delete = ExchangeDeleteArguments::new(exchange);
            self.channel.exchange_delete(delete).await.map_err(failed)?;
        }
        Ok(())
    }
}
