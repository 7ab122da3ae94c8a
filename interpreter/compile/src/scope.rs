//! The symbol table's data: names, scopes, and what each scope does with each name.
//!
//! A comprehension has a scope of its own but no code object: its variables live in registers of
//! the code that surrounds it. Generator expressions, lambdas, annotation functions and the scope
//! of type parameters are functions.

use indexmap::{IndexMap, IndexSet};
use ruff_python_ast as ast;
use rustc_hash::FxBuildHasher;
use std::rc::Rc;

/// An interned name.
pub type Sym = u32;

/// An index into [`SymbolTable::scopes`].
pub type ScopeId = usize;

/// Every name of the program once.
#[derive(Default)]
pub struct Names {
    set: IndexSet<Box<str>, FxBuildHasher>,
}

impl Names {
    pub fn intern(&mut self, text: &str) -> Sym {
        match self.set.get_index_of(text) {
            Some(at) => at as Sym,
            None => self.set.insert_full(text.into()).0 as Sym,
        }
    }

    pub fn get(&self, text: &str) -> Option<Sym> {
        self.set.get_index_of(text).map(|at| at as Sym)
    }

    pub fn text(&self, sym: Sym) -> &str {
        self.set.get_index(sym as usize).map_or("", |text| text)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    Generator,
    Comprehension,
    TypeParams,
    Annotations,
}

impl ScopeKind {
    /// Whether such code runs when it is asked for, and sees the names of a class around it.
    pub fn is_lazy(self) -> bool {
        matches!(self, ScopeKind::Annotations | ScopeKind::TypeParams)
    }
}

impl ScopeKind {
    /// Whether inner scopes see this scope's variables.
    pub fn is_function_like(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }
}

/// What a scope does with a name: a set of the bits below.
pub type Use = u16;
pub const PARAM: Use = 1;
pub const BOUND: Use = 2;
pub const USED: Use = 4;
pub const GLOBAL: Use = 8;
pub const NONLOCAL: Use = 16;
pub const ANNOTATED: Use = 32;
pub const DELETED: Use = 64;
/// An own variable which an inner code object captures.
pub const CELL: Use = 128;
/// A variable that comes in through the closure, for this scope or one inside it.
pub const FREE: Use = 256;
/// A comprehension's iteration variable.
pub const ITERATED: Use = 512;
/// An assignment expression inside a comprehension binds the name outside.
pub const REBOUND: Use = 1024;

/// An annotated assignment of a class or module.
pub struct Annotated<'a> {
    pub statement: &'a ast::StmtAnnAssign,
    /// It stands under a condition or in a loop, so it may not be reached.
    pub conditional: bool,
}

pub struct Scope<'a> {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    pub name: Sym,
    pub vars: IndexMap<Sym, Use, FxBuildHasher>,
    pub is_async: bool,
    pub has_yield: bool,
    /// It holds `await` or an asynchronous comprehension.
    pub has_await: bool,
    pub has_walrus: bool,
    pub has_conditional_annotations: bool,
    pub annotations: Vec<Annotated<'a>>,
    pub annotate: Option<ScopeId>,
    pub self_attributes: Vec<Sym>,
    /// The class whose private names are mangled here.
    pub private: Option<Sym>,
    /// A generic class and those of its type parameters that are private names: in the scope of the
    /// parameters these are mangled as in the class, others are not.
    pub private_params: Option<(Sym, Rc<[Sym]>)>,
    /// What the code of a scope of annotations is, for messages.
    pub part: &'static str,
}

impl Scope<'_> {
    pub fn new(kind: ScopeKind, parent: Option<ScopeId>, name: Sym) -> Self {
        Scope {
            kind,
            parent,
            name,
            vars: IndexMap::default(),
            is_async: false,
            has_yield: false,
            has_await: false,
            has_walrus: false,
            has_conditional_annotations: false,
            annotations: Vec::new(),
            annotate: None,
            self_attributes: Vec::new(),
            private: None,
            private_params: None,
            part: "an annotation",
        }
    }

    pub fn var(&self, sym: Sym) -> Use {
        self.vars.get(&sym).copied().unwrap_or(0)
    }

    /// Whether the name is a variable of this scope itself.
    pub fn owns(&self, sym: Sym) -> bool {
        let var = self.var(sym);
        var & BOUND != 0 && var & (GLOBAL | NONLOCAL) == 0
    }
}

/// The names and scopes of one compilation.
pub struct SymbolTable<'a> {
    pub names: Names,
    pub scopes: Vec<Scope<'a>>,
    pub future_annotations: bool,
    /// How deep the tree is.
    pub deepest: u32,
}
