//! TOML into a tree. The `toml` crate reads the text; here its values are only renamed.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Key, Kind, ReadError, Value};

/// Reads a document.
pub(super) fn read(text: &str) -> Result<Value, ReadError> {
    let table = DeTable::parse(text).map_err(|error| ReadError {
        message: error.message().to_owned(),
        span: error.span(),
    })?;
    let span = table.span();
    Ok(Value {
        kind: fields(table.into_inner()),
        span,
    })
}

fn fields(table: DeTable<'_>) -> Kind {
    let fields = table.into_iter().map(|(name, field)| {
        let span = name.span();
        let key = Key {
            name: name.into_inner().into_owned(),
            span,
        };
        (key, value(field))
    });
    Kind::Table(fields.collect())
}

fn value(value: Spanned<DeValue<'_>>) -> Value {
    let span = value.span();
    let kind = match value.into_inner() {
        DeValue::String(text) => Kind::Text(text.into_owned()),
        DeValue::Integer(number) => integer(number.as_str(), number.radix()),
        DeValue::Float(_) => Kind::Other("a fraction"),
        DeValue::Boolean(truth) => Kind::Bool(truth),
        DeValue::Datetime(_) => Kind::Other("a date"),
        DeValue::Array(list) => Kind::List(list.into_iter().map(self::value).collect()),
        DeValue::Table(table) => fields(table),
    };
    Value { kind, span }
}

fn integer(digits: &str, radix: u32) -> Kind {
    if let Ok(number) = u64::from_str_radix(digits, radix) {
        return Kind::Natural(number);
    }
    i64::from_str_radix(digits, radix)
        .map_or(Kind::Other("a number beyond 64 bits"), Kind::Negative)
}
