//! Where a configuration comes from: the catalogue, a file, standard input.

use super::Wrong;
use super::args::unknown;
use crate::catalogue;
use crate::sim::Scenario;
use std::io::Read;
use std::path::Path;

/// The configuration of that name, or in that file; `-` is standard input.
pub fn read(name: &str) -> Result<Scenario, Wrong> {
    if let Some(known) = catalogue::preset(name).or(catalogue::scenario(name)) {
        return Ok(known.clone());
    }
    let text = if name == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        read.map(|_| text).map_err(|e| Wrong(format!("standard input: {e}")))?
    } else if Path::new(name).exists() {
        std::fs::read_to_string(name).map_err(|e| Wrong(format!("{name}: {e}")))?
    } else {
        return Err(nothing(name));
    };
    Scenario::from_json(&text).map_err(|e| Wrong(format!("{name}: {e}")))
}

fn nothing(name: &str) -> Wrong {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let all = presets.chain(catalogue::scenarios());
    let known: Vec<_> = all.map(|s| (s.id.as_str(), s.title.as_str())).collect();
    let problem = unknown("file, preset or scenario", name, &known);
    Wrong(format!("{problem} `ackward presets` and `ackward scenarios` list them."))
}
