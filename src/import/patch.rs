//! Fixes as patches of the user's files: the value of a key is replaced where it stands, or the key
//! is added at the end of the file.
//!
//! A patch is offered only if the patched files, read again, have the settings of the fix.

use super::Source;
use super::answers::Answers;
use super::fixes::Proved;
use super::formats::Syntax;
use super::layers::Origin;
use super::part::Side;
use super::plan::Plan;
use super::report::{read, scenario};
use super::spelling::Spelled;
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
    let mut changed: Vec<Source> = sources.to_vec();
    let mut left = Vec::new();
    let mut made = Vec::new();
    for (path, value) in &fix.settings {
        let spelled = super::spelling::spelled(plan, path, value);
        match spelled.as_ref().and_then(|spelled| change(&mut changed, plan, spelled)) {
            Some(()) => made.push((path.as_str(), value.as_str())),
            None => left.push(spelled.map_or_else(|| path.clone(), |spelled| spelled.text())),
        }
    }
    if made.is_empty() || !is_read_so(&changed, answers, &made) {
        return None;
    }
    let files = sources.iter().zip(&changed).filter(|(old, new)| old.text != new.text);
    let text = files.map(|(old, new)| diff(&old.name, &old.text, &new.text)).collect();
    Some(Patch { text, left })
}

/// Changes one key in the files; `None` if it cannot be done, and then nothing is changed.
fn change(files: &mut [Source], plan: &Plan, spelled: &Spelled) -> Option<()> {
    if let Some(place) = spelled.place {
        let file = files.get_mut(place.file)?;
        let syntax = file.syntax.unwrap_or_else(|| Syntax::of(&file.text));
        file.text = replaced(&file.text, syntax, place.line, spelled)?;
        return Some(());
    }
    let file = files.get_mut(file_of(plan, spelled.side)?)?;
    let separator = match file.syntax.unwrap_or_else(|| Syntax::of(&file.text)) {
        Syntax::Properties => "=",
        // Spring reads dotted keys in YAML, too; of more than one document the last would have it.
        Syntax::Yaml if is_spring(plan, spelled.side) && !file.text.contains("\n---") => ": ",
        _ => return None,
    };
    if !file.text.ends_with('\n') {
        file.text.push('\n');
    }
    file.text += &format!("{}{separator}{}\n", spelled.key, spelled.value);
    Some(())
}

fn is_spring(plan: &Plan, side: Side) -> bool {
    plan.layers.iter().any(|(own, layer)| *own == side && layer.starts_with("spring-"))
}

/// Returns the first file that has a setting of this side.
fn file_of(plan: &Plan, side: Side) -> Option<usize> {
    let rows = plan.taken.iter().filter(|row| row.side == side);
    rows.filter_map(|row| match &row.origin {
        Origin::File { place, .. } => Some(place.file),
        _ => None,
    })
    .min()
}

/// Returns the text with the value of the key replaced in this line, from 1.
fn replaced(text: &str, syntax: Syntax, line: usize, spelled: &Spelled) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let old = lines.get(line.checked_sub(1)?)?;
    let key = spelled.key.as_str();
    let name = key.rsplit('.').next()?;
    // The longest part of the key that stands in the line: a key of YAML is split over lines.
    let key = if old.contains(key) { key } else { name };
    let after_key = old.find(key)? + key.len();
    let rest = &old[after_key..];
    let separator = rest.find([':', '='])?;
    // Nothing but quotes and spaces lies between the key and its value.
    if !rest[..separator].chars().all(|c| matches!(c, ' ' | '\t' | '"' | '\'' | '`')) {
        return None;
    }
    let start = after_key + separator + 1;
    let start = start + old[start..].len() - old[start..].trim_start_matches([' ', '\t']).len();
    let length = value_length(&old[start..])?;
    let (start, length) = match old[start..].chars().next() {
        Some('"' | '\'') => (start + 1, length - 2),
        _ => (start, length),
    };
    let quoted = matches!(old[..start].chars().last(), Some('"' | '\''));
    let value = match quoted {
        true => spelled.value.clone(),
        false => bare(&spelled.value, &old[start..start + length], syntax),
    };
    let new = format!("{}{value}{}", &old[..start], &old[start + length..]);
    let mut lines: Vec<&str> = lines.clone();
    lines[line - 1] = &new;
    Some(lines.concat())
}

/// Returns the length of the value at the start of the text; `None` if it is not a plain one.
fn value_length(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        return Some(text[1..].find(quote)? + 2);
    }
    let end = text.find([',', '#', ';', ')', '}', ']', ' ', '\t', '\r', '\n']);
    let length = end.unwrap_or(text.len());
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (length > 0 && text[..length].chars().all(plain)).then_some(length)
}

/// Returns a value as it is written without quotes where another one stood: code and JSON have words
/// in quotes, and Python has True.
fn bare(value: &str, old: &str, syntax: Syntax) -> String {
    let is_word = value.parse::<f64>().is_err() && !matches!(value, "true" | "false");
    match (syntax, old, value) {
        (Syntax::Code, "True" | "False", "true") => "True".to_owned(),
        (Syntax::Code, "True" | "False", "false") => "False".to_owned(),
        // A name of the client library, such as sarama.WaitForAll.
        (Syntax::Code, ..) if value.contains('.') => value.to_owned(),
        (Syntax::Code | Syntax::Json | Syntax::Hcl, ..) if is_word => format!("\"{value}\""),
        _ => value.to_owned(),
    }
}

/// Returns true if the files, read anew, have these settings wherever the verdict looks.
fn is_read_so(files: &[Source], answers: &Answers, made: &[(&str, &str)]) -> bool {
    let Ok(reading) = read(files, answers) else { return false };
    let Some(plan) = reading.plan.filter(|plan| plan.refused.is_none()) else { return false };
    let mut scenarios = plan.variants.iter().map(|variant| scenario(&plan, variant, answers));
    scenarios.all(|scenario| {
        let settings = scenario.map(|scenario| lab::settings(&scenario)).unwrap_or_default();
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
        ] {
            let found = replaced(line, syntax, 1, &spelled(key, "all")).unwrap_or_default();
            assert_eq!(found, expected, "{line}");
        }
        assert_eq!(replaced("acks=1\n", Properties, 2, &spelled("acks", "all")), None);
        let bool = replaced("f(acks=True)\n", Code, 1, &spelled("acks", "false"));
        assert_eq!(bool.as_deref(), Some("f(acks=False)\n"));
    }

    fn spelled(key: &str, value: &str) -> Spelled {
        Spelled { side: Side::Producer, key: key.into(), value: value.into(), place: None }
    }
}
