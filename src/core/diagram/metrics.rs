//! Text metrics without a browser: native tests and the page get the same layout.
//!
//! The widths are those of DejaVu Sans, which is wider than the interface fonts of most systems, so
//! a text is seldom wider on screen than measured here. No font is ever queried.

mod table;

use table::{BOLD, FIRST, REGULAR, SYMBOLS};

/// A text style: size and weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The label of an event, beside or above it: 13 px.
    Label,
    /// Less prominent text after a label, and in a header: 12 px.
    Detail,
    /// The name of a lifeline: 13 px, bold.
    Name,
    /// The text of a pill: 12 px, bold.
    Pill,
}

impl Face {
    /// Returns the font size in px; never below 12.
    pub const fn size(self) -> i32 {
        match self {
            Face::Label | Face::Name => 13,
            Face::Detail | Face::Pill => 12,
        }
    }

    /// Returns the line height in px, from above the tallest capital to below the lowest descender.
    pub const fn line(self) -> i32 {
        self.size() + 3
    }

    /// Returns the distance from the top of a line to its baseline, in px.
    pub const fn ascent(self) -> i32 {
        self.size() - 1
    }

    const fn bold(self) -> bool {
        matches!(self, Face::Name | Face::Pill)
    }
}

/// Returns the width of `text` in px, rounded up.
pub fn width(text: &str, face: Face) -> i32 {
    px(mills(text, face), face)
}

/// Returns the width of `text` in 1/1000 em. Sums of these are exact; sums of rounded widths are
/// not.
fn mills(text: &str, face: Face) -> i32 {
    text.chars().map(|c| advance(c, face.bold())).sum()
}

/// Converts a width in 1/1000 em to px, rounded up.
fn px(mills: i32, face: Face) -> i32 {
    (mills * face.size() + 999) / 1000
}

/// Returns the advance width of one character in 1/1000 em.
fn advance(c: char, bold: bool) -> i32 {
    let code = c as u32;
    let latin = if bold { &BOLD } else { &REGULAR };
    if let Some(&mills) = code.checked_sub(FIRST).and_then(|i| latin.get(i as usize)) {
        return i32::from(mills);
    }
    if let Ok(i) = SYMBOLS.binary_search_by_key(&c, |&(symbol, _)| symbol) {
        return i32::from(SYMBOLS[i].1);
    }
    match code {
        // Combining marks, joiners, variation selectors: drawn over their neighbor.
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        // Greek to Georgian: approximated by the widest Cyrillic letter in bold.
        0x370..=0x10ff => 1250,
        // Ideographs fill their em; emoji exceed it.
        0x1100..=0xffff => 1050,
        _ => 1400,
    }
}

/// A text wrapped into lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    pub lines: Vec<String>,
    /// Width of the widest line, in px.
    pub width: i32,
    /// A word was wider than the available width and was broken.
    pub broken: bool,
    /// The text did not fit into the lines allowed: the last one ends in "…".
    pub cut: bool,
}

/// The result of wrapping a text, without the lines themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    pub lines: usize,
    /// Width of the widest line, in px.
    pub width: i32,
    pub broken: bool,
    pub cut: bool,
    /// The width that the lines are filled to, in px.
    room: i32,
}

/// A text whose words have been measured, to be wrapped at several widths.
pub struct Words<'a> {
    text: &'a str,
    face: Face,
    /// Width of each word, in 1/1000 em.
    mills: Vec<i32>,
    space: i32,
}

impl<'a> Words<'a> {
    pub fn new(text: &'a str, face: Face) -> Words<'a> {
        let each = text.split_whitespace().map(|word| mills(word, face)).collect();
        Words { text, face, mills: each, space: mills(" ", face) }
    }

    /// Wraps the text into at most `max_lines` balanced lines of at most `room` px.
    pub fn folds(&self, room: i32, max_lines: usize) -> Folds {
        let greedy = self.fill(room, max_lines);
        if greedy.lines < 2 || greedy.broken || greedy.cut {
            return greedy;
        }
        // Binary search: the narrowest width that needs no more lines gives balanced lines.
        let (mut low, mut high) = (greedy.width / 2, greedy.width);
        let mut best = greedy;
        while low < high {
            let middle = (low + high) / 2;
            let tried = self.fill(middle, greedy.lines);
            if tried.broken || tried.cut {
                low = middle + 1;
            } else {
                high = middle.min(tried.width);
                best = tried;
            }
        }
        best
    }

    /// Wraps greedily: as many words on each line as fit.
    fn fill(&self, room: i32, max_lines: usize) -> Folds {
        // Like `px`, but without a division for each word.
        let fits = |mills: i32| mills * self.face.size() <= room * 1000;
        let mut folds = Folds { room, ..Folds::default() };
        let (mut used, mut widest) = (0, 0);
        for &wide in &self.mills {
            if folds.lines > 0 && fits(used + self.space + wide) {
                used += self.space + wide;
            } else if fits(wide) {
                folds.lines += 1;
                used = wide;
            } else {
                // Breaking a word depends on its letters.
                let lines = fill(self.text, self.face, room, max_lines);
                let (lines, width, cut) = (lines.lines.len(), lines.width, lines.cut);
                return Folds { lines, width, broken: true, cut, room };
            }
            if folds.lines > max_lines {
                let lines = fill(self.text, self.face, room, max_lines);
                let (lines, width, broken) = (lines.lines.len(), lines.width, lines.broken);
                return Folds { lines, width, broken, cut: true, room };
            }
            widest = widest.max(used);
        }
        folds.width = px(widest, self.face);
        folds
    }

    /// Returns the lines themselves.
    pub fn lines(&self, folds: &Folds) -> Vec<String> {
        fill(self.text, self.face, folds.room, folds.lines).lines
    }
}

/// Wraps `text` into at most `max_lines` balanced lines of at most `room` px.
pub fn wrap(text: &str, face: Face, room: i32, max_lines: usize) -> Wrapped {
    let words = Words::new(text, face);
    let folds = words.folds(room, max_lines);
    let Folds { width, broken, cut, .. } = folds;
    Wrapped { lines: words.lines(&folds), width, broken, cut }
}

/// Wraps greedily: as many words on each line as fit.
fn fill(text: &str, face: Face, room: i32, max_lines: usize) -> Wrapped {
    let space = mills(" ", face);
    let mut lines: Vec<(String, i32)> = Vec::new();
    let (mut broken, mut cut) = (false, false);
    for word in text.split_whitespace() {
        let wide = mills(word, face);
        if let Some((line, used)) = lines.last_mut()
            && px(*used + space + wide, face) <= room
        {
            line.push(' ');
            line.push_str(word);
            *used += space + wide;
        } else if px(wide, face) <= room {
            lines.push((word.to_owned(), wide));
        } else {
            broken = true;
            break_word(word, face, room, &mut lines);
        }
        if lines.len() > max_lines {
            cut = true;
            break;
        }
    }
    if cut {
        lines.truncate(max_lines);
        if let Some((line, used)) = lines.last_mut() {
            *line = ellipsis_after(line, face, room);
            *used = mills(line, face);
        }
    }
    let widest = lines.iter().map(|&(_, used)| px(used, face)).max().unwrap_or(0);
    let lines = lines.into_iter().map(|(line, _)| line).collect();
    Wrapped { lines, width: widest, broken, cut }
}

/// Breaks a word that is wider than a line: after a `_` or before a capital if it has one, else
/// anywhere.
fn break_word(word: &str, face: Face, room: i32, lines: &mut Vec<(String, i32)>) {
    let mut part = String::new();
    for c in word.chars() {
        part.push(c);
        if width(&part, face) > room && part.chars().count() > 1 {
            part.pop();
            let fits = |at: &usize| {
                width(&part[*at..], face) + width(c.encode_utf8(&mut [0; 4]), face) <= room
            };
            let at = joint(&part, c).filter(fits);
            let rest = at.map_or_else(String::new, |at| part.split_off(at));
            let used = mills(&part, face);
            lines.push((std::mem::replace(&mut part, rest), used));
            part.push(c);
        }
    }
    let used = mills(&part, face);
    lines.push((part, used));
}

/// Returns the last position within `part` at which a name can be broken, if any; `next` is the
/// character that follows.
fn joint(part: &str, next: char) -> Option<usize> {
    let mut found = None;
    let mut before = None;
    for (at, c) in part.char_indices().chain([(part.len(), next)]) {
        let hump = |b: char| b.is_lowercase() && c.is_uppercase();
        if before.is_some_and(|b| b == '_' || hump(b)) {
            found = Some(at);
        }
        before = Some(c);
    }
    found
}

/// Returns `text` if it fits, else as much of it as fits, followed by "…".
pub fn ellipsis(text: &str, face: Face, room: i32) -> String {
    if width(text, face) <= room { text.to_owned() } else { ellipsis_after(text, face, room) }
}

/// Returns as much of `text` as fits with "…" after it.
fn ellipsis_after(text: &str, face: Face, room: i32) -> String {
    let mut kept = text.trim_end().to_owned();
    loop {
        let shown = format!("{}…", kept.trim_end());
        if kept.is_empty() || width(&shown, face) <= room {
            return shown;
        }
        kept.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_ascend() {
        assert!(SYMBOLS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn widths_are_those_of_the_font() {
        assert_eq!(width("", Face::Label), 0);
        // D 771 + e 616 + j 278 + a 613 + V 685 + u 634, in thousandths of 13 px.
        assert_eq!(width("DejaVu", Face::Label), 47);
        assert!(width("DejaVu", Face::Name) > width("DejaVu", Face::Label));
        assert!(width("漢字", Face::Label) >= 26);
        assert_eq!(width("e\u{301}", Face::Label), width("e", Face::Label));
    }

    #[test]
    fn wraps_at_words_into_even_lines() {
        let text = "the broker stored it in memory only";
        let wrapped = wrap(text, Face::Label, 140, 4);
        assert_eq!(wrapped.lines, ["the broker stored", "it in memory only"]);
        assert!(!wrapped.broken && !wrapped.cut);
        assert_eq!(wrap(text, Face::Label, 999, 4).lines, [text]);
        // A text that fits as a whole also fits word by word.
        let snug = width(text, Face::Label);
        assert_eq!(wrap(text, Face::Label, snug, 1).lines, [text]);
        assert!(wrap("", Face::Label, 50, 2).lines.is_empty());
    }

    #[test]
    fn breaks_words_only_when_it_must_and_cuts_at_the_last_line() {
        let wrapped = wrap("MessageDeliveryError", Face::Label, 60, 9);
        assert!(wrapped.broken && wrapped.lines.len() > 1);
        assert!(wrapped.lines.iter().all(|line| width(line, Face::Label) <= 60));
        let cut = wrap("one two three four five six", Face::Label, 60, 2);
        assert!(cut.cut && cut.lines.len() == 2 && cut.lines[1].ends_with('…'));
    }

    #[test]
    fn ellipsis_keeps_what_fits() {
        assert_eq!(ellipsis("Broker", Face::Name, 200), "Broker");
        let short = ellipsis("Accounts service", Face::Name, 70);
        assert!(short.ends_with('…') && width(&short, Face::Name) <= 70);
    }
}
