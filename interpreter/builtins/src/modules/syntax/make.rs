//! The compiler's list of nodes as objects.

use super::{CLASSES, LEAVES, Names, kept};
use compile::tree::{Item, Node, Tree};
use object::{Class, Gc, Instance, List, Value, intern};
use vm::{PyResult, Vm};

/// The tree as objects; gives the root.
pub fn tree_to_objects(vm: &mut Vm, tree: &Tree) -> PyResult {
    let mut maker = Maker {
        classes: kept(vm, CLASSES)?,
        leaves: kept(vm, LEAVES)?,
        names: Names::new(),
        // Making objects runs no Python code, so nothing is collected before the root holds all.
        made: Vec::with_capacity(tree.nodes.len()),
    };
    for node in &tree.nodes {
        let object = maker.object(vm, node);
        maker.made.push(object);
    }
    Ok(maker.made.last().copied().unwrap_or(Value::NONE))
}

struct Maker {
    classes: Gc<List>,
    leaves: Gc<List>,
    names: Names,
    made: Vec<Value>,
}

impl Maker {
    fn object(&self, vm: &mut Vm, node: &Node) -> Value {
        let Some(class) = self
            .classes
            .item(node.kind as usize)
            .and_then(|class| class.cast::<Class>())
        else {
            return Value::NONE;
        };
        let object = Value::from(Instance::new(class.new_instance_shape()));
        for (&name, item) in self.names.fields[node.kind as usize]
            .iter()
            .zip(&node.fields)
        {
            let value = self.value(vm, item);
            vm.set_own(object, name, value);
        }
        if node.kind.family().has_place {
            for (&name, at) in self.names.place.iter().zip(node.place) {
                vm.set_own(object, name, Value::small(at.into()));
            }
        }
        object
    }

    fn value(&self, vm: &mut Vm, item: &Item) -> Value {
        match item {
            Item::None => Value::NONE,
            Item::Node(id) => self.made[id.0 as usize],
            Item::Leaf(kind) => self.leaves.item(*kind as usize).unwrap_or(Value::NONE),
            Item::List(items) => {
                let items: Vec<Value> = items.iter().map(|item| self.value(vm, item)).collect();
                List::from_slice(&items).into()
            }
            Item::Name(name) => intern(name).into(),
            Item::Int(n) => Value::int(*n),
            Item::Const(constant) => vm.constant(constant.clone()),
        }
    }
}
