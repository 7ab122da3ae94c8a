//! Module `_collections`: what `collections` has of objects that loops lean on. The rest of
//! `collections` is Python, in `lib/collections.py`.

use super::deque;
use object::{Class, ClassFlags, Dict, Gc, GetSet, Kind, Value, Wrapper, intern};
use vm::{Def, NativeFn, PyResult, Vm, class_method, getter, method, setter, static_method, tuple};

const FUNCTIONS: &[Def] = &[
    method("_count_elements(mapping, iterable, /)", count_elements),
    method("_dict_move_to_end(mapping, key, last=True, /)", move_to_end),
    method("_dict_pop_first(mapping, /)", pop_first),
    method("_tuplegetter(index, doc, /)", tuple_getter),
];

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_collections", FUNCTIONS);
    deque::install(vm, module);
    let dict = vm.types.dict;
    let flags = ClassFlags {
        immutable: true,
        ..Default::default()
    };
    let class = vm.native_class("collections", "defaultdict", dict, flags, DEFAULT_DICT);
    class.instance_kind.set(Kind::Wrapper);
    module
        .namespace()
        .set_str(intern("defaultdict"), class.into());
    let numbers = ITEMS.map(|item| vm.register_native("item", item, true));
    vm.tuple_items = numbers[0]..numbers[0] + ITEMS.len() as u32;
}

// ---- defaultdict

const DEFAULT_DICT: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new_default_dict),
    method(
        "__init__(self, default_factory=None, iterable=(), /, **kwargs)",
        init_default_dict,
    ),
    method("__missing__(self, key, /)", missing),
    method("__repr__(self, /)", repr_default_dict),
    method("copy(self, /)", copy_default_dict),
    method("__copy__(self, /)", copy_default_dict),
    method("__reduce__(self, /)", reduce_default_dict),
    method("__or__(self, value, /)", |vm, args| {
        union(vm, args[0], args[0], args[1])
    }),
    method("__ror__(self, value, /)", |vm, args| {
        union(vm, args[0], args[1], args[0])
    }),
    getter("default_factory", |vm, args| Ok(factory(vm, args[0]))),
    setter("default_factory", |vm, args| {
        let name = intern(FACTORY);
        vm.set_own(args[0], name, args[1].bound().unwrap_or(Value::NONE));
        Ok(Value::NONE)
    }),
    class_method(
        "__class_getitem__(cls, object, /)",
        crate::types::class_getitem,
    ),
];

/// The slot in which a `defaultdict` keeps its factory; no attribute can have this name.
const FACTORY: &str = "default_factory ";

fn factory(vm: &mut Vm, object: Value) -> Value {
    let name = intern(FACTORY);
    vm.own_attr(object, name).unwrap_or(Value::NONE)
}

fn new_default_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.types.dict;
    match args[0].cast::<Class>() {
        Some(class) if class.is_subclass_of(dict) && class != dict => {
            let shape = class.new_instance_shape().id.0;
            Ok(Wrapper::with_shape(shape, Value::UNBOUND, Dict::new().into()).into())
        }
        _ => Err(vm.type_error("defaultdict.__new__(X): X is not a subtype of defaultdict")),
    }
}

fn init_default_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    let given = args[1].bound().unwrap_or(Value::NONE);
    let call = vm.names.call;
    if !given.is_none() && !given.is::<Class>() && vm.lookup_special(given, call).is_none() {
        return Err(vm.type_error("first argument must be callable or None"));
    }
    let name = intern(FACTORY);
    vm.set_own(args[0], name, given);
    if let Some(source) = args[2].bound() {
        crate::types::dict::update_from(vm, dict, source)?;
    }
    if let Some(keywords) = args[3].cast::<Dict>()
        && !keywords.is_empty()
    {
        crate::types::dict::merge(vm, dict, keywords)?;
    }
    Ok(Value::NONE)
}

fn missing(vm: &mut Vm, args: &[Value]) -> PyResult {
    let factory = factory(vm, args[0]);
    if factory.is_none() {
        return Err(vm.key_error(args[1]));
    }
    let value = vm.call(factory, &[])?;
    vm.set_item(args[0], args[1], value)?;
    Ok(value)
}

fn repr_default_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    let class = vm.type_name(args[0]);
    let factory = factory(vm, args[0]);
    let shown = vm.guard_repr(args[0], |vm| vm.repr_text(factory))?;
    let shown = shown.unwrap_or_else(|| String::from("..."));
    let items = vm.repr_text(dict.into())?;
    Ok(vm::string(&format!("{class}({shown}, {items})")))
}

fn copy_default_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    let factory = factory(vm, args[0]);
    let class = vm.class_of(args[0]);
    vm.call(class.into(), &[factory, dict.into()])
}

fn reduce_default_dict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let factory = factory(vm, args[0]);
    let class = vm.class_of(args[0]);
    let make = if factory.is_none() {
        tuple(&[])
    } else {
        tuple(&[factory])
    };
    let items = vm.names.items;
    let items = vm.call_method(args[0], items, &[])?;
    let items = vm.iter(items)?;
    Ok(tuple(&[
        class.into(),
        make,
        Value::NONE,
        Value::NONE,
        items,
    ]))
}

fn union(vm: &mut Vm, own: Value, left: Value, right: Value) -> PyResult {
    let (Some(_), Some(right)) = (left.to::<Dict>(), right.to::<Dict>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let factory = factory(vm, own);
    let class = vm.class_of(own);
    let result = vm.call(class.into(), &[factory, left])?;
    if let Some(dict) = result.to::<Dict>() {
        crate::types::dict::merge(vm, dict, right)?;
    }
    Ok(result)
}

// ---- for Counter and OrderedDict

/// Counts the elements of an iterable in a mapping.
fn count_elements(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (mapping, iterable) = (args[0], args[1]);
    let plain = {
        // A subclass may see each look-up and each store.
        let (get, setitem, dict) = (vm.names.get_plain, vm.names.setitem, vm.types.dict);
        mapping.to::<Dict>().filter(|_| {
            [get, setitem]
                .iter()
                .all(|&name| vm.lookup_special(mapping, name) == vm.lookup_type(dict, name))
        })
    };
    let Some(dict) = plain else {
        let get = vm.names.get_plain;
        return vm
            .for_each(iterable, |vm, element| {
                let count = vm.call_method(mapping, get, &[element, Value::small(0)])?;
                let count = vm.binary(vm::BinaryOp::Add, count, Value::small(1))?;
                vm.set_item(mapping, element, count)
            })
            .map(|()| Value::NONE);
    };
    vm.for_each(iterable, |vm, element| {
        let (hash, at) = vm.dict_find(dict, element)?;
        let Some(at) = at else {
            dict.insert_new(hash, element, Value::small(1));
            return Ok(());
        };
        let count = dict.value_at(at);
        match count.as_small() {
            Some(count) => dict.set_value_at(at, Value::int(count + 1)),
            None => {
                let count = vm.binary(vm::BinaryOp::Add, count, Value::small(1))?;
                vm.dict_set(dict, element, count)?;
            }
        }
        Ok(())
    })?;
    Ok(Value::NONE)
}

/// Moves a key of a dictionary to its end or front.
fn move_to_end(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    let last = match args[2] {
        Value::UNBOUND => true,
        last => vm.truth(last)?,
    };
    let (hash, Some(at)) = vm.dict_find(dict, args[1])? else {
        return Err(vm.key_error(args[1]));
    };
    if last {
        let (key, value) = dict.remove_at(at);
        dict.insert_new(hash, key, value);
        return Ok(Value::NONE);
    }
    let others = dict.copy();
    let (key, value) = others.remove_at(match vm.dict_find(others, args[1])? {
        (_, Some(at)) => at,
        _ => return Err(vm.key_error(args[1])),
    });
    dict.clear();
    dict.insert_new(hash, key, value);
    others
        .get()
        .iter_hashed()
        .for_each(|(hash, key, value)| dict.insert_new(hash, key, value));
    Ok(Value::NONE)
}

/// Removes the first item of a dictionary and gives it.
fn pop_first(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = vm.receiver::<Dict>(args[0])?;
    match dict.get().next_entry(0) {
        Some((at, _, key, value)) => {
            dict.remove_at(at);
            Ok(tuple(&[key, value]))
        }
        None => {
            let class = vm.types.key_error;
            Err(vm.raise(class, "dictionary is empty"))
        }
    }
}

// ---- for namedtuple

/// Item number `N` of a tuple.
fn item<const N: usize>(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<object::Tuple>(args[0])?;
    match tuple.items().get(N) {
        Some(&item) => Ok(item),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

/// Getters for the first fields; those further on are properties.
const ITEMS: [NativeFn; 16] = [
    item::<0>, item::<1>, item::<2>, item::<3>, item::<4>, item::<5>, item::<6>, item::<7>,
    item::<8>, item::<9>, item::<10>, item::<11>, item::<12>, item::<13>, item::<14>, item::<15>,
];

/// A descriptor that reads an item of a tuple; None if the index is too large for one.
fn tuple_getter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let at = vm.index(args[0])?;
    match vm
        .tuple_items
        .clone()
        .nth(at.try_into().unwrap_or(usize::MAX))
    {
        Some(number) => {
            let class: Gc<Class> = vm.types.tuple;
            let getter = GetSet::new(number, u32::MAX, args[1], class.into());
            let doc = format!("Alias for field number {at}");
            getter.write(|g| &g.doc, vm::string(&doc));
            Ok(getter.into())
        }
        _ => Ok(Value::NONE),
    }
}
