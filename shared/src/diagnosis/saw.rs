//! What each program was told, call by call, and why exactly that: the rules by which Linux turns a RST into
//! an errno.
//!
//! Source: `tcp_reset` of `net/ipv4/tcp_input.c`: ECONNREFUSED in SYN-SENT, EPIPE in CLOSE-WAIT, else
//! ECONNRESET; told once, to whichever call comes first.

use super::finding::Saw;
use super::run::{Run, end_of};
use super::weigh::Weighed;
use crate::connection::{Connection, Role};
use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, Returned};
use crate::event::{Event, EventId};
use crate::order::sort_by_rank;
use crate::units::Nanos;

/// What one program had met before a call.
#[derive(Default)]
struct Met {
    told_reset: bool,
    shut_writing: bool,
    saw_end: bool,
}

/// The calls through which both programs met the end of the connection, in order of time.
pub(super) fn saw(run: &Run<'_>, connection: &Connection, resets: &[Weighed<'_>]) -> Vec<Saw> {
    let mut saw = Vec::new();
    for role in [Role::Client, Role::Server] {
        let mut met = Met::default();
        for (event, call) in run.calls_of(connection, role) {
            if let Some(because) = because(connection, resets, role, &met, event, call) {
                let result = result_of(call);
                met.told_reset |= call.failed_with(Errno::ECONNRESET);
                met.saw_end |= result == "EOF";
                saw.push((
                    event.at,
                    Saw {
                        by: connection.name(role).to_owned(),
                        call: event.id,
                        signature: call.signature(),
                        result,
                        because,
                    },
                ));
            }
            met.shut_writing |= matches!(&call.call, Call::Shutdown { how }
                if *how != crate::event::call::How::Read);
        }
    }
    sort_by_rank(&mut saw, |(at, _)| (at.0, 0));
    saw.into_iter().map(|(_, saw)| saw).collect()
}

/// `EOF` for an empty read, else the number or the errno.
fn result_of(call: &CallReturned) -> String {
    if is_end(call) {
        "EOF".to_owned()
    } else {
        call.result.to_string()
    }
}

fn is_end(call: &CallReturned) -> bool {
    let reads =
        matches!(call.call, Call::Receive { at_most, out_of_band: false, .. } if at_most > 0);
    reads && call.result == Returned::Ok(0)
}

/// Why the call returned what it did; `None` when it did not meet the end.
fn because(
    connection: &Connection,
    resets: &[Weighed<'_>],
    role: Role,
    met: &Met,
    event: &Event,
    call: &CallReturned,
) -> Option<String> {
    if is_end(call) {
        return Some(why_end(connection, role, met, end_of(event, call)));
    }
    match call.result {
        Returned::Ok(_) => caused(resets, role, event.id),
        Returned::Err(errno) => why_error(connection, resets, role, met, errno),
    }
}

fn why_end(connection: &Connection, role: Role, met: &Met, by: Nanos) -> String {
    let other = super::reset::the(connection.name(role.other()));
    if met.told_reset {
        return "the reset had been told before; after it nothing is left to read".to_owned();
    }
    if fin_before(connection, role.other(), by) {
        return format!("the FIN of {other} had arrived");
    }
    "the end of the data had been reached".to_owned()
}

fn why_error(
    connection: &Connection,
    resets: &[Weighed<'_>],
    role: Role,
    met: &Met,
    errno: Errno,
) -> Option<String> {
    let rst = resets
        .iter()
        .find(|one| one.reset.accepted && one.reset.to() == role);
    let other = super::reset::the(connection.name(role.other()));
    let text = match errno {
        Errno::ECONNRESET => match rst {
            Some(_) => format!(
                "no FIN of {other} had come before the RST; the error is told once, to the first call after it"
            ),
            None if resets.iter().any(|one| one.reset.from == role) => {
                "its own socket had been reset".to_owned()
            }
            None => "the connection had been reset".to_owned(),
        },
        Errno::EPIPE if met.told_reset => {
            "the reset had been told before; writing to what is left is a broken pipe".to_owned()
        }
        Errno::EPIPE if met.shut_writing => {
            "it had itself ended its sending by shutdown".to_owned()
        }
        Errno::EPIPE => {
            let fin = rst.is_some_and(|one| one.reset.before.of(role.other()).fin.is_some());
            if fin || met.saw_end {
                format!(
                    "the FIN of {other} had come before the RST, so the reset is told as a broken pipe"
                )
            } else {
                "the connection was over".to_owned()
            }
        }
        Errno::ECONNREFUSED => "its SYN was answered by RST".to_owned(),
        Errno::ETIMEDOUT => "its own kernel stopped waiting for an answer".to_owned(),
        Errno::ECONNABORTED => "its socket was destroyed from outside".to_owned(),
        Errno::ENOTCONN => "the socket was not connected any more".to_owned(),
        _ => return None,
    };
    Some(text)
}

/// The call that sent a RST is told nothing of it.
fn caused(resets: &[Weighed<'_>], role: Role, call: EventId) -> Option<String> {
    let sent = resets.iter().filter(|one| one.reset.from == role);
    let mut calls = sent.filter_map(|one| one.reset.sending_call());
    calls
        .any(|ending| ending.event.id == call)
        .then(|| "it sent the RST; who resets is told nothing of it".to_owned())
}

fn fin_before(connection: &Connection, from: Role, by: Nanos) -> bool {
    let mut fins = connection.segments.iter().filter(|sent| sent.from == from);
    fins.any(|sent| sent.segment.flags.fin() && sent.at <= by)
}
