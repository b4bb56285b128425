//! The names most like a mistyped one.

/// At most this many are suggested.
const MOST: usize = 3;
/// Letters compared; more cost time and tell nothing.
const LETTERS: usize = 80;

/// The `(id, title)` pairs that a person who typed `asked` may have meant, best first.
pub fn nearest<'a>(asked: &str, known: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let asked: String = asked.to_ascii_lowercase().chars().take(LETTERS).collect();
    let mut ranked: Vec<(usize, (&str, &str))> =
        known.iter().map(|&(id, title)| (unlike(&asked, id), (id, title))).collect();
    let mut best = Vec::new();
    // The first of equals: they keep the order of the catalogue.
    while let Some(at) = (0..ranked.len()).min_by_key(|&at| ranked[at].0)
        && best.len() < MOST
    {
        best.push(ranked.remove(at).1);
    }
    best
}

/// How little two names have in common: edits, less what whole shared words are worth.
fn unlike(asked: &str, id: &str) -> usize {
    let words = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
    };
    let asked_words = words(asked);
    let shared: usize =
        words(id).iter().filter(|word| asked_words.contains(word)).map(|word| word.len()).sum();
    (edits(asked, id) + LETTERS).saturating_sub(2 * shared)
}

/// Letters to insert, delete or replace to turn one text into the other (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(LETTERS).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
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
    }

    #[test]
    fn finds_slips_and_shared_words() {
        let known =
            [("lost-silently", "A"), ("ack-lost", "B"), ("poison-message", "C"), ("x", "D")];
        let best = |asked| nearest(asked, &known)[0].0;
        assert_eq!(best("ack-lots"), "ack-lost");
        assert_eq!(best("acklost"), "ack-lost");
        assert_eq!(best("the-poison-of-a-message"), "poison-message");
        assert_eq!(nearest("", &known).len(), 3);
        assert!(nearest("anything", &[]).is_empty());
    }
}
