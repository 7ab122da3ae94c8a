//! One instruction: a 64-bit word.
//!
//! Bits 0–7 op, 8–15 `x`, 16–31 `a`, 32–47 `b`, 48–63 `c`. Wide operands take the place of `b`
//! and `c` together (`bc`, 32 bits, signed where it is a jump distance or an integer). All fields
//! are taken by shifting, so the word means the same on a big-endian target. Sixteen bits per
//! register make wide forms and their decoding needless; the word's size was found not to matter
//! beside the predictability of a fixed width.

use crate::Op;
use std::fmt;

/// The number of stop points, which are no op: no code that is written or read holds one.
const STOP: u8 = u8::MAX;
const _: () = assert!(Op::COUNT < STOP);

/// An instruction word.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Instr(pub u64);

impl Instr {
    #[inline(always)]
    pub const fn abc(op: Op, x: u8, a: u16, b: u16, c: u16) -> Instr {
        Instr(op as u64 | (x as u64) << 8 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }

    #[inline(always)]
    pub const fn wide(op: Op, x: u8, a: u16, bc: i32) -> Instr {
        Instr(op as u64 | (x as u64) << 8 | (a as u64) << 16 | (bc as u32 as u64) << 32)
    }

    /// What stands in place of an instruction where a debugger can stop: `x` is the kinds of stop
    /// point, `bc` how far behind the instruction lies. `a` is the debugger's own.
    pub const fn stop(kinds: u8, distance: i32) -> Instr {
        Instr(STOP as u64 | (kinds as u64) << 8 | (distance as u32 as u64) << 32)
    }

    #[inline(always)]
    pub const fn is_stop(self) -> bool {
        self.op_byte() == STOP
    }

    /// Of a stop point: whether its `a` is not 0, or it is of one of these kinds.
    #[inline(always)]
    pub const fn is_marked_or_of(self, kinds: u8) -> bool {
        self.0 & (0xffff << 16 | (kinds as u64) << 8) != 0
    }

    /// The same with another `a`.
    pub const fn with_a(self, a: u16) -> Instr {
        Instr(self.0 & !(0xffff << 16) | (a as u64) << 16)
    }

    #[inline(always)]
    pub fn op(self) -> Op {
        Op::from_byte(self.op_byte())
    }

    /// The number of the op.
    #[inline(always)]
    pub const fn op_byte(self) -> u8 {
        self.0 as u8
    }

    #[inline(always)]
    pub const fn x(self) -> u8 {
        (self.0 >> 8) as u8
    }

    #[inline(always)]
    pub const fn a(self) -> u16 {
        (self.0 >> 16) as u16
    }

    #[inline(always)]
    pub const fn b(self) -> u16 {
        (self.0 >> 32) as u16
    }

    #[inline(always)]
    pub const fn c(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// `b` and `c` as one signed 32-bit operand.
    #[inline(always)]
    pub const fn bc(self) -> i32 {
        (self.0 >> 32) as i32
    }

    /// `b` as a signed 16-bit immediate.
    #[inline(always)]
    pub const fn sb(self) -> i16 {
        self.b() as i16
    }

    /// `c` as a signed 16-bit immediate or jump distance.
    #[inline(always)]
    pub const fn sc(self) -> i16 {
        self.c() as i16
    }
}

impl fmt::Debug for Instr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {} {}",
            self.op().info().name,
            self.x(),
            self.a(),
            self.b(),
            self.c()
        )
    }
}
