//! Programs run with and without traces; what they leave in `result` must be the same.

use crate::{Parameters, install};
use compile::{Mode, Options};
use object::{Dict, Value, intern};
use vm::Vm;

/// What the JIT did.
#[derive(Clone, Copy, Debug, Default)]
struct Report {
    loops: u64,
    exits: u64,
    freed: u64,
}

/// Runs a program and gives the text of its `result`.
fn run(source: &str, parameters: Option<Parameters>) -> (String, Report) {
    let (text, report, _) = run_logged(source, parameters);
    (text, report)
}

/// The same, and the traces that were compiled.
fn run_logged(source: &str, parameters: Option<Parameters>) -> (String, Report, String) {
    let base = 0usize;
    object::heap::set_stack_base(&raw const base as *const u8);
    let mut vm = match Vm::new(world::World::new(), vm::Options::default()) {
        Ok(vm) => vm,
        Err(error) => panic!("no register stack: {error}"),
    };
    builtins::install(&mut vm);
    let jit = parameters.map(|parameters| install(&mut vm, parameters));
    if let Some(jit) = &jit {
        jit.keep_trace_log();
    }
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
    let log = jit.as_ref().map_or_else(String::new, |jit| jit.trace_log());
    let report = jit.map_or_else(Report::default, |jit| {
        let counters = jit.counters();
        let of = |name: &str| counters.iter().find(|(n, _)| *n == name).map_or(0, |c| c.1);
        Report {
            loops: of("TOTAL_COMPILED_LOOPS"),
            exits: of("EXITS"),
            freed: of("TOTAL_FREED_LOOPS"),
        }
    });
    (text, report, log)
}

/// The usual parameters, but what a program takes changes no threshold.
fn usual() -> Parameters {
    Parameters {
        pays: false,
        ..Parameters::default()
    }
}

/// Runs a program in all ways, and gives the traces of the usual one.
fn traces_of(source: &str) -> String {
    same(source);
    run_logged(source, Some(usual())).2
}

/// Runs a program without the JIT, with its usual parameters, with thresholds of one, and with
/// recordings given up at random; what the JIT did with its usual parameters.
fn same(source: &str) -> Report {
    let (plain, _) = run(source, None);
    let usual = usual();
    let eager = Parameters {
        threshold: 1,
        function_threshold: 2,
        trace_eagerness: 1,
        ..usual
    };
    let unsteady = Parameters {
        random_abort: 20,
        ..eager
    };
    let (traced, report) = run(source, Some(usual));
    assert_eq!(plain, traced, "{report:?}");
    let forced = Parameters {
        force_exits: true,
        ..usual
    };
    let both = Parameters {
        force_exits: true,
        ..eager
    };
    for parameters in [eager, unsteady, forced, both] {
        let (traced, report) = run(source, Some(parameters));
        assert_eq!(plain, traced, "{parameters:?} {report:?}");
    }
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
    assert!(report.loops >= 1 && report.exits <= 8, "{report:?}");
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
    assert!(report.loops >= 1 && report.exits >= 1, "{report:?}");
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
    assert!(report.loops >= 1 && report.exits > 3, "{report:?}");
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
    assert!(same(&source).loops >= 1);
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
    assert!(report.loops >= 1 && report.exits >= 1, "{report:?}");
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
    assert!(report.loops >= 1, "{report:?}");
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
    assert!(report.loops >= 1, "{report:?}");
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
    assert!(report.loops >= 1, "{report:?}");
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
    assert!(report.loops >= 1, "{report:?}");
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
    assert!(report.loops >= 1, "{report:?}");
}

#[test]
fn calls_of_many_kinds_are_followed() {
    let report = same(
        "
def plain(a, b=3, *rest, c=4, d):
    return a + b * c - d + len(rest)
class Point:
    def __init__(self, x, y=2):
        self.x = x
        self.y = y
    @property
    def sum(self):
        return self.x + self.y
    def __add__(self, other):
        return Point(self.x + other.x, self.y)
    def __lt__(self, other):
        return self.x < other.x
    def __getitem__(self, at):
        return self.y if at else self.x
def outer(k):
    def inner(x):
        return x + k
    return inner
def run(n):
    total = 0
    point = Point(0)
    for i in range(n):
        total += plain(i, d=1) + plain(i, 2, 3, 4, d=i)
        point = point + Point(i, y=5)
        total += point.sum + point[0] + point[1]
        if Point(i) < point:
            total += 1
        f = outer(i)
        total += f(i)
        bound = point.__getitem__
        total -= bound(1)
    return total, point.x
result = run(1000)
",
    );
    assert!(report.loops >= 1, "{report:?}");
}

#[test]
fn recursion_and_exceptions_come_back_as_they_must() {
    let report = same(
        "
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def checked(n):
    if n % 7 == 3:
        raise ValueError(n)
    return n
def run(n):
    total = 0
    for i in range(n):
        try:
            total += checked(i)
        except ValueError as error:
            total -= error.args[0]
        finally:
            total += 1
    return total
def deep(n):
    return 1 + deep(n + 1)
try:
    deep(0)
    result = None
except RecursionError:
    result = fib(16), run(2000)
",
    );
    assert!(report.loops >= 1 && report.exits >= 1, "{report:?}");
}

#[test]
fn what_is_relied_on_may_change() {
    let report = same(
        "
step = 1
def bump(x):
    return x + step
class A:
    k = 1
    def get(self):
        return self.k
def run(n, a):
    total = 0
    for i in range(n):
        total = bump(total) + a.get()
    return total
a = A()
result = [run(500, a)]
step = 5
result.append(run(500, a))
A.k = 10
result.append(run(500, a))
def bump(x):
    return x - 1
result.append(run(500, a))
A.get = lambda self: 100
result.append(run(500, a))
a.k = 3
del A.get
A.get = lambda self: self.k
result.append(run(500, a))
bump.__code__ = (lambda x: x + 1000).__code__
result.append(run(500, a))
",
    );
    assert!(report.loops >= 1, "{report:?}");
}

#[test]
fn old_traces_are_freed() {
    let source = "
result = []
functions = []
def make(n):
    space = {}
    lines = [
        'def f(k, other):',
        f'    s = {n}',
        '    for i in range(k):',
        f'        s += i * {n}',
        '        if other and i % 7 == 0:',
        '            s += other(i % 5, None)',
        '    return s',
    ]
    exec(chr(10).join(lines), space)
    return space['f']
for n in range(60):
    functions.append(make(n))
    other = functions[n // 2]
    result.append(functions[n](90, other))
    if n % 20 == 19:
        # Some are used again long after.
        result.append([f(70, functions[0]) for f in functions[::9]])
        del functions[1:5]
        functions[1:1] = [make(n + at) for at in range(4)]
";
    let plain = run(source, None).0;
    for loop_longevity in [0, 5, 20, 1000] {
        let parameters = Parameters {
            loop_longevity,
            ..usual()
        };
        let (traced, report) = run(source, Some(parameters));
        assert_eq!(plain, traced, "{report:?}");
        assert_eq!(report.freed > 0, loop_longevity < 1000, "{report:?}");
    }
}

#[test]
fn a_slice_of_a_list_is_not_made() {
    let log = traces_of(
        "
def run(n):
    items = list(range(9))
    for i in range(n):
        first = i % 8 + 1
        items[:first] = items[first - 1::-1] if first > 1 else items[:1]
        if len(items[2:-1]) != 6:
            items.append(i)
    return items
result = run(2000)
",
    );
    assert!(log.contains("call4 part") && log.contains("set_list_slice"));
    assert!(!log.contains("get_item") && !log.contains("call3 set_item"));
}

#[test]
fn calls_of_objects_and_their_methods_are_followed() {
    let log = traces_of(
        "
class Scale:
    def __init__(self, by):
        self.by = by
    def __call__(self, n):
        return Scale(self.by + n % 3)
    def __neg__(self):
        return Scale(-self.by)
    def __str__(self):
        return 'by' if self.by % 2 else 'of'
    def __setitem__(self, at, n):
        self.by = at + n
    @staticmethod
    def twice(n):
        return 2 * n
def run(n):
    scale, length = Scale(1), 0
    for i in range(n):
        scale = -scale(i)
        scale[3] = i + scale.twice(i)
        length += len(str(scale)) + 2 ** (i % 5)
    return scale.by, length
result = run(2000)
",
    );
    for whole in [" step ", "call_value", "get_attr", "call3 set_item"] {
        assert!(!log.contains(whole), "{whole} in\n{log}");
    }
}

#[test]
fn iterators_over_others_are_made_and_ended_by_traces() {
    let log = traces_of(
        "
def inner(a, b):
    total = 0
    for x, y in zip(a, b):
        total += x * y
    for at, x in enumerate(a):
        total += at - x
    for x in reversed(b):
        total = total * 3 % 1009 + x
    return total
def run(n):
    total = 0
    for i in range(n):
        total += inner((i, i + 1), [i] * 2)
    return total
result = run(3000)
",
    );
    for whole in ["call_plain", "call1 next"] {
        assert!(!log.contains(whole), "{whole} in\n{log}");
    }
}

#[test]
fn a_recursion_that_mostly_ends_at_once_is_compiled() {
    let log = traces_of(
        "
class Node:
    def __init__(self, left, right):
        self.left, self.right = left, right
    def count(self):
        left = self.left
        if left is None:
            return 1
        return 1 + left.count() + self.right.count()
def build(depth):
    if depth == 0:
        return Node(None, None)
    return Node(build(depth - 1), build(depth - 1))
tree = build(10)
result = [tree.count() for _ in range(30)]
",
    );
    assert!(log.contains("Node.count"), "{log}");
}

#[test]
fn characters_and_strings_are_compared_without_the_runtime() {
    let log = traces_of(
        "
SPACE, DIGITS = ' \\t\\n', frozenset('0123456789')
def run(text, words):
    counts = [0, 0, 0, 0, 0]
    for at in range(len(text)):
        char = text[at]
        if char in SPACE:
            counts[0] += 1
        elif char in DIGITS or char in ('-', '+'):
            counts[1] += 1
        elif 'a' <= char < 'n':
            counts[2] += 1
        word = words[at % 3]
        if word == 'number' or word != 'text':
            counts[3] += 1
        if at % 4 in (1, 2):
            counts[4] += 1
    return counts
result = run('some text 12-34\\t of words, ' * 200, ['number', 'text', 'x'])
",
    );
    // A bridge begins with a container whose origin it does not know.
    let first = log.split("# bridge").next().unwrap_or_default();
    for whole in ["test_plain", "compare_plain", "contains"] {
        assert!(!first.contains(whole), "{whole} in\n{first}");
    }
}

#[test]
fn iterators_over_generators_and_functions_are_followed() {
    let log = traces_of(
        "
def squares(n):
    for at in range(n):
        yield at * at
def double(x):
    return 2 * x
def run(message, n):
    total = 0
    for byte, square in zip(message, squares(n)):
        total += byte ^ square
    for at, square in enumerate(squares(n)):
        total += at * square
    for item in map(double, message):
        total += item
    for item in filter(lambda x: x & 1, range(n)):
        total += item
    return total + sum(map(double, range(n)))
result = [run(b'a message' * 300, 2500) for _ in range(3)]
",
    );
    for whole in ["call1 next", "call2 call_value"] {
        assert!(!log.contains(whole), "{whole} in\n{log}");
    }
}

#[test]
fn bridges_go_on_in_the_loops_body() {
    let log = traces_of(
        "
class Sum:
    def __init__(self):
        self.total = 0.5
def run(items, n):
    best, low, high, sum = 0, 0.0, 1.0, Sum()
    for i in range(n):
        x = items[i & 7]
        if x > best:
            best = x if i % 100 else 0
        elif i & 2:
            low = low + 0.5
            sum.total += low
        else:
            low, high = high, low - 0.25
    return best, low, high, sum.total
result = run([3, 1, 4, 1, 5, 9, 2, 6], 3000)
",
    );
    assert!(log.contains("  carry "), "{log}");
}

#[test]
fn a_function_goes_on_in_the_body_of_its_loop() {
    let log = traces_of(
        "
def inner(c, n):
    z = 0.0
    for _ in range(n):
        z = z * z + c
    return z
def run(n):
    total = 0.0
    for i in range(n):
        total += inner(0.25, 90 + i % 3) + inner(0.125, 70) - inner(0.25, 80) - inner(0.5, 2)
    return total
result = run(1000)
",
    );
    let mut roots = log.split("root");
    assert!(
        roots.any(|trace| trace.contains("guard_valid_for") && trace.contains("  carry ")),
        "{log}"
    );
}

#[test]
fn a_loop_that_is_not_valid_any_more_is_not_entered_from_outside() {
    let log = traces_of(
        "
def late(i):
    return 1
def inner(n):
    total = 0
    for i in range(n):
        if i > 40:
            total += late(i)
    return total
def run(n):
    seen = 0
    for k in range(n):
        if k % 500 == 499:
            step = k
            globals()['late'] = lambda i: step
        seen += inner(90 + k % 3) - inner(91 + k % 3) + inner(71) + inner(72)
    return seen
result = run(2000)
",
    );
    assert!(log.contains("guard_valid_for"), "{log}");
}

#[test]
fn what_alternates_is_recorded_until_it_repeats() {
    let report = same(
        "
def run(n):
    sign, total, i = 1, 0, 0
    while i < n:
        if sign == 1:
            total += i
            sign = -1
        else:
            total -= i + i
            sign = 1
        i += 1
    return total, sign
result = run(20000)
",
    );
    assert!(report.loops == 1 && report.exits < 100, "{report:?}");
}

#[test]
fn a_bridge_with_other_values_begins_the_loop_anew() {
    let report = same(
        "
def run(n):
    kind, twice, step = 1, 1, None
    seen = []
    for i in range(n):
        if i % 3 == 0:
            kind = twice = i
        elif i % 3 == 1:
            kind, twice = 'text', i + 1
        else:
            kind, twice, step = 2.5, kind, i
        if i % 25 == 0:
            seen.append((kind, twice, step))
    return seen
result = run(1000)
",
    );
    assert!(report.loops >= 1, "{report:?}");
}

#[test]
fn a_float_goes_round_that_the_loop_passes_on_as_a_word() {
    let log = traces_of(
        "
def inner(c):
    z = 0.0
    for _ in range(90):
        z = z * z + c
    return z
def run(n, k):
    c, total = 0.25, 0.0
    for i in range(n):
        total += inner(c) + inner(k)
        c = c * 0.5 + 0.1
    return total
result = run(1000, 0.125)
",
    );
    let calling = log
        .split("root")
        .filter(|trace| trace.contains("run_frame"));
    assert!(
        calling.clone().any(|trace| trace.contains("  loop")),
        "{log}"
    );
}

#[test]
fn booleans_count_without_a_call() {
    let log = traces_of(
        "
def run(n):
    bits = count = 0
    for i in range(n):
        bits = (bits << 1 | (i % 3 == 1)) & 0xffff
        count += i % 4 == 2
    return bits, count
result = run(1000)
",
    );
    assert!(!log.contains("binary"), "{log}");
}

#[test]
fn copies_of_code_that_never_paid_wait_longer() {
    let source = r#"
text = """
total = 0
for i in range(100):
    if i % 3 == 0:
        total += i * 2
    else:
        total -= i % 7
"""
result = []
for turn in range(300):
    namespace = {}
    exec(text, namespace)
    result.append(namespace["total"])
result = sum(result)
"#;
    let (plain, _) = run(source, None);
    let (fresh, report) = run(source, Some(Parameters::default()));
    assert_eq!(plain, fresh);
    assert!(report.loops < 150, "{report:?}");
}
