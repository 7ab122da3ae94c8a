//! `dict`.

use object::{Dict, Gc, Iter, IterKind, List, Str, StrBuilder, Tuple, Value, View};
use vm::{Comparison, Def, PyResult, Vm, class_method, method, static_method, tuple};

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs?)", new),
    method("__init__(self, iterable=(), /, **kwargs?)", init),
    class_method("fromkeys(cls, iterable, value=None, /)", fromkeys),
    method("clear(self, /)", clear),
    method("copy(self, /)", copy),
    method("get(self, key, default=None, /)", get),
    method("items(self, /)", |vm, args| view(vm, View::ITEMS, args)),
    method("keys(self, /)", |vm, args| view(vm, View::KEYS, args)),
    method("values(self, /)", |vm, args| view(vm, View::VALUES, args)),
    method("pop(self, key, default=None, /)", pop),
    method("popitem(self, /)", popitem),
    method("setdefault(self, key, default=None, /)", setdefault),
    method("update(self, iterable=(), /, **kwargs?)", init),
    method("__contains__(self, key, /)", contains),
    method("__getitem__(self, key, /)", get_item),
    method("__setitem__(self, key, value, /)", set_item),
    method("__delitem__(self, key, /)", del_item),
    method("__eq__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        compare(vm, Comparison::Ne, args)
    }),
    method("__lt__(self, value, /)", unordered),
    method("__le__(self, value, /)", unordered),
    method("__gt__(self, value, /)", unordered),
    method("__ge__(self, value, /)", unordered),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__ior__(self, value, /)", ior),
    method("__iter__(self, /)", iter),
    method("__reversed__(self, /)", reversed),
    method("__len__(self, /)", len),
    method("__repr__(self, /)", repr),
    method("__sizeof__(self, /)", sizeof),
    class_method("__class_getitem__(cls, object, /)", super::class_getitem),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.dict;
    vm.define_methods(class, METHODS);
    super::set_unhashable(vm, class);
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    super::wrap(vm, args[0], Dict::new().into())
}

/// `__init__` and `update`.
fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    if let Some(source) = args[1].bound() {
        update_from(vm, dict, source)?;
    }
    if let Some(keywords) = args[2].cast::<Dict>()
        && !keywords.is_empty()
    {
        merge(vm, dict, keywords)?;
    }
    Ok(Value::NONE)
}

/// Takes over the entries of a mapping or of an iterable of pairs.
pub fn update_from(vm: &mut Vm, dict: Gc<Dict>, source: Value) -> PyResult<()> {
    if let Some(other) = source.cast::<Dict>() {
        return merge(vm, dict, other);
    }
    if let Some(other) = source.to::<Dict>()
        && iterates_as_dict(vm, source)
    {
        return merge(vm, dict, other);
    }
    if let Some((zip, iters)) = Vm::zips_two(source) {
        while !zip.is_finished()
            && let Some((key, value)) = vm.next_pair(zip, iters)?
        {
            vm.dict_set(dict, key, value)?;
        }
        return Ok(());
    }
    let keys_name = vm.names.keys;
    if let Some(keys) = vm.find_attr(source, keys_name)? {
        let keys = vm.call(keys, &[])?;
        return vm.for_each(keys, |vm, key| {
            let value = vm.get_item(source, key)?;
            vm.dict_set(dict, key, value)
        });
    }
    let mut number = 0;
    vm.for_each(source, |vm, pair| {
        let (key, value) = key_and_value(vm, pair, number)?;
        number += 1;
        vm.dict_set(dict, key, value)
    })
}

/// Whether an object of a subclass of dict iterates like a dict, so that its entries may be
/// taken as they are.
fn iterates_as_dict(vm: &mut Vm, value: Value) -> bool {
    let name = vm.names.iter;
    let own = vm.lookup_special(value, name);
    let dict = vm.types.dict;
    own == vm.lookup_type(dict, name)
}

fn key_and_value(vm: &mut Vm, pair: Value, number: usize) -> PyResult<(Value, Value)> {
    if let Some(pair) = pair.cast::<Tuple>()
        && let [key, value] = *pair.items()
    {
        return Ok((key, value));
    }
    let items = match vm.collect(pair) {
        Ok(items) => items,
        Err(raised) if raised.matches(vm, vm.types.type_error) => {
            return Err(vm.type_error(format!(
                "cannot convert dictionary update sequence element #{number} to a sequence"
            )));
        }
        Err(raised) => return Err(raised),
    };
    match *items.items() {
        [key, value] => Ok((key, value)),
        ref items => {
            let length = items.len();
            Err(vm.value_error(format!(
                "dictionary update sequence element #{number} has length {length}; 2 is required"
            )))
        }
    }
}

/// Takes over the entries of another dictionary, whose hashes need not be computed again.
pub fn merge(vm: &mut Vm, dict: Gc<Dict>, other: Gc<Dict>) -> PyResult<()> {
    if dict == other {
        return Ok(());
    }
    let empty = dict.is_empty();
    let length = other.len();
    let mut from = 0;
    while let Some((at, hash, key, value)) = other.get().next_entry(from) {
        from = at.0 + 1;
        if empty {
            // No two keys of `other` are equal.
            dict.insert_new(hash, key, value);
            continue;
        }
        match dict.get().find(hash, key, |own| vm.eq(own, key))? {
            Some(place) => dict.set_value_at(place, value),
            None => dict.insert_new(hash, key, value),
        }
        if other.len() != length {
            return Err(vm.runtime_error("dict mutated during update"));
        }
    }
    Ok(())
}

fn fromkeys(vm: &mut Vm, args: &[Value]) -> PyResult {
    let value = args[2].bound().unwrap_or(Value::NONE);
    let made = vm.call(args[0], &[])?;
    if let Some(dict) = made.cast::<Dict>() {
        vm.for_each(args[1], |vm, key| vm.dict_set(dict, key, value))?;
    } else {
        vm.for_each(args[1], |vm, key| vm.set_item(made, key, value))?;
    }
    Ok(made)
}

fn clear(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.receiver::<Dict>(args[0])?.clear();
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.receiver::<Dict>(args[0])?.copy().into())
}

fn get(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    let found = vm.dict_get(dict, args[1])?;
    Ok(found.or(args[2].bound()).unwrap_or(Value::NONE))
}

fn view(vm: &mut Vm, variant: u8, args: &[Value]) -> PyResult {
    vm.receiver::<Dict>(args[0])?;
    Ok(View::new(variant, args[0]).into())
}

fn pop(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    match vm.dict_remove(dict, args[1])?.or(args[2].bound()) {
        Some(value) => Ok(value),
        None => Err(vm.key_error(args[1])),
    }
}

fn popitem(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    let Some((at, _, key, value)) = dict.get().previous_entry(dict.end()) else {
        let class = vm.types.key_error;
        return Err(vm.raise(class, "popitem(): dictionary is empty"));
    };
    dict.remove_at(at);
    Ok(tuple(&[key, value]))
}

fn setdefault(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    match vm.dict_find(dict, args[1])? {
        (_, Some(at)) => Ok(dict.value_at(at)),
        (hash, None) => {
            let value = args[2].bound().unwrap_or(Value::NONE);
            dict.insert_new(hash, args[1], value);
            Ok(value)
        }
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    Ok(Value::bool(vm.dict_find(dict, args[1])?.1.is_some()))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    if let Some(value) = vm.dict_get(dict, args[1])? {
        return Ok(value);
    }
    if !args[0].is::<Dict>() {
        let name = vm.names.missing;
        if let Some(method) = vm.lookup_special(args[0], name) {
            return vm.call_special(method, args[0], &[args[1]]);
        }
    }
    Err(vm.key_error(args[1]))
}

fn set_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    vm.dict_set(dict, args[1], args[2])?;
    Ok(Value::NONE)
}

fn del_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    match vm.dict_remove(dict, args[1])? {
        Some(_) => Ok(Value::NONE),
        None => Err(vm.key_error(args[1])),
    }
}

/// Whether two dictionaries have equal keys with equal values.
pub fn equal(vm: &mut Vm, a: Gc<Dict>, b: Gc<Dict>) -> PyResult<bool> {
    if a == b {
        return Ok(true);
    }
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut from = 0;
    while let Some((at, hash, key, value)) = a.get().next_entry(from) {
        from = at.0 + 1;
        let Some(place) = b.get().find(hash, key, |other| vm.eq(other, key))? else {
            return Ok(false);
        };
        let other = b.value_at(place);
        if !vm.nested(|vm| vm.eq(value, other))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    let Some(other) = args[1].to::<Dict>() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = equal(vm, dict, other)?;
    Ok(Value::bool(same == (op == Comparison::Eq)))
}

fn unordered(vm: &mut Vm, args: &[Value]) -> PyResult {
    vm.receiver::<Dict>(args[0])?;
    Ok(Value::NOT_IMPLEMENTED)
}

fn or(vm: &mut Vm, args: &[Value]) -> PyResult {
    union(vm, args[0], args[1])
}

fn ror(vm: &mut Vm, args: &[Value]) -> PyResult {
    union(vm, args[1], args[0])
}

fn union(vm: &mut Vm, left: Value, right: Value) -> PyResult {
    let (Some(left), Some(right)) = (left.to::<Dict>(), right.to::<Dict>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let result = left.copy();
    merge(vm, result, right)?;
    Ok(result.into())
}

fn ior(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    update_from(vm, dict, args[1])?;
    Ok(args[0])
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    Ok(Iter::new(IterKind::DictKeys, dict.into(), 0, dict.len() as i64, 0).into())
}

fn reversed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    Ok(Iter::new(
        IterKind::DictReverse,
        dict.into(),
        dict.end() as i64,
        dict.len() as i64,
        0,
    )
    .into())
}

fn len(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(vm.receiver::<Dict>(args[0])?.len() as i64))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    match vm.guard_repr(args[0], |vm| text(vm, dict))? {
        Some(text) => Ok(text.into()),
        None => Ok(vm::string("{...}")),
    }
}

fn text(vm: &mut Vm, dict: Gc<Dict>) -> PyResult<Gc<Str>> {
    let mut text = StrBuilder::new();
    text.push_char('{');
    let mut from = 0;
    while let Some((at, _, key, value)) = dict.get().next_entry(from) {
        if from > 0 && text.len() > 1 {
            text.push_text(", ");
        }
        from = at.0 + 1;
        let key = vm.repr(key)?;
        text.push_str(key);
        text.push_text(": ");
        let value = vm.repr(value)?;
        text.push_str(value);
    }
    text.push_char('}');
    Ok(text.finish())
}

fn sizeof(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(
        64 + 24 * vm.receiver::<Dict>(args[0])?.len() as i64,
    ))
}

/// The keys of a dictionary or of a set's table, as a list.
pub fn keys_list(table: Gc<Dict>) -> Gc<List> {
    let list = List::with_capacity(table.len());
    table.get().iter().for_each(|(key, _)| list.push(key));
    list
}
