//! What sharing, exporting and comparing say.

use super::count;
use aftershake_shared::export::format::Format;

// A link that comes in.
pub const OPENING: &str = "The link is being opened.";
pub const NOT_OPENED: &str = "This link cannot be opened.";
pub const NOT_OPENED_WHY: &str = "Nothing was run, and no other scenario is shown in its place.";
pub const WHAT_HELPS: &str = "What helps: ";
pub const LEAVE: &str = "Go on without the link";
pub const PART_MISSING: &str = "a part of the page could not be fetched";
pub const PART_REMEDY: &str = "reload the page";

// The dialog.
pub const SHARE: &str = "Share";
pub const TITLE: &str = "Share and export";
pub const PAGES: &str = "What to pass on";
pub const PAGE_LINK: &str = "Link";
pub const PAGE_EMBED: &str = "In a page";
pub const PAGE_RUN: &str = "This run";
pub const CLOSE: &str = "Close";
pub const COPY: &str = "Copy";
pub const SAVE: &str = "Save";
pub const SELECT_ALL: &str =
    "The browser did not allow it. The text is selected: Ctrl C copies it.";
pub const NOT_SAVED: &str = "The browser did not allow it.";

pub const COMING: &str = "One moment …";

// The link.
pub const LINK: &str = "Link to this scenario";
pub const LINK_WHAT: &str =
    "The whole scenario is in the link; it is kept nowhere. Opening it runs nothing.";
pub const LINK_LOCAL: &str = "This address is the agent’s on this machine: it opens where an agent runs on the same port. Elsewhere the part from # on is enough.";
pub const LINK_LONG: &str =
    "Some programs cut links of more than 2 000 characters; the file is safer.";
pub const LINK_TOO_LONG: &str = "It is too long for a link. Pass on the file.";
pub const LINK_UNREADABLE: &str =
    "The text has a mistake; a link holds only what can be run. The file takes it as it is.";
pub const WITH_VIEW: &str = "With what is looked at: the selected event and the time axis";
pub const COMMAND: &str = "In a terminal";
pub const FILE: &str = "As a file";
pub const FILE_WHAT: &str = "With its comments, as it stands in the editor.";

// Lines for a page.
pub const EMBED_WHAT: &str = "For pages of yours, from a static site that cargo xtask site makes; an agent’s page is shown in no frame.";
pub const EMBED_BASE: &str = "Address of the site";
pub const EMBED_NO_BASE: &str = "This is no address of a folder, expected one like https://example.org/aftershake/; the lines below use that.";
pub const MARKDOWN: &str = "Markdown";
pub const FRAME: &str = "A frame with the scenario";
pub const REPLAY: &str = "A player of this run";
pub const REPLAY_WHAT: &str =
    "Save the SVG beside that page first (This run); it holds the recording.";
/// Stands for the address of a site that is not known.
pub const SITE: &str = "https://example.org/aftershake/";

// The run.
pub const NO_RUN: &str = "Nothing was run yet. Once a run has ended, it can be taken along as a picture, a text, a capture or a recording.";
pub const NO_SCENARIO: &str = "What is on show came from a capture or from programs of your own, and those have no scenario to pass on. Its files are under “This run”.";
pub const RUN_WHAT: &str = "Made here, as the command line’s export makes it.";

// The agent of a page from elsewhere.
pub const MY_AGENT: &str = "Open in my agent";
pub const MY_AGENT_WHAT: &str = "leads to an agent of this version on its usual port, 4747. It shows the scenario there and runs nothing; where the agent’s page asks, paste the address that it printed.";
pub const AUTHORISE: &str = "The address that the agent printed";
pub const AUTHORISE_WHAT: &str = "An agent answers only who has its token. Paste the whole address, with #token=…; this scenario stays.";
pub const AUTHORISE_DO: &str = "Connect";

// Two runs.
pub const COMPARED: &str = "Beside the run before";
pub const BEFORE: &str = "Before";
pub const NOW: &str = "Now";
pub const BOTH_SAME: &str = "Both did the same, call by call and segment by segment.";
pub const FIRST: &str = "The first difference: ";
pub const NOTHING_HERE: &str = "nothing";
pub const SHOW_STORIES: &str = "Show both, line by line";
pub const FOLD_STORIES: &str = "Fold";
pub const GHOSTS: &str = "Dotted: what only the run before did. ";
pub const GHOSTS_AWAY: &str = "Leave it out";
pub const GHOSTS_BACK: &str = "Draw what only the run before did";
pub const PUT_AWAY: &str = "Put the run before away";
pub const STORIES: &str = "Both runs, lined up at the first SYN; times in milliseconds from there";
pub const HERE_THEY_PART: &str = "first difference";
pub const THEN_NOW: &str = " before, now ";
pub const HOW: &str = "How they are alike";
pub const SAME: &str = "the same";
pub const CHANGED: &str = "changed";
pub const ONLY_BEFORE: &str = "only before";
pub const ONLY_NOW: &str = "only now";
pub const COUNTERS: &str = "Counters that moved differently";

/// The sentence of something that only the run before did.
pub fn ghost(sentence: &str) -> String {
    format!("Only in the run before: {sentence}")
}

/// `612 characters`.
pub fn characters(number: usize) -> String {
    count(number as u64, "character", "characters")
}

/// `and 12 more lines`.
pub fn more_lines(number: usize) -> String {
    format!(
        "and {} more; the exports have all of them",
        count(number as u64, "line", "lines")
    )
}

/// `Copied: Markdown.`
pub fn copied(what: &str) -> String {
    format!("Copied: {what}.")
}

/// `Saved: pcapng.`
pub fn saved(what: &str) -> String {
    format!("Saved: {what}.")
}

/// A format's name and what it is for.
pub const fn format(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Recording => ("Recording", "every event; opens here and plays in pages"),
        Format::Svg => ("SVG", "the ladder as a picture, the recording inside"),
        Format::Png => ("PNG", "the ladder as pixels, in light colours"),
        Format::Html => ("HTML", "one page without script"),
        Format::Markdown => ("Markdown", "verdict, ladder and tables for an issue"),
        Format::Mermaid => ("Mermaid", "a sequence diagram"),
        Format::Pcapng => ("pcapng", "for Wireshark, verdict and calls as comments"),
        Format::Filter => (
            "tshark filter",
            "the run’s connections, as a display filter",
        ),
        Format::Packetdrill => ("packetdrill", "one end’s part, to play against a kernel"),
        Format::Json => ("JSON", "what run --json prints"),
    }
}
