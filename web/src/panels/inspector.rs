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
use crate::text::{self, inspector as words};

/// The right column.
pub fn inspector(state: &AppState, on: &Callback<Action>) -> Html {
    let run = &state.run;
    let selected = state.selection.event.and_then(|id| run.event(id));
    html! {
        <aside class="inspector" aria-label={words::TITLE} id="details" tabindex="-1">
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
    let said = if run.events.is_empty() {
        words::NOTHING_YET
    } else {
        words::NOTHING_CHOSEN
    };
    html! { <section><h2>{ words::TITLE }</h2><p class="empty">{ said }</p></section> }
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
            &words::remark(event.id),
            html! { <p class="note">{ text::shown(&trouble.to_string()) }</p> },
        ),
    }
}

fn at(event: &Event) -> Html {
    plain(words::AT, &event.at.to_string())
}

fn socket(event: &Event, sample: &SocketSampled) -> Html {
    let remote = sample
        .remote
        .map(|remote| plain(words::REMOTE, &remote.to_string()));
    let rows = html! {
        <>
            { at(event) }
            { plain(words::LOCAL, &sample.local.to_string()) }
            { for remote }
            { sockets::rows(sample) }
        </>
    };
    section(&words::socket(event.id), facts(rows))
}

fn process_ended(event: &Event, ended: &ProcessEnded, run: &RunEvents) -> Html {
    let closed = ended.closed.iter().map(|closed| {
        let shown = |address: Option<std::net::SocketAddr>| {
            address.map_or_else(String::new, |address| address.to_string())
        };
        let remote = closed.remote.map(|remote| format!(" ↔ {remote}"));
        let unread = closed.unread.map(words::left_unread);
        let parts = [Some(shown(closed.local)), remote, unread];
        plain(
            words::CLOSED,
            &parts.into_iter().flatten().collect::<String>(),
        )
    });
    let rows = html! {
        <>
            { at(event) }
            { plain(words::PROCESS, &ended.process) }
            { plain(words::ENDED_BY, &ended.how.to_string()) }
            { plain(words::TOOK, &ended.took.to_string()) }
            if let Some(number) = ended.step { { plain(words::STEP, &call::step_words(number, run)) } }
            { for closed }
        </>
    };
    section(&words::process_ended(event.id), facts(rows))
}

fn moved(event: &Event, counters: &CountersMoved) -> Html {
    let when = match counters.after_step {
        Some(step) => words::after_step(step),
        None => words::AT_THE_END.to_owned(),
    };
    let rows = counters.deltas.iter().map(|(name, by)| {
        html! { <tr><td><code>{ text::shown(name) }</code></td><td class="number">{ format!("{by:+}") }</td></tr> }
    });
    section(
        &words::counters(event.id),
        html! {
            <>
                <p class="note">{ words::counted(event.at, &when) }</p>
                <table class="saw"><tbody>{ for rows }</tbody></table>
            </>
        },
    )
}

fn kernel_reset(event: &Event, reset: &KernelReset) -> Html {
    let tied = match reset.tied_by {
        TiedBy::Cookie => words::TIED_BY_COOKIE,
        TiedBy::Task => words::TIED_BY_TASK,
        TiedBy::OnlyMatch => words::TIED_AS_ONLY,
    };
    let to = reset
        .to
        .map_or_else(|| words::NOT_SAID.to_owned(), |to| to.to_string());
    let state = reset.state.as_deref().unwrap_or(words::NO_SOCKET);
    let rows = html! {
        <>
            { at(event) }
            { fact(words::REASON, html! { <code>{ text::shown(&reset.reason) }</code> }) }
            { plain(words::STATE, state) }
            { plain(words::FROM, &reset.from.to_string()) }
            { plain(words::TO, &to) }
            { plain(words::TIED, tied) }
        </>
    };
    section(&words::kernel_reset(event.id), facts(rows))
}

fn outside(event: &Event, acted: &OutsideActed, run: &RunEvents) -> Html {
    let rows = html! {
        <>
            { at(event) }
            { plain(words::DID, &acted.act.to_string()) }
            { fact(words::RESULT, call::returned(acted.result)) }
            { plain(words::TOOK, &acted.took.to_string()) }
            if let Some(step) = acted.step { { plain(words::STEP, &call::step_words(step, run)) } }
        </>
    };
    section(&words::outside(event.id), facts(rows))
}

fn step(event: &Event, progress: &StepProgress, run: &RunEvents) -> Html {
    let said = match &progress.progress {
        Progress::Started => words::BEGAN.to_owned(),
        Progress::Parked => words::WAITS.to_owned(),
        Progress::Finished(result) => words::ended_with(&result.to_string()),
    };
    let rows = html! {
        <>
            { at(event) }
            { plain(words::STEP, &call::step_words(progress.step, run)) }
            { plain(words::IT, &said) }
        </>
    };
    section(&words::step(event.id), facts(rows))
}

/// What was recorded and what could not be: a verdict is only as good as its evidence.
fn evidence_had(run: &RunEvents) -> Html {
    let Some(header) = &run.header else {
        return html! {};
    };
    let environment = &header.environment;
    if environment.isolation == CAPTURE {
        let body = html! { <p class="note">{ text::file::EVIDENCE }</p> };
        return section(words::EVIDENCE, body);
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
        words::EVIDENCE,
        html! {
            <>
                <p class="note">{ words::recorded(&text::shown(&environment.kernel), &names.join(", ")) }</p>
                if !missing.is_empty() {
                    <p class="note">
                        <b>{ words::NOT_AVAILABLE }</b>{ text::shown(&missing.join("; ")) }{ ". " }
                        <code>{ "aftershake doctor" }</code>{ words::KNOWS_REMEDY }
                    </p>
                }
            </>
        },
    )
}
