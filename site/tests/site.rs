//! The whole site, written from a page that is only a head: every link leads somewhere, every scenario has its page.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::ladder::svg;
use aftershake_shared::recording::Recording;

/// Bytes of a picture that is no exception.
const PICTURE: usize = 40_000;
/// Bytes of the replay's script before its player is wanted.
const REPLAY: u64 = 15_000;
/// The same of the script that sets a frame's height.
const FRAME: u64 = 1_000;

fn built(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let (page, out) = (folder.join("page"), folder.join("out"));
    fs::create_dir_all(&page).unwrap();
    let _ = fs::remove_dir_all(&out);
    fs::write(
        page.join("index.html"),
        "<html><head></head><body></body></html>",
    )
    .unwrap();
    fs::write(page.join("x.wasm.br"), "x").unwrap();
    aftershake_site::build(&page, &out).unwrap();
    out
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// What the attributes of that name hold.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let rest = html.split(start.as_str()).skip(1);
    rest.filter_map(|rest| rest.split('"').next()).collect()
}

/// A page without its blocks of code.
fn without_code(html: &str) -> String {
    let mut parts = html.split("<pre tabindex=\"0\">");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once("</pre>").unwrap().1);
    first + &rest.collect::<String>()
}

/// A path without `.` and `..`; `None` above the root.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    Some(out)
}

#[test]
fn every_address_is_relative_and_leads_to_a_file() {
    let out = built("links");
    let mut all = Vec::new();
    files(&out, &mut all);
    let known: BTreeSet<_> = all.iter().cloned().collect();
    let mut faults = Vec::new();
    let mut followed = 0;
    for file in all
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "html"))
    {
        let html = without_code(&fs::read_to_string(file).unwrap());
        let shown = file.strip_prefix(&out).unwrap().display();
        for address in attributes(&html, "href")
            .into_iter()
            .chain(attributes(&html, "src"))
        {
            if address.starts_with("https://")
                || address.starts_with("http://")
                || address.starts_with("data:")
            {
                continue;
            }
            let address = address.replace("&amp;", "&");
            let (path, fragment) = address.split_once('#').unwrap_or((&address, ""));
            let path = path.split('?').next().unwrap();
            let to = if path.is_empty() {
                Some(file.clone())
            } else {
                plain(&file.parent().unwrap().join(path))
            };
            followed += 1;
            let Some(to) = to.filter(|to| known.contains(to)) else {
                faults.push(format!("{shown}: {address}"));
                continue;
            };
            let has =
                |text: &str| fragment.is_empty() || text.contains(&format!("id=\"{fragment}\""));
            if !has(&fs::read_to_string(&to).unwrap_or_default()) {
                faults.push(format!("{shown}: {address}: no such anchor"));
            }
        }
        for script in html.split("<script").skip(1) {
            assert!(script.starts_with(" src="), "{shown}: a script of its own");
        }
        assert!(!html.contains(" style=\""), "{shown}: a style of its own");
    }
    assert!(followed > 1_000, "{followed}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(!out.join("play/x.wasm.br").exists());
    let index = fs::read_to_string(out.join("play/index.html")).unwrap();
    assert!(index.contains("name=\"aftershake-recordings\" content=\"../recordings/\""));
}

#[test]
fn every_scenario_is_a_page_that_can_be_read_without_script() {
    let out = built("pages");
    let kept = aftershake_site::root().join("scenarios/recordings");
    let mut large = Vec::new();
    for entry in CATALOG {
        let name = entry.name;
        let html = fs::read_to_string(out.join(format!("scenarios/{name}.html"))).unwrap();
        let Ok(recording) = fs::read_to_string(kept.join(format!("{name}.jsonl"))) else {
            assert!(html.contains("No run of it is kept"), "{name}");
            continue;
        };
        for wanted in [
            "<h1>",
            "class=\"headline\">",
            "<svg ",
            "data-event=",
            "<h2>Calls</h2>",
        ] {
            assert!(html.contains(wanted), "{name}: no {wanted}");
        }
        assert!(!html.contains("<style"), "{name}");
        let copied = fs::read_to_string(out.join(format!("recordings/{name}.jsonl"))).unwrap();
        let read = |text: &str| Recording::from_json_lines(text).unwrap();
        assert_eq!(read(&copied), read(&recording), "{name}");
        let picture = fs::read_to_string(out.join(format!("scenarios/{name}.svg"))).unwrap();
        if picture.len() > PICTURE {
            large.push(name);
        }
    }
    // Twenty and forty connections, and half a megabyte in flight.
    println!("pictures above {PICTURE} bytes: {large:?}");
    assert!(large.len() * 20 < CATALOG.len(), "{large:?}");
}

#[test]
fn the_scripts_of_other_people_s_pages_are_small() {
    let folder = built("script").join("embed");
    for (name, most) in [
        ("aftershake-replay.js", REPLAY),
        ("aftershake-frame.js", FRAME),
    ] {
        let bytes = fs::metadata(folder.join(name)).unwrap().len();
        assert!(bytes <= most, "{name}: {bytes} bytes, at most {most}");
    }
}

#[test]
fn the_replay_draws_with_the_style_that_pictures_carry() {
    let script = aftershake_site::root().join("embed/aftershake-replay.js");
    let script = fs::read_to_string(script).unwrap();
    let held = script.split_once("const DRAWN = `\n").unwrap().1;
    let held = held.split_once('`').unwrap().0;
    assert_eq!(held, svg::STYLE.trim_end());
    assert!(!held.contains(['\\', '$']), "a template literal changes it");
}

#[test]
fn a_folder_of_somebody_else_s_is_left_alone() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("foreign");
    fs::create_dir_all(&folder).unwrap();
    // Names that anybody's folder may hold, and our mark's name with another text.
    for (name, text) in [
        ("mine.txt", "mine"),
        ("site.css", "a{}"),
        (".aftershake-site", "mine"),
    ] {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        let refused = aftershake_site::build(&folder, &folder).unwrap_err();
        assert!(
            refused.to_string().contains("holds no site of ours"),
            "{refused}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_site_of_ours_is_replaced_whole() {
    let out = built("replaced");
    let left = out.join("left-over.html");
    fs::write(&left, "of an older build").unwrap();
    aftershake_site::build(&out.with_file_name("page"), &out).unwrap();
    assert!(!left.exists() && out.join("index.html").exists());
}
