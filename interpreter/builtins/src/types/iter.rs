//! Iterators over builtin kinds, and the classes that make some of them: `enumerate`, `zip`,
//! `map`, `filter`, `reversed`.

use super::iter_state::{has_state, reduce, set_state};
use super::range;
use object::{Class, Dict, Gc, Iter, IterKind, List, Range, Tuple, Value};
use vm::{Def, PyResult, Vm, class_method, method, static_method};

const COMMON: &[Def] = &[
    method("__iter__(self, /)", |_, args| Ok(args[0])),
    method("__next__(self, /)", next),
    method("__reduce__(self, /)", reduce),
];

const WITH_STATE: &[Def] = &[method("__setstate__(self, state, /)", set_state)];

const WITH_HINT: &[Def] = &[method("__length_hint__(self, /)", length_hint)];

pub fn install(vm: &mut Vm) {
    for (at, &kind) in IterKind::ALL.iter().enumerate() {
        let class = vm.types.iters[at];
        vm.define_methods(class, COMMON);
        let has_hint = !matches!(
            kind,
            IterKind::Callable
                | IterKind::Enumerate
                | IterKind::Zip
                | IterKind::Map
                | IterKind::Filter
        );
        if has_state(kind) {
            vm.define_methods(class, WITH_STATE);
        }
        if has_hint {
            vm.define_methods(class, WITH_HINT);
        }
        let constructor: &[Def] = match kind {
            IterKind::Enumerate => &[
                static_method("__new__(cls, iterable, start=0)", new_enumerate),
                class_method("__class_getitem__(cls, object, /)", super::class_getitem),
            ],
            IterKind::Zip => &[static_method(
                "__new__(cls, /, *iterables, strict=False)",
                new_zip,
            )],
            IterKind::Map => &[static_method(
                "__new__(cls, /, *args, strict=False)",
                new_map,
            )],
            IterKind::Filter => &[static_method(
                "__new__(cls, function, iterable, /)",
                new_filter,
            )],
            IterKind::Reversed => &[static_method("__new__(cls, object, /)", new_reversed)],
            _ => &[],
        };
        vm.define_methods(class, constructor);
    }
}

fn next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.receiver::<Iter>(args[0])?;
    match vm.next_builtin(iter)? {
        Some(item) => Ok(item),
        None => Err(vm.stop_iteration(Value::NONE)),
    }
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.receiver::<Iter>(args[0])?;
    if iter.is_variant(IterKind::BigRange) && !iter.is_finished() {
        let source = iter.source.get().known::<Range>();
        let rest = range::make(vm, iter.extra.get(), source.stop.get(), source.step.get());
        return Ok(rest.length.get());
    }
    if matches!(iter.variant(), IterKind::Sequence | IterKind::Reversed) && !iter.is_finished() {
        let at = iter.at.get();
        if iter.is_variant(IterKind::Reversed) {
            return Ok(Value::int(at + 1));
        }
        let len = vm.names.len;
        if vm.lookup_special(iter.source.get(), len).is_none() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let length = vm.len(iter.source.get())? as i64;
        return Ok(Value::int((length - at).max(0)));
    }
    Ok(Value::int(iter.remaining().unwrap_or(0) as i64))
}

// ---- constructors

/// A new iterator as an object of a class: of the builtin one, with a generator that drives it where
/// that is better.
fn finish(vm: &mut Vm, class: Value, iter: Gc<Iter>) -> PyResult {
    if class == Value::from(vm.types.iters[iter.variant() as usize]) {
        vm.drive(iter)?;
        return Ok(iter.into());
    }
    super::wrap(vm, class, iter.into())
}

fn new_enumerate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let source = vm.iter(args[1])?;
    let start = match args[2] {
        Value::UNBOUND => Value::small(0),
        start => vm.index_value(start)?,
    };
    let iter = match start.as_small() {
        // Far from where counting would leave 64 bits.
        Some(at) => Iter::new(IterKind::Enumerate, source, at, 0, 0),
        None => {
            let iter = Iter::new(IterKind::Enumerate, source, 0, 0, 0);
            iter.write(|i| &i.extra, start);
            iter
        }
    };
    finish(vm, args[0], iter)
}

fn new_zip(vm: &mut Vm, args: &[Value]) -> PyResult {
    let strict = match args[1] {
        Value::UNBOUND => false,
        strict => vm.truth(strict)?,
    };
    let iters = List::with_capacity(args.len() - 2);
    for &iterable in &args[2..] {
        iters.push(vm.iter(iterable)?);
    }
    let iters = Tuple::new(iters.items());
    let iter = Iter::new(IterKind::Zip, iters.into(), 0, 0, i64::from(strict));
    finish(vm, args[0], iter)
}

fn new_map(vm: &mut Vm, args: &[Value]) -> PyResult {
    let &[_, strict, function, _, ..] = args else {
        return Err(vm.type_error("map() must have at least two arguments."));
    };
    let strict = match strict {
        Value::UNBOUND => false,
        strict => vm.truth(strict)?,
    };
    let iters = List::with_capacity(args.len() - 3);
    for &iterable in &args[3..] {
        iters.push(vm.iter(iterable)?);
    }
    let iters = Tuple::new(iters.items());
    let iter = Iter::new(IterKind::Map, iters.into(), 0, 0, i64::from(strict));
    iter.write(|i| &i.extra, function);
    finish(vm, args[0], iter)
}

fn new_filter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let source = vm.iter(args[2])?;
    let iter = Iter::new(IterKind::Filter, source, 0, 0, 0);
    iter.write(|i| &i.extra, args[1]);
    finish(vm, args[0], iter)
}

fn new_reversed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exact = args[0].cast::<Class>() == Some(vm.types.iters[IterKind::Reversed as usize]);
    if exact && let Some(list) = args[1].cast::<List>() {
        let last = list.len() as i64 - 1;
        return Ok(Iter::new(IterKind::ListReverse, list.into(), last, 0, 0).into());
    }
    let name = vm.names.reversed;
    match vm.lookup_special(args[1], name) {
        Some(Value::NONE) => return Err(not_reversible(vm, args[1])),
        Some(method) => return vm.call_special(method, args[1], &[]),
        None => {}
    }
    let getitem = vm.names.getitem;
    let len = vm.names.len;
    if vm.lookup_special(args[1], getitem).is_none()
        || vm.lookup_special(args[1], len).is_none()
        || args[1].to::<Dict>().is_some()
    {
        return Err(not_reversible(vm, args[1]));
    }
    let last = vm.len(args[1])? as i64 - 1;
    let iter = Iter::new(IterKind::Reversed, args[1], last, 0, 0);
    super::wrap(vm, args[0], iter.into())
}

fn not_reversible(vm: &mut Vm, value: Value) -> vm::Raised {
    let given = vm.type_name(value);
    vm.type_error(format!("'{given}' object is not reversible"))
}
