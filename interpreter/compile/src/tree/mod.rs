//! Python's own syntax trees, as data: what `compile` with `PyCF_ONLY_AST` gives, and what a
//! program may hand in instead of source.
//!
//! The parser's tree has other nodes than Python's, and this crate knows no objects. So there is a
//! form between: a list of nodes, children before their parents and the root last, each of a kind
//! from the table in `nodes`. Who makes objects of it (or it of objects) goes through the list
//! once, knowing no node by name, and neither recurses nor is recursed into when it is dropped.
//! What is known of each node in the parser's terms stands in the walks here.

mod expressions;
pub mod nodes;
mod patterns;
mod restore;
mod statements;
mod strings;
mod walk;

pub use nodes::Kind;

use crate::errors::{SyntaxError, Warning};
use crate::source::Source;
use crate::{Mode, Options, parse};
use bytecode::{Code, Const};

/// Line (from 1) and column (bytes, from 0) of the start, and of the end.
pub type Place = [u32; 4];

/// A node by its place in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeId(pub u32);

/// What a field holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    None,
    Node(NodeId),
    /// A node without fields or place, such as an operator.
    Leaf(Kind),
    List(Vec<Item>),
    Name(Box<str>),
    Int(i64),
    Const(Const),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    pub kind: Kind,
    /// For the kinds that have one.
    pub place: Place,
    /// As many as the kind has.
    pub fields: Vec<Item>,
}

/// Never empty once it is made.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

impl Tree {
    pub fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() as u32 - 1)
    }
}

/// Parses; gives the tree and the warnings, in source order.
pub fn parse(
    source: &str,
    filename: &str,
    mode: Mode,
) -> Result<(Tree, Vec<Warning>), SyntaxError> {
    let normalized = crate::normalize(source);
    let source = Source::new(&normalized);
    let module = parse::parse(&source, mode).map_err(|fault| fault.locate(&source, filename))?;
    let mut walk = walk::Walk::new(&source);
    match walk.module(&module, mode == Mode::Single) {
        Ok(()) => Ok(walk.finish()),
        Err(fault) => {
            // Dropping a tree recurses as deep as the tree is.
            std::mem::forget(module);
            Err(fault.locate(&source, filename))
        }
    }
}

/// Why a tree is not compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// A message of a ValueError.
    Value(String),
    /// A message of a TypeError.
    Type(String),
    /// The tree is deeper than the compiler goes.
    TooDeep,
    Syntax(Box<SyntaxError>),
}

/// Compiles a tree; gives the warnings too.
pub fn compile(
    tree: Tree,
    filename: &str,
    mode: Mode,
    options: Options,
) -> Result<(Code, Vec<Warning>), Refusal> {
    let restore::Restored { module, source } = restore::restore(tree)?;
    let done = crate::generate(&source, filename, &module, mode, options);
    done.map_err(|fault| {
        if fault.too_deep {
            // Dropping a tree recurses as deep as the tree is.
            std::mem::forget(module);
        }
        Refusal::Syntax(Box::new(fault.locate(&source, filename)))
    })
}
