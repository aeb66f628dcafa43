//! The runs that are judged: what happened is known, every source tells its part.

use super::super::CauseId;
use super::story::{CLIENT, LISTENER, SERVER, Story, close, linger_zero, receive, send};
use crate::errno::Errno;
use crate::event::call::{Call, How};
use crate::scenario::expect::Outcome;

/// One run and the truth about it.
pub(super) struct Told {
    pub(super) name: &'static str,
    pub(super) story: Story,
    /// Of every RST in order of time.
    pub(super) causes: Vec<CauseId>,
    pub(super) outcome: Outcome,
}

/// The causes that the first scenarios are about.
pub(super) const SIX: [CauseId; 6] = [
    CauseId::CloseWithUnreadData,
    CauseId::DataAfterCloseTimewait,
    CauseId::DataAfterCloseOrphan,
    CauseId::ListenerClosedWithQueuedConnection,
    CauseId::LingerZeroClose,
    CauseId::ConnectionRefused,
];

fn told(name: &'static str, story: &Story, causes: &[CauseId], outcome: Outcome) -> Told {
    Told {
        name,
        story: story.clone(),
        causes: causes.to_vec(),
        outcome,
    }
}

pub(super) fn all() -> Vec<Told> {
    use CauseId as C;
    use Outcome::{Closed, Refused, Reset};
    vec![
        told("unread", &unread(), &[C::CloseWithUnreadData], Reset),
        told(
            "unread with linger zero",
            &unread_with_linger(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told("linger zero", &linger(), &[C::LingerZeroClose], Reset),
        told(
            "linger zero from the listener",
            &linger_inherited(),
            &[C::LingerZeroClose],
            Reset,
        ),
        told(
            "linger zero, all read",
            &linger_all_read(),
            &[C::LingerZeroClose],
            Reset,
        ),
        told(
            "listener closed",
            &listener_closed(),
            &[C::ListenerClosedWithQueuedConnection],
            Reset,
        ),
        told(
            "listener closed, data queued",
            &listener_closed_with_data(),
            &[C::ListenerClosedWithQueuedConnection],
            Reset,
        ),
        told("timewait", &timewait(), &[C::DataAfterCloseTimewait], Reset),
        told("orphan", &orphan(), &[C::DataAfterCloseOrphan], Reset),
        told(
            "orphan, FIN acknowledged by the data",
            &orphan_acked_by_trigger(),
            &[C::DataAfterCloseOrphan],
            Reset,
        ),
        told(
            "two in flight",
            &two_in_flight(),
            &[C::DataAfterCloseOrphan, C::StaleConnectionNoSocket],
            Reset,
        ),
        told("refused", &refused(), &[C::ConnectionRefused], Refused),
        told("disconnect", &disconnect(), &[C::DisconnectAfUnspec], Reset),
        told(
            "destroyed",
            &destroyed(),
            &[C::SocketDestroyedByAdmin],
            Reset,
        ),
        told(
            "two causes in one run",
            &two_causes(),
            &[C::LingerZeroClose, C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "forged, not acceptable",
            &forged_outside(),
            &[C::InjectedRst],
            Closed,
        ),
        told(
            "firewall in the input hook",
            &firewall(),
            &[C::FirewallRejectTcpReset],
            Reset,
        ),
        told(
            "one byte unread",
            &one_byte(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told("peeked only", &peeked(), &[C::CloseWithUnreadData], Reset),
        told(
            "killed with data unread",
            &killed(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "shut down both ways",
            &shut_both(),
            &[C::DataAfterCloseOrphan],
            Reset,
        ),
        told(
            "FIN behind unsent data",
            &fin_held_back(),
            &[C::DataAfterCloseOrphan],
            Reset,
        ),
        told("orderly", &orderly(), &[], Closed),
    ]
}

/// What the client is told after a reset that no FIN preceded.
fn told_reset(story: &mut Story) -> &mut Story {
    story
        .err(1000, CLIENT, receive(), Errno::ECONNRESET)
        .ok(1100, CLIENT, receive(), 0)
        .err(1200, CLIENT, send(1), Errno::EPIPE)
}

fn accepted() -> Story {
    let mut story = Story::new();
    story.listen().connect().accept();
    story
}

fn unread() -> Story {
    let mut story = accepted();
    story
        .send16()
        .ok(500, SERVER, close(16), 0)
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpEstabResets", 2),
                ("TcpExtTCPAbortOnClose", 1),
            ],
        );
    told_reset(&mut story);
    story
}

fn unread_with_linger() -> Story {
    let mut story = unread();
    story.ok(250, SERVER, linger_zero(), 0);
    story
}

fn lingering(story: &mut Story, ack: u32) {
    story
        .ok(500, SERVER, close(0), 0)
        .segment(508, &format!("server > client RA 1:1(0) ack {ack} win 64"))
        .reason(509, false, "TCP_STATE", "TCP_CLOSE")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpEstabResets", 2),
                ("TcpExtTCPAbortOnData", 1),
            ],
        );
    told_reset(story);
}

fn linger() -> Story {
    let mut story = accepted();
    story.ok(250, SERVER, linger_zero(), 0);
    lingering(&mut story, 1);
    story
}

fn linger_inherited() -> Story {
    let mut story = accepted();
    story.ok(60, LISTENER, linger_zero(), 0);
    lingering(&mut story, 1);
    story
}

fn linger_all_read() -> Story {
    let mut story = accepted();
    story
        .send16()
        .ok(250, SERVER, linger_zero(), 0)
        .ok(400, SERVER, receive(), 16);
    lingering(&mut story, 17);
    story
}

fn listener_closed() -> Story {
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

fn listener_closed_with_data() -> Story {
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

/// The server closes in order; its FIN leaves at 505 µs.
fn closed_in_order() -> Story {
    let mut story = accepted();
    story
        .ok(500, SERVER, close(0), 0)
        .segment(505, "server > client FA 1:1(0) ack 1 win 64");
    story
}

fn told_end(story: &mut Story) -> &mut Story {
    story
        .ok(1000, CLIENT, receive(), 0)
        .err(1200, CLIENT, send(1), Errno::EPIPE)
}

fn timewait() -> Story {
    let mut story = closed_in_order();
    story
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .ok(700, CLIENT, send(16), 16)
        .segment(705, "client > server PA 1:17(16) ack 2 win 64")
        .reason(706, false, "TCP_TIMEWAIT_SOCKET", "TCP_TIME_WAIT")
        .segment(707, "server > client R 2:2(0) win 0")
        .counters(
            2000,
            &[("TcpOutRsts", 1), ("TcpEstabResets", 1), ("TcpExtTW", 1)],
        );
    told_end(&mut story);
    story
}

fn orphan() -> Story {
    let mut story = closed_in_order();
    story
        .ok(525, CLIENT, send(16), 16)
        .segment(527, "client > server PA 1:17(16) ack 1 win 64")
        .reason(528, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT1")
        .segment(529, "server > client R 1:1(0) win 0")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpEstabResets", 1),
                ("TcpExtTCPAbortOnData", 1),
            ],
        );
    told_end(&mut story);
    story
}

fn orphan_acked_by_trigger() -> Story {
    let mut story = closed_in_order();
    story
        .ok(525, CLIENT, send(16), 16)
        .segment(527, "client > server PA 1:17(16) ack 2 win 64")
        .reason(528, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT1")
        .segment(529, "server > client R 2:2(0) win 0")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpEstabResets", 1),
                ("TcpExtTCPAbortOnData", 1),
            ],
        );
    told_end(&mut story);
    story
}

fn two_in_flight() -> Story {
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

fn refused() -> Story {
    let mut story = Story::new();
    story
        .err(100, CLIENT, Call::Connect, Errno::ECONNREFUSED)
        .segment(105, "client > server S 0:0(0) win 65495")
        .reason(106, false, "NO_SOCKET", "UNKNOWN")
        .segment(107, "server > client RA 0:0(0) ack 1 win 0")
        .counters(2000, &[("TcpOutRsts", 1), ("TcpAttemptFails", 1)]);
    story
}

fn disconnect() -> Story {
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

fn destroyed() -> Story {
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
fn two_causes() -> Story {
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

fn orderly() -> Story {
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

fn forged_outside() -> Story {
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

fn firewall() -> Story {
    let mut story = accepted();
    story
        .ok(300, CLIENT, send(16), 16)
        .segment(305, "client > server PA 1:17(16) ack 1 win 64")
        .segment(307, "server > client R 1:1(0) win 0")
        .counters(2000, &[("TcpEstabResets", 1)]);
    told_reset(&mut story);
    story
}

/// Fifteen of sixteen bytes were read.
fn one_byte() -> Story {
    let mut story = unread();
    story.ok(400, SERVER, receive(), 15);
    story
}

/// A look takes nothing.
fn peeked() -> Story {
    let mut story = unread();
    let peek = Call::Receive {
        at_most: 1024,
        peek: true,
        out_of_band: false,
    };
    story.ok(400, SERVER, peek, 16);
    story
}

/// The process ended without a call.
fn killed() -> Story {
    let mut story = accepted();
    story
        .send16()
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE")
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpEstabResets", 2),
                ("TcpExtTCPAbortOnClose", 1),
            ],
        );
    told_reset(&mut story);
    story
}

/// `shutdown(SHUT_RDWR)` without `close`: the program still holds the socket, and is told too.
fn shut_both() -> Story {
    let mut story = accepted();
    story
        .ok(500, SERVER, Call::Shutdown { how: How::Both }, 0)
        .segment(505, "server > client FA 1:1(0) ack 1 win 64")
        .segment(540, "client > server A 1:1(0) ack 2 win 64")
        .ok(700, CLIENT, send(16), 16)
        .segment(705, "client > server PA 1:17(16) ack 2 win 64")
        .reason(706, false, "TCP_ABORT_ON_DATA", "TCP_FIN_WAIT2")
        .segment(707, "server > client R 2:2(0) win 0")
        .err(800, SERVER, receive(), Errno::ECONNRESET)
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpEstabResets", 1),
                ("TcpExtTCPAbortOnData", 1),
            ],
        );
    told_end(&mut story);
    story
}

/// The client's window is full, so the server's FIN waits behind its data.
fn fin_held_back() -> Story {
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
        .counters(
            2000,
            &[
                ("TcpOutRsts", 1),
                ("TcpEstabResets", 1),
                ("TcpExtTCPAbortOnData", 1),
            ],
        );
    told_reset(&mut story);
    story
}
