//! x86-64 encodings: a function an instruction, giving its bytes.

use crate::code::Code;

/// A general register, by its number.
pub(crate) type Gpr = u8;
/// A floating-point register, by its number.
pub(crate) type Xmm = u8;

pub(crate) const RAX: Gpr = 0;
pub(crate) const RCX: Gpr = 1;
pub(crate) const RDX: Gpr = 2;
pub(crate) const RBX: Gpr = 3;
pub(crate) const RSP: Gpr = 4;
pub(crate) const RBP: Gpr = 5;
pub(crate) const RSI: Gpr = 6;
pub(crate) const RDI: Gpr = 7;
pub(crate) const R8: Gpr = 8;
pub(crate) const R9: Gpr = 9;
pub(crate) const R10: Gpr = 10;
pub(crate) const R11: Gpr = 11;
pub(crate) const R12: Gpr = 12;
pub(crate) const R13: Gpr = 13;
pub(crate) const R14: Gpr = 14;
pub(crate) const R15: Gpr = 15;

/// Condition codes of jumps.
pub(crate) mod cc {
    pub(crate) const O: u8 = 0;
    pub(crate) const B: u8 = 2;
    pub(crate) const AE: u8 = 3;
    pub(crate) const E: u8 = 4;
    pub(crate) const NE: u8 = 5;
    pub(crate) const BE: u8 = 6;
    pub(crate) const A: u8 = 7;
    pub(crate) const S: u8 = 8;
    pub(crate) const NS: u8 = 9;
    pub(crate) const P: u8 = 10;
    pub(crate) const L: u8 = 12;
    pub(crate) const GE: u8 = 13;
    pub(crate) const LE: u8 = 14;
    pub(crate) const G: u8 = 15;
}

/// Two-operand arithmetic, by the number in its immediate form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Alu {
    Add = 0,
    Or = 1,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// Shifts and rotations, by the number in their encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shift {
    Rol = 0,
    Ror = 1,
    Shl = 4,
    Shr = 5,
    Sar = 7,
}

/// Scalar double arithmetic, by the opcode's last byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sse {
    Sqrt = 0x51,
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5c,
    Div = 0x5e,
}

/// Bitwise operations on whole registers, by the opcode's last byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bits {
    And = 0x54,
    Xor = 0x57,
}

impl Code {
    /// The prefix that widens operands and registers, if there is anything to widen.
    #[inline(always)]
    fn rex(self, wide: bool, reg: u8, index: u8, rm: u8) -> Code {
        match rex_bits(wide, reg, index, rm) {
            0 => self,
            bits => self.byte(0x40 | bits),
        }
    }

    /// The prefix in any case: with it every register's lowest byte can be named.
    #[inline(always)]
    fn rex_of_byte(self, reg: u8, index: u8, rm: u8) -> Code {
        self.byte(0x40 | rex_bits(false, reg, index, rm))
    }

    #[inline(always)]
    fn direct(self, reg: u8, rm: u8) -> Code {
        self.byte(0xc0 | (reg & 7) << 3 | rm & 7)
    }

    /// The prefix of an operation with three operands: what comes before the short form's opcode
    /// (`0x66`, `0xf3`, `0xf2`) by its number, and the registers.
    #[inline(always)]
    fn vex(self, prefix: u8, to: Xmm, left: Xmm, right: Xmm) -> Code {
        let last = !left << 3 & 0x78 | prefix;
        let to = !(to >> 3) << 7;
        if right < 8 {
            self.byte(0xc5).byte(to | last)
        } else {
            self.byte(0xc4).byte(to | 0x41).byte(last)
        }
    }

    #[inline(always)]
    fn memory(self, reg: u8, base: Gpr, at: i32) -> Code {
        let mut code = self.byte(mode(base, at) | (reg & 7) << 3 | base & 7);
        if base & 7 == RSP {
            code = code.byte(0x24);
        }
        code.displacement(base, at)
    }

    #[inline(always)]
    fn indexed(self, reg: u8, base: Gpr, index: Gpr, at: i32) -> Code {
        self.byte(mode(base, at) | (reg & 7) << 3 | RSP)
            .byte((index & 7) << 3 | base & 7)
            .displacement(base, at)
    }

    #[inline(always)]
    fn displacement(self, base: Gpr, at: i32) -> Code {
        match mode(base, at) {
            0 => self,
            SHORT => self.byte(at as u8),
            _ => self.four(at),
        }
    }

    /// Memory `distance` bytes from the instruction's end, which is four bytes from here.
    #[inline(always)]
    fn near(self, reg: u8, distance: i32) -> Code {
        self.byte((reg & 7) << 3 | 5).four(distance)
    }
}

#[inline(always)]
fn rex_bits(wide: bool, reg: u8, index: u8, rm: u8) -> u8 {
    (wide as u8) << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | rm >> 3
}

/// A displacement of one byte follows.
const SHORT: u8 = 0x40;
/// One of four bytes.
const LONG: u8 = 0x80;

/// How a displacement is written. The registers whose low bits are those of `rbp` need one.
#[inline(always)]
fn mode(base: Gpr, at: i32) -> u8 {
    if at == 0 && base & 7 != RBP {
        0
    } else if at as i8 as i32 == at {
        SHORT
    } else {
        LONG
    }
}

/// 64-bit operation of two registers.
#[inline(always)]
fn wide(opcode: u8, reg: Gpr, rm: Gpr) -> Code {
    Code::NEW.rex(true, reg, 0, rm).byte(opcode).direct(reg, rm)
}

pub(crate) fn mov(to: Gpr, from: Gpr) -> Code {
    wide(0x89, from, to)
}

/// A constant, in the shortest form that leaves the flags alone.
pub(crate) fn mov_imm(to: Gpr, value: u64) -> Code {
    if u32::try_from(value).is_ok() {
        mov_imm32(to, value as u32)
    } else if value as i64 == i64::from(value as i32) {
        let code = Code::NEW.rex(true, 0, 0, to).byte(0xc7);
        code.direct(0, to).four(value as i32)
    } else {
        let code = Code::NEW.rex(true, 0, 0, to);
        code.byte(0xb8 | (to & 7)).eight(value)
    }
}

/// A constant of 32 bits, zero-extended.
pub(crate) fn mov_imm32(to: Gpr, value: u32) -> Code {
    let code = Code::NEW.rex(false, 0, 0, to);
    code.byte(0xb8 | (to & 7)).four(value as i32)
}

pub(crate) fn load(to: Gpr, base: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(true, to, 0, base).byte(0x8b);
    code.memory(to, base, at)
}

/// 32 bits, zero-extended.
pub(crate) fn load_half(to: Gpr, base: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(false, to, 0, base).byte(0x8b);
    code.memory(to, base, at)
}

/// A byte, zero-extended.
pub(crate) fn load_byte(to: Gpr, base: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(false, to, 0, base).byte(0x0f).byte(0xb6);
    code.memory(to, base, at)
}

pub(crate) fn load_indexed(to: Gpr, base: Gpr, index: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(true, to, index, base).byte(0x8b);
    code.indexed(to, base, index, at)
}

pub(crate) fn load_byte_indexed(to: Gpr, base: Gpr, index: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(false, to, index, base).byte(0x0f).byte(0xb6);
    code.indexed(to, base, index, at)
}

pub(crate) fn store(base: Gpr, at: i32, from: Gpr) -> Code {
    let code = Code::NEW.rex(true, from, 0, base).byte(0x89);
    code.memory(from, base, at)
}

pub(crate) fn store_half(base: Gpr, at: i32, from: Gpr) -> Code {
    let code = Code::NEW.rex(false, from, 0, base).byte(0x89);
    code.memory(from, base, at)
}

pub(crate) fn store_indexed(base: Gpr, index: Gpr, at: i32, from: Gpr) -> Code {
    let code = Code::NEW.rex(true, from, index, base).byte(0x89);
    code.indexed(from, base, index, at)
}

/// Stores a constant, sign-extended to 64 bits.
pub(crate) fn store_imm(base: Gpr, at: i32, value: i32) -> Code {
    let code = Code::NEW.rex(true, 0, 0, base).byte(0xc7);
    code.memory(0, base, at).four(value)
}

/// Stores 32 bits.
pub(crate) fn store_half_imm(base: Gpr, at: i32, value: i32) -> Code {
    let code = Code::NEW.rex(false, 0, 0, base).byte(0xc7);
    code.memory(0, base, at).four(value)
}

pub(crate) fn store_indexed_imm(base: Gpr, index: Gpr, at: i32, value: i32) -> Code {
    let code = Code::NEW.rex(true, 0, index, base).byte(0xc7);
    code.indexed(0, base, index, at).four(value)
}

/// The lowest byte of a register.
pub(crate) fn store_byte(base: Gpr, at: i32, from: Gpr) -> Code {
    let code = Code::NEW.rex_of_byte(from, 0, base).byte(0x88);
    code.memory(from, base, at)
}

pub(crate) fn store_byte_indexed(base: Gpr, index: Gpr, at: i32, from: Gpr) -> Code {
    let code = Code::NEW.rex_of_byte(from, index, base).byte(0x88);
    code.indexed(from, base, index, at)
}

pub(crate) fn store_byte_imm(base: Gpr, at: i32, value: u8) -> Code {
    let code = Code::NEW.rex(false, 0, 0, base).byte(0xc6);
    code.memory(0, base, at).byte(value)
}

pub(crate) fn store_byte_indexed_imm(base: Gpr, index: Gpr, at: i32, value: u8) -> Code {
    let code = Code::NEW.rex(false, 0, index, base).byte(0xc6);
    code.indexed(0, base, index, at).byte(value)
}

pub(crate) fn lea(to: Gpr, base: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(true, to, 0, base).byte(0x8d);
    code.memory(to, base, at)
}

pub(crate) fn lea_indexed(to: Gpr, base: Gpr, index: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(true, to, index, base).byte(0x8d);
    code.indexed(to, base, index, at)
}

/// Eight times a register.
pub(crate) fn lea_eightfold(to: Gpr, from: Gpr) -> Code {
    let code = Code::NEW.rex(true, to, from, 0).byte(0x8d);
    code.byte((to & 7) << 3 | RSP)
        .byte(0xc0 | (from & 7) << 3 | RBP)
        .four(0)
}

pub(crate) fn alu(op: Alu, to: Gpr, from: Gpr) -> Code {
    wide((op as u8) << 3 | 1, from, to)
}

pub(crate) fn alu_imm(op: Alu, to: Gpr, value: i32) -> Code {
    let code = Code::NEW.rex(true, 0, 0, to);
    if let Ok(value) = i8::try_from(value) {
        code.byte(0x83).direct(op as u8, to).byte(value as u8)
    } else {
        code.byte(0x81).direct(op as u8, to).four(value)
    }
}

/// Arithmetic with 64 bits in memory.
pub(crate) fn alu_memory(op: Alu, to: Gpr, base: Gpr, at: i32) -> Code {
    let code = Code::NEW.rex(true, to, 0, base);
    code.byte((op as u8) << 3 | 3).memory(to, base, at)
}

/// Compares 32 bits with those near the code.
pub(crate) fn cmp_half_near(reg: Gpr, distance: i32) -> Code {
    let code = Code::NEW.rex(false, reg, 0, 0).byte(0x3b);
    code.near(reg, distance)
}

pub(crate) fn test(a: Gpr, b: Gpr) -> Code {
    wide(0x85, b, a)
}

/// Tests bits of a register's low byte.
pub(crate) fn test_imm(reg: Gpr, bits: u8) -> Code {
    let code = if reg >= 4 {
        Code::NEW.byte(0x40 | reg >> 3)
    } else {
        Code::NEW
    };
    code.byte(0xf6).direct(0, reg).byte(bits)
}

pub(crate) fn imul(to: Gpr, from: Gpr) -> Code {
    let code = Code::NEW.rex(true, to, 0, from);
    code.byte(0x0f).byte(0xaf).direct(to, from)
}

pub(crate) fn imul_imm(to: Gpr, from: Gpr, value: i32) -> Code {
    let code = Code::NEW.rex(true, to, 0, from);
    if let Ok(value) = i8::try_from(value) {
        code.byte(0x6b).direct(to, from).byte(value as u8)
    } else {
        code.byte(0x69).direct(to, from).four(value)
    }
}

/// Multiplies `rax`, unsigned, into `rdx:rax`.
pub(crate) fn mul(by: Gpr) -> Code {
    wide(0xf7, 4, by)
}

/// Divides `rdx:rax`.
pub(crate) fn idiv(by: Gpr) -> Code {
    wide(0xf7, 7, by)
}

/// Extends `rax`'s sign into `rdx`.
pub(crate) fn cqo() -> Code {
    Code::NEW.byte(0x48).byte(0x99)
}

pub(crate) fn shift(op: Shift, reg: Gpr, by: u8) -> Code {
    wide(0xc1, op as u8, reg).byte(by)
}

/// Shifts by `cl`.
pub(crate) fn shift_cl(op: Shift, reg: Gpr) -> Code {
    wide(0xd3, op as u8, reg)
}

pub(crate) fn cmov(condition: u8, to: Gpr, from: Gpr) -> Code {
    let code = Code::NEW.rex(true, to, 0, from);
    code.byte(0x0f).byte(0x40 | condition).direct(to, from)
}

/// Compares 32 bits in memory.
pub(crate) fn cmp_memory32(base: Gpr, at: i32, value: i32) -> Code {
    cmp_memory(false, base, at, value)
}

/// Compares 64 bits in memory.
pub(crate) fn cmp_memory64(base: Gpr, at: i32, value: i32) -> Code {
    cmp_memory(true, base, at, value)
}

fn cmp_memory(wide: bool, base: Gpr, at: i32, value: i32) -> Code {
    let code = Code::NEW.rex(wide, 0, 0, base);
    if let Ok(value) = i8::try_from(value) {
        code.byte(0x83).memory(7, base, at).byte(value as u8)
    } else {
        code.byte(0x81).memory(7, base, at).four(value)
    }
}

/// Compares a byte in memory.
pub(crate) fn cmp_memory8(base: Gpr, at: i32, value: u8) -> Code {
    let code = Code::NEW.rex(false, 0, 0, base).byte(0x80);
    code.memory(7, base, at).byte(value)
}

/// Tests bits of a byte in memory.
pub(crate) fn test_memory8(base: Gpr, at: i32, bits: u8) -> Code {
    let code = Code::NEW.rex(false, 0, 0, base).byte(0xf6);
    code.memory(0, base, at).byte(bits)
}

pub(crate) fn load_float(to: Xmm, base: Gpr, at: i32) -> Code {
    let code = Code::NEW.byte(0xf2).rex(false, to, 0, base);
    code.byte(0x0f).byte(0x10).memory(to, base, at)
}

pub(crate) fn store_float(base: Gpr, at: i32, from: Xmm) -> Code {
    let code = Code::NEW.byte(0xf2).rex(false, from, 0, base);
    code.byte(0x0f).byte(0x11).memory(from, base, at)
}

pub(crate) fn load_float_indexed(to: Xmm, base: Gpr, index: Gpr, at: i32) -> Code {
    let code = Code::NEW.byte(0xf2).rex(false, to, index, base);
    code.byte(0x0f).byte(0x10).indexed(to, base, index, at)
}

pub(crate) fn store_float_indexed(base: Gpr, index: Gpr, at: i32, from: Xmm) -> Code {
    let code = Code::NEW.byte(0xf2).rex(false, from, index, base);
    code.byte(0x0f).byte(0x11).indexed(from, base, index, at)
}

pub(crate) fn mov_float(to: Xmm, from: Xmm) -> Code {
    let code = Code::NEW.rex(false, to, 0, from);
    code.byte(0x0f).byte(0x28).direct(to, from)
}

/// Moves a general register's bits to a floating-point one.
pub(crate) fn move_to_float(to: Xmm, from: Gpr) -> Code {
    let code = Code::NEW.byte(0x66).rex(true, to, 0, from);
    code.byte(0x0f).byte(0x6e).direct(to, from)
}

pub(crate) fn move_from_float(to: Gpr, from: Xmm) -> Code {
    let code = Code::NEW.byte(0x66).rex(true, from, 0, to);
    code.byte(0x0f).byte(0x7e).direct(from, to)
}

pub(crate) fn sse(op: Sse, to: Xmm, from: Xmm) -> Code {
    let code = Code::NEW.byte(0xf2).rex(false, to, 0, from);
    code.byte(0x0f).byte(op as u8).direct(to, from)
}

/// What goes before the opcode of scalar arithmetic, as a prefix of three operands has it.
const SCALAR: u8 = 3;

/// Scalar arithmetic with a result apart from its operands. Bits that the operation does not make
/// are `left`'s, so that nothing waits for what `to` held.
pub(crate) fn sse_apart(op: Sse, to: Xmm, left: Xmm, right: Xmm) -> Code {
    let code = Code::NEW.vex(SCALAR, to, left, right);
    code.byte(op as u8).direct(to, right)
}

/// The same with a float near the code.
pub(crate) fn sse_apart_near(op: Sse, to: Xmm, left: Xmm, distance: i32) -> Code {
    let code = Code::NEW.vex(SCALAR, to, left, 0);
    code.byte(op as u8).near(to, distance)
}

/// Operations on several doubles at a time, by the opcode's last byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Packed {
    /// The left operand's lowest double, and above it the right one's.
    Unpack = 0x14,
    Div = 0x5e,
}

/// What goes before the opcode of packed arithmetic, and in addition if it is on wide registers.
const PACKED: u8 = 1;
const WIDE: u8 = 4;

pub(crate) fn packed(op: Packed, to: Xmm, from: Xmm) -> Code {
    let code = Code::NEW.byte(0x66).rex(false, to, 0, from);
    code.byte(0x0f).byte(op as u8).direct(to, from)
}

pub(crate) fn packed_apart(op: Packed, to: Xmm, left: Xmm, right: Xmm) -> Code {
    let code = Code::NEW.vex(PACKED, to, left, right);
    code.byte(op as u8).direct(to, right)
}

/// Four at a time.
pub(crate) fn packed_wide(op: Packed, to: Xmm, left: Xmm, right: Xmm) -> Code {
    let code = Code::NEW.vex(PACKED | WIDE, to, left, right);
    code.byte(op as u8).direct(to, right)
}

/// The lower half of `low` and above it the lower half of `high`, in a wide register.
pub(crate) fn join_halves(to: Xmm, low: Xmm, high: Xmm) -> Code {
    let registers = !(to >> 3) << 7 | 0x40 | (!(high >> 3) & 1) << 5;
    let code = Code::NEW.byte(0xc4).byte(registers | 3);
    let code = code.byte(!low << 3 & 0x78 | PACKED | WIDE).byte(0x18);
    code.direct(to, high).byte(1)
}

/// Stores a wide register.
pub(crate) fn store_wide(base: Gpr, at: i32, from: Xmm) -> Code {
    let registers = !(from >> 3) << 7 | 0x40 | (!(base >> 3) & 1) << 5;
    let code = Code::NEW.byte(0xc4).byte(registers | 1);
    let code = code.byte(0x78 | PACKED | WIDE).byte(0x11);
    code.memory(from, base, at)
}

/// Stores the upper double of a register.
pub(crate) fn store_upper(base: Gpr, at: i32, from: Xmm) -> Code {
    let code = Code::NEW.byte(0x66).rex(false, from, 0, base);
    code.byte(0x0f).byte(0x17).memory(from, base, at)
}

/// Clears what wide registers have beyond the others, so that no operation on those waits for it.
pub(crate) fn forget_wide() -> Code {
    Code::NEW.byte(0xc5).byte(0xf8).byte(0x77)
}

pub(crate) fn bitwise(op: Bits, to: Xmm, from: Xmm) -> Code {
    let code = Code::NEW.rex(false, to, 0, from);
    code.byte(0x0f).byte(op as u8).direct(to, from)
}

pub(crate) fn compare_floats(a: Xmm, b: Xmm) -> Code {
    let code = Code::NEW.byte(0x66).rex(false, a, 0, b);
    code.byte(0x0f).byte(0x2e).direct(a, b)
}

pub(crate) fn int_to_float(to: Xmm, from: Gpr) -> Code {
    let code = Code::NEW.byte(0xf2).rex(true, to, 0, from);
    code.byte(0x0f).byte(0x2a).direct(to, from)
}

/// Rounds towards zero.
pub(crate) fn float_to_int(to: Gpr, from: Xmm) -> Code {
    let code = Code::NEW.byte(0xf2).rex(true, to, 0, from);
    code.byte(0x0f).byte(0x2c).direct(to, from)
}

/// The opcode of [`float_near`] that loads.
pub(crate) const NEAR_LOAD: u8 = 0x10;
/// The opcode of [`float_near`] that compares.
pub(crate) const NEAR_COMPARE: u8 = 0x2e;

/// An operation on a float near the code: arithmetic (an [`Sse`]), a load or a comparison.
pub(crate) fn float_near(opcode: u8, reg: Xmm, distance: i32) -> Code {
    let prefix = if opcode == NEAR_COMPARE { 0x66 } else { 0xf2 };
    let code = Code::NEW.byte(prefix).rex(false, reg, 0, 0);
    code.byte(0x0f).byte(opcode).near(reg, distance)
}

pub(crate) fn jump_if(condition: u8, distance: i32) -> Code {
    Code::NEW.byte(0x0f).byte(0x80 | condition).four(distance)
}

pub(crate) fn short_jump_if(condition: u8, distance: i8) -> Code {
    Code::NEW.byte(0x70 | condition).byte(distance as u8)
}

pub(crate) fn jump(distance: i32) -> Code {
    Code::NEW.byte(0xe9).four(distance)
}

pub(crate) fn jump_to(reg: Gpr) -> Code {
    Code::NEW.rex(false, 0, 0, reg).byte(0xff).direct(4, reg)
}

pub(crate) fn call_near(distance: i32) -> Code {
    Code::NEW.byte(0xe8).four(distance)
}

pub(crate) fn call(reg: Gpr) -> Code {
    Code::NEW.rex(false, 0, 0, reg).byte(0xff).direct(2, reg)
}

pub(crate) fn push(reg: Gpr) -> Code {
    Code::NEW.rex(false, 0, 0, reg).byte(0x50 | (reg & 7))
}

pub(crate) fn pop(reg: Gpr) -> Code {
    Code::NEW.rex(false, 0, 0, reg).byte(0x58 | (reg & 7))
}

/// Five bytes that do nothing.
pub(crate) fn nothing() -> Code {
    Code::NEW.byte(0x0f).byte(0x1f).byte(0x44).byte(0).byte(0)
}

pub(crate) fn ret() -> Code {
    Code::NEW.byte(0xc3)
}
