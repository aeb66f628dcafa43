//! How often the diagnosis is right: every capture whose truth is known and every run of the catalogue, at
//! three levels of evidence, against thresholds below which the check fails.
//!
//! - [`truth`]: captures with the true cause of every RST
//! - [`score`]: the figures
//!
//! Judges the diagnosis from outside; what is expected is read here, never by the diagnosis.

pub mod score;
pub mod truth;

use aftershake_shared::connection::Connections;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::Finding;
use aftershake_shared::event::{Event, EventId, Source};
use aftershake_shared::expectation;
use aftershake_shared::recording::Recording;

use score::Score;
use truth::{Case, TrueReset};

/// How much evidence there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A capture.
    Packets,
    /// What an ordinary user has: packets, calls where they were recorded, counters, readings of sockets.
    NoRoot,
    /// The kernel's own reasons too.
    All,
}

impl Level {
    pub const EVERY: [Self; 3] = [Self::Packets, Self::NoRoot, Self::All];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Packets => "packets only",
            Self::NoRoot => "without root",
            Self::All => "all evidence",
        }
    }

    const fn has(self, source: Source) -> bool {
        match self {
            Self::Packets => matches!(source, Source::Segments),
            Self::NoRoot => !matches!(source, Source::KernelResets),
            Self::All => true,
        }
    }
}

/// What must hold of a [`Score`], in percent but for the mean number of candidates.
#[derive(Clone, Copy, Debug)]
pub struct Thresholds {
    pub among: f64,
    pub first: f64,
    pub sender: f64,
    pub candidates: f64,
    pub decided: f64,
    /// How many of all RSTs must be certain.
    pub certain: f64,
}

/// What must hold of the captures that were kept aside: they are few, so that one RST is 8 percent.
pub const fn least_kept_aside(level: Level) -> Thresholds {
    let counted = Thresholds {
        among: 100.0,
        first: 92.0,
        sender: 100.0,
        candidates: 2.5,
        decided: 100.0,
        certain: 42.0,
    };
    match level {
        // Packets do not tell SO_LINGER 0 or ss -K from what they look like.
        Level::Packets => Thresholds {
            first: 80.0,
            candidates: 4.0,
            certain: 0.0,
            ..counted
        },
        Level::NoRoot => counted,
        Level::All => Thresholds {
            candidates: 2.0,
            certain: 45.0,
            ..counted
        },
    }
}

/// What must hold of all captures, those kept aside and all runs of the catalogue, counted as one.
pub const fn least_together(level: Level) -> Thresholds {
    let counted = Thresholds {
        among: 100.0,
        first: 97.0,
        sender: 100.0,
        candidates: 1.5,
        decided: 100.0,
        certain: 75.0,
    };
    match level {
        Level::Packets => Thresholds {
            first: 90.0,
            candidates: 3.7,
            certain: 6.0,
            ..counted
        },
        Level::NoRoot => counted,
        Level::All => Thresholds {
            first: 98.0,
            candidates: 1.3,
            certain: 85.0,
            ..counted
        },
    }
}

/// What must hold of all captures together, and of all runs of the catalogue, at one level.
pub const fn least(level: Level, of_runs: bool) -> Thresholds {
    let captures = Thresholds {
        among: 100.0,
        first: 92.0,
        sender: 99.0,
        candidates: 3.45,
        decided: 100.0,
        certain: 7.0,
    };
    let counted = Thresholds {
        first: 96.0,
        candidates: 1.6,
        certain: 65.0,
        ..captures
    };
    match (level, of_runs) {
        (Level::Packets, false) => captures,
        // The catalogue is about what packets do not tell.
        (Level::Packets, true) => Thresholds {
            first: 85.0,
            sender: 99.0,
            candidates: 3.9,
            certain: 5.0,
            ..captures
        },
        (Level::NoRoot, false) => counted,
        (Level::All, false) => Thresholds {
            first: 98.0,
            candidates: 1.3,
            certain: 83.0,
            ..counted
        },
        (Level::NoRoot | Level::All, true) => Thresholds {
            among: 100.0,
            first: 100.0,
            sender: 100.0,
            candidates: 1.1,
            decided: 100.0,
            certain: 97.0,
        },
    }
}

/// The sender of a RST that no endpoint sent.
const THIRD_PARTY: &str = "third-party";

/// At most so many RSTs of one capture are looked at: none may outweigh the others.
const AT_MOST: usize = 10;

/// Judges one capture at one level. Adds a line to `score` for everything that is not as it should be.
pub fn judge(case: &Case, level: Level, score: &mut Score) {
    let (events, sources) = case.events(level);
    let diagnosis = diagnose(&events, &sources);
    let mut truth = case.resets.clone();
    if level != Level::Packets {
        // More evidence leaves less open than the bytes do.
        for known in &mut truth {
            known.open.clear();
        }
    }
    compare(&case.slug, &truth, &diagnosis.resets, score);
}

/// What all evidence says of a recorded run, once that is as its scenario expects.
///
/// # Errors
/// What is otherwise than expected, in words.
pub fn truth_of_run(recording: &Recording) -> Result<Vec<TrueReset>, String> {
    let environment = &recording.header.environment;
    let diagnosis = diagnose(&recording.events, &environment.evidence);
    let scenario = recording.header.scenario.parse();
    let scenario = scenario.map_err(|error| error.to_string())?;
    let met = expectation::expected(&scenario, &recording.events, &diagnosis);
    if !met.met {
        return Err(met.mismatches.join("; "));
    }
    let resets = diagnosis.resets.iter();
    Ok(resets
        .map(|finding| TrueReset {
            frame: finding.segment.0,
            sent_by: finding.sent_by.clone(),
            cause: finding.cause.slug().to_owned(),
            kernel_reason: finding.kernel_reason.clone(),
            state: None,
            open: Vec::new(),
        })
        .collect())
}

/// Judges one recorded run at one level against [`truth_of_run`].
pub fn judge_run(recording: &Recording, causes: &[TrueReset], level: Level, score: &mut Score) {
    let has = |source: &Source| level.has(*source);
    let evidence = &recording.header.environment.evidence;
    let sources: Vec<Source> = evidence.iter().copied().filter(has).collect();
    let kept = recording.events.iter();
    let kept = kept.filter(|event| event.body.source().is_none_or(|source| level.has(source)));
    let events: Vec<Event> = kept.cloned().collect();
    let diagnosis = diagnose(&events, &sources);
    let mut causes = causes.to_vec();
    if level == Level::Packets {
        // Packets name no program: only which end it was.
        let connections = Connections::from_events(&recording.events);
        for known in &mut causes {
            let role = connections.role_of(EventId(known.frame));
            if let Some(role) = role.filter(|_| known.sent_by != THIRD_PARTY) {
                role.word().clone_into(&mut known.sent_by);
            }
        }
    }
    compare(
        &recording.header.scenario.name,
        &causes,
        &diagnosis.resets,
        score,
    );
}

fn compare(slug: &str, truth: &[TrueReset], found: &[Finding], score: &mut Score) {
    let of_frame = |frame| found.iter().find(|one| one.segment.0 == frame);
    for known in truth.iter().take(AT_MOST) {
        match of_frame(known.frame) {
            Some(finding) => score.reset(slug, known, finding),
            None => score.fault(format!("{slug}: frame {} is not reported", known.frame)),
        }
    }
    let is_known = |one: &&Finding| truth.iter().all(|known| known.frame != one.segment.0);
    for invented in found.iter().filter(is_known) {
        score.fault(format!(
            "{slug}: frame {} is no RST of the truth",
            invented.segment
        ));
    }
}

#[cfg(test)]
mod tests;
