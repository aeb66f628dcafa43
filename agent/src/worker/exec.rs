//! Two programs of the user's in a namespace of their own: started, watched from outside, ended. Their calls are not seen.
//!
//! What they do is read from the wire, the counters, the kernel's sockets and its reasons. Nothing traces them, so
//! they behave as they do elsewhere.

mod listening;
mod program;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use aftershake_shared::channel::Failure;
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::event::{EventBody, Source};
use aftershake_shared::recording::{Environment, FORMAT_VERSION, Header, ScenarioText};
use aftershake_shared::scenario::machine::Machine;
use aftershake_shared::scenario::{Order, Scenario};

use crate::sys::poll::{self, Interest};
use crate::sys::sock_destroyed::SockDestroyed;

use self::program::Program;
use super::clock::{self, Clock};
use super::common::Common;
use super::evidence::Evidence;
use super::protocol::{ExecRequest, WorkerReply};
use super::recorder::Recorder;
use super::run::{Cancel, Run};
use super::{Shared, fail, fail_without_namespace, fresh_namespace, kernel_version, lock, reply};

/// Segments that are recorded; of more, those with SYN, FIN or RST and the last ones. The run says how many it lost.
const SEGMENTS: u64 = 200_000;
/// How long a server may take to listen on the port that was named.
const READY_NS: u64 = 10_000_000_000;
/// How long the client waits for a server that was not said to listen.
const LISTENING_NS: u64 = 2_000_000_000;
/// How often it is looked whether something listens.
const LOOK_NS: u64 = 2_000_000;
/// The shortest time between two looks at the sockets.
const PAUSE_NS: u64 = 300_000;
/// How often every socket is looked at, also where nothing passes.
const EVERY_NS: u64 = 5_000_000;
/// Connections up to which all are looked at so often.
const FEW: usize = 64;
/// After the client's end and with every connection ended, the wire must have been silent so long.
const SILENCE_NS: u64 = 100_000_000;
/// After the client's end, connections that do not end are waited for so long.
const AFTER_NS: u64 = 2_000_000_000;

/// Begins in a thread of its own.
pub(super) fn begin(shared: &Arc<Shared>, request: ExecRequest) {
    let shared = Arc::clone(shared);
    let started =
        thread::Builder::new()
            .name("exec".to_owned())
            .spawn(move || match fresh_namespace() {
                Ok(mut evidence) => {
                    if let Err(failure) = carry_out(&shared, &request, &mut evidence) {
                        reply(&WorkerReply::Failed(failure));
                    }
                }
                Err(error) => fail_without_namespace(&error),
            });
    if let Err(error) = started {
        fail(3, format!("no thread can be started: {error}"), "");
    }
}

fn failure(code: u8, message: String, remedy: &str) -> Failure {
    Failure {
        code,
        message,
        remedy: remedy.to_owned(),
    }
}

/// No steps: what the programs do is theirs.
fn no_story() -> Scenario {
    Scenario {
        title: String::new(),
        story: String::new(),
        fixed_by: None,
        order: Order::Free,
        steps: Vec::new(),
        expect: None,
        claims: Vec::new(),
        machine: Machine::default(),
    }
}

fn carry_out(
    shared: &Shared,
    request: &ExecRequest,
    evidence: &mut Evidence,
) -> Result<(), Failure> {
    let began = clock::tick();
    let mut kernel_resets = lock(&shared.kernel_resets);
    if let Err(trouble) = &*kernel_resets {
        evidence.absent.push(trouble.clone());
    }
    evidence.absent.push(Trouble::Absent {
        evidence: Source::Calls,
        reason: "the programs ran as they are, and nothing traced them".to_owned(),
        remedy: String::new(),
    });
    evidence.expect_bytes(u64::MAX);
    if let Some(segments) = &mut evidence.segments {
        segments.limit(SEGMENTS);
    }
    let common = Common::new(Clock::start());
    let mut send = |events| reply(&WorkerReply::Events(events));
    let mut recorder = Recorder::new(&mut send);
    recorder.follow_pairs();
    evidence.begin(&common.clock, &mut recorder);
    let mut sources = evidence.recorded(kernel_resets.as_ref().ok());
    sources.retain(|source| *source != Source::Calls);
    reply(&WorkerReply::Started(Header {
        aftershake_recording: FORMAT_VERSION,
        scenario: ScenarioText {
            name: "exec".to_owned(),
            toml: String::new(),
        },
        environment: Environment {
            kernel: kernel_version(),
            isolation: "namespace".to_owned(),
            evidence: sources,
        },
        seed: 0,
    }));
    let cancel = Cancel::new().map_err(|e| failure(3, format!("no event descriptor: {e}"), ""))?;
    let scenario = no_story();
    if let Ok(kernel_resets) = &mut *kernel_resets {
        kernel_resets.forget();
    }
    let mut watch = Watch {
        run: Run {
            scenario: &scenario,
            common: &common,
            evidence,
            recorder: &mut recorder,
            seed: 0,
            live: false,
            mptcp: false,
            cancel: &cancel,
            threads: Vec::new(),
            kept: Vec::new(),
            not_here: None,
        },
        limit: u64::from(request.limit_s) * 1_000_000_000,
        since: began,
        passed: began,
        all_seen: began,
        // Without it a socket that lived for a moment only may stay unknown, and the kernel's reason not tied to it.
        destroyed: SockDestroyed::open().ok(),
        threads: BTreeSet::new(),
    };
    let (server, client) = watch.programs(request)?;
    watch.run.threads.extend(&watch.threads);
    watch.run.finish(&[], kernel_resets.as_mut().ok(), began);
    client.end();
    server.end();
    reply(&WorkerReply::Finished {
        took_ns: clock::tick().saturating_sub(began),
    });
    Ok(())
}

fn start(name: &'static str, line: &str) -> Result<Program, Failure> {
    Program::start(name, line).map_err(|error| {
        let message = format!("the {name} cannot be started: {error}");
        failure(3, message, "sh must be on PATH")
    })
}

/// Two programs under watch.
struct Watch<'a, 'r> {
    run: Run<'a, 'r>,
    limit: u64,
    since: u64,
    /// When something last passed the wire.
    passed: u64,
    /// When every socket was last looked at.
    all_seen: u64,
    destroyed: Option<SockDestroyed>,
    /// Every thread of the programs that was ever seen: what the kernel does in one of them is of this run.
    threads: BTreeSet<i32>,
}

impl Watch<'_, '_> {
    /// Starts both and watches until there is nothing more to see.
    fn programs(&mut self, request: &ExecRequest) -> Result<(Program, Program), Failure> {
        let mut server = start("server", &request.server)?;
        if let Err(failure) = self.await_listener(&mut server, request.ready) {
            // Whatever it had to say comes before what is said of it.
            server.end();
            return Err(failure);
        }
        let mut client = start("client", &request.client)?;
        let mut client_ended = None;
        loop {
            if self.look() {
                server.threads(&mut self.threads);
                client.threads(&mut self.threads);
            }
            self.note_end(&mut server);
            self.note_end(&mut client);
            let now = clock::tick();
            if client.has_ended() {
                let ended = *client_ended.get_or_insert(now);
                let sockets = self.run.evidence.sockets.as_ref();
                let all_ended = sockets.is_none_or(super::evidence::sockets::Sockets::all_ended);
                let is_silent = now - self.passed.max(ended) >= SILENCE_NS;
                if (is_silent && all_ended) || now - ended >= AFTER_NS {
                    return Ok((server, client));
                }
            }
            if now - self.since >= self.limit {
                let seconds = u32::try_from(self.limit / 1_000_000_000).unwrap_or(u32::MAX);
                self.note(EventBody::Trouble(Trouble::WallLimit { seconds }));
                return Ok((server, client));
            }
            let capture: Vec<_> = self.run.capture().into_iter().collect();
            let _ = poll::wait(&[], Some(PAUSE_NS));
            let _ = poll::wait(&capture, Some(LOOK_NS));
        }
    }

    fn note(&mut self, body: EventBody) {
        let now = self.run.clock().now();
        self.run.recorder.note(now, body);
    }

    fn note_end(&mut self, program: &mut Program) {
        if let Some(ended) = program.ended() {
            self.note(EventBody::ProcessEnded(ended));
        }
    }

    /// Waits until the server can be reached.
    fn await_listener(&mut self, server: &mut Program, port: Option<u16>) -> Result<(), Failure> {
        let began = clock::tick();
        loop {
            let listening = listening::here();
            for address in &listening {
                if let Some(sockets) = &mut self.run.evidence.sockets {
                    sockets.touch_listener(*address);
                }
            }
            let is_there = match (port, &self.run.evidence.sockets) {
                (Some(port), Some(sockets)) => sockets.listens_on(port),
                (Some(port), None) => listening.iter().any(|address| address.port() == port),
                (None, _) => !listening.is_empty(),
            };
            self.look();
            self.note_end(server);
            let waited = clock::tick() - began;
            match port {
                _ if is_there => return Ok(()),
                None if server.has_ended() || waited >= LISTENING_NS => return Ok(()),
                Some(port) if server.has_ended() => {
                    return Err(failure(
                        2,
                        format!("the server ended before it listened on port {port}"),
                        "what it printed, if anything, stands above behind `server:`",
                    ));
                }
                Some(port) if waited >= READY_NS => {
                    let seconds = READY_NS / 1_000_000_000;
                    return Err(failure(
                        2,
                        format!(
                            "nothing listened on port {port} of a loopback address within {seconds} s"
                        ),
                        "--ready with the port that the server listens on",
                    ));
                }
                Some(_) | None => {}
            }
            let _ = poll::wait(&[] as &[(i32, Interest)], Some(LOOK_NS));
        }
    }

    /// Notes what is new on the wire, in the counters and in the sockets; says whether it was time to look at everything.
    fn look(&mut self) -> bool {
        self.run.drain_segments();
        let clock = self.run.clock();
        let pairs = self.run.recorder.take_pairs();
        let now = clock::tick();
        let is_time = now - self.all_seen >= EVERY_NS;
        let evidence = &mut *self.run.evidence;
        if !pairs.is_empty() {
            self.passed = now;
            if let Some(counters) = &mut evidence.counters {
                counters.note_moved(None, &clock, self.run.recorder);
            }
        }
        if let Some(sockets) = &mut evidence.sockets {
            let destroyed = self.destroyed.as_ref().map(SockDestroyed::cookies);
            sockets.cookies.extend(destroyed.unwrap_or_default());
            for (from, to) in pairs {
                sockets.touch(from, to);
            }
            if is_time && sockets.connections() <= FEW {
                sockets.touch_all();
            }
            sockets.note_touched(&clock, self.run.recorder);
        }
        if is_time {
            self.all_seen = now;
        }
        is_time
    }
}
