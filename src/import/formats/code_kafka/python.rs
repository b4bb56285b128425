//! Python: kafka-python and aiokafka, whose settings are arguments of a call.

use super::named_arguments;
use crate::import::layers::Layer;
use crate::import::part::{Part, Place, Sheet, Side};
use crate::import::read::code::Code;

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
            if dotted || call.named.is_empty() {
                continue;
            }
            let layer = Layer::of(layer);
            let mut part = Part::new(side, layer, Place { file, line: call.line });
            named_arguments(sheet, &mut part, &call.named, layer.label);
            sheet.took_for(file, format!("Python · {}", layer.label));
            sheet.parts.push(part);
        }
    }
}
