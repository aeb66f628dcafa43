//! Files as a reader lets them fall on the page.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::browser::Browser;

/// One connection of six frames, reset because of unread bytes.
pub const CAPTURE: &[u8] = include_bytes!("../../shared/tests/data/truth/cases/unread-close.pcap");

/// Drops a file of these bytes on the page.
///
/// # Errors
/// The browser refuses.
pub fn drop_file(browser: &Browser, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    drop_through(browser, name, bytes, "new Response(bytes)")
}

/// The same, packed by the browser's own gzip.
///
/// # Errors
/// The browser refuses.
pub fn drop_packed(browser: &Browser, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let gzip =
        "new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')))";
    drop_through(browser, name, bytes, gzip)
}

/// What the expression makes of `bytes` is the file.
fn drop_through(browser: &Browser, name: &str, bytes: &[u8], response: &str) -> anyhow::Result<()> {
    let bytes = STANDARD.encode(bytes);
    browser.script_later(&format!(
        "const done = arguments[arguments.length - 1];
         const bytes = Uint8Array.from(atob('{bytes}'), (letter) => letter.charCodeAt(0));
         {response}.arrayBuffer().then((content) => {{
           const carried = new DataTransfer();
           carried.items.add(new File([content], '{name}'));
           document.body.dispatchEvent(new DragEvent('drop', {{ dataTransfer: carried, bubbles: true, cancelable: true }}));
           done(true);
         }});"
    ))?;
    Ok(())
}

/// The capture so many times over, each time from another port: as many connections.
///
/// # Errors
/// The capture is damaged.
pub fn copies(number: u16) -> anyhow::Result<Vec<u8>> {
    let (header, records) = CAPTURE.split_at_checked(24).context("no header")?;
    let mut file = header.to_vec();
    for copy in 0..number {
        let mut rest = records;
        while let Some((head, after)) = rest.split_at_checked(16) {
            let length = head.get(8..12).context("no length")?.try_into()?;
            let length = usize::try_from(u32::from_le_bytes(length))?;
            let (frame, others) = after.split_at_checked(length).context("a cut frame")?;
            rest = others;
            let mut frame = frame.to_vec();
            for at in [34, 36] {
                let port: &mut [u8] = frame.get_mut(at..at + 2).context("no port")?;
                if port == 32_561_u16.to_be_bytes() {
                    port.copy_from_slice(&(40_000 + copy).to_be_bytes());
                }
            }
            file.extend_from_slice(head);
            file.extend(frame);
        }
    }
    Ok(file)
}
