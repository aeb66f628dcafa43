//! What is said to people beside the data: errors, remarks, details. All of it goes to stderr.
//!
//! `-q` leaves errors only, `-v` or `RUST_LOG=info` (or `debug`, `trace`) adds details. Says nothing about a run
//! that its data does not say.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;

use aftershake_shared::report::text::plain;
use clap::ValueEnum;

/// How much is said, and whether in colour; for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub struct TalkOptions {
    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more on stderr
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub color: Color,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

static OPTIONS: OnceLock<TalkOptions> = OnceLock::new();

/// Keeps what the command line asked for; the first call counts.
pub(crate) fn set(options: TalkOptions) {
    let _ = OPTIONS.set(options);
}

/// Something went wrong: always said.
pub(crate) fn error(text: &str) {
    say("aftershake: ", text);
}

/// A remedy for it: always said.
pub(crate) fn remedy(text: &str) {
    say("try: ", text);
}

/// Something worth knowing; not with `-q`.
pub(crate) fn remark(text: &str) {
    if !is_quiet() {
        say("aftershake: ", text);
    }
}

/// Something worth knowing to who asked for it with `-v`.
pub(crate) fn detail(text: &str) {
    if is_verbose() {
        say("aftershake: ", text);
    }
}

/// Whether only errors are wanted.
pub(crate) fn is_quiet() -> bool {
    OPTIONS.get().is_some_and(|options| options.quiet)
}

/// Whether details are wanted.
pub(crate) fn is_verbose() -> bool {
    let asked = OPTIONS.get().is_some_and(|options| options.verbose);
    let logged = || std::env::var("RUST_LOG").is_ok_and(|level| wants_details(&level));
    asked || (!is_quiet() && logged())
}

/// Whether stdout may carry terminal escapes.
pub(crate) fn stdout_has_colour() -> bool {
    match OPTIONS.get().map_or(Color::Auto, |options| options.color) {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            io::stdout().is_terminal() && !refused
        }
    }
}

/// `info`, `debug` or `trace`, for all or for `aftershake`.
fn wants_details(levels: &str) -> bool {
    levels.split(',').any(|directive| {
        let (target, level) = directive
            .split_once('=')
            .unwrap_or(("aftershake", directive));
        let level = level.trim().to_ascii_lowercase();
        target.trim() == "aftershake" && ["info", "debug", "trace"].contains(&level.as_str())
    })
}

/// Each line rid of terminal escapes: what it quotes was written by others. If nobody can read it, it is lost.
fn say(mark: &str, text: &str) {
    let mut stderr = io::stderr().lock();
    for (number, line) in text.lines().enumerate() {
        let mark = if number == 0 { mark } else { "" };
        let _ = writeln!(stderr, "{mark}{}", plain(line));
    }
}

#[cfg(test)]
mod tests {
    use super::wants_details;

    #[test]
    fn levels_are_read_as_other_programs_read_them() {
        for (levels, expected) in [
            ("info", true),
            ("DEBUG", true),
            ("aftershake=trace,hyper=off", true),
            ("warn", false),
            ("hyper=debug", false),
            ("", false),
        ] {
            assert_eq!(wants_details(levels), expected, "{levels}");
        }
    }
}
