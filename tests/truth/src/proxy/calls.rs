//! What the calls of the SQS API stand for.

use crate::wire::http::Message;
use ackward::sim::PacketKind;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::Notify;

/// Message and delivery of each receipt handle of a run.
pub type Handles = Rc<RefCell<HashMap<String, (u8, u8)>>>;

type Packets = Vec<(PacketKind, (u8, u8))>;

/// A call that waits for its answer.
#[derive(Clone, Copy, Default)]
enum Call {
    Send((u8, u8)),
    Receive,
    #[default]
    Other,
}

/// The call on a connection.
#[derive(Default)]
pub struct Calls {
    handles: Handles,
    call: Call,
    /// The broker has answered.
    pub answered: Rc<Notify>,
}

/// Returns an attribute of a message, as the harness sets it: its number, or that of the attempt.
pub fn attribute(message: &Value, name: &str) -> Option<u8> {
    message["MessageAttributes"][name]["StringValue"].as_str()?.parse().ok()
}

/// Returns how often a message has been received, as the queue counts.
pub fn receives(message: &Value) -> Option<u8> {
    message["Attributes"]["ApproximateReceiveCount"].as_str()?.parse().ok()
}

impl Calls {
    pub fn new(handles: Handles) -> Calls {
        Calls { handles, ..Calls::default() }
    }

    /// Returns the packets that a request or a response is, in the model's words.
    pub fn names(&mut self, message: &Message, from_client: bool) -> Packets {
        let body: Value = serde_json::from_slice(&message.body).unwrap_or_default();
        match from_client {
            true => self.asked(message.target.as_deref().unwrap_or_default(), &body),
            false => {
                self.answered.notify_one();
                self.answer(message.status == Some(200), &body)
            }
        }
    }

    fn asked(&mut self, target: &str, body: &Value) -> Packets {
        let settled = || {
            let handle = body["ReceiptHandle"].as_str().unwrap_or_default();
            self.handles.borrow().get(handle).copied()
        };
        let packet = match target.trim_start_matches("AmazonSQS.") {
            "SendMessage" => {
                let of = attribute(body, "m").zip(attribute(body, "n"));
                self.call = of.map(Call::Send).unwrap_or_default();
                of.map(|of| (PacketKind::Send, of))
            }
            "ReceiveMessage" => {
                self.call = Call::Receive;
                None
            }
            "DeleteMessage" => settled().map(|of| (PacketKind::ConsumerAck, of)),
            "ChangeMessageVisibility" if body["VisibilityTimeout"] == 0 => {
                settled().map(|of| (PacketKind::Release, of))
            }
            _ => None,
        };
        packet.into_iter().collect()
    }

    fn answer(&mut self, done: bool, body: &Value) -> Packets {
        match std::mem::take(&mut self.call) {
            Call::Send(of) if done => vec![(PacketKind::Ack, of)],
            Call::Send(of) => vec![(PacketKind::Refusal, of)],
            Call::Receive => {
                let messages = body["Messages"].as_array().into_iter().flatten();
                messages.filter_map(|message| self.delivered(message)).collect()
            }
            Call::Other => Vec::new(),
        }
    }

    fn delivered(&self, message: &Value) -> Option<(PacketKind, (u8, u8))> {
        let of = (attribute(message, "m")?, receives(message)?);
        let handle = message["ReceiptHandle"].as_str()?.to_owned();
        self.handles.borrow_mut().insert(handle, of);
        Some((PacketKind::Delivery, of))
    }
}

#[cfg(test)]
mod tests {
    use super::Calls;
    use crate::wire::http::Message;
    use ackward::sim::PacketKind;
    use serde_json::json;

    fn message(target: &str, status: u16, body: &serde_json::Value) -> Message {
        let body = body.to_string().into_bytes();
        Message { status: Some(status), target: Some(target.into()), body, ..Message::default() }
    }

    #[test]
    fn calls_and_their_answers_are_of_a_message() {
        let mut calls = Calls::default();
        let text = |value: &str| json!({ "DataType": "Number", "StringValue": value });
        let of = json!({ "m": text("2"), "n": text("1") });
        let send = message("AmazonSQS.SendMessage", 0, &json!({ "MessageAttributes": of }));
        assert_eq!(calls.names(&send, true), [(PacketKind::Send, (2, 1))]);
        let answer = message("", 200, &json!({ "MessageId": "a" }));
        assert_eq!(calls.names(&answer, false), [(PacketKind::Ack, (2, 1))]);
        let receive = message("AmazonSQS.ReceiveMessage", 0, &json!({}));
        assert_eq!(calls.names(&receive, true), []);
        let delivery = json!({ "Messages": [{
            "MessageAttributes": of, "ReceiptHandle": "h",
            "Attributes": { "ApproximateReceiveCount": "3" },
        }] });
        let answer = message("", 200, &delivery);
        assert_eq!(calls.names(&answer, false), [(PacketKind::Delivery, (2, 3))]);
        let delete = message("AmazonSQS.DeleteMessage", 0, &json!({ "ReceiptHandle": "h" }));
        assert_eq!(calls.names(&delete, true), [(PacketKind::ConsumerAck, (2, 3))]);
    }
}
