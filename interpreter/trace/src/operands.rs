//! The operands of an op: words in a room of fixed size, which is copied in two instructions.
//!
//! Ops are made far more often than they are kept: most that a recording asks for are known already. So
//! what an op would be is put together once, where its number of operands is known to the compiler, and is
//! handed on as it is, down to the list of ops.

use crate::ops::{OPS, Op};
use std::ops::{Deref, Index};

/// No op has more.
pub(crate) const OPERANDS_MAX: usize = 7;

/// The operands of an op.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Operands {
    words: [u16; OPERANDS_MAX],
    count: u8,
}

impl Operands {
    /// No more than an op may have.
    #[inline(always)]
    pub fn of(all: &[u16]) -> Operands {
        let mut words = [0; OPERANDS_MAX];
        // Not a copy of slices: where their number is known, these are as many stores.
        for (at, &word) in all.iter().enumerate() {
            words[at] = word;
        }
        Operands {
            words,
            count: all.len() as u8,
        }
    }

    #[inline(always)]
    pub fn set(&mut self, place: usize, word: u16) {
        self.words[place] = word;
    }

    /// The same with a snapshot behind them.
    #[inline(always)]
    pub fn with_snapshot(mut self, snapshot: u16) -> Operands {
        self.words[usize::from(self.count)] = snapshot;
        self.count += 1;
        self
    }

    /// The same without the last one, a snapshot.
    #[inline(always)]
    pub fn without_snapshot(mut self) -> Operands {
        self.count -= 1;
        self.words[usize::from(self.count)] = 0;
        self
    }

    /// Replaces the last one, which is a snapshot.
    #[inline(always)]
    pub fn set_last(&mut self, word: u16) {
        self.words[usize::from(self.count) - 1] = word;
    }
}

/// Operand number `at`; 0 if there are fewer.
impl Index<usize> for Operands {
    type Output = u16;

    #[inline(always)]
    fn index(&self, at: usize) -> &u16 {
        &self.words[at]
    }
}

impl Deref for Operands {
    type Target = [u16];

    #[inline(always)]
    fn deref(&self) -> &[u16] {
        &self.words[..usize::from(self.count)]
    }
}

/// Of each op: how many operands it has, and above that a bit for each that is a reference.
const FORMATS: [u16; OPS.len()] = {
    let mut formats = [0; OPS.len()];
    let mut op = 0;
    while op < OPS.len() {
        let letters = OPS[op].operands.as_bytes();
        assert!(letters.len() <= OPERANDS_MAX);
        formats[op] = letters.len() as u16;
        let mut at = 0;
        while at < letters.len() {
            if letters[at] == b'r' {
                formats[op] |= 8 << at;
            }
            at += 1;
        }
        op += 1;
    }
    formats
};

/// A bit for each operand of an op that is a reference.
#[inline(always)]
pub(crate) fn references(op: Op) -> u16 {
    FORMATS[op as usize] >> 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::Ins;

    #[test]
    fn an_op_takes_eighteen_bytes() {
        assert_eq!(size_of::<Ins>(), 18);
    }

    #[test]
    fn operands_come_back_as_they_went() {
        let mut operands = Operands::of(&[3, 5]).with_snapshot(7);
        assert_eq!(*operands, [3, 5, 7]);
        assert_eq!((operands[1], operands[3]), (5, 0));
        operands.set(0, 4);
        operands.set_last(8);
        assert_eq!(operands, Operands::of(&[4, 5, 8]));
        assert_eq!(operands.without_snapshot(), Operands::of(&[4, 5]));
        let all = [9; OPERANDS_MAX];
        assert_eq!(*Operands::of(&all), all);
    }
}
