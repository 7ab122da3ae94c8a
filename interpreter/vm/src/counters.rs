//! How often places were gone through, in a table of fixed size.
//!
//! A program that makes code again and again has more places than there are counters, and most of them
//! are never gone through any more. So a place knows its counter by a tag; where it has none, it takes
//! the one that was taken first of the two in its set, and counting begins anew. What another place was
//! counted for is thus nothing to it, and two that are hot at the same time and meet in a set do not
//! take each other's. (PyPy's counters, too, know whose they are: `rpython/jit/metainterp/counter.py`.)

use std::ops::Range;

const SETS: usize = 2048;

#[derive(Clone, Copy, Default)]
struct Counter {
    /// Of the place; no place has 0.
    tag: u32,
    left: u16,
    /// What it was set to last.
    set: u16,
}

impl Counter {
    #[inline(always)]
    fn count(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left == 0
    }
}

/// The counters, by keys of places.
pub(crate) struct Counters {
    sets: Box<[[Counter; 2]]>,
    /// How often a place is counted at first.
    first: u16,
}

#[inline(always)]
fn tag_of(key: usize) -> u32 {
    (key / SETS) as u32
}

impl Counters {
    pub(crate) fn new(first: u16) -> Counters {
        Counters {
            sets: vec![Default::default(); SETS].into(),
            first,
        }
    }

    /// Counts a place: whether it has been gone through as often as it was set to.
    #[inline(always)]
    pub(crate) fn count(&mut self, key: usize) -> bool {
        match &mut self.sets[key % SETS][0] {
            counter if counter.tag == tag_of(key) => counter.count(),
            _ => self.of(key).count(),
        }
    }

    /// What a place was set to last, and so how often it was counted if it is hot now.
    pub(crate) fn counted(&mut self, key: usize) -> u16 {
        self.of(key).set
    }

    /// Lets a place be counted so often until it is hot.
    pub(crate) fn set(&mut self, key: usize, times: u16) {
        let counter = self.of(key);
        (counter.left, counter.set) = (times, times);
    }

    /// Places with these keys are others from now on.
    pub(crate) fn forget(&mut self, keys: Range<usize>) {
        for key in keys {
            let own = self.sets[key % SETS].iter_mut();
            own.filter(|counter| counter.tag == tag_of(key))
                .for_each(|counter| *counter = Counter::default());
        }
    }

    #[inline(never)]
    fn of(&mut self, key: usize) -> &mut Counter {
        let tag = tag_of(key);
        let set = &mut self.sets[key % SETS];
        match set.iter().position(|counter| counter.tag == tag) {
            Some(at) => &mut set[at],
            None => {
                let own = Counter {
                    tag,
                    left: self.first,
                    set: self.first,
                };
                *set = [own, set[0]];
                &mut set[0]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: u16 = 3;

    fn counts_until_hot(counters: &mut Counters, key: usize) -> usize {
        (1..).find(|_| counters.count(key)).unwrap_or(0)
    }

    #[test]
    fn a_place_is_hot_when_it_was_counted_as_often_as_it_was_set_to() {
        let mut counters = Counters::new(FIRST);
        let key = 5 * SETS + 7;
        assert_eq!(counts_until_hot(&mut counters, key), 3);
        assert_eq!(counters.counted(key), 3);
        counters.set(key, 10);
        assert_eq!(counts_until_hot(&mut counters, key), 10);
        assert_eq!(counters.counted(key), 10);
    }

    #[test]
    fn places_that_meet_do_not_count_for_each_other() {
        let mut counters = Counters::new(FIRST);
        let [one, two, three] = [1, 2, 3].map(|tag| tag * SETS + 7);
        counters.set(one, u16::MAX);
        assert_eq!(counts_until_hot(&mut counters, two), 3);
        counters.set(two, 5);
        assert_eq!(counters.counted(one), u16::MAX);
        assert_eq!(counts_until_hot(&mut counters, three), 3);
        assert_eq!(counters.counted(two), 5);
        assert_eq!(counters.counted(one), FIRST, "the first of the set is gone");
    }

    #[test]
    fn other_code_in_the_place_of_dead_code_begins_anew() {
        let mut counters = Counters::new(FIRST);
        let [dead, alive] = [SETS - 1, SETS + 1].map(|key| key + SETS);
        counters.set(dead, u16::MAX);
        counters.set(alive, u16::MAX);
        counters.forget(dead - 10..dead + 1);
        assert_eq!(counts_until_hot(&mut counters, dead), 3);
        assert_eq!(counters.counted(alive), u16::MAX);
    }
}
