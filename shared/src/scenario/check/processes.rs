//! Refuses what processes cannot do: a step of one that has ended, threads of threads, a descriptor handed to itself.

use std::collections::BTreeMap;

use crate::scenario::steps::StepKind;
use crate::scenario::{OUTSIDE, Order, Scenario, Step, limits};

/// Whose endpoints are threads of which process, and which processes have ended by a point of the list.
pub(super) struct Processes<'a> {
    of: BTreeMap<&'a str, &'a str>,
    /// By process, the number of the step that ended it, from 1, and that step's word.
    ended: BTreeMap<&'a str, (usize, &'static str)>,
    order: Order,
}

impl<'a> Processes<'a> {
    /// Everything that the whole list says of processes.
    pub(super) fn of(scenario: &'a Scenario) -> Result<Self, String> {
        let programs = scenario.processes();
        let of: BTreeMap<_, _> = programs
            .iter()
            .flat_map(|program| program.endpoints.iter().map(|name| (*name, program.name)))
            .collect();
        let real = programs.iter().filter(|program| program.ends).count();
        if real > limits::PROCESSES {
            return Err(format!(
                "{real} processes exit or are killed, expected at most {}",
                limits::PROCESSES
            ));
        }
        Ok(Self {
            of,
            ended: BTreeMap::new(),
            order: scenario.order,
        })
    }

    /// The process of an endpoint.
    pub(super) fn name(&self, endpoint: &'a str) -> &'a str {
        self.of.get(endpoint).copied().unwrap_or(endpoint)
    }

    /// Whether this step can come here; notes what it ends.
    pub(super) fn admit(&mut self, step: &'a Step, number: usize) -> Result<(), String> {
        if let Some(process) = &step.process {
            self.thread(&step.by, process)?;
        }
        let own = self.name(&step.by);
        if let Some((by, how)) = self.ended.get(own) {
            return Err(format!(
                "`{}` ended with its process at step {by} (`{how}`), expected no later step of it",
                step.by
            ));
        }
        if let StepKind::HandOver(hand_over) = &step.does {
            let to = self.known(&hand_over.to)?;
            if to == own {
                return Err(format!(
                    "`{}` is in the same process as `{}`, expected an endpoint of another one",
                    hand_over.to, step.by
                ));
            }
            if let Some((by, _)) = self.ended.get(to) {
                return Err(format!("`{}` ended at step {by}", hand_over.to));
            }
            if self.order == Order::Free {
                return Err("`hand_over` needs the order `listed`, found `free`".to_owned());
            }
        } else if let StepKind::Exit(_) = &step.does {
            self.ended.insert(own, (number, "exit"));
        } else if let StepKind::Kill(kill) = &step.does {
            if step.by != OUTSIDE {
                return Err(format!(
                    "`kill` is done by `{OUTSIDE}`, found `{}`; a program ends itself by `exit`",
                    step.by
                ));
            }
            let killed = self.known(&kill.endpoint)?;
            if let Some((by, how)) = self.ended.insert(killed, (number, "kill")) {
                return Err(format!(
                    "`{}` has ended at step {by} (`{how}`) already",
                    kill.endpoint
                ));
            }
        }
        Ok(())
    }

    /// The process of an endpoint that must be one of the scenario's.
    fn known(&self, endpoint: &'a str) -> Result<&'a str, String> {
        let process = self.of.get(endpoint).copied();
        process.ok_or_else(|| format!("`{endpoint}` is no endpoint of this scenario"))
    }

    fn thread(&self, endpoint: &str, process: &str) -> Result<(), String> {
        if endpoint == OUTSIDE {
            return Err(format!("`{OUTSIDE}` is no thread of a process"));
        }
        let found = self.of.get(endpoint).copied().unwrap_or(endpoint);
        if found != process {
            return Err(format!(
                "`{endpoint}` is a thread of `{found}` by an earlier step, found `{process}`"
            ));
        }
        match self.of.get(process) {
            Some(own) if *own == process => Ok(()),
            Some(own) => Err(format!(
                "`{process}` is itself a thread of `{own}`, expected process = \"{own}\""
            )),
            None => Err(format!(
                "process `{process}` is no endpoint of this scenario"
            )),
        }
    }
}
