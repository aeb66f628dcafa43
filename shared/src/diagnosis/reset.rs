//! One RST with everything around it that a cause is asked about.

use super::counters::SentByTcp;
use super::run::Run;
use super::shape::{SLOW_PATH, Shape, shape_by_flags, shape_of, trigger};
use crate::connection::flow::{FinSent, Flow};
use crate::connection::{Connection, Role, SegmentSent};
use crate::event::kernel_reset::KernelReset;
use crate::event::{EventId, Source};
use crate::tcp::checksum::Checksum;
use crate::tcp::seq_num::SeqNum;
use crate::units::Nanos;

/// One captured RST.
#[derive(Clone, Copy)]
pub(crate) struct Reset<'a> {
    pub(crate) run: &'a Run<'a>,
    pub(crate) connection: &'a Connection,
    pub(crate) sent: &'a SegmentSent,
    /// The end whose address it claims.
    pub(crate) from: Role,
    pub(crate) shape: Shape,
    /// The same, by its flags alone where the header fits no Linux.
    pub(crate) family: Shape,
    /// The flow up to it, without it.
    pub(crate) before: Flow,
    /// The segment a reply answers.
    pub(crate) trigger: Option<&'a SegmentSent>,
    /// The trigger's index within the connection.
    pub(crate) trigger_index: Option<usize>,
    /// The receiver could take it.
    pub(crate) accepted: bool,
    /// The end it claims to come from had been ended by an earlier RST.
    pub(crate) sender_was_gone: bool,
    /// A segment that the same end sent long enough after it to show that it had not reset.
    pub(crate) spoke_after: Option<&'a SegmentSent>,
    /// The same end sent a SYN later on this connection: it had not given up.
    pub(crate) syn_again: bool,
    /// The kernel's reason and its event.
    pub(crate) reason: Option<(EventId, &'a KernelReset)>,
}

/// A segment of the same end is later by more than processors can disagree about.
const SURELY_LATER: Nanos = Nanos::from_millis(1);

/// On loopback an answer leaves within this time; a silence longer than it separates two matters.
pub(crate) const PROMPT: Nanos = Nanos::from_millis(20);

/// Every RST of a run, connection by connection.
pub(crate) fn all<'a>(run: &'a Run<'a>) -> Vec<Reset<'a>> {
    let mut resets = Vec::new();
    for connection in run.connections {
        of_connection(run, connection, &mut resets);
    }
    resets
}

fn of_connection<'a>(run: &'a Run<'a>, connection: &'a Connection, resets: &mut Vec<Reset<'a>>) {
    if !connection
        .segments
        .iter()
        .any(|sent| sent.segment.flags.rst())
    {
        return;
    }
    let is_foreign = run.outside.foreign_in(connection);
    let later = last_words(connection, &is_foreign);
    let mut flow = Flow::default();
    let mut taken = Vec::new();
    let mut gone = [false, false];
    for (index, sent) in connection.segments.iter().enumerate() {
        if sent.segment.flags.rst() {
            let shape = shape_of(sent, &flow);
            let family = if shape == Shape::Foreign {
                shape_by_flags(sent)
            } else {
                shape
            };
            let trigger_index = trigger(connection, index, &flow, family, &taken);
            taken.extend(trigger_index);
            let spoke_after = spoke_after(sent, &flow, &later, index);
            let accepted = !*slot(&mut gone, sent.from.other())
                && is_acceptable(sent, &flow)
                && !run.outside.is_damaged(sent.event)
                && !lived_on(connection, sent, &later, index);
            let sender_was_gone = *slot(&mut gone, sent.from);
            if accepted {
                *slot(&mut gone, sent.from.other()) = true;
            }
            if shape != Shape::Foreign && spoke_after.is_none() {
                *slot(&mut gone, sent.from) = true;
            }
            resets.push(Reset {
                run,
                connection,
                sent,
                from: sent.from,
                shape,
                family,
                before: flow,
                trigger: trigger_index.and_then(|index| connection.segments.get(index)),
                trigger_index,
                accepted,
                sender_was_gone,
                spoke_after,
                syn_again: later.of(sent.from).0.is_some_and(|syn| syn > index),
                reason: run.reasons.of(sent.event),
            });
        } else if sent.segment.flags.syn() && !is_foreign(sent) {
            gone = [false, false];
        }
        if !is_foreign(sent) {
            flow.note(index, sent);
        }
    }
}

const fn slot(pair: &mut [bool; 2], role: Role) -> &mut bool {
    let [client, server] = pair;
    match role {
        Role::Client => client,
        Role::Server => server,
    }
}

/// The last words of both ends, each with its index: of one end the last SYN, and the last segment that is
/// neither SYN nor RST.
#[derive(Clone, Copy, Default)]
struct LastWords<'a> {
    client: (Option<usize>, Option<(usize, &'a SegmentSent)>),
    server: (Option<usize>, Option<(usize, &'a SegmentSent)>),
}

impl<'a> LastWords<'a> {
    fn of(&self, role: Role) -> (Option<usize>, Option<(usize, &'a SegmentSent)>) {
        match role {
            Role::Client => self.client,
            Role::Server => self.server,
        }
    }
}

fn last_words<'a>(
    connection: &'a Connection,
    is_foreign: &impl Fn(&SegmentSent) -> bool,
) -> LastWords<'a> {
    let mut last = LastWords::default();
    for (index, sent) in connection.segments.iter().enumerate() {
        if is_foreign(sent) {
            continue;
        }
        let own = match sent.from {
            Role::Client => &mut last.client,
            Role::Server => &mut last.server,
        };
        let flags = sent.segment.flags;
        if flags.syn() {
            own.0 = Some(index);
        } else if !flags.rst() {
            own.1 = Some((index, sent));
        }
    }
    last
}

/// A later segment of the end that allegedly reset, on a connection that both ends had agreed on.
fn spoke_after<'a>(
    rst: &SegmentSent,
    flow: &Flow,
    later: &LastWords<'a>,
    index: usize,
) -> Option<&'a SegmentSent> {
    let (at, sent) = later.of(rst.from).1?;
    let agreed = flow.of(rst.from).spoken > 0 || flow.of(rst.from).last_at.is_none();
    let is_later = at > index && sent.at > rst.at + SURELY_LATER;
    let syns = [later.client.0, later.server.0];
    let begun_again = syns.into_iter().flatten().any(|syn| syn > index);
    (agreed && is_later && !begun_again).then_some(sent)
}

/// Whether the receiver of a RST went on with the same connection: it had not taken it.
fn lived_on(
    connection: &Connection,
    rst: &SegmentSent,
    later: &LastWords<'_>,
    index: usize,
) -> bool {
    let (syn, last) = later.of(rst.from.other());
    let others = later.of(rst.from).0;
    // What was on its way when the RST left may still come; on loopback nothing is.
    let local = connection.client.address.ip().is_loopback();
    let in_flight = if local { SURELY_LATER } else { SLOW_PATH };
    let begun_again = [syn, others].into_iter().flatten().any(|syn| syn > index);
    last.is_some_and(|(at, sent)| at > index && sent.at > rst.at + in_flight) && !begun_again
}

/// Whether the receiver could take the RST. Sources: RFC 9293 §3.5.3, RFC 5961 §3.2, Linux `tcp_reset_check`.
fn is_acceptable(rst: &SegmentSent, before: &Flow) -> bool {
    let segment = &rst.segment;
    let sender = before.of(rst.from);
    let receiver = before.of(rst.from.other());
    let both_over = sender.fin_acked.is_some() && receiver.fin_acked.is_some();
    if both_over {
        return false;
    }
    if before.in_syn_sent(rst.from.other()) {
        return segment.flags.ack() && receiver.snd_nxt == Some(segment.ack);
    }
    let known: [Option<SeqNum>; 2] = [sender.snd_nxt, receiver.rcv_nxt];
    let exact = known.contains(&Some(segment.seq));
    let before_fin = sender
        .fin
        .is_some_and(|fin| fin.end.plus(u32::MAX) == segment.seq);
    exact || before_fin || known == [None, None]
}

/// Why a RST ended nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// Its checksum was wrong.
    Damaged,
    /// Both ends had finished before.
    Over,
    /// Its numbers would have been taken, but its receiver went on: it never arrived.
    Lost,
    /// Its numbers were not those that the receiver had to take.
    Unfit,
}

impl<'a> Reset<'a> {
    /// Why the RST ended nothing; `None` when it was taken.
    pub(crate) fn not_taken(&self) -> Option<NotTaken> {
        if self.accepted {
            return None;
        }
        let finished = |role| self.before.of(role).fin_acked.is_some();
        // That the receiver went on confirms it: alone a sum may be wrong because a tool changed what it is over.
        let is_wrong = self.before.offloads && self.sent.segment.checksum == Checksum::Wrong;
        Some(
            if is_wrong || self.run.outside.is_damaged(self.sent.event) {
                NotTaken::Damaged
            } else if finished(self.from) && finished(self.to()) {
                NotTaken::Over
            } else if is_acceptable(self.sent, &self.before) {
                NotTaken::Lost
            } else {
                NotTaken::Unfit
            },
        )
    }

    /// The same RST seen by a run that believes other sources.
    pub(crate) fn seen_by(&self, run: &'a Run<'a>) -> Self {
        Self {
            run,
            reason: run.reasons.of(self.sent.event),
            ..*self
        }
    }

    pub(crate) fn at(&self) -> Nanos {
        self.sent.at
    }

    /// The segment that it answers: what drew it, unless its sender had taken that in before or nobody's kernel sent
    /// the RST. A reply is sent in place of an ACK.
    pub(crate) fn answered(&self) -> Option<&'a SegmentSent> {
        let trigger = self.trigger?;
        let end = trigger.segment.seq_end();
        let acked = self.before.of(self.from).rcv_nxt;
        let taken_in = trigger.segment.payload_len > 0
            && acked.is_some_and(|acked| acked.distance_to(end) <= 0);
        let by_kernel = self.shape != Shape::Foreign && self.forged().is_none();
        (by_kernel && !taken_in).then_some(trigger)
    }

    /// The end it was sent to.
    pub(crate) const fn to(&self) -> Role {
        self.from.other()
    }

    /// `the server`, or the endpoint's own name.
    pub(crate) fn sender(&self) -> String {
        the(self.connection.name(self.from))
    }

    pub(crate) fn receiver(&self) -> String {
        the(self.connection.name(self.to()))
    }

    pub(crate) fn has(&self, source: Source) -> bool {
        self.run.has(source)
    }

    /// Whether every call of the alleged sender that mattered was recorded.
    pub(crate) fn covers_sender(&self) -> bool {
        self.run.covers(self.connection, self.from)
    }

    /// Nothing but segments is known: the machine may be no Linux at all.
    pub(crate) fn is_of_unknown_system(&self) -> bool {
        let own = [Source::Calls, Source::Counters, Source::KernelResets];
        !own.into_iter().any(|source| self.has(source))
    }

    /// How far a counter moved around this RST.
    pub(crate) fn moved(&self, counter: &str) -> Option<i64> {
        self.run.counters.moved(counter, self.at())
    }

    /// Whether TCP itself sent it, by counters and by the kernel's own word.
    pub(crate) fn sent_by_tcp(&self) -> SentByTcp {
        if self.reason.is_some() {
            return SentByTcp::Yes;
        }
        if self.forged().is_some() {
            return SentByTcp::No;
        }
        // The kernel's silence alone proves nothing: a trace can miss what a timer of an idle processor sends.
        self.run.counters.sent_by_tcp(self.at())
    }

    /// Payload bytes that the sender had received in order, by its own acknowledgements.
    pub(crate) fn received(&self) -> u64 {
        if self.family == Shape::Active {
            let mut with_it = self.before;
            let mut plain = self.sent.clone();
            plain.segment.flags = crate::tcp::flags::Flags::ACK;
            with_it.note(usize::MAX, &plain);
            return with_it.payload_received(self.from);
        }
        self.before.payload_received(self.from)
    }

    /// The sender's FIN, where it was on the wire before the RST.
    pub(crate) fn own_fin(&self) -> Option<FinSent> {
        self.before.of(self.from).fin
    }

    /// When the sender's FIN had been acknowledged, judged before the segment that drew the reset.
    pub(crate) fn fin_acked_before_trigger(&self) -> Option<Nanos> {
        let (index, at) = self.before.of(self.from).fin_acked?;
        let limit = self.trigger_index.unwrap_or(usize::MAX);
        (index < limit).then_some(at)
    }

    /// The handshake was seen complete: both SYNs and the client's ACK of the server's.
    pub(crate) fn handshake_complete(&self) -> bool {
        let client = self.before.of(Role::Client);
        let server = self.before.of(Role::Server);
        let acked = matches!((server.isn, client.rcv_nxt), (Some(isn), Some(ack))
            if isn.distance_to(ack) > 0);
        client.isn.is_some() && acked
    }

    /// What drew it was a keepalive probe: the connection had been silent for long.
    pub(crate) fn drawn_by_probe(&self) -> bool {
        self.trigger.is_some_and(|trigger| {
            let nxt = self.before.of(trigger.from).snd_nxt;
            let is_old = nxt.is_some_and(|nxt| nxt.distance_to(trigger.segment.seq) < 0);
            trigger.segment.payload_len == 0 && is_old
        })
    }

    /// What drew it was the first segment after the other end's SYN: no earlier one had been let pass.
    pub(crate) fn drawn_by_first_words(&self) -> bool {
        let until = self.trigger_index.unwrap_or(0);
        let segments = self.connection.segments.iter().take(until);
        let mut earlier = segments.filter(|sent| sent.from == self.to());
        !earlier.any(|sent| !sent.segment.flags.syn() && !sent.segment.flags.rst())
    }

    /// How many probes stayed unanswered before it left, exactly one interval after the last of them.
    ///
    /// `None` when it did not leave by that timer, as far as the capture shows.
    pub(crate) fn after_probes(&self) -> Option<u32> {
        let own = self.before.of(self.from);
        let (before_last, last) = own.probe_times?;
        if self.shape != Shape::Active || own.unanswered_probes < 2 {
            return None;
        }
        let (interval, waited) = (last - before_last, self.at() - last);
        let off = (interval - waited) + (waited - interval);
        (off.0 <= interval.0 / 10).then_some(own.unanswered_probes)
    }

    /// All that ever passed in this run is known, and nothing had passed between the two addresses before what
    /// drew this RST.
    pub(crate) fn is_unheard_of(&self) -> bool {
        let own = self.before.of(self.from);
        let first = self.before.of(self.to()).spoken <= 1 && own.last_at.is_none();
        let whole = self.knows_all_acts() && !self.run.segments_lost;
        let before = self.run.connections.is_first_of_pair(self.connection);
        whole && first && before && !self.seen_from_start()
    }

    /// The capture holds the connection's beginning.
    pub(crate) fn seen_from_start(&self) -> bool {
        self.before.of(Role::Client).isn.is_some() && !self.connection.role_guessed
    }
}

/// `the server`, `the client`, or the endpoint's name as it is.
pub(crate) fn the(name: &str) -> String {
    if matches!(name, "server" | "client" | "proxy") {
        format!("the {name}")
    } else {
        name.to_owned()
    }
}
