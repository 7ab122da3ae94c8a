//! Axes: values to places between 0 and 1, and the ticks between.

/// A linear axis from 0, or a logarithmic one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    Linear { max: f64 },
    Log { min: f64, max: f64 },
}

impl Scale {
    /// From 0 to `max`, and a little above.
    pub(crate) fn linear(max: f64) -> Scale {
        let max = if max.is_finite() && max > 0.0 {
            max
        } else {
            1.0
        };
        Scale::Linear { max: max * 1.02 }
    }

    /// Around `min` and `max`, at least a factor of two wide.
    pub(crate) fn log(min: f64, max: f64) -> Scale {
        let good = |v: f64| v.is_finite() && v > 0.0;
        let (min, max) = if good(min) && good(max) {
            (min, max.max(min))
        } else {
            (1.0, 1.0)
        };
        let wide = (2.0 / (max / min)).max(1.0).sqrt();
        Scale::Log {
            min: min / wide,
            max: max * wide,
        }
    }

    /// 0 at the bottom, 1 at the top; clamped.
    pub(crate) fn place(self, value: f64) -> f64 {
        let place = match self {
            Scale::Linear { max } => value / max,
            Scale::Log { min, max } => (value.max(min) / min).ln() / (max / min).ln(),
        };
        if place.is_nan() {
            0.0
        } else {
            place.clamp(0.0, 1.0)
        }
    }

    /// Round values inside the axis, at most nine.
    pub(crate) fn ticks(self) -> Vec<f64> {
        match self {
            Scale::Linear { max } => {
                let step = round_step(max);
                let count = (max / step).floor() as usize;
                (0..=count).map(|i| i as f64 * step).collect()
            }
            Scale::Log { min, max } => log_ticks(min, max),
        }
    }
}

/// 1, 2 or 5 times a power of ten, such that four to eight fit into `max`.
fn round_step(max: f64) -> f64 {
    let rough = max / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|m| m * power)
        .into_iter()
        .find(|s| *s >= rough)
        .unwrap_or(power)
}

/// 1-2-5 ticks, or powers of ten, or fewer, whichever first are at most nine.
fn log_ticks(min: f64, max: f64) -> Vec<f64> {
    let inside = |v: &f64| *v >= min * 0.999 && *v <= max * 1.001;
    let (low, high) = (min.log10().floor() as i32, max.log10().ceil() as i32);
    let decades = |multiples: &[f64], stride: usize| -> Vec<f64> {
        let powers = (low..=high).step_by(stride).map(|p| 10f64.powi(p));
        let all = powers.flat_map(|p| multiples.iter().map(move |m| m * p));
        all.filter(inside).collect()
    };
    let choices = [
        decades(&[1.0, 2.0, 5.0], 1),
        decades(&[1.0], 1),
        decades(&[1.0], 2),
        decades(&[1.0], 4),
    ];
    choices
        .into_iter()
        .find(|ticks| ticks.len() <= 9)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(Scale::linear(2.0).ticks(), [0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(
            Scale::log(0.1, 10.0).ticks(),
            [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
        );
        for (min, max) in [(1e-9, 1e9), (1.0, 1.0), (0.0, 5.0), (f64::NAN, 1.0)] {
            assert!(Scale::log(min, max).ticks().len() <= 9);
            assert!(Scale::linear(max).ticks().len() <= 9);
        }
    }

    #[test]
    fn places_stay_inside_the_axis() {
        for scale in [Scale::linear(2.0), Scale::log(0.5, 2.0)] {
            for value in [-1.0, 0.0, 1.0, 99.0, f64::NAN, f64::INFINITY] {
                assert!(
                    (0.0..=1.0).contains(&scale.place(value)),
                    "{scale:?} {value}"
                );
            }
        }
    }
}
