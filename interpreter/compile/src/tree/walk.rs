//! The walk from the parser's tree to the list of nodes: what all of its parts use.

use super::{Item, Kind, Node, Place, Tree};
use crate::errors::{Fault, Outcome, Warning};
use crate::lexical;
use crate::source::Source;
use crate::symbols::DEPTH_LIMIT;
use crate::warnings::invalid_escapes;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Nesting at which the tokenizer's own limits may have been passed.
const NOTABLE_DEPTH: u32 = 100;

pub struct Walk<'s> {
    pub source: &'s Source<'s>,
    tree: Tree,
    warnings: Vec<Warning>,
    depth: u32,
    deepest: u32,
    /// The line that was looked up last.
    near: usize,
}

impl<'s> Walk<'s> {
    pub fn new(source: &'s Source<'s>) -> Walk<'s> {
        Walk {
            source,
            tree: Tree::default(),
            warnings: Vec::new(),
            depth: 0,
            deepest: 0,
            near: 0,
        }
    }

    pub fn finish(mut self) -> (Tree, Vec<Warning>) {
        self.warnings
            .sort_by_key(|warning| (warning.line, warning.column));
        (self.tree, self.warnings)
    }

    pub fn module(&mut self, module: &ast::Mod, interactive: bool) -> Outcome<()> {
        let done = self.root(module, interactive);
        // The limits on brackets and indentation are the tokenizer's, and can matter here only.
        if self.deepest >= NOTABLE_DEPTH
            && let Some(fault) = lexical::scan(self.source).error
        {
            return Err(fault);
        }
        done
    }

    fn root(&mut self, module: &ast::Mod, interactive: bool) -> Outcome<()> {
        let (kind, fields) = match module {
            ast::Mod::Module(module) => {
                let body = self.body(&module.body)?;
                if interactive {
                    (Kind::Interactive, vec![body])
                } else {
                    (Kind::Module, vec![body, Item::List(Vec::new())])
                }
            }
            ast::Mod::Expression(expression) => {
                (Kind::Expression, vec![self.expr(&expression.body)?])
            }
        };
        self.node(kind, TextRange::default(), fields);
        Ok(())
    }

    pub fn node(&mut self, kind: Kind, range: TextRange, fields: Vec<Item>) -> Item {
        debug_assert_eq!(fields.len(), kind.node().fields.len(), "{kind:?}");
        let place = if kind.family().has_place {
            self.place(range)
        } else {
            Place::default()
        };
        let node = Node {
            kind,
            place,
            fields,
        };
        Item::Node(self.tree.push(node))
    }

    fn place(&mut self, range: TextRange) -> Place {
        let (line, column) = self.line_and_column(range.start());
        let near = self.near;
        let (end_line, end_column) = self.line_and_column(range.end());
        // What comes next is more likely to begin inside of this than behind it.
        self.near = near;
        [line, column, end_line, end_column]
    }

    fn line_and_column(&mut self, offset: TextSize) -> (u32, u32) {
        self.near = self.source.line_index(offset, self.near);
        let start = self.source.line_start(self.near);
        (self.near as u32 + 1, offset.to_u32() - start)
    }

    // ---- depth

    /// Runs `inner` one level deeper, if that is not too deep.
    pub fn deeper<T>(
        &mut self,
        range: TextRange,
        inner: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        if self.depth > DEPTH_LIMIT {
            return Err(Fault::too_deep(range));
        }
        let done = inner(self)?;
        self.depth -= 1;
        Ok(done)
    }

    // ---- fields

    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T) -> Outcome<Item>,
    ) -> Outcome<Item> {
        items
            .into_iter()
            .map(|item| each(self, item))
            .collect::<Outcome<Vec<Item>>>()
            .map(Item::List)
    }

    pub fn exprs<'a>(&mut self, items: impl IntoIterator<Item = &'a Expr>) -> Outcome<Item> {
        self.list(items, Self::expr)
    }

    pub fn optional(&mut self, expr: Option<&Expr>) -> Outcome<Item> {
        expr.map_or(Ok(Item::None), |expr| self.expr(expr))
    }

    // ---- warnings

    pub fn warn_escapes(&mut self, content: TextRange, bytes: bool) {
        for (message, range) in invalid_escapes(self.source, content, bytes) {
            let warning = Warning::new(message, range, self.source);
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }
}

pub fn name(identifier: &ast::Identifier) -> Item {
    Item::Name(identifier.as_str().into())
}

pub fn optional_name(identifier: Option<&ast::Identifier>) -> Item {
    identifier.map_or(Item::None, name)
}

/// From the start of one to the end of the other.
pub fn cover(first: TextRange, last: &impl Ranged) -> TextRange {
    TextRange::new(first.start(), last.range().end())
}
