//! A parser of XML that is fed in pieces, without anything of Python in it.
//!
//! It is asked for what there is to tell, event by event, so that whoever handles one may change the parser
//! or make another in between. A piece of the document that is not complete is looked at again when there is
//! more of it; nothing of it has been told before. Events say where they stand by a place in the text, from
//! which lines and columns are counted when somebody asks.
//!
//! What it tells, its errors with their numbers and places, and when it waits for more are those of Expat.
//! Names are those of the fifth edition of XML, which allows more of them than the fourth.
//!
//! Entities make a small document large. Their texts are read from a stack of sources, not by recursion, and
//! what comes out of them may be a hundred times of what went in once it is more than eight megabytes.

mod content;
mod decl;
mod dtd;
mod event;
mod input;
mod lex;
mod names;
mod prolog;
mod subset;
mod value;

pub use dtd::Dtd;
pub use event::{Code, Event, External, HANDLERS, Handler, Model, Piece};
pub use input::{Encoding, Input, Location};
pub use names::{Names, Symbol};

use lex::{Attribute, Lexer, Stop};
use names::{Binding, Namespaces};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

/// What stands between the parts of a context.
const CONTEXT_SEPARATOR: char = '\u{c}';

/// How many times the document may grow, and from how many bytes on that counts.
const MOST_GROWTH: u64 = 100;
const GROWTH_COUNTS_FROM_BYTES: u64 = 8 << 20;

/// What a parser parses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document,
    /// An entity that stands in content.
    Fragment,
    /// Declarations that lie outside of the document.
    Subset,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// A declaration of XML may come.
    Start,
    Prolog,
    Subset,
    /// Behind the declarations of a document type, before its `>`.
    SubsetEnd,
    Content,
    Cdata,
    Epilog,
}

/// When declarations outside of the document are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ParameterEntities {
    Never,
    UnlessStandalone,
    Always,
}

/// The text of an entity that is being read.
struct Source {
    text: Rc<str>,
    at: usize,
    entity: Rc<str>,
    is_parameter: bool,
    /// How many elements were open at its start.
    level: usize,
    /// How many conditional sections were.
    sections: usize,
}

struct OpenTag {
    written: Symbol,
    name: Symbol,
    /// How many bindings there were before it.
    bindings: usize,
}

/// Why a token is not read.
enum Trouble {
    Stop(Stop),
    /// Something is wrong, here or where the token began.
    Fail(Code, Option<usize>),
}

impl From<Stop> for Trouble {
    fn from(stop: Stop) -> Trouble {
        Trouble::Stop(stop)
    }
}

type Read<T = usize> = Result<T, Trouble>;

fn fail<T>(code: Code) -> Read<T> {
    Err(Trouble::Fail(code, None))
}

fn fail_at<T>(code: Code, at: usize) -> Read<T> {
    Err(Trouble::Fail(code, Some(at)))
}

/// The text that a token is read from.
struct Place<'a> {
    lexer: Lexer<'a>,
    text: &'a str,
    entity: Option<Rc<str>>,
    /// No more will come.
    is_closed: bool,
}

impl Place<'_> {
    fn piece(&self, range: Range<usize>) -> Piece {
        match &self.entity {
            Some(text) => Piece::Entity(text.clone(), range),
            None => Piece::Main(range),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

pub struct Engine {
    pub input: Input,
    /// How much of the text has been read.
    at: usize,
    /// The place of what is told now.
    told_at: usize,
    phase: Phase,
    kind: Kind,
    queue: VecDeque<(usize, Event)>,
    sources: Vec<Source>,
    names: Rc<RefCell<Names>>,
    namespaces: Option<Namespaces>,
    dtd: Rc<RefCell<Dtd>>,
    tags: Vec<OpenTag>,
    /// Kept from one tag to the next.
    attributes: Vec<Attribute>,
    doctype: subset::Doctype,
    /// Conditional sections that are open.
    sections: usize,
    /// The encoding that a declaration named, and where.
    declared: Option<(Option<Encoding>, usize)>,
    /// Where a declaration stands that is read as what its references make of it.
    expanding: Option<usize>,
    failed: Option<Code>,
    pub base: Option<Rc<str>>,
    pub parameter_entities: ParameterEntities,
    /// Internal entities in content are replaced by their text.
    pub expands_entities: bool,
    pub uses_foreign_dtd: bool,
    /// What was read of the document, and what entities made of it.
    direct_bytes: u64,
    indirect_bytes: u64,
}

impl Engine {
    pub fn new(separator: Option<Option<char>>) -> Engine {
        Engine {
            input: Input::new(),
            at: 0,
            told_at: 0,
            phase: Phase::Start,
            kind: Kind::Document,
            queue: VecDeque::new(),
            sources: Vec::new(),
            names: Rc::default(),
            namespaces: separator.map(Namespaces::new),
            dtd: Rc::default(),
            tags: Vec::new(),
            attributes: Vec::new(),
            doctype: subset::Doctype::default(),
            sections: 0,
            declared: None,
            expanding: None,
            failed: None,
            base: None,
            parameter_entities: ParameterEntities::Never,
            expands_entities: true,
            uses_foreign_dtd: false,
            direct_bytes: 0,
            indirect_bytes: 0,
        }
    }

    /// The parser of an external entity, which stands where this one stopped.
    pub fn subparser(&self, context: Option<&str>) -> Engine {
        let separator = self.namespaces.as_ref().map(|own| own.separator);
        let mut made = Engine::new(separator);
        made.names = self.names.clone();
        made.base = self.base.clone();
        made.parameter_entities = self.parameter_entities;
        made.expands_entities = self.expands_entities;
        if let (Some(made), Some(own)) = (&mut made.namespaces, &self.namespaces) {
            made.keeps_prefixes = own.keeps_prefixes;
        }
        let Some(context) = context else {
            made.kind = Kind::Subset;
            made.dtd = self.dtd.clone();
            return made;
        };
        made.kind = Kind::Fragment;
        let mut dtd = self.dtd.borrow().clone();
        dtd.general
            .values_mut()
            .for_each(|entity| entity.is_open = false);
        for part in context.split(CONTEXT_SEPARATOR) {
            match part.split_once('=') {
                Some((prefix, uri)) => {
                    if let Some(namespaces) = &mut made.namespaces {
                        namespaces.push(Binding {
                            prefix: (!prefix.is_empty()).then(|| prefix.into()),
                            uri: Some(uri.into()),
                        });
                    }
                }
                None => {
                    if let Some(entity) = dtd.general.get_mut(part) {
                        entity.is_open = true;
                    }
                }
            }
        }
        made.dtd = Rc::new(RefCell::new(dtd));
        made
    }

    /// What is in force here, for a parser of an entity: bindings and the entities that are open.
    fn context(&self, opening: &str) -> Box<str> {
        let mut parts = Vec::new();
        if let Some(namespaces) = &self.namespaces {
            for binding in namespaces.in_force() {
                let prefix = binding.prefix.as_deref().unwrap_or_default();
                parts.push(format!(
                    "{prefix}={}",
                    binding.uri.as_deref().unwrap_or_default()
                ));
            }
        }
        let dtd = self.dtd.borrow();
        let mut open: Vec<&str> = dtd
            .general
            .values()
            .filter(|e| e.is_open)
            .map(|e| &*e.name)
            .collect();
        open.push(opening);
        open.sort_unstable();
        parts.extend(open.into_iter().map(String::from));
        parts.join(&CONTEXT_SEPARATOR.to_string()).into()
    }

    pub fn set_keeps_prefixes(&mut self, keeps: bool) {
        if let Some(namespaces) = &mut self.namespaces {
            namespaces.set_keeps_prefixes(keeps);
        }
    }

    pub fn name(&self, symbol: Symbol) -> Rc<str> {
        self.names.borrow().text(symbol)
    }

    fn symbol(&mut self, text: &str) -> Symbol {
        self.names.borrow_mut().symbol(text)
    }

    /// The text of a piece.
    pub fn text<'a>(&'a self, piece: &'a Piece) -> &'a str {
        match piece {
            Piece::Main(range) => &self.input.text[range.clone()],
            Piece::Entity(text, range) => &text[range.clone()],
            Piece::Own(text) => text,
        }
    }

    /// Takes in a piece of the document.
    pub fn feed(&mut self, data: &[u8], is_final: bool) {
        if self.kind == Kind::Subset {
            self.dtd.borrow_mut().was_read = true;
        }
        self.input.feed(data, self.at, is_final);
        self.at = 0;
        self.told_at = 0;
    }

    /// How much waits to be read, in bytes.
    pub fn waiting(&self) -> usize {
        self.input.waiting(self.at)
    }

    /// What comes next in the document from the event that is told on.
    pub fn rest(&self) -> &str {
        &self.input.text[self.told_at..]
    }

    pub fn location(&self) -> Location {
        self.input.location_at(self.told_at)
    }

    /// Goes to the end of what is told.
    pub fn stand_at(&mut self, at: usize) {
        if self.sources.is_empty() {
            self.told_at = at;
        }
    }

    pub fn failed(&self) -> Option<Code> {
        self.failed
    }

    /// Nothing is read any more.
    pub fn fail(&mut self, code: Code) {
        self.failed = Some(code);
        self.queue.clear();
    }

    /// The next event; `None` if there is no more to read for now.
    pub fn next(&mut self) -> Option<Event> {
        while self.queue.is_empty() {
            if self.failed.is_some() {
                return None;
            }
            if !self.advance() {
                self.told_at = self.at;
                return None;
            }
        }
        let (at, event) = self.queue.pop_front()?;
        self.told_at = at;
        if let Event::Fail(code) = event {
            self.failed = Some(code);
        }
        Some(event)
    }

    fn tell(&mut self, at: usize, event: Event) {
        // What entities contain stands where they are referred to.
        let at = match self.sources.is_empty() {
            true => self.expanding.unwrap_or(at),
            false => self.told_at,
        };
        self.queue.push_back((at, event));
    }

    /// Reads a token; whether there was one.
    fn advance(&mut self) -> bool {
        let namespaces = self.namespaces.is_some();
        let source = self
            .sources
            .last()
            .map(|source| (source.text.clone(), source.at));
        let (at, read) = match source {
            Some((text, at)) if at == text.len() => return self.close_source(),
            Some((text, at)) => {
                let place = Place {
                    lexer: Lexer {
                        text: &text,
                        namespaces,
                    },
                    text: &text,
                    entity: Some(text.clone()),
                    is_closed: true,
                };
                (at, self.token(&place, at))
            }
            None => {
                let text = std::mem::take(&mut self.input.text);
                let place = Place {
                    lexer: Lexer {
                        text: &text,
                        namespaces,
                    },
                    text: &text,
                    entity: None,
                    is_closed: self.input.is_final && !self.input.is_broken,
                };
                let read = self.token(&place, self.at);
                self.input.text = text;
                (self.at, read)
            }
        };
        match read {
            Ok(Some(next)) => self.go_on(at, next),
            Ok(None) => !self.queue.is_empty(),
            Err(Trouble::Fail(code, place)) => self.give_up(code, place.unwrap_or(at)),
            Err(Trouble::Stop(Stop::Bad(place))) => self.give_up(Code::InvalidToken, place),
            Err(Trouble::Stop(Stop::End)) => self.run_out(at),
        }
    }

    fn give_up(&mut self, code: Code, at: usize) -> bool {
        self.tell(at, Event::Fail(code));
        true
    }

    /// The text ended within a token.
    fn run_out(&mut self, at: usize) -> bool {
        let code = match () {
            _ if !self.sources.is_empty() => match self.phase {
                Phase::Cdata => Code::UnclosedCdataSection,
                _ => Code::UnclosedToken,
            },
            _ if self.input.is_broken => {
                return self.give_up(Code::InvalidToken, self.input.text.len());
            }
            _ if !self.input.is_final => return false,
            _ if self.phase == Phase::Cdata => Code::UnclosedCdataSection,
            _ => self
                .input
                .part_of_character()
                .unwrap_or(Code::UnclosedToken),
        };
        self.give_up(code, at)
    }

    /// A token was read from one place to another.
    fn go_on(&mut self, from: usize, to: usize) -> bool {
        let bytes = (to - from) as u64;
        // The source is the one that the token was read from, unless the token opened another.
        let opened = self.sources.last().is_some_and(|s| s.at == usize::MAX);
        let own = self.sources.len() - usize::from(opened);
        match own.checked_sub(1) {
            Some(own) => {
                self.sources[own].at = to;
                self.indirect_bytes += bytes;
            }
            None => {
                self.at = to;
                self.direct_bytes += bytes;
            }
        }
        if opened && let Some(source) = self.sources.last_mut() {
            source.at = 0;
        }
        if self.has_grown_too_much() {
            return self.give_up(Code::AmplificationLimitBreach, from);
        }
        if let Some((encoding, at)) = self.declared.take()
            && let Err(code) = self.input.declared(encoding)
        {
            return self.give_up(code, at);
        }
        true
    }

    fn has_grown_too_much(&self) -> bool {
        let all = self.direct_bytes + self.indirect_bytes;
        all >= GROWTH_COUNTS_FROM_BYTES && all / MOST_GROWTH > self.direct_bytes
    }

    /// The encoding that was asked for by an event.
    pub fn set_encoding(&mut self, encoding: Encoding) {
        if let Err(code) = self.input.declared(Some(encoding)) {
            self.give_up(code, self.told_at);
        }
    }

    fn token(&mut self, place: &Place, at: usize) -> Read<Option<usize>> {
        if at == place.text.len() {
            return self.end_of_text(place);
        }
        match self.phase {
            Phase::Start => self.start(place, at).map(Some),
            Phase::Prolog => self.prolog(place, at).map(Some),
            Phase::Subset => self.subset(place, at).map(Some),
            Phase::SubsetEnd => self.subset_end(place, at).map(Some),
            Phase::Content => self.content(place, at).map(Some),
            Phase::Cdata => self.cdata(place, at).map(Some),
            Phase::Epilog => self.epilog(place, at).map(Some),
        }
    }

    /// An entity's text was read: what is around it goes on, if it was allowed to end here.
    fn close_source(&mut self) -> bool {
        let Some(source) = self.sources.last() else {
            return false;
        };
        let is_whole = source.level == self.tags.len() && source.sections == self.sections;
        let code = match source.is_parameter {
            _ if self.phase == Phase::Cdata => Some(Code::UnclosedCdataSection),
            true if !is_whole => Some(Code::IncompletePe),
            false if !is_whole => Some(Code::AsyncEntity),
            _ => None,
        };
        if let Some(code) = code {
            return self.give_up(code, self.told_at);
        }
        if let Some(source) = self.sources.pop()
            && let Some(entity) = self
                .dtd
                .borrow_mut()
                .table(source.is_parameter)
                .get_mut(&source.entity)
        {
            entity.is_open = false;
        }
        true
    }

    /// All of the document's text was read: whether there is more, or it was allowed to end here.
    fn end_of_text(&mut self, place: &Place) -> Read<Option<usize>> {
        if !place.is_closed {
            return Err(Trouble::Stop(Stop::End));
        }
        if let Some(code) = self.input.part_of_character() {
            return fail(code);
        }
        match self.phase {
            Phase::Epilog => Ok(None),
            Phase::Cdata => fail(Code::UnclosedCdataSection),
            Phase::Content if self.kind == Kind::Fragment => match self.tags.is_empty() {
                true => Ok(None),
                false => fail(Code::AsyncEntity),
            },
            Phase::Start if self.kind != Kind::Document => Ok(None),
            Phase::Subset if self.kind == Kind::Subset => match self.sections {
                0 => Ok(None),
                _ => fail(Code::IncompletePe),
            },
            _ => fail(Code::NoElements),
        }
    }

    /// Reads an entity's text next.
    fn open(&mut self, name: &str, is_parameter: bool, text: Rc<str>) {
        if let Some(entity) = self.dtd.borrow_mut().table(is_parameter).get_mut(name) {
            entity.is_open = true;
        }
        self.sources.push(Source {
            text,
            at: usize::MAX,
            entity: name.into(),
            is_parameter,
            level: self.tags.len(),
            sections: self.sections,
        });
    }
}
