//! Asynchronous generators: what `__anext__`, `asend`, `athrow` and `aclose` return, and how it
//! drives the generator.
//!
//! The generator's frame yields in two ways: where it awaits, the value goes up to the event
//! loop; at a `yield` of its own, the awaitable is done and the value is its result. The op that
//! the frame stopped at tells them apart.

use super::generator::{exception_thrown, set_name, set_qualname, warn_of_signature};
use crate::modules::async_hooks;
use object::{
    Class, ClassFlags, Foreign, Gc, Generator, GeneratorState, Marker, Payload, Tuple, Value, heap,
};
use std::cell::Cell;
use vm::{Def, PyResult, Vm, class_method, getter, method, setter, string, tuple};

/// In the flags of a generator, beside those of `async_hooks`: it was asked to close.
const CLOSED: u16 = 4;

const METHODS: &[Def] = &[
    method("__aiter__(self, /)", |_, args| Ok(args[0])),
    method("__anext__(self, /)", |vm, args| {
        make(vm, args[0], Start::Send, Value::NONE)
    }),
    method("asend(self, value, /)", |vm, args| {
        make(vm, args[0], Start::Send, args[1])
    }),
    method("athrow(self, typ, val=None, tb=None, /)", athrow),
    method("aclose(self, /)", |vm, args| {
        make(vm, args[0], Start::Close, Value::NONE)
    }),
    method("__repr__(self, /)", repr),
    class_method("__class_getitem__(cls, item, /)", super::class_getitem),
    getter("__name__", |vm, args| {
        Ok(vm.receiver::<Generator>(args[0])?.name.get())
    }),
    setter("__name__", set_name),
    getter("__qualname__", |vm, args| {
        Ok(vm.receiver::<Generator>(args[0])?.qualname.get())
    }),
    setter("__qualname__", set_qualname),
    getter("ag_running", |vm, args| {
        let generator = vm.receiver::<Generator>(args[0])?;
        Ok(Value::bool(is_under_way(vm, generator)))
    }),
    getter("ag_suspended", |vm, args| {
        Ok(Value::bool(
            vm.receiver::<Generator>(args[0])?.is_suspended(),
        ))
    }),
    getter("ag_code", |vm, args| {
        Ok(vm.receiver::<Generator>(args[0])?.function().code().into())
    }),
    getter("ag_await", |vm, args| {
        let generator = vm.receiver::<Generator>(args[0])?;
        Ok(waited_for(vm, generator))
    }),
    getter("ag_frame", super::generator::frame),
];

const AWAITABLE: &[Def] = &[
    method("__await__(self, /)", |_, args| Ok(args[0])),
    method("__iter__(self, /)", |_, args| Ok(args[0])),
    method("__next__(self, /)", |vm, args| {
        step(vm, args[0], Value::NONE)
    }),
    method("send(self, value, /)", |vm, args| {
        step(vm, args[0], args[1])
    }),
    method("throw(self, typ, val=None, tb=None, /)", throw),
    method("close(self, /)", close),
];

/// How the generator is resumed first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Start {
    Send,
    Throw,
    Close,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    New,
    Going,
    Done,
}

/// The payload of an awaitable.
struct Awaitable {
    generator: Gc<Generator>,
    start: Start,
    value: Cell<Value>,
    state: Cell<State>,
}

impl Payload for Awaitable {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.generator.into());
        marker.visit(self.value.get());
    }
}

fn make(vm: &mut Vm, generator: Value, start: Start, value: Value) -> PyResult {
    let generator = vm.receiver::<Generator>(generator)?;
    async_hooks::asked(vm, generator)?;
    let made = of_generator(vm, generator, start, value, State::New);
    if !vm.awaits_call() {
        heap::register_finalizable(made);
    }
    Ok(made)
}

/// What a suspended generator waits for, None if it does not. An asynchronous generator that is
/// asked for its next item is shown as the awaitable that `__anext__` would have given.
pub fn waited_for(vm: &mut Vm, generator: Gc<Generator>) -> Value {
    let Some(delegate) = vm.delegate(generator) else {
        return Value::NONE;
    };
    match delegate.cast::<Generator>() {
        Some(asked) if asked.is_async() => {
            of_generator(vm, asked, Start::Send, Value::NONE, State::Going)
        }
        _ => delegate,
    }
}

fn of_generator(
    vm: &mut Vm,
    generator: Gc<Generator>,
    start: Start,
    value: Value,
    state: State,
) -> Value {
    let key = if start == Start::Send {
        "async_generator_asend"
    } else {
        "async_generator_athrow"
    };
    let class = vm
        .kept(key)
        .and_then(|c| c.cast::<Class>())
        .unwrap_or(vm.types.object);
    let awaitable = Awaitable {
        generator,
        start,
        value: Cell::new(value),
        state: Cell::new(state),
    };
    Foreign::new(class.new_instance_shape(), awaitable).into()
}

fn athrow(vm: &mut Vm, args: &[Value]) -> PyResult {
    warn_of_signature(vm, args, "athrow")?;
    let given = [1, 2, 3].map(|at| args[at].bound().unwrap_or(Value::NONE));
    make(vm, args[0], Start::Throw, tuple(&given))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = vm.receiver::<Generator>(args[0])?;
    let name = vm.str_text(generator.qualname.get())?;
    let at = super::object::address(args[0]);
    Ok(string(&format!(
        "<async_generator object {name} at {at:#x}>"
    )))
}

fn awaitable(vm: &mut Vm, value: Value) -> PyResult<&'static Awaitable> {
    match value
        .cast::<Foreign>()
        .and_then(|f| f.payload::<Awaitable>())
    {
        Some(awaitable) => Ok(awaitable),
        None => Err(vm.type_error("an awaitable of an async generator is required")),
    }
}

/// What an awaitable is, as messages name it.
fn named(start: Start) -> &'static str {
    match start {
        Start::Send => "__anext__()/asend()",
        _ => "aclose()/athrow()",
    }
}

/// Before an awaitable goes on: it must not be done, and where it begins no other may be under way.
fn enter(vm: &mut Vm, own: &Awaitable) -> PyResult<()> {
    match own.state.get() {
        State::Going => return Ok(()),
        State::Done => {
            let what = named(own.start);
            return Err(vm.runtime_error(format!("cannot reuse already awaited {what}")));
        }
        State::New => {}
    }
    if is_under_way(vm, own.generator) {
        own.state.set(State::Done);
        let what = match own.start {
            Start::Send => "anext",
            Start::Throw => "athrow",
            Start::Close => "aclose",
        };
        return Err(vm.runtime_error(format!(
            "{what}(): asynchronous generator is already running"
        )));
    }
    Ok(())
}

/// Whether something waits for the generator's next item.
fn is_under_way(vm: &mut Vm, generator: Gc<Generator>) -> bool {
    generator.is_running() || vm.delegate(generator).is_some()
}

/// Goes on until the generator awaits something or is done with this step.
fn step(vm: &mut Vm, value: Value, sent: Value) -> PyResult {
    let own = awaitable(vm, value)?;
    let generator = own.generator;
    let first = own.state.get() == State::New;
    if own.start != Start::Send
        && own.state.get() != State::Done
        && generator.state.get() == GeneratorState::Finished
    {
        own.state.set(State::Done);
        return Err(vm.stop_iteration(Value::NONE));
    }
    enter(vm, own)?;
    if first && own.start != Start::Send {
        let flags = &generator.header().flags;
        if flags.get() & CLOSED != 0 {
            own.state.set(State::Done);
            let class = vm.types.stop_async_iteration;
            return Err(vm.raise_with(class, &[]));
        }
        if !sent.is_none() {
            return Err(vm.runtime_error("can't send non-None value to a just-started coroutine"));
        }
    }
    own.state.set(State::Going);
    let outcome = match (first, own.start) {
        (true, Start::Throw) => match thrown(vm, own) {
            Ok(exception) => vm.throw_into(generator, exception),
            Err(raised) => Err(raised),
        },
        (true, Start::Close) => {
            let flags = &generator.header().flags;
            flags.set(flags.get() | CLOSED);
            let class = vm.types.generator_exit;
            let exit = vm.raise_with(class, &[]);
            vm.throw_into(generator, exit.0)
        }
        (true, Start::Send) if sent.is_none() => vm.resume_generator(generator, own.value.get()),
        _ => vm.resume_generator(generator, sent),
    };
    finish(vm, own, outcome)
}

/// What `athrow` was given, as an exception.
fn thrown(vm: &mut Vm, own: &Awaitable) -> PyResult {
    let given = own.value.get();
    match given.cast::<Tuple>().as_ref().map(|given| given.items()) {
        Some(&[class, value, traceback]) => exception_thrown(vm, class, value, traceback),
        _ => Ok(given),
    }
}

fn finish(vm: &mut Vm, own: &Awaitable, outcome: PyResult<Option<Value>>) -> PyResult {
    match outcome {
        Ok(Some(value)) if vm.delegate(own.generator).is_some() => Ok(value),
        Ok(Some(value)) => {
            own.state.set(State::Done);
            if own.start == Start::Close {
                return Err(vm.runtime_error("async generator ignored GeneratorExit"));
            }
            Err(vm.stop_iteration(value))
        }
        Ok(None) => {
            own.state.set(State::Done);
            if own.start == Start::Close {
                return Err(vm.stop_iteration(Value::NONE));
            }
            let class = vm.types.stop_async_iteration;
            Err(vm.raise_with(class, &[]))
        }
        Err(raised) => {
            own.state.set(State::Done);
            let ended = raised.matches(vm, vm.types.stop_async_iteration)
                || raised.matches(vm, vm.types.generator_exit);
            if own.start == Start::Close && ended {
                return Err(vm.stop_iteration(Value::NONE));
            }
            Err(raised)
        }
    }
}

fn throw(vm: &mut Vm, args: &[Value]) -> PyResult {
    warn_of_signature(vm, args, "throw")?;
    let exception = exception_thrown(vm, args[1], args[2], args[3])?;
    throw_exception(vm, args[0], exception)
}

fn throw_exception(vm: &mut Vm, value: Value, exception: Value) -> PyResult {
    let own = awaitable(vm, value)?;
    enter(vm, own)?;
    own.state.set(State::Going);
    let outcome = vm.throw_into(own.generator, exception);
    finish(vm, own, outcome)
}

fn close(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = awaitable(vm, args[0])?;
    if own.state.get() == State::Done {
        return Ok(Value::NONE);
    }
    let class = vm.types.generator_exit;
    let exit = vm.raise_with(class, &[]);
    match throw_exception(vm, args[0], exit.0) {
        Ok(_) => Err(vm.runtime_error("coroutine ignored GeneratorExit")),
        Err(raised) => {
            let types = [
                vm.types.stop_iteration,
                vm.types.stop_async_iteration,
                vm.types.generator_exit,
            ];
            match types.iter().any(|&class| raised.matches(vm, class)) {
                true => Ok(Value::NONE),
                false => Err(raised),
            }
        }
    }
}

pub fn is_awaitable(object: Value) -> bool {
    let object = object.cast::<Foreign>();
    object.is_some_and(|object| object.payload::<Awaitable>().is_some())
}

/// Warns of an object that is found dead if it is an awaitable that was never awaited.
pub fn warn_unawaited(vm: &mut Vm, object: Value) {
    let payload = object.cast::<Foreign>();
    let Some(own) = payload.as_ref().and_then(|f| f.payload::<Awaitable>()) else {
        return;
    };
    if own.state.get() != State::New {
        return;
    }
    let method = match own.start {
        Start::Send => "asend",
        Start::Throw => "athrow",
        Start::Close => "aclose",
    };
    let name = vm.str_text(own.generator.qualname.get());
    let text =
        name.map(|name| format!("coroutine method '{method}' of '{name}' was never awaited"));
    let class = vm.types.runtime_warning;
    if let Err(raised) = text.and_then(|text| vm.warn(class, &text)) {
        let text = vm.repr_text(own.generator.into()).unwrap_or_default();
        vm.report_unraisable(raised, &format!("while finalizing {text}"), object);
    }
}

pub fn install(vm: &mut Vm) {
    async_hooks::install(vm);
    let (class, object) = (vm.types.async_generator, vm.types.object);
    vm.define_methods(class, METHODS);
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    for name in ["async_generator_asend", "async_generator_athrow"] {
        let class = vm.native_class("builtins", name, object, flags, AWAITABLE);
        vm.keep(name, class.into());
    }
}
