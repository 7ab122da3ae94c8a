//! The words of compiled patterns: the numbers that `re._constants` gives to operations, places
//! and categories. Their order is the encoding.

/// The version of the encoding.
pub const MAGIC: i64 = 20_230_612;
/// Bytes a word.
pub const CODE_SIZE: i64 = 4;
/// The bound of a repeat that has none.
pub const MAX_REPEAT: u32 = u32::MAX;
pub const MAX_GROUPS: i64 = MAX_REPEAT as i64 / 2;

macro_rules! codes {
    ($(#[$note:meta])* $name:ident: $($item:ident)*) => {
        $(#[$note])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name {
            $($item),*
        }

        impl $name {
            const ALL: &[$name] = &[$($name::$item),*];

            pub fn of(word: u32) -> Option<$name> {
                Self::ALL.get(word as usize).copied()
            }
        }
    };
}

codes! {
    /// What a word does.
    Code:
    Failure Success Any AnyAll Assert AssertNot At Branch Category Charset BigCharset GroupRef
    GroupRefExists In Info Jump Literal Mark MaxUntil MinUntil NotLiteral Negate Range Repeat
    RepeatOne Subpattern MinRepeatOne AtomicGroup PossessiveRepeat PossessiveRepeatOne
    GroupRefIgnore InIgnore LiteralIgnore NotLiteralIgnore
    GroupRefLocIgnore InLocIgnore LiteralLocIgnore NotLiteralLocIgnore
    GroupRefUniIgnore InUniIgnore LiteralUniIgnore NotLiteralUniIgnore
    RangeUniIgnore
}

codes! {
    /// Places that a pattern asks for.
    Place:
    Beginning BeginningLine BeginningString Boundary NonBoundary End EndLine EndString
    LocBoundary LocNonBoundary UniBoundary UniNonBoundary
}

codes! {
    /// Kinds of characters.
    Category:
    Digit NotDigit Space NotSpace Word NotWord Linebreak NotLinebreak LocWord LocNotWord
    UniDigit UniNotDigit UniSpace UniNotSpace UniWord UniNotWord UniLinebreak UniNotLinebreak
}
