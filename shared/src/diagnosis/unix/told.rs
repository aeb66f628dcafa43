//! What each program of an `AF_UNIX` pair was told, call by call, and why exactly that.
//!
//! Source: Linux `net/unix/af_unix.c`: `unix_stream_read_generic` gives out what was received, then the error once,
//! then the end; `unix_stream_sendmsg` tells EPIPE to whoever cannot send any more and leaves that error waiting.

use super::{First, Seen, shuts};
use crate::connection::Role;
use crate::diagnosis::finding::Saw;
use crate::diagnosis::headline::bytes;
use crate::diagnosis::reset::the;
use crate::diagnosis::run::end_of;
use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, How, Returned};
use crate::order::sort_by_rank;

const NOT_SAID: &str = "the recorded calls do not say why";

/// One call through which a program met the end.
pub(super) struct Told {
    pub(super) role: Role,
    /// An error that the other end brought on it, not an end of file or its own doing.
    pub(super) is_error: bool,
    pub(super) saw: Saw,
}

impl Told {
    pub(super) fn is_reset(&self) -> bool {
        self.is_error && self.saw.result == "ECONNRESET"
    }
}

/// What was so at one end when one of its calls returned.
#[derive(Default)]
struct Own {
    told_reset: bool,
    shut_reading: bool,
    shut_writing: bool,
}

impl Own {
    /// Takes a call that has returned, and whether the other end had ended its sending by then.
    fn note(&mut self, call: &CallReturned, other_ended: bool) {
        self.told_reset |= call.failed_with(Errno::ECONNRESET);
        if let Some(how) = shuts(call) {
            // Who had been ended its receiving by the other end before does not do it once more.
            self.shut_reading |= how != How::Write && !other_ended;
            self.shut_writing |= how != How::Read;
        }
    }
}

/// The calls through which both programs met the end or caused it, in order of their return.
pub(super) fn told(seen: &Seen<'_, '_>, first: Option<&First>) -> Vec<Told> {
    let mut all = Vec::new();
    for role in [Role::Client, Role::Server] {
        let mut own = Own::default();
        let mut calls: Vec<_> = seen.calls(role).collect();
        // What a call is told is decided as it returns, and one that waited stands where it began.
        sort_by_rank(&mut calls, |(event, call)| {
            (end_of(event, call).0, event.id.0.into())
        });
        let ended_at = seen.ended_sending(role.other(), first);
        for (event, call) in calls {
            let end = end_of(event, call);
            let other_ended = ended_at.is_some_and(|ended| ended <= end);
            // Who goes later than this call returned had no part in it.
            let gone = first.filter(|first| first.role != role && first.ended.began <= end);
            let met = match call.result {
                Returned::Err(errno) => why_error(seen, gone, role, errno, &own),
                Returned::Ok(0) if is_read(call) => {
                    Some((false, why_end(seen, role, &own, other_ended)))
                }
                Returned::Ok(_) => caused(first, role, call).map(|because| (false, because)),
            };
            own.note(call, other_ended);
            let Some((is_error, because)) = met else {
                continue;
            };
            let result = if call.result == Returned::Ok(0) && is_read(call) {
                "EOF".to_owned()
            } else {
                call.result.to_string()
            };
            let saw = Saw {
                by: call.by.clone(),
                call: event.id,
                signature: call.signature(),
                result,
                because,
            };
            let told = Told {
                role,
                is_error,
                saw,
            };
            all.push((end, told));
        }
    }
    sort_by_rank(&mut all, |(end, told)| (end.0, told.saw.call.0.into()));
    all.into_iter().map(|(_, told)| told).collect()
}

const fn is_read(call: &CallReturned) -> bool {
    matches!(call.call, Call::Receive { at_most: 1.., .. })
}

fn why_end(seen: &Seen<'_, '_>, role: Role, own: &Own, other_ended: bool) -> String {
    if own.told_reset {
        return "the error is told once; what follows is the end".to_owned();
    }
    if own.shut_reading {
        return "it had itself ended its receiving by shutdown".to_owned();
    }
    if !other_ended {
        return NOT_SAID.to_owned();
    }
    let other = seen.name(role.other());
    format!("{other} had ended its sending, and all it had sent was read")
}

/// Why the call failed, and whether the other end brought it about; `gone` where that one had gone by then.
fn why_error(
    seen: &Seen<'_, '_>,
    gone: Option<&First>,
    role: Role,
    errno: Errno,
    own: &Own,
) -> Option<(bool, String)> {
    let other = gone.map_or_else(|| seen.name(role.other()), |first| the(&first.by));
    Some(match errno {
        Errno::ECONNRESET => match gone {
            Some(first) if first.ended.of_listener => (
                true,
                format!("the listener of {other} went with this connection still in its queue"),
            ),
            Some(first) if first.unread > 0 => (
                true,
                format!(
                    "{other} went with {} unread; the kernel set the error, and no segment told it",
                    bytes(first.unread)
                ),
            ),
            Some(_) | None => (true, NOT_SAID.to_owned()),
        },
        Errno::EPIPE if own.shut_writing => (
            false,
            "it had itself ended its sending by shutdown".to_owned(),
        ),
        Errno::EPIPE if own.told_reset || gone.is_some() => (
            true,
            format!("{other} was gone; a send to nobody is a broken pipe, whatever was unread"),
        ),
        Errno::EPIPE => (true, format!("{other} did not take any more")),
        Errno::ECONNREFUSED => (true, "nobody listened at that name".to_owned()),
        Errno::EAGAIN if seen.pair.failed == Some(errno) => {
            (true, "the listener’s queue was full".to_owned())
        }
        _ => return None,
    })
}

/// Who goes with bytes unread is told nothing of what that does.
fn caused(first: Option<&First>, role: Role, call: &CallReturned) -> Option<String> {
    let first = first.filter(|first| first.role == role && first.unread > 0)?;
    let left = bytes(first.unread);
    if matches!(call.call, Call::Close { .. }) {
        return Some(format!(
            "it left {left} unread; who closes is told nothing of it"
        ));
    }
    call.call.lets_go().then(|| {
        format!(
            "the descriptor was closed while it waited, so its return let go of the socket; it left {left} unread, and who lets go is told nothing of it"
        )
    })
}
