//! Seeded random numbers: the same seed gives the same run.

/// A number between 0 and 1 for this step of a run with this seed. `SplitMix64` (Steele, Lea, Flood 2014).
#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits are kept, which an f64 holds"
)]
pub(crate) fn uniform(seed: u64, step: u32) -> f64 {
    let mut z = seed.wrapping_add(
        u64::from(step)
            .wrapping_add(1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15),
    );
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_zero_and_one_and_repeats() {
        for step in 0..1_000 {
            let number = uniform(7, step);
            assert!((0.0..1.0).contains(&number));
            assert!((number - uniform(7, step)).abs() < f64::EPSILON);
        }
        assert!((uniform(7, 0) - uniform(8, 0)).abs() > f64::EPSILON);
    }
}
