//! A ladder for a terminal: one line per thing, in order of time.
//!
//! Plain Unicode without escapes unless colours are asked for; a narrow terminal gets a list.

use super::items::{CallBlock, SegmentArrow, SegmentKind, Tone};
use super::words::{columns, plain};
use super::{Item, Ladder};
use crate::event::EventId;
use crate::tcp::state::TcpState;
use crate::units::Nanos;

/// How to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Columns of the terminal.
    pub width: usize,
    pub colour: Colour,
}

/// Whether kinds of segments also differ by colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    #[default]
    None,
    /// ANSI escapes (ECMA-48 §8.3.117).
    Ansi,
}

impl Default for Paper {
    fn default() -> Self {
        Self {
            width: 100,
            colour: Colour::None,
        }
    }
}

/// Below this many columns, and for other than two endpoints, a list is written.
const NARROW: usize = 72;
/// The least and the most columns between the kernels' edges.
const WIRE: (usize, usize) = (22, 38);
/// What the wire keeps when the programs' texts need room.
const TIGHT: usize = 28;

/// Writes the ladder, each line ended by a line feed and none wider than the paper.
pub fn write(ladder: &Ladder, paper: Paper) -> String {
    let rows = rows(ladder);
    let lines = match ladder.lanes.as_slice() {
        [client, server] if paper.width >= NARROW => {
            let table = Table::fit(&rows, paper);
            let names = (client.name.as_str(), server.name.as_str());
            let addresses = (client.address.as_str(), server.address.as_str());
            let mut lines = vec![table.heading("ms", names, "wire")];
            lines.push(table.heading("", addresses, ""));
            let mut before = String::new();
            for row in &rows {
                let time = time(row);
                let shown = if time == before { "" } else { time.as_str() };
                lines.push(table.line(shown, row));
                before = time;
            }
            lines
        }
        _ => {
            let width = time_width(&rows);
            let line = |row| list_line(row, width, ladder, paper);
            rows.iter().map(line).collect()
        }
    };
    let mut out = String::new();
    for line in lines {
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// One line's content.
struct Row<'a> {
    y: f32,
    at: Nanos,
    /// Which part of a parked call it tells of.
    part: Option<(EventId, Part)>,
    what: What<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Waits,
    Ends,
}

enum What<'a> {
    Segment(&'a SegmentArrow),
    /// A text beside a program: lane, text, result, tone.
    Beside(usize, String, String, Tone),
    /// A text on the wire.
    Remark(&'a str),
    Gap(String),
}

fn rows(ladder: &Ladder) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let row = |y, at, what| Row {
        y,
        at,
        part: None,
        what,
    };
    for placed in &ladder.order {
        match placed.item {
            Item::Segment(at) => {
                if let Some(segment) = ladder.segments.get(at) {
                    rows.push(row(segment.from.1, segment.at, What::Segment(segment)));
                }
            }
            Item::Call(at) => {
                if let Some(call) = ladder.calls.get(at) {
                    call_rows(call, &mut |row| rows.push(row));
                }
            }
            Item::Pill(at) => {
                if let Some(pill) = ladder.pills.get(at) {
                    let what = match pill.lane {
                        Some(lane) => {
                            let text = format!("· {}", pill.text);
                            What::Beside(lane, text, String::new(), pill.tone)
                        }
                        None => What::Remark(&pill.text),
                    };
                    rows.push(row(pill.y, pill.at, what));
                }
            }
        }
    }
    for queue in &ladder.queues {
        let text = format!("· {}", queue.text);
        let what = What::Beside(queue.lane, text, String::new(), Tone::Plain);
        rows.push(row(queue.seen.0, queue.at, what));
    }
    for band in ladder.bands.iter().filter(|band| is_telling(band.state)) {
        let text = format!("· {}", band.state);
        let what = What::Beside(band.lane, text, String::new(), Tone::Plain);
        rows.push(row(band.seen.0, band.at, what));
    }
    for gap in &ladder.gaps {
        rows.push(row(gap.y, gap.until, What::Gap(gap.text.clone())));
    }
    rows.sort_by(|a, b| a.at.cmp(&b.at).then(a.y.total_cmp(&b.y)));
    without_short_waits(rows)
}

/// A wait during which nothing else happened needs no line of its own.
fn without_short_waits(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let mut kept: Vec<Row<'_>> = Vec::with_capacity(rows.len());
    for row in rows {
        let waited = kept.pop_if(|last| {
            let of = last.part.filter(|(_, part)| *part == Part::Waits);
            of.is_some_and(|(event, _)| row.part == Some((event, Part::Ends)))
        });
        let at = waited.map_or(row.at, |waited| waited.at);
        kept.push(Row { at, ..row });
    }
    kept
}

/// A call in one line; a parked one in two, when it began to wait and when it went on.
fn call_rows<'a>(call: &CallBlock, add: &mut impl FnMut(Row<'a>)) {
    let edges = [call.parked, call.block].into_iter().flatten();
    let start = edges.map(|y| y.0).fold(call.label.top + 2.0, f32::min);
    let row = |y, at, result, tone, part: Option<Part>| Row {
        y,
        at,
        part: part.map(|part| (call.event, part)),
        what: What::Beside(call.lane, call.name.clone(), result, tone),
    };
    let result = call.result.clone();
    match (call.parked, call.resumed_at) {
        (Some((_, until)), Some(resumed_at)) => {
            let waiting = "⋮ waiting".to_owned();
            add(row(start, call.at, waiting, Tone::Plain, Some(Part::Waits)));
            add(row(until, resumed_at, result, call.tone, Some(Part::Ends)));
        }
        (Some(_), None) => {
            let result = format!("⋮ {result}");
            add(row(start, call.at, result, call.tone, None));
        }
        (None, _) => add(row(start, call.at, result, call.tone, None)),
    }
}

/// States that say more than that a connection is open.
const fn is_telling(state: TcpState) -> bool {
    match state {
        TcpState::Listen | TcpState::SynSent | TcpState::SynReceived | TcpState::Established => {
            false
        }
        TcpState::FinWait1
        | TcpState::FinWait2
        | TcpState::CloseWait
        | TcpState::Closing
        | TcpState::LastAck
        | TcpState::TimeWait
        | TcpState::Closed => true,
    }
}

/// Widths of the columns.
struct Table {
    /// The widest time and the space after it.
    time: usize,
    left: usize,
    wire: usize,
    right: usize,
    colour: Colour,
}

impl Table {
    fn fit(rows: &[Row<'_>], paper: Paper) -> Self {
        let mut widest = [16, 16];
        let mut longest = 0;
        for row in rows {
            match &row.what {
                What::Beside(lane, text, result, _) => {
                    if let Some(widest) = widest.get_mut(*lane) {
                        *widest = (columns(text) + 1 + columns(result)).max(*widest);
                    }
                }
                What::Segment(segment) => longest = longest.max(label(segment).1),
                What::Remark(text) => longest = longest.max(columns(text)),
                What::Gap(_) => {}
            }
        }
        let [mut left, mut right] = widest;
        // Time, a space and an edge at both sides of the wire.
        let time = time_width(rows);
        let rest = paper.width.saturating_sub(time + 4);
        let wire = (longest + 10).clamp(WIRE.0, WIRE.1);
        let spare = rest.saturating_sub(left + right);
        let wire = spare.clamp((longest + 4).clamp(WIRE.0, TIGHT).min(wire), wire);
        while left + right + wire > rest {
            if left >= right {
                left -= 1;
            } else {
                right -= 1;
            }
        }
        Self {
            time,
            left,
            wire,
            right,
            colour: paper.colour,
        }
    }

    fn heading(&self, unit: &str, (left, right): (&str, &str), wire: &str) -> String {
        let unit = pad_left(unit, self.time - 1);
        let left = pad_left(&plain(left, self.left), self.left);
        let wire = centred(wire, self.wire, ' ');
        let right = plain(right, self.right);
        format!("{unit} {left}  {wire}  {right}")
    }

    fn line(&self, time: &str, row: &Row<'_>) -> String {
        let time = format!("{} ", pad_left(time, self.time - 1));
        let left_none = " ".repeat(self.left);
        let wire_none = " ".repeat(self.wire);
        match &row.what {
            What::Segment(segment) => {
                let arrow = self.arrow(segment);
                format!("{time}{left_none} │{arrow}│")
            }
            What::Beside(0, text, result, tone) => {
                let text = self.call(text, result, *tone, self.left);
                let gap = " ".repeat(self.left.saturating_sub(text.1));
                format!("{time}{gap}{} │{wire_none}│", text.0)
            }
            What::Beside(_, text, result, tone) => {
                let text = self.call(text, result, *tone, self.right).0;
                format!("{time}{left_none} │{wire_none}│ {text}")
            }
            What::Remark(text) => {
                let text = plain(text, self.wire);
                format!("{time}{left_none} │{}│", centred(&text, self.wire, ' '))
            }
            What::Gap(text) => {
                let room = self.time + self.left;
                let text = plain(&format!("⋮ {text}"), room);
                let gap = " ".repeat(room.saturating_sub(columns(&text)));
                format!("{text}{gap} ┊{wire_none}┊")
            }
        }
    }

    /// A call with its result, cut to the width; its columns.
    fn call(&self, text: &str, result: &str, tone: Tone, width: usize) -> (String, usize) {
        if result.is_empty() {
            let text = plain(text, width);
            let wide = columns(&text);
            return (self.paint(text, colour_of(tone)), wide);
        }
        let result = plain(result, width);
        let name = plain(text, width.saturating_sub(columns(&result) + 1));
        let wide = columns(&name) + 1 + columns(&result);
        let result = self.paint(result, colour_of(tone));
        (format!("{name} {result}"), wide)
    }

    /// The line between the edges, its head at the receiver.
    fn arrow(&self, segment: &SegmentArrow) -> String {
        let look = look(segment.kind);
        let label = plain(&label(segment).0, self.wire.saturating_sub(4));
        let head = columns(look.right);
        let line = centred(&format!(" {label} "), self.wire - head, look.line);
        let arrow = if segment.from_lane < segment.to_lane {
            format!("{line}{}", look.right)
        } else {
            format!("{}{line}", look.left)
        };
        self.paint(arrow, look.colour)
    }

    fn paint(&self, text: String, colour: &str) -> String {
        paint(text, colour, self.colour)
    }
}

fn paint(text: String, colour: &str, ink: Colour) -> String {
    match ink {
        Colour::Ansi if !colour.is_empty() => format!("\u{1b}[{colour}m{text}\u{1b}[0m"),
        Colour::Ansi | Colour::None => text,
    }
}

/// How a kind of segment is written.
struct Look {
    line: char,
    left: &'static str,
    right: &'static str,
    /// Parameters of SGR.
    colour: &'static str,
}

const fn look(kind: SegmentKind) -> Look {
    let (line, left, right, colour) = match kind {
        SegmentKind::Syn => ('─', "◀", "▶", "32"),
        SegmentKind::Data => ('━', "◀", "▶", "34"),
        SegmentKind::Ack => ('╌', "◀", "▶", "2"),
        SegmentKind::Fin => ('═', "┃◀", "▶┃", "35"),
        SegmentKind::Rst => ('━', "✕", "✕", "1;31"),
    };
    Look {
        line,
        left,
        right,
        colour,
    }
}

const fn colour_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Failed => "1",
        Tone::Reset => "1;31",
    }
}

/// `RST,ACK 1:1 ack 17` and its columns.
fn label(segment: &SegmentArrow) -> (String, usize) {
    let text = format!("{} {}", segment.flags, segment.detail);
    let wide = columns(&text);
    (text, wide)
}

/// `1.703  server ▶ client  RST,ACK 1:1 ack 17`, cut to the width.
fn list_line(row: &Row<'_>, time_width: usize, ladder: &Ladder, paper: Paper) -> String {
    let name = |lane: usize| ladder.lanes.get(lane).map_or("", |lane| lane.name.as_str());
    let (text, colour) = match &row.what {
        What::Segment(segment) => {
            let head = match segment.kind {
                SegmentKind::Rst => "✕",
                SegmentKind::Syn | SegmentKind::Data | SegmentKind::Ack | SegmentKind::Fin => "▶",
            };
            let (from, to) = (name(segment.from_lane), name(segment.to_lane));
            let text = format!("{from} {head} {to}  {}", label(segment).0);
            (text, look(segment.kind).colour)
        }
        What::Beside(lane, text, result, tone) => {
            let text = format!("{}  {text} {result}", name(*lane));
            (text, colour_of(*tone))
        }
        What::Remark(text) => ((*text).to_owned(), ""),
        What::Gap(text) => (format!("⋮ {text}"), ""),
    };
    let time = pad_left(&time(row), time_width - 1);
    let text = plain(
        text.trim_end(),
        paper.width.saturating_sub(time_width).max(8),
    );
    format!("{time} {}", paint(text, colour, paper.colour))
}

/// Columns of the widest time and a space, at least those of a small one.
fn time_width(rows: &[Row<'_>]) -> usize {
    let widest = rows.iter().map(|row| columns(&time(row))).max();
    widest.unwrap_or(0).max(6) + 1
}

/// Milliseconds below 100 s, then seconds; nothing where time was shortened.
fn time(row: &Row<'_>) -> String {
    let millis = row.at.as_millis_f64();
    match row.what {
        What::Gap(_) => String::new(),
        What::Beside(..) | What::Remark(_) | What::Segment(_) if millis < 100_000.0 => {
            format!("{millis:.3}")
        }
        What::Beside(..) | What::Remark(_) | What::Segment(_) => {
            format!("{:.2} s", millis / 1e3)
        }
    }
}

fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}

fn centred(text: &str, width: usize, fill: char) -> String {
    let room = width.saturating_sub(columns(text));
    let fill = |count: usize| fill.to_string().repeat(count);
    format!("{}{text}{}", fill(room / 2), fill(room - room / 2))
}
