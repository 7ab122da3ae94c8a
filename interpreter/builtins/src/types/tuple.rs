//! `tuple`.

use super::sequence;
use super::slice;
use object::{Iter, IterKind, List, Slice, Tuple, Value};
use vm::{Comparison, Def, PyResult, Vm, class_method, method, static_method};

const METHODS: &[Def] = &[
    static_method("__new__(cls, iterable=(), /)", new),
    method("count(self, value, /)", count),
    method(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        index,
    ),
    method("__add__(self, value, /)", add),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__contains__(self, key, /)", contains),
    method("__getitem__(self, key, /)", get_item),
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
    method("__hash__(self, /)", hash),
    method("__iter__(self, /)", iter),
    method("__len__(self, /)", len),
    method("__repr__(self, /)", repr),
    method("__getnewargs__(self, /)", get_new_args),
    class_method("__class_getitem__(cls, object, /)", super::class_getitem),
];

pub fn install(vm: &mut Vm) {
    vm.define_methods(vm.types.tuple, METHODS);
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = match args[1] {
        Value::UNBOUND => Tuple::new(&[]).into(),
        given if given.is::<Tuple>() => given,
        given => Tuple::new(vm.collect(given)?.items()).into(),
    };
    super::wrap(vm, args[0], tuple)
}

fn count(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    sequence::count(vm, tuple, args[1])
}

fn index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    match sequence::index_of(vm, tuple, args[1], args[2], args[3])? {
        Some(at) => Ok(Value::int(at as i64)),
        None => Err(vm.value_error("tuple.index(x): x not in tuple")),
    }
}

fn add(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    let Some(other) = args[1].to::<Tuple>() else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "can only concatenate tuple (not \"{given}\") to tuple"
        )));
    };
    if other.is_empty() && args[0].is::<Tuple>() {
        return Ok(args[0]);
    }
    if tuple.is_empty() && args[1].is::<Tuple>() {
        return Ok(args[1]);
    }
    let mut few = [Value::UNBOUND; 16];
    let (a, b) = (tuple.items(), other.items());
    let total = a.len() + b.len();
    if total <= few.len() {
        few[..a.len()].copy_from_slice(a);
        few[a.len()..total].copy_from_slice(b);
        return Ok(Tuple::new(&few[..total]).into());
    }
    Ok(Tuple::new(&[a, b].concat()).into())
}

fn mul(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    match sequence::repeat_count_of_values(vm, args[1], tuple.len())? {
        Some(1) if args[0].is::<Tuple>() => Ok(args[0]),
        Some(times) => Ok(Tuple::new(sequence::repeated(tuple.items(), times).items()).into()),
        None => super::list::not_an_integer(vm, args[1]),
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    Ok(Value::bool(sequence::contains(vm, tuple, args[1])?))
}

fn get_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    let items = tuple.items();
    if let Some(slice) = args[1].cast::<Slice>() {
        let bounds = slice::bounds(vm, slice, items.len())?;
        if bounds.step == 1 {
            if bounds.count == items.len() && args[0].is::<Tuple>() {
                return Ok(args[0]);
            }
            let start = bounds.start as usize;
            return Ok(Tuple::new(&items[start..start + bounds.count]).into());
        }
        let part = List::with_capacity(bounds.count);
        bounds.indices().for_each(|at| part.push(items[at]));
        return Ok(Tuple::new(part.items()).into());
    }
    if vm.as_int(args[1]).is_none() {
        let name = vm.names.index;
        if vm.lookup_special(args[1], name).is_none() {
            let given = vm.type_name(args[1]);
            return Err(vm.type_error(format!(
                "tuple indices must be integers or slices, not {given}"
            )));
        }
    }
    let at = vm.item_index(args[1])?;
    let at = if at < 0 {
        at.saturating_add(items.len() as i64)
    } else {
        at
    };
    match usize::try_from(at).ok().and_then(|at| items.get(at)) {
        Some(&item) => Ok(item),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    match args[1].to::<Tuple>() {
        Some(other) => sequence::compare(vm, op, tuple, other),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    Ok(Value::int(vm.hash(tuple.into())?))
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    Ok(Iter::new(IterKind::Tuple, tuple.into(), 0, 0, 0).into())
}

fn len(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(vm.receiver::<Tuple>(args[0])?.len() as i64))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    let close = if tuple.len() == 1 { ",)" } else { ")" };
    match vm.guard_repr(args[0], |vm| sequence::repr(vm, tuple, "(", close))? {
        Some(text) => Ok(text.into()),
        None => Ok(vm::string("(...)")),
    }
}

fn get_new_args(vm: &mut Vm, args: &[Value]) -> PyResult {
    let tuple = vm.receiver::<Tuple>(args[0])?;
    Ok(vm::tuple(&[tuple.into()]))
}
