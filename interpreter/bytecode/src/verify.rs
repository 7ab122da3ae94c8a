//! The verifier: whether a code object can be executed without looking at its operands twice.
//!
//! It proves that every register, constant, site and free variable that an instruction names
//! exists, that jumps stay inside, that only `jump_back` goes backwards, that execution cannot
//! fall off the end, and that the tables refer to what is there. It does not prove that a
//! register was written before it is read, nor anything about types.

use crate::{Code, CommonConst, Const, Format, Op, Pc, jump_target, read_runs, write_run};
use crate::{Instr, SpecialMethod};
use std::fmt;

/// What is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// The qualified name of the code.
    pub code: String,
    pub pc: Option<Pc>,
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pc {
            Some(pc) => write!(f, "{} at {pc}: {}", self.code, self.message),
            None => write!(f, "{}: {}", self.code, self.message),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Checks a code object and those among its constants.
pub fn verify(code: &Code) -> Result<(), VerifyError> {
    let fail = |pc: Option<usize>, message: String| {
        Err(VerifyError {
            code: code.qualname.to_string(),
            pc: pc.map(|pc| pc as Pc),
            message,
        })
    };
    if let Err(message) = shape(code) {
        return fail(None, message);
    }
    for (pc, &instr) in code.instrs.iter().enumerate() {
        if let Err(message) = instruction(code, pc as Pc, instr) {
            return fail(Some(pc), message);
        }
    }
    if let Err(message) = tables(code) {
        return fail(None, message);
    }
    for constant in &code.constants {
        verify_constant(constant)?;
    }
    Ok(())
}

fn verify_constant(constant: &Const) -> Result<(), VerifyError> {
    match constant {
        Const::Code(inner) => verify(inner),
        Const::Tuple(items) | Const::FrozenSet(items) => items.iter().try_for_each(verify_constant),
        _ => Ok(()),
    }
}

fn shape(code: &Code) -> Result<(), String> {
    let locals = code.local_names.len();
    if locals > code.registers as usize {
        return Err(format!("{locals} locals in {} registers", code.registers));
    }
    if code.params.count() as usize > locals {
        return Err(format!(
            "{} parameters among {locals} locals",
            code.params.count()
        ));
    }
    if code.params.positional_only > code.params.positional {
        return Err("more positional-only parameters than positional ones".to_owned());
    }
    if let Some(reg) = code
        .cell_registers
        .iter()
        .find(|reg| **reg as usize >= locals)
    {
        return Err(format!("cell register r{reg} is no local"));
    }
    if code.flags.has_docstring && !matches!(code.constants.first(), Some(Const::Str(_))) {
        return Err("the first constant is no docstring".to_owned());
    }
    match code.instrs.last() {
        None => Err("no instruction".to_owned()),
        Some(last) if last.op().info().falls => Err("execution falls off the end".to_owned()),
        Some(_) => Ok(()),
    }
}

fn instruction(code: &Code, pc: Pc, instr: Instr) -> Result<(), String> {
    let op = instr.op();
    if op as u8 != instr.0 as u8 {
        return Err(format!("unknown op {}", instr.0 as u8));
    }
    let within = |first: u16, count: u32| {
        if count > 0 && u32::from(first) + count > u32::from(code.registers) {
            return Err(format!(
                "{}: register r{} of {}",
                op.info().name,
                u32::from(first) + count - 1,
                code.registers
            ));
        }
        Ok(())
    };
    for (first, count) in read_runs(instr) {
        within(first, count)?;
    }
    let (first, count) = write_run(instr);
    within(first, count)?;
    if matches!(op.info().format, Format::Call) {
        within(instr.b(), 2)?;
    }
    if let Some(target) = jump_target(pc, instr) {
        if target as usize >= code.instrs.len() {
            return Err(format!(
                "{}: jumps to {target}, behind the end",
                op.info().name
            ));
        }
        if (op == Op::JumpBack) != (target <= pc) {
            return Err(format!(
                "{}: jumps to {target}, the wrong way",
                op.info().name
            ));
        }
    }
    indices(code, instr)
}

fn indices(code: &Code, instr: Instr) -> Result<(), String> {
    let op = instr.op();
    let name = op.info().name;
    let constant = |at: usize| {
        code.constants
            .get(at)
            .ok_or_else(|| format!("{name}: constant {at} is not there"))
    };
    let text = |at: usize| match constant(at)? {
        Const::Str(_) => Ok(()),
        _ => Err(format!("{name}: constant {at} is no name")),
    };
    let site = |at: usize| match code.sites.get(at) {
        Some(site) => text(site.name as usize),
        None => Err(format!("{name}: site {at} is not there")),
    };
    let wide = instr.bc() as u32 as usize;
    let short = instr.c() as usize;
    match op {
        Op::LoadConst => constant(wide).map(|_| ()),
        Op::CheckBound
        | Op::DeleteLocal
        | Op::DeleteCell
        | Op::StoreGlobal
        | Op::DeleteGlobal
        | Op::StoreName
        | Op::DeleteName
        | Op::DeleteAttr => text(wide),
        Op::LoadCell | Op::LoadNameOrCell | Op::LoadSuper | Op::ImportName | Op::ImportFrom => {
            text(short)
        }
        Op::LoadGlobal | Op::LoadName => site(wide),
        Op::LoadAttr | Op::StoreAttr | Op::LoadMethod => site(short),
        Op::LoadClosure if wide >= code.free_names.len() => Err(format!(
            "{name}: free variable {wide} of {}",
            code.free_names.len()
        )),
        Op::MakeFunction => match constant(short)? {
            Const::Code(inner) if (instr.x() & 8 != 0) == inner.free_names.is_empty() => {
                Err(format!(
                    "{name}: closure and free variables of {} differ",
                    inner.qualname
                ))
            }
            Const::Code(_) => Ok(()),
            _ => Err(format!("{name}: constant {short} is no code")),
        },
        Op::LoadCommon if CommonConst::from_number(instr.x()).is_none() => {
            Err(format!("{name}: no constant {}", instr.x()))
        }
        Op::LoadSpecial if SpecialMethod::from_number(instr.x()).is_none() => {
            Err(format!("{name}: no method {}", instr.x()))
        }
        Op::BuildDict if !instr.c().is_multiple_of(2) => {
            Err(format!("{name}: a key without a value"))
        }
        Op::CallEx if instr.c() != 2 => Err(format!("{name}: {} arguments", instr.c())),
        _ => Ok(()),
    }
}

fn tables(code: &Code) -> Result<(), String> {
    let end = code.instrs.len() as Pc;
    for entry in &code.exceptions {
        if entry.start >= entry.end || entry.end > end {
            return Err(format!(
                "protected range {}..{} of {end}",
                entry.start, entry.end
            ));
        }
        if entry.target >= end {
            return Err(format!("handler at {} of {end}", entry.target));
        }
        if entry.reg >= code.registers {
            return Err(format!(
                "handler's register r{} of {}",
                entry.reg, code.registers
            ));
        }
    }
    let ascending = code.locations.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if !ascending || code.locations.last().is_some_and(|last| last.0 >= end) {
        return Err("locations out of order".to_owned());
    }
    if !code
        .liveness
        .iter()
        .is_sorted_by(|one, next| one.0 < next.0)
    {
        return Err("liveness out of order".to_owned());
    }
    for (pc, registers) in code.liveness.iter() {
        let sorted = registers.windows(2).all(|pair| pair[0] < pair[1]);
        if pc >= end || !sorted || registers.last().is_some_and(|reg| *reg >= code.registers) {
            return Err(format!("liveness at {pc}"));
        }
    }
    Ok(())
}
