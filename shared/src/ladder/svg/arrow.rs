//! A segment's arrow: from the sender's kernel to the receiver's, ending in arrow, bar or cross.

use std::fmt::Write as _;

use super::n;
use crate::ladder::items::{Head, SegmentArrow};

/// The line and its head; kinds differ in both, not by colour alone.
pub(super) fn draw(out: &mut String, segment: &SegmentArrow) {
    let ((x1, y1), (x2, y2)) = (segment.from, segment.to);
    let length = (x2 - x1).hypot(y2 - y1).max(1.0);
    let (along, down) = ((x2 - x1) / length, (y2 - y1) / length);
    // A point so far before the tip and so far aside of the line.
    let at = |back: f32, aside: f32| {
        let x = x2 - along * back - down * aside;
        let y = y2 - down * back + along * aside;
        format!("{} {}", n(x), n(y))
    };
    let (line_end, head) = match segment.head() {
        Head::Arrow => (7.0, triangle(&at, 0.5)),
        Head::Bar => {
            let bar = format!(
                "<path class=\"bar\" d=\"M{}L{}\"/>",
                at(1.5, -7.0),
                at(1.5, 7.0)
            );
            (9.0, triangle(&at, 3.0) + &bar)
        }
        Head::Open => {
            let strokes = format!(
                "<path class=\"cross\" d=\"M{}L{}M{}L{}\"/>",
                at(-1.0, -5.0),
                at(3.0, 5.0),
                at(3.0, -5.0),
                at(7.0, 5.0)
            );
            (4.0, strokes)
        }
        Head::Cross => {
            let strokes = format!(
                "<path class=\"cross\" d=\"M{}L{}M{}L{}\"/>",
                at(2.0, -4.5),
                at(11.0, 4.5),
                at(2.0, 4.5),
                at(11.0, -4.5)
            );
            (6.5, strokes)
        }
    };
    let _ = write!(
        out,
        "<path class=\"line\" d=\"M{} {}L{}\"/>{head}",
        n(x1),
        n(y1),
        at(line_end, 0.0)
    );
}

fn triangle(at: &impl Fn(f32, f32) -> String, tip: f32) -> String {
    format!(
        "<path class=\"head\" d=\"M{}L{}L{}z\"/>",
        at(tip, 0.0),
        at(tip + 9.0, -4.2),
        at(tip + 9.0, 4.2)
    )
}
