//! What a scenario needs that not every kernel has. Says what it is; whether it is there, the agent tries.

use std::fmt;

/// Something of the kernel that may be missing on a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facility {
    /// TCP Fast Open: RFC 7413.
    FastOpen,
    /// A setting of the whole machine at a value; a scenario cannot set it.
    Machine { name: String, value: u32 },
    /// Multipath TCP: RFC 8684.
    Mptcp,
    /// TCP's MD5 signatures: RFC 2385.
    Signatures,
    /// A setting of the network namespace, `net.ipv4.tcp_abort_on_overflow`.
    Sysctl(String),
}

impl Facility {
    /// That setting of the whole machine at that value.
    pub fn of_machine((name, value): (&String, &u32)) -> Self {
        Self::Machine {
            name: name.clone(),
            value: *value,
        }
    }

    /// How to get it; empty when nothing short of another kernel helps.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::FastOpen | Self::Sysctl(_) => "",
            Self::Signatures => "use a kernel with CONFIG_TCP_MD5SIG",
            Self::Machine { .. } => {
                "set it on a machine that nothing else uses: every program's connections feel it"
            }
            Self::Mptcp => "use a kernel with CONFIG_MPTCP and the sysctl net.mptcp.enabled at 1",
        }
    }
}

impl fmt::Display for Facility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FastOpen => f.pad("TCP Fast Open"),
            Self::Machine { name, value } => write!(f, "{name} at {value} for the whole machine"),
            Self::Mptcp => f.pad("Multipath TCP"),
            Self::Signatures => f.pad("TCP signatures (TCP_MD5SIG)"),
            Self::Sysctl(name) => write!(f, "the sysctl {name}"),
        }
    }
}
