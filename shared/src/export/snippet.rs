//! A scenario or a run as a few lines to paste: into an issue, a page, a terminal.
//!
//! Titles are whatever somebody wrote: each is escaped by the rules of what it is pasted into.

use super::markdown::text;
use crate::ladder::svg::xml;

/// Longest address, in columns: a link's longest and its page's.
const LONGEST: usize = 16_000;

/// Where something is, and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Address of the static site, ending with `/`: the playground is in its `play/`, the player in its `embed/`.
    pub site: &'a str,
    /// The scenario's link from its `#` on.
    pub fragment: &'a str,
    /// Its name in the catalogue, while it is the catalogue's.
    pub name: Option<&'a str>,
    pub title: &'a str,
}

impl Place<'_> {
    /// The scenario in the site's playground.
    fn playground(self) -> String {
        [self.site, "play/", self.fragment].concat()
    }
}

/// A link in Markdown. Source: `CommonMark` 0.31, section 6.3.
pub fn markdown(place: Place<'_>) -> String {
    format!("[{}]({})\n", text(place.title), place.playground())
}

/// A frame that shows the scenario inside of another page, and its recorded run where the site has one.
/// Source: HTML, section 4.8.5.
pub fn frame(place: Place<'_>) -> String {
    let which = match place.name {
        Some(name) => format!("&scenario={name}"),
        None => place.fragment.to_owned(),
    };
    let address = [place.site, "play/index.html?embed=1", &which].concat();
    format!(
        "<iframe data-aftershake src=\"{}\" title=\"{}\" width=\"100%\" height=\"640\" loading=\"lazy\"></iframe>\n",
        attribute(&address),
        attribute(place.title)
    )
}

/// A run that plays inside of another page; `picture` is its SVG beside that page, which holds the recording.
pub fn replay(place: Place<'_>, picture: &str) -> String {
    let script = [place.site, "embed/aftershake-replay.js"].concat();
    format!(
        "<script src=\"{}\" defer></script>\n<aftershake-replay src=\"{}\" link=\"{}\"></aftershake-replay>\n",
        attribute(&script),
        attribute(picture),
        attribute(&place.playground())
    )
}

/// What runs it in a shell. A fragment holds no quote.
pub fn command(fragment: &str) -> String {
    format!("aftershake run '{fragment}'\n")
}

/// The address of a site as it was typed, ending with `/`; `None` for what is no address of a folder.
pub fn site(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| typed.strip_prefix(scheme))?;
    let is_plain = |c: char| c.is_ascii_graphic() && !"#?\"'<>\\`".contains(c);
    let is_address = !host.is_empty() && !host.starts_with('/') && host.chars().all(is_plain);
    is_address.then(|| [typed.trim_end_matches('/'), "/"].concat())
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
        site: "https://example.org/",
        fragment: "#s1.AbC-_",
        name: None,
        title: "x\"><script>]( | \u{202e}",
    };

    #[test]
    fn a_title_stays_a_title_whatever_it_says() {
        assert_eq!(
            markdown(PLACE),
            "[x\"&gt;&lt;script&gt;\\](\u{20}\\| \u{fffd}](https://example.org/play/#s1.AbC-_)\n"
        );
        let named = Place {
            name: Some("linger-zero"),
            ..PLACE
        };
        for (frame, which) in [
            (frame(PLACE), "#s1.AbC-_"),
            (frame(named), "&amp;scenario=linger-zero"),
        ] {
            let begin = format!(
                "<iframe data-aftershake src=\"https://example.org/play/index.html?embed=1{which}\" title=\"x&quot;&gt;&lt;script&gt;"
            );
            assert!(frame.starts_with(&begin), "{frame}");
            check(&frame);
        }
        let replay = replay(PLACE, "x.svg");
        assert!(
            replay.contains(
                "<aftershake-replay src=\"x.svg\" link=\"https://example.org/play/#s1.AbC-_\">"
            ),
            "{replay}"
        );
        check(&replay);
        assert_eq!(command(PLACE.fragment), "aftershake run '#s1.AbC-_'\n");
    }

    fn check(snippet: &str) {
        assert!(!snippet.contains('\u{202e}'));
        assert_eq!(snippet.matches('"').count() % 2, 0, "{snippet}");
        assert_eq!(snippet.matches('<').count(), snippet.matches('>').count());
    }

    #[test]
    fn an_address_of_a_site_is_a_folders() {
        for (typed, address) in [
            ("https://example.org", Some("https://example.org/")),
            (
                " http://example.org/a/b// ",
                Some("http://example.org/a/b/"),
            ),
            ("https://", None),
            ("https:///x", None),
            ("example.org", None),
            ("javascript:alert(1)", None),
            ("https://example.org/#x", None),
            ("https://example.org/?x", None),
            ("https://example.org/\"><script>", None),
            ("https://example.org/a b", None),
        ] {
            assert_eq!(site(typed).as_deref(), address, "{typed}");
        }
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
