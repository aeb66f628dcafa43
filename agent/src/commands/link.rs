//! `aftershake link`: a scenario as a share link, and a link back into TOML. Runs nothing.

use std::io::{self, Read as _};

use aftershake_shared::channel::Failure;
use aftershake_shared::link::error::MakeError;
use aftershake_shared::link::view::View;
use aftershake_shared::link::{self, limits};
use aftershake_shared::report::text::plain;
use schemars::JsonSchema;
use serde::Serialize;

use super::{DONE, bad_input, print, print_json, scenario_input, talk};

/// Print a scenario's share link, or what a link says
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples: aftershake link linger-zero\n          \
    aftershake link mine.toml --base https://example.org/play\n          \
    aftershake link --decode '#s1.…' > theirs.toml")]
pub struct LinkOptions {
    /// A name of the catalogue, a .toml file, a share link to be made anew, or - for standard input
    #[arg(required_unless_present = "decode", conflicts_with = "decode")]
    pub scenario: Option<String>,
    /// Where the playground is; without it only the part from # on is printed
    #[arg(long, value_name = "URL", conflicts_with = "decode")]
    pub base: Option<String>,
    /// Print the scenario that a link holds, as TOML; - reads the link from standard input
    #[arg(long, value_name = "LINK")]
    pub decode: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The object of `link --json`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Made<'a> {
    format: u32,
    name: &'a str,
    link: &'a str,
    /// Of the fragment, from its `#` on.
    characters: usize,
}

/// The object of `link --decode --json`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Decoded<'a> {
    format: u32,
    name: &'a str,
    title: &'a str,
    toml: &'a str,
    view: &'a View,
}

/// Prints the link of a scenario, or the scenario of a link.
///
/// # Errors
/// A scenario or a link that cannot be read; a scenario too large for a link.
pub fn link(options: &LinkOptions) -> Result<u8, Failure> {
    match (&options.decode, &options.scenario) {
        (Some(link), _) => decode(link, options.json),
        (None, Some(scenario)) => make(scenario, options),
        (None, None) => Err(bad_input(
            "expected a scenario, or --decode and a link".to_owned(),
            "aftershake link --help",
        )),
    }
}

fn make(argument: &str, options: &LinkOptions) -> Result<u8, Failure> {
    let base = options.base.as_deref().unwrap_or_default();
    check_base(base)?;
    let (text, _) = scenario_input::read(argument)?;
    let fragment = link::fragment(&text, &View::default()).map_err(|error| {
        let message = format!("{argument}: {error}");
        match error {
            MakeError::TooLong { .. } => bad_input(message, "pass the scenario on as a .toml file"),
            MakeError::Name { .. } => bad_input(message, "give the file a shorter name"),
            MakeError::Scenario(_) | MakeError::Unreadable(_) => {
                bad_input(message, "pass the scenario on as a .toml file")
            }
        }
    })?;
    if fragment.len() > limits::COMFORTABLE {
        talk::remark(&format!(
            "the link has {} characters; some programs cut links of more than {}",
            fragment.len(),
            limits::COMFORTABLE
        ));
    }
    let link = format!("{base}{fragment}");
    if options.json {
        print_json(&Made {
            format: 1,
            name: &text.name,
            link: &link,
            characters: fragment.len(),
        })?;
    } else {
        print(&format!("{link}\n"))?;
    }
    Ok(DONE)
}

/// Refuses what would not be a link with a fragment behind it.
fn check_base(base: &str) -> Result<(), Failure> {
    let is_address = ["https://", "http://", "file:///"]
        .iter()
        .any(|scheme| base.len() > scheme.len() && base.starts_with(scheme));
    let is_plain = !base
        .chars()
        .any(|c| c == '#' || c.is_whitespace() || c.is_control());
    if base.is_empty() || (is_address && is_plain) {
        return Ok(());
    }
    Err(bad_input(
        format!(
            "--base is `{}`, expected an address without `#`, like https://example.org/play",
            plain(base)
        ),
        "",
    ))
}

fn decode(argument: &str, json: bool) -> Result<u8, Failure> {
    let mut read = String::new();
    let argument = if argument == "-" {
        let most = limits::LONGEST_READ as u64 + 1;
        io::stdin()
            .take(most)
            .read_to_string(&mut read)
            .map_err(|error| bad_input(format!("standard input cannot be read: {error}"), ""))?;
        &read
    } else {
        argument
    };
    let link =
        link::read(argument).map_err(|error| bad_input(error.to_string(), error.remedy()))?;
    if json {
        print_json(&Decoded {
            format: 1,
            name: &link.text.name,
            title: &link.scenario.title,
            toml: &link.text.toml,
            view: &link.view,
        })?;
    } else {
        print(&format!("# {}\n{}", plain(&link.text.name), link.text.toml))?;
    }
    Ok(DONE)
}
