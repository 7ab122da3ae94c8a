//! The normal distribution: tail areas and the points that cut them off.

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
