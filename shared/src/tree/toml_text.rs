//! TOML into a tree. Source: the TOML specification, version 1.1.
//!
//! Fractions, dates and times are recognised, and kept without their value: none of our types takes one.

mod scalar;

use std::ops::Range;

use super::cursor::Cursor;
use super::{Key, Kind, Open, ReadError, Value};

/// Fields of one table. Names are compared one by one, so there must be an end to it.
const MOST_FIELDS: usize = 16_384;

type Fields = Vec<(Key, Value)>;

/// Reads a document.
pub(super) fn read(text: &str) -> Result<Value, ReadError> {
    let mut reader = Reader(Cursor { text, at: 0 });
    reader.0.has("\u{feff}");
    let mut root = Value {
        kind: Kind::Table(Vec::new()),
        open: Open::Headed,
        span: 0..0,
    };
    reader.section(&mut root)?;
    while reader.0.peek().is_some() {
        let section = reader.header(&mut root)?;
        reader.section(section)?;
    }
    Ok(root)
}

struct Reader<'a>(Cursor<'a>);

impl Reader<'_> {
    fn space(&mut self) {
        self.0.take(|byte| matches!(byte, b' ' | b'\t'));
    }

    /// A comment up to the end of its line, if one comes next.
    fn comment(&mut self) -> Result<(), ReadError> {
        if self.0.peek() == Some(b'#') {
            self.0
                .take(|byte| byte == b'\t' || !byte.is_ascii_control());
            if !matches!(self.0.peek(), None | Some(b'\n' | b'\r')) {
                return Err(self.0.fault("a comment holds a control character"));
            }
        }
        Ok(())
    }

    fn has_line_end(&mut self) -> bool {
        self.0.has("\n") || self.0.has("\r\n")
    }

    /// What may stand between two values of a list.
    fn space_and_lines(&mut self) -> Result<(), ReadError> {
        loop {
            self.space();
            self.comment()?;
            if !self.has_line_end() {
                return Ok(());
            }
        }
    }

    fn line_end(&mut self) -> Result<(), ReadError> {
        self.space();
        self.comment()?;
        if self.0.peek().is_none() || self.has_line_end() {
            return Ok(());
        }
        Err(self.0.expected("the end of the line"))
    }

    /// Lines up to the next header or the end.
    fn section(&mut self, table: &mut Value) -> Result<(), ReadError> {
        loop {
            self.space_and_lines()?;
            if matches!(self.0.peek(), None | Some(b'[')) {
                return Ok(());
            }
            self.field(table, 0)?;
            self.line_end()?;
        }
    }

    /// `[a.b]` or `[[a.b]]`, and the table it begins.
    fn header<'v>(&mut self, root: &'v mut Value) -> Result<&'v mut Value, ReadError> {
        let from = self.0.at;
        let is_list = self.0.has("[[");
        if !is_list {
            self.0.has("[");
        }
        let (path, last) = self.path()?;
        if !self.0.has(if is_list { "]]" } else { "]" }) {
            return Err(self.0.expected("`.` or the header's end"));
        }
        let span = from..self.0.at;
        self.line_end()?;
        let mut table = root;
        for key in path {
            let (next, key) = child(table, key, Open::Implied)?;
            if next.open == Open::Whole {
                return Err(taken(&key));
            }
            table = if matches!(next.kind, Kind::List(_)) {
                newest(next, &key)?
            } else {
                next
            };
        }
        let (found, key) = child(table, last, Open::Implied)?;
        if is_list {
            // Made just now: what an earlier header implied has another place.
            if found.open == Open::Implied && found.span == key.span {
                found.kind = Kind::List(Vec::new());
                found.open = Open::Headed;
                found.span = span.clone();
            }
            let (Kind::List(tables), Open::Headed) = (&mut found.kind, found.open) else {
                return Err(taken(&key));
            };
            tables.push(Value {
                kind: Kind::Table(Vec::new()),
                open: Open::Headed,
                span,
            });
            return newest(found, &key);
        }
        if found.open != Open::Implied {
            return Err(taken(&key));
        }
        found.open = Open::Headed;
        found.span = span;
        Ok(found)
    }

    /// `a.b = value` into the table.
    fn field(&mut self, table: &mut Value, depth: u32) -> Result<(), ReadError> {
        let (path, last) = self.path()?;
        if !self.0.has("=") {
            return Err(self.0.expected("`.` or `=`"));
        }
        self.space();
        let value = self.value(depth)?;
        let mut table = table;
        for key in path {
            let (next, key) = child(table, key, Open::Dotted)?;
            if !matches!(next.open, Open::Dotted | Open::Implied) {
                return Err(taken(&key));
            }
            table = next;
        }
        let Kind::Table(fields) = &mut table.kind else {
            return Err(taken(&last));
        };
        if fields.iter().any(|(key, _)| key.name == last.name) {
            return Err(taken(&last));
        }
        add(fields, last, value)?;
        Ok(())
    }

    /// Names with points between: all but the last, and the last. Nesting by points counts as depth.
    fn path(&mut self) -> Result<(Vec<Key>, Key), ReadError> {
        let mut path = Vec::new();
        loop {
            self.space();
            let from = self.0.at;
            let name = self.name()?;
            let span = from..self.0.at;
            let key = Key { name, span };
            self.space();
            if !self.0.has(".") {
                return Ok((path, key));
            }
            path.push(key);
            self.0
                .deeper(u32::try_from(path.len()).unwrap_or(u32::MAX))?;
        }
    }

    fn name(&mut self) -> Result<String, ReadError> {
        if let Some(b'"' | b'\'') = self.0.peek() {
            return self.line_string();
        }
        let name = self.0.take(is_bare);
        if name.is_empty() {
            return Err(self.0.expected("a name"));
        }
        Ok(name.to_owned())
    }

    fn value(&mut self, depth: u32) -> Result<Value, ReadError> {
        let from = self.0.at;
        let kind = match self.0.peek() {
            Some(b'"' | b'\'') => Kind::Text(self.string()?),
            Some(b'[') => self.list(depth)?,
            Some(b'{') => self.inline_table(depth)?,
            _ => self.scalar()?,
        };
        Ok(Value {
            kind,
            open: Open::Whole,
            span: from..self.0.at,
        })
    }

    fn list(&mut self, depth: u32) -> Result<Kind, ReadError> {
        let depth = self.0.deeper(depth)?;
        self.0.at += 1;
        let mut list = Vec::new();
        loop {
            self.space_and_lines()?;
            if self.0.has("]") {
                return Ok(Kind::List(list));
            }
            list.push(self.value(depth)?);
            self.comma("]")?;
        }
    }

    fn inline_table(&mut self, depth: u32) -> Result<Kind, ReadError> {
        let depth = self.0.deeper(depth)?;
        self.0.at += 1;
        let mut table = Value {
            kind: Kind::Table(Vec::new()),
            open: Open::Whole,
            span: 0..0,
        };
        loop {
            self.space_and_lines()?;
            if self.0.has("}") {
                close(&mut table);
                return Ok(table.kind);
            }
            self.field(&mut table, depth)?;
            self.comma("}")?;
        }
    }

    /// A comma, or the end that is yet to be read.
    fn comma(&mut self, end: &str) -> Result<(), ReadError> {
        self.space_and_lines()?;
        if self.0.has(",") || self.0.rest().starts_with(end) {
            return Ok(());
        }
        Err(self.0.expected(&format!("`,` or `{end}`")))
    }
}

/// Whether a byte may stand in a name without quotes.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The last table of a list of tables.
fn newest<'v>(list: &'v mut Value, key: &Key) -> Result<&'v mut Value, ReadError> {
    let Kind::List(list) = &mut list.kind else {
        return Err(taken(key));
    };
    list.last_mut().ok_or_else(|| taken(key))
}

/// The field of that name, made as an empty table if there is none.
fn child(table: &mut Value, key: Key, open: Open) -> Result<(&mut Value, Key), ReadError> {
    let Kind::Table(fields) = &mut table.kind else {
        return Err(taken(&key));
    };
    let found = fields.iter().position(|(known, _)| known.name == key.name);
    let index = if let Some(index) = found {
        index
    } else {
        let made = Value {
            kind: Kind::Table(Vec::new()),
            open,
            span: key.span.clone(),
        };
        add(fields, key.clone(), made)?
    };
    match fields.get_mut(index) {
        Some((_, value)) => Ok((value, key)),
        None => Err(taken(&key)),
    }
}

fn add(fields: &mut Fields, key: Key, value: Value) -> Result<usize, ReadError> {
    if fields.len() >= MOST_FIELDS {
        let message = format!("more than {MOST_FIELDS} fields in one table");
        return Err(ReadError::at(key.span, message));
    }
    fields.push((key, value));
    Ok(fields.len() - 1)
}

fn taken(key: &Key) -> ReadError {
    let Range { start, end } = key.span;
    let message = format!(
        "`{}` is here for the second time, expected it once",
        key.name
    );
    ReadError::at(start..end, message)
}

/// Once its brace is closed, nothing below an inline table may grow.
fn close(value: &mut Value) {
    value.open = Open::Whole;
    if let Kind::Table(fields) = &mut value.kind {
        for (_, field) in fields {
            if field.open != Open::Whole {
                close(field);
            }
        }
    }
}

#[cfg(test)]
mod tests;
