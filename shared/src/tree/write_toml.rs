//! A tree as TOML, laid out as `docs/scenarios.md` shows: plain fields first, then a heading for each table.
//!
//! A field of a heading's table that is a table itself is written with a dot, `do.send = { text = "hello" }`.
//! Letters that cannot be seen or that reorder what is seen are written as escapes. Source: TOML 1.0.0.

use std::fmt::Write as _;

use super::{Key, Kind, Value};
use crate::letters::is_hidden;

/// Writes a document; anything but a table is an empty one.
pub(super) fn document(value: &Value) -> String {
    let Kind::Table(fields) = &value.kind else {
        return String::new();
    };
    let mut out = String::new();
    for (key, value) in fields {
        if Headings::of(value).is_none() {
            field(&mut out, &key.name, value);
        }
    }
    for (key, value) in fields {
        let Some(headings) = Headings::of(value) else {
            continue;
        };
        let (open, close) = (headings.open, headings.close);
        for table in headings.tables {
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{open}{}{close}", name(&key.name));
            section(&mut out, table);
        }
    }
    out
}

/// What is written under headings of its own: one table, or each of a list.
struct Headings<'a> {
    open: &'static str,
    close: &'static str,
    tables: Vec<&'a [(Key, Value)]>,
}

impl<'a> Headings<'a> {
    /// `None` for what is written as a plain field.
    fn of(value: &'a Value) -> Option<Self> {
        match &value.kind {
            Kind::Table(fields) => Some(Self {
                open: "[",
                close: "]",
                tables: vec![fields],
            }),
            Kind::List(list) if !list.is_empty() => Some(Self {
                open: "[[",
                close: "]]",
                tables: list.iter().map(Value::as_table).collect::<Option<_>>()?,
            }),
            Kind::List(_)
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Natural(_)
            | Kind::Negative(_)
            | Kind::Text(_)
            | Kind::Other(_) => None,
        }
    }
}

fn section(out: &mut String, fields: &[(Key, Value)]) {
    for (key, value) in fields {
        let own = name(&key.name);
        match value.as_table() {
            Some(inner) if !inner.is_empty() => {
                for (inner, value) in inner {
                    field(out, &format!("{own}.{}", name(&inner.name)), value);
                }
            }
            Some(_) | None => field(out, &own, value),
        }
    }
}

fn field(out: &mut String, name: &str, value: &Value) {
    out.push_str(name);
    out.push_str(" = ");
    inline(out, value);
    out.push('\n');
}

fn inline(out: &mut String, value: &Value) {
    match &value.kind {
        // TOML has no word for nothing; no reader of ours takes an empty list for a field.
        Kind::Null | Kind::Other(_) => out.push_str("[]"),
        Kind::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Kind::Natural(number) => out.push_str(&number.to_string()),
        Kind::Negative(number) => out.push_str(&number.to_string()),
        Kind::Text(text) => string(out, text),
        Kind::List(list) => {
            out.push('[');
            for (number, value) in list.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { ", " });
                inline(out, value);
            }
            out.push(']');
        }
        Kind::Table(fields) if fields.is_empty() => out.push_str("{}"),
        Kind::Table(fields) => {
            out.push_str("{ ");
            for (number, (key, value)) in fields.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { ", " });
                out.push_str(&name(&key.name));
                out.push_str(" = ");
                inline(out, value);
            }
            out.push_str(" }");
        }
    }
}

/// A field's name, in quotes where it needs them.
fn name(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !name.is_empty() && name.bytes().all(is_bare) {
        return name.to_owned();
    }
    let mut out = String::new();
    string(&mut out, name);
    out
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hidden if is_hidden(hidden) => {
                let code = u32::from(hidden);
                let _ = if code <= 0xffff {
                    write!(out, "\\u{code:04x}")
                } else {
                    write!(out, "\\U{code:08x}")
                };
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
