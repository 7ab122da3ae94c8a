//! `_struct`: numbers and texts as bytes in the layouts of C.
//!
//! A format is parsed once into a list of items with their places; formats that functions are
//! given are remembered.

use super::struct_items::{Item, Layout, parse};
use crate::types::bytes;
use crate::types::memoryview;
use object::{
    ByteArray, Bytes, Class, ClassFlags, Foreign, Kind, Marker, Payload, Slice, Str, Value, intern,
};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use vm::{Def, PyResult, Raised, Vm, getter, method, static_method};

/// So many formats are remembered before all are forgotten.
const REMEMBERED: usize = 100;

/// The payload of a `Struct`.
struct Struct {
    layout: RefCell<Rc<Layout>>,
}

impl Payload for Struct {}

/// The payload of what remembers formats.
#[derive(Default)]
struct Memory {
    layouts: RefCell<FxHashMap<Vec<u8>, Rc<Layout>>>,
}

thread_local! {
    /// Layouts of short formats, each where a product of its characters says: most formats have a
    /// few characters, and the same ones come again and again.
    static SHORT_ONES: RefCell<[Option<(u64, Rc<Layout>)>; SHORT]> =
        const { RefCell::new([const { None }; SHORT]) };
}

/// How many layouts of short formats are found at once.
const SHORT: usize = 32;

/// A format of at most seven characters as a number, and where its layout is kept.
fn short_format(text: &[u8]) -> Option<(u64, usize)> {
    if text.len() > 7 {
        return None;
    }
    let mut number = text.len() as u64;
    for &byte in text {
        number = number << 8 | u64::from(byte);
    }
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59;
    Some((number, mixed as usize))
}

impl Payload for Memory {}

/// The payload of an iterator over the records of a buffer.
struct Records {
    layout: Rc<Layout>,
    buffer: Cell<Value>,
    at: Cell<usize>,
}

impl Payload for Records {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.buffer.get());
    }
}

const FUNCTIONS: &[Def] = &[
    method("_clearcache()", |vm, _| {
        if let Some(memory) = memory(vm) {
            memory.layouts.borrow_mut().clear();
            SHORT_ONES.with_borrow_mut(|short| short.fill(None));
        }
        Ok(Value::NONE)
    }),
    method("calcsize(format, /)", |vm, args| {
        Ok(Value::int(layout_of(vm, args[0])?.size as i64))
    }),
    method("pack(format, /, *values)", |vm, args| {
        let layout = layout_of(vm, args[0])?;
        pack(vm, &layout, &args[1..])
    }),
    method(
        "pack_into(format, buffer, offset, /, *values)",
        |vm, args| {
            let layout = layout_of(vm, args[0])?;
            pack_into(vm, &layout, args[1], args[2], &args[3..])
        },
    ),
    method("unpack(format, buffer, /)", |vm, args| {
        let layout = layout_of(vm, args[0])?;
        unpack(vm, &layout, args[1])
    }),
    method("unpack_from(format, /, buffer, offset=0)", |vm, args| {
        let layout = layout_of(vm, args[0])?;
        unpack_from(vm, &layout, args[1], args[2])
    }),
    method("iter_unpack(format, buffer, /)", |vm, args| {
        let layout = layout_of(vm, args[0])?;
        records(vm, layout, args[1])
    }),
];

const STRUCT: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, format)", |vm, args| {
        let layout = layout_of(vm, args[1])?;
        *struct_of(vm, args[0])?.layout.borrow_mut() = layout;
        Ok(Value::NONE)
    }),
    method("pack(self, /, *values)", |vm, args| {
        let layout = own_layout(vm, args[0])?;
        pack(vm, &layout, &args[1..])
    }),
    method("pack_into(self, buffer, offset, /, *values)", |vm, args| {
        let layout = own_layout(vm, args[0])?;
        pack_into(vm, &layout, args[1], args[2], &args[3..])
    }),
    method("unpack(self, buffer, /)", |vm, args| {
        let layout = own_layout(vm, args[0])?;
        unpack(vm, &layout, args[1])
    }),
    method("unpack_from(self, /, buffer, offset=0)", |vm, args| {
        let layout = own_layout(vm, args[0])?;
        unpack_from(vm, &layout, args[1], args[2])
    }),
    method("iter_unpack(self, buffer, /)", |vm, args| {
        let layout = own_layout(vm, args[0])?;
        records(vm, layout, args[1])
    }),
    method("__repr__(self, /)", |vm, args| {
        let layout = own_layout(vm, args[0])?;
        let name = vm.type_name(args[0]);
        let format = String::from_utf8_lossy(&layout.format).into_owned();
        let shown = vm.repr_text(vm::string(&format))?;
        Ok(vm::string(&format!("{name}({shown})")))
    }),
    getter("format", |vm, args| {
        let layout = own_layout(vm, args[0])?;
        Ok(Str::from_latin1(&layout.format).into())
    }),
    getter("size", |vm, args| {
        Ok(Value::int(own_layout(vm, args[0])?.size as i64))
    }),
];

const RECORDS: &[Def] = &[
    method("__iter__(self, /)", |_, args| Ok(args[0])),
    method("__next__(self, /)", next_record),
    method("__length_hint__(self, /)", |vm, args| {
        let records = records_of(vm, args[0])?;
        let data = bytes::required_in_place(vm, records.buffer.get())?;
        let rest = data.len().saturating_sub(records.at.get());
        Ok(Value::int((rest / records.layout.size.max(1)) as i64))
    }),
];

#[cold]
pub(super) fn error(vm: &mut Vm, message: impl AsRef<str>) -> Raised {
    let class = vm
        .kept("struct.error")
        .and_then(|class| class.cast::<Class>());
    let class = class.unwrap_or(vm.types.value_error);
    vm.raise(class, message.as_ref())
}

fn memory(vm: &Vm) -> Option<&'static Memory> {
    vm.kept("struct.memory")?
        .cast::<Foreign>()?
        .payload::<Memory>()
}

/// The layout of a format given as text or bytes.
fn layout_of(vm: &mut Vm, format: Value) -> PyResult<Rc<Layout>> {
    let given = format.to::<Str>();
    let text = match &given {
        Some(text) => match text.as_ascii() {
            Some(ascii) => ascii.as_bytes(),
            None => {
                let encode = intern("encode");
                vm.call_method(format, encode, &[vm::string("ascii")])?;
                return Err(error(vm, "bad char in struct format"));
            }
        },
        None => match format.to::<Bytes>() {
            Some(data) => data.as_slice(),
            None => {
                let given = vm.type_name(format);
                return Err(vm.type_error(format!(
                    "Struct() argument 1 must be a str or bytes object, not {given}"
                )));
            }
        },
    };
    let short = short_format(text);
    let known = short.and_then(|(number, at)| {
        SHORT_ONES.with_borrow(|short| match &short[at] {
            Some((known, layout)) if *known == number => Some(layout.clone()),
            _ => None,
        })
    });
    if let Some(layout) = known {
        return Ok(layout);
    }
    let Some(memory) = memory(vm) else {
        return Err(vm.system_error("_struct is not installed"));
    };
    let layout = parsed(vm, memory, text)?;
    if let Some((number, at)) = short {
        SHORT_ONES.with_borrow_mut(|short| short[at] = Some((number, layout.clone())));
    }
    Ok(layout)
}

/// The layout of a format, parsed unless it is remembered.
fn parsed(vm: &mut Vm, memory: &Memory, text: &[u8]) -> PyResult<Rc<Layout>> {
    if let Some(layout) = memory.layouts.borrow().get(text) {
        return Ok(layout.clone());
    }
    let layout = match parse(text) {
        Ok(layout) => Rc::new(layout),
        Err(message) => return Err(error(vm, message)),
    };
    let mut layouts = memory.layouts.borrow_mut();
    if layouts.len() >= REMEMBERED {
        layouts.clear();
    }
    layouts.insert(text.to_vec(), layout.clone());
    Ok(layout)
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    match args[0].cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => {
            let empty = Layout::default();
            let payload = Struct {
                layout: RefCell::new(Rc::new(empty)),
            };
            Ok(Foreign::new(class.new_instance_shape(), payload).into())
        }
        _ => Err(vm.type_error("Struct.__new__(X): X is not a subtype of Struct")),
    }
}

fn struct_of(vm: &mut Vm, value: Value) -> PyResult<&'static Struct> {
    match value.to::<Foreign>().and_then(|f| f.payload::<Struct>()) {
        Some(own) => Ok(own),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("a 'Struct' object is required, not '{given}'")))
        }
    }
}

fn own_layout(vm: &mut Vm, value: Value) -> PyResult<Rc<Layout>> {
    Ok(struct_of(vm, value)?.layout.borrow().clone())
}

// ---- packing

fn fill(
    vm: &mut Vm,
    layout: &Layout,
    values: &[Value],
    name: &str,
    out: &mut [u8],
) -> PyResult<()> {
    if values.len() != layout.values {
        let (expected, given) = (layout.values, values.len());
        return Err(error(
            vm,
            format!("{name} expected {expected} items for packing (got {given})"),
        ));
    }
    let mut values = values.iter();
    for item in &layout.items {
        let mut at = item.offset;
        for _ in 0..item.times {
            let Some(&value) = values.next() else { break };
            let to = &mut out[at..at + item.size];
            item.write(vm, layout.big, value, to)?;
            at += item.size;
        }
    }
    Ok(())
}

fn pack(vm: &mut Vm, layout: &Layout, values: &[Value]) -> PyResult {
    vm::room::check(vm, layout.size)?;
    let data = Bytes::filled(layout.size, 0);
    fill(vm, layout, values, "pack", data.as_mut_slice())?;
    Ok(data.into())
}

/// The place in a buffer of `length` bytes that an offset says, counted from the end if negative.
fn place(
    vm: &mut Vm,
    offset: i64,
    length: usize,
    size: usize,
    (from_end, requires, doing): (&str, &str, &str),
) -> PyResult<usize> {
    let at = match offset < 0 {
        true => {
            if offset + size as i64 > 0 {
                let message = format!("{from_end} {size} bytes at offset {offset}");
                return Err(error(vm, message));
            }
            match usize::try_from(offset + length as i64) {
                Ok(at) => at,
                Err(_) => {
                    let message = format!("offset {offset} out of range for {length}-byte buffer");
                    return Err(error(vm, message));
                }
            }
        }
        false => offset as usize,
    };
    if length < at || length - at < size {
        let least = at as u128 + size as u128;
        return Err(error(
            vm,
            format!(
                "{requires} requires a buffer of at least {least} bytes for {doing} {size} bytes \
                 at offset {at} (actual buffer size is {length})"
            ),
        ));
    }
    Ok(at)
}

fn pack_into(
    vm: &mut Vm,
    layout: &Layout,
    target: Value,
    offset: Value,
    values: &[Value],
) -> PyResult {
    const WORDS: (&str, &str, &str) = ("no space to pack", "pack_into", "packing");
    let exported = memoryview::exported(vm, target)?;
    let target = exported.unwrap_or(target);
    let target = match memoryview::item_size(target) {
        Some(size) if size > 1 => vm.call_method(target, intern("cast"), &[intern("B").into()])?,
        _ => target,
    };
    let is_view = target.is::<Foreign>();
    if target.to::<ByteArray>().is_none() && !is_view {
        let given = vm.type_name(target);
        return Err(vm.type_error(format!(
            "argument must be read-write bytes-like object, not {given}"
        )));
    }
    let length = vm.len(target)?;
    let offset = vm.index(offset)?;
    let at = place(vm, offset, length, layout.size, WORDS)?;
    vm::room::check(vm, layout.size)?;
    let data = Bytes::filled(layout.size, 0);
    fill(vm, layout, values, "pack_into", data.as_mut_slice())?;
    match target.to::<ByteArray>() {
        // Packing may have run a program's code, which may have changed the length.
        Some(array) if array.len() >= at + layout.size => {
            array.as_mut_slice()[at..at + layout.size].copy_from_slice(data.as_slice());
        }
        _ => {
            let range = Slice::new(
                Value::int(at as i64),
                Value::int((at + layout.size) as i64),
                Value::NONE,
            );
            vm.set_item(target, range.into(), data.into())?;
        }
    }
    Ok(Value::NONE)
}

// ---- unpacking

fn take(layout: &Layout, data: &[u8]) -> Value {
    const FEW: usize = 8;
    if layout.values <= FEW {
        let mut few = [Value::NONE; FEW];
        let mut count = 0;
        read_all(layout, data, |value| {
            few[count] = value;
            count += 1;
        });
        return vm::tuple(&few[..count]);
    }
    let mut values = Vec::with_capacity(layout.values);
    read_all(layout, data, |value| values.push(value));
    vm::tuple(&values)
}

fn read_all(layout: &Layout, data: &[u8], mut take: impl FnMut(Value)) {
    for item in &layout.items {
        let mut at = item.offset;
        for _ in 0..item.times {
            take(Item::read(item, layout.big, &data[at..at + item.size]));
            at += item.size;
        }
    }
}

fn unpack(vm: &mut Vm, layout: &Layout, data: Value) -> PyResult {
    let data = bytes::required_in_place(vm, data)?;
    if data.len() != layout.size {
        let message = format!("unpack requires a buffer of {} bytes", layout.size);
        return Err(error(vm, message));
    }
    Ok(take(layout, &data))
}

fn unpack_from(vm: &mut Vm, layout: &Layout, data: Value, offset: Value) -> PyResult {
    const WORDS: (&str, &str, &str) = ("not enough data to unpack", "unpack_from", "unpacking");
    let offset = match offset.bound() {
        Some(offset) => vm.index(offset)?,
        None => 0,
    };
    let data = bytes::required_in_place(vm, data)?;
    let at = place(vm, offset, data.len(), layout.size, WORDS)?;
    Ok(take(layout, &data[at..at + layout.size]))
}

fn records(vm: &mut Vm, layout: Rc<Layout>, data: Value) -> PyResult {
    if layout.size == 0 {
        return Err(error(
            vm,
            "cannot iteratively unpack with a struct of length 0",
        ));
    }
    let length = bytes::required_in_place(vm, data)?.len();
    if !length.is_multiple_of(layout.size) {
        let size = layout.size;
        return Err(error(
            vm,
            format!("iterative unpacking requires a buffer of a multiple of {size} bytes"),
        ));
    }
    let Some(class) = vm
        .kept("struct.records")
        .and_then(|class| class.cast::<Class>())
    else {
        return Err(vm.system_error("_struct is not installed"));
    };
    let payload = Records {
        layout,
        buffer: Cell::new(data),
        at: Cell::new(0),
    };
    Ok(Foreign::new(class.new_instance_shape(), payload).into())
}

fn records_of(vm: &mut Vm, value: Value) -> PyResult<&'static Records> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Records>()) {
        Some(records) => Ok(records),
        None => Err(vm.type_error("an unpack_iterator is required")),
    }
}

fn next_record(vm: &mut Vm, args: &[Value]) -> PyResult {
    let records = records_of(vm, args[0])?;
    let data = bytes::required_in_place(vm, records.buffer.get())?;
    let (at, size) = (records.at.get(), records.layout.size);
    if data.len() < at + size {
        return Err(vm.stop_iteration(Value::NONE));
    }
    records.at.set(at + size);
    Ok(take(&records.layout, &data[at..at + size]))
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_struct", FUNCTIONS);
    let object = vm.types.object;
    let open = ClassFlags {
        immutable: true,
        ..ClassFlags::default()
    };
    let hidden = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    let exception = vm.types.exception;
    let raised = ClassFlags {
        has_dict: true,
        ..ClassFlags::default()
    };
    let error = vm.native_class("struct", "error", exception, raised, &[]);
    vm.keep("struct.error", error.into());
    let class = vm.native_class("_struct", "Struct", object, open, STRUCT);
    let records = vm.native_class("_struct", "unpack_iterator", object, hidden, RECORDS);
    vm.keep("struct.records", records.into());
    let keeper = vm.native_class("_struct", "_formats", object, hidden, &[]);
    let memory = Foreign::new(keeper.new_instance_shape(), Memory::default());
    vm.keep("struct.memory", memory.into());
    module.namespace().set_str(intern("error"), error.into());
    module.namespace().set_str(intern("Struct"), class.into());
}
