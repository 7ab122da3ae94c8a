//! What recording and replaying cost the programs of the suite.
//!
//! Each program runs at its usual size for about as long as one says, in turn without the JIT and
//! recorded, and its log is then replayed. The fastest of the rounds count. Bounds are for the
//! geometric means; what each program takes is told as it is measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::programs::{Executables, How};

#[derive(Deserialize)]
struct Program {
    default_size: u64,
}

/// Means over the suite.
pub(super) struct Costs {
    /// Times the plain run.
    pub(super) recording: f64,
    /// The same.
    pub(super) replaying: f64,
    /// Of all logs together.
    pub(super) log_bytes_a_second: f64,
}

pub(super) fn costs(
    executables: &Executables,
    suites: &Path,
    folder: &Path,
    seconds: f64,
    rounds: usize,
) -> Result<Costs, String> {
    let catalogue = suites.join("expected/digests.yaml");
    let text = fs::read_to_string(&catalogue);
    let text = text.map_err(|e| format!("cannot read {}: {e}", catalogue.display()))?;
    let programs: BTreeMap<String, Program> =
        serde_saphyr::from_str(&text).map_err(|e| format!("{}: {e}", catalogue.display()))?;
    let log = folder.join("suite.rdb");
    let (mut recording, mut replaying) = (Mean::default(), Mean::default());
    let (mut log_bytes, mut recorded_s) = (0, 0.0);
    for (name, program) in &programs {
        let script = suites.join("programs").join(format!("{name}.py"));
        let words = |iterations: u64| {
            let numbers = [program.default_size, iterations].map(|n| n.to_string());
            let [size, iterations] = numbers;
            [
                "--size".into(),
                size.into(),
                "--iterations".into(),
                iterations.into(),
            ]
        };
        let once = executables.run(&script, &words(1), How::Plainly)?;
        let words = words((seconds / once).ceil().max(1.0) as u64);
        let mut least = [f64::INFINITY; 3];
        for _ in 0..rounds {
            let plain = executables.run(&script, &words, How::Plainly)?;
            let recorded = executables.run(&script, &words, How::Recorded(&log))?;
            let replayed = executables.replay(&log)?;
            for (least, taken) in least.iter_mut().zip([plain, recorded, replayed]) {
                *least = least.min(taken);
            }
        }
        let [plain, recorded, replayed] = least;
        let bytes = fs::metadata(&log).map_or(0, |data| data.len());
        eprintln!(
            "{plain:9.3} s  {name}: recording {:.3} times, replay {:.3} times, log {:.1} kB/s",
            recorded / plain,
            replayed / plain,
            bytes as f64 / 1000.0 / recorded,
        );
        recording.add(recorded / plain);
        replaying.add(replayed / plain);
        log_bytes += bytes;
        recorded_s += recorded;
    }
    Ok(Costs {
        recording: recording.value()?,
        replaying: replaying.value()?,
        log_bytes_a_second: log_bytes as f64 / recorded_s,
    })
}

/// A geometric mean.
#[derive(Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value.ln();
        self.count += 1;
    }

    fn value(&self) -> Result<f64, String> {
        match self.count {
            0 => Err(String::from("the suite has no programs")),
            count => Ok((self.sum / f64::from(count)).exp()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_geometric() {
        let mut mean = Mean::default();
        assert!(mean.value().is_err());
        [0.5, 2.0, 8.0]
            .into_iter()
            .for_each(|value| mean.add(value));
        assert!((mean.value().unwrap() - 2.0).abs() < 1e-12);
    }
}
