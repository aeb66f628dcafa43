//! What each program of an `AF_UNIX` pair was told, call by call, and why exactly that.
//!
//! Source: Linux `net/unix/af_unix.c`: `unix_stream_read_generic` gives out what was received, then the error once,
//! then the end; `unix_stream_sendmsg` tells EPIPE to whoever cannot send any more and leaves that error waiting.

use super::{First, Seen};
use crate::connection::Role;
use crate::diagnosis::finding::Saw;
use crate::diagnosis::headline::bytes;
use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, How, Returned};
use crate::order::sort_by_rank;

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

/// The calls through which both programs met the end or caused it, in order of time.
pub(super) fn told(seen: &Seen<'_, '_>, first: Option<&First>) -> Vec<Told> {
    let mut all = Vec::new();
    for role in [Role::Client, Role::Server] {
        let (mut told_reset, mut shut_writing) = (false, false);
        for (event, call) in seen.calls(role) {
            let met = match call.result {
                Returned::Err(errno) => {
                    why_error(seen, first, role, errno, told_reset, shut_writing)
                }
                Returned::Ok(0) if is_read(call) => Some((false, why_end(seen, role, told_reset))),
                Returned::Ok(_) => caused(first, role, call).map(|because| (false, because)),
            };
            told_reset |= call.failed_with(Errno::ECONNRESET);
            shut_writing |= matches!(
                call.call,
                Call::Shutdown {
                    how: How::Write | How::Both
                }
            );
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
            all.push(Told {
                role,
                is_error,
                saw,
            });
        }
    }
    sort_by_rank(&mut all, |told| (told.saw.call.0.into(), 0));
    all
}

const fn is_read(call: &CallReturned) -> bool {
    matches!(call.call, Call::Receive { at_most: 1.., .. })
}

fn why_end(seen: &Seen<'_, '_>, role: Role, told_reset: bool) -> String {
    if told_reset {
        return "the error is told once; what follows is the end".to_owned();
    }
    let other = seen.name(role.other());
    format!("{other} had ended its sending, and all it had sent was read")
}

/// Why the call failed, and whether the other end brought it about.
fn why_error(
    seen: &Seen<'_, '_>,
    first: Option<&First>,
    role: Role,
    errno: Errno,
    told_reset: bool,
    shut_writing: bool,
) -> Option<(bool, String)> {
    let other = seen.name(role.other());
    let by_other = first.filter(|first| first.role != role);
    Some(match errno {
        Errno::ECONNRESET => match by_other {
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
            Some(_) | None => (true, "the recorded calls do not say why".to_owned()),
        },
        Errno::EPIPE if shut_writing => (
            false,
            "it had itself ended its sending by shutdown".to_owned(),
        ),
        Errno::EPIPE if told_reset || by_other.is_some() => (
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
    matches!(call.call, Call::Close { .. }).then(|| {
        format!(
            "it left {} unread; who closes is told nothing of it",
            bytes(first.unread)
        )
    })
}
