//! Rules that hold for any events, tried on generated ones.

use crate::errno::Errno;
use crate::event::call::{Call, Returned};
use crate::event::{Event, EventBody, EventId};
use crate::ladder::items::{Align, TextBox};
use crate::ladder::svg::{self, Caption};
use crate::ladder::text::{self, Colour, Paper};
use crate::ladder::words::columns;
use crate::ladder::{Axis, Item, Ladder, Options};
use crate::tcp::state::TcpState;

use super::example::Story;

const AXES: [Axis; 3] = [Axis::Real, Axis::GapsShortened, Axis::Order];

/// xorshift64 (Marsaglia 2003): the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn port(&mut self, names: u64) -> u16 {
        u16::try_from(4_000 + self.below(names)).unwrap()
    }
}

/// `count` events of all kinds by up to `names` endpoints, in bursts and silences.
fn events(seed: u64, count: usize, names: u64) -> Vec<Event> {
    let mut random = Random((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut story = Story::default();
    let mut at = 0;
    for _ in 0..count {
        at += match random.below(12) {
            0 => random.below(3_000_000),
            1..=3 => 0,
            _ => random.below(90),
        };
        let (one, other) = (random.port(names), random.port(names));
        let name = match one % 5 {
            0 => "a\u{1b}[31m<b>&\"\u{202e}".to_owned(),
            1 => "サーバー".to_owned(),
            _ => format!("endpoint-{one}"),
        };
        let states = [
            TcpState::Established,
            TcpState::CloseWait,
            TcpState::FinWait2,
            TcpState::Closed,
        ];
        let number = u32::try_from(random.below(1 << 32)).unwrap();
        match random.below(8) {
            0 | 1 => {
                let parked = random.below(2) * random.below(400);
                let took = random.below(50);
                let errno = Returned::Err(Errno::ECONNRESET);
                let result = [Returned::Ok(u64::from(number)), errno][usize::from(one % 2)];
                let call = match random.below(4) {
                    0 => Call::Connect,
                    1 => Call::Close {
                        unread: Some(number % 3),
                    },
                    2 => Call::SetOption {
                        option: "SO_\u{9b}<>".to_owned(),
                        value: "x".repeat(60),
                    },
                    _ => Call::Listen { backlog: 1 },
                };
                let ends = (one, Some(other));
                story.call(at..at + parked + took, parked, &name, call, ends, result);
            }
            2..=4 => {
                let flags = ["S", "SA", "A", "PA", "FA", "R", "RA", "-"];
                let flags = flags[usize::try_from(random.below(8)).unwrap()];
                let len = u16::try_from(random.below(2) * random.below(1_400)).unwrap();
                story.segment(at, (one, other), flags, (number, !number), len);
            }
            5 => {
                let state = states[usize::try_from(random.below(4)).unwrap()];
                story.sample(at, (one, Some(other)), state, number % 3);
            }
            6 => story.counters(at, &[("TcpExtTCPAbortOnData", 1), ("X\u{7}", -1)]),
            _ => story.reason(at, "NOT\u{1b}[0mSPECIFIED", (one, other)),
        }
    }
    story.finish()
}

fn place(events: &[Event], axis: Axis) -> Ladder {
    let options = Options {
        axis,
        ..Options::default()
    };
    Ladder::place(events, &options)
}

/// All texts that stand level, by column: their anchor names it.
fn texts(ladder: &Ladder) -> Vec<(f32, TextBox)> {
    let calls = ladder.calls.iter().map(|call| call.label);
    let segments = ladder.segments.iter().map(|segment| segment.label);
    let queues = ladder.queues.iter().map(|queue| queue.label);
    let pills = ladder.pills.iter().map(|pill| pill.shape);
    let ticks = ladder.ticks.iter().map(|tick| tick.label);
    let gaps = ladder.gaps.iter().map(|gap| TextBox {
        // Stands among the ticks.
        x: ladder.ticks.first().map_or(0.0, |tick| tick.label.x),
        ..gap.label
    });
    let all = calls
        .chain(segments)
        .chain(queues)
        .chain(pills)
        .chain(ticks);
    all.chain(gaps).map(|text| (text.x, text)).collect()
}

#[test]
fn texts_never_overlap() {
    for seed in 0..60 {
        let events = events(seed, 120, 2 + seed % 5);
        for axis in AXES {
            let ladder = place(&events, axis);
            let mut all = texts(&ladder);
            all.sort_by(|a, b| (a.0, a.1.top).partial_cmp(&(b.0, b.1.top)).unwrap());
            for pair in all.windows(2) {
                let ((x1, upper), (x2, lower)) = (pair[0], pair[1]);
                assert!(
                    x1 < x2 || upper.bottom() <= lower.top,
                    "seed {seed}, {axis:?}: {upper:?} reaches into {lower:?}"
                );
            }
        }
    }
}

#[test]
fn columns_of_texts_lie_side_by_side() {
    for seed in 0..20 {
        let ladder = place(&events(seed, 120, 4), Axis::GapsShortened);
        for call in &ladder.calls {
            let lane = &ladder.lanes[call.lane];
            let (left, right) = (call.label.left(), call.label.left() + call.label.width);
            match lane.align {
                Align::End => assert!(right <= call.x && left > 0.0, "{call:?}"),
                Align::Start | Align::Middle => {
                    let edge = lane.right_edge.unwrap_or(ladder.width);
                    assert!(left >= call.x + call.width && right < edge, "{call:?}");
                }
            }
        }
        for segment in &ladder.segments {
            let (left, right) = (
                segment.label.left(),
                segment.label.left() + segment.label.width,
            );
            let edges = |lane: usize| {
                (
                    ladder.lanes[lane].right_edge,
                    ladder.lanes[lane + 1].left_edge,
                )
            };
            let wires: Vec<_> = (0..ladder.lanes.len() - 1).map(edges).collect();
            let fits = |(from, to): &(Option<f32>, Option<f32>)| {
                from.unwrap() <= left && right <= to.unwrap()
            };
            assert!(wires.iter().any(fits), "{segment:?} {wires:?}");
        }
    }
}

#[test]
fn heights_keep_the_order_of_time() {
    for seed in 0..40 {
        let events = events(seed, 100, 3);
        for axis in AXES {
            let ladder = place(&events, axis);
            let height = |item: Item| match item {
                Item::Call(i) => {
                    let call = &ladder.calls[i];
                    let edges = [call.parked, call.block].into_iter().flatten();
                    edges.map(|y| y.0).min_by(f32::total_cmp)
                }
                Item::Segment(i) => Some(ladder.segments[i].from.1),
                Item::Pill(i) => Some(ladder.pills[i].y),
            };
            let mut last = (crate::units::Nanos(0), f32::MIN);
            for placed in &ladder.order {
                let y = height(placed.item).unwrap();
                assert!(placed.at >= last.0 && y >= last.1, "seed {seed}, {axis:?}");
                last = (placed.at, y);
                assert!(y <= ladder.bottom && y >= ladder.top);
            }
        }
    }
}

#[test]
fn blocks_keep_their_length_and_never_overlap() {
    for seed in 0..40 {
        let ladder = place(&events(seed, 100, 3), Axis::GapsShortened);
        let mut last: Vec<f32> = vec![f32::MIN; ladder.lanes.len()];
        for call in &ladder.calls {
            let (top, bottom) = call.block.unwrap();
            assert!(bottom - top >= 14.0);
            if let Some((from, until)) = call.parked {
                assert!(from <= until && (until <= top || from >= bottom));
            } else if ladder
                .calls
                .iter()
                .all(|other| (other.x - call.x).abs() < 0.01 || other.lane != call.lane)
            {
                assert!(top >= last[call.lane] - 0.01, "seed {seed}: {call:?}");
            }
            last[call.lane] = bottom;
        }
    }
}

#[test]
fn what_is_visible_is_all_that_reaches_in() {
    let ladder = place(&events(7, 400, 4), Axis::GapsShortened);
    let mut from = 0.0;
    while from < ladder.bottom {
        let range = from..from + 190.0;
        let visible = ladder.visible(&range);
        let reaches = |(top, bottom): (f32, f32)| top < range.end && bottom >= range.start;
        assert_eq!(
            visible.calls.len(),
            ladder.calls.iter().filter(|c| reaches(c.extent())).count()
        );
        let segments = ladder.segments.iter().filter(|s| reaches(s.extent()));
        assert!(visible.segments.iter().copied().eq(segments));
        let bands = ladder.bands.iter().filter(|b| reaches(b.extent()));
        assert!(visible.bands.iter().copied().eq(bands));
        assert!(
            visible
                .ticks
                .iter()
                .all(|tick| tick.y > range.start - 9.0 && tick.y < range.end + 9.0)
        );
        from += 190.0;
    }
}

#[test]
fn a_hundred_thousand_events_find_their_view() {
    let events = events(3, 100_000, 6);
    let ladder = place(&events, Axis::GapsShortened);
    assert!(ladder.segments.len() > 30_000);
    let middle = ladder.bottom / 2.0;
    let visible = ladder.visible(&(middle..middle + 800.0));
    assert!(!visible.segments.is_empty());
    assert!(visible.segments.len() < 300, "{}", visible.segments.len());
    assert!(visible.calls.len() < 300, "{}", visible.calls.len());
}

#[test]
fn times_and_heights_are_inverse() {
    let ladder = place(&events(5, 200, 3), Axis::GapsShortened);
    for segment in &ladder.segments {
        let y = ladder.scale.y_at(segment.at);
        assert!(y <= segment.from.1);
        let again = ladder.scale.y_at(ladder.scale.time_at(y));
        assert!((again - y).abs() < 0.01);
    }
}

#[test]
fn nothing_harmful_reaches_a_page_or_a_terminal() {
    for seed in 0..30 {
        let events = events(seed, 80, 2 + seed % 4);
        let ladder = place(&events, AXES[usize::try_from(seed % 3).unwrap()]);
        for width in [20, 72, 100, 200] {
            let colour = Colour::None;
            let text = text::write(&ladder, Paper { width, colour });
            let harmful =
                |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!text.contains(harmful));
            let widest = text.lines().map(columns).max().unwrap_or(0);
            assert!(widest <= width.max(28), "{widest} of {width}");
        }
        let title = "</title><script>\u{1b}\u{ffff}";
        let caption = Caption {
            title,
            verdict: title,
            explanation: title,
        };
        let file = svg::draw(&ladder, &caption);
        assert!(!file.contains("<script") && !file.contains("<b>") && !file.contains('\u{1b}'));
        assert!(!file.contains("&\"") && !file.contains('\u{ffff}'));
        assert_eq!(file.matches("<g").count(), file.matches("</g>").count());
    }
}

#[test]
fn nothing_at_all_is_placed_too() {
    let nothing = place(&[], Axis::GapsShortened);
    assert!(nothing.lanes.is_empty() && nothing.ticks.is_empty());
    assert!(text::write(&nothing, Paper::default()).is_empty());
    assert!(svg::draw(&nothing, &Caption::default()).contains("</svg>"));
    let unreadable = Event {
        id: EventId(1),
        at: crate::units::Nanos(5),
        body: EventBody::Segment(crate::event::segment_seen::SegmentSeen {
            raw: crate::event::segment_seen::Bytes(vec![0x45; 30]),
            len: 30,
        }),
    };
    assert!(place(&[unreadable], Axis::Real).segments.is_empty());
}
