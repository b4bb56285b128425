//! The web worker that checks configuration files: a request comes in as JSON, and the report goes
//! out as soon as more of it is known. The report is what `ackward check --json` prints.

use crate::import::{
    Answers, Checked, Effort, Finding, Fixes, ImportError, NOTHING_SO_FAR, Reading, Report, Source,
    Status, Syntax, fixes, json, read, verdict_with,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The files to check, and the answers to what they leave open.
#[derive(Deserialize)]
struct Request {
    /// The number of the request, which every answer repeats.
    id: u32,
    files: Vec<File>,
    /// Flags with their answers, as in [`Answers::give`].
    answers: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    text: String,
    /// The key of a [`Syntax`]; `None` if it is to be told by the content.
    syntax: Option<String>,
}

/// Checks the files and calls `answer` with each answer, as JSON: `{"id", "stage", "report"}`, where
/// the stage is `read`, `judging`, `judged`, `fixing` or `done`, or
/// `{"id", "failed": {"file", "line", "says"}}`, where the file is null if it is about all of them.
pub fn check_files(request: Value, answer: &mut dyn FnMut(&str)) {
    let request: Request = match serde_json::from_value(request) {
        Ok(request) => request,
        // Only a page of another build would ask so.
        Err(problem) => return answer(&Failed::from(problem.to_string()).text(0)),
    };
    let id = request.id;
    if let Err(problem) = check(request, &mut |stage, report| {
        answer(&json!({ "id": id, "stage": stage, "report": report }).to_string());
    }) {
        answer(&problem.text(id));
    }
}

/// What cannot be read or judged.
struct Failed {
    /// The index of the file; `None` if it is about all of them.
    file: Option<usize>,
    line: usize,
    says: String,
}

impl From<String> for Failed {
    fn from(says: String) -> Failed {
        Failed { file: None, line: 0, says }
    }
}

impl From<ImportError> for Failed {
    fn from(ImportError { file, line, text }: ImportError) -> Failed {
        Failed { file: Some(file), line, says: text }
    }
}

impl Failed {
    fn text(&self, id: u32) -> String {
        let Failed { file, line, says } = self;
        json!({ "id": id, "failed": { "file": file, "line": line, "says": says } }).to_string()
    }
}

/// # Errors
/// Returns what cannot be read or judged.
fn check(request: Request, tell: &mut dyn FnMut(&str, Value)) -> Result<(), Failed> {
    let mut answers = Answers::default();
    for (flag, value) in &request.answers {
        answers.give(flag, value)?;
    }
    let sources: Vec<Source> = request.files.into_iter().map(source).collect();
    let reading = read(&sources, &answers)?;
    let mut tell = |stage: &str, report: Option<&Report>, fixes: &Fixes| {
        let checked = Checked {
            sources: &sources,
            answers: &answers,
            reading: &reading,
            report,
            fixes,
            require: &[],
            stopped: false,
        };
        tell(stage, json(&checked));
    };
    tell("read", None, &Fixes::default());
    let Reading { plan: Some(plan), .. } = &reading else {
        tell("done", None, &Fixes::default());
        return Ok(());
    };
    // The page ends a worker whose answer nobody waits for any more, so nothing stops here.
    let mut known = 0;
    let mut so_far = |_: usize, so_far: &dyn Fn() -> Report| {
        let report = so_far();
        let says = |finding: &&Finding| match &finding.status {
            Status::Broken(_) => true,
            Status::Open(why) => why == NOTHING_SO_FAR,
            _ => false,
        };
        let count = report.findings.iter().filter(says).count();
        if count > known {
            tell("judging", Some(&report), &Fixes::default());
        }
        known = count;
        false
    };
    let report = verdict_with(plan, &answers, Effort::Full, &mut so_far)?;
    tell("judged", Some(&report), &Fixes::default());
    let mut known = 0;
    let mut so_far = |fixes: &Fixes| {
        if fixes.of.len() > known {
            tell("fixing", Some(&report), fixes);
        }
        known = fixes.of.len();
        false
    };
    let fixes = fixes(plan, &report, &answers, &[], &mut so_far);
    tell("done", Some(&report), &fixes);
    Ok(())
}

fn source(file: File) -> Source {
    let syntax = file.syntax.as_deref().and_then(Syntax::from_key);
    Source { name: file.name, text: file.text, syntax }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(request: &Value) -> Vec<Value> {
        let mut all = Vec::new();
        check_files(request.clone(), &mut |answer| {
            all.push(serde_json::from_str(answer).expect("JSON"));
        });
        all
    }

    #[test]
    fn answers_as_soon_as_more_is_known() {
        let file = json!({ "name": "topic.txt", "text": "acks=1\nretries=0\nkey.serializer=x" });
        let all =
            answers(&json!({ "id": 7, "files": [file], "answers": [["send-failure", "resend"]] }));
        let stages: Vec<&Value> = all.iter().map(|answer| &answer["stage"]).collect();
        for (at, stage) in [(0, "read"), (1, "judging"), (stages.len() - 1, "done")] {
            assert_eq!(stages[at], stage, "{stages:?}");
        }
        let judged = stages.iter().position(|stage| *stage == "judged").expect("a verdict");
        assert!(all.iter().all(|answer| answer["id"] == 7));
        let done = &all[all.len() - 1]["report"];
        assert_eq!(all[0]["report"]["taken"], done["taken"]);
        assert_eq!(all[0]["report"]["properties"], json!([]));
        assert_eq!(all[judged]["report"]["properties"][0]["finding"], "broken");
        let fix = &done["properties"][0]["fixes"][0];
        assert!(
            fix["patch"].as_str().is_some_and(|patch| patch.contains("-acks=1\n+acks=all\n")),
            "{fix}"
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let file = json!({ "name": "a.json", "text": "{\n \"a\": \n" });
        let all = answers(&json!({ "id": 1, "files": [file], "answers": [] }));
        assert_eq!(all.len(), 1);
        assert_eq!((&all[0]["failed"]["file"], &all[0]["id"]), (&json!(0), &json!(1)));
        let all = answers(&json!({ "id": 2, "files": [], "answers": [["handler", "x"]] }));
        assert_eq!(all[0]["failed"]["file"], json!(null));
        assert!(all[0]["failed"]["says"].as_str().is_some_and(|text| text.contains("database")));
        assert!(answers(&json!("x"))[0]["failed"].is_object());
    }
}
