//! Scanners, which go from match to match; `finditer` is one of them.

use super::subject::{Finder, How, Span, Text};
use super::{bounds, class_kept, matches, pattern};
use object::{Foreign, Iter, IterKind, Marker, Payload, Value};
use std::cell::Cell;
use vm::{Def, PyResult, Vm, getter, method};

/// The payload of a scanner: goes from match to match.
struct Scanner {
    pattern: Cell<Value>,
    text: Cell<Value>,
    subject: Text,
    at: Cell<usize>,
    range: Span,
    must_advance: Cell<bool>,
}

impl Payload for Scanner {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.pattern.get());
        marker.visit(self.text.get());
        self.subject.trace(marker);
    }
}

pub const SCANNER: &[Def] = &[
    method("match(self, /)", |vm, a| scan(vm, a[0], How::Match)),
    method("search(self, /)", |vm, a| scan(vm, a[0], How::Search)),
    getter("pattern", |vm, a| Ok(scanner_of(vm, a[0])?.pattern.get())),
];

pub fn scanner(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = pattern(vm, args[0])?;
    let subject = Text::new(vm, own, args[1])?;
    let range = bounds(vm, &subject, args[2], args[3])?;
    let scanner = Scanner {
        pattern: Cell::new(args[0]),
        text: Cell::new(args[1]),
        subject,
        at: Cell::new(range.0),
        range,
        must_advance: Cell::new(false),
    };
    let class = class_kept(vm, "re.Scanner");
    Ok(Foreign::new(class.new_instance_shape(), scanner).into())
}

pub fn finditer(vm: &mut Vm, args: &[Value]) -> PyResult {
    let scanner = scanner(vm, args)?;
    let search = vm.get_attr_text(scanner, "search")?;
    let iter = Iter::new(IterKind::Callable, search, 0, 0, 0);
    iter.write(|i| &i.extra, Value::NONE);
    Ok(iter.into())
}

fn scanner_of(vm: &mut Vm, value: Value) -> PyResult<&'static Scanner> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Scanner>()) {
        Some(scanner) => Ok(scanner),
        None => Err(vm.type_error("a scanner is required")),
    }
}

fn scan(vm: &mut Vm, value: Value, how: How) -> PyResult {
    let scanner = scanner_of(vm, value)?;
    let own = pattern(vm, scanner.pattern.get())?;
    let (at, end) = (scanner.at.get(), scanner.range.1);
    if at > end {
        return Ok(Value::NONE);
    }
    let mut finder = Finder::new(vm, own)?;
    let Some(hit) = finder.find(&scanner.subject, (at, end), how, scanner.must_advance.get())
    else {
        scanner.at.set(end + 1);
        return Ok(Value::NONE);
    };
    let (from, to) = hit.whole;
    scanner.must_advance.set(from == to);
    scanner.at.set(to);
    let (pattern, text) = (scanner.pattern.get(), scanner.text.get());
    matches::make(vm, pattern, text, scanner.range, hit)
}
