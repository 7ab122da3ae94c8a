//! A trace's life: a hot loop is recorded, assembled and run; where a guard fails, the interpreter
//! goes on at the guard's op with the registers and frames that the guard's snapshot tells.
//!
//! This much is the first thin form: loops only, no bridges. A loop that cannot be recorded is
//! tried a few times, then left alone.

#![cfg(target_arch = "x86_64")]

mod exit;

use assemble::{Assembled, State};
use object::{CodePointer, List, Value};
use record::{Abort, Figures, Outcome};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use trace::{Const, Trace};
use vm::hook::Hook;
use vm::{PyResult, Vm};
use world::Clock;

#[cfg(test)]
mod tests;

/// Times round a loop before it is recorded.
const THRESHOLD: u16 = 60;
/// Times round before a loop that could not be recorded is tried again.
const RETRY: u16 = 1000;
const ATTEMPTS_MAX: u32 = 4;
const LIMIT_OPS: usize = 6000;
/// Registers above the loop's frame that inlined frames may take; a trace is not entered where
/// there are fewer.
const ROOM: usize = 4096;

/// What the JIT did, for logs and tests.
#[derive(Default, Debug)]
pub struct Report {
    pub traces: usize,
    pub aborts: Vec<Abort>,
    /// How often traces were entered, which is how often guards failed.
    pub exits: u64,
    pub recording: Figures,
    pub record_ns: u128,
    pub assemble_ns: u128,
    /// The text of each trace with the bytes of its code and what they take.
    pub dumps: Vec<Dump>,
}

/// A trace as text and as code.
#[derive(Debug)]
pub struct Dump {
    pub text: String,
    pub code: Vec<u8>,
    pub trace_bytes: (usize, usize),
}

struct Compiled {
    trace: Trace,
    code: Assembled,
}

enum Loop {
    Failed(u32),
    Compiled(Box<Compiled>),
}

/// The JIT, as the machine's hook.
pub struct Jit {
    loops: HashMap<usize, Loop>,
    state: Box<State>,
    report: Rc<RefCell<Report>>,
}

/// Lets the JIT listen on a machine; what it does can be read from the report.
pub fn install(vm: &mut Vm) -> Rc<RefCell<Report>> {
    let report = Rc::new(RefCell::new(Report::default()));
    let jit = Jit {
        loops: HashMap::new(),
        state: Box::default(),
        report: report.clone(),
    };
    vm.install_hook(Box::new(jit), THRESHOLD);
    report
}

impl Hook for Jit {
    fn hot_loop(&mut self, vm: &mut Vm) -> PyResult<bool> {
        let Some(frame) = vm.frames().last().copied() else {
            return Ok(false);
        };
        let key = frame.pc.key();
        if !matches!(self.loops.get(&key), Some(Loop::Compiled(_))) {
            self.compile(vm, frame.pc)?;
        }
        // Recording has executed one time round, or a part of it.
        let stays = vm
            .frames()
            .last()
            .is_some_and(|now| now.pc == frame.pc && now.base == frame.base);
        if let Some(Loop::Compiled(compiled)) = self.loops.get(&key)
            && stays
            && vm.has_room_for(frame.base, ROOM)
        {
            exit::run(vm, &compiled.trace, &compiled.code, &mut self.state);
            self.report.borrow_mut().exits += 1;
        }
        Ok(true)
    }

    fn patience(&self, header: CodePointer) -> u16 {
        match self.loops.get(&header.key()) {
            Some(Loop::Compiled(_)) => 1,
            Some(Loop::Failed(attempts)) if *attempts >= ATTEMPTS_MAX => u16::MAX,
            Some(Loop::Failed(_)) => RETRY,
            None => THRESHOLD,
        }
    }
}

impl Jit {
    fn compile(&mut self, vm: &mut Vm, header: CodePointer) -> PyResult<()> {
        let key = header.key();
        let attempts = match self.loops.get(&key) {
            Some(Loop::Failed(attempts)) => *attempts,
            _ => 0,
        };
        if attempts >= ATTEMPTS_MAX {
            return Ok(());
        }
        self.loops.insert(key, Loop::Failed(attempts + 1));
        let start = vm.world.clock_ns(Clock::Monotonic);
        let (outcome, figures) = record::record(vm, LIMIT_OPS);
        let mut report = self.report.borrow_mut();
        report.record_ns += since_ns(vm, start);
        report.recording = figures;
        let trace = match outcome? {
            Outcome::Trace(trace) => trace,
            Outcome::Aborted(abort) => {
                report.aborts.push(abort);
                return Ok(());
            }
        };
        let start = vm.world.clock_ns(Clock::Monotonic);
        let Ok(code) = assemble::assemble(&trace, vm.safepoint_flags()) else {
            return Ok(());
        };
        report.assemble_ns += since_ns(vm, start);
        report.traces += 1;
        report.dumps.push(Dump {
            text: trace::print(&trace),
            code: code.bytes().to_vec(),
            trace_bytes: trace.bytes(),
        });
        keep_alive(vm, &trace);
        self.loops
            .insert(key, Loop::Compiled(Box::new(Compiled { trace, code })));
        Ok(())
    }
}

/// How long ago the monotonic clock said so.
fn since_ns(vm: &mut Vm, start_ns: i64) -> u128 {
    u128::try_from(vm.world.clock_ns(Clock::Monotonic) - start_ns).unwrap_or_default()
}

/// Keeps what a trace's constants refer to.
fn keep_alive(vm: &mut Vm, trace: &Trace) {
    const NAME: &str = "constants of traces";
    let list = match vm.kept(NAME).and_then(|kept| kept.cast::<List>()) {
        Some(list) => list,
        None => {
            let list = List::new();
            vm.keep(NAME, list.into());
            list
        }
    };
    if let Some(frame) = vm.frames().last() {
        list.push(frame.code.into());
    }
    for constant in trace.pool() {
        if let Const::Word(word) = constant
            && Value::is_object(*word)
        {
            list.push(*word);
        }
    }
}
