//! A connection of an actor to NATS, with all that it hears in the words of any broker.

use super::client::{Client, Heard as Raw};
use super::settings::Stream;
use crate::actor::{Heard, InProgress};
use ackward::sim::Op;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// An open connection.
pub struct Link {
    client: Client,
    subject: String,
    stream: Option<Stream>,
    /// The subject by which each delivery is acknowledged; its tag is its place.
    replies: Rc<RefCell<Vec<String>>>,
}

/// Returns what a message is to the application.
fn heard(inbox: &str, replies: &RefCell<Vec<String>>, raw: Raw) -> Option<Heard> {
    let Raw::Message(message) = raw else { return Some(Heard::Disconnected) };
    if let Some(attempt) = message.subject.strip_prefix(&format!("{inbox}.answer.")) {
        let (m, n) = attempt.split_once('.')?;
        let answer: Value = serde_json::from_slice(&message.payload).unwrap_or_default();
        // A refusal has a sequence number too, which is 0.
        let stored = answer.get("seq").is_some() && answer.get("error").is_none();
        return Some(Heard::Answered { m: m.parse().ok()?, n: n.parse().ok()?, stored });
    }
    // What is empty is a status: there is nothing to deliver.
    let delivered = !message.payload.is_empty();
    delivered.then(|| {
        let mut replies = replies.borrow_mut();
        replies.push(message.reply.unwrap_or_default());
        Heard::Delivery { tag: replies.len() as u64 - 1, body: message.payload }
    })
}

impl Link {
    /// Connects under a name of its own; what is heard goes to `out`.
    ///
    /// # Errors
    /// If no server answers.
    pub async fn open(
        port: u16,
        name: &str,
        (subject, stream): (&str, Option<&Stream>),
        out: &UnboundedSender<Heard>,
    ) -> Result<Link, String> {
        let replies = Rc::new(RefCell::new(Vec::new()));
        let (own, out, inbox) = (replies.clone(), out.clone(), format!("_INBOX.{name}"));
        let hear = move |raw| {
            heard(&inbox, &own, raw).into_iter().for_each(|heard| drop(out.send(heard)));
        };
        let client = Client::connect(port, name, hear).await?;
        client.subscribe(&format!("{}.answer.>", client.inbox()), 2);
        Ok(Link { client, subject: subject.to_owned(), stream: stream.cloned(), replies })
    }

    /// Publishes an attempt at a message.
    pub fn publish(&self, (m, n): (u8, u8), body: &[u8]) {
        let id = self.stream.as_ref().and_then(|stream| stream.ids.of(m, n));
        let headers: Vec<(&str, &str)> = id.iter().map(|id| ("Nats-Msg-Id", &**id)).collect();
        let asks = self.stream.as_ref().is_some_and(|stream| stream.acknowledges);
        let reply = asks.then(|| format!("{}.answer.{m}.{n}", self.client.inbox()));
        self.client.publish(&self.subject, reply.as_deref(), &headers, body);
    }

    /// Returns when the server has read everything that was sent before.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn flush(&self) -> Result<(), String> {
        self.client.flush().await
    }

    /// Subscribes: from now on the server may deliver.
    ///
    /// # Errors
    /// Of the server.
    pub async fn consume(&self) -> Result<(), String> {
        let Some(stream) = &self.stream else {
            self.client.subscribe(&self.subject, 3);
            return Ok(());
        };
        let Stream { name, consumer, .. } = stream;
        if let Some(config) = &stream.creates {
            let create = json!({ "stream_name": name, "config": config });
            self.client.ask(&format!("CONSUMER.CREATE.{name}.{consumer}"), &create).await?;
        }
        let inbox = format!("{}.pull", self.client.inbox());
        self.client.subscribe(&inbox, 3);
        let body = json!({ "batch": stream.batch }).to_string();
        let next = format!("$JS.API.CONSUMER.MSG.NEXT.{name}.{consumer}");
        self.client.publish(&next, Some(&inbox), &[], body.as_bytes());
        Ok(())
    }

    fn reply(&self, tag: u64) -> String {
        self.replies.borrow().get(tag as usize).cloned().unwrap_or_default()
    }

    /// Settles a delivery: with the confirmation that it waited for, if it did.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn settle(&self, op: Op, tag: u64, requeue: bool) -> Result<Option<bool>, String> {
        let to = self.reply(tag);
        let body: &[u8] = match (op, requeue) {
            (Op::Ack, _) => b"+ACK",
            (_, true) => b"-NAK",
            (_, false) => b"+TERM",
        };
        let waits = op == Op::Ack && self.stream.as_ref().is_some_and(|stream| stream.ack_sync);
        if waits {
            self.client.request(&to, body).await?;
            return Ok(Some(true));
        }
        self.client.publish(&to, None, &[], body);
        Ok(None)
    }

    /// Calls `InProgress` for a delivery from time to time, if the application does.
    pub fn in_progress(&self, tag: u64) -> Option<InProgress> {
        let every = Duration::from_millis(self.stream.as_ref()?.in_progress_ms?.into());
        let (client, to) = (self.client.clone(), self.reply(tag));
        Some(InProgress(tokio::task::spawn_local(async move {
            loop {
                tokio::time::sleep(every).await;
                client.publish(&to, None, &[], b"+WPI");
            }
        })))
    }
}
