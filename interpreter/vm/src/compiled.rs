//! Code as bytes, for `marshal` and compiled files.
//!
//! The bytes are those in which the executable carries its own library (`bytecode::binary`): good for
//! this version of the interpreter and no other. A linked code object's constants are values, which
//! are made constants again here. What is read was written by anyone, so the verifier looks at it
//! before it is linked.

use crate::{PyResult, Vm};
use bytecode::{Code, Const};
use object::{BigInt, Bytes, CodeObject, Complex, FrozenSet, Gc, Kind, Str, Tuple, Value};

/// What a compiled file begins with; sixteen bytes of it are no code.
pub const MAGIC: &[u8; 4] = b"\0krb";
const HEAD_BYTES: usize = 16;
/// What `marshal` writes before code: its mark, and 32 bits of its length.
const MARK_BYTES: usize = 5;

/// The code with its constants; `None` if one of them is nothing that a compiler makes.
pub fn with_constants(code: Gc<CodeObject>) -> Option<Code> {
    let mut plain = code.get().code().clone();
    let constants = code.constants();
    let constants = constants.items().iter();
    plain.constants = constants.map(|&c| constant_of(c)).collect::<Option<_>>()?;
    plain.name = text_of(code.name.get())?;
    plain.qualname = text_of(code.qualname.get())?;
    plain.filename = text_of(code.filename.get())?;
    Some(plain)
}

fn text_of(value: Value) -> Option<Box<str>> {
    Some(value.cast::<Str>()?.to_text_escaped().into())
}

/// The constant that a value was; `None` if no compiler makes such.
pub fn constant_of(value: Value) -> Option<Const> {
    if let Some(n) = value.as_small() {
        return Some(Const::Int(n));
    }
    if let Some(float) = value.as_float() {
        return Some(Const::Float(float.to_bits()));
    }
    let many = |items: &[Value]| -> Option<Box<[Const]>> {
        items.iter().map(|&item| constant_of(item)).collect()
    };
    Some(match value {
        Value::NONE => Const::None,
        Value::TRUE => Const::Bool(true),
        Value::FALSE => Const::Bool(false),
        Value::ELLIPSIS => Const::Ellipsis,
        _ => match value.kind()? {
            Kind::BigInt => {
                let n = value.known::<BigInt>();
                match n.as_i64() {
                    Some(n) => Const::Int(n),
                    None => Const::BigInt(n.to_ibig().to_string().into()),
                }
            }
            Kind::Complex => {
                let c = value.known::<Complex>();
                Const::Complex(c.real.to_bits(), c.imag.to_bits())
            }
            Kind::Str => Const::Str(value.known::<Str>().points().collect()),
            Kind::Bytes => Const::Bytes(value.known::<Bytes>().as_slice().into()),
            Kind::Tuple => Const::Tuple(many(value.known::<Tuple>().items())?),
            Kind::FrozenSet => {
                let items: Vec<Value> = value.known::<FrozenSet>().elements().collect();
                Const::FrozenSet(many(&items)?)
            }
            Kind::Code => Const::Code(Box::new(with_constants(value.known())?)),
            _ => return None,
        },
    })
}

impl Vm {
    /// The code object that bytes stand for.
    pub fn code_of_bytes(&mut self, bytes: &[u8]) -> PyResult<Gc<CodeObject>> {
        let code = Code::from_bytes(bytes).map_err(|error| error.to_string());
        let checked = code.and_then(|code| match bytecode::verify(&code) {
            Ok(()) => Ok(code),
            Err(error) => Err(error.to_string()),
        });
        match checked {
            Ok(code) => Ok(self.link(code)),
            Err(text) => Err(self.value_error(format!("bad marshal data ({text})"))),
        }
    }

    /// The code of a compiled file.
    pub fn code_of_file(&mut self, bytes: &[u8], filename: &str) -> PyResult<Gc<CodeObject>> {
        if !bytes.starts_with(MAGIC) {
            return Err(self.import_error(format!("bad magic number in '{filename}'")));
        }
        match bytes.get(HEAD_BYTES + MARK_BYTES..) {
            Some(code) if bytes[HEAD_BYTES] == b'c' => self.code_of_bytes(code),
            _ => Err(self.import_error(format!("Non-code object in '{filename}'"))),
        }
    }
}
