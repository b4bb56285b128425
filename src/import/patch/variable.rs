//! Environment variables in files of every kind: `KEY=value` with or without `export`, the same as an
//! item of a list, and `KEY: value`.

use crate::import::part::{Place, Side};
use crate::import::plan::Plan;
use crate::import::spelling::Spelled;

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
        let old = all.get_mut(line.checked_sub(1)?)?;
        *old = with(old, sibling, &new.key, &new.value)?;
    }
    Some(all.concat())
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
    // Compose takes texts and numbers only.
    let is_bool = is_map && matches!(value, "true" | "false");
    let around_value = match own_quote {
        None if is_bool => "\"".to_owned(),
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
    }
}
