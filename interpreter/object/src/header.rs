//! Object headers, kinds, and typed handles.

use crate::heap::{Marker, barrier};
use crate::value::Value;
use std::cell::Cell;
use std::fmt;
use std::mem::offset_of;
use std::ops::Deref;
use std::ptr::NonNull;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $layout:ty;)*) => {
        /// The layout of an object.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];
        }

        /// Marks what an object refers to.
        pub(crate) fn trace_object(header: &Header, marker: &mut Marker) {
            match header.kind() {
                $(Kind::$name => {
                    // SAFETY: the kind says that the layout is this one.
                    let object = unsafe { &*(header as *const Header as *const $layout) };
                    <$layout as Layout>::trace(object, marker);
                })*
            }
        }

        $(impl HasKind for $layout { const KIND: Kind = Kind::$name; })*
    };
}

/// Gives a layout its kind; implemented by the table of kinds alone.
pub trait HasKind {
    const KIND: Kind;
}

use crate::kinds as k;

kinds! {
    /// Storage of lists, attributes and frames: words.
    Array k::Array;
    /// Storage without values in it: bytes.
    Bytes k::Bytes;
    BigInt k::BigInt;
    Float k::FloatBox;
    Complex k::Complex;
    Str k::Str;
    ByteArray k::ByteArray;
    Tuple k::Tuple;
    List k::List;
    /// Storage of dictionaries: hash, key and value in turn.
    Entries k::Entries;
    Dict k::Dict;
    Set k::Set;
    /// Same layout as a set, another kind because it is hashable.
    FrozenSet k::FrozenSet;
    Slice k::Slice;
    Range k::Range;
    /// Iterators over builtin kinds; which, stands in the header's flags.
    Iter k::Iter;
    Cell k::CellBox;
    Code k::CodeObject;
    Function k::Function;
    BoundMethod k::BoundMethod;
    /// A function written in Rust.
    Builtin k::Builtin;
    Class k::Class;
    /// An object of a class without builtin base.
    Instance k::Instance;
    /// An object of a subclass of a builtin type, around an object of that type.
    Wrapper k::Wrapper;
    Module k::Module;
    Property k::Property;
    /// `staticmethod` and `classmethod`, told apart by their class.
    MethodWrapper k::MethodWrapper;
    Super k::Super;
    /// Generators, coroutines and asynchronous generators.
    Generator k::Generator;
    Exception k::Exception;
    Traceback k::Traceback;
    Frame k::FrameObject;
    /// Descriptor of a `__slots__` member.
    Member k::Member;
    /// Attribute of a builtin type computed by Rust functions.
    GetSet k::GetSet;
    /// Dictionary views and mapping proxies, told apart by their class.
    View k::View;
    /// An object with a payload in Rust.
    Foreign k::Foreign;
    /// Storage of lists of floats: doubles.
    Floats k::Floats;
    Decimal k::Decimal;
}

/// The layout of a kind of object: `repr(C)`, the header first.
pub trait Layout: HasKind + Sized {
    /// Marks every value that the object refers to.
    fn trace(&self, marker: &mut Marker);
}

/// What every object begins with. Eight bytes.
#[repr(C)]
pub struct Header {
    /// The shape: class, layout kind and attribute slots in one number.
    pub shape: Cell<u32>,
    kind: Kind,
    pub(crate) gc: Cell<u8>,
    /// For the kind's own use.
    pub flags: Cell<u16>,
}

/// The object survived a collection and was not written to since.
pub(crate) const GC_OLD_CLEAN: u8 = 1;
/// So it is, and it did not grow either: cleared with the bit above, and alone by what only appends.
pub(crate) const GC_OLD_UNGROWN: u8 = 8;
/// The object has a place of its own outside the blocks.
pub(crate) const GC_LARGE: u8 = 2;
/// Writes to the object are told: see `heap::watched`.
pub(crate) const GC_WATCHED: u8 = 4;

const _: () = assert!(size_of::<Header>() == 8);

impl Header {
    pub(crate) fn new(kind: Kind, shape: u32, gc: u8) -> Header {
        Header {
            shape: Cell::new(shape),
            kind,
            gc: Cell::new(gc),
            flags: Cell::new(0),
        }
    }

    #[inline(always)]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The header as it lies in memory.
    pub(crate) fn bytes(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[offset_of!(Header, shape)..][..4].copy_from_slice(&self.shape.get().to_ne_bytes());
        bytes[offset_of!(Header, kind)] = self.kind as u8;
        bytes[offset_of!(Header, gc)] = self.gc.get();
        bytes[offset_of!(Header, flags)..][..2].copy_from_slice(&self.flags.get().to_ne_bytes());
        bytes
    }

    #[inline(always)]
    pub(crate) fn address(&self) -> usize {
        self as *const Header as usize
    }
}

/// A handle to an object of layout `T`.
#[repr(transparent)]
pub struct Gc<T>(NonNull<T>);

impl<T> Clone for Gc<T> {
    fn clone(&self) -> Gc<T> {
        *self
    }
}

impl<T> Copy for Gc<T> {}

impl<T> PartialEq for Gc<T> {
    #[inline(always)]
    fn eq(&self, other: &Gc<T>) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Gc<T> {}

impl<T> Gc<T> {
    /// # Safety
    /// There is a live object of layout `T` at `address`.
    #[inline(always)]
    pub(crate) unsafe fn from_address(address: usize) -> Gc<T> {
        // SAFETY: by the contract the address is that of an object, hence not null.
        Gc(unsafe { NonNull::new_unchecked(address as *mut T) })
    }

    #[inline(always)]
    pub(crate) fn address(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// A reference that lives as long as the object, which the handle's holder keeps alive.
    #[inline(always)]
    pub fn get(self) -> &'static T
    where
        T: 'static,
    {
        // SAFETY: a handle refers to a live object (see the crate's text).
        unsafe { &*self.0.as_ptr() }
    }
}

impl<T: Layout> Gc<T> {
    #[inline(always)]
    pub fn header(self) -> &'static Header {
        // SAFETY: every layout begins with a header.
        unsafe { &*(self.0.as_ptr() as *const Header) }
    }

    #[inline(always)]
    pub fn value(self) -> Value {
        self.into()
    }

    /// Writes a field that may refer to a younger object.
    #[inline(always)]
    pub fn write(self, field: impl FnOnce(&T) -> &Slot, value: Value) {
        barrier(self.header());
        field(&self).0.set(value);
    }
}

impl<T> Deref for Gc<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a handle refers to a live object (see the crate's text).
        unsafe { self.0.as_ref() }
    }
}

impl<T: Layout> fmt::Debug for Gc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Value::from(*self))
    }
}

/// A field that holds a value. It is written through [`Gc::write`], which keeps the collector
/// informed.
#[repr(transparent)]
pub struct Slot(Cell<Value>);

impl Slot {
    #[inline(always)]
    pub const fn new(value: Value) -> Slot {
        Slot(Cell::new(value))
    }

    #[inline(always)]
    pub fn get(&self) -> Value {
        self.0.get()
    }

    /// Writes without telling the collector: only for what is no heap object, or has just been
    /// allocated.
    #[inline(always)]
    pub(crate) fn set_quietly(&self, value: Value) {
        self.0.set(value);
    }
}
