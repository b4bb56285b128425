//! Anything may be given to the importer: a clear sentence comes out, and never a panic.

use super::{answers, folder, source};
use ackward::import::{ImportError, Source, read};

fn refused(text: &str) -> ImportError {
    let source = Source { name: "x".into(), text: text.into(), syntax: None };
    read(&[source], &answers("")).expect_err("it is no configuration")
}

fn own(text: impl Into<String>) -> Source {
    Source { name: "x".into(), text: text.into(), syntax: None }
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    for (text, line, part) in [
        ("", 0, "empty"),
        ("\0\u{1}\u{2}ELF", 0, "no text"),
        ("spring:\n  kafka: [1, 2\n  x: }\n", 3, "no valid YAML"),
        ("{\"Resources\": {\n\"Q\": ", 2, "no valid JSON"),
        ("resource \"aws_sqs_queue\" \"q\" {\n  x = \n", 2, "no valid HCL"),
        (
            "Dear Sir or Madam,\nwe are pleased to say: hello\nYours\n",
            0,
            "nothing in it configures",
        ),
        ("package main\nfunc main() { println(1) }\n", 0, "nothing in it configures"),
    ] {
        let error = refused(text);
        assert!(error.text.contains(part), "{text}: {error:?}");
        assert!(line == 0 || error.line >= line, "{text}: {error:?}");
    }
    assert!(refused(&"x".repeat(2 << 20)).text.contains("larger than 1 MiB"));
}

#[test]
fn bombs_and_depths_end() {
    let mut bomb = String::from("spring: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..30 {
        bomb.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", ")));
    }
    assert!(refused(&bomb).text.contains("aliases"));
    for deep in ["[", "{", "(", "- ", "a: {", "{\"a\":", "a(", "<", "&a [", "!x ", "? "] {
        for start in ["", "import x\n", "resource \"a\" \"b\" {\n x = ", "spring:\n  "] {
            let _ = read(&[own(format!("{start}{}", deep.repeat(5000)))], &answers(""));
        }
    }
}

/// Each profile that is tried takes a reading of all files: of many, none is.
#[test]
fn a_question_about_many_profiles_is_asked_without_a_look_at_each() {
    let asked = |profiles: usize| {
        let mut text = String::from("spring:\n  kafka:\n    producer: {acks: all}\n");
        for n in 0..profiles {
            text.push_str(&format!(
                "---\nspring:\n  config: {{activate: {{on-profile: p{n}}}}}\n  application: {{name: x{n}}}\n"
            ));
        }
        let reading = read(&[own(text)], &answers("")).expect("it can be read");
        reading.questions().iter().any(|question| question.key == "profile")
    };
    assert!(!asked(3), "they make no difference");
    assert!(asked(200));
}

#[test]
fn contradictions_are_reported() {
    let two = [own("acks=1\n"), own("acks=all\n")];
    let reading = read(&two, &answers("")).expect("both can be read");
    let says = |part: &str| reading.remarks.iter().any(|remark| remark.text.contains(part));
    assert!(says("contradicts"), "{:?}", reading.remarks);
}

/// A small generator of numbers, the same everywhere (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// Mutates a text: cuts, repeats, swaps and inserts pieces.
fn mutated(text: &str, numbers: &mut Numbers) -> String {
    const PIECES: [&str; 24] = [
        "{", "}", "[", "]", "(", ")", "\"", "'", "`", ":", "=", ",", "\n", "  ", "&a", "*a",
        "<<: *a", "!Ref", "${", "}", "\\", "#", "\u{feff}", "é",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(chars.len() + 1);
        let to = (at + numbers.below(40)).min(chars.len());
        match numbers.below(4) {
            0 => drop(chars.drain(at..to)),
            1 => {
                let piece: Vec<char> = chars[at..to].to_vec();
                chars.splice(at..at, piece);
            }
            2 => {
                let piece = PIECES[numbers.below(PIECES.len())].chars();
                chars.splice(at..at, piece);
            }
            _ => chars.truncate(to),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn mutated_samples_never_panic() {
    let names: Vec<String> = std::fs::read_dir(folder())
        .expect("it is there")
        .map(|entry| entry.expect("it can be read").file_name().into_string().expect("ASCII"))
        .filter(|name| name != "verdicts.tsv" && name != "expected.txt")
        .collect();
    let mut numbers = Numbers(0x5eed_1234_abcd);
    let (mut read_well, mut refused) = (0, 0);
    for name in &names {
        let original = source(name).text;
        for _ in 0..60 {
            let text = mutated(&original, &mut numbers);
            match read(&[own(text)], &answers("")) {
                Ok(_) => read_well += 1,
                Err(error) => {
                    assert!(!error.text.is_empty());
                    refused += 1;
                }
            }
        }
    }
    println!("{read_well} read, {refused} refused");
    assert!(read_well > 300 && refused > 50, "{read_well} read, {refused} refused");
}
