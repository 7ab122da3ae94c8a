//! What finds a constant's place in a trace's pool.
//!
//! Constants are asked for several times by each recorded op, so a walk through the pool would make
//! recording quadratic; a table of places with open addressing answers in one or two looks, and is
//! reused from trace to trace.

use crate::buffer::Const;

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

#[inline(always)]
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

    /// The place of a constant that has the slot which comes first for it, as most do.
    #[inline(always)]
    pub(crate) fn first_look(&self, pool: &[Const], constant: Const) -> Option<usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let at = usize::from(*self.slots.get(hash(constant) & mask)?).checked_sub(1)?;
        (self.entered == pool.len() && *pool.get(at)? == constant).then_some(at)
    }

    /// The place of a constant, or the slot that it would take.
    #[inline(always)]
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
