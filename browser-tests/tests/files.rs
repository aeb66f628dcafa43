//! Files that the reader opens: read in the browser, explained there, sent nowhere.

use std::path::Path;

use aftershake_browser_tests::axe;
use aftershake_browser_tests::browser::Browser;
use aftershake_browser_tests::dropped::{copies, drop_file, drop_packed};
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;

const RECORDING: &[u8] = include_bytes!("../../web/tests/recordings/sent-before-close.jsonl");
const REQUESTS: &str = "performance.getEntriesByType('resource').length";

fn without_agent(playground: &Playground) -> anyhow::Result<()> {
    let page = format!("http://127.0.0.1:{}/", playground.agent.port);
    playground.browser.open("about:blank")?;
    playground.browser.script("return 0")?;
    playground.browser.open(&page)?;
    playground.browser.script("sessionStorage.clear()")?;
    playground.browser.open("about:blank")?;
    playground.browser.open(&page)?;
    playground
        .browser
        .wait_until("document.querySelector('.no-agent')")
}

#[test]
fn a_recording_that_is_dropped_is_a_run_like_any_other() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    drop_file(browser, "mine.jsonl", RECORDING)?;
    browser.wait_for_text("headline", "unread")?;
    browser.wait_until(
        "document.querySelector('.verdict .remark').textContent.includes('mine.jsonl')",
    )?;
    browser.wait_until("document.querySelector('#editor').value.includes('title =')")?;
    browser.wait_until("document.querySelector('svg.body .segment.rst')")?;
    browser.is_quiet()
}

/// What is on show has no scenario to pass on, and its files are offered all the same.
fn passes_on_no_scenario(browser: &Browser) -> anyhow::Result<()> {
    browser.click("share")?;
    browser.wait_for_text("no-scenario", "no scenario")?;
    browser.click("share-run")?;
    browser.wait_for("format-svg")?;
    browser.click("share-close")
}

/// What `aftershake exec --save` writes: a recording of programs that no scenario made.
#[test]
fn a_run_of_somebodys_own_programs_brings_no_scenario() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    let text = std::str::from_utf8(RECORDING)?;
    let (header, events) = text.split_once('\n').context("one line only")?;
    let mut header: serde_json::Value = serde_json::from_str(header)?;
    header["scenario"] = serde_json::json!({ "name": "exec", "toml": "" });
    drop_file(
        browser,
        "mine.jsonl",
        format!("{header}\n{events}").as_bytes(),
    )?;
    browser.wait_for_text("headline", "unread")?;
    browser.wait_until("document.querySelector('svg.body .segment.rst')")?;
    browser.wait_until("!document.querySelector('#editor')")?;
    axe::check(browser)?;
    passes_on_no_scenario(browser)?;
    playground.choose("linger-zero")?;
    browser.wait_until("document.querySelector('#editor').value.includes('linger')")?;
    browser.is_quiet()
}

#[test]
fn a_capture_is_explained_without_an_agent_and_sent_nowhere() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    without_agent(&playground)?;
    // What reads files is fetched with the first of them.
    drop_file(browser, "letter.txt", b"Dear reader")?;
    browser.wait_for_text("refused", "letter.txt: it begins with")?;
    let before = browser.script(&format!("return {REQUESTS}"))?;
    let capture = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/tests/data/truth/cases/unread-close.pcap");
    browser.choose_file("open-file", &capture.canonicalize()?)?;
    browser.wait_for_text("outcome-badge", "reset by")?;
    browser.wait_for_text("file-badge", "capture")?;
    browser.wait_until("document.querySelector('svg.body .segment.rst')")?;
    // The RST is the sixth frame of the file, and is called by that number.
    browser.wait_until("document.querySelector('svg.body .segment.rst').dataset.event === '6'")?;
    drop_packed(browser, "packed.pcap.gz", &copies(3)?)?;
    browser.wait_for_text("headline", "of 3 connections 3 were reset")?;
    browser.wait_until(&format!("{REQUESTS} === {before}"))?;
    drop_file(browser, "letter.txt", b"Dear reader")?;
    browser.wait_for_text("refused", "letter.txt: it begins with")?;
    browser.click("file-close")?;
    browser.wait_until("!document.querySelector('[data-test=file-card]')")?;
    browser.is_quiet()
}

#[test]
fn of_many_connections_the_overview_comes_first_and_damage_is_named_by_frame() -> anyhow::Result<()>
{
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    let mut file = copies(12)?;
    file.truncate(file.len() - 10);
    drop_file(browser, "theirs.pcap", &file)?;
    browser.wait_for_text("headline", "of 12 connections 11 were reset")?;
    browser.wait_for_text("file-problems", "frame 72")?;
    let rows = "document.querySelectorAll('[data-test=connection-row]').length === 12";
    browser.wait_until(rows)?;
    browser.wait_until("document.querySelector('.overview .glyph.reset')")?;
    axe::check(browser)?;
    browser.click("connection-3")?;
    browser.wait_for_text("outcome-badge", "reset by")?;
    browser.wait_until("document.querySelector('svg.body .segment.rst').dataset.event === '18'")?;
    axe::check(browser)?;
    // A capture has no scenario, and the editor's is not passed on in its place.
    passes_on_no_scenario(browser)?;
    browser.click("file-back")?;
    browser.wait_until(rows)?;
    browser.wait_until("!document.querySelector('svg.body')")?;
    // A scenario that is chosen takes the file's place.
    playground.choose("sent-before-close")?;
    browser.wait_until("!document.querySelector('[data-test=file-card]')")?;
    browser.is_quiet()
}
