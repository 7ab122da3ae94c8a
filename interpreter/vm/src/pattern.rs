//! The runtime functions of `match`.

use crate::{PyResult, Raised, Vm};
use object::{Class, Dict, Gc, Kind, Str, Tuple, Value, intern};

/// What patterns tell apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Collection {
    Sequence,
    Mapping,
}

impl Vm {
    /// Whether a sequence pattern may match: lists, tuples, ranges and what is registered as a
    /// sequence; not strings and bytes.
    pub(crate) fn is_match_sequence(&mut self, value: Value) -> bool {
        match value.kind() {
            Some(Kind::List | Kind::Tuple | Kind::Range) => true,
            Some(Kind::Instance | Kind::Foreign | Kind::Wrapper) => {
                self.collection_of(value) == Some(Collection::Sequence)
            }
            _ => false,
        }
    }

    /// Whether a mapping pattern may match.
    pub(crate) fn is_match_mapping(&mut self, value: Value) -> bool {
        match value.kind() {
            Some(Kind::Dict) => true,
            Some(Kind::View) => self.class_of(value) == self.types.mapping_proxy,
            Some(Kind::Instance | Kind::Foreign | Kind::Wrapper) => {
                self.collection_of(value) == Some(Collection::Mapping)
            }
            _ => false,
        }
    }

    /// What an object is for patterns. If its class is both, the first of its bases that is one of
    /// them alone decides.
    fn collection_of(&mut self, value: Value) -> Option<Collection> {
        let class = self.class_of(value);
        let mut last = None;
        for &base in class.get().mro() {
            let is_sequence = self.is_collection(base.known(), Collection::Sequence);
            let is_mapping = self.is_collection(base.known(), Collection::Mapping);
            match (is_sequence, is_mapping) {
                (true, true) => last = Some(Collection::Sequence),
                (true, false) => return Some(Collection::Sequence),
                (false, true) => return Some(Collection::Mapping),
                (false, false) if last.is_none() => return None,
                (false, false) => {}
            }
        }
        last
    }

    fn is_collection(&mut self, class: Gc<Class>, what: Collection) -> bool {
        let types = &self.types;
        let builtin = match what {
            Collection::Sequence => &[types.list, types.tuple, types.range][..],
            Collection::Mapping => &[types.dict, types.mapping_proxy][..],
        };
        if builtin.iter().any(|&builtin| class.is_subclass_of(builtin)) {
            return true;
        }
        // These are registered, but patterns take them for single values.
        let texts = [types.str, types.bytes, types.bytearray];
        if texts.iter().any(|&text| class.is_subclass_of(text)) {
            return false;
        }
        self.is_registered(class, what)
    }

    /// Whether the class is one of `collections.abc`, if that module is loaded at all.
    fn is_registered(&mut self, class: Gc<Class>, what: Collection) -> bool {
        let name = match what {
            Collection::Sequence => "Sequence",
            Collection::Mapping => "Mapping",
        };
        let module = self
            .modules
            .get_str(intern("collections.abc"))
            .or_else(|| self.modules.get_str(intern("_collections_abc")));
        let Some(module) = module else { return false };
        match self.find_attr(module, intern(name)) {
            Ok(Some(abc)) => self.is_subclass(class.into(), abc).unwrap_or(false),
            _ => false,
        }
    }

    /// The values of a mapping at some keys, or None.
    pub(crate) fn match_keys(&mut self, subject: Value, keys: Gc<Tuple>) -> PyResult {
        let seen = Dict::new();
        let values = object::List::new();
        let get = match subject.is::<Dict>() {
            true => None,
            false => Some(self.get_attr(subject, self.names.get_plain)?),
        };
        let missing: Value = object::List::new().into();
        for &key in keys.items() {
            if self.dict_find(seen, key)?.1.is_some() {
                let shown = self.repr_text(key)?;
                return Err(
                    self.value_error(format!("mapping pattern checks duplicate key ({shown})"))
                );
            }
            self.dict_set(seen, key, Value::NONE)?;
            let value = match get {
                None => self.dict_get(subject.known(), key)?,
                Some(get) => Some(self.call(get, &[key, missing])?).filter(|&v| v != missing),
            };
            match value {
                Some(value) => values.push(value),
                None => return Ok(Value::NONE),
            }
        }
        Ok(Tuple::new(values.items()).into())
    }

    /// The attributes that a class pattern takes apart, or None.
    pub(crate) fn match_class(
        &mut self,
        subject: Value,
        class: Value,
        positional: usize,
        names: Value,
    ) -> PyResult {
        let Some(class) = class.cast::<Class>() else {
            return Err(self.type_error("called match pattern must be a class"));
        };
        if !self.is_instance(subject, class.into())? {
            return Ok(Value::NONE);
        }
        let found = object::List::new();
        let seen = object::List::new();
        if positional > 0 && !self.match_positional(subject, class, positional, found, seen)? {
            return Ok(Value::NONE);
        }
        for &name in names.known::<Tuple>().items() {
            if self.contains(seen.into(), name)? {
                return Err(self.repeated(class, name));
            }
            seen.push(name);
            match self.find_attr(subject, name.known::<Str>())? {
                Some(value) => found.push(value),
                None => return Ok(Value::NONE),
            }
        }
        Ok(Tuple::new(found.items()).into())
    }

    fn match_positional(
        &mut self,
        subject: Value,
        class: Gc<Class>,
        positional: usize,
        found: Gc<object::List>,
        seen: Gc<object::List>,
    ) -> PyResult<bool> {
        let name = class.name_text();
        let match_args = self.find_attr(class.into(), self.names.match_args)?;
        let args = match match_args {
            Some(args) => match args.cast::<Tuple>() {
                Some(args) => args,
                None => {
                    let given = self.type_name(args);
                    return Err(self.type_error(format!(
                        "{name}.__match_args__ must be a tuple (got {given})"
                    )));
                }
            },
            None if self.matches_itself(class) => {
                if positional > 1 {
                    return Err(self.type_error(format!(
                        "{name}() accepts 1 positional sub-pattern ({positional} given)"
                    )));
                }
                found.push(subject);
                return Ok(true);
            }
            None => Tuple::new(&[]),
        };
        if positional > args.len() {
            let plural = if args.len() == 1 { "" } else { "s" };
            return Err(self.type_error(format!(
                "{name}() accepts {} positional sub-pattern{plural} ({positional} given)",
                args.len()
            )));
        }
        for &arg in &args.items()[..positional] {
            let Some(attribute) = arg.cast::<Str>() else {
                let given = self.type_name(arg);
                return Err(self.type_error(format!(
                    "__match_args__ elements must be strings (got {given})"
                )));
            };
            if self.contains(seen.into(), arg)? {
                return Err(self.repeated(class, arg));
            }
            seen.push(arg);
            match self.find_attr(subject, object::intern::intern_string(attribute))? {
                Some(value) => found.push(value),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    #[cold]
    fn repeated(&mut self, class: Gc<Class>, name: Value) -> Raised {
        let (class, name) = (class.name_text(), name.known::<Str>().to_text_escaped());
        self.type_error(format!(
            "{class}() got multiple sub-patterns for attribute '{name}'"
        ))
    }

    /// Builtin classes whose one positional sub-pattern matches the whole subject.
    fn matches_itself(&self, class: Gc<Class>) -> bool {
        let t = &self.types;
        [
            t.bool,
            t.bytearray,
            t.bytes,
            t.dict,
            t.float,
            t.frozenset,
            t.int,
            t.list,
            t.set,
            t.str,
            t.tuple,
        ]
        .iter()
        .any(|&own| class.is_subclass_of(own))
    }
}
