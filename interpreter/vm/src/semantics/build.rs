//! Making and filling containers and texts, as a recorder takes them: by runtime functions of
//! known effects.

use crate::PyResult;
use crate::machine::{Machine, Runtime};
use bytecode::{Instr, Op};
use object::{Dict, Regs, Set, Value};

/// Whether [`recorded`] does an op.
#[inline(always)]
pub(crate) fn is_recorded(i: Instr) -> bool {
    match i.op() {
        Op::BuildSet | Op::BuildDict => i.c() == 0,
        Op::BuildString => matches!(i.c(), 2 | 3),
        Op::FormatValue | Op::SetAdd | Op::DictInsert => true,
        _ => false,
    }
}

/// Executes an op; what its register `a` gets, if it gets something.
pub(crate) fn recorded<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<Option<M::V>> {
    match i.op() {
        Op::BuildSet => m
            .residual(Runtime::NewSet, &[], |_| Ok(Set::new().into()))
            .map(Some),
        Op::BuildDict => m
            .residual(Runtime::NewDict, &[], |_| Ok(Dict::new().into()))
            .map(Some),
        Op::BuildString => {
            let args: Vec<M::V> = (0..i.c()).map(|at| m.get(regs, i.b() + at)).collect();
            let items = regs.slice(i.b() as usize, i.c() as usize);
            m.residual(Runtime::Concat, &args, |_| Ok(crate::link::concat(items)))
                .map(Some)
        }
        Op::FormatValue => format(m, regs, i).map(Some),
        Op::SetAdd => {
            let (set, item) = (m.get(regs, i.a()), m.get(regs, i.b()));
            let (ws, wi) = (m.word(set).known(), m.word(item));
            m.residual(Runtime::SetAdd, &[set, item], |vm| {
                vm.set_add(ws, wi).map(|()| Value::NONE)
            })?;
            Ok(None)
        }
        _ => {
            let (dict, key, value) = (m.get(regs, i.a()), m.get(regs, i.b()), m.get(regs, i.c()));
            let (wd, wk, wv) = (m.word(dict), m.word(key), m.word(value));
            m.residual(Runtime::SetItem, &[dict, key, value], |vm| {
                vm.set_item(wd, wk, wv).map(|()| Value::NONE)
            })?;
            Ok(None)
        }
    }
}

fn format<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<M::V> {
    let value = m.get(regs, i.b());
    let convert = m.constant(Value::small(i64::from(i.x() & 3)));
    let spec = if i.x() & 4 != 0 {
        m.get(regs, i.c())
    } else {
        m.constant(Value::UNBOUND)
    };
    let (wv, ws) = (m.word(value), m.word(spec));
    m.residual(Runtime::Format, &[value, convert, spec], |vm| {
        vm.format_field(wv, i.x() & 3, ws)
    })
}

/// Whether an item is in a container, or is not in it: a boolean.
#[inline(always)]
pub(crate) fn contains<M: Machine>(
    m: &mut M,
    item: M::V,
    container: M::V,
    negate: bool,
) -> PyResult<M::V> {
    let (wi, wc) = (m.word(item), m.word(container));
    let what = if negate {
        Runtime::ContainsNot
    } else {
        Runtime::Contains
    };
    m.residual(what, &[item, container], |vm| {
        vm.contains(wc, wi)
            .map(|found| Value::bool(found != negate))
    })
}

/// The function that a `make_function` makes. `None`: it has parts that the runtime arranges.
pub(crate) fn function<M: Machine>(m: &mut M, code: Value, regs: Regs, i: Instr) -> Option<M::V> {
    if !M::RECORDS || i.x() & !8 != 0 {
        return None;
    }
    let closure = match i.x() {
        0 => m.constant(Value::UNBOUND),
        _ => m.get(regs, i.b()),
    };
    Some(m.new_function(code.known(), closure))
}
