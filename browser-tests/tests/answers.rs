//! "Why did my server reset?": from the first view to the answer in three actions at most, whatever one comes with.

use aftershake_browser_tests::dropped::{copies, drop_file};
use aftershake_browser_tests::playground::Playground;
use serde_json::json;

/// Actions that may lie between the first view and the answer.
const MOST: u32 = 3;

/// A reader who counts what is done.
struct Reader {
    playground: Playground,
    done: u32,
}

impl Reader {
    /// Looks at the first view.
    fn arrives() -> anyhow::Result<Self> {
        Ok(Self {
            playground: Playground::desktop()?,
            done: 0,
        })
    }

    fn does(
        &mut self,
        action: impl FnOnce(&Playground) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.done += 1;
        action(&self.playground)
    }

    /// The verdict is on the screen, soon enough.
    fn reads(&self, answer: &str) -> anyhow::Result<()> {
        let browser = &self.playground.browser;
        browser.wait_for_text("headline", answer)?;
        browser.wait_until(
            "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.querySelector('[data-test=headline]').getBoundingClientRect())",
        )?;
        assert!(self.done <= MOST, "{} actions, expected {MOST}", self.done);
        browser.is_quiet()
    }
}

#[test]
fn the_article_s_case_takes_two() -> anyhow::Result<()> {
    let mut reader = Reader::arrives()?;
    reader.does(|page| page.browser.click("scenario-sent-before-close"))?;
    reader.does(|page| page.browser.click("run"))?;
    reader.reads("16 bytes still unread")
}

#[test]
fn a_dropped_capture_takes_one_and_two_where_it_holds_many_connections() -> anyhow::Result<()> {
    let mut reader = Reader::arrives()?;
    reader.does(|page| drop_file(&page.browser, "theirs.pcap", &copies(1)?))?;
    reader.reads("unread")?;
    let mut reader = Reader::arrives()?;
    reader.does(|page| drop_file(&page.browser, "theirs.pcap", &copies(12)?))?;
    reader.does(|page| page.browser.click("connection-3"))?;
    reader.reads("unread")
}

#[test]
fn a_link_takes_one() -> anyhow::Result<()> {
    let from = Playground::desktop()?;
    from.choose("sent-before-close")?;
    from.browser.click("share")?;
    from.browser.wait_for("share-dialog")?;
    let link = from
        .browser
        .script("return document.querySelector('[data-test=text-link]').value")?;
    let fragment = link.as_str().unwrap_or_default().split_once('#');
    let fragment = fragment.map_or("", |(_, fragment)| fragment);
    let mut reader = Reader::arrives()?;
    let browser = &reader.playground.browser;
    browser.script(&format!("location.hash = {}", json!(fragment)))?;
    browser.wait_for_text("headline", "client sent before the close")?;
    reader.does(|page| page.browser.click("run"))?;
    reader.reads("16 bytes still unread")
}
