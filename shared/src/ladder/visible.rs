//! What stands between two heights, found without looking at the rest.

use std::ops::Range;

/// The largest lower edge within each node of a binary tree over things sorted by upper edge.
///
/// Things may be long, so their lower edges are in no order; the tree finds those that reach into a range
/// in time proportional to their number and the logarithm of the whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Extents {
    tops: Vec<f32>,
    bottoms: Vec<f32>,
    /// A heap: node `n` has children `2n + 1` and `2n + 2`; the root covers everything.
    tree: Vec<f32>,
}

impl Extents {
    /// From upper and lower edges, sorted by upper edge.
    pub(super) fn new(edges: impl Iterator<Item = (f32, f32)>) -> Self {
        let (tops, bottoms): (Vec<_>, Vec<_>) = edges.unzip();
        let nodes = (bottoms.len().next_power_of_two() * 2).saturating_sub(1);
        let mut extents = Self {
            tops,
            bottoms,
            tree: vec![f32::NEG_INFINITY; nodes],
        };
        extents.fill(0, 0..extents.bottoms.len());
        extents
    }

    fn fill(&mut self, node: usize, range: Range<usize>) -> f32 {
        let lowest = if range.len() <= 1 {
            let bottom = self.bottoms.get(range.start);
            bottom.copied().unwrap_or(f32::NEG_INFINITY)
        } else {
            let (left, right) = halves(&range);
            let left = self.fill(node * 2 + 1, left);
            left.max(self.fill(node * 2 + 2, right))
        };
        if let Some(place) = self.tree.get_mut(node) {
            *place = lowest;
        }
        lowest
    }

    /// Indices of the things that reach into `y`, in order.
    pub(super) fn within(&self, y: &Range<f32>) -> Vec<usize> {
        let end = self.tops.partition_point(|top| *top < y.end);
        let mut found = Vec::new();
        self.collect(0, 0..self.bottoms.len(), end, y.start, &mut found);
        found
    }

    fn collect(
        &self,
        node: usize,
        range: Range<usize>,
        end: usize,
        above: f32,
        out: &mut Vec<usize>,
    ) {
        let lowest = self.tree.get(node).copied();
        if range.start >= end || range.is_empty() || lowest.is_none_or(|lowest| lowest < above) {
            return;
        }
        if range.len() == 1 {
            out.push(range.start);
            return;
        }
        let (left, right) = halves(&range);
        self.collect(node * 2 + 1, left, end, above, out);
        self.collect(node * 2 + 2, right, end, above, out);
    }
}

fn halves(range: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let middle = range.start + range.len() / 2;
    (range.start..middle, middle..range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_exactly_what_reaches_into_the_range() {
        let edges: Vec<(f32, f32)> = (0..500_u16)
            .map(|i| {
                let top = f32::from(i);
                let long = if i % 7 == 0 { 90.0 } else { 2.0 };
                (top, top + long)
            })
            .collect();
        let extents = Extents::new(edges.iter().copied());
        for (from, until) in [(0.0, 1.0), (37.5, 41.0), (499.0, 900.0), (700.0, 800.0)] {
            let expected: Vec<_> = (0..edges.len())
                .filter(|&i| edges[i].0 < until && edges[i].1 >= from)
                .collect();
            assert_eq!(extents.within(&(from..until)), expected);
        }
        assert!(
            Extents::new(std::iter::empty())
                .within(&(0.0..9.0))
                .is_empty()
        );
    }
}
