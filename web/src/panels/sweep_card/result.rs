//! What many runs come to, in words and as files: boundaries, the flip that a search found, the machine's own jitter.

use aftershake_shared::distribution::Tally;
use aftershake_shared::distribution::chart;
use aftershake_shared::distribution::csv;
use aftershake_shared::distribution::report::Distribution;
use yew::{Callback, Html, MouseEvent};

use crate::el;
use crate::hand_out;
use crate::store::kept::Kept;
use crate::store::many::Many;
use crate::text::{self, many as words};

/// Nothing while runs are still to come.
pub(super) fn result(many: &Many) -> Html {
    let Some(report) = &many.report else {
        return Html::default();
    };
    el!("div" { "class": "result" }
        boundaries(report, &many.tally),
        noise(report),
        files(report, &many.tally),
    )
}

fn boundaries(report: &Distribution, tally: &Tally) -> Html {
    let mut lines: Vec<Html> = Vec::new();
    let mut say = |line: &str| {
        let line = &words::with_endings(line, tally);
        lines.push(
            el!("p" { "class": "boundary", "data-test": "sweep-boundary" } text::sentence(line)),
        );
    };
    if let Some(found) = &report.found {
        say(&found.words);
    } else if report.varied.is_some() && report.boundaries.is_empty() {
        say(words::NO_BOUNDARY);
    }
    for row in &report.boundaries {
        let boundary = &row.boundary;
        if report.found.is_none() {
            say(&boundary.words);
        }
        if let Some(difference) = &row.difference {
            let at = |value: &dyn ToString| [words::AT, &value.to_string()].concat();
            say(&difference.words(&at(&boundary.last), &at(&boundary.first)));
        }
    }
    lines.into_iter().collect()
}

/// Only what was measured.
fn noise(report: &Distribution) -> Option<Html> {
    let noise = report.about.noise;
    if noise.sleep_overshoot.samples == 0 {
        return None;
    }
    let [sleep, wake_up] = noise.sentences();
    let line = [
        words::NOISE,
        ": ",
        &sleep,
        "; ",
        &wake_up,
        ". ",
        words::NOISE_MEANS,
    ]
    .concat();
    Some(el!("p" { "class": "hint", "data-test": "sweep-noise" } line))
}

/// What a file is written with.
type Write = fn(&Distribution, &Tally) -> String;

fn files(report: &Kept<Distribution>, tally: &Kept<Tally>) -> Html {
    let json: Write = |report, _| serde_json::to_string_pretty(report).unwrap_or_default();
    let file = |words: &'static str, kind: &'static str, write: Write| {
        let (report, tally) = (report.clone(), tally.clone());
        let offered = Callback::from(move |_: MouseEvent| {
            let name = [&report.about.scenario, ".", &words.to_lowercase()].concat();
            let text = write(&report, &tally);
            hand_out::save(&name, kind, text.as_bytes(), &Callback::noop());
        });
        let test = ["sweep-", &words.to_lowercase()].concat();
        el!("button" { "type": "button", "class": "ghost", "data-test": test } [onclick(offered)] words)
    };
    el!("p" { "class": "files" }
        el!("span" {} words::DOWNLOAD),
        file("SVG", "image/svg+xml", chart::draw),
        file("CSV", "text/csv", |_, tally| csv::write(tally)),
        file("JSON", "application/json", json),
    )
}
