//! `Context`: what results are fitted to, which signals raise, and which were given.

use super::{
    DEFAULT_CONTEXT, SIGNAL_CLASSES, SIGNAL_DICT, TEMPLATES, VARIABLE, arguments, methods,
};
use ::decimal::{Context, MAX_EMAX, MAX_PREC, MIN_EMIN, Rounding, Status, signal};
use object::{
    Class, ClassFlags, Dict, Foreign, Gc, Kind, List, Marker, Payload, Tuple, Value, intern,
};
use std::cell::Cell;
use vm::{Def, PyResult, Raised, Vm, getter, method, setter, static_method, string, tuple};

pub(super) struct Settings {
    pub(super) fits: Cell<Context>,
    pub(super) capitals: Cell<bool>,
    pub(super) traps: Cell<Status>,
    pub(super) flags: Cell<Status>,
    /// The mappings that Python sees, once it has asked for them.
    mappings: [Cell<Value>; 2],
}

impl Payload for Settings {
    fn trace(&self, marker: &mut Marker) {
        self.mappings.iter().for_each(|map| marker.visit(map.get()));
    }
}

impl Settings {
    fn new() -> Settings {
        let fits = Context {
            precision: 28,
            emin: -999_999,
            emax: 999_999,
            rounding: Rounding::HalfEven,
            clamp: false,
        };
        Settings {
            fits: Cell::new(fits),
            capitals: Cell::new(true),
            traps: Cell::new(signal::INVALID | signal::DIVISION_BY_ZERO | signal::OVERFLOW),
            flags: Cell::new(0),
            mappings: [Cell::new(Value::UNBOUND), Cell::new(Value::UNBOUND)],
        }
    }

    fn take_over(&self, other: &Settings) {
        self.fits.set(other.fits.get());
        self.capitals.set(other.capitals.get());
        self.traps.set(other.traps.get());
        self.flags.set(other.flags.get());
    }

    /// How exponents begin.
    pub(super) fn exponent_letter(&self) -> u8 {
        if self.capitals.get() { b'E' } else { b'e' }
    }

    /// Notes what an operation has signalled; raises what is trapped.
    #[inline(always)]
    pub(super) fn conclude(&self, vm: &mut Vm, status: Status) -> PyResult<()> {
        if status == 0 {
            return Ok(());
        }
        self.flags.set(self.flags.get() | status & !signal::MEMORY);
        if status & (self.traps.get() | signal::MEMORY) == 0 {
            return Ok(());
        }
        Err(self.trapped(vm, status))
    }

    #[cold]
    fn trapped(&self, vm: &mut Vm, status: Status) -> Raised {
        if status & signal::MEMORY != 0 {
            return vm.memory_error("");
        }
        let trapped = status & self.traps.get();
        let classes = signal_classes(vm);
        let class = SIGNALS
            .iter()
            .zip(&classes)
            .find(|(bits, _)| trapped & **bits != 0)
            .and_then(|(_, class)| class.cast::<Class>());
        let Some(class) = class else {
            return vm.system_error("no class for a signal");
        };
        let list = List::from_slice(&shown_as(&classes, trapped, true));
        vm.raise_with(class, &[list.into()])
    }
}

/// The bits of the signals in their order.
const SIGNALS: [Status; 9] = [
    signal::INVALID,
    signal::FLOAT_OPERATION,
    signal::DIVISION_BY_ZERO,
    signal::OVERFLOW,
    signal::UNDERFLOW,
    signal::SUBNORMAL,
    signal::INEXACT,
    signal::ROUNDED,
    signal::CLAMPED,
];

/// The same in the order of their bits, in which a context shows them.
const SHOWN: [Status; 9] = [
    signal::CLAMPED,
    signal::INVALID,
    signal::DIVISION_BY_ZERO,
    signal::INEXACT,
    signal::FLOAT_OPERATION,
    signal::OVERFLOW,
    signal::ROUNDED,
    signal::SUBNORMAL,
    signal::UNDERFLOW,
];

/// The conditions that InvalidOperation stands for and that have classes of their own.
const CONDITIONS: [Status; 4] = [
    signal::CONVERSION_SYNTAX,
    signal::DIVISION_IMPOSSIBLE,
    signal::DIVISION_UNDEFINED,
    signal::INVALID_CONTEXT,
];

fn signal_classes(vm: &Vm) -> Vec<Value> {
    let kept = vm
        .kept(SIGNAL_CLASSES)
        .and_then(|kept| kept.cast::<Tuple>());
    kept.map_or(Vec::new(), |tuple| tuple.items().to_vec())
}

/// The classes for a status: each reason of an invalid operation by itself, or as one signal.
fn shown_as(classes: &[Value], status: Status, by_condition: bool) -> Vec<Value> {
    let mut shown = Vec::new();
    let (signals, conditions) = classes.split_at(SIGNALS.len().min(classes.len()));
    let invalid = if by_condition {
        signal::INVALID_OPERATION
    } else {
        signal::INVALID
    };
    if status & invalid != 0 {
        shown.extend(signals.first());
    }
    if by_condition {
        let own = CONDITIONS.iter().zip(conditions);
        shown.extend(
            own.filter(|(bits, _)| status & **bits != 0)
                .map(|(_, &class)| class),
        );
    }
    let others = SIGNALS.iter().zip(signals).skip(1);
    shown.extend(
        others
            .filter(|(bits, _)| status & **bits != 0)
            .map(|(_, &class)| class),
    );
    shown
}

// ---- the current context

pub(super) fn settings(value: Value) -> Option<&'static Settings> {
    value.to::<Foreign>()?.payload::<Settings>()
}

/// The context of an optional argument: the current one if there is none.
pub(super) fn chosen(vm: &mut Vm, argument: Value) -> PyResult<&'static Settings> {
    match argument {
        Value::UNBOUND | Value::NONE => current(vm),
        given => {
            settings(given).ok_or_else(|| vm.type_error("optional argument must be a context"))
        }
    }
}

#[inline(always)]
pub(super) fn current(vm: &mut Vm) -> PyResult<&'static Settings> {
    match settings(vm.decimal_context) {
        Some(settings) => Ok(settings),
        None => current_slow(vm),
    }
}

#[cold]
fn current_slow(vm: &mut Vm) -> PyResult<&'static Settings> {
    let object = current_object(vm)?;
    settings(object).ok_or_else(|| vm.type_error("the context variable holds no context"))
}

/// The current context, a copy of the default one if there is none yet. Runs no Python code: compiled
/// code calls operators where none may run.
pub(super) fn current_object(vm: &mut Vm) -> PyResult {
    if let Some(current) = vm.decimal_context.bound() {
        return Ok(current);
    }
    let (holder, values) = variables(vm)?;
    let variable = vm.kept(VARIABLE).unwrap_or(Value::NONE);
    if let Some(found) = vm.dict_get(values, variable)? {
        vm.decimal_context = found;
        return Ok(found);
    }
    let made = make(context_class(vm));
    if let Some(default) = vm.kept(DEFAULT_CONTEXT).and_then(settings)
        && let Some(own) = settings(made)
    {
        own.take_over(default);
        own.flags.set(0);
    }
    // Contexts share their variables until one of them changes some.
    let values = values.copy();
    vm.dict_set(values, variable, made)?;
    vm.set_attr(holder, intern("_values"), values.into())?;
    vm.decimal_context = made;
    Ok(made)
}

/// The running context of context variables, and the values in it.
fn variables(vm: &mut Vm) -> PyResult<(Value, Gc<Dict>)> {
    let module = vm.modules.get_str(intern("_contextvars"));
    let module = module.and_then(|module| module.cast::<object::Module>());
    let holder = module.and_then(|module| module.namespace().get_str(intern("_current")));
    if let Some(holder) = holder {
        let values = vm.get_attr_text(holder, "_values")?;
        if let Some(values) = values.cast::<Dict>() {
            return Ok((holder, values));
        }
    }
    Err(vm.runtime_error("decimal needs the module _contextvars"))
}

/// `setcontext(context)`: the templates are copied.
pub(super) fn set_current(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(given) = settings(args[0]) else {
        return Err(vm.type_error("argument must be a context"));
    };
    let mut wanted = args[0];
    let templates = vm.kept(TEMPLATES).and_then(|kept| kept.cast::<Tuple>());
    if templates.is_some_and(|templates| templates.items().contains(&wanted)) {
        wanted = copy_of(vm, given);
        if let Some(own) = settings(wanted) {
            own.flags.set(0);
        }
    }
    let variable = vm.kept(VARIABLE).unwrap_or(Value::NONE);
    vm.call_method(variable, intern("set"), &[wanted])?;
    vm.decimal_context = wanted;
    Ok(Value::NONE)
}

// ---- the class

const CLASS: &str = "decimal.Context";

fn context_class(vm: &Vm) -> Gc<Class> {
    vm.kept(CLASS)
        .and_then(|class| class.cast::<Class>())
        .unwrap_or(vm.types.object)
}

fn make(class: Gc<Class>) -> Value {
    Foreign::new(class.new_instance_shape(), Settings::new()).into()
}

fn copy_of(vm: &Vm, of: &Settings) -> Value {
    let made = make(context_class(vm));
    if let Some(own) = settings(made) {
        own.take_over(of);
    }
    made
}

pub(super) fn own(vm: &mut Vm, value: Value) -> PyResult<&'static Settings> {
    match settings(value) {
        Some(settings) => Ok(settings),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'decimal.Context' object but received a '{given}'"
            )))
        }
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let class = match args[0].cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => class,
        _ => return Err(vm.type_error("decimal.Context.__new__(X): X is not a subtype of Context")),
    };
    let made = make(class);
    if let (Some(own), Some(default)) =
        (settings(made), vm.kept(DEFAULT_CONTEXT).and_then(settings))
    {
        own.take_over(default);
        own.flags.set(0);
    }
    Ok(made)
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    type Set = fn(&mut Vm, &[Value]) -> PyResult;
    let setters: [Set; 8] = [
        set_precision,
        set_rounding,
        set_emin,
        set_emax,
        set_capitals,
        set_clamp,
        |vm, args| set_listed(vm, args, Mapping::Flags),
        |vm, args| set_listed(vm, args, Mapping::Traps),
    ];
    own(vm, args[0])?;
    for (set, &value) in setters.into_iter().zip(&args[1..]) {
        if !value.is_unbound() && !value.is_none() {
            set(vm, &[args[0], value])?;
        }
    }
    Ok(Value::NONE)
}

fn undeletable(vm: &mut Vm, value: Value) -> PyResult {
    match value.bound() {
        Some(value) => Ok(value),
        None => Err(vm.attribute_error("context attributes cannot be deleted")),
    }
}

/// An integer within bounds.
fn bounded(vm: &mut Vm, value: Value, least: i64, most: i64, error: &str) -> PyResult<i64> {
    let value = undeletable(vm, value)?;
    let Some(n) = vm.as_int(value) else {
        return Err(vm.type_error(
            "an integer is required (got type ".to_string() + &vm.type_name(value) + ")",
        ));
    };
    match vm.index(n)? {
        n if (least..=most).contains(&n) => Ok(n),
        _ => Err(vm.value_error(error)),
    }
}

fn change(settings: &Settings, f: impl FnOnce(&mut Context)) -> PyResult {
    let mut fits = settings.fits.get();
    f(&mut fits);
    settings.fits.set(fits);
    Ok(Value::NONE)
}

fn set_precision(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let error = "valid range for prec is [1, MAX_PREC]";
    let n = bounded(vm, args[1], 1, MAX_PREC, error)?;
    change(own, |fits| fits.precision = n)
}

fn set_emin(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let n = bounded(
        vm,
        args[1],
        MIN_EMIN,
        0,
        "valid range for Emin is [MIN_EMIN, 0]",
    )?;
    change(own, |fits| fits.emin = n)
}

fn set_emax(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let n = bounded(
        vm,
        args[1],
        0,
        MAX_EMAX,
        "valid range for Emax is [0, MAX_EMAX]",
    )?;
    change(own, |fits| fits.emax = n)
}

fn set_capitals(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let n = bounded(vm, args[1], 0, 1, "valid values for capitals are [0, 1]")?;
    own.capitals.set(n == 1);
    Ok(Value::NONE)
}

fn set_clamp(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let n = bounded(vm, args[1], 0, 1, "valid values for clamp are [0, 1]")?;
    change(own, |fits| fits.clamp = n == 1)
}

fn set_rounding(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let value = undeletable(vm, args[1])?;
    let rounding = arguments::rounding(vm, value)?;
    change(own, |fits| fits.rounding = rounding)
}

#[derive(Clone, Copy)]
enum Mapping {
    Flags,
    Traps,
}

impl Mapping {
    fn of(self, settings: &Settings) -> &Cell<Status> {
        match self {
            Mapping::Flags => &settings.flags,
            Mapping::Traps => &settings.traps,
        }
    }
}

/// The mapping object; it is made when it is first asked for.
fn mapping(vm: &mut Vm, args: &[Value], which: Mapping) -> PyResult {
    let own = own(vm, args[0])?;
    let cell = &own.mappings[which as usize];
    if let Some(made) = cell.get().bound() {
        return Ok(made);
    }
    let class = vm.kept(SIGNAL_DICT).unwrap_or(Value::NONE);
    let name = string(match which {
        Mapping::Flags => "_flags",
        Mapping::Traps => "_traps",
    });
    let made = vm.call(class, &[args[0], name])?;
    if let Some(object) = args[0].to::<Foreign>() {
        object.about_to_write();
    }
    own.mappings[which as usize].set(made);
    Ok(made)
}

#[cold]
fn unknown_signal(vm: &mut Vm) -> Raised {
    let names = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   \
                 Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
    vm.key_error(string(names))
}

fn bit_of(classes: &[Value], class: Value) -> Option<Status> {
    let at = classes.iter().position(|&own| own == class)?;
    SIGNALS.get(at).copied()
}

/// The status of a list of signals; conditions are taken for what they stand for.
fn status_of_list(vm: &mut Vm, list: Gc<List>) -> PyResult<Status> {
    let classes = signal_classes(vm);
    let mut status = 0;
    for class in list.to_vec() {
        let at = classes.iter().position(|&own| own == class);
        let bits = at.and_then(|at| SIGNALS.iter().chain(&CONDITIONS).nth(at));
        match bits {
            Some(bits) => status |= bits,
            None => {
                return Err(unknown_signal(vm));
            }
        }
    }
    Ok(status)
}

/// The status of a mapping from each signal to whether it is in.
fn status_of(vm: &mut Vm, value: Value) -> PyResult<Status> {
    let classes = signal_classes(vm);
    if let Some(dict) = value.to::<Dict>() {
        if dict.len() != SIGNALS.len() {
            return Err(vm.key_error(string("invalid signal dict")));
        }
        let mut status = 0;
        // In a tuple: what the values say may be Python code's, which may empty the dictionary.
        let items: Vec<Value> = dict.get().iter().flat_map(|(k, v)| [k, v]).collect();
        let items = Tuple::new(&items);
        for pair in items.items().chunks_exact(2) {
            let (class, value) = (pair[0], pair[1]);
            match bit_of(&classes, class) {
                Some(bits) => status |= if vm.truth(value)? { bits } else { 0 },
                None => return Err(vm.key_error(string("invalid error flag"))),
            }
        }
        return Ok(status);
    }
    let class = vm.kept(SIGNAL_DICT).unwrap_or(Value::NONE);
    if vm.is_instance(value, class)? {
        let bits = vm.get_attr_text(value, "_bits")?;
        return Ok(vm.index(bits)? as Status);
    }
    Err(vm.type_error("argument must be a signal dict"))
}

/// Sets signals for the constructor, which takes lists, too.
fn set_listed(vm: &mut Vm, args: &[Value], which: Mapping) -> PyResult {
    match args[1].to::<List>() {
        None => set_signals(vm, args, which),
        Some(list) => {
            let status = status_of_list(vm, list)?;
            which.of(own(vm, args[0])?).set(status);
            Ok(Value::NONE)
        }
    }
}

fn set_signals(vm: &mut Vm, args: &[Value], which: Mapping) -> PyResult {
    let own = own(vm, args[0])?;
    let value = undeletable(vm, args[1])?;
    let status = status_of(vm, value)?;
    which.of(own).set(status);
    Ok(Value::NONE)
}

fn set_bits(vm: &mut Vm, args: &[Value], which: Mapping) -> PyResult {
    let own = own(vm, args[0])?;
    let value = undeletable(vm, args[1])?;
    let bits = vm.index(value)?;
    let all = SIGNALS.iter().fold(0, |all, bits| all | bits);
    match Status::try_from(bits).ok().filter(|bits| bits & !all == 0) {
        Some(bits) => which.of(own).set(bits),
        None => return Err(vm.value_error("invalid signals")),
    }
    Ok(Value::NONE)
}

fn bits(vm: &mut Vm, args: &[Value], which: Mapping) -> PyResult {
    let own = own(vm, args[0])?;
    Ok(Value::int(i64::from(which.of(own).get())))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let fits = own.fits.get();
    let names = |vm: &mut Vm, status: Status| {
        let classes = signal_classes(vm);
        let shown = SHOWN.iter().filter(|&&bits| status & bits != 0);
        let at = |bits: Status| SIGNALS.iter().position(|&own| own == bits);
        let shown = shown.filter_map(|&bits| classes.get(at(bits)?).copied());
        let names = shown.collect::<Vec<_>>();
        let names = names.iter().filter_map(|class| class.cast::<Class>());
        names
            .map(|class| class.name_text())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (flags, traps) = (names(vm, own.flags.get()), names(vm, own.traps.get()));
    Ok(string(&format!(
        "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{flags}], \
         traps=[{traps}])",
        fits.precision,
        fits.rounding.name(),
        fits.emin,
        fits.emax,
        u8::from(own.capitals.get()),
        u8::from(fits.clamp),
    )))
}

fn reduce(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    let fits = own.fits.get();
    let classes = signal_classes(vm);
    let list = |status| List::from_slice(&shown_as(&classes, status, false)).into();
    let parts = tuple(&[
        Value::int(fits.precision),
        string(fits.rounding.name()),
        Value::int(fits.emin),
        Value::int(fits.emax),
        Value::int(i64::from(own.capitals.get())),
        Value::int(i64::from(fits.clamp)),
        list(own.flags.get()),
        list(own.traps.get()),
    ]);
    Ok(tuple(&[vm.class_of(args[0]).into(), parts]))
}

fn copy(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = own(vm, args[0])?;
    Ok(copy_of(vm, own))
}

/// An attribute of the settings.
fn read(vm: &mut Vm, args: &[Value], f: impl Fn(&Settings) -> i64) -> PyResult {
    let own = own(vm, args[0])?;
    Ok(Value::int(f(own)))
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method(
        "__init__(self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, \
         flags=None, traps=None)",
        init,
    ),
    method("__repr__(self, /)", repr),
    method("__reduce__(self, /)", reduce),
    method("__copy__(self, /)", copy),
    method("copy(self, /)", copy),
    method("clear_flags(self, /)", |vm, args| {
        own(vm, args[0])?.flags.set(0);
        Ok(Value::NONE)
    }),
    method("clear_traps(self, /)", |vm, args| {
        own(vm, args[0])?.traps.set(0);
        Ok(Value::NONE)
    }),
    method("Etiny(self, /)", |vm, args| {
        read(vm, args, |own| own.fits.get().etiny())
    }),
    method("Etop(self, /)", |vm, args| {
        read(vm, args, |own| own.fits.get().etop())
    }),
    method("radix(self, /)", |_, _| Ok(methods::ten())),
    getter("prec", |vm, args| {
        read(vm, args, |own| own.fits.get().precision)
    }),
    setter("prec", set_precision),
    getter("Emin", |vm, args| read(vm, args, |own| own.fits.get().emin)),
    setter("Emin", set_emin),
    getter("Emax", |vm, args| read(vm, args, |own| own.fits.get().emax)),
    setter("Emax", set_emax),
    getter("capitals", |vm, args| {
        read(vm, args, |own| i64::from(own.capitals.get()))
    }),
    setter("capitals", set_capitals),
    getter("clamp", |vm, args| {
        read(vm, args, |own| i64::from(own.fits.get().clamp))
    }),
    setter("clamp", set_clamp),
    getter("rounding", |vm, args| {
        Ok(string(own(vm, args[0])?.fits.get().rounding.name()))
    }),
    setter("rounding", set_rounding),
    getter("flags", |vm, args| mapping(vm, args, Mapping::Flags)),
    setter("flags", |vm, args| set_signals(vm, args, Mapping::Flags)),
    getter("traps", |vm, args| mapping(vm, args, Mapping::Traps)),
    setter("traps", |vm, args| set_signals(vm, args, Mapping::Traps)),
    getter("_flags", |vm, args| bits(vm, args, Mapping::Flags)),
    setter("_flags", |vm, args| set_bits(vm, args, Mapping::Flags)),
    getter("_traps", |vm, args| bits(vm, args, Mapping::Traps)),
    setter("_traps", |vm, args| set_bits(vm, args, Mapping::Traps)),
];

pub(super) fn install(vm: &mut Vm) -> Gc<Class> {
    let flags = ClassFlags {
        immutable: true,
        ..Default::default()
    };
    let object = vm.types.object;
    let class = vm.native_class("decimal", "Context", object, flags, METHODS);
    vm.define_methods(class, methods::OF_CONTEXT);
    vm.keep(CLASS, class.into());
    class
}
