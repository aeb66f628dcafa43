//! The counts as one SVG file: a row for each ending, named in words, so that nothing is told by colour alone.
//!
//! No script, light and dark by itself, every number in a `<title>`. Whiskers are the intervals.

use std::fmt::Write as _;

use super::report::{BinRow, Distribution};
use super::{Tally, wilson};
use crate::ladder::svg::{n, xml};
use crate::units::Nanos;

const STYLE: &str = include_str!("chart.css");
const WIDTH: f32 = 760.0;
const MARGIN: f32 = 24.0;
/// Where the bars begin and how far they reach.
const LEFT: f32 = 64.0;
const RIGHT: f32 = WIDTH - MARGIN;
/// One ending's row: its name, its bars, the room below.
const NAME: f32 = 18.0;
const TALL: f32 = 72.0;
const GAP: f32 = 18.0;
/// Endings that get a row; what is rarer shares the last one.
const MOST_ROWS: usize = 8;
/// Longest text drawn, in characters.
const LONG: usize = 240;

/// One ending's count at each value.
struct Row {
    name: String,
    counts: Vec<u64>,
    total: u64,
}

/// Draws the file.
pub fn draw(object: &Distribution, tally: &Tally) -> String {
    let rows = rows(object, tally);
    let is_swept = object.varied.is_some();
    let words: Vec<String> = object
        .boundaries
        .iter()
        .map(|row| row.boundary.words.clone())
        .chain(object.found.iter().map(|found| found.words.clone()))
        .flat_map(|words| wrapped(&words, 112))
        .take(12)
        .collect();
    let row_height = if is_swept { NAME + TALL + GAP } else { 44.0 };
    let top = 62.0;
    let below = top + row_height * count(rows.len());
    let axis = if is_swept { 34.0 } else { 6.0 };
    let height = below + axis + 17.0 * count(words.len()) + 55.0;
    let (title, what) = (heading(object), subtitle(object));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {0}\" width=\"{WIDTH}\" height=\"{0}\" \
         role=\"graphics-document\" aria-roledescription=\"chart\" aria-label=\"{1}\">\n<title>{1}</title>\n\
         <desc>{2}. {3}</desc>\n<style>\n{STYLE}</style>\n\
         <rect class=\"card\" x=\".5\" y=\".5\" width=\"{4}\" height=\"{5}\" rx=\"10\"/>\n",
        n(height),
        xml(&title, LONG),
        xml(&what, LONG),
        xml(&words.join(" "), LONG),
        n(WIDTH - 1.0),
        n(height - 1.0),
    );
    line(&mut out, "title", MARGIN, 30.0, &title);
    line(&mut out, "sub", MARGIN, 48.0, &what);
    for (number, row) in rows.iter().enumerate() {
        let y = top + row_height * count(number);
        let class = ["a", "b", "c", "d", "e"].get(number).unwrap_or(&"e");
        if is_swept {
            swept_row(&mut out, object, row, class, y);
        } else {
            whole_row(&mut out, object.runs, row, class, y);
        }
    }
    if is_swept {
        value_axis(&mut out, object, below);
    }
    let mut y = below + axis + 10.0;
    for words in &words {
        line(&mut out, "words", MARGIN, y, words);
        y += 17.0;
    }
    let noise = object.about.noise;
    let [sleep, wake_up] = [noise.sleep_overshoot, noise.wake_up].map(|of| Nanos(of.median_ns));
    for words in [
        "Whiskers hold the true share 19 times of 20.".to_owned(),
        format!(
            "Of this machine: short sleeps overshoot by {sleep}, woken threads run after {wake_up} (medians)."
        ),
    ] {
        line(&mut out, "sub", MARGIN, y + 8.0, &words);
        y += 15.0;
    }
    out += "</svg>\n";
    out
}

fn heading(object: &Distribution) -> String {
    let about = &object.about;
    let title = if about.title.is_empty() {
        &about.scenario
    } else {
        &about.title
    };
    format!("{title}: how {} runs ended", object.runs)
}

fn subtitle(object: &Distribution) -> String {
    let ends = (object.bins.first(), object.bins.last());
    let varied = match (&object.varied, ends) {
        (Some(varied), (Some(first), Some(last))) => {
            format!("{varied} from {} to {}, ", shown(first), shown(last))
        }
        _ => String::new(),
    };
    format!(
        "{}, {varied}seed {}",
        object.about.scenario, object.about.seed
    )
}

fn rows(object: &Distribution, tally: &Tally) -> Vec<Row> {
    let keys = tally.outcomes();
    let is_few = keys.len() <= MOST_ROWS;
    let named = if is_few { keys.len() } else { MOST_ROWS - 1 };
    let of = |keys: &[(&str, u64)], name: String| Row {
        name,
        counts: object
            .bins
            .iter()
            .map(|bin| {
                let counts = keys.iter().map(|(key, _)| bin.outcomes.get(*key));
                counts.flatten().sum()
            })
            .collect(),
        total: keys.iter().map(|(_, count)| count).sum(),
    };
    let (first, rest) = keys.split_at_checked(named).unwrap_or((&keys, &[]));
    let mut rows: Vec<Row> = first
        .iter()
        .map(|key| of(std::slice::from_ref(key), key.0.to_owned()))
        .collect();
    if !rest.is_empty() {
        rows.push(of(rest, format!("{} rarer endings", rest.len())));
    }
    rows
}

/// An ending without a varied value: one bar along.
fn whole_row(out: &mut String, runs: u64, row: &Row, class: &str, y: f32) {
    let share = wilson::share(row.total, runs);
    let words = format!(
        "{}: {} of {runs} runs, {}",
        row.name,
        row.total,
        share.percent()
    );
    let room = RIGHT - MARGIN;
    let _ = writeln!(
        out,
        "<g role=\"graphics-symbol\" aria-label=\"{0}\"><title>{0}</title>",
        xml(&words, LONG)
    );
    line(out, "key", MARGIN, y + 12.0, &words);
    let _ = writeln!(
        out,
        "<rect class=\"track\" x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"14\"/>\
         <rect class=\"{class}\" x=\"{0}\" y=\"{1}\" width=\"{3}\" height=\"14\"/>",
        n(MARGIN),
        n(y + 18.0),
        n(room),
        n(room * part(share.share)),
    );
    let (low, high) = (
        MARGIN + room * part(share.low),
        MARGIN + room * part(share.high),
    );
    let (above, middle, under) = (y + 21.0, y + 25.0, y + 29.0);
    let _ = writeln!(
        out,
        "<path class=\"whisker\" d=\"M{0} {1}V{3}M{0} {2}H{4}M{4} {1}V{3}\"/></g>",
        n(low),
        n(above),
        n(middle),
        n(under),
        n(high),
    );
}

/// An ending over the varied value: one bar up for each value.
fn swept_row(out: &mut String, object: &Distribution, row: &Row, class: &str, y: f32) {
    let name = format!("{}: {} of {} runs", row.name, row.total, object.runs);
    let (top, bottom) = (y + NAME, y + NAME + TALL);
    let _ = writeln!(
        out,
        "<g role=\"group\" aria-label=\"{}\">",
        xml(&name, LONG)
    );
    line(out, "key", LEFT, y + 12.0, &name);
    for (share, words) in [(0.0, "0 %"), (1.0, "100 %")] {
        let at = bottom - TALL * share;
        let _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{} {1}H{2}\"/><text class=\"axis\" x=\"{3}\" y=\"{4}\" text-anchor=\"end\">{words}</text>",
            n(LEFT),
            n(at),
            n(RIGHT),
            n(LEFT - 6.0),
            n(at + 4.0),
        );
    }
    for (number, (bin, hits)) in object.bins.iter().zip(&row.counts).enumerate() {
        let share = wilson::share(*hits, bin.runs);
        let (x, width) = column(number, object.bins.len());
        let tall = TALL * part(share.share);
        let _ = writeln!(
            out,
            "<g role=\"graphics-symbol\"><title>{}</title><rect class=\"track\" x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\"/>\
             <rect class=\"{class}\" x=\"{1}\" y=\"{5}\" width=\"{3}\" height=\"{6}\"/>",
            xml(
                &format!(
                    "{}: {} {hits} of {}, {}",
                    shown(bin),
                    row.name,
                    bin.runs,
                    share.percent()
                ),
                LONG
            ),
            n(x),
            n(top),
            n(width),
            n(TALL),
            n(bottom - tall),
            n(tall),
        );
        if bin.runs > 0 {
            let middle = x + width / 2.0;
            let half = (width / 4.0).min(4.0);
            let (high, low) = (
                bottom - TALL * part(share.high),
                bottom - TALL * part(share.low),
            );
            let _ = writeln!(
                out,
                "<path class=\"whisker\" d=\"M{0} {2}H{1}M{3} {2}V{4}M{0} {4}H{1}\"/>",
                n(middle - half),
                n(middle + half),
                n(high),
                n(middle),
                n(low),
            );
        }
        out.push_str("</g>\n");
    }
    out.push_str("</g>\n");
}

fn value_axis(out: &mut String, object: &Distribution, y: f32) {
    let bins = object.bins.len();
    // As many values as have room for their words.
    let every = bins.div_ceil(9).max(1);
    for (number, bin) in object.bins.iter().enumerate().step_by(every) {
        let (x, width) = column(number, bins);
        let _ = writeln!(
            out,
            "<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            n(x + width / 2.0),
            n(y),
            xml(&shown(bin), LONG),
        );
    }
    let varied = object.varied.as_deref().unwrap_or_default();
    line(out, "axis", LEFT, y + 16.0, varied);
}

/// Where the bar of a value begins and how wide it is.
fn column(number: usize, bins: usize) -> (f32, f32) {
    let step = (RIGHT - LEFT) / count(bins.max(1));
    let gap = (step * 0.2).min(4.0);
    (LEFT + step * count(number) + gap / 2.0, step - gap)
}

fn shown(bin: &BinRow) -> String {
    bin.value
        .map_or_else(String::new, |value| value.to_string())
}

fn line(out: &mut String, class: &str, x: f32, y: f32, text: &str) {
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
        n(x),
        n(y),
        xml(text, LONG)
    );
}

/// Lines of at most so many characters, broken between words.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred things")]
fn count(number: usize) -> f32 {
    number as f32
}

#[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
fn part(share: f64) -> f32 {
    share as f32
}

#[cfg(test)]
mod tests {
    use super::super::report::About;
    use super::super::tests::tally;
    use super::*;

    fn drawn(tally: &Tally) -> String {
        let about = About {
            scenario: "a<b".to_owned(),
            ..About::default()
        };
        draw(&Distribution::new(tally, about, |_, _| None), tally)
    }

    #[test]
    fn every_number_is_told_in_words() {
        let svg = drawn(&tally(&[(20, 0), (5, 15), (0, 20)]));
        assert!(svg.contains("<title>1ms: reset:linger-zero-close 5 of 20, 25 % (11-47)</title>"));
        assert!(svg.contains("from 1ms on, closed instead of"), "{svg}");
        assert!(!svg.contains("a<b"));
        assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
        assert_eq!(svg.matches("class=\"whisker\"").count(), 6);
    }

    #[test]
    fn a_repeated_run_is_a_bar_for_each_ending() {
        let mut whole = tally(&[(30, 10)]);
        whole.varied = None;
        whole.bins[0].value = None;
        let svg = drawn(&whole);
        assert!(svg.contains("reset:linger-zero-close: 30 of 40 runs, 75 % (60-86)"));
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(!drawn(&Tally::new(None, &[None])).contains("NaN"));
        assert!(!drawn(&Tally::new(Some("x".to_owned()), &[])).contains("NaN"));
    }
}
