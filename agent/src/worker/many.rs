//! Many runs, one after the other, each in a network namespace that no other run has touched.
//!
//! In rounds: first the namespaces of a round are made, then its runs happen alone, then they are diagnosed and
//! the namespaces closed. Whatever else there is to do never shares the processors with a run of ours.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::seeds;
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::event::Event;
use aftershake_shared::recording::{Header, Recording};
use aftershake_shared::scenario::Scenario;

use crate::many::jitter;

use super::protocol::{ManyBin, ManyRequest, RunRequest, WorkerReply};
use super::run::Cancel;
use super::threads::Threads;
use super::{
    Job, NO_NAMESPACE_REMEDY, Shared, carry_out, clock, fail, fresh_namespace, lock, make_ready,
    reply,
};

/// Namespaces made at once. Each needs a thread, some descriptors and 300 KiB.
const ROUND: u64 = 16;
/// Bytes sent by one run above which runs are made one by one: their recordings are held until they are diagnosed.
const LARGE: u64 = 1 << 20;

/// Begins in a thread of its own, so that a cancel can be read meanwhile.
pub(super) fn begin(shared: &Arc<Shared>, request: ManyRequest) {
    let mut scenarios = Vec::with_capacity(request.bins.len());
    for ManyBin { scenario, .. } in &request.bins {
        match scenario.parse() {
            Ok(parsed) => scenarios.push(Arc::new(parsed)),
            Err(error) => return fail(2, format!("{}:{error}", scenario.name), ""),
        }
    }
    let cancel = match Cancel::new() {
        Ok(cancel) => Arc::new(cancel),
        Err(error) => return fail(3, format!("no event descriptor: {error}"), ""),
    };
    *lock(&shared.current) = Some(Arc::clone(&cancel));
    let many = Arc::new(Many {
        shared: Arc::clone(shared),
        threads: Threads::new(),
        request,
        scenarios,
        cancel,
    });
    let started = thread::Builder::new()
        .name("many".to_owned())
        .spawn(move || many.carry_out());
    if let Err(error) = started {
        fail(3, format!("no thread can be started: {error}"), "");
    }
}

/// What all runs of a request share.
struct Many {
    shared: Arc<Shared>,
    threads: Threads,
    request: ManyRequest,
    scenarios: Vec<Arc<Scenario>>,
    cancel: Arc<Cancel>,
}

/// Which run it is.
#[derive(Clone, Copy)]
struct Which {
    number: u64,
    bin: usize,
    seed: u64,
}

/// What a run's thread says of itself.
enum Said {
    /// Its namespace is made.
    Ready,
    /// Its steps are done and everything is recorded.
    Over,
    Came(Came),
    Failed(Failure),
}

/// A run with its verdict.
struct Came {
    summary: RunSummary,
    recording: Recording,
}

/// Who is to begin, by place in the round. Whoever is done lets the next one begin by himself: the way by the conductor
/// wakes one thread more.
#[derive(Clone, Default)]
struct Baton(Arc<Mutex<Vec<Sender<()>>>>);

impl Baton {
    /// Lets the run at this place of the round begin, if there is one.
    fn pass_to(&self, place: usize) {
        if let Some(go) = lock(&self.0).get(place) {
            // One that has failed has said so already.
            let _ = go.send(());
        }
    }
}

/// The conductor's hold on a run's thread.
struct Hand {
    /// The first word lets it begin its steps, the second lets it diagnose.
    go: Sender<()>,
    said: Receiver<Said>,
}

impl Many {
    fn carry_out(self: &Arc<Self>) {
        let began = clock::tick();
        self.tell_noise();
        let mut kept: BTreeMap<(u32, String), u32> = BTreeMap::new();
        let mut number = 0;
        while number < self.request.runs && !self.cancel.is_asked() {
            let round = self.round_length().min(self.request.runs - number);
            let first = self.request.first + number;
            match self.round(first..first + round) {
                Ok(came) => self.tell(came, &mut kept),
                Err(failure) => return reply(&WorkerReply::Failed(failure)),
            }
            number += round;
        }
        let mut current = lock(&self.shared.current);
        if current
            .as_ref()
            .is_some_and(|now| Arc::ptr_eq(now, &self.cancel))
        {
            *current = None;
        }
        drop(current);
        if !self.cancel.is_asked() {
            self.tell_noise();
        }
        let took_ns = clock::tick().saturating_sub(began);
        reply(&WorkerReply::Finished { took_ns });
    }

    fn tell_noise(&self) {
        if self.request.noise {
            reply(&WorkerReply::Noise(jitter::measure()));
        }
    }

    fn round_length(&self) -> u64 {
        let mut scenarios = self.scenarios.iter();
        if scenarios.any(|scenario| scenario.bytes_sent() > LARGE) {
            1
        } else {
            ROUND
        }
    }

    /// Says what came of a round, with the runs that are to be kept whole.
    fn tell(&self, came: Vec<Came>, kept: &mut BTreeMap<(u32, String), u32>) {
        let mut summaries = Vec::with_capacity(came.len());
        for Came { summary, recording } in came {
            let count = kept.entry((summary.bin, summary.key.clone())).or_default();
            summaries.push(summary.clone());
            if *count < self.request.keep {
                *count += 1;
                reply(&WorkerReply::Kept(Box::new((summary, recording))));
            }
        }
        reply(&WorkerReply::Came(summaries));
    }

    /// Makes the namespaces, does the runs one by one, and lets all be diagnosed. A run that a cancel met is no run.
    fn round(self: &Arc<Self>, numbers: std::ops::Range<u64>) -> Result<Vec<Came>, Failure> {
        let baton = Baton::default();
        let mut hands = Vec::new();
        for (place, number) in numbers.enumerate() {
            hands.push(self.start(number, place, &baton)?);
        }
        for hand in &hands {
            hand.wait()?;
        }
        *lock(&baton.0) = hands.iter().map(|hand| hand.go.clone()).collect();
        baton.pass_to(0);
        let over = self.until_over(hands);
        // Whoever was not let go must see that nobody will.
        lock(&baton.0).clear();
        let over = over?;
        for hand in &over {
            hand.let_go();
        }
        over.iter()
            .filter_map(|hand| hand.wait().transpose())
            .collect()
    }

    /// Waits for each run's end; gives those that no cancel met.
    fn until_over(&self, hands: Vec<Hand>) -> Result<Vec<Hand>, Failure> {
        let mut over = Vec::new();
        for hand in hands {
            hand.wait()?;
            if self.cancel.is_asked() {
                break;
            }
            over.push(hand);
        }
        Ok(over)
    }

    fn start(self: &Arc<Self>, number: u64, place: usize, baton: &Baton) -> Result<Hand, Failure> {
        let bins = self.request.bins.len();
        let which = Which {
            number,
            bin: seeds::bin_of_run(self.request.seed, number, bins),
            seed: seeds::of_run(self.request.seed, number),
        };
        let (go, goes) = channel();
        let (says, said) = channel();
        let many = Arc::clone(self);
        let baton = baton.clone();
        let live = move || {
            let pass_on = || baton.pass_to(place + 1);
            let failed = match many.live(which, &goes, &says, &pass_on) {
                Ok(()) => return,
                Err(failure) => failure,
            };
            // The conductor may have stopped listening after another's failure.
            let _ = says.send(Said::Failed(failed));
        };
        let started = self.threads.run(live);
        started.map_err(|error| lacking(&format!("no thread can be started: {error}"), ""))?;
        Ok(Hand { go, said })
    }

    /// The life of a run's thread; `pass_on` lets the next one begin.
    fn live(
        &self,
        which: Which,
        goes: &Receiver<()>,
        says: &Sender<Said>,
        pass_on: &dyn Fn(),
    ) -> Result<(), Failure> {
        let (Some(bin), Some(scenario)) = (
            self.request.bins.get(which.bin),
            self.scenarios.get(which.bin),
        ) else {
            return Err(lacking("a run of no bin", ""));
        };
        let prepared = fresh_namespace();
        let mut evidence = prepared.map_err(|error| {
            let message = format!("no private network namespace can be made here: {error}");
            lacking(&message, NO_NAMESPACE_REMEDY)
        })?;
        let job = Job {
            request: RunRequest {
                scenario: bin.scenario.clone(),
                seed: which.seed,
                live: false,
                beside: self.request.beside.clone(),
                last: false,
            },
            scenario: Scenario::clone(scenario),
            asked: clock::tick(),
            sysctl: bin.sysctl.clone(),
            cancel: Arc::clone(&self.cancel),
        };
        let setting = make_ready(&job, &mut evidence)?;
        evidence.warm_up();
        let told = RefCell::new(Told::default());
        if says.send(Said::Ready).is_err() || goes.recv().is_err() {
            return Ok(());
        }
        carry_out(&self.shared, &job, &mut evidence, setting, &|reply| {
            hear(&told, reply);
        });
        if !self.cancel.is_asked() {
            pass_on();
        }
        if says.send(Said::Over).is_err() || goes.recv().is_err() {
            return Ok(());
        }
        let Told {
            header,
            events,
            failed,
        } = told.into_inner();
        if let Some(failure) = failed {
            return Err(failure);
        }
        let header = header.ok_or_else(|| lacking("the run did not start", ""))?;
        let bin = u32::try_from(which.bin).unwrap_or(u32::MAX);
        let summary = RunSummary::of_run(
            (which.number, bin, which.seed),
            scenario,
            &events,
            &header.environment,
        );
        let recording = Recording { header, events };
        let _ = says.send(Said::Came(Came { summary, recording }));
        // Closing the capture takes some 20 ms: nobody waits for it here.
        drop(evidence);
        Ok(())
    }
}

impl Hand {
    /// Lets the thread take its next step. One that has failed has said so already.
    fn let_go(&self) {
        let _ = self.go.send(());
    }

    /// Waits for the thread's next word; a verdict if it is one.
    fn wait(&self) -> Result<Option<Came>, Failure> {
        match self.said.recv() {
            Ok(Said::Ready | Said::Over) => Ok(None),
            Ok(Said::Came(came)) => Ok(Some(came)),
            Ok(Said::Failed(failure)) => Err(failure),
            Err(_) => Err(Failure {
                code: 4,
                message: "a run's thread ended without a word".to_owned(),
                remedy: String::new(),
            }),
        }
    }
}

/// What a run has said.
#[derive(Default)]
struct Told {
    header: Option<Header>,
    events: Vec<Event>,
    failed: Option<Failure>,
}

/// Gathers what a run says.
fn hear(told: &RefCell<Told>, said: WorkerReply) {
    let mut told = told.borrow_mut();
    match said {
        WorkerReply::Started(header) => told.header = Some(header),
        WorkerReply::Events(events) => told.events.extend(events),
        WorkerReply::Failed(failure) => told.failed = Some(failure),
        WorkerReply::Noise(_)
        | WorkerReply::Came(_)
        | WorkerReply::Kept(_)
        | WorkerReply::Finished { .. } => {}
    }
}

fn lacking(message: &str, remedy: &str) -> Failure {
    Failure {
        code: 3,
        message: message.to_owned(),
        remedy: remedy.to_owned(),
    }
}
