//! Values of Terraform: literals, `local.x`, `var.x` with a default, attributes of resources, arithmetic
//! and templates with them. Everything else stays opaque.

use super::Module;
use crate::import::read::hcl::{HEREDOC, TEMPLATE};
use crate::import::read::json;
use crate::import::tree::{Data, Entry, Node};

impl Module<'_> {
    /// Returns what is in all files, each with its file.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let all = self.files.iter();
        all.flat_map(|(file, body)| body.entries().iter().map(move |entry| (*file, entry)))
    }

    pub fn find(&self, key: &str) -> Option<(usize, &Entry)> {
        self.entries().find(|(_, entry)| entry.key == key)
    }

    /// Returns a value as far as the files have it. A template of which some is not known stays a list
    /// of its parts.
    pub fn value(&self, node: &Node, depth: usize) -> Node {
        let as_it_is = || node.clone();
        if depth > 20 {
            return as_it_is();
        }
        if is_template(node) {
            let parts: Vec<Node> =
                node.items().iter().map(|part| self.value(part, depth + 1)).collect();
            let text: Option<String> = parts.iter().map(Node::text).collect();
            let data = text.map_or(Data::List(parts), Data::Text);
            return Node { line: node.line, tag: node.tag.clone(), data };
        }
        if let (Some(operator), [left, right]) = (node.tag.as_deref(), node.items()) {
            let number = |node: &Node| self.value(node, depth + 1).text()?.parse::<f64>().ok();
            if let (Some(left), Some(right)) = (number(left), number(right))
                && let Some(result) = calculate(operator, left, right)
            {
                return Node::text_at(node.line, format!("{result}"));
            }
            if ["+", "-", "*", "/", "%"].contains(&operator) {
                return Node::new(node.line, Data::Opaque("an expression".into()));
            }
        }
        let Some(path) = reference(node) else { return as_it_is() };
        let found = self.follow(path);
        found.map_or_else(as_it_is, |found| {
            let value = self.value(found, depth + 1);
            Node { line: node.line, ..value }
        })
    }

    fn follow(&self, path: &str) -> Option<&Node> {
        let parts: Vec<&str> = path.split('.').collect();
        match parts[..] {
            ["local", name, ref inner @ ..] => {
                let mut all = self.files.iter().flat_map(|(_, body)| body.entries());
                let local =
                    all.find_map(|entry| entry.value.get(name).filter(|_| entry.key == "locals"));
                local?.at(inner)
            }
            ["var", name, ref inner @ ..] => {
                self.find(&format!("variable.{name}"))?.1.value.get("default")?.at(inner)
            }
            [kind, name, attribute] => {
                // The one of several, as in `aws_sqs_queue.jobs[0]`.
                let name = name.split('[').next().unwrap_or(name);
                self.find(&format!("resource.{kind}.{name}"))?.1.value.get(attribute)
            }
            _ => None,
        }
    }

    /// Reads a policy, which is written as an object, with jsonencode, or as JSON in a text. Its lines
    /// are those of the file.
    pub fn policy(&self, node: &Node) -> Node {
        let value = self.value(node, 0);
        let policy = match (value.tag.as_deref(), value.items()) {
            (Some("jsonencode"), [policy]) => self.value(policy, 0),
            _ => value,
        };
        let text =
            if is_template(&policy) { as_json(&policy) } else { policy.text().map(str::to_owned) };
        let Some(mut read) = text.and_then(|text| json::document(&text).ok()) else {
            return policy;
        };
        let is_heredoc = policy.tag.as_deref() == Some(HEREDOC);
        read.shift(policy.line.saturating_sub(usize::from(!is_heredoc)));
        read
    }
}

fn is_template(node: &Node) -> bool {
    matches!(node.tag.as_deref(), Some(TEMPLATE | HEREDOC)) && !node.items().is_empty()
}

/// Returns JSON in which the parts that are not known are texts, `"${aws_sqs_queue.dead.arn}"`.
fn as_json(template: &Node) -> Option<String> {
    let mut out = String::new();
    let mut is_quoted = false;
    for part in template.items() {
        match part.text() {
            Some(text) => {
                is_quoted ^= text.matches('"').count() % 2 == 1;
                out.push_str(text);
            }
            None => {
                let quote = if is_quoted { "" } else { "\"" };
                let path = reference(part).unwrap_or("…").replace(['"', '\\'], "");
                out.push_str(&format!("{quote}${{{path}}}{quote}"));
            }
        }
    }
    Some(out)
}

/// Returns a template of which some is not known as one expression.
pub fn shown(value: Node) -> Node {
    if !is_template(&value) {
        return value;
    }
    let part = |part: &Node| match part.text() {
        Some(text) => text.to_owned(),
        None => format!("${{{}}}", reference(part).unwrap_or("…")),
    };
    let text: String = value.items().iter().map(part).collect();
    Node::new(value.line, Data::Opaque(format!("\"{text}\"")))
}

fn calculate(operator: &str, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" if right != 0.0 => left / right,
        _ => return None,
    })
}

/// Returns the path of a reference: `aws_sqs_queue.orders.arn`.
pub fn reference(node: &Node) -> Option<&str> {
    match &node.data {
        Data::Opaque(path) if node.tag.as_deref() == Some("ref") => Some(path),
        _ => None,
    }
}

/// Returns the name of the resource that is referred to, by reference or by the end of an ARN.
pub fn referred(node: &Node) -> Option<String> {
    let inner = node.text().and_then(|text| text.strip_prefix("${")?.strip_suffix('}'));
    if let Some(path) = reference(node).or(inner) {
        return path
            .split('.')
            .nth(1)
            .map(|name| name.split('[').next().unwrap_or(name).to_owned());
    }
    let text = node.text()?;
    Some(text.rsplit([':', '/']).next().unwrap_or(text).to_owned())
}
