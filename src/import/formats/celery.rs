//! Celery's settings: assignments in Python, keyword arguments of `conf.update`, environment
//! variables. Sources: celery@5dc781f app/defaults.py, app/utils.py (old names, namespaces).

use super::{no_effect_but, put};
use crate::did_you_mean::nearest;
use crate::import::keys::{Influence, Key, Space, influence};
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::read::code::Code;
use crate::import::tree::{Data, Entry, Node};

/// Names before Celery 4.
const OLD: [(&str, &str); 8] = [
    ("CELERY_ACKS_LATE", "task_acks_late"),
    ("CELERYD_PREFETCH_MULTIPLIER", "worker_prefetch_multiplier"),
    ("CELERYD_TASK_TIME_LIMIT", "task_time_limit"),
    ("CELERYD_TASK_SOFT_TIME_LIMIT", "task_soft_time_limit"),
    ("CELERYD_CONCURRENCY", "worker_concurrency"),
    ("BROKER_URL", "broker_url"),
    ("BROKER_TRANSPORT_OPTIONS", "broker_transport_options"),
    ("CELERY_REJECT_ON_WORKER_LOST", "task_reject_on_worker_lost"),
];

/// Arguments of `Celery(…)` that stand for settings; other names there are settings themselves, or one
/// of those that are none (app/base.py `Celery.__init__`).
const RENAMED: [(&str, &str); 3] =
    [("broker", "broker_url"), ("backend", "result_backend"), ("include", "include")];
const ARGUMENTS: [&str; 15] = [
    "main",
    "loader",
    "amqp",
    "events",
    "log",
    "control",
    "set_as_current",
    "tasks",
    "changes",
    "config_source",
    "fixups",
    "task_cls",
    "autofinalize",
    "namespace",
    "strict_typing",
];

/// A setting as it was found, under its name in lower case.
struct Found<'a> {
    name: String,
    written: String,
    line: usize,
    value: &'a Node,
}

/// Reads a module of settings.
pub fn code(sheet: &mut Sheet, file: usize, code: &Code) {
    let mut found: Vec<Found> = Vec::new();
    for assignment in &code.assignments {
        let last = assignment.path.rsplit('.').next().unwrap_or_default();
        let of_app = assignment.path.contains("conf.") || !assignment.path.contains('.');
        // Whatever is set on `app.conf` is meant for Celery.
        let on_conf = assignment.path.ends_with(&format!("conf.{last}"));
        let name = name_of(last).or_else(|| on_conf.then(|| last.to_lowercase()));
        if of_app && let Some(name) = name {
            found.push(Found {
                name,
                written: last.into(),
                line: assignment.line,
                value: &assignment.value,
            });
        }
    }
    let mut arguments: Vec<(usize, &str)> = Vec::new();
    let updates = code
        .calls
        .iter()
        .filter(|call| call.path.ends_with("conf.update") || call.name() == "Celery");
    for call in updates {
        let is_app = call.name() == "Celery";
        let from_map = call.args.iter().flat_map(|arg| arg.entries());
        for entry in call.named.iter().chain(from_map) {
            let key = entry.key.as_str();
            let renamed = RENAMED.iter().find(|(argument, _)| is_app && *argument == key);
            let known = renamed.map(|(_, name)| (*name).to_owned()).or_else(|| name_of(key));
            if is_app && known.is_none() && ARGUMENTS.contains(&key) {
                arguments.push((entry.line, key));
                continue;
            }
            let name = known.unwrap_or_else(|| entry.key.clone());
            found.push(Found {
                name,
                written: entry.key.clone(),
                line: entry.line,
                value: &entry.value,
            });
        }
    }
    let own: Vec<&str> = found.iter().map(|found| found.name.as_str()).collect();
    let is_celery = own.iter().any(|name| {
        Space::Celery.exact(name).is_some()
            && *name != "timezone"
            && *name != "include"
            && *name != "imports"
    });
    if is_celery {
        settings(sheet, file, &found);
        for (line, argument) in arguments {
            sheet.irrelevant(Place { file, line }, argument);
        }
    }
}

/// Returns true if a variable is a setting of Celery that decides, more than where its broker is.
pub fn is_set_by(environment: &Node) -> bool {
    environment.entries().iter().any(|entry| {
        let own = entry.key.strip_prefix("CELERY_").map(str::to_lowercase);
        let known = own.and_then(|own| Space::Celery.exact(&own));
        known.is_some_and(|key| influence(key.name, None) == Influence::Setting)
    })
}

/// Returns the variable that has the address of Celery's broker.
pub fn url_of(environment: &Node) -> Option<&Entry> {
    environment.entry("CELERY_BROKER_URL").or_else(|| environment.entry("CELERY_BROKER"))
}

pub fn environment(sheet: &mut Sheet, file: usize, document: &Node) {
    let of =
        |entry: &'_ Entry| name_of(&entry.key).map(|name| (name, entry.key.clone(), entry.line));
    let named: Vec<_> =
        document.entries().iter().filter_map(|e| Some((of(e)?, &e.value))).collect();
    let found: Vec<Found> = named
        .into_iter()
        .map(|((name, written, line), value)| Found { name, written, line, value })
        .collect();
    settings(sheet, file, &found);
}

/// Returns the name of a setting in lower case, without a namespace; `None` for other variables.
fn name_of(written: &str) -> Option<String> {
    if let Some((_, name)) = OLD.iter().find(|(old, _)| *old == written) {
        return Some((*name).to_owned());
    }
    let lower = written.to_lowercase();
    let own = lower.strip_prefix("celery_").unwrap_or(&lower).to_owned();
    let known = Space::Celery.exact(&own).is_some();
    (known || lower.starts_with("celery_") && lower != "celery_app").then_some(own)
}

fn settings(sheet: &mut Sheet, file: usize, found: &[Found]) {
    let url = found.iter().find(|found| found.name == "broker_url");
    // Code that reads its address from a variable: the same as of the worker's container.
    let elsewhere = sheet.variable("CELERY_BROKER_URL").map(|url| Node::text_at(0, url));
    let elsewhere = elsewhere.filter(|_| url.is_none_or(|url| url.value.text().is_none()));
    let known = elsewhere.as_ref().or(url.map(|url| url.value));
    let transport = known.map_or(Transport::Amqp, transport);
    let at = |line: usize| Place { file, line };
    let first = at(found.first().map_or(1, |found| found.line));
    let layer = match transport {
        Transport::Sqs => Layer::of("celery-sqs"),
        _ => Layer::of("celery"),
    };
    sheet.took_for(file, format!("Celery on {}", transport.label()));
    let mut consumer = Part::new(Side::Consumer, layer, first);
    consumer.set("broker", transport.label(), url.map_or(first, |url| at(url.line)), "broker_url");
    let mut producer = Part::new(Side::Producer, layer, first);
    match url {
        _ if elsewhere.is_some() => {
            let text = "CELERY_BROKER_URL in the other file is taken for the address of the broker";
            sheet.remark(RemarkKind::Assumed, url.map_or(first, |url| at(url.line)), text);
        }
        None => {
            let text = "no broker_url is set: AMQP on localhost, Celery's default, is assumed";
            sheet.remark(RemarkKind::Assumed, first, text);
        }
        Some(url) if url.value.text().is_none() => {
            let text = format!(
                "{}: the default in the code is read; the environment may say otherwise",
                url.written
            );
            sheet.remark(RemarkKind::Assumed, at(url.line), text);
        }
        Some(_) => {}
    }
    let mut queues = Vec::new();
    for setting in found {
        let place = at(setting.line);
        match setting.name.as_str() {
            "broker_url" => {}
            "task_default_queue_type" => {
                let text = setting.value.text();
                queues.extend(text.map(|kind| queue_of_type(kind, place, &setting.written)));
            }
            "task_default_delivery_mode" => {
                let transient = matches!(setting.value.text(), Some("transient" | "1"));
                let mode = if transient { "1" } else { "2" };
                producer.set("delivery_mode", mode, place, &setting.written);
            }
            "task_queues" => {
                let text = format!("{}: the type of the queues is not read", setting.written);
                sheet.remark(RemarkKind::PassedOver, place, text);
            }
            "broker_transport_options" => {
                options(sheet, &mut producer, &mut consumer, transport, setting.value);
            }
            name => match Space::Celery.exact(name) {
                Some(key) => put(sheet, &mut consumer, key, &setting.written, setting.value, place),
                None => unknown(sheet, setting, place),
            },
        }
    }
    sheet.parts.extend([producer, consumer]);
    // Redis and SQS have no types of queues.
    sheet.parts.extend(queues.into_iter().filter(|_| transport == Transport::Amqp));
}

/// Returns the queue that Celery declares: of this type, and durable.
fn queue_of_type(kind: &str, place: Place, written: &str) -> Part {
    let mut queue = Part::new(Side::Broker, Layer::of("rabbitmq"), place);
    queue.set("x-queue-type", kind, place, written);
    queue
}

fn unknown(sheet: &mut Sheet, setting: &Found, place: Place) {
    let known: Vec<(&str, &str)> =
        Space::Celery.keys().iter().map(|key| (key.written, key.written)).collect();
    let near = nearest(&setting.name, &known).first().map(|(name, _)| *name);
    // Written as it was: with its namespace, in capitals.
    let namespace = setting.written.to_lowercase().starts_with("celery_");
    let near = near.map(|near| {
        if namespace { format!("CELERY_{}", near.to_uppercase()) } else { near.to_owned() }
    });
    no_effect_but(sheet, &setting.written, "Celery", near.as_deref(), place);
}

fn options(
    sheet: &mut Sheet,
    producer: &mut Part,
    consumer: &mut Part,
    transport: Transport,
    node: &Node,
) {
    for entry in node.entries() {
        let place = Place { file: consumer.place.file, line: entry.line };
        let key = |name| Key { side: None, written: name, name };
        match entry.key.as_str() {
            "visibility_timeout" if transport == Transport::Amqp => {
                let text =
                    "visibility_timeout is an option of Redis and SQS, and has no effect on AMQP.";
                sheet.remark(RemarkKind::NoEffect, place, text);
            }
            "visibility_timeout" => {
                put(sheet, consumer, key("visibility_timeout"), &entry.key, &entry.value, place);
            }
            "confirm_publish" => {
                put(sheet, producer, key("confirm_publish"), &entry.key, &entry.value, place);
            }
            other => sheet.irrelevant(place, other),
        }
    }
}

/// What Celery's messages go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Amqp,
    Redis,
    Sqs,
}

impl Transport {
    fn label(self) -> &'static str {
        match self {
            Transport::Amqp => "RabbitMQ",
            Transport::Redis => "Redis",
            Transport::Sqs => "SQS",
        }
    }
}

/// Reads the scheme of a URL, also one that is the default of `os.environ.get`.
fn transport(node: &Node) -> Transport {
    let text = match &node.data {
        Data::Text(text) => text.clone(),
        Data::List(items) => items.iter().filter_map(Node::text).collect::<Vec<_>>().join(" "),
        Data::Opaque(expression) => expression.clone(),
        _ => String::new(),
    };
    match text {
        text if text.contains("redis://") || text.contains("rediss://") => Transport::Redis,
        text if text.contains("sqs://") => Transport::Sqs,
        _ => Transport::Amqp,
    }
}
