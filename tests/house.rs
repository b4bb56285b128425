//! Measures of the source tree: names, lengths, and who imports whom.
//!
//! `cargo test --test house -- --nocapture` prints the figures. Limits stand at today's figures, so
//! that they can only get better.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::Visit;

const MOST_DECISIONS: (usize, usize) = (17, 4);
const MOST_METHODS: usize = 51;
const LARGEST_CIRCLE: usize = 4;

/// Files of more than 400 lines, each with the reason.
const LONG_FILES: [(&str, &str); 6] = [
    ("core/diagram/svg.rs", "the only writer of SVG"),
    ("core/sim/event.rs", "the list of all events"),
    ("core/sim/producer.rs", "one state machine"),
    ("ui/share.rs", "every address, read and written"),
    ("ui/state.rs", "the model of the page and its messages"),
    ("ui/state/update.rs", "one arm for each message"),
];

/// A source file: its module path, its text, and what its items are called.
struct Source {
    path: PathBuf,
    /// `["sim", "broker", "kafka"]`; the root of a crate has none.
    module: Vec<String>,
    text: String,
    items: Items,
}

/// Definitions and imports of a file, without its tests.
#[derive(Default)]
struct Items {
    types: Vec<String>,
    functions: Vec<Function>,
    /// Methods of `impl World`.
    world: usize,
    /// Absolute paths within the two packages: `["sim", "World"]`.
    imports: Vec<Vec<String>>,
    /// Re-exports: name and original path.
    exports: BTreeMap<String, Vec<String>>,
    /// Modules in files of their own that are compiled for tests only.
    tests: Vec<String>,
    module: Vec<String>,
}

struct Function {
    name: String,
    lines: usize,
}

impl Items {
    fn function(&mut self, name: &syn::Ident, whole: proc_macro2::Span) {
        let lines = whole.end().line - whole.start().line + 1;
        self.functions.push(Function { name: name.to_string(), lines });
    }

    fn import(&mut self, tree: &syn::UseTree, mut before: Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, before.clone()));
            }
            syn::UseTree::Name(name) => {
                before.push(name.ident.to_string());
                self.resolve(before);
            }
            syn::UseTree::Rename(rename) => {
                before.push(rename.ident.to_string());
                self.resolve(before);
            }
            syn::UseTree::Glob(_) => self.resolve(before),
        }
    }

    /// Records the path of an import, made absolute.
    fn resolve(&mut self, path: Vec<String>) {
        let mut from = match path.first().map(String::as_str) {
            Some("crate" | "ackward" | "ackward_core") => Vec::new(),
            // A path may begin with a module of this file, or with a package of somebody else's,
            // which leads nowhere.
            _ => self.module.clone(),
        };
        for part in path {
            match part.as_str() {
                "crate" | "ackward" | "ackward_core" | "self" => {}
                "super" => drop(from.pop()),
                _ => from.push(part),
            }
        }
        self.imports.push(from);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        list.path.is_ident("cfg") && list.tokens.to_string() == "test"
    })
}

impl<'a> Visit<'a> for Items {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        match is_test(&item.attrs) {
            true if item.content.is_none() => self.tests.push(item.ident.to_string()),
            true => {}
            false => syn::visit::visit_item_mod(self, item),
        }
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.types.push(item.ident.to_string());
        syn::visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.types.push(item.ident.to_string());
        syn::visit::visit_item_enum(self, item);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        self.types.push(item.ident.to_string());
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.types.push(item.ident.to_string());
        syn::visit::visit_item_trait(self, item);
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.function(&item.sig.ident, item.sig.span().join(item.block.span()).expect("one file"));
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        if let syn::Type::Path(of) = &*item.self_ty
            && item.trait_.is_none()
            && of.path.segments.last().is_some_and(|last| last.ident == "World")
        {
            let is_method = |item: &&syn::ImplItem| matches!(item, syn::ImplItem::Fn(_));
            self.world += item.items.iter().filter(is_method).count();
        }
        syn::visit::visit_item_impl(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.function(&item.sig.ident, item.sig.span().join(item.block.span()).expect("one file"));
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        self.function(&item.sig.ident, item.span());
        syn::visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let before = self.imports.len();
        self.import(&item.tree, Vec::new());
        if !matches!(item.vis, syn::Visibility::Inherited) {
            for path in self.imports.split_off(before) {
                self.exports.insert(path.last().expect("a path has a name").clone(), path);
            }
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let first = path.segments.first().map(|segment| segment.ident.to_string());
        if matches!(first.as_deref(), Some("crate" | "super" | "ackward_core")) {
            self.resolve(path.segments.iter().map(|s| s.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }
}

/// All sources of the two packages but their tests, in the order of their paths.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("it can be read").path();
            match path.extension() {
                Some(end) if end == "rs" => paths.push(path),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    paths.sort();
    let mut sources: Vec<Source> = paths.into_iter().map(|path| source(&root, path)).collect();
    let of =
        |source: &Source, test: &String| [&source.module[..], std::slice::from_ref(test)].concat();
    let tests: BTreeSet<Vec<String>> =
        sources.iter().flat_map(|s| s.items.tests.iter().map(|test| of(s, test))).collect();
    sources.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    assert!(sources.len() > 150, "{} sources", sources.len());
    sources
}

fn source(root: &Path, path: PathBuf) -> Source {
    let text = std::fs::read_to_string(&path).expect("it can be read");
    let inside = path.strip_prefix(root).expect("it is below the root").with_extension("");
    let mut module: Vec<String> =
        inside.iter().map(|part| part.to_str().expect("names are ASCII").to_owned()).collect();
    if module.first().is_some_and(|first| first == "core") {
        module.remove(0);
    }
    if module == ["lib"] {
        module.clear();
    }
    let mut items = Items { module: module.clone(), ..Items::default() };
    items.visit_file(&syn::parse_file(&text).expect("it compiles"));
    let path = path.strip_prefix(root).expect("it is below the root").to_owned();
    Source { path, module, text, items }
}

/// Private names that once stood for the field's terms, such as `arena` for the visited set. They
/// must not return.
const PRIVATE_MODULES: &str = "reduce early calm apart arena back way shorten shortest cure remedy \
    forget pack measure offers pace chance tally estimate picker possible published classic words \
    story course nearest slot known duties examine told flights tracks beside under blocks stack \
    own long probe frame page turn typed deck stage chances top";
const PRIVATE_TYPES: &str = "Party Setup Rules What Why Mark Told Nth Log Visibility Arena Back \
    Ending Offer Act Takes Pace Hazard Rates Tally Share Story Course Chance Own Hand Deal \
    Delivery Cure Cures Patient";
const PRIVATE_FUNCTIONS: &str = "at_once keep_own changes_nothing follow_up broken judge shorten \
    is_kept says the hire carry_out owes";

#[test]
fn names_are_those_of_the_field() {
    let of = |names: &'static str| names.split_whitespace().collect::<BTreeSet<_>>();
    let (modules, types, functions) =
        (of(PRIVATE_MODULES), of(PRIVATE_TYPES), of(PRIVATE_FUNCTIONS));
    let mut found = Vec::new();
    for source in sources() {
        let at = source.path.display();
        if let Some(name) = source.module.last().filter(|name| modules.contains(name.as_str())) {
            found.push(format!("{at}: module {name}"));
        }
        let bad = source.items.types.iter().filter(|name| types.contains(name.as_str()));
        found.extend(bad.map(|name| format!("{at}: type {name}")));
        let named = source.items.functions.iter().map(|function| &function.name);
        let bad = named.filter(|name| functions.contains(name.as_str()));
        found.extend(bad.map(|name| format!("{at}: function {name}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn comments_speak_of_techniques_by_their_names() {
    let sources = sources();
    let comments: String = sources
        .iter()
        .flat_map(|source| source.text.lines())
        .map(str::trim_start)
        .filter(|line| line.starts_with("//"))
        .map(|line| line.to_lowercase() + "\n")
        .collect();
    for term in [
        "counterexample",
        "partial-order reduction",
        "ample set",
        "symmetry reduction",
        "visited set",
        "frontier",
        "invariant",
        "liveness",
        "delta debugging",
        "wilson score",
        "discrete-event",
        "canonical representative",
        "terminal state",
    ] {
        assert!(comments.contains(term), "no comment says '{term}'");
    }
}

#[test]
fn files_and_functions_stay_short() {
    let mut long = Vec::new();
    let mut methods = 0;
    for source in sources() {
        let at = source.path.display().to_string();
        let functions = source.items.functions.iter().filter(|function| function.lines > 70);
        long.extend(functions.map(|f| format!("{at}: {} has {} lines", f.name, f.lines)));
        let lines = source.text.lines().count();
        match LONG_FILES.iter().any(|&(path, _)| path == at) {
            true if lines <= 400 => long.push(format!("{at} is short now: take it off the list")),
            false if lines > 400 => long.push(format!("{at} has {lines} lines")),
            _ => {}
        }
        methods += source.items.world;
    }
    assert!(long.is_empty(), "{long:#?}");
    println!(
        "methods on World: {methods} (to reach: 70); files over 400 lines: {} (6)",
        LONG_FILES.len()
    );
    assert!(methods <= MOST_METHODS, "{methods} methods on World");
}

/// Returns the modules that each module may import, as the map in `src/lib.rs` lists them.
fn map() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../src/lib.rs");
    let docs: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let list = docs.join(" ").replace("[`", "`").replace("`]", "`");
    let mut map: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in list.split(" - `").skip(1).filter(|row| row.contains("Uses ")) {
        let (name, rest) = row.split_once('`').expect("a name stands in backticks");
        let (_, uses) = rest.split_once("Uses ").expect("it says what it uses");
        let uses = uses.split('.').next().unwrap_or_default();
        let named: BTreeSet<String> =
            uses.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let allowed = match uses.starts_with("all of the above") {
            true => map.keys().filter(|&other| !named.contains(other)).cloned().collect(),
            false => named,
        };
        map.insert(name.to_owned(), allowed);
    }
    assert_eq!(map.len(), 20, "{map:?}");
    map
}

#[test]
fn modules_import_what_the_map_says() {
    let map = map();
    let mut wrong = BTreeSet::new();
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let sources = sources();
    for source in &sources {
        let Some((from, allowed)) = source.module.first().and_then(|name| map.get_key_value(name))
        else {
            continue;
        };
        for to in source.items.imports.iter().filter_map(|path| path.first()) {
            if to == from || !map.contains_key(to) {
                continue;
            }
            seen.entry(from).or_default().insert(to);
            if !allowed.contains(to) {
                wrong.insert(format!("{from} imports {to} ({})", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (from, allowed) in &map {
        let used = seen.get(from.as_str()).cloned().unwrap_or_default();
        let spare: Vec<_> = allowed.iter().filter(|name| map.contains_key(*name)).collect();
        let spare: Vec<_> =
            spare.into_iter().filter(|name| !used.contains(name.as_str())).collect();
        assert!(spare.is_empty(), "the map lets {from} import {spare:?}, which it does not");
    }
}

/// Code that decides on a product: a variant that names it, or an accessor that returns something
/// for this product only.
const DECISIONS: [&str; 14] = [
    "BrokerSettings::",
    "ProducerSettings::",
    "Broker::Kafka",
    "Broker::RabbitMq",
    "Broker::Sqs",
    "Broker::Nats",
    "setup.log()",
    "setup.queue()",
    "setup.visibility()",
    "setup.stream()",
    ".kafka()",
    ".rabbitmq()",
    ".sqs()",
    ".nats()",
];

/// Folders that have a file or a folder of its own for each product.
const OWN_PLACES: [&str; 5] = [
    "core/products/",
    "core/sim/broker/",
    "core/sim/settings/",
    "choose/client_config/",
    "present/state/broker/",
];

#[test]
fn decisions_on_products_do_not_spread() {
    let mut by_file = BTreeMap::new();
    for source in sources() {
        let at = source.path.display().to_string();
        if OWN_PLACES.iter().any(|place| at.starts_with(place)) {
            continue;
        }
        let text = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let found: usize = code
            .map(|line| DECISIONS.iter().map(|word| line.matches(word).count()).sum::<usize>())
            .sum();
        if found > 0 {
            by_file.insert(at, found);
        }
    }
    let all: usize = by_file.values().sum();
    println!("decisions on products: {all} in {} files (to reach: 20 in 4)", by_file.len());
    assert!(all <= MOST_DECISIONS.0 && by_file.len() <= MOST_DECISIONS.1, "{by_file:#?}");
}

#[test]
fn circles_of_imports_do_not_grow() {
    let sources = sources();
    let number: BTreeMap<&[String], usize> =
        sources.iter().enumerate().map(|(i, source)| (source.module.as_slice(), i)).collect();
    let edges: Vec<Vec<usize>> = sources
        .iter()
        .map(|source| source.items.imports.iter().map(|path| defined(&sources, &number, path)))
        .map(Iterator::collect)
        .collect();
    let circle = (0..sources.len())
        .map(|start| {
            let ahead = reached(&edges, start);
            ahead.iter().copied().filter(|&n| reached(&edges, n).contains(&start)).collect()
        })
        .max_by_key(|circle: &Vec<usize>| circle.len())
        .expect("there are sources");
    let names: Vec<String> =
        circle.iter().map(|&n| sources[n].path.display().to_string()).collect();
    println!("largest circle of imports: {} files (to reach: 4)", circle.len());
    assert!(circle.len() <= LARGEST_CIRCLE, "{names:#?}");
}

/// Returns the file that defines the target of a path, following re-exports.
fn defined(sources: &[Source], number: &BTreeMap<&[String], usize>, path: &[String]) -> usize {
    let ends = (0..=path.len()).rev();
    let (end, at) = { ends }
        .find_map(|end| number.get(&path[..end]).map(|&at| (end, at)))
        .expect("the root is a module");
    match path.get(end).and_then(|name| sources[at].items.exports.get(name)) {
        Some(further) if further != path => defined(sources, number, further),
        _ => at,
    }
}

/// Returns the transitive imports of a file.
fn reached(edges: &[Vec<usize>], start: usize) -> BTreeSet<usize> {
    let mut known = BTreeSet::new();
    let mut next = edges[start].clone();
    while let Some(node) = next.pop() {
        if known.insert(node) {
            next.extend(&edges[node]);
        }
    }
    known
}
