//! Assumptions behind a verdict: the version of the product, and what the model takes for granted.
//!
//! Each product has a table of assumptions ([`products::Assumptions`]), each with a predicate for the configurations that it
//! concerns; one function evaluates them. A setting is never an assumption: what a configuration
//! states itself is in its settings, and what a fault class covers is in the bounds.

mod common;

use super::model::Bounds;
use crate::products::{self, Row, Scope};
use crate::sim::Class;
use std::borrow::Cow;

/// The assumptions that a verdict rests on besides the settings.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Assumptions {
    /// The product and version that is modeled: "RabbitMQ 4.3".
    pub product: &'static str,
    /// Relevant differences in other versions.
    pub versions: Vec<&'static str>,
    /// The assumptions that concern this configuration.
    pub assumed: Vec<Cow<'static, str>>,
}

impl Assumptions {
    /// Returns the modeled version and the differences in others: "RabbitMQ 4.3. Up to 4.2 …".
    pub fn of(&self) -> String {
        let mut of = format!("{}.", self.product);
        for version in &self.versions {
            of.push(' ');
            of.push_str(version);
        }
        of
    }
}

/// Returns the assumptions behind a verdict of this scope.
pub fn assumptions(scope: &Scope) -> Assumptions {
    let config = scope.setup.configuration();
    let product = &products::of(config).assumptions;
    let matter = |rows: &[Row]| -> Vec<&'static str> {
        rows.iter().filter(|(matters, _)| matters(scope)).map(|(_, label)| *label).collect()
    };
    let mut assumed: Vec<Cow<'static, str>> =
        [matter(product.rows), matter(common::ANY)].concat().into_iter().map(Cow::from).collect();
    assumed.extend(common::clients(scope).map(Cow::from));
    assumed.extend(common::batches(scope).map(Cow::from));
    assumed.extend(common::handler_times(scope).map(Cow::from));
    Assumptions { product: (product.version)(scope), versions: matter(product.versions), assumed }
}

/// Returns what a proof within these bounds does not cover: "more than 2 messages, more than 1
/// fault, or faults of other kinds: late, refused". `name` returns the name of a fault class.
pub fn not_tried(messages: u8, bounds: Bounds, name: fn(Class) -> &'static str) -> String {
    let counted = |n: u8, one: &str| match n {
        1 => format!("more than 1 {one}"),
        n => format!("more than {n} {one}s"),
    };
    let messages = counted(messages, "message");
    if bounds.faults == 0 || bounds.classes.is_empty() {
        return format!("{messages}, or any fault");
    }
    let faults = counted(bounds.faults, "fault");
    let others = Class::ALL.into_iter().filter(|class| !bounds.classes.has(*class));
    match others.map(name).collect::<Vec<_>>()[..] {
        [] => format!("{messages}, or {faults}"),
        ref others => {
            format!("{messages}, {faults}, or faults of other kinds: {}", others.join(", "))
        }
    }
}
