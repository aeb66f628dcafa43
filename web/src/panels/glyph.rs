//! One sign per outcome, told apart by shape as well as by colour.

use aftershake_shared::scenario::expect::Outcome;
use yew::{Html, classes, html};

use crate::text;

/// A ring for closed, a cross for reset, a dotted ring for timed out, a bar for refused, a half ring for open,
/// a point where nothing is expected. Decorative: the words stand beside it.
pub fn glyph(outcome: Option<Outcome>) -> Html {
    let (class, shape) = match outcome {
        Some(Outcome::Closed) => ("closed", html! { <circle cx="6" cy="6" r="4" /> }),
        Some(Outcome::Open) => ("open", html! { <path d="M6 2a4 4 0 1 1 -4 4" /> }),
        Some(Outcome::TimedOut) => (
            "timed-out",
            html! { <circle cx="6" cy="6" r="4" stroke-dasharray="1.6 2.6" /> },
        ),
        Some(Outcome::Refused) => ("refused", html! { <path d="M1.5 6h9" /> }),
        Some(Outcome::Reset) => ("reset", html! { <path d="M2 2l8 8m0-8l-8 8" /> }),
        None => ("none", html! { <circle cx="6" cy="6" r="1.2" /> }),
    };
    html! {
        <svg class={classes!("glyph", class)} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            { shape }
        </svg>
    }
}

/// What the sign says, for those who cannot see it.
pub fn glyph_words(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or(text::page::NO_OUTCOME, text::outcome)
}
