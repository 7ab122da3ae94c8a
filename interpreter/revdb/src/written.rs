//! What a stretch of a replay wrote to, kept small.
//!
//! A search for who wrote a place goes back through stretches. One that wrote to none of the objects
//! on the way to the place cannot have changed it, so it need not be run again; with this a search
//! skips minutes in no time. The answer may be *maybe* where it is *no*: then a stretch is run in
//! vain. It is never *no* where it is *yes*.

use crate::protocol::{Time, Written};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// More numbers than this become a Bloom filter, which is as large as so many.
const FEW_MAX: usize = 1024;
const FILTER_WORDS: usize = 1024;
const FILTER_HASHES: u32 = 3;

/// The bits of a number in a filter, each with its word.
fn bits(number: u64) -> impl Iterator<Item = (usize, u64)> {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..FILTER_HASHES).map(move |round| {
        let bit = (mixed >> (round * 16)) as usize % (FILTER_WORDS * 64);
        (bit / 64, 1 << (bit % 64))
    })
}

impl Written {
    pub(crate) fn of(numbers: HashSet<u64>) -> Written {
        if numbers.len() <= FEW_MAX {
            let mut numbers: Vec<u64> = numbers.into_iter().collect();
            numbers.sort_unstable();
            return Written::Few(numbers);
        }
        let mut words = vec![0; FILTER_WORDS];
        for number in numbers {
            bits(number).for_each(|(word, bit)| words[word] |= bit);
        }
        Written::Many(words)
    }

    fn may_have(&self, number: u64) -> bool {
        match self {
            Written::Few(numbers) => numbers.binary_search(&number).is_ok(),
            Written::Many(words) => {
                bits(number).all(|(word, bit)| words.get(word).is_none_or(|found| found & bit != 0))
            }
        }
    }
}

/// A stretch that was run through once.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Stretch {
    pub(crate) begin: Time,
    pub(crate) end: Time,
    /// Objects that had been created when it began.
    pub(crate) created: u64,
    pub(crate) written: Written,
    /// The fewest frames that there were at any stop point.
    pub(crate) shallowest: usize,
}

impl Stretch {
    /// Whether it may have written to one of these objects, or created one.
    pub(crate) fn may_touch(&self, objects: &[u64]) -> bool {
        let touched = |&number: &u64| number > self.created || self.written.may_have(number);
        objects.iter().any(touched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(numbers: impl Iterator<Item = u64>) -> Stretch {
        Stretch {
            begin: 1,
            end: 2,
            created: 1_000_000,
            written: Written::of(numbers.collect()),
            shallowest: 1,
        }
    }

    #[test]
    fn what_was_written_is_never_denied() {
        for count in [1, 10, 1024, 1025, 20_000] {
            let all = stretch((0..count).map(|n| n * 7));
            assert!((0..count).all(|n| all.may_touch(&[n * 7])), "{count}");
        }
    }

    #[test]
    fn what_was_not_written_is_mostly_denied() {
        let few = stretch((0..1000).map(|n| n * 7));
        assert!(!few.may_touch(&[1, 2, 8]));
        let many = stretch((0..5000).map(|n| n * 7));
        let wrong = (0..5000).filter(|n| many.may_touch(&[n * 7 + 1])).count();
        assert!(wrong < 500, "{wrong}");
        // What did not exist may have been made.
        assert!(few.may_touch(&[1_000_001]));
        assert!(!few.may_touch(&[]));
    }
}
