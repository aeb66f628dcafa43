//! Runs in which a RST answered a segment.

use super::decided::{accepted, told_reset};
use crate::connection::story::{CLIENT, SERVER, Story, close, receive, send};
use crate::errno::Errno;
use crate::event::call::{Call, How};
use crate::event::outside_acted::OutsideAct;
use crate::tcp::state::TcpState;

/// The server closes in order; its FIN leaves at 505 µs.
pub(super) fn closed_in_order() -> Story {
    let mut story = accepted();
    story
        .ok(500, SERVER, close(0), 0)
        .segment(505, "server > client FA 1:1(0) ack 1 win 64");
    story
}

pub(super) fn told_end(story: &mut Story) -> &mut Story {
    story
        .ok(1000, CLIENT, receive(), 0)
        .err(1200, CLIENT, send(1), Errno::EPIPE)
}

pub(super) fn timewait() -> Story {
    let mut story = closed_in_order();
    story
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .server_is(600, TcpState::FinWait2, false)
        .ok(700, CLIENT, send(16), 16)
        .segment(705, "client > server PA 1:17(16) ack 2 win 64")
        .reason(706, false, "TCP_TIMEWAIT_SOCKET", "TCP_TIME_WAIT")
        .segment(707, "server > client R 2:2(0) win 0")
        .counted(2000, 1, "TcpExtTW");
    told_end(&mut story);
    story
}

pub(super) fn orphan() -> Story {
    let mut story = closed_in_order();
    story
        .ok(525, CLIENT, send(16), 16)
        .segment(527, "client > server PA 1:17(16) ack 1 win 64")
        .reason(528, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT1")
        .segment(529, "server > client R 1:1(0) win 0")
        .counted(2000, 1, "TcpExtTCPAbortOnData");
    told_end(&mut story);
    story
}

pub(super) fn orphan_acked_by_trigger() -> Story {
    let mut story = closed_in_order();
    story
        .ok(525, CLIENT, send(16), 16)
        .segment(527, "client > server PA 1:17(16) ack 2 win 64")
        .reason(528, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT1")
        .segment(529, "server > client R 2:2(0) win 0")
        .counted(2000, 1, "TcpExtTCPAbortOnData");
    told_end(&mut story);
    story
}

pub(super) fn two_in_flight() -> Story {
    let mut story = closed_in_order();
    story
        .ok(525, CLIENT, send(32), 32)
        .segment(526, "client > server PA 1:17(16) ack 2 win 64")
        .segment(527, "client > server PA 17:33(16) ack 2 win 64")
        .reason(528, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT1")
        .segment(529, "server > client R 2:2(0) win 0")
        .reason(530, false, "TCP_FLAGS", "TCP_LISTEN")
        .segment(531, "server > client R 2:2(0) win 0")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 2),
                ("TcpEstabResets", 1),
                ("TcpExtTCPAbortOnData", 1),
            ],
        );
    told_end(&mut story);
    story
}

/// `shutdown(SHUT_RDWR)` without `close`: the program still holds the socket, and is told too.
pub(super) fn shut_both() -> Story {
    let mut story = accepted();
    story
        .ok(500, SERVER, Call::Shutdown { how: How::Both }, 0)
        .segment(505, "server > client FA 1:1(0) ack 1 win 64")
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .server_is(600, TcpState::FinWait2, true)
        .ok(700, CLIENT, send(16), 16)
        .segment(705, "client > server PA 1:17(16) ack 2 win 64")
        .reason(706, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT2")
        .segment(707, "server > client R 2:2(0) win 0")
        .err(800, SERVER, receive(), Errno::ECONNRESET)
        .counted(2000, 1, "TcpExtTCPAbortOnData");
    told_end(&mut story);
    story
}

/// The client's window is full, so the server's FIN waits behind its data.
pub(super) fn fin_held_back() -> Story {
    let mut story = accepted();
    story
        .ok(300, SERVER, send(100), 100)
        .segment(305, "server > client A 1:33(32) ack 1 win 64")
        .segment(310, "client > server A 1:1(0) ack 33 win 0")
        .ok(500, SERVER, close(0), 0)
        .ok(700, CLIENT, send(16), 16)
        .segment(705, "client > server PA 1:17(16) ack 33 win 0")
        .reason(706, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT1")
        .segment(707, "server > client R 33:33(0) win 0")
        .ok(900, CLIENT, receive(), 32)
        .counted(2000, 1, "TcpExtTCPAbortOnData");
    told_reset(&mut story);
    story
}

pub(super) fn refused() -> Story {
    let mut story = Story::new();
    story
        .err(100, CLIENT, Call::Connect, Errno::ECONNREFUSED)
        .segment(105, "client > server S 0:0(0) win 65495")
        .reason(106, false, "NO_SOCKET", "UNKNOWN")
        .segment(107, "server > client RA 0:0(0) ack 1 win 0")
        .counters(2000, &[("TcpOutRsts", 1), ("TcpAttemptFails", 1)]);
    story
}

/// The record of the closed socket had expired, as a reading shows, when the client sent.
pub(in crate::diagnosis::tests) fn expired() -> Story {
    let mut story = closed_in_order();
    story
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .server_is(2_000_000, TcpState::Closed, false)
        .ok(2_000_700, CLIENT, send(16), 16)
        .segment(2_000_705, "client > server PA 1:17(16) ack 2 win 64")
        .reason(2_000_706, false, "NO_SOCKET", "UNKNOWN")
        .segment(2_000_707, "server > client R 2:2(0) win 0")
        .counted(2_002_000, 1, "TcpExtTWKilled");
    story
}

/// The same where the setting that let it expire is on record.
pub(super) fn expired_by_setting() -> Story {
    let mut story = expired();
    let act = OutsideAct::SetSysctl {
        name: "net.ipv4.tcp_fin_timeout".to_owned(),
        value: "1".to_owned(),
    };
    story.scripted().outside(1, act);
    story
}
