//! What the ops of the dispatch loop come to off their fast parts.
//!
//! Each function does all that is left of its op, for the frame on top, whose record is in step:
//! it writes the result into the frame's registers, moves the place in the record on where the op
//! jumps, opens or closes frames. The loop then goes on with the frame on top, whichever that is.
//! None of them is inlined, so that the loop need not keep anything for them but the machine.

use crate::consume;
use crate::eval::Called;
use crate::frame::{Chain, Then};
use crate::generator;
use crate::machine::{Machine, Runtime};
use crate::operator::{BinaryOp, Comparison, UnaryOp};
use crate::semantics::attribute::{self, Loaded};
use crate::semantics::call::{self, Made};
use crate::semantics::iteration::Next;
use crate::semantics::keyed::{self, Lookup};
use crate::semantics::{
    arithmetic, build, compare, exception, global, iteration, payload, percent, subscript, text,
};
use crate::{PyResult, Raised, Vm};
use bytecode::{Instr, Op};
use object::shape::of_kind;
use object::{Builtin, Class, Function, Gc, Generator, Iter, Kind, Regs, Top, Tuple, Value};

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
        let then = match inplace && m.vm().is_inplace(op, wa, method) {
            true => Then::Inplace,
            false => Then::Operator,
        };
        return m.enter(method, &[a, b], then, i.a());
    }
    if M::RECORDS
        && let Some(method) = m.vm().reflected_method(op, wa, wb)
    {
        return m.enter(method, &[b, a], Then::Reflected, i.a());
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
    if let Some((method, then)) = truth_method(m, a) {
        return m.enter(method, &[a], then, i.a());
    }
    let word = m.word(a);
    let value = m.residual(Runtime::Not, &[a], |vm| {
        vm.truth(word).map(|truth| Value::bool(!truth))
    })?;
    m.set(frame.get().base, i.a(), value);
    Ok(())
}

/// A comparison of what is rarely compared, if it needs no call.
fn decided<M: Machine>(m: &mut M, op: Comparison, a: M::V, b: M::V) -> Option<bool> {
    let decided = compare::mixed(m, op, a, b).or_else(|| compare::by_identity(m, op, a, b));
    decided.or_else(|| compare::tuples(m, op, a, b))
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
    if let Some(holds) = decided(m, op, a, b) {
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
    if let Some(holds) = decided(m, op, a, b) {
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
    if let Some((method, then)) = truth_method(m, value) {
        return m.enter(method, &[value], then, 0);
    }
    let word = m.word(value);
    let result = m.residual(Runtime::Truth, &[value], |vm| {
        vm.truth(word).map(Value::bool)
    })?;
    let distance = i.bc() as isize;
    let truth = decide(m, frame, result, wanted, distance);
    jump_on(frame, truth, wanted, distance);
    Ok(())
}

/// The Python method that says whether an instance is true, and what its result is.
fn truth_method<M: Machine>(m: &mut M, value: M::V) -> Option<(Gc<Function>, Then)> {
    let word = m.word(value);
    if word.kind() != Some(Kind::Instance) {
        return None;
    }
    let vm = m.vm();
    let (bool_name, len_name) = (vm.names.bool, vm.names.len);
    let (name, then) = match vm.lookup_special(word, bool_name) {
        Some(_) => (bool_name, Then::Truth),
        None => (len_name, Then::TruthOfLength),
    };
    let method = vm.own_method(word, name, 1)?;
    m.settle(value);
    Some((method, then))
}

/// The Python function that says whether an item is in a container, and what it is called with for that:
/// the `__contains__` of an instance, or what looks a key up whose hash a Python function gives.
fn containing<M: Machine>(
    m: &mut M,
    item: M::V,
    container: M::V,
) -> PyResult<Option<(Gc<Function>, M::V)>> {
    let word = m.word(container);
    let name = m.vm().names.contains;
    if let Some(method) = m.vm().own_method(word, name, 2) {
        m.settle(container);
        return Ok(Some((method, container)));
    }
    let container = payload::of(m, container, name).unwrap_or(container);
    let function = keyed::function(m, Lookup::Contains, container, item)?;
    Ok(function.map(|function| (function, container)))
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
    if let Some((method, container)) = containing(m, item, container)? {
        return m.enter(method, &[container, item], Then::Contains, i.a());
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
    if let Some((method, container)) = containing(m, item, container)? {
        return m.enter(method, &[container, item], Then::Contains, 0);
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

/// A name in the namespace of a module, class body or `exec`. Where that is the globals, it is one of
/// them, by the cache of its site.
#[inline(never)]
pub(crate) fn load_name<M: Machine>(m: &mut M, frame: Top, i: Instr) -> Done {
    let (code, at) = (frame.get().code, i.bc() as u32);
    let value = if frame.get().locals.is_unbound() {
        let site = code.get().site_cell(at).get();
        match m.vm().cached_global(frame.get().globals(), site) {
            Some(place) => global::load(m, place),
            None => global::load_missed(m, code, at)?,
        }
    } else {
        m.generic();
        let name = code.get().site(at).name.known();
        let word = m.vm().load_name(name)?;
        m.constant(word)
    };
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
            None => match call::by_index(m, value)? {
                Some(generator) => generator,
                None => {
                    let word = m.word(value);
                    m.residual(Runtime::Iter, &[value], |vm| vm.iter(word))?
                }
            },
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
        Loaded::Asked(function, args) => {
            return m.enter(function, args.as_slice(), Then::Store, i.a());
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
        Loaded::Asked(function, args) => {
            let none = m.constant(Value::UNBOUND);
            m.set(regs, i.a() + 1, none);
            m.enter(function, args.as_slice(), Then::Store, i.a())?;
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
    let (a, known) = match payload::of(m, a, name) {
        Some(inner) => (inner, subscript::load_item(m, inner, b)),
        None => (a, payload::item_there(m, a, b)),
    };
    let value = match known {
        Some(value) => value,
        None => {
            if let Some(function) = keyed::function(m, Lookup::Item, a, b)? {
                return m.enter(function, &[a, b], Then::Store, i.a());
            }
            item_of(m, a, b)?
        }
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
    if let Some(function) = keyed::function(m, Lookup::Store, a, b)? {
        return m.enter(function, &[a, b, value], Then::Drop, 0);
    }
    let (wa, wb, wv) = (m.word(a), m.word(b), m.word(value));
    m.residual(Runtime::SetItem, &[a, b, value], |vm| {
        vm.set_item(wa, wb, wv).map(|()| Value::NONE)
    })?;
    Ok(())
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
    if let Some(stepper) = iteration::stepper(m, iter)? {
        return resume(m, frame, i, stepper);
    }
    let (word, name) = (m.word(iter), m.vm().names.next);
    if let Some(method) = m.vm().own_method(word, name, 1) {
        m.settle(iter);
        m.enter(method, &[iter], Then::Item, i.a())?;
        return entered(m);
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

/// Another machine is to go on from this instruction's place, if that is still wanted: hooks put it there.
#[cold]
#[inline(never)]
pub(crate) fn change_machine<M: Machine>(m: &mut M, frame: Top) -> Done {
    if !m.vm().has_replaced() {
        return Ok(());
    }
    frame.jump(-1);
    Err(Raised::SWITCH)
}

/// A safepoint of which was asked whether it is due: that is asked just once of each, since a
/// repeated run counts it.
#[cold]
#[inline(never)]
pub(crate) fn due_safepoint<M: Machine>(m: &mut M, frame: Top) -> Done {
    m.vm().safepoint()?;
    if !M::TELLS && m.vm().hooks.active {
        // Nothing of the op has been done: the other loop does all of it.
        frame.jump(-1);
        return Err(Raised::SWITCH);
    }
    Ok(())
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
    if let Some(builtin) = m.word(callee).cast::<Builtin>() {
        let native = &m.vm().natives[builtin.number as usize];
        if native.collects {
            return Err(Raised::OUTSIDE);
        }
        if !M::RECORDS && native.stands_alone() && builtin.receiver.get().is_unbound() {
            // The arguments lie in the running frame, above which all goes on that the callee runs.
            let args = base.slice(0, count);
            let value = m.vm().call_native(builtin.number, args, &[])?;
            frame.get().base.set(i.a(), value);
            return Ok(());
        }
    }
    call_named(m, frame, i, callee, base, count, &[])
}

/// Makes the call that the dispatch loop was left for, or gives back what was raised: `gc.collect`,
/// called without keywords or stars, is called from outside of the loop. Else what the loop's frame and
/// registers have left over from earlier ops would be taken for alive, and what earlier calls have left
/// where the frames of this one will lie, as those are not written throughout.
#[cold]
#[inline(never)]
pub(crate) fn call_outside<M: Machine>(m: &mut M, raised: Raised) -> Done {
    if !raised.is_outside() {
        return Err(raised);
    }
    let frame = m.vm().frames.top();
    let i = frame.op();
    let window = frame.get().base.advance(i.b() as usize);
    let (base, count) = placed(m, window, i, i.c() as usize);
    let callee = m.get(window, 0);
    object::heap::forget_stack_below::<1024>();
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
    // A program's own class is none of the builtins that are called otherwise.
    let is_builtin = match word.kind() {
        Some(Kind::Builtin) => true,
        Some(Kind::Class) => word.known::<Class>().flags.get().immutable,
        _ => false,
    };
    if is_builtin
        && (names.is_empty() && generator::enter_asked(m, callee, base, count, i.a())?
            || consume::enter(m, callee, base, count, names, i.a())?)
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
    match M::RECORDS || M::TELLS {
        true => Ok(()),
        false => m.vm().count_function(),
    }
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
    if left.chain != Chain::None {
        m.vm().load_link(left.chain);
    }
    let below = m.vm().frames.top();
    let dst = match left.chain {
        Chain::Far => below.op().a(),
        _ => left.dst,
    };
    m.set(below.get().base, dst, value);
    if i.x() == 2 {
        // An item: what waits for it goes on.
        below.jump(below.op().c() as isize);
    }
    Ok(None)
}

/// What is known of a frame's result before the frame goes.
struct Tested<V> {
    /// An operator's method declined.
    declined: bool,
    /// Its truth, if an op jumps on that.
    truth: Option<bool>,
    /// The arguments of the StopIteration that it becomes.
    stopped: Option<V>,
    /// The hash that it is, if that is a large integer.
    hash: Option<V>,
}

/// Tests the result of the frame on top: a guard resumes at the op that returns, so all tests come
/// before the frame goes.
#[inline(always)]
fn tested<M: Machine>(m: &mut M, frame: Top, value: M::V) -> PyResult<Tested<M::V>> {
    let mut result = Tested {
        declined: false,
        truth: None,
        stopped: None,
        hash: None,
    };
    match frame.get().then {
        Then::Init if !m.is_word(value, Value::NONE) => {
            m.opaque();
            let word = m.word(value);
            m.vm().drop_frame();
            return Err(m.vm().init_returned(word));
        }
        Then::Operator | Then::Inplace | Then::Reflected => {
            result.declined = m.is_word(value, Value::NOT_IMPLEMENTED);
            if !result.declined && asks_truth(m.vm()) {
                result.truth = compare::truth(m, value);
            }
        }
        Then::Text if m.shape(value) != of_kind(Kind::Str) => m.opaque(),
        Then::Iter => {
            m.settle(value);
            let word = m.word(value);
            if !m.vm().is_iterator(word) {
                m.opaque();
            }
        }
        Then::Length if is_length(m, value) => {}
        Then::Int if m.is_small(value) => {}
        Then::Float if m.is_float(value) => {}
        Then::Repr | Then::Shown if m.shape(value) == of_kind(Kind::Str) => {}
        Then::Hash if m.is_small(value) && !m.is_word(value, Value::small(-1)) => {}
        Then::Hash => {
            result.hash = keyed::large_hash(m, value)?;
            if result.hash.is_none() {
                m.opaque();
            }
        }
        Then::Bool if m.is_word(value, Value::TRUE) || m.is_word(value, Value::FALSE) => {}
        Then::Length | Then::Int | Then::Float | Then::Repr | Then::Shown | Then::Bool => {
            m.opaque();
        }
        Then::Contains => result.truth = compare::truth(m, value),
        Then::Truth if m.is_word(value, Value::TRUE) => result.truth = Some(true),
        Then::Truth if m.is_word(value, Value::FALSE) => result.truth = Some(false),
        Then::TruthOfLength if is_length(m, value) => result.truth = compare::truth(m, value),
        Then::Truth | Then::TruthOfLength => m.opaque(),
        Then::Exit => m.opaque(),
        Then::ForIter | Then::Send => m.finish_generator(),
        Then::Next => {
            result.stopped = Some(exception::stop_arguments(m, frame.get().base, value));
            m.finish_generator();
        }
        Then::Store | Then::Init | Then::Text | Then::Drop | Then::Item => {}
    }
    Ok(result)
}

/// Takes the frame on top off, and does with its result what the op below wants. A value leaves
/// the loop.
#[inline(never)]
pub(crate) fn leave<M: Machine>(m: &mut M, frame: Top, value: M::V) -> PyResult<Option<Value>> {
    let then = frame.get().then;
    let result = tested(m, frame, value)?;
    let made = m.frame_locals();
    let left = frame.get();
    m.vm().drop_frame();
    if !left.generator.is_unbound() {
        left.generator.known::<Generator>().finish();
    }
    if left.chain != Chain::None {
        m.vm().load_link(left.chain);
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
        Then::Operator | Then::Inplace | Then::Reflected => operated(
            m,
            below,
            value,
            result.declined.then_some(then),
            result.truth,
        )?,
        Then::Contains => contained(m, below, value, result.truth)?,
        Then::Truth | Then::TruthOfLength => truthful(m, below, then, value, result.truth)?,
        Then::Length
        | Then::Int
        | Then::Float
        | Then::Repr
        | Then::Shown
        | Then::Hash
        | Then::Bool => {
            let value = match result.hash {
                Some(hash) => hash,
                None => given(m, then, left.function, value)?,
            };
            m.set(regs, left.dst, value);
        }
        Then::ForIter => below.jump(below.op().c() as isize),
        Then::Send => {
            m.set(regs, below.op().a(), value);
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
        Then::Next => {
            if let Some(args) = result.stopped {
                return Err(exception::stop(m, args));
            }
        }
        Then::Store | Then::Exit | Then::Item => m.set(regs, left.dst, value),
        Then::Drop => {}
    }
    Ok(None)
}

/// What a native function gives that has asked a method, which has returned `value`.
fn given<M: Machine>(m: &mut M, then: Then, method: Value, value: M::V) -> PyResult<M::V> {
    let word = m.word(value);
    let given = m.vm().given_by_method(then, method, word)?;
    // Where that is something else, the trace has been left.
    Ok(if given == word {
        value
    } else {
        m.constant(given)
    })
}

/// Whether the op that opened the frame on top jumps on what that frame returns.
fn asks_truth(vm: &Vm) -> bool {
    let below = vm.frames[vm.frames.len() - 2];
    is_jump(below.pc.offset(-1).fetch().op())
}

/// Whether a value is a length as most are.
fn is_length<M: Machine>(m: &mut M, value: M::V) -> bool {
    let zero = m.constant(Value::small(0));
    m.is_small(value) && m.compare_small(Comparison::Ge, value, zero)
}

/// The truth of a frame's result: as the tests found it, or by asking.
fn known_or_asked<M: Machine>(m: &mut M, value: M::V, truth: Option<bool>) -> PyResult<bool> {
    match truth {
        Some(truth) => Ok(truth),
        None => {
            m.opaque();
            let word = m.word(value);
            m.vm().truth(word)
        }
    }
}

/// Goes on with an op that asked an object for its truth.
fn truthful<M: Machine>(
    m: &mut M,
    frame: Top,
    then: Then,
    value: M::V,
    truth: Option<bool>,
) -> Done {
    let i = frame.op();
    let truth = match truth {
        Some(truth) => truth,
        None => {
            let word = m.word(value);
            m.vm().truth_returned(then, word)?
        }
    };
    match i.op() {
        Op::JumpIfTrue => jump_on(frame, truth, true, i.bc() as isize),
        Op::JumpIfFalse => jump_on(frame, truth, false, i.bc() as isize),
        _ => {
            let negated = m.constant(Value::bool(!truth));
            m.set(frame.get().base, i.a(), negated);
        }
    }
    Ok(())
}

/// Goes on with a test for an item whose method has returned.
fn contained<M: Machine>(m: &mut M, frame: Top, value: M::V, truth: Option<bool>) -> Done {
    let (i, regs) = (frame.op(), frame.get().base);
    let truth = known_or_asked(m, value, truth)?;
    if i.op() == Op::JumpIn {
        jump_on(frame, truth, i.x() != 0, i.sc() as isize);
        return Ok(());
    }
    let found = m.constant(Value::bool(truth != (i.x() != 0)));
    m.set(regs, i.a(), found);
    Ok(())
}

/// Goes on with an operator whose method has returned, or declined as `declined` says.
fn operated<M: Machine>(
    m: &mut M,
    frame: Top,
    mut value: M::V,
    declined: Option<Then>,
    mut truth: Option<bool>,
) -> Done {
    let (i, regs) = (frame.op(), frame.get().base);
    if let Some(then) = declined {
        m.opaque();
        let result = m.vm().operator_declined(then, i, regs)?;
        value = m.constant(result);
        truth = None;
    }
    if !is_jump(i.op()) {
        m.set(regs, i.a(), value);
        return Ok(());
    }
    let truth = known_or_asked(m, value, truth)?;
    jump_on(frame, truth, i.x() != 0, i.sc() as isize);
    Ok(())
}

/// Whether an op is a comparison fused with a jump.
pub(crate) fn is_jump(op: Op) -> bool {
    (Op::JumpLt as u8..=Op::JumpGeImm as u8).contains(&(op as u8))
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
