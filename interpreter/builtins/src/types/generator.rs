//! Generators and coroutines as objects: `send`, `throw`, `close` and what can be read of them.

use super::exception::exception_value;
use object::{
    Class, ClassFlags, Foreign, FrameObject, Gc, Generator, GeneratorState, Kind, Marker, Payload,
    Seen, Traceback, Value, shape,
};
use vm::{Def, PyResult, Raised, Vm, class_method, getter, method, setter, string};

const GENERATOR: &[Def] = &[
    method("__iter__(self, /)", identity),
    method("__next__(self, /)", next::<{ object::GENERATOR }>),
    method("send(self, value, /)", send::<{ object::GENERATOR }>),
    method(
        "throw(self, typ, val=None, tb=None, /)",
        throw::<{ object::GENERATOR }>,
    ),
    method("close(self, /)", close::<{ object::GENERATOR }>),
    method("__repr__(self, /)", repr),
    class_method("__class_getitem__(cls, item, /)", super::class_getitem),
    getter("__name__", name),
    setter("__name__", set_name),
    getter("__qualname__", qualname),
    setter("__qualname__", set_qualname),
    getter("gi_running", running),
    getter("gi_suspended", suspended),
    getter("gi_code", code),
    getter("gi_frame", frame),
    getter("gi_yieldfrom", delegate),
];

const COROUTINE: &[Def] = &[
    method("__await__(self, /)", await_),
    method("send(self, value, /)", send::<{ object::COROUTINE }>),
    method(
        "throw(self, typ, val=None, tb=None, /)",
        throw::<{ object::COROUTINE }>,
    ),
    method("close(self, /)", close::<{ object::COROUTINE }>),
    method("__repr__(self, /)", repr),
    class_method("__class_getitem__(cls, item, /)", super::class_getitem),
    getter("__name__", name),
    setter("__name__", set_name),
    getter("__qualname__", qualname),
    setter("__qualname__", set_qualname),
    getter("cr_running", running),
    getter("cr_suspended", suspended),
    getter("cr_code", code),
    getter("cr_frame", frame),
    getter("cr_await", delegate),
    getter("cr_origin", origin),
];

/// What `__await__` of a coroutine returns: an iterator, which the coroutine itself is not.
const WRAPPER: &[Def] = &[
    method("__iter__(self, /)", identity),
    method("__next__(self, /)", |vm, args| {
        let coroutine = awaited(vm, args[0])?;
        next::<{ object::COROUTINE }>(vm, &[coroutine])
    }),
    method("send(self, value, /)", |vm, args| {
        let coroutine = awaited(vm, args[0])?;
        send::<{ object::COROUTINE }>(vm, &[coroutine, args[1]])
    }),
    method("throw(self, typ, val=None, tb=None, /)", |vm, args| {
        let coroutine = awaited(vm, args[0])?;
        throw::<{ object::COROUTINE }>(vm, &[coroutine, args[1], args[2], args[3]])
    }),
    method("close(self, /)", |vm, args| {
        let coroutine = awaited(vm, args[0])?;
        close::<{ object::COROUTINE }>(vm, &[coroutine])
    }),
];

/// The payload of a wrapper.
struct Awaited(Gc<Generator>);

impl Payload for Awaited {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.0.into());
    }
}

fn await_(vm: &mut Vm, args: &[Value]) -> PyResult {
    let coroutine = generator(vm, args[0])?;
    let class = vm.kept("coroutine_wrapper").and_then(|c| c.cast::<Class>());
    let class = class.unwrap_or(vm.types.object);
    Ok(Foreign::new(class.new_instance_shape(), Awaited(coroutine)).into())
}

/// The coroutine of a wrapper.
fn awaited(vm: &mut Vm, wrapper: Value) -> PyResult {
    let payload = wrapper
        .cast::<Foreign>()
        .and_then(|f| f.payload::<Awaited>());
    match payload {
        Some(Awaited(coroutine)) => Ok((*coroutine).into()),
        None => Err(vm.type_error("a coroutine_wrapper is required")),
    }
}

fn generator(vm: &mut Vm, value: Value) -> PyResult<Gc<Generator>> {
    vm.receiver::<Generator>(value)
}

/// A generator or a coroutine, as its variant says, and not the other.
fn of_variant(vm: &mut Vm, value: Value, variant: u8) -> PyResult<Gc<Generator>> {
    let generator = generator(vm, value)?;
    if value.shape_id() == shape::of_variant(Kind::Generator, variant) {
        return Ok(generator);
    }
    let given = vm.type_name(value);
    let wanted = match variant {
        object::COROUTINE => "coroutine",
        _ => "generator",
    };
    Err(vm.type_error(format!(
        "descriptor requires a '{wanted}' object but received a '{given}'"
    )))
}

fn identity(_vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(args[0])
}

/// What a resumption gave: a value, or StopIteration with the generator's result.
fn outcome(vm: &mut Vm, result: PyResult<Option<Value>>) -> PyResult {
    match result? {
        Some(value) => Ok(value),
        None => {
            let value = vm.generator_result;
            Err(vm.stop_iteration(value))
        }
    }
}

fn next<const VARIANT: u8>(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = of_variant(vm, args[0], VARIANT)?;
    let result = vm.resume_generator(generator, Value::NONE);
    outcome(vm, result)
}

fn send<const VARIANT: u8>(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = of_variant(vm, args[0], VARIANT)?;
    let result = vm.resume_generator(generator, args[1]);
    outcome(vm, result)
}

fn throw<const VARIANT: u8>(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = of_variant(vm, args[0], VARIANT)?;
    warn_of_signature(vm, args, "throw")?;
    let exception = exception_thrown(vm, args[1], args[2], args[3])?;
    let result = vm.throw_into(generator, exception);
    outcome(vm, result)
}

/// The exception that `throw` is to raise, by its arguments.
pub fn exception_thrown(vm: &mut Vm, class: Value, value: Value, traceback: Value) -> PyResult {
    let given = |value: Value| value.bound().filter(|v| !v.is_none());
    if let Some(traceback) = given(traceback)
        && !traceback.is::<Traceback>()
    {
        return Err(vm.type_error("throw() third argument must be a traceback object"));
    }
    let exception = exception_value(vm, class, given(value))?;
    if let Some(traceback) = given(traceback) {
        Raised(exception)
            .exception()
            .write(|e| &e.traceback, traceback);
    }
    Ok(exception)
}

/// Warns of a `throw` with more than one argument.
pub fn warn_of_signature(vm: &mut Vm, args: &[Value], name: &str) -> PyResult<()> {
    if args[2].is_unbound() && args[3].is_unbound() {
        return Ok(());
    }
    let class = vm.types.deprecation_warning;
    vm.warn(
        class,
        &format!(
            "the (type, exc, tb) signature of {name}() is deprecated, use the single-arg signature instead."
        ),
    )
}

fn close<const VARIANT: u8>(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = of_variant(vm, args[0], VARIANT)?;
    vm.close_generator(generator)?;
    Ok(vm.generator_result)
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = generator(vm, args[0])?;
    let name = vm.str_text(generator.qualname.get())?;
    let class = vm.type_name(args[0]);
    let at = super::object::address(args[0]);
    Ok(string(&format!("<{class} object {name} at {at:#x}>")))
}

fn name(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(generator(vm, args[0])?.name.get())
}

pub fn set_name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = generator(vm, args[0])?;
    if args[1].is_unbound() || vm.as_str(args[1]).is_none() {
        return Err(vm.type_error("__name__ must be set to a string object"));
    }
    generator.write(|g| &g.name, args[1]);
    Ok(Value::NONE)
}

fn qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(generator(vm, args[0])?.qualname.get())
}

pub fn set_qualname(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = generator(vm, args[0])?;
    if args[1].is_unbound() || vm.as_str(args[1]).is_none() {
        return Err(vm.type_error("__qualname__ must be set to a string object"));
    }
    generator.write(|g| &g.qualname, args[1]);
    Ok(Value::NONE)
}

fn running(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(generator(vm, args[0])?.is_running()))
}

fn suspended(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(generator(vm, args[0])?.is_suspended()))
}

fn code(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(generator(vm, args[0])?.function().code().into())
}

pub fn frame(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = generator(vm, args[0])?;
    if generator.state.get() == GeneratorState::Finished {
        return Ok(Value::NONE);
    }
    let function = generator.function();
    let seen = Seen {
        code: function.code(),
        pc: generator.pc.get().saturating_sub(1),
        globals: function.globals().into(),
        namespace: Value::UNBOUND,
        closure: function.closure.get(),
        entry: Value::UNBOUND,
    };
    Ok(FrameObject::new(seen, &variables(generator)).into())
}

/// The registers of a generator's variables where it goes on. Compiled code saves of them what is read from
/// there on, so no others are shown; before it begins all are there, and while it runs none.
fn variables(generator: Gc<Generator>) -> Vec<Value> {
    let is_fresh = generator.is_fresh();
    if !is_fresh && !generator.is_suspended() {
        return Vec::new();
    }
    let code = generator.function().code();
    let at = generator.pc.get();
    let saved = generator.registers().values(code.code().local_names.len());
    let is_shown = |reg| is_fresh || code.liveness().is_live(at, reg as u16);
    let words = saved.iter().enumerate();
    words
        .map(|(reg, &word)| if is_shown(reg) { word } else { Value::UNBOUND })
        .collect()
}

fn delegate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let generator = generator(vm, args[0])?;
    Ok(super::async_generator::waited_for(vm, generator))
}

fn origin(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(generator(vm, args[0])?.origin.get())
}

pub fn install(vm: &mut Vm) {
    let (generator, coroutine) = (vm.types.generator, vm.types.coroutine);
    vm.define_methods(generator, GENERATOR);
    vm.define_methods(coroutine, COROUTINE);
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    let object = vm.types.object;
    let class = vm.native_class("builtins", "coroutine_wrapper", object, flags, WRAPPER);
    vm.keep("coroutine_wrapper", class.into());
}
