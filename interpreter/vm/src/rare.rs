//! The ops without a fast part, or whose work is so much that a call more does not matter.
//!
//! As in `slow`, each does all of its op for the frame on top, whose record is in step. They stand
//! in groups, to each of which the dispatch loop gives the ops that it names there.

use crate::PyResult;
use crate::Raised;
use crate::machine::{Machine, Runtime};
use crate::operator::{BinaryOp, UnaryOp};
use crate::semantics::call::{self, Made};
use crate::semantics::{
    attribute, build, exception, global, import, iteration, payload, subscript,
};
use crate::slow;
use bytecode::{Instr, Op};
use object::{CellBox, Dict, Generator, Regs, Set, Top, Tuple, Value};

type Done = PyResult<()>;

/// A runtime function of words whose result goes into register `a`.
macro_rules! plain {
    ($m:ident, $regs:ident, $i:ident, |$vm:ident| $result:expr) => {{
        $m.generic();
        let $vm = $m.vm();
        let word = $result?;
        let value = $m.constant(word);
        $m.set($regs, $i.a(), value);
    }};
}

/// A runtime function without result.
macro_rules! effect {
    ($m:ident, |$vm:ident| $result:expr) => {{
        $m.generic();
        let $vm = $m.vm();
        $result?;
    }};
}

/// Names: of modules, class bodies and enclosing functions, and what is deleted or imported by name.
#[inline(never)]
pub(crate) fn names<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let (code, regs) = (frame.get().code, frame.get().base);
    match op {
        Op::DeleteLocal => {
            if regs.get(i.a()).is_unbound() {
                m.opaque();
                return Err(m.vm().unbound_local(code, i.bc() as u32));
            }
            m.unbind(regs, i.a() as usize, 1);
        }
        Op::DeleteCell => {
            m.generic();
            let cell = regs.get(i.a()).known::<CellBox>();
            if cell.content.get().is_unbound() {
                return Err(m.vm().unbound_cell(code, i.bc() as u32, i.x() != 0));
            }
            cell.write(|c| &c.content, Value::UNBOUND);
        }
        Op::StoreGlobal => {
            let name = code.get().constant(i.bc() as u32).known();
            let value = m.get(regs, i.a());
            let globals = frame.get().globals();
            global::store(m, globals, name, value);
        }
        Op::DeleteGlobal => {
            m.generic();
            let name = code.get().constant(i.bc() as u32).known();
            if frame.get().globals().remove_str(name).is_none() {
                return Err(m.vm().undefined_name(name));
            }
        }
        Op::StoreName => {
            let name = code.get().constant(i.bc() as u32).known();
            if frame.get().locals.is_unbound() {
                let value = m.get(regs, i.a());
                global::store(m, frame.get().globals(), name, value);
            } else {
                let value = regs.get(i.a());
                effect!(m, |vm| vm.store_name(name, value));
            }
        }
        Op::DeleteName => {
            let name = code.get().constant(i.bc() as u32);
            effect!(m, |vm| vm.delete_name(name.known()));
        }
        Op::LoadNameOrCell => {
            let name = code.get().constant(i.c() as u32);
            let cell = regs.get(i.b());
            plain!(m, regs, i, |vm| vm.load_name_or_cell(name.known(), cell));
        }
        Op::LoadLocals => {
            m.opaque();
            let value = m.vm().frame_namespace();
            regs.set(i.a(), value);
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}

/// Imports.
#[inline(never)]
pub(crate) fn imports<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let (code, regs) = (frame.get().code, frame.get().base);
    match op {
        Op::ImportName => {
            let name = code.get().constant(i.c() as u32);
            if M::RECORDS && i.x() == 0 {
                let names = m.get(regs, i.b());
                let globals = frame.get().globals();
                if let Some(module) = import::known(m, globals, name.known(), names) {
                    m.set(regs, i.a(), module);
                    return Ok(());
                }
            }
            let fromlist = regs.get(i.b());
            let globals = frame.get().globals();
            plain!(m, regs, i, |vm| vm.import_name(
                name.known(),
                globals,
                fromlist,
                i.x() as u32
            ));
        }
        Op::ImportFrom => {
            let (module, name) = (regs.get(i.b()), code.get().constant(i.c() as u32));
            if M::RECORDS {
                let from = m.get(regs, i.b());
                if let Some(value) = import::known_from(m, from, name.known()) {
                    m.set(regs, i.a(), value);
                    return Ok(());
                }
            }
            plain!(m, regs, i, |vm| vm.import_from(module, name.known()));
        }
        Op::ImportStar => {
            let module = regs.get(i.a());
            effect!(m, |vm| {
                let namespace = vm.frame_namespace();
                vm.import_star(module, namespace)
            });
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}

/// Operators that are seldom, attributes and items that go, constants, functions.
#[inline(never)]
pub(crate) fn operators<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let (code, regs) = (frame.get().code, frame.get().base);
    match op {
        Op::LoadCommon => {
            let value = m.vm().common_constant(i.x());
            let value = m.constant(value);
            m.set(regs, i.a(), value);
        }
        Op::Pow | Op::MatMul => {
            let op = if i.op() == Op::Pow {
                BinaryOp::Pow
            } else {
                BinaryOp::MatMul
            };
            let (a, b) = (m.get(regs, i.b()), m.get(regs, i.c()));
            return slow::binary(m, frame, i, op, a, b);
        }
        Op::Pos => {
            let a = regs.get(i.b());
            plain!(m, regs, i, |vm| vm.unary(UnaryOp::Pos, a));
        }
        Op::Invert => {
            let a = m.get(regs, i.b());
            if m.is_small(a) {
                let ones = m.constant(Value::small(-1));
                let value = m.xor_small(a, ones);
                m.set(regs, i.a(), value);
            } else {
                let a = m.word(a);
                plain!(m, regs, i, |vm| vm.unary(UnaryOp::Invert, a));
            }
        }
        Op::DeleteAttr => {
            let name = code.get().constant(i.bc() as u32);
            if M::RECORDS {
                let object = m.get(regs, i.a());
                if attribute::delete(m, object, name.known()) {
                    return Ok(());
                }
            }
            let object = regs.get(i.a());
            effect!(m, |vm| vm.del_attr(object, name.known()));
        }
        Op::DeleteItem => {
            let (a, b) = (regs.get(i.a()), regs.get(i.b()));
            effect!(m, |vm| vm.del_item(a, b));
        }
        Op::LoadSpecial => {
            let object = m.get(regs, i.b());
            let (found, receiver) = attribute::load_special(m, object, i.x())?;
            m.set(regs, i.a(), found);
            m.set(regs, i.a() + 1, receiver);
        }
        Op::GetLen => {
            let value = regs.get(i.b());
            plain!(m, regs, i, |vm| vm
                .len(value)
                .map(|n| Value::small(n as i64)));
        }
        Op::MakeFunction => {
            let constant = code.get().constant(i.c() as u32);
            let value = make_function(m, constant, regs, i);
            m.set(regs, i.a(), value);
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}

fn make_function<M: Machine>(m: &mut M, constant: Value, regs: Regs, i: Instr) -> M::V {
    match build::function(m, constant, regs, i) {
        Some(value) => value,
        None => {
            m.generic();
            let parts = regs.advance(i.b() as usize);
            let value = m.vm().make_function(constant.known(), parts, i.x());
            m.constant(value)
        }
    }
}

/// Containers and texts, as a recorder takes them. False: it does not.
fn build_recorded<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<bool> {
    if !M::RECORDS || !build::is_recorded(i) {
        return Ok(false);
    }
    if let Some(value) = build::recorded(m, regs, i)? {
        m.set(regs, i.a(), value);
    }
    Ok(true)
}

/// Texts and slices.
#[inline(never)]
pub(crate) fn texts<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let regs = frame.get().base;
    if op == Op::FormatValue && i.x() & 4 == 0 {
        let value = m.get(regs, i.b());
        if crate::semantics::call::field(m, value, i.x() & 3, i.a())? {
            return crate::slow::entered(m);
        }
    }
    if build_recorded(m, regs, i)? {
        return Ok(());
    }
    match op {
        Op::BuildString => {
            m.generic();
            let items = regs.slice(i.b() as usize, i.c() as usize);
            regs.set(i.a(), crate::link::concat(items));
        }
        Op::FormatValue => {
            let value = regs.get(i.b());
            let spec = if i.x() & 4 != 0 {
                regs.get(i.c())
            } else {
                Value::UNBOUND
            };
            plain!(m, regs, i, |vm| vm.format_field(value, i.x() & 3, spec));
        }
        Op::BuildSlice => {
            let slice = m.new_slice(regs, i.b());
            m.set(regs, i.a(), slice);
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}

/// Sets, dictionaries, and lists made of others.
#[inline(never)]
pub(crate) fn collections<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let regs = frame.get().base;
    if build_recorded(m, regs, i)? {
        return Ok(());
    }
    match op {
        Op::BuildSet => {
            let items = regs.slice(i.b() as usize, i.c() as usize);
            plain!(m, regs, i, |vm| vm.build_set(items));
        }
        Op::BuildDict => {
            let items = regs.slice(i.b() as usize, i.c() as usize);
            plain!(m, regs, i, |vm| vm.build_dict(items));
        }
        Op::ListExtend => {
            let (list, items) = (regs.get(i.a()), regs.get(i.b()));
            let callee = if i.x() != 0 {
                regs.get(i.c())
            } else {
                Value::UNBOUND
            };
            effect!(m, |vm| vm.list_extend(list.known(), items, callee));
        }
        Op::ListToTuple => {
            m.generic();
            let items = Tuple::of_list(regs.get(i.b()).known());
            regs.set(i.a(), items.into());
        }
        Op::SetAdd => {
            let (set, item) = (regs.get(i.a()).known::<Set>(), regs.get(i.b()));
            effect!(m, |vm| vm.set_add(set, item));
        }
        Op::SetUpdate => {
            let (set, items) = (regs.get(i.a()).known::<Set>(), regs.get(i.b()));
            effect!(m, |vm| vm.for_each(items, |vm, item| vm.set_add(set, item)));
        }
        Op::DictInsert => {
            let (dict, key) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
            let value = regs.get(i.c());
            effect!(m, |vm| vm.dict_set(dict, key, value));
        }
        Op::DictUpdate => {
            let (dict, from) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
            effect!(m, |vm| vm.dict_update(dict, from, None));
        }
        Op::DictMerge => {
            let (dict, from) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
            let callee = regs.get(i.c());
            effect!(m, |vm| vm.dict_update(dict, from, Some(callee)));
        }
        Op::UnpackEx => {
            let source = m.get(regs, i.a());
            let (before, after) = (i.c() as usize, i.x() as usize);
            if let Some(values) = m.starred(source, before, after) {
                for (at, value) in (i.b()..).zip(values) {
                    m.set(regs, at, value);
                }
                return Ok(());
            }
            let (source, to) = (m.word(source), regs.advance(i.b() as usize));
            effect!(m, |vm| vm.unpack_starred(source, to, before, after));
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}

/// What is no tuple or list of so many items is unpacked: an object of a subclass as its payload, anything else
/// by the runtime.
#[cold]
#[inline(never)]
pub(crate) fn unpack<M: Machine>(m: &mut M, frame: Top, i: Instr, source: M::V) -> Done {
    let iter = m.vm().names.iter;
    if let Some(payload) = payload::of(m, source, iter)
        && subscript::unpack(m, payload, frame.get().base, i.b(), i.c())
    {
        return Ok(());
    }
    m.generic();
    let source = m.word(source);
    let to = frame.get().base.advance(i.b() as usize);
    m.vm().unpack(source, to, i.c() as usize)
}

/// What generators and coroutines wait for.
#[inline(never)]
pub(crate) fn awaits<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let regs = frame.get().base;
    match op {
        Op::GetYieldIter => {
            let value = m.get(regs, i.b());
            if iteration::delegates_itself(m, value, i.x() != 0) {
                m.set(regs, i.a(), value);
            } else if i.x() != 0
                && let Some(generator) = call::awaited(m, value)?
            {
                m.set(regs, i.a(), generator);
            } else if M::RECORDS && i.x() == 0 && !m.word(value).is::<Generator>() {
                return slow::iterator(m, frame, i);
            } else {
                let value = m.word(value);
                plain!(m, regs, i, |vm| vm.yield_iter(value, i.x()));
            }
        }
        Op::GetAsyncIter => {
            let value = m.get(regs, i.b());
            if iteration::is_async_generator(m.shape(value)) {
                m.set(regs, i.a(), value);
                return Ok(());
            }
            if M::RECORDS
                && let Some(made) = call::async_iterator(m, value, i.a())?
            {
                match made {
                    Made::Frame => return slow::entered(m),
                    Made::Result(iterator) => m.set(regs, i.a(), iterator),
                }
                return Ok(());
            }
            let value = m.word(value);
            plain!(m, regs, i, |vm| vm.async_iter(value));
        }
        Op::GetAsyncNext => {
            let value = m.get(regs, i.b());
            if iteration::is_async_generator(m.shape(value)) && m.resumes_for_item(value) {
                m.set(regs, i.a(), value);
                return Ok(());
            }
            let word = m.word(value);
            let waits = m.residual(Runtime::AsyncNext, &[value], |vm| vm.async_next(word))?;
            m.set(regs, i.a(), waits);
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}

/// Exceptions: raised, handled, matched.
#[inline(never)]
pub(crate) fn exceptions<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let regs = frame.get().base;
    match op {
        Op::Raise => {
            if M::RECORDS
                && let Some(raised) = exception::raise(m, regs, i)
            {
                return Err(raised);
            }
            let (exception, cause) = (regs.get(i.a()), regs.get(i.b()));
            m.generic();
            return Err(m.vm().raise_op(i.x(), exception, cause));
        }
        Op::Reraise => {
            let exception = m.get(regs, i.a());
            m.raising(exception);
            return Err(Raised(m.word(exception)));
        }
        Op::PushHandled => {
            let exception = m.get(regs, i.b());
            let before = m.handled();
            m.set_handled(exception);
            m.set(regs, i.a(), before);
        }
        Op::PopHandled => {
            let before = m.get(regs, i.a());
            m.set_handled(before);
        }
        Op::MatchException => {
            let (exception, class) = (m.get(regs, i.b()), m.get(regs, i.c()));
            if M::RECORDS
                && let Some(takes) = exception::matches(m, exception, class)
            {
                m.set(regs, i.a(), takes);
                return Ok(());
            }
            let (exception, class) = (m.word(exception), m.word(class));
            plain!(m, regs, i, |vm| vm
                .matches_handler(exception, class)
                .map(Value::bool));
        }
        Op::MatchExceptionStar => {
            let (exception, class) = (regs.get(i.b()), regs.get(i.c()));
            m.generic();
            let (matched, rest) = m.vm().split_group(exception, class)?;
            regs.set(i.a(), matched);
            regs.set(i.a() + 1, rest);
        }
        Op::PrepareReraiseStar => {
            let (original, raised) = (regs.get(i.b()), regs.get(i.c()));
            plain!(m, regs, i, |vm| vm.prepare_reraise_star(original, raised));
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}

/// The patterns of `match`.
#[inline(never)]
pub(crate) fn patterns<M: Machine>(m: &mut M, frame: Top, i: Instr, op: Op) -> Done {
    let regs = frame.get().base;
    match op {
        Op::MatchSequence => {
            m.generic();
            let matches = m.vm().is_match_sequence(regs.get(i.b()));
            regs.set(i.a(), Value::bool(matches));
        }
        Op::MatchMapping => {
            m.generic();
            let matches = m.vm().is_match_mapping(regs.get(i.b()));
            regs.set(i.a(), Value::bool(matches));
        }
        Op::MatchKeys => {
            let (subject, keys) = (regs.get(i.b()), regs.get(i.c()));
            plain!(m, regs, i, |vm| vm.match_keys(subject, keys.known()));
        }
        Op::MatchClass => {
            let b = i.b();
            let (subject, class, names) = (regs.get(b), regs.get(b + 1), regs.get(b + 2));
            plain!(m, regs, i, |vm| vm.match_class(
                subject,
                class,
                i.c() as usize,
                names
            ));
        }
        _ => unreachable!("another group's op"),
    }
    Ok(())
}
