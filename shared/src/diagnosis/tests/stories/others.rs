//! Runs without a RST of the endpoints.

use super::answered::closed_in_order;
use super::decided::{accepted, told_reset};
use crate::connection::story::{CLIENT, SERVER, Story, close, receive, send};
use crate::event::call::{Call, How};
use crate::tcp::state::TcpState;

pub(super) fn orderly() -> Story {
    let mut story = closed_in_order();
    story
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .ok(700, CLIENT, receive(), 0)
        .ok(800, CLIENT, Call::Shutdown { how: How::Both }, 0)
        .segment(805, "client > server FA 1:1(0) ack 2 win 64")
        .segment(807, "server > client A 2:2(0) ack 2 win 64")
        .counters(2000, &[("TcpExtTW", 1)]);
    story
}

pub(super) fn forged_outside() -> Story {
    let mut story = accepted();
    story
        .segment(300, "server > client R 5000:5000(0) win 512")
        .segment(310, "client > server A 1:1(0) ack 1 win 64")
        .ok(500, SERVER, close(0), 0)
        .segment(505, "server > client FA 1:1(0) ack 1 win 64")
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .ok(700, CLIENT, receive(), 0)
        .counters(2000, &[("TcpExtTCPChallengeACK", 1), ("TcpExtTW", 1)]);
    story
}

pub(super) fn firewall() -> Story {
    let mut story = accepted();
    story
        .ok(300, CLIENT, send(16), 16)
        .segment(305, "client > server PA 1:17(16) ack 1 win 64")
        .segment(307, "server > client R 1:1(0) win 0")
        .server_is(900, TcpState::Established, true)
        .counters(2000, &[("TcpEstabResets", 1)]);
    told_reset(&mut story);
    story
}
