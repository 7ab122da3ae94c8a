//! What builtins ask of any value: truth, length, iteration, items, text. Fast for the builtin kinds,
//! by special method for the rest.

use crate::frame::Then;
use crate::{BinaryOp, Comparison, PyResult, Raised, Vm, room, slicing};
use dashu_int::IBig;
use object::{
    BigInt, ByteArray, Bytes, Class, Dict, Foreign, FrozenSet, Function, Gc, Iter, IterKind, Kind,
    Layout, List, Range, Set, Str, Tuple, Value, View,
};

impl Vm {
    /// The receiver of a builtin type's method.
    #[inline(always)]
    pub fn receiver<T: Layout>(&mut self, value: Value) -> PyResult<Gc<T>> {
        match value.cast::<T>() {
            Some(object) => Ok(object),
            None => self.carried_receiver(value),
        }
    }

    /// The object of kind `T` that one of a subclass carries.
    #[cold]
    fn carried_receiver<T: Layout>(&mut self, value: Value) -> PyResult<Gc<T>> {
        if let Some(object) = value.to::<T>() {
            return Ok(object);
        }
        let given = self.type_name(value);
        let wanted = format!("{:?}", T::KIND).to_lowercase();
        Err(self.type_error(format!(
            "descriptor requires a '{wanted}' object but received a '{given}'"
        )))
    }

    /// Whether a value is true.
    #[inline]
    pub fn truth(&mut self, value: Value) -> PyResult<bool> {
        match value {
            Value::TRUE => return Ok(true),
            Value::FALSE | Value::NONE => return Ok(false),
            _ => {}
        }
        if value.is_small() {
            return Ok(value.small_unchecked() != 0);
        }
        self.truth_slow(value)
    }

    fn truth_slow(&mut self, value: Value) -> PyResult<bool> {
        if let Some(f) = value.as_float() {
            return Ok(f != 0.0);
        }
        match value.kind() {
            Some(Kind::Str) => return Ok(!value.known::<Str>().is_empty()),
            Some(Kind::List) => return Ok(!value.known::<List>().is_empty()),
            Some(Kind::Tuple) => return Ok(!value.known::<Tuple>().is_empty()),
            Some(Kind::Dict) => return Ok(!value.known::<Dict>().is_empty()),
            Some(Kind::Set) => return Ok(!value.known::<Set>().is_empty()),
            Some(Kind::FrozenSet) => return Ok(!value.known::<FrozenSet>().is_empty()),
            Some(Kind::Bytes) => return Ok(!value.known::<Bytes>().is_empty()),
            Some(Kind::BigInt) => return Ok(true),
            Some(Kind::Foreign) => {
                if let Some(length) = self.native_length(value) {
                    return Ok(length != 0);
                }
            }
            _ => {}
        }
        let class = self.class_of(value);
        let ask = [self.names.bool, self.names.len];
        if class.is_always_true(|| {
            ask.iter()
                .all(|&name| self.lookup_type(class, name).is_none())
        }) {
            return Ok(true);
        }
        if let Some(method) = self.lookup_special(value, self.names.bool) {
            let result = self.call_special(method, value, &[])?;
            return self.truth_returned(Then::Truth, result);
        }
        if self.lookup_special(value, self.names.len).is_some() {
            return Ok(self.len(value)? != 0);
        }
        Ok(true)
    }

    /// The truth that `__bool__` or `__len__` has given, as `then` tells.
    pub(crate) fn truth_returned(&mut self, then: Then, result: Value) -> PyResult<bool> {
        if then == Then::TruthOfLength {
            return self.length_returned(result).map(|length| length != 0);
        }
        match result.as_bool() {
            Some(truth) => Ok(truth),
            None => {
                let given = self.type_name(result);
                Err(self.type_error(format!("__bool__ should return bool, returned {given}")))
            }
        }
    }

    /// `len(value)`
    pub fn len(&mut self, value: Value) -> PyResult<usize> {
        match value.kind() {
            Some(Kind::List) => return Ok(value.known::<List>().len()),
            Some(Kind::Str) => return Ok(value.known::<Str>().len()),
            Some(Kind::Tuple) => return Ok(value.known::<Tuple>().len()),
            Some(Kind::Dict) => return Ok(value.known::<Dict>().len()),
            Some(Kind::Set) => return Ok(value.known::<Set>().len()),
            Some(Kind::FrozenSet) => return Ok(value.known::<FrozenSet>().len()),
            Some(Kind::Bytes) => return Ok(value.known::<Bytes>().len()),
            Some(Kind::ByteArray) => return Ok(value.known::<ByteArray>().len()),
            Some(Kind::Foreign) => {
                if let Some(length) = self.native_length(value) {
                    return Ok(length);
                }
            }
            _ => {}
        }
        let Some(method) = self.lookup_special(value, self.names.len) else {
            let class = self.type_name(value);
            return Err(self.type_error(format!("object of type '{class}' has no len()")));
        };
        let result = self.call_special(method, value, &[])?;
        self.length_returned(result)
    }

    /// The length that `__len__` has given.
    pub(crate) fn length_returned(&mut self, result: Value) -> PyResult<usize> {
        let length = self.index(result)?;
        match usize::try_from(length) {
            Ok(length) => Ok(length),
            Err(_) => Err(self.value_error("__len__() should return >= 0")),
        }
    }

    /// The integer of an object with `__index__`, as far as it fits 64 bits.
    #[inline]
    pub fn index(&mut self, value: Value) -> PyResult<i64> {
        if let Some(n) = value.as_small() {
            return Ok(n);
        }
        let n = self.index_value(value)?;
        match n.as_small() {
            Some(n) => Ok(n),
            None => match i64::try_from(&self.big(n)) {
                Ok(n) => Ok(n),
                Err(_) => {
                    let class = self.types.overflow_error;
                    Err(self.raise(class, "Python int too large to convert to C ssize_t"))
                }
            },
        }
    }

    /// The index of an item; IndexError if it does not fit 64 bits.
    pub fn item_index(&mut self, value: Value) -> PyResult<i64> {
        if let Some(n) = value.as_small() {
            return Ok(n);
        }
        let n = self.index_value(value)?;
        let number = n.as_small().or_else(|| i64::try_from(&self.big(n)).ok());
        number.ok_or_else(|| self.index_error("cannot fit 'int' into an index-sized integer"))
    }

    /// The index of an object, clamped to 64 bits: what slices want.
    pub fn index_clamped(&mut self, value: Value) -> PyResult<i64> {
        let n = self.index_value(value)?;
        if let Some(n) = n.as_small() {
            return Ok(n);
        }
        let big = self.big(n);
        Ok(i64::try_from(&big).unwrap_or(if big < IBig::ZERO { i64::MIN } else { i64::MAX }))
    }

    /// The plain integer of an object with `__index__`.
    pub fn index_value(&mut self, value: Value) -> PyResult {
        match self.as_int(value) {
            Some(n) => Ok(n),
            None => {
                let Some(method) = self.lookup_special(value, self.names.index) else {
                    let class = self.type_name(value);
                    return Err(self.type_error(format!(
                        "'{class}' object cannot be interpreted as an integer"
                    )));
                };
                let result = self.call_special(method, value, &[])?;
                match self.as_int(result) {
                    Some(n) => Ok(n),
                    None => {
                        let class = self.type_name(result);
                        Err(self.type_error(format!("__index__ returned non-int (type {class})")))
                    }
                }
            }
        }
    }

    /// A plain integer (small or big) if the value is an int, bool, or of a subclass.
    #[inline]
    pub fn as_int(&self, value: Value) -> Option<Value> {
        if value.is_small() {
            return Some(value);
        }
        let inner = value.inner();
        match inner {
            Value::TRUE => Some(Value::small(1)),
            Value::FALSE => Some(Value::small(0)),
            _ if inner.is_small() || inner.is::<BigInt>() => Some(inner),
            _ => None,
        }
    }

    /// The number of a plain integer as an arbitrary-precision one; zero of anything else.
    pub fn big(&self, value: Value) -> IBig {
        match value.as_small() {
            Some(n) => IBig::from(n),
            None => value.cast::<BigInt>().map_or(IBig::ZERO, |b| b.to_ibig()),
        }
    }

    /// The float of a float object or of an object of a subclass.
    pub fn as_float(&self, value: Value) -> Option<f64> {
        value.inner().as_float()
    }

    /// The string of a str object or of an object of a subclass.
    pub fn as_str(&self, value: Value) -> Option<Gc<Str>> {
        value.to::<Str>()
    }

    // ---- iteration

    /// `iter(value)`
    pub fn iter(&mut self, value: Value) -> PyResult {
        if let Some(iter) = self.builtin_iter(value) {
            return Ok(iter);
        }
        let Some(method) = self.lookup_special(value, self.names.iter) else {
            if self.lookup_special(value, self.names.getitem).is_some()
                && !value.inner().is::<Dict>()
            {
                return Ok(Iter::new(IterKind::Sequence, value, 0, 0, 0).into());
            }
            let class = self.type_name(value);
            return Err(self.type_error(format!("'{class}' object is not iterable")));
        };
        if method.is_none() {
            let class = self.type_name(value);
            return Err(self.type_error(format!("'{class}' object is not iterable")));
        }
        let iter = self.call_special(method, value, &[])?;
        self.iter_returned(iter)
    }

    pub(crate) fn is_iterator(&mut self, value: Value) -> bool {
        value.is::<Iter>() || self.lookup_special(value, self.names.next).is_some()
    }

    /// What a method returned that must give an iterator.
    pub(crate) fn iter_returned(&mut self, iter: Value) -> PyResult {
        if self.is_iterator(iter) {
            return Ok(iter);
        }
        let class = self.type_name(iter);
        Err(self.type_error(format!("iter() returned non-iterator of type '{class}'")))
    }

    /// The iterator of a plain object of a builtin kind.
    #[inline]
    pub fn builtin_iter(&mut self, value: Value) -> Option<Value> {
        let iter = match value.kind()? {
            Kind::List => Iter::new(IterKind::List, value, 0, 0, 0),
            Kind::Tuple => Iter::new(IterKind::Tuple, value, 0, 0, 0),
            Kind::Str => Iter::new(IterKind::Str, value, 0, 0, 0),
            Kind::Range => return Some(self.range_iter(value.known())),
            Kind::Dict => self.dict_iter(IterKind::DictKeys, value.known::<Dict>(), value),
            Kind::Set | Kind::FrozenSet => {
                let table = self.set_table(value)?;
                self.dict_iter(IterKind::Set, table, value)
            }
            Kind::View => {
                let view = value.known::<View>();
                let mapping = view.mapping.get();
                let dict = mapping.to::<Dict>()?;
                let kind = match view.variant() {
                    View::KEYS => IterKind::DictKeys,
                    View::VALUES => IterKind::DictValues,
                    View::ITEMS => IterKind::DictItems,
                    _ => return None,
                };
                self.dict_iter(kind, dict, dict.into())
            }
            Kind::Bytes => Iter::new(IterKind::Bytes, value, 0, 0, 0),
            Kind::ByteArray => Iter::new(IterKind::ByteArray, value, 0, 0, 0),
            Kind::Iter => return Some(value),
            Kind::Generator => return crate::driven::generator_of(value).map(Value::from),
            _ => return None,
        };
        Some(iter.into())
    }

    fn dict_iter(&self, kind: IterKind, table: Gc<Dict>, source: Value) -> Gc<Iter> {
        Iter::new(kind, source, 0, table.len() as i64, 0)
    }

    /// The iterator of a range.
    pub fn range_iter(&mut self, range: Gc<Range>) -> Value {
        let parts = (range.start.get().as_small(), range.stop.get().as_small());
        if let ((Some(start), Some(stop)), Some(step)) = (parts, range.step.get().as_small()) {
            // The last number plus one step must not overflow.
            if stop
                .checked_add(step)
                .is_some_and(|end| Value::try_small(end).is_some())
            {
                return Iter::new(IterKind::Range, range.into(), start, stop, step).into();
            }
        }
        let iter = Iter::new(IterKind::BigRange, range.into(), 0, 0, 0);
        iter.write(|i| &i.extra, range.start.get());
        iter.into()
    }

    /// The next item of an iterator, `None` when it is exhausted.
    #[inline]
    pub fn next(&mut self, iter: Value) -> PyResult<Option<Value>> {
        if let Some(iter) = iter.cast::<Iter>() {
            return self.next_builtin(iter);
        }
        if let Some(generator) = crate::driven::generator_of(iter) {
            return self.resume_generator(generator, Value::NONE);
        }
        if let Some(own) = iter.cast::<Foreign>() {
            if let Some(item) = own.next() {
                return Ok(Some(item));
            }
            if let Some(step) = self.step_native
                && self.class_of(iter).flags.get().immutable
                && let Some(stepped) = self.nested(|vm| Ok(step(vm, own)))?
            {
                return stepped.or_else(|raised| self.unless_stopped(raised));
            }
        }
        let Some(method) = self.lookup_special(iter, self.names.next) else {
            let class = self.type_name(iter);
            return Err(self.type_error(format!("'{class}' object is not an iterator")));
        };
        match self.call_special(method, iter, &[]) {
            Ok(value) => Ok(Some(value)),
            Err(raised) => self.unless_stopped(raised),
        }
    }

    /// The end of an iterator, if what it raised says that.
    pub fn unless_stopped(&mut self, raised: Raised) -> PyResult<Option<Value>> {
        match raised.matches(self, self.types.stop_iteration) {
            true => Ok(None),
            false => Err(raised),
        }
    }

    /// The length of a container of a native module, unless its class is one that Python code made.
    pub fn native_length(&self, value: Value) -> Option<usize> {
        let length = value.cast::<Foreign>()?.length()?;
        self.class_of(value).flags.get().immutable.then_some(length)
    }

    /// The next item of an iterator over builtin kinds.
    #[inline(always)]
    pub fn next_builtin(&mut self, iter: Gc<Iter>) -> PyResult<Option<Value>> {
        let at = iter.at.get();
        match iter.variant() {
            IterKind::Range => {
                let step = iter.step.get();
                let more = if step > 0 {
                    at < iter.end.get()
                } else {
                    at > iter.end.get()
                };
                if !more {
                    return Ok(None);
                }
                iter.at.set(at + step);
                Ok(Some(Value::small(at)))
            }
            IterKind::List => {
                if iter.is_finished() {
                    return Ok(None);
                }
                let item = iter.source.get().known::<List>().item(at as usize);
                iter.at.set(at + 1);
                if item.is_none() {
                    iter.finish();
                }
                Ok(item)
            }
            _ => {
                let next = self.next_builtin_slow(iter, at);
                next.or_else(|raised| self.unless_stopped(raised))
            }
        }
    }

    #[inline(never)]
    fn next_builtin_slow(&mut self, iter: Gc<Iter>, at: i64) -> PyResult<Option<Value>> {
        let source = iter.source.get();
        if source.is_unbound() {
            return Ok(None);
        }
        let item = match iter.variant() {
            IterKind::Tuple => source.known::<Tuple>().items().get(at as usize).copied(),
            IterKind::Str => {
                let string = source.known::<Str>();
                ((at as usize) < string.len()).then(|| Str::char(string.point(at as usize)).into())
            }
            IterKind::Bytes => {
                let byte = source.known::<Bytes>().as_slice().get(at as usize);
                byte.map(|&b| Value::small(b as i64))
            }
            IterKind::ByteArray => {
                let byte = source.known::<ByteArray>().as_slice().get(at as usize);
                byte.map(|&b| Value::small(b as i64))
            }
            IterKind::DictKeys | IterKind::DictValues | IterKind::DictItems | IterKind::Set => {
                return self.next_entry(iter, source);
            }
            IterKind::ListReverse => {
                if at < 0 {
                    None
                } else {
                    source.known::<List>().item(at as usize)
                }
            }
            IterKind::DictReverse => {
                return Ok(self.previous_entry(iter, source.known()));
            }
            _ if iter.driver().is_some() => return self.next_driven(iter),
            IterKind::Enumerate => return self.next_enumerated(iter, source),
            IterKind::Zip => return self.next_zipped(iter, source),
            IterKind::Sequence | IterKind::Reversed => return self.next_by_index(iter, source),
            IterKind::BigRange => return self.next_big(iter, source.known()),
            IterKind::Map => return self.next_mapped(iter, source),
            IterKind::Filter => return self.next_filtered(iter, source),
            IterKind::Callable => return self.next_called(iter, source),
            IterKind::Range | IterKind::List => None,
        };
        let step = if iter.is_variant(IterKind::ListReverse) {
            -1
        } else {
            1
        };
        iter.at.set(at + step);
        if item.is_none() {
            iter.finish();
        }
        Ok(item)
    }

    fn next_entry(&mut self, iter: Gc<Iter>, source: Value) -> PyResult<Option<Value>> {
        let is_set = iter.is_variant(IterKind::Set);
        let table = if is_set {
            self.set_table(source)
        } else {
            source.cast::<Dict>()
        };
        let Some(table) = table else { return Ok(None) };
        if table.len() as i64 != iter.end.get() {
            iter.end.set(-1);
            let what = if is_set { "Set" } else { "dictionary" };
            return Err(self.runtime_error(format!("{what} changed size during iteration")));
        }
        let Some((at, _, key, value)) = table.get().next_entry(iter.at.get() as usize) else {
            iter.finish();
            return Ok(None);
        };
        if iter.step.get() >= iter.end.get() {
            iter.finish();
            return Err(self.runtime_error("dictionary keys changed during iteration"));
        }
        iter.step.set(iter.step.get() + 1);
        iter.at.set(at.0 as i64 + 1);
        Ok(Some(match iter.variant() {
            IterKind::DictValues => value,
            IterKind::DictItems => Tuple::pair(key, value).into(),
            _ => key,
        }))
    }

    fn previous_entry(&mut self, iter: Gc<Iter>, dict: Gc<Dict>) -> Option<Value> {
        let Some((at, _, key, value)) = dict.get().previous_entry(iter.at.get() as usize) else {
            iter.finish();
            return None;
        };
        iter.at.set(at.0 as i64);
        Some(match iter.step.get() {
            0 => key,
            1 => value,
            _ => Tuple::new(&[key, value]).into(),
        })
    }

    fn next_enumerated(&mut self, iter: Gc<Iter>, source: Value) -> PyResult<Option<Value>> {
        let item = match source.cast::<Iter>() {
            Some(inner) => self.next_builtin(inner)?,
            None => self.next(source)?,
        };
        let Some(item) = item else {
            return Ok(None);
        };
        let big = iter.extra.get();
        let count = if big.is_unbound() {
            let at = iter.at.get();
            iter.at.set(at + 1);
            Value::int(at)
        } else {
            let next = self.binary(BinaryOp::Add, big, Value::small(1))?;
            iter.write(|i| &i.extra, next);
            big
        };
        Ok(Some(Tuple::pair(count, item).into()))
    }

    /// The iterators of a `zip` of two.
    pub fn zips_two(source: Value) -> Option<(Gc<Iter>, [Value; 2])> {
        let iter = source.cast::<Iter>()?;
        if !iter.is_variant(IterKind::Zip) {
            return None;
        }
        let iters = iter.source.get().cast::<Tuple>()?;
        <[Value; 2]>::try_from(iters.items())
            .ok()
            .map(|iters| (iter, iters))
    }

    /// The next two values of a `zip` of two iterators.
    pub fn next_pair(
        &mut self,
        iter: Gc<Iter>,
        iters: [Value; 2],
    ) -> PyResult<Option<(Value, Value)>> {
        let mut at = 0;
        if let Some(first) = self.next(iters[0])? {
            if let Some(second) = self.next(iters[1])? {
                return Ok(Some((first, second)));
            }
            at = 1;
        }
        let strict = iter.step.get() == 1;
        iter.finish();
        if strict {
            self.strict_ended("zip", &iters, at)?;
        }
        Ok(None)
    }

    fn next_zipped(&mut self, iter: Gc<Iter>, source: Value) -> PyResult<Option<Value>> {
        let iters = source.known::<Tuple>().items();
        match *iters {
            [] => return Ok(None),
            [first, second] => {
                let pair = self.next_pair(iter, [first, second])?;
                return Ok(pair.map(|(first, second)| Tuple::pair(first, second).into()));
            }
            _ => {}
        }
        let mut few = [Value::UNBOUND; 4];
        let many = (iters.len() > few.len()).then(List::new);
        for (i, &inner) in iters.iter().enumerate() {
            match (self.next(inner)?, many) {
                (Some(item), Some(many)) => many.push(item),
                (Some(item), None) => few[i] = item,
                (None, _) => {
                    let strict = iter.step.get() == 1;
                    iter.finish();
                    return if strict {
                        self.strict_ended("zip", iters, i)
                    } else {
                        Ok(None)
                    };
                }
            }
        }
        let items = many.map_or(&few[..iters.len().min(few.len())], |many| many.items());
        Ok(Some(Tuple::new(items).into()))
    }

    /// A strict `zip` or `map` found the end of iterator `at`: the others must end as well.
    fn strict_ended(&mut self, what: &str, iters: &[Value], at: usize) -> PyResult<Option<Value>> {
        let range = |n: usize| {
            if n == 1 {
                String::from("argument 1")
            } else {
                format!("arguments 1-{n}")
            }
        };
        if at > 0 {
            return Err(self.value_error(format!(
                "{what}() argument {} is shorter than {}",
                at + 1,
                range(at)
            )));
        }
        for (i, &inner) in iters.iter().enumerate().skip(1) {
            if self.next(inner)?.is_some() {
                return Err(self.value_error(format!(
                    "{what}() argument {} is longer than {}",
                    i + 1,
                    range(i)
                )));
            }
        }
        Ok(None)
    }

    fn next_by_index(&mut self, iter: Gc<Iter>, source: Value) -> PyResult<Option<Value>> {
        let at = iter.at.get();
        if at < 0 {
            iter.finish();
            return Ok(None);
        }
        let backwards = iter.is_variant(IterKind::Reversed);
        match self.get_item(source, Value::int(at)) {
            Ok(item) => {
                // It may have been asked meanwhile.
                if iter.source.get() == source {
                    let at = iter.at.get();
                    iter.at.set(if backwards { at - 1 } else { at + 1 });
                }
                Ok(Some(item))
            }
            Err(raised)
                if raised.matches(self, self.types.index_error)
                    || raised.matches(self, self.types.stop_iteration) =>
            {
                iter.finish();
                Ok(None)
            }
            Err(raised) => {
                // The same item is asked for again, but backwards.
                if backwards {
                    iter.finish();
                }
                Err(raised)
            }
        }
    }

    fn next_big(&mut self, iter: Gc<Iter>, range: Gc<Range>) -> PyResult<Option<Value>> {
        let current = iter.extra.get();
        let (now, stop, step) = (
            self.big(current),
            self.big(range.stop.get()),
            self.big(range.step.get()),
        );
        let more = if step > IBig::ZERO {
            now < stop
        } else {
            now > stop
        };
        if !more {
            iter.finish();
            return Ok(None);
        }
        iter.write(|i| &i.extra, BigInt::value_of(&(now + step)));
        Ok(Some(current))
    }

    fn next_mapped(&mut self, iter: Gc<Iter>, source: Value) -> PyResult<Option<Value>> {
        let iters = source.known::<Tuple>().items();
        if let &[inner] = iters {
            return match self.next(inner)? {
                Some(item) => self.call(iter.extra.get(), &[item]).map(Some),
                None => Ok(None),
            };
        }
        let args = List::new();
        for (i, &inner) in iters.iter().enumerate() {
            match self.next(inner)? {
                Some(item) => args.push(item),
                None if iter.step.get() == 1 => return self.strict_ended("map", iters, i),
                None => return Ok(None),
            }
        }
        self.call(iter.extra.get(), args.items()).map(Some)
    }

    fn next_filtered(&mut self, iter: Gc<Iter>, source: Value) -> PyResult<Option<Value>> {
        while let Some(item) = self.next(source)? {
            let keep = match iter.extra.get() {
                Value::NONE => self.truth(item)?,
                predicate => {
                    let result = self.call(predicate, &[item])?;
                    self.truth(result)?
                }
            };
            if keep {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    fn next_called(&mut self, iter: Gc<Iter>, source: Value) -> PyResult<Option<Value>> {
        let item = self.call(source, &[])?;
        if self.eq(item, iter.extra.get())? {
            iter.finish();
            return Ok(None);
        }
        Ok(Some(item))
    }

    /// Calls `f` with each item of an iterable.
    pub fn for_each(
        &mut self,
        iterable: Value,
        mut f: impl FnMut(&mut Vm, Value) -> PyResult<()>,
    ) -> PyResult<()> {
        if let Some(tuple) = iterable.cast::<Tuple>() {
            return tuple.items().iter().try_for_each(|&item| f(self, item));
        }
        let iter = self.iter(iterable)?;
        if let Some(own) = iter.cast::<Foreign>().filter(|own| own.is_plain_iterator()) {
            while let Some(item) = own.next() {
                f(self, item)?;
            }
            // Its class knows why there are no more.
        }
        while let Some(item) = self.next(iter)? {
            f(self, item)?;
        }
        Ok(())
    }

    /// All items of an iterable. They are kept in a list, which the caller must hold, because
    /// the collector does not see a Rust vector.
    pub fn collect(&mut self, iterable: Value) -> PyResult<Gc<List>> {
        if let Some(list) = iterable.cast::<List>() {
            return Ok(List::copy_of(list));
        }
        if let Some(tuple) = iterable.cast::<Tuple>() {
            return Ok(List::from_slice(tuple.items()));
        }
        if iterable.is::<Range>() {
            let items = self.len(iterable)?;
            room::check(self, items.saturating_mul(size_of::<Value>()))?;
        }
        let list = List::new();
        self.for_each(iterable, |_, item| {
            list.push(item);
            Ok(())
        })?;
        Ok(list)
    }

    // ---- items

    /// `container[key]`
    pub fn get_item(&mut self, container: Value, key: Value) -> PyResult {
        match (container.kind(), key.as_small()) {
            (Some(Kind::List), Some(at)) => {
                let list = container.known::<List>();
                let at = if at < 0 { at + list.len() as i64 } else { at };
                return match list.item(at as usize) {
                    Some(item) => Ok(item),
                    None => Err(self.index_error("list index out of range")),
                };
            }
            (Some(Kind::Tuple), Some(at)) => {
                let items = container.known::<Tuple>().items();
                let at = if at < 0 { at + items.len() as i64 } else { at };
                return match items.get(at as usize) {
                    Some(&item) => Ok(item),
                    None => Err(self.index_error("tuple index out of range")),
                };
            }
            (Some(Kind::Str), Some(at)) => {
                let string = container.known::<Str>();
                let at = if at < 0 { at + string.len() as i64 } else { at };
                return if (at as usize) < string.len() {
                    Ok(Str::char(string.point(at as usize)).into())
                } else {
                    Err(self.index_error("string index out of range"))
                };
            }
            (Some(Kind::Dict), _) => {
                return match self.dict_get(container.known(), key)? {
                    Some(value) => Ok(value),
                    None => Err(self.key_error(key)),
                };
            }
            (Some(Kind::List | Kind::Str | Kind::Tuple | Kind::Bytes), None) => {
                if let Some(part) = slicing::get(container, key) {
                    return Ok(part);
                }
            }
            (Some(Kind::Foreign), Some(at)) => {
                if let Some(item) = container.known::<Foreign>().item(at) {
                    return Ok(item);
                }
            }
            _ => {}
        }
        if let Some(method) = self.lookup_special(container, self.names.getitem) {
            return self.call_special(method, container, &[key]);
        }
        if let Some(class) = container.cast::<Class>() {
            if let Some(found) = self.lookup_type(class, self.names.class_getitem) {
                let bound = self.bind_to_class(found, class)?;
                return self.call(bound, &[key]);
            }
            // Its subclasses have no parameters: it is no method that they could inherit.
            if class == self.types.type_ {
                return self.generic_alias(container, key);
            }
            let name = class.name_text();
            return Err(self.type_error(format!("type '{name}' is not subscriptable")));
        }
        let class = self.type_name(container);
        Err(self.type_error(format!("'{class}' object is not subscriptable")))
    }

    /// `cls[item]` as in annotations: a `types.GenericAlias`.
    pub fn generic_alias(&mut self, class: Value, item: Value) -> PyResult {
        let alias = match self.kept("types.GenericAlias") {
            Some(alias) => alias,
            None => {
                let module = self.import_module("_generic_alias")?;
                let alias = self.get_attr_text(module, "GenericAlias")?;
                self.keep("types.GenericAlias", alias);
                alias
            }
        };
        self.call(alias, &[class, item])
    }

    /// `container[key] = value`
    pub fn set_item(&mut self, container: Value, key: Value, value: Value) -> PyResult<()> {
        match (container.kind(), key.as_small()) {
            (Some(Kind::List), Some(at)) => {
                let list = container.known::<List>();
                let at = if at < 0 { at + list.len() as i64 } else { at };
                return if list.set_item(at as usize, value) {
                    Ok(())
                } else {
                    Err(self.index_error("list assignment index out of range"))
                };
            }
            (Some(Kind::Dict), _) => return self.dict_set(container.known(), key, value),
            (Some(Kind::List), None) if slicing::set(container, key, value) => return Ok(()),
            (Some(Kind::Foreign), Some(at)) if container.known::<Foreign>().set_item(at, value) => {
                return Ok(());
            }
            _ => {}
        }
        match self.lookup_special(container, self.names.setitem) {
            Some(method) => self
                .call_special(method, container, &[key, value])
                .map(|_| ()),
            None => {
                let class = self.type_name(container);
                Err(self.type_error(format!("'{class}' object does not support item assignment")))
            }
        }
    }

    /// `del container[key]`
    pub fn del_item(&mut self, container: Value, key: Value) -> PyResult<()> {
        match self.lookup_special(container, self.names.delitem) {
            Some(method) => self.call_special(method, container, &[key]).map(|_| ()),
            None => {
                let class = self.type_name(container);
                let is_sequence = matches!(
                    container.inner().kind(),
                    Some(Kind::Tuple | Kind::Str | Kind::Bytes | Kind::Range)
                );
                let not = if is_sequence && self.as_int(key).is_some() {
                    "doesn't"
                } else {
                    "does not"
                };
                Err(self.type_error(format!("'{class}' object {not} support item deletion")))
            }
        }
    }

    /// `item in container`
    pub fn contains(&mut self, container: Value, item: Value) -> PyResult<bool> {
        match container.kind() {
            Some(Kind::Dict) => {
                return Ok(self.dict_find(container.known(), item)?.1.is_some());
            }
            Some(Kind::Set) if item.to::<Set>().is_none() => {
                let table = container.known::<Set>().table();
                return Ok(self.dict_find(table, item)?.1.is_some());
            }
            Some(Kind::FrozenSet) if item.to::<Set>().is_none() => {
                let table = container.known::<FrozenSet>().table();
                return Ok(self.dict_find(table, item)?.1.is_some());
            }
            Some(Kind::List) => {
                let list = container.known::<List>();
                let mut at = 0;
                while let Some(other) = list.item(at) {
                    if self.eq(other, item)? {
                        return Ok(true);
                    }
                    at += 1;
                }
                return Ok(false);
            }
            Some(Kind::Tuple) => {
                for &other in container.known::<Tuple>().items() {
                    if self.eq(other, item)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            Some(Kind::Str) => {
                if let Some(text) = item.cast::<Str>()
                    && text.len() == 1
                {
                    return Ok(container.known::<Str>().has_point(text.point(0)));
                }
            }
            _ => {}
        }
        match self.lookup_special(container, self.names.contains) {
            Some(method) if !method.is_none() => {
                let result = self.call_special(method, container, &[item])?;
                self.truth(result)
            }
            Some(_) => Err(self.not_a_container(container)),
            None => {
                let iter = match self.iter(container) {
                    Ok(iter) => iter,
                    Err(raised) if raised.matches(self, self.types.type_error) => {
                        return Err(self.not_a_container(container));
                    }
                    Err(raised) => return Err(raised),
                };
                while let Some(other) = self.next(iter)? {
                    if self.eq(other, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    #[cold]
    fn not_a_container(&mut self, container: Value) -> Raised {
        let class = self.type_name(container);
        self.type_error(format!(
            "argument of type '{class}' is not a container or iterable"
        ))
    }

    // ---- text

    /// `repr(value)`
    pub fn repr(&mut self, value: Value) -> PyResult<Gc<Str>> {
        if let Some(n) = value.as_small() {
            return Ok(Str::decimal(n));
        }
        let name = self.names.repr;
        self.text_of(value, name, "__repr__")
    }

    /// `str(value)`
    pub fn str(&mut self, value: Value) -> PyResult<Gc<Str>> {
        if let Some(string) = value.cast::<Str>() {
            return Ok(string);
        }
        if let Some(n) = value.as_small() {
            return Ok(Str::decimal(n));
        }
        let name = self.names.str;
        self.text_of(value, name, "__str__")
    }

    fn text_of(&mut self, value: Value, name: Gc<Str>, shown: &str) -> PyResult<Gc<Str>> {
        let Some(method) = self.lookup_special(value, name) else {
            let class = self.type_name(value);
            return Err(self.system_error(format!("type '{class}' has no {shown}")));
        };
        let result = self.call_special(method, value, &[])?;
        self.text_returned(result, shown)
    }

    /// What a method returned that must give a string.
    pub(crate) fn text_returned(&mut self, result: Value, shown: &str) -> PyResult<Gc<Str>> {
        match self.as_str(result) {
            Some(string) => Ok(string),
            None => {
                let class = self.type_name(result);
                Err(self.type_error(format!("{shown} returned non-string (type {class})")))
            }
        }
    }

    /// What a conversion gives whose special method, a function, has returned a value.
    pub(crate) fn given_by_method(&mut self, then: Then, method: Value, result: Value) -> PyResult {
        match then {
            Then::Length => Ok(Value::int(self.length_returned(result)? as i64)),
            Then::Int => self.int_returned(result),
            Then::Float => match self.as_float(result) {
                Some(float) => Ok(Value::float(float)),
                None => {
                    let method = method.known::<Function>().qualname.get();
                    let shown = self.as_str(method).map(|name| name.to_text_escaped());
                    let shown = shown.unwrap_or_default();
                    let owner = shown.rsplit('.').nth(1).unwrap_or_default().to_string();
                    Err(self.float_expected(&owner, result))
                }
            },
            Then::Hash => self.hash_returned(result).map(Value::int),
            Then::Bool => self.truth_returned(Then::Truth, result).map(Value::bool),
            Then::Shown => self.text_returned(result, "__str__").map(Value::from),
            _ => self.text_returned(result, "__repr__").map(Value::from),
        }
    }

    /// The integer that `__int__` has given.
    pub fn int_returned(&mut self, result: Value) -> PyResult {
        match self.as_int(result) {
            Some(n) => Ok(n),
            None => {
                let class = self.type_name(result);
                Err(self.type_error(format!("__int__ returned non-int (type {class})")))
            }
        }
    }

    /// The `__float__` of a class has given something else.
    pub fn float_expected(&mut self, class: &str, result: Value) -> Raised {
        let given = self.type_name(result);
        self.type_error(format!(
            "{class}.__float__ returned non-float (type {given})"
        ))
    }

    /// `repr(value)` as Rust text.
    pub fn repr_text(&mut self, value: Value) -> PyResult<String> {
        Ok(self.repr(value)?.to_text_escaped())
    }

    /// `str(value)` as Rust text.
    pub fn str_text(&mut self, value: Value) -> PyResult<String> {
        Ok(self.str(value)?.to_text_escaped())
    }

    /// `format(value, spec)`
    pub fn format(&mut self, value: Value, spec: Gc<Str>) -> PyResult<Gc<Str>> {
        if spec.is_empty() {
            if let Some(string) = value.cast::<Str>() {
                return Ok(string);
            }
            if value.is_small() {
                return self.str(value);
            }
        }
        let Some(method) = self.lookup_special(value, self.names.format) else {
            let class = self.type_name(value);
            return Err(self.type_error(format!("unsupported format string passed to {class}")));
        };
        let result = self.call_special(method, value, &[spec.into()])?;
        match self.as_str(result) {
            Some(string) => Ok(string),
            None => {
                let class = self.type_name(result);
                Err(self.type_error(format!("__format__ must return a str, not {class}")))
            }
        }
    }

    /// Runs `f` unless the `repr` of `value` is being computed already; then gives `None`.
    pub fn guard_repr<T>(
        &mut self,
        value: Value,
        f: impl FnOnce(&mut Vm) -> PyResult<T>,
    ) -> PyResult<Option<T>> {
        if self.repr_active.contains(&value) {
            return Ok(None);
        }
        self.repr_active.push(value);
        let result = self.nested(f);
        self.repr_active.pop();
        result.map(Some)
    }

    /// `a < b` as a truth value: what sorting asks.
    #[inline]
    pub fn less(&mut self, a: Value, b: Value) -> PyResult<bool> {
        self.test(Comparison::Lt, a, b)
    }
}

/// A string with everything outside ASCII escaped, as `ascii()` shows it.
pub fn ascii_of(text: Gc<Str>) -> Gc<Str> {
    if text.is_ascii() {
        return text;
    }
    let mut out = String::new();
    for point in text.points() {
        match point {
            0..128 => out.push(point as u8 as char),
            128..256 => out.push_str(&format!("\\x{point:02x}")),
            256..0x10000 => out.push_str(&format!("\\u{point:04x}")),
            _ => out.push_str(&format!("\\U{point:08x}")),
        }
    }
    Str::new(&out)
}
