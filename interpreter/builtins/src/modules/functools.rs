//! Module `_functools`: what `functools` has of objects that are called often. The rest of
//! `functools` is Python, in `lib/functools.py`.

use super::builtins_module::call_with_dict;
use object::{
    BoundMethod, Class, ClassFlags, Dict, Foreign, Gc, Kind, List, Marker, Module, Payload, Str,
    Tuple, Value, intern,
};
use std::cell::Cell;
use vm::{Comparison, Def, PyResult, Vm, getter, method, setter, static_method, tuple};

const FUNCTIONS: &[Def] = &[
    method("reduce(function, iterable, /, initial=None)", reduce),
    method("cmp_to_key(mycmp)", cmp_to_key),
];

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_functools", FUNCTIONS);
    let open = ClassFlags {
        immutable: true,
        has_dict: true,
        ..Default::default()
    };
    for (name, defs) in [("partial", PARTIAL), ("_lru_cache_wrapper", CACHE)] {
        let class = add_class(vm, module, name, open, defs);
        crate::types::object::add_dict_attribute(vm, class);
    }
    add_class(
        vm,
        module,
        "cached_property",
        ClassFlags::default(),
        PROPERTY,
    );
    let hidden = ClassFlags {
        immutable: true,
        no_instances: true,
        ..Default::default()
    };
    let key = add_class(vm, module, "KeyWrapper", hidden, KEY);
    crate::types::set_unhashable(vm, key);
    vm.keep("functools.KeyWrapper", key.into());
    let class = add_class(vm, module, "_PlaceholderType", hidden, PLACEHOLDER);
    let placeholder = Foreign::new(class.new_instance_shape(), Placeholder);
    vm.keep("functools.Placeholder", placeholder.into());
    module
        .namespace()
        .set_str(intern("Placeholder"), placeholder.into());
}

fn add_class(
    vm: &mut Vm,
    module: Gc<Module>,
    name: &'static str,
    flags: ClassFlags,
    defs: &[Def],
) -> Gc<Class> {
    let object = vm.types.object;
    let class = vm.native_class("functools", name, object, flags, defs);
    module.namespace().set_str(intern(name), class.into());
    class
}

fn foreign_class(vm: &mut Vm, cls: Value) -> PyResult<Gc<Class>> {
    match cls.cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => Ok(class),
        _ => Err(vm.type_error("__new__(X): X is not a type of this module")),
    }
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let function = args[0];
    let iter = vm.iter(args[1])?;
    let mut total = match args[2].bound() {
        Some(initial) => initial,
        None => match vm.next(iter)? {
            Some(first) => first,
            None => {
                return Err(vm.type_error("reduce() of empty iterable with no initial value"));
            }
        },
    };
    while let Some(item) = vm.next(iter)? {
        total = vm.call(function, &[total, item])?;
    }
    Ok(total)
}

// ---- partial

struct Placeholder;

impl Payload for Placeholder {}

const PLACEHOLDER: &[Def] = &[method("__repr__(self, /)", |_, _| {
    Ok(vm::string("Placeholder"))
})];

/// The parts of a partial: `__setstate__` may give it others.
#[derive(Clone, Copy)]
struct Parts {
    func: Value,
    args: Gc<Tuple>,
    keywords: Gc<Dict>,
    /// How many of `args` are placeholders.
    holes: usize,
}

impl Parts {
    fn new(vm: &Vm, func: Value, args: Gc<Tuple>, keywords: Gc<Dict>) -> Parts {
        let hole = vm.kept("functools.Placeholder").unwrap_or(Value::UNBOUND);
        let holes = args.items().iter().filter(|&&arg| arg == hole).count();
        Parts {
            func,
            args,
            keywords,
            holes,
        }
    }
}

struct Partial(Cell<Parts>);

impl Payload for Partial {
    fn trace(&self, marker: &mut Marker) {
        let parts = self.0.get();
        marker.visit(parts.func);
        marker.visit(parts.args.into());
        marker.visit(parts.keywords.into());
    }
}

const PARTIAL: &[Def] = &[
    static_method("__new__(cls, func, /, *args, **keywords)", new_partial),
    method("__call__(self, /, *args, **kwargs?)", call_partial),
    method("__get__(self, instance, owner=None, /)", bind),
    method("__repr__(self, /)", repr_partial),
    method("__reduce__(self, /)", reduce_partial),
    method("__setstate__(self, state, /)", set_partial_state),
    getter("func", |vm, args| Ok(partial(vm, args[0])?.func)),
    getter("args", |vm, args| Ok(partial(vm, args[0])?.args.into())),
    getter("keywords", |vm, args| {
        Ok(partial(vm, args[0])?.keywords.into())
    }),
    vm::class_method(
        "__class_getitem__(cls, object, /)",
        crate::types::class_getitem,
    ),
];

fn partial(vm: &mut Vm, value: Value) -> PyResult<Parts> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Partial>()) {
        Some(partial) => Ok(partial.0.get()),
        None => Err(vm.type_error("a functools.partial object is required")),
    }
}

fn new_partial(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = foreign_class(vm, args[0])?;
    let (mut func, given) = (args[1], args[2].known::<Dict>());
    let call = vm.names.call;
    if !func.is::<Class>() && vm.lookup_special(func, call).is_none() {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let placeholder = vm.kept("functools.Placeholder").unwrap_or(Value::UNBOUND);
    if args.last() == Some(&placeholder) && args.len() > 3 {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    if given.get().iter().any(|(_, value)| value == placeholder) {
        return Err(vm.type_error("Placeholder cannot be passed as a keyword argument"));
    }
    let mut all = Tuple::new(&args[3..]);
    let mut keywords = given;
    // A partial of a partial is flattened.
    if let Some(inner) = func.cast::<Foreign>().and_then(|f| f.payload::<Partial>())
        && vm.own_attributes(func).is_empty()
    {
        let inner = inner.0.get();
        func = inner.func;
        let filled = fill(&inner, &args[3..], placeholder);
        all = Tuple::new(filled.items());
        keywords = inner.keywords.copy();
        crate::types::dict::merge(vm, keywords, given)?;
    }
    let payload = Partial(Cell::new(Parts::new(vm, func, all, keywords)));
    Ok(Foreign::new(class.new_instance_shape(), payload).into())
}

/// The arguments of a partial with others put into its holes and behind.
fn fill(partial: &Parts, args: &[Value], placeholder: Value) -> Gc<List> {
    let all = List::with_capacity(partial.args.len() + args.len());
    let mut rest = args.iter();
    for &own in partial.args.items() {
        if own == placeholder && partial.holes > 0 {
            all.push(rest.next().copied().unwrap_or(own));
        } else {
            all.push(own);
        }
    }
    rest.for_each(|&arg| all.push(arg));
    all
}

fn call_partial(vm: &mut Vm, args: &[Value]) -> PyResult {
    let partial = partial(vm, args[0])?;
    let (given, args) = (args[1], &args[2..]);
    let placeholder = if partial.holes > 0 {
        if args.len() < partial.holes {
            let message = format!(
                "missing positional arguments in 'partial' call; expected at least {}, got {}",
                partial.holes,
                args.len()
            );
            return Err(vm.type_error(message));
        }
        vm.kept("functools.Placeholder").unwrap_or(Value::UNBOUND)
    } else {
        Value::UNBOUND
    };
    let all = fill(&partial, args, placeholder);
    let given_empty = given.cast::<Dict>().is_none_or(|g| g.is_empty());
    let keywords = match (partial.keywords.is_empty(), given_empty) {
        (true, _) => given,
        (_, true) => partial.keywords.into(),
        _ => {
            let merged = partial.keywords.copy();
            crate::types::dict::merge(vm, merged, given.known())?;
            merged.into()
        }
    };
    call_with_dict(vm, partial.func, all.items(), keywords)
}

/// What a callable that behaves like a function gives as an attribute of an instance.
fn bind(_: &mut Vm, args: &[Value]) -> PyResult {
    if args[1].is_none() {
        return Ok(args[0]);
    }
    Ok(BoundMethod::new(args[0], args[1]).into())
}

fn repr_partial(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = partial(vm, args[0])?;
    let text = vm.guard_repr(args[0], |vm| {
        let mut text = format!("{}(", shown_class(vm, args[0])?);
        text.push_str(&vm.repr_text(own.func)?);
        for &arg in own.args.items() {
            text.push_str(", ");
            text.push_str(&vm.repr_text(arg)?);
        }
        for (name, value) in own.keywords.get().iter() {
            let (name, value) = (vm.str_text(name)?, vm.repr_text(value)?);
            text.push_str(&format!(", {name}={value}"));
        }
        text.push(')');
        Ok(text)
    })?;
    Ok(vm::string(text.as_deref().unwrap_or("...")))
}

/// The name of an object's class with its module's.
fn shown_class(vm: &mut Vm, object: Value) -> PyResult<String> {
    let class = vm.class_of(object).into();
    let module = vm.get_attr_text(class, "__module__")?;
    let name = vm.get_attr_text(class, "__qualname__")?;
    Ok(format!("{}.{}", vm.str_text(module)?, vm.str_text(name)?))
}

fn reduce_partial(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = partial(vm, args[0])?;
    let class = vm.class_of(args[0]);
    let attributes = match vm.own_attributes(args[0]).is_empty() {
        true => None,
        false => vm.own_dict(args[0]),
    };
    let attributes = attributes.map_or(Value::NONE, Value::from);
    let state = tuple(&[own.func, own.args.into(), own.keywords.into(), attributes]);
    Ok(tuple(&[class.into(), tuple(&[own.func]), state]))
}

fn set_partial_state(vm: &mut Vm, args: &[Value]) -> PyResult {
    partial(vm, args[0])?;
    let state = args[1].to::<Tuple>().map_or(&[][..], |state| state.items());
    let parts = match *state {
        [func, given, keywords, attributes] => {
            let is_callable = vm.lookup_special(func, vm.names.call).is_some();
            let keywords = match keywords {
                Value::NONE => Some(Dict::new()),
                keywords => keywords.to::<Dict>(),
            };
            let attributes = match attributes {
                Value::NONE => Some(None),
                attributes => attributes.to::<Dict>().map(Some),
            };
            let parts = given.to::<Tuple>().zip(keywords).zip(attributes);
            parts.filter(|_| is_callable).map(|parts| (func, parts))
        }
        _ => None,
    };
    let Some((func, ((given, keywords), attributes))) = parts else {
        return Err(vm.type_error("invalid partial state"));
    };
    let parts = Parts::new(vm, func, Tuple::new(given.items()), keywords.copy());
    if let Some(own) = args[0].to::<Foreign>()
        && let Some(partial) = own.payload::<Partial>()
    {
        own.about_to_write();
        partial.0.set(parts);
    }
    vm.set_own_dict(args[0], attributes.unwrap_or_else(Dict::new));
    Ok(Value::NONE)
}

// ---- cmp_to_key

/// An object to be compared by a function; `object` is *unbound* in the key function itself.
struct Key {
    compare: Value,
    object: Value,
}

impl Payload for Key {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.compare);
        marker.visit(self.object);
    }
}

const KEY: &[Def] = &[
    method("__call__(self, obj)", |vm, args| {
        let compare = key(vm, args[0])?.compare;
        new_key(vm, compare, args[1])
    }),
    getter("obj", |vm, args| Ok(key(vm, args[0])?.object)),
    method("__lt__(self, value, /)", |vm, args| {
        compare_keys(vm, Comparison::Lt, args)
    }),
    method("__le__(self, value, /)", |vm, args| {
        compare_keys(vm, Comparison::Le, args)
    }),
    method("__eq__(self, value, /)", |vm, args| {
        compare_keys(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        compare_keys(vm, Comparison::Ne, args)
    }),
    method("__gt__(self, value, /)", |vm, args| {
        compare_keys(vm, Comparison::Gt, args)
    }),
    method("__ge__(self, value, /)", |vm, args| {
        compare_keys(vm, Comparison::Ge, args)
    }),
];

fn new_key(vm: &mut Vm, compare: Value, object: Value) -> PyResult {
    match vm
        .kept("functools.KeyWrapper")
        .and_then(|class| class.cast::<Class>())
    {
        Some(class) => Ok(Foreign::new(class.new_instance_shape(), Key { compare, object }).into()),
        None => Err(vm.system_error("functools is not installed")),
    }
}

fn key(vm: &mut Vm, value: Value) -> PyResult<&'static Key> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Key>()) {
        Some(key) => Ok(key),
        None => Err(vm.type_error("other argument must be K instance")),
    }
}

fn cmp_to_key(vm: &mut Vm, args: &[Value]) -> PyResult {
    new_key(vm, args[0], Value::UNBOUND)
}

fn compare_keys(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let (own, other) = (key(vm, args[0])?, key(vm, args[1])?);
    let order = vm.call(own.compare, &[own.object, other.object])?;
    vm.compare(op, order, Value::small(0))
}

// ---- lru_cache

/// A function with a cache. Entries stand in order of their last use.
struct Cache {
    func: Value,
    /// None: without bound.
    bound: Option<usize>,
    typed: bool,
    info: Value,
    entries: Gc<Dict>,
    /// What a function of bytecode knows of it, too: [`vm::CACHE`] if it may be called by that, the function,
    /// the entries, how often there was an entry, how often there was none.
    state: Gc<List>,
}

// Places in the state.
const HITS: usize = 3;
const MISSES: usize = 4;

impl Cache {
    fn counted(&self, place: usize) -> i64 {
        let number = self.state.item(place).and_then(Value::as_small);
        number.unwrap_or(0)
    }

    fn count(&self, place: usize) {
        let number = Value::small(self.counted(place) + 1);
        self.state.set_item(place, number);
    }
}

impl Payload for Cache {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.func);
        marker.visit(self.info);
        marker.visit(self.entries.into());
        marker.visit(self.state.into());
    }
}

const CACHE: &[Def] = &[
    static_method(
        "__new__(cls, user_function, maxsize, typed, cache_info_type)",
        new_cache,
    ),
    method("__call__(self, /, *args, **kwargs?)", call_cache),
    method("__get__(self, instance, owner=None, /)", bind),
    method("cache_info(self, /)", cache_info),
    method("cache_clear(self, /)", cache_clear),
    method("__copy__(self, /)", |_, args| Ok(args[0])),
    method("__deepcopy__(self, memo, /)", |_, args| Ok(args[0])),
    method("__reduce__(self, /)", |vm, args| {
        vm.get_attr(args[0], vm.names.qualname)
    }),
];

fn cache(vm: &mut Vm, value: Value) -> PyResult<&'static Cache> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Cache>()) {
        Some(cache) => Ok(cache),
        None => Err(vm.type_error("a cached function is required")),
    }
}

fn new_cache(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = foreign_class(vm, args[0])?;
    let bound = match args[2] {
        Value::NONE => None,
        size => Some(vm.index(size)?.max(0) as usize),
    };
    let typed = vm.truth(args[3])?;
    let entries = Dict::new();
    let zero = Value::small(0);
    let is_simple = bound.is_none() && !typed;
    let kind = if is_simple { vm::CACHE } else { zero };
    let state = List::from_slice(&[kind, args[1], entries.into(), zero, zero]);
    let payload = Cache {
        func: args[1],
        bound,
        typed,
        info: args[4],
        entries,
        state,
    };
    Ok(Foreign::with_state(class.new_instance_shape(), state.into(), payload).into())
}

/// What the arguments of a call are remembered under.
fn cache_key(vm: &Vm, cache: &Cache, keywords: Value, args: &[Value]) -> Value {
    let keywords = keywords.cast::<Dict>().filter(|k| !k.is_empty());
    if let (None, false, &[arg]) = (keywords, cache.typed, args)
        && (arg.is_small() || arg.is::<Str>())
    {
        return arg;
    }
    if keywords.is_none() && !cache.typed {
        return tuple(args);
    }
    let key = List::from_slice(args);
    if let Some(keywords) = keywords {
        // Keeps positional arguments and keywords apart: no program has the class by accident.
        key.push(vm.types.traceback.into());
        for (name, value) in keywords.get().iter() {
            key.push(name);
            key.push(value);
        }
    }
    if cache.typed {
        args.iter()
            .for_each(|&arg| key.push(vm.class_of(arg).into()));
        if let Some(keywords) = keywords {
            keywords
                .get()
                .iter()
                .for_each(|(_, value)| key.push(vm.class_of(value).into()));
        }
    }
    tuple(key.items())
}

fn call_cache(vm: &mut Vm, args: &[Value]) -> PyResult {
    let cache = cache(vm, args[0])?;
    let (keywords, args) = (args[1], &args[2..]);
    if cache.bound == Some(0) {
        cache.count(MISSES);
        return call_with_dict(vm, cache.func, args, keywords);
    }
    let key = cache_key(vm, cache, keywords, args);
    let entries = cache.entries;
    let (hash, at) = if key.is_small() || key.is::<Str>() {
        vm.dict_find(entries, key)?
    } else {
        // That a key has no hash is not told as of a dictionary's.
        let hash = vm.hash(key)? as u64;
        let found = entries.get().find(hash, key, |other| vm.eq(other, key));
        (hash, found?)
    };
    if let Some(at) = at {
        cache.count(HITS);
        if cache.bound.is_none() {
            return Ok(entries.value_at(at));
        }
        if entries.end() == at.0 + 1 {
            return Ok(entries.value_at(at));
        }
        let (key, value) = entries.remove_at(at);
        entries.insert_new(hash, key, value);
        return Ok(value);
    }
    cache.count(MISSES);
    let value = call_with_dict(vm, cache.func, args, keywords)?;
    // The call may have entered the same key.
    let found = entries.get().find(hash, key, |other| vm.eq(other, key))?;
    match found {
        Some(at) if cache.bound.is_none() => entries.set_value_at(at, value),
        Some(_) => {}
        None => {
            if let Some(bound) = cache.bound
                && entries.len() >= bound
                && let Some((oldest, ..)) = entries.get().next_entry(0)
            {
                entries.remove_at(oldest);
            }
            entries.insert_new(hash, key, value);
        }
    }
    Ok(value)
}

fn cache_info(vm: &mut Vm, args: &[Value]) -> PyResult {
    let cache = cache(vm, args[0])?;
    let bound = cache
        .bound
        .map_or(Value::NONE, |bound| Value::int(bound as i64));
    let numbers = [
        Value::int(cache.counted(HITS)),
        Value::int(cache.counted(MISSES)),
        bound,
        Value::int(cache.entries.len() as i64),
    ];
    vm.call(cache.info, &numbers)
}

fn cache_clear(vm: &mut Vm, args: &[Value]) -> PyResult {
    let cache = cache(vm, args[0])?;
    cache.entries.clear();
    for place in [HITS, MISSES] {
        cache.state.set_item(place, Value::small(0));
    }
    Ok(Value::NONE)
}

// ---- cached_property

/// A descriptor that replaces itself, in the instance, by what its function gave.
struct CachedProperty {
    func: Value,
    name: Cell<Value>,
    /// What was set for the function's; *unbound* before.
    doc: Cell<Value>,
}

impl Payload for CachedProperty {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.func);
        marker.visit(self.name.get());
        marker.visit(self.doc.get());
    }
}

const PROPERTY: &[Def] = &[
    static_method("__new__(cls, func)", |vm, args| {
        let class = foreign_class(vm, args[0])?;
        let payload = CachedProperty {
            func: args[1],
            name: Cell::new(Value::NONE),
            doc: Cell::new(Value::UNBOUND),
        };
        Ok(Foreign::new(class.new_instance_shape(), payload).into())
    }),
    method("__set_name__(self, owner, name, /)", set_name),
    method("__get__(self, instance, owner=None, /)", get_property),
    getter("func", |vm, args| Ok(property(vm, args[0])?.func)),
    getter("attrname", |vm, args| Ok(property(vm, args[0])?.name.get())),
    getter("__doc__", |vm, args| {
        let own = property(vm, args[0])?;
        if let Some(doc) = own.doc.get().bound() {
            return Ok(doc);
        }
        let doc = vm.names.doc;
        Ok(vm.find_attr(own.func, doc)?.unwrap_or(Value::NONE))
    }),
    setter("__doc__", |vm, args| {
        let own = property(vm, args[0])?;
        if let Some(object) = args[0].to::<Foreign>() {
            object.about_to_write();
        }
        own.doc.set(args[1].bound().unwrap_or(Value::NONE));
        Ok(Value::NONE)
    }),
    vm::class_method(
        "__class_getitem__(cls, object, /)",
        crate::types::class_getitem,
    ),
];

fn property(vm: &mut Vm, value: Value) -> PyResult<&'static CachedProperty> {
    match value
        .to::<Foreign>()
        .and_then(|f| f.payload::<CachedProperty>())
    {
        Some(property) => Ok(property),
        None => Err(vm.type_error("a functools.cached_property object is required")),
    }
}

fn set_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = property(vm, args[0])?;
    let old = own.name.get();
    if old.is_none() {
        if let Some(object) = args[0].to::<Foreign>() {
            object.about_to_write();
        }
        let name = super::builtins_module::attribute_name(vm, args[2])?;
        own.name.set(name.into());
        return Ok(Value::NONE);
    }
    if vm.eq(old, args[2])? {
        return Ok(Value::NONE);
    }
    let (old, new) = (vm.repr_text(old)?, vm.repr_text(args[2])?);
    Err(vm.type_error(format!(
        "Cannot assign the same cached_property to two different names ({old} and {new})."
    )))
}

fn get_property(vm: &mut Vm, args: &[Value]) -> PyResult {
    let instance = args[1];
    if instance.is_none() {
        return Ok(args[0]);
    }
    let own = property(vm, args[0])?;
    let Some(name) = own.name.get().cast::<Str>() else {
        return Err(vm.type_error(
            "Cannot use cached_property instance without calling __set_name__ on it.",
        ));
    };
    if !vm.accepts_attributes(instance) {
        let (class, name) = (vm.type_name(instance), name.to_text_escaped());
        return Err(vm.type_error(format!(
            "No '__dict__' attribute on '{class}' instance to cache '{name}' property."
        )));
    }
    if let Some(value) = vm.own_attr(instance, name) {
        return Ok(value);
    }
    let value = vm.call(own.func, &[instance])?;
    vm.set_own(instance, name, value);
    Ok(value)
}
