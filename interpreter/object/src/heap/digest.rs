//! A digest of what is reachable: two runs of one program that end in the same state have the same.
//!
//! It proves that both have the same number of reachable objects, of the same kinds, created at the
//! same points of the run, with the same texts, numbers and bytes in them. It does not look at which
//! object refers to which.

use super::Marker;
use super::graph::reached;
use super::numbers::number_of;
use crate::header::Kind;
use crate::kinds::{BigInt, Bytes, Decimal, Str};
use crate::value::Value;

/// The digest of what `roots` reach. Leaves the collector's marks in disorder: only the end of the
/// process may follow.
pub fn of(roots: &mut dyn FnMut(&mut Marker)) -> u64 {
    reached(roots).into_iter().fold(0, |sum, object| {
        let kind = object.kind().unwrap_or(Kind::Array);
        sum.wrapping_add(of_object(object, kind))
    })
}

/// The containers that `roots` reach, in the order of their creation: unlike those that the collector
/// keeps, they are the same in each run. Leaves the collector's marks in disorder: a full collection
/// must follow.
pub fn containers(roots: &mut dyn FnMut(&mut Marker)) -> Vec<Value> {
    let mut found = reached(roots);
    found.retain(|object| object.kind().is_some_and(super::is_container));
    found.sort_by_key(|&object| number_of(object));
    found
}

fn of_object(object: Value, kind: Kind) -> u64 {
    let contents = match kind {
        Kind::Str => object.known::<Str>().hash(),
        Kind::Bytes => object.known::<Bytes>().hash(),
        Kind::BigInt => object.known::<BigInt>().hash() as u64,
        Kind::Decimal => {
            let decimal = object.known::<Decimal>();
            let limbs = decimal.get().limbs().iter();
            limbs.fold(decimal.exponent as u64, |sum, &limb| {
                sum.rotate_left(7) ^ limb
            })
        }
        _ => 0,
    };
    let number = number_of(object).unwrap_or(0);
    let mixed = (number << 8 | kind as u64).wrapping_add(contents.rotate_left(32));
    let mixed = (mixed ^ mixed >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 29
}
