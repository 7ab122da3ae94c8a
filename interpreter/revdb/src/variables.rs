//! Values as a tree that is opened step by step: what a value holds, in an order that is the same
//! each time.
//!
//! Nothing of an answer stays alive in the replaying process, because the copy that computed it
//! ends. So a value within a value is found anew: by its creation number if the program made it,
//! otherwise by the way to it, which is the places of parts within parts.
//!
//! Parts are read from the objects themselves, so opening one runs no code of the program (no
//! property, no `__getattr__`); showing one may, for that is what `__repr__` is for, and the caller
//! can ask to do without.

use crate::evaluate::{self, frame_at, short_text};
use crate::protocol::{Child, Described, Root};
use builtins::types::frame;
use object::heap::numbers;
use object::{Class, Dict, Kind, List, Module, Str, Tuple, Value};
use vm::Vm;

/// Parts shown of one value at most.
const PARTS_MAX: usize = 10_000;

/// A part: how it is called, the value, how to write it behind its owner.
struct Part {
    name: String,
    value: Value,
    access: Option<String>,
}

/// All parts; those with names stand before those with indices.
type Parts = Vec<Part>;

/// What the request `Children` asks for.
pub(crate) fn children(
    vm: &mut Vm,
    root: &Root,
    path: &[usize],
    (first, count): (usize, usize),
    cautious: bool,
    created: u64,
) -> Result<Vec<Child>, String> {
    let mut parts = root_parts(vm, root, created)?;
    for &step in path {
        let Some(part) = parts.get(step) else {
            return Err(String::from("there is no such part"));
        };
        let value = part.value;
        parts = parts_of(vm, value);
    }
    let count = count.min(PARTS_MAX);
    let shown = parts.into_iter().skip(first).take(count);
    Ok(shown
        .map(|part| Child {
            value: describe(vm, part.value, cautious, created),
            name: part.name,
            access: part.access,
        })
        .collect())
}

fn root_parts(vm: &mut Vm, root: &Root, created: u64) -> Result<Parts, String> {
    let no_frame = || String::from("there is no such frame");
    match root {
        Root::Locals { frame } => {
            let frame = frame_at(vm, *frame).ok_or_else(no_frame)?;
            let dict = frame::locals(&frame);
            Ok(names_of(dict.cast::<Dict>()))
        }
        Root::Globals { frame } => {
            let frame = frame_at(vm, *frame).ok_or_else(no_frame)?;
            let dict = Value::from(frame.globals());
            Ok(names_of(dict.cast::<Dict>()))
        }
        Root::Object(number) => match numbers::find(*number) {
            Some(value) => Ok(parts_of(vm, value)),
            None => Err(String::from("the object is gone by now")),
        },
        Root::Value { frame, text } => {
            let value = evaluate::value_of(vm, *frame, text, &[], created)?;
            Ok(parts_of(vm, value))
        }
    }
}

/// The number of the object of which a root's parts are parts: for variables that are kept in a
/// dictionary, that.
pub(crate) fn owner(vm: &mut Vm, root: &Root, created: u64) -> Option<u64> {
    let value = match root {
        Root::Locals { frame } => {
            let frame = frame_at(vm, *frame)?;
            frame::locals(&frame)
        }
        Root::Globals { frame } => frame_at(vm, *frame)?.globals().into(),
        Root::Object(number) => return Some(*number),
        Root::Value { frame, text } => evaluate::value_of(vm, *frame, text, &[], created).ok()?,
    };
    numbers::number_of(value).filter(|&number| number <= created)
}

/// The variables in a namespace.
fn names_of(dict: Option<object::Gc<Dict>>) -> Parts {
    let mut all = Vec::new();
    for (name, value) in dict.iter().flat_map(|dict| dict.iter()) {
        let Some(name) = name.cast::<Str>() else {
            continue;
        };
        let name = name.to_text_escaped();
        if name.starts_with("__") && name.ends_with("__") {
            continue;
        }
        all.push(Part {
            access: Some(name.clone()),
            name,
            value,
        });
    }
    all
}

fn parts_of(vm: &mut Vm, value: Value) -> Parts {
    let mut all = attributes(vm, value);
    if let Some(dict) = value.to::<Dict>() {
        let pairs: Vec<(Value, Value)> = dict.iter().take(PARTS_MAX).collect();
        for (key, value) in pairs {
            let name = short_text(vm, key);
            let is_plain = key.is_small() || key.is::<Str>();
            all.push(Part {
                access: is_plain.then(|| format!("[{name}]")),
                name,
                value,
            });
        }
    }
    let (elements, can_index) = elements(vm, value);
    let indexed = elements.into_iter().enumerate().map(|(at, value)| Part {
        name: format!("[{at}]"),
        value,
        access: can_index.then(|| format!("[{at}]")),
    });
    all.extend(indexed);
    all
}

/// The elements of a sequence or set, and whether they can be had by their index.
fn elements(vm: &mut Vm, value: Value) -> (Vec<Value>, bool) {
    if let Some(list) = value.to::<List>() {
        return (list.to_vec(), true);
    }
    if let Some(tuple) = value.to::<Tuple>() {
        return (tuple.items().to_vec(), true);
    }
    if let Some(table) = vm.set_table(value) {
        return (table.iter().map(|(key, _)| key).collect(), false);
    }
    // A deque is iterated by the machine itself.
    if vm.type_name(value) == "deque"
        && let Ok(list) = vm.collect(value)
    {
        return (list.to_vec(), true);
    }
    (Vec::new(), false)
}

/// What an object has of its own: attributes, and what its class's `__slots__` name.
fn attributes(vm: &mut Vm, value: Value) -> Vec<Part> {
    let mut pairs = Vec::new();
    let is_namespace = value.cast::<Module>().is_some() || value.cast::<Class>().is_some();
    for (name, value) in vm.own_attributes(value) {
        if let Some(name) = name.cast::<Str>() {
            pairs.push((name.to_text_escaped(), value));
        }
    }
    if !is_namespace && value.header().is_some() {
        let classes: Vec<Value> = vm.class_of(value).mro().to_vec();
        for class in classes.into_iter().rev() {
            slots(vm, value, class, &mut pairs);
        }
    }
    let parts = pairs
        .into_iter()
        .filter(|(name, _)| !(name.starts_with("__") && name.ends_with("__")));
    parts
        .map(|(name, value)| Part {
            access: Some(format!(".{name}")),
            name,
            value,
        })
        .collect()
}

fn slots(vm: &mut Vm, value: Value, class: Value, pairs: &mut Vec<(String, Value)>) {
    let Some(class) = class.cast::<Class>() else {
        return;
    };
    let Some(names) = class.dict().get_str(object::intern("__slots__")) else {
        return;
    };
    let names = match (names.to::<Tuple>(), names.to::<List>()) {
        (Some(tuple), _) => tuple.items().to_vec(),
        (_, Some(list)) => list.to_vec(),
        _ => vec![names],
    };
    for name in names {
        let Some(text) = name.cast::<Str>() else {
            continue;
        };
        let shown = text.to_text_escaped();
        if pairs.iter().all(|(known, _)| *known != shown)
            && let Ok(Some(part)) = vm.get_attr_default(value, object::intern(&shown))
        {
            pairs.push((shown, part));
        }
    }
}

/// What is said of a value.
pub(crate) fn describe(vm: &mut Vm, value: Value, cautious: bool, created: u64) -> Described {
    let class = vm.type_name(value);
    let text = if cautious && is_opaque(value) {
        format!("<{class} object>")
    } else {
        short_text(vm, value)
    };
    let (named, indexed) = counts(vm, value);
    let number = numbers::number_of(value).filter(|&number| number <= created);
    Described {
        text,
        class,
        number,
        named,
        indexed,
    }
}

/// How many named and how many indexed parts a value has.
fn counts(vm: &mut Vm, value: Value) -> (usize, usize) {
    let entries = value.to::<Dict>().map_or(0, |dict| dict.len());
    let indexed = match (value.to::<List>(), value.to::<Tuple>(), vm.set_table(value)) {
        (Some(list), ..) => list.len(),
        (_, Some(tuple), _) => tuple.items().len(),
        (.., Some(table)) => table.len(),
        _ => elements(vm, value).0.len(),
    };
    (
        attributes(vm, value).len() + entries.min(PARTS_MAX),
        indexed,
    )
}

/// Whether showing it may run code of the program.
fn is_opaque(value: Value) -> bool {
    !matches!(
        value.kind(),
        None | Some(Kind::Str | Kind::Bytes | Kind::Function | Kind::Class | Kind::Module)
    )
}
