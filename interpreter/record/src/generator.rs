//! Generators: resumed, suspended and made within a trace.
//!
//! A generator that an op asks for its next value is followed like a call. Its registers are
//! loaded from where they are saved into a frame above, its body is recorded up to the `yield`,
//! and there what lives on is saved again. So the generator is at every moment what the interpreter
//! would have made of it, an exit in the midst of it restores a frame like any other, and a pass
//! that finds the generator to be known nowhere else may drop loads and stores alike.
//!
//! Not followed are one whose frame handles an exception, and one whose loop comes round too often
//! between two values: that loop is hot by itself. The runtime resumes those.

use crate::abort::Abort;
use crate::recorder::{Recorded, Recorder};
use crate::values::{address_of, item_at};
use bytecode::LiveSet;
use object::layout;
use object::liveness::{live_before, live_suspended};
use object::shape::of_kind;
use object::{CodeObject, Function, Gc, Generator, GeneratorState, Kind, Regs, Top, Value};
use trace::{Cond, Op, Ref, Rt};
use vm::{Machine, PyResult, Then};

/// How often a generator's loop may come round between two of its values.
pub(crate) const ROUNDS_MAX: u16 = 4;

impl Recorder<'_> {
    /// Whether a generator can be followed into its frame as it is now.
    pub(crate) fn may_resume(&self, generator: Value) -> bool {
        let Some(own) = generator.cast::<Generator>() else {
            return false;
        };
        if self.is_off() {
            return false;
        }
        vm::unlink(own);
        match own.state.get() {
            GeneratorState::Finished => return true,
            GeneratorState::Running | GeneratorState::Linked => return false,
            GeneratorState::Created | GeneratorState::Suspended => {}
        }
        let code = own.function().code();
        let same = self.inlined.iter().filter(|i| i.code == code).count();
        own.handled.get().is_none()
            && own.registers().capacity() >= code.registers as usize
            && self.inlined.len() < self.limits.depth
            && same <= self.limits.recursion
            && !self.targets.refuses(code)
    }

    /// The generator that drives a builtin iterator, if it can be followed.
    pub(crate) fn followed_driver(&mut self, iter: Recorded) -> Option<Recorded> {
        let word: Value = vm::driven::driver_of(iter.word)?.into();
        if self.is_off() || !self.may_resume(word) {
            return None;
        }
        self.shape_of(iter);
        let field = layout::ITER_SOURCE as u16;
        let r = self.emit(Op::Load, &[iter.r.0, field]);
        let driver = Recorded { word, r };
        self.learn(driver);
        Some(driver)
    }

    /// Resumes a generator. False if it was found to be finished.
    pub(crate) fn resume_followed(
        &mut self,
        generator: Recorded,
        value: Recorded,
        then: Then,
        dst: u16,
    ) -> PyResult<bool> {
        if self.is_off() {
            return self
                .vm
                .enter_generator(generator.word.known(), value.word, then, dst);
        }
        self.shape_of(generator);
        let own: Gc<Generator> = generator.word.known();
        vm::unlink(own);
        let state = own.state.get();
        self.expect_half(generator.r, layout::GENERATOR_STATE, state as u32);
        if state == GeneratorState::Finished {
            return self.vm.enter_generator(own, value.word, then, dst);
        }
        if state == GeneratorState::Created {
            self.is_word(value, Value::NONE);
        }
        let pc = own.pc.get();
        self.expect_half(generator.r, layout::GENERATOR_PC, pc);
        let field = layout::GENERATOR_HANDLED as u16;
        let handled = self.emit(Op::Load, &[generator.r.0, field]);
        let none = self.word_ref(Value::NONE);
        self.guard(Op::GuardIs, &[handled.0, none.0]);
        let field = layout::GENERATOR_FUNCTION as u16;
        let r = self.emit(Op::LoadFixed, &[generator.r.0, field]);
        let function = Recorded {
            word: own.function().into(),
            r,
        };
        self.learn(function);
        let code = self.promote_function(function).code();

        let loaded = self.load_saved(generator, code.get(), pc);
        self.store_half(
            generator.r,
            layout::GENERATOR_STATE,
            GeneratorState::Running as u32,
        );
        self.vm.enter_generator(own, value.word, then, dst)?;
        let Some(frame) = self.vm.frames().last().copied() else {
            return Ok(true);
        };
        let base = self.place(frame.base, 0);
        for at in base..(base + code.registers as usize).min(self.registers.len()) {
            self.registers[at] = Ref::NONE;
        }
        for (reg, r) in loaded {
            self.set_register(base + reg as usize, r);
        }
        if state == GeneratorState::Suspended {
            let sent = frame.pc.offset(-1).fetch().a();
            self.set_register(base + sent as usize, value.r);
        }
        self.opening = Some((function.r, Some(generator.r)));
        Ok(true)
    }

    /// The registers that a generator has saved, as far as it wants them where it goes on.
    fn load_saved(&mut self, generator: Recorded, code: &CodeObject, pc: u32) -> Vec<(u16, Ref)> {
        let own: Gc<Generator> = generator.word.known();
        let mut live = LiveSet::default();
        live_before(code, pc, &mut live);
        let field = layout::GENERATOR_REGISTERS as u16;
        let saved = self.emit(Op::Load, &[generator.r.0, field]);
        let mut loaded = Vec::new();
        for reg in live.iter() {
            let field = item_at(layout::ARRAY_ITEMS, reg as usize);
            let r = self.emit(Op::Load, &[saved.0, field]);
            let v = self.loaded(own.registers().item(reg as usize), r);
            loaded.push((reg, v.r));
        }
        loaded
    }

    /// Whether an asynchronous generator that stands at a `yield` of its own will be followed into
    /// its frame for its next item.
    pub(crate) fn expect_between_items(&mut self, generator: Recorded) -> bool {
        let own: Gc<Generator> = generator.word.known();
        if !vm::gives_item(own) || !self.may_resume(generator.word) {
            return false;
        }
        self.expect_place(generator.r, GeneratorState::Suspended, own.pc.get());
        true
    }

    fn expect_place(&mut self, generator: Ref, state: GeneratorState, pc: u32) {
        self.expect_half(generator, layout::GENERATOR_STATE, state as u32);
        self.expect_half(generator, layout::GENERATOR_PC, pc);
    }

    /// Records that the generator on top saves its registers and its place at a `yield`.
    pub(crate) fn suspend_followed(&mut self) -> Top {
        if !self.is_off() {
            self.save_generator();
        }
        self.vm.suspend()
    }

    fn save_generator(&mut self) {
        let Some((generator, code, base)) = self
            .inlined
            .last()
            .filter(|inlined| inlined.then.resumes())
            .and_then(|inlined| Some((inlined.locals?, inlined.code, inlined.base)))
        else {
            return self.give_up(Abort::Opaque);
        };
        let (pushed, below) = match self.inlined.last() {
            Some(inlined) => (inlined.pushed, inlined.handled_below),
            None => (false, Ref::NONE),
        };
        // One that is suspended in a handler keeps what it handles.
        let pc = self.pc.index(code);
        let handles = code.code().kept_handled(pc).is_some();
        if !pushed && (handles || self.handled != below) {
            return self.give_up(Abort::Opaque);
        }
        let mut values = Vec::new();
        let mut live = LiveSet::default();
        live_suspended(code.get(), pc, &mut live);
        for reg in live.iter() {
            let result = self.register(base + reg as usize);
            let r = self.or_give_up(result);
            values.push((reg, self.boxed(r)));
        }
        let field = layout::GENERATOR_REGISTERS as u16;
        let saved = self.emit(Op::Load, &[generator.0, field]);
        for (reg, r) in values {
            let field = item_at(layout::ARRAY_ITEMS, reg as usize);
            if self.abort.is_none() && self.emitter.field_is(saved, field, r) {
                continue;
            }
            self.write_field(saved, i32::from(field), r);
        }
        self.store_half(generator, layout::GENERATOR_PC, pc + 1);
        self.store_half(
            generator,
            layout::GENERATOR_STATE,
            GeneratorState::Suspended as u32,
        );
        let Some(inlined) = self.inlined.last_mut() else {
            return;
        };
        if std::mem::replace(&mut inlined.pushed, false) {
            self.settle_handled(self.handled);
            self.call(Rt::SuspendFrame, &[]);
            self.handled_there = below;
        }
    }

    /// Records that the generator on top is finished.
    pub(crate) fn record_finish(&mut self) {
        if self.is_off() {
            return;
        }
        let Some(generator) = self.inlined.last().and_then(|inlined| inlined.locals) else {
            return self.give_up(Abort::Opaque);
        };
        self.store_half(
            generator,
            layout::GENERATOR_STATE,
            GeneratorState::Finished as u32,
        );
        let unbound = self.word_ref(Value::UNBOUND);
        self.write_field(generator, layout::GENERATOR_REGISTERS, unbound);
    }

    /// Records the making of a generator whose arguments are bound at `base`.
    pub(crate) fn make_generator(
        &mut self,
        function: Recorded,
        base: Regs,
        awaited: bool,
    ) -> Recorded {
        let own: Gc<Function> = function.word.known();
        let word = self.vm.make_generator(own, base, awaited);
        if self.is_off() {
            return Self::unknown(word);
        }
        let code = own.code();
        let registers = code.registers as usize;
        let locals = code.locals.min(code.registers);
        let values = self.boxed_registers(base, 0, locals);
        let bytes = layout::rounded_size(layout::ARRAY_BYTES + registers * 8);
        if bytes > layout::SMALL_BYTES_MAX {
            let r = self.call(Rt::NewGenerator, &[function.r]);
            self.emitter_assume_object(r, word.shape_id());
            let field = layout::GENERATOR_REGISTERS as u16;
            let saved = self.emit(Op::Load, &[r.0, field]);
            for (at, value) in values.into_iter().enumerate() {
                let field = item_at(layout::ARRAY_ITEMS, at);
                self.write_field(saved, i32::from(field), value);
            }
            return Recorded { word, r };
        }
        let (name, qualname) = self.names_of(function);
        let array = self.new_flagged(
            bytes,
            Kind::Array,
            of_kind(Kind::Array),
            layout::REGISTERS_FLAGS,
        );
        let capacity = (bytes - layout::ARRAY_BYTES) / 8;
        self.init_raw(array, layout::ARRAY_CAPACITY, capacity as i64);
        let unbound = self.word_ref(Value::UNBOUND);
        for at in 0..capacity {
            let value = values.get(at).copied().unwrap_or(unbound);
            self.init(array, i32::from(item_at(layout::ARRAY_ITEMS, at)), value);
        }
        let r = self.new_object(layout::GENERATOR_BYTES, Kind::Generator, word.shape_id());
        let none = self.word_ref(Value::NONE);
        for (field, value) in [
            (layout::GENERATOR_CHAIN, unbound),
            (layout::GENERATOR_FUNCTION, function.r),
            (layout::GENERATOR_REGISTERS, array),
            (layout::GENERATOR_HANDLED, none),
            (layout::GENERATOR_NAME, name),
            (layout::GENERATOR_QUALNAME, qualname),
            (layout::GENERATOR_ORIGIN, none),
        ] {
            self.init(r, field, value);
        }
        if self.abort.is_none() {
            let field = layout::GENERATOR_FUNCTION as u16;
            self.emitter.know_fixed(Op::LoadFixed, r, field, function.r);
        }
        self.store_half(r, layout::GENERATOR_PC, 0);
        self.store_half(r, layout::GENERATOR_STATE, GeneratorState::Created as u32);
        if vm::is_told_when_dead(code, awaited) {
            self.call(Rt::TellWhenDead, &[r]);
        }
        Recorded { word, r }
    }

    /// A function's name, and its qualified name.
    fn names_of(&mut self, function: Recorded) -> (Ref, Ref) {
        let own: Gc<Function> = function.word.known();
        match function.r.is_constant() {
            true => (
                self.word_ref(own.name.get()),
                self.word_ref(own.qualname.get()),
            ),
            false => (
                self.emit(Op::Load, &[function.r.0, layout::FUNCTION_NAME as u16]),
                self.emit(Op::Load, &[function.r.0, layout::FUNCTION_QUALNAME as u16]),
            ),
        }
    }

    /// Records the making of a function without defaults.
    pub(crate) fn make_function(&mut self, code: Gc<CodeObject>, closure: Recorded) -> Recorded {
        let Some(globals) = self.vm.frame_globals() else {
            self.step();
            return Self::unknown(Value::UNBOUND);
        };
        let word = self.vm.function_of(code, globals, closure.word);
        if self.is_off() {
            return Self::unknown(word);
        }
        let own: Gc<Function> = word.known();
        let module = match globals.find_str(self.vm.names.dunder_name) {
            Some(at) => {
                self.settle_keys(globals);
                let module = self.dict_value(globals, at);
                self.boxed(module.r)
            }
            None => {
                self.settle_keys(globals);
                self.word_ref(Value::NONE)
            }
        };
        let r = self.new_object(layout::FUNCTION_BYTES, Kind::Function, word.shape_id());
        for (field, object) in [
            (layout::FUNCTION_CODE, code.into()),
            (layout::FUNCTION_GLOBALS, globals.into()),
        ] {
            self.word_ref(object);
            self.init_raw(r, field, address_of(object));
        }
        let [none, unbound] = [Value::NONE, Value::UNBOUND].map(|word| self.word_ref(word));
        let [builtins, name, qualname, doc] = [&own.builtins, &own.name, &own.qualname, &own.doc]
            .map(|slot| self.word_ref(slot.get()));
        let closure = match closure.word.is_unbound() {
            true => none,
            false => closure.r,
        };
        for (field, value) in [
            (layout::FUNCTION_BUILTINS, builtins),
            (layout::FUNCTION_DEFAULTS, none),
            (layout::FUNCTION_KEYWORD_DEFAULTS, none),
            (layout::FUNCTION_CLOSURE, closure),
            (layout::FUNCTION_NAME, name),
            (layout::FUNCTION_QUALNAME, qualname),
            (layout::FUNCTION_DOC, doc),
            (layout::FUNCTION_MODULE, module),
            (layout::FUNCTION_ANNOTATE, none),
            (layout::FUNCTION_ANNOTATIONS, unbound),
            (layout::FUNCTION_DICT, none),
        ] {
            self.init(r, field, value);
        }
        if self.abort.is_none() {
            let field = layout::FUNCTION_CLOSURE as u16;
            self.emitter.know_fixed(Op::LoadFixed, r, field, closure);
        }
        Recorded { word, r }
    }

    /// What a runtime function gave is a new object of a shape.
    fn emitter_assume_object(&mut self, r: Ref, shape: u32) {
        if self.abort.is_none() && r != Ref::NONE {
            self.emitter.assume(r, crate::emit::Kind::Object, shape);
        }
    }

    /// Tests a field of 32 bits.
    /// Whether a generator has not begun, which is tested.
    pub(crate) fn expect_fresh(&mut self, generator: Recorded) -> bool {
        let state = generator.word.known::<Generator>().state.get();
        self.expect_half(generator.r, layout::GENERATOR_STATE, state as u32);
        state == GeneratorState::Created
    }

    fn expect_half(&mut self, object: Ref, field: i32, expected: u32) {
        let loaded = self.emit(Op::LoadHalf, &[object.0, field as u16]);
        let expected = self.raw_ref(i64::from(expected));
        self.guard(Op::GuardInt, &[Cond::Eq as u16, loaded.0, expected.0]);
    }

    pub(crate) fn store_half(&mut self, object: Ref, field: i32, n: u32) {
        let n = self.raw_ref(i64::from(n));
        self.emit(Op::StoreHalf, &[object.0, field as u16, n.0]);
        self.effect = true;
    }
}
