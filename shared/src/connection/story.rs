//! Makes up the events of a run as Linux would have produced them: segments from notation, calls, counters.
//!
//! A segment is written `client > server PA 1:17(16) ack 1 win 64`; times are microseconds.

use std::net::SocketAddr;

use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, Returned, SocketId};
use crate::event::counters::CountersMoved;
use crate::event::kernel_reset::{KernelReset, TiedBy};
use crate::event::outside_acted::{OutsideAct, OutsideActed};
use crate::event::process_ended::{ClosedSocket, Ended, ProcessEnded};
use crate::event::segment_seen::{Bytes, SegmentSeen};
use crate::event::socket_sampled::{SocketSampled, TcpInfo};
use crate::event::step_progress::{Progress, StepProgress};
use crate::event::{Event, EventBody, EventId, Source, sort_and_number};
use crate::tcp::flags::Flags;
use crate::tcp::seq_num::SeqNum;
use crate::tcp::state::TcpState;
use crate::units::Nanos;

pub(crate) const LISTENER: u32 = 1;
pub(crate) const CLIENT: u32 = 2;
pub(crate) const SERVER: u32 = 3;

const CLIENT_ISN: u32 = 1_000_000;
const SERVER_ISN: u32 = 4_294_967_290; // wraps after a few bytes
const PORT: u16 = 8080;

/// A made-up run.
#[derive(Clone, Default)]
pub(crate) struct Story {
    pub(crate) events: Vec<Event>,
    ip_id: u16,
    client_port: u16,
}

pub(crate) fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

impl Story {
    pub(crate) fn new() -> Self {
        Self {
            client_port: 40_000,
            ..Self::default()
        }
    }

    /// The same story on a further connection, with the sockets' numbers moved by ten.
    pub(crate) fn next_client(&mut self) {
        self.client_port += 1;
    }

    /// The next segment's IPv4 identification is this one.
    pub(crate) fn identify_from(&mut self, id: u16) {
        self.ip_id = id.wrapping_sub(1);
    }

    fn shift(&self) -> u32 {
        u32::from(self.client_port - 40_000) * 10
    }

    fn push(&mut self, at: u64, body: EventBody) -> &mut Self {
        self.events.push(Event {
            id: EventId(0),
            at: Nanos::from_micros(at),
            body,
        });
        self
    }

    /// A segment in notation; header fields the notation lacks are as Linux writes them.
    pub(crate) fn segment(&mut self, at: u64, notation: &str) -> &mut Self {
        let words: Vec<&str> = notation.split_whitespace().collect();
        let [from, ">", _to, flags, range, rest @ ..] = words.as_slice() else {
            panic!("no notation: {notation}");
        };
        let by_client = *from == "client";
        let flags = Flags::from_letters(flags).unwrap();
        let (seq, range) = range.split_once(':').unwrap();
        let len: usize = range
            .split_once('(')
            .unwrap()
            .1
            .trim_end_matches(')')
            .parse()
            .unwrap();
        let number = |word: &str| {
            let at = rest.iter().position(|one| *one == word)?;
            rest[at + 1].parse::<u32>().ok()
        };
        let (own, other) = if by_client {
            (CLIENT_ISN, SERVER_ISN)
        } else {
            (SERVER_ISN, CLIENT_ISN)
        };
        let mut seq = own.wrapping_add(seq.parse().unwrap());
        let window = u16::try_from(number("win").unwrap_or(64)).unwrap();
        let bare = flags.rst() && window == 0;
        if !by_client && flags.ack() && bare {
            seq = 0;
        }
        let ack = number("ack").map_or(0, |ack| other.wrapping_add(ack));
        self.ip_id = self.ip_id.wrapping_add(1);
        let (src, dst) = if by_client {
            (self.client_port, PORT)
        } else {
            (PORT, self.client_port)
        };
        let ttl = number("ttl").map_or(64, |ttl| u8::try_from(ttl).unwrap());
        let raw = datagram(&Header {
            src,
            dst,
            id: if bare || flags.rst() && !flags.ack() || flags.syn() && flags.ack() {
                0
            } else {
                self.ip_id
            },
            ttl,
            seq,
            ack,
            flags,
            window,
            options: options(rest, !flags.rst() || (flags.ack() && !bare)),
            len,
        });
        let len = u32::try_from(raw.len()).unwrap();
        self.push(
            at,
            EventBody::Segment(SegmentSeen {
                raw: Bytes(raw),
                len,
            }),
        )
    }

    /// A call that took `took` microseconds. Sockets: [`LISTENER`], [`CLIENT`], [`SERVER`].
    /// The call just told had waited so many microseconds before it went on.
    pub(crate) fn waited(&mut self, micros: u64) -> &mut Self {
        if let Some(Event {
            body: EventBody::Call(call),
            ..
        }) = self.events.last_mut()
        {
            call.parked = Nanos::from_micros(micros);
        }
        self
    }

    pub(crate) fn call(
        &mut self,
        at: u64,
        took: u64,
        socket: u32,
        call: Call,
        result: Returned,
    ) -> &mut Self {
        let (by, local, remote) = match socket {
            LISTENER => ("server", Some(PORT), None),
            CLIENT => ("client", Some(self.client_port), Some(PORT)),
            _ => ("server", Some(PORT), Some(self.client_port)),
        };
        let id = if socket == LISTENER {
            socket
        } else {
            socket + self.shift()
        };
        self.push(
            at,
            EventBody::Call(CallReturned {
                by: by.to_owned(),
                step: None,
                call,
                socket: SocketId(id),
                local: local.map(address),
                remote: remote.map(address),
                took: Nanos::from_micros(took),
                parked: Nanos(0),
                result,
            }),
        )
    }

    pub(crate) fn ok(&mut self, at: u64, socket: u32, call: Call, result: u64) -> &mut Self {
        self.call(at, 20, socket, call, Returned::Ok(result))
    }

    pub(crate) fn err(&mut self, at: u64, socket: u32, call: Call, errno: Errno) -> &mut Self {
        self.call(at, 20, socket, call, Returned::Err(errno))
    }

    pub(crate) fn counters(&mut self, at: u64, moved: &[(&str, i64)]) -> &mut Self {
        let deltas = moved
            .iter()
            .map(|(name, delta)| ((*name).to_owned(), *delta))
            .collect();
        self.push(
            at,
            EventBody::Counters(CountersMoved {
                after_step: None,
                deltas,
            }),
        )
    }

    /// The counters of one RST: the endpoints it reset, and one more that moved for it.
    pub(crate) fn counted(&mut self, at: u64, reset: i64, more: &str) -> &mut Self {
        self.counters(
            at,
            &[("TcpOutRsts", 1), ("TcpEstabResets", reset), (more, 1)],
        )
    }

    /// The kernel's reason for a RST of the server, or of the client when `by_client`.
    pub(crate) fn reason(
        &mut self,
        at: u64,
        by_client: bool,
        reason: &str,
        state: &str,
    ) -> &mut Self {
        let (from, to) = if by_client {
            (self.client_port, PORT)
        } else {
            (PORT, self.client_port)
        };
        self.push(
            at,
            EventBody::KernelReset(KernelReset {
                reason: reason.to_owned(),
                state: Some(state.to_owned()),
                from: address(from),
                to: Some(address(to)),
                tied_by: TiedBy::Cookie,
            }),
        )
    }

    /// A reading of the server's socket; `whole` when the kernel still had all of it.
    pub(crate) fn server_is(&mut self, at: u64, state: TcpState, whole: bool) -> &mut Self {
        let sampled = SocketSampled {
            local: address(PORT),
            remote: Some(address(self.client_port)),
            state,
            unread: 0,
            unsent: 0,
            info: whole.then(TcpInfo::default),
        };
        self.push(at, EventBody::Socket(sampled))
    }

    pub(crate) fn listen(&mut self) -> &mut Self {
        self.ok(0, LISTENER, Call::Bind, 0)
            .ok(30, LISTENER, Call::Listen { backlog: 8 }, 0)
    }

    /// 100 to 160 µs: connect and the three segments of the handshake.
    pub(crate) fn connect(&mut self) -> &mut Self {
        self.call(100, 80, CLIENT, Call::Connect, Returned::Ok(0))
            .segment(110, "client > server S 0:0(0) win 65495")
            .segment(120, "server > client SA 0:0(0) ack 1 win 65483")
            .segment(130, "client > server A 1:1(0) ack 1 win 64")
    }

    /// 200 µs: accept.
    pub(crate) fn accept(&mut self) -> &mut Self {
        let opened = SERVER + self.shift();
        let call = Call::Accept {
            opened: Some(SocketId(opened)),
        };
        self.ok(200, LISTENER, call, u64::from(opened))
    }

    /// 300 µs: the client sends 16 bytes, which the server's kernel acknowledges.
    pub(crate) fn send16(&mut self) -> &mut Self {
        self.ok(300, CLIENT, send(16), 16)
            .segment(305, "client > server PA 1:17(16) ack 1 win 64")
            .segment(310, "server > client A 1:1(0) ack 17 win 64")
    }

    /// A process ended by `exit(1)` and closed these sockets, with what `SIOCINQ` said of each.
    pub(crate) fn ended(
        &mut self,
        at: u64,
        process: &str,
        closed: &[(u32, Option<u32>)],
    ) -> &mut Self {
        let closed = closed.iter().map(|(socket, unread)| ClosedSocket {
            socket: SocketId(*socket),
            local: None,
            remote: None,
            unread: *unread,
        });
        self.push(
            at,
            EventBody::ProcessEnded(ProcessEnded {
                process: process.to_owned(),
                step: None,
                how: Ended::Exited(1),
                took: Nanos::from_micros(100),
                closed: closed.collect(),
            }),
        )
    }

    /// Something that was done from outside.
    pub(crate) fn outside(&mut self, at: u64, act: OutsideAct) -> &mut Self {
        self.push(
            at,
            EventBody::Outside(OutsideActed {
                step: None,
                act,
                took: Nanos::from_micros(20),
                result: Returned::Ok(0),
            }),
        )
    }

    /// The run was carried out step by step, with nothing beside it.
    pub(crate) fn scripted(&mut self) -> &mut Self {
        self.push(
            0,
            EventBody::Step(StepProgress {
                step: 0,
                progress: Progress::Started,
            }),
        )
    }

    /// Events in order, numbered, of the given sources only.
    pub(crate) fn events(&self, sources: &[Source]) -> Vec<Event> {
        let kept = |event: &&Event| {
            let source = event.body.source();
            source.is_none_or(|source| sources.contains(&source))
        };
        let mut events: Vec<Event> = self.events.iter().filter(kept).cloned().collect();
        sort_and_number(&mut events, 1);
        events
    }
}

pub(crate) fn send(bytes: u64) -> Call {
    Call::Send {
        bytes,
        out_of_band: false,
    }
}

pub(crate) fn receive() -> Call {
    Call::Receive {
        at_most: 1024,
        peek: false,
        out_of_band: false,
        truncate: false,
        lets_go: false,
    }
}

pub(crate) fn close(unread: u32) -> Call {
    Call::Close {
        unread: Some(unread),
    }
}

pub(crate) fn linger_zero() -> Call {
    option("SO_LINGER", "{1,0}")
}

pub(crate) fn option(option: &str, value: &str) -> Call {
    Call::SetOption {
        option: option.to_owned(),
        value: value.to_owned(),
    }
}

/// A segment without payload that a raw socket writes in one end's name; numbers as in the notation.
pub(crate) fn forge(way: &str, flags: &str, seq: u32, ack: u32) -> OutsideAct {
    let (own, other) = if way.starts_with("client") {
        ((40_000, CLIENT_ISN), (PORT, SERVER_ISN))
    } else {
        ((PORT, SERVER_ISN), (40_000, CLIENT_ISN))
    };
    let flags = Flags::from_letters(flags).unwrap();
    let ack = if flags.ack() {
        other.1.wrapping_add(ack)
    } else {
        0
    };
    OutsideAct::ForgeSegment {
        from: address(own.0),
        to: address(other.0),
        flags,
        seq: SeqNum(own.1.wrapping_add(seq)),
        ack: SeqNum(ack),
        len: 0,
        wrong_checksum: false,
    }
}

struct Header {
    src: u16,
    dst: u16,
    id: u16,
    ttl: u8,
    seq: u32,
    ack: u32,
    flags: Flags,
    window: u16,
    options: Vec<u8>,
    len: usize,
}

/// Timestamps where they were agreed, and what the notation asks for by name: `fastclose`, `tcprst`.
fn options(words: &[&str], timestamps: bool) -> Vec<u8> {
    let mut options = Vec::new();
    if timestamps {
        options.extend([1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 7]);
    }
    // RFC 8684 §3.5, §3.6.
    if words.contains(&"fastclose") {
        options.extend([30, 12, 0x70, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
    if words.contains(&"tcprst") {
        options.extend([30, 4, 0x80, 1]);
    }
    options
}

fn datagram(header: &Header) -> Vec<u8> {
    let options = &header.options;
    let total = u16::try_from(40 + options.len() + header.len).unwrap();
    let mut raw = vec![0x45, 0];
    raw.extend(total.to_be_bytes());
    raw.extend(header.id.to_be_bytes());
    raw.extend([0x40, 0, header.ttl, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    raw.extend(header.src.to_be_bytes());
    raw.extend(header.dst.to_be_bytes());
    raw.extend(header.seq.to_be_bytes());
    raw.extend(header.ack.to_be_bytes());
    let offset = u8::try_from(5 + options.len() / 4).unwrap() << 4;
    raw.extend([offset, header.flags.0]);
    raw.extend(header.window.to_be_bytes());
    raw.extend([0, 0, 0, 0]);
    raw.extend(options);
    raw.resize(usize::from(total), b'x');
    raw
}
