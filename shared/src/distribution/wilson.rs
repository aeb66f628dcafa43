//! How far a share that was counted can be from the true one. Source: Wilson 1927; Brown, Cai, `DasGupta` 2001.

/// The 97.5th percentile of the normal distribution: intervals of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// A share and the interval that holds the true one 19 times of 20.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// 0 to 1.
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// Wilson's interval: right also for few runs, and for shares of 0 and 1. Without runs it is 0 to 1.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts far below the 53 bits that an f64 holds"
)]
pub fn share(hits: u64, runs: u64) -> Share {
    if runs == 0 {
        return Share {
            share: 0.0,
            low: 0.0,
            high: 1.0,
        };
    }
    let (hits, runs) = (hits.min(runs) as f64, runs as f64);
    let share = hits / runs;
    let square = Z * Z;
    let middle = (share + square / (2.0 * runs)) / (1.0 + square / runs);
    let spread = (share * (1.0 - share) / runs + square / (4.0 * runs * runs)).sqrt();
    let half = Z / (1.0 + square / runs) * spread;
    Share {
        share,
        low: (middle - half).clamp(0.0, share),
        high: (middle + half).clamp(share, 1.0),
    }
}

impl Share {
    /// Whether two intervals have nothing in common: the true shares differ.
    pub fn is_apart_from(self, other: Self) -> bool {
        self.low > other.high || other.low > self.high
    }

    /// `61 % (58-64)`.
    pub fn percent(self) -> String {
        let whole = |share: f64| format!("{:.0}", share * 100.0);
        let (low, high) = (whole(self.low), whole(self.high));
        format!("{} % ({low}-{high})", whole(self.share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_textbook() {
        for (hits, runs, low, high) in [
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
            (5, 10, 0.2366, 0.7634),
            (1, 50, 0.0035, 0.1050),
            (500, 1_000, 0.4691, 0.5309),
            (0, 0, 0.0, 1.0),
        ] {
            let found = share(hits, runs);
            let near = |one: f64, other: f64| (one - other).abs() < 0.0005;
            assert!(
                near(found.low, low) && near(found.high, high),
                "{hits} of {runs}: {found:?}"
            );
        }
    }

    #[test]
    fn the_share_lies_within_its_interval() {
        for runs in 1..40 {
            for hits in 0..=runs {
                let found = share(hits, runs);
                assert!(found.low <= found.share && found.share <= found.high);
                assert!((0.0..=1.0).contains(&found.low) && (0.0..=1.0).contains(&found.high));
            }
        }
    }

    #[test]
    fn few_runs_are_not_apart() {
        assert!(!share(3, 3).is_apart_from(share(0, 3)));
        assert!(share(10, 10).is_apart_from(share(0, 10)));
        assert_eq!(share(610, 1_000).percent(), "61 % (58-64)");
    }
}
