//! The store, action by action, fed with a real run's recording.

use std::rc::Rc;

use aftershake_shared::channel::{Failure, PROTOCOL_VERSION};
use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::event::EventId;
use aftershake_shared::ladder::Axis;
use aftershake_shared::recording::Recording;
use aftershake_shared::scenario::expect::Outcome;

use super::channel_status::ChannelStatus;
use super::run_events::Phase;
use super::selection::{Tab, Walk};
use super::*;

fn recording() -> Recording {
    let text = include_str!("../../tests/recordings/sent-before-close.jsonl");
    Recording::from_json_lines(text).unwrap()
}

fn after(actions: impl IntoIterator<Item = Action>) -> Rc<AppState> {
    let start = Rc::new(AppState::default());
    actions.into_iter().fold(start, AppState::reduce)
}

fn welcome(protocol: u32) -> Action {
    Action::AgentSaid(ServerMessage::Welcome {
        protocol,
        version: "0.1.0".to_owned(),
        environment: recording().header.environment,
    })
}

fn chosen() -> Action {
    Action::ScenarioChosen {
        name: "sent-before-close",
        run: false,
    }
}

fn started() -> Action {
    Action::AgentSaid(ServerMessage::Started {
        run: 1,
        header: recording().header,
    })
}

fn events(run: u32) -> Action {
    let events = recording().events;
    Action::AgentSaid(ServerMessage::Events { run, events })
}

fn finished() -> Action {
    Action::AgentSaid(ServerMessage::Finished {
        run: 1,
        took_ns: 23_000_000,
    })
}

fn whole_run() -> Vec<Action> {
    vec![
        welcome(PROTOCOL_VERSION),
        chosen(),
        Action::RunAsked,
        started(),
        events(1),
        finished(),
    ]
}

#[test]
fn a_run_ends_in_a_verdict() {
    let state = after(whole_run());
    let diagnosis = state.run.diagnosis.as_ref().unwrap();
    assert_eq!(diagnosis.outcome, Outcome::Reset);
    assert_eq!(diagnosis.resets[0].cause, CauseId::CloseWithUnreadData);
    assert!(state.run.met.as_ref().unwrap().met);
    assert!(!state.run.cited.is_empty());
    assert!(state.can_run());
}

#[test]
fn events_in_any_order_of_arrival_give_the_same_run() {
    let mut halves = recording().events;
    let second = halves.split_off(halves.len() / 2);
    let said = |events| Action::AgentSaid(ServerMessage::Events { run: 1, events });
    let mut actions = whole_run();
    actions.splice(4..5, [said(second), said(halves)]);
    let (state, straight) = (after(actions), after(whole_run()));
    assert_eq!(*state.run.events, *straight.run.events);
    assert_eq!(
        *state.run.diagnosis.clone().unwrap(),
        *straight.run.diagnosis.clone().unwrap()
    );
}

#[test]
fn nothing_runs_without_an_agent_or_with_a_mistake() {
    assert!(!after([chosen()]).can_run());
    assert_eq!(after([chosen(), Action::RunAsked]).run.phase, Phase::Idle);
    let mistake = Action::Draft(draft::Action::Edited {
        text: "title = ".into(),
        caret: 8,
    });
    let state = after([
        welcome(PROTOCOL_VERSION),
        chosen(),
        mistake,
        Action::RunAsked,
    ]);
    assert_eq!(state.run.phase, Phase::Idle);
    assert_eq!(state.draft.scenario.as_ref().unwrap_err().line, 1);
}

#[test]
fn run_is_asked_once_while_one_is_under_way() {
    let state = after(whole_run().into_iter().take(3).chain([Action::RunAsked]));
    assert_eq!(state.run.newest, 1);
    let ask = state.run.ask.as_ref().unwrap();
    assert_eq!((ask.run, ask.cancelled), (1, false));
    assert_eq!(ask.scenario.name, "sent-before-close");
}

#[test]
fn events_of_another_run_are_passed_over() {
    let actions = whole_run().into_iter().take(4).chain([events(7)]);
    assert!(after(actions).run.events.is_empty());
}

#[test]
fn a_lost_channel_keeps_events_and_text_and_gives_no_verdict() {
    let edited = "# mine\n".to_owned() + &after([chosen()]).draft.text;
    let lost = [
        Action::Draft(draft::Action::Edited {
            text: edited.clone().into(),
            caret: 0,
        }),
        Action::Channel(channel_status::Action::Closed),
        Action::AgentSaid(ServerMessage::Finished { run: 1, took_ns: 1 }),
    ];
    let state = after(whole_run().into_iter().take(5).chain(lost));
    assert_eq!(state.run.phase, Phase::Lost);
    assert_eq!(state.run.events.len(), recording().events.len());
    assert!(state.run.diagnosis.is_none());
    assert_eq!(state.draft.text, edited);
    assert_eq!(state.draft.to_text().name, "sent-before-close-edited");
    assert!(matches!(
        state.channel,
        ChannelStatus::Lost { was_open: true, .. }
    ));
}

#[test]
fn choosing_another_scenario_cancels_the_run_and_puts_it_away() {
    let other = Action::ScenarioChosen {
        name: "linger-zero",
        run: false,
    };
    let state = after(whole_run().into_iter().take(5).chain([other, events(1)]));
    assert_eq!(state.run.phase, Phase::Idle);
    assert!(state.run.events.is_empty());
    assert!(state.run.ask.as_ref().unwrap().cancelled);
}

#[test]
fn a_failure_is_shown_and_the_next_run_can_be_asked_for() {
    let error = Failure {
        code: 3,
        message: "no user namespaces".to_owned(),
        remedy: "aftershake doctor".to_owned(),
    };
    let failed = Action::AgentSaid(ServerMessage::Failed {
        run: Some(1),
        error: error.clone(),
    });
    let state = after(
        whole_run()
            .into_iter()
            .take(3)
            .chain([failed, Action::RunAsked]),
    );
    assert_eq!(state.run.phase, Phase::Asked);
    assert_eq!(state.run.newest, 2);
}

#[test]
fn another_protocol_version_is_no_open_channel() {
    let state = after([welcome(PROTOCOL_VERSION + 1), chosen(), Action::RunAsked]);
    let closed = Action::Channel(channel_status::Action::Closed);
    let theirs = PROTOCOL_VERSION + 1;
    assert_eq!(state.channel, ChannelStatus::OtherVersion { theirs });
    assert_eq!(
        state.reduce(closed).channel,
        ChannelStatus::OtherVersion { theirs }
    );
}

#[test]
fn arrow_keys_walk_the_ladder_and_stop_at_its_ends() {
    let walk = |walk| Action::Selection(selection::Action::Walked(walk));
    let state = after(whole_run());
    let order = state.run.walking_order();
    let selected = |actions: &[Walk]| {
        let actions = actions.iter().map(|step| walk(*step));
        let state = actions.fold(Rc::clone(&state), AppState::reduce);
        state.selection.event
    };
    assert_eq!(selected(&[Walk::Next]), order.first().copied());
    assert_eq!(selected(&[Walk::Next, Walk::Next]), order.get(1).copied());
    assert_eq!(selected(&[Walk::Last, Walk::Next]), order.last().copied());
    assert_eq!(
        selected(&[Walk::First, Walk::Previous]),
        order.first().copied()
    );
}

#[test]
fn a_selected_event_stays_selected_when_earlier_ones_arrive() {
    let mut events = recording().events;
    let first = events.remove(0);
    let said = |events| Action::AgentSaid(ServerMessage::Events { run: 1, events });
    let picked = Action::Selection(selection::Action::Picked(EventId(3)));
    let before = after(
        whole_run()
            .into_iter()
            .take(4)
            .chain([said(events), picked]),
    );
    let after = Rc::clone(&before).reduce(said(vec![first]));
    let body = |state: &AppState| {
        state
            .run
            .event(state.selection.event.unwrap())
            .unwrap()
            .body
            .clone()
    };
    assert_eq!(body(&after), body(&before));
    assert_eq!(after.selection.event, Some(EventId(4)));
}

#[test]
fn an_action_that_changes_nothing_keeps_the_state() {
    let state = after(whole_run());
    for action in [
        Action::Selection(selection::Action::Left),
        Action::Selection(selection::Action::TabChosen(Tab::Ladder)),
        Action::Run(run_events::Action::AxisChosen(Axis::GapsShortened)),
        Action::Run(run_events::Action::CancelAsked),
        Action::Gallery(gallery::Action::Searched("".into())),
        Action::Draft(draft::Action::Reverted),
        Action::Window(window::Action::HelpClosed),
    ] {
        let same = Rc::clone(&state).reduce(action.clone());
        assert!(Rc::ptr_eq(&same, &state), "{action:?}");
    }
}

#[test]
fn the_axis_is_kept_from_run_to_run() {
    let order = Action::Run(run_events::Action::AxisChosen(Axis::Order));
    let state = after(whole_run().into_iter().chain([order, Action::RunAsked]));
    assert_eq!(state.run.axis, Axis::Order);
}

/// A capture of these rows, as a file of the reader's that was read.
fn opened(numbers: &[u32]) -> [Action; 2] {
    use opened::{Holds, Stage, Told};
    let file = File {
        job: 1,
        name: "theirs.pcap".into(),
        bytes: 1,
        stage: Stage::Reading { bytes: 0, found: 0 },
    };
    let diagnosis = aftershake_shared::diagnosis::diagnose(&[], &[]);
    let explained = aftershake_shared::capture::explained::Explained::of_recording(&[], diagnosis);
    let row = |id: &u32| aftershake_shared::ladder::overview::Row {
        id: *id,
        client: String::new(),
        server: String::new(),
        outcome: None,
        lasted: None,
        segments: 0,
        cause: None,
        resets: Vec::new(),
    };
    let told = Told {
        explained,
        rows: Kept::new(numbers.iter().map(row).collect()),
        began: 0.0,
        not_drawn: 0,
    };
    let ended = opened::Action::Ended(1, Ok(Holds::Capture(Kept::new(told))));
    [opened::Action::Began(file), ended].map(Action::File)
}

#[test]
fn what_is_said_of_a_file_that_was_closed_changes_nothing() {
    let [began, ended] = opened(&[1, 2]);
    let closed = Action::File(opened::Action::Closed);
    let state = after([began.clone(), closed, ended.clone()]);
    assert_eq!(state.file, None);
    let state = after([began, chosen(), ended]);
    assert_eq!(state.file, None);
}

#[test]
fn an_opened_file_gives_way_to_what_is_chosen_next() {
    let state = after(opened(&[1, 2]));
    assert!(state.file.as_ref().unwrap().hides_run());
    let state = state.reduce(chosen());
    assert_eq!(state.file, None);
}

/// What the agent says of a run.
fn run_of(number: u32, recording: Recording) -> Vec<Action> {
    let Recording { header, events } = recording;
    [
        ServerMessage::Started {
            run: number,
            header,
        },
        ServerMessage::Events {
            run: number,
            events,
        },
        ServerMessage::Finished {
            run: number,
            took_ns: 1,
        },
    ]
    .map(Action::AgentSaid)
    .to_vec()
}

#[test]
fn two_runs_are_compared_once_the_second_has_its_verdict() {
    let run = |number| [vec![Action::RunAsked], run_of(number, recording())].concat();
    let once = after(
        [welcome(PROTOCOL_VERSION), chosen()]
            .into_iter()
            .chain(run(1)),
    );
    assert!(once.compare.result.is_none());
    let twice = run(2).into_iter().fold(once, AppState::reduce);
    let result = twice.compare.result.as_ref().unwrap();
    assert_eq!(result.first_difference, None);
    assert_eq!(result.before, result.after);
    let turned = twice.reduce(Action::Compare(compare::Action::StoriesTurned));
    assert_eq!(turned.compare.stories, compare::Stories::Shown);
    let without = turned
        .clone()
        .reduce(Action::Compare(compare::Action::GhostsTurned));
    assert_eq!(without.compare.ghosts, compare::Ghosts::LeftOut);
    assert_eq!(without.compare.result, turned.compare.result);
    let asked = turned.clone().reduce(Action::RunAsked);
    assert!(asked.compare.result.is_none() && asked.previous.is_some());
    let away = turned.reduce(Action::Compare(compare::Action::PutAway));
    assert!(away.compare.result.is_none() && away.previous.is_none());
}

#[test]
fn a_link_that_compares_runs_the_other_scenario_right_before_its_own() {
    use aftershake_shared::link::fragment;
    use aftershake_shared::link::view::View;
    let own = include_str!("../../../scenarios/recordings/sent-before-close-drained.jsonl");
    let own = Recording::from_json_lines(own).unwrap();
    let view = View {
        compare: Some("sent-before-close".to_owned()),
        zoom: Some(150),
        ..View::default()
    };
    let link = fragment(&own.header.scenario, &view).unwrap();
    let read = share::Action::LinkRead(share::read::read(&link));
    let found = share::Action::LinkFound(link.into());
    let asked = after([
        welcome(PROTOCOL_VERSION),
        Action::Share(found),
        Action::Share(read),
        Action::RunAsked,
    ]);
    let asks = |state: &AppState| state.run.ask.as_ref().unwrap().scenario.name.clone();
    assert_eq!(asks(&asked), "sent-before-close");
    assert_eq!(asked.wished_zoom(), None);
    let between = run_of(1, recording())
        .into_iter()
        .fold(asked, AppState::reduce);
    assert_eq!(asks(&between), "sent-before-close-drained");
    assert_eq!(between.run.phase, Phase::Asked);
    let ended = run_of(2, own).into_iter().fold(between, AppState::reduce);
    let result = ended.compare.result.as_ref().unwrap();
    let outcomes = (result.before.outcome, result.after.outcome);
    assert_eq!(outcomes, (Outcome::Reset, Outcome::Closed));
    assert_eq!(ended.view().compare, view.compare);
    assert_eq!(ended.wished_zoom(), view.zoom);
    let again = ended.reduce(Action::RunAsked);
    assert_eq!(asks(&again), "sent-before-close");
}
