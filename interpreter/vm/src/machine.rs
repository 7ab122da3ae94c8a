//! The Machine trait: one semantics, several ways to execute it.
//!
//! Each op's meaning is written once, generic over this trait. The interpreter's machine is
//! [`Vm`] itself: its values are words, and every method below inlines to the raw operation. A
//! recording machine has values that are a word and a trace reference; for it a test (`is_…`,
//! `both_…`, `compare_…`) is a guard, an operation is a trace op, and `residual` is a call with
//! the effects that the table of [`Runtime`] functions gives.
//!
//! Rule for semantic functions: within one op, no test may follow a side effect, because a guard
//! resumes at the start of the op that it stands in.

use crate::frame::Then;
use crate::operator::{BinaryOp, Comparison};
pub use crate::runtime::Runtime;
pub use crate::semantics::exception::Field as ExceptionField;
pub use crate::semantics::intrinsic::{FloatOp, FloatPair};
use crate::{PyResult, Vm};
use bytecode::{Instr, Op};
use object::{
    BoundMethod, Builtin, ByteArray, Bytes, CellBox, Class, CodeObject, CodePointer, Dict,
    DictIndex, Exception, FrozenSet, Function, Gc, Generator, GeneratorState, Instance, Iter,
    IterKind, Kind, List, Range, Regs, Set, Slice, Str, Super, Top, Tuple, Value, attributes,
};

/// An index from the start, which may lie behind the end; `None`: it lies before it.
#[inline(always)]
fn place_in(length: usize, index: Value) -> Option<usize> {
    let at = index.small_unchecked();
    let at = if at < 0 { at + length as i64 } else { at };
    usize::try_from(at).ok()
}

/// Something that executes semantic functions.
pub trait Machine {
    /// A Python value.
    type V: Copy;

    fn vm(&mut self) -> &mut Vm;

    /// Called before each instruction, `pc` being its place and `regs` the running frame's
    /// registers. False: leave the loop here, with the frame's record in step.
    #[inline(always)]
    fn instruction(&mut self, _pc: CodePointer, _regs: Regs) -> bool {
        true
    }

    /// The instruction at a place, and its op.
    #[inline(always)]
    fn fetch(&mut self, pc: CodePointer) -> (Instr, Op) {
        pc.fetch_with_op()
    }

    /// Whether what it does is recorded, so that more is worth being expressed in its operations.
    const RECORDS: bool = false;

    /// Whether it tells hooks of what happens.
    const TELLS: bool = false;

    /// Counts a back edge of some code: whether the hook is to be asked.
    #[inline(always)]
    fn is_hot(&mut self, code: Gc<CodeObject>, back: Instr) -> bool {
        self.is_counting() && code.count_of(back).count()
    }

    /// Counts an entry to a function's start: the same.
    #[inline(always)]
    fn is_hot_code(&mut self, code: Gc<CodeObject>) -> bool {
        self.is_counting() && code.entries.count()
    }

    /// Whether entries and back edges are counted.
    #[inline(always)]
    fn is_counting(&mut self) -> bool {
        !Self::RECORDS && !Self::TELLS && self.vm().counts()
    }

    /// The rest of this op works on the frame's registers and not by operations of the machine;
    /// it opens no frame that stays. Nothing of its effect has happened yet.
    #[inline(always)]
    fn generic(&mut self) {}

    /// A safepoint where Python code may run: all that is alive lies in frames.
    fn safepoint(&mut self) -> PyResult<()>;

    /// A safepoint in the middle of a call whose arguments may lie above the running frame: no
    /// Python code runs here.
    fn quiet_safepoint(&mut self);

    /// What follows cannot be recorded at all.
    #[inline(always)]
    fn opaque(&mut self) {}

    /// The class of a value, and what that class defines, are constants of the trace from here on.
    #[inline(always)]
    fn settle(&mut self, _value: Self::V) {}

    /// The keys of a dictionary are.
    #[inline(always)]
    fn settle_keys(&mut self, _dict: Gc<Dict>) {}

    /// That no class puts something before what its objects hold themselves is relied on, where an object
    /// that is a constant tells its shape no more.
    #[inline(always)]
    fn settle_slots(&mut self) {}

    /// The word of a value, which from here on is a constant of the trace.
    fn promote(&mut self, value: Self::V) -> Value;
    /// The function of a callee that is one, whose code, defaults and globals are constants of the
    /// trace from here on.
    #[inline(always)]
    fn promote_function(&mut self, value: Self::V) -> Gc<Function> {
        self.word(value).known()
    }

    fn get(&mut self, regs: Regs, at: u16) -> Self::V;
    fn set(&mut self, regs: Regs, at: u16, value: Self::V);
    /// A runtime function has written a register.
    #[inline(always)]
    fn written(&mut self, _regs: Regs, _at: u16) {}
    /// Sets `count` registers from `from` on to *unbound*.
    fn unbind(&mut self, regs: Regs, from: usize, count: usize);
    fn constant(&mut self, value: Value) -> Self::V;
    /// The version of a class, which from here on is a constant of the trace.
    fn class_version(&mut self, class: Gc<Class>) -> u32;
    /// The word of a value, without any promise about it.
    fn word(&self, value: Self::V) -> Value;

    // ---- tests
    fn is_small(&mut self, a: Self::V) -> bool;
    fn both_small(&mut self, a: Self::V, b: Self::V) -> bool;
    fn is_float(&mut self, a: Self::V) -> bool;
    fn both_float(&mut self, a: Self::V, b: Self::V) -> bool;
    fn is_word(&mut self, a: Self::V, word: Value) -> bool;
    fn same(&mut self, a: Self::V, b: Self::V) -> bool;
    /// Whether the result of a runtime function is the word. The op has had its effect, so where
    /// it goes on stands for both outcomes: at `yes` or at `no`.
    fn decide(&mut self, result: Self::V, word: Value, yes: CodePointer, no: CodePointer) -> bool;
    /// The shape id of an object, 0 of anything else, as a constant of the trace.
    fn shape(&mut self, a: Self::V) -> u32;
    fn compare_small(&mut self, op: Comparison, a: Self::V, b: Self::V) -> bool;
    fn compare_float(&mut self, op: Comparison, a: Self::V, b: Self::V) -> bool;

    // ---- small integers, tested to be such; `None` where the result is none
    fn add_small(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    fn sub_small(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    fn mul_small(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    /// `None` also for a zero divisor.
    fn floor_div_small(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    fn mod_small(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    fn lshift_small(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    fn rshift_small(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    fn and_small(&mut self, a: Self::V, b: Self::V) -> Self::V;
    fn or_small(&mut self, a: Self::V, b: Self::V) -> Self::V;
    fn xor_small(&mut self, a: Self::V, b: Self::V) -> Self::V;
    /// The float of a small integer.
    fn small_to_float(&mut self, a: Self::V) -> Self::V;

    // ---- floats, tested to be inline ones
    fn add_float(&mut self, a: Self::V, b: Self::V) -> Self::V;
    fn sub_float(&mut self, a: Self::V, b: Self::V) -> Self::V;
    fn mul_float(&mut self, a: Self::V, b: Self::V) -> Self::V;
    /// `None` for a zero divisor.
    fn div_float(&mut self, a: Self::V, b: Self::V) -> Option<Self::V>;
    fn neg_float(&mut self, a: Self::V) -> Self::V;
    fn abs_float(&mut self, a: Self::V) -> Self::V;
    fn float_function(&mut self, op: FloatOp, a: Self::V) -> Self::V;
    fn float_pair(&mut self, op: FloatPair, a: Self::V, b: Self::V) -> Self::V;
    /// Rounded towards zero; `None` if that is no small integer.
    fn truncate(&mut self, a: Self::V) -> Option<Self::V>;

    // ---- objects of tested shapes
    fn load_slot(&mut self, object: Self::V, slot: u16) -> Self::V;
    fn store_slot(&mut self, object: Self::V, slot: u16, value: Self::V);
    /// Writes a slot and gives the object its new shape.
    fn add_slot(&mut self, object: Self::V, slot: u16, value: Self::V, shape: u32);
    /// A slot beyond the inline ones.
    fn load_far_slot(&mut self, object: Self::V, slot: u16) -> Self::V;
    /// The same for a slot of `__slots__`, *unbound* if the object has no room for it yet.
    fn load_far_member(&mut self, object: Self::V, slot: u16) -> Self::V;
    /// Writes such a slot, after which the shape is `shape`. False: nothing has happened.
    fn store_far_slot(&mut self, object: Self::V, slot: u16, value: Self::V, shape: u32) -> bool;
    /// The dictionary of an object whose shape says that it has one, or of a function, which may have None.
    fn load_dict(&mut self, object: Self::V) -> Self::V;
    /// The value at a place of a dictionary whose keys are settled.
    fn dict_value(&mut self, dict: Gc<Dict>, at: DictIndex) -> Self::V;
    fn set_dict_value(&mut self, dict: Gc<Dict>, at: DictIndex, value: Self::V);
    /// The content of a cell, *unbound* if it is empty.
    fn cell_content(&mut self, cell: Self::V) -> Self::V;
    fn set_cell_content(&mut self, cell: Self::V, value: Self::V);
    /// Cell number `at` of the running function's closure.
    fn closure_cell(&mut self, at: usize) -> Self::V;
    /// Item of a list at a small index; `None` if there is none.
    fn list_item(&mut self, list: Self::V, index: Self::V) -> Option<Self::V>;
    /// Replaces an item; false if there is none.
    fn set_list_item(&mut self, list: Self::V, index: Self::V, value: Self::V) -> bool;
    fn tuple_item(&mut self, tuple: Self::V, index: Self::V) -> Option<Self::V>;
    /// The length of a list, tuple, string, bytes, dictionary or set, by its tested shape.
    fn length(&mut self, sequence: Self::V) -> Self::V;
    /// Copies the items of a list or tuple, of tested shape and just so many, into registers.
    fn unpack(&mut self, source: Self::V, regs: Regs, to: u16, count: u16);
    /// Appends to a list.
    fn append(&mut self, list: Self::V, item: Self::V);
    /// Appends to a list that gets an item for each that an iterator gives.
    fn collect(&mut self, list: Self::V, item: Self::V, iter: Self::V);
    /// The next item of an iterator that can be advanced by operations, or that it has none;
    /// `None`: it cannot, and nothing has happened.
    #[inline(always)]
    fn next_item(&mut self, _iter: Self::V) -> Option<Option<Self::V>> {
        None
    }
    /// What this op has done so far is seen by no one: it may be done again after a test.
    #[inline(always)]
    fn may_repeat(&mut self) {}
    /// Keys and values of a plain dictionary of a few strings, which from here on are its keys; `None`
    /// says nothing.
    #[inline(always)]
    fn keyword_items(&mut self, _dict: Self::V) -> Option<Vec<(Value, Self::V)>> {
        None
    }
    /// The dictionary of keywords that comes of one which nothing else knows and another's keys and
    /// values, in place of both; `None`: nothing has happened. `replaces` says that a key may be in both.
    #[inline(always)]
    fn merged_keywords(
        &mut self,
        _dict: Self::V,
        _from: Self::V,
        _replaces: bool,
    ) -> Option<Self::V> {
        None
    }
    /// Likewise the list that comes of one which nothing else knows and the items of a list or tuple.
    #[inline(always)]
    fn extended_list(&mut self, _list: Self::V, _from: Self::V) -> Option<Self::V> {
        None
    }
    /// What unpacking a sequence gives: so many first items, a list of the rest, and so many last items. `None`: the
    /// runtime unpacks it.
    #[inline(always)]
    fn starred(&mut self, _source: Self::V, _before: usize, _after: usize) -> Option<Vec<Self::V>> {
        None
    }
    /// The tuple of the items of such a list.
    #[inline(always)]
    fn tuple_of_own(&mut self, _list: Self::V) -> Option<Self::V> {
        None
    }
    /// A dictionary of keys that are strings, each another; `None`: it is to be filled one by one.
    #[inline(always)]
    fn new_keywords(&mut self, _items: &[(Value, Self::V)]) -> Option<Self::V> {
        None
    }
    /// The character of a string at a small index, the byte of a bytes object or array of bytes;
    /// `None` if there is none.
    fn str_item(&mut self, text: Self::V, index: Self::V) -> Option<Self::V>;
    fn bytes_item(&mut self, bytes: Self::V, index: Self::V) -> Option<Self::V>;
    /// Replaces a byte of an array of bytes, at a small index by a small integer; false if there is none,
    /// or the integer is no byte.
    fn set_byte(&mut self, array: Self::V, index: Self::V, value: Self::V) -> bool;
    /// The sum, difference or product of integers one of which is known to be the like and too large to be
    /// small; only a recorder knows this way, and the next.
    #[inline(always)]
    fn integer(&mut self, _op: BinaryOp, _a: Self::V, _b: Self::V) -> Option<Self::V> {
        None
    }
    /// Of such an integer, the bits that a small one which is not below zero has, too.
    #[inline(always)]
    fn masked(&mut self, _a: Self::V, _b: Self::V) -> Option<Self::V> {
        None
    }
    /// Appends a small integer to an array of bytes; false: not done. Only a recorder knows this way.
    #[inline(always)]
    fn append_byte(&mut self, _array: Self::V, _value: Self::V) -> bool {
        false
    }
    /// The value of a key that a dictionary has, where finding it runs no Python code; only a recorder
    /// knows this way.
    #[inline(always)]
    fn dict_item(&mut self, _dict: Self::V, _key: Self::V) -> Option<Self::V> {
        None
    }
    /// The word of a container that is a constant of the trace, or that a global holds: then it
    /// becomes one.
    #[inline(always)]
    fn constant_container(&mut self, _value: Self::V) -> Option<Value> {
        None
    }
    /// Whether the byte with this number, which is below 256, is not zero in a table of 256.
    fn is_marked(&mut self, table: Gc<Bytes>, number: Self::V) -> bool;
    /// The code point of a string of one character.
    fn ord(&mut self, a: Self::V) -> Option<Self::V>;
    /// Start, stop and step of a range, all small integers.
    fn range_parts(&mut self, range: Self::V) -> (Self::V, Self::V, Self::V);
    /// The next number of a range iterator; `end` is where the op goes on if there is none, `more`
    /// where if there is.
    fn range_next(
        &mut self,
        iter: Self::V,
        more: (CodePointer, u16),
        end: CodePointer,
    ) -> Option<Self::V>;
    /// The next item of an iterator over a list or tuple, as `range_next`.
    fn sequence_next(
        &mut self,
        iter: Self::V,
        more: (CodePointer, u16),
        end: CodePointer,
    ) -> Option<Self::V>;
    /// What an object of a subclass of a builtin type carries; its shape is tested.
    fn payload(&mut self, object: Self::V) -> Self::V;
    /// The number and the receiver of a builtin function that is bound.
    fn builtin_parts(&mut self, builtin: Self::V) -> (u32, Self::V);
    /// The parts of a bound method.
    fn bound_parts(&mut self, method: Self::V) -> (Self::V, Self::V);
    /// The class that a `super` object starts after, its object, and the class it takes that to be of.
    fn super_parts(&mut self, found: Self::V) -> [Self::V; 3];

    // ---- new objects
    /// A tuple of `count` registers.
    fn new_tuple(&mut self, regs: Regs, from: u16, count: u16) -> Self::V;
    fn new_list(&mut self, regs: Regs, from: u16, count: u16) -> Self::V;
    /// An object of a class, without attributes.
    fn new_instance(&mut self, class: Gc<Class>) -> Self::V;
    /// An object of a subclass of a builtin type around one of that type.
    fn new_wrapper(&mut self, class: Gc<Class>, payload: Self::V) -> Self::V;
    fn new_cell(&mut self, content: Self::V) -> Self::V;
    fn new_bound(&mut self, function: Value, receiver: Self::V) -> Self::V;
    /// A `super` object: the class to start after, the object, and the object's class.
    fn new_super(&mut self, after: Value, object: Self::V, own: Value) -> Self::V;
    fn new_range_iter(&mut self, start: Self::V, stop: Self::V, step: Self::V) -> Self::V;
    fn new_slice(&mut self, regs: Regs, from: u16) -> Self::V;
    /// A range by start, stop and step, small integers, and its length.
    fn new_range(&mut self, parts: [Self::V; 3], length: Self::V) -> Self::V;
    /// An iterator over a list or tuple.
    fn new_sequence_iter(&mut self, kind: IterKind, source: Self::V) -> Self::V;
    /// A `zip` of iterators, and an `enumerate` of one from a small number on.
    fn new_zip(&mut self, parts: &[Self::V]) -> Self::V;
    fn new_enumerate(&mut self, source: Self::V, from: Self::V) -> Self::V;
    /// An iterator over a list backwards, from an index on.
    fn new_reverse_iter(&mut self, list: Self::V, last: Self::V) -> Self::V;

    // ---- frames
    /// Opens the frame of a function whose code is settled and whose arguments are bound in the
    /// registers at `base`. `locals` is as in the frame.
    fn open_frame(
        &mut self,
        function: Self::V,
        base: Regs,
        then: Then,
        dst: u16,
        locals: Self::V,
    ) -> PyResult<()>;
    /// Calls a function of constant identity that takes just these arguments, above the running
    /// frame.
    fn enter(
        &mut self,
        function: Gc<Function>,
        args: &[Self::V],
        then: Then,
        dst: u16,
    ) -> PyResult<()>;
    /// What the frame on top has as `locals`.
    fn frame_locals(&mut self) -> Self::V;

    // ---- generators
    /// Whether a generator's frame is to be opened by the op that asks for its next value.
    #[inline(always)]
    fn resumes(&mut self, _generator: Self::V) -> bool {
        true
    }
    /// Whether a generator has not begun.
    fn is_fresh(&mut self, generator: Self::V) -> bool;
    /// Whether an asynchronous generator, which stands at a `yield` of its own, is to be sent to for
    /// its next item.
    fn resumes_for_item(&mut self, generator: Self::V) -> bool;
    /// The generator that drives a builtin iterator, if its frame is to be opened by the op that asks
    /// the iterator.
    fn driver(&mut self, iter: Self::V) -> Option<Self::V>;
    /// The list that the state of an object of a native module lies in.
    fn native_state(&mut self, object: Self::V) -> Self::V;
    /// Puts a generator's frame on top, `value` being what its `yield` gives. False if it is
    /// finished already.
    fn resume(
        &mut self,
        generator: Self::V,
        value: Self::V,
        then: Then,
        dst: u16,
    ) -> PyResult<bool>;
    /// Takes the frame on top off, a generator's that executes a `yield`.
    fn suspend(&mut self) -> Top;
    /// The frame on top, a generator's that an op resumed, is about to return.
    #[inline(always)]
    fn finish_generator(&mut self) {}
    /// The generator of a function whose code is settled and whose arguments are bound in the
    /// registers at `base`.
    fn new_generator(&mut self, function: Self::V, base: Regs, awaited: bool) -> Self::V;
    /// A function of the running frame's globals with a closure, a tuple or *unbound*.
    fn new_function(&mut self, code: Gc<CodeObject>, closure: Self::V) -> Self::V;

    // ---- exceptions
    /// The exception that is being handled, None if none is.
    fn handled(&mut self) -> Self::V;
    fn set_handled(&mut self, exception: Self::V);
    /// An exception of a class that only keeps its arguments, a tuple.
    fn new_exception(&mut self, class: Gc<Class>, args: Self::V) -> Self::V;
    fn set_exception_args(&mut self, exception: Self::V, args: Self::V);
    fn exception_field(&mut self, exception: Self::V, field: ExceptionField) -> Self::V;
    /// What a `raise` does to an exception, `cause` being what it is raised from.
    fn chain(&mut self, exception: Self::V, cause: Option<Self::V>);
    /// The op ends in raising an exception.
    #[inline(always)]
    fn raising(&mut self, _exception: Self::V) {}

    /// Calls a runtime function, of which `f` is the meaning.
    fn residual(
        &mut self,
        what: Runtime,
        args: &[Self::V],
        f: impl FnOnce(&mut Vm) -> PyResult,
    ) -> PyResult<Self::V>;
}

/// Executes one op and leaves.
pub(crate) struct Stepper<'a> {
    vm: &'a mut Vm,
    begun: bool,
}

impl<'a> Stepper<'a> {
    pub(crate) fn new(vm: &'a mut Vm) -> Stepper<'a> {
        Stepper { vm, begun: false }
    }
}

/// The machines that only execute: what they do is the same, what they are differs.
macro_rules! executes {
    ($machine:ty { $($own:tt)* }) => {
impl Machine for $machine {
    type V = Value;

    $($own)*

    #[inline(always)]
    fn promote(&mut self, value: Value) -> Value {
        value
    }

    #[inline(always)]
    fn get(&mut self, regs: Regs, at: u16) -> Value {
        regs.get(at)
    }

    #[inline(always)]
    fn set(&mut self, regs: Regs, at: u16, value: Value) {
        regs.set(at, value);
    }

    #[inline(always)]
    fn unbind(&mut self, regs: Regs, from: usize, count: usize) {
        regs.unbind(from, count);
    }

    #[inline(always)]
    fn constant(&mut self, value: Value) -> Value {
        value
    }

    #[inline(always)]
    fn class_version(&mut self, class: Gc<Class>) -> u32 {
        class.version.get()
    }

    #[inline(always)]
    fn word(&self, value: Value) -> Value {
        value
    }

    #[inline(always)]
    fn is_small(&mut self, a: Value) -> bool {
        a.is_small()
    }

    #[inline(always)]
    fn both_small(&mut self, a: Value, b: Value) -> bool {
        Value::both_small(a, b)
    }

    #[inline(always)]
    fn is_float(&mut self, a: Value) -> bool {
        a.is_inline_float()
    }

    #[inline(always)]
    fn both_float(&mut self, a: Value, b: Value) -> bool {
        Value::both_inline_float(a, b)
    }

    #[inline(always)]
    fn is_word(&mut self, a: Value, word: Value) -> bool {
        a == word
    }

    #[inline(always)]
    fn shape(&mut self, a: Value) -> u32 {
        a.shape_id()
    }

    #[inline(always)]
    fn compare_small(&mut self, op: Comparison, a: Value, b: Value) -> bool {
        // The tag is the same in both, so the words compare as the integers do.
        op.test(a.bits() as i64, b.bits() as i64)
    }

    #[inline(always)]
    fn compare_float(&mut self, op: Comparison, a: Value, b: Value) -> bool {
        op.test(a.inline_float_unchecked(), b.inline_float_unchecked())
    }

    #[inline(always)]
    fn add_small(&mut self, a: Value, b: Value) -> Option<Value> {
        (a.bits() as i64)
            .checked_add(b.bits() as i64)
            .map(|w| Value::from_bits(w as u64))
    }

    #[inline(always)]
    fn sub_small(&mut self, a: Value, b: Value) -> Option<Value> {
        (a.bits() as i64)
            .checked_sub(b.bits() as i64)
            .map(|w| Value::from_bits(w as u64))
    }

    #[inline(always)]
    fn mul_small(&mut self, a: Value, b: Value) -> Option<Value> {
        (a.bits() as i64)
            .checked_mul(b.small_unchecked())
            .map(|w| Value::from_bits(w as u64))
    }

    #[inline(always)]
    fn floor_div_small(&mut self, a: Value, b: Value) -> Option<Value> {
        let (a, b) = (a.small_unchecked(), b.small_unchecked());
        if b == 0 {
            return None;
        }
        let quotient = a / b;
        let inexact = a % b != 0 && (a ^ b) < 0;
        Value::try_small(quotient - inexact as i64)
    }

    #[inline(always)]
    fn mod_small(&mut self, a: Value, b: Value) -> Option<Value> {
        let (a, b) = (a.small_unchecked(), b.small_unchecked());
        if b == 0 {
            return None;
        }
        let rest = a % b;
        Some(Value::small(if rest != 0 && (rest ^ b) < 0 {
            rest + b
        } else {
            rest
        }))
    }

    #[inline(always)]
    fn lshift_small(&mut self, a: Value, b: Value) -> Option<Value> {
        let (a, by) = (a.small_unchecked(), b.small_unchecked());
        if !(0..60).contains(&by) {
            return None;
        }
        let shifted = a << by;
        if shifted >> by == a {
            Value::try_small(shifted)
        } else {
            None
        }
    }

    #[inline(always)]
    fn rshift_small(&mut self, a: Value, b: Value) -> Option<Value> {
        let by = b.small_unchecked();
        (by >= 0).then(|| Value::small(a.small_unchecked() >> by.min(63)))
    }

    #[inline(always)]
    fn and_small(&mut self, a: Value, b: Value) -> Value {
        Value::from_bits(a.bits() & b.bits())
    }

    #[inline(always)]
    fn or_small(&mut self, a: Value, b: Value) -> Value {
        Value::from_bits(a.bits() | b.bits())
    }

    #[inline(always)]
    fn xor_small(&mut self, a: Value, b: Value) -> Value {
        Value::from_bits(a.bits() ^ b.bits())
    }

    #[inline(always)]
    fn small_to_float(&mut self, a: Value) -> Value {
        Value::float(a.small_unchecked() as f64)
    }

    #[inline(always)]
    fn add_float(&mut self, a: Value, b: Value) -> Value {
        Value::float(a.inline_float_unchecked() + b.inline_float_unchecked())
    }

    #[inline(always)]
    fn sub_float(&mut self, a: Value, b: Value) -> Value {
        Value::float(a.inline_float_unchecked() - b.inline_float_unchecked())
    }

    #[inline(always)]
    fn mul_float(&mut self, a: Value, b: Value) -> Value {
        Value::float(a.inline_float_unchecked() * b.inline_float_unchecked())
    }

    #[inline(always)]
    fn div_float(&mut self, a: Value, b: Value) -> Option<Value> {
        let divisor = b.inline_float_unchecked();
        (divisor != 0.0).then(|| Value::float(a.inline_float_unchecked() / divisor))
    }

    #[inline(always)]
    fn neg_float(&mut self, a: Value) -> Value {
        Value::float(-a.inline_float_unchecked())
    }

    #[inline(always)]
    fn abs_float(&mut self, a: Value) -> Value {
        Value::float(a.inline_float_unchecked().abs())
    }

    #[inline(always)]
    fn float_function(&mut self, op: FloatOp, a: Value) -> Value {
        Value::float(op.apply(a.inline_float_unchecked()))
    }

    #[inline(always)]
    fn float_pair(&mut self, op: FloatPair, a: Value, b: Value) -> Value {
        Value::float(op.apply(a.inline_float_unchecked(), b.inline_float_unchecked()))
    }

    #[inline(always)]
    fn truncate(&mut self, a: Value) -> Option<Value> {
        let whole = a.inline_float_unchecked().trunc();
        (whole.abs() < 1e18).then(|| Value::small(whole as i64))
    }

    #[inline(always)]
    fn safepoint(&mut self) -> PyResult<()> {
        self.vm().safepoint_now()
    }

    #[inline(always)]
    fn quiet_safepoint(&mut self) {
        self.vm().quiet_safepoint_now();
    }

    #[inline(always)]
    fn unpack(&mut self, source: Value, regs: Regs, to: u16, _count: u16) {
        let list = match source.cast::<Tuple>() {
            Some(tuple) => return regs.fill_from(to as usize, tuple.items()),
            None => source.known::<List>(),
        };
        match list.floats() {
            Some(floats) => (to..)
                .zip(floats)
                .for_each(|(at, &number)| regs.set(at, Value::float(number))),
            None => regs.fill_from(to as usize, list.items()),
        }
    }

    #[inline(always)]
    fn append(&mut self, list: Value, item: Value) {
        list.known::<List>().push(item);
    }

    #[inline(always)]
    fn collect(&mut self, list: Value, item: Value, iter: Value) {
        list.known::<List>().collect(item, iter);
    }

    #[inline(always)]
    fn str_item(&mut self, text: Value, index: Value) -> Option<Value> {
        let text = text.known::<Str>();
        let at = place_in(text.len(), index).filter(|&at| at < text.len())?;
        Some(Str::char(text.point(at)).into())
    }

    #[inline(always)]
    fn bytes_item(&mut self, bytes: Value, index: Value) -> Option<Value> {
        let bytes = match bytes.cast::<ByteArray>() {
            Some(array) => array.as_slice(),
            None => bytes.known::<Bytes>().as_slice(),
        };
        let byte = bytes.get(place_in(bytes.len(), index)?)?;
        Some(Value::small(i64::from(*byte)))
    }

    #[inline(always)]
    fn set_byte(&mut self, array: Value, index: Value, value: Value) -> bool {
        let bytes = array.known::<ByteArray>().as_mut_slice();
        let place = place_in(bytes.len(), index).and_then(|at| bytes.get_mut(at));
        let (Some(place), Ok(byte)) = (place, u8::try_from(value.small_unchecked())) else {
            return false;
        };
        *place = byte;
        true
    }

    #[inline(always)]
    fn driver(&mut self, iter: Value) -> Option<Value> {
        crate::driven::driver_of(iter).map(Value::from)
    }

    #[inline(always)]
    fn native_state(&mut self, object: Value) -> Value {
        object.known::<object::Foreign>().state()
    }

    #[inline(always)]
    fn is_marked(&mut self, table: Gc<Bytes>, number: Value) -> bool {
        table.as_slice()[number.small_unchecked() as usize] != 0
    }

    #[inline(always)]
    fn ord(&mut self, a: Value) -> Option<Value> {
        let text = a.cast::<Str>()?;
        (text.len() == 1).then(|| Value::small(i64::from(text.point(0))))
    }

    #[inline(always)]
    fn range_parts(&mut self, range: Value) -> (Value, Value, Value) {
        let range = range.known::<Range>();
        (range.start.get(), range.stop.get(), range.step.get())
    }

    #[inline(always)]
    fn load_slot(&mut self, object: Value, slot: u16) -> Value {
        object.known::<Instance>().slot(slot)
    }

    #[inline(always)]
    fn store_slot(&mut self, object: Value, slot: u16, value: Value) {
        object.known::<Instance>().set_slot(slot, value);
    }

    #[inline(always)]
    fn add_slot(&mut self, object: Value, slot: u16, value: Value, shape: u32) {
        let instance = object.known::<Instance>();
        instance.set_slot(slot, value);
        instance.header().shape.set(shape);
    }

    #[inline(always)]
    fn list_item(&mut self, list: Value, index: Value) -> Option<Value> {
        let list = list.known::<List>();
        let at = index.small_unchecked();
        let at = if at < 0 { at + list.len() as i64 } else { at };
        list.item(at as usize)
    }

    #[inline(always)]
    fn set_list_item(&mut self, list: Value, index: Value, value: Value) -> bool {
        let list = list.known::<List>();
        let at = index.small_unchecked();
        let at = if at < 0 { at + list.len() as i64 } else { at };
        list.set_item(at as usize, value)
    }

    #[inline(always)]
    fn payload(&mut self, object: Value) -> Value {
        object.inner()
    }

    #[inline(always)]
    fn tuple_item(&mut self, tuple: Value, index: Value) -> Option<Value> {
        let items = tuple.known::<object::Tuple>().items();
        let at = index.small_unchecked();
        let at = if at < 0 { at + items.len() as i64 } else { at };
        items.get(at as usize).copied()
    }

    #[inline(always)]
    fn same(&mut self, a: Value, b: Value) -> bool {
        Value::is_same(a, b)
    }

    #[inline(always)]
    fn decide(&mut self, result: Value, word: Value, _yes: CodePointer, _no: CodePointer) -> bool {
        result == word
    }

    #[inline(always)]
    fn load_far_slot(&mut self, object: Value, slot: u16) -> Value {
        attributes::get(object, slot)
    }

    fn load_far_member(&mut self, object: Value, slot: u16) -> Value {
        attributes::get(object, slot)
    }

    fn load_dict(&mut self, object: Value) -> Value {
        if let Some(function) = object.cast::<Function>() {
            return function.dict.get();
        }
        attributes::dict(object).map_or(Value::UNBOUND, Value::from)
    }

    #[inline(always)]
    fn store_far_slot(&mut self, object: Value, slot: u16, value: Value, shape: u32) -> bool {
        attributes::set(object, slot, value);
        if let Some(header) = object.header() {
            header.shape.set(shape);
        }
        true
    }

    #[inline(always)]
    fn dict_value(&mut self, dict: Gc<Dict>, at: DictIndex) -> Value {
        dict.value_at(at)
    }

    #[inline(always)]
    fn set_dict_value(&mut self, dict: Gc<Dict>, at: DictIndex, value: Value) {
        dict.set_value_at(at, value);
    }

    #[inline(always)]
    fn cell_content(&mut self, cell: Value) -> Value {
        cell.known::<CellBox>().content.get()
    }

    #[inline(always)]
    fn set_cell_content(&mut self, cell: Value, value: Value) {
        cell.known::<CellBox>().write(|c| &c.content, value);
    }

    #[inline(always)]
    fn closure_cell(&mut self, at: usize) -> Value {
        let function = self.vm().frames.top().get().function.known::<Function>();
        function.closure.get().known::<Tuple>().items()[at]
    }

    #[inline(always)]
    fn length(&mut self, sequence: Value) -> Value {
        let length = match sequence.kind() {
            Some(Kind::List) => sequence.known::<List>().len(),
            Some(Kind::Tuple) => sequence.known::<Tuple>().len(),
            Some(Kind::Str) => sequence.known::<Str>().len(),
            Some(Kind::ByteArray) => sequence.known::<ByteArray>().len(),
            Some(Kind::Dict) => sequence.known::<Dict>().len(),
            Some(Kind::Set) => sequence.known::<Set>().table().len(),
            Some(Kind::FrozenSet) => sequence.known::<FrozenSet>().table().len(),
            _ => sequence.known::<Bytes>().as_slice().len(),
        };
        Value::small(length as i64)
    }

    #[inline(always)]
    fn range_next(
        &mut self,
        iter: Value,
        _more: (CodePointer, u16),
        _end: CodePointer,
    ) -> Option<Value> {
        let iter = iter.known::<Iter>();
        let (at, step) = (iter.at.get(), iter.step.get());
        let more = if step > 0 {
            at < iter.end.get()
        } else {
            at > iter.end.get()
        };
        if !more {
            return None;
        }
        iter.at.set(at + step);
        Some(Value::small(at))
    }

    #[inline(always)]
    fn sequence_next(
        &mut self,
        iter: Value,
        _more: (CodePointer, u16),
        _end: CodePointer,
    ) -> Option<Value> {
        let iter = iter.known::<Iter>();
        if iter.is_finished() {
            return None;
        }
        let at = iter.at.get();
        let source = iter.source.get();
        let item = match source.cast::<List>() {
            Some(list) => list.item(at as usize),
            None => source.known::<Tuple>().items().get(at as usize).copied(),
        };
        match item {
            Some(_) => iter.at.set(at + 1),
            None => iter.finish(),
        }
        item
    }

    #[inline(always)]
    fn builtin_parts(&mut self, builtin: Value) -> (u32, Value) {
        let builtin = builtin.known::<Builtin>();
        (builtin.number, builtin.receiver.get())
    }

    #[inline(always)]
    fn bound_parts(&mut self, method: Value) -> (Value, Value) {
        let method = method.known::<BoundMethod>();
        (method.function.get(), method.receiver.get())
    }

    #[inline(always)]
    fn super_parts(&mut self, found: Value) -> [Value; 3] {
        let found = found.known::<Super>();
        [
            found.class.get(),
            found.object.get(),
            found.object_class.get(),
        ]
    }

    #[inline(always)]
    fn new_tuple(&mut self, regs: Regs, from: u16, count: u16) -> Value {
        Tuple::new(regs.slice(from as usize, count as usize)).into()
    }

    #[inline(always)]
    fn new_list(&mut self, regs: Regs, from: u16, count: u16) -> Value {
        List::of_registers(regs.slice(from as usize, count as usize)).into()
    }

    #[inline(always)]
    fn new_wrapper(&mut self, class: Gc<Class>, payload: Value) -> Value {
        let shape = class.new_instance_shape().id.0;
        object::Wrapper::with_shape(shape, Value::UNBOUND, payload).into()
    }

    #[inline(always)]
    fn new_instance(&mut self, class: Gc<Class>) -> Value {
        Instance::new(class.new_instance_shape()).into()
    }

    #[inline(always)]
    fn new_cell(&mut self, content: Value) -> Value {
        CellBox::new(content).into()
    }

    #[inline(always)]
    fn new_bound(&mut self, function: Value, receiver: Value) -> Value {
        self.vm().bind_method(function, receiver)
    }

    fn new_super(&mut self, after: Value, object: Value, own: Value) -> Value {
        Super::new(after, object, own).into()
    }

    #[inline(always)]
    fn new_range_iter(&mut self, start: Value, stop: Value, step: Value) -> Value {
        let [at, end, step] = [start, stop, step].map(Value::small_unchecked);
        Iter::new(IterKind::Range, Value::UNBOUND, at, end, step).into()
    }

    #[inline(always)]
    fn new_range(&mut self, [start, stop, step]: [Value; 3], length: Value) -> Value {
        Range::new(start, stop, step, length).into()
    }

    #[inline(always)]
    fn new_slice(&mut self, regs: Regs, from: u16) -> Value {
        let part = |at: u16| regs.get(from + at);
        Slice::new(part(0), part(1), part(2)).into()
    }

    #[inline(always)]
    fn new_sequence_iter(&mut self, kind: IterKind, source: Value) -> Value {
        Iter::new(kind, source, 0, 0, 0).into()
    }

    fn new_zip(&mut self, parts: &[Value]) -> Value {
        Iter::new(IterKind::Zip, Tuple::new(parts).into(), 0, 0, 0).into()
    }

    fn new_enumerate(&mut self, source: Value, from: Value) -> Value {
        let at = from.as_small().unwrap_or_default();
        Iter::new(IterKind::Enumerate, source, at, 0, 0).into()
    }

    #[inline(always)]
    fn new_reverse_iter(&mut self, list: Value, last: Value) -> Value {
        Iter::new(IterKind::ListReverse, list, last.small_unchecked(), 0, 0).into()
    }

    #[inline(always)]
    fn open_frame(
        &mut self,
        function: Value,
        base: Regs,
        then: Then,
        dst: u16,
        locals: Value,
    ) -> PyResult<()> {
        self.vm().push_frame(function.known(), base, then, dst)?;
        if !locals.is_unbound()
            && let Some(frame) = self.vm().frames.last_mut()
        {
            frame.locals = locals;
        }
        Ok(())
    }

    #[inline(always)]
    fn enter(
        &mut self,
        function: Gc<Function>,
        args: &[Value],
        then: Then,
        dst: u16,
    ) -> PyResult<()> {
        self.vm().enter_above(function, args, then, dst)
    }

    #[inline(always)]
    fn frame_locals(&mut self) -> Value {
        self.vm().frames.last().map_or(Value::UNBOUND, |frame| frame.locals)
    }

    #[inline(always)]
    fn is_fresh(&mut self, generator: Value) -> bool {
        generator.known::<Generator>().state.get() == GeneratorState::Created
    }

    #[inline(always)]
    fn resumes_for_item(&mut self, generator: Value) -> bool {
        crate::generator::gives_item(generator.known())
    }

    #[inline(always)]
    fn resume(&mut self, generator: Value, value: Value, then: Then, dst: u16) -> PyResult<bool> {
        self.vm().enter_generator(generator.known(), value, then, dst)
    }

    #[inline(always)]
    fn suspend(&mut self) -> Top {
        self.vm().suspend()
    }

    #[inline(always)]
    fn new_generator(&mut self, function: Value, base: Regs, awaited: bool) -> Value {
        self.vm().make_generator(function.known(), base, awaited)
    }

    #[inline(always)]
    fn new_function(&mut self, code: Gc<CodeObject>, closure: Value) -> Value {
        let vm = self.vm();
        let globals = vm.frame_globals().unwrap_or(vm.builtins);
        vm.function_of(code, globals, closure)
    }

    #[inline(always)]
    fn handled(&mut self) -> Value {
        self.vm().handled
    }

    #[inline(always)]
    fn set_handled(&mut self, exception: Value) {
        self.vm().handled = exception;
    }

    #[inline(always)]
    fn new_exception(&mut self, class: Gc<Class>, args: Value) -> Value {
        Exception::new(class.new_instance_shape(), args).into()
    }

    #[inline(always)]
    fn set_exception_args(&mut self, exception: Value, args: Value) {
        exception.known::<Exception>().write(|e| &e.args, args);
    }

    #[inline(always)]
    fn exception_field(&mut self, exception: Value, field: ExceptionField) -> Value {
        field.of(exception.known())
    }

    #[inline(always)]
    fn chain(&mut self, exception: Value, cause: Option<Value>) {
        let cause = cause.unwrap_or(Value::UNBOUND);
        self.vm().chain_exception(exception.known(), cause);
    }

    #[inline(always)]
    fn residual(
        &mut self,
        _what: Runtime,
        _args: &[Value],
        f: impl FnOnce(&mut Vm) -> PyResult,
    ) -> PyResult {
        f(self.vm())
    }
}
    };
}

executes!(Vm {
    #[inline(always)]
    fn vm(&mut self) -> &mut Vm {
        self
    }
});

executes!(Stepper<'_> {
    #[inline(always)]
    fn vm(&mut self) -> &mut Vm {
        self.vm
    }

    #[inline(always)]
    fn instruction(&mut self, _pc: CodePointer, _regs: Regs) -> bool {
        !std::mem::replace(&mut self.begun, true)
    }
});

executes!(crate::hooks::Telling<'_> {
    const TELLS: bool = true;

    #[inline(always)]
    fn vm(&mut self) -> &mut Vm {
        self.vm
    }

    #[inline(always)]
    fn instruction(&mut self, pc: CodePointer, _regs: Regs) -> bool {
        self.vm.before_instruction(pc)
    }

    #[cfg(feature = "revdb")]
    #[inline(always)]
    fn fetch(&mut self, pc: CodePointer) -> (Instr, Op) {
        if self.vm.stops.is_watching() {
            return crate::stops::Watching { vm: self.vm }.fetch_watched(pc);
        }
        pc.fetch_with_op()
    }
});

#[cfg(feature = "revdb")]
executes!(crate::stops::Watching<'_> {
    #[inline(always)]
    fn vm(&mut self) -> &mut Vm {
        self.vm
    }

    #[inline(always)]
    fn fetch(&mut self, pc: CodePointer) -> (Instr, Op) {
        self.fetch_watched(pc)
    }
});
