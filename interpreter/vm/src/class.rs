//! Making classes: the `class` statement, `type.__new__`, and what may change afterwards.
//!
//! A class fixes the layout of its instances when it is made: the kind of object comes from its
//! bases, members of `__slots__` take the first attribute slots, and the attributes that the
//! methods in sight store on `self` say how many slots an instance gets inside the object.

use crate::{Def, PyResult, Raised, Vm, types};
use object::{
    BoundMethod, CellBox, Class, ClassFlags, Dict, Function, Gc, GetSet, Kind, List, Member,
    MethodWrapper, Module, Property, Str, Tuple, Value, intern, shape,
};
use std::collections::HashSet;

impl Vm {
    /// `__build_class__(func, name, *bases, **kwargs)`. The last `names.len()` of `args` are
    /// keyword arguments.
    pub fn build_class(&mut self, args: &[Value], names: &[Value]) -> PyResult {
        let given = args.len() - names.len();
        if given < 2 {
            return Err(self.type_error("__build_class__: not enough arguments"));
        }
        let Some(body) = args[0].cast::<Function>() else {
            return Err(self.type_error("__build_class__: func must be a function"));
        };
        if !args[1].is::<Str>() {
            return Err(self.type_error("__build_class__: name is not a string"));
        }
        let name = args[1];
        let original = &args[2..given];
        let bases = self.resolve_bases(original)?;
        let (meta, keyword_names, keyword_values) = self.split_metaclass(names, &args[given..]);
        let meta = match meta {
            Some(meta) => meta,
            None => match bases.items().first() {
                Some(&base) => self.class_of(base).into(),
                None => self.types.type_.into(),
            },
        };
        let meta = match meta.cast::<Class>() {
            Some(class) => self.most_derived_meta(class, bases.items())?.into(),
            None => meta,
        };
        let head = [name, bases.into()];
        let keywords = (keyword_names.items(), keyword_values.items());
        let namespace = self.prepare_namespace(meta, &head, keywords)?;
        let code = body.code();
        let cell = self.run_code(code, body.globals(), namespace, body.closure.get())?;
        if bases.items() != original {
            let key = intern("__orig_bases__");
            self.set_item(namespace, key.into(), Tuple::new(original).into())?;
        }
        let mut all = vec![name, bases.into(), namespace];
        all.extend_from_slice(keywords.1);
        let all = Tuple::new(&all);
        let class = self.call_with(meta, all.items(), keywords.0)?;
        self.check_class_cell(class, cell, name)?;
        Ok(class)
    }

    /// Takes `metaclass=…` out of keyword arguments: it, the other names, the other values.
    fn split_metaclass(
        &mut self,
        names: &[Value],
        values: &[Value],
    ) -> (Option<Value>, Gc<Tuple>, Gc<Tuple>) {
        let mut meta = None;
        let (other_names, other_values) = (List::new(), List::new());
        for (&name, &value) in names.iter().zip(values) {
            if name
                .cast::<Str>()
                .is_some_and(|n| n.equals_text("metaclass"))
            {
                meta = Some(value);
            } else {
                other_names.push(name);
                other_values.push(value);
            }
        }
        (
            meta,
            Tuple::new(other_names.items()),
            Tuple::new(other_values.items()),
        )
    }

    /// The bases with those replaced that are no classes but have `__mro_entries__`.
    pub fn resolve_bases(&mut self, original: &[Value]) -> PyResult<Gc<Tuple>> {
        if original.iter().all(|base| base.is::<Class>()) {
            return Ok(Tuple::new(original));
        }
        let resolved = List::new();
        let all = Tuple::new(original);
        for &base in original {
            if base.is::<Class>() {
                resolved.push(base);
                continue;
            }
            match self.find_attr(base, self.names.mro_entries)? {
                None => resolved.push(base),
                Some(method) => {
                    let entries = self.call(method, &[all.into()])?;
                    match entries.cast::<Tuple>() {
                        Some(entries) => resolved.extend(entries.items()),
                        None => {
                            return Err(self.type_error("__mro_entries__ must return a tuple"));
                        }
                    }
                }
            }
        }
        Ok(Tuple::new(resolved.items()))
    }

    /// The metaclass that is a subclass of the given one and of those of all bases.
    pub fn most_derived_meta(&mut self, meta: Gc<Class>, bases: &[Value]) -> PyResult<Gc<Class>> {
        let mut winner = meta;
        for &base in bases {
            let own = self.class_of(base);
            if winner.is_subclass_of(own) {
                continue;
            }
            if own.is_subclass_of(winner) {
                winner = own;
                continue;
            }
            return Err(self.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) \
                 subclass of the metaclasses of all its bases",
            ));
        }
        Ok(winner)
    }

    /// The namespace for a class body: what `__prepare__` of the metaclass gives.
    fn prepare_namespace(
        &mut self,
        meta: Value,
        head: &[Value; 2],
        (names, values): (&[Value], &[Value]),
    ) -> PyResult {
        if meta == self.types.type_.into() {
            return Ok(Dict::new().into());
        }
        let Some(prepare) = self.find_attr(meta, self.names.prepare)? else {
            return Ok(Dict::new().into());
        };
        let mut all = head.to_vec();
        all.extend_from_slice(values);
        let all = Tuple::new(&all);
        let namespace = self.call_with(prepare, all.items(), names)?;
        if namespace.to::<Dict>().is_none()
            && self.lookup_special(namespace, self.names.getitem).is_none()
        {
            let shown = match meta.cast::<Class>() {
                Some(class) => class.name_text(),
                None => String::from("<metaclass>"),
            };
            let given = self.type_name(namespace);
            return Err(self.type_error(format!(
                "{shown}.__prepare__() must return a mapping, not {given}"
            )));
        }
        Ok(namespace)
    }

    /// The cell of `__class__` must have been filled with the class by `type.__new__`.
    fn check_class_cell(&mut self, class: Value, cell: Value, name: Value) -> PyResult<()> {
        let (Some(cell), true) = (cell.cast::<CellBox>(), class.is::<Class>()) else {
            return Ok(());
        };
        let content = cell.content.get();
        if content == class {
            return Ok(());
        }
        let (name, class) = (self.repr_text(name)?, self.repr_text(class)?);
        if content.is_unbound() {
            return Err(self.runtime_error(format!(
                "__class__ not set defining {name} as {class}. Was __classcell__ propagated to \
                 type.__new__?"
            )));
        }
        let content = self.repr_text(content)?;
        Err(self.type_error(format!(
            "__class__ set to {content} defining {name} as {class}"
        )))
    }

    /// `type.__new__(meta, name, bases, namespace, **kwargs)`
    pub fn new_class(
        &mut self,
        meta: Gc<Class>,
        name: Gc<Str>,
        bases: Gc<Tuple>,
        namespace: Gc<Dict>,
        kwargs: Option<Gc<Dict>>,
    ) -> PyResult<Gc<Class>> {
        let bases = if bases.is_empty() {
            Tuple::new(&[self.types.object.into()])
        } else {
            bases
        };
        self.check_bases(bases.items())?;
        let best = self.best_base(bases.items())?;
        let dict = namespace.copy();
        let slots = self.declared_slots(dict, name)?;
        let class = self.allocate_class(meta, name, bases, best, dict)?;
        // First of all, since a metaclass's `mro` may call the class's methods.
        let cell = dict.remove_str(self.names.classcell);
        self.fill_class_cell(class, cell)?;
        self.lay_out(class, best, dict, slots)?;
        let mro = self.resolution_order(class)?;
        class.write(|c| &c.mro, mro.into());
        self.complete_namespace(class, dict)?;
        self.expect_attributes(class);
        class.register_with_bases();
        class.changed();
        if let Some(cell) = dict.remove_str(intern("__classdictcell__"))
            && let Some(cell) = cell.cast::<CellBox>()
        {
            cell.write(|c| &c.content, dict.into());
        }
        self.set_names(class, dict)?;
        self.init_subclass(class, kwargs)?;
        Ok(class)
    }

    fn check_bases(&mut self, bases: &[Value]) -> PyResult<()> {
        for (i, &base) in bases.iter().enumerate() {
            let Some(class) = base.cast::<Class>() else {
                if self.find_attr(base, self.names.mro_entries)?.is_some() {
                    return Err(self.type_error(
                        "type() doesn't support MRO entry resolution; use types.new_class()",
                    ));
                }
                return Err(self.type_error("bases must be types"));
            };
            if class.flags.get().is_final {
                let shown = class.name_text();
                return Err(
                    self.type_error(format!("type '{shown}' is not an acceptable base type"))
                );
            }
            if bases[..i].contains(&base) {
                let shown = class.name_text();
                return Err(self.type_error(format!("duplicate base class {shown}")));
            }
        }
        Ok(())
    }

    /// The base whose instances have the layout that the others' layouts are parts of.
    pub fn best_base(&mut self, bases: &[Value]) -> PyResult<Gc<Class>> {
        let mut best: Option<(Gc<Class>, Gc<Class>)> = None;
        for base in bases {
            let base = base.known::<Class>();
            let solid = solid_base(base);
            best = match best {
                None => Some((base, solid)),
                Some((_, winner)) if solid != winner && solid.is_subclass_of(winner) => {
                    Some((base, solid))
                }
                Some((_, winner)) if !winner.is_subclass_of(solid) => {
                    return Err(self.type_error("multiple bases have instance lay-out conflict"));
                }
                kept => kept,
            };
        }
        Ok(best.map_or(self.types.object, |(base, _)| base))
    }

    fn allocate_class(
        &mut self,
        meta: Gc<Class>,
        name: Gc<Str>,
        bases: Gc<Tuple>,
        best: Gc<Class>,
        dict: Gc<Dict>,
    ) -> PyResult<Gc<Class>> {
        let kind = match best.instance_kind.get() {
            kind @ (Kind::Instance
            | Kind::Exception
            | Kind::Foreign
            | Kind::Class
            | Kind::Wrapper) => kind,
            _ => Kind::Wrapper,
        };
        let class = Class::new(meta.new_instance_shape().id.0, name, dict, kind);
        class.write(|c| &c.bases, bases.into());
        class.write(|c| &c.mro, Tuple::new(&[class.into()]).into());
        if let Some(qualname) = dict.remove_str(self.names.qualname) {
            if self.as_str(qualname).is_none() {
                let given = self.type_name(qualname);
                return Err(
                    self.type_error(format!("type __qualname__ must be a str, not {given}"))
                );
            }
            class.write(|c| &c.qualname, qualname);
        }
        Ok(class)
    }

    /// The names in `__slots__`, mangled; `None` if the class does not say.
    fn declared_slots(
        &mut self,
        dict: Gc<Dict>,
        class_name: Gc<Str>,
    ) -> PyResult<Option<Gc<List>>> {
        let Some(slots) = dict.get_str(self.names.slots) else {
            return Ok(None);
        };
        let given = match slots.to::<Str>() {
            Some(_) => List::from_slice(&[slots]),
            None => self.collect(slots)?,
        };
        let mangled = List::new();
        for &slot in given.items() {
            let Some(slot) = self.as_str(slot) else {
                let class = self.type_name(slot);
                return Err(
                    self.type_error(format!("__slots__ items must be strings, not '{class}'"))
                );
            };
            let text = slot.to_text_escaped();
            if !is_identifier(&text) {
                return Err(self.type_error("__slots__ must be identifiers"));
            }
            mangled.push(intern(&mangle(&class_name.to_text_escaped(), &text)).into());
        }
        Ok(Some(mangled))
    }

    /// Settles flags and members of `__slots__`.
    fn lay_out(
        &mut self,
        class: Gc<Class>,
        best: Gc<Class>,
        dict: Gc<Dict>,
        slots: Option<Gc<List>>,
    ) -> PyResult<()> {
        let base_has_dict = class
            .bases()
            .iter()
            .any(|b| b.known::<Class>().flags.get().has_dict);
        let kind = class.instance_kind.get();
        let mut has_dict = base_has_dict || kind == Kind::Class;
        class.members.set(best.members.get());
        match slots {
            None => has_dict = true,
            Some(slots) => {
                let base_had_dict = has_dict;
                for &slot in slots.items() {
                    let text = slot.known::<Str>().to_text_escaped();
                    if text == "__dict__" {
                        if base_had_dict {
                            return Err(
                                self.type_error("__dict__ slot disallowed: we already got one")
                            );
                        }
                        has_dict = true;
                    }
                }
                self.add_members(class, best, dict, slots, has_dict)?;
            }
        }
        class.flags.set(ClassFlags {
            has_dict,
            only_members: !has_dict && kind == Kind::Instance,
            ..ClassFlags::default()
        });
        if has_dict && !base_has_dict && kind != Kind::Class {
            self.add_instance_getset(class, dict, "__dict__");
        }
        // Objects of these builtin classes cannot be referred to weakly, those of subclasses can.
        let solid = solid_base(best);
        let types = &self.types;
        let gains = [types.list, types.dict, types.str, types.float]
            .iter()
            .any(|builtin| solid.is_subclass_of(*builtin))
            || matches!(solid.instance_kind.get(), Kind::Instance | Kind::Exception);
        let has_weakref = match slots {
            None => {
                let mut bases = best.mro().iter().filter_map(|base| base.cast::<Class>());
                !bases.any(|base| base.dict().get_str(self.names.weakref).is_some())
            }
            Some(slots) => {
                let mut slots = slots.items().iter();
                slots.any(|slot| *slot == self.names.weakref.into())
            }
        };
        if has_weakref && gains {
            self.add_instance_getset(class, dict, "__weakref__");
        }
        Ok(())
    }

    /// Gives a class its own copy of a computed attribute that `builtins` keeps by name.
    fn add_instance_getset(&mut self, class: Gc<Class>, dict: Gc<Dict>, name: &str) {
        let key = if name == "__dict__" {
            "object.__dict__"
        } else {
            "object.__weakref__"
        };
        let interned = intern(name);
        if let Some(model) = self.kept(key).and_then(|v| v.cast::<GetSet>())
            && dict.get_str(interned).is_none()
        {
            let own = GetSet::new(model.getter, model.setter, interned.into(), class.into());
            dict.set_str(interned, own.into());
        }
    }

    fn add_members(
        &mut self,
        class: Gc<Class>,
        best: Gc<Class>,
        dict: Gc<Dict>,
        slots: Gc<List>,
        has_dict: bool,
    ) -> PyResult<()> {
        let special = |text: &str| text == "__dict__" || text == "__weakref__";
        let wanted = List::new();
        for &slot in slots.items() {
            let name = slot.known::<Str>();
            if special(&name.to_text_escaped()) {
                continue;
            }
            // A missing docstring has left a None behind.
            let no_doc = name == self.names.doc && dict.get_str(name) == Some(Value::NONE);
            if dict.get_str(name).is_some() && name != self.names.qualname && !no_doc {
                let shown = self.repr_text(slot)?;
                return Err(self.value_error(format!(
                    "{shown} in __slots__ conflicts with class variable"
                )));
            }
            if !wanted.items().contains(&slot) {
                wanted.push(slot);
            }
        }
        let solid = solid_base(best).instance_kind.get();
        if !wanted.is_empty()
            && matches!(
                solid,
                Kind::BigInt | Kind::Tuple | Kind::Bytes | Kind::Class
            )
        {
            let base = best.name_text();
            return Err(self.type_error(format!(
                "nonempty __slots__ not supported for subtype of '{base}'"
            )));
        }
        // An object that keeps its attributes in a dictionary has no room for members outside
        // the object itself; there the names are ordinary attributes.
        if has_dict && class.instance_kind.get() != Kind::Instance {
            return Ok(());
        }
        wanted
            .items_mut()
            .sort_by(|a, b| a.known::<Str>().get().compare(b.known::<Str>()));
        let mut at = class.members.get();
        for &name in wanted.items() {
            dict.set_str(name.known(), Member::new(at, name, class.into()).into());
            at += 1;
        }
        class.members.set(at);
        Ok(())
    }

    /// The method resolution order, by the metaclass's `mro` if it has its own.
    fn resolution_order(&mut self, class: Gc<Class>) -> PyResult<Gc<Tuple>> {
        let meta = self.class_of(class.into());
        if meta != self.types.type_
            && let Some(method) = self.lookup_type(meta, self.names.mro)
            && !method.is::<object::Builtin>()
        {
            let order = self.call_special(method, class.into(), &[])?;
            let order = self.collect(order)?;
            for &entry in order.items() {
                if !entry.is::<Class>() {
                    let given = self.type_name(entry);
                    return Err(self.type_error(format!("mro() returned a non-class ('{given}')")));
                }
            }
            return Ok(Tuple::new(order.items()));
        }
        self.linearize(class)
    }

    /// The C3 linearization of a class and its bases (Barrett et al., "A monotonic superclass
    /// linearization for Dylan").
    pub fn linearize(&mut self, class: Gc<Class>) -> PyResult<Gc<Tuple>> {
        let bases = class.bases();
        if let [base] = bases {
            let mut order = vec![Value::from(class)];
            order.extend_from_slice(base.known::<Class>().get().mro());
            return Ok(Tuple::new(&order));
        }
        let mut lists: Vec<&[Value]> = bases
            .iter()
            .map(|b| b.known::<Class>().get().mro())
            .collect();
        lists.push(bases);
        let mut order = vec![Value::from(class)];
        loop {
            lists.retain(|list| !list.is_empty());
            if lists.is_empty() {
                return Ok(Tuple::new(&order));
            }
            let next = lists
                .iter()
                .map(|list| list[0])
                .find(|head| !lists.iter().any(|list| list[1..].contains(head)));
            let Some(next) = next else {
                let mut shown: Vec<String> = Vec::new();
                for list in &lists {
                    let name = list[0].known::<Class>().name_text();
                    if !shown.contains(&name) {
                        shown.push(name);
                    }
                }
                return Err(self.type_error(format!(
                    "Cannot create a consistent method resolution order (MRO) for bases {}",
                    shown.join(", ")
                )));
            };
            order.push(next);
            for list in &mut lists {
                if list[0] == next {
                    *list = &list[1..];
                }
            }
        }
    }

    /// What `type.__new__` adds to a namespace.
    fn complete_namespace(&mut self, class: Gc<Class>, dict: Gc<Dict>) -> PyResult<()> {
        if dict.get_str(self.names.module).is_none()
            && let Some(frame) = self.frames().last()
            && let Some(module) = frame.globals().get_str(self.names.dunder_name)
        {
            dict.set_str(self.names.module, module);
        }
        if dict.get_str(self.names.doc).is_none() {
            dict.set_str(self.names.doc, Value::NONE);
        }
        if let Some(new) = dict.get_str(self.names.new)
            && new.is::<Function>()
        {
            let wrapped = self.new_static_method(new);
            dict.set_str(self.names.new, wrapped);
        }
        for name in [self.names.init_subclass, self.names.class_getitem] {
            if let Some(function) = dict.get_str(name)
                && function.is::<Function>()
            {
                let wrapped = self.new_class_method(function);
                dict.set_str(name, wrapped);
            }
        }
        if dict.get_str(self.names.eq).is_some() && dict.get_str(self.names.hash).is_none() {
            dict.set_str(self.names.hash, Value::NONE);
        }
        let _ = class;
        Ok(())
    }

    /// How many slots an instance gets inside the object: the members, and one for each
    /// attribute that a method of the class or of a base stores on its first parameter.
    fn expect_attributes(&mut self, class: Gc<Class>) {
        if class.instance_kind.get() != Kind::Instance {
            return;
        }
        let mut names: HashSet<&str> = HashSet::new();
        for base in class.get().mro() {
            let dict = base.known::<Class>().dict();
            for (_, value) in dict.get().iter() {
                let function = match value.kind() {
                    Some(Kind::Function) => value,
                    Some(Kind::Property) => value.known::<Property>().getter.get(),
                    Some(Kind::MethodWrapper) => value.known::<MethodWrapper>().function.get(),
                    _ => continue,
                };
                if let Some(function) = function.cast::<Function>() {
                    let code = function.code().get().code();
                    names.extend(code.self_attributes.iter().map(|n| &**n));
                }
            }
        }
        let is_member = |name: &&&str| {
            let found = class.get().lookup(intern(name));
            found.is_some_and(|v| v.is::<Member>())
        };
        let count = names.iter().filter(|name| !is_member(name)).count();
        let count = if class.flags.get().has_dict { count } else { 0 };
        class
            .expected_slots
            .set(count.min(64) as u16 + class.members.get());
    }

    fn fill_class_cell(&mut self, class: Gc<Class>, cell: Option<Value>) -> PyResult<()> {
        let Some(cell) = cell else { return Ok(()) };
        match cell.cast::<CellBox>() {
            Some(cell) => {
                cell.write(|c| &c.content, class.into());
                Ok(())
            }
            None => {
                let given = self.class_of(cell).into();
                let given = self.repr_text(given)?;
                Err(self.type_error(format!(
                    "__classcell__ must be a nonlocal cell, not {given}"
                )))
            }
        }
    }

    /// Tells attributes that want to know under which name they stand.
    fn set_names(&mut self, class: Gc<Class>, dict: Gc<Dict>) -> PyResult<()> {
        let entries = List::new();
        for (name, value) in dict.get().iter() {
            match value.kind() {
                Some(Kind::Property) => {
                    value.known::<Property>().write(|p| &p.name, name);
                }
                Some(Kind::Instance | Kind::Wrapper | Kind::Foreign) => {
                    entries.push(name);
                    entries.push(value);
                }
                _ => {}
            }
        }
        for pair in entries.items().chunks(2) {
            let (name, value) = (pair[0], pair[1]);
            let Some(method) = self.lookup_special(value, self.names.set_name) else {
                continue;
            };
            if let Err(raised) = self.call_special(method, value, &[class.into(), name]) {
                let owner = class.name_text();
                let own = self.type_name(value);
                let shown = self.repr_text(name)?;
                self.add_note(
                    raised,
                    &format!("Error calling __set_name__ on '{own}' instance {shown} in '{owner}'"),
                );
                return Err(raised);
            }
        }
        Ok(())
    }

    /// Appends a note to an exception.
    pub fn add_note(&mut self, raised: Raised, text: &str) {
        let note = Str::new(text).into();
        match self
            .own_attr(raised.0, self.names.notes)
            .and_then(|n| n.cast::<List>())
        {
            Some(notes) => notes.push(note),
            None => {
                self.set_own(raised.0, self.names.notes, List::from_slice(&[note]).into());
            }
        }
    }

    fn init_subclass(&mut self, class: Gc<Class>, kwargs: Option<Gc<Dict>>) -> PyResult<()> {
        let Some(found) = self.lookup_after(class, class, self.names.init_subclass) else {
            return Ok(());
        };
        let bound = self.bind_to_class(found, class)?;
        match kwargs {
            Some(kwargs) if !kwargs.is_empty() => {
                let (names, values) = self.keyword_items(kwargs);
                let (names, values) = (Tuple::new(&names), Tuple::new(&values));
                self.call_with(bound, values.items(), names.items())?;
            }
            _ => {
                self.call(bound, &[])?;
            }
        }
        Ok(())
    }

    /// `object.__class__ = class`
    pub fn set_class(&mut self, object: Value, value: Value) -> PyResult<()> {
        let Some(class) = value.cast::<Class>() else {
            let given = self.type_name(value);
            return Err(self.type_error(format!(
                "__class__ must be set to a class, not '{given}' object"
            )));
        };
        let old = self.class_of(object);
        if old == class {
            return Ok(());
        }
        if self.set_module_class(object, class) {
            return Ok(());
        }
        if old.flags.get().immutable || class.flags.get().immutable {
            return Err(self.type_error(
                "__class__ assignment only supported for mutable types or ModuleType subclasses",
            ));
        }
        let header = object.header();
        let same = old.instance_kind.get() == class.instance_kind.get()
            && old.members.get() == class.members.get()
            && old.flags.get().has_dict == class.flags.get().has_dict
            && are_laid_out_alike(old, class);
        let (Some(header), true) = (header, same) else {
            let (new, own) = (class.name_text(), old.name_text());
            return Err(self.type_error(format!(
                "__class__ assignment: '{new}' object layout differs from '{own}'"
            )));
        };
        let current = shape::of(header);
        let mut next = class.new_instance_shape();
        if current.has_dict {
            next = class.dictionary_instance_shape();
        }
        // The number of slots inside the object is fixed, so it may need a family of shapes of
        // its own in the other class.
        if next.room() != current.room() {
            next = shape::family(current.kind, class, current.room(), class.members.get());
        }
        if !current.has_dict {
            for name in &current.names()[class.members.get() as usize..] {
                match next.with(name.known()) {
                    Some(child) => next = child,
                    None => return Err(self.memory_error("too many attributes")),
                }
            }
        }
        object::barrier(header);
        header.shape.set(next.id.0);
        if let Some(class) = object.cast::<Class>() {
            // What calling it does may be another thing now.
            class.changed();
        }
        Ok(())
    }

    /// Makes a module one of a class of modules that adds nothing to the layout. False: it is no
    /// module, or the class is another.
    fn set_module_class(&mut self, object: Value, class: Gc<Class>) -> bool {
        let fits = class.is_subclass_of(self.types.module) && class.members.get() == 0;
        let Some(header) = object.header().filter(|_| fits && object.is::<Module>()) else {
            return false;
        };
        let id = if class == self.types.module {
            shape::of_kind(Kind::Module)
        } else {
            let room = shape::get(shape::of_kind(Kind::Module)).room();
            shape::family(Kind::Module, class, room, 0).id.0
        };
        object::barrier(header);
        header.shape.set(id);
        // Caches at the sites go by what the object was.
        self.flush_caches();
        true
    }

    /// `class.__bases__ = bases`
    pub fn set_bases(&mut self, class: Gc<Class>, value: Value) -> PyResult<()> {
        let shown = class.name_text();
        if class.flags.get().immutable {
            return Err(self.type_error(format!(
                "cannot set '__bases__' attribute of immutable type '{shown}'"
            )));
        }
        let Some(bases) = value.cast::<Tuple>() else {
            let given = self.type_name(value);
            return Err(self.type_error(format!(
                "can only assign tuple to {shown}.__bases__, not {given}"
            )));
        };
        if bases.is_empty() {
            return Err(self.type_error(format!(
                "can only assign non-empty tuple to {shown}.__bases__, not ()"
            )));
        }
        for &base in bases.items() {
            match base.cast::<Class>() {
                None => {
                    let given = self.type_name(base);
                    return Err(self.type_error(format!(
                        "{shown}.__bases__ must be tuple of classes, not '{given}'"
                    )));
                }
                Some(base) if base.is_subclass_of(class) || descends(base, class) => {
                    return Err(self.type_error("a __bases__ item causes an inheritance cycle"));
                }
                Some(_) => {}
            }
        }
        self.check_bases(bases.items())?;
        let best = self.best_base(bases.items())?;
        let old_best = self.best_base(class.bases())?;
        if solid_base(best) != solid_base(old_best) {
            let (new, old) = (best.name_text(), old_best.name_text());
            return Err(self.type_error(format!(
                "__bases__ assignment: '{new}' object layout differs from '{old}'"
            )));
        }
        let old = class.bases.get();
        class.write(|c| &c.bases, bases.into());
        let replaced = List::new();
        if let Err(raised) = self.refresh_order(class, replaced) {
            class.write(|c| &c.bases, old);
            // Not computed anew: a metaclass's `mro` would run again.
            for pair in replaced.items().chunks_exact(2).rev() {
                pair[0].known::<Class>().write(|c| &c.mro, pair[1]);
            }
            class.changed();
            self.flush_caches();
            return Err(raised);
        }
        class.leave_bases(old.known::<Tuple>().items());
        class.register_with_bases();
        class.changed();
        self.flush_caches();
        Ok(())
    }

    /// Computes the orders of resolution of a class and of those below it. Appended to `replaced`: each
    /// class whose order was written and, behind it, what it was.
    fn refresh_order(&mut self, class: Gc<Class>, replaced: Gc<List>) -> PyResult<()> {
        let order = self.resolution_order(class)?;
        replaced.extend(&[class.into(), class.mro.get()]);
        class.write(|c| &c.mro, order.into());
        for subclass in class.subclasses() {
            self.refresh_order(subclass, replaced)?;
        }
        Ok(())
    }

    /// A class whose objects carry a payload in Rust (kind `Foreign`), for native modules.
    pub fn native_class(
        &mut self,
        module: &str,
        name: &str,
        base: Gc<Class>,
        flags: ClassFlags,
        methods: &[Def],
    ) -> Gc<Class> {
        let kind = match base.instance_kind.get() {
            Kind::Instance => Kind::Foreign,
            kind => kind,
        };
        let class = types::builtin(name, kind, base, None);
        class.flags.set(flags);
        class
            .dict()
            .set_str(self.names.module, intern(module).into());
        self.define_methods(class, methods);
        class
    }

    /// A method object.
    pub fn bound_method(&mut self, function: Value, receiver: Value) -> Value {
        BoundMethod::new(function, receiver).into()
    }
}

/// Whether one class is another's base, or one of its bases'. The order of resolution says it too, but
/// while that is computed, which may run Python code, it is an old one.
fn descends(class: Gc<Class>, from: Gc<Class>) -> bool {
    let mut bases = class.bases().iter().filter_map(|base| base.cast());
    class == from || bases.any(|base| descends(base, from))
}

/// Whether two classes have their layout from one class, or from two that add the same members to that
/// of one and nothing below these.
fn are_laid_out_alike(a: Gc<Class>, b: Gc<Class>) -> bool {
    let layout = |class: Gc<Class>| {
        let solid = solid_base(class);
        let is_all = solid.flags.get().has_dict == class.flags.get().has_dict;
        (solid, is_all && !solid.flags.get().immutable)
    };
    let ((a, is_all_of_a), (b, is_all_of_b)) = (layout(a), layout(b));
    a == b || is_all_of_a && is_all_of_b && added_to(a) == added_to(b)
}

/// The class whose layout one adds to, and the members that it adds, by their places.
fn added_to(class: Gc<Class>) -> (Option<Gc<Class>>, Vec<(u16, Value)>) {
    let dict = class.dict();
    let members = dict.iter().filter_map(|(_, value)| value.cast::<Member>());
    let own = members.filter(|member| member.class.get() == class.into());
    let mut added: Vec<_> = own.map(|member| (member.slot, member.name.get())).collect();
    added.sort_unstable_by_key(|(slot, _)| *slot);
    (solid_parent(class), added)
}

/// The class that the bases of one have their layout from: only one of several can add to it, which was
/// checked when the class was made.
fn solid_parent(class: Gc<Class>) -> Option<Gc<Class>> {
    let bases = class.bases().iter().filter_map(|b| b.cast::<Class>());
    bases
        .map(solid_base)
        .reduce(|a, b| if b.is_subclass_of(a) { b } else { a })
}

/// The nearest class upwards that adds to the layout of instances.
pub fn solid_base(class: Gc<Class>) -> Gc<Class> {
    let mut at = class;
    loop {
        let Some(parent) = solid_parent(at) else {
            return at;
        };
        let adds = if at.flags.get().immutable {
            at.instance_kind.get() != parent.instance_kind.get()
                || at.instance_kind.get() == Kind::Foreign
        } else {
            at.members.get() > parent.members.get()
        };
        if adds {
            return at;
        }
        at = parent;
    }
}

/// `__name` inside class `_C` is `_C__name`, without leading underscores of the class's name.
pub fn mangle(class: &str, name: &str) -> String {
    let bare = class.trim_start_matches('_');
    if !name.starts_with("__") || name.ends_with("__") || bare.is_empty() {
        return name.to_owned();
    }
    format!("_{bare}{name}")
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}
