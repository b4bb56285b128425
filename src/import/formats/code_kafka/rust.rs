//! Rust: rdkafka, whose keys are set one by one: `ClientConfig::new().set("acks", "all")`.
//!
//! Source: docs.rs/rdkafka, `ClientConfig::set`.

use super::of_client;
use crate::import::part::Sheet;
use crate::import::read::code::{Call, Code};
use crate::import::tree::Leaf;

pub fn read(sheet: &mut Sheet, file: usize, code: &Code) {
    let made = code.calls.iter().filter(|call| call.path.ends_with("ClientConfig.new"));
    let lines: Vec<usize> = made.map(|call| call.line).collect();
    let is_set = |call: &&Call| call.name() == "set" && call.args.len() == 2;
    let sets: Vec<&Call> = code.calls.iter().filter(is_set).collect();
    for (at, from) in lines.iter().enumerate() {
        let until = lines.get(at + 1).copied().unwrap_or(usize::MAX);
        let own = sets.iter().filter(|call| (*from..until).contains(&call.line));
        let leaves: Vec<Leaf> = own
            .filter_map(|call| {
                let key = call.args[0].text()?.to_owned();
                Some(Leaf { key, line: call.args[0].line, value: &call.args[1] })
            })
            .collect();
        if !leaves.is_empty() {
            of_client(sheet, file, &leaves, "librdkafka", None);
        }
    }
}
