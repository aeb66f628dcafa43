//! Events made by hand for tests, segments as real bytes.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, How, Returned, SocketId};
use crate::event::counters::CountersMoved;
use crate::event::kernel_reset::{KernelReset, TiedBy};
use crate::event::segment_seen::{Bytes, SegmentSeen};
use crate::event::socket_sampled::SocketSampled;
use crate::event::step_progress::{Progress, StepProgress, StepResult};
use crate::event::trouble::Trouble;
use crate::event::{Event, EventBody, EventId, sort_and_number};
use crate::tcp::flags::Flags;
use crate::tcp::state::TcpState;
use crate::units::Nanos;

/// Gathers events at microseconds.
#[derive(Default)]
pub(super) struct Story(Vec<Event>);

/// 127.0.0.1 with that port.
pub(super) fn port(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

impl Story {
    pub(super) fn finish(mut self) -> Vec<Event> {
        sort_and_number(&mut self.0, 1);
        self.0
    }

    pub(super) fn add(&mut self, micros: u64, body: EventBody) {
        self.0.push(Event {
            id: EventId(0),
            at: Nanos::from_micros(micros),
            body,
        });
    }

    /// A call over `micros.start..micros.end`, the first `parked` of it parked.
    pub(super) fn call(
        &mut self,
        micros: std::ops::Range<u64>,
        parked: u64,
        by: &str,
        call: Call,
        (local, remote): (u16, Option<u16>),
        result: Returned,
    ) {
        let body = EventBody::Call(CallReturned {
            by: by.to_owned(),
            step: None,
            call,
            socket: socket(local, remote),
            local: Some(port(local)),
            remote: remote.map(port),
            took: Nanos::from_micros(micros.end - micros.start - parked),
            parked: Nanos::from_micros(parked),
            result,
        });
        self.add(micros.start, body);
    }

    pub(super) fn segment(
        &mut self,
        micros: u64,
        (src, dst): (u16, u16),
        flags: &str,
        (seq, ack): (u32, u32),
        len: u16,
    ) {
        let raw = datagram((src, dst), flags, (seq, ack), len);
        let len = u32::try_from(raw.len()).unwrap();
        let raw = Bytes(raw);
        self.add(micros, EventBody::Segment(SegmentSeen { raw, len }));
    }

    pub(super) fn sample(
        &mut self,
        micros: u64,
        (local, remote): (u16, Option<u16>),
        state: TcpState,
        unread: u32,
    ) {
        let body = EventBody::Socket(SocketSampled {
            local: port(local),
            remote: remote.map(port),
            state,
            unread,
            unsent: 0,
            info: None,
        });
        self.add(micros, body);
    }

    pub(super) fn counters(&mut self, micros: u64, deltas: &[(&str, i64)]) {
        let deltas: BTreeMap<_, _> = deltas
            .iter()
            .map(|(name, delta)| ((*name).to_owned(), *delta))
            .collect();
        let moved = CountersMoved {
            after_step: None,
            deltas,
        };
        self.add(micros, EventBody::Counters(moved));
    }

    pub(super) fn reason(&mut self, micros: u64, reason: &str, (from, to): (u16, u16)) {
        let body = EventBody::KernelReset(KernelReset {
            reason: reason.to_owned(),
            state: Some("TCP_CLOSE".to_owned()),
            from: port(from),
            to: Some(port(to)),
            tied_by: TiedBy::Task,
        });
        self.add(micros, body);
    }

    pub(super) fn step(&mut self, micros: u64, step: u32, progress: Progress) {
        self.add(micros, EventBody::Step(StepProgress { step, progress }));
    }
}

/// One id for each end of each connection and for each listener.
fn socket(local: u16, remote: Option<u16>) -> SocketId {
    SocketId((u32::from(local) << 16) + remote.map_or(0, u32::from))
}

/// IPv4 and TCP headers and zeros as payload, RFC 791 §3.1 and RFC 9293 §3.1; checksums are not filled in.
fn datagram((src, dst): (u16, u16), flags: &str, (seq, ack): (u32, u32), payload: u16) -> Vec<u8> {
    let mut raw = vec![0x45, 0];
    raw.extend((40 + payload).to_be_bytes());
    raw.extend([0x7f, 0x5a, 0x40, 0, 64, 6, 0, 0]);
    raw.extend([127, 0, 0, 1, 127, 0, 0, 1]);
    raw.extend(src.to_be_bytes());
    raw.extend(dst.to_be_bytes());
    raw.extend(seq.to_be_bytes());
    raw.extend(ack.to_be_bytes());
    raw.extend([0x50, Flags::from_letters(flags).unwrap().0, 0, 64]);
    raw.extend([0; 4]);
    raw.resize(raw.len() + usize::from(payload), 0);
    raw
}

const C: u16 = 54104;
const S: u16 = 8080;

/// Sixteen bytes arrive, nobody reads them, the server closes: measured on Linux 6.18.
pub(super) fn sent_before_close() -> Vec<Event> {
    let (isn_c, isn_s) = (4_111_000_000, 77_000_000);
    let (c1, s1) = (isn_c + 1, isn_s + 1);
    let server = (S, Some(C));
    let client = (C, Some(S));
    let mut story = Story::default();
    let ok = Returned::Ok;
    story.call(
        60..66,
        0,
        "server",
        Call::Listen { backlog: 16 },
        (S, None),
        ok(0),
    );
    story.sample(90, (S, None), TcpState::Listen, 0);
    let accept = Call::Accept {
        opened: Some(socket(S, Some(C))),
    };
    story.call(300..986, 672, "server", accept, (S, None), ok(4));
    story.call(710..830, 0, "client", Call::Connect, client, ok(0));
    story.segment(720, (C, S), "S", (isn_c, 0), 0);
    story.segment(790, (S, C), "SA", (isn_s, c1), 0);
    story.segment(868, (C, S), "A", (c1, s1), 0);
    story.sample(1010, client, TcpState::Established, 0);
    story.sample(1012, server, TcpState::Established, 0);
    story.sample(1013, (S, None), TcpState::Listen, 0);
    story.call(
        1390..1528,
        0,
        "client",
        Call::Send {
            bytes: 16,
            out_of_band: false,
        },
        client,
        ok(16),
    );
    story.segment(1400, (C, S), "PA", (c1, s1), 16);
    story.segment(1500, (S, C), "A", (s1, c1 + 16), 0);
    story.sample(1560, client, TcpState::Established, 0);
    story.sample(1562, server, TcpState::Established, 16);
    story.sample(1563, (S, None), TcpState::Listen, 0);
    story.call(
        1690..1720,
        0,
        "server",
        Call::Close { unread: Some(16) },
        server,
        ok(0),
    );
    story.segment(1703, (S, C), "RA", (s1, c1 + 16), 0);
    story.reason(1710, "TCP_ABORT_ON_CLOSE", (S, C));
    story.sample(1760, client, TcpState::Closed, 0);
    story.sample(1762, server, TcpState::Closed, 0);
    story.sample(1763, (S, None), TcpState::Listen, 0);
    let moved = [
        ("TcpExtTCPAbortOnClose", 1),
        ("TcpOutRsts", 1),
        ("TcpEstabResets", 2),
    ];
    story.counters(1790, &moved);
    let receive = Call::Receive {
        at_most: 1024,
        peek: false,
        out_of_band: false,
        truncate: false,
        lets_go: false,
    };
    let reset = Returned::Err(Errno::ECONNRESET);
    story.call(21_950..21_985, 0, "client", receive, client, reset);
    let send = Call::Send {
        bytes: 1,
        out_of_band: false,
    };
    story.call(
        22_420..22_500,
        0,
        "client",
        send,
        client,
        Returned::Err(Errno::EPIPE),
    );
    story.sample(22_540, (S, None), TcpState::Listen, 0);
    story.finish()
}

/// A proxy between: a request forwarded, one end by FIN, the other by RST, a step that waits.
#[expect(clippy::too_many_lines, reason = "a story, line by line")]
pub(super) fn through_a_proxy() -> Vec<Event> {
    const CLIENT: u16 = 40_001;
    const PROXY: u16 = 9_000;
    const OUT: u16 = 40_002;
    const BACK: u16 = 8_080;
    let mut story = Story::default();
    let ok = Returned::Ok;
    let accept = || Call::Accept {
        opened: Some(socket(PROXY, Some(CLIENT))),
    };
    let send = |bytes| Call::Send {
        bytes,
        out_of_band: false,
    };
    let receive = || Call::Receive {
        at_most: 4096,
        peek: false,
        out_of_band: false,
        truncate: false,
        lets_go: false,
    };
    let linger = Call::SetOption {
        option: "SO_LINGER".into(),
        value: "{1,0}".into(),
    };
    story.call(
        10..15,
        0,
        "backend",
        Call::Listen { backlog: 8 },
        (BACK, None),
        ok(0),
    );
    story.call(
        20..25,
        0,
        "proxy",
        Call::Listen { backlog: 8 },
        (PROXY, None),
        ok(0),
    );
    story.sample(30, (BACK, None), TcpState::Listen, 0);
    story.sample(31, (PROXY, None), TcpState::Listen, 1);
    story.call(
        40..90,
        0,
        "browser",
        Call::Connect,
        (CLIENT, Some(PROXY)),
        ok(0),
    );
    story.segment(45, (CLIENT, PROXY), "S", (100, 0), 0);
    story.segment(55, (PROXY, CLIENT), "SA", (900, 101), 0);
    story.segment(65, (CLIENT, PROXY), "A", (101, 901), 0);
    story.call(95..99, 0, "proxy", accept(), (PROXY, None), ok(4));
    story.call(
        100..150,
        0,
        "proxy",
        Call::Connect,
        (OUT, Some(BACK)),
        ok(0),
    );
    story.segment(105, (OUT, BACK), "S", (3000, 0), 0);
    story.segment(115, (BACK, OUT), "SA", (7000, 3001), 0);
    story.segment(125, (OUT, BACK), "A", (3001, 7001), 0);
    story.sample(160, (CLIENT, Some(PROXY)), TcpState::Established, 0);
    story.sample(161, (PROXY, Some(CLIENT)), TcpState::Established, 0);
    story.sample(162, (OUT, Some(BACK)), TcpState::Established, 0);
    story.sample(163, (BACK, Some(OUT)), TcpState::Established, 0);
    story.step(170, 7, Progress::Started);
    story.step(175, 7, Progress::Parked);
    story.call(
        200..230,
        0,
        "browser",
        send(5),
        (CLIENT, Some(PROXY)),
        ok(5),
    );
    story.segment(205, (CLIENT, PROXY), "PA", (101, 901), 5);
    story.segment(206, (PROXY, CLIENT), "A", (901, 106), 0);
    story.call(
        260..266,
        0,
        "proxy",
        receive(),
        (PROXY, Some(CLIENT)),
        ok(5),
    );
    story.call(280..300, 0, "proxy", send(5), (OUT, Some(BACK)), ok(5));
    story.segment(285, (OUT, BACK), "PA", (3001, 7001), 5);
    story.segment(286, (BACK, OUT), "A", (7001, 3006), 0);
    story.sample(310, (BACK, Some(OUT)), TcpState::Established, 5);
    story.call(
        400..404,
        0,
        "backend",
        Call::Shutdown { how: How::Write },
        (BACK, Some(OUT)),
        ok(0),
    );
    story.segment(402, (BACK, OUT), "FA", (7001, 3006), 0);
    story.segment(420, (OUT, BACK), "A", (3006, 7002), 0);
    story.sample(430, (BACK, Some(OUT)), TcpState::FinWait2, 5);
    story.sample(431, (OUT, Some(BACK)), TcpState::CloseWait, 0);
    story.call(500..503, 0, "proxy", receive(), (OUT, Some(BACK)), ok(0));
    story.call(600..603, 0, "proxy", linger, (PROXY, Some(CLIENT)), ok(0));
    story.call(
        610..630,
        0,
        "proxy",
        Call::Close { unread: Some(0) },
        (PROXY, Some(CLIENT)),
        ok(0),
    );
    story.segment(615, (PROXY, CLIENT), "RA", (901, 106), 0);
    story.reason(616, "TCP_ABORT_ON_DATA", (PROXY, CLIENT));
    story.sample(700, (CLIENT, Some(PROXY)), TcpState::Closed, 0);
    story.sample(701, (PROXY, Some(CLIENT)), TcpState::Closed, 0);
    story.counters(710, &[("TcpExtTCPAbortOnData", 1)]);
    story.segment(5_000_000, (OUT, BACK), "A", (3005, 7002), 0);
    story.segment(5_000_020, (BACK, OUT), "A", (7002, 3006), 0);
    story.add(
        5_000_400,
        EventBody::Trouble(Trouble::NotSettled { step: 6 }),
    );
    story.step(5_000_500, 7, Progress::Finished(StepResult::Waiting));
    story.finish()
}
