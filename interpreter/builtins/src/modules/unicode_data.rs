//! `unicodedata`: properties of characters, from the tables of a crate that follows CPython's.
//!
//! The module's functions look into the newest version of the tables; the same functions as
//! methods of `ucd_3_2_0` into that of 2002, which internationalised domain names are defined by.

use object::{Class, ClassFlags, Foreign, Marker, Payload, Str, Value, intern};
use rustpython_unicode::normalize::NormalizeForm;
use rustpython_unicode::{LookupResult, Ucd, character_name};
use rustpython_wtf8::{CodePoint, Wtf8Buf};
use vm::{Def, PyResult, Vm, getter, method};

/// A version of the tables as an object.
struct Version(Ucd);

impl Payload for Version {
    fn trace(&self, _: &mut Marker) {}
}

const NEWEST: Ucd = Ucd::new(true);

/// Functions of the module, and methods of a version, from functions of a version and arguments.
macro_rules! both {
    ($($name:literal $arguments:literal $function:path;)*) => {
        const FUNCTIONS: &[Def] = &[$(
            method(concat!($name, "(", $arguments, ")"), |vm, args| {
                $function(vm, NEWEST, args)
            }),
        )*];

        const METHODS: &[Def] = &[
            $(method(concat!($name, "(self, ", $arguments, ")"), |vm, args| {
                let version = version_of(vm, args[0])?;
                $function(vm, version, &args[1..])
            }),)*
            getter("unidata_version", |vm, args| {
                Ok(vm::string(&version_of(vm, args[0])?.unidata_version()))
            }),
        ];
    };
}

both! {
    "bidirectional" "chr, /" bidirectional;
    "category" "chr, /" category;
    "combining" "chr, /" combining;
    "decimal" "chr, default=None, /" decimal;
    "decomposition" "chr, /" decomposition;
    "digit" "chr, default=None, /" digit;
    "east_asian_width" "chr, /" east_asian_width;
    "is_normalized" "form, unistr, /" is_normalized;
    "lookup" "name, /" lookup;
    "mirrored" "chr, /" mirrored;
    "name" "chr, default=None, /" name;
    "normalize" "form, unistr, /" normalize;
    "numeric" "chr, default=None, /" numeric;
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("unicodedata", FUNCTIONS);
    let flags = ClassFlags {
        immutable: true,
        no_instances: true,
        ..Default::default()
    };
    let object = vm.types.object;
    let class = vm.native_class("unicodedata", "UCD", object, flags, METHODS);
    let namespace = module.namespace();
    namespace.set_str(intern("UCD"), class.into());
    namespace.set_str(intern("ucd_3_2_0"), old(class));
    let version = vm::string(&NEWEST.unidata_version());
    namespace.set_str(intern("unidata_version"), version);
}

fn old(class: object::Gc<Class>) -> Value {
    Foreign::new(class.new_instance_shape(), Version(Ucd::new(false))).into()
}

fn version_of(vm: &mut Vm, value: Value) -> PyResult<Ucd> {
    let foreign = value.cast::<Foreign>();
    match foreign.and_then(|f| f.get().payload::<Version>()) {
        Some(version) => Ok(version.0),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'unicodedata.UCD' object but received a '{given}'"
            )))
        }
    }
}

/// The only character of a string.
fn character(vm: &mut Vm, function: &str, value: Value) -> PyResult<CodePoint> {
    let text = value.to::<Str>();
    if let Some(text) = text
        && text.len() == 1
        && let Some(point) = CodePoint::from_u32(text.point(0))
    {
        return Ok(point);
    }
    let given = match text {
        Some(text) => format!("a string of length {}", text.len()),
        None => vm.type_name(value),
    };
    Err(vm.type_error(format!(
        "{function}(): argument must be a unicode character, not {given}"
    )))
}

/// A value, or the default that was given, or ValueError.
fn or_default(vm: &mut Vm, found: Option<Value>, default: Option<&Value>, error: &str) -> PyResult {
    match found.or(default.and_then(|value| value.bound())) {
        Some(value) => Ok(value),
        None => Err(vm.value_error(error)),
    }
}

fn bidirectional(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "bidirectional", args[0])?;
    // The tables are of scalar values; a surrogate is left to right as what is not assigned.
    let class = match c.to_char() {
        Some(_) => version.bidirectional(c),
        None => "L",
    };
    Ok(vm::string(class))
}

fn category(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "category", args[0])?;
    Ok(vm::string(version.category(c)))
}

fn combining(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "combining", args[0])?;
    Ok(Value::small(i64::from(version.combining(c))))
}

fn decomposition(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "decomposition", args[0])?;
    Ok(vm::string(&version.decomposition(c)))
}

fn east_asian_width(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "east_asian_width", args[0])?;
    Ok(vm::string(version.east_asian_width(c)))
}

fn mirrored(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "mirrored", args[0])?;
    Ok(Value::small(i64::from(version.mirrored(c))))
}

fn decimal(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "decimal", args[0])?;
    let found = version.decimal(c).map(|n| Value::int(n as i64));
    or_default(vm, found, args.get(1), "not a decimal")
}

fn digit(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "digit", args[0])?;
    let found = version.digit(c).map(|n| Value::int(n as i64));
    or_default(vm, found, args.get(1), "not a digit")
}

fn numeric(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "numeric", args[0])?;
    let found = version.numeric(c).map(Value::float);
    or_default(vm, found, args.get(1), "not a numeric character")
}

fn name(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let c = character(vm, "name", args[0])?;
    let known = c.to_char().filter(|&c| version.membership(c));
    let found = known.and_then(character_name);
    let found = found.map(|name| vm::string(&name));
    or_default(vm, found, args.get(1), "no such name")
}

fn text(vm: &mut Vm, function: &str, which: usize, value: Value) -> PyResult<object::Gc<Str>> {
    match value.to::<Str>() {
        Some(text) => Ok(text),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "{function}() argument {which} must be str, not {given}"
            )))
        }
    }
}

fn lookup(vm: &mut Vm, version: Ucd, args: &[Value]) -> PyResult {
    let wanted = text(vm, "lookup", 1, args[0])?.to_text_escaped();
    match version.lookup(&wanted) {
        Some(LookupResult::Character(c)) => Ok(Str::char(c as u32).into()),
        Some(LookupResult::Sequence(characters)) => Ok(vm::string(characters)),
        None => {
            let message = vm::string(&format!("undefined character name '{wanted}'"));
            Err(vm.key_error(message))
        }
    }
}

/// The form and text that normalisation is about.
fn form_and_text(
    vm: &mut Vm,
    function: &str,
    args: &[Value],
) -> PyResult<(NormalizeForm, Wtf8Buf)> {
    let form = text(vm, function, 1, args[0])?.to_text_escaped();
    let text = text(vm, function, 2, args[1])?;
    let Ok(form) = form.parse() else {
        return Err(vm.value_error("invalid normalization form"));
    };
    let text = text.points().filter_map(CodePoint::from_u32).collect();
    Ok((form, text))
}

fn normalize(vm: &mut Vm, _: Ucd, args: &[Value]) -> PyResult {
    let (form, text) = form_and_text(vm, "normalize", args)?;
    let normal = rustpython_unicode::normalize(form, &text);
    let points: Vec<u32> = normal.code_points().map(CodePoint::to_u32).collect();
    Ok(Str::from_points(&points).into())
}

fn is_normalized(vm: &mut Vm, _: Ucd, args: &[Value]) -> PyResult {
    let (form, text) = form_and_text(vm, "is_normalized", args)?;
    Ok(Value::bool(rustpython_unicode::is_normalized(form, &text)))
}
