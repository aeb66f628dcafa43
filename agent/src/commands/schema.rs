//! `aftershake schema`: the JSON Schemas of every format, made from the types. Runs nothing.

use std::fmt::Write as _;

use aftershake_shared::capture::explained::Explained;
use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::report::Distribution;
use aftershake_shared::schema::{self, of_output};
use schemars::Schema;

use super::{DONE, bad_input, compare, doctor, exec, link, list, print, serve, test};

/// A format's name, what it is, and its schema.
type Format = (&'static str, &'static str, fn() -> Schema);

/// Every format, in the order of the list.
const FORMATS: &[Format] = &[
    ("scenario", "a scenario's TOML file", schema::scenario),
    (
        "recording",
        "a line of a recording (run --save)",
        schema::recording,
    ),
    ("run", "run --json", schema::run),
    ("exec", "exec --json", of_output::<exec::ExecReport>),
    ("explain", "explain --json", of_output::<Explained>),
    ("sweep", "run --repeat N --json", of_output::<Distribution>),
    ("compare", "compare --json", of_output::<compare::Compared>),
    ("list", "list --json", of_output::<Vec<list::Row>>),
    ("test", "test --json", of_output::<Vec<test::Row>>),
    ("doctor", "doctor --json", of_output::<doctor::Examination>),
    ("link", "link --json", of_output::<link::Made<'static>>),
    (
        "link-decoded",
        "link --decode --json",
        of_output::<link::Decoded<'static>>,
    ),
    (
        "serve",
        "the first line of serve --json",
        of_output::<serve::Address<'static>>,
    ),
    (
        "error",
        "what --json prints when a command fails",
        of_output::<schema::Wrapped<'static>>,
    ),
    (
        "client",
        "what a page may say on the channel",
        schema::client,
    ),
    (
        "server",
        "what the agent says on the channel",
        schema::server,
    ),
];

/// Print the JSON Schema of a format; without a name, list the formats
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: aftershake schema run > run.schema.json")]
pub struct SchemaOptions {
    /// The format's name
    pub name: Option<String>,
}

/// Prints one schema, or the list.
///
/// # Errors
/// A name that is no format's.
pub fn schema(options: &SchemaOptions) -> Result<u8, Failure> {
    let Some(wanted) = &options.name else {
        let mut text = String::new();
        for (name, what, _) in FORMATS {
            let _ = writeln!(text, "  {name:<14} {what}");
        }
        print(&text)?;
        return Ok(DONE);
    };
    let Some((name, what, schema)) = FORMATS.iter().find(|(name, ..)| name == wanted) else {
        let names: Vec<_> = FORMATS.iter().map(|(name, ..)| *name).collect();
        let message = format!("no format `{wanted}`, expected one of {}", names.join(", "));
        return Err(bad_input(message, "aftershake schema"));
    };
    let mut schema = schema();
    schema.insert(
        "title".to_owned(),
        format!("aftershake {name}: {what}").into(),
    );
    print(&format!("{:#}\n", schema.as_value()))?;
    Ok(DONE)
}
