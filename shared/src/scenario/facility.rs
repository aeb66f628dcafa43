//! What a scenario needs that not every kernel has. Says what it is; whether it is there, the agent tries.

use std::fmt;

/// Something of the kernel that may be missing on a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facility {
    /// TCP Fast Open: RFC 7413.
    FastOpen,
    /// Multipath TCP: RFC 8684.
    Mptcp,
    /// A setting of the network namespace, `net.ipv4.tcp_abort_on_overflow`.
    Sysctl(String),
}

impl Facility {
    /// How to get it; empty when nothing short of another kernel helps.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::FastOpen | Self::Sysctl(_) => "",
            Self::Mptcp => "use a kernel with CONFIG_MPTCP and the sysctl net.mptcp.enabled at 1",
        }
    }
}

impl fmt::Display for Facility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FastOpen => f.pad("TCP Fast Open"),
            Self::Mptcp => f.pad("Multipath TCP"),
            Self::Sysctl(name) => write!(f, "the sysctl {name}"),
        }
    }
}
