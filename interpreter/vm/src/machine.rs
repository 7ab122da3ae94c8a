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

use crate::operator::{BinaryOp, Comparison};
use crate::{PyResult, Vm};
use object::{Class, CodePointer, Gc, Instance, Iter, List, Regs, Value};

/// Runtime functions that ops fall back to, with their effects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Runtime {
    Binary(BinaryOp),
    Inplace(BinaryOp),
    Unary,
    Compare(Comparison),
    Truth,
    GetAttr,
    SetAttr,
    GetItem,
    SetItem,
    Contains,
    Iter,
    Next,
    Call,
    Build,
    Format,
    Other,
}

/// What a runtime function may do beside giving a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    pub reads: bool,
    pub writes: bool,
    pub raises: bool,
    pub runs_python: bool,
}

impl Runtime {
    /// The table of effects.
    pub const fn effects(self) -> Effects {
        match self {
            Runtime::Build => Effects {
                reads: true,
                writes: false,
                raises: false,
                runs_python: false,
            },
            _ => Effects {
                reads: true,
                writes: true,
                raises: true,
                runs_python: true,
            },
        }
    }
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

    /// What follows in this op is not expressed in operations of the machine: a recorder gives up.
    #[inline(always)]
    fn opaque(&mut self) {}

    /// The word of a value, which from here on is a constant of the trace.
    fn promote(&mut self, value: Self::V) -> Value;

    fn get(&mut self, regs: Regs, at: u16) -> Self::V;
    fn set(&mut self, regs: Regs, at: u16, value: Self::V);
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

    // ---- objects of tested shapes
    fn load_slot(&mut self, object: Self::V, slot: u16) -> Self::V;
    fn store_slot(&mut self, object: Self::V, slot: u16, value: Self::V);
    /// Writes a slot and gives the object its new shape.
    fn add_slot(&mut self, object: Self::V, slot: u16, value: Self::V, shape: u32);
    /// Item of a list at a small index; `None` if there is none.
    fn list_item(&mut self, list: Self::V, index: Self::V) -> Option<Self::V>;
    /// Replaces an item; false if there is none.
    fn set_list_item(&mut self, list: Self::V, index: Self::V, value: Self::V) -> bool;
    fn tuple_item(&mut self, tuple: Self::V, index: Self::V) -> Option<Self::V>;
    /// The next number of a range iterator.
    fn range_next(&mut self, iter: Self::V) -> Option<Self::V>;

    /// Calls a runtime function.
    fn residual(
        &mut self,
        what: Runtime,
        args: &[Self::V],
        f: impl FnOnce(&mut Vm) -> PyResult,
    ) -> PyResult<Self::V>;
}

impl Machine for Vm {
    type V = Value;

    #[inline(always)]
    fn vm(&mut self) -> &mut Vm {
        self
    }

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
    fn tuple_item(&mut self, tuple: Value, index: Value) -> Option<Value> {
        let items = tuple.known::<object::Tuple>().items();
        let at = index.small_unchecked();
        let at = if at < 0 { at + items.len() as i64 } else { at };
        items.get(at as usize).copied()
    }

    #[inline(always)]
    fn range_next(&mut self, iter: Value) -> Option<Value> {
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
    fn residual(
        &mut self,
        _what: Runtime,
        _args: &[Value],
        f: impl FnOnce(&mut Vm) -> PyResult,
    ) -> PyResult {
        f(self)
    }
}
