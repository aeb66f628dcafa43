//! The page itself: how soon its first view is there when it is loaded again, how long a diagnosis takes in its WASM,
//! and how evenly it draws while a thousand runs are counted.

use std::time::Duration;

use aftershake_browser_tests::agent::Agent;
use aftershake_browser_tests::browser::{Browser, Scheme};
use aftershake_browser_tests::frames::many;
use anyhow::Context as _;
use serde_json::Value;

use super::Goal;
use crate::report::Table;
use crate::samples::Samples;

/// The page is loaded, and the run is made, so often.
const TIMES: usize = 20;
const FIRST_VIEW: Goal = Goal {
    median: Some(Duration::from_millis(300)),
    high: None,
};
const DIAGNOSIS: Goal = Goal {
    median: Some(Duration::from_millis(5)),
    high: None,
};
/// What the page calls a diagnosis in the browser's own timeline.
const MEASURE: &str = "diagnosis";
const RACE: &str = "race-send-against-close";
/// Far more than a thousand runs need.
const LIMIT: Duration = Duration::from_secs(120);

/// Fills three rows.
///
/// # Errors
/// The page does not load, a run fails, or the browser keeps no times.
pub fn measure(agent: &Agent, table: &mut Table) -> anyhow::Result<()> {
    let browser = Browser::start(1280, 800, Scheme::Light)?;
    let ready = || browser.wait_for_text("agent-status", "agent on this machine");
    browser.open(&agent.url)?;
    ready()?;
    let mut views = Vec::new();
    for _ in 0..TIMES {
        browser.script("location.reload()")?;
        ready()?;
        let paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime";
        browser.wait_until(paint)?;
        views.push(millis(&browser.script(&format!("return {paint}"))?)?);
    }
    let views: Samples = views.into_iter().collect();
    table.row(super::timed(
        "the page loaded again, to its first view",
        &views,
        FIRST_VIEW,
    ));
    browser.fill("editor", &many(1_000))?;
    let mut verdicts = Vec::new();
    let newest = format!("performance.getEntriesByName('{MEASURE}')[0]");
    for _ in 0..TIMES {
        browser.wait_until("!document.querySelector('[data-test=run]').disabled")?;
        let before = browser.script(&format!("return {newest}?.startTime ?? 0"))?;
        browser.click("run")?;
        browser.wait_until(&format!("{newest}.startTime > {before}"))?;
        verdicts.push(millis(
            &browser.script(&format!("return {newest}.duration"))?,
        )?);
    }
    let verdicts: Samples = verdicts.into_iter().collect();
    browser.click("tab-table")?;
    let rows = "document.querySelector('main table tbody tr:last-child')";
    browser.wait_until(rows)?;
    let events = browser.script(
        "const more = document.querySelector('main .table-frame > button');
         const left = more ? Number(/[0-9]+/.exec(more.textContent)[0]) : 0;
         return left + document.querySelectorAll('main table tbody tr').length;",
    )?;
    let what = format!("the diagnosis of a run of {events} events in the page's WASM");
    table.row(super::timed(&what, &verdicts, DIAGNOSIS));
    let frames = watched(&browser)?;
    let what = "1 000 runs of a race watched in the page, from one frame to the next";
    table.row(super::timed(what, &frames, Goal::default()));
    Ok(())
}

/// The times between frames while a thousand runs are counted.
fn watched(browser: &Browser) -> anyhow::Result<Samples> {
    browser.script(
        "const fold = document.querySelector('.gallery details:not([open]) summary');
         if (fold) fold.click();",
    )?;
    browser.click(&format!("scenario-{RACE}"))?;
    browser.script(
        "window.frames_at = [];
         const next = (at) => { window.frames_at.push(at); requestAnimationFrame(next); };
         requestAnimationFrame(next);",
    )?;
    browser.click("sweep-start")?;
    browser.wait_at_most(LIMIT, "document.querySelector('[data-test=sweep-json]')")?;
    let told = browser
        .script("return window.frames_at.map((at, index, all) => at - all[index - 1]).slice(1)")?;
    let told = told.as_array().context("no frames")?;
    told.iter().map(millis).collect()
}

fn millis(told: &Value) -> anyhow::Result<Duration> {
    let millis = told.as_f64().context("the page gave no time")?;
    Ok(Duration::from_secs_f64(millis / 1e3))
}
