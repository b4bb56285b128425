//! An actor's calls of SQS, with all that it hears in the words of any broker.

use super::client::{Problem, ask};
use super::settings::{Queue, extension_ms};
use crate::actor::{Heard, InProgress, Taken};
use crate::proxy::calls::{attribute, receives};
use ackward::sim::Op;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// The longest that a receive waits for a message, in seconds: the most that SQS allows.
const LONG_POLL: u8 = 20;

/// The client of an actor. There is no connection: each call has its own.
#[derive(Clone)]
pub struct Link {
    port: u16,
    queue: Queue,
    heard: UnboundedSender<Heard>,
    /// The receipt handle of each delivery; its tag is its place.
    handles: Rc<RefCell<Vec<String>>>,
    /// A receive waits for messages.
    polls: Rc<Cell<bool>>,
}

impl Link {
    pub fn new(port: u16, queue: &Queue, heard: &UnboundedSender<Heard>) -> Link {
        let (queue, heard) = (queue.clone(), heard.clone());
        Link { port, queue, heard, handles: Rc::default(), polls: Rc::default() }
    }

    /// Sends an attempt at a message. What the queue answers is heard later; if it does not answer,
    /// nothing is.
    pub fn publish(&self, (m, n): (u8, u8), body: &[u8]) {
        let Queue { url, groups, ids, bodies, .. } = &self.queue;
        let number = |n: u8| json!({ "DataType": "Number", "StringValue": n.to_string() });
        let index = usize::from(m) - 1;
        let own = String::from_utf8_lossy(body).into_owned();
        let mut call = json!({
            "QueueUrl": url,
            "MessageBody": bodies.get(index).cloned().unwrap_or(own),
            "MessageAttributes": { "m": number(m), "n": number(n) },
        });
        if let Some(group) = groups.as_ref().and_then(|groups| groups.get(index)) {
            call["MessageGroupId"] = group.clone().into();
        }
        if let Some(id) = ids.of(m, n) {
            call["MessageDeduplicationId"] = id.into();
        }
        let (port, heard) = (self.port, self.heard.clone());
        tokio::task::spawn_local(async move {
            let stored = match ask(port, "SendMessage", &call).await {
                Ok(_) => true,
                Err(Problem::Refused(why)) => {
                    eprintln!("{why}");
                    false
                }
                Err(Problem::NoAnswer(why)) => return eprintln!("{why}"),
            };
            let _ = heard.send(Heard::Answered { m, n, stored });
        });
    }

    /// Asks for messages, unless it does already. It waits for the first one if `long`.
    pub fn receive(&self, long: bool) {
        if self.polls.replace(true) {
            return;
        }
        let call = json!({
            "QueueUrl": self.queue.url,
            "MaxNumberOfMessages": self.queue.batch,
            "WaitTimeSeconds": if long { LONG_POLL } else { 0 },
            "AttributeNames": ["ApproximateReceiveCount"],
            "MessageAttributeNames": ["All"],
        });
        let link = self.clone();
        tokio::task::spawn_local(async move {
            let answer = ask(link.port, "ReceiveMessage", &call).await;
            link.polls.set(false);
            match answer {
                Ok(answer) => {
                    let messages = answer["Messages"].as_array().into_iter().flatten();
                    let taken: Vec<Taken> = messages.filter_map(|m| link.taken(m)).collect();
                    let _ = link.heard.send(Heard::Batch(taken));
                }
                Err(problem) => eprintln!("{}", String::from(problem)),
            }
        });
    }

    fn taken(&self, message: &Value) -> Option<Taken> {
        let (m, n) = (attribute(message, "m")?, receives(message)?);
        let handle = message["ReceiptHandle"].as_str()?.to_owned();
        let mut handles = self.handles.borrow_mut();
        handles.push(handle);
        Some(Taken { m, n, tag: handles.len() as u64 - 1 })
    }

    fn handle(&self, tag: u64) -> String {
        self.handles.borrow().get(tag as usize).cloned().unwrap_or_default()
    }

    /// Deletes a message, or makes it visible again. The answer matters to nobody.
    pub fn settle(&self, op: Op, tag: u64) {
        let mut call = json!({ "QueueUrl": self.queue.url, "ReceiptHandle": self.handle(tag) });
        let action = match op {
            Op::Ack => "DeleteMessage",
            _ => {
                call["VisibilityTimeout"] = 0.into();
                "ChangeMessageVisibility"
            }
        };
        let port = self.port;
        tokio::task::spawn_local(async move {
            if let Err(problem) = ask(port, action, &call).await {
                eprintln!("{}", String::from(problem));
            }
        });
    }

    /// Extends the visibility timeout of a delivery from time to time, if the application does.
    pub fn in_progress(&self, tag: u64) -> Option<InProgress> {
        let seconds = self.queue.extends_s?;
        let every = Duration::from_millis(extension_ms(seconds));
        let call = json!({
            "QueueUrl": self.queue.url,
            "ReceiptHandle": self.handle(tag),
            "VisibilityTimeout": seconds,
        });
        let port = self.port;
        Some(InProgress(tokio::task::spawn_local(async move {
            loop {
                tokio::time::sleep(every).await;
                let _ = ask(port, "ChangeMessageVisibility", &call).await;
            }
        })))
    }
}
