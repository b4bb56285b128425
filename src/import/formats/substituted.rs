//! What docker compose and a shell put in place of a variable: `${X:-3}`, `${X-3}`, `${X:?text}`.
//!
//! Sources: docs.docker.com/reference/compose-file/interpolation; POSIX "Parameter Expansion".

use crate::import::part::Sheet;
use crate::import::tree::{BY_DEFAULT, Data, Entry, Node};

/// Returns a tree in which the values that are one variable and nothing else are those that the files
/// have for it, or else its defaults.
pub fn node(sheet: &Sheet, node: &Node) -> Node {
    let data = match &node.data {
        Data::Text(text) if text.contains('$') => {
            return match value(sheet, text, 0) {
                Some(Filled { text, by_default }) => {
                    let tag = if by_default { Some(BY_DEFAULT.to_owned()) } else { None };
                    Node { line: node.line, tag, data: Data::Text(text) }
                }
                None => node.clone(),
            };
        }
        Data::List(items) => Data::List(items.iter().map(|item| self::node(sheet, item)).collect()),
        Data::Map(entries) => {
            let filled = |entry: &Entry| Entry {
                value: self::node(sheet, &entry.value),
                ..Entry::clone(entry)
            };
            Data::Map(entries.iter().map(filled).collect())
        }
        _ => return node.clone(),
    };
    Node { line: node.line, tag: node.tag.clone(), data }
}

/// A value that was put in.
#[derive(Debug, PartialEq, Eq)]
struct Filled {
    text: String,
    by_default: bool,
}

/// Returns what is put in; `None` if that is not known, or if there is more than one variable.
fn value(sheet: &Sheet, text: &str, depth: usize) -> Option<Filled> {
    if let Some((key, item)) = text.split_once('=').filter(|(key, _)| !key.contains('$')) {
        // `- KEY=value`
        let filled = value(sheet, item, depth)?;
        return Some(Filled { text: format!("{key}={}", filled.text), ..filled });
    }
    if text.contains("$$") && !text.replace("$$", "").contains('$') {
        return Some(Filled { text: text.replace("$$", "$"), by_default: false });
    }
    let inner = text.trim().strip_prefix('$')?;
    let inner = inner.strip_prefix('{').map_or(Some(inner), |rest| rest.strip_suffix('}'))?;
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (name, operation) = inner.split_at(inner.find(|c| !in_name(c)).unwrap_or(inner.len()));
    let known = sheet.variable(name).filter(|_| !name.is_empty());
    let of_file = |text: &str| Some(Filled { text: text.to_owned(), by_default: false });
    let default = |default: &str| match default.contains('$') {
        true if depth < 5 => value(sheet, default, depth + 1),
        true => None,
        false => Some(Filled { text: default.to_owned(), by_default: true }),
    };
    let starts = |signs: [&str; 2]| signs.iter().find_map(|sign| operation.strip_prefix(sign));
    match known {
        _ if name.is_empty() => None,
        Some("") if operation.starts_with(":-") => default(&operation[2..]),
        Some(known) if operation.is_empty() || starts([":-", "-"]).is_some() => of_file(known),
        Some(known) if starts([":?", "?"]).is_some() => of_file(known),
        None => default(starts([":-", "-"])?),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::part::Variable;

    #[test]
    fn defaults_are_those_of_a_shell() {
        let variable =
            |name: &str, value: &str| Variable { name: name.into(), value: value.into() };
        let known = vec![variable("X", "7"), variable("E", "")];
        let sheet = Sheet { known, ..Sheet::default() };
        for (text, expected) in [
            ("${A:-1}", Some(("1", true))),
            ("${A-1}", Some(("1", true))),
            ("${A:-}", Some(("", true))),
            ("${A:-${B:-2}}", Some(("2", true))),
            ("${A:-${X}}", Some(("7", false))),
            ("${X:-1}", Some(("7", false))),
            ("${X:?it is missing}", Some(("7", false))),
            ("$X", Some(("7", false))),
            ("${E:-1}", Some(("1", true))),
            ("${E-1}", Some(("", false))),
            ("K=${A:-1}", Some(("K=1", true))),
            ("$${A:all}", Some(("${A:all}", false))),
            // Of Spring, and what is not known.
            ("${A:all}", None),
            ("${A:?it is missing}", None),
            ("${A}", None),
            ("${A:-1}${B:-2}", None),
            ("-Xmx${A:-1}g", None),
            ("$", None),
        ] {
            let found = value(&sheet, text, 0);
            let found = found.as_ref().map(|filled| (filled.text.as_str(), filled.by_default));
            assert_eq!(found, expected, "{text}");
        }
    }
}
