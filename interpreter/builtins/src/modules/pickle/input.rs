//! Where a pickle is read from: bytes, or a file by its methods.

use super::read::Reader;
use super::unpickling_error;
use crate::types::bytes;
use object::{Bytes, Value, intern};
use vm::{PyResult, Raised, Vm};

/// How much is asked for from a file that shows what is yet to come, in bytes.
const PREFETCH_BYTES: i64 = 128 << 10;

/// The methods of a file.
#[derive(Clone, Copy)]
pub struct File {
    pub read: Value,
    pub readline: Value,
    /// *Unbound* if the file does not have it.
    pub peek: Value,
}

impl File {
    pub fn new(vm: &mut Vm, file: Value) -> PyResult<File> {
        let mut method = |name: &str| vm.find_attr(file, intern(name));
        let (peek, read) = (method("peek")?, method("read")?);
        let (Some(read), Some(readline)) = (read, method("readline")?) else {
            return Err(vm.type_error("file must have 'read' and 'readline' attributes"));
        };
        Ok(File {
            read,
            readline,
            peek: peek.unwrap_or(Value::UNBOUND),
        })
    }
}

/// Bytes, and how far they are read.
pub struct Input {
    data: &'static [u8],
    at: usize,
    /// The object that the bytes lie in.
    held: Value,
    file: Option<File>,
    /// The file has been shown the bytes and has not moved on.
    peeked: bool,
}

impl Input {
    /// The input of bytes that lie in an object.
    pub fn of_bytes(data: &'static [u8], held: Value) -> Input {
        Input {
            data,
            at: 0,
            held,
            file: None,
            peeked: false,
        }
    }

    pub fn of_file(file: File) -> Input {
        Input {
            file: Some(file),
            ..Input::of_bytes(&[], Value::NONE)
        }
    }

    /// The next byte, if it is there already.
    #[inline(always)]
    pub fn next(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    #[inline(always)]
    fn ready(&mut self, count: usize) -> Option<&'static [u8]> {
        let taken = self.data.get(self.at..)?.get(..count)?;
        self.at += count;
        Some(taken)
    }

    /// A line with its end, if it is there already.
    fn ready_line(&mut self) -> Option<&'static [u8]> {
        let rest = &self.data[self.at..];
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        self.ready(end + 1)
    }

    fn hold(&mut self, object: Value, data: &'static [u8]) {
        (self.held, self.data, self.at) = (object, data, 0);
    }
}

#[cold]
fn truncated(vm: &mut Vm) -> Raised {
    unpickling_error(vm, "pickle data was truncated")
}

/// What a file has given: an object with the bytes.
fn given(vm: &mut Vm, value: Value) -> PyResult<(Value, &'static [u8])> {
    if let Some(data) = value.cast::<Bytes>() {
        return Ok((value, data.as_slice()));
    }
    let data = Bytes::new(&bytes::required(vm, value)?);
    Ok((data.into(), data.as_slice()))
}

impl Reader {
    /// The next bytes, as many as asked for.
    #[inline(always)]
    pub(super) fn take(&mut self, vm: &mut Vm, count: usize) -> PyResult<&'static [u8]> {
        match self.input.ready(count) {
            Some(taken) => Ok(taken),
            None => self.take_from_file(vm, count),
        }
    }

    /// The next bytes, as many as an array has.
    #[inline(always)]
    pub(super) fn take_array<const N: usize>(&mut self, vm: &mut Vm) -> PyResult<[u8; N]> {
        let taken = self.take(vm, N)?;
        let mut array = [0; N];
        array.copy_from_slice(taken);
        Ok(array)
    }

    #[cold]
    fn take_from_file(&mut self, vm: &mut Vm, count: usize) -> PyResult<&'static [u8]> {
        if i64::try_from(count).is_err() {
            return Err(unpickling_error(
                vm,
                "read would overflow (invalid bytecode)",
            ));
        }
        let Some(file) = self.input.file else {
            return Err(truncated(vm));
        };
        self.skip_consumed(vm)?;
        if !file.peek.is_unbound() && (count as i64) < PREFETCH_BYTES {
            self.peek(vm, file)?;
            if let Some(taken) = self.input.ready(count) {
                return Ok(taken);
            }
            self.input.hold(Value::NONE, &[]);
            self.input.peeked = false;
        }
        let rest = &self.input.data[self.input.at..];
        let wanted = Value::int((count - rest.len()) as i64);
        let read = self.call(vm, file.read, &[wanted])?;
        self.add(vm, rest, read)?;
        match self.input.ready(count) {
            Some(taken) => Ok(taken),
            None => Err(truncated(vm)),
        }
    }

    /// Has what a file gave behind the rest of what it gave before.
    fn add(&mut self, vm: &mut Vm, rest: &'static [u8], read: Value) -> PyResult<()> {
        let (object, data) = given(vm, read)?;
        if rest.is_empty() {
            self.input.hold(object, data);
        } else {
            let whole = Bytes::concat(rest, data);
            self.input.hold(whole.into(), whole.as_slice());
        }
        Ok(())
    }

    /// Looks at what comes next without moving on in the file.
    fn peek(&mut self, vm: &mut Vm, file: File) -> PyResult<()> {
        match self.call(vm, file.peek, &[Value::small(PREFETCH_BYTES)]) {
            Ok(shown) => {
                let (object, data) = given(vm, shown)?;
                self.input.hold(object, data);
                self.input.peeked = true;
                Ok(())
            }
            Err(raised) if raised.matches(vm, vm.types.not_implemented_error) => {
                self.input.file = Some(File {
                    peek: Value::UNBOUND,
                    ..file
                });
                Ok(())
            }
            Err(raised) => Err(raised),
        }
    }

    /// Moves on in the file by what was read of the bytes that it has shown.
    pub(super) fn skip_consumed(&mut self, vm: &mut Vm) -> PyResult<()> {
        if !std::mem::take(&mut self.input.peeked) {
            return Ok(());
        }
        let consumed = self.input.at;
        self.input.hold(Value::NONE, &[]);
        match self.input.file {
            Some(file) if consumed > 0 => {
                self.call(vm, file.read, &[Value::int(consumed as i64)])?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A line without its end.
    pub(super) fn take_line(&mut self, vm: &mut Vm) -> PyResult<&'static [u8]> {
        let line = match self.input.ready_line() {
            Some(line) => line,
            None => {
                let Some(file) = self.input.file else {
                    return Err(truncated(vm));
                };
                self.skip_consumed(vm)?;
                let rest = &self.input.data[self.input.at..];
                let read = self.call(vm, file.readline, &[])?;
                self.add(vm, rest, read)?;
                match self.input.ready_line() {
                    Some(line) => line,
                    None => return Err(truncated(vm)),
                }
            }
        };
        Ok(&line[..line.len() - 1])
    }

    /// A line with something in it.
    pub(super) fn take_text(&mut self, vm: &mut Vm) -> PyResult<&'static [u8]> {
        match self.take_line(vm)? {
            [] => Err(truncated(vm)),
            line => Ok(line),
        }
    }

    /// The next opcode.
    #[inline(always)]
    pub(super) fn opcode(&mut self, vm: &mut Vm) -> PyResult<u8> {
        match self.input.next() {
            Some(op) => Ok(op),
            None => self.opcode_from_file(vm),
        }
    }

    #[cold]
    fn opcode_from_file(&mut self, vm: &mut Vm) -> PyResult<u8> {
        match self.take(vm, 1) {
            Ok(taken) => Ok(taken[0]),
            Err(raised) => {
                let class = super::kept_class(vm, super::UNPICKLING_ERROR);
                match raised.matches(vm, class) {
                    true => Err(vm.eof_error("Ran out of input")),
                    false => Err(raised),
                }
            }
        }
    }

    /// Sees to it that a frame is there as a whole.
    pub(super) fn load_frame(&mut self, vm: &mut Vm, length: usize) -> PyResult<()> {
        self.take(vm, length)?;
        self.input.at -= length;
        Ok(())
    }
}
