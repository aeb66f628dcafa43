//! Sharing: the dialog by keyboard, and what a link in the address shows. Chromium and agent are real.

use aftershake_browser_tests::browser::{Browser, Scheme, keys};
use aftershake_browser_tests::playground::Playground;

fn desktop() -> anyhow::Result<Playground> {
    Playground::open(1280, 800, Scheme::Light)
}

fn value_of(browser: &Browser, name: &str) -> anyhow::Result<String> {
    let value = browser.script(&format!(
        "return document.querySelector('[data-test={name}]').value"
    ))?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_shared_scenario_is_shown_by_its_link_and_not_run() -> anyhow::Result<()> {
    let playground = desktop()?;
    let browser = &playground.browser;
    playground.choose("linger-zero")?;
    browser.click("share")?;
    browser.wait_for("share-link")?;
    let link = value_of(browser, "share-link")?;
    let (_, fragment) = link.split_once("#s1.").unwrap_or_default();
    assert!(fragment.len() > 100, "{link}");
    assert!(value_of(browser, "share-command")?.contains(fragment));
    browser.click("share-link-copy")?;
    browser
        .wait_until("document.querySelector('[data-test=share-says]').textContent.length > 5")?;
    // Escape closes it, and the focus is where it was.
    browser.press(&[keys::ESCAPE])?;
    browser.wait_until("!document.querySelector('dialog.share').open")?;
    browser.wait_until("document.activeElement.dataset.test == 'share'")?;
    playground.choose("nobody-listens")?;
    browser.script(&format!("location.hash = '#s1.{fragment}'"))?;
    browser
        .wait_until("document.querySelector('[data-test=editor]').value.includes('SO_LINGER 0')")?;
    browser.wait_until("!document.querySelector('[data-test=link-error]')")?;
    let ran = browser.script("return !!document.querySelector('[data-test=cancel]')")?;
    assert_eq!(ran, false);
    playground.run()?;
    browser.wait_for_text("outcome-badge", "reset")
}

#[test]
fn a_damaged_link_shows_why_and_no_scenario() -> anyhow::Result<()> {
    let playground = desktop()?;
    let browser = &playground.browser;
    browser.script("location.hash = '#s1.AAAA'")?;
    browser.wait_for_text("link-error", "damaged")?;
    assert_eq!(value_of(browser, "editor")?, "");
    playground.choose("linger-zero")?;
    browser.wait_until("!document.querySelector('[data-test=link-error]')")
}
