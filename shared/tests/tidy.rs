//! Reads the sources of the workspace and fails on what no compiler sees: direction, size, forgotten files.
//!
//! Every failure names the file and the rule; the rules are those of `STYLE.md`.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file, in lines.
const LONGEST: usize = 500;

/// The modules of `shared`, lowest first: a module may use those of earlier rows only.
///
/// A new module is a decision about direction: give it a row.
const LAYERS: [&[&str]; 15] = [
    &[
        "crc32", "errno", "keyed", "letters", "order", "sniff", "units",
    ],
    &["packed"],
    &["tree"],
    &["tcp"],
    &["event", "scenario"],
    &["recording"],
    &["catalog", "connection", "link"],
    &["diagnosis"],
    &["remedy"],
    &["capture", "expectation", "ladder"],
    &["compare"],
    &["distribution", "ghost", "report"],
    &["export"],
    &["channel"],
    &["schema"],
];

/// Plain lists of names that any module may use, whatever its row.
const VOCABULARY: [&str; 4] = [
    "diagnosis::CauseId",
    "diagnosis::cause_id",
    "event::call::How",
    "event::outside_acted::{Hook, Verdict}",
];

/// Words that mark unfinished work, cut in two so that this file does not hold them.
const UNFINISHED: [(&str, &str); 3] = [("TO", "DO"), ("FIX", "ME"), ("HA", "CK")];
/// Attributes that hide a problem instead of solving it.
const HIDING: [(&str, &str); 3] = [("#[ig", "nore"), ("#[al", "low("), ("#![al", "low(")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file with one of these endings, outside of what is built; paths relative to the root.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_built = ["target", "dist", "node_modules"].contains(&name.as_str());
            if path.is_dir() && !is_built && !name.starts_with('.') {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| endings.contains(&ending.to_string_lossy().as_ref()))
        })
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name, text)
        })
        .collect()
}

/// Fails with one line per fault.
fn none(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

/// A line of code without its comment. A `//` inside a string is cut too; no rule here minds.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

/// Whether a text holds a word that is not part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|found| found == word)
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let faults: Vec<_> = files(&["rs"])
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(name, _)| name)
        .collect();
    none("the first line is not `//! …`", &faults);
}

#[test]
fn no_file_is_longer_than_one_sitting() {
    let faults: Vec<_> = files(&["rs", "css", "js", "sh", "py"])
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    none(&format!("longer than {LONGEST} lines"), &faults);
}

#[test]
fn shared_points_one_way() {
    let layer = |module: &str| LAYERS.iter().position(|row| row.contains(&module));
    let mut faults = Vec::new();
    for (name, text) in files(&["rs"]) {
        let Some(inside) = name.strip_prefix("shared/src/") else {
            continue;
        };
        let module = inside.split(['/', '.']).next().unwrap();
        if module == "lib" {
            continue;
        }
        let Some(own) = layer(module) else {
            faults.push(format!("{name}: `{module}` is in no row of LAYERS"));
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for path in code(line).split("crate::").skip(1) {
                if VOCABULARY.iter().any(|name| path.starts_with(name)) {
                    continue;
                }
                let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
                let used = &path[..end.unwrap_or(path.len())];
                if used != module && layer(used).is_some_and(|other| other >= own) {
                    faults.push(format!("{name}:{}: `{module}` uses `{used}`", number + 1));
                }
            }
        }
    }
    none(
        "a module of shared uses one of its own row or above",
        &faults,
    );
}

#[test]
fn shared_reads_no_clock_and_does_no_io() {
    let impure = [
        "std::fs",
        "std::net::Tcp",
        "std::net::Udp",
        "std::process",
        "std::thread",
    ]
    .into_iter()
    .chain(["std::time::Instant", "SystemTime", "std::env::"]);
    let mut faults = Vec::new();
    for (name, text) in files(&["rs"]) {
        // What comes after `mod tests` does not leave this crate.
        let shipped = text.split("mod tests {").next().unwrap();
        let is_test = name.ends_with("/tests.rs");
        if name.starts_with("shared/src/") && !is_test {
            let held = impure.clone().filter(|word| shipped.contains(word));
            faults.extend(held.map(|word| format!("{name}: `{word}`")));
        }
    }
    none("shared is a function of its arguments", &faults);
}

/// A file without its `mod` line is not compiled, and nobody notices.
#[test]
fn every_file_is_listed() {
    let sources = files(&["rs"]);
    let text_of = |wanted: &str| sources.iter().find(|(name, _)| name == wanted);
    let mut faults = Vec::new();
    for (name, _) in &sources {
        let Some((_, inside)) = name.split_once("src/") else {
            continue;
        };
        let is_root = ["lib.rs", "main.rs"].contains(&inside) || inside.starts_with("bin/");
        if is_root {
            continue;
        }
        let (folder, file) = name.rsplit_once('/').unwrap();
        let stem = file.trim_end_matches(".rs");
        let parents = if inside.contains('/') {
            vec![format!("{folder}.rs")]
        } else {
            vec![format!("{folder}/lib.rs"), format!("{folder}/main.rs")]
        };
        let is_listed = parents
            .iter()
            .filter_map(|parent| text_of(parent))
            .any(|(_, parent)| {
                parent.lines().any(|line| {
                    let line = line.trim().trim_end_matches(" {").trim_end_matches(';');
                    line.rsplit_once("mod ")
                        .is_some_and(|(_, module)| module == stem)
                })
            });
        if !is_listed {
            faults.push(format!(
                "{name}: no `mod {stem};` in {}",
                parents.join(" or ")
            ));
        }
    }
    none("a file that is not compiled", &faults);
}

/// rustc calls an unlisted cause dead code only while nothing else mentions it.
#[test]
fn every_cause_is_asked() {
    let list = "shared/src/diagnosis/causes.rs";
    let sources = files(&["rs"]);
    let Some((_, causes)) = sources.iter().find(|(name, _)| name == list) else {
        panic!("{list} is missing");
    };
    let faults: Vec<_> = sources
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("shared/src/diagnosis/causes/"))
        .filter(|file| !file.contains('/'))
        .map(|file| file.trim_end_matches(".rs"))
        .filter(|cause| !causes.contains(&format!("{cause}::")))
        .map(|cause| format!("{cause} is not in the list of {list}"))
        .collect();
    none("a cause that no diagnosis asks", &faults);
}

/// A way out of the page that is written twice is two ways to fail.
#[test]
fn one_place_hands_files_to_the_reader() {
    let faults: Vec<_> = files(&["rs"])
        .into_iter()
        .filter(|(name, _)| name.starts_with("web/src/") && name != "web/src/hand_out.rs")
        .filter(|(_, text)| text.contains("create_object_url"))
        .map(|(name, _)| name)
        .collect();
    none("a file saved beside web/src/hand_out.rs", &faults);
}

#[test]
fn every_scenario_opens_with_a_comment() {
    let faults: Vec<_> = files(&["toml"])
        .into_iter()
        .filter(|(name, text)| name.starts_with("scenarios/") && !text.starts_with("# "))
        .map(|(name, _)| name)
        .collect();
    none("the first line is not `# …`", &faults);
}

#[test]
fn only_sys_is_unsafe() {
    let mut faults = Vec::new();
    for (name, text) in files(&["rs"]) {
        if name.starts_with("agent/src/sys/") || name == "agent/src/sys.rs" {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let strings_cut = code(line).split('"').step_by(2).collect::<String>();
            // A word of content security policies, also where a string goes over several lines.
            let strings_cut = strings_cut.replace("wasm-unsafe-eval", "");
            if has_word(&strings_cut, "unsafe") {
                faults.push(format!("{name}:{}", number + 1));
            }
        }
    }
    none("`unsafe` outside of agent/src/sys", &faults);
}

#[test]
fn nothing_is_unfinished_or_hidden() {
    let mut faults = Vec::new();
    for (name, text) in files(&["rs", "toml", "md", "css", "html", "js", "sh", "py"]) {
        let is_about_words = name == "STYLE.md" || name.starts_with("docs/");
        let is_rust = Path::new(&name).extension().is_some_and(|end| end == "rs");
        for (number, line) in text.lines().enumerate() {
            let unfinished = UNFINISHED
                .iter()
                .map(|(a, b)| format!("{a}{b}"))
                .find(|word| has_word(line, word));
            let hiding = HIDING
                .iter()
                .map(|(a, b)| format!("{a}{b}"))
                .find(|word| line.contains(word) && is_rust);
            if let Some(word) = unfinished.or(hiding)
                && !is_about_words
            {
                faults.push(format!("{name}:{}: {word}", number + 1));
            }
        }
    }
    none("unfinished or hidden", &faults);
}
