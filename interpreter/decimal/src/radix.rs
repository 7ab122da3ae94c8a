//! Between decimal limbs and binary ones, by halves: what is above and below a large power of the
//! other base is converted by itself. Binary products are `dashu-int`'s.

use crate::nat::{self, BASE, Nat};
use dashu_int::UBig;

/// Up to so many limbs are converted one after the other.
const DIRECT_LIMBS: usize = 24;

/// The number of binary limbs of 64 bits, least significant first.
pub fn from_binary(limbs: &[u64]) -> Nat {
    let used = limbs.iter().rposition(|&limb| limb != 0);
    let limbs = &limbs[..used.map_or(0, |at| at + 1)];
    if let [] | [_] | [_, _] = limbs {
        let high = limbs.get(1).copied().unwrap_or(0);
        let low = limbs.first().copied().unwrap_or(0);
        return nat::from_u128(((high as u128) << 64) | low as u128);
    }
    // Powers 2^(64 n) for n twice as large as the one before.
    let mut powers = vec![direct_from_binary(&{
        let mut power = [0; DIRECT_LIMBS + 1];
        power[DIRECT_LIMBS] = 1;
        power
    })];
    while DIRECT_LIMBS << powers.len() < limbs.len() {
        let last = &powers[powers.len() - 1];
        let next = nat::multiply(last, last);
        powers.push(next);
    }
    halves_from_binary(limbs, &powers)
}

fn halves_from_binary(limbs: &[u64], powers: &[Nat]) -> Nat {
    let Some((power, lower)) = powers.split_last().filter(|_| limbs.len() > DIRECT_LIMBS) else {
        return direct_from_binary(limbs);
    };
    let at = DIRECT_LIMBS << lower.len();
    if limbs.len() <= at {
        return halves_from_binary(limbs, lower);
    }
    let high = halves_from_binary(&limbs[at..], lower);
    let low = halves_from_binary(&limbs[..at], lower);
    nat::add(&nat::multiply(&high, power), &low)
}

fn direct_from_binary(limbs: &[u64]) -> Nat {
    let mut n = Nat::new();
    for &limb in limbs.iter().rev() {
        let mut carry = limb as u128;
        for to in &mut n {
            (carry, *to) = nat::split(((*to as u128) << 64) + carry);
        }
        while carry != 0 {
            let low;
            (carry, low) = nat::split(carry);
            n.push(low);
        }
    }
    n
}

/// The binary limbs of a number, least significant first.
pub fn to_binary(n: &[u64]) -> Vec<u64> {
    if let Some(small) = nat::to_u128(n) {
        return vec![small as u64, (small >> 64) as u64];
    }
    let mut powers = vec![UBig::from(BASE).pow(DIRECT_LIMBS)];
    while DIRECT_LIMBS << powers.len() < n.len() {
        let last = &powers[powers.len() - 1];
        let next = last * last;
        powers.push(next);
    }
    halves_to_binary(n, &powers).as_words().to_vec()
}

fn halves_to_binary(n: &[u64], powers: &[UBig]) -> UBig {
    let Some((power, lower)) = powers.split_last().filter(|_| n.len() > DIRECT_LIMBS) else {
        let limbs = n.iter().rev();
        return limbs.fold(UBig::ZERO, |sum, &limb| sum * BASE + limb);
    };
    let at = DIRECT_LIMBS << lower.len();
    if n.len() <= at {
        return halves_to_binary(n, lower);
    }
    halves_to_binary(&n[at..], lower) * power + halves_to_binary(&n[..at], lower)
}
