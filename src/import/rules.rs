//! Rules of thumb about times. They are no proofs: the model lets any timeout expire.

use super::part::Place;

/// A rule and whether it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub met: bool,
    /// What was compared, in a sentence.
    pub text: String,
    /// Where the value stands that the rule is about.
    pub place: Option<Place>,
    pub source: &'static str,
}

impl Rule {
    pub fn new(
        met: bool,
        text: impl Into<String>,
        place: Option<Place>,
        source: &'static str,
    ) -> Rule {
        Rule { met, text: text.into(), place, source }
    }
}
