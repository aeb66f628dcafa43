//! A header's numbers and options, and a socket's numbers, with what they count.

use aftershake_shared::event::socket_sampled::TcpInfo;
use aftershake_shared::tcp::options::TcpOptions;

/// A number as it stood on the wire.
pub fn absolute(number: u32) -> String {
    format!("absolute {number}")
}

/// The window in bytes; follows the field and its factor.
pub fn window_bytes(number: u64) -> String {
    format!("= {number} bytes")
}

/// A header's options in a row.
pub fn options(options: &TcpOptions) -> String {
    let TcpOptions {
        mss,
        window_scale,
        sack_permitted,
        sack,
        timestamps,
        mptcp,
        mp_fastclose,
        mp_tcprst,
        fast_open,
        signed,
    } = options;
    let words = [
        mss.map(|mss| format!("MSS {mss}")),
        window_scale.map(|shift| format!("window scale {shift}")),
        sack_permitted.then(|| "SACK permitted".to_owned()),
        sack.map(|(left, right)| format!("SACK {left} to {right}")),
        timestamps.map(|(value, echo)| format!("timestamps {value}, {echo}")),
        mptcp.map(|subtype| format!("MPTCP subtype {subtype}")),
        mp_fastclose.then(|| "MP_FASTCLOSE".to_owned()),
        mp_tcprst.map(|reason| format!("MP_TCPRST reason {reason}")),
        fast_open.then(|| "fast open".to_owned()),
        signed.then(|| "signature".to_owned()),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

/// The retransmission timeout beside the round-trip time.
pub fn rto(rto: &str) -> String {
    format!("rto {rto}")
}

/// The congestion window: its segments, and quieter how large they are.
pub fn cwnd(info: &TcpInfo) -> (String, String) {
    let TcpInfo {
        snd_cwnd, snd_mss, ..
    } = info;
    (
        format!("{snd_cwnd} segments "),
        format!("of {snd_mss} bytes"),
    )
}

/// The window this end was offered.
pub fn snd_wnd(info: &TcpInfo) -> String {
    format!("{} bytes", info.snd_wnd)
}

/// Payload bytes sent, sent again, and not sent yet.
pub fn sent(info: &TcpInfo) -> String {
    let TcpInfo {
        bytes_sent,
        bytes_retransmitted,
        not_sent,
        ..
    } = info;
    format!("{bytes_sent} bytes, {bytes_retransmitted} again, {not_sent} to go")
}

/// Payload bytes that came in order.
pub fn received(info: &TcpInfo) -> String {
    format!("{} bytes", info.bytes_received)
}

/// What waits for an ACK, and how often it was sent again or asked after.
pub fn unacked(info: &TcpInfo) -> String {
    let TcpInfo {
        unacked,
        retransmits,
        probes,
        ..
    } = info;
    format!("{unacked} segments, {retransmits} sent again, {probes} probes")
}
