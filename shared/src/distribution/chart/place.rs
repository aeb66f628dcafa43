//! Where the counts' bars stand: a row for each ending, a bar for each value. One geometry for file and page.
//!
//! Lengths are pixels at scale 1. Draws nothing.

use super::super::amount::Amount;
use super::super::{Bin, Tally, wilson};
use crate::ladder::svg::n;

/// An ending's name, its bars up, the room below.
const NAME: f32 = 18.0;
const TALL: f32 = 72.0;
const GAP: f32 = 18.0;
/// Room for the words of the scale, left of the bars.
const SCALE: f32 = 40.0;
/// An ending's row when nothing was varied: one bar along.
const ALONG: f32 = 44.0;
/// Room that one value's words need on the axis.
const TICK: f32 = 74.0;
/// Endings that get a row; what is rarer shares the last one.
const MOST_ROWS: usize = 8;

/// The room that is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub left: f32,
    pub right: f32,
    /// Where the first row begins.
    pub top: f32,
}

/// Everything in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The most frequent ending first.
    pub rows: Vec<Row>,
    /// The values that have room for their words; none when nothing was varied.
    pub ticks: Vec<Tick>,
    /// Where the rows end.
    pub bottom: f32,
}

/// One ending.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// As the counts name it; `None` for all the rare ones together.
    pub key: Option<String>,
    pub total: u64,
    /// `closed: 12 of 40 runs`.
    pub words: String,
    pub left: f32,
    pub right: f32,
    pub y: f32,
    pub scale: Vec<Tick>,
    pub bars: Vec<Bar>,
}

/// Words beside the scale or below the bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub x: f32,
    pub y: f32,
    pub words: String,
}

/// One ending at one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub bin: usize,
    pub hits: u64,
    /// Every number of it: `95us: closed 3 of 50, 6 % (2-16)`.
    pub words: String,
    /// The whole, and the share of it.
    pub track: Rect,
    pub fill: Rect,
    /// The interval; `None` without runs.
    pub whisker: Option<Whisker>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// A line with a short one across each end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whisker {
    from: (f32, f32),
    to: (f32, f32),
    /// Half of the short lines, as it lies across.
    across: (f32, f32),
}

impl Whisker {
    /// As the `d` of a path.
    pub fn path(&self) -> String {
        let (dx, dy) = self.across;
        let end = |(x, y): (f32, f32)| {
            let [x1, y1, x2, y2] = [x - dx, y - dy, x + dx, y + dy].map(n);
            format!("M{x1} {y1}L{x2} {y2}")
        };
        let line = |(x, y): (f32, f32)| format!("{} {}", n(x), n(y));
        let along = format!("M{}L{}", line(self.from), line(self.to));
        [end(self.from), along, end(self.to)].concat()
    }
}

impl Placed {
    /// Places the counts in a frame.
    pub fn new(tally: &Tally, frame: Frame) -> Self {
        let is_swept = tally.varied.is_some();
        let height = if is_swept { NAME + TALL + GAP } else { ALONG };
        let runs = tally.runs();
        let left = if is_swept {
            frame.left + SCALE
        } else {
            frame.left
        };
        let mut rows = Vec::new();
        for (number, Ending { key, name, counts }) in endings(tally).into_iter().enumerate() {
            let total: u64 = counts.iter().sum();
            let y = frame.top + height * count(number);
            let mut row = Row {
                key,
                total,
                words: format!("{name}: {total} of {runs} runs"),
                left,
                right: frame.right,
                y,
                scale: Vec::new(),
                bars: Vec::new(),
            };
            if is_swept {
                let bottom = y + NAME + TALL;
                let scale = [(0.0, "0 %"), (1.0, "100 %")];
                row.scale = scale
                    .map(|(share, words)| tick(left, bottom - TALL * share, words))
                    .into();
                for (bin, (at, hits)) in tally.bins.iter().zip(counts).enumerate() {
                    row.bars
                        .push(upright(&row, &name, (bin, tally.bins.len()), at, hits));
                }
            } else {
                row.words = format!("{}, {}", row.words, wilson::share(total, runs).percent());
                row.bars.push(lying(&row, runs));
            }
            rows.push(row);
        }
        let bottom = frame.top + height * count(rows.len());
        Self {
            ticks: if is_swept {
                ticks(tally, left, frame.right, bottom)
            } else {
                Vec::new()
            },
            rows,
            bottom,
        }
    }
}

/// An ending with its count at each value.
struct Ending {
    key: Option<String>,
    name: String,
    counts: Vec<u64>,
}

fn endings(tally: &Tally) -> Vec<Ending> {
    let keys = tally.outcomes();
    let is_few = keys.len() <= MOST_ROWS;
    let named = if is_few { keys.len() } else { MOST_ROWS - 1 };
    let (first, rest) = keys.split_at_checked(named).unwrap_or((&keys, &[]));
    let counts = |keys: &[(&str, u64)]| {
        let bins = tally.bins.iter();
        bins.map(|bin| keys.iter().map(|(key, _)| bin.of(key)).sum())
            .collect()
    };
    let mut endings: Vec<Ending> = first
        .iter()
        .map(|one| Ending {
            key: Some(one.0.to_owned()),
            name: one.0.to_owned(),
            counts: counts(std::slice::from_ref(one)),
        })
        .collect();
    if !rest.is_empty() {
        endings.push(Ending {
            key: None,
            name: format!("{} rarer endings", rest.len()),
            counts: counts(rest),
        });
    }
    endings
}

/// An ending at one of several values: a bar up.
fn upright(row: &Row, name: &str, (bin, bins): (usize, usize), at: &Bin, hits: u64) -> Bar {
    let share = wilson::share(hits, at.runs);
    let (x, width) = column(row.left, row.right, bin, bins);
    let (top, bottom) = (row.y + NAME, row.y + NAME + TALL);
    let tall = TALL * part(share.share);
    let rect = |y, height| Rect {
        x,
        y,
        width,
        height,
    };
    let middle = x + width / 2.0;
    let whisker = Whisker {
        from: (middle, bottom - TALL * part(share.high)),
        to: (middle, bottom - TALL * part(share.low)),
        across: ((width / 4.0).min(4.0), 0.0),
    };
    Bar {
        bin,
        hits,
        words: format!(
            "{}: {name} {hits} of {}, {}",
            value_words(at.value),
            at.runs,
            share.percent()
        ),
        track: rect(top, TALL),
        fill: rect(bottom - tall, tall),
        whisker: (at.runs > 0).then_some(whisker),
    }
}

/// An ending without a varied value: one bar along.
fn lying(row: &Row, runs: u64) -> Bar {
    let share = wilson::share(row.total, runs);
    let room = row.right - row.left;
    let rect = |width| Rect {
        x: row.left,
        y: row.y + 18.0,
        width,
        height: 14.0,
    };
    let at = |share: f64| (row.left + room * part(share), row.y + 25.0);
    let whisker = Whisker {
        from: at(share.low),
        to: at(share.high),
        across: (0.0, 4.0),
    };
    Bar {
        bin: 0,
        hits: row.total,
        words: row.words.clone(),
        track: rect(room),
        fill: rect(room * part(share.share)),
        whisker: (runs > 0).then_some(whisker),
    }
}

fn ticks(tally: &Tally, left: f32, right: f32, y: f32) -> Vec<Tick> {
    let bins = tally.bins.len();
    // As many values as have room for their words.
    let room = (1..=bins)
        .rev()
        .find(|some| count(*some) * TICK <= right - left);
    let every = bins.div_ceil(room.unwrap_or(1)).max(1);
    let some = tally.bins.iter().enumerate().step_by(every);
    some.map(|(number, bin)| {
        let (x, width) = column(left, right, number, bins);
        tick(x + width / 2.0, y, &value_words(bin.value))
    })
    .collect()
}

fn tick(x: f32, y: f32, words: &str) -> Tick {
    Tick {
        x,
        y,
        words: words.to_owned(),
    }
}

/// Where the bar of a value begins and how wide it is.
fn column(left: f32, right: f32, number: usize, bins: usize) -> (f32, f32) {
    let step = (right - left) / count(bins.max(1));
    let gap = (step * 0.2).min(4.0);
    (left + step * count(number) + gap / 2.0, step - gap)
}

/// A value as it is shown; empty when nothing was varied.
pub fn value_words(value: Option<Amount>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred things")]
pub(super) fn count(number: usize) -> f32 {
    number as f32
}

#[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
fn part(share: f64) -> f32 {
    share as f32
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::tally;
    use super::*;

    const FRAME: Frame = Frame {
        left: 0.0,
        right: 340.0,
        top: 0.0,
    };

    #[test]
    fn bars_fill_their_tracks_by_their_shares() {
        let placed = Placed::new(&tally(&[(20, 0), (5, 15)]), FRAME);
        let [resets, closes] = placed.rows.as_slice() else {
            panic!("{placed:?}");
        };
        assert_eq!(resets.key.as_deref(), Some("reset:linger-zero-close"));
        assert_eq!(resets.bars[0].fill, resets.bars[0].track);
        assert!((resets.bars[1].fill.height - 18.0).abs() < 0.01);
        assert_eq!(closes.bars[0].hits, 0);
        assert_eq!(closes.bars[1].words, "1ms: closed 15 of 20, 75 % (53-89)");
        assert!(placed.bottom > closes.bars[1].track.y);
    }

    #[test]
    fn nothing_leaves_the_frame_however_many_values() {
        for bins in [1, 2, 3, 20, 200] {
            let placed = Placed::new(&tally(&vec![(1, 1); bins]), FRAME);
            assert!(!placed.ticks.is_empty());
            for bar in placed.rows.iter().flat_map(|row| &row.bars) {
                assert!(bar.track.x >= FRAME.left && bar.track.width > 0.0);
                assert!(bar.track.x + bar.track.width <= FRAME.right + 0.01);
            }
        }
    }

    #[test]
    fn rare_endings_share_a_row() {
        let mut many = tally(&[(0, 1)]);
        for number in 0..20_u64 {
            many.bins[0].outcomes.insert(format!("reset:{number}"), 1);
        }
        let placed = Placed::new(&many, FRAME);
        assert_eq!(placed.rows.len(), MOST_ROWS);
        let last = placed.rows.last().unwrap();
        assert_eq!((last.key.as_deref(), last.total), (None, 14));
    }

    #[test]
    fn a_whisker_is_a_line_with_its_ends() {
        let whisker = Whisker {
            from: (1.0, 2.0),
            to: (1.0, 8.0),
            across: (3.0, 0.0),
        };
        assert_eq!(whisker.path(), "M-2 2L4 2M1 2L1 8M-2 8L4 8");
    }
}
