//! Finds what CPython's tokenizer would complain about.
//!
//! Only programs that are refused anyway come here. CPython reads on to the end of the file before
//! it reports a grammatical error, and an error of the tokenizer found on the way wins; so the
//! whole text is scanned here, and the first finding is the answer. What remains open at the end
//! is reported separately, since whether it matters depends on where the grammar broke.

use crate::errors::{ErrorKind, Fault};
use crate::source::Source;
use ruff_text_size::{TextRange, TextSize};

pub struct Findings {
    pub error: Option<Fault>,
    /// The innermost bracket that is open at the end: the character and its offset.
    pub unclosed: Option<(char, u32)>,
}

pub fn scan(source: &Source<'_>) -> Findings {
    let mut scanner = Scanner {
        text: source.text.as_bytes(),
        source,
        at: 0,
        brackets: Vec::new(),
        strings: Vec::new(),
        indents: vec![(0, 0)],
    };
    let error = scanner.run().err();
    let unclosed = scanner
        .brackets
        .last()
        .map(|b| (char::from(b.0), b.1 as u32));
    Findings { error, unclosed }
}

/// An f-string whose replacement field is being scanned.
struct Outer {
    start: usize,
    quote: u8,
    triple: bool,
    raw: bool,
    /// Brackets that were open before the field.
    depth: usize,
    /// The field's format specification has begun.
    in_spec: bool,
    /// It stands for a field inside a format specification.
    nested: bool,
}

struct Scanner<'s> {
    text: &'s [u8],
    source: &'s Source<'s>,
    at: usize,
    brackets: Vec<(u8, usize)>,
    strings: Vec<Outer>,
    /// Column with tabs to 8 and with tabs as one.
    indents: Vec<(usize, usize)>,
}

type Scan = Result<(), Fault>;

fn point(at: usize) -> TextRange {
    TextRange::empty(TextSize::from(at as u32))
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn fail(&self, message: impl Into<String>, at: usize) -> Scan {
        Err(Fault::new(message, point(at)))
    }

    fn run(&mut self) -> Scan {
        let mut line_start = true;
        while self.at < self.text.len() {
            if line_start && self.brackets.is_empty() && self.strings.is_empty() {
                line_start = false;
                if self.indentation()? {
                    line_start = true;
                    continue;
                }
            }
            let Some(&c) = self.text.get(self.at) else {
                break;
            };
            match c {
                b'\n' => {
                    self.at += 1;
                    line_start = true;
                }
                b' ' | b'\t' | 0x0c => self.at += 1,
                b'#' => self.skip_line(),
                b'\\' => self.continuation()?,
                b'"' | b'\'' => self.string(self.at, b"")?,
                b'0'..=b'9' => self.number()?,
                b'.' if self.peek(1).is_ascii_digit() => self.number()?,
                b'(' | b'[' | b'{' => {
                    if self.brackets.len() >= 200 {
                        return self.fail("too many nested parentheses", self.at);
                    }
                    self.brackets.push((self.text[self.at], self.at));
                    self.at += 1;
                }
                b')' | b']' | b'}' => self.close()?,
                b':' if self.field_spec_begins() => self.format_spec()?,
                c if c == b'_' || c.is_ascii_alphabetic() || c >= 0x80 => self.word()?,
                0 => return self.fail("source code cannot contain null bytes", self.at),
                1..=31 | 127 => {
                    let message = format!(
                        "invalid non-printable character U+{:04X}",
                        self.text[self.at]
                    );
                    return self.fail(message, self.at);
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    fn skip_line(&mut self) {
        while self.at < self.text.len() && self.text[self.at] != b'\n' {
            self.at += 1;
        }
    }

    /// Reads a line's indentation. True if the line is blank.
    fn indentation(&mut self) -> Result<bool, Fault> {
        let (mut column, mut alternative) = (0, 0);
        loop {
            match self.peek(0) {
                b' ' => (column, alternative) = (column + 1, alternative + 1),
                b'\t' => (column, alternative) = ((column / 8 + 1) * 8, alternative + 1),
                0x0c => (column, alternative) = (0, 0),
                _ => break,
            }
            self.at += 1;
        }
        match self.peek(0) {
            b'#' => {
                self.skip_line();
                return Ok(false);
            }
            b'\n' => {
                self.at += 1;
                return Ok(true);
            }
            0 => return Ok(false),
            _ => {}
        }
        let inconsistent = |scanner: &Self| {
            let line = scanner.source.line(TextSize::from(scanner.at as u32));
            let start = scanner.source.line_start(line as usize - 1);
            let fault = Fault::new(
                "inconsistent use of tabs and spaces in indentation",
                point(start as usize),
            );
            Err(Fault {
                kind: ErrorKind::Tab,
                ends: Some(0),
                ..fault
            })
        };
        let top = self.indents.last().copied().unwrap_or((0, 0));
        if column == top.0 {
            if alternative != top.1 {
                return inconsistent(self);
            }
            return Ok(false);
        }
        if column > top.0 {
            if alternative <= top.1 {
                return inconsistent(self);
            }
            if self.indents.len() >= 100 {
                let fault = Fault::indentation("too many levels of indentation", point(self.at));
                return Err(fault);
            }
            self.indents.push((column, alternative));
            return Ok(false);
        }
        while self.indents.last().is_some_and(|last| column < last.0) {
            self.indents.pop();
        }
        let top = self.indents.last().copied().unwrap_or((0, 0));
        if column != top.0 {
            let end = self.text[self.at..].iter().position(|&b| b == b'\n');
            let end = end.map_or(self.text.len(), |end| self.at + end);
            let fault = Fault::indentation(
                "unindent does not match any outer indentation level",
                point(end),
            );
            return Err(Fault {
                ends: Some(-1),
                ..fault
            });
        }
        if alternative != top.1 {
            return inconsistent(self);
        }
        Ok(false)
    }

    fn continuation(&mut self) -> Scan {
        match self.text.get(self.at + 1) {
            Some(b'\n') if self.at + 2 >= self.text.len() => self.ends_in_continuation(),
            Some(b'\n') => {
                self.at += 2;
                Ok(())
            }
            None => self.ends_in_continuation(),
            Some(_) => {
                let fault = Fault::new(
                    "unexpected character after line continuation character",
                    point(self.at + 1),
                );
                Err(Fault {
                    ends: Some(0),
                    ..fault
                })
            }
        }
    }

    fn ends_in_continuation(&self) -> Scan {
        let fault = Fault::new("unexpected EOF while parsing", point(self.at + 1));
        Err(Fault {
            ends: Some(-1),
            past_end: true,
            ..fault
        })
    }

    fn close(&mut self) -> Scan {
        let closing = self.text[self.at];
        // The end of an f-string's field.
        if closing == b'}'
            && let Some(outer) = self.strings.last()
            && self.brackets.len() == outer.depth + 1
        {
            return self.end_of_field();
        }
        let Some((open, at)) = self.brackets.pop() else {
            return self.fail(format!("unmatched '{}'", char::from(closing)), self.at);
        };
        let fits = matches!((open, closing), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
        if !fits {
            let (open, closing) = (char::from(open), char::from(closing));
            if self
                .strings
                .last()
                .is_some_and(|outer| self.brackets.len() == outer.depth)
            {
                return self.fail(format!("f-string: unmatched '{closing}'"), self.at);
            }
            let line = self.source.line(TextSize::from(at as u32));
            let here = self.source.line(TextSize::from(self.at as u32));
            let place = if line == here {
                String::new()
            } else {
                format!(" on line {line}")
            };
            let message = format!(
                "closing parenthesis '{closing}' does not match opening parenthesis '{open}'{place}"
            );
            return self.fail(message, self.at);
        }
        self.at += 1;
        Ok(())
    }

    /// A name, keyword, or a string's prefix.
    fn word(&mut self) -> Scan {
        let start = self.at;
        let rest = self.source.text.get(start..).unwrap_or("");
        for (at, c) in rest.char_indices() {
            let fine = c == '_' || c.is_alphanumeric() || is_mark(c);
            if !fine {
                if c.is_ascii() {
                    break;
                }
                let message = if c.is_control() || is_format(c) {
                    format!("invalid non-printable character U+{:04X}", u32::from(c))
                } else {
                    format!("invalid character '{c}' (U+{:04X})", u32::from(c))
                };
                return self.fail(message, start + at);
            }
            self.at = start + at + c.len_utf8();
        }
        let word = &self.text[start..self.at];
        let is_prefix = word.len() <= 2
            && word
                .iter()
                .all(|b| matches!(b.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f' | b't'));
        if is_prefix && matches!(self.peek(0), b'"' | b'\'') {
            return self.string(start, word);
        }
        Ok(())
    }

    // ---- numbers

    fn digits(&mut self, radix: u32) -> Result<bool, Fault> {
        let mut any = false;
        loop {
            let c = self.peek(0);
            if char::from(c).is_digit(radix) {
                any = true;
                self.at += 1;
            } else if c == b'_' {
                if !char::from(self.peek(1)).is_digit(radix) {
                    return Ok(false);
                }
                self.at += 1;
            } else {
                return Ok(any);
            }
        }
    }

    fn number(&mut self) -> Scan {
        let start = self.at;
        let radix = match (self.text[start], self.peek(1).to_ascii_lowercase()) {
            (b'0', b'x') => Some((16, "hexadecimal")),
            (b'0', b'o') => Some((8, "octal")),
            (b'0', b'b') => Some((2, "binary")),
            _ => None,
        };
        if let Some((radix, name)) = radix {
            self.at += 2;
            if self.peek(0) == b'_' {
                self.at += 1;
            }
            let whole = self.digits(radix)?;
            let next = self.peek(0);
            if next.is_ascii_digit() {
                let message = format!("invalid digit '{}' in {name} literal", char::from(next));
                return self.fail(message, self.at);
            }
            if !whole {
                let at = if next == b'_' { self.at } else { self.at - 1 };
                return self.fail(format!("invalid {name} literal"), at);
            }
            return self.end_of_number(name);
        }
        self.decimal(start)
    }

    fn decimal(&mut self, start: usize) -> Scan {
        let invalid = |scanner: &Self| {
            let at = if scanner.peek(0) == b'_' {
                scanner.at
            } else {
                scanner.at - 1
            };
            scanner.fail("invalid decimal literal", at)
        };
        if self.peek(0) != b'.' && !self.digits(10)? {
            return invalid(self);
        }
        let whole = self.at;
        let mut is_int = true;
        if self.peek(0) == b'.' {
            is_int = false;
            self.at += 1;
            if (self.peek(0).is_ascii_digit() || self.peek(0) == b'_') && !self.digits(10)? {
                return invalid(self);
            }
        }
        if self.peek(0).eq_ignore_ascii_case(&b'e') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                is_int = false;
                self.at += 1 + sign;
                if !self.digits(10)? {
                    return invalid(self);
                }
            } else if sign == 1 {
                self.at += 2;
                return self.fail("invalid decimal literal", self.at - 1);
            }
        }
        if self.peek(0).eq_ignore_ascii_case(&b'j') {
            self.at += 1;
            return self.end_of_number("imaginary");
        }
        let digits = &self.text[start..whole];
        if is_int
            && digits.len() > 1
            && digits[0] == b'0'
            && digits.iter().any(|b| *b > b'0' && *b <= b'9')
        {
            let zeros = digits
                .iter()
                .take_while(|b| matches!(b, b'0' | b'_'))
                .count();
            let range = TextRange::at(TextSize::from(start as u32), TextSize::from(zeros as u32));
            return Err(Fault::new(
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix \
                 for octal integers",
                range,
            ));
        }
        self.end_of_number("decimal")
    }

    /// A number may not run into a name, but for keywords.
    fn end_of_number(&mut self, name: &str) -> Scan {
        let rest = &self.text[self.at..];
        for word in [
            &b"and"[..],
            b"else",
            b"for",
            b"if",
            b"in",
            b"is",
            b"or",
            b"not",
        ] {
            if rest.starts_with(word) {
                return Ok(());
            }
        }
        let c = self.peek(0);
        if c == b'_' || c.is_ascii_alphabetic() || c >= 0x80 {
            if c >= 0x80 {
                self.word()?;
                self.at = self.text.len() - rest.len();
            }
            return self.fail(format!("invalid {name} literal"), self.at - 1);
        }
        Ok(())
    }

    // ---- strings

    fn string(&mut self, start: usize, prefix: &[u8]) -> Scan {
        let quote = self.text[self.at];
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let has = |wanted: u8| prefix.iter().any(|b| b.to_ascii_lowercase() == wanted);
        let (raw, formatted) = (has(b'r'), has(b'f') || has(b't'));
        self.at += if triple { 3 } else { 1 };
        if formatted {
            let depth = self.brackets.len();
            self.strings.push(Outer {
                start,
                quote,
                triple,
                raw,
                depth,
                in_spec: false,
                nested: false,
            });
            return self.resume_string();
        }
        let content = self.at;
        let mut escaped_quote = false;
        loop {
            match self.text.get(self.at) {
                None => return self.open_string(start, triple, escaped_quote),
                Some(b'\n') if !triple => return self.open_string(start, triple, escaped_quote),
                Some(b'\\') => {
                    escaped_quote = self.peek(1) == quote;
                    self.at += 2;
                }
                Some(&c) if c == quote => {
                    if !triple {
                        break;
                    }
                    if self.peek(1) == quote && self.peek(2) == quote {
                        break;
                    }
                    self.at += 1;
                }
                Some(_) => self.at += 1,
            }
        }
        let end = self.at;
        self.at += if triple { 3 } else { 1 };
        if has(b'b') && self.text[content..end].iter().any(|b| *b >= 0x80) {
            let range = TextRange::new((start as u32).into(), (self.at as u32).into());
            return Err(Fault::new(
                "bytes can only contain ASCII literal characters",
                range,
            ));
        }
        Ok(())
    }

    /// A plain string that does not end. Inside an f-string's field, the same quotes were rather
    /// meant to end the f-string.
    fn open_string(&self, start: usize, triple: bool, escaped: bool) -> Scan {
        let quote = self.text[start];
        if self
            .strings
            .last()
            .is_some_and(|o| o.quote == quote && o.triple == triple)
        {
            return self.fail("f-string: expecting '}'", start);
        }
        self.unterminated(start, triple, "", escaped)
    }

    fn unterminated(&self, start: usize, triple: bool, kind: &str, escaped: bool) -> Scan {
        let last = if triple {
            self.text.len().saturating_sub(1)
        } else {
            start
        };
        let line = self.source.line(TextSize::from(last as u32));
        let triple = if triple { "triple-quoted " } else { "" };
        let hint = if escaped && triple.is_empty() {
            "; perhaps you escaped the end quote?"
        } else {
            ""
        };
        let mut message =
            format!("unterminated {triple}{kind}string literal (detected at line {line}){hint}");
        if hint.is_empty() && message.ends_with('?') {
            message.pop();
        }
        self.fail(message, start)
    }

    /// Whether a colon here begins the format specification of a replacement field.
    fn field_spec_begins(&self) -> bool {
        self.strings
            .last()
            .is_some_and(|outer| !outer.in_spec && self.brackets.len() == outer.depth + 1)
    }

    fn format_spec(&mut self) -> Scan {
        self.at += 1;
        if let Some(outer) = self.strings.last_mut() {
            outer.in_spec = true;
        }
        self.resume_string()
    }

    /// Reads an f-string's text up to the next field or the end.
    fn resume_string(&mut self) -> Scan {
        let Some(outer) = self.strings.last() else {
            return Ok(());
        };
        let (start, quote, triple, raw, depth) = (
            outer.start,
            outer.quote,
            outer.triple,
            outer.raw,
            outer.depth,
        );
        let in_spec = self.brackets.len() > depth;
        if !in_spec && let Some(outer) = self.strings.last_mut() {
            outer.in_spec = false;
        }
        loop {
            let Some(&c) = self.text.get(self.at) else {
                return self.unterminated_field(start, triple);
            };
            match c {
                b'\n' if !triple => {
                    if in_spec {
                        // The specification of a single-quoted f-string ends with the line.
                        return self.fail("f-string: expecting '}'", self.at);
                    }
                    return self.unterminated_field(start, triple);
                }
                b'\\' if !raw && self.peek(1) == b'N' && self.peek(2) == b'{' => {
                    self.at += 3;
                    while !matches!(self.peek(0), b'}' | b'\n' | 0) && self.peek(0) != quote {
                        self.at += 1;
                    }
                    self.at += usize::from(self.peek(0) == b'}');
                }
                b'\\' if matches!(self.peek(1), b'{' | b'}') => self.at += 1,
                b'\\' => self.at += 2,
                b'{' if self.peek(1) == b'{' && !in_spec => self.at += 2,
                b'{' => {
                    self.brackets.push((b'{', self.at));
                    self.at += 1;
                    if in_spec {
                        // A field inside a specification is a field of an inner string that
                        // ends where the specification does.
                        let depth = self.brackets.len() - 1;
                        let inner = Outer {
                            start,
                            quote,
                            triple,
                            raw,
                            depth,
                            in_spec: false,
                            nested: true,
                        };
                        self.strings.push(inner);
                    }
                    return Ok(());
                }
                b'}' if in_spec => return self.end_of_field(),
                b'}' if self.peek(1) == b'}' => self.at += 2,
                b'}' => return self.fail("f-string: single '}' is not allowed", self.at),
                c if c == quote && (!triple || self.peek(1) == quote && self.peek(2) == quote) => {
                    if in_spec {
                        return self.fail("f-string: expecting '}'", self.at);
                    }
                    self.at += if triple { 3 } else { 1 };
                    self.strings.pop();
                    return Ok(());
                }
                _ => self.at += 1,
            }
        }
    }

    /// At the brace that closes a field.
    fn end_of_field(&mut self) -> Scan {
        self.brackets.pop();
        self.at += 1;
        if self.strings.last().is_some_and(|outer| outer.nested) {
            self.strings.pop();
        }
        self.resume_string()
    }

    fn unterminated_field(&self, start: usize, triple: bool) -> Scan {
        self.unterminated(start, triple, "f-", false)
    }
}

fn is_mark(c: char) -> bool {
    // Combining marks continue identifiers; the blocks are enough to tell them from symbols.
    matches!(u32::from(c), 0x300..=0x36F | 0x483..=0x487 | 0x591..=0x5BD | 0x610..=0x61A
        | 0x64B..=0x669 | 0x900..=0x903 | 0x93A..=0x94F | 0x981..=0x983 | 0xA01..=0xA03
        | 0x20D0..=0x20DC | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F | 0xE0100..=0xE01EF | 0xB7 | 0x2118
        | 0x212E)
}

fn is_format(c: char) -> bool {
    matches!(u32::from(c), 0xA0 | 0xAD | 0x200B..=0x200F | 0x2028..=0x202F | 0x2060..=0x206F
        | 0x3000 | 0xFEFF)
}
