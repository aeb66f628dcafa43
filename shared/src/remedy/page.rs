//! One cause as a page of Markdown: for the documentation and for `aftershake cause`.

use std::fmt::Write as _;

use super::origin::Origin;
use super::{ERRORS, Language, Remedy, error_text};
use crate::catalog;
use crate::diagnosis::CauseId;
use crate::diagnosis::causes::facts;

/// The page, beginning with a heading of the given depth. `scenarios` are names that produce the cause.
pub fn markdown(cause: CauseId, depth: usize, scenarios: &[&str]) -> String {
    let (origin, remedy, facts) = (Origin::of(cause), Remedy::of(cause), facts(cause));
    let mark = "#".repeat(depth);
    let mut page = format!("{mark} {cause}\n\n{}\n\n", origin.what);
    let _ = writeln!(page, "- Standard: {}", facts.rfc);
    let _ = writeln!(page, "- Linux: `{}`", origin.functions);
    let _ = writeln!(page, "- Counters: {}", origin.counters);
    if facts.kernel_reasons.is_empty() {
        page.push_str("- The kernel's own reason: none, no endpoint of TCP sends it\n");
    } else {
        let reasons = facts.kernel_reasons.join("`, `");
        let _ = writeln!(page, "- The kernel's own reason: `{reasons}`");
    }
    if !scenarios.is_empty() {
        let asks = |name: &&str| catalog::find(name).is_some_and(|one| !one.needs_no_setting());
        let where_it_runs = if scenarios.iter().any(asks) {
            ", where the whole machine is set as its `[machine]` says; elsewhere it is skipped"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "- See it happen: `aftershake run {}`{where_it_runs}",
            scenarios.join("`, `aftershake run ")
        );
    }
    let _ = writeln!(
        page,
        "\n{mark}# What to change: {}\n\n{} {}",
        remedy.title, facts.fix, remedy.what
    );
    for language in Language::ALL {
        if let Some(code) = remedy.code_in(language) {
            let (name, fence) = (language.name(), language.fence());
            let _ = write!(page, "\n{name}\n\n```{fence}\n{code}\n```\n");
        }
    }
    if !remedy.commands.is_empty() {
        let _ = write!(
            page,
            "\nOn the machine\n\n```sh\n{}\n```\n",
            remedy.commands
        );
    }
    page
}

/// What each language shows for each error, a list of Markdown.
pub fn error_list() -> String {
    let mut list = String::new();
    for errno in ERRORS {
        let _ = writeln!(list, "- {errno}");
        for language in Language::ALL {
            let text = error_text(errno, language).unwrap_or_default();
            let _ = writeln!(list, "  - {}: `{text}`", language.name());
        }
    }
    list
}

/// What each language shows for each error, as a table of Markdown.
pub fn error_table() -> String {
    let mut table = String::from("| error |");
    for language in Language::ALL {
        let _ = write!(table, " {} |", language.name());
    }
    table.push_str("\n|---|");
    table.push_str(&"---|".repeat(Language::ALL.len()));
    for errno in ERRORS {
        let _ = write!(table, "\n| `{errno}` |");
        for language in Language::ALL {
            let text = error_text(errno, language).unwrap_or_default();
            let _ = write!(table, " {text} |");
        }
    }
    table.push('\n');
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_standard_kernel_remedy_and_code() {
        let page = markdown(CauseId::CloseWithUnreadData, 2, &["sent-before-close"]);
        assert!(page.starts_with("## close-with-unread-data\n"));
        for part in [
            "RFC 9293",
            "tcp_send_active_reset",
            "TCP_ABORT_ON_CLOSE",
            "### What to change: drain before closing",
            "```rust\n",
            "aftershake run sent-before-close",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }

    #[test]
    fn the_table_has_a_row_for_each_error() {
        let table = error_table();
        assert_eq!(table.lines().count(), 2 + ERRORS.len());
        assert!(table.lines().all(|line| line.matches('|').count() == 8));
    }
}
