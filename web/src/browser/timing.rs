//! Times for the browser's own timeline. Source: W3C User Timing, level 3.

use web_sys::{Performance, window};

/// Does the work; how long it took stands under this name in the timeline, the newest time only.
pub fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let Some(timeline) = timeline() else {
        return work();
    };
    let begin = [name, ": begin"].concat();
    let _ = timeline.mark(&begin);
    let done = work();
    timeline.clear_measures_with_measure_name(name);
    let _ = timeline.measure_with_start_mark(name, &begin);
    timeline.clear_marks_with_mark_name(&begin);
    done
}

/// Nothing outside of a browser, where tests run.
fn timeline() -> Option<Performance> {
    if !cfg!(target_family = "wasm") {
        return None;
    }
    window()?.performance()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_work_is_done_without_a_browser_too() {
        assert_eq!(super::timed("x", || 7), 7);
    }
}
