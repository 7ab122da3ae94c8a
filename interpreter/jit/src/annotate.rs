//! A trace's text with what belongs to it in between: the source line and the bytecode op before the
//! trace ops that came of them, the machine code behind each trace op, the exits at the end. What
//! is added stands behind `#`, so that the whole is still text for the trace parser.

use assemble::{Assembled, Assembler, Part, disassemble};
use object::{CodeObject, Function, Gc, Str, Value};
use std::collections::HashMap;
use std::fmt::Write;
use trace::{Const, Trace};
use vm::Vm;

/// Source files, by name, as they are now.
#[derive(Default)]
pub(crate) struct Sources(HashMap<String, Vec<String>>);

impl Sources {
    /// A line's text without indentation; empty if there is no such file or line.
    fn line(&mut self, vm: &mut Vm, file: &str, number: u32) -> &str {
        let lines = self.0.entry(file.to_owned()).or_insert_with(|| {
            let bytes = vm.world.read_file(file.as_bytes()).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            text.lines().map(|line| line.trim().to_owned()).collect()
        });
        let at = (number as usize).wrapping_sub(1);
        lines.get(at).map_or("", String::as_str)
    }
}

/// A constant of linked code, as far as it can be told in a few words.
fn constant_of(code: Gc<CodeObject>, at: u32) -> Option<bytecode::Const> {
    use bytecode::Const;
    let value = *code.constants().items().get(at as usize)?;
    let named = |code: Gc<CodeObject>| bytecode::Code {
        qualname: code.code().qualname.clone(),
        ..bytecode::Code::default()
    };
    let none = value.is_none().then_some(Const::None);
    none.or_else(|| value.as_bool().map(Const::Bool))
        .or_else(|| value.as_small().map(Const::Int))
        .or_else(|| value.as_float().map(|float| Const::Float(float.to_bits())))
        .or_else(|| Some(Const::Str(value.cast::<Str>()?.points().collect())))
        .or_else(|| Some(Const::Code(Box::new(named(value.cast()?)))))
}

/// What the annotations are made from.
pub(crate) struct Annotated<'a> {
    pub(crate) trace: &'a Trace,
    /// The entry frame's code.
    pub(crate) entry: Gc<CodeObject>,
    pub(crate) assembler: &'a Assembler,
    /// Its machine code, if the trace was assembled.
    pub(crate) code: Option<&'a Assembled>,
}

/// The native function that a line of a trace calls by its number.
fn native_of(vm: &Vm, line: &str) -> Option<String> {
    let (_, call) = line.split_once(" = call")?;
    let mut words = call.split(' ').skip(1);
    let function = words.next()?;
    let by_number = ["native", "reads", "writes"];
    if !by_number.iter().any(|name| function.starts_with(name)) {
        return None;
    }
    vm.native_name(words.nth(1)?.parse().ok()?)
}

impl Annotated<'_> {
    pub(crate) fn text(&self, vm: &mut Vm, sources: &mut Sources) -> String {
        let machine = self.machine_code();
        let mut text = String::new();
        let mut at = 0;
        let mut shown = 0;
        let mut before = (0, u32::MAX);
        if let Some(code) = machine.get(&None) {
            text.push_str(code);
        }
        for line in trace::print(self.trace).lines() {
            if line.starts_with('@') {
                let frame = self.trace.frame(shown);
                if let Some(code) = self.code_of(shown)
                    && (code.start().address(), frame.pc) != before
                {
                    before = (code.start().address(), frame.pc);
                    self.place(vm, sources, code, frame.pc, &mut text);
                }
                shown += 1;
            }
            text.push_str(line);
            if let Some(name) = native_of(vm, line) {
                let _ = write!(text, "  # {name}");
            }
            text.push('\n');
            if line.starts_with("  ") {
                if let Some(code) = machine.get(&Some(at)) {
                    text.push_str(code);
                }
                at += 1;
            }
        }
        self.exits(&mut text);
        text
    }

    /// The code of the frame that a snapshot is of, if it is known.
    fn code_of(&self, snapshot: u16) -> Option<Gc<CodeObject>> {
        let frame = self.trace.frame(snapshot);
        if frame.parent == trace::NO_SNAPSHOT {
            return Some(self.entry);
        }
        match self.trace.constant_of(frame.function)? {
            Const::Word(function) if Value::is_object(function) => {
                Some(function.cast::<Function>()?.code())
            }
            _ => None,
        }
    }

    fn place(
        &self,
        vm: &mut Vm,
        sources: &mut Sources,
        code: Gc<CodeObject>,
        pc: u32,
        text: &mut String,
    ) {
        let details = code.get().code();
        let Some(&instr) = details.instrs.get(pc as usize) else {
            return;
        };
        let line = details.location(pc).line;
        let source = sources.line(vm, &details.filename, line);
        let name = &details.qualname;
        let _ = writeln!(text, "#\n# line {line} of {name}: {source}");
        let _ = writeln!(
            text,
            "#   {pc}: {}",
            bytecode::print_instruction(details, pc, instr, &|at| constant_of(code, at))
        );
    }

    /// The machine code's text by the number of the op that it belongs to; that of the entry by
    /// `None`.
    fn machine_code(&self) -> HashMap<Option<u16>, String> {
        let mut found = HashMap::new();
        let Some(code) = self.code else {
            return found;
        };
        let stubs: HashMap<usize, usize> = (0..code.exits().len())
            .filter_map(|exit| Some((self.assembler.stub(code, exit)?, exit)))
            .collect();
        for line in self.assembler.listing(code) {
            let part = match line.part {
                Part::Entry => None,
                Part::Op(at) => Some(at),
                Part::Tail => continue,
            };
            let mut text = String::new();
            for instruction in disassemble(line.bytes, line.address) {
                let target = instruction.rsplit_once(" 0x");
                let target = target.and_then(|(_, hex)| usize::from_str_radix(hex, 16).ok());
                let _ = match target.and_then(|target| stubs.get(&target)) {
                    Some(exit) => writeln!(text, "#           {instruction}  (exit {exit})"),
                    None => writeln!(text, "#           {instruction}"),
                };
            }
            found.insert(part, text);
        }
        found
    }

    fn exits(&self, text: &mut String) {
        let Some(code) = self.code else {
            return;
        };
        for (number, exit) in code.exits().iter().enumerate() {
            let stub = self.assembler.stub(code, number).unwrap_or_default();
            let _ = writeln!(
                text,
                "# exit {number} of v{}: {:?}, restores @{}, its stub at {stub:#x}",
                exit.at, exit.kind, exit.snapshot
            );
        }
    }
}
