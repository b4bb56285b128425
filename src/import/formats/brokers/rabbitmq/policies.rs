//! What holds for a queue of RabbitMQ when a policy, an operator policy and its own arguments set the
//! same.
//!
//! One policy applies to a queue, the one of the highest priority, and one operator policy. The lower of
//! two limits counts, whoever sets them, and a delivery limit below zero is none. Otherwise an operator
//! policy goes over a policy, and an argument over both, except for the overflow of a quorum queue.
//!
//! Sources: rabbitmq-website@0acf2a4 docs/policies.md; rabbitmq-server `rabbit_policy:get0/3`,
//! `rabbit_policies:merge_policy_value/3`, `rabbit_quorum_queue:gather_policy_config/2` and
//! `rabbit_amqqueue_process:process_args_policy/1`.

use super::{arguments, own_type, text};
use crate::import::formats::{no_effect, no_effect_but, put};
use crate::import::keys::{Influence, Key, Space, influence};
use crate::import::part::{Part, Place, RemarkKind, Sheet, Value};
use crate::import::tree::{Entry, Node};

/// The column of a list of queues that has what the policies come to.
pub const EFFECTIVE: &str = "effective_policy_definition";

/// Limits, of which the lower counts.
const LIMITS: [&str; 7] = [
    "x-delivery-limit",
    "x-expires",
    "x-message-ttl",
    "x-max-length",
    "x-max-length-bytes",
    "x-max-in-memory-length",
    "x-max-in-memory-bytes",
];

/// Whoever sets something for a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setter {
    Policy,
    Operator,
    Argument,
}

/// Something that is set for a queue.
struct Setting {
    key: Key,
    entry: Entry,
    setter: Setter,
    /// "the policy limits".
    from: String,
}

/// Applies the policies and the arguments of a queue, and reports what has no effect.
pub fn apply(sheet: &mut Sheet, part: &mut Part, file: usize, document: &Node, queue: &Node) {
    let kind = kind(part, queue);
    let mut all = Vec::new();
    for (list, setter) in [("policies", Setter::Policy), ("operator_policies", Setter::Operator)] {
        let policies = document.get(list).map_or(&[][..], Node::items);
        if let Some(policy) = chosen(sheet, file, policies, queue, &kind) {
            let what = if setter == Setter::Operator { "operator policy" } else { "policy" };
            let from = format!("the {what} {}", text(policy, "name"));
            let set = policy.get("definition").map_or(&[][..], Node::entries);
            add(sheet, &mut all, file, set, setter, &from);
        }
    }
    if let Some(set) = queue.get(EFFECTIVE) {
        let name = text(queue, "policy");
        let from = if name.is_empty() { EFFECTIVE.into() } else { format!("the policy {name}") };
        add(sheet, &mut all, file, set.entries(), Setter::Policy, &from);
    }
    let from = "the queue's arguments";
    add(sheet, &mut all, file, &arguments(queue), Setter::Argument, from);
    for setting in resolved(sheet, file, all, &kind, &part.name) {
        let Setting { key, entry, .. } = setting;
        put(sheet, part, key, &entry.key, &entry.value, Place { file, line: entry.line });
    }
}

/// Returns the type of a queue.
fn kind(part: &Part, queue: &Node) -> String {
    let items = part.items.iter().rev();
    let kind =
        items.filter(|item| item.name == "x-queue-type").find_map(|item| match &item.value {
            Value::Text(kind) => Some(kind.clone()),
            Value::Unknown(_) => None,
        });
    own_type(queue).or(kind).unwrap_or_else(|| "classic".into())
}

/// Adds what a policy or the arguments set, and reports the keys that are none.
fn add(
    sheet: &mut Sheet,
    all: &mut Vec<Setting>,
    file: usize,
    set: &[Entry],
    setter: Setter,
    from: &str,
) {
    for entry in set {
        let place = Place { file, line: entry.line };
        // Arguments begin with `x-`, keys of policies do not.
        let is_own = |key: &Key| key.written.starts_with("x-") == (setter == Setter::Argument);
        let key = Space::Rabbitmq.exact(&entry.key);
        match key.filter(is_own) {
            Some(key) if key.written.starts_with("ha-") => {
                let text = format!(
                    "{} is ignored since RabbitMQ 4.0: classic queues are on one node",
                    entry.key
                );
                sheet.remark(RemarkKind::NoEffect, place, text);
            }
            Some(key) => {
                let (entry, from) = (entry.clone(), from.to_owned());
                all.push(Setting { key, entry, setter, from });
            }
            None => not_here(sheet, &entry.key, setter, place),
        }
    }
}

/// Reports a key that is none here, with the one of the other kind where that was meant.
fn not_here(sheet: &mut Sheet, written: &str, setter: Setter, place: Place) {
    let (meant, product) = match setter {
        Setter::Argument => (format!("x-{written}"), "a queue's arguments"),
        Setter::Policy => (written.trim_start_matches("x-").to_owned(), "a policy"),
        Setter::Operator => (written.trim_start_matches("x-").to_owned(), "an operator policy"),
    };
    match Space::Rabbitmq.exact(&meant) {
        Some(_) => no_effect_but(sheet, written, product, Some(&meant), place),
        None => no_effect(sheet, Space::Rabbitmq, written, "RabbitMQ", place),
    }
}

/// Returns what counts of all that is set, and reports the rest.
fn resolved(
    sheet: &mut Sheet,
    file: usize,
    all: Vec<Setting>,
    kind: &str,
    queue: &str,
) -> Vec<Setting> {
    let mut out: Vec<Setting> = Vec::new();
    for new in all {
        let Some(at) = out.iter().position(|old| old.key.name == new.key.name) else {
            out.push(new);
            continue;
        };
        let old = out.remove(at);
        let is_limit = LIMITS.contains(&new.key.name);
        let (counts, other) = if goes_over(&new, &old, kind) { (new, old) } else { (old, new) };
        let (value, winner) = (other.entry.value.text(), counts.entry.value.text());
        if influence(counts.key.name, winner) != Influence::None && value != winner {
            let why = match (is_limit, winner) {
                (true, Some(limit)) => {
                    format!("{limit} of {}, which is stricter, counts", counts.from)
                }
                _ => format!("that of {} counts", counts.from),
            };
            let value = value.map_or(String::new(), |value| format!(" {value}"));
            let text = format!(
                "{}{value} of {} has no effect on {queue}: {why}",
                other.entry.key, other.from
            );
            sheet.remark(RemarkKind::Overruled, Place { file, line: other.entry.line }, text);
        }
        out.push(counts);
    }
    out
}

/// Returns true if what is set later goes over what is set already.
fn goes_over(new: &Setting, old: &Setting, kind: &str) -> bool {
    let number = |setting: &Setting| setting.entry.value.text()?.trim().parse::<i64>().ok();
    let name = new.key.name;
    match (number(new), number(old)) {
        (Some(new), Some(old)) if name == "x-delivery-limit" && (new < 0 || old < 0) => new >= old,
        (Some(new), Some(old)) if LIMITS.contains(&name) => new <= old,
        _ if name == "x-overflow" && new.setter == Setter::Argument => kind == "classic",
        _ => true,
    }
}

/// Returns the policy that applies to a queue, and reports those of lower priority.
fn chosen<'a>(
    sheet: &mut Sheet,
    file: usize,
    policies: &'a [Node],
    queue: &Node,
    kind: &str,
) -> Option<&'a Node> {
    let mut fitting: Vec<&Node> =
        policies.iter().filter(|policy| applies(policy, queue, kind)).collect();
    let priority = |policy: &&Node| text(policy, "priority").parse::<i64>().unwrap_or(0);
    fitting.sort_by_key(|policy| -priority(policy));
    unread_patterns(sheet, file, policies, queue);
    for policy in fitting.iter().skip(1) {
        for entry in policy.get("definition").map_or(&[][..], Node::entries) {
            let text = format!(
                "{} of the policy {} has no effect on {}: one policy applies to a queue, the one of \
                 the highest priority",
                entry.key,
                text(policy, "name"),
                text(queue, "name")
            );
            sheet.remark(RemarkKind::Overruled, Place { file, line: entry.line }, text);
        }
    }
    fitting.first().copied()
}

/// Reports the policies whose pattern cannot be read: they are left out.
fn unread_patterns(sheet: &mut Sheet, file: usize, policies: &[Node], queue: &Node) {
    for policy in policies {
        if let Some(entry) = policy.entry("pattern")
            && matches(text(policy, "pattern"), text(queue, "name")).is_none()
        {
            let text = format!(
                "the pattern of the policy {} could not be read: it is taken not to apply to {}",
                text(policy, "name"),
                text(queue, "name")
            );
            sheet.remark(RemarkKind::Unreadable, Place { file, line: entry.line }, text);
        }
    }
}

fn applies(policy: &Node, queue: &Node, kind: &str) -> bool {
    let to = text(policy, "apply-to");
    let fits_type = match to {
        "" | "all" | "queues" => true,
        "quorum_queues" => kind == "quorum",
        "classic_queues" => kind == "classic",
        "streams" => kind == "stream",
        _ => false,
    };
    let same_host = text(policy, "vhost") == text(queue, "vhost");
    fits_type && same_host && matches(text(policy, "pattern"), text(queue, "name")) == Some(true)
}

/// Returns true if the pattern of a policy, a regular expression, fits somewhere in the name; `None`
/// if it cannot be read.
fn matches(pattern: &str, name: &str) -> Option<bool> {
    fancy_regex::Regex::new(pattern).ok()?.is_match(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_policies() {
        for (pattern, name, fits) in [
            ("^orders$", "orders", true),
            ("^orders$", "orders.parked", false),
            ("^orders", "orders.parked", true),
            (".*", "x", true),
            ("^(a|b)$", "b", true),
            ("\\.dlq$", "a.dlq", true),
            ("\\.dlq$", "a.dlqs", false),
            ("^(?!amq\\.).*", "orders", true),
            ("^(?!amq\\.).*", "amq.gen", false),
        ] {
            assert_eq!(matches(pattern, name) == Some(true), fits, "{pattern} {name}");
        }
        assert_eq!(matches("^(orders", "orders"), None);
    }
}
