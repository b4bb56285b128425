//! What the tags and the bodies on a connection to RabbitMQ stand for.

use crate::wire::amqp::Method;
use ackward::sim::PacketKind;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// The body of every message of a run.
#[derive(Deserialize)]
pub struct Body {
    pub m: u8,
    pub n: u8,
    /// Tells this publish from all others.
    pub copy: String,
}

/// Deliveries so far of each publish, with its message.
pub type Deliveries = HashMap<(u8, String), u8>;

type Packets = Vec<(PacketKind, (u8, u8))>;

/// What the tags of a connection stand for.
#[derive(Default)]
pub struct Tags {
    /// Message and attempt of each publish, in order: the tag of its confirm is its place.
    published: Vec<(u8, u8)>,
    confirmed: usize,
    /// Message and delivery of each unsettled delivery.
    delivered: BTreeMap<u64, (u8, u8)>,
}

impl Tags {
    /// Returns the publishes that a confirm answers.
    fn answered(&mut self, tag: u64, multiple: bool) -> std::vec::IntoIter<(u8, u8)> {
        let last = (tag as usize).min(self.published.len());
        let first = if multiple { self.confirmed } else { last.saturating_sub(1) };
        self.confirmed = self.confirmed.max(last);
        let all = self.published[first.min(last)..last].to_vec();
        all.into_iter()
    }

    fn settled(&mut self, tag: u64, kind: PacketKind) -> Packets {
        self.delivered.remove(&tag).map(|of| (kind, of)).into_iter().collect()
    }

    /// Returns the packets that a method is, in the model's words.
    pub fn names(
        &mut self,
        method: &Method,
        from_client: bool,
        deliveries: &mut Deliveries,
    ) -> Packets {
        match method {
            Method::Other => Vec::new(),
            Method::Publish { body } => {
                let Some(body) = read(body) else { return Vec::new() };
                self.published.push((body.m, body.n));
                vec![(PacketKind::Send, (body.m, body.n))]
            }
            Method::Return { body } => {
                read(body).map(|b| (PacketKind::Return, (b.m, b.n))).into_iter().collect()
            }
            Method::Deliver { tag, body } => {
                let Some(body) = read(body) else { return Vec::new() };
                let n = deliveries.entry((body.m, body.copy)).or_default();
                *n = n.saturating_add(1);
                self.delivered.insert(*tag, (body.m, *n));
                vec![(PacketKind::Delivery, (body.m, *n))]
            }
            &Method::Ack { tag, multiple } if !from_client => {
                self.answered(tag, multiple).map(|of| (PacketKind::Ack, of)).collect()
            }
            &Method::Nack { tag, multiple, .. } if !from_client => {
                self.answered(tag, multiple).map(|of| (PacketKind::Refusal, of)).collect()
            }
            &Method::Ack { tag, .. } => self.settled(tag, PacketKind::ConsumerAck),
            &Method::Nack { tag, requeue, .. } | &Method::Reject { tag, requeue } => {
                let kind = if requeue { PacketKind::Requeue } else { PacketKind::Reject };
                self.settled(tag, kind)
            }
        }
    }
}

pub fn read(body: &[u8]) -> Option<Body> {
    serde_json::from_slice(body).ok()
}
