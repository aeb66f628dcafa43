//! Many runs as a user meets them: watched, stopped, searched, and one of them opened. Chromium and agent are real.

use std::time::Duration;

use aftershake_browser_tests::browser::{Browser, keys};
use aftershake_browser_tests::in_every_look;
use aftershake_browser_tests::look::Look;
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;

const RACE: &str = "race-send-against-close";
/// Far more than any machine needs for a thousand runs.
const LIMIT: Duration = Duration::from_secs(60);
/// What the card says when no more runs will come.
const ENDED: &str = "/ in [0-9.]+ (ms|s|µs)/.test(document.querySelector('[data-test=sweep-progress]').textContent)";

fn number(browser: &Browser, script: &str) -> anyhow::Result<u64> {
    let found = browser.script(&format!("return {script}"))?;
    found.as_u64().with_context(|| format!("{script}: {found}"))
}

/// Notes each count of runs that the page shows, from now on.
fn watch(browser: &Browser) -> anyhow::Result<()> {
    browser.script(
        "window.counts = [];
         new MutationObserver(() => {
             const bar = document.querySelector('.sweep progress');
             if (bar) window.counts.push(Number(bar.getAttribute('value')));
         }).observe(document.querySelector('.sweep'), { subtree: true, childList: true, attributes: true });",
    )?;
    Ok(())
}

#[test]
fn a_thousand_runs_are_watched_and_one_is_opened() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose(RACE)?;
    browser.wait_for("sweep")?;
    watch(browser)?;
    browser.click("sweep-start")?;
    browser.wait_at_most(LIMIT, ENDED)?;
    let progress = browser.text("sweep-progress")?;
    assert!(progress.starts_with("1000 runs in"), "{progress}");
    // It grew before the eyes of the user, and never backwards.
    let steps = number(browser, "new Set(window.counts).size")?;
    assert!(steps >= 10, "the chart was drawn {steps} times");
    let is_growing = "window.counts.every((count, at, all) => at === 0 || all[at - 1] <= count)";
    assert_eq!(number(browser, &format!("Number({is_growing})"))?, 1);
    // Everything is told in words, and the numbers of all bars are those of all runs.
    let said = browser.text("sweep-said")?;
    assert!(
        said.contains("1000 runs") && said.contains("close with unread data"),
        "{said}"
    );
    let sum = "[...document.querySelectorAll('.sweep-bars .bar title')].map((title) => Number(/ ([0-9]+) of /.exec(title.textContent)[1])).reduce((a, b) => a + b)";
    assert_eq!(number(browser, sum)?, 1_000);
    assert!(browser.text("sweep-noise")?.contains("overshot by median"));
    // A bar opens the run behind it.
    browser.script("document.querySelector('.sweep-bars .open').dispatchEvent(new MouseEvent('click', { bubbles: true }))")?;
    browser.wait_for_text("odd-run", "run")?;
    browser.wait_until("document.querySelectorAll('main svg [data-event]').length > 10")?;
    browser.wait_for_text("outcome-badge", "reset")?;
    browser.wait_until("document.activeElement.id === 'back'")?;
    browser.click("sweep-back")?;
    browser.wait_until("document.activeElement.closest('.sweep-bars .bar')")?;
    browser.wait_until("!document.querySelector('[data-test=odd-run]')")?;
    // Whatever is chosen afterwards, the counts say whose they are.
    playground.choose("linger-zero")?;
    browser.wait_for_text("sweep-of", RACE)?;
    playground.browser.is_quiet()
}

#[test]
fn what_came_before_a_stop_counts() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose(RACE)?;
    browser.fill("sweep-runs", "100000")?;
    browser.click("sweep-start")?;
    browser.wait_until(
        "Number(document.querySelector('.sweep progress').getAttribute('value')) >= 40",
    )?;
    browser.click("sweep-stop")?;
    browser.wait_at_most(LIMIT, ENDED)?;
    let progress = browser.text("sweep-progress")?;
    assert!(
        progress.contains("of 100000 runs") && progress.contains("counts"),
        "{progress}"
    );
    browser.wait_for("sweep-start")?;
    let runs = number(
        browser,
        "parseInt(document.querySelector('[data-test=sweep-progress]').textContent)",
    )?;
    browser.click("sweep-table")?;
    let sum = "[...document.querySelectorAll('.sweep tbody tr')].map((row) => Number(row.cells[1].textContent)).reduce((a, b) => a + b)";
    assert_eq!(number(browser, sum)?, runs);
    playground.browser.is_quiet()
}

#[test]
fn the_window_is_found() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose(RACE)?;
    browser.click("sweep-find")?;
    browser.wait_at_most(LIMIT, ENDED)?;
    // Which ending is the rule on a machine under load is not for a test to say; that something is said is.
    browser.wait_for_text("sweep-boundary", "flip")?;
    playground.browser.is_quiet()
}

#[test]
fn a_mistake_stands_where_it_was_made() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose(RACE)?;
    for (control, typed, words) in [
        ("sweep-high", "soon", "is no number and no duration"),
        ("sweep-high", "40s", "too long"),
        ("sweep-values", "1", "from 2 to 200"),
        ("sweep-runs", "5", "at least one for each of the 20 values"),
        ("sweep-runs", "many", "from 1 to 100000"),
    ] {
        let before = browser.script(&format!(
            "return document.querySelector('[data-test={control}]').value"
        ))?;
        browser.fill(control, typed)?;
        browser.click("sweep-start")?;
        browser.wait_for_text("sweep-error", words)?;
        browser.wait_until(&format!(
            "document.querySelector('[data-test={control}]').getAttribute('aria-invalid') === 'true'"
        ))?;
        browser.fill(control, before.as_str().context("no value")?)?;
        browser.wait_until("!document.querySelector('[data-test=sweep-error]')")?;
    }
    playground.browser.is_quiet()
}

#[test]
fn the_keyboard_is_enough() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose(RACE)?;
    browser.script("document.querySelector('[data-test=sweep-runs]').select()")?;
    for digit in "60".chars() {
        browser.press(&[digit])?;
    }
    browser.press(&[keys::ENTER])?;
    browser.wait_at_most(LIMIT, ENDED)?;
    let in_chart = "document.activeElement.closest('.sweep-bars .bar') !== null";
    let mut reached = false;
    for _ in 0..12 {
        browser.press(&[keys::TAB])?;
        reached = browser.script(&format!("return {in_chart}"))? == true;
        if reached {
            break;
        }
    }
    assert!(reached, "the Tab key does not lead into the chart");
    let here = browser.script("return document.activeElement.dataset.bar")?;
    browser.press(&[keys::ARROW_RIGHT])?;
    browser.wait_until(&format!(
        "{in_chart} && document.activeElement.dataset.bar !== {here}"
    ))?;
    browser.press(&[keys::ARROW_LEFT])?;
    browser.wait_until(&format!("document.activeElement.dataset.bar === {here}"))?;
    browser.press(&[keys::ENTER])?;
    browser.wait_until("document.activeElement.id === 'back'")?;
    browser.press(&[keys::ENTER])?;
    browser.wait_until(in_chart)?;
    browser.press(&['t'])?;
    browser.wait_until("document.querySelector('.sweep table')")?;
    playground.browser.is_quiet()
}

/// The card in one size and scheme, as a picture to look at, and what must hold of it.
fn look(look: Look) -> anyhow::Result<()> {
    let playground = Playground::looked_at(look)?;
    let browser = &playground.browser;
    playground.choose(RACE)?;
    browser.fill("sweep-runs", "200")?;
    browser.click("sweep-start")?;
    browser.wait_at_most(LIMIT, ENDED)?;
    browser.script(
        "document.activeElement.blur(); document.querySelector('.sweep').scrollIntoView();",
    )?;
    browser.script("window.scrollBy(0, -64)")?;
    look.shoot(browser, "many")?;
    browser.fits_its_width()?;
    playground.browser.is_quiet()
}

in_every_look!(look, 900);
