//! Module `operator`: the operators as functions, and `itemgetter`, `attrgetter`,
//! `methodcaller`.

use super::builtins_module::attribute_name;
use object::{
    Class, ClassFlags, Dict, Foreign, Gc, Kind, List, Marker, Payload, Str, Tuple, Value, intern,
};
use vm::{BinaryOp, Comparison, Def, PyResult, UnaryOp, Vm, method, static_method, tuple};

macro_rules! binary {
    ($op:ident) => {
        |vm, args| vm.binary(BinaryOp::$op, args[0], args[1])
    };
}

macro_rules! inplace {
    ($op:ident) => {
        |vm, args| vm.inplace(BinaryOp::$op, args[0], args[1])
    };
}

macro_rules! compare {
    ($op:ident) => {
        |vm, args| vm.compare(Comparison::$op, args[0], args[1])
    };
}

const FUNCTIONS: &[Def] = &[
    method("add(a, b, /)", binary!(Add)),
    method("sub(a, b, /)", binary!(Sub)),
    method("mul(a, b, /)", binary!(Mul)),
    method("truediv(a, b, /)", binary!(TrueDiv)),
    method("floordiv(a, b, /)", binary!(FloorDiv)),
    method("mod(a, b, /)", binary!(Mod)),
    method("pow(a, b, /)", binary!(Pow)),
    method("lshift(a, b, /)", binary!(LShift)),
    method("rshift(a, b, /)", binary!(RShift)),
    method("and_(a, b, /)", binary!(And)),
    method("or_(a, b, /)", binary!(Or)),
    method("xor(a, b, /)", binary!(Xor)),
    method("matmul(a, b, /)", binary!(MatMul)),
    method("iadd(a, b, /)", inplace!(Add)),
    method("isub(a, b, /)", inplace!(Sub)),
    method("imul(a, b, /)", inplace!(Mul)),
    method("itruediv(a, b, /)", inplace!(TrueDiv)),
    method("ifloordiv(a, b, /)", inplace!(FloorDiv)),
    method("imod(a, b, /)", inplace!(Mod)),
    method("ipow(a, b, /)", inplace!(Pow)),
    method("ilshift(a, b, /)", inplace!(LShift)),
    method("irshift(a, b, /)", inplace!(RShift)),
    method("iand(a, b, /)", inplace!(And)),
    method("ior(a, b, /)", inplace!(Or)),
    method("ixor(a, b, /)", inplace!(Xor)),
    method("imatmul(a, b, /)", inplace!(MatMul)),
    method("lt(a, b, /)", compare!(Lt)),
    method("le(a, b, /)", compare!(Le)),
    method("eq(a, b, /)", compare!(Eq)),
    method("ne(a, b, /)", compare!(Ne)),
    method("gt(a, b, /)", compare!(Gt)),
    method("ge(a, b, /)", compare!(Ge)),
    method("neg(a, /)", |vm, args| vm.unary(UnaryOp::Neg, args[0])),
    method("pos(a, /)", |vm, args| vm.unary(UnaryOp::Pos, args[0])),
    method("inv(a, /)", |vm, args| vm.unary(UnaryOp::Invert, args[0])),
    method("invert(a, /)", |vm, args| {
        vm.unary(UnaryOp::Invert, args[0])
    }),
    method("not_(a, /)", |vm, args| {
        Ok(Value::bool(!vm.truth(args[0])?))
    }),
    method("truth(a, /)", |vm, args| {
        Ok(Value::bool(vm.truth(args[0])?))
    }),
    method("is_(a, b, /)", |_, args| {
        Ok(Value::bool(Value::is_same(args[0], args[1])))
    }),
    method("is_not(a, b, /)", |_, args| {
        Ok(Value::bool(!Value::is_same(args[0], args[1])))
    }),
    method("is_none(a, /)", |_, args| {
        Ok(Value::bool(args[0].is_none()))
    }),
    method("is_not_none(a, /)", |_, args| {
        Ok(Value::bool(!args[0].is_none()))
    }),
    method("abs(a, /)", |vm, args| call_builtin(vm, "abs", args)),
    method("index(a, /)", |vm, args| vm.index_value(args[0])),
    method("concat(a, b, /)", |vm, args| concat(vm, args, false)),
    method("iconcat(a, b, /)", |vm, args| concat(vm, args, true)),
    method("contains(a, b, /)", |vm, args| {
        Ok(Value::bool(vm.contains(args[0], args[1])?))
    }),
    method("countOf(a, b, /)", count_of),
    method("indexOf(a, b, /)", index_of),
    method("getitem(a, b, /)", |vm, args| vm.get_item(args[0], args[1])),
    method("setitem(a, b, c, /)", |vm, args| {
        vm.set_item(args[0], args[1], args[2])?;
        Ok(Value::NONE)
    }),
    method("delitem(a, b, /)", |vm, args| {
        vm.del_item(args[0], args[1])?;
        Ok(Value::NONE)
    }),
    method("length_hint(obj, default=0, /)", length_hint),
    method("call(obj, /, *args, **kwargs)", |vm, args| {
        super::builtins_module::call_with_dict(vm, args[0], &args[2..], args[1])
    }),
];

/// Functions that also go by the names of the special methods.
const UNDERSCORED: &[&str] = &[
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "lshift",
    "rshift",
    "xor",
    "matmul",
    "iadd",
    "isub",
    "imul",
    "itruediv",
    "ifloordiv",
    "imod",
    "ipow",
    "ilshift",
    "irshift",
    "iand",
    "ior",
    "ixor",
    "imatmul",
    "lt",
    "le",
    "eq",
    "ne",
    "gt",
    "ge",
    "neg",
    "pos",
    "inv",
    "invert",
    "abs",
    "index",
    "concat",
    "iconcat",
    "contains",
    "getitem",
    "setitem",
    "delitem",
    "call",
];

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("operator", FUNCTIONS);
    let names = module.namespace();
    let all = List::new();
    for (name, _) in names.get().iter() {
        if name
            .to::<Str>()
            .is_some_and(|name| !name.to_text_escaped().starts_with('_'))
        {
            all.push(name);
        }
    }
    let aliases = UNDERSCORED
        .iter()
        .map(|&name| (name, format!("__{name}__")));
    let keywords = ["and_", "or_", "not_"].map(|name| (name, format!("__{name}_")));
    for (name, alias) in aliases.chain(keywords) {
        if let Some(function) = names.get_str(intern(name)) {
            names.set_str(intern(&alias), function);
        }
    }
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        ..Default::default()
    };
    for (name, defs) in CLASSES {
        let class = vm.native_class("operator", name, object, flags, defs);
        names.set_str(intern(name), class.into());
    }
    for (name, _) in CLASSES {
        all.push(intern(name).into());
    }
    names.set_str(intern("__all__"), all.into());
    vm.add_native_module("_operator", module);
}

fn call_builtin(vm: &mut Vm, name: &str, args: &[Value]) -> PyResult {
    match vm.builtins.get_str(intern(name)) {
        Some(function) => vm.call(function, args),
        None => Err(vm.name_error(format!("name '{name}' is not defined"))),
    }
}

fn concat(vm: &mut Vm, args: &[Value], in_place: bool) -> PyResult {
    let name = vm.names.getitem;
    if vm.lookup_special(args[0], name).is_none() {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!("'{given}' object can't be concatenated")));
    }
    if in_place {
        vm.inplace(BinaryOp::Add, args[0], args[1])
    } else {
        vm.binary(BinaryOp::Add, args[0], args[1])
    }
}

fn count_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[0])?;
    let mut count = 0;
    while let Some(item) = vm.next(iter)? {
        count += i64::from(vm.eq(item, args[1])?);
    }
    Ok(Value::int(count))
}

fn index_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let iter = vm.iter(args[0])?;
    let mut at = 0;
    while let Some(item) = vm.next(iter)? {
        if vm.eq(item, args[1])? {
            return Ok(Value::int(at));
        }
        at += 1;
    }
    Err(vm.value_error("sequence.index(x): x not in sequence"))
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> PyResult {
    let default = match args[1] {
        Value::UNBOUND => 0,
        default if vm.as_int(default).is_some() => vm.index(default)?,
        default => {
            let given = vm.type_name(default);
            return Err(vm.type_error(format!(
                "'{given}' object cannot be interpreted as an integer"
            )));
        }
    };
    let (len, hint) = (vm.names.len, vm.names.length_hint);
    if vm.lookup_special(args[0], len).is_some() {
        match vm.len(args[0]) {
            Ok(length) => return Ok(Value::int(length as i64)),
            Err(raised) if raised.matches(vm, vm.types.type_error) => {}
            Err(raised) => return Err(raised),
        }
    }
    let Some(method) = vm.lookup_special(args[0], hint) else {
        return Ok(Value::int(default));
    };
    let result = match vm.call_special(method, args[0], &[]) {
        Ok(Value::NOT_IMPLEMENTED) => return Ok(Value::int(default)),
        Ok(result) => result,
        Err(raised) if raised.matches(vm, vm.types.type_error) => return Ok(Value::int(default)),
        Err(raised) => return Err(raised),
    };
    match vm.as_int(result).and_then(|n| n.as_small()) {
        Some(n @ 0..) => Ok(Value::int(n)),
        Some(_) => Err(vm.value_error("__length_hint__() should return >= 0")),
        None => {
            let given = vm.type_name(result);
            Err(vm.type_error(format!("__length_hint__ must be an integer, not {given}")))
        }
    }
}

// ---- itemgetter, attrgetter, methodcaller

/// What the callable objects of this module remember: tuples.
struct Getter {
    /// The keys; for `attrgetter` a tuple of name parts for each attribute; for `methodcaller`
    /// the name and then the arguments.
    parts: Gc<Tuple>,
    /// Keyword arguments of `methodcaller`, or None.
    keywords: Value,
    /// The names as they were given to `attrgetter`.
    given: Value,
}

impl Payload for Getter {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.parts.into());
        marker.visit(self.keywords);
        marker.visit(self.given);
    }
}

const CLASSES: &[(&str, &[Def])] = &[
    (
        "itemgetter",
        &[
            static_method("__new__(cls, item, /, *items)", new_itemgetter),
            method("__call__(self, obj, /)", call_itemgetter),
            method("__repr__(self, /)", repr),
            method("__reduce__(self, /)", reduce),
        ],
    ),
    (
        "attrgetter",
        &[
            static_method("__new__(cls, attr, /, *attrs)", new_attrgetter),
            method("__call__(self, obj, /)", call_attrgetter),
            method("__repr__(self, /)", repr),
            method("__reduce__(self, /)", reduce),
        ],
    ),
    (
        "methodcaller",
        &[
            static_method("__new__(cls, name, /, *args, **kwargs)", new_methodcaller),
            method("__call__(self, obj, /)", call_methodcaller),
            method("__repr__(self, /)", repr),
            method("__reduce__(self, /)", reduce_methodcaller),
        ],
    ),
];

fn make(vm: &mut Vm, cls: Value, parts: &[Value], keywords: Value, given: Value) -> PyResult {
    let class = match cls.cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => class,
        _ => return Err(vm.type_error("__new__(X): X is not a type of this module")),
    };
    let getter = Getter {
        parts: Tuple::new(parts),
        keywords,
        given,
    };
    Ok(Foreign::new(class.new_instance_shape(), getter).into())
}

fn getter(vm: &mut Vm, value: Value) -> PyResult<&'static Getter> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Getter>()) {
        Some(getter) => Ok(getter),
        None => Err(vm.type_error("a getter of module operator is required")),
    }
}

fn new_itemgetter(vm: &mut Vm, args: &[Value]) -> PyResult {
    make(vm, args[0], &args[1..], Value::NONE, Value::NONE)
}

fn call_itemgetter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let keys = getter(vm, args[0])?.parts.items();
    if let [key] = *keys {
        return vm.get_item(args[1], key);
    }
    let items = List::with_capacity(keys.len());
    for &key in keys {
        items.push(vm.get_item(args[1], key)?);
    }
    Ok(tuple(items.items()))
}

fn new_attrgetter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let paths = List::new();
    for &name in &args[1..] {
        let Some(text) = name.to::<Str>() else {
            return Err(vm.type_error("attribute name must be a string"));
        };
        let text = text.to_text_escaped();
        let path: Vec<Value> = text.split('.').map(|part| intern(part).into()).collect();
        paths.push(tuple(&path));
    }
    make(vm, args[0], paths.items(), Value::NONE, tuple(&args[1..]))
}

fn follow(vm: &mut Vm, object: Value, path: Value) -> PyResult {
    let mut object = object;
    for &name in path.known::<Tuple>().items() {
        object = vm.get_attr(object, name.known::<Str>())?;
    }
    Ok(object)
}

fn call_attrgetter(vm: &mut Vm, args: &[Value]) -> PyResult {
    let paths = getter(vm, args[0])?.parts.items();
    if let [path] = *paths {
        return follow(vm, args[1], path);
    }
    let items = List::with_capacity(paths.len());
    for &path in paths {
        items.push(follow(vm, args[1], path)?);
    }
    Ok(tuple(items.items()))
}

fn new_methodcaller(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[1].to::<Str>().is_none() {
        return Err(vm.type_error("method name must be a string"));
    }
    let name = attribute_name(vm, args[1])?;
    let mut parts = vec![name.into()];
    parts.extend_from_slice(&args[3..]);
    make(vm, args[0], &parts, args[2], Value::NONE)
}

fn call_methodcaller(vm: &mut Vm, args: &[Value]) -> PyResult {
    let getter = getter(vm, args[0])?;
    let (name, rest) = (
        getter.parts.items()[0].known::<Str>(),
        &getter.parts.items()[1..],
    );
    if getter.keywords.cast::<Dict>().is_none_or(|k| k.is_empty()) {
        return vm.call_method(args[1], name, rest);
    }
    let bound = vm.get_attr(args[1], name)?;
    super::builtins_module::call_with_dict(vm, bound, rest, getter.keywords)
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let getter = getter(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let shown = match getter.given.cast::<Tuple>() {
        Some(given) => given,
        None => getter.parts,
    };
    let mut texts = Vec::new();
    for &part in shown.items() {
        texts.push(vm.repr_text(part)?);
    }
    if let Some(keywords) = getter.keywords.cast::<Dict>() {
        for (name, value) in keywords.get().iter() {
            let (name, value) = (vm.str_text(name)?, vm.repr_text(value)?);
            texts.push(format!("{name}={value}"));
        }
    }
    Ok(vm::string(&format!(
        "operator.{class}({})",
        texts.join(", ")
    )))
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let getter = getter(vm, args[0])?;
    let class = vm.class_of(args[0]);
    let given = if getter.given.is_none() {
        getter.parts.into()
    } else {
        getter.given
    };
    Ok(tuple(&[class.into(), given]))
}

/// With keyword arguments: a partial that has them already.
fn reduce_methodcaller(vm: &mut Vm, args: &[Value]) -> PyResult {
    let getter = getter(vm, args[0])?;
    let class: Value = vm.class_of(args[0]).into();
    let keywords = getter.keywords.cast::<Dict>().filter(|k| !k.is_empty());
    let Some(keywords) = keywords else {
        return Ok(tuple(&[class, getter.parts.into()]));
    };
    let functools = vm.import_module("functools")?;
    let partial = vm.get_attr_text(functools, "partial")?;
    let given = [class, getter.parts.items()[0]];
    let maker = super::builtins_module::call_with_dict(vm, partial, &given, keywords.into())?;
    Ok(tuple(&[maker, tuple(&getter.parts.items()[1..])]))
}
