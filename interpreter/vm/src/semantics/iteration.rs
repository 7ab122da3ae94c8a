//! Iteration over builtin kinds.

use crate::PyResult;
use crate::machine::{Machine, Runtime};
use bytecode::Instr;
use object::shape::{of_kind, of_variant};
use object::{CodePointer, Foreign, Iter, IterKind, Kind, Range, Regs, Value};

/// What `next` comes to.
pub(crate) enum Next<V> {
    Value(V),
    End,
    /// A generator is to be resumed.
    Generator,
    /// The runtime is to be asked.
    Other,
}

/// Appends register `b` to the list in `a`.
#[inline(always)]
pub(crate) fn append<M: Machine>(m: &mut M, regs: Regs, i: Instr) {
    let (list, item) = (m.get(regs, i.a()), m.get(regs, i.b()));
    m.append(list, item);
}

/// The same for a list that gets an item for each that the iterator in `c` gives.
#[inline(always)]
pub(crate) fn collect<M: Machine>(m: &mut M, regs: Regs, i: Instr) {
    let (list, item) = (m.get(regs, i.a()), m.get(regs, i.b()));
    let iter = m.get(regs, i.c());
    m.collect(list, item, iter);
}

/// The iterator of a plain list, tuple or range of small integers, and what is an iterator
/// already; `None` for others.
#[inline(always)]
pub(crate) fn iterator<M: Machine>(m: &mut M, value: M::V) -> Option<M::V> {
    let shape = m.shape(value);
    if shape == of_kind(Kind::List) {
        return Some(m.new_sequence_iter(IterKind::List, value));
    }
    if shape == of_kind(Kind::Tuple) {
        return Some(m.new_sequence_iter(IterKind::Tuple, value));
    }
    if M::RECORDS { followed(m, value) } else { None }
}

/// The iterators that a recorder makes itself beside those.
fn followed<M: Machine>(m: &mut M, value: M::V) -> Option<M::V> {
    let shape = m.shape(value);
    if shape == of_kind(Kind::Str) {
        return Some(m.new_sequence_iter(IterKind::Str, value));
    }
    if shape == of_kind(Kind::Bytes) {
        return Some(m.new_sequence_iter(IterKind::Bytes, value));
    }
    if shape == of_kind(Kind::ByteArray) {
        return Some(m.new_sequence_iter(IterKind::ByteArray, value));
    }
    if m.word(value).is::<Iter>() || is_generator(shape) {
        return Some(value);
    }
    if shape == of_kind(Kind::Range) {
        let range = m.word(value).known::<Range>();
        let parts = [&range.start, &range.stop, &range.step].map(object::Slot::get);
        if !parts.iter().all(|part| part.is_small()) {
            return None;
        }
        let (start, stop, step) = m.range_parts(value);
        return Some(m.new_range_iter(start, stop, step));
    }
    let word = m.word(value);
    if m.vm().walk_of(word).is_some() {
        return Some(value);
    }
    let name = m.vm().names.iter;
    let payload = super::payload::of(m, value, name)?;
    iterator(m, payload)
}

/// Whether a shape is a generator's, and not a coroutine's.
#[inline(always)]
pub(crate) fn is_generator(shape: u32) -> bool {
    shape == of_variant(Kind::Generator, object::GENERATOR)
}

/// Whether a shape is an asynchronous generator's.
#[inline(always)]
pub(crate) fn is_async_generator(shape: u32) -> bool {
    shape == of_variant(Kind::Generator, object::ASYNC_GENERATOR)
}

/// Whether a value is what `yield from` or `await` delegates to, without being asked. A coroutine that
/// someone awaits is looked at closely.
pub(crate) fn delegates_itself<M: Machine>(m: &mut M, value: M::V, awaits: bool) -> bool {
    let shape = m.shape(value);
    match awaits {
        true => shape == of_variant(Kind::Generator, object::COROUTINE) && m.is_fresh(value),
        false => is_generator(shape),
    }
}

/// The next value; `more` and `end` say where the op goes on with a value and without.
#[inline(always)]
pub(crate) fn next<M: Machine>(
    m: &mut M,
    iter: M::V,
    more: (CodePointer, u16),
    end: CodePointer,
) -> Next<M::V> {
    let shape = m.shape(iter);
    let is = |kind: IterKind| shape == of_variant(Kind::Iter, kind as u8);
    let next = if is(IterKind::Range) {
        m.range_next(iter, more, end)
    } else if is(IterKind::List) || M::RECORDS && is(IterKind::Tuple) {
        m.sequence_next(iter, more, end)
    } else if M::RECORDS
        && let Some(item) = m.next_item(iter)
    {
        return item.map_or(Next::End, Next::Value);
    } else if m.word(iter).kind() == Some(Kind::Generator) && m.resumes(iter) {
        return Next::Generator;
    } else {
        return Next::Other;
    };
    match next {
        Some(value) => Next::Value(value),
        None => Next::End,
    }
}

/// A new generator of the next item of an iterator whose state lies in a list, if it can be followed.
pub(crate) fn stepper<M: Machine>(m: &mut M, iter: M::V) -> PyResult<Option<M::V>> {
    let word = m.word(iter);
    if !M::RECORDS || !word.is::<Foreign>() {
        return Ok(None);
    }
    let Some((number, function)) = m.vm().step_of(word)? else {
        return Ok(None);
    };
    m.shape(iter);
    let state = m.native_state(iter);
    if m.shape(state) != of_kind(Kind::List) {
        return Ok(None);
    }
    let first = m.constant(Value::small(0));
    match m.list_item(state, first) {
        Some(own) if m.is_word(own, number) => {}
        _ => return Ok(None),
    }
    let generator = super::call::generator_of(m, function, state)?;
    m.may_repeat();
    Ok(generator.filter(|&generator| m.resumes(generator)))
}

/// The next value as the runtime gives it, for an op that goes on at `end` without one and at
/// `more` with one.
pub(crate) fn next_other<M: Machine>(
    m: &mut M,
    iter: M::V,
    end: CodePointer,
    more: CodePointer,
) -> PyResult<Option<M::V>> {
    let word = m.word(iter);
    let value = m.residual(Runtime::Next, &[iter], |vm| vm.next_or_unbound(word))?;
    let ended = m.decide(value, Value::UNBOUND, end, more);
    Ok((!ended).then_some(value))
}
