//! Strings, numbers, truth, and what is only recognised: fractions, dates, times.

use super::Reader;
use crate::tree::{Kind, ReadError};

impl Reader<'_> {
    /// A string of any of the four kinds.
    pub(super) fn string(&mut self) -> Result<String, ReadError> {
        for quotes in ["\"\"\"", "'''"] {
            if self.0.has(quotes) {
                let _ = self.0.has("\n") || self.0.has("\r\n");
                return self.text_until(quotes);
            }
        }
        self.line_string()
    }

    /// A string on one line.
    pub(super) fn line_string(&mut self) -> Result<String, ReadError> {
        let quote = if self.0.has("\"") { "\"" } else { "'" };
        if quote == "'" {
            self.0.has(quote);
        }
        self.text_until(quote)
    }

    fn text_until(&mut self, quotes: &str) -> Result<String, ReadError> {
        let is_long = quotes.len() == 3;
        let has_escapes = quotes.starts_with('"');
        let mut text = String::new();
        loop {
            text.push_str(self.0.take(|byte| {
                byte == b'\t' || !(byte.is_ascii_control() || matches!(byte, b'"' | b'\'' | b'\\'))
            }));
            if self.0.has(quotes) {
                // Of up to five quotes the last three end it.
                for quote in quotes.chars().take(if is_long { 2 } else { 0 }) {
                    if self.0.has(quotes.get(..1).unwrap_or_default()) {
                        text.push(quote);
                    }
                }
                return Ok(text);
            }
            match self.0.peek() {
                Some(b'\\') if has_escapes => {
                    self.0.at += 1;
                    self.escape(is_long, &mut text)?;
                }
                Some(quote @ (b'"' | b'\'' | b'\\')) => {
                    self.0.at += 1;
                    text.push(char::from(quote));
                }
                _ if is_long && self.0.has("\n") => text.push('\n'),
                _ if is_long && self.0.has("\r\n") => text.push_str("\r\n"),
                _ => {
                    return Err(self
                        .0
                        .expected(&format!("the string to end with `{quotes}`")));
                }
            }
        }
    }

    fn escape(&mut self, is_long: bool, text: &mut String) -> Result<(), ReadError> {
        let letter = self.0.peek();
        if is_long && matches!(letter, Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.space();
            if !self.has_line_end() {
                return Err(self.0.expected("the end of the line after `\\`"));
            }
            while self.0.peek().is_some() {
                self.space();
                if !self.has_line_end() {
                    break;
                }
            }
            return Ok(());
        }
        let digits = match letter {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let simple = match letter {
            Some(b'b') => '\u{8}',
            Some(b't') => '\t',
            Some(b'n') => '\n',
            Some(b'f') => '\u{c}',
            Some(b'r') => '\r',
            Some(b'e') => '\u{1b}',
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            _ if digits > 0 => {
                self.0.at += 1;
                let code = self.0.hexadecimal(digits)?;
                let letter = char::from_u32(code);
                text.push(letter.ok_or_else(|| self.0.fault("this is no character"))?);
                return Ok(());
            }
            _ => return Err(self.0.expected("an escape like `\\n`, `\\\"` or `\\\\`")),
        };
        self.0.at += 1;
        text.push(simple);
        Ok(())
    }

    /// A word or a number.
    pub(super) fn scalar(&mut self) -> Result<Kind, ReadError> {
        let from = self.0.at;
        let fits: fn(u8) -> bool =
            |byte| super::is_bare(byte) || matches!(byte, b'+' | b'.' | b':');
        let mut word = self.0.take(fits);
        // A date and a time may have a space between them.
        let mut ahead = self.0.rest().bytes();
        if looks_like_date(word)
            && ahead.next() == Some(b' ')
            && ahead.next().is_some_and(|byte| byte.is_ascii_digit())
        {
            self.0.at += 1;
            self.0.take(fits);
            word = self.0.text.get(from..self.0.at).unwrap_or_default();
        }
        match word {
            "true" => return Ok(Kind::Bool(true)),
            "false" => return Ok(Kind::Bool(false)),
            _ => {}
        }
        if let Some(kind) = whole_number(word) {
            return Ok(kind);
        }
        if is_fraction(word) {
            return Ok(Kind::Other("a fraction"));
        }
        if looks_like_date(word) || looks_like_time(word) {
            return Ok(Kind::Other("a date"));
        }
        if word.is_empty() {
            return Err(self.0.expected("a value"));
        }
        let message =
            format!("`{word}` is no value, expected a text in quotes, a number, `true` or `false`");
        Err(ReadError::at(from..self.0.at, message))
    }
}

/// The digits without their `_`, each of which stands between two digits.
fn digits(text: &str, fits: fn(u8) -> bool) -> Option<String> {
    let ends_well = |byte: Option<u8>| byte.is_some_and(fits);
    let bytes = text.as_bytes();
    let is_number = ends_well(bytes.first().copied())
        && ends_well(bytes.last().copied())
        && !text.contains("__")
        && bytes.iter().all(|byte| fits(*byte) || *byte == b'_');
    is_number.then(|| text.replace('_', ""))
}

fn is_decimal(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn whole_number(word: &str) -> Option<Kind> {
    let (number, is_negative) = unsigned(word);
    let (number, radix, fits): (_, _, fn(u8) -> bool) = match word.get(..2) {
        Some("0x") => (word, 16, |byte| byte.is_ascii_hexdigit()),
        Some("0o") => (word, 8, |byte| matches!(byte, b'0'..=b'7')),
        Some("0b") => (word, 2, |byte| matches!(byte, b'0' | b'1')),
        _ if number.len() > 1 && number.starts_with('0') => return None,
        _ => (number, 10, is_decimal),
    };
    let number = if radix == 10 {
        number
    } else {
        number.get(2..).unwrap_or_default()
    };
    let number = digits(number, fits)?;
    let Ok(number) = u64::from_str_radix(&number, radix) else {
        return Some(Kind::Other("a number beyond 64 bits"));
    };
    if !is_negative {
        return Some(Kind::Natural(number));
    }
    let negative = 0_i64.checked_sub_unsigned(number);
    Some(match negative {
        Some(0) => Kind::Natural(0),
        Some(negative) => Kind::Negative(negative),
        None => Kind::Other("a number beyond 64 bits"),
    })
}

fn unsigned(word: &str) -> (&str, bool) {
    match word.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (word.strip_prefix('+').unwrap_or(word), false),
    }
}

fn is_fraction(word: &str) -> bool {
    let (word, _) = unsigned(word);
    if matches!(word, "inf" | "nan") {
        return true;
    }
    let (number, exponent) = match word.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(unsigned(exponent).0)),
        None => (word, None),
    };
    let (whole, part) = match number.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (number, None),
    };
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    let are_digits = |text: &str| digits(text, is_decimal).is_some();
    (part.is_some() || exponent.is_some())
        && are_digits(whole)
        && !has_leading_zero
        && part.is_none_or(are_digits)
        && exponent.is_none_or(are_digits)
}

/// Whether it begins as `1979-05-27` does. No type of ours takes a date, so its numbers are not looked at.
fn looks_like_date(word: &str) -> bool {
    has_shape(word, "0000-00-00")
}

fn looks_like_time(word: &str) -> bool {
    has_shape(word, "00:00")
}

fn has_shape(word: &str, shape: &str) -> bool {
    word.len() >= shape.len()
        && word
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, shape)| byte == shape || (shape == b'0' && byte.is_ascii_digit()))
}
