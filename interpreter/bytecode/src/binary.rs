//! The compact form in which the standard library is carried inside the executable.
//!
//! All numbers are variable-length (seven bits a byte, low first) but instruction words, which are
//! eight bytes, low first; so the form is the same on every target. Strings stand once, in a table
//! at the front. Reading checks lengths and indices and never trusts the input to be sane; whether
//! the code can be executed is for the verifier to say.

use crate::{
    Code, CodeFlags, Const, ExceptionEntry, Instr, LiveTable, Location, Op, ParamSpec, Pc, Reg,
    Site,
};
use std::collections::HashMap;
use std::fmt;

const MAGIC: &[u8; 4] = b"krb2";

/// Nesting of constants and code objects.
const DEPTH_LIMIT: u32 = 1000;

/// Why bytes are no code object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// They do not begin as the form does, or were written by another version of it.
    Foreign,
    /// They end too early, or go on behind the end.
    Torn,
    /// A number or tag has no meaning.
    Garbled,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecodeError::Foreign => "not a compiled module of this version; compile it again",
            DecodeError::Torn => "compiled module is incomplete; compile it again",
            DecodeError::Garbled => "compiled module is damaged; compile it again",
        })
    }
}

impl std::error::Error for DecodeError {}

impl Code {
    /// The code in its compact form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.code(self);
        let mut out = MAGIC.to_vec();
        put(&mut out, writer.strings.len() as u64);
        for text in &writer.strings {
            put(&mut out, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
        out.extend_from_slice(&writer.out);
        out
    }

    /// Reads the compact form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Code, DecodeError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(DecodeError::Foreign)?;
        let mut reader = Reader {
            rest,
            strings: Vec::new(),
            depth: 0,
        };
        let count = reader.count()?;
        for _ in 0..count {
            let length = reader.count()?;
            let text = reader.take(length)?;
            let text = std::str::from_utf8(text).map_err(|_| DecodeError::Garbled)?;
            reader.strings.push(text);
        }
        let code = reader.code()?;
        if reader.rest.is_empty() {
            Ok(code)
        } else {
            Err(DecodeError::Torn)
        }
    }
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    strings: Vec<String>,
    index: HashMap<String, u64>,
}

impl Writer {
    fn number(&mut self, value: impl Into<u64>) {
        put(&mut self.out, value.into());
    }

    fn length(&mut self, value: usize) {
        put(&mut self.out, value as u64);
    }

    fn signed(&mut self, value: i64) {
        put(&mut self.out, (value << 1 ^ value >> 63) as u64);
    }

    fn fixed(&mut self, value: u64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        let at = match self.index.get(text) {
            Some(&at) => at,
            None => {
                let at = self.strings.len() as u64;
                self.strings.push(text.to_owned());
                self.index.insert(text.to_owned(), at);
                at
            }
        };
        put(&mut self.out, at);
    }

    fn texts(&mut self, texts: &[Box<str>]) {
        self.length(texts.len());
        for text in texts {
            self.text(text);
        }
    }

    fn code(&mut self, code: &Code) {
        self.text(&code.name);
        self.text(&code.qualname);
        self.text(&code.filename);
        self.number(code.first_line);
        let flags = code
            .flags
            .named()
            .iter()
            .rev()
            .fold(0u64, |bits, f| bits << 1 | f.1 as u64);
        self.number(flags);
        let p = &code.params;
        for count in [p.positional_only, p.positional, p.keyword_only] {
            self.number(count);
        }
        self.number(p.varargs as u64 | (p.varkw as u64) << 1);
        self.number(code.registers);
        self.length(code.instrs.len());
        for instr in &code.instrs {
            self.fixed(instr.0);
        }
        self.length(code.constants.len());
        for constant in &code.constants {
            self.constant(constant);
        }
        self.length(code.sites.len());
        for site in &code.sites {
            self.number(site.name);
        }
        self.texts(&code.local_names);
        self.registers(&code.cell_registers);
        self.texts(&code.free_names);
        self.texts(&code.self_attributes);
        self.length(code.exceptions.len());
        for entry in &code.exceptions {
            for number in [entry.start, entry.end, entry.target] {
                self.number(number);
            }
            self.number(entry.reg);
        }
        self.locations(&code.locations);
        self.length(code.liveness.len());
        let mut before = 0;
        for (pc, registers) in code.liveness.iter() {
            self.number(pc.wrapping_sub(before));
            before = pc;
            self.registers(registers);
        }
    }

    fn registers(&mut self, registers: &[Reg]) {
        self.length(registers.len());
        for reg in registers {
            self.number(*reg);
        }
    }

    fn locations(&mut self, locations: &[(Pc, Location)]) {
        self.length(locations.len());
        let (mut pc_before, mut line_before) = (0, 0i64);
        for (pc, at) in locations {
            self.number(pc.wrapping_sub(pc_before));
            pc_before = *pc;
            self.signed(i64::from(at.line) - line_before);
            line_before = i64::from(at.line);
            self.signed(i64::from(at.end_line) - line_before);
            self.number(at.column);
            self.number(at.end_column);
        }
    }

    fn constant(&mut self, constant: &Const) {
        match constant {
            Const::None => self.number(0u8),
            Const::Bool(false) => self.number(1u8),
            Const::Bool(true) => self.number(2u8),
            Const::Ellipsis => self.number(3u8),
            Const::Int(value) => {
                self.number(4u8);
                self.signed(*value);
            }
            Const::BigInt(digits) => {
                self.number(5u8);
                self.text(digits);
            }
            Const::Float(bits) => {
                self.number(6u8);
                self.fixed(*bits);
            }
            Const::Complex(re, im) => {
                self.number(7u8);
                self.fixed(*re);
                self.fixed(*im);
            }
            Const::Str(points) => match constant.as_text() {
                Some(text) => {
                    self.number(8u8);
                    self.text(&text);
                }
                None => {
                    self.number(9u8);
                    self.length(points.len());
                    for point in points {
                        self.number(*point);
                    }
                }
            },
            Const::Bytes(bytes) => {
                self.number(10u8);
                self.length(bytes.len());
                self.out.extend_from_slice(bytes);
            }
            Const::Tuple(items) => self.items(11, items),
            Const::FrozenSet(items) => self.items(12, items),
            Const::Code(code) => {
                self.number(13u8);
                self.code(code);
            }
        }
    }

    fn items(&mut self, tag: u8, items: &[Const]) {
        self.number(tag);
        self.length(items.len());
        for item in items {
            self.constant(item);
        }
    }
}

struct Reader<'b> {
    rest: &'b [u8],
    strings: Vec<&'b str>,
    depth: u32,
}

type Read<T> = Result<T, DecodeError>;

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Read<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Torn)?;
        self.rest = rest;
        Ok(taken)
    }

    fn wide(&mut self) -> Read<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DecodeError::Garbled)
    }

    fn number<T: TryFrom<u64>>(&mut self) -> Read<T> {
        T::try_from(self.wide()?).map_err(|_| DecodeError::Garbled)
    }

    /// A number of things, each of which takes at least a byte.
    fn count(&mut self) -> Read<usize> {
        let count = self.number::<usize>()?;
        if count > self.rest.len() {
            Err(DecodeError::Torn)
        } else {
            Ok(count)
        }
    }

    fn signed(&mut self) -> Read<i64> {
        let raw = self.wide()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    fn fixed(&mut self) -> Read<u64> {
        let bytes = self.take(8)?;
        let mut word = [0; 8];
        word.copy_from_slice(bytes);
        Ok(u64::from_le_bytes(word))
    }

    /// An instruction whose op exists: decoding one relies on that even before the verifier looks.
    fn instr(&mut self) -> Read<Instr> {
        let instr = Instr(self.fixed()?);
        if instr.op_byte() < Op::COUNT {
            Ok(instr)
        } else {
            Err(DecodeError::Garbled)
        }
    }

    fn text(&mut self) -> Read<&'b str> {
        let at = self.number::<usize>()?;
        self.strings.get(at).copied().ok_or(DecodeError::Garbled)
    }

    fn many<T>(&mut self, mut each: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.count()?;
        let mut found = Vec::with_capacity(count);
        for _ in 0..count {
            found.push(each(self)?);
        }
        Ok(found)
    }

    fn texts(&mut self) -> Read<Vec<Box<str>>> {
        self.many(|reader| reader.text().map(Box::from))
    }

    fn code(&mut self) -> Read<Code> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(DecodeError::Garbled);
        }
        let name = self.text()?.into();
        let qualname = self.text()?.into();
        let filename = self.text()?.into();
        let first_line = self.number()?;
        let bits = self.wide()?;
        let mut flags = CodeFlags::default();
        for (at, (flag, _)) in CodeFlags::default().named().iter().enumerate() {
            if bits >> at & 1 != 0 {
                flags.set(flag);
            }
        }
        let (positional_only, positional, keyword_only) =
            (self.number()?, self.number()?, self.number()?);
        let stars = self.wide()?;
        let params = ParamSpec {
            positional_only,
            positional,
            keyword_only,
            varargs: stars & 1 != 0,
            varkw: stars & 2 != 0,
        };
        let code = Code {
            name,
            qualname,
            filename,
            first_line,
            flags,
            params,
            registers: self.number()?,
            instrs: self.many(Reader::instr)?,
            constants: self.many(Self::constant)?,
            sites: self.many(|reader| {
                Ok(Site {
                    name: reader.number()?,
                })
            })?,
            local_names: self.texts()?,
            cell_registers: self.many(Self::number)?,
            free_names: self.texts()?,
            self_attributes: self.texts()?,
            exceptions: self.many(|reader| {
                Ok(ExceptionEntry {
                    start: reader.number()?,
                    end: reader.number()?,
                    target: reader.number()?,
                    reg: reader.number()?,
                })
            })?,
            locations: self.locations()?,
            liveness: self.liveness()?,
        };
        self.depth -= 1;
        Ok(code)
    }

    fn locations(&mut self) -> Read<Vec<(Pc, Location)>> {
        let (mut pc, mut line) = (0u32, 0i64);
        self.many(|reader| {
            pc = pc.wrapping_add(reader.number()?);
            line = line.wrapping_add(reader.signed()?);
            let end_line = line.wrapping_add(reader.signed()?);
            let location = Location {
                line: u32::try_from(line).map_err(|_| DecodeError::Garbled)?,
                end_line: u32::try_from(end_line).map_err(|_| DecodeError::Garbled)?,
                column: reader.number()?,
                end_column: reader.number()?,
            };
            Ok((pc, location))
        })
    }

    fn liveness(&mut self) -> Read<LiveTable> {
        let mut table = LiveTable::default();
        let mut pc = 0u32;
        for _ in 0..self.count()? {
            pc = pc.wrapping_add(self.number()?);
            let registers = self.many(Self::number)?;
            table.push(pc, registers);
        }
        Ok(table)
    }

    fn constant(&mut self) -> Read<Const> {
        Ok(match self.number::<u8>()? {
            0 => Const::None,
            1 => Const::Bool(false),
            2 => Const::Bool(true),
            3 => Const::Ellipsis,
            4 => Const::Int(self.signed()?),
            5 => Const::BigInt(self.text()?.into()),
            6 => Const::Float(self.fixed()?),
            7 => Const::Complex(self.fixed()?, self.fixed()?),
            8 => Const::str(self.text()?),
            9 => Const::Str(self.many(Self::number)?.into()),
            10 => {
                let length = self.count()?;
                Const::Bytes(self.take(length)?.into())
            }
            11 => Const::Tuple(self.items()?),
            12 => Const::FrozenSet(self.items()?),
            13 => Const::Code(Box::new(self.code()?)),
            _ => return Err(DecodeError::Garbled),
        })
    }

    fn items(&mut self) -> Read<Box<[Const]>> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(DecodeError::Garbled);
        }
        let items = self.many(Self::constant)?;
        self.depth -= 1;
        Ok(items.into())
    }
}
