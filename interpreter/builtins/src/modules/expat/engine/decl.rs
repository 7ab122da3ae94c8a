//! Declarations of entities, attributes, elements and notations.
//!
//! A declaration is read as a whole once it is all there. What it consists of goes to the default handler
//! token by token, unless the declaration has a handler.

use super::dtd::{Declared, Entity};
use super::event::{AttributeNews, EntityNews, Event, External, Handler, Model, Piece};
use super::lex::{Stop, is_space, predefined};
use super::{Code, Engine, Place, Read, Trouble, fail_at};
use std::rc::Rc;

// Kinds of content and quantifiers, by the numbers of the interface.
const EMPTY: u8 = 1;
const ANY: u8 = 2;
const MIXED: u8 = 3;
const NAME: u8 = 4;
const CHOICE: u8 = 5;
const SEQUENCE: u8 = 6;

const ATTRIBUTE_TYPES: [&str; 8] = [
    "CDATA", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "NMTOKEN", "NMTOKENS",
];

/// A declaration and the way through it.
pub(super) struct Decl<'p, 'a> {
    place: &'p Place<'a>,
    pub at: usize,
    /// Where it ends, as far as that is known before it is read.
    pub end: usize,
    /// The handlers without any of which the default one gets what is read.
    pub unless: &'static [Handler],
    /// Where the last token began.
    pub last: usize,
}

impl<'p, 'a> Decl<'p, 'a> {
    pub fn new(place: &'p Place<'a>, at: usize, unless: &'static [Handler]) -> Read<Decl<'p, 'a>> {
        let mut quote = None;
        let end = place.bytes()[at..].iter().position(|&byte| match quote {
            Some(open) => {
                if byte == open {
                    quote = None;
                }
                false
            }
            None => {
                if matches!(byte, b'"' | b'\'') {
                    quote = Some(byte);
                }
                matches!(byte, b'>' | b'[')
            }
        });
        let end = match end {
            Some(length) => at + length + 1,
            // What is wrong with it is found by reading it.
            None if place.is_closed => place.text.len(),
            None => return Err(Stop::End.into()),
        };
        Ok(Decl {
            place,
            at,
            end,
            unless,
            last: at,
        })
    }

    pub fn advance(&mut self, engine: &mut Engine, to: usize) {
        let raw = self.place.piece(self.at..to);
        engine.tell(self.at, Event::Raw(raw, self.unless));
        if !is_space(self.place.bytes()[self.at]) {
            self.last = self.at;
        }
        self.at = to;
    }

    /// Reads the word that it begins with, which is known.
    pub fn open(&mut self, engine: &mut Engine) -> Read<()> {
        let end = self.place.lexer.name_chars(self.at + 2);
        self.advance(engine, end);
        self.gap(engine)
    }

    pub fn space(&mut self, engine: &mut Engine) -> Read<()> {
        let end = self.place.lexer.skip_space(self.at);
        if end > self.at {
            self.advance(engine, end);
        }
        match self.at == self.place.text.len() {
            true => fail_at(Code::NoElements, self.at),
            false => Ok(()),
        }
    }

    pub fn peek(&self) -> Read<u8> {
        match self.place.bytes().get(self.at) {
            Some(&byte) => Ok(byte),
            None => fail_at(Code::NoElements, self.at),
        }
    }

    pub fn starts_name(&self) -> Read<bool> {
        self.peek()?;
        Ok(self.place.lexer.starts_name(self.at)?)
    }

    pub fn unexpected(&self) -> Trouble {
        let is_token = self.place.lexer.name_chars(self.at) > self.at
            || self
                .place
                .bytes()
                .get(self.at)
                .is_some_and(|b| b"\"'%()|,[]>#<".contains(b));
        match is_token {
            true => Trouble::Fail(Code::Syntax, Some(self.at)),
            false => Stop::Bad(self.at).into(),
        }
    }

    fn token(&mut self, engine: &mut Engine) -> Read<&'a str> {
        self.peek()?;
        let end = self.place.lexer.name_chars(self.at);
        if end == self.at {
            return Err(self.unexpected());
        }
        let text = &self.place.text[self.at..end];
        self.advance(engine, end);
        Ok(text)
    }

    pub fn name(&mut self, engine: &mut Engine) -> Read<&'a str> {
        match self.starts_name()? {
            true => self.token(engine),
            false => Err(self.unexpected()),
        }
    }

    /// What is between quotes.
    pub fn literal(&mut self, engine: &mut Engine) -> Read<&'a str> {
        let quote = self.peek()?;
        if !matches!(quote, b'"' | b'\'') {
            return Err(self.unexpected());
        }
        let from = self.at + 1;
        let length = memchr::memchr(quote, &self.place.bytes()[from..]);
        let Some(length) = length else {
            return fail_at(Code::UnclosedToken, self.at);
        };
        self.advance(engine, from + length + 1);
        Ok(&self.place.text[from..from + length])
    }

    /// A word behind `#`.
    fn keyword(&mut self, engine: &mut Engine) -> Read<&'a str> {
        let end = self.place.lexer.name_chars(self.at + 1);
        if self.peek()? != b'#' || end == self.at + 1 {
            return Err(self.unexpected());
        }
        let text = &self.place.text[self.at + 1..end];
        self.advance(engine, end);
        Ok(text)
    }

    fn take(&mut self, engine: &mut Engine, byte: u8) -> Read<()> {
        if self.peek()? != byte {
            return Err(self.unexpected());
        }
        self.advance(engine, self.at + 1);
        Ok(())
    }

    fn close(&mut self, engine: &mut Engine) -> Read<()> {
        self.space(engine)?;
        self.take(engine, b'>')
    }

    /// White space has to be here.
    fn gap(&mut self, engine: &mut Engine) -> Read<()> {
        if !is_space(self.peek()?) {
            return Err(self.unexpected());
        }
        self.space(engine)
    }

    /// How often the group or name that was just read may come.
    fn quantifier(&mut self, engine: &mut Engine) -> Read<u8> {
        let quantifier = match self.peek()? {
            b'?' => 1,
            b'*' => 2,
            b'+' => 3,
            _ => return Ok(0),
        };
        // It belongs to the token before it.
        if let Some((_, Event::Raw(Piece::Main(range) | Piece::Entity(_, range), _))) =
            engine.queue.back_mut()
        {
            range.end += 1;
        }
        self.at += 1;
        Ok(quantifier)
    }
}

impl Engine {
    pub(super) fn entity_declaration(&mut self, decl: &mut Decl) -> Read<()> {
        const TOLD: &[Handler] = &[Handler::EntityDecl];
        decl.unless = TOLD;
        decl.open(self)?;
        let is_parameter = decl.peek()? == b'%';
        if is_parameter {
            decl.take(self, b'%')?;
            decl.gap(self)?;
        }
        // What is declared a second time has no handler.
        let written = &decl.place.text[decl.at..decl.place.lexer.name_chars(decl.at)];
        let unless = if self.is_new_entity(written, is_parameter) {
            TOLD
        } else {
            &[]
        };
        decl.unless = unless;
        let name = decl.name(self)?;
        decl.unless = TOLD;
        decl.gap(self)?;
        let mut news = EntityNews {
            name: name.into(),
            is_parameter,
            value: None,
            external: External::default(),
            notation: None,
        };
        if matches!(decl.peek()?, b'"' | b'\'') {
            let told_at = decl.at;
            decl.unless = unless;
            let written = decl.literal(self)?;
            decl.unless = TOLD;
            news.value = Some(self.entity_value(written, told_at + 1, decl.place)?);
            self.declare_entity(told_at, news);
            return decl.close(self);
        }
        let external = self.external_id(decl, true)?;
        if external.system.is_none() {
            return Err(decl.unexpected());
        }
        news.external = External {
            base: self.base.clone(),
            ..external
        };
        decl.space(self)?;
        let mut told_at = decl.at;
        if !is_parameter && decl.starts_name()? {
            if decl.name(self)? != "NDATA" {
                return fail_at(Code::Syntax, told_at);
            }
            decl.gap(self)?;
            told_at = decl.at;
            decl.unless = &[Handler::UnparsedEntityDecl, Handler::EntityDecl];
            news.notation = Some(decl.name(self)?.into());
            decl.unless = TOLD;
        }
        decl.space(self)?;
        if decl.peek()? != b'>' {
            return Err(decl.unexpected());
        }
        self.declare_entity(told_at, news);
        decl.close(self)
    }

    /// The first declaration of an entity counts.
    fn is_new_entity(&self, name: &str, is_parameter: bool) -> bool {
        let mut dtd = self.dtd.borrow_mut();
        let is_fixed = !is_parameter && predefined(name).is_some();
        !dtd.is_skipping && !is_fixed && !dtd.table(is_parameter).contains_key(name)
    }

    fn declare_entity(&mut self, at: usize, news: EntityNews) {
        let is_internal = self.is_in_document();
        if !self.is_new_entity(&news.name, news.is_parameter) {
            return;
        }
        {
            let mut dtd = self.dtd.borrow_mut();
            let name: Rc<str> = (*news.name).into();
            let entity = Entity {
                name: name.clone(),
                text: news.value.clone(),
                external: news.external.clone(),
                notation: news.notation.as_deref().map(Into::into),
                is_internal,
                is_open: false,
            };
            dtd.table(news.is_parameter).insert(name, entity);
        }
        let event = match news.notation {
            Some(_) => Event::Unparsed(news),
            None => Event::Entity(news),
        };
        self.tell(at, event);
    }

    pub(super) fn notation_declaration(&mut self, decl: &mut Decl) -> Read<()> {
        decl.unless = &[Handler::NotationDecl];
        decl.open(self)?;
        let name = decl.name(self)?.into();
        decl.gap(self)?;
        let external = self.external_id(decl, false)?;
        if external.system.is_none() && external.public.is_none() {
            return Err(decl.unexpected());
        }
        let external = External {
            base: self.base.clone(),
            ..external
        };
        decl.space(self)?;
        if decl.peek()? != b'>' {
            return Err(decl.unexpected());
        }
        if !self.dtd.borrow().is_skipping {
            let told_at = if external.system.is_some() {
                decl.last
            } else {
                decl.at
            };
            self.tell(told_at, Event::Notation { name, external });
        }
        decl.close(self)
    }

    pub(super) fn attlist_declaration(&mut self, decl: &mut Decl) -> Read<()> {
        decl.unless = &[Handler::AttlistDecl];
        decl.open(self)?;
        let element: Box<str> = decl.name(self)?.into();
        loop {
            decl.space(self)?;
            if decl.peek()? == b'>' {
                return decl.close(self);
            }
            let name: Box<str> = decl.name(self)?.into();
            decl.gap(self)?;
            let kind = self.attribute_type(decl)?;
            decl.gap(self)?;
            self.attribute_default(decl, &element, name, kind)?;
        }
    }

    fn attribute_type(&mut self, decl: &mut Decl) -> Read<String> {
        let mut kind = String::new();
        if decl.peek()? != b'(' {
            let at = decl.at;
            let keyword = decl.name(self)?;
            if ATTRIBUTE_TYPES.contains(&keyword) {
                return Ok(keyword.into());
            }
            if keyword != "NOTATION" {
                return fail_at(Code::Syntax, at);
            }
            decl.gap(self)?;
            kind.push_str(keyword);
        }
        decl.take(self, b'(')?;
        kind.push('(');
        loop {
            decl.space(self)?;
            kind.push_str(decl.token(self)?);
            decl.space(self)?;
            match decl.peek()? {
                b'|' => {
                    decl.take(self, b'|')?;
                    kind.push('|');
                }
                _ => {
                    decl.take(self, b')')?;
                    kind.push(')');
                    return Ok(kind);
                }
            }
        }
    }

    fn attribute_default(
        &mut self,
        decl: &mut Decl,
        element: &str,
        name: Box<str>,
        kind: String,
    ) -> Read<()> {
        let mut told_at = decl.at;
        let (mut is_required, mut has_value) = (false, true);
        if decl.peek()? == b'#' {
            match decl.keyword(self)? {
                "REQUIRED" => (is_required, has_value) = (true, false),
                "IMPLIED" => has_value = false,
                "FIXED" => {
                    decl.gap(self)?;
                    is_required = true;
                }
                _ => return fail_at(Code::Syntax, told_at),
            }
        }
        let is_text = kind == "CDATA";
        let mut value = None;
        if has_value {
            told_at = decl.at;
            let written = decl.literal(self)?;
            if let Some(bad) = written.find('<') {
                return Err(Stop::Bad(told_at + 1 + bad).into());
            }
            value = Some(Rc::from(self.attribute_value(
                written,
                told_at + 1,
                is_text,
            )?));
        }
        if self.dtd.borrow().is_skipping {
            return Ok(());
        }
        let declared = Declared {
            name: self.symbol(&name),
            is_text,
            value: value.clone(),
        };
        let owner = self.symbol(element);
        {
            let mut dtd = self.dtd.borrow_mut();
            let all = dtd.attributes.entry(owner).or_default();
            if all.iter().all(|known| known.name != declared.name) {
                all.push(declared);
            }
        }
        let event = Event::Attribute(AttributeNews {
            element: element.into(),
            name,
            kind,
            value,
            is_required,
        });
        self.tell(told_at, event);
        Ok(())
    }

    pub(super) fn element_declaration(&mut self, decl: &mut Decl) -> Read<()> {
        decl.unless = &[Handler::ElementDecl];
        decl.open(self)?;
        let name: Box<str> = decl.name(self)?.into();
        decl.gap(self)?;
        let model = match decl.peek()? {
            b'(' => self.content_model(decl)?,
            _ => {
                let kind = match decl.name(self)? {
                    "EMPTY" => EMPTY,
                    "ANY" => ANY,
                    _ => return fail_at(Code::Syntax, decl.last),
                };
                vec![Model::new(kind, 0)]
            }
        };
        if !self.dtd.borrow().is_skipping {
            self.tell(decl.last, Event::Element { name, model });
        }
        decl.close(self)
    }

    /// What is between the outermost parentheses, as nodes each of which comes before its children.
    fn content_model(&mut self, decl: &mut Decl) -> Read<Vec<Model>> {
        let mut nodes: Vec<Model> = Vec::new();
        // The groups that are open, and whether what separates their members is known.
        let mut open: Vec<(usize, Option<u8>)> = Vec::new();
        loop {
            // A member: a group that begins, or a name.
            decl.space(self)?;
            let node = nodes.len();
            if let Some(&(group, _)) = open.last() {
                nodes[group].children.push(node);
            }
            if decl.peek()? == b'(' {
                decl.take(self, b'(')?;
                nodes.push(Model::new(SEQUENCE, 0));
                open.push((node, None));
                continue;
            }
            if decl.peek()? == b'#' {
                let at = decl.at;
                let is_first = open.len() == 1 && node == 1;
                if decl.keyword(self)? != "PCDATA" || !is_first {
                    return fail_at(Code::Syntax, at);
                }
                nodes[0] = Model::new(MIXED, 0);
            } else {
                let mut member = Model::new(NAME, 0);
                member.name = Some(decl.name(self)?.into());
                // A mixed group has names only.
                if nodes[0].kind != MIXED {
                    member.quantifier = decl.quantifier(self)?;
                }
                nodes.push(member);
            }
            if self.after_member(decl, &mut nodes, &mut open)? {
                return Ok(nodes);
            }
        }
    }

    /// What follows a member of a content model: another one, or ends of groups; whether all have ended.
    fn after_member(
        &mut self,
        decl: &mut Decl,
        nodes: &mut [Model],
        open: &mut Vec<(usize, Option<u8>)>,
    ) -> Read<bool> {
        loop {
            decl.space(self)?;
            let Some((group, separator)) = open.last_mut() else {
                return Ok(true);
            };
            let byte = decl.peek()?;
            let is_mixed = nodes[*group].kind == MIXED;
            if byte == b')' {
                let group = *group;
                open.pop();
                let is_fitting = match decl.place.lexer.byte(decl.at + 1)? {
                    b'*' => true,
                    b'?' | b'+' => !is_mixed,
                    _ => !is_mixed || nodes.len() == 1,
                };
                if !is_fitting {
                    return fail_at(Code::Syntax, decl.at);
                }
                decl.take(self, b')')?;
                nodes[group].quantifier = decl.quantifier(self)?;
                if open.is_empty() {
                    return Ok(true);
                }
                continue;
            }
            let is_fitting = matches!(byte, b'|' | b',') && separator.is_none_or(|own| own == byte);
            if !is_fitting || byte == b',' && is_mixed {
                return Err(decl.unexpected());
            }
            *separator = Some(byte);
            if byte == b'|' && nodes[*group].kind == SEQUENCE {
                nodes[*group].kind = CHOICE;
            }
            decl.take(self, byte)?;
            return Ok(false);
        }
    }
}

impl Model {
    fn new(kind: u8, quantifier: u8) -> Model {
        Model {
            kind,
            quantifier,
            ..Model::default()
        }
    }
}
