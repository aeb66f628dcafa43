//! `set_sysctl`: sets a kernel parameter of the run's network namespace, and of no other.

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::facility::Facility;
use crate::scenario::field::{Field, Takes};

/// `do.set_sysctl = { name = "net.ipv4.tcp_abort_on_overflow", value = 1 }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetSysctl {
    pub name: String,
    pub value: u32,
}

/// The parameters that every network namespace has of its own, with their least and greatest values.
///
/// Source: Linux `net/ipv4/sysctl_net_ipv4.c` (`ipv4_net_table`), `net/core/sysctl_net_core.c`,
/// `net/netfilter/nf_conntrack_standalone.c`, `net/mptcp/ctrl.c`.
const KNOWN: &[(&str, u32, u32)] = &[
    ("net.core.somaxconn", 0, 65_535),
    ("net.ipv4.tcp_abort_on_overflow", 0, 1),
    ("net.ipv4.tcp_autocorking", 0, 1),
    ("net.ipv4.tcp_early_retrans", 0, 4),
    ("net.ipv4.tcp_fastopen", 0, 0x607),
    ("net.ipv4.tcp_fin_timeout", 1, 300),
    ("net.ipv4.tcp_invalid_ratelimit", 0, 60_000),
    ("net.ipv4.tcp_keepalive_intvl", 1, 32_767),
    ("net.ipv4.tcp_keepalive_probes", 1, 127),
    ("net.ipv4.tcp_keepalive_time", 1, 32_767),
    ("net.ipv4.tcp_max_syn_backlog", 1, 65_535),
    ("net.ipv4.tcp_max_tw_buckets", 0, 1_048_576),
    ("net.ipv4.tcp_migrate_req", 0, 1),
    ("net.ipv4.tcp_orphan_retries", 0, 8),
    ("net.ipv4.tcp_retries1", 0, 15),
    ("net.ipv4.tcp_retries2", 0, 15),
    ("net.ipv4.tcp_rfc1337", 0, 1),
    ("net.ipv4.tcp_rto_max_ms", 1_000, 120_000),
    ("net.ipv4.tcp_sack", 0, 1),
    ("net.ipv4.tcp_syn_retries", 1, 127),
    ("net.ipv4.tcp_synack_retries", 0, 255),
    ("net.ipv4.tcp_syncookies", 0, 2),
    ("net.ipv4.tcp_timestamps", 0, 2),
    ("net.ipv4.tcp_tw_reuse", 0, 2),
    ("net.ipv4.tcp_window_scaling", 0, 1),
    ("net.mptcp.enabled", 0, 1),
    ("net.netfilter.nf_conntrack_tcp_be_liberal", 0, 1),
    ("net.netfilter.nf_conntrack_tcp_loose", 0, 1),
    (
        "net.netfilter.nf_conntrack_tcp_timeout_established",
        1,
        86_400,
    ),
];

/// What belongs to the whole machine although its name looks alike.
const OF_THE_MACHINE: &[&str] = &[
    "net.ipv4.tcp_max_orphans",
    "net.ipv4.tcp_mem",
    "net.core.rmem_max",
    "net.core.wmem_max",
    "net.netfilter.nf_conntrack_max",
];

impl Kind for SetSysctl {
    const NAME: &'static str = "set_sysctl";
    const HELP: &'static str = "set a kernel parameter of the run's network namespace";
    const FIELDS: &'static [Field] = &[
        Field::new("name", Takes::Text, "a parameter of the network namespace")
            .required()
            .example("\"net.ipv4.tcp_max_tw_buckets\""),
        Field::number("value", "", 0, 1_048_576, "its value").required(),
    ];
    const ACTOR: Actor = Actor::Outside;

    fn facilities(&self) -> Vec<Facility> {
        vec![Facility::Sysctl(self.name.clone())]
    }

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn check(&self) -> Result<(), String> {
        let name = self.name.as_str();
        if OF_THE_MACHINE.contains(&name) {
            return Err(format!(
                "`{name}` belongs to the whole machine, expected a parameter of the network namespace"
            ));
        }
        let known = KNOWN.iter().find(|(known, ..)| *known == name);
        let Some((_, least, most)) = known else {
            let names: Vec<_> = KNOWN.iter().map(|(name, ..)| *name).collect();
            return Err(format!(
                "`{name}` is no parameter that a scenario may set, expected one of {}",
                names.join(", ")
            ));
        };
        if !(least..=most).contains(&&self.value) {
            return Err(format!(
                "{name} is {}, expected {least} to {most}",
                self.value
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, value: u32) -> String {
        let step = SetSysctl {
            name: name.to_owned(),
            value,
        };
        step.check().err().unwrap_or_default()
    }

    #[test]
    fn only_parameters_of_the_namespace_are_taken() {
        assert_eq!(refused("net.ipv4.tcp_rfc1337", 1), "");
        assert_eq!(
            refused("net.ipv4.tcp_rfc1337", 2),
            "net.ipv4.tcp_rfc1337 is 2, expected 0 to 1"
        );
        assert!(refused("net.ipv4.tcp_mem", 1).contains("the whole machine"));
        assert!(refused("kernel.panic", 1).contains("expected one of net.core.somaxconn"));
        assert!(refused("net.ipv4.../../x", 1).contains("is no parameter"));
    }

    #[test]
    fn names_are_sorted_and_plain() {
        assert!(KNOWN.is_sorted());
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
        assert!(KNOWN.iter().all(|(name, ..)| name.chars().all(fits)));
    }
}
