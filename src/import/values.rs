//! The values that settings take: one that its product refuses is not judged as if it were another.

use super::domains::{Domain, domain_of};
use super::keys::plain;
use super::part::{Item, Part, RemarkKind, Sheet, Value};
use super::plan::Refusal;

/// Returns the text of a value that does not fit.
fn misfit(item: &Item) -> Option<(&str, Domain)> {
    let Value::Text(value) = &item.value else { return None };
    let domain = domain_of(&item.name)?;
    (!domain.fits(value)).then_some((value.as_str(), domain))
}

/// Reports the numbers and switches that cannot be read: the default is taken instead.
pub fn report(sheet: &mut Sheet) {
    let mut found = Vec::new();
    for item in sheet.parts.iter_mut().flat_map(|part| &mut part.items) {
        let Some((value, domain)) = misfit(item) else { continue };
        if matches!(domain, Domain::Words(_)) {
            continue;
        }
        let allowed = domain.allowed();
        let text = format!(
            "{}: {value} cannot be read, {allowed}; the default is taken instead",
            item.written
        );
        found.push((item.place, text));
        item.value = Value::Unknown(value.to_owned());
    }
    for (place, text) in found {
        sheet.remark(RemarkKind::Unreadable, place, text);
    }
}

/// Returns the words that the Java client takes, where a setting reaches it as it is written: it compares
/// letter by letter, and has no names of before. Source: apache/kafka@3088408 `ConfigDef.ValidString`,
/// `AutoOffsetResetStrategy.fromString`.
fn of_java(part: &Part, item: &Item) -> Option<&'static [&'static str]> {
    let words: &[&str] = match item.name.as_str() {
        "acks" => &["all", "-1", "0", "1"],
        "isolation.level" => &["read_committed", "read_uncommitted"],
        "auto.offset.reset" => &["earliest", "latest", "none"],
        _ => return None,
    };
    // Enumerations of Spring's own, which it takes in any case.
    let is_own = |key: &str| plain(&item.written).ends_with(key);
    let own = is_own("kafkaconsumerisolationlevel") || is_own("consumerstartoffset");
    (part.layer.stands_on("kafka-java") && !own).then_some(words)
}

/// Returns the word that its product does not take, and those that it does.
fn refused<'a>(part: &Part, item: &'a Item) -> Option<(&'a str, &'static [&'static str])> {
    let Value::Text(value) = &item.value else { return None };
    if let Some(words) = of_java(part, item) {
        let by_duration = item.name == "auto.offset.reset" && value.starts_with("by_duration:");
        return (!by_duration && !words.contains(&value.trim())).then_some((value, words));
    }
    match misfit(item)? {
        (value, Domain::Words(words)) => Some((value, words)),
        _ => None,
    }
}

/// Returns the refusal of the first word that its product does not take.
pub fn refusal<'a>(parts: impl Iterator<Item = &'a Part>) -> Option<Refusal> {
    let mut items = parts.flat_map(|part| part.items.iter().map(move |item| (part, item)));
    items.find_map(|(part, item)| {
        let (value, words) = refused(part, item)?;
        let domain = Domain::Words(words);
        let text = format!("{}={value} is refused: {}", item.written, domain.allowed());
        let meant = words.iter().find(|word| plain(word) == plain(value)).unwrap_or(&words[0]);
        Some(Refusal { text, name: item.name.clone(), remedy: format!("{}={meant}", item.name) })
    })
}
