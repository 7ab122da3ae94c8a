//! Calls: from Rust code, and the binding of arguments to the registers of a new frame.

use crate::frame::{Chain, Frame, Then};
use crate::vm::NATIVE_DEPTH_MAX;
use crate::{PyResult, Raised, Vm};
use object::{
    BoundMethod, Builtin, Class, CodeObject, Dict, Exception, Function, Gc, Kind, List,
    MethodWrapper, Range, Regs, Set, Str, Tuple, Value, shape,
};

/// What a call of a Python function comes to once its arguments are bound.
pub enum Bound {
    /// A frame was pushed; the dispatch loop goes on in it.
    Entered,
    /// A generator or coroutine was made instead.
    Made(Value),
}

/// A range of small integers.
fn small_range(args: &[Value]) -> Option<Value> {
    let (start, stop, step) = match *args {
        [stop] => (0, stop.as_small()?, 1),
        [start, stop] => (start.as_small()?, stop.as_small()?, 1),
        [start, stop, step] => (start.as_small()?, stop.as_small()?, step.as_small()?),
        _ => return None,
    };
    let length = match step {
        0 => return None,
        1.. if start < stop => (stop - start - 1) / step + 1,
        ..0 if stop < start => (start - stop - 1) / -step + 1,
        _ => 0,
    };
    let [start, stop, step, length] = [start, stop, step, length].map(Value::int);
    Some(Range::new(start, stop, step, length).into())
}

/// As many parameters as [`bind_in_place`] fills.
const FEW: usize = 16;

/// Arranges arguments as the parameters want them where they lie, in the ways that are usual and
/// have no errors: defaults, keywords that name parameters, `*args` of positional arguments. False:
/// nothing has happened.
#[inline(never)]
fn bind_in_place(function: Gc<Function>, base: Regs, count: usize, names: &[Value]) -> bool {
    let code = function.code();
    let details = code.get().code();
    let params = &details.params;
    let positional = params.positional as usize;
    let named = positional + params.keyword_only as usize;
    let given = count - names.len();
    if params.varkw || (given > positional && !params.varargs) {
        return false;
    }
    let direct = given.min(positional);
    let mut values = [Value::UNBOUND; FEW];
    let Some(values) = values.get_mut(..named - direct) else {
        return false;
    };
    for (name, &value) in names.iter().zip(base.slice(given, names.len())) {
        let own = &details.local_names[..named];
        let slot = name
            .cast::<Str>()
            .and_then(|name| own.iter().position(|own| name.equals_text(own)));
        match slot {
            Some(at) if at >= direct.max(params.positional_only as usize) => {
                if !std::mem::replace(&mut values[at - direct], value).is_unbound() {
                    return false;
                }
            }
            _ => return false,
        }
    }
    for (value, at) in values.iter_mut().zip(direct..) {
        if value.is_unbound() {
            match default_of(function, at) {
                Some(default) => *value = default,
                None => return false,
            }
        }
    }
    if params.varargs {
        let surplus = base.slice(direct, given - direct);
        base.set(named as u16, Tuple::new(surplus).into());
    }
    base.fill_from(direct, values);
    true
}

/// The default of parameter number `at`, if it has one.
pub(crate) fn default_of(function: Gc<Function>, at: usize) -> Option<Value> {
    let details = function.code().get().code();
    let positional = details.params.positional as usize;
    if at >= positional {
        let defaults = function.keyword_defaults.get().cast::<Dict>()?;
        return defaults.get_str(object::intern(&details.local_names[at]));
    }
    let defaults = function.defaults.get().cast::<Tuple>()?.items();
    let first = positional.checked_sub(defaults.len())?;
    at.checked_sub(first).map(|at| defaults[at])
}

impl Vm {
    /// Calls anything with positional arguments.
    #[inline]
    pub fn call(&mut self, callee: Value, args: &[Value]) -> PyResult {
        self.call_with(callee, args, &[])
    }

    /// `object.name(args…)`
    pub fn call_method(&mut self, object: Value, name: Gc<Str>, args: &[Value]) -> PyResult {
        let class = self.class_of(object);
        if let Some(found) = self.lookup_type(class, name)
            && matches!(found.kind(), Some(Kind::Function))
            && self.own_attr(object, name).is_none()
        {
            return self.call_special(found, object, args);
        }
        let method = self.get_attr(object, name)?;
        self.call(method, args)
    }

    /// Calls anything. The last `names.len()` of `args` are keyword arguments of those names.
    pub fn call_with(&mut self, callee: Value, args: &[Value], names: &[Value]) -> PyResult {
        match callee.kind() {
            Some(Kind::Function) => self.call_function(callee.known(), args, names),
            Some(Kind::Builtin) => {
                let builtin = callee.known::<Builtin>();
                match builtin.receiver.get().bound() {
                    None => self.call_native(builtin.number, args, names),
                    Some(receiver) => self.with_receiver(receiver, args, |vm, all| {
                        vm.call_native(builtin.number, all, names)
                    }),
                }
            }
            Some(Kind::BoundMethod) => {
                let method = callee.known::<BoundMethod>();
                let (function, receiver) = (method.function.get(), method.receiver.get());
                self.with_receiver(receiver, args, |vm, all| vm.call_with(function, all, names))
            }
            Some(Kind::Class) => self.call_class(callee.known(), args, names),
            Some(Kind::MethodWrapper)
                if self
                    .class_of(callee)
                    .is_subclass_of(self.types.static_method) =>
            {
                self.call_with(callee.known::<MethodWrapper>().function.get(), args, names)
            }
            _ => match self.lookup_special(callee, self.names.call) {
                Some(method)
                    if method
                        .cast::<Builtin>()
                        .is_some_and(crate::types::is_method) =>
                {
                    let number = method.known::<Builtin>().number;
                    self.native_enter()?;
                    let result = self
                        .with_receiver(callee, args, |vm, all| vm.call_native(number, all, names));
                    self.native_depth -= 1;
                    result
                }
                Some(method) => {
                    let class = self.class_of(callee);
                    let bound = self.bind_descriptor(method, callee, class)?;
                    self.native_enter()?;
                    let result = self.call_with(bound, args, names);
                    self.native_depth -= 1;
                    result
                }
                None => Err(self.not_callable(callee)),
            },
        }
    }

    /// Whether an object can be called, which its class says.
    pub fn is_callable(&mut self, object: Value) -> bool {
        matches!(
            object.kind(),
            Some(Kind::Function | Kind::Builtin | Kind::BoundMethod | Kind::Class)
        ) || self.lookup_special(object, self.names.call).is_some()
    }

    /// The Python function that calls an object, if its class has one.
    pub(crate) fn function_that_calls(&mut self, object: Value) -> Option<Gc<Function>> {
        self.lookup_special(object, self.names.call)?.cast()
    }

    #[cold]
    pub(crate) fn not_callable(&mut self, callee: Value) -> Raised {
        let class = self.type_name(callee);
        self.type_error(format!("'{class}' object is not callable"))
    }

    /// Puts a receiver in front of arguments.
    fn with_receiver(
        &mut self,
        receiver: Value,
        args: &[Value],
        f: impl FnOnce(&mut Vm, &[Value]) -> PyResult,
    ) -> PyResult {
        let mut few = [Value::UNBOUND; 8];
        if args.len() < few.len() {
            few[0] = receiver;
            few[1..=args.len()].copy_from_slice(args);
            return f(self, &few[..=args.len()]);
        }
        // A tuple, because the collector does not see a Rust vector.
        let mut all = vec![receiver];
        all.extend_from_slice(args);
        let all = Tuple::new(&all);
        f(self, all.items())
    }

    /// Counts one more level of Rust code that calls back into Python.
    #[inline]
    pub(crate) fn native_enter(&mut self) -> PyResult<()> {
        if self.native_depth >= NATIVE_DEPTH_MAX {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        self.native_depth += 1;
        Ok(())
    }

    /// Runs `f` one level deeper: for native functions that recurse with the depth of data.
    #[inline]
    pub fn nested<T>(&mut self, f: impl FnOnce(&mut Vm) -> PyResult<T>) -> PyResult<T> {
        self.native_enter()?;
        let result = f(self);
        self.native_depth -= 1;
        result
    }

    /// Calls a class: its metaclass's `__call__`, which makes an object.
    pub fn call_class(&mut self, class: Gc<Class>, args: &[Value], names: &[Value]) -> PyResult {
        let meta = self.class_of(class.into());
        if meta != self.types.type_
            && let Some(method) = self.lookup_type(meta, self.names.call)
            && !method.is::<Builtin>()
        {
            let bound = self.bind_descriptor(method, class.into(), meta)?;
            return self.call_with(bound, args, names);
        }
        self.instantiate(class, args, names)
    }

    /// What `type.__call__` does: `__new__`, then `__init__`.
    pub fn instantiate(&mut self, class: Gc<Class>, args: &[Value], names: &[Value]) -> PyResult {
        if class == self.types.type_
            && let ([value], []) = (args, names)
        {
            return Ok(self.class_of(*value).into());
        }
        if class.instance_kind.get() == Kind::Exception
            && names.is_empty()
            && self.is_plain_exception(class)
        {
            let args = Tuple::new(args);
            return Ok(Exception::new(class.new_instance_shape(), args.into()).into());
        }
        if let Some(made) = self.make_plain(class, args, names)? {
            return Ok(made);
        }
        let Some(new) = self.lookup_type(class, self.names.new) else {
            let name = class.name_text();
            return Err(self.type_error(format!("cannot create '{name}' instances")));
        };
        // `__new__` is a static method, most often of a builtin type.
        let new = match new.cast::<MethodWrapper>() {
            Some(wrapper) if new.shape_id() == crate::types::STATIC_METHOD => {
                wrapper.function.get()
            }
            _ => self.bind_to_class(new, class)?,
        };
        let object =
            self.with_receiver(class.into(), args, |vm, all| vm.call_with(new, all, names))?;
        if !self.class_of(object).is_subclass_of(class) {
            return Ok(object);
        }
        let own = self.class_of(object);
        if let Some(init) = self.lookup_type(own, self.names.init)
            && !self.is_default_init(init)
        {
            let result = match init.kind() {
                Some(Kind::Function | Kind::Builtin) => {
                    self.with_receiver(object, args, |vm, all| vm.call_with(init, all, names))?
                }
                _ => {
                    let bound = self.bind_descriptor(init, object, own)?;
                    self.call_with(bound, args, names)?
                }
            };
            if !result.is_none() {
                return Err(self.init_returned(result));
            }
        }
        Ok(object)
    }

    /// An object of a builtin class in the usual ways to make one, without the detour over
    /// `__new__` and `__init__`; `None` for all others.
    fn make_plain(
        &mut self,
        class: Gc<Class>,
        args: &[Value],
        names: &[Value],
    ) -> PyResult<Option<Value>> {
        let types = &self.types;
        let made = match class.instance_kind.get() {
            Kind::List if class == types.list => match (args, names) {
                ([], _) => List::new().into(),
                (&[source], []) => self.collect(source)?.into(),
                _ => return Ok(None),
            },
            Kind::Tuple if class == types.tuple => match (args, names) {
                (&[source], []) if source.is::<Tuple>() => source,
                (&[source], []) if source.is::<List>() => Tuple::of_list(source.known()).into(),
                (&[source], []) => Tuple::of_list(self.collect(source)?).into(),
                _ => return Ok(None),
            },
            Kind::Dict if class == types.dict && args.len() == names.len() => {
                let dict = Dict::new();
                for (name, &value) in names.iter().zip(args) {
                    match name.cast::<Str>() {
                        Some(name) => dict.set_str(name, value),
                        None => return Ok(None),
                    }
                }
                dict.into()
            }
            Kind::Set if class == types.set && args.is_empty() => Set::without_room().into(),
            Kind::Str if class == types.str => match (args, names) {
                (&[value], []) => self.str(value)?.into(),
                _ => return Ok(None),
            },
            Kind::Range if class == types.range && names.is_empty() => {
                return Ok(small_range(args));
            }
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    /// Whether making an exception of the class is only to keep its arguments.
    fn is_plain_exception(&mut self, class: Gc<Class>) -> bool {
        if !self.has_plain_exception_new(class) {
            return false;
        }
        let (init, types) = (self.names.init, &self.types);
        // Those beside the first do more with keywords alone.
        let keep = [
            types.base_exception,
            types.attribute_error,
            types.name_error,
            types.import_error,
        ];
        let own = self.lookup_type(class, init);
        keep.iter()
            .any(|&class| self.lookup_type(class, init) == own)
    }

    /// Whether an exception of the class is made with its arguments, whatever `__init__` then does.
    fn has_plain_exception_new(&mut self, class: Gc<Class>) -> bool {
        let new = self.names.new;
        self.lookup_type(class, new) == self.lookup_type(self.types.base_exception, new)
    }

    /// How calling a class makes exceptions, if that is by arguments that are kept and, maybe, an
    /// `__init__` that is a Python function: that function, or *unbound*.
    pub(crate) fn exception_init(&mut self, class: Gc<Class>) -> Option<Value> {
        let plain = class.instance_kind.get() == Kind::Exception
            && class.header().shape.get() == object::shape::of_kind(Kind::Class)
            && !class.flags.get().no_instances;
        if !plain || !self.has_plain_exception_new(class) {
            return None;
        }
        if self.is_plain_exception(class) {
            return Some(Value::UNBOUND);
        }
        let init = self.lookup_type(class, self.names.init)?;
        init.is::<object::Function>().then_some(init)
    }

    /// Whether calling a class is what `type` makes of it: its metaclass has no `__call__` of its own.
    pub(crate) fn is_called_as_type(&mut self, class: Gc<Class>) -> bool {
        if class.header().shape.get() == shape::of_kind(Kind::Class) {
            return true;
        }
        let (meta, name) = (self.class_of(class.into()), self.names.call);
        self.lookup_type(meta, name) == self.lookup_type(self.types.type_, name)
    }

    /// The Python function that calling a class is a call of: its metaclass's `__call__`.
    pub(crate) fn meta_call(&mut self, class: Gc<Class>) -> Option<Gc<Function>> {
        if class.header().shape.get() == shape::of_kind(Kind::Class) {
            return None;
        }
        let meta = self.class_of(class.into());
        self.lookup_type(meta, self.names.call)?.cast::<Function>()
    }

    /// Whether `class` makes its objects as `object` does, and nothing happens when they die.
    pub(crate) fn has_default_new(&mut self, class: Gc<Class>) -> bool {
        if self.object_new.is_unbound() {
            let own = self.types.object.dict().get_str(self.names.new);
            self.object_new = own.unwrap_or(Value::UNBOUND);
        }
        self.lookup_type(class, self.names.new) == self.object_new.bound()
            && self.lookup_type(class, self.names.del).is_none()
    }

    /// The Python function that makes a class's objects, where calling the class is calling that:
    /// its class calls it as `type` does, `__init__` is `object`'s, and no one waits for the objects'
    /// deaths.
    pub(crate) fn python_new(&mut self, class: Gc<Class>) -> Option<Gc<Function>> {
        let (function, init) = self.python_makers(class)?;
        self.is_default_init(init).then_some(function)
    }

    /// The Python functions `__new__` and `__init__` that calling a class is a call of one after the
    /// other.
    pub(crate) fn python_new_and_init(
        &mut self,
        class: Gc<Class>,
    ) -> Option<(Gc<Function>, Gc<Function>)> {
        let (function, init) = self.python_makers(class)?;
        Some((function, init.cast::<Function>()?))
    }

    /// A class's `__new__`, if that is a Python function, and its `__init__`.
    fn python_makers(&mut self, class: Gc<Class>) -> Option<(Gc<Function>, Value)> {
        if !self.is_called_as_type(class) {
            return None;
        }
        let found = self.lookup_type(class, self.names.new)?;
        let function = match found.cast::<MethodWrapper>() {
            Some(wrapper) if self.class_of(found) == self.types.static_method => {
                wrapper.function.get().cast::<Function>()?
            }
            _ => return None,
        };
        let init = self.lookup_type(class, self.names.init)?;
        let quiet = self.lookup_type(class, self.names.del).is_none();
        quiet.then_some((function, init))
    }

    /// Has the collector say when a new object dies, if its class has `__del__`.
    pub fn watch_death(&mut self, class: Gc<Class>, object: Value) {
        if self.lookup_type(class, self.names.del).is_some() {
            object::heap::register_finalizable(object);
        }
    }

    pub(crate) fn is_default_init(&mut self, init: Value) -> bool {
        if self.object_init.is_unbound() {
            let own = self.types.object.dict().get_str(self.names.init);
            self.object_init = own.unwrap_or(Value::UNBOUND);
        }
        init == self.object_init
    }

    #[cold]
    pub(crate) fn init_returned(&mut self, result: Value) -> Raised {
        let given = self.type_name(result);
        self.type_error(format!("__init__() should return None, not '{given}'"))
    }

    /// Runs a Python function to its end, in a dispatch loop of its own.
    fn call_function(
        &mut self,
        function: Gc<Function>,
        args: &[Value],
        names: &[Value],
    ) -> PyResult {
        let top = self.top();
        let base = self.window_at(top, args.len() + 2)?;
        base.fill_from(0, args);
        match self.enter_function(function, base, args.len(), names, Then::Exit, 0)? {
            Bound::Made(value) => Ok(value),
            Bound::Entered => self.run_nested(),
        }
    }

    /// Runs the frame on top until it exits.
    pub(crate) fn run_nested(&mut self) -> PyResult {
        if let Err(raised) = self.native_enter() {
            self.frames.drop_top();
            return Err(raised);
        }
        let result = self.run_loop();
        self.native_depth -= 1;
        result
    }

    /// A window at register number `top` with room for `count` registers and a margin.
    pub(crate) fn window_at(&mut self, top: usize, count: usize) -> PyResult<Regs> {
        if top + count + crate::frame::WINDOW_MARGIN > self.stack.capacity() {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        Ok(self.stack.window(top))
    }

    /// Runs the code of a module, a class body, or `exec`, with a namespace of its own or in its globals. That
    /// the frame's `locals` are then *unbound* is what names are found and compiled as globals by.
    pub fn run_code(
        &mut self,
        code: Gc<CodeObject>,
        globals: Gc<Dict>,
        locals: Value,
        closure: Value,
    ) -> PyResult {
        let function = Function::new(code, globals, self.builtins.into());
        function.write(|f| &f.closure, closure);
        let top = self.top();
        let base = self.window_at(top, code.code().registers as usize)?;
        match self.enter_function(function, base, 0, &[], Then::Exit, 0)? {
            Bound::Made(value) => Ok(value),
            Bound::Entered => {
                if let Some(frame) = self.frames.last_mut() {
                    let is_globals = locals == globals.into();
                    frame.locals = if is_globals { Value::UNBOUND } else { locals };
                }
                self.run_nested()
            }
        }
    }

    /// Binds the arguments that lie at the start of window `base` to the parameters of
    /// `function`, and pushes its frame there; or makes its generator.
    pub(crate) fn enter_function(
        &mut self,
        function: Gc<Function>,
        base: Regs,
        count: usize,
        names: &[Value],
        then: Then,
        dst: u16,
    ) -> PyResult<Bound> {
        let code = function.code();
        let details = code.get().code();
        let at = self.stack.position(base);
        self.window_at(at, details.registers as usize + count)?;
        let params = &details.params;
        let simple = params.count() == params.positional
            && count == params.positional as usize
            && names.is_empty();
        if !simple && !bind_in_place(function, base, count, names) {
            self.bind_arguments(function, base, count, names)?;
        }
        let bound = params.count() as usize;
        let locals = details.local_names.len();
        base.unbind(bound, locals.saturating_sub(bound));
        if details.flags.generator || details.flags.coroutine || details.flags.async_generator {
            let awaited = details.flags.coroutine && then == Then::Store && self.awaits_next(dst);
            return Ok(Bound::Made(self.make_generator(function, base, awaited)));
        }
        self.push_frame(function, base, then, dst)?;
        Ok(Bound::Entered)
    }

    /// Pushes the frame of a function whose arguments are bound.
    #[inline(always)]
    pub(crate) fn push_frame(
        &mut self,
        function: Gc<Function>,
        base: Regs,
        then: Then,
        dst: u16,
    ) -> PyResult<()> {
        if self.frames.is_full() {
            return Err(self.too_deep());
        }
        let code = function.code();
        self.frames.push(Frame {
            code,
            function: function.into(),
            locals: Value::UNBOUND,
            generator: Value::UNBOUND,
            handled_below: self.handled,
            base,
            pc: code.start(),
            then,
            dst,
            chain: Chain::None,
            shown: 0,
        });
        Ok(())
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn too_deep(&mut self) -> Raised {
        self.recursion_error("maximum recursion depth exceeded")
    }

    /// Arranges arguments as the parameters want them: defaults, keywords, `*args`, `**kwargs`.
    /// They lie at the start of the window, keyword arguments last.
    #[inline(never)]
    fn bind_arguments(
        &mut self,
        function: Gc<Function>,
        base: Regs,
        count: usize,
        names: &[Value],
    ) -> PyResult<()> {
        let code = function.code();
        let details = code.get().code();
        let params = details.params;
        let positional = params.positional as usize;
        let given = count - names.len();
        // The arguments move, so they are taken out of the window first.
        let args = Tuple::new(base.slice(0, count));
        let args = args.items();
        let slots = params.count() as usize;
        base.unbind(0, slots);
        base.fill_from(0, &args[..given.min(positional)]);
        let named_slots = positional + params.keyword_only as usize;
        if params.varargs {
            let rest = args[..given].get(positional..).unwrap_or(&[]);
            base.set(named_slots as u16, Tuple::new(rest).into());
        }
        let extra_keywords = params.varkw.then(Dict::new);
        if let Some(dict) = extra_keywords {
            base.set((slots - 1) as u16, dict.into());
        }
        for (&name, &value) in names.iter().zip(&args[given..]) {
            self.bind_named(function, base, extra_keywords, names, name, value)?;
        }
        if given > positional && !params.varargs {
            return Err(self.too_many_arguments(function, base, given));
        }
        self.fill_defaults(function, base, given)
    }

    fn bind_named(
        &mut self,
        function: Gc<Function>,
        base: Regs,
        extra: Option<Gc<Dict>>,
        names: &[Value],
        name: Value,
        value: Value,
    ) -> PyResult<()> {
        let details = function.code().get().code();
        let params = details.params;
        let key = name;
        let Some(name) = self.as_str(name) else {
            return Err(self.type_error("keywords must be strings"));
        };
        let named_slots = (params.positional + params.keyword_only) as usize;
        let found = details.local_names[..named_slots]
            .iter()
            .position(|own| name.equals_text(own));
        let shown = || function.qualname.get().known::<Str>().to_text_escaped();
        match found {
            Some(at) if at >= params.positional_only as usize => {
                if !base.get(at as u16).is_unbound() {
                    return Err(self.type_error(format!(
                        "{}() got multiple values for argument '{}'",
                        shown(),
                        name.to_text_escaped()
                    )));
                }
                base.set(at as u16, value);
                Ok(())
            }
            positional_only => match extra {
                Some(dict) => self.dict_set(dict, key, value),
                None if positional_only.is_some() => {
                    let own = &details.local_names[..params.positional_only as usize];
                    let given: Vec<&str> = own
                        .iter()
                        .map(|n| &**n)
                        .filter(|n| {
                            names
                                .iter()
                                .any(|k| self.as_str(*k).is_some_and(|k| k.equals_text(n)))
                        })
                        .collect();
                    Err(self.type_error(format!(
                        "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                        shown(),
                        given.join(", ")
                    )))
                }
                None => {
                    let text = name.to_text_escaped();
                    let candidates =
                        &details.local_names[params.positional_only as usize..named_slots];
                    let hint =
                        match crate::traceback::closest(&text, candidates.iter().map(|n| &**n)) {
                            Some(near) => format!(". Did you mean '{near}'?"),
                            None => String::new(),
                        };
                    Err(self.type_error(format!(
                        "{}() got an unexpected keyword argument '{text}'{hint}",
                        shown()
                    )))
                }
            },
        }
    }

    fn fill_defaults(&mut self, function: Gc<Function>, base: Regs, given: usize) -> PyResult<()> {
        let details = function.code().get().code();
        let params = details.params;
        let positional = params.positional as usize;
        if given < positional {
            let defaults = match function.defaults.get().cast::<Tuple>() {
                Some(defaults) => defaults.items(),
                None => &[],
            };
            let first_default = positional.saturating_sub(defaults.len());
            for at in given..positional {
                if base.get(at as u16).is_unbound() && at >= first_default {
                    base.set(at as u16, defaults[at - first_default]);
                }
            }
            let missing: Vec<&str> = (0..positional)
                .filter(|&at| base.get(at as u16).is_unbound())
                .map(|at| &*details.local_names[at])
                .collect();
            if !missing.is_empty() {
                return Err(self.missing_arguments(function, "positional", &missing));
            }
        }
        let mut missing = Vec::new();
        for at in positional..positional + params.keyword_only as usize {
            if !base.get(at as u16).is_unbound() {
                continue;
            }
            let name = object::intern(&details.local_names[at]);
            let default = function.keyword_defaults.get().cast::<Dict>();
            match default.and_then(|d| d.get_str(name)) {
                Some(value) => base.set(at as u16, value),
                None => missing.push(&*details.local_names[at]),
            }
        }
        if !missing.is_empty() {
            return Err(self.missing_arguments(function, "keyword-only", &missing));
        }
        Ok(())
    }

    #[cold]
    fn missing_arguments(
        &mut self,
        function: Gc<Function>,
        what: &str,
        missing: &[&str],
    ) -> Raised {
        let shown = function.qualname.get().known::<Str>().to_text_escaped();
        let quoted: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
        let list = match &quoted[..] {
            [one] => one.clone(),
            [first, second] => format!("{first} and {second}"),
            [init @ .., last] => format!("{}, and {last}", init.join(", ")),
            [] => String::new(),
        };
        let plural = if missing.len() == 1 { "" } else { "s" };
        self.type_error(format!(
            "{shown}() missing {} required {what} argument{plural}: {list}",
            missing.len()
        ))
    }

    #[cold]
    fn too_many_arguments(&mut self, function: Gc<Function>, base: Regs, given: usize) -> Raised {
        let params = function.code().get().code().params;
        let shown = function.qualname.get().known::<Str>().to_text_escaped();
        let positional = params.positional as usize;
        let defaults = function
            .defaults
            .get()
            .cast::<Tuple>()
            .map_or(0, |d| d.len());
        let takes = if defaults > 0 {
            format!("from {} to {positional}", positional - defaults)
        } else {
            positional.to_string()
        };
        let plural = if positional == 1 && defaults == 0 {
            ""
        } else {
            "s"
        };
        let keyword_only_given = (positional..positional + params.keyword_only as usize)
            .filter(|&at| !base.get(at as u16).is_unbound())
            .count();
        let were = if given == 1 && keyword_only_given == 0 {
            "was"
        } else {
            "were"
        };
        let and = if keyword_only_given > 0 {
            let plural = |n: usize| if n == 1 { "" } else { "s" };
            format!(
                " positional argument{} (and {keyword_only_given} keyword-only argument{})",
                plural(given),
                plural(keyword_only_given)
            )
        } else {
            String::new()
        };
        self.type_error(format!(
            "{shown}() takes {takes} positional argument{plural} but {given}{and} {were} given"
        ))
    }
}
