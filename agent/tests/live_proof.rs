//! Every run of the catalogue against the kernel's own word: the cause that was named must be one for which the
//! kernel gives the reason it gave for that very segment. Needs the kernel's reasons, which only root is told.
//!
//! What each cause may be called is written down here once more, apart from the diagnosis that is tried.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/worker.rs"]
mod worker;

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::diagnosis::finding::{Certainty, Finding};
use aftershake_shared::diagnosis::{CauseId, diagnose};
use aftershake_shared::event::{Event, EventBody, Source};
use aftershake_shared::recording::Recording;
use worker::{request, worker};

/// What Linux says of each cause: `enum sk_rst_reason` of `include/net/rstreason.h`, measured on 6.18.
const fn reasons(cause: CauseId) -> &'static [&'static str] {
    match cause {
        CauseId::CloseWithUnreadData | CauseId::MptcpFastclose => &["TCP_ABORT_ON_CLOSE"],
        CauseId::LingerZeroClose
        | CauseId::ListenerClosedWithQueuedConnection
        | CauseId::DisconnectAfUnspec
        | CauseId::SocketDestroyedByAdmin => &["TCP_STATE"],
        CauseId::DisconnectWithUnsentData => &["TCP_DISCONNECT_WITH_DATA"],
        CauseId::Linger2Negative => &["TCP_ABORT_ON_LINGER", "TCP_ABORT_ON_DATA"],
        CauseId::OrphanResourcePressure => &["TCP_ABORT_ON_MEMORY"],
        CauseId::KeepaliveTimeout => &["TCP_KEEPALIVE_TIMEOUT"],
        CauseId::DataAfterCloseTimewait => &["TCP_TIMEWAIT_SOCKET"],
        CauseId::DataAfterCloseOrphan => &["TCP_ABORT_ON_DATA"],
        CauseId::StaleConnectionNoSocket | CauseId::NatStateLost => &["NO_SOCKET", "TCP_FLAGS"],
        CauseId::SynRecvListenerGone
        | CauseId::LateSynackClientGone
        | CauseId::ConnectionRefused => &["NO_SOCKET"],
        CauseId::AcceptQueueOverflowAbort | CauseId::SynInSynRecv => &["INVALID_SYN"],
        CauseId::BadAckInHandshake => &["TCP_FLAGS", "TCP_ACK_UNSENT_DATA", "TCP_TOO_OLD_ACK"],
        CauseId::UnacceptableAckInSynSent => &["TCP_INVALID_ACK_SEQUENCE", "TCP_RFC7323_PAWS"],
        CauseId::MptcpJoinRejected => &["MPTCP_RST_EMPTCP"],
        CauseId::FirewallRejectTcpReset | CauseId::InjectedRst => &[],
    }
}

/// The kernel's words in a run, as it was recorded.
fn words(events: &[Event]) -> Vec<&str> {
    let mut words = Vec::new();
    for event in events {
        if let EventBody::KernelReset(reset) = &event.body {
            words.push(reset.reason.as_str());
        }
    }
    words
}

fn prove(name: &str, finding: &Finding) {
    let known = reasons(finding.cause);
    let cause = finding.cause;
    match &finding.kernel_reason {
        Some(reason) => assert!(
            known.contains(&reason.as_str()),
            "{name}: {cause} was named, the kernel says {reason}"
        ),
        None if finding.kernel_asked => {
            assert!(
                known.is_empty(),
                "{name}: {cause} was named, the kernel sent no RST"
            );
        }
        None => {}
    }
    assert_eq!(
        finding.certainty,
        Certainty::Certain,
        "{name}: {:?}",
        finding.candidates
    );
}

#[test]
fn the_named_cause_agrees_with_the_kernels_reason_for_that_segment() {
    let mut worker = worker();
    let mut proved = 0;
    for entry in CATALOG.iter().filter(|entry| entry.needs_no_setting()) {
        let recording: Recording = worker.run(request(entry.text(), 11)).unwrap().0;
        let environment = &recording.header.environment;
        if !environment.has(Source::KernelResets) {
            eprintln!("SKIPPED: the kernel's reasons need root");
            return;
        }
        let diagnosis = diagnose(&recording.events, &environment.evidence);
        let told = diagnosis
            .resets
            .iter()
            .filter(|one| one.kernel_reason.is_some())
            .count();
        // Every word of the kernel belongs to one RST; more words than RSTs only where a rule took RSTs away.
        assert!(told <= words(&recording.events).len(), "{}", entry.name);
        for finding in &diagnosis.resets {
            prove(entry.name, finding);
        }
        proved += told;
    }
    assert!(proved >= 40, "only {proved} RSTs had the kernel's word");
}
