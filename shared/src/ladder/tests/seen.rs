//! A ladder through a window: near, far, as counts; and what is looked up at a moment.

use crate::connection::{Connections, Role};
use crate::diagnosis::diagnose;
use crate::event::Event;
use crate::ladder::crowd::{Detail, Kind};
use crate::ladder::ends::{around, connection_at, words};
use crate::ladder::filter::{self, Filter};
use crate::ladder::items::{Head, SegmentKind};
use crate::ladder::overview::overview;
use crate::ladder::view::{View, whole_height, without_overlaps};
use crate::ladder::{Axis, Ladder, Options, text};
use crate::scenario::expect::Outcome;
use crate::units::Nanos;

use super::example::{self, Story};

fn placed(events: &[Event], filter: Filter) -> Ladder {
    let options = Options {
        filter,
        ..Options::default()
    };
    Ladder::place(events, &options)
}

fn story() -> Ladder {
    placed(&example::sent_before_close(), Filter::default())
}

/// So many segments, one after the other.
fn long(count: u32) -> Ladder {
    let mut story = Story::default();
    for number in 0..count {
        let at = u64::from(number) * 40;
        story.segment(at, (4_000, 8_080), "PA", (1 + number, 1), 1);
    }
    placed(&story.finish(), Filter::default())
}

#[test]
fn at_scale_one_everything_stands_where_it_was_placed() {
    let ladder = story();
    let view = View::start(&ladder, whole_height(&ladder));
    for segment in &ladder.segments {
        let seen = view.segment(segment);
        assert!((seen.from.1 + ladder.top - segment.from.1).abs() < 0.01);
        assert!((seen.label.top + ladder.top - segment.label.top).abs() < 0.01);
        assert_eq!(seen.leader.is_some(), segment.leader.is_some());
    }
    assert_eq!(ladder.detail(&view.range()), Detail::Full);
}

#[test]
fn zooming_keeps_the_moment_under_the_pointer() {
    let ladder = long(500);
    let mut view = View::start(&ladder, 600.0).panned(&ladder, 4_000.0);
    for factor in [1.5, 0.4, 3.0, 0.9] {
        let at = view.height_at(250.0);
        view = view.zoomed(&ladder, factor, 250.0);
        assert!((view.y(at) - 250.0).abs() < 1.0, "{view:?}");
    }
}

#[test]
fn a_zoom_in_percent_is_of_how_it_was_placed_whatever_it_was_before() {
    let ladder = long(500);
    let start = View::start(&ladder, 600.0);
    let near = start.scaled(&ladder, 150);
    assert!((near.scale - 1.5).abs() < 1e-5);
    assert!((near.scaled(&ladder, 200).scale - 2.0).abs() < 1e-5);
    assert!(near.scaled(&ladder, 100).is_as_placed());
    let all = View::whole(&ladder, 600.0);
    assert!((start.scaled(&ladder, 0).scale - all.scale).abs() < f32::EPSILON);
    assert!(start.scaled(&ladder, u32::MAX).scale > near.scale);
}

#[test]
fn no_view_leaves_the_ladder() {
    let ladder = long(500);
    let start = View::start(&ladder, 600.0);
    assert_eq!(start.panned(&ladder, -1e9), start);
    let end = start.panned(&ladder, 1e9);
    assert!((end.range().end - ladder.bottom - 14.0).abs() < 1.0);
    let whole = start.zoomed(&ladder, 1e-9, 10.0);
    assert_eq!(whole, View::whole(&ladder, 600.0));
    assert!(whole.range().end >= ladder.bottom);
    let near = start.zoomed(&ladder, 1e9, 10.0);
    assert!(near.scale <= 32.0);
}

#[test]
fn what_is_brought_into_view_is_in_view() {
    let ladder = long(800);
    let start = View::start(&ladder, 500.0);
    for placed in ladder.order.iter().step_by(97) {
        let extent = ladder.extent_of(placed.event).unwrap();
        let view = start.showing(&ladder, extent);
        let range = view.range();
        assert!(
            range.contains(&extent.0) && range.contains(&extent.1),
            "{extent:?}"
        );
        assert_eq!(view.showing(&ladder, extent), view, "moved again");
    }
}

#[test]
fn from_afar_things_are_counted_and_none_is_lost() {
    let ladder = long(5_000);
    let view = View::whole(&ladder, 600.0);
    assert_eq!(ladder.detail(&view.range()), Detail::Crowd);
    let bars = ladder.crowd(&view);
    let counted: u32 = bars.iter().map(|bar| bar.count).sum();
    assert_eq!(counted, 5_000);
    assert!(bars.iter().all(|bar| bar.kind == Kind::Data));
    for (y, x, length) in &bars[0].rows {
        assert!((-4.0..=600.0).contains(y), "{y}");
        assert!(*x >= 0.0 && x + length <= ladder.width, "{x} {length}");
    }
    let strip = ladder.strip(50);
    let all: u32 = strip.iter().map(|(count, _)| *count).sum();
    assert_eq!(all, 5_000);
    assert!(strip.iter().all(|(_, has_reset)| !has_reset));
}

#[test]
fn of_texts_that_touch_the_weightier_stays() {
    let texts = [
        (0, 0.0, 14.0, 1),
        (0, 10.0, 24.0, 9),
        (0, 24.0, 38.0, 1),
        (1, 10.0, 24.0, 1),
    ];
    assert_eq!(without_overlaps(&texts), [false, true, true, true]);
}

#[test]
fn what_is_filtered_leaves_no_room_and_resets_stay() {
    let events = example::sent_before_close();
    let all = placed(&events, Filter::default());
    let mut filter = Filter::default();
    for kind in filter::Kind::ALL {
        filter = filter.turned(kind);
    }
    let few = placed(&events, filter);
    assert!(few.bottom < all.bottom);
    assert!(few.calls.is_empty() && few.pills.is_empty() && few.bands.is_empty());
    let kinds: Vec<_> = few.segments.iter().map(|segment| segment.kind).collect();
    assert_eq!(kinds, [SegmentKind::Rst]);
    let of_client = Filter::default().of_endpoint(Some("client".to_owned()));
    let client = placed(&events, of_client);
    assert!(client.calls.iter().all(|call| call.lane == 0));
    assert_eq!(client.segments.len(), all.segments.len());
}

#[test]
fn the_oddities_are_the_reset_and_what_met_it() {
    let ladder = story();
    let odd: Vec<_> = ladder.odd().collect();
    let reset = ladder.segments.iter().find(|s| s.kind == SegmentKind::Rst);
    assert!(odd.contains(&reset.unwrap().event));
    assert!(odd.is_sorted());
    assert!(odd.len() < ladder.order.len() / 2);
}

#[test]
fn a_segment_sent_again_without_an_answer_ends_short() {
    let mut story = Story::default();
    let ends = (4_000, 8_080);
    story.segment(0, ends, "S", (10, 0), 0);
    story.segment(1_000, ends, "S", (10, 0), 0);
    story.segment(1_050, (8_080, 4_000), "SA", (90, 11), 0);
    story.segment(1_100, ends, "PA", (11, 91), 5);
    story.segment(1_200, (8_080, 4_000), "A", (91, 16), 0);
    story.segment(1_300, ends, "PA", (11, 91), 5);
    let ladder = placed(&story.finish(), Filter::default());
    let unanswered: Vec<_> = ladder.segments.iter().map(|s| s.unanswered).collect();
    assert_eq!(unanswered, [true, false, false, false, false, false]);
    let [first, second, ..] = ladder.segments.as_slice() else {
        panic!("six segments")
    };
    assert_eq!(first.head(), Head::Open);
    assert!(first.to.0 < second.to.0, "it ends short");
    assert!(
        first
            .sentence
            .contains("not acknowledged before it was sent again")
    );
    assert!(first.detail.ends_with("no answer"), "{}", first.detail);
    let paper = text::Paper {
        width: 100,
        colour: text::Colour::None,
    };
    let drawn = text::write(&ladder, paper);
    assert!(drawn.contains("no answer"), "{drawn}");
}

#[test]
fn both_ends_are_known_before_and_after_a_moment() {
    let events = example::sent_before_close();
    let connections = Connections::from_events(&events);
    let connection = connection_at(&connections, None, Nanos::from_millis(1)).unwrap();
    let last = events.last().unwrap().at;
    let ends = around(connection, &events, last);
    assert_eq!(ends.len(), 2);
    assert!(ends.iter().all(|end| end.after.is_none()));
    let early = around(connection, &events, Nanos(0));
    assert!(early.iter().all(|end| end.before.is_none()));
    let unread = (0..=last.0).step_by(10_000).any(|at| {
        let ends = around(connection, &events, Nanos(at));
        words(ends[1].before).contains("16 B unread")
    });
    assert!(unread);
    assert_eq!(words(None), "not sampled");
}

#[test]
fn the_overview_has_a_row_for_every_connection() {
    let events = example::through_a_proxy();
    let connections = Connections::from_events(&events);
    let diagnosis = diagnose(&events, &[]);
    let rows = overview(&connections, Some(&diagnosis));
    assert_eq!(rows.len(), connections.len());
    for row in &rows {
        assert!(row.outcome.is_some());
        let connection = connections.with_id(row.id).unwrap();
        assert_eq!(row.client, connection.name(Role::Client));
        assert_eq!(row.segments, connection.segments.len());
        let has_reset = row.outcome == Some(Outcome::Reset);
        assert_eq!(has_reset, row.cause.is_some());
        assert_eq!(has_reset, !row.resets.is_empty());
    }
    assert!(
        overview(&connections, None)
            .iter()
            .all(|row| row.outcome.is_none())
    );
}

#[test]
fn every_axis_gives_the_same_events_to_walk_through() {
    let events = example::sent_before_close();
    let walked = |axis| {
        let options = Options {
            axis,
            ..Options::default()
        };
        let order = Ladder::place(&events, &options).order;
        order.iter().map(|placed| placed.event).collect::<Vec<_>>()
    };
    assert_eq!(walked(Axis::Real), walked(Axis::Order));
    assert_eq!(walked(Axis::Real), walked(Axis::GapsShortened));
}
