//! How pairs of `AF_UNIX` sockets ended: what looks like a TCP reset and has no packet at all.
//!
//! Names none of the causes of a RST: nothing here was on a wire. Reads the calls alone, which are all there is.
//!
//! Source: Linux `net/unix/af_unix.c`, `unix_release_sock`: ECONNRESET is set on the other end when bytes are left
//! in the queue of the end that goes, or when that end was never accepted.

mod told;
mod words;

use super::ending::ended_process;
use super::finding::{Cited, UnixVerdict};
use super::reset::the;
use super::run::Run;
use super::weigh::cited;
use crate::connection::Role;
use crate::connection::unix::{UnixEnd, UnixEnded, UnixPair};
use crate::errno::Errno;
use crate::event::Event;
use crate::event::call::{Call, CallReturned, How, Returned};
use crate::scenario::expect::Outcome;
use crate::units::Nanos;
use told::Told;

/// The verdict on every pair, in order of their `connect`s.
pub(super) fn verdicts(run: &Run<'_>) -> Vec<UnixVerdict> {
    let pairs = run.connections.unix_pairs().iter();
    pairs.map(|pair| Seen { run, pair }.verdict()).collect()
}

/// The pair to tell of first: one at which a program met an error, else the first.
pub(super) fn gravest(verdicts: &[UnixVerdict]) -> Option<&UnixVerdict> {
    let met_error = verdicts.iter().find(|one| one.met_error);
    met_error.or(verdicts.first())
}

/// One pair with the run it is part of.
struct Seen<'r, 'a> {
    run: &'r Run<'a>,
    pair: &'r UnixPair,
}

/// What let go of an end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Means {
    Close,
    /// The return of a call that held what had been closed.
    Return,
    Process,
}

/// Who ended its sending by `shutdown`.
struct Shut {
    role: Role,
    by: String,
    how: How,
}

/// The end that went first.
struct First {
    role: Role,
    ended: UnixEnded,
    /// Whose call it was, or whose process ended: not always who connected or accepted, since sockets are handed over.
    by: String,
    /// `close()`, `recv(8)`, `exit(1)`, `SIGKILL`.
    how: String,
    means: Means,
    /// Bytes that had come and were never read.
    unread: u64,
}

impl Seen<'_, '_> {
    fn verdict(&self) -> UnixVerdict {
        let first = self.first();
        let told = told::told(self, first.as_ref());
        let shut = self.first_shutdown(first.as_ref());
        let words = match (self.pair.failed, &first, &shut) {
            (Some(errno), _, _) => self.not_connected(errno),
            (None, Some(first), _) if first.ended.of_listener => self.never_accepted(first, &told),
            (None, Some(first), _) if first.unread > 0 => self.left_unread(first, &told),
            (None, _, _) if told.iter().any(Told::is_reset) => self.unexplained(&told),
            (None, _, Some(shut)) => self.shut_down(shut, &told),
            (None, Some(first), None) => self.in_order(first, &told),
            (None, None, None) => self.open(),
        };
        let outcome = match self.pair.failed {
            Some(Errno::ECONNREFUSED) => Outcome::Refused,
            // There is no FIN either, but it came to its end, and without a RST.
            None if first.is_some() || shut.is_some() => Outcome::Closed,
            Some(_) | None => Outcome::Open,
        };
        UnixVerdict {
            id: self.pair.id,
            name: self.pair.name.clone(),
            client: self.pair.client.name.clone(),
            server: self.pair.server.name.clone(),
            outcome,
            met_error: told.iter().any(|told| told.is_error),
            headline: words.headline,
            explanation: words.explanation,
            fix: words.fix.to_owned(),
            kernel_function: words.kernel_function,
            evidence: self.evidence(first.as_ref(), &told),
            saw: told.into_iter().map(|told| told.saw).collect(),
        }
    }

    fn end(&self, role: Role) -> &UnixEnd {
        match role {
            Role::Client => &self.pair.client,
            Role::Server => &self.pair.server,
        }
    }

    fn name(&self, role: Role) -> String {
        the(&self.end(role).name)
    }

    fn calls(&self, role: Role) -> impl Iterator<Item = (&Event, &CallReturned)> {
        let calls = self.end(role).calls.iter();
        calls.filter_map(|position| self.run.call_at(*position))
    }

    fn first(&self) -> Option<First> {
        let ends = [Role::Client, Role::Server];
        let ended = ends
            .into_iter()
            .filter_map(|role| Some((role, self.end(role).ended?)));
        let (role, ended) = ended.min_by_key(|(_, ended)| (ended.at, ended.position))?;
        let event = self.run.events.get(ended.position)?;
        let (by, how, means) = if let Some(process) = ended_process(event) {
            let how = process.how.to_string();
            (&process.process, how, Means::Process)
        } else {
            let call = event.body.as_call()?;
            let means = if matches!(call.call, Call::Receive { .. }) {
                Means::Return
            } else {
                Means::Close
            };
            (&call.by, call.signature(), means)
        };
        let unread = match ended.unread {
            _ if ended.of_listener => 0,
            Some(unread) => unread.into(),
            None => self
                .sent(role.other(), ended.at)
                .saturating_sub(self.read(role)),
        };
        Some(First {
            role,
            ended,
            by: by.clone(),
            how,
            means,
            unread,
        })
    }

    /// Bytes that this end had sent until then. What began later and worked cannot be: the other end was gone.
    fn sent(&self, role: Role, until: Nanos) -> u64 {
        let earlier = self.calls(role).filter(|(event, _)| event.at <= until);
        sum(earlier.filter(|(_, call)| matches!(call.call, Call::Send { .. })))
    }

    /// Bytes that this end took from its queue.
    fn read(&self, role: Role) -> u64 {
        sum(self.calls(role).filter(|(_, call)| takes(call)))
    }

    /// Whether nobody but the endpoint that this end is called by took bytes from its queue.
    fn read_by_itself(&self, role: Role) -> bool {
        let mut took = self.calls(role).filter(|(_, call)| takes(call));
        took.all(|(_, call)| call.by == self.end(role).name)
    }

    /// Who ended its sending by `shutdown`, before anybody let go.
    fn first_shutdown(&self, first: Option<&First>) -> Option<Shut> {
        let mut found: Option<(Nanos, Shut)> = None;
        for role in [Role::Client, Role::Server] {
            for (event, call) in self.calls(role) {
                if let Some(how) = shuts(call)
                    && how != How::Read
                    && first.is_none_or(|first| event.at < first.ended.at)
                    && found
                        .as_ref()
                        .is_none_or(|(earlier, _)| event.at < *earlier)
                {
                    let by = call.by.clone();
                    found = Some((event.at, Shut { role, by, how }));
                }
            }
        }
        found.map(|(_, shut)| shut)
    }

    /// The earliest time at which that end can have ended its sending, by letting go or by `shutdown`.
    fn ended_sending(&self, role: Role, first: Option<&First>) -> Option<Nanos> {
        let first = first.filter(|first| first.role == role);
        let gone = first.map(|first| first.ended.began);
        let shut = self.calls(role).filter_map(|(event, call)| {
            let ends = shuts(call).is_some_and(|how| how != How::Read);
            ends.then_some(event.at)
        });
        gone.into_iter().chain(shut).min()
    }

    fn evidence(&self, first: Option<&First>, told: &[Told]) -> Vec<Cited> {
        let connect = self.run.call_at(self.pair.connect);
        let connect = connect.map(|(event, call)| cited(event.id, "call", &call.signature()));
        let ended = first.and_then(|first| {
            let event = self.run.events.get(first.ended.position)?;
            Some(cited(event.id, "call", &first.how))
        });
        let told = told.iter().map(|told| {
            let label = format!("{} = {}", told.saw.signature, told.saw.result);
            cited(told.saw.call, "call", &label)
        });
        let all = connect.into_iter().chain(ended).chain(told);
        let mut all: Vec<_> = all.collect();
        crate::order::sort_by_rank(&mut all, |cited| (cited.event.0.into(), 0));
        all.dedup_by_key(|cited| cited.event);
        all
    }
}

/// Whether it takes bytes from the queue.
const fn takes(call: &CallReturned) -> bool {
    matches!(call.call, Call::Receive { peek: false, .. })
}

/// What a `shutdown` that worked ended; `None` for any other call.
const fn shuts(call: &CallReturned) -> Option<How> {
    match (&call.call, call.result) {
        (Call::Shutdown { how }, Returned::Ok(_)) => Some(*how),
        _ => None,
    }
}

/// What these calls returned, added up.
fn sum<'a>(calls: impl Iterator<Item = (&'a Event, &'a CallReturned)>) -> u64 {
    let returned = calls.map(|(_, call)| match call.result {
        Returned::Ok(count) => count,
        Returned::Err(_) => 0,
    });
    returned.fold(0, u64::saturating_add)
}
