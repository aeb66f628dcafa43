//! Evidence without a line of its own: counters, the kernel's reasons, remarks, each near what it follows.

use crate::event::call::Returned;
use crate::event::counters::CountersMoved;
use crate::event::outside_acted::OutsideActed;
use crate::event::process_ended::ProcessEnded;
use crate::event::trouble::Trouble;
use crate::event::{Event, EventBody};
use crate::scenario::OUTSIDE;
use crate::units::Nanos;

use super::axis::{Moment, MomentId};
use super::counters;
use super::draft::{Drafts, PillDraft, Place};
use super::filter::Kind;
use super::items::{PillKind, Tone};
use super::words::{self, plain};

/// Columns of a pill.
const PILL: usize = 36;
/// Columns of what `outside` did in full.
const SENTENCE: usize = 200;

impl Drafts<'_> {
    pub(super) fn reason(&mut self, index: usize, event: &Event) {
        let EventBody::KernelReset(reset) = &event.body else {
            return;
        };
        let tied = reset.to.is_none() || self.scene.shows(event, (Some(reset.from), reset.to));
        let Some(lane) = self
            .scene
            .lane_at((reset.from, reset.to), event.at)
            .filter(|lane| tied && self.takes(Kind::Kernel, *lane))
        else {
            return;
        };
        let reason = plain(&reset.reason, PILL);
        let draft = PillDraft {
            event: event.id,
            at: event.at,
            kind: PillKind::KernelReason,
            place: Place::Lane(lane),
            moment: self.pill_moment(index, 0, event.at, Place::Lane(lane)),
            follows: self.last.reset_from.get(&reset.from).copied(),
            sentence: format!(
                "kernel reason {}, {reason} for a RST from {} at {}",
                event.id,
                self.scene.name(lane),
                words::moment(event.at)
            ),
            text: reason,
            tone: Tone::Reset,
        };
        self.pills.push(draft);
    }

    pub(super) fn counters(&mut self, index: usize, event: &Event, moved: &CountersMoved) {
        let of_step = moved
            .after_step
            .and_then(|step| self.last.call_of_step.get(&step).copied());
        let beside = of_step.or(self.last.call);
        let place = beside.map_or(self.aside(), |(lane, _)| Place::Lane(lane));
        if !self.takes(Kind::Kernel, beside.map_or(0, |(lane, _)| lane)) {
            return;
        }
        for (part, told) in (0..).zip(counters::worth_telling(moved)) {
            let moment = self.pill_moment(index, part, event.at, place);
            self.pills.push(PillDraft {
                event: event.id,
                at: event.at,
                kind: PillKind::Counter,
                place,
                moment,
                follows: beside.map(|(_, event)| event),
                sentence: format!(
                    "counters {}, {}, read at {}",
                    event.id,
                    told.text,
                    words::moment(event.at)
                ),
                text: plain(&told.text, PILL),
                tone: told.tone,
            });
        }
    }

    fn pill_moment(&mut self, index: usize, part: u8, at: Nanos, place: Place) -> MomentId {
        self.moments.add(Moment {
            column: Some(self.column(place)),
            above: -1.0,
            below: 23.0,
            height: 18.0,
            ..Moment::bare(at, (index, part))
        })
    }

    /// Where things of no endpoint stand: on the first wire.
    fn aside(&self) -> Place {
        if self.scene.names.len() > 1 {
            Place::Wire(0)
        } else {
            Place::Lane(0)
        }
    }

    /// Stands by its program, with what it left unread.
    pub(super) fn process_ended(&mut self, index: usize, event: &Event, ended: &ProcessEnded) {
        let lane = self.scene.lane_named(&ended.process).map(Place::Lane);
        let unread = match ended.unread() {
            0 => String::new(),
            bytes => format!(", {bytes} B unread"),
        };
        // Aside, it has to say whose process it was.
        let text = match lane {
            Some(_) => format!("{} of the process{unread}", ended.how),
            None => ended.to_string(),
        };
        self.remark_at(lane, index, event, (&text, &ended.to_string()));
    }

    pub(super) fn remark(&mut self, index: usize, event: &Event, text: &str) {
        self.remark_at(None, index, event, (text, text));
    }

    /// A remark with its short text and its sentence; without a place it stands aside.
    fn remark_at(
        &mut self,
        place: Option<Place>,
        index: usize,
        event: &Event,
        (text, sentence): (&str, &str),
    ) {
        if self.scene.names.is_empty() || self.hides_remarks() {
            return;
        }
        let place = place.unwrap_or(self.aside());
        let sentence = plain(sentence, 2 * PILL);
        let moment = self.pill_moment(index, 0, event.at, place);
        self.pills.push(PillDraft {
            event: event.id,
            at: event.at,
            kind: PillKind::Remark,
            place,
            moment,
            follows: None,
            sentence: format!("{sentence}, at {}", words::moment(event.at)),
            text: plain(text, PILL),
            tone: Tone::Plain,
        });
    }

    /// What `outside` did stands on the wire, in full in its sentence.
    pub(super) fn outside(&mut self, index: usize, event: &Event, acted: &OutsideActed) {
        let pills = self.pills.len();
        let text = match acted.result {
            Returned::Ok(_) => format!("{OUTSIDE}: {}", acted.act.brief()),
            Returned::Err(errno) => format!("{OUTSIDE}: {} {errno}", acted.act.brief()),
        };
        self.remark(index, event, &text);
        if let Some(pill) = self.pills.get_mut(pills) {
            let did = plain(&acted.sentence(), SENTENCE);
            let at = words::moment(event.at);
            pill.sentence = format!("event {}, {OUTSIDE}: {did}, at {at}", event.id);
        }
    }

    pub(super) fn trouble(&mut self, index: usize, event: &Event, trouble: &Trouble) {
        let text = match trouble {
            Trouble::Absent { .. } | Trouble::BesideFailed { .. } => return,
            Trouble::SegmentsLost { count } => format!("the capture lost {count} segments"),
            Trouble::CaptureEndNotProved => "end of capture not proved".to_owned(),
            Trouble::NotSettled { step } => format!("not at rest after step {}", step + 1),
            Trouble::WallLimit { seconds } => format!("ended after {seconds} s"),
            Trouble::NoProcess { process, .. } => format!("{process} is no process"),
            Trouble::Cancelled => "cancelled".to_owned(),
            Trouble::ReasonNotTied => "a kernel reason was not tied".to_owned(),
        };
        self.remark(index, event, &text);
    }
}
