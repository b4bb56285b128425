//! Serialization of views: the format that the small build of the page fetches, since it runs
//! nothing itself.
//!
//! Each distinct string is on a line of its own; everything else is numbers on the last line:
//! string indices, counts, flags. Only the same build reads what it wrote, so fields have no names.

use super::{
    Cell, Chip, CodeLine, Listing, Look, MessageVerdict, Remark, RunView, Source, StateRow,
    StepView, Test,
};
use crate::diagram::ir::{Diagram, Icon, Item, Lifeline, Row, Stroke, Tone};
use crate::sim::{Fix, Participant};

/// A type that can be serialized and read back.
pub trait Written: Sized {
    fn write(&self, to: &mut Writer);

    /// Reads a value; `None` if the input is not what [`Written::write`] produced.
    fn read(from: &mut Reader) -> Option<Self>;
}

/// Serializes a value.
pub fn write(value: &impl Written) -> String {
    let mut to = Writer::default();
    value.write(&mut to);
    let escaped = |text: &String| text.replace('\\', "\\\\").replace('\n', "\\n");
    let mut lines: Vec<String> = to.texts.iter().map(escaped).collect();
    lines.push(to.numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
    lines.join("\n") + "\n"
}

/// Reads back a value; `None` if the text is anything else.
pub fn read<T: Written>(text: &str) -> Option<T> {
    // Without its line break, the last number may be truncated.
    let text = text.strip_suffix('\n')?;
    let (texts, numbers) = text.rsplit_once('\n').unwrap_or(("", text));
    let mut from = Reader {
        texts: texts.split('\n').map(unescaped).collect(),
        numbers: numbers.split_ascii_whitespace(),
    };
    T::read(&mut from).filter(|_| from.numbers.next().is_none())
}

fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' if letters.next() == Some('n') => '\n',
            letter => letter,
        });
    }
    text
}

/// The output so far.
#[derive(Default)]
pub struct Writer {
    texts: Vec<String>,
    numbers: Vec<usize>,
}

/// The remaining input.
pub struct Reader<'a> {
    texts: Vec<String>,
    numbers: std::str::SplitAsciiWhitespace<'a>,
}

impl Reader<'_> {
    fn number(&mut self) -> Option<usize> {
        self.numbers.next()?.parse().ok()
    }

    fn text(&mut self) -> Option<&String> {
        let at = self.number()?;
        self.texts.get(at)
    }
}

impl Written for String {
    fn write(&self, to: &mut Writer) {
        let at = to.texts.iter().position(|text| text == self).unwrap_or_else(|| {
            to.texts.push(self.clone());
            to.texts.len() - 1
        });
        to.numbers.push(at);
    }

    fn read(from: &mut Reader) -> Option<String> {
        from.text().cloned()
    }
}

impl Written for usize {
    fn write(&self, to: &mut Writer) {
        to.numbers.push(*self);
    }

    fn read(from: &mut Reader) -> Option<usize> {
        from.number()
    }
}

macro_rules! numbers {
    ($($number:ty)*) => { $(
        impl Written for $number {
            fn write(&self, to: &mut Writer) {
                to.numbers.push((*self).into());
            }

            fn read(from: &mut Reader) -> Option<$number> {
                from.number()?.try_into().ok()
            }
        }
    )* };
}

numbers!(u8 u16);

impl Written for bool {
    fn write(&self, to: &mut Writer) {
        to.numbers.push((*self).into());
    }

    fn read(from: &mut Reader) -> Option<bool> {
        Some(from.number()? == 1)
    }
}

impl<T: Written> Written for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.numbers.push(self.len());
        self.iter().for_each(|item| item.write(to));
    }

    fn read(from: &mut Reader) -> Option<Vec<T>> {
        let count = from.number()?;
        (0..count).map(|_| T::read(from)).collect()
    }
}

impl<T: Written> Written for Option<T> {
    fn write(&self, to: &mut Writer) {
        self.is_some().write(to);
        self.iter().for_each(|item| item.write(to));
    }

    fn read(from: &mut Reader) -> Option<Option<T>> {
        Some(if bool::read(from)? { Some(T::read(from)?) } else { None })
    }
}

impl<A: Written, B: Written> Written for (A, B) {
    fn write(&self, to: &mut Writer) {
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut Reader) -> Option<(A, B)> {
        Some((A::read(from)?, B::read(from)?))
    }
}

impl Written for Participant {
    fn write(&self, to: &mut Writer) {
        self.key().to_owned().write(to);
    }

    fn read(from: &mut Reader) -> Option<Participant> {
        Participant::from_key(from.text()?)
    }
}

/// Serializes a struct: its fields one after the other.
macro_rules! written {
    ($($name:ident { $($field:ident)* })*) => { $(
        impl Written for $name {
            fn write(&self, to: &mut Writer) {
                $(self.$field.write(to);)*
            }

            fn read(from: &mut Reader) -> Option<$name> {
                Some($name { $($field: Written::read(from)?),* })
            }
        }
    )* };
}

/// Serializes an enum without fields: the number of the variant.
macro_rules! cases {
    ($($name:ident { $($case:ident)* })*) => { $(
        impl Written for $name {
            fn write(&self, to: &mut Writer) {
                to.numbers.push(*self as usize);
            }

            fn read(from: &mut Reader) -> Option<$name> {
                // In declaration order; a test reads each of them.
                [$($name::$case),*].get(from.number()?).copied()
            }
        }
    )* };
}

/// Serializes an [`Item`]: the number of the variant, then its fields.
macro_rules! items {
    ($($number:literal $case:ident { $($field:ident)* })*) => {
        impl Written for Item {
            fn write(&self, to: &mut Writer) {
                match self { $(
                    Item::$case { $($field),* } => {
                        to.numbers.push($number);
                        $($field.write(to);)*
                    }
                )* }
            }

            fn read(from: &mut Reader) -> Option<Item> {
                Some(match from.number()? {
                    $($number => Item::$case { $($field: Written::read(from)?),* },)*
                    _ => return None,
                })
            }
        }
    };
}

written! {
    RunView {
        id title summary chips programs moments diagram parties faults takeaway cure sources test
    }
    Chip { who what fault }
    Listing { who lines }
    CodeLine { text indent }
    StepView { key sentence fault lit state verdict remarks }
    Remark { text tone }
    StateRow { who value changed lead look cells }
    Cell { mark message label tags changed }
    MessageVerdict { message stored handled applied mails told outcome tone }
    Test { passed asks found }
    Fix { to say }
    Source { text page }
    Diagram { lifelines rows sentences }
    Lifeline { name detail }
    Row { step msg item }
}

cases! {
    Look { Rows Log }
    Tone { Plain Good Warn Bad }
    Stroke { Solid Dashed }
    Icon { Memory Disk Replicated Clock Check Cross Requeue DeadLetter Note }
}

items! {
    0 Send { arrow from to label detail stroke }
    1 Arrive { arrow }
    2 Lose { arrow label }
    3 Call { from to label detail stroke }
    4 Mark { at icon label detail tone }
    5 Stamp { at label tone }
    6 Crash { at label }
    7 Restart { at label }
    8 Begin { at }
    9 End { at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{presets, scenarios};
    use crate::present::tell;

    #[test]
    fn what_is_read_is_what_was_written() {
        let presets = presets().iter().flat_map(|group| &group.presets);
        for scenario in scenarios().iter().chain(presets) {
            let story = tell(scenario).unwrap();
            let text = write(&story);
            assert_eq!(read(&text).as_ref(), Some(&story), "{}", scenario.id);
            for cut in [0, text.len() / 2, text.len() - 2, text.len() - 1] {
                let cut = (cut..).find(|&at| text.is_char_boundary(at)).unwrap();
                assert_eq!(read::<RunView>(&text[..cut]), None, "{}", scenario.id);
            }
        }
    }

    #[test]
    fn no_letter_is_special() {
        let texts = ["", "two\nlines", "a \\ and a \\n", "1 2 3", "\n", "“ü”"];
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        assert_eq!(read(&write(&texts)), Some(texts));
    }

    #[test]
    fn every_case_is_its_own() {
        let icons = {
            use Icon::*;
            vec![Memory, Disk, Replicated, Clock, Check, Cross, Requeue, DeadLetter, Note]
        };
        assert_eq!(read(&write(&icons)), Some(icons));
        let tones = vec![Tone::Plain, Tone::Good, Tone::Warn, Tone::Bad];
        assert_eq!(read(&write(&tones)), Some(tones));
        let rest = vec![(Look::Rows, Stroke::Solid), (Look::Log, Stroke::Dashed)];
        assert_eq!(read(&write(&rest)), Some(rest));
    }

    #[test]
    fn what_is_no_story_is_none() {
        for text in [
            "",
            "x",
            "1 2",
            "99999999999999999999",
            "a\n5 -1\n",
            "a\n99999\n",
            "<!doctype html>\n<p>no</p>\n",
        ] {
            assert_eq!(read::<RunView>(text), None, "{text:?}");
            assert_eq!(read::<Vec<Vec<String>>>(text), None, "{text:?}");
        }
    }
}
