//! Line endings: a file is patched as if its lines ended with a line feed and it had no byte order mark,
//! and gets both back as it had them.

use similar::{DiffOp, TextDiff};

const MARK: char = '\u{feff}';
/// Number of lines before and behind a new one whose endings it goes by.
const NEAR: usize = 3;

/// Returns the text as it is patched.
pub fn plain(text: &str) -> String {
    text.trim_start_matches(MARK).replace("\r\n", "\n")
}

/// Returns the patched text with the endings of the original one: a line that was there keeps its own,
/// a new one has that of most lines near it. A file that does not end with a line break does not get one.
pub fn restored(original: &str, patched: &str) -> String {
    let old: Vec<&str> = original.trim_start_matches(MARK).split_inclusive('\n').collect();
    let before = plain(original);
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let mut out = original[..original.len() - original.trim_start_matches(MARK).len()].to_owned();
    let new: Vec<&str> = patched.split_inclusive('\n').collect();
    for op in TextDiff::from_slices(&before, &new).ops() {
        match *op {
            DiffOp::Equal { old_index, len, .. } => {
                old[old_index..old_index + len].iter().for_each(|line| out.push_str(line));
            }
            DiffOp::Delete { .. } => {}
            DiffOp::Insert { old_index, new_index, new_len } => {
                let ending = usual(&old, old_index);
                (new_index..new_index + new_len).for_each(|at| push(&mut out, new[at], ending));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                for at in 0..new_len {
                    // A value is changed in its line.
                    let own = (old_len == new_len).then(|| ending(old[old_index + at])).flatten();
                    let ending = own.unwrap_or_else(|| usual(&old, old_index));
                    push(&mut out, new[new_index + at], ending);
                }
            }
        }
    }
    let unended = !old.last().is_some_and(|line| line.ends_with('\n'));
    if unended && out.ends_with('\n') {
        let length = out.trim_end_matches('\n').trim_end_matches('\r').len();
        out.truncate(length);
    }
    out
}

fn push(out: &mut String, line: &str, ending: &str) {
    match line.strip_suffix('\n') {
        Some(line) => {
            out.push_str(line);
            out.push_str(ending);
        }
        None => out.push_str(line),
    }
}

/// Returns what ends a line; `None` for a last line that nothing ends.
fn ending(line: &str) -> Option<&'static str> {
    ["\r\n", "\n"].into_iter().find(|ending| line.ends_with(ending))
}

/// Returns the ending of most lines near this one.
fn usual(lines: &[&str], at: usize) -> &'static str {
    let near = &lines[at.saturating_sub(NEAR)..lines.len().min(at + NEAR)];
    let count = |wanted| near.iter().filter(|line| ending(line) == Some(wanted)).count();
    if count("\r\n") > count("\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patched_text_ends_its_lines_as_the_file_does() {
        for (original, patched, expected) in [
            ("a\nb\n", "a\nx\nb\n", "a\nx\nb\n"),
            ("a\r\nb\r\n", "a\nx\nb\n", "a\r\nx\r\nb\r\n"),
            ("a\r\nb\r\n", "a\ny\n", "a\r\ny\r\n"),
            // Nothing ends the last line.
            ("a\r\nb", "a\nb\nx\n", "a\r\nb\r\nx"),
            ("a", "a\nx\n", "a\nx"),
            ("a\nb", "a\ny", "a\ny"),
            // Mixed: a line that is changed keeps its ending, a new one has that of most near it.
            ("a\r\nb\nc\r\n", "a\ny\nc\n", "a\r\ny\nc\r\n"),
            (
                "a\nb\nc\nd\ne\r\nf\r\ng\r\n",
                "x\na\nb\nc\nd\ne\nf\nx\ng\n",
                "x\na\nb\nc\nd\ne\r\nf\r\nx\r\ng\r\n",
            ),
            ("\u{feff}a\r\n", "x\na\n", "\u{feff}x\r\na\r\n"),
        ] {
            assert_eq!(restored(original, patched), expected, "{original:?} {patched:?}");
        }
        assert_eq!(plain("\u{feff}a\r\nb\n"), "a\nb\n");
    }
}
