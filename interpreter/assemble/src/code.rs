//! Buffers for machine code in the making.
//!
//! The body of a trace is written backward: the buffer fills from its end, so the last instruction
//! comes first and the distance to all that comes later is known. What lies out of line (stubs,
//! slow paths, constants) is the *tail*, written forward; it begins where the body ends. A
//! position in the body is its distance from there, one in the tail its offset from there, and so
//! every distance between the two is known when an instruction is written: nothing is patched.

/// One instruction: at most sixteen bytes.
#[derive(Clone, Copy)]
pub(crate) struct Code {
    bits: u128,
    length: u32,
}

impl Code {
    pub(crate) const NEW: Code = Code { bits: 0, length: 0 };

    #[inline(always)]
    pub(crate) fn byte(self, byte: u8) -> Code {
        Code {
            bits: self.bits | (byte as u128) << (8 * self.length),
            length: self.length + 1,
        }
    }

    #[inline(always)]
    pub(crate) fn four(self, value: i32) -> Code {
        Code {
            bits: self.bits | (value as u32 as u128) << (8 * self.length),
            length: self.length + 4,
        }
    }

    #[inline(always)]
    pub(crate) fn eight(self, value: u64) -> Code {
        Code {
            bits: self.bits | (value as u128) << (8 * self.length),
            length: self.length + 8,
        }
    }

    /// This instruction and another.
    #[inline(always)]
    pub(crate) fn then(self, next: Code) -> Code {
        debug_assert!(self.length + next.length <= 16);
        Code {
            bits: self.bits | next.bits << (8 * self.length),
            length: self.length + next.length,
        }
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.bits.to_le_bytes()[..self.length as usize].to_vec()
    }
}

/// The body: code that grows towards its start.
#[derive(Default)]
pub(crate) struct Backward {
    bytes: Vec<u8>,
    at: usize,
}

/// What must be free before the code for an instruction to be written at once.
const MARGIN: usize = 16;

/// Bytes of a buffer that has been written to: what most traces need, as each page of it that is touched for
/// the first time takes as long as some ops.
const BODY_BYTES: usize = 8 << 10;
const TAIL_BYTES: usize = 4 << 10;

impl Backward {
    pub(crate) fn clear(&mut self) {
        self.at = self.bytes.len();
    }

    /// The distance from here to the body's end.
    #[inline(always)]
    pub(crate) fn to_end(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Puts an instruction before all others.
    #[inline(always)]
    pub(crate) fn put(&mut self, code: Code) {
        if self.at < MARGIN {
            self.grow();
        }
        let shifted = code.bits << (128 - 8 * code.length);
        let window = &mut self.bytes[self.at - MARGIN..self.at];
        window.copy_from_slice(&shifted.to_le_bytes());
        self.at -= code.length as usize;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let old = self.bytes.len();
        let added = old.max(BODY_BYTES);
        let mut larger = vec![0; old + added];
        larger[added..].copy_from_slice(&self.bytes);
        self.bytes = larger;
        self.at += added;
    }

    /// Replaces the four bytes that end `to_end` before the body's end.
    pub(crate) fn patch_before(&mut self, to_end: usize, value: i32) {
        let end = self.bytes.len() - to_end;
        self.bytes[end - 4..end].copy_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.at..]
    }
}

/// The tail: code that grows towards its end.
#[derive(Default)]
pub(crate) struct Forward {
    bytes: Vec<u8>,
    at: usize,
}

impl Forward {
    pub(crate) fn clear(&mut self) {
        self.at = 0;
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.at
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, code: Code) {
        if self.at + MARGIN > self.bytes.len() {
            self.grow();
        }
        let window = &mut self.bytes[self.at..self.at + MARGIN];
        window.copy_from_slice(&code.bits.to_le_bytes());
        self.at += code.length as usize;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let larger = (self.bytes.len() * 2).max(TAIL_BYTES);
        self.bytes.resize(larger, 0);
    }

    /// Replaces the four bytes that end at offset `end`.
    pub(crate) fn patch_before(&mut self, end: usize, value: i32) {
        self.bytes[end - 4..end].copy_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.at]
    }
}
