//! The Serverless Framework: functions with events, and resources of CloudFormation, with the variables
//! of the framework in all of them.
//!
//! Source: serverless.com/framework/docs/guides/variables.

use super::attribute;
use super::resources::Template;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, Sheet, Side};
use crate::import::tree::{Data, Entry, Node};

/// Maximum number of variables that are followed in one value, also one inside of another.
const MOST: usize = 20;

pub fn read(sheet: &mut Sheet, file: usize, document: &Node) {
    sheet.took_for(file, "Serverless Framework");
    let document = &filled(document, document);
    let empty = Node::new(1, Data::Map(Vec::new()));
    let resources = document.at(&["resources", "Resources"]).unwrap_or(&empty);
    let template = Template { file, document, resources, framework: "serverless" };
    template.read(sheet);
    let common = document.at(&["provider", "timeout"]);
    for function in document.get("functions").map_or(&[][..], Node::entries) {
        for event in function.value.get("events").map_or(&[][..], Node::items) {
            let Some(sqs) = event.entry("sqs") else { continue };
            let place = Place { file, line: sqs.line };
            let mut part =
                Part::new(Side::Consumer, Layer::of("serverless"), place).named(&function.key);
            part.refers_to = match sqs.value.text() {
                Some(arn) => template.named_by(&Node::text_at(sqs.line, arn)),
                None => sqs.value.get("arn").and_then(|arn| template.named_by(arn)),
            };
            for entry in sqs.value.entries() {
                attribute(sheet, &template, &mut part, entry);
            }
            if let Some(node) = function.value.get("timeout").or(common)
                && let Some(seconds) = template.value(node)
            {
                part.set("Timeout", seconds, Place { file, line: node.line }, "timeout");
            }
            sheet.parts.push(part);
        }
    }
}

/// Returns a tree with the variables that are in the file. Lines stay those of the references.
fn filled(document: &Node, node: &Node) -> Node {
    let data = match &node.data {
        Data::Text(text) if text.contains("${") => Data::Text(text_of(document, text)),
        Data::List(items) => Data::List(items.iter().map(|item| filled(document, item)).collect()),
        Data::Map(entries) => {
            let entry = |entry: &Entry| Entry {
                key: entry.key.clone(),
                line: entry.line,
                value: filled(document, &entry.value),
            };
            Data::Map(entries.iter().map(entry).collect())
        }
        _ => return node.clone(),
    };
    Node { line: node.line, tag: node.tag.clone(), data }
}

/// Puts in what variables stand for, the innermost first: `${self:custom.tries.${opt:stage, 'dev'}}`.
/// What is not known, or is one of CloudFormation's, stays.
fn text_of(document: &Node, text: &str) -> String {
    let mut text = text.to_owned();
    let mut end = text.len();
    for _ in 0..MOST {
        let Some(start) = text[..end].rfind("${") else { break };
        let inner = text[start + 2..].split_once('}').map(|(inner, _)| inner);
        match inner.and_then(|inner| Some((inner.len(), variable(document, inner)?))) {
            Some((length, value)) => {
                text.replace_range(start..start + 2 + length + 1, &value);
                end = text.len();
            }
            None => end = start,
        }
    }
    text
}

/// Returns what a variable stands for: the first of its sources that is known, `self:custom.tries` or a
/// literal such as `5` or `'dev'`.
fn variable(document: &Node, inner: &str) -> Option<String> {
    inner.split(',').map(str::trim).find_map(|source| {
        if let Some(path) = source.strip_prefix("self:") {
            let path: Vec<&str> = path.split('.').collect();
            return document.at(&path)?.text().map(str::to_owned);
        }
        let quoted = ['"', '\''].iter().find_map(|quote| {
            source.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote))
        });
        let is_plain = source.parse::<f64>().is_ok() || matches!(source, "true" | "false");
        quoted.or(is_plain.then_some(source)).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::read::yaml;

    #[test]
    fn variables_are_followed_in_the_file() {
        let text = "a: {b: 4, c: '${self:a.b}', loop: '${self:a.loop}', dev: 7}\nn: name\n";
        let document = &yaml::documents(text).unwrap()[0];
        for (text, expected) in [
            ("${self:a.b}", "4"),
            ("${self:a.c}", "4"),
            ("${self:n}-mail", "name-mail"),
            ("${self:a.x, 5}", "5"),
            ("${opt:stage, self:n}", "name"),
            ("${self:a.${opt:stage, 'dev'}}", "7"),
            ("${self:a.b}${AWS::Region}${self:n}", "4${AWS::Region}name"),
            ("${env:TRIES}", "${env:TRIES}"),
            ("${self:a.loop}", "${self:a.loop}"),
            ("${self:a", "${self:a"),
        ] {
            assert_eq!(text_of(document, text), expected, "{text}");
        }
    }
}
