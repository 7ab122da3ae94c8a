//! What a document type declares: entities, and the attributes of elements.

use super::event::External;
use super::names::Symbol;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A declared entity.
#[derive(Clone)]
pub struct Entity {
    pub name: Rc<str>,
    /// Its text, if that was declared with it.
    pub text: Option<Rc<str>>,
    pub external: External,
    /// The notation of what is no text.
    pub notation: Option<Rc<str>>,
    /// Declared in the document itself.
    pub is_internal: bool,
    /// It is being read.
    pub is_open: bool,
}

/// An attribute of the elements of one name.
#[derive(Clone)]
pub struct Declared {
    pub name: Symbol,
    /// Its values are taken as they are; else white space in them is brought together.
    pub is_text: bool,
    pub value: Option<Rc<str>>,
}

#[derive(Clone, Default)]
pub struct Dtd {
    pub general: FxHashMap<Rc<str>, Entity>,
    pub parameter: FxHashMap<Rc<str>, Entity>,
    pub attributes: FxHashMap<Symbol, Vec<Declared>>,
    /// Declarations are no longer read, since some before them were not.
    pub is_skipping: bool,
    pub has_parameter_references: bool,
    pub is_standalone: bool,
    /// A parser of declarations outside was given some.
    pub was_read: bool,
}

impl Dtd {
    pub fn table(&mut self, is_parameter: bool) -> &mut FxHashMap<Rc<str>, Entity> {
        match is_parameter {
            true => &mut self.parameter,
            false => &mut self.general,
        }
    }

    pub fn declared(&self, element: Symbol, attribute: Symbol) -> Option<&Declared> {
        let all = self.attributes.get(&element)?;
        all.iter().find(|declared| declared.name == attribute)
    }
}
