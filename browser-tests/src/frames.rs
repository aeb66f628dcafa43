//! How long frames take while the ladder is moved and zoomed, measured in the page.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::browser::Browser;

/// What is done before each frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// The keys that move by a fifth of the window.
    Pan,
    /// Ctrl and the wheel.
    Zoom,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Frames {
    /// Of each frame, in milliseconds: script, style, layout and the recording of paint, from the event to the task
    /// after the frame.
    pub work: Vec<f64>,
    /// The most elements that the picture had.
    pub nodes: u64,
}

/// Moves so many times, one motion a frame.
///
/// # Errors
/// There is no ladder.
pub fn measure(browser: &Browser, motion: Motion, frames: u32) -> anyhow::Result<Frames> {
    let motion = match motion {
        Motion::Pan => "pan",
        Motion::Zoom => "zoom",
    };
    // An event makes the page ask for the next frame. What is asked for before it marks that frame's beginning; a
    // message sent in the frame arrives once its style, layout and paint are done. The event's own time is added.
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const motion = {}, frames = {frames};
         const svg = document.querySelector('svg.body');
         const middle = () => {{ const box = svg.getBoundingClientRect(); return box.top + box.height / 2; }};
         const work = []; let nodes = 0, count = 0;
         const channel = new MessageChannel();
         let began = 0, handled = 0;
         channel.port1.onmessage = () => {{
           work.push(performance.now() - began + handled);
           nodes = Math.max(nodes, document.querySelectorAll('.picture *').length);
           if (++count < frames) next(); else done({{ work, nodes }});
         }};
         const act = () => {{
           const back = Math.floor(count / 25) % 2 === 1;
           if (motion === 'pan') {{
             window.dispatchEvent(new KeyboardEvent('keydown', {{ code: back ? 'KeyA' : 'KeyD', bubbles: true }}));
           }} else {{
             svg.dispatchEvent(new WheelEvent('wheel', {{ deltaY: back ? 110 : -110, ctrlKey: true,
               clientY: middle(), bubbles: true, cancelable: true }}));
           }}
         }};
         const next = () => requestAnimationFrame(() => {{
           requestAnimationFrame(() => {{ began = performance.now(); }});
           const sent = performance.now();
           act();
           handled = performance.now() - sent;
           requestAnimationFrame(() => channel.port2.postMessage(0));
         }});
         next();",
        json!(motion)
    );
    let told = browser.script_later(&script)?;
    let work = told.get("work").and_then(Value::as_array);
    let work = work.context("no frames")?.iter().filter_map(Value::as_f64);
    Ok(Frames {
        work: work.collect(),
        nodes: told
            .get("nodes")
            .and_then(Value::as_u64)
            .context("no nodes")?,
    })
}

/// The TOML of a story of so many bytes, each sent by a call of its own: at least as many events.
pub fn many(bytes: u32) -> String {
    format!(
        r#"title = "Many small segments"

[[steps]]
by = "server"
do.listen = {{ port = 8080 }}

[[steps]]
by = "server"
do = "accept"

[[steps]]
by = "client"
do = "connect"

[[steps]]
by = "client"
do.set_option = {{ no_delay = true }}

[[steps]]
by = "client"
do.send = {{ count = {bytes}, pieces = 1 }}

[[steps]]
by = "server"
do.receive = {{ exactly = {bytes} }}
"#
    )
}
