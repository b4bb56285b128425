//! The description of a setting: a row of the table of all settings.

use super::value::Slot;
use crate::sim::configuration::Configuration;

/// The description of a setting.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The full path: `producer.kafka.acks`.
    pub path: &'static str,
    /// The meaning of the setting, in a sentence or two.
    pub label: &'static str,
    /// The product's own default, as text.
    pub default: &'static str,
    /// Source of the default or the meaning; empty for settings of Ackward itself.
    pub source: &'static str,
    /// Returns the value, if this configuration has the setting.
    pub slot: fn(&mut Configuration) -> Option<Slot<'_>>,
    /// For a setting that can be unset.
    pub unset: Option<Unset>,
    /// The setting is a circumstance rather than a decision: what is sent, the initial state of the
    /// run, what others have done. It is never offered as a fix.
    pub circumstance: bool,
    /// Of its values, only those that the product's usual changes set are offered as a fix.
    pub usual_only: bool,
    /// Names in other clients, such as librdkafka (`CONFIGURATION.md`).
    pub aliases: &'static [&'static str],
    /// The first version of the product that has it, if the model has earlier ones; else empty.
    pub since: &'static str,
}

/// A value that is not set.
#[derive(Clone, Copy, Debug)]
pub struct Unset {
    /// Returns the meaning in a configuration, where that differs from "none".
    pub means: fn(&Configuration) -> &'static str,
    /// The word for it in old links.
    pub former: &'static str,
    /// A person may write that word. For a limit they may not: "none" would read as "no limit".
    pub by_hand: bool,
}

/// The settings of a product, in reading order.
pub struct Rows {
    /// The key of the product: the second part of each path.
    pub product: &'static str,
    pub producer: &'static [Field],
    pub broker: &'static [Field],
    pub consumer: &'static [Field],
}

/// Defines fields: path, default, source, meaning, and a reference to the value; then what only few
/// of them have.
macro_rules! fields {
    ($(
        $path:literal, $default:literal, $source:expr, $label:literal, $slot:expr
        $(, $more:ident = $value:expr)*;
    )*) => {
        &[$($crate::sim::settings::field::Field {
            path: $path,
            default: $default,
            source: $source,
            label: $label,
            slot: $slot,
            $($more: $value,)*
            ..$crate::sim::settings::field::Field::BARE
        }),*]
    };
}
pub(super) use fields;

impl Field {
    /// What most fields have not.
    pub(super) const BARE: Field = Field {
        path: "",
        label: "",
        default: "",
        source: "",
        slot: |_| None,
        unset: None,
        circumstance: false,
        usual_only: false,
        aliases: &[],
        since: "",
    };
}
