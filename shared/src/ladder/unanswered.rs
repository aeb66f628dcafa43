//! Segments that were sent again before anything acknowledged them.
//!
//! A capture does not see a segment being dropped. It sees this: the same bytes once more, and no answer between.
//! The answer may have been what was lost; the words and the short arrow claim no more than that.

use std::collections::HashMap;

use crate::connection::Role;
use crate::tcp::seq_num::SeqNum;

use super::who::Told;

/// Segments of one direction that may still be answered; more are forgotten, the oldest first.
const MOST: usize = 256;

struct Pending {
    /// The event's place.
    index: usize,
    from: SeqNum,
    until: SeqNum,
}

/// Marks them.
pub(super) fn mark(told: &mut [Option<Told>]) {
    let mut pending: HashMap<(u32, Role), Vec<Pending>> = HashMap::new();
    let mut unanswered = Vec::new();
    for (index, told) in told.iter().enumerate() {
        let Some(told) = told else { continue };
        if let Some(ack) = told.ack.map(SeqNum) {
            let theirs = pending.entry((told.connection, told.sender.other()));
            theirs
                .or_default()
                .retain(|one| ack.distance_to(one.until) > 0);
        }
        let length = told.len + u32::from(told.flags.syn()) + u32::from(told.flags.fin());
        if length == 0 {
            continue;
        }
        let from = SeqNum(told.seq);
        let until = SeqNum(told.seq.wrapping_add(length));
        let mine = pending.entry((told.connection, told.sender)).or_default();
        if told.again {
            let same =
                |one: &Pending| one.from.distance_to(until) > 0 && from.distance_to(one.until) > 0;
            unanswered.extend(mine.iter().filter(|one| same(one)).map(|one| one.index));
            mine.retain(|one| !same(one));
        }
        if mine.len() >= MOST {
            mine.remove(0);
        }
        mine.push(Pending { index, from, until });
    }
    for index in unanswered {
        if let Some(Some(told)) = told.get_mut(index) {
            told.unanswered = true;
        }
    }
}
