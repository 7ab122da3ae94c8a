//! The recording machine: executes an op's semantics and records them at once.
//!
//! A value is its word and what the trace calls it. A test is made on the word, and recorded as
//! the guard that the word passes; an operation is done on the words and recorded as ops. What is
//! not expressed in operations is recorded as a call of the runtime (`residual`) or as the
//! execution of the whole bytecode op (`Recorder::step`).

use crate::abort::Abort;
use crate::emit::Kind;
use crate::raise::Raising;
use crate::recorder::{Dependency, Recorded, Recorder};
use crate::values::{address_of, item_at};
use object::layout;
use object::shape::of_kind;
use object::{
    BoundMethod, Bytes, Class, CodeObject, CodePointer, Dict, DictIndex, Function, Gc, Iter,
    IterKind, Kind as ObjectKind, List, Range, Regs, Str, Top, Tuple, Value,
};
use trace::{Cond, Const, FloatFn, Op, Ref, Rt};
use vm::machine::{ExceptionField, FloatOp, FloatPair, Runtime};
use vm::{BinaryOp, Comparison, Machine, PyResult, Then, Vm};

/// The condition of a comparison's outcome.
fn condition(op: Comparison, outcome: bool) -> Cond {
    let cond = match op {
        Comparison::Lt => Cond::Lt,
        Comparison::Le => Cond::Le,
        Comparison::Eq => Cond::Eq,
        Comparison::Ne => Cond::Ne,
        Comparison::Gt => Cond::Gt,
        Comparison::Ge => Cond::Ge,
    };
    if outcome { cond } else { cond.negated() }
}

/// Arithmetic of small integers: ops that may leave the trace for want of a result, and those that
/// always have one.
macro_rules! small_ops {
    ($($checked:ident $checked_op:ident $($test:ident)?),*; $($plain:ident $plain_op:ident),*) => {
        $(fn $checked(&mut self, a: Recorded, b: Recorded) -> Option<Recorded> {
            let word = self.vm.$checked(a.word, b.word);
            $(self.$test(b, word);)?
            self.small_op(Op::$checked_op, a, b, word)
        })*
        $(fn $plain(&mut self, a: Recorded, b: Recorded) -> Recorded {
            let word = self.vm.$plain(a.word, b.word);
            let r = self.emit(Op::$plain_op, &[a.r.0, b.r.0]);
            Recorded { word, r }
        })*
    };
}

/// Arithmetic of floats.
macro_rules! float_ops {
    ($($name:ident $op:ident $sign:tt),*) => {
        $(fn $name(&mut self, a: Recorded, b: Recorded) -> Recorded {
            self.float_op(Op::$op, a, b, |a, b| a $sign b)
        })*
    };
}

impl Machine for Recorder<'_> {
    type V = Recorded;

    const RECORDS: bool = true;

    fn vm(&mut self) -> &mut Vm {
        self.vm
    }

    fn instruction(&mut self, pc: CodePointer, regs: Regs) -> bool {
        self.begin_op(pc, regs);
        if self.vm.is_told() {
            self.give_up(Abort::Told);
        }
        if self.abort.is_some() {
            return false;
        }
        if let Some(part) = (u32::MAX / 256).checked_div(self.limits.random_abort) {
            let turn = self.figures.instructions as u32 ^ pc.key() as u32;
            if turn.wrapping_mul(0x9e37_79b9) >> 8 < part {
                self.give_up(Abort::Random);
                return false;
            }
        }
        if self.is_called_here(pc) {
            self.call_frame(pc);
            return false;
        }
        if self.ends_here(pc) || self.abort.is_some() {
            return false;
        }
        self.started = true;
        self.figures.instructions += 1;
        true
    }

    fn generic(&mut self) {
        self.step();
    }

    fn opaque(&mut self) {
        self.give_up(Abort::Opaque);
    }

    fn settle(&mut self, v: Recorded) {
        if self.is_off() || self.shape_of(v) == 0 {
            return;
        }
        let class = self.vm.class_of(v.word);
        self.depend(Dependency::Class(class, class.version.get()));
    }

    fn settle_keys(&mut self, dict: Gc<Dict>) {
        if !self.is_off() {
            self.depend(Dependency::Keys(dict, dict.keys_version()));
        }
    }

    fn settle_slots(&mut self) {
        self.rely_on_slots();
    }

    fn safepoint(&mut self) -> PyResult<()> {
        self.vm.safepoint_now()
    }

    fn quiet_safepoint(&mut self) {
        self.vm.quiet_safepoint_now();
    }

    fn promote(&mut self, v: Recorded) -> Value {
        if !self.is_off() && !v.r.is_constant() {
            let constant = self.word_ref(v.word);
            self.guard(Op::GuardIs, &[v.r.0, constant.0]);
        }
        v.word
    }

    fn promote_function(&mut self, v: Recorded) -> Gc<Function> {
        let function: Gc<Function> = v.word.known();
        if self.is_off() {
            return function;
        }
        let code = function.code();
        let (defaults, named) = (function.defaults.get(), function.keyword_defaults.get());
        if v.r.is_constant() || self.emitter.known_word(v.r).is_some() {
            self.depend(Dependency::Function(function, code, defaults, named));
            return function;
        }
        self.shape_of(v);
        // The code is kept alive by the trace.
        self.word_ref(code.into());
        for (field, expected) in [
            (layout::FUNCTION_CODE, address_of(code.into())),
            (
                layout::FUNCTION_GLOBALS,
                address_of(function.globals().into()),
            ),
        ] {
            let loaded = self.emit(Op::LoadRaw, &[v.r.0, field as u16]);
            let expected = self.raw_ref(expected);
            self.guard(Op::GuardInt, &[Cond::Eq as u16, loaded.0, expected.0]);
        }
        for (field, expected) in [
            (layout::FUNCTION_DEFAULTS, defaults),
            (layout::FUNCTION_KEYWORD_DEFAULTS, named),
        ] {
            let loaded = self.emit(Op::Load, &[v.r.0, field as u16]);
            let expected = self.word_ref(expected);
            self.guard(Op::GuardIs, &[loaded.0, expected.0]);
        }
        function
    }

    fn get(&mut self, regs: Regs, at: u16) -> Recorded {
        let word = regs.get(at);
        if self.is_off() {
            return Self::unknown(word);
        }
        let place = self.place(regs, at);
        let result = self.register(place);
        let r = self.or_give_up(result);
        self.unboxed_at_entry(place, Recorded { word, r })
    }

    fn set(&mut self, regs: Regs, at: u16, v: Recorded) {
        regs.set(at, v.word);
        if !self.is_off() {
            self.set_register(self.place(regs, at), v.r);
        }
    }

    fn written(&mut self, regs: Regs, at: u16) {
        if !self.is_off() {
            let place = self.place(regs, at);
            let r = self.emit(Op::LoadReg, &[place as u16]);
            self.set_register(place, r);
        }
    }

    fn unbind(&mut self, regs: Regs, from: usize, count: usize) {
        regs.unbind(from, count);
        if self.is_off() {
            return;
        }
        let unbound = self.word_ref(Value::UNBOUND);
        for at in from..from + count {
            self.set_register(self.place(regs, at as u16), unbound);
        }
    }

    fn constant(&mut self, word: Value) -> Recorded {
        if self.is_off() {
            return Self::unknown(word);
        }
        let r = self.word_ref(word);
        Recorded { word, r }
    }

    fn class_version(&mut self, class: Gc<Class>) -> u32 {
        let version = class.version.get();
        if !self.is_off() {
            self.depend(Dependency::Class(class, version));
        }
        version
    }

    fn word(&self, v: Recorded) -> Value {
        v.word
    }

    // ---- tests

    fn is_small(&mut self, a: Recorded) -> bool {
        self.learn(a) == Kind::Small
    }

    fn both_small(&mut self, a: Recorded, b: Recorded) -> bool {
        self.learn(a) == Kind::Small && self.learn(b) == Kind::Small
    }

    fn is_float(&mut self, a: Recorded) -> bool {
        self.learn(a) == Kind::Float
    }

    fn both_float(&mut self, a: Recorded, b: Recorded) -> bool {
        self.learn(a) == Kind::Float && self.learn(b) == Kind::Float
    }

    fn is_word(&mut self, a: Recorded, word: Value) -> bool {
        let same = a.word == word;
        if !self.is_off() && !a.r.is_constant() {
            // What the value is says more than what it is not, and costs the same.
            let kind = self.learn(a);
            if kind == Kind::of(word) {
                let constant = self.word_ref(word);
                let op = if same { Op::GuardIs } else { Op::GuardIsNot };
                self.guard(op, &[a.r.0, constant.0]);
            }
        }
        same
    }

    fn same(&mut self, a: Recorded, b: Recorded) -> bool {
        let same = Value::is_same(a.word, b.word);
        if self.is_off() {
            return same;
        }
        if b.r.is_constant() && b.word.kind().is_none() {
            return self.is_word(a, b.word);
        }
        if a.word != b.word && (same || !self.is_one_unboxed(a, b)) {
            // Two boxes are compared by what is in them, which no op does.
            self.give_up(Abort::Operation);
            return same;
        }
        let (x, y) = (self.boxed(a.r), self.boxed(b.r));
        let op = if same { Op::GuardIs } else { Op::GuardIsNot };
        self.guard(op, &[x.0, y.0]);
        same
    }

    fn decide(&mut self, result: Recorded, word: Value, yes: CodePointer, no: CodePointer) -> bool {
        let same = result.word == word;
        let place = self.undecided.take();
        if self.is_off() || result.r.is_constant() {
            return same;
        }
        let instr = self.pc.fetch();
        let gives = instr.op() == bytecode::Op::ForIter;
        let (other, with) = if same {
            (no, gives.then_some((instr.a(), result.r)))
        } else {
            (yes, None)
        };
        let constant = self.word_ref(word);
        let snapshot = match self.take_snapshot(other, with) {
            Ok(snapshot) => snapshot,
            Err(abort) => {
                self.give_up(abort);
                return same;
            }
        };
        if place == Some(result.r) {
            let (cond, zero) = self.found_or_not(same);
            self.emit(Op::GuardInt, &[cond as u16, result.r.0, zero.0, snapshot]);
            return same;
        }
        let op = if same { Op::GuardIs } else { Op::GuardIsNot };
        self.emit(op, &[result.r.0, constant.0, snapshot]);
        same
    }

    fn shape(&mut self, a: Recorded) -> u32 {
        if self.is_off() {
            return a.word.shape_id();
        }
        self.shape_of(a)
    }

    fn compare_small(&mut self, op: Comparison, a: Recorded, b: Recorded) -> bool {
        let outcome = op.test(a.word.bits() as i64, b.word.bits() as i64);
        let cond = condition(op, outcome).of_integers();
        self.guard(Op::GuardInt, &[cond as u16, a.r.0, b.r.0]);
        outcome
    }

    fn compare_float(&mut self, op: Comparison, a: Recorded, b: Recorded) -> bool {
        let ((x, a), (y, b)) = (self.float(a), self.float(b));
        let outcome = op.test(x, y);
        self.guard(Op::GuardFloats, &[condition(op, outcome) as u16, a.0, b.0]);
        outcome
    }

    // ---- integers

    small_ops! {
        add_small AddInt, sub_small SubInt, mul_small MulInt,
        floor_div_small FloorDivInt expect_divisor, mod_small ModInt expect_divisor,
        lshift_small ShlInt expect_amount, rshift_small ShrInt expect_amount;
        and_small AndInt, or_small OrInt, xor_small XorInt
    }

    fn small_to_float(&mut self, a: Recorded) -> Recorded {
        let word = self.vm.small_to_float(a.word);
        let r = self.emit(Op::IntToFloat, &[a.r.0]);
        Recorded { word, r }
    }

    // ---- floats

    float_ops! { add_float AddFloat +, sub_float SubFloat -, mul_float MulFloat * }

    fn div_float(&mut self, a: Recorded, b: Recorded) -> Option<Recorded> {
        let (divisor, r) = self.float(b);
        if divisor == 0.0 {
            return None;
        }
        if !self.is_off() {
            match self.emitter.trace.constant_of(r) {
                Some(_) => {}
                None => match self.emitter.trace.constant(Const::Float(0)) {
                    Ok(zero) => {
                        self.guard(Op::GuardFloats, &[Cond::Ne as u16, r.0, zero.0]);
                    }
                    Err(_) => self.give_up(Abort::TooLong),
                },
            }
        }
        Some(self.float_op(Op::DivFloat, a, b, |a, b| a / b))
    }

    fn neg_float(&mut self, a: Recorded) -> Recorded {
        let (float, r) = self.float(a);
        let r = self.emit(Op::NegFloat, &[r.0]);
        Recorded {
            word: Value::float(-float),
            r,
        }
    }

    fn abs_float(&mut self, a: Recorded) -> Recorded {
        let (float, r) = self.float(a);
        let r = self.emit(Op::AbsFloat, &[r.0]);
        Recorded {
            word: Value::float(float.abs()),
            r,
        }
    }

    fn float_function(&mut self, op: FloatOp, a: Recorded) -> Recorded {
        let (float, r) = self.float(a);
        let function = match op {
            FloatOp::Sqrt => None,
            FloatOp::Sin => Some(FloatFn::Sin),
            FloatOp::Cos => Some(FloatFn::Cos),
            FloatOp::Tan => Some(FloatFn::Tan),
            FloatOp::Atan => Some(FloatFn::Atan),
            FloatOp::Exp => Some(FloatFn::Exp),
            FloatOp::Log => Some(FloatFn::Log),
            FloatOp::Asin => Some(FloatFn::Asin),
            FloatOp::Acos => Some(FloatFn::Acos),
        };
        let r = match function {
            None => self.emit(Op::SqrtFloat, &[r.0]),
            Some(function) => self.emit(Op::CallFloat, &[function as u16, r.0]),
        };
        Recorded {
            word: Value::float(op.apply(float)),
            r,
        }
    }

    fn float_pair(&mut self, op: FloatPair, a: Recorded, b: Recorded) -> Recorded {
        let ((x, a), (y, b)) = (self.float(a), self.float(b));
        let function = match op {
            FloatPair::Pow => FloatFn::Pow,
            FloatPair::FloorDiv => FloatFn::FloorDiv,
            FloatPair::Mod => FloatFn::Mod,
            FloatPair::Atan2 => FloatFn::Atan2,
        };
        Recorded {
            word: Value::float(op.apply(x, y)),
            r: self.emit(Op::CallFloat2, &[function as u16, a.0, b.0]),
        }
    }

    fn truncate(&mut self, a: Recorded) -> Option<Recorded> {
        // What the trace knows to be a float may be in a box here.
        let word = self.vm.truncate(Value::inline_float(a.word.as_float()?)?)?;
        let (_, r) = self.float(a);
        let r = self.guard(Op::TruncFloat, &[r.0]);
        Some(Recorded { word, r })
    }

    // ---- objects

    fn load_slot(&mut self, object: Recorded, slot: u16) -> Recorded {
        self.read_slot(object, slot)
    }

    fn store_slot(&mut self, object: Recorded, slot: u16, value: Recorded) {
        self.write_slot(object, slot, value, None);
    }

    fn add_slot(&mut self, object: Recorded, slot: u16, value: Recorded, shape: u32) {
        self.write_slot(object, slot, value, Some(shape));
    }

    fn load_far_slot(&mut self, object: Recorded, slot: u16) -> Recorded {
        self.far_slot(object, slot)
    }

    fn load_far_member(&mut self, object: Recorded, slot: u16) -> Recorded {
        self.far_member(object, slot)
    }

    fn load_dict(&mut self, object: Recorded) -> Recorded {
        self.dict_of_object(object)
    }

    fn store_far_slot(&mut self, object: Recorded, slot: u16, value: Recorded, shape: u32) -> bool {
        self.write_far_slot(object, slot, value, shape)
    }

    fn dict_value(&mut self, dict: Gc<Dict>, at: DictIndex) -> Recorded {
        let word = dict.value_at(at);
        if self.is_off() {
            return Self::unknown(word);
        }
        if object::watch::is_settled(word) && !self.targets.varies(dict, dict.key_at(at)) {
            self.depend(Dependency::Global(dict, at.0, word));
            return self.constant(word);
        }
        let (entries, address) = dict.value_address(at);
        self.word_ref(entries);
        let address = self.raw_ref(address as i64);
        let r = self.emit(Op::LoadAbs, &[address.0]);
        self.loaded(word, r)
    }

    fn set_dict_value(&mut self, dict: Gc<Dict>, at: DictIndex, value: Recorded) {
        if !self.is_off() && object::watch::is_settled(dict.value_at(at)) {
            // It was taken for a constant; the interpreter tells those who rely on it.
            self.step();
        } else {
            // Machine code tells no one: whatever it finds there must not be relied on.
            self.targets.let_vary(dict, dict.key_at(at));
        }
        let r = self.boxed(value.r);
        let (entries, address) = dict.value_address(at);
        let entries = self.word_ref(entries);
        self.barrier(entries, r);
        let address = self.raw_ref(address as i64);
        self.emit(Op::StoreAbs, &[address.0, r.0]);
        self.effect = true;
        dict.set_value_at(at, value.word);
    }

    fn cell_content(&mut self, cell: Recorded) -> Recorded {
        let word = self.vm.cell_content(cell.word);
        let r = self.emit(Op::Load, &[cell.r.0, layout::CELL_CONTENT as u16]);
        self.loaded(word, r)
    }

    fn set_cell_content(&mut self, cell: Recorded, value: Recorded) {
        let r = self.boxed(value.r);
        self.write_field(cell.r, layout::CELL_CONTENT, r);
        self.vm.set_cell_content(cell.word, value.word);
    }

    fn closure_cell(&mut self, at: usize) -> Recorded {
        let word = self.vm.closure_cell(at);
        if self.is_off() {
            return Self::unknown(word);
        }
        let Some(function) = self.inlined.last().map(|inlined| inlined.function) else {
            // The frame on top is the one in which the trace began.
            let number = self.word_ref(Value::small(at as i64));
            let r = self.call(Rt::ClosureCell, &[number]);
            if self.abort.is_none() {
                self.emitter.assume(r, Kind::Object, word.shape_id());
            }
            return Recorded { word, r };
        };
        if function.is_constant() {
            return self.constant(word);
        }
        let closure = layout::FUNCTION_CLOSURE as u16;
        let closure = self.emit(Op::LoadFixed, &[function.0, closure]);
        let r = self.emit(
            Op::LoadFixed,
            &[closure.0, item_at(layout::TUPLE_ITEMS, at)],
        );
        Recorded { word, r }
    }

    fn list_item(&mut self, list: Recorded, index: Recorded) -> Option<Recorded> {
        let word = self.vm.list_item(list.word, index.word)?;
        if self.is_off() {
            return Some(Self::unknown(word));
        }
        let length = list.word.known::<List>().len() as i64;
        let index = self.checked_index(list, index, length)?;
        Some(self.item_of(list, index, word))
    }

    fn set_list_item(&mut self, list: Recorded, index: Recorded, value: Recorded) -> bool {
        if self.is_off() {
            return self.vm.set_list_item(list.word, index.word, value.word);
        }
        let length = list.word.known::<List>().len() as i64;
        let Some(at) = self.checked_index(list, index, length) else {
            return false;
        };
        self.store_item_of(list, at, value)
            && self.vm.set_list_item(list.word, index.word, value.word)
    }

    fn tuple_item(&mut self, tuple: Recorded, index: Recorded) -> Option<Recorded> {
        let word = self.vm.tuple_item(tuple.word, index.word)?;
        if self.is_off() {
            return Some(Self::unknown(word));
        }
        let length = tuple.word.known::<Tuple>().len() as i64;
        let index = self.checked_index(tuple, index, length)?;
        Some(self.item_of(tuple, index, word))
    }

    fn length(&mut self, sequence: Recorded) -> Recorded {
        let word = self.vm.length(sequence.word);
        let r = if self.is_off() {
            Ref::NONE
        } else {
            self.length_of(sequence)
        };
        Recorded { word, r }
    }

    fn may_repeat(&mut self) {
        self.effect = false;
    }

    fn keyword_items(&mut self, dict: Recorded) -> Option<Vec<(Value, Recorded)>> {
        self.items_of_keywords(dict)
    }

    fn merged_keywords(
        &mut self,
        dict: Recorded,
        from: Recorded,
        replaces: bool,
    ) -> Option<Recorded> {
        self.keywords_with(dict, from, replaces)
    }

    fn extended_list(&mut self, list: Recorded, from: Recorded) -> Option<Recorded> {
        self.list_with(list, from)
    }

    fn starred(&mut self, source: Recorded, before: usize, after: usize) -> Option<Vec<Recorded>> {
        Recorder::starred(self, source, before, after)
    }

    fn tuple_of_own(&mut self, list: Recorded) -> Option<Recorded> {
        self.tuple_of_list(list)
    }

    fn new_keywords(&mut self, items: &[(Value, Recorded)]) -> Option<Recorded> {
        self.keywords_of(items)
    }

    fn unpack(&mut self, source: Recorded, regs: Regs, to: u16, count: u16) {
        if self.is_off() {
            return self.vm.unpack(source.word, regs, to, count);
        }
        for (at, value) in self.items_of(source).into_iter().enumerate() {
            self.set(regs, to + at as u16, value);
        }
    }

    fn append(&mut self, list: Recorded, item: Recorded) {
        if self.is_off() {
            return list.word.known::<List>().push(item.word);
        }
        self.append_item(list, item, None);
    }

    fn collect(&mut self, list: Recorded, item: Recorded, iter: Recorded) {
        if self.is_off() {
            return list.word.known::<List>().collect(item.word, iter.word);
        }
        self.append_item(list, item, Some(iter));
    }

    fn next_item(&mut self, iter: Recorded) -> Option<Option<Recorded>> {
        Recorder::next_item(self, iter)
    }

    fn str_item(&mut self, text: Recorded, index: Recorded) -> Option<Recorded> {
        let word = self.vm.str_item(text.word, index.word)?;
        let own: Gc<Str> = text.word.known();
        let wide = layout::header_word(own.header()) & layout::wide_mask() != 0;
        if self.is_off() || wide {
            return self.is_off().then(|| Self::unknown(word));
        }
        let length = own.len() as i64;
        let at = index.word.small_unchecked();
        let at = Value::small(if at < 0 { at + length } else { at });
        let r = self.checked_index(text, index, length)?;
        self.character(text, Recorded { word: at, r })
    }

    fn bytes_item(&mut self, bytes: Recorded, index: Recorded) -> Option<Recorded> {
        self.byte_at(bytes, index)
    }

    fn set_byte(&mut self, array: Recorded, index: Recorded, value: Recorded) -> bool {
        self.replace_byte(array, index, value)
    }

    fn integer(&mut self, op: BinaryOp, a: Recorded, b: Recorded) -> Option<Recorded> {
        let is_made = !self.is_off() && (self.is_integer_made(a.r) || self.is_integer_made(b.r));
        is_made.then(|| self.large_integer(op, a, b)).flatten()
    }

    fn masked(&mut self, a: Recorded, b: Recorded) -> Option<Recorded> {
        let is_made = !self.is_off() && self.is_integer_made(a.r);
        is_made.then(|| self.low_bits(a, b)).flatten()
    }

    fn append_byte(&mut self, array: Recorded, value: Recorded) -> bool {
        !self.is_off() && self.append_in_array(array, value)
    }

    fn dict_item(&mut self, dict: Recorded, key: Recorded) -> Option<Recorded> {
        if self.is_off() {
            return None;
        }
        self.by_place(Runtime::GetItem, &[dict, key])
    }

    fn constant_container(&mut self, v: Recorded) -> Option<Value> {
        if let Some(word) = self.known(v) {
            return Some(word);
        }
        let is_fixed = matches!(
            v.word.kind()?,
            ObjectKind::Str | ObjectKind::Tuple | ObjectKind::FrozenSet
        );
        if self.is_off() || !is_fixed {
            return None;
        }
        self.emitter
            .made_by(v.r)
            .filter(|ins| ins.op == Op::LoadAbs)?;
        Some(self.promote(v))
    }

    fn is_marked(&mut self, table: Gc<Bytes>, number: Recorded) -> bool {
        let marked = self.vm.is_marked(table, number.word);
        if self.is_off() || self.known(number).is_some() {
            return marked;
        }
        let table = self.word_ref(table.into());
        let items = layout::BYTES_ITEMS as u16;
        let byte = self.emit(Op::LoadByteAt, &[table.0, number.r.0, items]);
        let zero = self.raw_ref(0);
        let cond = if marked { Cond::Ne } else { Cond::Eq };
        self.guard(Op::GuardInt, &[cond as u16, byte.0, zero.0]);
        marked
    }

    fn ord(&mut self, a: Recorded) -> Option<Recorded> {
        let word = self.vm.ord(a.word)?;
        if self.is_off() {
            return Some(Self::unknown(word));
        }
        if self.known(a).is_some() {
            return Some(self.constant(word));
        }
        if let Some(r) = self.number_of_character(a.r) {
            return Some(Recorded { word, r });
        }
        let text: Gc<Str> = a.word.known();
        let wide = layout::header_word(text.header()) & layout::wide_mask() != 0;
        if wide || self.shape_of(a) == 0 {
            return None;
        }
        let length = self.length_of(a);
        let one = self.word_ref(Value::small(1));
        self.guard(Op::GuardInt, &[Cond::Eq as u16, length.0, one.0]);
        self.expect_narrow(a);
        let zero = self.word_ref(Value::small(0));
        let byte = self.emit(Op::LoadByteAt, &[a.r.0, zero.0, layout::STR_DATA as u16]);
        let r = self.emit(Op::TagInt, &[byte.0]);
        Some(Recorded { word, r })
    }

    fn range_parts(&mut self, range: Recorded) -> (Recorded, Recorded, Recorded) {
        let parts: Gc<Range> = range.word.known();
        let words = [parts.start.get(), parts.stop.get(), parts.step.get()];
        let mut load = |at: usize| {
            let r = self.emit(Op::LoadFixed, &[range.r.0, layout::RANGE_PARTS[at] as u16]);
            let v = Recorded { word: words[at], r };
            self.learn(v);
            v
        };
        (load(0), load(1), load(2))
    }

    fn range_next(
        &mut self,
        iter: Recorded,
        more: (CodePointer, u16),
        end: CodePointer,
    ) -> Option<Recorded> {
        let at = iter.word.known::<Iter>().at.get();
        let word = self.vm.range_next(iter.word, more, end);
        if self.is_off() {
            return word.map(Self::unknown);
        }
        let (next, by) = self.range_stands(iter, word.is_some());
        word?;
        let r = self.emit(Op::TagInt, &[next.0]);
        let after = self.emit(Op::AddRaw, &[next.0, by.0]);
        let field = layout::RANGE_FIELDS[0] as u16;
        self.emit(Op::StoreRaw, &[iter.r.0, field, after.0]);
        self.effect = true;
        let word = Value::small(at);
        Some(Recorded { word, r })
    }

    fn sequence_next(
        &mut self,
        iter: Recorded,
        more: (CodePointer, u16),
        end: CodePointer,
    ) -> Option<Recorded> {
        let source = iter.word.known::<Iter>().source.get();
        let word = self.vm.sequence_next(iter.word, more, end);
        if self.is_off() {
            return word.map(Self::unknown);
        }
        self.next_in_sequence(iter, source, word)
    }

    fn builtin_parts(&mut self, builtin: Recorded) -> (u32, Recorded) {
        let (number, receiver) = self.vm.builtin_parts(builtin.word);
        let field = layout::BUILTIN_NUMBER as u16;
        let own = self.emit(Op::LoadHalf, &[builtin.r.0, field]);
        let expected = self.raw_ref(i64::from(number));
        self.guard(Op::GuardInt, &[Cond::Eq as u16, own.0, expected.0]);
        let field = layout::BUILTIN_RECEIVER as u16;
        let r = self.emit(Op::Load, &[builtin.r.0, field]);
        (number, self.loaded(receiver, r))
    }

    fn payload(&mut self, object: Recorded) -> Recorded {
        let word = self.vm.payload(object.word);
        if self.is_off() {
            return Self::unknown(word);
        }
        let field = layout::WRAPPER_PAYLOAD as u16;
        let r = self.emit(Op::Load, &[object.r.0, field]);
        self.loaded(word, r)
    }

    fn bound_parts(&mut self, method: Recorded) -> (Recorded, Recorded) {
        let (function, receiver) = self.vm.bound_parts(method.word);
        let mut load = |field: i32, word: Value| {
            let r = self.emit(Op::Load, &[method.r.0, field as u16]);
            Recorded { word, r }
        };
        (
            load(layout::BOUND_FUNCTION, function),
            load(layout::BOUND_RECEIVER, receiver),
        )
    }

    fn super_parts(&mut self, found: Recorded) -> [Recorded; 3] {
        let words = self.vm.super_parts(found.word);
        std::array::from_fn(|at| {
            let field = layout::SUPER_FIELDS[at] as u16;
            let r = self.emit(Op::Load, &[found.r.0, field]);
            self.loaded(words[at], r)
        })
    }

    // ---- new objects

    fn new_tuple(&mut self, regs: Regs, from: u16, count: u16) -> Recorded {
        let word = self.vm.new_tuple(regs, from, count);
        let bytes = layout::TUPLE_BYTES + count as usize * 8;
        if self.is_off() {
            return Self::unknown(word);
        }
        if bytes > layout::SMALL_BYTES_MAX {
            self.give_up(Abort::Operation);
            return Self::unknown(word);
        }
        let items = self.boxed_registers(regs, from, count);
        let r = self.tuple_of(&items).r;
        Recorded { word, r }
    }

    fn new_list(&mut self, regs: Regs, from: u16, count: u16) -> Recorded {
        if self.is_off() {
            return Self::unknown(self.vm.new_list(regs, from, count));
        }
        let items: Vec<Recorded> = (from..from + count).map(|at| self.get(regs, at)).collect();
        let word = self.vm.new_list(regs, from, count);
        let is_bare = word.known::<List>().is_bare();
        match self.list_of(&items, is_bare) {
            Some(r) => Recorded { word, r },
            None => {
                self.step();
                Self::unknown(word)
            }
        }
    }

    fn new_instance(&mut self, class: Gc<Class>) -> Recorded {
        let word = self.vm.new_instance(class);
        if self.is_off() {
            return Self::unknown(word);
        }
        let shape = class.new_instance_shape();
        let words = usize::from(shape.words());
        let bytes = layout::INSTANCE_BYTES + words * 8;
        if bytes > layout::SMALL_BYTES_MAX {
            self.give_up(Abort::Operation);
            return Self::unknown(word);
        }
        let r = self.new_object(bytes, ObjectKind::Instance, shape.id.0);
        let unbound = self.word_ref(Value::UNBOUND);
        for at in 0..words {
            let field = i32::from(item_at(layout::INSTANCE_SLOTS, at));
            self.init(r, field, unbound);
        }
        Recorded { word, r }
    }

    fn new_wrapper(&mut self, class: Gc<Class>, payload: Recorded) -> Recorded {
        let word = self.vm.new_wrapper(class, payload.word);
        if self.is_off() {
            return Self::unknown(word);
        }
        let payload = self.boxed(payload.r);
        let r = self.new_object(layout::WRAPPER_BYTES, ObjectKind::Wrapper, word.shape_id());
        let unbound = self.word_ref(Value::UNBOUND);
        self.init(r, layout::WRAPPER_OVERFLOW, unbound);
        self.init(r, layout::WRAPPER_PAYLOAD, payload);
        Recorded { word, r }
    }

    fn new_cell(&mut self, content: Recorded) -> Recorded {
        let word = self.vm.new_cell(content.word);
        let value = self.boxed(content.r);
        let r = self.new_object(
            layout::CELL_BYTES,
            ObjectKind::Cell,
            of_kind(ObjectKind::Cell),
        );
        self.init(r, layout::CELL_CONTENT, value);
        Recorded { word, r }
    }

    fn new_bound(&mut self, function: Value, receiver: Recorded) -> Recorded {
        if !function.is::<Function>() {
            self.step();
        }
        let word = self.vm.new_bound(function, receiver.word);
        if self.is_off() {
            return Self::unknown(word);
        }
        let shape = word.shape_id();
        debug_assert!(word.is::<BoundMethod>());
        let value = self.boxed(receiver.r);
        let function = self.word_ref(function);
        let r = self.new_object(layout::BOUND_BYTES, ObjectKind::BoundMethod, shape);
        self.init(r, layout::BOUND_FUNCTION, function);
        self.init(r, layout::BOUND_RECEIVER, value);
        Recorded { word, r }
    }

    fn new_super(&mut self, after: Value, object: Recorded, own: Value) -> Recorded {
        let word = self.vm.new_super(after, object.word, own);
        if self.is_off() {
            return Self::unknown(word);
        }
        let parts = [
            self.word_ref(after),
            self.boxed(object.r),
            self.word_ref(own),
        ];
        let r = self.new_object(layout::SUPER_BYTES, ObjectKind::Super, word.shape_id());
        for (field, part) in layout::SUPER_FIELDS.into_iter().zip(parts) {
            self.init(r, field, part);
        }
        Recorded { word, r }
    }

    fn new_range_iter(&mut self, start: Recorded, stop: Recorded, step: Recorded) -> Recorded {
        let word = self.vm.new_range_iter(start.word, stop.word, step.word);
        let parts = [start, stop, step].map(|part| self.emit(Op::UntagInt, &[part.r.0]));
        let r = self.new_iter(IterKind::Range, None);
        for (field, part) in layout::RANGE_FIELDS.into_iter().zip(parts) {
            self.emit(Op::StoreRaw, &[r.0, field as u16, part.0]);
        }
        Recorded { word, r }
    }

    fn new_range(&mut self, parts: [Recorded; 3], length: Recorded) -> Recorded {
        let word = self.vm.new_range(parts.map(|part| part.word), length.word);
        let shape = of_kind(ObjectKind::Range);
        let r = self.new_object(layout::RANGE_BYTES, ObjectKind::Range, shape);
        for (field, part) in layout::RANGE_PARTS.into_iter().zip(parts) {
            let part = part.r;
            self.init(r, field, part);
            if !self.is_off() {
                self.emitter
                    .know_fixed(Op::LoadFixed, r, field as u16, part);
            }
        }
        self.init(r, layout::RANGE_LENGTH, length.r);
        Recorded { word, r }
    }

    fn new_slice(&mut self, regs: Regs, from: u16) -> Recorded {
        let word = self.vm.new_slice(regs, from);
        if self.is_off() {
            return Self::unknown(word);
        }
        let parts = self.boxed_registers(regs, from, 3);
        let shape = of_kind(ObjectKind::Slice);
        let r = self.new_object(layout::SLICE_BYTES, ObjectKind::Slice, shape);
        for (field, part) in layout::SLICE_FIELDS.into_iter().zip(parts) {
            self.init(r, field, part);
        }
        Recorded { word, r }
    }

    fn new_reverse_iter(&mut self, list: Recorded, last: Recorded) -> Recorded {
        let word = self.vm.new_reverse_iter(list.word, last.word);
        let (first, zero) = (self.emit(Op::UntagInt, &[last.r.0]), self.raw_ref(0));
        let r = self.new_iter(IterKind::ListReverse, Some(list.r));
        for (field, n) in layout::RANGE_FIELDS.into_iter().zip([first, zero, zero]) {
            self.emit(Op::StoreRaw, &[r.0, field as u16, n.0]);
        }
        Recorded { word, r }
    }

    fn new_sequence_iter(&mut self, kind: IterKind, source: Recorded) -> Recorded {
        let word = self.vm.new_sequence_iter(kind, source.word);
        let r = self.new_iter(kind, Some(source.r));
        for field in layout::RANGE_FIELDS {
            self.init_raw(r, field, 0);
        }
        Recorded { word, r }
    }

    fn new_zip(&mut self, parts: &[Recorded]) -> Recorded {
        self.zip_of(parts)
    }

    fn new_enumerate(&mut self, source: Recorded, from: Recorded) -> Recorded {
        self.enumerate_of(source, from)
    }

    // ---- frames

    fn open_frame(
        &mut self,
        function: Recorded,
        base: Regs,
        then: Then,
        dst: u16,
        locals: Recorded,
    ) -> PyResult<()> {
        self.vm
            .open_frame(function.word, base, then, dst, locals.word)?;
        if !self.is_off() {
            let given = (!locals.word.is_unbound()).then_some(locals.r);
            self.opening = Some((function.r, given));
        }
        Ok(())
    }

    fn enter(
        &mut self,
        function: Gc<Function>,
        args: &[Recorded],
        then: Then,
        dst: u16,
    ) -> PyResult<()> {
        let words: Vec<Value> = args.iter().map(|arg| arg.word).collect();
        let constant = self.constant(function.into());
        self.promote_function(constant);
        self.vm.enter(function, &words, then, dst)?;
        if self.is_off() {
            return Ok(());
        }
        let base = match self.vm.frames().last() {
            Some(frame) => frame.base,
            None => return Ok(()),
        };
        let code = function.code();
        for (at, arg) in args.iter().enumerate() {
            self.set_register(self.place(base, at as u16), arg.r);
        }
        let unbound = self.word_ref(Value::UNBOUND);
        for at in args.len()..code.get().code().local_names.len() {
            self.set_register(self.place(base, at as u16), unbound);
        }
        self.opening = Some((constant.r, None));
        Ok(())
    }

    fn frame_locals(&mut self) -> Recorded {
        let word = self.vm.frame_locals();
        let r = self.inlined.last().and_then(|inlined| inlined.locals);
        Recorded {
            word,
            r: r.unwrap_or(Ref::NONE),
        }
    }

    fn resumes(&mut self, generator: Recorded) -> bool {
        self.may_resume(generator.word)
    }

    fn is_fresh(&mut self, generator: Recorded) -> bool {
        self.expect_fresh(generator)
    }

    fn resumes_for_item(&mut self, generator: Recorded) -> bool {
        self.expect_between_items(generator)
    }

    fn driver(&mut self, iter: Recorded) -> Option<Recorded> {
        self.followed_driver(iter)
    }

    fn native_state(&mut self, object: Recorded) -> Recorded {
        let word = self.vm.native_state(object.word);
        let field = layout::FOREIGN_STATE as u16;
        let r = self.emit(Op::LoadFixed, &[object.r.0, field]);
        self.loaded(word, r)
    }

    fn resume(
        &mut self,
        generator: Recorded,
        value: Recorded,
        then: Then,
        dst: u16,
    ) -> PyResult<bool> {
        self.resume_followed(generator, value, then, dst)
    }

    fn suspend(&mut self) -> Top {
        self.suspend_followed()
    }

    fn finish_generator(&mut self) {
        self.record_finish();
    }

    fn new_generator(&mut self, function: Recorded, base: Regs, awaited: bool) -> Recorded {
        self.make_generator(function, base, awaited)
    }

    fn new_function(&mut self, code: Gc<CodeObject>, closure: Recorded) -> Recorded {
        self.make_function(code, closure)
    }

    // ---- exceptions

    fn handled(&mut self) -> Recorded {
        let word = self.vm.handled;
        if self.is_off() {
            return Self::unknown(word);
        }
        let r = self.handled_ref();
        Recorded { word, r }
    }

    fn set_handled(&mut self, exception: Recorded) {
        self.vm.handled = exception.word;
        if !self.is_off() {
            self.handled = exception.r;
        }
    }

    fn new_exception(&mut self, class: Gc<Class>, args: Recorded) -> Recorded {
        self.make_exception(class, args)
    }

    fn set_exception_args(&mut self, exception: Recorded, args: Recorded) {
        if !self.is_off() {
            self.write_field(exception.r, layout::EXCEPTION_ARGS, args.r);
        }
        self.vm.set_exception_args(exception.word, args.word);
    }

    fn exception_field(&mut self, exception: Recorded, field: ExceptionField) -> Recorded {
        let word = field.of(exception.word.known());
        let at = match field {
            ExceptionField::Args => layout::EXCEPTION_ARGS,
            ExceptionField::Traceback => layout::EXCEPTION_TRACEBACK,
            ExceptionField::Cause => layout::EXCEPTION_CAUSE,
            ExceptionField::Context => layout::EXCEPTION_CONTEXT,
        };
        let r = self.emit(Op::Load, &[exception.r.0, at as u16]);
        self.loaded(word, r)
    }

    fn chain(&mut self, exception: Recorded, cause: Option<Recorded>) {
        if !self.is_off() {
            self.record_chain(exception, cause);
        }
        let cause = cause.map(|cause| cause.word);
        self.vm.chain(exception.word, cause);
    }

    fn raising(&mut self, exception: Recorded) {
        if !self.is_off() {
            self.raising = Raising::Value(exception.r);
        }
    }

    fn residual(
        &mut self,
        what: Runtime,
        args: &[Recorded],
        f: impl FnOnce(&mut Vm) -> PyResult,
    ) -> PyResult<Recorded> {
        self.residual_call(what, args, f)
    }
}
