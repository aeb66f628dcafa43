//! Formats read back by what they are for: a Markdown renderer, and the grammar of packetdrill.

use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::event::Source;
use aftershake_shared::export::{Run, filter, markdown, packetdrill};
use aftershake_shared::ladder::words::plain;
use aftershake_shared::recording::Recording;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::{hostile, names, recording};

/// Calls with every recording, the hostile one last, as it is exported.
pub(crate) fn each(check: impl Fn(&str, &Run<'_>)) {
    let hostile = ("hostile".to_owned(), hostile());
    let all = names().into_iter().map(|name| {
        let recording = recording(&name);
        (name, recording)
    });
    for (name, recording) in all.chain([hostile]) {
        let Recording { header, events } = &recording;
        let diagnosis = diagnose(events, &header.environment.evidence);
        check(&name, &Run::new(&recording, &diagnosis));
    }
}

#[test]
fn a_renderer_finds_title_tables_and_scenario_and_no_markup_of_others() {
    each(|name, run| {
        let text = markdown::write(run);
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH;
        let events: Vec<_> = Parser::new_ext(&text, options).collect();
        let (mut heading, mut in_heading) = (String::new(), false);
        let (mut rows, mut code, mut in_toml) = (Vec::new(), String::new(), false);
        for event in &events {
            match event {
                Event::Html(_)
                | Event::InlineHtml(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock) => {
                    panic!("{name}: {event:?}")
                }
                Event::Start(Tag::Heading {
                    level: HeadingLevel::H1,
                    ..
                }) => in_heading = true,
                Event::End(TagEnd::Heading(HeadingLevel::H1)) => in_heading = false,
                Event::Start(Tag::Table(_)) => rows.push(0),
                Event::Start(Tag::TableRow) => *rows.last_mut().unwrap() += 1,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                    in_toml = &**kind == "toml";
                }
                Event::End(TagEnd::CodeBlock) => in_toml = false,
                Event::Text(words) if in_heading => heading += words,
                Event::Text(words) if in_toml => code += words,
                Event::Start(_)
                | Event::End(_)
                | Event::Text(_)
                | Event::Code(_)
                | Event::FootnoteReference(_)
                | Event::SoftBreak
                | Event::HardBreak
                | Event::Rule
                | Event::TaskListMarker(_) => {}
            }
        }
        assert_eq!(heading, run.title(), "{name}");
        assert_eq!(rows, [run.acts.len(), run.report.segments.len()], "{name}");
        let shown = |text: &str| -> Vec<String> {
            let lines = text.lines().map(|line| plain(line.trim_end(), 10_000));
            lines.filter(|line| !line.is_empty()).collect()
        };
        let toml = &run.recording.header.scenario.toml;
        if name != "hostile" {
            assert_eq!(shown(&code), shown(toml), "{name}");
        }
        let mut page = String::new();
        html::push_html(&mut page, events.into_iter());
        assert!(
            !page.contains("<script") && !page.contains("<img"),
            "{name}"
        );
    });
}

/// Reads one line of a script. Source: packetdrill's `parser.y` and `lexer.l`.
fn check_script_line(line: &str) -> Option<()> {
    if line.is_empty() || line.starts_with("//") || line.starts_with("--ip_version=") {
        return Some(());
    }
    let (time, event) = line.split_once(' ')?;
    for part in time.split("...") {
        let (seconds, micros) = part.split_once('.')?;
        seconds.parse::<u32>().ok()?;
        (micros.len() == 6 && micros.parse::<u32>().is_ok()).then_some(())?;
    }
    if event.starts_with(['<', '>']) {
        check_segment(event)
    } else {
        check_call(event)
    }
}

/// `< SP. 1:17(16) ack 1 win 512 <mss 100>`.
fn check_segment(event: &str) -> Option<()> {
    let (event, options) = event.split_at(event[1..].find('<').map_or(event.len(), |at| at + 1));
    let mut words = event[1..].split_whitespace();
    let flags = words.next()?;
    flags
        .chars()
        .all(|letter| "FSRPEWA.".contains(letter))
        .then_some(())?;
    let (begin, rest) = words.next()?.split_once(':')?;
    let (end, len) = rest.strip_suffix(')')?.split_once('(')?;
    let [begin, end, len] = [begin, end, len].map(|number| number.parse::<u32>().ok());
    (begin?.wrapping_add(len?) == end?).then_some(())?;
    while let Some(word) = words.next() {
        ["ack", "win"].contains(&word).then_some(())?;
        words.next()?.parse::<u32>().ok()?;
    }
    let options = options.trim();
    (options.is_empty() || (options.starts_with('<') && options.ends_with('>'))).then_some(())
}

/// `setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0`.
fn check_call(event: &str) -> Option<()> {
    let (call, result) = event.rsplit_once(" = ")?;
    let (name, arguments) = call.strip_suffix(')')?.split_once('(')?;
    name.bytes()
        .all(|byte| byte.is_ascii_lowercase())
        .then_some(())?;
    let known = |word: &str| {
        let word = word.trim_matches(|c| "{}[]".contains(c));
        let word = word.split_once('=').map_or(word, |(_, value)| value);
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        };
        word == "..." || word.parse::<i64>().is_ok() || word.split('|').all(is_name)
    };
    arguments.split(", ").all(known).then_some(())?;
    let (number, error) = result.split_once(' ').unwrap_or((result, ""));
    number.parse::<i64>().ok()?;
    (error.is_empty() || (number == "-1" && error.starts_with('E') && error.ends_with(')')))
        .then_some(())
}

#[test]
fn every_line_of_a_script_follows_packetdrills_grammar() {
    each(|name, run| {
        let script = packetdrill::write(run);
        for line in script.lines() {
            assert!(check_script_line(line).is_some(), "{name}: {line}");
        }
        let lines = script
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        let begins = lines.map(|line| {
            line.split([' '])
                .next()
                .unwrap()
                .split("...")
                .next()
                .unwrap()
                .to_owned()
        });
        let begins: Vec<f64> = begins.map(|time| time.parse().unwrap()).collect();
        assert!(begins.is_sorted(), "{name}: {script}");
    });
    for wrong in [
        "0.1 < S 0:0(0)",
        "0.000001 S 0:0(0)",
        "0.000001 < S 0:1(0)",
        "0.000001 close(4)",
        "0.000001 x(;) = 0",
    ] {
        assert!(check_script_line(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn a_filter_is_one_line_that_names_every_connection() {
    each(|name, run| {
        let text = filter::write(run.diagnosis);
        for connection in &run.diagnosis.connections {
            for end in [connection.client_address, connection.server_address] {
                assert!(
                    text.contains(&format!("tcp.port == {}", end.port())),
                    "{name}: {text}"
                );
            }
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || " .:=&|()".contains(c);
        assert!(text.trim_end().chars().all(is_plain), "{name}: {text}");
    });

    // Nothing of a live capture belongs to a run without a connection.
    let nothing = diagnose(&[], &[Source::Segments]);
    assert_eq!(filter::write(&nothing), "frame.number == 0\n");
}
