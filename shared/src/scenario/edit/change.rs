//! The changes themselves: fields of a step, steps of a story. Each is one [`Edit`].

use std::ops::Range;

use super::{Does, Edit, FieldText, StepText, Story};
use crate::order::sort_by_rank;
use crate::scenario::field::{self, Field, Presence, Takes};
use crate::scenario::steps::KindOfStep;

/// A field of a step, by whom it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// Every step has it: `name`, `delay`.
    OfStep(&'a str),
    /// The step's kind has it: `port`.
    OfKind(&'a str),
}

impl Name<'_> {
    /// What is known of it.
    fn described(self, step: &StepText) -> Option<&'static Field> {
        match self {
            Name::OfStep(name) => field::STEP.iter().find(|field| field.name == name),
            Name::OfKind(name) => step.known()?.field(name),
        }
    }
}

impl Takes {
    /// What was typed, as TOML. What is no number stays readable as a text, so that the story can still be shown.
    pub fn written(self, typed: &str) -> String {
        let typed = if self == Self::Text {
            typed
        } else {
            typed.trim()
        };
        let is_bare = match self {
            Self::Number { .. } | Self::Position(_) => {
                let digits = typed.strip_prefix('-').unwrap_or(typed);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
            Self::Flag => matches!(typed, "true" | "false"),
            Self::Text
            | Self::Duration
            | Self::Choice(_)
            | Self::Endpoint
            | Self::StepName
            | Self::Table => false,
        };
        if is_bare {
            typed.to_owned()
        } else {
            quoted(typed)
        }
    }
}

/// A text as a TOML string on one line.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            _ if u32::from(letter) < 32 || letter == '\u{7f}' => {
                quoted.push_str("\\u00");
                let code = u32::from(letter);
                quoted.extend(char::from_digit(code / 16, 16));
                quoted.extend(char::from_digit(code % 16, 16));
            }
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A text for a field of one line: line ends and their like as `\n`, and a `\` doubled where it would be read as one.
pub fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            '\\' if letters
                .peek()
                .is_some_and(|next| "nrt\\\n\r\t".contains(*next)) =>
            {
                line.push_str("\\\\");
            }
            _ => line.push(letter),
        }
    }
    line
}

/// The text that such a line stands for.
pub fn from_one_line(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('\\') => text.push('\\'),
            other => {
                text.push('\\');
                text.extend(other);
            }
        }
    }
    text
}

impl Story {
    /// Sets one of the scenario's own fields, like `title`; an empty text takes an optional one away.
    pub fn set_own(&self, text: &str, name: &str, typed: &str) -> Edit {
        let known = self.fields.iter().find(|field| field.name == name);
        let value = quoted(typed);
        match known {
            Some(field) if typed.is_empty() && name != "title" => without_line(text, &field.entry),
            Some(field) => replace(&field.place, value),
            None => {
                let after = self.fields.iter().find(|field| field.name == "title");
                let line = format!("{name} = {value}");
                match after {
                    Some(title) => line_after(text, title.entry.end, &line),
                    None => replace(&(0..0), line + "\n"),
                }
            }
        }
    }

    /// Sets how often an endpoint of `[copies]` is there.
    pub fn set_copies(&self, name: &str, typed: &str) -> Option<Edit> {
        let field = self.copies.iter().find(|field| field.name == name)?;
        Some(replace(&field.place, typed.to_owned()))
    }

    /// Sets or takes away a field of a step. A field of which only one may be there replaces the others.
    pub fn set(
        &self,
        text: &str,
        step: usize,
        name: Name<'_>,
        typed: Option<&str>,
    ) -> Option<Edit> {
        let at = self.steps.get(step)?;
        let field = name.described(at);
        let (name, is_common) = match name {
            Name::OfStep(name) => (name, true),
            Name::OfKind(name) => (name, false),
        };
        let value = typed.map(|typed| {
            field
                .map_or(Takes::Text, |field| field.takes)
                .written(typed)
        });
        let mut edits = Vec::new();
        if is_common {
            let known = at.common.iter().find(|field| field.name == name);
            if let (true, Some(known), Some(typed)) = (name == "name", known, typed) {
                self.rename(at.by(), &known.value, typed, &mut edits);
            }
            edits.push(match (known, value) {
                (Some(known), Some(value)) => replace(&known.place, value),
                (Some(known), None) => without_line(text, &known.entry),
                (None, Some(value)) => at.with_common(text, &format!("{name} = {value}")),
                (None, None) => return None,
            });
        } else {
            let rivals = at.fields.iter().filter(|other| {
                let word =
                    |name: &str| Name::OfKind(name).described(at).map(|field| field.presence);
                value.is_some()
                    && other.name != name
                    && matches!(word(name), Some(Presence::OneOf(_)))
                    && word(&other.name) == word(name)
            });
            let rivals: Vec<&FieldText> = rivals.collect();
            edits.push(at.set_own(text, name, value.as_deref(), &rivals)?);
        }
        Some(joined(text, edits))
    }

    /// The same names where `on`, `after` and `returns` mean this step.
    fn rename(&self, by: &str, old: &str, new: &str, edits: &mut Vec<Edit>) {
        for field in self.steps.iter().flat_map(|step| &step.common) {
            if matches!(field.name.as_str(), "on" | "after") && field.value == old {
                edits.push(replace(&field.place, quoted(new)));
            }
        }
        for field in &self.returns {
            if field.name.split_once('.') == Some((by, old)) {
                // The name stands in quotes, for it holds a point.
                let key = field.entry.start..field.entry.start + field.name.len() + 2;
                edits.push(replace(&key, quoted(&format!("{by}.{new}"))));
            }
        }
    }

    /// Makes the step do something else, with the fields that the new kind must have.
    pub fn set_kind(&self, text: &str, step: usize, kind: &KindOfStep) -> Option<Edit> {
        let at = self.steps.get(step)?;
        let first = kind.first_text();
        Some(match &at.does {
            Does::Word(entry) | Does::Inline { entry, .. } => replace(entry, first),
            Does::Nothing => at.with_common(text, &first),
            Does::Dotted => {
                let mut lines = at.fields.iter();
                let entry = &lines.next()?.entry;
                let mut edits = vec![replace(entry, first)];
                edits.extend(lines.map(|field| without_line(text, &field.entry)));
                joined(text, edits)
            }
            // From the header to the end: the line goes above it, to the fields of every step.
            Does::Headed(end) => {
                let header = super::line_start(text, *end);
                replace(&(header..at.span.end), first)
            }
        })
    }

    /// Adds a step before the one of that number, or at the end.
    pub fn insert(&self, text: &str, before: usize, step: &str) -> Edit {
        if let Some(next) = self.steps.get(before) {
            return replace(&(next.span.start..next.span.start), format!("{step}\n\n"));
        }
        let end = match self.steps.last() {
            Some(last) => line_end(text, last.span.end),
            None => self
                .fields
                .iter()
                .map(|field| line_end(text, field.entry.end))
                .max()
                .unwrap_or(0),
        };
        let gap = if end == 0 { "" } else { "\n\n" };
        replace(&(end..end), format!("{gap}{step}"))
    }

    /// A step to add: who, and what.
    pub fn new_step(by: &str, kind: &KindOfStep) -> String {
        format!("[[steps]]\nby = {}\n{}", quoted(by), kind.first_text())
    }

    /// Takes a step away, with the comments directly above it.
    pub fn remove(&self, text: &str, step: usize) -> Option<Edit> {
        let span = self.steps.get(step)?.span.clone();
        let end = line_end(text, span.end);
        let rest = text.get(end..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        if blank < rest.len() {
            // Indentation of what follows is its own.
            let blank = rest
                .get(..blank)
                .and_then(|gap| gap.rfind('\n'))
                .map_or(blank, |at| at + 1);
            return Some(replace(&(span.start..end + blank), String::new()));
        }
        let before = text.get(..span.start).unwrap_or_default().trim_end().len();
        let with = if before == 0 || blank == 0 { "" } else { "\n" };
        Some(replace(&(before..text.len()), with.to_owned()))
    }

    /// Puts a step where another stands. What is between two steps stays between them.
    pub fn shift(&self, text: &str, from: usize, to: usize) -> Option<Edit> {
        let (first, last) = (from.min(to), from.max(to));
        let steps = self.steps.get(first..=last)?;
        let mut order: Vec<usize> = (first..=last).collect();
        if from < to {
            order.rotate_left(1);
        } else {
            order.rotate_right(1);
        }
        let mut with = String::new();
        let mut at = steps.first()?.span.start;
        let whole = at..line_end(text, steps.last()?.span.end);
        for (place, step) in steps.iter().zip(order) {
            let moved = &self.steps.get(step)?.span;
            with.push_str(text.get(at..place.span.start)?);
            with.push_str(text.get(moved.start..line_end(text, moved.end))?);
            at = line_end(text, place.span.end);
        }
        Some(replace(&whole, with))
    }

    /// Adds the same step once more after it, under another name.
    pub fn duplicate(&self, text: &str, step: usize) -> Option<Edit> {
        let at = self.steps.get(step)?;
        let end = line_end(text, at.span.end);
        let mut copy = text.get(at.span.start..end)?.to_owned();
        if let Some(name) = at.common.iter().find(|field| field.name == "name") {
            let taken = |new: &String| self.steps.iter().any(|step| step.value("name") == new);
            let new = (2..=self.steps.len() + 2)
                .map(|number| format!("{}-{number}", name.value))
                .find(|new| !taken(new));
            let place = name.place.start - at.span.start..name.place.end - at.span.start;
            copy = replace(&place, quoted(&new?)).apply(&copy);
        }
        Some(replace(&(end..end), format!("\n\n{copy}")))
    }
}

impl StepText {
    /// A line for every step: below `by`, else below the header.
    fn with_common(&self, text: &str, line: &str) -> Edit {
        let by = self.common.iter().find(|field| field.name == "by");
        line_after(text, by.map_or(self.header, |by| by.entry.end), line)
    }

    /// Sets or takes away a field of the kind, and takes its rivals away.
    fn set_own(
        &self,
        text: &str,
        name: &str,
        value: Option<&str>,
        rivals: &[&FieldText],
    ) -> Option<Edit> {
        let known = self.field(name);
        match (known, value) {
            (None, None) => return None,
            (Some(known), Some(value)) if rivals.is_empty() => {
                return Some(replace(&known.place, value.to_owned()));
            }
            _ => {}
        }
        let new = value.map(|value| format!("{name} = {value}"));
        // The new field takes a rival's place.
        let (swapped, gone) = match (&new, rivals.split_first()) {
            (Some(_), Some((first, others))) if known.is_none() => (Some(*first), others.to_vec()),
            (Some(_), _) => (None, rivals.to_vec()),
            (None, _) => (None, known.into_iter().collect()),
        };
        let mut edits = Vec::new();
        match &self.does {
            Does::Nothing => return None,
            Does::Word(entry) => {
                edits.push(replace(entry, format!("do.{} = {{ {} }}", self.kind, new?)));
            }
            Does::Inline { entry, .. } if new.is_none() && self.fields.len() == 1 => {
                edits.push(replace(entry, format!("do = {}", quoted(&self.kind))));
            }
            Does::Inline { braces, .. } => {
                for field in &gone {
                    edits.push(replace(
                        &with_comma(text, &field.entry, braces),
                        String::new(),
                    ));
                }
                match (swapped, known, new) {
                    (Some(rival), _, Some(new)) => edits.push(replace(&rival.entry, new)),
                    (None, Some(known), _) if value.is_some() => {
                        edits.push(replace(&known.place, value?.to_owned()));
                    }
                    (None, None, Some(new)) => edits.push(match self.fields.last() {
                        Some(last) => {
                            replace(&(last.entry.end..last.entry.end), format!(", {new}"))
                        }
                        None => replace(braces, format!("{{ {new} }}")),
                    }),
                    _ => {}
                }
            }
            Does::Dotted | Does::Headed(_) => {
                let is_last = new.is_none() && self.fields.len() == 1 && self.does == Does::Dotted;
                if let (true, Some(known)) = (is_last, known) {
                    return Some(replace(
                        &known.entry,
                        format!("do = {}", quoted(&self.kind)),
                    ));
                }
                edits.extend(gone.iter().map(|field| without_line(text, &field.entry)));
                let (prefix, header) = match self.does {
                    Does::Headed(end) => (String::new(), end),
                    Does::Dotted | Does::Inline { .. } | Does::Nothing | Does::Word(_) => {
                        (format!("do.{}.", self.kind), self.header)
                    }
                };
                match (swapped, known, new) {
                    (Some(rival), _, Some(new)) => edits.push(replace(&rival.entry, prefix + &new)),
                    (None, Some(known), _) if value.is_some() => {
                        edits.push(replace(&known.place, value?.to_owned()));
                    }
                    (None, None, Some(new)) => {
                        let after = self.fields.last().map_or(header, |last| last.entry.end);
                        edits.push(line_after(text, after, &(prefix + &new)));
                    }
                    _ => {}
                }
            }
        }
        Some(joined(text, edits))
    }
}

fn replace(span: &Range<usize>, with: String) -> Edit {
    Edit {
        span: span.clone(),
        with,
    }
}

/// Several edits of different places as one.
fn joined(text: &str, mut edits: Vec<Edit>) -> Edit {
    sort_by_rank(&mut edits, |edit| (edit.span.start as u64, 0));
    let start = edits.first().map_or(0, |edit| edit.span.start);
    let mut end = start;
    let mut with = String::new();
    for edit in edits {
        with.push_str(text.get(end..edit.span.start).unwrap_or_default());
        with.push_str(&edit.with);
        end = edit.span.end;
    }
    Edit {
        span: start..end,
        with,
    }
}

/// The end of the line that holds this byte, before its line break. A comment after a value goes with it.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// A new line below the one that holds this byte, as far to the right.
fn line_after(text: &str, at: usize, line: &str) -> Edit {
    let end = line_end(text, at);
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let indent = text
        .get(start..super::line_start(text, at))
        .unwrap_or_default();
    replace(&(end..end), format!("\n{indent}{line}"))
}

/// Takes a line away, or only its entry where a comment follows.
fn without_line(text: &str, entry: &Range<usize>) -> Edit {
    let end = line_end(text, entry.end);
    let rest = text.get(entry.end..end).unwrap_or_default();
    let start = super::line_start(text, entry.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    if rest.trim().is_empty() {
        let break_len = text.get(end..).unwrap_or_default();
        let break_len = break_len.find('\n').map_or(0, |at| at + 1);
        return replace(&(line..end + break_len), String::new());
    }
    replace(
        &(start..entry.end + rest.len() - rest.trim_start().len()),
        String::new(),
    )
}

/// An entry of an inline table with one of the commas beside it.
fn with_comma(text: &str, entry: &Range<usize>, braces: &Range<usize>) -> Range<usize> {
    let after = text.get(entry.end..braces.end).unwrap_or_default();
    let spaces = after.len() - after.trim_start().len();
    if after.trim_start().starts_with(',') {
        let rest = after.get(spaces + 1..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        return entry.start..entry.end + spaces + 1 + gap;
    }
    let before = text
        .get(braces.start..entry.start)
        .unwrap_or_default()
        .trim_end();
    match before.strip_suffix(',') {
        Some(before) => braces.start + before.len()..entry.end,
        None => entry.clone(),
    }
}
