//! Arithmetic on small integers and inline floats, and mixtures of both.

use crate::machine::Machine;

/// Both operands as floats, if one is a float and the other a float or small integer.
#[inline(always)]
fn as_floats<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<(M::V, M::V)> {
    if m.both_float(a, b) {
        return Some((a, b));
    }
    if m.is_float(a) && m.is_small(b) {
        let b = m.small_to_float(b);
        return Some((a, b));
    }
    if m.is_small(a) && m.is_float(b) {
        let a = m.small_to_float(a);
        return Some((a, b));
    }
    None
}

macro_rules! with_floats {
    ($($(#[$doc:meta])* $name:ident $small:ident $float:ident;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
                if m.both_small(a, b) {
                    return m.$small(a, b);
                }
                let (a, b) = as_floats(m, a, b)?;
                Some(m.$float(a, b))
            }
        )*
    };
}

with_floats! {
    /// `a + b`
    add add_small add_float;
    /// `a - b`
    sub sub_small sub_float;
    /// `a * b`
    mul mul_small mul_float;
}

/// `a / b`
#[inline(always)]
pub(crate) fn true_div<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
    let (a, b) = as_floats(m, a, b)?;
    m.div_float(a, b)
}

macro_rules! small_only {
    ($($(#[$doc:meta])* $name:ident $small:ident;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
                if m.both_small(a, b) { m.$small(a, b) } else { None }
            }
        )*
    };
}

small_only! {
    /// `a // b`
    floor_div floor_div_small;
    /// `a % b`
    modulo mod_small;
    /// `a << b`
    lshift lshift_small;
    /// `a >> b`
    rshift rshift_small;
}

macro_rules! bitwise {
    ($($(#[$doc:meta])* $name:ident $small:ident;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name<M: Machine>(m: &mut M, a: M::V, b: M::V) -> Option<M::V> {
                if m.both_small(a, b) { Some(m.$small(a, b)) } else { None }
            }
        )*
    };
}

bitwise! {
    /// `a & b`
    and and_small;
    /// `a | b`
    or or_small;
    /// `a ^ b`
    xor xor_small;
}

/// `-a`
#[inline(always)]
pub(crate) fn neg<M: Machine>(m: &mut M, a: M::V) -> Option<M::V> {
    if m.is_small(a) {
        let zero = m.constant(object::Value::small(0));
        return m.sub_small(zero, a);
    }
    if m.is_float(a) {
        return Some(m.neg_float(a));
    }
    None
}
