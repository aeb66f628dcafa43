//! How far the namespace's TCP counters moved. Sums of both ends: on loopback they share one namespace.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counters that moved since the previous reading, by exact difference.
///
/// Source: `/proc/net/snmp` (names prefixed `Tcp`) and `/proc/net/netstat` (`TcpExt`, `MPTcpExt`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CountersMoved {
    /// The step after which they were read, counting from 0; `None` at the end of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_step: Option<u32>,
    /// Name and difference; never zero.
    pub deltas: BTreeMap<String, i64>,
}
