//! Where the fields of objects lie, for machine code: the only place that gives offsets away.
//!
//! All are in bytes from an object's address; a value word with the pointer tag is that address
//! plus [`POINTER_TAG`].

use crate::frame::Frame;
use crate::frames::Frames;
use crate::header::Header;
use crate::header::Kind;
use crate::heap;
use crate::kinds::{
    Array, BoundMethod, Builtin, ByteArray, Bytes, CellBox, Class, CodeObject, Dict, Entries,
    Entry, Exception, Foreign, Function, Generator, Instance, Iter, IterKind, List, Range, Slice,
    Str, Super, Traceback, Tuple, Wrapper,
};
use crate::shape;
use std::mem::offset_of;

/// What a pointer's word has more than its address.
pub const POINTER_TAG: i32 = 1;
/// The bits of a word that hold its tag.
pub const TAG_MASK: i32 = 7;
/// Set in the words of inline floats and in no others.
pub const FLOAT_BIT: i32 = 2;
/// Small integers stand this many bits up in their words.
pub const SMALL_SHIFT: u8 = 3;
/// A float's bits are rotated left by this, and one is subtracted.
pub const FLOAT_ROTATION: u8 = 4;

/// 32 bits: the shape.
pub const SHAPE: i32 = offset_of!(Header, shape) as i32;
/// A byte with [`OLD_CLEAN`] in it if a write must be told to the collector.
pub const COLLECTOR_BITS: i32 = offset_of!(Header, gc) as i32;
pub const OLD_CLEAN: u8 = crate::header::GC_OLD_CLEAN;
/// The same for appending to a list's storage.
pub const OLD_UNGROWN: u8 = crate::header::GC_OLD_UNGROWN;

/// The first inline slot. Behind the last one is the array of further slots, or the dictionary.
pub const INSTANCE_SLOTS: i32 = offset_of!(Instance, words) as i32;
pub const WRAPPER_PAYLOAD: i32 = offset_of!(Wrapper, payload) as i32;
pub const WRAPPER_OVERFLOW: i32 = offset_of!(Wrapper, overflow) as i32;
pub const WRAPPER_BYTES: usize = size_of::<Wrapper>();
pub const LIST_LENGTH: i32 = offset_of!(List, length) as i32;
pub const LIST_STORAGE: i32 = offset_of!(List, storage) as i32;
/// The first item of a storage array.
pub const ARRAY_ITEMS: i32 = offset_of!(Array, items) as i32;
/// 32 bits.
pub const CLASS_VERSION: i32 = offset_of!(Class, version) as i32;
/// `at`, `end` and `step` of a range's iterator.
pub const RANGE_FIELDS: [i32; 3] = [
    offset_of!(Iter, at) as i32,
    offset_of!(Iter, end) as i32,
    offset_of!(Iter, step) as i32,
];

pub const ARRAY_CAPACITY: i32 = offset_of!(Array, capacity) as i32;
/// 64 bits: the number of items.
pub const TUPLE_LENGTH: i32 = offset_of!(Tuple, length) as i32;
pub const TUPLE_ITEMS: i32 = offset_of!(Tuple, items) as i32;
/// 64 bits: the number of characters.
pub const STR_LENGTH: i32 = offset_of!(Str, length) as i32;
pub const STR_HASH: i32 = offset_of!(Str, hash) as i32;
pub const STR_DATA: i32 = offset_of!(Str, data) as i32;
pub const BYTES_LENGTH: i32 = offset_of!(Bytes, length) as i32;
pub const BYTES_ITEMS: i32 = offset_of!(Bytes, items) as i32;
/// 64 bits: how many of the bytes of its storage, a bytes object, belong to it.
pub const BYTE_ARRAY_LENGTH: i32 = offset_of!(ByteArray, length) as i32;
pub const BYTE_ARRAY_STORAGE: i32 = offset_of!(ByteArray, storage) as i32;
pub const CELL_CONTENT: i32 = offset_of!(CellBox, content) as i32;
/// 32 bits.
pub const BUILTIN_NUMBER: i32 = offset_of!(Builtin, number) as i32;
pub const BUILTIN_RECEIVER: i32 = offset_of!(Builtin, receiver) as i32;
pub const BOUND_FUNCTION: i32 = offset_of!(BoundMethod, function) as i32;
pub const BOUND_RECEIVER: i32 = offset_of!(BoundMethod, receiver) as i32;
/// Of a `super` object: the class to start after, the object, and the object's class.
pub const SUPER_FIELDS: [i32; 3] = [
    offset_of!(Super, class) as i32,
    offset_of!(Super, object) as i32,
    offset_of!(Super, object_class) as i32,
];
/// An address, without a tag.
pub const FUNCTION_CODE: i32 = offset_of!(Function, code) as i32;
/// An address. Code is named without a tag.
pub const CODE_START: i32 = offset_of!(CodeObject, start) as i32;
/// An address, without a tag.
pub const FUNCTION_GLOBALS: i32 = offset_of!(Function, globals) as i32;
pub const FUNCTION_DEFAULTS: i32 = offset_of!(Function, defaults) as i32;
pub const FUNCTION_KEYWORD_DEFAULTS: i32 = offset_of!(Function, keyword_defaults) as i32;
pub const FUNCTION_NAME: i32 = offset_of!(Function, name) as i32;
pub const FUNCTION_QUALNAME: i32 = offset_of!(Function, qualname) as i32;
pub const FUNCTION_CLOSURE: i32 = offset_of!(Function, closure) as i32;
pub const FUNCTION_BUILTINS: i32 = offset_of!(Function, builtins) as i32;
pub const FUNCTION_DOC: i32 = offset_of!(Function, doc) as i32;
pub const FUNCTION_MODULE: i32 = offset_of!(Function, module) as i32;
pub const FUNCTION_ANNOTATE: i32 = offset_of!(Function, annotate) as i32;
pub const FUNCTION_ANNOTATIONS: i32 = offset_of!(Function, annotations) as i32;
pub const FUNCTION_DICT: i32 = offset_of!(Function, dict) as i32;
pub const FUNCTION_BYTES: usize = size_of::<Function>();
pub const DICT_ENTRIES: i32 = offset_of!(Dict, entries) as i32;
/// None as long as there are few entries ([`ENTRIES_LINEAR`]).
pub const DICT_TABLE: i32 = offset_of!(Dict, table) as i32;
/// 64 bits of what is known of the keys; all zero if that is nothing.
pub const DICT_KEYS: i32 = offset_of!(Dict, keys_version) as i32;
/// A byte, and behind it nothing else: whether writing a value has to be told.
pub const DICT_WATCHED: i32 = offset_of!(Dict, watched) as i32;
/// 64 bits.
pub const DICT_LIVE: i32 = offset_of!(Dict, live) as i32;
/// 64 bits: the number of entries that there is room for.
pub const ENTRIES_CAPACITY: i32 = offset_of!(Entries, capacity) as i32;
/// 64 bits: the number of entries, deleted ones among them.
pub const ENTRIES_USED: i32 = offset_of!(Entries, used) as i32;
/// Hash, key and value of the first entry; an entry is three words.
pub const ENTRIES_HASH: i32 = (offset_of!(Entries, items) + offset_of!(Entry, hash)) as i32;
pub const ENTRIES_KEY: i32 = (offset_of!(Entries, items) + offset_of!(Entry, key)) as i32;
pub const ENTRIES_VALUE: i32 = (offset_of!(Entries, items) + offset_of!(Entry, value)) as i32;
pub const ENTRY_BYTES: i32 = size_of::<Entry>() as i32;
const _: () = assert!(ENTRY_BYTES == 24);
/// Entries of a new dictionary.
pub const ENTRIES_MIN: usize = 4;
/// So many entries are found without an index table.
pub const ENTRIES_LINEAR: usize = crate::kinds::LINEAR_MAX;
pub const DICT_BYTES: usize = size_of::<Dict>();
const _: () = assert!(DICT_WATCHED == DICT_KEYS + 8 && DICT_BYTES == DICT_WATCHED as usize + 8);

/// Bytes of storage for so many entries.
pub const fn entries_bytes(capacity: usize) -> usize {
    size_of::<Entries>() + capacity * size_of::<Entry>()
}
pub const ITER_SOURCE: i32 = offset_of!(Iter, source) as i32;
pub const ITER_EXTRA: i32 = offset_of!(Iter, extra) as i32;
/// A word that never changes.
pub const FOREIGN_STATE: i32 = offset_of!(Foreign, state) as i32;
/// Start, stop and step.
pub const RANGE_PARTS: [i32; 3] = [
    offset_of!(Range, start) as i32,
    offset_of!(Range, stop) as i32,
    offset_of!(Range, step) as i32,
];
pub const SLICE_FIELDS: [i32; 3] = [
    offset_of!(Slice, start) as i32,
    offset_of!(Slice, stop) as i32,
    offset_of!(Slice, step) as i32,
];
pub const GENERATOR_FUNCTION: i32 = offset_of!(Generator, function) as i32;
pub const GENERATOR_REGISTERS: i32 = offset_of!(Generator, registers) as i32;
pub const GENERATOR_HANDLED: i32 = offset_of!(Generator, handled) as i32;
/// 32 bits.
pub const GENERATOR_PC: i32 = offset_of!(Generator, pc) as i32;
/// 32 bits.
pub const GENERATOR_STATE: i32 = offset_of!(Generator, state) as i32;
pub const GENERATOR_NAME: i32 = offset_of!(Generator, name) as i32;
pub const GENERATOR_CHAIN: i32 = offset_of!(Generator, chain) as i32;
pub const GENERATOR_QUALNAME: i32 = offset_of!(Generator, qualname) as i32;
pub const GENERATOR_ORIGIN: i32 = offset_of!(Generator, origin) as i32;

pub const EXCEPTION_OVERFLOW: i32 = offset_of!(Exception, overflow) as i32;
pub const EXCEPTION_ARGS: i32 = offset_of!(Exception, args) as i32;
pub const EXCEPTION_TRACEBACK: i32 = offset_of!(Exception, traceback) as i32;
pub const EXCEPTION_CAUSE: i32 = offset_of!(Exception, cause) as i32;
pub const EXCEPTION_CONTEXT: i32 = offset_of!(Exception, context) as i32;
/// 64 bits, of which the first byte counts: zero, or [`SUPPRESSES`].
pub const EXCEPTION_SUPPRESS: i32 = offset_of!(Exception, suppress_context) as i32;
/// The context is not to be shown.
pub const SUPPRESSES: i64 = i64::from_ne_bytes([1, 0, 0, 0, 0, 0, 0, 0]);
const _: () = assert!(size_of::<Exception>() == EXCEPTION_SUPPRESS as usize + 8);
pub const TRACEBACK_NEXT: i32 = offset_of!(Traceback, next) as i32;
/// An address, without a tag.
pub const TRACEBACK_CODE: i32 = offset_of!(Traceback, code) as i32;
/// 64 bits: see [`Traceback::place_of`].
pub const TRACEBACK_PLACE: i32 = offset_of!(Traceback, place) as i32;
pub const TRACEBACK_OWNER: i32 = offset_of!(Traceback, owner) as i32;
pub const TRACEBACK_WORDS: i32 = offset_of!(Traceback, words) as i32;

/// The record of a call in progress.
pub const FRAME_BYTES: usize = size_of::<Frame>();
/// Addresses, without a tag.
pub const FRAME_PC: i32 = offset_of!(Frame, pc) as i32;
pub const FRAME_BASE: i32 = offset_of!(Frame, base) as i32;
pub const FRAME_CODE: i32 = offset_of!(Frame, code) as i32;
/// Value words.
pub const FRAME_FUNCTION: i32 = offset_of!(Frame, function) as i32;
pub const FRAME_HANDLED_BELOW: i32 = offset_of!(Frame, handled_below) as i32;
pub const FRAME_LOCALS: i32 = offset_of!(Frame, locals) as i32;
pub const FRAME_GENERATOR: i32 = offset_of!(Frame, generator) as i32;
/// 16 bits.
pub const FRAME_DST: i32 = offset_of!(Frame, dst) as i32;
/// A byte.
pub const FRAME_THEN: i32 = offset_of!(Frame, then) as i32;
/// A byte, 0 or 1.
pub const FRAME_CHAIN: i32 = offset_of!(Frame, chain) as i32;

/// Where [`Frames::words`] has the address of the running frame's record. The next frame's lies
/// [`FRAME_BYTES`] further on, unless the address is (at or above) the one at [`FRAMES_LAST`].
pub const FRAMES_TOP: i32 = offset_of!(Frames, top) as i32;
pub const FRAMES_LAST: i32 = offset_of!(Frames, last) as i32;
pub const RANGE_LENGTH: i32 = offset_of!(Range, length) as i32;

/// Bytes of the objects that machine code makes itself.
pub const INSTANCE_BYTES: usize = size_of::<Instance>();
pub const TUPLE_BYTES: usize = size_of::<Tuple>();
pub const LIST_BYTES: usize = size_of::<List>();
/// Likewise of the storage of a list of floats.
pub const ARRAY_BYTES: usize = size_of::<Array>();
pub const CELL_BYTES: usize = size_of::<CellBox>();
pub const BOUND_BYTES: usize = size_of::<BoundMethod>();
pub const SUPER_BYTES: usize = size_of::<Super>();
pub const RANGE_BYTES: usize = size_of::<Range>();
pub const ITER_BYTES: usize = size_of::<Iter>();
pub const SLICE_BYTES: usize = size_of::<Slice>();
pub const GENERATOR_BYTES: usize = size_of::<Generator>();
pub const EXCEPTION_BYTES: usize = size_of::<Exception>();
pub const TRACEBACK_BYTES: usize = size_of::<Traceback>();

/// The flags of an array that holds the registers of a suspended frame.
pub const REGISTERS_FLAGS: u16 = crate::kinds::REGISTERS_STALE;

/// The first 64 bits of a new object of a shape, as the machine loads and stores them; `flags` are
/// the kind's own.
pub fn header_bits(kind: Kind, shape: u32, flags: u16) -> u64 {
    let header = Header::new(kind, shape, 0);
    header.flags.set(flags);
    u64::from_ne_bytes(header.bytes())
}

/// Whether objects of a shape are containers that builtin functions change, their storage, or
/// wrappers around them.
pub fn is_container(shape: u32) -> bool {
    const NO_CONTAINERS: [Kind; 8] = [
        Kind::Tuple,
        Kind::Cell,
        Kind::BoundMethod,
        Kind::Function,
        Kind::Str,
        Kind::Range,
        Kind::Slice,
        Kind::Builtin,
    ];
    if shape::is_fixed(shape) {
        let other = NO_CONTAINERS
            .iter()
            .any(|&kind| shape == shape::of_kind(kind));
        !other && !is_iterator(shape) && !is_generator(shape)
    } else {
        shape::get(shape).kind != Kind::Instance
    }
}

/// Whether a shape is that of an iterator over a builtin kind.
pub fn is_iterator(shape: u32) -> bool {
    let first = shape::of_variant(Kind::Iter, 0);
    (first..first + IterKind::ALL.len() as u32).contains(&shape)
}

fn is_generator(shape: u32) -> bool {
    shape == shape::of_variant(Kind::Generator, crate::kinds::GENERATOR)
}

/// The shape in an object's first 64 bits.
pub fn shape_in(header: u64) -> u32 {
    let bytes = header.to_ne_bytes();
    let at = offset_of!(Header, shape);
    u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The bits of a string's first 64, as loaded, that are zero if its characters are bytes in it.
pub fn wide_mask() -> u64 {
    in_header(crate::kinds::Str::WIDE_FLAGS)
}

/// The bits of an array of bytes' first 64, as loaded, that are zero if no view of it was ever made.
pub fn viewed_mask() -> u64 {
    in_header(ByteArray::VIEWED_FLAGS)
}

/// Where flags stand in an object's first 64 bits, as loaded.
fn in_header(flags: u16) -> u64 {
    let mut bytes = [0u8; 8];
    bytes[offset_of!(Header, flags)..][..2].copy_from_slice(&flags.to_ne_bytes());
    u64::from_ne_bytes(bytes)
}

/// An object's first 64 bits, as loaded.
pub fn header_word(header: &Header) -> u64 {
    u64::from_ne_bytes(header.bytes())
}

/// The bytes that an object of `size` bytes really gets.
pub fn rounded_size(size: usize) -> usize {
    crate::heap::rounded_size(size)
}

/// The largest object that machine code allocates itself, in bytes.
pub const SMALL_BYTES_MAX: usize = heap::SMALL_BYTES_MAX;

/// How machine code allocates objects of one size: the *cursor*, a word at `run`, is the next
/// object's address; it is moved on by `cell_bytes` as long as it does not pass the *limit*, a
/// word at `run + RUN_LIMIT`. Where it would, [`refill`] is asked instead.
#[derive(Clone, Copy, Debug)]
pub struct Allocation {
    /// The address, which stays what it is while the thread lives.
    pub run: usize,
    pub cell_bytes: usize,
    /// For [`refill`].
    pub class: usize,
}

/// From a run's cursor to its limit, in bytes.
pub const RUN_LIMIT: i32 = heap::RUN_LIMIT as i32;

/// How to allocate objects of `bytes` bytes, at most [`SMALL_BYTES_MAX`].
pub fn allocation(bytes: usize) -> Allocation {
    heap::allocation(bytes)
}

/// The address of a fresh object of `bytes` bytes, at most [`SMALL_BYTES_MAX`], whose content is
/// still to be written. It does not collect.
pub fn allocate(bytes: usize) -> usize {
    heap::allocate_small(bytes)
}

/// The address of a fresh object of a class, and a fresh run for those after it. It does not
/// collect.
pub extern "C" fn refill(class: usize) -> usize {
    heap::refill(class)
}

/// Logs an old object that is about to be written to: what a barrier does whose test was true.
pub extern "C" fn remember(address: usize) {
    heap::remember_at(address);
}

/// Logs an old storage of a list to which is about to be appended.
pub extern "C" fn remember_growing(address: usize) {
    heap::remember_growing_at(address);
}
