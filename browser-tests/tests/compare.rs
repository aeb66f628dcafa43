//! The run before beside the run now: after an edit, after the fixed version, and how that looks in four forms.

use aftershake_browser_tests::browser::keys;
use aftershake_browser_tests::in_every_look;
use aftershake_browser_tests::look::Look;
use aftershake_browser_tests::playground::Playground;

#[test]
fn an_edit_and_a_key_press_show_what_the_change_changes() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    playground.run()?;
    let cards = browser.script("return document.querySelectorAll('[data-test=compare]').length")?;
    assert_eq!(cards, 0, "one run is compared with nothing");
    // Without its fourth step the client says nothing, and nothing is left unread.
    browser.script("document.querySelector('#step-3').focus()")?;
    browser.press(&[keys::DELETE])?;
    browser.press(&[keys::CONTROL, keys::ENTER])?;
    browser.wait_for_text("compare-before", "reset")?;
    browser.wait_for_text("compare-now", "closed")?;
    browser.wait_for_text("compare-first", "client: send(16 bytes) = 16 before, now")?;
    // What is gone stays in the picture, dotted: the bytes, and the RST that they drew.
    let ghosts = "[...document.querySelectorAll('[data-ghost]')]";
    browser.wait_until(&format!(
        "{ghosts}.some((e) => e.getAttribute('aria-label').startsWith('Only in the run before: ') && e.textContent.includes('RST'))"
    ))?;
    browser.wait_until(&format!(
        "{ghosts}.some((e) => e.textContent.includes('send'))"
    ))?;
    // Who hears the picture hears them where they belong: after what this run did before.
    browser.wait_until(&format!(
        "{ghosts}.every((e) => e.previousElementSibling?.matches('[data-event], [data-ghost]'))"
    ))?;
    browser.script("document.querySelector('.picture').scrollIntoView(); scrollBy(0, -60)")?;
    browser.small_screenshot("view-ghosts")?;
    browser.click("ghosts-turn")?;
    browser.wait_until(&format!("{ghosts}.length === 0"))?;
    browser.click("ghosts-turn")?;
    browser.wait_until(&format!("{ghosts}.length > 1"))?;
    browser.click("compare-stories")?;
    browser.wait_for("compare-rows")?;
    let parting = browser.text("compare-parting")?;
    assert!(
        parting.contains("send(16 bytes)") && parting.contains("first difference"),
        "{parting}"
    );
    // The same again differs in nothing.
    browser.press(&[keys::CONTROL, keys::ENTER])?;
    browser.wait_for_text("compare-before", "closed")?;
    browser.wait_for_text("compare-first", "both did the same")?;
    browser.click("compare-away")?;
    browser.wait_until("!document.querySelector('[data-test=compare]')")?;
    browser.is_quiet()
}

fn before_and_after(look: Look) -> anyhow::Result<()> {
    let playground = Playground::looked_at(look)?;
    let browser = &playground.browser;
    let shoot = |name: &str| look.shoot(browser, name);
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.click("run-fixed")?;
    browser.wait_for_text("compare-before", "reset")?;
    browser.wait_for_text("compare-now", "closed")?;
    browser.click("compare-stories")?;
    browser.wait_for("compare-parting")?;
    browser.script("document.activeElement.blur(); document.querySelector('[data-test=compare]').scrollIntoView({ block: 'start' }); window.scrollBy(0, -70);")?;
    shoot("compare")?;
    browser.click("share")?;
    for page in ["share-link", "share-embed", "share-run"] {
        browser.click(page)?;
        browser.wait_for("share-dialog")?;
        shoot(page)?;
    }
    let overflow = browser.script(
        "return document.querySelector('[data-test=share-dialog]').scrollWidth - document.querySelector('[data-test=share-dialog]').clientWidth",
    )?;
    assert_eq!(
        overflow, 0,
        "the dialog scrolls sideways by {overflow} pixels"
    );
    browser.click("share-close")?;
    browser.script("location.hash = '#s1.damaged'; window.scrollTo(0, 0)")?;
    browser.wait_for("link-problem")?;
    shoot("link-problem")?;
    browser.fits_its_width()?;
    browser.is_quiet()
}

in_every_look!(before_and_after, 800);
