//! When connections to each server's address died, were refused or were answered: what several resets are asked about.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::connection::{Connections, Role};
use crate::order::sort_by_rank;
use crate::units::Nanos;

/// Times at each address; sorted.
type Times = HashMap<SocketAddr, Vec<Nanos>>;

/// The ends of all connections of a run.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    /// When RSTs that look like a deliberate end left.
    deaths: Times,
    /// When SYNs were answered by RST.
    refusals: Times,
    /// When SYNs were answered with SYN,ACK.
    answers: Times,
}

impl Ends {
    pub(crate) fn read(connections: &Connections) -> Self {
        let mut ends = Self::default();
        for connection in connections {
            let server = connection.server.address;
            for sent in &connection.segments {
                let flags = sent.segment.flags;
                if sent.from != Role::Server {
                    continue;
                }
                if flags.syn() {
                    ends.answers.entry(server).or_default().push(sent.at);
                }
                if flags.rst() && flags.ack() {
                    let answers_syn = sent.segment.window == 0 && sent.segment.seq.0 == 0;
                    let times = if answers_syn {
                        &mut ends.refusals
                    } else {
                        &mut ends.deaths
                    };
                    times.entry(server).or_default().push(sent.at);
                }
            }
        }
        let all = [&mut ends.deaths, &mut ends.refusals, &mut ends.answers];
        for times in all.into_iter().flat_map(HashMap::values_mut) {
            sort_by_rank(times, |time| (time.0, 0));
        }
        ends
    }

    /// How many deaths at this address lie so near to a time.
    pub(crate) fn deaths_near(&self, server: SocketAddr, at: Nanos, within: Nanos) -> usize {
        near(times(&self.deaths, server), |time| *time, at, within)
    }

    /// When the first connection to this address died.
    pub(crate) fn first_death(&self, server: SocketAddr) -> Option<Nanos> {
        times(&self.deaths, server).first().copied()
    }

    /// When the last SYN to this address was refused.
    pub(crate) fn last_refusal(&self, server: SocketAddr) -> Option<Nanos> {
        times(&self.refusals, server).last().copied()
    }

    /// When this address last answered a SYN with SYN,ACK.
    pub(crate) fn last_answer(&self, server: SocketAddr) -> Option<Nanos> {
        times(&self.answers, server).last().copied()
    }

    /// Whether this address answered a SYN after the one time and before the other.
    pub(crate) fn answered_between(&self, server: SocketAddr, from: Nanos, to: Nanos) -> bool {
        let answers = times(&self.answers, server);
        let next = answers.partition_point(|at| *at <= from);
        answers.get(next).is_some_and(|at| *at < to)
    }
}

fn times(of: &Times, server: SocketAddr) -> &[Nanos] {
    of.get(&server).map_or(&[], Vec::as_slice)
}

/// How many of the sorted lie so near to a time. Halves its way: a server's resets are asked about each of them.
fn near<T>(sorted: &[T], time_of: impl Fn(&T) -> Nanos, at: Nanos, within: Nanos) -> usize {
    let begin = sorted.partition_point(|one| time_of(one) + within < at);
    let end = sorted.partition_point(|one| time_of(one) <= at + within);
    end.saturating_sub(begin)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const WITHIN: Nanos = Nanos(10);

    #[test]
    fn both_ends_of_the_span_count() {
        let sorted = [0, 89, 90, 100, 110, 111].map(Nanos);
        let found = |at| near(&sorted, |time| *time, Nanos(at), WITHIN);
        assert_eq!((found(100), found(0), found(500)), (3, 1, 0));
        assert_eq!(near(&[], |time: &Nanos| *time, Nanos(1), WITHIN), 0);
    }

    #[test]
    fn a_hundred_times_as_many_need_a_few_looks_more() {
        let looks = |many: u64| {
            let sorted: Vec<Nanos> = (0..many).map(Nanos).collect();
            let looked = Cell::new(0_u64);
            let time_of = |time: &Nanos| {
                looked.set(looked.get() + 1);
                *time
            };
            // All of them are asked about, as for a capture in which everything is reset.
            for at in 0..many {
                let _ = near(&sorted, time_of, Nanos(at), WITHIN);
            }
            looked.get() / many
        };
        let (few, many) = (looks(1_000), looks(100_000));
        assert!(few >= 1 && many <= 2 * 18, "{few} and {many} each");
    }
}
