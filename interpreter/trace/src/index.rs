//! What finds things in a trace's arrays: where an op begins, and the place of a constant in the
//! pool.
//!
//! Ops have different lengths, but short ones: of eight in a row the first has its place in full,
//! and each a byte that says how much further on it begins. Constants are asked for several times
//! by each recorded op, so a walk through the pool would make recording quadratic; a table of
//! places with open addressing answers in one or two looks, and is reused from trace to trace.

use crate::buffer::Const;

/// Ops that share a full place.
const GROUP: usize = 8;

/// Where each op begins among the bytes.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Starts {
    groups: Vec<u32>,
    offsets: Vec<u8>,
}

impl Starts {
    pub(crate) fn clear(&mut self) {
        self.groups.clear();
        self.offsets.clear();
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Appends an op that begins at a byte, at most 255 bytes after the first of its group.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: usize) {
        let at = self.offsets.len();
        if at.is_multiple_of(GROUP) {
            self.groups.push(byte as u32);
        }
        let distance = byte - self.groups[at / GROUP] as usize;
        debug_assert!(distance <= usize::from(u8::MAX));
        self.offsets.push(distance as u8);
    }

    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> usize {
        self.groups[at / GROUP] as usize + usize::from(self.offsets[at])
    }

    pub(crate) fn truncate(&mut self, count: usize) {
        self.offsets.truncate(count);
        self.groups.truncate(count.div_ceil(GROUP));
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.groups) + self.offsets.len()
    }
}

/// The places of constants by what they are. It follows from the pool, so it takes no part in
/// comparisons of traces.
#[derive(Clone, Default, Debug)]
pub(crate) struct Interned {
    /// Places from 1, 0 where there is none; a power of two, at most half of them taken.
    slots: Vec<u16>,
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
        self.slots.fill(0);
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
            return;
        }
        let wanted = (self.slots.len() * 2).max(SLOTS_MIN);
        self.slots.clear();
        self.slots.resize(wanted, 0);
        for (at, &constant) in pool.iter().enumerate() {
            if let Err(slot) = self.find(pool, constant) {
                self.slots[slot] = at as u16 + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ops_are_found_where_they_begin() {
        let mut starts = Starts::default();
        let places: Vec<usize> = (0..100).map(|at| at * 22 + at % 3).collect();
        places.iter().for_each(|&place| starts.push(place));
        let found: Vec<usize> = (0..starts.len()).map(|at| starts.get(at)).collect();
        assert_eq!(found, places);
        starts.truncate(33);
        starts.push(800);
        assert_eq!((starts.len(), starts.get(33)), (34, 800));
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
    }
}
