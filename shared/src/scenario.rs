//! A scenario: a story of calls by named endpoints, read from TOML. See `docs/scenarios.md`.
//!
//! Parsing refuses whatever could not be carried out, with line and column. Runs nothing.

mod check;
mod copies;
pub mod edit;
pub mod error;
pub mod expect;
pub mod facility;
pub mod field;
pub mod machine;
pub mod steps;
pub mod time;
pub mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_spanned::Spanned;

use crate::tree;

use error::ScenarioError;
use expect::{Claim, Expectation};
use facility::Facility;
use machine::Machine;
use steps::StepKind;
use time::Span;

/// The reserved actor that never waits: kills, firewall rules, forged segments.
pub const OUTSIDE: &str = "outside";

/// Limits, enforced when a scenario is read.
pub mod limits {
    /// Bytes of a scenario's text.
    pub const TEXT: usize = 256 * 1024;
    /// Steps of a scenario.
    pub const STEPS: usize = 10_000;
    /// Named endpoints of a scenario.
    pub const ENDPOINTS: usize = 2_000;
    /// Processes of a scenario that must be real ones, see [`super::Program::is_child`].
    pub const PROCESSES: usize = 100;
    /// Bytes that one step may send or receive.
    pub const BYTES: u64 = 64 * 1024 * 1024;
    /// Calls that all `send` steps together may take: each is an event.
    pub const SENDS: u64 = 200_000;
    /// Longest single wait, in seconds: the wall limit of a run.
    pub const SECONDS: u64 = 30;
    /// Characters of a title, a name or a claim.
    pub const WORDS: usize = 500;
}

/// A scenario that can be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    pub title: String,
    /// Two sentences: who does what.
    pub story: String,
    /// The scenario that shows the remedy.
    pub fixed_by: Option<String>,
    /// How the whole machine must be set for it; most need nothing.
    pub machine: Machine,
    pub order: Order,
    pub steps: Vec<Step>,
    pub expect: Option<Expectation>,
    pub claims: Vec<Claim>,
}

/// A process of a scenario: the endpoints are its threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program<'a> {
    pub name: &'a str,
    pub endpoints: Vec<&'a str>,
    /// It has to be a process of its own: a step ends it before the run is over, limits its descriptors, or blocks in
    /// a call.
    pub is_child: bool,
}

/// Who decides when a step begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Steps begin strictly in list order, each after the network has come to rest.
    #[default]
    Listed,
    /// Every endpoint runs by itself from a common start.
    Free,
}

/// One thing that one endpoint does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The endpoint, or [`OUTSIDE`].
    pub by: String,
    /// Unique; names the step in `[expect]`, and the connection when the step connects.
    pub name: Option<String>,
    /// The connection or listener meant, by the name of the step that made it.
    pub on: Option<String>,
    /// The step that must have finished before.
    pub after: Option<String>,
    /// Follow the step before without letting the network come to rest.
    pub at_once: bool,
    /// Wait this long before beginning.
    pub delay: Option<Span>,
    /// The endpoint is a thread of this endpoint's process.
    pub process: Option<String>,
    pub does: StepKind,
    /// Line in the text, from 1.
    pub line: usize,
}

impl Step {
    /// The step's name, or what it does when it has none: `reply`, `close`.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(self.does.name())
    }

    /// Whether it waits inside its call.
    pub(crate) fn blocks(&self) -> bool {
        matches!(&self.does, StepKind::Receive(receive) if receive.blocks)
    }
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioToml {
    title: String,
    #[serde(default)]
    story: String,
    fixed_by: Option<String>,
    /// How the whole machine must be set.
    #[serde(default)]
    machine: Machine,
    #[serde(default)]
    order: Order,
    /// Endpoints that are there several times.
    #[cfg_attr(feature = "schema", schemars(with = "Option<copies::Copies>"))]
    copies: Option<Spanned<copies::Copies>>,
    #[cfg_attr(feature = "schema", schemars(with = "Vec<StepToml>"))]
    steps: Vec<Spanned<StepToml>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<Expectation>"))]
    expect: Option<Spanned<Expectation>>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Claim>"))]
    claims: Vec<Spanned<Claim>>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct StepToml {
    by: String,
    name: Option<String>,
    on: Option<String>,
    after: Option<String>,
    #[serde(default)]
    at_once: bool,
    delay: Option<Span>,
    process: Option<String>,
    each: Option<String>,
    #[serde(rename = "do")]
    does: StepKind,
}

impl Scenario {
    /// Reads and checks a scenario's text.
    ///
    /// # Errors
    /// The first mistake, with line, column, what was found and what was expected.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        if text.len() > limits::TEXT {
            let message = format!(
                "the text has {} bytes, expected at most {}",
                text.len(),
                limits::TEXT
            );
            return Err(ScenarioError::at(text, 0..0, message));
        }
        let toml: ScenarioToml =
            tree::from_toml(text).map_err(|e| ScenarioError::read(text, &e))?;
        let expect_span = toml.expect.as_ref().map(Spanned::span);
        let claim_spans: Vec<_> = toml.claims.iter().map(Spanned::span).collect();
        let mut lines = error::LineCounter::new(text);
        let steps = toml.steps.into_iter().map(|step| {
            let span = step.span();
            let line = lines.line_of(span.start);
            step.into_inner().written(span, line)
        });
        let steps: Vec<_> = steps.collect();
        let mut expect = toml.expect.map(Spanned::into_inner);
        let claims = toml.claims.into_iter().map(Spanned::into_inner);
        let mut claims: Vec<Claim> = claims.collect();
        let table = toml.copies.as_ref().map_or(0..0, Spanned::span);
        let copies = toml.copies.map(Spanned::into_inner).unwrap_or_default();
        let wrong = |m: copies::Mistake| {
            ScenarioError::at(text, m.span.unwrap_or_else(|| table.clone()), m.message)
        };
        // First: a number out of all measure is not to be written out.
        copies::check(&copies, &steps).map_err(wrong)?;
        if !copies.is_empty() {
            let of_expect = expect.iter_mut().map(|expect| &mut expect.returns);
            let of_claims = claims.iter_mut().map(|claim| &mut claim.returns);
            copies::expand_returns(&copies, &steps, of_expect.chain(of_claims)).map_err(wrong)?;
        }
        let (steps, spans) = copies::expand(&copies, steps).map_err(wrong)?;
        let scenario = Self {
            title: toml.title,
            story: toml.story,
            fixed_by: toml.fixed_by,
            machine: toml.machine,
            order: toml.order,
            steps,
            expect,
            claims,
        };
        let spans = check::Spans {
            steps: &spans,
            expect: expect_span,
            claims: &claim_spans,
        };
        check::check(&scenario, &spans).map_err(|fault| fault.locate(text))?;
        Ok(scenario)
    }

    /// The endpoints in order of appearance, without [`OUTSIDE`].
    pub fn endpoints(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for step in &self.steps {
            if step.by != OUTSIDE && !names.contains(&step.by.as_str()) {
                names.push(&step.by);
            }
        }
        names
    }

    /// The process that an endpoint is a thread of: another endpoint's, or its own by its own name.
    pub fn process_of<'a>(&'a self, endpoint: &'a str) -> &'a str {
        let mut own = self.steps.iter().filter(|step| step.by == endpoint);
        own.find_map(|step| step.process.as_deref())
            .unwrap_or(endpoint)
    }

    /// The processes in order of appearance, each with its endpoints.
    pub fn processes(&self) -> Vec<Program<'_>> {
        let threads: BTreeMap<&str, &str> = self
            .steps
            .iter()
            .rev()
            .filter_map(|step| Some((step.by.as_str(), step.process.as_deref()?)))
            .collect();
        let mut all: Vec<Program<'_>> = Vec::new();
        for endpoint in self.endpoints() {
            let name = threads.get(endpoint).copied().unwrap_or(endpoint);
            match all.iter_mut().find(|process| process.name == name) {
                Some(process) => process.endpoints.push(endpoint),
                None => all.push(Program {
                    name,
                    endpoints: vec![endpoint],
                    is_child: false,
                }),
            }
        }
        for step in &self.steps {
            let concerned = if let StepKind::Exit(_) | StepKind::LimitDescriptors(_) = &step.does {
                self.process_of(&step.by)
            } else if let StepKind::Kill(kill) = &step.does {
                self.process_of(&kill.endpoint)
            } else if step.blocks() {
                self.process_of(&step.by)
            } else {
                continue;
            };
            for process in &mut all {
                process.is_child |= process.name == concerned;
            }
        }
        all
    }

    /// What it needs of the kernel that not every machine has; each once.
    pub fn facilities(&self) -> Vec<Facility> {
        let mut all: Vec<_> = self
            .steps
            .iter()
            .flat_map(|step| step.does.facilities())
            .chain(self.machine.iter().map(Facility::of_machine))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// Calls that all `send` steps together take at least.
    pub fn sends(&self) -> u64 {
        let calls = self.steps.iter().map(|step| {
            if let StepKind::Send(send) = &step.does {
                let piece = send.pieces.unwrap_or(u64::MAX).max(1);
                send.len().div_ceil(piece)
            } else {
                0
            }
        });
        calls.fold(0, u64::saturating_add)
    }

    /// Bytes that all steps together send.
    pub fn bytes_sent(&self) -> u64 {
        let sends = self.steps.iter().map(|step| {
            if let StepKind::Send(send) = &step.does {
                send.len()
            } else {
                0
            }
        });
        sends.fold(0, u64::saturating_add)
    }

    /// The same scenario as if it stood nowhere: every step on line 0. For comparing two texts' scenarios.
    #[must_use]
    pub fn without_lines(&self) -> Self {
        let steps = self.steps.iter().cloned();
        Self {
            steps: steps.map(|step| Step { line: 0, ..step }).collect(),
            ..self.clone()
        }
    }

    /// The same scenario without anything that only people or tests read.
    ///
    /// A diagnosis of the blanked scenario's run must equal the original's.
    #[must_use]
    pub fn blanked(&self) -> Self {
        Self {
            title: String::new(),
            story: String::new(),
            fixed_by: None,
            expect: None,
            claims: Vec::new(),
            ..self.clone()
        }
    }
}

impl StepToml {
    fn written(self, span: std::ops::Range<usize>, line: usize) -> copies::Written {
        let Self {
            by,
            name,
            on,
            after,
            at_once,
            delay,
            process,
            each,
            does,
        } = self;
        let step = Step {
            by,
            name,
            on,
            after,
            at_once,
            delay,
            process,
            does,
            line,
        };
        copies::Written { step, each, span }
    }
}

#[cfg(test)]
mod tests;
