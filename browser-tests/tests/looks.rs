//! How it looks: two sizes, two colour schemes, as screenshots to look at, and what must hold of each.

use std::env;
use std::path::PathBuf;

use aftershake_browser_tests::browser::Scheme;
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;

/// `cargo xtask` names the folder.
fn folder() -> PathBuf {
    env::var_os("AFTERSHAKE_SCREENSHOTS").map_or_else(env::temp_dir, PathBuf::from)
}

fn check(width: u32, height: u32, scheme: Scheme) -> anyhow::Result<()> {
    let playground = Playground::open(width, height, scheme)?;
    let browser = &playground.browser;
    let shoot = |name: &str| {
        let file = format!("{name}-{}-{width}x{height}.png", scheme.name());
        browser.screenshot(&folder().join(file))
    };
    shoot("start")?;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.wait_for_text("headline", "unread")?;
    browser.script("window.scrollTo(0, 0); document.activeElement.blur();")?;
    shoot("sent-before-close")?;
    let overflow = browser.script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
    )?;
    assert_eq!(
        overflow, 0,
        "the page scrolls sideways by {overflow} pixels"
    );
    let light = browser
        .script(
            "const colour = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g);
             return (Number(colour[0]) + Number(colour[1]) + Number(colour[2])) / 765;",
        )?
        .as_f64()
        .context("no number")?;
    match scheme {
        Scheme::Dark => assert!(light < 0.3, "dark, and the page is {light} light"),
        Scheme::Light => assert!(light > 0.7, "light, and the page is {light} light"),
    }
    let top = browser.script(
        "return document.querySelector('[data-test=headline]').getBoundingClientRect().bottom",
    )?;
    assert!(
        top.as_f64().context("no number")? < f64::from(height),
        "the verdict is not on the first screen: it ends at {top}"
    );
    let errors = browser.console_errors()?;
    assert!(errors.is_empty(), "the console says {errors:#?}");
    Ok(())
}

/// High enough for verdict and ladder together; `cargo xtask picture` takes it from here.
#[test]
fn the_readme_s_picture() -> anyhow::Result<()> {
    check(1280, 1400, Scheme::Light)
}

#[test]
fn a_desktop_by_day() -> anyhow::Result<()> {
    check(1280, 800, Scheme::Light)
}

#[test]
fn a_desktop_by_night() -> anyhow::Result<()> {
    check(1280, 800, Scheme::Dark)
}

#[test]
fn a_phone_by_day() -> anyhow::Result<()> {
    check(390, 800, Scheme::Light)
}

#[test]
fn a_phone_by_night() -> anyhow::Result<()> {
    check(390, 800, Scheme::Dark)
}
