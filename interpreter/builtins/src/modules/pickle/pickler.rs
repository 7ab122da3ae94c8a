//! `Pickler`, `dump` and `dumps`.

use super::memo::Memo;
use super::write::{Options, Writer};
use super::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL, kept_class, overridden, pickling_error};
use object::{
    Bytes, Class, ClassFlags, Dict, Foreign, Gc, Kind, Marker, Module, Payload, Tuple, Value,
    intern,
};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Vm, getter, method, setter, static_method, tuple};

const CLASS: &str = "_pickle.Pickler";
const PROXY_CLASS: &str = "_pickle.PicklerMemoProxy";
const NO_ID: &str = "_pickle.Pickler.persistent_id";

/// The payload of a pickler. Values are *unbound* where there are none.
pub struct Pickler {
    memo: RefCell<Memo>,
    /// The method of the file.
    write: Cell<Value>,
    persistent_id: Cell<Value>,
    dispatch_table: Cell<Value>,
    buffer_callback: Cell<Value>,
    options: Cell<Options>,
}

impl Payload for Pickler {
    fn trace(&self, marker: &mut Marker) {
        self.memo.borrow().trace(marker);
        for value in [
            &self.write,
            &self.persistent_id,
            &self.dispatch_table,
            &self.buffer_callback,
        ] {
            marker.visit(value.get());
        }
    }
}

impl Pickler {
    fn new() -> Pickler {
        Pickler {
            memo: RefCell::default(),
            write: Cell::new(Value::UNBOUND),
            persistent_id: Cell::new(Value::UNBOUND),
            dispatch_table: Cell::new(Value::UNBOUND),
            buffer_callback: Cell::new(Value::UNBOUND),
            options: Cell::new(Options {
                protocol: DEFAULT_PROTOCOL,
                binary: true,
                fast: false,
                fix_imports: true,
            }),
        }
    }
}

/// What a program wants to be asked or told while an object is written.
#[derive(Clone, Copy, Default)]
pub struct Hooks {
    /// The method of the file; without, everything stays in the buffer.
    pub write: Option<Value>,
    pub persistent_id: Option<Value>,
    pub reducer_override: Option<Value>,
    pub dispatch_table: Option<Value>,
    pub buffer_callback: Option<Value>,
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method(
        "__init__(self, file, protocol=None, fix_imports=True, buffer_callback=None)",
        init,
    ),
    method("dump(self, obj, /)", dump_method),
    method("clear_memo(self, /)", |vm, args| {
        own(vm, args[0])?.memo.take();
        Ok(Value::NONE)
    }),
    method("__sizeof__(self, /)", |vm, args| {
        let count = own(vm, args[0])?.memo.borrow().len();
        Ok(Value::int(size_of::<Pickler>() as i64 + 24 * count as i64))
    }),
    getter("bin", |vm, args| {
        Ok(Value::small(own(vm, args[0])?.options.get().binary.into()))
    }),
    setter("bin", |vm, args| {
        change(vm, args, |options, on| options.binary = on)
    }),
    getter("fast", |vm, args| {
        Ok(Value::small(own(vm, args[0])?.options.get().fast.into()))
    }),
    setter("fast", |vm, args| {
        change(vm, args, |options, on| options.fast = on)
    }),
    getter("memo", |vm, args| {
        own(vm, args[0])?;
        let class = kept_class(vm, PROXY_CLASS);
        Ok(Foreign::new(class.new_instance_shape(), MemoProxy(args[0])).into())
    }),
    setter("memo", set_memo),
    getter("persistent_id", |vm, args| {
        match own(vm, args[0])?.persistent_id.get().bound() {
            Some(hook) => Ok(hook),
            None => Ok(vm.kept(NO_ID).unwrap_or(Value::NONE)),
        }
    }),
    setter("persistent_id", |vm, args| {
        let pickler = writable(vm, args[0])?;
        pickler.persistent_id.set(args[1]);
        Ok(Value::NONE)
    }),
    getter("dispatch_table", |vm, args| {
        match own(vm, args[0])?.dispatch_table.get().bound() {
            Some(table) => Ok(table),
            None => Err(vm.no_attribute(args[0], intern("dispatch_table"))),
        }
    }),
    setter("dispatch_table", |vm, args| {
        let pickler = writable(vm, args[0])?;
        pickler.dispatch_table.set(args[1]);
        Ok(Value::NONE)
    }),
];

fn payload(value: Value) -> Option<&'static Pickler> {
    value.cast::<Foreign>()?.payload::<Pickler>()
}

fn own(vm: &mut Vm, value: Value) -> PyResult<&'static Pickler> {
    match payload(value) {
        Some(own) => Ok(own),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a '_pickle.Pickler' object but received a '{given}'"
            )))
        }
    }
}

/// The pickler, about to get new values.
fn writable(vm: &mut Vm, value: Value) -> PyResult<&'static Pickler> {
    let pickler = own(vm, value)?;
    if let Some(object) = value.cast::<Foreign>() {
        object.about_to_write();
    }
    Ok(pickler)
}

fn change(vm: &mut Vm, args: &[Value], f: fn(&mut Options, bool)) -> PyResult {
    let pickler = own(vm, args[0])?;
    if args[1].is_unbound() {
        return Err(vm.type_error("can't delete numeric/char attribute"));
    }
    let on = vm.index(args[1])? != 0;
    let mut options = pickler.options.get();
    f(&mut options, on);
    pickler.options.set(options);
    Ok(Value::NONE)
}

/// A pickler that only keeps a memo.
pub fn bare(vm: &mut Vm) -> PyResult {
    let class = kept_class(vm, CLASS);
    Ok(Foreign::new(class.new_instance_shape(), Pickler::new()).into())
}

/// Puts a memo where the collector finds it.
pub fn keep_memo(owner: Value, memo: Memo) {
    if let (Some(object), Some(pickler)) = (owner.cast::<Foreign>(), payload(owner)) {
        object.about_to_write();
        pickler.memo.replace(memo);
    }
}

/// Takes it from there.
pub fn take_memo(owner: Value) -> Memo {
    payload(owner).map_or_else(Memo::default, |pickler| pickler.memo.take())
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    match args[0].cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => {
            Ok(Foreign::new(class.new_instance_shape(), Pickler::new()).into())
        }
        _ => Err(vm.type_error("Pickler.__new__(X): X is not a subtype of Pickler")),
    }
}

/// The options that arguments say: protocol, whether to fix imports, a callback for buffers.
fn options(
    vm: &mut Vm,
    protocol: Value,
    fix_imports: Value,
    callback: Option<Value>,
) -> PyResult<Options> {
    let protocol = match protocol.bound().filter(|protocol| !protocol.is_none()) {
        None => DEFAULT_PROTOCOL,
        Some(protocol) => match vm.index(protocol)? {
            ..0 => HIGHEST_PROTOCOL,
            protocol if protocol <= HIGHEST_PROTOCOL.into() => protocol as u8,
            _ => {
                return Err(
                    vm.value_error(format!("pickle protocol must be <= {HIGHEST_PROTOCOL}"))
                );
            }
        },
    };
    if callback.is_some() && protocol < 5 {
        return Err(vm.value_error("buffer_callback needs protocol >= 5"));
    }
    let fix_imports = match fix_imports.bound() {
        Some(fix) => vm.truth(fix)?,
        None => true,
    };
    Ok(Options {
        protocol,
        binary: protocol > 0,
        fast: false,
        fix_imports: fix_imports && protocol < 3,
    })
}

/// The argument for a callback.
fn callback(value: Value) -> Option<Value> {
    value.bound().filter(|value| !value.is_none())
}

fn write_of(vm: &mut Vm, file: Value) -> PyResult {
    let name = vm.names.write;
    match vm.find_attr(file, name)? {
        Some(write) => Ok(write),
        None => Err(vm.type_error("file must have a 'write' attribute")),
    }
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let pickler = own(vm, args[0])?;
    let callback = callback(args[4]);
    let options = options(vm, args[2], args[3], callback)?;
    let write = write_of(vm, args[1])?;
    writable(vm, args[0])?;
    pickler.options.set(options);
    pickler.write.set(write);
    pickler
        .buffer_callback
        .set(callback.unwrap_or(Value::UNBOUND));
    pickler.memo.take();
    Ok(Value::NONE)
}

fn dump_method(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = args[0];
    let pickler = own(vm, object)?;
    let Some(write) = pickler.write.get().bound() else {
        let class = super::name_for_init(vm, object);
        return Err(pickling_error(
            vm,
            &format!("Pickler.__init__() was not called by {class}.__init__()"),
        ));
    };
    let is_own = Value::from(vm.class_of(object)) == Value::from(kept_class(vm, CLASS));
    let (persistent, table) = (pickler.persistent_id.get(), pickler.dispatch_table.get());
    let hooks = Hooks {
        write: Some(write),
        persistent_id: overridden(vm, object, "persistent_id", persistent)?,
        reducer_override: match is_own {
            true => None,
            false => vm.find_attr(object, intern("reducer_override"))?,
        },
        dispatch_table: overridden(vm, object, "dispatch_table", table)?,
        buffer_callback: pickler.buffer_callback.get().bound(),
    };
    let persistent_id = hooks
        .persistent_id
        .filter(|&hook| Some(hook) != vm.kept(NO_ID));
    let hooks = Hooks {
        persistent_id,
        ..hooks
    };
    let memo = pickler.memo.take();
    let mut writer = Writer::new(pickler.options.get(), hooks, memo, object);
    let result = writer.dump(vm, args[1]);
    keep_memo(object, writer.memo);
    result.map(|()| Value::NONE)
}

pub fn dump(vm: &mut Vm, args: &[Value]) -> PyResult {
    let callback = callback(args[4]);
    let options = options(vm, args[2], args[3], callback)?;
    let hooks = Hooks {
        write: Some(write_of(vm, args[1])?),
        buffer_callback: callback,
        ..Hooks::default()
    };
    let mut writer = Writer::new(options, hooks, Memo::default(), Value::UNBOUND);
    writer.dump(vm, args[0])?;
    Ok(Value::NONE)
}

pub fn dumps(vm: &mut Vm, args: &[Value]) -> PyResult {
    let callback = callback(args[3]);
    let options = options(vm, args[1], args[2], callback)?;
    let hooks = Hooks {
        buffer_callback: callback,
        ..Hooks::default()
    };
    let mut writer = Writer::new(options, hooks, Memo::default(), Value::UNBOUND);
    writer.dump(vm, args[0])?;
    Ok(Bytes::new(&writer.out).into())
}

// ---- the memo as the program sees it

/// Stands for the memo of a pickler.
struct MemoProxy(Value);

impl Payload for MemoProxy {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.0);
    }
}

const PROXY: &[Def] = &[
    method("clear(self, /)", |vm, args| {
        behind(vm, args[0])?.memo.take();
        Ok(Value::NONE)
    }),
    method("copy(self, /)", copy_memo),
    method("__reduce__(self, /)", |vm, args| {
        let copy = copy_memo(vm, args)?;
        Ok(tuple(&[vm.types.dict.into(), tuple(&[copy])]))
    }),
];

fn behind(vm: &mut Vm, proxy: Value) -> PyResult<&'static Pickler> {
    match proxy
        .cast::<Foreign>()
        .and_then(|f| f.payload::<MemoProxy>())
    {
        Some(proxy) => own(vm, proxy.0),
        None => Err(vm.type_error("a PicklerMemoProxy is required")),
    }
}

/// The memo as a dictionary: number and object by the object's `id`.
fn copy_memo(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entries = behind(vm, args[0])?.memo.borrow().entries();
    let pairs: Vec<Value> = entries
        .iter()
        .map(|&(object, number)| tuple(&[Value::int(number.into()), object]))
        .collect();
    let pairs = Tuple::new(&pairs);
    let id = vm.builtins.get_str(intern("id")).unwrap_or(Value::NONE);
    let dict = Dict::new();
    for (pair, (object, _)) in pairs.items().iter().zip(entries) {
        let key = vm.call(id, &[object])?;
        vm.dict_set(dict, key, *pair)?;
    }
    Ok(dict.into())
}

fn set_memo(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut memo = Memo::default();
    if args[1].is_unbound() {
        return Err(vm.type_error("attribute deletion is not supported"));
    }
    if let Some(proxy) = args[1]
        .cast::<Foreign>()
        .and_then(|f| f.payload::<MemoProxy>())
    {
        let other = own(vm, proxy.0)?;
        let entries = other.memo.borrow().entries();
        entries
            .iter()
            .for_each(|&(object, number)| memo.set(object, number));
    } else if let Some(dict) = args[1].to::<Dict>() {
        for (_, entry) in dict.get().iter() {
            let pair = entry.to::<Tuple>();
            let Some(&[number, object]) = pair.as_ref().map(|pair| pair.items()) else {
                return Err(vm.type_error("'memo' values must be 2-item tuples"));
            };
            let Some(number) = number.as_small().and_then(|n| u32::try_from(n).ok()) else {
                return Err(vm.type_error("'memo' values must begin with an integer"));
            };
            memo.set(object, number);
        }
    } else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {given}"
        )));
    }
    own(vm, args[0])?;
    keep_memo(args[0], memo);
    Ok(Value::NONE)
}

pub fn install(vm: &mut Vm, module: Gc<Module>) {
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        ..ClassFlags::default()
    };
    let class = vm.native_class("_pickle", "Pickler", object, flags, METHODS);
    vm.keep(CLASS, class.into());
    module.namespace().set_str(intern("Pickler"), class.into());
    let hidden = ClassFlags {
        immutable: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    let proxy = vm.native_class("_pickle", "PicklerMemoProxy", object, hidden, PROXY);
    crate::types::set_unhashable(vm, proxy);
    vm.keep(PROXY_CLASS, proxy.into());
    let no_id = vm.native_function("persistent_id(obj, /)", |_, _| Ok(Value::NONE));
    vm.keep(NO_ID, no_id.into());
}
