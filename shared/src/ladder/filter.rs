//! What of a run is placed: everything, or without some kinds, or what touches one endpoint.
//!
//! Resets are never left out: a picture without them would tell another story.

/// A kind that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Calls,
    /// SYN and SYN,ACK.
    Handshake,
    Data,
    Acks,
    Fins,
    /// Counters and the kernel's reasons.
    Kernel,
    /// What `outside` did, and what makes the evidence weaker.
    Remarks,
    States,
    Queues,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Calls,
        Self::Handshake,
        Self::Data,
        Self::Acks,
        Self::Fins,
        Self::Kernel,
        Self::Remarks,
        Self::States,
        Self::Queues,
    ];

    const fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

/// What is left out; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    hidden: u16,
    /// Only what this endpoint did, sent, got or held, named as on its lane.
    pub endpoint: Option<String>,
}

impl Filter {
    /// Whether things of this kind are left out.
    pub const fn hides(&self, kind: Kind) -> bool {
        self.hidden & kind.bit() != 0
    }

    /// The same with this kind left out, or no longer.
    #[must_use]
    pub fn turned(&self, kind: Kind) -> Self {
        Self {
            hidden: self.hidden ^ kind.bit(),
            ..self.clone()
        }
    }

    /// The same with only what touches this endpoint; of all of them with `None`.
    #[must_use]
    pub fn of_endpoint(&self, endpoint: Option<String>) -> Self {
        Self {
            endpoint,
            ..self.clone()
        }
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something on one of these lanes is placed.
    pub(super) fn takes<'a>(&self, mut lanes: impl Iterator<Item = &'a str>) -> bool {
        let Some(only) = &self.endpoint else {
            return true;
        };
        lanes.any(|name| name == only)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_turned_off_and_on_alone() {
        let filter = Filter::default().turned(Kind::Acks);
        for kind in Kind::ALL {
            assert_eq!(filter.hides(kind), kind == Kind::Acks, "{kind:?}");
        }
        assert!(!filter.is_empty());
        assert!(filter.turned(Kind::Acks).is_empty());
    }

    #[test]
    fn an_endpoint_keeps_what_touches_it() {
        let filter = Filter {
            endpoint: Some("proxy".to_owned()),
            ..Filter::default()
        };
        assert!(filter.takes(["client", "proxy"].into_iter()));
        assert!(!filter.takes(["client"].into_iter()));
        assert!(Filter::default().takes(["client"].into_iter()));
    }
}
