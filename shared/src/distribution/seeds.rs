//! Each run's own seed and each round's order, from one seed: the same seed gives the same again.

/// `SplitMix64` (Steele, Lea, Flood 2014).
fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The seed of the run with this number, which counts from 0. Has 53 bits, so that every reader of JSON keeps it.
pub fn of_run(seed: u64, number: u64) -> u64 {
    mixed(seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15))) >> 11
}

/// The bin of the run with this number.
///
/// Every round visits each bin once, in an order of its own: what the machine does meanwhile falls on all alike.
pub fn bin_of_run(seed: u64, number: u64, bins: usize) -> usize {
    let bins = bins.max(1);
    let round = number / bins as u64;
    let place = usize::try_from(number % bins as u64).unwrap_or(0);
    // A walk of a length that has no divisor in common with the number of bins meets each of them once.
    let random = mixed(seed ^ mixed(round));
    let within = |number: u64| usize::try_from(number % bins as u64).unwrap_or(0);
    let mut step = within(random >> 32).max(1);
    while common_divisor(step, bins) != 1 {
        step += 1;
    }
    (within(random & 0xffff_ffff) + place * step) % bins
}

fn common_divisor(one: usize, other: usize) -> usize {
    if other == 0 {
        one
    } else {
        common_divisor(other, one % other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn seeds_repeat_and_differ() {
        let seeds: BTreeSet<u64> = (0..10_000).map(|number| of_run(7, number)).collect();
        assert_eq!(seeds.len(), 10_000);
        assert_eq!(of_run(7, 3), of_run(7, 3));
        assert_ne!(of_run(7, 3), of_run(8, 3));
        assert!(seeds.iter().all(|seed| *seed < 1 << 53));
    }

    #[test]
    fn every_round_visits_each_bin_once() {
        for bins in [1_usize, 2, 3, 4, 12, 20, 64] {
            for round in 0..20 {
                let begin = round * bins as u64;
                let visited: BTreeSet<_> = (begin..begin + bins as u64)
                    .map(|number| bin_of_run(7, number, bins))
                    .collect();
                assert_eq!(visited.len(), bins, "round {round} of {bins}");
            }
        }
    }
}
