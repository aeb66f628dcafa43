//! Mutated input for every reader of foreign bytes: none may panic, hang, or lose what it read.
//!
//! Deterministic: a seed gives the same inputs everywhere. Whatever fails is kept in the corpus, and the
//! corpus is tried first, as it is, before anything is mutated.

pub mod captures;
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

/// How long a target is tried, after everything kept has been.
#[derive(Clone, Copy, Debug)]
pub enum Effort {
    Time(Duration),
    /// Mutated inputs: the same ones everywhere.
    Inputs(u64),
}

/// Tries a target, stopping at the first broken promise.
pub fn fuzz(target: &Target, corpus: &Corpus, effort: Effort, seed: u64) -> Outcome {
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
    let seeds = kept.len() as u64;
    let is_enough = |inputs: u64| match effort {
        Effort::Time(time) => began.elapsed() >= time,
        Effort::Inputs(most) => inputs.saturating_sub(seeds) >= most,
    };
    while kept.len() > 0 || !is_enough(outcome.inputs) {
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

#[cfg(test)]
mod tests {
    use super::corpus::Corpus;
    use super::targets::TARGETS;
    use super::{Effort, fuzz};

    #[test]
    fn every_reader_keeps_its_promises_on_what_is_kept_and_on_some_mutations() {
        for target in &TARGETS {
            let mut corpus = Corpus::kept(target.name).unwrap();
            corpus.inputs.extend((target.seeds)(&[]));
            let outcome = fuzz(target, &corpus, Effort::Inputs(3_000), 1);
            let broken = outcome.broken.map(|(_, promise)| promise);
            assert_eq!(broken, None, "{}", target.name);
        }
    }
}
