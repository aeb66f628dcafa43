//! Our types into a tree, by serde: the way back of `de.rs`.
//!
//! Leaves out fields that are `None`. Takes what types of ours are made of and refuses the rest.

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::{Key, Kind, Value};

/// Why a value has no place in a tree; a fault of the type, not of the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl ser::Error for Refused {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl Refused {
    fn kind(what: &str) -> Self {
        Self(format!("{what} has no place in a scenario"))
    }
}

/// Writes one value.
pub(super) struct Writer;

macro_rules! whole_numbers {
    ($($method:ident $type:ty,)*) => {$(
        fn $method(self, number: $type) -> Result<Value, Refused> {
            let number = i64::from(number);
            let kind = u64::try_from(number).map_or(Kind::Negative(number), Kind::Natural);
            Ok(Value::of(kind))
        }
    )*};
}

impl Serializer for Writer {
    type Ok = Value;
    type Error = Refused;
    type SerializeSeq = List;
    type SerializeTuple = Impossible<Value, Refused>;
    type SerializeTupleStruct = Impossible<Value, Refused>;
    type SerializeTupleVariant = Impossible<Value, Refused>;
    type SerializeMap = Table;
    type SerializeStruct = Table;
    type SerializeStructVariant = Table;

    whole_numbers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32,
    }

    fn serialize_u64(self, number: u64) -> Result<Value, Refused> {
        Ok(Value::of(Kind::Natural(number)))
    }

    fn serialize_bool(self, truth: bool) -> Result<Value, Refused> {
        Ok(Value::of(Kind::Bool(truth)))
    }

    fn serialize_char(self, letter: char) -> Result<Value, Refused> {
        Ok(Value::text(&letter.to_string()))
    }

    fn serialize_str(self, text: &str) -> Result<Value, Refused> {
        Ok(Value::text(text))
    }

    fn serialize_f32(self, _: f32) -> Result<Value, Refused> {
        Err(Refused::kind("a fraction"))
    }

    fn serialize_f64(self, _: f64) -> Result<Value, Refused> {
        Err(Refused::kind("a fraction"))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, Refused> {
        Err(Refused::kind("a byte array"))
    }

    fn serialize_none(self) -> Result<Value, Refused> {
        Ok(Value::of(Kind::Null))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Refused> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Refused> {
        Ok(Value::of(Kind::Null))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Refused> {
        Ok(Value::of(Kind::Table(Vec::new())))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, Refused> {
        Ok(Value::text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Refused> {
        Ok(Value::table([(variant, value.serialize(self)?)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Refused> {
        Ok(List(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Refused> {
        Err(Refused::kind("a tuple"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Refused> {
        Err(Refused::kind("a tuple"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Refused> {
        Err(Refused::kind("a tuple"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Table, Refused> {
        Ok(Table::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Table, Refused> {
        Ok(Table::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Table, Refused> {
        Ok(Table {
            variant: Some(variant),
            ..Table::default()
        })
    }
}

/// A list under way.
pub(super) struct List(Vec<Value>);

impl ser::SerializeSeq for List {
    type Ok = Value;
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.0.push(value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Result<Value, Refused> {
        Ok(Value::of(Kind::List(self.0)))
    }
}

/// A table under way: a struct, a map, or the fields of an enum's variant.
#[derive(Default)]
pub(super) struct Table {
    fields: Vec<(Key, Value)>,
    /// A map's key that waits for its value.
    key: Option<String>,
    variant: Option<&'static str>,
}

impl Table {
    fn push<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Refused> {
        let value = value.serialize(Writer)?;
        if value.kind != Kind::Null {
            self.fields.push((Key::of(name), value));
        }
        Ok(())
    }

    fn whole(self) -> Value {
        let fields = Value::of(Kind::Table(self.fields));
        match self.variant {
            None => fields,
            Some(variant) => Value::table([(variant, fields)]),
        }
    }
}

/// Fields with names, of a struct or of a variant that has them.
macro_rules! named_fields {
    ($($kind:ident,)*) => {$(
        impl ser::$kind for Table {
            type Ok = Value;
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Refused> {
                self.push(name, value)
            }

            fn end(self) -> Result<Value, Refused> {
                Ok(self.whole())
            }
        }
    )*};
}

named_fields! {
    SerializeStruct,
    SerializeStructVariant,
}

impl ser::SerializeMap for Table {
    type Ok = Value;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        match key.serialize(Writer)?.kind {
            Kind::Text(name) => {
                self.key = Some(name);
                Ok(())
            }
            Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::List(_)
            | Kind::Table(_)
            | Kind::Other(_) => Err(Refused::kind("a key that is no text")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let name = self.key.take().unwrap_or_default();
        self.push(&name, value)
    }

    fn end(self) -> Result<Value, Refused> {
        Ok(self.whole())
    }
}
