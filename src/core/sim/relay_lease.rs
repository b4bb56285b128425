//! The time of a relay's lease: whether it may end while the relay is still at work.

use super::broker::Broker;
use super::compiled_scenario::CompiledScenario;
use super::context::View;
use super::participant::MessageId;
use super::producer;
use super::settings::outbox::Lock;
use super::stores::bit;

/// Returns true if the lease of a relay may end before it is released: its owner does not work on the
/// row in time. One that cannot go on, since the database or the broker does not answer, may outlast
/// its lease, too.
pub(super) fn may_end(cx: &View, broker: &Broker, s: usize) -> bool {
    let sender = &cx.senders[s];
    if cx.setup.lock() != Lock::Lease || sender.locked == 0 {
        return false;
    }
    let lease = u64::from(cx.setup.configuration().outbox.lock_lease_ms);
    let in_time = |m: MessageId| match producer::timer(cx, broker, s, m) {
        Some(_) => lease > sending_ms(cx.setup),
        None => producer::awaits(cx, broker, s, m) || producer::has_line(cx, broker, s, m),
    };
    let mut held = (0..cx.setup.configuration().messages).filter(|&m| sender.held & bit(m) != 0);
    !(sender.up && !sender.paused && held.any(in_time))
}

/// Returns the time within which a relay has sent a row or has given up on it, in milliseconds.
fn sending_ms(setup: &CompiledScenario) -> u64 {
    let attempts = 1..=setup.attempts;
    let waits = attempts.map(|n| {
        let pause = if n < setup.attempts { setup.backoff.after(n) } else { 0 };
        u64::from(setup.ack_timeout_ms) + u64::from(pause)
    });
    waits.sum()
}
