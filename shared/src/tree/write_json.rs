//! A tree as JSON without a space. Source: RFC 8259.

use std::fmt::Write as _;

use super::{Kind, Value};

/// Appends one value.
pub(super) fn write(out: &mut String, value: &Value) {
    match &value.kind {
        Kind::Null | Kind::Other(_) => out.push_str("null"),
        Kind::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Kind::Natural(number) => out.push_str(&number.to_string()),
        Kind::Negative(number) => out.push_str(&number.to_string()),
        Kind::Text(text) => string(out, text),
        Kind::List(list) => {
            out.push('[');
            for (number, value) in list.iter().enumerate() {
                comma(out, number);
                write(out, value);
            }
            out.push(']');
        }
        Kind::Table(fields) => {
            out.push('{');
            for (number, (key, value)) in fields.iter().enumerate() {
                comma(out, number);
                string(out, &key.name);
                out.push(':');
                write(out, value);
            }
            out.push('}');
        }
    }
}

fn comma(out: &mut String, number: usize) {
    if number > 0 {
        out.push(',');
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
