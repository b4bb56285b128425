//! What the tags and the bodies on a connection stand for.

use super::Name;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The body of every message of a run.
#[derive(Deserialize)]
pub struct Body {
    pub m: u8,
    pub n: u8,
    /// Tells this publish from all others.
    pub copy: String,
}

/// What the tags of a connection stand for.
#[derive(Default)]
pub struct Tags {
    /// Message and attempt of each publish, in order: the tag of its confirm is its place.
    pub published: Vec<(u8, u8)>,
    confirmed: usize,
    /// Message and delivery of each unsettled delivery.
    pub delivered: BTreeMap<u64, (u8, u8)>,
}

impl Tags {
    /// Returns the publishes that a confirm answers.
    pub fn answered(&mut self, tag: u64, multiple: bool) -> std::vec::IntoIter<(u8, u8)> {
        let last = (tag as usize).min(self.published.len());
        let first = if multiple { self.confirmed } else { last.saturating_sub(1) };
        self.confirmed = self.confirmed.max(last);
        let all = self.published[first.min(last)..last].to_vec();
        all.into_iter()
    }

    pub fn settled(&mut self, tag: u64, name: impl Fn((u8, u8)) -> Name) -> Vec<Name> {
        self.delivered.remove(&tag).map(name).into_iter().collect()
    }
}

pub fn read(body: &[u8]) -> Option<Body> {
    serde_json::from_slice(body).ok()
}
