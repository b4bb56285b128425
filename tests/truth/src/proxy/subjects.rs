//! What the subjects and the bodies on a connection to NATS stand for.

use super::tags::read;
use crate::wire::nats::{Message, What};
use ackward::sim::PacketKind;
use std::collections::HashMap;

/// The subject that acknowledges a delivery begins with this.
const ACKS: &str = "$JS.ACK.";

/// What the subjects of a connection stand for.
#[derive(Default)]
pub struct Subjects {
    /// Message and delivery of each subject that acknowledges one.
    delivered: HashMap<String, (u8, u8)>,
}

impl Subjects {
    /// Returns the packet that a frame is, with message and attempt or delivery. An acknowledgment
    /// that its sender waits for is none: it is a call.
    pub fn name(&mut self, what: &What, from_client: bool) -> Option<(PacketKind, (u8, u8))> {
        let What::Message(message) = what else { return None };
        if !from_client {
            return self.answer_or_delivery(message);
        }
        if !message.subject.starts_with(ACKS) {
            let body = read(&message.payload)?;
            return Some((PacketKind::Send, (body.m, body.n)));
        }
        let of = *self.delivered.get(&message.subject)?;
        let kind = match &message.payload[..] {
            _ if message.reply.is_some() => return None,
            b"+WPI" => return None,
            b"-NAK" => PacketKind::Requeue,
            b"+TERM" => PacketKind::Reject,
            _ => PacketKind::ConsumerAck,
        };
        Some((kind, of))
    }

    fn answer_or_delivery(&mut self, message: &Message) -> Option<(PacketKind, (u8, u8))> {
        if let Some((_, attempt)) = message.subject.split_once(".answer.") {
            let (m, n) = attempt.split_once('.')?;
            let of = (m.parse().ok()?, n.parse().ok()?);
            let answer: serde_json::Value =
                serde_json::from_slice(&message.payload).unwrap_or_default();
            let stored = answer.get("error").is_none();
            return Some((if stored { PacketKind::Ack } else { PacketKind::Refusal }, of));
        }
        let body = read(&message.payload)?;
        let reply = message.reply.as_deref().filter(|reply| reply.starts_with(ACKS));
        let of = (body.m, reply.map_or(Some(1), deliveries)?);
        if let Some(reply) = reply {
            self.delivered.insert(reply.to_owned(), of);
        }
        Some((PacketKind::Delivery, of))
    }
}

/// Returns the number of deliveries that the server counts in the subject of an acknowledgment:
/// `$JS.ACK.<stream>.<consumer>.<deliveries>.…`, or with domain and account before the stream.
fn deliveries(subject: &str) -> Option<u8> {
    let tokens: Vec<&str> = subject.split('.').collect();
    let place = if tokens.len() > 9 { 6 } else { 4 };
    tokens.get(place)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Subjects, deliveries};
    use crate::wire::nats::{Message, What};
    use ackward::sim::PacketKind;

    fn message(subject: &str, reply: Option<&str>, body: &str) -> What {
        let (subject, reply) = (subject.to_owned(), reply.map(str::to_owned));
        What::Message(Message { subject, reply, payload: body.into() })
    }

    #[test]
    fn an_acknowledgment_is_of_its_delivery() {
        let mut subjects = Subjects::default();
        let to = "$JS.ACK.SHOP.billing.2.1.2.1700000000000000000.0";
        let delivery = message("orders", Some(to), r#"{"m":1,"n":1,"copy":"a"}"#);
        assert_eq!(subjects.name(&delivery, false), Some((PacketKind::Delivery, (1, 2))));
        let ack = message(to, None, "+ACK");
        assert_eq!(subjects.name(&ack, true), Some((PacketKind::ConsumerAck, (1, 2))));
        let call = message(to, Some("_INBOX.a.request.1"), "+ACK");
        assert_eq!(subjects.name(&call, true), None);
    }

    #[test]
    fn answers_are_of_their_attempt() {
        let answer = |body: &str| message("_INBOX.producer-1-1.answer.1.2", None, body);
        let name = |body: &str| Subjects::default().name(&answer(body), false);
        let stored = r#"{"stream":"SHOP","seq":1}"#;
        assert_eq!(name(stored), Some((PacketKind::Ack, (1, 2))));
        let full = r#"{"error":{"code":503,"description":"maximum messages exceeded"}}"#;
        assert_eq!(name(full), Some((PacketKind::Refusal, (1, 2))));
    }

    #[test]
    fn deliveries_are_counted_in_both_forms() {
        assert_eq!(deliveries("$JS.ACK.SHOP.billing.3.1.2.1700000000000000000.0"), Some(3));
        assert_eq!(deliveries("$JS.ACK._.abc.SHOP.billing.3.1.2.17.0.xyz"), Some(3));
    }
}
