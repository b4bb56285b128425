//! What the matrix shows, as in its address: `product=kafka&ask=never-lost`.

use crate::catalogue::presets;
use crate::check::Property;
use crate::protocol::Question;

/// The names of the product and of the property.
const PRODUCT: &str = "product";
const ASK: &str = "ask";

/// The part of the matrix that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The group of presets, by its title; `None` shows all.
    pub product: Option<&'static str>,
    /// The property to show; `None` shows what becomes of a message.
    pub property: Option<Property>,
}

/// Returns the question for a row, with shortest counterexamples or with any.
pub fn question(preset: &str, shortest: bool) -> Question {
    Question::Row { preset: preset.to_owned(), shortest }
}

/// Returns the questions for all rows, those that are shown first. Shortest counterexamples are asked
/// for once the verdicts are: a reader waits for the verdicts.
pub fn questions(filter: &Filter) -> Vec<Question> {
    let is_shown = |title: &str| filter.product.is_none_or(|product| product == title);
    let mut groups: Vec<_> = presets().iter().collect();
    groups.sort_by_key(|group| !is_shown(group.title));
    let rows: Vec<_> = groups.into_iter().flat_map(|group| &group.presets).collect();
    let asked = |shortest| rows.iter().map(move |row| question(&row.id, shortest));
    asked(false).chain(asked(true)).collect()
}

/// Parses the filter in an address, and returns the problems as sentences.
pub fn read(pairs: &[(String, String)]) -> (Filter, Vec<String>) {
    let (mut filter, mut problems) = (Filter::default(), Vec::new());
    for (key, value) in pairs {
        let result = match key.as_str() {
            PRODUCT => product(value).map(|title| filter.product = Some(title)),
            ASK => property(value).map(|property| filter.property = Some(property)),
            _ => Err(format!("the matrix has only {PRODUCT} and {ASK}")),
        };
        if let Err(problem) = result {
            problems.push(format!("{key}={value} is ignored: {problem}."));
        }
    }
    (filter, problems)
}

/// Returns the group of presets with this title.
///
/// # Errors
/// Returns the titles that exist.
pub fn product(name: &str) -> Result<&'static str, String> {
    let all: Vec<&str> = presets().iter().map(|group| group.title).collect();
    let found = all.iter().find(|title| title.eq_ignore_ascii_case(name)).copied();
    found.ok_or_else(|| format!("use one of {}", all.join(", ").to_lowercase()))
}

fn property(key: &str) -> Result<Property, String> {
    let all = Property::ALL.map(Property::key).join(", ");
    Property::from_key(key).ok_or_else(|| format!("use one of {all}"))
}

/// Returns the differences from the defaults, for the address.
pub fn pairs(filter: &Filter) -> Vec<(String, String)> {
    let product = filter.product.map(|title| (PRODUCT.to_owned(), title.to_lowercase()));
    let ask = filter.property.map(|property| (ASK.to_owned(), property.key().to_owned()));
    product.into_iter().chain(ask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for group in presets() {
            for property in Property::ALL {
                let filter = Filter { product: Some(group.title), property: Some(property) };
                assert_eq!(read(&pairs(&filter)), (filter, vec![]));
            }
        }
        assert_eq!(pairs(&Filter::default()), []);
    }

    #[test]
    fn what_cannot_be_is_left_out_and_named() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let (filter, problems) = read(&[pair("product", "x"), pair("ask", "x"), pair("by", "x")]);
        assert_eq!(filter, Filter::default());
        assert_eq!(problems.len(), 3);
        assert!(problems[0].contains("rabbitmq"), "{problems:?}");
    }
}
