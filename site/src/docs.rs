//! The documentation as pages: every `docs/*.md`, with its pictures and captures beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aftershake_shared::export::html::text;
use anyhow::Context as _;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::frame::{Page, Section};

/// The end of a document's name.
const ENDING: &str = ".md";

/// Writes every document, and the list of them.
///
/// # Errors
/// One cannot be read or written.
pub fn write(root: &Path, out: &Path) -> anyhow::Result<()> {
    let (from, to) = (root.join("docs"), out.join("docs"));
    crate::copy_folder(&from, &to, &|ending| ending != "md")?;
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(&from).with_context(|| format!("{}", from.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(stem) = name.strip_suffix(ENDING) {
            let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
            texts.insert(stem.to_owned(), text);
        }
    }
    let mut list = "<h1>Documentation</h1>\n<ul class=\"documents\">\n".to_owned();
    for (stem, markdown) in &texts {
        let document = Document::read(markdown, &|link| target(link, &from));
        let _ = writeln!(
            list,
            "<li><a href=\"{stem}.html\">{}</a></li>",
            text(&document.title)
        );
        let page = page(
            &document.title,
            &format!("<div class=\"prose\">\n{}</div>\n", document.html),
        );
        crate::write(&to.join(format!("{stem}.html")), &page)?;
    }
    list += "</ul>\n";
    crate::write(&to.join("index.html"), &page("Documentation", &list))
}

fn page(title: &str, body: &str) -> String {
    Page {
        depth: 1,
        title: &format!("{title} - Aftershake"),
        description: title,
        section: Section::Docs,
        replay: false,
        body,
    }
    .html()
}

/// Where a document's link leads on the site; `None` for a file of the repository that is not part of it.
fn target(link: &str, docs: &Path) -> Option<String> {
    if link.starts_with("https://") || link.starts_with("http://") || link.starts_with('#') {
        return Some(link.to_owned());
    }
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let fragment = if fragment.is_empty() {
        String::new()
    } else {
        format!("#{fragment}")
    };
    // The examples lie in the site as they do in the repository.
    if path.starts_with("../embed/") && docs.join(path).is_file() {
        return Some(link.to_owned());
    }
    let is_inside = !path.split('/').any(|part| part == "..") && docs.join(path).is_file();
    match path.strip_suffix(ENDING) {
        Some(stem) if is_inside => Some(format!("{stem}.html{fragment}")),
        None if is_inside => Some(link.to_owned()),
        Some(_) | None => None,
    }
}

/// A document as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its first heading.
    pub title: String,
    pub html: String,
}

impl Document {
    /// Reads Markdown; what a link leads to is asked of `target`, and a link to nothing is only its words.
    pub fn read(markdown: &str, target: &dyn Fn(&str) -> Option<String>) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut events: Vec<Event<'_>> = Vec::new();
        let mut title = None;
        // The place of the open heading's tag, and its words so far.
        let mut heading: Option<(usize, String)> = None;
        let mut kept_links = Vec::new();
        for event in Parser::new_ext(markdown, options) {
            let event = match event {
                // Markup of others stays text.
                Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                }) => {
                    let to = target(&dest_url);
                    kept_links.push(to.is_some());
                    let Some(to) = to else { continue };
                    Event::Start(Tag::Link {
                        link_type,
                        dest_url: CowStr::from(to),
                        title,
                        id,
                    })
                }
                Event::End(TagEnd::Link) if kept_links.pop() == Some(false) => continue,
                Event::Start(Tag::Heading { .. }) => {
                    heading = Some((events.len(), String::new()));
                    event
                }
                Event::Text(ref words) | Event::Code(ref words) => {
                    if let Some((_, so_far)) = &mut heading {
                        so_far.push_str(words);
                    }
                    event
                }
                Event::End(TagEnd::Heading(level)) => {
                    if let Some((at, words)) = heading.take() {
                        name(&mut events, at, &words);
                        if level == HeadingLevel::H1 && title.is_none() {
                            title = Some(words);
                        }
                    }
                    event
                }
                Event::Start(_)
                | Event::End(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::FootnoteReference(_)
                | Event::SoftBreak
                | Event::HardBreak
                | Event::Rule
                | Event::TaskListMarker(_) => event,
            };
            events.push(event);
        }
        let mut out = String::new();
        html::push_html(&mut out, events.into_iter());
        // Wide tables and long lines scroll by themselves, by keyboard too.
        let out = out.replace("<pre>", "<pre tabindex=\"0\">");
        let out = out.replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>");
        Self {
            title: title.unwrap_or_default(),
            html: out.replace("</table>", "</table></div>"),
        }
    }
}

/// Gives the heading at that place the anchor that links to it expect.
fn name(events: &mut [Event<'_>], at: usize, words: &str) {
    if let Some(Event::Start(Tag::Heading { id, .. })) = events.get_mut(at) {
        *id = Some(CowStr::from(anchor(words)));
    }
}

/// The anchor of a heading: lower case, `-` for spaces, nothing but letters, digits, `-` and `_`.
fn anchor(words: &str) -> String {
    let lower = words.to_lowercase();
    let letters = lower.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        letter if letter.is_alphanumeric() => Some(letter),
        _ => None,
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markdown: &str) -> Document {
        Document::read(markdown, &|link| {
            (link != "../gone.md").then(|| link.replace(".md", ".html"))
        })
    }

    #[test]
    fn links_lead_to_pages_or_are_only_words() {
        let html = read("[a](b.md#c) and [gone](../gone.md)").html;
        assert_eq!(html, "<p><a href=\"b.html#c\">a</a> and gone</p>\n");
    }

    #[test]
    fn headings_are_named_and_the_first_is_the_title() {
        let document = read("# One `two`\n\n## The page's size\n");
        assert_eq!(document.title, "One two");
        assert!(document.html.contains("<h2 id=\"the-pages-size\">"));
    }

    #[test]
    fn markup_is_text() {
        let html = read("a <script>alert(1)</script>\n\n<img src=x onerror=y>\n").html;
        assert!(
            !html.contains("<script") && !html.contains("<img"),
            "{html}"
        );
    }
}
