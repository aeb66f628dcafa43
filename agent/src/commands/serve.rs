//! `aftershake serve`: starts the server, prints its address, opens the browser, ends on a signal.

mod open_browser;

use std::io::{self, Write as _};
use std::process::ExitCode;

use aftershake_shared::event::Source;
use anyhow::Context as _;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::talk;
use crate::server::origin::Origin;
use crate::server::{Server, ServerOptions};
use open_browser::RedirectFile;

/// This program's own file, also when it has been replaced meanwhile.
const OWN_PROGRAM: &str = "/proc/self/exe";
/// The port taken when none is named.
const USUAL_PORT: u16 = 4747;

/// Serve the playground and the channel on 127.0.0.1 and open the browser
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[command(after_help = "Example: aftershake serve --port 0 --no-open --json")]
pub struct ServeOptions {
    /// Listen on this port of 127.0.0.1; 0 takes a free one [default: 4747, or a free one if that is taken]
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Print the address without opening a browser
    #[arg(long)]
    pub no_open: bool,
    /// Print {"url":…,"port":…,"token":…} as the first line on stdout
    #[arg(long)]
    pub json: bool,
    /// Let pages of this origin use the channel too, if they have the token; may be repeated
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    pub allow_origins: Vec<Origin>,
    /// The port that a forwarder in front of the agent listens on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub public_port: Option<u16>,
}

/// The first line on stdout with `--json`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Address<'a> {
    url: &'a str,
    port: u16,
    token: &'a str,
}

/// What ended the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// SIGINT: Ctrl-C.
    Interrupted,
    /// SIGTERM, or SIGHUP because the terminal is gone.
    Told,
}

/// Serves until a signal. `evidence` is what this machine can give, shown to the page.
///
/// # Errors
/// The port is taken.
pub fn serve(options: ServeOptions, evidence: Vec<Source>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the server's runtime")?;
    let end = runtime.block_on(serve_until_signal(options, evidence))?;
    Ok(match end {
        End::Interrupted => ExitCode::from(130),
        End::Told => ExitCode::SUCCESS,
    })
}

async fn serve_until_signal(options: ServeOptions, evidence: Vec<Source>) -> anyhow::Result<End> {
    // Before anything is printed: whoever reads the address may send a signal at once.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let server = bind(&options, &evidence).await?;
    print_address(&server, &options)?;
    let redirect = if options.no_open {
        None
    } else {
        open_browser::open(&server.url()).unwrap_or_else(|error| {
            say(&format!(
                "no browser was opened ({error:#}); open the address above"
            ));
            None
        })
    };
    say("press Ctrl-C to end");
    let shutdown = async {
        tokio::select! {
            _ = interrupt.recv() => End::Interrupted,
            _ = terminate.recv() => End::Told,
            _ = hang_up.recv() => End::Told,
        }
    };
    let end = server.serve(shutdown).await;
    drop::<Option<RedirectFile>>(redirect);
    Ok(end)
}

/// Binds the named port; without one the usual port, or a free one if that is taken.
async fn bind(options: &ServeOptions, evidence: &[Source]) -> anyhow::Result<Server> {
    let on_port = |port| ServerOptions {
        port,
        public_port: options.public_port,
        allowed_origins: options.allow_origins.clone(),
        worker_program: OWN_PROGRAM.into(),
        evidence: evidence.to_vec(),
        talk: Box::new(say),
    };
    if let Some(port) = options.port {
        return Server::bind(on_port(port)).await;
    }
    match Server::bind(on_port(USUAL_PORT)).await {
        Ok(server) => Ok(server),
        Err(error) => {
            let server = Server::bind(on_port(0)).await?;
            say(&format!(
                "{error:#}; listening on {} instead",
                server.port()
            ));
            Ok(server)
        }
    }
}

/// Prints the address on stdout. A closed pipe is no error: the reader may have seen enough.
fn print_address(server: &Server, options: &ServeOptions) -> anyhow::Result<()> {
    let url = server.url();
    let line = if options.json {
        serde_json::to_string(&Address {
            url: &url,
            port: server.port(),
            token: server.token().as_str(),
        })?
    } else {
        url
    };
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(_) | Ok(()) => Ok(()),
    }
}

/// A line of talk on stderr, not with `-q`. If nobody can read it, it is lost.
fn say(sentence: &str) {
    if !talk::is_quiet() {
        let _ = writeln!(io::stderr().lock(), "{sentence}");
    }
}
