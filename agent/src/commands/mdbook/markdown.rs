//! A run for renderers that know no HTML: the ladder and the verdict as text, in one fence, and the link.

use std::fmt::Write as _;

use aftershake_shared::catalog;
use aftershake_shared::export::Run;
use aftershake_shared::ladder::text::{Paper, write as write_ladder};
use aftershake_shared::report::text::{plain, verdict_text};

use super::block::{Show, Wish};
use crate::judged::Diagnosed;

/// Writes the run as lines of Markdown.
pub(super) fn write(judged: &Diagnosed, wish: &Wish, playground: Option<&str>) -> String {
    let run = Run::new(&judged.recording, &judged.diagnosis);
    let mut parts = Vec::new();
    if wish.show != Show::Verdict {
        parts.push(write_ladder(&run.ladder, Paper::default()));
    }
    if wish.show != Show::Picture {
        parts.push(verdict_text(&judged.recording, &judged.diagnosis));
    }
    let told = parts.join("\n");
    let longest = told
        .lines()
        .map(|line| line.len() - line.trim_start_matches('`').len())
        .max();
    let fence = "`".repeat((longest.unwrap_or(0) + 1).max(3));
    let lines = format!(
        "{fence}text\n{}\n{fence}\n\n{}",
        told.trim_end(),
        origin(&run)
    );
    // A backslash would not do: `\{{ #include …}}` is acted on all the same.
    let mut out = apart(&lines, " {");
    if let (Some(base), Some(link)) = (playground, &run.link) {
        let _ = write!(out, " [Open in the playground](<{base}{link}>)");
    }
    out + "\n"
}

/// No two opening braces side by side: mdBook's `links`, which comes later, puts a file where `{{#include …}}` stands.
/// `second` is what stands for the second of two.
pub(super) fn apart(text: &str, second: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '{' && out.ends_with('{') {
            out += second;
        } else {
            out.push(c);
        }
    }
    out
}

/// Where the run is from, and how to see it again.
pub(super) fn origin(run: &Run<'_>) -> String {
    let name = &run.report.scenario.name;
    let again = if catalog::find(name).is_some() {
        format!(": aftershake run {name}")
    } else {
        String::new()
    };
    let kernel = plain(&run.report.environment.kernel);
    format!("Recorded on Linux {kernel} with Aftershake{again}.")
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn no_braces_stand_side_by_side() {
        let marks = "a {{#include x}} {{{{ { {\n{b}";
        let spaced = "a { {#include x}} { { { { { {\n{b}";
        assert_eq!(apart(marks, " {"), spaced);
        let named = "a {&#123;#include x}} {&#123;{&#123; { {\n{b}";
        assert_eq!(apart(marks, "&#123;"), named);
    }
}
