//! The text form of code objects, parser's half. It reads what the printer writes; comments (from
//! `;` to the location or the line's end) are skipped.

use crate::{Code, Const, ExceptionEntry, Format, Instr, Location, OPS, Op, Pc, Reg, Site};
use std::fmt;

/// What the parser stumbled over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextError {
    /// From 1.
    pub line: u32,
    pub message: String,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for TextError {}

/// Reads one code object.
pub fn parse(text: &str) -> Result<Code, TextError> {
    let tokens = tokenize(text)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
    };
    let code = parser.code()?;
    match parser.tokens.get(parser.at) {
        None => Ok(code),
        Some(_) => parser.fail("something behind the end"),
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    Word(String),
    Quoted(Vec<u32>),
    LineEnd,
}

fn tokenize(text: &str) -> Result<Vec<(u32, Token)>, TextError> {
    let mut tokens = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let number = at as u32 + 1;
        let before = tokens.len();
        let mut rest = line.trim_start();
        let mut comment = false;
        while !rest.is_empty() {
            if let Some(quoted) = rest.strip_prefix('"') {
                let (points, behind) = unquote(quoted).ok_or_else(|| TextError {
                    line: number,
                    message: "open string".to_owned(),
                })?;
                if !comment {
                    tokens.push((number, Token::Quoted(points)));
                }
                rest = behind.trim_start();
                continue;
            }
            let end = rest.find([' ', ',']).unwrap_or(rest.len());
            let word = &rest[..end];
            rest = rest[end..].trim_start_matches([' ', ',']);
            if word == ";" {
                comment = true;
            } else if !word.is_empty() && (!comment || word.starts_with('@')) {
                tokens.push((number, Token::Word(word.to_owned())));
            }
        }
        if tokens.len() > before {
            tokens.push((number, Token::LineEnd));
        }
    }
    Ok(tokens)
}

/// The string up to its closing quote, and what is behind that.
fn unquote(text: &str) -> Option<(Vec<u32>, &str)> {
    let mut points = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((points, &text[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => points.push(u32::from('\n')),
                'u' => {
                    let tail = text.get(at + 2..)?.strip_prefix('{')?;
                    let close = tail.find('}')?;
                    points.push(u32::from_str_radix(&tail[..close], 16).ok()?);
                    for _ in 0..tail[..close].len() + 2 {
                        chars.next();
                    }
                }
                other => points.push(u32::from(other)),
            },
            plain => points.push(u32::from(plain)),
        }
    }
    None
}

struct Parser {
    tokens: Vec<(u32, Token)>,
    at: usize,
    depth: u32,
}

type Parse<T> = Result<T, TextError>;

impl Parser {
    fn fail<T>(&self, message: impl Into<String>) -> Parse<T> {
        let token = self.tokens.get(self.at).or(self.tokens.last());
        Err(TextError {
            line: token.map_or(1, |token| token.0),
            message: message.into(),
        })
    }

    fn peek(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some((_, Token::Word(word))) => Some(word),
            _ => None,
        }
    }

    fn word(&mut self) -> Parse<String> {
        match self.peek().map(str::to_owned) {
            Some(word) => {
                self.at += 1;
                Ok(word)
            }
            None => self.fail("a word is missing"),
        }
    }

    fn expect(&mut self, wanted: &str) -> Parse<()> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        self.fail(format!("`{wanted}` is missing"))
    }

    fn line_end(&mut self) -> Parse<()> {
        if matches!(self.tokens.get(self.at), Some((_, Token::LineEnd))) {
            self.at += 1;
            return Ok(());
        }
        self.fail("too much on the line")
    }

    fn number<T: std::str::FromStr>(&mut self) -> Parse<T> {
        let word = self.word()?;
        self.number_in(&word)
    }

    fn number_in<T: std::str::FromStr>(&self, word: &str) -> Parse<T> {
        word.parse()
            .or_else(|_| self.fail(format!("`{word}` is no fitting number")))
    }

    fn prefixed<T: std::str::FromStr>(&mut self, prefix: &str) -> Parse<T> {
        let word = self.word()?;
        match word.strip_prefix(prefix) {
            Some(digits) => self.number_in(digits),
            None => self.fail(format!("`{word}` does not begin with `{prefix}`")),
        }
    }

    fn points(&mut self) -> Parse<Vec<u32>> {
        match self.tokens.get(self.at) {
            Some((_, Token::Quoted(points))) => {
                let points = points.clone();
                self.at += 1;
                Ok(points)
            }
            _ => self.fail("a string is missing"),
        }
    }

    fn text(&mut self) -> Parse<Box<str>> {
        let points = self.points()?;
        match points
            .iter()
            .map(|&p| char::from_u32(p))
            .collect::<Option<String>>()
        {
            Some(text) => Ok(text.into()),
            None => self.fail("a name holds a surrogate"),
        }
    }

    fn texts(&mut self) -> Parse<Vec<Box<str>>> {
        let mut found = Vec::new();
        while matches!(self.tokens.get(self.at), Some((_, Token::Quoted(_)))) {
            found.push(self.text()?);
        }
        self.line_end()?;
        Ok(found)
    }

    fn registers(&mut self) -> Parse<Vec<Reg>> {
        let mut found = Vec::new();
        while self.peek().is_some() {
            found.push(self.prefixed("r")?);
        }
        self.line_end()?;
        Ok(found)
    }

    fn code(&mut self) -> Parse<Code> {
        self.depth += 1;
        if self.depth > 1000 {
            return self.fail("nested too deeply");
        }
        let mut code = Code::default();
        self.expect("code")?;
        code.name = self.text()?;
        self.expect("qualname")?;
        code.qualname = self.text()?;
        self.expect("file")?;
        code.filename = self.text()?;
        self.expect("line")?;
        code.first_line = self.number()?;
        self.expect("flags")?;
        while let Some(flag) = self.peek() {
            if !code.flags.set(flag) {
                break;
            }
            self.at += 1;
        }
        self.expect("registers")?;
        code.registers = self.number()?;
        self.line_end()?;
        loop {
            let word = self.word()?;
            if word == "end" {
                self.line_end()?;
                self.depth -= 1;
                return Ok(code);
            }
            self.line(&word, &mut code)?;
        }
    }

    fn line(&mut self, word: &str, code: &mut Code) -> Parse<()> {
        match word {
            "params" => {
                let p = &mut code.params;
                p.positional_only = self.number()?;
                p.positional = self.number()?;
                p.keyword_only = self.number()?;
                p.varargs = self.peek() == Some("varargs");
                self.at += usize::from(p.varargs);
                p.varkw = self.peek() == Some("varkw");
                self.at += usize::from(p.varkw);
                self.line_end()
            }
            "locals" => {
                code.local_names = self.texts()?;
                Ok(())
            }
            "free" => {
                code.free_names = self.texts()?;
                Ok(())
            }
            "self" => {
                code.self_attributes = self.texts()?;
                Ok(())
            }
            "cells" => {
                code.cell_registers = self.registers()?;
                Ok(())
            }
            "const" => {
                let at: usize = self.number()?;
                if at != code.constants.len() {
                    return self.fail("constants out of order");
                }
                let constant = self.constant()?;
                if !matches!(constant, Const::Code(_)) {
                    self.line_end()?;
                }
                code.constants.push(constant);
                Ok(())
            }
            "site" => {
                let at: usize = self.number()?;
                if at != code.sites.len() {
                    return self.fail("sites out of order");
                }
                code.sites.push(Site {
                    name: self.number()?,
                });
                self.line_end()
            }
            "except" => self.exception(code),
            "live" => {
                let pc = self.word()?;
                let pc = self.number_in(pc.trim_end_matches(':'))?;
                let registers = self.registers()?;
                code.liveness.push(pc, registers);
                Ok(())
            }
            pc => self.instruction(pc, code),
        }
    }

    fn exception(&mut self, code: &mut Code) -> Parse<()> {
        let range = self.word()?;
        let Some((start, end)) = range.split_once("..") else {
            return self.fail("a range is missing");
        };
        let (start, end) = (self.number_in(start)?, self.number_in(end)?);
        self.expect("->")?;
        let target = self.number()?;
        let reg = self.prefixed("r")?;
        code.exceptions.push(ExceptionEntry {
            start,
            end,
            target,
            reg,
        });
        self.line_end()
    }

    fn constant(&mut self) -> Parse<Const> {
        if self.peek() == Some("code") {
            return Ok(Const::Code(Box::new(self.code()?)));
        }
        let word = self.word()?;
        Ok(match word.as_str() {
            "None" => Const::None,
            "True" => Const::Bool(true),
            "False" => Const::Bool(false),
            "Ellipsis" => Const::Ellipsis,
            "int" => Const::Int(self.number()?),
            "bigint" => Const::BigInt(self.word()?.into()),
            "float" | "bits" => {
                self.at -= 1;
                Const::Float(self.float()?)
            }
            "complex" => Const::Complex(self.float()?, self.float()?),
            "str" => Const::Str(self.points()?.into()),
            "bytes" => {
                let points = self.points()?;
                let bytes: Result<Box<[u8]>, _> = points.into_iter().map(u8::try_from).collect();
                match bytes {
                    Ok(bytes) => Const::Bytes(bytes),
                    Err(_) => return self.fail("a byte is too large"),
                }
            }
            "tuple" => Const::Tuple(self.items()?),
            "frozenset" => Const::FrozenSet(self.items()?),
            other => return self.fail(format!("unknown constant `{other}`")),
        })
    }

    fn items(&mut self) -> Parse<Box<[Const]>> {
        self.depth += 1;
        if self.depth > 1000 {
            return self.fail("nested too deeply");
        }
        self.expect("(")?;
        let mut items = Vec::new();
        while self.peek() != Some(")") {
            items.push(self.constant()?);
        }
        self.at += 1;
        self.depth -= 1;
        Ok(items.into())
    }

    fn float(&mut self) -> Parse<u64> {
        let kind = self.word()?;
        let word = self.word()?;
        if kind == "bits" {
            return u64::from_str_radix(&word, 16).or_else(|_| self.fail("no bits of a float"));
        }
        self.number_in::<f64>(&word).map(f64::to_bits)
    }

    fn instruction(&mut self, pc: &str, code: &mut Code) -> Parse<()> {
        let pc: Pc = match pc.strip_suffix(':') {
            Some(digits) => self.number_in(digits)?,
            None => return self.fail(format!("unknown word `{pc}`")),
        };
        if pc as usize != code.instrs.len() {
            return self.fail("instructions out of order");
        }
        let name = self.word()?;
        let Some(info) = OPS.iter().find(|info| info.name == name) else {
            return self.fail(format!("unknown op `{name}`"));
        };
        let mut instr = self.operands(pc, info.op, info.format)?;
        if let Some(x) = self
            .peek()
            .and_then(|word| word.strip_prefix("x="))
            .map(str::to_owned)
        {
            self.at += 1;
            let x: u8 = self.number_in(&x)?;
            instr = Instr(instr.0 | u64::from(x) << 8);
        }
        code.instrs.push(instr);
        if let Some(at) = self
            .peek()
            .and_then(|word| word.strip_prefix('@'))
            .map(str::to_owned)
        {
            self.at += 1;
            code.locations.push((pc, self.location(&at)?));
        }
        self.line_end()
    }

    fn location(&mut self, text: &str) -> Parse<Location> {
        let parts: Vec<u32> = text
            .split([':', '-'])
            .map(|part| self.number_in(part))
            .collect::<Parse<_>>()?;
        match parts[..] {
            [line, column, end_line, end_column] => Ok(Location {
                line,
                end_line,
                column,
                end_column,
            }),
            _ => self.fail("a location has four numbers"),
        }
    }

    fn reg(&mut self) -> Parse<Reg> {
        self.prefixed("r")
    }

    /// A jump's distance, from its target.
    fn jump(&mut self, pc: Pc) -> Parse<i32> {
        let target: i64 = self.prefixed("->")?;
        i32::try_from(target - i64::from(pc) - 1).or_else(|_| self.fail("jumps too far"))
    }

    fn short_jump(&mut self, pc: Pc) -> Parse<u16> {
        let distance = self.jump(pc)?;
        i16::try_from(distance)
            .map(|d| d as u16)
            .or_else(|_| self.fail("jumps too far"))
    }

    fn operands(&mut self, pc: Pc, op: Op, format: Format) -> Parse<Instr> {
        let abc = |a, b, c| Instr::abc(op, 0, a, b, c);
        let wide = |a, bc| Instr::wide(op, 0, a, bc);
        Ok(match format {
            Format::None => abc(0, 0, 0),
            Format::D | Format::R => abc(self.reg()?, 0, 0),
            Format::DR | Format::RR if op == Op::ListExtend => {
                abc(self.reg()?, self.reg()?, self.reg()?)
            }
            Format::DR | Format::RR => abc(self.reg()?, self.reg()?, 0),
            Format::DRR | Format::RRR => abc(self.reg()?, self.reg()?, self.reg()?),
            Format::DRI => abc(self.reg()?, self.reg()?, self.number::<i16>()? as u16),
            Format::DK | Format::DN | Format::RN => {
                wide(self.reg()?, self.prefixed::<u32>("#")? as i32)
            }
            Format::DI => wide(self.reg()?, self.number()?),
            Format::DRN | Format::RRN => abc(self.reg()?, self.reg()?, self.prefixed("#")?),
            Format::RNR => abc(self.reg()?, self.number::<i16>()? as u16, self.reg()?),
            Format::J => wide(0, self.jump(pc)?),
            Format::RJ => wide(self.reg()?, self.jump(pc)?),
            Format::RRJ => abc(self.reg()?, self.reg()?, self.short_jump(pc)?),
            Format::RIJ => abc(
                self.reg()?,
                self.number::<i16>()? as u16,
                self.short_jump(pc)?,
            ),
            Format::DRJ => {
                let (a, b) = (self.reg()?, self.reg()?);
                let distance = self.jump(pc)?;
                match u16::try_from(distance) {
                    Ok(distance) => abc(a, b, distance),
                    Err(_) => return self.fail("jumps too far"),
                }
            }
            Format::DRange | Format::RangeD | Format::Call => {
                abc(self.reg()?, self.reg()?, self.prefixed("*")?)
            }
        })
    }
}
