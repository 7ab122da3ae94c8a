//! The op table: one line an op. Names, operand formats, effects on control flow and printers
//! derive from it.
//!
//! Jump distances count instructions from the *next* instruction. `D` is the destination
//! register. A *call window* starting at register `w` holds the callee in `w`, the receiver or
//! *unbound* in `w+1`, and arguments from `w+2` on. Where `w+1` is bound it becomes the first
//! argument; the callee's frame then begins right there, so no argument is ever copied.

/// How an op's operands are to be read and printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// No operand.
    None,
    /// `a` written.
    D,
    /// `a` written, `b` read.
    DR,
    /// `a` written, `b` and `c` read.
    DRR,
    /// `a` written, `b` read, `c` a signed immediate.
    DRI,
    /// `a` written, `bc` a constant.
    DK,
    /// `a` written, `bc` a signed integer.
    DI,
    /// `a` written, `b` read, `c` an index (name constant, site, free variable: see the op).
    DRN,
    /// `a` written, `bc` an index (site, name constant, free variable: see the op).
    DN,
    /// `a` read.
    R,
    /// `a` and `b` read.
    RR,
    /// `a`, `b` and `c` read.
    RRR,
    /// `a` read, `b` an immediate index, `c` read (see the op).
    RNR,
    /// `a` read, `b` read, `c` an index.
    RRN,
    /// `a` read, `bc` an index.
    RN,
    /// `bc` a jump distance.
    J,
    /// `a` read, `bc` a jump distance.
    RJ,
    /// `a` and `b` read, `c` a jump distance.
    RRJ,
    /// `a` read, `b` a signed immediate, `c` a jump distance.
    RIJ,
    /// `a` written, `b` read, `c` a jump distance.
    DRJ,
    /// `a` written; `c` registers from `b` on are read.
    DRange,
    /// `a` read; `c` registers from `b` on are written.
    RangeD,
    /// A call: `a` written, window at `b`, `c` arguments.
    Call,
}

/// What the table says of one op.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    pub op: Op,
    /// The mnemonic in text form.
    pub name: &'static str,
    pub format: Format,
    /// Whether it may raise (and therefore needs its `pc` in a traceback).
    pub raises: bool,
    /// Whether the next instruction in line may be executed after it.
    pub falls: bool,
}

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident $text:literal $format:ident $raises:ident $falls:ident;)*) => {
        /// An operation; its number is its place in the table.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Op { $($(#[$doc])* $name,)* }

        /// The table, indexed by op number.
        pub const OPS: &[OpInfo] = &[
            $(OpInfo {
                op: Op::$name, name: $text, format: Format::$format,
                raises: ops!(@bool $raises), falls: ops!(@bool $falls),
            },)*
        ];

        impl Op {
            /// The op with number `byte`; an unknown one reads as `Nop`, which the verifier has no
            /// need to know. Spelt out, and not looked up in the table, because a compiler makes
            /// nothing of the identity, while a look-up would be one more load before every jump
            /// of the dispatch loop.
            #[inline(always)]
            #[allow(non_upper_case_globals)]
            pub const fn from_byte(byte: u8) -> Op {
                $(const $name: u8 = Op::$name as u8;)*
                match byte {
                    $($name => Op::$name,)*
                    _ => Op::Nop,
                }
            }

            /// The number of ops; numbers from here on are none.
            pub const COUNT: u8 = OPS.len() as u8;
        }
    };
    (@bool raises) => { true };
    (@bool quiet) => { false };
    (@bool falls) => { true };
    (@bool leaves) => { false };
}

ops! {
    /// Does nothing: it stands for a line that has no other instruction.
    Nop "nop" None quiet falls;
    /// Does nothing, or has another machine go on from its place: hooks put it there.
    Switch "switch" None quiet falls;
    // ---- moves and constants
    /// `a = b`
    Move "move" DR quiet falls;
    /// `a = constants[bc]`
    LoadConst "load_const" DK quiet falls;
    /// `a = bc` as a Python integer.
    LoadInt "load_int" DI quiet falls;
    /// `a` = the [`CommonConst`] numbered `x`.
    LoadCommon "load_common" D quiet falls;
    /// Raises UnboundLocalError naming constant `bc` if `a` is unbound.
    CheckBound "check_bound" RN raises falls;
    /// Unbinds local `a`; raises UnboundLocalError naming constant `bc` if it was unbound already.
    DeleteLocal "delete_local" RN raises falls;
    // ---- cells
    /// Wraps the present value of `a` (perhaps unbound) in a new cell and puts that into `a`.
    MakeCell "make_cell" D quiet falls;
    /// `a` = cell number `bc` of the running function's closure (the cell itself).
    LoadClosure "load_closure" DN quiet falls;
    /// `a` = contents of the cell in `b`; name constant `c`. `x` = 1: a free variable (NameError),
    /// 0: a local of this function (UnboundLocalError).
    LoadCell "load_cell" DRN raises falls;
    /// Cell in `a` gets value `b`.
    StoreCell "store_cell" RR quiet falls;
    /// Empties the cell in `a`; name constant `bc`; `x` as for `load_cell`.
    DeleteCell "delete_cell" RN raises falls;
    // ---- names
    /// `a` = global or builtin, site `bc`.
    LoadGlobal "load_global" DN raises falls;
    /// Global named by constant `bc` = `a`.
    StoreGlobal "store_global" RN raises falls;
    /// Deletes the global named by constant `bc` (`a` unused).
    DeleteGlobal "delete_global" RN raises falls;
    /// `a` = name from the frame's namespace (class body, module, exec), then globals, then builtins,
    /// site `bc`.
    LoadName "load_name" DN raises falls;
    /// Namespace[name constant `bc`] = `a`.
    StoreName "store_name" RN raises falls;
    /// Deletes name constant `bc` from the namespace (`a` unused).
    DeleteName "delete_name" RN raises falls;
    /// `a` = name constant `c` from the frame's namespace, else contents of the cell in `b`.
    LoadNameOrCell "load_name_or_cell" DRN raises falls;
    /// `a` = the frame's namespace (a mapping).
    LoadLocals "load_locals" D quiet falls;
    // ---- attributes
    /// `a = b.name`, site `c`.
    LoadAttr "load_attr" DRN raises falls;
    /// `a.name = b`, site `c`.
    StoreAttr "store_attr" RRN raises falls;
    /// `del a.name`, name constant `bc`.
    DeleteAttr "delete_attr" RN raises falls;
    /// Prepares a method call: looks `name` of `b` up, site `c`, into the window at `a`
    /// (`a` callee, `a+1` receiver or unbound).
    LoadMethod "load_method" DRN raises falls;
    /// `super().name` without creating the super object: window at `b` holds (class, self),
    /// name constant `c`, result to `a`; `x` = 1: as `load_method`, into window `a`.
    LoadSuper "load_super" DRN raises falls;
    /// Looks the [`SpecialMethod`] numbered `x` up on the type of `b`, into the window at `a`.
    LoadSpecial "load_special" DR raises falls;
    // ---- arithmetic; x = 1: in-place
    /// `a = b + c`
    Add "add" DRR raises falls;
    /// `a = b - c`
    Sub "sub" DRR raises falls;
    /// `a = b * c`
    Mul "mul" DRR raises falls;
    /// `a = b / c`
    TrueDiv "true_div" DRR raises falls;
    /// `a = b // c`
    FloorDiv "floor_div" DRR raises falls;
    /// `a = b % c`
    Mod "mod" DRR raises falls;
    /// `a = b ** c`
    Pow "pow" DRR raises falls;
    /// `a = b << c`
    LShift "lshift" DRR raises falls;
    /// `a = b >> c`
    RShift "rshift" DRR raises falls;
    /// `a = b & c`
    And "and" DRR raises falls;
    /// `a = b | c`
    Or "or" DRR raises falls;
    /// `a = b ^ c`
    Xor "xor" DRR raises falls;
    /// `a = b @ c`
    MatMul "mat_mul" DRR raises falls;
    /// `a = b + imm c`
    AddImm "add_imm" DRI raises falls;
    /// `a = b - imm c`
    SubImm "sub_imm" DRI raises falls;
    /// `a = b * imm c`
    MulImm "mul_imm" DRI raises falls;
    /// `a = b // imm c`
    FloorDivImm "floor_div_imm" DRI raises falls;
    /// `a = b % imm c`
    ModImm "mod_imm" DRI raises falls;
    /// `a = b & imm c`
    AndImm "and_imm" DRI raises falls;
    /// `a = b << imm c`
    LShiftImm "lshift_imm" DRI raises falls;
    /// `a = b >> imm c`
    RShiftImm "rshift_imm" DRI raises falls;
    /// `a = -b`
    Neg "neg" DR raises falls;
    /// `a = +b`
    Pos "pos" DR raises falls;
    /// `a = ~b`
    Invert "invert" DR raises falls;
    /// `a = not b`
    Not "not" DR raises falls;
    // ---- comparison
    /// `a = b < c`
    Lt "lt" DRR raises falls;
    /// `a = b <= c`
    Le "le" DRR raises falls;
    /// `a = b == c`
    Eq "eq" DRR raises falls;
    /// `a = b != c`
    Ne "ne" DRR raises falls;
    /// `a = b > c`
    Gt "gt" DRR raises falls;
    /// `a = b >= c`
    Ge "ge" DRR raises falls;
    /// `a = b is c`; `x` = 1: `is not`.
    Is "is" DRR quiet falls;
    /// `a = b in c`; `x` = 1: `not in`.
    In "in" DRR raises falls;
    // ---- jumps; x = 1: taken if the condition is true, 0: taken if false
    /// Forward jump.
    Jump "jump" J quiet leaves;
    /// Backward jump: a loop's back edge. Counts, polls signals, is a safepoint.
    JumpBack "jump_back" J raises leaves;
    /// Jump if `a` is true.
    JumpIfTrue "jump_if_true" RJ raises falls;
    /// Jump if `a` is false.
    JumpIfFalse "jump_if_false" RJ raises falls;
    /// Jump if `a` is None.
    JumpIfNone "jump_if_none" RJ quiet falls;
    /// Jump if `a` is not None.
    JumpIfNotNone "jump_if_not_none" RJ quiet falls;
    /// Jump if (`a` < `b`) is `x`.
    JumpLt "jump_lt" RRJ raises falls;
    /// Jump if (`a` <= `b`) is `x`.
    JumpLe "jump_le" RRJ raises falls;
    /// Jump if (`a` == `b`) is `x`.
    JumpEq "jump_eq" RRJ raises falls;
    /// Jump if (`a` != `b`) is `x`.
    JumpNe "jump_ne" RRJ raises falls;
    /// Jump if (`a` > `b`) is `x`.
    JumpGt "jump_gt" RRJ raises falls;
    /// Jump if (`a` >= `b`) is `x`.
    JumpGe "jump_ge" RRJ raises falls;
    /// Jump if (`a` < imm `b`) is `x`.
    JumpLtImm "jump_lt_imm" RIJ raises falls;
    /// Jump if (`a` <= imm `b`) is `x`.
    JumpLeImm "jump_le_imm" RIJ raises falls;
    /// Jump if (`a` == imm `b`) is `x`.
    JumpEqImm "jump_eq_imm" RIJ raises falls;
    /// Jump if (`a` != imm `b`) is `x`.
    JumpNeImm "jump_ne_imm" RIJ raises falls;
    /// Jump if (`a` > imm `b`) is `x`.
    JumpGtImm "jump_gt_imm" RIJ raises falls;
    /// Jump if (`a` >= imm `b`) is `x`.
    JumpGeImm "jump_ge_imm" RIJ raises falls;
    /// Jump if (`a` is `b`) is `x`.
    JumpIs "jump_is" RRJ quiet falls;
    /// Jump if (`a` in `b`) is `x`.
    JumpIn "jump_in" RRJ raises falls;
    // ---- iteration
    /// `a = iter(b)`
    GetIter "get_iter" DR raises falls;
    /// Adds item `b` to the sum in `a`, whose rounding error is in `a+1`; what cannot be added so
    /// is added with all that is left of iterator `c`.
    AddUp "add_up" RRR raises falls;
    /// `a = next(b)`, or jump forward by `c` (unsigned) when exhausted.
    ForIter "for_iter" DRJ raises falls;
    // ---- subscripts
    /// `a = b[c]`
    LoadItem "load_item" DRR raises falls;
    /// `a = b[imm c]`
    LoadItemImm "load_item_imm" DRI raises falls;
    /// `a[b] = c`
    StoreItem "store_item" RRR raises falls;
    /// `a[imm b] = c`
    StoreItemImm "store_item_imm" RNR raises falls;
    /// `del a[b]`
    DeleteItem "delete_item" RR raises falls;
    /// `a` = slice of registers `b`, `b+1`, `b+2` (start, stop, step).
    BuildSlice "build_slice" DR quiet falls;
    // ---- building
    /// `a` = tuple of `c` registers from `b`.
    BuildTuple "build_tuple" DRange quiet falls;
    /// `a` = list of `c` registers from `b`.
    BuildList "build_list" DRange quiet falls;
    /// `a` = set of `c` registers from `b`.
    BuildSet "build_set" DRange raises falls;
    /// `a` = dict of `c` registers from `b`, key and value in turn (`c` is even).
    BuildDict "build_dict" DRange raises falls;
    /// `a` = concatenation of `c` strings from `b`.
    BuildString "build_string" DRange raises falls;
    /// `a` = format(`b`, spec in `c`); `x`: low 2 bits a [`Convert`], bit 2: there is a spec
    /// (otherwise `c` is not read).
    FormatValue "format_value" DRR raises falls;
    /// Appends `b` to list `a`.
    ListAppend "list_append" RR quiet falls;
    /// Appends `b` to list `a`, which gets an item for each that iterator `c` gives.
    ListCollect "list_collect" RRR quiet falls;
    /// Extends list `a` by iterable `b` (`x` = 1: the `*args` of a call to the callee in `c`, for
    /// the message).
    ListExtend "list_extend" RR raises falls;
    /// `a` = tuple of the list in `b`.
    ListToTuple "list_to_tuple" DR quiet falls;
    /// Adds `b` to set `a`.
    SetAdd "set_add" RR raises falls;
    /// Updates set `a` with iterable `b`.
    SetUpdate "set_update" RR raises falls;
    /// Dict `a`[`b`] = `c` where `a` is a dict being built.
    DictInsert "dict_insert" RRR raises falls;
    /// Updates dict `a` with mapping `b`.
    DictUpdate "dict_update" RR raises falls;
    /// As `dict_update`, but a key that is there already raises TypeError naming callee `c`.
    DictMerge "dict_merge" RRR raises falls;
    /// Unpacks `a` into exactly `c` registers from `b`.
    UnpackSequence "unpack_sequence" RangeD raises falls;
    /// Unpacks `a`: `c` values before the starred one, `x` after it, into registers from `b`
    /// (`c` + 1 + `x` of them; the starred one gets a list).
    UnpackEx "unpack_ex" RangeD raises falls;
    // ---- functions, classes, calls
    /// `a` = function of code constant `c`; parts from register `b` on, in this order, each
    /// present if its bit is set in `x`: 1 defaults tuple, 2 keyword defaults dict,
    /// 4 annotate function, 8 closure tuple of cells.
    MakeFunction "make_function" DRN quiet falls;
    /// `a` = window at `b` called with `c` positional arguments. For this and the next two ops,
    /// `x` bit 0 says that there is no receiver: `b+1` counts as unbound whatever it holds.
    Call "call" Call raises falls;
    /// As `call`; `c` counts all arguments, the last of which are named by the tuple in
    /// register `b + 2 + c`.
    CallKw "call_kw" Call raises falls;
    /// `a` = callee in `b` called with positional arguments from the tuple in `b+2` and keyword
    /// arguments from the dict (or None) in `b+3` (`b+1` as in any window; `c` is 2). `x` bit 1
    /// says that `b+2` holds any iterable, of which the tuple is to be made first.
    CallEx "call_ex" Call raises falls;
    /// Leaves the frame with `a`.
    Return "return" R quiet leaves;
    /// `a` = value sent in, after handing `b` to the resumer. `x` = 1: it delegates to the
    /// iterator in `c` (`yield from`, `await`); `x` = 2: the value is an asynchronous generator's.
    /// A delegating yield at `pc` always stands between its `send` at `pc-1` and a `jump_back` to
    /// that `send` at `pc+1`. So when an exception thrown in makes the iterator return, execution
    /// goes on where the `send` would have jumped to, with the result in its `a`.
    Yield "yield" DRR raises falls;
    /// `a` = iterator to delegate to from `b` (`x` = 1: awaitable, for `await`; 2 and 3: for what enters and
    /// leaves an `async with`).
    GetYieldIter "get_yield_iter" DR raises falls;
    /// Sends `a` to iterator `b`; `a` = what it yields; if it returns, or is an asynchronous
    /// generator and yields an item, `a` = its result or the item and jump
    /// forward by `c`.
    Send "send" DRJ raises falls;
    /// `a` = asynchronous iterator of `b`.
    GetAsyncIter "get_async_iter" DR raises falls;
    /// `a` = what `send` asks for the next item of asynchronous iterator `b`: the iterator of its
    /// awaitable, or an asynchronous generator itself.
    GetAsyncNext "get_async_next" DR raises falls;
    /// If exception `a` is StopAsyncIteration go on, otherwise raise it again.
    EndAsyncFor "end_async_for" R raises falls;
    // ---- exceptions
    /// Raises. `x`: 0 re-raise the handled one, 1 raise `a`, 2 raise `a` from `b`.
    Raise "raise" RR raises leaves;
    /// Raises exception `a` again, its traceback as it is.
    Reraise "reraise" R raises leaves;
    /// `a` = exception handled so far; exception `b` becomes the handled one.
    PushHandled "push_handled" DR quiet falls;
    /// The handled exception becomes `a` again.
    PopHandled "pop_handled" R quiet falls;
    /// `a` = whether exception `b` matches class or tuple `c`.
    MatchException "match_exception" DRR raises falls;
    /// Splits exception group `b` by `c`: `a` = matching part or None, `a+1` = the rest or None.
    MatchExceptionStar "match_exception_star" DRR raises falls;
    /// `a` = the exception to raise after the handlers of an `except*`: `b` is the original,
    /// `c` a list of what handlers raised and of what no one matched; None if there is nothing.
    PrepareReraiseStar "prepare_reraise_star" DRR raises falls;
    // ---- imports
    /// `a` = `__import__(name constant c, fromlist in register b, level x)`.
    ImportName "import_name" DRN raises falls;
    /// `a` = attribute (or submodule) name constant `c` of module `b`.
    ImportFrom "import_from" DRN raises falls;
    /// Copies the public names of module `a` into the namespace.
    ImportStar "import_star" R raises falls;
    // ---- patterns
    /// `a` = length of `b`.
    GetLen "get_len" DR raises falls;
    /// `a` = whether `b` is a sequence in the sense of `match`.
    MatchSequence "match_sequence" DR quiet falls;
    /// `a` = whether `b` is a mapping in the sense of `match`.
    MatchMapping "match_mapping" DR quiet falls;
    /// `a` = tuple of the values of mapping `b` at the keys in tuple `c`, or None.
    MatchKeys "match_keys" DRR raises falls;
    /// `a` = tuple of attributes, or None: registers `b` subject, `b+1` class, `b+2` tuple of
    /// keyword names; `c` positional patterns.
    MatchClass "match_class" DRN raises falls;
}

const _: () = assert!(OPS.len() <= 200);
const _: () = {
    let mut i = 0;
    while i < OPS.len() {
        assert!(OPS[i].op as usize == i);
        i += 1;
    }
};
// The order of the comparison families is relied upon where one is turned into another.
const _: () = assert!(Op::JumpGe as u8 - Op::JumpLt as u8 == Op::Ge as u8 - Op::Lt as u8);
const _: () = assert!(Op::JumpGeImm as u8 - Op::JumpLtImm as u8 == Op::Ge as u8 - Op::Lt as u8);

impl Op {
    /// What the table says of this op.
    pub const fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }
}

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum $name { $($variant,)* }

        impl $name {
            /// All of them, in the order of their numbers.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The one with this number.
            pub fn from_number(number: u8) -> Option<$name> {
                Self::ALL.get(number as usize).copied()
            }

            /// Its name in text form.
            pub const fn text(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }
    };
}

numbered! {
    /// Constants that need no place in the pool (`x` of `load_common`).
    CommonConst {
        None "None", False "False", True "True", Ellipsis "Ellipsis",
        NotImplemented "NotImplemented", Unbound "unbound", AssertionError "AssertionError",
        BuildClass "__build_class__", EmptyTuple "()",
    }
}

numbered! {
    /// The conversion of an f-string field (`x` of `format_value`).
    Convert { None "none", Str "str", Repr "repr", Ascii "ascii", }
}

numbered! {
    /// Special methods that an op looks up on the type (`x` of `load_special`).
    SpecialMethod {
        Enter "__enter__", Exit "__exit__", AsyncEnter "__aenter__", AsyncExit "__aexit__",
    }
}
