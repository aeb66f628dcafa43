//! Links that were cut, changed, lengthened, forged or made to do harm.

use aftershake_shared::link::error::LinkError;
use aftershake_shared::link::view::View;
use aftershake_shared::link::{self, limits};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;

use super::link_of;

/// A link around this content whose checksum is right.
fn forged(stream: &[u8]) -> String {
    let mut sum = u32::MAX;
    for byte in stream {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
        }
    }
    let mut bytes = (!sum).to_le_bytes().to_vec();
    bytes.extend(stream);
    format!("#s1.{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn forged_json(json: &str) -> Result<link::Link, LinkError> {
    link::read(&forged(&compress_to_vec(json.as_bytes(), 1)))
}

#[test]
fn a_link_cut_anywhere_gives_nothing() {
    let (_, link) = link_of("proxy-with-two-connections");
    for end in 0..link.len() {
        let error = link::read(&link[..end]).unwrap_err();
        let expected = if end < "#s1.".len() {
            LinkError::NoLink
        } else {
            LinkError::Damaged
        };
        assert_eq!(error, expected, "cut at {end}");
        assert!(
            link::read(&link[end + 1..]).is_err() || end == 0,
            "begun at {end}"
        );
    }
}

#[test]
fn a_link_with_one_letter_changed_gives_nothing() {
    let (_, link) = link_of("sent-before-close");
    for at in 0..link.len() {
        for letter in ["A", "z", "-", "_", "0", "=", "%", " ", "é", "\0"] {
            if link[at..].starts_with(letter) || (at == 0 && letter == " ") {
                continue;
            }
            let changed = format!("{}{letter}{}", &link[..at], &link[at + 1..]);
            assert!(link::read(&changed).is_err(), "{letter:?} at {at}");
        }
    }
}

#[test]
fn a_flipped_bit_gives_nothing() {
    let (_, link) = link_of("wrong-prefix");
    let bytes = URL_SAFE_NO_PAD.decode(&link[4..]).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let link = format!("#s1.{}", URL_SAFE_NO_PAD.encode(flipped));
        assert_eq!(link::read(&link), Err(LinkError::Damaged), "bit {bit}");
    }
}

#[test]
fn letters_after_a_link_make_it_none() {
    let (_, link) = link_of("linger-zero");
    for tail in [
        "A",
        "AA",
        "AAA",
        "AAAA",
        "=",
        "&x=1",
        ".",
        " #s1.AAAA",
        "#s1.AAAA",
    ] {
        assert_eq!(
            link::read(&format!("{link}{tail}")),
            Err(LinkError::Damaged),
            "{tail}"
        );
    }
    let (_, other) = link_of("linger-zero-inherited");
    assert_eq!(
        link::read(&format!("{link}{other}")),
        Err(LinkError::Damaged)
    );
    // Bytes that the checksum vouches for, after the stream's or the text's end.
    let bytes = URL_SAFE_NO_PAD.decode(&link[4..]).unwrap();
    for tail in [&b"\0"[..], b"PK", &bytes[4..]] {
        let stream = [&bytes[4..], tail].concat();
        assert_eq!(link::read(&forged(&stream)), Err(LinkError::Damaged));
    }
    let json = miniz_oxide::inflate::decompress_to_vec(&bytes[4..]).unwrap();
    let json = String::from_utf8(json).unwrap();
    assert!(forged_json(&json).is_ok());
    for tail in ["x", "{}", "\0"] {
        let error = forged_json(&format!("{json}{tail}")).unwrap_err();
        assert!(matches!(error, LinkError::NoScenario(_)), "{error}");
    }
}

#[test]
fn another_version_is_named() {
    let (_, link) = link_of("linger-zero");
    for (version, expected) in [
        ("s2", LinkError::Newer { found: 2 }),
        ("s999999999", LinkError::Newer { found: 999_999_999 }),
        ("s0", LinkError::NoLink),
        ("s01", LinkError::NoLink),
        ("S1", LinkError::NoLink),
        ("r1", LinkError::NoLink),
        ("s-1", LinkError::NoLink),
    ] {
        let found = link::read(&link.replacen("s1", version, 1)).unwrap_err();
        assert_eq!(found, expected, "{version}");
    }
    let message = LinkError::Newer { found: 2 }.to_string();
    assert_eq!(
        message,
        "the link is of version 2, and the newest known here is 1"
    );
    assert_eq!(LinkError::Newer { found: 2 }.remedy(), "update aftershake");
}

#[test]
fn size_is_refused_before_and_after_unpacking() {
    let characters = limits::LONGEST_READ + 1;
    let long = format!("#s1.{}", "A".repeat(characters - 4));
    assert_eq!(link::read(&long), Err(LinkError::TooLong { characters }));
    assert!(matches!(
        link::read(&"A".repeat(10_000_000)),
        Err(LinkError::TooLong { .. })
    ));
    let bomb = compress_to_vec(&vec![b' '; 16 * 1024 * 1024], 6);
    assert!(forged(&bomb).len() < limits::LONGEST_READ);
    assert_eq!(link::read(&forged(&bomb)), Err(LinkError::Inflates));
    let most = format!("{{{}}}", " ".repeat(limits::INFLATED - 2));
    assert!(matches!(forged_json(&most), Err(LinkError::NoScenario(_))));
    assert_eq!(forged_json(&format!("{most} ")), Err(LinkError::Inflates));
}

#[test]
fn many_or_deep_values_are_refused() {
    let many = format!("[{}0]", "0,".repeat(limits::VALUES));
    assert_eq!(forged_json(&many), Err(LinkError::TooMany));
    let deep = "[".repeat(60_000);
    assert!(matches!(forged_json(&deep), Err(LinkError::NoScenario(_))));
}

/// What a page must never be able to ask of the machine cannot be said in a link either.
#[test]
fn a_link_holds_only_what_a_scenario_may_say() {
    for (json, message) in [
        ("{}", "missing field `scenario`"),
        ("[]", "missing field `scenario`"),
        ("null", "missing field `scenario`"),
        (r#"{"scenario":5}"#, "missing field `title`"),
        (
            r#"{"scenario":{"title":"x","steps":[]}}"#,
            "there are no steps",
        ),
        (
            r#"{"scenario":{"title":"x","steps":[{"by":"a","do":{"exec":{"command":"id"}}}]}}"#,
            "unknown variant `exec`",
        ),
        (
            r#"{"scenario":{"title":"x","steps":[{"by":"a","do":{"connect":{"address":"192.0.2.1"}}}]}}"#,
            "expected `localhost`, a loopback address",
        ),
        (
            r#"{"scenario":{"title":"x","steps":[{"by":"a","do":{"connect":{"file":"/etc/passwd"}}}]}}"#,
            "unknown field `file`",
        ),
        (
            r#"{"scenario":{"title":"x","steps":[{"by":"a","do":{"sleep":{"time":"1000000000s"}}}]}}"#,
            "is too long, expected at most 30 s",
        ),
        (
            r#"{"scenario":{"title":"x","steps":[{"by":"a","do":"connect"},{"by":"a","do":{"send":{"count":10000000000}}}]}}"#,
            "send has 10000000000 bytes, expected 1 to",
        ),
        (
            r#"{"scenario":{"title":"x","title":"y","steps":[{"by":"a","do":"connect"}]}}"#,
            "`title` is here for the second time",
        ),
        (
            r#"{"scenario":{"title":null,"steps":[{"by":"a","do":"connect"}]}}"#,
            "expected a string",
        ),
    ] {
        let error = forged_json(json).unwrap_err();
        assert!(error.to_string().contains(message), "{json}\n{error}");
        assert!(!error.remedy().is_empty());
    }
    let tomorrow = r#"{"scenario":{"title":"x","steps":[{"by":"a","do":"connect"}]},"view":{"new":[1]},"new":{}}"#;
    assert!(forged_json(tomorrow).is_ok());
}

#[test]
fn a_view_that_cannot_be_read_leaves_the_scenario() {
    for view in [
        r#"{"event":-1}"#,
        r#"{"mode":"sideways"}"#,
        "7",
        "[]",
        "null",
    ] {
        let json = format!(
            r#"{{"scenario":{{"title":"x","steps":[{{"by":"a","do":"connect"}}]}},"view":{view}}}"#
        );
        let link = forged_json(&json).unwrap();
        assert_eq!(link.scenario.title, "x");
        assert_eq!(link.view, View::default(), "{view}");
    }
}

#[test]
fn a_title_of_100_kilobytes_is_refused_with_its_limit() {
    let title = "x".repeat(100_000);
    let json =
        format!(r#"{{"scenario":{{"title":"{title}","steps":[{{"by":"a","do":"connect"}}]}}}}"#);
    let message = forged_json(&json).unwrap_err().to_string();
    assert!(
        message.contains("the title has 100000 characters, expected at most 500"),
        "{message}"
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}", letters in "[A-Za-z0-9_-]{0,200}") {
        prop_assert!(link::read(&text).is_err());
        let link = format!("#s1.{letters}");
        prop_assert!(link::read(&link).is_err());
    }

    #[test]
    fn no_bytes_behind_a_right_checksum_panic(stream in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(link::read(&forged(&stream)).is_err());
    }

    #[test]
    fn no_json_behind_a_right_checksum_panics(text in r#"[{}\[\]",:a-c0-3 ]{0,80}"#) {
        prop_assert!(forged_json(&text).is_err());
    }
}
