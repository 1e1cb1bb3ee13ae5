//! Stable sorts that add little to the size of a program.
//!
//! The standard sort is compiled for each type and comparison, about 4 KB each time; dozens of them were a tenth of the
//! WASM module. Here it is compiled once, for indices, and the items are swapped into their places.

use std::cmp::Ordering;

pub(crate) fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let compare = |a: usize, b: usize| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    };
    let order = order(items.len(), &compare);
    arrange(order, &mut |a, b| items.swap(a, b));
}

pub(crate) fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by a key that is computed once for each item.
pub(crate) fn by_cached_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let order = order(keys.len(), &|a, b| keys.get(a).cmp(&keys.get(b)));
    arrange(order, &mut |a, b| items.swap(a, b));
}

/// Returns the indices of items in the order of the items.
fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}

/// Moves each item to the place of its index in `order`, one cycle of the permutation after another.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        while let Some(slot) = order.get_mut(at) {
            let from = std::mem::replace(slot, at);
            if from == start || from == at {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_are_those_of_the_standard_library(keys in prop::collection::vec(0_u8..9, 0..80)) {
            let items: Vec<(u8, String)> = keys.into_iter().enumerate().map(|(at, key)| (key, at.to_string())).collect();
            let (mut expected, mut by_key) = (items.clone(), items.clone());
            expected.sort_by_key(|(key, _)| *key);
            super::by_key(&mut by_key, |(key, _)| *key);
            prop_assert_eq!(&by_key, &expected);
            let mut by_cached_key = items;
            super::by_cached_key(&mut by_cached_key, |(key, _)| key.to_string());
            prop_assert_eq!(&by_cached_key, &expected);
        }
    }
}
