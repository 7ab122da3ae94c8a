//! Random expressions, by type.
//!
//! Integers crowd around the places where representations change (the edges of
//! 61-bit small integers, of machine words, zero), floats around zeros,
//! infinities, the largest, the smallest and those that a self-tagged word
//! cannot hold. Where the result of an operation is allowed to differ between
//! Python 3.11 and 3.14 it is not generated: no sum of floats (summed more
//! exactly since 3.12), no text of an error, no order of a set.

use super::scope::{Feature, Generator, Type};

const INTS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "10",
    "-5",
    "255",
    "True",
    "False",
    "(1 << 31)",
    "(1 << 59)",
    "((1 << 60) - 1)",
    "(1 << 60)",
    "(-1 << 60)",
    "((-1 << 60) - 1)",
    "((1 << 61) - 1)",
    "(1 << 61)",
    "(-1 << 61)",
    "(1 << 62)",
    "((1 << 63) - 1)",
    "(1 << 63)",
    "(-1 << 63)",
    "(1 << 64)",
    "(10 ** 18)",
    "(10 ** 19 + 7)",
    "(1 << 100)",
];

const FLOATS: &[&str] = &[
    "0.0",
    "-0.0",
    "0.1",
    "1.0",
    "-1.5",
    "2.5",
    "1e16",
    "123456789.125",
    "1e22",
    "1e-7",
    "5e-324",
    "2.2250738585072014e-308",
    "1.7976931348623157e308",
    "1e200",
    "1e-200",
    "float('inf')",
    "float('-inf')",
    "float('nan')",
    "9007199254740993.0",
    "1152921504606846976.0",
    "0.3333333333333333",
];

const STRS: &[&str] = &[
    "''",
    "'a'",
    "'abc'",
    "'Hello, World'",
    "' x y '",
    "'12'",
    "'-7'",
    "'é'",
    "'naïve'",
    "'日本語'",
    "'a😀b'",
    "'k1'",
    "'k2'",
    "'a,b,,c'",
    "'\\n\\t\\\\'",
    "'straße'",
];

const BYTES: &[&str] = &[
    "b''",
    "b'abc'",
    "b'\\x00\\xff'",
    "bytes(range(5))",
    "b'a,b'",
];
const KEYS: &[&str] = &["'k0'", "'k1'", "'k2'", "'k3'", "'a'"];

impl Generator {
    /// An expression of a type; deeper ones have more inside.
    pub fn expression(&mut self, of: Type, depth: usize) -> String {
        if depth == 0 || self.random.chance(12) {
            return self.leaf(of);
        }
        if let Some(call) = self.maybe_call(of, depth) {
            return call;
        }
        if self.random.chance(6) {
            let (yes, no) = (
                self.expression(of, depth - 1),
                self.expression(of, depth - 1),
            );
            return format!("({yes} if {} else {no})", self.condition(depth - 1));
        }
        match of {
            Type::Int => self.int(depth - 1),
            Type::Float => self.float(depth - 1),
            Type::Str => self.str(depth - 1),
            Type::Ints => self.ints(depth - 1),
            Type::Strs => self.strs(depth - 1),
            Type::Pair => self.pair(depth - 1),
            Type::Map => self.map(depth - 1),
            Type::Set => self.set(depth - 1),
            Type::Bytes => self.bytes(depth - 1),
        }
    }

    fn leaf(&mut self, of: Type) -> String {
        if self.random.chance(65)
            && let Some(name) = self.named(of)
        {
            return name;
        }
        let literal = match of {
            Type::Int => *self.random.pick(INTS),
            Type::Float => *self.random.pick(FLOATS),
            Type::Str => *self.random.pick(STRS),
            Type::Bytes => *self.random.pick(BYTES),
            Type::Ints => {
                *self
                    .random
                    .pick(&["[]", "[1, 2, 3]", "[5, -1, 0, 1 << 60]", "([7] * 4)"])
            }
            Type::Strs => *self.random.pick(&["[]", "['a', 'b']", "['é', '', 'zz']"]),
            Type::Pair => *self
                .random
                .pick(&["(1, 2)", "(0, -1)", "(1 << 60, 3)", "(4, 5, 6)"]),
            Type::Map => {
                *self
                    .random
                    .pick(&["{}", "{'k0': 1}", "{'k1': 2, 'a': -3, 'k2': 1 << 61}"])
            }
            Type::Set => *self
                .random
                .pick(&["set()", "{1, 2, 3}", "{0, -1, 1 << 60}"]),
        };
        literal.to_string()
    }

    /// A call of a generated function with that result, if one is affordable.
    fn maybe_call(&mut self, of: Type, depth: usize) -> Option<String> {
        if !self.random.chance(8) {
            return None;
        }
        let fitting: Vec<_> = self
            .functions
            .iter()
            .filter(|function| function.result == of)
            .cloned()
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let function = self.random.pick(&fitting).clone();
        if !self.affords(function.cost) {
            return None;
        }
        self.charge(function.cost);
        let mut args: Vec<String> = function
            .params
            .iter()
            .map(|ty| self.expression(*ty, depth.min(2) - 1))
            .collect();
        if function.keyword {
            match self.random.below(3) {
                0 => drop(args.pop()),
                1 => {
                    let last = args.len() - 1;
                    args[last] = format!("last={}", args[last]);
                }
                _ => {}
            }
        } else if self.random.chance(15) {
            return Some(format!("{}(*({},))", function.name, args.join(", ")));
        }
        Some(format!("{}({})", function.name, args.join(", ")))
    }

    pub fn condition(&mut self, depth: usize) -> String {
        let ty = *self
            .random
            .pick(&[Type::Int, Type::Int, Type::Float, Type::Str, Type::Pair]);
        match self.random.below(if depth == 0 { 4 } else { 8 }) {
            0..=2 => {
                let operator = *self.random.pick(&["<", "<=", "==", "!=", ">", ">="]);
                let (a, b) = (
                    self.expression(ty, depth / 2),
                    self.expression(ty, depth / 2),
                );
                format!("{a} {operator} {b}")
            }
            3 => {
                let any = *self.random.pick(Type::ALL);
                self.expression(any, depth / 2)
            }
            4 => {
                let (a, b) = (self.condition(depth - 1), self.condition(depth - 1));
                let operator = *self.random.pick(&["and", "or"]);
                format!("({a} {operator} {b})")
            }
            5 => format!("(not {})", self.condition(depth - 1)),
            6 => {
                let ints = |generator: &mut Generator| generator.expression(Type::Int, depth / 2);
                let (a, b, c) = (ints(self), ints(self), ints(self));
                format!("({a} < {b} <= {c})")
            }
            _ => self.membership(depth - 1),
        }
    }

    fn membership(&mut self, depth: usize) -> String {
        let word = *self.random.pick(&["in", "not in"]);
        let (item, container) = match self.random.below(4) {
            0 => (Type::Int, Type::Ints),
            1 => (Type::Int, Type::Set),
            2 => (Type::Str, Type::Map),
            _ => (Type::Str, Type::Str),
        };
        let (item, container) = (
            self.expression(item, depth),
            self.expression(container, depth),
        );
        format!("({item} {word} {container})")
    }

    fn int(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Int, depth);
        match self.random.below(26) {
            0..=8 => {
                let operator = *self.random.pick(&["+", "-", "*", "+", "-", "&", "|", "^"]);
                format!("({a} {operator} {})", self.expression(Type::Int, depth))
            }
            9 | 10 => {
                let operator = *self.random.pick(&["//", "%"]);
                let b = self.expression(Type::Int, depth);
                let safe = self.random.chance(80);
                if safe {
                    format!("({a} {operator} ({b} or 3))")
                } else {
                    format!("({a} {operator} {b})")
                }
            }
            11 => format!(
                "({a} << {})",
                self.random.pick(&["1", "3", "29", "60", "61", "64"])
            ),
            12 => format!(
                "({a} >> {})",
                self.random.pick(&["1", "3", "29", "60", "61", "64", "200"])
            ),
            13 => format!("({a} ** {})", self.random.pick(&["0", "1", "2", "3"])),
            14 => format!("({}{a})", self.random.pick(&["-", "+", "~"])),
            15 => format!("abs({a})"),
            16 => {
                let ty =
                    *self
                        .random
                        .pick(&[Type::Str, Type::Ints, Type::Map, Type::Set, Type::Bytes]);
                format!("len({})", self.expression(ty, depth))
            }
            17 => {
                let function = *self.random.pick(&["max", "min"]);
                format!("{function}({a}, {})", self.expression(Type::Int, depth))
            }
            18 => format!("sum({})", self.expression(Type::Ints, depth)),
            19 => format!("int({})", self.expression(Type::Float, depth)),
            20 => format!("pow({a}, {}, 1000003)", self.random.pick(&["0", "5", "65"])),
            21 => format!(
                "divmod({a}, ({} or 7))[{}]",
                self.leaf(Type::Int),
                self.random.below(2)
            ),
            22 => self.int_from_container(depth),
            23 => self.int_from_object(depth),
            24 => format!("({a}).bit_length()"),
            _ => format!("int(bool({}))", self.condition(depth)),
        }
    }

    fn int_from_container(&mut self, depth: usize) -> String {
        let index = self.random.pick(&["0", "-1", "1", "2", "5"]).to_string();
        match self.random.below(6) {
            0 => format!("{}[{index}]", self.expression(Type::Ints, depth)),
            1 => format!(
                "{}[{}]",
                self.expression(Type::Pair, depth),
                self.random.below(2)
            ),
            2 => {
                let key = *self.random.pick(KEYS);
                format!(
                    "{}.get({key}, {})",
                    self.expression(Type::Map, depth),
                    self.leaf(Type::Int)
                )
            }
            3 => format!("{}[{}]", self.leaf(Type::Map), self.random.pick(KEYS)),
            4 => format!("{}[{index}]", self.expression(Type::Bytes, depth)),
            _ => format!("ord(({} + 'q')[0])", self.expression(Type::Str, depth)),
        }
    }

    /// An integer out of an object of a generated class, if there is one.
    fn int_from_object(&mut self, depth: usize) -> String {
        if self.objects.is_empty() {
            return self.leaf(Type::Int);
        }
        let objects = self.objects.clone();
        let (object, class) = self.random.pick(&objects).clone();
        let feature = *self.random.pick(&class.features);
        let a = self.leaf(Type::Int);
        match feature {
            Feature::Step => format!("{object}.step({})", self.expression(Type::Int, depth)),
            Feature::Add => format!("({object} + {a}).x"),
            Feature::Order => format!("({object} < {})", self.random.pick(&objects).0),
            Feature::Length => format!("len({object})"),
            Feature::Item => format!("{object}[{a}]"),
            Feature::Iterate => format!("sum(cap(v) for v in {object})"),
            Feature::Call => format!("{object}({a}, {})", self.leaf(Type::Int)),
            Feature::Property => format!("{object}.twice"),
            Feature::Fallback => format!("{object}.absent"),
            Feature::Static => format!("{object}.plain({a})"),
            Feature::ClassMethod => format!("{object}.made({a}).y"),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Float, depth);
        match self.random.below(12) {
            0..=4 => {
                let operator = *self.random.pick(&["+", "-", "*"]);
                let mixed = *self.random.pick(&[Type::Float, Type::Float, Type::Int]);
                format!("({a} {operator} {})", self.expression(mixed, depth))
            }
            5 => {
                let operator = *self.random.pick(&["/", "//", "%"]);
                format!(
                    "({a} {operator} ({} or 0.5))",
                    self.expression(Type::Float, depth)
                )
            }
            6 => format!("(-{a})"),
            7 => format!("abs({a})"),
            8 => {
                let (x, y) = (self.expression(Type::Int, depth), self.leaf(Type::Int));
                format!("({x} / ({y} or 3))")
            }
            9 => format!("float({})", self.expression(Type::Int, depth)),
            10 => format!("round({a}, {})", self.random.pick(&["0", "1", "3", "-2"])),
            _ => format!(
                "{}({a}, {})",
                self.random.pick(&["max", "min"]),
                self.leaf(Type::Float)
            ),
        }
    }

    fn str(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Str, depth);
        match self.random.below(19) {
            0..=2 => format!("({a} + {})", self.expression(Type::Str, depth)),
            3 | 4 => format!("{a}[{}]", self.slice()),
            5 => format!("({a} * {})", self.random.pick(&["0", "2", "3", "-1"])),
            6 => {
                let method = *self
                    .random
                    .pick(&["upper", "lower", "strip", "title", "swapcase"]);
                format!("{a}.{method}()")
            }
            7 => format!("{a}.replace({}, {})", self.nonempty(), self.leaf(Type::Str)),
            8 => format!(
                "{}.join({})",
                self.leaf(Type::Str),
                self.expression(Type::Strs, depth)
            ),
            9 => {
                let ty =
                    *self
                        .random
                        .pick(&[Type::Int, Type::Float, Type::Ints, Type::Pair, Type::Map]);
                format!("str({})", self.expression(ty, depth))
            }
            10 => format!("repr({a})"),
            11 => self.formatted(depth),
            12 => format!(
                "'%d|%s|%5.2f' % (cap({}), {a}, 1.25)",
                self.expression(Type::Int, depth)
            ),
            13 => format!("chr(97 + {} % 26)", self.expression(Type::Int, depth)),
            14 => format!(
                "{a}.{}(12, '*')",
                self.random.pick(&["center", "ljust", "rjust"])
            ),
            15 => format!("({a} or 'z')[{}]", self.random.pick(&["0", "-1", "1"])),
            16 => format!(
                "({a} or 'z').partition({})[{}]",
                self.nonempty(),
                self.random.below(3)
            ),
            17 => format!("''.join(reversed({a}))"),
            _ => format!("str({}, 'latin-1')", self.expression(Type::Bytes, depth)),
        }
    }

    fn nonempty(&mut self) -> &'static str {
        const SEPARATORS: &[&str] = &["'a'", "'b'", "' '", "','", "'é'", "'l'"];
        self.random.pick::<&str>(SEPARATORS)
    }

    fn formatted(&mut self, depth: usize) -> String {
        // Nested quotes of one kind are new in 3.12: a name stands in for the value.
        let name =
            |generator: &mut Generator, ty| generator.named(ty).unwrap_or_else(|| "g0".to_string());
        match self.random.below(5) {
            0 => {
                let spec = *self
                    .random
                    .pick(&["", ":5", ":>8", ":,", ":x", ":#b", ":+d", ":012", ":_"]);
                format!("f'<{{{}{spec}}}>'", name(self, Type::Int))
            }
            1 => {
                let spec = *self
                    .random
                    .pick(&["", ":.3f", ":e", ":g", ":10.2f", ":+.1e", "!r", ":%"]);
                format!("f'<{{{}{spec}}}>'", name(self, Type::Float))
            }
            2 => format!(
                "f'{{{}!r:>10}}{{{}}}'",
                name(self, Type::Str),
                name(self, Type::Int)
            ),
            3 => format!(
                "'{{0}}-{{1:>4}}-{{0!r}}'.format({}, 5)",
                self.expression(Type::Str, depth)
            ),
            _ => format!("format(cap({}), '>20')", self.expression(Type::Int, depth)),
        }
    }

    fn slice(&mut self) -> String {
        let mut end = || {
            self.random
                .pick(&["", "0", "1", "2", "-1", "-2", "5", "100"])
                .to_string()
        };
        let (from, to) = (end(), end());
        let step = *self.random.pick(&["", "", ":1", ":2", ":-1", ":-2"]);
        format!("{from}:{to}{step}")
    }

    fn ints(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Ints, depth);
        match self.random.below(15) {
            0 => format!("({a} + {})", self.expression(Type::Ints, depth)),
            1 | 2 => format!("{a}[{}]", self.slice()),
            3 => format!("({a} * {})", self.random.pick(&["0", "2", "-1"])),
            4 => format!("sorted({a})"),
            5 => format!(
                "list(range({}, {}, {}))",
                self.random.below(5),
                self.random.between(5, 9),
                self.random.between(1, 3)
            ),
            6..=8 => self.comprehension(&a, depth, '[', ']'),
            9 => format!(
                "list(map(lambda v: cap(v {} 3), {a}))",
                self.random.pick(&["+", "*", "-"])
            ),
            10 => format!("list(filter(lambda v: v > {}, {a}))", self.leaf(Type::Int)),
            11 => format!("list({}.values())", self.expression(Type::Map, depth)),
            12 => format!("sorted({})", self.expression(Type::Set, depth)),
            13 => self.generated_items(),
            _ => format!("[{}, *{a}, {}]", self.leaf(Type::Int), self.leaf(Type::Int)),
        }
    }

    fn comprehension(&mut self, over: &str, depth: usize, open: char, close: char) -> String {
        if !self.affords(40) {
            return format!("{open}{}{close}", self.leaf(Type::Int));
        }
        self.charge(40);
        let name = self.fresh("v");
        self.constants.push((Type::Int, name.clone()));
        let times = self.times;
        self.times *= 24;
        let (item, condition) = (self.expression(Type::Int, depth.min(1)), self.condition(0));
        self.times = times;
        self.constants.pop();
        if self.random.chance(40) {
            format!("{open}cap({item}) for {name} in {over}[:24] if {condition}{close}")
        } else {
            format!("{open}cap({item}) for {name} in {over}[:24]{close}")
        }
    }

    /// The first items of a generated generator function.
    fn generated_items(&mut self) -> String {
        let generators = self.generators.clone();
        if generators.is_empty() {
            return self.leaf(Type::Ints);
        }
        let generator = self.random.pick(&generators).clone();
        if !self.affords(generator.cost) {
            return self.leaf(Type::Ints);
        }
        self.charge(generator.cost);
        format!(
            "[cap(v) for v in {}({})][:24]",
            generator.name,
            self.leaf(Type::Int)
        )
    }

    fn strs(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Strs, depth);
        match self.random.below(8) {
            0 => format!("({a} + [{}])", self.expression(Type::Str, depth)),
            1 => format!("{a}[{}]", self.slice()),
            2 => format!(
                "{}.split({})",
                self.expression(Type::Str, depth),
                self.nonempty()
            ),
            3 => format!("{}.split()", self.expression(Type::Str, depth)),
            4 => format!("list({})[:24]", self.expression(Type::Str, depth)),
            5 => format!(
                "sorted({}, key={})",
                a,
                self.random.pick(&["len", "str.lower", "None"])
            ),
            6 => format!("list({})", self.expression(Type::Map, depth)),
            _ => format!("[v + v[:1] for v in {a}]"),
        }
    }

    fn pair(&mut self, depth: usize) -> String {
        let (a, b) = (
            self.expression(Type::Int, depth),
            self.expression(Type::Int, depth),
        );
        match self.random.below(5) {
            0..=2 => format!("({a}, {b})"),
            3 => format!("divmod({a}, ({b} or 5))"),
            _ => format!("({} + ({b},))[-3:]", self.expression(Type::Pair, depth)),
        }
    }

    fn map(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Map, depth);
        let value = self.expression(Type::Int, depth);
        match self.random.below(6) {
            0 => format!("{{**{a}, {}: {value}}}", self.random.pick(KEYS)),
            1 => format!(
                "dict(zip({}, {}))",
                self.expression(Type::Strs, depth),
                self.expression(Type::Ints, depth)
            ),
            2 => format!("{{k: cap(v + {value}) for k, v in {a}.items()}}"),
            3 => format!("({a} | {})", self.leaf(Type::Map)),
            4 => format!(
                "dict.fromkeys({}, {value})",
                self.expression(Type::Strs, depth)
            ),
            _ => format!("dict({a}, k0={value})"),
        }
    }

    fn set(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Set, depth);
        match self.random.below(5) {
            0..=2 => {
                let operator = *self.random.pick(&["|", "&", "-", "^"]);
                format!("({a} {operator} {})", self.expression(Type::Set, depth))
            }
            3 => format!("set({})", self.expression(Type::Ints, depth)),
            _ => {
                let over = self.leaf(Type::Ints);
                self.comprehension(&over, depth, '{', '}')
            }
        }
    }

    fn bytes(&mut self, depth: usize) -> String {
        let a = self.expression(Type::Bytes, depth);
        match self.random.below(5) {
            0 => format!("({a} + {})", self.expression(Type::Bytes, depth)),
            1 => format!("{a}[{}]", self.slice()),
            2 => format!("{}.encode()", self.expression(Type::Str, depth)),
            3 => format!(
                "bytes([v & 255 for v in {}])",
                self.expression(Type::Ints, depth)
            ),
            _ => format!("bytes(reversed({a}))"),
        }
    }
}
