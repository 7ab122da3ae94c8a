//! Module `_syntax`: syntax trees between the compiler's list of nodes and objects.
//!
//! `_ast` makes its classes from the table that is handed out here, and gives them back to be
//! kept. Which fields a node has is read from the table; no node is known by name.

mod make;
mod read;

pub use make::tree_to_objects;

use compile::tree::{Kind, Refusal, nodes};
use compile::{Mode, Options};
use object::{Class, Gc, List, Str, Tuple, Value, intern};
use vm::{Def, PyResult, Vm, method};

const FUNCTIONS: &[Def] = &[
    method("families()", |_, _| Ok(families())),
    method("keep(base, classes, leaves, /)", |vm, args| {
        vm.keep(BASE, args[0]);
        vm.keep(CLASSES, args[1]);
        vm.keep(LEAVES, args[2]);
        Ok(Value::NONE)
    }),
];

/// The class of all nodes.
const BASE: &str = "_ast.base";
/// The class of each kind.
const CLASSES: &str = "_ast.classes";
/// For each kind its only object, or None.
const LEAVES: &str = "_ast.leaves";

pub fn install(vm: &mut Vm) {
    vm.define_module("_syntax", FUNCTIONS);
}

/// The table: `(name, is_sum, has_place, ((node, text, ((field, type, is_optional, is_list),
/// ...)), ...))` for each family.
fn families() -> Value {
    let text = |text: &str| Value::from(intern(text));
    let tuple = |items: Vec<Value>| Value::from(Tuple::new(&items));
    let field = |field: &nodes::Field| {
        tuple(vec![
            text(field.name),
            text(field.type_name),
            Value::bool(field.is_optional),
            Value::bool(field.is_list),
        ])
    };
    let node = |kind: &Kind| {
        let node = kind.node();
        let fields = node.fields.iter().map(field).collect();
        tuple(vec![text(node.name), text(node.text), tuple(fields)])
    };
    let family = |family: &nodes::Family| {
        tuple(vec![
            text(family.name),
            Value::bool(family.is_sum),
            Value::bool(family.has_place),
            tuple(family.nodes.iter().map(node).collect()),
        ])
    };
    tuple(nodes::FAMILIES.iter().map(family).collect())
}

/// What `_ast` gave to keep: a list with an entry for each kind or family.
fn kept(vm: &mut Vm, name: &str) -> PyResult<Gc<List>> {
    vm.import_module("_ast")?;
    match vm.kept(name).and_then(|kept| kept.cast::<List>()) {
        Some(list) => Ok(list),
        None => Err(vm.system_error("_ast has no classes")),
    }
}

/// Whether the value is a node. Without `_ast` there are none.
pub fn is_node(vm: &Vm, value: Value) -> bool {
    let base = vm.kept(BASE).and_then(|base| base.cast::<Class>());
    base.is_some_and(|base| vm.class_of(value).is_subclass_of(base))
}

/// Compiles a tree of objects.
pub fn compile_objects(
    vm: &mut Vm,
    root: Value,
    filename: &str,
    mode: Mode,
    options: Options,
) -> PyResult {
    let tree = read::objects_to_tree(vm, root, mode)?;
    let done = match compile::tree::compile(tree, filename, mode, options) {
        Ok(done) => Ok(done),
        Err(Refusal::Syntax(error)) => Err(*error),
        Err(Refusal::Value(message)) => return Err(vm.value_error(message)),
        Err(Refusal::Type(message)) => return Err(vm.type_error(message)),
        Err(Refusal::TooDeep) => return Err(read::too_deep(vm)),
    };
    let code = vm.show_warnings(done, filename, "")?;
    Ok(vm.link(code).into())
}

/// Names of the fields of each kind, and of the places, as strings.
struct Names {
    fields: Vec<Vec<Gc<Str>>>,
    place: [Gc<Str>; 4],
}

impl Names {
    fn new() -> Names {
        let of_kind = |kind: &Kind| kind.node().fields.iter().map(|f| intern(f.name)).collect();
        Names {
            fields: nodes::KINDS.iter().map(of_kind).collect(),
            place: nodes::PLACE.map(intern),
        }
    }
}
