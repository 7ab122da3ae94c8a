//! Floats that need no op: arithmetic of constants, and what is never below zero.
//!
//! The square of a float is not below zero, whatever the float; neither are sums and products of
//! such floats, roots and sizes. (Quotients may be: by negative zero.) All of that includes *not a
//! number*, which is not below zero either, so it is the one condition that holds without a test,
//! and the one that `math.sqrt` asks for.
//!
//! This is a property of ops, not a fact that was tested, and a bridge that enters a loop's body may
//! bring other ops' results. So nothing is concluded from ops before the body within it.

use crate::emit::{Emitter, Stop};
use trace::{Cond, Const, Op, Operands, Ref, fold_floats};

/// How far back to look for what a float was made of.
const DEPTH_MAX: usize = 6;

impl Emitter {
    fn constant_float(&self, r: Ref) -> Option<f64> {
        match self.trace.constant_of(r) {
            Some(Const::Float(bits)) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// Arithmetic on floats, of constants at once. What is not a number is left to the machine
    /// code: its bits are the processor's affair.
    pub(crate) fn floats(&mut self, op: Op, operands: &Operands) -> Result<Ref, Stop> {
        let a = self.constant_float(Ref(operands[0]));
        let b = match operands.get(1) {
            Some(&b) => self.constant_float(Ref(b)),
            None => Some(0.0),
        };
        let result = a.zip(b).and_then(|(a, b)| fold_floats(op, a, b));
        if let Some(result) = result.filter(|result| !result.is_nan()) {
            return Ok(self.trace.constant(Const::Float(result.to_bits()))?);
        }
        if op == Op::DivFloat
            && let Some(inverse) = b.and_then(exact_inverse)
        {
            let inverse = self.trace.constant(Const::Float(inverse.to_bits()))?;
            return self.floats(Op::MulFloat, &Operands::of(&[operands[0], inverse.0]));
        }
        if op == Op::MulFloat {
            // Twice a float is its sum with itself, of every float; the sum is there sooner.
            let doubled = match (a, b) {
                (Some(2.0), _) => Some(operands[1]),
                (_, Some(2.0)) => Some(operands[0]),
                _ => None,
            };
            if let Some(doubled) = doubled {
                return self.floats(Op::AddFloat, &Operands::of(&[doubled, doubled]));
            }
        }
        self.push_once([op as u16, operands[0], operands[1], 0], op, operands)
    }

    /// Whether a condition holds of two floats that are not looked at when the trace runs.
    pub(crate) fn holds_for_floats(&self, operands: &Operands) -> bool {
        let Some(cond) = Cond::from_number(operands[0]) else {
            return false;
        };
        let (a, b) = (Ref(operands[1]), Ref(operands[2]));
        match (self.constant_float(a), self.constant_float(b)) {
            (Some(a), Some(b)) => cond.test(a, b),
            (None, Some(b)) => match cond {
                Cond::NotLt => b == 0.0 && self.is_not_below_zero(a, DEPTH_MAX),
                Cond::Le => self.most(a, DEPTH_MAX).is_some_and(|most| most <= b),
                _ => false,
            },
            _ => false,
        }
    }

    /// The largest size that a float may have which is made of integers, for all that is seen within so many
    /// steps; such a float is a number.
    fn most(&self, r: Ref, depth: usize) -> Option<f64> {
        if let Some(float) = self.constant_float(r) {
            return float.is_finite().then_some(float.abs());
        }
        if r.is_constant() || r.index() < self.part || depth == 0 {
            return None;
        }
        let ins = self.made_by(r)?;
        let of = |place: usize| self.most(ins.operand(place), depth - 1);
        let most = match ins.op {
            Op::IntToFloat => (1u64 << 60) as f64,
            Op::AbsFloat | Op::NegFloat => of(0)?,
            Op::AddFloat | Op::SubFloat => of(0)? + of(1)?,
            Op::MulFloat => of(0)? * of(1)?,
            _ => return None,
        };
        most.is_finite().then_some(most)
    }

    /// Whether a float cannot be below zero, for all that is seen within so many steps.
    fn is_not_below_zero(&self, r: Ref, depth: usize) -> bool {
        if let Some(float) = self.constant_float(r) {
            return Cond::NotLt.test(float, 0.0);
        }
        if r.is_constant() || r.index() < self.part || depth == 0 {
            return false;
        }
        let Some(ins) = self.made_by(r) else {
            return false;
        };
        let (a, b) = (ins.operand(0), ins.operand(1));
        let both = || [a, b].iter().all(|&r| self.is_not_below_zero(r, depth - 1));
        match ins.op {
            Op::AbsFloat | Op::SqrtFloat => true,
            Op::MulFloat => a == b || both(),
            Op::AddFloat => both(),
            _ => false,
        }
    }
}

/// The inverse of a power of two: dividing by the one and multiplying by the other give the same, of
/// every float.
fn exact_inverse(divisor: f64) -> Option<f64> {
    const FRACTION: u64 = (1 << 52) - 1;
    let is_exact = |float: f64| float.is_normal() && float.to_bits() & FRACTION == 0;
    let inverse = divisor.recip();
    (is_exact(divisor) && is_exact(inverse)).then_some(inverse)
}

#[cfg(test)]
mod tests {
    //! What is known of floats by their ops.
    use super::*;

    fn emit(emitter: &mut Emitter, op: Op, operands: &[u16]) -> Ref {
        match emitter.emit(op, operands) {
            Ok(r) => r,
            Err(abort) => panic!("{abort:?}"),
        }
    }

    fn constant(emitter: &mut Emitter, float: f64) -> Ref {
        match emitter.trace.constant(Const::Float(float.to_bits())) {
            Ok(r) => r,
            Err(_) => panic!("there is room for a constant"),
        }
    }

    #[test]
    fn squares_and_what_is_made_of_them_are_not_below_zero() {
        let mut e = Emitter::new(100);
        let x = emit(&mut e, Op::InheritFloat, &[0]);
        let y = emit(&mut e, Op::InheritFloat, &[1]);
        let (zero, half) = (constant(&mut e, 0.0), constant(&mut e, 0.5));
        let minus = constant(&mut e, -0.5);
        let holds = |e: &Emitter, cond: Cond, r: Ref| {
            e.holds_for_floats(&Operands::of(&[cond as u16, r.0, zero.0]))
        };
        let square = emit(&mut e, Op::MulFloat, &[x.0, x.0]);
        let size = emit(&mut e, Op::AbsFloat, &[y.0]);
        let sum = emit(&mut e, Op::AddFloat, &[square.0, size.0]);
        let part = emit(&mut e, Op::MulFloat, &[sum.0, half.0]);
        let root = emit(&mut e, Op::SqrtFloat, &[y.0]);
        for known in [square, size, sum, part, root] {
            assert!(holds(&e, Cond::NotLt, known));
            // It may be no number, and then that does not hold.
            assert!(!holds(&e, Cond::Ge, known));
            assert!(!holds(&e, Cond::Lt, known));
        }
        let product = emit(&mut e, Op::MulFloat, &[x.0, y.0]);
        let scaled = emit(&mut e, Op::MulFloat, &[square.0, minus.0]);
        let moved = emit(&mut e, Op::AddFloat, &[square.0, minus.0]);
        let quotient = emit(&mut e, Op::DivFloat, &[square.0, size.0]);
        let difference = emit(&mut e, Op::SubFloat, &[square.0, size.0]);
        for unknown in [x, product, scaled, moved, quotient, difference] {
            assert!(!holds(&e, Cond::NotLt, unknown));
        }
        // A loop's body may be entered with other ops' results.
        emit(&mut e, Op::Loop, &[]);
        assert!(!holds(&e, Cond::NotLt, square));
        let own = emit(&mut e, Op::MulFloat, &[y.0, y.0]);
        assert!(holds(&e, Cond::NotLt, own));
    }

    #[test]
    fn what_is_made_of_integers_is_a_number_of_bounded_size() {
        let mut e = Emitter::new(100);
        let word = emit(&mut e, Op::Inherit, &[0]);
        let x = emit(&mut e, Op::InheritFloat, &[1]);
        let (third, huge) = (constant(&mut e, -1.0 / 3.0), constant(&mut e, 1e300));
        let (max, small) = (constant(&mut e, f64::MAX), constant(&mut e, 1e18));
        let is_at_most = |e: &mut Emitter, r: Ref, most: Ref| {
            let size = emit(e, Op::AbsFloat, &[r.0]);
            e.holds_for_floats(&Operands::of(&[Cond::Le as u16, size.0, most.0]))
        };
        let n = emit(&mut e, Op::IntToFloat, &[word.0]);
        let part = emit(&mut e, Op::MulFloat, &[n.0, third.0]);
        let sum = emit(&mut e, Op::SubFloat, &[part.0, n.0]);
        for bounded in [n, part, sum] {
            assert!(is_at_most(&mut e, bounded, max));
        }
        assert!(is_at_most(&mut e, part, small) && !is_at_most(&mut e, n, small));
        let infinite = emit(&mut e, Op::MulFloat, &[n.0, huge.0]);
        let quotient = emit(&mut e, Op::DivFloat, &[third.0, n.0]);
        let difference = emit(&mut e, Op::SubFloat, &[x.0, n.0]);
        for unbounded in [x, infinite, quotient, difference] {
            assert!(!is_at_most(&mut e, unbounded, max));
        }
        emit(&mut e, Op::Loop, &[]);
        assert!(!is_at_most(&mut e, n, max));
    }

    #[test]
    fn twice_a_float_is_a_sum() {
        let mut e = Emitter::new(100);
        let x = emit(&mut e, Op::InheritFloat, &[0]);
        let (two, half) = (constant(&mut e, 2.0), constant(&mut e, 0.5));
        let sum = emit(&mut e, Op::AddFloat, &[x.0, x.0]);
        for (op, operands) in [
            (Op::MulFloat, [two.0, x.0]),
            (Op::MulFloat, [x.0, two.0]),
            (Op::DivFloat, [x.0, half.0]),
        ] {
            assert_eq!(emit(&mut e, op, &operands), sum, "{op:?}");
        }
        let minus_two = constant(&mut e, -2.0);
        assert_ne!(emit(&mut e, Op::MulFloat, &[x.0, minus_two.0]), sum);
        for float in [0.0, -0.0, 0.1, -3e300, 5e-324, f64::MAX, f64::NEG_INFINITY] {
            assert_eq!((float * 2.0).to_bits(), (float + float).to_bits());
        }
    }

    #[test]
    fn powers_of_two_have_exact_inverses() {
        for exponent in -1022..=1022 {
            let power = 2f64.powi(exponent);
            for divisor in [power, -power] {
                let inverse = exact_inverse(divisor);
                assert_eq!(inverse.map(|i| i * divisor), Some(1.0), "{divisor}");
                for float in [
                    1.0,
                    0.1,
                    -3e300,
                    5e-324,
                    1e-310,
                    f64::MAX,
                    f64::INFINITY,
                    -0.0,
                ] {
                    let by_inverse = inverse.map(|i| (float * i).to_bits());
                    assert_eq!(
                        by_inverse,
                        Some((float / divisor).to_bits()),
                        "{float} / {divisor}"
                    );
                }
            }
        }
        for divisor in [
            0.0,
            -0.0,
            3.0,
            2f64.powi(1023),
            5e-324,
            f64::INFINITY,
            f64::NAN,
        ] {
            assert_eq!(exact_inverse(divisor), None, "{divisor}");
        }
    }

    #[test]
    fn constants_are_computed_but_for_what_is_no_number() {
        let mut e = Emitter::new(100);
        let (two, zero) = (constant(&mut e, 2.0), constant(&mut e, -0.0));
        let product = emit(&mut e, Op::MulFloat, &[two.0, zero.0]);
        assert_eq!(
            e.trace.constant_of(product),
            Some(Const::Float((-0.0f64).to_bits()))
        );
        let root = emit(&mut e, Op::SqrtFloat, &[two.0]);
        let expected = Const::Float(std::f64::consts::SQRT_2.to_bits());
        assert_eq!(e.trace.constant_of(root), Some(expected));
        assert!(!emit(&mut e, Op::DivFloat, &[zero.0, zero.0]).is_constant());
        let other_zero = constant(&mut e, 0.0);
        assert!(e.holds_for_floats(&Operands::of(&[Cond::Ge as u16, zero.0, other_zero.0])));
    }
}
