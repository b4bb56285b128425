//! Suggestions for mistyped names, by edit distance and shared words.
//!
//! Only close names are suggested: those within an edit or two of what was typed (Damerau 1964), or
//! that have most of their words in common with it. A wrong suggestion is worse than none.

/// Maximum number of suggestions.
const MOST: usize = 3;
/// Maximum number of characters compared; more would cost time and add no information.
const LETTERS: usize = 80;

/// Returns the `(id, title)` pairs that `asked` may have meant, best first; empty if none is close.
pub fn nearest<'a>(asked: &str, known: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let asked: String = asked.chars().take(LETTERS).collect();
    let close = |&(id, title): &(&'a str, &'a str)| Some((unlike(&asked, id)?, (id, title)));
    let mut ranked: Vec<_> = known.iter().filter_map(close).collect();
    // The sort is stable: ties keep the order of the catalogue.
    ranked.sort_by_key(|&(unlike, _)| unlike);
    ranked.truncate(MOST);
    ranked.into_iter().map(|(_, pair)| pair).collect()
}

/// Returns the dissimilarity of two names: the edit distance, less a bonus for shared words. `None`
/// if they have too little in common for a suggestion.
fn unlike(asked: &str, id: &str) -> Option<usize> {
    let (words, id_words) = (words(asked), words(id));
    let letters = |words: &[String]| words.iter().map(|word| word.chars().count()).sum::<usize>();
    // Each word that was typed counts once, however often the name has it.
    let mut left = words.clone();
    let mut takes = |word: &&String| {
        let place = left.iter().position(|other| other == *word);
        place.map(|place| left.swap_remove(place)).is_some()
    };
    let shared = id_words.iter().filter(&mut takes).cloned().collect::<Vec<_>>();
    let (shared, all) = (letters(&shared), letters(&words) + letters(&id_words));
    let edits = edits(&asked.to_ascii_lowercase(), &id.to_ascii_lowercase());
    // One edit per four characters, or two thirds of all characters in shared words (Dice's
    // coefficient).
    let slips = edits <= (asked.chars().count() + 2) / 4;
    let alike = shared > 0 && 3 * 2 * shared >= 2 * all;
    (slips || alike).then(|| (edits + 2 * LETTERS).saturating_sub(2 * shared))
}

/// Splits a name into words, whatever separates them: `max-poll`, `max.poll`, `maxPoll`.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (lower && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        lower = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns the edit distance with insertions, deletions, substitutions and transpositions of
/// neighbors (optimal string alignment).
pub fn edits(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(LETTERS).collect();
    let b: Vec<char> = b.chars().take(LETTERS).collect();
    let (mut before, mut row) = (vec![0; b.len() + 1], (0..=b.len()).collect::<Vec<usize>>());
    for i in 0..a.len() {
        let mut next = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let replaced = row[j] + usize::from(a[i] != b[j]);
            next[j + 1] = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                next[j + 1] = next[j + 1].min(before[j - 1] + 1);
            }
        }
        (before, row) = (row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "ack"), 3);
        assert_eq!(edits("ack", "ack"), 0);
        assert_eq!(edits("akcs", "acks"), 1);
    }

    #[test]
    fn finds_slips_and_shared_words() {
        let known =
            [("lost-silently", "A"), ("ack-lost", "B"), ("poison-message", "C"), ("x", "D")];
        let best = |asked| nearest(asked, &known).first().map(|(id, _)| *id);
        assert_eq!(best("ack-lots"), Some("ack-lost"));
        assert_eq!(best("acklost"), Some("ack-lost"));
        assert_eq!(best("the-poison-of-a-message"), Some("poison-message"));
        assert_eq!(best("poisonMessage"), Some("poison-message"));
        assert!(nearest("anything", &[]).is_empty());
    }

    #[test]
    fn suggests_nothing_that_is_not_close() {
        let settings = [
            "consumer.count",
            "store.amount",
            "acks",
            "outbox",
            "max.in.flight.requests.per.connection",
            "request.timeout.ms",
            "VisibilityTimeout",
            "prefetch_count",
        ];
        let known = settings.map(|name| (name, name));
        for asked in ["consumer_timeout", "x-max-length", "celery", "", "-", "timeout", "ü"] {
            assert_eq!(nearest(asked, &known), [], "{asked}");
        }
        for (asked, meant) in [
            ("acs", "acks"),
            ("akcs", "acks"),
            ("visibility-timeout", "VisibilityTimeout"),
            ("prefetch", "prefetch_count"),
            ("requst.timeout.ms", "request.timeout.ms"),
        ] {
            assert_eq!(nearest(asked, &known).first(), Some(&(meant, meant)), "{asked}");
        }
    }
}
