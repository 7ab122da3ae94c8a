//! Code objects: instructions with the tables that belong to them.

use crate::{Instr, LiveTable};

/// An index into a code object's instructions.
pub type Pc = u32;
/// A register: an offset from the frame's base.
pub type Reg = u16;
/// An index into `Code::constants` of a string that names something.
pub type Name = u32;

/// A constant, as plain data.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    None,
    Bool(bool),
    Ellipsis,
    /// An integer of at most 64 bits.
    Int(i64),
    /// A larger integer, as decimal digits with an optional minus sign.
    BigInt(Box<str>),
    /// A float, by its bits, so that NaN and -0.0 stay what they are.
    Float(u64),
    /// Real and imaginary part, by their bits.
    Complex(u64, u64),
    /// A string; code points may be lone surrogates, hence not `str`.
    Str(Box<[u32]>),
    Bytes(Box<[u8]>),
    Tuple(Box<[Const]>),
    FrozenSet(Box<[Const]>),
    Code(Box<Code>),
}

impl Const {
    /// A string constant.
    pub fn str(text: &str) -> Const {
        Const::Str(text.chars().map(u32::from).collect())
    }

    /// The text of a string constant that holds no surrogate.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Const::Str(points) => points.iter().map(|&p| char::from_u32(p)).collect(),
            _ => None,
        }
    }
}

/// A place with an inline cache: an attribute or a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    pub name: Name,
}

/// What is known of a code object's kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeFlags {
    /// Its locals live in registers (a function, lambda or comprehension), not in a namespace.
    pub optimized: bool,
    pub generator: bool,
    pub coroutine: bool,
    pub async_generator: bool,
    /// It was compiled inside a function.
    pub nested: bool,
    /// The first constant is its docstring.
    pub has_docstring: bool,
    /// It is a method, in the sense that it stands directly in a class body.
    pub method: bool,
    /// Its frames are the machine's own: no traceback and no list of frames shows them.
    pub hidden: bool,
    /// It is a generator that may be awaited, and may delegate to coroutines (`types.coroutine`).
    pub iterable_coroutine: bool,
}

impl CodeFlags {
    /// The flags by name, in a fixed order.
    pub fn named(&self) -> [(&'static str, bool); 9] {
        [
            ("optimized", self.optimized),
            ("generator", self.generator),
            ("coroutine", self.coroutine),
            ("async_generator", self.async_generator),
            ("nested", self.nested),
            ("has_docstring", self.has_docstring),
            ("method", self.method),
            ("hidden", self.hidden),
            ("iterable_coroutine", self.iterable_coroutine),
        ]
    }

    /// Sets the flag of that name; false if there is none.
    pub fn set(&mut self, name: &str) -> bool {
        let flag = match name {
            "optimized" => &mut self.optimized,
            "generator" => &mut self.generator,
            "coroutine" => &mut self.coroutine,
            "async_generator" => &mut self.async_generator,
            "nested" => &mut self.nested,
            "has_docstring" => &mut self.has_docstring,
            "method" => &mut self.method,
            "hidden" => &mut self.hidden,
            "iterable_coroutine" => &mut self.iterable_coroutine,
            _ => return false,
        };
        *flag = true;
        true
    }
}

/// The parameters, which are the first registers in this order: positional-only,
/// positional-or-keyword, keyword-only, `*args` if any, `**kwargs` if any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParamSpec {
    pub positional_only: u16,
    /// Positional-only ones included.
    pub positional: u16,
    pub keyword_only: u16,
    pub varargs: bool,
    pub varkw: bool,
}

impl ParamSpec {
    /// How many registers the parameters take.
    pub fn count(&self) -> u16 {
        self.positional + self.keyword_only + self.varargs as u16 + self.varkw as u16
    }
}

/// Instructions `start..end` are protected: an exception raised there is put into `reg`, and
/// execution goes on at `target`. Entries stand innermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    pub start: Pc,
    pub end: Pc,
    pub target: Pc,
    pub reg: Reg,
}

/// Where an instruction came from: lines from 1, columns in UTF-8 bytes from 0. Line 0: nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Location {
    pub line: u32,
    pub end_line: u32,
    pub column: u32,
    pub end_column: u32,
}

/// A function's, class body's or module's code. A class body's code returns the cell of
/// `__class__`, which is to be filled with the class, or None if no method uses it. A generator
/// expression's only argument is the iterator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Code {
    pub name: Box<str>,
    /// The dotted path inside the module, with `<locals>`.
    pub qualname: Box<str>,
    pub filename: Box<str>,
    pub first_line: u32,
    pub flags: CodeFlags,
    pub params: ParamSpec,
    /// Registers in a frame: parameters, locals, temporaries.
    pub registers: u16,
    pub instrs: Vec<Instr>,
    pub constants: Vec<Const>,
    pub sites: Vec<Site>,
    /// Names of the local variables, by register (parameters first). Cell variables included.
    pub local_names: Vec<Box<str>>,
    /// Registers among the locals that hold cells (own variables which inner functions capture).
    pub cell_registers: Vec<Reg>,
    /// Names of free variables, in the order of the closure tuple. The code begins by loading
    /// their cells into the registers right behind the locals.
    pub free_names: Vec<Box<str>>,
    pub exceptions: Vec<ExceptionEntry>,
    /// A location for each instruction, run-length: (first pc, location), ascending.
    pub locations: Vec<(Pc, Location)>,
    /// Which registers are live before the instruction, sorted, for each resume point: jump targets,
    /// calls' successors and handlers; see `compile`'s liveness pass.
    pub liveness: LiveTable,
    /// Names stored on the first parameter (`self.x = …`), without repetition: how many slots an
    /// instance of the class is likely to need.
    pub self_attributes: Vec<Box<str>>,
}

impl Code {
    /// Where the instruction at `pc` came from.
    pub fn location(&self, pc: Pc) -> Location {
        let at = self.locations.partition_point(|&(first, _)| first <= pc);
        if at == 0 {
            Location::default()
        } else {
            self.locations[at - 1].1
        }
    }

    /// The innermost handler that protects `pc`.
    pub fn handler(&self, pc: Pc) -> Option<&ExceptionEntry> {
        self.exceptions.iter().find(|e| e.start <= pc && pc < e.end)
    }

    /// The register that keeps, at a place inside handlers, what was handled before the outermost
    /// of them.
    pub fn kept_handled(&self, pc: Pc) -> Option<u16> {
        let around = self.exceptions.iter().rev();
        let mut around = around.filter(|e| e.start <= pc && pc < e.end);
        around.find_map(|e| {
            let cleanup = self.instrs.get(e.target as usize)?;
            (cleanup.op() == crate::Op::PopHandled).then(|| cleanup.a())
        })
    }
}
