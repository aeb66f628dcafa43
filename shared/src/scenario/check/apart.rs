//! Refuses what does not go with a process whose descriptors are limited, or in which a thread waits inside a call.

use std::collections::BTreeSet;

use crate::scenario::Scenario;
use crate::scenario::Step;
use crate::scenario::steps::StepKind;
use crate::scenario::steps::close::What;

/// The processes that need care, by name.
pub(super) struct Apart<'a> {
    limited: BTreeSet<&'a str>,
    blocking: BTreeSet<&'a str>,
}

impl<'a> Apart<'a> {
    /// Everything that the whole list says of them; `process` gives an endpoint's process.
    pub(super) fn of(scenario: &'a Scenario, process: impl Fn(&'a str) -> &'a str) -> Self {
        let of = |fits: &dyn Fn(&Step) -> bool| {
            let steps = scenario.steps.iter().filter(|step| fits(step));
            steps.map(|step| process(&step.by)).collect()
        };
        Self {
            limited: of(&|step| matches!(step.does, StepKind::LimitDescriptors(_))),
            blocking: of(&Step::blocks),
        }
    }

    /// Whether this step of that process can be carried out truly; `to` is the process it gives something to.
    pub(super) fn admit(&self, step: &Step, own: &str, to: Option<&str>) -> Result<(), String> {
        let is_limit = matches!(step.does, StepKind::LimitDescriptors(_));
        let also_blocks = is_limit && self.blocking.contains(own);
        if also_blocks || (step.blocks() && self.limited.contains(own)) {
            return Err(format!(
                "`limit_descriptors` and `blocks` do not go together in one process (`{own}`): waiting takes a \
                 descriptor that its program would not have"
            ));
        }
        let StepKind::HandOver(hand_over) = &step.does else {
            return Ok(());
        };
        let concerned =
            |of: &BTreeSet<&str>| of.contains(own) || to.is_some_and(|to| of.contains(to));
        if concerned(&self.limited) {
            return Err(
                "`hand_over` does not go with `limit_descriptors` at either end".to_owned(),
            );
        }
        if hand_over.what == What::Connection && concerned(&self.blocking) {
            return Err(
                "`hand_over` of a connection does not go with `blocks` at either end: which `close` is the last \
                 could not be told"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::Scenario;
    use crate::scenario::error::ScenarioError;

    /// The error of a story that begins with a connection, its line 11 being the first of these steps.
    fn read(steps: &str) -> Result<Scenario, ScenarioError> {
        let text = "title = \"t\"\n[[steps]]\nby = \"s\"\ndo = \"listen\"\n[[steps]]\nby = \"c\"\ndo = \"connect\"\n\
            [[steps]]\nby = \"s\"\ndo = \"accept\"\n"
            .to_owned()
            + steps;
        Scenario::parse(&text)
    }

    fn refused(steps: &str) -> (usize, String) {
        let error = read(steps).unwrap_err();
        (error.line, error.message)
    }

    const LIMIT: &str = "[[steps]]\nby = \"s\"\ndo = \"limit_descriptors\"\n";
    const BLOCKS: &str = "[[steps]]\nby = \"t\"\nprocess = \"s\"\ndo.receive = { blocks = true }\n";

    #[test]
    fn what_would_not_be_true_is_refused_at_its_line() {
        let give = |to: &str, what: &str| {
            format!(
                "[[steps]]\nby = \"s\"\ndo.hand_over = {{ to = \"{to}\", what = \"{what}\" }}\n"
            )
        };
        let other = "[[steps]]\nby = \"x\"\ndo = \"sample\"\n";
        for (steps, line, expected) in [
            (format!("{LIMIT}{BLOCKS}"), 11, "do not go together"),
            (format!("{BLOCKS}{LIMIT}"), 11, "do not go together"),
            (
                format!("{other}{}{LIMIT}", give("x", "listener")),
                14,
                "`hand_over` does not go with `limit_descriptors`",
            ),
            (
                format!("{other}{}{BLOCKS}", give("x", "connection")),
                14,
                "`hand_over` of a connection does not go with `blocks`",
            ),
        ] {
            let (found, message) = refused(&steps);
            assert_eq!(found, line, "{message}");
            assert!(message.contains(expected), "{message}");
        }
        assert!(read(&format!("{other}{}{BLOCKS}", give("x", "listener"))).is_ok());
    }

    #[test]
    fn fields_that_cannot_be_are_refused_at_their_line() {
        for (step, expected) in [
            (
                "do.limit_descriptors = { spare = 501 }",
                "spare is 501, expected 0 to 500",
            ),
            (
                "do.limit_descriptors = { spare = -1 }",
                "expected a whole number from 0 to 4294967295",
            ),
            (
                "do.receive = { blocks = true, exactly = 4 }",
                "`blocks` goes with `at_most` only",
            ),
            (
                "do.receive = { blocks = true, timeout = \"1ms\" }",
                "`blocks` goes with `at_most` only",
            ),
            (
                "do.receive = { blocks = true, peek = true }",
                "`blocks` goes with `at_most` only",
            ),
        ] {
            let (line, message) = refused(&format!("[[steps]]\nby = \"s\"\n{step}\n"));
            assert!((11..=13).contains(&line), "{line}");
            assert!(message.contains(expected), "{message}");
        }
        let outside = refused("[[steps]]\nby = \"outside\"\ndo = \"limit_descriptors\"\n");
        assert!(outside.1.contains("`outside` cannot limit_descriptors"));
    }

    #[test]
    fn both_need_a_process_of_their_own() {
        for steps in [LIMIT, BLOCKS] {
            let scenario = read(steps).unwrap();
            let programs = scenario.processes();
            let children: Vec<_> = programs.iter().filter(|program| program.is_child).collect();
            assert_eq!(children.len(), 1);
            assert_eq!(children[0].name, "s");
        }
    }
}
