//! A thread at home on each processor, to send something from there without the sender's moving.
//!
//! To move a thread to another processor wakes two further ones and takes 50 us each time; to wake one that lives there,
//! half of that. They do nothing else, and live as long as the process.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::sys::thread::pin_to;

/// What is to be done from a processor.
type Errand = Box<dyn FnOnce() -> io::Result<()> + Send>;

/// By the number of their processor; made when first asked for.
static COURIERS: Mutex<BTreeMap<usize, Sender<Errand>>> = Mutex::new(BTreeMap::new());

/// Has this done from that processor, soon; `false` when nobody lives there. Whether it was done shows elsewhere.
pub(super) fn send_from(
    cpu: usize,
    errand: impl FnOnce() -> io::Result<()> + Send + 'static,
) -> bool {
    let mut couriers = COURIERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Entry::Vacant(nobody) = couriers.entry(cpu) {
        let (errands, asked) = channel();
        let courier = move || live(cpu, &asked);
        let started = thread::Builder::new()
            .name("courier".to_owned())
            .spawn(courier);
        if started.is_err() {
            return false;
        }
        nobody.insert(errands);
    }
    let sent = couriers
        .get(&cpu)
        .is_some_and(|errands| errands.send(Box::new(errand)).is_ok());
    if !sent {
        // It ended, for it may not live there: another time it may.
        couriers.remove(&cpu);
    }
    sent
}

/// Does errands until the process ends.
fn live(cpu: usize, errands: &Receiver<Errand>) {
    if pin_to(cpu).is_err() {
        return;
    }
    for errand in errands {
        // Whoever asked waits for what the errand brings about, and not for this.
        let _ = errand();
    }
}
