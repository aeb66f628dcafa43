//! What is told while it works: each step with its usual time, then the time it took, then a summary.
//!
//! Talks on standard error; standard output belongs to the programs that are started.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use crate::stop::Stop;

/// The steps so far.
pub(crate) struct Log {
    began: Instant,
    done: Vec<(String, Duration)>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Announces a step, does it, and says how long it took.
    ///
    /// `usually` is the time on 2 cores from nothing, in words.
    pub(crate) fn step<T>(
        &mut self,
        title: &str,
        usually: &str,
        work: impl FnOnce() -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        say(&format!("\n==> {title} (usually {usually})"));
        let began = Instant::now();
        let result = work()?;
        let took = began.elapsed();
        say(&format!("    done: {title}, {}", words(took)));
        self.done.push((title.to_owned(), took));
        Ok(result)
    }

    /// Prints every step with its time.
    pub(crate) fn summary(&self, verdict: &str) {
        say(&format!("\n{verdict} in {}", words(self.began.elapsed())));
        for (title, took) in &self.done {
            say(&format!("    {:>12}  {title}", words(*took)));
        }
    }

    /// Prints why the command ends here.
    pub(crate) fn stopped(&self, stop: &Stop) {
        if !self.done.is_empty() {
            self.summary("stopped");
        }
        say(&format!("\nerror: {}", stop.what));
        if !stop.remedy.is_empty() {
            say(&format!("remedy: {}", stop.remedy));
        }
    }
}

/// One line of talk. Nobody reading it is no reason to stop.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// One line of data.
pub(crate) fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// `3 min 2 s`, `4.1 s`, `12 ms`.
fn words(span: Duration) -> String {
    let seconds = span.as_secs();
    if seconds >= 60 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else if span.as_millis() >= 1000 {
        format!("{:.1} s", span.as_secs_f64())
    } else {
        format!("{} ms", span.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_say_them() {
        let check = |millis, expected: &str| {
            assert_eq!(words(Duration::from_millis(millis)), expected);
        };
        check(12, "12 ms");
        check(999, "999 ms");
        check(4_100, "4.1 s");
        check(182_000, "3 min 2 s");
    }
}
