//! The worked examples of `docs/from-a-capture.md`: each command of the page is run and must print what the page shows.
//!
//! `UPDATE_EXPECT=1` writes the page anew.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the message"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BEGIN: &str = "```text\n$ aftershake ";
const END: &str = "```\n";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// What the command prints, with the files of the page at hand.
fn printed(arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_aftershake"))
        .args(arguments.split(' '))
        .current_dir(docs().join("captures"))
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    // No blanks at the ends of lines, as everywhere in the documentation.
    text.lines()
        .fold(String::new(), |all, line| all + line.trim_end() + "\n")
}

/// The page with what its commands print now, and how many there are.
fn rewritten(page: &str) -> (String, usize) {
    let mut out = String::new();
    let mut commands = 0;
    let mut rest = page;
    while let Some((before, block)) = rest.split_once(BEGIN) {
        let (arguments, shown) = block.split_once('\n').expect("a line");
        let (_, after) = format!("\n{shown}")
            .split_once(&format!("\n{END}"))
            .map(|(shown, after)| (shown.to_owned(), after.len()))
            .expect("the block's end");
        out = out + before + BEGIN + arguments + "\n" + &printed(arguments) + END;
        rest = block.get(block.len() - after..).unwrap_or_default();
        commands += 1;
    }
    (out + rest, commands)
}

#[test]
fn the_page_shows_what_its_commands_print() {
    let file = docs().join("from-a-capture.md");
    let page = fs::read_to_string(&file).unwrap();
    let (now, commands) = rewritten(&page);
    assert_eq!(commands, 5);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, &now).unwrap();
    }
    assert_eq!(page, now, "UPDATE_EXPECT=1 writes the page anew");
}

#[test]
fn the_lines_at_fault_are_in_the_programs() {
    let page = fs::read_to_string(docs().join("from-a-capture.md")).unwrap();
    for (file, line) in [
        ("nginx.conf", "        location /upload { return 444; }\n"),
        ("closes-idle.py", "    timeout = 1\n"),
        ("answers-late.py", "time.sleep(2)"),
    ] {
        let program = fs::read_to_string(docs().join("captures").join(file)).unwrap();
        assert!(
            program.contains(line) && page.contains(line),
            "{file}: {line}"
        );
        assert!(page.contains(file), "{file}");
    }
}
