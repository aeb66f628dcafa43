//! What a replay makes of pictures that wish its host ill or came damaged, where no policy of the host helps.
//! `AFTERSHAKE_SITE` names the built site.

use std::collections::BTreeMap;

use aftershake_browser_tests::browser::{Browser, Scheme};
use aftershake_browser_tests::files::{FileServer, Served, built};
use anyhow::Context as _;
use serde_json::json;

/// The shadow of the first replay of a page.
const REPLAY: &str = "document.querySelector('aftershake-replay').shadowRoot";

/// A page without any policy beside the site's files and this picture.
fn open(body: &str, picture: &str) -> anyhow::Result<Browser> {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A host</title>\
         <body><script src=\"/embed/aftershake-replay.js\"></script>{body}</body></html>"
    );
    let pages = [("/host.html", html), ("/picture.svg", picture.to_owned())];
    let server = FileServer::start(Served {
        folder: Some((String::new(), built("AFTERSHAKE_SITE")?)),
        pages: BTreeMap::from(pages.map(|(path, text)| (path.to_owned(), text))),
        ..Served::default()
    })?;
    let browser = Browser::start(1000, 900, Scheme::Light)?;
    browser.open(&format!("{}/host.html", server.origin()))?;
    Ok(browser)
}

#[test]
fn a_picture_s_style_neither_fetches_nor_reaches_the_host() -> anyhow::Result<()> {
    let rules = ":host{position:fixed;inset:0;background:u\\72l(/leaked.png)}\
                 svg{background:image-s\\65t('/leaked.png' 1x);position:fixed}";
    let evil = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:s=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"90\" \
         viewBox=\"0 0 600 90\" style=\"background:url(/leaked.png)\"><style>{rules}</style>\
         <style type=\"text/css\">@im\\70ort '/leaked.css';{rules}</style><s:style>@import '/leaked.css';{rules}</s:style>\
         <rect class=\"card\" width=\"600\" height=\"90\" style=\"fill:url(/leaked.svg#x)\" fill=\"url(/leaked.svg#x)\"/>\
         <image href=\"/leaked.png\" width=\"9\" height=\"9\"/><text y=\"20\">kept</text></svg>"
    );
    let body = format!(
        "<aftershake-replay src=\"/picture.svg\"></aftershake-replay>\
         <aftershake-replay theme=\"dark\"><template>{evil}</template></aftershake-replay>"
    );
    let browser = open(&body, &evil)?;
    for (at, card) in [(0, "rgb(255, 255, 255)"), (1, "rgb(26, 31, 35)")] {
        let host = format!("document.querySelectorAll('aftershake-replay')[{at}]");
        browser.wait_until(&format!(
            "{host}.shadowRoot.querySelector('text')?.textContent === 'kept'"
        ))?;
        let seen = browser.script(&format!(
            "const host = {host};
             const rules = host.shadowRoot.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules]);
             return [
               rules.filter((rule) => /leaked|url|fixed/.test(rule.cssText)).length,
               host.shadowRoot.querySelectorAll('style, image, [style*=url], [fill]').length,
               getComputedStyle(host).position, getComputedStyle(host).backgroundImage,
               getComputedStyle(host.shadowRoot.querySelector('svg')).position,
               getComputedStyle(host.shadowRoot.querySelector('.card')).fill,
             ];"
        ))?;
        assert_eq!(seen, json!([0, 0, "static", "none", "static", card]));
    }
    let fetched = browser.script_later(
        "setTimeout(() => arguments[arguments.length - 1](
           performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('leaked'))), 300)",
    )?;
    assert_eq!(fetched, json!([]));
    Ok(())
}

#[test]
fn a_recording_whose_letters_changed_is_not_played() -> anyhow::Result<()> {
    let whole =
        std::fs::read_to_string(built("AFTERSHAKE_SITE")?.join("scenarios/linger-zero.svg"))?;
    let (before, rest) = whole.split_once("<metadata").context("no recording")?;
    let (tag, letters) = rest.split_once('>').context("no recording")?;
    // The stream can still be unpacked; only its checksum, of which the first letter is, tells.
    let first = if letters.starts_with('A') { 'B' } else { 'A' };
    let changed = format!("{before}<metadata{tag}>{first}{}", &letters[1..]);
    let replay = "<aftershake-replay src=\"/picture.svg\" start-at=\"end\"></aftershake-replay>";
    let browser = open(replay, &changed)?;
    browser.wait_until(&format!("{REPLAY}.querySelector('.note, .end')"))?;
    let shown = browser.script(&format!(
        "return [{REPLAY}.querySelector('.note')?.textContent, {REPLAY}.querySelector('.end')]"
    ))?;
    let words = "the picture's recording is damaged: letters are missing, changed or added";
    assert_eq!(shown, json!([words, null]));
    Ok(())
}
