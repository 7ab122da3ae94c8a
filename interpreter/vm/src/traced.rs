//! What machine code asks of the machine: single ops, runtime functions at a place in the code, and
//! frames of calls that it had inlined.

use crate::frame::{Chain, Frame, Then};
use crate::machine::Stepper;
use crate::{Comparison, PyResult, Raised, Vm};
use object::{CodePointer, Function, Gc, Regs, Str, Value};

/// A frame that a trace had inlined, as an exit restores it.
#[derive(Clone, Copy)]
pub struct Inlined {
    pub function: Gc<Function>,
    pub base: Regs,
    pub pc: CodePointer,
    pub then: Then,
    pub dst: u16,
    /// The frame's `locals`; of one that an iteration resumed, its generator.
    pub locals: Value,
}

impl Vm {
    /// The frame on top executes the op at `place`: the frame's record says so.
    fn at(&mut self, place: CodePointer) {
        self.set_pc(place.offset(1));
    }

    /// Executes the op at `place` in the frame on top to its end, with all that it calls.
    pub fn step(&mut self, place: CodePointer) -> PyResult<()> {
        self.set_pc(place);
        let depth = self.frames.len();
        let mut stepper = Stepper::new(self);
        let raised = crate::eval::run_with(&mut stepper).err();
        if self.frames.len() > depth {
            let (dst, then) = (self.frames[depth].dst, self.frames[depth].then);
            let value = self.run_entered_at(depth, raised)?;
            if then == Then::Item && value.is_unbound() {
                let below = self.frames.top();
                below.jump(below.op().c() as isize);
            } else if let Some(frame) = self.frames.last()
                && then != Then::Drop
            {
                frame.base.set(dst, value);
            }
            return Ok(());
        }
        raised.map_or(Ok(()), Err)
    }

    /// The arithmetic op at `place`.
    pub fn binary_at(&mut self, place: CodePointer, a: Value, b: Value) -> PyResult {
        self.at(place);
        self.binary_of(place, a, b)
    }

    /// The same without telling the frame on top, which may be another's.
    pub fn binary_of(&mut self, place: CodePointer, a: Value, b: Value) -> PyResult {
        let i = place.fetch();
        let op = crate::enter::binary_of(i.op());
        if i.x() == 0 {
            self.binary(op, a, b)
        } else {
            self.inplace(op, a, b)
        }
    }

    /// The comparison that the op at `place` makes.
    pub fn comparison_at(place: CodePointer) -> Option<Comparison> {
        let i = place.fetch();
        let from = |first: bytecode::Op| {
            let distance = (i.op() as u8).wrapping_sub(first as u8);
            Comparison::ALL.get(distance as usize).copied()
        };
        from(bytecode::Op::Lt)
            .or_else(|| from(bytecode::Op::JumpLt))
            .or_else(|| from(bytecode::Op::JumpLtImm))
    }

    /// `f` in the op at `place`.
    pub fn in_op<T>(&mut self, place: CodePointer, f: impl FnOnce(&mut Vm) -> T) -> T {
        self.at(place);
        f(self)
    }

    /// An iterator's next value, *unbound* at its end.
    pub fn next_at(&mut self, place: CodePointer, iter: Value) -> PyResult {
        self.at(place);
        self.next_or_unbound(iter)
    }

    /// What is sent to for the next item of an asynchronous iterator.
    pub fn async_next_at(&mut self, place: CodePointer, iter: Value) -> PyResult {
        self.at(place);
        self.async_next(iter)
    }

    /// A native function by its number.
    pub fn native_at(&mut self, place: CodePointer, number: u32, args: &[Value]) -> PyResult {
        self.at(place);
        self.call_native(number, args, &[])
    }

    /// A native function that runs no Python code for these arguments.
    pub fn plain_native_call(&mut self, number: u32, args: &[Value]) -> PyResult {
        self.call_native(number, args, &[])
    }

    /// A field of an f-string, as the op formats it.
    pub fn formatted(&mut self, value: Value, convert: u8, spec: Value) -> PyResult {
        self.format_field(value, convert, spec)
    }

    /// `name` as attribute of `object`.
    pub fn get_attr_at(&mut self, place: CodePointer, object: Value, name: Gc<Str>) -> PyResult {
        self.at(place);
        self.get_attr(object, name)
    }

    /// The frame `below` frames below the one on top goes on at instruction number `pc`.
    pub fn frame_resumes_at(&mut self, below: usize, pc: u32) {
        let at = self.frames.len() - 1 - below;
        let frame = &mut self.frames[at];
        frame.pc = frame.code.start().offset(pc as isize);
    }

    /// The frame on top goes on at `pc`.
    pub fn resume_at(&mut self, pc: CodePointer) {
        self.set_pc(pc);
    }

    /// Pushes the frame of an inlined call; its registers are in place.
    pub fn push_inlined(&mut self, inlined: Inlined) {
        let (locals, generator) = if inlined.then.resumes() {
            (Value::UNBOUND, inlined.locals)
        } else {
            (inlined.locals, Value::UNBOUND)
        };
        self.frames.push(Frame {
            code: inlined.function.code(),
            function: inlined.function.into(),
            locals,
            generator,
            handled_below: self.handled,
            base: inlined.base,
            pc: inlined.pc,
            then: inlined.then,
            dst: inlined.dst,
            chain: Chain::None,
            shown: 0,
        });
    }

    /// Runs frame number `at` to its end, with those above it, of which the one on top may have
    /// raised; gives what the op gives that opened it: of a comparison that jumps, a boolean.
    pub fn run_frame(&mut self, at: usize, raised: Option<Raised>) -> PyResult {
        self.run_entered_at(at, raised)
    }

    /// The same for the frame on top, which has returned `value` and is only to be taken off.
    #[inline(always)]
    pub fn finish_frame(&mut self, value: Value) -> PyResult {
        let frame = self.pop_frame();
        match frame.then {
            Then::Store => Ok(value),
            then => self.result_of_op(then, frame.kept_for_result(), value),
        }
    }

    /// Where an op goes on that jumps on a comparison, on a test for an item or on a truth, whether it holds
    /// or not; `None` of other ops.
    pub fn jumps_of(place: CodePointer) -> Option<(CodePointer, CodePointer)> {
        let i = place.fetch();
        let (wanted, distance) = match i.op() {
            bytecode::Op::JumpIfTrue => (true, i.bc() as isize),
            bytecode::Op::JumpIfFalse => (false, i.bc() as isize),
            op if crate::slow::is_jump(op) || op == bytecode::Op::JumpIn => {
                (i.x() != 0, i.sc() as isize)
            }
            _ => return None,
        };
        let after = place.offset(1);
        let target = after.offset(distance);
        Some(if wanted {
            (target, after)
        } else {
            (after, target)
        })
    }

    /// Sends a value to an iterator: whether it has finished, and what it gave.
    pub fn send_at(
        &mut self,
        place: CodePointer,
        iter: Value,
        value: Value,
    ) -> PyResult<(bool, Value)> {
        self.at(place);
        self.send(iter, value)
    }

    /// Writes the register that the op at `place` writes, in the frame on top, and gives whether an
    /// iterator has finished.
    pub fn give_sent(&mut self, place: CodePointer, finished: bool, value: Value) -> Value {
        let frame = self.frames.top().get();
        frame.base.set(place.fetch().a(), value);
        Value::bool(finished)
    }

    /// Lets the frame on top return or yield `value` by the op at `place` next.
    pub fn return_next(&mut self, place: CodePointer, value: Value) {
        if let Some(frame) = self.frames.last_mut() {
            let i = place.fetch();
            let register = if i.op() == bytecode::Op::Yield {
                i.b()
            } else {
                i.a()
            };
            frame.base.set(register, value);
            frame.pc = place;
        }
    }

    /// Counts the function whose frame is on top, at its start, as a call of it is counted; or the
    /// place where a generator goes on.
    #[inline(always)]
    pub fn count_function(&mut self) -> PyResult<()> {
        match self.top_is_hot() {
            true => self.hot_function(),
            false => Ok(()),
        }
    }

    /// Counts the loop at whose header the frame on top stands, as its back edge counts it.
    pub fn count_loop(&mut self) -> PyResult<()> {
        match self.loop_is_hot() {
            true => self.hot_loop(),
            false => Ok(()),
        }
    }

    /// Raises if there are more frames than the recursion limit allows; the frame on top is then
    /// off.
    pub fn check_depth(&mut self) -> PyResult<()> {
        if self.frames.len() <= self.recursion_limit {
            return Ok(());
        }
        self.pop_frame();
        Err(self.too_deep())
    }

    /// Takes off the frame of an inlined generator that yields; a trace has saved what it holds.
    pub fn suspend_inlined(&mut self) {
        self.leave_suspended();
    }

    /// Takes off the frame of an inlined call.
    pub fn pop_inlined(&mut self) {
        self.drop_frame();
    }

    /// The machine's recursion limit leaves no room for this many more frames.
    pub fn is_too_deep(&self, more: usize) -> bool {
        self.frames.is_full_after(more)
    }

    /// Whether a frame's registers and `count` more are within the stack.
    pub fn has_room_for(&self, base: Regs, count: usize) -> bool {
        self.has_room(base, count)
    }

    /// Whether the frame on top is within the recursion limit and so many registers above its first one
    /// are within the stack.
    #[inline(always)]
    pub fn has_room_to_enter(&self, registers: usize) -> bool {
        let base = self.frames.top().get().base;
        self.frames.len() <= self.recursion_limit && self.has_room(base, registers)
    }

    /// The highest address at which the registers of a frame may begin for so many to be within the stack.
    pub fn last_base_for(&self, registers: usize) -> usize {
        self.stack
            .last_base(registers + crate::frame::WINDOW_MARGIN)
    }

    /// The byte that is nonzero when the next safepoint has something to do.
    pub fn look_up_byte(&self) -> *const u8 {
        self.look_up.as_ptr() as *const u8
    }

    /// Raises in the frame on top, and finds who handles it: that frame is then on top. An error
    /// leaves the dispatch loop.
    pub fn raise_in_frame(&mut self, raised: Raised) -> PyResult<()> {
        self.unwind(raised)
    }
}
