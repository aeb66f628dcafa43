//! Runs in which the handshake went wrong.

use super::decided::told_reset;
use crate::connection::story::{CLIENT, LISTENER, Story, forge, send};
use crate::errno::Errno;
use crate::event::call::{Call, Returned};
use crate::event::outside_acted::OutsideAct;

/// The client is connected; the server's half waits for something.
fn half_done() -> Story {
    let mut story = Story::new();
    story.scripted().listen().connect();
    story
}

/// The client's first bytes, answered by a bare RST of the server.
fn first_bytes_reset(story: &mut Story, reason: &str, state: &str, moved: &[(&str, i64)]) {
    story
        .ok(700, CLIENT, send(16), 16)
        .segment(705, "client > server PA 1:17(16) ack 1 win 64")
        .reason(706, false, reason, state)
        .segment(707, "server > client R 1:1(0) win 0")
        .counters(2000, moved);
    told_reset(story);
}

pub(super) fn overflow() -> Story {
    let mut story = half_done();
    let act = OutsideAct::SetSysctl {
        name: "net.ipv4.tcp_abort_on_overflow".to_owned(),
        value: "1".to_owned(),
    };
    story.outside(10, act);
    let moved = [
        ("TcpOutRsts", 1),
        ("TcpEstabResets", 1),
        ("TcpExtListenOverflows", 1),
        ("TcpExtEmbryonicRsts", 1),
    ];
    first_bytes_reset(&mut story, "INVALID_SYN", "TCP_LISTEN", &moved);
    story
}

/// `TCP_DEFER_ACCEPT` kept the server's half unfinished until the listener was closed.
pub(super) fn deferred() -> Story {
    let mut story = half_done();
    story.ok(500, LISTENER, Call::Close { unread: None }, 0);
    let moved = [("TcpOutRsts", 1), ("TcpEstabResets", 1)];
    first_bytes_reset(&mut story, "NO_SOCKET", "UNKNOWN", &moved);
    story
}

/// The client's ACK acknowledges what the server never sent.
pub(super) fn bad_ack() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .listen()
        .segment(110, "client > server S 0:0(0) win 65495")
        .segment(120, "server > client SA 0:0(0) ack 1 win 65483")
        .segment(130, "client > server A 1:1(0) ack 999 win 64")
        .reason(131, false, "TCP_FLAGS", "TCP_LISTEN")
        .segment(132, "server > client R 999:999(0) win 0")
        .counters(2000, &[("TcpOutRsts", 1)]);
    story
}

pub(super) fn second_syn() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .listen()
        .segment(110, "client > server S 0:0(0) win 65495")
        .segment(120, "server > client SA 0:0(0) ack 1 win 65483")
        .segment(200, "client > server S 500:500(0) win 65495")
        .reason(201, false, "INVALID_SYN", "TCP_NEW_SYN_RECV")
        .segment(202, "server > client RA 0:0(0) ack 501 win 0")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpExtEmbryonicRsts", 1),
                ("TcpAttemptFails", 1),
            ],
        );
    story
}

/// What was left of an older connection answers the SYN with its old numbers.
pub(super) fn old_answer() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .call(100, 2000, CLIENT, Call::Connect, Returned::Ok(0))
        .segment(110, "client > server S 0:0(0) win 65495")
        .segment(120, "server > client A 77:77(0) ack 7000 win 64")
        .reason(121, true, "TCP_INVALID_ACK_SEQUENCE", "TCP_SYN_SENT")
        .segment(122, "client > server R 7000:7000(0) win 0")
        .segment(1500, "client > server S 0:0(0) win 65495")
        .segment(1510, "server > client SA 0:0(0) ack 1 win 65483")
        .segment(1520, "client > server A 1:1(0) ack 1 win 64")
        .counters(3000, &[("TcpOutRsts", 1), ("TcpExtTCPChallengeACK", 1)]);
    story
}

pub(super) fn late_answer() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .listen()
        .err(100, CLIENT, Call::Connect, Errno::EINPROGRESS)
        .segment(110, "client > server S 0:0(0) win 65495")
        .ok(500, CLIENT, Call::Close { unread: None }, 0)
        .segment(900, "server > client SA 0:0(0) ack 1 win 65483")
        .reason(901, true, "NO_SOCKET", "UNKNOWN")
        .segment(902, "client > server R 1:1(0) win 0")
        .counters(2000, &[("TcpOutRsts", 1), ("TcpExtEmbryonicRsts", 1)]);
    story
}

/// A SYN that wants to join a multipath connection nobody knows.
pub(super) fn join() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .listen()
        .segment(110, "client > server S 0:0(0) win 65495")
        .reason(111, false, "MPTCP_RST_EMPTCP", "TCP_LISTEN")
        .segment(112, "server > client RA 0:0(0) ack 1 win 0 tcprst")
        .counters(
            2000,
            &[("TcpOutRsts", 1), ("MPTcpExtMPJoinNoTokenFound", 1)],
        );
    story
}

/// A forged ACK for a port where somebody listens.
pub(super) fn stray() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .listen()
        .outside(295, forge("client > server", "A", 5, 9))
        .segment(300, "client > server A 5:5(0) ack 9 win 64")
        .reason(301, false, "TCP_FLAGS", "TCP_LISTEN")
        .segment(302, "server > client R 9:9(0) win 0")
        .counters(2000, &[("TcpOutRsts", 1)]);
    story
}

/// The same for a port where nobody does.
pub(super) fn stray_refused() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .outside(295, forge("client > server", "A", 5, 9))
        .segment(300, "client > server A 5:5(0) ack 9 win 64")
        .reason(301, false, "NO_SOCKET", "UNKNOWN")
        .segment(302, "server > client R 9:9(0) win 0")
        .counters(2000, &[("TcpOutRsts", 1)]);
    story
}
