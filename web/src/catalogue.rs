//! The catalogue as the gallery lists it: titles and expected outcomes, read once from the embedded texts.

use std::sync::LazyLock;

use aftershake_shared::catalog::{self, CATALOG, FIRST_FAMILY};
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::expect::Outcome;

/// One scenario in the gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: &'static str,
    pub family: &'static str,
    /// The scenario's title; its name when the text cannot be read.
    pub title: String,
    /// What its author expects; `None` when the scenario leaves it open.
    pub outcome: Option<Outcome>,
    /// Lower-case words that the search looks through.
    haystack: String,
}

/// Every scenario: the article's first, then by family and name.
pub static LISTED: LazyLock<Vec<Listed>> = LazyLock::new(|| {
    let (first, others) = CATALOG
        .iter()
        .map(|entry| Listed::new(entry.name, entry.family, entry.toml))
        .partition::<Vec<_>, _>(|entry| entry.family == FIRST_FAMILY);
    first.into_iter().chain(others).collect()
});

impl Listed {
    fn new(name: &'static str, family: &'static str, toml: &str) -> Self {
        let scenario = Scenario::parse(toml).ok();
        let expect = scenario.as_ref().and_then(|s| s.expect.as_ref());
        let title = scenario
            .as_ref()
            .map_or_else(|| name.to_owned(), |s| s.title.clone());
        let cause = expect.and_then(|expect| expect.cause.as_deref());
        let words = [name, family, &title, cause.unwrap_or_default()].join(" ");
        Self {
            name,
            family,
            outcome: expect.and_then(|expect| expect.outcome),
            title,
            haystack: words.to_ascii_lowercase(),
        }
    }

    /// Whether every word of the query occurs in title, name, family or expected cause.
    pub fn fits(&self, query: &str) -> bool {
        query
            .to_ascii_lowercase()
            .split_whitespace()
            .all(|word| self.haystack.contains(word))
    }
}

/// The scenario of that name.
pub fn find(name: &str) -> Option<&'static Listed> {
    LISTED.iter().find(|listed| listed.name == name)
}

/// What was claimed of a scenario: the first of its claims.
pub fn claim_of(name: &str) -> String {
    let scenario = catalog::find(name).and_then(|entry| Scenario::parse(entry.toml).ok());
    let claim = scenario.and_then(|scenario| scenario.claims.into_iter().next());
    claim.map(|claim| claim.text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = r#"
        title = "Client sent before the close"
        [[steps]]
        by = "server"
        do.listen = { port = 8080, backlog = 1 }
        [expect]
        outcome = "closed"
    "#;

    #[test]
    fn search_takes_every_word_in_any_order_and_case() {
        let listed = Listed::new("sent-before-close", "closing-too-early", TOML);
        for (query, fits) in [
            ("", true),
            ("CLIENT close", true),
            ("early sent-before", true),
            ("client firewall", false),
        ] {
            assert_eq!(listed.fits(query), fits, "{query}");
        }
        assert_eq!(listed.outcome, Some(Outcome::Closed));
    }

    #[test]
    fn a_text_that_cannot_be_read_is_listed_by_its_name() {
        assert_eq!(Listed::new("broken", "x", "title =").title, "broken");
    }
}
