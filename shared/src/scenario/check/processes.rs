//! Refuses what processes cannot do: a step of one that has ended, threads of threads, a descriptor handed to itself.

use std::collections::BTreeMap;

use super::apart::Apart;
use crate::scenario::steps::StepKind;
use crate::scenario::{OUTSIDE, Order, Scenario, Step, limits};

/// Whose endpoints are threads of which process, and which processes have ended by a point of the list.
pub(super) struct Processes<'a> {
    of: BTreeMap<&'a str, &'a str>,
    /// By process, the number of the step that ended it, from 1, and that step's word.
    ended: BTreeMap<&'a str, (usize, &'static str)>,
    order: Order,
    apart: Apart<'a>,
}

impl<'a> Processes<'a> {
    /// Everything that the whole list says of processes.
    pub(super) fn of(scenario: &'a Scenario) -> Result<Self, String> {
        let programs = scenario.processes();
        let of: BTreeMap<_, _> = programs
            .iter()
            .flat_map(|program| program.endpoints.iter().map(|name| (*name, program.name)))
            .collect();
        let real = programs.iter().filter(|program| program.is_child).count();
        if real > limits::PROCESSES {
            return Err(format!(
                "{real} processes end, limit their descriptors or block, expected at most {}",
                limits::PROCESSES
            ));
        }
        let apart = Apart::of(scenario, |endpoint| {
            of.get(endpoint).copied().unwrap_or(endpoint)
        });
        Ok(Self {
            apart,
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
        let gives_to = if let StepKind::HandOver(hand_over) = &step.does {
            Some(self.known(&hand_over.to)?)
        } else {
            None
        };
        self.apart.admit(step, own, gives_to)?;
        if let (StepKind::HandOver(hand_over), Some(to)) = (&step.does, gives_to) {
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

#[cfg(test)]
mod tests {
    use crate::scenario::Scenario;

    /// The error of a story of these steps, each `by: fields`.
    fn refused(order: &str, steps: &[&str]) -> String {
        let head = format!("title = \"t\"\norder = \"{order}\"\n");
        let steps = steps.iter().map(|step| {
            let (by, fields) = step.split_once(": ").unwrap();
            let fields = fields.replace("; ", "\n");
            format!("[[steps]]\nby = \"{by}\"\n{fields}\n")
        });
        let text = head + &steps.collect::<String>();
        let error = Scenario::parse(&text).map(drop);
        error.map_or_else(|error| error.message, |()| "nothing".to_owned())
    }

    #[test]
    fn what_a_process_cannot_do_is_refused() {
        let listen = "server: do = \"listen\"";
        for (steps, expected) in [
            (
                &[listen, "server: do = \"exit\"", "server: do = \"accept\""][..],
                "step 3: `server` ended with its process at step 2 (`exit`), expected no later step of it",
            ),
            (
                &[
                    listen,
                    "second: process = \"server\"; do = \"accept\"",
                    "outside: do.kill = { endpoint = \"second\" }",
                    "server: do = \"accept\"",
                ],
                "step 4: `server` ended with its process at step 3 (`kill`), expected no later step of it",
            ),
            (
                &[
                    listen,
                    "outside: do.kill = { endpoint = \"server\" }",
                    "outside: do.kill = { endpoint = \"server\" }",
                ],
                "step 3: `server` has ended at step 2 (`kill`) already",
            ),
            (
                &[listen, "outside: do.kill = { endpoint = \"sever\" }"],
                "step 2: `sever` is no endpoint of this scenario",
            ),
            (
                &[listen, "server: do.hand_over = { to = \"server\" }"],
                "step 2: `server` is in the same process as `server`, expected an endpoint of another one",
            ),
            (
                &[listen, "server: process = \"nobody\"; do = \"accept\""],
                "step 2: process `nobody` is no endpoint of this scenario",
            ),
            (
                &[
                    listen,
                    "a: process = \"server\"; do = \"accept\"",
                    "a: process = \"a\"; do = \"accept\"",
                ],
                "step 3: `a` is a thread of `server` by an earlier step, found `a`",
            ),
            (
                &[
                    listen,
                    "a: do = \"connect\"",
                    "server: do.exit = { code = 256 }",
                ],
                "invalid value: integer `256`, expected a whole number from 0 to 255",
            ),
            (
                &[
                    listen,
                    "outside: do.kill = { endpoint = \"server\", signal = \"SIGSTOP\" }",
                ],
                "unknown variant `SIGSTOP`, expected one of `SIGABRT`",
            ),
        ] {
            let found = refused("listed", steps);
            assert!(
                found.contains(expected),
                "found {found}, expected {expected}"
            );
        }
        let to = "server: do.hand_over = { to = \"b\" }";
        let steps = [listen, to, "b: do = \"accept\""];
        assert!(refused("free", &steps).contains("needs the order `listed`, found `free`"));
        assert_eq!(refused("listed", &steps), "nothing");
    }

    #[test]
    fn too_many_processes_are_refused() {
        let exits: Vec<String> = (0..101).map(|n| format!("e{n}: do = \"exit\"")).collect();
        let exits: Vec<&str> = exits.iter().map(String::as_str).collect();
        assert_eq!(
            refused("listed", &exits),
            "101 processes end, limit their descriptors or block, expected at most 100"
        );
    }

    #[test]
    fn only_what_the_story_ends_needs_a_process_of_its_own() {
        let text = "title = \"t\"\n[[steps]]\nby = \"a\"\ndo = \"listen\"\n[[steps]]\nby = \"b\"\n\
            process = \"a\"\ndo = \"exit\"\n[[steps]]\nby = \"c\"\ndo = \"connect\"";
        let scenario = Scenario::parse(text).unwrap();
        let programs = scenario.processes();
        let programs: Vec<_> = programs
            .iter()
            .map(|program| (program.name, program.endpoints.len(), program.is_child))
            .collect();
        assert_eq!(programs, [("a", 2, true), ("c", 1, false)]);
    }
}
