//! Making and filling containers and texts, as a recorder takes them: by runtime functions of
//! known effects.

use crate::PyResult;
use crate::machine::{Machine, Runtime};
use crate::plain::is_plain;
use bytecode::{Instr, Op};
use object::shape::of_kind;
use object::{Dict, Kind, Regs, Set, Tuple, Value};

/// A set or dictionary of more items is made as a whole by the runtime.
const ITEMS_MAX: u16 = 8;
/// A string of more parts is made as a whole by the runtime.
const TEXTS_MAX: u16 = 10;
/// How many parts a runtime function takes.
const JOINED_AT_ONCE: usize = 4;

/// Whether [`recorded`] does an op.
#[inline(always)]
pub(crate) fn is_recorded(i: Instr) -> bool {
    match i.op() {
        Op::BuildSet | Op::BuildDict => i.c() <= ITEMS_MAX,
        Op::BuildString => (2..=TEXTS_MAX).contains(&i.c()),
        Op::FormatValue
        | Op::SetAdd
        | Op::DictInsert
        | Op::DictUpdate
        | Op::DictMerge
        | Op::ListExtend
        | Op::ListToTuple => true,
        _ => false,
    }
}

/// Executes an op; what its register `a` gets, if it gets something.
pub(crate) fn recorded<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<Option<M::V>> {
    match i.op() {
        Op::BuildSet => set_of(m, regs, i).map(Some),
        Op::BuildDict => dict_of(m, regs, i).map(Some),
        Op::BuildString => {
            let texts = (0..i.c()).map(|at| m.get(regs, i.b() + at)).collect();
            joined(m, texts).map(Some)
        }
        Op::FormatValue => format(m, regs, i).map(Some),
        Op::DictUpdate | Op::DictMerge => merge(m, regs, i).map(Some),
        Op::ListExtend => extend(m, regs, i).map(Some),
        Op::ListToTuple => {
            let list = m.get(regs, i.b());
            if let Some(tuple) = m.tuple_of_own(list) {
                return Ok(Some(tuple));
            }
            m.generic();
            let items = Tuple::of_list(m.word(list).known());
            Ok(Some(m.constant(items.into())))
        }
        Op::SetAdd => {
            let (set, item) = (m.get(regs, i.a()), m.get(regs, i.b()));
            add(m, set, item)?;
            Ok(None)
        }
        _ => {
            let (dict, key, value) = (m.get(regs, i.a()), m.get(regs, i.b()), m.get(regs, i.c()));
            insert(m, dict, key, value)?;
            Ok(None)
        }
    }
}

fn add<M: Machine>(m: &mut M, set: M::V, item: M::V) -> PyResult<()> {
    let (ws, wi) = (m.word(set).known(), m.word(item));
    m.residual(Runtime::SetAdd, &[set, item], |vm| {
        vm.set_add(ws, wi).map(|()| Value::NONE)
    })?;
    Ok(())
}

fn insert<M: Machine>(m: &mut M, dict: M::V, key: M::V, value: M::V) -> PyResult<()> {
    let (wd, wk, wv) = (m.word(dict), m.word(key), m.word(value));
    m.residual(Runtime::SetItem, &[dict, key, value], |vm| {
        vm.set_item(wd, wk, wv).map(|()| Value::NONE)
    })?;
    Ok(())
}

/// Whether the items of a set or dictionary can be put into it one by one: what the first of them
/// does cannot be undone if a later one leaves, so none may. All tests of them are made here; a float
/// may leave when it gets its word, and of a key that stands there twice it is known where it is.
fn goes_in<M: Machine>(m: &mut M, keys: &[M::V], values: &[M::V]) -> bool {
    let is_float = |m: &mut M, item: M::V| m.word(item).as_float().is_some();
    let once = (1..keys.len()).all(|at| {
        let word = m.word(keys[at]);
        keys[..at].iter().all(|&key| m.word(key) != word)
    });
    let plain = once
        && keys.iter().all(|&key| is_plain(m.word(key)))
        && !keys.iter().chain(values).any(|&item| is_float(m, item));
    if plain {
        for &key in keys {
            m.shape(key);
        }
    }
    plain
}

fn set_of<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<M::V> {
    let items: Vec<M::V> = (0..i.c()).map(|at| m.get(regs, i.b() + at)).collect();
    if !goes_in(m, &items, &[]) {
        m.generic();
        let words = regs.slice(i.b() as usize, i.c() as usize);
        let set = m.vm().build_set(words)?;
        return Ok(m.constant(set));
    }
    let set = m.residual(Runtime::NewSet, &[], |_| Ok(Set::new().into()))?;
    for item in items {
        add(m, set, item)?;
    }
    Ok(set)
}

/// Keys and values stand in turn.
fn dict_of<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<M::V> {
    let mut of_parity = |first: u16| -> Vec<M::V> {
        let places = (first..i.c()).step_by(2);
        places.map(|at| m.get(regs, i.b() + at)).collect()
    };
    let (keys, values) = (of_parity(0), of_parity(1));
    if let Some(dict) = named(m, &keys, &values) {
        return Ok(dict);
    }
    if !goes_in(m, &keys, &values) {
        m.generic();
        let words = regs.slice(i.b() as usize, i.c() as usize);
        let dict = m.vm().build_dict(words)?;
        return Ok(m.constant(dict));
    }
    let dict = m.residual(Runtime::NewDict, &[], |_| Ok(Dict::new().into()))?;
    for (key, value) in keys.into_iter().zip(values) {
        insert(m, dict, key, value)?;
    }
    Ok(dict)
}

/// A dictionary whose keys are strings, if it is of few.
fn named<M: Machine>(m: &mut M, keys: &[M::V], values: &[M::V]) -> Option<M::V> {
    let mut items = Vec::with_capacity(keys.len());
    for (&key, &value) in keys.iter().zip(values) {
        items.push((m.constant_container(key)?, value));
    }
    m.new_keywords(&items)
}

/// The dictionary in register `a` with the keys and values of the mapping in `b`. It is one that the
/// display or call is being made of, so another may take its place.
fn merge<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<M::V> {
    let (dict, from) = (m.get(regs, i.a()), m.get(regs, i.b()));
    let of_call = i.op() == Op::DictMerge;
    if let Some(merged) = m.merged_keywords(dict, from, !of_call) {
        return Ok(merged);
    }
    m.generic();
    let callee = of_call.then(|| regs.get(i.c()));
    let (own, from) = (m.word(dict).known(), m.word(from));
    m.vm().dict_update(own, from, callee)?;
    Ok(dict)
}

/// The list in register `a` with the items in `b`, likewise.
fn extend<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<M::V> {
    let (list, from) = (m.get(regs, i.a()), m.get(regs, i.b()));
    if let Some(extended) = m.extended_list(list, from) {
        return Ok(extended);
    }
    m.generic();
    let callee = match i.x() {
        0 => Value::UNBOUND,
        _ => regs.get(i.c()),
    };
    let (own, items) = (m.word(list).known(), m.word(from));
    m.vm().list_extend(own, items, callee)?;
    Ok(list)
}

/// Strings one after the other: the first few are joined, then what that gives with the next few.
pub(crate) fn joined<M: Machine>(m: &mut M, mut texts: Vec<M::V>) -> PyResult<M::V> {
    while texts.len() > 1 {
        let rest = texts.split_off(texts.len().min(JOINED_AT_ONCE));
        let words: Vec<Value> = texts.iter().map(|&text| m.word(text)).collect();
        let first = m.residual(Runtime::Concat, &texts, |_| Ok(crate::link::concat(&words)))?;
        texts.clear();
        texts.push(first);
        texts.extend(rest);
    }
    Ok(texts[0])
}

fn format<M: Machine>(m: &mut M, regs: Regs, i: Instr) -> PyResult<M::V> {
    let value = m.get(regs, i.b());
    if matches!(i.x(), 0 | 1) && m.shape(value) == of_kind(Kind::Str) {
        return Ok(value);
    }
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

/// A small integer as text.
pub(crate) fn text<M: Machine>(m: &mut M, number: M::V) -> PyResult<M::V> {
    let word = m.word(number);
    let (as_is, no_spec) = (m.constant(Value::small(0)), m.constant(Value::UNBOUND));
    m.residual(Runtime::Format, &[number, as_is, no_spec], |vm| {
        vm.format_field(word, 0, Value::UNBOUND)
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
    let name = m.vm().names.contains;
    let container = super::payload::of(m, container, name).unwrap_or(container);
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
