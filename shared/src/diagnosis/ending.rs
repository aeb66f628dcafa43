//! How a program let go of a connection: by a call, or by the end of its process.

use super::finding::Cited;
use super::reset::{Reset, the};
use super::run::{Run, end_of};
use super::weigh::cited;
use crate::connection::{Connection, Role};
use crate::event::call::{Call, CallReturned, Returned};
use crate::event::process_ended::ProcessEnded;
use crate::event::{Event, EventBody};
use crate::units::Nanos;

/// A call or an end of a process after which a socket may be gone, and what it was made on.
#[derive(Clone, Copy)]
pub(crate) struct Ending<'a> {
    pub(crate) event: &'a Event,
    pub(crate) by: EndedBy<'a>,
    /// It was made on the listening socket, not on the connection.
    pub(crate) on_listener: bool,
}

/// What ended it.
#[derive(Clone, Copy)]
pub(crate) enum EndedBy<'a> {
    /// `close`, `shutdown`, `connect(AF_UNSPEC)`, or a `recv` that held what had been closed.
    Call(&'a CallReturned),
    Process(&'a ProcessEnded),
}

impl<'a> Ending<'a> {
    /// Of a call: `None` for one that cannot end a connection.
    pub(crate) fn of_call(
        event: &'a Event,
        call: &'a CallReturned,
        on_listener: bool,
    ) -> Option<Self> {
        // What a `recv` that failed lets go of was dead before: nothing is sent then.
        let was_dead = matches!(
            (&call.call, call.result),
            (Call::Receive { .. }, Returned::Err(_))
        );
        let ends = call.call.ends_sending() && !was_dead;
        let may_end = ends || call.call == Call::Disconnect;
        may_end.then_some(Self {
            event,
            by: EndedBy::Call(call),
            on_listener,
        })
    }

    /// Of the end of a process: `None` for any other event.
    pub(crate) fn of_process(event: &'a Event, on_listener: bool) -> Option<Self> {
        let process = ended_process(event)?;
        Some(Self {
            event,
            by: EndedBy::Process(process),
            on_listener,
        })
    }

    /// `close()`, `exit(1)`, `SIGKILL`.
    pub(crate) fn words(&self) -> String {
        match self.by {
            EndedBy::Call(call) => call.signature(),
            EndedBy::Process(process) => process.how.to_string(),
        }
    }

    /// When it went to work: a call that held the socket while it waited sends nothing before it goes on.
    pub(crate) fn from(&self) -> Nanos {
        match self.by {
            EndedBy::Call(call) => self.event.at + call.parked,
            EndedBy::Process(_) => self.event.at,
        }
    }

    /// When it was over.
    pub(crate) fn until(&self) -> Nanos {
        match self.by {
            EndedBy::Call(call) => end_of(self.event, call),
            EndedBy::Process(process) => self.event.at + process.took,
        }
    }

    /// It let go of the socket: `close` of the last descriptor, the return of a call that held it longer, or the
    /// process's end.
    pub(crate) fn lets_go(&self) -> bool {
        match self.by {
            EndedBy::Call(call) => call.call.lets_go(),
            EndedBy::Process(_) => true,
        }
    }

    /// It let go by returning: the descriptor had been closed while it waited.
    pub(crate) fn is_return(&self) -> bool {
        matches!(self.by, EndedBy::Call(call) if matches!(call.call, Call::Receive { .. }))
    }

    pub(crate) fn is_disconnect(&self) -> bool {
        matches!(self.by, EndedBy::Call(call) if call.call == Call::Disconnect)
    }

    pub(crate) fn is_shutdown(&self) -> bool {
        matches!(self.by, EndedBy::Call(call) if matches!(call.call, Call::Shutdown { .. }))
    }

    pub(crate) fn is_process(&self) -> bool {
        matches!(self.by, EndedBy::Process(_))
    }

    pub(crate) fn worked(&self) -> bool {
        match self.by {
            EndedBy::Call(call) => matches!(call.result, Returned::Ok(_)),
            EndedBy::Process(_) => true,
        }
    }

    /// As a piece of evidence.
    pub(crate) fn cited(&self) -> Cited {
        cited(self.event.id, "call", &self.words())
    }

    /// When a segment left that this sent: `within close()`, `while its process ended (SIGKILL)`.
    pub(crate) fn within(&self) -> String {
        let on = if self.on_listener {
            " of the listener"
        } else {
            ""
        };
        let words = self.words();
        if self.is_process() {
            format!("while its process ended ({words})")
        } else {
            format!("within {words}{on}")
        }
    }

    /// The process that had got the connection from the sender, where its end is what ended it.
    pub(crate) fn heir<'r>(&self, reset: &Reset<'r>) -> Option<&'r str>
    where
        'a: 'r,
    {
        match self.by {
            EndedBy::Process(process) if !self.on_listener => {
                heir(reset.run, reset.connection, reset.from, process)
            }
            EndedBy::Call(_) | EndedBy::Process(_) => None,
        }
    }

    /// ` The RST left within close(), which began at 0.5 ms.`
    pub(crate) fn sentence(&self, reset: &Reset<'_>) -> String {
        let at = self.event.at;
        let what = self.heir(reset).map_or_else(
            || self.within(),
            |heir| {
                format!(
                    "while the process of {} ended ({})",
                    the(heir),
                    self.words()
                )
            },
        );
        // Nobody asked for this end, so nobody knows when it began.
        if matches!(self.by, EndedBy::Process(ProcessEnded { step: None, .. })) {
            return format!(" The RST left {what}, between {at} and {}.", self.until());
        }
        format!(" The RST left {what}, which began at {at}.")
    }
}

/// The name of the process that ended, where it is not the one that the connection's end is named after: it had got the
/// socket from that one. A process of several threads has a name of its own, which alone says nothing.
pub(crate) fn heir<'a>(
    run: &Run<'_>,
    connection: &Connection,
    role: Role,
    process: &'a ProcessEnded,
) -> Option<&'a str> {
    let mut own = run.calls_of(connection, role);
    let was_given = own.any(|(_, call)| matches!(call.call, Call::HandOver { .. }));
    let is_other = was_given && process.process != connection.name(role);
    is_other.then_some(process.process.as_str())
}

impl Reset<'_> {
    /// The end whose address the RST claims, or who had got the connection and lost it with its process.
    pub(crate) fn last_holder(&self) -> String {
        let ending = self.sending_call();
        let heir = ending.as_ref().and_then(|ending| ending.heir(self));
        heir.map_or_else(|| self.sender(), the)
    }
}

/// The end of a process that this event is; `None` for any other.
pub(crate) fn ended_process(event: &Event) -> Option<&ProcessEnded> {
    match &event.body {
        EventBody::ProcessEnded(process) => Some(process),
        EventBody::Call(_)
        | EventBody::Counters(_)
        | EventBody::KernelReset(_)
        | EventBody::Outside(_)
        | EventBody::Segment(_)
        | EventBody::Socket(_)
        | EventBody::Step(_)
        | EventBody::Trouble(_) => None,
    }
}
