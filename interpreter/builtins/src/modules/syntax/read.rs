//! Objects as the compiler's list of nodes.
//!
//! What is refused here, in CPython's words, is an object that is no node or lacks a field.

use super::{CLASSES, Names, kept};
use bytecode::Const;
use compile::Mode;
use compile::tree::{Item, Kind, Node, Place, Tree, nodes};
use object::{BigInt, Bytes, Class, Complex, FrozenSet, Gc, List, Str, Tuple, Value};
use vm::{PyResult, Raised, Vm};

/// Nesting of nodes.
const DEPTH_LIMIT: u32 = 4000;

pub fn objects_to_tree(vm: &mut Vm, root: Value, mode: Mode) -> PyResult<Tree> {
    let mut reader = Reader {
        classes: kept(vm, CLASSES)?,
        names: Names::new(),
        tree: Tree::default(),
        depth: 0,
    };
    let kind = match mode {
        Mode::Exec => Kind::Module,
        Mode::Eval => Kind::Expression,
        Mode::Single => Kind::Interactive,
    };
    if !reader.is_of(vm, root, kind) {
        let (wanted, given) = (kind.node().name, vm.type_name(root));
        return Err(vm.type_error(format!("expected {wanted} node, got {given}")));
    }
    reader.node(vm, kind, None, root)?;
    Ok(reader.tree)
}

pub fn too_deep(vm: &mut Vm) -> Raised {
    vm.recursion_error("maximum recursion depth exceeded during compilation")
}

struct Reader {
    classes: Gc<List>,
    names: Names,
    tree: Tree,
    depth: u32,
}

impl Reader {
    fn class(&self, kind: Kind) -> Option<Gc<Class>> {
        self.classes.item(kind as usize)?.cast::<Class>()
    }

    fn is_of(&self, vm: &Vm, object: Value, kind: Kind) -> bool {
        let class = vm.class_of(object);
        self.class(kind)
            .is_some_and(|wanted| class == wanted || class.is_subclass_of(wanted))
    }

    fn node(
        &mut self,
        vm: &mut Vm,
        kind: Kind,
        place: Option<Place>,
        object: Value,
    ) -> PyResult<Item> {
        let (node, family) = (kind.node(), kind.family());
        if node.fields.is_empty() && !family.has_place {
            return Ok(Item::Leaf(kind));
        }
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(
                vm.recursion_error("maximum recursion depth exceeded during ast construction")
            );
        }
        let mut fields = Vec::with_capacity(node.fields.len());
        for at in 0..node.fields.len() {
            fields.push(self.field(vm, kind, at, object)?);
        }
        let place = match place {
            Some(place) => place,
            None if family.has_place => self.place(vm, object, family.name)?,
            None => Place::default(),
        };
        self.depth -= 1;
        Ok(Item::Node(self.tree.push(Node {
            kind,
            place,
            fields,
        })))
    }

    fn field(&mut self, vm: &mut Vm, kind: Kind, at: usize, object: Value) -> PyResult<Item> {
        let (owner, field) = (kind.node().name, &kind.node().fields[at]);
        let found = vm.find_attr(object, self.names.fields[kind as usize][at])?;
        let name = field.name;
        let Some(value) = found else {
            return match (field.is_list, field.is_optional) {
                (true, _) => Ok(Item::List(Vec::new())),
                (_, true) => Ok(Item::None),
                _ => Err(vm.type_error(format!("required field \"{name}\" missing from {owner}"))),
            };
        };
        if field.is_list {
            return self.list(vm, owner, field, value);
        }
        let item = self.item(vm, field, value)?;
        if item == Item::None && !field.is_optional && field.holds != nodes::Type::Constant {
            return Err(vm.value_error(format!("field '{name}' is required for {owner}")));
        }
        Ok(item)
    }

    fn list(
        &mut self,
        vm: &mut Vm,
        owner: &str,
        field: &nodes::Field,
        value: Value,
    ) -> PyResult<Item> {
        let name = field.name;
        let Some(list) = value.inner().cast::<List>() else {
            let given = vm.type_name(value);
            return Err(vm.type_error(format!(
                "{owner} field \"{name}\" must be a list, not a {given}"
            )));
        };
        let length = list.len();
        let mut items = Vec::with_capacity(length);
        for at in 0..length {
            // Reading a node may have run Python code.
            let Some(value) = list.item(at).filter(|_| list.len() == length) else {
                return Err(vm.runtime_error(format!(
                    "{owner} field \"{name}\" changed size during iteration"
                )));
            };
            items.push(self.item(vm, field, value)?);
        }
        Ok(Item::List(items))
    }

    fn item(&mut self, vm: &mut Vm, field: &nodes::Field, value: Value) -> PyResult<Item> {
        match field.holds {
            nodes::Type::Constant => constant(vm, value).map(Item::Const),
            _ if value.is_none() => Ok(Item::None),
            nodes::Type::Node(family) => self.node_of(vm, &nodes::FAMILIES[family], value),
            nodes::Type::Int => int(vm, value).map(Item::Int),
            nodes::Type::Identifier => match value.to::<Str>() {
                Some(name) => Ok(Item::Name(name.to_text_escaped().into())),
                None => Err(vm.type_error("AST identifier must be of type str")),
            },
            nodes::Type::String => match value.to::<Str>() {
                Some(text) => Ok(Item::Const(Const::Str(text.to_points().into()))),
                None => Err(vm.type_error("AST string must be of type str")),
            },
        }
    }

    fn node_of(&mut self, vm: &mut Vm, family: &nodes::Family, value: Value) -> PyResult<Item> {
        if !family.is_sum {
            return self.node(vm, family.nodes[0], None, value);
        }
        // What has no place is refused for that before it is looked at.
        let place = if family.has_place {
            Some(self.place(vm, value, family.name)?)
        } else {
            None
        };
        let class = vm.class_of(value);
        let exact = |kind: &&Kind| self.class(**kind) == Some(class);
        let wider = |kind: &&Kind| self.is_of(vm, value, **kind);
        let kinds = || family.nodes.iter();
        match kinds().find(exact).or_else(|| kinds().find(wider)) {
            Some(&kind) => self.node(vm, kind, place, value),
            None => {
                let (name, given) = (family.name, vm.repr_text(value)?);
                Err(vm.type_error(format!("expected some sort of {name}, but got {given}")))
            }
        }
    }

    /// The node's place, which must be one.
    fn place(&mut self, vm: &mut Vm, object: Value, family: &str) -> PyResult<Place> {
        let mut place = [0; 4];
        for at in 0..4 {
            let found = vm.find_attr(object, self.names.place[at])?;
            place[at] = match found.filter(|value| !value.is_none()) {
                Some(value) => int(vm, value)?,
                // The end is where the start is.
                None if at > 1 => place[at - 2],
                None if found.is_some() => {
                    return Err(vm.value_error(String::from("invalid integer value: None")));
                }
                None => {
                    let name = nodes::PLACE[at];
                    return Err(
                        vm.type_error(format!("required field \"{name}\" missing from {family}"))
                    );
                }
            };
        }
        let [line, column, end_line, end_column] = place;
        let wrong = if line > end_line {
            format!("AST node line range ({line}, {end_line}) is not valid")
        } else if (line < 0 && end_line != line) || (column < 0 && end_column != column) {
            format!(
                "AST node column range ({column}, {end_column}) for line range ({line}, \
                 {end_line}) is not valid"
            )
        } else if line == end_line && column > end_column {
            format!("line {line}, column {column}-{end_column} is not a valid range")
        } else {
            return Ok(place.map(|n| u32::try_from(n.max(0)).unwrap_or(u32::MAX)));
        };
        Err(vm.value_error(wrong))
    }
}

fn int(vm: &mut Vm, value: Value) -> PyResult<i64> {
    match value.inner() {
        Value::TRUE => Ok(1),
        Value::FALSE => Ok(0),
        inner if inner.is_small() => vm.index(inner),
        _ => {
            let given = vm.repr_text(value)?;
            Err(vm.value_error(format!("invalid integer value: {given}")))
        }
    }
}

/// A value that can stand in a `Constant`.
fn constant(vm: &mut Vm, value: Value) -> PyResult<Const> {
    Ok(match value {
        Value::NONE => Const::None,
        Value::TRUE => Const::Bool(true),
        Value::FALSE => Const::Bool(false),
        Value::ELLIPSIS => Const::Ellipsis,
        _ if let Some(n) = value.as_small() => Const::Int(n),
        _ if let Some(float) = value.as_float() => Const::Float(float.to_bits()),
        _ if let Some(n) = value.cast::<BigInt>() => integer(n),
        _ if let Some(n) = value.cast::<Complex>() => {
            Const::Complex(n.real.to_bits(), n.imag.to_bits())
        }
        _ if let Some(text) = value.cast::<Str>() => Const::Str(text.to_points().into()),
        _ if let Some(bytes) = value.cast::<Bytes>() => Const::Bytes(bytes.as_slice().into()),
        _ if let Some(tuple) = value.cast::<Tuple>() => {
            let items = tuple.items().iter().map(|&item| constant(vm, item));
            Const::Tuple(items.collect::<PyResult<_>>()?)
        }
        _ if value.is::<FrozenSet>() => Const::FrozenSet(Box::default()),
        _ => {
            let given = vm.type_name(value);
            return Err(vm.type_error(format!("got an invalid type in Constant: {given}")));
        }
    })
}

fn integer(value: Gc<BigInt>) -> Const {
    let value = value.to_ibig();
    match i64::try_from(&value) {
        Ok(small) => Const::Int(small),
        Err(_) => Const::BigInt(value.to_string().into()),
    }
}
