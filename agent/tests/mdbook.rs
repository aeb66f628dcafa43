//! The preprocessor of mdBook through its protocol: small books, and the real one. mdBook itself is not needed.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use aftershake_shared::catalog;
use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::link::{self, view::View};
use aftershake_shared::recording::ScenarioText;
use program::{code, json, run, stderr};
use serde_json::{Value, json};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// A chapter as mdBook writes it.
fn chapter(path: &str, content: &str, inner: &[Value]) -> Value {
    json!({"Chapter": {
        "name": path, "content": content, "number": [1], "sub_items": inner,
        "path": path, "source_path": path, "parent_names": [], "of_a_newer_version": {"kept": true},
    }})
}

/// Gives a book to the preprocessor; `list` is the name that this version of mdBook has for its items.
fn build(root: &Path, renderer: &str, settings: &Value, list: &str, items: &[Value]) -> Output {
    let context = json!({
        "root": root, "renderer": renderer, "mdbook_version": "0.5.4",
        "config": {"book": {"src": "docs"}, "preprocessor": {"aftershake": settings}, "output": {}},
    });
    run(&["mdbook"], &json!([context, {list: items}]).to_string())
}

/// The text of each chapter, those inside of others included.
fn contents(book: &Value, list: &str) -> Vec<String> {
    fn walk(items: &Value, found: &mut Vec<String>) {
        for item in items.as_array().unwrap() {
            if let Some(chapter) = item.get("Chapter") {
                found.push(chapter["content"].as_str().unwrap().to_owned());
                walk(&chapter["sub_items"], found);
            }
        }
    }
    let mut found = Vec::new();
    walk(&book[list], &mut found);
    found
}

fn built(renderer: &str, settings: &Value, content: &str) -> String {
    let output = build(
        &docs(),
        renderer,
        settings,
        "items",
        &[chapter("a.md", content, &[])],
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    contents(&json(&output), "items").remove(0)
}

#[test]
fn every_renderer_is_served() {
    for renderer in ["html", "markdown", "a-strange-one"] {
        assert_eq!(code(&run(&["mdbook", "supports", renderer], "")), 0);
    }
}

#[test]
fn a_book_of_either_version_comes_back_with_its_runs() {
    for list in ["items", "sections"] {
        let inner = chapter("inner.md", "```aftershake linger-zero\n```\n", &[]);
        let items = [
            json!("Separator"),
            json!({"PartTitle": "Part"}),
            chapter("plain.md", "nothing here", &[inner]),
        ];
        let output = build(&docs(), "html", &json!({}), list, &items);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let book = json(&output);
        let found = contents(&book, list);
        assert_eq!(found.first().unwrap(), "nothing here");
        assert!(found.last().unwrap().contains("<svg "), "{list}");
        assert_eq!(book[list][0], "Separator");
        assert_eq!(
            book[list][2]["Chapter"]["of_a_newer_version"],
            json!({"kept": true})
        );
    }
}

#[test]
fn html_is_one_block_in_one_line_with_everything_inside() {
    let content =
        "before\n```aftershake linger-zero\n```\nafter\n\n- ```aftershake linger-zero\n  ```\n";
    let page = built("html", &json!({"playground": "../play/"}), content);
    let blocks: Vec<_> = page
        .lines()
        .filter(|line| line.contains("<div class=\"aftershake\">"))
        .collect();
    assert_eq!(blocks.len(), 2);
    for (block, words) in blocks.iter().zip(["<style>", "<p class="]) {
        for words in [
            words,
            "The server closed with SO_LINGER {1,0}",
            "<code>linger-zero-close</code>, certain",
            "<a href=\"../play/#s1.",
            "</svg>",
            "aftershake run linger-zero",
        ] {
            assert!(block.contains(words), "{words}");
        }
        assert!(!block.contains("<script") && block.trim_end().ends_with("</div>"));
    }
    assert_eq!(page.matches("<style>").count(), 1, "one style sheet a page");
    // A paragraph that follows begins a block of its own.
    assert!(page.contains("</div>\n\nafter"), "{page}");
    // One run for both: the same picture.
    let pictures: Vec<_> = blocks
        .iter()
        .map(|block| block.split_once("<svg").unwrap().1)
        .collect();
    assert_eq!(pictures.first(), pictures.last());
}

#[test]
fn other_renderers_get_text() {
    let content = "> ```aftershake linger-zero\n> ```\n";
    let page = built(
        "markdown",
        &json!({"playground": "https://a.example/"}),
        content,
    );
    assert!(page.starts_with("> ```text\n>"), "{page}");
    assert!(page.contains("RST,ACK") && page.contains("Why"), "{page}");
    assert!(page.contains("> Recorded on Linux"), "{page}");
    assert!(page.contains("[Open in the playground](<https://a.example/#s1."));
    assert!(!page.contains('<') || !page.contains("<div"), "{page}");
    assert!(page.lines().all(|line| line.starts_with('>')), "{page}");
}

/// mdBook's `links` comes after this preprocessor and puts a file where such a mark stands.
#[test]
fn nothing_that_a_run_says_is_a_mark_of_mdbook() {
    let marks = [
        "{{#include ../secret.txt}}",
        "{{{ #playground ../secret.rs}}",
        "\\{{#title secret}}",
    ];
    for mark in marks {
        let toml = format!(
            "title = '{mark}'\nstory = '{mark}'\n\n\
             [[steps]]\nby = \"server\"\ndo.listen = {{ port = 8080 }}\n\n\
             [[steps]]\nby = \"client\"\ndo = \"connect\"\n\n\
             [[steps]]\nby = \"client\"\ndo.send = {{ text = '{mark}' }}\n"
        );
        let text = ScenarioText {
            name: "strange".to_owned(),
            toml,
        };
        let link = link::fragment(&text, &View::default()).unwrap();
        let toml = &text.toml;
        let content = format!("```aftershake {link}\n```\n\n```aftershake\n{toml}```\n");
        let settings = json!({"playground": "../play/"});
        let page = built("html", &settings, &content);
        assert!(!page.contains("{{"), "{page}");
        let read = mark.replace("{{", "{&#123;");
        assert!(page.matches(&read).count() >= 4, "{page}");
        let page = built("markdown", &settings, &content);
        assert!(!page.contains("{{"), "{page}");
    }
}

#[test]
fn a_scenario_may_stand_in_the_block_or_beside_the_chapter() {
    let folder = std::env::temp_dir().join(format!("aftershake-book-{}", std::process::id()));
    fs::create_dir_all(folder.join("docs/part")).unwrap();
    let toml = fs::read_to_string(docs().join("../scenarios/on-purpose/linger-zero.toml")).unwrap();
    fs::write(folder.join("docs/part/own.toml"), &toml).unwrap();
    let content = format!("```aftershake own.toml\n```\n\n```aftershake name=mine\n{toml}```\n");
    let items = [chapter("part/a.md", &content, &[])];
    let output = build(&folder, "html", &json!({}), "items", &items);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let page = contents(&json(&output), "items").remove(0);
    assert_eq!(page.matches("linger-zero-close").count(), 2);
    fs::remove_dir_all(folder).unwrap();
}

/// Neither in a page nor in the build's log.
#[test]
fn no_file_but_the_scenarios_of_the_book_is_told() {
    let folder = std::env::temp_dir().join(format!("aftershake-inside-{}", std::process::id()));
    let root = folder.join("book");
    fs::create_dir_all(root.join("docs")).unwrap();
    let scenario = docs().join("../scenarios/on-purpose/linger-zero.toml");
    let outside = folder.join("outside.toml");
    fs::copy(scenario, &outside).unwrap();
    fs::write(folder.join("passwd"), "root:secret\n").unwrap();
    fs::write(root.join("passwd"), "root:secret\n").unwrap();
    fs::write(root.join("credentials.toml"), "secret = 1\n").unwrap();
    std::os::unix::fs::symlink(&outside, root.join("docs/linked.toml")).unwrap();
    let absolute = folder.join("passwd").display().to_string();
    for (named, words) in [
        ("../../passwd", "outside of the book"),
        ("../../outside.toml", "outside of the book"),
        ("linked.toml", "outside of the book"),
        (absolute.as_str(), "outside of the book"),
        ("/etc/passwd", "outside of the book"),
        ("../passwd", "expected a scenario or a recording"),
        ("../credentials.toml", "expected a scenario or a recording"),
        ("-", "no scenario `-` in the catalogue"),
        // Of the folder that this program is started in, and of none else.
        ("Cargo.toml", "no such file"),
        ("src/main.rs", "no scenario `src/main.rs`"),
    ] {
        let content = format!("```aftershake {named}\n```\n");
        let items = [chapter("a.md", &content, &[])];
        let output = build(&root, "html", &json!({}), "items", &items);
        let said = stderr(&output);
        assert_eq!(code(&output), 2, "{named}: {said}");
        assert!(said.contains(words), "{named}: {said}");
        let told = said.replace(&folder.display().to_string(), "");
        assert!(
            !told.contains("secret") && !told.contains("root:"),
            "{said}"
        );
        assert!(output.stdout.is_empty(), "{named}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn all_mistakes_are_told_with_chapter_and_line() {
    let items = [
        chapter("a.md", "# A\n\n```aftershake linger-zer\n```\n", &[]),
        chapter(
            "b.md",
            "\n```aftershake\ntitle = \"x\"\n\n[[steps]]\nby = \"client\"\ndo.connect = { prot = 1 }\n```\n",
            &[],
        ),
    ];
    let output = build(&docs(), "html", &json!({}), "items", &items);
    assert_eq!(code(&output), 2);
    assert!(output.stdout.is_empty());
    let said = stderr(&output);
    assert!(
        said.starts_with("aftershake: a.md:3: no scenario `linger-zer` in the catalogue"),
        "{said}"
    );
    assert!(said.contains("b.md:7:16: unknown field `prot`"), "{said}");
}

#[test]
fn what_is_no_book_is_refused_in_words() {
    for (input, words) in [
        ("", "expected `[context, book]` as mdBook writes it"),
        ("[1,2,3]", "expected `[context, book]`"),
        ("[{},{}]", "missing field `renderer`"),
        (
            r#"[{"renderer":"html","config":{}},{"pages":[]}]"#,
            "no list `items` or `sections`",
        ),
        (
            r#"[{"renderer":"html","config":{"preprocessor":{"aftershake":{"run":"now"}}}},{"items":[]}]"#,
            "unknown field `run`",
        ),
    ] {
        let output = run(&["mdbook"], input);
        assert_eq!(code(&output), 2, "{input}");
        assert!(
            stderr(&output).contains(words),
            "{input}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn kept_runs_stay_the_same_until_their_scenario_changes() {
    let folder = std::env::temp_dir().join(format!("aftershake-kept-{}", std::process::id()));
    let build = |runs: &str, delay: &str| {
        let toml =
            format!("title = \"x\"\n[[steps]]\nby = \"a\"\n{delay}do.listen = {{ port = 1 }}\n");
        let content = format!("```aftershake name=mine\n{toml}```\n");
        let items = [chapter("a.md", &content, &[])];
        build(&folder, "html", &json!({"runs": runs}), "items", &items)
    };
    let missing = build("kept", "");
    assert_eq!(code(&missing), 2);
    assert!(
        stderr(&missing).contains("mine.jsonl is not there"),
        "{}",
        stderr(&missing)
    );
    let first = build("keep", "");
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    assert_eq!(build("keep", "").stdout, first.stdout);
    assert_eq!(build("kept", "").stdout, first.stdout);
    let changed = build("kept", "delay = \"1ms\"\n");
    assert_eq!(code(&changed), 2);
    assert!(
        stderr(&changed).contains("is of another text"),
        "{}",
        stderr(&changed)
    );
    fs::remove_dir_all(folder).unwrap();
}

/// The chapters that `docs/SUMMARY.md` names, with their texts.
fn chapters() -> Vec<(String, String)> {
    let summary = fs::read_to_string(docs().join("SUMMARY.md")).unwrap();
    let links = summary.split("](").skip(1);
    let paths = links.map(|link| link.split(')').next().unwrap().to_owned());
    paths
        .map(|path| {
            let text = fs::read_to_string(docs().join(&path)).unwrap();
            (path, text)
        })
        .collect()
}

#[test]
fn the_book_of_this_project_can_be_built() {
    let all = chapters();
    let items: Vec<_> = all
        .iter()
        .map(|(path, text)| chapter(path, text, &[]))
        .collect();
    let root = docs().join("..");
    let output = build(&root, "html", &json!({}), "items", &items);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let pages = contents(&json(&output), "items");
    for ((path, text), page) in all.iter().zip(&pages) {
        let shown = page.matches("<div class=\"aftershake\">").count();
        assert!(shown > 0 || !path.starts_with("why/"), "{path}");
        // Every page that has no example of a block has no block left.
        if !text.contains("````") {
            assert!(!page.contains("```aftershake"), "{path}");
        }
    }
}

/// Words in code that look like a name of the catalogue or a cause, and are neither.
const NO_NAMES: [&str; 1] = ["third-party"];

#[test]
fn the_chapters_name_every_cause_and_nothing_that_is_not_there() {
    let mut told = String::new();
    for (path, text) in chapters() {
        if !path.starts_with("why/") {
            continue;
        }
        for (at, word) in text.split('`').enumerate() {
            let is_name = word.contains('-')
                && word.starts_with(|c: char| c.is_ascii_lowercase())
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            let is_known = catalog::find(word).is_some()
                || CauseId::ALL.iter().any(|cause| cause.slug() == word)
                || NO_NAMES.contains(&word);
            assert!(at % 2 == 0 || !is_name || is_known, "{path}: {word}");
        }
        told += &text;
    }
    for cause in CauseId::ALL {
        assert!(told.contains(&format!("**`{cause}`**")), "{cause}");
    }
}

#[test]
fn no_link_of_the_book_leads_nowhere() {
    let mut checked = 0;
    for (path, text) in chapters() {
        let folder = docs().join(&path);
        let folder = folder.parent().unwrap();
        // What stands in fences is no link.
        let prose: Vec<_> = text.split("\n```").step_by(2).collect();
        for link in prose.join("\n").split("](").skip(1) {
            let to = link.split([')', '#']).next().unwrap();
            if !to.is_empty() && !to.contains(':') {
                assert!(folder.join(to).exists(), "{path}: {to}");
                checked += 1;
            }
        }
    }
    assert!(checked > 30, "{checked}");
}

#[test]
fn the_lines_at_fault_are_in_the_program() {
    let page = fs::read_to_string(docs().join("why/from-a-log.md")).unwrap();
    let program = fs::read_to_string(docs().join("why/jobs/service.py")).unwrap();
    let fault = page.split("```python\n").nth(1).unwrap();
    let fault = fault.split("```").next().unwrap();
    assert!(
        fault.lines().count() > 2 && program.contains(fault),
        "{fault}"
    );
}
