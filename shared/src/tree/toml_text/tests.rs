//! The reader against the `toml` crate's: every text that it takes gives the same values, and what it
//! refuses is refused.

use toml::de::{DeTable, DeValue};

use super::*;

/// Some of the catalogue's texts.
const TEXTS: [&str; 4] = [
    include_str!("../../../../scenarios/article/wrong-prefix.toml"),
    include_str!("../../../../scenarios/races/race-send-against-close.toml"),
    include_str!("../../../../scenarios/rules/proxy-with-two-connections.toml"),
    include_str!("../../../../scenarios/rules/full-window-parks.toml"),
];

/// Ours as text, fields sorted by name.
fn ours(value: &Value) -> String {
    match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Natural(number) => number.to_string(),
        Kind::Negative(number) => number.to_string(),
        Kind::Text(text) => format!("{text:?}"),
        Kind::List(list) => format!("[{}]", list.iter().map(ours).collect::<Vec<_>>().join(",")),
        Kind::Table(fields) => {
            let mut fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{:?}={}", key.name, ours(value)))
                .collect();
            fields.sort();
            format!("{{{}}}", fields.join(","))
        }
        Kind::Other(words) => (*words).to_owned(),
    }
}

fn theirs(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Integer(number) => {
            let number = i128::from_str_radix(number.as_str(), number.radix()).ok();
            match number {
                Some(number) if u64::try_from(number).is_ok() || i64::try_from(number).is_ok() => {
                    number.to_string()
                }
                _ => "a number beyond 64 bits".to_owned(),
            }
        }
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Array(list) => {
            let list: Vec<_> = list.iter().map(|value| theirs(value.get_ref())).collect();
            format!("[{}]", list.join(","))
        }
        DeValue::Table(fields) => their_table(fields),
        DeValue::Float(_) => "a fraction".to_owned(),
        DeValue::Datetime(_) => "a date".to_owned(),
    }
}

fn their_table(fields: &DeTable<'_>) -> String {
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(key, value)| format!("{:?}={}", key.get_ref(), theirs(value.get_ref())))
        .collect();
    fields.sort();
    format!("{{{}}}", fields.join(","))
}

#[track_caller]
fn compare(text: &str) {
    let expected = DeTable::parse(text).map(|table| their_table(table.get_ref()));
    let found = read(text).map(|value| ours(&value));
    match (&found, &expected) {
        // The crate lets a line end between a name and its value where the grammar has no place for it.
        (Err(error), Ok(_)) if error.message.starts_with("found the end of the line, ") => {}
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
        (Err(_), Err(_)) => {}
        _ => panic!("{text}\nfound: {found:?}\nexpected: {expected:?}"),
    }
}

#[test]
fn the_catalogue_is_read_as_the_toml_crate_reads_it() {
    for text in TEXTS {
        compare(text);
    }
}

/// Cuts and small damage of every text in the catalogue.
#[test]
fn damage_is_refused_where_the_toml_crate_refuses_it() {
    for text in TEXTS {
        let places = (0..text.len()).filter(|at| text.is_char_boundary(*at));
        for at in places.step_by(3) {
            compare(&text[..at]);
            for put in [
                "\"", "]", "[", "=", "\n", "{", "}", ".", "#", "'", "\\", ",", " x ",
            ] {
                if at % 5 == 0 {
                    compare(&format!("{}{put}{}", &text[..at], &text[at..]));
                }
            }
        }
    }
}

#[test]
fn values_of_every_form_are_read_as_the_toml_crate_reads_them() {
    for value in [
        "0",
        "+0",
        "-0",
        "01",
        "1_000",
        "1__0",
        "_1",
        "1_",
        "0x1F",
        "0xg",
        "0o17",
        "0o8",
        "0b101",
        "-0x1",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1.5",
        "1.",
        ".5",
        "1e3",
        "1E+3",
        "1.5e-3",
        "inf",
        "-nan",
        "+1.0",
        "03.5",
        "1e",
        "1979-05-27",
        "1979-05-27T07:32:00Z",
        "1979-05-27 07:32:00",
        "07:32:00",
        "true",
        "false",
        "True",
        "yes",
        "",
        "\"\"",
        "''",
        "\"a\\tb\\u00e9\\U0001F600\\x41\\e\"",
        "\"\\q\"",
        "\"\\ud800\"",
        "\"a",
        "'a\\b'",
        "'a'b'",
        "\"a\nb\"",
        "\"\"\"a\nb\"\"\"",
        "\"\"\"\na \\\n   b\"\"\"",
        "\"\"\"a\"\"\"\"\"",
        "\"\"\"a\"\"\"\"\"\"",
        "'''a'b''c'''",
        "'''\na\r\nb'''",
        "\"\"\"a \\ b\"\"\"",
        "[]",
        "[1, 2,]",
        "[1 2]",
        "[,]",
        "[ # c\n 1,\n # d\n 2 ]",
        "[[1],[\"a\"]]",
        "{}",
        "{a=1}",
        "{a=1,}",
        "{a=1,\nb=2}",
        "{a.b=1, a.c=2}",
        "{a=1,a=2}",
        "{a={}, a.b=1}",
        "{ a . b = 1 }",
        "1 # c",
        "1 2",
        "\u{7f}",
    ] {
        compare(&format!("x = {value}"));
        compare(&format!("x = [{value}]"));
        compare(&format!("x = {{ y = {value} }}\nz = 1"));
    }
}

#[test]
fn tables_are_opened_and_closed_as_the_toml_crate_does() {
    for text in [
        "[a]\nx=1\n[a.b]\ny=2\n[c]",
        "[a.b]\n[a]\nx=1",
        "[a]\n[a]",
        "[a]\nb.c=1\n[a.b]",
        "[a]\nb.c=1\n[a.b.d]",
        "[a.b.c]\n[a]\nb.d=1",
        "[a.b]\nx=1\n[a]\nb.y=2",
        "a.b=1\na.c=2",
        "a.b=1\n[a]",
        "a.b=1\na.b.c=2",
        "a=1\na.b=2",
        "a={b=1}\n[a.c]",
        "a={b=1}\na.c=1",
        "[[a]]\nx=1\n[[a]]\nx=2\n[a.b]\ny=1",
        "[[a]]\n[a.b]\n[a.b]",
        "[[a]]\n[a]",
        "[a]\n[[a]]",
        "a=[]\n[[a]]",
        "a=[{}]\n[a.b]",
        "[a.b]\n[[a]]",
        "[[a.b]]\n[[a.b]]\n[a]",
        "[[a.b]]\n[a]\nb=1",
        "a.b.c=1\na.b.d=2\n[a.e]",
        "[a.b]\n[a]\nc=1\n[a.d]",
        "\"a b\" = 1\n'c' = 2\n\"a b\" = 3",
        "[ a . \"b\" ]\nx=1",
        "[[a] ]",
        "[a]x=1",
        "[]",
        "a=1 b=2",
        "=1",
        "a",
        "a.=1",
        "\u{feff}a=1",
        "a=1\r\nb=2\rc=3",
        "# comment\u{1}",
        "#\ttab\na=1",
        "a = {b.c = 1}\n",
        "x = [{a.b=1, a.c=2}, {a.b=3}]",
    ] {
        compare(text);
    }
}

#[test]
fn there_is_an_end_to_depth_and_to_fields() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("[{}a]", "a.".repeat(100_000)),
    ] {
        let error = read(&text).unwrap_err().message;
        assert!(error.contains("64 levels deep"), "{error}");
    }
    let many: String = (0..=MOST_FIELDS).fold(String::new(), |text, n| text + &format!("a{n}=1\n"));
    let error = read(&many).unwrap_err().message;
    assert!(error.contains("more than 16384 fields"), "{error}");
}
