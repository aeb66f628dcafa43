//! Runs as files: whole, small, and text where a scenario or a recording would rather be something else.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "exports/diagrams.rs"]
mod diagrams;
#[path = "exports/readers.rs"]
mod readers;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::export::{Run, html, markdown, mermaid, packetdrill, pcapng, svg};
use aftershake_shared::letters::is_hidden;
use aftershake_shared::recording::Recording;

/// What someone may write who wishes a reader ill.
const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(1)> ]]> --> &lt; \" ' | `x` ``` $$ *b* \
    [a](javascript:alert(1)) =cmd() #35; ;end end % %% \\ \u{202e}\u{2066}\u{1b}[31m\u{1b}]0;x\u{7}\r\n\0\u{200b}\u{ffff}";

fn recording(name: &str) -> Recording {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings");
    let text = fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
    Recording::from_json_lines(&text).unwrap()
}

fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let stems = files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    stems.collect()
}

/// A recording whose title, story, names, kernel and endpoints are all hostile.
fn hostile() -> Recording {
    let quoted = serde_json::to_string(HOSTILE).unwrap();
    let text = recording("sent-before-close").to_json_lines();
    let text = text
        .replace("\"by\":\"server\"", &format!("\"by\":{quoted}"))
        .replace("\"6.18", &format!("{}6.18", &quoted[..quoted.len() - 1]));
    let mut recording = Recording::from_json_lines(&text).unwrap();
    let title: String = HOSTILE.chars().filter(|c| *c != '\0').collect();
    let scenario = &mut recording.header.scenario;
    HOSTILE.clone_into(&mut scenario.name);
    let toml = scenario
        .toml
        .lines()
        .filter(|line| !line.starts_with("title"));
    let toml: Vec<_> = toml.collect();
    scenario.toml = format!("title = {}\n{}\n", toml_string(&title), toml.join("\n"));
    let comment: String = HOSTILE.chars().filter(|c| !c.is_control()).collect();
    let _ = write!(
        scenario.toml,
        "[[claims]]\ntext = {}\nholds = true\noutcome = \"closed\"\n# {comment}\n",
        toml_string(&title)
    );
    recording.header.scenario.parse().unwrap();
    recording
}

fn toml_string(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if is_hidden(c) => format!("\\U{:08x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Every text format of a recording.
fn texts(recording: &Recording) -> [String; 5] {
    let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
    let run = Run::new(recording, &diagnosis);
    [
        svg::write(&run),
        html::write(&run),
        markdown::write(&run),
        mermaid::write(&run),
        packetdrill::write(&run),
    ]
}

#[test]
fn a_picture_is_small_static_and_holds_its_recording() {
    for name in names() {
        let recording = recording(&name);
        let [picture, ..] = texts(&recording);
        assert!(picture.len() <= 40_000, "{name}: {} bytes", picture.len());
        check_picture(&picture);
        assert_eq!(svg::recording(&picture).unwrap(), recording);
    }
}

/// Well formed, named for those who cannot see it, and without anything that acts or fetches.
fn check_picture(picture: &str) {
    let document = roxmltree::Document::parse(picture).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("graphics-document"));
    let elements = [
        "svg", "title", "desc", "style", "metadata", "g", "path", "rect", "text", "tspan", "circle",
    ];
    for name in ["title", "desc"] {
        let child = root
            .children()
            .find(|child| child.has_tag_name((SVG, name)));
        assert!(!child.unwrap().text().unwrap().trim().is_empty());
    }
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(elements.contains(&name), "<{name}>");
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && name != "href", "{name}");
        }
    }
    assert!(!picture.contains("url(") && !picture.contains("@import"));
}

const SVG: &str = "http://www.w3.org/2000/svg";

#[test]
fn a_picture_leaves_out_a_recording_that_it_could_not_give_back() {
    let mut recording = recording("linger-zero");
    recording.header.scenario.toml = "#".repeat(64 << 20);
    let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
    let picture = svg::write(&Run::new(&recording, &diagnosis));
    assert!(!picture.contains("<metadata"));
    check_picture(&picture);
    let message = svg::recording(&picture).unwrap_err().to_string();
    assert!(message.starts_with("no recording is in"), "{message}");
}

#[test]
fn a_picture_that_was_cut_or_is_from_elsewhere_gives_no_recording() {
    let [picture, ..] = texts(&recording("linger-zero"));
    let inside = picture.find("<metadata").unwrap();
    for end in inside..picture.find("</metadata>").unwrap() {
        assert!(svg::recording(&picture[..end]).is_err());
    }
    let letter = inside + 60;
    let other = if picture[letter..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    let changed = format!("{}{other}{}", &picture[..letter], &picture[letter + 1..]);
    assert_eq!(
        svg::recording(&changed).unwrap_err().to_string(),
        "the picture's recording is damaged: letters are missing, changed or added"
    );
    let message = svg::recording("<svg/>").unwrap_err().to_string();
    assert!(
        message.starts_with("no recording is in this picture"),
        "{message}"
    );
}

#[test]
fn what_is_hostile_is_text_in_every_format() {
    let recording = hostile();
    let [picture, page, markdown, mermaid, script] = texts(&recording);
    check_picture(&picture);
    for (format, text) in [
        ("html", &page),
        ("markdown", &markdown),
        ("mermaid", &mermaid),
        ("script", &script),
    ] {
        let hidden = text.chars().find(|c| is_hidden(*c) && *c != '\n');
        assert_eq!(hidden, None, "{format}");
    }
    for tag in [
        "<script", "<img", "<a ", "<iframe", "<object", "<base", "<form",
    ] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("default-src 'none'"));
    check_markdown(&markdown);
    diagrams::check(&mermaid);
    for line in script.lines() {
        let known = ["//", "--ip_version", "0."]
            .iter()
            .any(|start| line.starts_with(start));
        assert!(known || line.is_empty(), "{line}");
    }
}

/// Outside of fences nothing is HTML or a link, and every row of a table has the cells of its heading.
fn check_markdown(markdown: &str) {
    let mut fence: Option<&str> = None;
    let mut cells = None;
    for line in markdown.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) => {
                if line == open {
                    fence = None;
                }
                continue;
            }
            None if ticks >= 3 => {
                fence = Some(&line[..ticks]);
                continue;
            }
            None => {}
        }
        // What stands in backticks is text already.
        let words: String = line
            .replace("\\`", "")
            .replace("\\]", "")
            .split('`')
            .step_by(2)
            .collect();
        assert!(!words.contains('<') && !words.contains("]("), "{line}");
        if line.starts_with('|') {
            let bars = line.replace("\\|", "").matches('|').count();
            assert_eq!(*cells.get_or_insert(bars), bars, "{line}");
            for cell in line.split(" | ") {
                assert!(
                    !cell.trim_start_matches("| ").starts_with(['=', '+', '@']),
                    "{cell}"
                );
            }
        } else {
            cells = None;
        }
    }
    assert_eq!(fence, None);
}

#[test]
fn comments_of_a_capture_have_no_controls() {
    let recording = hostile();
    let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
    let capture = pcapng::write(&recording.events, &diagnosis);
    let text = String::from_utf8_lossy(&capture);
    assert!(text.contains("<script>alert(1)</script>") && text.contains(": close() = 0 at "));
    assert!(!text.contains("\u{1b}[31m") && !text.contains('\u{202e}'));
}

#[test]
fn a_script_tells_the_end_that_sent_the_reset() {
    let [.., script] = texts(&recording("sent-before-close"));
    for line in [
        "// This end is server; the other end, client, is played by packetdrill.",
        " socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
        " listen(3, 1) = 0",
        " accept(3, ..., ...) = 4",
        " < P. 1:17(16) ack 1 win ",
        " close(4) = 0",
        " > R. 1:1(0) ack 17 <...>",
    ] {
        assert!(script.contains(line), "{line}\n{script}");
    }
}

#[test]
fn every_format_says_the_verdict() {
    let recording = recording("linger-zero");
    for text in texts(&recording) {
        let words = text.replace("\\_", "_");
        assert!(words.contains("SO_LINGER"), "{text}");
    }
}
