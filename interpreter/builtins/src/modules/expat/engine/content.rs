//! Elements and what they contain.

use super::event::Event;
use super::input::with_newlines;
use super::lex::{Tag, character, predefined};
use super::names::{Symbol, bound_prefix};
use super::{Code, Engine, Kind, OpenTag, Phase, Piece, Place, Read, Stop, Trouble, fail, fail_at};
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

/// From how many attributes on a table tells which were given.
const MANY_ATTRIBUTES: usize = 16;

const CDATA: &str = "<![CDATA[";

/// The attributes of a tag as they come together.
type Attributes = Vec<(Symbol, Piece)>;

impl Engine {
    pub(super) fn content(&mut self, place: &Place, at: usize) -> Read {
        let lexer = place.lexer;
        match place.bytes()[at] {
            b'<' => match lexer.byte(at + 1)? {
                b'/' => self.end_tag(place, at),
                b'?' => self.instruction(place, at),
                b'!' => match lexer.byte(at + 2)? {
                    b'-' => self.comment(place, at),
                    b'[' => self.start_cdata(place, at),
                    _ => Err(Stop::Bad(at + 2).into()),
                },
                _ => self.start_tag(place, at),
            },
            b'&' => self.reference(place, at),
            _ => self.characters(place, at),
        }
    }

    pub(super) fn comment(&mut self, place: &Place, at: usize) -> Read {
        let end = place.lexer.comment(at)?;
        let text = with_newlines(&place.text[at + 4..end - 3]).into();
        let raw = place.piece(at..end);
        self.tell(at, Event::Comment { text, raw });
        Ok(end)
    }

    pub(super) fn instruction(&mut self, place: &Place, at: usize) -> Read {
        let (target, data, end) = place.lexer.instruction(at)?;
        if &place.text[target.clone()] == "xml" {
            return fail(Code::MisplacedXmlPi);
        }
        let target = self.symbol(&place.text[target]);
        let data = with_newlines(&place.text[data]).into();
        let raw = place.piece(at..end);
        self.tell(at, Event::Instruction { target, data, raw });
        Ok(end)
    }

    // ---- text

    /// The end of a line. What follows a `\r` has to be there.
    fn newline(&mut self, place: &Place, at: usize) -> Read {
        let bytes = place.bytes();
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'\n', _) => {
                self.tell(at, Event::Text(place.piece(at..at + 1)));
                return Ok(at + 1);
            }
            (_, None) if !place.is_closed => return Err(Stop::End.into()),
            (_, Some(b'\n')) => at + 2,
            _ => at + 1,
        };
        let (text, raw) = (Piece::own("\n"), place.piece(at..end));
        self.tell(at, Event::Character { text, raw });
        Ok(end)
    }

    fn characters(&mut self, place: &Place, at: usize) -> Read {
        let bytes = place.bytes();
        if matches!(bytes[at], b'\n' | b'\r') {
            return self.newline(place, at);
        }
        let mut end = at;
        while let Some(&byte) = bytes.get(end) {
            match byte {
                b'<' | b'&' | b'\n' | b'\r' => break,
                b']' => match (bytes.get(end + 1), bytes.get(end + 2)) {
                    (Some(b']'), Some(b'>')) => return Err(Stop::Bad(end + 2).into()),
                    (Some(b']'), None) | (None, _) if !place.is_closed => break,
                    _ => end += 1,
                },
                _ => end += 1,
            }
        }
        if end == at {
            return Err(Stop::End.into());
        }
        if place.entity.is_none() {
            end = self.input.end_of_piece(place.text, at, end);
        }
        self.tell(at, Event::Text(place.piece(at..end)));
        Ok(end)
    }

    fn start_cdata(&mut self, place: &Place, at: usize) -> Read {
        for (i, expected) in CDATA.bytes().enumerate() {
            if place.lexer.byte(at + i)? != expected {
                return Err(Stop::Bad(at + i).into());
            }
        }
        let end = at + CDATA.len();
        let raw = place.piece(at..end);
        self.tell(at, Event::StartCdata { raw });
        self.phase = Phase::Cdata;
        Ok(end)
    }

    pub(super) fn cdata(&mut self, place: &Place, at: usize) -> Read {
        let bytes = place.bytes();
        if matches!(bytes[at], b'\n' | b'\r') {
            return self.newline(place, at);
        }
        let mut end = at;
        if bytes[at] == b']' {
            match (bytes.get(at + 1), bytes.get(at + 2)) {
                (Some(b']'), Some(b'>')) => {
                    let raw = place.piece(at..at + 3);
                    self.tell(at, Event::EndCdata { raw });
                    self.phase = Phase::Content;
                    return Ok(at + 3);
                }
                (Some(b']'), None) | (None, _) => return Err(Stop::End.into()),
                _ => end += 1,
            }
        }
        let special = bytes[end..]
            .iter()
            .position(|b| matches!(b, b']' | b'\n' | b'\r'));
        end = special.map_or(bytes.len(), |length| end + length);
        if place.entity.is_none() {
            end = self.input.end_of_piece(place.text, at, end);
        }
        self.tell(at, Event::Text(place.piece(at..end)));
        Ok(end)
    }

    // ---- references

    fn reference(&mut self, place: &Place, at: usize) -> Read {
        let end = place.lexer.reference(at)?;
        let written = &place.text[at..end];
        let raw = place.piece(at..end);
        let name = &written[1..written.len() - 1];
        let character = match written.starts_with("&#") {
            true => match character(written) {
                Some(c) => Some(c),
                None => return fail(Code::BadCharRef),
            },
            false => predefined(name),
        };
        match character {
            Some(c) => {
                let text = Piece::own(c.encode_utf8(&mut [0; 4]));
                self.tell(at, Event::Character { text, raw });
            }
            None => self.general_entity(at, name, raw)?,
        }
        Ok(end)
    }

    fn general_entity(&mut self, at: usize, name: &str, raw: Piece) -> Read<()> {
        let skipped = |raw| Event::Skipped {
            name: name.into(),
            is_parameter: false,
            raw,
        };
        let entity = {
            let dtd = self.dtd.borrow();
            let entity = dtd.general.get(name).cloned();
            if !dtd.has_parameter_references || dtd.is_standalone {
                match &entity {
                    None => return fail(Code::UndefinedEntity),
                    Some(entity) if !entity.is_internal => return fail(Code::EntityDeclaredInPe),
                    _ => {}
                }
            }
            entity
        };
        let Some(entity) = entity else {
            self.tell(at, skipped(raw));
            return Ok(());
        };
        if entity.is_open {
            return fail(Code::RecursiveEntityRef);
        }
        if entity.notation.is_some() {
            return fail(Code::BinaryEntityRef);
        }
        match entity.text {
            Some(_) if !self.expands_entities => self.tell(at, skipped(raw)),
            Some(text) => {
                // What the entity contains stands at the reference.
                if self.sources.is_empty() {
                    self.told_at = at;
                }
                self.open(name, false, text);
            }
            None => {
                let event = Event::External {
                    context: Some(self.context(name)),
                    external: entity.external,
                    raw: Some(raw),
                };
                self.tell(at, event);
            }
        }
        Ok(())
    }

    // ---- tags

    fn start_tag(&mut self, place: &Place, at: usize) -> Read {
        let mut written = std::mem::take(&mut self.attributes);
        let tag = place.lexer.start_tag(at, &mut written);
        let read = match tag {
            Ok(tag) => {
                let end = tag.end;
                self.element(place, at, &tag, &written).map(|()| end)
            }
            Err(stop) => Err(stop.into()),
        };
        self.attributes = written;
        read
    }

    fn element(
        &mut self,
        place: &Place,
        at: usize,
        tag: &Tag,
        written: &[super::Attribute],
    ) -> Read<()> {
        let element = self.symbol(&place.text[tag.name.clone()]);
        let mut attributes = self.given_attributes(place, element, written)?;
        let mut given = attributes.len();
        self.default_attributes(element, &mut attributes);
        let bindings = self.namespaces.as_ref().map_or(0, |own| own.count());
        let mut name = element;
        if self.namespaces.is_some() {
            self.bind_namespaces(place, at, &mut attributes, &mut given)?;
            name = self.expand_names(element, &mut attributes)?;
        }
        self.tell(
            at,
            Event::Start {
                name,
                attributes,
                given,
                raw: place.piece(at..tag.end),
                is_empty: tag.is_empty,
            },
        );
        self.tags.push(OpenTag {
            written: element,
            name,
            bindings,
        });
        if tag.is_empty {
            self.close_element(at, tag.end, None);
        }
        Ok(())
    }

    fn given_attributes(
        &mut self,
        place: &Place,
        element: Symbol,
        written: &[super::Attribute],
    ) -> Read<Attributes> {
        let mut found: Attributes = Vec::with_capacity(written.len());
        let mut table = HashSet::new();
        let has_types = self.dtd.borrow().attributes.contains_key(&element);
        for attribute in written {
            let name = self.symbol(&place.text[attribute.name.clone()]);
            let is_second = match written.len() < MANY_ATTRIBUTES {
                true => found.iter().any(|(other, _)| *other == name),
                false => !table.insert(name),
            };
            if is_second {
                return fail_at(Code::DuplicateAttribute, attribute.name.start);
            }
            let is_text = !has_types
                || self
                    .dtd
                    .borrow()
                    .declared(element, name)
                    .is_none_or(|declared| declared.is_text);
            let range: Range<usize> = attribute.value.clone();
            let value = match is_text && !attribute.is_special {
                true => place.piece(range),
                false => {
                    let text =
                        self.attribute_value(&place.text[range.clone()], range.start, is_text)?;
                    Piece::Own(text.into())
                }
            };
            found.push((name, value));
        }
        Ok(found)
    }

    fn default_attributes(&mut self, element: Symbol, attributes: &mut Attributes) {
        let dtd = self.dtd.borrow();
        let Some(declared) = dtd.attributes.get(&element) else {
            return;
        };
        let given: HashSet<Symbol> = attributes.iter().map(|(name, _)| *name).collect();
        for attribute in declared.iter().filter(|a| !given.contains(&a.name)) {
            if let Some(value) = &attribute.value {
                attributes.push((attribute.name, Piece::Entity(value.clone(), 0..value.len())));
            }
        }
    }

    /// Takes out the attributes that bind prefixes.
    fn bind_namespaces(
        &mut self,
        place: &Place,
        at: usize,
        attributes: &mut Attributes,
        given: &mut usize,
    ) -> Read<()> {
        let mut i = 0;
        while i < attributes.len() {
            let name = self.name(attributes[i].0);
            let Some(prefix) = bound_prefix(&name) else {
                i += 1;
                continue;
            };
            let (_, value) = attributes.remove(i);
            *given -= usize::from(i < *given);
            let uri: Rc<str> = match &value {
                Piece::Main(range) => place.text[range.clone()].into(),
                Piece::Entity(text, range) => text[range.clone()].into(),
                Piece::Own(text) => (**text).into(),
            };
            if let Some(namespaces) = &mut self.namespaces
                && let Err(code) = namespaces.bind(prefix, &uri)
            {
                return fail(code);
            }
            let prefix = prefix.map(|prefix| self.symbol(prefix));
            let uri = (!uri.is_empty()).then(|| self.symbol(&uri));
            self.tell(at, Event::StartNamespace { prefix, uri });
        }
        Ok(())
    }

    fn expand_names(&mut self, element: Symbol, attributes: &mut Attributes) -> Read<Symbol> {
        let names = self.names.clone();
        let mut names = names.borrow_mut();
        let Some(namespaces) = &mut self.namespaces else {
            return Ok(element);
        };
        let failed = |code| Trouble::Fail(code, None);
        let mut expanded = HashSet::new();
        for (name, _) in attributes.iter_mut() {
            let whole = namespaces.expand(&mut names, *name, true).map_err(failed)?;
            if whole != *name && !expanded.insert(whole) {
                return fail(Code::DuplicateAttribute);
            }
            *name = whole;
        }
        namespaces
            .expand(&mut names, element, false)
            .map_err(failed)
    }

    /// The element that was opened last ends. `at`: where that is told.
    fn close_element(&mut self, at: usize, end: usize, raw: Option<Piece>) {
        let Some(tag) = self.tags.pop() else { return };
        let name = tag.name;
        let moved = raw.is_none().then_some(end);
        self.tell(at, Event::End { name, raw, end });
        let bound = self.namespaces.as_ref().map_or(0, |own| own.count());
        for _ in tag.bindings..bound {
            let binding = self.namespaces.as_mut().and_then(|own| own.unbind());
            let prefix = binding
                .and_then(|binding| binding.prefix)
                .map(|prefix| self.symbol(&prefix));
            self.tell(at, Event::EndNamespace { prefix, end: moved });
        }
        if self.tags.is_empty() && self.kind == Kind::Document {
            self.phase = Phase::Epilog;
        }
    }

    fn end_tag(&mut self, place: &Place, at: usize) -> Read {
        let written = place.lexer.end_tag(at)?;
        let level = self.sources.last().map_or(0, |source| source.level);
        let Some(tag) = self.tags.last().filter(|_| self.tags.len() > level) else {
            return fail(Code::AsyncEntity);
        };
        if *self.name(tag.written) != place.text[written.name.clone()] {
            return fail_at(Code::TagMismatch, written.name.start);
        }
        self.close_element(at, written.end, Some(place.piece(at..written.end)));
        Ok(written.end)
    }
}
