//! What finds things in a trace's arrays: where an op begins, and the place of a constant in the
//! pool.
//!
//! Ops have different lengths, but short ones: of sixteen in a row the first has its place in full,
//! and each four bits of how long it is; those before an op are added up at once. Constants are asked for several times
//! by each recorded op, so a walk through the pool would make recording quadratic; a table of
//! places with open addressing answers in one or two looks, and is reused from trace to trace.

use crate::buffer::Const;

/// Ops that share a full place.
const GROUP: usize = 16;
/// No op is longer.
pub(crate) const LENGTH_MAX: usize = 15;
const LENGTH_BITS: usize = 4;

/// Where each op begins among the bytes.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Starts {
    firsts: Vec<u32>,
    /// The lengths of a group's ops; that of the newest op is not there yet.
    lengths: Vec<u64>,
    count: usize,
    /// Where the newest op begins.
    newest: usize,
}

/// The sum of a word's lengths.
#[inline(always)]
fn sum(lengths: u64) -> usize {
    const EVERY_OTHER: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (lengths & EVERY_OTHER) + (lengths >> LENGTH_BITS & EVERY_OTHER);
    // No sum needs more than a byte; the uppermost one gets all.
    (pairs.wrapping_mul(0x0101_0101_0101_0101) >> 56) as usize
}

/// The lengths of the first so many ops of a group.
#[inline(always)]
fn first(lengths: u64, count: usize) -> u64 {
    lengths & ((1 << (count * LENGTH_BITS)) - 1)
}

impl Starts {
    pub(crate) fn clear(&mut self) {
        self.firsts.clear();
        self.lengths.clear();
        self.count = 0;
        self.newest = 0;
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Appends an op that begins at a byte, where the one before it ends.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: usize) {
        let place = self.count % GROUP;
        if place == 0 {
            self.firsts.push(byte as u32);
            self.lengths.push(0);
        } else {
            let length = (byte - self.newest) as u64;
            debug_assert!(length <= LENGTH_MAX as u64);
            let group = self.count / GROUP;
            self.lengths[group] |= length << ((place - 1) * LENGTH_BITS);
        }
        self.count += 1;
        self.newest = byte;
    }

    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> usize {
        let lengths = first(self.lengths[at / GROUP], at % GROUP);
        self.firsts[at / GROUP] as usize + sum(lengths)
    }

    pub(crate) fn truncate(&mut self, count: usize) {
        let groups = count.div_ceil(GROUP);
        self.firsts.truncate(groups);
        self.lengths.truncate(groups);
        self.count = self.count.min(count);
        self.newest = 0;
        if let Some(newest) = self.count.checked_sub(1) {
            self.newest = self.get(newest);
            let lengths = &mut self.lengths[newest / GROUP];
            *lengths = first(*lengths, newest % GROUP);
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.firsts) + size_of_val(&*self.lengths)
    }
}

/// The places of constants by what they are. It follows from the pool, so it takes no part in
/// comparisons of traces.
#[derive(Clone, Default, Debug)]
pub(crate) struct Interned {
    /// Places from 1, 0 where there is none; a power of two, at most half of them taken.
    slots: Vec<u16>,
    /// How many of the pool's constants have been entered; 0: all slots are free.
    entered: usize,
}

impl PartialEq for Interned {
    fn eq(&self, _: &Interned) -> bool {
        true
    }
}

const SLOTS_MIN: usize = 64;

fn hash(constant: Const) -> usize {
    let (bits, kind) = match constant {
        Const::Word(word) => (word.bits(), 0),
        Const::Float(bits) => (bits, 1),
        Const::Raw(n) => (n as u64, 2),
    };
    let mixed = (bits ^ kind << 61).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize
}

impl Interned {
    pub(crate) fn clear(&mut self) {
        if self.entered != 0 {
            self.slots.fill(0);
            self.entered = 0;
        }
    }

    /// Enters all of a pool that was filled by others: most copies of a trace are never asked.
    #[inline(always)]
    pub(crate) fn catch_up(&mut self, pool: &[Const]) {
        if self.entered != pool.len() {
            self.enter_all(pool);
        }
    }

    /// The place of a constant, or the slot that it would take.
    #[inline]
    pub(crate) fn find(&self, pool: &[Const], constant: Const) -> Result<usize, usize> {
        let Some(mask) = self.slots.len().checked_sub(1) else {
            return Err(0);
        };
        let mut slot = hash(constant) & mask;
        loop {
            match usize::from(self.slots[slot]).checked_sub(1) {
                None => return Err(slot),
                Some(at) if pool[at] == constant => return Ok(at),
                Some(_) => slot = (slot + 1) & mask,
            }
        }
    }

    /// Enters the newest constant of the pool at the slot that `find` gave for it.
    pub(crate) fn insert(&mut self, pool: &[Const], slot: usize) {
        if pool.len() * 2 <= self.slots.len() {
            self.slots[slot] = pool.len() as u16;
            self.entered = pool.len();
            return;
        }
        self.enter_all(pool);
    }

    #[cold]
    #[inline(never)]
    fn enter_all(&mut self, pool: &[Const]) {
        let mut wanted = self.slots.len().max(SLOTS_MIN);
        while pool.len() * 2 > wanted {
            wanted *= 2;
        }
        self.slots.clear();
        self.slots.resize(wanted, 0);
        for (at, &constant) in pool.iter().enumerate() {
            if let Err(slot) = self.find(pool, constant) {
                self.slots[slot] = at as u16 + 1;
            }
        }
        self.entered = pool.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ops_are_found_where_they_begin() {
        let mut starts = Starts::default();
        let places: Vec<usize> = (0..100).map(|at| at * 13 + at % 3).collect();
        places.iter().for_each(|&place| starts.push(place));
        let found: Vec<usize> = (0..starts.len()).map(|at| starts.get(at)).collect();
        assert_eq!(found, places);
        for left in [33, 32, 17, 1, 0] {
            starts.truncate(left);
            assert_eq!(starts.len(), left);
            let mut anew = Starts::default();
            places[..left].iter().for_each(|&place| anew.push(place));
            assert_eq!(starts, anew);
            let next = left.checked_sub(1).map_or(0, |at| places[at] + LENGTH_MAX);
            starts.push(next);
            assert_eq!(starts.get(left), next);
            let found: Vec<usize> = (0..left).map(|at| starts.get(at)).collect();
            assert_eq!(found, places[..left]);
        }
    }

    #[test]
    fn a_constant_has_one_place() {
        let mut pool: Vec<Const> = Vec::new();
        let mut interned = Interned::default();
        for n in (0..500).chain(0..500) {
            for constant in [Const::Raw(n), Const::Float(n as u64)] {
                if let Err(slot) = interned.find(&pool, constant) {
                    pool.push(constant);
                    interned.insert(&pool, slot);
                }
            }
        }
        assert_eq!(pool.len(), 1000);
        let places: Vec<_> = pool.iter().map(|&c| interned.find(&pool, c)).collect();
        assert!(places.into_iter().eq((0..1000).map(Ok)));
        interned.clear();
        assert!(interned.find(&[], Const::Raw(1)).is_err());
        interned.catch_up(&pool);
        let places: Vec<_> = pool.iter().map(|&c| interned.find(&pool, c)).collect();
        assert!(places.into_iter().eq((0..1000).map(Ok)));
    }
}
