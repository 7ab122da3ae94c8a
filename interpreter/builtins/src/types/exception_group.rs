//! Exception groups: exceptions that stand for several at once.

use super::exception::{arguments, exception, exception_class};
use object::{Class, ClassFlags, Dict, Exception, Function, Gc, List, Str, Tuple, Value, intern};
use vm::{Def, PyResult, Vm, class_method, getter, method, static_method, string, tuple};

const GROUP: &[Def] = &[
    static_method("__new__(cls, message, exceptions, /)", new),
    method("__init__(self, /, *args, **kwargs)", init),
    method("__str__(self, /)", str),
    method("__repr__(self, /)", repr),
    method("derive(self, excs, /)", derive),
    method("split(self, matcher, /)", split),
    method("subgroup(self, matcher, /)", subgroup),
    class_method("__class_getitem__(cls, item, /)", super::class_getitem),
    getter("message", message),
    getter("exceptions", exceptions),
];

/// The class `ExceptionGroup`, which inherits from `Exception` too.
fn plain_group(vm: &Vm) -> Option<Gc<Class>> {
    vm.kept("ExceptionGroup")?.cast::<Class>()
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut class = exception_class(vm, args[0])?;
    if vm.as_str(args[1]).is_none() {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!("argument 1 must be str, not {given}")));
    }
    let is_sequence =
        vm.lookup_special(args[2], vm.names.getitem).is_some() && args[2].to::<Dict>().is_none();
    if !is_sequence {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let members = vm.collect(args[2])?;
    if members.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut all_plain = true;
    for (i, &member) in members.items().iter().enumerate() {
        if !member.is::<Exception>() {
            return Err(vm.value_error(format!(
                "Item {i} of second argument (exceptions) is not an exception"
            )));
        }
        all_plain &= vm.class_of(member).is_subclass_of(vm.types.exception);
    }
    let plain = plain_group(vm);
    if class == vm.types.base_exception_group && all_plain {
        class = plain.unwrap_or(class);
    } else if !all_plain && Some(class) == plain {
        return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    } else if !all_plain && class.is_subclass_of(vm.types.exception) {
        let name = class.name_text();
        return Err(vm.type_error(format!("Cannot nest BaseExceptions in '{name}'")));
    }
    let made: Value = Exception::new(class.new_instance_shape(), tuple(&[args[1], args[2]])).into();
    vm.set_own(made, vm.names.message, args[1]);
    vm.set_own(made, vm.names.exceptions, tuple(members.items()));
    Ok(made)
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    exception.write(|e| &e.args, tuple(&args[2..]));
    Ok(Value::NONE)
}

fn message(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm
        .own_attr(args[0], vm.names.message)
        .unwrap_or(Value::NONE))
}

fn exceptions(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm
        .own_attr(args[0], vm.names.exceptions)
        .unwrap_or(Value::NONE))
}

fn str(vm: &mut Vm, args: &[Value]) -> PyResult {
    let message = message(vm, args)?;
    let message = vm.str_text(message)?;
    let count = vm.group_members(args[0]).len();
    let plural = if count == 1 { "" } else { "s" };
    Ok(string(&format!(
        "{message} ({count} sub-exception{plural})"
    )))
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let exception = exception(vm, args[0])?;
    let class = vm.type_name(args[0]);
    let message = message(vm, args)?;
    let message = vm.repr_text(message)?;
    let shown = match arguments(exception) {
        [_, given] => vm.repr_text(*given)?,
        _ => {
            let list = List::from_slice(vm.group_members(args[0]));
            vm.repr_text(list.into())?
        }
    };
    Ok(string(&format!("{class}({message}, {shown})")))
}

fn derive(vm: &mut Vm, args: &[Value]) -> PyResult {
    let message = message(vm, args)?;
    let class = vm.types.base_exception_group.into();
    vm.call(class, &[message, args[1]])
}

fn check_matcher(vm: &mut Vm, matcher: Value) -> PyResult<()> {
    let is_class = |vm: &Vm, value: Value| {
        value
            .cast::<Class>()
            .is_some_and(|c| c.is_subclass_of(vm.types.base_exception))
    };
    let fine = is_class(vm, matcher)
        || matcher.is::<Function>()
        || matcher
            .cast::<Tuple>()
            .is_some_and(|t| !t.is_empty() && t.items().iter().all(|&c| is_class(vm, c)))
        || (!matcher.is::<Class>()
            && !matcher.is::<Tuple>()
            && vm.lookup_special(matcher, vm.names.call).is_some());
    if fine {
        return Ok(());
    }
    Err(vm.type_error(
        "expected an exception type, a tuple of exception types, or a callable (other than a \
         class)",
    ))
}

fn matches(vm: &mut Vm, exception: Value, matcher: Value) -> PyResult<bool> {
    if matcher.is::<Class>() || matcher.is::<Tuple>() {
        return vm.is_instance(exception, matcher);
    }
    let result = vm.call(matcher, &[exception])?;
    vm.truth(result)
}

/// The part of an exception whose leaves match, and the rest.
fn divide(vm: &mut Vm, exception: Value, matcher: Value) -> PyResult<(Value, Value)> {
    if matches(vm, exception, matcher)? {
        return Ok((exception, Value::NONE));
    }
    if !vm.is_group(exception) {
        return Ok((Value::NONE, exception));
    }
    let (matched, rest) = (List::new(), List::new());
    for &member in vm.group_members(exception) {
        let (yes, no) = divide(vm, member, matcher)?;
        if !yes.is_none() {
            matched.push(yes);
        }
        if !no.is_none() {
            rest.push(no);
        }
    }
    let matched = vm.group_like(exception, matched)?;
    let rest = vm.group_like(exception, rest)?;
    Ok((matched, rest))
}

fn split(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_matcher(vm, args[1])?;
    let (matched, rest) = divide(vm, args[0], args[1])?;
    Ok(tuple(&[matched, rest]))
}

fn subgroup(vm: &mut Vm, args: &[Value]) -> PyResult {
    check_matcher(vm, args[1])?;
    divide(vm, args[0], args[1]).map(|(matched, _)| matched)
}

pub fn install(vm: &mut Vm) {
    let base = vm.types.base_exception_group;
    vm.define_methods(base, GROUP);
    let bases = Tuple::new(&[base.into(), vm.types.exception.into()]);
    let namespace = Dict::new();
    namespace.set_str(vm.names.module, Str::new("builtins").into());
    let name = intern("ExceptionGroup");
    let meta = vm.types.type_;
    // Nothing in making this class can be refused: its bases are fixed.
    if let Ok(class) = vm.new_class(meta, name, bases, namespace, None) {
        class.flags.set(ClassFlags {
            has_dict: true,
            immutable: true,
            ..ClassFlags::default()
        });
        vm.keep("ExceptionGroup", class.into());
        vm.builtins.set_str(name, class.into());
    }
}
