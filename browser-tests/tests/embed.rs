//! The static site from plain file servers, and each form of embedding on a page of another origin with the policy that
//! `docs/embedding.md` recommends. `AFTERSHAKE_SITE` names the built site.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::Command;

use aftershake_browser_tests::agent::binary;
use aftershake_browser_tests::axe;
use aftershake_browser_tests::browser::{Browser, Scheme};
use aftershake_browser_tests::files::{FileServer, Served, built};
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;
use serde_json::{Value, json};

const VERDICT: &str =
    "The server closed with 16 bytes still unread, so Linux reset the connection.";
/// The shadow of the first replay of a page.
const REPLAY: &str = "document.querySelector('aftershake-replay').shadowRoot";

/// The site below a path, readable from everywhere.
fn serve_site(below: &str) -> anyhow::Result<FileServer> {
    FileServer::start(Served {
        folder: Some((below.to_owned(), built("AFTERSHAKE_SITE")?)),
        headers: vec!["Access-Control-Allow-Origin: *".to_owned()],
        ..Served::default()
    })
}

/// The policy of the docs for files of another origin.
fn policy(other: &str) -> String {
    format!(
        "Content-Security-Policy: default-src 'none'; script-src {other}; style-src 'self'; img-src {other}; \
         connect-src {other}; frame-src 'self' {other}"
    )
}

/// A page of another origin than the site's, with the recommended policy.
struct Host {
    site: String,
    address: String,
    browser: Browser,
}

fn host(body: &str) -> anyhow::Result<Host> {
    host_with(body, &BTreeMap::new())
}

/// The same with further pages; `SITE` in any of them is the site's address.
fn host_with(body: &str, more: &BTreeMap<String, String>) -> anyhow::Result<Host> {
    let site = serve_site("/some/where")?;
    let address = format!("{}/some/where", site.origin());
    let page = |body: &str| {
        let body = body.replace("SITE", &address);
        format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A host</title><body>{body}</body></html>"
        )
    };
    let mut pages: BTreeMap<_, _> = more
        .iter()
        .map(|(path, text)| (path.clone(), page(text)))
        .collect();
    pages.insert("/host.html".to_owned(), page(body));
    let other = FileServer::start(Served {
        pages,
        headers: vec![policy(&site.origin())],
        ..Served::default()
    })?;
    let browser = Browser::start(1000, 900, Scheme::Light)?;
    browser.open(&format!("{}/host.html", other.origin()))?;
    Ok(Host {
        site: address,
        address: other.origin(),
        browser,
    })
}

fn assert_quiet(browser: &Browser) -> anyhow::Result<()> {
    let errors = browser.console_errors()?;
    // A plain server has no icon for pages of the test's own.
    let errors: Vec<_> = errors
        .iter()
        .filter(|error| !error.contains("favicon"))
        .collect();
    assert!(errors.is_empty(), "the console says {errors:#?}");
    Ok(())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// The playground of the site shows a recording in place of a run.
fn check_site(below: &str) -> anyhow::Result<()> {
    let server = serve_site(below)?;
    let root = format!("{}{below}", server.origin());
    let browser = Browser::start(1280, 900, Scheme::Light)?;
    browser.open(&format!("{root}/index.html"))?;
    browser.script("[...document.querySelectorAll('a')].find((a) => a.textContent === 'Client sent before the close').click()")?;
    browser.wait_until("location.pathname.endsWith('/scenarios/sent-before-close.html')")?;
    browser.wait_until(&format!(
        "document.querySelector('.headline').textContent === {VERDICT:?}"
    ))?;
    browser.script("[...document.querySelectorAll('.files a')].find((a) => a.textContent === 'The playground').click()")?;
    browser.wait_for_text("headline", "16 bytes")?;
    browser.wait_for_text("agent-status", "recorded runs")?;
    browser.wait_until("document.querySelectorAll('main svg [data-event]').length > 10")?;
    browser.wait_until("document.querySelector('[data-test=run]') === null")?;
    browser.screenshot("site-playground")?;
    browser.click("scenario-linger-zero")?;
    browser.wait_for_text("headline", "SO_LINGER")?;
    // And back to the first, whose recording is fetched again.
    browser.click("scenario-accepts-then-closes")?;
    browser.wait_for_text("outcome-badge", "closed")?;
    browser.wait_for_text("claim", "does not hold")?;
    browser.open(&format!("{root}/docs/scenarios.html"))?;
    browser.wait_until("document.querySelectorAll('h1, h2').length > 3")?;
    assert_quiet(&browser)
}

#[test]
fn the_site_works_at_the_root() -> anyhow::Result<()> {
    check_site("")
}

#[test]
fn the_site_works_three_folders_down() -> anyhow::Result<()> {
    check_site("/a/b/c")
}

#[test]
fn the_site_s_pages_look_right_and_shut_nobody_out() -> anyhow::Result<()> {
    let server = serve_site("")?;
    for (width, scheme) in [(1280, Scheme::Light), (390, Scheme::Dark)] {
        let browser = Browser::start(width, 900, scheme)?;
        for page in ["index", "scenarios/sent-before-close", "docs/embedding"] {
            browser.open(&format!("{}/{page}.html", server.origin()))?;
            browser.wait_until("document.readyState === 'complete'")?;
            browser
                .fits_its_width()
                .with_context(|| format!("{page} at {width}"))?;
            axe::check(&browser).with_context(|| format!("{page} at {width}"))?;
            browser.screenshot(&format!("site-{}-{width}", page.replace('/', "-")))?;
        }
        assert_quiet(&browser)?;
    }
    Ok(())
}

#[test]
fn a_picture_stands_on_a_foreign_page() -> anyhow::Result<()> {
    let host = host("<img src=\"SITE/scenarios/sent-before-close.svg\" alt=\"x\">")?;
    let browser = &host.browser;
    browser.wait_until("document.querySelector('img').naturalWidth > 500")?;
    // Opened by itself it says its verdict as text that can be selected.
    browser.open(&format!("{}/scenarios/sent-before-close.svg", host.site))?;
    browser.wait_until(&format!(
        "document.documentElement.getAttribute('aria-label') === {VERDICT:?} &&
         [...document.querySelectorAll('text')].some((e) => getSelection().selectAllChildren(e) || getSelection().toString().length > 10)"
    ))?;
    assert_quiet(browser)
}

#[test]
fn a_replay_stands_on_a_foreign_page_and_plays() -> anyhow::Result<()> {
    let host = host(
        "<script src=\"SITE/embed/aftershake-replay.js\" defer></script>\
         <aftershake-replay src=\"SITE/scenarios/sent-before-close.svg\"></aftershake-replay>\
         <aftershake-replay src=\"SITE/scenarios/linger-zero.svg\" start-at=\"end\" theme=\"dark\"></aftershake-replay>",
    )?;
    let browser = &host.browser;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('svg .verdict').textContent.includes('16 bytes')"
    ))?;
    let second = "document.querySelectorAll('aftershake-replay')[1].shadowRoot";
    browser.wait_until(&format!(
        "{second}.querySelector('.end .headline').textContent.includes('SO_LINGER')"
    ))?;
    let card = format!("return getComputedStyle({second}.querySelector('.card')).fill");
    assert_eq!(browser.script(&card)?, "rgb(26, 31, 35)");
    browser.script(&format!(
        "window.told = [];
         for (const name of ['ready', 'step', 'verdict', 'error']) {{
           document.addEventListener(`aftershake-${{name}}`, ({{ detail }}) => window.told.push([name, detail]));
         }}
         {REPLAY}.querySelector('.bar button').click();"
    ))?;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('.sentence').textContent.length > 20"
    ))?;
    browser.wait_until("window.told.filter(([name]) => name === 'step').length > 1")?;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('.bar button').textContent === 'Pause'"
    ))?;
    browser.screenshot("embed-replay")?;
    browser.script(&format!(
        "const slider = {REPLAY}.querySelector('input'); slider.value = slider.max; slider.dispatchEvent(new Event('input'));"
    ))?;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('.end .headline').textContent === {VERDICT:?}"
    ))?;
    let told = browser.script("return window.told.at(-1)")?;
    assert_eq!(told[0], "verdict");
    assert_eq!(told[1]["ending"], "reset by server");
    let trapped = browser.script(&format!(
        "const wheel = new WheelEvent('wheel', {{ deltaY: 50, bubbles: true, cancelable: true, composed: true }});
         {REPLAY}.querySelector('svg').dispatchEvent(wheel); return wheel.defaultPrevented || history.length > 2;"
    ))?;
    assert_eq!(trapped, false);
    browser.screenshot("embed-replay-end")?;
    assert_quiet(browser)
}

#[test]
fn a_quiz_keeps_the_verdict_back_until_someone_has_guessed() -> anyhow::Result<()> {
    let host = host(
        "<script src=\"SITE/embed/aftershake-replay.js\" defer></script>\
         <aftershake-replay src=\"SITE/scenarios/sent-before-close.svg\" mode=\"quiz\" start-at=\"end\"></aftershake-replay>",
    )?;
    let browser = &host.browser;
    browser.wait_until(&format!(
        "{REPLAY}.querySelectorAll('.guesses button').length > 3"
    ))?;
    let shown = browser.script(&format!(
        "const root = {REPLAY};
         return [root.querySelectorAll('svg .verdict, svg .why').length,
           root.querySelector('svg').getAttribute('aria-label'), root.querySelector('svg desc').textContent];"
    ))?;
    assert_eq!(shown[0], 0);
    assert_eq!(shown[1], "Client sent before the close");
    assert_eq!(shown[2], "");
    browser.screenshot("embed-quiz")?;
    browser.script(&format!(
        "[...{REPLAY}.querySelectorAll('.guesses button')].find((b) => b.textContent === 'reset by server').click()"
    ))?;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('.end').textContent.startsWith('Right.')"
    ))?;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('.end .headline').textContent === {VERDICT:?}"
    ))?;
    assert_quiet(browser)
}

#[test]
fn an_inline_replay_plays_in_a_sandboxed_frame_without_origin_and_storage() -> anyhow::Result<()> {
    let picture =
        std::fs::read_to_string(built("AFTERSHAKE_SITE")?.join("scenarios/linger-zero.svg"))?;
    let inside = format!(
        "<script src=\"SITE/embed/aftershake-replay.js\"></script>\
         <aftershake-replay start-at=\"end\"><template>{picture}</template></aftershake-replay>"
    );
    let framed = BTreeMap::from([("/framed.html".to_owned(), inside)]);
    let host = host_with(
        "<iframe src=\"/framed.html\" sandbox=\"allow-scripts\" width=\"900\" height=\"900\"></iframe>",
        &framed,
    )?;
    let browser = &host.browser;
    browser.enter_frame("iframe")?;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('.end .headline').textContent.includes('SO_LINGER')"
    ))?;
    let origin = browser.script("return self.origin")?;
    assert_eq!(origin, "null");
    assert_quiet(browser)
}

#[test]
fn a_replay_takes_only_the_keys_that_it_walks_with() -> anyhow::Result<()> {
    let host = host(
        "<script src=\"SITE/embed/aftershake-replay.js\"></script>\
         <aftershake-replay src=\"SITE/scenarios/sent-before-close.svg\" start-at=\"end\"></aftershake-replay>",
    )?;
    let browser = &host.browser;
    browser.wait_until(&format!("{REPLAY}.querySelector('.end .headline')"))?;
    let press = format!(
        "const [slider, scroll] = ['input', '.scroll'].map((name) => {REPLAY}.querySelector(name));
         const press = (key) => {{
           const down = new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true, composed: true }});
           scroll.dispatchEvent(down);
           return down.defaultPrevented;
         }};
         const from = Number(slider.value);
         const taken = ['ArrowRight', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', ' '].map(press);
         press('ArrowLeft');
         return [taken, Number(slider.value) - from];"
    );
    // At the end there is no next event; back and on are walked.
    let taken = json!([[false, false, false, true, true, false], -1]);
    assert_eq!(browser.script(&press)?, taken);
    // Wider than its room, the picture is scrolled by all four.
    browser.script("document.querySelector('aftershake-replay').style.width = '300px'")?;
    let taken = json!([[false, false, false, false, false, false], 0]);
    assert_eq!(browser.script(&press)?, taken);
    assert_quiet(browser)
}

#[test]
fn what_is_no_picture_is_said_and_never_run() -> anyhow::Result<()> {
    let evil = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"window.ran = 1\"><script>window.ran = 1</script>\
                <style>:host{position:fixed;background:u\\72l(//evil.example/x)}</style><foreignObject><p>x</p></foreignObject>\
                <a href=\"javascript:window.ran = 1\"><text class=\"verdict\">plain</text></a><text>kept</text></svg>";
    let body = format!(
        "<script src=\"SITE/embed/aftershake-replay.js\"></script>\
         <aftershake-replay><template>{evil}</template></aftershake-replay>\
         <aftershake-replay src=\"SITE/no-such.svg\"><p>In the meantime</p></aftershake-replay>"
    );
    let host = host(&body)?;
    let browser = &host.browser;
    browser.wait_until(&format!(
        "{REPLAY}.querySelector('text').textContent === 'kept'"
    ))?;
    let held = browser.script(&format!(
        "return [typeof window.ran, {REPLAY}.querySelectorAll('script, style, foreignObject, a, [onload]').length,
           {REPLAY}.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules])
             .filter(({{ cssText }}) => cssText.includes('evil') || cssText.includes('fixed')).length]"
    ))?;
    assert_eq!(held, json!(["undefined", 0, 0]));
    let second = "document.querySelectorAll('aftershake-replay')[1].shadowRoot";
    browser.wait_until(&format!(
        "{second}.querySelector('.note').textContent.includes('404')"
    ))?;
    browser.wait_until("document.querySelector('aftershake-replay p').checkVisibility()")?;
    Ok(())
}

#[test]
fn the_playground_in_a_frame_says_its_height_and_leaves_the_host_alone() -> anyhow::Result<()> {
    let host = host(
        "<script src=\"SITE/embed/aftershake-frame.js\" defer></script>\
         <iframe data-aftershake width=\"900\" height=\"100\" \
         src=\"SITE/play/index.html?embed=1&amp;scenario=sent-before-close#token=AAAAAAAAAAAAAAAA\"></iframe>",
    )?;
    let browser = &host.browser;
    browser.wait_until("parseInt(document.querySelector('iframe').style.height) > 500")?;
    let length = browser.script("return history.length")?;
    browser.enter_frame("iframe")?;
    browser.wait_for_text("headline", "16 bytes")?;
    browser.wait_until("document.querySelectorAll('main svg [data-event]').length > 10")?;
    let hidden = browser.script(
        "return ['[data-test=run]', '.top', '.gallery', '.editor'].filter((name) =>
           document.querySelector(name)?.checkVisibility())",
    )?;
    assert_eq!(hidden, json!([]));
    // A token in the address is not taken, and the address stays as the host wrote it.
    let kept = browser.script(
        "return [location.hash.startsWith('#token'), sessionStorage.length + localStorage.length]",
    )?;
    assert_eq!(kept, json!([true, 0]));
    let trapped = browser.script(
        "const wheel = new WheelEvent('wheel', { deltaY: 50, bubbles: true, cancelable: true });
         document.querySelector('main svg').dispatchEvent(wheel); return wheel.defaultPrevented;",
    )?;
    assert_eq!(trapped, false);
    let inside = number(&browser.script("return document.body.getBoundingClientRect().height")?);
    browser.wait_until("document.documentElement.scrollHeight <= innerHeight")?;
    browser.wait_until("document.documentElement.clientWidth === innerWidth")?;
    browser.leave_frame()?;
    browser.wait_until(&format!(
        "Math.abs(parseInt(document.querySelector('iframe').style.height) - {inside}) < 2"
    ))?;
    assert_eq!(browser.script("return history.length")?, length);
    assert_eq!(browser.script("return location.origin")?, host.address);
    browser.screenshot("embed-frame")?;
    assert_quiet(browser)
}

#[test]
fn a_name_that_nothing_has_shows_no_other_scenario() -> anyhow::Result<()> {
    let host = host("<p>Nothing</p>")?;
    let browser = &host.browser;
    for name in ["nope", "", "../sent-before-close", "Linger-Zero"] {
        for embed in ["", "embed=1&"] {
            browser.open("about:blank")?;
            browser.open(&format!(
                "{}/play/index.html?{embed}scenario={name}",
                host.site
            ))?;
            browser.wait_for_text("link-problem", "the catalogue has no scenario")?;
            browser.wait_until("!document.querySelector('[data-test=headline]')")?;
        }
    }
    assert_quiet(browser)
}

#[test]
fn the_page_of_an_agent_ignores_what_is_for_frames() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    let address = playground
        .agent
        .url
        .replace("/#", "/?embed=1&scenario=linger-zero#");
    assert_ne!(address, playground.agent.url);
    browser.open(&address)?;
    browser.wait_for_text("agent-status", "agent on this machine")?;
    browser.wait_until(
        "['[data-test=run]', '.top', '.gallery', '.editor'].every((name) => document.querySelector(name).checkVisibility())",
    )?;
    browser.wait_for_text("outcome-badge", "not run")?;
    let told = browser.script("return [document.title, document.querySelector('.embed-open')]")?;
    assert_eq!(told[1], Value::Null);
    // A link is put away here too, once something else is on show.
    let links = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/data/links");
    let link = std::fs::read_to_string(links.join("1-linger-zero.link"))?;
    let opened = link.trim().replacen('#', "&", 1);
    browser.open("about:blank")?;
    browser.open(&[address.as_str(), &opened].concat())?;
    browser.wait_until("location.hash.length > 9 && !location.hash.includes('token')")?;
    browser.wait_for_text("agent-status", "agent on this machine")?;
    browser.click("scenario-accepts-then-closes")?;
    browser.wait_until("location.search.includes('embed') && location.hash === ''")?;
    assert_quiet(browser)
}

#[test]
fn a_link_opens_on_the_site_with_its_run_and_leads_on_to_ones_own_agent() -> anyhow::Result<()> {
    let server = serve_site("")?;
    let links = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/data/links");
    let link = std::fs::read_to_string(links.join("1-linger-zero.link"))?;
    let link = link.trim();
    let browser = Browser::start(1280, 900, Scheme::Light)?;
    browser.open(&format!("{}/play/index.html{link}", server.origin()))?;
    browser.wait_for_text("outcome-badge", "reset")?;
    browser.wait_for_text("headline", "SO_LINGER")?;
    browser.click("share")?;
    browser.wait_for("my-agent")?;
    let href = browser.script("return document.querySelector('[data-test=my-agent]').href")?;
    let href = href.as_str().unwrap();
    let fragment = href.strip_prefix("http://127.0.0.1:4747/").unwrap();
    let mut decode = Command::new(binary()?);
    let told = decode.args(["link", "--decode", fragment]).output()?;
    assert!(
        String::from_utf8(told.stdout)?.starts_with("# linger-zero\n"),
        "{href}"
    );
    browser.click("share-embed")?;
    let base = browser.script("return document.querySelector('[data-test=share-site]').value")?;
    assert_eq!(
        base.as_str(),
        Some(format!("{}/", server.origin()).as_str())
    );

    browser.open(&format!(
        "{}/play/index.html?embed=1{link}",
        server.origin()
    ))?;
    browser.wait_for_text("outcome-badge", "reset")?;
    let open = browser.script("return document.querySelector('.embed-open').href")?;
    assert_eq!(
        open.as_str(),
        Some(format!("{}/play/index.html{link}", server.origin()).as_str())
    );
    assert_quiet(&browser)
}
