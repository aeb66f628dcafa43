//! The blocks of a chapter: where they are, and what each asks for. Source: `CommonMark` 0.31 §4.5.

use std::ops::Range;

use aftershake_shared::channel::Failure;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::commands::bad_input;

/// The first word of the info string.
const WORD: &str = "aftershake";
/// What may stand before the name in a block's only line.
const COMMAND: &str = "aftershake run ";

/// One fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// From the opening fence to the end of the closing one, without the line's end.
    pub(super) bytes: Range<usize>,
    /// Of the opening fence, from 1.
    pub(super) line: usize,
    /// What stands before the fence in its line: blanks, a list's mark, `>`.
    before: String,
    /// The words after `aftershake`.
    words: Vec<String>,
    pub(super) body: String,
    /// Whether text follows directly: an HTML block would go on into it.
    is_followed: bool,
}

/// What a block asks for beside its scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// A name of the catalogue, a file, or a link; `None`: the block's lines are the scenario.
    pub(super) subject: Option<String>,
    /// The name of a scenario that is written out.
    pub(super) name: Option<String>,
    pub(super) show: Show,
    pub(super) seed: Option<u64>,
}

/// Which parts are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Show {
    #[default]
    All,
    Picture,
    Verdict,
}

/// The blocks of a chapter, in order. A block inside of a larger fence is an example, and none.
pub(super) fn find(content: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(Range<usize>, Vec<String>, String)> = None;
    for (event, bytes) in Parser::new_ext(content, Options::empty()).into_offset_iter() {
        if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event {
            let words = info.split(|c: char| c.is_whitespace() || c == ',');
            let mut words = words.filter(|word| !word.is_empty()).map(str::to_owned);
            if words.next().as_deref() == Some(WORD) {
                open = Some((bytes, words.collect(), String::new()));
            }
        } else if let (Event::Text(text), Some((.., body))) = (&event, &mut open) {
            *body += text;
        } else if event == Event::End(TagEnd::CodeBlock)
            && let Some((bytes, words, body)) = open.take()
        {
            blocks.push(Block::new(content, &bytes, words, body));
        }
    }
    blocks
}

impl Block {
    fn new(content: &str, bytes: &Range<usize>, words: Vec<String>, body: String) -> Self {
        let text = content.get(bytes.clone()).unwrap_or_default();
        let end = bytes.start + text.trim_end_matches(['\n', '\r']).len();
        let head = content.get(..bytes.start).unwrap_or_default();
        let before = head.rsplit('\n').next().unwrap_or_default().to_owned();
        let after = content.get(end..).unwrap_or_default();
        let next = after.trim_start_matches('\r').strip_prefix('\n');
        let next = next.and_then(|after| after.lines().next());
        Self {
            bytes: bytes.start..end,
            line: head.matches('\n').count() + 1,
            before,
            words,
            body,
            is_followed: next.is_some_and(|line| !line.trim().is_empty()),
        }
    }

    /// Reads the info string and a body that only names something.
    pub(super) fn wish(&self) -> Result<Wish, Failure> {
        let mut wish = Wish::default();
        for word in &self.words {
            // A link or a file may hold `=`, an option begins with its name.
            let option = word.split_once('=');
            match option {
                Some(("show", value)) => wish.show = show(value)?,
                Some(("name", value)) => wish.name = Some(value.to_owned()),
                Some(("seed", value)) => {
                    let seed = value.parse().map_err(|_| {
                        let found = format!("seed is `{value}`, expected a whole number");
                        bad_input(found, "")
                    })?;
                    wish.seed = Some(seed);
                }
                Some((name, _)) if name.chars().all(|c| c.is_ascii_lowercase()) => {
                    let found =
                        format!("unknown option `{name}`, expected `show`, `name` or `seed`");
                    return Err(bad_input(found, ""));
                }
                _ if wish.subject.is_none() => wish.subject = Some(word.clone()),
                _ => {
                    let found = format!("`{word}` after a scenario, expected one scenario a block");
                    return Err(bad_input(found, ""));
                }
            }
        }
        let lines: Vec<_> = self.body.lines().map(str::trim).collect();
        let mut told = lines.iter().filter(|line| !line.is_empty());
        match (&wish.subject, told.next(), told.next()) {
            (None, None, _) => Err(bad_input(
                "an empty block, expected a scenario's name, file, link or text".to_owned(),
                "aftershake list",
            )),
            (Some(subject), Some(line), _) => Err(bad_input(
                format!("the block names `{subject}` and holds `{line}`, expected one of both"),
                "",
            )),
            (None, Some(line), None) => {
                // As a command it also says something where nothing puts a run in its place.
                let named = line.strip_prefix(COMMAND).unwrap_or(line).trim();
                if !named.contains([' ', '[', '"']) {
                    wish.subject = Some(named.to_owned());
                }
                Ok(wish)
            }
            _ => Ok(wish),
        }
    }

    /// Several lines in the block's place, inside of the list or quotation that it stands in.
    pub(super) fn contained(&self, lines: &str) -> String {
        let inside: String = self
            .before
            .chars()
            .map(|c| if c == '>' { '>' } else { ' ' })
            .collect();
        let lines = lines.trim_end().lines().enumerate().map(|(at, line)| {
            let prefix = if at == 0 { "" } else { inside.as_str() };
            format!("{prefix}{line}").trim_end().to_owned()
        });
        let lines: Vec<_> = lines.collect();
        lines.join("\n") + if self.is_followed { "\n" } else { "" }
    }
}

fn show(value: &str) -> Result<Show, Failure> {
    match value {
        "all" => Ok(Show::All),
        "picture" => Ok(Show::Picture),
        "verdict" => Ok(Show::Verdict),
        _ => Err(bad_input(
            format!("show is `{value}`, expected `all`, `picture` or `verdict`"),
            "",
        )),
    }
}

#[cfg(test)]
mod tests;
