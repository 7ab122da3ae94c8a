//! `_json`: what makes the package `json` fast. Reading is in `json_read`, writing here.
//!
//! The writer fills one buffer and gives it as the only chunk.

use super::json_read;
use crate::float_text;
use object::{
    ClassFlags, Dict, Foreign, Gc, List, Marker, Payload, Str, StrBuilder, Tuple, Value, intern,
};
use vm::{Def, PyResult, Raised, Vm, getter, method, tuple};

const FUNCTIONS: &[Def] = &[
    method(
        "scanstring(string, end, strict=True, /)",
        json_read::scan_string,
    ),
    method("make_scanner(context, /)", json_read::make_scanner),
    method("encode_basestring(string, /)", |vm, args| {
        quoted(vm, args[0], Quotes::Plain)
    }),
    method("encode_basestring_ascii(string, /)", |vm, args| {
        quoted(vm, args[0], Quotes::Ascii)
    }),
    method(
        "make_encoder(markers, default, encoder, indent, key_separator, item_separator, \
         sort_keys, skipkeys, allow_nan)",
        make_encoder,
    ),
];

/// How strings are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Plain,
    Ascii,
    /// By a function of the program.
    Own,
}

fn quoted(vm: &mut Vm, value: Value, quotes: Quotes) -> PyResult {
    let Some(text) = value.to::<Str>() else {
        let given = vm.type_name(value);
        return Err(vm.type_error(format!("first argument must be a string, not {given}")));
    };
    let mut out = StrBuilder::with_capacity(text.len() + 2);
    push_quoted(&mut out, text, quotes);
    Ok(out.finish().into())
}

fn push_quoted(out: &mut StrBuilder, text: Gc<Str>, quotes: Quotes) {
    out.push_point('"' as u32);
    if let Some(bytes) = text.as_latin1() {
        let ascii_only = quotes == Quotes::Ascii;
        let special = |b: u8| b < 0x20 || b == b'"' || b == b'\\' || (ascii_only && b >= 0x7f);
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|&b| special(b)) {
            push_latin1(out, &rest[..at]);
            push_escaped(out, rest[at] as u32, quotes);
            rest = &rest[at + 1..];
        }
        push_latin1(out, rest);
    } else {
        text.points()
            .for_each(|point| push_escaped(out, point, quotes));
    }
    out.push_point('"' as u32);
}

fn push_latin1(out: &mut StrBuilder, bytes: &[u8]) {
    match out {
        StrBuilder::One(own) => own.extend_from_slice(bytes),
        StrBuilder::Wide(own) => own.extend(bytes.iter().map(|&b| b as u32)),
    }
}

fn push_escaped(out: &mut StrBuilder, point: u32, quotes: Quotes) {
    let short = match point {
        0x22 => "\\\"",
        0x5c => "\\\\",
        0x0a => "\\n",
        0x0d => "\\r",
        0x09 => "\\t",
        0x0c => "\\f",
        0x08 => "\\b",
        0x20..0x7f => return out.push_point(point),
        0x7f => return out.push_point(point),
        0x80.. if quotes != Quotes::Ascii => return out.push_point(point),
        0x10000.. => {
            let rest = point - 0x10000;
            push_unit(out, 0xd800 | rest >> 10);
            return push_unit(out, 0xdc00 | rest & 0x3ff);
        }
        _ => return push_unit(out, point),
    };
    out.push_text(short);
}

fn push_unit(out: &mut StrBuilder, unit: u32) {
    out.push_text(&format!("\\u{unit:04x}"));
}

// ---- the encoder

/// The payload of an encoder.
struct Encoder {
    markers: Value,
    default: Value,
    encoder: Value,
    indent: Value,
    key_separator: Gc<Str>,
    item_separator: Gc<Str>,
    quotes: Quotes,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
}

impl Payload for Encoder {
    fn trace(&self, marker: &mut Marker) {
        for value in [self.markers, self.default, self.encoder, self.indent] {
            marker.visit(value);
        }
        marker.visit(self.key_separator.into());
        marker.visit(self.item_separator.into());
    }
}

const ENCODER: &[Def] = &[
    method("__call__(self, obj, _current_indent_level)", encode),
    getter("markers", |vm, args| Ok(encoder_of(vm, args[0])?.markers)),
    getter("default", |vm, args| Ok(encoder_of(vm, args[0])?.default)),
    getter("encoder", |vm, args| Ok(encoder_of(vm, args[0])?.encoder)),
    getter("indent", |vm, args| Ok(encoder_of(vm, args[0])?.indent)),
    getter("sort_keys", |vm, args| {
        Ok(Value::bool(encoder_of(vm, args[0])?.sort_keys))
    }),
    getter("skipkeys", |vm, args| {
        Ok(Value::bool(encoder_of(vm, args[0])?.skip_keys))
    }),
];

fn make_encoder(vm: &mut Vm, args: &[Value]) -> PyResult {
    if !args[0].is_none() && args[0].to::<Dict>().is_none() {
        let given = vm.type_name(args[0]);
        return Err(vm.type_error(format!(
            "make_encoder() argument 1 must be dict or None, not {given}"
        )));
    }
    let separator = |vm: &mut Vm, value: Value, at: usize| match value.to::<Str>() {
        Some(text) => Ok(text),
        None => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!(
                "make_encoder() argument {at} must be str, not {given}"
            )))
        }
    };
    let key_separator = separator(vm, args[4], 5)?;
    let item_separator = separator(vm, args[5], 6)?;
    let flags = [vm.truth(args[6])?, vm.truth(args[7])?, vm.truth(args[8])?];
    let quotes = match args[2] {
        f if vm.kept("_json.encode_basestring_ascii") == Some(f) => Quotes::Ascii,
        f if vm.kept("_json.encode_basestring") == Some(f) => Quotes::Plain,
        _ => Quotes::Own,
    };
    let encoder = Encoder {
        markers: args[0],
        default: args[1],
        encoder: args[2],
        indent: args[3],
        key_separator,
        item_separator,
        quotes,
        sort_keys: flags[0],
        skip_keys: flags[1],
        allow_nan: flags[2],
    };
    json_read::new_object(vm, "_json.Encoder", encoder)
}

fn encoder_of(vm: &mut Vm, value: Value) -> PyResult<&'static Encoder> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Encoder>()) {
        Some(encoder) => Ok(encoder),
        None => Err(vm.type_error("an encoder is required")),
    }
}

fn encode(vm: &mut Vm, args: &[Value]) -> PyResult {
    let encoder = encoder_of(vm, args[0])?;
    let level = usize::try_from(vm.index(args[2])?).unwrap_or(0);
    let mut writer = Writer {
        encoder,
        out: StrBuilder::new(),
        open: Vec::new(),
        level,
        indent: encoder.indent.to::<Str>(),
    };
    writer.value(vm, args[1])?;
    Ok(tuple(&[writer.out.finish().into()]))
}

struct Writer {
    encoder: &'static Encoder,
    out: StrBuilder,
    /// The containers that are being written; they are alive because the caller's argument and
    /// the native stack hold them.
    open: Vec<Value>,
    level: usize,
    indent: Option<Gc<Str>>,
}

impl Writer {
    fn value(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        if let Some(text) = value.to::<Str>() {
            return self.text(vm, value, text);
        }
        match value {
            Value::NONE => self.out.push_text("null"),
            Value::TRUE => self.out.push_text("true"),
            Value::FALSE => self.out.push_text("false"),
            _ if vm.as_int(value).is_some() => self.int(vm, value)?,
            _ => {
                if let Some(float) = vm.as_float(value) {
                    return self.float(vm, float);
                }
                return vm.nested(|vm| self.container(vm, value));
            }
        }
        Ok(())
    }

    fn text(&mut self, vm: &mut Vm, value: Value, text: Gc<Str>) -> PyResult<()> {
        if self.encoder.quotes != Quotes::Own {
            push_quoted(&mut self.out, text, self.encoder.quotes);
            return Ok(());
        }
        let written = vm.call(self.encoder.encoder, &[value])?;
        let Some(written) = written.to::<Str>() else {
            let given = vm.type_name(written);
            return Err(vm.type_error(format!("encoder() must return a string, not {given}")));
        };
        self.out.push_str(written);
        Ok(())
    }

    fn int(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        if let Some(number) = vm.as_int(value) {
            match number.as_small() {
                Some(small) => {
                    let digits = crate::int_text::Decimal::new(small);
                    push_latin1(&mut self.out, digits.as_bytes());
                }
                None => self
                    .out
                    .push_text(&crate::int_text::decimal_text(vm, number)?),
            }
        }
        Ok(())
    }

    fn float(&mut self, vm: &mut Vm, float: f64) -> PyResult<()> {
        let special = match float {
            _ if float.is_finite() => {
                push_latin1(&mut self.out, &float_text::repr(float));
                return Ok(());
            }
            _ if float.is_nan() => "NaN",
            _ if float > 0.0 => "Infinity",
            _ => "-Infinity",
        };
        if !self.encoder.allow_nan {
            let shown = String::from_utf8_lossy(&float_text::repr(float)).into_owned();
            return Err(vm.value_error(format!(
                "Out of range float values are not JSON compliant: {shown}"
            )));
        }
        self.out.push_text(special);
        Ok(())
    }

    /// Notes that a container is being written; it must not be inside itself.
    fn enter(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        if !self.encoder.markers.is_none() {
            if self.open.contains(&value) {
                return Err(vm.value_error("Circular reference detected"));
            }
            self.open.push(value);
        }
        Ok(())
    }

    fn leave(&mut self) {
        if !self.encoder.markers.is_none() {
            self.open.pop();
        }
    }

    fn container(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        let inner = value.inner();
        if inner.is::<List>() || inner.is::<Tuple>() {
            if vm.len(value)? == 0 {
                self.out.push_text("[]");
                return Ok(());
            }
            self.enter(vm, value)?;
            self.items(vm, value)?;
            self.leave();
            return Ok(());
        }
        if let Some(dict) = inner.cast::<Dict>() {
            if dict.is_empty() {
                self.out.push_text("{}");
                return Ok(());
            }
            self.enter(vm, value)?;
            self.members(vm, value, dict)?;
            self.leave();
            return Ok(());
        }
        self.enter(vm, value)?;
        let result = vm
            .call(self.encoder.default, &[value])
            .and_then(|replaced| self.value(vm, replaced));
        if let Err(raised) = result {
            return Err(noted(vm, raised, |vm| {
                format!("when serializing {} object", shown_type(vm, value))
            }));
        }
        self.leave();
        Ok(())
    }

    /// A new line at the present level, if the output is indented.
    fn new_line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push_point('\n' as u32);
            (0..self.level).for_each(|_| self.out.push_str(indent));
        }
    }

    fn items(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        let items = match value.inner().cast::<Tuple>() {
            Some(items) => items.items(),
            None => &[],
        };
        let list = value.inner().cast::<List>();
        self.out.push_point('[' as u32);
        self.level += 1;
        let mut at = 0;
        loop {
            // The list may change while a program's function runs.
            let item = match list {
                Some(list) => list.item(at),
                None => items.get(at).copied(),
            };
            let Some(item) = item else { break };
            if at > 0 {
                self.out.push_str(self.encoder.item_separator);
            }
            self.new_line();
            if let Err(raised) = self.value(vm, item) {
                return Err(noted(vm, raised, |vm| {
                    format!("when serializing {} item {at}", shown_type(vm, value))
                }));
            }
            at += 1;
        }
        self.level -= 1;
        self.new_line();
        self.out.push_point(']' as u32);
        Ok(())
    }

    fn members(&mut self, vm: &mut Vm, value: Value, dict: Gc<Dict>) -> PyResult<()> {
        self.out.push_point('{' as u32);
        self.level += 1;
        let mut first = true;
        if self.encoder.sort_keys || !value.is::<Dict>() {
            let items = vm.call_method(value, vm.names.items, &[])?;
            let items = vm.collect(items)?;
            if self.encoder.sort_keys {
                vm.call_method(items.into(), vm.names.sort, &[])?;
            }
            for at in 0..items.len() {
                let pair = items.item(at).and_then(|pair| pair.to::<Tuple>());
                let Some(&[key, item]) = pair.as_ref().map(|pair| pair.items()) else {
                    return Err(vm.value_error("items must return 2-tuples"));
                };
                self.member(vm, value, key, item, &mut first)?;
            }
        } else {
            let mut from = 0;
            while let Some((at, _, key, item)) = dict.next_entry(from) {
                from = at.0 + 1;
                self.member(vm, value, key, item, &mut first)?;
            }
        }
        self.level -= 1;
        if !first {
            self.new_line();
        }
        self.out.push_point('}' as u32);
        Ok(())
    }

    fn member(
        &mut self,
        vm: &mut Vm,
        owner: Value,
        key: Value,
        item: Value,
        first: &mut bool,
    ) -> PyResult<()> {
        let is_number = !key.is_bool() && vm.as_int(key).is_some();
        let text = key.to::<Str>();
        let float = vm.as_float(key);
        if text.is_none() && !is_number && float.is_none() && !key.is_bool() && !key.is_none() {
            if self.encoder.skip_keys {
                return Ok(());
            }
            let given = vm.type_name(key);
            return Err(vm.type_error(format!(
                "keys must be str, int, float, bool or None, not {given}"
            )));
        }
        if !std::mem::take(first) {
            self.out.push_str(self.encoder.item_separator);
        }
        self.new_line();
        match text {
            Some(text) => self.text(vm, key, text)?,
            None => {
                // The text of a number needs quotes, but no escapes.
                self.out.push_point('"' as u32);
                self.value(vm, key)?;
                self.out.push_point('"' as u32);
            }
        }
        self.out.push_str(self.encoder.key_separator);
        if let Err(raised) = self.value(vm, item) {
            return Err(noted(vm, raised, |vm| {
                let shown = vm.repr_text(key).unwrap_or_default();
                format!("when serializing {} item {shown}", shown_type(vm, owner))
            }));
        }
        Ok(())
    }
}

fn shown_type(vm: &mut Vm, value: Value) -> String {
    let class = vm.class_of(value);
    let name = class.name_text();
    match class
        .dict()
        .get_str(vm.names.module)
        .and_then(|m| m.to::<Str>())
    {
        Some(module) if !module.equals_text("builtins") => {
            format!("{}.{name}", module.to_text_escaped())
        }
        _ => name,
    }
}

#[cold]
fn noted(vm: &mut Vm, raised: Raised, note: impl FnOnce(&mut Vm) -> String) -> Raised {
    let text = note(vm);
    vm.add_note(raised, &text);
    raised
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_json", FUNCTIONS);
    for name in ["_json.encode_basestring", "_json.encode_basestring_ascii"] {
        let bare = name.trim_start_matches("_json.");
        if let Some(function) = module.namespace().get_str(intern(bare)) {
            vm.keep(name, function);
        }
    }
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    };
    for (key, name, methods) in [
        ("_json.Encoder", "Encoder", ENCODER),
        ("_json.Scanner", "Scanner", json_read::SCANNER),
    ] {
        let class = vm.native_class("_json", name, object, flags, methods);
        vm.keep(key, class.into());
    }
}
