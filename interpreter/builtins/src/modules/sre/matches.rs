//! Match objects.
//!
//! Programs make them by the million, so one is nothing but two objects of the heap: what it is of, and
//! where its groups lie, is a tuple that is its state. A group that did not match has -1 twice.

use super::subject::{Hit, Span};
use super::substitute::{Replacement, expand_template, join, replacement};
use super::{group_or, pattern, piece};
use object::{Dict, Foreign, Gc, List, Payload, Tuple, Value};
use vm::{Def, PyResult, Vm, class_method, getter, method, string, tuple};

/// What all matches share.
struct Matches;

static MATCHES: Matches = Matches;

impl Payload for Matches {}

// Where what stands in the tuple.
const PATTERN: usize = 0;
const TEXT: usize = 1;
const FROM: usize = 2;
const TO: usize = 3;
const LAST_GROUP: usize = 4;
/// From here on starts and ends in turn: those of the whole, then of each group.
const SPANS: usize = 5;

/// A tuple of so many parts needs no further memory to be put together.
const FEW: usize = SPANS + 2 * 6;

/// What a match object tells.
#[derive(Clone, Copy)]
struct Match {
    parts: Gc<Tuple>,
}

impl Match {
    fn part(self, place: usize) -> Value {
        self.parts
            .items()
            .get(place)
            .copied()
            .unwrap_or(Value::NONE)
    }

    fn pattern(self) -> Value {
        self.part(PATTERN)
    }

    fn text(self) -> Value {
        self.part(TEXT)
    }

    fn last_group(self) -> usize {
        place_of(self.part(LAST_GROUP)).unwrap_or(0)
    }

    /// How many groups there are, the whole not among them.
    fn groups(self) -> usize {
        (self.parts.len() - SPANS) / 2 - 1
    }

    /// Start and end of a group as programs see them; group zero is the whole.
    fn ends(self, group: usize) -> (Value, Value) {
        let at = SPANS + 2 * group;
        (self.part(at), self.part(at + 1))
    }

    /// The place of a group that matched.
    fn span(self, group: usize) -> Option<Span> {
        let (from, to) = self.ends(group);
        Some((place_of(from)?, place_of(to)?))
    }
}

fn place_of(value: Value) -> Option<usize> {
    usize::try_from(value.as_small()?).ok()
}

pub const MATCH: &[Def] = &[
    method("group(self, /, *groups)", group),
    method("__getitem__(self, group, /)", |vm, a| {
        one_group(vm, a[0], a[1], Value::NONE)
    }),
    method("groups(self, /, default=None)", groups),
    method("groupdict(self, /, default=None)", groupdict),
    method("start(self, group=0, /)", |vm, a| Ok(ends_of(vm, a)?.0)),
    method("end(self, group=0, /)", |vm, a| Ok(ends_of(vm, a)?.1)),
    method("span(self, group=0, /)", |vm, a| {
        let (from, to) = ends_of(vm, a)?;
        Ok(tuple(&[from, to]))
    }),
    method("expand(self, /, template)", expand),
    method("__repr__(self, /)", match_repr),
    method("__copy__(self, /)", |_, a| Ok(a[0])),
    method("__deepcopy__(self, memo, /)", |_, a| Ok(a[0])),
    class_method(
        "__class_getitem__(cls, item, /)",
        crate::types::class_getitem,
    ),
    getter("re", |vm, a| Ok(matched(vm, a[0])?.pattern())),
    getter("string", |vm, a| Ok(matched(vm, a[0])?.text())),
    getter("pos", |vm, a| Ok(matched(vm, a[0])?.part(FROM))),
    getter("endpos", |vm, a| Ok(matched(vm, a[0])?.part(TO))),
    getter("lastindex", last_index),
    getter("lastgroup", last_group),
    getter("regs", regs),
];

/// A match of a pattern in a text.
pub fn make(vm: &mut Vm, own: Value, text: Value, range: Span, hit: Hit) -> PyResult {
    let class = pattern(vm, own)?.match_class;
    let count = SPANS + 2 * (1 + hit.groups());
    let state = if count <= FEW {
        let mut parts = [Value::NONE; FEW];
        fill(&mut parts[..count], own, text, range, hit);
        tuple(&parts[..count])
    } else {
        let mut parts = vec![Value::NONE; count];
        fill(&mut parts, own, text, range, hit);
        tuple(&parts)
    };
    Ok(Foreign::with_shared(class.new_instance_shape(), state, &MATCHES).into())
}

fn fill(parts: &mut [Value], own: Value, text: Value, range: Span, hit: Hit) {
    let place = |at: usize| Value::small(at as i64);
    parts[PATTERN] = own;
    parts[TEXT] = text;
    parts[FROM] = place(range.0);
    parts[TO] = place(range.1);
    parts[LAST_GROUP] = place(hit.last_group() as usize);
    for (group, span) in parts[SPANS..].chunks_exact_mut(2).enumerate() {
        let (from, to) = match hit.span(group) {
            Some((from, to)) => (place(from), place(to)),
            None => (Value::small(-1), Value::small(-1)),
        };
        span.copy_from_slice(&[from, to]);
    }
}

fn matched(vm: &mut Vm, value: Value) -> PyResult<Match> {
    let foreign = value.cast::<Foreign>();
    let own = foreign.filter(|foreign| foreign.payload::<Matches>().is_some());
    match own.and_then(|own| own.state().cast::<Tuple>()) {
        Some(parts) => Ok(Match { parts }),
        None => Err(vm.type_error("a match is required")),
    }
}

/// The number of a group given by number or name.
fn group_number(vm: &mut Vm, own: Match, group: Value) -> PyResult<usize> {
    let number = match vm.as_int(group) {
        Some(number) => number.as_small(),
        None if vm.lookup_special(group, vm.names.index).is_some() => Some(vm.index(group)?),
        None => {
            let pattern = pattern(vm, own.pattern())?;
            match pattern.names.get().to::<Dict>() {
                Some(names) => vm.dict_get(names, group)?.and_then(|n| n.as_small()),
                None => None,
            }
        }
    };
    match number.and_then(|n| usize::try_from(n).ok()) {
        Some(number) if number <= own.groups() => Ok(number),
        _ => Err(vm.index_error("no such group")),
    }
}

fn one_group(vm: &mut Vm, value: Value, group: Value, default: Value) -> PyResult {
    let own = matched(vm, value)?;
    let number = group_number(vm, own, group)?;
    group_or(vm, own.text(), own.span(number), default)
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
    for group in 1..=own.groups() {
        let part = group_or(vm, own.text(), own.span(group), default)?;
        parts.push(part);
    }
    Ok(tuple(parts.items()))
}

fn groupdict(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let default = args[1].bound().unwrap_or(Value::NONE);
    let result = Dict::new();
    let names = pattern(vm, own.pattern())?.names.get();
    if let Some(names) = names.to::<Dict>() {
        for (name, number) in names.copy().get().iter() {
            let number = place_of(number).unwrap_or(0);
            let span = own.span(number);
            let part = group_or(vm, own.text(), span, default)?;
            vm.dict_set(result, name, part)?;
        }
    }
    Ok(result.into())
}

fn ends_of(vm: &mut Vm, args: &[Value]) -> PyResult<(Value, Value)> {
    let own = matched(vm, args[0])?;
    let number = match args[1].bound() {
        Some(group) => group_number(vm, own, group)?,
        None => 0,
    };
    Ok(own.ends(number))
}

fn expand(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    match replacement(vm, own.pattern(), args[1])? {
        Replacement::Template(parts) => {
            let out = List::new();
            let span = |group| own.span(group);
            expand_template(vm, parts, own.text(), span, out)?;
            join(vm, own.text(), out)
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
    let (from, to) = own.span(0).unwrap_or_default();
    let text = piece(vm, own.text(), (from, to))?;
    let text = vm.repr_text(text)?;
    let text: String = text.chars().take(50).collect();
    Ok(string(&format!(
        "<re.Match object; span=({from}, {to}), match={text}>"
    )))
}

fn last_index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    Ok(match own.last_group() {
        0 => Value::NONE,
        _ => own.part(LAST_GROUP),
    })
}

fn last_group(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let indices = pattern(vm, own.pattern())?.indices.get().to::<Tuple>();
    Ok(match (indices, own.last_group()) {
        (None, _) | (_, 0) => Value::NONE,
        (Some(indices), last) => {
            let name = indices.items().get(last);
            name.copied().unwrap_or(Value::NONE)
        }
    })
}

fn regs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = matched(vm, args[0])?;
    let spans = List::new();
    for group in 0..=own.groups() {
        let (from, to) = own.ends(group);
        spans.push(tuple(&[from, to]));
    }
    Ok(tuple(spans.items()))
}
