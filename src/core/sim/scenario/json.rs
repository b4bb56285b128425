//! A strict reader of a scenario's JSON, which reports for each mistake where it is and what to
//! write instead.
//!
//! serde's own JSON reader accepts a list where a struct is expected, and reports a value of the
//! wrong type only as "expected value at line 1 column 90". So the text is first read as a tree
//! ([`Json`]), and the types are then deserialized from that: [`At`] is the deserializer, which
//! knows the type that each place wants, and [`Mistake`] collects the path on its way out.

pub(super) mod clients;
mod form;
mod mistake;
mod tree;

pub(super) use form::Form;

use super::{Scenario, ScenarioError};
use crate::sim::plain::echo;
use crate::sim::settings::table;
use mistake::Mistake;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use tree::Json;

/// Reads the text of a scenario; only its types and its version are checked.
pub(super) fn read(text: &str) -> Result<Scenario, ScenarioError> {
    let tree: Json = serde_json::from_str(text).map_err(|e| {
        let problem =
            if text.trim().is_empty() { "there is nothing in it".into() } else { e.to_string() };
        ScenarioError { at: "the scenario".into(), problem }
    })?;
    let form = Form::deserialize(At(&tree)).map_err(ScenarioError::from)?;
    form.check_version()?;
    let mut scenario = Scenario::from(form);
    clients::complete(&mut scenario.configuration, &tree);
    Ok(scenario)
}

/// A node of the tree, as a deserializer.
#[derive(Clone, Copy)]
struct At<'a>(&'a Json);

impl At<'_> {
    /// Returns the mistake for a value of the wrong type.
    fn wants<T>(self, wanted: impl AsRef<str>) -> Result<T, Mistake> {
        Err(Mistake::new(format!("{} does not fit; use {}", self.0.shown(), wanted.as_ref())))
    }

    /// Reads an integer that is no more than its type can hold.
    fn whole(self, most: u64) -> Result<u64, Mistake> {
        let number = if let Json::Number(n) = self.0 { n.as_u64() } else { None };
        let quoted = |text: &String| text.parse::<u64>().is_ok_and(|n| n <= most);
        match number.filter(|n| *n <= most) {
            Some(number) => Ok(number),
            None if matches!(self.0, Json::Text(text) if quoted(text)) => {
                self.wants("the number without quotes")
            }
            None => self.wants(format!("a whole number from 0 to {most}")),
        }
    }
}

/// Aliases that a product accepts: the type, the name as written, and the name that is meant. serde
/// would list an alias among the names to use.
const ALIASES: [(&str, &str, &str); 5] = [
    // ProducerConfig.java parses "all" to -1.
    ("Acks", "-1", "all"),
    // librdkafka's CONFIGURATION.md.
    ("Reset", "smallest", "earliest"),
    ("Reset", "beginning", "earliest"),
    ("Reset", "largest", "latest"),
    ("Reset", "end", "latest"),
];

/// Resolves an alias.
fn meant<'a>(of: &str, name: &'a str) -> &'a str {
    let alias = ALIASES.iter().find(|(kind, written, _)| *kind == of && *written == name);
    alias.map_or(name, |(.., meant)| meant)
}

/// Resolves another name of a field: one that a client or a policy uses.
fn meant_field<'a>(fields: &'static [&'static str], name: &'a str) -> &'a str {
    if fields.contains(&name) {
        return name;
    }
    let mut known = fields.iter().copied();
    let alias = |field: &&'static str| {
        let mut rows = table::all().filter(|row| row.name() == *field);
        rows.any(|row| row.aliases.contains(&name)) || field.strip_prefix("x-") == Some(name)
    };
    known.find(alias).unwrap_or(name)
}

/// Formats names as `"a", "b", "c"`.
fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
            let number = self.whole(u64::from($type::MAX))?;
            visitor.$visit(number as $type)
        }
    )* };
}

impl<'de> Deserializer<'de> for At<'de> {
    type Error = Mistake;

    whole_numbers! {
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Json::Bool(value) => visitor.visit_bool(*value),
            _ => self.wants("true or false"),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Json::Text(text) => visitor.visit_borrowed_str(text),
            _ => self.wants("a text in quotes"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Json::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Json::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            _ => self.wants("a list: [ … ]"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0 {
            Json::Object(members) => visitor.visit_map(Members { members, fields, next: 0 }),
            _ => self.wants(format!("an object: {{ … }}, of {}", quoted(fields))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        kind: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0 {
            Json::Text(name) => {
                visitor.visit_enum(Variant { name: meant(kind, name), content: None })
            }
            // `"acks": 1` means the same as `"acks": "1"`.
            Json::Number(number) => {
                let name = number.to_string();
                visitor.visit_enum(Variant { name: meant(kind, &name), content: None })
            }
            Json::Object(members) => match &members[..] {
                [(name, content)] => visitor.visit_enum(Variant { name, content: Some(content) }),
                _ => self.wants(format!("an object with one of {}", quoted(variants))),
            },
            _ => self.wants(format!("one of {}", quoted(variants))),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(n), ..) => visitor.visit_u64(n),
                (_, Some(n), _) => visitor.visit_i64(n),
                (.., n) => visitor.visit_f64(n.unwrap_or_default()),
            },
            Json::Text(text) => visitor.visit_borrowed_str(text),
            Json::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Json::Object(members) => visitor.visit_map(Members { members, fields: &[], next: 0 }),
        }
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct
        tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'a> {
    items: &'a [Json],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mistake> {
        let at = self.next;
        let Some(item) = self.items.get(at) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(At(item)).map(Some).map_err(|mistake| mistake.in_item(at))
    }
}

struct Members<'a> {
    members: &'a [(String, Json)],
    /// The fields that belong here, if these are known.
    fields: &'static [&'static str],
    next: usize,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mistake> {
        let Some((name, _)) = self.members.get(self.next) else { return Ok(None) };
        let key = seed.deserialize(StrDeserializer::new(meant_field(self.fields, name)));
        key.map(Some).map_err(|mistake: Mistake| mistake.in_field(&echo(name)))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let Some((name, value)) = self.members.get(self.next) else {
            return Err(Mistake::custom("a value without a name"));
        };
        self.next += 1;
        seed.deserialize(At(value)).map_err(|mistake| mistake.in_field(name))
    }
}

/// An enum variant: its name alone, or with its content.
struct Variant<'n, 'a> {
    name: &'n str,
    content: Option<&'a Json>,
}

impl<'n, 'de> EnumAccess<'de> for Variant<'n, 'de> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self::Variant), Mistake> {
        Ok((seed.deserialize(StrDeserializer::<Mistake>::new(self.name))?, self))
    }
}

impl<'n, 'de> Variant<'n, 'de> {
    /// Returns the content of the variant.
    fn content(&self, form: &str) -> Result<At<'de>, Mistake> {
        let name = self.name;
        let alone = || {
            Mistake::new(format!("\"{name}\" alone is not enough; use {{ \"{name}\": {form} }}"))
        };
        self.content.map(At).ok_or_else(alone)
    }
}

impl<'n, 'de> VariantAccess<'de> for Variant<'n, 'de> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Mistake::new(format!("nothing belongs to it; use \"{}\"", self.name))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mistake> {
        let content = self.content("…")?;
        seed.deserialize(content).map_err(|mistake| mistake.in_field(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        let content = self.content("[ … ]")?;
        content.deserialize_seq(visitor).map_err(|mistake| mistake.in_field(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let content = self.content("{ … }")?;
        let read = content.deserialize_struct("", fields, visitor);
        read.map_err(|mistake| mistake.in_field(self.name))
    }
}

#[cfg(test)]
mod tests;
