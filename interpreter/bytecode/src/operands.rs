//! What an instruction reads, writes and jumps to. Derived from the operand formats; the ops that
//! touch more than their format says are named here, once.

use crate::{Format, Instr, Op, Pc, Reg};

/// Where a jump goes.
pub fn jump_target(pc: Pc, instr: Instr) -> Option<Pc> {
    let distance = match instr.op().info().format {
        Format::J | Format::RJ => i64::from(instr.bc()),
        Format::RRJ | Format::RIJ => i64::from(instr.sc()),
        Format::DRJ => i64::from(instr.c()),
        _ => return None,
    };
    Some((i64::from(pc) + 1 + distance).clamp(0, i64::from(u32::MAX)) as Pc)
}

/// The registers an instruction reads: runs of (first, count).
pub fn read_runs(instr: Instr) -> [(Reg, u32); 3] {
    let (op, x) = (instr.op(), instr.x());
    let (a, b, c) = (instr.a(), instr.b(), instr.c());
    let none = (0, 0);
    match op {
        Op::MakeCell => return [(a, 1), none, none],
        Op::BuildSlice | Op::MatchClass => return [(b, 3), none, none],
        Op::FormatValue if x & 4 == 0 => return [(b, 1), none, none],
        Op::Yield if x != 1 => return [(b, 1), none, none],
        Op::LoadSuper => return [(b, 2), none, none],
        Op::ListExtend if x == 1 => return [(a, 1), (b, 1), (c, 1)],
        Op::MakeFunction => return [(b, (x & 15).count_ones()), none, none],
        Op::DeleteGlobal | Op::DeleteName => return [none; 3],
        Op::Raise => return [(a, u32::from(x > 0)), (b, u32::from(x > 1)), none],
        Op::Send => return [(a, 1), (b, 1), none],
        Op::AddUp => return [(a, 2), (b, 1), (c, 1)],
        Op::Call | Op::CallKw | Op::CallEx => {
            let receiver = (b.wrapping_add(1), u32::from(x & 1 == 0));
            let arguments = match op {
                Op::CallKw => u32::from(c) + 1,
                _ => u32::from(c),
            };
            return [(b, 1), receiver, (b.wrapping_add(2), arguments)];
        }
        _ => {}
    }
    match op.info().format {
        Format::None | Format::D | Format::DK | Format::DI | Format::DN | Format::J => [none; 3],
        Format::DR | Format::DRI | Format::DRN | Format::DRJ => [(b, 1), none, none],
        Format::DRR => [(b, 1), (c, 1), none],
        Format::R | Format::RN | Format::RJ | Format::RIJ | Format::RangeD => [(a, 1), none, none],
        Format::RR | Format::RRN | Format::RRJ => [(a, 1), (b, 1), none],
        Format::RRR => [(a, 1), (b, 1), (c, 1)],
        Format::RNR => [(a, 1), (c, 1), none],
        Format::DRange => [(b, u32::from(c)), none, none],
        Format::Call => [(b, 2), none, none],
    }
}

/// The registers an instruction writes: first and count.
pub fn write_run(instr: Instr) -> (Reg, u32) {
    let (op, x) = (instr.op(), instr.x());
    let (a, b, c) = (instr.a(), instr.b(), instr.c());
    match op {
        Op::LoadMethod | Op::LoadSpecial | Op::MatchExceptionStar => return (a, 2),
        Op::LoadSuper if x == 1 => return (a, 2),
        Op::DeleteLocal => return (a, 1),
        Op::AddUp => return (a, 2),
        Op::UnpackEx => return (b, u32::from(c) + 1 + u32::from(x)),
        _ => {}
    }
    match op.info().format {
        Format::D
        | Format::DR
        | Format::DRR
        | Format::DRI
        | Format::DK
        | Format::DI
        | Format::DRN
        | Format::DN
        | Format::DRJ
        | Format::DRange
        | Format::Call => (a, 1),
        Format::RangeD => (b, u32::from(c)),
        _ => (0, 0),
    }
}

/// Calls `each` with every register that is read.
pub fn reads(instr: Instr, each: &mut impl FnMut(Reg)) {
    for (first, count) in read_runs(instr) {
        for at in 0..count {
            each(first.wrapping_add(at as Reg));
        }
    }
}

/// Calls `each` with every register that is written.
pub fn writes(instr: Instr, each: &mut impl FnMut(Reg)) {
    let (first, count) = write_run(instr);
    for at in 0..count {
        each(first.wrapping_add(at as Reg));
    }
}
