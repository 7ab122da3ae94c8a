//! Attributes that no cache knows, as a recorder takes them: those in an object's own dictionary, and
//! those that a native function computes.
//!
//! An object whose `__dict__` someone has asked for keeps its attributes in that dictionary from then
//! on. Which they are, its shape does not say: the dictionary is asked, and a trace remembers where it
//! has which key. What it has not is the class's, as with other objects.

use super::attribute::{EMPTY_CACHE, Loaded, load_cached};
use crate::attribute::is_default_hook;
use crate::machine::{Machine, Runtime};
use crate::plain::Plain;
use crate::{PyResult, Vm};
use object::{
    BoundMethod, Dict, Function, Gc, GetSet, Instance, SiteCache, Str, Value, attributes, shape,
};

/// Reads an attribute that no cache knows. `None`: that is not expressed here, and nothing has happened.
pub(super) fn load<M: Machine>(
    m: &mut M,
    object: M::V,
    name: Gc<Str>,
) -> PyResult<Option<Loaded<M::V>>> {
    if let Some(Some(value)) = of_function(m, object, name)? {
        return Ok(Some(Loaded::Value(value)));
    }
    let word = m.word(object);
    let is_function = name == m.vm().names.func;
    if word.is::<BoundMethod>() && (is_function || name == m.vm().names.dunder_self) {
        m.settle(object);
        let (function, receiver) = m.bound_parts(object);
        let part = if is_function { function } else { receiver };
        return Ok(Some(Loaded::Value(part)));
    }
    if let Some(getter) = m.vm().plain_getter(word, name) {
        return computed(m, object, getter).map(|value| Some(Loaded::Value(value)));
    }
    if word.is::<BoundMethod>() && m.vm().is_of_function(word, name) {
        m.settle(object);
        let (function, _) = m.bound_parts(object);
        // What says nothing of the function has only tested what the method is.
        return load(m, function, name);
    }
    if m.vm().gets_own_dict(word, name) {
        m.settle(object);
        let dict = m.residual(Runtime::OwnDict, &[object], |vm| Ok(vm.own_dict_of(word)))?;
        return Ok(Some(Loaded::Value(dict)));
    }
    let Some(own) = m.vm().readable_dict(word, name) else {
        return Ok(None);
    };
    m.settle(object);
    let dict = m.load_dict(object);
    if m.vm().is_own_dict(word, name) {
        return Ok(Some(Loaded::Value(dict)));
    }
    if own.get_str(name).is_none() && m.vm().cache_of_own_class(word, name).is_none() {
        return Ok(None);
    }
    if let Some(value) = in_dict(m, dict, own, name)? {
        return Ok(Some(Loaded::Value(value)));
    }
    let cached = m.vm().cache_of_own_class(word, name);
    Ok(cached.map(|cache| load_cached(m, object, cache)))
}

/// What a function has of a name that its class does not know: the value in its own dictionary, or that there
/// is none. `None`: that is not expressed here, and nothing has happened.
pub(super) fn of_function<M: Machine>(
    m: &mut M,
    object: M::V,
    name: Gc<Str>,
) -> PyResult<Option<Option<M::V>>> {
    let word = m.word(object);
    let Some(function) = word.cast::<Function>() else {
        return Ok(None);
    };
    let (own, class) = (function.dict.get(), m.vm().class_of(word));
    if m.vm().lookup_type(class, name).is_some() || !(own.is_none() || own.is::<Dict>()) {
        return Ok(None);
    }
    m.settle(object);
    let dict = m.load_dict(object);
    if m.is_word(dict, Value::NONE) {
        return Ok(Some(None));
    }
    in_dict(m, dict, own.known(), name).map(Some)
}

/// The value of a name in an object's dictionary, `own`, if it has one.
fn in_dict<M: Machine>(
    m: &mut M,
    dict: M::V,
    own: Gc<Dict>,
    name: Gc<Str>,
) -> PyResult<Option<M::V>> {
    let key = m.constant(name.into());
    let has = own.get_str(name).is_some();
    let found = m.residual(Runtime::Contains, &[key, dict], |_| Ok(Value::bool(has)))?;
    if !m.is_word(found, Value::TRUE) {
        return Ok(None);
    }
    let value = m.residual(Runtime::GetItem, &[dict, key], |vm| {
        vm.get_item(own.into(), name.into())
    })?;
    Ok(Some(value))
}

/// Writes an attribute of an object with a dictionary; false: nothing has happened.
pub(super) fn store<M: Machine>(
    m: &mut M,
    object: M::V,
    name: Gc<Str>,
    value: M::V,
) -> PyResult<bool> {
    let (word, new) = (m.word(object), m.word(value));
    let Some(own) = m.vm().writable_dict(word, name) else {
        return Ok(false);
    };
    m.settle(object);
    let dict = m.load_dict(object);
    let key = m.constant(name.into());
    m.residual(Runtime::SetItem, &[dict, key, value], |_| {
        own.set_str(name, new);
        Ok(Value::NONE)
    })?;
    Ok(true)
}

/// What a native function gives for an object, whose class is relied on.
fn computed<M: Machine>(m: &mut M, object: M::V, getter: u32) -> PyResult<M::V> {
    let word = m.word(object);
    m.settle(object);
    let number = m.constant(Value::small(getter.into()));
    m.residual(Runtime::Native, &[number, object], |vm| {
        vm.call_native(getter, &[word], &[])
    })
}

impl Vm {
    /// The native function that computes an attribute of a builtin object, if it runs no Python code.
    fn plain_getter(&mut self, object: Value, name: Gc<Str>) -> Option<u32> {
        object.header()?;
        let class = self.class_of(object);
        let (ask, found) = (self.names.getattribute, self.lookup_type(class, name)?);
        let getter = found.cast::<GetSet>()?.getter;
        let plain = self.plain_native(getter, &[object]) == Some(Plain::Reads);
        let hook = self.lookup_type(class, ask).filter(|_| plain)?;
        is_default_hook(hook, ask).then_some(getter)
    }

    /// Whether a bound method is asked for an attribute that its function has, if anyone.
    fn is_of_function(&mut self, method: Value, name: Gc<Str>) -> bool {
        let class = self.class_of(method);
        let is_functions = method
            .known::<BoundMethod>()
            .function
            .get()
            .is::<Function>();
        is_functions && self.lookup_type(class, name).is_none()
    }

    /// The dictionary of an instance that has one, if what is in it goes before what the class has.
    fn readable_dict(&mut self, object: Value, name: Gc<Str>) -> Option<Gc<Dict>> {
        let dict = dict_of(object)?;
        let (class, ask) = (self.class_of(object), self.names.getattribute);
        let hook = self.lookup_type(class, ask)?;
        let found = self.lookup_type(class, name);
        let before = found.is_some_and(|found| self.goes_before_own(found));
        let own = is_default_hook(hook, ask) && (!before || self.is_own_dict(object, name));
        own.then_some(dict)
    }

    /// The dictionary of an instance that has one, if writing an attribute is writing to it.
    fn writable_dict(&mut self, object: Value, name: Gc<Str>) -> Option<Gc<Dict>> {
        let dict = dict_of(object)?;
        let (class, tell) = (self.class_of(object), self.names.setattr);
        let hook = self.lookup_type(class, tell)?;
        let found = self.lookup_type(class, name);
        let own = is_default_hook(hook, tell)
            && class.flags.get().has_dict
            && !found.is_some_and(|found| self.is_data_descriptor(found));
        own.then_some(dict)
    }

    /// Whether a name means the dictionary of an instance that has none yet, and is given one.
    fn gets_own_dict(&mut self, object: Value, name: Gc<Str>) -> bool {
        if name != self.names.dict || object.cast::<Instance>().is_none() {
            return false;
        }
        let (class, ask) = (self.class_of(object), self.names.getattribute);
        let by_default = self
            .lookup_type(class, ask)
            .is_some_and(|hook| is_default_hook(hook, ask));
        by_default
            && class.flags.get().has_dict
            && dict_of(object).is_none()
            && self.is_own_dict(object, name)
    }

    /// The dictionary of an object's own attributes; `None` if it can have none.
    pub fn own_dict_of(&mut self, object: Value) -> Value {
        self.own_dict(object).map_or(Value::NONE, Value::from)
    }

    /// Whether a name means an object's dictionary itself.
    fn is_own_dict(&mut self, object: Value, name: Gc<Str>) -> bool {
        if name != self.names.dict {
            return false;
        }
        let class = self.class_of(object);
        let found = self.lookup_type(class, name);
        let getter = found.and_then(|found| found.cast::<GetSet>());
        let model = self.kept("object.__dict__");
        let model = model.and_then(|model| model.cast::<GetSet>());
        matches!((getter, model), (Some(own), Some(model)) if own.getter == model.getter)
    }

    /// What a cache would remember of an attribute that an object's class has.
    fn cache_of_own_class(&mut self, object: Value, name: Gc<Str>) -> Option<SiteCache> {
        let header = object.header()?;
        let class = self.class_of(object);
        let found = self.lookup_type(class, name)?;
        let cache = SiteCache {
            name: name.into(),
            shape: header.shape.get(),
            ..EMPTY_CACHE
        };
        self.cache_of_class(found, class, header.kind(), cache)
    }
}

/// The dictionary of an instance whose shape says that it has one.
fn dict_of(object: Value) -> Option<Gc<Dict>> {
    let instance = object.cast::<Instance>()?;
    let has = shape::of(instance.header()).has_dict;
    attributes::dict(object).filter(|_| has)
}
