//! Runs over the channel, in the real worker: order of messages, queue, cancel, vanishing clients.

use std::net::Shutdown;
use std::time::Instant;

use aftershake_shared::catalog;
use aftershake_shared::channel::{ClientMessage, Failure, ServerMessage};
use aftershake_shared::event::{Event, EventBody};
use aftershake_shared::recording::{Header, ScenarioText};

use tokio_tungstenite::tungstenite::Message;

use crate::support::{Agent, Channel, PATIENCE};

/// A story that only waits; it ends at once when it is cancelled.
fn waits_for(time: &str) -> ScenarioText {
    ScenarioText {
        name: "waits".to_owned(),
        toml: format!(
            "title = \"Waits\"\n[[steps]]\nby = \"server\"\ndo.sleep = {{ time = \"{time}\" }}\n"
        ),
    }
}

fn linger_zero() -> ScenarioText {
    catalog::find("linger-zero").unwrap().text()
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum End {
    Finished(u64),
    Failed(Failure),
}

/// Reads messages until this run ends; other runs' messages are passed over.
fn until_end(channel: &mut Channel, wanted: u32) -> (Option<Header>, Vec<Event>, End) {
    let mut header = None;
    let mut all = Vec::new();
    loop {
        match channel.next() {
            ServerMessage::Started { run, header: h } if run == wanted => header = Some(h),
            ServerMessage::Events { run, events } if run == wanted => all.extend(events),
            ServerMessage::Finished { run, took_ns } if run == wanted => {
                return (header, all, End::Finished(took_ns));
            }
            ServerMessage::Failed { run, error } if run == Some(wanted) => {
                return (header, all, End::Failed(error));
            }
            ServerMessage::Welcome { .. }
            | ServerMessage::Queued { .. }
            | ServerMessage::Started { .. }
            | ServerMessage::Events { .. }
            | ServerMessage::Planned { .. }
            | ServerMessage::Noise { .. }
            | ServerMessage::Came { .. }
            | ServerMessage::Kept { .. }
            | ServerMessage::Finished { .. }
            | ServerMessage::Failed { .. } => {}
        }
    }
}

/// Whether runs can be tried here. Without namespaces tests fail, unless `ALLOW_NO_NETNS=1` is set.
pub(crate) fn can_run(agent: &Agent) -> bool {
    let mut channel = agent.channel();
    channel.run(1, linger_zero());
    match until_end(&mut channel, 1).2 {
        End::Finished(_) => true,
        End::Failed(error) => {
            let allowed = std::env::var_os("ALLOW_NO_NETNS").is_some_and(|value| value == "1");
            assert!(allowed && error.code == 3, "{error:?}");
            println!("SKIPPED: {}", error.message);
            false
        }
    }
}

#[test]
fn a_run_is_started_recorded_and_finished() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut channel = agent.channel();
    channel.run(7, linger_zero());
    let (header, events, end) = until_end(&mut channel, 7);
    let header = header.unwrap();
    assert_eq!(header.scenario, linger_zero());
    assert_eq!(header.seed, 1);
    assert!(matches!(end, End::Finished(took) if took > 0), "{end:?}");
    let has = |is: fn(&EventBody) -> bool| events.iter().any(|event| is(&event.body));
    assert!(has(|body| matches!(body, EventBody::Call(_))));
    assert!(has(|body| matches!(body, EventBody::Segment(_))));
    assert!(has(|body| matches!(body, EventBody::Step(_))));
}

#[test]
fn a_mistake_in_a_scenario_is_told_with_its_place() {
    let agent = Agent::start();
    let mut channel = agent.channel();
    let toml = "title = \"x\"\n[[steps]]\nby = \"server\"\ndo = \"fly\"\n".to_owned();
    let name = "x".to_owned();
    channel.run(3, ScenarioText { name, toml });
    let (_, _, End::Failed(error)) = until_end(&mut channel, 3) else {
        panic!("it ran");
    };
    assert_eq!(error.code, 2);
    assert!(error.message.starts_with("4:"), "{}", error.message);
    let name = "n".repeat(501);
    channel.run(
        4,
        ScenarioText {
            name,
            ..linger_zero()
        },
    );
    assert!(matches!(until_end(&mut channel, 4).2, End::Failed(error) if error.code == 2));
}

#[test]
fn a_cancelled_run_ends_early() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut channel = agent.channel();
    let began = Instant::now();
    channel.run(1, waits_for("25s"));
    while !matches!(channel.next(), ServerMessage::Started { .. }) {}
    channel.send(&ClientMessage::Cancel { run: 1 });
    let (_, _, end) = until_end(&mut channel, 1);
    assert!(matches!(end, End::Finished(_)), "{end:?}");
    assert!(began.elapsed() < PATIENCE);
    // Too late is no mistake; a run that never was is one.
    channel.send(&ClientMessage::Cancel { run: 1 });
    channel.send(&ClientMessage::Cancel { run: 9 });
    let ServerMessage::Failed { run: None, error } = channel.next() else {
        panic!("expected a failure");
    };
    assert_eq!(error.message, "no run 9 on this channel");
}

#[test]
fn runs_wait_for_their_turn_and_may_be_cancelled_there() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut channel = agent.channel();
    for run in 1..=2 {
        channel.run(run, waits_for("25s"));
        while !matches!(channel.next(), ServerMessage::Started { .. }) {}
    }
    for run in 3..=4 {
        channel.run(run, linger_zero());
        let ahead = run - 1;
        assert_eq!(channel.next(), ServerMessage::Queued { run, ahead });
    }
    channel.run(4, linger_zero());
    assert!(matches!(
        channel.next(),
        ServerMessage::Failed { run: None, .. }
    ));
    channel.send(&ClientMessage::Cancel { run: 3 });
    assert_eq!(channel.next(), ServerMessage::Queued { run: 4, ahead: 2 });
    let (_, _, end) = until_end(&mut channel, 3);
    assert!(matches!(end, End::Failed(error) if error.code == 130));
    channel.send(&ClientMessage::Cancel { run: 1 });
    assert!(matches!(until_end(&mut channel, 4).2, End::Finished(_)));
}

#[test]
fn a_thousand_runs_at_once_are_run_or_refused_in_words() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut channel = agent.channel();
    for run in 0..1000 {
        channel.run(run, linger_zero());
    }
    let (mut finished, mut refused) = (0, 0);
    while finished + refused < 1000 {
        let message = channel.next();
        if let ServerMessage::Failed { run, error } = message {
            assert!(run.is_some());
            assert_eq!(error.code, 3);
            assert_eq!(error.message, "32 runs already wait for their turn");
            refused += 1;
        } else if matches!(message, ServerMessage::Finished { .. }) {
            finished += 1;
        }
    }
    assert!(finished >= 34, "{finished} finished");
}

#[test]
fn another_channels_run_cannot_be_named() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut owner = agent.channel();
    owner.run(5, waits_for("25s"));
    while !matches!(owner.next(), ServerMessage::Started { .. }) {}
    let mut stranger = agent.channel();
    stranger.send(&ClientMessage::Cancel { run: 5 });
    assert!(matches!(
        stranger.next(),
        ServerMessage::Failed { run: None, .. }
    ));
    owner.send(&ClientMessage::Cancel { run: 5 });
    assert!(matches!(until_end(&mut owner, 5).2, End::Finished(_)));
}

#[test]
fn a_client_that_vanishes_takes_its_runs_along() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    for _ in 0..3 {
        let mut channel = agent.channel();
        for run in 1..=2 {
            channel.run(run, waits_for("29s"));
            while !matches!(channel.next(), ServerMessage::Started { .. }) {}
        }
        channel.run(3, linger_zero());
        channel.0.get_mut().0.shutdown(Shutdown::Both).unwrap();
    }
    // Had a run gone on, this one would wait longer than the test's patience.
    let mut channel = agent.channel();
    channel.run(1, linger_zero());
    assert!(matches!(until_end(&mut channel, 1).2, End::Finished(_)));
}

#[test]
fn cancelling_at_any_moment_leaves_the_agent_working() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut channel = agent.channel();
    for run in 0..200 {
        channel.run(run, linger_zero());
        // From before its start to after its end, by how many messages have come.
        for _ in 0..run % 4 {
            channel.next();
        }
        channel.send(&ClientMessage::Cancel { run });
        if run % 4 < 3 {
            let (_, _, end) = until_end(&mut channel, run);
            let fine = match &end {
                End::Finished(_) => true,
                End::Failed(error) => error.code == 130,
            };
            assert!(fine, "run {run}: {end:?}");
        }
    }
    channel.run(1000, linger_zero());
    let (_, events, end) = until_end(&mut channel, 1000);
    assert!(matches!(end, End::Finished(_)));
    assert!(!events.is_empty());
}

#[test]
fn a_client_that_never_reads_is_cut_off_and_slows_nobody() {
    let agent = Agent::start();
    if !can_run(&agent) {
        return;
    }
    let mut slow = Channel::open_without_reading(agent.port, &agent.token);
    for run in 0..8 {
        slow.run(run, talkative());
    }
    // Waits its turn behind the eight, whose events nobody takes.
    let mut quick = agent.channel();
    quick.run(1, linger_zero());
    assert!(matches!(until_end(&mut quick, 1).2, End::Finished(_)));
    let mut finished = 0;
    let end = loop {
        match slow.0.read() {
            Ok(Message::Text(text)) => {
                finished += u32::from(text.starts_with("{\"type\":\"finished\""));
            }
            Ok(Message::Close(frame)) => break frame.map(|frame| frame.code.into()),
            Ok(_) => {}
            Err(_) => break None,
        }
    };
    assert!(finished < 8, "all was delivered");
    // The reason is written behind what had left already, if the client reads that in time.
    assert!(matches!(end, None | Some(1013)), "{end:?}");
}

/// A story of several MiB of events.
fn talkative() -> ScenarioText {
    let mut toml = String::from(
        "title = \"Much\"\n[[steps]]\nby = \"s\"\ndo.listen = { port = 8080 }\n\
         [[steps]]\nby = \"c\"\ndo = \"connect\"\n[[steps]]\nby = \"s\"\ndo = \"accept\"\n",
    );
    let exchange =
        "[[steps]]\nby=\"c\"\ndo.send={text=\"x\"}\n[[steps]]\nby=\"s\"\ndo.receive={at_most=9}\n";
    toml.push_str(&exchange.repeat(2400));
    let name = "much".to_owned();
    ScenarioText { name, toml }
}
