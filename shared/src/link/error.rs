//! Why a link cannot be read or made, and what to do about it.

use super::limits;
use crate::scenario::error::ScenarioError;

/// Why a text gives no scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("this is no link to a scenario, expected `#s1.` and letters after it")]
    NoLink,
    #[error("the link is of version {found}, and the newest known here is {known}", known = super::VERSION)]
    Newer { found: u32 },
    #[error("the link has {characters} characters, expected at most {max}", max = limits::LONGEST_READ)]
    TooLong { characters: usize },
    /// Letters that are missing, changed or added.
    #[error("the link is damaged: letters are missing, changed or added")]
    Damaged,
    #[error("the link unpacks to more than {max} bytes, which no scenario needs", max = limits::INFLATED)]
    Inflates,
    #[error("the link holds more than {max} values, which no scenario needs", max = limits::VALUES)]
    TooMany,
    /// Whole, but not made of what a link is made of.
    #[error("the link is whole but holds no scenario: {0}")]
    NoScenario(String),
    /// Whole, and its scenario is one that this version refuses.
    #[error("the link's scenario cannot be carried out: {0}")]
    Scenario(ScenarioError),
}

impl LinkError {
    /// What the reader can do, one sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NoLink => "copy the whole link, with the part from `#` on",
            Self::Newer { .. } => "update aftershake",
            Self::Damaged => {
                "copy the whole link again where it came from; chat programs cut long ones"
            }
            Self::TooLong { .. } | Self::Inflates | Self::TooMany => {
                "ask for the scenario as a .toml file"
            }
            Self::NoScenario(_) | Self::Scenario(_) => {
                "update aftershake, or ask for the scenario as a .toml file"
            }
        }
    }
}

/// Why a scenario gives no link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    #[error("the link would have {characters} characters, expected at most {max}", max = limits::LONGEST_MADE)]
    TooLong { characters: usize },
    #[error("the name has {bytes} bytes, expected at most {max}", max = crate::scenario::limits::WORDS)]
    Name { bytes: usize },
    /// The text is no scenario, or its values laid out anew are too long for one.
    #[error("{0}")]
    Scenario(ScenarioError),
    /// More values than a link may hold.
    #[error("the link could not be read: {0}")]
    Unreadable(LinkError),
}
