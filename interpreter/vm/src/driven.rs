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

use crate::consume::Consumer;
use crate::semantics::iteration::is_generator;
use crate::{PyResult, Vm};
use object::shape::of_variant;
use object::{CodeObject, Function, Gc, Generator, Iter, IterKind, Kind, Tuple, Value};

/// Whether a value is its own iterator, and of a kind that all know.
fn is_part(value: Value) -> bool {
    match value.cast::<Iter>() {
        Some(iter) => value.shape_id() == of_variant(Kind::Iter, iter.variant() as u8),
        None => is_generator(value.shape_id()),
    }
}

/// A value that is a generator and no coroutine.
pub fn generator_of(value: Value) -> Option<Gc<Generator>> {
    let generator = value.cast::<Generator>()?;
    is_generator(value.shape_id()).then_some(generator)
}

/// The code of a value that is a generator.
fn code_of_generator(value: Value) -> Option<Gc<CodeObject>> {
    generator_of(value).map(|generator| generator.function().code())
}

/// The driver of an iterator that can be resumed.
pub fn driver_of(iter: Value) -> Option<Gc<Generator>> {
    let driver = iter.cast::<Iter>()?.driver()?;
    (is_part(iter) && driver.is_resumable()).then_some(driver)
}

impl Vm {
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
        if iter.step.get() != 0 || !parts.iter().all(|&part| is_part(part)) {
            return Ok(());
        }
        let generator = parts.iter().find_map(|&part| code_of_generator(part));
        let function = extra.cast::<Function>().map(|function| function.code());
        let (name, code) = match (iter.variant(), parts.len()) {
            (IterKind::Zip, 2) => ("zip2", generator),
            (IterKind::Zip, 3) => ("zip3", generator),
            (IterKind::Enumerate, 1) if extra.is_unbound() => ("enumerate", generator),
            (IterKind::Map, 1) => ("map1", function),
            (IterKind::Map, 2) => ("map2", function),
            (IterKind::Filter, 1) => ("filter", function),
            _ => return Ok(()),
        };
        let (Some(code), Some(consumer)) = (code, Consumer::driver(name)) else {
            return Ok(());
        };
        let mut args = Vec::with_capacity(3);
        if matches!(iter.variant(), IterKind::Map | IterKind::Filter) {
            args.push(extra);
        }
        args.extend_from_slice(parts);
        if iter.is_variant(IterKind::Enumerate) {
            args.push(Value::int(iter.at.get()));
        }
        let function = self.consumer_function(consumer, code)?;
        let driver = self.empty_generator(function);
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

    /// The next value of a driven iterator.
    pub(crate) fn next_driven(&mut self, iter: Gc<Iter>) -> PyResult<Option<Value>> {
        let Some(driver) = iter.driver() else {
            return Ok(None);
        };
        if driver.is_resumable() {
            return self.resume_generator(driver, Value::NONE);
        }
        let pair = iter.extra.get().known::<Tuple>();
        let is_running = driver.is_running();
        let_go(iter, pair);
        let item = self.next_builtin(iter);
        if is_running {
            hold(iter, driver, pair);
        }
        item
    }
}

fn hold(iter: Gc<Iter>, driver: Gc<Generator>, pair: Gc<Tuple>) {
    iter.write(|i| &i.source, driver.into());
    iter.write(|i| &i.extra, pair.into());
    iter.end.set(Iter::DRIVEN);
}

fn let_go(iter: Gc<Iter>, pair: Gc<Tuple>) {
    let (source, extra) = (pair.items()[0], pair.items()[1]);
    let calls = matches!(iter.variant(), IterKind::Map | IterKind::Filter);
    iter.write(|i| &i.source, source);
    iter.write(|i| &i.extra, if calls { extra } else { Value::UNBOUND });
    iter.end.set(0);
}
