//! Module `_zlib`: streams of compressed data, on which `zlib` is built. A stream is *raw* or has
//! the frame of zlib around it.

use super::stream::{self, PIECE_BYTES, make, own};
use crate::types::bytes;
use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};
use object::{Bytes, Payload, Value};
use std::cell::RefCell;
use vm::{Def, PyResult, Vm, method, tuple};

const FUNCTIONS: &[Def] = &[
    method("deflater(level, raw, strategy, /)", deflater),
    method("inflater(raw, /)", inflater),
];

struct Deflater(RefCell<Box<CompressorOxide>>);

impl Payload for Deflater {}

struct Inflater(RefCell<Box<InflateState>>);

impl Payload for Inflater {}

const DEFLATER: &[Def] = &[
    method("feed(self, data, flush, /)", compress),
    method("copy(self, /)", copy_deflater),
];

const INFLATER: &[Def] = &[
    method("feed(self, data, most, /)", decompress),
    method("copy(self, /)", copy_inflater),
];

fn deflater(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (level, strategy) = (vm.index(args[0])?, vm.index(args[2])?);
    let window_bits = if vm.truth(args[1])? { -15 } else { 15 };
    let flags = create_comp_flags_from_zip_params(level as i32, window_bits, strategy as i32);
    make(
        vm,
        DEFLATER_CLASS,
        Deflater(RefCell::new(Box::new(CompressorOxide::new(flags)))),
    )
}

fn inflater(vm: &mut Vm, args: &[Value]) -> PyResult {
    let format = match vm.truth(args[0])? {
        true => DataFormat::Raw,
        false => DataFormat::Zlib,
    };
    make(
        vm,
        INFLATER_CLASS,
        Inflater(RefCell::new(InflateState::new_boxed(format))),
    )
}

/// Compresses data; 0 keeps what it likes for later, 2 and 3 write all of it, 4 ends the stream.
fn compress(vm: &mut Vm, args: &[Value]) -> PyResult {
    let stream = own::<Deflater>(vm, args[0])?;
    let flush = match vm.index(args[2])? {
        0 => MZFlush::None,
        1 | 2 => MZFlush::Sync,
        3 => MZFlush::Full,
        _ => MZFlush::Finish,
    };
    let data = bytes::required_in_place(vm, args[1])?;
    let mut stream = stream.0.borrow_mut();
    let (mut out, mut piece, mut rest) = (Vec::new(), vec![0; PIECE_BYTES], &data[..]);
    loop {
        let done = deflate(&mut stream, rest, &mut piece, flush);
        rest = &rest[done.bytes_consumed..];
        out.extend_from_slice(&piece[..done.bytes_written]);
        match done.status {
            Ok(MZStatus::StreamEnd) => break,
            // A full piece may not be all there is.
            Ok(_) if !rest.is_empty() || done.bytes_written == piece.len() => {}
            Ok(_) if flush == MZFlush::Finish => {}
            Ok(_) | Err(MZError::Buf) => break,
            Err(error) => {
                return Err(
                    vm.value_error(format!("Error {} while compressing data", error as i32))
                );
            }
        }
    }
    Ok(Bytes::new(&out).into())
}

/// Decompresses data until `most` bytes came out (0: all): the bytes, how much was read, and whether
/// the stream has ended. A damaged stream gives the error's number instead.
fn decompress(vm: &mut Vm, args: &[Value]) -> PyResult {
    let stream = own::<Inflater>(vm, args[0])?;
    let most = match vm.index(args[2])? {
        0 => usize::MAX,
        most => most.unsigned_abs() as usize,
    };
    let data = bytes::required_in_place(vm, args[1])?;
    let mut stream = stream.0.borrow_mut();
    // Mostly an object of a few times what it is compressed to.
    let room = data.len().saturating_mul(4).clamp(64, PIECE_BYTES);
    let (mut out, mut piece, mut read) = (Vec::new(), vec![0; room], 0);
    let mut ended = false;
    while out.len() < most {
        let room = piece.len().min(most - out.len());
        let done = inflate(
            &mut stream,
            &data[read..],
            &mut piece[..room],
            MZFlush::None,
        );
        read += done.bytes_consumed;
        out.extend_from_slice(&piece[..done.bytes_written]);
        match done.status {
            Ok(MZStatus::StreamEnd) => {
                ended = true;
                break;
            }
            Ok(_) if done.bytes_written == 0 && done.bytes_consumed == 0 => break,
            Ok(_) => {}
            Err(MZError::Buf) => break,
            Err(error) => return Ok(Value::small(error as i64)),
        }
    }
    Ok(tuple(&[
        Bytes::new(&out).into(),
        Value::int(read as i64),
        Value::bool(ended),
    ]))
}

fn copy_deflater(vm: &mut Vm, args: &[Value]) -> PyResult {
    let copy = own::<Deflater>(vm, args[0])?.0.borrow().clone();
    make(vm, DEFLATER_CLASS, Deflater(RefCell::new(copy)))
}

fn copy_inflater(vm: &mut Vm, args: &[Value]) -> PyResult {
    let copy = own::<Inflater>(vm, args[0])?.0.borrow().clone();
    make(vm, INFLATER_CLASS, Inflater(RefCell::new(copy)))
}

const DEFLATER_CLASS: &str = "_zlib.Deflater";
const INFLATER_CLASS: &str = "_zlib.Inflater";

pub fn install(vm: &mut Vm) {
    let classes = [
        (DEFLATER_CLASS, "Deflater", DEFLATER),
        (INFLATER_CLASS, "Inflater", INFLATER),
    ];
    stream::install(vm, "_zlib", FUNCTIONS, &classes);
}
