//! Literals that get more entries elsewhere: spread into another one (`**common`, `...common`),
//! updated (`conf.update({…})`), or assigned to by key or field (`conf["acks"] = "1"`, `conf.Acks = 1`).

use super::{Assignment, Call, Code};
use crate::import::tree::{Data, Entry, Node};

/// The key of what is spread into a literal; its value names the variable.
pub const SPREAD: &str = "…";
/// A literal may be spread into one that is spread itself; not for ever.
const MOST_DEPTH: usize = 4;

/// Gives each literal the entries that it has in the end.
pub fn complete(code: &mut Code) {
    add_later(code);
    let known: Vec<(String, Node)> = code
        .assignments
        .iter()
        .filter(|assignment| !assignment.value.entries().is_empty())
        .map(|assignment| (assignment.path.clone(), assignment.value.clone()))
        .collect();
    let mut spread = Vec::new();
    let mut resolve = |node: &mut Node| resolve(node, &known, &mut spread, 0);
    code.objects.iter_mut().for_each(&mut resolve);
    for Call { args, named, .. } in &mut code.calls {
        args.iter_mut().for_each(&mut resolve);
        named.iter_mut().for_each(|entry| resolve(&mut entry.value));
    }
    code.assignments.iter_mut().for_each(|assignment| resolve(&mut assignment.value));
    // What is a part of others is nothing by itself. Both have all entries by now.
    code.objects.retain(|object| !spread.contains(object));
}

/// Adds the entries that a variable's literal gets in later statements.
fn add_later(code: &mut Code) {
    let by_key = code.assignments.iter().filter_map(|assignment| {
        let path = &assignment.path;
        let (variable, key) = match path.strip_suffix(']') {
            Some(path) => path.split_once('[')?,
            None => path.rsplit_once('.')?,
        };
        let (key, line, value) = (key.to_owned(), assignment.line, assignment.value.clone());
        Some((variable.to_owned(), line, vec![Entry { key, line, value }], None))
    });
    let updates = code.calls.iter().filter_map(|call| {
        let variable = call.path.strip_suffix(".update")?;
        let more = call.args.first().filter(|more| !more.entries().is_empty())?;
        Some((variable.to_owned(), call.line, more.entries().to_vec(), Some(more.clone())))
    });
    for (variable, at, entries, literal) in by_key.chain(updates).collect::<Vec<_>>() {
        // Of several variables of this name, the last one before.
        let is_it = |own: &&mut Assignment| own.path == variable && own.line <= at;
        let found = code.assignments.iter_mut().rfind(is_it);
        let Some(Node { data: Data::Map(own), line, .. }) = found.map(|found| &mut found.value)
        else {
            continue;
        };
        let (before, line) = (own.clone(), *line);
        own.extend(entries);
        let after = own.clone();
        code.objects.retain(|object| Some(object) != literal.as_ref());
        for object in code.objects.iter_mut().filter(|object| object.line == line) {
            if object.entries() == before {
                object.data = Data::Map(after.clone());
            }
        }
    }
}

/// Puts the entries of variables where they are spread.
fn resolve(node: &mut Node, known: &[(String, Node)], spread: &mut Vec<Node>, depth: usize) {
    match &mut node.data {
        Data::List(items) => {
            items.iter_mut().for_each(|item| resolve(item, known, spread, depth));
        }
        Data::Map(entries) => {
            let mut all = Vec::new();
            for mut entry in std::mem::take(entries) {
                if entry.key != SPREAD {
                    resolve(&mut entry.value, known, spread, depth);
                    all.push(entry);
                    continue;
                }
                let Data::Opaque(variable) = &entry.value.data else { continue };
                let named = known.iter().find(|(path, _)| path == variable);
                if let Some((_, value)) = named.filter(|_| depth < MOST_DEPTH) {
                    let mut value = value.clone();
                    resolve(&mut value, known, spread, depth + 1);
                    all.extend(value.entries().to_vec());
                    if !spread.contains(&value) {
                        spread.push(value);
                    }
                }
            }
            *entries = all;
        }
        Data::Null | Data::Text(_) | Data::Opaque(_) => {}
    }
}
