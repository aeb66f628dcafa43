//! A tree into our types, by serde. Every shape asks for what its type wants and for nothing else, which
//! keeps the code of each type small.

use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_spanned::de::{SpannedDeserializer, is_spanned};

use super::{Key, Kind, ReadError, Value};

/// An error on its way out; boxed, so that the way is short in every instance.
#[derive(Debug)]
pub(crate) struct Fault(pub(super) Box<ReadError>);

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(ReadError {
            message: message.to_string(),
            span: None,
        }))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        mismatch("invalid type", found, expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        mismatch("invalid value", found, expected)
    }
}

/// In serde's words, but for fractions, whose printing would bring in a table of powers.
fn mismatch(what: &str, found: Unexpected<'_>, expected: &dyn Expected) -> Fault {
    let found = match found {
        Unexpected::Bool(truth) => format!("boolean `{truth}`"),
        Unexpected::Unsigned(number) => format!("integer `{number}`"),
        Unexpected::Signed(number) => format!("integer `{number}`"),
        Unexpected::Float(_) => "a fraction".to_owned(),
        Unexpected::Char(letter) => format!("character `{letter}`"),
        Unexpected::Str(text) => format!("string \"{}\"", text.escape_debug()),
        Unexpected::Bytes(_) => "byte array".to_owned(),
        Unexpected::Unit => "null".to_owned(),
        Unexpected::Option => "Option value".to_owned(),
        Unexpected::NewtypeStruct => "newtype struct".to_owned(),
        Unexpected::Seq => "sequence".to_owned(),
        Unexpected::Map => "map".to_owned(),
        Unexpected::Enum => "enum".to_owned(),
        Unexpected::UnitVariant => "unit variant".to_owned(),
        Unexpected::NewtypeVariant => "newtype variant".to_owned(),
        Unexpected::TupleVariant => "tuple variant".to_owned(),
        Unexpected::StructVariant => "struct variant".to_owned(),
        Unexpected::Other(other) => other.to_owned(),
    };
    Fault::custom(format_args!("{what}: {found}, expected {expected}"))
}

impl Value {
    /// That this is not what was asked for.
    fn is_no(&self, expected: &dyn Expected) -> Fault {
        let found = match &self.kind {
            Kind::Null => Unexpected::Unit,
            Kind::Bool(truth) => Unexpected::Bool(*truth),
            Kind::Natural(number) => Unexpected::Unsigned(*number),
            Kind::Negative(number) => Unexpected::Signed(*number),
            Kind::Text(text) => Unexpected::Str(text),
            Kind::List(_) => Unexpected::Seq,
            Kind::Table(_) => Unexpected::Map,
            Kind::Other(words) => Unexpected::Other(words),
        };
        self.here(mismatch("invalid type", found, expected))
    }

    fn here(&self, error: Fault) -> Fault {
        placed(error, &self.span)
    }
}

/// The error with a place, unless it has one.
fn placed(mut error: Fault, span: &std::ops::Range<usize>) -> Fault {
    error.0.span.get_or_insert_with(|| span.clone());
    error
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.whole_number(visitor)
        }
    )*};
}

impl Value {
    fn whole_number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let result = match self.kind {
            Kind::Natural(number) => match i64::try_from(number) {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => visitor.visit_u64(number),
            },
            Kind::Negative(number) => visitor.visit_i64(number),
            Kind::Null
            | Kind::Bool(_)
            | Kind::Text(_)
            | Kind::List(_)
            | Kind::Table(_)
            | Kind::Other(_) => return Err(self.is_no(&visitor)),
        };
        result.map_err(|error| placed(error, &self.span))
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let span = self.span.clone();
        let result = match self.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(truth) => visitor.visit_bool(truth),
            Kind::Natural(_) | Kind::Negative(_) => return self.whole_number(visitor),
            Kind::Text(text) => visitor.visit_string(text),
            Kind::List(list) => visitor.visit_seq(List(list.into_iter())),
            Kind::Table(fields) => visitor.visit_map(Table::new(fields)),
            Kind::Other(_) => return Err(self.is_no(&visitor)),
        };
        result.map_err(|error| placed(error, &span))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Kind::Bool(truth) = self.kind else {
            return Err(self.is_no(&visitor));
        };
        visitor.visit_bool(truth)
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Kind::Text(text) = self.kind else {
            return Err(self.is_no(&visitor));
        };
        let result = visitor.visit_string(text);
        result.map_err(|error| placed(error, &self.span))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.kind == Kind::Null {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Kind::List(list) = self.kind else {
            return Err(self.is_no(&visitor));
        };
        let result = visitor.visit_seq(List(list.into_iter()));
        result.map_err(|error| placed(error, &self.span))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Kind::Table(fields) = self.kind else {
            return Err(self.is_no(&visitor));
        };
        let result = visitor.visit_map(Table::new(fields));
        result.map_err(|error| placed(error, &self.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if is_spanned(name) {
            let span = self.span.clone();
            return visitor.visit_map(SpannedDeserializer::new(self, span));
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let span = self.span.clone();
        let variant = match self.kind {
            Kind::Text(name) => Variant {
                name: Key {
                    name,
                    span: span.clone(),
                },
                content: None,
            },
            Kind::Table(fields) => {
                let mut fields = fields.into_iter();
                match (fields.next(), fields.next()) {
                    (Some((name, content)), None) => Variant {
                        name,
                        content: Some(content),
                    },
                    _ => return Err(placed(Fault::custom("expected exactly one field"), &span)),
                }
            }
            Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::List(_)
            | Kind::Other(_) => return Err(self.is_no(&visitor)),
        };
        visitor
            .visit_enum(variant)
            .map_err(|error| placed(error, &span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

impl IntoDeserializer<'_, Fault> for Value {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

struct List(std::vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for List {
    type Error = Fault;
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(value) = self.0.next() else {
            return Ok(None);
        };
        let span = value.span.clone();
        let element = seed.deserialize(value);
        element.map(Some).map_err(|error| placed(error, &span))
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Table {
    fields: std::vec::IntoIter<(Key, Value)>,
    value: Option<Value>,
}

impl Table {
    fn new(fields: Vec<(Key, Value)>) -> Self {
        Self {
            fields: fields.into_iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Table {
    type Error = Fault;
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.fields.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        let name: StringDeserializer<Fault> = key.name.into_deserializer();
        let name = seed.deserialize(name);
        name.map(Some).map_err(|error| placed(error, &key.span))
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.value.take() {
            // A type may refuse a value only after it was read: the fault still stands at the value.
            Some(value) => {
                let span = value.span.clone();
                let read = seed.deserialize(value);
                read.map_err(|error| placed(error, &span))
            }
            None => Err(Fault::custom("a value without its name")),
        }
    }
}

/// `name`, or `name = content`.
struct Variant {
    name: Key,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Fault;
    type Variant = Content;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), Fault> {
        let name: StringDeserializer<Fault> = self.name.name.into_deserializer();
        match seed.deserialize(name) {
            Ok(name) => Ok((name, Content(self.content))),
            Err(error) => Err(placed(error, &self.name.span)),
        }
    }
}

struct Content(Option<Value>);

impl Content {
    fn there(self) -> Result<Value, Fault> {
        self.0.ok_or_else(|| Fault::custom("this needs its fields"))
    }
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Fault;
    fn unit_variant(self) -> Result<(), Fault> {
        match self.0 {
            None => Ok(()),
            Some(value) if value.kind == Kind::Null => Ok(()),
            Some(value) => Err(value.here(Fault::custom("this has no fields"))),
        }
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.there()?)
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.there()?.deserialize_seq(visitor)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.there()?.deserialize_map(visitor)
    }
}
