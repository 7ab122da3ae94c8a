//! Native functions that loops lean on, expressed in operations of the machine.
//!
//! The interpreter calls the functions themselves, which is as fast; a recorder sees through
//! these. Each does just what the native function of that name does for the operands it takes;
//! for all others it gives `None`, having done nothing.

use crate::Vm;
use crate::frame::Then;
use crate::machine::Machine;
use crate::operator::Comparison;
use crate::semantics::attribute::{self, Loaded};
use crate::semantics::own;
use object::shape::of_kind;
use object::{Class, Gc, IterKind, Kind, Range, Regs, Str, Tuple, Value};

/// Functions by the text of their declaration and, for methods, their class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Intrinsic {
    Len,
    Abs,
    Min,
    Max,
    IsInstance,
    IsSubclass,
    Callable,
    Append,
    AppendByte,
    Ord,
    ExceptionInit,
    DivMod,
    Template,
    GetAttr,
    HasAttr,
    SetAttr,
    SetOwn,
    Index,
    Iter,
    Next,
    Repr,
    Hash,
    NewObject,
    NewTuple,
    Round(Rounding),
    Sqrt,
    Float(FloatOp),
    FloatPair(FloatPair),
}

/// Which integer beside a float is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rounding {
    Down,
    Up,
    ToZero,
    Nearest,
}

/// Functions of floats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FloatOp {
    Sqrt,
    Sin,
    Cos,
    Tan,
    Atan,
    Exp,
    Log,
    Asin,
    Acos,
}

/// Functions of two floats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FloatPair {
    Pow,
    FloorDiv,
    Mod,
    Atan2,
}

impl FloatPair {
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            FloatPair::Pow => a.powf(b),
            FloatPair::FloorDiv => object::float_div_mod(a, b).0,
            FloatPair::Mod => object::float_div_mod(a, b).1,
            FloatPair::Atan2 => a.atan2(b),
        }
    }
}

impl FloatOp {
    pub fn apply(self, a: f64) -> f64 {
        match self {
            FloatOp::Sqrt => a.sqrt(),
            FloatOp::Sin => a.sin(),
            FloatOp::Cos => a.cos(),
            FloatOp::Tan => a.tan(),
            FloatOp::Atan => a.atan(),
            FloatOp::Exp => a.exp(),
            FloatOp::Log => a.ln(),
            FloatOp::Asin => a.asin(),
            FloatOp::Acos => a.acos(),
        }
    }
}

/// What has a length that its object holds.
pub(crate) const MEASURED: [Kind; 8] = [
    Kind::List,
    Kind::Tuple,
    Kind::Str,
    Kind::Bytes,
    Kind::ByteArray,
    Kind::Dict,
    Kind::Set,
    Kind::FrozenSet,
];
/// How many classes `isinstance` may be asked of.
const CLASSES_MAX: usize = 8;

/// The intrinsic of a declared native function, by its name and the class or module it is of.
pub(crate) fn of(owner: &str, name: &str) -> Option<Intrinsic> {
    match owner {
        "builtins" => of_builtins(name),
        "math" => of_math(name),
        _ => of_others(owner, name),
    }
}

/// Of the functions that all programs have.
fn of_builtins(name: &str) -> Option<Intrinsic> {
    Some(match name {
        "len" => Intrinsic::Len,
        "abs" => Intrinsic::Abs,
        "min" => Intrinsic::Min,
        "max" => Intrinsic::Max,
        "isinstance" => Intrinsic::IsInstance,
        "issubclass" => Intrinsic::IsSubclass,
        "callable" => Intrinsic::Callable,
        "ord" => Intrinsic::Ord,
        "divmod" => Intrinsic::DivMod,
        "hash" => Intrinsic::Hash,
        "next" => Intrinsic::Next,
        "repr" => Intrinsic::Repr,
        "iter" => Intrinsic::Iter,
        "getattr" => Intrinsic::GetAttr,
        "hasattr" => Intrinsic::HasAttr,
        "setattr" => Intrinsic::SetAttr,
        "round" => Intrinsic::Round(Rounding::Nearest),
        _ => return None,
    })
}

/// Of module `math`.
fn of_math(name: &str) -> Option<Intrinsic> {
    Some(match name {
        "floor" => Intrinsic::Round(Rounding::Down),
        "ceil" => Intrinsic::Round(Rounding::Up),
        "trunc" => Intrinsic::Round(Rounding::ToZero),
        "sqrt" => Intrinsic::Sqrt,
        "sin" => Intrinsic::Float(FloatOp::Sin),
        "cos" => Intrinsic::Float(FloatOp::Cos),
        "tan" => Intrinsic::Float(FloatOp::Tan),
        "atan" => Intrinsic::Float(FloatOp::Atan),
        "exp" => Intrinsic::Float(FloatOp::Exp),
        "log" => Intrinsic::Float(FloatOp::Log),
        "asin" => Intrinsic::Float(FloatOp::Asin),
        "acos" => Intrinsic::Float(FloatOp::Acos),
        "atan2" => Intrinsic::FloatPair(FloatPair::Atan2),
        "pow" => Intrinsic::FloatPair(FloatPair::Pow),
        _ => return None,
    })
}

/// Of other classes and modules.
fn of_others(owner: &str, name: &str) -> Option<Intrinsic> {
    Some(match (owner, name) {
        ("str", "format") => Intrinsic::Template,
        ("operator", "index") => Intrinsic::Index,
        ("object", "__setattr__") => Intrinsic::SetOwn,
        ("object", "__new__") => Intrinsic::NewObject,
        ("tuple", "__new__") => Intrinsic::NewTuple,
        ("list", "append") => Intrinsic::Append,
        ("bytearray", "append") => Intrinsic::AppendByte,
        ("BaseException", "__init__") => Intrinsic::ExceptionInit,
        _ => return None,
    })
}

/// Whether a native function is `isinstance`.
pub(super) fn is_instance_check(vm: &Vm, number: u32) -> bool {
    vm.natives[number as usize].intrinsic == Some(Intrinsic::IsInstance)
}

/// Whether a native function is `str.format`.
pub(super) fn is_template(vm: &Vm, number: u32) -> bool {
    vm.natives[number as usize].intrinsic == Some(Intrinsic::Template)
}

/// Whether a native function is `hasattr`, if that or `getattr`.
pub(super) fn is_attribute_test(vm: &Vm, number: u32) -> Option<bool> {
    match vm.natives[number as usize].intrinsic? {
        Intrinsic::HasAttr => Some(true),
        Intrinsic::GetAttr => Some(false),
        _ => None,
    }
}

/// The special method that a native function asks an object with, and what becomes of its result.
pub(crate) fn asks(vm: &Vm, number: u32, count: usize) -> Option<(Gc<Str>, Then)> {
    let names = &vm.names;
    let intrinsic = vm.natives[number as usize].intrinsic?;
    Some(match (intrinsic, count) {
        (Intrinsic::Len, 1) => (names.len, Then::Length),
        (Intrinsic::Repr, 1) => (names.repr, Then::Repr),
        (Intrinsic::Hash, 1) => (names.hash, Then::Hash),
        (Intrinsic::Iter, 1) => (names.iter, Then::Iter),
        (Intrinsic::Next, 1) => (names.next, Then::Store),
        (Intrinsic::Abs, 1) => (names.abs, Then::Store),
        (Intrinsic::Round(Rounding::Nearest), 1) => (names.round, Then::Store),
        (Intrinsic::Round(Rounding::Down), 1) => (names.floor, Then::Store),
        (Intrinsic::Round(Rounding::Up), 1) => (names.ceil, Then::Store),
        (Intrinsic::Round(Rounding::ToZero), 1) => (names.trunc, Then::Store),
        _ => return None,
    })
}

/// A native function's result.
pub(crate) fn function<M: Machine>(
    m: &mut M,
    number: u32,
    base: Regs,
    count: usize,
) -> Option<M::V> {
    let intrinsic = m.vm().natives[number as usize].intrinsic?;
    match (intrinsic, count) {
        (Intrinsic::Len, 1) => {
            let name = m.vm().names.len;
            let a = m.get(base, 0);
            let a = super::payload::of(m, a, name).unwrap_or(a);
            let shape = m.shape(a);
            MEASURED
                .iter()
                .any(|&kind| shape == of_kind(kind))
                .then(|| m.length(a))
        }
        (Intrinsic::Abs, 1) => absolute(m, base),
        (Intrinsic::Min | Intrinsic::Max, 2..) => {
            let op = if intrinsic == Intrinsic::Min {
                Comparison::Lt
            } else {
                Comparison::Gt
            };
            let mut found = m.get(base, 0);
            for at in 1..count as u16 {
                let other = m.get(base, at);
                if super::compare::compare(m, op, other, found)? {
                    found = other;
                }
            }
            Some(found)
        }
        (Intrinsic::IsInstance, 2) => is_instance(m, base),
        (Intrinsic::IsSubclass, 2) => is_subclass(m, base),
        (Intrinsic::Callable, 1) => Some(callable(m, base)),
        (Intrinsic::Append, 2) => append(m, base),
        (Intrinsic::AppendByte, 2) if M::RECORDS => append_byte(m, base),
        (Intrinsic::Ord, 1) => {
            let a = m.get(base, 0);
            m.ord(a)
        }
        (Intrinsic::DivMod, 2) => div_mod(m, base),
        (Intrinsic::GetAttr, 2 | 3) => get_attribute(m, base, count),
        (Intrinsic::HasAttr, 2) => has_attribute(m, base),
        (Intrinsic::SetAttr, 3) => set_attribute(m, base, false),
        (Intrinsic::SetOwn, 3) => set_attribute(m, base, true),
        (Intrinsic::Index, 1) => {
            let a = m.get(base, 0);
            m.is_small(a).then_some(a)
        }
        (Intrinsic::Iter, 1) if M::RECORDS => {
            let a = m.get(base, 0);
            // One that is an iterator by what it wraps gives itself.
            if m.word(a).kind() == Some(Kind::Wrapper) {
                return None;
            }
            super::iteration::iterator(m, a)
        }
        (Intrinsic::NewObject, 1) if M::RECORDS => new_object(m, base),
        (Intrinsic::NewTuple, 2) if M::RECORDS => new_tuple(m, base),
        (Intrinsic::Round(how), 1) => rounded(m, how, base),
        (Intrinsic::ExceptionInit, 1..) => init_exception(m, base, count),
        _ => float_function(m, intrinsic, base, count),
    }
}

fn callable<M: Machine>(m: &mut M, base: Regs) -> M::V {
    let a = m.get(base, 0);
    let word = m.word(a);
    m.settle(a);
    let is = m.vm().is_callable(word);
    m.constant(Value::bool(is))
}

/// The name of an attribute, the second argument, if that is a constant of the trace.
pub(super) fn attribute_name<M: Machine>(m: &mut M, base: Regs) -> Option<Gc<Str>> {
    let name = m.get(base, 1);
    let name = m.constant_container(name)?.cast::<Str>()?;
    Some(object::intern::intern_string(name))
}

fn get_attribute<M: Machine>(m: &mut M, base: Regs, count: usize) -> Option<M::V> {
    let name = attribute_name(m, base)?;
    let object = m.get(base, 0);
    if let Some(found) = own::of_function(m, object, name).ok()? {
        return found.or_else(|| (count == 3).then(|| m.get(base, 2)));
    }
    if count == 3 && attribute::is_missing(m, object, name) {
        return Some(m.get(base, 2));
    }
    match attribute::load_named(m, object, name) {
        Loaded::Value(value) => Some(value),
        Loaded::Method(function) => Some(m.new_bound(function, object)),
        Loaded::Bound(function, receiver) => Some(m.new_bound(function, receiver)),
        Loaded::Miss => match own::load(m, object, name).ok()?? {
            Loaded::Value(value) => Some(value),
            Loaded::Method(function) => Some(m.new_bound(function, object)),
            _ => None,
        },
        Loaded::Getter(_) | Loaded::Asked(..) => None,
    }
}

fn has_attribute<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let name = attribute_name(m, base)?;
    let object = m.get(base, 0);
    if let Some(found) = own::of_function(m, object, name).ok()? {
        return Some(m.constant(Value::bool(found.is_some())));
    }
    let has = match attribute::is_missing(m, object, name) {
        true => false,
        false => match attribute::load_named(m, object, name) {
            Loaded::Value(_) | Loaded::Method(_) | Loaded::Bound(..) => true,
            Loaded::Getter(_) | Loaded::Asked(..) | Loaded::Miss => return None,
        },
    };
    Some(m.constant(Value::bool(has)))
}

fn set_attribute<M: Machine>(m: &mut M, base: Regs, plainly: bool) -> Option<M::V> {
    let name = attribute_name(m, base)?;
    let (object, value) = (m.get(base, 0), m.get(base, 2));
    attribute::store_named(m, object, name, value, plainly).then(|| m.constant(Value::NONE))
}

/// Functions of one and of two floats, where they have a result.
fn float_function<M: Machine>(
    m: &mut M,
    intrinsic: Intrinsic,
    base: Regs,
    count: usize,
) -> Option<M::V> {
    match (intrinsic, count) {
        (Intrinsic::Sqrt, 1) => {
            let a = float_operand(m, base, 0)?;
            let zero = m.constant(Value::float(0.0));
            // What is not a number has a root.
            (!m.compare_float(Comparison::Lt, a, zero)).then(|| m.float_function(FloatOp::Sqrt, a))
        }
        (Intrinsic::Float(op), 1) => {
            let a = float_operand(m, base, 0)?;
            if op == FloatOp::Log {
                let zero = m.constant(Value::float(0.0));
                if !m.compare_float(Comparison::Gt, a, zero) {
                    return None;
                }
            }
            let limit = m.constant(Value::float(argument_max(op)));
            let size = m.abs_float(a);
            m.compare_float(Comparison::Le, size, limit)
                .then(|| m.float_function(op, a))
        }
        (Intrinsic::FloatPair(op), 2) => {
            let (a, b) = (float_operand(m, base, 0)?, float_operand(m, base, 1)?);
            match op {
                FloatPair::Pow => super::arithmetic::power_of_positive(m, a, b),
                _ => Some(m.float_pair(op, a, b)),
            }
        }
        _ => None,
    }
}

fn append<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let (list, item) = (m.get(base, 0), m.get(base, 1));
    let list = super::payload::list(m, list)?;
    if m.shape(list) != of_kind(Kind::List) {
        return None;
    }
    m.append(list, item);
    Some(m.constant(Value::NONE))
}

fn append_byte<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let (array, byte) = (m.get(base, 0), m.get(base, 1));
    let is_plain = m.shape(array) == of_kind(Kind::ByteArray) && m.is_small(byte);
    (is_plain && m.append_byte(array, byte)).then(|| m.constant(Value::NONE))
}

/// An object of a class as `object` makes it.
fn new_object<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let callee = m.get(base, 0);
    let class = m.word(callee).cast::<Class>()?;
    if class.instance_kind.get() != Kind::Instance || class.flags.get().no_instances {
        return None;
    }
    dies_quietly(m, callee, class).then(|| m.new_instance(class))
}

/// An object of a subclass of `tuple` around a tuple.
fn new_tuple<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let (callee, items) = (m.get(base, 0), m.get(base, 1));
    let class = m.word(callee).cast::<Class>()?;
    let tuple = m.vm().types.tuple;
    let fits = class != tuple && class.is_subclass_of(tuple) && m.word(items).is::<Tuple>();
    if !fits || m.shape(items) != of_kind(Kind::Tuple) {
        return None;
    }
    dies_quietly(m, callee, class).then(|| m.new_wrapper(class, items))
}

/// An object of a subclass of `str` around a string, as a call of the class makes it where that says nothing
/// else.
pub(super) fn new_text<M: Machine>(m: &mut M, callee: M::V, text: M::V) -> Option<M::V> {
    let class = m.word(callee).cast::<Class>()?;
    let vm = m.vm();
    let (str, new, init) = (vm.types.str, vm.names.new, vm.names.init);
    let fits = class != str
        && class.is_subclass_of(str)
        && !class.flags.get().no_instances
        && vm.class_of(class.into()) == vm.types.type_
        && vm.lookup_type(class, new) == vm.lookup_type(str, new);
    let init = vm.lookup_type(class, init)?;
    if !fits || !vm.is_default_init(init) || m.shape(text) != of_kind(Kind::Str) {
        return None;
    }
    dies_quietly(m, callee, class).then(|| m.new_wrapper(class, text))
}

/// Whether nothing happens when an object of a class dies, which the trace relies on.
fn dies_quietly<M: Machine>(m: &mut M, callee: M::V, class: Gc<Class>) -> bool {
    m.promote(callee);
    m.class_version(class);
    let vm = m.vm();
    vm.lookup_type(class, vm.names.del).is_none()
}

/// A number as one of the integers beside it.
fn rounded<M: Machine>(m: &mut M, how: Rounding, base: Regs) -> Option<M::V> {
    let a = m.get(base, 0);
    if !m.is_float(a) {
        return m.is_small(a).then_some(a);
    }
    let whole = m.truncate(a)?;
    let back = m.small_to_float(whole);
    let one = m.constant(Value::small(1));
    match how {
        Rounding::ToZero => Some(whole),
        Rounding::Down if m.compare_float(Comparison::Gt, back, a) => m.sub_small(whole, one),
        Rounding::Up if m.compare_float(Comparison::Lt, back, a) => m.add_small(whole, one),
        Rounding::Down | Rounding::Up => Some(whole),
        Rounding::Nearest => {
            let rest = m.sub_float(a, back);
            let (rest, half) = (m.abs_float(rest), m.constant(Value::float(0.5)));
            m.compare_float(Comparison::Lt, rest, half).then_some(whole)
        }
    }
}

fn div_mod<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let (a, b) = (m.get(base, 0), m.get(base, 1));
    let quotient = super::arithmetic::floor_div(m, a, b)?;
    // Two more operations cost less than a second division.
    let product = m.mul_small(quotient, b)?;
    let rest = m.sub_small(a, product)?;
    // The arguments are not looked at any more.
    m.set(base, 0, quotient);
    m.set(base, 1, rest);
    Some(m.new_tuple(base, 0, 2))
}

/// The size up to which a function takes any argument and gives a finite result: beyond it, or for
/// one that is no number, it may raise.
fn argument_max(op: FloatOp) -> f64 {
    match op {
        FloatOp::Exp => 700.0,
        FloatOp::Asin | FloatOp::Acos => 1.0,
        FloatOp::Sqrt
        | FloatOp::Sin
        | FloatOp::Cos
        | FloatOp::Tan
        | FloatOp::Atan
        | FloatOp::Log => f64::MAX,
    }
}

/// `BaseException.__init__`: the arguments are kept.
fn init_exception<M: Machine>(m: &mut M, base: Regs, count: usize) -> Option<M::V> {
    let exception = m.get(base, 0);
    if m.word(exception).kind() != Some(Kind::Exception) {
        return None;
    }
    m.shape(exception);
    let args = m.new_tuple(base, 1, count as u16 - 1);
    m.set_exception_args(exception, args);
    Some(m.constant(Value::NONE))
}

fn absolute<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let a = m.get(base, 0);
    if m.is_small(a) {
        let zero = m.constant(Value::small(0));
        return if m.compare_small(Comparison::Lt, a, zero) {
            m.sub_small(zero, a)
        } else {
            Some(a)
        };
    }
    m.is_float(a).then(|| m.abs_float(a))
}

fn is_instance<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let (a, b) = (m.get(base, 0), m.get(base, 1));
    let wanted = m.word(b);
    let word = m.word(a);
    let own = m.vm().class_of(word);
    if wanted == own.into() {
        // Whatever its metaclass says.
        m.promote(b);
        m.settle(a);
        return Some(m.constant(Value::TRUE));
    }
    let listed = match wanted.cast::<Tuple>() {
        Some(tuple) => tuple.items(),
        None => std::slice::from_ref(&wanted),
    };
    let mut classes = [None; CLASSES_MAX];
    if listed.len() > CLASSES_MAX {
        return None;
    }
    for (to, class) in classes.iter_mut().zip(listed) {
        let class = class.cast::<Class>()?;
        if !m.vm().is_asked_as_type(class) {
            return None;
        }
        *to = Some(class);
    }
    // A class that lies about itself through `__class__` is an instance of another kind.
    if m.vm().has_own_class_attribute(own) {
        return None;
    }
    if wanted.is::<Tuple>() {
        let (count, length) = (listed.len(), {
            m.shape(b);
            m.length(b)
        });
        let expected = m.constant(Value::small(count as i64));
        m.compare_small(Comparison::Eq, length, expected);
        for at in 0..count {
            let at = m.constant(Value::small(at as i64));
            let class = m.tuple_item(b, at)?;
            m.promote(class);
            relies_on_metaclass(m, class);
        }
    } else {
        m.promote(b);
        relies_on_metaclass(m, b);
    }
    m.settle(a);
    let is = classes
        .iter()
        .flatten()
        .any(|&class| own.is_subclass_of(class));
    Some(m.constant(Value::bool(is)))
}

/// That a class has no `__instancecheck__` of its own, which `type` itself cannot get.
/// Whether a class that the trace knows is below another.
fn is_subclass<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let (a, b) = (m.get(base, 0), m.get(base, 1));
    let own = m.constant_container(a)?.cast::<Class>()?;
    let wanted = m.word(b).cast::<Class>()?;
    // A metaclass may answer by a function of its own.
    if m.vm().class_of(wanted.into()) != m.vm().types.type_ {
        return None;
    }
    m.promote(b);
    relies_on_metaclass(m, b);
    m.class_version(own);
    Some(m.constant(Value::bool(own.is_subclass_of(wanted))))
}

fn relies_on_metaclass<M: Machine>(m: &mut M, class: M::V) {
    if m.word(class).shape_id() != of_kind(Kind::Class) {
        m.settle(class);
    }
}

fn float_operand<M: Machine>(m: &mut M, base: Regs, at: u16) -> Option<M::V> {
    let a = m.get(base, at);
    if m.is_float(a) {
        return Some(a);
    }
    m.is_small(a).then(|| m.small_to_float(a))
}

/// A range of small integers.
fn range<M: Machine>(m: &mut M, base: Regs, count: usize) -> Option<M::V> {
    let [zero, one] = [0, 1].map(|n| m.constant(Value::small(n)));
    let (start, stop, step) = match count {
        1 => (zero, m.get(base, 0), one),
        2 => (m.get(base, 0), m.get(base, 1), one),
        3 => (m.get(base, 0), m.get(base, 1), m.get(base, 2)),
        _ => return None,
    };
    if !m.both_small(start, stop) || !m.is_small(step) {
        return None;
    }
    let (low, high, stride) = if m.compare_small(Comparison::Gt, step, zero) {
        (start, stop, step)
    } else if m.compare_small(Comparison::Lt, step, zero) {
        (stop, start, m.sub_small(zero, step)?)
    } else {
        return None;
    };
    let length = if !m.compare_small(Comparison::Lt, low, high) {
        zero
    } else if count < 3 {
        m.sub_small(high, low)?
    } else {
        let distance = m.sub_small(high, low)?;
        let before_last = m.sub_small(distance, one)?;
        let rest = m.floor_div_small(before_last, stride)?;
        m.add_small(rest, one)?
    };
    Some(m.new_range([start, stop, step], length))
}

/// A `zip` of what is iterated over by operations.
fn zip<M: Machine>(m: &mut M, base: Regs, count: usize) -> Option<M::V> {
    if count == 0 {
        return None;
    }
    let mut parts = Vec::with_capacity(count);
    for at in 0..count as u16 {
        let source = m.get(base, at);
        parts.push(stepped(m, source)?);
    }
    Some(m.new_zip(&parts))
}

/// An `enumerate` of such, from a small number on.
fn enumerate<M: Machine>(m: &mut M, base: Regs, count: usize) -> Option<M::V> {
    let from = match count {
        1 => m.constant(Value::small(0)),
        2 => m.get(base, 1),
        _ => return None,
    };
    if !m.is_small(from) {
        return None;
    }
    let source = m.get(base, 0);
    let iter = stepped(m, source)?;
    Some(m.new_enumerate(iter, from))
}

/// The iterator of a value, unless that is a generator: what asks one is given a driver when it is
/// made.
fn stepped<M: Machine>(m: &mut M, source: M::V) -> Option<M::V> {
    if m.word(source).kind() == Some(Kind::Generator) {
        return None;
    }
    super::iteration::iterator(m, source)
}

/// A list backwards, or a range.
fn reversed<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let list = m.get(base, 0);
    let shape = m.shape(list);
    if shape == of_kind(Kind::Range) {
        return reversed_range(m, list);
    }
    if shape != of_kind(Kind::List) {
        return None;
    }
    let (length, one) = (m.length(list), m.constant(Value::small(1)));
    let last = m.sub_small(length, one)?;
    Some(m.new_reverse_iter(list, last))
}

/// The iterator backwards over a range of small integers, one after the other.
fn reversed_range<M: Machine>(m: &mut M, a: M::V) -> Option<M::V> {
    let range = m.word(a).cast::<Range>()?;
    let bounds = (range.start.get().as_small()?, range.stop.get().as_small()?);
    if bounds.0 >= bounds.1 || range.step.get() != Value::small(1) {
        return None;
    }
    let (start, stop, step) = m.range_parts(a);
    m.is_word(step, Value::small(1));
    m.compare_small(Comparison::Lt, start, stop);
    let (one, back) = (m.constant(Value::small(1)), m.constant(Value::small(-1)));
    let (last, end) = (m.sub_small(stop, one)?, m.sub_small(start, one)?);
    Some(m.new_range_iter(last, end, back))
}

/// What calling a builtin class gives.
pub(crate) fn class<M: Machine>(m: &mut M, callee: M::V, base: Regs, count: usize) -> Option<M::V> {
    let class = m.word(callee).cast::<Class>()?;
    let types = &m.vm().types;
    if class == types.range {
        return range(m, base, count);
    }
    if class == types.iters[IterKind::Zip as usize] {
        return zip(m, base, count);
    }
    if class == types.iters[IterKind::Enumerate as usize] {
        return enumerate(m, base, count);
    }
    if count != 1 {
        return None;
    }
    if class == m.vm().types.iters[IterKind::Reversed as usize] {
        return reversed(m, base);
    }
    let types = &m.vm().types;
    let (int, float, text) = (types.int, types.float, types.str);
    let a = m.get(base, 0);
    if class == text {
        return (m.shape(a) == of_kind(Kind::Str)).then_some(a);
    }
    if class == m.vm().types.type_ {
        let word = m.word(a);
        m.settle(a);
        // What has no shape has been told apart by its kind, or is one of its kind.
        if word.shape_id() == 0 && !m.is_small(a) && !m.is_float(a) {
            m.promote(a);
        }
        let own = m.vm().class_of(word);
        return Some(m.constant(own.into()));
    }
    if class == float {
        if m.is_float(a) {
            return Some(a);
        }
        return m.is_small(a).then(|| m.small_to_float(a));
    }
    if class == int {
        if m.is_small(a) {
            return Some(a);
        }
        if m.is_float(a) {
            return m.truncate(a);
        }
    }
    None
}
