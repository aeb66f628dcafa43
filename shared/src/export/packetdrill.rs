//! A run as a packetdrill script: one end's calls, what reaches it, and what its kernel answers.
//!
//! Packetdrill plays one end of one connection against the kernel. What it has no words for is a comment.
//! Source: packetdrill's grammar, `gtests/net/packetdrill/parser.y`.

use std::fmt::Write as _;

use super::{LONG, Run};
use crate::connection::{Connection, Connections, Role, SegmentSent};
use crate::event::call::{Call, CallReturned, How, Returned};
use crate::event::{Event, EventBody};
use crate::ladder::words::plain;
use crate::tcp::flags::Flags;
use crate::units::Nanos;

/// Writes the file.
pub fn write(run: &Run<'_>) -> String {
    let mut out = comment(&run.title()) + &comment(&run.headline());
    let events = &run.recording.events;
    let connections = Connections::from_events(events);
    let reset = run.diagnosis.resets.first();
    let connection = reset.map_or(1, |reset| reset.connection);
    let Some(connection) = connections.with_id(connection) else {
        let why = if connections.unix_pairs().is_empty() {
            "no connection was seen: there is nothing to play"
        } else {
            "AF_UNIX is no TCP, and packetdrill plays nothing else: there is nothing to play"
        };
        // Its grammar wants one event at least.
        return out + &comment(why) + "0.000000 `true`\n";
    };
    let is_client = reset.is_some_and(|reset| reset.sent_by == connection.client.name);
    let local = if is_client {
        Role::Client
    } else {
        Role::Server
    };
    out += &comment(&format!(
        "This end is {}; the other end, {}, is played by packetdrill.",
        connection.end(local).name,
        connection.end(local.other()).name
    ));
    if connections.iter().count() > 1 {
        out += &comment(&format!(
            "Only connection {} of several is told.",
            connection.id
        ));
    }
    if connection.end(local).address.is_ipv6() {
        out += "--ip_version=ipv6\n";
    }
    let start = events.first().map_or(Nanos(0), |event| event.at);
    let script = Script {
        connection,
        local,
        start,
    };
    out += "\n0.000000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n";
    if local == Role::Server {
        out += "0.000000 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n";
    }
    for event in events {
        out += &script.line(event);
    }
    out
}

struct Script<'a> {
    connection: &'a Connection,
    local: Role,
    start: Nanos,
}

impl Script<'_> {
    /// An event's line; empty for what is neither a call of this end nor a segment.
    fn line(&self, event: &Event) -> String {
        match &event.body {
            EventBody::Call(call) if self.is_own(event, call) => self.call(event.at, call),
            EventBody::Segment(_) => {
                let sent = self
                    .connection
                    .segments
                    .iter()
                    .find(|s| s.event == event.id);
                sent.map_or_else(String::new, |sent| self.segment(sent))
            }
            EventBody::Outside(acted) => {
                let (act, result) = (acted.act.to_string(), acted.result);
                self.untold(event.at, &format!("outside: {act} = {result}"))
            }
            EventBody::Call(_)
            | EventBody::Counters(_)
            | EventBody::KernelReset(_)
            | EventBody::ProcessEnded(_)
            | EventBody::Socket(_)
            | EventBody::Step(_)
            | EventBody::Trouble(_) => String::new(),
        }
    }

    /// Whether this end made the call, on the connection or on its listener.
    fn is_own(&self, event: &Event, call: &CallReturned) -> bool {
        let on_connection = self.connection.calls.iter();
        let mut on_connection = on_connection.filter(|on| on.role == self.local);
        let is_listener =
            self.local == Role::Server && Some(call.socket) == self.connection.listener;
        let is_accept = matches!(call.call, Call::Accept { .. });
        let is_this_accept = self.connection.accepted == Some(event.id);
        on_connection.any(|on| on.event == event.id)
            || (is_listener && (!is_accept || is_this_accept))
    }

    fn call(&self, at: Nanos, call: &CallReturned) -> String {
        let begin = self.time(at);
        let blocks = call.parked.0 > 0;
        let time = if blocks {
            let end = Nanos(at.0 + call.parked.0 + call.took.0);
            format!("{begin}...{}", self.time(end))
        } else {
            begin
        };
        let on_listener = Some(call.socket) == self.connection.listener;
        let is_listening = on_listener || self.local == Role::Client;
        let fd = if is_listening { 3 } else { 4 };
        let words = match &call.call {
            Call::Accept { .. } => "accept(3, ..., ...)".to_owned(),
            Call::Bind => format!("bind({fd}, ..., ...)"),
            Call::Connect => format!("connect({fd}, ..., ...)"),
            Call::Listen { backlog } => format!("listen({fd}, {backlog})"),
            Call::Close { .. } => format!("close({fd})"),
            Call::Receive {
                at_most,
                peek,
                out_of_band,
                truncate,
                lets_go: _,
            } => {
                let flags = flags(&[
                    ("MSG_PEEK", *peek),
                    ("MSG_OOB", *out_of_band),
                    ("MSG_TRUNC", *truncate),
                ]);
                format!("recv({fd}, ..., {at_most}, {flags})")
            }
            Call::Send { bytes, out_of_band } => {
                let flags = flags(&[("MSG_OOB", *out_of_band)]);
                format!("send({fd}, ..., {bytes}, {flags})")
            }
            Call::Shutdown { how } => {
                let how = match how {
                    How::Read => "SHUT_RD",
                    How::Write => "SHUT_WR",
                    How::Both => "SHUT_RDWR",
                };
                format!("shutdown({fd}, {how})")
            }
            Call::SetOption { option, value } => match set_option(fd, option, value) {
                Some(words) => words,
                None => return self.untold_call(at, call),
            },
            Call::Socket { mptcp: false } => return String::new(),
            Call::Socket { mptcp: true }
            | Call::BindUnix { .. }
            | Call::ConnectUnix { .. }
            | Call::CloseCopy
            | Call::CloseInUse { .. }
            | Call::Disconnect
            | Call::Duplicate
            | Call::HandOver { .. }
            | Call::LimitDescriptors { .. }
            | Call::SendFastOpen { .. } => return self.untold_call(at, call),
        };
        let result = match (&call.call, call.result) {
            (Call::Accept { .. }, Returned::Ok(_)) => "4".to_owned(),
            (_, Returned::Ok(number)) => number.to_string(),
            (_, Returned::Err(errno)) => format!("-1 {errno} (as recorded)"),
        };
        format!("{time} {words} = {result}\n")
    }

    fn untold_call(&self, at: Nanos, call: &CallReturned) -> String {
        self.untold(at, &format!("{} = {}", call.signature(), call.result))
    }

    /// What packetdrill has no words for.
    fn untold(&self, at: Nanos, what: &str) -> String {
        comment(&format!("{} not told: {what}", self.time(at)))
    }

    fn segment(&self, sent: &SegmentSent) -> String {
        let segment = &sent.segment;
        let ours = sent.from == self.local;
        let flags = segment.flags;
        let mut letters = String::new();
        for (letter, is_set) in [
            ('S', flags.syn()),
            ('F', flags.fin()),
            ('R', flags.rst()),
            ('P', flags.has(Flags::PSH)),
            ('.', flags.ack()),
        ] {
            if is_set {
                letters.push(letter);
            }
        }
        if letters.is_empty() {
            return self.untold(sent.at, &format!("a segment with the flags {flags}"));
        }
        let seq = self.connection.relative_seq(sent);
        let len = segment.payload_len;
        let end = seq.wrapping_add(len);
        let direction = if ours { '>' } else { '<' };
        let mut line = format!(
            "{} {direction} {letters} {seq}:{end}({len})",
            self.time(sent.at)
        );
        if let Some(ack) = self.connection.relative_ack(sent) {
            let _ = write!(line, " ack {ack}");
        }
        if ours {
            // Whatever options our kernel sends here.
            line += " <...>";
        } else {
            let _ = write!(line, " win {}", segment.window);
            let options = &segment.options;
            let mss = options.mss.map(|mss| format!("mss {mss}"));
            let scale = options
                .window_scale
                .map(|shift| format!("nop,wscale {shift}"));
            let sack = options.sack_permitted.then(|| "nop,nop,sackOK".to_owned());
            let told: Vec<_> = [mss, sack, scale].into_iter().flatten().collect();
            if !told.is_empty() {
                let _ = write!(line, " <{}>", told.join(","));
            }
        }
        line + "\n"
    }

    /// Seconds since the story began.
    fn time(&self, at: Nanos) -> String {
        let nanos = at.0.saturating_sub(self.start.0);
        format!("{}.{:06}", nanos / 1_000_000_000, nanos / 1_000 % 1_000_000)
    }
}

fn flags(named: &[(&'static str, bool)]) -> String {
    let set: Vec<_> = named
        .iter()
        .filter(|(_, is_set)| *is_set)
        .map(|(name, _)| *name)
        .collect();
    if set.is_empty() {
        return "0".to_owned();
    }
    set.join("|")
}

/// `None` for an option that packetdrill may not know.
fn set_option(fd: u8, option: &str, value: &str) -> Option<String> {
    if option == "SO_LINGER" {
        let (on, seconds) = value
            .strip_prefix('{')?
            .strip_suffix('}')?
            .split_once(',')?;
        let (on, seconds): (u8, u16) = (on.parse().ok()?, seconds.parse().ok()?);
        return Some(format!(
            "setsockopt({fd}, SOL_SOCKET, SO_LINGER, {{onoff={on}, linger={seconds}}}, 8)"
        ));
    }
    let level = match option {
        "SO_KEEPALIVE" | "SO_RCVBUF" | "SO_SNDBUF" | "SO_REUSEADDR" => "SOL_SOCKET",
        "TCP_NODELAY" | "TCP_KEEPIDLE" | "TCP_KEEPINTVL" | "TCP_KEEPCNT" | "TCP_USER_TIMEOUT"
        | "TCP_DEFER_ACCEPT" | "TCP_LINGER2" => "SOL_TCP",
        _ => return None,
    };
    let value: i64 = value.parse().ok()?;
    Some(format!("setsockopt({fd}, {level}, {option}, [{value}], 4)"))
}

fn comment(words: &str) -> String {
    format!("// {}\n", plain(words, LONG))
}
