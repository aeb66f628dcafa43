//! How long a frame takes while a ladder of a hundred thousand events is moved and zoomed, and how soon one of ten
//! thousand can be used.
//!
//! Measured in the real page: from the event that moves it to the end of the frame that shows it, which is script,
//! style, layout and the recording of paint.

use std::time::Duration;

use aftershake_browser_tests::agent::Agent;
use aftershake_browser_tests::browser::{Browser, Scheme};
use aftershake_browser_tests::frames::{self, Motion, many};
use anyhow::{Context as _, bail};

use super::Goal;
use crate::million::million;
use crate::report::Table;
use crate::samples::Samples;

const FRAMES: u32 = 200;
/// Elements that the picture may have.
const MOST_NODES: u64 = 1_500;
const A_FRAME: Goal = Goal {
    median: Some(Duration::from_millis(20)),
    high: Some(Duration::from_millis(40)),
};
const USABLE: Goal = Goal {
    median: Some(Duration::from_secs(1)),
    high: None,
};
/// How often the smaller run is placed anew.
const PLACINGS: u32 = 10;

/// Bytes of the capture that is opened, and how often.
const CAPTURE: usize = 20_000_000;
const OPENINGS: u32 = 5;
const EXPLAINED: Goal = Goal {
    median: Some(Duration::from_secs(2)),
    high: None,
};

/// Fills six rows. Returns the most elements that the picture had.
///
/// # Errors
/// A run fails, the page has no ladder, or it has too many elements.
pub fn measure(agent: &Agent, table: &mut Table) -> anyhow::Result<u64> {
    let browser = Browser::start(1280, 800, Scheme::Light)?;
    browser.open(&agent.url)?;
    browser.wait_for_text("agent-status", "agent on this machine")?;
    let samples = openings(&browser)?;
    let what = "a capture of 20 MB opened in the page, to its connections";
    table.row(super::timed(what, &samples, EXPLAINED));
    run(&browser, &many(10_000))?;
    let samples = placings(&browser)?;
    let what = "10 000 events placed anew, to the frame that shows them";
    table.row(super::timed(what, &samples, USABLE));
    run(&browser, &many(100_000))?;
    let mut nodes = 0;
    for (view, far) in [("zoom-placed", "near"), ("zoom-all", "from afar")] {
        for (motion, name) in [(Motion::Pan, "moved"), (Motion::Zoom, "zoomed")] {
            browser.click(view)?;
            let measured = frames::measure(&browser, motion, FRAMES)?;
            nodes = nodes.max(measured.nodes);
            let times = measured.work.iter();
            let samples: Samples = times.map(|ms| Duration::from_secs_f64(ms / 1e3)).collect();
            let what = format!("100 000 events {name} {far}, a frame");
            table.row(super::timed(&what, &samples, A_FRAME));
        }
    }
    if nodes > MOST_NODES {
        bail!("the picture had {nodes} elements, expected {MOST_NODES} at most");
    }
    Ok(nodes)
}

/// Chooses the capture, from the browser's word that it was chosen to the overview of its connections.
fn openings(browser: &Browser) -> anyhow::Result<Samples> {
    let mut bytes = Vec::new();
    million(0, &mut bytes)?;
    bytes.truncate(CAPTURE);
    let path = std::env::temp_dir().join(format!("aftershake-{}.pcap", std::process::id()));
    std::fs::write(&path, bytes)?;
    let mut times = Vec::new();
    for _ in 0..OPENINGS {
        browser.script(
            "document.querySelector('[data-test=open-file]').addEventListener('change', () => {
               const began = performance.now();
               new MutationObserver((_, watch) => {
                 if (!document.querySelector('[data-test=overview]')) return;
                 window.opened = performance.now() - began;
                 watch.disconnect();
               }).observe(document, { subtree: true, childList: true });
             }, { once: true, capture: true });",
        )?;
        browser.choose_file("open-file", &path)?;
        browser.wait_until("window.opened > 0")?;
        let took = browser.script("const took = window.opened; window.opened = 0; return took;")?;
        let millis = took.as_f64().context("the page gave no time")?;
        times.push(Duration::from_secs_f64(millis / 1e3));
        browser.click("file-close")?;
    }
    std::fs::remove_file(&path)?;
    Ok(times.into_iter().collect())
}

fn run(browser: &Browser, toml: &str) -> anyhow::Result<()> {
    browser.fill("editor", toml)?;
    browser.wait_until("!document.querySelector('[data-test=run]').disabled")?;
    browser.click("run")?;
    browser.wait_until("document.querySelector('[data-test=cancel]')")?;
    let ended =
        "!document.querySelector('[data-test=cancel]') && document.querySelector('svg.body')";
    browser.wait_at_most(Duration::from_secs(80), ended)
}

/// Turns between two axes, which places everything anew.
fn placings(browser: &Browser) -> anyhow::Result<Samples> {
    let mut times = Vec::new();
    for number in 0..=PLACINGS {
        let axis = number % 2;
        let took = browser.script_later(&format!(
            "const done = arguments[arguments.length - 1];
             const axis = document.querySelectorAll('.picture [aria-label=\"Time axis\"] button')[{axis} + 1];
             const began = performance.now();
             axis.click();
             requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));"
        ))?;
        let millis = took.as_f64().context("the page gave no time")?;
        if number > 0 {
            times.push(Duration::from_secs_f64(millis / 1e3));
        }
    }
    Ok(times.into_iter().collect())
}
