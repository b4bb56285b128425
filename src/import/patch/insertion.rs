//! A new key beside one that is in the file: written as that one is, in a line of its own or in front
//! of it where the line has more.

use super::{PUTS, entry, value_length, variable, word};
use crate::import::formats::Syntax;
use crate::import::keys::{Space, plain};
use crate::import::layers::Origin;
use crate::import::part::{Place, System};
use crate::import::plan::Plan;
use crate::import::spelling::Spelled;
use crate::import::variables::is_variable;

/// A key that is in the file.
struct Sibling<'a> {
    /// Its name in the importer; `None` if it has no influence on the verdict.
    name: Option<&'a str>,
    /// As it is written in the file.
    written: &'a str,
    place: Place,
}

/// Returns the texts with the key added beside another one of the same side, or else beside one
/// without influence: a text for each of those, as it may stand where the new one does not belong.
pub fn added(text: &str, syntax: Syntax, file: usize, plan: &Plan, new: &Spelled) -> Vec<String> {
    // A call is no option of another one.
    if new.is_call() {
        return Vec::new();
    }
    let rows = plan.taken.iter().filter(|row| row.side == new.side);
    let siblings = rows.filter_map(|row| match &row.origin {
        Origin::File { place, written, .. } => {
            Some(Sibling { name: Some(&row.name), written, place: *place })
        }
        _ => None,
    });
    let passed = plan.passed.iter();
    let passed = passed.map(|(place, written)| Sibling { name: None, written, place: *place });
    siblings
        .chain(passed)
        .filter(|sibling| sibling.place.file == file && belongs(&new.key, sibling.written))
        .filter_map(|sibling| match (is_variable(&new.key), sibling.name) {
            (true, _) => variable::added(text, plan, (sibling.place, sibling.written), new),
            (false, Some(name)) => insert(text, syntax, plan, (name, &sibling), new)
                .or_else(|| before_function(text, syntax, &sibling, new)),
            (false, None) => in_front(text, syntax, &sibling, new)
                .or_else(|| before_function(text, syntax, &sibling, new)),
        })
        .collect()
}

/// Returns true unless the key is one of a call that takes others than its sibling's: kafkajs reads
/// these in `run` alone.
fn belongs(new: &str, sibling: &str) -> bool {
    const OF_RUN: [&str; 5] =
        ["autoCommit", "eachMessage", "eachBatch", "eachBatchAutoResolve", "autoCommitThreshold"];
    is_variable(new) == is_variable(sibling)
        && (!OF_RUN.contains(&new) || OF_RUN.contains(&sibling))
}

/// Inserts a key in a line of its own in front of a sibling whose value may be anything.
fn in_front(text: &str, syntax: Syntax, sibling: &Sibling, new: &Spelled) -> Option<String> {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = sibling.place.line.checked_sub(1)?;
    let line = *lines.get(at)?;
    let indent = &line[..line.len() - line.trim_start().len()];
    let rest = line.trim_start().trim_start_matches('"').strip_prefix(sibling.written)?;
    let key = of_sqs(sibling.written, new)?;
    let value = word(&new.value, syntax, false);
    let entry = match syntax {
        Syntax::Json => format!("{indent}\"{key}\": {value},\n"),
        Syntax::Yaml if rest.starts_with(':') => format!("{indent}{key}: {value}\n"),
        Syntax::Hcl if rest.trim_start().starts_with('=') => format!("{indent}{key} = {value}\n"),
        _ => return None,
    };
    lines.insert(at, &entry);
    Some(lines.concat())
}

/// Inserts a key in front of a function among the options of a call: `eachMessage: async (…) => {` or
/// `async eachMessage(…) {`.
fn before_function(text: &str, syntax: Syntax, sibling: &Sibling, new: &Spelled) -> Option<String> {
    const FUNCTIONS: [&str; 2] = ["eachMessage", "eachBatch"];
    if syntax != Syntax::Code || !FUNCTIONS.contains(&sibling.written) {
        return None;
    }
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let line = lines.get_mut(sibling.place.line.checked_sub(1)?)?;
    let start = line[..line.find(sibling.written)?].trim_end_matches("async ").len();
    let (before, rest) = line.split_at(start);
    let entry = format!("{}: {},", new.key, word(&new.value, syntax, false));
    *line = match before.trim_end().chars().last() {
        None => format!("{before}{entry}\n{line}"),
        Some('{' | ',') => format!("{before}{entry} {rest}"),
        Some(_) => return None,
    };
    Some(lines.concat())
}

fn insert(
    text: &str,
    syntax: Syntax,
    plan: &Plan,
    (own_name, sibling): (&str, &Sibling),
    new: &Spelled,
) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = sibling.place.line.checked_sub(1)?;
    let line = lines.get(at)?;
    let (key, from, value_from) = entry(line, sibling.written)?;
    let value_to = value_from + value_length(&line[value_from..])?;
    let whole = key == sibling.written;
    let name = named(plan, own_name, sibling.written, new)?;
    let name = match whole {
        true => name.as_str(),
        // A key that is split over lines has the same parent.
        false => {
            let parent = sibling.written.strip_suffix(key)?;
            name.strip_prefix(parent).filter(|rest| !rest.contains('.'))?
        }
    };
    // A key with dots is no name in code, unless it is in quotes.
    let quote = line[..from].chars().last().filter(|c| matches!(c, '"' | '\''));
    let start = from - usize::from(quote.is_some());
    let between = &line[from + key.len()..value_from];
    let quote = quote.map(String::from).unwrap_or_default();
    let value = word(&new.value, syntax, is_python(plan, new, text));
    let entry = format!("{quote}{name}{between}{value}");
    let (before, after) = (&line[..start], line[value_to..].trim());
    let alone = before.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '\t' | '.' | '_'))
        && matches!(after, "" | "," | ";");
    // A call for each key.
    if PUTS.iter().any(|put| before.contains(put)) {
        let call = format!("{before}{entry}{after}\n{line}");
        return (after == ");")
            .then(|| [&lines[..at], &[call.as_str()], &lines[at + 1..]].concat().concat());
    }
    let line = match alone {
        true => {
            let next = lines.get(at + 1).map_or("", |next| next.trim_start());
            let end = match after {
                "" if is_list(syntax, between, next) => ",",
                end => end,
            };
            format!("{before}{entry}{end}\n{line}")
        }
        false if before.contains(['{', '(', ',']) => {
            format!("{before}{entry}, {}", &line[start..])
        }
        false => return None,
    };
    Some([&lines[..at], &[line.as_str()], &lines[at + 1..]].concat().concat())
}

/// Returns true if entries are separated by commas where this one stands.
fn is_list(syntax: Syntax, between: &str, next: &str) -> bool {
    match syntax {
        Syntax::Json => true,
        Syntax::Code => between.contains(':') || next.starts_with([')', '}', ']']),
        _ => false,
    }
}

/// Returns true if the file is Python, which has True and False.
fn is_python(plan: &Plan, new: &Spelled, text: &str) -> bool {
    let python = ["kafka-python", "aiokafka", "pika", "celery", "celery-sqs"];
    let own = plan.layers.iter().find(|(side, _)| *side == new.side);
    own.is_some_and(|(_, layer)| python.contains(layer))
        || text.contains("import confluent_kafka")
        || text.contains("from confluent_kafka")
}

/// Returns the key in the style of its sibling.
fn named(plan: &Plan, own_name: &str, written: &str, new: &Spelled) -> Option<String> {
    if plan.system == System::Sqs {
        return of_sqs(written, new);
    }
    // C# and Go have no dots in their names.
    let starts_upper = written.starts_with(|c: char| c.is_ascii_uppercase());
    if starts_upper && !written.contains('.') && plain(written) == plain(own_name) {
        let upper = |word: &str| {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            first.to_uppercase() + rest
        };
        return Some(new.name.split('.').map(upper).collect());
    }
    Some(new.key.clone())
}

/// Returns the key of SQS in the style of its sibling: `VisibilityTimeout`,
/// `visibility_timeout_seconds` or `batchSize`. A queue cannot become a FIFO queue.
fn of_sqs(written: &str, new: &Spelled) -> Option<String> {
    let style = |key: &str| (key.contains('_'), key.starts_with(|c: char| c.is_ascii_uppercase()));
    let fits = |key: &&crate::import::keys::Key| {
        key.name == new.name && key.side == Some(new.side) && style(key.written) == style(written)
    };
    let key = Space::Sqs.keys().iter().find(fits)?;
    (new.name != "FifoQueue").then(|| key.written.to_owned())
}
