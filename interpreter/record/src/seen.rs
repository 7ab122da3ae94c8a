//! Which ops have been emitted, by what they are: a table that is asked and filled once an op.
//!
//! It has open addressing, at most half of its slots taken. A trace's entries have its turn, so a
//! table is emptied by beginning the next turn, whatever its size. Who does not find a key is told
//! its slot and need not search again to fill it.

use trace::Ref;

#[derive(Clone, Copy, Default, Debug)]
struct Entry {
    key: u64,
    value: u16,
    turn: u16,
}

/// What keys stand for.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    entries: Vec<Entry>,
    count: usize,
    turn: u16,
}

const ENTRIES_MIN: usize = 256;

/// A slot that is free for a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot(usize);

impl Seen {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.turn = self.turn.wrapping_add(1);
        if self.turn == 0 {
            self.entries.fill(Entry::default());
            self.turn = 1;
        }
    }

    /// The slot that a key has or would take.
    #[inline(always)]
    fn slot(&self, key: u64) -> usize {
        let mask = self.entries.len() - 1;
        // The uppermost bits depend on all of the key's.
        let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut slot = (mixed >> 48) as usize & mask;
        while self.entries[slot].turn == self.turn && self.entries[slot].key != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// What a key stands for, or its slot.
    #[inline]
    pub(crate) fn find(&self, key: u64) -> Result<Ref, Slot> {
        if self.entries.is_empty() {
            return Err(Slot(0));
        }
        let slot = self.slot(key);
        let entry = &self.entries[slot];
        if entry.turn == self.turn {
            Ok(Ref(entry.value))
        } else {
            Err(Slot(slot))
        }
    }

    /// Fills the slot that was found for a key, nothing having been filled since.
    #[inline]
    pub(crate) fn fill(&mut self, slot: Slot, key: u64, value: Ref) {
        if self.count * 2 >= self.entries.len() {
            return self.grow(key, value);
        }
        self.count += 1;
        self.entries[slot.0] = Entry {
            key,
            value: value.0,
            turn: self.turn,
        };
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, key: u64, value: Ref) {
        let wanted = (self.entries.len() * 2).max(ENTRIES_MIN);
        let old = std::mem::replace(&mut self.entries, vec![Entry::default(); wanted]);
        // No entry has turn 0, which the new ones have.
        self.turn = self.turn.max(1);
        let own = old.into_iter().filter(|entry| entry.turn == self.turn);
        self.refill(&own.collect::<Vec<Entry>>());
        self.set(key, value);
    }

    fn refill(&mut self, entries: &[Entry]) {
        self.count = 0;
        for entry in entries {
            self.set(entry.key, Ref(entry.value));
        }
    }

    /// Lets a key stand for a value, whatever it stood for.
    pub(crate) fn set(&mut self, key: u64, value: Ref) {
        match self.find(key) {
            Err(slot) => self.fill(slot, key, value),
            Ok(_) => {
                let slot = self.slot(key);
                self.entries[slot].value = value.0;
            }
        }
    }

    /// Keeps what stands for values of which `keep` says so.
    pub(crate) fn retain(&mut self, keep: impl Fn(Ref) -> bool) {
        let own = self.entries.iter().filter(|entry| entry.turn == self.turn);
        let kept = own.filter(|entry| keep(Ref(entry.value)));
        let kept: Vec<Entry> = kept.copied().collect();
        self.clear();
        self.refill(&kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_until_all_are_forgotten() {
        let mut seen = Seen::default();
        for turn in 0..3u64 {
            seen.clear();
            for n in 0..2000u64 {
                let key = n << 48 | turn;
                match seen.find(key) {
                    Err(slot) => seen.fill(slot, key, Ref(n as u16)),
                    Ok(other) => panic!("{key} stands for {other:?}"),
                }
            }
            for n in 0..2000u64 {
                assert_eq!(seen.find(n << 48 | turn).ok(), Some(Ref(n as u16)));
                assert!(seen.find(n << 48 | (turn + 3)).is_err());
            }
            seen.set(5 << 48 | turn, Ref(6));
            assert_eq!(seen.find(5 << 48 | turn).ok(), Some(Ref(6)));
        }
        seen.retain(|r| r.0 < 10);
        let left = (0..2000u64).filter(|n| seen.find(n << 48 | 2).is_ok());
        assert!(left.eq([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    }

    #[test]
    fn turns_come_round() {
        let mut seen = Seen::default();
        seen.clear();
        seen.set(1, Ref(1));
        for _ in 0..=u16::MAX {
            assert!(seen.find(2).is_err());
            seen.clear();
        }
        assert!(seen.find(1).is_err());
    }
}
