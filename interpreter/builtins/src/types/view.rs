//! Views of dictionaries, and the read-only proxy of a mapping.

use super::set;
use object::{Dict, Gc, Iter, IterKind, Str, StrBuilder, Value, View};
use vm::{
    BinaryOp, Comparison, Def, PyResult, Vm, class_method, getter, method, static_method, tuple,
};

const COMMON: &[Def] = &[
    method("__len__(self, /)", len),
    method("__iter__(self, /)", iter),
    method("__reversed__(self, /)", reversed),
    method("__repr__(self, /)", repr),
    getter("mapping", mapping),
];

/// What keys and items have besides, because they behave as sets.
const SET_LIKE: &[Def] = &[
    method("__contains__(self, key, /)", contains),
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
        set::of_iterables(vm, BinaryOp::And, args[0], args[1])
    }),
    method("__rand__(self, value, /)", |vm, args| {
        set::of_iterables(vm, BinaryOp::And, args[1], args[0])
    }),
    method("__or__(self, value, /)", |vm, args| {
        set::of_iterables(vm, BinaryOp::Or, args[0], args[1])
    }),
    method("__ror__(self, value, /)", |vm, args| {
        set::of_iterables(vm, BinaryOp::Or, args[1], args[0])
    }),
    method("__sub__(self, value, /)", |vm, args| {
        set::of_iterables(vm, BinaryOp::Sub, args[0], args[1])
    }),
    method("__rsub__(self, value, /)", |vm, args| {
        set::of_iterables(vm, BinaryOp::Sub, args[1], args[0])
    }),
    method("__xor__(self, value, /)", |vm, args| {
        set::of_iterables(vm, BinaryOp::Xor, args[0], args[1])
    }),
    method("__rxor__(self, value, /)", |vm, args| {
        set::of_iterables(vm, BinaryOp::Xor, args[1], args[0])
    }),
    method("isdisjoint(self, other, /)", isdisjoint),
];

const PROXY: &[Def] = &[
    static_method("__new__(cls, mapping, /)", proxy_new),
    method("__getitem__(self, key, /)", |vm, args| {
        let mapping = proxied(vm, args[0])?;
        vm.get_item(mapping, args[1])
    }),
    method("__contains__(self, key, /)", |vm, args| {
        let mapping = proxied(vm, args[0])?;
        Ok(Value::bool(vm.contains(mapping, args[1])?))
    }),
    method("__iter__(self, /)", |vm, args| {
        let mapping = proxied(vm, args[0])?;
        vm.iter(mapping)
    }),
    method("__reversed__(self, /)", |vm, args| {
        forward(vm, args, "__reversed__")
    }),
    method("__len__(self, /)", |vm, args| {
        let mapping = proxied(vm, args[0])?;
        Ok(Value::int(vm.len(mapping)? as i64))
    }),
    method("__hash__(self, /)", |vm, args| {
        let mapping = proxied(vm, args[0])?;
        Ok(Value::int(vm.hash(mapping)?))
    }),
    method("__repr__(self, /)", |vm, args| {
        let mapping = proxied(vm, args[0])?;
        let text = vm.repr_text(mapping)?;
        Ok(vm::string(&format!("mappingproxy({text})")))
    }),
    method("__str__(self, /)", |vm, args| {
        let mapping = proxied(vm, args[0])?;
        Ok(vm.str(mapping)?.into())
    }),
    method("__eq__(self, value, /)", |vm, args| {
        proxy_compare(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        proxy_compare(vm, Comparison::Ne, args)
    }),
    method("__or__(self, value, /)", |vm, args| {
        proxy_or(vm, args[0], args[1])
    }),
    method("__ror__(self, value, /)", |vm, args| {
        proxy_or(vm, args[1], args[0])
    }),
    method("__ior__(self, value, /)", |vm, _| {
        Err(vm.type_error("'|=' is not supported by mappingproxy; use '|' instead"))
    }),
    method("get(self, key, default=None, /)", |vm, args| {
        let default = args[2].bound().unwrap_or(Value::NONE);
        forward(vm, &[args[0], args[1], default], "get")
    }),
    method("keys(self, /)", |vm, args| forward(vm, args, "keys")),
    method("values(self, /)", |vm, args| forward(vm, args, "values")),
    method("items(self, /)", |vm, args| forward(vm, args, "items")),
    method("copy(self, /)", |vm, args| forward(vm, args, "copy")),
    class_method("__class_getitem__(cls, object, /)", super::class_getitem),
];

pub fn install(vm: &mut Vm) {
    let (keys, values, items) = (
        vm.types.dict_keys,
        vm.types.dict_values,
        vm.types.dict_items,
    );
    for class in [keys, values, items] {
        vm.define_methods(class, COMMON);
    }
    for class in [keys, items] {
        vm.define_methods(class, SET_LIKE);
        super::set_unhashable(vm, class);
    }
    let proxy = vm.types.mapping_proxy;
    vm.define_methods(proxy, PROXY);
    // `types.MappingProxyType` can be called.
    let mut flags = proxy.flags.get();
    flags.no_instances = false;
    proxy.flags.set(flags);
}

fn parts(vm: &mut Vm, value: Value) -> PyResult<(u8, Gc<Dict>)> {
    let view = vm.receiver::<View>(value)?;
    match view.mapping.get().to::<Dict>() {
        Some(dict) => Ok((view.variant(), dict)),
        None => Err(vm.type_error("the view is not that of a dictionary")),
    }
}

fn len(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::int(parts(vm, args[0])?.1.len() as i64))
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (variant, dict) = parts(vm, args[0])?;
    let kind = match variant {
        View::KEYS => IterKind::DictKeys,
        View::VALUES => IterKind::DictValues,
        _ => IterKind::DictItems,
    };
    Ok(Iter::new(kind, dict.into(), 0, dict.len() as i64, 0).into())
}

fn reversed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (variant, dict) = parts(vm, args[0])?;
    let what = match variant {
        View::KEYS => 0,
        View::VALUES => 1,
        _ => 2,
    };
    let (end, length) = (dict.end() as i64, dict.len() as i64);
    Ok(Iter::new(IterKind::DictReverse, dict.into(), end, length, what).into())
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (variant, dict) = parts(vm, args[0])?;
    match vm.guard_repr(args[0], |vm| text(vm, variant, dict))? {
        Some(text) => Ok(text.into()),
        None => Ok(vm::string("...")),
    }
}

fn text(vm: &mut Vm, variant: u8, dict: Gc<Dict>) -> PyResult<Gc<Str>> {
    let mut text = StrBuilder::new();
    text.push_text(match variant {
        View::KEYS => "dict_keys([",
        View::VALUES => "dict_values([",
        _ => "dict_items([",
    });
    let (mut from, mut first) = (0, true);
    while let Some((at, _, key, value)) = dict.get().next_entry(from) {
        from = at.0 + 1;
        if !first {
            text.push_text(", ");
        }
        first = false;
        let shown = match variant {
            View::KEYS => key,
            View::VALUES => value,
            _ => tuple(&[key, value]),
        };
        let shown = vm.repr(shown)?;
        text.push_str(shown);
    }
    text.push_text("])");
    Ok(text.finish())
}

fn mapping(vm: &mut Vm, args: &[Value]) -> PyResult {
    let view = vm.receiver::<View>(args[0])?;
    Ok(View::new(View::PROXY, view.mapping.get()).into())
}

fn contains(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (variant, dict) = parts(vm, args[0])?;
    if variant == View::KEYS {
        return Ok(Value::bool(vm.dict_find(dict, args[1])?.1.is_some()));
    }
    let Some(pair) = args[1].to::<object::Tuple>() else {
        return Ok(Value::FALSE);
    };
    let &[key, value] = pair.items() else {
        return Ok(Value::FALSE);
    };
    match vm.dict_get(dict, key)? {
        Some(found) => Ok(Value::bool(vm.eq(found, value)?)),
        None => Ok(Value::FALSE),
    }
}

/// Whether the other operand of a comparison behaves as a set too.
fn is_set_like(vm: &Vm, value: Value) -> bool {
    vm.set_table(value).is_some()
        || value
            .to::<View>()
            .is_some_and(|view| matches!(view.variant(), View::KEYS | View::ITEMS))
}

fn compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    if !is_set_like(vm, args[1]) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (own, other) = (vm.len(args[0])?, vm.len(args[1])?);
    let (part, whole, possible) = match op {
        Comparison::Eq | Comparison::Ne => (args[0], args[1], own == other),
        Comparison::Lt => (args[0], args[1], own < other),
        Comparison::Le => (args[0], args[1], own <= other),
        Comparison::Gt => (args[1], args[0], own > other),
        Comparison::Ge => (args[1], args[0], own >= other),
    };
    let mut holds = possible;
    if possible {
        let iter = vm.iter(part)?;
        while let Some(item) = vm.next(iter)? {
            if !vm.contains(whole, item)? {
                holds = false;
                break;
            }
        }
    }
    Ok(Value::bool(holds != (op == Comparison::Ne)))
}

fn isdisjoint(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[1])?;
    while let Some(item) = vm.next(iter)? {
        if vm.contains(args[0], item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

// ---- mappingproxy

fn proxy_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.getitem;
    let is_mapping = vm.lookup_special(args[1], name).is_some()
        && !matches!(
            args[1].inner().kind(),
            Some(object::Kind::List | object::Kind::Tuple)
        );
    if !is_mapping {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "mappingproxy() argument must be a mapping, not {given}"
        )));
    }
    super::wrap(vm, args[0], View::new(View::PROXY, args[1]).into())
}

fn proxied(vm: &mut Vm, value: Value) -> PyResult {
    Ok(vm.receiver::<View>(value)?.mapping.get())
}

fn forward(vm: &mut Vm, args: &[Value], name: &str) -> PyResult {
    let mapping = proxied(vm, args[0])?;
    vm.call_method(mapping, object::intern(name), &args[1..])
}

/// The mapping behind a proxy; any other value as it is.
fn unproxied(value: Value) -> Value {
    match value.to::<View>() {
        Some(view) if view.variant() == View::PROXY => view.mapping.get(),
        _ => value,
    }
}

fn proxy_compare(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    vm.compare(op, unproxied(args[0]), unproxied(args[1]))
}

fn proxy_or(vm: &mut Vm, left: Value, right: Value) -> PyResult {
    vm.binary(BinaryOp::Or, unproxied(left), unproxied(right))
}
