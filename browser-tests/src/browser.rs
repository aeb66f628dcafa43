//! One Chromium with an empty profile: opens pages, clicks, types, waits, looks.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::webdriver::Session;

/// How long a page may take for anything a test waits for.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Keys that are no characters. Source: `WebDriver`, section 15.4.2 (keyboard actions).
pub mod keys {
    pub const ARROW_DOWN: char = '\u{E015}';
    pub const ARROW_LEFT: char = '\u{E012}';
    pub const ARROW_RIGHT: char = '\u{E014}';
    pub const ARROW_UP: char = '\u{E013}';
    pub const CONTROL: char = '\u{E009}';
    pub const DELETE: char = '\u{E017}';
    pub const ENTER: char = '\u{E007}';
    pub const ESCAPE: char = '\u{E00C}';
    /// Lets go of what is held.
    pub const NONE: char = '\u{E000}';
    pub const TAB: char = '\u{E004}';
}

/// What the user's system prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Dark,
    Light,
}

impl Scheme {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// A running browser, closed with its value.
#[derive(Debug)]
pub struct Browser {
    session: Session,
    driver: Child,
    profile: PathBuf,
}

impl Browser {
    /// Starts driver and browser with a viewport of that many CSS pixels.
    ///
    /// # Errors
    /// Chromium or its driver is missing or does not start.
    pub fn start(width: u32, height: u32, scheme: Scheme) -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("aftershake-browser-{}-{number}", std::process::id());
        let profile = std::env::temp_dir().join(name);
        fs::create_dir_all(&profile)?;
        let (mut driver, port) = start_driver()?;
        match Self::connect(port, &profile, width, height, scheme) {
            Ok(session) => Ok(Self {
                session,
                driver,
                profile,
            }),
            Err(error) => {
                let _ = driver.kill();
                let _ = driver.wait();
                let _ = fs::remove_dir_all(&profile);
                Err(error)
            }
        }
    }

    fn connect(
        port: u16,
        profile: &Path,
        width: u32,
        height: u32,
        scheme: Scheme,
    ) -> anyhow::Result<Session> {
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let session = Session::open(
            port,
            &json!({
                "browserName": "chrome",
                "goog:chromeOptions": { "args": arguments },
                "goog:loggingPrefs": { "browser": "ALL" },
                "timeouts": { "script": 60_000 },
            }),
        )?;
        // The window cannot be as narrow as a phone; the page's own metrics can.
        let devtools = |command: &str, parameters: Value| {
            session.post(
                "goog/cdp/execute",
                &json!({ "cmd": command, "params": parameters }),
            )
        };
        devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        )?;
        let preference = json!([{ "name": "prefers-color-scheme", "value": scheme.name() }]);
        devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": preference }),
        )?;
        Ok(session)
    }

    /// Opens a page.
    ///
    /// # Errors
    /// It does not load.
    pub fn open(&self, url: &str) -> anyhow::Result<()> {
        self.session.post("url", &json!({ "url": url }))?;
        Ok(())
    }

    /// Runs a script's body in the page and gives what it returns.
    ///
    /// # Errors
    /// It throws.
    pub fn script(&self, body: &str) -> anyhow::Result<Value> {
        self.session
            .post("execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// Runs a script's body in the page and gives what it hands to its last argument.
    ///
    /// # Errors
    /// It throws, or hands over nothing in time.
    pub fn script_later(&self, body: &str) -> anyhow::Result<Value> {
        self.session
            .post("execute/async", &json!({ "script": body, "args": [] }))
    }

    /// Sends a command of the devtools' protocol.
    ///
    /// # Errors
    /// The browser refuses it.
    pub fn devtools(&self, command: &str, parameters: &Value) -> anyhow::Result<Value> {
        self.session.post(
            "goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    /// Waits until a JavaScript expression is true, and says what the page showed when it never was.
    ///
    /// # Errors
    /// The deadline passed.
    pub fn wait_until(&self, expression: &str) -> anyhow::Result<()> {
        self.wait_at_most(DEADLINE, expression)
    }

    /// The same with a deadline of its own.
    ///
    /// # Errors
    /// The deadline passed.
    pub fn wait_at_most(&self, limit: Duration, expression: &str) -> anyhow::Result<()> {
        // Looks whenever the document changes, and between, for what changes no document.
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const holds = () => {{ try {{ return Boolean({expression}); }} catch (e) {{ return false; }} }};
             if (holds()) {{ done(true); return; }}
             const end = (answer) => {{ watch.disconnect(); clearInterval(tick); clearTimeout(limit); done(answer); }};
             const look = () => {{ if (holds()) end(true); }};
             const watch = new MutationObserver(look);
             watch.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
             const tick = setInterval(look, 20);
             const limit = setTimeout(() => end(false), {});",
            limit.as_millis()
        );
        let answer = self
            .session
            .post("execute/async", &json!({ "script": script, "args": [] }))?;
        if answer == Value::Bool(true) {
            return Ok(());
        }
        // What a control holds is no text of the page, and often what the wait was for.
        let shown = self.script(
            "const held = [...document.querySelectorAll('input, textarea, select')]
               .filter((e) => e.checkVisibility())
               .map((e) => `${e.dataset.test || e.name}: ${JSON.stringify(e.value)}`);
             const focus = document.activeElement;
             return [document.body.innerText, 'controls:', ...held,
               `focus: ${focus?.dataset?.test || focus?.id || focus?.tagName}`].join('\\n')",
        )?;
        let shown = shown.as_str().unwrap_or_default().to_owned();
        bail!("not within {limit:?}: {expression}\nthe page showed:\n{shown}")
    }

    /// Waits until an element with `data-test="name"` is there and visible.
    ///
    /// # Errors
    /// The deadline passed.
    pub fn wait_for(&self, name: &str) -> anyhow::Result<()> {
        self.wait_until(&format!("{}.checkVisibility()", element(name)))
    }

    /// Waits until the text of `data-test="name"` contains these words, in any case.
    ///
    /// # Errors
    /// The deadline passed.
    pub fn wait_for_text(&self, name: &str, words: &str) -> anyhow::Result<()> {
        let words = json!(words.to_lowercase());
        self.wait_until(&format!(
            "{}.textContent.toLowerCase().includes({words})",
            element(name)
        ))
    }

    /// The text of `data-test="name"`; of several, one line each.
    ///
    /// # Errors
    /// There is none.
    pub fn text(&self, name: &str) -> anyhow::Result<String> {
        let all = format!("[...document.querySelectorAll('[data-test=\"{name}\"]')]");
        let found = self.script(&format!(
            "return {all}.map((e) => e.textContent.trim()).join('\\n')"
        ))?;
        let count = self.script(&format!("return {all}.length"))?;
        if count == json!(0) {
            bail!("the page has no `{name}`");
        }
        Ok(found.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks `data-test="name"` as a mouse would, once it is there.
    ///
    /// # Errors
    /// It is not there, or something covers it.
    pub fn click(&self, name: &str) -> anyhow::Result<()> {
        self.wait_for(name)?;
        // From under the page's header, which the driver does not see.
        self.script(&format!(
            "{}.scrollIntoView({{ block: 'center' }})",
            element(name)
        ))?;
        let path = format!("element/{}/click", self.find(name)?);
        self.session.post(&path, &json!({}))?;
        Ok(())
    }

    /// Replaces the text of the input `data-test="name"`, as typing would.
    ///
    /// # Errors
    /// It is not there, or takes no text.
    pub fn fill(&self, name: &str, text: &str) -> anyhow::Result<()> {
        self.wait_for(name)?;
        let path = format!("element/{}/value", self.find(name)?);
        // Not the driver's own clearing: it tells the page of no input, and whatever the page
        // draws before the first key puts the old text back.
        let typed: String = [keys::CONTROL, 'a', keys::NONE, keys::DELETE]
            .into_iter()
            .chain(text.chars())
            .collect();
        self.session.post(&path, &json!({ "text": typed }))?;
        Ok(())
    }

    /// Presses keys one after the other, wherever the focus is; the earlier ones are held.
    ///
    /// # Errors
    /// The driver refuses.
    pub fn press(&self, chord: &[char]) -> anyhow::Result<()> {
        let stroke = |kind: &str, key: &char| json!({ "type": kind, "value": key.to_string() });
        let mut strokes: Vec<Value> = chord.iter().map(|key| stroke("keyDown", key)).collect();
        strokes.extend(chord.iter().rev().map(|key| stroke("keyUp", key)));
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.session
            .post("actions", &json!({ "actions": [keyboard] }))?;
        Ok(())
    }

    /// Turns to the page inside of the first frame that fits.
    ///
    /// # Errors
    /// There is none.
    pub fn enter_frame(&self, selector: &str) -> anyhow::Result<()> {
        let found = self.session.post(
            "element",
            &json!({ "using": "css selector", "value": selector }),
        )?;
        self.session.post("frame", &json!({ "id": found }))?;
        Ok(())
    }

    /// Turns back to the page itself.
    ///
    /// # Errors
    /// It is gone.
    pub fn leave_frame(&self) -> anyhow::Result<()> {
        self.session.post("frame", &json!({ "id": null }))?;
        Ok(())
    }

    /// Writes what the viewport shows as `name.png` into the folder that `cargo xtask` names, else a temporary one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        let picture = self.session.get("screenshot")?;
        keep(&format!("{name}.png"), &picture)
    }

    /// The same as `name.webp`, small enough for the docs.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn small_screenshot(&self, name: &str) -> anyhow::Result<()> {
        let format = json!({ "format": "webp", "quality": 50 });
        let answer = self.devtools("Page.captureScreenshot", &format)?;
        let picture = answer.get("data").context("the browser gave no picture")?;
        keep(&format!("{name}.webp"), picture)
    }

    /// Fails on [`Self::console_errors`].
    ///
    /// # Errors
    /// What the console said.
    pub fn is_quiet(&self) -> anyhow::Result<()> {
        let errors = self.console_errors()?;
        if !errors.is_empty() {
            bail!("the console says {errors:#?}");
        }
        Ok(())
    }

    /// Fails when the page can be scrolled sideways.
    ///
    /// # Errors
    /// By how much.
    pub fn fits_its_width(&self) -> anyhow::Result<()> {
        let overflow = self.script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
        )?;
        if overflow != 0 {
            bail!("the page scrolls sideways by {overflow} pixels");
        }
        Ok(())
    }

    /// Chooses a file of this machine in the input `data-test="name"`, as its dialog would.
    ///
    /// # Errors
    /// It is not there, or takes no file.
    pub fn choose_file(&self, name: &str, path: &Path) -> anyhow::Result<()> {
        self.wait_for(name)?;
        let path_of = format!("element/{}/value", self.find(name)?);
        let text = path.to_str().context("the path is no text")?;
        self.session.post(&path_of, &json!({ "text": text }))?;
        Ok(())
    }

    /// Errors that the console told since the last question: exceptions, refused loads, broken rules of
    /// the content security policy.
    ///
    /// # Errors
    /// The driver keeps no log.
    pub fn console_errors(&self) -> anyhow::Result<Vec<String>> {
        let log = self.session.post("se/log", &json!({ "type": "browser" }))?;
        let entries = log.as_array().context("the driver keeps no log")?;
        let field = |entry: &Value, name: &str| {
            let text = entry.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        Ok(entries
            .iter()
            .filter(|entry| {
                let message = field(entry, "message");
                field(entry, "level") == "SEVERE" || message.contains("Content Security Policy")
            })
            .map(|entry| field(entry, "message"))
            .collect())
    }

    /// The driver's name for `data-test="name"`.
    fn find(&self, name: &str) -> anyhow::Result<String> {
        let value = format!("[data-test=\"{name}\"]");
        let found = self.session.post(
            "element",
            &json!({ "using": "css selector", "value": value }),
        )?;
        // The one field's name is a constant of the standard, section 12.
        let reference = found.as_object().and_then(|fields| fields.values().next());
        let id = reference.and_then(Value::as_str);
        Ok(id.context("the driver gave no element")?.to_owned())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.session.close();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// Writes a picture that came in base64 to where screenshots are wanted.
fn keep(name: &str, picture: &Value) -> anyhow::Result<()> {
    let folder = env::var_os("AFTERSHAKE_SCREENSHOTS").map_or_else(env::temp_dir, PathBuf::from);
    let file = folder.join(name);
    let bytes = STANDARD.decode(picture.as_str().context("there is no picture")?)?;
    fs::create_dir_all(folder)?;
    fs::write(&file, bytes).with_context(|| format!("writing {}", file.display()))
}

/// JavaScript for the element `data-test="name"`.
pub fn element(name: &str) -> String {
    format!("document.querySelector('[data-test=\"{name}\"]')")
}

/// Starts a driver. It looks for a free port first and takes it afterwards, so that another may have come first: then it
/// ends at once, and the next one finds another port.
fn start_driver() -> anyhow::Result<(Child, u16)> {
    const TRIES: u32 = 4;
    let mut tries = 0;
    loop {
        tries += 1;
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting chromedriver (Debian: apt-get install chromium-driver)")?;
        match driver_port(&mut driver) {
            Ok(port) => return Ok((driver, port)),
            Err(error) => {
                let _ = driver.kill();
                let _ = driver.wait();
                if tries == TRIES {
                    return Err(error);
                }
            }
        }
    }
}

/// The free port that the driver took, from its first lines.
fn driver_port(driver: &mut Child) -> anyhow::Result<u16> {
    let output = driver.stdout.take().context("the driver has no output")?;
    let mut lines = BufReader::new(output).lines();
    for line in &mut lines {
        let line = line?;
        let Some((_, port)) = line.split_once("successfully on port ") else {
            continue;
        };
        // Its later lines need a reader, or it would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        return Ok(port.trim_end_matches('.').trim().parse()?);
    }
    bail!("the driver ended without naming its port")
}
