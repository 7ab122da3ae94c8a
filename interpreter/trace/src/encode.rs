//! How ops are written while a trace is recorded: as bytes, an op's number and then each operand in as few
//! as it needs.
//!
//! What an op refers to has mostly been computed shortly before, so a result is written as the distance
//! back, doubled; a constant as its number, doubled, plus one; other operands as they are. Whatever is
//! below 256 then takes a byte, all else two. An op that has such operands says so in its own byte, and
//! another byte follows that tells which they are. So writing and reading an operand are a few
//! instructions, the same for near and far ones, without a jump.
//!
//! Ops are read in their order, once the recording is complete.

use crate::buffer::{Ins, Ref};
use crate::ops::{OPS, Op};
use std::ops::Deref;

/// More operands than any op has.
pub(crate) const OPERANDS_MAX: usize = 7;

/// No op takes more: its own byte, that of the operands with two bytes, and those.
const BYTES_MAX: usize = 2 + 2 * OPERANDS_MAX;

/// The operands of an op, as words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Operands {
    words: [u16; OPERANDS_MAX],
    count: u8,
}

impl Operands {
    /// As many as an op may have.
    #[inline(always)]
    pub(crate) fn of(all: &[u16]) -> Operands {
        let mut words = [0; OPERANDS_MAX];
        words[..all.len()].copy_from_slice(all);
        Operands {
            words,
            count: all.len() as u8,
        }
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, place: usize, word: u16) {
        self.words[place] = word;
    }

    /// Replaces the last one, which is a snapshot.
    pub(crate) fn set_last(&mut self, word: u16) {
        self.words[usize::from(self.count) - 1] = word;
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

/// In an op's byte: it has operands of two bytes, and which they are says the byte behind it.
const WIDE: u8 = 0x80;
const _: () = assert!(OPS.len() <= WIDE as usize);
/// References are counted within so many results.
const RESULTS: u16 = 0x7fff;

/// An operand as it is written.
#[inline(always)]
fn coded(at: usize, word: u16, is_reference: bool) -> u16 {
    let r = Ref(word);
    let index = r.index() as u16;
    match (is_reference, r.is_constant()) {
        (false, _) => word,
        (true, true) => index << 1 | 1,
        (true, false) => ((at as u16).wrapping_sub(index) & RESULTS) << 1,
    }
}

/// The operand that was written.
#[inline(always)]
fn decoded(at: usize, code: u16, is_reference: bool) -> u16 {
    match (is_reference, code & 1 != 0) {
        (false, _) => code,
        (true, true) => Ref::constant(usize::from(code >> 1)).0,
        (true, false) => (at as u16).wrapping_sub(code >> 1) & RESULTS,
    }
}

/// Ops as bytes. There is always room for one more behind the last.
#[derive(Clone, Default, Debug)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    end: usize,
    count: usize,
}

/// More bytes than an op takes, a power of two.
const WINDOW: usize = 32;
const _: () = assert!(BYTES_MAX < WINDOW && WINDOW.is_power_of_two());

/// Room that is made at a time.
const ROOM: usize = 4 << 10;

/// The number of ops or snapshots and of their bytes: how far they go.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Extent {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

impl Packed {
    pub(crate) fn clear(&mut self) {
        (self.end, self.count) = (0, 0);
    }

    #[inline(always)]
    pub(crate) fn extent(&self) -> Extent {
        Extent {
            count: self.count,
            bytes: self.end,
        }
    }

    /// Goes back to where it ended once.
    pub(crate) fn go_back(&mut self, to: Extent) {
        (self.count, self.end) = (to.count, to.bytes);
    }

    /// Appends an op.
    #[inline(always)]
    pub(crate) fn push(&mut self, op: Op, operands: &[u16]) {
        // The masks say that no place is outside.
        let mut written = [0; WINDOW];
        let (mut length, mut wide) = (2usize, 0);
        let mut references = references(op);
        for (place, &word) in operands.iter().enumerate() {
            let code = coded(self.count, word, references & 1 != 0);
            let [low, high] = code.to_le_bytes();
            written[length % WINDOW] = low;
            written[(length + 1) % WINDOW] = high;
            let is_wide = u8::from(high != 0);
            wide |= is_wide << place;
            length += 1 + usize::from(is_wide);
            references >>= 1;
        }
        if self.bytes.len() < self.end + BYTES_MAX {
            self.bytes.resize(self.end + ROOM, 0);
        }
        // All of them at once, as their number is known when this is compiled.
        let to = &mut self.bytes[self.end..][..BYTES_MAX];
        if wide == 0 {
            written[1] = op as u8;
            to.copy_from_slice(&written[1..=BYTES_MAX]);
            self.end += length - 1;
        } else {
            (written[0], written[1]) = (op as u8 | WIDE, wide);
            to.copy_from_slice(&written[..BYTES_MAX]);
            self.end += length;
        }
        self.count += 1;
    }

    /// All ops in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Ins> + '_ {
        let mut rest = &self.bytes[..];
        (0..self.count).map(move |at| {
            let Some(op) = rest.first_chunk() else {
                unreachable!("there is always room for one more op")
            };
            let (ins, length) = read(op, at);
            rest = &rest[length..];
            ins
        })
    }
}

/// Reads op number `at`, which begins where the bytes do, and tells how many it takes.
#[inline(always)]
fn read(bytes: &[u8; BYTES_MAX], at: usize) -> (Ins, usize) {
    let first = bytes[0];
    let op = Op::ALL[usize::from(first & !WIDE)];
    let format = FORMATS[op as usize];
    let count = usize::from(format & 7);
    let mut operands = Operands {
        words: [0; OPERANDS_MAX],
        count: count as u8,
    };
    let mut references = format >> 3;
    if first & WIDE == 0 {
        let codes = &bytes[1..=OPERANDS_MAX];
        for (word, &code) in operands.words[..count].iter_mut().zip(codes) {
            *word = decoded(at, code.into(), references & 1 != 0);
            references >>= 1;
        }
        return (Ins { op, operands }, 1 + count);
    }
    let (mut length, mut wide) = (2, bytes[1]);
    for word in &mut operands.words[..count] {
        let is_wide = wide & 1;
        let high = bytes[(length + 1) % BYTES_MAX] * is_wide;
        let code = u16::from_le_bytes([bytes[length % BYTES_MAX], high]);
        *word = decoded(at, code, references & 1 != 0);
        length += 1 + usize::from(is_wide);
        wide >>= 1;
        references >>= 1;
    }
    (Ins { op, operands }, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_come_back_as_they_went() {
        let words = [
            0, 1, 0x5f, 0x60, 0x7f, 0x80, 0xbf, 0xc0, 0xff, 0x100, 0x1fff, 0x2000, 0x3eff, 0x3f00,
            0x7fff,
        ];
        let words = words.into_iter().flat_map(|word| [word, word | 0x8000]);
        let words: Vec<u16> = words.collect();
        let mut packed = Packed::default();
        let mut expected = Vec::new();
        for &first in &words {
            for &second in &words {
                let operands = [first, second, first];
                packed.push(Op::LoadItem, &operands);
                packed.push(Op::Loop, &[]);
                expected.push(operands);
            }
        }
        let found: Vec<Ins> = packed.iter().collect();
        assert_eq!(found.len(), 2 * expected.len());
        for (both, operands) in found.chunks(2).zip(&expected) {
            assert_eq!(
                (both[0].op, &*both[0].operands),
                (Op::LoadItem, &operands[..])
            );
            assert_eq!((both[1].op, &*both[1].operands), (Op::Loop, &[][..]));
        }
    }

    #[test]
    fn the_longest_op_has_room() {
        let mut packed = Packed::default();
        let operands = [0x1234; OPERANDS_MAX];
        let op = Op::ALL
            .iter()
            .copied()
            .find(|op| op.operand_count() == OPERANDS_MAX);
        let op = op.unwrap_or(Op::Call4);
        for _ in 0..2 * ROOM / BYTES_MAX {
            packed.push(op, &operands);
        }
        assert!(
            packed
                .iter()
                .all(|ins| ins.op == op && *ins.operands == operands)
        );
    }

    #[test]
    fn what_is_near_is_short() {
        let mut packed = Packed::default();
        (0..200).for_each(|_| packed.push(Op::Loop, &[]));
        let before = packed.extent();
        packed.push(Op::LoadItem, &[100, Ref::constant(127).0, 255]);
        let after = packed.extent();
        assert_eq!(after.bytes - before.bytes, 4);
        packed.go_back(before);
        packed.push(Op::LoadItem, &[72, Ref::constant(128).0, 255]);
        assert_eq!(packed.extent().bytes - before.bytes, 7);
        assert_eq!(packed.extent().count, after.count);
    }
}
