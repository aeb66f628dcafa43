//! Trees that stand in no text: made of our types or of parts, changed, and written as TOML or JSON.

use serde::Serialize;

use super::ser::{Refused, Writer};
use super::{Key, Kind, Open, Value, write_json, write_toml};

/// Writes a value of one of our types; fields that are `None` are left out.
///
/// # Errors
/// A type that holds what no tree holds, like a fraction.
pub(crate) fn from_type<T: Serialize>(value: &T) -> Result<Value, Refused> {
    value.serialize(Writer)
}

impl Key {
    pub(super) fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            span: 0..0,
        }
    }
}

impl Value {
    pub(super) fn of(kind: Kind) -> Self {
        Self {
            kind,
            open: Open::Whole,
            span: 0..0,
        }
    }

    /// A text.
    pub(crate) fn text(text: &str) -> Self {
        Self::of(Kind::Text(text.to_owned()))
    }

    /// A number.
    pub(crate) fn number(number: u32) -> Self {
        Self::of(Kind::Natural(number.into()))
    }

    /// A truth.
    pub(crate) fn truth(truth: bool) -> Self {
        Self::of(Kind::Bool(truth))
    }

    /// A list.
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
        let names: Vec<_> = self
            .fields()
            .iter()
            .map(|(key, _)| key.name.clone())
            .collect();
        for name in names {
            let mut less = self.clone();
            if less.take(&name).is_some() && says_the_same(&less) {
                self = less;
            }
        }
        self
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
        match self.fields() {
            [(key, value)] => Some((&key.name, value)),
            _ => None,
        }
    }

    /// Whether it is a table without fields.
    pub(crate) fn is_empty_table(&self) -> bool {
        self.as_table().is_some_and(<[_]>::is_empty)
    }

    /// A table's fields; `None` for any other value.
    pub(super) fn as_table(&self) -> Option<&[(Key, Self)]> {
        if let Kind::Table(fields) = &self.kind {
            return Some(fields);
        }
        None
    }
}
