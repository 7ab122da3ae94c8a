//! What stands before and behind the root element: the declaration of XML, comments, instructions.

use super::event::Event;
use super::lex::is_space;
use super::{
    Code, Engine, Kind, ParameterEntities, Phase, Place, Read, Stop, Trouble, fail, fail_at,
};
use std::ops::Range;

/// What a declaration of XML says, by places in the text.
#[derive(Default)]
struct Declaration {
    version: Option<Range<usize>>,
    encoding: Option<Range<usize>>,
    standalone: Option<bool>,
}

impl Engine {
    pub(super) fn start(&mut self, place: &Place, at: usize) -> Read {
        let rest = &place.text[at..];
        let opening = "<?xml";
        if !place.is_closed && rest.len() <= opening.len() && opening.starts_with(rest) {
            return Err(Stop::End.into());
        }
        let is_declared = rest.starts_with(opening)
            && rest
                .as_bytes()
                .get(opening.len())
                .is_some_and(|&b| is_space(b) || b == b'?');
        let end = match is_declared {
            true => self.xml_declaration(place, at)?,
            false => at,
        };
        self.phase = match self.kind {
            Kind::Document => Phase::Prolog,
            Kind::Fragment => Phase::Content,
            Kind::Subset => Phase::Subset,
        };
        Ok(end)
    }

    fn xml_declaration(&mut self, place: &Place, at: usize) -> Read {
        let (_, data, end) = place.lexer.instruction(at)?;
        let is_text = self.kind != Kind::Document;
        let code = if is_text {
            Code::TextDecl
        } else {
            Code::XmlDecl
        };
        let found =
            declaration(place.text, data, is_text).map_err(|bad| Trouble::Fail(code, Some(bad)))?;
        let text = |range: &Option<Range<usize>>| range.clone().map(|r| Box::from(&place.text[r]));
        let standalone = match found.standalone {
            None => -1,
            Some(yes) => i64::from(yes),
        };
        if standalone == 1 {
            self.dtd.borrow_mut().is_standalone = true;
            if self.parameter_entities == ParameterEntities::UnlessStandalone {
                self.parameter_entities = ParameterEntities::Never;
            }
        }
        let event = Event::XmlDecl {
            version: text(&found.version),
            encoding: text(&found.encoding),
            standalone,
            raw: place.piece(at..end),
        };
        self.tell(at, event);
        let named = found.encoding.filter(|_| !self.input.is_told());
        let Some(named) = named else {
            self.declared = Some((None, at));
            return Ok(end);
        };
        let name = &place.text[named.clone()];
        match self.input.encoding_named(name) {
            Some(encoding) => self.declared = Some((Some(encoding), named.start)),
            None => self.tell(named.start, Event::Encoding { name: name.into() }),
        }
        Ok(end)
    }

    pub(super) fn prolog(&mut self, place: &Place, at: usize) -> Read {
        if let Some(end) = self.between(place, at)? {
            return Ok(end);
        }
        if place.bytes()[at] == b'<' {
            match place.lexer.byte(at + 1)? {
                b'!' if place.lexer.byte(at + 2)? != b'[' && !self.doctype.was_seen => {
                    return self.doctype(place, at);
                }
                b'!' => return fail(Code::Syntax),
                _ if place.lexer.starts_name(at + 1)? => {
                    self.phase = Phase::Content;
                    self.ask_for_foreign_declarations(at);
                    return Ok(at);
                }
                _ => return Err(Stop::Bad(at + 1).into()),
            }
        }
        out_of_place(place, at, Code::Syntax)
    }

    pub(super) fn epilog(&mut self, place: &Place, at: usize) -> Read {
        if let Some(end) = self.between(place, at)? {
            return Ok(end);
        }
        if place.bytes()[at] == b'<' {
            let next = place.lexer.byte(at + 1)?;
            if next != b'!' && !place.lexer.starts_name(at + 1)? {
                return Err(Stop::Bad(at + 1).into());
            }
            return fail(Code::JunkAfterDocElement);
        }
        out_of_place(place, at, Code::JunkAfterDocElement)
    }

    /// What may stand anywhere between markup: white space, comments, instructions.
    pub(super) fn between(&mut self, place: &Place, at: usize) -> Read<Option<usize>> {
        let bytes = place.bytes();
        if is_space(bytes[at]) {
            let end = place.lexer.skip_space(at);
            self.tell(at, Event::Raw(place.piece(at..end), &[]));
            return Ok(Some(end));
        }
        if bytes[at] != b'<' {
            return Ok(None);
        }
        match place.lexer.byte(at + 1)? {
            b'?' => self.instruction(place, at).map(Some),
            b'!' if place.lexer.byte(at + 2)? == b'-' => self.comment(place, at).map(Some),
            _ => Ok(None),
        }
    }
}

/// Something that would be a token elsewhere is a mistake of its own.
fn out_of_place(place: &Place, at: usize, code: Code) -> Read {
    let bytes = place.bytes();
    let end = place.lexer.name_chars(at);
    if end == at {
        return match b"\"'%()|,[]>#".contains(&bytes[at]) {
            true => fail_at(code, at),
            false => Err(Stop::Bad(at).into()),
        };
    }
    match bytes.get(end) {
        None if !place.is_closed => Err(Stop::End.into()),
        Some(byte) if !b" \t\r\n>),|[%?*+".contains(byte) => Err(Stop::Bad(end).into()),
        _ => fail_at(code, at),
    }
}

/// Reads what a declaration says; the place of what is wrong with it.
fn declaration(text: &str, data: Range<usize>, is_text: bool) -> Result<Declaration, usize> {
    let bytes = text.as_bytes();
    let skip = |mut at: usize| {
        while at < data.end && is_space(bytes[at]) {
            at += 1;
        }
        at
    };
    let mut found = Declaration::default();
    let mut at = skip(data.start);
    let mut last = 0;
    while at < data.end {
        let name_end = (at..data.end)
            .find(|&i| is_space(bytes[i]) || bytes[i] == b'=')
            .ok_or(data.end)?;
        let equals = skip(name_end);
        let open = if bytes[equals] == b'=' {
            skip(equals + 1)
        } else {
            return Err(equals);
        };
        if open >= data.end || !matches!(bytes[open], b'"' | b'\'') {
            return Err(open);
        }
        let close = (open + 1..data.end)
            .find(|&i| bytes[i] == bytes[open])
            .ok_or(data.end)?;
        let value = open + 1..close;
        if let Some(bad) =
            text[value.clone()].find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)))
        {
            return Err(value.start + bad);
        }
        let place = match &text[at..name_end] {
            "version" => 1,
            "encoding" => 2,
            "standalone" if !is_text => 3,
            _ => return Err(at),
        };
        let is_missing = last == 0 && place != 1 && !(is_text && place == 2);
        if place <= last || is_missing {
            return Err(at);
        }
        match place {
            1 => found.version = Some(value),
            2 if !bytes[value.start].is_ascii_alphabetic() => return Err(value.start),
            2 => found.encoding = Some(value),
            _ => match &text[value.clone()] {
                "yes" => found.standalone = Some(true),
                "no" => found.standalone = Some(false),
                _ => return Err(value.start),
            },
        }
        last = place;
        at = skip(close + 1);
        if at == close + 1 && at < data.end {
            return Err(at);
        }
    }
    let is_whole = if is_text {
        found.encoding.is_some()
    } else {
        found.version.is_some()
    };
    match is_whole {
        true => Ok(found),
        false => Err(data.end),
    }
}
