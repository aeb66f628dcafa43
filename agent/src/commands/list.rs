//! `aftershake list`: the catalogue with what is expected of each scenario.

use std::fmt::Write as _;

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::channel::Failure;
use aftershake_shared::scenario::expect::Outcome;
use schemars::JsonSchema;
use serde::Serialize;

use super::{DONE, internal, print, print_json};
use crate::options::ListOptions;

/// One scenario of `list --json`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Row {
    name: &'static str,
    title: String,
    family: &'static str,
    outcome: Option<Outcome>,
    cause: Option<String>,
}

/// Prints the catalogue.
///
/// # Errors
/// When stdout cannot be written.
pub fn list(options: &ListOptions) -> Result<u8, Failure> {
    let mut rows = Vec::new();
    for entry in CATALOG {
        let scenario = entry.text().parse().map_err(|error| internal(&error))?;
        let expect = scenario.expect.unwrap_or_default();
        let (name, family) = (entry.name, entry.family);
        rows.push(Row {
            name,
            title: scenario.title,
            family,
            outcome: expect.outcome,
            cause: expect.cause,
        });
    }
    if options.json {
        print_json(&rows)?;
        return Ok(DONE);
    }
    let mut text = String::new();
    let mut family = "";
    for row in &rows {
        if row.family != family {
            let gap = if family.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{}", row.family.replace('-', " "));
            family = row.family;
        }
        let outcome = row.outcome.map_or("varies", Outcome::name);
        let cause = row.cause.as_deref().unwrap_or_default();
        let line = format!("  {:<34} {outcome:<10} {cause}", row.name);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    print(&text)?;
    Ok(DONE)
}
