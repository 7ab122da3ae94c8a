//! Attributes: the general path, without caches. What the inline caches may remember is decided
//! in `semantics`, from the same look-ups.

use crate::vm::{DICT_MODELS, TYPE_CACHE_SIZE, TypeCacheEntry};
use crate::{PyResult, Raised, Vm, types};
use object::shape::of_kind;
use object::{
    BoundMethod, Builtin, Class, Dict, Function, Gc, GetSet, Kind, Member, MethodWrapper, Module,
    Property, Str, Super, Value, attributes, intern, shape,
};

/// A new builtin function object bound to a receiver.
fn bind_builtin(builtin: Gc<Builtin>, receiver: Value) -> Value {
    let owner = builtin.owner.get();
    let shape = if builtin.header().shape.get() == types::WRAPPER_DESCRIPTOR {
        types::METHOD_WRAPPER
    } else {
        of_kind(Kind::Builtin)
    };
    Builtin::with_shape(shape, builtin.number, builtin.name.get(), owner, receiver).into()
}

/// The slot of an object's own attribute, if it has it in one.
pub(crate) fn own_slot(object: Value, name: Gc<Str>) -> Option<u16> {
    let own = shape::of(object.header()?);
    if !attributes::has_slots(own.kind) || own.has_dict {
        return None;
    }
    own.lookup(name)
}

/// Whether a class's `__getattribute__`, `__setattr__` or `__delattr__` is that of a builtin type.
/// A class may also put another builtin in its place, such as `dict.__setitem__`.
pub(crate) fn is_default_hook(method: Value, name: Gc<Str>) -> bool {
    method
        .cast::<Builtin>()
        .is_some_and(|builtin| builtin.name.get() == name.into())
}

impl Vm {
    /// An attribute of a class as it stands in the dictionaries of its bases, through a cache.
    #[inline]
    pub fn lookup_type(&mut self, class: Gc<Class>, name: Gc<Str>) -> Option<Value> {
        let version = class.version.get();
        let key: Value = name.into();
        let at = (version as usize ^ (key.bits() >> 4) as usize) % TYPE_CACHE_SIZE;
        let entry = self.type_cache[at];
        if entry.version == version && entry.name == key {
            return entry.found.bound();
        }
        let found = class.get().lookup(name).unwrap_or(Value::UNBOUND);
        self.type_cache[at] = TypeCacheEntry {
            version,
            name: key,
            found,
        };
        found.bound()
    }

    /// A special method of a value, looked up on its class; not bound.
    #[inline]
    pub fn lookup_special(&mut self, value: Value, name: Gc<Str>) -> Option<Value> {
        let class = self.class_of(value);
        self.lookup_type(class, name)
    }

    /// Calls what `lookup_special` found, with `receiver` bound as its kind of descriptor wants.
    #[inline]
    pub fn call_special(&mut self, method: Value, receiver: Value, args: &[Value]) -> PyResult {
        match method.kind() {
            Some(Kind::Builtin) if !types::is_method(method.known::<Builtin>()) => {
                self.call(method, args)
            }
            Some(kind @ (Kind::Function | Kind::Builtin)) => {
                let mut all = [Value::UNBOUND; 4];
                if args.len() < 4 {
                    all[0] = receiver;
                    all[1..=args.len()].copy_from_slice(args);
                    let all = &all[..=args.len()];
                    if kind == Kind::Builtin {
                        let builtin = method.known::<Builtin>();
                        if builtin.receiver.get().is_unbound() {
                            // It may ask for the same of the same object again.
                            return self.nested(|vm| vm.call_native(builtin.number, all, &[]));
                        }
                    }
                    return self.call(method, all);
                }
                let mut all = vec![receiver];
                all.extend_from_slice(args);
                self.call(method, &all)
            }
            _ => {
                let class = self.class_of(receiver);
                let bound = self.bind_descriptor(method, receiver, class)?;
                self.call(bound, args)
            }
        }
    }

    /// Whether a class attribute takes part in reading as a descriptor.
    pub fn has_get(&mut self, value: Value) -> bool {
        match value.kind() {
            None => false,
            Some(
                Kind::Function | Kind::Property | Kind::MethodWrapper | Kind::Member | Kind::GetSet,
            ) => true,
            Some(Kind::Builtin) => types::is_method(value.known()),
            Some(_) => self.lookup_special(value, self.names.get).is_some(),
        }
    }

    /// Whether reading a class attribute goes before reading an instance's own attribute: one that can
    /// only be written does not.
    pub(crate) fn goes_before_own(&mut self, value: Value) -> bool {
        self.is_data_descriptor(value) && self.has_get(value)
    }

    /// Whether writing a class attribute goes before writing an instance's own attribute.
    pub fn is_data_descriptor(&mut self, value: Value) -> bool {
        match value.kind() {
            Some(Kind::Property | Kind::Member | Kind::GetSet) => true,
            Some(Kind::Instance | Kind::Foreign | Kind::Wrapper) => {
                self.lookup_special(value, self.names.set).is_some()
                    || self.lookup_special(value, self.names.delete).is_some()
            }
            _ => false,
        }
    }

    /// What reading a class attribute through an instance gives.
    pub fn bind_descriptor(&mut self, found: Value, object: Value, class: Gc<Class>) -> PyResult {
        match found.kind() {
            None => Ok(found),
            Some(Kind::Function) => Ok(BoundMethod::new(found, object).into()),
            Some(Kind::Builtin) => {
                let builtin = found.known::<Builtin>();
                if types::is_method(builtin) {
                    Ok(bind_builtin(builtin, object))
                } else {
                    Ok(found)
                }
            }
            Some(Kind::Property) => {
                let getter = found.known::<Property>().getter.get();
                if getter.is_none() {
                    return Err(self.property_error(found, object, "getter"));
                }
                self.call(getter, &[object])
            }
            Some(Kind::MethodWrapper) => self.bind_method_wrapper(found, class),
            Some(Kind::Member) => self.read_member(found.known::<Member>(), object),
            Some(Kind::GetSet) => {
                let get_set = found.known::<GetSet>();
                self.check_receiver(object, get_set.class.get(), get_set.name.get())?;
                self.call_native(get_set.getter, &[object], &[])
            }
            Some(_) => match self.lookup_special(found, self.names.get) {
                Some(method) => self.call_special(method, found, &[object, class.into()]),
                None => Ok(found),
            },
        }
    }

    fn bind_method_wrapper(&mut self, found: Value, class: Gc<Class>) -> PyResult {
        let wrapper = found.known::<MethodWrapper>();
        let function = wrapper.function.get();
        let own_class = self.class_of(found);
        if own_class.is_subclass_of(self.types.static_method) {
            return Ok(function);
        }
        match function.kind() {
            Some(Kind::Builtin) => Ok(bind_builtin(function.known(), class.into())),
            _ => Ok(BoundMethod::new(function, class.into()).into()),
        }
    }

    fn read_member(&mut self, member: Gc<Member>, object: Value) -> PyResult {
        self.check_receiver(object, member.class.get(), member.name.get())?;
        match attributes::get(object, member.slot).bound() {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(object, member.name.get().known())),
        }
    }

    /// An error for a property that has no getter, setter or deleter, whichever `part` is.
    #[cold]
    pub fn property_error(&mut self, property: Value, object: Value, part: &str) -> Raised {
        let class = self.class_of(object).qualname.get();
        let class = class
            .to::<Str>()
            .map_or_else(String::new, |name| name.to_text_escaped());
        let name = property.known::<Property>().name.get().cast::<Str>();
        let text = match name {
            Some(name) => {
                format!(
                    "property '{}' of '{class}' object has no {part}",
                    name.to_text_escaped()
                )
            }
            None => format!("property of '{class}' object has no {part}"),
        };
        self.attribute_error(text)
    }

    /// Raises TypeError unless a descriptor's method may work on `object`.
    fn check_receiver(&mut self, object: Value, class: Value, name: Value) -> PyResult<()> {
        let Some(wanted) = class.cast::<Class>() else {
            return Ok(());
        };
        if self.class_of(object).is_subclass_of(wanted) {
            return Ok(());
        }
        let (wanted, given) = (wanted.name_text(), self.type_name(object));
        let name = name
            .cast::<Str>()
            .map_or_else(String::new, |n| n.to_text_escaped());
        Err(self.type_error(format!(
            "descriptor '{name}' for '{wanted}' objects doesn't apply to a '{given}' object"
        )))
    }

    /// `AttributeError: 'C' object has no attribute 'x'`, with `name` and `obj` set.
    #[cold]
    pub fn no_attribute(&mut self, object: Value, name: Gc<Str>) -> Raised {
        let shown = name.to_text_escaped();
        let text = if let Some(class) = object.cast::<Class>() {
            format!(
                "type object '{}' has no attribute '{shown}'",
                class.name_text()
            )
        } else if let Some(module) = object.cast::<Module>() {
            let module_name = module.namespace().get_str(self.names.dunder_name);
            match module_name.and_then(|n| n.cast::<Str>()) {
                Some(n) => {
                    format!(
                        "module '{}' has no attribute '{shown}'",
                        n.to_text_escaped()
                    )
                }
                None => format!("module has no attribute '{shown}'"),
            }
        } else {
            format!(
                "'{}' object has no attribute '{shown}'",
                self.type_name(object)
            )
        };
        let raised = self.attribute_error(text);
        self.set_own(raised.0, self.names.name, name.into());
        self.set_own(raised.0, self.names.obj, object);
        raised
    }

    /// `object.name`
    pub fn get_attr(&mut self, object: Value, name: Gc<Str>) -> PyResult {
        match self.get_attr_or_none(object, name)? {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// `object.name` by the text of the name.
    pub fn get_attr_text(&mut self, object: Value, name: &str) -> PyResult {
        self.get_attr(object, intern(name))
    }

    /// The `__getattribute__` of a class whose objects do not read attributes as a builtin type's do.
    pub(crate) fn own_getattribute(&mut self, class: Gc<Class>) -> Option<Value> {
        let name = self.names.getattribute;
        let method = self.lookup_type(class, name)?;
        (!is_default_hook(method, name)).then_some(method)
    }

    /// `object.name`; `None` where AttributeError would be raised (or was, by Python code).
    pub fn get_attr_or_none(&mut self, object: Value, name: Gc<Str>) -> PyResult<Option<Value>> {
        let class = self.class_of(object);
        let found = match self.own_getattribute(class) {
            Some(method) => match self.call_special(method, object, &[name.into()]) {
                Ok(value) => Ok(Some(value)),
                Err(raised) => Err(raised),
            },
            None => self.get_attr_default(object, name),
        };
        let fallback = match found {
            Ok(Some(value)) => return Ok(Some(value)),
            Ok(None) => None,
            Err(raised) if raised.matches(self, self.types.attribute_error) => Some(raised),
            Err(raised) => return Err(raised),
        };
        if let Some(method) = self.lookup_type(class, self.names.getattr) {
            return match self.call_special(method, object, &[name.into()]) {
                Ok(value) => Ok(Some(value)),
                Err(raised) => Err(raised),
            };
        }
        match fallback {
            Some(raised) => Err(raised),
            None => Ok(None),
        }
    }

    /// As [`Vm::get_attr_or_none`], AttributeError raised by Python code included.
    pub fn find_attr(&mut self, object: Value, name: Gc<Str>) -> PyResult<Option<Value>> {
        match self.get_attr_or_none(object, name) {
            Err(raised) if raised.matches(self, self.types.attribute_error) => Ok(None),
            found => found,
        }
    }

    /// What `object.__getattribute__`, `type.__getattribute__` … do.
    pub fn get_attr_default(&mut self, object: Value, name: Gc<Str>) -> PyResult<Option<Value>> {
        match object.kind() {
            Some(Kind::Class) => return self.class_attr(object.known(), name),
            Some(Kind::Super | Kind::Wrapper) => {
                if let Some(payload) = object.to::<Super>() {
                    return self.super_attr(object, payload, name);
                }
            }
            _ => {}
        }
        let class = self.class_of(object);
        let on_class = self.lookup_type(class, name);
        if let Some(found) = on_class
            && self.goes_before_own(found)
        {
            if let Some(member) = found.cast::<Member>() {
                // That there is nothing is told without an exception that no one may want.
                self.check_receiver(object, member.class.get(), member.name.get())?;
                return match attributes::get(object, member.slot).bound() {
                    None if member.name.get() != name.into() => {
                        Err(self.no_attribute(object, member.name.get().known()))
                    }
                    found => Ok(found),
                };
            }
            return self.bind_descriptor(found, object, class).map(Some);
        }
        if let Some(own) = self.own_attr(object, name) {
            return Ok(Some(own));
        }
        match on_class {
            Some(found) => self.bind_descriptor(found, object, class).map(Some),
            None if object.is::<Module>() => self.module_fallback(object.known(), name),
            None => Ok(None),
        }
    }

    /// A module's own `__getattr__`.
    fn module_fallback(&mut self, module: Gc<Module>, name: Gc<Str>) -> PyResult<Option<Value>> {
        match module.namespace().get_str(self.names.getattr) {
            Some(function) => self.call(function, &[name.into()]).map(Some),
            None => Ok(None),
        }
    }

    /// An attribute that the object itself has, not its class.
    pub fn own_attr(&mut self, object: Value, name: Gc<Str>) -> Option<Value> {
        let header = object.header()?;
        match header.kind() {
            Kind::Module => object.known::<Module>().namespace().get_str(name),
            Kind::Function => object
                .known::<Function>()
                .dict
                .get()
                .cast::<Dict>()?
                .get_str(name),
            Kind::MethodWrapper => object
                .known::<MethodWrapper>()
                .dict
                .get()
                .cast::<Dict>()?
                .get_str(name),
            kind if attributes::has_slots(kind) => {
                let shape = shape::of(header);
                if shape.has_dict {
                    return attributes::dict(object)?.get_str(name);
                }
                attributes::get(object, shape.lookup(name)?).bound()
            }
            _ => None,
        }
    }

    fn class_attr(&mut self, class: Gc<Class>, name: Gc<Str>) -> PyResult<Option<Value>> {
        let meta = self.class_of(class.into());
        let on_meta = self.lookup_type(meta, name);
        if let Some(found) = on_meta
            && self.goes_before_own(found)
        {
            return self.bind_descriptor(found, class.into(), meta).map(Some);
        }
        if let Some(found) = self.lookup_type(class, name) {
            return self.bind_to_class(found, class).map(Some);
        }
        match on_meta {
            Some(found) => self.bind_descriptor(found, class.into(), meta).map(Some),
            None => Ok(None),
        }
    }

    /// What reading an attribute of a class through the class gives.
    pub fn bind_to_class(&mut self, found: Value, class: Gc<Class>) -> PyResult {
        match found.kind() {
            Some(Kind::MethodWrapper) => self.bind_method_wrapper(found, class),
            Some(Kind::Instance | Kind::Foreign | Kind::Wrapper) => {
                match self.lookup_special(found, self.names.get) {
                    Some(method) => self.call_special(method, found, &[Value::NONE, class.into()]),
                    None => Ok(found),
                }
            }
            _ => Ok(found),
        }
    }

    /// An attribute of a `super` object, which holds a payload: itself, or that of a subclass's.
    fn super_attr(
        &mut self,
        object: Value,
        payload: Gc<Super>,
        name: Gc<Str>,
    ) -> PyResult<Option<Value>> {
        let bound_class = payload.object_class.get();
        if name != self.names.class
            && let Some(bound_class) = bound_class.cast::<Class>()
            && let Some(found) = self.lookup_after(bound_class, payload.class.get().known(), name)
        {
            return self
                .bind_super(found, payload.object.get(), bound_class)
                .map(Some);
        }
        let class = self.class_of(object);
        match self.lookup_type(class, name) {
            Some(found) => self.bind_descriptor(found, object, class).map(Some),
            None => Ok(None),
        }
    }

    /// An attribute from the classes behind `after` in the method resolution order of `class`.
    pub fn lookup_after(
        &mut self,
        class: Gc<Class>,
        after: Gc<Class>,
        name: Gc<Str>,
    ) -> Option<Value> {
        let mro = class.get().mro();
        let at = mro.iter().position(|&c| c == after.into())?;
        mro[at + 1..]
            .iter()
            .find_map(|c| c.known::<Class>().dict().get_str(name))
    }

    /// Binds what `lookup_after` found: to the object, or to the class if `super` was given one.
    pub fn bind_super(&mut self, found: Value, object: Value, class: Gc<Class>) -> PyResult {
        if object == class.into() {
            self.bind_to_class(found, class)
        } else {
            self.bind_descriptor(found, object, class)
        }
    }

    /// `object.name = value`
    pub fn set_attr(&mut self, object: Value, name: Gc<Str>, value: Value) -> PyResult<()> {
        let method = self.lookup_special(object, self.names.setattr);
        match method {
            Some(method) if !is_default_hook(method, self.names.setattr) => self
                .call_special(method, object, &[name.into(), value])
                .map(|_| ()),
            _ => self.set_attr_default(object, name, value),
        }
    }

    /// What `object.__setattr__` and `type.__setattr__` do.
    pub fn set_attr_default(&mut self, object: Value, name: Gc<Str>, value: Value) -> PyResult<()> {
        let name = object::intern::intern_string(name);
        let class = self.class_of(object);
        let on_class = self.lookup_type(class, name);
        if let Some(found) = on_class
            && self.is_data_descriptor(found)
        {
            return self.set_descriptor(found, object, name, value);
        }
        if let Some(target) = object.cast::<Class>() {
            return self.set_class_attr(target, name, Some(value));
        }
        if self.accepts_attributes(object) {
            self.set_own(object, name, value);
            return Ok(());
        }
        Err(self.cannot_set(object, name, on_class.is_some()))
    }

    #[cold]
    fn cannot_set(&mut self, object: Value, name: Gc<Str>, on_class: bool) -> Raised {
        let (class, name_text) = (self.type_name(object), name.to_text_escaped());
        if on_class {
            return self.attribute_error(format!(
                "'{class}' object attribute '{name_text}' is read-only"
            ));
        }
        self.attribute_error(format!(
            "'{class}' object has no attribute '{name_text}' and no __dict__ for setting new attributes"
        ))
    }

    /// Whether the object can have attributes of its own.
    pub fn accepts_attributes(&self, object: Value) -> bool {
        match object.kind() {
            Some(Kind::Module | Kind::Function | Kind::MethodWrapper) => true,
            Some(kind) if attributes::has_slots(kind) => self.class_of(object).flags.get().has_dict,
            _ => false,
        }
    }

    fn set_descriptor(
        &mut self,
        found: Value,
        object: Value,
        name: Gc<Str>,
        value: Value,
    ) -> PyResult<()> {
        match found.kind() {
            Some(Kind::Property) => {
                let setter = found.known::<Property>().setter.get();
                if setter.is_none() {
                    return Err(self.property_error(found, object, "setter"));
                }
                self.call(setter, &[object, value]).map(|_| ())
            }
            Some(Kind::Member) => {
                let member = found.known::<Member>();
                self.check_receiver(object, member.class.get(), name.into())?;
                attributes::set(object, member.slot, value);
                Ok(())
            }
            Some(Kind::GetSet) => {
                let get_set = found.known::<GetSet>();
                self.check_receiver(object, get_set.class.get(), name.into())?;
                if get_set.setter == u32::MAX {
                    let class = get_set.class.get().cast::<Class>();
                    let owner = class.map_or_else(String::new, |c| c.name_text());
                    return Err(self.attribute_error(format!(
                        "attribute '{}' of '{owner}' objects is not writable",
                        name.to_text_escaped()
                    )));
                }
                let native = self.natives[get_set.setter as usize].func;
                native(self, &[object, value]).map(|_| ())
            }
            _ => match self.lookup_special(found, self.names.set) {
                Some(method) => self
                    .call_special(method, found, &[object, value])
                    .map(|_| ()),
                None => Err(self.attribute_error("__set__")),
            },
        }
    }

    /// Sets or deletes an attribute of a class itself.
    pub fn set_class_attr(
        &mut self,
        class: Gc<Class>,
        name: Gc<Str>,
        value: Option<Value>,
    ) -> PyResult<()> {
        let (name_text, class_text) = (name.to_text_escaped(), class.name_text());
        if class.flags.get().immutable {
            return Err(self.type_error(format!(
                "cannot set '{name_text}' attribute of immutable type '{class_text}'"
            )));
        }
        // Caches of instance slots rely on there being no data descriptor of that name but the slot's own.
        let shadows = match value {
            Some(value) => self.is_data_descriptor(value),
            None => false,
        };
        let was_slot = class
            .dict()
            .get_str(name)
            .is_some_and(|old| old.is::<Member>());
        let is_slot = was_slot || shadows && self.may_be_own(class, name);
        match value {
            Some(value) => class.dict().set_str(name, value),
            None => {
                if class.dict().remove_str(name).is_none() {
                    return Err(self.no_attribute(class.into(), name));
                }
            }
        }
        class.changed();
        if is_slot || name == self.names.getattribute || name == self.names.setattr {
            self.flush_caches();
        }
        Ok(())
    }

    /// Whether objects of a class may have an attribute of their own that caches know.
    fn may_be_own(&self, class: Gc<Class>, name: Gc<Str>) -> bool {
        let has_namespace =
            class.is_subclass_of(self.types.type_) || class.is_subclass_of(self.types.module);
        has_namespace || shape::may_have_slot(class, name)
    }

    /// Empties every inline cache, after a change that the caches do not test for.
    pub fn flush_caches(&mut self) {
        object::watch::slots_changed();
        object::heap::for_each_code(&mut |code| code.clear_sites());
        self.clear_shared_caches();
    }

    /// Sets an attribute of the object itself, which can have one.
    pub fn set_own(&mut self, object: Value, name: Gc<Str>, value: Value) {
        let Some(header) = object.header() else {
            return;
        };
        match header.kind() {
            Kind::Module => object.known::<Module>().namespace().set_str(name, value),
            Kind::Function => {
                let function = object.known::<Function>();
                if function.dict.get().is_none() {
                    function.write(|f| &f.dict, Dict::new().into());
                }
                function.dict.get().known::<Dict>().set_str(name, value);
            }
            Kind::MethodWrapper => {
                if let Some(dict) = self.own_dict(object) {
                    dict.set_str(name, value);
                }
            }
            _ => self.set_slot(object, name, value),
        }
    }

    fn set_slot(&mut self, object: Value, name: Gc<Str>, value: Value) {
        let Some(header) = object.header() else {
            return;
        };
        let name = object::intern::intern_string(name);
        let current = shape::of(header);
        if !current.has_dict {
            if let Some(slot) = current.lookup(name) {
                return attributes::set(object, slot, value);
            }
            if let Some(next) = current.with(name) {
                let slot = current.names().len() as u16;
                attributes::set(object, slot, value);
                header.shape.set(next.id.0);
                if slot >= current.inline_slots {
                    current.class().expect_slots(slot + 1);
                }
                return;
            }
        }
        if let Some(dict) = self.own_dict(object) {
            dict.set_str(name, value);
        }
    }

    /// The dictionary of the object's own attributes, made if there is none yet.
    pub fn own_dict(&mut self, object: Value) -> Option<Gc<Dict>> {
        let header = object.header()?;
        match header.kind() {
            Kind::Module => return Some(object.known::<Module>().namespace()),
            Kind::Class => return Some(object.known::<Class>().dict()),
            Kind::Function => {
                let function = object.known::<Function>();
                if function.dict.get().is_none() {
                    function.write(|f| &f.dict, Dict::new().into());
                }
                return function.dict.get().cast::<Dict>();
            }
            Kind::MethodWrapper => {
                let wrapper = object.known::<MethodWrapper>();
                if wrapper.dict.get().is_none() {
                    wrapper.write(|w| &w.dict, Dict::new().into());
                }
                return wrapper.dict.get().cast::<Dict>();
            }
            kind if !attributes::has_slots(kind) => return None,
            _ => {}
        }
        let current = shape::of(header);
        if current.has_dict {
            return attributes::dict(object);
        }
        if !current.class().flags.get().has_dict {
            return None;
        }
        let dict = self.dict_by_shape(object, current);
        attributes::set_dict(object, dict);
        Some(dict)
    }

    /// A dictionary of the attributes that an object's shape names: mostly a copy of one that was made
    /// for the same shape, with other values.
    fn dict_by_shape(&mut self, object: Value, current: &shape::Shape) -> Gc<Dict> {
        const FEW: usize = 40;
        let names = current.names();
        let (mut few, mut many) = ([Value::UNBOUND; FEW], Vec::new());
        let values = match few.get_mut(..names.len()) {
            Some(few) => few,
            None => {
                many.resize(names.len(), Value::UNBOUND);
                &mut many[..]
            }
        };
        attributes::read_first(object, values);
        let model = current.id.0 as usize % DICT_MODELS;
        match self.dict_models[model] {
            Some((own, keys)) if own == current.id.0 && !values.contains(&Value::UNBOUND) => {
                return keys.with_values(values);
            }
            _ => {}
        }
        let named = names.iter().all(|name| name.is::<Str>());
        let dict = Dict::with_room(names.len());
        for (name, &mut value) in names.iter().zip(values) {
            if let (Some(name), Some(value)) = (name.cast::<Str>(), value.bound()) {
                dict.insert_new(name.hash(), name.into(), value);
            }
        }
        if named && dict.len() == names.len() {
            let keys = dict.with_values(&vec![Value::NONE; names.len()]);
            self.dict_models[model] = Some((current.id.0, keys));
        }
        dict
    }

    /// Replaces the dictionary of the object's own attributes (`object.__dict__ = …`).
    pub fn set_own_dict(&mut self, object: Value, dict: Gc<Dict>) {
        if self.own_dict(object).is_some() {
            attributes::set_dict(object, dict);
        }
    }

    /// The object's own attributes as (name, value), without making a dictionary.
    pub fn own_attributes(&mut self, object: Value) -> Vec<(Value, Value)> {
        let Some(header) = object.header() else {
            return Vec::new();
        };
        if attributes::has_slots(header.kind()) && !shape::of(header).has_dict {
            let names = shape::of(header).names();
            return names
                .iter()
                .enumerate()
                .filter(|(_, name)| name.is::<Str>())
                .map(|(slot, &name)| (name, attributes::get(object, slot as u16)))
                .filter(|(_, value)| !value.is_unbound())
                .collect();
        }
        self.own_dict(object)
            .map_or_else(Vec::new, |dict| dict.get().iter().collect())
    }

    /// `del object.name`
    pub fn del_attr(&mut self, object: Value, name: Gc<Str>) -> PyResult<()> {
        let method = self.lookup_special(object, self.names.delattr);
        match method {
            Some(method) if !is_default_hook(method, self.names.delattr) => self
                .call_special(method, object, &[name.into()])
                .map(|_| ()),
            _ => self.del_attr_default(object, name),
        }
    }

    /// What `object.__delattr__` and `type.__delattr__` do.
    pub fn del_attr_default(&mut self, object: Value, name: Gc<Str>) -> PyResult<()> {
        let class = self.class_of(object);
        let on_class = self.lookup_type(class, name);
        if let Some(found) = on_class
            && self.is_data_descriptor(found)
        {
            return self.delete_descriptor(found, object, name);
        }
        if let Some(class) = object.cast::<Class>() {
            return self.set_class_attr(class, name, None);
        }
        if let Some(slot) = own_slot(object, name)
            && attributes::remove(object, slot)
        {
            return Ok(());
        }
        if self.own_attr(object, name).is_some()
            && let Some(dict) = self.own_dict(object)
        {
            dict.remove_str(name);
            return Ok(());
        }
        if on_class.is_some() && !self.accepts_attributes(object) {
            return Err(self.cannot_set(object, name, true));
        }
        Err(self.no_attribute(object, name))
    }

    fn delete_descriptor(&mut self, found: Value, object: Value, name: Gc<Str>) -> PyResult<()> {
        match found.kind() {
            Some(Kind::Property) => {
                let deleter = found.known::<Property>().deleter.get();
                if deleter.is_none() {
                    return Err(self.property_error(found, object, "deleter"));
                }
                self.call(deleter, &[object]).map(|_| ())
            }
            Some(Kind::Member) => {
                let member = found.known::<Member>();
                self.check_receiver(object, member.class.get(), name.into())?;
                if attributes::get(object, member.slot).is_unbound() {
                    return Err(self.attribute_error(name.to_text_escaped()));
                }
                attributes::set(object, member.slot, Value::UNBOUND);
                Ok(())
            }
            Some(Kind::GetSet) => {
                let get_set = found.known::<GetSet>();
                if get_set.setter == u32::MAX {
                    return self.set_descriptor(found, object, name, Value::UNBOUND);
                }
                let native = self.natives[get_set.setter as usize].func;
                native(self, &[object, Value::UNBOUND]).map(|_| ())
            }
            _ => match self.lookup_special(found, self.names.delete) {
                Some(method) => self.call_special(method, found, &[object]).map(|_| ()),
                None => Err(self.attribute_error("__delete__")),
            },
        }
    }

    /// A static method object around a function.
    pub fn new_static_method(&mut self, function: Value) -> Value {
        MethodWrapper::with_shape(types::STATIC_METHOD, function, Value::NONE).into()
    }

    /// A class method object around a function.
    pub fn new_class_method(&mut self, function: Value) -> Value {
        MethodWrapper::with_shape(types::CLASS_METHOD, function, Value::NONE).into()
    }
}
