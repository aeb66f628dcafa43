//! TOML cut into coloured pieces and read up to a caret. Takes any text: half-written is the usual case.

use std::ops::Range;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Space,
    Comment,
    Header,
    Key,
    Text,
    /// A number or a word without quotes.
    Bare,
    Sign,
}

impl Token {
    /// The class that colours it; none for what has the text's own colour.
    pub(super) const fn class(self) -> Option<&'static str> {
        match self {
            Self::Space | Self::Sign => None,
            Self::Comment => Some("c"),
            Self::Header => Some("h"),
            Self::Key => Some("k"),
            Self::Text => Some("s"),
            Self::Bare => Some("n"),
        }
    }
}

/// Where names and where values stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Name,
    Value,
}

/// Every byte of the text in exactly one piece.
pub(super) fn tokens(text: &str) -> Vec<(Token, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut open = Vec::new();
    let mut side = Side::Name;
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let rest = text.get(at..).unwrap_or_default();
        let line = rest.find('\n').unwrap_or(rest.len());
        let (token, len) = match byte {
            b'\n' => {
                if open.is_empty() {
                    side = Side::Name;
                }
                (Token::Space, 1)
            }
            b' ' | b'\t' | b'\r' => (Token::Space, 1),
            b'#' => (Token::Comment, line),
            b'[' if open.is_empty() && side == Side::Name => {
                let end = rest.get(..line).and_then(|line| line.rfind(']'));
                (Token::Header, end.map_or(line, |end| end + 1))
            }
            b'"' | b'\'' => {
                let token = if side == Side::Name {
                    Token::Key
                } else {
                    Token::Text
                };
                (token, string_len(rest, line))
            }
            b'=' | b',' | b'{' | b'[' | b'}' | b']' | b'.' => {
                match byte {
                    b'{' | b'[' => open.push(byte),
                    b'}' | b']' => {
                        open.pop();
                    }
                    _ => {}
                }
                side = match byte {
                    b'=' | b'[' | b'}' | b']' => Side::Value,
                    b'{' => Side::Name,
                    b',' if open.last() == Some(&b'{') => Side::Name,
                    _ => side,
                };
                (Token::Sign, 1)
            }
            _ => {
                let is_part = |c: char| {
                    c.is_alphanumeric() || "_-+:".contains(c) || (side == Side::Value && c == '.')
                };
                let len = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
                let first = rest.chars().next().map_or(1, char::len_utf8);
                let token = match (len, side) {
                    (0, _) => Token::Sign,
                    (_, Side::Name) => Token::Key,
                    (_, Side::Value) => Token::Bare,
                };
                (token, len.max(first))
            }
        };
        let len = len.max(1);
        tokens.push((token, at..at + len));
        at += len;
    }
    tokens
}

/// Bytes of the string that opens the text; without an end it goes to the end of the line.
fn string_len(text: &str, line: usize) -> usize {
    let quote = text.get(..1).unwrap_or_default();
    let long = text.get(..3).filter(|three| *three == quote.repeat(3));
    if let Some(long) = long {
        return text
            .get(3..)
            .and_then(|rest| rest.find(long))
            .map_or(text.len(), |end| end + 6);
    }
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1).take_while(|(at, _)| *at < line) {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quote == "\"" => escaped = true,
            _ if text.get(at..=at) == Some(quote) => return at + 1,
            _ => {}
        }
    }
    line
}

/// Where a caret is, in the terms of the language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Context<'a> {
    /// The header above, `[[steps]]`; empty above the first.
    pub(super) table: &'a str,
    /// The names that lead here: `do`, `send`.
    pub(super) path: Vec<&'a str>,
    /// The names that the innermost table already has.
    pub(super) taken: Vec<&'a str>,
    /// Where the entry begins that the caret is in.
    pub(super) entry: usize,
    /// What has been written of the word at the caret, and where it begins.
    pub(super) word: &'a str,
    pub(super) from: usize,
    pub(super) place: Place,
}

/// What can be written at a caret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    #[default]
    Name,
    Value,
    /// A value whose opening quote is there; `closed` says whether its other one is.
    Quoted {
        closed: bool,
    },
    Nothing,
}

/// The innermost table's names so far in one entry, and those of entries before.
#[derive(Default)]
struct Frame<'a> {
    path: Vec<&'a str>,
    taken: Vec<&'a str>,
    entry: usize,
    has_value: bool,
}

impl<'a> Context<'a> {
    /// Reads the text up to the caret.
    pub(super) fn at(text: &'a str, caret: usize) -> Self {
        let mut frames = vec![Frame::default()];
        let mut context = Self {
            from: caret,
            ..Self::default()
        };
        for (token, span) in tokens(text) {
            if span.start >= caret {
                break;
            }
            let piece = text.get(span.clone()).unwrap_or_default();
            let is_under = span.end >= caret;
            let depth = frames.len();
            let Some(frame) = frames.last_mut() else {
                break;
            };
            if frame.path.is_empty() && !matches!(token, Token::Space | Token::Comment) {
                frame.entry = span.start;
            }
            match token {
                Token::Comment | Token::Header if is_under => context.place = Place::Nothing,
                Token::Header => {
                    context.table = piece;
                    frames = vec![Frame::default()];
                }
                Token::Key | Token::Bare if is_under => {
                    context.from = span.start;
                    context.word = text.get(span.start..caret).unwrap_or_default();
                }
                Token::Key => frame.path.push(piece.trim_matches(['"', '\''])),
                Token::Text if is_under && (span.end > caret || !is_closed(piece)) => {
                    context.from = span.start + 1;
                    context.word = text.get(span.start + 1..caret).unwrap_or_default();
                    context.place = Place::Quoted {
                        closed: is_closed(piece),
                    };
                }
                Token::Sign => match piece {
                    "=" => frame.has_value = true,
                    "{" => frames.push(Frame::default()),
                    "}" if depth > 1 => {
                        frames.pop();
                    }
                    "," if depth > 1 => frame.finish(),
                    _ => {}
                },
                Token::Space if piece == "\n" && depth == 1 => frame.finish(),
                Token::Space | Token::Comment | Token::Text | Token::Bare => {}
            }
        }
        let in_value = frames.last().is_some_and(|frame| frame.has_value);
        if in_value && context.place == Place::Name {
            context.place = Place::Value;
        }
        if let Some(frame) = frames.last() {
            context.entry = if frame.path.is_empty() {
                context.from
            } else {
                frame.entry
            };
            context.taken.clone_from(&frame.taken);
        }
        context.path = frames.into_iter().flat_map(|frame| frame.path).collect();
        context
    }
}

impl Frame<'_> {
    fn finish(&mut self) {
        self.taken.extend(self.path.first());
        self.path.clear();
        self.has_value = false;
    }
}

fn is_closed(string: &str) -> bool {
    let quote = string.get(..1).unwrap_or_default();
    string.len() > 1 && string.ends_with(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> String {
        let pieces = tokens(text)
            .into_iter()
            .filter(|(token, _)| *token != Token::Space);
        let pieces =
            pieces.map(|(token, span)| format!("{}:{}", token.class().unwrap_or("-"), &text[span]));
        pieces.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_values_and_comments_are_told_apart() {
        for (text, pieces) in [
            ("a.b = 1 # c", "k:a -:. k:b -:= n:1 c:# c"),
            ("[[steps]]\nby = \"x\"", "h:[[steps]] k:by -:= s:\"x\""),
            (
                "do.send = { text = 'a, b', n = 2 }",
                "k:do -:. k:send -:= -:{ k:text -:= s:'a, b' -:, k:n -:= n:2 -:}",
            ),
            (
                "x = [1, \"a\\\"b\"]\ny",
                "k:x -:= -:[ n:1 -:, s:\"a\\\"b\" -:] k:y",
            ),
            ("x = \"open\ny = 1.5", "k:x -:= s:\"open k:y -:= n:1.5"),
            (
                "x = \"\"\"a\nb\"\"\"\n\"y z\" = é",
                "k:x -:= s:\"\"\"a\nb\"\"\" k:\"y z\" -:= n:é",
            ),
            ("[broken\n€ = ", "h:[broken -:€ -:="),
        ] {
            assert_eq!(cut(text), pieces);
        }
    }

    #[test]
    fn every_byte_is_in_one_piece_wherever_the_text_is_cut() {
        let whole = "t = \"é\\\"\" # ü\n[[steps]]\ndo.send = { text = '''a\n''', x = [1] }\n";
        for end in (0..=whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let text = &whole[..end];
            let mut at = 0;
            for (_, span) in tokens(text) {
                assert_eq!(span.start, at);
                at = span.end;
            }
            assert_eq!(at, text.len());
            let _ = Context::at(text, end);
        }
    }

    #[test]
    fn a_caret_knows_the_names_that_lead_to_it() {
        let at = |text: &'static str| {
            let caret = text.find('|').unwrap();
            let text = text.replace('|', "");
            let context = Context::at(&text, caret);
            format!(
                "{} {} <{}> {:?} {}",
                context.table,
                context.path.join("."),
                context.word,
                context.place,
                context.taken.join(" ")
            )
        };
        assert_eq!(at("ti|"), "  <ti> Name ");
        assert_eq!(
            at("a = 1\n[[steps]]\nby = \"x\"\nd|"),
            "[[steps]]  <d> Name by"
        );
        assert_eq!(at("[[steps]]\ndo.|"), "[[steps]] do <> Name ");
        assert_eq!(
            at("[[steps]]\ndo.send = { text = 1, p| }"),
            "[[steps]] do.send <p> Name text"
        );
        assert_eq!(
            at("[[steps]]\nby = \"se|"),
            "[[steps]] by <se> Quoted { closed: false } "
        );
        assert_eq!(
            at("[[steps]]\ndo.x = { how = \"w|\" }"),
            "[[steps]] do.x.how <w> Quoted { closed: true } "
        );
        assert_eq!(at("x = |"), " x <> Value ");
        assert_eq!(at("# x|"), "  <> Nothing ");
        assert_eq!(at("x = \"a\"\n|"), "  <> Name x");
    }
}
