//! `cargo xtask calibrate`: prints how often the diagnosis is right, and fails where it falls short.
//!
//! The runs of the catalogue are made by the agent that `AFTERSHAKE_AGENT` names.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use aftershake_browser_tests::agent::binary;
use aftershake_measure::calibrate::score::Score;
use aftershake_measure::calibrate::truth::{self, Case};
use aftershake_measure::calibrate::{
    Level, Thresholds, judge, judge_run, least, least_kept_aside, least_together, truth_of_run,
};
use aftershake_measure::rounds;

fn main() -> anyhow::Result<ExitCode> {
    let binary = binary()?;
    let verbose = std::env::args().any(|argument| argument == "-v");
    let mut text = String::new();
    let mut short = Vec::new();
    let mut captures = Vec::new();
    for set in truth::SETS {
        let cases = truth::read(set)?;
        for (level, score) in of_captures(&cases) {
            text.push_str(&line(
                set.trim_start_matches("truth/"),
                level,
                &score,
                verbose,
            ));
        }
        captures.extend(cases);
    }
    let kept_aside = truth::read(truth::KEPT_ASIDE)?;
    let mut runs = Vec::new();
    for recording in rounds::recordings(&binary)? {
        match truth_of_run(&recording) {
            Ok(truth) => runs.push((recording, truth)),
            Err(why) => short.push(format!("{}: {why}", recording.header.scenario.name)),
        }
    }
    let of_runs = at_every_level(|level, score| {
        for (recording, truth) in &runs {
            judge_run(recording, truth, level, score);
        }
    });
    let mut together = Level::EVERY.map(|level| (level, Score::default()));
    let mut note = |of: &str, scores: &Scores, least: fn(Level) -> Thresholds, verbose| {
        for (level, score) in scores {
            text.push_str(&line(of, *level, score, verbose));
            short.extend(score.short_of(&least(*level)));
        }
    };
    // The captures were told above, set by set.
    for (of, scores, least, verbose) in [
        (
            "captures",
            of_captures(&captures),
            least_of_captures as fn(Level) -> Thresholds,
            false,
        ),
        (
            truth::KEPT_ASIDE,
            of_captures(&kept_aside),
            least_kept_aside,
            verbose,
        ),
        ("catalogue", of_runs, least_of_runs, verbose),
    ] {
        note(of, &scores, least, verbose);
        for ((_, all), (_, score)) in together.iter_mut().zip(&scores) {
            all.include(score);
        }
    }
    note("together", &together, least_together, false);
    for line in &short {
        writeln!(text, "short: {line}")?;
    }
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(if short.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A score at each level of evidence.
type Scores = [(Level, Score); Level::EVERY.len()];

fn at_every_level(judge: impl Fn(Level, &mut Score)) -> Scores {
    Level::EVERY.map(|level| {
        let mut score = Score::default();
        judge(level, &mut score);
        (level, score)
    })
}

fn of_captures(cases: &[Case]) -> Scores {
    at_every_level(|level, score| {
        for case in cases {
            judge(case, level, score);
        }
    })
}

const fn least_of_captures(level: Level) -> Thresholds {
    least(level, false)
}

const fn least_of_runs(level: Level) -> Thresholds {
    least(level, true)
}

/// The figures, and when `verbose` everything that was judged otherwise.
fn line(of: &str, level: Level, score: &Score, verbose: bool) -> String {
    let mut text = format!("{of:10} {:13} {score}\n", level.words());
    if verbose {
        for otherwise in score.faults.iter().chain(&score.second) {
            text.push_str("    ");
            text.push_str(otherwise);
            text.push('\n');
        }
    }
    text
}
