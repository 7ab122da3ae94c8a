//! Iterators over builtin kinds: one layout for all, so that `for` needs one dispatch.

use super::array::Bytes;
use super::dict::Dict;
use super::generator::Generator;
use super::list::{ByteArray, List, Range, Tuple};
use super::string::Str;
use crate::header::{Gc, Header, Kind, Layout, Slot};
use crate::heap::{self, Marker};
use crate::shape::of_variant;
use crate::value::Value;
use std::cell::Cell;

macro_rules! iter_kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// What an iterator walks over; `source`, `extra`, `at`, `end` and `step` are its fields.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum IterKind { $($(#[$doc])* $name,)* }

        impl IterKind {
            pub const ALL: &'static [IterKind] = &[$(IterKind::$name,)*];

            /// The name of its Python class.
            pub const fn class_name(self) -> &'static str {
                match self { $(IterKind::$name => $text,)* }
            }

            /// The kind with this number; spelt out because the compiler sees through it.
            #[inline(always)]
            #[allow(non_upper_case_globals)]
            const fn from_number(number: u16) -> IterKind {
                $(const $name: u16 = IterKind::$name as u16;)*
                match number {
                    $($name => IterKind::$name,)*
                    _ => IterKind::Sequence,
                }
            }
        }
    };
}

iter_kinds! {
    /// Integers from `at` to before `end` (or after, for a negative `step`), all small.
    Range "range_iterator";
    /// A range with larger numbers: `source` the range, `extra` the next number.
    BigRange "longrange_iterator";
    /// List `source` from index `at`.
    List "list_iterator";
    /// Tuple `source` from index `at`.
    Tuple "tuple_iterator";
    /// String `source` from index `at`.
    Str "str_iterator";
    /// Bytes `source` from index `at`.
    Bytes "bytes_iterator";
    /// Byte array `source` from index `at`.
    ByteArray "bytearray_iterator";
    /// Keys of dict `source` from place `at`; `end` is its length at the start, `step` the
    /// elements handed out so far.
    DictKeys "dict_keyiterator";
    /// Its values.
    DictValues "dict_valueiterator";
    /// Its items as pairs.
    DictItems "dict_itemiterator";
    /// Elements of set `source`, as for dicts.
    Set "set_iterator";
    /// List `source` backwards from index `at`.
    ListReverse "list_reverseiterator";
    /// Keys, values or items (`step`: 0, 1, 2) of dict `source` backwards, before place `at`.
    DictReverse "dict_reversekeyiterator";
    /// Sequence `source` backwards by `__getitem__`, from index `at`.
    Reversed "reversed";
    /// Sequence `source` by `__getitem__`, from index `at`.
    Sequence "iterator";
    /// Results of calling `source`, until one equals `extra`.
    Callable "callable_iterator";
    /// Pairs of a count from `at` (or from `extra` if that is bound: a big integer) and the
    /// items of iterator `source`.
    Enumerate "enumerate";
    /// Tuples of the items of the iterators in tuple `source`; `step` = 1: strict.
    Zip "zip";
    /// `extra` called with items of the iterators in tuple `source`.
    Map "map";
    /// Items of iterator `source` for which `extra` (or truth, if None) holds.
    Filter "filter";
}

/// An iterator over builtin objects. Exhausted: `source` is *unbound*.
#[repr(C)]
pub struct Iter {
    header: Header,
    pub source: Slot,
    pub extra: Slot,
    pub at: Cell<i64>,
    pub end: Cell<i64>,
    pub step: Cell<i64>,
}

impl Layout for Iter {
    fn trace(&self, marker: &mut Marker) {
        marker.field(&self.source);
        marker.field(&self.extra);
    }
}

impl Iter {
    #[inline(always)]
    pub fn new(kind: IterKind, source: Value, at: i64, end: i64, step: i64) -> Gc<Iter> {
        let iter = heap::allocate(of_variant(Kind::Iter, kind as u8), |header| Iter {
            header,
            source: Slot::new(source),
            extra: Slot::new(Value::UNBOUND),
            at: Cell::new(at),
            end: Cell::new(end),
            step: Cell::new(step),
        });
        iter.header().flags.set(kind as u16);
        iter
    }

    /// The kind; objects of subclasses (of `enumerate`, `zip` …) have it too.
    #[inline(always)]
    pub fn variant(&self) -> IterKind {
        IterKind::from_number(self.header.flags.get())
    }

    /// In `end` of an iterator whose source is a generator that drives it.
    pub const DRIVEN: i64 = 1;

    /// The generator whose values are the iterator's, if it is driven by one.
    pub fn driver(&self) -> Option<Gc<Generator>> {
        let may_be = matches!(
            self.variant(),
            IterKind::Enumerate | IterKind::Zip | IterKind::Map | IterKind::Filter
        );
        if !may_be || self.end.get() != Iter::DRIVEN {
            return None;
        }
        self.source.get().cast::<Generator>()
    }

    /// Whether this is an iterator of the given kind.
    #[inline(always)]
    pub fn is_variant(&self, kind: IterKind) -> bool {
        self.header.flags.get() == kind as u16
    }
}

impl Gc<Iter> {
    /// Marks the iterator as exhausted.
    pub fn finish(self) {
        self.write(|i| &i.source, Value::UNBOUND);
    }

    pub fn is_finished(self) -> bool {
        self.source.get().is_unbound()
    }
    /// How many items are to come, for iterators that know.
    pub fn remaining(self) -> Option<usize> {
        let (at, end, step) = (self.at.get(), self.end.get(), self.step.get());
        // One over a range may have no source from the start.
        if self.is_variant(IterKind::Range) {
            return Some(Range::small_length(at, end, step).max(0) as usize);
        }
        if self.is_finished() {
            return Some(0);
        }
        let source = self.source.get();
        let length = match self.variant() {
            IterKind::List => source.known::<List>().len(),
            IterKind::Tuple => source.known::<Tuple>().len(),
            IterKind::Str => source.known::<Str>().len(),
            IterKind::Bytes => source.known::<Bytes>().len(),
            IterKind::ByteArray => source.known::<ByteArray>().len(),
            IterKind::ListReverse => return Some((at + 1).max(0) as usize),
            IterKind::DictKeys | IterKind::DictValues | IterKind::DictItems | IterKind::Set => {
                return Some((end - step).max(0) as usize);
            }
            IterKind::DictReverse => {
                return Some(source.known::<Dict>().len().min(at.max(0) as usize));
            }
            _ => return None,
        };
        Some(length.saturating_sub(at.max(0) as usize))
    }
}
