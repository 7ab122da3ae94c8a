//! Match objects.

use super::subject::{Found, Span};
use super::substitute::{Replacement, expand_template, join, replacement};
use super::{group_or, pattern, piece};
use object::{Dict, Foreign, List, Marker, Payload, Tuple, Value};
use std::cell::Cell;
use vm::{Def, PyResult, Vm, class_method, getter, method, string, tuple};

/// The payload of a match.
struct Match {
    pattern: Cell<Value>,
    text: Cell<Value>,
    range: Span,
    found: Found,
}

impl Payload for Match {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.pattern.get());
        marker.visit(self.text.get());
    }
}

pub const MATCH: &[Def] = &[
    method("group(self, /, *groups)", group),
    method("__getitem__(self, group, /)", |vm, a| {
        one_group(vm, a[0], a[1], Value::NONE)
    }),
    method("groups(self, /, default=None)", groups),
    method("groupdict(self, /, default=None)", groupdict),
    method("start(self, group=0, /)", |vm, a| {
        Ok(Value::int(span_of(vm, a)?.0))
    }),
    method("end(self, group=0, /)", |vm, a| {
        Ok(Value::int(span_of(vm, a)?.1))
    }),
    method("span(self, group=0, /)", |vm, a| {
        let (from, to) = span_of(vm, a)?;
        Ok(tuple(&[Value::int(from), Value::int(to)]))
    }),
    method("expand(self, /, template)", expand),
    method("__repr__(self, /)", match_repr),
    method("__copy__(self, /)", |_, a| Ok(a[0])),
    method("__deepcopy__(self, memo, /)", |_, a| Ok(a[0])),
    class_method(
        "__class_getitem__(cls, item, /)",
        crate::types::class_getitem,
    ),
    getter("re", |vm, a| Ok(matched(vm, a[0])?.pattern.get())),
    getter("string", |vm, a| Ok(matched(vm, a[0])?.text.get())),
    getter("pos", |vm, a| {
        Ok(Value::int(matched(vm, a[0])?.range.0 as i64))
    }),
    getter("endpos", |vm, a| {
        Ok(Value::int(matched(vm, a[0])?.range.1 as i64))
    }),
    getter("lastindex", last_index),
    getter("lastgroup", last_group),
    getter("regs", regs),
];

/// A match of a pattern in a text.
pub fn make(vm: &mut Vm, own: Value, text: Value, range: Span, found: Found) -> PyResult {
    let class = pattern(vm, own)?.match_class;
    let made = Match {
        pattern: Cell::new(own),
        text: Cell::new(text),
        range,
        found,
    };
    Ok(Foreign::new(class.new_instance_shape(), made).into())
}

fn matched(vm: &mut Vm, value: Value) -> PyResult<&'static Match> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Match>()) {
        Some(matched) => Ok(matched),
        None => Err(vm.type_error("a match is required")),
    }
}

/// The number of a group given by number or name.
fn group_number(vm: &mut Vm, own: &Match, group: Value) -> PyResult<usize> {
    let number = match vm.as_int(group) {
        Some(number) => number.as_small(),
        None if vm.lookup_special(group, vm.names.index).is_some() => Some(vm.index(group)?),
        None => {
            let pattern = pattern(vm, own.pattern.get())?;
            match pattern.names.get().to::<Dict>() {
                Some(names) => match vm.hash(group) {
                    Ok(_) => vm.dict_get(names, group)?.and_then(|n| n.as_small()),
                    Err(_) => None,
                },
                None => None,
            }
        }
    };
    match number.and_then(|n| usize::try_from(n).ok()) {
        Some(number) if number <= own.found.groups.len() => Ok(number),
        _ => Err(vm.index_error("no such group")),
    }
}

fn one_group(vm: &mut Vm, value: Value, group: Value, default: Value) -> PyResult {
    let own = matched(vm, value)?;
    let number = group_number(vm, own, group)?;
    group_or(vm, own.text.get(), own.found.span(number), default)
}

fn group(vm: &mut Vm, args: &[Value]) -> PyResult {
    match &args[1..] {
        [] => one_group(vm, args[0], Value::small(0), Value::NONE),
        [one] => one_group(vm, args[0], *one, Value::NONE),
        several => {
            let parts = List::new();
            for &group in several {
                let part = one_group(vm, args[0], group, Value::NONE)?;
                parts.push(part);
            }
            Ok(tuple(parts.items()))
        }
    }
}

fn groups(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let default = args[1].bound().unwrap_or(Value::NONE);
    let parts = List::new();
    for &span in &own.found.groups {
        let part = group_or(vm, own.text.get(), span, default)?;
        parts.push(part);
    }
    Ok(tuple(parts.items()))
}

fn groupdict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let default = args[1].bound().unwrap_or(Value::NONE);
    let result = Dict::new();
    let names = pattern(vm, own.pattern.get())?.names.get();
    if let Some(names) = names.to::<Dict>() {
        for (name, number) in names.copy().get().iter() {
            let number = number
                .as_small()
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(0);
            let span = own.found.span(number);
            let part = group_or(vm, own.text.get(), span, default)?;
            vm.dict_set(result, name, part)?;
        }
    }
    Ok(result.into())
}

fn span_of(vm: &mut Vm, args: &[Value]) -> PyResult<(i64, i64)> {
    let own = matched(vm, args[0])?;
    let number = match args[1].bound() {
        Some(group) => group_number(vm, own, group)?,
        None => 0,
    };
    Ok(own
        .found
        .span(number)
        .map_or((-1, -1), |(from, to)| (from as i64, to as i64)))
}

fn expand(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    match replacement(vm, own.pattern.get(), args[1])? {
        Replacement::Template(parts) => {
            let out = List::new();
            let span = |group| own.found.span(group);
            expand_template(vm, parts, own.text.get(), span, out)?;
            join(vm, own.text.get(), out)
        }
        Replacement::Literal(literal) => Ok(literal),
        Replacement::Function(given) => {
            let given = vm.type_name(given);
            Err(vm.type_error(format!("expected str, got {given}")))
        }
    }
}

fn match_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let (from, to) = own.found.whole;
    let text = piece(vm, own.text.get(), (from, to))?;
    let text = vm.repr_text(text)?;
    let text: String = text.chars().take(50).collect();
    Ok(string(&format!(
        "<re.Match object; span=({from}, {to}), match={text}>"
    )))
}

fn last_index(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(match matched(vm, args[0])?.found.last_group {
        0 => Value::NONE,
        last => Value::int(last as i64),
    })
}

fn last_group(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let indices = pattern(vm, own.pattern.get())?.indices.get().to::<Tuple>();
    Ok(match (indices, own.found.last_group) {
        (None, _) | (_, 0) => Value::NONE,
        (Some(indices), last) => {
            let name = indices.items().get(last as usize);
            name.copied().unwrap_or(Value::NONE)
        }
    })
}

fn regs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let spans = List::new();
    for group in 0..=own.found.groups.len() {
        let span = own.found.span(group);
        let (from, to) = span.map_or((-1, -1), |(from, to)| (from as i64, to as i64));
        spans.push(tuple(&[Value::int(from), Value::int(to)]));
    }
    Ok(tuple(spans.items()))
}
