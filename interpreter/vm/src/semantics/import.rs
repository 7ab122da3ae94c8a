//! Imports in a trace: of modules that are there already, and of what those hold.
//!
//! A function that imports does so to put off the first time; from then on the import is a lookup in
//! `sys.modules`. What that gives is tested, and what the module holds is then as settled as a
//! global. Everything else is the runtime's: what is yet to be loaded, by another thread too,
//! relative names, submodules that their package does not hold, and programs with an `__import__` of
//! their own.

use crate::machine::Machine;
use object::shape::of_kind;
use object::{Builtin, Dict, Gc, Kind, Module, Str, Tuple, Value};

/// The module that `import` gives for an absolute name, if `sys.modules` has it and nothing else is
/// to be done.
pub(crate) fn known<M: Machine>(
    m: &mut M,
    globals: Gc<Dict>,
    name: Gc<Str>,
    fromlist: M::V,
) -> Option<M::V> {
    let names = m.word(fromlist);
    let vm = m.vm();
    if vm.own_builtins(globals).is_some() {
        return None;
    }
    let (builtins, modules) = (vm.builtins, vm.modules);
    let import = builtins.find_str(vm.names.dunder_import)?;
    let module = modules.get_str(name)?.cast::<Module>()?;
    if !builtins.value_at(import).is::<Builtin>() || module.header().shape.get() != module_shape() {
        return None;
    }
    if vm.is_imported_elsewhere(name) {
        return None;
    }
    let namespace = module.namespace();
    if names.is_none() {
        // The name's first part is what an import without a list gives.
        if name.has_point(u32::from('.')) {
            return None;
        }
    } else if namespace.find_str(vm.names.path).is_some() && !holds_all(namespace, names) {
        return None;
    }
    m.promote(fromlist);
    m.settle_keys(builtins);
    let import = m.dict_value(builtins, import);
    m.promote(import);
    let (modules, name) = (m.constant(modules.into()), m.constant(name.into()));
    let found = m.dict_item(modules, name)?;
    m.promote(found);
    m.shape(found);
    m.settle_keys(namespace);
    Some(found)
}

/// Whether a module's namespace has all names of a list, none of them a star.
fn holds_all(namespace: Gc<Dict>, fromlist: Value) -> bool {
    let names = fromlist.cast::<Tuple>();
    names.is_some_and(|names| {
        let mut names = names.items().iter();
        names.all(|name| {
            let name = name.cast::<Str>();
            name.is_some_and(|name| namespace.find_str(name).is_some())
        })
    })
}

/// What `from module import name` gives, if the module holds it itself.
pub(crate) fn known_from<M: Machine>(m: &mut M, from: M::V, name: Gc<Str>) -> Option<M::V> {
    let module = m.word(from).cast::<Module>()?;
    if module.header().shape.get() != module_shape() {
        return None;
    }
    let namespace = module.namespace();
    let at = namespace.find_str(name)?;
    let vm = m.vm();
    let class = vm.class_of(module.into());
    if vm.lookup_type(class, name).is_some() {
        return None;
    }
    m.promote(from);
    m.shape(from);
    m.settle_slots();
    m.settle_keys(namespace);
    Some(m.dict_value(namespace, at))
}

fn module_shape() -> u32 {
    of_kind(Kind::Module)
}
