//! Which counters are worth a pill. Those that move in every connection would hide those that explain.

use crate::event::counters::CountersMoved;
use crate::order::sort_by_rank;

use super::items::Tone;

/// The most pills for one reading.
const SHOWN: usize = 3;

/// Counters that move whenever anything is sent, or that repeat what an arrow shows.
///
/// Source: Linux `Documentation/networking/snmp_counter.rst` and `include/uapi/linux/snmp.h`.
const USUAL: &[&str] = &[
    "TcpActiveOpens",
    "TcpCurrEstab",
    "TcpEstabResets",
    "TcpInSegs",
    "TcpOutRsts",
    "TcpOutSegs",
    "TcpPassiveOpens",
    "TcpExtDelayedACKs",
    "TcpExtTCPAckCompressed",
    "TcpExtTCPAutoCorking",
    "TcpExtTCPDelivered",
    "TcpExtTCPHPAcks",
    "TcpExtTCPHPHits",
    "TcpExtTCPHystartTrainCwnd",
    "TcpExtTCPHystartTrainDetect",
    "TcpExtTCPOrigDataSent",
    "TcpExtTCPPureAcks",
    "TcpExtTCPRcvCoalesce",
    "TcpExtTW",
];

/// One pill's words.
pub(super) struct Told {
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// The unusual counters of one reading: those of an abort first, then by name.
pub(super) fn worth_telling(moved: &CountersMoved) -> Vec<Told> {
    let unusual = moved
        .deltas
        .iter()
        .filter(|(name, _)| !USUAL.contains(&name.as_str()));
    let mut told: Vec<_> = unusual
        .map(|(name, delta)| {
            let name = name.strip_prefix("TcpExt").unwrap_or(name);
            let aborts = name.starts_with("TCPAbort");
            Told {
                text: format!("{name} {delta:+}"),
                tone: if aborts { Tone::Reset } else { Tone::Plain },
            }
        })
        .collect();
    sort_by_rank(&mut told, |told| ((told.tone != Tone::Reset).into(), 0));
    let rest = told.split_off(told.len().min(SHOWN));
    if !rest.is_empty() {
        told.push(Told {
            text: format!("and {} more counters", rest.len()),
            tone: Tone::Plain,
        });
    }
    told
}
