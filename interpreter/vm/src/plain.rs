//! Which native functions run no Python code, for which arguments, and what they change: the table
//! that a recorder asks.
//!
//! A call of a native function may in general do anything. Of those below it is known that they
//! look at their arguments and no further, as long as those are of builtin kinds; so a trace keeps
//! what it knows across the call, and needs no frames for it.

use crate::Vm;
use object::shape::{self, of_variant};
use object::{
    Builtin, Bytes, Class, Dict, Foreign, Gc, Iter, IterKind, Kind, MethodWrapper, Str, Tuple,
    Value, intern,
};

/// What a native function does for plain arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plain {
    /// It makes its result of its arguments.
    Reads,
    /// The same, by looking up its second argument in a dictionary, its receiver: the value there, else
    /// the third argument or None.
    Finds,
    /// It changes the list, dictionary, set or queue that is its receiver.
    Writes,
    /// The same, by adding its second argument to a set.
    Adds,
}

/// A native function with what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainNative {
    /// For each argument a letter: `p` a plain value, `k` a plain key ([`Vm::is_plain_key`]), `n` the
    /// name of an encoding and `e` of a handler of its errors that need no Python code, `s` a plain sequence too, `c` any builtin container too, `r` the receiver, of a builtin kind, `a`
    /// anything.
    arguments: &'static str,
    does: Plain,
}

/// Owner, names, letters of the arguments, what it does.
pub(crate) type Row = (&'static str, &'static [&'static str], &'static str, Plain);

const ROWS: &[Row] = &[
    (
        "str",
        &[
            "capitalize",
            "casefold",
            "center",
            "count",
            "expandtabs",
            "find",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isdigit",
            "isidentifier",
            "islower",
            "isnumeric",
            "isprintable",
            "isspace",
            "istitle",
            "isupper",
            "ljust",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "strip",
            "swapcase",
            "title",
            "upper",
            "zfill",
        ],
        "rppp",
        Plain::Reads,
    ),
    (
        "str",
        &["join", "startswith", "endswith"],
        "rspp",
        Plain::Reads,
    ),
    (
        "int",
        &["bit_length", "bit_count", "conjugate"],
        "r",
        Plain::Reads,
    ),
    (
        "float",
        &["is_integer", "hex", "conjugate"],
        "r",
        Plain::Reads,
    ),
    (
        "bytes",
        &[
            "find",
            "rfind",
            "index",
            "count",
            "startswith",
            "endswith",
            "hex",
            "strip",
            "split",
        ],
        "rppp",
        Plain::Reads,
    ),
    ("str", &["encode"], "rne", Plain::Reads),
    ("bytes", &["decode"], "rne", Plain::Reads),
    (
        "_struct",
        &["pack", "unpack", "unpack_from"],
        "sppp",
        Plain::Reads,
    ),
    ("_struct", &["calcsize"], "p", Plain::Reads),
    ("Struct", &["pack", "unpack"], "rppp", Plain::Reads),
    (
        "binascii",
        &[
            "b2a_base64",
            "a2b_base64",
            "hexlify",
            "b2a_hex",
            "unhexlify",
            "a2b_hex",
            "crc32",
            "crc_hqx",
        ],
        "ppp",
        Plain::Reads,
    ),
    (
        "Struct",
        &["pack", "unpack", "unpack_from"],
        "rppp",
        Plain::Reads,
    ),
    (
        "bytes",
        &[
            "lower",
            "upper",
            "lstrip",
            "rstrip",
            "partition",
            "rpartition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rindex",
            "rsplit",
            "translate",
            "isdigit",
            "isalpha",
            "isspace",
        ],
        "rppp",
        Plain::Reads,
    ),
    ("Decimal", &["quantize"], "rppa", Plain::Reads),
    (
        "Decimal",
        &[
            "adjusted",
            "as_integer_ratio",
            "copy_abs",
            "copy_negate",
            "is_finite",
            "is_infinite",
            "is_nan",
            "is_signed",
            "is_zero",
        ],
        "r",
        Plain::Reads,
    ),
    (
        "Decimal",
        &[
            "exp",
            "is_normal",
            "is_subnormal",
            "ln",
            "log10",
            "logb",
            "next_minus",
            "next_plus",
            "normalize",
            "number_class",
            "sqrt",
            "to_eng_string",
        ],
        "ra",
        Plain::Reads,
    ),
    (
        "Decimal",
        &[
            "compare",
            "compare_signal",
            "compare_total",
            "copy_sign",
            "max",
            "min",
            "next_toward",
            "remainder_near",
            "same_quantum",
            "scaleb",
            "shift",
            "to_integral_exact",
            "to_integral_value",
        ],
        "rpa",
        Plain::Reads,
    ),
    (
        "Context",
        &[
            "abs",
            "add",
            "compare",
            "create_decimal",
            "divide",
            "divide_int",
            "minus",
            "multiply",
            "plus",
            "quantize",
            "remainder",
            "sqrt",
            "subtract",
            "to_sci_string",
        ],
        "rpp",
        Plain::Reads,
    ),
    (
        "_decimal_numbers",
        &["variables_changed"],
        "a",
        Plain::Reads,
    ),
    ("list", &["append"], "ra", Plain::Writes),
    ("list", &["pop", "clear", "reverse"], "rp", Plain::Writes),
    ("list", &["insert"], "rpa", Plain::Writes),
    ("list", &["extend"], "rs", Plain::Writes),
    ("list", &["copy"], "r", Plain::Reads),
    ("dict", &["get"], "rka", Plain::Finds),
    (
        "dict",
        &["keys", "values", "items", "copy"],
        "r",
        Plain::Reads,
    ),
    (
        "dict",
        &["pop", "setdefault", "clear", "popitem"],
        "rka",
        Plain::Writes,
    ),
    (
        "set",
        &["discard", "remove", "pop", "clear"],
        "rk",
        Plain::Writes,
    ),
    ("set", &["add"], "rk", Plain::Adds),
    ("set", &["copy"], "r", Plain::Reads),
    ("deque", &["append", "appendleft"], "ra", Plain::Writes),
    (
        "deque",
        &["pop", "popleft", "clear", "reverse"],
        "r",
        Plain::Writes,
    ),
    ("deque", &["rotate"], "rp", Plain::Writes),
    ("deque", &["extend"], "rs", Plain::Writes),
    (
        "builtins",
        &["ord", "chr", "bin", "hex", "oct", "abs", "hash", "repr"],
        "p",
        Plain::Reads,
    ),
    (
        "function",
        &[
            "__code__",
            "__defaults__",
            "__kwdefaults__",
            "__name__",
            "__qualname__",
            "__module__",
            "__doc__",
            "__closure__",
            "__globals__",
        ],
        "r",
        Plain::Reads,
    ),
    ("method", &["__func__", "__self__"], "r", Plain::Reads),
    (
        "type",
        &[
            "__name__",
            "__qualname__",
            "__bases__",
            "__mro__",
            "__flags__",
        ],
        "r",
        Plain::Reads,
    ),
    (
        "code",
        &[
            "co_name",
            "co_qualname",
            "co_filename",
            "co_firstlineno",
            "co_argcount",
            "co_posonlyargcount",
            "co_kwonlyargcount",
            "co_nlocals",
            "co_flags",
        ],
        "r",
        Plain::Reads,
    ),
    (
        "frame",
        &["f_code", "f_lineno", "f_lasti", "f_globals", "f_back"],
        "r",
        Plain::Reads,
    ),
    (
        "BaseException",
        &["args", "__cause__", "__context__"],
        "r",
        Plain::Reads,
    ),
    ("StopIteration", &["value"], "r", Plain::Reads),
    (
        "time",
        &[
            "time",
            "time_ns",
            "monotonic",
            "monotonic_ns",
            "perf_counter",
            "perf_counter_ns",
            "process_time",
            "process_time_ns",
        ],
        "",
        Plain::Reads,
    ),
    ("posix", &["getpid", "getppid"], "", Plain::Reads),
    ("_threads", &["ident"], "", Plain::Reads),
    ("posix", &["fspath"], "p", Plain::Reads),
    (
        "StringIO",
        &["write", "read", "readline", "seek", "flush"],
        "rpp",
        Plain::Writes,
    ),
    (
        "BytesIO",
        &["write", "read", "read1", "readline", "seek", "flush"],
        "rpp",
        Plain::Writes,
    ),
    ("StringIO", &["getvalue", "tell"], "r", Plain::Reads),
    ("BytesIO", &["getvalue", "tell"], "r", Plain::Reads),
    ("chain", &["__new__"], "aaa", Plain::Reads),
    ("builtins", &["round", "divmod"], "pp", Plain::Reads),
    ("builtins", &["min", "max"], "ppp", Plain::Reads),
    ("builtins", &["len"], "c", Plain::Reads),
    ("builtins", &["id", "callable"], "a", Plain::Reads),
    (
        "math",
        &[
            "acos",
            "acosh",
            "asin",
            "asinh",
            "atan",
            "atan2",
            "atanh",
            "cbrt",
            "ceil",
            "comb",
            "copysign",
            "cos",
            "cosh",
            "degrees",
            "erf",
            "erfc",
            "exp",
            "exp2",
            "expm1",
            "fabs",
            "factorial",
            "floor",
            "fmod",
            "frexp",
            "gamma",
            "gcd",
            "hypot",
            "isclose",
            "isfinite",
            "isinf",
            "isnan",
            "isqrt",
            "lcm",
            "ldexp",
            "lgamma",
            "log",
            "log10",
            "log1p",
            "log2",
            "modf",
            "perm",
            "pow",
            "radians",
            "remainder",
            "sin",
            "sinh",
            "sqrt",
            "tan",
            "tanh",
            "trunc",
        ],
        "ppp",
        Plain::Reads,
    ),
];

/// What the table says of a declared function, by its name and the class or module it is of.
pub(crate) fn of(rows: &[&Row], name: &str) -> Option<PlainNative> {
    rows.iter()
        .find(|(_, names, ..)| names.contains(&name))
        .map(|&&(_, _, arguments, does)| PlainNative { arguments, does })
}

/// The rows of a class or module.
pub(crate) fn rows_of(owner: &str) -> Vec<&'static Row> {
    ROWS.iter().filter(|(own, ..)| *own == owner).collect()
}

/// Numbers, strings and the like: comparing, hashing and adding them runs no Python code.
pub fn is_plain(word: Value) -> bool {
    match word.kind() {
        None => true,
        Some(kind) => matches!(
            kind,
            Kind::BigInt | Kind::Float | Kind::Complex | Kind::Decimal | Kind::Str | Kind::Bytes
        ),
    }
}

fn is_one_of(word: Value, names: &[&str]) -> bool {
    word.cast::<Str>()
        .is_some_and(|own| names.iter().any(|name| own.equals_text(name)))
}

/// Sequences that are walked over by place.
pub fn is_sequence(word: Value) -> bool {
    matches!(
        word.kind(),
        Some(Kind::List | Kind::Tuple | Kind::Str | Kind::Bytes)
    )
}

/// Containers whose length and whose iterator run no Python code.
pub fn is_container(word: Value) -> bool {
    is_sequence(word)
        || matches!(
            word.kind(),
            Some(Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::Range | Kind::ByteArray)
        )
}

/// Iterators that run no Python code, whatever they walk over.
pub fn is_plain_iter(word: Value) -> bool {
    if let Some(iter) = word.cast::<Foreign>() {
        return iter.is_plain_iterator();
    }
    word.cast::<Iter>().is_some_and(|iter| {
        [
            IterKind::Range,
            IterKind::List,
            IterKind::Tuple,
            IterKind::Str,
            IterKind::Bytes,
            IterKind::ByteArray,
            IterKind::DictKeys,
            IterKind::DictValues,
            IterKind::DictItems,
            IterKind::Set,
            IterKind::ListReverse,
            IterKind::DictReverse,
        ]
        .iter()
        .any(|&kind| iter.is_variant(kind))
    })
}

impl PlainNative {
    /// Of a function whose first argument is of a builtin kind, and the others anything.
    pub(crate) fn of_builtin_first(does: Plain) -> PlainNative {
        PlainNative {
            arguments: "raa",
            does,
        }
    }
}

impl Vm {
    /// What a native function does for these arguments, if it runs no Python code for them, nor
    /// for any others of their shapes.
    pub fn plain_native(&mut self, number: u32, args: &[Value]) -> Option<Plain> {
        let plain = self.natives.get(number as usize)?.plain?;
        let letters = plain.arguments.as_bytes();
        let mut fits = |letter: u8, word: Value| match letter {
            _ if word.is_unbound() => true,
            b'a' => true,
            b'k' => self.is_plain_key(word),
            b'r' => !matches!(word.kind(), Some(Kind::Instance | Kind::Wrapper)),
            b'n' => is_one_of(word, &["utf-8", "ascii", "latin-1"]),
            b'e' => is_one_of(
                word,
                &["strict", "ignore", "surrogatepass", "surrogateescape"],
            ),
            b's' => is_plain(word) || is_sequence(word),
            b'c' => is_container(word) || self.native_length(word).is_some(),
            _ => is_plain(word),
        };
        let all = args.len() <= letters.len()
            && args
                .iter()
                .zip(letters)
                .all(|(&word, &letter)| fits(letter, word));
        all.then_some(plain.does)
    }

    /// Whether argument number `at` of a native function is a key.
    pub fn takes_key(&self, number: u32, at: usize) -> bool {
        self.letter(number, at) == Some(b'k')
    }

    /// Whether argument number `at` of a native function names an encoding or what handles its errors:
    /// another one may need Python code.
    pub fn takes_codec(&self, number: u32, at: usize) -> bool {
        matches!(self.letter(number, at), Some(b'n' | b'e'))
    }

    /// Whether argument number `at` of a native function may be anything.
    pub fn takes_anything(&self, number: u32, at: usize) -> bool {
        self.letter(number, at) == Some(b'a')
    }

    /// Whether a native function is the one that adds an element to a set.
    pub fn adds_to_set(&self, number: u32) -> bool {
        self.native_does(number) == Some(Plain::Adds)
    }

    /// What a native function does for plain arguments.
    pub(crate) fn native_does(&self, number: u32) -> Option<Plain> {
        let native = self.natives.get(number as usize)?;
        native.plain.map(|plain| plain.does)
    }

    fn letter(&self, number: u32, at: usize) -> Option<u8> {
        let plain = self.natives.get(number as usize)?.plain?;
        plain.arguments.as_bytes().get(at).copied()
    }

    /// Whether hashing a value and comparing it with keys runs no Python code, as long as its class
    /// stays as it is.
    pub fn is_plain_key(&mut self, word: Value) -> bool {
        match word.kind() {
            Some(Kind::Instance | Kind::Class) => self.is_by_identity(word),
            _ => is_plain(word),
        }
    }

    /// `format % values` of a string and a tuple or dictionary, if what is shown of them is plain. `None`: it
    /// is no such thing, or it raises.
    pub fn plain_percent(&mut self, format: Value, values: Value) -> Option<Value> {
        let format = format.cast::<Str>()?;
        let fits = values.is::<Tuple>() || values.is::<Dict>();
        let formatter = self.percent_formatter.filter(|_| fits)?;
        formatter(self, format, values, true).ok()
    }

    /// Whether an object hashes and compares as itself alone: by the methods of `object`.
    #[inline]
    pub fn is_by_identity(&mut self, word: Value) -> bool {
        let class = self.class_of(word);
        class.is_by_identity(|| self.has_methods_of_object(class))
    }

    /// Whether a class hashes and compares by the methods of `object`.
    #[cold]
    #[inline(never)]
    fn has_methods_of_object(&mut self, class: Gc<Class>) -> bool {
        let object = self.types.object;
        [self.names.hash, self.names.eq]
            .into_iter()
            .all(|name| self.lookup_type(class, name) == self.lookup_type(object, name))
    }

    /// The native `__new__` that a call of a class with these arguments comes to, if it runs no Python code and
    /// is all that the call does.
    pub(crate) fn plain_maker(&mut self, class: Gc<Class>, args: &[Value]) -> Option<u32> {
        if self.class_of(class.into()) != self.types.type_ {
            return None;
        }
        let new = self.lookup_type(class, self.names.new)?;
        let init = self.lookup_type(class, self.names.init)?;
        let wrapper = new.cast::<MethodWrapper>()?;
        let number = wrapper.function.get().cast::<Builtin>()?.number;
        let all: Vec<Value> = std::iter::once(class.into())
            .chain(args.iter().copied())
            .collect();
        let plain = new.shape_id() == crate::types::STATIC_METHOD
            && self.is_default_init(init)
            && self.plain_native(number, &all) == Some(Plain::Reads);
        plain.then_some(number)
    }

    /// The native function that decodes bytes, if a call of `str` with these arguments comes to that and runs
    /// no Python code.
    pub(crate) fn plain_decoder(&mut self, args: &[Value]) -> Option<u32> {
        if args.len() < 2 || !args[0].is::<Bytes>() {
            return None;
        }
        let method = self.lookup_type(self.types.bytes, intern("decode"))?;
        let number = method.cast::<Builtin>()?.number;
        (self.plain_native(number, args) == Some(Plain::Reads)).then_some(number)
    }

    /// Whether calling a builtin class with these arguments runs no Python code and changes
    /// nothing.
    pub fn is_plain_class(&self, class: Gc<Class>, args: &[Value]) -> bool {
        let types = &self.types;
        let is = |classes: &[Gc<Class>]| classes.contains(&class);
        if is(&[
            types.int,
            types.float,
            types.str,
            types.complex,
            types.bool,
            types.decimal,
        ]) {
            return args.iter().all(|&arg| is_plain(arg));
        }
        let makes = |kinds: &[IterKind]| {
            let class_of =
                |&kind: &IterKind| shape::get(of_variant(Kind::Iter, kind as u8)).class();
            kinds.iter().any(|kind| class_of(kind) == class)
        };
        if makes(&[IterKind::Enumerate, IterKind::Zip, IterKind::Reversed]) {
            return args.iter().all(|&arg| is_container(arg));
        }
        if is(&[types.list, types.tuple]) {
            return args.iter().all(|&arg| is_container(arg));
        }
        let copies_set = match args {
            [only] => matches!(only.kind(), Some(Kind::Set | Kind::FrozenSet)),
            _ => false,
        };
        is(&[types.dict, types.set, types.frozenset]) && args.is_empty()
            || is(&[types.set, types.frozenset]) && copies_set
    }
}
