//! Something other than a program of the story changed the world: an administrator, a firewall, a forger.
//!
//! Says what was done and whether the kernel took it, never what it led to.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::call::Returned;
use crate::tcp::flags::Flags;
use crate::tcp::seq_num::SeqNum;
use crate::units::Nanos;

/// One act of the reserved actor `outside`. The event's time is the act's beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutsideActed {
    /// The step it belongs to, counting from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    pub act: OutsideAct,
    /// Time spent until the kernel had answered.
    #[serde(rename = "took_ns")]
    pub took: Nanos,
    /// What the kernel answered; 0 when it did what was asked.
    pub result: Returned,
}

/// What was done, with absolute numbers and addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OutsideAct {
    /// `SOCK_DESTROY`, as `ss -K` does. Source: `sock_diag(7)`, `tcp_abort` in `net/ipv4/tcp.c`.
    DestroySocket {
        local: SocketAddr,
        /// `None` for a listener.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remote: Option<SocketAddr>,
    },
    /// A packet filter's rule was added. Source: nft(8).
    AddRule {
        /// As `nft list ruleset` writes it: `tcp dport 8080 reject with tcp reset`.
        rule: String,
        hook: Hook,
        verdict: Verdict,
    },
    /// A rule that was added before was taken away.
    RemoveRule { rule: String },
    /// A sysctl of the namespace was written: `net.ipv4.tcp_abort_on_overflow`.
    SetSysctl { name: String, value: String },
    /// A segment that no endpoint's kernel made was put on the wire by a raw socket.
    ForgeSegment {
        /// The addresses it claims.
        from: SocketAddr,
        to: SocketAddr,
        flags: Flags,
        /// Absolute, as in its header.
        seq: SeqNum,
        ack: SeqNum,
        /// Payload in bytes.
        len: u32,
        /// Its checksum is wrong on purpose: a receiver must drop it.
        #[serde(default, skip_serializing_if = "is_false")]
        wrong_checksum: bool,
    },
    /// An address was added to the loopback interface.
    AddAddress { address: IpAddr },
    /// An address was removed from the loopback interface.
    RemoveAddress { address: IpAddr },
    /// The loopback interface was switched on or off.
    SetLink { up: bool },
    /// A command began to run beside the programs, in their namespace. What it did there is not recorded.
    RunCommand,
    /// A translator of addresses forgot the connections it translates.
    ForgetNat,
}

/// Where on its way a rule meets a packet. Source: nft(8), "ADDRESS FAMILIES".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Hook {
    /// Before it is delivered to a socket.
    Input,
    /// When a socket has sent it.
    Output,
}

/// What a rule does with the packets that it meets. Source: nft(8), "VERDICT STATEMENT", "REJECT STATEMENT".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Takes it away without a word.
    Drop,
    /// Takes it away and answers its sender with a RST.
    RejectWithTcpReset,
    /// Takes it away and answers its sender with ICMP port unreachable.
    RejectWithIcmp,
    /// Sends it to another port.
    Redirect,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl OutsideActed {
    /// Whether the kernel did what was asked.
    pub const fn succeeded(&self) -> bool {
        matches!(self.result, Returned::Ok(_))
    }

    /// What was done, and with which error if it failed: `link up: failed with EPERM`.
    pub fn sentence(&self) -> String {
        let did = self.act.to_string();
        match self.result {
            Returned::Ok(_) => did,
            Returned::Err(errno) => format!("{did}: failed with {errno}"),
        }
    }
}

/// What was done, in a few words: `set net.ipv4.tcp_rfc1337 = 1`.
impl fmt::Display for OutsideAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DestroySocket {
                local,
                remote: Some(remote),
            } => write!(f, "destroy socket {local} to {remote}"),
            Self::DestroySocket {
                local,
                remote: None,
            } => write!(f, "destroy listener {local}"),
            Self::AddRule { rule, hook, .. } => write!(f, "add rule ({hook}) {rule}"),
            Self::RemoveRule { rule } => write!(f, "remove rule {rule}"),
            Self::SetSysctl { name, value } => write!(f, "set {name} = {value}"),
            Self::ForgeSegment {
                from,
                to,
                flags,
                seq,
                ack,
                len,
                wrong_checksum,
            } => {
                let flags = flags.names();
                write!(f, "forge {flags} {from} > {to} seq {seq} ack {ack}")?;
                if *len > 0 {
                    write!(f, " len {len}")?;
                }
                f.write_str(if *wrong_checksum {
                    ", wrong checksum"
                } else {
                    ""
                })
            }
            Self::AddAddress { address } => write!(f, "add address {address}"),
            Self::RemoveAddress { address } => write!(f, "remove address {address}"),
            Self::SetLink { up: true } => f.write_str("link up"),
            Self::SetLink { up: false } => f.write_str("link down"),
            Self::RunCommand => f.write_str("run a command beside"),
            Self::ForgetNat => f.write_str("forget translated connections"),
        }
    }
}

/// The hook's name in nft.
impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Input => "input",
            Self::Output => "output",
        })
    }
}

impl OutsideAct {
    /// What was done in at most some 36 columns, without addresses: `forge RST`, `reject with tcp reset`.
    pub fn brief(&self) -> String {
        match self {
            Self::DestroySocket { local, .. } => format!("destroy socket :{}", local.port()),
            // What it does comes first: a narrow picture shows only that.
            Self::AddRule { rule, .. } => {
                match rule.find("reject").or_else(|| rule.rfind("drop")) {
                    Some(at) if at > 0 => format!("{} {}", &rule[at..], rule[..at].trim_end()),
                    Some(_) | None => rule.clone(),
                }
            }
            Self::RemoveRule { .. } => "remove rule".to_owned(),
            Self::SetSysctl { name, value } => {
                let short = name.rsplit('.').next().unwrap_or_default();
                format!("{short} = {value}")
            }
            Self::ForgeSegment { flags, to, .. } => {
                format!("forge {} to :{}", flags.names(), to.port())
            }
            Self::AddAddress { .. }
            | Self::RemoveAddress { .. }
            | Self::SetLink { .. }
            | Self::RunCommand
            | Self::ForgetNat => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errno::Errno;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    fn acts() -> [(OutsideAct, &'static str, &'static str); 12] {
        let forged = |wrong_checksum| OutsideAct::ForgeSegment {
            from: address(40112),
            to: address(8080),
            flags: Flags::RST.with(Flags::ACK),
            seq: SeqNum(7),
            ack: SeqNum(9),
            len: 3,
            wrong_checksum,
        };
        [
            (
                OutsideAct::DestroySocket {
                    local: address(8080),
                    remote: Some(address(40112)),
                },
                r#"{"destroy-socket":{"local":"127.0.0.1:8080","remote":"127.0.0.1:40112"}}"#,
                "destroy socket 127.0.0.1:8080 to 127.0.0.1:40112",
            ),
            (
                OutsideAct::DestroySocket {
                    local: address(8080),
                    remote: None,
                },
                r#"{"destroy-socket":{"local":"127.0.0.1:8080"}}"#,
                "destroy listener 127.0.0.1:8080",
            ),
            (
                OutsideAct::AddRule {
                    rule: "tcp dport 8080 drop".to_owned(),
                    hook: Hook::Input,
                    verdict: Verdict::Drop,
                },
                r#"{"add-rule":{"rule":"tcp dport 8080 drop","hook":"input","verdict":"drop"}}"#,
                "add rule (input) tcp dport 8080 drop",
            ),
            (
                OutsideAct::AddRule {
                    rule: "reject".to_owned(),
                    hook: Hook::Output,
                    verdict: Verdict::RejectWithTcpReset,
                },
                r#"{"add-rule":{"rule":"reject","hook":"output","verdict":"reject-with-tcp-reset"}}"#,
                "add rule (output) reject",
            ),
            (
                OutsideAct::RemoveRule {
                    rule: "drop".to_owned(),
                },
                r#"{"remove-rule":{"rule":"drop"}}"#,
                "remove rule drop",
            ),
            (
                OutsideAct::SetSysctl {
                    name: "net.ipv4.tcp_rfc1337".to_owned(),
                    value: "1".to_owned(),
                },
                r#"{"set-sysctl":{"name":"net.ipv4.tcp_rfc1337","value":"1"}}"#,
                "set net.ipv4.tcp_rfc1337 = 1",
            ),
            (
                forged(false),
                r#"{"forge-segment":{"from":"127.0.0.1:40112","to":"127.0.0.1:8080","flags":20,"seq":7,"ack":9,"len":3}}"#,
                "forge RST,ACK 127.0.0.1:40112 > 127.0.0.1:8080 seq 7 ack 9 len 3",
            ),
            (
                forged(true),
                r#"{"forge-segment":{"from":"127.0.0.1:40112","to":"127.0.0.1:8080","flags":20,"seq":7,"ack":9,"len":3,"wrong_checksum":true}}"#,
                "forge RST,ACK 127.0.0.1:40112 > 127.0.0.1:8080 seq 7 ack 9 len 3, wrong checksum",
            ),
            (
                OutsideAct::AddAddress {
                    address: address(1).ip(),
                },
                r#"{"add-address":{"address":"127.0.0.1"}}"#,
                "add address 127.0.0.1",
            ),
            (
                OutsideAct::RemoveAddress {
                    address: address(1).ip(),
                },
                r#"{"remove-address":{"address":"127.0.0.1"}}"#,
                "remove address 127.0.0.1",
            ),
            (
                OutsideAct::SetLink { up: false },
                r#"{"set-link":{"up":false}}"#,
                "link down",
            ),
            (
                OutsideAct::ForgetNat,
                r#""forget-nat""#,
                "forget translated connections",
            ),
        ]
    }

    #[test]
    fn every_act_survives_a_round_trip() {
        for (act, json, words) in acts() {
            assert_eq!(serde_json::to_string(&act).unwrap(), json);
            assert_eq!(
                serde_json::from_str::<OutsideAct>(json).unwrap(),
                act,
                "{json}"
            );
            assert_eq!(act.to_string(), words);
        }
    }

    #[test]
    fn a_refusal_is_said() {
        let acted = OutsideActed {
            step: Some(2),
            act: OutsideAct::SetLink { up: true },
            took: Nanos(5),
            result: Returned::Err(Errno::EPERM),
        };
        assert!(!acted.succeeded());
        assert_eq!(acted.sentence(), "link up: failed with EPERM");
        let json = serde_json::to_string(&acted).unwrap();
        assert_eq!(serde_json::from_str::<OutsideActed>(&json).unwrap(), acted);
    }
}
