//! A scenario or a run as a few lines to paste: into an issue, a page, a terminal.
//!
//! Titles are whatever somebody wrote: each is escaped by the rules of what it is pasted into.

use super::markdown::text;
use crate::ladder::svg::xml;

/// Longest title, in columns.
const TITLE: usize = 200;

/// Longest address, in columns: a link's longest and its page's.
const LONGEST: usize = 16_000;

/// Where something is, and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Address of the folder with the page's files, ending with `/`.
    pub base: &'a str,
    /// The scenario's link from its `#` on.
    pub fragment: &'a str,
    pub title: &'a str,
}

/// A link in Markdown. Source: `CommonMark` 0.31, section 6.3.
pub fn markdown(place: Place<'_>) -> String {
    format!("[{}]({})\n", text(place.title), address(place, ""))
}

/// A frame that shows the scenario inside of another page. Source: HTML, section 4.8.5.
pub fn frame(place: Place<'_>) -> String {
    format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"640\" loading=\"lazy\"></iframe>\n",
        attribute(&address(place, "index.html?embed=1")),
        attribute(place.title)
    )
}

/// A run that plays inside of another page; `recording` is its file beside that page.
pub fn replay(place: Place<'_>, recording: &str) -> String {
    format!(
        "<script type=\"module\" src=\"{}\"></script>\n\
         <aftershake-replay src=\"{}\">\n  <a href=\"{}\">{}</a>\n</aftershake-replay>\n",
        attribute(&format!("{}aftershake-replay.js", place.base)),
        attribute(recording),
        attribute(&address(place, "")),
        xml(place.title, TITLE)
    )
}

/// What runs it in a shell. A fragment holds no quote.
pub fn command(fragment: &str) -> String {
    format!("aftershake run '{fragment}'\n")
}

fn address(place: Place<'_>, page: &str) -> String {
    [place.base, page, place.fragment].concat()
}

fn attribute(words: &str) -> String {
    xml(words, LONGEST)
}

/// A name that is safe as a file's: letters, digits, `.`, `_` and `-`, at most 80 of them, never hidden.
pub fn file_stem(name: &str) -> String {
    let letters = name.trim_start_matches('.').chars().take(80);
    let safe = letters.map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => letter,
        _ => '-',
    });
    let stem: String = safe.collect();
    if stem.is_empty() {
        "scenario".to_owned()
    } else {
        stem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place {
        base: "https://example.org/play/",
        fragment: "#s1.AbC-_",
        title: "x\"><script>]( | \u{202e}",
    };

    #[test]
    fn a_title_stays_a_title_whatever_it_says() {
        assert_eq!(
            markdown(PLACE),
            "[x\"&gt;&lt;script&gt;\\](\u{20}\\| \u{fffd}](https://example.org/play/#s1.AbC-_)\n"
        );
        let frame = frame(PLACE);
        assert!(frame.starts_with("<iframe src=\"https://example.org/play/index.html?embed=1#s1.AbC-_\" title=\"x&quot;&gt;&lt;script&gt;"), "{frame}");
        let replay = replay(PLACE, "x.recording.jsonl");
        assert!(
            replay.contains("<aftershake-replay src=\"x.recording.jsonl\">"),
            "{replay}"
        );
        assert_eq!(replay.matches("<script").count(), 1);
        for snippet in [frame, replay] {
            assert!(!snippet.contains('\u{202e}'));
            let page = format!("<x>{snippet}</x>");
            assert_eq!(page.matches('"').count() % 2, 0, "{page}");
        }
        assert_eq!(command(PLACE.fragment), "aftershake run '#s1.AbC-_'\n");
    }

    #[test]
    fn a_files_name_leads_nowhere_else() {
        for (name, stem) in [
            ("linger-zero", "linger-zero"),
            ("../../etc/passwd", "-..-etc-passwd"),
            ("a b\u{202e}\"c", "a-b--c"),
            ("", "scenario"),
            ("..", "scenario"),
        ] {
            assert_eq!(file_stem(name), stem, "{name}");
        }
        assert_eq!(file_stem(&"x".repeat(300)).len(), 80);
    }
}
