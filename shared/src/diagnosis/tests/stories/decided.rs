//! Runs in which a socket itself decided to reset.

use crate::connection::story::{
    CLIENT, LISTENER, SERVER, Story, close, linger_zero, receive, send,
};
use crate::errno::Errno;
use crate::event::call::{Call, Returned};

pub(super) fn accepted() -> Story {
    let mut story = Story::new();
    story.listen().connect().accept();
    story
}

/// What the client is told after a reset that no FIN preceded.
pub(super) fn told_reset(story: &mut Story) -> &mut Story {
    story
        .err(1000, CLIENT, receive(), Errno::ECONNRESET)
        .ok(1100, CLIENT, receive(), 0)
        .err(1200, CLIENT, send(1), Errno::EPIPE)
}

pub(super) fn unread() -> Story {
    unread_in(Story::new())
}

/// The same in a story with its own beginning.
pub(in crate::diagnosis::tests) fn unread_in(mut story: Story) -> Story {
    story.listen().connect().accept();
    story
        .send16()
        .ok(500, SERVER, close(16), 0)
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE")
        .counted(2000, 2, "TcpExtTCPAbortOnClose");
    told_reset(&mut story);
    story
}

pub(super) fn unread_with_linger() -> Story {
    let mut story = unread();
    story.ok(250, SERVER, linger_zero(), 0);
    story
}

/// A thread waits in `recv(8)` from 220 µs on while another closes the descriptor at 250 µs; its return is to come.
pub(in crate::diagnosis::tests) fn held(mut story: Story) -> Story {
    story.listen().connect().accept();
    let held_by = "reader".to_owned();
    story.ok(250, SERVER, Call::CloseInUse { held_by }, 0);
    story
}

/// The return of that call, which the kernel's close follows.
pub(in crate::diagnosis::tests) fn lets_go(story: &mut Story, read: u64) {
    let call = Call::Receive {
        at_most: 8,
        peek: false,
        out_of_band: false,
        truncate: false,
        lets_go: true,
    };
    story.call(220, 120, SERVER, call, Returned::Ok(read));
}

/// The call that held the closed socket took eight of sixteen bytes.
pub(in crate::diagnosis::tests) fn unread_after_held() -> Story {
    let mut story = held(Story::new());
    lets_go(story.send16(), 8);
    story
        .segment(330, "server > client RA 1:1(0) ack 17 win 64")
        .reason(331, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE")
        .counted(2000, 2, "TcpExtTCPAbortOnClose");
    told_reset(&mut story);
    story
}

/// Fifteen of sixteen bytes were read.
pub(super) fn one_byte() -> Story {
    let mut story = unread();
    story.ok(400, SERVER, receive(), 15);
    story
}

/// A look takes nothing.
pub(super) fn peeked() -> Story {
    let mut story = unread();
    let peek = Call::Receive {
        at_most: 1024,
        peek: true,
        out_of_band: false,
        truncate: false,
        lets_go: false,
    };
    story.ok(400, SERVER, peek, 16);
    story
}

/// The process ended without a call.
pub(super) fn killed() -> Story {
    let mut story = accepted();
    story
        .send16()
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE")
        .counted(2000, 2, "TcpExtTCPAbortOnClose");
    told_reset(&mut story);
    story
}

pub(super) fn lingering(story: &mut Story, ack: u32) {
    story
        .ok(500, SERVER, close(0), 0)
        .segment(508, &format!("server > client RA 1:1(0) ack {ack} win 64"))
        .reason(509, false, "TCP_STATE", "TCP_CLOSE")
        .counted(2000, 2, "TcpExtTCPAbortOnData");
    told_reset(story);
}

pub(super) fn linger() -> Story {
    linger_in(Story::new())
}

/// The same in a story with its own beginning.
pub(in crate::diagnosis::tests) fn linger_in(mut story: Story) -> Story {
    story.listen().connect().accept();
    story.ok(250, SERVER, linger_zero(), 0);
    lingering(&mut story, 1);
    story
}

pub(super) fn linger_inherited() -> Story {
    let mut story = accepted();
    story.ok(60, LISTENER, linger_zero(), 0);
    lingering(&mut story, 1);
    story
}

pub(super) fn linger_all_read() -> Story {
    let mut story = accepted();
    story
        .send16()
        .ok(250, SERVER, linger_zero(), 0)
        .ok(400, SERVER, receive(), 16);
    lingering(&mut story, 17);
    story
}

pub(super) fn listener_closed() -> Story {
    let mut story = Story::new();
    story
        .listen()
        .connect()
        .ok(500, LISTENER, Call::Close { unread: None }, 0)
        .segment(508, "server > client RA 1:1(0) ack 1 win 64")
        .reason(509, false, "TCP_STATE", "TCP_CLOSE")
        .counters(2000, &[("TcpOutRsts", 1), ("TcpEstabResets", 2)]);
    told_reset(&mut story);
    story
}

pub(super) fn listener_closed_with_data() -> Story {
    let mut story = Story::new();
    story
        .listen()
        .connect()
        .send16()
        .ok(500, LISTENER, Call::Close { unread: None }, 0)
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_STATE", "TCP_CLOSE")
        .counters(2000, &[("TcpOutRsts", 1), ("TcpEstabResets", 2)]);
    told_reset(&mut story);
    story
}

pub(super) fn disconnect() -> Story {
    let mut story = accepted();
    story
        .ok(500, SERVER, Call::Disconnect, 0)
        .segment(508, "server > client RA 1:1(0) ack 1 win 64")
        .reason(509, false, "TCP_STATE", "TCP_CLOSE")
        .err(600, SERVER, receive(), Errno::ECONNRESET)
        .counters(2000, &[("TcpOutRsts", 1), ("TcpEstabResets", 2)]);
    told_reset(&mut story);
    story
}

pub(super) fn destroyed() -> Story {
    let mut story = accepted();
    story
        .segment(508, "server > client RA 1:1(0) ack 1 win 64")
        .reason(509, false, "TCP_STATE", "TCP_ESTABLISHED")
        .err(600, SERVER, receive(), Errno::ECONNABORTED)
        .counters(2000, &[("TcpOutRsts", 1), ("TcpEstabResets", 2)]);
    told_reset(&mut story);
    story
}

/// Two connections, a linger-zero close and a close with unread data, read as one.
pub(super) fn two_causes() -> Story {
    let mut story = accepted();
    story
        .ok(250, SERVER, linger_zero(), 0)
        .ok(500, SERVER, close(0), 0)
        .segment(508, "server > client RA 1:1(0) ack 1 win 64")
        .reason(509, false, "TCP_STATE", "TCP_CLOSE");
    told_reset(&mut story);
    story.next_client();
    story
        .connect()
        .accept()
        .send16()
        .ok(550, SERVER, close(16), 0)
        .segment(558, "server > client RA 1:1(0) ack 17 win 64")
        .reason(559, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 2),
                ("TcpEstabResets", 4),
                ("TcpExtTCPAbortOnClose", 1),
                ("TcpExtTCPAbortOnData", 1),
            ],
        );
    told_reset(&mut story);
    story
}
