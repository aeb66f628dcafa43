//! A call in full: who, what, how long, how it ended.

use aftershake_shared::event::Event;
use aftershake_shared::event::call::{Call, CallReturned, Returned};
use aftershake_shared::scenario::Step;
use aftershake_shared::units::Nanos;
use yew::{Html, html};

use super::{at, fact, facts, plain, section, sockets};
use crate::store::run_events::RunEvents;
use crate::text::{self, inspector as words};

/// The call and the sockets around it.
pub(super) fn details(event: &Event, call: &CallReturned, run: &RunEvents) -> Html {
    let unread = if let Call::Close { unread } = &call.call {
        unread.map(|bytes| plain(words::UNREAD, &words::at_the_call(bytes)))
    } else {
        None
    };
    let remark = call.remark();
    let remark = remark.map(|remark| plain(words::REMARK, &remark));
    let address = |name, address: Option<std::net::SocketAddr>| {
        address.map(|address| plain(name, &address.to_string()))
    };
    let rows = html! {
        <>
            { at(event) }
            { plain(words::BY, &call.by) }
            { fact(words::CALL, html! { <code>{ text::shown(&call.signature()) }</code> }) }
            { fact(words::RESULT, returned(call.result)) }
            { plain(words::TOOK, &call.took.to_string()) }
            if call.parked != Nanos(0) { { plain(words::PARKED, &words::before(call.parked)) } }
            { for unread }
            { for remark }
            if let Some(step) = call.step { { plain(words::STEP, &step_words(step, run)) } }
            { for address(words::LOCAL, call.local) }
            { for address(words::REMOTE, call.remote) }
        </>
    };
    html! {
        <>
            { section(&words::call(event.id), facts(rows)) }
            { sockets::around(event, run) }
        </>
    }
}

/// A number, or an errno with its meaning.
pub(super) fn returned(result: Returned) -> Html {
    match result {
        Returned::Ok(number) => html! { { number } },
        Returned::Err(errno) => html! {
            <><code>{ errno.to_string() }</code>{ " " }<em>{ errno.words() }</em></>
        },
    }
}

/// `3, send`: the step's number from 1 and its name.
pub(super) fn step_words(step: u32, run: &RunEvents) -> String {
    let scenario = run.scenario.as_ref();
    let label = scenario
        .and_then(|s| s.steps.get(step as usize))
        .map(Step::label);
    match label {
        Some(label) => format!("{}, {label}", step.saturating_add(1)),
        None => step.saturating_add(1).to_string(),
    }
}
