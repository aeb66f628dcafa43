//! Which heights of the ladder are on the screen. A run of ten thousand events must not draw them all.

use std::ops::Range;

use web_sys::Element;
use yew::{NodeRef, hook, use_effect_with, use_state_eq};

use crate::browser::{self, Listener};

/// Heights are followed in steps of this many units, so that most scrolling redraws nothing.
const STEP: f32 = 600.0;

/// The heights to draw; before the first measurement the top.
#[hook]
pub(super) fn use_view_range(svg: &NodeRef, height: f32) -> Range<f32> {
    let steps = use_state_eq(|| (0_i16, 4_i16));
    let (svg, setter) = (svg.clone(), steps.setter());
    use_effect_with(height.to_bits(), move |_| {
        let measure = move || {
            if let Some(seen) = svg.cast::<Element>().and_then(|svg| seen(&svg, height)) {
                setter.set(seen);
            }
        };
        measure();
        let listeners = [
            Listener::on_scroll(measure.clone()),
            Listener::on_resize(measure),
        ];
        move || drop(listeners)
    });
    let (from, until) = *steps;
    f32::from(from) * STEP..f32::from(until) * STEP
}

/// The first and the last step in view, with one to spare on either side.
fn seen(svg: &Element, height: f32) -> Option<(i16, i16)> {
    let rect = svg.get_bounding_client_rect();
    let window_height = browser::window_height()?;
    if rect.height() <= 0.0 {
        return None;
    }
    let scale = f64::from(height) / rect.height();
    Some((
        step_of(-rect.top() * scale) - 1,
        step_of((window_height - rect.top()) * scale) + 2,
    ))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn step_of(units: f64) -> i16 {
    (units / f64::from(STEP)).floor().clamp(-2.0, 20_000.0) as i16
}
