//! The document as it comes in: bytes in any piece become text, and places in the text become lines,
//! columns and offsets of bytes.
//!
//! The text holds only characters that a document may have. What follows the last good one is either not
//! there yet or *broken*, so a scanner that comes to the end of the text need not tell why; its caller asks.
//! An XML declaration is decoded before anything behind it, since it names the encoding of the rest.

use super::Code;

/// How much decoded text is told at a time, in bytes.
const PIECE_BYTES: usize = 1024;

/// How bytes become characters.
#[derive(Clone, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16 {
        big_endian: bool,
    },
    Latin1,
    Ascii,
    /// One byte a character, by a table; `None` where the byte means nothing.
    Table(Box<[Option<char>; 256]>),
}

impl Encoding {
    /// The encoding that this module decodes itself under a name. `inside`: what the name was read in.
    pub fn named(name: &str, inside: Option<&Encoding>) -> Option<Encoding> {
        const BIG: Encoding = Encoding::Utf16 { big_endian: true };
        const LITTLE: Encoding = Encoding::Utf16 { big_endian: false };
        match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Some(Encoding::Utf8),
            "ISO-8859-1" => Some(Encoding::Latin1),
            "US-ASCII" => Some(Encoding::Ascii),
            "UTF-16" => match inside {
                Some(inside @ Encoding::Utf16 { .. }) => Some(inside.clone()),
                _ => Some(BIG),
            },
            "UTF-16BE" => Some(BIG),
            "UTF-16LE" => Some(LITTLE),
            _ => None,
        }
    }

    fn is_wide(&self) -> bool {
        matches!(self, Encoding::Utf16 { .. })
    }

    /// How many bytes of the document a character takes.
    fn bytes_of(&self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 { .. } => 2 * c.len_utf16(),
            _ => 1,
        }
    }
}

/// What is known of how the document is encoded.
#[derive(PartialEq, Eq)]
enum Stage {
    /// Nothing: its first bytes are not all there.
    Unknown,
    /// A declaration comes, and what is behind it waits until that has been read.
    Declaration,
    /// The declaration is being read.
    Held,
    Decoding,
}

/// A place as the user is told it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Location {
    /// From 1.
    pub line: usize,
    /// In characters, from 0.
    pub column: usize,
    pub byte: usize,
}

pub struct Input {
    /// The decoded text from some place on; what came before it has been read.
    pub text: String,
    /// Bytes that are not decoded.
    raw: Vec<u8>,
    encoding: Encoding,
    stage: Stage,
    /// The encoding was given from outside, so the document's own word for it does not count.
    is_told: bool,
    /// What follows the text is no character.
    pub is_broken: bool,
    pub is_final: bool,
    /// A place in the text and where that is.
    counted: usize,
    location: Location,
}

impl Input {
    pub fn new() -> Input {
        Input {
            text: String::new(),
            raw: Vec::new(),
            encoding: Encoding::Utf8,
            stage: Stage::Unknown,
            is_told: false,
            is_broken: false,
            is_final: false,
            counted: 0,
            location: Location {
                line: 1,
                ..Location::default()
            },
        }
    }

    /// Decides on the encoding, whatever the document says.
    pub fn tell(&mut self, encoding: Encoding) {
        self.encoding = encoding;
        self.is_told = true;
    }

    pub fn is_told(&self) -> bool {
        self.is_told
    }

    /// What is wrong if the document ends with the bytes that wait: they are the beginning of a character.
    pub fn part_of_character(&self) -> Option<Code> {
        match (self.raw.len(), &self.encoding) {
            (0, _) => None,
            _ if self.stage != Stage::Decoding => None,
            (1, Encoding::Utf16 { .. }) => Some(Code::UnclosedToken),
            _ => Some(Code::PartialChar),
        }
    }

    /// Where text that goes to `end` is divided: what was decoded is told in pieces of 1,024 bytes.
    pub fn end_of_piece(&self, text: &str, at: usize, end: usize) -> usize {
        match self.encoding == Encoding::Utf8 || end - at <= PIECE_BYTES {
            true => end,
            false => text.floor_char_boundary(at + PIECE_BYTES),
        }
    }

    /// How much there is behind a place, in bytes.
    pub fn waiting(&self, from: usize) -> usize {
        self.text.len() - from + self.raw.len()
    }

    /// Takes in bytes. Those before `read` in the text are dropped; the rest then begins at 0.
    pub fn feed(&mut self, data: &[u8], read: usize, is_final: bool) {
        self.catch_up(read);
        self.text.drain(..read);
        self.counted = 0;
        self.raw.extend_from_slice(data);
        self.is_final |= is_final;
        self.decode();
    }

    /// Goes on behind the declaration: with an encoding if it named one that counts.
    pub fn declared(&mut self, encoding: Option<Encoding>) -> Result<(), Code> {
        if let Some(encoding) = encoding {
            let other_width = encoding.is_wide() != self.encoding.is_wide();
            if other_width || encoding.is_wide() && encoding != self.encoding {
                return Err(Code::IncorrectEncoding);
            }
            // A declaration takes as many bytes in one encoding as in the other.
            self.encoding = encoding;
        }
        if self.stage == Stage::Held {
            self.stage = Stage::Decoding;
            self.decode();
        }
        Ok(())
    }

    /// The encoding that a name in the document stands for.
    pub fn encoding_named(&self, name: &str) -> Option<Encoding> {
        Encoding::named(name, Some(&self.encoding))
    }

    fn decode(&mut self) {
        if self.stage == Stage::Unknown && !self.look_at_start() {
            return;
        }
        if self.is_broken || self.stage == Stage::Held {
            return;
        }
        let end = match self.stage {
            Stage::Declaration => match end_of_declaration(&self.raw, &self.encoding) {
                Some(end) => end,
                None if self.is_final => self.raw.len(),
                None => return,
            },
            _ => self.raw.len(),
        };
        let before = self.text.len();
        let mut read = self.decode_bytes(end);
        if let Some(bad) = bad_character(&self.text.as_bytes()[before..]) {
            self.text.truncate(before + bad);
            self.is_broken = true;
            read = 0;
        }
        self.raw.drain(..read);
        if self.stage == Stage::Declaration {
            self.stage = Stage::Held;
        }
    }

    /// Finds out how the document begins; whether enough of it is there.
    fn look_at_start(&mut self) -> bool {
        if matches!(self.encoding, Encoding::Table(_)) {
            self.stage = self.stage_at_start();
            return true;
        }
        // How the document begins says more than what was told.
        let raw = &self.raw;
        let is_start_of = |whole: &[u8]| raw.len() < whole.len() && whole.starts_with(raw);
        let marks: [(&[u8], Encoding); 3] = [
            (b"\xef\xbb\xbf", Encoding::Utf8),
            (b"\xfe\xff", Encoding::Utf16 { big_endian: true }),
            (b"\xff\xfe", Encoding::Utf16 { big_endian: false }),
        ];
        if !self.is_final && (raw.is_empty() || marks.iter().any(|(mark, _)| is_start_of(mark))) {
            return false;
        }
        let mark = marks.into_iter().find(|(mark, _)| raw.starts_with(mark));
        if let Some((mark, encoding)) = mark {
            self.location.byte += mark.len();
            self.location.column += 1;
            self.raw.drain(..mark.len());
            self.encoding = encoding;
        } else if raw.len() >= 2 {
            match raw[..2] {
                [0, _] => self.encoding = Encoding::Utf16 { big_endian: true },
                [_, 0] => self.encoding = Encoding::Utf16 { big_endian: false },
                _ => {}
            }
        } else if raw.len() == 1 && !self.is_final {
            return false;
        }
        let opening = opening(&self.encoding);
        if self.raw.len() < opening.len() && opening.starts_with(&self.raw) && !self.is_final {
            return false;
        }
        self.stage = self.stage_at_start();
        true
    }

    fn stage_at_start(&self) -> Stage {
        match self.is_told || !self.raw.starts_with(&opening(&self.encoding)) {
            true => Stage::Decoding,
            false => Stage::Declaration,
        }
    }

    /// Decodes what it can of the first `end` bytes; how many those were.
    fn decode_bytes(&mut self, end: usize) -> usize {
        let raw = &self.raw[..end];
        match &self.encoding {
            Encoding::Utf8 => match std::str::from_utf8(raw) {
                Ok(all) => {
                    self.text.push_str(all);
                    end
                }
                Err(error) => {
                    self.is_broken = error.error_len().is_some();
                    let good = &raw[..error.valid_up_to()];
                    self.text.push_str(&String::from_utf8_lossy(good));
                    good.len()
                }
            },
            Encoding::Utf16 { big_endian } => {
                let unit = |at: usize| {
                    let pair = raw.get(at..at + 2)?;
                    let pair = [pair[0], pair[1]];
                    Some(match big_endian {
                        true => u16::from_be_bytes(pair),
                        false => u16::from_le_bytes(pair),
                    })
                };
                let mut at = 0;
                while let Some(first) = unit(at) {
                    let is_pair = first & 0xfc00 == 0xd800;
                    let second = if is_pair { unit(at + 2) } else { None };
                    if is_pair && second.is_none() {
                        break;
                    }
                    match char::decode_utf16([first].into_iter().chain(second)).next() {
                        Some(Ok(c)) => self.text.push(c),
                        _ => {
                            self.is_broken = true;
                            break;
                        }
                    }
                    at += if is_pair { 4 } else { 2 };
                }
                at
            }
            Encoding::Latin1 => {
                self.text.extend(raw.iter().map(|&b| b as char));
                end
            }
            Encoding::Ascii => {
                let good = raw.iter().position(|&b| b >= 0x80).unwrap_or(end);
                self.is_broken = good < end;
                self.text.extend(raw[..good].iter().map(|&b| b as char));
                good
            }
            Encoding::Table(table) => {
                for (at, &byte) in raw.iter().enumerate() {
                    match table[byte as usize] {
                        Some(c) => self.text.push(c),
                        None => {
                            self.is_broken = true;
                            return at;
                        }
                    }
                }
                end
            }
        }
    }

    /// Counts lines up to a place.
    fn catch_up(&mut self, to: usize) {
        if to > self.counted {
            self.location = self.location_at(to);
            self.counted = to;
        }
    }

    /// Where a place in the text is in the document.
    pub fn location_at(&self, at: usize) -> Location {
        let mut found = self.location;
        // A place that lies back is asked for only after an error, in the piece that it was found in.
        let from = self.counted.min(at);
        let between = &self.text[from..at];
        let bytes = between.as_bytes();
        let is_plain = between.is_ascii();
        found.byte += match &self.encoding {
            Encoding::Utf8 => bytes.len(),
            Encoding::Utf16 { .. } if is_plain => 2 * bytes.len(),
            _ if is_plain => bytes.len(),
            other => between.chars().map(|c| other.bytes_of(c)).sum(),
        };
        let mut line_start = None;
        for (i, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || byte == b'\r' && bytes.get(i + 1) != Some(&b'\n') {
                found.line += 1;
                line_start = Some(i + 1);
            }
        }
        let tail = match line_start {
            Some(start) => {
                found.column = 0;
                &between[start..]
            }
            None => between,
        };
        found.column += tail.chars().count();
        found
    }
}

/// How a declaration begins.
fn opening(encoding: &Encoding) -> Vec<u8> {
    let wide = |first: bool| {
        b"<?xml"
            .iter()
            .flat_map(move |&b| if first { [0, b] } else { [b, 0] })
    };
    match encoding {
        Encoding::Utf16 { big_endian } => wide(*big_endian).collect(),
        _ => b"<?xml".to_vec(),
    }
}

/// Where the bytes of a declaration end.
fn end_of_declaration(raw: &[u8], encoding: &Encoding) -> Option<usize> {
    let (pattern, step): (&[u8], usize) = match encoding {
        Encoding::Utf16 { big_endian: true } => (b"\0?\0>", 2),
        Encoding::Utf16 { big_endian: false } => (b"?\0>\0", 2),
        _ => (b"?>", 1),
    };
    let mut found = memchr::memmem::find_iter(raw, pattern).filter(|at| at % step == 0);
    Some(found.next()? + pattern.len())
}

/// The first character that no document may have.
fn bad_character(bytes: &[u8]) -> Option<usize> {
    let control = bytes
        .iter()
        .position(|&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r'));
    let bytes = &bytes[..control.unwrap_or(bytes.len())];
    let no_character =
        memchr::memmem::find_iter(bytes, b"\xef\xbf").find(|&at| bytes[at + 2] >= 0xbe);
    no_character.or(control)
}

/// Lines end in `\n`, however they were written.
pub fn with_newlines(text: &str) -> String {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n"),
        false => text.to_owned(),
    }
}
