//! C#: MassTransit's retries, outboxes, limits and queues.
//!
//! Sources: MassTransit@c1e5caa; masstransit.io, Configuration, RabbitMQ (`SetQuorumQueue`,
//! `SetQueueArgument`) and Exceptions (retry policies).

use super::{arguments, text};
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, RemarkKind, Sheet, Side};
use crate::import::read::code::{Call, Code};
use crate::import::tree::{Data, Entry, Node};

/// Transports that are not read.
const OTHERS: [(&str, &str); 6] = [
    ("UsingAmazonSqs", "MassTransit on Amazon SQS"),
    ("UsingAzureServiceBus", "MassTransit on Azure Service Bus"),
    ("UsingActiveMq", "MassTransit on ActiveMQ"),
    ("UsingPostgres", "MassTransit on PostgreSQL"),
    ("UsingSqlServer", "MassTransit on SQL Server"),
    ("UsingInMemory", "MassTransit in memory"),
];

/// Returns the transport of the code, if it is another one than RabbitMQ.
pub fn other_transport(code: &Code) -> Option<&'static str> {
    let other = OTHERS.iter().find(|(call, _)| code.calls(call));
    other.filter(|_| !code.calls("UsingRabbitMq")).map(|(_, what)| *what)
}

/// Reads the consumer, and the queue where it is more than a name.
pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    let names = [
        "UseMessageRetry",
        "UseInMemoryOutbox",
        "UseEntityFrameworkOutbox",
        "UseDelayedRedelivery",
        "UsingRabbitMq",
        "AddMassTransit",
        "ReceiveEndpoint",
        "UseScheduledRedelivery",
    ];
    let first = code.calls.iter().find(|call| names.contains(&call.name()));
    let Some(first) = first.filter(|_| other_transport(code).is_none()) else { return };
    sheet.took_for(file, "C# · MassTransit");
    for (call, what) in OTHERS {
        for call in code.calls_of(call) {
            let text = format!("{what} is passed over: RabbitMQ is judged");
            sheet.remark(RemarkKind::PassedOver, Place { file, line: call.line }, text);
        }
    }
    let place = Place { file, line: first.line };
    let mut part = Part::new(Side::Consumer, Layer::of("masstransit"), place);
    retries(sheet, &mut part, code);
    outboxes(sheet, &mut part, code);
    for assignment in &code.assignments {
        let at = Place { file, line: assignment.line };
        let name = match assignment.path.rsplit('.').next() {
            Some("ConcurrentMessageLimit") => "concurrency",
            Some("PrefetchCount") => "prefetch_count",
            _ => continue,
        };
        if let Some(value) = assignment.value.text() {
            let written = assignment.path.rsplit('.').next().unwrap_or_default();
            part.set(name, value, at, written);
        }
    }
    let queue = queue(sheet, file, code);
    sheet.parts.push(part);
    sheet.parts.extend(queue);
}

/// Takes the tries in process, and reports those that come later.
fn retries(sheet: &mut Sheet, part: &mut Part, code: &Code) {
    let file = part.place.file;
    for (i, call) in code.calls.iter().enumerate() {
        let at = Place { file, line: call.line };
        match call.name() {
            "UseDelayedRedelivery" | "UseScheduledRedelivery" => {
                let text = "the redelivery is not modeled: it only adds more tries before the message is \
                            dead-lettered";
                sheet.remark(RemarkKind::NotModeled, at, text);
            }
            "UseMessageRetry" if part.items.iter().all(|item| item.name != "tries") => {
                match tries(&code.calls[i + 1..]) {
                    Some((line, tries)) => {
                        let at = Place { file, line };
                        part.set("tries", tries.to_string(), at, "UseMessageRetry");
                    }
                    None => {
                        let text = "UseMessageRetry: how often is not in the file; no retry is taken \
                                    instead";
                        sheet.remark(RemarkKind::Unreadable, at, text);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Returns the line and the number of tries of the policy among the calls behind `UseMessageRetry`: the
/// retries and one. The policy stands in front of whatever else is used.
fn tries(behind: &[Call]) -> Option<(usize, usize)> {
    let own = behind.iter().take_while(|call| !call.name().starts_with("Use"));
    own.into_iter().find_map(|call| {
        let tries = match call.name() {
            "Intervals" => call.args.len() + 1,
            "Interval" | "Immediate" | "Incremental" | "Exponential" => {
                call.args.first().and_then(Node::text)?.parse::<usize>().ok()? + 1
            }
            "None" => 1,
            _ => return None,
        };
        Some((call.line, tries))
    })
}

fn outboxes(sheet: &mut Sheet, part: &mut Part, code: &Code) {
    let file = part.place.file;
    for call in code.calls_of("UseInMemoryOutbox") {
        let at = Place { file, line: call.line };
        let text = "UseInMemoryOutbox is not durable: a crash after the consumer's own commit loses what \
                    it was to publish";
        sheet.remark(RemarkKind::NotModeled, at, text);
        part.set("outbox", "memory", at, "UseInMemoryOutbox");
    }
    let durable = ["UseEntityFrameworkOutbox", "AddEntityFrameworkOutbox", "UseMongoDbOutbox"];
    if let Some(call) = code.calls.iter().find(|call| durable.contains(&call.name())) {
        part.set("outbox", "durable", Place { file, line: call.line }, call.name());
    }
}

/// Returns the queue of the first endpoint that sets more than its name, or of the first. MassTransit
/// declares it without a type (`RabbitMqQueueConfigurator`), so that the broker's default counts.
fn queue(sheet: &mut Sheet, file: usize, code: &Code) -> Option<Part> {
    let (mut first, mut endpoint): (Option<&Call>, Option<&Call>) = (None, None);
    let mut queue: Option<Part> = None;
    let of = |endpoint: Option<&Call>, line: usize| {
        let name = text(code, endpoint.and_then(|call| call.args.first())).unwrap_or_default();
        Part::new(Side::Broker, Layer::of("rabbitmq"), Place { file, line }).named(name)
    };
    for call in &code.calls {
        match call.name() {
            "ReceiveEndpoint" if queue.is_some() => break,
            "ReceiveEndpoint" => {
                endpoint = Some(call);
                first = first.or(endpoint);
            }
            "SetQuorumQueue" | "SetQueueArgument" => {
                let part = queue.get_or_insert_with(|| of(endpoint, call.line));
                set(sheet, part, code, call);
            }
            _ => {}
        }
    }
    let first = first.filter(|_| code.calls("UsingRabbitMq"));
    queue.or_else(|| first.map(|call| of(Some(call), call.line)))
}

/// Takes what a call sets for a queue.
fn set(sheet: &mut Sheet, part: &mut Part, code: &Code, call: &Call) {
    let at = Place { file: part.place.file, line: call.line };
    if call.name() == "SetQuorumQueue" {
        part.set("x-queue-type", "quorum", at, "SetQuorumQueue");
        if let Some(nodes) = text(code, call.args.first()) {
            part.set("nodes", nodes, at, "SetQuorumQueue");
        }
        return;
    }
    if let (Some(key), Some(value)) = (text(code, call.args.first()), call.args.get(1)) {
        let entry = Entry { key, line: call.line, value: value.clone() };
        let map = Node::new(call.line, Data::Map(vec![entry]));
        arguments(sheet, part, Some(&map));
    }
}
