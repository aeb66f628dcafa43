//! The playground as a user meets it: an agent's page in a browser, and the few things one does there.
//!
//! The only module that knows the page's `data-test` names.

use crate::agent::Agent;
use crate::browser::{Browser, Scheme};
use crate::look::Look;

/// An agent and a browser that shows its page.
#[derive(Debug)]
pub struct Playground {
    pub agent: Agent,
    pub browser: Browser,
}

impl Playground {
    /// Starts both and waits until the page has found its agent.
    ///
    /// # Errors
    /// Either does not start, or the page does not find the agent.
    pub fn open(width: u32, height: u32, scheme: Scheme) -> anyhow::Result<Self> {
        let agent = Agent::start()?;
        let browser = Browser::start(width, height, scheme)?;
        browser.open(&agent.url)?;
        browser.wait_for_text("agent-status", "agent on this machine")?;
        Ok(Self { agent, browser })
    }

    /// The same on a desktop, in light colours.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn desktop() -> anyhow::Result<Self> {
        Self::open(1280, 800, Scheme::Light)
    }

    /// The same in one of the looks.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn looked_at(look: Look) -> anyhow::Result<Self> {
        Self::open(look.width, look.height, look.scheme)
    }

    /// Picks a scenario of the catalogue. On a narrow page the catalogue is folded and is opened first.
    ///
    /// # Errors
    /// It is not listed.
    pub fn choose(&self, name: &str) -> anyhow::Result<()> {
        self.browser.script(
            "const fold = document.querySelector('.gallery details:not([open]) summary');
             if (fold) fold.click();",
        )?;
        self.browser.click(&format!("scenario-{name}"))
    }

    /// Presses Run and waits for the verdict.
    ///
    /// # Errors
    /// There is none in time.
    pub fn run(&self) -> anyhow::Result<()> {
        self.browser.click("run")?;
        self.wait_for_verdict()
    }

    /// Waits until a run has ended and was judged.
    ///
    /// # Errors
    /// It was not in time.
    pub fn wait_for_verdict(&self) -> anyhow::Result<()> {
        self.browser.wait_until(
            "/closed|reset|refused|timed out|open/i.test(document.querySelector('[data-test=outcome-badge]').textContent)",
        )
    }
}
