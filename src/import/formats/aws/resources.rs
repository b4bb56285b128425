//! Resources of CloudFormation: queues, functions and event source mappings, with the references
//! between them.

use super::{attribute, kind, redrive};
use crate::import::layers::Layer;
use crate::import::part::{Item, Part, Place, Sheet, Side, Value};
use crate::import::read::json;
use crate::import::tree::{Data, Entry, Node};

/// A template with its resources.
pub struct Template<'a> {
    pub file: usize,
    pub document: &'a Node,
    pub resources: &'a Node,
    /// The layer of a mapping's defaults.
    pub framework: &'static str,
}

impl<'a> Template<'a> {
    pub fn read(&self, sheet: &mut Sheet) {
        for resource in self.resources.entries() {
            let place = Place { file: self.file, line: resource.line };
            match kind(&resource.value) {
                "AWS::SQS::Queue" => self.queue(sheet, resource),
                "AWS::Lambda::EventSourceMapping" => self.mapping(sheet, resource),
                "AWS::Serverless::Function" => self.function(sheet, resource),
                "AWS::Lambda::Function" => {
                    if let Some(entry) = properties(resource).entry("Timeout")
                        && let Some(seconds) = self.value(&entry.value)
                    {
                        sheet.facts.push(Item {
                            name: format!("function {}", resource.key),
                            value: Value::Text(seconds),
                            place: Place { file: self.file, line: entry.line },
                            written: "Timeout".into(),
                            by_default: false,
                        });
                    }
                }
                _ => sheet.irrelevant(place, &resource.key),
            }
        }
        for entry in self.document.entries() {
            let sections =
                ["Resources", "Globals", "Parameters", "functions", "resources", "provider"];
            if !sections.contains(&entry.key.as_str()) {
                sheet.irrelevant(Place { file: self.file, line: entry.line }, &entry.key);
            }
        }
    }

    fn queue(&self, sheet: &mut Sheet, resource: &Entry) {
        let place = Place { file: self.file, line: resource.line };
        let mut part = Part::new(Side::Broker, Layer::of("sqs"), place).named(&resource.key);
        for entry in properties(resource).entries() {
            match entry.key.as_str() {
                "RedrivePolicy" => redrive(sheet, self, &mut part, entry),
                _ => attribute(sheet, self, &mut part, entry),
            }
        }
        sheet.parts.push(part);
    }

    fn mapping(&self, sheet: &mut Sheet, resource: &Entry) {
        let place = Place { file: self.file, line: resource.line };
        let properties = properties(resource);
        let source = properties.get("EventSourceArn");
        let is_sqs = source.is_none_or(|source| {
            let named = self.named_by(source).unwrap_or_default();
            self.is_queue(&named) || source.text().is_some_and(|text| text.contains(":sqs:"))
        });
        if !is_sqs {
            return sheet.irrelevant(place, &resource.key);
        }
        let mut part =
            Part::new(Side::Consumer, Layer::of(self.framework), place).named(&resource.key);
        part.refers_to = source.and_then(|source| self.named_by(source));
        for entry in properties.entries() {
            attribute(sheet, self, &mut part, entry);
        }
        let function = properties.get("FunctionName").and_then(|node| self.named_by(node));
        let function = function.and_then(|name| self.resources.entry(&name));
        if let Some(function) = function {
            self.timeout(&mut part, function);
        }
        sheet.parts.push(part);
    }

    /// A function of SAM, with a mapping for each of its events of type SQS.
    fn function(&self, sheet: &mut Sheet, resource: &Entry) {
        let events = properties(resource).get("Events").map_or(&[][..], Node::entries);
        let mut any = false;
        for event in events.iter().filter(|event| kind(&event.value) == "SQS") {
            any = true;
            let place = Place { file: self.file, line: event.line };
            let mut part =
                Part::new(Side::Consumer, Layer::of(self.framework), place).named(&resource.key);
            let own = super::super::aws::resources::properties(event);
            part.refers_to = own.get("Queue").and_then(|queue| self.named_by(queue));
            for entry in own.entries() {
                attribute(sheet, self, &mut part, entry);
            }
            self.timeout(&mut part, resource);
            sheet.parts.push(part);
        }
        if !any {
            sheet.irrelevant(Place { file: self.file, line: resource.line }, &resource.key);
        }
    }

    /// Adds the timeout of a function, from its own properties or from `Globals`.
    fn timeout(&self, part: &mut Part, function: &Entry) {
        let own = properties(function).entry("Timeout");
        let global = self.document.at(&["Globals", "Function"]).and_then(|f| f.entry("Timeout"));
        let global = global.filter(|_| kind(&function.value) == "AWS::Serverless::Function");
        if let Some(entry) = own.or(global)
            && let Some(seconds) = self.value(&entry.value)
        {
            let place = Place { file: self.file, line: entry.line };
            part.set("Timeout", seconds, place, "Timeout");
        }
    }

    fn is_queue(&self, name: &str) -> bool {
        self.resources.get(name).is_some_and(|resource| kind(resource) == "AWS::SQS::Queue")
    }

    /// Returns the default of a parameter that `!Ref` names.
    fn parameter(&self, node: &Node) -> Option<&'a Node> {
        let name = match node.tag.as_deref() {
            Some("!Ref") => node.text()?,
            _ => node.get("Ref")?.text()?,
        };
        self.document.at(&["Parameters", name, "Default"])
    }

    /// Returns what `!FindInMap [Map, first key, second key]` finds.
    fn mapped(&self, node: &Node) -> Option<&'a Node> {
        let keys = match node.tag.as_deref() {
            Some("!FindInMap") => node,
            _ => node.get("Fn::FindInMap")?,
        };
        let keys: Option<Vec<String>> = keys.items().iter().map(|key| self.value(key)).collect();
        let [map, first, second] = &keys?[..] else { return None };
        self.document.at(&["Mappings", map, first, second])
    }

    /// Returns the text of `!Sub "…${Tries}…"` with the defaults of parameters in it; what else it names
    /// stays.
    fn substituted(&self, node: &Node) -> Option<String> {
        let text = match node.tag.as_deref() {
            Some("!Sub") => node.text()?,
            _ => node.get("Fn::Sub")?.text()?,
        };
        let mut parts = text.split("${");
        let mut out = parts.next()?.to_owned();
        for part in parts {
            let default = part.split_once('}').and_then(|(name, rest)| {
                let default = self.document.at(&["Parameters", name, "Default"])?.text()?;
                Some((default, rest))
            });
            match default {
                Some((default, rest)) => out.extend([default, rest]),
                None => out.extend(["${", part]),
            }
        }
        Some(out)
    }

    /// Returns a policy, which may be written as JSON in a text.
    pub fn policy(&self, node: &Node) -> Node {
        let value = self.resolved(node);
        let text = self.substituted(node).or_else(|| value.text().map(str::to_owned));
        text.and_then(|text| json::document(&text).ok()).unwrap_or(value)
    }

    /// Returns true if the value is the default of a parameter.
    pub fn by_default(&self, node: &Node) -> bool {
        self.parameter(node).is_some()
    }

    /// Follows a reference to a parameter with a default; everything else stays as it is, and a
    /// function of the template is opaque.
    pub fn resolved(&self, node: &Node) -> Node {
        if let Some(known) = self.parameter(node).or_else(|| self.mapped(node)) {
            return Node { line: node.line, ..known.clone() };
        }
        if let Some(text) = self.substituted(node).filter(|text| !text.contains("${")) {
            return Node::text_at(node.line, text);
        }
        let function = node
            .tag
            .as_deref()
            .filter(|tag| tag.starts_with('!') && *tag != "!!str")
            .map(str::to_owned)
            .or_else(|| {
                node.entries()
                    .first()
                    .map(|e| e.key.clone())
                    .filter(|key| key == "Ref" || key.starts_with("Fn::"))
            });
        match function {
            Some(function) => Node::new(node.line, Data::Opaque(function)),
            None => node.clone(),
        }
    }

    /// Returns a literal, or the default of a parameter.
    pub fn value(&self, node: &Node) -> Option<String> {
        self.resolved(node).text().filter(|text| !text.contains("${")).map(str::to_owned)
    }

    /// Returns the name of the resource that an expression refers to: `!GetAtt Queue.Arn`,
    /// `Fn::GetAtt: [Queue, Arn]`, `!Ref Queue`, or the end of an ARN.
    pub fn named_by(&self, node: &Node) -> Option<String> {
        let first = |text: &str| text.split('.').next().unwrap_or(text).to_owned();
        match node.tag.as_deref() {
            Some("!GetAtt") => {
                return match node.items().first() {
                    Some(item) => item.text().map(str::to_owned),
                    None => node.text().map(first),
                };
            }
            Some("!Ref") => return node.text().map(str::to_owned),
            Some("!Sub") => {
                let inner = node.text()?.split_once("${")?.1.split('}').next()?;
                return Some(first(inner));
            }
            _ => {}
        }
        if let Some(reference) = node.get("Ref") {
            return reference.text().map(str::to_owned);
        }
        if let Some(attribute) = node.get("Fn::GetAtt") {
            return match attribute.items().first() {
                Some(item) => item.text().map(str::to_owned),
                None => attribute.text().map(first),
            };
        }
        let text = node.text()?;
        // `${Dead.Arn}` in a text with JSON.
        if let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            return Some(first(name));
        }
        Some(text.rsplit(':').next().unwrap_or(text).to_owned())
    }
}

/// Returns the properties of a resource; an empty map if there are none.
pub fn properties(resource: &Entry) -> &Node {
    static NONE: Node = Node { line: 0, tag: None, data: Data::Map(Vec::new()) };
    resource.value.get("Properties").unwrap_or(&NONE)
}
