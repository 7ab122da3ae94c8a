//! How often places of code were gone through, counted by the code itself: a counter is found at once, and it
//! is gone when the code is. (PyPy's counters lie in one table, `rpython/jit/metainterp/counter.py`; there two
//! places that are hot at the same time may meet.)
//!
//! A code counts how often it is entered, and has a counter for each place that a back edge jumps to or where
//! a generator goes on. A back edge knows the number of its counter; the others are few, and found by their
//! place.

use bytecode::{Instr, Op, Pc, jump_target};
use std::cell::Cell;

/// How often a place is still to be gone through until someone is to be asked.
#[derive(Default)]
pub struct Count {
    left: Cell<u16>,
    /// What it was set to last; 0: not yet.
    set: Cell<u16>,
}

impl Count {
    /// Counts. True: it has not been counted, and [`Count::due`] is to be asked.
    #[inline(always)]
    pub fn count(&self) -> bool {
        let left = self.left.get();
        if left <= 1 {
            return true;
        }
        self.left.set(left - 1);
        false
    }

    /// Counts what `count` has not counted, `first` being what a counter is set to at first. If the place has
    /// been gone through as often as it was set to: how often.
    pub fn due(&self, first: u16) -> Option<u16> {
        if self.set.get() == 0 {
            self.set(first);
        }
        self.count().then(|| self.set.get())
    }

    /// Lets the place be gone through so often, at least once.
    pub fn set(&self, times: u16) {
        self.left.set(times.max(1));
        self.set.set(times.max(1));
    }

    /// Begins anew.
    pub fn forget(&self) {
        self.left.set(0);
        self.set.set(0);
    }
}

/// The counters of a code's places but its start, in the order of the places.
#[derive(Default)]
pub(super) struct PlaceCounts {
    all: Box<[(Pc, Count)]>,
}

impl PlaceCounts {
    /// The counters of code, whose back edges learn the numbers of theirs, as operand `a`.
    pub(super) fn of(instrs: &mut [Instr]) -> PlaceCounts {
        let pcs = || (0..).zip(instrs.iter());
        let counted = |(pc, &instr): (Pc, &Instr)| match instr.op() {
            Op::JumpBack => jump_target(pc, instr),
            Op::Yield => Some(pc + 1),
            _ => None,
        };
        let mut places: Vec<Pc> = pcs().filter_map(counted).collect();
        places.sort_unstable();
        places.dedup();
        // More than a number can tell share the last one.
        places.truncate(1 << 16);
        for (pc, instr) in (0..).zip(instrs) {
            if let Op::JumpBack = instr.op() {
                let header = jump_target(pc, *instr).unwrap_or_default();
                let number = places.partition_point(|&place| place < header);
                *instr = instr.with_a(number.min(places.len() - 1) as u16);
            }
        }
        let all = places.into_iter().map(|place| (place, Count::default()));
        PlaceCounts { all: all.collect() }
    }

    /// The counter of what a back edge jumps to.
    #[inline(always)]
    pub(super) fn of_back_edge(&self, back: Instr) -> &Count {
        debug_assert!(back.op() == Op::JumpBack && usize::from(back.a()) < self.all.len());
        // SAFETY: `of` gave each back edge of the code the number of a counter.
        unsafe { &self.all.get_unchecked(usize::from(back.a())).1 }
    }

    /// The counter of the place at `pc`, if it is one that is counted.
    #[inline]
    pub(super) fn at(&self, pc: Pc) -> Option<&Count> {
        let number = self.all.partition_point(|&(place, _)| place < pc);
        let (place, count) = self.all.get(number)?;
        (*place == pc).then_some(count)
    }

    pub(super) fn forget(&self) {
        self.all.iter().for_each(|(_, count)| count.forget());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: u16 = 3;

    /// Goes through a place until it is hot: how often, and what it was set to.
    fn counted_until_hot(own: &Count) -> (usize, u16) {
        let due = || own.count().then(|| own.due(FIRST)).flatten();
        (1..=1 << 17)
            .find_map(|times| due().map(|set| (times, set)))
            .unwrap_or_default()
    }

    #[test]
    fn a_place_is_hot_when_it_was_gone_through_as_often_as_it_was_set_to() {
        let own = Count::default();
        assert_eq!(counted_until_hot(&own), (3, 3));
        own.set(u16::MAX);
        assert_eq!(counted_until_hot(&own), (65_535, 65_535));
        own.set(0);
        assert_eq!(counted_until_hot(&own), (1, 1));
        assert_eq!(counted_until_hot(&own), (1, 1), "no one has set it");
        own.forget();
        assert_eq!(counted_until_hot(&own), (3, 3));
    }

    #[test]
    fn back_edges_to_one_place_share_its_counter_and_others_have_their_own() {
        let mut instrs = [
            Instr::abc(Op::Nop, 0, 0, 0, 0),
            Instr::abc(Op::Yield, 0, 0, 0, 0),
            Instr::wide(Op::JumpBack, 0, 0, -3),
            Instr::abc(Op::Nop, 0, 0, 0, 0),
            Instr::wide(Op::JumpBack, 0, 0, -2),
            Instr::wide(Op::JumpBack, 0, 0, -6),
        ];
        let counts = PlaceCounts::of(&mut instrs);
        let places: Vec<Pc> = counts.all.iter().map(|&(place, _)| place).collect();
        assert_eq!(places, [0, 2, 3]);
        let numbers = [2, 4, 5].map(|pc: usize| instrs[pc].a());
        assert_eq!(numbers, [0, 2, 0]);
        counts.of_back_edge(instrs[5]).set(9);
        assert_eq!(counted_until_hot(counts.of_back_edge(instrs[4])), (3, 3));
        assert_eq!(counts.at(0).map(counted_until_hot), Some((9, 9)));
        assert_eq!(counts.at(2).map(counted_until_hot), Some((3, 3)));
        assert!(counts.at(1).is_none() && counts.at(7).is_none());
        counts.forget();
        assert_eq!(counts.at(0).map(counted_until_hot), Some((3, 3)));
    }

    #[test]
    fn more_places_than_numbers_share_the_last() {
        let back = Instr::wide(Op::JumpBack, 0, 0, -1);
        let mut instrs = vec![back; (1 << 16) + 5];
        let counts = PlaceCounts::of(&mut instrs);
        assert_eq!(counts.all.len(), 1 << 16);
        assert_eq!(instrs[7].a(), 7);
        assert_eq!(instrs[(1 << 16) + 4].a(), u16::MAX);
        counts.of_back_edge(instrs[1 << 16]).set(1);
        assert!(counts.at((1 << 16) + 1).is_none());
    }
}
