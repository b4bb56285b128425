//! The values that settings take: one that its product refuses is not judged as if it were another.

use super::domains::{Domain, domain_of};
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

/// Returns the refusal of the first word that its product does not take.
pub fn refusal<'a>(parts: impl Iterator<Item = &'a Part>) -> Option<Refusal> {
    parts.flat_map(|part| &part.items).find_map(|item| {
        let (value, domain) = misfit(item)?;
        let Domain::Words(words) = domain else { return None };
        let text = format!("{}={value} is refused: {}", item.written, domain.allowed());
        Some(Refusal {
            text,
            name: item.name.clone(),
            remedy: format!("{}={}", item.name, words[0]),
        })
    })
}
