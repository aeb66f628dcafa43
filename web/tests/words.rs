//! Reads the page's sources and fails on words for people outside of `web/src/text`, so that a translation
//! has one place to replace.
//!
//! Three things are looked for: a literal that reads like a title or a sentence, any word between the tags of
//! `html!`, and any word in an attribute that is read aloud. Commands in `<code>` are typed, not read.

#![cfg(test)]

use std::fs;
use std::path::Path;

/// Literals that are the same in every language: where, which, why.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    ("panels/header.rs", "after", "half of the product's name"),
    ("panels/header.rs", "shake", "the other half"),
];

/// Attributes whose values are shown or read aloud.
const SPOKEN: [&str; 5] = [
    "alt",
    "aria-label",
    "aria-roledescription",
    "placeholder",
    "title",
];

/// A string literal: its line, what stands before and behind it, and its text without line continuations.
struct Literal<'a> {
    line: usize,
    before: &'a str,
    behind: &'a str,
    text: String,
}

/// The part of a file that is shipped: tests come last, in a module or a file of their own.
fn shipped(source: &str) -> &str {
    let tests = source.find("#[cfg(test)]\nmod tests");
    tests.map_or(source, |tests| &source[..tests])
}

/// The string literals of a source, those of comments left out.
fn literals(source: &str) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = source[at..].chars().next() {
        let rest = &source[at..];
        let raw = rest.starts_with("r\"") || rest.starts_with("r#");
        let is_after_name = source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if letter == '\'' {
            at += character(rest);
        } else if letter == '"' || (raw && !is_after_name) {
            let (from, inside, whole) = if letter == '"' {
                quoted(rest)
            } else {
                raw_string(rest)
            };
            found.push(Literal {
                line: source[..at].matches('\n').count() + 1,
                before: &source[..at],
                behind: &rest[whole..],
                text: joined(&rest[from..from + inside]),
            });
            at += whole;
        } else {
            at += letter.len_utf8();
        }
    }
    found
}

/// The length of a character in quotes; of a lifetime only its mark.
fn character(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), _) => rest[3..].find('\'').map_or(1, |end| end + 4),
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
}

/// Where the inside of a plain literal begins, its length, and the whole literal's.
fn quoted(rest: &str) -> (usize, usize, usize) {
    let mut is_escaped = false;
    let end = rest[1..].find(|letter| {
        let ends = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends
    });
    let inside = end.unwrap_or(rest.len() - 2);
    (1, inside, inside + 2)
}

/// The same of a raw literal.
fn raw_string(rest: &str) -> (usize, usize, usize) {
    let marks = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    let from = marks + 2;
    let end = ["\"", &"#".repeat(marks)].concat();
    let Some(inside) = rest.get(from..).and_then(|rest| rest.find(&end)) else {
        // A raw name such as `r#type`.
        return (1, 0, 1);
    };
    (from, inside, from + inside + end.len())
}

/// A literal that goes over several lines is one text.
fn joined(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| text + line.trim_start())
}

/// The words of a text: letters only, with the signs of a sentence around them.
fn words(text: &str) -> Vec<&str> {
    let signs = |c: char| ",.:;?!()“”…".contains(c);
    text.split_whitespace()
        .map(|word| word.trim_matches(signs))
        .filter(|word| {
            word.chars().any(char::is_alphabetic)
                && word.chars().all(|c| c.is_alphabetic() || "’'-".contains(c))
        })
        .collect()
}

/// At least two words that begin with a capital or end with a full stop.
fn reads_like_words(text: &str) -> bool {
    let words = words(text);
    let is_title = text.trim_start().starts_with(char::is_uppercase)
        && words
            .first()
            .is_some_and(|word| word.starts_with(char::is_uppercase));
    let is_sentence = text.trim_end().ends_with('.');
    words.len() > 1 && (is_title || is_sentence)
}

/// Whether a literal stands between the tags of `html!`: `<b>{ "words" }</b>`.
fn is_between_tags(literal: &Literal<'_>) -> bool {
    let before = literal.before.strip_suffix("{ ");
    let is_node = before.is_some_and(|before| {
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_code = line.ends_with("<code>");
        !is_code && (line.trim().is_empty() || line.ends_with(['>', '}']) || line.ends_with("{ "))
    });
    is_node && literal.behind.starts_with(" }")
}

/// Whether a literal is the value of an attribute that people meet, in `html!` or `el!`.
fn is_spoken(literal: &Literal<'_>) -> bool {
    SPOKEN.iter().any(|name| {
        let in_html = literal.before.strip_suffix('=');
        let in_el = literal.before.strip_suffix("\": ");
        in_html.or(in_el).is_some_and(|before| {
            let rest = before.strip_suffix(name);
            rest.is_some_and(|rest| rest.ends_with([' ', '\n', '"']))
        })
    })
}

/// The literals of a source that are words for people, with their lines.
fn spoken_words(source: &str) -> Vec<(usize, String)> {
    literals(shipped(source))
        .into_iter()
        .filter(|literal| {
            let is_shown = is_between_tags(literal) || is_spoken(literal);
            reads_like_words(&literal.text) || (is_shown && !words(&literal.text).is_empty())
        })
        .map(|literal| (literal.line, literal.text))
        .collect()
}

/// Every source of the page that may hold no words, with its path below `web/src`.
fn sources(folder: &Path, below: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            if name != "text" {
                sources(&path, &format!("{name}/"), found);
            }
        } else if name != "text.rs" && !name.ends_with("/tests.rs") {
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn all_words_for_people_are_in_web_src_text() {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&folder, "", &mut found);
    found.sort();
    assert!(found.len() > 50, "the sources are not where they were");
    let faults: Vec<String> = found
        .iter()
        .flat_map(|(name, source)| {
            let is_known = move |text: &str| {
                let mut known = EXCEPTIONS.iter();
                known.any(|(file, known, _)| file == name && *known == text)
            };
            let words = spoken_words(source).into_iter();
            let words = words.filter(move |(_, text)| !is_known(text));
            words.map(move |(line, text)| format!("web/src/{name}:{line}: \"{text}\""))
        })
        .collect();
    assert!(
        faults.is_empty(),
        "words for people outside of web/src/text:\n  {}",
        faults.join("\n  ")
    );
}

#[test]
fn words_are_told_from_names() {
    for (source, words) in [
        ("x = \"Run the scenario\";", Some("Run the scenario")),
        ("x = \"at the end of it.\";", Some("at the end of it.")),
        ("x = \"Two \\\n    lines\";", Some("Two lines")),
        ("x = r#\"A \"raw\" text\"#;", Some("A \"raw\" text")),
        ("f('\"', \"{left} of them.\")", Some("{left} of them.")),
        ("f(&'a str, '\\'', \"Of {a} all\")", Some("Of {a} all")),
        ("<b>{ \"who\" }</b>", Some("who")),
        ("if a { { \" by \" }{ b } }", Some(" by ")),
        ("<a title=\"who\">", Some("who")),
        ("el!(\"a\" { \"aria-label\": \"who\" })", Some("who")),
        ("// x = \"Run the scenario\"", None),
        ("<code>{ \"cargo xtask play\" }</code>", None),
        ("let a = if b { \"open\" } else { \"shut\" };", None),
        ("x = \"card verdict\";", None),
        ("x = \"input, textarea, select\";", None),
        ("x = \"Control+Enter Meta+Enter\";", None),
        ("x = \"ArrowDown\";", None),
        ("#[cfg(test)]\nmod tests { \"Run the scenario\" }", None),
    ] {
        let found = spoken_words(source).into_iter().next();
        let found = found.map(|(_, text)| text);
        assert_eq!(found.as_deref(), words, "{source}");
    }
}
