//! The kernel's reasons out of a saved trace: the lines of `tcp:tcp_send_reset` in tracefs' own text.
//!
//! A line ends in what the event prints; before it stand task, processor, flags and time. A task may call itself
//! anything, so only what follows the event's last name on a line counts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// One RST that TCP itself sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentReset {
    /// Nanoseconds on the trace's clock, whichever that was.
    pub at: u64,
    pub from: SocketAddr,
    /// `None` where a listening socket answered: the kernel then prints 0.0.0.0:0.
    pub to: Option<SocketAddr>,
    /// `TCP_CLOSE`; `None` where there was no socket.
    pub state: Option<String>,
    /// `TCP_ABORT_ON_CLOSE`.
    pub reason: String,
}

/// A whole trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResetTrace {
    pub resets: Vec<SentReset>,
    /// The trace says that it lost events.
    pub lost: bool,
}

/// Why a text is no such trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceProblem {
    #[error("no line holds `{NAME}`, and it does not begin as a trace does (`# tracer:`)")]
    NoTrace,
    #[error("line {line}: no time stands before `{NAME}`")]
    NoTime { line: usize },
    #[error("line {line}: `{field}` is missing or is no address and port")]
    NoAddress { line: usize, field: &'static str },
    #[error("line {line}: no `reason=`: this kernel does not give one (Linux 6.10 and later do)")]
    NoReason { line: usize },
}

/// Longest text that is read, in bytes.
pub const LONGEST: usize = 256 * 1024 * 1024;
const NAME: &str = "tcp_send_reset:";

impl ResetTrace {
    /// Reads `trace` or `trace_pipe` of tracefs; other events are passed over.
    ///
    /// # Errors
    /// [`TraceProblem`] with the line.
    pub fn read(text: &str) -> Result<Self, TraceProblem> {
        let mut trace = Self::default();
        let mut known = text.trim().is_empty();
        for (line, number) in text.lines().zip(1..) {
            known |= line.starts_with("# tracer:");
            trace.lost |= line.contains("[LOST ") && line.contains("EVENTS]");
            let Some(at) = line.rfind(NAME) else {
                continue;
            };
            let (before, fields) = line.split_at(at);
            let fields = fields.get(NAME.len()..).unwrap_or_default();
            known = true;
            trace.resets.push(reset(before, fields, number)?);
        }
        trace.resets.sort_by_key(|reset| reset.at);
        if known {
            Ok(trace)
        } else {
            Err(TraceProblem::NoTrace)
        }
    }
}

fn reset(before: &str, fields: &str, line: usize) -> Result<SentReset, TraceProblem> {
    let mut times = before.split_whitespace().rev().filter_map(time);
    let at = times.next().ok_or(TraceProblem::NoTime { line })?;
    let field = |name: &str| {
        let mut words = fields.split_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    let address = |names: &'static str| {
        let found = field(names).and_then(|word| word.parse::<SocketAddr>().ok());
        found.ok_or(TraceProblem::NoAddress { line, field: names })
    };
    let (from, to) = (address("src")?, address("dest")?);
    let is_word = |word: &&str| word.len() <= 64 && word.bytes().all(is_letter);
    let reason = field("reason").filter(is_word);
    let reason = reason.ok_or(TraceProblem::NoReason { line })?;
    let state = field("state")
        .filter(is_word)
        .filter(|state| *state != "UNKNOWN");
    Ok(SentReset {
        at,
        from: canonical(from),
        to: Some(canonical(to)).filter(|to| to.port() != 0 || !is_any(to.ip())),
        state: state.map(str::to_owned),
        reason: reason.to_owned(),
    })
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_any(ip: IpAddr) -> bool {
    ip.is_unspecified() || ip == IpAddr::V4(Ipv4Addr::UNSPECIFIED)
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// `1234.567890:` as nanoseconds; at most nine digits after the point count.
fn time(word: &str) -> Option<u64> {
    let (seconds, fraction) = word.trim_end_matches(':').split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(seconds) || !digits(fraction) {
        return None;
    }
    let nanos = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanos = nanos.fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let seconds: u64 = seconds.parse().ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "  python3-19503 [001] b.s1.  1234.001047: tcp_send_reset: skbaddr=0000 skaddr=0000 \
        src=127.0.0.1:26192 dest=127.0.0.1:32561 state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE\n";

    #[test]
    fn a_line_of_tracefs_is_read() {
        let trace = ResetTrace::read(LINE).unwrap();
        let expected = SentReset {
            at: 1_234_001_047_000,
            from: "127.0.0.1:26192".parse().unwrap(),
            to: Some("127.0.0.1:32561".parse().unwrap()),
            state: Some("TCP_CLOSE".to_owned()),
            reason: "TCP_ABORT_ON_CLOSE".to_owned(),
        };
        assert_eq!(trace.resets, [expected]);
    }

    #[test]
    fn a_listener_has_no_other_end_and_a_task_may_be_called_anything() {
        let line = "tcp_send_reset: src=1.1.1.1:1-7 [000] ..s.. 5.5: tcp_send_reset: src=[::1]:80 \
                    dest=0.0.0.0:0 state=UNKNOWN reason=NO_SOCKET";
        let trace = ResetTrace::read(line).unwrap();
        let only = trace.resets.first().unwrap();
        assert_eq!(only.from.to_string(), "[::1]:80");
        assert_eq!(
            (only.to, only.state.as_ref(), only.at),
            (None, None, 5_500_000_000)
        );
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let check = |text: &str, expected: &str| {
            let said = ResetTrace::read(text).unwrap_err().to_string();
            assert!(said.contains(expected), "{text}: {said}");
        };
        check("hello", "no line holds `tcp_send_reset:`");
        check("\nx tcp_send_reset: src=1.1.1.1:1", "line 2: no time");
        check(
            "1.5: tcp_send_reset: src=1.1.1.1",
            "line 1: `src` is missing",
        );
        let without = LINE.split(" reason").next().unwrap();
        check(without, "line 1: no `reason=`");
        assert_eq!(
            ResetTrace::read("# tracer: nop\n").unwrap(),
            ResetTrace::default()
        );
        assert!(
            ResetTrace::read("# tracer: nop\nCPU:1 [LOST 5 EVENTS]\n")
                .unwrap()
                .lost
        );
    }
}
