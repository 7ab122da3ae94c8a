//! Module `pypyjit`, as far as programs that watch or steer PyPy's JIT use it: parameters and
//! figures. Names and what they mean are PyPy's (its documentation of the module), but for
//! `get_stats_changes`, which PyPy does not have.

use crate::jit;
use ::jit::Figure;
use object::{Dict, Str, Value, intern};
use vm::{Def, PyResult, Vm, method, string, tuple};

const METHODS: &[Def] = &[
    method("set_param(*args, **kwargs)", set_param),
    method("get_stats_snapshot()", get_stats_snapshot),
    method("get_stats_changes()", get_stats_changes),
    method("get_stats_asmmemmgr()", get_stats_asmmemmgr),
    method("releaseall()", releaseall),
];

/// Makes the module, so that an import finds it.
pub fn define(vm: &mut Vm) {
    let module = vm.define_module("pypyjit", METHODS);
    let (defaults, docs) = (Dict::new(), Dict::new());
    for parameter in ::jit::TABLE {
        let name = intern(parameter.name);
        defaults.set_str(name, Value::int(parameter.default()));
        docs.set_str(name, string(parameter.about));
    }
    for (name, dict) in [("defaults", defaults), ("PARAMETER_DOCS", docs)] {
        module.namespace().set_str(intern(name), dict.into());
    }
}

/// Parameters as one text as on the command line, or each by its name.
fn set_param(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(jit) = jit::current() else {
        return Ok(Value::NONE);
    };
    let mut texts = Vec::new();
    for arg in &args[1..] {
        match arg.cast::<Str>() {
            Some(text) => texts.push(text.to_text_escaped()),
            None => {
                return Err(vm.type_error("set_param() wants text such as 'threshold=100'"));
            }
        }
    }
    if let Some(named) = args[0].cast::<Dict>() {
        let named: Vec<(Value, Value)> = named.get().iter().collect();
        for (name, value) in named {
            texts.push(format!("{}={}", vm.str_text(name)?, vm.str_text(value)?));
        }
    }
    for text in texts {
        if let Err(message) = jit.set_text(vm, &text) {
            return Err(vm.value_error(message));
        }
    }
    Ok(Value::NONE)
}

/// An object with PyPy's attributes.
fn get_stats_snapshot(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let (counters, times) = (Dict::new(), Dict::new());
    let mut totals = (0, 0, 0);
    if let Some(jit) = jit::current() {
        for (name, count) in jit.counters() {
            counters.set_str(intern(name), Value::int(count as i64));
        }
        for (name, seconds) in jit.times() {
            times.set_str(intern(name), Value::float(seconds));
        }
        totals = jit.totals();
    }
    let fields: [(&str, Value); 6] = [
        ("loop_run_times", object::List::new().into()),
        ("counters", counters.into()),
        ("counter_times", times.into()),
        ("total_compiled_loops", Value::int(totals.0 as i64)),
        ("total_compiled_bridges", Value::int(totals.1 as i64)),
        ("total_freed_loops", Value::int(totals.2 as i64)),
    ];
    let names: Vec<Value> = fields.iter().map(|(name, _)| intern(name).into()).collect();
    let values: Vec<Value> = fields.iter().map(|&(_, value)| value).collect();
    let implementation = vm.modules.get_str(intern("sys"));
    let implementation = match implementation {
        Some(sys) => vm.get_attr_text(sys, "implementation")?,
        None => Value::NONE,
    };
    let namespace = vm.class_of(implementation);
    vm.call_with(namespace.into(), &values, &names)
}

/// Pairs of name and number of the figures that are not as they were at the last call.
fn get_stats_changes(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    let changes = jit::current().map_or(Vec::new(), |jit| jit.changes());
    let pairs = changes.into_iter().map(|(name, figure)| {
        let number = match figure {
            Figure::Count(count) => Value::int(count as i64),
            Figure::Seconds(seconds) => Value::float(seconds),
        };
        tuple(&[intern(name).into(), number])
    });
    let pairs: Vec<Value> = pairs.collect();
    Ok(tuple(&pairs))
}

/// Bytes taken for machine code, and those of them in use.
fn get_stats_asmmemmgr(_vm: &mut Vm, _args: &[Value]) -> PyResult {
    let bytes = jit::current().map_or((0, 0), |jit| (jit.reserved_bytes(), jit.code_bytes()));
    Ok(tuple(&[
        Value::int(bytes.0 as i64),
        Value::int(bytes.1 as i64),
    ]))
}

fn releaseall(vm: &mut Vm, _args: &[Value]) -> PyResult {
    if let Some(jit) = jit::current() {
        jit.release_all(vm);
    }
    Ok(Value::NONE)
}
