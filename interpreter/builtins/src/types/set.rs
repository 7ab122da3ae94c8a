//! `set` and `frozenset`.
//!
//! Operations between sets, and with the keys of a dictionary, reuse the hashes that the tables
//! hold.

use object::{Class, Dict, DictIndex, FrozenSet, Gc, Iter, IterKind, Kind, Set, StrBuilder, Value};
use vm::{BinaryOp, Comparison, Def, PyResult, Vm, class_method, method, static_method, tuple};

const COMMON: &[Def] = &[
    method("copy(self, /)", copy),
    method("difference(self, /, *others)", |vm, args| {
        many(vm, BinaryOp::Sub, args)
    }),
    method("intersection(self, /, *others)", |vm, args| {
        many(vm, BinaryOp::And, args)
    }),
    method("union(self, /, *others)", |vm, args| {
        many(vm, BinaryOp::Or, args)
    }),
    method("symmetric_difference(self, other, /)", |vm, args| {
        many(vm, BinaryOp::Xor, args)
    }),
    method("isdisjoint(self, other, /)", isdisjoint),
    method("issubset(self, other, /)", issubset),
    method("issuperset(self, other, /)", issuperset),
    method("__contains__(self, object, /)", contains),
    method("__eq__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ne, args)
    }),
    method("__lt__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Lt, args)
    }),
    method("__le__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Le, args)
    }),
    method("__gt__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Gt, args)
    }),
    method("__ge__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ge, args)
    }),
    method("__and__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::And, args[0], args[1])
    }),
    method("__rand__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::And, args[1], args[0])
    }),
    method("__or__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::Or, args[0], args[1])
    }),
    method("__ror__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::Or, args[1], args[0])
    }),
    method("__sub__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::Sub, args[0], args[1])
    }),
    method("__rsub__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::Sub, args[1], args[0])
    }),
    method("__xor__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::Xor, args[0], args[1])
    }),
    method("__rxor__(self, value, /)", |vm, args| {
        operator(vm, BinaryOp::Xor, args[1], args[0])
    }),
    method("__iter__(self, /)", iter),
    method("__len__(self, /)", len),
    method("__repr__(self, /)", repr),
    method("__reduce__(self, /)", reduce),
    method("__sizeof__(self, /)", sizeof),
    class_method("__class_getitem__(cls, object, /)", super::class_getitem),
];

const SET: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", set_new),
    method("__init__(self, iterable=(), /)", set_init),
    method("add(self, object, /)", add),
    method("clear(self, /)", clear),
    method("discard(self, object, /)", discard),
    method("pop(self, /)", pop),
    method("remove(self, object, /)", remove),
    method("update(self, /, *others)", |vm, args| {
        many_in_place(vm, BinaryOp::Or, args)
    }),
    method("difference_update(self, /, *others)", |vm, args| {
        many_in_place(vm, BinaryOp::Sub, args)
    }),
    method("intersection_update(self, /, *others)", |vm, args| {
        many_in_place(vm, BinaryOp::And, args)
    }),
    method("symmetric_difference_update(self, other, /)", |vm, args| {
        many_in_place(vm, BinaryOp::Xor, args)
    }),
    method("__iand__(self, value, /)", |vm, args| {
        inplace_operator(vm, BinaryOp::And, args)
    }),
    method("__ior__(self, value, /)", |vm, args| {
        inplace_operator(vm, BinaryOp::Or, args)
    }),
    method("__isub__(self, value, /)", |vm, args| {
        inplace_operator(vm, BinaryOp::Sub, args)
    }),
    method("__ixor__(self, value, /)", |vm, args| {
        inplace_operator(vm, BinaryOp::Xor, args)
    }),
];

const FROZEN: &[Def] = &[
    static_method("__new__(cls, iterable=(), /)", frozen_new),
    method("__hash__(self, /)", hash),
];

pub fn install(vm: &mut Vm) {
    let (set, frozen) = (vm.types.set, vm.types.frozenset);
    vm.define_methods(set, COMMON);
    vm.define_methods(set, SET);
    super::set_unhashable(vm, set);
    vm.define_methods(frozen, COMMON);
    vm.define_methods(frozen, FROZEN);
}

fn table(vm: &mut Vm, value: Value) -> PyResult<Gc<Dict>> {
    match vm.set_table(value) {
        Some(table) => Ok(table),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'set' object but received a '{given}'"
            )))
        }
    }
}

/// A new empty set of the same builtin kind as `like`, and its table.
fn new_like(like: Value) -> (Value, Gc<Dict>) {
    if like.inner().is::<FrozenSet>() {
        let set = FrozenSet::new();
        (set.into(), set.table())
    } else {
        let set = Set::new();
        (set.into(), set.table())
    }
}

fn find(vm: &mut Vm, table: Gc<Dict>, hash: u64, key: Value) -> PyResult<Option<DictIndex>> {
    table.get().find(hash, key, |other| vm.eq(other, key))
}

/// The table that holds an iterable's elements as keys, if it has one.
fn keys_of(vm: &Vm, iterable: Value) -> Option<Gc<Dict>> {
    vm.set_table(iterable).or_else(|| iterable.cast::<Dict>())
}

/// The table of an iterable's elements, made if it has none.
fn keys_for(vm: &mut Vm, iterable: Value) -> PyResult<Gc<Dict>> {
    if let Some(table) = keys_of(vm, iterable) {
        return Ok(table);
    }
    let table = Set::new().table();
    add_all(vm, table, iterable)?;
    Ok(table)
}

/// Adds all elements of an iterable.
pub fn add_all(vm: &mut Vm, into: Gc<Dict>, iterable: Value) -> PyResult<()> {
    let Some(other) = keys_of(vm, iterable) else {
        return vm.for_each(iterable, |vm, element| {
            vm.table_add(into, element)?;
            Ok(())
        });
    };
    if other == into {
        return Ok(());
    }
    let fresh = into.is_empty();
    let mut from = 0;
    while let Some((at, hash, key, _)) = other.get().next_entry(from) {
        from = at.0 + 1;
        if fresh || find(vm, into, hash, key)?.is_none() {
            into.insert_new(hash, key, Value::NONE);
        }
    }
    Ok(())
}

/// Puts into `into`, which is empty, what `op` makes of a set and an iterable.
fn combine(vm: &mut Vm, op: BinaryOp, into: Gc<Dict>, own: Gc<Dict>, other: Value) -> PyResult<()> {
    match op {
        BinaryOp::Or => {
            into.copy_entries_from(own);
            add_all(vm, into, other)
        }
        BinaryOp::And => {
            let Some(other) = keys_of(vm, other) else {
                return vm.for_each(other, |vm, element| {
                    let hash = vm.hash(element)? as u64;
                    if find(vm, own, hash, element)?.is_some()
                        && find(vm, into, hash, element)?.is_none()
                    {
                        into.insert_new(hash, element, Value::NONE);
                    }
                    Ok(())
                });
            };
            let (few, many) = if own.len() < other.len() {
                (own, other)
            } else {
                (other, own)
            };
            select(vm, into, few, many, true)
        }
        BinaryOp::Sub => {
            if let Some(other) = keys_of(vm, other) {
                // To copy a table is cheaper than to make it anew, to take out an element than to keep many.
                if other.len() > own.len() / 4 {
                    return select(vm, into, own, other, false);
                }
                into.copy_entries_from(own);
                return remove_all(vm, into, other);
            }
            into.copy_entries_from(own);
            vm.for_each(other, |vm, element| {
                remove_element(vm, into, element).map(|_| ())
            })
        }
        _ => {
            let other = keys_for(vm, other)?;
            select(vm, into, own, other, false)?;
            let mut from = 0;
            while let Some((at, hash, key, _)) = other.get().next_entry(from) {
                from = at.0 + 1;
                if find(vm, own, hash, key)?.is_none() {
                    into.insert_new(hash, key, Value::NONE);
                }
            }
            Ok(())
        }
    }
}

/// Takes out the elements that are keys of another table.
fn remove_all(vm: &mut Vm, from: Gc<Dict>, others: Gc<Dict>) -> PyResult<()> {
    let mut next = 0;
    while let Some((at, hash, key, _)) = others.get().next_entry(next) {
        next = at.0 + 1;
        if let Some(at) = find(vm, from, hash, key)? {
            from.remove_at(at);
        }
    }
    Ok(())
}

/// Adds those elements of `source` whose being in `filter` is as wanted.
fn select(
    vm: &mut Vm,
    into: Gc<Dict>,
    source: Gc<Dict>,
    filter: Gc<Dict>,
    wanted: bool,
) -> PyResult<()> {
    let mut from = 0;
    while let Some((at, hash, key, _)) = source.get().next_entry(from) {
        from = at.0 + 1;
        if find(vm, filter, hash, key)?.is_some() == wanted {
            into.insert_new(hash, key, Value::NONE);
        }
    }
    Ok(())
}

fn many(vm: &mut Vm, op: BinaryOp, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    let (mut result, mut into) = new_like(args[0]);
    let Some((&first, rest)) = args[1..].split_first() else {
        return copy(vm, args);
    };
    combine(vm, op, into, own, first)?;
    for &other in rest {
        if op == BinaryOp::Or {
            add_all(vm, into, other)?;
            continue;
        }
        let before = into;
        let _keep = result;
        (result, into) = new_like(args[0]);
        combine(vm, op, into, before, other)?;
    }
    Ok(result)
}

fn many_in_place(vm: &mut Vm, op: BinaryOp, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    for &other in &args[1..] {
        in_place(vm, op, own, other)?;
    }
    Ok(Value::NONE)
}

fn in_place(vm: &mut Vm, op: BinaryOp, own: Gc<Dict>, other: Value) -> PyResult<()> {
    match op {
        BinaryOp::Or => add_all(vm, own, other),
        BinaryOp::Sub if keys_of(vm, other) == Some(own) => {
            own.clear();
            Ok(())
        }
        BinaryOp::Sub => vm.for_each(other, |vm, element| {
            remove_element(vm, own, element).map(|_| ())
        }),
        op => {
            let result = Set::new();
            combine(vm, op, result.table(), own, other)?;
            own.clear();
            add_all(vm, own, result.into())
        }
    }
}

/// `a op b` where both must be sets.
fn operator(vm: &mut Vm, op: BinaryOp, left: Value, right: Value) -> PyResult {
    let (Some(own), Some(_)) = (vm.set_table(left), vm.set_table(right)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (result, into) = new_like(left);
    combine(vm, op, into, own, right)?;
    Ok(result)
}

fn inplace_operator(vm: &mut Vm, op: BinaryOp, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    if vm.set_table(args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    in_place(vm, op, own, args[1])?;
    Ok(args[0])
}

/// What an operator makes of two iterables, as a new set: the operators of dictionary views.
pub fn of_iterables(vm: &mut Vm, op: BinaryOp, left: Value, right: Value) -> PyResult {
    let own = keys_for(vm, left)?;
    let result = Set::new();
    combine(vm, op, result.table(), own, right)?;
    Ok(result.into())
}

// ---- elements

/// The place of an element. A set as an element is looked for as the frozen set it equals.
fn find_element(vm: &mut Vm, table: Gc<Dict>, element: Value) -> PyResult<Option<DictIndex>> {
    match vm.dict_find(table, element) {
        Ok((_, at)) => Ok(at),
        Err(raised) => {
            let Some(set) = element.to::<Set>() else {
                return Err(raised);
            };
            if !raised.matches(vm, vm.types.type_error) {
                return Err(raised);
            }
            let frozen = FrozenSet::new();
            frozen.copy_from(set.table());
            Ok(vm.dict_find(table, frozen.into())?.1)
        }
    }
}

fn remove_element(vm: &mut Vm, table: Gc<Dict>, element: Value) -> PyResult<bool> {
    let at = find_element(vm, table, element)?;
    Ok(at.map(|at| table.remove_at(at)).is_some())
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = table(vm, args[0])?;
    Ok(Value::bool(find_element(vm, table, args[1])?.is_some()))
}

fn add(vm: &mut Vm, args: &[Value]) -> PyResult {
    let set = vm.receiver::<Set>(args[0])?;
    vm.set_add(set, args[1])?;
    Ok(Value::NONE)
}

fn discard(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = table(vm, args[0])?;
    remove_element(vm, table, args[1])?;
    Ok(Value::NONE)
}

fn remove(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = table(vm, args[0])?;
    if remove_element(vm, table, args[1])? {
        Ok(Value::NONE)
    } else {
        Err(vm.key_error(args[1]))
    }
}

fn pop(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = table(vm, args[0])?;
    match table.get().next_entry(0) {
        Some((at, _, element, _)) => {
            table.remove_at(at);
            Ok(element)
        }
        None => {
            let class = vm.types.key_error;
            Err(vm.raise(class, "pop from an empty set"))
        }
    }
}

fn clear(vm: &mut Vm, args: &[Value]) -> PyResult {
    table(vm, args[0])?.clear();
    Ok(Value::NONE)
}

// ---- the whole

fn set_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exact = args[0].cast::<Class>() == Some(vm.types.set);
    if exact
        && args[1]
            .cast::<Dict>()
            .is_some_and(|kwargs| !kwargs.is_empty())
    {
        return Err(vm.type_error("set() takes no keyword arguments"));
    }
    super::wrap(vm, args[0], Set::new().into())
}

fn set_init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = table(vm, args[0])?;
    if !table.is_empty() {
        table.clear();
    }
    if let Some(iterable) = args[1].bound() {
        add_all(vm, table, iterable)?;
    }
    Ok(Value::NONE)
}

fn frozen_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exact = args[0].cast::<Class>() == Some(vm.types.frozenset);
    if exact && args[1].is::<FrozenSet>() {
        return Ok(args[1]);
    }
    let set = FrozenSet::new();
    if let Some(iterable) = args[1].bound() {
        add_all(vm, set.table(), iterable)?;
    }
    super::wrap(vm, args[0], set.into())
}

fn copy(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    if args[0].is::<FrozenSet>() {
        return Ok(args[0]);
    }
    let (result, into) = new_like(args[0]);
    into.copy_entries_from(own);
    Ok(result)
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    let Some(other) = vm.set_table(args[1]) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    vm.compare_tables(op, own, other).map(Value::bool)
}

fn isdisjoint(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    let Some(other) = keys_of(vm, args[1]) else {
        let iter = vm.iter(args[1])?;
        while let Some(element) = vm.next(iter)? {
            if vm.dict_find(own, element)?.1.is_some() {
                return Ok(Value::FALSE);
            }
        }
        return Ok(Value::TRUE);
    };
    let (few, many) = if own.len() <= other.len() {
        (own, other)
    } else {
        (other, own)
    };
    let mut from = 0;
    while let Some((at, hash, key, _)) = few.get().next_entry(from) {
        from = at.0 + 1;
        if find(vm, many, hash, key)?.is_some() {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

fn issubset(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    let other = keys_for(vm, args[1])?;
    Ok(Value::bool(vm.is_within(own, other)?))
}

fn issuperset(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    if let Some(other) = keys_of(vm, args[1]) {
        return Ok(Value::bool(vm.is_within(other, own)?));
    }
    let iter = vm.iter(args[1])?;
    while let Some(element) = vm.next(iter)? {
        if vm.dict_find(own, element)?.1.is_none() {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// The hash of a frozen set: what does not depend on the order of the elements, computed as
/// CPython computes it.
fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let set = vm.receiver::<FrozenSet>(args[0])?;
    if set.hash.get() != 0 {
        return Ok(Value::int(set.hash.get() as i64));
    }
    let mut hash = 0u64;
    for (element, _, _) in set.table().get().iter_hashed() {
        let mixed = (element ^ 89_869_747) ^ (element << 16);
        hash ^= mixed.wrapping_mul(3_644_798_167);
    }
    hash ^= (set.len() as u64 + 1).wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    // A small integer, so that it is no object.
    let hash = match (hash as i64) >> 4 {
        -1 | 0 => 590_923_713,
        hash => hash,
    };
    set.hash.set(hash as u64);
    Ok(Value::int(hash))
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    Ok(Iter::new(IterKind::Set, args[0].inner(), 0, own.len() as i64, 0).into())
}

fn len(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(table(vm, args[0])?.len() as i64))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    let class = vm.type_name(args[0]);
    if own.is_empty() {
        return Ok(vm::string(&format!("{class}()")));
    }
    let plain = args[0].kind() == Some(Kind::Set);
    let text = vm.guard_repr(args[0], |vm| {
        let mut text = StrBuilder::new();
        if !plain {
            text.push_text(&class);
            text.push_char('(');
        }
        text.push_char('{');
        for (i, &element) in super::dict::keys_list(own).items().iter().enumerate() {
            if i > 0 {
                text.push_text(", ");
            }
            let element = vm.repr(element)?;
            text.push_str(element);
        }
        text.push_text(if plain { "}" } else { "})" });
        Ok(text.finish())
    })?;
    match text {
        Some(text) => Ok(text.into()),
        None => {
            let class = vm.type_name(args[0]);
            Ok(vm::string(&format!("{class}(...)")))
        }
    }
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = table(vm, args[0])?;
    let class = vm.class_of(args[0]);
    let elements: Value = super::dict::keys_list(own).into();
    let state = super::state_of(vm, args[0])?;
    Ok(tuple(&[class.into(), tuple(&[elements]), state]))
}

fn sizeof(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(64 + 24 * table(vm, args[0])?.len() as i64))
}
