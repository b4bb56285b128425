//! Aligns runs: an event that occurs in all of them occurs at the same time.
//!
//! A beat is one press of the forward key. An event with the same key (`work@m1#2`) in every run is
//! one beat for all; between two such events each run proceeds at its own pace, and a run that is
//! done waits for the others.

/// The position of each run after a beat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// The step of each run, numbered as in that run.
    pub steps: Vec<usize>,
    /// The same event happened in all runs.
    pub same: bool,
}

/// Returns the beats of these runs, the first before any event; each run is given by the keys of
/// its steps.
pub fn align(runs: &[Vec<&str>]) -> Vec<Beat> {
    let mut rows = rows(runs);
    rows.retain(|row| row.iter().any(Option::is_some));
    let mut steps = vec![0; runs.len()];
    let mut beats = vec![Beat { steps: steps.clone(), same: true }];
    for row in rows {
        for (step, at) in steps.iter_mut().zip(&row) {
            *step = at.map_or(*step, |at| at + 1);
        }
        let mut keys = row.iter().zip(runs).map(|(at, run)| at.map(|at| run[at]));
        let first = keys.next().flatten();
        let same = first.is_some() && keys.all(|key| key == first);
        beats.push(Beat { steps: steps.clone(), same });
    }
    beats
}

/// Simultaneous events: for each run the index of its event, if any.
type Row = Vec<Option<usize>>;

fn rows(runs: &[Vec<&str>]) -> Vec<Row> {
    let Some(first) = runs.first() else { return Vec::new() };
    let mut rows: Vec<Row> = (0..first.len()).map(|at| vec![Some(at)]).collect();
    for (number, run) in runs.iter().enumerate().skip(1) {
        let has = |row: &Row, key: &str| {
            row.iter().zip(runs).any(|(at, other)| at.is_some_and(|at| other[at] == key))
        };
        let common = common(rows.len(), run.len(), |row, at| has(&rows[row], run[at]));
        rows = merged(&rows, run.len(), &common, number);
    }
    rows
}

/// Merges a run into the rows: each common pair shares a row, and between two pairs the run
/// proceeds beside the others.
fn merged(rows: &[Row], length: usize, common: &[(usize, usize)], width: usize) -> Vec<Row> {
    let mut all = Vec::new();
    let (mut row, mut at) = (0, 0);
    for &(next_row, next_at) in common.iter().chain([&(rows.len(), length)]) {
        while row < next_row || at < next_at {
            let mut both = match rows.get(row).filter(|_| row < next_row) {
                Some(known) => known.clone(),
                None => vec![None; width],
            };
            both.push((at < next_at).then_some(at));
            all.push(both);
            row = next_row.min(row + 1);
            at = next_at.min(at + 1);
        }
        if let Some(known) = rows.get(next_row) {
            let mut both = known.clone();
            both.push(Some(next_at));
            all.push(both);
            (row, at) = (next_row + 1, next_at + 1);
        }
    }
    all
}

/// Returns a longest common subsequence, as pairs of indices; of several the one that starts
/// earliest.
fn common(n: usize, m: usize, same: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    // longest[i][j]: the length of the longest common subsequence of the suffixes from i and j.
    let width = m + 1;
    let mut longest = vec![0_u16; (n + 1) * width];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            longest[i * width + j] = match same(i, j) {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < n && j < m {
        if same(i, j) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the beats of runs written as strings, a letter for each event; `=` marks beats that
    /// are the same in all.
    fn beats(runs: &[&str]) -> Vec<String> {
        let keys: Vec<Vec<&str>> =
            runs.iter().map(|run| run.split("").filter(|key| !key.is_empty()).collect()).collect();
        let told = |beat: &Beat| {
            let steps: Vec<String> = beat.steps.iter().map(ToString::to_string).collect();
            format!("{}{}", steps.join(","), if beat.same { "=" } else { "" })
        };
        align(&keys).iter().map(told).collect()
    }

    #[test]
    fn the_same_run_goes_step_by_step() {
        assert_eq!(beats(&["abc", "abc"]), ["0,0=", "1,1=", "2,2=", "3,3="]);
    }

    #[test]
    fn what_only_one_has_makes_the_other_wait() {
        assert_eq!(beats(&["abxyc", "abc"]), ["0,0=", "1,1=", "2,2=", "3,2", "4,2", "5,3="]);
    }

    #[test]
    fn between_what_they_share_both_go_on() {
        assert_eq!(beats(&["axyb", "azb"]), ["0,0=", "1,1=", "2,2", "3,2", "4,3="]);
    }

    #[test]
    fn without_anything_in_common_each_goes_on_to_its_end() {
        assert_eq!(beats(&["ab", "xyz"]), ["0,0=", "1,1", "2,2", "2,3"]);
        assert_eq!(beats(&["", "x"]), ["0,0=", "0,1"]);
        assert_eq!(beats(&["", ""]), ["0,0="]);
        assert_eq!(align(&[]), [Beat { steps: vec![], same: true }]);
    }

    #[test]
    fn three_keep_together_as_far_as_they_can() {
        let told = beats(&["abcd", "abd", "axcd"]);
        assert_eq!(told, ["0,0,0=", "1,1,1=", "2,2,2", "3,2,3", "4,3,4="]);
    }

    #[test]
    fn every_run_is_gone_through_once_in_its_order() {
        let mut seed = 3_u64;
        for _ in 0..2_000 {
            let mut run = || {
                let mut text = Vec::new();
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                for at in 0..(seed >> 33) % 9 {
                    text.push(["a", "b", "c", "d"][(seed >> (35 + 2 * at)) as usize % 4]);
                }
                text
            };
            let runs = [run(), run(), run()];
            let beats = align(&runs);
            for (at, run) in runs.iter().enumerate() {
                assert_eq!(beats.first().map(|beat| beat.steps[at]), Some(0));
                assert_eq!(beats.last().map(|beat| beat.steps[at]), Some(run.len()));
                let steps = beats.windows(2).map(|two| (two[0].steps[at], two[1].steps[at]));
                assert!(steps.clone().all(|(a, b)| b == a || b == a + 1), "{runs:?}");
            }
            let moves = |two: &[Beat]| two[0].steps != two[1].steps;
            assert!(beats.windows(2).all(moves), "{runs:?}: a beat in which nothing happens");
        }
    }
}
