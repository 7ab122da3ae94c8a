//! Exceptions: made, raised and matched, as a recorder takes them.
//!
//! The interpreter leaves all this to `unwind` and `call`. What is expressed here is what nearly
//! all programs do: an exception whose class only keeps its arguments, or has an `__init__` in
//! Python; `raise` of an exception or such a class; clauses that name classes or tuples of them.
//! For all else the functions give `None`, having done nothing.

use super::call::{self, Made};
use crate::frame::Then;
use crate::machine::Machine;
use crate::{PyResult, Raised};
use bytecode::Instr;
use object::{Class, Exception, Function, Gc, Kind, Regs, Str, Tuple, Value};

/// How many classes a clause may name.
const CLASSES_MAX: usize = 8;

/// Makes an exception of a class that is a constant: `base` and `count` are the arguments, the
/// last of which have names.
pub(crate) fn make<M: Machine>(
    m: &mut M,
    class: Gc<Class>,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    m.class_version(class);
    let Some(init) = m.vm().exception_init(class) else {
        return Ok(None);
    };
    let Some(function) = init.cast::<Function>() else {
        if !names.is_empty() {
            return Ok(None);
        }
        let args = m.new_tuple(base, 0, count as u16);
        return Ok(Some(Made::Result(m.new_exception(class, args))));
    };
    let init = m.constant(init);
    m.promote_function(init);
    if !call::can_bind(function, count + 1, names, false) {
        return Ok(None);
    }
    let args = m.new_tuple(base, 0, (count - names.len()) as u16);
    let exception = m.new_exception(class, args);
    call::make_room(m, base, count, exception);
    call::call_function(m, init, base, count + 1, names, Then::Init, dst, exception)
}

/// The exception that a `raise` raises.
pub(crate) fn raise<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> Option<Raised> {
    if i.x() == 0 {
        let handled = m.handled();
        if m.is_word(handled, Value::NONE) {
            return None;
        }
        m.raising(handled);
        return Some(Raised(m.word(handled)));
    }
    let given = m.get(regs, i.a());
    let cause = match i.x() {
        2 => Some(m.get(regs, i.b())),
        _ => None,
    };
    if let Some(cause) = cause
        && m.word(cause).kind() != Some(Kind::Exception)
        && !m.is_word(cause, Value::NONE)
    {
        return None;
    }
    if let Some(cause) = cause {
        m.shape(cause);
    }
    let exception = match m.word(given).kind() {
        Some(Kind::Exception) => {
            m.shape(given);
            given
        }
        Some(Kind::Class) => {
            let class: Gc<Class> = m.promote(given).known();
            m.class_version(class);
            if !m.vm().exception_init(class)?.is_unbound() {
                return None;
            }
            let args = m.new_tuple(regs, 0, 0);
            m.new_exception(class, args)
        }
        _ => return None,
    };
    m.chain(exception, cause);
    m.raising(exception);
    Some(Raised(m.word(exception)))
}

/// What an asynchronous generator that has returned raises where its next item is waited for.
pub(crate) fn no_more_items<M: Machine>(m: &mut M, regs: Regs) -> Raised {
    let class = m.vm().types.stop_async_iteration;
    let args = m.new_tuple(regs, 0, 0);
    let exception = m.new_exception(class, args);
    m.raising(exception);
    Raised(m.word(exception))
}

/// The arguments of the StopIteration with which a generator ends that `next` or `send` had resumed: what
/// it returns, if that is not None. Its frame, whose first register is used, has not been left yet.
pub(crate) fn stop_arguments<M: Machine>(m: &mut M, regs: Regs, value: M::V) -> M::V {
    if m.is_word(value, Value::NONE) {
        return m.new_tuple(regs, 0, 0);
    }
    m.set(regs, 0, value);
    m.new_tuple(regs, 0, 1)
}

/// The StopIteration itself.
pub(crate) fn stop<M: Machine>(m: &mut M, args: M::V) -> Raised {
    let class = m.vm().types.stop_iteration;
    let exception = m.new_exception(class, args);
    m.raising(exception);
    Raised(m.word(exception))
}

/// Whether a clause takes an exception: a boolean.
pub(crate) fn matches<M: Machine>(m: &mut M, exception: M::V, named: M::V) -> Option<M::V> {
    let wanted = m.word(named);
    let listed = match wanted.cast::<Tuple>() {
        Some(tuple) => tuple.items(),
        None => std::slice::from_ref(&wanted),
    };
    if listed.len() > CLASSES_MAX {
        return None;
    }
    let base = m.vm().types.base_exception;
    let mut classes = Vec::with_capacity(listed.len());
    for &class in listed {
        let class = class.cast::<Class>()?;
        if !class.is_subclass_of(base) {
            return None;
        }
        classes.push(class);
    }
    m.settle(exception);
    if wanted.is::<Tuple>() {
        m.shape(named);
        let length = m.length(named);
        let expected = m.constant(Value::small(classes.len() as i64));
        m.compare_small(crate::Comparison::Eq, length, expected);
        for (at, &class) in classes.iter().enumerate() {
            let at = m.constant(Value::small(at as i64));
            let item = m.tuple_item(named, at)?;
            m.promote(item);
            m.class_version(class);
        }
    } else {
        m.promote(named);
        m.class_version(classes[0]);
    }
    let word = m.word(exception);
    let own = m.vm().class_of(word);
    let takes = classes.iter().any(|&class| own.is_subclass_of(class));
    Some(m.constant(Value::bool(takes)))
}

/// A field of every exception that an attribute reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Args,
    Traceback,
    Cause,
    Context,
}

impl Field {
    /// What it holds.
    pub fn of(self, exception: Gc<Exception>) -> Value {
        match self {
            Field::Args => exception.args.get(),
            Field::Traceback => exception.traceback.get(),
            Field::Cause => exception.cause.get(),
            Field::Context => exception.context.get(),
        }
    }
}

/// An attribute of an exception that all have, unless its class says otherwise.
pub(crate) fn attribute<M: Machine>(m: &mut M, object: M::V, name: Gc<Str>) -> Option<M::V> {
    let word = m.word(object);
    if !word.is::<Exception>() {
        return None;
    }
    let vm = m.vm();
    let (own, base) = (vm.class_of(word), vm.types.base_exception);
    let names = &vm.names;
    let (class, getattribute) = (names.class, names.getattribute);
    let fields = [
        (names.args, Field::Args),
        (names.traceback, Field::Traceback),
        (names.cause, Field::Cause),
        (names.context, Field::Context),
    ];
    let field = fields.iter().find(|(own, _)| *own == name);
    if name != class && field.is_none() {
        return None;
    }
    for name in [name, getattribute] {
        if vm.lookup_type(own, name) != vm.lookup_type(base, name) {
            return None;
        }
    }
    m.settle(object);
    Some(match field {
        Some(&(_, field)) => m.exception_field(object, field),
        None => m.constant(own.into()),
    })
}
