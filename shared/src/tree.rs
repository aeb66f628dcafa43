//! A text as a tree of values with their places, and the one way from there into our types and back.
//!
//! TOML and JSON share it, so that each type's reading and writing code exists once. serde's readers of both formats
//! compile it again for each format and for shapes that we do not use; in the page's WASM that is a fifth of
//! the code. Knows no type of ours.

mod de;
mod json;
mod ser;
mod toml_text;
mod write_json;
mod write_toml;

use std::fmt;
use std::ops::Range;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::order::sort_by_rank;

pub use ser::Refused;

/// One value and where it stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Value {
    kind: Kind,
    span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Null,
    Bool(bool),
    Natural(u64),
    Negative(i64),
    Text(String),
    List(Vec<Value>),
    Table(Vec<(Key, Value)>),
    /// A value that none of our types takes, in words: `a fraction`, `a date`.
    Other(&'static str),
}

/// A field's name and where it stands.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    name: String,
    span: Range<usize>,
}

/// The first thing that is not as expected, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// What was found and what was expected.
    pub message: String,
    /// The bytes of the text it is about; `None` when it is about the whole.
    pub span: Option<Range<usize>>,
}

impl std::error::Error for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.span {
            Some(span) => write!(f, " (byte {})", span.start),
            None => Ok(()),
        }
    }
}

impl ReadError {
    fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: Some(span),
        }
    }
}

/// Reads TOML.
///
/// # Errors
/// The first mistake, of the format or of the type.
pub(crate) fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    read_toml(text)?.into()
}

/// Reads TOML as it stands; [`Value::into`] goes on.
///
/// # Errors
/// The first mistake in the text.
pub(crate) fn read_toml(text: &str) -> Result<Value, ReadError> {
    toml_text::read(text)
}

/// Reads JSON, whose fractions no type of ours takes; [`Value::into`] goes on.
///
/// # Errors
/// The first mistake in the text.
pub(crate) fn from_json(text: &str) -> Result<Value, ReadError> {
    json::read(text)
}

/// Writes a value of one of our types; fields that are `None` are left out.
///
/// # Errors
/// A type that holds what no tree holds, like a fraction.
pub(crate) fn from_type<T: Serialize>(value: &T) -> Result<Value, Refused> {
    value.serialize(ser::Writer)
}

impl Key {
    fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            span: 0..0,
        }
    }
}

impl Value {
    fn of(kind: Kind) -> Self {
        Self { kind, span: 0..0 }
    }

    /// A text that stands nowhere yet.
    pub(crate) fn text(text: &str) -> Self {
        Self::of(Kind::Text(text.to_owned()))
    }

    /// A number that stands nowhere yet.
    pub(crate) fn number(number: u32) -> Self {
        Self::of(Kind::Natural(number.into()))
    }

    /// A truth that stands nowhere yet.
    pub(crate) fn truth(truth: bool) -> Self {
        Self::of(Kind::Bool(truth))
    }

    /// A list of what stands nowhere yet.
    pub(crate) fn list(values: Vec<Self>) -> Self {
        Self::of(Kind::List(values))
    }

    /// A table of these fields in this order.
    pub(crate) fn table<'a>(fields: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let fields = fields.into_iter();
        Self::of(Kind::Table(
            fields.map(|(name, value)| (Key::of(name), value)).collect(),
        ))
    }

    /// JSON without a space.
    pub(crate) fn to_json(&self) -> String {
        let mut out = String::new();
        write_json::write(&mut out, self);
        out
    }

    /// A TOML document; the value is a table.
    pub(crate) fn to_toml(&self) -> String {
        write_toml::document(self)
    }

    /// The text of a table's field.
    pub(crate) fn text_of(&self, field: &str) -> Option<&str> {
        let fields = self.fields()?;
        let (_, value) = fields.iter().find(|(key, _)| key.name == field)?;
        match &value.kind {
            Kind::Text(text) => Some(text),
            Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::List(_)
            | Kind::Table(_)
            | Kind::Other(_) => None,
        }
    }

    /// Takes a field out of a table.
    pub(crate) fn take(&mut self, field: &str) -> Option<Self> {
        let Kind::Table(fields) = &mut self.kind else {
            return None;
        };
        let at = fields.iter().position(|(key, _)| key.name == field)?;
        Some(fields.remove(at).1)
    }

    /// The same table without each field that `says_the_same` does not miss, asked one after the other.
    pub(crate) fn without_needless(mut self, says_the_same: impl Fn(&Self) -> bool) -> Self {
        let names: Vec<String> = self.fields().map_or_else(Vec::new, |fields| {
            fields.iter().map(|(key, _)| key.name.clone()).collect()
        });
        for name in names {
            let mut less = self.clone();
            if less.take(&name).is_some() && says_the_same(&less) {
                self = less;
            }
        }
        self
    }

    /// Puts the fields of every table into the order in which they stand in the text.
    pub(crate) fn in_order_of_text(&mut self) {
        match &mut self.kind {
            Kind::Table(fields) => {
                sort_by_rank(fields, |(key, _)| (key.span.start as u64, 0));
                for (_, value) in fields {
                    value.in_order_of_text();
                }
            }
            Kind::List(list) => list.iter_mut().for_each(Self::in_order_of_text),
            Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::Text(_)
            | Kind::Other(_) => {}
        }
    }

    /// Changes a table's field, and each element of one that is a list.
    pub(crate) fn change(&mut self, field: &str, to: &mut dyn FnMut(&mut Self)) {
        let Kind::Table(fields) = &mut self.kind else {
            return;
        };
        let Some((_, value)) = fields.iter_mut().find(|(key, _)| key.name == field) else {
            return;
        };
        match &mut value.kind {
            Kind::List(list) => list.iter_mut().for_each(to),
            Kind::Table(_)
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::Text(_)
            | Kind::Other(_) => to(value),
        }
    }

    /// The name and the value of a table's only field.
    pub(crate) fn only_field(&self) -> Option<(&str, &Self)> {
        match self.fields()? {
            [(key, value)] => Some((&key.name, value)),
            _ => None,
        }
    }

    /// Whether it is a table without fields.
    pub(crate) fn is_empty_table(&self) -> bool {
        self.fields().is_some_and(<[_]>::is_empty)
    }

    fn fields(&self) -> Option<&[(Key, Self)]> {
        match &self.kind {
            Kind::Table(fields) => Some(fields),
            Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::Text(_)
            | Kind::List(_)
            | Kind::Other(_) => None,
        }
    }

    /// Reads the value into a type.
    ///
    /// # Errors
    /// What is not as the type expects.
    pub(crate) fn into<T: DeserializeOwned>(self) -> Result<T, ReadError> {
        T::deserialize(self).map_err(|fault| *fault.0)
    }
}

#[cfg(test)]
mod tests;
