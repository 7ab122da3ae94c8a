//! Machine code as a dump shows it: op by op, with the stubs of its exits behind.

use crate::{Assembled, Assembler};

/// The text of machine code at an address, an instruction a line; what cannot be read is left out.
#[cfg(any(test, feature = "disassemble"))]
pub fn disassemble(bytes: &[u8], address: usize) -> Vec<String> {
    use capstone::prelude::*;
    let reader = Capstone::new()
        .x86()
        .mode(arch::x86::ArchMode::Mode64)
        .syntax(arch::x86::ArchSyntax::Intel)
        .build();
    let Ok(reader) = reader else {
        return Vec::new();
    };
    let Ok(instructions) = reader.disasm_all(bytes, address as u64) else {
        return Vec::new();
    };
    instructions
        .iter()
        .map(|instruction| {
            let part = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let (name, operands) = (instruction.mnemonic(), instruction.op_str());
            format!("{} {}", part(name), part(operands))
                .trim()
                .to_owned()
        })
        .collect()
}

/// What a stretch of code belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The test that the code is valid, and moves.
    Entry,
    Op(u16),
    /// Stubs, slow paths and constants.
    Tail,
}

/// A stretch of code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    pub part: Part,
    pub address: usize,
    pub bytes: &'a [u8],
}

impl Assembler {
    /// The code as stretches, in the order of addresses. Ops that have none are left out; all is
    /// the entry's where the code does not know where ops begin.
    pub fn listing<'a>(&'a self, code: &'a Assembled) -> Vec<Line<'a>> {
        let range = crate::Range {
            start: code.entry,
            bytes: code.end - code.entry,
        };
        let region = self.region.as_ref();
        let bytes = region.map_or(&[][..], |region| region.memory.read(range));
        let body = code.tail - code.entry;
        let mut lines = Vec::with_capacity(code.starts.len() + 2);
        let mut line = |part, from: usize, to: usize| {
            if from < to {
                lines.push(Line {
                    part,
                    address: code.entry + from,
                    bytes: &bytes[from..to],
                });
            }
        };
        let first = code.starts.first().map_or(body, |&start| start as usize);
        line(Part::Entry, 0, first);
        for (at, &start) in code.starts.iter().enumerate() {
            let end = code.starts.get(at + 1).map_or(body, |&end| end as usize);
            line(Part::Op(at as u16), start as usize, end);
        }
        line(Part::Tail, body, bytes.len());
        lines
    }

    /// The address of an exit's stub, or of what of it is left when it is patched.
    pub fn stub(&self, code: &Assembled, exit: usize) -> Option<usize> {
        let exit = code.exits().get(exit)?;
        Some(code.tail + exit.patch as usize)
    }
}
