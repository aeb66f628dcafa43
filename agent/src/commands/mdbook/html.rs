//! A run inside of an HTML page: verdict, picture, reasons, link. One line, so that it is one HTML block wherever it stands.
//!
//! Sources: `CommonMark` 0.31 §4.6: an HTML block that begins with `<div` ends at a blank line. mdBook's `links`
//! comes after this and puts a file where `{{#include …}}` stands; a run's words are other people's.

use std::fmt::Write as _;

use aftershake_shared::diagnosis::finding::Finding;
use aftershake_shared::export::Run;
use aftershake_shared::ladder::svg::{Caption, draw, xml};
use aftershake_shared::report::text::plain;

use super::block::{Show, Wish};
use super::css;
use crate::judged::Diagnosed;

/// Longest single text, in columns.
const LONG: usize = 2_000;
/// Pictures up to this width shrink with the page, down to the least width at which they can be read.
const SHRINKS: f32 = 1_000.0;
/// Causes that it was not, at most.
const RULED_OUT: usize = 6;

/// Writes the run. `with_styles`: the first run of a page brings the styles of all.
pub(super) fn write(
    judged: &Diagnosed,
    wish: &Wish,
    playground: Option<&str>,
    with_styles: bool,
) -> String {
    let run = Run::new(&judged.recording, &judged.diagnosis);
    let mut out = String::new();
    if wish.show != Show::Picture {
        verdict(&mut out, &run);
    }
    if wish.show != Show::Verdict {
        picture(&mut out, &run);
    }
    if wish.show != Show::Picture {
        reasons(&mut out, &run);
    }
    foot(&mut out, &run, playground);
    let styles = if with_styles {
        format!("<style>{}</style>", css::sheet())
    } else {
        String::new()
    };
    // Outside of the styles a character reference reads as the brace itself, in attributes and the picture too.
    let inside = super::markdown::apart(&out, "&#123;");
    let out = format!("<div class=\"aftershake\">{styles}{inside}</div>\n");
    debug_assert!(!out.contains("{{"), "nothing that mdBook acts on");
    debug_assert_eq!(out.matches('\n').count(), 1, "one line");
    out
}

fn verdict(out: &mut String, run: &Run<'_>) {
    let class = if run.diagnosis.resets.is_empty() {
        ""
    } else {
        " aftershake-reset"
    };
    let _ = write!(
        out,
        "<p class=\"aftershake-verdict{class}\">{}</p>",
        text(&run.headline())
    );
    if !run.diagnosis.explanation.is_empty() {
        let _ = write!(out, "<p>{}</p>", text(&run.diagnosis.explanation));
    }
}

fn picture(out: &mut String, run: &Run<'_>) {
    let caption = Caption {
        title: &run.title(),
        verdict: "",
        explanation: "",
    };
    let svg = draw(&run.ladder, &caption);
    // Its styles are in the page's sheet already.
    let svg = match (svg.split_once("<style>"), svg.split_once("</style>")) {
        (Some((head, _)), Some((_, body))) => format!("{head}{body}"),
        _ => svg,
    };
    let size = if run.ladder.width <= SHRINKS {
        "aftershake-picture"
    } else {
        "aftershake-picture aftershake-wide"
    };
    let _ = write!(
        out,
        "<div class=\"{size}\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{}</div>",
        text(&format!("Ladder: {}", run.headline())),
        svg.lines().collect::<String>()
    );
}

fn reasons(out: &mut String, run: &Run<'_>) {
    for finding in &run.diagnosis.resets {
        let causes: Vec<_> = finding.candidates.iter().map(|c| c.slug()).collect();
        let _ = write!(
            out,
            "<details><summary>Reset by {}: <code>{}</code>, {}</summary>",
            text(&finding.sent_by),
            causes.join("</code> or <code>"),
            finding.certainty.name()
        );
        if finding.headline != run.diagnosis.headline {
            let _ = write!(
                out,
                "<p>{} {}</p>",
                text(&finding.headline),
                text(&finding.explanation)
            );
        }
        reset(out, finding);
        *out += "</details>";
    }
    let saw: Vec<_> = run
        .diagnosis
        .saw()
        .map(|saw| {
            format!(
                "<li>{}: <code>{} = {}</code> ({})</li>",
                text(&saw.by),
                text(&saw.signature),
                text(&saw.result),
                text(&saw.because)
            )
        })
        .collect();
    list(out, "What the programs saw", &saw);
    let fixes = run.diagnosis.unix.iter().map(|pair| &pair.fix);
    for fix in fixes.filter(|fix| !fix.is_empty()) {
        let _ = write!(out, "<p><b>What to change.</b> {}</p>", text(fix));
    }
}

fn reset(out: &mut String, finding: &Finding) {
    let _ = write!(out, "<p><b>What to change.</b> {}</p>", text(&finding.fix));
    if !finding.fix_code.is_empty() {
        let lines: Vec<_> = finding.fix_code.lines().map(text).collect();
        // A line's end as a character reference stays in this line of Markdown.
        let _ = write!(out, "<pre>{}</pre>", lines.join("&#10;"));
    }
    let cited: Vec<_> = finding
        .evidence
        .iter()
        .map(|cited| {
            format!(
                "{} {} <code>{}</code>",
                cited.kind,
                cited.event,
                text(&cited.label)
            )
        })
        .collect();
    if !cited.is_empty() {
        let _ = write!(out, "<p><b>Evidence.</b> {}</p>", cited.join(", "));
    }
    let ruled_out = finding.ruled_out.iter().take(RULED_OUT);
    let items: Vec<_> = ruled_out
        .map(|one| {
            format!(
                "<li><code>{}</code>: {}</li>",
                one.cause,
                text(&one.because)
            )
        })
        .collect();
    if !items.is_empty() {
        let more = finding.ruled_out.len() - items.len();
        let more = if more > 0 {
            format!("<li>and {more} more</li>")
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "<p><b>What it was not.</b></p><ul>{}{more}</ul>",
            items.concat()
        );
    }
}

fn list(out: &mut String, title: &str, items: &[String]) {
    if !items.is_empty() {
        let items = items.concat();
        let _ = write!(
            out,
            "<details><summary>{title}</summary><ul>{items}</ul></details>"
        );
    }
}

fn foot(out: &mut String, run: &Run<'_>, playground: Option<&str>) {
    let _ = write!(
        out,
        "<p class=\"aftershake-foot\"><span>{}</span>",
        text(&super::markdown::origin(run))
    );
    if let (Some(base), Some(link)) = (playground, &run.link) {
        let _ = write!(
            out,
            " <a href=\"{}{}\">Open in the playground</a>",
            xml(base, LONG),
            xml(link, usize::MAX)
        );
    }
    *out += "</p>";
}

/// Text that is nothing else, within one line.
fn text(words: &str) -> String {
    let words = plain(&words.replace(['\n', '\r'], " "));
    xml(&words, LONG)
}
