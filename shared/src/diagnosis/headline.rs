//! Sentences that answer for a whole run or finish a finding: how sure, what programs saw, what is in doubt.

use std::fmt::Write as _;

use super::cause_id::CauseId;
use super::ending::{ended_process, heir};
use super::finding::{Certainty, ConnectionVerdict, Finding, Saw, UnixVerdict};
use super::reset::{NotTaken, Reset, the};
use super::run::Run;
use super::shape::Shape;
use super::weigh::segment_label;
use super::{outcome, unix};
use crate::connection::flow::Flow;
use crate::connection::{Connection, Role};
use crate::event::call::Call;
use crate::event::outside_acted::OutsideAct;
use crate::event::process_ended::ProcessEnded;
use crate::event::step_progress::{Progress, StepResult};
use crate::event::trouble::Trouble;
use crate::event::{EventBody, Source};
use crate::scenario::expect::Outcome;

/// The sentence with a capital, or with the word that says how sure it is.
pub(super) fn with_certainty(plain: &str, certainty: Certainty) -> String {
    match certainty {
        Certainty::Certain => capital(plain),
        Certainty::Likely => format!("Most likely {plain}"),
        Certainty::Possible => format!("Possibly {plain}"),
    }
}

/// `1 byte`, `16 bytes`.
pub(super) fn bytes(count: impl std::fmt::Display) -> String {
    let count = count.to_string();
    let unit = if count == "1" { "byte" } else { "bytes" };
    format!("{count} {unit}")
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// The error that each program was told and why exactly that one.
pub(super) fn add_what_programs_saw(text: &mut String, reset: &Reset<'_>, saw: &[Saw]) {
    let receiver = reset.receiver();
    if reset.run.segments_lost {
        text.push_str(
            " Segments are missing, so what it ended and which bytes it lost cannot be said for certain.",
        );
    }
    let _ = match reset.not_taken().filter(|_| !reset.run.segments_lost) {
        None => Ok(()),
        Some(NotTaken::Over) => write!(text, " There was nothing left for the RST to end."),
        Some(NotTaken::Lost) => write!(text, " The RST ended nothing at {receiver}."),
        Some(NotTaken::Damaged | NotTaken::Unfit) => write!(
            text,
            " The RST was not acceptable to {receiver} and ended nothing."
        ),
    };
    if !reset.accepted {
        return;
    }
    add_what_it_followed(text, reset);
    if !reset.run.segments_lost {
        add_lost(text, reset);
    }
    let victim = reset.connection.name(reset.to());
    let told = saw
        .iter()
        .find(|saw| saw.by == victim && saw.result.starts_with('E') && saw.result != "EOF");
    if let Some(told) = told {
        let Saw {
            signature,
            result,
            because,
            ..
        } = told;
        let _ = write!(
            text,
            " {} got {result} from {signature}: {because}.",
            capital(&the(victim))
        );
    }
}

/// The call or the segment after which it left; a timer is the cause's own matter.
fn add_what_it_followed(text: &mut String, reset: &Reset<'_>) {
    if let Some(ending) = reset.sending_call() {
        text.push_str(&ending.sentence(reset));
        text.extend(reset.was_held(&ending));
    } else if let Some(answered) = reset.answered() {
        let label = segment_label(&answered.segment);
        let after = reset.at() - answered.at;
        let _ = write!(text, " The RST answered {label} within {after}.");
    } else if reset.shape == Shape::Reply && reset.forged().is_none() && !reset.run.segments_lost {
        text.push_str(" No segment in the capture drew it.");
    }
}

/// Which bytes the reset lost, as far as the evidence tells.
fn add_lost(text: &mut String, reset: &Reset<'_>) {
    let mut lost = Vec::new();
    let (sender, receiver) = (reset.sender(), reset.receiver());
    let left = reset.unread_bytes();
    if let Some(count) = left.filter(|count| *count > 0) {
        let holder = reset.last_holder();
        lost.push(format!("{} that {holder} had not read", bytes(count)));
    }
    let drew = reset
        .answered()
        .map_or(0, |answered| answered.segment.payload_len);
    if drew > 0 {
        lost.push(format!("the {} of {receiver} that drew it", bytes(drew)));
    }
    let unsent = reset.unsent_bytes();
    if let Some(count) = unsent.filter(|count| *count > 0) {
        lost.push(format!("{} of {sender} that had not left", bytes(count)));
    }
    if !lost.is_empty() {
        let _ = write!(text, " Lost: {}.", lost.join(" and "));
    } else if left.is_some() && unsent.is_some() {
        text.push_str(" No byte was lost.");
    }
}

/// What else it could have been, and which evidence would tell.
pub(super) fn add_doubt(
    text: &mut String,
    reset: &Reset<'_>,
    candidates: &[CauseId],
    contradicted: bool,
) {
    if contradicted {
        text.push_str(
            " The sources of this run contradict each other; only the segments were believed.",
        );
    }
    if candidates.len() < 2 {
        return;
    }
    let others: Vec<_> = candidates
        .iter()
        .skip(1)
        .map(|cause| cause.slug())
        .collect();
    let _ = write!(text, " Not ruled out: {}.", others.join(", "));
    let missing: Vec<_> = [Source::Calls, Source::Counters, Source::KernelResets]
        .into_iter()
        .filter(|source| !reset.has(*source))
        .map(Source::name)
        .collect();
    if !missing.is_empty() {
        let _ = write!(text, " Not recorded: {}.", missing.join(", "));
    }
}

/// What happened in one sentence, and why in two or three.
pub(super) fn of_run(
    run: &Run<'_>,
    verdicts: &[ConnectionVerdict],
    findings: &[Finding],
    unix: &[UnixVerdict],
) -> (String, String) {
    let tcp = outcome::of_connections(verdicts);
    let Some(pair) = unix::gravest(unix) else {
        return of_connections(run, tcp.unwrap_or(Outcome::Open), verdicts, findings);
    };
    let Some(tcp) = tcp else {
        let (headline, explanation) = (pair.headline.clone(), &pair.explanation);
        let why = format!("{explanation} {}", waiting(run));
        return (headline, why.trim().to_owned());
    };
    let (headline, explanation) = of_connections(run, tcp, verdicts, findings);
    // An error over AF_UNIX says more than that TCP went well; what TCP itself reset comes first.
    let is_quiet = matches!(tcp, Outcome::Closed | Outcome::Open | Outcome::TimedOut);
    if pair.met_error && is_quiet {
        let why = format!("{} Over TCP: {headline}", pair.explanation);
        return (pair.headline.clone(), why);
    }
    let why = format!("{explanation} {}", pair.headline);
    (headline, why.trim_start().to_owned())
}

/// The same of its TCP connections.
fn of_connections(
    run: &Run<'_>,
    outcome: Outcome,
    verdicts: &[ConnectionVerdict],
    findings: &[Finding],
) -> (String, String) {
    let alike = || verdicts.iter().filter(|verdict| verdict.outcome == outcome);
    // Of many that are open, the one of which there is more to say.
    let told = alike().find(|verdict| {
        let connection = run.connections.with_id(verdict.id);
        outcome == Outcome::Open
            && connection.is_some_and(|one| super::held::still_open(run, one).is_some())
    });
    let gravest = told.or(alike().next());
    if run.segments_lost && matches!(outcome, Outcome::Closed | Outcome::Open | Outcome::TimedOut) {
        return with_gaps(run, findings);
    }
    let Some(gravest) = gravest else {
        return ("No connection was made.".to_owned(), waiting(run));
    };
    let own = |finding: &&Finding| finding.connection == gravest.id;
    let decisive = findings.iter().filter(own).find(|finding| finding.accepted);
    match (outcome, decisive) {
        (Outcome::Reset | Outcome::Refused, Some(finding)) => {
            return (finding.headline.clone(), finding.explanation.clone());
        }
        (Outcome::Reset, None) => {
            let text = "A connection was reset, but the RST itself was not recorded.";
            return (text.to_owned(), without_segments(run));
        }
        (Outcome::Refused, None) => {
            let text = format!("{} was refused.", capital(&the(&gravest.client)));
            return (text, without_segments(run));
        }
        (Outcome::Closed | Outcome::Open | Outcome::TimedOut, _) => {}
    }
    let Some(connection) = run.connections.with_id(gravest.id) else {
        return (String::new(), String::new());
    };
    let (mut headline, explanation) = quiet(run, connection, gravest);
    if findings.iter().any(|finding| !finding.accepted) {
        headline.push_str(" A RST was seen, but it ended nothing.");
    }
    (headline, explanation)
}

/// Segments are missing and those that are there show no reset: a RST may be among what is not there.
fn with_gaps(run: &Run<'_>, findings: &[Finding]) -> (String, String) {
    let headline = if findings.is_empty() {
        "No RST was captured, but segments are missing: how it ended cannot be said for certain."
    } else {
        "A RST was captured, but segments are missing: whether it ended a connection cannot be said."
    };
    let mut lost = Vec::new();
    for event in run.events {
        if let EventBody::Trouble(trouble) = &event.body
            && matches!(
                trouble,
                Trouble::SegmentsLost { .. } | Trouble::CaptureEndNotProved
            )
        {
            lost.push(capital(&trouble.to_string()) + ".");
        }
    }
    let aborted: i64 = ABORTS
        .iter()
        .filter_map(|name| run.counters.total(name))
        .sum();
    let mut text = lost.join(" ");
    if aborted > 0 {
        let _ = write!(
            text,
            " Connections that the kernel counted as aborted (TCPAbortOn…): {aborted}."
        );
    }
    (headline.to_owned(), text)
}

/// Counters of connections that a program's close or the kernel aborted. Source: `snmp4_net_list`.
const ABORTS: [&str; 3] = [
    "TcpExtTCPAbortOnData",
    "TcpExtTCPAbortOnClose",
    "TcpExtTCPAbortOnMemory",
];

/// The steps that waited until the end, by number.
fn waiting(run: &Run<'_>) -> String {
    let mut numbers = Vec::new();
    for event in run.events {
        if let EventBody::Step(step) = &event.body
            && step.progress == Progress::Finished(StepResult::Waiting)
        {
            numbers.push((step.step + 1).to_string());
        }
    }
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!("Step {one} was still waiting at the end."),
        several => format!(
            "Steps {} were still waiting at the end.",
            several.join(", ")
        ),
    }
}

fn without_segments(run: &Run<'_>) -> String {
    if run.has(Source::Segments) {
        return String::new();
    }
    "Segments were not recorded, so who sent the RST and why cannot be said.".to_owned()
}

/// A connection that no RST ended.
fn quiet(run: &Run<'_>, connection: &Connection, verdict: &ConnectionVerdict) -> (String, String) {
    let flow = Flow::over(connection, run.outside.foreign_in(connection));
    let (client, server) = (the(&verdict.client), the(&verdict.server));
    match verdict.outcome {
        Outcome::Closed => closed(run, connection, &flow, verdict),
        Outcome::Open => {
            let special = super::held::still_open(run, connection);
            let (special, why) = special.unzip();
            let text = if let Some(special) = special {
                special
            } else if flow.of(Role::Server).isn.is_none() && flow.of(Role::Client).isn.is_some() {
                format!("No reset: {client} was still waiting for an answer to its SYN.")
            } else {
                "No reset: the connection was still open at the end.".to_owned()
            };
            (
                text,
                [
                    "Neither end had sent FIN.".to_owned(),
                    why.unwrap_or_default(),
                    waiting(run),
                ]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
            )
        }
        Outcome::TimedOut => {
            let unanswered = flow.of(Role::Server).isn.is_none() && !connection.segments.is_empty();
            let gave_up = flow.of(Role::Client).spoken == 0;
            if unanswered {
                let text = format!("No reset: {server} never answered, and {client} gave up.");
                (
                    text,
                    format!(
                        "The SYN got neither SYN,ACK nor RST: {}.",
                        why_dropped(run, connection)
                    ),
                )
            } else if gave_up {
                (
                    format!(
                        "{} gave up connecting before the answer came.",
                        capital(&client)
                    ),
                    String::new(),
                )
            } else {
                ("No reset: the connection was given up after a timeout.".to_owned(),
                 "The error came from this machine's own timer (ETIMEDOUT), not from the other end.".to_owned())
            }
        }
        Outcome::Refused | Outcome::Reset => (String::new(), String::new()),
    }
}

/// What the counters say of a SYN that was dropped. They are the whole run's: they say it of this one only where
/// no other was dropped, no other listener was asked, and no rule may have dropped it.
fn why_dropped(run: &Run<'_>, connection: &Connection) -> &'static str {
    let answered = |one: &Connection| {
        one.segments.is_empty() || one.server.isn.is_some() || one.id == connection.id
    };
    let alone = run
        .connections
        .iter()
        .all(|one| answered(one) && one.server.address == connection.server.address);
    let ruled = run.events.iter().any(|event| {
        matches!(&event.body, EventBody::Outside(acted) if matches!(acted.act, OutsideAct::AddRule { .. }))
    });
    let sure = alone && !ruled && !run.segments_lost;
    let moved = |name| sure && run.counters.total(name).unwrap_or(0) > 0;
    if moved("TcpExtTCPMD5NotFound") {
        "it was not signed, and whoever listens takes signed segments only (TCPMD5NotFound)"
    } else if moved("TcpExtListenOverflows") {
        "the accept queue was full (ListenOverflows)"
    } else {
        "it was dropped, or the accept queue was full"
    }
}

fn closed(
    run: &Run<'_>,
    connection: &Connection,
    flow: &Flow,
    verdict: &ConnectionVerdict,
) -> (String, String) {
    let fins =
        [Role::Client, Role::Server].map(|role| flow.of(role).fin.map(|fin| (fin.index, role)));
    let first = fins.into_iter().flatten().min_by_key(|(index, _)| *index);
    let Some((_, first)) = first else {
        return (
            "No reset: the connection was closed in order.".to_owned(),
            without_segments(run),
        );
    };
    let (closer, other) = (
        the(connection.name(first)),
        the(connection.name(first.other())),
    );
    let told = verdict
        .saw
        .iter()
        .any(|saw| saw.by == connection.name(first.other()) && saw.result == "EOF");
    let eof = if told {
        format!(", and {other} was told EOF")
    } else {
        String::new()
    };
    let received = flow.payload_received(first);
    let mut own = run.calls_of(connection, first);
    let ending = own.find(|(_, call)| call.call.ends_sending());
    let by_shutdown = ending.is_some_and(|(_, call)| matches!(call.call, Call::Shutdown { .. }));
    let with_process = ending
        .is_none()
        .then(|| process_end(run, connection, first))
        .flatten();
    let heir = with_process.and_then(|process| heir(run, connection, first, process));
    let act = match (with_process, heir) {
        (_, Some(heir)) => format!("the end of {}", the(heir)),
        (Some(_), None) => "its end".to_owned(),
        (None, None) => "its close".to_owned(),
    };
    let late = ending.and_then(|ending| super::held::closed_late(run, connection, first, ending));
    let (late, delayed) = late.unzip();
    let why = if by_shutdown {
        let signature = ending.map_or_else(String::new, |(_, call)| call.signature());
        format!("Its {signature} sent FIN and kept the socket.")
    } else if received == 0 {
        format!(
            "{} had received nothing that it could leave unread, so {act} sent FIN and not RST.",
            capital(&closer)
        )
    } else {
        format!(
            "{} left none of the {} it had received unread, so {act} sent FIN and not RST.",
            capital(&closer),
            bytes(received)
        )
    };
    let both = match flow.of(first.other()).fin {
        Some(_) => " The other end finished with FIN too.",
        None => " The other end had not closed by the end.",
    };
    (
        if let Some(process) = with_process {
            let (holder, how) = (heir.map_or(closer, the), &process.how);
            format!(
                "No reset: the process of {holder} ended first ({how}), and its kernel sent FIN{eof}."
            )
        } else if let Some(late) = late {
            format!("No reset: {late}{eof}.")
        } else if by_shutdown {
            format!("No reset: {closer} ended its sending first, with FIN{eof}.")
        } else {
            format!("No reset: {closer} closed first, with FIN{eof}.")
        },
        delayed.unwrap_or_default() + &why + both,
    )
}

/// The end of the process that closed that end's socket; `None` where none did.
fn process_end<'a>(run: &Run<'a>, connection: &Connection, role: Role) -> Option<&'a ProcessEnded> {
    let ended = connection.end(role).ended?;
    ended_process(run.events.get(ended.position)?)
}
