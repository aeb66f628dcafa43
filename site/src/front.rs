//! The site's first page: what it is about, and every scenario by family.

use std::fmt::Write as _;

use aftershake_shared::catalog::{FIRST_FAMILY, family_title};
use aftershake_shared::export::html::text;

use crate::frame::{Page, Section};
use crate::scenario::{Kept, badge};

const LEAD: &str = "<div class=\"lead\">\n<h1>Why was this connection reset?</h1>\n\
    <p>Two programs on localhost connect, the handshake succeeds, and then one of them gets <code>ECONNRESET</code>. \
    Nothing is in any log. Each page here is one such story, run on real sockets and recorded: what each program called, \
    what was on the wire, what the kernel counted, and why exactly the connection ended as it did.</p>\n\
    <p><a class=\"button\" href=\"play/index.html\">Open the playground</a> \
    <a href=\"docs/index.html\">Read the docs</a></p>\n</div>\n";

/// The page.
pub fn page(all: &[Kept]) -> String {
    let mut body = LEAD.to_owned();
    let (first, others): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|kept| kept.entry.family == FIRST_FAMILY);
    let ordered: Vec<_> = first.into_iter().chain(others).collect();
    for family in ordered.chunk_by(|a, b| a.entry.family == b.entry.family) {
        let title = family.first().map(|kept| family_title(kept.entry.family));
        let _ = writeln!(
            body,
            "<section class=\"family\">\n<h2>{}</h2>\n<ul>",
            text(&title.unwrap_or_default())
        );
        for kept in family {
            let _ = writeln!(
                body,
                "<li><a href=\"scenarios/{}.html\">{}</a> {}</li>",
                kept.entry.name,
                text(&kept.title()),
                badge(kept.diagnosis.as_ref())
            );
        }
        body += "</ul>\n</section>\n";
    }
    Page {
        depth: 0,
        title: "Aftershake: why was this connection reset?",
        description: "TCP stories on localhost, run on real sockets and recorded: who sent the RST, and why.",
        section: Section::Scenarios,
        replay: false,
        body: &body,
    }
    .html()
}
