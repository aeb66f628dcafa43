//! What a user sees: verdicts, claims, mistakes, the keyboard, a lost agent. Chromium and agent are real.

use aftershake_browser_tests::browser::{Scheme, keys};
use aftershake_browser_tests::playground::Playground;

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
do.sleep = { for = "20s" }

[[steps]]
by = "client"
do = "close"
"#;

fn desktop() -> Playground {
    Playground::open(1280, 800, Scheme::Light).unwrap()
}

/// Exceptions, failed loads and broken rules of the content security policy all land in the console.
fn assert_quiet(playground: &Playground) {
    let errors = playground.browser.console_errors().unwrap();
    assert!(errors.is_empty(), "the console says {errors:#?}");
}

#[test]
fn an_unread_close_is_explained() {
    let playground = desktop();
    let browser = &playground.browser;
    playground.choose("sent-before-close").unwrap();
    playground.run().unwrap();
    browser.wait_for_text("headline", "unread").unwrap();
    let badge = browser.text("outcome-badge").unwrap().to_lowercase();
    assert!(
        badge.contains("reset by") && badge.contains("server"),
        "{badge}"
    );
    assert_eq!(browser.text("certainty").unwrap(), "certain");
    let saw = browser.text("program-saw").unwrap();
    assert!(saw.contains("ECONNRESET"), "{saw}");
    assert_quiet(&playground);
}

#[test]
fn linger_zero_is_explained() {
    let playground = desktop();
    let browser = &playground.browser;
    playground.choose("linger-zero").unwrap();
    playground.run().unwrap();
    browser.wait_for_text("outcome-badge", "reset").unwrap();
    assert_eq!(browser.text("certainty").unwrap(), "certain");
    browser
        .wait_until("/linger/i.test(document.querySelector('main').textContent)")
        .unwrap();
    assert_quiet(&playground);
}

#[test]
fn the_article_s_first_claim_does_not_hold() {
    let playground = desktop();
    let browser = &playground.browser;
    playground.choose("accepts-then-closes").unwrap();
    playground.run().unwrap();
    let badge = browser.text("outcome-badge").unwrap().to_lowercase();
    assert!(
        badge.contains("closed") && !badge.contains("reset"),
        "{badge}"
    );
    browser.wait_for_text("claim", "does not hold").unwrap();
    assert_quiet(&playground);
}

#[test]
fn a_mistake_is_shown_where_it_is_and_cannot_be_run() {
    let playground = desktop();
    let browser = &playground.browser;
    browser
        .fill(
            "editor",
            "title = \"x\"\n\n[[steps]]\nby = \"server\"\ndo = \"acept\"\n",
        )
        .unwrap();
    browser.wait_for_text("editor-error", "5:").unwrap();
    let error = browser.text("editor-error").unwrap();
    assert!(error.contains("acept"), "{error}");
    browser
        .wait_until("document.querySelector('[data-test=run]').disabled")
        .unwrap();
    browser.fill("editor", LONG).unwrap();
    browser
        .wait_until("!document.querySelector('[data-test=editor-error]')")
        .unwrap();
    assert_quiet(&playground);
}

#[test]
fn the_table_tells_the_same_story() {
    let playground = desktop();
    let browser = &playground.browser;
    playground.choose("sent-before-close").unwrap();
    playground.run().unwrap();
    browser.click("tab-table").unwrap();
    browser
        .wait_until("document.querySelectorAll('main table tbody tr').length > 10")
        .unwrap();
    browser
        .wait_until("/RST/.test(document.querySelector('main table').textContent)")
        .unwrap();
    browser.click("tab-ladder").unwrap();
    browser
        .wait_until("document.querySelectorAll('main svg [data-event]').length > 10")
        .unwrap();
    assert_quiet(&playground);
}

#[test]
fn the_keyboard_is_enough() {
    let playground = desktop();
    let browser = &playground.browser;
    playground.choose("sent-before-close").unwrap();
    browser.press(&[keys::CONTROL, keys::ENTER]).unwrap();
    playground.wait_for_verdict().unwrap();
    let in_ladder = "document.activeElement.closest('svg [data-event]') !== null";
    let is_there = |browser: &aftershake_browser_tests::browser::Browser| {
        browser.script(&format!("return {in_ladder}")).unwrap() == true
    };
    let reached = (0..150).any(|_| {
        browser.press(&[keys::TAB]).unwrap();
        is_there(browser)
    });
    assert!(reached, "the Tab key does not lead into the ladder");
    let selected = "document.querySelector('main svg [data-event][aria-current=true]')";
    browser.press(&[keys::ARROW_DOWN]).unwrap();
    browser.wait_until(selected).unwrap();
    let first = browser
        .script(&format!("return {selected}.dataset.event"))
        .unwrap();
    browser.press(&[keys::ARROW_DOWN]).unwrap();
    browser
        .wait_until(&format!(
            "{selected}.dataset.event !== {first:?}",
            first = first.as_str().unwrap()
        ))
        .unwrap();
    browser.wait_until(in_ladder).unwrap();
    browser.press(&['t']).unwrap();
    browser
        .wait_until("document.querySelector('main table')")
        .unwrap();
    assert_quiet(&playground);
}

#[test]
fn a_link_is_shown_and_never_run() {
    let playground = desktop();
    let browser = &playground.browser;
    // The token must not stay in the address, where a shared screen or a bookmark would show it.
    browser
        .wait_until(&format!(
            "!location.href.includes({:?})",
            playground.agent.token
        ))
        .unwrap();
    let status = browser.text("outcome-badge").unwrap();
    assert!(status.contains("not run"), "{status}");
    assert_quiet(&playground);
}

#[test]
fn an_agent_that_ends_during_a_run_is_said_to_be_gone() {
    let mut playground = desktop();
    playground.browser.fill("editor", LONG).unwrap();
    playground.browser.click("run").unwrap();
    playground.browser.wait_for("cancel").unwrap();
    playground.agent.kill().unwrap();
    let browser = &playground.browser;
    browser.wait_for_text("agent-status", "no agent").unwrap();
    browser
        .wait_for_text("headline", "ended during this run")
        .unwrap();
    browser.wait_for("run").unwrap();
}

#[test]
fn a_page_without_a_token_says_so_and_still_reads_scenarios() {
    let playground = desktop();
    let browser = &playground.browser;
    browser
        .script("sessionStorage.clear(); localStorage.clear();")
        .unwrap();
    let address = format!("http://127.0.0.1:{}/", playground.agent.port);
    browser.open(&address).unwrap();
    browser.wait_for_text("agent-status", "no agent").unwrap();
    playground.choose("linger-zero").unwrap();
    browser.wait_for_text("outcome-badge", "not run").unwrap();
    assert_quiet(&playground);
}
