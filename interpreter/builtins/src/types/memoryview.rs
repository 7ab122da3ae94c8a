//! `memoryview`: a window on the bytes of another object, in one dimension.
//!
//! A view does not copy: it holds the object, and finds the bytes anew at each access, so that an
//! array that grows meanwhile is no danger. Items of the view may be numbers of several bytes.

use crate::types::byte_methods::{hex_options, hex_text, place};
use crate::types::bytes::{contents, required, view};
use crate::types::slice;
use object::{
    ByteArray, Bytes, Class, ClassFlags, Foreign, Gc, Instance, Iter, IterKind, List, Marker,
    Payload, Slice, Str, Value, intern,
};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use vm::{Comparison, Def, PyResult, Raised, Vm, getter, method, static_method, tuple};

/// What an item is: the letter of the `struct` module.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Format(u8);

impl Format {
    fn is_float(self) -> bool {
        matches!(self.0, b'f' | b'd')
    }

    fn size(self) -> usize {
        match self.0 {
            b'h' | b'H' => 2,
            b'i' | b'I' | b'f' => 4,
            b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'P' | b'd' => 8,
            _ => 1,
        }
    }

    fn is_known(self) -> bool {
        b"bBchHiIlLqQnNPfd?".contains(&self.0)
    }

    fn is_signed(self) -> bool {
        b"bhilqn".contains(&self.0)
    }

    /// The bytes, in the machine's order and from the first on, of a number that needs no conversion but
    /// of a small integer to a float, and that an item can hold.
    fn bytes(self, value: Value) -> Option<[u8; 8]> {
        let mut bytes = [0; 8];
        if self.0 == b'd' {
            let float = value
                .as_float()
                .or_else(|| Some(value.as_small()? as f64))?;
            return Some(float.to_ne_bytes());
        }
        if !b"bBhHiIlLqQ".contains(&self.0) {
            return None;
        }
        let (n, size) = (value.as_small()?, self.size());
        let bits = 8 * size as u32;
        let fits = match self.is_signed() {
            true => bits == 64 || (-(1 << (bits - 1))..1 << (bits - 1)).contains(&n),
            false => n >= 0 && (bits == 64 || n < 1 << bits),
        };
        if !fits {
            return None;
        }
        let all = n.to_ne_bytes();
        let from = if cfg!(target_endian = "big") {
            8 - size
        } else {
            0
        };
        bytes[..size].copy_from_slice(&all[from..from + size]);
        Some(bytes)
    }

    /// The item that bytes in the machine's order say.
    fn read(self, bytes: &[u8]) -> Value {
        let mut wide = [0; 8];
        let size = bytes.len().min(8);
        if cfg!(target_endian = "big") {
            wide[8 - size..].copy_from_slice(&bytes[..size]);
        } else {
            wide[..size].copy_from_slice(&bytes[..size]);
        }
        let n = u64::from_ne_bytes(wide);
        match self.0 {
            b'c' => Bytes::new(bytes).into(),
            b'?' => Value::bool(n != 0),
            b'f' => Value::float(f32::from_bits(n as u32) as f64),
            b'd' => Value::float(f64::from_bits(n)),
            _ if self.is_signed() => {
                let unused = 64 - 8 * size as u32;
                Value::int((n << unused) as i64 >> unused)
            }
            _ => match i64::try_from(n) {
                Ok(n) => Value::int(n),
                Err(_) => object::BigInt::from_i128(n as i128).into(),
            },
        }
    }

    /// The bytes of an item in the machine's order.
    fn write(self, vm: &mut Vm, value: Value) -> PyResult<Vec<u8>> {
        let wide = match self.0 {
            b'c' => match value.to::<Bytes>() {
                Some(byte) if byte.len() == 1 => u64::from(byte.as_slice()[0]),
                _ => return Err(self.wrong_type(vm)),
            },
            b'?' => u64::from(vm.truth(value)?),
            b'f' | b'd' => {
                let Some(f) = crate::types::float::operand(vm, value)? else {
                    return Err(self.wrong_type(vm));
                };
                if self.0 == b'd' {
                    f.to_bits()
                } else {
                    u64::from((f as f32).to_bits())
                }
            }
            _ => {
                if vm.as_int(value).is_none() && vm.lookup_special(value, vm.names.index).is_none()
                {
                    return Err(self.wrong_type(vm));
                }
                let n = vm.index_value(value)?;
                let bits = 8 * self.size() as u32;
                let (low, high) = if self.is_signed() {
                    (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
                } else {
                    (0, (1i128 << bits) - 1)
                };
                match i128::try_from(&vm.big(n)) {
                    Ok(n) if (low..=high).contains(&n) => n as u64,
                    _ => {
                        let letter = self.0 as char;
                        return Err(vm.value_error(format!(
                            "memoryview: invalid value for format '{letter}'"
                        )));
                    }
                }
            }
        };
        let size = self.size();
        let bytes = wide.to_ne_bytes();
        Ok(if cfg!(target_endian = "big") {
            bytes[8 - size..].to_vec()
        } else {
            bytes[..size].to_vec()
        })
    }

    fn wrong_type(self, vm: &mut Vm) -> Raised {
        let letter = self.0 as char;
        vm.type_error(format!("memoryview: invalid type for format '{letter}'"))
    }
}

thread_local! {
    /// How many views each array of bytes has, by the array's word.
    static EXPORTS: RefCell<HashMap<u64, usize>> = RefCell::default();
}

/// The claim of a view on an array of bytes, which keeps its length as long as the view lives.
/// Views of views make none: they are mostly temporary, and the collector, which scans the stack
/// conservatively, may think them alive long after.
struct Export(u64);

impl Export {
    fn new(base: Value) -> Export {
        if let Some(array) = base.to::<ByteArray>() {
            array.set_viewed();
        }
        let key = base.inner().bits();
        EXPORTS.with_borrow_mut(|exports| *exports.entry(key).or_default() += 1);
        Export(key)
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        EXPORTS.with_borrow_mut(|exports| {
            if let Some(count) = exports.get_mut(&self.0) {
                *count -= 1;
                if *count == 0 {
                    exports.remove(&self.0);
                }
            }
        });
    }
}

fn is_exported(array: Gc<ByteArray>) -> bool {
    EXPORTS
        .with_borrow(|exports| !exports.is_empty() && exports.contains_key(&array.value().bits()))
}

/// As [`is_exported`], which depends on what the collector found: a replay is told.
fn has_exports(vm: &mut Vm, array: Gc<ByteArray>) -> bool {
    vm.heap_figure(is_exported(array).into()) != 0
}

/// Whether a program can get at a view of the array: the native stack, which the collector does not
/// tell from what was there before, holds none that registers do not hold as well.
fn is_held(vm: &mut Vm, array: Gc<ByteArray>) -> bool {
    let key = array.value().bits();
    let is_view = |value: Value| {
        let view = value
            .cast::<Foreign>()
            .and_then(|f| f.payload::<MemoryView>());
        view.is_some_and(|view| view.export.borrow().as_ref().is_some_and(|e| e.0 == key))
    };
    let held = vm.is_reachable(&is_view);
    vm.heap_figure(held.into()) != 0
}

/// BufferError if a view of the array is alive. A view that nobody holds any more does not count,
/// but only a collection finds out.
#[inline]
pub fn check_resizable(vm: &mut Vm, array: Gc<ByteArray>) -> PyResult<()> {
    if !array.was_viewed() || !has_exports(vm, array) {
        return Ok(());
    }
    vm.collect_garbage(true);
    if !has_exports(vm, array) || !is_held(vm, array) {
        return Ok(());
    }
    let class = vm.types.buffer_error;
    Err(vm.raise(class, "Existing exports of data: object cannot be re-sized"))
}

/// A view. `start` and `step` count bytes.
struct MemoryView {
    /// The object with the bytes: `bytes` or `bytearray`; *unbound* once released.
    base: Cell<Value>,
    export: RefCell<Option<Export>>,
    start: i64,
    step: i64,
    count: usize,
    format: Format,
    readonly: bool,
}

impl Payload for MemoryView {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.base.get());
    }

    fn item(&self, at: i64) -> Option<Value> {
        self.item(self.index(at)?)
    }

    fn set_item(&self, at: i64, value: Value) -> bool {
        if self.readonly {
            return false;
        }
        let (Some(at), Some(bytes)) = (self.index(at), self.format.bytes(value)) else {
            return false;
        };
        put(self, at, &bytes[..self.format.size()]);
        true
    }
}

impl MemoryView {
    /// The item's number that an index means, if there is one and the view has not been released.
    fn index(&self, at: i64) -> Option<usize> {
        let count = self.count as i64;
        let at = if at < 0 { at + count } else { at };
        ((0..count).contains(&at) && !self.base.get().is_unbound()).then_some(at as usize)
    }

    fn offset(&self, at: usize) -> usize {
        (self.start + self.step * at as i64) as usize
    }

    fn bytes_of(&self, at: usize) -> Option<&'static [u8]> {
        let from = self.offset(at);
        view(self.base.get())?.get(from..from + self.format.size())
    }

    fn item(&self, at: usize) -> Option<Value> {
        Some(self.format.read(self.bytes_of(at)?))
    }

    fn is_contiguous(&self) -> bool {
        self.count <= 1 || self.step == self.format.size() as i64
    }

    /// Its bytes, where they lie if they are together there.
    fn contents(&self) -> Cow<'static, [u8]> {
        if self.is_contiguous() {
            let length = self.count * self.format.size();
            let from = self.start as usize;
            let all = view(self.base.get()).unwrap_or(&[]);
            return Cow::Borrowed(all.get(from..from + length).unwrap_or(&[]));
        }
        let items = (0..self.count).filter_map(|at| self.bytes_of(at));
        Cow::Owned(items.flatten().copied().collect())
    }
}

const CLASS: &str = "memoryview";

/// A memory view of any object with a buffer.
pub fn view_of(vm: &mut Vm, object: Value) -> PyResult {
    let class = vm.kept(CLASS).unwrap_or(Value::NONE);
    vm.call(class, &[object])
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, object)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__len__(self, /)", |vm, args| {
        Ok(Value::int(me(vm, args[0])?.count as i64))
    }),
    method("__iter__(self, /)", |vm, args| {
        me(vm, args[0])?;
        Ok(Iter::new(IterKind::Sequence, args[0], 0, 0, 0).into())
    }),
    method("__getitem__(self, key, /)", get_item),
    method("__setitem__(self, key, value, /)", set_item),
    method("__eq__(self, value, /)", |vm, args| {
        equal(vm, Comparison::Eq, args)
    }),
    method("__ne__(self, value, /)", |vm, args| {
        equal(vm, Comparison::Ne, args)
    }),
    method("__enter__(self, /)", |vm, args| {
        me(vm, args[0]).map(|_| args[0])
    }),
    method("__exit__(self, /, *args)", release),
    method("release(self, /)", release),
    method("tobytes(self, /, order='C')", |vm, args| {
        Ok(Bytes::new(&me(vm, args[0])?.contents()).into())
    }),
    method("tolist(self, /)", |vm, args| {
        let me = me(vm, args[0])?;
        let list = List::with_capacity(me.count);
        (0..me.count)
            .filter_map(|at| me.item(at))
            .for_each(|item| list.push(item));
        Ok(list.into())
    }),
    method("hex(self, /, sep=None, bytes_per_sep=1)", |vm, args| {
        let (separator, group) = hex_options(vm, args[1], args[2])?;
        let data = me(vm, args[0])?.contents();
        Ok(Str::from_latin1(&hex_text(&data, separator, group)).into())
    }),
    method("cast(self, /, format, shape=None)", cast),
    method("toreadonly(self, /)", |vm, args| {
        let me = me(vm, args[0])?;
        Ok(make(
            vm,
            MemoryView {
                readonly: true,
                base: me.base.clone(),
                export: RefCell::default(),
                ..*me
            },
        ))
    }),
    method("count(self, value, /)", |vm, args| {
        let mut count = 0;
        vm.for_each(args[0], |vm, item| {
            count += i64::from(vm.eq(item, args[1])?);
            Ok(())
        })?;
        Ok(Value::int(count))
    }),
    method(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        index,
    ),
    getter("obj", |vm, args| Ok(me(vm, args[0])?.base.get())),
    getter("nbytes", |vm, args| {
        let me = me(vm, args[0])?;
        Ok(Value::int((me.count * me.format.size()) as i64))
    }),
    getter("itemsize", |vm, args| {
        Ok(Value::int(me(vm, args[0])?.format.size() as i64))
    }),
    getter("format", |vm, args| {
        Ok(Str::char(me(vm, args[0])?.format.0 as u32).into())
    }),
    getter("readonly", |vm, args| Ok(me(vm, args[0])?.readonly.into())),
    getter("ndim", |vm, args| me(vm, args[0]).map(|_| Value::small(1))),
    getter("shape", |vm, args| {
        Ok(tuple(&[Value::int(me(vm, args[0])?.count as i64)]))
    }),
    getter("strides", |vm, args| {
        Ok(tuple(&[Value::int(me(vm, args[0])?.step)]))
    }),
    getter("suboffsets", |vm, args| me(vm, args[0]).map(|_| tuple(&[]))),
    getter("c_contiguous", |vm, args| {
        Ok(me(vm, args[0])?.is_contiguous().into())
    }),
    getter("f_contiguous", |vm, args| {
        Ok(me(vm, args[0])?.is_contiguous().into())
    }),
    getter("contiguous", |vm, args| {
        Ok(me(vm, args[0])?.is_contiguous().into())
    }),
];

pub fn install(vm: &mut Vm) {
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        ..Default::default()
    };
    let class = vm.native_class("builtins", "memoryview", vm.types.object, flags, METHODS);
    let builtins = vm.builtins;
    builtins.set_str(intern("memoryview"), class.into());
    vm.keep(CLASS, class.into());
}

fn payload(value: Value) -> Option<&'static MemoryView> {
    value.cast::<Foreign>()?.get().payload::<MemoryView>()
}

/// The bytes of a view, if the object is one that is not released; where they lie, until that changes, if they are
/// together there.
pub fn contents_of(value: Value) -> Option<Cow<'static, [u8]>> {
    payload(value)
        .filter(|view| !view.base.get().is_unbound())
        .map(MemoryView::contents)
}

/// How many bytes an item of a view has; `None` for what is no view.
pub fn item_size(value: Value) -> Option<usize> {
    payload(value).map(|view| view.format.size())
}

/// The view that an object of a Python class gives of itself by `__buffer__` (PEP 688).
pub fn exported(vm: &mut Vm, value: Value) -> PyResult<Option<Value>> {
    /// That any layout will do, and that nothing will be written: `inspect.BufferFlags.FULL_RO`.
    const FULL_RO: i64 = 284;
    if !value.is::<Instance>() && !value.is::<Foreign>() {
        return Ok(None);
    }
    let Some(method) = vm.lookup_special(value, intern("__buffer__")) else {
        return Ok(None);
    };
    let given = vm.call_special(method, value, &[Value::small(FULL_RO)])?;
    if let Some(view) = payload(given) {
        // It is mostly made for this call, and would hold its claim until the collector finds it:
        // whoever looks through it makes one.
        view.export.take();
        return Ok(Some(given));
    }
    Err(vm.type_error("__buffer__ returned non-memoryview object"))
}

fn me(vm: &mut Vm, value: Value) -> PyResult<&'static MemoryView> {
    match payload(value) {
        Some(view) if view.base.get().is_unbound() => {
            Err(vm.value_error("operation forbidden on released memoryview object"))
        }
        Some(view) => Ok(view),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a 'memoryview' object but received a '{given}'"
            )))
        }
    }
}

fn make(vm: &mut Vm, view: MemoryView) -> Value {
    let class = vm.kept(CLASS).and_then(|v| v.cast::<Class>());
    match class {
        Some(class) => Foreign::new(class.new_instance_shape(), view).into(),
        None => Value::NONE,
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(view) = payload(args[1]) {
        me(vm, args[1])?;
        return Ok(make(
            vm,
            MemoryView {
                base: view.base.clone(),
                export: RefCell::default(),
                ..*view
            },
        ));
    }
    if let Some(given) = exported(vm, args[1])? {
        let view = me(vm, given)?;
        let base = view.base.get();
        let export = (!view.readonly && !base.is::<Bytes>()).then(|| Export::new(base));
        return Ok(make(
            vm,
            MemoryView {
                base: view.base.clone(),
                export: RefCell::new(export),
                ..*view
            },
        ));
    }
    let inner = args[1].inner();
    let (base, readonly) = match view(inner) {
        Some(_) => (args[1], inner.is::<Bytes>()),
        None => match contents(vm, args[1])? {
            Some(data) => (Bytes::new(&data).into(), true),
            None => {
                let class = vm.type_name(args[1]);
                return Err(vm.type_error(format!(
                    "memoryview: a bytes-like object is required, not '{class}'"
                )));
            }
        },
    };
    let count = view(base).unwrap_or(&[]).len();
    let whole = MemoryView {
        base: Cell::new(base),
        export: RefCell::new((!readonly).then(|| Export::new(base))),
        start: 0,
        step: 1,
        count,
        format: Format(b'B'),
        readonly,
    };
    Ok(make(vm, whole))
}

fn release(_: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(view) = payload(args[0]) {
        view.base.set(Value::UNBOUND);
        view.export.take();
    }
    Ok(Value::NONE)
}

fn repr(_: &mut Vm, args: &[Value]) -> PyResult {
    let address = crate::types::object::address(args[0]);
    let what = match payload(args[0]) {
        Some(view) if view.base.get().is_unbound() => "released memory",
        _ => "memory",
    };
    Ok(vm::string(&format!("<{what} at {address:#x}>")))
}

fn hash(vm: &mut Vm, args: &[Value]) -> PyResult {
    let me = me(vm, args[0])?;
    if !me.readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    Ok(Value::int(Bytes::new(&me.contents()).hash() as i64))
}

fn equal(vm: &mut Vm, op: Comparison, args: &[Value]) -> PyResult {
    let is_released = |value: Value| payload(value).is_some_and(|v| v.base.get().is_unbound());
    if is_released(args[0]) || is_released(args[1]) {
        let same = args[0] == args[1];
        return Ok((same == (op == Comparison::Eq)).into());
    }
    let own = me(vm, args[0])?;
    let same = match payload(args[1]) {
        // Equal floats may have other bytes, and a NaN is not equal to itself.
        Some(other) if other.format != own.format || own.format.is_float() => {
            own.count == other.count && {
                let mut same = true;
                for at in 0..own.count {
                    let (Some(a), Some(b)) = (own.item(at), other.item(at)) else {
                        break;
                    };
                    let result = vm.compare(Comparison::Eq, a, b)?;
                    same = same && vm.truth(result)?;
                }
                same
            }
        }
        Some(other) => own.contents() == other.contents(),
        None => match exported(vm, args[1])? {
            Some(view) => return equal(vm, op, &[args[0], view]),
            None => match contents(vm, args[1])? {
                Some(data) => own.format.size() == 1 && own.contents() == data,
                None => return Ok(Value::NOT_IMPLEMENTED),
            },
        },
    };
    Ok((same == (op == Comparison::Eq)).into())
}

fn get_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    if let Some(slice) = args[1].cast::<Slice>() {
        let count = me(vm, args[0])?.count;
        let bounds = slice::bounds(vm, slice, count)?;
        let me = me(vm, args[0])?;
        let part = MemoryView {
            base: me.base.clone(),
            export: RefCell::default(),
            start: me.start + me.step * bounds.start,
            step: me.step.saturating_mul(bounds.step),
            count: bounds.count,
            ..*me
        };
        return Ok(make(vm, part));
    }
    check_key(vm, args[1])?;
    let me = me(vm, args[0])?;
    let at = place(vm, args[1], me.count, "index out of bounds on dimension 1")?;
    match me.item(at) {
        Some(item) => Ok(item),
        None => Err(vm.index_error("index out of bounds on dimension 1")),
    }
}

fn check_key(vm: &mut Vm, key: Value) -> PyResult<()> {
    if vm.as_int(key).is_some() || vm.lookup_special(key, vm.names.index).is_some() {
        return Ok(());
    }
    Err(vm.type_error("memoryview: invalid slice key"))
}

fn set_item(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = me(vm, args[0])?;
    if own.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let size = own.format.size();
    if let Some(slice) = args[1].cast::<Slice>() {
        let bounds = slice::bounds(vm, slice, own.count)?;
        let data = match contents(vm, args[2])? {
            Some(data) => data,
            None => required(vm, args[2])?,
        };
        let own = me(vm, args[0])?;
        if data.len() != bounds.count * size {
            return Err(vm.value_error(
                "memoryview assignment: lvalue and rvalue have different structures",
            ));
        }
        for (at, item) in bounds.indices().zip(data.chunks(size)) {
            put(own, at, item);
        }
        return Ok(Value::NONE);
    }
    check_key(vm, args[1])?;
    let at = place(vm, args[1], own.count, "index out of bounds on dimension 1")?;
    let item = own.format.write(vm, args[2])?;
    put(me(vm, args[0])?, at, &item);
    Ok(Value::NONE)
}

fn put(view: &MemoryView, at: usize, item: &[u8]) {
    let from = view.offset(at);
    let array: Option<Gc<ByteArray>> = view.base.get().to::<ByteArray>();
    if let Some(to) = array.and_then(|a| a.as_mut_slice().get_mut(from..from + item.len())) {
        to.copy_from_slice(item);
    }
}

fn cast(vm: &mut Vm, args: &[Value]) -> PyResult {
    let me = me(vm, args[0])?;
    let Some(text) = vm.as_str(args[1]) else {
        return Err(vm.type_error("format argument must be a string"));
    };
    let letter = match text
        .get()
        .as_ascii()
        .map(|t| t.strip_prefix('@').unwrap_or(t))
    {
        Some(letter) if letter.len() == 1 => letter.as_bytes()[0],
        _ => 0,
    };
    let format = Format(letter);
    if !format.is_known() {
        return Err(vm.value_error(
            "memoryview: destination format must be a native single character format prefixed \
             with an optional '@'",
        ));
    }
    if !me.is_contiguous() {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if me.format.size() != 1 && format.size() != 1 && me.format != format {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    if let Some(shape) = args[2].bound().filter(|shape| !shape.is_none()) {
        let shape = vm.collect(shape)?;
        if shape.len() != 1 {
            let class = vm.types.not_implemented_error;
            return Err(vm.raise(class, "memoryview: only one dimension is supported"));
        }
        let count = vm.index(shape.items()[0])?;
        if count.checked_mul(format.size() as i64) != Some((me.count * me.format.size()) as i64) {
            return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
    }
    let bytes = me.count * me.format.size();
    if !bytes.is_multiple_of(format.size()) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let part = MemoryView {
        base: me.base.clone(),
        export: RefCell::default(),
        step: format.size() as i64,
        count: bytes / format.size(),
        format,
        ..*me
    };
    Ok(make(vm, part))
}

fn index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let count = me(vm, args[0])?.count;
    let start = slice::position(vm, args[2], 0, count)?;
    let stop = slice::position(vm, args[3], count, count)?;
    for at in start..stop {
        let Some(item) = me(vm, args[0])?.item(at) else {
            break;
        };
        if vm.eq(item, args[1])? {
            return Ok(Value::int(at as i64));
        }
    }
    Err(vm.value_error("memoryview.index(x): x not found"))
}
