//! What the values of attributes and entities come to.

use super::input::with_newlines;
use super::lex::{Lexer, Stop, character, predefined};
use super::{Code, Engine, Place, Read, Trouble, fail, fail_at};
use std::rc::Rc;

/// A text that a value is made from, and how far it was read.
struct Part {
    text: Rc<str>,
    at: usize,
    entity: Option<Rc<str>>,
}

/// A value in the making.
struct Value {
    text: String,
    /// White space is brought together.
    is_tokens: bool,
}

impl Value {
    fn push_space(&mut self) {
        if !self.is_tokens || !(self.text.is_empty() || self.text.ends_with(' ')) {
            self.text.push(' ');
        }
    }

    fn push(&mut self, c: char) {
        match c {
            ' ' => self.push_space(),
            _ => self.text.push(c),
        }
    }
}

/// Whether a mistake in a value is told where it is; what is not known is told where the tag begins.
fn has_place(code: Code) -> bool {
    !matches!(code, Code::UndefinedEntity | Code::EntityDeclaredInPe)
}

impl Engine {
    /// An attribute's value: references replaced, white space as blanks. `at`: where it is written.
    pub(super) fn attribute_value(
        &mut self,
        written: &str,
        at: usize,
        is_text: bool,
    ) -> Read<String> {
        let namespaces = self.namespaces.is_some();
        let mut value = Value {
            text: String::with_capacity(written.len()),
            is_tokens: !is_text,
        };
        let mut parts = vec![Part {
            text: written.into(),
            at: 0,
            entity: None,
        }];
        while let Some(part) = parts.last_mut() {
            let (text, here) = (part.text.clone(), part.at);
            let bytes = text.as_bytes();
            // Within an entity nothing is told of its places.
            let place = part.entity.is_none().then_some(at + here);
            let Some(&byte) = bytes.get(here) else {
                let ended = parts.pop().and_then(|part| part.entity);
                if let Some(name) = ended {
                    self.set_open(&name, false);
                }
                continue;
            };
            match byte {
                b'&' => {
                    let lexer = Lexer {
                        text: &text,
                        namespaces,
                    };
                    let end = match lexer.reference(here) {
                        Ok(end) => end,
                        Err(Stop::Bad(bad)) if place.is_some() => {
                            return fail_at(Code::InvalidToken, at + bad);
                        }
                        Err(_) => return fail(Code::InvalidToken),
                    };
                    part.at = end;
                    match self.value_reference(&text[here..end], &mut value) {
                        Ok(opened) => parts.extend(opened),
                        Err(code) => {
                            return Err(Trouble::Fail(code, place.filter(|_| has_place(code))));
                        }
                    }
                }
                b'<' if place.is_none() => return fail(Code::InvalidToken),
                b' ' | b'\t' | b'\n' | b'\r' => {
                    let is_pair = byte == b'\r' && bytes.get(here + 1) == Some(&b'\n');
                    part.at += if is_pair { 2 } else { 1 };
                    value.push_space();
                }
                _ => {
                    let run = bytes[here..].iter().position(|b| b"& \t\n\r<".contains(b));
                    let end = run.map_or(bytes.len(), |run| here + run.max(1));
                    part.at = end;
                    value.text.push_str(&text[here..end]);
                }
            }
        }
        if value.is_tokens && value.text.ends_with(' ') {
            value.text.pop();
        }
        Ok(value.text)
    }

    fn set_open(&mut self, name: &str, is_open: bool) {
        if let Some(entity) = self.dtd.borrow_mut().general.get_mut(name) {
            entity.is_open = is_open;
        }
    }

    /// A reference in an attribute's value: it adds to the value, or opens a text to go on with.
    fn value_reference(
        &mut self,
        reference: &str,
        value: &mut Value,
    ) -> Result<Option<Part>, Code> {
        if reference.starts_with("&#") {
            value.push(character(reference).ok_or(Code::BadCharRef)?);
            return Ok(None);
        }
        let name = &reference[1..reference.len() - 1];
        if let Some(c) = predefined(name) {
            value.push(c);
            return Ok(None);
        }
        let text = {
            let dtd = self.dtd.borrow();
            let entity = dtd.general.get(name);
            let must_be_known = !dtd.has_parameter_references || dtd.is_standalone;
            let entity = match entity {
                None if must_be_known => return Err(Code::UndefinedEntity),
                None => return Ok(None),
                Some(entity) if must_be_known && !entity.is_internal => {
                    return Err(Code::EntityDeclaredInPe);
                }
                Some(entity) => entity,
            };
            if entity.is_open {
                return Err(Code::RecursiveEntityRef);
            }
            if entity.notation.is_some() {
                return Err(Code::BinaryEntityRef);
            }
            entity
                .text
                .clone()
                .ok_or(Code::AttributeExternalEntityRef)?
        };
        self.set_open(name, true);
        self.indirect_bytes += text.len() as u64;
        if self.has_grown_too_much() {
            return Err(Code::AmplificationLimitBreach);
        }
        Ok(Some(Part {
            text,
            at: 0,
            entity: Some(name.into()),
        }))
    }

    /// An entity's text as declared: references to characters replaced, and those to parameter entities
    /// where the declaration lies outside of the document.
    pub(super) fn entity_value(
        &mut self,
        written: &str,
        at: usize,
        place: &Place,
    ) -> Read<Rc<str>> {
        let namespaces = place.lexer.namespaces;
        let mut value = String::with_capacity(written.len());
        let mut parts = vec![(Rc::<str>::from(written), 0, None::<Rc<str>>)];
        while let Some((text, here, entity)) = parts.last_mut() {
            let place_of = |here: usize| entity.is_none().then_some(at + here);
            let bytes = text.as_bytes();
            let from = *here;
            let Some(&byte) = bytes.get(from) else {
                if let Some((_, _, Some(name))) = parts.pop()
                    && let Some(entity) = self.dtd.borrow_mut().parameter.get_mut(&name)
                {
                    entity.is_open = false;
                }
                continue;
            };
            let told = |code, here: usize| Trouble::Fail(code, place_of(here));
            let bad = |here: usize| told(Code::InvalidToken, here);
            match byte {
                b'&' => {
                    let lexer = Lexer { text, namespaces };
                    let end = lexer.reference(from).map_err(|stop| match stop {
                        Stop::Bad(here) => bad(here),
                        Stop::End => bad(from),
                    })?;
                    let reference = &text[from..end];
                    match reference.starts_with("&#") {
                        true => {
                            value.push(character(reference).ok_or(told(Code::BadCharRef, from))?);
                        }
                        false => value.push_str(reference),
                    }
                    *here = end;
                }
                b'%' => {
                    let lexer = Lexer { text, namespaces };
                    let end = lexer.name(from + 1).map_err(|_| bad(from + 1))?;
                    if bytes[end] != b';' {
                        return Err(bad(end));
                    }
                    if self.is_in_document() {
                        return Err(told(Code::ParamEntityRef, from));
                    }
                    let name: Rc<str> = text[from + 1..end].into();
                    *here = end + 1;
                    if let Some(text) = self.open_parameter(&name)? {
                        parts.push((text, 0, Some(name)));
                    }
                }
                b'\r' if entity.is_none() => {
                    value.push('\n');
                    *here += 1 + usize::from(bytes.get(from + 1) == Some(&b'\n'));
                }
                _ => {
                    let run = bytes[from..].iter().position(|b| b"&%\r".contains(b));
                    let end = run.map_or(bytes.len(), |run| from + run.max(1));
                    value.push_str(&text[from..end]);
                    *here = end;
                }
            }
        }
        Ok(value.into())
    }

    /// A parameter entity's text within a literal, if there is one.
    fn open_parameter(&mut self, name: &str) -> Read<Option<Rc<str>>> {
        let text = {
            let mut dtd = self.dtd.borrow_mut();
            let Some(entity) = dtd.parameter.get_mut(name) else {
                // What is unknown may have been declared where nobody looked.
                dtd.is_skipping = !dtd.is_standalone;
                return Ok(None);
            };
            if entity.is_open {
                return fail(Code::RecursiveEntityRef);
            }
            let Some(text) = entity.text.clone() else {
                dtd.is_skipping = !dtd.is_standalone;
                return Ok(None);
            };
            entity.is_open = true;
            text
        };
        self.indirect_bytes += text.len() as u64;
        match self.has_grown_too_much() {
            true => fail(Code::AmplificationLimitBreach),
            false => Ok(Some(text)),
        }
    }
}

/// A public identifier with its white space brought together; the place of what it may not have.
pub(super) fn public_id(written: &str) -> Result<Rc<str>, usize> {
    let is_allowed = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, ' ' | '\r' | '\n')
            || "-'()+,./:=?;!*#@$_%".contains(c)
    };
    if let Some(bad) = written.find(|c| !is_allowed(c)) {
        return Err(bad);
    }
    let words: Vec<&str> = written
        .split([' ', '\r', '\n'])
        .filter(|w| !w.is_empty())
        .collect();
    Ok(words.join(" ").into())
}

/// A system identifier as it is told.
pub(super) fn system_id(written: &str) -> Rc<str> {
    with_newlines(written).into()
}
