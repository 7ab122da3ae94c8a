//! `ci lint` and `ci tidy`: what is checked without running the product.

use crate::place::Place;
use crate::shell::Counts;
use crate::steps::Steps;
use crate::tidy as rules;
use crate::verbs::build::cargo;

pub fn run(place: &Place) -> Result<(), String> {
    let mut steps = Steps::default();
    into_steps(place, &mut steps);
    steps.close()
}

pub fn tidy(place: &Place) -> Result<(), String> {
    check(place, &mut Counts::default())
}

/// The three steps of linting.
pub fn into_steps(place: &Place, steps: &mut Steps) {
    steps.step("fmt", &[], |_| {
        cargo(place).args(["fmt", "--all", "--check"]).run()
    });
    steps.step("tidy", &[], |counts| check(place, counts));
    steps.step("clippy", &[], |_| {
        cargo(place)
            .args([
                "clippy",
                "--locked",
                "--workspace",
                "--all-targets",
                "--keep-going",
                "--quiet",
            ])
            .args(["--", "-D", "warnings"])
            .run()
    });
}

fn check(place: &Place, counts: &mut Counts) -> Result<(), String> {
    let findings = rules::check(&place.root)?;
    for (rule, found) in &findings {
        match found.len() {
            0 => counts.passed += 1,
            _ => counts.failed += 1,
        }
        for finding in found {
            println!("{rule}: {finding}");
        }
    }
    match counts.failed {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} rules are broken", findings.len())),
    }
}
