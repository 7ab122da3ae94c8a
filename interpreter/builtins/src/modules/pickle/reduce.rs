//! Writing what is no plain data: by name, or as the call that makes it (`__reduce_ex__`).

use super::ops;
use super::write::{BATCH_ITEMS, Writer, full_name, noted, noted_item};
use super::{copyreg_table, pickling_error, text_of};
use object::{Class, Dict, Function, Gc, List, Module, Str, Tuple, Value, intern};
use vm::{PyResult, Raised, Vm, tuple};

/// What `__reduce_ex__` has said, in parts; *unbound* where there is nothing.
struct Reduced {
    callable: Value,
    arguments: Gc<Tuple>,
    state: Value,
    list_items: Value,
    dict_items: Value,
    state_setter: Value,
}

/// How an object is made by the reading side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    NewObj,
    NewObjEx,
    Call,
}

impl Writer {
    /// Writes an object of no kind that has opcodes of its own.
    pub(super) fn object(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        if let Some(reducer) = self.hooks.reducer_override {
            let reduced = self.call(vm, reducer, &[value])?;
            if reduced != Value::NOT_IMPLEMENTED {
                return self.save_answer(vm, value, reduced);
            }
        }
        let class = vm.class_of(value);
        if class == vm.types.type_ {
            return self.save_type(vm, value);
        }
        if value.is::<Function>() {
            return self.save_global(vm, value, None);
        }
        if let Some(reducer) = self.registered(vm, class)? {
            let reduced = self.call(vm, reducer, &[value])?;
            return self.save_answer(vm, value, reduced);
        }
        if value.is::<Class>() {
            return self.save_global(vm, value, None);
        }
        let reduced = if let Some(method) = self.find_attr(vm, value, intern("__reduce_ex__"))? {
            let protocol = Value::small(self.options.protocol.into());
            self.call(vm, method, &[protocol])?
        } else if let Some(method) = self.find_attr(vm, value, intern("__reduce__"))? {
            self.call(vm, method, &[])?
        } else {
            let shown = full_name(vm, value);
            return Err(pickling_error(vm, &format!("Can't pickle {shown} object")));
        };
        self.save_answer(vm, value, reduced)
    }

    /// What the table of reducers has for a class.
    fn registered(&mut self, vm: &mut Vm, class: Gc<Class>) -> PyResult<Option<Value>> {
        if let Some(table) = self.hooks.dispatch_table {
            if let Some(table) = table.cast::<Dict>() {
                return self.outside(vm, |vm| vm.dict_get(table, class.into()))?;
            }
            return match self.outside(vm, |vm| vm.get_item(table, class.into()))? {
                Ok(found) => Ok(Some(found)),
                Err(raised) if raised.matches(vm, vm.types.key_error) => Ok(None),
                Err(raised) => Err(raised),
            };
        }
        if self.dispatch_table.is_unbound() {
            self.dispatch_table = self.outside(vm, |vm| copyreg_table(vm, "dispatch_table"))??;
        }
        match self.dispatch_table.cast::<Dict>() {
            Some(table) => self.outside(vm, |vm| vm.dict_get(table, class.into()))?,
            None => Ok(None),
        }
    }

    /// Writes by what a reducer has answered.
    fn save_answer(&mut self, vm: &mut Vm, value: Value, reduced: Value) -> PyResult<()> {
        if let Some(name) = reduced.to::<Str>() {
            return self.save_global(vm, value, Some(name));
        }
        if reduced.to::<Tuple>().is_none() {
            let given = full_name(vm, reduced);
            return Err(pickling_error(
                vm,
                &format!("__reduce__ must return a string or tuple, not {given}"),
            ));
        }
        match self.save_reduced(vm, reduced, Some(value)) {
            Ok(()) => Ok(()),
            Err(raised) => Err(noted(vm, raised, value, "object")),
        }
    }

    fn save_type(&mut self, vm: &mut Vm, class: Value) -> PyResult<()> {
        let single = [
            (vm.types.none_type, Value::NONE),
            (vm.types.ellipsis, Value::ELLIPSIS),
            (vm.types.not_implemented, Value::NOT_IMPLEMENTED),
        ];
        match single.iter().find(|(own, _)| Value::from(*own) == class) {
            Some(&(_, single)) => {
                let reduced = tuple(&[vm.types.type_.into(), tuple(&[single])]);
                self.save_reduced(vm, reduced, Some(class))
            }
            None => self.save_global(vm, class, None),
        }
    }

    /// Writes what the program has for an object; whether it has something.
    pub(super) fn save_persistent(&mut self, vm: &mut Vm, value: Value) -> PyResult<bool> {
        let Some(hook) = self.hooks.persistent_id else {
            return Ok(false);
        };
        let id = self.call(vm, hook, &[value])?;
        if id.is_none() {
            return Ok(false);
        }
        if self.options.binary {
            self.save_own(vm, id)?;
            self.op(ops::BINPERSID);
            return Ok(true);
        }
        let text = self.outside(vm, |vm| vm.str(id))??;
        let Some(ascii) = text.as_ascii() else {
            return Err(pickling_error(
                vm,
                "persistent IDs in protocol 0 must be ASCII strings",
            ));
        };
        self.put(format!("P{ascii}\n").as_bytes());
        Ok(true)
    }

    // ---- calls that make objects

    /// Writes an object as the call that makes it, and what is added to it then.
    pub(super) fn save_reduced(
        &mut self,
        vm: &mut Vm,
        reduced: Value,
        object: Option<Value>,
    ) -> PyResult<()> {
        let parts = parse(vm, reduced)?;
        let shown = object.unwrap_or(Value::NONE);
        match self.maker(vm, parts.callable)? {
            Maker::NewObj => self.save_newobj(vm, parts.arguments, object)?,
            Maker::NewObjEx => self.save_newobj_ex(vm, parts.arguments, shown)?,
            Maker::Call => {
                self.save_part(vm, parts.callable, shown, "reconstructor")?;
                let arguments = parts.arguments.into();
                self.save_part(vm, arguments, shown, "reconstructor arguments")?;
                self.op(ops::REDUCE);
            }
        }
        if let Some(object) = object {
            match self.memo.get(object) {
                // It is part of what makes it.
                Some(number) => {
                    self.op(ops::POP);
                    self.get(number);
                    return Ok(());
                }
                None => self.memoize(object),
            }
        }
        if !parts.list_items.is_unbound() {
            self.save_items(vm, parts.list_items, shown)?;
        }
        if !parts.dict_items.is_unbound() {
            self.save_members(vm, parts.dict_items, shown)?;
        }
        self.save_state(vm, &parts, shown)
    }

    fn save_part(&mut self, vm: &mut Vm, part: Value, owner: Value, what: &str) -> PyResult<()> {
        match self.save(vm, part) {
            Ok(()) => Ok(()),
            Err(raised) => Err(noted(vm, raised, owner, what)),
        }
    }

    fn maker(&mut self, vm: &mut Vm, callable: Value) -> PyResult<Maker> {
        if self.options.protocol < 2 {
            return Ok(Maker::Call);
        }
        let name = vm.names.dunder_name;
        let name = self.find_attr(vm, callable, name)?;
        Ok(match name.and_then(|name| name.to::<Str>()) {
            Some(name) if name.equals_text("__newobj__") => Maker::NewObj,
            Some(name) if name.equals_text("__newobj_ex__") => Maker::NewObjEx,
            _ => Maker::Call,
        })
    }

    fn save_newobj(
        &mut self,
        vm: &mut Vm,
        arguments: Gc<Tuple>,
        object: Option<Value>,
    ) -> PyResult<()> {
        let Some((&class, rest)) = arguments.items().split_first() else {
            return Err(pickling_error(vm, "__newobj__ arglist is empty"));
        };
        if class.cast::<Class>().is_none() {
            return Err(pickling_error(
                vm,
                "args[0] from __newobj__ args is not a type",
            ));
        }
        if let Some(object) = object
            && Value::from(vm.class_of(object)) != class
        {
            let name = vm.names.class;
            if self.find_attr(vm, object, name)? != Some(class) {
                return Err(pickling_error(
                    vm,
                    "args[0] from __newobj__ args has the wrong class",
                ));
            }
        }
        let shown = object.unwrap_or(Value::NONE);
        self.save_part(vm, class, shown, "class")?;
        self.save_part(vm, tuple(rest), shown, "__new__ arguments")?;
        self.op(ops::NEWOBJ);
        Ok(())
    }

    fn save_newobj_ex(&mut self, vm: &mut Vm, all: Gc<Tuple>, shown: Value) -> PyResult<()> {
        let &[class, arguments, keywords] = all.items() else {
            let count = all.len();
            return Err(pickling_error(
                vm,
                &format!("length of the NEWOBJ_EX argument tuple must be exactly 3, not {count}"),
            ));
        };
        let wrong = |vm: &mut Vm, which: &str, wanted: &str, given: Value| {
            let given = vm.type_name(given);
            Err(pickling_error(
                vm,
                &format!(
                    "{which} item from NEWOBJ_EX argument tuple must be a {wanted}, not {given}"
                ),
            ))
        };
        if class.cast::<Class>().is_none() {
            return wrong(vm, "first", "class", class);
        }
        let Some(positional) = arguments.to::<Tuple>() else {
            return wrong(vm, "second", "tuple", arguments);
        };
        let Some(named) = keywords.to::<Dict>() else {
            return wrong(vm, "third", "dict", keywords);
        };
        if self.options.protocol >= 4 {
            self.save_part(vm, class, shown, "class")?;
            self.save_part(vm, arguments, shown, "__new__ arguments")?;
            self.save_part(vm, keywords, shown, "__new__ arguments")?;
            self.op(ops::NEWOBJ_EX);
            return Ok(());
        }
        let partial = self.outside(vm, |vm| partial_new(vm, class, positional, named))??;
        self.save_part(vm, partial, shown, "reconstructor")?;
        self.save(vm, tuple(&[]))?;
        self.op(ops::REDUCE);
        Ok(())
    }

    fn save_state(&mut self, vm: &mut Vm, parts: &Reduced, object: Value) -> PyResult<()> {
        let Some(state) = parts.state.bound() else {
            return Ok(());
        };
        match parts.state_setter.bound() {
            None => {
                self.save_part(vm, state, object, "state")?;
                self.op(ops::BUILD);
            }
            Some(setter) => {
                self.save_part(vm, setter, object, "state setter")?;
                self.save(vm, object)?;
                self.save_part(vm, state, object, "state")?;
                self.put(&[ops::TUPLE2, ops::REDUCE, ops::POP]);
            }
        }
        Ok(())
    }

    fn next(&mut self, vm: &mut Vm, iterator: Value) -> PyResult<Option<Value>> {
        self.outside(vm, |vm| vm.next(iterator))?
    }

    /// The items that an iterator gives, for an object that stands on the stack.
    fn save_items(&mut self, vm: &mut Vm, iterator: Value, owner: Value) -> PyResult<()> {
        self.save_batches(
            vm,
            iterator,
            (ops::APPEND, ops::APPENDS),
            |own, vm, item, at| match own.save(vm, item) {
                Ok(()) => Ok(()),
                Err(raised) => Err(noted_item(vm, raised, owner, at)),
            },
        )
    }

    /// The same for pairs of keys and values.
    fn save_members(&mut self, vm: &mut Vm, iterator: Value, owner: Value) -> PyResult<()> {
        self.save_batches(
            vm,
            iterator,
            (ops::SETITEM, ops::SETITEMS),
            |own, vm, pair, _| match pair.to::<Tuple>().as_ref().map(|pair| pair.items()) {
                Some(&[key, value]) => own.member(vm, owner, key, value),
                _ => Err(vm.type_error("dict items iterator must return 2-tuples")),
            },
        )
    }

    /// What an iterator gives, in batches: one item with an opcode of its own, more behind a mark.
    fn save_batches(
        &mut self,
        vm: &mut Vm,
        iterator: Value,
        (one, many): (u8, u8),
        mut save: impl FnMut(&mut Writer, &mut Vm, Value, usize) -> PyResult<()>,
    ) -> PyResult<()> {
        let mut at = 0;
        if self.options.protocol == 0 {
            while let Some(item) = self.next(vm, iterator)? {
                save(self, vm, item, at)?;
                self.op(one);
                at += 1;
            }
            return Ok(());
        }
        loop {
            let Some(first) = self.next(vm, iterator)? else {
                return Ok(());
            };
            let Some(second) = self.next(vm, iterator)? else {
                save(self, vm, first, at)?;
                self.op(one);
                return Ok(());
            };
            self.op(ops::MARK);
            save(self, vm, first, at)?;
            let (mut in_batch, mut item) = (1, Some(second));
            while let Some(value) = item {
                save(self, vm, value, at + in_batch)?;
                in_batch += 1;
                if in_batch == BATCH_ITEMS {
                    break;
                }
                item = self.next(vm, iterator)?;
            }
            self.op(many);
            at += in_batch;
            if in_batch < BATCH_ITEMS {
                return Ok(());
            }
        }
    }

    // ---- names

    /// Writes an object by its name.
    fn save_global(&mut self, vm: &mut Vm, value: Value, name: Option<Gc<Str>>) -> PyResult<()> {
        let name = match name {
            Some(name) => name.into(),
            None => {
                let (qualified, plain) = (vm.names.qualname, vm.names.dunder_name);
                match self.find_attr(vm, value, qualified)? {
                    Some(name) => name,
                    None => self.outside(vm, |vm| vm.get_attr(value, plain))??,
                }
            }
        };
        let Some(name) = name.to::<Str>() else {
            let given = vm.type_name(name);
            return Err(vm.type_error(format!("global name must be str, not {given}")));
        };
        let path: Vec<String> = name
            .to_text_escaped()
            .split('.')
            .map(String::from)
            .collect();
        let module_name = self.module_of(vm, value, name, &path)?;
        if self.options.protocol >= 2 && self.save_extension(vm, module_name, name)? {
            return Ok(());
        }
        if self.options.protocol >= 4 {
            self.save(vm, module_name.into())?;
            self.save(vm, name.into())?;
            self.op(ops::STACK_GLOBAL);
        } else if let [first, rest @ ..] = &path[..]
            && !rest.is_empty()
        {
            self.save_path(vm, module_name, first, rest)?;
        } else {
            self.put_global(vm, module_name, name)?;
        }
        self.memoize(value);
        Ok(())
    }

    /// A path of names, as protocols below 4 have it: a call of `getattr` for each but the first.
    fn save_path(
        &mut self,
        vm: &mut Vm,
        module: Gc<Str>,
        first: &str,
        rest: &[String],
    ) -> PyResult<()> {
        let builtins = vm.builtins;
        let getattr = builtins.get_str(intern("getattr")).unwrap_or(Value::NONE);
        let has_mark = self.options.protocol < 2;
        for _ in rest {
            self.save(vm, getattr)?;
            if has_mark {
                self.op(ops::MARK);
            }
        }
        self.put_global(vm, module, Str::new(first))?;
        for name in rest {
            // There is one string of each character.
            let points: Vec<u32> = name.chars().map(u32::from).collect();
            self.save(vm, Str::from_points(&points).into())?;
            self.put(match has_mark {
                true => &[ops::TUPLE, ops::REDUCE],
                false => &[ops::TUPLE2, ops::REDUCE],
            });
        }
        Ok(())
    }

    /// The module where an object is found under a name.
    fn module_of(
        &mut self,
        vm: &mut Vm,
        value: Value,
        name: Gc<Str>,
        path: &[String],
    ) -> PyResult<Gc<Str>> {
        let attribute = vm.names.module;
        let own = self
            .find_attr(vm, value, attribute)?
            .filter(|own| !own.is_none());
        if path.iter().any(|part| part == "<locals>") {
            let shown = self.repr(vm, value)?;
            return Err(pickling_error(
                vm,
                &format!("Can't pickle local object {shown}"),
            ));
        }
        let module_name = match own {
            Some(module) => module,
            None => match self.search_modules(vm, value, path)? {
                Some(module) => module,
                None => vm.names.main.into(),
            },
        };
        let Some(module_name) = module_name.to::<Str>() else {
            let given = vm.type_name(module_name);
            return Err(vm.type_error(format!("module name must be str, not {given}")));
        };
        let module_name = object::intern::intern_string(module_name);
        let text = module_name.to_text_escaped();
        let module = match self.outside(vm, |vm| import(vm, module_name))? {
            Ok(module) => module,
            Err(raised) => {
                let types = [
                    vm.types.import_error,
                    vm.types.value_error,
                    vm.types.key_error,
                ];
                if !types.iter().any(|&class| raised.matches(vm, class)) {
                    return Err(raised);
                }
                let why = self.outside(vm, |vm| vm.str_text(raised.0))??;
                let shown = self.repr(vm, value)?;
                let message = format!("Can't pickle {shown}: {why}");
                return Err(because(vm, raised, &message));
            }
        };
        let why = match self.outside(vm, |vm| deep_attribute(vm, module, path))?? {
            Some(found) if Value::is_same(found, value) => return Ok(module_name),
            Some(_) => "not the same object as",
            None => "not found as",
        };
        let shown = self.repr(vm, value)?;
        let name = name.to_text_escaped();
        Err(pickling_error(
            vm,
            &format!("Can't pickle {shown}: it's {why} {text}.{name}"),
        ))
    }

    /// The first of the loaded modules that has an object under a name.
    fn search_modules(
        &mut self,
        vm: &mut Vm,
        value: Value,
        path: &[String],
    ) -> PyResult<Option<Value>> {
        let names: Vec<Value> = vm.modules.get().iter().map(|(name, _)| name).collect();
        let names = List::from_slice(&names);
        for at in 0..names.len() {
            let Some(name) = names.item(at).and_then(|name| name.to::<Str>()) else {
                continue;
            };
            let Some(module) = vm.modules.get_str(name) else {
                continue;
            };
            if name.equals_text("__main__") || name.equals_text("__mp_main__") || module.is_none() {
                continue;
            }
            let found = self.outside(vm, |vm| deep_attribute(vm, module, path))??;
            if found.is_some_and(|found| Value::is_same(found, value)) {
                return Ok(Some(name.into()));
            }
        }
        Ok(None)
    }

    /// Writes the code that the extension registry has for a name; whether it has one.
    fn save_extension(&mut self, vm: &mut Vm, module: Gc<Str>, name: Gc<Str>) -> PyResult<bool> {
        if self.extensions.is_unbound() {
            self.extensions = self.outside(vm, |vm| copyreg_table(vm, "_extension_registry"))??;
        }
        let Some(table) = self
            .extensions
            .cast::<Dict>()
            .filter(|table| !table.is_empty())
        else {
            return Ok(false);
        };
        let Some(code) = vm.dict_get(table, tuple(&[module.into(), name.into()]))? else {
            return Ok(false);
        };
        let code = vm.index(code)?;
        let [a, b, c, d, ..] = code.to_le_bytes();
        match code {
            1..=0xff => self.put(&[ops::EXT1, a]),
            0x100..=0xffff => self.put(&[ops::EXT2, a, b]),
            0x1_0000..=0x7fff_ffff => self.put(&[ops::EXT4, a, b, c, d]),
            _ => {
                return Err(vm.runtime_error(format!("extension code {code} is out of range")));
            }
        }
        Ok(true)
    }

    /// A name of a module's, as protocols below 4 have it.
    fn put_global(&mut self, vm: &mut Vm, module: Gc<Str>, name: Gc<Str>) -> PyResult<()> {
        let protocol = self.options.protocol;
        let (mut module, mut name) = (module, name);
        if protocol < 3 && self.options.fix_imports {
            (module, name) = self.outside(vm, |vm| old_names(vm, module, name))??;
        }
        self.op(ops::GLOBAL);
        for (what, text) in [("module", module), ("global", name)] {
            let encoded = match text.as_text().filter(|_| protocol >= 3 || text.is_ascii()) {
                Some(encoded) => encoded.into_owned(),
                None => {
                    let shown = self.repr(vm, text.into())?;
                    return Err(pickling_error(
                        vm,
                        &format!(
                            "can't pickle {what} identifier {shown} using pickle protocol \
                             {protocol}"
                        ),
                    ));
                }
            };
            self.put(encoded.as_bytes());
            self.op(b'\n');
        }
        Ok(())
    }
}

/// Takes apart what a reducer has answered.
fn parse(vm: &mut Vm, reduced: Value) -> PyResult<Reduced> {
    let items = match reduced.to::<Tuple>() {
        Some(items) if (2..=6).contains(&items.len()) => items.items(),
        _ => {
            return Err(pickling_error(
                vm,
                "tuple returned by __reduce__ must contain 2 through 6 elements",
            ));
        }
    };
    let part = |at: usize| match items.get(at) {
        Some(&part) if !part.is_none() => part,
        _ => Value::UNBOUND,
    };
    let callable = items[0];
    if !vm.is_callable(callable) {
        let given = full_name(vm, callable);
        return Err(pickling_error(
            vm,
            &format!(
                "first item of the tuple returned by __reduce__ must be callable, not {given}"
            ),
        ));
    }
    let Some(arguments) = items[1].to::<Tuple>() else {
        let given = full_name(vm, items[1]);
        return Err(pickling_error(
            vm,
            &format!(
                "second item of the tuple returned by __reduce__ must be a tuple, not {given}"
            ),
        ));
    };
    for (at, which) in [(3, "fourth"), (4, "fifth")] {
        if let Some(iterator) = part(at).bound()
            && !is_iterator(vm, iterator)
        {
            return Err(wrong_part(vm, which, "an iterator", iterator));
        }
    }
    if let Some(setter) = part(5).bound()
        && !vm.is_callable(setter)
    {
        return Err(wrong_part(vm, "sixth", "a function", setter));
    }
    Ok(Reduced {
        callable,
        arguments,
        state: part(2),
        list_items: part(3),
        dict_items: part(4),
        state_setter: part(5),
    })
}

#[cold]
fn wrong_part(vm: &mut Vm, which: &str, wanted: &str, given: Value) -> Raised {
    let given = full_name(vm, given);
    pickling_error(
        vm,
        &format!(
            "{which} element of the tuple returned by __reduce__ must be {wanted}, not {given}"
        ),
    )
}

fn is_iterator(vm: &mut Vm, value: Value) -> bool {
    vm.lookup_special(value, vm.names.next).is_some()
}

/// `functools.partial(cls.__new__, cls, *args, **kwargs)`
fn partial_new(vm: &mut Vm, class: Value, positional: Gc<Tuple>, named: Gc<Dict>) -> PyResult {
    let functools = vm.import_module("functools")?;
    let partial = vm.get_attr_text(functools, "partial")?;
    let new = vm.get_attr(class, vm.names.new)?;
    let mut all = vec![new, class];
    all.extend_from_slice(positional.items());
    all.extend(named.get().iter().map(|(_, value)| value));
    let names: Vec<Value> = named.get().iter().map(|(name, _)| name).collect();
    let (all, names) = (Tuple::new(&all), Tuple::new(&names));
    vm.call_with(partial, all.items(), names.items())
}

/// The module of a name, imported if it is not.
pub(super) fn import(vm: &mut Vm, name: Gc<Str>) -> PyResult {
    if let Some(module) = vm.modules.get_str(name)
        && module.is::<Module>()
        && !vm.is_initializing(module)
    {
        return Ok(module);
    }
    let text = text_of(vm, name)?;
    if text.is_empty() {
        return Err(vm.value_error("Empty module name"));
    }
    vm.import_module(&text)?;
    match vm.modules.get_str(name) {
        Some(module) => Ok(module),
        None => Err(vm.key_error(name.into())),
    }
}

/// What a path of attributes leads to.
fn deep_attribute(vm: &mut Vm, object: Value, path: &[String]) -> PyResult<Option<Value>> {
    let mut found = object;
    for part in path {
        found = match vm.find_attr(found, intern(part))? {
            Some(found) => found,
            None => return Ok(None),
        };
    }
    Ok(Some(found))
}

/// The names that Python 2 had for what has another one now.
fn old_names(vm: &mut Vm, module: Gc<Str>, name: Gc<Str>) -> PyResult<(Gc<Str>, Gc<Str>)> {
    mapped(
        vm,
        "REVERSE_NAME_MAPPING",
        "REVERSE_IMPORT_MAPPING",
        module,
        name,
    )
}

/// A module's and a name, by tables of `_compat_pickle`.
pub(super) fn mapped(
    vm: &mut Vm,
    names: &str,
    modules: &str,
    module: Gc<Str>,
    name: Gc<Str>,
) -> PyResult<(Gc<Str>, Gc<Str>)> {
    let tables = vm.import_module("_compat_pickle")?;
    let table = |vm: &mut Vm, name: &str| -> PyResult<Gc<Dict>> {
        let table = vm.get_attr_text(tables, name)?;
        match table.cast::<Dict>() {
            Some(table) => Ok(table),
            None => Err(vm.runtime_error(format!("_compat_pickle.{name} should be a dict"))),
        }
    };
    let (names, modules) = (table(vm, names)?, table(vm, modules)?);
    if let Some(pair) = vm.dict_get(names, tuple(&[module.into(), name.into()]))? {
        return match pair.to::<Tuple>().as_ref().map(|pair| pair.items()) {
            Some(&[module, name]) if module.is::<Str>() && name.is::<Str>() => {
                Ok((module.known(), name.known()))
            }
            _ => Err(vm.runtime_error("_compat_pickle mapping values should be pairs of str")),
        };
    }
    match modules
        .get_str(module)
        .and_then(|module| module.to::<Str>())
    {
        Some(module) => Ok((module, name)),
        None => Ok((module, name)),
    }
}

/// A PicklingError whose cause is another exception.
#[cold]
fn because(vm: &mut Vm, cause: Raised, message: &str) -> Raised {
    let raised = pickling_error(vm, message);
    raised.exception().write(|e| &e.context, cause.0);
    raised
}
