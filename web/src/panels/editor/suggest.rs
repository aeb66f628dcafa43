//! Names and values to go on with, from the same descriptions of fields as the forms.

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::scenario::OUTSIDE;
use aftershake_shared::scenario::edit::Story;
use aftershake_shared::scenario::field::{CLAIM, EXPECT, Field, SCENARIO, STEP, Takes};
use aftershake_shared::scenario::steps::{KindOfStep, StepKind};

use super::tokens::{Context, Place};

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) label: String,
    /// What comes in place of the bytes from `from` to the caret.
    pub(super) text: String,
    pub(super) from: usize,
    pub(super) help: &'static str,
}

/// Longest list on show.
const MOST: usize = 12;

/// The ways to go on at a caret; `asked` says that the list was asked for and not only typed into.
pub(super) fn items(text: &str, caret: usize, story: Option<&Story>, asked: bool) -> Vec<Item> {
    let context = Context::at(text, caret);
    let typed_mark = text
        .get(..caret)
        .is_some_and(|before| before.ends_with(['.', '"']));
    if context.place == Place::Nothing || (context.word.is_empty() && !asked && !typed_mark) {
        return Vec::new();
    }
    let mut items = match context.place {
        Place::Name => names(&context),
        Place::Value | Place::Quoted { .. } => values(&context, story),
        Place::Nothing => Vec::new(),
    };
    items.retain(|item| item.label.starts_with(context.word) && item.label != context.word);
    items.truncate(MOST);
    items
}

/// The fields of a table that names lead to.
fn fields(context: &Context<'_>, path: &[&str]) -> Vec<&'static Field> {
    let fields: [&[Field]; 2] = match (context.table, path) {
        ("", []) => [SCENARIO, &[]],
        ("[[steps]]", []) => [STEP, &[]],
        ("[[steps]]", ["do", kind]) => [KindOfStep::of(kind).map_or(&[], |kind| kind.fields), &[]],
        ("[expect]", []) => [EXPECT, &[]],
        ("[[claims]]", []) => [CLAIM, EXPECT],
        _ => [&[], &[]],
    };
    fields.into_iter().flatten().collect()
}

fn names(context: &Context<'_>) -> Vec<Item> {
    if (context.table, context.path.as_slice()) == ("[[steps]]", &["do"]) {
        return StepKind::ALL
            .iter()
            .map(|kind| Item {
                label: kind.name.to_owned(),
                text: kind.first_text(),
                from: context.entry,
                help: kind.help,
            })
            .collect();
    }
    let free = fields(context, &context.path).into_iter();
    let free = free.filter(|field| !context.taken.contains(&field.name));
    free.map(|field| {
        let text = match field.name {
            "do" => "do.".to_owned(),
            "steps" | "claims" => ["[[", field.name, "]]\n"].concat(),
            "expect" => "[expect]\n".to_owned(),
            "returns" => "returns.\"".to_owned(),
            name => [name, " = ", &first(field)].concat(),
        };
        Item {
            label: field.name.to_owned(),
            text,
            from: context.from,
            help: field.help,
        }
    })
    .collect()
}

fn first(field: &Field) -> String {
    match field.first_value() {
        value if value.is_empty() => "\"".to_owned(),
        value => value,
    }
}

fn values(context: &Context<'_>, story: Option<&Story>) -> Vec<Item> {
    let Some((name, path)) = context.path.split_last() else {
        return Vec::new();
    };
    let field = fields(context, path)
        .into_iter()
        .find(|field| field.name == *name);
    let Some(field) = field else {
        return Vec::new();
    };
    let words: Vec<(&str, &'static str)> = match (field.takes, field.name) {
        (Takes::Choice(choices) | Takes::Position(choices), _) => {
            choices.iter().map(|choice| (*choice, "")).collect()
        }
        (Takes::Flag, _) => vec![("true", ""), ("false", "")],
        (Takes::Endpoint, _) => {
            let known = story.map(Story::endpoints).unwrap_or_default();
            known
                .into_iter()
                .chain([OUTSIDE])
                .map(|name| (name, ""))
                .collect()
        }
        (Takes::StepName, _) => {
            let steps = story.into_iter().flat_map(|story| &story.steps);
            let names = steps.map(|step| (step.value("name"), ""));
            names.filter(|(name, _)| !name.is_empty()).collect()
        }
        (Takes::Table, "do") => StepKind::ALL
            .iter()
            .map(|kind| (kind.name, kind.help))
            .collect(),
        (Takes::Text, "cause") => CauseId::ALL
            .iter()
            .map(|cause| (cause.slug(), ""))
            .collect(),
        (Takes::Text, "fixed_by") => CATALOG.iter().map(|entry| (entry.name, "")).collect(),
        (Takes::Text | Takes::Number { .. } | Takes::Duration | Takes::Table, _) => Vec::new(),
    };
    let (before, after) = match context.place {
        Place::Quoted { closed: true } => ("", ""),
        Place::Quoted { closed: false } => ("", "\""),
        Place::Value | Place::Name | Place::Nothing if field.takes == Takes::Flag => ("", ""),
        Place::Value | Place::Name | Place::Nothing => ("\"", "\""),
    };
    words
        .into_iter()
        .map(|(word, help)| Item {
            label: word.to_owned(),
            text: [before, word, after].concat(),
            from: context.from,
            help,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels offered at the `|`, and the text after taking the first.
    fn offered(text: &str) -> (String, String) {
        let caret = text.find('|').unwrap();
        let text = text.replace('|', "");
        let story =
            Story::read("[[steps]]\nby = \"server\"\nname = \"door\"\ndo = \"listen\"").unwrap();
        let items = items(&text, caret, Some(&story), true);
        let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).collect();
        let first = items
            .first()
            .map(|item| [&text[..item.from], &item.text, &text[caret..]].concat());
        (labels.join(" "), first.unwrap_or_default())
    }

    #[test]
    fn what_can_be_written_is_offered_where_it_can() {
        for (text, labels, first) in [
            ("ti|", "title", "title = \"\""),
            (
                "[[steps]]\nby = \"server\"\na|",
                "after at_once",
                "[[steps]]\nby = \"server\"\nafter = \"",
            ),
            (
                "[[steps]]\ndo.sen|",
                "send",
                "[[steps]]\ndo.send = { text = \"hello\" }",
            ),
            ("[[steps]]\ndo.clo|", "close", "[[steps]]\ndo = \"close\""),
            (
                "[[steps]]\ndo = \"sh|",
                "shutdown",
                "[[steps]]\ndo = \"shutdown\"",
            ),
            (
                "[[steps]]\ndo.send = { text = \"\", p| }",
                "pieces",
                "[[steps]]\ndo.send = { text = \"\", pieces = 512 }",
            ),
            (
                "[[steps]]\ndo.shutdown = { how = \"w|\" }",
                "write",
                "[[steps]]\ndo.shutdown = { how = \"write\" }",
            ),
            ("[[steps]]\non = |", "door", "[[steps]]\non = \"door\""),
            (
                "[[steps]]\nby = \"|",
                "server outside",
                "[[steps]]\nby = \"server\"",
            ),
            (
                "[[steps]]\nat_once = t|",
                "true",
                "[[steps]]\nat_once = true",
            ),
            (
                "[expect]\ncause = \"linger-|\"",
                "linger-zero-close",
                "[expect]\ncause = \"linger-zero-close\"",
            ),
            ("[[claims]]\nhol|", "holds", "[[claims]]\nholds = true"),
            ("# ti|", "", ""),
            ("title = \"ti|\"", "", ""),
        ] {
            assert_eq!(
                offered(text),
                (labels.to_owned(), first.to_owned()),
                "{text}"
            );
        }
    }
}
