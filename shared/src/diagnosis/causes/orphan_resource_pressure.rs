//! Too many orphaned sockets or too little TCP memory: the kernel gives up a closed socket.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::{PROMPT, Reset};
use crate::diagnosis::shape::Shape;

/// Source: `tcp_check_oom`, `tcp_out_of_resources`; `tcp_max_orphans`, `tcp_mem`.
pub(super) struct OrphanResourcePressure;

impl ResetCause for OrphanResourcePressure {
    fn id(&self) -> CauseId {
        CauseId::OrphanResourcePressure
    }

    fn rfc(&self) -> &'static str {
        "no clause; Linux limits tcp_max_orphans and tcp_mem"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_ABORT_ON_MEMORY"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtTCPAbortOnMemory")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        match reset.own_fin() {
            None => Verdict::RuledOut(format!("{} had sent no FIN before the RST", reset.sender())),
            Some(_) if reset.moved("TcpExtTCPAbortOnMemory").is_some() => {
                Verdict::Likely(Vec::new())
            }
            Some(fin) if reset.at() - fin.at <= PROMPT => Verdict::Possible,
            Some(_) => Verdict::Unlikely,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} closed, and the kernel was out of room for closed sockets.",
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "A closed socket lives on as an orphan until its data and FIN are acknowledged. Over tcp_max_orphans or \
         tcp_mem the kernel resets it instead."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Raise net.ipv4.tcp_max_orphans or tcp_mem, and find what leaves so many closed connections waiting."
    }
}
