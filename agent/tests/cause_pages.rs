//! `docs/causes.md` is made of what the program knows: this test says when it is out of date, and how to renew it.

use std::fmt::Write as _;
use std::path::Path;

use aftershake_shared::catalog::{self, producing};
use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::remedy::page::{error_table, markdown};

const INTRODUCTION: &str = "# The 24 causes of a RST

Made by `AFTERSHAKE_RENEW=1 cargo test -p aftershake --test cause_pages`. `aftershake cause NAME` prints one of them.

## What programs show

";

fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str(&error_table());
    for cause in CauseId::ALL {
        let _ = write!(page, "\n{}", markdown(cause, 2, &producing(cause)));
    }
    page
}

#[test]
fn the_page_of_causes_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/causes.md");
    if std::env::var_os("AFTERSHAKE_RENEW").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page(),
        "renew it: AFTERSHAKE_RENEW=1 cargo test -p aftershake --test cause_pages"
    );
}

#[test]
fn every_cause_has_a_scenario_that_produces_it() {
    let page = page();
    let without: Vec<&str> = CauseId::ALL
        .into_iter()
        .filter(|cause| {
            let section = page.split(&format!("\n## {cause}\n")).nth(1).unwrap();
            let section = section.split("\n## ").next().unwrap();
            !section.contains("See it happen")
        })
        .map(CauseId::slug)
        .collect();
    assert_eq!(without, [""; 0]);
    let anywhere = |cause: &CauseId| {
        let scenarios = producing(*cause).into_iter().filter_map(catalog::find);
        scenarios.filter(|entry| entry.needs_no_setting()).count() > 0
    };
    let nowhere: Vec<_> = CauseId::ALL
        .into_iter()
        .filter(|one| !anywhere(one))
        .collect();
    // Its limit is the machine's, not the namespace's: it was recorded once.
    assert_eq!(nowhere, [CauseId::OrphanResourcePressure]);
}
