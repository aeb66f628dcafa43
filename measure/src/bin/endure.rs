//! `cargo xtask endure`: many rounds of the catalogue and fuzzing; writes `docs/endurance.md`.
//!
//! Options: `--rounds N` (50) and `--minutes N` of fuzzing in all (20).

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use aftershake_browser_tests::agent::binary;
use aftershake_measure::fuzz::corpus::Corpus;
use aftershake_measure::fuzz::targets::TARGETS;
use aftershake_measure::fuzz::{Effort, Outcome, fuzz};
use aftershake_measure::report::{self, Table};
use aftershake_measure::rounds::{self, Rounds};
use aftershake_shared::recording::Recording;
use anyhow::{Context as _, bail};

const FILE: &str = "docs/endurance.md";
/// The same inputs every time, so that two machines can be compared.
const SEED: u64 = 1;

/// What the command line asks for.
struct Options {
    rounds: u32,
    minutes: u32,
}

fn main() -> anyhow::Result<()> {
    let options = options()?;
    let binary = binary()?;
    let rounds = rounds::all(&binary, options.rounds)?;
    // The fuzzing takes long: what is known by then is not to be lost with it.
    for one in &rounds {
        let scenarios = one.scenarios - one.skipped;
        say(&format!(
            "{} rounds of {scenarios} scenarios as {}: {} missed, {:.1} s",
            one.rounds,
            one.user,
            one.missed,
            one.took.as_secs_f64()
        ));
        for how in &one.how {
            say(&format!("  {how}"));
        }
    }
    let recordings = rounds::recordings(&binary)?;
    let fuzzed = fuzz_all(&recordings, options.minutes)?;
    report::write(Path::new(FILE), &page(&rounds, &fuzzed))?;
    let broken = fuzzed.iter().filter(|outcome| outcome.broken.is_some());
    if broken.count() > 0 || rounds.iter().any(|rounds| rounds.missed > 0) {
        bail!("something did not endure: see {FILE}");
    }
    Ok(())
}

/// How far it is, for whoever waits.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options {
        rounds: 50,
        minutes: 20,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = words
            .next()
            .with_context(|| format!("`{word}` needs a number"))?;
        let number = number.parse().with_context(|| format!("{word} {number}"))?;
        match word.as_str() {
            "--rounds" => options.rounds = number,
            "--minutes" => options.minutes = number,
            unknown => bail!("there is no option `{unknown}`, only `--rounds` and `--minutes`"),
        }
    }
    Ok(options)
}

fn fuzz_all(recordings: &[Recording], minutes: u32) -> anyhow::Result<Vec<Outcome>> {
    let targets = u32::try_from(TARGETS.len())?;
    let each = Duration::from_secs(60) * minutes / targets;
    let mut outcomes = Vec::new();
    for target in &TARGETS {
        let mut corpus = Corpus::kept(target.name)?;
        corpus.inputs.extend((target.seeds)(recordings));
        say(&format!("fuzzing {}", target.name));
        let outcome = fuzz(target, &corpus, Effort::Time(each), SEED);
        if let Some((input, _)) = &outcome.broken {
            Corpus::keep(target.name, input)?;
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn page(rounds: &[Rounds], fuzzed: &[Outcome]) -> String {
    let mut catalogue = Table::new(&[
        "as",
        "scenarios",
        "rounds",
        "runs",
        "missed",
        "skipped",
        "took",
    ]);
    for rounds in rounds {
        catalogue.row(vec![
            rounds.user.to_owned(),
            rounds.scenarios.to_string(),
            rounds.rounds.to_string(),
            ((rounds.scenarios - rounds.skipped) * rounds.rounds as usize).to_string(),
            rounds.missed.to_string(),
            rounds.skipped.to_string(),
            format!("{:.1} s", rounds.took.as_secs_f64()),
        ]);
    }
    let how = rounds.iter().flat_map(|rounds| {
        rounds
            .how
            .iter()
            .map(|how| format!("- as {}, {how}\n", rounds.user))
    });
    let how: String = how.collect();
    let mut readers = Table::new(&[
        "reader",
        "seeds",
        "inputs",
        "accepted",
        "slowest",
        "broken promises",
    ]);
    for outcome in fuzzed {
        let broken = outcome
            .broken
            .as_ref()
            .map_or("none", |(_, promise)| promise.as_str());
        readers.row(vec![
            outcome.target.to_owned(),
            outcome.seeds.to_string(),
            outcome.inputs.to_string(),
            outcome.accepted.to_string(),
            format!("{:.2} ms", outcome.slowest.as_secs_f64() * 1e3),
            broken.to_owned(),
        ]);
    }
    format!(
        "# Endurance\n\n\
         Written by `cargo xtask endure`.\n\n\
         ## The catalogue, again and again\n\n{}\n\
         Missed counts runs that ended otherwise than their scenario expects.\n{how}\n\
         ## Readers of what others wrote\n\n{}\n\
         Inputs are mutations of real ones, the same on every machine. A reader may refuse; it may not\n\
         panic, take two seconds, or lose what it read. What ever failed is kept in `measure/corpus` and\n\
         tried first.\n\n\
         ## The machine\n\n{}",
        catalogue.markdown(),
        readers.markdown(),
        report::machine(&[("rustc", &["--version"])]),
    )
}
