//! How many connections may be open at once, and which one goes when there are too many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::limits::MAX_CONNECTIONS;
use tokio::sync::Notify;

/// All open connections.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    next: u64,
    slots: BTreeMap<u64, Occupied>,
}

#[derive(Debug)]
struct Occupied {
    trust: Trust,
    evicted: Arc<Notify>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    Stranger,
    /// Has shown the token.
    Channel,
}

impl Slots {
    /// A place for a new connection; `None` if all are taken by channels.
    pub(super) fn take(&self) -> Option<Slot> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.slots.len() >= MAX_CONNECTIONS {
            let strangers = open
                .slots
                .iter()
                .filter(|(_, s)| s.trust == Trust::Stranger);
            let oldest = strangers.map(|(id, _)| *id).next()?;
            let slot = open.slots.remove(&oldest)?;
            slot.evicted.notify_one();
        }
        let id = open.next;
        open.next += 1;
        let evicted = Arc::new(Notify::new());
        open.slots.insert(
            id,
            Occupied {
                trust: Trust::Stranger,
                evicted: Arc::clone(&evicted),
            },
        );
        Some(Slot {
            id,
            slots: self.clone(),
            evicted,
        })
    }
}

/// One connection's place, free again when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    id: u64,
    slots: Slots,
    evicted: Arc<Notify>,
}

impl Slot {
    /// The connection has shown the token: it is never dropped for another.
    pub(super) fn trust(&self) {
        let mut open = self.slots.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = open.slots.get_mut(&self.id) {
            slot.trust = Trust::Channel;
        }
    }

    /// Ends when the connection has to go.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.slots.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.slots.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn the_oldest_stranger_makes_room() {
        let slots = Slots::default();
        let taken: Vec<_> = (0..MAX_CONNECTIONS).filter_map(|_| slots.take()).collect();
        taken[0].trust();
        let late = slots.take();
        assert!(late.is_some());
        assert!(taken[0].evicted().now_or_never().is_none());
        assert!(taken[1].evicted().now_or_never().is_some());
        assert!(taken[2].evicted().now_or_never().is_none());
    }

    #[test]
    fn channels_are_never_dropped_for_a_newcomer() {
        let slots = Slots::default();
        let taken: Vec<_> = (0..MAX_CONNECTIONS).filter_map(|_| slots.take()).collect();
        for slot in &taken {
            slot.trust();
        }
        assert!(slots.take().is_none());
        drop(taken);
        assert!(slots.take().is_some());
    }
}
