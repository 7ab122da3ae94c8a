//! Generators: suspending and resuming frames.
//!
//! A generator's registers are copied to the top of the stack when it is resumed and back when
//! it yields, so that its frame is a window like any other. Resuming one from a `for` loop or a
//! delegation does not recurse on the native stack.
//!
//! An `async for` over an asynchronous generator sends to the generator itself, without the
//! awaitable that `__anext__` would make of it. So where one is delegated to, it is for its next
//! item: what it yields by a `yield` of its own ends the wait, and its return is a
//! StopAsyncIteration.
//!
//! What is resumed while it delegates to a generator only passes on what that is sent and gives: see
//! `delegates.rs`.

use crate::coroutine::is_told_when_dead;
use crate::delegates::{send_before, unlink};
use crate::frame::{Chain, Frame, Then};
use crate::machine::Machine;
use crate::semantics::iteration;
use crate::{PyResult, Raised, Vm};
use bytecode::Op;
use object::shape::of_variant;
use object::{
    ASYNC_GENERATOR, Builtin, COROUTINE, CodePointer, Foreign, Function, GENERATOR, Gc, Generator,
    GeneratorState, Kind, Regs, Top, Value,
};

/// How a native function resumes a generator: a call of it opens the generator's frame itself, so
/// that neither the native stack nor the end of a trace comes between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Resumes {
    /// Its argument, which must be a generator.
    Next,
    /// Its receiver, one of a variant, with its argument.
    Send(u8),
}

impl Resumes {
    /// The native function's way, by its name and the class or module it is of.
    pub(crate) fn of(owner: &str, name: &str) -> Option<Resumes> {
        match (owner, name) {
            ("builtins", "next") | ("generator", "__next__") => Some(Resumes::Next),
            ("generator", "send") => Some(Resumes::Send(GENERATOR)),
            ("coroutine", "send") => Some(Resumes::Send(COROUTINE)),
            _ => None,
        }
    }

    fn variant(self) -> u8 {
        match self {
            Resumes::Next => GENERATOR,
            Resumes::Send(variant) => variant,
        }
    }

    fn arguments(self) -> usize {
        match self {
            Resumes::Next => 1,
            Resumes::Send(_) => 2,
        }
    }
}

/// Opens the frame of the generator that calling a native function resumes. False: it does not
/// resume one that can be, and nothing has happened.
#[inline(always)]
pub(crate) fn enter_asked<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<bool> {
    let Some(builtin) = m.word(callee).cast::<Builtin>() else {
        return Ok(false);
    };
    match m.vm().natives[builtin.number as usize].resumes {
        Some(how) => enter_by(m, callee, how, base, count, dst),
        None => Ok(false),
    }
}

fn enter_by<M: Machine>(
    m: &mut M,
    callee: M::V,
    how: Resumes,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<bool> {
    let receiver = m.word(callee).known::<Builtin>().receiver.get();
    let is_bound = !receiver.is_unbound();
    if count + usize::from(is_bound) != how.arguments() {
        return Ok(false);
    }
    if M::RECORDS && how == Resumes::Next && !is_bound && base.get(0).is::<Foreign>() {
        return enter_stepper(m, callee, base, dst);
    }
    let word = if is_bound { receiver } else { base.get(0) };
    let Some(generator) = word.cast::<Generator>() else {
        return Ok(false);
    };
    let shape = of_variant(Kind::Generator, how.variant());
    if word.shape_id() != shape || !generator.is_resumable() {
        return Ok(false);
    }
    let sent = (how != Resumes::Next).then(|| base.get(count as u16 - 1));
    let begins = generator.state.get() == GeneratorState::Created;
    if begins && sent.is_some_and(|sent| !sent.is_none()) {
        return Ok(false);
    }
    // From here on it is sure, if the machine follows.
    let own = match is_bound {
        true => {
            m.shape(callee);
            m.builtin_parts(callee).1
        }
        false => {
            m.promote(callee);
            m.get(base, 0)
        }
    };
    if !m.resumes(own) {
        return Ok(false);
    }
    let value = match sent {
        Some(_) => m.get(base, count as u16 - 1),
        None => m.constant(Value::NONE),
    };
    m.resume(own, value, Then::Next, dst)?;
    if !M::RECORDS {
        let value = m.word(value);
        m.vm().enter_delegates(value)?;
    }
    Ok(true)
}

/// The same for an iterator whose state lies in a list.
fn enter_stepper<M: Machine>(m: &mut M, callee: M::V, base: Regs, dst: u16) -> PyResult<bool> {
    m.promote(callee);
    let iter = m.get(base, 0);
    let Some(stepper) = iteration::stepper(m, iter)? else {
        return Ok(false);
    };
    let none = m.constant(Value::NONE);
    m.resume(stepper, none, Then::Next, dst)?;
    Ok(true)
}

impl Vm {
    /// The generator of a function whose arguments are bound in `base`; `awaited`: the next op awaits it.
    pub fn make_generator(&mut self, function: Gc<Function>, base: Regs, awaited: bool) -> Value {
        let generator = self.empty_generator(function, awaited);
        let code = function.code();
        generator.save(base.slice(0, code.locals.min(code.registers) as usize));
        generator.into()
    }

    /// A generator of a function, its registers all *unbound*.
    pub fn empty_generator(&mut self, function: Gc<Function>, awaited: bool) -> Gc<Generator> {
        let code = function.code();
        let flags = code.code().flags;
        let variant = if flags.async_generator {
            ASYNC_GENERATOR
        } else if flags.coroutine {
            COROUTINE
        } else {
            GENERATOR
        };
        let generator = Generator::new(variant, function, code.registers as usize);
        if is_told_when_dead(code, awaited) {
            object::heap::register_finalizable(generator.into());
        }
        if variant == COROUTINE && !self.origins.is_empty() {
            let origin = self.origin();
            generator.write(|g| &g.origin, origin);
        }
        generator
    }

    /// Puts a generator's frame on top, `value` being what its `yield` gives. False if it is
    /// finished already.
    pub fn enter_generator(
        &mut self,
        generator: Gc<Generator>,
        value: Value,
        then: Then,
        dst: u16,
    ) -> PyResult<bool> {
        self.enter_generator_above(self.top(), generator, value, then, dst)
    }

    /// The same, its registers beginning at number `top`.
    pub(crate) fn enter_generator_above(
        &mut self,
        top: usize,
        generator: Gc<Generator>,
        value: Value,
        then: Then,
        dst: u16,
    ) -> PyResult<bool> {
        unlink(generator);
        match generator.state.get() {
            GeneratorState::Suspended => {}
            GeneratorState::Created if value.is_none() => {}
            state => return self.refuse_entry(generator, state).map(|()| false),
        }
        if self.frames.is_full() {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        let function = generator.function();
        let code = function.code();
        let base = self.window_at(top, code.registers as usize)?;
        generator.load(base, code.registers as usize);
        let pc = code.start().offset(generator.pc.get() as isize);
        if generator.state.get() == GeneratorState::Suspended {
            base.set(pc.offset(-1).fetch().a(), value);
        }
        generator.state.set(GeneratorState::Running);
        let handled_below = self.handled;
        if !generator.handled.get().is_none() {
            // Who resumes it may handle something else than who did before.
            if let Some(reg) = code.code().kept_handled(generator.pc.get() - 1) {
                base.set(reg, handled_below);
            }
            self.handled = generator.handled.get();
        }
        self.frames.push(Frame {
            code,
            function: function.into(),
            locals: Value::UNBOUND,
            generator: generator.into(),
            handled_below,
            base,
            pc,
            then,
            dst,
            chain: Chain::None,
            shown: 0,
        });
        Ok(true)
    }

    /// A generator is to be resumed that cannot be: an error, but for some that are finished.
    #[cold]
    fn refuse_entry(&mut self, generator: Gc<Generator>, state: GeneratorState) -> PyResult<()> {
        if state == GeneratorState::Finished {
            return self.refuse_reuse(generator);
        }
        let what = self.type_name(generator.into());
        if state == GeneratorState::Created {
            return Err(self.type_error(format!(
                "can't send non-None value to a just-started {}",
                what.replace('_', " ")
            )));
        }
        let what = what.replace("async_generator", "async generator");
        Err(self.value_error(format!("{what} already executing")))
    }

    /// Takes the frame on top, a generator's that has just executed a `yield`, off; its record.
    pub fn suspend(&mut self) -> Top {
        let frame = self.frames.top().get();
        let generator = frame.generator.known::<Generator>();
        generator.pc.set(frame.pc.index(frame.code));
        let top = self.leave_suspended();
        let frame = top.get();
        generator.save(frame.base.slice(0, frame.code.registers as usize));
        generator.state.set(GeneratorState::Suspended);
        top
    }

    /// Takes the frame on top off, a generator's whose registers and place are saved.
    pub(crate) fn leave_suspended(&mut self) -> Top {
        let top = self.frames.top();
        self.frames.drop_top();
        let frame = top.get();
        let generator = frame.generator.known::<Generator>();
        let own = match self.resumed_handles(&frame, generator.pc.get() - 1) {
            true => self.handled,
            false => Value::NONE,
        };
        if generator.handled.get() != own {
            generator.write(|g| &g.handled, own);
        }
        self.handled = frame.handled_below;
        top
    }

    /// Whether a generator's frame, that on top, handles an exception at a place, and not only who resumed it;
    /// which may be the same one.
    #[inline(always)]
    pub(crate) fn resumed_handles(&self, frame: &Frame, pc: u32) -> bool {
        self.handled != frame.handled_below || (!self.handled.is_none() && is_in_handler(frame, pc))
    }

    /// Resumes a generator from Rust code: what it yields, or `None` when it has returned; the
    /// result is then in `generator_result`.
    pub fn resume_generator(
        &mut self,
        generator: Gc<Generator>,
        value: Value,
    ) -> PyResult<Option<Value>> {
        match self.resumer() {
            Some(hook) => hook.resume(self, generator, value),
            None => self.resume_interpreted(generator, value),
        }
    }

    /// The same, for what is not compiled yet: the place is counted.
    pub fn resume_interpreted(
        &mut self,
        generator: Gc<Generator>,
        value: Value,
    ) -> PyResult<Option<Value>> {
        if !self.enter_generator(generator, value, Then::Exit, 0)? {
            self.generator_result = Value::NONE;
            return Ok(None);
        }
        let entered = self.enter_delegates(value);
        self.run_counted(generator, entered)
    }

    /// Runs a generator that Rust code has resumed, with what it delegates to, after counting the
    /// place where the last of these goes on.
    pub fn run_counted(
        &mut self,
        generator: Gc<Generator>,
        entered: PyResult<()>,
    ) -> PyResult<Option<Value>> {
        match entered.and_then(|()| self.count_resumed()) {
            Ok(Some((place, value))) => self.leave_delegates(generator, place, value),
            Ok(None) => self.run_resumed(generator, None),
            Err(raised) => self.run_resumed(generator, Some(raised)),
        }
    }

    /// Takes the frame on top off, which has yielded or returned a value by the op at a place: that
    /// of a generator that Rust code has resumed, or of the last that it delegates to.
    pub fn leave_delegates(
        &mut self,
        generator: Gc<Generator>,
        place: CodePointer,
        value: Value,
    ) -> PyResult<Option<Value>> {
        let then = self.frames.top().get().then;
        if then == Then::Exit {
            return Ok(self.leave_resumed(place, value));
        }
        let instr = place.fetch();
        if instr.op() == Op::Yield && instr.x() != 2 {
            self.set_pc(place.offset(1));
            let left = self.suspend();
            self.pass_yielded(left);
            return Ok(Some(value));
        }
        self.return_next(place, value);
        self.run_resumed(generator, None)
    }

    /// Runs on a generator that Rust code has resumed, whose frame is on top or below others of its
    /// own; the one on top may have raised.
    pub fn run_resumed(
        &mut self,
        generator: Gc<Generator>,
        raised: Option<Raised>,
    ) -> PyResult<Option<Value>> {
        let result = match raised {
            None => self.run_nested(),
            Some(raised) => {
                self.native_enter()?;
                let result = self.run_loop_raising(raised);
                self.native_depth -= 1;
                result
            }
        };
        self.left(generator, result)
    }

    /// Takes the frame on top off, a generator's that Rust code has resumed and that has yielded or
    /// returned a value by the op at a place.
    pub fn leave_resumed(&mut self, place: CodePointer, value: Value) -> Option<Value> {
        if place.fetch().op() == Op::Yield {
            self.set_pc(place.offset(1));
            self.suspend();
            return Some(value);
        }
        if let Some(generator) = self.pop_frame().as_generator() {
            generator.finish();
        }
        self.generator_result = value;
        None
    }

    fn left(&mut self, generator: Gc<Generator>, result: PyResult) -> PyResult<Option<Value>> {
        let value = result?;
        if generator.state.get() == GeneratorState::Suspended {
            return Ok(Some(value));
        }
        self.generator_result = value;
        Ok(None)
    }

    /// The iterator that a suspended generator delegates to.
    pub fn delegate(&self, generator: Gc<Generator>) -> Option<Value> {
        if !generator.is_suspended() {
            return None;
        }
        let code = generator.function().code();
        let instr = code.instr(generator.pc.get() - 1);
        (instr.op() == Op::Yield && instr.x() == 1)
            .then(|| generator.registers().item(instr.c() as usize))
    }

    /// Raises an exception where a generator is suspended: what it yields next, or `None` when
    /// it has returned.
    pub fn throw_into(
        &mut self,
        generator: Gc<Generator>,
        exception: Value,
    ) -> PyResult<Option<Value>> {
        unlink(generator);
        match generator.state.get() {
            GeneratorState::Created => {
                generator.finish();
                return Err(Raised(exception));
            }
            GeneratorState::Finished => {
                self.refuse_reuse(generator)?;
                return Err(Raised(exception));
            }
            GeneratorState::Running | GeneratorState::Linked => {
                let what = self.type_name(generator.into());
                return Err(self.value_error(format!("{what} already executing")));
            }
            GeneratorState::Suspended => {}
        }
        if let Some(delegate) = self.delegate(generator) {
            return self.throw_through(generator, delegate, exception);
        }
        self.raise_inside(generator, Raised(exception))
    }

    fn raise_inside(
        &mut self,
        generator: Gc<Generator>,
        raised: Raised,
    ) -> PyResult<Option<Value>> {
        self.enter_generator(generator, Value::NONE, Then::Exit, 0)?;
        self.run_resumed(generator, Some(raised))
    }

    /// `throw` into a generator that delegates (PEP 380).
    fn throw_through(
        &mut self,
        generator: Gc<Generator>,
        delegate: Value,
        exception: Value,
    ) -> PyResult<Option<Value>> {
        generator.state.set(GeneratorState::Running);
        let outcome = if Raised(exception).matches(self, self.types.generator_exit) {
            match self.close_iterator(delegate) {
                Ok(()) => Err(Raised(exception)),
                Err(raised) => Err(raised),
            }
        } else if let Some(inner) = delegate.cast::<Generator>() {
            match self.throw_into(inner, exception) {
                Ok(thrown) => match self.sent_into(inner, thrown) {
                    Ok((false, value)) => Ok(value),
                    Ok((true, result)) => {
                        generator.state.set(GeneratorState::Suspended);
                        return self.complete_delegation(generator, result);
                    }
                    Err(raised) => Err(raised),
                },
                Err(raised) => Err(raised),
            }
        } else {
            match self.find_attr(delegate, self.names.throw) {
                Ok(Some(throw)) => self.call(throw, &[exception]),
                Ok(None) => Err(Raised(exception)),
                Err(raised) => Err(raised),
            }
        };
        generator.state.set(GeneratorState::Suspended);
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(raised) if raised.matches(self, self.types.stop_iteration) => {
                let result = self.stop_value(raised);
                self.complete_delegation(generator, result)
            }
            Err(raised) => self.raise_inside(generator, raised),
        }
    }

    /// Resumes a generator behind its delegation, whose result is `value`.
    fn complete_delegation(
        &mut self,
        generator: Gc<Generator>,
        value: Value,
    ) -> PyResult<Option<Value>> {
        let code = generator.function().code();
        let send = send_before(code.get(), generator.pc.get());
        let instr = code.instr(send);
        if instr.op() == Op::Send {
            generator.registers().set(instr.a() as usize, value);
            generator.pc.set(send + 1 + instr.c() as u32);
            // `enter_generator` writes the sent value into the register of the instruction
            // before; entering as a new frame would not.
            self.enter_generator_at(generator)?;
            let result = self.run_nested();
            return self.left(generator, result);
        }
        self.resume_generator(generator, value)
    }

    /// A coroutine that is finished cannot be awaited, as a generator can be asked again.
    fn refuse_reuse(&mut self, generator: Gc<Generator>) -> PyResult<()> {
        if self.class_of(generator.into()) == self.types.coroutine {
            return Err(self.runtime_error("cannot reuse already awaited coroutine"));
        }
        Ok(())
    }

    /// Puts a generator's frame on top without a value being sent.
    fn enter_generator_at(&mut self, generator: Gc<Generator>) -> PyResult<()> {
        generator.state.set(GeneratorState::Created);
        self.enter_generator(generator, Value::NONE, Then::Exit, 0)
            .map(|_| ())
    }

    /// Closes a generator or calls an iterator's `close`, if it has one.
    pub fn close_iterator(&mut self, iterator: Value) -> PyResult<()> {
        if let Some(generator) = iterator.cast::<Generator>() {
            if generator.is_async() {
                return self.close_item(generator);
            }
            return self.close_generator(generator);
        }
        match self.find_attr(iterator, self.names.close)? {
            Some(close) => self.call(close, &[]).map(|_| ()),
            None => Ok(()),
        }
    }

    /// `generator.close()`; what it returns is in `generator_result`.
    pub fn close_generator(&mut self, generator: Gc<Generator>) -> PyResult<()> {
        self.generator_result = Value::NONE;
        match generator.state.get() {
            GeneratorState::Finished => return Ok(()),
            GeneratorState::Created => {
                generator.finish();
                return Ok(());
            }
            _ => {}
        }
        let class = self.types.generator_exit;
        let exit = self.raise_with(class, &[]);
        match self.throw_into(generator, exit.0) {
            Ok(Some(_)) => {
                let what = self.type_name(generator.into()).replace('_', " ");
                Err(self.runtime_error(format!("{what} ignored GeneratorExit")))
            }
            Ok(None) => Ok(()),
            Err(raised)
                if raised.matches(self, self.types.generator_exit)
                    || raised.matches(self, self.types.stop_iteration) =>
            {
                self.generator_result = Value::NONE;
                Ok(())
            }
            Err(raised) => Err(raised),
        }
    }

    /// Ends the wait for an item of an asynchronous generator.
    fn close_item(&mut self, generator: Gc<Generator>) -> PyResult<()> {
        let class = self.types.generator_exit;
        let exit = self.raise_with(class, &[]);
        match self.throw_into(generator, exit.0) {
            Ok(Some(_)) if !gives_item(generator) => {
                Err(self.runtime_error("coroutine ignored GeneratorExit"))
            }
            Ok(_) => Ok(()),
            Err(raised) if raised.matches(self, class) => Ok(()),
            Err(raised) => Err(raised),
        }
    }

    /// What resuming a generator comes to for who delegates to it: whether it has finished with
    /// that, and what it gave.
    pub fn sent_into(
        &mut self,
        generator: Gc<Generator>,
        resumed: Option<Value>,
    ) -> PyResult<(bool, Value)> {
        match resumed {
            Some(value) => Ok((gives_item(generator), value)),
            None if generator.is_async() => {
                let class = self.types.stop_async_iteration;
                Err(self.raise_with(class, &[]))
            }
            None => Ok((true, self.generator_result)),
        }
    }

    /// A coroutine that has finished is not awaited again.
    pub fn check_awaited(&mut self, generator: Gc<Generator>) -> PyResult<()> {
        if generator.state.get() == GeneratorState::Finished
            && generator.header().shape.get() == of_variant(Kind::Generator, COROUTINE)
        {
            return Err(self.runtime_error("cannot reuse already awaited coroutine"));
        }
        Ok(())
    }

    /// Sends a value to an iterator: whether it has finished, and what it gave.
    pub(crate) fn send(&mut self, iter: Value, value: Value) -> PyResult<(bool, Value)> {
        if let Some(generator) = iter.cast::<Generator>() {
            self.check_awaited(generator)?;
            let resumed = self.resume_generator(generator, value)?;
            return self.sent_into(generator, resumed);
        }
        if value.is_none() {
            if let Some(builtin) = iter.cast::<object::Iter>() {
                return Ok(match self.next_builtin(builtin)? {
                    Some(item) => (false, item),
                    None => (true, Value::NONE),
                });
            }
            let Some(method) = self.lookup_special(iter, self.names.next) else {
                let class = self.type_name(iter);
                return Err(self.type_error(format!("'{class}' object is not an iterator")));
            };
            let outcome = self.call_special(method, iter, &[]);
            return self.sent(outcome);
        }
        let outcome = self.call_method(iter, self.names.send, &[value]);
        self.sent(outcome)
    }

    fn sent(&mut self, outcome: PyResult) -> PyResult<(bool, Value)> {
        match outcome {
            Ok(value) => Ok((false, value)),
            Err(raised) if raised.matches(self, self.types.stop_iteration) => {
                Ok((true, self.stop_value(raised)))
            }
            Err(raised) => Err(raised),
        }
    }

    /// The value of a StopIteration.
    pub fn stop_value(&mut self, raised: Raised) -> Value {
        let args = raised.exception().args.get().cast::<object::Tuple>();
        args.and_then(|args| args.items().first().copied())
            .unwrap_or(Value::NONE)
    }

    /// The iterator that `yield from` (0) or `await` (1) delegates to, or what enters (2) or leaves (3) an
    /// `async with`.
    pub(crate) fn yield_iter(&mut self, value: Value, awaiting: u8) -> PyResult {
        let (how, awaiting) = (awaiting, awaiting != 0);
        let generator = value.cast::<Generator>();
        let is_coroutine = generator.is_some_and(|_| self.class_of(value) == self.types.coroutine);
        if !awaiting && !is_coroutine {
            return self.iter(value);
        }
        if !awaiting && !self.may_delegate_to_coroutines() {
            return Err(self.type_error(
                "cannot 'yield from' a coroutine object in a non-coroutine generator",
            ));
        }
        let may_be_awaited =
            |of: Gc<Generator>| of.function().code().code().flags.iterable_coroutine;
        if is_coroutine
            && let Some(generator) = generator
            && self.delegate(generator).is_some()
        {
            return Err(self.runtime_error("coroutine is being awaited already"));
        }
        if is_coroutine || generator.is_some_and(may_be_awaited) {
            return Ok(value);
        }
        let Some(method) = self.lookup_special(value, self.names.await_) else {
            let class = self.type_name(value);
            let method = match how {
                2 => "__aenter__",
                3 => "__aexit__",
                _ => {
                    return Err(self.type_error(format!("'{class}' object can't be awaited")));
                }
            };
            return Err(self.type_error(format!(
                "'async with' received an object from {method} that does not implement __await__: {class}"
            )));
        };
        let iter = self.call_special(method, value, &[])?;
        let is_coroutine = iter.is::<Generator>()
            && (self.class_of(iter) == self.types.coroutine || may_be_awaited(iter.known()));
        if is_coroutine {
            return Err(self.type_error("__await__() returned a coroutine"));
        }
        if self.is_iterator(iter) {
            return Ok(iter);
        }
        let class = self.type_name(iter);
        Err(self.type_error(format!(
            "__await__() returned non-iterator of type '{class}'"
        )))
    }

    /// Whether the running frame is that of a generator that is a coroutine as well.
    fn may_delegate_to_coroutines(&self) -> bool {
        let frame = self.frames.last();
        frame.is_some_and(|frame| frame.code.get().code().flags.iterable_coroutine)
    }

    pub(crate) fn async_iter(&mut self, value: Value) -> PyResult {
        match self.lookup_special(value, self.names.aiter) {
            Some(method) => self.call_special(method, value, &[]),
            None => {
                let class = self.type_name(value);
                Err(self.type_error(format!(
                    "'async for' requires an object with __aiter__ method, got {class}"
                )))
            }
        }
    }

    /// What is sent to for the next item of an asynchronous iterator.
    pub(crate) fn async_next(&mut self, value: Value) -> PyResult {
        if let Some(generator) = value.cast::<Generator>()
            && generator.is_async()
        {
            return self.own_next(generator);
        }
        let Some(method) = self.lookup_special(value, self.names.anext) else {
            let class = self.type_name(value);
            return Err(self.type_error(format!(
                "'async for' received an object from __aiter__ that does not implement __anext__: {class}"
            )));
        };
        let awaitable = self.call_special(method, value, &[])?;
        self.yield_iter(awaitable, 1).map_err(|raised| {
            let class = self.type_name(awaitable);
            let error = self.type_error(format!(
                "'async for' received an invalid object from __anext__: {class}"
            ));
            let exception = error.exception();
            exception.write(|e| &e.cause, raised.0);
            exception.write(|e| &e.context, raised.0);
            exception.suppress_context.set(true);
            error
        })
    }

    /// An asynchronous generator stands for its own next item, unless that is waited for already.
    fn own_next(&mut self, generator: Gc<Generator>) -> PyResult {
        let waits = generator.is_running() || self.delegate(generator).is_some();
        if waits {
            return Err(self.runtime_error("anext(): asynchronous generator is already running"));
        }
        if let Some(asked) = self.async_asked
            && generator.state.get() == GeneratorState::Created
        {
            asked(self, generator)?;
        }
        Ok(generator.into())
    }
}

#[cold]
fn is_in_handler(frame: &Frame, pc: u32) -> bool {
    frame.code.get().code().kept_handled(pc).is_some()
}

/// Whether a generator is suspended at an asynchronous generator's own `yield`.
pub fn gives_item(generator: Gc<Generator>) -> bool {
    generator.state.get() == GeneratorState::Suspended && {
        let code = generator.function().code();
        code.instr(generator.pc.get() - 1).x() == 2
    }
}
