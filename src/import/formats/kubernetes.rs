//! Kubernetes: the variables of containers, and ConfigMaps with variables or whole files.
//!
//! Sources: kubernetes.io/docs, "Define Environment Variables for a Container", "Define Dependent
//! Environment Variables" (`$(NAME)`), "Configure a Pod to Use a ConfigMap".

mod together;

pub use together::{finish, gather};

use super::services::{Service, Services};
use super::{Syntax, contents, flat, spring, tree, yaml_documents};
use crate::import::active::is_active;
use crate::import::part::{Block, Place, RemarkKind, Sheet};
use crate::import::tree::{Data, Entry, Node};
use crate::import::variables::is_variable;

/// A file with its lines, of which some may be files in themselves.
struct Manifest<'a> {
    file: usize,
    lines: Vec<&'a str>,
    profile: Option<&'a str>,
    /// ConfigMaps with their names.
    maps: Vec<(&'a str, &'a Node)>,
}

fn read(sheet: &mut Sheet, file: usize, documents: &[Node], text: &str, profile: Option<&str>) {
    let all: Vec<&Node> = documents.iter().flat_map(resources).collect();
    let maps = all.iter().filter(|node| kind(node) == "ConfigMap");
    let maps = maps.map(|node| (name(node), *node)).collect();
    let manifest = Manifest { file, lines: text.lines().collect(), profile, maps };
    let mut services = Services::default();
    let mut used: Vec<&str> = Vec::new();
    for node in &all {
        let mut containers = Vec::new();
        containers_of(node, &mut containers);
        label(node).into_iter().for_each(|what| sheet.took_for(file, what));
        match kind(node) {
            "Secret" => {
                let text = format!("what the Secret {} has is not read", name(node));
                sheet.remark(RemarkKind::PassedOver, Place { file, line: node.line }, text);
            }
            _ if !containers.is_empty() => {
                let names = manifest.mounted(node);
                manifest.workload(sheet, &mut services, node, &containers, &names);
                used.extend(names);
                containers.iter().for_each(|container| used.extend(sources(container)));
            }
            _ => {}
        }
    }
    for (name, map) in manifest.maps.iter().filter(|(name, _)| !used.contains(name)) {
        let environment = Node::new(map.line, Data::Map(manifest.variables(name)));
        if !environment.entries().is_empty() {
            let service = Service { name, image: "", copies: 1, environment };
            services.add(sheet, file, &service);
        }
        let documents = manifest.files(sheet, name);
        manifest.application(sheet, &documents);
        manifest.keys(sheet, map);
    }
    services.finish(sheet, file);
    if sheet.read_as.get(file).is_none_or(Vec::is_empty) {
        sheet.took_for(file, "Kubernetes, without any variables");
    }
}

/// Returns the resources of a document, those of a List one by one; Strimzi's are its own.
fn resources(document: &Node) -> Vec<&Node> {
    let api = document.get("apiVersion").and_then(Node::text).unwrap_or_default();
    match document.get("kind").and_then(Node::text) {
        Some("List") => {
            document.get("items").map_or(&[][..], Node::items).iter().flat_map(resources).collect()
        }
        Some(_) if !api.is_empty() && !api.starts_with("kafka.strimzi.io") => vec![document],
        _ => Vec::new(),
    }
}

fn kind(node: &Node) -> &str {
    node.get("kind").and_then(Node::text).unwrap_or_default()
}

fn name(node: &Node) -> &str {
    node.at(&["metadata", "name"]).and_then(Node::text).unwrap_or_default()
}

/// Returns what a resource is taken for, if it has anything to read.
fn label(node: &Node) -> Option<String> {
    let mut containers = Vec::new();
    containers_of(node, &mut containers);
    let kind = kind(node);
    let has = kind == "ConfigMap" || !containers.is_empty() && kind != "Secret";
    has.then(|| format!("Kubernetes · {kind}"))
}

/// Finds the containers of a resource, however deep its kind has them.
fn containers_of<'a>(node: &'a Node, out: &mut Vec<&'a Node>) {
    for Entry { key, value, .. } in node.entries() {
        match key.as_str() {
            "containers" | "initContainers" => out.extend(value.items()),
            _ => containers_of(value, out),
        }
    }
    node.items().iter().for_each(|item| containers_of(item, out));
}

/// Returns the names of the ConfigMaps from which a container has all variables.
fn sources(container: &Node) -> impl Iterator<Item = &str> {
    let all = container.get("envFrom").map_or(&[][..], Node::items).iter();
    all.filter_map(|source| source.at(&["configMapRef", "name"])?.text())
}

/// Returns true for the key of a ConfigMap that is the name of a file.
fn is_file(key: &str) -> bool {
    syntax_of(key).is_some()
}

fn syntax_of(key: &str) -> Option<Syntax> {
    Some(match key.rsplit_once('.')?.1 {
        "yml" | "yaml" => Syntax::Yaml,
        "properties" => Syntax::Properties,
        "env" => Syntax::Environment,
        "json" => Syntax::Json,
        _ => return None,
    })
}

impl<'a> Manifest<'a> {
    fn map(&self, name: &str) -> Option<&'a Node> {
        self.maps.iter().find(|(own, _)| *own == name)?.1.get("data")
    }

    /// Returns the variables of a ConfigMap.
    fn variables(&self, name: &str) -> Vec<Entry> {
        let entries = self.map(name).map_or(&[][..], Node::entries).iter();
        entries.filter(|entry| is_variable(&entry.key)).cloned().collect()
    }

    /// Returns the names of the ConfigMaps of this file that a resource mounts.
    fn mounted(&self, node: &'a Node) -> Vec<&'a str> {
        let mut out = Vec::new();
        mounts(node, &mut out);
        out.retain(|name| self.map(name).is_some());
        out
    }

    /// Reads the containers of a resource, the first of an application with the files that it mounts.
    fn workload(
        &self,
        sheet: &mut Sheet,
        services: &mut Services,
        node: &Node,
        containers: &[&Node],
        mounted: &[&str],
    ) {
        let copies = node.at(&["spec", "replicas"]).and_then(Node::text);
        let copies = copies.and_then(|count| count.trim().parse().ok()).unwrap_or(1);
        let mut documents: Vec<Node> =
            mounted.iter().flat_map(|name| self.files(sheet, name)).collect();
        let is_own = documents.iter().flat_map(Node::entries).any(|entry| {
            let start = entry.key.split('.').next().unwrap_or_default();
            ["spring", "mp", "quarkus"].contains(&start) || start.starts_with('%')
        });
        let own = own(containers);
        for (at, container) in containers.iter().enumerate() {
            let text = |key: &str| container.get(key).and_then(Node::text).unwrap_or_default();
            let environment = self.environment(sheet, container);
            if is_own && at == own {
                // Variables go over files.
                documents.push(environment);
                self.application(sheet, &std::mem::take(&mut documents));
                continue;
            }
            let (name, image) = (text("name"), text("image"));
            services.add(sheet, self.file, &Service { name, image, copies, environment });
        }
        self.application(sheet, &documents);
    }

    /// Returns the variables of a container with their values.
    fn environment(&self, sheet: &mut Sheet, container: &Node) -> Node {
        let mut all: Vec<Entry> = Vec::new();
        for source in container.get("envFrom").map_or(&[][..], Node::items) {
            let prefix = source.get("prefix").and_then(Node::text).unwrap_or_default();
            let (kind, from) = match source.entries().iter().find(|e| e.key.ends_with("Ref")) {
                Some(entry) if entry.key == "configMapRef" => ("ConfigMap", &entry.value),
                Some(entry) => ("Secret", &entry.value),
                None => continue,
            };
            let name = from.get("name").and_then(Node::text).unwrap_or_default();
            if kind == "ConfigMap" && self.map(name).is_some() {
                let own = self.variables(name).into_iter();
                all.extend(
                    own.map(|entry| Entry { key: format!("{prefix}{}", entry.key), ..entry }),
                );
                continue;
            }
            let text = format!(
                "the variables of the {kind} {name} are not in these files: what they set is not \
                 known. Give its file, too, or what kubectl kustomize or helm template makes of all"
            );
            sheet.remark(
                RemarkKind::PassedOver,
                Place { file: self.file, line: source.line },
                text,
            );
        }
        for item in container.get("env").map_or(&[][..], Node::items) {
            let Some(entry) = self.variable(item, &all) else { continue };
            all.retain(|known| known.key != entry.key);
            all.push(entry);
        }
        Node::new(container.line, Data::Map(all))
    }

    /// Reads `name` with `value` or `valueFrom`, on the line of the value.
    fn variable(&self, item: &Node, before: &[Entry]) -> Option<Entry> {
        let name = item.entry("name")?;
        let key = name.value.text()?.to_owned();
        if let Some(value) = item.entry("value") {
            let (line, value) = (value.line, expanded(&value.value, before));
            return Some(Entry { key, line, value });
        }
        let Some(from) = item.entry("valueFrom") else {
            return Some(Entry { key, line: name.line, value: Node::text_at(name.line, "") });
        };
        let reference = from.value.get("configMapKeyRef");
        let known = reference.and_then(|reference| {
            let map = self.map(reference.get("name")?.text()?)?;
            map.entry(reference.get("key")?.text()?)
        });
        if let Some(known) = known.filter(|known| !is_file(&known.key)) {
            return Some(Entry { key, line: known.line, value: known.value.clone() });
        }
        let source = from.value.entries().first().map_or("valueFrom", |source| source.key.as_str());
        let value = Node::new(from.line, Data::Opaque(source.to_owned()));
        Some(Entry { key, line: from.line, value })
    }

    /// Reads the documents of an application's own files, and files of any other kind at once.
    fn files(&self, sheet: &mut Sheet, name: &str) -> Vec<Node> {
        let mut documents = Vec::new();
        for entry in self.map(name).map_or(&[][..], Node::entries) {
            let Some(syntax) = syntax_of(&entry.key) else { continue };
            let place = Place { file: self.file, line: entry.line };
            let Some((block, text)) = self.block(entry, syntax) else {
                let text = format!(
                    "{} is not read: only a file that is written as a block, behind a |, is",
                    entry.key
                );
                sheet.remark(RemarkKind::PassedOver, place, text);
                continue;
            };
            sheet.blocks.push(block);
            let read = match (syntax, self.of_application(sheet, entry)) {
                (_, Some(false)) => Ok(()),
                (Syntax::Yaml, Some(true)) => {
                    yaml_documents(&text).map(|own| documents.extend(own))
                }
                (Syntax::Properties, Some(true)) => {
                    documents.extend(spring::documents_of_properties(&text));
                    Ok(())
                }
                _ => self
                    .inside(sheet, |sheet| contents(sheet, self.file, &text, syntax, self.profile)),
            };
            if let Err(problem) = read {
                let place = Place { line: problem.line.max(entry.line), ..place };
                let text = format!("{} cannot be read: {}", entry.key, problem.text);
                sheet.remark(RemarkKind::PassedOver, place, text);
            }
        }
        documents
    }

    /// Returns whether `application.yml` or `application-PROFILE.yml` counts; `None` for other files.
    fn of_application(&self, sheet: &mut Sheet, entry: &Entry) -> Option<bool> {
        let stem = entry.key.rsplit_once('.')?.0.strip_prefix("application")?;
        if stem.is_empty() {
            return Some(true);
        }
        let own = stem.strip_prefix('-')?;
        sheet.profiles(own);
        let active = is_active(own, self.profile);
        if !active {
            let text = format!("{} is passed over: that profile is not active", entry.key);
            let place = Place { file: self.file, line: entry.line };
            sheet.remark(RemarkKind::PassedOver, place, text);
        }
        Some(active)
    }

    /// Reads an application's documents, of which later ones go over earlier ones.
    fn application(&self, sheet: &mut Sheet, documents: &[Node]) {
        if documents.is_empty() {
            return;
        }
        let nested = |node: &Node| {
            node.entries().iter().any(|entry| matches!(entry.value.data, Data::Map(_)))
        };
        self.inside(sheet, |sheet| match documents.iter().any(nested) {
            true => tree(sheet, self.file, documents, "", self.profile),
            false => flat(sheet, self.file, documents, self.profile),
        });
    }

    /// Reads something as if it were a file of its own.
    fn inside<T>(&self, sheet: &mut Sheet, read: impl FnOnce(&mut Sheet) -> T) -> T {
        let outer = sheet.read_as.get_mut(self.file).map(std::mem::take).unwrap_or_default();
        let result = read(sheet);
        let inner = sheet.read_as.get_mut(self.file).map(std::mem::take).unwrap_or_default();
        outer.into_iter().chain(inner).for_each(|what| sheet.took_for(self.file, what));
        result
    }

    /// Reads keys that are no variables and no files, as some clients of ConfigMaps do.
    fn keys(&self, sheet: &mut Sheet, map: &Node) {
        let own = map.get("data").map_or(&[][..], Node::entries).iter();
        let own: Vec<Entry> =
            own.filter(|e| !is_variable(&e.key) && !is_file(&e.key)).cloned().collect();
        let known = ["spring.", "mp.messaging.", "kafka."];
        if own.iter().any(|entry| known.iter().any(|start| entry.key.starts_with(start))) {
            let document = Node::new(map.line, Data::Map(own));
            return self.application(sheet, &[document]);
        }
        for entry in own {
            sheet.irrelevant(Place { file: self.file, line: entry.line }, entry.key);
        }
    }

    /// Returns where a block stands, and its text with as many empty lines in front as make the numbers
    /// of its lines those of the file; `None` if the value is written in another way.
    fn block(&self, entry: &Entry, syntax: Syntax) -> Option<(Block, String)> {
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let head = self.lines.get(entry.line.checked_sub(1)?)?;
        let behind = head.rsplit_once(':')?.1.trim_start();
        if !behind.starts_with('|') {
            return None;
        }
        let inside = |line: &&&str| line.trim().is_empty() || indent(line) > indent(head);
        let lines: Vec<&str> =
            self.lines[entry.line..].iter().take_while(inside).copied().collect();
        let end = lines.iter().rposition(|line| !line.trim().is_empty())? + 1;
        let first = lines.iter().find(|line| !line.trim().is_empty())?;
        let depth = indent(first);
        let mut text = "\n".repeat(entry.line);
        for line in &lines[..end] {
            text.push_str(line.get(depth..).unwrap_or_default());
            text.push('\n');
        }
        let (from, to) = (entry.line + 1, entry.line + end);
        Some((Block { file: self.file, from, to, indent: depth, syntax }, text))
    }
}

/// Returns which of the containers is the application: one with its variables, or else one with volumes.
fn own(containers: &[&Node]) -> usize {
    let starts = |entry: &Node, start: &str| {
        entry.get("name").and_then(Node::text).is_some_and(|name| name.starts_with(start))
    };
    let variables = |node: &&Node| {
        let mut env = node.get("env").map_or(&[][..], Node::items).iter();
        env.any(|entry| ["SPRING_", "MP_", "QUARKUS_"].iter().any(|start| starts(entry, start)))
    };
    let volumes = |node: &&Node| node.get("volumeMounts").is_some();
    let first = |test: &dyn Fn(&&Node) -> bool| containers.iter().position(test);
    first(&variables).or_else(|| first(&volumes)).unwrap_or(0)
}

/// Finds the names of the ConfigMaps that are mounted as volumes.
fn mounts<'a>(node: &'a Node, out: &mut Vec<&'a str>) {
    for entry in node.entries() {
        match entry.key.as_str() {
            "configMap" => out.extend(entry.value.get("name").and_then(Node::text)),
            _ => mounts(&entry.value, out),
        }
    }
    node.items().iter().for_each(|item| mounts(item, out));
}

/// Replaces a value that is one reference to a variable in front of it; any other reference makes it
/// opaque, as does a template.
fn expanded(value: &Node, before: &[Entry]) -> Node {
    let opaque = |text: &str| Node::new(value.line, Data::Opaque(text.to_owned()));
    let text = match &value.data {
        Data::Text(text) => text.as_str(),
        Data::Null => return Node::text_at(value.line, ""),
        _ => return opaque("a template"),
    };
    let reference = text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
    match before.iter().find(|entry| Some(entry.key.as_str()) == reference) {
        Some(known) => known.value.clone(),
        None if text.contains("{{") => opaque("a template"),
        None if text.contains("$(") => opaque(text),
        None => value.clone(),
    }
}
