//! What a file is by its first bytes, one answer for the commands and the page. Captures are told by their own reader.

/// A file of ours that is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OurText {
    /// JSON lines.
    Recording,
    /// An SVG, or a page with one, which may hold a recording.
    Picture,
}

/// The magic number of a pcapng, which begins with ends of lines.
const PCAPNG: &[u8] = b"\x0a\x0d\x0d\x0a";
/// So many bytes tell a capture from blank lines.
pub const ENOUGH: usize = PCAPNG.len();

/// Looks past a byte order mark and blank lines, as editors leave them; `None` may be a capture or a scenario.
pub fn our_text(first: &[u8]) -> Option<OurText> {
    if first.starts_with(PCAPNG) {
        return None;
    }
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    match first.trim_ascii_start().first() {
        Some(b'{') => Some(OurText::Recording),
        Some(b'<') => Some(OurText::Picture),
        _ => None,
    }
}

/// Whether a text is a recording, and not other JSON.
pub fn is_recording(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    text.starts_with("{\"aftershake_recording\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_marks_hide_nothing() {
        for (first, expected) in [
            (
                &b"{\"aftershake_recording\":1"[..],
                Some(OurText::Recording),
            ),
            (b"\xef\xbb\xbf{", Some(OurText::Recording)),
            (b"\r\n \n{", Some(OurText::Recording)),
            (b"<svg", Some(OurText::Picture)),
            (b"\xef\xbb\xbf\n<?xml", Some(OurText::Picture)),
            // A pcapng whose first block has 60 bytes, and one of the other byte order.
            (b"\x0a\x0d\x0d\x0a<\0\0\0", None),
            (b"\xa1\xb2\xc3\xd4", None),
            (b"title = \"x\"", None),
            (b"", None),
        ] {
            assert_eq!(our_text(first), expected, "{first:?}");
        }
        assert!(is_recording("\u{feff}\n{\"aftershake_recording\":1}"));
        assert!(!is_recording("{\"secret\":1}"));
    }
}
