//! The worker's report: what `ackward check --json` prints, as far as the page shows it.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Report {
    /// The verdict in a sentence; `None` until there is one.
    pub says: Option<String>,
    pub files: Vec<ReadAs>,
    pub assumes: Option<Assumes>,
    pub not_tried: String,
    pub states: usize,
    /// The preset whose changes the configurations are.
    pub preset: Option<String>,
    pub configurations: Vec<Configuration>,
    pub properties: Vec<Finding>,
    pub taken: Vec<Taken>,
    pub remarks: Vec<Remark>,
    pub without_influence: Vec<Ignored>,
    pub questions: Vec<Question>,
    pub rules: Vec<Rule>,
    /// Some changes had too many runs to be tried out.
    pub fixes_cut_off: bool,
}

/// A file, and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReadAs {
    pub name: String,
    pub read_as: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Assumes {
    pub product: String,
    pub versions: Vec<String>,
    pub assumed: Vec<String>,
}

/// A configuration that was checked, as settings of the preset: `acks=1`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Configuration {
    pub label: String,
    pub settings: Vec<String>,
}

/// The result of a property.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Finding {
    pub property: String,
    pub says: String,
    /// `holds`, `broken`, `open` or `none`.
    pub finding: String,
    /// What it takes to violate it, by name.
    pub faults: Vec<String>,
    /// What happens, or why it is open.
    pub why: String,
    pub cause: Option<Taken>,
    pub without_faults: bool,
    pub modeled: bool,
    /// The configuration it was found with.
    pub seen_with: String,
    pub replay: Option<Replay>,
    #[serde(default)]
    pub fixes: Vec<Fix>,
}

/// What it takes to see a run again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Replay {
    pub settings: Vec<String>,
    pub path: String,
    /// Faults that violate the property by themselves; `None` if it also takes an unusual order.
    pub faults: Option<Vec<String>>,
}

/// A change that was proved to prevent the violation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fix {
    pub change: String,
    pub settings: Vec<String>,
    pub keys: Vec<String>,
    pub costs: Vec<String>,
    pub gives_up: Vec<String>,
    /// A unified diff of the files.
    pub patch: Option<String>,
    /// What the patch leaves to be changed by hand.
    pub by_hand: Option<Vec<String>>,
}

/// A line of a file, from 1; 0 for the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: usize,
}

/// A setting with its value and its origin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Taken {
    pub side: String,
    pub setting: String,
    pub value: String,
    pub from: String,
    pub place: Option<Place>,
    pub source: Option<String>,
    pub note: Option<String>,
}

/// Something in the files that has no influence on the verdict, or not the one that was meant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Remark {
    pub kind: String,
    pub place: Option<Place>,
    pub says: String,
}

/// A key that is known and has no influence on delivery.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Ignored {
    pub key: String,
    pub place: Option<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Question {
    pub flag: String,
    pub asks: String,
    /// Empty if any text answers it.
    pub options: Vec<Choice>,
    pub taken: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Choice {
    pub key: String,
    pub says: String,
}

/// A rule of thumb, which is no proof.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule {
    pub met: bool,
    pub says: String,
    pub place: Option<Place>,
    pub source: String,
}

impl Report {
    pub fn finding(&self, property: &str) -> Option<&Finding> {
        self.properties.iter().find(|finding| finding.property == property)
    }

    /// Takes over the verdict of the report before.
    pub fn keep_verdict_of(&mut self, before: &Report) {
        self.says.clone_from(&before.says);
        self.states = before.states;
        self.assumes.clone_from(&before.assumes);
        self.preset.clone_from(&before.preset);
        self.configurations.clone_from(&before.configurations);
        self.properties.clone_from(&before.properties);
    }
}
