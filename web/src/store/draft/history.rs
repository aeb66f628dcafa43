//! The way back and forth between texts: what was taken out and put in, step by step.

use yew::AttrValue;

/// Changes that can be undone; older ones are forgotten.
const LONGEST: usize = 1_000;

/// One change of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    at: usize,
    removed: AttrValue,
    inserted: AttrValue,
    /// The catalogue scenario that the text came from, before and after.
    from: (Option<&'static str>, Option<&'static str>),
}

/// What was done, and what was undone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct History {
    done: Vec<Change>,
    undone: Vec<Change>,
}

/// The history after a step, the text there, where it changed, and the catalogue scenario it is of.
pub(super) type Walk = (History, AttrValue, usize, Option<&'static str>);

impl Change {
    /// The one stretch in which two texts differ.
    pub(super) fn between(
        old: &str,
        new: &str,
        from: (Option<&'static str>, Option<&'static str>),
    ) -> Self {
        let same = |a: u8, b: u8| a == b;
        let pairs = old.bytes().zip(new.bytes());
        let mut start = pairs.take_while(|(a, b)| same(*a, *b)).count();
        while !(old.is_char_boundary(start) && new.is_char_boundary(start)) {
            start -= 1;
        }
        let shortest = old.len().min(new.len()) - start;
        let pairs = old.bytes().rev().zip(new.bytes().rev()).take(shortest);
        let mut end = pairs.take_while(|(a, b)| same(*a, *b)).count();
        while !(old.is_char_boundary(old.len() - end) && new.is_char_boundary(new.len() - end)) {
            end -= 1;
        }
        let part = |text: &str| {
            let part = text.get(start..text.len() - end).unwrap_or_default();
            AttrValue::from(part.to_owned())
        };
        Self {
            at: start,
            removed: part(old),
            inserted: part(new),
            from,
        }
    }

    /// Both as one, when this letter goes on with the word that was being typed.
    fn joined(&self, next: &Self) -> Option<Self> {
        let goes_on = !self.inserted.is_empty()
            && next.removed.is_empty()
            && next.at == self.at + self.inserted.len()
            && next.inserted.chars().count() == 1
            && next.inserted.chars().all(char::is_alphanumeric)
            && self.inserted.chars().all(char::is_alphanumeric)
            && self.from.1 == next.from.1;
        goes_on.then(|| Self {
            inserted: AttrValue::from([self.inserted.as_str(), &next.inserted].concat()),
            from: (self.from.0, next.from.1),
            ..self.clone()
        })
    }
}

/// The text with one part in another's place.
fn swapped(text: &str, at: usize, old: &str, new: &str) -> AttrValue {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + old.len()..).unwrap_or_default();
    AttrValue::from([before, new, after].concat())
}

impl History {
    /// One more change; what was undone is gone.
    pub(super) fn with(&self, change: Change) -> Self {
        if change.removed == change.inserted && change.from.0 == change.from.1 {
            return self.clone();
        }
        let mut done = self.done.clone();
        match done.last_mut().map(|last| (last.joined(&change), last)) {
            Some((Some(joined), last)) if self.undone.is_empty() => *last = joined,
            Some(_) | None => done.push(change),
        }
        if done.len() > LONGEST {
            done.remove(0);
        }
        Self {
            done,
            undone: Vec::new(),
        }
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// The text before the last change, and where it was made.
    pub(super) fn undo(&self, text: &str) -> Option<Walk> {
        let mut history = self.clone();
        let change = history.done.pop()?;
        let text = swapped(text, change.at, &change.inserted, &change.removed);
        let walk = (change.at + change.removed.len(), change.from.0);
        history.undone.push(change);
        Some((history, text, walk.0, walk.1))
    }

    /// The text after the change that was undone last.
    pub(super) fn redo(&self, text: &str) -> Option<Walk> {
        let mut history = self.clone();
        let change = history.undone.pop()?;
        let text = swapped(text, change.at, &change.removed, &change.inserted);
        let walk = (change.at + change.inserted.len(), change.from.1);
        history.done.push(change);
        Some((history, text, walk.0, walk.1))
    }
}
