//! Iterators over what Python code gives, driven by a generator of bytecode.
//!
//! `zip`, `enumerate`, `map` and `filter` ask generators and call functions. Done natively, each
//! item runs a loop of its own on the native stack, and a trace ends before it. So where a JIT
//! listens, such an iterator gets a *driver* when it is made: a hidden generator of the same meaning
//! (`builtins/lib/_consume.py`), whose values are the iterator's. A `for` that asks the iterator
//! resumes the driver as it would any generator, and a trace follows it to what it asks and calls.
//!
//! The driver is the iterator's source; what the iterator had as `source` and `extra` stands in
//! `extra` as a pair, and `end` tells. Its parts are builtin iterators and generators, which are
//! their own iterators, so the loops of the driver ask for nothing that the native code would not.
//!
//! A driver that has finished, be it by an exception, is let go: the iterator goes on natively and
//! asks its parts again, as it would have without one. One that is running asks itself for its next
//! value; that, too, is answered natively.

//! *Iterators of native modules* that are asked step by step have no driver that stays. Their state
//! lies in a list, and a function of bytecode takes a step from it as the native one does
//! ([`Walk`]). A trace that meets such an iterator makes a new generator of that function for each
//! item, which is gone with the item: so either way may take the next step. The interpreter always
//! goes the native one, which is faster there.

use crate::consume::Consumer;
use crate::semantics::iteration::is_generator;
use crate::{PyResult, Vm};
use object::shape::of_variant;
use object::{
    CodeObject, Foreign, Function, Gc, Generator, Iter, IterKind, Kind, List, Tuple, Value,
};

macro_rules! walks {
    ($($name:ident $text:literal;)*) => {
        /// How an iterator of a native module steps. Its number is the first item of the list that
        /// the iterator's state lies in.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Walk {
            /// By a native function alone.
            Native,
            $($name,)*
        }

        /// The names of the functions of bytecode.
        pub(crate) const STEPS: &[&str] = &[$($text,)*];
    };
}

walks! {
    Accumulate "accumulate";
    Batched "batched";
    Chain "chain";
    Combinations2 "combinations2";
    Combinations3 "combinations3";
    Combinations4 "combinations4";
    Compress "compress";
    Count "count";
    Cycle "cycle";
    DropWhile "dropwhile";
    FilterFalse "filterfalse";
    Group "group";
    GroupBy "groupby";
    ISlice "islice";
    Pairwise "pairwise";
    Permutations2 "permutations2";
    Permutations3 "permutations3";
    Product2 "product2";
    Product3 "product3";
    Product4 "product4";
    Repeat "repeat";
    StarMap "starmap";
    TakeWhile "takewhile";
    ZipLongest2 "zip_longest2";
}

/// What the state of a function with a cache begins with, if it has no bound and does not tell types apart.
pub const CACHE: Value = Value::small(-1);

impl Walk {
    /// The number, as it stands in the state.
    pub fn number(self) -> Value {
        Value::small(self as i64)
    }
}

/// Whether a value is its own iterator, and of a kind that all know.
fn is_part(vm: &mut Vm, value: Value) -> bool {
    if value.is::<Foreign>() {
        return vm.walk_of(value).is_some();
    }
    is_builtin(value) || is_generator(value.shape_id())
}

/// Whether a value is a builtin iterator, and not of a subclass.
fn is_builtin(value: Value) -> bool {
    let iter = value.cast::<Iter>();
    iter.is_some_and(|iter| value.shape_id() == of_variant(Kind::Iter, iter.variant() as u8))
}

/// A value that is a generator and no coroutine.
pub fn generator_of(value: Value) -> Option<Gc<Generator>> {
    let generator = value.cast::<Generator>()?;
    is_generator(value.shape_id()).then_some(generator)
}

/// The driver of an iterator that can be resumed.
pub fn driver_of(iter: Value) -> Option<Gc<Generator>> {
    let driver = iter.cast::<Iter>()?.driver()?;
    (is_builtin(iter) && driver.is_resumable()).then_some(driver)
}

impl Vm {
    /// What takes a step of an iterator of a native module, if there is a function of bytecode for that, and
    /// the number of the walk.
    pub(crate) fn walk_of(&self, iter: Value) -> Option<(Value, Consumer)> {
        let state = iter.cast::<Foreign>()?.state().cast::<List>()?;
        let number = state.item(0)?;
        let consumer = Consumer::step(number.as_small()?)?;
        let is_own = self.class_of(iter).flags.get().immutable;
        is_own.then_some((number, consumer))
    }

    /// The number of an iterator's walk and the function that takes a step of it.
    pub(crate) fn step_of(&mut self, iter: Value) -> PyResult<Option<(Value, Gc<Function>)>> {
        let Some((number, consumer)) = self.walk_of(iter) else {
            return Ok(None);
        };
        let function = self.consumer_original(consumer)?;
        Ok(Some((number, function)))
    }

    /// Whether a value's items come from bytecode, or may come from it.
    #[inline(always)]
    pub(crate) fn is_driven(&self, value: Value) -> bool {
        match value.kind() {
            Some(Kind::Generator) => is_generator(value.shape_id()),
            Some(Kind::Iter) => driver_of(value).is_some(),
            Some(Kind::Foreign) => self.counts() && self.walk_of(value).is_some(),
            _ => false,
        }
    }

    /// The function of bytecode that a call of a function with a cache may go by, with so many arguments.
    pub(crate) fn cached_call(
        &mut self,
        callee: Value,
        count: usize,
    ) -> PyResult<Option<Gc<Function>>> {
        let own = callee.cast::<Foreign>();
        let Some(state) = own.and_then(|own| own.state().cast::<List>()) else {
            return Ok(None);
        };
        let name = match count {
            1 => "cached1",
            2 => "cached2",
            _ => return Ok(None),
        };
        let function = state
            .item(1)
            .and_then(|function| function.cast::<Function>());
        let (Some(function), Some(consumer)) = (function, Consumer::driver(name)) else {
            return Ok(None);
        };
        if state.item(0) != Some(CACHE) || !self.class_of(callee).flags.get().immutable {
            return Ok(None);
        }
        let key = function.code().start().key();
        self.consumer_function(consumer, key).map(Some)
    }

    /// The code of what a value's items come from: of a generator, of one that drives an iterator, of a
    /// function that takes an iterator's steps.
    pub(crate) fn code_behind(&mut self, value: Value) -> PyResult<Option<Gc<CodeObject>>> {
        let function = match generator_of(value).or_else(|| driver_of(value)) {
            Some(generator) => Some(generator.function()),
            None if value.is::<Foreign>() => self.step_of(value)?.map(|(_, function)| function),
            None => None,
        };
        Ok(function.map(|function| function.code()))
    }

    /// Gives a new iterator a driver, if it is one that is better driven.
    pub fn drive(&mut self, iter: Gc<Iter>) -> PyResult<()> {
        if !self.counts() {
            return Ok(());
        }
        let (source, extra) = (iter.source.get(), iter.extra.get());
        let alone = [source];
        let parts = source
            .cast::<Tuple>()
            .map_or(&alone[..], |parts| parts.items());
        if iter.step.get() != 0 || !parts.iter().all(|&part| is_part(self, part)) {
            return Ok(());
        }
        let mut generator = None;
        for &part in parts {
            generator = match generator {
                None if !is_builtin(part) => self.code_behind(part)?,
                found => found,
            };
        }
        let key = generator.map(|code| code.start().key());
        let called = match extra.cast::<Function>() {
            Some(function) => function.code().start().key(),
            None => key.unwrap_or(extra.bits() as usize / 8),
        };
        let (name, key) = match (iter.variant(), parts.len()) {
            (IterKind::Zip, 2) => ("zip2", key),
            (IterKind::Zip, 3) => ("zip3", key),
            (IterKind::Enumerate, 1) if extra.is_unbound() => ("enumerate", key),
            (IterKind::Map, 1) => ("map1", Some(called)),
            (IterKind::Map, 2) => ("map2", Some(called)),
            (IterKind::Map, 3) => ("map3", Some(called)),
            (IterKind::Filter, 1) if extra.is_none() => ("filter_true", Some(called)),
            (IterKind::Filter, 1) => ("filter", Some(called)),
            _ => return Ok(()),
        };
        let (Some(key), Some(consumer)) = (key, Consumer::driver(name)) else {
            return Ok(());
        };
        let mut args = Vec::with_capacity(4);
        if calls(iter) {
            args.push(extra);
        }
        args.extend_from_slice(parts);
        if iter.is_variant(IterKind::Enumerate) {
            args.push(Value::int(iter.at.get()));
        }
        let function = self.consumer_function(consumer, key)?;
        let driver = self.empty_generator(function, false);
        driver.save(&args);
        let kept = if extra.is_unbound() {
            Value::NONE
        } else {
            extra
        };
        let pair = Tuple::pair(source, kept);
        hold(iter, driver, pair);
        Ok(())
    }

    /// The next value of a generator that drives an iterator. A StopIteration out of what it calls ends
    /// the iterator, as it would natively.
    pub fn resume_driver(&mut self, driver: Gc<Generator>) -> PyResult<Option<Value>> {
        let resumed = self.resume_generator(driver, Value::NONE);
        resumed.or_else(|raised| self.unless_stopped(raised))
    }

    /// The next value of a driven iterator.
    pub(crate) fn next_driven(&mut self, iter: Gc<Iter>) -> PyResult<Option<Value>> {
        let Some(driver) = iter.driver() else {
            return Ok(None);
        };
        let pair = iter.extra.get().known::<Tuple>();
        let is_native = calls(iter) && !pair.items()[1].is::<Function>() && driver.is_fresh();
        if driver.is_resumable() && !is_native {
            return self.resume_driver(driver);
        }
        // What native code asks of what calls native code needs no driver, which has no state of its own.
        let stays = is_native || driver.is_running();
        let_go(iter, pair);
        let item = self.next_builtin(iter);
        if stays {
            hold(iter, driver, pair);
        }
        item
    }
}

/// Whether an iterator calls something.
fn calls(iter: Gc<Iter>) -> bool {
    matches!(iter.variant(), IterKind::Map | IterKind::Filter)
}

fn hold(iter: Gc<Iter>, driver: Gc<Generator>, pair: Gc<Tuple>) {
    iter.write(|i| &i.source, driver.into());
    iter.write(|i| &i.extra, pair.into());
    iter.end.set(Iter::DRIVEN);
}

fn let_go(iter: Gc<Iter>, pair: Gc<Tuple>) {
    let (source, extra) = (pair.items()[0], pair.items()[1]);
    let calls = calls(iter);
    iter.write(|i| &i.source, source);
    iter.write(|i| &i.extra, if calls { extra } else { Value::UNBOUND });
    iter.end.set(0);
}
