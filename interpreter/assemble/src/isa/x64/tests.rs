//! Encodings against a disassembler.

use super::encode::*;
use crate::code::Code;
use crate::disassemble;

const WIDE: [&str; 16] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];
const HALF: [&str; 16] = [
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d",
    "r13d", "r14d", "r15d",
];
const LOW: [&str; 16] = [
    "al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b",
    "r13b", "r14b", "r15b",
];
const ADDRESS: usize = 0x1000;

#[track_caller]
fn is(code: Code, expected: &str) {
    let found = disassemble(&code.bytes(), ADDRESS);
    assert_eq!(found, [expected], "{:x?}", code.bytes());
}

fn hex(n: i64) -> String {
    match n {
        -9..=9 => n.to_string(),
        _ if n < 0 => format!("-{:#x}", n.unsigned_abs()),
        _ => format!("{n:#x}"),
    }
}

/// A displacement with its sign.
fn plus(n: i32) -> String {
    match n {
        0 => String::new(),
        _ if n < 0 => format!(" - {}", hex(-i64::from(n))),
        _ => format!(" + {}", hex(i64::from(n))),
    }
}

fn registers() -> impl Iterator<Item = u8> {
    0..16
}

fn pairs() -> impl Iterator<Item = (u8, u8)> {
    registers().flat_map(|a| registers().map(move |b| (a, b)))
}

fn w(reg: u8) -> &'static str {
    WIDE[reg as usize]
}

fn h(reg: u8) -> &'static str {
    HALF[reg as usize]
}

/// A register's lowest byte.
fn b(reg: u8) -> String {
    const OLD: [&str; 8] = ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"];
    match OLD.get(reg as usize) {
        Some(name) => (*name).to_owned(),
        None => format!("r{reg}b"),
    }
}

const PLACES: [i32; 5] = [0, 8, -1, 127, 0x1234];
const VALUES: [i32; 5] = [1, -1, 127, 0x80, -0x12345];

#[test]
fn two_registers() {
    for (a, b) in pairs() {
        let (to, from) = (w(a), w(b));
        is(mov(a, b), &format!("mov {to}, {from}"));
        is(test(a, b), &format!("test {to}, {from}"));
        is(imul(a, b), &format!("imul {to}, {from}"));
        is(cmov(cc::G, a, b), &format!("cmovg {to}, {from}"));
        for (op, name) in [
            (Alu::Add, "add"),
            (Alu::Or, "or"),
            (Alu::And, "and"),
            (Alu::Sub, "sub"),
            (Alu::Xor, "xor"),
            (Alu::Cmp, "cmp"),
        ] {
            is(alu(op, a, b), &format!("{name} {to}, {from}"));
        }
        let (to, from) = (format!("xmm{a}"), format!("xmm{b}"));
        is(mov_float(a, b), &format!("movaps {to}, {from}"));
        is(compare_floats(a, b), &format!("ucomisd {to}, {from}"));
        is(bitwise(Bits::And, a, b), &format!("andps {to}, {from}"));
        is(bitwise(Bits::Xor, a, b), &format!("xorps {to}, {from}"));
        is(move_to_float(a, b), &format!("movq {to}, {}", w(b)));
        is(move_from_float(a, b), &format!("movq {}, {from}", w(a)));
        is(int_to_float(a, b), &format!("cvtsi2sd {to}, {}", w(b)));
        is(float_to_int(a, b), &format!("cvttsd2si {}, {from}", w(a)));
        for (op, name) in [
            (Sse::Sqrt, "sqrtsd"),
            (Sse::Add, "addsd"),
            (Sse::Mul, "mulsd"),
            (Sse::Sub, "subsd"),
            (Sse::Div, "divsd"),
        ] {
            is(sse(op, a, b), &format!("{name} {to}, {from}"));
            for left in [0, 7, 8, 15] {
                let text = format!("v{name} {to}, xmm{left}, {from}");
                is(sse_apart(op, a, left, b), &text);
            }
        }
        for (op, name) in [(Packed::Unpack, "unpcklpd"), (Packed::Div, "divpd")] {
            is(packed(op, a, b), &format!("{name} {to}, {from}"));
            for left in [0, 7, 8, 15] {
                let text = format!("v{name} {to}, xmm{left}, {from}");
                is(packed_apart(op, a, left, b), &text);
                let text = format!("v{name} ymm{a}, ymm{left}, ymm{b}");
                is(packed_wide(op, a, left, b), &text);
                let text = format!("vinsertf128 ymm{a}, ymm{left}, {from}, 1");
                is(join_halves(a, left, b), &text);
            }
        }
        if b != RSP {
            let (to, from) = (w(a), w(b));
            is(lea_eightfold(a, b), &format!("lea {to}, [{from}*8]"));
        }
    }
}

#[test]
fn one_register() {
    for a in registers() {
        let reg = w(a);
        for (op, name) in [
            (Shift::Rol, "rol"),
            (Shift::Ror, "ror"),
            (Shift::Shl, "shl"),
            (Shift::Sar, "sar"),
        ] {
            is(shift(op, a, 4), &format!("{name} {reg}, 4"));
            is(shift_cl(op, a), &format!("{name} {reg}, cl"));
        }
        is(idiv(a), &format!("idiv {reg}"));
        is(mul(a), &format!("mul {reg}"));
        is(push(a), &format!("push {reg}"));
        is(pop(a), &format!("pop {reg}"));
        is(call(a), &format!("call {reg}"));
        is(jump_to(a), &format!("jmp {reg}"));
        is(test_imm(a, 7), &format!("test {}, 7", LOW[a as usize]));
        for value in VALUES {
            let text = hex(i64::from(value));
            for (op, name) in [(Alu::Add, "add"), (Alu::Sub, "sub"), (Alu::Cmp, "cmp")] {
                is(alu_imm(op, a, value), &format!("{name} {reg}, {text}"));
            }
            is(
                imul_imm(a, 15 - a, value),
                &format!("imul {reg}, {}, {text}", w(15 - a)),
            );
        }
        is(mov_imm(a, 0), &format!("mov {}, 0", h(a)));
        is(
            mov_imm(a, 0xffff_fffe),
            &format!("mov {}, 0xfffffffe", h(a)),
        );
        is(
            mov_imm(a, u64::MAX),
            &format!("mov {reg}, 0xffffffffffffffff"),
        );
        is(mov_imm(a, 1 << 40), &format!("movabs {reg}, 0x10000000000"));
        is(
            float_near(NEAR_LOAD, a, 0x20),
            &format!("movsd xmm{a}, qword ptr [rip + 0x20]"),
        );
        is(
            float_near(NEAR_COMPARE, a, -0x20),
            &format!("ucomisd xmm{a}, qword ptr [rip - 0x20]"),
        );
        is(
            float_near(Sse::Div as u8, a, 8),
            &format!("divsd xmm{a}, qword ptr [rip + 8]"),
        );
        is(
            sse_apart_near(Sse::Mul, a, 15 - a, 8),
            &format!("vmulsd xmm{a}, xmm{}, qword ptr [rip + 8]", 15 - a),
        );
        is(
            cmp_half_near(a, 0x44),
            &format!("cmp {}, dword ptr [rip + 0x44]", h(a)),
        );
    }
    is(cqo(), "cqo");
    is(ret(), "ret");
}

#[test]
fn memory_operands() {
    for (a, base) in pairs() {
        for at in PLACES {
            let place = format!("[{}{}]", w(base), plus(at));
            let (reg, half) = (w(a), h(a));
            is(load(a, base, at), &format!("mov {reg}, qword ptr {place}"));
            is(
                load_half(a, base, at),
                &format!("mov {half}, dword ptr {place}"),
            );
            is(
                load_byte(a, base, at),
                &format!("movzx {half}, byte ptr {place}"),
            );
            is(store(base, at, a), &format!("mov qword ptr {place}, {reg}"));
            is(
                store_half(base, at, a),
                &format!("mov dword ptr {place}, {half}"),
            );
            is(lea(a, base, at), &format!("lea {reg}, {place}"));
            is(
                alu_memory(Alu::Cmp, a, base, at),
                &format!("cmp {reg}, qword ptr {place}"),
            );
            is(
                load_float(a, base, at),
                &format!("movsd xmm{a}, qword ptr {place}"),
            );
            is(
                store_float(base, at, a),
                &format!("movsd qword ptr {place}, xmm{a}"),
            );
            is(
                store_upper(base, at, a),
                &format!("movhpd qword ptr {place}, xmm{a}"),
            );
            if base & 7 != RSP {
                let text = format!("vmovupd ymmword ptr {place}, ymm{a}");
                is(store_wide(base, at, a), &text);
            }
        }
    }
}

#[test]
fn immediates_and_memory() {
    for base in registers() {
        for at in PLACES {
            let place = format!("[{}{}]", w(base), plus(at));
            is(store_imm(base, at, 5), &format!("mov qword ptr {place}, 5"));
            is(
                store_half_imm(base, at, 5),
                &format!("mov dword ptr {place}, 5"),
            );
            is(
                cmp_memory8(base, at, 0),
                &format!("cmp byte ptr {place}, 0"),
            );
            is(
                test_memory8(base, at, 1),
                &format!("test byte ptr {place}, 1"),
            );
            is(
                cmp_memory32(base, at, 5),
                &format!("cmp dword ptr {place}, 5"),
            );
            is(
                cmp_memory64(base, at, 5),
                &format!("cmp qword ptr {place}, 5"),
            );
            is(
                cmp_memory64(base, at, -0x500),
                &format!("cmp qword ptr {place}, -0x500"),
            );
            is(
                cmp_memory32(base, at, 0x500),
                &format!("cmp dword ptr {place}, 0x500"),
            );
        }
    }
}

#[test]
fn bytes_in_memory() {
    for (a, base) in pairs() {
        for at in PLACES {
            let place = format!("[{}{}]", w(base), plus(at));
            is(
                store_byte(base, at, a),
                &format!("mov byte ptr {place}, {}", b(a)),
            );
            is(
                store_byte_imm(base, at, 5),
                &format!("mov byte ptr {place}, 5"),
            );
        }
    }
}

#[test]
fn indexed_operands() {
    for (base, index) in pairs().filter(|&(_, index)| index != RSP) {
        for (a, at) in [(3, 8), (12, -9), (9, 0x1234)] {
            let place = format!("[{} + {}{}]", w(base), w(index), plus(at));
            let (reg, half) = (w(a), h(a));
            is(
                load_indexed(a, base, index, at),
                &format!("mov {reg}, qword ptr {place}"),
            );
            is(
                load_byte_indexed(a, base, index, at),
                &format!("movzx {half}, byte ptr {place}"),
            );
            is(
                store_byte_indexed(base, index, at, a),
                &format!("mov byte ptr {place}, {}", b(a)),
            );
            is(
                store_byte_indexed_imm(base, index, at, 7),
                &format!("mov byte ptr {place}, 7"),
            );
            is(
                store_indexed(base, index, at, a),
                &format!("mov qword ptr {place}, {reg}"),
            );
            is(
                store_indexed_imm(base, index, at, 7),
                &format!("mov qword ptr {place}, 7"),
            );
            is(
                load_float_indexed(a, base, index, at),
                &format!("movsd xmm{a}, qword ptr {place}"),
            );
            is(
                store_float_indexed(base, index, at, a),
                &format!("movsd qword ptr {place}, xmm{a}"),
            );
            is(
                lea_indexed(a, base, index, at),
                &format!("lea {reg}, {place}"),
            );
        }
    }
}

#[test]
fn jumps() {
    let names = [
        (cc::O, "jo"),
        (cc::B, "jb"),
        (cc::AE, "jae"),
        (cc::E, "je"),
        (cc::NE, "jne"),
        (cc::BE, "jbe"),
        (cc::A, "ja"),
        (cc::S, "js"),
        (cc::NS, "jns"),
        (cc::P, "jp"),
        (cc::L, "jl"),
        (cc::GE, "jge"),
        (cc::LE, "jle"),
        (cc::G, "jg"),
    ];
    for (condition, name) in names {
        is(jump_if(condition, 0x100), &format!("{name} 0x1106"));
        is(short_jump_if(condition, 0x10), &format!("{name} 0x1012"));
    }
    is(jump(-0x100), "jmp 0xf05");
    is(call_near(0x100), "call 0x1105");
    let bytes = super::jump_bytes(ADDRESS, 0x2000);
    is(bytes, "jmp 0x2000");
}
