//! Typed access to the value of a setting, and the set of its possible values.

use crate::sim::clients::{self, ClientName, Side};
use crate::sim::plain;
use crate::sim::program::Op;

/// The text for a setting that is not set.
pub const UNSET: &str = "unset";

/// The possible values of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// One of these names.
    One(Vec<&'static str>),
    /// An integer in this range.
    Number(u32, u32),
    /// An integer in this range, or [`UNSET`].
    Maybe(u8, u8),
    /// An integer in this range, which may include negative numbers, or [`UNSET`].
    Limit(i8, i8),
    /// A quantity in this range, or [`UNSET`].
    MaybeNumber(u32, u32),
    /// A user-defined name, or `none`.
    Name,
    /// Names separated by commas, one for each message, or [`UNSET`].
    Names,
    /// The lines of a program, separated by commas.
    Lines,
}

impl Form {
    /// Returns all possible values, if they can be enumerated. Of integers it returns only the
    /// first few: no run of four messages distinguishes the values beyond them.
    pub fn values(&self) -> Vec<String> {
        const FEW: u32 = 4;
        let numbers = |least: u32, most: u32| {
            (least..=most.min(least + FEW)).map(|n| n.to_string()).collect::<Vec<_>>()
        };
        match self {
            Form::One(names) => names.iter().map(ToString::to_string).collect(),
            Form::Number(least, most) if most - least <= MOST => numbers(*least, *most),
            Form::Maybe(least, most) => {
                let some = numbers((*least).into(), (*most).into());
                std::iter::once(UNSET.to_owned()).chain(some).collect()
            }
            Form::Limit(least, most) => {
                let most = (*most).min(least.saturating_add(FEW as i8));
                let some = (*least..=most).map(|n| n.to_string());
                std::iter::once(UNSET.to_owned()).chain(some).collect()
            }
            Form::MaybeNumber(..) => vec![UNSET.to_owned()],
            Form::Number(..) | Form::Name | Form::Names | Form::Lines => Vec::new(),
        }
    }

    /// Returns a hint for the user: "use one of 0, 1, all".
    pub fn label(&self) -> String {
        match self {
            Form::One(names) => format!("use one of {}", names.join(", ")),
            Form::Number(least, most) => format!("use a number from {least} to {most}"),
            Form::Maybe(least, most) => format!("use a number from {least} to {most}, or unset"),
            Form::Limit(least, most) => format!("use a number from {least} to {most}, or unset"),
            Form::MaybeNumber(least, most) => {
                format!("use a number from {least} to {most}, or unset")
            }
            Form::Name => "use a name of up to 40 letters, or none".into(),
            Form::Names => "use a name for each message, separated by commas, or unset".into(),
            Form::Lines => {
                let all: Vec<_> = Op::ALL.iter().map(|op| op.key()).collect();
                format!("use lines separated by commas, of {}", all.join(", "))
            }
        }
    }
}

/// A type with a name for each of its values.
pub trait Named: Copy + PartialEq + 'static {
    const ALL: &'static [(&'static str, Self)];
    /// Alternative names, which are accepted and never written.
    const ALIASES: &'static [(&'static str, Self)];
}

/// Object-safe counterpart of [`Named`].
pub trait Pick {
    fn names(&self) -> Vec<&'static str>;
    fn now(&self) -> &'static str;
    fn pick(&mut self, name: &str) -> Option<()>;
}

impl<T: Named> Pick for T {
    fn names(&self) -> Vec<&'static str> {
        T::ALL.iter().map(|(name, _)| *name).collect()
    }

    fn now(&self) -> &'static str {
        T::ALL.iter().find(|(_, value)| value == self).map_or("", |(name, _)| name)
    }

    fn pick(&mut self, name: &str) -> Option<()> {
        let mut known = T::ALL.iter().chain(T::ALIASES);
        *self = known.find(|(known, _)| *known == name)?.1;
        Some(())
    }
}

/// A mutable reference to a setting's value.
pub enum Slot<'a> {
    One(&'a mut dyn Pick),
    /// The value with its minimum and maximum.
    Small(&'a mut u8, u8, u8),
    Number(&'a mut u32, u32, u32),
    Maybe(&'a mut Option<u8>, u8, u8),
    Limit(&'a mut Option<i8>, i8, i8),
    MaybeNumber(&'a mut Option<u32>, u32, u32),
    /// A client of this product and side.
    Client(&'a mut Option<ClientName>, &'static str, Side),
    Name(&'a mut Option<String>),
    Names(&'a mut Vec<String>),
    Lines(&'a mut Vec<Op>),
}

/// Widest range that is enumerated; numbers in a wider range are quantities: milliseconds, seconds.
const MOST: u32 = 10;
/// The text for a name that is not given.
pub const NONE: &str = "none";
/// Maximum length of a user-defined name.
const LONGEST: usize = 40;

impl Slot<'_> {
    pub fn text(&self) -> String {
        match self {
            Slot::One(one) => one.now().to_owned(),
            Slot::Small(n, ..) => n.to_string(),
            Slot::Number(n, ..) => n.to_string(),
            Slot::Maybe(n, ..) => n.map_or_else(|| UNSET.to_owned(), |n| n.to_string()),
            Slot::Limit(n, ..) => n.map_or_else(|| UNSET.to_owned(), |n| n.to_string()),
            Slot::MaybeNumber(n, ..) => n.map_or_else(|| UNSET.to_owned(), |n| n.to_string()),
            Slot::Client(name, ..) => name.map_or(NONE, ClientName::key).to_owned(),
            Slot::Name(name) => name.as_deref().unwrap_or(NONE).to_owned(),
            Slot::Names(names) if names.is_empty() => UNSET.to_owned(),
            Slot::Names(names) => names.join(","),
            Slot::Lines(lines) => lines.iter().map(|op| op.key()).collect::<Vec<_>>().join(","),
        }
    }

    pub fn form(&self) -> Form {
        match self {
            Slot::One(one) => Form::One(one.names()),
            Slot::Small(_, least, most) => Form::Number((*least).into(), (*most).into()),
            Slot::Number(_, least, most) => Form::Number(*least, *most),
            Slot::Maybe(_, least, most) => Form::Maybe(*least, *most),
            Slot::Limit(_, least, most) => Form::Limit(*least, *most),
            Slot::MaybeNumber(_, least, most) => Form::MaybeNumber(*least, *most),
            Slot::Client(_, product, side) => {
                let names = clients::names(product, *side);
                Form::One(std::iter::once(NONE).chain(names).collect())
            }
            Slot::Name(_) => Form::Name,
            Slot::Names(_) => Form::Names,
            Slot::Lines(_) => Form::Lines,
        }
    }

    /// Parses and stores a value; `None` if the text is not valid.
    pub fn put(&mut self, text: &str) -> Option<()> {
        let fits = |name: &str| !name.is_empty() && plain::length(name) <= LONGEST;
        match self {
            Slot::One(one) => one.pick(text)?,
            Slot::Small(n, least, most) => {
                **n = text.parse().ok().filter(|n| (*least..=*most).contains(n))?;
            }
            Slot::Number(n, least, most) => {
                **n = text.parse().ok().filter(|n| (*least..=*most).contains(n))?;
            }
            Slot::Maybe(n, ..) if text == UNSET => **n = None,
            Slot::Maybe(n, least, most) => {
                let read = text.parse().ok().filter(|n| (*least..=*most).contains(n))?;
                **n = Some(read);
            }
            Slot::Limit(n, ..) if text == UNSET => **n = None,
            Slot::Limit(n, least, most) => {
                let read = text.parse().ok().filter(|n| (*least..=*most).contains(n))?;
                **n = Some(read);
            }
            Slot::MaybeNumber(n, ..) if text == UNSET => **n = None,
            Slot::MaybeNumber(n, least, most) => {
                let read = text.parse().ok().filter(|n| (*least..=*most).contains(n))?;
                **n = Some(read);
            }
            Slot::Client(name, ..) if text == NONE => **name = None,
            Slot::Client(name, product, side) => {
                **name = Some(clients::find(product, *side, text)?.key());
            }
            Slot::Name(name) if text == NONE => **name = None,
            Slot::Name(name) => **name = Some(Some(text.to_owned()).filter(|name| fits(name))?),
            Slot::Names(names) if text == UNSET => names.clear(),
            Slot::Names(names) => {
                let all: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
                **names = Some(all).filter(|all| all.len() <= 4 && all.iter().all(|n| fits(n)))?;
            }
            Slot::Lines(lines) => {
                let op = |key: &str| Op::ALL.iter().copied().find(|op| op.key() == key.trim());
                **lines = text.split(',').map(op).collect::<Option<_>>()?;
            }
        }
        Some(())
    }
}

/// Names the values of types: `bool { "true" = true, "false" = false }`.
macro_rules! named {
    ($($type:ty {
        $($name:literal = $value:expr),* $(; also $($alias:literal = $meant:expr),*)? $(,)?
    })*) => {
        $(impl $crate::sim::settings::value::Named for $type {
            const ALL: &'static [(&'static str, Self)] = &[$(($name, $value)),*];
            const ALIASES: &'static [(&'static str, Self)] = &[$($(($alias, $meant)),*)?];
        })*
    };
}
pub(super) use named;

named! {
    bool { "true" = true, "false" = false }
    // Unset: the product's default, which depends on other settings.
    Option<bool> { "unset" = None, "true" = Some(true), "false" = Some(false) }
}
