//! What the programs of one run share: the clock, and what is known of each other's sockets.

mod unix_queues;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aftershake_shared::event::call::SocketId;
use serde::{Deserialize, Serialize};

use crate::worker::clock::Clock;
use unix_queues::UnixQueues;

/// Numbers kept for a program that opens sockets in a process of its own: no step opens more at one go.
const NUMBERS_AT_ONCE: u32 = 2;

/// What the endpoints of one run share.
pub(crate) struct Common {
    pub(crate) clock: Clock,
    next_socket: AtomicU32,
    known: Mutex<Known>,
}

/// What is known of the run's sockets, for whoever watches them. A child process sends home what it learnt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The name of the connect step, by the client's own address.
    pub(crate) names: Vec<(SocketAddr, String)>,
    /// By which trace events are tied to this run.
    pub(crate) cookies: Vec<u64>,
    /// Connections touched since the last look, own address first.
    pub(crate) touched: Vec<(SocketAddr, SocketAddr)>,
    /// Listeners opened since the last look.
    pub(crate) listeners: Vec<SocketAddr>,
    /// Every end of a connection and every listener there ever was, in order, for what is done from outside.
    ends: Vec<End>,
    /// How many descriptors refer to a socket, over all processes, where that was ever more than one.
    pub(crate) descriptors: BTreeMap<SocketId, u32>,
    /// Who waits to be accepted on names that are no address.
    pub(crate) unix: UnixQueues,
}

/// A socket's addresses, and the process that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    by: String,
    named: Vec<String>,
    local: SocketAddr,
    /// `None` for a listener.
    remote: Option<SocketAddr>,
}

impl Common {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            next_socket: AtomicU32::new(1),
            known: Mutex::default(),
        }
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a new socket.
    pub(crate) fn new_socket_id(&self) -> SocketId {
        SocketId(self.next_socket.fetch_add(1, Ordering::Relaxed))
    }

    /// Keeps numbers for another process; gives the first.
    pub(crate) fn lend_numbers(&self) -> u32 {
        self.next_socket
            .fetch_add(NUMBERS_AT_ONCE, Ordering::Relaxed)
    }

    /// Takes back the numbers from `next` on, unless others were given out meanwhile.
    pub(crate) fn return_numbers(&self, first: u32, next: u32) {
        let lent = first.saturating_add(NUMBERS_AT_ONCE);
        let order = Ordering::Relaxed;
        // Where it fails the numbers stay unused, which harms nobody.
        let _ = self.next_socket.compare_exchange(lent, next, order, order);
    }

    /// In a child process: numbers begin here; gives the one after the last used.
    pub(crate) fn number_from(&self, first: u32) {
        self.next_socket.store(first, Ordering::Relaxed);
    }

    /// The number that a new socket would get.
    pub(crate) fn next_number(&self) -> u32 {
        self.next_socket.load(Ordering::Relaxed)
    }
}

impl Known {
    /// By what name the connection from this address goes.
    pub(crate) fn name_of(&self, from: SocketAddr) -> Option<&str> {
        let mut latest = self.names.iter().rev();
        latest
            .find(|(address, _)| *address == from)
            .map(|(_, name)| name.as_str())
    }

    /// Keeps a socket in mind; knows one that it has seen.
    pub(crate) fn remember(
        &mut self,
        by: &str,
        named: &[String],
        local: SocketAddr,
        remote: Option<SocketAddr>,
    ) {
        let is_known = |end: &End| end.by == by && end.local == local && end.remote == remote;
        if !self.ends.iter().any(is_known) {
            let (by, named) = (by.to_owned(), named.to_vec());
            self.ends.push(End {
                by,
                named,
                local,
                remote,
            });
        }
    }

    fn latest(&self, fits: impl Fn(&End) -> bool, on: Option<&str>) -> Option<&End> {
        let mut ends = self.ends.iter().rev();
        ends.find(|end| fits(end) && on.is_none_or(|on| end.named.iter().any(|name| name == on)))
    }

    /// Both addresses of an endpoint's end of a connection, its own first; of the latest that the name means.
    ///
    /// One that was not accepted yet belongs to whoever did not connect.
    pub(crate) fn end_of(
        &self,
        by: &str,
        on: Option<&str>,
    ) -> Option<(SocketAddr, Option<SocketAddr>)> {
        let own = self.latest(|end| end.by == by && end.remote.is_some(), on);
        let own = own.map(|end| (end.local, end.remote));
        own.or_else(|| {
            let end = self.latest(|end| end.by != by && end.remote.is_some(), on)?;
            Some((end.remote?, Some(end.local)))
        })
    }

    /// The address of an endpoint's listener, without another.
    pub(crate) fn listener_of(
        &self,
        by: &str,
        on: Option<&str>,
    ) -> Option<(SocketAddr, Option<SocketAddr>)> {
        let end = self.latest(|end| end.by == by && end.remote.is_none(), on)?;
        Some((end.local, None))
    }

    /// How many descriptors refer to that socket.
    pub(crate) fn descriptors_of(&self, socket: SocketId) -> u32 {
        self.descriptors.get(&socket).copied().unwrap_or(1)
    }

    pub(crate) fn add_descriptor(&mut self, socket: SocketId) {
        *self.descriptors.entry(socket).or_insert(1) += 1;
    }

    /// That many descriptors were closed; says whether the last was among them.
    pub(crate) fn drop_descriptors(&mut self, socket: SocketId, count: u32) -> bool {
        let left = self.descriptors_of(socket).saturating_sub(count);
        if left > 0 {
            self.descriptors.insert(socket, left);
        } else {
            self.descriptors.remove(&socket);
        }
        left == 0
    }

    /// What another process needs of this to act.
    pub(crate) fn for_child(&self) -> Self {
        Self {
            names: self.names.clone(),
            descriptors: self.descriptors.clone(),
            unix: self.unix.clone(),
            ..Self::default()
        }
    }

    /// Adds what another process learnt.
    pub(crate) fn learn(&mut self, news: Self) {
        // A child sends the names it has made, and all counts of descriptors and all queues.
        self.names.extend(news.names);
        self.cookies.extend(news.cookies);
        self.touched.extend(news.touched);
        self.listeners.extend(news.listeners);
        self.ends.extend(news.ends);
        self.descriptors = news.descriptors;
        self.unix = news.unix;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_descriptor_is_the_one_that_leaves_none() {
        let mut known = Known::default();
        let socket = SocketId(7);
        known.add_descriptor(socket);
        assert_eq!(known.descriptors_of(socket), 2);
        assert!(!known.drop_descriptors(socket, 1));
        assert_eq!(known.descriptors_of(socket), 1);
        assert!(known.drop_descriptors(socket, 1));
        assert!(known.drop_descriptors(SocketId(8), 1));
    }

    #[test]
    fn lent_numbers_that_were_not_used_are_given_out_again() {
        let common = Common::new(Clock::start());
        let first = common.lend_numbers();
        common.return_numbers(first, first + 1);
        assert_eq!(common.new_socket_id(), SocketId(first + 1));
    }
}
