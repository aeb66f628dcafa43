//! The Mermaid export, read and drawn by Mermaid itself: whatever the diagram says stands in the drawing, and nothing else.
//!
//! `AFTERSHAKE_MERMAID` names the folder with Mermaid's own build.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use aftershake_browser_tests::agent::binary;
use aftershake_browser_tests::browser::{Browser, Scheme};
use aftershake_browser_tests::files::{FileServer, Served, built};
use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

/// What would mean something to Mermaid, to HTML or to CSS where it is not written by numbers.
const NAMES: [&str; 17] = [
    "end",
    "as",
    "a;b",
    "a#b #35; #lt; &lt; &#60;",
    "<script>globalThis.stained = 1</script><img src=x onerror='globalThis.stained = 1'>",
    "<br>one<br/>two",
    "\"quoted\" 'single' `ticked` $$x^2$$",
    "e1->>e2: SYN",
    "%%{init: {'theme': 'dark'}}%%",
    "%% no comment",
    "two\nlines\r\nand\tmore",
    "loop alt opt par rect box note over",
    "wrap: nowrap: title: style x:#1;",
    "---\ntitle: x\n---",
    "@{ \"type\" : \"database\" }",
    "ﬂ°°60¶ß",
    "a-name-that-is-longer-than-the-heading-of-a-lane",
];

#[test]
fn mermaid_draws_every_scenario() -> anyhow::Result<()> {
    let page = Page::open()?;
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/recordings");
    let mut drawn = 0;
    for entry in fs::read_dir(recordings)? {
        let file = entry?.path();
        page.check(&exported(&file)?)
            .with_context(|| file.display().to_string())?;
        drawn += 1;
    }
    // That all of the catalogue are there is checked where they are kept.
    assert!(drawn > 100, "{drawn}");
    Ok(())
}

#[test]
fn mermaid_draws_names_that_would_be_its_own_words() -> anyhow::Result<()> {
    let page = Page::open()?;
    for name in NAMES {
        let file = Renamed::to(name)?;
        page.check(&exported(&file.0)?)
            .with_context(|| format!("{name:?}"))?;
        let stained = page.browser.script("return globalThis.stained ?? null")?;
        assert_eq!(stained, Value::Null, "{name}");
    }
    Ok(())
}

/// `aftershake export` of a recording.
fn exported(recording: &Path) -> anyhow::Result<String> {
    let mut export = Command::new(binary()?);
    export
        .arg("export")
        .arg(recording)
        .args(["--to", "mermaid"]);
    let output = export.output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// A kept recording whose title and server are called otherwise, as a file that ends with its value.
struct Renamed(PathBuf);

impl Renamed {
    fn to(name: &str) -> anyhow::Result<Self> {
        let kept = "../scenarios/recordings/sent-before-close.jsonl";
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(kept))?;
        let title = json!("Client sent before the close").to_string();
        let title = json!(title).to_string();
        let title = title.trim_matches('"');
        let toml = json!(json!(name).to_string()).to_string();
        ensure!(text.contains(title), "{kept} has another title");
        let text = text
            .replace(title, toml.trim_matches('"'))
            .replace("\"by\":\"server\"", &format!("\"by\":{}", json!(name)));
        let file = format!("aftershake-renamed-{}.jsonl", process::id());
        let file = env::temp_dir().join(file);
        fs::write(&file, text)?;
        Ok(Self(file))
    }
}

impl Drop for Renamed {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What a diagram says, line by line, as [`Page::check`] finds it in the drawing.
fn said(diagram: &str) -> anyhow::Result<Value> {
    let (mut title, mut description) = (String::new(), String::new());
    let (mut endpoints, mut notes, mut segments) = (Vec::new(), Vec::new(), Vec::new());
    let (mut crosses, mut broken) = (0, 0);
    for line in diagram.lines().skip(1).map(str::trim) {
        if let Some(declared) = line.strip_prefix("participant ") {
            let (_, name) = declared.split_once(" as ").context(line.to_owned())?;
            endpoints.push(plain(name)?);
            continue;
        }
        let (head, words) = line.split_once(": ").with_context(|| line.to_owned())?;
        let words = plain(&words.replace("<br/>", ""))?;
        match head {
            "accTitle" => title = words,
            "accDescr" => description = words,
            note if note.starts_with("Note over ") => {
                // A line's end takes the space with it.
                notes.push(words.replace(char::is_whitespace, ""));
            }
            arrow => {
                crosses += usize::from(arrow.contains("-x"));
                broken += usize::from(arrow.contains("--"));
                segments.push(words);
            }
        }
    }
    Ok(json!({
        "title": title, "description": description, "endpoints": endpoints, "notes": notes,
        "segments": segments, "crosses": crosses, "broken": broken, "past_their_box": [],
    }))
}

/// The letters for their numbers, `#60;`.
fn plain(words: &str) -> anyhow::Result<String> {
    let mut parts = words.split('#');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').with_context(|| words.to_owned())?;
        out.push(char::from_u32(number.parse()?).context("no letter")?);
        out.push_str(rest);
    }
    Ok(out)
}

/// A page with Mermaid on it.
struct Page {
    browser: Browser,
}

impl Page {
    fn open() -> anyhow::Result<Self> {
        let html = "<!doctype html><meta charset=\"utf-8\"><title>Mermaid</title>\
                    <script src=\"/mermaid/mermaid.min.js\"></script><body></body>";
        let server = FileServer::start(Served {
            folder: Some(("/mermaid".to_owned(), built("AFTERSHAKE_MERMAID")?)),
            pages: BTreeMap::from([("/page.html".to_owned(), html.to_owned())]),
            ..Served::default()
        })?;
        let browser = Browser::start(1280, 900, Scheme::Light)?;
        browser.open(&format!("{}/page.html", server.origin()))?;
        browser.script("mermaid.initialize({ startOnLoad: false })")?;
        Ok(Self { browser })
    }

    /// Fails unless Mermaid takes the diagram and shows all that it says.
    fn check(&self, diagram: &str) -> anyhow::Result<()> {
        let shown = self.browser.script_later(&format!(
            "const done = arguments[arguments.length - 1];
             const draw = async (diagram) => {{
               await mermaid.parse(diagram);
               document.body.innerHTML = (await mermaid.render('drawn', diagram)).svg;
               const all = (selector) => [...document.querySelectorAll(`#drawn ${{selector}}`)];
               const words = (selector) => all(selector).map((one) => one.textContent);
               const notes = all('.note').map((box) => ({{ box, lines: [...box.parentElement.querySelectorAll('text')] }}));
               const is_inside = (box) => (line) => {{
                 const [outer, inner] = [box.getBoundingClientRect(), line.getBoundingClientRect()];
                 return inner.left >= outer.left && inner.right <= outer.right;
               }};
               return {{
                 title: words('title').join(), description: words('desc').join(),
                 endpoints: all('.actor-top').sort((one, other) => one.x.baseVal.value - other.x.baseVal.value)
                   .map((one) => one.parentElement.textContent),
                 notes: notes.map(({{ lines }}) => lines.map((line) => line.textContent).join('').replace(/\\s/g, '')),
                 past_their_box: notes.flatMap(({{ box, lines }}) => lines.filter((line) => !is_inside(box)(line)))
                   .map((line) => line.textContent),
                 segments: words('.messageText'),
                 crosses: all('[marker-end*=crosshead]').length, broken: all('.messageLine1').length,
               }};
             }};
             draw({}).then(done, (error) => done(String(error)));",
            json!(diagram)
        ))?;
        if let Value::String(refusal) = &shown {
            bail!("{refusal}\n{diagram}");
        }
        let said = said(diagram)?;
        ensure!(shown == said, "{shown:#?}\nin place of\n{said:#?}");
        Ok(())
    }
}
