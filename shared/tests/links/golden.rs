//! Every link that a release has made is read for ever: `tests/data/links/`, a link and what it says.
//!
//! `UPDATE_EXPECT=1` adds links that are not there yet; it never changes one that is.

use std::fs;
use std::path::{Path, PathBuf};

use aftershake_shared::catalog;
use aftershake_shared::link::view::{Mode, View};
use aftershake_shared::link::{self, Link};
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::Scenario;

/// What this release adds.
const ADDED: [&str; 6] = [
    "accepts-then-closes",
    "times-out",
    "wrong-prefix",
    "linger-zero",
    "race-send-against-close",
    "proxy-with-two-connections",
];

const STRANGE: &str = r#"
title = "<b> \"&\" \u202e\u001b[31m 漢 😀 | ` =cmd()"
story = "tab\tline\nend"

[[steps]]
by = "server"
name = "a.b \"c\""
do.listen = { address = "::1", dual_stack = true, backlog = 0 }

[[steps]]
by = "client"
delay = "1500us"
do.connect = { address = "::1", from_port = 4000 }

[[claims]]
text = "'''"
holds = true
"#;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/links")
}

fn this_release() -> Vec<(String, String)> {
    let of = |name: &str, toml: &str, view: &View| {
        let text = ScenarioText {
            name: name.to_owned(),
            toml: toml.to_owned(),
        };
        let link = link::fragment(&text, view).unwrap();
        (format!("1-{name}"), link)
    };
    let named = ADDED.map(|name| of(name, catalog::find(name).unwrap().toml, &View::default()));
    let view = View {
        event: Some(7),
        zoom: Some(150),
        mode: Some(Mode::Real),
        compare: Some("linger-zero".to_owned()),
    };
    named
        .into_iter()
        .chain([of("strange", STRANGE, &view)])
        .collect()
}

/// What a link says, for people to review.
fn said(link: &Link) -> String {
    let ScenarioText { name, toml } = &link.text;
    let view = serde_json::to_string(&link.view).unwrap();
    format!("# {name}, {view}\n{toml}")
}

#[test]
fn every_link_of_every_release_says_what_it_said() {
    let folder = folder();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        for (name, link) in this_release() {
            let path = folder.join(format!("{name}.link"));
            if !path.exists() {
                fs::write(
                    folder.join(format!("{name}.toml")),
                    said(&link::read(&link).unwrap()),
                )
                .unwrap();
                fs::write(path, link + "\n").unwrap();
            }
        }
    }
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "link") {
            count += 1;
            let link = link::read(&fs::read_to_string(&path).unwrap()).unwrap();
            let expected = fs::read_to_string(path.with_extension("toml")).unwrap();
            let (heading, toml) = expected.split_once('\n').unwrap();
            assert!(
                said(&link).starts_with(heading),
                "{}: {heading}",
                path.display()
            );
            let scenario = Scenario::parse(toml).unwrap();
            assert_eq!(
                link.scenario.without_lines(),
                scenario.without_lines(),
                "{}",
                path.display()
            );
        }
    }
    assert!(count >= 7, "{count} links in {}", folder.display());
}

/// The catalogue as links: name, number of steps, title and link, a line each. `UPDATE_EXPECT=1` adds scenarios that
/// are new; a line that is there is never changed, whatever becomes of its scenario.
#[test]
fn every_link_of_the_catalogue_opens_as_it_was() {
    let path = folder().join("1-catalogue.tsv");
    let mut file = fs::read_to_string(&path).unwrap_or_default();
    let names: Vec<_> = file
        .lines()
        .filter_map(|row| row.split('\t').next())
        .map(str::to_owned)
        .collect();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        for entry in catalog::CATALOG
            .iter()
            .filter(|entry| !names.iter().any(|name| name == entry.name))
        {
            let scenario = Scenario::parse(entry.toml).unwrap();
            let link = link::fragment(&entry.text(), &View::default()).unwrap();
            let (name, steps, title) = (entry.name, scenario.steps.len(), scenario.title);
            let row = [name, &steps.to_string(), &title, &link];
            file += &(row.join("\t") + "\n");
        }
        fs::write(&path, &file).unwrap();
    }
    let mut count = 0;
    for row in file.lines() {
        let [name, steps, title, fragment] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row} has not four fields");
        };
        let link = link::read(fragment).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (link.text.name.as_str(), link.scenario.title.as_str()),
            (name, title)
        );
        assert_eq!(link.scenario.steps.len().to_string(), steps, "{name}");
        assert!(fragment.len() <= 1_200, "{name}: {}", fragment.len());
        count += 1;
    }
    assert!(count >= 130, "{count} links");
}
