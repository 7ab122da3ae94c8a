//! `--jit dump=DIR`: files for each trace, for people to read and for tests to parse: `trace-N` as
//! it was assembled, `recorded-N` as it was before the optimiser's passes.

use crate::annotate::{Annotated, Sources};
use crate::exit::Taken;
use assemble::{Assembled, Assembler};
use record::{Abort, Recording};
use std::fmt::Write;
use trace::Trace;
use vm::Vm;

/// Where dumps go.
pub struct Dump {
    folder: String,
    written: usize,
    sources: Sources,
}

impl Dump {
    pub fn new(folder: String) -> Dump {
        Dump {
            folder,
            written: 0,
            sources: Sources::default(),
        }
    }

    pub(crate) fn trace(
        &mut self,
        vm: &mut Vm,
        assembler: &Assembler,
        recording: &Recording,
        trace: &Trace,
        code: &Assembled,
        from: Option<Taken>,
    ) {
        let mut text = String::new();
        let details = recording.code.get().code();
        let _ = writeln!(
            text,
            "# trace {} of {} ({})",
            code.id, details.qualname, details.filename
        );
        match from {
            Some(taken) => {
                let _ = writeln!(
                    text,
                    "# bridge from trace {} exit {}",
                    taken.trace, taken.exit
                );
            }
            None => text.push_str("# root\n"),
        }
        let _ = writeln!(
            text,
            "# {} ops before closing, {} after, {} optimised, {} exits, {} bytes of code",
            recording.preamble_ops,
            recording.trace.len(),
            trace.len(),
            code.exits().len(),
            code.code_bytes()
        );
        for dependency in &recording.dependencies {
            let _ = writeln!(text, "# relies on {dependency:?}");
        }
        let recorded = format!("{text}{}", trace::print(&recording.trace));
        let annotated = Annotated {
            trace,
            entry: recording.code,
            assembler,
            code: Some(code),
        };
        text.push_str(&annotated.text(vm, &mut self.sources));
        self.write(vm, &format!("trace-{:05}.txt", code.id), &text);
        self.write(vm, &format!("recorded-{:05}.txt", code.id), &recorded);
    }

    pub(crate) fn abort(&mut self, vm: &mut Vm, abort: Abort) {
        let mut text = String::new();
        if let Some(frame) = vm.frames().last() {
            let details = frame.code.get().code();
            let _ = writeln!(
                text,
                "{}: {} line {} at {} ({:?})",
                abort.text(),
                details.qualname,
                frame.line(),
                frame.pc.index(frame.code),
                frame.pc.fetch().op(),
            );
        }
        let name = format!("abort-{:05}.txt", self.written);
        self.written += 1;
        self.write(vm, &name, &text);
    }

    fn write(&self, vm: &mut Vm, name: &str, text: &str) {
        let path = format!("{}/{name}", self.folder);
        if let Err(error) = vm.world.write_file(path.as_bytes(), text.as_bytes()) {
            eprintln!("krait: --jit dump: cannot write {path}: {error}");
        }
    }
}
