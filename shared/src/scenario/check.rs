//! Refuses what could not be carried out: steps of endpoints without a connection, unknown names, limits.
//!
//! Looks at a whole scenario; what one step alone can get wrong is in its own file.

mod apart;
mod processes;
mod unix;

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::ScenarioError;
use super::expect::Expectation;
use super::steps::close::What;
use super::steps::{Actor, Makes, Needs, StepKind};
use super::{OUTSIDE, Order, Scenario, Step, limits, machine};

/// Where the parts of a scenario stand in its text, in bytes.
pub(super) struct Spans<'a> {
    pub(super) steps: &'a [Range<usize>],
    pub(super) expect: Option<Range<usize>>,
    pub(super) claims: &'a [Range<usize>],
}

/// A mistake and the bytes it stands at.
pub(super) struct Fault {
    span: Range<usize>,
    message: String,
}

impl Fault {
    pub(super) fn locate(self, text: &str) -> ScenarioError {
        ScenarioError::at(text, self.span, self.message)
    }
}

/// What an endpoint has made by a point of the list.
#[derive(Default)]
struct Made<'a> {
    connections: Vec<&'a Step>,
    listeners: Vec<&'a Step>,
    rules: Vec<&'a Step>,
}

pub(super) fn check(scenario: &Scenario, spans: &Spans<'_>) -> Result<(), Fault> {
    let fault = |span: Option<&Range<usize>>, message| Fault {
        span: span.cloned().unwrap_or(0..0),
        message,
    };
    texts(scenario).map_err(|message| fault(None, message))?;
    machine::check(&scenario.machine).map_err(|message| fault(None, message))?;
    let mut processes = processes::Processes::of(scenario).map_err(|m| fault(None, m))?;
    // By process: its threads share what they open.
    let mut made: BTreeMap<&str, Made<'_>> = BTreeMap::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unix = unix::UnixSockets::default();
    let connects: Vec<&str> = scenario
        .steps
        .iter()
        .filter(|step| step.does.makes() == Makes::Connection)
        .filter_map(|step| step.name.as_deref())
        .collect();
    for (number, (step, span)) in scenario.steps.iter().zip(spans.steps).enumerate() {
        let here = |message| fault(Some(span), message);
        let said = |message| here(format!("step {}: {message}", number + 1));
        endpoint_name(&step.by).map_err(said)?;
        if let Some(name) = step.name.as_deref()
            && let Some(first) = names.insert(name, number + 1)
        {
            return Err(said(format!(
                "the name `{name}` is taken by step {first}, expected another"
            )));
        }
        if let Some(after) = step.after.as_deref()
            && !names.contains_key(after)
        {
            return Err(said(format!(
                "after `{after}`: no earlier step has that name"
            )));
        }
        actor(step).map_err(said)?;
        step.does.check().map_err(said)?;
        processes.admit(step, number + 1).map_err(said)?;
        outside(scenario, step, &made, &unix).map_err(said)?;
        let mine = made.entry(processes.name(&step.by)).or_default();
        let meant = target(step, mine, &connects).map_err(said)?;
        unix.admit(scenario, step, meant).map_err(said)?;
        match step.does.makes() {
            Makes::Nothing => {}
            Makes::Connection => mine.connections.push(step),
            Makes::Listener => mine.listeners.push(step),
            Makes::Rule => mine.rules.push(step),
        }
        if let StepKind::HandOver(hand_over) = &step.does {
            let theirs = made.entry(processes.name(&hand_over.to)).or_default();
            match hand_over.what {
                What::Connection => theirs.connections.extend(meant),
                What::Listener => theirs.listeners.extend(meant),
            }
        }
    }
    if let Some(expect) = &scenario.expect {
        expectation(scenario, expect).map_err(|m| fault(spans.expect.as_ref(), m))?;
    }
    for (claim, span) in scenario.claims.iter().zip(spans.claims) {
        expectation(scenario, &claim.predicate()).map_err(|m| fault(Some(span), m))?;
    }
    Ok(())
}

fn texts(scenario: &Scenario) -> Result<(), String> {
    let words = [
        ("title", scenario.title.as_str()),
        ("story", scenario.story.as_str()),
    ];
    let claims = scenario
        .claims
        .iter()
        .map(|claim| ("claim", claim.text.as_str()));
    for (what, text) in words.into_iter().chain(claims) {
        let length = text.chars().count();
        if length > limits::WORDS {
            return Err(format!(
                "the {what} has {length} characters, expected at most {}",
                limits::WORDS
            ));
        }
    }
    if scenario.title.trim().is_empty() {
        return Err("the title is empty, expected a few words".to_owned());
    }
    if scenario.steps.is_empty() {
        return Err("there are no steps, expected at least one `[[steps]]`".to_owned());
    }
    if scenario.steps.len() > limits::STEPS {
        let found = scenario.steps.len();
        return Err(format!(
            "there are {found} steps, expected at most {}",
            limits::STEPS
        ));
    }
    let sends = scenario.sends();
    if sends > limits::SENDS {
        return Err(format!(
            "the `pieces` of all sends make {sends} calls, expected at most {}",
            limits::SENDS
        ));
    }
    let endpoints = scenario.endpoints().len();
    if endpoints > limits::ENDPOINTS {
        return Err(format!(
            "there are {endpoints} endpoints, expected at most {}",
            limits::ENDPOINTS
        ));
    }
    Ok(())
}

fn endpoint_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
        return Err(format!(
            "`{name}` is no name of an endpoint, expected up to 40 letters, digits, `-` or `_`"
        ));
    }
    if name == "third-party" {
        return Err("`third-party` is reserved for resets that no endpoint sent".to_owned());
    }
    Ok(())
}

/// Whether who takes the step may do so.
fn actor(step: &Step) -> Result<(), String> {
    let name = step.does.name();
    match (step.does.actor(), step.by == OUTSIDE) {
        (Actor::Endpoint, true) => Err(format!(
            "`{OUTSIDE}` cannot {name}, expected an endpoint's name"
        )),
        (Actor::Outside, false) => Err(format!("only `{OUTSIDE}` can {name}, found `{}`", step.by)),
        (Actor::Endpoint, false) | (Actor::Outside, true) | (Actor::Either, _) => Ok(()),
    }
}

/// Whether what `outside` acts on is there: an endpoint, a connection or a listener of any endpoint.
fn outside(
    scenario: &Scenario,
    step: &Step,
    made: &BTreeMap<&str, Made<'_>>,
    unix: &unix::UnixSockets<'_>,
) -> Result<(), String> {
    if let Some(name) = step.does.names()
        && !scenario.endpoints().contains(&name)
    {
        return Err(format!(
            "`{name}` is no endpoint of this scenario, expected one of {}",
            scenario.endpoints().join(", ")
        ));
    }
    if step.does.follows_connection() && scenario.order == Order::Free {
        return Err(format!(
            "`{}` follows a connection, expected `order = \"listed\"`",
            step.does.name()
        ));
    }
    let connects = || {
        let all = made.values().flat_map(|made| &made.connections);
        all.filter(|step| matches!(step.does, StepKind::Connect(_)))
    };
    let listeners = || {
        let of = made
            .iter()
            .filter(|(by, _)| step.does.names() == Some(**by));
        of.flat_map(|(_, made)| &made.listeners)
            .filter(|maker| !unix.made_by(maker))
    };
    let (what, made): (_, Vec<_>) = match step.does.needs() {
        Needs::AnyConnection => ("connection", connects().collect()),
        Needs::AnyListener => ("listener", listeners().collect()),
        Needs::Nothing | Needs::Connection | Needs::Listener | Needs::Rule => return Ok(()),
    };
    let named = |on: &String| made.iter().any(|step| step.name.as_ref() == Some(on));
    match &step.on {
        _ if made.is_empty() => Err(format!(
            "`{}` needs a {}{what}, and there is none yet",
            step.does.name(),
            unix.word_for_others()
        )),
        None if made.len() > 1 => Err(format!(
            "there are {} {what}s by now, expected `on` to name one",
            made.len()
        )),
        Some(on) if !named(on) => Err(format!(
            "on `{on}`: no earlier step with that name makes a {what}"
        )),
        None | Some(_) => Ok(()),
    }
}

/// The step that made what this one is about; refuses what has not been made, or is not named where it must be.
fn target<'a>(step: &Step, mine: &Made<'a>, connects: &[&str]) -> Result<Option<&'a Step>, String> {
    let (what, how, made) = match step.does.needs() {
        Needs::Nothing => {
            return match &step.on {
                None => Ok(None),
                Some(on) => Err(format!(
                    "`{}` takes no `on`, found `{on}`",
                    step.does.name()
                )),
            };
        }
        Needs::Connection => (
            "connection",
            "an earlier `connect` or `accept`",
            &mine.connections,
        ),
        Needs::Listener => ("listener", "an earlier `listen`", &mine.listeners),
        Needs::Rule => ("rule", "an earlier `add_rule`", &mine.rules),
        Needs::AnyConnection | Needs::AnyListener => return Ok(None),
    };
    if made.is_empty() {
        let Step { by, does, .. } = step;
        return Err(format!(
            "`{}` needs a {what}, and `{by}` has none yet, expected {how} by `{by}`",
            does.name()
        ));
    }
    match &step.on {
        None if made.len() > 1 => {
            let names: Vec<_> = made.iter().map(|step| step.label()).collect();
            Err(format!(
                "`{}` has {} {what}s by now ({}), expected `on` to name one",
                step.by,
                made.len(),
                names.join(", ")
            ))
        }
        None => Ok(made.first().copied()),
        Some(on) => {
            let own = made.iter().find(|step| step.name.as_ref() == Some(on));
            let by_connect = what == "connection" && connects.contains(&on.as_str());
            if own.is_some() || by_connect {
                return Ok(own.or(made.first()).copied());
            }
            Err(format!(
                "on `{on}`: no step with that name makes a {what} for `{}`",
                step.by
            ))
        }
    }
}

fn expectation(scenario: &Scenario, expect: &Expectation) -> Result<(), String> {
    if let Some(cause) = &expect.cause
        && crate::diagnosis::CauseId::from_slug(cause).is_none()
    {
        return Err(format!(
            "`{cause}` is no cause, expected one of the 24, like `close-with-unread-data`"
        ));
    }
    for key in expect.returns.keys() {
        match scenario.step_named(key) {
            Ok(_) => {}
            Err(message) => return Err(format!("returns.\"{key}\": {message}")),
        }
    }
    Ok(())
}

impl Scenario {
    /// The step that `endpoint.step` means: by its name, or by what it does where that is unique.
    ///
    /// # Errors
    /// Why the key means no step or more than one.
    pub fn step_named(&self, key: &str) -> Result<usize, String> {
        let Some((by, label)) = key.split_once('.') else {
            return Err("expected `endpoint.step`".to_owned());
        };
        let mine = self
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.by == by);
        let mut found = mine
            .filter(|(_, step)| step.label() == label)
            .map(|(number, _)| number);
        match (found.next(), found.next()) {
            (Some(number), None) => Ok(number),
            (None, _) => Err(format!("`{by}` has no step `{label}`")),
            (Some(_), Some(_)) => Err(format!(
                "`{by}` has several steps `{label}`, expected a `name` on the one meant"
            )),
        }
    }
}
