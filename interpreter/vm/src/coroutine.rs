//! Coroutines that no one awaits: what a program is told of them, and of the calls that made them.
//!
//! Whether a coroutine has begun is known when it is found dead, so each that is made would have to be
//! registered with the collector. Most are awaited by the very next op, and nothing can come between:
//! those are not, so they cost nothing, and a trace may still leave them unmade.
//!
//! Of how many calls a note is made is the value of the only key of a dictionary of its own, which is empty
//! where none is made: so a trace relies on that as it does on the keys of any namespace.

use crate::{PyResult, Raised, Vm, tuple};
use bytecode::Op;
use object::{CodeObject, Gc, Value, intern};

const DEPTH: &str = "depth";

/// Whether a generator or coroutine of code is registered, to be dealt with when it is found dead: one that
/// may stand inside a `try` or `with`, or that may never be awaited. Hidden ones never stand there.
pub fn is_told_when_dead(code: Gc<CodeObject>, awaited: bool) -> bool {
    let code = code.get().code();
    let is_seen = !code.flags.async_generator && !code.flags.hidden;
    is_seen && (!code.exceptions.is_empty() || code.flags.coroutine && !awaited)
}

impl Vm {
    /// Whether what the op at hand puts into a register is awaited by the next.
    pub(crate) fn awaits_next(&self, dst: u16) -> bool {
        let frame = self.frames.top().get();
        let next = frame.code.instr(frame.current_pc() + 1);
        next.op() == Op::GetYieldIter && next.x() != 0 && next.b() == dst
    }

    /// Whether the result of the call at hand is awaited by the next op, as far as that can be said.
    pub fn awaits_call(&self) -> bool {
        let frame = self.frames.top().get();
        self.awaits_next(frame.code.instr(frame.current_pc()).a())
    }

    /// Of how many calls a coroutine keeps which they were.
    pub fn origin_depth(&self) -> i64 {
        let depth = self.origins.get_str(intern(DEPTH));
        depth.and_then(Value::as_small).unwrap_or(0)
    }

    pub fn set_origin_depth(&mut self, depth: i64) {
        match depth {
            0 => self.origins.clear(),
            depth => self.origins.set_str(intern(DEPTH), Value::small(depth)),
        }
    }

    /// The calls that have led to here, as far as they are noted: file, line and function of each, the last
    /// one first.
    pub(crate) fn origin(&self) -> Value {
        let depth = usize::try_from(self.origin_depth()).unwrap_or(0);
        let calls: Vec<Value> = (self.frames_from_top().take(depth))
            .map(|frame| {
                let code = frame.code.get();
                let line = Value::small(frame.line().into());
                tuple(&[code.filename.get(), line, code.name.get()])
            })
            .collect();
        tuple(&calls)
    }

    /// Warns of a coroutine that has not begun and never will.
    pub fn warn_unawaited(&mut self, coroutine: Value) {
        let done = match self.warn_with_origin(coroutine) {
            Ok(false) => self.warn_plainly(coroutine),
            Ok(true) => Ok(()),
            Err(raised) => {
                self.report_unawaited(raised, coroutine);
                self.warn_plainly(coroutine)
            }
        };
        if let Err(raised) = done {
            self.report_unawaited(raised, coroutine);
        }
    }

    /// The library knows how to say where a coroutine comes from. False: a program has taken that away.
    fn warn_with_origin(&mut self, coroutine: Value) -> PyResult<bool> {
        let module = self.import_module("warnings")?;
        let warn = self.get_attr_default(module, intern("_warn_unawaited_coroutine"))?;
        match warn {
            Some(warn) => self.call(warn, &[coroutine]).map(|_| true),
            None => Ok(false),
        }
    }

    fn warn_plainly(&mut self, coroutine: Value) -> PyResult<()> {
        let name = self.get_attr_text(coroutine, "__qualname__")?;
        let name = self.str_text(name)?;
        let class = self.types.runtime_warning;
        self.warn(class, &format!("coroutine '{name}' was never awaited"))
    }

    fn report_unawaited(&mut self, raised: Raised, coroutine: Value) {
        let text = self.repr_text(coroutine).unwrap_or_default();
        self.report_unraisable(
            raised,
            &format!("while finalizing coroutine {text}"),
            coroutine,
        );
    }
}
