//! The op table of the trace IR. Names, operand formats, the text form, the parser, the verifier
//! and what a pass may assume of an op derive from it.
//!
//! Operands are written as letters: `r` a reference to a result or constant, `i` an immediate
//! word, `s` the snapshot with which a guard leaves.

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
    /// Register number `i` of the entry frame, as it is on entry.
    Arg "arg" "i" Word Load;
    /// The word is a small integer.
    GuardSmall "guard_small" "rs" None Guard;
    /// The word is an inline float.
    GuardFloat "guard_float" "rs" None Guard;
    /// The word is a heap object's.
    GuardObject "guard_object" "rs" None Guard;
    /// The two words are the same.
    GuardIs "guard_is" "rrs" None Guard;
    GuardIsNot "guard_is_not" "rrs" None Guard;
    /// The object has the shape (a raw constant).
    GuardShape "guard_shape" "rrs" None Guard;
    /// The class (a constant) has the version (a raw constant).
    GuardVersion "guard_version" "rrs" None Guard;
    /// Condition `i` holds of two small integers, or of two raw ones.
    GuardInt "guard_int" "irrs" None Guard;
    /// The first word is below the second, both taken as unsigned.
    GuardBelow "guard_below" "rrs" None Guard;
    /// Condition `i` holds of two floats.
    GuardFloats "guard_floats" "irrs" None Guard;
    /// The collector need not be told of a write into the object.
    GuardYoung "guard_young" "rs" None Guard;
    /// No safepoint is due.
    Poll "poll" "s" None Guard;
    /// Sum of small integers that is one.
    AddInt "add_int" "rrs" Word Checked;
    SubInt "sub_int" "rrs" Word Checked;
    MulInt "mul_int" "rrs" Word Checked;
    AndInt "and_int" "rr" Word Pure;
    OrInt "or_int" "rr" Word Pure;
    XorInt "xor_int" "rr" Word Pure;
    /// The float of a small integer.
    IntToFloat "int_to_float" "r" Float Pure;
    /// The float of an inline float's word.
    Untag "untag" "r" Float Pure;
    /// The inline word of a float that has one.
    Tag "tag" "rs" Word Checked;
    AddFloat "add_float" "rr" Float Pure;
    SubFloat "sub_float" "rr" Float Pure;
    MulFloat "mul_float" "rr" Float Pure;
    /// The divisor is known not to be zero.
    DivFloat "div_float" "rr" Float Pure;
    NegFloat "neg_float" "r" Float Pure;
    /// The wrapping sum of raw integers.
    AddRaw "add_raw" "rr" Raw Pure;
    /// The small integer of a raw one that fits.
    TagInt "tag_int" "r" Word Pure;
    /// Inline slot `i` of an instance.
    LoadSlot "load_slot" "ri" Word Load;
    StoreSlot "store_slot" "rir" None Store;
    /// A list's length, as a small integer.
    ListLength "list_length" "r" Word Load;
    /// A list's storage.
    ListStorage "list_storage" "r" Word Load;
    /// An item of a storage at an index within it.
    LoadItem "load_item" "rr" Word Load;
    StoreItem "store_item" "rrr" None Store;
    /// Field `i` of a range's iterator: 0 the next number, 1 the end, 2 the step.
    LoadRange "load_range" "ri" Raw Load;
    /// Sets the next number of a range's iterator.
    StoreRange "store_range" "rr" None Store;
    /// Where the loop's body begins.
    Loop "loop" "" None Structure;
    /// At the end: the first operand's place gets the second's value on the way back.
    Phi "phi" "rr" None Structure;
}

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

    /// Whether it may leave the trace.
    #[inline(always)]
    pub fn exits(self) -> bool {
        matches!(self.info().role, Role::Guard | Role::Checked)
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
