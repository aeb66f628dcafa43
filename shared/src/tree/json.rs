//! JSON into a tree. Source: RFC 8259.

use super::cursor::Cursor;
use super::{Key, Kind, Open, ReadError, Value};

/// Reads one value and nothing after it.
pub(super) fn read(text: &str) -> Result<Value, ReadError> {
    let mut reader = Reader(Cursor { text, at: 0 });
    let value = reader.value(0)?;
    reader.space();
    match reader.0.peek() {
        None => Ok(value),
        Some(_) => Err(reader.0.expected("the end")),
    }
}

struct Reader<'a>(Cursor<'a>);

impl Reader<'_> {
    fn space(&mut self) {
        self.0
            .take(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn value(&mut self, depth: u32) -> Result<Value, ReadError> {
        self.space();
        let from = self.0.at;
        let kind = match self.0.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(_) | None => return Err(self.0.expected("a value")),
        };
        Ok(Value {
            kind,
            open: Open::Whole,
            span: from..self.0.at,
        })
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, ReadError> {
        if self.0.has(word) {
            return Ok(kind);
        }
        Err(self.0.expected(word))
    }

    fn object(&mut self, depth: u32) -> Result<Kind, ReadError> {
        let depth = self.0.deeper(depth)?;
        self.0.at += 1;
        let mut fields = Vec::new();
        self.space();
        if self.0.has("}") {
            return Ok(Kind::Table(fields));
        }
        loop {
            self.space();
            let from = self.0.at;
            if self.0.peek() != Some(b'"') {
                return Err(self.0.expected("a field's name"));
            }
            let name = self.string()?;
            let span = from..self.0.at;
            self.space();
            if !self.0.has(":") {
                return Err(self.0.expected("`:`"));
            }
            fields.push((Key { name, span }, self.value(depth)?));
            self.space();
            if self.0.has("}") {
                return Ok(Kind::Table(fields));
            }
            if !self.0.has(",") {
                return Err(self.0.expected("`,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: u32) -> Result<Kind, ReadError> {
        let depth = self.0.deeper(depth)?;
        self.0.at += 1;
        let mut list = Vec::new();
        self.space();
        if self.0.has("]") {
            return Ok(Kind::List(list));
        }
        loop {
            list.push(self.value(depth)?);
            self.space();
            if self.0.has("]") {
                return Ok(Kind::List(list));
            }
            if !self.0.has(",") {
                return Err(self.0.expected("`,` or `]`"));
            }
        }
    }

    fn digits(&mut self) -> &str {
        self.0.take(|byte| byte.is_ascii_digit())
    }

    fn number(&mut self) -> Result<Kind, ReadError> {
        let from = self.0.at;
        let negative = self.0.has("-");
        let whole = self.digits();
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(ReadError::at(from..self.0.at, "this is not a number"));
        }
        let mut is_whole = true;
        if self.0.has(".") {
            is_whole = false;
            if self.digits().is_empty() {
                return Err(self.0.expected("a digit"));
            }
        }
        if self.0.has("e") || self.0.has("E") {
            is_whole = false;
            let _ = self.0.has("+") || self.0.has("-");
            if self.digits().is_empty() {
                return Err(self.0.expected("a digit"));
            }
        }
        if !is_whole {
            return Ok(Kind::Other("a fraction"));
        }
        let text = self.0.text.get(from..self.0.at).unwrap_or_default();
        let kind = if negative {
            text.parse().ok().map(Kind::Negative)
        } else {
            text.parse().ok().map(Kind::Natural)
        };
        Ok(kind.unwrap_or(Kind::Other("a number beyond 64 bits")))
    }

    fn string(&mut self) -> Result<String, ReadError> {
        self.0.at += 1;
        let mut string = String::new();
        loop {
            string.push_str(self.0.take(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)));
            if self.0.has("\"") {
                return Ok(string);
            }
            if !self.0.has("\\") {
                return Err(self.0.expected("`\"`"));
            }
            string.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, ReadError> {
        let letter = self.0.peek();
        self.0.at += usize::from(letter.is_some());
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            Some(_) | None => return Err(self.0.fault("this is not an escape")),
        })
    }

    /// Four digits, or twice four that are one character's halves.
    fn unicode(&mut self) -> Result<char, ReadError> {
        let first = self.0.hexadecimal(4)?;
        let code = if (0xd800..0xdc00).contains(&first) && self.0.has("\\") && self.0.has("u") {
            let second = self.0.hexadecimal(4)?;
            let low = second.wrapping_sub(0xdc00);
            if low > 0x3ff {
                return Err(self.0.fault("this is half a character"));
            }
            0x1_0000 + ((first - 0xd800) << 10) + low
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.0.fault("this is half a character"))
    }
}
