//! What the pieces of a document look like: names, references, tags, comments, literals.
//!
//! Source: Extensible Markup Language (XML) 1.0, fifth edition; Namespaces in XML 1.0.

use std::ops::Range;

/// Why a scanner did not come to an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The text ended.
    End,
    /// What is here cannot be.
    Bad(usize),
}

pub type Scan<T> = Result<T, Stop>;

/// An attribute as written: places of its name and of what is between the quotes.
pub struct Attribute {
    pub name: Range<usize>,
    pub value: Range<usize>,
    /// The value is not what is written: it has references or white space other than blanks.
    pub is_special: bool,
}

/// What a tag consists of.
pub struct Tag {
    pub name: Range<usize>,
    pub end: usize,
    pub is_empty: bool,
}

pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_' | ':'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}'
            | '\u{203f}'..='\u{2040}')
}

/// A text and the way through it. With `namespaces` a name has at most one colon, within.
#[derive(Clone, Copy)]
pub struct Lexer<'a> {
    pub text: &'a str,
    pub namespaces: bool,
}

impl<'a> Lexer<'a> {
    pub fn byte(&self, at: usize) -> Scan<u8> {
        self.text.as_bytes().get(at).copied().ok_or(Stop::End)
    }

    pub fn skip_space(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        while bytes.get(at).is_some_and(|&b| is_space(b)) {
            at += 1;
        }
        at
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    /// The end of the run of name characters that begins at a place.
    pub fn name_chars(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(at) {
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b':') => {
                    at += 1;
                }
                Some(&byte) if byte >= 0x80 => match self.char_at(at) {
                    Some(c) if is_name_char(c) => at += c.len_utf8(),
                    _ => return at,
                },
                _ => return at,
            }
        }
    }

    pub fn starts_name(&self, at: usize) -> Scan<bool> {
        let byte = self.byte(at)?;
        Ok(match byte {
            b':' => !self.namespaces,
            0..0x80 => is_name_start(byte as char),
            _ => self.char_at(at).is_some_and(is_name_start),
        })
    }

    /// The end of a name that begins at a place; the text goes on behind it.
    pub fn name(&self, at: usize) -> Scan<usize> {
        if !self.starts_name(at)? {
            return Err(Stop::Bad(at));
        }
        let end = self.name_chars(at);
        if self.namespaces {
            let mut colons = memchr::memchr_iter(b':', &self.text.as_bytes()[at..end]);
            if let Some(first) = colons.next() {
                let local = at + first + 1;
                if let Some(second) = colons.next() {
                    return Err(Stop::Bad(at + second));
                }
                if !self.starts_name(local)? {
                    return Err(Stop::Bad(local));
                }
            }
        }
        match end == self.text.len() {
            true => Err(Stop::End),
            false => Ok(end),
        }
    }

    /// A reference from its `&` on: where it ends.
    pub fn reference(&self, at: usize) -> Scan<usize> {
        let mut end = match self.byte(at + 1)? {
            b'#' => {
                let is_hexadecimal = self.byte(at + 2)? == b'x';
                let digits = at + if is_hexadecimal { 3 } else { 2 };
                let mut end = digits;
                loop {
                    let byte = self.byte(end)?;
                    match is_hexadecimal {
                        true if byte.is_ascii_hexdigit() => end += 1,
                        false if byte.is_ascii_digit() => end += 1,
                        _ => break,
                    }
                }
                if end == digits {
                    return Err(Stop::Bad(end));
                }
                end
            }
            _ => self.name(at + 1)?,
        };
        if self.byte(end)? != b';' {
            return Err(Stop::Bad(end));
        }
        end += 1;
        Ok(end)
    }

    /// A start tag from its `<` on. Its attributes are left in `attributes`.
    pub fn start_tag(&self, at: usize, attributes: &mut Vec<Attribute>) -> Scan<Tag> {
        attributes.clear();
        let name_end = self.name(at + 1)?;
        let name = at + 1..name_end;
        let mut here = name_end;
        loop {
            let next = self.skip_space(here);
            match self.byte(next)? {
                b'>' => {
                    return Ok(Tag {
                        name,
                        end: next + 1,
                        is_empty: false,
                    });
                }
                b'/' if self.byte(next + 1)? == b'>' => {
                    return Ok(Tag {
                        name,
                        end: next + 2,
                        is_empty: true,
                    });
                }
                b'/' => return Err(Stop::Bad(next + 1)),
                _ if next == here => return Err(Stop::Bad(next)),
                _ => {}
            }
            let attribute = self.attribute(next)?;
            here = attribute.value.end + 1;
            attributes.push(attribute);
        }
    }

    fn attribute(&self, at: usize) -> Scan<Attribute> {
        let name_end = self.name(at)?;
        let equals = self.skip_space(name_end);
        if self.byte(equals)? != b'=' {
            return Err(Stop::Bad(equals));
        }
        let open = self.skip_space(equals + 1);
        let quote = self.byte(open)?;
        if !matches!(quote, b'"' | b'\'') {
            return Err(Stop::Bad(open));
        }
        let mut here = open + 1;
        let mut is_special = false;
        loop {
            match self.byte(here)? {
                byte if byte == quote => break,
                b'<' => return Err(Stop::Bad(here)),
                b'&' => {
                    is_special = true;
                    here = self.reference(here)?;
                }
                b'\t' | b'\n' | b'\r' => {
                    is_special = true;
                    here += 1;
                }
                _ => here += 1,
            }
        }
        Ok(Attribute {
            name: at..name_end,
            value: open + 1..here,
            is_special,
        })
    }

    /// An end tag from its `<` on.
    pub fn end_tag(&self, at: usize) -> Scan<Tag> {
        let name_end = self.name(at + 2)?;
        let close = self.skip_space(name_end);
        match self.byte(close)? {
            b'>' => Ok(Tag {
                name: at + 2..name_end,
                end: close + 1,
                is_empty: false,
            }),
            _ => Err(Stop::Bad(close)),
        }
    }

    /// A comment from its `<` on, of which `<!-` is there: where it ends.
    pub fn comment(&self, at: usize) -> Scan<usize> {
        if self.byte(at + 3)? != b'-' {
            return Err(Stop::Bad(at + 3));
        }
        let body = at + 4;
        let rest = self.text.as_bytes().get(body..).unwrap_or_default();
        let dashes = body + memchr::memmem::find(rest, b"--").ok_or(Stop::End)?;
        match self.byte(dashes + 2)? {
            b'>' => Ok(dashes + 3),
            _ => Err(Stop::Bad(dashes + 2)),
        }
    }

    /// A processing instruction from its `<` on: its target, its data, and where it ends.
    pub fn instruction(&self, at: usize) -> Scan<(Range<usize>, Range<usize>, usize)> {
        let name_end = self.name(at + 2)?;
        let target = at + 2..name_end;
        let is_xml = self.text[target.clone()].eq_ignore_ascii_case("xml");
        if is_xml && &self.text[target.clone()] != "xml" {
            return Err(Stop::Bad(name_end));
        }
        let bytes = self.text.as_bytes();
        if bytes[name_end] == b'?' {
            return match self.byte(name_end + 1)? {
                b'>' => Ok((target, name_end..name_end, name_end + 2)),
                _ => Err(Stop::Bad(name_end + 1)),
            };
        }
        if !is_space(bytes[name_end]) {
            return Err(Stop::Bad(name_end));
        }
        let data = self.skip_space(name_end);
        let close = data + memchr::memmem::find(&bytes[data..], b"?>").ok_or(Stop::End)?;
        Ok((target, data..close, close + 2))
    }
}

/// The character that a reference such as `&#65;` names; `None` if a document may not have it.
pub fn character(reference: &str) -> Option<char> {
    let digits = reference.trim_start_matches("&#").trim_end_matches(';');
    let number = match digits.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let c = char::from_u32(number.ok()?)?;
    let is_good = match c {
        '\t' | '\n' | '\r' => true,
        '\0'..' ' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    };
    is_good.then_some(c)
}

/// What the five entities that need no declaration stand for.
pub fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
