//! Fixes as patches of the user's files: the value of a key is replaced where it stands, or the key
//! is added beside another one, or at the end of the file.
//!
//! A patch is offered only if the patched files, read again, have the settings of the fix.

mod endings;
mod insertion;
mod variable;

use super::Source;
use super::answers::Answers;
use super::fixes::Proved;
use super::formats::Syntax;
use super::layers::{Origin, Taken};
use super::part::{Block, Side};
use super::plan::Plan;
use super::reading::read;
use super::report::configuration;
use super::spelling::{Spelled, batches};
use super::variables::is_variable;
use crate::lab;

/// A patch of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// A unified diff, as `git apply` and `patch` read it.
    pub text: String,
    /// The changes that are left to be made by hand: "a relay that sends from an outbox".
    pub left: Vec<String>,
}

/// Returns the patch that makes as much of the fix as is a key in the files; `None` if nothing is, or
/// if the files would not be read as the fix has them.
pub fn patch(sources: &[Source], plan: &Plan, answers: &Answers, fix: &Proved) -> Option<Patch> {
    let plain = |source: &Source| Source { text: endings::plain(&source.text), ..source.clone() };
    let mut changed: Vec<Source> = sources.iter().map(plain).collect();
    let mut made = Vec::new();
    let mut open: Vec<(&str, &str)> =
        fix.settings.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect();
    // What is refused at first may be taken once the others are made.
    for _ in 0..2 {
        open.retain(|&(path, value)| {
            let is_so = |files: &[Source], added: &Spelled| {
                is_read_so(files, answers, &[(path, value)], Some(added))
            };
            // The lines are those of the files as changed so far.
            let now = read(&changed, answers).ok().and_then(|reading| reading.plan);
            let done = now.and_then(|now| {
                let spelled = super::spelling::spelled(&now, path, value)?;
                change(&mut changed, &now, &spelled, &is_so)
            });
            if done.is_some() {
                made.push((path, value));
            }
            done.is_none()
        });
    }
    let by_hand = |&(path, value): &(&str, &str)| {
        let spelled = super::spelling::spelled(plan, path, value);
        spelled.map_or_else(|| path.to_owned(), |spelled| spelled.text())
    };
    let mut left: Vec<String> = open.iter().map(by_hand).collect();
    let batch = made.iter().find(|(path, _)| *path == batches::PATH);
    let code = batch.and_then(|(_, ack)| batches::way(plan, ack)?.code);
    left.extend(code.map(str::to_owned));
    if made.is_empty() || !is_read_so(&changed, answers, &made, None) {
        return None;
    }
    let files = sources.iter().zip(&changed);
    let restored = files.map(|(old, new)| (old, endings::restored(&old.text, &new.text)));
    let text = restored
        .filter(|(old, new)| old.text != *new)
        .map(|(old, new)| diff(&old.name, &old.text, &new))
        .collect();
    Some(Patch { text, left })
}

/// Changes one key in the files; `None` if it cannot be done, and then nothing is changed. `is_so` tells
/// whether files have the change.
fn change(
    files: &mut [Source],
    plan: &Plan,
    spelled: &Spelled,
    is_so: &dyn Fn(&[Source], &Spelled) -> bool,
) -> Option<()> {
    if let Some(place) = spelled.place {
        let file = files.get_mut(place.file)?;
        let syntax = file.syntax.unwrap_or_else(|| Syntax::of(&file.text));
        let mut text = file.text.clone();
        for line in variable::lines(plan, spelled.side, place, &spelled.key)? {
            text = replaced(&text, syntax, line, spelled)?;
        }
        file.text = text;
        return Some(());
    }
    let at = file_of(plan, spelled.side)?;
    let file = files.get(at)?;
    let syntax = file.syntax.unwrap_or_else(|| Syntax::of(&file.text));
    for text in insertion::added(&file.text, syntax, at, plan, spelled) {
        let mut with = files.to_vec();
        with[at].text = text;
        if is_so(&with, spelled) {
            files.clone_from_slice(&with);
            return Some(());
        }
    }
    let block = block_of(plan, at, spelled.side);
    let syntax = block.map_or(syntax, |block| block.syntax);
    let has_documents = match block {
        Some(block) => {
            let lines = file.text.lines().skip(block.from - 1).take(block.to + 1 - block.from);
            lines.map(str::trim).any(|line| line == "---")
        }
        None => file.text.contains("\n---"),
    };
    let separator = match syntax {
        Syntax::Properties => "=",
        // Spring reads dotted keys in YAML, too; of more than one document the last would have it.
        Syntax::Yaml if is_spring(plan, spelled.side) && !has_documents => ": ",
        _ => return None,
    };
    let entry = format!("{}{separator}{}\n", spelled.key, spelled.value);
    let mut with = files.to_vec();
    with[at].text = appended(&file.text, block, &entry);
    is_so(&with, spelled).then(|| files.clone_from_slice(&with))
}

/// Returns the file inside of this one that has a setting of this side, or of any.
fn block_of(plan: &Plan, file: usize, side: Side) -> Option<&Block> {
    let has = |block: &&Block, side: Option<Side>| {
        let mut rows = plan.taken.iter().filter(|row| side.is_none_or(|side| row.side == side));
        rows.any(|row| match &row.origin {
            Origin::File { place, .. } => {
                place.file == block.file && (block.from..=block.to).contains(&place.line)
            }
            _ => false,
        })
    };
    let blocks: Vec<&Block> = plan.blocks.iter().filter(|block| block.file == file).collect();
    let with = |side: Option<Side>| blocks.iter().find(|block| has(block, side)).copied();
    let only = || if let [one] = blocks[..] { Some(one) } else { None };
    with(Some(side)).or_else(|| with(None)).or_else(only)
}

/// Returns the text with a line more at its end, or at that of a file inside of it.
fn appended(text: &str, block: Option<&Block>, entry: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (end, indent) = block.map_or((lines.len(), 0), |block| (block.to, block.indent));
    let (before, behind) = lines.split_at(end.min(lines.len()));
    let mut out = before.concat();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out + &" ".repeat(indent) + entry + &behind.concat()
}

fn is_spring(plan: &Plan, side: Side) -> bool {
    plan.layers.iter().any(|(own, layer)| *own == side && layer.starts_with("spring-"))
}

/// Returns the first file that has a setting of this side, or describes it, or has one of any side.
fn file_of(plan: &Plan, side: Side) -> Option<usize> {
    let file = |row: &Taken| match &row.origin {
        Origin::File { place, .. } => Some(place.file),
        _ => None,
    };
    let own = plan.taken.iter().filter(|row| row.side == side).filter_map(file).min();
    let described = || plan.files.iter().find(|(own, _)| *own == side).map(|(_, file)| *file);
    own.or_else(described).or_else(|| plan.taken.iter().filter_map(file).min())
}

/// Returns the text with the value of the key replaced in this line, from 1.
fn replaced(text: &str, syntax: Syntax, line: usize, spelled: &Spelled) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let old = lines.get(line.checked_sub(1)?)?;
    let (_, _, start) = entry(old, &spelled.key).or_else(|| variable::value(old, &spelled.key))?;
    let length = match spelled.value.starts_with('[') {
        true => list_length(&old[start..])?,
        false => value_length(&old[start..])?,
    };
    let (start, length) = match old[start..].chars().next() {
        Some('"' | '\'') => (start + 1, length - 2),
        _ => (start, length),
    };
    let quoted = matches!(old[..start].chars().last(), Some('"' | '\''));
    let value = match quoted {
        true => spelled.value.clone(),
        false => {
            let now = &old[start..start + length];
            let value = bare(&spelled.value, now, syntax);
            let is_item = is_variable(&spelled.key) && !old.contains(&format!("{}=", spelled.key));
            match syntax == Syntax::Yaml && is_item && needs_quotes(&value) && !needs_quotes(now) {
                true => format!("\"{value}\""),
                false => value,
            }
        }
    };
    let new = format!("{}{value}{}", &old[..start], &old[start + length..]);
    let mut lines: Vec<&str> = lines.clone();
    lines[line - 1] = &new;
    Some(lines.concat())
}

/// Returns true for a value that is no text in YAML unless it is in quotes: the value of a variable is one
/// in Kubernetes.
fn needs_quotes(value: &str) -> bool {
    matches!(value, "true" | "false") || value.parse::<f64>().is_ok()
}

/// Finds a key with its value in a line: returns the part of the key that stands there, where that
/// begins, and where the value begins.
fn entry<'a>(line: &str, key: &'a str) -> Option<(&'a str, usize, usize)> {
    // The longest part of the key that stands in the line: a key of YAML is split over lines.
    let name = key.rsplit('.').next()?;
    let key = if line.contains(key) { key } else { name };
    let from = line.find(key)?;
    let rest = &line[from + key.len()..];
    // `props.put("acks", "1")`
    let separators: &[char] = match PUTS.iter().any(|put| line[..from].contains(put)) {
        true => &[','],
        false => &[':', '='],
    };
    let separator = rest.find(separators)?;
    // Nothing but quotes and spaces lies between the key and its value.
    if !rest[..separator].chars().all(|c| matches!(c, ' ' | '\t' | '"' | '\'' | '`')) {
        return None;
    }
    let start = from + key.len() + separator + 1;
    let start = start + line[start..].len() - line[start..].trim_start_matches([' ', '\t']).len();
    Some((key, from, start))
}

/// Calls that take a key and a value.
const PUTS: [&str; 3] = [".put(", ".setProperty(", ".set("];

/// Returns the length of the value at the start of the text; `None` if it is not a plain one.
fn value_length(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        return Some(text[1..].find(quote)? + 2);
    }
    // A quote ends `"KEY=value"`.
    let end = text.find([',', '#', ';', ')', '}', ']', ' ', '\t', '\r', '\n', '"', '\'']);
    let length = end.unwrap_or(text.len());
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (length > 0 && text[..length].chars().all(plain)).then_some(length)
}

/// Returns the length of the list at the start of the text; `None` if it does not end in this line.
fn list_length(text: &str) -> Option<usize> {
    text.starts_with('[').then(|| text.find(']'))?.map(|end| end + 1)
}

/// Returns a value as it is written without quotes where another one stood.
fn bare(value: &str, old: &str, syntax: Syntax) -> String {
    match (syntax, old.split_once('.'), value) {
        // Enumerations of Confluent.Kafka.
        (Syntax::Code, Some(("Acks", _)), "all") => "Acks.All".to_owned(),
        (Syntax::Code, Some(("AutoOffsetReset", _)), "earliest") => {
            "AutoOffsetReset.Earliest".to_owned()
        }
        (Syntax::Code, Some(("IsolationLevel", _)), "read_committed") => {
            "IsolationLevel.ReadCommitted".to_owned()
        }
        _ => word(value, syntax, matches!(old, "True" | "False")),
    }
}

/// Returns a value as it is written: code and JSON have words in quotes, and Python has True.
fn word(value: &str, syntax: Syntax, python: bool) -> String {
    if let Some(item) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return format!("[{}]", word(item, syntax, python));
    }
    let is_word = value.parse::<f64>().is_err() && !matches!(value, "true" | "false");
    match (syntax, value) {
        (Syntax::Code, "true") if python => "True".to_owned(),
        (Syntax::Code, "false") if python => "False".to_owned(),
        // A name of the client library, such as sarama.WaitForAll.
        (Syntax::Code, _) if value.contains('.') => value.to_owned(),
        (Syntax::Code | Syntax::Json | Syntax::Hcl, _) if is_word => format!("\"{value}\""),
        _ => value.to_owned(),
    }
}

/// Returns true if the files, read anew, have these settings wherever the verdict looks, and have read
/// what was added.
fn is_read_so(
    files: &[Source],
    answers: &Answers,
    made: &[(&str, &str)],
    added: Option<&Spelled>,
) -> bool {
    let Ok(reading) = read(files, answers) else { return false };
    let Some(plan) = reading.plan.filter(|plan| plan.refused.is_none()) else { return false };
    let is_added = |new: &Spelled| {
        let mut rows = plan.taken.iter().filter(|row| row.side == new.side && row.name == new.name);
        rows.any(|row| !matches!(row.origin, Origin::Default { .. } | Origin::Assumed(_)))
    };
    if !added.is_none_or(is_added) {
        return false;
    }
    let mut all = plan.variants.iter().map(|variant| configuration(&plan, variant, answers));
    all.all(|config| {
        let settings = config.map(|config| lab::settings(&config)).unwrap_or_default();
        let has = |(path, value): &(&str, &str)| {
            settings.iter().any(|held| held.field.path == *path && held.value == *value)
        };
        made.iter().all(has)
    })
}

/// Returns the difference of two texts as a unified diff.
fn diff(name: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    // As git writes it, whose names have no slash in front.
    let name = name.trim_start_matches('/');
    let (before, after) = (format!("a/{name}"), format!("b/{name}"));
    diff.unified_diff().context_radius(3).header(&before, &after).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        use Syntax::{Code, Properties, Yaml};
        let spring = "spring.kafka.producer.acks";
        for (line, syntax, key, expected) in [
            ("acks=1\n", Properties, "acks", "acks=all\n"),
            ("acks = 1 # fast\n", Properties, "acks", "acks = all # fast\n"),
            ("      acks: \"1\"\n", Yaml, spring, "      acks: \"all\"\n"),
            ("spring.kafka.producer.acks: 1\n", Yaml, spring, "spring.kafka.producer.acks: all\n"),
            (
                "P({'acks': 1, 'linger.ms': 5})\n",
                Code,
                "acks",
                "P({'acks': \"all\", 'linger.ms': 5})\n",
            ),
            ("acks=${ACKS:1}\n", Properties, "acks", ""),
            ("acks=\n", Properties, "acks", ""),
            ("acks_of(1)\n", Code, "acks", ""),
            ("props.put(\"acks\", \"1\");\n", Code, "acks", "props.put(\"acks\", \"all\");\n"),
            ("C { Acks = Acks.Leader }\n", Code, "Acks", "C { Acks = Acks.All }\n"),
            ("  value: \"1\" # fast\n", Yaml, "KAFKA_ACKS", "  value: \"all\" # fast\n"),
            (
                "- {name: KAFKA_ACKS, value: one}\n",
                Yaml,
                "KAFKA_ACKS",
                "- {name: KAFKA_ACKS, value: all}\n",
            ),
            ("- name: KAFKA_ACKS\n", Yaml, "KAFKA_ACKS", ""),
            ("  value: 1\n", Yaml, spring, ""),
        ] {
            let found = replaced(line, syntax, 1, &spelled(key, "all")).unwrap_or_default();
            assert_eq!(found, expected, "{line}");
        }
        assert_eq!(replaced("acks=1\n", Properties, 2, &spelled("acks", "all")), None);
        let texts = [("A_B: x\n", "A_B: \"false\"\n"), ("A_B: 'x'\n", "A_B: 'false'\n")];
        for (line, expected) in texts {
            let found = replaced(line, Yaml, 1, &spelled("A_B", "false"));
            assert_eq!(found.as_deref(), Some(expected));
        }
        let bool = replaced("f(acks=True)\n", Code, 1, &spelled("acks", "false"));
        assert_eq!(bool.as_deref(), Some("f(acks=False)\n"));
    }

    fn spelled(key: &str, value: &str) -> Spelled {
        Spelled {
            side: Side::Producer,
            name: key.into(),
            key: key.into(),
            value: value.into(),
            place: None,
        }
    }
}
