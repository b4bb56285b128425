//! What goes over the file of an application: the files of its active profiles, and the variables of
//! the container in which it runs.
//!
//! Sources: Spring Boot, "Externalized Configuration" (application-PROFILE.yml goes over
//! application.yml, and variables of the operating system over both); MicroProfile Config (the ordinal
//! of variables is 300, that of its file 100).

use crate::import::part::{Part, RemarkKind, Sheet};

/// Frameworks that read variables in place of keys.
const READ: [&str; 7] = [
    "spring-kafka",
    "spring-amqp",
    "spring-cloud-aws",
    "spring-cloud-stream-kafka",
    "spring-cloud-stream-rabbit",
    "smallrye-kafka",
    "smallrye-rabbitmq",
];

/// Where a part stands: the higher one goes over the lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    File,
    OfProfile,
    Variables,
}

fn rank(sheet: &Sheet, part: &Part) -> Rank {
    match part.of_variables {
        true => Rank::Variables,
        false if sheet.of_profiles.contains(&part.place.file) => Rank::OfProfile,
        false => Rank::File,
    }
}

/// Joins what says something of the same side of the same application.
pub fn finish(sheet: &mut Sheet) {
    for over in [Rank::OfProfile, Rank::Variables] {
        let mut at = 0;
        while let Some(part) = sheet.parts.get(at) {
            match below(sheet, part, over) {
                Some(below) => join(sheet, at, below),
                None => at += 1,
            }
        }
    }
}

/// Returns the part over which this one goes, if there is just one.
fn below(sheet: &Sheet, part: &Part, over: Rank) -> Option<usize> {
    if !READ.contains(&part.layer.id) || rank(sheet, part) != over {
        return None;
    }
    let same = |other: &Part| {
        other.side == part.side && other.layer.id == part.layer.id && other.name == part.name
    };
    let same = sheet.parts.iter().enumerate().filter(|(_, other)| same(other));
    let (lower, others): (Vec<_>, Vec<_>) = same.partition(|(_, other)| rank(sheet, other) < over);
    // Variables of two services, of which only one may be the application's.
    let clear = over == Rank::OfProfile || others.len() == 1;
    match &lower[..] {
        [(at, _)] if clear => Some(*at),
        _ => None,
    }
}

fn join(sheet: &mut Sheet, at: usize, below: usize) {
    let of_variables = rank(sheet, &sheet.parts[at]) == Rank::Variables;
    let over = sheet.parts.remove(at);
    let below = if below > at { below - 1 } else { below };
    if of_variables && !over.items.is_empty() {
        let text = "these variables are taken for those of the application whose file is given, too: \
                    they go over it";
        sheet.remark(RemarkKind::Assumed, over.place, text);
    }
    // The last of several items counts.
    sheet.parts[below].items.extend(over.items);
}
