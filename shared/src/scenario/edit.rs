//! Changes of a scenario's text that leave every other byte as it was: comments, order, layout.
//!
//! Works on the text's parts and their places, so it also serves scenarios that cannot be carried out yet.

pub mod change;

use std::ops::Range;

use super::error::ScenarioError;
use super::steps::KindOfStep;
use crate::tree::{self, Key, Value};

/// Some bytes of a text, and what comes in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Range<usize>,
    pub with: String,
}

impl Edit {
    /// The text after the edit; unchanged where the bytes are not the text's.
    pub fn apply(&self, text: &str) -> String {
        let Range { start, end } = self.span;
        match (text.get(..start), text.get(end..)) {
            (Some(before), Some(after)) => [before, &self.with, after].concat(),
            _ => text.to_owned(),
        }
    }
}

/// The parts of a scenario's text that a story view shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The scenario's own fields, without steps and other tables.
    pub fields: Vec<FieldText>,
    pub steps: Vec<StepText>,
    /// The endpoints of `[copies]`, each with its number.
    pub copies: Vec<FieldText>,
    /// The keys `endpoint.step` of `[expect]` and of claims.
    returns: Vec<FieldText>,
}

/// One step in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepText {
    /// From the comments above its header to its last value, without the end of the line.
    pub span: Range<usize>,
    /// Where its header ends.
    header: usize,
    /// The word after `do`; empty when there is none.
    pub kind: String,
    /// `by`, `name` and the others that every step may have.
    pub common: Vec<FieldText>,
    /// The fields of its kind.
    pub fields: Vec<FieldText>,
    does: Does,
}

/// One field in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldText {
    pub name: String,
    /// A text's characters; any other value as it is written.
    pub value: String,
    /// Name and value.
    entry: Range<usize>,
    /// The value as it is written.
    place: Range<usize>,
}

/// How a step says what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Does {
    Nothing,
    /// `do = "close"`: name and value.
    Word(Range<usize>),
    /// `do.send = { … }`, or `do = { send = { … } }`.
    Inline {
        entry: Range<usize>,
        /// The braces.
        braces: Range<usize>,
    },
    /// `do.send.text = …`, one line each.
    Dotted,
    /// `[steps.do.send]`; where the header ends.
    Headed(usize),
}

impl Story {
    /// Reads the parts.
    ///
    /// # Errors
    /// The text is no TOML, or its steps do not have a header each.
    pub fn read(text: &str) -> Result<Self, ScenarioError> {
        let root = tree::toml_value(text).map_err(|error| ScenarioError::read(text, &error))?;
        let mut steps = Vec::new();
        if let Some((key, list)) = root.field("steps") {
            if !list.has_headers() {
                let message = "the steps are one value, expected `[[steps]]` above each, which the story view can change";
                return Err(ScenarioError::at(
                    text,
                    key.span.clone(),
                    message.to_owned(),
                ));
            }
            steps.extend(list.items().iter().map(|step| StepText::read(text, step)));
        }
        let expect = root.field("expect").into_iter().map(|(_, expect)| expect);
        let claims = root
            .field("claims")
            .into_iter()
            .flat_map(|(_, list)| list.items());
        let returns = expect
            .chain(claims)
            .filter_map(|table| table.field("returns"));
        let returns = returns.flat_map(|(_, table)| table.fields());
        let copies = root.field("copies");
        let copies = copies.map(|(_, table)| own_fields(text, table.fields()));
        Ok(Self {
            fields: own_fields(text, root.fields()),
            steps,
            copies: copies.unwrap_or_default(),
            returns: returns
                .map(|(key, value)| FieldText::read(text, key, value))
                .collect(),
        })
    }

    /// The value of one of the scenario's own fields.
    pub fn value(&self, name: &str) -> &str {
        value_of(&self.fields, name)
    }

    /// The endpoints in order of appearance.
    pub fn endpoints(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for by in self.steps.iter().map(StepText::by) {
            if !by.is_empty() && !names.contains(&by) {
                names.push(by);
            }
        }
        names
    }

    /// The step that holds this byte.
    pub fn step_at(&self, byte: usize) -> Option<usize> {
        self.steps
            .iter()
            .position(|step| step.span.start <= byte && byte <= step.span.end)
    }
}

impl StepText {
    fn read(text: &str, step: &Value) -> Self {
        let end = last_byte(step);
        let does = step.field("do");
        let kind = does.and_then(|(_, does)| does.fields().first());
        let word = does.and_then(|(_, does)| does.as_text());
        let shape = match (does, kind) {
            (Some((key, value)), None) => Does::Word(key.span.start..value.span.end),
            (Some((key, value)), Some((_, fields))) => {
                let braces = fields.span.clone();
                let entry = key.span.start..braces.end.max(value.span.end);
                match text.as_bytes().get(braces.start) {
                    Some(b'{') => Does::Inline { entry, braces },
                    Some(b'[') => Does::Headed(braces.end),
                    _ => Does::Dotted,
                }
            }
            (None, _) => Does::Nothing,
        };
        let mut fields = Vec::new();
        if let Some((_, table)) = kind {
            fields = own_fields(text, table.fields());
            if shape == Does::Dotted {
                for field in &mut fields {
                    field.entry.start = line_start(text, field.entry.start);
                }
            }
        }
        Self {
            span: with_comments(text, step.span.start)..end,
            header: step.span.end,
            kind: word.map_or_else(
                || kind.map(|(key, _)| key.name.clone()).unwrap_or_default(),
                str::to_owned,
            ),
            common: own_fields(text, step.fields()),
            fields,
            does: shape,
        }
    }

    /// The endpoint.
    pub fn by(&self) -> &str {
        self.value("by")
    }

    /// A field's value as shown, be it of every step or of the kind; empty without one.
    pub fn value(&self, name: &str) -> &str {
        value_of(&self.common, name)
    }

    /// The field of its kind.
    pub fn field(&self, name: &str) -> Option<&FieldText> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What is known of the kind; `None` when there is no such kind.
    pub fn known(&self) -> Option<&'static KindOfStep> {
        KindOfStep::of(&self.kind)
    }
}

impl FieldText {
    fn read(text: &str, key: &Key, value: &Value) -> Self {
        let place = value.span.clone();
        let written = text.get(place.clone()).unwrap_or_default();
        Self {
            name: key.name.clone(),
            value: value.as_text().unwrap_or(written).to_owned(),
            entry: key.span.start..place.end,
            place,
        }
    }
}

/// The fields that are no tables.
fn own_fields(text: &str, fields: &[(Key, Value)]) -> Vec<FieldText> {
    let plain = fields.iter().filter(|(key, value)| {
        value.fields().is_empty() && value.items().is_empty() && key.name != "do"
    });
    plain
        .map(|(key, value)| FieldText::read(text, key, value))
        .collect()
}

fn value_of<'a>(fields: &'a [FieldText], name: &str) -> &'a str {
    let field = fields.iter().find(|field| field.name == name);
    field.map_or("", |field| &field.value)
}

/// The end of a value and of all that headers and dotted names put below it.
fn last_byte(value: &Value) -> usize {
    let below = value.fields().iter().map(|(_, value)| last_byte(value));
    below.fold(value.span.end, usize::max)
}

/// Where the first word of a line stands.
fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let rest = text.get(line..).unwrap_or_default();
    line + (rest.len() - rest.trim_start_matches([' ', '\t']).len())
}

/// Where the comments begin that stand directly above a line.
fn with_comments(text: &str, at: usize) -> usize {
    let mut start = at;
    loop {
        let before = text.get(..start).unwrap_or_default();
        let Some(line) = before
            .strip_suffix('\n')
            .map(|before| before.rsplit('\n').next().unwrap_or(before))
        else {
            return start;
        };
        let is_comment = line.trim_start().starts_with('#');
        // The comment that opens the file is about the file.
        if !is_comment || line.len() + 1 == start {
            return start;
        }
        start -= line.len() + 1;
    }
}

#[cfg(test)]
mod tests;
