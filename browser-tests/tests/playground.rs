//! What a user sees: verdicts, claims, mistakes, the keyboard, a lost agent. Chromium and agent are real.

use aftershake_browser_tests::browser::keys;
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;

/// Sleeps in the middle, so that something can happen to the agent.
const LONG: &str = r#"# Takes its time.
title = "A long story"

[[steps]]
by = "server"
do.listen = { port = 8080 }

[[steps]]
by = "client"
do = "connect"

[[steps]]
by = "client"
do.sleep = { time = "20s" }

[[steps]]
by = "client"
do = "close"
"#;

/// Exceptions, failed loads and broken rules of the content security policy all land in the console.
#[test]
fn an_unread_close_is_explained() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.wait_for_text("headline", "unread")?;
    let badge = browser.text("outcome-badge")?.to_lowercase();
    assert!(
        badge.contains("reset by") && badge.contains("server"),
        "{badge}"
    );
    assert_eq!(browser.text("certainty")?, "certain");
    let saw = browser.text("program-saw")?;
    assert!(saw.contains("ECONNRESET"), "{saw}");
    playground.browser.is_quiet()
}

#[test]
fn linger_zero_is_explained() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("linger-zero")?;
    playground.run()?;
    browser.wait_for_text("outcome-badge", "reset")?;
    assert_eq!(browser.text("certainty")?, "certain");
    browser.wait_until("/linger/i.test(document.querySelector('main').textContent)")?;
    playground.browser.is_quiet()
}

#[test]
fn the_article_s_first_claim_does_not_hold() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("accepts-then-closes")?;
    playground.run()?;
    let badge = browser.text("outcome-badge")?.to_lowercase();
    assert!(
        badge.contains("closed") && !badge.contains("reset"),
        "{badge}"
    );
    browser.wait_for_text("claim", "does not hold")?;
    playground.browser.is_quiet()
}

#[test]
fn a_mistake_is_shown_where_it_is_and_cannot_be_run() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    browser.fill(
        "editor",
        "title = \"x\"\n\n[[steps]]\nby = \"server\"\ndo = \"acept\"\n",
    )?;
    browser.wait_for_text("editor-error", "5:")?;
    let error = browser.text("editor-error")?;
    assert!(error.contains("acept"), "{error}");
    browser.wait_until("document.querySelector('[data-test=run]').disabled")?;
    browser.fill("editor", LONG)?;
    browser.wait_until("!document.querySelector('[data-test=editor-error]')")?;
    playground.browser.is_quiet()
}

#[test]
fn the_table_tells_the_same_story() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.click("tab-table")?;
    browser.wait_until("document.querySelectorAll('main table tbody tr').length > 10")?;
    browser.wait_until("/RST/.test(document.querySelector('main table').textContent)")?;
    browser.click("tab-ladder")?;
    browser.wait_until("document.querySelectorAll('main svg [data-event]').length > 10")?;
    playground.browser.is_quiet()
}

#[test]
fn the_keyboard_is_enough() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    browser.press(&[keys::CONTROL, keys::ENTER])?;
    playground.wait_for_verdict()?;
    let in_ladder = "document.activeElement.closest('svg [data-event]') !== null";
    let mut reached = false;
    // Past every scenario of the gallery.
    for _ in 0..400 {
        browser.press(&[keys::TAB])?;
        reached = browser.script(&format!("return {in_ladder}"))? == true;
        if reached {
            break;
        }
    }
    assert!(reached, "the Tab key does not lead into the ladder");
    let selected = "document.querySelector('main svg [data-event][aria-current=true]')";
    browser.press(&[keys::ARROW_DOWN])?;
    browser.wait_until(selected)?;
    let first = browser.script(&format!("return {selected}.dataset.event"))?;
    browser.press(&[keys::ARROW_DOWN])?;
    browser.wait_until(&format!(
        "{selected}.dataset.event !== {first:?}",
        first = first.as_str().context("no event")?
    ))?;
    browser.wait_until(in_ladder)?;
    browser.press(&['t'])?;
    browser.wait_until("document.querySelector('main table')")?;
    playground.browser.is_quiet()
}

#[test]
fn a_link_is_shown_and_never_run() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    // The token must not stay in the address, where a shared screen or a bookmark would show it.
    browser.wait_until(&format!(
        "!location.href.includes({:?})",
        playground.agent.token
    ))?;
    let status = browser.text("outcome-badge")?;
    assert!(status.contains("not run"), "{status}");
    playground.browser.is_quiet()
}

#[test]
fn an_agent_that_ends_during_a_run_is_said_to_be_gone() -> anyhow::Result<()> {
    let mut playground = Playground::desktop()?;
    playground.browser.fill("editor", LONG)?;
    playground.browser.click("run")?;
    playground.browser.wait_for("cancel")?;
    playground.agent.kill()?;
    let browser = &playground.browser;
    browser.wait_for_text("agent-status", "no agent")?;
    browser.wait_for_text("headline", "ended during this run")?;
    browser.wait_for("run")
}

#[test]
fn a_page_without_a_token_says_so_and_still_reads_scenarios() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    browser.script("sessionStorage.clear(); localStorage.clear();")?;
    let address = format!("http://127.0.0.1:{}/", playground.agent.port);
    browser.open(&address)?;
    browser.wait_for_text("agent-status", "no agent")?;
    playground.choose("linger-zero")?;
    browser.wait_for_text("outcome-badge", "not run")?;
    playground.browser.is_quiet()
}
