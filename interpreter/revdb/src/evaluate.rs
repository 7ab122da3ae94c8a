//! Expressions of the debugger's user, in a replaying process.

use crate::places::Held;
use crate::protocol::{Described, Form, Meaning, Named, Text, Watchpoint};
use crate::variables;
use builtins::types::frame;
use compile::Mode;
use object::heap::numbers;
use object::{Bytes, CodeObject, Dict, Gc, List, Str, Value, intern};
use vm::{Frame, PyResult, Raised, Vm};

/// A value's text, and what to call it.
pub(crate) struct Evaluated {
    pub(crate) text: String,
    pub(crate) named: Option<Named>,
    /// For who looks into it; nothing, if it was a statement.
    pub(crate) value: Option<Described>,
}

/// The frame so many calls up from the running one.
pub(crate) fn frame_at(vm: &Vm, up: usize) -> Option<Frame> {
    let frames = vm.visible_frames();
    frames.get(frames.len().checked_sub(up + 1)?).copied()
}

/// Evaluates an expression, or executes a statement, in a frame. `created` is how many objects the
/// program had created: those have names.
pub(crate) fn evaluate(
    vm: &mut Vm,
    up: usize,
    text: &Text,
    imports: &[String],
    form: Form,
    created: u64,
) -> Result<Evaluated, String> {
    let value = value_of(vm, up, text, imports, created)?;
    flush(vm);
    if is_statement(&text.python) {
        return Ok(Evaluated {
            text: String::new(),
            named: None,
            value: None,
        });
    }
    let shown = match form {
        Form::Repr => vm.repr_text(value),
        Form::Pretty => pretty_text(vm, value),
        Form::Plain => vm.str_text(value),
    };
    let shown = shown.map_err(|raised| error_text(vm, raised))?;
    let named = match numbers::number_of(value) {
        _ if form == Form::Plain => None,
        Some(number) if number <= created => Some(Named::Object(number)),
        Some(_) => None,
        None if is_path(&text.python) && is_number(value) => Some(Named::Immediate(shown.clone())),
        None => None,
    };
    Ok(Evaluated {
        text: shown,
        named,
        value: Some(variables::describe(vm, value, true, created)),
    })
}

fn is_statement(python: &str) -> bool {
    let options = compile::Options::module();
    compile::compile(python, "<debugger>", Mode::Eval, options).is_err()
}

/// The value of an expression in a frame; None's, if it is a statement.
pub(crate) fn value_of(
    vm: &mut Vm,
    up: usize,
    text: &Text,
    imports: &[String],
    created: u64,
) -> Result<Value, String> {
    let Some(frame) = frame_at(vm, up) else {
        return Err(String::from("there is no such frame"));
    };
    let space = Dict::new();
    let locals = frame::locals(&frame);
    for dict in [Some(frame.globals()), locals.cast::<Dict>()]
        .into_iter()
        .flatten()
    {
        let pairs: Vec<(Value, Value)> = dict.iter().collect();
        for (name, value) in pairs {
            // Names are strings, whose hash cannot fail.
            let _ = vm.set_item(space.into(), name, value);
        }
    }
    enter_objects(vm, space, &text.objects, created)?;
    for statement in imports {
        // A module that the program has not imported yet hinders only who uses it.
        let _ = run(vm, statement, Mode::Exec, space);
    }
    let mode = if is_statement(&text.python) {
        Mode::Exec
    } else {
        Mode::Eval
    };
    run(vm, &text.python, mode, space).map_err(|raised| error_text(vm, raised))
}

fn run(vm: &mut Vm, python: &str, mode: Mode, space: Gc<Dict>) -> PyResult {
    let options = compile::Options::module();
    let code = vm.compile_source(python, "<debugger>", mode, options)?;
    vm.run_code(code, space, space.into(), Value::NONE)
}

/// Names that go on from a text: attributes of what stands before its last dot, or variables.
pub(crate) fn names(
    vm: &mut Vm,
    up: usize,
    text: &Text,
    created: u64,
) -> Result<Vec<String>, String> {
    let (owner, begin) = match text.python.rsplit_once('.') {
        Some((owner, begin)) => (Some(owner), begin),
        None => (None, text.python.as_str()),
    };
    let owner = Text {
        python: match owner {
            Some(owner) => format!("dir({owner})"),
            None => String::from("[*globals(), *dir(__import__('builtins'))]"),
        },
        ..text.clone()
    };
    let list = value_of(vm, up, &owner, &[], created)?;
    let list = vm.collect(list).map_err(|raised| error_text(vm, raised))?;
    let mut names: Vec<String> = list
        .items()
        .iter()
        .filter_map(|name| Some(name.cast::<Str>()?.to_text_escaped()))
        .filter(|name| name.starts_with(begin) && !name.starts_with("_revdb_"))
        .filter(|name| !name.starts_with('_') || begin.starts_with('_'))
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// What names mean in a frame.
pub(crate) fn meanings(
    vm: &mut Vm,
    up: usize,
    names: &[String],
    created: u64,
) -> Result<Vec<Meaning>, String> {
    let Some(frame) = frame_at(vm, up) else {
        return Err(String::from("there is no such frame"));
    };
    let globals = frame.globals();
    let locals = frame::locals(&frame).cast::<Dict>();
    let locals = locals.filter(|locals| Value::from(*locals) != globals.into());
    let space = numbers::number_of(globals.into()).filter(|&number| number <= created);
    let mut meanings = Vec::new();
    for name in names {
        let key = intern(name);
        let local = locals.and_then(|locals| locals.get_str(key));
        let is_bound = globals.get_str(key).is_some();
        let is_builtin = vm.builtins.get_str(key).is_some();
        meanings.push(match (local, space) {
            (Some(value), _) => local_meaning(vm, value, created)?,
            (None, Some(space)) if is_bound || !is_builtin => Meaning::Global {
                named: Named::Variable(space),
                is_bound,
            },
            _ if is_builtin => Meaning::Builtin,
            _ => Meaning::Unknown,
        });
    }
    Ok(meanings)
}

fn local_meaning(vm: &mut Vm, value: Value, created: u64) -> Result<Meaning, String> {
    let is_text = value.is::<Str>() || value.is::<Bytes>();
    let number = numbers::number_of(value).filter(|&number| number <= created);
    let held = match number {
        Some(number) => Named::Object(number),
        None => {
            let text = vm.repr_text(value);
            Named::Immediate(text.map_err(|raised| error_text(vm, raised))?)
        }
    };
    Ok(Meaning::Local {
        is_constant: is_text || number.is_none(),
        held,
    })
}

/// An exception: its class, its text, and its traceback.
pub(crate) fn exception(vm: &mut Vm, exception: Value) -> (String, String, String) {
    let class = vm.type_name(exception);
    let text = vm
        .str_text(exception)
        .unwrap_or_else(|raised| error_text(vm, raised));
    let trace = vm.format_only(exception).trim_end().to_owned();
    (class, text, trace)
}

/// What the program holds in such a place deserves a name, even if it is no object.
fn is_number(value: Value) -> bool {
    value.is_small() || value.is_inline_float()
}

/// Whether an expression only follows names, attributes and constant subscripts.
fn is_path(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "_.[]'\"".contains(c);
    let begins = |c: char| c.is_alphabetic() || c == '_';
    text.chars().all(allowed) && text.starts_with(begins)
}

fn pretty_text(vm: &mut Vm, value: Value) -> PyResult<String> {
    let module = vm.modules.get_str(intern("pprint"));
    match module {
        Some(module) => {
            let text = vm.call_method(module, intern("pformat"), &[value])?;
            vm.str_text(text)
        }
        None => vm.repr_text(value),
    }
}

/// What code of the user printed is shown before its value.
fn flush(vm: &mut Vm) {
    for name in ["stdout", "stderr"] {
        let sys = vm.modules.get_str(vm.names.sys);
        if let Some(sys) = sys.and_then(|sys| sys.cast::<object::Module>())
            && let Some(stream) = sys.namespace().get_str(intern(name))
        {
            let flush = vm.names.flush;
            // The stream may be anything by now.
            let _ = vm.call_method(stream, flush, &[]);
        }
    }
}

fn error_text(vm: &mut Vm, raised: Raised) -> String {
    vm.format_only(raised.0).trim_end().to_owned()
}

/// The value of a `$N`, or why there is none now.
fn object_of(vm: &mut Vm, name: &str, named: &Named, created: u64) -> Result<Value, String> {
    let shown = name.replace("_revdb_", "$");
    match named {
        Named::Object(number) if *number > created => Err(born_later(name)),
        Named::Object(number) => numbers::find(*number)
            .ok_or_else(|| format!("'{shown}' refers to an object that is gone by now")),
        Named::Variable(number) if *number > created => {
            Err(format!("'{name}' belongs to a module that is loaded later"))
        }
        Named::Variable(number) => {
            let space = numbers::find(*number).and_then(|space| space.cast::<Dict>());
            let Some(space) = space else {
                return Err(format!("'{name}' belonged to a module that is gone by now"));
            };
            let value = space.get_str(intern(name));
            value.ok_or_else(|| format!("NameError: name '{name}' is not defined"))
        }
        Named::Immediate(text) => {
            let options = compile::Options::module();
            let space = Dict::new();
            let value = vm
                .compile_source(text, "<debugger>", Mode::Eval, options)
                .and_then(|code| vm.run_code(code, space, space.into(), Value::NONE));
            value.map_err(|raised| error_text(vm, raised))
        }
    }
}

fn enter_objects(
    vm: &mut Vm,
    space: Gc<Dict>,
    objects: &[(String, Named)],
    created: u64,
) -> Result<(), String> {
    for (name, named) in objects {
        let value = object_of(vm, name, named, created)?;
        space.set_str(intern(name), value);
    }
    Ok(())
}

/// The text of what a watched place held or holds.
pub(crate) fn held_text(
    vm: &mut Vm,
    held: Held,
    watchpoint: Option<&Watchpoint>,
    created: u64,
) -> String {
    let object = watchpoint.and_then(|watchpoint| watchpoint.objects.first());
    match (held, object) {
        (Held::Value(value), _) => match vm.repr_text(value) {
            Ok(text) => text,
            Err(raised) => error_text(vm, raised),
        },
        (Held::Unborn, Some((name, _))) => born_later(name),
        (Held::Gone, Some((name, named))) => match object_of(vm, name, named, created) {
            Ok(_) => String::from("?"),
            Err(text) => text,
        },
        (Held::Nothing, _) => String::from("nothing"),
        _ => String::from("?"),
    }
}

fn born_later(name: &str) -> String {
    let shown = name.replace("_revdb_", "$");
    format!("'{shown}' refers to an object created later in time")
}

/// Where watched expressions keep their compiled code and their namespaces, pairwise.
const WATCHED: &str = "revdb.watched";

/// The text of a watched expression now. It sees builtins and what its names
/// stand for.
pub(crate) fn watched(vm: &mut Vm, watchpoint: &Watchpoint, created: u64) -> String {
    match watched_value(vm, watchpoint, created) {
        Ok(text) | Err(text) => text,
    }
}

fn watched_value(vm: &mut Vm, watchpoint: &Watchpoint, created: u64) -> Result<String, String> {
    let (code, space) = watched_code(vm, watchpoint)?;
    for (name, named) in &watchpoint.objects {
        let may_change = matches!(named, Named::Variable(_));
        if may_change || space.get_str(intern(name)).is_none() {
            let value = object_of(vm, name, named, created)?;
            space.set_str(intern(name), value);
        }
    }
    let value = vm.run_code(code, space, space.into(), Value::NONE);
    let text = value.and_then(|value| vm.repr_text(value));
    text.map_err(|raised| error_text(vm, raised))
}

fn watched_code(
    vm: &mut Vm,
    watchpoint: &Watchpoint,
) -> Result<(Gc<CodeObject>, Gc<Dict>), String> {
    let kept = vm.kept(WATCHED).and_then(|kept| kept.cast::<List>());
    let list = kept.unwrap_or_else(|| {
        let list = List::new();
        vm.keep(WATCHED, list.into());
        list
    });
    let number = Value::small(watchpoint.number.into());
    let parts: Vec<Value> = list.to_vec();
    for part in parts.chunks_exact(3) {
        if part[0] == number
            && let (Some(code), Some(space)) =
                (part[1].cast::<CodeObject>(), part[2].cast::<Dict>())
        {
            return Ok((code, space));
        }
    }
    let options = compile::Options::module();
    let code = vm
        .compile_source(&watchpoint.python, "<watchpoint>", Mode::Eval, options)
        .map_err(|raised| error_text(vm, raised))?;
    let space = Dict::new();
    for item in [number, code.into(), space.into()] {
        list.push(item);
    }
    Ok((code, space))
}

/// The variables of a frame, a line each.
pub(crate) fn locals(vm: &mut Vm, up: usize, arguments_only: bool) -> String {
    let Some(frame) = frame_at(vm, up) else {
        return String::from("there is no such frame");
    };
    let count = frame.code.code().params.count() as usize;
    let arguments: Vec<&str> = frame
        .code
        .get()
        .code()
        .local_names
        .iter()
        .take(count)
        .map(|n| &**n)
        .collect();
    let mut lines = Vec::new();
    if let Some(dict) = frame::locals(&frame).cast::<Dict>() {
        let pairs: Vec<(Value, Value)> = dict.iter().collect();
        for (name, value) in pairs {
            let name = name
                .cast::<Str>()
                .map_or_else(String::new, |n| n.to_text_escaped());
            let is_own = name.starts_with("__") && name.ends_with("__");
            if is_own || arguments_only && !arguments.contains(&name.as_str()) {
                continue;
            }
            lines.push(format!("{name} = {}", short_text(vm, value)));
        }
    }
    lines.join("\n")
}

/// The arguments of a frame's function as they are now.
pub(crate) fn arguments(vm: &mut Vm, frame: &Frame) -> String {
    let count = frame.code.code().params.count() as usize;
    let names: Vec<String> = frame
        .code
        .code()
        .local_names
        .iter()
        .take(count)
        .map(|n| n.to_string())
        .collect();
    let locals = frame::locals(frame).cast::<Dict>();
    let mut parts = Vec::new();
    for name in names {
        if let Some(value) = locals.and_then(|dict| dict.get_str(intern(&name))) {
            parts.push(format!("{name}={}", short_text(vm, value)));
        }
    }
    parts.join(", ")
}

/// Longer texts are cut in lists of variables.
const SHORT_CHARS: usize = 120;

pub(crate) fn short_text(vm: &mut Vm, value: Value) -> String {
    let text = match vm.repr_text(value) {
        Ok(text) => text,
        Err(raised) => format!("<{}>", error_text(vm, raised)),
    };
    match text.char_indices().nth(SHORT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
