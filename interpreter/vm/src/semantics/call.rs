//! Calls: from a callee in a window of registers to a frame whose arguments are bound.
//!
//! The arguments (a receiver among them) lie in registers from `base` on, with one more register
//! of the window before them. What is not expressed here, the runtime does as a whole: `None`
//! says so, and nothing has happened then.

use crate::call::default_of;
use crate::frame::Then;
use crate::machine::{Machine, Runtime};
use crate::semantics::keyed::{self, Lookup};
use crate::{PyResult, Raised, Vm};
use object::shape::of_kind;
use object::{Builtin, Class, CodeObject, Dict, Function, Gc, Kind, List, Regs, Str, Tuple, Value};

/// What a call comes to.
pub(crate) enum Made<V> {
    /// A frame was opened.
    Frame,
    /// The result is here.
    Result(V),
}

/// How many arguments a native function may have whose call is recorded with its arguments.
const NATIVE_ARGUMENTS_MAX: usize = 3;

/// Calls what `callee` is. `names` are those of the last arguments.
#[inline(never)]
pub(crate) fn call<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    match m.word(callee).kind() {
        Some(Kind::Function) => {
            let unbound = m.constant(Value::UNBOUND);
            call_function(m, callee, base, count, names, Then::Store, dst, unbound)
        }
        Some(Kind::BoundMethod) => {
            m.shape(callee);
            let (function, receiver) = m.bound_parts(callee);
            if m.word(function).kind() != Some(Kind::Function) {
                return Ok(None);
            }
            call_method(m, function, receiver, base, count, names, dst)
        }
        Some(Kind::Class) => call_class(m, callee, base, count, names, dst),
        Some(Kind::Builtin) => call_builtin(m, callee, base, count, names, dst),
        _ => {
            let word = m.word(callee);
            let Some(function) = m.vm().function_that_calls(word) else {
                if M::RECORDS && names.is_empty() && call_cached(m, callee, base, count, dst)? {
                    return Ok(Some(Made::Frame));
                }
                return call_foreign(m, callee, base, count, names);
            };
            m.settle(callee);
            let function = m.constant(function.into());
            call_method(m, function, callee, base, count, names, dst)
        }
    }
}

/// Calls a function with a receiver before the arguments.
fn call_method<M: Machine>(
    m: &mut M,
    function: M::V,
    receiver: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    let code = m.promote_function(function);
    let makes = makes_here(m, code);
    if !can_bind(code, count + 1, names, makes) {
        return Ok(None);
    }
    make_room(m, base, count, receiver);
    let unbound = m.constant(Value::UNBOUND);
    let then = Then::Store;
    call_function(m, function, base, count + 1, names, then, dst, unbound)
}

/// Moves the arguments up by one and puts a receiver before them.
pub(super) fn make_room<M: Machine>(m: &mut M, base: Regs, count: usize, receiver: M::V) {
    for at in (0..count as u16).rev() {
        let value = m.get(base, at);
        m.set(base, at + 1, value);
    }
    m.set(base, 0, receiver);
}

pub(super) fn call_function<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
    then: Then,
    dst: u16,
    locals: M::V,
) -> PyResult<Option<Made<M::V>>> {
    let function = m.promote_function(callee);
    let makes = then == Then::Store && makes_here(m, function);
    if !can_bind(function, count, names, makes) {
        return Ok(None);
    }
    let vm = m.vm();
    let at = vm.stack.position(base);
    vm.window_at(at, function.code().registers as usize + count)?;
    // The arguments may have moved up beyond the running frame.
    m.quiet_safepoint();
    bind(m, function, base, count, names)?;
    if makes {
        let awaited = m.vm().awaits_next(dst);
        return Ok(Some(Made::Result(m.new_generator(callee, base, awaited))));
    }
    m.open_frame(callee, base, then, dst, locals)?;
    Ok(Some(Made::Frame))
}

/// Makes an object of a Python class: `__new__` is `object`'s, `__init__` a Python function or
/// `object`'s.
fn call_class<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    let class: Gc<Class> = m.promote(callee).known();
    if M::RECORDS
        && let Some(function) = m.vm().meta_call(class)
    {
        m.settle(callee);
        let function = m.constant(function.into());
        return call_method(m, function, callee, base, count, names, dst);
    }
    let plain = class.instance_kind.get() == Kind::Instance
        && !class.flags.get().no_instances
        && m.vm().is_called_as_type(class);
    if class.header().shape.get() != of_kind(Kind::Class) {
        m.settle(callee);
    }
    if M::RECORDS
        && let Some(made) = kept_or_super(m, class, base, count, names, dst)?
    {
        return Ok(Some(made));
    }
    if !(plain && m.vm().has_default_new(class))
        && let Some(made) = call_new(m, class, callee, base, count, names, dst)?
    {
        return Ok(Some(made));
    }
    if !plain {
        return match count == 1 && names.is_empty() && converted(m, class, base, dst)? {
            true => Ok(Some(Made::Frame)),
            false => plain_result(m, callee, base, count, names),
        };
    }
    m.class_version(class);
    let vm = m.vm();
    if !vm.has_default_new(class) {
        return Ok(None);
    }
    let Some(init) = vm.lookup_type(class, vm.names.init) else {
        return Ok(None);
    };
    let Some(function) = init.cast::<Function>() else {
        let plain = count == 0 && vm.is_default_init(init);
        return Ok(plain.then(|| Made::Result(m.new_instance(class))));
    };
    let init = m.constant(function.into());
    m.promote_function(init);
    if !can_bind(function, count + 1, names, false) {
        return Ok(None);
    }
    let instance = m.new_instance(class);
    make_room(m, base, count, instance);
    call_function(m, init, base, count + 1, names, Then::Init, dst, instance)
}

/// An exception that keeps its arguments, or `super(class, object)`.
fn kept_or_super<M: Machine>(
    m: &mut M,
    class: Gc<Class>,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    if class.instance_kind.get() == Kind::Exception {
        return super::exception::make(m, class, base, count, names, dst);
    }
    if class == m.vm().types.super_ && count == 2 && names.is_empty() {
        return Ok(super_object(m, base).map(Made::Result));
    }
    Ok(None)
}

/// Calls a class's `__new__` that is a Python function, and its `__init__` if that is one as well.
fn call_new<M: Machine>(
    m: &mut M,
    class: Gc<Class>,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    if let Some(function) = m.vm().python_new(class) {
        m.class_version(class);
        // What it makes may be of a class below, which has an `__init__` of its own.
        if class.flags.get().extended {
            return construct(m, callee, function, Value::NONE, base, count, names, dst);
        }
        let function = m.constant(function.into());
        return call_method(m, function, callee, base, count, names, dst);
    }
    let both = m.vm().python_new_and_init(class).filter(|_| M::RECORDS);
    let Some((new, init)) = both else {
        return Ok(None);
    };
    m.class_version(class);
    construct(m, callee, new, init.into(), base, count, names, dst)
}

/// Makes an object of a class whose `__new__` is a Python function, and its `__init__`, too, if that is
/// not None: by a function of bytecode that calls both.
fn construct<M: Machine>(
    m: &mut M,
    callee: M::V,
    new: Gc<Function>,
    init: Value,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    let vm = m.vm();
    let function = vm.constructor(new, !names.is_empty())?;
    let at = vm.stack.position(base);
    vm.window_at(at, function.code().registers as usize + count + 3)?;
    let (new, init) = (m.constant(new.into()), m.constant(init));
    for (moved, first) in [callee, init, new].into_iter().enumerate() {
        make_room(m, base, count + moved, first);
    }
    let (function, unbound) = (m.constant(function.into()), m.constant(Value::UNBOUND));
    let then = Then::Store;
    call_function(m, function, base, count + 3, names, then, dst, unbound)
}

/// `super(class, object)` of an instance of the class.
fn super_object<M: Machine>(m: &mut M, base: Regs) -> Option<M::V> {
    let (class, object) = (m.get(base, 0), m.get(base, 1));
    let after = m.word(class).cast::<Class>()?;
    let word = m.word(object);
    let own = m.vm().class_of(word);
    if word.is::<Class>() || word.is_none() || !own.is_subclass_of(after) {
        return None;
    }
    m.promote(class);
    m.settle(object);
    Some(m.new_super(after.into(), object, own.into()))
}

/// A builtin class called with an object whose class says by a Python function what that gives; whether its
/// frame was opened.
fn converted<M: Machine>(m: &mut M, class: Gc<Class>, base: Regs, dst: u16) -> PyResult<bool> {
    let object = m.get(base, 0);
    let word = m.word(object);
    if word.kind() != Some(Kind::Instance) {
        return Ok(false);
    }
    let vm = m.vm();
    let (types, names) = (&vm.types, &vm.names);
    let ways = [
        (types.str, names.str, Then::Text),
        (types.int, names.int, Then::Int),
        (types.float, names.float, Then::Float),
        (types.bool, names.bool, Then::Bool),
    ];
    let Some(&(_, name, then)) = ways.iter().find(|(own, ..)| *own == class) else {
        return Ok(false);
    };
    m.settle(object);
    let found = match then {
        Then::Text => m.vm().shown_by(word).map(|(function, then)| match then {
            Then::Shown => (function, Then::Text),
            other => (function, other),
        }),
        _ => m
            .vm()
            .own_method(word, name, 1)
            .map(|function| (function, then)),
    };
    let Some((function, then)) = found else {
        return Ok(false);
    };
    m.enter(function, &[object], then, dst)?;
    Ok(true)
}

/// A field of an f-string without specification whose object is shown by a Python function; whether its frame
/// was opened.
pub(crate) fn field<M: Machine>(
    m: &mut M,
    object: M::V,
    conversion: u8,
    dst: u16,
) -> PyResult<bool> {
    let word = m.word(object);
    if word.kind() != Some(Kind::Instance) {
        return Ok(false);
    }
    let vm = m.vm();
    let (repr, format) = (vm.names.repr, vm.names.format);
    let formats_itself = conversion == 0 && !vm.leaves_to_object(word, format);
    let found = match conversion {
        0 | 1 if !formats_itself => vm.shown_by(word),
        2 => vm
            .own_method(word, repr, 1)
            .map(|function| (function, Then::Repr)),
        _ => None,
    };
    let Some((function, then)) = found else {
        return Ok(false);
    };
    m.settle(object);
    m.enter(function, &[object], then, dst)?;
    Ok(true)
}

/// Asks an object whose class has a Python `__iter__` for its iterator.
pub(crate) fn iterator<M: Machine>(
    m: &mut M,
    object: M::V,
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    let name = m.vm().names.iter;
    special(m, object, name, Then::Iter, dst)
}

/// What a loop over an instance whose class knows no iterator goes through: a generator of bytecode that
/// asks a Python `__getitem__` for one item after the other. No program sees it.
pub(crate) fn by_index<M: Machine>(m: &mut M, object: M::V) -> PyResult<Option<M::V>> {
    let word = m.word(object);
    if word.kind() != Some(Kind::Instance) || !m.vm().counts() {
        return Ok(None);
    }
    m.settle(object);
    let vm = m.vm();
    let (iter, item) = (vm.names.iter, vm.names.getitem);
    if vm.lookup_special(word, iter).is_some() {
        return Ok(None);
    }
    let Some(method) = vm.own_method(word, item, 2) else {
        return Ok(None);
    };
    let function = vm.hidden_function("by_index", method.code())?;
    generator_of(m, function, object)
}

/// The asynchronous iterator of an instance, by its class's `__aiter__`.
pub(crate) fn async_iterator<M: Machine>(
    m: &mut M,
    object: M::V,
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    let name = m.vm().names.aiter;
    special(m, object, name, Then::Store, dst)
}

/// Calls a special method of an instance, a Python function of one argument.
fn special<M: Machine>(
    m: &mut M,
    object: M::V,
    name: Gc<Str>,
    then: Then,
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    let word = m.word(object);
    if word.kind() != Some(Kind::Instance) {
        return Ok(None);
    }
    m.settle(object);
    let method = m.vm().lookup_special(word, name);
    let Some(function) = method.and_then(|method| method.cast::<Function>()) else {
        return Ok(None);
    };
    let code = function.code();
    // What must be an iterator is none if it is a coroutine.
    if M::RECORDS
        && (then != Then::Iter || !may_be_awaited(code))
        && let Some(generator) = generator_of(m, function, object)?
    {
        return Ok(Some(Made::Result(generator)));
    }
    if code.plain_arguments != 1 {
        return Ok(None);
    }
    m.enter(function, &[object], then, dst)?;
    Ok(Some(Made::Frame))
}

/// What `await` of an instance waits for, if its class's `__await__` is the function of a generator.
pub(crate) fn awaited<M: Machine>(m: &mut M, object: M::V) -> PyResult<Option<M::V>> {
    let word = m.word(object);
    if !M::RECORDS || word.kind() != Some(Kind::Instance) {
        return Ok(None);
    }
    m.settle(object);
    let vm = m.vm();
    let method = vm.lookup_special(word, vm.names.await_);
    let function = method.and_then(|method| method.cast::<Function>());
    match function.filter(|function| !may_be_awaited(function.code())) {
        Some(function) => generator_of(m, function, object),
        None => Ok(None),
    }
}

/// Whether a call of code makes something that is awaited and not iterated over.
fn may_be_awaited(code: Gc<CodeObject>) -> bool {
    let flags = code.code().flags;
    flags.coroutine || flags.async_generator || flags.iterable_coroutine
}

/// The generator that a function of one argument makes; `None` if it makes none.
pub(super) fn generator_of<M: Machine>(
    m: &mut M,
    function: Gc<Function>,
    argument: M::V,
) -> PyResult<Option<M::V>> {
    if !makes_generator(function) || !can_bind(function, 1, &[], true) {
        return Ok(None);
    }
    let callee = m.constant(function.into());
    m.promote_function(callee);
    let vm = m.vm();
    let base = vm.window_at(vm.top(), function.code().registers as usize + 1)?;
    m.set(base, 0, argument);
    bind(m, function, base, 1, &[])?;
    Ok(Some(m.new_generator(callee, base, false)))
}

/// A class of the builtin ones, called with a few arguments.
fn plain_result<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
) -> PyResult<Option<Made<M::V>>> {
    if !M::RECORDS || !names.is_empty() || count > NATIVE_ARGUMENTS_MAX {
        return Ok(None);
    }
    if let Some(value) = super::intrinsic::class(m, callee, base, count) {
        return Ok(Some(Made::Result(value)));
    }
    if count == 1 {
        let value = m.get(base, 0);
        if m.word(callee) == m.vm().types.str.into() && m.word(value).is_small() {
            return super::build::text(m, value).map(|text| Some(Made::Result(text)));
        }
        if let Some(made) = super::intrinsic::new_text(m, callee, value) {
            return Ok(Some(Made::Result(made)));
        }
    }
    let class = m.word(callee);
    let mut args = arguments(m, callee, base, count);
    let words: Vec<Value> = args[1..].iter().map(|&arg| m.word(arg)).collect();
    if class == m.vm().types.str.into()
        && let Some(number) = m.vm().plain_decoder(&words)
    {
        args[0] = m.constant(Value::small(i64::from(number)));
        return native_of(m, number, &args);
    }
    if count < NATIVE_ARGUMENTS_MAX
        && let Some(number) = m.vm().plain_maker(class.known(), &words)
    {
        m.class_version(class.known());
        args.insert(0, m.constant(Value::small(i64::from(number))));
        return native_of(m, number, &args);
    }
    let result = m.residual(Runtime::Call, &args, |vm| vm.call(class, &words))?;
    Ok(Some(Made::Result(result)))
}

fn arguments<M: Machine>(m: &mut M, first: M::V, base: Regs, count: usize) -> Vec<M::V> {
    let mut args = vec![first];
    for at in 0..count as u16 {
        args.push(m.get(base, at));
    }
    args
}

fn call_builtin<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    if !M::RECORDS {
        return Ok(None);
    }
    if !names.is_empty() {
        return named_native(m, callee, base, count, names);
    }
    let own = m.word(callee).known::<Builtin>();
    let is_bound = !own.receiver.get().is_unbound();
    if !is_bound && super::intrinsic::is_template(m.vm(), own.number) {
        m.promote(callee);
        if let Some(text) = super::braces::formatted(m, base, count)? {
            return Ok(Some(Made::Result(text)));
        }
    }
    if count > NATIVE_ARGUMENTS_MAX {
        return Ok(None);
    }
    // One that is bound is made anew for each receiver: which it is says nothing.
    if !is_bound {
        let number = m.promote(callee).known::<Builtin>().number;
        if let Some(made) = asked(m, number, base, count, dst)? {
            return Ok(Some(made));
        }
        if checked_instance(m, number, base, count, dst)?
            || computed_attribute(m, number, base, count, dst)?
            || looked_up(m, number, base, count, dst)?
        {
            return Ok(Some(Made::Frame));
        }
        return native(m, number, base, count);
    }
    if count >= NATIVE_ARGUMENTS_MAX {
        return Ok(None);
    }
    m.shape(callee);
    let (number, receiver) = m.builtin_parts(callee);
    make_room(m, base, count, receiver);
    if looked_up(m, number, base, count + 1, dst)? {
        return Ok(Some(Made::Frame));
    }
    native(m, number, base, count + 1)
}

/// A method of a dictionary or set with a key that a Python function hashes; whether a frame was opened.
fn looked_up<M: Machine>(
    m: &mut M,
    number: u32,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<bool> {
    let Some(lookup) = keyed::of_native(m.vm(), number, count) else {
        return Ok(false);
    };
    let (container, key) = (m.get(base, 0), m.get(base, 1));
    let Some(function) = keyed::function(m, lookup, container, key)? else {
        return Ok(false);
    };
    let mut args = vec![container, key];
    if lookup == Lookup::Get {
        args.push(match count {
            3 => m.get(base, 2),
            _ => m.constant(Value::NONE),
        });
    }
    m.enter(function, &args, Then::Store, dst)?;
    Ok(true)
}

/// `isinstance` of a class whose metaclass has a Python `__instancecheck__`, which is not asked of
/// objects of the class itself; whether its frame was opened.
fn checked_instance<M: Machine>(
    m: &mut M,
    number: u32,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<bool> {
    if count != 2 || !super::intrinsic::is_instance_check(m.vm(), number) {
        return Ok(false);
    }
    let (object, class) = (m.get(base, 0), m.get(base, 1));
    let (own, wanted) = (m.word(object), m.word(class));
    let vm = m.vm();
    let Some(function) = vm.instance_check_of(wanted) else {
        return Ok(false);
    };
    if wanted == vm.class_of(own).into() {
        return Ok(false);
    }
    let check = vm.hidden_function("check_instance", function.code())?;
    m.settle(object);
    m.promote(class);
    m.settle(class);
    let function = m.constant(function.into());
    m.enter(check, &[function, class, object], Then::Store, dst)?;
    Ok(true)
}

/// `getattr` or `hasattr` of an attribute that a Python function computes; whether its frame was
/// opened.
fn computed_attribute<M: Machine>(
    m: &mut M,
    number: u32,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<bool> {
    let Some(tests) = super::intrinsic::is_attribute_test(m.vm(), number) else {
        return Ok(false);
    };
    if count < 2 || tests && count != 2 {
        return Ok(false);
    }
    let Some(name) = super::intrinsic::attribute_name(m, base) else {
        return Ok(false);
    };
    let object = m.get(base, 0);
    let Some((function, args)) = super::attribute::computed_named(m, object, name) else {
        return Ok(false);
    };
    if !tests && count == 2 {
        m.enter(function, &args, Then::Store, dst)?;
        return Ok(true);
    }
    let hidden = match (tests, args.len()) {
        (true, 1) => "has_one",
        (true, 2) => "has_two",
        (false, 1) => "get_one",
        (false, 2) => "get_two",
        _ => return Ok(false),
    };
    let hidden = m.vm().hidden_function(hidden, function.code())?;
    let mut given = vec![m.constant(function.into())];
    given.extend(args);
    if !tests {
        given.push(m.get(base, 2));
    }
    m.enter(hidden, &given, Then::Store, dst)?;
    Ok(true)
}

/// A native function that asks an object whose class answers by a Python function.
fn asked<M: Machine>(
    m: &mut M,
    number: u32,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<Option<Made<M::V>>> {
    if count == 0 {
        return Ok(None);
    }
    let object = m.get(base, 0);
    let word = m.word(object);
    if word.kind() != Some(Kind::Instance) {
        return Ok(None);
    }
    let Some((name, then)) = super::intrinsic::asks(m.vm(), number, count) else {
        return Ok(None);
    };
    if then == Then::Iter {
        return iterator(m, object, dst);
    }
    // One that takes more arguments has defaults for them.
    let exact = m.vm().own_method(word, name, count as u16);
    let method = match exact {
        None => m.vm().own_method(word, name, count as u16 + 1),
        found => found,
    };
    let Some(method) = method else {
        return Ok(None);
    };
    let further = match exact {
        Some(_) => None,
        None => match default_of(method, count) {
            Some(default) => Some(default),
            None => return Ok(None),
        },
    };
    m.settle(object);
    let mut args = arguments(m, object, base, count);
    args.remove(0);
    if let Some(default) = further {
        let callee = m.constant(method.into());
        m.promote_function(callee);
        args.push(m.constant(default));
    }
    m.enter(method, &args, then, dst)?;
    Ok(Some(Made::Frame))
}

/// Calls a native function with arguments of which the last ones have names: with one for each of its
/// parameters.
fn named_native<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
) -> PyResult<Option<Made<M::V>>> {
    let own = m.word(callee).known::<Builtin>();
    let is_bound = !own.receiver.get().is_unbound();
    let given = usize::from(is_bound) + count - names.len();
    let Some((number, slots)) = m.vm().native_by_slots(own.number, given, names) else {
        return Ok(None);
    };
    if slots.len() > NATIVE_ARGUMENTS_MAX {
        return Ok(None);
    }
    if is_bound {
        m.shape(callee);
        let (_, receiver) = m.builtin_parts(callee);
        make_room(m, base, count, receiver);
    } else {
        m.promote(callee);
    }
    let mut args = vec![m.constant(Value::small(i64::from(number)))];
    for slot in slots {
        args.push(match slot {
            Some(at) => m.get(base, at as u16),
            None => m.constant(Value::UNBOUND),
        });
    }
    native_of(m, number, &args)
}

/// Calls a native function with the arguments in registers.
fn native<M: Machine>(
    m: &mut M,
    number: u32,
    base: Regs,
    count: usize,
) -> PyResult<Option<Made<M::V>>> {
    if let Some(value) = super::intrinsic::function(m, number, base, count) {
        return Ok(Some(Made::Result(value)));
    }
    let number_value = m.constant(Value::small(i64::from(number)));
    let args = arguments(m, number_value, base, count);
    native_of(m, number, &args)
}

/// Calls a native function, by its number and with the values behind that.
fn native_of<M: Machine>(m: &mut M, number: u32, args: &[M::V]) -> PyResult<Option<Made<M::V>>> {
    let words: Vec<Value> = args[1..].iter().map(|&arg| m.word(arg)).collect();
    let result = m.residual(Runtime::Native, args, |vm| {
        vm.call_native(number, &words, &[])
    })?;
    Ok(Some(Made::Result(result)))
}

/// Calls a function with a cache; whether a frame was opened.
fn call_cached<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<bool> {
    let word = m.word(callee);
    let simple = |value: Value| {
        value.is_small() || value.is_inline_float() && count > 1 || value.is::<Str>()
    };
    if !(0..count as u16).all(|at| simple(base.get(at))) {
        return Ok(false);
    }
    let Some(function) = m.vm().cached_call(word, count)? else {
        return Ok(false);
    };
    m.shape(callee);
    let state = m.native_state(callee);
    m.shape(state);
    let zero = m.constant(Value::small(0));
    match m.list_item(state, zero) {
        Some(own) if m.is_word(own, crate::CACHE) => {}
        _ => return Ok(false),
    }
    let args = arguments(m, state, base, count);
    for &arg in &args[1..] {
        if !m.is_small(arg) && !m.is_float(arg) {
            m.shape(arg);
        }
    }
    m.enter(function, &args, Then::Store, dst)?;
    Ok(true)
}

/// Calls an object of a native module whose class says by a native function how that is done.
fn call_foreign<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
) -> PyResult<Option<Made<M::V>>> {
    let word = m.word(callee);
    if !M::RECORDS
        || !names.is_empty()
        || count >= NATIVE_ARGUMENTS_MAX
        || !word.is::<object::Foreign>()
    {
        return Ok(None);
    }
    let vm = m.vm();
    let Some(method) = vm.lookup_special(word, vm.names.call) else {
        return Ok(None);
    };
    let Some(method) = method.cast::<Builtin>() else {
        return Ok(None);
    };
    if !method.receiver.get().is_unbound() {
        return Ok(None);
    }
    m.settle(callee);
    make_room(m, base, count, callee);
    native(m, method.number, base, count + 1)
}

/// Whether calling the function makes a generator, a coroutine or an asynchronous generator.
fn makes_generator(function: Gc<Function>) -> bool {
    let flags = function.code().get().code().flags;
    flags.generator || flags.coroutine || flags.async_generator
}

/// Whether a call makes a generator that a trace can make itself: not a coroutine that notes the calls which
/// led to it, for that the runtime looks at frames.
fn makes_here<M: Machine>(m: &mut M, function: Gc<Function>) -> bool {
    if !M::RECORDS || !makes_generator(function) {
        return false;
    }
    if !function.code().code().flags.coroutine {
        return true;
    }
    let origins = m.vm().origins;
    m.settle_keys(origins);
    origins.is_empty()
}

/// Whether [`bind`] can arrange the arguments, without errors; `makes`: it is a generator's.
pub(super) fn can_bind(function: Gc<Function>, count: usize, names: &[Value], makes: bool) -> bool {
    let code = function.code();
    let details = code.get().code();
    let (flags, params) = (details.flags, &details.params);
    let suspends = flags.generator || flags.coroutine || flags.async_generator;
    if suspends && !makes {
        return false;
    }
    let positional = params.positional as usize;
    let given = count - names.len();
    if given > positional && !params.varargs {
        return false;
    }
    let named = positional + params.keyword_only as usize;
    if names.is_empty() && given == named {
        return true;
    }
    // What the runtime says of keywords that are no strings is its own.
    if !names.iter().all(|name| name.is::<Str>()) {
        return false;
    }
    let mut filled = vec![false; named];
    filled[..given.min(positional)].fill(true);
    for name in names {
        match slot_of_name(function, *name) {
            Some(at) if !filled[at] => filled[at] = true,
            None if params.varkw => {}
            _ => return false,
        }
    }
    (0..named).all(|at| filled[at] || default_of(function, at).is_some())
}

/// The parameter that a keyword names.
fn slot_of_name(function: Gc<Function>, name: Value) -> Option<usize> {
    let details = function.code().get().code();
    let params = &details.params;
    let named = (params.positional + params.keyword_only) as usize;
    let name = name.cast::<Str>()?;
    let at = details.local_names[..named]
        .iter()
        .position(|own| name.equals_text(own))?;
    (at >= params.positional_only as usize).then_some(at)
}

/// Arranges arguments as the parameters want them, which [`can_bind`] has found possible, and
/// unbinds the other locals.
fn bind<M: Machine>(
    m: &mut M,
    function: Gc<Function>,
    base: Regs,
    count: usize,
    names: &[Value],
) -> PyResult<()> {
    let code = function.code();
    let details = code.get().code();
    let params = &details.params;
    let positional = params.positional as usize;
    let given = count - names.len();
    let named = positional + params.keyword_only as usize;
    let collects = params.varargs || params.varkw;
    let simple = names.is_empty() && given == positional && named == positional && !collects;
    if !simple {
        let rest = params.varargs.then(|| {
            let surplus = given.saturating_sub(positional);
            m.new_tuple(base, positional as u16, surplus as u16)
        });
        let mut by_name = Vec::new();
        let mut others = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let value = m.get(base, (given + at) as u16);
            match slot_of_name(function, *name) {
                Some(slot) => by_name.push((slot, value)),
                None => others.push((*name, value)),
            }
        }
        let keywords = match params.varkw {
            true => Some(keyword_dict(m, &others)?),
            false => None,
        };
        for at in given.min(positional)..named {
            let value = match by_name.iter().find(|(slot, _)| *slot == at) {
                Some(&(_, value)) => value,
                None => {
                    let default = default_of(function, at).unwrap_or(Value::UNBOUND);
                    m.constant(default)
                }
            };
            m.set(base, at as u16, value);
        }
        let collected = rest.into_iter().chain(keywords);
        for (at, value) in collected.enumerate() {
            m.set(base, (named + at) as u16, value);
        }
    }
    let bound = params.count() as usize;
    let locals = details.local_names.len();
    m.unbind(base, bound, locals.saturating_sub(bound));
    Ok(())
}

/// The dictionary of a `**` parameter.
fn keyword_dict<M: Machine>(m: &mut M, items: &[(Value, M::V)]) -> PyResult<M::V> {
    if let Some(dict) = m.new_keywords(items) {
        return Ok(dict);
    }
    let dict = m.residual(Runtime::NewDict, &[], |_| Ok(Dict::new().into()))?;
    let word = m.word(dict);
    for &(name, value) in items {
        m.may_repeat();
        let (key, own) = (m.constant(name), m.word(value));
        m.residual(Runtime::SetItem, &[dict, key, value], |vm| {
            vm.set_item(word, name, own).map(|()| Value::NONE)
        })?;
    }
    m.may_repeat();
    Ok(dict)
}

/// Arguments of a call with `*` or `**` that are laid out as those of a plain one.
const SPREAD_MAX: usize = 16;

/// Arguments that were laid out: how many there are, and the names of the last of them.
pub(crate) struct Spread {
    pub(crate) count: usize,
    pub(crate) names: Vec<Value>,
}

/// Lays out the items of the list or tuple in window register 2, and then the values of the
/// dictionary in register 3 if there is one, as the arguments of a plain call. `None`: nothing has
/// happened.
pub(crate) fn spread<M: Machine>(m: &mut M, window: Regs) -> Option<Spread> {
    let (args, keywords) = (m.get(window, 2), m.get(window, 3));
    let word = m.word(args);
    let count = match word.kind()? {
        Kind::Tuple => word.known::<Tuple>().len(),
        Kind::List => word.known::<List>().len(),
        _ => return None,
    };
    if count > SPREAD_MAX {
        return None;
    }
    let named = if m.word(keywords).is_none() {
        m.is_word(keywords, Value::NONE);
        Vec::new()
    } else {
        m.keyword_items(keywords)?
    };
    let all = count + named.len();
    if all > SPREAD_MAX || !super::subscript::unpack(m, args, window, 2, count as u16) {
        return None;
    }
    let mut names = Vec::with_capacity(named.len());
    for (at, (name, value)) in named.into_iter().enumerate() {
        m.set(window, 2 + (count + at) as u16, value);
        names.push(name);
    }
    Some(Spread { count: all, names })
}

impl Vm {
    /// Runs the frame on top, which an op has just opened, to its end, and gives the op's result.
    pub(crate) fn run_entered(&mut self) -> PyResult {
        self.run_entered_at(self.frames.len() - 1, None)
    }

    /// Runs to its end the frame number `at`, which an op has opened; others may have been opened
    /// above it since, and the one on top may have raised.
    pub(crate) fn run_entered_at(&mut self, at: usize, raised: Option<Raised>) -> PyResult {
        let frame = &mut self.frames[at];
        let then = frame.then;
        let made = frame.kept_for_result();
        let asked = frame.as_generator().filter(|_| then == Then::Next);
        frame.then = Then::Exit;
        if let Err(raised) = self.native_enter() {
            self.frames.truncate(at);
            return Err(raised);
        }
        let result = match raised {
            Some(raised) => self.run_loop_raising(raised),
            None => self.run_loop(),
        };
        self.native_depth -= 1;
        let value = match result {
            Err(raised) if then == Then::Item => {
                self.unless_stopped(raised)?;
                return Ok(Value::UNBOUND);
            }
            result => result?,
        };
        match asked.filter(|asked| !asked.is_resumable()) {
            Some(_) => Err(self.stop_iteration(value)),
            None => self.result_of_op(then, made, value),
        }
    }

    /// What the op that opened a frame gives when the frame returned `value`; the frame is off, `made` is
    /// what was kept of it. Of a comparison that jumps: a boolean; of a loop that has ended: *unbound*.
    pub(crate) fn result_of_op(&mut self, then: Then, made: Value, value: Value) -> PyResult {
        match then {
            Then::Init if value.is_none() => Ok(made),
            Then::Init => Err(self.init_returned(value)),
            Then::Operator | Then::Inplace | Then::Reflected => {
                let Some(frame) = self.frames.last() else {
                    unreachable!("an operator's op stands in a frame")
                };
                let (i, regs) = (frame.pc.offset(-1).fetch(), frame.base);
                let value = match value {
                    Value::NOT_IMPLEMENTED => self.operator_declined(then, i, regs)?,
                    value => value,
                };
                if crate::slow::is_jump(i.op()) {
                    Ok(Value::bool(self.truth(value)?))
                } else {
                    Ok(value)
                }
            }
            Then::Iter => self.iter_returned(value),
            Then::Length
            | Then::Int
            | Then::Float
            | Then::Repr
            | Then::Shown
            | Then::Hash
            | Then::Bool => self.given_by_method(then, made, value),
            Then::Truth | Then::TruthOfLength => {
                let truth = self.truth_returned(then, value)?;
                let op = self
                    .frames
                    .last()
                    .map(|frame| frame.pc.offset(-1).fetch().op());
                Ok(Value::bool(truth != (op == Some(bytecode::Op::Not))))
            }
            Then::Contains => {
                let found = self.truth(value)?;
                let op = self.frames.last().map(|frame| frame.pc.offset(-1).fetch());
                let negate = op.is_some_and(|i| i.op() != bytecode::Op::JumpIn && i.x() != 0);
                Ok(Value::bool(found != negate))
            }
            Then::Text => self.text_returned(value, "__str__").map(|_| value),
            Then::Store
            | Then::Exit
            | Then::ForIter
            | Then::Send
            | Then::Next
            | Then::Drop
            | Then::Item => Ok(value),
        }
    }
}
