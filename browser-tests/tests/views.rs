//! Every view of the page in four looks: a picture for the docs, nothing that shuts readers out, nothing too wide.
//!
//! `cargo xtask picture` takes the pictures from here into `docs/images/views`.

use aftershake_browser_tests::axe;
use aftershake_browser_tests::browser::keys;
use aftershake_browser_tests::dropped::{copies, drop_file};
use aftershake_browser_tests::in_every_look;
use aftershake_browser_tests::look::Look;
use aftershake_browser_tests::playground::Playground;

/// One view after the other, as a reader comes to them.
fn views(look: Look) -> anyhow::Result<()> {
    let playground = Playground::looked_at(look)?;
    let browser = &playground.browser;
    let show = |name: &str, from: &str| -> anyhow::Result<()> {
        browser.script(&format!(
            "document.activeElement.blur();
             const from = document.querySelector({from:?});
             scrollTo(0, from ? from.getBoundingClientRect().top + scrollY - 80 : 0);"
        ))?;
        axe::check(browser)?;
        browser.fits_its_width()?;
        look.small_shot(browser, name)
    };
    show("start", "none")?;
    browser.click("course")?;
    browser.click("bet-closed")?;
    browser.wait_for_text("bet-result", "It ended")?;
    show("course", "[data-test=course-card]")?;
    browser.click("leave-course")?;
    browser.open(&playground.agent.url)?;
    browser.wait_for_text("agent-status", "agent on this machine")?;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.wait_for_text("headline", "unread")?;
    show("verdict", "none")?;
    show("ladder", ".ladder-card")?;
    // An arrow on a desktop, a row of the list on a phone.
    browser.script(
        "document.querySelector('svg.body .segment.rst, .events .segment.rst')
           .dispatchEvent(new MouseEvent('click', { bubbles: true }))",
    )?;
    browser.wait_until("document.querySelector('.inspector').innerText.includes('RST')")?;
    show("details", ".inspector")?;
    browser.script("document.querySelector('#step-3').focus()")?;
    browser.press(&[keys::ENTER])?;
    browser.wait_for("step-form")?;
    show("editor", ".editor")?;
    browser.click("run-fixed")?;
    browser.wait_for_text("compare-now", "closed")?;
    browser.click("compare-stories")?;
    browser.wait_for("compare-parting")?;
    show("compare", "[data-test=compare]")?;
    browser.press(&['t'])?;
    browser.wait_until("document.querySelector('.table-frame')")?;
    show("table", ".table-frame")?;
    let broken = browser.script(
        "return [...document.querySelectorAll('.table tbody tr')].filter((e) => getComputedStyle(e).display !== 'table-row').length",
    )?;
    assert_eq!(broken, 0, "rows that are none");
    browser.press(&['t'])?;
    browser.click("share")?;
    browser.wait_for("share-dialog")?;
    show("share", "none")?;
    let away = || -> anyhow::Result<()> {
        browser.press(&[keys::ESCAPE])?;
        browser.wait_until("!document.querySelector('dialog[open]')")
    };
    away()?;
    browser.press(&['?'])?;
    browser.wait_until("document.querySelector('dialog.help[open]')")?;
    let top = browser.script("return document.querySelector('dialog.help').scrollTop")?;
    assert_eq!(top, 0, "the help opens at its end");
    show("help", "none")?;
    away()?;
    browser.click("commands")?;
    browser.fill("palette", "export")?;
    look.small_shot(browser, "palette")?;
    away()?;
    playground.browser.is_quiet()?;
    drop_file(browser, "theirs.pcap", &copies(12)?)?;
    browser.wait_for_text("headline", "of 12 connections 12 were reset")?;
    show("capture", "none")?;
    let aside = browser.script(
        "const view = document.querySelector('[data-test=overview]'); return view.scrollWidth - view.clientWidth",
    )?;
    assert_eq!(aside, 0, "the overview is wider than its place");
    playground.browser.is_quiet()
}

in_every_look!(views, 800);
