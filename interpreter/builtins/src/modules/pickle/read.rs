//! Reading: a machine with a stack, whose program the pickle is.
//!
//! As in the writer, stack and memo are the reader's own while plain data is read, and lie where the
//! collector finds them whenever Python code may run. What a bad pickle says is checked where it is
//! used: a number by the memo, a length by the input, an item by the stack.

use super::input::Input;
use super::memo::Numbered;
use super::unpickler::{self, Settings};
use super::{ops, unpickling_error};
use crate::codec::{Codec, decode, decode_with};
use crate::{float_text, int_text};
use object::{
    BigInt, ByteArray, Bytes, Dict, FrozenSet, Gc, List, Set, Str, StrBuilder, Tuple, Value,
};
use vm::{PyResult, Raised, Vm};

pub struct Reader {
    pub(super) stack: Vec<Value>,
    /// Where marks stand on the stack.
    marks: Vec<usize>,
    /// The place of the last mark: what lies below is not popped.
    fence: usize,
    pub(super) memo: Numbered,
    pub(super) input: Input,
    pub(super) protocol: u8,
    pub(super) settings: Settings,
    /// The object that keeps stack and memo alive; *unbound* until it is needed.
    pub(super) owner: Value,
}

impl Reader {
    pub fn new(settings: Settings, input: Input, memo: Numbered, owner: Value) -> Reader {
        Reader {
            stack: Vec::with_capacity(32),
            marks: Vec::with_capacity(8),
            fence: 0,
            memo,
            input,
            protocol: 0,
            settings,
            owner,
        }
    }

    /// Reads a pickle to its end.
    pub fn load(&mut self, vm: &mut Vm) -> PyResult {
        loop {
            let op = self.opcode(vm)?;
            if op == ops::STOP {
                break;
            }
            self.step(vm, op)?;
        }
        let value = self.pop(vm)?;
        self.skip_consumed(vm)?;
        Ok(value)
    }

    /// Runs what may run Python code, with stack and memo where the collector finds them.
    pub(super) fn outside<R>(&mut self, vm: &mut Vm, f: impl FnOnce(&mut Vm) -> R) -> PyResult<R> {
        if self.owner.is_unbound() {
            self.owner = unpickler::bare(vm)?;
        }
        let owner = self.owner;
        let (stack, memo) = (&mut self.stack, &mut self.memo);
        unpickler::keep(owner, std::mem::take(stack), std::mem::take(memo));
        let result = f(vm);
        (self.stack, self.memo) = unpickler::take(owner);
        Ok(result)
    }

    pub(super) fn call(&mut self, vm: &mut Vm, callee: Value, args: &[Value]) -> PyResult {
        self.outside(vm, |vm| vm.call(callee, args))?
    }

    // ---- the stack

    #[inline(always)]
    pub(super) fn push(&mut self, value: impl Into<Value>) {
        self.stack.push(value.into());
    }

    #[cold]
    pub(super) fn underflow(&self, vm: &mut Vm) -> Raised {
        let message = match self.marks.is_empty() {
            true => "unpickling stack underflow",
            false => "unexpected MARK found",
        };
        unpickling_error(vm, message)
    }

    #[inline(always)]
    pub(super) fn pop(&mut self, vm: &mut Vm) -> PyResult {
        if self.stack.len() > self.fence
            && let Some(value) = self.stack.pop()
        {
            return Ok(value);
        }
        Err(self.underflow(vm))
    }

    #[inline(always)]
    pub(super) fn top(&mut self, vm: &mut Vm) -> PyResult {
        match self.stack.last() {
            Some(&top) if self.stack.len() > self.fence => Ok(top),
            _ => Err(self.underflow(vm)),
        }
    }

    fn mark(&mut self) {
        self.fence = self.stack.len();
        self.marks.push(self.fence);
    }

    /// Takes the last mark away; gives where it stood.
    #[inline]
    pub(super) fn marker(&mut self, vm: &mut Vm) -> PyResult<usize> {
        match self.marks.pop() {
            Some(at) => {
                self.fence = self.marks.last().copied().unwrap_or(0);
                Ok(at)
            }
            None => Err(unpickling_error(vm, "could not find MARK")),
        }
    }

    /// What was pushed since the last mark, as a tuple.
    pub(super) fn marked_tuple(&mut self, vm: &mut Vm) -> PyResult<Gc<Tuple>> {
        let from = self.marker(vm)?;
        let items = Tuple::new(&self.stack[from..]);
        self.stack.truncate(from);
        Ok(items)
    }

    // ---- opcodes

    #[inline(always)]
    fn step(&mut self, vm: &mut Vm, op: u8) -> PyResult<()> {
        match op {
            ops::NONE => self.push(Value::NONE),
            ops::NEWTRUE => self.push(Value::TRUE),
            ops::NEWFALSE => self.push(Value::FALSE),
            ops::BININT1 => {
                let [n] = self.take_array(vm)?;
                self.push(Value::small(n.into()));
            }
            ops::BININT2 => {
                let n = u16::from_le_bytes(self.take_array(vm)?);
                self.push(Value::small(n.into()));
            }
            ops::BININT => {
                let n = i32::from_le_bytes(self.take_array(vm)?);
                self.push(Value::small(n.into()));
            }
            ops::BINFLOAT => {
                let float = f64::from_be_bytes(self.take_array(vm)?);
                self.push(Value::float(float));
            }
            ops::SHORT_BINUNICODE => {
                let [length] = self.take_array(vm)?;
                self.text(vm, length.into())?;
            }
            ops::BINUNICODE => {
                let length = u32::from_le_bytes(self.take_array(vm)?);
                self.text(vm, length.into())?;
            }
            ops::MEMOIZE => {
                let top = self.top(vm)?;
                self.memo.set(self.memo.len(), top);
            }
            ops::BINPUT => {
                let [number] = self.take_array(vm)?;
                let top = self.top(vm)?;
                self.memo.set(number.into(), top);
            }
            ops::LONG_BINPUT => {
                let number = u32::from_le_bytes(self.take_array(vm)?);
                let top = self.top(vm)?;
                self.memo.set(number as usize, top);
            }
            ops::BINGET => {
                let [number] = self.take_array(vm)?;
                self.get(vm, number.into())?;
            }
            ops::LONG_BINGET => {
                let number = u32::from_le_bytes(self.take_array(vm)?);
                self.get(vm, number as usize)?;
            }
            _ => return self.container_step(vm, op),
        }
        Ok(())
    }

    /// The opcodes of lists, dictionaries and tuples.
    #[inline(always)]
    fn container_step(&mut self, vm: &mut Vm, op: u8) -> PyResult<()> {
        match op {
            ops::MARK => self.mark(),
            ops::EMPTY_LIST => self.push(List::new()),
            ops::EMPTY_DICT => self.push(Dict::new()),
            ops::EMPTY_TUPLE => self.push(Tuple::new(&[])),
            ops::APPEND => {
                let from = self.stack.len().saturating_sub(1);
                self.append(vm, from)?;
            }
            ops::APPENDS => {
                let from = self.marker(vm)?;
                self.append(vm, from)?;
            }
            ops::SETITEM => {
                let from = self.stack.len().saturating_sub(2);
                self.set_items(vm, from)?;
            }
            ops::SETITEMS => {
                let from = self.marker(vm)?;
                self.set_items(vm, from)?;
            }
            ops::TUPLE1 => self.short_tuple(vm, 1)?,
            ops::TUPLE2 => self.short_tuple(vm, 2)?,
            ops::TUPLE3 => self.short_tuple(vm, 3)?,
            ops::TUPLE => {
                let items = self.marked_tuple(vm)?;
                self.push(items);
            }
            _ => return self.data_step(vm, op),
        }
        Ok(())
    }

    /// The less frequent opcodes that make plain data.
    #[inline(never)]
    fn data_step(&mut self, vm: &mut Vm, op: u8) -> PyResult<()> {
        match op {
            ops::BINUNICODE8 => {
                let length = self.length8(vm, "BINUNICODE exceeds system's maximum size of")?;
                self.text(vm, length)?;
            }
            ops::SHORT_BINBYTES => {
                let [length] = self.take_array(vm)?;
                self.bytes(vm, length.into())?;
            }
            ops::BINBYTES => {
                let length = u32::from_le_bytes(self.take_array(vm)?);
                self.bytes(vm, length as usize)?;
            }
            ops::BINBYTES8 => {
                let length = self.length8(vm, "BINBYTES exceeds system's maximum size of")?;
                self.bytes(vm, length as usize)?;
            }
            ops::BYTEARRAY8 => {
                let length = self.length8(vm, "BYTEARRAY8 exceeds system's maximum size of")?;
                let data = self.take(vm, length as usize)?;
                self.push(ByteArray::new(data));
            }
            ops::LONG1 => {
                let [length] = self.take_array(vm)?;
                self.long(vm, length.into())?;
            }
            ops::LONG4 => {
                let length = i32::from_le_bytes(self.take_array(vm)?);
                match usize::try_from(length) {
                    Ok(length) => self.long(vm, length)?,
                    Err(_) => {
                        return Err(unpickling_error(vm, "LONG pickle has negative byte count"));
                    }
                }
            }
            ops::EMPTY_SET => self.push(Set::new()),
            ops::ADDITEMS => {
                let from = self.marker(vm)?;
                self.add_items(vm, from)?;
            }
            ops::FROZENSET => self.frozen_set(vm)?,
            ops::LIST => {
                let from = self.marker(vm)?;
                let list = List::from_slice(&self.stack[from..]);
                self.stack.truncate(from);
                self.push(list);
            }
            ops::DICT => {
                let from = self.marker(vm)?;
                self.stack.insert(from, Dict::new().into());
                self.set_items(vm, from + 1)?;
            }
            ops::POP => self.pop_any(vm)?,
            ops::POP_MARK => {
                let from = self.marker(vm)?;
                self.stack.truncate(from);
            }
            ops::DUP => {
                let top = self.top(vm)?;
                self.push(top);
            }
            _ => return self.text_step(vm, op),
        }
        Ok(())
    }

    /// The opcodes of protocol 0 and the frame of protocol 4.
    fn text_step(&mut self, vm: &mut Vm, op: u8) -> PyResult<()> {
        match op {
            ops::PROTO => {
                let [protocol] = self.take_array(vm)?;
                if protocol > super::HIGHEST_PROTOCOL {
                    return Err(vm.value_error(format!("unsupported pickle protocol: {protocol}")));
                }
                self.protocol = protocol;
                unpickler::note_protocol(self.owner, protocol);
            }
            ops::FRAME => {
                let length = self.length8(vm, "FRAME length exceeds system's maximum of")?;
                self.load_frame(vm, length as usize)?;
            }
            ops::GET => {
                let number = self.line_number(vm)?;
                match usize::try_from(number) {
                    Ok(number) => self.get(vm, number)?,
                    Err(_) => return Err(not_in_memo(vm, number)),
                }
            }
            ops::PUT => {
                let number = self.line_number(vm)?;
                let top = self.top(vm)?;
                match usize::try_from(number) {
                    Ok(number) => self.memo.set(number, top),
                    Err(_) => return Err(vm.value_error("negative PUT argument")),
                }
            }
            ops::INT => self.int_line(vm)?,
            ops::LONG => {
                let line = self.take_text(vm)?;
                let number = whole_number(vm, line, 0)?;
                self.push(number);
            }
            ops::FLOAT => {
                let line = self.take_text(vm)?;
                match float_text::parse(line) {
                    Some(float) => self.push(Value::float(float)),
                    None if float_text::longest_start(line) == 0 => {
                        let shown = String::from_utf8_lossy(line);
                        return Err(vm.value_error(format!(
                            "could not convert string to float: '{shown}\n'"
                        )));
                    }
                    None => return Err(vm.value_error("could not convert string to float")),
                }
            }
            ops::UNICODE => {
                let line = self.take_line(vm)?;
                let text = decode(vm, line, "raw_unicode_escape", "strict")?;
                self.push(text);
            }
            ops::STRING => self.string_line(vm)?,
            ops::BINSTRING => {
                let length = u32::from_le_bytes(self.take_array(vm)?) as usize;
                let data = self.take(vm, length)?;
                self.old_string(vm, data)?;
            }
            ops::SHORT_BINSTRING => {
                let [length] = self.take_array(vm)?;
                let data = self.take(vm, length.into())?;
                self.old_string(vm, data)?;
            }
            _ => return self.object_step(vm, op),
        }
        Ok(())
    }

    #[cold]
    pub(super) fn unknown(&self, vm: &mut Vm, op: u8) -> Raised {
        let shown = match op {
            b'\'' | b'\\' => format!("\\x{op:02x}"),
            0x20..=0x7e => char::from(op).to_string(),
            _ => format!("\\x{op:02x}"),
        };
        unpickling_error(vm, &format!("invalid load key, '{shown}'."))
    }

    /// A length of eight bytes.
    fn length8(&mut self, vm: &mut Vm, what: &str) -> PyResult<u64> {
        let length = u64::from_le_bytes(self.take_array(vm)?);
        if i64::try_from(length).is_err() {
            let most = i64::MAX;
            return Err(vm.overflow_error(format!("{what} {most} bytes")));
        }
        Ok(length)
    }

    #[inline]
    fn get(&mut self, vm: &mut Vm, number: usize) -> PyResult<()> {
        match self.memo.get(number) {
            Some(value) => {
                self.push(value);
                Ok(())
            }
            None => Err(not_in_memo(vm, number as i64)),
        }
    }

    /// POP takes a mark away where one is on top.
    fn pop_any(&mut self, vm: &mut Vm) -> PyResult<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marker(vm)?;
        } else {
            self.pop(vm)?;
        }
        Ok(())
    }

    // ---- strings and numbers

    #[inline]
    fn text(&mut self, vm: &mut Vm, length: u64) -> PyResult<()> {
        let data = self.take(vm, length as usize)?;
        let text = if data.is_empty() {
            vm.names.empty
        } else if data.is_ascii() {
            Str::from_latin1(data)
        } else {
            match std::str::from_utf8(data) {
                Ok(text) => Str::new(text),
                Err(_) => decode_with(vm, data, Codec::Utf8, "surrogatepass")?,
            }
        };
        self.push(text);
        Ok(())
    }

    fn bytes(&mut self, vm: &mut Vm, length: usize) -> PyResult<()> {
        let data = self.take(vm, length)?;
        self.push(Bytes::new(data));
        Ok(())
    }

    /// An integer in two's complement, the lowest byte first.
    fn long(&mut self, vm: &mut Vm, length: usize) -> PyResult<()> {
        let data = self.take(vm, length)?;
        let negative = data.last().is_some_and(|&last| last & 0x80 != 0);
        let filling = if negative { 0xff } else { 0 };
        let mut limbs: Vec<u64> = Vec::with_capacity(length / 8 + 1);
        for chunk in data.chunks(8) {
            let mut limb = [filling; 8];
            limb[..chunk.len()].copy_from_slice(chunk);
            limbs.push(u64::from_le_bytes(limb));
        }
        if negative {
            let mut carry = true;
            for limb in &mut limbs {
                let (sum, over) = (!*limb).overflowing_add(u64::from(carry));
                (*limb, carry) = (sum, over);
            }
            if carry {
                limbs.push(1);
            }
        }
        self.push(BigInt::value_of_limbs(negative, &limbs));
        Ok(())
    }

    fn line_number(&mut self, vm: &mut Vm) -> PyResult<i64> {
        let line = self.take_text(vm)?;
        let number = whole_number(vm, line, 10)?;
        vm.index(number)
    }

    /// INT: the number is as C reads it, with octal ones; `00` and `01` are booleans.
    fn int_line(&mut self, vm: &mut Vm) -> PyResult<()> {
        let line = self.take_text(vm)?;
        let value = match (line, c_number(line)) {
            (b"00", _) => Value::FALSE,
            (b"01", _) => Value::TRUE,
            (_, Some(number)) => Value::int(number),
            _ => match whole_number(vm, line, 0) {
                Ok(number) => number,
                Err(_) => return Err(vm.value_error("could not convert string to int")),
            },
        };
        self.push(value);
        Ok(())
    }

    /// STRING: a literal in quotes.
    fn string_line(&mut self, vm: &mut Vm) -> PyResult<()> {
        let line = self.take_line(vm)?;
        let inner = match line {
            [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
            _ => {
                return Err(unpickling_error(
                    vm,
                    "the STRING opcode argument must be quoted",
                ));
            }
        };
        let data = unescaped(vm, inner)?;
        self.old_string(vm, &data)
    }

    /// A string of Python 2, which is bytes or text.
    fn old_string(&mut self, vm: &mut Vm, data: &[u8]) -> PyResult<()> {
        let settings = &self.settings;
        let value = if settings.encoding == "bytes" {
            Bytes::new(data).into()
        } else {
            let (encoding, errors) = (settings.encoding.clone(), settings.errors.clone());
            self.outside(vm, |vm| decode(vm, data, &encoding, &errors))??
        };
        self.push(value);
        Ok(())
    }

    // ---- containers

    fn short_tuple(&mut self, vm: &mut Vm, count: usize) -> PyResult<()> {
        match self.stack.len().checked_sub(count) {
            Some(from) if from >= self.fence => {
                let items = Tuple::new(&self.stack[from..]);
                self.stack.truncate(from);
                self.push(items);
                Ok(())
            }
            _ => Err(self.underflow(vm)),
        }
    }

    /// What lies right below a place on the stack, to get what is above.
    fn below(&mut self, vm: &mut Vm, from: usize) -> PyResult {
        match from.checked_sub(1) {
            Some(at) if at >= self.fence && from <= self.stack.len() => Ok(self.stack[at]),
            _ => Err(self.underflow(vm)),
        }
    }

    fn append(&mut self, vm: &mut Vm, from: usize) -> PyResult<()> {
        let target = self.below(vm, from)?;
        if let Some(list) = target.cast::<List>() {
            list.extend(&self.stack[from..]);
            self.stack.truncate(from);
            return Ok(());
        }
        if from == self.stack.len() {
            return Ok(());
        }
        let items = List::from_slice(&self.stack[from..]);
        self.stack.truncate(from);
        self.outside(vm, |vm| {
            if let Some(extend) = vm.find_attr(target, object::intern("extend"))? {
                return vm.call(extend, &[items.into()]).map(|_| ());
            }
            let append = vm.get_attr(target, vm.names.append)?;
            for at in 0..items.len() {
                vm.call(append, &[items.item(at).unwrap_or(Value::NONE)])?;
            }
            Ok(())
        })?
    }

    fn set_items(&mut self, vm: &mut Vm, from: usize) -> PyResult<()> {
        let target = self.below(vm, from)?;
        let count = self.stack.len() - from;
        if !count.is_multiple_of(2) {
            return Err(unpickling_error(vm, "odd number of items for SETITEMS"));
        }
        let dict = target.cast::<Dict>();
        for at in (from..from + count).step_by(2) {
            let (key, value) = (self.stack[at], self.stack[at + 1]);
            if dict.is_some_and(|dict| set_plain(dict, key, value)) {
                continue;
            }
            self.outside(vm, |vm| match dict {
                Some(dict) => vm.dict_set(dict, key, value),
                None => vm.set_item(target, key, value),
            })??;
        }
        self.stack.truncate(from);
        Ok(())
    }

    fn add_items(&mut self, vm: &mut Vm, from: usize) -> PyResult<()> {
        let target = self.below(vm, from)?;
        let set = target.to::<Set>();
        for at in from..self.stack.len() {
            let element = self.stack[at];
            self.outside(vm, |vm| match set {
                Some(set) => vm.set_add(set, element),
                None => {
                    let name = vm.names.add_plain;
                    vm.call_method(target, name, &[element]).map(|_| ())
                }
            })??;
        }
        self.stack.truncate(from);
        Ok(())
    }

    fn frozen_set(&mut self, vm: &mut Vm) -> PyResult<()> {
        let from = self.marker(vm)?;
        let set = FrozenSet::new();
        for at in from..self.stack.len() {
            let element = self.stack[at];
            self.outside(vm, |vm| vm.table_add(set.table(), element))??;
        }
        self.stack.truncate(from);
        self.push(set);
        Ok(())
    }
}

/// Sets an item if that takes no Python code.
#[inline]
fn set_plain(dict: Gc<Dict>, key: Value, value: Value) -> bool {
    let (hash, found) = if let Some(text) = key.cast::<Str>() {
        let hash = text.hash();
        (hash, dict.find_text(hash, text))
    } else if let Some(number) = key.as_small() {
        let hash = object::hash_small(number) as u64;
        (hash, dict.find_small(hash, key))
    } else {
        return false;
    };
    match found {
        Ok(Some(at)) => dict.set_value_at(at, value),
        Ok(None) => dict.insert_new(hash, key, value),
        Err(_) => return false,
    }
    true
}

#[cold]
fn not_in_memo(vm: &mut Vm, number: i64) -> Raised {
    unpickling_error(vm, &format!("Memo value not found at index {number}"))
}

/// An integer as `int(text, base)` reads a line, without the `L` of Python 2 at its end.
fn whole_number(vm: &mut Vm, line: &[u8], base: u32) -> PyResult {
    let digits = match base {
        0 => line.strip_suffix(b"L").unwrap_or(line),
        _ => line,
    };
    let text = int_text::normalized(digits.iter().map(|&byte| byte.into()));
    match int_text::parse(&text, base, int_text::digits_max(vm)) {
        Ok(number) => Ok(number),
        Err(bad) => {
            // The end of the line is told unless the `L` was in its place.
            let mut shown = digits.to_vec();
            if digits.len() == line.len() {
                shown.push(b'\n');
            }
            let shown = vm.repr_text(StrBuilder::One(shown).finish().into())?;
            // A base that the prefix says is told as ten.
            Err(int_text::raise(vm, bad, 10, &shown))
        }
    }
}

/// An integer of 64 bits as `strtol` reads it.
fn c_number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text.trim_ascii_start()).ok()?;
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (digits, radix) = if let Some(hex) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        (hex, 16)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (&digits[1..], 8)
    } else {
        (digits, 10)
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let number = i64::from_str_radix(digits, radix).ok()?;
    Some(if negative { -number } else { number })
}

/// The bytes of a literal, without its quotes.
fn unescaped(vm: &mut Vm, text: &[u8]) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some(&letter) = text.get(at) else {
            return Err(vm.value_error("Trailing \\ in string"));
        };
        at += 1;
        match letter {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(letter),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                let mut number = u32::from(letter - b'0');
                for _ in 0..2 {
                    if let Some(&digit @ b'0'..=b'7') = text.get(at) {
                        number = number * 8 + u32::from(digit - b'0');
                        at += 1;
                    }
                }
                out.push(number as u8);
            }
            b'x' => {
                let digits = text
                    .get(at..at + 2)
                    .and_then(|d| std::str::from_utf8(d).ok());
                let byte = digits
                    .filter(|digits| !digits.starts_with('+'))
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let Some(byte) = byte else {
                    let place = at - 2;
                    return Err(vm.value_error(format!("invalid \\x escape at position {place}")));
                };
                out.push(byte);
                at += 2;
            }
            _ => out.extend_from_slice(&[b'\\', letter]),
        }
    }
    Ok(out)
}
