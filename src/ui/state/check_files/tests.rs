use super::*;
use crate::ui::state::Theme;

fn model() -> Model {
    Model::new(Theme::Light)
}

/// Returns the request that a message leads to.
fn request(model: &mut Model, msg: Msg) -> serde_json::Value {
    let effects = update(model, msg);
    let [Effect::CheckFiles { question: Some(question), .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    let question: serde_json::Value = serde_json::from_str(question).expect("JSON");
    question["files"].clone()
}

/// Has the importer's worker answer a request, and the page take its answers.
fn check(model: &mut Model, msg: Msg) {
    let question = protocol::Question::Files(request(model, msg)).text();
    let mut answers = Vec::new();
    let mut worker = crate::worker::Worker::default();
    worker.answer(&question, &mut |answer| answers.push(answer.to_owned()));
    for answer in answers {
        update(model, Msg::Came(answer));
    }
}

const PRODUCER: &str = "key.serializer=x\nacks=1\nretries=0\n";

#[test]
fn the_worker_s_report_is_read_in_full() {
    let mut model = model();
    check(&mut model, Msg::Edit(PRODUCER.to_owned()));
    let page = &model.files;
    assert_eq!((page.stage, page.failed.as_ref()), (Stage::Done, None));
    assert_eq!(page.read_as(), Some("Kafka client · Java client"));
    let report = page.report.clone().expect("a report");
    let lost = report.finding("never-lost-silently").expect("a finding").clone();
    assert_eq!(lost.finding, "broken");
    // Its run is the one that violates it, whatever the page makes of settings and path.
    update(&mut model, Msg::Show("never-lost-silently".to_owned()));
    let shows = model.files.shows.as_ref().expect("a run");
    let moment = shows.run.moments.last().expect("a step");
    assert!(moment.verdict.iter().any(|verdict| verdict.applied == 0), "{:?}", moment.verdict);
    // A fix can be compared with what is there.
    let fix = lost.fixes.first().expect("a fix");
    let compared = report.compared(&lost, fix).expect("a comparison").text();
    assert!(compared.starts_with("/compare/?a=preset:kafka"), "{compared}");
    assert!(report.in_lab().is_some() && report.at_random().is_some());
}

#[test]
fn what_was_found_stays_while_it_is_found_anew_and_where_a_file_is_wrong() {
    let mut model = model();
    check(&mut model, Msg::Edit(PRODUCER.to_owned()));
    update(&mut model, Msg::Add);
    check(&mut model, Msg::Edit("{\n \"a\": [".to_owned()));
    let page = &model.files;
    assert_eq!(page.stage, Stage::Failed);
    let failure = page.failed.as_ref().expect("a failure");
    assert_eq!(failure.file, Some((1, "file 2".to_owned())));
    assert!(page.report.as_ref().is_some_and(|report| report.says.is_some()));
    check(&mut model, Msg::Remove(1));
    assert_eq!((model.files.stage, model.files.failed.as_ref()), (Stage::Done, None));
}

#[test]
fn an_answer_replaces_the_one_before_and_goes_with_the_files() {
    let mut model = model();
    request(&mut model, Msg::Edit(PRODUCER.to_owned()));
    request(&mut model, Msg::Answer("handler".to_owned(), "inbox".to_owned()));
    request(&mut model, Msg::Answer("lib".to_owned(), "kafka-clients=3.9".to_owned()));
    request(&mut model, Msg::Answer("lib".to_owned(), "spring-kafka=3.3".to_owned()));
    let request = request(&mut model, Msg::Answer("handler".to_owned(), "set".to_owned()));
    let answers = serde_json::json!([
        ["lib", "kafka-clients=3.9"],
        ["lib", "spring-kafka=3.3"],
        ["handler", "set"]
    ]);
    assert_eq!(request["answers"], answers);
    assert_eq!(request["files"][0]["text"], PRODUCER);
}

#[test]
fn files_are_opened_beside_each_other_and_again_in_their_place() {
    let mut model = model();
    let open = |names: &[&str]| {
        Msg::Opened(names.iter().map(|name| ((*name).to_owned(), format!("# {name}"))).collect())
    };
    update(&mut model, open(&["a.yml", "b.txt"]));
    update(&mut model, open(&["a.yml"]));
    let names: Vec<&str> = model.files.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a.yml", "b.txt"]);
    let many: Vec<String> = (0..30).map(|number| format!("{number}.txt")).collect();
    update(&mut model, open(&many.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(model.files.files.len(), MOST_FILES);
    assert!(model.files.problem.as_ref().is_some_and(|problem| problem.contains("the most")));
    // The worker's answers do not take that away.
    update(&mut model, Msg::Came("{}".to_owned()));
    assert!(model.files.problem.is_some());
    update(&mut model, Msg::Clear);
    assert!(model.files.is_blank() && model.files.files.len() == 1);
}

#[test]
fn an_old_answer_and_one_that_is_none_harm_nothing() {
    let mut model = model();
    request(&mut model, Msg::Edit(PRODUCER.to_owned()));
    update(&mut model, Msg::Came("{\"id\": 99, \"stage\": \"done\"}".to_owned()));
    assert_eq!(model.files.stage, Stage::Reading);
    update(&mut model, Msg::Came("<html>".to_owned()));
    assert_eq!(model.files.stage, Stage::Failed);
    let large = update(&mut model, Msg::Edit("x".repeat(MOST_BYTES + 1)));
    assert_eq!((large.len(), &*model.files.files[0].text), (0, PRODUCER));
}

/// Every violation of the examples, those of a message whose handler always fails among them, can be
/// seen on the page.
#[test]
fn every_run_of_the_examples_can_be_seen_again() {
    use crate::import::{Answers, Checked, Fixes, Source, json, read, verdict};
    let answers = Answers::default();
    for (example, files) in EXAMPLES {
        let source = |(name, text): &(&str, &str)| Source {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
            syntax: None,
        };
        let sources: Vec<Source> = files.iter().map(source).collect();
        let reading = read(&sources, &answers).expect("an example");
        let plan = reading.plan.as_ref().expect("a plan");
        let report = verdict(plan, &answers, &mut || false).expect("a verdict");
        let checked = Checked {
            sources: &sources,
            answers: &answers,
            reading: &reading,
            report: Some(&report),
            fixes: &Fixes::default(),
            require: &[],
            stopped: false,
        };
        let report: Report = serde_json::from_value(json(&checked)).expect("the page's report");
        let broken = report.properties.iter().filter(|finding| finding.finding == "broken");
        let broken: Vec<&Finding> = broken.filter(|finding| finding.modeled).collect();
        assert!(!broken.is_empty(), "{example}");
        for finding in broken {
            let Some(Address::Run(run)) = report.run_of(finding) else {
                panic!("{example}: {} has no run", finding.property)
            };
            assert!(open::found_run(&run).is_some(), "{example}: {}", finding.property);
        }
    }
}

#[test]
fn the_page_offers_the_importer_s_syntaxes_and_sizes() {
    let keys = crate::import::Syntax::ALL.map(|syntax| syntax.key());
    assert_eq!(SYNTAXES.map(|(key, _)| key), keys);
    assert_eq!(MOST_BYTES, crate::import::MOST_BYTES);
}
