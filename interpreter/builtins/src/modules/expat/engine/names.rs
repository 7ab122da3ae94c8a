//! Names: as numbers, and as what namespaces make of them.

use super::Code;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A name, by its number among all names of a parser.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Symbol(pub u32);

/// All names that were met.
#[derive(Default)]
pub struct Names {
    numbers: FxHashMap<Rc<str>, Symbol>,
    texts: Vec<Rc<str>>,
}

impl Names {
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        let symbol = Symbol(self.texts.len() as u32);
        let text: Rc<str> = text.into();
        self.numbers.insert(text.clone(), symbol);
        self.texts.push(text);
        symbol
    }

    pub fn text(&self, symbol: Symbol) -> Rc<str> {
        self.texts[symbol.0 as usize].clone()
    }
}

pub const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// A prefix and what it stands for: `None` where that is nothing any more.
#[derive(Clone)]
pub struct Binding {
    pub prefix: Option<Rc<str>>,
    pub uri: Option<Rc<str>>,
}

/// The namespaces in force where the parser is.
pub struct Namespaces {
    /// What stands between the parts of a name; nothing if there is no character for it.
    pub separator: Option<char>,
    pub keeps_prefixes: bool,
    bindings: Vec<Binding>,
    /// What names came to since the bindings last changed.
    expanded: FxHashMap<(Symbol, bool), Symbol>,
}

impl Namespaces {
    pub fn new(separator: Option<char>) -> Namespaces {
        Namespaces {
            separator,
            keeps_prefixes: false,
            bindings: Vec::new(),
            expanded: FxHashMap::default(),
        }
    }

    pub fn count(&self) -> usize {
        self.bindings.len()
    }

    /// Takes back the last binding.
    pub fn unbind(&mut self) -> Option<Binding> {
        self.expanded.clear();
        self.bindings.pop()
    }

    pub fn set_keeps_prefixes(&mut self, keeps: bool) {
        self.expanded.clear();
        self.keeps_prefixes = keeps;
    }

    /// Binds a prefix (`None`: names without one) as an attribute says.
    pub fn bind(&mut self, prefix: Option<&str>, uri: &str) -> Result<(), Code> {
        if prefix.is_some() && uri.is_empty() {
            return Err(Code::UndeclaringPrefix);
        }
        match prefix {
            Some("xml") if uri != XML_URI => return Err(Code::ReservedPrefixXml),
            Some("xmlns") => return Err(Code::ReservedPrefixXmlns),
            Some("xml") => {}
            _ if uri == XML_URI || uri == XMLNS_URI => return Err(Code::ReservedNamespaceUri),
            _ => {}
        }
        // What takes names apart again must not be misled.
        let may_separate =
            |c: char| !c.is_ascii_alphanumeric() && !"-._~:/?#[]@!$&'()*+,;=%".contains(c);
        if let Some(separator) = self.separator
            && may_separate(separator)
            && uri.contains(separator)
        {
            return Err(Code::Syntax);
        }
        self.push(Binding {
            prefix: prefix.map(Into::into),
            uri: (!uri.is_empty()).then(|| uri.into()),
        });
        Ok(())
    }

    pub fn push(&mut self, binding: Binding) {
        self.expanded.clear();
        self.bindings.push(binding);
    }

    fn uri(&self, prefix: Option<&str>) -> Option<Rc<str>> {
        let found = self
            .bindings
            .iter()
            .rev()
            .find(|b| b.prefix.as_deref() == prefix);
        match found {
            Some(binding) => binding.uri.clone(),
            None => (prefix == Some("xml")).then(|| XML_URI.into()),
        }
    }

    /// What is in force: each prefix once.
    pub fn in_force(&self) -> Vec<Binding> {
        let mut found: Vec<Binding> = Vec::new();
        for binding in self.bindings.iter().rev() {
            if !found.iter().any(|b| b.prefix == binding.prefix) {
                found.push(binding.clone());
            }
        }
        found.retain(|b| b.uri.is_some() && b.prefix.as_deref() != Some("xml"));
        found.push(Binding {
            prefix: Some("xml".into()),
            uri: Some(XML_URI.into()),
        });
        found.sort_by_key(|b| b.prefix.is_some());
        found
    }

    /// The whole name of an element or attribute: namespace, local name, and prefix if that is wanted.
    pub fn expand(
        &mut self,
        names: &mut Names,
        name: Symbol,
        is_attribute: bool,
    ) -> Result<Symbol, Code> {
        if let Some(&known) = self.expanded.get(&(name, is_attribute)) {
            return Ok(known);
        }
        let text = names.text(name);
        let (prefix, local) = match text.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None => (None, &*text),
        };
        let uri = match is_attribute && prefix.is_none() {
            true => None,
            false => self.uri(prefix),
        };
        let whole = match (uri, prefix) {
            (None, Some(_)) => return Err(Code::UnboundPrefix),
            (None, None) => name,
            (Some(uri), prefix) => {
                let mut whole = String::from(&*uri);
                whole.extend(self.separator);
                whole.push_str(local);
                // Without a separator there is no third part.
                if let (true, Some(separator), Some(prefix)) =
                    (self.keeps_prefixes, self.separator, prefix)
                {
                    whole.push(separator);
                    whole.push_str(prefix);
                }
                names.symbol(&whole)
            }
        };
        self.expanded.insert((name, is_attribute), whole);
        Ok(whole)
    }
}

/// The prefix that an attribute binds, if it binds one: `Some(None)` for names without prefix.
pub fn bound_prefix(attribute: &str) -> Option<Option<&str>> {
    match attribute.strip_prefix("xmlns")? {
        "" => Some(None),
        rest => rest.strip_prefix(':').map(Some),
    }
}
