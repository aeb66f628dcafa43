//! What only the run before did: dotted and without colour, so that nothing of it is taken for this run's.

use aftershake_shared::compare::Comparison;
use aftershake_shared::ghost::{Ghost, Thing, ghosts};
use aftershake_shared::ladder::Ladder;
use aftershake_shared::ladder::crowd::Detail;
use aftershake_shared::ladder::items::TextBox;
use aftershake_shared::ladder::view::{View, touch};
use yew::{Html, html};

use super::{Text, label_text, line, segments};
use crate::store::kept::Kept;
use crate::text::share as words;

/// The run before, and how it differs from this one.
#[derive(Clone, PartialEq)]
pub struct Before {
    pub ladder: Kept<Ladder>,
    pub comparison: Kept<Comparison>,
}

impl Before {
    /// What this run did not do, on its ladder.
    pub(super) fn ghosts(&self, now: &Ladder) -> Vec<Ghost> {
        ghosts(now, &self.ladder, &self.comparison)
    }
}

/// A text of this run: its column, its upper and lower edge, and its weight.
type Taken = (u32, f32, f32, u8);

/// Those in view, each with where it begins, from top to bottom. Their texts stand where no text of this run does.
pub(super) fn drawn(
    ghosts: &[Ghost],
    view: &View,
    detail: Detail,
    taken: &[Taken],
) -> Vec<(f32, Html)> {
    let range = view.range();
    let near = (range.start - 20.0)..range.end;
    let mut taken = taken.to_vec();
    let mut drawn = Vec::new();
    for ghost in ghosts.iter().filter(|ghost| near.contains(&ghost.top())) {
        let column = u32::try_from(ghost.column).unwrap_or(u32::MAX);
        let mut free = |label: &TextBox| {
            let own = (column, label.top, label.bottom());
            let touches = |text: &Taken| touch(own, (text.0, text.1, text.2));
            let is_free = detail != Detail::Lines && !taken.iter().any(touches);
            if is_free {
                taken.push((column, label.top, label.bottom(), 0));
                Text::Shown
            } else {
                Text::LeftOut
            }
        };
        let (class, inside) = match &ghost.thing {
            Thing::Segment(segment) => {
                let segment = view.segment(segment);
                let text = free(&segment.label);
                let inside = html! {
                    <>
                        { segments::shape(&segment) }
                        if text == Text::Shown {
                            { label_text(&segment.label, "flags", &segment.flags, &segment.detail) }
                        }
                    </>
                };
                ("bygone segment", inside)
            }
            Thing::Call(call) => {
                let call = view.call(call);
                let text = free(&call.label);
                let (top, bottom) = call.block.or(call.parked).unwrap_or_default();
                let (left, right) = (call.x, call.x + call.width);
                let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
                let inside = html! {
                    <>
                        <path class="outline" d={format!("{}Z", line(&corners))} />
                        if text == Text::Shown {
                            { label_text(&call.label, "name", &call.name, &call.result) }
                        }
                    </>
                };
                ("bygone call", inside)
            }
        };
        let sentence = words::ghost(&ghost.sentence);
        let mark = html! {
            <g
                key={format!("before {}", ghost.event())} {class} role="graphics-symbol" aria-label={sentence.clone()}
                data-ghost={ghost.event().to_string()}
            >
                <title>{ sentence }</title>
                { inside }
            </g>
        };
        drawn.push((ghost.top(), mark));
    }
    drawn
}
