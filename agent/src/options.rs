//! The command line: commands, their options, help with an example each.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Shows what happened to a TCP connection on localhost after the handshake, and says why it was reset.
#[derive(Debug, Parser)]
#[command(name = "aftershake", version, disable_help_subcommand = true)]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the catalogue of scenarios
    #[command(after_help = "Example: aftershake list --json")]
    List(ListOptions),
    /// Run a scenario and explain what happened
    #[command(
        after_help = "Example: aftershake run linger-zero\n         aftershake run mine.toml --json --pcap run.pcapng"
    )]
    Run(RunOptions),
    Serve(crate::commands::serve::ServeOptions),
    /// Carries out runs; started by the other commands
    #[command(hide = true)]
    Worker,
}

#[derive(Debug, Args)]
pub struct ListOptions {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RunOptions {
    /// A name of the catalogue, a .toml file, or - for standard input
    pub scenario: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write the segments for Wireshark
    #[arg(long, value_name = "F.pcapng")]
    pub pcap: Option<PathBuf>,
    /// Write the recording
    #[arg(long, value_name = "F")]
    pub save: Option<PathBuf>,
    /// Repeat the random choices of an earlier run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Run a command in the run's namespace from before the first step to after the last
    #[arg(long, value_name = "CMD")]
    pub beside: Option<String>,
}
