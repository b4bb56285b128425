//! Environment variables in files of every kind: `KEY=value` with or without `export`, the same as an
//! item of a list, `KEY: value`, and `name: KEY` with `value: …` as Kubernetes has it.

use super::entry;
use crate::import::part::{Place, Side};
use crate::import::plan::Plan;
use crate::import::spelling::Spelled;
use crate::import::variables::is_variable;

/// Returns the lines of a key, the last first: more than one for a variable that each broker of a
/// cluster has. `None` if it is one that some brokers have and others have not.
pub fn lines(plan: &Plan, side: Side, place: Place, written: &str) -> Option<Vec<usize>> {
    let brokers: Vec<&Vec<(String, usize)>> = plan
        .brokers
        .iter()
        .filter(|(file, _)| side == Side::Broker && *file == place.file)
        .map(|(_, variables)| variables)
        .collect();
    let of = |variables: &&Vec<(String, usize)>| {
        variables.iter().find(|(key, _)| key == written).map(|(_, line)| *line)
    };
    let mut lines: Vec<usize> = brokers.iter().map(of).collect::<Option<_>>()?;
    if brokers.is_empty() {
        lines.push(place.line);
    }
    lines.sort_unstable_by(|a, b| b.cmp(a));
    lines.dedup();
    lines.contains(&place.line).then_some(lines)
}

/// Returns the text with a variable added beside another one, at each broker that has it.
pub fn added(
    text: &str,
    plan: &Plan,
    (place, sibling): (Place, &str),
    new: &Spelled,
) -> Option<String> {
    let mut all: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for line in lines(plan, new.side, place, sibling)? {
        let at = line.checked_sub(1)?;
        let (at, changed) = match item(&all, at, sibling) {
            Some(at) => (at, with_item(&all[at], sibling, &new.key, &new.value)?),
            None => (at, with(all.get(at)?, sibling, &new.key, &new.value)?),
        };
        all[at] = changed;
    }
    Some(all.concat())
}

/// Finds the value behind `value:`, in a line of its own or behind the name.
pub fn value<'a>(line: &str, key: &str) -> Option<(&'a str, usize, usize)> {
    let from = line.find(key).map_or(0, |at| at + key.len());
    let (name, at, start) = entry(&line[from..], "value").filter(|_| is_variable(key))?;
    Some((name, from + at, from + start))
}

/// Returns the line with `name: SIBLING` in which the item of this value begins.
fn item(lines: &[String], at: usize, sibling: &str) -> Option<usize> {
    /// `name`, `value` or `valueFrom` and what that is.
    const MOST: usize = 4;
    let begins = |line: &String| {
        let named = line.trim_start().strip_prefix('-').map(|rest| rest.trim_start());
        let named = named.map(|rest| rest.trim_start_matches(['{', ' ', '"', '\'']));
        let value = named.and_then(|rest| rest.strip_prefix("name"));
        let value = value.map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
        let name = value.and_then(|rest| rest.strip_prefix(':')).map(|rest| {
            rest.trim_start_matches([' ', '"', '\'']).split([' ', '"', '\'', ',', '\n']).next()
        });
        name == Some(Some(sibling))
    };
    (at.saturating_sub(MOST)..=at).rev().find(|&at| lines.get(at).is_some_and(begins))
}

/// Returns the line of an item with another one in front of it.
fn with_item(line: &str, sibling: &str, key: &str, value: &str) -> Option<String> {
    let from = line.find(sibling)?;
    let (before, behind) = (&line[..from], &line[from + sibling.len()..]);
    let quote = before.chars().last().filter(|c| is_quote(*c)).map(String::from);
    let quote = quote.unwrap_or_default();
    let start = before.strip_suffix(quote.as_str())?;
    match start.split_once('{') {
        Some((_, inner)) => {
            let around = if inner.trim_start().starts_with('"') { "\"" } else { "" };
            let end = format!(", {around}value{around}: \"{value}\"}}");
            behind.contains('}').then(|| format!("{start}{quote}{key}{quote}{end}\n{line}"))
        }
        None => {
            let indent: String = start.split_once("name")?.0.chars().map(|_| ' ').collect();
            Some(format!("{start}{quote}{key}{quote}\n{indent}value: \"{value}\"\n{line}"))
        }
    }
}

/// Returns a line with a variable in front of the sibling: in a line of its own, unless there are more
/// of them in this one.
fn with(line: &str, sibling: &str, key: &str, value: &str) -> Option<String> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let from = line.find(sibling)?;
    let (before, rest) = (&line[..from], &line[from + sibling.len()..]);
    if before.ends_with(in_name) || rest.starts_with(in_name) {
        return None;
    }
    let quote = before.chars().last().filter(|c| is_quote(*c));
    // Around the key alone, or around all of `KEY=value`.
    let (around_key, rest) = match quote.and_then(|quote| rest.strip_prefix(quote)) {
        Some(rest) => (quote, rest),
        None => (None, rest),
    };
    let separator = &rest[..rest.len() - rest.trim_start_matches([' ', '\t', ':', '=']).len()];
    let is_map = separator.contains(':');
    if separator.trim().len() != 1 || is_map && !separator.ends_with([' ', '\t', ':']) {
        return None;
    }
    let own_quote = rest[separator.len()..].chars().next().filter(|c| is_quote(*c));
    // Compose takes texts and numbers only, a ConfigMap texts only.
    let own_value = rest[separator.len()..].trim();
    let number = value.parse::<f64>().is_ok() && own_value.parse::<f64>().is_err();
    let needs_quotes = is_map && (matches!(value, "true" | "false") || number);
    let around_value = match own_quote {
        None if needs_quotes => "\"".to_owned(),
        own => own.map(String::from).unwrap_or_default(),
    };
    let around_key = around_key.map(String::from).unwrap_or_default();
    let around_all = quote.filter(|_| around_key.is_empty()).map(String::from).unwrap_or_default();
    let start = &before[..before.len() - quote.map_or(0, char::len_utf8)];
    // The spaces that a key without a value leaves.
    let separator = if separator.trim_end() == ":" { ": " } else { separator };
    let entry = format!(
        "{around_all}{around_key}{key}{around_key}{separator}{around_value}{value}{around_value}\
         {around_all}"
    );
    let next = &line[start.len()..];
    match start.trim() {
        "" | "-" | "export" | "- export" => Some(format!("{start}{entry}\n{line}")),
        start_of if start_of.ends_with(['{', '[', ',']) => Some(format!("{start}{entry}, {next}")),
        _ => None,
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_added_as_its_neighbor_is_written() {
        for (line, expected) in [
            ("A_B=1\n", "N=true\nA_B=1\n"),
            ("A_B=1", "N=true\nA_B=1"),
            ("export A_B='1'\n", "export N='true'\nexport A_B='1'\n"),
            ("  - A_B=1 # c\n", "  - N=true\n  - A_B=1 # c\n"),
            ("  - \"A_B=x:1\"\n", "  - \"N=true\"\n  - \"A_B=x:1\"\n"),
            ("  A_B: 1\n", "  N: \"true\"\n  A_B: 1\n"),
            ("  A_B: '1'\n", "  N: 'true'\n  A_B: '1'\n"),
            ("  \"A_B\": \"1\"\n", "  \"N\": \"true\"\n  \"A_B\": \"1\"\n"),
            ("  A_B:\n", "  N: \"true\"\n  A_B:\n"),
            ("e: {<<: *s, A_B: 1}\n", "e: {<<: *s, N: \"true\", A_B: 1}\n"),
            ("e: [\"A_B=1\", \"C=2\"]\n", "e: [\"N=true\", \"A_B=1\", \"C=2\"]\n"),
            ("X_A_B=1\n", ""),
            ("A_B_C=1\n", ""),
            ("# of A_B=1\n", ""),
            ("  - A_B\n", ""),
        ] {
            let found = with(line, "A_B", "N", "true").unwrap_or_default();
            assert_eq!(found, expected, "{line}");
        }
        for (line, expected) in [
            ("A_B: x\n", "N: \"5\"\nA_B: x\n"),
            ("A_B: 1\n", "N: 5\nA_B: 1\n"),
            ("A_B: \"1\"\n", "N: \"5\"\nA_B: \"1\"\n"),
        ] {
            assert_eq!(with(line, "A_B", "N", "5").as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn an_item_is_added_in_front_of_its_neighbor() {
        for (lines, expected) in [
            (
                &["  - name: A_B\n", "    value: x\n"][..],
                "  - name: N\n    value: \"5\"\n  - name: A_B\n",
            ),
            (
                &["- name: \"A_B\"\n", "  value: x\n"],
                "- name: \"N\"\n  value: \"5\"\n- name: \"A_B\"\n",
            ),
            (&["- name: A_B\n", "  valueFrom:\n"], "- name: N\n  value: \"5\"\n- name: A_B\n"),
            (
                &["- {name: A_B, value: x}\n"],
                "- {name: N, value: \"5\"}\n- {name: A_B, value: x}\n",
            ),
            (
                &["- {\"name\": \"A_B\", \"value\": \"x\"}\n"],
                "- {\"name\": \"N\", \"value\": \"5\"}\n- {\"name\": \"A_B\", \"value\": \"x\"}\n",
            ),
            (&["- name: A_B_C\n", "  value: x\n"], ""),
        ] {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let at = item(&lines, lines.len() - 1, "A_B");
            let found = at.and_then(|at| with_item(&lines[at], "A_B", "N", "5"));
            assert_eq!(found.unwrap_or_default(), expected, "{lines:?}");
        }
    }
}
