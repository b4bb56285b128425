//! Python: kafka-python and aiokafka, whose settings are arguments of a call.

use super::named_arguments;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, Sheet, Side};
use crate::import::read::code::Code;
use crate::import::tree::Entry;

pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    for (name, side, layer) in [
        ("KafkaProducer", Side::Producer, "kafka-python"),
        ("KafkaConsumer", Side::Consumer, "kafka-python"),
        ("AIOKafkaProducer", Side::Producer, "aiokafka"),
        ("AIOKafkaConsumer", Side::Consumer, "aiokafka"),
    ] {
        for call in code.calls_of(name) {
            // Java and node-rdkafka have classes of the same names.
            let dotted =
                call.args.iter().any(|arg| arg.entries().iter().any(|e| e.key.contains('.')));
            // `KafkaProducer(**config)`
            let spread = call.args.iter().flat_map(|arg| code.resolved(arg).entries());
            let named: Vec<Entry> = spread.chain(&call.named).cloned().collect();
            if dotted || named.is_empty() || named.iter().any(|entry| entry.key.contains('.')) {
                continue;
            }
            let layer = Layer::of(layer);
            let mut part = Part::new(side, layer, Place { file, line: call.line });
            named_arguments(sheet, &mut part, &named, layer.label);
            sheet.took_for(file, format!("Python · {}", layer.label));
            sheet.parts.push(part);
        }
    }
}
