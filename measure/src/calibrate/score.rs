//! The figures of a calibration, and what is wrong in words.

use std::fmt;

use aftershake_shared::diagnosis::finding::{Certainty, Finding};

use super::Thresholds;
use super::truth::TrueReset;

/// Figures over many RSTs.
#[derive(Clone, Debug, Default)]
pub struct Score {
    resets: u32,
    /// The true cause is a candidate.
    among: u32,
    /// It is the one named first.
    first: u32,
    sender: u32,
    certain: u32,
    wrong_though_certain: u32,
    candidates: usize,
    decidable: u32,
    decided: u32,
    /// RSTs missed, invented, or not explained as the truth has it.
    pub faults: Vec<String>,
    /// RSTs whose true cause was not named first.
    pub second: Vec<String>,
}

impl Score {
    /// Takes in one RST.
    pub fn reset(&mut self, slug: &str, known: &TrueReset, finding: &Finding) {
        let at = format!("{slug}: frame {}", known.frame);
        let left: Vec<&str> = finding.candidates.iter().map(|one| one.slug()).collect();
        self.resets += 1;
        self.candidates += left.len();
        self.sender += u32::from(finding.sent_by == known.sent_by);
        if finding.sent_by != known.sent_by {
            self.second.push(format!(
                "{at}: sent by {}, found {}",
                known.sent_by, finding.sent_by
            ));
        }
        if left.contains(&known.cause.as_str()) {
            self.among += 1;
        } else {
            self.fault(format!("{at} is {}, not in {left:?}", known.cause));
        }
        if finding.cause.slug() == known.cause {
            self.first += 1;
        } else {
            self.second
                .push(format!("{at} is {}, found {left:?}", known.cause));
        }
        let certain = finding.certainty == Certainty::Certain;
        self.certain += u32::from(certain);
        if certain && finding.cause.slug() != known.cause {
            self.wrong_though_certain += 1;
            self.fault(format!(
                "{at} is {}, certain of {}",
                known.cause, finding.cause
            ));
        }
        if known.open.len() == 1 {
            self.decidable += 1;
            self.decided += u32::from(certain);
            if !certain {
                self.second
                    .push(format!("{at} is decidable, left {left:?}"));
            }
        } else if certain && known.open.len() > 1 {
            self.second.push(format!(
                "{at}: certain of {}, other rules leave {:?}",
                finding.cause, known.open
            ));
        }
    }

    /// Counts the others too. What was wrong with them has been told with their own figures.
    pub fn include(&mut self, others: &Self) {
        self.resets += others.resets;
        self.among += others.among;
        self.first += others.first;
        self.sender += others.sender;
        self.certain += others.certain;
        self.wrong_though_certain += others.wrong_though_certain;
        self.candidates += others.candidates;
        self.decidable += others.decidable;
        self.decided += others.decided;
    }

    /// Notes something that must not be.
    pub fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// The mean number of candidates; 0 without any RST.
    pub fn mean_candidates(&self) -> f64 {
        let sum = u32::try_from(self.candidates).unwrap_or(u32::MAX);
        f64::from(sum) / f64::from(self.resets.max(1))
    }

    /// What falls short of the thresholds, in words; empty when nothing does.
    pub fn short_of(&self, least: &Thresholds) -> Vec<String> {
        let mut short = self.faults.clone();
        let shares = [
            (
                "the true cause among the candidates",
                self.among,
                self.resets,
                least.among,
            ),
            (
                "the true cause named first",
                self.first,
                self.resets,
                least.first,
            ),
            ("the right sender", self.sender, self.resets, least.sender),
            (
                "decidable and decided",
                self.decided,
                self.decidable,
                least.decided,
            ),
            ("certain", self.certain, self.resets, least.certain),
        ];
        for (what, part, whole, least) in shares {
            if percent(part, whole) < least {
                short.push(format!(
                    "{what}: {:.1} %, less than {least} %",
                    percent(part, whole)
                ));
            }
        }
        if self.mean_candidates() > least.candidates {
            short.push(format!(
                "{:.2} candidates, more than {}",
                self.mean_candidates(),
                least.candidates
            ));
        }
        short
    }
}

fn percent(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        return 100.0;
    }
    100.0 * f64::from(part) / f64::from(whole)
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:4} RSTs, cause among candidates {:5.1} %, named first {:5.1} %, sender {:5.1} %, certain {:5.1} %, \
             wrong though certain {}, decided {}/{}, candidates {:.2}",
            self.resets,
            percent(self.among, self.resets),
            percent(self.first, self.resets),
            percent(self.sender, self.resets),
            percent(self.certain, self.resets),
            self.wrong_though_certain,
            self.decided,
            self.decidable,
            self.mean_candidates(),
        )
    }
}
