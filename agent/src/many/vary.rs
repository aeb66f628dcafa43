//! `--vary PATH=FROM..TO`: the scenario's text with one field set to each value of a range.
//!
//! Sets the field in the text itself, so that every recording carries the scenario that was really run.

use aftershake_shared::distribution::amount::{Amount, Range};
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::time::Span;
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::worker::protocol::{ManyBin, Sysctl};

/// Most fields that an error lists.
const LISTED: usize = 24;

/// What is varied, and from where to where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vary {
    /// As it was written: `steps.reply.delay`.
    pub path: String,
    pub range: Range,
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
        let range = Range::parse(range.trim())?;
        let path = path.trim().to_owned();
        Ok(Self { path, range })
    }

    /// The scenario with the field at this value, checked.
    ///
    /// # Errors
    /// What is wrong with the path or the value, and which fields can be varied.
    pub fn at(&self, scenario: &ScenarioText, value: Amount) -> Result<ManyBin, String> {
        if let Some(name) = self.path.strip_prefix("sysctl.") {
            return self.sysctl(name, scenario, value);
        }
        let mut document: DocumentMut = scenario
            .toml
            .parse()
            .map_err(|error| format!("the scenario cannot be read: {error}"))?;
        set(&mut document, &self.path, value).map_err(|what| {
            let fields = variable(&document);
            format!("{}: {what}; {}", self.path, listed(&fields))
        })?;
        let text = ScenarioText {
            name: scenario.name.clone(),
            toml: document.to_string(),
        };
        if let Err(error) = text.parse() {
            let message = error.message;
            let fields = variable(&document);
            return Err(format!(
                "{} = {value}: {message}; {}",
                self.path,
                listed(&fields)
            ));
        }
        let sysctl = None;
        Ok(ManyBin {
            scenario: text,
            sysctl,
        })
    }

    fn sysctl(
        &self,
        name: &str,
        scenario: &ScenarioText,
        value: Amount,
    ) -> Result<ManyBin, String> {
        if !name.starts_with("net.") {
            return Err(format!(
                "{}: expected a setting of the network like `sysctl.net.ipv4.tcp_fin_timeout`",
                self.path
            ));
        }
        let Amount::Number(_) = value else {
            return Err(format!(
                "{} = {value}: a setting is a number, expected a range without a unit",
                self.path
            ));
        };
        Ok(ManyBin {
            scenario: scenario.clone(),
            sysctl: Some(Sysctl {
                name: name.to_owned(),
                value,
            }),
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

/// Sets the field that a path names.
fn set(document: &mut DocumentMut, path: &str, value: Amount) -> Result<(), String> {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["steps", step, field] => set_in_step(find_step(document, step)?, field, value),
        ["endpoints", name, field] => {
            let endpoint = document
                .get_mut("endpoints")
                .and_then(Item::as_table_like_mut)
                .and_then(|endpoints| endpoints.get_mut(name))
                .and_then(Item::as_table_like_mut);
            let Some(endpoint) = endpoint else {
                return Err(format!("the scenario has no table `endpoints.{name}`"));
            };
            insert(endpoint, field, value);
            Ok(())
        }
        _ => Err(
            "expected `steps.NAME_OR_NUMBER.FIELD`, `endpoints.NAME.count` or `sysctl.NAME`"
                .to_owned(),
        ),
    }
}

/// The step of this name, or with this number, which counts from 1.
fn find_step<'a>(document: &'a mut DocumentMut, wanted: &str) -> Result<&'a mut Table, String> {
    let steps = document.get_mut("steps");
    let Some(steps) = steps.and_then(Item::as_array_of_tables_mut) else {
        return Err("the scenario has no `[[steps]]`".to_owned());
    };
    let count = steps.len();
    let names: Vec<Option<String>> = steps
        .iter()
        .map(|step| step.get("name")?.as_str().map(str::to_owned))
        .collect();
    let by_name = names
        .iter()
        .position(|name| name.as_deref() == Some(wanted));
    let by_number = || wanted.parse::<usize>().ok()?.checked_sub(1);
    let Some(place) = by_name.or_else(by_number).filter(|place| *place < count) else {
        let named: Vec<_> = names.into_iter().flatten().collect();
        return Err(format!(
            "no step `{wanted}`, expected a number from 1 to {count} or a name ({})",
            named.join(", ")
        ));
    };
    steps
        .get_mut(place)
        .ok_or_else(|| "no such step".to_owned())
}

/// A field of the step itself, else one of what it does.
fn set_in_step(step: &mut Table, field: &str, value: Amount) -> Result<(), String> {
    if field == "delay" || step.get(field).is_some_and(is_variable) {
        insert(step, field, value);
        return Ok(());
    }
    if step.contains_key(field) {
        return Err(format!(
            "`{field}` is no number and no duration, found {}",
            step.get(field).map(shown).unwrap_or_default()
        ));
    }
    let Some(does) = step.get_mut("do") else {
        return Err("the step has no `do`".to_owned());
    };
    if let Some(kind) = does.as_str() {
        // `do = "accept"` has no fields yet.
        let mut fields = InlineTable::new();
        fields.insert(field, plain(value));
        let mut table = InlineTable::new();
        table.insert(kind, Value::InlineTable(fields));
        *does = Item::Value(Value::InlineTable(table));
        return Ok(());
    }
    let kind = does.as_table_like_mut().and_then(|does| {
        let name = does.iter().next().map(|(name, _)| name.to_owned())?;
        does.get_mut(&name)
    });
    let Some(fields) = kind.and_then(Item::as_table_like_mut) else {
        return Err("the step's `do` has no fields".to_owned());
    };
    if let Some(found) = fields.get(field)
        && !is_variable(found)
    {
        return Err(format!(
            "`{field}` is no number and no duration, found {}",
            shown(found)
        ));
    }
    insert(fields, field, value);
    Ok(())
}

fn shown(item: &Item) -> String {
    format!("`{}`", item.to_string().trim())
}

fn plain(value: Amount) -> Value {
    match value {
        Amount::Number(number) => Value::from(i64::try_from(number).unwrap_or(i64::MAX)),
        Amount::Time(nanos) => Value::from(Span(nanos).to_string()),
    }
}

fn insert(table: &mut dyn TableLike, field: &str, value: Amount) {
    table.insert(field, Item::Value(plain(value)));
}

/// Whether a field holds a number or a duration.
fn is_variable(item: &Item) -> bool {
    item.is_integer() || item.as_str().is_some_and(|text| Span::parse(text).is_ok())
}

/// Every path to a number or a duration that stands in the text.
fn variable(document: &DocumentMut) -> Vec<String> {
    let mut paths = Vec::new();
    let mut add = |before: &str, table: &dyn TableLike| {
        let fields = table.iter().filter(|(_, item)| is_variable(item));
        paths.extend(fields.map(|(name, _)| format!("{before}.{name}")));
    };
    let endpoints = document.get("endpoints").and_then(Item::as_table_like);
    for (name, endpoint) in endpoints.iter().flat_map(|table| table.iter()) {
        if let Some(table) = endpoint.as_table_like() {
            add(&format!("endpoints.{name}"), table);
        }
    }
    let steps = document.get("steps").and_then(Item::as_array_of_tables);
    for (number, step) in steps.into_iter().flatten().enumerate() {
        let name = step.get("name").and_then(Item::as_str);
        let name = name.map_or_else(|| (number + 1).to_string(), str::to_owned);
        let before = format!("steps.{name}");
        add(&before, step);
        let does = step.get("do").and_then(Item::as_table_like);
        for (_, fields) in does.iter().flat_map(|does| does.iter()) {
            if let Some(table) = fields.as_table_like() {
                add(&before, table);
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests;
