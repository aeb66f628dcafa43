//! What every page of the site has in common: head, navigation, styles, policy.

use std::path::Path;

use aftershake_shared::export::html::text;
use aftershake_shared::ladder::svg;

/// The site's own styles, beside the page's colours and type.
pub const STYLE_NAME: &str = "site.css";
const STYLE: &str = include_str!("site.css");
/// The playground's colours and type.
const BASE: &str = include_str!("../../web/style/base.css");

/// What the playground's head says on the site: its policy, and that recordings stand in for an agent.
pub const PLAYGROUND: &str = concat!(
    "  <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ",
    "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self' data:; ",
    "base-uri 'none'; form-action 'none'\">\n",
    "    <meta name=\"aftershake-recordings\" content=\"../recordings/\">\n  ",
);
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; \
    base-uri 'none'; form-action 'none'";
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath \
    d='M1 5h14M1 11h9m2-3 3 3-3 3' fill='none' stroke='%230b6e6e' stroke-width='2'/%3E%3C/svg%3E";

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Docs,
    Scenarios,
}

/// One page. `body` is HTML already; the other texts are plain.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Folders between the site's root and the page.
    pub depth: usize,
    pub title: &'a str,
    pub description: &'a str,
    pub section: Section,
    /// Whether the replay's script is on the page.
    pub replay: bool,
    pub body: &'a str,
}

impl Page<'_> {
    /// The document.
    pub fn html(&self) -> String {
        let up = "../".repeat(self.depth);
        let (title, description) = (text(self.title), text(self.description));
        let script = if self.replay {
            format!("<script src=\"{up}embed/aftershake-replay.js\" defer></script>\n")
        } else {
            String::new()
        };
        let here = |section| {
            if self.section == section {
                " aria-current=\"true\""
            } else {
                ""
            }
        };
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"description\" content=\"{description}\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"{ICON}\">\n<link rel=\"stylesheet\" href=\"{up}base.css\">\n\
             <link rel=\"stylesheet\" href=\"{up}ladder.css\">\n<link rel=\"stylesheet\" href=\"{up}{STYLE_NAME}\">\n\
             {script}</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the text</a>\n\
             <header class=\"top\">\n<a class=\"brand\" href=\"{up}index.html\">after<b>shake</b></a>\n\
             <nav class=\"places\" aria-label=\"Site\"><a href=\"{up}index.html\"{}>Scenarios</a> \
             <a href=\"{up}docs/index.html\"{}>Docs</a> <a href=\"{up}play/index.html\">Playground</a></nav>\n\
             </header>\n<main id=\"main\" class=\"text\" tabindex=\"-1\">\n{}</main>\n</body>\n</html>\n",
            here(Section::Scenarios),
            here(Section::Docs),
            self.body
        )
    }
}

/// Writes the style sheets. The ladder's are those of an exported picture, kept inside of `.ladder`.
///
/// # Errors
/// One cannot be written.
pub fn write_styles(out: &Path) -> anyhow::Result<()> {
    crate::write(&out.join(STYLE_NAME), STYLE)?;
    crate::write(&out.join("base.css"), BASE)?;
    let ladder = format!(".ladder {{\n{}}}\n", svg::STYLE);
    crate::write(&out.join("ladder.css"), &ladder)
}
