//! The counts as one SVG file: a row for each ending, named in words, so that nothing is told by colour alone.
//!
//! No script, light and dark by itself, every number in a `<title>`. Whiskers are the intervals.

pub mod place;

use std::fmt::Write as _;

use super::report::Distribution;
use super::{Tally, runs_in_words};
use crate::ladder::svg::{n, xml};
use crate::units::Nanos;
use place::{Bar, Frame, Placed, Row, count, value_words};

const STYLE: &str = include_str!("chart.css");
const WIDTH: f32 = 760.0;
const MARGIN: f32 = 24.0;
/// Where the first ending's row begins.
const TOP: f32 = 62.0;
/// Longest text drawn, in characters.
const LONG: usize = 240;

/// Draws the file.
pub fn draw(object: &Distribution, tally: &Tally) -> String {
    let frame = Frame {
        left: MARGIN,
        right: WIDTH - MARGIN,
        top: TOP,
    };
    let placed = Placed::new(tally, frame);
    let words: Vec<String> = object
        .boundaries
        .iter()
        .map(|row| row.boundary.words.clone())
        .chain(object.found.iter().map(|found| found.words.clone()))
        .flat_map(|words| wrapped(&words, 112))
        .take(12)
        .collect();
    let below = placed.bottom;
    let axis = if placed.ticks.is_empty() { 6.0 } else { 34.0 };
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
    for (number, row) in placed.rows.iter().enumerate() {
        let class = ["a", "b", "c", "d", "e"].get(number).unwrap_or(&"e");
        draw_row(&mut out, row, class);
    }
    if !placed.ticks.is_empty() {
        value_axis(&mut out, object, &placed);
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
    format!("{title}: how {} ended", runs_in_words(object.runs))
}

fn subtitle(object: &Distribution) -> String {
    let ends = (object.bins.first(), object.bins.last());
    let varied = match (&object.varied, ends) {
        (Some(varied), (Some(first), Some(last))) => {
            format!(
                "{varied} from {} to {}, ",
                value_words(first.value),
                value_words(last.value)
            )
        }
        _ => String::new(),
    };
    format!(
        "{}, {varied}seed {}",
        object.about.scenario, object.about.seed
    )
}

/// An ending's name, its scale and its bars.
fn draw_row(out: &mut String, row: &Row, class: &str) {
    let words = xml(&row.words, LONG);
    let _ = writeln!(out, "<g role=\"group\" aria-label=\"{words}\">");
    line(out, "key", row.left, row.y + 12.0, &row.words);
    for scale in &row.scale {
        let _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{} {1}H{2}\"/><text class=\"axis\" x=\"{3}\" y=\"{4}\" text-anchor=\"end\">{5}</text>",
            n(row.left),
            n(scale.y),
            n(row.right),
            n(row.left - 6.0),
            n(scale.y + 4.0),
            scale.words,
        );
    }
    for bar in &row.bars {
        draw_bar(out, bar, class);
    }
    out.push_str("</g>\n");
}

fn draw_bar(out: &mut String, bar: &Bar, class: &str) {
    let _ = write!(
        out,
        "<g role=\"graphics-symbol\"><title>{}</title>",
        xml(&bar.words, LONG)
    );
    for (class, rect) in [("track", bar.track), (class, bar.fill)] {
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            n(rect.x),
            n(rect.y),
            n(rect.width),
            n(rect.height),
        );
    }
    if let Some(whisker) = &bar.whisker {
        let _ = write!(out, "<path class=\"whisker\" d=\"{}\"/>", whisker.path());
    }
    out.push_str("</g>\n");
}

fn value_axis(out: &mut String, object: &Distribution, placed: &Placed) {
    for tick in &placed.ticks {
        let _ = writeln!(
            out,
            "<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            n(tick.x),
            n(placed.bottom),
            xml(&tick.words, LONG),
        );
    }
    let varied = object.varied.as_deref().unwrap_or_default();
    let left = placed.rows.first().map_or(MARGIN, |row| row.left);
    line(out, "axis", left, placed.bottom + 16.0, varied);
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

#[cfg(test)]
mod tests {
    use super::super::odd::Odd;
    use super::super::report::About;
    use super::super::tests::tally;
    use super::*;

    fn drawn(tally: &Tally) -> String {
        let about = About {
            scenario: "a<b".to_owned(),
            ..About::default()
        };
        draw(&Distribution::new(tally, about, &Odd::default()), tally)
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
