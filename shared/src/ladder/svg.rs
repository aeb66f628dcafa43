//! A ladder as one SVG file: no script, light and dark by itself, every text selectable, every thing named.
//!
//! Draws what was placed and adds nothing but the words it is given.

use std::fmt::Write as _;

use crate::event::EventId;
use crate::tcp::state::TcpState;
use crate::units::Nanos;

use super::items::{
    Align, CallBlock, GapMark, Lane, Leader, Pill, QueueBar, SegmentArrow, StateBand, TextBox,
    Tick, Tone,
};
use super::words::{columns, plain};
use super::{Item, Ladder};

/// What is written above the drawing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caption<'a> {
    /// The scenario's title; names the document.
    pub title: &'a str,
    /// One sentence that answers what happened; empty leaves the heading out.
    pub verdict: &'a str,
    /// Why, in two or three sentences; may be empty.
    pub explanation: &'a str,
}

mod arrow;

/// The styles that every file carries.
pub const STYLE: &str = include_str!("svg.css");
/// Around the heading.
const MARGIN: f32 = 24.0;
/// Limits of what is drawn of a caption, in characters.
const LONG: usize = 2_000;

/// Draws the file.
pub fn draw(ladder: &Ladder, caption: &Caption<'_>) -> String {
    let (heading, below) = heading(caption, ladder.width);
    let width = ladder.width.ceil();
    let height = (below + ladder.bottom + 18.0).ceil();
    let label = if caption.verdict.is_empty() {
        caption.title
    } else {
        caption.verdict
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"graphics-document\" aria-roledescription=\"TCP ladder\" \
         aria-label=\"{}\">\n<title>{}</title>\n<desc>{} {}</desc>\n<style>\n{STYLE}</style>\n",
        xml(label, LONG),
        xml(caption.title, LONG),
        xml(caption.verdict, LONG),
        xml(caption.explanation, LONG),
    );
    let _ = writeln!(
        out,
        "<rect class=\"card\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"10\"/>",
        width - 1.0,
        height - 1.0
    );
    out += &heading;
    let _ = writeln!(out, "<g transform=\"translate(0 {})\">", n(below));
    for tick in &ladder.ticks {
        draw_tick(&mut out, tick, ladder.width);
    }
    for lane in &ladder.lanes {
        draw_lane(&mut out, lane, ladder);
    }
    wires(&mut out, &ladder.lanes);
    for gap in &ladder.gaps {
        draw_gap(&mut out, gap, &ladder.lanes);
    }
    for band in &ladder.bands {
        draw_band(&mut out, band);
    }
    for queue in &ladder.queues {
        draw_queue(&mut out, queue);
    }
    // In order of time, which is the order in which a screen reader tells them.
    for placed in &ladder.order {
        match placed.item {
            Item::Call(at) => with(ladder.calls.get(at), |call| draw_call(&mut out, call)),
            Item::Pill(at) => with(ladder.pills.get(at), |pill| draw_pill(&mut out, pill)),
            Item::Segment(at) => with(ladder.segments.get(at), |s| draw_segment(&mut out, s)),
        }
    }
    out += "</g>\n</svg>\n";
    out
}

fn with<T>(thing: Option<&T>, draw: impl FnOnce(&T)) {
    if let Some(thing) = thing {
        draw(thing);
    }
}

/// The verdict and its reason as lines; returns how far down they reach.
fn heading(caption: &Caption<'_>, width: f32) -> (String, f32) {
    let mut out = String::new();
    let mut y = 14.0;
    let room = width - 2.0 * MARGIN;
    for (class, text, size, step, before) in [
        ("verdict", caption.verdict, 10.2, 25.0, 0.0),
        ("why", caption.explanation, 7.2, 19.0, 6.0),
    ] {
        y += if text.is_empty() { 0.0 } else { before };
        for line in wrap(&plain(text, LONG), room / size) {
            y += step;
            let _ = writeln!(
                out,
                "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
                n(MARGIN),
                n(y),
                xml(&line, LONG)
            );
        }
    }
    let gap = if out.is_empty() { 0.0 } else { 14.0 };
    (out, y + gap - 8.0)
}

fn draw_tick(out: &mut String, tick: &Tick, width: f32) {
    let _ = writeln!(
        out,
        "<path class=\"tick\" d=\"M{} {}H{}\"/>{}",
        n(tick.label.x + 8.0),
        n(tick.y),
        n(width - 14.0),
        text("time", &tick.label, &xml(&tick.text, LONG))
    );
}

fn draw_lane(out: &mut String, lane: &Lane, ladder: &Ladder) {
    let x = n(lane.heading_x);
    let _ = write!(
        out,
        "<text class=\"lane\" x=\"{x}\" y=\"22\" text-anchor=\"middle\">{}</text>",
        xml(&lane.name, LONG)
    );
    let hidden = match lane.hidden_sockets {
        0 => String::new(),
        hidden => format!(", {hidden} sockets not drawn"),
    };
    let _ = write!(
        out,
        "<text class=\"sub\" x=\"{x}\" y=\"38\" text-anchor=\"middle\">{}{hidden}</text>",
        xml(&lane.address, LONG)
    );
    for edge in [lane.left_edge, lane.right_edge].into_iter().flatten() {
        let mut path = format!("M{} {}", n(edge), n(ladder.top));
        for gap in &ladder.gaps {
            let _ = write!(path, "V{}M{} {}", n(gap.y - 9.0), n(edge), n(gap.y + 9.0));
        }
        let _ = write!(
            out,
            "<path class=\"edge\" d=\"{path}V{}\"/>",
            n(ladder.bottom)
        );
    }
    out.push('\n');
}

fn wires(out: &mut String, lanes: &[Lane]) {
    for (left, right) in lanes.iter().zip(lanes.iter().skip(1)) {
        if let (Some(from), Some(to)) = (left.right_edge, right.left_edge) {
            let _ = writeln!(
                out,
                "<text class=\"lane\" x=\"{}\" y=\"22\" text-anchor=\"middle\">wire</text>",
                n(f32::midpoint(from, to))
            );
        }
    }
}

fn draw_gap(out: &mut String, gap: &GapMark, lanes: &[Lane]) {
    let _ = writeln!(
        out,
        "<path class=\"gap\" d=\"M13 {}l6 4.5-6 4.5m7-9l6 4.5-6 4.5\"/>{}",
        n(gap.y - 4.5),
        text("time", &gap.label, &xml(&gap.text, LONG))
    );
    let edges = lanes
        .iter()
        .flat_map(|lane| [lane.left_edge, lane.right_edge]);
    for edge in edges.flatten() {
        let _ = writeln!(
            out,
            "<path class=\"edge omitted\" d=\"M{} {}v18\"/>",
            n(edge),
            n(gap.y - 9.0)
        );
    }
}

fn draw_band(out: &mut String, band: &StateBand) {
    let class = class(band.state);
    let _ = write!(
        out,
        "<g class=\"{class}\" role=\"graphics-symbol\"><title>{}</title>",
        xml(&band.sentence, LONG)
    );
    column(out, "", band.x, band.width, band.seen, 3.0);
    column(
        out,
        "fade",
        band.x,
        band.width,
        (band.seen.1, band.fades_to),
        3.0,
    );
    if let Some((x, y)) = band.name_at {
        let _ = write!(
            out,
            "<text class=\"state\" transform=\"translate({} {})rotate(-90)\" text-anchor=\"middle\">{}</text>",
            n(x + 3.0),
            n(y),
            band.state
        );
    }
    *out += "</g>\n";
}

/// A state's colour: waiting for connections, opening or open, closing, closed.
const fn class(state: TcpState) -> &'static str {
    match state {
        TcpState::Listen => "listen",
        TcpState::SynSent | TcpState::SynReceived | TcpState::Established => "est",
        TcpState::FinWait1
        | TcpState::FinWait2
        | TcpState::CloseWait
        | TcpState::Closing
        | TcpState::LastAck
        | TcpState::TimeWait => "half",
        TcpState::Closed => "closed",
    }
}

fn draw_queue(out: &mut String, queue: &QueueBar) {
    let _ = write!(
        out,
        "<g role=\"graphics-symbol\"><title>{}</title>",
        xml(&queue.sentence, LONG)
    );
    let class = queue.kind.name();
    column(out, class, queue.x, queue.width, queue.seen, 2.0);
    let fading = format!("{class} fade");
    let fade = (queue.seen.1, queue.fades_to);
    column(out, &fading, queue.x, queue.width, fade, 2.0);
    match queue.leader {
        Some(_) => leader(out, queue.leader),
        None => tie(out, queue),
    }
    *out += &text("queued", &queue.label, &xml(&queue.text, LONG));
    *out += "</g>\n";
}

/// A line from a bar to its text.
fn tie(out: &mut String, queue: &QueueBar) {
    let label = &queue.label;
    let (from, to) = if label.x > queue.x {
        (queue.x + queue.width, label.x - 5.0)
    } else {
        (queue.x, label.x + 5.0)
    };
    let _ = write!(
        out,
        "<path class=\"{}\" d=\"M{} {}H{}\"/>",
        queue.kind.name(),
        n(from),
        n(label.top + label.height / 2.0),
        n(to)
    );
}

/// An upright rectangle; nothing when it has no height.
fn column(out: &mut String, class: &str, x: f32, width: f32, y: (f32, f32), radius: f32) {
    let height = y.1 - y.0;
    if height < 0.5 {
        return;
    }
    let class = match class {
        "" => String::new(),
        class => format!(" class=\"{class}\""),
    };
    let _ = write!(
        out,
        "<rect{class} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        n(x),
        n(y.0),
        n(width),
        n(height),
        n(radius.min(height / 2.0))
    );
}

/// What names an event's group to screen readers and to players: its number in the recording, and its nanosecond.
fn symbol(event: EventId, at: Nanos) -> String {
    format!(
        " role=\"graphics-symbol\" data-event=\"{event}\" data-at=\"{}\"",
        at.0
    )
}

fn draw_call(out: &mut String, call: &CallBlock) {
    let tone = match call.tone {
        Tone::Plain => "",
        Tone::Failed => " failed",
        Tone::Reset => " reset",
    };
    let _ = write!(
        out,
        "<g class=\"call{tone}\"{}><title>{}</title>",
        symbol(call.event, call.at),
        xml(&call.sentence, LONG)
    );
    if let Some((from, until)) = call.parked {
        // A little apart from the block.
        let (from, until) = match call.block {
            None => (from, until),
            Some((_, end)) if end <= from => (from + 2.0, until),
            Some(_) => (from, until - 2.0),
        };
        column(
            out,
            "parked",
            call.x + 0.5,
            call.width - 1.0,
            (from, until),
            4.0,
        );
    }
    if let Some(block) = call.block {
        column(out, "block", call.x, call.width, block, 4.0);
    }
    leader(out, call.leader);
    let words = format!(
        "{} <tspan class=\"result\">{}</tspan>",
        xml(&call.name, LONG),
        xml(&call.result, LONG)
    );
    *out += &text("name", &call.label, &words);
    *out += "</g>\n";
}

fn draw_pill(out: &mut String, pill: &Pill) {
    let tone = match pill.tone {
        Tone::Plain | Tone::Failed => "",
        Tone::Reset => " reset",
    };
    let shape = &pill.shape;
    let _ = write!(
        out,
        "<g class=\"pill {}{tone}\"{}><title>{}</title>",
        pill.kind.name(),
        symbol(pill.event, pill.at),
        xml(&pill.sentence, LONG)
    );
    leader(out, pill.leader);
    let edges = (shape.top, shape.bottom());
    column(out, "", shape.left(), shape.width, edges, 9.0);
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
        n(shape.left() + shape.width / 2.0),
        n(shape.baseline() - 1.5),
        xml(&pill.text, LONG)
    );
}

fn draw_segment(out: &mut String, segment: &SegmentArrow) {
    let _ = write!(
        out,
        "<g class=\"seg {}\"{}><title>{}</title>",
        segment.kind.name(),
        symbol(segment.event, segment.at),
        xml(&segment.sentence, LONG)
    );
    leader(out, segment.leader);
    arrow::draw(out, segment);
    let words = format!(
        "<tspan class=\"flags\">{}</tspan> <tspan class=\"detail\">{}</tspan>",
        xml(&segment.flags, LONG),
        xml(&segment.detail, LONG)
    );
    *out += &text("", &segment.label, &words);
    *out += "</g>\n";
}

fn leader(out: &mut String, leader: Option<Leader>) {
    if let Some(Leader { from, to }) = leader {
        let _ = write!(
            out,
            "<path class=\"leader\" d=\"M{} {}L{} {}\"/>",
            n(from.0),
            n(from.1),
            n(to.0),
            n(to.1)
        );
    }
}

/// A line of text; `content` is XML already.
fn text(class: &str, at: &TextBox, content: &str) -> String {
    let class = match class {
        "" => String::new(),
        class => format!(" class=\"{class}\""),
    };
    let anchor = match at.align {
        Align::Start => String::new(),
        Align::Middle | Align::End => format!(" text-anchor=\"{}\"", at.align.name()),
    };
    format!(
        "<text{class} x=\"{}\" y=\"{}\"{anchor}>{content}</text>",
        n(at.x),
        n(at.baseline())
    )
}

/// Breaks at spaces into lines of so many characters; a longer word stays whole.
fn wrap(text: &str, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let fits = |line: &String| {
            let length = columns(line) + 1 + columns(word);
            f32::from(u16::try_from(length).unwrap_or(u16::MAX)) <= room
        };
        match lines.last_mut() {
            Some(line) if fits(line) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text that is safe inside of an element and of an attribute.
pub fn xml(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text, limit).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            _ => out.push(c),
        }
    }
    out
}

/// A length with at most one decimal.
pub fn n(length: f32) -> String {
    let text = format!("{length:.1}");
    let short = text.strip_suffix(".0").unwrap_or(&text);
    if short == "-0" { "0" } else { short }.to_owned()
}
