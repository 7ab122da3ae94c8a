//! `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`: message digests. All but BLAKE2, whose
//! parameters no maintained crate offers as a whole, are those of RustCrypto.

use super::blake2::Blake2;
use crate::types::bytes;
use object::{Bytes, Class, ClassFlags, Foreign, Module, Payload, Str, Value, intern};
use sha2::digest::{DynDigest, ExtendableOutput, Update, XofReader};
use std::cell::RefCell;
use vm::{Def, NativeFn, PyResult, Vm, getter, method, string};

/// A digest in progress.
enum State {
    Fixed(Box<dyn DynDigest>),
    Shake128(shake::Shake128),
    Shake256(shake::Shake256),
    Blake2(Blake2),
}

impl State {
    fn update(&mut self, data: &[u8]) {
        match self {
            State::Fixed(digest) => digest.update(data),
            State::Shake128(digest) => Update::update(digest, data),
            State::Shake256(digest) => Update::update(digest, data),
            State::Blake2(digest) => digest.update(data),
        }
    }

    fn copy(&self) -> State {
        match self {
            State::Fixed(digest) => State::Fixed(digest.box_clone()),
            State::Shake128(digest) => State::Shake128(digest.clone()),
            State::Shake256(digest) => State::Shake256(digest.clone()),
            State::Blake2(digest) => State::Blake2(digest.clone()),
        }
    }

    /// The digest; of `length` bytes where that is for the caller to say.
    fn finish(&self, length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        match self.copy() {
            State::Fixed(digest) => return digest.finalize().into_vec(),
            State::Shake128(digest) => digest.finalize_xof().read(&mut out),
            State::Shake256(digest) => digest.finalize_xof().read(&mut out),
            State::Blake2(digest) => return digest.finish(),
        }
        out
    }

    fn has_own_length(&self) -> bool {
        !matches!(self, State::Shake128(_) | State::Shake256(_))
    }
}

/// The payload of a hash object.
struct Hash {
    name: &'static str,
    block: usize,
    size: usize,
    state: RefCell<State>,
}

impl Payload for Hash {}

const METHODS: &[Def] = &[
    method("update(self, data, /)", |vm, args| {
        let own = hash_of(vm, args[0])?;
        feed(vm, own, args[1])?;
        Ok(Value::NONE)
    }),
    method("digest(self, length=-1)", |vm, args| {
        let digest = digest(vm, args)?;
        Ok(Bytes::new(&digest).into())
    }),
    method("hexdigest(self, length=-1)", |vm, args| {
        let digest = digest(vm, args)?;
        let text = crate::types::byte_methods::hex_text(&digest, None, 0);
        Ok(Str::from_latin1(&text).into())
    }),
    method("copy(self, /)", |vm, args| {
        let own = hash_of(vm, args[0])?;
        let state = own.state.borrow().copy();
        make(
            vm,
            Hash {
                state: RefCell::new(state),
                ..*own
            },
        )
    }),
    method("__repr__(self, /)", |vm, args| {
        let own = hash_of(vm, args[0])?;
        let at = args[0].bits() - 1;
        Ok(string(&format!(
            "<{} _hashlib.HASH object @ {at:#x}>",
            own.name
        )))
    }),
    getter("name", |vm, args| Ok(string(hash_of(vm, args[0])?.name))),
    getter("digest_size", |vm, args| {
        Ok(Value::int(hash_of(vm, args[0])?.size as i64))
    }),
    getter("block_size", |vm, args| {
        Ok(Value::int(hash_of(vm, args[0])?.block as i64))
    }),
];

fn hash_of(vm: &mut Vm, value: Value) -> PyResult<&'static Hash> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Hash>()) {
        Some(hash) => Ok(hash),
        None => Err(vm.type_error("a hash object is required")),
    }
}

fn make(vm: &mut Vm, hash: Hash) -> PyResult {
    match vm
        .kept("hashlib.HASH")
        .and_then(|class| class.cast::<Class>())
    {
        Some(class) => Ok(Foreign::new(class.new_instance_shape(), hash).into()),
        None => Err(vm.system_error("hash objects are not installed")),
    }
}

fn feed(vm: &mut Vm, hash: &Hash, data: Value) -> PyResult<()> {
    if let Some(data) = bytes::view(data) {
        hash.state.borrow_mut().update(data);
        return Ok(());
    }
    if data.to::<Str>().is_some() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    match bytes::in_place(vm, data)? {
        Some(data) => {
            let data = bytes::together(vm, data)?;
            hash.state.borrow_mut().update(&data);
        }
        None => return Err(vm.type_error("object supporting the buffer API required")),
    }
    Ok(())
}

fn digest(vm: &mut Vm, args: &[Value]) -> PyResult<Vec<u8>> {
    let own = hash_of(vm, args[0])?;
    let state = own.state.borrow();
    match (state.has_own_length(), args[1].bound()) {
        (true, None) => Ok(state.finish(0)),
        (true, Some(_)) => Err(vm.type_error("digest() takes no arguments (1 given)")),
        (false, None) => Err(vm.type_error("digest() missing required argument 'length' (pos 1)")),
        (false, Some(length)) => {
            let Ok(length) = usize::try_from(vm.index(length)?) else {
                return Err(vm.value_error("value must be positive"));
            };
            vm::room::check(vm, length)?;
            Ok(state.finish(length))
        }
    }
}

/// Makes a hash object with the arguments of a constructor: data, whether it is for security,
/// and the old name of data.
fn start(
    vm: &mut Vm,
    args: &[Value],
    (name, block, size): (&'static str, usize, usize),
    state: State,
) -> PyResult {
    let hash = Hash {
        name,
        block,
        size,
        state: RefCell::new(state),
    };
    if let Some(data) = args[0].bound().or(args[2].bound()) {
        feed(vm, &hash, data)?;
    }
    make(vm, hash)
}

macro_rules! constructors {
    ($($name:literal $function:ident $block:literal $size:literal $state:expr;)*) => {
        $(
            fn $function(vm: &mut Vm, args: &[Value]) -> PyResult {
                start(vm, args, ($name, $block, $size), $state)
            }
        )*
        /// Signatures and functions.
        const CONSTRUCTORS: &[(&str, &str, NativeFn)] = &[
            $((
                $name,
                concat!($name, "(data=b'', *, usedforsecurity=True, string=None)"),
                $function,
            ),)*
        ];
    };
}

fn fixed(digest: impl DynDigest + 'static) -> State {
    State::Fixed(Box::new(digest))
}

constructors! {
    "md5" md5 64 16 fixed(md5::Md5::default());
    "sha1" sha1 64 20 fixed(sha1::Sha1::default());
    "sha224" sha224 64 28 fixed(sha2::Sha224::default());
    "sha256" sha256 64 32 fixed(sha2::Sha256::default());
    "sha384" sha384 128 48 fixed(sha2::Sha384::default());
    "sha512" sha512 128 64 fixed(sha2::Sha512::default());
    "sha3_224" sha3_224 144 28 fixed(sha3::Sha3_224::default());
    "sha3_256" sha3_256 136 32 fixed(sha3::Sha3_256::default());
    "sha3_384" sha3_384 104 48 fixed(sha3::Sha3_384::default());
    "sha3_512" sha3_512 72 64 fixed(sha3::Sha3_512::default());
    "shake_128" shake_128 168 0 State::Shake128(shake::Shake128::default());
    "shake_256" shake_256 136 0 State::Shake256(shake::Shake256::default());
}

const BLAKE2: &[Def] = &[
    method(
        "blake2b(data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, \
         depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, \
         usedforsecurity=True, string=None)",
        |vm, args| blake2(vm, args, true),
    ),
    method(
        "blake2s(data=b'', /, *, digest_size=32, key=b'', salt=b'', person=b'', fanout=1, \
         depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, \
         usedforsecurity=True, string=None)",
        |vm, args| blake2(vm, args, false),
    ),
];

/// A small number among the parameters of BLAKE2.
fn parameter(vm: &mut Vm, value: Value, default: u64, name: &str, most: u64) -> PyResult<u64> {
    let Some(value) = value.bound() else {
        return Ok(default);
    };
    let number = vm.index(value)?;
    match u64::try_from(number) {
        Ok(number) if number <= most => Ok(number),
        _ => Err(vm.value_error(format!("{name} must be between 0 and {most}"))),
    }
}

fn blake2(vm: &mut Vm, args: &[Value], wide: bool) -> PyResult {
    let word = if wide { 8 } else { 4 };
    let most = word * 8;
    let size = match args[1].bound() {
        Some(size) => vm.index(size)?,
        None => most as i64,
    };
    let Some(size) = usize::try_from(size)
        .ok()
        .filter(|&size| (1..=most).contains(&size))
    else {
        let message = format!(
            "digest_size for Blake2{} must be between 1 and {most} bytes, here it is {size}",
            if wide { 'b' } else { 's' }
        );
        return Err(vm.value_error(message));
    };
    let mut texts = [Vec::new(), Vec::new(), Vec::new()];
    for (at, (name, longest)) in [("key", most), ("salt", word * 2), ("person", word * 2)]
        .into_iter()
        .enumerate()
    {
        if let Some(value) = args[2 + at].bound() {
            texts[at] = bytes::required(vm, value)?;
        }
        if texts[at].len() > longest {
            return Err(vm.value_error(format!("maximum {name} length is {longest} bytes")));
        }
    }
    let offset_most = if wide { u64::MAX } else { (1 << 48) - 1 };
    let fanout = parameter(vm, args[5], 1, "fanout", 255)?;
    let depth = parameter(vm, args[6], 1, "depth", 255)?;
    let leaf = parameter(vm, args[7], 0, "leaf_size", u32::MAX as u64)?;
    let offset = parameter(vm, args[8], 0, "node_offset", offset_most)?;
    let node_depth = parameter(vm, args[9], 0, "node_depth", 255)?;
    let inner = parameter(vm, args[10], 0, "inner_size", most as u64)?;
    let last = match args[11].bound() {
        Some(last) => vm.truth(last)?,
        None => false,
    };
    let [key, salt, person] = texts;
    // The parameter block as the specification lays it out (RFC 7693 and the BLAKE2 paper).
    let mut block = vec![size as u8, key.len() as u8, fanout as u8, depth as u8];
    block.extend_from_slice(&(leaf as u32).to_le_bytes());
    block.extend_from_slice(&offset.to_le_bytes()[..if wide { 8 } else { 6 }]);
    block.extend_from_slice(&[node_depth as u8, inner as u8]);
    block.resize(word * 4, 0);
    for mut text in [salt, person] {
        text.resize(word * 2, 0);
        block.extend_from_slice(&text);
    }
    let state = State::Blake2(Blake2::new(wide, &block, &key, size, last));
    let name = if wide { "blake2b" } else { "blake2s" };
    start(
        vm,
        &[args[0], args[12], args[13]],
        (name, word * 16, size),
        state,
    )
}

pub fn install(vm: &mut Vm) {
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    let class = vm.native_class("_hashlib", "HASH", object, flags, METHODS);
    vm.keep("hashlib.HASH", class.into());
    for module_name in ["_md5", "_sha1", "_sha2", "_sha3"] {
        let defs: Vec<Def> = CONSTRUCTORS
            .iter()
            .filter(|(name, ..)| module_of(name) == module_name)
            .map(|&(_, signature, function)| method(signature, function))
            .collect();
        vm.define_module(module_name, &defs);
    }
    for name in ["operator", "_operator"] {
        let module = vm.modules.get_str(intern(name));
        if let Some(module) = module.and_then(|module| module.cast::<Module>()) {
            vm.add_functions(module, COMPARE);
        }
    }
    let module = vm.define_module("_blake2", BLAKE2);
    module
        .namespace()
        .set_str(intern("_GIL_MINSIZE"), Value::int(2048));
}

const COMPARE: &[Def] = &[method("_compare_digest(a, b, /)", compare_digest)];

/// Compares in a time that does not tell where the difference is.
fn compare_digest(vm: &mut Vm, args: &[Value]) -> PyResult {
    let texts = [args[0].to::<Str>(), args[1].to::<Str>()];
    let (a, b) = if let [Some(a), Some(b)] = texts {
        let (Some(a), Some(b)) = (a.as_ascii(), b.as_ascii()) else {
            return Err(
                vm.type_error("comparing strings with non-ASCII characters is not supported")
            );
        };
        (a.as_bytes().to_vec(), b.as_bytes().to_vec())
    } else {
        let (a, b) = (bytes::contents(vm, args[0])?, bytes::contents(vm, args[1])?);
        let (Some(a), Some(b)) = (a, b) else {
            let (a, b) = (vm.type_name(args[0]), vm.type_name(args[1]));
            return Err(vm.type_error(format!(
                "unsupported operand types(s) or combination of types: '{a}' and '{b}'"
            )));
        };
        (a, b)
    };
    let differing = a.iter().zip(&b).fold(0, |sum, (a, b)| sum | (a ^ b));
    Ok(Value::bool(
        a.len() == b.len() && std::hint::black_box(differing) == 0,
    ))
}

fn module_of(name: &str) -> &'static str {
    match name {
        "md5" => "_md5",
        "sha1" => "_sha1",
        "sha224" | "sha256" | "sha384" | "sha512" => "_sha2",
        _ => "_sha3",
    }
}
