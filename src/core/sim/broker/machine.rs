//! The contract of a broker.

use crate::sim::bits::{Reader, Writer};
use crate::sim::choice::{ActorStep, Choice};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::context::{Ctx, View};
use crate::sim::event::{CauseRef, Timer, Window};
use crate::sim::fault::{Classes, Occurrence};
use crate::sim::network::Packet;
use crate::sim::participant::{MessageId, Participant};
use crate::sim::program::Op;
use crate::sim::renumber::Requests;

/// The kind of a node failure, by what is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The process crashes: its memory is lost.
    Process,
    /// The machine loses power: unsynced data is lost as well.
    Power,
    /// The machine is permanently lost: its disk is lost as well.
    PermanentLoss,
}

/// The place of a broker's transitions in the fixed order of all transitions, from the most
/// ordinary ones on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Elections of a new leader.
    Election,
    /// Instructions of the broker's program, and fetches of followers.
    Step,
    /// Deliveries to the consumer with this index, and what it asks the broker for.
    Delivery(usize),
    /// Timers that close connections, which is noticed before anything restarts.
    Disconnect,
    /// All other timers.
    Timeout,
    /// Fetches of followers that lack no record.
    CatchUp,
    /// Syncs of written data by the operating system.
    Sync,
    /// Recoveries of what a crashed node had not written down.
    Recovery,
}

/// The state machine of a broker, with its configuration.
///
/// The defaults describe a broker of a single node that never crashes, takes acknowledgments as
/// packets, and has no transactions and no sequence numbers.
pub trait Machine {
    /// Appends the transitions of this priority that are enabled.
    fn enabled(&self, cx: &View, priority: Priority, out: &mut Vec<Choice>);

    /// Takes a step of its own that [`Machine::enabled`] has listed.
    fn run(&mut self, cx: &mut Ctx, step: ActorStep);

    /// Fires a timer of its own that [`Machine::enabled`] has listed.
    fn fire(&mut self, cx: &mut Ctx, timer: Timer);

    /// Returns true if a fixed capacity was exceeded, so that the run is no longer faithful.
    fn overflow(&self) -> bool;

    /// Returns the event that its nodes were last affected by.
    fn mark(&self) -> CauseRef {
        CauseRef::NONE
    }

    /// Prepares the broker for faults of these classes, which no script names.
    fn expects(&mut self, _classes: Classes) {}

    // Nodes.

    /// Returns the leader: the node that producers and consumers talk to.
    fn leader(&self) -> Participant {
        Participant::Broker
    }

    /// Returns true if the leader is up.
    fn leads(&self) -> bool {
        true
    }

    /// Returns true if the node is up, and may crash.
    fn can_crash(&self, _node: usize) -> bool {
        false
    }

    /// Crashes a node.
    fn crash(&mut self, _cx: &mut Ctx, _node: usize, _how: Crash, _cause: CauseRef) {}

    /// Returns true if the node is down and may restart.
    fn may_restart(&self, _cx: &View, _node: usize) -> bool {
        false
    }

    /// Restarts a node.
    fn restart(&mut self, _cx: &mut Ctx, _node: usize, _cause: CauseRef) {}

    /// Returns true if the leader can be cut off from the rest of its cluster.
    fn may_isolate(&self) -> bool {
        false
    }

    /// Returns true if the first node, which is isolated, still takes itself for the leader.
    fn leads_alone(&self) -> bool {
        false
    }

    /// The first node, which was isolated, reaches the others again, and learns who leads.
    fn on_rejoined(&mut self, _cx: &mut Ctx, _cause: CauseRef) {}

    /// Returns true if the leadership can be moved while the leader is healthy.
    fn may_move_leader(&self) -> bool {
        false
    }

    /// Moves the leadership to another node.
    fn move_leader(&mut self, _cx: &mut Ctx, _cause: CauseRef) {}

    /// Returns the node whose operating system syncs at this place.
    fn node_of_sync(&self, _place: u8) -> Participant {
        self.leader()
    }

    /// Returns true if another leader can take over with an effect, while the first is healthy or
    /// isolated.
    fn elects_with_effect(&self) -> bool {
        false
    }

    // Producers.

    /// Handles a message that has reached the leader.
    fn on_send(&mut self, cx: &mut Ctx, packet: Packet, cause: CauseRef);

    /// Handles a message that has reached an isolated node which takes itself for the leader.
    fn on_send_alone(&mut self, _cx: &mut Ctx, _packet: Packet, _cause: CauseRef) {}

    /// Returns true if an acknowledgment to the sender is still pending for the message.
    fn ack_pending(&self, s: usize, msg: MessageId) -> bool;

    /// Returns true if the node does not read this request yet, because it has not answered an
    /// earlier one on the same connection.
    fn reads_later(&self, _cx: &View, _packet: &Packet) -> bool {
        false
    }

    /// Drops the acknowledgments pending for a sender whose connection is gone.
    fn forget_sender(&mut self, _s: usize) {}

    /// Drops the acknowledgment pending for a request that the sender has given up on.
    fn hang_up(&mut self, _s: usize, _msg: MessageId) {}

    /// Notes that a message was rejected because of a passing error.
    fn note_rejected(&mut self, _cx: &View, _packet: &Packet) {}

    /// Returns true if each call of a client has a connection of its own, so that calls overtake
    /// one another.
    fn connects_per_call(&self) -> bool {
        false
    }

    /// Returns true if the broker may reject a message although no fault makes it do so.
    fn rejects(&self) -> bool {
        false
    }

    /// Returns true if the broker returns messages that it cannot route.
    fn returns_unroutable(&self) -> bool {
        false
    }

    /// Returns true if producers number their messages, and the broker checks the numbers.
    fn checks_sequences(&self) -> bool {
        false
    }

    /// Returns the sequence number after the highest one that it holds of this producer and epoch, in
    /// the first partition or in the one that was added.
    fn next_sequence(&self, _s: usize, _epoch: u8, _added: bool) -> Option<u8> {
        None
    }

    /// Returns true if producers send in transactions.
    fn has_transactions(&self) -> bool {
        false
    }

    /// Returns true if a newer incarnation has fenced the producer.
    fn is_fenced(&self, _cx: &View, _s: usize) -> bool {
        false
    }

    /// Begins a transaction: aborts one that is open, and fences predecessors.
    fn init_transactions(&mut self, _cx: &mut Ctx, _s: usize) {}

    /// Commits the producer's open transaction.
    fn commit_transaction(&mut self, _cx: &mut Ctx, _s: usize, _cause: CauseRef) {}

    /// Returns true if the transaction of this producer may time out.
    fn transaction_due(&self, _cx: &View, _s: usize) -> bool {
        false
    }

    // Consumers.

    /// Handles a packet with which a consumer settles a delivery.
    fn on_settled(&mut self, _cx: &mut Ctx, _packet: Packet, _cause: CauseRef) {}

    /// Returns true if this packet settles an earlier delivery, and may take effect all the same.
    fn may_take_stale(&self, _packet: &Packet) -> bool {
        false
    }

    /// Settles an earlier delivery.
    fn take_stale(&mut self, _cx: &mut Ctx, _packet: &Packet, _cause: CauseRef) {}

    /// Returns true if the broker has a timer for this consumer that may fire now.
    fn waits_for(&self, cx: &View, c: usize) -> bool;

    /// Returns true if the broker, or the consumer, still waits for this late packet.
    fn awaits(&self, cx: &View, packet: &Packet) -> bool;

    /// Closes the connection of a consumer that was cut off.
    fn disconnect(&mut self, _cx: &mut Ctx, _c: usize, _cause: CauseRef) {}

    /// Takes note that the process of a consumer has stopped.
    fn on_consumer_stopped(&mut self, _c: usize) {}

    /// Takes note that a delivery, or what a consumer sent to settle one, was lost on its way.
    fn on_lost_packet(&mut self, _cx: &mut Ctx, _packet: &Packet) {}

    /// Returns true if a packet that acknowledges a message includes every earlier one.
    fn acks_are_cumulative(&self) -> bool {
        false
    }

    /// Returns true if a consumer acknowledges by a call that it waits for, rather than by a packet.
    fn acks_by_call(&self) -> bool {
        false
    }

    /// Returns true if the broker answers such a call now; otherwise the consumer waits.
    fn answers_acks(&self, _cx: &View) -> bool {
        true
    }

    /// Acknowledges the message that the consumer has in hand, by a call. Returns false if the
    /// broker rejects that.
    fn ack_by_call(&mut self, _cx: &mut Ctx, _c: usize) -> bool {
        true
    }

    /// Returns true if the broker keeps the positions that consumers commit.
    fn keeps_positions(&self) -> bool {
        false
    }

    /// Returns true if the broker accepts what this consumer commits in a transaction.
    fn accepts_commits(&self, _c: usize) -> bool {
        true
    }

    /// Commits the position past the consumer's message as part of its transaction, which is that
    /// of the consumer's own database if `in_database` is true.
    fn commit_position(&mut self, _cx: &mut Ctx, _c: usize, _in_database: bool) {}

    /// Returns true if what consumers produce is visible only once their transaction commits.
    fn stages_output(&self) -> bool {
        false
    }

    /// Takes the consumer back to the message that failed.
    fn seek(&mut self, _cx: &mut Ctx, _c: usize) {}

    /// Does what a client does when its consumer is stopped in an orderly way.
    fn before_stop(&mut self, _cx: &mut Ctx, _c: usize) {}

    /// Takes back a restarted consumer.
    fn rejoin(&mut self, _cx: &mut Ctx, _c: usize) {}

    // What a broker may do on its own, and what it forgets in time.

    /// Returns true if the broker may deliver the message once more although no client has failed.
    fn may_repeat(&self, _msg: MessageId) -> bool {
        false
    }

    /// Delivers a message once more.
    fn repeat(&mut self, _cx: &mut Ctx, _msg: MessageId) {}

    /// Returns true if a delete can be lost, so that the message is delivered once more.
    fn may_lose_deletes(&self) -> bool {
        false
    }

    /// Returns true if the message can be delivered once more although it was deleted.
    fn may_reappear(&self, _msg: MessageId) -> bool {
        false
    }

    /// Makes a deleted message visible again.
    fn reappear(&mut self, _cx: &mut Ctx, _msg: MessageId) {}

    /// Returns true if the broker has this time window.
    fn has_window(&self, _window: Window) -> bool {
        false
    }

    /// Returns true if the time window is open for the message, so that it can expire.
    fn window_open(&self, _window: Window, _msg: MessageId) -> bool {
        false
    }

    /// Expires a time window of the broker.
    fn expire(&mut self, _cx: &mut Ctx, _window: Window, _msg: MessageId) {}

    // Names and points of a run.

    /// Returns the message and the number of the copy at this index of a queue.
    fn copy_at(&self, _place: u8) -> Option<(MessageId, u8)> {
        None
    }

    /// Returns the consumer that the copy at this index of a queue was delivered to, and that has not
    /// settled it.
    fn holder_of(&self, _place: u8) -> Option<usize> {
        None
    }

    /// Returns the program counter of the copy that the broker's program works on next, and its
    /// message.
    fn next_line(&self, _cx: &View) -> Option<(u8, MessageId)> {
        None
    }

    /// Returns the message that the broker delivers to this consumer next, if it chooses that, from
    /// the first partition or from the one that was added.
    fn next_delivered(&self, _cx: &View, _c: usize, _added: bool) -> Option<MessageId> {
        None
    }

    /// Returns true if a copy of the message, of this number, is before or `after` this instruction
    /// of the broker.
    fn is_at(&self, cx: &View, msg: MessageId, nth: Occurrence, op: Op, after: bool) -> bool;

    /// Returns true if the committed position is past the message.
    fn has_committed(&self, _msg: MessageId) -> bool {
        false
    }

    // The encoding, and the canonical representative.

    /// Writes the state. The configuration is not written: it is that of the scenario.
    fn encode(&self, setup: &CompiledScenario, w: &mut Writer);

    /// Reads what [`Machine::encode`] has written, into the initial state.
    fn decode(&mut self, setup: &CompiledScenario, r: &mut Reader);

    /// Resets what no later transition reads while the faults are of these classes.
    fn canonicalize(&mut self, _cx: &mut Ctx, _requests: &Requests, _classes: Classes) {}

    /// Forgets settled messages, which can come back only after a crash.
    fn forget_settled(&mut self) {}

    /// Returns true if the numbers of copies only tell copies apart, so that they may be renumbered.
    fn renumbers_copies(&self) -> bool {
        false
    }

    /// Calls `show` on the number of each copy of the message.
    fn each_copy(&mut self, _msg: MessageId, _show: &mut impl FnMut(&mut u8)) {}

    /// Returns true if a dead letter can never be lost.
    fn keeps_dead_letters(&self) -> bool {
        false
    }

    /// Returns true if these two nodes, which do not lead, are in canonical order.
    fn in_order(&self, _a: usize, _b: usize) -> bool {
        true
    }

    /// Exchanges two nodes.
    fn swap_nodes(&mut self, _a: usize, _b: usize) {}
}
