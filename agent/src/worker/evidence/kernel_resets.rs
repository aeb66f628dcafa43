//! The kernel's own reason for each RST: trace event `tcp:tcp_send_reset`, with the right to read it.
//!
//! The trace is of the whole machine. An event counts for this run only when a cookie, a thread or a unique match
//! ties it to the run; a foreign one never appears anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use aftershake_shared::event::kernel_reset::{KernelReset, TiedBy};
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::event::{EventBody, Source};
use aftershake_shared::units::Nanos;

use crate::sys::perf::{Sample, Tracing};
use crate::sys::tracefs::Tracefs;
use crate::worker::clock::Clock;
use crate::worker::recorder::Recorder;

/// The recording of `tcp_send_reset` and `tcp_destroy_sock` on all processors.
pub(crate) struct KernelResets {
    tracing: Tracing,
    send_reset: Format,
    destroy_sock: Format,
    reasons: BTreeMap<u64, String>,
    states: BTreeMap<u64, String>,
}

/// Which samples belong to a run.
pub(crate) struct Ties<'a> {
    /// Cookies of the run's sockets.
    pub(crate) cookies: &'a BTreeSet<u64>,
    /// Threads of the run.
    pub(crate) threads: &'a [i32],
    /// RSTs that the run captured: from, to, when.
    pub(crate) captured: &'a [(SocketAddr, SocketAddr, Nanos)],
    /// When the run began (`CLOCK_MONOTONIC`).
    pub(crate) since: u64,
}

impl KernelResets {
    /// Begins to listen. To be called before the process gives up its rights by entering a user namespace.
    ///
    /// # Errors
    /// [`Trouble::Absent`] with what is missing.
    pub(crate) fn start() -> Result<Self, Trouble> {
        let absent = |reason: String, remedy: &str| Trouble::Absent {
            evidence: Source::KernelResets,
            reason,
            remedy: remedy.to_owned(),
        };
        let rights =
            "run as root to see the kernel's own reasons; without it calls and counters decide";
        let fs =
            Tracefs::open().map_err(|e| absent(format!("tracefs cannot be read: {e}"), rights))?;
        let missing = |name: &str, error: &io::Error| {
            if error.kind() == io::ErrorKind::NotFound {
                let reason = format!("this kernel has no trace event {name}");
                return absent(reason, "Linux 6.10 or later has it");
            }
            let reason = format!("trace event {name} cannot be read: {error}");
            absent(reason, rights)
        };
        let read = |name: &str| {
            let text = fs.read(&format!("events/tcp/{name}/format"));
            text.map_err(|error| missing(name, &error))
        };
        let text = read("tcp_send_reset")?;
        let send_reset = Format::parse(&text);
        if send_reset.field("reason").is_none() {
            return Err(absent(
                "this kernel's trace event tcp_send_reset has no reason".to_owned(),
                "Linux 6.10 or later has it",
            ));
        }
        let destroy_sock = Format::parse(&read("tcp_destroy_sock")?);
        let tracing = Tracing::start(&[send_reset.id, destroy_sock.id])
            .map_err(|error| absent(format!("trace events cannot be opened: {error}"), rights))?;
        let (reasons, states) = (symbols(&text, "reason"), symbols(&text, "state"));
        Ok(Self {
            tracing,
            send_reset,
            destroy_sock,
            reasons,
            states,
        })
    }

    /// Forgets what the machine did before the run, so that the rings have room for it.
    pub(crate) fn forget(&mut self) {
        let _ = self.tracing.drain();
    }

    /// Notes the resets that belong to the run; forgets all others.
    pub(crate) fn note(&mut self, ties: &Ties<'_>, clock: &Clock, recorder: &mut Recorder<'_>) {
        let (samples, lost) = self.tracing.drain();
        let read = self.read(&samples, ties.since, clock);
        let mut captured = ties.captured.to_vec();
        captured.sort_by_key(|(.., when)| *when);
        let mut untied = lost > 0;
        for Sent {
            at,
            thread,
            reset: sent,
        } in &read.sent
        {
            let cookie = read.cookie_of(sent.socket, *at);
            let is_ours = cookie.is_some_and(|cookie| ties.cookies.contains(&cookie));
            let tied_by = match match_captured(sent, *at, &read.sent, &captured) {
                _ if is_ours => TiedBy::Cookie,
                Match::None => continue,
                Match::Only | Match::Several if ties.threads.contains(thread) => TiedBy::Task,
                // A cookie that is known and not ours speaks for another program's socket.
                Match::Only if cookie.is_none() => TiedBy::OnlyMatch,
                Match::Only | Match::Several => {
                    untied = true;
                    continue;
                }
            };
            let KernelSent {
                reason,
                state,
                from,
                to,
                ..
            } = sent.clone();
            let reset = KernelReset {
                reason,
                state,
                from,
                to,
                tied_by,
            };
            recorder.note(*at, EventBody::KernelReset(reset));
        }
        if untied {
            recorder.note(clock.now(), EventBody::Trouble(Trouble::ReasonNotTied));
        }
    }

    fn sent_reset(&self, sample: &Sample) -> Option<KernelSent> {
        let format = &self.send_reset;
        if format.number(&sample.record, "common_type")? != format.id {
            return None;
        }
        let reason = format.number(&sample.record, "reason")?;
        let state = format.number(&sample.record, "state")?;
        let from = socket_address(format.bytes(&sample.record, "saddr")?)?;
        let to = socket_address(format.bytes(&sample.record, "daddr")?)?;
        Some(KernelSent {
            reason: self
                .reasons
                .get(&reason)
                .cloned()
                .unwrap_or_else(|| format!("REASON_{reason}")),
            state: (state != 0)
                .then(|| self.states.get(&state).cloned())
                .flatten(),
            from,
            to: Some(to).filter(|to| to.port() != 0),
            socket: format.number(&sample.record, "skaddr").unwrap_or(0),
        })
    }

    /// Reads every sample once: a run of many connections has thousands.
    fn read(&self, samples: &[Sample], since: u64, clock: &Clock) -> Read {
        let mut read = Read::default();
        let format = &self.destroy_sock;
        for sample in samples.iter().filter(|sample| sample.at >= since) {
            let at = clock.at_monotonic(sample.at);
            if let Some(reset) = self.sent_reset(sample) {
                let thread = sample.thread;
                read.sent.push(Sent { at, thread, reset });
            } else if format.number(&sample.record, "common_type") == Some(format.id)
                && let Some(socket) = format.number(&sample.record, "skaddr")
            {
                let cookie = format.number(&sample.record, "sock_cookie").unwrap_or(0);
                read.destroyed.entry(socket).or_default().push((at, cookie));
            }
        }
        read
    }
}

/// One `tcp_send_reset`.
struct Sent {
    at: Nanos,
    /// The thread that was on the processor.
    thread: i32,
    reset: KernelSent,
}

/// The samples of a run, in order of time.
#[derive(Default)]
struct Read {
    sent: Vec<Sent>,
    /// When the socket at each address was destroyed, and its cookie.
    destroyed: BTreeMap<u64, Vec<(Nanos, u64)>>,
}

impl Read {
    /// The cookie of the socket at that address: it stands in the next event that destroys the socket.
    fn cookie_of(&self, socket: u64, at: Nanos) -> Option<u64> {
        let destroyed = self.destroyed.get(&socket).filter(|_| socket != 0)?;
        let next = destroyed.partition_point(|(when, _)| *when < at);
        destroyed
            .get(next)
            .map(|(_, cookie)| *cookie)
            .filter(|cookie| *cookie != 0)
    }
}

/// Whether exactly one captured RST fits this sample, and no other sample fits that RST. Both lists in order of time.
fn match_captured(
    sent: &KernelSent,
    at: Nanos,
    all: &[Sent],
    captured: &[(SocketAddr, SocketAddr, Nanos)],
) -> Match {
    let fits = |sent: &KernelSent, (from, to, _): &(SocketAddr, SocketAddr, Nanos)| {
        sent.from == *from && sent.to.is_none_or(|sent_to| sent_to == *to)
    };
    let mut mine = near(captured, at, |(.., when)| *when).filter(|captured| fits(sent, captured));
    let captured = match (mine.next(), mine.next()) {
        (None, _) => return Match::None,
        (Some(only), None) => only,
        (Some(_), Some(_)) => return Match::Several,
    };
    let (.., when) = captured;
    let rivals = near(all, *when, |rival| rival.at).filter(|rival| fits(&rival.reset, captured));
    if rivals.count() == 1 {
        Match::Only
    } else {
        Match::Several
    }
}

/// The part of a list in order of time that lies within [`NEAR_NS`] of a moment.
fn near<T>(list: &[T], at: Nanos, when: impl Fn(&T) -> Nanos) -> impl Iterator<Item = &T> {
    let first = list.partition_point(|item| when(item).0.saturating_add(NEAR_NS) <= at.0);
    let rest = list.get(first..).unwrap_or_default();
    rest.iter()
        .take_while(move |item| when(item).0 < at.0.saturating_add(NEAR_NS))
}

/// How close in time a trace event and its captured RST lie at most, in nanoseconds.
const NEAR_NS: u64 = 1_000_000;

enum Match {
    None,
    Only,
    Several,
}

#[derive(Clone)]
struct KernelSent {
    reason: String,
    state: Option<String>,
    from: SocketAddr,
    to: Option<SocketAddr>,
    /// The kernel's address of the socket, 0 for none. Never leaves this file.
    socket: u64,
}

/// Where the fields of a trace event stand in its record.
struct Format {
    id: u64,
    fields: BTreeMap<String, (usize, usize)>,
}

impl Format {
    /// Reads a `format` file: `field:int state; offset:24; size:4; signed:1;`.
    fn parse(text: &str) -> Self {
        let mut format = Self {
            id: 0,
            fields: BTreeMap::new(),
        };
        for line in text.lines().map(str::trim) {
            if let Some(id) = line.strip_prefix("ID:") {
                format.id = id.trim().parse().unwrap_or(0);
            }
            let Some(rest) = line.strip_prefix("field:") else {
                continue;
            };
            let mut parts = rest.split(';').map(str::trim);
            let declaration = parts.next().unwrap_or_default();
            let name = declaration
                .split([' ', '*'])
                .next_back()
                .unwrap_or_default();
            let name = name.split('[').next().unwrap_or_default();
            let (mut offset, mut size) = (None, None);
            for part in parts {
                match part.split_once(':') {
                    Some(("offset", number)) => offset = number.parse().ok(),
                    Some(("size", number)) => size = number.parse().ok(),
                    _ => {}
                }
            }
            if let (Some(offset), Some(size)) = (offset, size) {
                format.fields.insert(name.to_owned(), (offset, size));
            }
        }
        format
    }

    fn field(&self, name: &str) -> Option<(usize, usize)> {
        self.fields.get(name).copied()
    }

    fn bytes<'a>(&self, record: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let (offset, size) = self.field(name)?;
        record.get(offset..offset + size)
    }

    fn number(&self, record: &[u8], name: &str) -> Option<u64> {
        let bytes = self.bytes(record, name)?;
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(bytes) {
            *to = *from;
        }
        Some(u64::from_le_bytes(word))
    }
}

/// Reads the names of a field's values from `print fmt`: `__print_symbolic(REC->reason, { 0, "NOT_SPECIFIED" }, …`.
fn symbols(text: &str, field: &str) -> BTreeMap<u64, String> {
    let mut names = BTreeMap::new();
    let Some((_, rest)) = text.split_once(&format!("__print_symbolic(REC->{field},")) else {
        return names;
    };
    let list = rest.split(')').next().unwrap_or_default();
    for entry in list.split('{').skip(1) {
        let Some((number, name)) = entry.split_once(',') else {
            continue;
        };
        let name = name.split('"').nth(1).unwrap_or_default().to_owned();
        let number = number.trim();
        let value = number.parse().ok().or_else(|| state_number(number));
        if let Some(value) = value {
            names.insert(value, name);
        }
    }
    names
}

/// The state list is written with the kernel's own constants. Source: `include/net/tcp_states.h`.
fn state_number(name: &str) -> Option<u64> {
    let names = [
        "TCP_ESTABLISHED",
        "TCP_SYN_SENT",
        "TCP_SYN_RECV",
        "TCP_FIN_WAIT1",
        "TCP_FIN_WAIT2",
        "TCP_TIME_WAIT",
        "TCP_CLOSE",
        "TCP_CLOSE_WAIT",
        "TCP_LAST_ACK",
        "TCP_LISTEN",
        "TCP_CLOSING",
        "TCP_NEW_SYN_RECV",
    ];
    (1..)
        .zip(names)
        .find(|(_, known)| *known == name)
        .map(|(number, _)| number)
}

/// A `struct sockaddr_in` or `sockaddr_in6` as bytes.
fn socket_address(bytes: &[u8]) -> Option<SocketAddr> {
    let [f0, f1, p0, p1, a, b, c, d, ..] = *bytes.first_chunk::<28>()?;
    let port = u16::from_be_bytes([p0, p1]);
    let ip = match u16::from_ne_bytes([f0, f1]) {
        2 => IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        10 => {
            let octets: [u8; 16] = *bytes.get(8..)?.first_chunk()?;
            IpAddr::V6(Ipv6Addr::from(octets)).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: &str = "name: tcp_send_reset\nID: 2280\nformat:\n\
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\
        \tfield:const void * skaddr;\toffset:16;\tsize:8;\tsigned:0;\n\
        \tfield:__u8 saddr[28];\toffset:32;\tsize:28;\tsigned:0;\n\
        print fmt: \"x\", REC->state ? __print_symbolic(REC->state, { TCP_LISTEN, \"TCP_LISTEN\" }) : \"UNKNOWN\", \
        __print_symbolic(REC->reason, { 0, \"NOT_SPECIFIED\" }, { 11, \"TCP_ABORT_ON_CLOSE\" })";

    #[test]
    fn reads_the_kernels_description() {
        let format = Format::parse(FORMAT);
        assert_eq!(format.id, 2280);
        assert_eq!(format.field("saddr"), Some((32, 28)));
        assert_eq!(format.field("skaddr"), Some((16, 8)));
        assert_eq!(symbols(FORMAT, "reason")[&11], "TCP_ABORT_ON_CLOSE");
        assert_eq!(symbols(FORMAT, "state")[&10], "TCP_LISTEN");
    }

    #[test]
    fn reads_addresses_of_both_families() {
        let mut v4 = [0; 28];
        v4[..8].copy_from_slice(&[2, 0, 0x1f, 0x90, 127, 0, 0, 1]);
        assert_eq!(socket_address(&v4).unwrap().to_string(), "127.0.0.1:8080");
        let mut v6 = [0; 28];
        v6[..4].copy_from_slice(&[10, 0, 0x1f, 0x90]);
        v6[23] = 1;
        assert_eq!(socket_address(&v6).unwrap().to_string(), "[::1]:8080");
        assert_eq!(socket_address(&[0; 28]), None);
    }
}
