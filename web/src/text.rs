//! Words and numbers as the page shows them. What users wrote is text and nothing else.
//!
//! All English of the page is here and in the modules below, so that a translation has one place to replace;
//! `web/tests/words.rs` looks through the rest. Words that a terminal says too are in `shared`.

pub mod commands;
pub mod editor;
pub mod file;
pub mod guide;
pub mod inspector;
pub mod ladder;
pub mod many;
pub mod page;
pub mod playback;
pub mod recorded;
pub mod share;
pub mod table;
pub mod templates;
pub mod verdict;

use std::fmt::Write as _;

use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::diagnosis::finding::Certainty;
use aftershake_shared::errno::Errno;
use aftershake_shared::scenario::expect::Outcome;
use yew::{Html, html};

/// The text with characters that would hide or reorder it made visible: `⟨U+202E⟩`.
///
/// Direction marks and control characters have no look of their own; without this a title could
/// read differently from what it says.
pub fn shown(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    let mut visible = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            let _ = write!(visible, "⟨U+{:04X}⟩", u32::from(letter));
        } else {
            visible.push(letter);
        }
    }
    visible
}

/// Whether a character changes the text around it without being seen.
pub fn is_hidden(letter: char) -> bool {
    let is_mark = matches!(
        letter,
        '\u{061c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    );
    is_mark || (letter.is_control() && letter != '\n' && letter != '\t')
}

/// The first hidden character of a text, with its line from 1.
pub fn first_hidden(text: &str) -> Option<(usize, char)> {
    text.split('\n').zip(1..).find_map(|(line, number)| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.chars()
            .find(|letter| is_hidden(*letter))
            .map(|letter| (number, letter))
    })
}

/// A sentence with its calls, constants and counters set as code: `close()`, `ECONNRESET`, `SO_LINGER`.
pub fn sentence(text: &str) -> Html {
    let text = shown(text);
    let parts = split_code(&text).into_iter().map(|part| match part {
        Part::Code(code) => html! { <code>{ code.to_owned() }</code> },
        Part::Words(words) => html! { { words.to_owned() } },
    });
    parts.collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Code(&'a str),
    Words(&'a str),
}

/// Splits at backticks, and at words that are code by their look.
fn split_code(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (piece, is_quoted) in text.split('`').zip([false, true].into_iter().cycle()) {
        if is_quoted {
            parts.push(Part::Code(piece));
        } else {
            split_words(piece, &mut parts);
        }
    }
    parts
}

fn split_words<'a>(text: &'a str, parts: &mut Vec<Part<'a>>) {
    let mut words_from = 0;
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let core = bare.trim_end_matches(['.', ',', ';', ':', '?', '!', '’', '”', '\'']);
        if looks_like_code(core) {
            push_words(text.get(words_from..at), parts);
            parts.push(Part::Code(core));
            words_from = at + core.len();
        }
        at += word.len();
    }
    push_words(text.get(words_from..), parts);
}

fn push_words<'a>(words: Option<&'a str>, parts: &mut Vec<Part<'a>>) {
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        parts.push(Part::Words(words));
    }
}

/// A call with its brackets, an errno, or a name in capitals with an underscore.
fn looks_like_code(word: &str) -> bool {
    let is_call = word.ends_with(')')
        && word.find('(').is_some_and(|open| {
            open > 0
                && word
                    .bytes()
                    .take(open)
                    .all(|b| b.is_ascii_lowercase() || b == b'_')
        });
    let is_capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let is_constant = word.len() > 4
        && word.bytes().all(is_capital)
        && (word.contains('_') || Errno::from_name(word).is_some());
    let is_counter = ["TcpExt", "TCPAbort", "MPTcpExt"]
        .iter()
        .any(|prefix| word.starts_with(prefix));
    is_call || is_constant || is_counter
}

/// How sure, in one word.
pub const fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        Certainty::Possible => "possible",
    }
}

/// How it ended, in words for a reader.
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Closed => "closed",
        Outcome::Open => "still open",
        Outcome::TimedOut => "timed out",
        Outcome::Refused => "refused",
        Outcome::Reset => "reset",
    }
}

/// A cause in words: `close-with-unread-data` is "close with unread data".
pub fn cause(cause: CauseId) -> String {
    cause.slug().replace('-', " ")
}

/// `1 byte`, `16 bytes`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    let unit = if number == 1 { one } else { many };
    format!("{number} {unit}")
}

/// How many events.
pub fn events(number: usize) -> String {
    count(number as u64, "event", "events")
}

/// How many bytes.
pub fn bytes(number: u64) -> String {
    count(number, "byte", "bytes")
}

/// Runs that come before the one asked for.
pub fn waits(ahead: u32) -> String {
    let runs = count(ahead.into(), "run", "runs");
    format!("Waits for its turn: {runs} ahead.")
}

/// Who it was, as the subject or object of a sentence: `the server`, `a third party`, `proxy`.
pub fn actor(name: &str) -> String {
    match name {
        "client" | "server" | "proxy" => format!("the {name}"),
        "third-party" => "a third party".to_owned(),
        other => shown(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_marks_and_control_characters_are_made_visible() {
        assert_eq!(shown("safe\ntext"), "safe\ntext");
        assert_eq!(shown("a\u{202e}b"), "a⟨U+202E⟩b");
        assert_eq!(shown("\u{1b}[31m"), "⟨U+001B⟩[31m");
        assert_eq!(first_hidden("x\r\ny\u{2066}"), Some((2, '\u{2066}')));
        assert_eq!(first_hidden("x\r\ny"), None);
    }

    #[test]
    fn calls_errnos_and_constants_are_set_as_code() {
        use Part::{Code, Words};
        assert_eq!(
            split_code("The next call, recv(1024), got ECONNRESET."),
            [
                Words("The next call, "),
                Code("recv(1024)"),
                Words(", got "),
                Code("ECONNRESET"),
                Words("."),
            ]
        );
        assert_eq!(
            split_code("a RST (not a FIN) by `x y`"),
            [Words("a RST (not a FIN) by "), Code("x y")]
        );
    }
}
