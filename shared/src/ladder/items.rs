//! What stands on a ladder: plain structs of places, words and event ids.
//!
//! Lengths are units that equal CSS pixels at scale 1; x grows to the right, y downwards, and every y is a
//! multiple of a half. Draws nothing and decides nothing.

use crate::event::EventId;
use crate::tcp::state::TcpState;
use crate::units::Nanos;

/// The place of a line of text. Boxes of one column never overlap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextBox {
    /// Where the text is anchored, according to `align`.
    pub x: f32,
    pub top: f32,
    /// An estimate for a monospace face 0.605 em wide.
    pub width: f32,
    pub height: f32,
    pub align: Align,
}

/// Which part of a text stands at its `x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Start,
    Middle,
    End,
}

impl Align {
    /// The value of SVG's `text-anchor`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

impl TextBox {
    /// The text's baseline, for faces of 10 to 12 units.
    pub fn baseline(&self) -> f32 {
        self.top + self.height - 4.0
    }

    /// The left edge.
    pub fn left(&self) -> f32 {
        match self.align {
            Align::Start => self.x,
            Align::Middle => self.x - self.width / 2.0,
            Align::End => self.x - self.width,
        }
    }

    /// The lower edge.
    pub fn bottom(&self) -> f32 {
        self.top + self.height
    }
}

/// A line from a thing to its text, where the text could not stand beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leader {
    pub from: (f32, f32),
    pub to: (f32, f32),
}

/// One endpoint: its program, and its kernel towards the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The endpoint's name without anything that could disturb a terminal or a page.
    pub name: String,
    /// Its addresses in a few words; empty when none was seen.
    pub address: String,
    /// The middle of the heading.
    pub heading_x: f32,
    /// The kernel's edge towards the lanes on the left; `None` in the first lane.
    pub left_edge: Option<f32>,
    /// The kernel's edge towards the lanes on the right; `None` in the last lane.
    pub right_edge: Option<f32>,
    /// Which way the program's texts run.
    pub align: Align,
    /// Sockets that were seen but have no band, because too many were open at once.
    pub hidden_sockets: u32,
}

/// A call: a block with its length on the axis, and an outline while it was parked.
///
/// The outline stands before the block, as the call's work was done when it could go on; only of `connect`
/// it stands after, as the SYN leaves at once. In the recording both are lengths without an order.
#[derive(Clone, Debug, PartialEq)]
pub struct CallBlock {
    /// The call's event; for a step that never returned, the event that says so.
    pub event: EventId,
    pub lane: usize,
    pub at: Nanos,
    /// When the outline ends; `None` when it never was, or until the end.
    pub resumed_at: Option<Nanos>,
    /// Left edge and width of block and outline.
    pub x: f32,
    pub width: f32,
    /// The outline's upper and lower edge; `None` when the call was never parked.
    pub parked: Option<(f32, f32)>,
    /// The block's upper and lower edge; `None` when the call never returned.
    pub block: Option<(f32, f32)>,
    /// `recv(1024)`.
    pub name: String,
    /// `= 16`, `ECONNRESET`, `waiting`.
    pub result: String,
    pub tone: Tone,
    pub label: TextBox,
    pub leader: Option<Leader>,
    /// One sentence for a screen reader.
    pub sentence: String,
}

/// How a thing stands to a reset; never said by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do with one.
    Plain,
    /// A call that failed for another reason.
    Failed,
    /// A call that met a RST or during which one left, or evidence of one.
    Reset,
}

/// A segment: an arrow from the sender's kernel to the receiver's.
///
/// The slope only shows the direction of time: one capture point sees one time per segment.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentArrow {
    pub event: EventId,
    /// Counts connections from 1 in order of their first segment.
    pub connection: u32,
    pub at: Nanos,
    pub kind: SegmentKind,
    pub from_lane: usize,
    pub to_lane: usize,
    pub from: (f32, f32),
    pub to: (f32, f32),
    /// All of it had been sent before.
    pub again: bool,
    /// It was sent again before anything acknowledged it: whether it arrived is not known, and it ends short.
    pub unanswered: bool,
    /// Its sender cannot take a byte more.
    pub window_full: bool,
    /// `RST,ACK`.
    pub flags: String,
    /// `1:1 ack 17`, `1:17 (16)`.
    pub detail: String,
    pub label: TextBox,
    pub leader: Option<Leader>,
    /// One sentence for a screen reader.
    pub sentence: String,
}

/// How much of its way an arrow goes that nobody answered.
pub(crate) const SHORT: f32 = 0.62;

/// What a segment is foremost. Kinds differ in stroke and head, so that none needs its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    Syn,
    /// Payload, or flags that no other kind has.
    Data,
    /// An acknowledgement without payload.
    Ack,
    Fin,
    Rst,
}

/// What an arrow ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    Arrow,
    /// An arrow against a bar: nothing follows.
    Bar,
    Cross,
    /// Two strokes across: how it went on is not known.
    Open,
}

impl SegmentKind {
    /// The class name in page and SVG.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syn => "syn",
            Self::Data => "data",
            Self::Ack => "ack",
            Self::Fin => "fin",
            Self::Rst => "rst",
        }
    }

    /// What its arrow ends in.
    pub const fn head(self) -> Head {
        match self {
            Self::Syn | Self::Data | Self::Ack => Head::Arrow,
            Self::Fin => Head::Bar,
            Self::Rst => Head::Cross,
        }
    }
}

/// A socket's state from the first sample that showed it to the last, then fading to the next sample.
#[derive(Clone, Debug, PartialEq)]
pub struct StateBand {
    /// The first sample that showed this state.
    pub event: EventId,
    pub at: Nanos,
    pub lane: usize,
    pub state: TcpState,
    pub x: f32,
    pub width: f32,
    /// First and last seen.
    pub seen: (f32, f32),
    /// Where the next sample showed something else; equal to `seen.1` when there is none.
    pub fades_to: f32,
    /// Where the name stands, turned by 90 degrees about its middle; `None` when the band is too short for it.
    pub name_at: Option<(f32, f32)>,
    pub sentence: String,
}

/// Bytes that wait in a socket's queue, from the first sample that showed this number to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueBar {
    /// The first sample that showed it, or the `close` that found it.
    pub event: EventId,
    pub at: Nanos,
    pub lane: usize,
    pub kind: QueueKind,
    /// Bytes, or connections for [`QueueKind::Backlog`].
    pub count: u32,
    pub x: f32,
    pub width: f32,
    pub seen: (f32, f32),
    pub fades_to: f32,
    /// `16 B unread`; stands among the program's texts.
    pub text: String,
    pub label: TextBox,
    pub leader: Option<Leader>,
    pub sentence: String,
}

/// What waits in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueKind {
    /// Received and not read by the program: the one warm bar.
    Unread,
    /// Handed to the kernel and not acknowledged by the other end.
    Unsent,
    /// Connections that wait to be accepted.
    Backlog,
}

impl QueueKind {
    /// The class name in page and SVG.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Unsent => "unsent",
            Self::Backlog => "backlog",
        }
    }
}

/// A counter that moved, a kernel's reason, or a remark, near what it follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Pill {
    pub event: EventId,
    pub at: Nanos,
    /// The lane beside which it stands; `None` for one on the wire.
    pub lane: Option<usize>,
    /// Its moment's height.
    pub y: f32,
    pub kind: PillKind,
    /// The call or segment it stands by.
    pub follows: Option<EventId>,
    pub text: String,
    pub tone: Tone,
    /// The pill's outline; the text is centred in it.
    pub shape: TextBox,
    pub leader: Option<Leader>,
    pub sentence: String,
}

/// What a pill tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PillKind {
    Counter,
    KernelReason,
    /// An action of `outside`, or something that makes the evidence weaker.
    Remark,
}

impl PillKind {
    /// The class name in page and SVG.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::KernelReason => "reason",
            Self::Remark => "remark",
        }
    }
}

/// A time on the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub at: Nanos,
    pub y: f32,
    /// `1.703`; the first one bears the unit.
    pub text: String,
    pub label: TextBox,
}

/// A silence that was shortened. Nothing else stands at its height but what lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct GapMark {
    pub from: Nanos,
    pub until: Nanos,
    pub y: f32,
    /// `20 ms shortened`.
    pub text: String,
    pub label: TextBox,
}

impl CallBlock {
    /// Upper and lower edge of everything that belongs to it, its text included.
    pub fn extent(&self) -> (f32, f32) {
        let label = (self.label.top, self.label.bottom());
        let with = |extent, part: Option<_>| part.map_or(extent, |part| both(extent, part));
        with(with(label, self.parked), self.block)
    }
}

impl SegmentArrow {
    /// What its arrow ends in.
    pub const fn head(&self) -> Head {
        if self.unanswered {
            return Head::Open;
        }
        self.kind.head()
    }

    /// Upper and lower edge of everything that belongs to it, its text included.
    pub fn extent(&self) -> (f32, f32) {
        let arrow = (self.from.1 - 5.0, self.to.1 + 5.0);
        both(arrow, (self.label.top, self.label.bottom()))
    }
}

impl StateBand {
    /// Upper and lower edge.
    pub fn extent(&self) -> (f32, f32) {
        (self.seen.0, self.fades_to)
    }
}

impl QueueBar {
    /// Upper and lower edge of everything that belongs to it, its text included.
    pub fn extent(&self) -> (f32, f32) {
        let bar = (self.seen.0, self.fades_to);
        both(bar, (self.label.top, self.label.bottom()))
    }
}

impl Pill {
    /// Upper and lower edge.
    pub fn extent(&self) -> (f32, f32) {
        (self.shape.top, self.shape.bottom())
    }
}

fn both(one: (f32, f32), other: (f32, f32)) -> (f32, f32) {
    (one.0.min(other.0), one.1.max(other.1))
}
