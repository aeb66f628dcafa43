//! Runs without a RST of the endpoints, or with one that somebody outside brought about.

use super::answered::closed_in_order;
use super::decided::{accepted, told_reset};
use crate::connection::story::{CLIENT, SERVER, Story, address, close, forge, receive, send};
use crate::event::call::{Call, How, Returned};
use crate::event::outside_acted::{Hook, OutsideAct, Verdict};
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

fn rule(text: &str, verdict: Verdict) -> OutsideAct {
    OutsideAct::AddRule {
        rule: text.to_owned(),
        hook: Hook::Input,
        verdict,
    }
}

/// The same with the rule on record.
pub(super) fn firewall_by_rule() -> Story {
    let mut story = firewall();
    let text = "tcp dport 8080 reject with tcp reset";
    story.outside(250, rule(text, Verdict::RejectWithTcpReset));
    story
}

/// A raw socket wrote exactly what the client expected.
pub(super) fn forged() -> Story {
    let mut story = accepted();
    story
        .scripted()
        .outside(298, forge("server > client", "R", 1, 0))
        .segment(300, "server > client R 1:1(0) win 512")
        .server_is(900, TcpState::Established, true)
        .counters(2000, &[("TcpEstabResets", 1)]);
    told_reset(&mut story);
    story
}

/// `ss -K` on record, on a connection with data unread.
pub(super) fn destroyed_by_act() -> Story {
    let mut story = accepted();
    let act = OutsideAct::DestroySocket {
        local: address(8080),
        remote: Some(address(40_000)),
    };
    story
        .send16()
        .outside(500, act)
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_STATE", "TCP_ESTABLISHED")
        .counters(2000, &[("TcpOutRsts", 1), ("TcpEstabResets", 2)]);
    told_reset(&mut story);
    story
}

/// A redirect whose state was lost: the SYN had gone to another port.
pub(super) fn translation_lost() -> Story {
    let mut story = Story::new();
    story
        .scripted()
        .outside(
            10,
            rule("tcp dport 8080 redirect to :9090", Verdict::Redirect),
        )
        .call(100, 80, CLIENT, Call::Connect, Returned::Ok(0))
        .segment(120, "server > client SA 0:0(0) ack 1 win 65483")
        .segment(130, "client > server A 1:1(0) ack 1 win 64")
        .send16()
        .outside(500, OutsideAct::ForgetNat)
        .ok(700, CLIENT, send(16), 16)
        .segment(705, "client > server PA 17:33(16) ack 1 win 64")
        .reason(706, false, "NO_SOCKET", "UNKNOWN")
        .segment(707, "server > client R 1:1(0) win 0")
        .counters(2000, &[("TcpOutRsts", 1), ("TcpEstabResets", 1)]);
    told_reset(&mut story);
    story
}
