//! The command line: commands, their options, help with an example each.

use std::path::PathBuf;
use std::sync::LazyLock;

use aftershake_shared::channel::PROTOCOL_VERSION;
use aftershake_shared::link::VERSION as LINK_VERSION;
use aftershake_shared::recording::FORMAT_VERSION;
use aftershake_shared::report::FORMAT as RUN_FORMAT;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::commands::compare::CompareOptions;
use crate::commands::completions::{CompletionsOptions, ManOptions};
use crate::commands::exec::ExecOptions;
use crate::commands::export::ExportOptions;
use crate::commands::link::LinkOptions;
use crate::commands::mdbook::MdbookOptions;
use crate::commands::new::NewOptions;
use crate::commands::schema::SchemaOptions;
use crate::commands::serve::ServeOptions;
use crate::commands::talk::TalkOptions;

/// Shows what happened to a TCP connection on localhost after the handshake, and says why it was reset.
#[derive(Debug, Parser)]
#[command(
    name = "aftershake",
    version = VERSION.as_str(),
    disable_help_subcommand = true,
    after_help = "Without a command: serve the playground.\nExample: aftershake run sent-before-close"
)]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: ServeOptions,
    #[command(flatten)]
    pub talk: TalkOptions,
}

impl Options {
    /// The same; an option of the server before another command would be lost, and is refused.
    ///
    /// # Errors
    /// What clap says of conflicting arguments.
    pub fn checked(self) -> Result<Self, clap::Error> {
        if self.command.is_none() || self.serve == ServeOptions::default() {
            return Ok(self);
        }
        let message = "an option of `serve` stands before another command";
        Err(Self::command().error(ErrorKind::ArgumentConflict, message))
    }
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let own = env!("CARGO_PKG_VERSION");
    format!(
        "{own} (recording format {FORMAT_VERSION}, run JSON {RUN_FORMAT}, \
         channel protocol {PROTOCOL_VERSION}, link s{LINK_VERSION})"
    )
});

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the playground on 127.0.0.1 and open it (the default)
    #[command(after_help = "Example: aftershake serve --port 0 --no-open --json")]
    Serve(ServeOptions),
    Compare(CompareOptions),
    Completions(CompletionsOptions),
    Exec(ExecOptions),
    Export(ExportOptions),
    Link(LinkOptions),
    /// List the catalogue of scenarios
    #[command(after_help = "Example: aftershake list --json")]
    List(ListOptions),
    /// Run a scenario and explain what happened
    #[command(after_help = "Examples: aftershake run linger-zero\n          \
        aftershake run mine.toml --json --pcap run.pcapng\n          \
        aftershake run wrong-prefix --beside 'dumpcap -q -i lo -w lo.pcapng'")]
    Run(RunOptions),
    /// Run a scenario many times while one of its numbers changes, and show how it ends
    #[command(
        after_help = "Examples: aftershake sweep race-send-against-close --vary steps.reply.delay=0..5ms --runs 1000\n          \
        aftershake sweep mine.toml --vary sysctl.net.ipv4.tcp_fin_timeout=1..60 --runs 200 --json\n          \
        aftershake sweep mine.toml --vary steps.3.delay=0..5ms --find"
    )]
    Sweep(SweepOptions),
    Mdbook(MdbookOptions),
    New(NewOptions),
    Schema(SchemaOptions),
    /// Run scenarios against what they expect; the whole catalogue without arguments
    #[command(
        after_help = "Example: aftershake test sent-before-close linger-zero --repeat 50 --jobs 2"
    )]
    Test(TestOptions),
    /// Say what is known of a cause: standard, kernel, and what to change in six languages
    #[command(after_help = "Example: aftershake cause close-with-unread-data")]
    Cause(CauseOptions),
    /// Explain every RST in a capture or recording
    #[command(after_help = "Examples: aftershake explain trouble.pcapng\n          \
        dumpcap -q -i lo -w - | aftershake explain - --port 8080")]
    Explain(ExplainOptions),
    /// Say which evidence this machine gives, what is missing and how to get it
    #[command(after_help = "Example: aftershake doctor")]
    Doctor(DoctorOptions),
    #[command(hide = true)]
    Man(ManOptions),
    /// Carries out runs; started by the other commands
    #[command(hide = true)]
    Worker,
}

impl Command {
    /// Whether stdout belongs to a program.
    pub const fn wants_json(&self) -> bool {
        match self {
            Self::Serve(options) => options.json,
            Self::Exec(options) => options.json,
            Self::Compare(options) => options.json,
            Self::Link(options) => options.json,
            Self::List(options) => options.json,
            Self::Run(options) => options.json,
            Self::Sweep(options) => options.json,
            Self::Test(options) => options.json,
            Self::Cause(options) => options.json,
            Self::Explain(options) => options.json,
            Self::Doctor(options) => options.json,
            Self::Completions(_)
            | Self::Export(_)
            | Self::Man(_)
            | Self::Mdbook(_)
            | Self::New(_)
            | Self::Schema(_)
            | Self::Worker => false,
        }
    }
}

#[derive(Debug, Args)]
pub struct ListOptions {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct DoctorOptions {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RunOptions {
    /// A name of the catalogue, a .toml file, a share link, or - for standard input
    pub scenario: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write the segments for Wireshark, with verdict and calls as comments
    #[arg(long, value_name = "F.pcapng")]
    pub pcap: Option<PathBuf>,
    /// Write the recording
    #[arg(long, value_name = "F")]
    pub save: Option<PathBuf>,
    /// Repeat the random choices of an earlier run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Run it N times, each in a fresh namespace, and count how it ended
    #[arg(long, value_name = "N", conflicts_with_all = ["pcap", "save"], value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub repeat: Option<u32>,
    /// With --repeat: write the recordings of the rarest endings into a folder
    #[arg(long, value_name = "DIR", requires = "repeat")]
    pub save_odd: Option<PathBuf>,
    /// With --repeat: write the counts as a table
    #[arg(long, value_name = "F", requires = "repeat")]
    pub csv: Option<PathBuf>,
    /// With --repeat: write the counts as a picture
    #[arg(long, value_name = "F", requires = "repeat")]
    pub svg: Option<PathBuf>,
    /// Run a command in the run's namespace from before the first step to after the last
    #[arg(long, value_name = "CMD")]
    pub beside: Option<String>,
    /// Run it again whenever the file changes, until interrupted
    #[arg(long, conflicts_with_all = ["repeat", "json"])]
    pub watch: bool,
}

#[derive(Debug, Args)]
pub struct SweepOptions {
    /// A name of the catalogue, a .toml file, a share link, or - for standard input
    pub scenario: String,
    /// What changes: `steps.NAME_OR_NUMBER.FIELD`, `copies.ENDPOINT` or `sysctl.NAME`, from where to where
    #[arg(long, value_name = "PATH=FROM..TO")]
    pub vary: String,
    /// Values in the range, both ends included
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = bins)]
    pub bins: usize,
    /// Runs altogether, spread evenly over the values
    #[arg(long, value_name = "N", required_unless_present = "find", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub runs: Option<u64>,
    /// Search for the value at which the ending flips, in as few runs as that takes
    #[arg(long, conflicts_with_all = ["runs", "bins"])]
    pub find: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write the counts as a table
    #[arg(long, value_name = "F")]
    pub csv: Option<PathBuf>,
    /// Write the counts as a picture
    #[arg(long, value_name = "F")]
    pub svg: Option<PathBuf>,
    /// Write the recordings of the rarest endings into a folder
    #[arg(long, value_name = "DIR")]
    pub save_odd: Option<PathBuf>,
    /// Repeat the random choices and the order of an earlier sweep
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// Reads how many values a range is cut into.
fn bins(text: &str) -> Result<usize, String> {
    let most = aftershake_shared::distribution::amount::MOST_BINS;
    let bins = text.parse().ok().filter(|bins| (2..=most).contains(bins));
    bins.ok_or_else(|| {
        format!("expected at least 2, since both ends of the range are values, and at most {most}")
    })
}

#[derive(Debug, Args)]
pub struct TestOptions {
    /// Names of the catalogue, .toml files or share links; all of the catalogue when there are none
    pub scenarios: Vec<String>,
    /// Print a JSON array
    #[arg(long)]
    pub json: bool,
    /// Write a report in the XML that most CI servers read
    #[arg(long, value_name = "F")]
    pub junit: Option<PathBuf>,
    /// Run each scenario N times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub repeat: u32,
    /// Workers at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub jobs: u32,
    /// Exit with 3 when a scenario was skipped because this machine lacks something
    #[arg(long)]
    pub no_skip: bool,
}

#[derive(Debug, Args)]
pub struct CauseOptions {
    /// The cause's name; without one, all are listed
    pub cause: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ExplainOptions {
    /// A pcap or pcapng capture, gzip or not, or a recording; - for standard input
    pub file: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Draw the ladder of each connection that ended badly, and say what to change
    #[arg(short, long)]
    pub verbose: bool,
    /// Only connections with this port
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Exit with 1 when there is a RST
    #[arg(long, value_name = "WHAT")]
    pub fail_on: Option<FailOn>,
    /// Counters of the machine before and after: /proc/net/snmp and netstat twice, or nstat's output
    #[arg(long, value_name = "F")]
    pub with_counters: Option<String>,
    /// A saved trace with `tcp:tcp_send_reset`
    #[arg(long, value_name = "F")]
    pub with_trace: Option<String>,
}

/// What makes `explain` fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// Any RST that is explained.
    Reset,
}
