//! The editor as a user meets it: two views of one scenario, the way back, the keyboard, a reload.

use aftershake_browser_tests::browser::{Browser, Scheme, element, keys};
use aftershake_browser_tests::playground::Playground;
use anyhow::Context as _;

const ALT: char = '\u{E00A}';

fn text(browser: &Browser) -> anyhow::Result<String> {
    let text = browser.script(&format!("return {}.value", element("editor")))?;
    Ok(text.as_str().context("no text")?.to_owned())
}

/// Waits until the text holds these words.
fn text_says(browser: &Browser, words: &str) -> anyhow::Result<()> {
    let words = serde_json::Value::from(words);
    browser.wait_until(&format!("{}.value.includes({words})", element("editor")))
}

/// Puts the focus on the step of that number, from 0.
fn focus_step(browser: &Browser, step: usize) -> anyhow::Result<()> {
    browser.script(&format!("document.querySelector('#step-{step}').focus()"))?;
    Ok(())
}

#[test]
fn a_form_changes_the_text_and_the_text_the_form() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    let before = text(browser)?;
    focus_step(browser, 3)?;
    browser.press(&[keys::ENTER])?;
    browser.fill("field-text", "bye")?;
    text_says(browser, "do.send = { text = \"bye\" }")?;
    assert_eq!(text(browser)?, before.replace("incorrect_prefix", "bye"));
    let changed = before.replace("incorrect_prefix", "from the text");
    browser.fill("editor", &changed)?;
    browser
        .wait_until("document.querySelector('#step-3').textContent.includes('from the text')")?;
    playground.browser.is_quiet()
}

#[test]
fn a_change_is_run_with_ctrl_enter_and_compared_with_the_run_before() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    playground.run()?;
    browser.wait_for_text("newest-run", "reset")?;
    // Without its fourth step the client says nothing, and nothing is left unread.
    focus_step(browser, 3)?;
    browser.press(&[keys::DELETE])?;
    browser.wait_until(
        "!document.querySelector('[data-test=steps]').textContent.includes('incorrect')",
    )?;
    browser.wait_for_text("newest-run", "earlier text")?;
    browser.press(&[keys::CONTROL, keys::ENTER])?;
    browser.wait_for_text("newest-run", "closed; before it: reset")?;
    playground.browser.is_quiet()
}

#[test]
fn steps_are_moved_copied_and_taken_away_by_keyboard_and_undone() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    let before = text(browser)?;
    let on_step =
        |step: usize| browser.wait_until(&format!("document.activeElement.id === 'step-{step}'"));
    focus_step(browser, 4)?;
    browser.press(&[ALT, keys::ARROW_UP])?;
    on_step(3)?;
    text_says(
        browser,
        "by = \"server\"\ndo = \"close\"\n\n[[steps]]\nby = \"client\"\ndo.send",
    )?;
    browser.press(&[keys::CONTROL, 'd'])?;
    on_step(4)?;
    browser.press(&[ALT, keys::ARROW_RIGHT])?;
    text_says(browser, "by = \"client\"\ndo = \"close\"")?;
    browser.press(&[keys::DELETE])?;
    // The next key is for the step that comes into its place: not before that has the focus.
    browser.wait_until(&format!(
        "!{}.value.includes('by = \"client\"\\ndo = \"close\"')",
        element("editor")
    ))?;
    on_step(4)?;
    browser.press(&[keys::ARROW_UP])?;
    on_step(3)?;
    for _ in 0..4 {
        browser.press(&[keys::CONTROL, 'z'])?;
    }
    browser.wait_until(&format!("!{}", element("revert")))?;
    assert_eq!(text(browser)?, before);
    browser.press(&[keys::CONTROL, 'y'])?;
    text_says(
        browser,
        "do = \"close\"\n\n[[steps]]\nby = \"client\"\ndo.send",
    )?;
    playground.browser.is_quiet()
}

#[test]
fn a_step_is_dragged_into_another_row_and_column() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    browser.script(&format!(
        "{}.scrollIntoView({{block: 'center'}})",
        element("steps")
    ))?;
    let pointer = |kind: &str, over: &str| {
        browser.script(&format!(
            "const r = document.querySelector('{over}').getBoundingClientRect();
             document.querySelector('[data-grip=\"2\"]').dispatchEvent(new PointerEvent('{kind}',
               {{bubbles: true, cancelable: true, pointerId: 1, clientX: r.x + 5, clientY: r.y + 5}}));"
        ))
    };
    let target = "[data-row=\"0\"] [data-by=server]";
    pointer("pointerdown", "[data-grip=\"2\"]")?;
    browser.wait_until("document.querySelector('.dragged')")?;
    pointer("pointermove", target)?;
    browser.wait_until("document.querySelector('[data-row=\"0\"] .over')")?;
    pointer("pointerup", target)?;
    browser.wait_until("!document.querySelector('.dragged')")?;
    let first = text(browser)?;
    let first = first.split("[[steps]]").nth(1).context("no step")?;
    assert_eq!(first.trim(), "by = \"server\"\ndo = \"connect\"");
    playground.browser.is_quiet()
}

#[test]
fn a_draft_and_its_runs_outlive_a_reload() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("linger-zero")?;
    playground.run()?;
    let mine = format!("# mine\n{}", text(browser)?);
    browser.fill("editor", &mine)?;
    text_says(browser, "# mine")?;
    browser.script("location.reload()")?;
    browser.wait_for_text("agent-status", "agent on this machine")?;
    text_says(browser, "# mine")?;
    browser.wait_for_text("newest-run", "reset")?;
    browser.wait_for_text("outcome-badge", "reset")?;
    playground.browser.is_quiet()
}

#[test]
fn names_are_completed_from_what_is_known_of_fields() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    browser.fill(
        "editor",
        "title = \"x\"\n\n[[steps]]\nby = \"server\"\ndo.lis",
    )?;
    browser.wait_for_text("suggestions", "open a listener")?;
    shoot(browser, "completion")?;
    browser.press(&[keys::TAB])?;
    text_says(browser, "do = \"listen\"")?;
    browser.wait_until(&format!("document.activeElement === {}", element("editor")))?;
    browser.press(&[keys::ENTER])?;
    browser.press(&['n'])?;
    browser.press(&['a'])?;
    browser.wait_for_text("suggestions", "name")?;
    browser.press(&[keys::ARROW_DOWN])?;
    browser.wait_until("document.querySelector('#suggestions [aria-selected=true]')")?;
    browser.press(&[keys::ENTER])?;
    text_says(browser, "name = \"\"")?;
    // Closed, the Tab key leaves the field.
    browser.press(&[keys::ESCAPE])?;
    browser.press(&[keys::TAB])?;
    browser.wait_until(&format!("document.activeElement !== {}", element("editor")))?;
    playground.browser.is_quiet()
}

#[test]
fn the_course_bets_runs_changes_and_tells_the_rule() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    browser.click("course")?;
    for (bet, said, changed) in [
        ("bet-reset", "wrong. It ended: closed", "reset"),
        ("bet-closed", "right. It ended: closed", "reset"),
        ("bet-closed", "right. It ended: closed", "reset"),
    ] {
        browser.click(bet)?;
        browser.wait_for_text("bet-result", said)?;
        browser.click("try-change")?;
        browser.wait_for("rule")?;
        shoot(browser, "course")?;
        browser.wait_for_text("bet-result", changed)?;
        browser.click("next-lesson")?;
    }
    browser.wait_until(&format!("!{}", element("course-card")))?;
    playground.browser.is_quiet()
}

#[test]
fn a_quiz_hides_the_verdict_until_it_is_asked_for() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    browser.press(&['>'])?;
    browser.fill("palette", "quiz")?;
    browser.press(&[keys::ENTER])?;
    browser.wait_for("quiz-card")?;
    browser.wait_until("!document.querySelector('.gallery .glyph.reset')")?;
    browser.press(&[keys::CONTROL, keys::ENTER])?;
    browser.wait_for("show-verdict")?;
    let shown =
        browser.script("return document.querySelector('main').innerText.includes('unread, so')")?;
    assert_eq!(shown, false, "the verdict is on show");
    browser.wait_until("document.querySelectorAll('main svg [data-event]').length > 10")?;
    browser.click("show-verdict")?;
    browser.wait_for_text("headline", "unread")?;
    playground.browser.is_quiet()
}

#[test]
fn the_palette_does_what_it_lists_and_gives_the_focus_back() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    focus_step(browser, 2)?;
    let on_step = "document.activeElement.id === 'step-2'";
    browser.wait_until(on_step)?;
    browser.press(&[keys::CONTROL, '\u{E008}', 'p'])?;
    browser.wait_until(&format!(
        "document.activeElement === {}",
        element("palette")
    ))?;
    browser.press(&[keys::ESCAPE])?;
    browser.wait_until(on_step)?;
    browser.press(&['?'])?;
    browser.wait_until("document.querySelector('dialog.help').open")?;
    browser.press(&[keys::ESCAPE])?;
    browser.wait_until(on_step)?;
    browser.click("commands")?;
    shoot(browser, "palette")?;
    browser.fill("palette", "linger zero")?;
    browser.wait_until("document.querySelector('#commands li')")?;
    browser.press(&[keys::ENTER])?;
    text_says(browser, "linger")?;
    browser.click("commands")?;
    browser.fill("palette", "new: a proxy")?;
    browser.press(&[keys::ENTER])?;
    browser.wait_until("document.querySelectorAll('.heads b').length === 3")?;
    browser.wait_until(&format!("!{}.disabled", element("run")))?;
    playground.browser.is_quiet()
}

#[test]
fn every_template_can_be_run_as_it_stands() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    for template in ["two programs", "request", "proxy"] {
        browser.click("commands")?;
        browser.fill("palette", &format!("new: {template}"))?;
        browser.wait_until("document.querySelectorAll('#commands li').length === 1")?;
        browser.press(&[keys::ENTER])?;
        browser.wait_for_text("outcome-badge", "not run")?;
        playground.run()?;
    }
    playground.browser.is_quiet()
}

#[test]
fn an_agent_that_comes_back_finds_the_work_as_it_was() -> anyhow::Result<()> {
    let mut playground = Playground::desktop()?;
    playground.choose("linger-zero")?;
    let mine = format!("# mine\n{}", text(&playground.browser)?);
    playground.browser.fill("editor", &mine)?;
    playground.agent.kill()?;
    let browser = &playground.browser;
    browser.wait_for_text("agent-status", "no agent")?;
    focus_step(browser, 0)?;
    browser.press(&[keys::ENTER])?;
    browser.fill("field-port", "9001")?;
    text_says(browser, "port = 9001")?;
    text_says(browser, "# mine")?;
    browser.wait_until(&format!("{}.disabled", element("run")))
}

#[test]
fn a_mistake_marks_its_step_and_its_place() -> anyhow::Result<()> {
    let playground = Playground::desktop()?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    focus_step(browser, 0)?;
    browser.press(&[keys::ENTER])?;
    browser.fill("field-port", "99999")?;
    browser.wait_for_text("editor-error", "99999")?;
    browser.wait_until("document.querySelector('[data-row=\"0\"].wrong [role=alert]')")?;
    browser.wait_until("document.querySelector('.layer .wrong').textContent === '99999'")?;
    browser.wait_until(&format!("{}.disabled", element("run")))?;
    browser.fill("field-port", "9000")?;
    browser.wait_until(&format!("!{}.disabled", element("run")))?;
    playground.browser.is_quiet()
}

#[test]
fn a_phone_has_the_same_editor() -> anyhow::Result<()> {
    let playground = Playground::open(390, 800, Scheme::Dark)?;
    let browser = &playground.browser;
    playground.choose("sent-before-close")?;
    focus_step(browser, 3)?;
    browser.press(&[keys::ENTER])?;
    browser.wait_for("step-form")?;
    shoot(browser, "390")?;
    browser.fits_its_width()?;
    let small = browser.script(
        "return [...document.querySelectorAll('.editor button, .editor input, .editor select, .editor summary')]
           .filter((e) => e.checkVisibility()).map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
           .filter(([, r]) => r.height < 24 || r.width < 24).map(([e]) => e)",
    )?;
    assert_eq!(small, serde_json::json!([]), "smaller than 24 pixels");
    playground.browser.is_quiet()
}

#[test]
fn it_looks_as_it_should() -> anyhow::Result<()> {
    for scheme in [Scheme::Light, Scheme::Dark] {
        let playground = Playground::open(1280, 1500, scheme)?;
        let browser = &playground.browser;
        playground.choose("sent-before-close")?;
        focus_step(browser, 3)?;
        browser.press(&[keys::ENTER])?;
        browser.wait_for("step-form")?;
        browser.script(&format!("{}.scrollIntoView()", element("headline")))?;
        shoot(browser, &format!("{}-1280", scheme.name()))?;
    }
    Ok(())
}

fn shoot(browser: &Browser, name: &str) -> anyhow::Result<()> {
    browser.screenshot(&format!("editor-{name}"))
}
