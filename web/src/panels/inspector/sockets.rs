//! The sockets' states and queues around an event, and one sample in full.

use std::fmt::Write as _;

use aftershake_shared::connection::{Connection, Role, SampleOn};
use aftershake_shared::event::socket_sampled::{SocketSampled, TcpInfo};
use aftershake_shared::event::{Event, EventBody};
use aftershake_shared::units::Nanos;
use yew::{Html, html};

use super::{fact, plain, section};
use crate::store::run_events::RunEvents;
use crate::text;

/// State, queues and the kernel's numbers of one sample.
pub(super) fn rows(sample: &SocketSampled) -> Html {
    html! {
        <>
            { plain("state", sample.state.name()) }
            { plain("unread", &text::count(sample.unread.into(), "byte", "bytes")) }
            { plain("unsent", &text::count(sample.unsent.into(), "byte", "bytes")) }
            if let Some(info) = &sample.info { { info_rows(info) } }
        </>
    }
}

fn info_rows(info: &TcpInfo) -> Html {
    let TcpInfo {
        rtt_us,
        rto_us,
        snd_cwnd,
        snd_mss,
        snd_wnd,
        unacked,
        retransmits,
        probes,
        bytes_sent,
        bytes_retransmitted,
        bytes_received,
        not_sent,
    } = info;
    let micros = |micros: u32| Nanos::from_micros(micros.into()).to_string();
    html! {
        <>
            { fact("rtt", html! { <>{ micros(*rtt_us) }{ " " }<em>{ format!("rto {}", micros(*rto_us)) }</em></> }) }
            { plain("snd_wnd", &format!("{snd_wnd} bytes")) }
            { fact("cwnd", html! { <>{ format!("{snd_cwnd} segments ") }<em>{ format!("of {snd_mss} bytes") }</em></> }) }
            { plain("sent", &format!("{bytes_sent} bytes, {bytes_retransmitted} again, {not_sent} to go")) }
            { plain("received", &format!("{bytes_received} bytes")) }
            { plain("unacked", &format!("{unacked} segments, {retransmits} sent again, {probes} probes")) }
        </>
    }
}

/// The samples of both ends right before and right after an event; empty when none was taken.
pub(super) fn around(event: &Event, run: &RunEvents) -> Html {
    let Some(connection) = run.connections.connection_of(event.id) else {
        return html! {};
    };
    let rows: Vec<_> = [Role::Client, Role::Server]
        .into_iter()
        .filter_map(|role| row(event, connection, role, run))
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    section(
        "Sockets before and after",
        html! {
            <table class="saw">
                <thead class="sr-only"><tr><th>{ "end" }</th><th>{ "before" }</th><th>{ "after" }</th></tr></thead>
                <tbody>{ for rows.into_iter() }</tbody>
            </table>
        },
    )
}

fn row(event: &Event, connection: &Connection, role: Role, run: &RunEvents) -> Option<Html> {
    let samples = connection
        .samples
        .iter()
        .filter(|sample| sample.role == role);
    let read = |sample: &SampleOn| match run.events.get(sample.position) {
        Some(Event {
            at,
            body: EventBody::Socket(socket),
            ..
        }) => Some((*at, socket)),
        Some(_) | None => None,
    };
    let mut read = samples.filter_map(read).peekable();
    let mut before = None;
    while let Some((_, socket)) = read.next_if(|(at, _)| *at <= event.at) {
        before = Some(socket);
    }
    let after = read.next().map(|(_, socket)| socket);
    if before.is_none() && after.is_none() {
        return None;
    }
    Some(html! {
        <tr>
            <th scope="row">{ text::shown(connection.name(role)) }</th>
            <td>{ words(before) }</td>
            <td>{ "→ " }{ words(after) }</td>
        </tr>
    })
}

fn words(sample: Option<&SocketSampled>) -> String {
    let Some(sample) = sample else {
        return "not sampled".to_owned();
    };
    let mut words = sample.state.name().to_owned();
    for (bytes, what) in [(sample.unread, "unread"), (sample.unsent, "unsent")] {
        if bytes > 0 {
            let _ = write!(words, ", {bytes} B {what}");
        }
    }
    words
}
