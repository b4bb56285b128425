//! The queue of batches: which runs come next, and which are in progress.

use std::ops::Range;

/// Hands out the run numbers in batches, from first to last.
pub struct BatchQueue {
    next: u64,
    end: u64,
    /// The number of runs in progress.
    away: u64,
    /// The estimated number of runs per millisecond.
    pace: Option<f64>,
}

impl BatchQueue {
    /// The size of a batch before the speed is known.
    const FIRST: u64 = 200;

    pub fn new(runs: u64) -> BatchQueue {
        BatchQueue { next: 0, end: runs, away: 0, pace: None }
    }

    /// Returns true if there are runs to hand out.
    pub fn more(&self) -> bool {
        self.next < self.end
    }

    /// Returns true if all runs that were handed out are done, and no more follow.
    pub fn over(&self) -> bool {
        !self.more() && self.away == 0
    }

    /// Stops handing out new runs: the runs done are then the first ones, without a gap.
    pub fn stop(&mut self) {
        self.end = self.next;
    }

    /// Returns a batch that takes about this many milliseconds.
    pub fn next(&mut self, millis: f64) -> Option<Range<u64>> {
        let many = self.pace.map_or(BatchQueue::FIRST, |pace| (pace * millis) as u64).max(1);
        let runs = self.next..self.end.min(self.next.saturating_add(many));
        if runs.is_empty() {
            return None;
        }
        self.next = runs.end;
        self.away += runs.end - runs.start;
        Some(runs)
    }

    /// Records that a batch took this many milliseconds.
    pub fn done(&mut self, runs: Range<u64>, millis: f64) {
        let many = runs.end - runs.start;
        self.away -= many;
        let pace = many as f64 / millis.max(0.5);
        // At most four times as fast as before: the first batch may have been lucky.
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
        while let Some(runs) = deal.next(50.0) {
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
        deal.stop();
        assert!(!deal.over());
        assert_eq!(deal.next(50.0), None);
        assert_eq!((first.start, first.end), (0, second.start));
        deal.done(first, 1.0);
        deal.done(second, 1.0);
        assert!(deal.over());
    }
}
