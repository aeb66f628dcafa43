//! The first thing in which two runs differ: what both did until then, and what each did next.

use serde::Serialize;

use crate::compare::{self, Line};
use crate::connection::Connections;
use crate::event::Event;
use crate::units::Nanos;

/// Where two runs part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// Calls, segments and acts that both have in common before, in order of time.
    pub same: usize,
    /// The last of them; empty when they differ from the beginning.
    pub last: String,
    pub one: Next,
    pub other: Next,
}

/// What a run did next; nothing when it was at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Next {
    pub what: String,
    pub at_ns: u64,
}

/// The first difference between two runs in their calls and segments; `None` when there is none.
///
/// Times are not compared: no two runs have the same.
pub fn first(one: &[Event], other: &[Event]) -> Option<Difference> {
    let told = |events| compare::told(events, &Connections::from_events(events));
    let (one, other) = (told(one), told(other));
    let same = one
        .iter()
        .zip(&other)
        .take_while(|(one, other)| one.what == other.what)
        .count();
    if same == one.len() && same == other.len() {
        return None;
    }
    let next = |told: &[Line]| {
        told.get(same)
            .map(|line| Next {
                what: line.what.clone(),
                at_ns: line.at.0,
            })
            .unwrap_or_default()
    };
    let last = same.checked_sub(1).and_then(|last| one.get(last));
    Some(Difference {
        same,
        last: last.map(|line| line.what.clone()).unwrap_or_default(),
        one: next(&one),
        other: next(&other),
    })
}

impl Difference {
    /// One line for people; `one` and `other` name the two runs.
    pub fn words(&self, one: &str, other: &str) -> String {
        let next = |next: &Next| {
            if next.what.is_empty() {
                "nothing more".to_owned()
            } else {
                format!("{} at {}", next.what, Nanos(next.at_ns))
            }
        };
        let until = match self.same {
            0 => "they differ from the beginning".to_owned(),
            same => format!(
                "the first {same} calls and segments are the same, up to `{}`",
                self.last
            ),
        };
        format!(
            "{until}; then {one}: {}; {other}: {}",
            next(&self.one),
            next(&self.other)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventBody;
    use crate::recording::Recording;

    fn events() -> Vec<Event> {
        let text = include_str!("../../../web/tests/recordings/sent-before-close.jsonl");
        Recording::from_json_lines(text).unwrap().events
    }

    #[test]
    fn a_run_does_not_differ_from_itself_or_from_its_slower_self() {
        let one = events();
        let mut slower = one.clone();
        for event in &mut slower {
            event.at = Nanos(event.at.0 * 2);
        }
        assert_eq!(first(&one, &slower), None);
        assert_eq!(first(&[], &[]), None);
    }

    #[test]
    fn a_missing_end_is_the_difference() {
        let one = events();
        let is_told =
            |event: &Event| matches!(event.body, EventBody::Call(_) | EventBody::Segment(_));
        let last = one.iter().rposition(is_told).unwrap();
        let found = first(&one, &one[..last]).unwrap();
        assert!(found.other.what.is_empty());
        assert!(!found.one.what.is_empty());
        assert!(found.words("A", "B").ends_with("; B: nothing more"));
    }

    #[test]
    fn the_beginning_may_differ() {
        let found = first(&events(), &[]).unwrap();
        assert_eq!((found.same, found.last.as_str()), (0, ""));
        assert!(
            found
                .words("A", "B")
                .starts_with("they differ from the beginning")
        );
    }
}
