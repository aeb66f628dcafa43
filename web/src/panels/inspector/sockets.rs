//! The sockets' states and queues around an event, and one sample in full.

use aftershake_shared::connection::{Connection, Role, SampleOn};
use aftershake_shared::event::socket_sampled::{SocketSampled, TcpInfo};
use aftershake_shared::event::{Event, EventBody};
use aftershake_shared::units::Nanos;
use yew::{Html, html};

use super::{fact, plain, section};
use crate::store::run_events::RunEvents;
use crate::text::inspector::numbers;
use crate::text::{self, inspector as words};

/// State, queues and the kernel's numbers of one sample.
pub(super) fn rows(sample: &SocketSampled) -> Html {
    html! {
        <>
            { plain(words::STATE, sample.state.name()) }
            { plain(words::UNREAD, &text::bytes(sample.unread.into())) }
            { plain(words::UNSENT, &text::bytes(sample.unsent.into())) }
            if let Some(info) = &sample.info { { info_rows(info) } }
        </>
    }
}

fn info_rows(info: &TcpInfo) -> Html {
    let micros = |micros: u32| Nanos::from_micros(micros.into()).to_string();
    let (segments, size) = numbers::cwnd(info);
    html! {
        <>
            { fact(words::RTT, html! { <>{ micros(info.rtt_us) }{ " " }<em>{ numbers::rto(&micros(info.rto_us)) }</em></> }) }
            { plain(words::SND_WND, &numbers::snd_wnd(info)) }
            { fact(words::CWND, html! { <>{ segments }<em>{ size }</em></> }) }
            { plain(words::SENT, &numbers::sent(info)) }
            { plain(words::RECEIVED, &numbers::received(info)) }
            { plain(words::UNACKED, &numbers::unacked(info)) }
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
        words::SOCKETS,
        html! {
            <table class="saw">
                <thead class="sr-only"><tr><th>{ words::SOCKETS_END }</th><th>{ words::SOCKETS_BEFORE }</th><th>{ words::SOCKETS_AFTER }</th></tr></thead>
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
            <td>{ state(before) }</td>
            <td>{ "→ " }{ state(after) }</td>
        </tr>
    })
}

fn state(sample: Option<&SocketSampled>) -> String {
    let Some(sample) = sample else {
        return words::NOT_SAMPLED.to_owned();
    };
    let mut said = sample.state.name().to_owned();
    for (bytes, queue) in [
        (sample.unread, words::UNREAD),
        (sample.unsent, words::UNSENT),
    ] {
        if bytes > 0 {
            said.push_str(&words::waiting(bytes, queue));
        }
    }
    said
}
