//! The ops of a trace, in one of two forms.
//!
//! While a trace is recorded its ops are *packed* (`encode`): they are written and not looked at again
//! before the trace is complete, and a recording that comes to nothing has taken little memory. From then
//! on each op is looked at a dozen times, by the passes and by the assembler, and to decode it each time
//! was a fourth of what compiling cost. So all are decoded once, in their order, and what is appended
//! after that is *plain* at once: an op with its operands as words. What was never recorded is plain from
//! the start.

use crate::buffer::{Ins, NO_SNAPSHOT};
use crate::encode::{Extent, Operands, Packed};
use crate::ops::Op;

/// The ops, by number.
#[derive(Clone, Default, Debug)]
pub(crate) struct Sequence {
    packed: Packed,
    /// Calls among the packed ops that have lost their snapshot since.
    without_snapshot: Vec<usize>,
    plain: Vec<Ins>,
    is_packed: bool,
    /// What was packed before it was decoded.
    decoded: Extent,
}

impl PartialEq for Sequence {
    fn eq(&self, other: &Sequence) -> bool {
        self.is_packed == other.is_packed
            && self.plain == other.plain
            && self.without_snapshot == other.without_snapshot
            && self.packed.iter().eq(other.packed.iter())
    }
}

impl Sequence {
    /// Forgets all ops.
    pub(crate) fn clear(&mut self) {
        self.packed.clear();
        self.without_snapshot.clear();
        self.plain.clear();
        self.is_packed = false;
        self.decoded = Extent::default();
    }

    /// Lets an empty sequence's ops be packed.
    pub(crate) fn pack(&mut self) {
        debug_assert_eq!(self.len(), 0);
        self.is_packed = true;
    }

    /// Decodes what is packed.
    pub(crate) fn unpack(&mut self) {
        if !std::mem::replace(&mut self.is_packed, false) {
            return;
        }
        self.plain.clear();
        self.plain.extend(self.packed.iter());
        for &call in &self.without_snapshot {
            self.plain[call].operands.set_last(NO_SNAPSHOT);
        }
        self.decoded = self.packed.extent();
        self.packed.clear();
        self.without_snapshot.clear();
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        match self.is_packed {
            true => self.packed.extent().count,
            false => self.plain.len(),
        }
    }

    /// Bytes that the ops take, those that were packed as they were then.
    pub(crate) fn bytes(&self) -> usize {
        let packed = match self.is_packed {
            true => self.packed.extent(),
            false => self.decoded,
        };
        let others = self.len().saturating_sub(packed.count);
        packed.bytes + others * size_of::<Ins>()
    }

    /// Where it ends.
    #[inline(always)]
    pub(crate) fn extent(&self) -> Extent {
        match self.is_packed {
            true => self.packed.extent(),
            false => Extent {
                count: self.plain.len(),
                bytes: 0,
            },
        }
    }

    /// Appends an op, which gets the number `len` had.
    #[inline(always)]
    pub(crate) fn push(&mut self, op: Op, operands: &[u16]) {
        if self.is_packed {
            return self.packed.push(op, operands);
        }
        let operands = Operands::of(operands);
        self.plain.push(Ins { op, operands });
    }

    /// Goes back to where it ended once, in the same form.
    pub(crate) fn go_back(&mut self, to: Extent) {
        if self.is_packed {
            self.packed.go_back(to);
            self.without_snapshot.retain(|&call| call < to.count);
        } else {
            self.plain.truncate(to.count);
        }
    }

    /// Takes a call's snapshot away.
    pub(crate) fn forget_snapshot(&mut self, call: usize) {
        if self.is_packed {
            self.without_snapshot.push(call);
        } else {
            self.plain[call].operands.set_last(NO_SNAPSHOT);
        }
    }

    /// An op, which is plain.
    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> Ins {
        self.plain[at]
    }

    #[inline(always)]
    pub(crate) fn op(&self, at: usize) -> Op {
        self.plain[at].op
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appends ops of several lengths, with near references and far ones.
    fn fill(sequence: &mut Sequence, from: u16, to: u16) {
        for at in from..to {
            match at % 3 {
                0 => sequence.push(Op::Arg, &[at]),
                1 => sequence.push(Op::Load, &[at / 2, 24]),
                _ => sequence.push(Op::AddInt, &[at - 1, at / 3, 0xffff]),
            }
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let (mut packed, mut plain) = (Sequence::default(), Sequence::default());
        packed.pack();
        fill(&mut plain, 0, 300);
        fill(&mut packed, 0, 100);
        let middle = packed.extent();
        fill(&mut packed, 100, 200);
        packed.go_back(middle);
        fill(&mut packed, 100, 300);
        assert!(packed.bytes() < plain.bytes());
        let bytes = packed.bytes();
        packed.forget_snapshot(2);
        plain.forget_snapshot(2);
        packed.unpack();
        assert_eq!(packed, plain);
        assert_eq!(packed.bytes(), bytes);
        assert_eq!(plain.get(2).operands.last(), Some(&NO_SNAPSHOT));
        packed.clear();
        assert_eq!(packed, Sequence::default());
    }
}
