//! The right column: the selected event in full, what each program saw, what to change.

mod advice;
mod call;
mod segment;
mod sockets;

use aftershake_shared::event::counters::CountersMoved;
use aftershake_shared::event::kernel_reset::{KernelReset, TiedBy};
use aftershake_shared::event::outside_acted::OutsideActed;
use aftershake_shared::event::process_ended::ProcessEnded;
use aftershake_shared::event::socket_sampled::SocketSampled;
use aftershake_shared::event::step_progress::{Progress, StepProgress};
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::event::{Event, EventBody, Source};
use yew::{Callback, Html, html};

use crate::read_file::CAPTURE;
use crate::store::run_events::RunEvents;
use crate::store::selection::Tab;
use crate::store::window::Width;
use crate::store::{Action, AppState};
use crate::text;

/// The right column.
pub fn inspector(state: &AppState, on: &Callback<Action>) -> Html {
    let run = &state.run;
    let selected = state.selection.event.and_then(|id| run.event(id));
    html! {
        <aside class="inspector" aria-label="Details" id="details" tabindex="-1">
            if state.window.width == Width::Wide || state.selection.tab == Tab::Table { { match selected {
                Some(event) => details(event, run),
                None => nothing(run),
            } } }
            { advice::program_saw(run) }
            { advice::change_this(state, on) }
            { evidence_had(run) }
        </aside>
    }
}

/// One section under a heading.
fn section(title: &str, body: Html) -> Html {
    html! { <section><h2>{ title.to_owned() }</h2>{ body }</section> }
}

/// One row of a list of facts.
fn fact(name: &'static str, value: Html) -> Html {
    html! { <><dt>{ name }</dt><dd>{ value }</dd></> }
}

/// A row of plain text.
fn plain(name: &'static str, value: &str) -> Html {
    fact(name, html! { { text::shown(value) } })
}

/// A row with a value and a quieter remark.
fn remarked(name: &'static str, value: &str, remark: &str) -> Html {
    fact(
        name,
        html! { <>{ text::shown(value) }{ " " }<em>{ text::shown(remark) }</em></> },
    )
}

fn facts(rows: Html) -> Html {
    html! { <dl class="facts">{ rows }</dl> }
}

fn nothing(run: &RunEvents) -> Html {
    let words = if run.events.is_empty() {
        "After a run, press anything in the ladder to see it in full."
    } else {
        "Press anything in the ladder, or a piece of evidence, to see it in full."
    };
    html! { <section><h2>{ "Details" }</h2><p class="empty">{ words }</p></section> }
}

/// One event in full.
pub(super) fn details(event: &Event, run: &RunEvents) -> Html {
    match &event.body {
        EventBody::Segment(seen) => segment::details(event, seen, run),
        EventBody::Call(call) => call::details(event, call, run),
        EventBody::Socket(sample) => socket(event, sample),
        EventBody::Counters(counters) => moved(event, counters),
        EventBody::KernelReset(reset) => kernel_reset(event, reset),
        EventBody::ProcessEnded(ended) => process_ended(event, ended, run),
        EventBody::Outside(acted) => outside(event, acted, run),
        EventBody::Step(progress) => step(event, progress, run),
        EventBody::Trouble(trouble) => section(
            &format!("Remark {}", event.id),
            html! { <p class="note">{ text::shown(&trouble.to_string()) }</p> },
        ),
    }
}

fn at(event: &Event) -> Html {
    plain("at", &event.at.to_string())
}

fn socket(event: &Event, sample: &SocketSampled) -> Html {
    let remote = sample
        .remote
        .map(|remote| plain("remote", &remote.to_string()));
    let rows = html! {
        <>
            { at(event) }
            { plain("local", &sample.local.to_string()) }
            { for remote }
            { sockets::rows(sample) }
        </>
    };
    section(&format!("Socket, event {}", event.id), facts(rows))
}

fn process_ended(event: &Event, ended: &ProcessEnded, run: &RunEvents) -> Html {
    let closed = ended.closed.iter().map(|closed| {
        let shown = |address: Option<std::net::SocketAddr>| {
            address.map_or_else(String::new, |address| address.to_string())
        };
        let remote = closed.remote.map(|remote| format!(" ↔ {remote}"));
        let unread = closed
            .unread
            .map(|unread| format!(", {} unread", text::count(unread.into(), "byte", "bytes")));
        let words = [Some(shown(closed.local)), remote, unread];
        plain("closed", &words.into_iter().flatten().collect::<String>())
    });
    let rows = html! {
        <>
            { at(event) }
            { plain("process", &ended.process) }
            { plain("ended by", &ended.how.to_string()) }
            { plain("took", &ended.took.to_string()) }
            if let Some(number) = ended.step { { plain("step", &call::step_words(number, run)) } }
            { for closed }
        </>
    };
    section(
        &format!("End of a process, event {}", event.id),
        facts(rows),
    )
}

fn moved(event: &Event, counters: &CountersMoved) -> Html {
    let when = match counters.after_step {
        Some(step) => format!("after step {}", step.saturating_add(1)),
        None => "at the end of the run".to_owned(),
    };
    let rows = counters.deltas.iter().map(|(name, by)| {
        html! { <tr><td><code>{ text::shown(name) }</code></td><td class="number">{ format!("{by:+}") }</td></tr> }
    });
    section(
        &format!("Counters, event {}", event.id),
        html! {
            <>
                <p class="note">{ format!("{}, {when}; both ends together.", event.at) }</p>
                <table class="saw"><tbody>{ for rows }</tbody></table>
            </>
        },
    )
}

fn kernel_reset(event: &Event, reset: &KernelReset) -> Html {
    let tied = match reset.tied_by {
        TiedBy::Cookie => "by the socket’s cookie",
        TiedBy::Task => "by the thread that was running",
        TiedBy::OnlyMatch => "as the only RST that fits address and time",
    };
    let to = reset
        .to
        .map_or_else(|| "not said".to_owned(), |to| to.to_string());
    let state = reset.state.as_deref().unwrap_or("no socket");
    let rows = html! {
        <>
            { at(event) }
            { fact("reason", html! { <code>{ text::shown(&reset.reason) }</code> }) }
            { plain("state", state) }
            { plain("from", &reset.from.to_string()) }
            { plain("to", &to) }
            { plain("tied", tied) }
        </>
    };
    section(
        &format!("The kernel’s reason, event {}", event.id),
        facts(rows),
    )
}

fn outside(event: &Event, acted: &OutsideActed, run: &RunEvents) -> Html {
    let rows = html! {
        <>
            { at(event) }
            { plain("did", &acted.act.to_string()) }
            { fact("result", call::returned(acted.result)) }
            { plain("took", &acted.took.to_string()) }
            if let Some(step) = acted.step { { plain("step", &call::step_words(step, run)) } }
        </>
    };
    section(&format!("From outside, event {}", event.id), facts(rows))
}

fn step(event: &Event, progress: &StepProgress, run: &RunEvents) -> Html {
    let words = match &progress.progress {
        Progress::Started => "began".to_owned(),
        Progress::Parked => "waits: its call cannot go on yet".to_owned(),
        Progress::Finished(result) => format!("ended with {result}"),
    };
    let rows = html! {
        <>
            { at(event) }
            { plain("step", &call::step_words(progress.step, run)) }
            { plain("it", &words) }
        </>
    };
    section(&format!("Step, event {}", event.id), facts(rows))
}

/// What was recorded and what could not be: a verdict is only as good as its evidence.
fn evidence_had(run: &RunEvents) -> Html {
    let Some(header) = &run.header else {
        return html! {};
    };
    let environment = &header.environment;
    if environment.isolation == CAPTURE {
        let words = html! { <p class="note">{ text::file::EVIDENCE }</p> };
        return section("Evidence", words);
    }
    let (had, missing): (Vec<_>, Vec<_>) = Source::ALL
        .into_iter()
        .partition(|source| environment.has(*source));
    let names: Vec<_> = had.iter().map(|source| source.name()).collect();
    // Why it is missing, where the run says so.
    let why = |source: &Source| {
        let mut absent = run.events.iter().filter_map(|event| {
            let EventBody::Trouble(Trouble::Absent {
                evidence, reason, ..
            }) = &event.body
            else {
                return None;
            };
            (evidence == source).then_some(reason.as_str())
        });
        absent
            .next()
            .map_or_else(String::new, |why| format!(": {why}"))
    };
    let missing = missing
        .iter()
        .map(|source| format!("{}{}", source.name(), why(source)));
    let missing: Vec<_> = missing.collect();
    section(
        "Evidence",
        html! {
            <>
                <p class="note">{ format!("Recorded on Linux {}: {}.", text::shown(&environment.kernel), names.join(", ")) }</p>
                if !missing.is_empty() {
                    <p class="note">
                        <b>{ "Not available: " }</b>{ text::shown(&missing.join("; ")) }{ ". " }
                        <code>{ "aftershake doctor" }</code>{ " knows the remedy." }
                    </p>
                }
            </>
        },
    )
}
