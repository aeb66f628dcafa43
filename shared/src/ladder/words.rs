//! Words on the ladder: names, numbers and one sentence for each thing.
//!
//! All text that comes from outside passes [`plain`] here, so that no drawing of a ladder can carry a control
//! character, a terminal escape or a change of writing direction.

use std::fmt::Write as _;

use crate::event::call::{Call, CallReturned, Returned};
use crate::letters::is_hidden;
use crate::units::Nanos;

use super::who::Told;

/// Text without anything that could disturb a terminal or a page, shortened to `limit` columns.
///
/// Replaced by U+FFFD: controls (Unicode Cc), bidirectional controls (UAX #9), invisible and tag characters,
/// line and paragraph separators, and noncharacters, which XML 1.0 forbids.
pub fn plain(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut columns = 0;
    let mut combining = 0;
    for c in text.chars() {
        let c = if is_hidden(c) { '\u{fffd}' } else { c };
        let wide = columns_of(c);
        combining = if wide == 0 { combining + 1 } else { 0 };
        if combining > 2 {
            continue;
        }
        if columns + wide > limit {
            while columns + 1 > limit {
                let Some(last) = out.pop() else { break };
                columns -= columns_of(last);
            }
            if limit > 0 {
                out.push('…');
            }
            return out;
        }
        out.push(c);
        columns += wide;
    }
    out
}

/// How many terminal columns a text takes. Rough: East Asian wide characters and emoji take two.
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(c: char) -> usize {
    match u32::from(c) {
        // Combining marks.
        0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f => 0,
        // East Asian Wide and Fullwidth, emoji.
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// A moment in one unit for all: milliseconds below ten seconds.
pub(super) fn moment(at: Nanos) -> String {
    if at < Nanos::from_millis(10_000) {
        format!("{} ms", at.in_unit(Nanos::MILLISECOND, 3))
    } else {
        format!("{} s", at.in_unit(Nanos::SECOND, 3))
    }
}

/// A span with two digits that matter: `20 ms`, `5.1 s`.
pub(super) fn about(span: Nanos) -> String {
    let (unit, digits, name) = match span.0 {
        ..10_000 => return span.to_string(),
        10_000..1_000_000 => (Nanos::MICROSECOND, 0, "µs"),
        1_000_000..10_000_000 => (Nanos::MILLISECOND, 1, "ms"),
        10_000_000..1_000_000_000 => (Nanos::MILLISECOND, 0, "ms"),
        1_000_000_000..10_000_000_000 => (Nanos::SECOND, 1, "s"),
        _ => (Nanos::SECOND, 0, "s"),
    };
    format!("{} {name}", span.in_unit(unit, digits))
}

/// A call's result: `= 16`, `EOF`, `ECONNRESET`.
pub(super) fn result(call: &CallReturned) -> String {
    match (&call.call, call.result) {
        (Call::Receive { at_most: 1.., .. }, Returned::Ok(0)) => "EOF".to_owned(),
        (Call::CloseInUse { .. }, Returned::Ok(_)) => "= 0, still held".to_owned(),
        (_, Returned::Ok(number)) => format!("= {number}"),
        (_, Returned::Err(errno)) => errno.to_string(),
    }
}

/// `1:1 ack 17`, `1:17 (16)`, `ack 17`.
pub(super) fn numbers(told: &Told) -> String {
    let ends = told.flags.syn() || told.flags.fin() || told.flags.rst();
    let mut words = Vec::new();
    if told.len > 0 || ends || !told.next || told.ack.is_none() {
        words.push(format!("{}:{}", told.seq, told.seq.wrapping_add(told.len)));
    }
    if told.len > 0 {
        words.push(format!("({})", told.len));
    }
    if let Some(ack) = told.ack.filter(|_| told.len == 0) {
        words.push(format!("ack {ack}"));
    }
    if told.window == 0 && !told.flags.rst() {
        words.push("win 0".to_owned());
    }
    if told.again {
        words.push("again".to_owned());
    }
    if told.unanswered {
        words.push("no answer".to_owned());
    }
    words.join(" ")
}

/// `segment 6, RST,ACK from server to client at 1.703 ms, sequence 1, acknowledges 17`.
pub(super) fn segment(number: u32, at: Nanos, told: &Told, from: &str, to: &str) -> String {
    let Told { flags, seq, .. } = told;
    let flags = match flags.names() {
        none if none == "-" => "without flags".to_owned(),
        names => names,
    };
    let mut text = format!("segment {number}, {flags} from {from} to {to}");
    let _ = write!(text, " at {}, sequence {seq}", moment(at));
    if told.len > 0 {
        let _ = write!(text, ", {}", counted(told.len, "byte"));
    }
    if let Some(ack) = told.ack {
        let _ = write!(text, ", acknowledges {ack}");
    }
    if told.window == 0 && !told.flags.rst() {
        text += ", window 0";
    }
    if told.again {
        text += ", sent again";
    }
    if told.unanswered {
        text += ", not acknowledged before it was sent again";
    }
    text
}

/// `call 5, close() by server at 1.690 ms, took 30 µs, returned 0, 16 bytes unread`.
pub(super) fn call(number: u32, at: Nanos, call: &CallReturned, name: &str, by: &str) -> String {
    let mut text = format!("call {number}, {name} by {by} at {}", moment(at));
    if call.parked > Nanos(0) {
        let _ = write!(text, ", waited {}", about(call.parked));
    }
    let _ = write!(text, ", took {}", about(call.took));
    let _ = match call.result {
        Returned::Ok(value) => write!(text, ", returned {value}"),
        Returned::Err(errno) => match errno.words() {
            Some(words) => write!(text, ", failed with {errno}: {words}"),
            None => write!(text, ", failed with {errno}"),
        },
    };
    if let Call::Close {
        unread: Some(unread @ 1..),
    } = call.call
    {
        let _ = write!(text, ", {} unread", counted(unread, "byte"));
    }
    if let Some(remark) = call.remark() {
        let _ = write!(text, ", {}", plain(&remark, 100));
    }
    text
}

/// `1 byte`, `16 bytes`.
pub(super) fn counted(count: u32, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_disturb_a_terminal_is_replaced() {
        for (text, expected) in [
            ("server-2_a", "server-2_a"),
            ("a\u{1b}[31mb\n", "a\u{fffd}[31mb\u{fffd}"),
            ("a\u{202e}b\u{2066}", "a\u{fffd}b\u{fffd}"),
            ("\u{9b}1m\u{200b}", "\u{fffd}1m\u{fffd}"),
            ("a\u{ffff}\u{e0041}", "a\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(plain(text, 40), expected);
        }
    }

    #[test]
    fn long_text_is_cut_at_a_column() {
        assert_eq!(plain("abcdef", 6), "abcdef");
        assert_eq!(plain("abcdefg", 6), "abcde…");
        assert_eq!(plain("日本語", 5), "日本…");
        assert_eq!(plain("abc", 0), "");
        assert!(columns(&plain(&"e\u{301}\u{301}\u{301}\u{301}".repeat(9), 6)) <= 6);
    }

    #[test]
    fn spans_keep_two_digits() {
        for (nanos, text) in [
            (0, "0 ms"),
            (686_000, "686 µs"),
            (1_700_000, "1.7 ms"),
            (20_100_000, "20 ms"),
            (5_021_000_000, "5.0 s"),
        ] {
            assert_eq!(about(Nanos(nanos)), text);
        }
    }
}
