//! A program that is a process of its own, because the story ends it, limits its descriptors or has it wait inside a call:
//! the worker asks, the child makes the calls.
//!
//! The descriptors are the child's alone, so that its end closes them as any program's end does. When a call is
//! made and when it goes on is decided here as for every endpoint; the child only does as it is told.

mod child;
mod held;

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use aftershake_shared::event::call::SocketId;
use aftershake_shared::event::process_ended::{ClosedSocket, Ended, ProcessEnded};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::event::{Event, EventBody};
use aftershake_shared::scenario::steps::StepKind;
use aftershake_shared::scenario::steps::close::What;
use aftershake_shared::scenario::steps::kill::Signal;
use aftershake_shared::scenario::{Program, Scenario, Step};
use aftershake_shared::units::Nanos;
use serde::{Deserialize, Serialize};
use socket2::Socket;

use crate::sys::poll::Interest;
use crate::sys::process::{Channel, Child, Status, Watch, fork};
use crate::worker::common::{Common, Known};
use crate::worker::endpoint::{Endpoint, Given, Opened};
use crate::worker::steps::{Act, Attempt};
use held::Held;

/// A child process and the way to it.
pub(crate) struct Process {
    child: Child,
    channel: Channel,
    /// For each endpoint in it, by name: ready when what its parked call waits for is.
    watches: Vec<(String, Watch)>,
    /// What it holds by its calls.
    held: Held,
    /// When it was last seen alive.
    alive_at: Nanos,
    /// A call of it waits inside the kernel, or has returned and was not told yet.
    blocks: bool,
}

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
enum Request {
    /// Go as far as that step can go.
    Attempt {
        step: u32,
    },
    /// That step's time is over.
    Expire {
        step: u32,
    },
    /// Let the threads that wait inside a call work off what has woken them.
    Rest,
    /// Say what would close now.
    Holdings,
    Exit {
        code: u8,
    },
    /// Keep the descriptor that comes with this.
    Keep {
        what: What,
        socket: Described,
    },
}

/// A request with what the child needs to know of the others.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    request: Request,
    known: Known,
    first_number: u32,
}

/// How far the child came.
#[derive(Debug, Serialize, Deserialize)]
enum Came {
    Finished(StepResult),
    Waits,
    Holds {
        closed: Vec<ClosedSocket>,
        descriptors: Vec<(SocketId, u32)>,
    },
    Kept,
    /// Whether a call that waited has returned.
    Rested(bool),
}

/// An answer with what the child did meanwhile.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    came: Came,
    events: Vec<Event>,
    news: Known,
    next_number: u32,
    /// As [`Process::blocks`].
    blocks: bool,
    /// A descriptor for another program; it comes with this.
    given: Option<(String, What, Described)>,
}

/// A socket without its descriptor.
#[derive(Debug, Serialize, Deserialize)]
struct Described {
    id: SocketId,
    local: Option<std::net::SocketAddr>,
    remote: Option<std::net::SocketAddr>,
    named: Vec<String>,
}

impl Described {
    fn of(opened: &Opened) -> Self {
        Self {
            id: opened.id,
            local: opened.local,
            remote: opened.remote,
            named: opened.named.clone(),
        }
    }

    fn opened(self, descriptor: OwnedFd) -> Opened {
        Opened {
            local: self.local,
            remote: self.remote,
            usable: true,
            named: self.named,
            ..Opened::new(self.id, Some(Socket::from(descriptor)), None)
        }
    }
}

impl Process {
    /// Starts the process that these endpoints are threads of.
    ///
    /// # Errors
    /// What the system says against another process.
    pub(crate) fn start(
        scenario: &Scenario,
        program: &Program<'_>,
        common: &Common,
    ) -> io::Result<Self> {
        let (channel, childs) = Channel::pair()?;
        let mut watches = Vec::new();
        for endpoint in &program.endpoints {
            watches.push(((*endpoint).to_owned(), Watch::new()?));
        }
        let mut keep = vec![childs.as_raw_fd()];
        keep.extend(watches.iter().map(|(_, watch)| watch.as_raw_fd()));
        let child = fork(&keep, || {
            child::serve(scenario, program.name, &watches, &childs, common)
        })?;
        drop(childs);
        Ok(Self {
            child,
            channel,
            watches,
            held: Held::default(),
            alive_at: common.clock.now(),
            blocks: false,
        })
    }

    /// The child's first thread, by which trace events name it; calls that wait inside the kernel have others.
    pub(crate) const fn thread(&self) -> i32 {
        self.child.id()
    }

    fn ask(
        &self,
        request: Request,
        with: Option<&Socket>,
        common: &Common,
    ) -> io::Result<(Answer, Option<OwnedFd>)> {
        let first = common.lend_numbers();
        let asked = Asked {
            request,
            known: common.known().for_child(),
            first_number: first,
        };
        self.channel.send(
            &serde_json::to_vec(&asked)?,
            with.map(|socket| socket.as_fd()),
        )?;
        let (bytes, descriptor) = self.channel.receive()?;
        let mut answer: Answer = serde_json::from_slice(&bytes)?;
        common.return_numbers(first, answer.next_number);
        common.known().learn(std::mem::take(&mut answer.news));
        Ok((answer, descriptor))
    }

    fn watch_of(&self, endpoint: &str) -> Option<&Watch> {
        let mut watches = self.watches.iter();
        watches
            .find(|(name, _)| name == endpoint)
            .map(|(_, watch)| watch)
    }
}

/// A step that the child carries out.
pub(crate) struct Remote {
    step: u32,
    by: String,
    begun: bool,
}

impl Remote {
    /// A step's performance by the process that its endpoint is in.
    pub(crate) fn begin(number: u32, step: &Step) -> Box<dyn Act> {
        Box::new(Self {
            step: number,
            by: step.by.clone(),
            begun: false,
        })
    }
}

impl Act for Remote {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let came = endpoint.ask(Request::Attempt { step: self.step }, None);
        let watch = endpoint
            .process
            .as_ref()
            .and_then(|process| process.watch_of(&self.by));
        match (came, watch) {
            (Ok(Came::Waits), Some(watch)) => {
                self.begun = true;
                Attempt::Waits(watch.as_raw_fd(), Interest::Readable)
            }
            (Ok(Came::Finished(result)), _) => Attempt::Finished(result),
            // The process has ended, which was noted. A step that nobody saw begin never did.
            _ if self.begun => Attempt::Finished(StepResult::Killed),
            _ => Attempt::Finished(StepResult::NotRun),
        }
    }

    fn expire(&mut self, endpoint: &mut Endpoint<'_>) {
        // A process that is gone has no call left to record.
        let _ = endpoint.ask(Request::Expire { step: self.step }, None);
    }
}

/// By what a process ends.
pub(crate) enum End {
    Exit(u8),
    Kill(Signal),
}

/// Which endpoint's process a step ends, and how.
pub(crate) fn ends(step: &Step) -> Option<(&str, End)> {
    if let StepKind::Exit(exit) = &step.does {
        return Some((&step.by, End::Exit(exit.code)));
    }
    if let StepKind::Kill(kill) = &step.does {
        return Some((&kill.endpoint, End::Kill(kill.signal)));
    }
    None
}

impl Endpoint<'_> {
    /// Asks the child; keeps what it recorded and what it gives to others.
    fn ask(&mut self, request: Request, with: Option<&Socket>) -> io::Result<Came> {
        let common = self.common;
        let process = self.process.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        if process.child.is_gone() {
            return Err(io::ErrorKind::NotConnected.into());
        }
        let asked = process.ask(request, with, common);
        let Ok((answer, descriptor)) = asked else {
            self.bury();
            return Err(io::ErrorKind::NotConnected.into());
        };
        process.alive_at = common.clock.now();
        process.blocks = answer.blocks;
        process.held.note(&answer.events);
        self.note_all(answer.events);
        if let (Some((to, what, socket)), Some(descriptor)) = (answer.given, descriptor) {
            let opened = socket.opened(descriptor);
            self.given.push(Given { to, what, opened });
        }
        Ok(answer.came)
    }

    /// Takes what another program hands over.
    pub(crate) fn take_given(&mut self, what: What, mut opened: Opened) {
        if self.process.is_none() {
            return self.keep_given(what, opened);
        }
        let socket = Described::of(&opened);
        let descriptor = opened.socket.take();
        let taken = self.ask(Request::Keep { what, socket }, descriptor.as_ref());
        let process = self.process.as_mut().filter(|_| taken.is_ok());
        let Some(process) = process else {
            // A process that is gone takes nothing: the descriptor closes here, as it would on the way.
            let mut known = self.common.known();
            known.drop_descriptors(opened.id, 1);
            known.touched.extend(opened.local.zip(opened.remote));
            return;
        };
        process.held.given(ClosedSocket {
            socket: opened.id,
            local: opened.local,
            remote: opened.remote,
            unread: None,
        });
    }

    /// Lets calls that wait inside the kernel come to rest; says whether one has returned.
    pub(crate) fn rest_threads(&mut self) -> bool {
        let process = self.process.as_ref();
        let blocks = process.is_some_and(|process| process.blocks && !process.child.is_gone());
        blocks && matches!(self.ask(Request::Rest, None), Ok(Came::Rested(true)))
    }

    /// Readable once the process ends, for it says nothing unasked; `None` where there is none, or no longer.
    pub(crate) fn end_sign(&self) -> Option<(RawFd, Interest)> {
        let process = self.process.as_ref();
        let process = process.filter(|process| !process.child.is_gone())?;
        Some((process.channel.as_raw_fd(), Interest::Readable))
    }

    /// Ends the process, and notes what it held. `false` where it has ended before or never was one.
    pub(crate) fn end_process(&mut self, step: u32, end: &End) -> bool {
        let Ok(Came::Holds {
            closed,
            descriptors,
        }) = self.ask(Request::Holdings, None)
        else {
            return false;
        };
        let clock = self.clock();
        let at = clock.now();
        match end {
            End::Exit(code) => {
                // No answer comes: the channel ends with the process.
                if let Some(process) = &self.process {
                    let _ = process.ask(Request::Exit { code: *code }, None, self.common);
                }
            }
            End::Kill(signal) => {
                if let Some(process) = &self.process {
                    process.child.signal(number_of(*signal));
                }
            }
        }
        let Some(process) = &mut self.process else {
            return false;
        };
        let Some(status) = process.child.wait() else {
            return false;
        };
        let how = how_of(status);
        let took = clock.now() - at;
        let mut known = self.common.known();
        for (socket, count) in descriptors {
            known.drop_descriptors(socket, count);
        }
        let pairs = closed
            .iter()
            .filter_map(|closed| Some((closed.local?, closed.remote?)));
        known.touched.extend(pairs);
        drop(known);
        let body = EventBody::ProcessEnded(ProcessEnded {
            process: self.name.clone(),
            step: Some(step),
            how,
            took,
            closed,
        });
        self.note(at, body);
        true
    }
}

fn how_of(status: Status) -> Ended {
    match status {
        Status::Exited(code) => Ended::Exited(code),
        Status::Signalled(number) => Ended::Killed(name_of(number)),
    }
}

/// The signal's name, or its number where no step can send it.
fn name_of(number: i32) -> String {
    let mut all = Signal::ALL.into_iter();
    all.find(|signal| number_of(*signal) == number).map_or_else(
        || format!("signal {number}"),
        |signal| signal.name().to_owned(),
    )
}

const fn number_of(signal: Signal) -> i32 {
    match signal {
        Signal::SigAbrt => libc::SIGABRT,
        Signal::SigHup => libc::SIGHUP,
        Signal::SigInt => libc::SIGINT,
        Signal::SigKill => libc::SIGKILL,
        Signal::SigQuit => libc::SIGQUIT,
        Signal::SigSegv => libc::SIGSEGV,
        Signal::SigTerm => libc::SIGTERM,
    }
}
