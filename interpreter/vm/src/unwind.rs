//! Raising and unwinding: from a raised exception to the handler that takes it.

use crate::frame::{Chain, Then};
use crate::{PyResult, Raised, Vm};
use object::{
    Class, CodeObject, Dict, Exception, Gc, Generator, Kind, Str, Traceback, Tuple, Value,
};

impl Vm {
    /// Looks for the handler of an exception raised in the frame on top. Afterwards the frame on
    /// top is the handler's, ready to go on; or the exception leaves the entry frame, which is
    /// popped.
    #[cold]
    #[inline(never)]
    pub(crate) fn unwind(&mut self, raised: Raised) -> PyResult<()> {
        let mut raised = raised;
        self.set_context_inside(raised);
        loop {
            // Field by field: the record has just been written so.
            let Some(frame) = self.frames.last() else {
                unreachable!("an exception is raised in a frame")
            };
            let (code, pc) = (frame.code, frame.current_pc());
            if let Some(entry) = code.code().handler(pc) {
                let (base, globals) = (frame.base, frame.globals().into());
                self.add_traceback(raised, code, globals, pc);
                self.stop_caught(raised.0, code.code(), pc);
                if self.hooks.active {
                    raised = self.tell_raised(raised, true);
                }
                base.set(entry.reg, raised.0);
                self.set_pc(code.start().offset(entry.target as isize));
                return Ok(());
            }
            let (then, chain, handled_below) = (frame.then, frame.chain, frame.handled_below);
            let generator = frame.as_generator();
            self.add_left(raised.0, pc);
            self.stop_leaving(raised.0);
            if self.hooks.active {
                raised = self.tell_raised(raised, false);
            }
            self.frames.drop_top();
            self.handled = handled_below;
            let mut stops = false;
            if let Some(generator) = generator {
                generator.finish();
                // One of the machine's own is an iterator that calls something.
                match code.code().flags.hidden {
                    true => stops = raised.matches(self, self.types.stop_iteration),
                    false => raised = self.leave_generator(raised, generator),
                }
            }
            if then == Then::Item {
                stops = raised.matches(self, self.types.stop_iteration);
            }
            if stops && matches!(then, Then::ForIter | Then::Item) {
                let below = self.frames.top();
                below.jump(below.op().c() as isize);
                return Ok(());
            }
            if chain != Chain::None {
                self.load_link(chain);
            }
            if then == Then::Exit {
                return Err(raised);
            }
        }
    }

    /// A StopIteration that leaves a generator becomes a RuntimeError (PEP 479).
    fn leave_generator(&mut self, raised: Raised, generator: Gc<Generator>) -> Raised {
        let is_async = self.class_of(generator.into()) == self.types.async_generator;
        let stop = raised.matches(self, self.types.stop_iteration);
        let stop_async = is_async && raised.matches(self, self.types.stop_async_iteration);
        if !stop && !stop_async {
            return raised;
        }
        let what = self.type_name(generator.into()).replace('_', " ");
        let which = if stop {
            "StopIteration"
        } else {
            "StopAsyncIteration"
        };
        let error = self.runtime_error(format!("{what} raised {which}"));
        let exception = error.exception();
        exception.write(|e| &e.cause, raised.0);
        exception.write(|e| &e.context, raised.0);
        exception.suppress_context.set(true);
        error
    }

    /// What [`Vm::unwind`] notes where an exception passes through a frame, for one that is not
    /// there: `pc` is the op that raised it or called what did.
    pub fn pass_exception(
        &mut self,
        exception: Value,
        code: Gc<CodeObject>,
        globals: Value,
        pc: u32,
    ) {
        self.set_context(Raised(exception));
        self.add_traceback(Raised(exception), code, globals, pc);
    }

    /// Notes that an exception has come to a frame that handles it.
    fn add_traceback(&mut self, raised: Raised, code: Gc<CodeObject>, globals: Value, pc: u32) {
        if code.code().flags.hidden {
            return;
        }
        let exception = raised.exception();
        let next = exception.traceback.get();
        // A handler's `reraise` in the same frame keeps the entry that is there.
        if let Some(first) = next.cast::<Traceback>()
            && first.code() == code
            && code.instr(pc).op() == bytecode::Op::Reraise
        {
            return;
        }
        // Nor does a bare `raise` add one.
        let instr = code.instr(pc);
        if instr.op() == bytecode::Op::Raise && instr.x() == 0 && !next.is_none() {
            return;
        }
        let entry = Traceback::new(next, code, pc, globals, &[]);
        exception.write(|e| &e.traceback, entry.into());
        if !self.handled.is_none() && self.handles_itself() {
            self.link_entries(self.handled, entry);
        }
    }

    /// Notes that an exception leaves the frame on top, and keeps its variables.
    fn add_left(&mut self, exception: Value, pc: u32) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let code = frame.code;
        if code.code().flags.hidden {
            return;
        }
        let namespace = [frame.locals];
        let words = match () {
            () if code.code().flags.optimized => frame.base.slice(0, code.code().local_names.len()),
            () if frame.then == Then::Init || frame.locals.is_unbound() => &[],
            () => &namespace[..],
        };
        let entry = Traceback::new(Value::NONE, code, pc, frame.function, words);
        self.leave_by_exception(exception, entry);
        if !self.handled.is_none() && self.handles_itself() {
            self.link_entries(self.handled, entry);
        }
    }

    /// Whether what is being handled is so in the frame on top, not in one below.
    fn handles_itself(&self) -> bool {
        let top = self.frames.last();
        top.is_some_and(|frame| self.handled != frame.handled_below)
    }

    /// Puts the entry of a frame that an exception leaves where it belongs. A new entry it is not
    /// where the frame handled the exception and raises it again: there it takes the place of the one
    /// that is there.
    pub fn leave_by_exception(&mut self, exception: Value, entry: Gc<Traceback>) {
        let exception = exception.known::<Exception>();
        if exception.traceback.get().is_none() {
            self.set_context(Raised(exception.into()));
        }
        let mut next = exception.traceback.get();
        let instr = entry.code().instr(entry.pc());
        let is_bare = instr.op() == bytecode::Op::Raise && instr.x() == 0;
        if (is_bare || instr.op() == bytecode::Op::Reraise)
            && let Some(first) = next.cast::<Traceback>()
        {
            let is_same = first.code() == entry.code();
            if is_same && first.goes_on() {
                entry.set_pc(first.pc());
                first.write(|t| &t.owner, entry.into());
                next = first.next.get();
            } else if is_same || is_bare {
                return;
            }
        }
        entry.write(|t| &t.next, next);
        exception.write(|e| &e.traceback, entry.into());
    }

    /// The frame of an entry has handled an exception: the entry that this exception has of it
    /// leads to the later one, so that its variables are found when the frame is left.
    pub fn link_entries(&mut self, handled: Value, entry: Gc<Traceback>) {
        if let Some(handled) = handled.cast::<Exception>()
            && let Some(first) = handled.traceback.get().cast::<Traceback>()
            && first != entry
            && first.code() == entry.code()
            && first.goes_on()
        {
            first.write(|t| &t.owner, entry.into());
        }
    }

    /// Gives an exception that was raised in the frame on top its context. One that was thrown into
    /// a generator gets that which the generator itself handles, not that of who resumed it.
    fn set_context_inside(&mut self, raised: Raised) {
        let thrown = self.frames.last().filter(|frame| {
            let pc = frame.current_pc();
            frame.as_generator().is_some() && frame.code.instr(pc).op() == bytecode::Op::Yield
        });
        match thrown {
            None => self.set_context(raised),
            Some(frame) if self.resumed_handles(frame, frame.current_pc()) => {
                self.link_context(raised.exception());
            }
            Some(_) => {}
        }
    }

    /// A new exception remembers the one being handled when it was raised.
    fn set_context(&mut self, raised: Raised) {
        let exception = raised.exception();
        if exception.traceback.get().is_none() && exception.context.get().is_none() {
            self.link_context(exception);
        }
    }

    /// Makes the handled exception the context of another, opening the circle that this would
    /// close.
    fn link_context(&mut self, exception: Gc<Exception>) {
        let handled = self.handled;
        if handled.is_none() || handled == exception.into() {
            return;
        }
        let mut links = object::contexts(handled);
        if let Some(last) = links.find(|other| other.context.get() == exception.into()) {
            last.write(|e| &e.context, Value::NONE);
        }
        exception.write(|e| &e.context, handled);
    }

    /// The `raise` statement.
    pub(crate) fn raise_op(&mut self, form: u8, exception: Value, cause: Value) -> Raised {
        if form == 0 {
            return match self.handled {
                Value::NONE => self.runtime_error("No active exception to reraise"),
                handled => Raised(handled),
            };
        }
        let exception = match self.exception_of(exception) {
            Ok(exception) => exception,
            Err(raised) => return raised,
        };
        let cause = match (form, cause) {
            (2, Value::NONE) => Value::NONE,
            (2, cause) => match self.cause_of(cause) {
                Ok(cause) => cause,
                Err(raised) => return raised,
            },
            _ => Value::UNBOUND,
        };
        self.chain_exception(exception, cause);
        Raised(exception.into())
    }

    /// What a `raise` does to its exception, `cause` being *unbound* if it names none.
    pub fn chain_exception(&mut self, exception: Gc<Exception>, cause: Value) {
        if !cause.is_unbound() {
            exception.write(|e| &e.cause, cause);
            exception.suppress_context.set(true);
        }
        if !exception.traceback.get().is_none() || !exception.context.get().is_none() {
            self.link_context(exception);
        }
    }

    /// The exception that `raise value` raises: itself, or an object of the class.
    pub fn exception_of(&mut self, value: Value) -> PyResult<Gc<Exception>> {
        if let Some(exception) = value.cast::<Exception>() {
            return Ok(exception);
        }
        if let Some(class) = value.cast::<Class>()
            && class.is_subclass_of(self.types.base_exception)
        {
            return self.exception_from(class, &[]);
        }
        Err(self.type_error("exceptions must derive from BaseException"))
    }

    /// The exception that a class makes when it is called, or an error if it makes something else.
    pub fn exception_from(
        &mut self,
        class: Gc<Class>,
        arguments: &[Value],
    ) -> PyResult<Gc<Exception>> {
        let made = self.call(class.into(), arguments)?;
        if let Some(exception) = made.cast::<Exception>() {
            return Ok(exception);
        }
        let shown = self.repr_text(class.into())?;
        let given = self.class_of(made);
        let given = self.repr_text(given.into())?;
        Err(self.type_error(format!(
            "calling {shown} should have returned an instance of BaseException, not {given}"
        )))
    }

    fn cause_of(&mut self, value: Value) -> PyResult {
        if value.is::<Exception>() {
            return Ok(value);
        }
        if let Some(class) = value.cast::<Class>()
            && class.is_subclass_of(self.types.base_exception)
        {
            return self.exception_from(class, &[]).map(Value::from);
        }
        Err(self.type_error("exception causes must derive from BaseException"))
    }

    /// Whether an `except` clause takes an exception.
    pub(crate) fn matches_handler(&mut self, exception: Value, class: Value) -> PyResult<bool> {
        let own = self.class_of(exception);
        match class.kind() {
            Some(Kind::Class)
                if class
                    .known::<Class>()
                    .is_subclass_of(self.types.base_exception) =>
            {
                Ok(own.is_subclass_of(class.known()))
            }
            Some(Kind::Tuple) => {
                let mut matches = false;
                for &class in class.known::<Tuple>().items() {
                    // Nothing but classes, also behind the one that matches.
                    let class = if class.is::<Tuple>() {
                        Value::NONE
                    } else {
                        class
                    };
                    matches |= self.matches_handler(exception, class)?;
                }
                Ok(matches)
            }
            _ => Err(self.type_error(
                "catching classes that do not inherit from BaseException is not allowed",
            )),
        }
    }

    #[cold]
    pub(crate) fn unbound_local(&mut self, code: Gc<CodeObject>, name: u32) -> Raised {
        let name = code.constant(name);
        let text = name.known::<Str>().to_text_escaped();
        let raised = self.unbound_local_error(format!(
            "cannot access local variable '{text}' where it is not associated with a value"
        ));
        self.set_own(raised.0, self.names.name, name);
        raised
    }

    #[cold]
    pub(crate) fn unbound_cell(&mut self, code: Gc<CodeObject>, name: u32, free: bool) -> Raised {
        if !free {
            return self.unbound_local(code, name);
        }
        let name = code.constant(name);
        let text = name.known::<Str>().to_text_escaped();
        let raised = self.name_error(format!(
            "cannot access free variable '{text}' where it is not associated with a value in enclosing scope"
        ));
        self.set_own(raised.0, self.names.name, name);
        raised
    }

    /// `NameError: name 'x' is not defined`
    #[cold]
    pub fn undefined_name(&mut self, name: Gc<Str>) -> Raised {
        let text = name.to_text_escaped();
        let raised = self.name_error(format!("name '{text}' is not defined"));
        self.set_own(raised.0, self.names.name, name.into());
        raised
    }

    /// The namespace of the running module or class body, or its globals.
    pub fn frame_namespace(&self) -> Value {
        match self.frames.last() {
            Some(frame) if frame.then != Then::Init && !frame.locals.is_unbound() => frame.locals,
            Some(frame) => frame.globals().into(),
            None => Value::NONE,
        }
    }

    /// The globals of the running frame.
    pub fn frame_globals(&self) -> Option<Gc<Dict>> {
        self.frames.last().map(|frame| frame.globals())
    }
}
