//! The counts as a table for other programs: one row for each value and ending. Source: RFC 4180.

use std::fmt::Write as _;

use super::{Tally, wilson};

/// The table with its head.
pub fn write(tally: &Tally) -> String {
    let mut text = "value,size,runs,outcome,count,share,low,high\n".to_owned();
    let keys = tally.outcomes();
    for bin in &tally.bins {
        let shown = bin.value.map(|value| value.to_string()).unwrap_or_default();
        let size = bin.value.map(|value| value.size().to_string());
        let size = size.unwrap_or_default();
        for (key, _) in &keys {
            let count = bin.of(key);
            let share = wilson::share(count, bin.runs);
            let _ = writeln!(
                text,
                "{shown},{size},{},{key},{count},{:.6},{:.6},{:.6}",
                bin.runs, share.share, share.low, share.high
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::tally;

    #[test]
    fn every_value_has_a_row_for_every_ending() {
        let text = super::write(&tally(&[(10, 0), (0, 10)]));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1], "0ms,0,10,closed,0,0.000000,0.000000,0.277533");
        assert_eq!(
            lines[2],
            "0ms,0,10,reset:linger-zero-close,10,1.000000,0.722467,1.000000"
        );
    }
}
