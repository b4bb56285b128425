//! What to say of a text in which nothing configures a delivery: what it looks like, and what can be
//! given.

use super::{Syntax, code_rabbitmq, is_comment, is_mapping};
use crate::import::read::{Problem, code, json, properties};
use crate::import::tree::Node;

/// Documents that have nothing to do with delivery, by keys of their outermost map.
const OTHERS: &[(&[&str], &str)] = &[
    (&["dependencies", "name"], "a package.json"),
    (&["devDependencies"], "a package.json"),
    (&["lockfileVersion"], "a lock file of npm"),
    (&["compilerOptions"], "a tsconfig.json"),
    (&["resourceSpans"], "a trace of OpenTelemetry"),
    (&["batches"], "a trace of Tempo"),
    (&["Records"], "an event of a Lambda function"),
    (&["Statement", "Version"], "a policy of AWS IAM"),
    (&["openapi"], "an OpenAPI description"),
    (&["asyncapi"], "an AsyncAPI description"),
    (&["swagger"], "an OpenAPI description"),
    (&["$schema", "properties"], "a JSON Schema"),
    (&["type", "fields"], "an Avro schema"),
    (&["panels"], "a dashboard of Grafana"),
    (&["jobs", "on"], "a workflow of GitHub"),
    (&["stages"], "a pipeline of GitLab"),
];

/// What can be given instead, for each syntax.
fn known(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Json => {
            "Give a scenario of Ackward, a client's keys such as {\"acks\": \"all\"}, appsettings.json, \
             a template of CloudFormation, terraform show -json, RabbitMQ's definitions.json or \
             list_queues, an event source mapping or a queue's attributes"
        }
        _ => "Check that it is the right file, or choose another syntax",
    }
}

/// Returns the problem of a text in which nothing was found.
pub fn unknown(text: &str, syntax: Syntax) -> String {
    if syntax == Syntax::Code
        && let Some(client) = code_rabbitmq::unread(&code::read(text))
    {
        let instead = match client.starts_with("MassTransit") {
            true => "Of MassTransit, RabbitMQ and Kafka are read",
            false => {
                "Give the queues of RabbitMQ (rabbitmqctl export_definitions, or list_queues with \
                 --formatter json) to judge them"
            }
        };
        return format!("it is code for {client}, which is not read here. {instead}");
    }
    let document = match syntax {
        Syntax::Json => json::lenient(text).ok(),
        _ => None,
    };
    let looks = document.as_ref().and_then(looks_like);
    let looks = match looks {
        Some(what) => format!("it looks like {what}"),
        None if properties::has_sections(text) => "it was read as an .ini file".to_owned(),
        None => format!("it was read as {}", syntax.key()),
    };
    format!(
        "{looks}, and nothing in it configures Kafka, RabbitMQ or SQS in a way that is known here. {}",
        known(syntax)
    )
}

/// Returns what a document looks like.
fn looks_like(document: &Node) -> Option<&'static str> {
    let has = |key: &&str| document.get(key).is_some();
    if document.items().iter().any(|item| item.get("traceId").is_some()) {
        return Some("a trace of Zipkin");
    }
    let traces = document.get("data").map_or(&[][..], Node::items);
    if traces.iter().any(|item| item.get("traceID").is_some()) {
        return Some("a trace of Jaeger");
    }
    OTHERS.iter().find(|(keys, _)| keys.iter().all(has)).map(|(_, what)| *what)
}

/// A text that is no YAML at all was only taken for it because it is nothing else.
pub fn prose(text: &str, problem: Problem) -> Problem {
    if text.contains("{{") {
        let problem_text = "this is a template: what its {{ … }} stand for is not in the file. Give \
                            what it makes, such as the output of helm template";
        return Problem::at(problem.line, problem_text);
    }
    let lines = || text.lines().filter(|line| !is_comment(line));
    let maps =
        lines().filter(|line| is_mapping(line) || line.trim_start().starts_with('-')).count();
    match maps * 2 < lines().count() {
        true => Problem::at(0, unknown(text, Syntax::Yaml)),
        false => problem,
    }
}
