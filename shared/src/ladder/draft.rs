//! Everything that will stand on the ladder, in words and moments; heights and widths come later.

use std::collections::{HashMap, HashSet};

use crate::event::call::{Call, CallReturned, Returned};
use crate::event::step_progress::{Progress, StepProgress, StepResult};
use crate::event::{Event, EventBody, EventId};
use crate::scenario::OUTSIDE;
use crate::tcp::flags::Flags;
use crate::units::Nanos;

use super::axis::{Moment, MomentId, Moments, Weight};
use super::filter::{Filter, Kind};
use super::items::{PillKind, SegmentKind, Tone};
use super::scene::Scene;
use super::words::{self, plain};
use super::{Axis, Options};

/// Columns of a call with its result.
const CALL: usize = 35;
/// A call without a place.
pub(super) struct CallDraft {
    pub(super) event: EventId,
    pub(super) at: Nanos,
    pub(super) lane: usize,
    pub(super) start: MomentId,
    /// When a call that works first was parked.
    pub(super) parked: Option<MomentId>,
    /// When it was no longer parked; `None` when it never was.
    pub(super) resumed: Option<(Nanos, MomentId)>,
    /// `None` when it never returned.
    pub(super) end: Option<MomentId>,
    /// When a step without a call ended.
    pub(super) gave_up: Option<MomentId>,
    /// Whether another call of this endpoint runs at the same time.
    pub(super) beside: bool,
    pub(super) name: String,
    pub(super) result: String,
    pub(super) tone: Tone,
    pub(super) sentence: String,
}

/// A segment without a place; its words are in the scene.
pub(super) struct SegmentDraft {
    pub(super) index: usize,
    pub(super) kind: SegmentKind,
    pub(super) from_lane: usize,
    pub(super) to_lane: usize,
    pub(super) moment: MomentId,
}

/// A pill without a place.
pub(super) struct PillDraft {
    pub(super) event: EventId,
    pub(super) at: Nanos,
    pub(super) kind: PillKind,
    pub(super) place: Place,
    pub(super) moment: MomentId,
    pub(super) follows: Option<EventId>,
    pub(super) text: String,
    pub(super) tone: Tone,
    pub(super) sentence: String,
}

/// A column of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Beside the program of this lane.
    Lane(usize),
    /// On the wire right of this lane.
    Wire(usize),
}

/// All drafts, and the moments that they hang on.
pub(super) struct Drafts<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) moments: Moments,
    pub(super) calls: Vec<CallDraft>,
    pub(super) segments: Vec<SegmentDraft>,
    pub(super) pills: Vec<PillDraft>,
    /// Whether an arrow crosses other lanes; then each has a height of its own, whichever wire it is on.
    wires_crossed: bool,
    /// What is left out.
    filter: &'a Filter,
    /// How far an arrow falls on its way.
    pub(super) slope: f32,
    /// By lane, until when its calls run.
    busy: Vec<Nanos>,
    /// By lane, when RSTs left that claim its address: for the tone of the call during which one did.
    resets: Vec<Vec<Nanos>>,
    pub(super) last: Last,
}

/// What evidence without an address is put beside.
#[derive(Default)]
pub(super) struct Last {
    pub(super) call: Option<(usize, EventId)>,
    pub(super) call_of_step: HashMap<u32, (usize, EventId)>,
    /// When the step's latest call ended.
    call_ended: HashMap<u32, Nanos>,
    /// When a step began or was last parked.
    began: HashMap<u32, (usize, Nanos)>,
    pub(super) reset_from: HashMap<std::net::SocketAddr, EventId>,
    /// Steps of `outside` whose act is an event of its own.
    acted: HashSet<u32>,
}

impl<'a> Drafts<'a> {
    pub(super) fn of(scene: &'a Scene<'a>, options: &'a Options) -> Self {
        let mut drafts = Self {
            scene,
            moments: Moments::default(),
            calls: Vec::new(),
            segments: Vec::new(),
            pills: Vec::new(),
            wires_crossed: scene.crosses_lanes(),
            filter: &options.filter,
            slope: if options.axis == Axis::Real {
                6.0
            } else {
                14.0
            },
            busy: vec![Nanos(0); scene.names.len()],
            resets: vec![Vec::new(); scene.names.len()],
            last: Last::default(),
        };
        drafts.find_resets();
        for (index, event) in scene.events.iter().enumerate() {
            match &event.body {
                EventBody::Call(call) => drafts.call(index, event, call),
                EventBody::Counters(moved) => drafts.counters(index, event, moved),
                EventBody::KernelReset(_) => drafts.reason(index, event),
                EventBody::ProcessEnded(ended) => drafts.process_ended(index, event, ended),
                EventBody::Outside(acted) => drafts.outside(index, event, acted),
                EventBody::Segment(_) => drafts.segment(index, event),
                EventBody::Step(step) => drafts.step(index, event, step, options),
                EventBody::Trouble(trouble) => drafts.trouble(index, event, trouble),
                EventBody::Socket(_) => {}
            }
        }
        drafts
    }

    /// How many columns of texts the lanes and wires have; the bands' columns follow.
    pub(super) fn text_columns(&self) -> usize {
        self.scene.names.len() * 2
    }

    pub(super) fn column(&self, place: Place) -> usize {
        match place {
            Place::Lane(lane) => lane,
            Place::Wire(_) if self.wires_crossed => self.scene.names.len(),
            Place::Wire(wire) => self.scene.names.len() + wire,
        }
    }

    /// Whether something of this kind on this lane is placed.
    pub(super) fn takes(&self, kind: Kind, lane: usize) -> bool {
        !self.filter.hides(kind) && self.filter.takes(std::iter::once(self.scene.name(lane)))
    }

    pub(super) fn hides_remarks(&self) -> bool {
        self.filter.hides(Kind::Remarks)
    }

    fn find_resets(&mut self) {
        for (event, told) in self.scene.events.iter().zip(&self.scene.told) {
            if let Some(told) = told.as_ref().filter(|told| told.flags.rst())
                && let Some(lane) = self.scene.lane_named(&told.from)
                && let Some(resets) = self.resets.get_mut(lane)
            {
                resets.push(event.at);
            }
            if let EventBody::Outside(acted) = &event.body {
                self.last.acted.extend(acted.step);
            }
        }
    }

    /// Whether a RST that claims this lane's address left between these moments.
    fn reset_left(&self, lane: usize, from: Nanos, until: Nanos) -> bool {
        let resets = self.resets.get(lane).map_or(&[][..], Vec::as_slice);
        let first = resets.partition_point(|at| *at < from);
        resets.get(first).is_some_and(|at| *at <= until)
    }

    fn call(&mut self, index: usize, event: &Event, call: &CallReturned) {
        if !self.scene.shows(event, (call.local, call.remote)) {
            return;
        }
        let result = words::result(call);
        let signature = plain(&call.signature(), CALL - words::columns(&result) - 1);
        let Some(lane) = self.scene.lane_named(&call.by) else {
            if call.by == OUTSIDE {
                let text = format!("{OUTSIDE}: {signature} {result}");
                self.remark(index, event, &text);
            }
            return;
        };
        let ends = event.at + call.parked + call.took;
        self.last.call = Some((lane, event.id));
        if let Some(step) = call.step {
            self.last.call_of_step.insert(step, (lane, event.id));
            self.last.call_ended.insert(step, ends);
        }
        if !self.takes(Kind::Calls, lane) {
            return;
        }
        let works_first = matches!(call.call, Call::Connect);
        let resumes = if works_first {
            ends
        } else {
            event.at + call.parked
        };
        let start = self.text_moment(index, event.at, Place::Lane(lane));
        let is_parked = call.parked > Nanos(0);
        let worked = event.at + call.took;
        let parked = works_first && is_parked;
        let parked = parked.then(|| self.moments.add(Moment::bare(worked, (index, 1))));
        let block_start = is_parked.then(|| {
            let moment = Moment {
                column: Some(lane),
                below: 17.0,
                ..Moment::bare(resumes, (index, 1))
            };
            (resumes, self.moments.add(moment))
        });
        let end = self.moments.add(Moment::bare(ends, (index, 2)));
        let tone = match call.result {
            Returned::Err(errno) if is_of_reset(errno) => Tone::Reset,
            Returned::Err(_) => Tone::Failed,
            Returned::Ok(_) if self.reset_left(lane, event.at, ends) => Tone::Reset,
            Returned::Ok(_) => Tone::Plain,
        };
        let by = self.scene.name(lane);
        let sentence = words::call(event.id.0, event.at, call, &signature, by);
        let beside = self.claim(lane, event.at, ends);
        self.calls.push(CallDraft {
            event: event.id,
            at: event.at,
            lane,
            start,
            parked,
            resumed: block_start,
            end: Some(end),
            gave_up: None,
            beside,
            name: signature,
            result,
            tone,
            sentence,
        });
    }

    /// A moment that bears the text of a call.
    fn text_moment(&mut self, index: usize, at: Nanos, place: Place) -> MomentId {
        self.moments.add(Moment {
            column: Some(self.column(place)),
            above: 2.0,
            below: 18.0,
            height: 16.0,
            weight: Weight::Usual,
            ..Moment::bare(at, (index, 0))
        })
    }

    /// Whether the lane is busy already; marks it busy until then.
    fn claim(&mut self, lane: usize, from: Nanos, until: Nanos) -> bool {
        let Some(busy) = self.busy.get_mut(lane) else {
            return false;
        };
        let beside = from < *busy;
        *busy = (*busy).max(until);
        beside
    }

    fn segment(&mut self, index: usize, event: &Event) {
        let Some(told) = self.scene.told.get(index).and_then(Option::as_ref) else {
            return;
        };
        let lanes = (
            self.scene.lane_named(&told.from),
            self.scene.lane_named(&told.to),
        );
        let (Some(from_lane), Some(to_lane)) = lanes else {
            return;
        };
        if told.flags.rst()
            && let EventBody::Segment(seen) = &event.body
            && let Ok(segment) = seen.read()
        {
            self.last.reset_from.insert(segment.src, event.id);
        }
        let kind = kind(told.flags, told.len);
        let ends = [from_lane, to_lane].into_iter();
        let left_out = kind_of(kind).is_some_and(|kind| self.filter.hides(kind));
        if left_out || !self.filter.takes(ends.map(|lane| self.scene.name(lane))) {
            return;
        }
        let wire = wire_beside(from_lane, to_lane);
        let moment = self.moments.add(Moment {
            column: Some(self.column(Place::Wire(wire))),
            above: 13.0,
            below: 14.0,
            height: 14.0,
            weight: if told.flags.rst() {
                Weight::Strong
            } else {
                Weight::Usual
            },
            also: Some((to_lane, self.slope - 2.0)),
            ..Moment::bare(event.at, (index, 0))
        });
        self.segments.push(SegmentDraft {
            index,
            kind,
            from_lane,
            to_lane,
            moment,
        });
    }

    /// Steps show where no call does: what `outside` did, and what waited until the end or never began.
    fn step(&mut self, index: usize, event: &Event, step: &StepProgress, options: &Options) {
        let text = usize::try_from(step.step)
            .ok()
            .and_then(|number| options.steps.get(number));
        match &step.progress {
            Progress::Started | Progress::Parked => {
                let began = (index, event.at);
                self.last.began.insert(step.step, began);
                let starts = step.progress == Progress::Started;
                let acts = self.last.acted.contains(&step.step);
                let shows = starts && !acts;
                if let Some(text) = text.filter(|text| shows && text.by == OUTSIDE) {
                    self.remark(index, event, &format!("{OUTSIDE}: {}", text.name));
                }
            }
            Progress::Finished(result) => {
                let unfinished = matches!(
                    result,
                    StepResult::Waiting
                        | StepResult::Timeout
                        | StepResult::Killed
                        | StepResult::NotRun
                );
                if let Some(text) = text.filter(|_| unfinished)
                    && let Some(lane) = self.scene.lane_named(&text.by)
                {
                    self.unfinished(event, step.step, index, (lane, &text.name, result));
                }
            }
        }
    }

    fn unfinished(
        &mut self,
        event: &Event,
        step: u32,
        index: usize,
        (lane, name, result): (usize, &str, &StepResult),
    ) {
        let began = self.last.began.get(&step).copied();
        let returned = self.last.call_ended.get(&step).copied();
        if let (Some((_, began)), Some(returned)) = (began, returned)
            && returned > began
        {
            return;
        }
        if !self.takes(Kind::Calls, lane) {
            return;
        }
        let (at_index, at) = began.unwrap_or((index, event.at));
        let result = result.to_string();
        let name = plain(name, CALL - result.len() - 1);
        let start = self.text_moment(at_index, at, Place::Lane(lane));
        let gave_up = began.map(|_| self.moments.add(Moment::bare(event.at, (index, 0))));
        let beside = self.claim(lane, at, event.at);
        let sentence = format!(
            "step {}, {name} by {} at {}: {result}",
            step + 1,
            self.scene.name(lane),
            words::moment(at)
        );
        self.calls.push(CallDraft {
            event: event.id,
            at,
            lane,
            start,
            parked: None,
            resumed: None,
            end: None,
            gave_up,
            beside,
            name,
            result,
            tone: Tone::Plain,
            sentence,
        });
    }
}

/// The wire next to the sender on the way to the receiver; to itself, the nearest one.
pub(super) fn wire_beside(from_lane: usize, to_lane: usize) -> usize {
    if to_lane > from_lane {
        from_lane
    } else {
        from_lane.saturating_sub(1)
    }
}

/// Errors that tell a program of a RST, or of what one left behind.
fn is_of_reset(errno: crate::errno::Errno) -> bool {
    use crate::errno::Errno;
    matches!(
        errno,
        Errno::ECONNRESET | Errno::EPIPE | Errno::ECONNREFUSED | Errno::ECONNABORTED
    )
}

/// The kind of the filter that a segment belongs to; `None` for a RST, which is never left out.
const fn kind_of(kind: SegmentKind) -> Option<Kind> {
    match kind {
        SegmentKind::Syn => Some(Kind::Handshake),
        SegmentKind::Data => Some(Kind::Data),
        SegmentKind::Ack => Some(Kind::Acks),
        SegmentKind::Fin => Some(Kind::Fins),
        SegmentKind::Rst => None,
    }
}

fn kind(flags: Flags, payload: u32) -> SegmentKind {
    if flags.rst() {
        SegmentKind::Rst
    } else if flags.syn() {
        SegmentKind::Syn
    } else if flags.fin() {
        SegmentKind::Fin
    } else if payload == 0 && flags.ack() {
        SegmentKind::Ack
    } else {
        SegmentKind::Data
    }
}
