//! How it looks: two sizes, two colour schemes, as screenshots to look at, and what must hold of each.

use aftershake_browser_tests::browser::Scheme;
use aftershake_browser_tests::in_every_look;
use aftershake_browser_tests::look::Look;
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;

fn check(look: Look) -> anyhow::Result<()> {
    let playground = Playground::looked_at(look)?;
    let browser = &playground.browser;
    let shoot = |name: &str| look.shoot(browser, name);
    shoot("start")?;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.wait_for_text("headline", "unread")?;
    browser.script("window.scrollTo(0, 0); document.activeElement.blur();")?;
    shoot("sent-before-close")?;
    browser.fits_its_width()?;
    let light = browser
        .script(
            "const colour = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g);
             return (Number(colour[0]) + Number(colour[1]) + Number(colour[2])) / 765;",
        )?
        .as_f64()
        .context("no number")?;
    match look.scheme {
        Scheme::Dark => assert!(light < 0.3, "dark, and the page is {light} light"),
        Scheme::Light => assert!(light > 0.7, "light, and the page is {light} light"),
    }
    let top = browser.script(
        "return document.querySelector('[data-test=headline]').getBoundingClientRect().bottom",
    )?;
    assert!(
        top.as_f64().context("no number")? < f64::from(look.height),
        "the verdict is not on the first screen: it ends at {top}"
    );
    browser.is_quiet()
}

/// High enough for verdict and ladder together; `cargo xtask picture` takes it from here.
#[test]
fn the_readme_s_picture() -> anyhow::Result<()> {
    check(Look {
        width: 1280,
        height: 1400,
        scheme: Scheme::Light,
    })
}

in_every_look!(check, 800);
