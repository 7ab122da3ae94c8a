//! The door through which a JIT enters: hot loops are counted here and handed to a hook.
//!
//! Nothing in this crate knows who listens. Only with feature `hook`, which the JIT asks for, does
//! a back edge look for one, so a build without the JIT pays nothing. While the hook works it is
//! taken out, so code that it runs counts nothing and cannot enter it again.

use crate::frame::{Frame, Then};
use crate::{PyResult, Vm};
use object::{CodePointer, Function, Gc, Regs, Value};

/// Back edges share this many counters; loops that meet in one are only hot sooner.
const COUNTERS: usize = 1024;

/// What listens for hot loops.
pub trait Hook {
    /// A loop is hot; the frame on top stands at its header, its record in step. True: frames or
    /// registers have changed, the interpreter looks at them anew.
    fn hot_loop(&mut self, vm: &mut Vm) -> PyResult<bool>;

    /// How many back edges of the loop at `header` to count until the next call.
    fn patience(&self, header: CodePointer) -> u16;
}

/// A hook and its counters.
pub(crate) struct Listener {
    hook: Box<dyn Hook>,
    left: Box<[u16; COUNTERS]>,
}

impl Vm {
    /// Lets a hook listen for loops that were gone round `threshold` times.
    pub fn install_hook(&mut self, hook: Box<dyn Hook>, threshold: u16) {
        self.listener = Some(Listener {
            hook,
            left: Box::new([threshold; COUNTERS]),
        });
    }

    #[inline(always)]
    pub(crate) fn counts_loops(&self) -> bool {
        cfg!(feature = "hook") && self.listener.is_some()
    }

    /// Counts a back edge to `header`.
    #[inline(never)]
    pub(crate) fn loop_is_hot(&mut self, header: CodePointer) -> bool {
        let Some(listener) = &mut self.listener else {
            return false;
        };
        let left = &mut listener.left[header.key() % COUNTERS];
        *left = left.saturating_sub(1);
        *left == 0
    }

    /// Hands the loop at the place of the frame on top to the hook.
    #[inline(never)]
    pub(crate) fn hot_loop(&mut self) -> PyResult<bool> {
        let (Some(mut listener), Some(frame)) = (self.listener.take(), self.frames.last()) else {
            return Ok(false);
        };
        let header = frame.pc;
        let result = listener.hook.hot_loop(self);
        listener.left[header.key() % COUNTERS] = listener.hook.patience(header);
        self.listener = Some(listener);
        result
    }

    /// Whether a frame's registers and `count` more are within the stack.
    pub fn has_room_for(&self, base: Regs, count: usize) -> bool {
        self.has_room(base, count)
    }

    /// Moves the frame on top to another place in its code.
    pub fn resume_at(&mut self, pc: CodePointer) {
        self.set_pc(pc);
    }

    /// Pushes the frame of a call that a trace had inlined; its registers are in place.
    pub fn push_inlined(&mut self, function: Gc<Function>, base: Regs, dst: u16, pc: CodePointer) {
        self.frames.push(Frame {
            code: function.code(),
            globals: function.globals(),
            function: function.into(),
            locals: Value::UNBOUND,
            generator: Value::UNBOUND,
            handled_below: self.handled,
            base,
            pc,
            then: Then::Store,
            dst,
        });
    }

    /// Flags that are nonzero when the next safepoint has something to do.
    pub fn safepoint_flags(&self) -> [*const u8; 2] {
        [
            object::heap::request_flag(),
            self.interrupted.as_ptr() as *const u8,
        ]
    }
}
