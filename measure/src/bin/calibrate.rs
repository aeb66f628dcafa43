//! `cargo xtask calibrate`: prints how often the diagnosis is right, and fails where it falls short.
//!
//! The runs of the catalogue are made by the agent that `AFTERSHAKE_AGENT` names.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use aftershake_browser_tests::agent::binary;
use aftershake_measure::calibrate::score::Score;
use aftershake_measure::calibrate::{
    Level, judge, judge_run, least, least_kept_aside, least_together, truth, truth_of_run,
};
use aftershake_measure::rounds;

fn main() -> anyhow::Result<ExitCode> {
    let binary = binary()?;
    let mut short = Vec::new();
    let mut together = Level::EVERY.map(|_| Score::default());
    let mut text = String::new();
    let verbose = std::env::args().any(|argument| argument == "-v");
    for set in truth::SETS {
        let cases = truth::read(set)?;
        for level in Level::EVERY {
            let mut score = Score::default();
            for case in &cases {
                judge(case, level, &mut score);
            }
            text.push_str(&line(
                set.trim_start_matches("truth/"),
                level,
                &score,
                verbose,
            ));
        }
    }
    let mut all = Vec::new();
    for set in truth::SETS {
        all.extend(truth::read(set)?);
    }
    for (level, every) in Level::EVERY.into_iter().zip(&mut together) {
        let mut score = Score::default();
        for case in &all {
            judge(case, level, &mut score);
        }
        every.include(&score);
        text.push_str(&line("captures", level, &score, false));
        short.extend(score.short_of(&least(level, false)));
    }
    let kept_aside = truth::read(truth::KEPT_ASIDE)?;
    for (level, every) in Level::EVERY.into_iter().zip(&mut together) {
        let mut score = Score::default();
        for case in &kept_aside {
            judge(case, level, &mut score);
        }
        every.include(&score);
        text.push_str(&line(truth::KEPT_ASIDE, level, &score, verbose));
        short.extend(score.short_of(&least_kept_aside(level)));
    }
    let mut runs = Vec::new();
    for recording in rounds::recordings(&binary)? {
        match truth_of_run(&recording) {
            Ok(truth) => runs.push((recording, truth)),
            Err(why) => short.push(format!("{}: {why}", recording.header.scenario.name)),
        }
    }
    for (level, every) in Level::EVERY.into_iter().zip(&mut together) {
        let mut score = Score::default();
        for (recording, truth) in &runs {
            judge_run(recording, truth, level, &mut score);
        }
        every.include(&score);
        text.push_str(&line("catalogue", level, &score, verbose));
        short.extend(score.short_of(&least(level, true)));
    }
    for (level, score) in Level::EVERY.into_iter().zip(&together) {
        text.push_str(&line("together", level, score, false));
        short.extend(score.short_of(&least_together(level)));
    }
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
