//! Passing a scenario or a run on, and opening what was passed on: the clipboard, files and links are real.
#![expect(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use aftershake_browser_tests::agent::binary;
use aftershake_browser_tests::browser::{Browser, DEADLINE, Scheme, element, keys};
use aftershake_browser_tests::playground::Playground;
use anyhow::{Context as _, bail};
use serde_json::{Value, json};

fn value(browser: &Browser, name: &str) -> anyhow::Result<String> {
    browser.wait_for(name)?;
    let value = browser.script(&format!("return {}.value", element(name)))?;
    Ok(value.as_str().context("no value")?.to_owned())
}

/// Lets the page use the clipboard without asking a person.
fn allow_clipboard(browser: &Browser) -> anyhow::Result<()> {
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.devtools("Browser.grantPermissions", &permissions)?;
    Ok(())
}

fn clipboard(browser: &Browser) -> anyhow::Result<String> {
    let text = browser.script_later(
        "const done = arguments[arguments.length - 1];
         navigator.clipboard.readText().then(done, (error) => done('refused: ' + error));",
    )?;
    Ok(text.as_str().context("no text")?.to_owned())
}

/// What the agent's program says to these arguments.
fn aftershake(arguments: &[&str]) -> anyhow::Result<Output> {
    Ok(Command::new(binary()?).args(arguments).output()?)
}

/// A folder of this test's own, into which the browser saves.
fn downloads(browser: &Browser, name: &str) -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("aftershake-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let behaviour = json!({ "behavior": "allow", "downloadPath": folder });
    browser.devtools("Browser.setDownloadBehavior", &behaviour)?;
    Ok(folder)
}

/// Presses a button and waits until the browser has saved that file.
fn saved(browser: &Browser, button: &str, file: &Path) -> anyhow::Result<Vec<u8>> {
    browser.click(button)?;
    let begin = Instant::now();
    while begin.elapsed() < DEADLINE {
        // The browser writes under another name first.
        if let Ok(bytes) = fs::read(file)
            && !bytes.is_empty()
        {
            return Ok(bytes);
        }
        browser.script("return 0")?;
    }
    bail!("{} was not saved", file.display())
}

#[test]
fn a_link_is_copied_opened_elsewhere_and_runs_nothing() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    allow_clipboard(browser)?;
    playground.choose("sent-before-close")?;
    browser.click("share")?;
    browser.wait_for("share-dialog")?;
    browser.click("copy-link")?;
    browser.wait_for_text("share-status", "copied")?;
    let link = value(browser, "text-link")?;
    assert_eq!(clipboard(browser)?, link);
    let (address, fragment) = link.split_once('#').context("no fragment")?;
    assert!(playground.agent.url.starts_with(address), "{link}");
    let length = format!("{} characters", fragment.len() + 1);
    assert_eq!(browser.text("link-length")?, length);
    let decoded = aftershake(&["link", "--decode", &link])?;
    let decoded = String::from_utf8(decoded.stdout)?;
    assert!(decoded.starts_with("# sent-before-close\n"), "{decoded}");

    browser.press(&[keys::ESCAPE])?;
    browser.wait_until(&format!(
        "!document.querySelector('dialog.share').open && document.activeElement === {}",
        element("share")
    ))?;
    playground.choose("linger-zero")?;
    browser.wait_for_text("headline", "linger")?;
    browser.script(&format!("location.hash = {}", json!(fragment)))?;
    browser.wait_for_text("headline", "client sent before the close")?;
    assert!(browser.text("outcome-badge")?.contains("not run"));
    let is_chosen =
        "document.querySelector('[data-test=scenario-sent-before-close]').ariaCurrent === 'true'";
    browser.wait_until(is_chosen)?;
    browser.wait_until("location.hash.startsWith('#s1.')")?;
    // Another text than the link's is not the link's any more.
    playground.choose("linger-zero")?;
    browser.wait_until("location.hash === ''")?;
    playground.browser.is_quiet()
}

#[test]
fn the_dialog_keeps_the_focus_and_every_page_of_it_can_be_reached() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    browser.script("document.querySelector('[data-test=share]').focus()")?;
    browser.press(&[keys::ENTER])?;
    browser.wait_for("share-dialog")?;
    for _ in 0..14 {
        browser.press(&[keys::TAB])?;
        let inside = browser.script(
            "return document.activeElement === document.body || document.activeElement.closest('dialog.share') !== null",
        )?;
        assert_eq!(inside, Value::Bool(true));
    }
    browser.click("share-embed")?;
    let frame = value(browser, "text-frame")?;
    assert!(
        frame.starts_with("<iframe data-aftershake src=\"https://example.org/aftershake/play/index.html?embed=1&amp;scenario="),
        "{frame}"
    );
    browser.fill("share-site", "https://example.net/x")?;
    browser.wait_until(&format!(
        "{}.value.includes('](https://example.net/x/play/#s1.')",
        element("text-markdown")
    ))?;
    assert!(value(browser, "text-markdown")?.starts_with('['));
    browser.click("share-run")?;
    browser.wait_for("no-run")?;
    browser.click("share-close")?;
    browser.wait_until("!document.querySelector('dialog.share').open")?;
    playground.browser.is_quiet()
}

#[test]
fn a_link_that_is_not_whole_shows_what_to_do_and_no_scenario() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("linger-zero")?;
    let made = aftershake(&["link", "sent-before-close"])?;
    let link = String::from_utf8(made.stdout)?.trim().to_owned();
    let letters = link.strip_prefix("#s1.").context("no link")?;
    let long = "A".repeat(70_000);
    for (fragment, says) in [
        (format!("#s1.{}", &letters[..letters.len() - 1]), "damaged"),
        (format!("#s1.{letters}A"), "damaged"),
        (format!("#s1.{letters}/more"), "damaged"),
        (format!("#s2.{letters}"), "version 2"),
        (format!("#s1.{long}"), "expected at most"),
        (format!("#{letters}"), "no link to a scenario"),
        ("#s1.".to_owned(), "damaged"),
    ] {
        browser.script(&format!("location.hash = {}", json!(fragment)))?;
        browser.wait_for_text("link-problem", says)?;
        browser.wait_for_text("link-problem", "what helps")?;
        let others = browser.script(
            "return document.querySelectorAll('[data-test=headline], [data-test=editor]').length",
        )?;
        assert_eq!(others, json!(0), "{says}");
        let run = browser.script(&format!("return {}.disabled", element("run")))?;
        assert_eq!(run, Value::Bool(true));
    }
    browser.click("leave-link")?;
    browser.wait_for("editor")?;
    browser.script(&format!("location.hash = {}", json!(link)))?;
    browser.wait_for_text("headline", "client sent before the close")?;
    playground.browser.is_quiet()
}

#[test]
fn links_of_earlier_releases_open_in_the_page() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/data/links");
    let catalogue = fs::read_to_string(data.join("1-catalogue.tsv"))?;
    let rows = catalogue.lines().filter(|line| !line.starts_with('#'));
    for row in rows {
        let [_, _, title, link] = row.split('\t').collect::<Vec<_>>()[..] else {
            bail!("{row} has not four fields");
        };
        browser.script(&format!("location.hash = {}", json!(link)))?;
        browser.wait_for_text("headline", title)?;
        browser.wait_until(&format!("!{}", element("link-problem")))?;
    }
    playground.browser.is_quiet()
}

#[test]
fn a_run_is_saved_in_every_format_as_the_command_line_writes_it() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    let folder = downloads(browser, "formats")?;
    allow_clipboard(browser)?;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.click("share")?;
    browser.click("share-run")?;
    let file = |ending: &str| folder.join(format!("sent-before-close{ending}"));
    let recording = file(".recording.jsonl");
    saved(browser, "save-recording", &recording)?;
    let recording = recording.display().to_string();
    let exported = |format: &str| -> anyhow::Result<Vec<u8>> {
        let output = aftershake(&["export", &recording, "--to", format])?;
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output.stdout)
    };
    for (format, ending) in [
        ("svg", ".svg"),
        ("html", ".html"),
        ("markdown", ".md"),
        ("mermaid", ".mmd"),
        ("pcapng", ".pcapng"),
        ("filter", ".filter.txt"),
        ("packetdrill", ".pkt"),
        ("json", ".json"),
    ] {
        let bytes = saved(browser, &format!("save-{format}"), &file(ending))?;
        assert!(
            bytes == exported(format)?,
            "{format} differs from the command line's"
        );
    }
    for format in ["markdown", "mermaid", "filter", "packetdrill", "json"] {
        browser.click(&format!("copy-{format}"))?;
        browser.wait_for_text("share-status", "copied")?;
        let text = String::from_utf8(exported(format)?)?;
        browser.wait_until("document.hasFocus()")?;
        assert_eq!(clipboard(browser)?.trim_end(), text.trim_end(), "{format}");
    }
    let pixels = saved(browser, "save-png", &file(".png"))?;
    check_pixels(browser, &pixels)?;
    check_capture(&file(".pcapng"), &file(".filter.txt"))?;
    let _ = fs::remove_dir_all(&folder);
    playground.browser.is_quiet()
}

/// The picture is a PNG of a sensible size, and not of one colour.
fn check_pixels(browser: &Browser, png: &[u8]) -> anyhow::Result<()> {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let side = |at: usize| u32::from_be_bytes(png.get(at..at + 4).unwrap().try_into().unwrap());
    let (width, height) = (side(16), side(20));
    assert!(
        (1_000..4_000).contains(&width) && (600..8_000).contains(&height),
        "{width} x {height}"
    );
    let bytes: Vec<String> = png.iter().map(u8::to_string).collect();
    let colours = browser.script_later(&format!(
        "const done = arguments[arguments.length - 1];
         createImageBitmap(new Blob([new Uint8Array([{}])], {{ type: 'image/png' }})).then((bitmap) => {{
           const canvas = document.createElement('canvas');
           canvas.width = bitmap.width; canvas.height = bitmap.height;
           const context = canvas.getContext('2d');
           context.drawImage(bitmap, 0, 0);
           const data = new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
           done(new Set(data).size);
         }}, (error) => done(String(error)));",
        bytes.join(",")
    ))?;
    let colours = colours.as_u64().context("no number of colours")?;
    assert!(colours > 20, "{colours} colours");
    Ok(())
}

/// tshark reads the capture, and the filter lets through its segments.
fn check_capture(capture: &Path, filter: &Path) -> anyhow::Result<()> {
    let filter = fs::read_to_string(filter)?;
    let count = |filter: &str| -> anyhow::Result<usize> {
        let output = Command::new("tshark")
            .arg("-r")
            .arg(capture)
            .args(["-Y", filter])
            .output()?;
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?.lines().count())
    };
    assert_eq!(count(filter.trim())?, count("tcp")?);
    assert!(count("tcp")? > 4);
    assert_eq!(count(&format!("!({})", filter.trim()))?, 0);
    Ok(())
}

#[test]
fn a_link_opens_in_an_agent_without_its_token_and_stays_when_it_is_given() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let made = aftershake(&["link", "linger-zero"])?;
    let link = String::from_utf8(made.stdout)?;
    let (address, _) = playground.agent.url.split_once('#').context("no token")?;
    let stranger = Browser::start(1280, 800, Scheme::Light)?;
    stranger.open(&format!("{address}{}", link.trim()))?;
    stranger.wait_for_text("headline", "linger")?;
    stranger.wait_for_text("agent-status", "no agent")?;
    stranger.fill("agent-address", &playground.agent.url)?;
    stranger.click("authorise")?;
    stranger.wait_for_text("agent-status", "agent on this machine")?;
    stranger.wait_for_text("headline", "linger")?;
    let hash = stranger.script("return location.hash")?;
    assert_eq!(hash.as_str(), Some(link.trim()));
    assert!(stranger.text("outcome-badge")?.contains("not run"));
    stranger.click("run")?;
    stranger.wait_for_text("outcome-badge", "reset")?;
    stranger.is_quiet()
}

/// The fragment of the link that says what is looked at, and what it says of that.
fn shared_with_view(browser: &Browser) -> anyhow::Result<(String, Value)> {
    browser.click("share")?;
    browser.click("with-view")?;
    browser.wait_until(&format!("{}.checked", element("with-view")))?;
    let link = value(browser, "text-link")?;
    let decoded = aftershake(&["link", "--decode", &link, "--json"])?;
    let decoded: Value = serde_json::from_slice(&decoded.stdout)?;
    let (_, fragment) = link.split_once('#').context("no fragment")?;
    browser.click("share-close")?;
    let view = decoded.get("view").context("no view")?;
    Ok((fragment.to_owned(), view.clone()))
}

#[test]
fn what_is_looked_at_travels_when_asked() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("linger-zero")?;
    playground.run()?;
    browser.press(&['r'])?;
    let (fragment, view) = shared_with_view(browser)?;
    let event = view["event"].as_u64().context("no event")?;
    playground.choose("sent-before-close")?;
    browser.script(&format!("location.hash = {}", json!(fragment)))?;
    browser.wait_for_text("headline", "linger")?;
    playground.run()?;
    browser.wait_until(&format!(
        "document.querySelector('.inspector').textContent.includes('Segment {event}')"
    ))?;
    playground.browser.is_quiet()
}

#[test]
fn zoom_and_the_run_beside_travel_too() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    playground.run()?;
    playground.choose("sent-before-close-drained")?;
    playground.run()?;
    browser.wait_until(&format!("{} !== null", element("compare")))?;
    // The card of the comparison moves the ladder down: a press on the way would meet what is there no more.
    browser.wait_until(&format!(
        "(() => {{ const top = {}.getBoundingClientRect().top; const is_still = window.lastTop === top; window.lastTop = top; return is_still; }})()",
        element("zoom-in")
    ))?;
    browser.click("zoom-in")?;
    browser.wait_until("document.querySelector('[data-zoom]') !== null")?;
    let zoom = browser.script("return document.querySelector('[data-zoom]').dataset.zoom")?;
    let (fragment, view) = shared_with_view(browser)?;
    assert_eq!(view["compare"], "sent-before-close");
    assert_eq!(view["zoom"].to_string(), zoom.as_str().unwrap_or_default());
    playground.choose("linger-zero")?;
    browser.script(&format!("location.hash = {}", json!(fragment)))?;
    browser.wait_for_text("headline", "drained")?;
    browser.press(&[keys::CONTROL, keys::ENTER])?;
    browser.wait_until(&format!(
        "{}?.textContent.includes('Client sent before the close, drained')",
        element("compare-now")
    ))?;
    browser.wait_until(&format!(
        "document.querySelector('[data-zoom]')?.dataset.zoom === {zoom}"
    ))?;
    playground.browser.is_quiet()
}

#[test]
fn a_long_scenario_is_offered_as_a_file() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    let folder = downloads(browser, "long")?;
    let mut state = 1_u32;
    let mut digits = || -> String {
        let mut step = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            format!("{:02x}", state >> 24)
        };
        (0..2_000).map(|_| step()).collect()
    };
    let mut toml = "title = \"Long\"\n[[steps]]\nby = \"a\"\ndo = \"connect\"\n".to_owned();
    for (count, says) in [(1, "link-long"), (5, "link-refused")] {
        while toml.matches("send").count() < count {
            let more = [
                "[[steps]]\nby = \"a\"\ndo.send = { hex = \"",
                &digits(),
                "\" }\n",
            ];
            toml += &more.concat();
        }
        browser.script(&format!(
            "const editor = {}; editor.value = {}; editor.dispatchEvent(new Event('input', {{ bubbles: true }}));",
            element("editor"),
            json!(toml)
        ))?;
        browser.click("share")?;
        browser.wait_for(says)?;
        if says == "link-refused" {
            let file = folder.join("accepts-then-closes-edited.toml");
            let bytes = saved(browser, "save-toml", &file)?;
            assert!(bytes == toml.as_bytes());
        }
        browser.click("share-close")?;
    }
    let _ = fs::remove_dir_all(&folder);
    playground.browser.is_quiet()
}
