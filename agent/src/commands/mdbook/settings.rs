//! What `book.toml` says under `[preprocessor.aftershake]`.

use std::path::PathBuf;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The table; a field that is none of ours and none of mdBook's is a mistake.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Settings {
    /// Where the playground is; links of scenarios go there. Without it no link is written.
    #[serde(deserialize_with = "address")]
    pub(super) playground: Option<String>,
    pub(super) runs: When,
    /// The folder of kept runs, from the book's root.
    pub(super) recordings: Option<PathBuf>,
    // What mdBook itself reads there.
    #[serde(rename = "command")]
    _command: IgnoredAny,
    #[serde(rename = "renderers", alias = "renderer")]
    _renderers: IgnoredAny,
    #[serde(rename = "before")]
    _before: IgnoredAny,
    #[serde(rename = "after")]
    _after: IgnoredAny,
    #[serde(rename = "optional")]
    _optional: IgnoredAny,
}

/// Whether a build runs anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum When {
    /// Every build runs every scenario anew.
    #[default]
    Now,
    /// A kept run is used as long as its scenario is the same; what is missing is run and kept.
    Keep,
    /// Only kept runs are used: nothing is run.
    Kept,
}

/// The folder of kept runs where none is named.
pub(super) const RECORDINGS: &str = "recordings";

/// An address before which no fragment stands yet: of another site, or a place of the book's own.
fn address<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
    };
    let is_known = match scheme {
        Some(name) if is_scheme(name) => ["https", "http", "file"].contains(&name),
        _ => true,
    };
    let is_plain = !text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || "#\"'<>`".contains(c));
    if is_known && is_plain && !text.is_empty() {
        return Ok(Some(text));
    }
    Err(serde::de::Error::custom(format!(
        "playground is {text:?}, expected an address without `#`, like https://example.org/play or ../play/"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Result<Option<&str>, &str>) {
        let read = serde_json::from_str::<Settings>(json);
        match (read, expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read.playground.as_deref(), expected, "{json}"),
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{json}: {error}");
            }
            (read, _) => panic!("{json}: {read:?}"),
        }
    }

    #[test]
    fn an_address_is_one_that_a_fragment_can_follow() {
        check("{}", Ok(None));
        check(
            r#"{"command":"aftershake mdbook","before":["links"]}"#,
            Ok(None),
        );
        let play = "https://example.org/play";
        check(&format!(r#"{{"playground":"{play}"}}"#), Ok(Some(play)));
        check(r#"{"playground":"../play/"}"#, Ok(Some("../play/")));
        for wrong in ["javascript:alert(1)", "https://a/#b", "", "a b", "\\\"><i>"] {
            check(
                &format!(r#"{{"playground":"{wrong}"}}"#),
                Err("expected an address"),
            );
        }
    }

    #[test]
    fn what_is_none_of_the_fields_is_named() {
        check(r#"{"playgruond":"x"}"#, Err("unknown field `playgruond`"));
        check(r#"{"runs":"never"}"#, Err("unknown variant `never`"));
    }
}
