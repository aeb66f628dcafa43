//! The documentation as pages: every `docs/*.md`, with its pictures and captures beside it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aftershake_shared::catalog;
use aftershake_shared::export::html::text;
use anyhow::Context as _;
use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};

use crate::frame::{Page, Section};

/// The end of a document's name.
const ENDING: &str = ".md";
/// The list of all documents in their order, as `mdBook` reads it.
const SUMMARY: &str = "SUMMARY.md";

/// Writes every document, and the list of them.
///
/// # Errors
/// One cannot be read or written, or is in no list.
pub fn write(root: &Path, out: &Path) -> anyhow::Result<()> {
    let (from, to) = (root.join("docs"), out.join("docs"));
    crate::copy_folder(&from, &to, &|ending| ending != "md")?;
    let read = |name: &str| {
        let path = from.join(name);
        fs::read_to_string(&path).with_context(|| format!("{}", path.display()))
    };
    let mut summary = read(SUMMARY)?;
    summary += &not_listed(&from, &summary)?;
    let mut list = "<h1>Documentation</h1>\n".to_owned();
    let mut is_open = false;
    for line in summary.lines().skip(1) {
        let name = summary_link(line);
        if is_open != name.is_some() && !line.is_empty() {
            is_open = name.is_some();
            list += if is_open {
                "<ul class=\"documents\">\n"
            } else {
                "</ul>\n"
            };
        }
        if let Some(part) = line.strip_prefix("# ") {
            let _ = writeln!(list, "<h2>{}</h2>", text(part));
        }
        let Some(name) = name else { continue };
        let up = "../".repeat(name.split('/').count());
        let document = Document::read(&read(name)?, &up, &|link| target(link, &from, name));
        let stem = name.strip_suffix(ENDING).unwrap_or(name);
        let title = text(&document.title);
        let _ = writeln!(list, "<li><a href=\"{stem}.html\">{title}</a></li>");
        let body = format!("<div class=\"prose\">\n{}</div>\n", document.html);
        crate::write(&to.join(format!("{stem}.html")), &document.page(&body, &up))?;
    }
    list += if is_open { "</ul>\n" } else { "" };
    let front = Document {
        title: "Documentation".to_owned(),
        ..Document::default()
    };
    crate::write(&to.join("index.html"), &front.page(&list, "../"))
}

/// Lines for the documents that the summary leaves out.
fn not_listed(docs: &Path, summary: &str) -> anyhow::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(docs).with_context(|| format!("{}", docs.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_listed = name == SUMMARY || summary.contains(&format!("]({name})"));
        if name.ends_with(ENDING) && !is_listed {
            names.push(format!("- [{name}]({name})\n"));
        }
    }
    names.sort();
    Ok(if names.is_empty() {
        String::new()
    } else {
        format!("\n# More\n\n{}", names.concat())
    })
}

/// The file that a line of the summary leads to.
fn summary_link(line: &str) -> Option<&str> {
    line.split_once("](")?.1.strip_suffix(')')
}

/// Where a document's link leads on the site; `None` for a file of the repository that is not part of it.
fn target(link: &str, docs: &Path, from: &str) -> Option<String> {
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
    let file = docs.join(from).parent()?.join(path).canonicalize().ok()?;
    let is_inside = file.is_file() && file.starts_with(docs.canonicalize().ok()?);
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
    /// Runs stand in it, each in the place of a block that names it.
    pub shows_runs: bool,
}

impl Document {
    /// The whole page around a body; `up` leads from it to the site's root.
    fn page(&self, body: &str, up: &str) -> String {
        Page {
            depth: up.matches("../").count(),
            title: &format!("{} - Aftershake", self.title),
            description: &self.title,
            section: Section::Docs,
            replay: self.shows_runs,
            body,
        }
        .html()
    }

    /// Reads Markdown; what a link leads to is asked of `target`, and a link to nothing is only its words.
    pub fn read(markdown: &str, up: &str, target: &dyn Fn(&str) -> Option<String>) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut events: Vec<Event<'_>> = Vec::new();
        let mut title = None;
        // The place of the open heading's tag, and its words so far.
        let mut heading: Option<(usize, String)> = None;
        let mut kept_links = Vec::new();
        // The words of a block that names a run.
        let mut named: Option<String> = None;
        let mut shows_runs = false;
        for event in Parser::new_ext(markdown, options) {
            if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = &event
                && info.split_whitespace().next() == Some(BLOCK)
            {
                named = Some(String::new());
                continue;
            }
            if let Some(words) = &mut named {
                if let Event::Text(more) = &event {
                    words.push_str(more);
                } else {
                    events.push(run(words.trim(), up));
                    (named, shows_runs) = (None, true);
                }
                continue;
            }
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
            shows_runs,
        }
    }
}

/// The first word of a block that names a run.
const BLOCK: &str = "aftershake";

/// The kept run of a scenario, to be played; what the catalogue does not have stays text.
fn run(words: &str, up: &str) -> Event<'static> {
    let name = words.strip_prefix("aftershake run ").unwrap_or(words);
    let Some(entry) = catalog::find(name) else {
        return Event::Html(format!("<pre>{}</pre>\n", text(words)).into());
    };
    let title = entry.text().parse().map(|scenario| scenario.title);
    let title = text(&title.unwrap_or_default());
    Event::Html(
        format!(
            "<aftershake-replay src=\"{up}scenarios/{name}.svg\" link=\"{up}play/index.html?scenario={name}\">\n\
             <img src=\"{up}scenarios/{name}.svg\" alt=\"{title}\">\n</aftershake-replay>\n\
             <p class=\"origin\"><a href=\"{up}scenarios/{name}.html\">{title}</a>: \
             <code>aftershake run {name}</code></p>\n"
        )
        .into(),
    )
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
        Document::read(markdown, "../", &|link| {
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
    fn a_block_that_names_a_run_becomes_it() {
        let document = read("```aftershake show=verdict\naftershake run linger-zero\n```\n");
        assert!(document.shows_runs);
        let html = document.html;
        assert!(html.starts_with("<aftershake-replay src=\"../scenarios/linger-zero.svg\""));
        assert!(
            html.contains("<a href=\"../scenarios/linger-zero.html\">"),
            "{html}"
        );
        let html = read("```aftershake\n<b>\n```\n").html;
        assert_eq!(html, "<pre tabindex=\"0\">&lt;b&gt;</pre>\n");
        assert!(!read("````\n```aftershake\na\n```\n````\n").shows_runs);
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
