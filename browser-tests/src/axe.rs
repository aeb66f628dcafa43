//! axe-core: what a page's markup denies to readers who cannot see or point. See `vendor/README.md`.

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::browser::Browser;

const AXE: &str = include_str!("../vendor/axe-core/axe.min.js");

/// Fails on anything serious or critical that axe-core finds in what the page shows now.
///
/// # Errors
/// What was found, with the elements; or axe-core could not run.
pub fn check(browser: &Browser) -> anyhow::Result<()> {
    // A colour on its way from one state to the next is neither: what is judged is what stays.
    browser.wait_until(
        "document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState !== 'running')",
    )?;
    browser.script(&format!("{AXE}\nreturn true;"))?;
    let found = browser.script_later(
        "const done = arguments[arguments.length - 1];
         axe.run(document, { resultTypes: ['violations'] }).then(
           (result) => done(result.violations
             .filter((one) => one.impact === 'serious' || one.impact === 'critical')
             .map((one) => `${one.impact}: ${one.id}: ${one.help}\\n` +
               one.nodes.slice(0, 4).map((node) => `    ${node.html.slice(0, 200)}\\n    ${node.failureSummary}`).join('\\n'))),
           (error) => done([String(error)]));",
    )?;
    let found = found.as_array().context("axe-core gave no list")?;
    let found: Vec<_> = found.iter().filter_map(Value::as_str).collect();
    if !found.is_empty() {
        bail!("axe-core found:\n{}", found.join("\n"));
    }
    Ok(())
}
