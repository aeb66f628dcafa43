//! Sorting by number, one instance for every type.
//!
//! The standard library's sort is compiled anew for each element type, at 4 KB of the page's WASM each; here
//! only numbers are sorted, and the elements are then moved to their places.

/// What elements are sorted by: the first number, then the second, then their order before.
pub type Rank = (u64, u64);

/// Sorts by a rank, keeping the order of equals.
pub fn sort_by_rank<T>(items: &mut [T], rank: impl Fn(&T) -> Rank) {
    let mut ranks: Vec<(Rank, usize)> = items.iter().map(rank).zip(0..).collect();
    if ranks.is_sorted() {
        return;
    }
    // Rank and place in one number where they fit, as frames and most times do: half the time.
    let packed = |&((first, second), place): &(Rank, usize)| {
        let fits = second == 0 && first < 1 << 40 && place < 1 << 24;
        fits.then_some(first << 24 | place as u64)
    };
    let mut place = vec![0; ranks.len()];
    let mut put = |new: usize, old: usize| {
        if let Some(place) = place.get_mut(old) {
            *place = new;
        }
    };
    if let Some(mut packed) = ranks.iter().map(packed).collect::<Option<Vec<u64>>>() {
        packed.sort_unstable();
        for (new, packed) in packed.into_iter().enumerate() {
            put(new, (packed & 0xff_ffff) as usize);
        }
    } else {
        ranks.sort_unstable();
        for (new, (_, old)) in ranks.into_iter().enumerate() {
            put(new, old);
        }
    }
    for at in 0..place.len() {
        while let Some(&to) = place.get(at).filter(|to| **to != at) {
            items.swap(at, to);
            place.swap(at, to);
        }
    }
}

/// The rank of a height or length, as [`f32::total_cmp`] orders them.
pub fn rank_of(number: f32) -> Rank {
    let bits = number.to_bits();
    let rank = if bits >> 31 == 0 {
        bits | (1 << 31)
    } else {
        !bits
    };
    (rank.into(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_like_the_standard_library_and_keeps_the_order_of_equals() {
        let mut state = 7_u64;
        for length in 0..60 {
            let mut next = || {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 40) % 13
            };
            let items: Vec<_> = (0..length).map(|number| (next(), number)).collect();
            let (mut mine, mut theirs) = (items.clone(), items);
            sort_by_rank(&mut mine, |(key, _)| (*key, 0));
            theirs.sort_by_key(|(key, _)| *key);
            assert_eq!(mine, theirs);
        }
    }

    #[test]
    fn heights_are_ranked_by_their_value() {
        let sorted = [f32::NEG_INFINITY, -2.5, -0.0, 0.0, 0.5, 1e9];
        assert!(sorted.map(rank_of).is_sorted());
    }
}
