//! Linking code into the heap, and the runtime functions behind the ops that name things, build
//! containers and take them apart.

use crate::semantics::global::Place;
use crate::{PyResult, Raised, Vm};
use bytecode::{Code, Const};
use object::{
    BigInt, Builtin, Bytes, CellBox, CodeObject, Complex, Dict, DictIndex, FrozenSet, Function, Gc,
    List, Module, Regs, Set, SiteCache, Str, Tuple, Value, intern,
};

/// The concatenation of strings in registers.
pub(crate) fn concat(parts: &[Value]) -> Value {
    let mut few = [Str::empty(); 8];
    if parts.len() <= few.len() {
        for (to, part) in few.iter_mut().zip(parts) {
            *to = part.known::<Str>();
        }
        return Str::concat(&few[..parts.len()]).into();
    }
    let parts: Vec<Gc<Str>> = parts.iter().map(|part| part.known::<Str>()).collect();
    Str::concat(&parts).into()
}

impl Vm {
    /// Code as an object; its constants become values, which takes them from the code, and names are
    /// interned.
    pub fn link(&mut self, mut code: Code) -> Gc<CodeObject> {
        let constants = std::mem::take(&mut code.constants);
        let values: Vec<Value> = constants.into_iter().map(|c| self.constant(c)).collect();
        self.link_with(code, Tuple::new(&values))
    }

    /// The same of code whose constants are linked.
    pub fn link_with(&mut self, mut code: Code, constants: Gc<Tuple>) -> Gc<CodeObject> {
        code.instrs.shrink_to_fit();
        let name = intern(&code.name);
        let qualname = intern(&code.qualname);
        let filename = intern(&code.filename);
        CodeObject::new(
            Box::new(code),
            constants,
            name.into(),
            qualname.into(),
            filename.into(),
        )
    }

    /// A constant as a value.
    pub fn constant(&mut self, constant: Const) -> Value {
        match constant {
            Const::None => Value::NONE,
            Const::Bool(b) => Value::bool(b),
            Const::Ellipsis => Value::ELLIPSIS,
            Const::Int(n) => Value::int(n),
            Const::BigInt(digits) => match digits.parse() {
                Ok(n) => BigInt::value_of(&n),
                Err(_) => unreachable!("the compiler writes integers as digits"),
            },
            Const::Float(bits) => Value::float(f64::from_bits(bits)),
            Const::Complex(real, imag) => {
                Complex::new(f64::from_bits(real), f64::from_bits(imag)).into()
            }
            Const::Str(points) => {
                let string = Str::from_points(&points);
                // What looks like a name is likely to be one.
                if is_name(&points) {
                    object::intern::intern_string(string)
                } else {
                    string
                }
                .into()
            }
            Const::Bytes(data) => Bytes::new(&data).into(),
            Const::Tuple(items) => {
                let items: Vec<Value> = items.into_iter().map(|c| self.constant(c)).collect();
                Tuple::new(&items).into()
            }
            Const::FrozenSet(items) => {
                let set = FrozenSet::new();
                for item in items {
                    let item = self.constant(item);
                    // Constants are plain and hashable, so this runs no Python code.
                    let _ = self.table_add(set.table(), item);
                }
                set.into()
            }
            Const::Code(code) => self.link(*code).into(),
        }
    }

    // ---- names

    /// A global through its cache: place and keys of the namespace where it was found, and that
    /// it was not in the globals if that is `builtins`.
    #[inline(always)]
    pub(crate) fn cached_global(&self, globals: Gc<Dict>, cache: SiteCache) -> Option<Place> {
        if cache.version == 0 {
            return None;
        }
        if !globals.has_keys_version(cache.version) {
            return None;
        }
        let at = DictIndex(cache.slot as usize);
        if cache.next_shape == 0 {
            return Some(Place {
                globals,
                builtins: None,
                at,
            });
        }
        self.builtins
            .has_keys_version(cache.next_shape)
            .then_some(Place {
                globals,
                builtins: Some(self.builtins),
                at,
            })
    }

    /// Looks a global up in full and lets the site remember where it was: that place, or `None` if
    /// it cannot be remembered, and the value.
    #[inline(never)]
    pub(crate) fn load_global_miss(
        &mut self,
        code: Gc<CodeObject>,
        at: u32,
    ) -> PyResult<(Option<Place>, Value)> {
        let mut site = code.get().site(at);
        let name = site.name.known::<Str>();
        let Some(globals) = self.frame_globals() else {
            return Err(self.undefined_name(name));
        };
        let found = globals.find_str(name);
        // Custom builtins are rare enough not to be cached; `exec` makes them.
        if found.is_none()
            && let Some(own) = self.own_builtins(globals)
        {
            return Ok((None, self.load_builtin(own, name)?));
        }
        let in_builtins = found
            .is_none()
            .then(|| self.builtins.find_str(name))
            .flatten();
        let (place, value) = match (found, in_builtins) {
            (Some(place), _) => (place, globals.value_at(place)),
            (None, Some(place)) => (place, self.builtins.value_at(place)),
            (None, None) => return Err(self.undefined_name(name)),
        };
        let own = found.is_none().then_some(self.builtins);
        if let Ok(slot) = u16::try_from(place.0) {
            site.slot = slot;
            site.version = globals.keys_version();
            site.next_shape = if found.is_some() {
                0
            } else {
                self.builtins.keys_version()
            };
            code.set_site(at, site);
            let place = Place {
                globals,
                builtins: own,
                at: place,
            };
            return Ok((Some(place), value));
        }
        Ok((None, value))
    }

    /// A name where the frame has a namespace of its own: that, globals, builtins.
    pub(crate) fn load_name(&mut self, name: Gc<Str>) -> PyResult {
        if let Some(value) = self.namespace_get(name)? {
            return Ok(value);
        }
        let globals = self.frame_globals();
        if let Some(value) = globals.and_then(|g| g.get_str(name)) {
            return Ok(value);
        }
        let own = globals.and_then(|g| self.own_builtins(g));
        self.load_builtin(own.unwrap_or(self.builtins.into()), name)
    }

    /// What code in a namespace has for builtins, if that is not the interpreter's: a dictionary, or
    /// whatever else was put there.
    pub fn own_builtins(&self, globals: Gc<Dict>) -> Option<Value> {
        let custom = globals.get_str(self.names.builtins)?;
        let own = match custom.cast::<Module>() {
            Some(module) => module.namespace().into(),
            None => custom,
        };
        (own != self.builtins.into()).then_some(own)
    }

    /// A name that only builtins can have. Those that are no plain dictionary are asked for the item.
    pub(crate) fn load_builtin(&mut self, builtins: Value, name: Gc<Str>) -> PyResult {
        if let Some(dict) = builtins.cast::<Dict>() {
            return match dict.get_str(name) {
                Some(value) => Ok(value),
                None => Err(self.undefined_name(name)),
            };
        }
        match self.get_item(builtins, name.into()) {
            Err(raised) if raised.matches(self, self.types.key_error) => {
                Err(self.undefined_name(name))
            }
            found => found,
        }
    }

    fn namespace_get(&mut self, name: Gc<Str>) -> PyResult<Option<Value>> {
        let namespace = self.frame_namespace();
        if let Some(dict) = namespace.cast::<Dict>() {
            return Ok(dict.get_str(name));
        }
        match self.get_item(namespace, name.into()) {
            Ok(value) => Ok(Some(value)),
            Err(raised) if raised.matches(self, self.types.key_error) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    pub(crate) fn store_name(&mut self, name: Gc<Str>, value: Value) -> PyResult<()> {
        let namespace = self.frame_namespace();
        match namespace.cast::<Dict>() {
            Some(dict) => {
                dict.set_str(name, value);
                Ok(())
            }
            None => self.set_item(namespace, name.into(), value),
        }
    }

    pub(crate) fn delete_name(&mut self, name: Gc<Str>) -> PyResult<()> {
        let namespace = self.frame_namespace();
        if let Some(dict) = namespace.cast::<Dict>() {
            return match dict.remove_str(name) {
                Some(_) => Ok(()),
                None => Err(self.undefined_name(name)),
            };
        }
        match self.del_item(namespace, name.into()) {
            Err(raised) if raised.matches(self, self.types.key_error) => {
                Err(self.undefined_name(name))
            }
            result => result,
        }
    }

    pub(crate) fn load_name_or_cell(&mut self, name: Gc<Str>, cell: Value) -> PyResult {
        if let Some(value) = self.namespace_get(name)? {
            return Ok(value);
        }
        match cell.known::<CellBox>().content.get().bound() {
            Some(value) => Ok(value),
            None => {
                let text = name.to_text_escaped();
                Err(self.name_error(format!(
                    "cannot access free variable '{text}' where it is not associated with a value in enclosing scope"
                )))
            }
        }
    }

    // ---- methods

    /// A function bound to a receiver.
    pub(crate) fn bind_method(&mut self, function: Value, receiver: Value) -> Value {
        let class = self.class_of(receiver);
        // Functions and builtin methods bind without running anything.
        self.bind_descriptor(function, receiver, class)
            .unwrap_or(function)
    }

    /// The error of a `super` whose object is none of the class.
    #[cold]
    pub fn super_error(&mut self, class: Gc<object::Class>, object: Value) -> Raised {
        let given = match object.cast::<object::Class>() {
            Some(class) => format!("type {}", class.name_text()),
            None => format!("instance of {}", self.type_name(object)),
        };
        let wanted = class.name_text();
        self.type_error(format!(
            "super(type, obj): obj ({given}) is not an instance or subtype of type ({wanted})."
        ))
    }

    /// `super().name`: the value and, for a call, the receiver to put in front.
    pub(crate) fn load_super(
        &mut self,
        class: Value,
        object: Value,
        name: Gc<Str>,
        for_call: bool,
    ) -> PyResult<(Value, Value)> {
        let Some(after) = class.cast::<object::Class>() else {
            return Err(self.runtime_error("super(): __class__ is not a type"));
        };
        let own = match object.cast::<object::Class>() {
            Some(own) if own.is_subclass_of(after) => own,
            _ => self.class_of(object),
        };
        if !own.is_subclass_of(after) {
            return Err(self.super_error(after, object));
        }
        let Some(found) = self.lookup_after(own, after, name) else {
            let text = name.to_text_escaped();
            if name == self.names.class {
                return Ok((self.types.super_.into(), Value::UNBOUND));
            }
            return Err(self.attribute_error(format!("'super' object has no attribute '{text}'")));
        };
        let takes_receiver = match found.cast::<Builtin>() {
            Some(builtin) => crate::types::is_method(builtin),
            None => found.is::<Function>(),
        };
        if for_call && object != own.into() && takes_receiver {
            return Ok((found, object));
        }
        Ok((self.bind_super(found, object, own)?, Value::UNBOUND))
    }

    /// A special method that `with` needs, and the receiver to put in front.
    pub(crate) fn load_special(&mut self, object: Value, number: u8) -> PyResult<(Value, Value)> {
        let n = &self.names;
        let (name, other, is_async) = match number {
            0 => (n.enter, n.exit, false),
            1 => (n.exit, n.enter, false),
            2 => (n.aenter, n.aexit, true),
            _ => (n.aexit, n.aenter, true),
        };
        match self.lookup_special(object, name) {
            Some(method) if method.is::<Function>() => Ok((method, object)),
            Some(method) => {
                let class = self.class_of(object);
                Ok((self.bind_descriptor(method, object, class)?, Value::UNBOUND))
            }
            None => {
                let class = self.type_name(object);
                let protocol = if is_async {
                    "asynchronous context manager"
                } else {
                    "context manager"
                };
                let _ = other;
                Err(self.type_error(format!(
                    "'{class}' object does not support the {protocol} protocol (missed {} method)",
                    name.to_text_escaped()
                )))
            }
        }
    }

    // ---- functions

    /// A function of a code constant; its parts lie in registers, see the op.
    pub(crate) fn make_function(
        &mut self,
        code: Gc<CodeObject>,
        parts: Regs,
        present: u8,
    ) -> Value {
        let globals = self.frame_globals().unwrap_or(self.builtins);
        let function = self
            .function_of(code, globals, Value::UNBOUND)
            .known::<Function>();
        let mut at = 0;
        let mut next = |bit: u8| {
            if present & bit == 0 {
                return None;
            }
            at += 1;
            Some(parts.get(at - 1))
        };
        if let Some(defaults) = next(1) {
            function.write(|f| &f.defaults, defaults);
        }
        if let Some(defaults) = next(2) {
            function.write(|f| &f.keyword_defaults, defaults);
        }
        if let Some(annotate) = next(4) {
            function.write(|f| &f.annotate, annotate);
        }
        if let Some(closure) = next(8) {
            function.write(|f| &f.closure, closure);
        }
        function.into()
    }

    /// A function of a code constant without defaults; `closure` is a tuple of cells or *unbound*.
    pub fn function_of(
        &mut self,
        code: Gc<CodeObject>,
        globals: Gc<Dict>,
        closure: Value,
    ) -> Value {
        let builtins = self.own_builtins(globals);
        let function = Function::new(code, globals, builtins.unwrap_or(self.builtins.into()));
        if !closure.is_unbound() {
            function.write(|f| &f.closure, closure);
        }
        let module = globals
            .get_str(self.names.dunder_name)
            .unwrap_or(Value::NONE);
        function.write(|f| &f.module, module);
        function.into()
    }

    /// A call with `*args` and `**kwargs`: window register 2 holds an iterable, 3 a dict or None.
    pub(crate) fn call_spread(
        &mut self,
        window: Regs,
        receiver: Value,
        dst: u16,
    ) -> PyResult<crate::eval::Called> {
        let callee = window.get(0);
        let args = window.get(2);
        let keywords = window.get(3).cast::<Dict>();
        let items = match args.cast::<Tuple>() {
            Some(tuple) => tuple.items(),
            None => {
                let list = List::new();
                self.list_extend(list, args, callee)?;
                Tuple::of_list(list).items()
            }
        };
        // The arguments go above the frame, where there is room for any number of them.
        let top = self.top();
        let count = items.len() + keywords.map_or(0, |d| d.len());
        let window = self.window_at(top, count + 3)?;
        window.set(0, callee);
        let mut base = window.advance(1);
        let mut total = 0;
        if let Some(receiver) = receiver.bound() {
            base.set(0, receiver);
            total = 1;
        } else {
            base = window.advance(2);
        }
        base.fill_from(total, items);
        total += items.len();
        let Some(keywords) = keywords.filter(|d| !d.is_empty()) else {
            return self.call_in_loop(callee, base, total, &[], dst);
        };
        let mut names = Vec::with_capacity(keywords.len());
        for (name, value) in keywords.get().iter() {
            if self.as_str(name).is_none() {
                return Err(self.type_error("keywords must be strings"));
            }
            base.advance(total).set(0, value);
            total += 1;
            names.push(name);
        }
        let names = Tuple::new(&names);
        self.call_in_loop(callee, base, total, names.items(), dst)
    }

    // ---- building

    pub(crate) fn build_set(&mut self, items: &[Value]) -> PyResult {
        let set = Set::new();
        for &item in items {
            self.set_add(set, item)?;
        }
        Ok(set.into())
    }

    pub(crate) fn build_dict(&mut self, items: &[Value]) -> PyResult {
        let dict = Dict::new();
        for pair in items.chunks_exact(2) {
            self.dict_set(dict, pair[0], pair[1])?;
        }
        Ok(dict.into())
    }

    /// A field of an f-string.
    pub(crate) fn format_field(&mut self, value: Value, convert: u8, spec: Value) -> PyResult {
        let value = match convert {
            1 => self.str(value)?.into(),
            2 => self.repr(value)?.into(),
            3 => {
                let text = self.repr(value)?;
                crate::protocol::ascii_of(text).into()
            }
            _ => value,
        };
        let spec = match spec.cast::<Str>() {
            Some(spec) => spec,
            None => self.names.empty,
        };
        Ok(self.format(value, spec)?.into())
    }

    pub(crate) fn list_extend(
        &mut self,
        list: Gc<List>,
        items: Value,
        callee: Value,
    ) -> PyResult<()> {
        if let Some(other) = items.cast::<List>() {
            // The source may be the list itself, whose storage may move as it grows.
            let copy = Tuple::new(other.items());
            list.extend(copy.items());
            return Ok(());
        }
        if let Some(tuple) = items.cast::<Tuple>() {
            list.extend(tuple.items());
            return Ok(());
        }
        let iter = match self.iter(items) {
            Ok(iter) => iter,
            Err(raised)
                if raised.matches(self, self.types.type_error)
                    && self.lookup_special(items, self.names.iter).is_none() =>
            {
                let class = self.type_name(items);
                return Err(match callee.bound() {
                    Some(callee) => {
                        let shown = self.callee_text(callee);
                        self.type_error(format!(
                            "{shown} argument after * must be an iterable, not {class}"
                        ))
                    }
                    None => {
                        self.type_error(format!("Value after * must be an iterable, not {class}"))
                    }
                });
            }
            Err(raised) => return Err(raised),
        };
        while let Some(item) = self.next(iter)? {
            list.push(item);
        }
        Ok(())
    }

    /// A callee as error messages show it: `module.name()`.
    fn callee_text(&mut self, callee: Value) -> String {
        let found = match self.find_attr(callee, self.names.qualname) {
            Ok(Some(name)) => name.cast::<Str>(),
            _ => None,
        };
        let module = match self.find_attr(callee, self.names.module) {
            Ok(Some(name)) => name.cast::<Str>(),
            _ => None,
        };
        match (found, module) {
            (Some(name), Some(module)) if !module.equals_text("builtins") => {
                format!("{}.{}()", module.to_text_escaped(), name.to_text_escaped())
            }
            (Some(name), _) => format!("{}()", name.to_text_escaped()),
            _ => format!("{} object", self.type_name(callee)),
        }
    }

    /// Updates a dict with a mapping. `callee`: it is the `**kwargs` of that call, so keys must
    /// be new.
    pub(crate) fn dict_update(
        &mut self,
        dict: Gc<Dict>,
        from: Value,
        callee: Option<Value>,
    ) -> PyResult<()> {
        // A subclass that iterates like a dict is taken as it is, whatever its `__getitem__` does.
        let plain = from.to::<Dict>().filter(|_| {
            let (dict, name) = (self.types.dict, self.names.iter);
            from.is::<Dict>() || self.lookup_special(from, name) == self.lookup_type(dict, name)
        });
        if let Some(other) = plain {
            let mut at = 0;
            while let Some((place, _, key, value)) = other.get().next_entry(at) {
                at = place.0 + 1;
                self.merge_entry(dict, key, value, callee)?;
            }
            return Ok(());
        }
        let Some(keys) = self.find_attr(from, self.names.keys)? else {
            return Err(self.not_a_mapping(from, callee));
        };
        let keys = self.call(keys, &[])?;
        let iter = self.iter(keys)?;
        while let Some(key) = self.next(iter)? {
            let value = self.get_item(from, key)?;
            self.merge_entry(dict, key, value, callee)?;
        }
        Ok(())
    }

    fn merge_entry(
        &mut self,
        dict: Gc<Dict>,
        key: Value,
        value: Value,
        callee: Option<Value>,
    ) -> PyResult<()> {
        if let Some(callee) = callee
            && self.dict_find(dict, key)?.1.is_some()
        {
            let shown = self.callee_text(callee);
            let key = self.str_text(key)?;
            return Err(self.type_error(format!(
                "{shown} got multiple values for keyword argument '{key}'"
            )));
        }
        self.dict_set(dict, key, value)
    }

    #[cold]
    fn not_a_mapping(&mut self, from: Value, callee: Option<Value>) -> Raised {
        let class = self.type_name(from);
        match callee {
            Some(callee) => {
                let shown = self.callee_text(callee);
                self.type_error(format!(
                    "{shown} argument after ** must be a mapping, not {class}"
                ))
            }
            None => self.type_error(format!("'{class}' object is not a mapping")),
        }
    }

    // ---- taking apart

    pub(crate) fn unpack(&mut self, source: Value, to: Regs, count: usize) -> PyResult<()> {
        let iter = self.iter_to_unpack(source)?;
        // The registers may be variables, which keep their values when there are too many
        // items or too few.
        let items = List::new();
        for at in 0..count {
            match self.next(iter)? {
                Some(item) => items.push(item),
                None => {
                    return Err(self.value_error(format!(
                        "not enough values to unpack (expected {count}, got {at})"
                    )));
                }
            }
        }
        if self.next(iter)?.is_some() {
            let known = match source.kind() {
                Some(object::Kind::List | object::Kind::Tuple | object::Kind::Dict) => {
                    format!(", got {}", self.len(source)?)
                }
                _ => String::new(),
            };
            return Err(self.value_error(format!(
                "too many values to unpack (expected {count}{known})"
            )));
        }
        to.fill_from(0, items.items());
        Ok(())
    }

    fn iter_to_unpack(&mut self, source: Value) -> PyResult {
        match self.iter(source) {
            Err(raised)
                if raised.matches(self, self.types.type_error)
                    && self.lookup_special(source, self.names.iter).is_none() =>
            {
                let class = self.type_name(source);
                Err(self.type_error(format!("cannot unpack non-iterable {class} object")))
            }
            result => result,
        }
    }

    pub(crate) fn unpack_starred(
        &mut self,
        source: Value,
        to: Regs,
        before: usize,
        after: usize,
    ) -> PyResult<()> {
        let items = match source.kind() {
            Some(object::Kind::List) => source.known::<List>(),
            Some(object::Kind::Tuple) => List::from_slice(source.known::<Tuple>().items()),
            _ => {
                let iter = self.iter_to_unpack(source)?;
                let items = List::new();
                while let Some(item) = self.next(iter)? {
                    items.push(item);
                }
                items
            }
        };
        if items.len() < before + after {
            return Err(self.value_error(format!(
                "not enough values to unpack (expected at least {}, got {})",
                before + after,
                items.len()
            )));
        }
        let all = items.to_vec();
        let middle = all.len() - after;
        to.fill_from(0, &all[..before]);
        to.set(before as u16, List::from_slice(&all[before..middle]).into());
        to.fill_from(before + 1, &all[middle..]);
        Ok(())
    }
}

fn is_name(points: &[u32]) -> bool {
    points.len() <= 64
        && points
            .iter()
            .all(|&p| p < 128 && (p as u8 as char).is_ascii_alphanumeric() || p == 95)
}
