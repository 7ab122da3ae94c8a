//! What the ops of the dispatch loop come to off their fast parts.
//!
//! Each function does all that is left of its op, for the frame on top, whose record is in step:
//! it writes the result into the frame's registers, moves the place in the record on where the op
//! jumps, opens or closes frames. The loop then goes on with the frame on top, whichever that is.
//! None of them is inlined, so that the loop need not keep anything for them but the machine.

use crate::consume;
use crate::eval::Called;
use crate::frame::Then;
use crate::machine::{Machine, Runtime};
use crate::operator::{BinaryOp, Comparison, UnaryOp};
use crate::semantics::attribute::{self, Loaded};
use crate::semantics::call::{self, Made};
use crate::semantics::iteration::Next;
use crate::semantics::{
    arithmetic, build, compare, exception, global, iteration, payload, percent, subscript, text,
};
use crate::{PyResult, Raised};
use bytecode::{Instr, Op};
use object::shape::of_kind;
use object::{Builtin, Function, Gc, Generator, Iter, Kind, Regs, Top, Tuple, Value};

type Done = PyResult<()>;

/// An op that jumps by the distance if the truth is the one wanted.
fn jump_on(frame: Top, truth: bool, wanted: bool, distance: isize) {
    if truth == wanted {
        frame.jump(distance);
    }
}

/// The truth that a runtime function gave to an op that jumps by the distance if it is `wanted`.
fn decide<M: Machine>(m: &mut M, frame: Top, result: M::V, wanted: bool, distance: isize) -> bool {
    let here = frame.get().pc;
    let there = here.offset(distance);
    let (yes, no) = if wanted { (there, here) } else { (here, there) };
    m.decide(result, Value::TRUE, yes, no)
}

/// A binary operator, in place if the op says so.
#[cold]
#[inline(never)]
pub(crate) fn binary<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    op: BinaryOp,
    a: M::V,
    b: M::V,
) -> Done {
    if let Some(value) = arithmetic::rarer(m, op, a, b) {
        m.set(frame.get().base, i.a(), value);
        return Ok(());
    }
    if M::RECORDS
        && op == BinaryOp::Mod
        && let Some(text) = percent::formatted(m, a, b)?
    {
        m.set(frame.get().base, i.a(), text);
        return Ok(());
    }
    m.settle(a);
    m.settle(b);
    let (wa, wb) = (m.word(a), m.word(b));
    let inplace = i.x() != 0;
    if let Some(method) = m.vm().binary_method(op, inplace, wa, wb) {
        return m.enter(method, &[a, b], Then::Operator, i.a());
    }
    let value = m.residual(Runtime::Binary(op), &[a, b], |vm| {
        if inplace {
            vm.inplace(op, wa, wb)
        } else {
            vm.binary(op, wa, wb)
        }
    })?;
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

#[cold]
#[inline(never)]
pub(crate) fn unary<M: Machine>(m: &mut M, frame: Top, i: Instr, op: UnaryOp, a: M::V) -> Done {
    m.settle(a);
    let word = m.word(a);
    if let Some(method) = m.vm().unary_method(op, word) {
        return m.enter(method, &[a], Then::Store, i.a());
    }
    m.generic();
    let a = m.word(a);
    let value = m.vm().unary(op, a)?;
    let value = m.constant(value);
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

#[cold]
#[inline(never)]
pub(crate) fn not<M: Machine>(m: &mut M, frame: Top, i: Instr, a: M::V) -> Done {
    let word = m.word(a);
    if let Some(method) = truth_method(m, a) {
        return m.enter(method, &[a], Then::Operator, i.a());
    }
    let value = m.residual(Runtime::Not, &[a], |vm| {
        vm.truth(word).map(|truth| Value::bool(!truth))
    })?;
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

#[cold]
#[inline(never)]
pub(crate) fn comparison<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    op: Comparison,
    a: M::V,
    b: M::V,
) -> Done {
    if let Some(holds) = compare::mixed(m, op, a, b) {
        let value = m.constant(Value::bool(holds));
        m.set(frame.get().base, i.a(), value);
        return Ok(());
    }
    m.settle(a);
    m.settle(b);
    let (wa, wb) = (m.word(a), m.word(b));
    if let Some(method) = m.vm().comparison_method(op, wa, wb) {
        return m.enter(method, &[a, b], Then::Operator, i.a());
    }
    let value = m.residual(Runtime::Compare(op), &[a, b], |vm| vm.compare(op, wa, wb))?;
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

/// A comparison fused with a jump.
#[cold]
#[inline(never)]
pub(crate) fn jump_compare<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    op: Comparison,
    a: M::V,
    b: M::V,
) -> Done {
    let (wanted, distance) = (i.x() != 0, i.sc() as isize);
    if let Some(holds) = compare::mixed(m, op, a, b) {
        jump_on(frame, holds, wanted, distance);
        return Ok(());
    }
    m.settle(a);
    m.settle(b);
    let (wa, wb) = (m.word(a), m.word(b));
    if let Some(method) = m.vm().comparison_method(op, wa, wb) {
        return m.enter(method, &[a, b], Then::Operator, 0);
    }
    let result = m.residual(Runtime::Test(op), &[a, b], |vm| {
        vm.test(op, wa, wb).map(Value::bool)
    })?;
    let truth = decide(m, frame, result, wanted, distance);
    jump_on(frame, truth, wanted, distance);
    Ok(())
}

/// A jump if a value's truth is the one wanted.
#[cold]
#[inline(never)]
pub(crate) fn jump_if<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    wanted: bool,
    value: M::V,
) -> Done {
    let word = m.word(value);
    if let Some(method) = truth_method(m, value) {
        return m.enter(method, &[value], Then::Operator, 0);
    }
    let result = m.residual(Runtime::Truth, &[value], |vm| {
        vm.truth(word).map(Value::bool)
    })?;
    let distance = i.bc() as isize;
    let truth = decide(m, frame, result, wanted, distance);
    jump_on(frame, truth, wanted, distance);
    Ok(())
}

/// What says whether an object of a Python class is true, if calling it opens a frame.
fn truth_method<M: Machine>(m: &mut M, object: M::V) -> Option<Gc<Function>> {
    let word = m.word(object);
    if word.kind() != Some(Kind::Instance) {
        return None;
    }
    m.settle(object);
    m.vm().truth_method(word)
}

/// The register of the object that an op asks for its truth; `None` of other ops.
pub(crate) fn asked_object(i: Instr) -> Option<u16> {
    match i.op() {
        Op::Not => Some(i.b()),
        Op::JumpIfTrue | Op::JumpIfFalse => Some(i.a()),
        _ => None,
    }
}

/// The `__contains__` of an object of a Python class, if calling it opens a frame.
fn contains_method<M: Machine>(m: &mut M, container: M::V) -> Option<Gc<Function>> {
    let word = m.word(container);
    if word.kind() != Some(Kind::Instance) {
        return None;
    }
    m.settle(container);
    m.vm().contains_method(word)
}

#[inline(never)]
pub(crate) fn contains<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    item: M::V,
    container: M::V,
) -> Done {
    let negate = i.x() != 0;
    if M::RECORDS
        && let Some(found) = text::contains(m, item, container)
    {
        let found = m.constant(Value::bool(found != negate));
        m.set(frame.get().base, i.a(), found);
        return Ok(());
    }
    if let Some(method) = contains_method(m, container) {
        return m.enter(method, &[container, item], Then::Operator, i.a());
    }
    let found = build::contains(m, item, container, negate)?;
    m.set(frame.get().base, i.a(), found);
    Ok(())
}

#[inline(never)]
pub(crate) fn jump_in<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    item: M::V,
    container: M::V,
) -> Done {
    let (wanted, distance) = (i.x() != 0, i.sc() as isize);
    if M::RECORDS
        && let Some(found) = text::contains(m, item, container)
    {
        jump_on(frame, found, wanted, distance);
        return Ok(());
    }
    if let Some(method) = contains_method(m, container) {
        return m.enter(method, &[container, item], Then::Operator, 0);
    }
    let found = build::contains(m, item, container, false)?;
    let truth = decide(m, frame, found, wanted, distance);
    jump_on(frame, truth, wanted, distance);
    Ok(())
}

#[cold]
#[inline(never)]
pub(crate) fn unbound_local<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    m.opaque();
    Err(m.vm().unbound_local(frame.get().code, i.bc() as u32))
}

#[cold]
#[inline(never)]
pub(crate) fn unbound_cell<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    m.opaque();
    let code = frame.get().code;
    Err(m.vm().unbound_cell(code, i.c() as u32, i.x() != 0))
}

#[cold]
#[inline(never)]
pub(crate) fn load_global<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let value = global::load_missed(m, frame.get().code, i.bc() as u32)?;
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

#[inline(never)]
pub(crate) fn make_cell<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let regs = frame.get().base;
    let content = m.get(regs, i.a());
    let cell = m.new_cell(content);
    m.set(regs, i.a(), cell);
    Ok(())
}

#[inline(never)]
pub(crate) fn build_tuple<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let regs = frame.get().base;
    let tuple = m.new_tuple(regs, i.b(), i.c());
    m.set(regs, i.a(), tuple);
    Ok(())
}

#[inline(never)]
pub(crate) fn build_list<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let regs = frame.get().base;
    let list = m.new_list(regs, i.b(), i.c());
    m.set(regs, i.a(), list);
    Ok(())
}

#[inline(never)]
pub(crate) fn iterator<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let regs = frame.get().base;
    let value = m.get(regs, i.b());
    let iter = match iteration::iterator(m, value) {
        Some(iter) => iter,
        None => match call::iterator(m, value, i.a())? {
            Some(Made::Frame) => return entered(m),
            Some(Made::Result(iter)) => iter,
            None => {
                let word = m.word(value);
                m.residual(Runtime::Iter, &[value], |vm| vm.iter(word))?
            }
        },
    };
    m.set(regs, i.a(), iter);
    Ok(())
}

/// `super().name`, and for a call the receiver to put in front.
#[inline(never)]
pub(crate) fn load_super<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let (code, regs) = (frame.get().code, frame.get().base);
    let name = code.get().constant(i.c() as u32);
    let (class, object) = (m.get(regs, i.b()), m.get(regs, i.b() + 1));
    let for_call = i.x() != 0;
    let (found, receiver) = attribute::load_super(m, class, object, name.known(), for_call)?;
    m.set(regs, i.a(), found);
    if for_call {
        m.set(regs, i.a() + 1, receiver);
    }
    Ok(())
}

/// An attribute by the rest of what caches know, or in full.
#[inline(always)]
fn loaded<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    object: M::V,
    for_call: bool,
) -> PyResult<Loaded<M::V>> {
    let (code, at) = (frame.get().code, i.c() as u32);
    if M::RECORDS {
        let name = code.get().site(at).name.known();
        if let Some(found) = attribute::load_of_super(m, object, name, for_call)? {
            return Ok(found);
        }
    }
    let found = attribute::load_shared(m, object, code, at);
    if !matches!(found, Loaded::Miss) {
        return Ok(found);
    }
    match attribute::load(m, object, code, at) {
        Loaded::Miss => attribute::load_missed(m, object, code, at),
        loaded => Ok(loaded),
    }
}

#[inline(never)]
pub(crate) fn load_attribute<M: Machine>(m: &mut M, frame: Top, i: Instr, object: M::V) -> Done {
    if M::RECORDS {
        let name = frame.get().code.get().site(i.c() as u32).name.known();
        if let Some(value) = exception::attribute(m, object, name) {
            m.set(frame.get().base, i.a(), value);
            return Ok(());
        }
    }
    let value = match loaded(m, frame, i, object, false)? {
        Loaded::Value(value) => value,
        Loaded::Getter(function) => {
            return m.enter(function.known(), &[object], Then::Store, i.a());
        }
        Loaded::Method(function) => m.new_bound(function, object),
        Loaded::Bound(function, receiver) => m.new_bound(function, receiver),
        Loaded::Miss => return Ok(()),
    };
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

#[inline(never)]
pub(crate) fn load_method<M: Machine>(m: &mut M, frame: Top, i: Instr, object: M::V) -> Done {
    let found = loaded(m, frame, i, object, true)?;
    let regs = frame.get().base;
    match found {
        Loaded::Method(function) => {
            m.set(regs, i.a() + 1, object);
            let function = m.constant(function);
            m.set(regs, i.a(), function);
        }
        Loaded::Bound(function, receiver) => {
            m.set(regs, i.a() + 1, receiver);
            let function = m.constant(function);
            m.set(regs, i.a(), function);
        }
        Loaded::Value(value) => {
            m.set(regs, i.a(), value);
            let none = m.constant(Value::UNBOUND);
            m.set(regs, i.a() + 1, none);
        }
        Loaded::Getter(function) => {
            let none = m.constant(Value::UNBOUND);
            m.set(regs, i.a() + 1, none);
            m.enter(function.known(), &[object], Then::Store, i.a())?;
        }
        Loaded::Miss => {}
    }
    Ok(())
}

#[inline(never)]
pub(crate) fn store_attribute<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    object: M::V,
    value: M::V,
) -> Done {
    let (code, at) = (frame.get().code, i.c() as u32);
    if attribute::store_shared(m, object, value, code, at) {
        return Ok(());
    }
    attribute::store_missed(m, object, value, code, at)
}

#[inline(never)]
pub(crate) fn load_item<M: Machine>(m: &mut M, frame: Top, i: Instr, a: M::V, b: M::V) -> Done {
    m.settle(a);
    let wa = m.word(a);
    if let Some(method) = m.vm().item_method(wa) {
        return m.enter(method, &[a, b], Then::Store, i.a());
    }
    let name = m.vm().names.getitem;
    let value = match payload::of(m, a, name) {
        Some(inner) => match subscript::load_item(m, inner, b) {
            Some(value) => value,
            None => item_of(m, inner, b)?,
        },
        None => match payload::item_there(m, a, b) {
            Some(value) => value,
            None => item_of(m, a, b)?,
        },
    };
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

/// `a[b]` as the runtime gives it.
fn item_of<M: Machine>(m: &mut M, a: M::V, b: M::V) -> PyResult<M::V> {
    let (wa, wb) = (m.word(a), m.word(b));
    m.residual(Runtime::GetItem, &[a, b], |vm| vm.get_item(wa, wb))
}

#[inline(never)]
pub(crate) fn store_item<M: Machine>(
    m: &mut M,
    _frame: Top,
    a: M::V,
    b: M::V,
    value: M::V,
) -> Done {
    m.settle(a);
    let wa = m.word(a);
    if let Some(method) = m.vm().store_method(wa) {
        return m.enter(method, &[a, b, value], Then::Drop, 0);
    }
    let name = m.vm().names.setitem;
    let a = match payload::of(m, a, name) {
        Some(inner) if subscript::store_item(m, inner, b, value) => return Ok(()),
        Some(inner) => inner,
        None => a,
    };
    let (wa, wb, wv) = (m.word(a), m.word(b), m.word(value));
    m.residual(Runtime::SetItem, &[a, b, value], |vm| {
        vm.set_item(wa, wb, wv).map(|()| Value::NONE)
    })?;
    Ok(())
}

#[cold]
#[inline(never)]
pub(crate) fn unpack<M: Machine>(m: &mut M, frame: Top, i: Instr, source: M::V) -> Done {
    m.generic();
    let source = m.word(source);
    let to = frame.get().base.advance(i.b() as usize);
    m.vm().unpack(source, to, i.c() as usize)
}

/// A `for` loop's next round, from a generator.
#[inline(never)]
pub(crate) fn resume<M: Machine>(m: &mut M, frame: Top, i: Instr, iter: M::V) -> Done {
    let none = m.constant(Value::NONE);
    if !m.resume(iter, none, Then::ForIter, i.a())? {
        frame.jump(i.c() as isize);
        return Ok(());
    }
    if !M::RECORDS {
        m.vm().enter_delegates(Value::NONE)?;
    }
    entered(m)
}

/// A `for` loop's next round, as the runtime knows it.
#[inline(never)]
pub(crate) fn next<M: Machine>(m: &mut M, frame: Top, i: Instr, iter: M::V) -> Done {
    if let Some(driver) = m.driver(iter) {
        return resume(m, frame, i, driver);
    }
    if !M::RECORDS
        && let Some(builtin) = m.word(iter).cast::<Iter>()
    {
        match m.vm().next_builtin(builtin)? {
            Some(value) => frame.get().base.set(i.a(), value),
            None => frame.jump(i.c() as isize),
        }
        return Ok(());
    }
    let more = frame.get().pc;
    let end = more.offset(i.c() as isize);
    match iteration::next_other(m, iter, end, more)? {
        Some(value) => m.set(frame.get().base, i.a(), value),
        None => frame.jump(i.c() as isize),
    }
    Ok(())
}

/// An item of a sum.
#[inline(never)]
pub(crate) fn add_up<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let regs = frame.get().base;
    let (sum, error) = (m.get(regs, i.a()), m.get(regs, i.a() + 1));
    let item = m.get(regs, i.b());
    if let Some((sum, error)) = arithmetic::add_up(m, sum, error, item) {
        m.set(regs, i.a(), sum);
        m.set(regs, i.a() + 1, error);
        return Ok(());
    }
    m.generic();
    let words = [sum, error, item].map(|v| m.word(v));
    let iterator = regs.get(i.c());
    let vm = m.vm();
    let Some(rest) = vm.sum_rest else {
        return Err(vm.system_error("no one knows how to go on with a sum"));
    };
    let sum = rest(vm, [words[0], words[1], words[2], iterator])?;
    regs.set(i.a(), sum);
    regs.set(i.a() + 1, Value::float(0.0));
    Ok(())
}

/// A safepoint of which was asked whether it is due: that is asked just once of each, since a
/// repeated run counts it.
#[cold]
#[inline(never)]
pub(crate) fn due_safepoint<M: Machine>(m: &mut M, _frame: Top) -> Done {
    m.vm().safepoint()
}

#[cold]
#[inline(never)]
pub(crate) fn safepoint<M: Machine>(m: &mut M, _frame: Top) -> Done {
    m.safepoint()
}

#[inline(never)]
pub(crate) fn hot_loop<M: Machine>(m: &mut M, _frame: Top) -> Done {
    m.vm().hot_loop()
}

#[inline(never)]
pub(crate) fn hot_function<M: Machine>(m: &mut M, _frame: Top) -> Done {
    m.vm().hot_function()
}

/// A call of anything: by the machine's operations where it can, else by the runtime.
#[inline(never)]
pub(crate) fn call<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    callee: M::V,
    base: Regs,
    count: usize,
) -> Done {
    if !M::RECORDS
        && let Some(builtin) = m.word(callee).cast::<Builtin>()
        && builtin.receiver.get().is_unbound()
        && m.vm().natives[builtin.number as usize].consumer.is_none()
    {
        // The arguments lie in the running frame, above which all goes on that the callee runs.
        let args = base.slice(0, count);
        let value = m.vm().call_native(builtin.number, args, &[])?;
        frame.get().base.set(i.a(), value);
        return Ok(());
    }
    call_named(m, frame, i, callee, base, count, &[])
}

/// A call whose last arguments have names.
#[inline(never)]
pub(crate) fn call_keywords<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let window = frame.get().base.advance(i.b() as usize);
    let names = window.get(2 + i.c()).known::<Tuple>();
    let (base, count) = placed(m, window, i, i.c() as usize);
    let callee = m.get(window, 0);
    call_named(m, frame, i, callee, base, count, names.items())
}

fn call_named<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
) -> Done {
    let word = m.word(callee);
    if matches!(word.kind(), Some(Kind::Builtin | Kind::Class))
        && consume::enter(m, callee, base, count, names, i.a())?
    {
        return entered(m);
    }
    if M::RECORDS {
        if call_expressed(m, frame, i, callee, base, count, names)? {
            return Ok(());
        }
        m.generic();
    } else {
        // The arguments lie in the running frame, so finalisers may run above it.
        m.safepoint()?;
    }
    let callee = m.word(callee);
    let called = m.vm().call_in_loop(callee, base, count, names, i.a())?;
    finish_call(m, frame, i, &called)
}

/// A call as operations express it. False: they do not, and nothing has happened.
fn call_expressed<M: Machine>(
    m: &mut M,
    frame: Top,
    i: Instr,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
) -> PyResult<bool> {
    match call::call(m, callee, base, count, names, i.a())? {
        Some(Made::Frame) => entered(m)?,
        Some(Made::Result(value)) => m.set(frame.get().base, i.a(), value),
        None => return Ok(false),
    }
    Ok(true)
}

/// Where the arguments of a call lie, and how many there are, with the receiver that window
/// register 1 may hold.
fn placed<M: Machine>(m: &mut M, window: Regs, i: Instr, count: usize) -> (Regs, usize) {
    let has_receiver = i.x() & 1 == 0 && {
        let receiver = m.get(window, 1);
        !m.is_word(receiver, Value::UNBOUND)
    };
    match has_receiver {
        true => (window.advance(1), count + 1),
        false => (window.advance(2), count),
    }
}

/// A function's frame was opened, or a generator's.
#[inline(always)]
pub(crate) fn entered<M: Machine>(m: &mut M) -> Done {
    let place = m.vm().frames.top().get().pc;
    if m.is_hot(place) {
        m.vm().hot_function()?;
    }
    Ok(())
}

/// A call with `*` or `**`.
#[inline(never)]
pub(crate) fn call_spread<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    if M::RECORDS && call_laid_out(m, frame, i)? {
        return Ok(());
    }
    m.generic();
    let window = frame.get().base.advance(i.b() as usize);
    let receiver = if i.x() & 1 != 0 {
        Value::UNBOUND
    } else {
        window.get(1)
    };
    let called = m.vm().call_spread(window, receiver, i.a())?;
    finish_call(m, frame, i, &called)
}

/// A call with `*` or `**` whose arguments are laid out as those of a plain call. False: nothing has
/// happened.
fn call_laid_out<M: Machine>(m: &mut M, frame: Top, i: Instr) -> PyResult<bool> {
    let window = frame.get().base.advance(i.b() as usize);
    let given = [m.get(window, 2), m.get(window, 3)];
    let Some(spread) = call::spread(m, window) else {
        return Ok(false);
    };
    let (base, count) = placed(m, window, i, spread.count);
    let callee = m.get(window, 0);
    let done = call_expressed(m, frame, i, callee, base, count, &spread.names)?;
    if !done {
        m.set(window, 2, given[0]);
        m.set(window, 3, given[1]);
    }
    Ok(done)
}

/// What the runtime made of a call. A machine that records does not follow into its frame.
fn finish_call<M: Machine>(m: &mut M, frame: Top, i: Instr, called: &Called) -> Done {
    let value = match *called {
        Called::Entered if M::RECORDS => m.vm().run_entered()?,
        Called::Entered => return entered(m),
        Called::Done(value) => value,
    };
    frame.get().base.set(i.a(), value);
    Ok(())
}

/// Takes the frame on top off, a generator's that yields. A value leaves the loop.
#[inline(never)]
pub(crate) fn suspend<M: Machine>(m: &mut M, frame: Top, i: Instr) -> PyResult<Option<Value>> {
    let value = m.get(frame.get().base, i.b());
    let mut left = m.suspend();
    if !M::RECORDS && i.x() != 2 {
        left = m.vm().pass_yielded(left);
    }
    let left = left.get();
    if left.then == Then::Exit {
        return Ok(Some(m.word(value)));
    }
    let below = m.vm().frames.top();
    m.set(below.get().base, left.dst, value);
    if i.x() == 2 {
        // An item: what waits for it goes on.
        below.jump(below.op().c() as isize);
    }
    Ok(None)
}

/// Takes the frame on top off, and does with its result what the op below wants. A value leaves
/// the loop.
#[inline(never)]
pub(crate) fn leave<M: Machine>(m: &mut M, frame: Top, value: M::V) -> PyResult<Option<Value>> {
    // Tests come before the frame goes: a guard resumes at the op that returns.
    let then = frame.get().then;
    let mut declined = false;
    let mut truth = None;
    match then {
        Then::Init if !m.is_word(value, Value::NONE) => {
            m.opaque();
            let word = m.word(value);
            m.vm().drop_frame();
            return Err(m.vm().init_returned(word));
        }
        Then::Operator => (declined, truth) = tested(m, value),
        Then::Text if m.shape(value) != of_kind(Kind::Str) => m.opaque(),
        Then::Iter => {
            m.settle(value);
            let word = m.word(value);
            if !m.vm().is_iterator(word) {
                m.opaque();
            }
        }
        Then::Exit => m.opaque(),
        Then::ForIter | Then::Send => m.finish_generator(),
        Then::Store | Then::Init | Then::Text | Then::Drop => {}
    }
    let made = m.frame_locals();
    let left = frame.get();
    m.vm().drop_frame();
    if !left.generator.is_unbound() {
        left.generator.known::<Generator>().finish();
    }
    if then == Then::Exit {
        return Ok(Some(m.word(value)));
    }
    let below = m.vm().frames.top();
    let regs = below.get().base;
    if then == Then::Send && left.code.code().flags.async_generator {
        return Err(exception::no_more_items(m, regs));
    }
    match then {
        Then::Init => m.set(regs, left.dst, made),
        Then::Operator => operated(m, below, value, declined, truth)?,
        Then::ForIter => below.jump(below.op().c() as isize),
        Then::Send => {
            m.set(regs, left.dst, value);
            below.jump(below.op().c() as isize);
        }
        Then::Text => {
            let word = m.word(value);
            m.vm().text_returned(word, "__str__")?;
            m.set(regs, left.dst, value);
        }
        Then::Iter => {
            let word = m.word(value);
            m.vm().iter_returned(word)?;
            m.set(regs, left.dst, value);
        }
        Then::Store | Then::Exit => m.set(regs, left.dst, value),
        Then::Drop => {}
    }
    Ok(None)
}

/// What an op has to know of the value that its operator's method returns: whether that declines, and
/// its truth where the op wants it.
fn tested<M: Machine>(m: &mut M, value: M::V) -> (bool, Option<bool>) {
    let frames = &m.vm().frames;
    let below = frames[frames.len() - 2];
    let i = below.pc.offset(-1).fetch();
    if let Some(asked) = asked_object(i) {
        return (false, told_truth(m, below.base.get(asked), value));
    }
    let declined = m.is_word(value, Value::NOT_IMPLEMENTED);
    let is_wanted = !declined && (is_jump(i.op()) || i.op() == Op::In);
    let truth = is_wanted.then(|| compare::truth(m, value)).flatten();
    (declined, truth)
}

/// The truth of an object whose `__bool__` or `__len__` has returned a value, as far as that is of the
/// usual kind.
fn told_truth<M: Machine>(m: &mut M, object: Value, value: M::V) -> Option<bool> {
    if m.is_word(value, Value::TRUE) {
        return Some(true);
    }
    if m.is_word(value, Value::FALSE) {
        return Some(false);
    }
    let vm = m.vm();
    if vm.lookup_special(object, vm.names.bool).is_some() || !m.is_small(value) {
        return None;
    }
    let zero = m.constant(Value::small(0));
    if m.compare_small(Comparison::Lt, value, zero) {
        return None;
    }
    Some(m.compare_small(Comparison::Ne, value, zero))
}

/// Goes on with an operator whose method has returned.
fn operated<M: Machine>(
    m: &mut M,
    frame: Top,
    mut value: M::V,
    declined: bool,
    mut truth: Option<bool>,
) -> Done {
    let (i, regs) = (frame.op(), frame.get().base);
    if let Some(asked) = asked_object(i) {
        return asked_truth(m, frame, regs.get(asked), value, truth);
    }
    if declined {
        m.opaque();
        let result = m.vm().operator_declined(i, regs)?;
        value = m.constant(result);
        truth = None;
    }
    let is_contains = i.op() == Op::In;
    if !is_jump(i.op()) && !is_contains {
        m.set(regs, i.a(), value);
        return Ok(());
    }
    let truth = match truth {
        Some(truth) => truth,
        None => {
            m.opaque();
            let word = m.word(value);
            m.vm().truth(word)?
        }
    };
    if is_contains {
        let found = m.constant(Value::bool(truth != (i.x() != 0)));
        m.set(regs, i.a(), found);
        return Ok(());
    }
    jump_on(frame, truth, i.x() != 0, i.sc() as isize);
    Ok(())
}

/// Goes on with an op that has asked an object for its truth.
fn asked_truth<M: Machine>(
    m: &mut M,
    frame: Top,
    object: Value,
    value: M::V,
    truth: Option<bool>,
) -> Done {
    let i = frame.op();
    let truth = match truth {
        Some(truth) => truth,
        None => {
            m.opaque();
            let word = m.word(value);
            m.vm().truth_returned(object, word)?
        }
    };
    if i.op() == Op::Not {
        let inverse = m.constant(Value::bool(!truth));
        m.set(frame.get().base, i.a(), inverse);
        return Ok(());
    }
    jump_on(frame, truth, i.op() == Op::JumpIfTrue, i.bc() as isize);
    Ok(())
}

/// Whether an op is a comparison fused with a jump, or `in` is.
pub(crate) fn is_jump(op: Op) -> bool {
    (Op::JumpLt as u8..=Op::JumpGeImm as u8).contains(&(op as u8)) || op == Op::JumpIn
}

/// Resumes what `yield from` or `await` waits for. The value to send is where the result goes.
#[inline(never)]
pub(crate) fn send<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let regs = frame.get().base;
    let (iter, value) = (m.get(regs, i.b()), m.get(regs, i.a()));
    if let Some(generator) = m.word(iter).cast::<Generator>()
        && generator.is_resumable()
        && m.resumes(iter)
    {
        m.resume(iter, value, Then::Send, i.a())?;
        if !M::RECORDS {
            let value = m.word(value);
            m.vm().enter_delegates(value)?;
        }
        return entered(m);
    }
    let (word, sent) = (m.word(iter), m.word(value));
    let here = frame.get().pc;
    let end = here.offset(i.c() as isize);
    if word.is::<Iter>() && m.is_word(value, Value::NONE) {
        match iteration::next(m, iter, (here, i.a()), end) {
            Next::Value(value) => {
                m.set(regs, i.a(), value);
                return Ok(());
            }
            Next::End => {
                let none = m.constant(Value::NONE);
                m.set(regs, i.a(), none);
                frame.jump(i.c() as isize);
                return Ok(());
            }
            Next::Generator | Next::Other => {}
        }
    }
    let finished = m.residual(Runtime::Send, &[iter, value], |vm| {
        let (finished, value) = vm.send(word, sent)?;
        regs.set(i.a(), value);
        Ok(Value::bool(finished))
    })?;
    m.written(regs, i.a());
    if m.decide(finished, Value::TRUE, end, here) {
        frame.jump(i.c() as isize);
    }
    Ok(())
}

/// Ends an `async for`, or raises on.
#[inline(never)]
pub(crate) fn end_async_for<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let exception = m.get(frame.get().base, i.a());
    if M::RECORDS {
        let class = m.vm().types.stop_async_iteration;
        let class = m.constant(class.into());
        if exception::matches(m, exception, class).is_none() {
            m.opaque();
        }
    }
    let raised = Raised(m.word(exception));
    let vm = m.vm();
    if raised.matches(vm, vm.types.stop_async_iteration) {
        return Ok(());
    }
    m.raising(exception);
    Err(raised)
}
