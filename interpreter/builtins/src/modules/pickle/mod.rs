//! Module `_pickle`: what makes `pickle` fast.
//!
//! A [`write::Writer`] makes a pickle, a [`read::Reader`] reads one; the classes `Pickler`
//! ([`pickler`]) and `Unpickler` ([`unpickler`]) hold their options and what they remember from one
//! pickle to the next. The format is that of the documentation of `pickletools` and of PEPs 307, 3154
//! and 574; which of several possible pickles of an object is written is what CPython's module of the
//! same name writes.

mod buffers;
mod build;
mod input;
mod memo;
mod ops;
mod pickler;
mod read;
mod reduce;
mod unpickler;
mod write;

use object::{Class, ClassFlags, Gc, GetSet, Str, Value, intern};
use vm::{Def, PyResult, Raised, Vm, method};

/// The protocol that is written if none is asked for.
const DEFAULT_PROTOCOL: u8 = 5;
const HIGHEST_PROTOCOL: u8 = 5;

const PICKLING_ERROR: &str = "_pickle.PicklingError";
const UNPICKLING_ERROR: &str = "_pickle.UnpicklingError";

const FUNCTIONS: &[Def] = &[
    method(
        "dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
        pickler::dump,
    ),
    method(
        "dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
        pickler::dumps,
    ),
    method(
        "load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        unpickler::load,
    ),
    method(
        "loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        unpickler::loads,
    ),
];

/// A class that `install` has made.
fn kept_class(vm: &mut Vm, name: &str) -> Gc<Class> {
    let class = vm.kept(name).and_then(|class| class.cast::<Class>());
    class.unwrap_or(vm.types.object)
}

#[cold]
fn pickling_error(vm: &mut Vm, message: &str) -> Raised {
    let class = kept_class(vm, PICKLING_ERROR);
    vm.raise(class, message)
}

#[cold]
fn unpickling_error(vm: &mut Vm, message: &str) -> Raised {
    let class = kept_class(vm, UNPICKLING_ERROR);
    vm.raise(class, message)
}

/// A table of `copyreg`, which only ever changes in place.
fn copyreg_table(vm: &mut Vm, name: &'static str) -> PyResult {
    if let Some(table) = vm.kept(name) {
        return Ok(table);
    }
    let copyreg = vm.import_module("copyreg")?;
    let table = vm.get_attr_text(copyreg, name)?;
    vm.keep(name, table);
    Ok(table)
}

/// The name of an object's class, for one that was made without `__init__`.
#[cold]
fn name_for_init(vm: &mut Vm, object: Value) -> String {
    let class = vm.class_of(object);
    let name = class.name_text();
    match class.flags.get().immutable {
        true => format!("_pickle.{name}"),
        false => name,
    }
}

/// What a class in the place of this module's has under a name that it has as a computed attribute.
fn overridden(
    vm: &mut Vm,
    object: Value,
    name: &'static str,
    own: Value,
) -> PyResult<Option<Value>> {
    let name = intern(name);
    match vm.lookup_special(object, name) {
        Some(found) if !found.is::<GetSet>() => Ok(Some(vm.get_attr(object, name)?)),
        _ => Ok(own.bound()),
    }
}

/// The text of a name, which has no lone surrogates.
fn text_of(vm: &mut Vm, name: Gc<Str>) -> PyResult<String> {
    match name.as_text() {
        Some(text) => Ok(text.into_owned()),
        None => {
            let shown = name.to_text_escaped();
            Err(vm.value_error(format!("'{shown}' is no name: surrogates not allowed")))
        }
    }
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_pickle", FUNCTIONS);
    let flags = ClassFlags {
        has_dict: true,
        ..ClassFlags::default()
    };
    let exception = vm.types.exception;
    let base = vm.native_class("_pickle", "PickleError", exception, flags, &[]);
    let pickling = vm.native_class("_pickle", "PicklingError", base, flags, &[]);
    let unpickling = vm.native_class("_pickle", "UnpicklingError", base, flags, &[]);
    vm.keep(PICKLING_ERROR, pickling.into());
    vm.keep(UNPICKLING_ERROR, unpickling.into());
    for (name, class) in [
        ("PickleError", base),
        ("PicklingError", pickling),
        ("UnpicklingError", unpickling),
    ] {
        module.namespace().set_str(intern(name), Value::from(class));
    }
    buffers::install(vm, module);
    pickler::install(vm, module);
    unpickler::install(vm, module);
}
