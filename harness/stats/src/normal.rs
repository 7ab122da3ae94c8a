//! The normal distribution and Student's: tail areas and the points that cut them off.

/// P(Z > z) for a standard normal Z; accurate also far out, where 1 − Φ would cancel to 0.
pub fn upper_tail(z: f64) -> f64 {
    libm::erfc(z / std::f64::consts::SQRT_2) / 2.0
}

/// The z that a standard normal exceeds with probability `p`, clamped to 1e-300..=0.5.
pub fn upper_point(p: f64) -> f64 {
    let p = p.clamp(1e-300, 0.5);
    // The tail falls steadily from 1/2 at 0 to less than 1e-300 at 38.
    let (mut low, mut high) = (0.0, 38.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if upper_tail(middle) > p {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// Φ⁻¹: the point below which the part `p` of a standard normal lies.
pub fn quantile(p: f64) -> f64 {
    if p > 0.5 {
        upper_point(1.0 - p)
    } else {
        -upper_point(p)
    }
}

/// The value that Student's t with so many degrees of freedom (at least 1) exceeds with probability
/// `p`, clamped as in [`upper_point`].
pub fn upper_point_t(p: f64, freedom: usize) -> f64 {
    let p = p.clamp(1e-300, 0.5);
    let (mut low, mut high) = (0.0, 1.0);
    while upper_tail_t(high, freedom) > p && high < 1e300 {
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if upper_tail_t(middle, freedom) > p {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// P(T > t) for t ≥ 0: half the regularised incomplete beta function at ν / (ν + t²) with
/// parameters ν / 2 and 1 / 2 (Abramowitz and Stegun, 26.7.1).
fn upper_tail_t(t: f64, freedom: usize) -> f64 {
    let v = freedom.max(1) as f64;
    // Squares of numbers that large are infinite, and the tail is 0.
    incomplete_beta(v / (v + t * t), v / 2.0, 0.5) / 2.0
}

/// I_x(a, b), by its continued fraction (Abramowitz and Stegun, 26.5.8) in Lentz's order, on the
/// side where that converges quickly.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let scale = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    let front = (scale + a * x.ln() + b * (1.0 - x).ln()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let kept = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / kept(1.0 - (a + b) * x / (a + 1.0)));
    let mut product = d;
    for step in 1..300 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = product;
        for term in [even, odd] {
            d = 1.0 / kept(1.0 + term * d);
            c = kept(1.0 + term / c);
            product *= c * d;
        }
        if (product / before - 1.0).abs() < 1e-15 {
            break;
        }
    }
    product
}
