//! Injected truth: histories whose steps are known, with noise drawn from measured residuals.
//!
//! 200 histories are generated from a seed: some with steps, some that drift, some with nothing.
//! What is counted: steps of one and a half standard deviations or more that are found within two
//! nights of their place, and alarms that belong to no step, a drift called a step included.
//!
//! Apache Otava (a change point detector of the same family) sees the same histories in the same
//! run, and must not do better; what both found is printed side by side. Its false alarms in drifting
//! histories are not held against it: it knows no drift. It is in the environment of Python tools
//! that `KRAIT_PYTHON_TOOLS` names and `make setup` makes; without it this says on standard error that
//! the comparison was not made, and with `KRAIT_REQUIRE_PYTHON_TOOLS=1` it fails.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::steps::{Kind, Rule, changes};
use crate::warmup::{Class, classify};

const NIGHTS_NEAR: usize = 2;

/// A history and where it truly steps.
struct Truth {
    values: Vec<f64>,
    steps: Vec<(usize, f64)>,
    drifts: bool,
}

fn residuals() -> Vec<f64> {
    let text = include_str!("residuals.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .flat_map(str::split_whitespace)
        .map(|word| word.parse().unwrap())
        .collect()
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound as u64) as usize
    }

    fn part(&mut self) -> f64 {
        self.0.next_u32() as f64 / u32::MAX as f64
    }
}

/// One history; every tenth drifts twice as far as the others.
fn generate(dice: &mut Dice, pool: &[f64], number: usize) -> Truth {
    let nights = 150 + dice.below(200);
    let sigma = 0.002 + 0.03 * dice.part();
    let mut levels = vec![0.0; nights];
    let mut steps = Vec::new();
    let drifts = number % 10 >= 7 && number % 10 < 9;
    match number % 10 {
        0..=4 => {
            let mut at = 15 + dice.below(60);
            while at + 15 <= nights {
                let sign = if dice.below(2) == 0 { 1.0 } else { -1.0 };
                let size = sign * (1.5 + 3.5 * dice.part());
                levels[at..].iter_mut().for_each(|level| *level += size);
                steps.push((at, size));
                at += 15 + dice.below(150);
            }
        }
        7 | 8 => {
            let whole = (2.0 + 6.0 * dice.part()) * if number % 20 < 10 { 1.0 } else { -1.0 };
            for (i, level) in levels.iter_mut().enumerate() {
                *level = whole * i as f64 / nights as f64;
            }
        }
        _ => {}
    }
    let values = levels
        .iter()
        .map(|level| 0.1 * (sigma * (level + pool[dice.below(pool.len())])).exp())
        .collect();
    Truth {
        values,
        steps,
        drifts,
    }
}

/// Sizes of steps, in standard deviations, that are counted apart: each from its own to the next.
const SIZES: [f64; 3] = [1.5, 2.0, 3.0];

#[derive(Debug, Default)]
struct Score {
    /// By size: steps found, and steps.
    sizes: [(usize, usize); SIZES.len()],
    false_alarms: usize,
    points: usize,
    drift_alarms: usize,
}

impl Score {
    fn add(&mut self, truth: &Truth, told: &[usize]) {
        let mut left: Vec<usize> = told.to_vec();
        for (at, sigmas) in &truth.steps {
            let near = left
                .iter()
                .position(|told| told.abs_diff(*at) <= NIGHTS_NEAR);
            let size = SIZES.iter().rposition(|least| sigmas.abs() >= *least);
            let (found, steps) = &mut self.sizes[size.unwrap()];
            *steps += 1;
            if let Some(i) = near {
                left.remove(i);
                *found += 1;
            }
        }
        // An alarm farther off that is nearest to a step found nowhere is that step, misplaced.
        let misplaced = |told: &usize| {
            let near = |step: &(usize, f64)| told.abs_diff(step.0) <= 10;
            truth.steps.iter().any(near)
        };
        left.retain(|told| !misplaced(told));
        self.points += truth.values.len();
        match truth.drifts {
            true => self.drift_alarms += left.len(),
            false => self.false_alarms += left.len(),
        }
    }

    fn recall(&self) -> f64 {
        let found: usize = self.sizes.iter().map(|(found, _)| found).sum();
        let steps: usize = self.sizes.iter().map(|(_, steps)| steps).sum();
        found as f64 / steps as f64
    }

    fn per_thousand(&self, alarms: usize) -> f64 {
        1000.0 * alarms as f64 / self.points as f64
    }

    fn row(&self, name: &str) -> String {
        let sizes = self
            .sizes
            .map(|(found, steps)| format!("{found} of {steps}"));
        format!(
            "{name:8} {:>12} {:>12} {:>12} {:>8.1} % {:>14} {:>13} {:>14.2}",
            sizes[0],
            sizes[1],
            sizes[2],
            100.0 * self.recall(),
            self.false_alarms,
            self.drift_alarms,
            self.per_thousand(self.false_alarms + self.drift_alarms),
        )
    }
}

/// What both found, line by line.
fn table(ours: &Score, theirs: &Score) -> String {
    let heading = format!(
        "{:8} {:>12} {:>12} {:>12} {:>10} {:>14} {:>13} {:>14}",
        "found by",
        "1.5-2 sigma",
        "2-3 sigma",
        "3-5 sigma",
        "in all",
        "false alarms",
        "in drifts",
        "per 1000",
    );
    [heading, ours.row("history"), theirs.row("Otava")].join("\n")
}

fn histories() -> Vec<Truth> {
    let pool = residuals();
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(2026));
    (0..200).map(|i| generate(&mut dice, &pool, i)).collect()
}

#[test]
fn injected_steps_are_found_and_little_else_is() {
    let all = histories();
    let mut ours = Score::default();
    for truth in &all {
        let found = changes(&truth.values, &Rule::default()).unwrap();
        let steps = found.iter().filter(|change| change.kind == Kind::Step);
        let at: Vec<usize> = steps.map(|change| change.at).collect();
        ours.add(truth, &at);
    }
    let alarms = ours.false_alarms + ours.drift_alarms;
    let (missed, rate) = (1.0 - ours.recall(), ours.per_thousand(alarms));
    if let Some(python) = python() {
        let mut theirs = Score::default();
        for (truth, told) in all.iter().zip(otava(&python, &all)) {
            theirs.add(truth, &told);
        }
        println!("{}", table(&ours, &theirs));
        assert!(ours.recall() >= theirs.recall());
        assert!(ours.false_alarms <= theirs.false_alarms);
    }
    assert!(missed <= 0.1, "{missed} missed");
    assert!(rate <= 1.0, "{rate} false alarms per 1000 points");
}

/// The interpreter of the environment that has Otava.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("KRAIT_PYTHON_TOOLS")
        .map(|folder| PathBuf::from(folder).join("bin/python"));
    let found = named.filter(|path| path.exists());
    if found.is_none() {
        let required = std::env::var("KRAIT_REQUIRE_PYTHON_TOOLS").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "no tools: `make setup`, and name them with KRAIT_PYTHON_TOOLS"
        );
        // Straight to the stream: what is printed by macros would be captured and lost.
        let told = "NOT COMPARED with Apache Otava: KRAIT_PYTHON_TOOLS names no environment";
        writeln!(std::io::stderr(), "{told}").ok();
    }
    found
}

/// What Otava finds in the histories, with its own defaults.
fn otava(python: &Path, all: &[Truth]) -> Vec<Vec<usize>> {
    let mut child = Command::new(python)
        .args(["-c", include_str!("otava_points.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for truth in all {
        let words: Vec<String> = truth.values.iter().map(f64::to_string).collect();
        writeln!(stdin, "{}", words.join(" ")).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers = |line: &str| {
        line.split_whitespace()
            .map(|w| w.parse().unwrap())
            .collect()
    };
    text.lines().map(numbers).collect()
}

/// A curve of iteration times of a class, with noise from the measured residuals: 60 to 200
/// iterations for change points to decide, or 12 to 36 for the rule of short series.
fn curve(dice: &mut Dice, pool: &[f64], class: Class, long: bool) -> Vec<f64> {
    let length = match long {
        true => 60 + dice.below(140),
        false => 12 + dice.below(24),
    };
    let before = 1 + dice.below(length / 3);
    let mut levels = vec![1.0; length];
    match class {
        Class::WarmUp => {
            // Falls in one to three steps, as traces and bridges are compiled.
            let (mut level, steps) = (1.3 + 6.0 * dice.part(), 1 + dice.below(3));
            for (i, value) in levels[..before].iter_mut().enumerate() {
                if i > 0 && (i * steps) / before > ((i - 1) * steps) / before {
                    level = 1.3 + (level - 1.3) / 2.0;
                }
                *value = level;
            }
        }
        Class::Slowdown => levels[..before.max(3)].fill(0.5 + 0.3 * dice.part()),
        Class::NoSteadyState => {
            // Goes up and down to the end, each level a tenth to a fifth of the whole.
            let (each, high) = (length / (6 + dice.below(5)), 1.3 + dice.part());
            for (i, value) in levels.iter_mut().enumerate() {
                if (i / each.max(2)) % 2 == 1 {
                    *value = high;
                }
            }
        }
        _ => {}
    }
    let sigma = 0.003 + 0.012 * dice.part();
    levels
        .iter()
        .map(|level| 0.05 * level * (sigma * pool[dice.below(pool.len())]).exp())
        .collect()
}

#[test]
fn warm_up_classes_agree_with_the_truth() {
    let pool = residuals();
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(7));
    for long in [true, false] {
        for class in [
            Class::Flat,
            Class::WarmUp,
            Class::Slowdown,
            Class::NoSteadyState,
        ] {
            let told = (0..200).map(|_| {
                let values = curve(&mut dice, &pool, class, long);
                classify(&values).unwrap().class
            });
            let told: Vec<Class> = told.collect();
            let right = told.iter().filter(|found| **found == class).count();
            assert!(right >= 190, "{}: {right} of 200", class.label());
        }
    }
}
