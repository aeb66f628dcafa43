//! What is said of fields against what reading takes: their names as serde knows them, their values, their limits.

use std::fmt;

use serde::forward_to_deserialize_any;

use super::*;
use crate::scenario::field::{self, Takes};
use crate::tree;

/// Answers the question for a struct with the names of its fields, as an error.
struct AsksForNames;

#[derive(Debug)]
struct Names(&'static [&'static str]);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
impl std::error::Error for Names {}
impl de::Error for Names {
    fn custom<T: fmt::Display>(message: T) -> Self {
        panic!("not asked for a struct: {message}");
    }
}

impl<'de> Deserializer<'de> for AsksForNames {
    type Error = Names;
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Names> {
        panic!("not asked for a struct");
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Names> {
        Err(Names(fields))
    }
    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[track_caller]
fn same_names(what: &str, described: &[Field], read: &[&str]) {
    let mut described: Vec<_> = described.iter().map(|field| field.name).collect();
    let mut read = read.to_vec();
    described.sort_unstable();
    read.sort_unstable();
    assert_eq!(described, read, "{what}: FIELDS and what is read differ");
}

#[derive(Debug, Deserialize)]
struct OneStep {
    #[serde(rename = "do")]
    does: StepKind,
}

/// Reads a step of this kind with these fields.
fn read(kind: &KindOfStep, fields: &[String]) -> Result<(), String> {
    let text = format!("do.{} = {{ {} }}", kind.name, fields.join(", "));
    let step: OneStep = tree::from_toml(&text).map_err(|error| format!("{text}: {error}"))?;
    let checked = step.does.check();
    checked.map_err(|error| format!("{text}: {error}"))
}

/// Reads a step of this kind with one field: beside those that must be there, and with one more for fields
/// that go together.
fn with(kind: &KindOfStep, field: &Field, value: &str) -> Result<(), String> {
    let texts = |field: &Field| match (field.presence, field.takes) {
        (Presence::Required, Takes::Choice(choices)) => choices
            .iter()
            .map(|choice| format!("{} = \"{choice}\"", field.name))
            .collect(),
        _ => vec![format!("{} = {}", field.name, field.first_value())],
    };
    let others = || kind.fields.iter().filter(|other| other.name != field.name);
    let (required, free): (Vec<_>, Vec<_>) =
        others().partition(|other| other.presence == Presence::Required);
    let mut bases = vec![vec![format!("{} = {value}", field.name)]];
    for other in required {
        let longer = bases.iter().flat_map(|base| {
            texts(other)
                .into_iter()
                .map(|text| [base.as_slice(), &[text]].concat())
        });
        bases = longer.collect();
    }
    let mut answer = Err(String::new());
    for base in bases {
        answer = answer.or_else(|_| read(kind, &base));
        for one in &free {
            for two in &free {
                let mut fields = base.clone();
                fields.extend(texts(one));
                fields.extend(texts(two).into_iter().filter(|_| one != two));
                answer = answer.or_else(|_| read(kind, &fields));
            }
        }
    }
    answer
}

#[test]
fn what_is_said_of_fields_names_those_that_are_read() {
    for kind in StepKind::ALL {
        let Err(Names(names)) = StepKind::read(kind.name, AsksForNames) else {
            panic!("{} reads nothing", kind.name);
        };
        same_names(kind.name, kind.fields, names);
    }
    let names = |result: Result<(), Names>| result.unwrap_err().0;
    let expect = names(crate::scenario::expect::Expectation::deserialize(AsksForNames).map(|_| ()));
    same_names("[expect]", field::EXPECT, expect);
    let claim = names(crate::scenario::expect::Claim::deserialize(AsksForNames).map(|_| ()));
    same_names("[[claims]]", &[field::CLAIM, field::EXPECT].concat(), claim);
    let scenario = names(crate::scenario::ScenarioToml::deserialize(AsksForNames).map(|_| ()));
    same_names("a scenario", field::SCENARIO, scenario);
    let step = names(crate::scenario::StepToml::deserialize(AsksForNames).map(|_| ()));
    same_names("a step", field::STEP, step);
}

#[test]
fn every_kind_s_first_text_can_be_carried_out() {
    for kind in StepKind::ALL {
        let step: Result<OneStep, _> = tree::from_toml(&kind.first_text());
        let step = step.unwrap_or_else(|error| panic!("{}: {error}", kind.first_text()));
        assert_eq!(step.does.name(), kind.name);
        step.does.check().unwrap();
    }
}

#[test]
fn every_field_takes_what_is_said_of_it_and_nothing_beyond() {
    for kind in StepKind::ALL {
        for field in kind.fields {
            let takes = |value: &str| {
                with(kind, field, value).unwrap_or_else(|error| panic!("refused: {error}"));
            };
            let refuses = |value: &str| {
                assert!(
                    with(kind, field, value).is_err(),
                    "{}.{} takes {value}",
                    kind.name,
                    field.name
                );
            };
            takes(&field.first_value());
            if !field.default.is_empty() {
                takes(field.default);
            }
            match field.takes {
                Takes::Number { least, most, .. } => {
                    takes(&least.to_string());
                    refuses(&(most + 1).to_string());
                    refuses(&(least - 1).to_string());
                    refuses("\"1\"");
                }
                Takes::Choice(choices) => {
                    for choice in choices {
                        takes(&format!("\"{choice}\""));
                    }
                    refuses("\"none of them\"");
                }
                Takes::Position(choices) => {
                    for choice in choices {
                        takes(&format!("\"{choice}\""));
                    }
                    takes("-1");
                    refuses("\"none of them\"");
                }
                Takes::Duration => {
                    refuses("1");
                    refuses("\"1\"");
                }
                Takes::Flag | Takes::Text | Takes::Endpoint | Takes::StepName | Takes::Table => {
                    refuses("1");
                }
            }
        }
    }
}

/// The table of `docs/scenarios.md` has a row for every kind, and the row names every field.
#[test]
fn the_reference_names_every_kind_and_field() {
    let reference = include_str!("../../../../docs/scenarios.md");
    for kind in StepKind::ALL {
        let start = format!("| `{}` |", kind.name);
        let row = reference.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("docs/scenarios.md has no row `{}`", kind.name));
        for field in kind.fields {
            let name = format!("`{}`", field.name);
            assert!(
                row.contains(&name),
                "docs/scenarios.md, row `{}`: no {name}",
                kind.name
            );
        }
    }
}
