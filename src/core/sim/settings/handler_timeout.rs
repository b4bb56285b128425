//! The time that handlers take, against the timeout of the broker that runs meanwhile.

use crate::sim::checked::{Checked, bad};

/// The time that handlers take at most, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlerTimes {
    /// A slow handler, from the delivery on; longer than any timeout if not known.
    pub slow_ms: Option<u32>,
    /// Every other one.
    pub other_ms: u32,
}

/// A timeout of the broker that runs while a consumer handles what it has received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlerTimeout {
    /// The product's name of it: `max.poll.interval.ms`.
    pub name: &'static str,
    pub ms: u64,
    /// The number of messages that are handled within it, one after the other.
    pub messages: u32,
}

impl HandlerTimeout {
    /// Returns the time after which the last of the messages is done if one of their handlers is
    /// slow; `None` if a slow handler takes longer than any timeout.
    pub fn needed_ms(&self, times: HandlerTimes) -> Option<u64> {
        let others = u64::from(self.messages.saturating_sub(1)) * u64::from(times.other_ms);
        Some(u64::from(times.slow_ms?) + others)
    }

    /// Returns true if a slow handler can take longer than the timeout.
    pub fn expires(&self, times: HandlerTimes) -> bool {
        self.needed_ms(times).is_none_or(|needed| needed > self.ms)
    }

    /// Rejects handlers that outlast the timeout although none of them is slow, and a slow handler
    /// that is quicker than the others.
    pub(super) fn check(&self, times: HandlerTimes) -> Checked {
        let Some(slow) = times.slow_ms else { return Ok(()) };
        if slow < times.other_ms {
            let problem = format!("it must not exceed the time of a slow handler ({slow} ms)");
            return bad("consumer.handler_ms", problem);
        }
        let all = u64::from(self.messages) * u64::from(times.other_ms);
        if all > self.ms {
            let HandlerTimeout { name, ms, messages } = self;
            let problem = format!(
                "{messages} messages at {} ms each take {all} ms, and {name} allows {ms}: this \
                 would time out repeatedly without any fault; receive fewer at once, or wait \
                 longer",
                times.other_ms
            );
            return bad("consumer.handler_ms", problem);
        }
        Ok(())
    }
}
