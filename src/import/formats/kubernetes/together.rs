//! Manifests that are given together, read as one: a Deployment takes its variables and files from a
//! ConfigMap wherever that is.
//!
//! The lines of all manifests are counted through, as if they stood below each other, and found again
//! in their files once everything is read.

use super::{kind, label, read, resources};
use crate::import::part::{Manifests, Place, Sheet};
use crate::import::tree::Node;

/// Gathers the manifests of a file. Returns false if it has none.
pub fn gather(sheet: &mut Sheet, file: usize, documents: &[Node], text: &str) -> bool {
    let any = documents.iter().any(|document| !resources(document).is_empty());
    if any {
        let (documents, text) = (documents.to_vec(), text.to_owned());
        sheet.manifests.push(Manifests { file, documents, text });
    }
    any
}

/// Reads what was gathered.
pub fn finish(sheet: &mut Sheet, profile: Option<&str>) {
    let all = std::mem::take(&mut sheet.manifests);
    match &all[..] {
        [] => {}
        [Manifests { file, documents, text }] => read(sheet, *file, documents, text, profile),
        all => together(sheet, all, profile),
    }
    // Manifests inside of a ConfigMap are fewer with each round.
    if !sheet.manifests.is_empty() {
        finish(sheet, profile);
    }
}

fn together(sheet: &mut Sheet, all: &[Manifests], profile: Option<&str>) {
    let (mut text, mut documents, mut files) = (String::new(), Vec::new(), Vec::new());
    let mut lines = 0;
    for own in all {
        files.push((lines, own.file));
        for document in &own.documents {
            let mut document = document.clone();
            document.shift(lines);
            documents.push(document);
        }
        for line in own.text.lines() {
            text.push_str(line);
            text.push('\n');
            lines += 1;
        }
    }
    let (known, own) = (sheet.known.clone(), sheet.profile.clone());
    let mut inner = Sheet { known, profile: own, ..Sheet::default() };
    read(&mut inner, 0, &documents, &text, profile);
    for own in all {
        for node in own.documents.iter().flat_map(resources) {
            label(node).into_iter().for_each(|what| sheet.took_for(own.file, what));
        }
    }
    relocate(sheet, inner, &|place| located(&files, place));
    // One that has nothing else, such as a Service.
    for own in all {
        if sheet.read_as.get(own.file).is_none_or(Vec::is_empty) {
            let kinds = own.documents.iter().flat_map(resources).map(kind);
            let kinds: Vec<&str> = kinds.collect();
            sheet.took_for(own.file, format!("Kubernetes · {}", kinds.join(", ")));
        }
    }
}

/// Returns the line of a file that a line of all files together is.
fn located(files: &[(usize, usize)], place: Place) -> Place {
    let before = files.iter().rev().find(|(lines, _)| *lines < place.line);
    let (lines, file) = *before.unwrap_or(&files[0]);
    Place { file, line: place.line - lines }
}

/// Moves what was read into the sheet, each thing to its place.
fn relocate(sheet: &mut Sheet, mut inner: Sheet, at: &dyn Fn(Place) -> Place) {
    let of_lines = |line: usize| at(Place { file: 0, line });
    for part in &mut inner.parts {
        part.place = at(part.place);
        part.items.iter_mut().for_each(|item| item.place = at(item.place));
    }
    for what in inner.read_as.iter().flatten().filter(|what| !what.starts_with("Kubernetes")) {
        let places = inner.parts.iter().flat_map(|part| {
            std::iter::once(part.place).chain(part.items.iter().map(|item| item.place))
        });
        places.for_each(|place| sheet.took_for(place.file, what.clone()));
    }
    inner.remarks.iter_mut().for_each(|remark| remark.place = remark.place.map(at));
    inner.facts.iter_mut().for_each(|fact| fact.place = at(fact.place));
    for (place, _) in inner.irrelevant.iter_mut().chain(&mut inner.neighbors) {
        *place = at(*place);
    }
    for (file, variables) in &mut inner.brokers {
        *file = variables.first().map_or(0, |(_, line)| of_lines(*line).file);
        variables.iter_mut().for_each(|(_, line)| *line = of_lines(*line).line);
    }
    for block in &mut inner.blocks {
        let (from, to) = (of_lines(block.from), of_lines(block.to));
        (block.file, block.from, block.to) = (from.file, from.line, to.line);
    }
    for active in inner.active.iter_mut() {
        active.place = at(active.place);
    }
    sheet.parts.extend(inner.parts);
    sheet.remarks.extend(inner.remarks);
    sheet.facts.extend(inner.facts);
    sheet.irrelevant.extend(inner.irrelevant);
    sheet.neighbors.extend(inner.neighbors);
    sheet.brokers.extend(inner.brokers);
    sheet.blocks.extend(inner.blocks);
    sheet.manifests.extend(inner.manifests);
    sheet.variables.extend(inner.variables);
    inner.profiles.into_iter().for_each(|name| sheet.profiles(&name));
    sheet.usual_profile = sheet.usual_profile.take().or(inner.usual_profile);
    inner.active.into_iter().for_each(|active| sheet.activates(active));
}
