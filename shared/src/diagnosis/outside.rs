//! What the recorded acts of others say of one RST: forged segments, destroyed sockets, rules, settings.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::calls::CLOCK_ERROR;
use super::reset::Reset;
use super::run::Run;
use crate::connection::{Connection, Connections, Role, SegmentSent, canonical};
use crate::event::outside_acted::{OutsideAct, OutsideActed, Verdict};
use crate::event::{Event, EventBody, EventId};
use crate::tcp::segment::Segment;
use crate::units::Nanos;

/// Acts of others in order of time, and the segments that they forged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outside<'a> {
    acts: Vec<(&'a Event, &'a OutsideActed)>,
    /// By the event of the segment: the act that wrote it.
    forged: HashMap<EventId, Forged>,
    /// Everything that was done from outside is known: a scenario ran alone in its namespace, without a command
    /// beside it.
    complete: bool,
}

/// The act that wrote a segment.
#[derive(Clone, Copy, Debug)]
struct Forged {
    event: EventId,
    wrong_checksum: bool,
}

/// A rule that is in force, by the event that added it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule<'a> {
    pub(crate) event: EventId,
    /// As nft writes it.
    pub(crate) text: &'a str,
    pub(crate) verdict: Verdict,
}

/// An act and what follows from it at once are noted within this time of each other.
const NEAR: Nanos = Nanos::from_millis(20);

impl<'a> Outside<'a> {
    /// `recorded` says whether calls were, to which these acts belong.
    pub(crate) fn read(events: &'a [Event], connections: &Connections, recorded: bool) -> Self {
        if !recorded {
            return Self::default();
        }
        let mut acts = Vec::new();
        let mut forged = HashMap::new();
        let scripted = |event: &Event| matches!(event.body, EventBody::Step(_));
        let mut complete = events.iter().any(scripted);
        for event in events {
            if let EventBody::Outside(acted) = &event.body
                && acted.succeeded()
            {
                acts.push((event, acted));
                complete &= acted.act != OutsideAct::RunCommand;
                if let Some((segment, wrong_checksum)) = written(event, acted, connections, &forged)
                {
                    let event = event.id;
                    forged.insert(
                        segment,
                        Forged {
                            event,
                            wrong_checksum,
                        },
                    );
                }
            }
        }
        Self {
            acts,
            forged,
            complete,
        }
    }

    /// Segments that somebody else wrote: they say nothing of what their alleged sender did.
    pub(crate) fn is_forged(&self, segment: EventId) -> bool {
        self.forged.contains_key(&segment)
    }

    /// Which segments of that connection tell nothing of their alleged sender: somebody else wrote them, and the
    /// sender wrote others. Where it wrote none the forger is the only sender there is.
    pub(crate) fn foreign_in(
        &self,
        connection: &Connection,
    ) -> impl Fn(&SegmentSent) -> bool + use<'_, 'a> {
        let writes = |role| {
            let mut segments = connection.segments.iter();
            segments.any(|sent| {
                sent.from == role && !sent.segment.flags.rst() && !self.is_forged(sent.event)
            })
        };
        let (client, server) = (writes(Role::Client), writes(Role::Server));
        move |sent| {
            let has_own = match sent.from {
                Role::Client => client,
                Role::Server => server,
            };
            has_own && self.is_forged(sent.event)
        }
    }

    /// RSTs whose checksum was wrong, so that no kernel looked at them.
    pub(crate) fn is_damaged(&self, rst: EventId) -> bool {
        self.forged
            .get(&rst)
            .is_some_and(|forged| forged.wrong_checksum)
    }

    /// A socket was destroyed at some time.
    pub(crate) fn destroyed_any(&self) -> bool {
        let destroys = |act: &OutsideAct| matches!(act, OutsideAct::DestroySocket { .. });
        self.acts.iter().any(|(_, acted)| destroys(&acted.act))
    }

    fn before(&self, at: Nanos) -> impl Iterator<Item = (&'a Event, &'a OutsideAct)> {
        let acts = self.acts.iter().filter(move |(event, _)| event.at <= at);
        acts.map(|(event, acted)| (*event, &acted.act))
    }
}

/// The captured segment that this act wrote; each is written once.
fn written(
    event: &Event,
    acted: &OutsideActed,
    connections: &Connections,
    taken: &HashMap<EventId, Forged>,
) -> Option<(EventId, bool)> {
    let OutsideAct::ForgeSegment { wrong_checksum, .. } = acted.act else {
        return None;
    };
    let distance = |sent: &SegmentSent| (sent.at - event.at) + (event.at - sent.at);
    let segments = connections
        .iter()
        .flat_map(|connection| &connection.segments);
    let alike = segments.filter(|sent| {
        is_of(&acted.act, &sent.segment)
            && sent.at <= event.at + acted.took + NEAR
            && event.at <= sent.at + NEAR
            && !taken.contains_key(&sent.event)
    });
    alike
        .min_by_key(|sent| distance(sent))
        .map(|sent| (sent.event, wrong_checksum))
}

fn is_of(act: &OutsideAct, segment: &Segment) -> bool {
    let OutsideAct::ForgeSegment {
        from,
        to,
        flags,
        seq,
        ack,
        len,
        wrong_checksum: _,
    } = act
    else {
        return false;
    };
    canonical(*from) == canonical(segment.src)
        && canonical(*to) == canonical(segment.dst)
        && *flags == segment.flags
        && *seq == segment.seq
        && (*ack == segment.ack || !flags.ack())
        && *len == segment.payload_len
}

impl<'a> Run<'a> {
    /// Rules in force at that time.
    pub(crate) fn rules(&self, at: Nanos) -> Vec<Rule<'a>> {
        let mut rules: Vec<Rule<'a>> = Vec::new();
        for (event, act) in self.outside.before(at) {
            match act {
                OutsideAct::AddRule { rule, verdict, .. } => rules.push(Rule {
                    event: event.id,
                    text: rule,
                    verdict: *verdict,
                }),
                OutsideAct::RemoveRule { rule } => rules.retain(|known| known.text != rule),
                OutsideAct::AddAddress { .. }
                | OutsideAct::DestroySocket { .. }
                | OutsideAct::ForgeSegment { .. }
                | OutsideAct::ForgetNat
                | OutsideAct::RemoveAddress { .. }
                | OutsideAct::RunCommand
                | OutsideAct::SetLink { .. }
                | OutsideAct::SetSysctl { .. } => {}
            }
        }
        rules
    }

    /// The value that a setting of the namespace was last given before that time.
    pub(crate) fn sysctl(&self, name: &str, at: Nanos) -> Option<(EventId, &'a str)> {
        let set = self.outside.before(at).filter_map(|(event, act)| {
            let OutsideAct::SetSysctl { name: own, value } = act else {
                return None;
            };
            (own == name).then_some((event.id, value.trim()))
        });
        set.last()
    }
}

impl Reset<'_> {
    /// The act that put exactly this RST on the wire.
    pub(crate) fn forged(&self) -> Option<EventId> {
        if self.reason.is_some() {
            return None;
        }
        let forged = self.run.outside.forged.get(&self.sent.event);
        forged.map(|forged| forged.event)
    }

    /// The act that destroyed the sender's socket, or the listener that owned it, when the RST left.
    pub(crate) fn destroyed(&self) -> Option<(EventId, Destroyed)> {
        let own = self.connection.end(self.from).address;
        let other = self.connection.end(self.to()).address;
        self.run.outside.acts.iter().find_map(|(event, acted)| {
            let OutsideAct::DestroySocket { local, remote } = &acted.act else {
                return None;
            };
            let until = event.at + acted.took + CLOCK_ERROR;
            if event.at > self.at() + CLOCK_ERROR || self.at() > until {
                return None;
            }
            match remote.map(canonical) {
                Some(remote) if canonical(*local) == own && remote == other => {
                    Some((event.id, Destroyed::Socket))
                }
                None if listens_for(canonical(*local), own) => {
                    Some((event.id, Destroyed::Listener))
                }
                Some(_) | None => None,
            }
        })
    }

    /// The rule in force that answers the segment which drew this RST, or forbids the one it claims to be from.
    pub(crate) fn rejecting_rule(&self) -> Option<Rule<'_>> {
        let drew = self.trigger.map(|trigger| &trigger.segment);
        let (from, to) = drew.map_or((self.sent.segment.dst, self.sent.segment.src), |drew| {
            (drew.src, drew.dst)
        });
        let rules = self.run.rules(self.at()).into_iter();
        rules
            .filter(|rule| rule.verdict == Verdict::RejectWithTcpReset)
            .find(|rule| names(rule.text, "dport", to) && names(rule.text, "sport", from))
    }

    /// Everything that was done from outside is known, so that what is not among it was not done.
    pub(crate) fn knows_all_acts(&self) -> bool {
        self.run.outside.complete
    }

    /// How long the record of a closed connection lives, where that is known: `tcp_fin_timeout`, 60 s unless set.
    ///
    /// An eighth is added for the kernel's timer wheel and as much again for its work.
    pub(crate) fn record_expires_after(&self) -> Option<Nanos> {
        const UNLESS_SET: u64 = 60;
        let set = self.run.sysctl("net.ipv4.tcp_fin_timeout", self.at());
        let seconds = match set {
            Some((_, value)) => value.parse().ok()?,
            None => UNLESS_SET,
        };
        let known = self.knows_all_acts();
        // Never less than 3.5 retransmission timeouts, of some 200 ms each.
        known.then(|| Nanos::from_millis(seconds.saturating_mul(1_250).max(1_000)))
    }

    /// The rule that sent to another port what went to the RST sender's, where one ever was: an event and its text.
    pub(crate) fn redirection(&self) -> Option<(EventId, &str)> {
        let server = self.connection.server.address;
        let acts = self.run.outside.before(self.at());
        let mut rules = acts.filter_map(|(event, act)| {
            let OutsideAct::AddRule { rule, verdict, .. } = act else {
                return None;
            };
            (*verdict == Verdict::Redirect).then_some((event.id, rule.as_str()))
        });
        rules.find(|(_, rule)| names(rule, "dport", server))
    }
}

impl Rule<'_> {
    /// It asks for nothing but ports: it meets every segment that it names.
    pub(crate) fn is_plain(&self) -> bool {
        let known = [
            "tcp", "dport", "sport", "counter", "reject", "with", "reset",
        ];
        let mut words = self.text.split_whitespace();
        words.all(|word| known.contains(&word) || word.parse::<u16>().is_ok())
    }
}

/// What was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destroyed {
    Socket,
    Listener,
}

/// Whether a listener at `listener` takes connections to `address`.
fn listens_for(listener: SocketAddr, address: SocketAddr) -> bool {
    listener.port() == address.port()
        && (listener.ip() == address.ip() || listener.ip().is_unspecified())
}

/// Whether a rule that speaks of that port means this one; a rule that does not means every port.
fn names(rule: &str, word: &str, address: SocketAddr) -> bool {
    let mut words = rule.split_whitespace();
    if !words.any(|one| one == word) {
        return true;
    }
    let port = words.next().and_then(|port| port.parse::<u16>().ok());
    port.is_none_or(|port| port == address.port())
}
