//! The answer first: what happened, why, on what evidence, and what it was not.

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::finding::{Certainty, Cited, Diagnosis, Finding, RuledOut};
use aftershake_shared::event::EventBody;
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::expectation::{Met, decisive};
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::expect::Outcome;
use aftershake_shared::units::Nanos;
use yew::{Callback, Html, classes, html};

use super::glyph::glyph;
use crate::late;
use crate::store::run_events::{Phase, RunEvents};
use crate::store::{Action, AppState, selection};
use crate::text::{self, verdict as words};

/// The verdict card.
pub fn verdict(state: &AppState, on: &Callback<Action>) -> Html {
    let run = &state.run;
    let draft = state.draft.scenario.as_ref().ok();
    let body = match (&run.phase, &run.diagnosis) {
        (Phase::Idle, _) => not_run(draft.map(|scenario| &**scenario)),
        (Phase::Asked | Phase::Queued { .. } | Phase::Running, _) => under_way(run),
        (Phase::Failed(failure), _) => failed(failure),
        (Phase::Finished { took }, Some(diagnosis)) => late::ready()
            .map(|late| (late.finished)(run, *took, diagnosis, on))
            .unwrap_or_default(),
        (Phase::Finished { .. } | Phase::Lost, _) => lost(run),
    };
    html! {
        <section class="card verdict" aria-label={words::TITLE}>
            <div aria-live="polite">{ body }</div>
        </section>
    }
}

fn not_run(draft: Option<&Scenario>) -> Html {
    let Some(scenario) = draft else {
        return html! {
            <>
                { head("plain", None, words::NOT_RUN, html! {}) }
                <h1 data-test="headline">{ words::UNREADABLE }</h1>
                <p class="why">{ words::UNREADABLE_WHERE }</p>
            </>
        };
    };
    html! {
        <>
            { head("plain", None, words::NOT_RUN_YET, html! {}) }
            <h1 data-test="headline">{ text::shown(&scenario.title) }</h1>
            <p class="why">{ text::sentence(&scenario.story) }</p>
            { expected(scenario) }
        </>
    }
}

/// What the author says will happen, marked as such: nothing was seen yet.
fn expected(scenario: &Scenario) -> Html {
    let Some(expect) = &scenario.expect else {
        return html! {};
    };
    let outcome = expect.outcome.map(text::outcome);
    let by = expect.reset_by.as_deref().map(text::actor);
    let cause = expect.cause.as_deref().map(text::shown);
    html! {
        <p class="expected">
            { words::AUTHOR_EXPECTS }
            if let Some(outcome) = outcome { { glyph(expect.outcome) }{ " " }{ outcome } }
            if let Some(by) = by { { words::EXPECTED_BY }{ by } }
            if let Some(cause) = cause { { ", " }<code>{ cause }</code> }
        </p>
    }
}

fn under_way(run: &RunEvents) -> Html {
    let title = run.scenario.as_ref().map(|s| text::shown(&s.title));
    let steps = run.scenario.as_ref().map_or(0, |s| s.steps.len());
    let done = run.steps_done().min(steps);
    let (badge, said) = match &run.phase {
        Phase::Queued { ahead } => (words::QUEUED, text::waits(*ahead)),
        Phase::Running => (words::RUNNING, words::so_far(done, steps, run.events.len())),
        Phase::Asked | Phase::Idle | Phase::Finished { .. } | Phase::Failed(_) | Phase::Lost => {
            (words::ASKED, words::ASKED_WORDS.to_owned())
        }
    };
    html! {
        <>
            { head("plain", None, badge, html! {}) }
            <h1 data-test="headline">{ title }</h1>
            <p class="why">{ said }</p>
            <progress max={steps.max(1).to_string()} value={done.to_string()} aria-label={words::STEPS_DONE} />
        </>
    }
}

fn failed(failure: &Failure) -> Html {
    html! {
        <>
            { head("bad", None, words::NOT_RUN, html! {}) }
            <h1 data-test="headline">{ words::FAILED }</h1>
            <p class="why pre">{ text::shown(&failure.message) }</p>
            if !failure.remedy.is_empty() {
                <p class="why pre"><b>{ words::WHAT_HELPS }</b>{ text::shown(&failure.remedy) }</p>
            }
        </>
    }
}

fn lost(run: &RunEvents) -> Html {
    let said = match run.events.len() {
        0 => words::LOST_ALL.to_owned(),
        number => words::lost_rest(number),
    };
    html! {
        <>
            { head("plain", None, words::LOST_BADGE, html! {}) }
            <h1 data-test="headline">{ words::LOST }</h1>
            <p class="why">{ said }</p>
        </>
    }
}

/// Badge, certainty and a remark on the right.
fn head(tone: &'static str, certainty: Option<Certainty>, badge: &str, remark: Html) -> Html {
    html! {
        <div class="verdict-head">
            <span class={classes!("badge", tone)} data-test="outcome-badge">{ badge }</span>
            if let Some(certainty) = certainty { { certainty_dots(certainty) } }
            <span class="remark">{ remark }</span>
        </div>
    }
}

/// Three dots and a word: full dots for certain, two for likely, one for possible.
fn certainty_dots(certainty: Certainty) -> Html {
    let full = match certainty {
        Certainty::Possible => 1,
        Certainty::Likely => 2,
        Certainty::Certain => 3,
    };
    html! {
        <span class="certainty" data-test="certainty">
            <svg class="dots" viewBox="0 0 30 10" width="30" height="10" aria-hidden="true">
                { for (0..3).map(|dot| html! {
                    <circle class={if dot < full { "full" } else { "empty" }} cx={(5 + dot * 10).to_string()} cy="5" r="3.5" />
                }) }
            </svg>
            { text::certainty(certainty) }
        </span>
    }
}

/// The verdict itself.
pub(crate) fn finished(
    run: &RunEvents,
    took: Nanos,
    diagnosis: &Diagnosis,
    on: &Callback<Action>,
) -> Html {
    let main = decisive(diagnosis);
    let reset_by = main.filter(|_| diagnosis.outcome == Outcome::Reset);
    let badge = match reset_by {
        Some(finding) => words::reset_by(&text::actor(&finding.sent_by)),
        None => text::outcome(diagnosis.outcome).to_owned(),
    };
    let tone = match diagnosis.outcome {
        Outcome::Reset | Outcome::Refused => "bad",
        Outcome::Closed => "good",
        Outcome::Open | Outcome::TimedOut => "plain",
    };
    let remark = html! {
        <>
            if let Some(met) = run.met.as_ref().filter(|met| met.met) { { as_expected(met) }{ ", " } }
            if let Some(file) = &run.file {
                { text::shown(file) }{ format!(", {took}") }
            } else {
                { words::run(run.newest, took) }
            }
        </>
    };
    let others = diagnosis
        .resets
        .iter()
        .filter(|finding| main.is_none_or(|main| main.segment != finding.segment));
    let others: Vec<_> = others.collect();
    html! {
        <>
            { head(tone, main.map(|finding| finding.certainty), &badge, remark) }
            <h1 data-test="headline">{ text::sentence(&diagnosis.headline) }</h1>
            if !diagnosis.explanation.is_empty() {
                <p class="why">{ text::sentence(&diagnosis.explanation) }</p>
            }
            if let Some(finding) = main { { evidence(finding, on) } }
            if let Some(met) = run.met.as_ref().filter(|met| !met.met) { { as_expected(met) } }
            { troubles(run) }
            if !others.is_empty() {
                <details class="others">
                    <summary>{ words::more_resets(others.len()) }</summary>
                    { for others.into_iter().map(|finding| other(finding, on)) }
                </details>
            }
        </>
    }
}

/// Whether the scenario's author expected this.
fn as_expected(met: &Met) -> Html {
    if met.met {
        return html! { <span class="met" data-test="met">{ words::AS_EXPECTED }</span> };
    }
    html! {
        <div class="met missed" data-test="met">
            <p>{ words::NOT_AS_EXPECTED }</p>
            <ul>{ for met.mismatches.iter().map(|line| html! { <li>{ text::sentence(line) }</li> }) }</ul>
        </div>
    }
}

/// What makes this run's evidence weaker than it could be.
fn troubles(run: &RunEvents) -> Html {
    // What was not to be had is told once, with the evidence that was.
    let is_told = |trouble: &&Trouble| !matches!(trouble, Trouble::Absent { .. });
    let troubles = run.events.iter().filter_map(|event| match &event.body {
        EventBody::Trouble(trouble) => Some(trouble).filter(is_told).map(ToString::to_string),
        EventBody::Call(_)
        | EventBody::Counters(_)
        | EventBody::KernelReset(_)
        | EventBody::ProcessEnded(_)
        | EventBody::Outside(_)
        | EventBody::Segment(_)
        | EventBody::Socket(_)
        | EventBody::Step(_) => None,
    });
    let troubles: Vec<_> = troubles.collect();
    if troubles.is_empty() {
        return html! {};
    }
    html! {
        <ul class="troubles" aria-label={words::REMARKS}>
            { for troubles.iter().map(|said| html! { <li>{ words::REMARK }{ text::sentence(said) }</li> }) }
        </ul>
    }
}

fn other(finding: &Finding, on: &Callback<Action>) -> Html {
    html! {
        <article class="other">
            <p class="other-head">
                { certainty_dots(finding.certainty) }
                if !finding.accepted { <span class="badge plain">{ words::NOT_ACCEPTED }</span> }
            </p>
            <h2>{ text::sentence(&finding.headline) }</h2>
            <p class="why">{ text::sentence(&finding.explanation) }</p>
            { evidence(finding, on) }
        </article>
    }
}

fn evidence(finding: &Finding, on: &Callback<Action>) -> Html {
    let open: Vec<_> = finding.candidates.iter().skip(1).collect();
    html! {
        <>
            if !open.is_empty() {
                <p class="open-causes">
                    { words::OPEN_CAUSES }
                    <b>{ text::cause(finding.cause) }</b>
                    { for open.iter().map(|cause| html! { <>{ ", " }{ text::cause(**cause) }</> }) }
                    { "." }
                </p>
            }
            <ul class="chips" aria-label={words::EVIDENCE}>
                { for finding.evidence.iter().map(|cited| html! { <li>{ chip(cited, on) }</li> }) }
                { for finding.rfc.split("; ").map(|clause| html! { <li>{ rfc(clause) }</li> }) }
            </ul>
            { not_this(&finding.ruled_out) }
        </>
    }
}

fn chip(cited: &Cited, on: &Callback<Action>) -> Html {
    let on = on.clone();
    let picked = Action::Selection(selection::Action::Picked(cited.event));
    let onclick = Callback::from(move |_| on.emit(picked.clone()));
    html! {
        <button type="button" class="chip" {onclick}>
            { format!("{} {} ", cited.kind, cited.event) }<b>{ text::shown(&cited.label) }</b>
        </button>
    }
}

/// `RFC 9293 §3.6.1 (SHLD-3)`, as a link where a number can be read from it.
fn rfc(clause: &str) -> Html {
    match rfc_address(clause) {
        Some(address) => html! {
            <a href={address} target="_blank" rel="noopener noreferrer">{ text::shown(clause) }</a>
        },
        None => html! { <span>{ text::shown(clause) }</span> },
    }
}

fn rfc_address(clause: &str) -> Option<String> {
    let rest = clause.strip_prefix("RFC ")?;
    let leading = |text: &str, fits: fn(char) -> bool| -> String {
        text.chars().take_while(|letter| fits(*letter)).collect()
    };
    let number = leading(rest, |letter| letter.is_ascii_digit());
    if number.is_empty() {
        return None;
    }
    let section = rest.split_once('§').map(|(_, section)| section);
    let section = section.map(|text| leading(text, |l| l.is_ascii_digit() || l == '.'));
    let anchor = section
        .map(|section| section.trim_end_matches('.').to_owned())
        .filter(|section| !section.is_empty())
        .map_or_else(String::new, |section| format!("#section-{section}"));
    Some(format!(
        "https://www.rfc-editor.org/rfc/rfc{number}{anchor}"
    ))
}

fn not_this(ruled_out: &[RuledOut]) -> Html {
    if ruled_out.is_empty() {
        return html! {};
    }
    let names: Vec<_> = ruled_out
        .iter()
        .take(3)
        .map(|r| text::cause(r.cause))
        .collect();
    let more = ruled_out.len().saturating_sub(3);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" {}", words::and_more(more))
    };
    html! {
        <details class="not-this">
            <summary>{ format!("{} {}{more}", words::RULED_OUT, names.join(", ")) }</summary>
            <ul>
                { for ruled_out.iter().map(|ruled_out| html! {
                    <li><b>{ text::cause(ruled_out.cause) }</b>{ ": " }{ text::sentence(&ruled_out.because) }</li>
                }) }
            </ul>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::rfc_address;

    #[test]
    fn a_clause_links_to_its_section_and_nothing_else() {
        for (clause, address) in [
            (
                "RFC 9293 §3.6.1 (SHLD-3)",
                Some("https://www.rfc-editor.org/rfc/rfc9293#section-3.6.1"),
            ),
            (
                "RFC 5961 §3.2.",
                Some("https://www.rfc-editor.org/rfc/rfc5961#section-3.2"),
            ),
            ("RFC 793", Some("https://www.rfc-editor.org/rfc/rfc793")),
            ("Linux tcp_close", None),
            ("RFC javascript:", None),
        ] {
            assert_eq!(rfc_address(clause).as_deref(), address, "{clause}");
        }
    }
}
