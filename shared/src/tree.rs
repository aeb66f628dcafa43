//! A text as a tree of values with their places, and the one way from there into our types and back.
//!
//! TOML and JSON share it, so that each type's reading and writing code exists once. serde's readers of both formats
//! compile it again for each format and for shapes that we do not use; in the page's WASM that is a fifth of
//! the code. Knows no type of ours.

mod build;
mod cursor;
mod de;
mod json;
mod ser;
mod toml_text;
mod write_json;
mod write_toml;

use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;

pub(crate) use build::from_type;
pub use ser::Refused;

/// One value and where it stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Value {
    kind: Kind,
    open: Open,
    /// A table that its header begins stands at the header, one that dotted names make at its name.
    pub(crate) span: Range<usize>,
}

/// What may still be added to a table or list of TOML, by where it was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// Nothing: it stands as a whole in one place.
    Whole,
    /// By its header, and more headers below it: `[a.b]` implies `a`.
    Implied,
    /// Headers below it: it has its own, or is a list of `[[a]]`.
    Headed,
    /// Further dotted names, and headers below it.
    Dotted,
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
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
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
    toml_text::read(text)?.into()
}

/// Reads TOML as it stands, whatever it is about.
///
/// # Errors
/// The first mistake in the text.
pub(crate) fn toml_value(text: &str) -> Result<Value, ReadError> {
    toml_text::read(text)
}

/// Reads JSON, whose fractions no type of ours takes; [`Value::into`] goes on.
///
/// # Errors
/// The first mistake in the text.
pub(crate) fn from_json(text: &str) -> Result<Value, ReadError> {
    json::read(text)
}

impl Value {
    /// A table without fields, which stands nowhere.
    pub(crate) fn without_fields() -> Self {
        Self {
            kind: Kind::Table(Vec::new()),
            open: Open::Whole,
            span: 0..0,
        }
    }

    /// A table's fields in the order of the text; nothing for any other value.
    pub(crate) fn fields(&self) -> &[(Key, Value)] {
        self.as_table().unwrap_or_default()
    }

    /// A table's field.
    pub(crate) fn field(&self, name: &str) -> Option<&(Key, Value)> {
        self.fields().iter().find(|(key, _)| key.name == name)
    }

    /// A list's values; nothing for any other value.
    pub(crate) fn items(&self) -> &[Value] {
        match &self.kind {
            Kind::List(list) => list,
            Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::Text(_)
            | Kind::Table(_)
            | Kind::Other(_) => &[],
        }
    }

    /// A text's characters.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
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

    /// The text of a table's field.
    pub(crate) fn text_of(&self, field: &str) -> Option<&str> {
        self.field(field)?.1.as_text()
    }

    /// Whether it is a list of tables with a header each.
    pub(crate) fn has_headers(&self) -> bool {
        self.open == Open::Headed && !self.items().is_empty()
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
