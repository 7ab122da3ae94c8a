//! A set of registers that is one word for most functions.

use bytecode::Reg;

#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct RegSet {
    low: u64,
    high: Vec<u64>,
}

impl RegSet {
    pub fn contains(&self, reg: Reg) -> bool {
        let (word, bit) = (reg as usize / 64, reg % 64);
        let word = if word == 0 {
            self.low
        } else {
            self.high.get(word - 1).copied().unwrap_or(0)
        };
        word >> bit & 1 != 0
    }

    fn word(&mut self, word: usize) -> &mut u64 {
        if word == 0 {
            return &mut self.low;
        }
        if self.high.len() < word {
            self.high.resize(word, 0);
        }
        &mut self.high[word - 1]
    }

    pub fn insert(&mut self, reg: Reg) {
        *self.word(reg as usize / 64) |= 1 << (reg % 64);
    }

    pub fn remove(&mut self, reg: Reg) {
        if reg < 64 || self.high.len() >= reg as usize / 64 {
            *self.word(reg as usize / 64) &= !(1 << (reg % 64));
        }
    }

    /// Keeps what is in `other` too.
    pub fn intersect(&mut self, other: &RegSet) {
        self.low &= other.low;
        for (at, word) in self.high.iter_mut().enumerate() {
            *word &= other.high.get(at).copied().unwrap_or(0);
        }
    }

    /// Drops what is in `other`.
    pub fn subtract(&mut self, other: &RegSet) {
        self.low &= !other.low;
        for (word, gone) in self.high.iter_mut().zip(&other.high) {
            *word &= !gone;
        }
    }
}
