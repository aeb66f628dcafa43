//! JSON into a tree. Source: RFC 8259.

use std::ops::Range;

use super::{Key, Kind, ReadError, Value};

/// Lists and objects within each other; deeper ones are refused, so that no text exhausts the stack.
const DEEPEST: u32 = 64;

/// Reads one value and nothing after it.
pub(super) fn read(text: &str) -> Result<Value, ReadError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.expected("the end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes over this byte if it comes next.
    fn has(&mut self, byte: u8) -> bool {
        let has = self.peek() == Some(byte);
        self.at += usize::from(has);
        has
    }

    fn expected(&self, what: &str) -> ReadError {
        let next = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next());
        let found = next.map_or_else(|| "the end".to_owned(), |next| format!("`{next}`"));
        self.fault(format!("found {found}, expected {what}"))
    }

    fn fault(&self, message: String) -> ReadError {
        ReadError::at(self.at..self.at, message)
    }

    fn value(&mut self, depth: u32) -> Result<Value, ReadError> {
        self.space();
        let from = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(_) | None => return Err(self.expected("a value")),
        };
        Ok(Value {
            kind,
            span: from..self.at,
        })
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, ReadError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.expected(word));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn deeper(&self, depth: u32) -> Result<u32, ReadError> {
        if depth >= DEEPEST {
            return Err(self.fault(format!("more than {DEEPEST} levels deep")));
        }
        Ok(depth + 1)
    }

    fn object(&mut self, depth: u32) -> Result<Kind, ReadError> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut fields = Vec::new();
        self.space();
        if self.has(b'}') {
            return Ok(Kind::Table(fields));
        }
        loop {
            self.space();
            let from = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.expected("a field's name"));
            }
            let name = self.string()?;
            let span = from..self.at;
            self.space();
            if !self.has(b':') {
                return Err(self.expected("`:`"));
            }
            fields.push((Key { name, span }, self.value(depth)?));
            self.space();
            if self.has(b'}') {
                return Ok(Kind::Table(fields));
            }
            if !self.has(b',') {
                return Err(self.expected("`,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: u32) -> Result<Kind, ReadError> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut list = Vec::new();
        self.space();
        if self.has(b']') {
            return Ok(Kind::List(list));
        }
        loop {
            list.push(self.value(depth)?);
            self.space();
            if self.has(b']') {
                return Ok(Kind::List(list));
            }
            if !self.has(b',') {
                return Err(self.expected("`,` or `]`"));
            }
        }
    }

    fn digits(&mut self) -> Range<usize> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        from..self.at
    }

    fn number(&mut self) -> Result<Kind, ReadError> {
        let from = self.at;
        let negative = self.has(b'-');
        let whole = self.digits();
        let has_leading_zero =
            whole.len() > 1 && self.text.as_bytes().get(whole.start) == Some(&b'0');
        if whole.is_empty() || has_leading_zero {
            return Err(ReadError::at(from..self.at, "this is not a number"));
        }
        let mut is_whole = true;
        if self.has(b'.') {
            is_whole = false;
            if self.digits().is_empty() {
                return Err(self.expected("a digit"));
            }
        }
        if self.has(b'e') || self.has(b'E') {
            is_whole = false;
            let _ = self.has(b'+') || self.has(b'-');
            if self.digits().is_empty() {
                return Err(self.expected("a digit"));
            }
        }
        if !is_whole {
            return Ok(Kind::Other("a fraction"));
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        let kind = if negative {
            text.parse().ok().map(Kind::Negative)
        } else {
            text.parse().ok().map(Kind::Natural)
        };
        Ok(kind.unwrap_or(Kind::Other("a number beyond 64 bits")))
    }

    fn string(&mut self) -> Result<String, ReadError> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            string.push_str(self.text.get(from..self.at).unwrap_or_default());
            if self.has(b'"') {
                return Ok(string);
            }
            if !self.has(b'\\') {
                return Err(self.expected("`\"`"));
            }
            string.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, ReadError> {
        let letter = self.peek();
        self.at += usize::from(letter.is_some());
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
            Some(_) | None => return Err(self.fault("this is not an escape".to_owned())),
        })
    }

    /// Four digits, or twice four that are one character's halves.
    fn unicode(&mut self) -> Result<char, ReadError> {
        let first = self.four_digits()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.has(b'\\') && self.has(b'u') {
            let second = self.four_digits()?;
            let low = second.wrapping_sub(0xdc00);
            if low > 0x3ff {
                return Err(self.fault("this is half a character".to_owned()));
            }
            0x1_0000 + ((first - 0xd800) << 10) + low
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.fault("this is half a character".to_owned()))
    }

    fn four_digits(&mut self) -> Result<u32, ReadError> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let number = number.ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(number)
    }
}
