//! Texts of one column that must not overlap, each as near to its wish as its neighbours allow.

/// Tops of texts, given wished tops in order and heights, none above `floor`.
///
/// Least squares under an order: pool adjacent violators (Barlow et al. 1972), in linear time. Texts keep
/// their order, and each ends where the next may begin.
pub(super) fn spread(wanted: &[(f32, f32)], floor: f32) -> Vec<f32> {
    struct Pool {
        sum: f64,
        count: u32,
    }
    impl Pool {
        fn mean(&self) -> f64 {
            self.sum / f64::from(self.count)
        }
    }
    let mut pools: Vec<Pool> = Vec::new();
    let mut above = 0.0;
    for (top, height) in wanted {
        let mut pool = Pool {
            sum: f64::from(*top) - above,
            count: 1,
        };
        while let Some(last) = pools.pop_if(|last| last.mean() > pool.mean()) {
            pool.sum += last.sum;
            pool.count += last.count;
        }
        pools.push(pool);
        // A half more than its height, so that rounding up to halves cannot make two touch.
        above += f64::from(*height) + 0.5;
    }
    let mut above = 0.0;
    let wishes = pools
        .iter()
        .flat_map(|pool| std::iter::repeat_n(pool.mean(), pool.count as usize));
    wanted
        .iter()
        .zip(wishes)
        .map(|((_, height), wish)| {
            let top = wish.max(f64::from(floor)) + above;
            above += f64::from(*height) + 0.5;
            narrow(top)
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "lengths of a drawing")]
fn narrow(length: f64) -> f32 {
    length as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_room_stay() {
        assert_eq!(
            spread(&[(10.0, 5.0), (20.0, 5.0), (40.0, 5.0)], 0.0),
            [10.0, 20.0, 40.0]
        );
    }

    #[test]
    fn a_crowd_stands_around_its_middle() {
        let tops = spread(&[(100.0, 9.5), (100.0, 9.5), (100.0, 9.5)], 0.0);
        assert_eq!(tops, [90.0, 100.0, 110.0]);
    }

    #[test]
    fn nothing_stands_above_the_floor() {
        assert_eq!(spread(&[(0.0, 9.5), (0.0, 9.5)], 3.0), [3.0, 13.0]);
    }
}
