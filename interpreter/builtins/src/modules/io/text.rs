//! Text files: `TextIOWrapper`.
//!
//! Encoding and decoding work at the byte level. Encodings in which the bytes of a line end stand
//! for nothing else (UTF-8, Latin-1, ASCII) are read line by line; the others are decoded as a
//! whole.

use super::base::{base_class, readlines, shown_name, size_of, writelines};
use super::file::{File, about_to_write, whence};
use super::newline::{Newline, Seen};
use super::{class, memory, unsupported};
use crate::codec::decode_with;
use crate::codec::{self, Codec};
use object::{Bytes, Class, Dict, Foreign, Gc, Marker, Payload, Str, Value, intern};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Vm, getter, method, static_method, string};
use world::Whence;

/// Text is passed on to the binary file when so many bytes have come together.
const PENDING_BYTES: usize = 1 << 13;

/// How a text file converts.
#[derive(Clone, Debug)]
pub struct Settings {
    encoding: String,
    /// The codec of the encoding, if it is the interpreter's own.
    codec: Option<Codec>,
    errors: String,
    newline: Newline,
    pub line_buffering: bool,
    pub write_through: bool,
}

impl Settings {
    pub fn new(
        vm: &mut Vm,
        encoding: Option<&str>,
        errors: Option<String>,
        newline: Option<&str>,
        line_buffering: bool,
    ) -> PyResult<Settings> {
        let encoding = match encoding {
            None | Some("locale") => String::from("utf-8"),
            Some(name) => name.to_owned(),
        };
        let codec = Codec::find(&encoding);
        if codec.is_none() {
            // One that is written in Python, perhaps.
            let codecs = vm.import_module("codecs")?;
            let find = vm.get_attr_text(codecs, "_find")?;
            let found = vm.call(find, &[string(&encoding), Value::small(1)])?;
            if found.is_none() {
                let class = vm.types.lookup_error;
                return Err(vm.raise(class, &format!("unknown encoding: {encoding}")));
            }
        }
        let newline = Newline::named(vm, newline)?;
        let errors = errors.unwrap_or_else(|| String::from("strict"));
        Ok(Settings {
            encoding,
            codec,
            errors,
            newline,
            line_buffering,
            write_through: false,
        })
    }

    /// For the standard streams.
    pub fn standard(errors: &str, line_buffering: bool) -> Settings {
        Settings {
            encoding: String::from("utf-8"),
            codec: Some(Codec::Utf8),
            errors: errors.to_owned(),
            newline: Newline::Universal,
            line_buffering,
            write_through: false,
        }
    }
}

/// The payload of a text file.
struct Text {
    /// Unbound until the file is initialized, which a subclass does when it likes.
    buffer: Cell<Value>,
    settings: RefCell<Settings>,
    /// Encoded, not yet passed on.
    pending: RefCell<Vec<u8>>,
    /// Read, not yet decoded, from `at` on.
    ahead: RefCell<Vec<u8>>,
    at: Cell<usize>,
    ended: Cell<bool>,
    detached: Cell<bool>,
    iterating: Cell<bool>,
    /// A byte order mark was written, if the encoding has one.
    is_marked: Cell<bool>,
    seen: Seen,
}

impl Payload for Text {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.buffer.get());
    }
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs?)", new),
    method(
        "__init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
        init,
    ),
    method("read(self, size=-1, /)", read),
    method("readline(self, size=-1, /)", readline),
    method("readlines(self, hint=-1, /)", readlines),
    method("write(self, text, /)", write),
    method("writelines(self, lines, /)", writelines),
    method("flush(self, /)", flush),
    method("close(self, /)", close),
    method("detach(self, /)", detach),
    method("seek(self, cookie, whence=0, /)", seek),
    method("tell(self, /)", tell),
    method("truncate(self, pos=None, /)", truncate),
    method("fileno(self, /)", |vm, args| forward(vm, args[0], "fileno")),
    method("isatty(self, /)", |vm, args| forward(vm, args[0], "isatty")),
    method("readable(self, /)", |vm, args| {
        forward(vm, args[0], "readable")
    }),
    method("writable(self, /)", |vm, args| {
        forward(vm, args[0], "writable")
    }),
    method("seekable(self, /)", |vm, args| {
        forward(vm, args[0], "seekable")
    }),
    method(
        "reconfigure(self, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
        reconfigure,
    ),
    method("__iter__(self, /)", iter),
    method("__next__(self, /)", next),
    method("__enter__(self, /)", enter),
    method("__exit__(self, /, *args)", exit),
    method("__repr__(self, /)", repr),
    getter("buffer", buffer),
    getter("closed", closed),
    getter("encoding", encoding),
    getter("errors", errors),
    getter("newlines", newlines),
    getter("line_buffering", line_buffering),
    getter("write_through", write_through),
    getter("name", name),
];

/// A text file over a binary one.
pub fn make(vm: &mut Vm, buffer: Value, settings: Settings) -> Value {
    let class = vm.kept("io.TextIOWrapper").and_then(|c| c.cast::<Class>());
    make_as(class.unwrap_or(vm.types.object), buffer, settings)
}

fn make_as(class: Gc<Class>, buffer: Value, settings: Settings) -> Value {
    let text = Text {
        buffer: Cell::new(buffer),
        settings: RefCell::new(settings),
        pending: RefCell::default(),
        ahead: RefCell::default(),
        at: Cell::new(0),
        ended: Cell::new(false),
        detached: Cell::new(false),
        iterating: Cell::new(false),
        is_marked: Cell::new(false),
        seen: Seen::default(),
    };
    let made = Foreign::new(class.new_instance_shape(), text).into();
    object::heap::register_finalizable(made);
    made
}

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    match args[0].cast::<Class>() {
        Some(class) => {
            let settings = Settings::standard("strict", false);
            Ok(make_as(class, Value::UNBOUND, settings))
        }
        None => Err(vm.type_error("a class was expected")),
    }
}

fn init(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(text) = args[0].cast::<Foreign>().and_then(|f| f.payload::<Text>()) else {
        return text(vm, args[0]).map(|_| Value::NONE);
    };
    let word = |vm: &mut Vm, value: Value| match value.bound().filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(value) => vm.str_text(value).map(Some),
    };
    let (encoding, errors) = (word(vm, args[2])?, word(vm, args[3])?);
    let newline = word(vm, args[4])?;
    let lines = match args[5].bound() {
        Some(lines) => vm.truth(lines)?,
        None => false,
    };
    let mut settings = Settings::new(vm, encoding.as_deref(), errors, newline.as_deref(), lines)?;
    if let Some(through) = args[6].bound() {
        settings.write_through = vm.truth(through)?;
    }
    about_to_write(args[0]);
    text.buffer.set(args[1]);
    *text.settings.borrow_mut() = settings;
    text.pending.borrow_mut().clear();
    text.ahead.borrow_mut().clear();
    text.at.set(0);
    text.ended.set(false);
    text.detached.set(false);
    text.is_marked.set(false);
    text.seen.clear();
    Ok(Value::NONE)
}

fn text(vm: &mut Vm, value: Value) -> PyResult<&'static Text> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Text>()) {
        Some(text) if text.buffer.get().is_unbound() => {
            Err(vm.value_error("I/O operation on uninitialized object"))
        }
        Some(text) if text.detached.get() => {
            Err(vm.value_error("underlying buffer has been detached"))
        }
        Some(text) => Ok(text),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("a text file is required, not '{given}'")))
        }
    }
}

/// The text file, if it is open.
fn open_text(vm: &mut Vm, value: Value) -> PyResult<&'static Text> {
    let text = text(vm, value)?;
    if text.is_closed(vm)? {
        return Err(vm.value_error("I/O operation on closed file."));
    }
    Ok(text)
}

impl Text {
    /// The binary file, if it is one of ours.
    fn file(&self) -> Option<&'static File> {
        let file = self.buffer.get().cast::<Foreign>()?.payload::<File>()?;
        file.is_own().then_some(file)
    }

    fn is_closed(&self, vm: &mut Vm) -> PyResult<bool> {
        match self.file() {
            Some(file) => Ok(file.is_closed()),
            None => {
                let buffer = self.buffer.get();
                if let Some(closed) = memory::is_closed(vm, buffer) {
                    return Ok(closed);
                }
                let closed = vm.get_attr_text(buffer, "closed")?;
                vm.truth(closed)
            }
        }
    }

    /// The encoding, if it is the interpreter's own.
    fn codec(&self) -> Option<Codec> {
        self.settings.borrow().codec
    }

    fn decode_bytes(&self, vm: &mut Vm, data: &[u8]) -> PyResult<Gc<Str>> {
        let settings = self.settings.borrow().clone();
        if let Some(codec) = self.codec() {
            return decode_with(vm, data, codec, &settings.errors);
        }
        let names = [string(&settings.encoding), string(&settings.errors)];
        let decoded = vm.call_method(Bytes::new(data).into(), intern("decode"), &names)?;
        vm.receiver::<Str>(decoded)
    }

    fn encode_text(&self, vm: &mut Vm, text: Gc<Str>) -> PyResult<Gc<Bytes>> {
        let settings = self.settings.borrow().clone();
        let is_marked = self.is_marked.replace(true);
        if let Some(codec) = self.codec() {
            let codec = if is_marked {
                codec.without_mark()
            } else {
                codec
            };
            return codec::encode_with(vm, text, codec, &settings.errors);
        }
        let names = [string(&settings.encoding), string(&settings.errors)];
        let encoded = vm.call_method(text.into(), intern("encode"), &names)?;
        vm.receiver::<Bytes>(encoded)
    }

    /// Whether a line can be found in the bytes.
    fn is_line_safe(&self) -> bool {
        matches!(
            self.codec(),
            Some(Codec::Utf8 | Codec::Ascii | Codec::Latin1)
        )
    }

    /// Passes on what was encoded.
    fn pass_on(&self, vm: &mut Vm) -> PyResult<()> {
        let data = std::mem::take(&mut *self.pending.borrow_mut());
        if data.is_empty() {
            return Ok(());
        }
        match self.file() {
            Some(file) => file.write(vm, &data),
            None => {
                let bytes = Bytes::new(&data).into();
                let name = vm.names.write;
                vm.call_method(self.buffer.get(), name, &[bytes])
                    .map(|_| ())
            }
        }
    }

    fn flush(&self, vm: &mut Vm) -> PyResult<()> {
        self.pass_on(vm)?;
        match self.file() {
            Some(file) => file.flush(vm),
            None => {
                let name = vm.names.flush;
                vm.call_method(self.buffer.get(), name, &[]).map(|_| ())
            }
        }
    }

    /// Reads more; false at the end.
    fn fill(&self, vm: &mut Vm, everything: bool) -> PyResult<bool> {
        if self.ended.get() {
            return Ok(false);
        }
        self.pass_on(vm)?;
        let size = if everything { None } else { Some(1 << 16) };
        let data = match self.file() {
            Some(file) if everything => file.read(vm, None)?.into_vec(),
            _ => {
                let method = if everything {
                    intern("read")
                } else {
                    intern("read1")
                };
                let size = size.map_or(Value::small(-1), |n| Value::small(n as i64));
                let has = vm.find_attr(self.buffer.get(), method)?.is_some();
                let method = if has { method } else { intern("read") };
                let data = vm.call_method(self.buffer.get(), method, &[size])?;
                match data.to::<Bytes>() {
                    Some(data) => data.as_slice().to_vec(),
                    None => {
                        let given = vm.type_name(data);
                        return Err(vm.type_error(format!(
                            "underlying read1() should have returned a bytes-like object, not \
                             '{given}'"
                        )));
                    }
                }
            }
        };
        if self.is_line_safe() {
            self.seen.note_bytes(self.newline(), &data);
        }
        if data.is_empty() || everything {
            self.ended.set(true);
            self.seen.note_end();
        }
        let mut ahead = self.ahead.borrow_mut();
        if self.at.get() > 0 {
            ahead.drain(..self.at.get());
            self.at.set(0);
        }
        ahead.extend_from_slice(&data);
        Ok(!data.is_empty())
    }

    fn newline(&self) -> Newline {
        self.settings.borrow().newline
    }

    fn decode(&self, vm: &mut Vm, data: &[u8]) -> PyResult<Gc<Str>> {
        let decoded = if data.is_ascii() && self.is_line_safe() {
            Str::from_latin1(data)
        } else {
            self.decode_bytes(vm, data)?
        };
        Ok(self.newline().read(decoded))
    }

    /// The length of the first line in `data`, its end included; `None` if it may go on.
    fn line_end(&self, data: &[u8], ended: bool) -> Option<usize> {
        match self.newline() {
            Newline::Feed => memchr::memchr(b'\n', data).map(|at| at + 1),
            one @ (Newline::Return | Newline::Both) => one.line_end(data),
            Newline::Universal | Newline::Untranslated => {
                let at = memchr::memchr2(b'\n', b'\r', data)?;
                if data[at] == b'\n' {
                    return Some(at + 1);
                }
                match data.get(at + 1) {
                    Some(b'\n') => Some(at + 2),
                    Some(_) => Some(at + 1),
                    None if ended => Some(at + 1),
                    None => None,
                }
            }
        }
    }

    fn read_line(&self, vm: &mut Vm) -> PyResult<Gc<Str>> {
        if !self.is_line_safe() {
            return self.read_line_decoded(vm);
        }
        loop {
            let line = {
                let ahead = self.ahead.borrow();
                let data = &ahead[self.at.get()..];
                let end = self.line_end(data, self.ended.get());
                let end = end.or(self.ended.get().then_some(data.len()));
                end.map(|end| data[..end].to_vec())
            };
            if let Some(line) = line {
                self.at.set(self.at.get() + line.len());
                return self.decode(vm, &line);
            }
            self.fill(vm, false)?;
        }
    }

    /// For encodings of several bytes a character: decodes everything, then encodes the rest
    /// back as UTF-8, which is what is read from then on.
    fn read_line_decoded(&self, vm: &mut Vm) -> PyResult<Gc<Str>> {
        self.fill(vm, true)?;
        let data = self.ahead.borrow()[self.at.get()..].to_vec();
        let text = self.decode_bytes(vm, &data)?;
        self.seen.note(self.newline(), text.points());
        self.seen.note_end();
        let encoded = codec::encode_with(vm, text, Codec::Utf8, "surrogatepass")?;
        *self.ahead.borrow_mut() = encoded.as_slice().to_vec();
        self.at.set(0);
        let mut settings = self.settings.borrow_mut();
        settings.encoding = String::from("utf-8");
        settings.codec = Some(Codec::Utf8);
        settings.errors = String::from("surrogatepass");
        drop(settings);
        self.read_line(vm)
    }

    fn read_all(&self, vm: &mut Vm) -> PyResult<Gc<Str>> {
        self.fill(vm, true)?;
        let data = self.ahead.borrow()[self.at.get()..].to_vec();
        self.ahead.borrow_mut().clear();
        self.at.set(0);
        self.decode(vm, &data)
    }

    fn read_some(&self, vm: &mut Vm, count: usize) -> PyResult<Gc<Str>> {
        if !self.is_line_safe() {
            let line = self.read_line_decoded(vm)?;
            self.push_back(vm, line)?;
        }
        loop {
            let taken = {
                let ahead = self.ahead.borrow();
                self.characters(&ahead[self.at.get()..], count)
            };
            if let Some(length) = taken {
                let data = self.ahead.borrow()[self.at.get()..self.at.get() + length].to_vec();
                self.at.set(self.at.get() + length);
                return self.decode(vm, &data);
            }
            if !self.fill(vm, false)? {
                return self.read_all(vm);
            }
        }
    }

    fn push_back(&self, vm: &mut Vm, text: Gc<Str>) -> PyResult<()> {
        let mut data = codec::encode_with(vm, text, Codec::Utf8, "surrogatepass")?
            .as_slice()
            .to_vec();
        let mut ahead = self.ahead.borrow_mut();
        data.extend_from_slice(&ahead[self.at.get()..]);
        *ahead = data;
        self.at.set(0);
        Ok(())
    }

    /// How many bytes the first `count` characters take, a `\r\n` that becomes one counting as
    /// one; `None` if there are not so many yet.
    fn characters(&self, data: &[u8], count: usize) -> Option<usize> {
        let universal = self.settings.borrow().newline == Newline::Universal;
        let wide = self.codec() == Some(Codec::Utf8);
        let (mut at, mut seen) = (0, 0);
        while seen < count {
            let byte = *data.get(at)?;
            if universal && byte == b'\r' && data.get(at + 1)? == &b'\n' {
                at += 1;
            }
            at += match byte {
                0xc0..=0xdf if wide => 2,
                0xe0..=0xef if wide => 3,
                0xf0..=0xf7 if wide => 4,
                _ => 1,
            };
            seen += 1;
        }
        (at <= data.len()).then_some(at)
    }

    fn encode_into(&self, vm: &mut Vm, text: Gc<Str>) -> PyResult<()> {
        let text = self.newline().written(text);
        if self.is_line_safe()
            && let Some(ascii) = text.as_ascii()
        {
            self.pending
                .borrow_mut()
                .extend_from_slice(ascii.as_bytes());
            return Ok(());
        }
        let data = self.encode_text(vm, text)?;
        self.pending.borrow_mut().extend_from_slice(data.as_slice());
        Ok(())
    }
}

fn forward(vm: &mut Vm, value: Value, name: &str) -> PyResult {
    let text = text(vm, value)?;
    vm.call_method(text.buffer.get(), intern(name), &[])
}

fn for_reading(vm: &mut Vm, value: Value) -> PyResult<&'static Text> {
    let text = open_text(vm, value)?;
    if text.file().is_some_and(|f| !f.can_read()) {
        return Err(unsupported(vm, "not readable"));
    }
    Ok(text)
}

fn read(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = for_reading(vm, args[0])?;
    match size_of(vm, args[1])? {
        None => text.read_all(vm).map(Value::from),
        Some(count) => text.read_some(vm, count).map(Value::from),
    }
}

fn readline(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = for_reading(vm, args[0])?;
    let limit = size_of(vm, args[1])?;
    let line = text.read_line(vm)?;
    match limit {
        Some(limit) if limit < line.len() => {
            let rest = line.substring(limit, line.len() - limit);
            text.push_back(vm, rest)?;
            Ok(if limit == 0 {
                Str::empty()
            } else {
                line.substring(0, limit)
            }
            .into())
        }
        _ => Ok(line.into()),
    }
}

fn write(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(string) = args[1].to::<Str>() else {
        let given = vm.type_name(args[1]);
        return Err(vm.type_error(format!("write() argument must be str, not {given}")));
    };
    let text = open_text(vm, args[0])?;
    if text.file().is_some_and(|f| !f.can_write()) {
        return Err(unsupported(vm, "not writable"));
    }
    // What was read ahead is behind the place where the program writes.
    if text.at.get() < text.ahead.borrow().len() {
        let left = text.ahead.borrow().len() - text.at.get();
        text.ahead.borrow_mut().clear();
        text.at.set(0);
        if let Some(file) = text.file() {
            let at = file.position(vm)?;
            file.seek(vm, at - left as i64, Whence::Start)?;
        }
    }
    text.encode_into(vm, string)?;
    let (lines, through) = {
        let settings = text.settings.borrow();
        (settings.line_buffering, settings.write_through)
    };
    if through || (lines && string.points().any(|p| p == 10 || p == 13)) {
        text.flush(vm)?;
    } else if text.pending.borrow().len() > PENDING_BYTES {
        text.pass_on(vm)?;
    }
    Ok(Value::int(string.len() as i64))
}

fn flush(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = open_text(vm, args[0])?;
    text.flush(vm)?;
    Ok(Value::NONE)
}

fn close(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text(vm, args[0])?;
    if text.is_closed(vm)? {
        return Ok(Value::NONE);
    }
    let passed = text.pass_on(vm);
    let name = vm.names.close;
    let closed = vm.call_method(text.buffer.get(), name, &[]);
    passed?;
    closed?;
    Ok(Value::NONE)
}

fn detach(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = open_text(vm, args[0])?;
    text.flush(vm)?;
    text.detached.set(true);
    Ok(text.buffer.get())
}

fn seek(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = open_text(vm, args[0])?;
    let offset = vm.index(args[1])?;
    let from = whence(vm, args[2])?;
    match from {
        Whence::Current if offset != 0 => {
            return Err(unsupported(vm, "can't do nonzero cur-relative seeks"));
        }
        Whence::End if offset != 0 => {
            return Err(unsupported(vm, "can't do nonzero end-relative seeks"));
        }
        Whence::Start if offset < 0 => {
            return Err(vm.value_error(format!("negative seek position {offset}")));
        }
        _ => {}
    }
    if from == Whence::Current {
        return tell(vm, args);
    }
    text.flush(vm)?;
    text.ahead.borrow_mut().clear();
    text.at.set(0);
    text.ended.set(false);
    text.is_marked.set(from == Whence::End || offset > 0);
    let number = if from == Whence::End { 2 } else { 0 };
    let arguments = [Value::int(offset), Value::small(number)];
    vm.call_method(text.buffer.get(), intern("seek"), &arguments)
}

fn tell(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = open_text(vm, args[0])?;
    if text.iterating.get() {
        return Err(vm.raise(
            vm.types.os_error,
            "telling position disabled by next() call",
        ));
    }
    text.flush(vm)?;
    let at = vm.call_method(text.buffer.get(), intern("tell"), &[])?;
    let at = vm.index(at)?;
    let left = text.ahead.borrow().len() - text.at.get();
    Ok(Value::int(at - left as i64))
}

fn truncate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = open_text(vm, args[0])?;
    text.flush(vm)?;
    let size = args[1].bound().unwrap_or(Value::NONE);
    vm.call_method(text.buffer.get(), intern("truncate"), &[size])
}

fn reconfigure(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = open_text(vm, args[0])?;
    text.flush(vm)?;
    let given = |at: usize| args[at].bound().filter(|v| !v.is_none());
    let mut settings = text.settings.borrow().clone();
    if given(1).is_some() || given(2).is_some() || given(3).is_some() {
        let as_text = |vm: &mut Vm, value: Option<Value>| match value {
            Some(value) => vm.str_text(value).map(Some),
            None => Ok(None),
        };
        let encoding = as_text(vm, given(1))?.or_else(|| Some(settings.encoding.clone()));
        let errors = as_text(vm, given(2))?.or_else(|| Some(settings.errors.clone()));
        let newline = as_text(vm, given(3))?;
        let keep = newline.is_none().then_some(settings.newline);
        settings = Settings::new(
            vm,
            encoding.as_deref(),
            errors,
            newline.as_deref(),
            settings.line_buffering,
        )?;
        settings.newline = keep.unwrap_or(settings.newline);
    }
    if let Some(lines) = given(4) {
        settings.line_buffering = vm.truth(lines)?;
    }
    if let Some(through) = given(5) {
        settings.write_through = vm.truth(through)?;
    }
    *text.settings.borrow_mut() = settings;
    Ok(Value::NONE)
}

fn iter(vm: &mut Vm, args: &[Value]) -> PyResult {
    open_text(vm, args[0])?;
    Ok(args[0])
}

fn next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = for_reading(vm, args[0])?;
    text.iterating.set(true);
    let line = text.read_line(vm)?;
    if line.is_empty() {
        text.iterating.set(false);
        return Err(vm.stop_iteration(Value::NONE));
    }
    Ok(line.into())
}

fn enter(vm: &mut Vm, args: &[Value]) -> PyResult {
    open_text(vm, args[0])?;
    Ok(args[0])
}

fn exit(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.names.close;
    vm.call_method(args[0], name, &[])?;
    Ok(Value::NONE)
}

fn repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text(vm, args[0])?;
    let name = shown_name(vm, args[0])?;
    let mode = match vm.find_attr(args[0], intern("mode"))? {
        Some(mode) => format!(" mode={}", vm.repr_text(mode)?),
        None => String::new(),
    };
    let encoding = text.settings.borrow().encoding.clone();
    let class = vm.class_of(args[0]);
    let own = vm.kept("io.TextIOWrapper").and_then(|c| c.cast::<Class>());
    let shown = match own == Some(class) {
        true => String::from("_io.TextIOWrapper"),
        false => class.name_text(),
    };
    Ok(string(&format!(
        "<{shown}{name}{mode} encoding='{encoding}'>"
    )))
}

fn buffer(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text(vm, args[0])?;
    // Who writes to the binary file directly expects earlier text to be in front.
    if !text.is_closed(vm)? {
        text.pass_on(vm)?;
    }
    Ok(text.buffer.get())
}

fn closed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text(vm, args[0])?;
    text.is_closed(vm).map(Value::bool)
}

fn encoding(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text(vm, args[0])?;
    Ok(string(&text.settings.borrow().encoding))
}

fn errors(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text(vm, args[0])?;
    Ok(string(&text.settings.borrow().errors))
}

fn newlines(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(text(vm, args[0])?.seen.shown())
}

fn line_buffering(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(
        text(vm, args[0])?.settings.borrow().line_buffering,
    ))
}

fn write_through(vm: &mut Vm, args: &[Value]) -> PyResult {
    Ok(Value::bool(
        text(vm, args[0])?.settings.borrow().write_through,
    ))
}

fn name(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text(vm, args[0])?;
    vm.get_attr(text.buffer.get(), vm.names.name)
}

pub fn install(vm: &mut Vm, space: Gc<Dict>) {
    let base = base_class(vm, space, "_TextIOBase");
    let made = class(vm, space, "TextIOWrapper", base, METHODS);
    vm.keep("io.TextIOWrapper", made.into());
}
