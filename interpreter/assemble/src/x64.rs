//! x86-64 encodings, written backward: the buffer fills from its end, so that the last
//! instruction is emitted first and the distance to what comes later is known.

/// A general register, by its number.
pub(crate) type Gpr = u8;
/// A floating-point register, by its number.
pub(crate) type Xmm = u8;

pub(crate) const RSP: Gpr = 4;
/// Holds the address of the first frame's registers.
pub(crate) const REGS: Gpr = 3;
/// Holds the address of the state in which exits leave values.
pub(crate) const STATE: Gpr = 5;
/// Free within an instruction's sequence.
pub(crate) const SCRATCH: Gpr = 11;
pub(crate) const SCRATCH_XMM: Xmm = 15;

/// Condition codes of jumps.
pub(crate) mod cc {
    pub(crate) const O: u8 = 0;
    pub(crate) const B: u8 = 2;
    pub(crate) const AE: u8 = 3;
    pub(crate) const E: u8 = 4;
    pub(crate) const NE: u8 = 5;
    pub(crate) const BE: u8 = 6;
    pub(crate) const A: u8 = 7;
    pub(crate) const P: u8 = 10;
    pub(crate) const L: u8 = 12;
    pub(crate) const GE: u8 = 13;
    pub(crate) const LE: u8 = 14;
    pub(crate) const G: u8 = 15;
}

/// Two-operand arithmetic, by the number in its immediate form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alu {
    Add = 0,
    Or = 1,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// Scalar double arithmetic, by the opcode's last byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sse {
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5c,
    Div = 0x5e,
}

/// Code that grows towards its start.
#[derive(Default)]
pub(crate) struct Backward {
    /// The bytes in reverse order.
    reversed: Vec<u8>,
}

impl Backward {
    /// The distance from here to the end of the code.
    pub(crate) fn to_end(&self) -> usize {
        self.reversed.len()
    }

    /// Puts bytes before all others.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.reversed.extend(bytes.iter().rev());
    }

    /// Replaces four bytes that begin `to_end` from the end.
    pub(crate) fn patch(&mut self, to_end: usize, value: i32) {
        for (i, byte) in value.to_le_bytes().into_iter().enumerate() {
            self.reversed[to_end - 1 - i] = byte;
        }
    }

    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.reversed.reverse();
        self.reversed
    }

    fn op(&mut self, bytes: Bytes) {
        self.put(&bytes.bytes[..bytes.length]);
    }

    /// 64-bit operation of two registers, `rm` being the destination.
    fn rr(&mut self, opcode: u8, reg: Gpr, rm: Gpr) {
        self.op(Bytes::new()
            .rex(true, reg, 0, rm)
            .byte(opcode)
            .direct(reg, rm));
    }

    pub(crate) fn mov(&mut self, to: Gpr, from: Gpr) {
        if to != from {
            self.rr(0x89, from, to);
        }
    }

    pub(crate) fn mov_imm(&mut self, to: Gpr, value: i64) {
        if value == 0 {
            self.op(Bytes::new().rex(false, to, 0, to).byte(0x31).direct(to, to));
        } else if let Ok(value) = u32::try_from(value) {
            self.op(Bytes::new()
                .rex(false, 0, 0, to)
                .byte(0xb8 | (to & 7))
                .four(value as i32));
        } else if let Ok(value) = i32::try_from(value) {
            self.op(Bytes::new()
                .rex(true, 0, 0, to)
                .byte(0xc7)
                .direct(0, to)
                .four(value));
        } else {
            let mut bytes = Bytes::new().rex(true, 0, 0, to).byte(0xb8 | (to & 7));
            for byte in value.to_le_bytes() {
                bytes = bytes.byte(byte);
            }
            self.op(bytes);
        }
    }

    /// As `mov_imm`, but leaves the flags alone.
    pub(crate) fn mov_imm_keeping_flags(&mut self, to: Gpr, value: i64) {
        if value == 0 {
            self.op(Bytes::new()
                .rex(false, 0, 0, to)
                .byte(0xb8 | (to & 7))
                .four(0));
        } else {
            self.mov_imm(to, value);
        }
    }

    pub(crate) fn load(&mut self, to: Gpr, base: Gpr, at: i32) {
        self.op(Bytes::new()
            .rex(true, to, 0, base)
            .byte(0x8b)
            .memory(to, base, at));
    }

    pub(crate) fn load_indexed(&mut self, to: Gpr, base: Gpr, index: Gpr, at: i32) {
        self.op(Bytes::new()
            .rex(true, to, index, base)
            .byte(0x8b)
            .indexed(to, base, index, at));
    }

    pub(crate) fn store(&mut self, base: Gpr, at: i32, from: Gpr) {
        self.op(Bytes::new()
            .rex(true, from, 0, base)
            .byte(0x89)
            .memory(from, base, at));
    }

    pub(crate) fn store_indexed(&mut self, base: Gpr, index: Gpr, at: i32, from: Gpr) {
        let bytes = Bytes::new().rex(true, from, index, base).byte(0x89);
        self.op(bytes.indexed(from, base, index, at));
    }

    pub(crate) fn alu(&mut self, op: Alu, to: Gpr, from: Gpr) {
        self.rr((op as u8) << 3 | 1, from, to);
    }

    pub(crate) fn alu_imm(&mut self, op: Alu, to: Gpr, value: i32) {
        let bytes = Bytes::new().rex(true, 0, 0, to);
        if let Ok(value) = i8::try_from(value) {
            self.op(bytes.byte(0x83).direct(op as u8, to).byte(value as u8));
        } else {
            self.op(bytes.byte(0x81).direct(op as u8, to).four(value));
        }
    }

    pub(crate) fn imul(&mut self, to: Gpr, from: Gpr) {
        self.op(Bytes::new()
            .rex(true, to, 0, from)
            .byte(0x0f)
            .byte(0xaf)
            .direct(to, from));
    }

    pub(crate) fn shl(&mut self, to: Gpr, by: u8) {
        self.op(Bytes::new()
            .rex(true, 0, 0, to)
            .byte(0xc1)
            .direct(4, to)
            .byte(by));
    }

    pub(crate) fn sar(&mut self, to: Gpr, by: u8) {
        self.op(Bytes::new()
            .rex(true, 0, 0, to)
            .byte(0xc1)
            .direct(7, to)
            .byte(by));
    }

    pub(crate) fn rol(&mut self, to: Gpr, by: u8) {
        self.op(Bytes::new()
            .rex(true, 0, 0, to)
            .byte(0xc1)
            .direct(0, to)
            .byte(by));
    }

    pub(crate) fn ror(&mut self, to: Gpr, by: u8) {
        self.op(Bytes::new()
            .rex(true, 0, 0, to)
            .byte(0xc1)
            .direct(1, to)
            .byte(by));
    }

    /// Tests bits of the low 32 bits of a register.
    pub(crate) fn test_imm(&mut self, reg: Gpr, bits: i32) {
        self.op(Bytes::new()
            .rex(false, 0, 0, reg)
            .byte(0xf7)
            .direct(0, reg)
            .four(bits));
    }

    /// Compares 32 bits in memory.
    pub(crate) fn cmp_memory32(&mut self, base: Gpr, at: i32, value: i32) {
        let bytes = Bytes::new().rex(false, 0, 0, base).byte(0x81);
        self.op(bytes.memory(7, base, at).four(value));
    }

    /// Compares a byte in memory.
    pub(crate) fn cmp_memory8(&mut self, base: Gpr, at: i32, value: u8) {
        let bytes = Bytes::new().rex(false, 0, 0, base).byte(0x80);
        self.op(bytes.memory(7, base, at).byte(value));
    }

    /// Tests bits of a byte in memory.
    pub(crate) fn test_memory8(&mut self, base: Gpr, at: i32, bits: u8) {
        let bytes = Bytes::new().rex(false, 0, 0, base).byte(0xf6);
        self.op(bytes.memory(0, base, at).byte(bits));
    }

    pub(crate) fn load_float(&mut self, to: Xmm, base: Gpr, at: i32) {
        let bytes = Bytes::new()
            .byte(0xf2)
            .rex(false, to, 0, base)
            .byte(0x0f)
            .byte(0x10);
        self.op(bytes.memory(to, base, at));
    }

    pub(crate) fn store_float(&mut self, base: Gpr, at: i32, from: Xmm) {
        let bytes = Bytes::new()
            .byte(0xf2)
            .rex(false, from, 0, base)
            .byte(0x0f)
            .byte(0x11);
        self.op(bytes.memory(from, base, at));
    }

    pub(crate) fn mov_float(&mut self, to: Xmm, from: Xmm) {
        if to != from {
            self.op(Bytes::new()
                .rex(false, to, 0, from)
                .byte(0x0f)
                .byte(0x28)
                .direct(to, from));
        }
    }

    /// Moves a general register's bits to a floating-point one.
    pub(crate) fn move_to_float(&mut self, to: Xmm, from: Gpr) {
        let bytes = Bytes::new()
            .byte(0x66)
            .rex(true, to, 0, from)
            .byte(0x0f)
            .byte(0x6e);
        self.op(bytes.direct(to, from));
    }

    pub(crate) fn move_from_float(&mut self, to: Gpr, from: Xmm) {
        let bytes = Bytes::new()
            .byte(0x66)
            .rex(true, from, 0, to)
            .byte(0x0f)
            .byte(0x7e);
        self.op(bytes.direct(from, to));
    }

    pub(crate) fn sse(&mut self, op: Sse, to: Xmm, from: Xmm) {
        let bytes = Bytes::new()
            .byte(0xf2)
            .rex(false, to, 0, from)
            .byte(0x0f)
            .byte(op as u8);
        self.op(bytes.direct(to, from));
    }

    pub(crate) fn compare_floats(&mut self, a: Xmm, b: Xmm) {
        let bytes = Bytes::new()
            .byte(0x66)
            .rex(false, a, 0, b)
            .byte(0x0f)
            .byte(0x2e);
        self.op(bytes.direct(a, b));
    }

    pub(crate) fn xor_floats(&mut self, to: Xmm, from: Xmm) {
        self.op(Bytes::new()
            .rex(false, to, 0, from)
            .byte(0x0f)
            .byte(0x57)
            .direct(to, from));
    }

    pub(crate) fn int_to_float(&mut self, to: Xmm, from: Gpr) {
        let bytes = Bytes::new()
            .byte(0xf2)
            .rex(true, to, 0, from)
            .byte(0x0f)
            .byte(0x2a);
        self.op(bytes.direct(to, from));
    }

    /// An operation on a float in memory near the code, with room for the distance to it: scalar
    /// arithmetic, a load (0x10), or a comparison (0x2e).
    pub(crate) fn float_near(&mut self, opcode: u8, reg: Xmm) -> usize {
        self.put(&[0, 0, 0, 0]);
        let at = self.to_end();
        let prefix = if opcode == 0x2e { 0x66 } else { 0xf2 };
        let bytes = Bytes::new()
            .byte(prefix)
            .rex(false, reg, 0, 0)
            .byte(0x0f)
            .byte(opcode);
        self.op(bytes.byte((reg & 7) << 3 | 5));
        at
    }

    /// A conditional jump with room for its distance; where that room is, from the end.
    pub(crate) fn jump_if(&mut self, condition: u8) -> usize {
        self.put(&[0, 0, 0, 0]);
        let at = self.to_end();
        self.put(&[0x0f, 0x80 | condition]);
        at
    }

    /// A conditional jump over `bytes` bytes.
    pub(crate) fn skip_if(&mut self, condition: u8, bytes: u8) {
        self.put(&[0x70 | condition, bytes]);
    }

    /// A jump with room for its distance.
    pub(crate) fn jump(&mut self) -> usize {
        self.put(&[0, 0, 0, 0]);
        let at = self.to_end();
        self.put(&[0xe9]);
        at
    }

    pub(crate) fn push(&mut self, reg: Gpr) {
        self.op(Bytes::new().rex(false, 0, 0, reg).byte(0x50 | (reg & 7)));
    }
}

/// One instruction in the making.
#[derive(Clone, Copy)]
struct Bytes {
    bytes: [u8; 16],
    length: usize,
}

impl Bytes {
    fn new() -> Bytes {
        Bytes {
            bytes: [0; 16],
            length: 0,
        }
    }

    fn byte(mut self, byte: u8) -> Bytes {
        self.bytes[self.length] = byte;
        self.length += 1;
        self
    }

    fn four(self, value: i32) -> Bytes {
        value.to_le_bytes().into_iter().fold(self, Bytes::byte)
    }

    /// The prefix that widens operands and registers, if there is anything to widen.
    fn rex(self, wide: bool, reg: u8, index: u8, rm: u8) -> Bytes {
        let bits = (wide as u8) << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | rm >> 3;
        if bits == 0 {
            self
        } else {
            self.byte(0x40 | bits)
        }
    }

    fn direct(self, reg: u8, rm: u8) -> Bytes {
        self.byte(0xc0 | (reg & 7) << 3 | rm & 7)
    }

    fn memory(self, reg: u8, base: Gpr, at: i32) -> Bytes {
        let short = i8::try_from(at).is_ok();
        let mode = if short { 0x40 } else { 0x80 };
        let mut bytes = self.byte(mode | (reg & 7) << 3 | base & 7);
        if base & 7 == RSP {
            bytes = bytes.byte(0x24);
        }
        if short {
            bytes.byte(at as u8)
        } else {
            bytes.four(at)
        }
    }

    fn indexed(self, reg: u8, base: Gpr, index: Gpr, at: i32) -> Bytes {
        let short = i8::try_from(at).is_ok();
        let mode = if short { 0x40 } else { 0x80 };
        let bytes = self
            .byte(mode | (reg & 7) << 3 | RSP)
            .byte((index & 7) << 3 | base & 7);
        if short {
            bytes.byte(at as u8)
        } else {
            bytes.four(at)
        }
    }
}
