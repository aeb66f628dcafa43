//! Arbitrary scenarios, of every kind of step and every field: into text and a link, and back.

use std::net::IpAddr;

use aftershake_shared::event::call::How;
use aftershake_shared::link;
use aftershake_shared::link::view::View;
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::expect::{Answer, Claim, Expectation, Outcome};
use aftershake_shared::scenario::machine::{KNOWN, Machine};
use aftershake_shared::scenario::steps::StepKind;
use aftershake_shared::scenario::steps::accept::Accept;
use aftershake_shared::scenario::steps::check_received::{CheckReceived, Reaction};
use aftershake_shared::scenario::steps::close::{Close, What};
use aftershake_shared::scenario::steps::connect::Connect;
use aftershake_shared::scenario::steps::disconnect::Disconnect;
use aftershake_shared::scenario::steps::duplicate::Duplicate;
use aftershake_shared::scenario::steps::limit_descriptors::LimitDescriptors;
use aftershake_shared::scenario::steps::listen::{Address, Listen};
use aftershake_shared::scenario::steps::receive::Receive;
use aftershake_shared::scenario::steps::sample::Sample;
use aftershake_shared::scenario::steps::send::Send;
use aftershake_shared::scenario::steps::set_option::SetOption;
use aftershake_shared::scenario::steps::shutdown::Shutdown;
use aftershake_shared::scenario::steps::sleep::Sleep;
use aftershake_shared::scenario::time::Span;
use aftershake_shared::scenario::{Order, Scenario, Step, limits};
use aftershake_shared::units::Nanos;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

fn span() -> impl Strategy<Value = Span> {
    let nanos = prop_oneof![
        0..=30_000_000_000_u64,
        (0..=30_u64).prop_map(|s| s * 1_000_000_000)
    ];
    nanos.prop_map(|nanos| Span(Nanos(nanos)))
}

fn seconds() -> impl Strategy<Value = Span> {
    (1..=30_u64).prop_map(|seconds| Span(Nanos(seconds * 1_000_000_000)))
}

fn address() -> impl Strategy<Value = Address> {
    let ip = |text: &str| Address::Ip(text.parse::<IpAddr>().unwrap());
    prop_oneof![
        Just(Address::Localhost),
        Just(ip("127.0.0.1")),
        Just(ip("127.9.8.7")),
        Just(ip("0.0.0.0")),
        Just(ip("::1")),
        Just(ip("::")),
    ]
}

/// Any letters, also those that need an escape.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{1,20}".boxed(),
        "\\PC{1,20}".boxed(),
        vec(any::<char>(), 1..20)
            .prop_map(String::from_iter)
            .boxed(),
        Just("\"'\\\n\r\t\0\u{7f}\u{202e}\u{feff}\u{ffff}\u{10ffff}'''\"\"\"#".to_owned()).boxed(),
    ]
}

/// A kind of step that an endpoint with one listener and one connection can take.
fn kind() -> impl Strategy<Value = StepKind> {
    prop_oneof![
        of(span()).prop_map(|timeout| StepKind::Accept(Accept { timeout })),
        (
            1..=u16::MAX,
            address(),
            of(1..=u16::MAX),
            of(span()),
            any::<bool>()
        )
            .prop_map(|(port, address, from_port, timeout, mptcp)| {
                StepKind::Connect(Connect {
                    port,
                    address,
                    from_port,
                    timeout,
                    mptcp,
                    ..Connect::default()
                })
            }),
        (
            1..=u16::MAX,
            any::<u16>(),
            address(),
            any::<bool>(),
            of(1..=u16::MAX)
        )
            .prop_map(|(port, backlog, address, dual, fast_open)| {
                let dual_stack = dual && matches!(address, Address::Ip(IpAddr::V6(_)));
                StepKind::Listen(Listen {
                    port,
                    backlog,
                    address,
                    fast_open,
                    dual_stack,
                    ..Listen::default()
                })
            }),
        content(),
        receive(),
        check(),
        (
            prop_oneof![Just(How::Read), Just(How::Write), Just(How::Both)],
            what()
        )
            .prop_map(|(how, what)| StepKind::Shutdown(Shutdown { how, what })),
        what().prop_map(|what| StepKind::Duplicate(Duplicate { what })),
        what().prop_map(|what| StepKind::Close(Close { what })),
        option(),
        (0..=500_u32).prop_map(|spare| StepKind::LimitDescriptors(LimitDescriptors { spare })),
        Just(StepKind::Disconnect(Disconnect {})),
        Just(StepKind::Sample(Sample {})),
        span().prop_map(|time| StepKind::Sleep(Sleep {
            time: Some(time),
            ..Sleep::default()
        })),
        (span(), span()).prop_map(|(a, b)| {
            let (at_least, at_most) = (Some(a.min(b)), Some(a.max(b)));
            StepKind::Sleep(Sleep {
                time: None,
                at_least,
                at_most,
            })
        }),
    ]
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![Just(What::Connection), Just(What::Listener)]
}

fn content() -> impl Strategy<Value = StepKind> {
    let bytes = prop_oneof![
        words().prop_map(|text| Send {
            text: Some(text),
            ..Send::default()
        }),
        "([0-9a-fA-F]{2} ?){1,8}".prop_map(|hex| Send {
            hex: Some(hex),
            ..Send::default()
        }),
        (1..=1_000_000_u64).prop_map(|count| Send {
            count: Some(count),
            ..Send::default()
        }),
    ];
    (bytes, of(100_000..=limits::BYTES), any::<bool>()).prop_map(|(send, pieces, out_of_band)| {
        StepKind::Send(Send {
            pieces,
            out_of_band,
            ..send
        })
    })
}

fn receive() -> impl Strategy<Value = StepKind> {
    let once = (of(1..=1_000_000_u64), any::<bool>(), any::<bool>()).prop_map(
        |(at_most, peek, out_of_band)| Receive {
            at_most,
            peek,
            out_of_band,
            ..Receive::default()
        },
    );
    let form = prop_oneof![
        once,
        (1..=1_000_000_u64).prop_map(|n| Receive {
            exactly: Some(n),
            ..Receive::default()
        }),
        words().prop_map(|text| Receive {
            until: Some(text),
            ..Receive::default()
        }),
        Just(Receive {
            until_end: true,
            ..Receive::default()
        }),
    ];
    (form, of(span())).prop_map(|(form, timeout)| StepKind::Receive(Receive { timeout, ..form }))
}

fn check() -> impl Strategy<Value = StepKind> {
    let comparison = prop_oneof![
        words().prop_map(|text| (Some(text), None, None)),
        words().prop_map(|text| (None, Some(text), None)),
        prop_oneof![Just(1_u8), Just(2), Just(4)].prop_map(|size| (None, None, Some(size))),
    ];
    (comparison, any::<bool>(), any::<bool>()).prop_map(
        |((starts_with, equals, length_prefix), a, b)| {
            StepKind::CheckReceived(CheckReceived {
                starts_with,
                equals,
                length_prefix,
                on_mismatch: a.then_some(Reaction::Close),
                on_match: b.then_some(Reaction::Close),
            })
        },
    )
}

fn option() -> impl Strategy<Value = StepKind> {
    let none = SetOption::default;
    let value = prop_oneof![
        seconds().prop_map(move |s| SetOption {
            linger: Some(s),
            ..none()
        }),
        any::<bool>().prop_map(move |on| SetOption {
            no_delay: Some(on),
            ..none()
        }),
        any::<bool>().prop_map(move |on| SetOption {
            keepalive: Some(on),
            ..none()
        }),
        seconds().prop_map(move |s| SetOption {
            keepalive_idle: Some(s),
            ..none()
        }),
        seconds().prop_map(move |s| SetOption {
            keepalive_interval: Some(s),
            ..none()
        }),
        (1..=127_u8).prop_map(move |n| SetOption {
            keepalive_probes: Some(n),
            ..none()
        }),
        span().prop_map(move |s| SetOption {
            user_timeout: Some(s),
            ..none()
        }),
        any::<u32>().prop_map(move |n| SetOption {
            receive_buffer: Some(n),
            ..none()
        }),
        any::<u32>().prop_map(move |n| SetOption {
            send_buffer: Some(n),
            ..none()
        }),
    ];
    (value, what()).prop_map(|(value, what)| StepKind::SetOption(SetOption { what, ..value }))
}

/// A step of the endpoint that all of them belong to.
fn by_both(does: StepKind) -> Step {
    Step {
        by: "both".to_owned(),
        name: None,
        on: None,
        after: None,
        at_once: false,
        delay: None,
        process: None,
        does,
        line: 0,
    }
}

prop_compose! {
    fn step()(
        does in kind(), named in any::<bool>(), follows in any::<bool>(), at_once in any::<bool>(),
        delay in of(span()),
    ) -> (Step, bool, bool) {
        let step = Step { at_once, delay, ..by_both(does) };
        (step, named, follows)
    }
}

fn answer() -> impl Strategy<Value = Answer> {
    let text = prop_oneof![
        "EOF",
        "timeout",
        "waiting",
        "not-run",
        "ECONNRESET",
        "match",
        "0",
        "007",
        "[1-9][0-9]{0,18}"
    ];
    text.prop_map(Answer)
}

prop_compose! {
    fn expectation()(
        outcome in of(prop_oneof![Just(Outcome::Closed), Just(Outcome::TimedOut), Just(Outcome::Reset)]),
        reset_by in of(words()), cause in any::<bool>(), returns in of(answer()),
    ) -> Expectation {
        Expectation {
            outcome,
            reset_by,
            cause: cause.then(|| "linger-zero-close".to_owned()),
            returns: returns.map(|answer| ("both.made here".to_owned(), answer)).into_iter().collect(),
        }
    }
}

prop_compose! {
    fn claim()(text in words(), source in of(words()), of_it in expectation(), holds in any::<bool>()) -> Claim {
        let Expectation { outcome, reset_by, cause, returns } = of_it;
        Claim { text, source, outcome, reset_by, cause, returns, holds }
    }
}

prop_compose! {
    fn scenario()(
        title in "[a-z]", rest in words(), story in prop_oneof![Just(String::new()).boxed(), words().boxed()],
        fixed_by in of(words()), orphans in of(any::<u32>()), free in any::<bool>(), steps in vec(step(), 0..12),
        expect in of(expectation()), claims in vec(claim(), 0..3),
    ) -> Scenario {
        let made = |name: &str, does| Step { name: Some(name.to_owned()), ..by_both(does) };
        let mut all = vec![
            made("door", StepKind::Listen(Listen::default())),
            made("made here", StepKind::Connect(Connect::default())),
        ];
        for (number, (mut step, named, follows)) in steps.into_iter().enumerate() {
            let listener = matches!(
                &step.does,
                StepKind::Accept(_)
                    | StepKind::Close(Close { what: What::Listener })
                    | StepKind::Duplicate(Duplicate { what: What::Listener })
                    | StepKind::Shutdown(Shutdown { what: What::Listener, .. })
                    | StepKind::SetOption(SetOption { what: What::Listener, .. })
            );
            let nothing = matches!(
                &step.does,
                StepKind::Listen(_)
                    | StepKind::Connect(_)
                    | StepKind::LimitDescriptors(_)
                    | StepKind::Sleep(_)
                    | StepKind::Sample(_)
            );
            step.on = (!nothing).then(|| if listener { "door" } else { "made here" }.to_owned());
            step.name = named.then(|| format!("näme {number}"));
            step.after = follows.then(|| "door".to_owned());
            all.push(step);
        }
        Scenario {
            title: title + &rest, story, fixed_by, steps: all, expect, claims,
            machine: orphans.map_or_else(Machine::new, |most| {
                KNOWN.iter().map(|name| ((*name).to_owned(), most)).collect()
            }),
            order: if free { Order::Free } else { Order::Listed },
        }
    }
}

proptest! {
    #[test]
    fn a_written_scenario_reads_the_same(scenario in scenario()) {
        let toml = scenario.to_toml().unwrap_or_else(|error| panic!("{error}"));
        let read = Scenario::parse(&toml).unwrap();
        prop_assert_eq!(&read.without_lines(), &scenario);
        prop_assert_eq!(read.to_toml().unwrap(), toml);
    }

    #[test]
    fn a_linked_scenario_reads_the_same(scenario in scenario(), name in words()) {
        let text = ScenarioText { name: name.clone(), toml: scenario.to_toml().unwrap() };
        let link = link::fragment(&text, &View::default()).unwrap();
        prop_assert!(link.bytes().all(|b| b.is_ascii_alphanumeric() || b"#._-".contains(&b)));
        let read = link::read(&link).unwrap();
        prop_assert_eq!(read.text.name, name);
        prop_assert_eq!(read.scenario.without_lines(), scenario);
    }
}
