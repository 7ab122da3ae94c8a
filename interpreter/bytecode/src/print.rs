//! The text form of code objects, printer's half.
//!
//! ```text
//! code "f" qualname "f" file "t.py" line 1 flags optimized registers 2
//!   params 0 1 0
//!   locals "x"
//!   0: add_imm r1, r0, 1 @2:11-2:16
//!   1: return r1 @2:4-2:16
//! end
//! ```
//!
//! Jumps show their target. An instruction's location (line, column, end) stands behind `@` where
//! it differs from the one before. A comment after `;` says what an index stands for. Nested code objects stand among the constants.

use crate::{Code, CommonConst, Const, Convert, Format, Instr, Op, Pc, SpecialMethod, jump_target};
use std::borrow::Cow;
use std::fmt::Write;

/// The code as text.
pub fn print(code: &Code) -> String {
    let mut out = String::new();
    print_code(code, 0, &mut out);
    out
}

fn pad(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// A quoted string; what is not printable ASCII is escaped by code point.
pub(crate) fn quote(points: impl Iterator<Item = u32>, out: &mut String) {
    out.push('"');
    for point in points {
        match char::from_u32(point) {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some(c @ ' '..='~') => out.push(c),
            _ => {
                let _ = write!(out, "\\u{{{point:x}}}");
            }
        }
    }
    out.push('"');
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    quote(text.chars().map(u32::from), &mut out);
    out
}

fn print_names(word: &str, names: &[Box<str>], depth: usize, out: &mut String) {
    if names.is_empty() {
        return;
    }
    pad(out, depth);
    out.push_str(word);
    for name in names {
        let _ = write!(out, " {}", quoted(name));
    }
    out.push('\n');
}

fn print_code(code: &Code, depth: usize, out: &mut String) {
    let _ = write!(
        out,
        "code {} qualname {} file {} line {} flags",
        quoted(&code.name),
        quoted(&code.qualname),
        quoted(&code.filename),
        code.first_line
    );
    for (name, set) in code.flags.named() {
        if set {
            let _ = write!(out, " {name}");
        }
    }
    let _ = writeln!(out, " registers {}", code.registers);
    let depth = depth + 1;
    let p = &code.params;
    if p.count() > 0 {
        pad(out, depth);
        let _ = write!(
            out,
            "params {} {} {}",
            p.positional_only, p.positional, p.keyword_only
        );
        if p.varargs {
            out.push_str(" varargs");
        }
        if p.varkw {
            out.push_str(" varkw");
        }
        out.push('\n');
    }
    print_names("locals", &code.local_names, depth, out);
    if !code.cell_registers.is_empty() {
        pad(out, depth);
        out.push_str("cells");
        for reg in &code.cell_registers {
            let _ = write!(out, " r{reg}");
        }
        out.push('\n');
    }
    print_names("free", &code.free_names, depth, out);
    print_names("self", &code.self_attributes, depth, out);
    for (at, constant) in code.constants.iter().enumerate() {
        pad(out, depth);
        let _ = write!(out, "const {at} ");
        print_constant(constant, depth, out);
        if !matches!(constant, Const::Code(_)) {
            out.push('\n');
        }
    }
    for (at, site) in code.sites.iter().enumerate() {
        pad(out, depth);
        let _ = writeln!(out, "site {at} {}", site.name);
    }
    print_instructions(code, depth, out);
    for entry in &code.exceptions {
        pad(out, depth);
        let _ = writeln!(
            out,
            "except {}..{} -> {} r{}",
            entry.start, entry.end, entry.target, entry.reg
        );
    }
    for (pc, registers) in code.liveness.iter() {
        pad(out, depth);
        let _ = write!(out, "live {pc}:");
        for reg in registers {
            let _ = write!(out, " r{reg}");
        }
        out.push('\n');
    }
    pad(out, depth - 1);
    out.push_str("end\n");
}

fn print_instructions(code: &Code, depth: usize, out: &mut String) {
    let mut locations = code.locations.iter().peekable();
    for (pc, &instr) in code.instrs.iter().enumerate() {
        pad(out, depth);
        let _ = write!(out, "{pc}: ");
        let constant = |at: u32| code.constants.get(at as usize).map(Cow::Borrowed);
        print_instr(code, pc as Pc, instr, &constant, out);
        if let Some((_, at)) = locations.next_if(|(first, _)| *first as usize == pc) {
            let _ = write!(
                out,
                " @{}:{}-{}:{}",
                at.line, at.column, at.end_line, at.end_column
            );
        }
        out.push('\n');
    }
}

fn print_constant(constant: &Const, depth: usize, out: &mut String) {
    match constant {
        Const::None => out.push_str("None"),
        Const::Bool(true) => out.push_str("True"),
        Const::Bool(false) => out.push_str("False"),
        Const::Ellipsis => out.push_str("Ellipsis"),
        Const::Int(value) => {
            let _ = write!(out, "int {value}");
        }
        Const::BigInt(digits) => {
            let _ = write!(out, "bigint {digits}");
        }
        Const::Float(bits) => print_float(*bits, out),
        Const::Complex(re, im) => {
            out.push_str("complex ");
            print_float(*re, out);
            out.push(' ');
            print_float(*im, out);
        }
        Const::Str(points) => {
            out.push_str("str ");
            quote(points.iter().copied(), out);
        }
        Const::Bytes(bytes) => {
            out.push_str("bytes ");
            quote(bytes.iter().map(|&b| u32::from(b)), out);
        }
        Const::Tuple(items) => print_items("tuple (", items, depth, out),
        Const::FrozenSet(items) => print_items("frozenset (", items, depth, out),
        Const::Code(code) => print_code(code, depth, out),
    }
}

fn print_items(open: &str, items: &[Const], depth: usize, out: &mut String) {
    out.push_str(open);
    for item in items {
        out.push(' ');
        print_constant(item, depth, out);
    }
    out.push_str(" )");
}

/// A float by value where that reads back to the same bits, otherwise by its bits.
fn print_float(bits: u64, out: &mut String) {
    let value = f64::from_bits(bits);
    if value.is_nan() {
        let _ = write!(out, "bits {bits:016x}");
    } else {
        let _ = write!(out, "float {value:?}");
    }
}

/// One instruction as text; of linked code, which has no constants any more, with those that
/// `constant` gives.
pub fn print_instruction(
    code: &Code,
    pc: Pc,
    instr: Instr,
    constant: &dyn Fn(u32) -> Option<Const>,
) -> String {
    let mut out = String::new();
    print_instr(
        code,
        pc,
        instr,
        &|at| constant(at).map(Cow::Owned),
        &mut out,
    );
    out
}

type Constants<'a> = &'a dyn Fn(u32) -> Option<Cow<'a, Const>>;

fn print_instr(code: &Code, pc: Pc, instr: Instr, constant: Constants<'_>, out: &mut String) {
    let info = instr.op().info();
    out.push_str(info.name);
    let (a, b, c, bc) = (instr.a(), instr.b(), instr.c(), instr.bc());
    let target = jump_target(pc, instr).unwrap_or(0);
    let _ = match info.format {
        Format::None => Ok(()),
        Format::D | Format::R => write!(out, " r{a}"),
        Format::DR | Format::RR if instr.op() == Op::ListExtend => {
            write!(out, " r{a}, r{b}, r{c}")
        }
        Format::DR | Format::RR => write!(out, " r{a}, r{b}"),
        Format::DRR | Format::RRR => write!(out, " r{a}, r{b}, r{c}"),
        Format::DRI => write!(out, " r{a}, r{b}, {}", instr.sc()),
        Format::DK | Format::DN | Format::RN => write!(out, " r{a}, #{}", bc as u32),
        Format::DI => write!(out, " r{a}, {bc}"),
        Format::DRN | Format::RRN => write!(out, " r{a}, r{b}, #{c}"),
        Format::RNR => write!(out, " r{a}, {}, r{c}", instr.sb()),
        Format::J => write!(out, " ->{target}"),
        Format::RJ => write!(out, " r{a}, ->{target}"),
        Format::RRJ => write!(out, " r{a}, r{b}, ->{target}"),
        Format::RIJ => write!(out, " r{a}, {}, ->{target}", instr.sb()),
        Format::DRJ => write!(out, " r{a}, r{b}, ->{target}"),
        Format::DRange | Format::RangeD | Format::Call => write!(out, " r{a}, r{b}, *{c}"),
    };
    if instr.x() != 0 {
        let _ = write!(out, " x={}", instr.x());
    }
    print_hint(code, instr, constant, out);
}

/// The constant that an instruction names, or whose name its site has.
pub fn named_constant(code: &Code, instr: Instr) -> Option<u32> {
    let site = |at: u32| code.sites.get(at as usize).map(|site| site.name);
    let (wide, short) = (instr.bc() as u32, u32::from(instr.c()));
    match instr.op() {
        Op::LoadConst
        | Op::CheckBound
        | Op::DeleteLocal
        | Op::DeleteCell
        | Op::StoreGlobal
        | Op::DeleteGlobal
        | Op::StoreName
        | Op::DeleteName
        | Op::DeleteAttr => Some(wide),
        Op::LoadCell | Op::LoadNameOrCell | Op::LoadSuper | Op::ImportName | Op::ImportFrom => {
            Some(short)
        }
        Op::LoadGlobal | Op::LoadName => site(wide),
        Op::LoadAttr | Op::StoreAttr | Op::LoadMethod => site(short),
        _ => None,
    }
}

/// What indices stand for, as a comment.
fn print_hint(code: &Code, instr: Instr, constant: Constants<'_>, out: &mut String) {
    let named = match instr.op() {
        Op::LoadCommon => {
            let _ = write!(
                out,
                " ; {}",
                CommonConst::from_number(instr.x()).map_or("?", CommonConst::text)
            );
            return;
        }
        Op::LoadSpecial => {
            let _ = write!(
                out,
                " ; {}",
                SpecialMethod::from_number(instr.x()).map_or("?", SpecialMethod::text)
            );
            return;
        }
        Op::FormatValue => {
            let _ = write!(
                out,
                " ; {}",
                Convert::from_number(instr.x() & 3).map_or("?", Convert::text)
            );
            return;
        }
        _ => named_constant(code, instr).and_then(constant),
    };
    match named.as_deref() {
        Some(Const::Code(inner)) => {
            let _ = write!(out, " ; code {}", quoted(&inner.qualname));
        }
        Some(constant) => {
            out.push_str(" ; ");
            print_constant(constant, 0, out);
        }
        None => {}
    }
}
