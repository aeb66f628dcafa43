//! Mutated input for every reader of foreign bytes: none may panic, hang, or lose what it read.
//!
//! Deterministic: a seed gives the same inputs everywhere. Whatever fails is kept in the corpus, and the
//! corpus is tried first, as it is, before anything is mutated.

pub mod corpus;
pub mod mutate;
pub mod targets;

use std::panic;
use std::time::{Duration, Instant};

use corpus::Corpus;
use mutate::{Mutator, Random};
use targets::Target;

/// No input of this size may take longer; more would let a page or a file stall its reader.
const SLOWEST: Duration = Duration::from_secs(2);

/// What became of one target.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub target: &'static str,
    pub seeds: usize,
    pub inputs: u64,
    /// Inputs that were read to the end, as opposed to refused.
    pub accepted: u64,
    pub slowest: Duration,
    /// The first input that broke a promise, and which.
    pub broken: Option<(Vec<u8>, String)>,
}

/// Tries a target for this long, stopping at the first broken promise.
pub fn fuzz(target: &Target, corpus: &Corpus, time: Duration, seed: u64) -> Outcome {
    let mut outcome = Outcome {
        target: target.name,
        seeds: corpus.inputs.len(),
        inputs: 0,
        accepted: 0,
        slowest: Duration::ZERO,
        broken: None,
    };
    let mut mutator = Mutator::new(corpus, Random::new(seed));
    let began = Instant::now();
    let mut kept = corpus.inputs.iter().cloned();
    while began.elapsed() < time || kept.len() > 0 {
        let input = kept.next().unwrap_or_else(|| mutator.next_input());
        let (result, took) = attempt(target, &input);
        outcome.inputs += 1;
        outcome.slowest = outcome.slowest.max(took);
        let broken = match result {
            Ok(accepted) => {
                outcome.accepted += u64::from(accepted == Accepted::Yes);
                (took > SLOWEST).then(|| format!("took {took:?}"))
            }
            Err(promise) => Some(promise),
        };
        if let Some(promise) = broken {
            outcome.broken = Some((input, promise));
            break;
        }
    }
    outcome
}

/// Whether an input made sense to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    No,
    Yes,
}

fn attempt(target: &Target, input: &[u8]) -> (Result<Accepted, String>, Duration) {
    let began = Instant::now();
    let result = panic::catch_unwind(|| (target.read)(input));
    let took = began.elapsed();
    let result = result.unwrap_or_else(|_| Err("it panicked, see above".to_owned()));
    (result, took)
}
