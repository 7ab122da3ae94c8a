//! Reading what is no plain data: names, calls, state, and what the program supplies.

use super::read::Reader;
use super::{buffers, copyreg_table, ops, reduce, text_of, unpickling_error};
use crate::types::memoryview::view_of;
use object::{Class, Dict, Gc, Kind, Str, Tuple, Value, intern};
use vm::{PyResult, Raised, Vm, tuple};

impl Reader {
    pub(super) fn object_step(&mut self, vm: &mut Vm, op: u8) -> PyResult<()> {
        match op {
            ops::STACK_GLOBAL => {
                let (name, module) = (self.pop(vm)?, self.pop(vm)?);
                let (Some(module), Some(name)) = (module.cast::<Str>(), name.cast::<Str>()) else {
                    return Err(unpickling_error(vm, "STACK_GLOBAL requires str"));
                };
                self.push_global(vm, module, name)
            }
            ops::GLOBAL => {
                let module = self.name_line(vm)?;
                let name = self.name_line(vm)?;
                self.push_global(vm, module, name)
            }
            ops::NEWOBJ => self.new_object(vm, false),
            ops::NEWOBJ_EX => self.new_object(vm, true),
            ops::REDUCE => self.reduce(vm),
            ops::BUILD => self.build(vm),
            ops::INST => {
                let module = self.name_line(vm)?;
                let name = self.name_line(vm)?;
                let class = self.global(vm, module, name)?;
                let arguments = self.marked_tuple(vm)?;
                self.instantiate(vm, class, arguments)
            }
            ops::OBJ => {
                let all = self.marked_tuple(vm)?;
                match all.items().split_first() {
                    Some((&class, rest)) => self.instantiate(vm, class, Tuple::new(rest)),
                    None => Err(self.underflow(vm)),
                }
            }
            ops::EXT1 => {
                let [code] = self.take_array(vm)?;
                self.extension(vm, code.into())
            }
            ops::EXT2 => {
                let code = u16::from_le_bytes(self.take_array(vm)?);
                self.extension(vm, code.into())
            }
            ops::EXT4 => {
                let code = i32::from_le_bytes(self.take_array(vm)?);
                self.extension(vm, code.into())
            }
            ops::PERSID => {
                let line = self.take_line(vm)?;
                if !line.is_ascii() {
                    return Err(unpickling_error(
                        vm,
                        "persistent IDs in protocol 0 must be ASCII strings",
                    ));
                }
                self.persistent(vm, Str::from_latin1(line).into())
            }
            ops::BINPERSID => {
                let id = self.pop(vm)?;
                self.persistent(vm, id)
            }
            ops::NEXT_BUFFER => self.next_buffer(vm),
            ops::READONLY_BUFFER => self.readonly_buffer(vm),
            _ => Err(self.unknown(vm, op)),
        }
    }

    // ---- names

    fn name_line(&mut self, vm: &mut Vm) -> PyResult<Gc<Str>> {
        let line = self.take_text(vm)?;
        crate::codec::decode_with(vm, line, crate::codec::Codec::Utf8, "strict")
    }

    fn global(&mut self, vm: &mut Vm, module: Gc<Str>, name: Gc<Str>) -> PyResult {
        let (protocol, fix) = (self.protocol, self.settings.fix_imports);
        match self.settings.find_class {
            Some(find) => self.call(vm, find, &[module.into(), name.into()]),
            None => self.outside(vm, |vm| find_class(vm, protocol, fix, module, name))?,
        }
    }

    fn push_global(&mut self, vm: &mut Vm, module: Gc<Str>, name: Gc<Str>) -> PyResult<()> {
        let found = self.global(vm, module, name)?;
        self.push(found);
        Ok(())
    }

    /// What the extension registry has under a code.
    fn extension(&mut self, vm: &mut Vm, code: i64) -> PyResult<()> {
        if code <= 0 {
            return Err(unpickling_error(vm, "EXT specifies code <= 0"));
        }
        let mut table = |vm: &mut Vm, name: &'static str| -> PyResult<Option<Gc<Dict>>> {
            let table = self.outside(vm, |vm| copyreg_table(vm, name))??;
            Ok(table.cast::<Dict>())
        };
        let (cache, names) = (
            table(vm, "_extension_cache")?,
            table(vm, "_inverted_registry")?,
        );
        let key = Value::int(code);
        if let Some(cache) = cache
            && let Some(known) = vm.dict_get(cache, key)?
        {
            self.push(known);
            return Ok(());
        }
        let pair = match names {
            Some(names) => vm.dict_get(names, key)?,
            None => None,
        };
        let Some(pair) = pair else {
            return Err(vm.value_error(format!("unregistered extension code {code}")));
        };
        let Some((module, name)) = two_names(pair) else {
            return Err(vm.value_error(format!(
                "_inverted_registry[{code}] isn't a 2-tuple of strings"
            )));
        };
        let found = self.global(vm, module, name)?;
        if let Some(cache) = cache {
            vm.dict_set(cache, key, found)?;
        }
        self.push(found);
        Ok(())
    }

    // ---- calls

    fn reduce(&mut self, vm: &mut Vm) -> PyResult<()> {
        let (arguments, callable) = (self.pop(vm)?, self.pop(vm)?);
        let Some(items) = arguments.to::<Tuple>() else {
            return Err(vm.type_error("argument list must be a tuple"));
        };
        let made = self.call(vm, callable, items.items())?;
        self.push(made);
        Ok(())
    }

    /// `cls.__new__(cls, *args, **kwargs)`
    fn new_object(&mut self, vm: &mut Vm, with_keywords: bool) -> PyResult<()> {
        let keywords = match with_keywords {
            true => Some(self.pop(vm)?),
            false => None,
        };
        let (arguments, class) = (self.pop(vm)?, self.pop(vm)?);
        let op = if with_keywords { "NEWOBJ_EX" } else { "NEWOBJ" };
        let wrong = |vm: &mut Vm, what: &str, wanted: &str, given: Value| {
            let given = vm.type_name(given);
            unpickling_error(
                vm,
                &format!("{op} {what} argument must be a {wanted}, not {given}"),
            )
        };
        let Some(own) = class.cast::<Class>() else {
            return Err(wrong(vm, "class", "type", class));
        };
        let Some(positional) = arguments.to::<Tuple>() else {
            return Err(wrong(vm, "args", "tuple", arguments));
        };
        let named = match keywords.map(|keywords| (keywords, keywords.to::<Dict>())) {
            Some((given, None)) => return Err(wrong(vm, "kwargs", "dict", given)),
            Some((_, Some(named))) => named,
            None => Dict::new(),
        };
        let made = self.outside(vm, |vm| {
            let plain = vm.types.object.dict().get_str(vm.names.new);
            if positional.is_empty()
                && named.is_empty()
                && vm.lookup_type(own, vm.names.new) == plain
            {
                return crate::types::object::allocate(vm, own);
            }
            let new = vm.get_attr(class, vm.names.new)?;
            let values = named.get().iter().map(|(_, value)| value);
            let positional = positional.items().iter().copied();
            let all: Vec<Value> = std::iter::once(class)
                .chain(positional)
                .chain(values)
                .collect();
            let names: Vec<Value> = named.get().iter().map(|(name, _)| name).collect();
            let (all, names) = (Tuple::new(&all), Tuple::new(&names));
            vm.call_with(new, all.items(), names.items())
        })??;
        self.push(made);
        Ok(())
    }

    /// The object of a class that is called, or made without a call if it takes no arguments.
    fn instantiate(&mut self, vm: &mut Vm, class: Value, arguments: Gc<Tuple>) -> PyResult<()> {
        let made = self.outside(vm, |vm| {
            if arguments.is_empty()
                && class.is::<Class>()
                && vm.find_attr(class, intern("__getinitargs__"))?.is_none()
            {
                let new = vm.get_attr(class, vm.names.new)?;
                return vm.call(new, &[class]);
            }
            vm.call(class, arguments.items())
        })??;
        self.push(made);
        Ok(())
    }

    // ---- state

    fn build(&mut self, vm: &mut Vm) -> PyResult<()> {
        let state = self.pop(vm)?;
        let object = self.top(vm)?;
        let setter = self.outside(vm, |vm| vm.find_attr(object, intern("__setstate__")))??;
        if let Some(setter) = setter {
            self.call(vm, setter, &[state])?;
            return Ok(());
        }
        let mut parts = (state, Value::NONE);
        if let Some(&[state, slots]) = state.to::<Tuple>().as_ref().map(|pair| pair.items()) {
            parts = (state, slots);
        }
        self.outside(vm, |vm| set_state(vm, object, parts.0, parts.1))?
    }

    // ---- what the program supplies

    fn persistent(&mut self, vm: &mut Vm, id: Value) -> PyResult<()> {
        let Some(load) = self.settings.persistent_load else {
            return Err(no_persistent_load(vm));
        };
        let found = self.call(vm, load, &[id])?;
        self.push(found);
        Ok(())
    }

    fn next_buffer(&mut self, vm: &mut Vm) -> PyResult<()> {
        let Some(buffers) = self.settings.buffers else {
            return Err(unpickling_error(
                vm,
                "pickle stream refers to out-of-band data but no *buffers* argument was given",
            ));
        };
        match self.outside(vm, |vm| vm.next(buffers))?? {
            Some(buffer) => {
                self.push(buffer);
                Ok(())
            }
            None => Err(unpickling_error(vm, "not enough out-of-band buffers")),
        }
    }

    fn readonly_buffer(&mut self, vm: &mut Vm) -> PyResult<()> {
        let buffer = self.top(vm)?;
        let readonly = self.outside(vm, |vm| {
            let view = view_of(vm, buffer)?;
            if buffers::is_readonly(vm, view)? {
                return Ok(buffer);
            }
            vm.call_method(view, intern("toreadonly"), &[])
        })??;
        self.stack.pop();
        self.push(readonly);
        Ok(())
    }
}

#[cold]
pub(super) fn no_persistent_load(vm: &mut Vm) -> Raised {
    unpickling_error(
        vm,
        "A load persistent id instruction was encountered, but no persistent_load function was \
         specified.",
    )
}

fn two_names(pair: Value) -> Option<(Gc<Str>, Gc<Str>)> {
    match pair.to::<Tuple>()?.items() {
        &[module, name] => Some((module.cast()?, name.cast()?)),
        _ => None,
    }
}

/// What a module has under a name, or from protocol 4 on, under a path of names.
pub(super) fn find_class(
    vm: &mut Vm,
    protocol: u8,
    fix_imports: bool,
    module: Gc<Str>,
    name: Gc<Str>,
) -> PyResult {
    let (mut module_name, mut name) = (module, name);
    if protocol < 3 && fix_imports {
        let (names, modules) = ("NAME_MAPPING", "IMPORT_MAPPING");
        (module_name, name) = reduce::mapped(vm, names, modules, module_name, name)?;
    }
    let module = reduce::import(vm, module_name)?;
    if protocol < 4 || !name.has_point('.' as u32) {
        let name = object::intern::intern_string(name);
        return vm.get_attr(module, name);
    }
    let mut found = module;
    for part in text_of(vm, name)?.split('.') {
        found = match vm.find_attr(found, intern(part))? {
            Some(found) => found,
            None => {
                let shown = (vm.repr_text(name.into())?, vm.repr_text(module)?);
                return Err(vm.attribute_error(format!(
                    "Can't resolve path {} on module {}",
                    shown.0, shown.1
                )));
            }
        };
    }
    Ok(found)
}

/// Gives an object without `__setstate__` its attributes: those of its dictionary, and others.
fn set_state(vm: &mut Vm, object: Value, state: Value, slots: Value) -> PyResult<()> {
    if !state.is_none() {
        let Some(state) = state.to::<Dict>() else {
            return Err(unpickling_error(vm, "state is not a dictionary"));
        };
        let has_own = object.is_object()
            && object.kind() == Some(Kind::Instance)
            && vm.class_of(object).flags.get().has_dict;
        let only_names = state.get().iter().all(|(name, _)| name.is::<Str>());
        if has_own && only_names {
            for (name, value) in state.get().iter() {
                let name = object::intern::intern_string(name.known());
                vm.set_own(object, name, value);
            }
        } else {
            let own = vm.get_attr(object, vm.names.dict)?;
            let entries = entries_of(state);
            for entry in entries.items() {
                if let &[name, value] = entry.known::<Tuple>().items() {
                    let name = match name.cast::<Str>() {
                        Some(name) => object::intern::intern_string(name).into(),
                        None => name,
                    };
                    vm.set_item(own, name, value)?;
                }
            }
        }
    }
    if !slots.is_none() {
        let Some(slots) = slots.to::<Dict>() else {
            return Err(unpickling_error(vm, "slot state is not a dictionary"));
        };
        let entries = entries_of(slots);
        for entry in entries.items() {
            if let &[name, value] = entry.known::<Tuple>().items() {
                let Some(name) = name.to::<Str>() else {
                    let given = vm.type_name(name);
                    return Err(
                        vm.type_error(format!("attribute name must be string, not '{given}'"))
                    );
                };
                vm.set_attr(object, name, value)?;
            }
        }
    }
    Ok(())
}

/// The entries of a dictionary that Python code may change meanwhile.
fn entries_of(dict: Gc<Dict>) -> Gc<Tuple> {
    let pairs: Vec<Value> = dict
        .get()
        .iter()
        .map(|(key, value)| tuple(&[key, value]))
        .collect();
    Tuple::new(&pairs)
}
