//! The ops of a trace, in one of two forms.
//!
//! While a trace is recorded its ops are *packed* (`encode`): nearly all are written once and not
//! looked at again, and a recording that comes to nothing has taken little memory. Once it is
//! complete each op is looked at a dozen times, by the passes and by the assembler, and to decode it
//! each time was a fourth of what compiling cost. So all are decoded once, and what is appended from
//! then on is *plain* at once: an op with its operands as words.

use crate::buffer::{Ins, TooLong};
use crate::encode::{self, Operands};
use crate::index::{LENGTH_MAX, Starts};
use crate::ops::Op;

/// The ops, by number.
#[derive(Clone, Default, Debug)]
pub(crate) struct Sequence {
    bytes: Vec<u8>,
    starts: Starts,
    plain: Vec<Ins>,
    is_plain: bool,
}

impl PartialEq for Sequence {
    fn eq(&self, other: &Sequence) -> bool {
        self.len() == other.len() && (0..self.len()).all(|at| self.get(at) == other.get(at))
    }
}

impl Sequence {
    /// Forgets all ops; those to come are packed.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
        self.plain.clear();
        self.is_plain = false;
    }

    /// Decodes what is packed.
    pub(crate) fn unpack(&mut self) {
        if self.is_plain {
            return;
        }
        self.plain.clear();
        for at in 0..self.starts.len() {
            self.plain.push(self.packed(at));
        }
        self.is_plain = true;
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        match self.is_plain {
            true => self.plain.len(),
            false => self.starts.len(),
        }
    }

    /// Appends an op, which gets the number `len` had.
    #[inline]
    pub(crate) fn push(&mut self, op: Op, operands: &[u16]) -> Result<(), TooLong> {
        if self.is_plain {
            let operands = Operands::of(operands);
            self.plain.push(Ins { op, operands });
            return Ok(());
        }
        let start = self.bytes.len();
        encode::put(&mut self.bytes, self.starts.len(), op, operands);
        if self.bytes.len() - start > LENGTH_MAX {
            self.bytes.truncate(start);
            return Err(TooLong);
        }
        self.starts.push(start);
        Ok(())
    }

    /// Goes back to the first ops.
    pub(crate) fn truncate(&mut self, count: usize) {
        if self.is_plain {
            self.plain.truncate(count);
        } else if count < self.starts.len() {
            self.bytes.truncate(self.starts.get(count));
            self.starts.truncate(count);
        }
    }

    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> Ins {
        match self.is_plain {
            true => self.plain[at],
            false => self.packed(at),
        }
    }

    #[inline]
    fn packed(&self, at: usize) -> Ins {
        let (op, operands) = encode::get(&self.bytes[self.starts.get(at)..], at);
        Ins { op, operands }
    }

    #[inline(always)]
    pub(crate) fn op(&self, at: usize) -> Op {
        match self.is_plain {
            true => self.plain[at].op,
            false => Op::ALL[usize::from(self.bytes[self.starts.get(at)])],
        }
    }

    /// Bytes that the ops take.
    pub(crate) fn bytes(&self) -> usize {
        match self.is_plain {
            true => size_of_val(&*self.plain),
            false => self.bytes.len() + self.starts.bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ops of several lengths, near references and far ones.
    fn filled() -> Sequence {
        let mut sequence = Sequence::default();
        for at in 0..300u16 {
            let pushed = match at % 3 {
                0 => sequence.push(Op::Arg, &[at]),
                1 => sequence.push(Op::Load, &[at / 2, 24]),
                _ => sequence.push(Op::AddInt, &[at - 1, at / 3, 0xffff]),
            };
            assert_eq!(pushed, Ok(()));
        }
        sequence
    }

    #[test]
    fn both_forms_say_the_same() {
        let packed = filled();
        let mut plain = packed.clone();
        plain.unpack();
        assert_eq!(packed, plain);
        for at in 0..packed.len() {
            assert_eq!(plain.op(at), packed.get(at).op);
        }
        assert!(packed.bytes() < plain.bytes());
    }

    #[test]
    fn both_forms_go_back_and_on() {
        let mut packed = filled();
        let mut plain = packed.clone();
        plain.unpack();
        for sequence in [&mut packed, &mut plain] {
            sequence.truncate(500);
            assert_eq!(sequence.len(), 300);
            sequence.truncate(100);
            assert_eq!(sequence.push(Op::Load, &[99, 8]), Ok(()));
        }
        assert_eq!(packed.len(), 101);
        assert_eq!(packed, plain);
        plain.clear();
        assert_eq!(plain, Sequence::default());
    }
}
