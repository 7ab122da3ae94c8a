//! `_pyexpat`: parsers of XML with handlers, on which `pyexpat` is built. What a document says is found out
//! by the engine; here are the parser objects, and in `tell` what their handlers are called with.

mod engine;
mod tell;

use crate::types::bytes;
use engine::{Code, Encoding, Engine, HANDLERS, Handler, ParameterEntities};
use object::{Bytes, Class, ClassFlags, Dict, Foreign, Gc, Marker, Payload, Str, Value, intern};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Raised, Vm, getter, method, setter};

const FUNCTIONS: &[Def] = &[
    method("create(encoding, namespace_separator, intern, /)", create),
    method("set_error(error, /)", |vm, args| {
        vm.keep(ERROR, args[0]);
        Ok(Value::NONE)
    }),
];

const ERROR: &str = "pyexpat.ExpatError";
const CLASS: &str = "pyexpat.xmlparser";

/// How much text is put together before its handler is called, in bytes of UTF-8.
const BUFFER_BYTES: usize = 8192;
/// How much of a file is read at a time, in bytes.
const PIECE_BYTES: i64 = 2048;

/// The parts of `pyexpat`'s parsers.
struct Parser {
    engine: RefCell<Engine>,
    handlers: [Cell<Value>; HANDLERS.len()],
    /// Which of the two default handlers was set last.
    default: Cell<Handler>,
    /// The strings of names, by their symbols: *unbound* where there is none yet.
    strings: RefCell<Vec<Value>>,
    /// The dictionary in which names are looked up, or None.
    intern: Cell<Value>,
    /// Text that waits to be told, if it is put together.
    buffer: RefCell<Option<String>>,
    buffer_size: Cell<usize>,
    ordered_attributes: Cell<bool>,
    specified_attributes: Cell<bool>,
    namespace_prefixes: Cell<bool>,
    /// A handler is running.
    is_telling: Cell<bool>,
    is_started: Cell<bool>,
    is_finished: Cell<bool>,
    /// What is not complete is not looked at again before there is much more of it.
    defers: Cell<bool>,
    /// How much there was when last nothing of it could be read.
    waited: Cell<usize>,
    /// The encoding that was given for the document.
    encoding: RefCell<Option<String>>,
}

impl Payload for Parser {
    fn trace(&self, marker: &mut Marker) {
        self.handlers
            .iter()
            .for_each(|handler| marker.visit(handler.get()));
        self.strings
            .borrow()
            .iter()
            .for_each(|&string| marker.visit(string));
        marker.visit(self.intern.get());
    }
}

impl Parser {
    fn new(engine: Engine, intern: Value, encoding: Option<String>) -> Parser {
        Parser {
            engine: RefCell::new(engine),
            handlers: std::array::from_fn(|_| Cell::new(Value::NONE)),
            default: Cell::new(Handler::Default),
            strings: RefCell::default(),
            intern: Cell::new(intern),
            buffer: RefCell::new(None),
            buffer_size: Cell::new(BUFFER_BYTES),
            ordered_attributes: Cell::new(false),
            specified_attributes: Cell::new(false),
            namespace_prefixes: Cell::new(false),
            is_telling: Cell::new(false),
            is_started: Cell::new(false),
            is_finished: Cell::new(false),
            defers: Cell::new(true),
            waited: Cell::new(0),
            encoding: RefCell::new(encoding),
        }
    }

    fn handler(&self, handler: Handler) -> Option<Value> {
        Some(self.handlers[handler as usize].get()).filter(|set| !set.is_none())
    }
}

fn make(vm: &mut Vm, parser: Parser) -> PyResult {
    match vm.kept(CLASS).and_then(|class| class.cast::<Class>()) {
        Some(class) => Ok(Foreign::new(class.new_instance_shape(), parser).into()),
        None => Err(vm.system_error("parsers are not installed")),
    }
}

/// A receiver that is a parser.
fn own(vm: &mut Vm, value: Value) -> PyResult<(Gc<Foreign>, &'static Parser)> {
    let object = value.cast::<Foreign>();
    match object.and_then(|object| Some((object, object.payload::<Parser>()?))) {
        Some(own) => Ok(own),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("a parser is required, not '{given}'")))
        }
    }
}

fn parser(vm: &mut Vm, value: Value) -> PyResult<&'static Parser> {
    Ok(own(vm, value)?.1)
}

fn optional_text(
    vm: &mut Vm,
    value: Value,
    function: &str,
    name: &str,
) -> PyResult<Option<String>> {
    match value.bound() {
        None | Some(Value::NONE) => Ok(None),
        Some(given) => match given.to::<Str>() {
            Some(text) => Ok(Some(text.to_text_escaped())),
            None => {
                let given = vm.type_name(given);
                Err(vm.type_error(format!(
                    "{function}() argument '{name}' must be str or None, not {given}"
                )))
            }
        },
    }
}

/// `encoding, namespace_separator, intern`: None where they are absent.
fn create(vm: &mut Vm, args: &[Value]) -> PyResult {
    let encoding = optional_text(vm, args[0], "ParserCreate", "encoding")?;
    let separator = optional_text(vm, args[1], "ParserCreate", "namespace_separator")?;
    if separator
        .as_ref()
        .is_some_and(|text| text.chars().nth(1).is_some())
    {
        let message = "namespace_separator must be at most one character, omitted, or None";
        return Err(vm.value_error(message));
    }
    let is_dict = args[2].is_none() || args[2].inner().is::<Dict>();
    if !is_dict {
        return Err(vm.type_error("intern must be a dictionary"));
    }
    // A separator of the character 0 is none.
    let separator = separator.map(|text| text.chars().next().filter(|&c| c != '\0'));
    make(vm, Parser::new(Engine::new(separator), args[2], encoding))
}

// ---- attributes

fn get_handler<const AT: usize>(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(parser(vm, args[0])?.handlers[AT].get())
}

fn set_handler<const AT: usize>(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (object, own) = own(vm, args[0])?;
    let Some(value) = args[1].bound() else {
        return Err(vm.runtime_error("Cannot delete attribute"));
    };
    if AT == Handler::CharacterData as usize {
        tell::flush(vm, own)?;
    }
    for default in [Handler::Default, Handler::DefaultExpand] {
        if AT == default as usize {
            own.default.set(default);
            own.engine.borrow_mut().expands_entities = default == Handler::DefaultExpand;
        }
    }
    object.about_to_write();
    own.handlers[AT].set(value);
    Ok(Value::NONE)
}

/// A flag that can be set.
fn set_flag(vm: &mut Vm, args: &[Value], flag: fn(&Parser) -> &Cell<bool>) -> PyResult<bool> {
    let own = parser(vm, args[0])?;
    let Some(value) = args[1].bound() else {
        return Err(vm.runtime_error("Cannot delete attribute"));
    };
    let value = vm.truth(value)?;
    flag(own).set(value);
    Ok(value)
}

fn set_buffer_text(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = parser(vm, args[0])?;
    let Some(value) = args[1].bound() else {
        return Err(vm.runtime_error("Cannot delete attribute"));
    };
    match vm.truth(value)? {
        true => {
            own.buffer.borrow_mut().get_or_insert_default();
        }
        false => {
            tell::flush(vm, own)?;
            own.buffer.replace(None);
        }
    }
    Ok(Value::NONE)
}

fn set_buffer_size(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = parser(vm, args[0])?;
    let Some(value) = args[1].bound() else {
        return Err(vm.runtime_error("Cannot delete attribute"));
    };
    if vm.as_int(value).is_none() {
        return Err(vm.type_error("buffer_size must be an integer"));
    }
    let size = vm.index(value)?;
    if size <= 0 {
        return Err(vm.value_error("buffer_size must be greater than zero"));
    }
    if size > i64::from(i32::MAX) {
        return Err(vm.value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
    }
    if size as usize != own.buffer_size.get() {
        tell::flush(vm, own)?;
        own.buffer_size.set(size as usize);
    }
    Ok(Value::NONE)
}

fn number(n: usize) -> PyResult {
    Ok(Value::int(n as i64))
}

fn line(vm: &mut Vm, args: &[Value]) -> PyResult {
    number(parser(vm, args[0])?.engine.borrow().location().line)
}

fn column(vm: &mut Vm, args: &[Value]) -> PyResult {
    number(parser(vm, args[0])?.engine.borrow().location().column)
}

fn byte_index(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = parser(vm, args[0])?;
    match own.is_started.get() {
        true => number(own.engine.borrow().location().byte),
        false => Ok(Value::small(-1)),
    }
}

macro_rules! handlers {
    ($($at:literal)*) => {
        [$(getter(HANDLERS[$at], get_handler::<$at>), setter(HANDLERS[$at], set_handler::<$at>),)*]
    };
}

const HANDLER_ATTRIBUTES: [Def; 2 * HANDLERS.len()] =
    handlers! { 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 };

const ATTRIBUTES: &[Def] = &[
    getter("CurrentLineNumber", line),
    getter("CurrentColumnNumber", column),
    getter("CurrentByteIndex", byte_index),
    getter("ErrorLineNumber", line),
    getter("ErrorColumnNumber", column),
    getter("ErrorByteIndex", byte_index),
    getter("ErrorCode", |vm, args| {
        let failed = parser(vm, args[0])?.engine.borrow().failed();
        number(failed.map_or(0, |code| code as usize))
    }),
    getter("buffer_size", |vm, args| {
        number(parser(vm, args[0])?.buffer_size.get())
    }),
    setter("buffer_size", set_buffer_size),
    getter("buffer_text", |vm, args| {
        Ok(Value::bool(parser(vm, args[0])?.buffer.borrow().is_some()))
    }),
    setter("buffer_text", set_buffer_text),
    getter("buffer_used", |vm, args| {
        number(
            parser(vm, args[0])?
                .buffer
                .borrow()
                .as_ref()
                .map_or(0, String::len),
        )
    }),
    getter("intern", |vm, args| Ok(parser(vm, args[0])?.intern.get())),
    getter("namespace_prefixes", |vm, args| {
        Ok(Value::bool(parser(vm, args[0])?.namespace_prefixes.get()))
    }),
    setter("namespace_prefixes", |vm, args| {
        let keeps = set_flag(vm, args, |own| &own.namespace_prefixes)?;
        parser(vm, args[0])?
            .engine
            .borrow_mut()
            .set_keeps_prefixes(keeps);
        Ok(Value::NONE)
    }),
    getter("ordered_attributes", |vm, args| {
        Ok(Value::bool(parser(vm, args[0])?.ordered_attributes.get()))
    }),
    setter("ordered_attributes", |vm, args| {
        set_flag(vm, args, |own| &own.ordered_attributes)?;
        Ok(Value::NONE)
    }),
    getter("specified_attributes", |vm, args| {
        Ok(Value::bool(parser(vm, args[0])?.specified_attributes.get()))
    }),
    setter("specified_attributes", |vm, args| {
        set_flag(vm, args, |own| &own.specified_attributes)?;
        Ok(Value::NONE)
    }),
];

// ---- methods

const METHODS: &[Def] = &[
    method("Parse(self, data, isfinal=False, /)", parse),
    method("ParseFile(self, file, /)", parse_file),
    method("SetBase(self, base, /)", |vm, args| {
        let own = parser(vm, args[0])?;
        let Some(base) = args[1].to::<Str>() else {
            let given = vm.type_name(args[1]);
            return Err(vm.type_error(format!("SetBase() argument must be str, not {given}")));
        };
        own.engine.borrow_mut().base = Some(base.to_text_escaped().into());
        Ok(Value::NONE)
    }),
    method("GetBase(self, /)", |vm, args| {
        let own = parser(vm, args[0])?;
        Ok(tell::text_or_none(own.engine.borrow().base.as_deref()))
    }),
    method("GetInputContext(self, /)", |vm, args| {
        let own = parser(vm, args[0])?;
        Ok(match own.is_telling.get() {
            true => Bytes::new(own.engine.borrow().rest().as_bytes()).into(),
            false => Value::NONE,
        })
    }),
    method(
        "ExternalEntityParserCreate(self, context, encoding=None, /)",
        create_subparser,
    ),
    method(
        "SetParamEntityParsing(self, flag, /)",
        set_parameter_entities,
    ),
    method("UseForeignDTD(self, flag=True, /)", |vm, args| {
        let own = parser(vm, args[0])?;
        let uses = args[1].bound().map_or(Ok(true), |flag| vm.truth(flag))?;
        if own.is_started.get() && !own.is_finished.get() {
            return Err(error(vm, own, CHANGED_TOO_LATE));
        }
        own.engine.borrow_mut().uses_foreign_dtd = uses;
        Ok(Value::NONE)
    }),
    method("GetReparseDeferralEnabled(self, /)", |vm, args| {
        Ok(Value::bool(parser(vm, args[0])?.defers.get()))
    }),
    method("SetReparseDeferralEnabled(self, enabled, /)", |vm, args| {
        set_flag(vm, args, |own| &own.defers)?;
        Ok(Value::NONE)
    }),
];

/// The number of the error that a setting came after the document's beginning.
const CHANGED_TOO_LATE: u8 = 26;

fn set_parameter_entities(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = parser(vm, args[0])?;
    let mode = match vm.index(args[1])? {
        0 => ParameterEntities::Never,
        1 => ParameterEntities::UnlessStandalone,
        2 => ParameterEntities::Always,
        _ => return Ok(Value::small(0)),
    };
    if own.is_started.get() {
        return Ok(Value::small(0));
    }
    own.engine.borrow_mut().parameter_entities = mode;
    Ok(Value::small(1))
}

fn create_subparser(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = parser(vm, args[0])?;
    let context = match args[1] {
        Value::NONE => None,
        given => match given.to::<Str>() {
            Some(text) => Some(text.to_text_escaped()),
            None => {
                let given = vm.type_name(given);
                return Err(vm.type_error(format!(
                    "ExternalEntityParserCreate() argument 1 must be str or None, not {given}"
                )));
            }
        },
    };
    let encoding = optional_text(vm, args[2], "ExternalEntityParserCreate", "encoding")?;
    let engine = own.engine.borrow().subparser(context.as_deref());
    let made = Parser::new(engine, own.intern.get(), encoding);
    for (made, own) in made.handlers.iter().zip(&own.handlers) {
        made.set(own.get());
    }
    made.default.set(own.default.get());
    made.buffer_size.set(own.buffer_size.get());
    made.buffer
        .replace(own.buffer.borrow().as_ref().map(|_| String::new()));
    made.ordered_attributes.set(own.ordered_attributes.get());
    made.specified_attributes
        .set(own.specified_attributes.get());
    made.namespace_prefixes.set(own.namespace_prefixes.get());
    made.defers.set(own.defers.get());
    make(vm, made)
}

/// `ExpatError`, saying where the parser stands.
fn error(vm: &mut Vm, own: &Parser, code: u8) -> Raised {
    let place = own.engine.borrow().location();
    let Some(class) = vm.kept(ERROR) else {
        return vm.system_error("parsers have no error");
    };
    let numbers = [code as usize, place.line, place.column].map(|n| Value::int(n as i64));
    match vm.call(class, &numbers) {
        Ok(made) => Raised(made),
        Err(raised) => raised,
    }
}

fn parse(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = parser(vm, args[0])?;
    let is_final = args[2].bound().map_or(Ok(false), |flag| vm.truth(flag))?;
    if let Some(text) = args[1].to::<Str>() {
        let data = vm.call_method(text.into(), intern("encode"), &[Str::new("utf-8").into()])?;
        let data = bytes::view(data).unwrap_or_default();
        if !own.is_started.get() {
            own.encoding.replace(Some("utf-8".into()));
        }
        return parse_bytes(vm, own, data, is_final);
    }
    match bytes::view(args[1]) {
        // A bytes object stays as it is; others are copied, since handlers may change them.
        Some(data) if args[1].inner().is::<Bytes>() => parse_bytes(vm, own, data, is_final),
        _ => {
            let data = bytes::required(vm, args[1])?;
            parse_bytes(vm, own, &data, is_final)
        }
    }
}

fn parse_file(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = parser(vm, args[0])?;
    let Some(read) = vm.get_attr_or_none(args[1], intern("read"))? else {
        return Err(vm.type_error("argument must have 'read' attribute"));
    };
    loop {
        let piece = vm.call(read, &[Value::int(PIECE_BYTES)])?;
        let Some(data) = bytes::view(piece) else {
            let given = vm.type_name(piece);
            return Err(vm.type_error(format!(
                "read() did not return a bytes object (type={given})"
            )));
        };
        let data = data.to_vec();
        let result = parse_bytes(vm, own, &data, data.is_empty())?;
        if data.is_empty() {
            return Ok(result);
        }
    }
}

/// The encoding that a codec tells of, if each byte is one character in it.
fn encoding_of_codec(vm: &mut Vm, name: &str) -> PyResult<Encoding> {
    let all: Vec<u8> = (0..=255).collect();
    let (name, errors) = (Str::new(name), Str::new("replace"));
    let all = Bytes::new(&all).into();
    let decoded = vm.call_method(all, intern("decode"), &[name.into(), errors.into()])?;
    let points = decoded
        .to::<Str>()
        .map(|text| text.to_points())
        .unwrap_or_default();
    if points.len() != 256 {
        return Err(vm.value_error("multi-byte encodings are not supported"));
    }
    let character =
        |at: usize| char::from_u32(points[at]).filter(|&c| c != char::REPLACEMENT_CHARACTER);
    Ok(Encoding::Table(Box::new(std::array::from_fn(character))))
}

fn begin(vm: &mut Vm, own: &Parser) -> PyResult<()> {
    if own.is_started.replace(true) {
        return Ok(());
    }
    let Some(name) = own.encoding.borrow().clone() else {
        return Ok(());
    };
    let encoding = match Encoding::named(&name, None) {
        Some(encoding) => encoding,
        None => encoding_of_codec(vm, &name)?,
    };
    own.engine.borrow_mut().input.tell(encoding);
    Ok(())
}

fn parse_bytes(vm: &mut Vm, own: &'static Parser, data: &[u8], is_final: bool) -> PyResult {
    if own.is_telling.get() {
        return Err(vm.runtime_error("a parser cannot be fed by its own handlers"));
    }
    if own.is_finished.get() {
        return Err(error(vm, own, Code::Finished as u8));
    }
    let failed = own.engine.borrow().failed();
    if let Some(code) = failed {
        return Err(error(vm, own, code as u8));
    }
    begin(vm, own)?;
    let there = {
        let mut engine = own.engine.borrow_mut();
        engine.feed(data, is_final);
        engine.waiting()
    };
    if own.defers.get() && !is_final && there < 2 * own.waited.get() {
        return Ok(Value::small(1));
    }
    let told = tell::all(vm, own);
    let (left, failed) = {
        let engine = own.engine.borrow();
        (engine.waiting(), engine.failed())
    };
    own.waited.set(if left == there { there } else { 0 });
    told?;
    if let Some(code) = failed {
        return Err(error(vm, own, code as u8));
    }
    tell::flush(vm, own)?;
    own.is_finished.set(is_final);
    Ok(Value::small(1))
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_pyexpat", FUNCTIONS);
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    let object = vm.types.object;
    let class = vm.native_class("pyexpat", "xmlparser", object, flags, METHODS);
    vm.define_methods(class, &HANDLER_ATTRIBUTES);
    vm.define_methods(class, ATTRIBUTES);
    vm.keep(CLASS, class.into());
    module
        .namespace()
        .set_str(intern("XMLParserType"), class.into());
}
