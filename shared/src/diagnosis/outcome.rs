//! How each connection ended: by RST, refusal, timeout, FIN, or not at all.

use super::finding::{ConnectionVerdict, UnixVerdict};
use super::run::Run;
use super::weigh::Weighed;
use crate::connection::flow::Flow;
use crate::connection::{Connection, Role};
use crate::errno::Errno;
use crate::event::Source;
use crate::event::call::{Call, CallReturned, Returned};
use crate::scenario::expect::Outcome;

/// Of several connections the gravest, pairs of `AF_UNIX` sockets among them; a run without any is open.
pub(super) fn of_run(verdicts: &[ConnectionVerdict], unix: &[UnixVerdict]) -> Outcome {
    let unix = unix.iter().map(|verdict| verdict.outcome).max();
    of_connections(verdicts).max(unix).unwrap_or(Outcome::Open)
}

/// Of several TCP connections the gravest.
pub(super) fn of_connections(verdicts: &[ConnectionVerdict]) -> Option<Outcome> {
    verdicts.iter().map(|verdict| verdict.outcome).max()
}

pub(super) fn of_connection(
    run: &Run<'_>,
    connection: &Connection,
    resets: &[Weighed<'_>],
) -> Outcome {
    if connection.segments.is_empty() {
        return by_calls(run, connection);
    }
    let flow = Flow::over(connection, run.outside.foreign_in(connection));
    if let Some(outcome) = resets.iter().filter_map(by_reset).max() {
        return outcome;
    }
    if failed(run, connection, Errno::ETIMEDOUT) {
        return Outcome::TimedOut;
    }
    let (client, server) = (flow.of(Role::Client), flow.of(Role::Server));
    // A socket connected to itself is both ends: what it says as a server counts as the client's.
    let itself = connection.client.address == connection.server.address && client.spoken > 0;
    let unanswered = client.isn.is_some() && server.isn.is_none() && server.spoken == 0 && !itself;
    // A FIN that came with an unanswered SYN ended nothing.
    if (client.fin.is_some() || server.fin.is_some()) && !unanswered {
        return Outcome::Closed;
    }
    if unanswered && (client.syns > 1 || gave_up(run, connection)) {
        return Outcome::TimedOut;
    }
    let client_gone = resets
        .iter()
        .any(|one| one.reset.from == Role::Client && one.reset.accepted);
    if client_gone && client.spoken == 0 {
        return Outcome::TimedOut;
    }
    Outcome::Open
}

/// What a RST made of the connection; `None` when it ended nothing of this one.
fn by_reset(one: &Weighed<'_>) -> Option<Outcome> {
    let reset = &one.reset;
    if !reset.accepted {
        return None;
    }
    // A client that is still connecting resets what is left of another connection, or a late answer.
    if reset.before.in_syn_sent(reset.from) {
        return None;
    }
    if reset.before.in_syn_sent(reset.to()) {
        return Some(Outcome::Refused);
    }
    Some(Outcome::Reset)
}

/// The client's program ended its attempt, or was not recorded at all.
fn gave_up(run: &Run<'_>, connection: &Connection) -> bool {
    if !run.has(Source::Calls) {
        return true;
    }
    let mut calls = run.calls_of(connection, Role::Client);
    calls.any(|(_, call)| {
        // A non-blocking call says EINPROGRESS at once; one that waited first ran out of its own time.
        let at_once = call.failed_with(Errno::EINPROGRESS) && call.parked.0 == 0;
        let waiting = at_once || call.failed_with(Errno::EAGAIN);
        matches!(call.call, Call::Close { .. })
            || (matches!(call.call, Call::Connect)
                && !waiting
                && matches!(call.result, Returned::Err(_)))
    })
}

fn failed(run: &Run<'_>, connection: &Connection, errno: Errno) -> bool {
    let mut calls = connection.calls.iter().filter_map(|call| run.call(*call));
    calls.any(|(_, call)| call.failed_with(errno))
}

/// Without segments: by what the programs were told.
fn by_calls(run: &Run<'_>, connection: &Connection) -> Outcome {
    if failed(run, connection, Errno::ECONNREFUSED) {
        return Outcome::Refused;
    }
    let told = |errno| failed(run, connection, errno);
    if told(Errno::ECONNRESET) || broken_pipe(run, connection) {
        return Outcome::Reset;
    }
    if told(Errno::ETIMEDOUT) {
        return Outcome::TimedOut;
    }
    let ends = |call: &CallReturned| {
        let end_of_data = matches!(call.call, Call::Receive { at_most, .. } if at_most > 0)
            && call.result == Returned::Ok(0);
        end_of_data || call.call.lets_go() || matches!(call.call, Call::Shutdown { .. })
    };
    let mut calls = connection.calls.iter().filter_map(|call| run.call(*call));
    if calls.any(|(_, call)| ends(call)) {
        return Outcome::Closed;
    }
    Outcome::Open
}

/// EPIPE that the program did not bring on itself by ending its own sending.
fn broken_pipe(run: &Run<'_>, connection: &Connection) -> bool {
    [Role::Client, Role::Server].into_iter().any(|role| {
        let mut shut = false;
        for (_, call) in run.calls_of(connection, role) {
            if call.failed_with(Errno::EPIPE) && !shut {
                return true;
            }
            shut |= matches!(call.call, Call::Shutdown { .. });
        }
        false
    })
}
