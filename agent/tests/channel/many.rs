//! Many runs over the channel: the plan, a line for each run, kept runs that tell the same, refusals, a cancel.

use aftershake_shared::catalog;
use aftershake_shared::channel::{ClientMessage, Failure, ServerMessage};
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::recording::Recording;

use crate::runs::can_run;
use crate::support::{Agent, Channel};

fn ask(channel: &mut Channel, run: u32, runs: u32, vary: Option<&str>) {
    channel.send(&ClientMessage::RunMany {
        run,
        scenario: catalog::find("sent-before-close").unwrap().text(),
        seed: Some(7),
        runs,
        vary: vary.map(str::to_owned),
        bins: Some(2),
    });
}

/// Everything that came of a request.
#[derive(Default)]
struct Heard {
    values: usize,
    noises: usize,
    lines: Vec<RunSummary>,
    kept: Vec<(RunSummary, Recording)>,
    failed: Option<Failure>,
}

fn hear(channel: &mut Channel, mut at_line: impl FnMut(&mut Channel)) -> Heard {
    let mut heard = Heard::default();
    loop {
        match channel.next() {
            ServerMessage::Planned { values, .. } => heard.values = values.len(),
            ServerMessage::Noise { .. } => heard.noises += 1,
            ServerMessage::Came { runs, .. } => {
                heard.lines.extend(runs);
                at_line(channel);
            }
            ServerMessage::Kept {
                summary, recording, ..
            } => heard.kept.push((*summary, *recording)),
            ServerMessage::Finished { .. } => return heard,
            ServerMessage::Failed { error, .. } => {
                heard.failed = Some(error);
                return heard;
            }
            ServerMessage::Welcome { .. }
            | ServerMessage::Queued { .. }
            | ServerMessage::Started { .. }
            | ServerMessage::Events { .. } => {}
        }
    }
}

#[test]
fn many_runs_are_told_in_lines_and_odd_ones_whole() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut channel = agent.channel();
    ask(&mut channel, 5, 40, Some("steps.reply.at_most=1..9"));
    let heard = hear(&mut channel, |_| {});
    assert_eq!((heard.values, heard.noises, heard.lines.len()), (2, 2, 40));
    let mut numbers: Vec<u64> = heard.lines.iter().map(|line| line.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..40).collect::<Vec<_>>());
    assert_eq!(heard.kept.len(), 2);
    for (line, Recording { header, events }) in &heard.kept {
        assert!(heard.lines.contains(line));
        let scenario = header.scenario.parse().unwrap();
        let which = (line.number, line.bin, line.seed);
        let again = RunSummary::of_run(which, &scenario, events, &header.environment);
        assert_eq!(*line, again);
    }
}

#[test]
fn what_cannot_be_is_refused_and_the_channel_stays() {
    let agent = Agent::start();
    let mut channel = agent.channel();
    for (runs, vary, words) in [
        (0, None, "0 runs, expected 1 to"),
        (200_000, None, "200000 runs, expected 1 to"),
        (4, Some("steps.reply"), "has no `=`"),
        (4, Some("steps.nobody.delay=0..1ms"), "no step `nobody`"),
    ] {
        ask(&mut channel, 9, runs, vary);
        let failed = hear(&mut channel, |_| {}).failed.unwrap();
        assert_eq!(failed.code, 2);
        assert!(failed.message.contains(words), "{}", failed.message);
    }
}

#[test]
fn a_cancel_ends_them_and_what_came_counts() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut channel = agent.channel();
    ask(&mut channel, 6, 100_000, None);
    let mut asked = false;
    let heard = hear(&mut channel, |channel| {
        if !asked {
            asked = true;
            channel.send(&ClientMessage::Cancel { run: 6 });
        }
    });
    assert!(heard.failed.is_none(), "{:?}", heard.failed);
    assert!((1..100_000).contains(&heard.lines.len()));
}
