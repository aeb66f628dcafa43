//! The picture of a run as a user meets it: zoom, move, search, filter, many connections, a hundred thousand events.

use aftershake_browser_tests::axe;
use aftershake_browser_tests::browser::{Browser, Scheme, keys};
use aftershake_browser_tests::frames::{self, Motion};
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;
use serde_json::{Value, json};

const SHIFT: char = '\u{E008}';
const SELECTED: &str = "document.querySelector('.ladder [data-event][aria-current=true]')";
/// Elements that the picture may have at any time.
const MOST_NODES: u64 = 1_500;

/// Four connections one after the other, so that there are many.
const FOUR: &str = r#"title = "Four times"

[[steps]]
by = "server"
do.listen = { port = 8080, backlog = 8 }

[[steps]]
by = "one"
do = "connect"

[[steps]]
by = "two"
do = "connect"

[[steps]]
by = "three"
do = "connect"

[[steps]]
by = "four"
do = "connect"

[[steps]]
by = "two"
do.set_option = { linger = "0s" }

[[steps]]
by = "two"
do = "close"

[[steps]]
by = "one"
do = "close"
"#;

fn shown(name: &str) -> anyhow::Result<Playground> {
    let playground = Playground::desktop()?;
    playground.choose(name)?;
    playground.run()?;
    Ok(playground)
}

fn typed(playground: &Playground, toml: &str) -> anyhow::Result<()> {
    let browser = &playground.browser;
    browser.fill("editor", toml)?;
    browser.wait_until("!document.querySelector('[data-test=run]').disabled")?;
    browser.click("run")?;
    browser.wait_until("document.querySelector('[data-test=cancel]') === null")?;
    playground.wait_for_verdict()
}

fn number(browser: &Browser, script: &str) -> anyhow::Result<f64> {
    browser.script(script)?.as_f64().context("no number")
}

/// How far apart the first two segments stand.
fn spread(browser: &Browser) -> anyhow::Result<f64> {
    number(
        browser,
        "const y = (n) => document.querySelectorAll('.body .segment .shaft')[n].getBoundingClientRect().top;
         return y(1) - y(0);",
    )
}

fn wheel(browser: &Browser, delta: i32, modifiers: u32) -> anyhow::Result<()> {
    let at = browser.script(
        "document.querySelector('svg.body').scrollIntoView({ block: 'center' });
         const box = document.querySelector('svg.body').getBoundingClientRect();
         return [box.left + box.width / 2, Math.max(box.top, 80) + 120];",
    )?;
    let at = |index: usize| at.get(index).and_then(Value::as_f64);
    let (x, y) = at(0).zip(at(1)).context("no place")?;
    browser.devtools(
        "Input.dispatchMouseEvent",
        &json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": delta, "modifiers": modifiers }),
    )?;
    Ok(())
}

#[test]
fn the_wheel_zooms_with_ctrl_and_else_scrolls_the_page() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    let before = spread(browser)?;
    wheel(browser, -300, 2)?;
    browser.wait_until("document.querySelector('[data-test=minimap]')")?;
    let zoomed = spread(browser)?;
    assert!(zoomed > before * 1.3, "{before} became {zoomed}");
    browser.click("zoom-placed")?;
    browser.wait_until("!document.querySelector('[data-test=minimap]')")?;
    browser.script("window.scrollTo(0, 200)")?;
    let scrolled = number(browser, "return window.scrollY")?;
    wheel(browser, 240, 0)?;
    browser.wait_until(&format!("window.scrollY !== {scrolled}"))?;
    assert!((spread(browser)? - before).abs() < 1.0, "it zoomed");
    browser.is_quiet()
}

#[test]
fn keys_zoom_and_move() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    let first = "Number(document.querySelector('.minimap .seen-part').getAttribute('y'))";
    browser.script("document.activeElement.blur()")?;
    browser.press(&['w'])?;
    browser.press(&['w'])?;
    browser.wait_until("document.querySelector('[data-test=minimap]')")?;
    for _ in 0..8 {
        browser.press(&['a'])?;
    }
    browser.wait_until(&format!("{first} === 0"))?;
    browser.press(&['d'])?;
    browser.wait_until(&format!("{first} > 5"))?;
    browser.press(&['f'])?;
    browser.wait_until("!document.querySelector('[data-test=minimap]')")?;
    browser.is_quiet()
}

#[test]
fn the_next_oddity_and_the_reset_are_a_key_away() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    browser.script("document.activeElement.blur()")?;
    browser.press(&['r'])?;
    browser.wait_until(&format!("{SELECTED}.classList.contains('rst')"))?;
    let reset = browser.script(&format!("return {SELECTED}.dataset.event"))?;
    browser.press(&['e'])?;
    browser.wait_until(&format!("{SELECTED}.dataset.event !== {reset}"))?;
    browser.press(&[SHIFT, 'E'])?;
    browser.wait_until(&format!("{SELECTED}.dataset.event === {reset}"))?;
    browser.wait_for_text("moment", "→")?;
    let moment = browser.text("moment")?;
    for words in ["client", "server", "ms", "CLOSED"] {
        assert!(moment.contains(words), "{words} is missing in {moment}");
    }
    browser.is_quiet()
}

#[test]
fn the_verdict_leaves_half_of_the_window_to_the_picture() -> anyhow::Result<()> {
    for name in ["linger-zero", "race-send-against-close", "proxy-hangs-up"] {
        let playground = shown(name)?;
        let height = "return document.querySelector('.verdict').getBoundingClientRect().height";
        let height = number(&playground.browser, height)?;
        assert!(height <= 400.0, "{name}: {height}");
    }
    Ok(())
}

#[test]
fn words_are_found_in_the_run() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    browser.script("document.activeElement.blur()")?;
    browser.press(&['/'])?;
    browser.wait_until("document.activeElement.id === 'find'")?;
    browser.fill("find", "rst server")?;
    browser.wait_for_text("found-count", "event")?;
    browser.wait_until("document.querySelectorAll('.body .event.found').length > 0")?;
    browser.press(&[keys::ENTER])?;
    browser.wait_until(&format!(
        "{SELECTED}.getAttribute('aria-label').includes('RST')"
    ))?;
    browser.fill("find", "no such words")?;
    browser.wait_for_text("found-count", "0 events")?;
    browser.is_quiet()
}

#[test]
fn what_is_filtered_is_gone_until_it_is_asked_for_again() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    let acks = "document.querySelectorAll('.body .segment.ack').length";
    browser.wait_until(&format!("{acks} > 0"))?;
    browser.click("filter")?;
    browser.click("filter-acks")?;
    browser.wait_until(&format!("{acks} === 0"))?;
    browser.wait_until("document.querySelectorAll('.body .segment.rst').length === 1")?;
    browser.click("filter-clear")?;
    browser.wait_until(&format!("{acks} > 0"))?;
    browser.is_quiet()
}

#[test]
fn times_are_told_from_the_start_the_event_before_or_the_clock() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    let choose = |number: u32| {
        browser.script(&format!(
            "const list = document.querySelector('[data-test=times]'); list.value = '{number}';
             list.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        ))
    };
    let ticks = "[...document.querySelectorAll('.body .time')].map((t) => t.textContent.trim()).filter((t) => !t.includes('shortened'))";
    choose(1)?;
    browser.wait_until(&format!("{ticks}.slice(1).every((t) => t.startsWith('+'))"))?;
    choose(2)?;
    browser.wait_until(&format!(
        "{ticks}.every((t) => /^\\d\\d:\\d\\d\\.\\d{{3}}$/.test(t))"
    ))?;
    browser.is_quiet()
}

#[test]
fn many_connections_are_chosen_from_an_overview() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    typed(&playground, FOUR)?;
    browser.wait_until("document.querySelectorAll('[data-test=connection-row]').length === 4")?;
    browser.wait_until("document.querySelector('.overview .glyph.reset')")?;
    axe::check(browser)?;
    browser.click("connection-2")?;
    browser.wait_until("document.querySelector('svg.body .segment.rst')")?;
    let lanes = browser.script(
        "return [...document.querySelectorAll('.headings .lane:not(.wire)')].map((lane) => lane.textContent).join(' ')",
    )?;
    assert_eq!(lanes, "two server");
    browser.click("overview-back")?;
    browser.wait_until("document.querySelectorAll('[data-test=connection-row]').length === 4")?;
    browser.is_quiet()
}

#[test]
fn nothing_serious_is_denied_to_anyone() -> anyhow::Result<()> {
    for (scheme, width) in [
        (Scheme::Light, 1280),
        (Scheme::Dark, 1280),
        (Scheme::Light, 390),
    ] {
        let playground = Playground::open(width, 800, scheme)?;
        let browser = &playground.browser;
        axe::check(browser).with_context(|| format!("{width} {scheme:?}, before a run"))?;
        playground.choose("sent-before-close")?;
        playground.run()?;
        browser.script("document.querySelector('.not-this').open = true; document.querySelector('.filter').open = true;")?;
        axe::check(browser).with_context(|| format!("{width} {scheme:?}, ladder"))?;
        browser.click("tab-table")?;
        browser.wait_until("document.querySelector('main table')")?;
        axe::check(browser).with_context(|| format!("{width} {scheme:?}, table"))?;
        browser.click("help")?;
        browser.wait_until("document.querySelector('dialog.help').open")?;
        axe::check(browser).with_context(|| format!("{width} {scheme:?}, help"))?;
        browser.press(&[keys::ESCAPE])?;
        for (opens, is_open) in [
            ("commands", "document.querySelector('dialog.palette').open"),
            (
                "share",
                "document.querySelector('[data-test=share-dialog] input, [data-test=share-dialog] textarea')",
            ),
        ] {
            browser.click(opens)?;
            browser.wait_until(is_open)?;
            axe::check(browser).with_context(|| format!("{width} {scheme:?}, {opens}"))?;
            browser.press(&[keys::ESCAPE])?;
        }
        browser.fill("sweep-runs", "20")?;
        browser.click("sweep-start")?;
        browser.wait_for_text("sweep-said", "20 runs")?;
        axe::check(browser).with_context(|| format!("{width} {scheme:?}, many runs"))?;
    }
    Ok(())
}

#[test]
fn a_hundred_thousand_events_are_never_many_elements() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    typed(&playground, &frames::many(60_000))?;
    browser.wait_until("document.querySelector('svg.body')")?;
    for (view, motion) in [
        ("zoom-placed", Motion::Pan),
        ("zoom-placed", Motion::Zoom),
        ("zoom-all", Motion::Pan),
        ("zoom-all", Motion::Zoom),
    ] {
        browser.click(view)?;
        let measured = frames::measure(browser, motion, 60)?;
        assert_eq!(measured.work.len(), 60);
        assert!(
            measured.nodes <= MOST_NODES,
            "{} elements, {view}, {motion:?}",
            measured.nodes
        );
    }
    browser.click("zoom-all")?;
    browser.wait_until("document.querySelector('svg.body').dataset.detail === 'crowd'")?;
    browser.is_quiet()
}

#[test]
fn a_phone_lists_what_the_ladder_draws() -> anyhow::Result<()> {
    let events = |selector: &str| {
        format!(
            "return [...document.querySelectorAll('{selector} [data-event]')].map((e) => Number(e.dataset.event)).sort((a, b) => a - b)"
        )
    };
    let playground = Playground::open(390, 800, Scheme::Light)?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.wait_until("document.querySelector('.events .event-row.rst')")?;
    let listed = browser.script(&events(".events"))?;
    // Each with both ends at its moment.
    browser.script("document.querySelector('.events .event-row.rst').click()")?;
    browser.wait_until(
        "/sockets before and after/i.test(document.querySelector('.row-details').textContent)",
    )?;
    // The same run where there is room for its ladder.
    let wide = json!({ "width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": false });
    browser.devtools("Emulation.setDeviceMetricsOverride", &wide)?;
    browser.wait_until("document.querySelector('svg.body .segment.rst')")?;
    assert_eq!(listed, browser.script(&events("svg.body"))?);
    browser.is_quiet()
}

#[test]
fn colours_of_the_reader_s_own_hide_nothing() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    let forced = json!([{ "name": "forced-colors", "value": "active" }]);
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "features": forced }))?;
    browser.wait_until("matchMedia('(forced-colors: active)').matches")?;
    let theirs = "getComputedStyle(document.body).color";
    for part in [".segment.rst .shaft", ".segment.syn .shaft", ".glyph.reset"] {
        let stroke = format!("getComputedStyle(document.querySelector('{part}')).stroke");
        browser.wait_until(&format!("{stroke} === {theirs}"))?;
    }
    for part in [
        ".segment.rst .shaft",
        ".segment.data .shaft",
        ".edge",
        ".call .bar",
        ".glyph.reset",
    ] {
        let drawn = browser.script(&format!(
            "const style = getComputedStyle(document.querySelector('{part}'));
             const ground = getComputedStyle(document.querySelector('.card')).backgroundColor;
             return [style.stroke, style.fill].some((paint) => paint !== 'none' && paint !== ground && !paint.startsWith('rgba(0, 0, 0, 0'));"
        ))?;
        assert_eq!(drawn, true, "{part}");
    }
    axe::check(browser)
}

#[test]
fn a_reader_of_the_printed_page_has_verdict_and_picture() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }))?;
    for (selector, seen) in [
        ("[data-test=headline]", true),
        ("svg.body", true),
        (".gallery", false),
        (".picture .tools", false),
        (".editor", false),
    ] {
        let is_seen = browser.script(&format!(
            "return document.querySelector('{selector}').checkVisibility()"
        ))?;
        assert_eq!(is_seen, seen, "{selector}");
    }
    Ok(())
}

const PLAYED: &str =
    "Number(document.querySelector('.ladder [data-event][aria-current=true]').dataset.event)";

/// Space is for a button that has the focus.
fn leave_button(browser: &Browser) -> anyhow::Result<()> {
    browser.script("document.activeElement.blur()")?;
    Ok(())
}

#[test]
fn a_run_is_played_again_event_by_event() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    leave_button(browser)?;
    browser.press(&['.'])?;
    browser.wait_until("document.querySelector('[data-test=later]')")?;
    let first = number(browser, &format!("return {PLAYED}"))?;
    browser.press(&['.'])?;
    browser.wait_until(&format!("{PLAYED} > {first}"))?;
    browser.press(&[','])?;
    browser.wait_until(&format!("{PLAYED} === {first}"))?;
    // Both ends at that moment.
    browser.wait_until("document.querySelectorAll('[data-test=moment] .end').length === 2")?;
    browser.press(&[']'])?;
    browser.wait_until(
        "document.querySelector('svg.body .event.selected.rst, svg.body .event.selected.reset')",
    )?;
    browser.press(&['['])?;
    browser.press(&[keys::ESCAPE])?;
    browser.wait_until("!document.querySelector('[data-test=later]')")?;
    browser.script(
        "const list = document.querySelector('[data-test=speed]'); list.value = '4';
         list.dispatchEvent(new Event('change', { bubbles: true }));",
    )?;
    browser.press(&[' '])?;
    browser.wait_until("document.querySelector('[data-test=play]').title.startsWith('Pause')")?;
    browser.wait_until(&format!("{PLAYED} > {first} + 2"))?;
    browser.press(&[' '])?;
    browser.wait_until("document.querySelector('[data-test=play]').title.startsWith('Play')")?;
    browser.wait_until("document.querySelector('[data-test=later]')")?;
    axe::check(browser)?;
    // From there to its end, where the whole run is on show again.
    browser.press(&[' '])?;
    browser.wait_until("document.querySelector('[data-test=play]').title.startsWith('Play')")?;
    browser.wait_until("!document.querySelector('[data-test=later]')")?;
    browser.is_quiet()
}

#[test]
fn who_wants_less_motion_plays_by_hand() -> anyhow::Result<()> {
    let playground = shown("sent-before-close")?;
    let browser = &playground.browser;
    let less = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "features": less }))?;
    leave_button(browser)?;
    browser.press(&[' '])?;
    let first = number(browser, &format!("return {PLAYED}"))?;
    browser.wait_until("document.querySelector('[data-test=play]').title.startsWith('Play')")?;
    browser.press(&[' '])?;
    browser.wait_until(&format!("{PLAYED} > {first}"))?;
    browser.wait_until("document.querySelector('[data-test=play]').title.startsWith('Play')")?;
    browser.is_quiet()
}

#[test]
fn a_ladder_of_three_ends_is_moved_sideways_and_stays_legible() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("proxy-hangs-up")?;
    playground.run()?;
    browser.wait_until("document.querySelector('svg.body .segment') !== null")?;
    let scale = number(
        browser,
        "const svg = document.querySelector('svg.body');
         return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width",
    )?;
    assert!(scale > 0.8, "drawn at {scale} of its size");
    let moved = browser.script(
        "const drawing = document.querySelector('.drawing'); drawing.scrollLeft = 100; return drawing.scrollLeft",
    )?;
    assert_eq!(moved, 100, "it cannot be moved sideways");
    let covered = number(
        browser,
        "const edge = (what) => document.querySelector(what).getBoundingClientRect();
         return edge('.headings').bottom - edge('svg.body').top",
    )?;
    assert!(covered < 1.0, "the headings cover {covered} pixels of it");
    browser.fits_its_width()?;
    axe::check(browser)?;
    browser.is_quiet()
}
