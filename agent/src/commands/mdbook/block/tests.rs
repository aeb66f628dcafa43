//! Where blocks are found, what their info strings mean, and what is refused.

use super::*;

/// Each block found, as line and body.
fn check(content: &str, expected: &[(usize, &str)]) {
    let found = find(content);
    let found: Vec<_> = found
        .iter()
        .map(|block| (block.line, block.body.as_str()))
        .collect();
    assert_eq!(found, expected, "{content}");
}

#[test]
fn blocks_are_found_where_commonmark_has_them() {
    check("```aftershake a\n```", &[(1, "")]);
    check(
        "text\n\n~~~~ aftershake,a\n~~~~\ntext\n```aftershake\nb\n```\n",
        &[(3, ""), (6, "b\n")],
    );
    check(
        "- one\n\n  ```aftershake\n  x\n  ```\n> ```aftershake\n> y\n> ```\n",
        &[(3, "x\n"), (6, "y\n")],
    );
    // Examples, code by indentation, other languages.
    check("````markdown\n```aftershake\na\n```\n````\n", &[]);
    check("    ```aftershake\n    a\n    ```\n", &[]);
    check("```aftershaken\n```\n```text\naftershake\n```\n", &[]);
    // A fence that nothing closes ends with the chapter.
    check("```aftershake\na", &[(1, "a")]);
}

#[test]
fn the_bytes_of_a_block_are_its_fences_and_what_is_between() {
    let content = "before\n\n  ```aftershake a\n  ```\nafter";
    let blocks = find(content);
    let bytes = blocks.first().map(|block| block.bytes.clone());
    let bytes = bytes.and_then(|bytes| content.get(bytes));
    assert_eq!(bytes, Some("```aftershake a\n  ```"));
}

fn wish(content: &str) -> Result<Wish, String> {
    let blocks = find(content);
    let block = blocks.first().ok_or("no block")?;
    block.wish().map_err(|failure| failure.message)
}

#[test]
fn a_scenario_is_named_behind_the_word_or_in_the_only_line() {
    for content in [
        "```aftershake linger-zero\n```",
        "```aftershake,linger-zero\n\n```",
        "```aftershake\n\n  linger-zero \n```",
        "```aftershake\naftershake run linger-zero\n```",
    ] {
        let subject = wish(content).map(|wish| wish.subject);
        assert_eq!(subject, Ok(Some("linger-zero".to_owned())), "{content}");
    }
    assert_eq!(
        wish("```aftershake\ntitle = \"x\"\n```").map(|wish| wish.subject),
        Ok(None)
    );
}

#[test]
fn options_are_read_in_any_order() {
    let found = wish("```aftershake seed=7 a show=picture name=b\n```");
    let expected = Wish {
        subject: Some("a".to_owned()),
        name: Some("b".to_owned()),
        show: Show::Picture,
        seed: Some(7),
    };
    assert_eq!(found, Ok(expected));
}

#[test]
fn what_cannot_be_meant_is_refused_in_words() {
    for (content, expected) in [
        ("```aftershake\n```", "an empty block"),
        ("```aftershake a b\n```", "`b` after a scenario"),
        ("```aftershake a\nb\n```", "names `a` and holds `b`"),
        (
            "```aftershake a show=all-of-it\n```",
            "expected `all`, `picture` or `verdict`",
        ),
        ("```aftershake a seed=x\n```", "expected a whole number"),
        ("```aftershake a sede=1\n```", "unknown option `sede`"),
    ] {
        let said = wish(content).unwrap_err();
        assert!(said.contains(expected), "{content}: {said}");
    }
}

#[test]
fn several_lines_stay_inside_of_what_holds_the_block() {
    for (content, expected) in [
        ("```aftershake\na\n```", "1\n\n2"),
        ("- ```aftershake\n  a\n  ```\n", "1\n\n  2"),
        ("> - ```aftershake\n>   a\n>   ```\n", "1\n>\n>   2"),
        ("```aftershake\na\n```\nmore", "1\n\n2\n"),
    ] {
        let block = find(content).pop().unwrap();
        assert_eq!(block.contained("1\n\n2\n"), expected, "{content}");
    }
}
