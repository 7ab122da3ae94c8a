//! How often places were gone through, in a table of fixed size. (How often functions were entered, their code
//! counts itself: [`object::EntryCount`].)
//!
//! A program that makes code again and again has more places than there are counters, and most of them
//! are never gone through any more. So a place knows its counter by a tag; where it has none, it takes
//! the one that was taken first of the two in its set, and counting begins anew. What another place was
//! counted for is thus nothing to it, and two that are hot at the same time and meet in a set do not
//! take each other's. (PyPy's counters, too, know whose they are: `rpython/jit/metainterp/counter.py`.)

use std::ops::Range;

const SETS: usize = 2048;
const TAG_SHIFT: u32 = 16;

/// Whose a counter is, in the upper half, and how often that is still to be gone through, at least once.
/// A look at one word thus tells both. (Places whose numbers differ by a multiple of 2^27 share a counter if
/// they meet: they lie a gigabyte apart, or more.)
#[derive(Clone, Copy, Default)]
struct Left(u32);

#[inline(always)]
fn tag_of(key: usize) -> u32 {
    ((key / SETS) as u32) << TAG_SHIFT
}

impl Left {
    fn new(key: usize, times: u16) -> Left {
        Left(tag_of(key) | u32::from(times.max(1)))
    }

    /// How often, if this is the place's; else more than can be.
    #[inline(always)]
    fn of(self, key: usize) -> u32 {
        self.0 ^ tag_of(key)
    }

    fn is_of(self, key: usize) -> bool {
        (1..=u32::from(u16::MAX)).contains(&self.of(key))
    }
}

/// The counters, by keys of places. Of two in a set, the one that was gone through last by way of
/// [`Counters::due`] comes first.
pub(crate) struct Counters {
    left: Box<[[Left; 2]; SETS]>,
    /// What each was set to last.
    set: Box<[[u16; 2]; SETS]>,
    /// How often a place is counted at first.
    first: u16,
}

impl Counters {
    pub(crate) fn new(first: u16) -> Counters {
        Counters {
            left: Box::new([[Left::default(); 2]; SETS]),
            set: Box::new([[0; 2]; SETS]),
            first,
        }
    }

    /// How often a place is counted at first.
    pub(crate) fn first(&self) -> u16 {
        self.first
    }

    /// Counts a place. True if it may be hot: it has not been counted, and [`Counters::due`] is to be
    /// asked.
    #[inline(always)]
    pub(crate) fn count(&mut self, key: usize) -> bool {
        let own = &mut self.left[key % SETS][0];
        if !(2..=u32::from(u16::MAX)).contains(&own.of(key)) {
            return true;
        }
        own.0 -= 1;
        false
    }

    /// Counts a place that `count` has not counted. If it has been gone through as often as it was set
    /// to: how often.
    pub(crate) fn due(&mut self, key: usize) -> Option<u16> {
        self.bring(key);
        match self.count(key) {
            false => None,
            true => Some(self.set[key % SETS][0]),
        }
    }

    /// Lets a place be counted so often until it is hot.
    pub(crate) fn set(&mut self, key: usize, times: u16) {
        self.bring(key);
        self.left[key % SETS][0] = Left::new(key, times);
        self.set[key % SETS][0] = times;
    }

    /// Places with these keys are others from now on.
    pub(crate) fn forget(&mut self, keys: Range<usize>) {
        for key in keys {
            let own = self.left[key % SETS].iter_mut();
            own.filter(|left| left.is_of(key))
                .for_each(|left| *left = Left::default());
        }
    }

    /// Lets a place's counter come first in its set.
    fn bring(&mut self, key: usize) {
        let (left, set) = (&mut self.left[key % SETS], &mut self.set[key % SETS]);
        if left[1].is_of(key) {
            left.swap(0, 1);
            set.swap(0, 1);
        } else if !left[0].is_of(key) {
            *left = [Left::new(key, self.first), left[0]];
            *set = [self.first, set[0]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: u16 = 3;

    /// Counts a place until it is hot: how often, and what it was set to.
    fn counts_until_hot(counters: &mut Counters, key: usize) -> (usize, u16) {
        let mut due = || counters.count(key).then(|| counters.due(key)).flatten();
        (1..=1 << 17)
            .find_map(|times| due().map(|set| (times, set)))
            .unwrap_or_default()
    }

    #[test]
    fn a_place_is_hot_when_it_was_counted_as_often_as_it_was_set_to() {
        let mut counters = Counters::new(FIRST);
        let key = 5 * SETS + 7;
        assert_eq!(counts_until_hot(&mut counters, key), (3, 3));
        counters.set(key, 10);
        assert_eq!(counts_until_hot(&mut counters, key), (10, 10));
        counters.set(key, 1);
        assert_eq!(counts_until_hot(&mut counters, key), (1, 1));
        assert_eq!(
            counts_until_hot(&mut counters, key),
            (1, 1),
            "no one has set it"
        );
    }

    #[test]
    fn places_that_meet_do_not_count_for_each_other() {
        let mut counters = Counters::new(FIRST);
        let [one, two, three] = [1, 2, 3].map(|tag| tag * SETS + 7);
        counters.set(one, u16::MAX);
        assert_eq!(counts_until_hot(&mut counters, two), (3, 3));
        counters.set(two, 5);
        for _ in 0..4 {
            let hot = [one, two].map(|key| counters.count(key) && counters.due(key).is_some());
            assert_eq!(hot, [false, false]);
        }
        assert_eq!(
            counts_until_hot(&mut counters, two),
            (1, 5),
            "the fifth time"
        );
        assert_eq!(counts_until_hot(&mut counters, three), (3, 3));
        assert_eq!(
            counts_until_hot(&mut counters, one),
            (3, 3),
            "it had been the other's"
        );
    }

    #[test]
    fn other_code_in_the_place_of_dead_code_begins_anew() {
        let mut counters = Counters::new(FIRST);
        let [dead, alive] = [SETS - 1, SETS + 1].map(|key| key + SETS);
        counters.set(dead, 9);
        counters.set(alive, 9);
        counters.forget(dead - 10..dead + 1);
        assert_eq!(counts_until_hot(&mut counters, dead), (3, 3));
        assert_eq!(counts_until_hot(&mut counters, alive), (9, 9));
    }
}
