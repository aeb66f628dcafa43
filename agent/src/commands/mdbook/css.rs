//! The styles of runs in a page that has styles of its own: the picture's, kept to the picture, and the words' beside it.
//!
//! Colours follow mdBook's theme where it has set one, and the machine's wish elsewhere: where its scripts may not run,
//! mdBook does the same, whatever theme the page names.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// The picture's own styles, as every SVG file carries them.
pub(super) use aftershake_shared::ladder::svg::STYLE as PICTURE;

const WORDS: &str = include_str!("words.css");
/// All rules of the picture are for what is inside of this.
const SCOPE: &str = ".aftershake";

/// The whole style sheet, in one line: a line's end might end the HTML block it stands in.
pub(super) fn sheet() -> &'static str {
    static SHEET: LazyLock<String> = LazyLock::new(|| {
        let sheet = scoped(PICTURE) + WORDS;
        sheet.lines().map(str::trim).collect()
    });
    &SHEET
}

/// The picture's rules, each for what is inside of [`SCOPE`] only.
///
/// `svg{…}` sets the colours, and so does the one media rule, whose colours are the dark ones.
fn scoped(css: &str) -> String {
    let mut out = String::new();
    let mut rest = css.trim();
    while let Some((head, after)) = rest.split_once('{') {
        if head.trim().starts_with("@media") {
            let Some((inside, after)) = after.split_once("}}") else {
                break;
            };
            let colours = inside.split_once('{').map_or("", |(_, colours)| colours);
            let _ = write!(
                out,
                "@media (prefers-color-scheme:dark){{html:not(.light,.rust) {SCOPE},html:not(.js) {SCOPE}{{{colours}}}}}\
                 html:is(.coal,.navy,.ayu) {SCOPE}{{{colours}}}"
            );
            rest = after.trim_start();
            continue;
        }
        let Some((rule, after)) = after.split_once('}') else {
            break;
        };
        rest = after.trim_start();
        if head.trim() == "svg" {
            // The words beside the picture take its colours, and keep the page's letters.
            let (colours, letters): (Vec<_>, Vec<_>) = rule
                .split(';')
                .filter(|one| !one.starts_with("color-scheme:"))
                .partition(|one| one.starts_with("--"));
            let (colours, letters) = (colours.join(";"), letters.join(";"));
            let _ = write!(out, "{SCOPE}{{{colours}}}{SCOPE} svg{{{letters}}}");
            continue;
        }
        let selectors = head.split(',');
        let selectors: Vec<_> = selectors
            .map(|one| format!("{SCOPE} svg {}", one.trim()))
            .collect();
        let _ = write!(out, "{}{{{rule}}}", selectors.join(","));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_for_the_inside_only() {
        let found = scoped(
            "svg{color-scheme:light dark;--a:#fff;font:12px serif}\n@media (prefers-color-scheme:dark){svg{--a:#000}}\n.x,.y rect{fill:red}.z{a:b}\n",
        );
        assert_eq!(
            found,
            ".aftershake{--a:#fff}.aftershake svg{font:12px serif}\
             @media (prefers-color-scheme:dark){html:not(.light,.rust) .aftershake,html:not(.js) .aftershake{--a:#000}}\
             html:is(.coal,.navy,.ayu) .aftershake{--a:#000}\
             .aftershake svg .x,.aftershake svg .y rect{fill:red}.aftershake svg .z{a:b}"
        );
    }

    #[test]
    fn no_rule_of_the_sheet_reaches_the_page() {
        let sheet = sheet();
        assert!(!sheet.contains('\n') && !sheet.contains("{{"));
        for rule in sheet.split('}').filter(|rule| rule.contains('{')) {
            let selectors = rule.rsplit_once('{').map_or("", |(head, _)| head);
            let selectors = selectors.rsplit('{').next().unwrap_or_default();
            assert!(selectors.contains(".aftershake"), "{rule}");
        }
        // As many rules as the picture has: none was lost on the way.
        let rules = |css: &str| css.matches('{').count();
        assert_eq!(rules(&scoped(PICTURE)), rules(PICTURE) + 2);
    }
}
