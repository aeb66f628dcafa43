//! A segment's header, decoded: relative and absolute numbers, options, and what is odd about it.

use aftershake_shared::connection::{Connection, SegmentSent};
use aftershake_shared::event::Event;
use aftershake_shared::event::segment_seen::SegmentSeen;
use aftershake_shared::tcp::checksum::Checksum;
use aftershake_shared::tcp::flags::Flags;
use aftershake_shared::tcp::segment::Segment;
use yew::{Html, classes, html};

use super::{at, fact, facts, plain, remarked, section, sockets};
use crate::store::run_events::RunEvents;
use crate::text::inspector::numbers;
use crate::text::{self, inspector as words};

/// The segment and the sockets around it.
pub(super) fn details(event: &Event, seen: &SegmentSeen, run: &RunEvents) -> Html {
    let title = words::segment(event.id);
    let segment = match seen.read() {
        Ok(segment) => segment,
        Err(error) => {
            let rows = html! { <>{ at(event) }{ plain(words::LENGTH, &seen.len.to_string()) }{ plain(words::PROBLEM, &error.to_string()) }</> };
            return section(&title, facts(rows));
        }
    };
    let known = run.connections.segment(event.id);
    html! {
        <>
            { section(&title, facts(rows(event, &segment, known, run))) }
            { sockets::around(event, run) }
        </>
    }
}

fn rows(
    event: &Event,
    segment: &Segment,
    known: Option<(&Connection, &SegmentSent)>,
    run: &RunEvents,
) -> Html {
    let name = known.map(|(connection, sent)| connection.name(sent.from).to_owned());
    let from = name.map_or_else(String::new, |name| text::shown(&name));
    let end = |seq: u32| seq.wrapping_add(segment.payload_len);
    let seq = known.map(|(connection, sent)| connection.relative_seq(sent));
    let seq = seq.map_or_else(
        || words::NOT_KNOWN.to_owned(),
        |seq| format!("{seq}:{}", end(seq)),
    );
    let ack = known.and_then(|(connection, sent)| connection.relative_ack(sent));
    let ack = match (ack, segment.flags.ack()) {
        (Some(ack), _) => ack.to_string(),
        (None, true) => words::NOT_KNOWN.to_owned(),
        (None, false) => words::NOT_SET.to_owned(),
    };
    let payload = text::bytes(segment.payload_len.into());
    let options = numbers::options(&segment.options);
    html! {
        <>
            { fact(words::AT, html! { <>{ event.at.to_string() }{ since_call(event, run) }</> }) }
            { remarked(words::FROM, &from, &segment.src.to_string()) }
            { remarked(words::TO, "", &segment.dst.to_string()) }
            { fact(words::FLAGS, flags(segment.flags)) }
            { remarked(words::SEQ, &seq, &numbers::absolute(segment.seq.0)) }
            { remarked(words::ACK, &ack, &numbers::absolute(segment.ack.0)) }
            { plain(words::PAYLOAD, &payload) }
            { fact(words::WINDOW, window(segment, known)) }
            { plain(words::OPTIONS, &options) }
            { plain(words::TTL, &segment.ttl.to_string()) }
            if let Some(id) = segment.ip_id { { plain(words::IP_ID, &id.to_string()) } }
            if segment.checksum != Checksum::Unknown { { plain(words::CHECKSUM, segment.checksum.words()) } }
            if segment.urgent != 0 { { plain(words::URGENT, &segment.urgent.to_string()) } }
            { for segment.problems.iter().map(|problem| plain(words::ODD, &problem.to_string())) }
        </>
    }
}

/// `+13 µs after close()`: the last call that had begun.
fn since_call(event: &Event, run: &RunEvents) -> Html {
    let earlier = run.events.iter().take_while(|other| other.id < event.id);
    let last = earlier.filter_map(|other| Some((other.at, other.body.as_call()?)));
    match last.last() {
        None => html! {},
        Some((begun, call)) => html! {
            <>
                { " " }
                <em>{ words::since_call(event.at - begun, &text::shown(&call.by), &text::shown(&call.signature())) }</em>
            </>
        },
    }
}

fn flags(flags: Flags) -> Html {
    flags
        .names()
        .split(',')
        .map(|name| {
            let class = classes!("flag", (name == "RST").then_some("rst"));
            html! { <span {class}>{ name.to_owned() }</span> }
        })
        .collect()
}

/// The field, and in bytes where both SYNs were seen. The SYN's own window is not scaled: RFC 7323 §2.2.
fn window(segment: &Segment, known: Option<(&Connection, &SegmentSent)>) -> Html {
    let field = segment.window;
    let scale = known.and_then(|(connection, sent)| {
        let shift = |role| {
            let mut sent = connection.segments.iter();
            let syn = sent.find(|s| s.from == role && s.segment.flags.syn())?;
            syn.segment.options.window_scale
        };
        shift(sent.from.other())?;
        shift(sent.from)
    });
    match scale {
        Some(shift) if !segment.flags.syn() => {
            let factor = 1_u64 << shift.min(14);
            html! { <>{ format!("{field} × {factor} ") }<em>{ numbers::window_bytes(u64::from(field) * factor) }</em></> }
        }
        Some(_) => html! { { field } },
        None => html! { <>{ field }{ " " }<em>{ words::SCALE_NOT_KNOWN }</em></> },
    }
}
