//! A scenario back into text: everything but comments, defaults left out.
//!
//! Knows the fields of a scenario and of a step; what a kind of step holds, its own type writes.

use super::error::ScenarioError;
use super::steps::StepKind;
use super::{Order, Scenario, Step};
use crate::tree::{self, Refused, Value};

/// Why a scenario cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A type of ours writes what no text holds: a fault of this program.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The text would be refused, because it is longer than a scenario's may be.
    #[error("the scenario as text cannot be read back: {0}")]
    Unreadable(ScenarioError),
    /// The text would be read as another scenario: a fault of this program.
    #[error("the scenario as text would be another one")]
    Different,
}

impl Scenario {
    /// The scenario as TOML, which reads as the same scenario: proved before it is given.
    ///
    /// # Errors
    /// [`WriteError`]; never a text that means something else.
    pub fn to_toml(&self) -> Result<String, WriteError> {
        let toml = self.to_tree()?.to_toml();
        match Self::parse(&toml) {
            Ok(read) if read.without_lines() == self.without_lines() => Ok(toml),
            Ok(_) => Err(WriteError::Different),
            Err(error) => Err(WriteError::Unreadable(error)),
        }
    }

    /// A text's own values, as they are spelled there, without fields that say what is so anyway.
    ///
    /// # Errors
    /// The text's first mistake.
    pub(crate) fn compact(text: &str) -> Result<Value, ScenarioError> {
        Self::parse(text)?;
        let mut value =
            tree::toml_value(text).map_err(|error| ScenarioError::read(text, &error))?;
        value.change("steps", &mut |step| {
            step.change("do", &mut |does| *does = StepKind::compact(does));
        });
        Ok(value)
    }

    /// The scenario as values, fields in the order of the reference, defaults left out.
    pub(crate) fn to_tree(&self) -> Result<Value, Refused> {
        let mut fields = vec![("title", Value::text(&self.title))];
        if !self.story.is_empty() {
            fields.push(("story", Value::text(&self.story)));
        }
        if let Some(fixed_by) = &self.fixed_by {
            fields.push(("fixed_by", Value::text(fixed_by)));
        }
        if !self.machine.is_empty() {
            fields.push(("machine", tree::from_type(&self.machine)?));
        }
        if self.order != Order::default() {
            fields.push(("order", tree::from_type(&self.order)?));
        }
        let steps = self.steps.iter().map(Step::to_tree);
        fields.push(("steps", Value::list(steps.collect::<Result<_, _>>()?)));
        if let Some(expect) = &self.expect {
            fields.push(("expect", tree::from_type(expect)?));
        }
        if !self.claims.is_empty() {
            fields.push(("claims", tree::from_type(&self.claims)?));
        }
        Ok(Value::table(fields))
    }
}

impl Step {
    fn to_tree(&self) -> Result<Value, Refused> {
        let Self {
            by,
            name,
            on,
            after,
            at_once,
            delay,
            process,
            does,
            line: _,
        } = self;
        let mut fields = vec![("by", Value::text(by))];
        let references = [
            ("process", process),
            ("name", name),
            ("on", on),
            ("after", after),
        ];
        for (field, text) in references {
            if let Some(text) = text {
                fields.push((field, Value::text(text)));
            }
        }
        if *at_once {
            fields.push(("at_once", Value::truth(true)));
        }
        if let Some(delay) = delay {
            fields.push(("delay", tree::from_type(delay)?));
        }
        fields.push(("do", does.to_tree()?));
        Ok(Value::table(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_laid_out_as_people_write_it() {
        let text = "claims = [{ holds = true, text = 'it \"says\"', returns = {'a.reply' = 3} }]\n\
            steps = [{ do.listen = { port = 8080, backlog = 1 }, by = \"b\" },\n\
            { by = \"a\", delay = \"0.5s\", do.connect = {} },\n\
            { by = \"a\", name = \"reply\", at_once = true, do = { receive = { at_most = 5, peek = false } } }]\n\
            title = \"A\\u202Eb\\nc\"";
        let expected = r#"title = "A\u202eb\nc"

[[steps]]
by = "b"
do.listen = { backlog = 1 }

[[steps]]
by = "a"
delay = "500ms"
do = "connect"

[[steps]]
by = "a"
name = "reply"
at_once = true
do.receive = { at_most = 5 }

[[claims]]
text = "it \"says\""
returns."a.reply" = 3
holds = true
"#;
        assert_eq!(Scenario::parse(text).unwrap().to_toml().unwrap(), expected);
    }

    #[test]
    fn an_empty_expectation_stays_one() {
        let text = "title = \"x\"\n[[steps]]\nby = \"a\"\ndo = \"connect\"\n[expect]\n";
        let toml = Scenario::parse(text).unwrap().to_toml().unwrap();
        assert!(toml.ends_with("\n[expect]\n"), "{toml}");
    }
}
