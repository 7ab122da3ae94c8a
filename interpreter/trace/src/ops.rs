//! The op table of the trace IR. Names, operand formats, the text form, the parser, the verifier
//! and what a pass may assume of an op derive from it.
//!
//! Operands are written as letters: `r` a reference to a result or constant, `i` an immediate
//! word, `s` the snapshot with which the op may leave.
//!
//! *Memory* is addressed as an object's word and a displacement in bytes from the object's
//! address; which displacement is which field, `object::layout` alone knows. Machine code holds raw
//! pointers freely: the collector does not move objects, finds them on the native stack and in
//! registers, and never runs inside an allocation.

/// How a result is represented.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repr {
    /// The op has no result.
    None,
    /// A value word.
    Word,
    /// A double in a floating-point register.
    Float,
    /// A 64-bit integer without a tag.
    Raw,
}

/// What may be done with an op.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The same operands give the same result.
    Pure,
    /// Pure, but may leave the trace instead of giving a result.
    Checked,
    /// Leaves the trace unless a condition holds.
    Guard,
    Load,
    Store,
    /// Makes an object that nothing else refers to yet.
    Alloc,
    /// Calls a runtime function; what it may do stands in [`crate::Rt`]'s table.
    Call,
    /// Says something of the trace itself.
    Structure,
}

/// What the table says of an op.
#[derive(Debug)]
pub struct OpInfo {
    pub name: &'static str,
    pub operands: &'static str,
    pub result: Repr,
    pub role: Role,
}

macro_rules! ops {
    ($($(#[$doc:meta])* $op:ident $name:literal $operands:literal $result:ident $role:ident;)*) => {
        /// An op of the trace IR.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Op { $($(#[$doc])* $op,)* }

        impl Op {
            pub const ALL: &[Op] = &[$(Op::$op,)*];
        }

        /// The table, in the order of the op's numbers.
        pub static OPS: &[OpInfo] = &[$(OpInfo {
            name: $name,
            operands: $operands,
            result: Repr::$result,
            role: Role::$role,
        },)*];
    };
}

ops! {
    // ---- what a trace begins with
    /// Register number `i` of the entry frame, as it is on entry.
    Arg "arg" "i" Word Load;
    /// Value number `i` of those that the exit restores from which a bridge begins, where the
    /// exit has it.
    Inherit "inherit" "i" Word Load;
    InheritFloat "inherit_float" "i" Float Load;
    InheritRaw "inherit_raw" "i" Raw Load;

    // ---- guards
    /// The word is a small integer.
    GuardSmall "guard_small" "rs" None Guard;
    /// The word is an inline float.
    GuardFloat "guard_float" "rs" None Guard;
    /// The word is a heap object's.
    GuardObject "guard_object" "rs" None Guard;
    /// The two words are the same.
    GuardIs "guard_is" "rrs" None Guard;
    GuardIsNot "guard_is_not" "rrs" None Guard;
    /// The object (known to be one) has the shape (a raw constant).
    GuardShape "guard_shape" "rrs" None Guard;
    /// Condition `i` holds of two small integers, or of two raw ones.
    GuardInt "guard_int" "irrs" None Guard;
    /// The first word is below the second, both taken as unsigned.
    GuardBelow "guard_below" "rrs" None Guard;
    /// Condition `i` holds of two floats.
    GuardFloats "guard_floats" "irrs" None Guard;
    /// Nothing that the trace was told not to change has changed since it was entered.
    GuardValid "guard_valid" "s" None Guard;
    /// Nor has anything that other code relies on, whose epoch's word has the address (a raw
    /// constant).
    GuardValidFor "guard_valid_for" "rs" None Guard;
    /// No safepoint is due.
    Poll "poll" "s" None Guard;

    // ---- small integers
    /// Sum of small integers that is one.
    AddInt "add_int" "rrs" Word Checked;
    SubInt "sub_int" "rrs" Word Checked;
    MulInt "mul_int" "rrs" Word Checked;
    /// Quotient rounded down; leaves for a zero divisor or a result that is no small integer.
    FloorDivInt "floor_div_int" "rrs" Word Checked;
    /// The rest that goes with it, of the divisor's sign; leaves for a zero divisor.
    ModInt "mod_int" "rrs" Word Checked;
    /// Leaves for an amount outside 0..60 or bits that are lost.
    ShlInt "shl_int" "rrs" Word Checked;
    /// Leaves for a negative amount; one above 63 counts as 63.
    ShrInt "shr_int" "rrs" Word Checked;
    AndInt "and_int" "rr" Word Pure;
    OrInt "or_int" "rr" Word Pure;
    XorInt "xor_int" "rr" Word Pure;

    // ---- raw integers
    /// The wrapping sum of raw integers.
    AddRaw "add_raw" "rr" Raw Pure;
    SubRaw "sub_raw" "rr" Raw Pure;
    AndRaw "and_raw" "rr" Raw Pure;
    /// The low 64 bits of a product.
    MulRaw "mul_raw" "rr" Raw Pure;
    /// The small integer of a raw one that fits.
    TagInt "tag_int" "r" Word Pure;
    /// The raw integer of a small one.
    UntagInt "untag_int" "r" Raw Pure;

    // ---- floats
    /// The float of a small integer.
    IntToFloat "int_to_float" "r" Float Pure;
    /// The float of an inline float's word.
    Untag "untag" "r" Float Pure;
    /// The inline word of a float that has one.
    Tag "tag" "rs" Word Checked;
    /// A float rounded towards zero that is a small integer; leaves for others, NaN included.
    TruncFloat "trunc_float" "rs" Word Checked;
    AddFloat "add_float" "rr" Float Pure;
    SubFloat "sub_float" "rr" Float Pure;
    MulFloat "mul_float" "rr" Float Pure;
    DivFloat "div_float" "rr" Float Pure;
    NegFloat "neg_float" "r" Float Pure;
    AbsFloat "abs_float" "r" Float Pure;
    SqrtFloat "sqrt_float" "r" Float Pure;
    /// Function `i` of the table of float functions (C's conventions: `double(double)`).
    CallFloat "call_float" "ir" Float Pure;
    CallFloat2 "call_float2" "irr" Float Pure;
    /// The first operand through the last; the quotients of the other two are further results.
    DivThree "div_three" "rrrr" Float Pure;
    /// Result number `i`, from 1 on, of an op that has several and stands right before, but for others of these.
    OtherFloat "other_float" "ri" Float Pure;

    // ---- memory: object, displacement `i` in bytes
    /// A value word.
    Load "load" "ri" Word Load;
    /// 64 bits.
    LoadRaw "load_raw" "ri" Raw Load;
    /// 32 bits, zero-extended.
    LoadHalf "load_half" "ri" Raw Load;
    /// A byte, zero-extended.
    LoadByte "load_byte" "ri" Raw Load;
    /// A field that does not change while the object lives.
    LoadFixed "load_fixed" "ri" Word Pure;
    LoadFixedRaw "load_fixed_raw" "ri" Raw Pure;
    Store "store" "rir" None Store;
    StoreRaw "store_raw" "rir" None Store;
    /// The low 32 bits.
    StoreHalf "store_half" "rir" None Store;
    /// Word number (a small integer) of those from displacement `i` on.
    LoadItem "load_item" "rri" Word Load;
    /// Object, index, value, displacement of the first item.
    StoreItem "store_item" "rrri" None Store;
    /// Double number (a small integer) of those from displacement `i` on, of storage that holds
    /// doubles and not words.
    LoadItemFloat "load_item_float" "rri" Float Load;
    /// Object, index, double, displacement of the first.
    StoreItemFloat "store_item_float" "rrri" None Store;
    /// A double as it is.
    StoreFloat "store_float" "rir" None Store;
    /// Byte number (a small integer) of those from displacement `i` on, zero-extended.
    LoadByteAt "load_byte_at" "rri" Raw Load;
    /// Object, index, raw integer of which the low 8 bits are stored, displacement of the first byte.
    StoreByteAt "store_byte_at" "rrri" None Store;
    /// The value word at an address (a raw constant).
    LoadAbs "load_abs" "r" Word Load;
    StoreAbs "store_abs" "rr" None Store;
    /// To be executed before a value that may be a younger object is written into the object, and
    /// after the last op that may have collected.
    Barrier "barrier" "r" None Store;
    /// The same where an item is appended to a list, whose storage the object is.
    BarrierGrowing "barrier_growing" "r" None Store;

    // ---- allocation
    /// An object of `i` bytes (at most `object::layout::SMALL_BYTES_MAX`) with the header (a raw
    /// constant); all that follows the header is written before the next op that may leave, call
    /// or come round.
    New "new" "ir" Word Alloc;

    // ---- registers of the register stack, numbered from the entry frame's first
    StoreReg "store_reg" "ir" None Store;
    LoadReg "load_reg" "i" Word Load;

    // ---- runtime functions: number `i` of [`crate::Rt`], place in the code (a raw constant),
    // arguments. Those that may raise leave through the snapshot in raising; without a snapshot
    // they do not, and the result tells.
    Call0 "call0" "irs" Word Call;
    Call1 "call1" "irrs" Word Call;
    Call2 "call2" "irrrs" Word Call;
    Call3 "call3" "irrrrs" Word Call;
    Call4 "call4" "irrrrrs" Word Call;

    // ---- structure
    /// Where the loop's body begins.
    Loop "loop" "" None Structure;
    /// At the end: the first operand's place gets the second's value on the way back.
    Phi "phi" "rr" None Structure;
    /// Before a jump into a loop's body: the place number `i` (the assembler's) gets the value.
    Carry "carry" "ir" None Structure;
    /// At the end: goes on at the entry of other code (its address, a raw constant), `i` registers
    /// further up the register stack. Everything that lives is in registers and frames by now, or
    /// carried.
    Jump "jump" "ri" None Structure;
    /// At the end: the entry frame returns the word, by the op at a place in the code (a raw
    /// constant, not 0).
    Finish "finish" "rr" None Structure;
    /// At the end: goes on in the interpreter.
    Leave "leave" "s" None Structure;
}

/// What is asked of an op again and again.
#[derive(Clone, Copy)]
struct Asked {
    role: Role,
    result: Repr,
    exits: bool,
}

/// Of all ops in a few lines of memory, which the whole table is not.
static ASKED: [Asked; OPS.len()] = {
    let mut asked = [Asked {
        role: Role::Pure,
        result: Repr::None,
        exits: false,
    }; OPS.len()];
    let mut at = 0;
    while at < OPS.len() {
        let (role, result) = (OPS[at].role, OPS[at].result);
        let exits = matches!(role, Role::Guard | Role::Checked | Role::Call)
            || matches!(Op::ALL[at], Op::Leave);
        asked[at] = Asked {
            role,
            result,
            exits,
        };
        at += 1;
    }
    asked
};

impl Op {
    #[inline(always)]
    pub fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }

    #[inline(always)]
    pub fn from_number(number: u16) -> Option<Op> {
        Op::ALL.get(number as usize).copied()
    }

    /// How many words it takes after the first.
    #[inline(always)]
    pub fn operand_count(self) -> usize {
        self.info().operands.len()
    }

    #[inline(always)]
    pub const fn role(self) -> Role {
        ASKED[self as usize].role
    }

    /// How its result is represented.
    #[inline(always)]
    pub const fn result(self) -> Repr {
        ASKED[self as usize].result
    }

    /// Whether it has a snapshot.
    #[inline(always)]
    pub const fn exits(self) -> bool {
        ASKED[self as usize].exits
    }

    /// Whether a trace ends with it.
    pub fn ends(self) -> bool {
        matches!(self, Op::Jump | Op::Finish | Op::Leave)
    }

    /// The call of so many arguments.
    pub fn call(arguments: usize) -> Option<Op> {
        [Op::Call0, Op::Call1, Op::Call2, Op::Call3, Op::Call4]
            .get(arguments)
            .copied()
    }
}

/// What a store at a displacement writes of its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// 64 bits; of a float, those of its word.
    Word,
    /// The low 32 bits.
    Half,
    /// A double's own bits.
    Float,
}

impl Width {
    pub fn of(store: Op) -> Width {
        match store {
            Op::StoreHalf => Width::Half,
            Op::StoreFloat => Width::Float,
            _ => Width::Word,
        }
    }

    pub fn from_number(number: u8) -> Width {
        match number {
            1 => Width::Half,
            2 => Width::Float,
            _ => Width::Word,
        }
    }

    pub fn bytes(self) -> usize {
        if self == Width::Half { 4 } else { 8 }
    }
}

/// A condition of `guard_int` and `guard_floats`. The negated ones differ for NaN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cond {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
    NotLt,
    NotLe,
    NotGt,
    NotGe,
}

impl Cond {
    pub const ALL: [Cond; 10] = [
        Cond::Lt,
        Cond::Le,
        Cond::Eq,
        Cond::Ne,
        Cond::Gt,
        Cond::Ge,
        Cond::NotLt,
        Cond::NotLe,
        Cond::NotGt,
        Cond::NotGe,
    ];
    pub const NAMES: [&str; 10] = [
        "lt", "le", "eq", "ne", "gt", "ge", "not_lt", "not_le", "not_gt", "not_ge",
    ];

    pub fn from_number(number: u16) -> Option<Cond> {
        Cond::ALL.get(number as usize).copied()
    }

    pub fn test<T: PartialOrd + Copy>(self, a: T, b: T) -> bool {
        match self {
            Cond::Lt => a < b,
            Cond::Le => a <= b,
            Cond::Eq => a == b,
            Cond::Ne => a != b,
            Cond::Gt => a > b,
            Cond::Ge => a >= b,
            Cond::NotLt => !a.lt(&b),
            Cond::NotLe => !a.le(&b),
            Cond::NotGt => !a.gt(&b),
            Cond::NotGe => !a.ge(&b),
        }
    }

    /// The one that holds exactly where this one does not.
    pub fn negated(self) -> Cond {
        match self {
            Cond::Lt => Cond::NotLt,
            Cond::Le => Cond::NotLe,
            Cond::Eq => Cond::Ne,
            Cond::Ne => Cond::Eq,
            Cond::Gt => Cond::NotGt,
            Cond::Ge => Cond::NotGe,
            Cond::NotLt => Cond::Lt,
            Cond::NotLe => Cond::Le,
            Cond::NotGt => Cond::Gt,
            Cond::NotGe => Cond::Ge,
        }
    }

    /// For a total order the negated conditions are plain ones.
    pub fn of_integers(self) -> Cond {
        match self {
            Cond::NotLt => Cond::Ge,
            Cond::NotLe => Cond::Gt,
            Cond::NotGt => Cond::Le,
            Cond::NotGe => Cond::Lt,
            other => other,
        }
    }
}

const _: () = assert!(OPS.len() == Op::ALL.len() && OPS.len() < 256);
