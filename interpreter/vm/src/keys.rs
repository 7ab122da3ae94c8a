//! Keys of any kind: their hashes, and their places in dictionaries and in the tables of sets.
//!
//! Keys that equal themselves alone, strings and small integers are searched for without asking who
//! compares them; all others by `__hash__` and `__eq__`, which may run Python code.

use crate::native::NativeFn;
use crate::plain::{Plain, PlainNative};
use crate::{Comparison, PyResult, Raised, Vm};
use object::{
    BigInt, Builtin, Bytes, Dict, DictIndex, FrozenSet, Gc, Kind, Set, Str, Tuple, Value,
    hash_float, hash_small, shape,
};

impl Vm {
    /// The hash, as Python's `hash()`.
    #[inline]
    pub fn hash(&mut self, value: Value) -> PyResult<i64> {
        if let Some(string) = value.cast::<Str>() {
            return Ok(string.hash() as i64);
        }
        if value.is_small() {
            return Ok(hash_small(value.small_unchecked()));
        }
        self.hash_slow(value)
    }

    fn hash_slow(&mut self, value: Value) -> PyResult<i64> {
        if value.is_inline_float() {
            let f = value.inline_float_unchecked();
            return Ok(if f.is_nan() {
                value.identity_hash()
            } else {
                hash_float(f)
            });
        }
        match value.kind() {
            None => {
                return Ok(match value.as_bool() {
                    Some(b) => b as i64,
                    None => (value.bits() as i64) * 0x1000_0001 + 0xfca8_6420,
                });
            }
            Some(Kind::Tuple) => return self.hash_tuple(value.known()),
            Some(Kind::BigInt) => return Ok(value.known::<BigInt>().hash()),
            Some(Kind::Bytes) => return Ok(value.known::<Bytes>().hash() as i64),
            Some(Kind::Float) => return Ok(hash_float(value.as_float().unwrap_or(0.0))),
            _ => {}
        }
        if self.is_by_identity(value) {
            return Ok(value.identity_hash());
        }
        let method = self.lookup_special(value, self.names.hash);
        match method {
            Some(method) if !method.is_none() => {
                let carried = value.inner();
                if carried != value {
                    let class = self.class_of(carried);
                    if self.lookup_type(class, self.names.hash) == Some(method) {
                        return self.hash(carried);
                    }
                }
                let result = self.call_special(method, value, &[])?;
                self.hash_returned(result)
            }
            _ => Err(self.unhashable(value)),
        }
    }

    /// The hash that `__hash__` has given.
    pub(crate) fn hash_returned(&mut self, result: Value) -> PyResult<i64> {
        let Some(n) = self.as_int(result) else {
            return Err(self.type_error("__hash__ method should return an integer"));
        };
        match (n.as_small(), n.cast::<BigInt>()) {
            (Some(-1), _) => Ok(-2),
            (Some(n), _) => Ok(n),
            // A hash of 64 bits counts as it is; a larger one is reduced.
            (None, Some(n)) => Ok(n.as_i64().unwrap_or_else(|| n.hash())),
            (None, None) => Ok(0),
        }
    }

    #[cold]
    fn unhashable(&mut self, value: Value) -> Raised {
        let class = self.type_name(value);
        self.type_error(format!("unhashable type: '{class}'"))
    }

    /// The hash of a tuple: the sequence hash of xxHash's accumulator, as Python documents it
    /// for its tuples since 3.8.
    fn hash_tuple(&mut self, tuple: Gc<Tuple>) -> PyResult<i64> {
        const PRIME_1: u64 = 11400714785074694791;
        const PRIME_2: u64 = 14029467366897019727;
        const PRIME_5: u64 = 2870177450012600261;
        let mut acc = PRIME_5;
        for &item in tuple.items() {
            let lane = self.hash(item)? as u64;
            acc = acc.wrapping_add(lane.wrapping_mul(PRIME_2));
            acc = acc.rotate_left(31).wrapping_mul(PRIME_1);
        }
        acc = acc.wrapping_add(tuple.len() as u64 ^ (PRIME_5 ^ 3527539));
        Ok(if acc as i64 == -1 {
            1546275796
        } else {
            acc as i64
        })
    }

    /// The place of a key in a dictionary or in a set's table, and the key's hash. Only keys that
    /// equal themselves alone are found here, in few steps; what becomes of others takes longer
    /// than the call.
    #[inline(always)]
    pub fn dict_find(&mut self, dict: Gc<Dict>, key: Value) -> PyResult<(u64, Option<DictIndex>)> {
        if let Some(header) = key.header()
            && header.kind() == Kind::Instance
            && shape::class_of(header).is_found_by_identity()
        {
            let hash = key.identity_hash() as u64;
            if let Ok(found) = dict.find_same_apart(hash, key) {
                return Ok((hash, found));
            }
        }
        self.dict_find_by_kind(dict, key)
    }

    /// The place of a key, by the kind that it is of.
    #[inline(never)]
    fn dict_find_by_kind(
        &mut self,
        dict: Gc<Dict>,
        key: Value,
    ) -> PyResult<(u64, Option<DictIndex>)> {
        match key.kind() {
            Some(Kind::Str) => {
                let string = key.known::<Str>();
                let hash = string.hash();
                if let Ok(found) = dict.find_text(hash, string) {
                    return Ok((hash, found));
                }
            }
            None if key.is_small() => {
                let hash = hash_small(key.small_unchecked()) as u64;
                if let Ok(found) = dict.find_small(hash, key) {
                    return Ok((hash, found));
                }
            }
            _ => {}
        }
        self.dict_find_any(dict, key)
    }

    /// The place of a key of any kind.
    #[inline(never)]
    fn dict_find_any(&mut self, dict: Gc<Dict>, key: Value) -> PyResult<(u64, Option<DictIndex>)> {
        let hash = match self.hash(key) {
            Ok(hash) => hash as u64,
            Err(raised) => return Err(self.unusable_key(dict, key, raised)),
        };
        let found = dict.get().find(hash, key, |other| self.eq(other, key))?;
        Ok((hash, found))
    }

    /// The error for a key without hash, which says what the key was to be.
    #[cold]
    fn unusable_key(&mut self, table: Gc<Dict>, key: Value, raised: Raised) -> Raised {
        if !raised.matches(self, self.types.type_error) {
            return raised;
        }
        let what = match table.header().kind() {
            Kind::Dict => "dict key",
            _ => "set element",
        };
        let class = self.type_name(key);
        match self.str_text(raised.0) {
            Ok(reason) => self.type_error(format!("cannot use '{class}' as a {what} ({reason})")),
            Err(raised) => raised,
        }
    }

    /// The place of a key, which was at `near` in this dictionary or in one like it.
    #[inline]
    pub fn dict_find_near(
        &mut self,
        dict: Gc<Dict>,
        key: Value,
        near: DictIndex,
    ) -> PyResult<Option<DictIndex>> {
        if dict.is_at(near, key) {
            return Ok(Some(near));
        }
        Ok(self.dict_find(dict, key)?.1)
    }

    #[inline]
    pub fn dict_get(&mut self, dict: Gc<Dict>, key: Value) -> PyResult<Option<Value>> {
        let (_, at) = self.dict_find(dict, key)?;
        Ok(at.map(|at| dict.value_at(at)))
    }

    #[inline]
    pub fn dict_set(&mut self, dict: Gc<Dict>, key: Value, value: Value) -> PyResult<()> {
        self.dict_put(dict, key, value).map(|_| ())
    }

    /// The same; gives where the key is.
    #[inline]
    pub fn dict_put(&mut self, dict: Gc<Dict>, key: Value, value: Value) -> PyResult<DictIndex> {
        match self.dict_find(dict, key)? {
            (_, Some(at)) => {
                dict.set_value_at(at, value);
                Ok(at)
            }
            (hash, None) => Ok(dict.append(hash, key, value)),
        }
    }

    /// Removes a key and gives its value.
    pub fn dict_remove(&mut self, dict: Gc<Dict>, key: Value) -> PyResult<Option<Value>> {
        let (_, at) = self.dict_find(dict, key)?;
        Ok(at.map(|at| dict.remove_at(at).1))
    }

    /// The table of a set or frozen set.
    pub fn set_table(&self, value: Value) -> Option<Gc<Dict>> {
        let inner = value.inner();
        match inner.kind()? {
            Kind::Set => Some(inner.known::<Set>().table()),
            Kind::FrozenSet => Some(inner.known::<FrozenSet>().table()),
            _ => None,
        }
    }

    /// Whether every key of the table `part` is one of `whole`.
    pub fn is_within(&mut self, part: Gc<Dict>, whole: Gc<Dict>) -> PyResult<bool> {
        if part.len() > whole.len() {
            return Ok(false);
        }
        let mut from = 0;
        while let Some((at, hash, key, _)) = part.get().next_entry(from) {
            from = at.0 + 1;
            let found = whole.get().find(hash, key, |other| self.eq(other, key))?;
            if found.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a comparison of the sets with these tables holds.
    pub fn compare_tables(
        &mut self,
        op: Comparison,
        own: Gc<Dict>,
        other: Gc<Dict>,
    ) -> PyResult<bool> {
        let (part, whole, possible) = match op {
            Comparison::Eq | Comparison::Ne => (own, other, own.len() == other.len()),
            Comparison::Lt => (own, other, own.len() < other.len()),
            Comparison::Le => (own, other, true),
            Comparison::Gt => (other, own, own.len() > other.len()),
            Comparison::Ge => (other, own, true),
        };
        let holds = possible && self.is_within(part, whole)?;
        Ok(holds != (op == Comparison::Ne))
    }

    /// Adds an element to a set's table; whether it was not there.
    pub fn table_add(&mut self, table: Gc<Dict>, element: Value) -> PyResult<bool> {
        if let Some(number) = element.as_small()
            && let Some(is_new) = table.add_small(hash_small(number) as u64, element)
        {
            return Ok(is_new);
        }
        let (hash, at) = self.dict_find(table, element)?;
        if at.is_none() {
            table.insert_new(hash, element, Value::NONE);
        }
        Ok(at.is_none())
    }

    pub fn set_add(&mut self, set: Gc<Set>, element: Value) -> PyResult<()> {
        self.table_add(set.table(), element).map(|_| ())
    }
}

/// What the hidden functions that look a key up, whose hash they have asked for, are made of: what is
/// declared, and what each does, if it runs no Python code. The first argument is a dictionary or a set.
const BY_HASH: &[(&str, NativeFn, Option<Plain>)] = &[
    (
        "place_of(table, key, hash, /)",
        place_of,
        Some(Plain::Reads),
    ),
    ("search(table, key, hash, /)", search, None),
    ("value_at(table, place, /)", value_at, Some(Plain::Reads)),
    (
        "set_value_at(table, place, value, /)",
        set_value_at,
        Some(Plain::Writes),
    ),
    ("add_new(table, key, hash, /)", add_new, Some(Plain::Writes)),
    ("unusable(table, key, error, /)", unusable, None),
];

/// What stands for a place that is not there; and for one that only a comparison tells.
const ABSENT: Value = Value::small(-1);
const UNSURE: Value = Value::small(-2);

impl Vm {
    /// The functions of [`BY_HASH`] by their names.
    pub(crate) fn key_functions(&mut self) -> Vec<(&'static str, Gc<Builtin>)> {
        let declared = BY_HASH.iter().map(|&(signature, function, does)| {
            let name = signature.split('(').next().unwrap_or_default();
            (name, self.key_function(signature, function, does))
        });
        declared.collect()
    }

    fn key_function(
        &mut self,
        signature: &'static str,
        function: NativeFn,
        does: Option<Plain>,
    ) -> Gc<Builtin> {
        let made = self.native_function(signature, function);
        self.natives[made.number as usize].plain = does.map(PlainNative::of_builtin_first);
        made
    }

    /// The number of the native function that makes a hash of what `__hash__` has returned.
    pub(crate) fn hash_of_returned(&mut self) -> u32 {
        match self.hash_of_returned {
            Some(number) => number,
            None => {
                let signature = "hash_of_returned(value, /)";
                let made = self.key_function(signature, hash_of_returned, Some(Plain::Reads));
                *self.hash_of_returned.insert(made.number)
            }
        }
    }

    /// The table of a dictionary or set.
    fn table_of(&mut self, container: Value) -> PyResult<Gc<Dict>> {
        let found = container.cast::<Dict>().or(self.set_table(container));
        found.ok_or_else(|| self.type_error("no dictionary or set"))
    }
}

fn small_place(at: Option<DictIndex>) -> Value {
    at.map_or(ABSENT, |at| Value::small(at.0 as i64))
}

fn given_place(place: Value) -> DictIndex {
    DictIndex(place.as_small().unwrap_or_default() as usize)
}

fn hash_of_returned(vm: &mut Vm, args: &[Value]) -> PyResult {
    let same = args[0].cast::<BigInt>().filter(|n| n.as_i64().is_some());
    match same {
        Some(hash) => Ok(hash.into()),
        None => vm.hash_returned(args[0]).map(Value::int),
    }
}

/// Where this very key is.
fn place_of(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = vm.table_of(args[0])?;
    let hash = vm.hash_returned(args[2])? as u64;
    let found = table.find_same(hash, args[1]);
    Ok(found.map_or(UNSURE, small_place))
}

/// Where a key is, or one that equals it.
fn search(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (table, key) = (vm.table_of(args[0])?, args[1]);
    let hash = vm.hash_returned(args[2])? as u64;
    let found = table.get().find(hash, key, |other| vm.eq(other, key))?;
    Ok(small_place(found))
}

fn value_at(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(vm.table_of(args[0])?.value_at(given_place(args[1])))
}

fn set_value_at(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = vm.table_of(args[0])?;
    table.set_value_at(given_place(args[1]), args[2]);
    Ok(Value::NONE)
}

/// Adds a key that is not there, with None as its value; where it is now.
fn add_new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = vm.table_of(args[0])?;
    let hash = vm.hash_returned(args[2])? as u64;
    let at = table.append(hash, args[1], Value::NONE);
    Ok(small_place(Some(at)))
}

/// The error for a key that has no hash.
fn unusable(vm: &mut Vm, args: &[Value]) -> PyResult {
    let table = vm.table_of(args[0])?;
    Ok(vm.unusable_key(table, args[1], Raised(args[2])).0)
}
