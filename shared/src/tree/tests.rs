//! The JSON reader against serde's, and errors in their places.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
    #[serde(default)]
    number: Option<i64>,
    #[serde(default)]
    shape: Shape,
    #[serde(default)]
    list: Vec<u8>,
    #[serde(default)]
    map: BTreeMap<String, bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    #[default]
    Plain,
    Round(u8),
    Long {
        sides: u32,
    },
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    from_json(text)?.into()
}

#[test]
fn json_is_read_as_serde_json_reads_it() {
    for text in [
        r#"{"name":"a"}"#,
        r#" { "name" : "\u00e9\ud83d\ude00\n\"\\\/" , "number" : -9223372036854775808 } "#,
        r#"{"name":"é😀","number":9223372036854775807,"shape":"plain","list":[],"map":{}}"#,
        r#"{"name":"","number":null,"shape":{"round":255},"list":[0,1,255],"map":{"x":true,"y":false}}"#,
        r#"{"name":"","shape":{"long":{"sides":4294967295}}}"#,
        // Refused by both.
        r#"{"name":"\ud83d"}"#,
        r#"{"name":"\x"}"#,
        "{\"name\":\"line\nbreak\"}",
        r#"{"name":"a",}"#,
        r#"{"name":"a"} x"#,
        r#"{"name":"a","number":01}"#,
        r#"{"name":"a","number":1.5}"#,
        r#"{"name":"a","number":1e3}"#,
        r#"{"name":"a","number":-}"#,
        r#"{"name":"a","number":18446744073709551616}"#,
        r#"{"name":"a","list":[256]}"#,
        r#"{"name":"a","shape":"square"}"#,
        r#"{"name":"a","shape":"round"}"#,
        r#"{"name":"a","shape":{"round":1,"long":{"sides":1}}}"#,
        r#"{"name":"a","other":1}"#,
        r#"{"name":5}"#,
        r#"{"nam"#,
        "tru",
        "",
    ] {
        let (ours, theirs) = (read::<Thing>(text), serde_json::from_str::<Thing>(text));
        assert_eq!(ours.clone().ok(), theirs.ok(), "{text}: {ours:?}");
    }
}

#[test]
fn json_cut_anywhere_is_an_error_and_depth_has_an_end() {
    let whole = r#"{"name":"é\u00e9","list":[1,2],"shape":{"long":{"sides":3}},"number":-1}"#;
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        assert!(read::<Thing>(&whole[..end]).is_err(), "{end}");
    }
    let deep = "[".repeat(100_000);
    let error = from_json(&deep).unwrap_err().to_string();
    assert!(error.starts_with("more than 64 levels deep"), "{error}");
}

#[test]
fn an_error_names_what_was_found_and_where() {
    for (text, place, message) in [
        (
            "name = 5",
            7..8,
            "invalid type: integer `5`, expected a string",
        ),
        (
            "name = \"x\"\nsize = 1",
            11..15,
            "unknown field `size`, expected one of",
        ),
        ("number = 1", 0..0, "missing field `name`"),
        (
            "name = \"x\"\nnumber = 1.5",
            20..23,
            "invalid type: a fraction, expected i64",
        ),
        (
            "name = \"x\"\nlist = [1, 256]",
            22..25,
            "invalid value: integer `256`, expected u8",
        ),
        (
            "name = \"x\"\nshape = \"odd\"",
            19..24,
            "unknown variant `odd`, expected one of",
        ),
        ("name = ", 7..7, ""),
    ] {
        let error = from_toml::<Thing>(text).unwrap_err();
        assert!(error.message.starts_with(message), "{error}");
        assert_eq!(error.span, Some(place), "{text}: {error}");
    }
}
