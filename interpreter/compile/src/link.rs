//! Turns a finished unit into a code object: jump distances, exception table, locations,
//! liveness.
//!
//! Conditional jumps have 16 bits for their distance. In the rare function where one does not
//! reach, it is made to skip over a wide jump instead, and everything behind it moves.

use crate::compiler::Compiler;
use crate::errors::Outcome;
use crate::liveness;
use crate::scope::*;
use crate::source::Source;
use crate::unit::Unit;
use bytecode::{Code, CodeFlags, ExceptionEntry, Format, Instr, Location, Op, ParamSpec, Pc};
use ruff_text_size::TextRange;

impl Compiler<'_, '_> {
    /// Ends the present unit. Gives its code and the names that it captures.
    pub fn finish(
        &mut self,
        name: &str,
        flags: CodeFlags,
        params: ParamSpec,
        first_line: u32,
        range: TextRange,
    ) -> Outcome<(Code, Vec<Sym>)> {
        self.check_size(range)?;
        let unit = self.leave();
        let scope = &self.table.scopes[unit.scope];
        let mut local_names = vec![Box::<str>::default(); unit.homes.len()];
        let mut cell_registers = Vec::new();
        for (sym, home) in &unit.homes {
            local_names[home.reg as usize] = self.table.names.text(*sym).into();
            if home.cell {
                cell_registers.push(home.reg);
            }
        }
        cell_registers.sort_unstable();
        let free: Vec<Sym> = unit.free.iter().map(|free| free.0).collect();
        let self_attributes = if flags.method {
            scope
                .self_attributes
                .iter()
                .map(|sym| self.table.names.text(*sym).into())
                .collect()
        } else {
            Vec::new()
        };
        let mut code = Code {
            name: name.into(),
            qualname: unit.qualname.as_str().into(),
            filename: self.filename.into(),
            first_line,
            flags,
            params,
            registers: unit.registers(),
            local_names,
            cell_registers,
            free_names: free
                .iter()
                .map(|sym| self.table.names.text(*sym).into())
                .collect(),
            self_attributes,
            ..Code::default()
        };
        link(unit, self.source, &mut code);
        code.liveness = liveness::table(&code);
        #[cfg(debug_assertions)]
        if let Err(error) = bytecode::verify(&code) {
            debug_assert!(false, "{error}\n{}", bytecode::print(&code));
        }
        Ok((code, free))
    }
}

/// Fills in what depends on where instructions lie.
fn link(mut unit: Unit<'_>, source: &Source<'_>, code: &mut Code) {
    let mut moved = Moves::none();
    if unit.instrs.len() > i16::MAX as usize {
        moved = relax(&mut unit);
    }
    for &(pc, label) in &unit.fixups {
        let target = moved.new_pc(unit.label_pc(label));
        let at = moved.jump_pc(pc);
        let instr = unit.instrs[at as usize];
        let distance = target as i64 - at as i64 - 1;
        unit.instrs[at as usize] = with_distance(instr, distance as i32);
    }
    let mut entries = std::mem::take(&mut unit.protected);
    // Innermost first; pieces of one range stay in order.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.depth));
    code.exceptions = entries
        .iter()
        .map(|entry| ExceptionEntry {
            start: moved.new_pc(entry.start),
            end: moved.new_pc(entry.end),
            target: moved.new_pc(unit.label_pc(entry.handler)),
            reg: entry.reg,
        })
        .collect();
    code.locations = locations(&unit, &moved, source);
    code.instrs = unit.instrs;
    code.constants = unit.constants;
    code.sites = unit.sites;
}

fn with_distance(instr: Instr, distance: i32) -> Instr {
    match instr.op().info().format {
        Format::J | Format::RJ => Instr::wide(instr.op(), instr.x(), instr.a(), distance),
        _ => Instr::abc(instr.op(), instr.x(), instr.a(), instr.b(), distance as u16),
    }
}

fn locations(unit: &Unit<'_>, moved: &Moves, source: &Source<'_>) -> Vec<(Pc, Location)> {
    let mut found: Vec<(Pc, Location)> = Vec::with_capacity(unit.spans.len());
    let mut near = 0;
    for &(pc, span) in &unit.spans {
        let location = if span.is_empty() {
            Location::default()
        } else {
            let line = source.line_index(span.start(), near);
            let end_line = source.line_index(span.end(), line);
            near = line;
            Location {
                line: line as u32 + 1,
                end_line: end_line as u32 + 1,
                column: span.start().to_u32() - source.line_start(line),
                end_column: span.end().to_u32() - source.line_start(end_line),
            }
        };
        if found.last().is_none_or(|last| last.1 != location) {
            found.push((moved.new_pc(pc), location));
        }
    }
    found
}

/// Where instructions went when jumps were lengthened.
struct Moves {
    /// Old pcs of lengthened jumps, ascending.
    lengthened: Vec<Pc>,
}

impl Moves {
    fn none() -> Moves {
        Moves {
            lengthened: Vec::new(),
        }
    }

    /// New place of an old pc: each lengthened jump before it takes two instructions more.
    fn new_pc(&self, pc: Pc) -> Pc {
        pc + 2 * self.lengthened.partition_point(|&at| at < pc) as Pc
    }

    /// New place of the instruction that holds the distance of the jump at old `pc`.
    fn jump_pc(&self, pc: Pc) -> Pc {
        let new = self.new_pc(pc);
        if self.lengthened.binary_search(&pc).is_ok() {
            new + 2
        } else {
            new
        }
    }
}

/// Lengthens the jumps that do not reach: `jcc far` becomes `jcc +1; jump +1; jump far`.
fn relax(unit: &mut Unit<'_>) -> Moves {
    let short = |instr: Instr| {
        matches!(
            instr.op().info().format,
            Format::RRJ | Format::RIJ | Format::DRJ
        )
    };
    let mut moved = Moves::none();
    loop {
        let mut more: Vec<Pc> = unit
            .fixups
            .iter()
            .filter(|&&(pc, label)| {
                let from = moved.new_pc(pc) as i64;
                let to = moved.new_pc(unit.label_pc(label)) as i64;
                short(unit.instrs[pc as usize])
                    && to - from > i16::MAX as i64
                    && moved.lengthened.binary_search(&pc).is_err()
            })
            .map(|&(pc, _)| pc)
            .collect();
        if more.is_empty() {
            break;
        }
        moved.lengthened.append(&mut more);
        moved.lengthened.sort_unstable();
    }
    let old = std::mem::take(&mut unit.instrs);
    let mut next = moved.lengthened.iter().peekable();
    for (pc, instr) in old.into_iter().enumerate() {
        if next.next_if(|&&at| at as usize == pc).is_some() {
            unit.instrs.push(with_distance(instr, 1));
            unit.instrs.push(Instr::wide(Op::Jump, 0, 0, 1));
            unit.instrs.push(Instr::wide(Op::Jump, 0, 0, 0));
        } else {
            unit.instrs.push(instr);
        }
    }
    moved
}
