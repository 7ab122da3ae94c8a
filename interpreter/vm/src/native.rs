//! Functions written in Rust, and how arguments reach them.
//!
//! A native function is declared with its Python signature as text, which is the only statement
//! of its parameters: binding, error messages and `__text_signature__` derive from it. It
//! receives exactly one value for each declared parameter, in order, *unbound* where an optional
//! one was not given. `**kwargs`, if declared, comes after the named ones as a dict (as `**kwargs?`,
//! which shows as `**kwargs`, *unbound* where no one has given any), and the surplus positional
//! arguments of `*args` come last of all.
//!
//! How many arguments fit at once is read from the text when krait is compiled ([`Arity`]), the rest when
//! a function is first called with others, so declaring one costs next to nothing at start.

use crate::{PyResult, Raised, Vm};
use object::{Builtin, Class, Dict, Gc, GetSet, MethodWrapper, Module, Str, Tuple, Value, intern};
use std::rc::Rc;

/// A native function.
pub type NativeFn = fn(&mut Vm, &[Value]) -> PyResult;

/// What a declaration makes of its function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefKind {
    /// A function of a module, or a method of a class (the receiver is its first parameter).
    Function,
    Static,
    ClassMethod,
    /// Computes an attribute of its only argument.
    Getter,
    /// The same, for one that Python calls a member.
    Field,
    /// Sets an attribute: receiver and value (*unbound*: delete). Stands after the getter of
    /// the same name.
    Setter,
}

/// The declaration of a native function.
#[derive(Clone, Copy)]
pub struct Def {
    /// `name(parameters)`; for getters and setters, the name alone.
    pub signature: &'static str,
    pub func: NativeFn,
    pub kind: DefKind,
    arity: Arity,
}

impl Def {
    const fn new(signature: &'static str, func: NativeFn, kind: DefKind) -> Def {
        let arity = Arity::of(signature);
        Def {
            signature,
            func,
            kind,
            arity,
        }
    }
}

/// A function of a module, or a method: `method("append(self, object, /)", list_append)`.
pub const fn method(signature: &'static str, func: NativeFn) -> Def {
    Def::new(signature, func, DefKind::Function)
}

/// A static method, such as `__new__`.
pub const fn static_method(signature: &'static str, func: NativeFn) -> Def {
    Def::new(signature, func, DefKind::Static)
}

/// A class method: the class is the first parameter.
pub const fn class_method(signature: &'static str, func: NativeFn) -> Def {
    Def::new(signature, func, DefKind::ClassMethod)
}

/// A computed attribute.
pub const fn getter(name: &'static str, func: NativeFn) -> Def {
    Def::new(name, func, DefKind::Getter)
}

/// A computed attribute whose descriptor is one of a member, as Python has it.
pub const fn field(name: &'static str, func: NativeFn) -> Def {
    Def::new(name, func, DefKind::Field)
}

/// The setter of the computed attribute declared just before.
pub const fn setter(name: &'static str, func: NativeFn) -> Def {
    Def::new(name, func, DefKind::Setter)
}

/// Parameters as declared.
#[derive(Debug, PartialEq)]
pub(crate) struct Signature {
    /// Names of the parameters that have a slot: positional ones, then keyword-only ones.
    names: Vec<&'static str>,
    positional_only: usize,
    positional: usize,
    required: usize,
    keyword_only_required: Vec<bool>,
    varargs: bool,
    varkw: bool,
    /// Keywords that are not given need no dict.
    varkw_optional: bool,
}

/// An entry in the machine's table of native functions.
pub struct Native {
    pub func: NativeFn,
    pub text: &'static str,
    arity: Arity,
    /// It is a method of a class: messages name the class and do not count the receiver.
    is_method: bool,
    /// The name of that class.
    owner: Option<Rc<str>>,
    signature: Option<Rc<Signature>>,
    /// What a recorder sees through.
    pub(crate) intrinsic: Option<crate::semantics::intrinsic::Intrinsic>,
    /// What a recorder knows of its effects.
    pub(crate) plain: Option<crate::plain::PlainNative>,
    /// What stands for it where it drives a generator.
    pub(crate) consumer: Option<crate::consume::Consumer>,
    /// Whether it resumes a generator, and how.
    pub(crate) resumes: Option<crate::generator::Resumes>,
    /// Whether programs call it to have garbage freed, for which the native stack is to be clean.
    pub(crate) collects: bool,
    /// The number of the same function with a value for each of its parameters, once one was asked for.
    by_slots: Option<u32>,
}

impl Native {
    /// The function's name.
    pub fn name(&self) -> &'static str {
        self.text.split_at(usize::from(self.arity.name)).0
    }

    /// Whether it is a method of a class.
    pub(crate) fn is_method(&self) -> bool {
        self.is_method
    }

    /// Whether a call of it is what it is for all arguments.
    #[inline(always)]
    pub(crate) fn stands_alone(&self) -> bool {
        self.consumer.is_none() && self.resumes.is_none()
    }
}

fn parse(text: &'static str) -> Signature {
    let inner = text
        .split_once('(')
        .map_or("", |(_, rest)| rest.trim_end_matches(')'));
    let mut signature = Signature {
        names: Vec::new(),
        positional_only: 0,
        positional: 0,
        required: 0,
        keyword_only_required: Vec::new(),
        varargs: false,
        varkw: false,
        varkw_optional: false,
    };
    let mut keyword_only = false;
    for part in inner.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        if part == "/" {
            signature.positional_only = signature.names.len();
        } else if part == "*" {
            keyword_only = true;
        } else if part.starts_with("**") {
            signature.varkw = true;
            signature.varkw_optional = part.ends_with('?');
        } else if part.starts_with('*') {
            signature.varargs = true;
            keyword_only = true;
        } else {
            let (name, default) = match part.split_once('=') {
                Some((name, _)) => (name.trim(), true),
                None => (part, false),
            };
            signature.names.push(name);
            if keyword_only {
                signature.keyword_only_required.push(!default);
            } else {
                signature.positional += 1;
                if !default {
                    signature.required = signature.positional;
                }
            }
        }
    }
    signature
}

/// What the text of a signature says of how arguments reach the function without binding them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Arity {
    /// The length of the name, in bytes.
    name: u8,
    /// The number of arguments with which the function may be called without binding them, or
    /// `u8::MAX`.
    simple: u8,
    /// The least number of arguments, if `simple` is not `u8::MAX`: those between are optional.
    least: u8,
    /// How many arguments a function takes before any number of further ones, if it takes no others:
    /// so many and more are passed as they are. `u8::MAX` of all others.
    further: u8,
}

impl Arity {
    /// A getter is declared by its name alone, and has one parameter.
    const fn of(signature: &str) -> Arity {
        let text = signature.as_bytes();
        let name = position(text, 0, text.len(), b'(');
        assert!(
            name < u8::MAX as usize,
            "a native function's name is that long"
        );
        let mut arity = Arity {
            name: name as u8,
            simple: 1,
            least: 1,
            further: u8::MAX,
        };
        if name == text.len() {
            return arity;
        }
        let mut end = text.len();
        while text[end - 1] == b')' {
            end -= 1;
        }
        arity.simple = 0;
        arity.least = 0;
        // Whether all so far are positional and required.
        let mut is_plain = true;
        let mut at = name + 1;
        while at < end {
            let comma = position(text, at, end, b',');
            let mut first = at;
            while first < comma && text[first] == b' ' {
                first += 1;
            }
            let is_last = comma == end;
            at = comma + 1;
            if first == comma || text[first] == b'/' {
                continue;
            }
            if text[first] == b'*' {
                let gathers = first + 1 < comma && text[first + 1] != b'*';
                if gathers && is_last && is_plain {
                    arity.further = arity.simple;
                }
                arity.simple = u8::MAX;
                arity.least = u8::MAX;
                return arity;
            }
            arity.simple += 1;
            match position(text, first, comma, b'=') == comma {
                true => arity.least = arity.simple,
                false => is_plain = false,
            }
        }
        arity
    }
}

/// Where a byte stands first within a part of a text; the part's end if it does not.
const fn position(text: &[u8], mut at: usize, end: usize, byte: u8) -> usize {
    while at < end && text[at] != byte {
        at += 1;
    }
    at
}

/// What is known of the native functions of one class or module, as far as the tables speak of it.
struct Known<'a> {
    owner: &'a str,
    plain: Vec<&'static crate::plain::Row>,
    consumes: bool,
}

impl Known<'_> {
    fn of(owner: &str) -> Known<'_> {
        Known {
            owner,
            plain: crate::plain::rows_of(owner),
            consumes: crate::consume::has_rows_of(owner),
        }
    }

    fn note(&self, native: &mut Native) {
        let (owner, name) = (self.owner, native.name());
        native.intrinsic = crate::semantics::intrinsic::of(owner, name);
        native.plain = crate::plain::of(&self.plain, name);
        native.consumer = match self.consumes {
            true => crate::consume::of(owner, name),
            false => None,
        };
        native.resumes = crate::generator::Resumes::of(owner, name);
        native.collects = (owner, name) == ("gc", "collect");
    }
}

/// All native modules, by name.
const NATIVE_MODULES: &str = "native modules";

impl Vm {
    /// Enters a function into the table of native functions.
    pub fn register_native(
        &mut self,
        signature: &'static str,
        func: NativeFn,
        is_method: bool,
    ) -> u32 {
        self.register(&Def::new(signature, func, DefKind::Function), is_method)
    }

    fn register(&mut self, def: &Def, is_method: bool) -> u32 {
        self.natives.push(Native {
            func: def.func,
            text: def.signature,
            arity: def.arity,
            is_method,
            owner: None,
            signature: None,
            intrinsic: None,
            plain: None,
            consumer: None,
            resumes: None,
            collects: false,
            by_slots: None,
        });
        (self.natives.len() - 1) as u32
    }

    /// The name of a native function, of a method with its class's.
    pub fn native_name(&self, number: u32) -> Option<String> {
        let native = self.natives.get(number as usize)?;
        Some(match &native.owner {
            Some(owner) => format!("{owner}.{}", native.name()),
            None => native.name().to_owned(),
        })
    }

    /// A function object.
    pub fn native_function(&mut self, signature: &'static str, func: NativeFn) -> Gc<Builtin> {
        let number = self.register_native(signature, func, false);
        let name = intern(self.natives[number as usize].name());
        Builtin::new(number, name.into(), Value::NONE, Value::UNBOUND)
    }

    /// Adds methods and computed attributes to a class.
    pub fn define_methods(&mut self, class: Gc<Class>, defs: &[Def]) {
        let owner: Rc<str> = class.name_text().into();
        let known = Known::of(&owner);
        for (i, def) in defs.iter().enumerate() {
            if def.kind == DefKind::Setter {
                continue;
            }
            let number = self.register(def, true);
            let native = &mut self.natives[number as usize];
            native.owner = Some(owner.clone());
            known.note(native);
            let name = intern(native.name());
            let value: Value = match def.kind {
                DefKind::Getter | DefKind::Field => {
                    let setter = defs.get(i + 1).filter(|next| next.kind == DefKind::Setter);
                    let setter = setter.map_or(u32::MAX, |next| {
                        let number = self.register(next, true);
                        self.natives[number as usize].arity.simple = 2;
                        number
                    });
                    let shape = match def.kind {
                        DefKind::Field => crate::types::FIELD,
                        _ => object::shape::of_kind(object::Kind::GetSet),
                    };
                    GetSet::with_shape(shape, number, setter, name.into(), class.into()).into()
                }
                DefKind::Static => {
                    let function = Builtin::new(number, name.into(), class.into(), Value::UNBOUND);
                    MethodWrapper::with_shape(
                        crate::types::STATIC_METHOD,
                        function.into(),
                        Value::NONE,
                    )
                    .into()
                }
                DefKind::ClassMethod => {
                    let function = Builtin::new(number, name.into(), class.into(), Value::UNBOUND);
                    MethodWrapper::with_shape(
                        crate::types::CLASS_METHOD,
                        function.into(),
                        Value::NONE,
                    )
                    .into()
                }
                _ => {
                    let text = self.natives[number as usize].name();
                    let special = text.starts_with("__") && text.ends_with("__");
                    let shape = if special {
                        crate::types::WRAPPER_DESCRIPTOR
                    } else {
                        crate::types::METHOD_DESCRIPTOR
                    };
                    let (name, owner) = (name.into(), class.into());
                    Builtin::with_shape(shape, number, name, owner, Value::UNBOUND).into()
                }
            };
            class.dict().set_str(name, value);
        }
        class.changed();
    }

    /// A module with functions, entered into `sys.modules`.
    pub fn define_module(&mut self, name: &str, defs: &[Def]) -> Gc<Module> {
        let module = self.new_module(name);
        self.add_functions(module, defs);
        self.add_native_module(name, module);
        module
    }

    /// Enters a native module in `sys.modules`, perhaps under a further name.
    pub fn add_native_module(&mut self, name: &str, module: Gc<Module>) {
        self.modules.set_str(intern(name), module.into());
        let natives = match self.kept(NATIVE_MODULES).and_then(|d| d.cast::<Dict>()) {
            Some(natives) => natives,
            None => {
                let natives = Dict::new();
                self.keep(NATIVE_MODULES, natives.into());
                natives
            }
        };
        natives.set_str(intern(name), module.into());
    }

    /// A native module that a program has taken out of `sys.modules`.
    pub(crate) fn native_module(&self, name: &str) -> Option<Value> {
        let natives = self.kept(NATIVE_MODULES)?.cast::<Dict>()?;
        natives.get_str(intern(name))
    }

    /// Adds functions to a module.
    pub fn add_functions(&mut self, module: Gc<Module>, defs: &[Def]) {
        let owner = module.name.get();
        let owner_text = owner.cast::<Str>().map(|name| name.to_text_escaped());
        let owner_text = owner_text.unwrap_or_default();
        let known = Known::of(&owner_text);
        for def in defs {
            let number = self.register(def, false);
            let native = &mut self.natives[number as usize];
            known.note(native);
            let name = intern(native.name());
            let function = Builtin::new(number, name.into(), owner, Value::UNBOUND);
            module.namespace().set_str(name, function.into());
        }
    }

    /// A module that is not in `sys.modules`.
    pub fn new_module(&mut self, name: &str) -> Gc<Module> {
        let namespace = Dict::new();
        let name_value: Value = intern(name).into();
        namespace.set_str(self.names.dunder_name, name_value);
        namespace.set_str(self.names.doc, Value::NONE);
        namespace.set_str(self.names.package, Value::NONE);
        namespace.set_str(self.names.loader, Value::NONE);
        namespace.set_str(self.names.spec, Value::NONE);
        Module::new(namespace.into(), name_value)
    }

    /// Calls a native function with positional arguments `args` (the receiver included) and
    /// `names.len()` keyword arguments whose values are the last of `args`.
    #[inline]
    pub(crate) fn call_native(&mut self, number: u32, args: &[Value], names: &[Value]) -> PyResult {
        let native = &self.natives[number as usize];
        if names.is_empty() {
            if args.len() == native.arity.simple as usize {
                return (native.func)(self, args);
            }
            // Optional parameters that are absent are passed as *unbound*.
            const FEW: usize = 8;
            let (simple, least) = (native.arity.simple as usize, native.arity.least as usize);
            if simple <= FEW && args.len() < simple && args.len() >= least {
                let func = native.func;
                let mut few = [Value::UNBOUND; FEW];
                few[..args.len()].copy_from_slice(args);
                return func(self, &few[..simple]);
            }
        }
        self.call_native_bound(number, args, names)
    }

    /// A native function as one that takes a value for each of its parameters, *unbound* for those that
    /// are absent, and which of `given` positional arguments and of those named `names` these are.
    /// `None`: binding them fails, or gathers some of them.
    pub(crate) fn native_by_slots(
        &mut self,
        number: u32,
        given: usize,
        names: &[Value],
    ) -> Option<(u32, Vec<Option<usize>>)> {
        let native = &mut self.natives[number as usize];
        let text = native.text;
        let signature = native
            .signature
            .get_or_insert_with(|| Rc::new(parse(text)))
            .clone();
        let gathers = signature.varargs || signature.varkw;
        if gathers || !native.stands_alone() || given > signature.positional {
            return None;
        }
        let mut slots = vec![None; signature.names.len()];
        for (at, slot) in slots[..given].iter_mut().enumerate() {
            *slot = Some(at);
        }
        for (at, name) in names.iter().enumerate() {
            let name = name.cast::<Str>()?;
            let mut own = signature.names.iter();
            let slot = own.position(|own| name.equals_text(own))?;
            if slot < signature.positional_only || slots[slot].is_some() {
                return None;
            }
            slots[slot] = Some(given + at);
        }
        let named = slots[signature.positional..].iter();
        let mut named = named.zip(&signature.keyword_only_required);
        if slots[..signature.required].contains(&None)
            || named.any(|(slot, &required)| required && slot.is_none())
        {
            return None;
        }
        Some((self.number_by_slots(number, slots.len()), slots))
    }

    /// The number of a native function with `count` parameters that takes a value for each of them.
    fn number_by_slots(&mut self, number: u32, count: usize) -> u32 {
        let native = &self.natives[number as usize];
        if let Some(number) = native.by_slots {
            return number;
        }
        let by_slots = Native {
            func: native.func,
            text: native.text,
            arity: Arity {
                simple: count as u8,
                least: count as u8,
                further: u8::MAX,
                ..native.arity
            },
            is_method: native.is_method,
            owner: native.owner.clone(),
            signature: native.signature.clone(),
            intrinsic: None,
            plain: native.plain,
            consumer: None,
            resumes: None,
            collects: native.collects,
            by_slots: None,
        };
        self.natives.push(by_slots);
        let own = (self.natives.len() - 1) as u32;
        self.natives[number as usize].by_slots = Some(own);
        own
    }

    #[inline(never)]
    fn call_native_bound(&mut self, number: u32, args: &[Value], names: &[Value]) -> PyResult {
        let native = &mut self.natives[number as usize];
        let func = native.func;
        let passes = native.arity.further != u8::MAX && args.len() >= native.arity.further as usize;
        if passes && names.is_empty() {
            return func(self, args);
        }
        let text = native.text;
        let signature = native
            .signature
            .get_or_insert_with(|| Rc::new(parse(text)))
            .clone();
        let positional = &args[..args.len() - names.len()];
        let named = &args[args.len() - names.len()..];
        let slots = signature.names.len();
        let extra = positional.len().saturating_sub(signature.positional);
        if extra > 0 && !signature.varargs {
            return Err(self.wrong_count(number, &signature, positional.len()));
        }
        let named_slots = slots + usize::from(signature.varkw);
        const FEW: usize = 12;
        let all = named_slots + extra;
        let arguments = (positional, names, named);
        if all <= FEW {
            let mut few = [Value::UNBOUND; FEW];
            self.bind(number, &signature, &mut few[..all], arguments)?;
            return func(self, &few[..all]);
        }
        let mut bound = vec![Value::UNBOUND; all];
        self.bind(number, &signature, &mut bound, arguments)?;
        // In a tuple, because the collector does not see a Rust vector.
        func(self, Tuple::new(&bound).items())
    }

    /// Puts positional arguments, and named ones with their names, where the signature has them.
    fn bind(
        &mut self,
        number: u32,
        signature: &Signature,
        bound: &mut [Value],
        (positional, names, named): (&[Value], &[Value], &[Value]),
    ) -> PyResult<()> {
        let slots = signature.names.len();
        let (direct, extra) = positional.split_at(positional.len().min(signature.positional));
        bound[..direct.len()].copy_from_slice(direct);
        if signature.varkw && !(signature.varkw_optional && names.is_empty()) {
            bound[slots] = Dict::new().into();
        }
        bound[slots + usize::from(signature.varkw)..].copy_from_slice(extra);
        for (&name, &value) in names.iter().zip(named) {
            self.bind_keyword(number, signature, bound, name, value)?;
        }
        if bound[..signature.required].contains(&Value::UNBOUND) {
            return Err(self.missing_argument(number, signature, bound, positional.len()));
        }
        for (i, &required) in signature.keyword_only_required.iter().enumerate() {
            if required && bound[signature.positional + i].is_unbound() {
                let message = format!(
                    "{}() missing required argument '{}' (pos {})",
                    short(&self.native_display_name(number)),
                    signature.names[signature.positional + i],
                    signature.positional + i + 1
                );
                return Err(self.type_error(message));
            }
        }
        Ok(())
    }

    fn bind_keyword(
        &mut self,
        number: u32,
        signature: &Signature,
        bound: &mut [Value],
        name: Value,
        value: Value,
    ) -> PyResult<()> {
        let Some(given) = self.as_str(name) else {
            return Err(self.type_error("keywords must be strings"));
        };
        let mut own = signature.names.iter();
        let at = own.position(|own| given.equals_text(own));
        match at {
            Some(at) if at >= signature.positional_only => {
                if !bound[at].is_unbound() {
                    let text = given.to_text_escaped();
                    let shown = self.native_display_name(number);
                    let function = short(&shown);
                    return Err(self.type_error(format!(
                        "argument for {function}() given by name ('{text}') and position ({})",
                        at + 1
                    )));
                }
                bound[at] = value;
                Ok(())
            }
            _ if signature.varkw => {
                let dict = bound[signature.names.len()].known::<Dict>();
                match name.cast::<Str>() {
                    Some(name) => dict.set_str(object::intern::intern_string(name), value),
                    None => self.dict_set(dict, name, value)?,
                }
                Ok(())
            }
            _ => {
                let text = given.to_text_escaped();
                let shown = self.native_display_name(number);
                let function = short(&shown);
                let keyword_less = signature.positional_only == signature.names.len();
                let receiver = bound.first().copied();
                if keyword_less
                    && receiver.is_some_and(|receiver| self.is_half_of_another(number, receiver))
                {
                    return Ok(());
                }
                Err(if keyword_less {
                    let shown = self.native_display_name(number);
                    self.type_error(format!("{shown}() takes no keyword arguments"))
                } else {
                    self.type_error(format!(
                        "{function}() got an unexpected keyword argument '{text}'"
                    ))
                })
            }
        }
    }

    /// Whether a function is the builtin half of how objects of a class are made, whose other half
    /// is the class's own: keywords are for that one.
    fn is_half_of_another(&mut self, number: u32, receiver: Value) -> bool {
        let native = &self.natives[number as usize];
        let (class, other) = match native.name() {
            "__new__" => (receiver.cast::<Class>(), self.names.init),
            // A set insists.
            "__init__" if native.owner.as_deref() != Some("set") => {
                (Some(self.class_of(receiver)), self.names.new)
            }
            _ => return false,
        };
        let (Some(class), Some(owner)) = (class, native.owner.clone()) else {
            return false;
        };
        let mro = class.mro();
        let mut bases = mro.iter().filter_map(|base| base.cast::<Class>());
        let builtin = bases.find(|base| *base.name_text() == *owner);
        builtin.is_some_and(|builtin| {
            self.lookup_type(class, other) != self.lookup_type(builtin, other)
        })
    }

    /// `list.append` for a method, `list` for its constructor, `len` for a function.
    fn native_display_name(&self, number: u32) -> String {
        let native = &self.natives[number as usize];
        match (&native.owner, native.name()) {
            (Some(class), "__new__" | "__init__") => class.to_string(),
            (Some(class), name) => format!("{class}.{name}"),
            (None, name) => name.to_string(),
        }
    }

    #[cold]
    fn wrong_count(&mut self, number: u32, signature: &Signature, given: usize) -> Raised {
        let native = &self.natives[number as usize];
        let receiver = usize::from(native.is_method);
        let is_constructor = matches!(native.name(), "__new__" | "__init__");
        let shown = self.native_display_name(number);
        let most = signature.positional - receiver.min(signature.positional);
        let least = signature.required - receiver.min(signature.required);
        let given = given - receiver.min(given);
        let keywords = signature.positional_only < signature.names.len();
        self.type_error(if keywords {
            keyword_count_message(short(&shown), least, most, given)
        } else if is_constructor && (least, most) != (0, 0) {
            expected_message(&shown, least, most, given)
        } else {
            count_message(&shown, least, most, given)
        })
    }

    #[cold]
    fn missing_argument(
        &mut self,
        number: u32,
        signature: &Signature,
        bound: &[Value],
        given: usize,
    ) -> Raised {
        let receiver = usize::from(self.natives[number as usize].is_method);
        if signature.positional_only >= signature.required {
            return self.wrong_count(number, signature, given);
        }
        let at = bound.iter().position(|v| v.is_unbound()).unwrap_or(0);
        let shown = self.native_display_name(number);
        let name = short(&shown);
        self.type_error(format!(
            "{name}() missing required argument '{}' (pos {})",
            signature.names[at],
            at + 1 - receiver.min(at)
        ))
    }

    /// A keyword dictionary's items as names and values, for passing them on.
    pub fn keyword_items(&self, dict: Gc<Dict>) -> (Vec<Value>, Vec<Value>) {
        dict.get().iter().unzip()
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// For functions whose parameters are positional only.
fn count_message(name: &str, least: usize, most: usize, given: usize) -> String {
    match (least, most) {
        (0, 0) => format!("{name}() takes no arguments ({given} given)"),
        (1, 1) => format!("{name}() takes exactly one argument ({given} given)"),
        _ => expected_message(name, least, most, given),
    }
}

fn expected_message(name: &str, least: usize, most: usize, given: usize) -> String {
    let name = short(name);
    let (bound, count) = match given < least {
        _ if least == most => ("", most),
        true => ("at least ", least),
        false => ("at most ", most),
    };
    format!(
        "{name} expected {bound}{count} argument{}, got {given}",
        plural(count)
    )
}

/// For functions that also take keywords.
fn keyword_count_message(name: &str, least: usize, most: usize, given: usize) -> String {
    let (bound, count) = match given < least {
        true if least < most => ("at least", least),
        false if least < most => ("at most", most),
        _ => ("exactly", most),
    };
    if most == 0 {
        return format!("{name}() takes no positional arguments");
    }
    format!(
        "{name}() takes {bound} {count} positional argument{} ({given} given)",
        plural(count)
    )
}

/// The last part of a dotted name.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// A tuple of values from Rust.
pub fn tuple(items: &[Value]) -> Value {
    Tuple::new(items).into()
}

/// A string value from Rust.
pub fn string(text: &str) -> Value {
    Str::new(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_arguments_fit_is_read_from_the_text() {
        const NONE: u8 = u8::MAX;
        let cases = [
            ("real", 4, 1, 1, NONE),
            ("now()", 3, 0, 0, NONE),
            ("append(self, object, /)", 6, 2, 2, NONE),
            ("pop(self, index=-1, /)", 3, 2, 1, NONE),
            ("f(a, b=(), c=None)", 1, 3, 1, NONE),
            ("f(a, *, b)", 1, NONE, NONE, NONE),
            ("f(a, /, *args)", 1, NONE, NONE, 1),
            ("f(*args)", 1, NONE, NONE, 0),
            ("f(a=1, *args)", 1, NONE, NONE, NONE),
            ("f(a, *args, b)", 1, NONE, NONE, NONE),
            ("f(a, **kwargs?)", 1, NONE, NONE, NONE),
        ];
        for (text, name, simple, least, further) in cases {
            let wanted = Arity {
                name,
                simple,
                least,
                further,
            };
            assert_eq!(Arity::of(text), wanted, "{text}");
        }
    }
}
