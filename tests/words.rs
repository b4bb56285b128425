//! The words that a person reads: private phrases, which a reader from the field would stumble over,
//! do not occur in any of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

/// Private phrases in lower case, each with what to write instead.
const PRIVATE: &[(&str, &str)] = &[
    ("a choice that can be taken before all others", "singleton ample set"),
    ("a machine gone", "permanent node loss"),
    ("a refusal that passes", "transient error"),
    ("an error that passes", "transient error"),
    ("a window that ends", "dedup window or TTL expires"),
    ("answers waited for", "round trips"),
    ("as it comes", "defaults"),
    ("as they come", "defaults"),
    ("as they were", "defaults"),
    ("as usual", "default"),
    ("brings to disk", "fsyncs"),
    ("but not so many a second", "none is fast enough"),
    ("can be had", "exist"),
    ("cannot be had", "does not exist"),
    ("dead for good", "permanently lost"),
    ("disk sync", "fsync"),
    ("disk syncs", "fsyncs"),
    ("does without", "works without"),
    ("for ever", "forever"),
    ("goes round", "loops"),
    ("gone for good", "permanently lost"),
    ("handed back", "requeued"),
    ("handled again", "processed again"),
    ("handled twice", "processed twice"),
    ("hears of", "gets an error"),
    ("half · 99 %", "p50 · p99"),
    ("is told", "receives"),
    ("kept besides", "extra storage"),
    ("lose patience", "expire the session"),
    ("lost patience", "timed out"),
    ("mailed", "emailed"),
    ("nobody", "the component that does not"),
    ("not to be had", "unavailable"),
    ("of the plan as it was", "the plan has changed"),
    ("parked", "dead-lettered"),
    ("parks", "dead-letters"),
    ("runs besides", "extra components"),
    ("sends a mail", "sends an email"),
    ("see how", "counterexample"),
    ("sets what cannot be", "contains an invalid setting"),
    ("somebody", "the component"),
    ("stand still", "pause"),
    ("stands still", "pause"),
    ("take away", "export, remove"),
    ("take back", "reset"),
    ("they part at", "first difference"),
    ("through, per second", "throughput (messages/s)"),
    ("to the answer", "publish latency"),
    ("to the effect", "end-to-end latency"),
    ("what remains yours", "your responsibilities"),
    ("what strikes how often", "fault rates"),
    ("who has trunk already", "if you already have trunk"),
    ("whoever", "name the component"),
];

/// Where a phrase has its plain meaning: the end of the text's name, the phrase, and the words around
/// it.
const PLAIN: &[(&str, &str, &str)] = &[
    ("ui/view/top_bar.rs", "see how", "see how messages get lost"),
    ("site/shell.rs", "see how", "see how messages get lost"),
    // A picture for the tests of the drawing.
    ("core/diagram/samples.rs", "parked", "parked after 3 deliveries"),
    ("core/diagram/samples.rs", "is told", "is told that all is well"),
    ("svg/sample-ack-lost.svg", "is told", "is told that all is well"),
    ("svg/sample-crashes.svg", "parked", "parked after 3 deliveries"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder with one of these extensions, in the order of their paths.
fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if extension.is_some_and(|extension| extensions.contains(&extension)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("it can be read")
}

/// Returns the private phrases in a text, as whole words.
fn private(name: &str, text: &str) -> Vec<String> {
    let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut found = Vec::new();
    for (phrase, better) in PRIVATE {
        for (at, _) in text.match_indices(phrase) {
            let (before, after) = (&text[..at], &text[at + phrase.len()..]);
            let plain = PLAIN.iter().any(|(end, of, around)| {
                name.ends_with(end) && of == phrase && text[at..].starts_with(around)
            });
            if !plain && !before.ends_with(is_part) && !after.starts_with(is_part) {
                let from = before.char_indices().rev().nth(30).map_or(0, |(at, _)| at);
                let context: String = text[from..].chars().take(80).collect();
                found.push(format!("{name}: “{phrase}” ({better}): …{context}…"));
            }
        }
    }
    found
}

/// The string literals of a source file without its tests, comments and attributes.
#[derive(Default)]
struct Literals(Vec<String>);

impl Literals {
    fn of_tokens(&mut self, tokens: TokenStream) {
        let mut after_hash = false;
        for token in tokens {
            let is_attribute = std::mem::replace(
                &mut after_hash,
                matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#'),
            );
            match token {
                // A doc comment, too, is an attribute.
                TokenTree::Group(_) if is_attribute => {}
                TokenTree::Group(group) => self.of_tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.0.push(text.value());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => {
            list.path.is_ident("cfg") && list.tokens.to_string().contains("test")
        }
        _ => false,
    })
}

impl<'a> Visit<'a> for Literals {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_lit_str(&mut self, text: &'a syn::LitStr) {
        self.0.push(text.value());
    }

    /// A macro such as `html!` or `format!` is a stream of tokens.
    fn visit_macro(&mut self, item: &'a syn::Macro) {
        self.of_tokens(item.tokens.clone());
    }
}

fn literals(path: &Path) -> Vec<String> {
    let mut literals = Literals::default();
    literals.visit_file(&syn::parse_file(&read(path)).expect("it compiles"));
    // A single word is a name or a key; labels of one word are covered by none of the phrases.
    literals.0.into_iter().filter(|text| text.contains(' ')).collect()
}

fn check(texts: impl IntoIterator<Item = (String, String)>, at_least: usize) {
    let texts: BTreeSet<(String, String)> = texts.into_iter().collect();
    assert!(texts.len() >= at_least, "only {} texts", texts.len());
    let found: Vec<String> = texts.iter().flat_map(|(name, text)| private(name, text)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).expect("it is below the root").display().to_string()
}

#[test]
fn the_page_and_the_program_use_the_words_of_the_field() {
    let sources = files("src", &["rs"]);
    let tests = |path: &PathBuf| path.ends_with("tests.rs");
    let texts = sources.iter().filter(|path| !tests(path));
    let texts = texts.flat_map(|path| literals(path).into_iter().map(|text| (name(path), text)));
    check(texts, 1_500);
}

#[test]
fn the_catalogue_uses_the_words_of_the_field() {
    let texts = files("src/catalogue", &["json"]);
    check(texts.iter().map(|path| (name(path), read(path))), 140);
}

/// Sentences, reports and drawings as they come out.
#[test]
fn the_results_use_the_words_of_the_field() {
    let texts = files("tests/golden", &["txt", "svg", "md", "json"]);
    check(texts.iter().map(|path| (name(path), read(path))), 100);
}

#[test]
fn the_readme_and_the_pages_use_the_words_of_the_field() {
    let pages = files("www", &["html", "webmanifest"]);
    let pages = pages.into_iter().filter(|path| !path.iter().any(|part| part == "node_modules"));
    let all = pages.chain([root().join("README.md"), root().join("index.html")]);
    check(all.map(|path| (name(&path), read(&path))), 4);
}

#[cfg(feature = "cli")]
#[test]
fn the_help_of_the_program_uses_the_words_of_the_field() {
    let help = |arguments: &[&str]| {
        let program = std::process::Command::new(env!("CARGO_BIN_EXE_ackward"));
        let output = { program }.args(arguments).output().expect("it runs");
        (
            format!("ackward {}", arguments.join(" ")),
            String::from_utf8(output.stdout).expect("text"),
        )
    };
    let (_, whole) = help(&["--help"]);
    let commands = whole.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() >= 3, "{whole}");
    let of_commands = commands.iter().map(|command| help(&[command, "--help"]));
    check(of_commands.chain([help(&["--help"])]), 4);
}

#[test]
fn a_phrase_is_found_across_lines_and_as_words_only() {
    assert_eq!(private("x", "It is Gone\n  for good.").len(), 1);
    assert_eq!(private("x", "The sea: see however, unparked").len(), 0);
    assert_eq!(private("src/ui/view/top_bar.rs", "See how messages get lost").len(), 0);
    assert_eq!(private("src/ui/view/proof.rs", "See how messages get lost").len(), 1);
}
