//! `aftershake mdbook`: the preprocessor of `mdBook` that puts a run in the place of each block ```` ```aftershake ````.
//!
//! `mdBook` starts it, writes `[context, book]` as JSON and reads the book back. The JSON is changed in place, so that
//! what newer versions add travels through. stdout carries nothing but the book.

mod block;
mod css;
mod files;
mod html;
mod markdown;
mod runs;
mod settings;

use std::io::{self, IsTerminal as _, Read as _};

use aftershake_shared::channel::Failure;
use serde::Deserialize;
use serde_json::Value;

use self::block::Block;
use self::runs::Runs;
use self::settings::Settings;
use super::{BAD_INPUT, DONE, MISSING, bad_input, print_json};

/// The largest book that is read, in bytes of JSON.
const LARGEST: u64 = 256 * 1024 * 1024;
/// Mistakes told at once.
const TOLD: usize = 20;

/// Put runs into an mdBook: its preprocessor, started by mdBook itself
#[derive(Debug, clap::Args)]
#[command(after_help = "Example, in book.toml:\n  \
    [preprocessor.aftershake]\n  command = \"aftershake mdbook\"\n\n\
    A block ```aftershake linger-zero``` in a chapter then shows that run: picture, verdict, link.")]
pub struct MdbookOptions {
    #[command(subcommand)]
    pub asked: Option<Asked>,
}

/// What mdBook asks before it hands over a book.
#[derive(Debug, clap::Subcommand)]
pub enum Asked {
    /// Say by exit code 0 that this renderer is served: every one is
    Supports {
        /// The renderer's name: html, markdown, …
        renderer: String,
    },
}

/// What is used of mdBook's context.
#[derive(Debug, Deserialize)]
struct Context {
    #[serde(default)]
    root: std::path::PathBuf,
    renderer: String,
    config: Config,
}

#[derive(Debug, Deserialize)]
struct Config {
    #[serde(default)]
    book: BookTable,
    #[serde(default)]
    preprocessor: Preprocessors,
}

#[derive(Debug, Default, Deserialize)]
struct BookTable {
    src: Option<std::path::PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
struct Preprocessors {
    #[serde(default)]
    aftershake: Settings,
}

/// Answers `supports`, or reads a book, runs what its blocks name, and prints the book.
///
/// # Errors
/// What is no book, a block that names nothing, with chapter and line; a machine on which nothing can be run.
pub fn mdbook(options: &MdbookOptions) -> Result<u8, Failure> {
    if let Some(Asked::Supports { renderer: _ }) = &options.asked {
        return Ok(DONE);
    }
    crate::sys::thread::exit_130_on_interrupt();
    let (context, mut book) = input()?;
    let src = context
        .root
        .join(context.config.book.src.as_deref().unwrap_or("src".as_ref()));
    let runs = Runs::new(&context.root, &context.config.preprocessor.aftershake)?;
    let mut pages = Pages {
        root: &context.root,
        src,
        is_html: context.renderer == "html",
        settings: &context.config.preprocessor.aftershake,
        runs,
        mistakes: Vec::new(),
        more: 0,
    };
    // `items` since mdBook 0.5, `sections` before.
    let items = ["items", "sections"]
        .into_iter()
        .find(|name| book.get(name).is_some_and(Value::is_array));
    let Some(items) = items.and_then(|name| book.get_mut(name)?.as_array_mut()) else {
        return Err(no_book("the book has no list `items` or `sections`"));
    };
    pages.items(items)?;
    pages.finish()?;
    print_json(&book)?;
    Ok(DONE)
}

/// The failure with the chapter and the line it is in.
fn placed(mut failure: Failure, chapter: &str, line: usize) -> Failure {
    failure.message = format!("{chapter}:{line}: {}", failure.message);
    failure
}

fn input() -> Result<(Context, Value), Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(no_book("standard input is a terminal"));
    }
    let mut text = String::new();
    stdin
        .take(LARGEST + 1)
        .read_to_string(&mut text)
        .map_err(|error| no_book(&error.to_string()))?;
    if text.len() as u64 > LARGEST {
        return Err(no_book(&format!("more than {LARGEST} bytes")));
    }
    let (context, book): (Value, Value) =
        serde_json::from_str(&text).map_err(|error| no_book(&error.to_string()))?;
    let context = serde_json::from_value(context).map_err(|error| {
        bad_input(
            format!("book.toml or mdBook's context: {error}"),
            "docs/mdbook.md has every field of [preprocessor.aftershake]",
        )
    })?;
    Ok((context, book))
}

fn no_book(why: &str) -> Failure {
    bad_input(
        format!("standard input: {why}, expected `[context, book]` as mdBook writes it"),
        "this command is started by mdBook: aftershake mdbook --help",
    )
}

/// The way through a book.
struct Pages<'a> {
    root: &'a std::path::Path,
    src: std::path::PathBuf,
    is_html: bool,
    settings: &'a Settings,
    runs: Runs,
    /// What is wrong in the book's own text, with its place.
    mistakes: Vec<Failure>,
    more: usize,
}

impl Pages<'_> {
    fn items(&mut self, items: &mut [Value]) -> Result<(), Failure> {
        for item in items {
            let Some(chapter) = item.get_mut("Chapter") else {
                continue;
            };
            self.chapter(chapter)?;
            if let Some(inner) = chapter.get_mut("sub_items").and_then(Value::as_array_mut) {
                self.items(inner)?;
            }
        }
        Ok(())
    }

    fn chapter(&mut self, chapter: &mut Value) -> Result<(), Failure> {
        let field = |name: &str| chapter.get(name).and_then(Value::as_str);
        let Some(content) = field("content").map(str::to_owned) else {
            return Ok(());
        };
        // The file that was read, else the chapter's place in the book, else its name.
        let place = field("source_path").or_else(|| field("path"));
        let place = place.or_else(|| field("name")).unwrap_or("").to_owned();
        let blocks = block::find(&content);
        if blocks.is_empty() {
            return Ok(());
        }
        let mut out = String::with_capacity(content.len() + 64 * 1024);
        let mut from = 0;
        for (number, block) in blocks.iter().enumerate() {
            out += content.get(from..block.bytes.start).unwrap_or_default();
            from = block.bytes.end;
            match self.shown(&place, number, block) {
                Ok(shown) => out += &shown,
                // One mistake hides no other; a machine that can run nothing ends it at once.
                Err(failure) if failure.code == BAD_INPUT => self.note(failure),
                Err(failure) => return Err(failure),
            }
        }
        out += content.get(from..).unwrap_or_default();
        if let Some(content) = chapter.get_mut("content") {
            *content = Value::String(out);
        }
        Ok(())
    }

    /// What stands in the block's place.
    fn shown(&mut self, place: &str, number: usize, block: &Block) -> Result<String, Failure> {
        let at = |failure: Failure| placed(failure, place, block.line);
        let wish = block.wish().map_err(at)?;
        let folder = self.src.join(place);
        let folder = folder.parent().unwrap_or(&self.src);
        let book = [self.root, &self.src];
        let subject = runs::subject(&wish, block, (folder, book), place, number)?;
        let judged = self.runs.of(&subject, wish.seed).map_err(|mut failure| {
            if failure.code == MISSING {
                failure.remedy += "; or build with runs = \"kept\" and the runs of another machine";
            }
            at(failure)
        })?;
        let playground = self.settings.playground.as_deref();
        Ok(if self.is_html {
            html::write(&judged, &wish, playground, number == 0)
        } else {
            block.contained(&markdown::write(&judged, &wish, playground))
        })
    }

    fn note(&mut self, failure: Failure) {
        if self.mistakes.len() < TOLD {
            self.mistakes.push(failure);
        } else {
            self.more += 1;
        }
    }

    /// All mistakes as one.
    fn finish(self) -> Result<(), Failure> {
        let Some(first) = self.mistakes.first() else {
            return Ok(());
        };
        let remedy = first.remedy.clone();
        let mut lines: Vec<_> = self.mistakes.into_iter().map(|m| m.message).collect();
        if self.more > 0 {
            lines.push(format!("and {} more", self.more));
        }
        Err(bad_input(lines.join("\n"), &remedy))
    }
}
