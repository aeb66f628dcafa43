//! Whether an agent answers, and what it can see. Holds no token: that stays with the channel.

use aftershake_shared::channel::PROTOCOL_VERSION;
use aftershake_shared::recording::Environment;

use super::kept::Kept;

/// Where the channel stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ChannelStatus {
    /// The page was opened without a token, so there is no agent to ask.
    #[default]
    NoToken,
    /// The page stands on a static site: recordings take an agent's place, and none is ever looked for.
    Recorded,
    /// The first attempt is under way.
    Connecting,
    /// An agent answers.
    Open(Kept<Agent>),
    /// No agent answers; the next attempt follows by itself. `was_open` says whether one did before.
    Lost { was_open: bool, attempts: u32 },
    /// An agent answers in a version of the protocol that this page does not speak.
    OtherVersion { theirs: u32 },
}

/// What an agent says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    pub version: String,
    pub environment: Environment,
}

/// What happened to the channel.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The page is one of a static site.
    RecordingsFound,
    /// A token was found and a connection is being opened.
    Tried,
    Welcomed {
        protocol: u32,
        version: String,
        environment: Environment,
    },
    /// The connection could not be opened or has ended.
    Closed,
}

impl ChannelStatus {
    /// Whether a run can be asked for.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        match action {
            Action::RecordingsFound => Some(Self::Recorded),
            Action::Tried => match self {
                Self::NoToken => Some(Self::Connecting),
                Self::Recorded
                | Self::Connecting
                | Self::Open(_)
                | Self::Lost { .. }
                | Self::OtherVersion { .. } => None,
            },
            Action::Welcomed { protocol, .. } if protocol != PROTOCOL_VERSION => {
                Some(Self::OtherVersion { theirs: protocol })
            }
            Action::Welcomed {
                version,
                environment,
                ..
            } => Some(Self::Open(Kept::new(Agent {
                version,
                environment,
            }))),
            Action::Closed => match self {
                Self::OtherVersion { .. } | Self::Recorded => None,
                Self::Lost { was_open, attempts } => Some(Self::Lost {
                    was_open: *was_open,
                    attempts: attempts.saturating_add(1),
                }),
                Self::NoToken | Self::Connecting => Some(Self::Lost {
                    was_open: false,
                    attempts: 1,
                }),
                Self::Open(_) => Some(Self::Lost {
                    was_open: true,
                    attempts: 0,
                }),
            },
        }
    }
}
