//! `--vary PATH=FROM..TO`: the scenario's text with one field set to a value of a range.
//!
//! Sets the field in the text itself, so that every recording carries the scenario that was really run.

use super::amount::{Amount, Range};
use crate::recording::ScenarioText;
use crate::scenario::edit::change::Name;
use crate::scenario::edit::{StepText, Story};
use crate::scenario::field::{self, Field, Takes};
use crate::scenario::limits;
use crate::scenario::time::Span;
use crate::units::Nanos;

/// Most fields that an error lists.
const LISTED: usize = 24;

/// What is varied, and from where to where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vary {
    /// As it was written: `steps.reply.delay`.
    pub path: String,
    pub range: Range,
}

/// What a run at one value needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtValue {
    pub scenario: ScenarioText,
    /// A setting of the namespace and its value: `net.ipv4.tcp_fin_timeout`.
    pub sysctl: Option<(String, u64)>,
}

impl Vary {
    /// Reads `steps.reply.delay=0..5ms`.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (path, range) = text.split_once('=').ok_or_else(|| {
            format!("`{text}` has no `=`, expected PATH=FROM..TO like `steps.reply.delay=0..5ms`")
        })?;
        Ok(Self {
            path: path.trim().to_owned(),
            range: Range::parse(range.trim())?,
        })
    }

    /// The scenario with the field at this value, checked.
    ///
    /// # Errors
    /// What is wrong with the path or the value, and which fields can be varied.
    pub fn at(&self, scenario: &ScenarioText, value: Amount) -> Result<AtValue, String> {
        if let Some(name) = self.path.strip_prefix("sysctl.") {
            return self.sysctl(name, scenario, value);
        }
        let story = Story::read(&scenario.toml).map_err(|error| error.to_string())?;
        let refused = |what: String| format!("{what}; {}", listed(&variable(&story)));
        let toml = set(&story, &scenario.toml, &self.path, value)
            .map_err(|what| refused(format!("{}: {what}", self.path)))?;
        let text = ScenarioText {
            name: scenario.name.clone(),
            toml,
        };
        match text.parse() {
            Ok(_) => Ok(AtValue {
                scenario: text,
                sysctl: None,
            }),
            Err(error) => Err(refused(format!(
                "{} = {value}: {}",
                self.path, error.message
            ))),
        }
    }

    fn sysctl(
        &self,
        name: &str,
        scenario: &ScenarioText,
        value: Amount,
    ) -> Result<AtValue, String> {
        let fits = |part: &str| {
            let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            !part.is_empty() && part.chars().all(is_word)
        };
        if !(name.starts_with("net.") && name.split('.').all(fits)) {
            return Err(format!(
                "{}: expected a setting of the network, like `sysctl.net.ipv4.tcp_fin_timeout`",
                self.path
            ));
        }
        let Amount::Number(number) = value else {
            return Err(format!(
                "{} = {value}: a setting is a number, expected a range without a unit",
                self.path
            ));
        };
        Ok(AtValue {
            scenario: scenario.clone(),
            sysctl: Some((name.to_owned(), number)),
        })
    }
}

fn listed(fields: &[String]) -> String {
    let more = fields.len().saturating_sub(LISTED);
    let shown = fields.get(..fields.len().min(LISTED)).unwrap_or_default();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "can be varied: {}{rest}, the `delay` of any step, and `sysctl.net.…`",
        shown.join(", ")
    )
}

/// The text with the field set that a path names.
fn set(story: &Story, text: &str, path: &str, value: Amount) -> Result<String, String> {
    let parts: Vec<&str> = path.split('.').collect();
    if let ["copies", name] = parts.as_slice() {
        let edit = story.set_copies(name, &value.to_string());
        let edit = edit.ok_or_else(|| format!("`[copies]` has no `{name}`"))?;
        return Ok(edit.apply(text));
    }
    let ["steps", wanted, name] = parts.as_slice() else {
        let expected = "`steps.NAME_OR_NUMBER.FIELD`, `copies.ENDPOINT` or `sysctl.NAME`";
        return Err(format!("expected {expected}"));
    };
    let (place, step) = find_step(story, wanted)?;
    let field = field_of(step, name)?;
    if !is_variable(field.1) {
        let found = value_of(step, name);
        return Err(format!(
            "`{name}` is no number and no duration, found `{found}`"
        ));
    }
    let edit = story.set(text, place, field.0, Some(&value.to_string()));
    let edit = edit.ok_or_else(|| format!("`{name}` cannot be set in this text"))?;
    Ok(edit.apply(text))
}

/// The step of this name, or with this number, which counts from 1.
fn find_step<'a>(story: &'a Story, wanted: &str) -> Result<(usize, &'a StepText), String> {
    if wanted.is_empty() {
        // Every step without a name would answer to it.
        return Err("names no step, expected `steps.NAME_OR_NUMBER.FIELD`".to_owned());
    }
    let mut steps = story.steps.iter();
    let by_name = steps.position(|step| step.value("name") == wanted);
    let by_number = || wanted.parse::<usize>().ok()?.checked_sub(1);
    let place = by_name.or_else(by_number);
    if let Some((place, step)) = place.and_then(|place| Some((place, story.steps.get(place)?))) {
        return Ok((place, step));
    }
    let all = story.steps.iter().map(|step| step.value("name"));
    let given: Vec<_> = all.filter(|name| !name.is_empty()).collect();
    Err(format!(
        "no step `{wanted}`, expected a number from 1 to {} or a name ({})",
        story.steps.len(),
        given.join(", ")
    ))
}

/// What is known of a field of this step.
fn field_of<'n>(step: &StepText, name: &'n str) -> Result<(Name<'n>, &'static Field), String> {
    if let Some(field) = field::STEP.iter().find(|field| field.name == name) {
        return Ok((Name::OfStep(name), field));
    }
    let known = step.known();
    let field = known.and_then(|kind| kind.field(name));
    field
        .map(|field| (Name::OfKind(name), field))
        .ok_or_else(|| {
            let fields = known.map_or(&[][..], |kind| kind.fields);
            let names: Vec<_> = fields.iter().map(|field| field.name).collect();
            format!(
                "`{}` has no field `{name}`, expected `delay` or one of its own ({})",
                step.kind,
                names.join(", ")
            )
        })
}

fn is_variable(field: &Field) -> bool {
    match field.takes {
        Takes::Number { .. } | Takes::Duration | Takes::Position(_) => true,
        Takes::Text
        | Takes::Flag
        | Takes::Choice(_)
        | Takes::Endpoint
        | Takes::StepName
        | Takes::Table => false,
    }
}

/// Every path to a number or a duration of what a step does.
pub fn variable(story: &Story) -> Vec<String> {
    let copies = story.copies.iter();
    let mut paths: Vec<String> = copies
        .map(|field| format!("copies.{}", field.name))
        .collect();
    for (number, step) in story.steps.iter().enumerate() {
        let name = step_name(number, step);
        let kind = step.known().map_or(&[][..], |kind| kind.fields);
        for field in kind.iter().filter(|field| is_variable(field)) {
            paths.push(format!("steps.{name}.{}", field.name));
        }
    }
    paths
}

/// Settings of the namespace that stories turn on, with a range to begin with.
const SETTINGS: [(&str, &str); 4] = [
    ("sysctl.net.ipv4.tcp_abort_on_overflow", "0..1"),
    ("sysctl.net.ipv4.tcp_fin_timeout", "1..60"),
    ("sysctl.net.ipv4.tcp_max_orphans", "0..64"),
    ("sysctl.net.ipv4.tcp_rfc1337", "0..1"),
];

/// One number that can be varied, as a form offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub path: String,
    /// The step it belongs to, counted from 0; `None` for those of the whole scenario.
    pub step: Option<usize>,
    /// A range to begin with: `0..200us`.
    pub range: String,
}

/// Everything that can be varied in this story, in its order.
pub fn choices(story: &Story) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for (step, text) in story.steps.iter().enumerate() {
        let name = step_name(step, text);
        let kind = text.known().map_or(&[][..], |kind| kind.fields);
        let fields = field::STEP.iter().chain(kind);
        for field in fields.filter(|field| is_variable(field)) {
            choices.push(Choice {
                path: format!("steps.{name}.{}", field.name),
                step: Some(step),
                range: range_of(field, value_of(text, field.name)),
            });
        }
    }
    let own = |path: String, range: &str| Choice {
        path,
        step: None,
        range: range.to_owned(),
    };
    let copies = story.copies.iter();
    choices.extend(copies.map(|field| own(format!("copies.{}", field.name), "1..16")));
    choices.extend(SETTINGS.map(|(path, range)| own(path.to_owned(), range)));
    choices
}

/// What is varied first: in a race how long the first to send waits, else nothing.
pub fn first_choice(story: &Story) -> Option<String> {
    let is_race = story.value("order") == "free";
    let mut steps = story.steps.iter().enumerate();
    let (step, text) = steps.find(|(_, step)| is_race && step.kind == "send")?;
    Some(format!("steps.{}.delay", step_name(step, text)))
}

/// What a step says of a field, be it its kind's or every step's; empty when it is silent.
fn value_of<'a>(step: &'a StepText, name: &str) -> &'a str {
    let own = step.field(name).map(|field| field.value.as_str());
    own.unwrap_or_else(|| step.value(name))
}

/// A step's name, else its number from 1.
fn step_name(step: usize, text: &StepText) -> String {
    match text.value("name") {
        "" => (step + 1).to_string(),
        name => name.to_owned(),
    }
}

/// From nothing, or the least, to twice what is set.
fn range_of(field: &Field, value: &str) -> String {
    match field.takes {
        Takes::Number { least, most, .. } => {
            let least = u64::try_from(least).unwrap_or(0);
            let now = value.replace('_', "").parse::<u64>().unwrap_or(32);
            let to = now.saturating_mul(2).clamp(least, most.max(least));
            format!("{least}..{to}")
        }
        Takes::Duration => {
            let now = Span::parse(value).map_or(0, |span| span.0.0.saturating_mul(2));
            let longest = Nanos::from_millis(limits::SECONDS * 1000).0;
            if now == 0 {
                "0..200us".to_owned()
            } else {
                format!("0..{}", Span(Nanos(now.min(longest))))
            }
        }
        Takes::Position(_)
        | Takes::Text
        | Takes::Flag
        | Takes::Choice(_)
        | Takes::Endpoint
        | Takes::StepName
        | Takes::Table => "0..64".to_owned(),
    }
}

#[cfg(test)]
mod tests;
