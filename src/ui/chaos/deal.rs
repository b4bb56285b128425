//! Which runs come next, and which are still under way.

use std::ops::Range;

/// Deals out the numbers of runs, from the first to the last.
pub struct BatchQueue {
    next: u64,
    end: u64,
    /// Given back, to be dealt again.
    back: Vec<Range<u64>>,
    /// How many are under way.
    away: u64,
    /// Runs in a millisecond, as far as it is known.
    pace: Option<f64>,
}

impl BatchQueue {
    /// So many runs are dealt while nobody knows how long they take.
    const FIRST: u64 = 200;

    pub fn new(runs: u64) -> BatchQueue {
        BatchQueue { next: 0, end: runs, back: Vec::new(), away: 0, pace: None }
    }

    /// There is something to be dealt.
    pub fn more(&self) -> bool {
        self.next < self.end || !self.back.is_empty()
    }

    /// Everything that was dealt is done, and no more comes.
    pub fn over(&self) -> bool {
        !self.more() && self.away == 0
    }

    /// No more are dealt than were: the first ones, without a gap.
    pub fn stop(&mut self) {
        self.end = self.next;
    }

    /// As many as take so many milliseconds.
    pub fn next(&mut self, millis: f64) -> Option<Range<u64>> {
        let runs = self.back.pop().or_else(|| {
            let many = self.pace.map_or(BatchQueue::FIRST, |pace| (pace * millis) as u64).max(1);
            let runs = self.next..self.end.min(self.next.saturating_add(many));
            self.next = runs.end;
            (!runs.is_empty()).then_some(runs)
        })?;
        self.away += runs.end - runs.start;
        Some(runs)
    }

    /// These were not run.
    pub fn back(&mut self, runs: Range<u64>) {
        self.away -= runs.end - runs.start;
        self.back.push(runs);
    }

    /// These took so many milliseconds.
    pub fn done(&mut self, runs: Range<u64>, millis: f64) {
        let many = runs.end - runs.start;
        self.away -= many;
        let pace = many as f64 / millis.max(0.5);
        // Not more than four times as many at once: the first may have been lucky.
        self.pace = Some(self.pace.map_or(pace, |old| pace.min(old * 4.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_dealt_once() {
        let mut deal = BatchQueue::new(10_000);
        let mut seen = Vec::new();
        for turn in 0.. {
            let Some(runs) = deal.next(50.0) else { break };
            // Some come back, as from a worker that could not be loaded.
            if turn % 3 == 0 && turn < 30 {
                deal.back(runs);
                continue;
            }
            seen.extend(runs.clone());
            deal.done(runs, 7.0);
        }
        seen.sort_unstable();
        assert!(seen.iter().copied().eq(0..10_000));
        assert!(deal.over());
    }

    #[test]
    fn what_was_stopped_has_no_gap() {
        let mut deal = BatchQueue::new(1_000_000);
        let first = deal.next(50.0).expect("runs");
        let second = deal.next(50.0).expect("runs");
        deal.back(first);
        deal.stop();
        assert!(!deal.over());
        let first = deal.next(50.0).expect("what came back");
        assert_eq!((first.start, first.end), (0, second.start));
        assert_eq!(deal.next(50.0), None);
        deal.done(first, 1.0);
        deal.done(second, 1.0);
        assert!(deal.over());
    }
}
