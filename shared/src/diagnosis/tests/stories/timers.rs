//! Runs in which a timer, an option or a lack of room made a socket reset.

use super::answered::closed_in_order;
use super::decided::{accepted, held, told_reset};
use crate::connection::story::{
    CLIENT, LISTENER, SERVER, Story, close, linger_zero, option, receive, send,
};
use crate::errno::Errno;
use crate::event::call::{Call, How};

/// Two probes a second apart, and the RST a second after the last.
pub(super) fn keepalive() -> Story {
    let mut story = accepted();
    story
        .ok(220, SERVER, option("SO_KEEPALIVE", "1"), 0)
        .segment(1_000_000, "server > client A 0:0(0) ack 1 win 64")
        .segment(2_000_000, "server > client A 0:0(0) ack 1 win 64")
        .segment(3_000_000, "server > client RA 1:1(0) ack 1 win 64")
        .reason(3_000_001, false, "TCP_KEEPALIVE_TIMEOUT", "TCP_ESTABLISHED")
        .err(3_000_100, SERVER, receive(), Errno::ETIMEDOUT);
    story.counted(3_002_000, 2, "TcpExtTCPAbortOnTimeout");
    story
}

/// The same while a call holds what was closed: the timer's RST ends its wait, and its return sends nothing.
pub(super) fn keepalive_while_held() -> Story {
    let mut story = held(Story::new());
    story
        .ok(225, SERVER, option("SO_KEEPALIVE", "1"), 0)
        .segment(1_000_000, "server > client A 0:0(0) ack 1 win 64")
        .segment(2_000_000, "server > client A 0:0(0) ack 1 win 64")
        .segment(3_000_000, "server > client RA 1:1(0) ack 1 win 64")
        .reason(3_000_001, false, "TCP_KEEPALIVE_TIMEOUT", "TCP_ESTABLISHED");
    let held = Call::Receive {
        at_most: 8,
        peek: false,
        out_of_band: false,
        truncate: false,
        lets_go: true,
    };
    story.err(230, SERVER, held, Errno::ETIMEDOUT);
    story.waited(2_999_800);
    story.counted(3_002_000, 2, "TcpExtTCPAbortOnTimeout");
    story
}

/// `close` with `TCP_LINGER2` below 0, answered when the FIN is acknowledged.
pub(super) fn linger2() -> Story {
    let mut story = accepted();
    story
        .ok(220, SERVER, option("TCP_LINGER2", "-1"), 0)
        .ok(500, SERVER, close(0), 0)
        .segment(505, "server > client FA 1:1(0) ack 1 win 64")
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .reason(541, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT1")
        .segment(542, "server > client R 2:2(0) win 0");
    story.counted(2000, 2, "TcpExtTCPAbortOnData");
    story.ok(1000, CLIENT, receive(), 0);
    story
}

/// The same, closed when it had come to FIN-WAIT-2 by a `shutdown`.
pub(super) fn linger2_in_fin_wait_2() -> Story {
    let mut story = accepted();
    story
        .ok(220, SERVER, option("TCP_LINGER2", "-1"), 0)
        .ok(300, SERVER, Call::Shutdown { how: How::Write }, 0)
        .segment(305, "server > client FA 1:1(0) ack 1 win 64")
        .segment(340, "client > server A 1:1(0) ack 2 win 64")
        .ok(500, SERVER, close(0), 0)
        .segment(508, "server > client RA 2:2(0) ack 1 win 64")
        .reason(509, false, "TCP_ABORT_ON_LINGER", "TCP_FIN_WAIT2");
    story.counted(2000, 2, "TcpExtTCPAbortOnLinger");
    story.ok(1000, CLIENT, receive(), 0);
    story
}

/// Everything was read, and the machine has no room for one more closed socket.
pub(super) fn no_room() -> Story {
    let mut story = closed_in_order();
    story
        .segment(508, "server > client RA 2:2(0) ack 1 win 64")
        .reason(509, false, "TCP_ABORT_ON_MEMORY", "TCP_FIN_WAIT1");
    story.counted(2000, 2, "TcpExtTCPAbortOnMemory");
    story.ok(1000, CLIENT, receive(), 0);
    story
}

/// The client has finished and takes nothing more: what the server sends is held back.
fn stalled() -> Story {
    let mut story = accepted();
    story
        .ok(250, CLIENT, Call::Shutdown { how: How::Write }, 0)
        .segment(255, "client > server FA 1:1(0) ack 1 win 64")
        .ok(280, SERVER, receive(), 0)
        .ok(300, SERVER, send(100), 100)
        .segment(305, "server > client A 1:33(32) ack 2 win 64")
        .segment(310, "client > server A 2:2(0) ack 33 win 0");
    story
}

fn aborted(story: &mut Story, reason: &str) {
    story
        .ok(450, SERVER, linger_zero(), 0)
        .ok(500, SERVER, close(0), 0)
        .segment(508, "server > client RA 33:33(0) ack 2 win 64")
        .reason(509, false, reason, "TCP_CLOSE");
    story.counted(2000, 2, "TcpExtTCPAbortOnData");
    told_reset(story);
}

/// The server had finished too, with its FIN behind the data.
pub(super) fn unsent() -> Story {
    let mut story = stalled();
    story.ok(400, SERVER, Call::Shutdown { how: How::Write }, 0);
    aborted(&mut story, "TCP_DISCONNECT_WITH_DATA");
    story
}

/// It had not: the same bytes, another cause.
pub(super) fn linger_in_close_wait() -> Story {
    let mut story = stalled();
    aborted(&mut story, "TCP_STATE");
    story
}

pub(super) fn fastclose() -> Story {
    let mut story = accepted();
    story
        .send16()
        .ok(500, SERVER, close(16), 0)
        .segment(
            508,
            "server > client RA 1:1(0) ack 17 win 64 fastclose tcprst",
        )
        .reason(509, false, "TCP_ABORT_ON_CLOSE", "TCP_ESTABLISHED");
    story.counted(2000, 2, "MPTcpExtMPFastcloseTx");
    told_reset(&mut story);
    story
}

/// The process ends, and with it both the listener and a connection with data unread.
pub(super) fn exits() -> Story {
    let mut story = accepted();
    story
        .send16()
        .ended(500, "server", &[(LISTENER, None), (SERVER, Some(16))])
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE");
    story.counted(2000, 2, "TcpExtTCPAbortOnClose");
    told_reset(&mut story);
    story
}
