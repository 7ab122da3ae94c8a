//! From the list of nodes back to the parser's tree, so that a tree which a program made or
//! changed is compiled like any other.
//!
//! There is no source, so one is pretended (`Source::pretend`): lines of one width, in which a
//! place is a place in a text as before. Behind them stands the text that compiling reads in a
//! literal with lone surrogates, and what template strings say of their fields.
//!
//! A tree may be wrong in ways that no source is. What is refused here is what CPython refuses
//! before it compiles, in its words.

// Fields are handed on as they are taken out of their node.
#![allow(clippy::needless_pass_by_value)]

mod expressions;
mod literals;
mod patterns;
mod statements;

use super::{Item, Kind, Node, NodeId, Place, Refusal, Tree};
use crate::source::Source;
use crate::symbols::DEPTH_LIMIT;
use ruff_python_ast::{self as ast, AtomicNodeIndex, Expr, ExprContext};
use ruff_text_size::{TextRange, TextSize};

type Made<T> = Result<T, Refusal>;

fn invalid<T>(message: impl Into<String>) -> Made<T> {
    Err(Refusal::Value(message.into()))
}

fn mistyped<T>(message: &str) -> Made<T> {
    Err(Refusal::Type(message.to_owned()))
}

/// The parser's tree, and what its places are about.
pub struct Restored {
    pub module: ast::Mod,
    pub source: Source<'static>,
}

pub fn restore(mut tree: Tree) -> Made<Restored> {
    let Some(root) = tree.nodes.pop() else {
        return invalid("a tree has no nodes");
    };
    let places = tree.nodes.iter().map(|node| node.place);
    let grid = Grid::around(places);
    let mut restore = Restore {
        tree,
        grid,
        depth: 0,
        appendix: String::from("b''"),
        labels: Vec::new(),
    };
    let module = restore.module(root)?;
    let grid = restore.grid;
    let source = Source::pretend(grid.width, grid.end(), restore.appendix, restore.labels);
    Ok(Restored { module, source })
}

/// The pretended lines.
#[derive(Clone, Copy)]
struct Grid {
    width: u32,
    lines: u32,
}

impl Grid {
    /// Offsets that lines may take; the others are the appendix's.
    const SPACE: u32 = u32::MAX / 2;

    fn around(places: impl Iterator<Item = Place>) -> Grid {
        let (mut lines, mut width) = (1, 2);
        for [line, column, end_line, end_column] in places {
            lines = lines.max(line).max(end_line);
            width = width.max(column).max(end_column);
        }
        let lines = lines.min(Self::SPACE / 2);
        let width = width.saturating_add(2).min(Self::SPACE / lines);
        Grid { width, lines }
    }

    fn end(self) -> u32 {
        self.width * self.lines
    }

    fn offset(self, line: u32, column: u32) -> TextSize {
        let line = line.clamp(1, self.lines) - 1;
        TextSize::from(line * self.width + column.min(self.width - 1))
    }

    fn range(self, [line, column, end_line, end_column]: Place) -> TextRange {
        let start = self.offset(line, column);
        TextRange::new(start, start.max(self.offset(end_line, end_column)))
    }
}

struct Restore {
    tree: Tree,
    grid: Grid,
    depth: u32,
    /// The text behind the lines; it begins with an empty literal of bytes.
    appendix: String,
    labels: Vec<String>,
}

/// A node being taken apart.
struct Parts {
    kind: Kind,
    range: TextRange,
    fields: std::vec::IntoIter<Item>,
}

impl Parts {
    fn next(&mut self) -> Item {
        self.fields.next().unwrap_or(Item::None)
    }

    fn list(&mut self) -> Vec<Item> {
        match self.next() {
            Item::List(items) => items,
            _ => Vec::new(),
        }
    }

    fn flag(&mut self) -> bool {
        matches!(self.next(), Item::Int(n) if n != 0)
    }

    fn leaf(&mut self) -> Option<Kind> {
        match self.next() {
            Item::Leaf(kind) => Some(kind),
            _ => None,
        }
    }

    /// The text of a name that is not None.
    fn text(&mut self) -> Box<str> {
        match self.next() {
            Item::Name(name) => name,
            _ => Box::default(),
        }
    }

    fn name(&mut self) -> Made<ast::Identifier> {
        let text = self.text();
        identifier(&text, self.range)
    }

    fn optional_name(&mut self) -> Made<Option<ast::Identifier>> {
        match self.next() {
            Item::Name(name) => identifier(&name, self.range).map(Some),
            _ => Ok(None),
        }
    }
}

fn identifier(name: &str, range: TextRange) -> Made<ast::Identifier> {
    if matches!(name, "None" | "True" | "False") {
        return invalid(format!(
            "identifier field can't represent '{name}' constant"
        ));
    }
    Ok(ast::Identifier::new(name, range))
}

/// A node index of no meaning; each use is a new one.
#[allow(clippy::declare_interior_mutable_const)]
const NONE: AtomicNodeIndex = AtomicNodeIndex::NONE;

impl Restore {
    fn module(&mut self, root: Node) -> Made<ast::Mod> {
        let mut parts = Parts {
            kind: root.kind,
            range: TextRange::default(),
            fields: root.fields.into_iter(),
        };
        let range = parts.range;
        Ok(match parts.kind {
            Kind::Expression => ast::Mod::Expression(ast::ModExpression {
                node_index: NONE,
                range,
                body: Box::new(self.expr(parts.next())?),
            }),
            _ => ast::Mod::Module(ast::ModModule {
                node_index: NONE,
                range,
                body: self.body(parts.list())?,
            }),
        })
    }

    fn parts(&mut self, id: NodeId) -> Parts {
        let node = &mut self.tree.nodes[id.0 as usize];
        Parts {
            kind: node.kind,
            range: self.grid.range(node.place),
            fields: std::mem::take(&mut node.fields).into_iter(),
        }
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Made<T>) -> Made<T> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(Refusal::TooDeep);
        }
        let done = inner(self)?;
        self.depth -= 1;
        Ok(done)
    }

    // ---- lists

    fn each<T, C: FromIterator<T>>(
        &mut self,
        items: Vec<Item>,
        mut each: impl FnMut(&mut Self, Item) -> Made<T>,
    ) -> Made<C> {
        items.into_iter().map(|item| each(self, item)).collect()
    }

    fn exprs(&mut self, items: Vec<Item>) -> Made<Vec<Expr>> {
        self.exprs_in(items, ExprContext::Load)
    }

    fn exprs_in(&mut self, items: Vec<Item>, context: ExprContext) -> Made<Vec<Expr>> {
        self.each(items, |restore, item| match item {
            Item::None => invalid("None disallowed in expression list"),
            item => restore.expr_in(item, context),
        })
    }

    fn boxed(&mut self, item: Item) -> Made<Box<Expr>> {
        self.expr(item).map(Box::new)
    }

    fn optional(&mut self, item: Item) -> Made<Option<Box<Expr>>> {
        match item {
            Item::None => Ok(None),
            item => self.boxed(item).map(Some),
        }
    }
}

/// Refuses an empty list.
fn filled(items: Vec<Item>, what: &str, owner: &str) -> Made<Vec<Item>> {
    if items.is_empty() {
        return invalid(format!("empty {what} on {owner}"));
    }
    Ok(items)
}
