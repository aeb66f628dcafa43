//! The catalogue as a whole: what `docs/catalogue.md` says of it, and that a reset which can be mended names how.

#![cfg(test)]

use std::collections::BTreeSet;

use aftershake_shared::catalog::{CATALOG, find};
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::expect::Outcome;

const PAGE: &str = include_str!("../../docs/catalogue.md");

/// The words in backticks of the rows below that heading, by column.
fn names_below(heading: &str, column: usize) -> BTreeSet<&'static str> {
    let section = PAGE.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let cells = rows.skip(1).map(|row| row.split('|').nth(column).unwrap());
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

fn read(name: &str) -> Scenario {
    find(name)
        .unwrap_or_else(|| panic!("{name} is no scenario"))
        .text()
        .parse()
        .unwrap()
}

#[test]
fn every_name_on_the_page_is_a_scenario() {
    for (heading, columns) in [
        ("What looks like a reset and is none", 2..3),
        ("What programs do", 2..4),
        ("What no program can mend", 1..2),
    ] {
        for column in columns {
            let names = names_below(heading, column);
            assert!(names.len() > 4, "{heading}");
            for name in names {
                read(name);
            }
        }
    }
}

/// `net.core.wmem_max` and `rmem_max` of Linux 6.1: a larger buffer is cut to this without a word.
const LARGEST_BUFFER: u64 = 212_992;

#[test]
fn no_scenario_asks_for_a_buffer_that_older_kernels_do_not_give() {
    let mut asked = 0;
    for entry in CATALOG {
        for field in ["send_buffer", "receive_buffer"] {
            for rest in entry.toml.split(field).skip(1) {
                let digits = |c: char| c.is_ascii_digit();
                let number: String = rest
                    .chars()
                    .skip_while(|c| !digits(*c))
                    .take_while(|c| digits(*c))
                    .collect();
                let number: u64 = number.parse().unwrap();
                assert!(
                    number <= LARGEST_BUFFER,
                    "{}: {field} = {number}",
                    entry.name
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 2, "{asked}");
}

#[test]
fn what_looks_like_a_reset_ends_in_none() {
    for name in names_below("What looks like a reset and is none", 2) {
        let outcome = read(name).expect.and_then(|expect| expect.outcome);
        assert_ne!(outcome, Some(Outcome::Reset), "{name}");
    }
}

#[test]
fn each_rule_of_the_order_has_its_scenario() {
    let names = names_below("What tests the rules of the order", 2);
    let words = ["after", "timeout"];
    for name in names.into_iter().filter(|name| !words.contains(name)) {
        read(name);
    }
    for rule in 1..=15 {
        assert!(PAGE.contains(&format!("\n| {rule}, ")), "rule {rule}");
    }
}

/// Whether a RST is expected of it, be it one that ends nothing.
fn meets_a_rst(scenario: &Scenario) -> bool {
    let expect = scenario.expect.clone().unwrap_or_default();
    expect.cause.is_some() || expect.outcome == Some(Outcome::Reset)
}

#[test]
fn a_reset_names_what_mends_it_or_is_on_the_list() {
    let beyond = names_below("What no program can mend", 1);
    for entry in CATALOG {
        let scenario = read(entry.name);
        let is_beyond = beyond.contains(entry.name);
        if meets_a_rst(&scenario) {
            assert!(
                scenario.fixed_by.is_some() != is_beyond,
                "{}: fixed_by {:?}",
                entry.name,
                scenario.fixed_by
            );
        }
        if let Some(mended) = &scenario.fixed_by {
            let outcome = read(mended).expect.and_then(|expect| expect.outcome);
            assert!(
                !matches!(outcome, Some(Outcome::Reset | Outcome::Refused)),
                "{}: {mended} is reset itself",
                entry.name
            );
        }
    }
}
