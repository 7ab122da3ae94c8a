//! Module `_bzip`: streams of data compressed in the format of bzip2, on which `_bz2` is built.

use super::stream::{self, PIECE_BYTES, make, own};
use crate::types::bytes;
use bzip2::{Action, Compress, Compression, Decompress, Error, Status};
use object::{Bytes, Payload, Value};
use std::cell::RefCell;
use vm::{Def, PyResult, Vm, method, tuple};

const FUNCTIONS: &[Def] = &[
    method("compressor(level, /)", compressor),
    method("decompressor()", |vm, _| {
        make(
            vm,
            DECOMPRESSOR_CLASS,
            Decompressor(RefCell::new(Decompress::new(false))),
        )
    }),
];

struct Compressor(RefCell<Compress>);

impl Payload for Compressor {}

struct Decompressor(RefCell<Decompress>);

impl Payload for Decompressor {}

const COMPRESSOR: &[Def] = &[method("feed(self, data, ends, /)", compress)];
const DECOMPRESSOR: &[Def] = &[method("feed(self, data, most, /)", decompress)];

fn compressor(vm: &mut Vm, args: &[Value]) -> PyResult {
    let level = match vm.index(args[0])? {
        level @ 1..=9 => level as u32,
        _ => return Err(vm.value_error("compresslevel must be between 1 and 9")),
    };
    let stream = Compress::new(Compression::new(level), 0);
    make(vm, COMPRESSOR_CLASS, Compressor(RefCell::new(stream)))
}

/// Compresses data, and ends the stream if that is wanted.
fn compress(vm: &mut Vm, args: &[Value]) -> PyResult {
    let stream = own::<Compressor>(vm, args[0])?;
    let data = bytes::required(vm, args[1])?;
    let ends = vm.truth(args[2])?;
    let action = if ends { Action::Finish } else { Action::Run };
    let mut stream = stream.0.borrow_mut();
    let (mut out, mut piece, mut rest) = (Vec::new(), vec![0; PIECE_BYTES], &data[..]);
    // A stream refuses to go on with nothing.
    while ends || !rest.is_empty() {
        let (read, written) = (stream.total_in(), stream.total_out());
        let status = stream.compress(rest, &mut piece, action);
        rest = &rest[(stream.total_in() - read) as usize..];
        out.extend_from_slice(&piece[..(stream.total_out() - written) as usize]);
        match status {
            Ok(Status::StreamEnd) => break,
            Ok(_) => {}
            Err(error) => {
                return Err(vm.value_error(format!("Invalid sequence of commands: {error}")));
            }
        }
    }
    Ok(Bytes::new(&out).into())
}

/// Decompresses data until `most` bytes came out (negative: all): the bytes, how much was read, and
/// whether the stream has ended.
fn decompress(vm: &mut Vm, args: &[Value]) -> PyResult {
    let stream = own::<Decompressor>(vm, args[0])?;
    let data = bytes::required(vm, args[1])?;
    let most = usize::try_from(vm.index(args[2])?).unwrap_or(usize::MAX);
    let mut stream = stream.0.borrow_mut();
    let (mut out, mut piece, mut read) = (Vec::new(), vec![0; PIECE_BYTES], 0);
    let mut ended = false;
    while out.len() < most && !ended {
        let room = piece.len().min(most - out.len());
        let (read_before, written) = (stream.total_in(), stream.total_out());
        let status = stream.decompress(&data[read..], &mut piece[..room]);
        let taken = (stream.total_in() - read_before) as usize;
        let given = (stream.total_out() - written) as usize;
        read += taken;
        out.extend_from_slice(&piece[..given]);
        match status {
            Ok(Status::StreamEnd) => ended = true,
            Ok(Status::MemNeeded) => return Err(vm.memory_error("")),
            Ok(_) if taken == 0 && given == 0 => break,
            Ok(_) => {}
            Err(Error::Param) => {
                return Err(
                    vm.value_error("Internal error - invalid parameters passed to libbzip2")
                );
            }
            Err(Error::Sequence | Error::Data | Error::DataMagic) => {
                return Err(vm.raise(vm.types.os_error, "Invalid data stream"));
            }
        }
    }
    Ok(tuple(&[
        Bytes::new(&out).into(),
        Value::int(read as i64),
        Value::bool(ended),
    ]))
}

const COMPRESSOR_CLASS: &str = "_bzip.Compressor";
const DECOMPRESSOR_CLASS: &str = "_bzip.Decompressor";

pub fn install(vm: &mut Vm) {
    let classes = [
        (COMPRESSOR_CLASS, "Compressor", COMPRESSOR),
        (DECOMPRESSOR_CLASS, "Decompressor", DECOMPRESSOR),
    ];
    stream::install(vm, "_bzip", FUNCTIONS, &classes);
}
