//! Programs run with and without traces; what they leave in `result` must be the same.

use crate::{Report, install};
use compile::{Mode, Options};
use object::{Dict, Value, intern};
use std::rc::Rc;
use vm::Vm;

/// Runs a program and gives the text of its `result`.
fn run(source: &str, with_jit: bool) -> (String, Option<Report>) {
    let base = 0usize;
    object::heap::set_stack_base(&raw const base as *const u8);
    let mut vm = match Vm::new(world::World::new(), vm::Options::default()) {
        Ok(vm) => vm,
        Err(error) => panic!("no register stack: {error}"),
    };
    builtins::install(&mut vm);
    let report = with_jit.then(|| install(&mut vm));
    let globals = Dict::new();
    globals.set_str(intern("__name__"), intern("__main__").into());
    let ran = vm
        .compile_source(source, "<test>", Mode::Exec, Options::default())
        .and_then(|code| vm.run_code(code, globals, globals.into(), Value::NONE));
    assert!(ran.is_ok(), "the program raised");
    let text = match globals.get_str(intern("result")) {
        Some(result) => match vm.repr(result) {
            Ok(text) => text.to_text_escaped(),
            Err(_) => panic!("the result cannot be shown"),
        },
        None => panic!("the program leaves no result"),
    };
    drop(vm);
    (
        text,
        report.and_then(|report| Rc::into_inner(report).map(std::cell::RefCell::into_inner)),
    )
}

/// Runs a program both ways; the number of traces and of exits.
fn same(source: &str) -> Report {
    let (plain, _) = run(source, false);
    let (traced, report) = run(source, true);
    let report = report.unwrap_or_default();
    assert_eq!(
        plain,
        traced,
        "{:?}\n{:#?}",
        report.aborts,
        report.dumps.first().map(|d| &d.text)
    );
    report
}

const PARTICLE: &str = "
class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v
        self.hits = 0
    def advance(self, dt):
        self.x = self.x + self.v * dt
        return self.x
def run(p, weights, n, limit):
    total = 0.0
    count = 0
    dt = 0.001
    i = 0
    while i < n:
        w = weights[i & 7]
        total = total + p.advance(dt) * w
        count = count + (i & 3)
        if total > limit:
            raise OverflowError('too large')
        p.hits = count
        i = i + 1
    return total, count, p.x, p.hits
weights = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
";

#[test]
fn a_loop_with_attributes_a_method_and_a_list() {
    let source = format!("{PARTICLE}\nresult = run(Particle(0.0, 1.5), weights, 10000, 1e300)");
    let report = same(&source);
    assert_eq!((report.traces, report.exits), (1, 1), "{:?}", report.aborts);
}

#[test]
fn an_exception_leaves_the_trace() {
    let source = format!(
        "{PARTICLE}
p = Particle(0.0, 1.5)
try:
    result = run(p, weights, 10000, 50.0)
except OverflowError as error:
    result = (str(error), p.x, p.hits, error.__traceback__.tb_lineno)
"
    );
    let report = same(&source);
    assert!(
        report.traces == 1 && report.exits >= 1,
        "{:?}",
        report.aborts
    );
}

#[test]
fn a_guard_fails_in_the_inlined_method() {
    // The attribute becomes an integer, then a float again, while the loop runs.
    let source = format!(
        "{PARTICLE}
p = Particle(0.0, 1.5)
result = [run(p, weights, 500, 1e300)]
p.v = 2
result.append(run(p, weights, 500, 1e300))
weights[3] = 7
result.append(run(p, weights, 500, 1e300))
"
    );
    let report = same(&source);
    assert!(
        report.traces == 1 && report.exits > 3,
        "{:?}",
        report.aborts
    );
}

#[test]
fn the_method_is_replaced_while_its_loop_is_compiled() {
    let source = format!(
        "{PARTICLE}
p = Particle(0.0, 1.5)
result = [run(p, weights, 500, 1e300)]
def other(self, dt):
    self.x = self.x - dt
    return 2 * dt
Particle.advance = other
result.append(run(p, weights, 500, 1e300))
"
    );
    assert!(same(&source).traces >= 1);
}

#[test]
fn integers_overflow_into_big_ones() {
    let report = same(
        "
def run(n):
    a = 1
    b = 1152921504606846000
    i = 0
    while i < n:
        a = a + i * 3 - 1
        b = b + 3
        i = i + 1
    return a, b
result = run(2000)
",
    );
    assert!(
        report.traces >= 1 && report.exits >= 1,
        "{:?}",
        report.aborts
    );
}

#[test]
fn floats_grow_beyond_what_a_word_holds() {
    let report = same(
        "
class Box:
    def __init__(self):
        self.x = 0.0
def run(box, n):
    x = 1.0
    i = 0
    while i < n:
        x = x * 1.5
        box.x = x
        i = i + 1
    return x, box.x
result = run(Box(), 3000)
",
    );
    assert!(report.traces >= 1, "{:?}", report.aborts);
}

#[test]
fn a_range_a_branch_and_stores_into_a_list() {
    let report = same(
        "
def run(items, n):
    total = 0
    for i in range(n):
        at = i & 3
        items[at] = items[at] + i
        items[-1] = i
        if i & 64:
            total = total + items[at]
        else:
            total = total - 1
    return total, items
result = run([0, 0, 0, 0, 0], 5000)
",
    );
    assert!(report.traces >= 1, "{:?}", report.aborts);
}

#[test]
fn variables_that_change_places() {
    let report = same(
        "
def run(n):
    a, b, c = 1, 2, 3
    x = 0.5
    y = 1.5
    i = 0
    while i < n:
        t = a
        a = b
        b = c
        c = t
        z = x
        x = y
        y = z + 0.25
        if i > n - 3:
            a = a + 10
        i = i + 1
    return a, b, c, x, y
result = run(1001)
",
    );
    assert!(report.traces >= 1, "{:?}", report.aborts);
}

#[test]
fn nan_and_negative_zero_compare_as_they_must() {
    let report = same(
        "
def run(values, n):
    below = 0
    equal = 0
    i = 0
    while i < n:
        a = values[i & 3]
        b = values[(i + 1) & 3]
        if a < b:
            below = below + 1
        if not (a >= b):
            below = below + 1000
        if a == b:
            equal = equal + 1
        if a != b:
            equal = equal + 1000
        i = i + 1
    return below, equal, -a
nan = float('nan')
result = run([0.0, 0.0, 0.0, 0.0], 200), run([nan, 1.0, -0.0, 0.0], 400)
",
    );
    assert!(report.traces >= 1, "{:?}", report.aborts);
}

#[test]
fn more_values_than_registers() {
    let names: Vec<String> = (0..20).map(|n| format!("v{n}")).collect();
    let mut source = String::from("def run(n):\n    i = 0\n");
    for (at, name) in names.iter().enumerate() {
        source += &format!("    {name} = {at}\n    f{at} = {at}.5\n");
    }
    source += "    while i < n:\n        i = i + 1\n";
    for at in 0..20 {
        source += &format!(
            "        v{at} = (v{at} + v{} - {at}) & 1023\n",
            (at + 1) % 20
        );
        source += &format!("        f{at} = f{at} + f{} * 0.001\n", (at + 7) % 20);
    }
    source += "    return [";
    for at in 0..20 {
        source += &format!("v{at}, f{at}, ");
    }
    source += "]\nresult = run(900)\n";
    let report = same(&source);
    assert!(report.traces >= 1, "{:?}", report.aborts);
}
