//! `aftershake completions` and `aftershake man`: what shells and `man` know about the command line.

use aftershake_shared::channel::Failure;
use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use super::{DONE, bad_input, internal, print_bytes};
use crate::options::Options;

/// Print the script that completes commands and options in a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: aftershake completions bash > ~/.local/share/bash-completion/completions/aftershake\n          \
    aftershake completions fish > ~/.config/fish/completions/aftershake.fish"
)]
pub struct CompletionsOptions {
    /// The shell
    pub shell: Shell,
}

/// Print the manual page, or a command's
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: aftershake man run | man -l -")]
pub struct ManOptions {
    /// A command; the program itself without one
    pub command: Option<String>,
}

/// Prints a shell's script.
///
/// # Errors
/// When stdout cannot be written.
pub fn completions(options: &CompletionsOptions) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        options.shell,
        &mut Options::command(),
        "aftershake",
        &mut script,
    );
    print_bytes(&script)?;
    Ok(DONE)
}

/// Prints a manual page in roff.
///
/// # Errors
/// A command that there is not.
pub fn man(options: &ManOptions) -> Result<u8, Failure> {
    let mut program = Options::command();
    program.build();
    let command = match &options.command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| bad_input(format!("no command `{name}`"), "aftershake --help"))?
        }
    };
    let mut page = Vec::new();
    Man::new(command)
        .render(&mut page)
        .map_err(|error| internal(&error))?;
    print_bytes(&page)?;
    Ok(DONE)
}
