//! How ops are written: as bytes, an op's number and then each operand in as few as it needs.
//!
//! What an op refers to has mostly been computed shortly before, so a reference is the distance
//! back, one byte up to 95, two up to some thousands; so with constants by their number. Immediates
//! and snapshots are numbers of one, two or three bytes, smaller ones shorter. Whoever looks at an op
//! gets its operands as words, decoded in place: nothing is allocated.

use crate::buffer::Ref;
use crate::ops::{OPS, Op};
use std::ops::Deref;

/// More operands than any op has.
pub(crate) const OPERANDS_MAX: usize = 7;

/// No op takes more.
const BYTES_MAX: usize = 24;
const _: () = assert!(3 * OPERANDS_MAX < BYTES_MAX);

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

/// A reference that is neither near nor one of the first constants: a word follows.
const FAR: u8 = 0;
/// From here on a byte is the upper part of a distance, whose lower byte follows.
const DISTANCES: u8 = 0x60;
/// From here on a byte is a constant's number.
const CONSTANTS: u8 = 0x80;
/// From here on a byte is the upper part of such a number, whose lower byte follows.
const MORE_CONSTANTS: u8 = 0xe0;
/// From here on a byte is the upper half of a number, whose lower half follows.
const TWO_BYTES: u8 = 0xc0;
/// A word follows.
const THREE_BYTES: u8 = 0xff;

/// Writes op number `at`.
#[inline]
pub(crate) fn put(code: &mut Vec<u8>, at: usize, op: Op, operands: &[u16]) {
    let start = code.len();
    let mut bytes = [0; BYTES_MAX];
    bytes[0] = op as u8;
    let mut length = 1;
    let mut references = FORMATS[op as usize] >> 3;
    for &word in operands {
        let (short, far) = if references & 1 != 0 {
            reference(at, Ref(word))
        } else {
            number(word)
        };
        bytes[length] = short;
        length += 1;
        match far {
            Far::No => {}
            Far::Byte(low) => {
                bytes[length] = low;
                length += 1;
            }
            Far::Word => {
                bytes[length..length + 2].copy_from_slice(&word.to_le_bytes());
                length += 2;
            }
        }
        references >>= 1;
    }
    // All of them at once, as their number is known when this is compiled.
    code.extend_from_slice(&bytes);
    code.truncate(start + length);
}

/// What follows an operand's first byte.
enum Far {
    No,
    Byte(u8),
    Word,
}

#[inline(always)]
fn reference(at: usize, r: Ref) -> (u8, Far) {
    let (n, first, more, end) = if r.is_constant() {
        (r.index(), CONSTANTS, MORE_CONSTANTS, 0x100)
    } else {
        let distance = at.wrapping_sub(r.index());
        if distance == 0 {
            return (FAR, Far::Word);
        }
        (distance, FAR, DISTANCES, usize::from(CONSTANTS))
    };
    if n < usize::from(more - first) {
        (first + n as u8, Far::No)
    } else if n >> 8 < end - usize::from(more) {
        (more + (n >> 8) as u8, Far::Byte(n as u8))
    } else {
        (FAR, Far::Word)
    }
}

#[inline(always)]
fn number(word: u16) -> (u8, Far) {
    let [low, high] = word.to_le_bytes();
    if word < u16::from(TWO_BYTES) {
        (low, Far::No)
    } else if high < THREE_BYTES - TWO_BYTES {
        (TWO_BYTES + high, Far::Byte(low))
    } else {
        (THREE_BYTES, Far::Word)
    }
}

/// Reads op number `at`, which begins where the bytes do.
#[inline]
pub(crate) fn get(bytes: &[u8], at: usize) -> (Op, Operands) {
    let op = Op::ALL[usize::from(bytes[0])];
    let window = bytes
        .first_chunk()
        .map(|&window| u64::from_le_bytes(window));
    match window.and_then(|window| short(window, op, at)) {
        Some(operands) => (op, operands),
        None => (op, long(bytes, op, at)),
    }
}

/// Reads the operands of an op that lies in a word, each in one byte; `None` if they do not.
#[inline(always)]
fn short(window: u64, op: Op, at: usize) -> Option<Operands> {
    let format = FORMATS[op as usize];
    let mut operands = Operands {
        words: [0; OPERANDS_MAX],
        count: (format & 7) as u8,
    };
    let (mut references, mut rest) = (format >> 3, window >> 8);
    for word in &mut operands.words[..usize::from(format & 7)] {
        let byte = rest as u8;
        *word = if references & 1 == 0 {
            if byte >= TWO_BYTES {
                return None;
            }
            u16::from(byte)
        } else if (CONSTANTS..MORE_CONSTANTS).contains(&byte) {
            Ref::constant(usize::from(byte - CONSTANTS)).0
        } else if byte != FAR && byte < DISTANCES {
            at as u16 - u16::from(byte)
        } else {
            return None;
        };
        rest >>= 8;
        references >>= 1;
    }
    Some(operands)
}

/// Reads the operands of an op, whatever they take.
#[inline(never)]
fn long(bytes: &[u8], op: Op, at: usize) -> Operands {
    let format = FORMATS[op as usize];
    let mut operands = Operands {
        words: [0; OPERANDS_MAX],
        count: (format & 7) as u8,
    };
    let mut references = format >> 3;
    let mut rest = &bytes[1..];
    for word in &mut operands.words[..usize::from(format & 7)] {
        let (value, length) = if references & 1 != 0 {
            reference_of(rest, at)
        } else {
            number_of(rest)
        };
        *word = value;
        rest = &rest[length..];
        references >>= 1;
    }
    operands
}

/// A reference of op number `at`, and how many bytes it takes.
fn reference_of(rest: &[u8], at: usize) -> (u16, usize) {
    match rest[0] {
        FAR => (u16::from_le_bytes([rest[1], rest[2]]), 3),
        first @ MORE_CONSTANTS.. => {
            let n = u16::from_be_bytes([first - MORE_CONSTANTS, rest[1]]);
            (Ref::constant(usize::from(n)).0, 2)
        }
        first @ CONSTANTS.. => (Ref::constant(usize::from(first - CONSTANTS)).0, 1),
        first @ DISTANCES.. => {
            let distance = u16::from_be_bytes([first - DISTANCES, rest[1]]);
            (at as u16 - distance, 2)
        }
        distance => (at as u16 - u16::from(distance), 1),
    }
}

/// A number, and how many bytes it takes.
fn number_of(rest: &[u8]) -> (u16, usize) {
    match rest[0] {
        THREE_BYTES => (u16::from_le_bytes([rest[1], rest[2]]), 3),
        first @ TWO_BYTES.. => (u16::from_le_bytes([rest[1], first - TWO_BYTES]), 2),
        value => (u16::from(value), 1),
    }
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
        for &first in &words {
            for &second in &words {
                for at in [0, 0x60, 200, 0x101, 0x2001, 0x7000] {
                    let mut code = vec![0xaa];
                    put(&mut code, at, Op::LoadItem, &[first, second, first]);
                    // Enough of what follows for an op to be read at once, or not.
                    code.resize(code.len() + (at & 7), 0xaa);
                    let (op, operands) = get(&code[1..], at);
                    assert_eq!(op, Op::LoadItem);
                    assert_eq!(&*operands, &[first, second, first]);
                }
            }
        }
    }

    #[test]
    fn what_is_near_is_short() {
        let mut code = Vec::new();
        put(&mut code, 300, Op::LoadItem, &[299, Ref::constant(5).0, 24]);
        assert_eq!(code.len(), 4);
    }
}
