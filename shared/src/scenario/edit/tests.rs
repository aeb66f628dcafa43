//! Edits as properties: on every text of the catalogue, in several layouts, a change changes what it says and
//! nothing else.

use super::change::{Name, from_one_line, on_one_line};
use super::*;
use crate::scenario::Scenario;
use crate::scenario::field::{Presence, Takes};
use crate::scenario::steps::StepKind;

/// Every scenario of the folder, by its text.
fn catalogue() -> Vec<String> {
    const LAYOUTS: [&str; 3] = [
        // Every way to say what a step does, with comments everywhere.
        "# of the file\ntitle = \"x\" # of the title\n\n# of the first\n[[steps]] # h\n  by = \"server\" # b\n  do.listen.port = 8080 # p\n  do.listen.backlog = 2\n\n# alone\n\n# of the second\n[[steps]]\nby = 'client'\nname = \"c\"\n[steps.do.connect]\n# inside\nport = 8080\ntimeout = \"1s\" # t\n# below\n\n[[steps]]\nby = \"server\"\ndo = { accept = { timeout = \"1s\" } } # a\n\n[expect]\noutcome = \"open\"\n\n[[steps]]\nby = \"client\"\non = \"c\"\ndo.send = {\n  text = \"hello\", # t\n  pieces = 2,\n}\n\n# end",
        "title = \"y\"\r\n[[steps]]\r\nby = \"server\"\r\ndo = \"listen\"\r\n\r\n[[steps]]\r\nby = \"client\"\r\nname = \"reply\"\r\ndo = \"connect\"\r\n[[steps]]\r\nby = \"client\"\r\non = \"reply\"\r\nafter = \"reply\"\r\ndo.receive = {}\r\n[expect.returns]\r\n\"client.reply\" = 0",
        "title = \"z\"\n[[steps]]\nby = \"server\"\ndo = \"listen\"",
    ];
    let texts = LAYOUTS.map(str::to_owned).into_iter();
    texts.chain(crate::scenario::tests::catalogue()).collect()
}

/// What a text says, without places: the scenario's own fields, then each step's.
#[derive(Clone, Debug, PartialEq)]
struct Says {
    own: Vec<(String, String)>,
    steps: Vec<SaysStep>,
    others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct SaysStep {
    kind: String,
    common: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

fn pairs(fields: &[FieldText]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = fields
        .iter()
        .map(|field| (field.name.clone(), field.value.clone()))
        .collect();
    pairs.sort();
    pairs
}

#[track_caller]
fn says(text: &str) -> Says {
    let story = Story::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let steps = story.steps.iter().map(|step| SaysStep {
        kind: step.kind.clone(),
        common: pairs(&step.common),
        fields: pairs(&step.fields),
    });
    let root = tree::toml_value(text).unwrap();
    let others = ["expect", "claims"].map(|name| {
        let table = root.field(name).map(|(_, table)| table);
        let spanless = format!("{table:?}");
        let parts: Vec<_> = spanless
            .split("span: ")
            .map(|part| {
                part.split_once(|c: char| !c.is_ascii_digit() && c != '.')
                    .map_or("", |(_, rest)| rest)
                    .to_owned()
            })
            .collect();
        parts.concat()
    });
    Says {
        own: pairs(&story.fields),
        steps: steps.collect(),
        others: others.to_vec(),
    }
}

/// The comments of a text, sorted: none may be lost. Every `#` of these texts begins one.
fn comments(text: &str) -> Vec<&str> {
    let mut comments: Vec<_> = text
        .lines()
        .filter_map(|line| line.find('#').map(|at| line[at..].trim_end()))
        .collect();
    comments.sort_unstable();
    comments
}

fn put(pairs: &mut Vec<(String, String)>, name: &str, value: Option<&str>) {
    pairs.retain(|(known, _)| known != name);
    if let Some(value) = value {
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs.sort();
}

#[test]
fn a_field_is_set_and_taken_away_and_nothing_else_changes() {
    let mut tried = 0;
    for text in catalogue() {
        let story = Story::read(&text).unwrap();
        for (number, step) in story.steps.iter().enumerate() {
            let Some(kind) = step.known() else { continue };
            for field in kind.fields {
                let typed = match field.takes {
                    Takes::Text => "a \"b\" \\ \n é",
                    Takes::Number { .. } | Takes::Position(_) => "7",
                    Takes::Flag => "true",
                    Takes::Duration
                    | Takes::Choice(_)
                    | Takes::Endpoint
                    | Takes::StepName
                    | Takes::Table => "5ms",
                };
                for value in [Some(typed), None] {
                    let Some(edit) = story.set(&text, number, Name::OfKind(field.name), value)
                    else {
                        assert!(value.is_none() && step.field(field.name).is_none());
                        continue;
                    };
                    let after = edit.apply(&text);
                    let mut expected = says(&text);
                    let fields = &mut expected.steps[number].fields;
                    if value.is_some()
                        && let Presence::OneOf(_) = field.presence
                    {
                        fields.retain(|(name, _)| {
                            kind.field(name)
                                .is_none_or(|other| other.presence != field.presence)
                        });
                    }
                    put(fields, field.name, value);
                    assert_eq!(
                        says(&after),
                        expected,
                        "{}.{} = {value:?}\n{after}",
                        kind.name,
                        field.name
                    );
                    assert_eq!(
                        comments(&after),
                        comments(&text),
                        "{}.{}\n{after}",
                        kind.name,
                        field.name
                    );
                    assert!(step.span.start <= edit.span.start);
                    tried += 1;
                }
            }
            for name in ["name", "delay", "at_once", "on"] {
                for value in [Some("true"), None] {
                    let Some(edit) = story.set(&text, number, Name::OfStep(name), value) else {
                        continue;
                    };
                    let after = edit.apply(&text);
                    let old = step.value(name);
                    let renamed = name == "name" && value.is_some() && !old.is_empty();
                    if !renamed {
                        let mut expected = says(&text);
                        put(&mut expected.steps[number].common, name, value);
                        assert_eq!(says(&after), expected, "{name} = {value:?}\n{after}");
                    }
                    assert_eq!(comments(&after), comments(&text), "{name}\n{after}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn a_step_takes_another_kind_and_keeps_the_rest() {
    for text in catalogue() {
        let story = Story::read(&text).unwrap();
        for number in 0..story.steps.len() {
            for kind in StepKind::ALL {
                let after = story.set_kind(&text, number, kind).unwrap().apply(&text);
                let (before, now) = (says(&text), says(&after));
                assert_eq!(now.steps[number].kind, kind.name, "{after}");
                assert_eq!(
                    now.steps[number].common, before.steps[number].common,
                    "{after}"
                );
                assert_eq!(now.steps.len(), before.steps.len());
                let others = |says: &Says| {
                    let steps = says
                        .steps
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| *at != number);
                    steps.map(|(_, step)| step.clone()).collect::<Vec<_>>()
                };
                assert_eq!(others(&now), others(&before), "{after}");
                assert_eq!(now.others, before.others);
            }
        }
    }
}

#[test]
fn steps_move_with_their_comments_and_gaps_stay() {
    for text in catalogue() {
        let story = Story::read(&text).unwrap();
        let count = story.steps.len();
        for from in 0..count {
            for to in [0, count / 2, count - 1] {
                let after = story.shift(&text, from, to).unwrap().apply(&text);
                let mut expected = says(&text);
                let moved = expected.steps.remove(from);
                expected.steps.insert(to, moved);
                assert_eq!(says(&after), expected, "{from} to {to}\n{after}");
                assert_eq!(comments(&after), comments(&text), "{after}");
                assert_eq!(after.len(), text.len());
                let back = Story::read(&after)
                    .unwrap()
                    .shift(&after, to, from)
                    .unwrap();
                assert_eq!(back.apply(&after), text);
            }
        }
    }
}

#[test]
fn steps_are_added_copied_and_taken_away() {
    for text in catalogue() {
        let story = Story::read(&text).unwrap();
        let close = crate::scenario::steps::KindOfStep::of("close").unwrap();
        for at in 0..=story.steps.len() {
            let after = story
                .insert(&text, at, &Story::new_step("client", close))
                .apply(&text);
            let mut expected = says(&text);
            let step = SaysStep {
                kind: "close".to_owned(),
                common: vec![("by".to_owned(), "client".to_owned())],
                fields: Vec::new(),
            };
            expected.steps.insert(at, step);
            assert_eq!(says(&after), expected, "at {at}\n{after}");
            assert_eq!(comments(&after), comments(&text), "{after}");
            // Taking it away again leaves no trace.
            let back = Story::read(&after).unwrap().remove(&after, at).unwrap();
            let lines = |text: &str| {
                text.lines()
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(lines(&back.apply(&after)), lines(&text), "at {at}");
        }
        for at in 0..story.steps.len() {
            let copied = story.duplicate(&text, at).unwrap().apply(&text);
            let mut expected = says(&text);
            let mut copy = expected.steps[at].clone();
            let found = says(&copied);
            copy.common.clone_from(&found.steps[at + 1].common);
            expected.steps.insert(at + 1, copy);
            assert_eq!(found, expected, "{copied}");
            let removed = story.remove(&text, at).unwrap().apply(&text);
            let mut expected = says(&text);
            expected.steps.remove(at);
            if !expected.steps.is_empty() {
                assert_eq!(says(&removed), expected, "without {at}\n{removed}");
            }
        }
    }
}

#[test]
fn an_edited_scenario_can_be_carried_out_as_it_says() {
    let text = include_str!("../../../../scenarios/closing-too-early/sent-before-close.toml");
    let story = Story::read(text).unwrap();
    let count = story
        .set(text, 3, Name::OfKind("count"), Some("2000"))
        .unwrap();
    assert_eq!(&text[count.span.clone()], "text = \"incorrect_prefix\"");
    assert_eq!(count.with, "count = 2000");
    let mut expected = Scenario::parse(text).unwrap();
    let crate::scenario::steps::StepKind::Send(send) = &mut expected.steps[3].does else {
        panic!("the fourth step sends");
    };
    send.text = None;
    send.count = Some(2000);
    assert_eq!(Scenario::parse(&count.apply(text)).unwrap(), expected);
}

#[test]
fn a_new_name_is_followed_where_it_is_meant() {
    let text = &catalogue()[1];
    let story = Story::read(text).unwrap();
    let after = story
        .set(text, 1, Name::OfStep("name"), Some("answer"))
        .unwrap()
        .apply(text);
    assert_eq!(after, text.replace("reply", "answer"));
    let own = story.set_own(text, "story", "one \"two\"").apply(text);
    assert!(
        own.starts_with("title = \"y\"\nstory = \"one \\\"two\\\"\"\r\n[["),
        "{own}"
    );
    assert_eq!(Story::read(&own).unwrap().value("story"), "one \"two\"");
}

#[test]
fn what_is_typed_becomes_toml_that_can_be_read() {
    let number = Takes::Number {
        unit: "",
        least: 0,
        most: 9,
    };
    for (takes, typed, written) in [
        (number, " 12 ", "12"),
        (number, "soon", "\"soon\""),
        (number, "", "\"\""),
        (Takes::Flag, "true", "true"),
        (Takes::Duration, "5ms ", "\"5ms\""),
        (Takes::Text, " a\u{1}\"\\", "\" a\\u0001\\\"\\\\\""),
    ] {
        assert_eq!(takes.written(typed), written);
    }
}

#[test]
fn steps_in_one_list_are_left_to_the_text() {
    let error =
        Story::read("title = \"x\"\nsteps = [{ by = \"a\", do = \"sample\" }]").unwrap_err();
    assert!(error.message.contains("[[steps]]"), "{error}");
    assert_eq!(error.line, 2);
    assert!(Story::read("title = \"x\"").unwrap().steps.is_empty());
}

#[test]
fn a_text_of_many_lines_fits_into_one_and_comes_back() {
    for text in [
        "",
        "a",
        "GET / HTTP/1.1\r\n\r\n",
        "a\\b",
        "a\\nb",
        "\\\\n",
        "\t\\",
        "\\\n",
        "\\\\\\",
    ] {
        assert_eq!(from_one_line(&on_one_line(text)), text, "{text:?}");
    }
    assert_eq!(from_one_line("a\\x\\"), "a\\x\\");
    assert_eq!(on_one_line("a\\b\n"), "a\\b\\n");
}
