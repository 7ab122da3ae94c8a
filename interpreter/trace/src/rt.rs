//! The runtime functions that machine code calls, with their effects: the one table.
//!
//! A function gets the machine, the place of the bytecode op in its code, and up to four words;
//! it gives a word, or [`RAISED`] with the exception kept by the machine. What it may do decides
//! what a trace still knows after it.

/// What a function gives when it raised: a word that no value has.
pub const RAISED: u64 = 5;

/// What a runtime function may do beside giving a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effects {
    /// Its result depends on more than its arguments' words.
    pub reads: bool,
    /// It changes objects that existed before.
    pub writes: bool,
    /// It changes lists, dictionaries and other containers, but no fields of other objects.
    pub changes: bool,
    /// It moves iterators on.
    pub iterates: bool,
    pub raises: bool,
    /// It may run Python code: frames must be in step, anything may change, a collection may
    /// happen.
    pub runs_python: bool,
}

const fn effects(letters: &str) -> Effects {
    let letters = letters.as_bytes();
    let mut found = Effects {
        reads: false,
        writes: false,
        changes: false,
        iterates: false,
        raises: false,
        runs_python: false,
    };
    let mut at = 0;
    while at < letters.len() {
        match letters[at] {
            b'r' => found.reads = true,
            b'w' => found.writes = true,
            b'c' => found.changes = true,
            b'i' => found.iterates = true,
            b'x' => found.raises = true,
            b'p' => found.runs_python = true,
            _ => {}
        }
        at += 1;
    }
    found
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident $text:literal $arguments:literal $letters:literal;)*) => {
        /// A runtime function.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u16)]
        pub enum Rt { $($(#[$doc])* $name,)* }

        impl Rt {
            pub const ALL: &[Rt] = &[$(Rt::$name,)*];
            const TEXTS: &[&str] = &[$($text,)*];
            const ARGUMENTS: &[usize] = &[$($arguments,)*];
            const EFFECTS: &[Effects] = &[$(effects($letters),)*];
        }
    };
}

functions! {
    /// Executes the bytecode op at the place in the frame on top, to its end: what it calls, too.
    Step "step" 0 "rwxp";
    /// Pushes the frame of an inlined call, the place being where its caller goes on: function,
    /// first register counted from the caller's, the register that gets the result and (from bit
    /// 16 on) what becomes of it, `locals`.
    PushFrame "push_frame" 4 "w";
    /// Takes the frame on top off.
    PopFrame "pop_frame" 0 "w";
    /// Runs the frame on top, an inlined call's with its registers in place, from the place to its
    /// end, by compiled code where there is some, and takes it off; the result of the op that had
    /// opened it (of a comparison that jumps, a boolean). The first word says whether the place is
    /// the function's start, else it is a loop's; the second, raw, is the JIT's own.
    RunFrame "run_frame" 2 "rwxp";
    /// `a op b` of the op at the place, operands of any kind.
    Binary "binary" 2 "rwxp";
    /// The same for kinds that run no Python code (integers of any size, strings, bytes, floats).
    BinaryPlain "binary_plain" 2 "rx";
    /// `format % values` of a string and a tuple or dictionary. *Unbound* where that might run Python code,
    /// and where it raises.
    Percent "percent" 2 "r";
    /// Sum, difference, product or shift to the left, by the number of its operator, of integers of any
    /// size; of a shift, the amount is small and not below zero.
    Integer "integer" 3 "";
    /// The comparison of the op at the place; a boolean for those that jump.
    Compare "compare" 2 "rwxp";
    /// The same for kinds that run no Python code.
    ComparePlain "compare_plain" 2 "rx";
    /// Whether the value is true.
    Truth "truth" 1 "rwxp";
    TruthPlain "truth_plain" 1 "r";
    /// Whether the value is not true.
    Not "not" 1 "rwxp";
    NotPlain "not_plain" 1 "r";
    /// `a[b]`
    GetItem "get_item" 2 "rwxp";
    /// The same for a dictionary, list, tuple, string or bytes and a key that runs no Python code.
    GetItemPlain "get_item_plain" 2 "rx";
    SetItem "set_item" 3 "rwxp";
    SetItemPlain "set_item_plain" 3 "rcx";
    /// Where a dictionary has a key that was at a place (a small integer) in this one, or in one like
    /// it, when the trace was recorded: dictionary, key, place. Gives the number of words of the
    /// entries before the key's, or a negative number if there is none: it stays so until the
    /// dictionary's keys change.
    DictFind "dict_find" 3 "rx";
    /// The same for an object that equals itself alone: dictionary, key.
    DictFindSame "dict_find_same" 2 "rx";
    /// `a[b]` of a dictionary and such a key.
    DictGet "dict_get" 3 "rx";
    /// Dictionary, key, value, place; gives where the key is, as `dict_find` does.
    DictSet "dict_set" 4 "rcx";
    /// Dictionary, key, value, where the key is not there; gives where it is then.
    DictAdd "dict_add" 3 "rcx";
    /// Whether the key is there: dictionary, key, place.
    DictHas "dict_has" 3 "rx";
    /// Whether it is not.
    DictLacks "dict_lacks" 3 "rx";
    /// `container[start:stop:step]` of parts that are small integers or `None`: a list, with a step
    /// that is not 0, or a string or tuple with a step of 1.
    Part "part" 4 "r";
    /// The tuple of a list's items; the list of those of a list or a tuple.
    TupleOf "tuple_of" 1 "r";
    ListOf "list_of" 1 "r";
    /// `list[start:stop] = value` of such parts, the value being a list or a tuple.
    SetListSlice "set_list_slice" 4 "rc";
    /// `b in a`
    Contains "contains" 2 "rwxp";
    ContainsPlain "contains_plain" 2 "rx";
    /// `b not in a`
    ContainsNot "contains_not" 2 "rwxp";
    ContainsNotPlain "contains_not_plain" 2 "rx";
    /// Adds to a set.
    SetAdd "set_add" 2 "rwxp";
    SetAddPlain "set_add_plain" 2 "rcx";
    NewSet "new_set" 0 "r";
    /// The set of a call `set()`, which may stay empty.
    EmptySet "empty_set" 0 "r";
    NewDict "new_dict" 0 "r";
    /// The dictionary that an instance keeps its attributes in, made if it has none: its shape is another
    /// one then.
    OwnDict "own_dict" 1 "rw";
    /// A field of an f-string: value, conversion, specification.
    Format "format" 3 "rwxp";
    FormatPlain "format_plain" 3 "rx";
    /// Strings one after the other.
    Concat2 "concat2" 2 "r";
    Concat3 "concat3" 3 "r";
    Concat4 "concat4" 4 "r";
    /// Bytes one after the other.
    JoinBytes2 "join_bytes2" 2 "r";
    JoinBytes3 "join_bytes3" 3 "r";
    /// `int` of a string.
    IntOf "int_of" 1 "rx";
    /// The builtin function (by its number, a small integer) with the words as arguments.
    Native0 "native0" 1 "rwxp";
    Native1 "native1" 2 "rwxp";
    Native2 "native2" 3 "rwxp";
    Native3 "native3" 4 "rwxp";
    /// Native functions that run no Python code for these arguments: some that only read, and some
    /// that change their first argument, a container.
    Reads0 "reads0" 1 "rx";
    Reads1 "reads1" 2 "rx";
    Reads2 "reads2" 3 "rx";
    Reads3 "reads3" 4 "rx";
    Writes1 "writes1" 2 "rcx";
    Writes2 "writes2" 3 "rcx";
    Writes3 "writes3" 4 "rcx";
    /// A builtin class called with arguments for which that runs no Python code.
    CallPlain0 "call_plain0" 1 "rx";
    CallPlain1 "call_plain1" 2 "rx";
    CallPlain2 "call_plain2" 3 "rx";
    CallPlain3 "call_plain3" 4 "rx";
    /// A callee with the words as arguments.
    Call0 "call_value0" 1 "rwxp";
    Call1 "call_value1" 2 "rwxp";
    Call2 "call_value2" 3 "rwxp";
    Call3 "call_value3" 4 "rwxp";
    /// The truth of the comparison of the op at the place, a boolean.
    Test "test" 2 "rwxp";
    TestPlain "test_plain" 2 "rx";
    /// The next value of any iterator, *unbound* at its end.
    Next "next" 1 "rwxp";
    /// Sends a value to an iterator (iterator, value): a boolean, whether it has finished. What it
    /// gave is in the register that the op at the place writes.
    Send "send" 2 "rwxp";
    /// What is sent to for the next item of an asynchronous iterator.
    AsyncNext "async_next" 1 "rwxp";
    /// Appends to a list.
    Append "append" 2 "c";
    /// Appends to a list that gets an item for each of an iterator's: list, item, iterator.
    Collect "collect" 3 "rc";
    /// An attribute read in full: object, name.
    GetAttr "get_attr" 2 "rwxp";
    /// An attribute written in full: object, name, value.
    SetAttr "set_attr" 3 "rwxp";
    /// The iterator of a value.
    Iter "iter" 1 "rwxp";
    /// The same for a builtin container, of which it runs no Python code.
    IterPlain "iter_plain" 1 "r";
    /// The next value of a builtin iterator that runs no Python code, *unbound* at its end.
    NextPlain "next_plain" 1 "rix";
    /// A float of any magnitude as a value: the bits come as a raw word.
    BoxFloat "box_float" 1 "";
    /// A new object of a class with all its slots *unbound*: its shape, a raw constant.
    NewInstance "new_instance" 1 "";
    /// A bytecode op that makes an object of registers, executed as `step` is, but sure to run no
    /// Python code and not to raise.
    StepPlain "step_plain" 0 "r";
    /// Takes the frame on top off, a generator's that yields and whose registers are saved.
    SuspendFrame "suspend_frame" 0 "w";
    /// A generator of a function, its registers all *unbound* yet.
    NewGenerator "new_generator" 1 "r";
    /// Has an object dealt with when it is found dead.
    TellWhenDead "tell_when_dead" 1 "r";
    /// The cell of the frame on top's closure with this number.
    ClosureCell "closure_cell" 1 "r";
    /// The exception that the call before has raised.
    Caught "caught" 0 "w";
    /// Notes that an exception passes through a frame, whose op at the place has raised it or
    /// called what did: exception, the frame's code and globals; or exception, the entry of a frame
    /// that it leaves, and *unbound*.
    Passes "passes" 3 "w";
    /// Lets the entry of a frame that handled an exception lead to a later one: exception, entry.
    Links "links" 2 "w";
    /// What a `raise` does to the exception: exception, its cause or *unbound*.
    Chains "chains" 2 "w";
}

impl Rt {
    pub fn from_number(number: u16) -> Option<Rt> {
        Rt::ALL.get(number as usize).copied()
    }

    /// For dumps.
    pub fn text(self) -> &'static str {
        Rt::TEXTS[self as usize]
    }

    pub fn from_text(text: &str) -> Option<Rt> {
        let at = Rt::TEXTS.iter().position(|&name| name == text)?;
        Rt::ALL.get(at).copied()
    }

    /// How many words it takes beside the place.
    pub fn arguments(self) -> usize {
        Rt::ARGUMENTS[self as usize]
    }

    pub fn effects(self) -> Effects {
        Rt::EFFECTS[self as usize]
    }

    /// Whether registers of frames may not be after it what they were before: by what it runs, or
    /// by itself.
    pub fn writes_registers(self) -> bool {
        self.effects().runs_python || matches!(self, Rt::StepPlain | Rt::PushFrame)
    }

    /// Whether all it writes is the machine's stack of frames and what it handles.
    pub fn is_of_frames(self) -> bool {
        matches!(self, Rt::PushFrame | Rt::PopFrame | Rt::SuspendFrame)
    }

    /// Whether all it writes is exceptions.
    pub fn is_of_exceptions(self) -> bool {
        matches!(self, Rt::Caught | Rt::Passes | Rt::Links | Rt::Chains)
    }

    /// Whether neither what it gives nor what it changes leads to its arguments or to what they
    /// hold: what no one else knows of them, no one knows after it.
    pub fn keeps_nothing(self) -> bool {
        matches!(
            self,
            Rt::BoxFloat
                | Rt::TruthPlain
                | Rt::NotPlain
                | Rt::TestPlain
                | Rt::ComparePlain
                | Rt::ContainsPlain
                | Rt::ContainsNotPlain
                | Rt::DictFind
                | Rt::DictFindSame
                | Rt::DictHas
                | Rt::DictLacks
                | Rt::FormatPlain
                | Rt::IntOf
                | Rt::Concat2
                | Rt::Concat3
                | Rt::Concat4
                | Rt::JoinBytes2
                | Rt::JoinBytes3
        )
    }

    /// Whether it may make lists of bare floats plain that it only reads: it asks for their items as
    /// words. What may change lists, or run Python code, may do that anyway.
    pub fn makes_lists_plain(self) -> bool {
        matches!(
            self,
            Rt::Reads0
                | Rt::Reads1
                | Rt::Reads2
                | Rt::Reads3
                | Rt::CallPlain0
                | Rt::CallPlain1
                | Rt::CallPlain2
                | Rt::CallPlain3
                | Rt::StepPlain
        )
    }

    /// Whether a call whose result no one wants need not be made.
    pub fn is_dead_without_result(self) -> bool {
        let effects = self.effects();
        !(effects.writes
            || effects.changes
            || effects.iterates
            || effects.raises
            || effects.runs_python
            || self.writes_registers()
            // Its end is noticed.
            || matches!(self, Rt::NewGenerator | Rt::TellWhenDead))
    }
}

macro_rules! float_functions {
    ($($(#[$doc:meta])* $name:ident $text:literal $arguments:literal;)*) => {
        /// A function of floats, by C's conventions.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u16)]
        pub enum FloatFn { $($(#[$doc])* $name,)* }

        impl FloatFn {
            pub const ALL: &[FloatFn] = &[$(FloatFn::$name,)*];
            const TEXTS: &[&str] = &[$($text,)*];
            const ARGUMENTS: &[usize] = &[$($arguments,)*];
        }
    };
}

float_functions! {
    Sin "sin" 1; Cos "cos" 1; Tan "tan" 1; Asin "asin" 1; Acos "acos" 1; Atan "atan" 1;
    Exp "exp" 1; Log "log" 1; Floor "floor" 1; Ceil "ceil" 1;
    Atan2 "atan2" 2; Pow "pow" 2; Fmod "fmod" 2; Hypot "hypot" 2;
    /// Python's `//` and `%` of floats whose divisor is not zero.
    FloorDiv "floor_div" 2; Mod "mod" 2;
    /// Has a second result, the cosine.
    SinCos "sin_cos" 1;
}

impl FloatFn {
    pub fn from_number(number: u16) -> Option<FloatFn> {
        FloatFn::ALL.get(number as usize).copied()
    }

    pub fn text(self) -> &'static str {
        FloatFn::TEXTS[self as usize]
    }

    pub fn from_text(text: &str) -> Option<FloatFn> {
        let at = FloatFn::TEXTS.iter().position(|&name| name == text)?;
        FloatFn::ALL.get(at).copied()
    }

    pub fn arguments(self) -> usize {
        FloatFn::ARGUMENTS[self as usize]
    }

    /// The function that gives the second result by itself, if there is a second result.
    pub fn second(self) -> Option<FloatFn> {
        (self == FloatFn::SinCos).then_some(FloatFn::Cos)
    }
}

const _: () = assert!(Rt::ALL.len() < 1 << 12 && FloatFn::ALL.len() < 1 << 12);
