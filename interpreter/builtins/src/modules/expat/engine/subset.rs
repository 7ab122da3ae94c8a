//! The document type: where its declarations are, and what refers to those outside.

use super::decl::Decl;
use super::event::{Event, External, Handler};
use super::lex::is_space;
use super::value::{public_id, system_id};
use super::{
    Code, Engine, Kind, ParameterEntities, Phase, Place, Read, Stop, Trouble, fail, fail_at,
};
use std::rc::Rc;

/// What is known of the document's type.
#[derive(Default)]
pub(super) struct Doctype {
    pub was_seen: bool,
    has_subset: bool,
    external: External,
}

/// How a conditional section is treated.
enum Section {
    Include,
    Ignore,
}

impl Engine {
    /// Whether declarations stand in the document itself, where less is allowed.
    pub(super) fn is_in_document(&self) -> bool {
        self.kind == Kind::Document && self.sources.is_empty()
    }

    /// `<!DOCTYPE …` up to its `[` or `>`.
    pub(super) fn doctype(&mut self, place: &Place, at: usize) -> Read {
        if declared_by(place, at)? != "DOCTYPE" {
            return fail(Code::Syntax);
        }
        let mut decl = Decl::new(place, at, &[Handler::StartDoctypeDecl])?;
        decl.open(self)?;
        decl.space(self)?;
        let name: Box<str> = decl.name(self)?.into();
        let external = self.external_id(&mut decl, true)?;
        let literal_at = decl.last;
        decl.space(self)?;
        let has_subset = match decl.peek()? {
            b'[' => true,
            b'>' => false,
            _ => return Err(decl.unexpected()),
        };
        self.doctype.was_seen = true;
        self.doctype.has_subset = has_subset;
        self.doctype.external = External {
            base: self.base.clone(),
            ..external
        };
        if external_is_given(&self.doctype.external) {
            let mut dtd = self.dtd.borrow_mut();
            dtd.has_parameter_references = true;
            if !dtd.is_standalone && self.parameter_entities == ParameterEntities::Never {
                drop(dtd);
                self.tell(literal_at, Event::NotStandalone);
            }
        }
        let event = Event::StartDoctype {
            name,
            external: self.doctype.external.clone(),
            has_subset,
        };
        let mark = decl.at;
        self.tell(mark, event);
        if has_subset {
            decl.advance(self, mark + 1);
            self.phase = Phase::Subset;
            return Ok(mark + 1);
        }
        self.phase = Phase::SubsetEnd;
        Ok(mark)
    }

    /// What follows the name of a doctype, entity or notation: where it lies outside.
    pub(super) fn external_id(&mut self, decl: &mut Decl, is_whole: bool) -> Read<External> {
        let mut found = External::default();
        decl.space(self)?;
        if !decl.starts_name()? {
            return Ok(found);
        }
        let keyword_at = decl.at;
        let keyword = decl.name(self)?;
        if keyword != "SYSTEM" && keyword != "PUBLIC" {
            self.queue.pop_back();
            return fail_at(Code::Syntax, keyword_at);
        }
        if keyword == "PUBLIC" {
            decl.space(self)?;
            let from = decl.at + 1;
            let public = decl.literal(self)?;
            match public_id(public) {
                Ok(public) => found.public = Some(public),
                Err(bad) => {
                    self.queue.pop_back();
                    return fail_at(Code::PublicId, from + bad);
                }
            }
            decl.space(self)?;
            if !is_whole && !matches!(decl.peek()?, b'"' | b'\'') {
                return Ok(found);
            }
        }
        decl.space(self)?;
        found.system = Some(system_id(decl.literal(self)?));
        Ok(found)
    }

    pub(super) fn subset_end(&mut self, place: &Place, at: usize) -> Read {
        let bytes = place.bytes();
        if is_space(bytes[at]) {
            let end = place.lexer.skip_space(at);
            let raw = place.piece(at..end);
            self.tell(at, Event::Raw(raw, &[Handler::StartDoctypeDecl]));
            return Ok(end);
        }
        if bytes[at] != b'>' {
            return fail(Code::Syntax);
        }
        let external = self.doctype.external.clone();
        if external_is_given(&external) || self.uses_foreign_dtd {
            self.ask_for_declarations(at, external);
        }
        self.tell(at, Event::EndDoctype);
        let raw = place.piece(at..at + 1);
        let unless: &[Handler] = match self.doctype.has_subset {
            true => &[Handler::EndDoctypeDecl],
            false => &[Handler::EndDoctypeDecl, Handler::StartDoctypeDecl],
        };
        self.tell(at, Event::Raw(raw, unless));
        self.phase = Phase::Prolog;
        Ok(at + 1)
    }

    /// A document without a type may be given one.
    pub(super) fn ask_for_foreign_declarations(&mut self, at: usize) {
        if self.uses_foreign_dtd {
            let external = External {
                base: self.base.clone(),
                ..External::default()
            };
            self.ask_for_declarations(at, external);
        }
    }

    fn ask_for_declarations(&mut self, at: usize, external: External) {
        let had_references = {
            let mut dtd = self.dtd.borrow_mut();
            let is_named = external.system.is_some();
            let had = std::mem::replace(&mut dtd.has_parameter_references, true) || is_named;
            dtd.was_read = false;
            had
        };
        self.uses_foreign_dtd = false;
        if self.parameter_entities != ParameterEntities::Never {
            let event = Event::External {
                context: None,
                external,
                raw: None,
            };
            self.tell(at, event);
            let is_entity = false;
            self.tell(
                at,
                Event::DeclarationsRead {
                    had_references,
                    is_entity,
                },
            );
        }
    }

    /// Whoever reads declarations outside has done so: whether the document does not stand alone.
    pub fn declarations_were_read(&mut self, had_references: bool, is_entity: bool) -> bool {
        let mut dtd = self.dtd.borrow_mut();
        match dtd.was_read {
            true => {}
            false if is_entity => dtd.is_skipping = !dtd.is_standalone,
            false => dtd.has_parameter_references = had_references,
        }
        dtd.was_read && !dtd.is_standalone
    }

    // ---- declarations

    pub(super) fn subset(&mut self, place: &Place, at: usize) -> Read {
        if let Some(end) = self.between(place, at)? {
            return Ok(end);
        }
        let bytes = place.bytes();
        match bytes[at] {
            b']' if self.is_in_document() => {
                let raw = place.piece(at..at + 1);
                self.tell(at, Event::Raw(raw, &[Handler::StartDoctypeDecl]));
                self.phase = Phase::SubsetEnd;
                Ok(at + 1)
            }
            b']' if self.sections > 0 => {
                for i in 1..3 {
                    if place.lexer.byte(at + i)? != b"]]>"[i] {
                        return fail(Code::Syntax);
                    }
                }
                self.sections -= 1;
                self.tell(at, Event::Raw(place.piece(at..at + 3), &[]));
                Ok(at + 3)
            }
            b'%' => self.parameter_reference(place, at),
            b'<' => match (place.lexer.byte(at + 1)?, place.lexer.byte(at + 2)?) {
                (b'!', b'[') if !self.is_in_document() => self.section(place, at),
                (b'!', _) => self.declaration(place, at),
                _ if place.lexer.starts_name(at + 1)? => fail(Code::Syntax),
                _ => Err(Stop::Bad(at + 1).into()),
            },
            _ if place.lexer.name_chars(at) > at => fail(Code::Syntax),
            b'"' | b'\'' | b'(' | b')' | b'|' | b',' | b'[' | b']' | b'>' | b'#' => {
                fail(Code::Syntax)
            }
            _ => Err(Stop::Bad(at).into()),
        }
    }

    fn declaration(&mut self, place: &Place, at: usize) -> Read {
        if !self.is_in_document() && has_parameter_reference(place, at)? {
            return self.expanded_declaration(place, at);
        }
        let read = match declared_by(place, at)? {
            "ENTITY" => Engine::entity_declaration,
            "ATTLIST" => Engine::attlist_declaration,
            "ELEMENT" => Engine::element_declaration,
            "NOTATION" => Engine::notation_declaration,
            _ => return fail(Code::Syntax),
        };
        let mut decl = Decl::new(place, at, &[])?;
        read(self, &mut decl)?;
        Ok(decl.at)
    }

    /// A declaration of which parts are parameter entities: it is read as what they make of it.
    fn expanded_declaration(&mut self, place: &Place, at: usize) -> Read {
        let end = Decl::new(place, at, &[])?.end;
        let mut whole: String = place.text[at..end].into();
        let mut rounds = 0;
        while let Some((from, to)) = parameter_reference_in(&whole) {
            let name = whole[from + 1..to - 1].to_owned();
            let text = {
                let mut dtd = self.dtd.borrow_mut();
                let text = dtd
                    .parameter
                    .get(&*name)
                    .and_then(|entity| entity.text.clone());
                dtd.has_parameter_references = true;
                match text {
                    Some(text) => text,
                    None => {
                        dtd.is_skipping = !dtd.is_standalone;
                        drop(dtd);
                        self.skipped_parameter(place, at, &name, at..end);
                        return Ok(end);
                    }
                }
            };
            rounds += 1;
            self.indirect_bytes += text.len() as u64;
            if self.has_grown_too_much() {
                return fail(Code::AmplificationLimitBreach);
            }
            // An entity within itself would go on for ever.
            if rounds > 10_000 {
                return fail(Code::RecursiveEntityRef);
            }
            whole.replace_range(from..to, &format!(" {text} "));
        }
        let text: Rc<str> = whole.into();
        let inner = Place {
            lexer: super::Lexer {
                text: &text,
                namespaces: place.lexer.namespaces,
            },
            text: &text,
            entity: Some(text.clone()),
            is_closed: true,
        };
        let outer = self.expanding.replace(at);
        let read = self.declaration(&inner, 0);
        self.expanding = outer;
        match read {
            Ok(read) if read == text.len() => Ok(end),
            Ok(_) => fail(Code::Syntax),
            Err(Trouble::Fail(code, _)) => fail(code),
            Err(Trouble::Stop(_)) => fail(Code::InvalidToken),
        }
    }

    fn skipped_parameter(
        &mut self,
        place: &Place,
        at: usize,
        name: &str,
        range: std::ops::Range<usize>,
    ) {
        let event = Event::Skipped {
            name: name.into(),
            is_parameter: true,
            raw: place.piece(range),
        };
        self.tell(at, event);
    }

    /// `%name;` between declarations.
    fn parameter_reference(&mut self, place: &Place, at: usize) -> Read {
        let name_end = place.lexer.name(at + 1)?;
        if place.bytes()[name_end] != b';' {
            return Err(Stop::Bad(name_end).into());
        }
        let end = name_end + 1;
        let name = &place.text[at + 1..name_end];
        self.dtd.borrow_mut().has_parameter_references = true;
        let standalone = self.dtd.borrow().is_standalone;
        let raw = || Event::Raw(place.piece(at..end), &[]);
        if self.parameter_entities == ParameterEntities::Never {
            self.dtd.borrow_mut().is_skipping = !standalone;
            if !standalone {
                self.tell(at, Event::NotStandalone);
            }
            self.tell(at, raw());
            return Ok(end);
        }
        let entity = self.dtd.borrow().parameter.get(name).cloned();
        let must_be_known = self.kind == Kind::Document && standalone && self.sources.is_empty();
        let entity = match entity {
            None if must_be_known => return fail(Code::UndefinedEntity),
            Some(entity) if must_be_known && !entity.is_internal => {
                return fail(Code::EntityDeclaredInPe);
            }
            None => {
                self.dtd.borrow_mut().is_skipping = !standalone;
                self.skipped_parameter(place, at, name, at..end);
                return Ok(end);
            }
            Some(entity) => entity,
        };
        if entity.is_open {
            return fail(Code::RecursiveEntityRef);
        }
        match entity.text {
            Some(text) => {
                if self.sources.is_empty() {
                    self.told_at = at;
                }
                self.open(name, true, text);
            }
            None => {
                self.dtd.borrow_mut().was_read = false;
                let event = Event::External {
                    context: None,
                    external: entity.external,
                    raw: Some(place.piece(at..end)),
                };
                self.tell(at, event);
                let event = Event::DeclarationsRead {
                    had_references: true,
                    is_entity: true,
                };
                self.tell(at, event);
            }
        }
        Ok(end)
    }

    /// `<![INCLUDE[` or `<![IGNORE[`.
    fn section(&mut self, place: &Place, at: usize) -> Read {
        let open = at + place.text[at + 3..].find('[').ok_or(Stop::End)? + 3;
        let mut keyword = place.text[at + 3..open].trim().to_owned();
        if let Some((from, to)) = parameter_reference_in(&keyword) {
            let dtd = self.dtd.borrow();
            let text = dtd
                .parameter
                .get(&keyword[from + 1..to - 1])
                .and_then(|entity| entity.text.clone());
            keyword = text.map(|text| text.trim().to_owned()).unwrap_or_default();
        }
        let section = match keyword.as_str() {
            "INCLUDE" => Section::Include,
            "IGNORE" => Section::Ignore,
            _ => return fail(Code::Syntax),
        };
        match section {
            Section::Include => {
                self.tell(at, Event::Raw(place.piece(at..open + 1), &[]));
                self.sections += 1;
                Ok(open + 1)
            }
            Section::Ignore => {
                let (mut depth, mut here) = (1, open + 1);
                let bytes = place.bytes();
                while depth > 0 {
                    match bytes.get(here..here + 3).ok_or(Stop::End)? {
                        b"<![" => (depth, here) = (depth + 1, here + 3),
                        b"]]>" => (depth, here) = (depth - 1, here + 3),
                        _ => here += 1,
                    }
                }
                self.tell(at, Event::Raw(place.piece(at..here), &[]));
                Ok(here)
            }
        }
    }
}

/// The word that a declaration begins with.
fn declared_by<'a>(place: &Place<'a>, at: usize) -> Read<&'a str> {
    let end = place.lexer.name_chars(at + 2);
    match place.lexer.byte(end)? {
        _ if end == at + 2 => Err(Stop::Bad(end).into()),
        byte if is_space(byte) || byte == b'%' => Ok(&place.text[at + 2..end]),
        _ => Err(Stop::Bad(end).into()),
    }
}

fn external_is_given(external: &External) -> bool {
    external.system.is_some()
}

/// Where a reference to a parameter entity stands outside of quotes.
fn parameter_reference_in(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'%') => {
                let length = bytes[at + 1..]
                    .iter()
                    .position(|b| b" \t\r\n;%<>\"'()|,".contains(b))?;
                if length > 0 && bytes[at + 1 + length] == b';' {
                    return Some((at, at + length + 2));
                }
            }
            _ => {}
        }
    }
    None
}

fn has_parameter_reference(place: &Place, at: usize) -> Read<bool> {
    let end = Decl::new(place, at, &[])?.end;
    Ok(parameter_reference_in(&place.text[at..end]).is_some())
}
