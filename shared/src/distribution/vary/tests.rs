//! Paths that exist, paths that do not, and what is said of them.

use crate::scenario::Scenario;
use crate::scenario::steps::StepKind;

use super::*;

const TOML: &str = "# A comment that stays.
title = \"x\"

[copies]
other = 2

[[steps]]
by = \"server\"
do.listen = { port = 8080, backlog = 1 }

[[steps]]
by = \"server\"
do = \"accept\"

[[steps]]
by = \"client\"
do = \"connect\"

[[steps]]
by = \"other\"
do = \"connect\"

[[steps]]
by = \"client\"
name = \"speak\"
do.send = { text = \"hello\" }

[[steps]]
by = \"client\"
name = \"reply\"
delay = \"1ms\"
do.receive = { at_most = 1024 }
";

fn at(vary: &str) -> Result<(AtValue, Scenario), String> {
    let text = ScenarioText {
        name: "x".to_owned(),
        toml: TOML.to_owned(),
    };
    let vary = Vary::parse(vary)?;
    let bin = vary.at(&text, vary.range.to)?;
    let scenario = bin.scenario.parse().unwrap();
    Ok((bin, scenario))
}

#[test]
fn a_field_is_set_and_the_rest_stays() {
    let (bin, scenario) = at("steps.reply.delay=0..5ms").unwrap();
    assert_eq!(scenario.steps[6].delay.unwrap().to_string(), "5ms");
    assert_eq!(
        bin.scenario.toml,
        TOML.replace("delay = \"1ms\"", "delay = \"5ms\"")
    );
    let (_, scenario) = at("copies.other=1..5").unwrap();
    assert_eq!(scenario.endpoints().len(), 7);
    let (_, scenario) = at("steps.2.delay=0..250us").unwrap();
    assert_eq!(scenario.steps[1].delay.unwrap().to_string(), "250us");
    let (_, scenario) = at("steps.1.backlog=0..64").unwrap();
    assert!(matches!(&scenario.steps[0].does, StepKind::Listen(listen) if listen.backlog == 64));
    let (_, scenario) = at("steps.reply.timeout=1ms..9ms").unwrap();
    assert!(
        matches!(&scenario.steps[6].does, StepKind::Receive(receive) if receive.timeout.is_some())
    );
    let (_, scenario) = at("steps.2.timeout=1ms..9ms").unwrap();
    assert!(
        matches!(&scenario.steps[1].does, StepKind::Accept(accept) if accept.timeout.is_some())
    );
}

#[test]
fn a_setting_of_the_kernel_leaves_the_scenario_alone() {
    let (bin, _) = at("sysctl.net.ipv4.tcp_fin_timeout=1..60").unwrap();
    assert_eq!(bin.scenario.toml, TOML);
    assert_eq!(
        bin.sysctl.unwrap(),
        ("net.ipv4.tcp_fin_timeout".to_owned(), 60)
    );
}

#[test]
fn a_wrong_path_is_answered_with_those_that_exist() {
    for (vary, words) in [
        ("steps.reply.delay", "has no `=`"),
        (
            "steps.nobody.delay=0..1ms",
            "no step `nobody`, expected a number from 1 to 6 or a name (speak, reply)",
        ),
        ("steps.0.delay=0..1ms", "no step `0`"),
        ("steps.99.delay=0..1ms", "no step `99`"),
        (
            "steps.reply.colour=0..1",
            "`receive` has no field `colour`, expected `delay` or one of its own (at_most",
        ),
        ("steps.reply.delay=1..5", "`1` has no unit"),
        (
            "steps.speak.text=1..5",
            "`text` is no number and no duration, found `hello`",
        ),
        ("steps.reply.by=1..5", "`by` is no number"),
        ("steps..delay=0..1ms", "steps..delay: names no step"),
        ("steps.1.backlog=0..100000", "backlog"),
        (
            "steps.1.port=0..5",
            "can be varied: copies.other, steps.1.port, steps.1.backlog, steps.1.defer_accept",
        ),
        (
            "title=1..5",
            "expected `steps.NAME_OR_NUMBER.FIELD`, `copies.ENDPOINT`",
        ),
        (
            "sysctl.kernel.hostname=1..5",
            "expected a setting of the network",
        ),
        ("sysctl.net.ipv4.tcp_sack=1ms..5ms", "a setting is a number"),
    ] {
        let whole = Vary::parse(vary).and_then(|vary| {
            let text = ScenarioText {
                name: "x".to_owned(),
                toml: TOML.to_owned(),
            };
            vary.at(&text, vary.range.from)
                .and(vary.at(&text, vary.range.to))
                .map(drop)
        });
        let found = whole.unwrap_err();
        assert!(found.contains(words), "{vary}: {found}");
    }
}

#[test]
fn every_choice_can_be_made_with_its_own_range() {
    let text = ScenarioText {
        name: "x".to_owned(),
        toml: TOML.to_owned(),
    };
    let story = Story::read(TOML).unwrap();
    let choices = choices(&story);
    for Choice { path, range, .. } in &choices {
        let vary = Vary::parse(&format!("{path}={range}")).unwrap();
        for value in [vary.range.from, vary.range.to] {
            // A port that others connect to, or a size of nothing: refused in words, as when typed.
            let _ = vary
                .at(&text, value)
                .map_err(|words| assert!(!words.is_empty()));
        }
    }
    let found = |path: &str| choices.iter().find(|choice| choice.path == path).unwrap();
    assert_eq!(found("steps.1.backlog").range, "0..2");
    assert_eq!(found("steps.reply.delay").range, "0..2ms");
    assert_eq!(found("steps.speak.delay").range, "0..200us");
    assert_eq!(found("steps.speak.delay").step, Some(4));
    assert_eq!(found("copies.other").step, None);
    assert_eq!(first_choice(&story), None);
    let race = Story::read(&format!("order = \"free\"\n{TOML}")).unwrap();
    assert_eq!(first_choice(&race).unwrap(), "steps.speak.delay");
}
