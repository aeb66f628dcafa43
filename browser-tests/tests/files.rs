//! Files that the reader opens: read in the browser, explained there, sent nowhere.

use std::path::Path;

use aftershake_browser_tests::axe;
use aftershake_browser_tests::browser::Browser;
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const RECORDING: &[u8] = include_bytes!("../../web/tests/recordings/sent-before-close.jsonl");
/// One connection of six frames, reset because of unread bytes.
const CAPTURE: &[u8] = include_bytes!("../../shared/tests/data/truth/cases/unread-close.pcap");
const REQUESTS: &str = "performance.getEntriesByType('resource').length";

/// Drops a file of these bytes on the page.
fn drop_file(browser: &Browser, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    drop_through(browser, name, bytes, "new Response(bytes)")
}

/// The same, packed by the browser's own gzip.
fn drop_packed(browser: &Browser, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let gzip =
        "new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')))";
    drop_through(browser, name, bytes, gzip)
}

/// What the expression makes of `bytes` is the file.
fn drop_through(browser: &Browser, name: &str, bytes: &[u8], response: &str) -> anyhow::Result<()> {
    let bytes = STANDARD.encode(bytes);
    browser.script_later(&format!(
        "const done = arguments[arguments.length - 1];
         const bytes = Uint8Array.from(atob('{bytes}'), (letter) => letter.charCodeAt(0));
         {response}.arrayBuffer().then((content) => {{
           const carried = new DataTransfer();
           carried.items.add(new File([content], '{name}'));
           document.body.dispatchEvent(new DragEvent('drop', {{ dataTransfer: carried, bubbles: true, cancelable: true }}));
           done(true);
         }});"
    ))?;
    Ok(())
}

/// The capture so many times over, each time from another port: as many connections.
fn copies(number: u16) -> anyhow::Result<Vec<u8>> {
    let (header, records) = CAPTURE.split_at_checked(24).context("no header")?;
    let mut file = header.to_vec();
    for copy in 0..number {
        let mut rest = records;
        while let Some((head, after)) = rest.split_at_checked(16) {
            let length = head.get(8..12).context("no length")?.try_into()?;
            let length = usize::try_from(u32::from_le_bytes(length))?;
            let (frame, others) = after.split_at_checked(length).context("a cut frame")?;
            rest = others;
            let mut frame = frame.to_vec();
            for at in [34, 36] {
                let port: &mut [u8] = frame.get_mut(at..at + 2).context("no port")?;
                if port == 32_561_u16.to_be_bytes() {
                    port.copy_from_slice(&(40_000 + copy).to_be_bytes());
                }
            }
            file.extend_from_slice(head);
            file.extend(frame);
        }
    }
    Ok(file)
}

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
    browser.click("share")?;
    browser.wait_for_text("no-scenario", "no scenario")?;
    browser.click("share-run")?;
    browser.wait_for("format-svg")?;
    browser.click("share-close")?;
    browser.click("file-back")?;
    browser.wait_until(rows)?;
    browser.wait_until("!document.querySelector('svg.body')")?;
    // A scenario that is chosen takes the file's place.
    playground.choose("sent-before-close")?;
    browser.wait_until("!document.querySelector('[data-test=file-card]')")?;
    browser.is_quiet()
}
