//! The questions of each sample, and that their answers make a difference: one without is idle.
//!
//! `tests/data/import/questions.txt` has a line for each question of each sample: its answers, the one
//! that is assumed in brackets, and after a stroke those that come to the same as that one.

use super::own::OWN;
use super::{batches, folder, source};
use ackward::import::{Answers, Origin, Question, Reading, Source, Taken, read};

/// What a verdict depends on: the configurations to check, what the sources decide, and the settings
/// that were read.
fn decided(reading: &Reading) -> String {
    let plan = reading.plan.as_ref().expect("a question comes with a plan");
    let answer = |row: &&Taken| matches!(row.origin, Origin::Answer(_) | Origin::Assumed(_));
    let rows = plan.taken.iter().filter(|row| !answer(row)).map(|row| (&row.name, &row.value));
    let rows: Vec<_> = rows.collect();
    format!("{:?} {:?} {:?} {rows:?}", plan.variants, plan.forced, plan.refused)
}

/// Returns the answers to try: for a question without choices, far apart.
fn answers_of(question: &Question) -> Vec<(String, bool)> {
    let given: Vec<&str> = match question.key {
        "lib" => vec!["0.1", "1.0", "2.0", "3.0", "3.1", "4.0", "5.0"],
        _ => Vec::new(),
    };
    let library = question.taken.split('=').next().unwrap_or_default();
    let versions = given.into_iter().map(|version| (format!("{library}={version}"), false));
    let options = question.options.iter();
    options.map(|(key, label)| (key.clone(), *label == question.taken)).chain(versions).collect()
}

fn line(sources: &[Source], given: &Answers, question: &Question, now: &str) -> (String, bool) {
    // A setting of the model's own goes over what the files say.
    if question.key == "set" {
        return (format!("set [{}]", question.taken), true);
    }
    let (mut words, mut same, mut differs) = (Vec::new(), Vec::new(), false);
    for (answer, taken) in answers_of(question) {
        let mut answers = given.clone();
        answers.give(question.key, &answer).expect("an answer of the question");
        let then = decided(&read(sources, &answers).expect("the answer changes no file"));
        let changes = then != now;
        assert!(!(taken && changes), "{}: {answer} is not what is assumed", question.key);
        differs |= changes;
        match (taken, changes) {
            (true, _) => words.push(format!("[{answer}]")),
            (_, true) => words.push(answer),
            _ => same.push(answer),
        }
    }
    let same = if same.is_empty() { String::new() } else { format!(" | {}", same.join(" ")) };
    (format!("{} {}{same}", question.key, words.join(" ")), differs)
}

fn samples() -> Vec<(String, Vec<Source>, Answers)> {
    let table = std::fs::read_to_string(folder().join("verdicts.tsv")).expect("it is there");
    let mut all: Vec<(String, Vec<Source>, Answers)> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let files = line.split('\t').next().unwrap_or_default();
        if all.iter().all(|(name, ..)| name != files) {
            all.push((
                files.to_owned(),
                files.split(' ').map(source).collect(),
                Answers::default(),
            ));
        }
    }
    for (name, text, given, _) in OWN.iter().chain(batches::ALL).copied().flatten() {
        let sources = text.split("\n=====\n").map(|text| Source {
            name: (*name).into(),
            text: text.into(),
            syntax: None,
        });
        all.push(((*name).to_owned(), sources.collect(), super::answers(given)));
    }
    all
}

#[test]
fn no_question_is_idle() {
    let mut out = String::new();
    let mut idle = Vec::new();
    for (name, sources, given) in samples() {
        let Ok(reading) = read(&sources, &given) else { continue };
        out += &format!("{name}\n");
        let mut asked = Vec::new();
        for question in reading.questions() {
            assert!(!asked.contains(&&question.text), "{name}: asked twice: {}", question.text);
            asked.push(&question.text);
            let (line, differs) = line(&sources, &given, question, &decided(&reading));
            if !differs {
                idle.push(format!("{name}: {line}"));
            }
            out += &format!("    {line}\n");
        }
    }
    let path = folder().join("questions.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &out).expect("the folder is there");
    }
    assert!(idle.is_empty(), "{}", idle.join("\n"));
    assert_eq!(out, std::fs::read_to_string(&path).unwrap_or_default());
}
