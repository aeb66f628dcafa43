//! What a diagnosis says: outcome, connections, and for every RST who sent it, why, and on what evidence.
//!
//! Plain values for report and page; the reasoning is in `causes/`.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::cause_id::CauseId;
use crate::event::EventId;
use crate::scenario::expect::Outcome;

/// How much the evidence carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Several causes are left, and none has a sign of its own.
    Possible,
    /// Several causes are left; the first has a positive sign that the others lack.
    Likely,
    /// The evidence leaves one cause.
    Certain,
}

impl Certainty {
    /// The word in JSON and everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// A whole run or capture explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Of several connections the gravest.
    pub outcome: Outcome,
    /// One sentence in the past tense that answers "what happened?".
    pub headline: String,
    /// Two or three sentences that say why; empty where the headline says all.
    pub explanation: String,
    /// In order of their first segment or call.
    pub connections: Vec<ConnectionVerdict>,
    /// In order of time.
    pub resets: Vec<Finding>,
    /// Pairs of `AF_UNIX` sockets, which are no connections: no segment and no RST is theirs. In order of time.
    pub unix: Vec<UnixVerdict>,
}

impl Diagnosis {
    /// What the programs were told: of each connection in turn, then of each pair of `AF_UNIX` sockets.
    pub fn saw(&self) -> impl Iterator<Item = &Saw> {
        let connections = self.connections.iter().flat_map(|one| &one.saw);
        connections.chain(self.unix.iter().flat_map(|one| &one.saw))
    }
}

/// How one pair of `AF_UNIX` sockets ended, and what looked like a reset there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixVerdict {
    /// Counts on from the connections.
    pub id: u32,
    /// The listener's name, without the NUL byte that makes it abstract.
    pub name: String,
    /// The endpoint that connected.
    pub client: String,
    /// The endpoint that accepted or listened; `server` where nobody did.
    pub server: String,
    /// Never [`Outcome::Reset`]: that takes a RST.
    pub outcome: Outcome,
    /// Whether a program was told an error that it did not bring on itself.
    pub met_error: bool,
    /// One sentence in the past tense that answers "what happened?".
    pub headline: String,
    /// Why, with the numbers of this run; empty where the headline says all.
    pub explanation: String,
    /// What to change in the program; empty where nothing went wrong.
    pub fix: String,
    /// The function of the kernel that did it; empty while nothing has.
    pub kernel_function: &'static str,
    /// The calls that this rests on.
    pub evidence: Vec<Cited>,
    pub saw: Vec<Saw>,
}

/// How one connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionVerdict {
    /// Counts from 1 in order of the first segment.
    pub id: u32,
    /// The endpoint that connected; its address where no program is known.
    pub client: String,
    /// The endpoint that accepted or listened; `server` where nobody did.
    pub server: String,
    pub client_address: SocketAddr,
    pub server_address: SocketAddr,
    /// No SYN and no `connect` told the roles apart: the higher port is called client.
    pub role_guessed: bool,
    pub outcome: Outcome,
    /// What each program was told, call by call: only calls that met the end (EOF, an errno) or caused it.
    pub saw: Vec<Saw>,
}

/// One call through which a program met the end of its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saw {
    pub by: String,
    pub call: EventId,
    /// `recv(1024)`.
    pub signature: String,
    /// `ECONNRESET`, `EOF`, `0`.
    pub result: String,
    /// Why exactly this result, in words.
    pub because: String,
}

/// One RST explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub connection: u32,
    /// An endpoint's name, `server` or `client` where no program is known, or `third-party`.
    pub sent_by: String,
    /// The cause named first among `candidates`.
    pub cause: CauseId,
    pub certainty: Certainty,
    /// Every cause that the evidence leaves open, the likeliest first.
    pub candidates: Vec<CauseId>,
    /// The RST itself.
    pub segment: EventId,
    /// It came over IPv6: other functions of the kernel wrote it.
    pub over_ipv6: bool,
    /// Whether the receiver could take it: an unacceptable RST ends nothing. RFC 9293 §3.5.3, RFC 5961 §3.2.
    pub accepted: bool,
    /// Whether the kernel's own reason was available for this run.
    pub kernel_asked: bool,
    /// The kernel's word; `None` although asked means that no TCP endpoint sent it.
    pub kernel_reason: Option<String>,
    /// One sentence in the past tense: the program, the call, the cause.
    pub headline: String,
    /// Why, with the numbers of this run.
    pub explanation: String,
    /// What to change in the program.
    pub fix: String,
    /// A few lines of code that do it; empty when none would help.
    pub fix_code: String,
    /// The clause of the standard, `RFC 9293 §3.6.1 (SHLD-3)`.
    pub rfc: String,
    /// The events this rests on, each with a short label, `call 5 close()`.
    pub evidence: Vec<Cited>,
    /// Causes that were considered and by what they were ruled out; nearest first.
    pub ruled_out: Vec<RuledOut>,
}

/// An event that a sentence rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    pub event: EventId,
    /// What kind of evidence it is: `call`, `segment`, `counter`, `socket`, `kernel`.
    pub kind: &'static str,
    /// What it shows: `close()`, `RST,ACK`, `TCPAbortOnClose +1`, `TCP_ABORT_ON_CLOSE`.
    pub label: String,
}

/// A cause that it was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuledOut {
    pub cause: CauseId,
    /// Why not, one clause: `SO_LINGER was never set`.
    pub because: String,
}
