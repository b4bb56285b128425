//! Servers: crashes, elections and restarts, and the copies that each loses or recovers.

use super::{Entry, Phase, Stream};
use crate::sim::broker::{Crash, Machine, swap_bits, swap_names};
use crate::sim::compiled_scenario::CompiledScenario;
use crate::sim::consumer::somebody_could_work;
use crate::sim::context::Ctx;
use crate::sim::event::{CauseRef, EventKind};
use crate::sim::ledger::Record;
use crate::sim::network::Net;
use crate::sim::participant::Participant;
use crate::sim::program::Op;
use tinyvec::ArrayVec;

impl Stream {
    /// Returns the length of a server's log: the place behind the last copy that it holds.
    fn log_end(&self, server: u8) -> usize {
        let holds = |e: &Entry| e.holders() & (1 << server) != 0;
        self.entries.iter().rposition(holds).map_or(0, |last| last + 1)
    }

    /// Returns true if the leader is down, cut off from a majority, or may have stepped down for lack
    /// of one.
    fn may_be_replaced(&self, setup: &CompiledScenario, net: &Net) -> bool {
        setup.replicas > 1 && !self.is_stable(setup, net)
    }

    /// Returns the servers that a majority votes for: those whose log is not shorter than its own
    /// (Raft, section 5.4.1).
    pub(super) fn candidates(&self, setup: &CompiledScenario, net: &Net) -> u8 {
        if !self.may_be_replaced(setup, net) {
            return 0;
        }
        let wins = |&n: &u8| {
            let votes = |v: &u8| self.log_end(*v) <= self.log_end(n);
            let peers = self.peers(net, n);
            let voters = (0..3).filter(|v| peers & (1 << v) != 0).filter(votes);
            let bits = voters.fold(0u8, |bits, v| bits | 1 << v);
            self.up & (1 << n) != 0 && Stream::is_majority(setup, bits)
        };
        (0..3).filter(wins).fold(0, |bits, n| bits | 1 << n)
    }

    /// Elects a server as leader; copies that it does not hold are lost.
    pub(super) fn elect(&mut self, cx: &mut Ctx, node: usize) {
        let what = EventKind::Elected { at: Participant::NODES[node] };
        self.mark = cx.out.record(self.mark, what);
        let isolated = cx.net.is_isolated() && self.leader == 0 && self.is_up(0) && node != 0;
        if self.leader as usize != node {
            self.entries.iter_mut().for_each(|e| e.ack_pending = false);
        }
        // Publishers that are connected to the isolated server do not hear of the election.
        for (sender, program) in cx.senders.iter_mut().zip(&cx.setup.senders) {
            sender.stale |= isolated && sender.up && program.has(Op::Send);
        }
        let held_up = self.unsure && self.entries.iter().any(|e| e.phase == Phase::Waiting);
        cx.ledger.blocked |= held_up && somebody_could_work(&cx.view());
        (self.leader, self.deposed, self.unsure) = (node as u8, false, false);
        self.drop_acked();
        let bit = 1u8 << node;
        self.forget_lost(cx, |e| e.holders() & bit != 0);
        self.move_on(cx);
    }

    /// Returns the servers that can take over from a healthy leader: those that have everything that
    /// is committed.
    pub(super) fn successors(&self) -> u8 {
        let stays = |e: &&Entry| e.pc >= self.config.committed_at && self.stores(e);
        let committed = self.entries.iter().filter(stays);
        committed.fold(self.up & !self.leader_bit(), |nodes, e| nodes & e.holders())
    }

    /// Moves the leadership to another server, as `nats stream cluster step-down` does.
    pub(super) fn step_down(&mut self, cx: &mut Ctx, cause: CauseRef) {
        let reached = self.successors() & self.peers(cx.net, self.leader);
        let others = (0..3usize).filter(|n| reached & (1 << n) != 0);
        // The one that is least behind takes over.
        let Some(next) = others.max_by_key(|&n| self.log_end(n as u8)) else { return };
        self.mark = cause;
        self.elect(cx, next);
    }

    /// Crashes a server: what only its memory held is lost, and without power also what was not
    /// synced.
    pub(super) fn crash_server(&mut self, cx: &mut Ctx, node: usize, how: Crash, cause: CauseRef) {
        let bit = 1u8 << node;
        let at = Participant::NODES[node];
        let leads = self.leader as usize == node;
        self.up &= !bit;
        self.ids[node] = 0;
        self.mark = cause;
        if how == Crash::PermanentLoss {
            self.gone |= bit;
        }
        for entry in &mut self.entries {
            let held = entry.holders() & bit != 0;
            entry.memory &= !bit;
            if how != Crash::Process {
                entry.page &= !bit;
            }
            if how == Crash::PermanentLoss {
                entry.disk &= !bit;
            }
            // Its connections are closed, and everything in progress on them is lost.
            entry.ack_pending &= !leads;
            if held && entry.holders() & bit == 0 && entry.phase != Phase::Acked {
                let Entry { msg, copy, .. } = *entry;
                cx.out.record(cause, EventKind::Vanished { at, msg, copy });
            }
        }
        if cx.setup.replicas > 1 {
            self.deposed |= leads;
            self.unsure |= !Stream::is_majority(cx.setup, self.up);
        }
        // With the server, the connections of publishers that still talked to it are gone.
        if node == 0 && cx.net.is_isolated() {
            cx.senders.iter_mut().for_each(|sender| sender.stale = false);
        }
        self.forget_lost(cx, |e| e.holders() != 0);
        self.move_on(cx);
    }

    /// Removes the copies that are not kept. Those that counted as stored count as lost.
    fn forget_lost(&mut self, cx: &mut Ctx, kept: impl Fn(&Entry) -> bool) {
        let lost: ArrayVec<[Entry; Stream::MOST]> =
            self.entries.iter().filter(|e| !kept(e)).copied().collect();
        self.entries.retain(|e| kept(e));
        for entry in &lost {
            self.close_gap(entry.turn);
            self.forget_id(entry.msg);
            if self.config.stream && entry.committed(&cx.setup.broker) {
                Record::bump(&mut cx.ledger.of_mut(entry.msg).gone);
            }
        }
    }

    /// Returns true if the server is down and may restart.
    pub(super) fn returns(&self, node: usize) -> bool {
        !self.is_up(node) && !self.is_gone(node)
    }

    /// Restarts a server with what its disk has kept.
    pub(super) fn restart_server(&mut self, cx: &mut Ctx, node: usize, cause: CauseRef) {
        self.up |= 1 << node;
        self.mark = cause;
        self.ids[node] = self.rebuilt_ids(node);
        if cx.setup.replicas > 1 {
            return;
        }
        self.drop_acked();
        let done = cx.setup.broker.done();
        for entry in &mut self.entries {
            // Recovered from disk: its program is complete.
            entry.pc = done;
        }
        // Nothing could be delivered until now.
        let held_up = self.entries.iter().any(|e| e.phase == Phase::Waiting);
        cx.ledger.blocked |= held_up && somebody_could_work(&cx.view());
    }

    /// Returns true if the crash may have come before the state of the copy at the consumer was
    /// written down: an acknowledgment, or a delivery. With several servers, one that the application
    /// waits for is replicated before it is confirmed; that it then stays is certain only where
    /// servers keep what they have confirmed. With power losses or in memory this allows more than
    /// can happen: the loss of one server alone takes nothing from the others.
    pub(super) fn may_unsettle(&self, setup: &CompiledScenario, entry: &Entry) -> bool {
        let kept = self.config.files && (self.config.syncs || !self.config.power);
        let confirmed = self.config.ack_sync && setup.replicas > 1 && kept;
        let forgets = entry.phase != Phase::Acked || !confirmed;
        !self.leads() && entry.deliveries > 0 && forgets
    }

    /// Takes back the last that happened to a copy at the consumer: its acknowledgment, or else its
    /// last delivery. Taken back several times, it is in any state that it was in before. A server
    /// forgets less: it writes the state down within 100 ms.
    pub(super) fn unsettle(&mut self, cx: &mut Ctx, index: usize) {
        let (at, cause) = (self.leader_node(), self.mark);
        let entry = &mut self.entries[index];
        let Entry { msg, copy, phase, turn, .. } = *entry;
        let mark = cx.out.record(cause, EventKind::Unsettled { at, msg, copy });
        entry.deliveries -= u8::from(phase != Phase::Acked);
        (entry.phase, entry.turn, entry.mark) = (Phase::Waiting, 0, mark);
        let again = entry.deliveries > 0;
        self.close_gap(turn);
        if again {
            // It waits to be delivered again, as after `ack_wait`.
            self.requeue(cx, index, false, mark);
        }
    }

    /// Returns true if the leader's operating system may sync this copy before the server does.
    pub(super) fn syncs(&self, setup: &CompiledScenario, entry: &Entry) -> bool {
        let own = entry.op(setup) == Some(Op::Persist);
        let unsynced = entry.page & !entry.disk & self.leader_bit() != 0;
        self.config.power && self.is_up(self.leader.into()) && unsynced && !own
    }

    pub(super) fn sync(&mut self, cx: &mut Ctx, index: usize) {
        let (at, leader) = (self.leader_node(), self.leader_bit());
        let Some(entry) = self.entries.get_mut(index) else { return };
        entry.disk |= leader;
        let Entry { msg, copy, mark, .. } = *entry;
        entry.mark = cx.out.record(mark, EventKind::Persisted { at, msg, copy });
    }

    /// Returns true if these two servers are in canonical order.
    pub(super) fn is_ordered(&self, a: usize, b: usize) -> bool {
        let bit = |bits: u8, n: usize| bits >> n & 1;
        let key = |n: usize| {
            let entries = self.entries.iter();
            let has =
                entries.map(move |e| bit(e.memory, n) << 2 | bit(e.page, n) << 1 | bit(e.disk, n));
            ((bit(self.up, n), bit(self.gone, n), self.ids[n]), has)
        };
        let ((state_a, has_a), (state_b, has_b)) = (key(a), key(b));
        state_a.cmp(&state_b).then(has_a.cmp(has_b)).is_le()
    }

    /// Exchanges two servers.
    pub(super) fn swap(&mut self, a: usize, b: usize) {
        let swap = |bits: &mut u8| *bits = swap_bits(*bits, a, b);
        swap(&mut self.up);
        swap(&mut self.gone);
        self.ids.swap(a, b);
        self.leader = swap_names(self.leader, a, b);
        for entry in &mut self.entries {
            swap(&mut entry.memory);
            swap(&mut entry.page);
            swap(&mut entry.disk);
        }
    }
}
