//! A connection of an actor to its broker, by the client of either product.

use super::{Common, Heard, InProgress};
use crate::protocol::Place;
use crate::topology::{Consuming, Publishing, Requeue};
use crate::{amqp_client as amqp, nats, sqs};
use ackward::sim::Op;
use ackward::sim::settings::OnError;
use amqprs::BasicProperties;
use amqprs::channel::{
    BasicAckArguments, BasicNackArguments, BasicPublishArguments, BasicRejectArguments,
};
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;

/// An open connection.
pub enum Link {
    Amqp(amqp::Link),
    Nats(nats::link::Link),
    Sqs(sqs::link::Link),
}

impl Link {
    /// Connects a sender.
    ///
    /// # Errors
    /// Of the client.
    pub async fn to_publish(common: &Common) -> Result<Link, String> {
        let Common { errand, party, heard, .. } = common;
        match &errand.place {
            Place::Nats { .. } => return Link::to_nats(common).await,
            Place::Sqs(queue) => {
                return Ok(Link::Sqs(sqs::link::Link::new(errand.broker, queue, heard)));
            }
            Place::Rabbitmq { .. } => {}
        }
        let link = amqp::Link::open(errand.broker, party.key(), heard).await;
        let link = link.map_err(|e| e.to_string())?;
        if Publishing::of(&common.setup.scenario).confirms {
            link.confirm_select().await.map_err(|e| e.to_string())?;
        }
        Ok(Link::Amqp(link))
    }

    /// Connects a consumer, and subscribes. On SQS it does so again and again: it asks for messages.
    ///
    /// # Errors
    /// Of the client.
    pub async fn to_consume(common: &Common) -> Result<Link, String> {
        let Common { errand, party, heard, .. } = common;
        let queue = match &errand.place {
            Place::Rabbitmq { queue, .. } => queue,
            Place::Nats { .. } => {
                let link = Link::to_nats(common).await?;
                if let Link::Nats(link) = &link {
                    link.consume().await?;
                }
                return Ok(link);
            }
            Place::Sqs(_) => return Link::to_publish(common).await,
        };
        let Consuming { auto_ack, prefetch, .. } = Consuming::of(&common.setup.scenario);
        let link = amqp::Link::open(errand.broker, party.key(), heard).await;
        let link = link.map_err(|e| e.to_string())?;
        let consumes = link.consume(queue, auto_ack, prefetch, heard).await;
        consumes.map_err(|e| e.to_string())?;
        Ok(Link::Amqp(link))
    }

    /// Asks for messages, where a consumer has to. It waits for the first one if `long`.
    pub fn receive(&self, long: bool) {
        if let Link::Sqs(link) = self {
            link.receive(long);
        }
    }

    async fn to_nats(common: &Common) -> Result<Link, String> {
        let Common { errand, party, heard, .. } = common;
        let Place::Nats { subject, stream } = &errand.place else {
            return Err("the broker is not NATS".into());
        };
        // Each connection has an inbox of its own.
        let name = format!("{}-{}-{}", party.key(), std::process::id(), common.connections());
        let place = (subject.as_str(), stream.as_ref());
        Ok(Link::Nats(nats::link::Link::open(errand.broker, &name, place, heard).await?))
    }

    /// Publishes an attempt at a message.
    ///
    /// # Errors
    /// Of the client.
    pub async fn publish(
        &self,
        common: &Common,
        (m, n): (u8, u8),
        body: Vec<u8>,
    ) -> Result<(), String> {
        match (self, &common.errand.place) {
            (Link::Amqp(link), Place::Rabbitmq { exchange, .. }) => {
                let publishing = Publishing::of(&common.setup.scenario);
                let mut properties = BasicProperties::default();
                properties.with_message_id(&format!("m{m}"));
                properties.with_delivery_mode(publishing.delivery_mode);
                let mut to = BasicPublishArguments::new(exchange, "orders");
                to.mandatory(publishing.mandatory);
                let sent = link.channel.basic_publish(properties.finish(), body, to.finish()).await;
                sent.map_err(|e| e.to_string())
            }
            (Link::Nats(link), _) => {
                link.publish((m, n), &body);
                Ok(())
            }
            (Link::Sqs(link), _) => {
                link.publish((m, n), &body);
                Ok(())
            }
            _ => Err("the connection is to another product".into()),
        }
    }

    /// Publishes a message to the exchange for dead letters, on a connection of its own. Returns true
    /// if that was confirmed, or nobody waits for it.
    ///
    /// # Errors
    /// Of the client.
    pub async fn publish_dead_letter(common: &Common, m: u8) -> Result<bool, String> {
        let Common { errand, party, setup, .. } = common;
        let Place::Rabbitmq { dead_letters, .. } = &errand.place else {
            return Err("the broker has no exchange for dead letters".into());
        };
        let (heard, mut hears) = unbounded_channel();
        let link = amqp::Link::open(errand.broker, party.key(), &heard).await;
        let link = link.map_err(|e| e.to_string())?;
        let waits = setup.configuration().consumer.dead_letter_confirms;
        if waits {
            link.confirm_select().await.map_err(|e| e.to_string())?;
        }
        let body = json!({ "m": m, "problem": "the handler has failed" }).to_string().into_bytes();
        let mut properties = BasicProperties::default();
        properties.with_delivery_mode(2);
        let to = BasicPublishArguments::new(dead_letters, "orders");
        let sent = link.channel.basic_publish(properties.finish(), body, to).await;
        sent.map_err(|e| e.to_string())?;
        Ok(!waits || matches!(hears.recv().await, Some(Heard::Confirm { .. })))
    }

    /// Settles a delivery; returns the answer if the client waited for one.
    ///
    /// # Errors
    /// Of the client.
    pub async fn settle(&self, common: &Common, op: Op, tag: u64) -> Result<Option<bool>, String> {
        let scenario = &common.setup.scenario;
        let link = match self {
            Link::Amqp(link) => link,
            Link::Nats(link) => {
                let requeue = scenario.configuration.consumer.on_error == OnError::Requeue;
                return link.settle(op, tag, requeue).await;
            }
            Link::Sqs(link) => {
                link.settle(op, tag);
                return Ok(None);
            }
        };
        let channel = &link.channel;
        let settled = match (op, Consuming::of(scenario).requeue) {
            (Op::Ack, _) => channel.basic_ack(BasicAckArguments::new(tag, false)).await,
            (_, Requeue::Nack { requeue }) => {
                channel.basic_nack(BasicNackArguments::new(tag, false, requeue)).await
            }
            (_, Requeue::Reject { requeue }) => {
                channel.basic_reject(BasicRejectArguments::new(tag, requeue)).await
            }
        };
        settled.map(|()| None).map_err(|e| e.to_string())
    }

    /// Returns when the broker has read everything that was sent, if the client can know.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn flush(&self) -> Result<(), String> {
        match self {
            Link::Nats(link) => link.flush().await,
            Link::Amqp(_) | Link::Sqs(_) => Ok(()),
        }
    }

    /// Lets the broker hear that a delivery is still being worked on, if the application does that.
    pub fn in_progress(&self, tag: u64) -> Option<InProgress> {
        match self {
            Link::Amqp(_) => None,
            Link::Nats(link) => link.in_progress(tag),
            Link::Sqs(link) => link.in_progress(tag),
        }
    }
}
