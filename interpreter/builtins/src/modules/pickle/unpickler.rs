//! `Unpickler`, `load` and `loads`.

use super::input::{File, Input};
use super::memo::Numbered;
use super::read::Reader;
use super::{build, kept_class, overridden, unpickling_error};
use object::{
    Builtin, Bytes, Class, ClassFlags, Dict, Foreign, Gc, Kind, Marker, Module, Payload, Str,
    Value, intern,
};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Vm, getter, method, setter, static_method, tuple};

const CLASS: &str = "_pickle.Unpickler";
const PROXY_CLASS: &str = "_pickle.UnpicklerMemoProxy";
const NO_LOAD: &str = "_pickle.Unpickler.persistent_load";

/// The payload of an unpickler. Values are *unbound* where there are none.
pub struct Unpickler {
    memo: RefCell<Numbered>,
    /// The stacks of readers that are in a call of Python code.
    stacks: RefCell<Vec<Vec<Value>>>,
    file: Cell<Option<File>>,
    persistent_load: Cell<Value>,
    buffers: Cell<Value>,
    /// Fix imports, encoding and errors.
    options: RefCell<(bool, String, String)>,
    /// That of the pickle that was read last.
    protocol: Cell<u8>,
}

impl Payload for Unpickler {
    fn trace(&self, marker: &mut Marker) {
        self.memo.borrow().trace(marker);
        let stacks = self.stacks.borrow();
        stacks
            .iter()
            .flatten()
            .for_each(|&value| marker.visit(value));
        if let Some(file) = self.file.get() {
            for method in [file.read, file.readline, file.peek] {
                marker.visit(method);
            }
        }
        marker.visit(self.persistent_load.get());
        marker.visit(self.buffers.get());
    }
}

impl Unpickler {
    fn new() -> Unpickler {
        Unpickler {
            memo: RefCell::default(),
            stacks: RefCell::default(),
            file: Cell::new(None),
            persistent_load: Cell::new(Value::UNBOUND),
            buffers: Cell::new(Value::UNBOUND),
            options: RefCell::default(),
            protocol: Cell::new(0),
        }
    }
}

/// How a reader treats what it finds.
pub struct Settings {
    /// Modules have the names that Python 2 had for them.
    pub fix_imports: bool,
    /// How strings of Python 2 are decoded; `bytes`: not at all.
    pub encoding: String,
    pub errors: String,
    /// An iterator.
    pub buffers: Option<Value>,
    pub persistent_load: Option<Value>,
    /// What a subclass has in place of the method of that name.
    pub find_class: Option<Value>,
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method(
        "__init__(self, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        init,
    ),
    method("load(self, /)", load_method),
    method("find_class(self, module_name, global_name, /)", find_class),
    method("__sizeof__(self, /)", |vm, args| {
        let count = own(vm, args[0])?.memo.borrow().len();
        Ok(Value::int(size_of::<Unpickler>() as i64 + 8 * count as i64))
    }),
    getter("memo", |vm, args| {
        own(vm, args[0])?;
        let class = kept_class(vm, PROXY_CLASS);
        Ok(Foreign::new(class.new_instance_shape(), MemoProxy(args[0])).into())
    }),
    setter("memo", set_memo),
    getter("persistent_load", |vm, args| {
        match own(vm, args[0])?.persistent_load.get().bound() {
            Some(hook) => Ok(hook),
            None => Ok(vm.kept(NO_LOAD).unwrap_or(Value::NONE)),
        }
    }),
    setter("persistent_load", |vm, args| {
        let unpickler = writable(vm, args[0])?;
        unpickler.persistent_load.set(args[1]);
        Ok(Value::NONE)
    }),
];

fn payload(value: Value) -> Option<&'static Unpickler> {
    value.cast::<Foreign>()?.payload::<Unpickler>()
}

fn own(vm: &mut Vm, value: Value) -> PyResult<&'static Unpickler> {
    match payload(value) {
        Some(own) => Ok(own),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "descriptor requires a '_pickle.Unpickler' object but received a '{given}'"
            )))
        }
    }
}

/// The unpickler, about to get new values.
fn writable(vm: &mut Vm, value: Value) -> PyResult<&'static Unpickler> {
    let unpickler = own(vm, value)?;
    if let Some(object) = value.cast::<Foreign>() {
        object.about_to_write();
    }
    Ok(unpickler)
}

/// An unpickler that only keeps stack and memo.
pub fn bare(vm: &mut Vm) -> PyResult {
    let class = kept_class(vm, CLASS);
    Ok(Foreign::new(class.new_instance_shape(), Unpickler::new()).into())
}

/// Puts a reader's stack and memo where the collector finds them.
pub fn keep(owner: Value, stack: Vec<Value>, memo: Numbered) {
    if let (Some(object), Some(unpickler)) = (owner.cast::<Foreign>(), payload(owner)) {
        object.about_to_write();
        unpickler.stacks.borrow_mut().push(stack);
        unpickler.memo.replace(memo);
    }
}

/// Takes them from there.
pub fn take(owner: Value) -> (Vec<Value>, Numbered) {
    match payload(owner) {
        Some(unpickler) => (
            unpickler.stacks.borrow_mut().pop().unwrap_or_default(),
            unpickler.memo.take(),
        ),
        None => Default::default(),
    }
}

/// Notes which protocol the pickle is in that is being read.
pub fn note_protocol(owner: Value, protocol: u8) {
    if let Some(unpickler) = payload(owner) {
        unpickler.protocol.set(protocol);
    }
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    match args[0].cast::<Class>() {
        Some(class) if class.instance_kind.get() == Kind::Foreign => {
            Ok(Foreign::new(class.new_instance_shape(), Unpickler::new()).into())
        }
        _ => Err(vm.type_error("Unpickler.__new__(X): X is not a subtype of Unpickler")),
    }
}

fn text_argument(vm: &mut Vm, value: Value, name: &str, default: &str) -> PyResult<String> {
    match value.bound() {
        None => Ok(default.to_owned()),
        Some(value) => match value.to::<Str>() {
            Some(text) => super::text_of(vm, text),
            None => {
                let given = vm.type_name(value);
                Err(vm.type_error(format!("argument '{name}' must be str, not {given}")))
            }
        },
    }
}

/// The settings that arguments say: fix imports, encoding, errors, buffers.
fn settings(vm: &mut Vm, args: &[Value]) -> PyResult<Settings> {
    let fix_imports = match args[0].bound() {
        Some(fix) => vm.truth(fix)?,
        None => true,
    };
    let buffers = args[3].bound().filter(|buffers| !buffers.is_none());
    Ok(Settings {
        fix_imports,
        encoding: text_argument(vm, args[1], "encoding", "ASCII")?,
        errors: text_argument(vm, args[2], "errors", "strict")?,
        buffers: match buffers {
            Some(buffers) => Some(vm.iter(buffers)?),
            None => None,
        },
        persistent_load: None,
        find_class: None,
    })
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let unpickler = own(vm, args[0])?;
    let file = File::new(vm, args[1])?;
    let settings = settings(vm, &args[2..])?;
    writable(vm, args[0])?;
    unpickler.file.set(Some(file));
    unpickler
        .buffers
        .set(settings.buffers.unwrap_or(Value::UNBOUND));
    unpickler
        .options
        .replace((settings.fix_imports, settings.encoding, settings.errors));
    unpickler.memo.take();
    unpickler.protocol.set(0);
    Ok(Value::NONE)
}

fn load_method(vm: &mut Vm, args: &[Value]) -> PyResult {
    let object = args[0];
    let unpickler = own(vm, object)?;
    let Some(file) = unpickler.file.get() else {
        let class = super::name_for_init(vm, object);
        return Err(unpickling_error(
            vm,
            &format!("Unpickler.__init__() was not called by {class}.__init__()"),
        ));
    };
    let (fix_imports, encoding, errors) = unpickler.options.borrow().clone();
    let own_load = unpickler.persistent_load.get();
    let persistent_load = overridden(vm, object, "persistent_load", own_load)?;
    let find_class = match vm.lookup_special(object, intern("find_class")) {
        Some(found)
            if found.is::<Builtin>() && vm.own_attr(object, intern("find_class")).is_none() =>
        {
            None
        }
        _ => Some(vm.get_attr(object, intern("find_class"))?),
    };
    let settings = Settings {
        fix_imports,
        encoding,
        errors,
        buffers: unpickler.buffers.get().bound(),
        persistent_load: persistent_load.filter(|&load| Some(load) != vm.kept(NO_LOAD)),
        find_class,
    };
    unpickler.protocol.set(0);
    let memo = unpickler.memo.take();
    let mut reader = Reader::new(settings, Input::of_file(file), memo, object);
    let result = reader.load(vm);
    keep(object, Vec::new(), reader.memo);
    unpickler.stacks.borrow_mut().pop();
    result
}

fn find_class(vm: &mut Vm, args: &[Value]) -> PyResult {
    let unpickler = own(vm, args[0])?;
    let (Some(module), Some(name)) = (args[1].to::<Str>(), args[2].to::<Str>()) else {
        return Err(vm.type_error("find_class() arguments must be str"));
    };
    let fix_imports = unpickler.options.borrow().0;
    build::find_class(vm, unpickler.protocol.get(), fix_imports, module, name)
}

pub fn load(vm: &mut Vm, args: &[Value]) -> PyResult {
    let file = File::new(vm, args[0])?;
    let settings = settings(vm, &args[1..])?;
    let input = Input::of_file(file);
    Reader::new(settings, input, Numbered::default(), Value::UNBOUND).load(vm)
}

pub fn loads(vm: &mut Vm, args: &[Value]) -> PyResult {
    let data = match args[0].cast::<Bytes>() {
        Some(data) => data,
        // What may change meanwhile is copied.
        None => Bytes::new(&crate::types::bytes::required(vm, args[0])?),
    };
    let settings = settings(vm, &args[1..])?;
    let input = Input::of_bytes(data.as_slice(), data.into());
    Reader::new(settings, input, Numbered::default(), Value::UNBOUND).load(vm)
}

// ---- the memo as the program sees it

/// Stands for the memo of an unpickler.
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

fn behind(vm: &mut Vm, proxy: Value) -> PyResult<&'static Unpickler> {
    match proxy
        .cast::<Foreign>()
        .and_then(|f| f.payload::<MemoProxy>())
    {
        Some(proxy) => own(vm, proxy.0),
        None => Err(vm.type_error("an UnpicklerMemoProxy is required")),
    }
}

fn copy_memo(vm: &mut Vm, args: &[Value]) -> PyResult {
    let dict = Dict::new();
    for (number, value) in behind(vm, args[0])?.memo.borrow().entries() {
        vm.dict_set(dict, Value::int(number as i64), value)?;
    }
    Ok(dict.into())
}

fn set_memo(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut memo = Numbered::default();
    if args[1].is_unbound() {
        return Err(vm.type_error("attribute deletion is not supported"));
    }
    if let Some(proxy) = args[1]
        .cast::<Foreign>()
        .and_then(|f| f.payload::<MemoProxy>())
    {
        let other = own(vm, proxy.0)?;
        for (number, value) in other.memo.borrow().entries() {
            memo.set(number, value);
        }
    } else if let Some(dict) = args[1].to::<Dict>() {
        for (number, value) in dict.get().iter() {
            let Some(number) = number.as_small() else {
                return Err(vm.type_error("memo key must be integers"));
            };
            match usize::try_from(number) {
                Ok(number) => memo.set(number, value),
                Err(_) => return Err(vm.value_error("memo key must be positive integers.")),
            }
        }
    } else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!(
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {given}"
        )));
    }
    let unpickler = writable(vm, args[0])?;
    unpickler.memo.replace(memo);
    Ok(Value::NONE)
}

pub fn install(vm: &mut Vm, module: Gc<Module>) {
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        ..ClassFlags::default()
    };
    let class = vm.native_class("_pickle", "Unpickler", object, flags, METHODS);
    vm.keep(CLASS, class.into());
    module
        .namespace()
        .set_str(intern("Unpickler"), class.into());
    let hidden = ClassFlags {
        immutable: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    let proxy = vm.native_class("_pickle", "UnpicklerMemoProxy", object, hidden, PROXY);
    crate::types::set_unhashable(vm, proxy);
    vm.keep(PROXY_CLASS, proxy.into());
    let no_load = vm.native_function("persistent_load(id, /)", |vm, _| {
        Err(build::no_persistent_load(vm))
    });
    vm.keep(NO_LOAD, no_load.into());
}
