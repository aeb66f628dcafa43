//! `close` (or the end of the process) while received bytes were never read.

use super::listener_closed_with_queued_connection::waited_with_others;
use super::{ResetCause, Verdict};
use crate::diagnosis::calls::{OddReads, Unread};
use crate::diagnosis::reset::{Reset, the};
use crate::diagnosis::shape::Shape;
use crate::diagnosis::{CauseId, headline};

/// Sources: RFC 9293 §3.6.1 (SHLD-3), RFC 1122 §4.2.2.13; `__tcp_close`, `data_was_unread`.
pub(super) struct CloseWithUnreadData;

impl ResetCause for CloseWithUnreadData {
    fn id(&self) -> CauseId {
        CauseId::CloseWithUnreadData
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.6.1 (SHLD-3); RFC 1122 §4.2.2.13; RFC 2525 §2.17"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_ABORT_ON_CLOSE"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtTCPAbortOnClose")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.received() == 0 && reset.seen_from_start() {
            let sender = reset.sender();
            return Verdict::RuledOut(format!(
                "{sender} had received no data that it could leave unread"
            ));
        }
        if reset.from == crate::connection::Role::Server && reset.was_accepted() == Some(false) {
            return Verdict::ruled_out("no program ever held the connection: it was not accepted");
        }
        if let Some(ending) = reset.sending_call()
            && (ending.on_listener || !ending.lets_go())
        {
            return Verdict::RuledOut(format!("the RST left {}", ending.within()));
        }
        match (reset.unread(), reset.unread_at_close()) {
            (Some(unread), said) => by_calls(reset, unread, said),
            (None, _) if waited_with_others(reset) => Verdict::Possible,
            (None, _) if answered(reset) => Verdict::Usual,
            (None, _) => Verdict::Likely(Vec::new()),
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        let sender = reset.sender();
        let what = match reset.unread_bytes() {
            Some(1) => "1 byte".to_owned(),
            Some(count) if count > 0 => format!("{count} bytes"),
            _ => "bytes".to_owned(),
        };
        let held = reset
            .sending_call()
            .filter(crate::diagnosis::ending::Ending::is_return);
        if let Some(call) = held.map(|held| held.words()) {
            return format!(
                "{sender} closed while its {call} waited, which then left {what} unread, so Linux reset the connection."
            );
        }
        let ending = reset.sending_call();
        if let Some(ending) = &ending
            && let Some(heir) = ending.heir(reset)
        {
            let (heir, how) = (the(heir), ending.words());
            return format!(
                "the process of {heir}, which {sender} had given the connection, ended ({how}) with {what} still unread, so Linux reset the connection."
            );
        }
        let how = match ending {
            None if reset.covers_sender() => "ended".to_owned(),
            Some(ending) if ending.is_process() => format!("ended ({})", ending.words()),
            _ => "closed".to_owned(),
        };
        format!("{sender} {how} with {what} still unread, so Linux reset the connection.")
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let (sender, peer) = (reset.sender(), reset.receiver());
        let received = headline::bytes(reset.received());
        let odd = match reset.odd_reads() {
            OddReads::None => "",
            OddReads::Peeked => " MSG_PEEK looks and takes nothing.",
            OddReads::Urgent => {
                " The urgent byte was taken by MSG_OOB, which leaves its place in the stream unread."
            }
        };
        let holder = reset.last_holder();
        let reader = if holder == sender {
            "its program".to_owned()
        } else {
            holder
        };
        let read = match reset.unread() {
            Some(unread) if unread.read == 0 => format!("{reader} read none of them"),
            Some(unread) => format!("{reader} read {}", unread.read),
            None => "how many its program read was not recorded".to_owned(),
        };
        format!(
            "{peer} had sent {received} that {sender} acknowledged; {read}.{odd} To close with data unread \
             is to lose it, so the kernel says so with a RST in place of a FIN."
        )
    }

    fn fix(&self) -> &'static str {
        "Read until EOF, or drain with a limit, before closing: shutdown(SHUT_WR), read what is left, close."
    }

    fn fix_code(&self) -> &'static str {
        "conn.shutdown(socket.SHUT_WR)\nwhile conn.recv(4096):\n    pass\nconn.close()"
    }
}

fn by_calls(reset: &Reset<'_>, unread: Unread, said: Option<u32>) -> Verdict {
    let left = unread.bytes();
    let close = reset.sending_call().map(|ending| ending.cited());
    if left > unread.urgent || said.is_some_and(|said| said > 0) {
        return Verdict::Explains(close.into_iter().collect());
    }
    if left == 0 && unread.urgent == 0 && said.unwrap_or(0) == 0 {
        return Verdict::RuledOut(format!(
            "{} had read all {} it received",
            reset.sender(),
            headline::bytes(unread.received)
        ));
    }
    // Only urgent bytes can be left: a read skips them, and they count as unread all the same.
    Verdict::Possible
}

/// The sender sent payload after the last it received: it had probably read what it answered.
fn answered(reset: &Reset<'_>) -> bool {
    let own = reset.before.of(reset.from).last_payload;
    let others = reset.before.of(reset.to()).last_payload;
    matches!((own, others), (Some((own, _)), Some((others, _))) if own > others)
}
