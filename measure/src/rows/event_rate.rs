//! How many events a second arrive: at a native client, and in the page.
//!
//! The scenario sends 60 000 bytes one by one. The time is that of the whole run, request to `finished`,
//! making the events included, because that is what a user waits for.

use std::time::Duration;

use aftershake_browser_tests::agent::Agent;
use aftershake_browser_tests::browser::{Browser, Scheme};
use aftershake_browser_tests::frames::many;
use aftershake_shared::recording::ScenarioText;
use anyhow::{Context as _, bail};

use crate::channel::Channel;
use crate::report::Table;
use crate::samples::Samples;

const RUNS: u64 = 10;
/// Bytes that are sent one by one.
const BYTES: u32 = 60_000;
const TO_NATIVE: f64 = 200_000.0;
const TO_PAGE: f64 = 50_000.0;
/// Fills two rows.
///
/// # Errors
/// A run fails, or the page does not show its end.
pub fn measure(agent: &Agent, table: &mut Table) -> anyhow::Result<()> {
    let scenario = ScenarioText {
        name: "many-segments".to_owned(),
        toml: many(BYTES),
    };
    let mut channel = Channel::open(agent)?;
    let mut counts = Vec::new();
    let mut times = Vec::new();
    for number in 0..=RUNS {
        let arrived = channel.run(&scenario, number)?;
        if number > 0 {
            counts.push(arrived.recording.events.len());
            times.push(arrived.took);
        }
    }
    counts.sort_unstable();
    let events = counts.get(counts.len() / 2).copied().context("no run")?;
    if events < 60_000 {
        bail!("expected 60 000 events or more, found {events}");
    }
    let samples: Samples = times.into_iter().collect();
    let what = format!("a run of {events} events, to a native client");
    table.row(super::rate(&what, events, &samples, TO_NATIVE));
    let samples = to_page(agent)?;
    let what = format!("a run of {events} events, to the page in Chromium, drawn");
    table.row(super::rate(&what, events, &samples, TO_PAGE));
    Ok(())
}

fn to_page(agent: &Agent) -> anyhow::Result<Samples> {
    let browser = Browser::start(1280, 800, Scheme::Light)?;
    browser.open(&agent.url)?;
    browser.wait_for_text("agent-status", "agent on this machine")?;
    browser.fill("editor", &many(BYTES))?;
    let mut times = Vec::new();
    for number in 0..=RUNS {
        browser.wait_until("!document.querySelector('[data-test=run]').disabled")?;
        // The clock runs in the page, from the press to the frame that shows the verdict.
        browser.script(
            "window.took = null;
             const began = performance.now();
             document.querySelector('[data-test=run]').click();
             let wasRunning = false;
             const look = () => {
               const running = document.querySelector('[data-test=cancel]') !== null;
               wasRunning ||= running;
               if (wasRunning && !running) requestAnimationFrame(() => { window.took = performance.now() - began; });
               else requestAnimationFrame(look);
             };
             requestAnimationFrame(look);",
        )?;
        browser.wait_at_most(Duration::from_secs(50), "window.took !== null")?;
        let took = browser.script("return window.took")?;
        let millis = took.as_f64().context("the page gave no time")?;
        if number > 0 {
            times.push(Duration::from_secs_f64(millis / 1e3));
        }
    }
    Ok(times.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::{BYTES, many};
    use aftershake_shared::scenario::Scenario;

    #[test]
    fn the_scenario_reads() {
        Scenario::parse(&many(BYTES)).unwrap();
    }
}
