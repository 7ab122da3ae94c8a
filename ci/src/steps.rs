//! Steps of a test run: each is named, timed and counted, and a failing one
//! stops only those that need what it should have made.

use std::time::{Duration, Instant};

use crate::shell::{Counts, Running, Shell};

/// What one step came to.
enum Outcome {
    Passed,
    Failed(String),
    /// A step that this one needs has failed.
    NotRun(&'static str),
}

struct Step {
    name: &'static str,
    outcome: Outcome,
    counts: Counts,
    took: Duration,
}

/// A step that goes on beside others.
pub struct Beside {
    name: &'static str,
    begun: Instant,
    running: Result<Running, String>,
}

/// The steps done so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<Step>,
}

impl Steps {
    /// Does a step, unless one that it needs has not passed.
    ///
    /// The step adds to the counts it is given; a step that adds nothing counts
    /// as one test.
    pub fn step(
        &mut self,
        name: &'static str,
        needs: &[&'static str],
        work: impl FnOnce(&mut Counts) -> Result<(), String>,
    ) {
        if !self.may_run(name, needs) {
            return;
        }
        println!("\n=== {name}");
        self.work(name, Instant::now(), work);
    }

    /// Begins a step, one command, that goes on beside those to come; [`Steps::end`] ends it.
    pub fn begin(
        &mut self,
        name: &'static str,
        needs: &[&'static str],
        command: Shell,
    ) -> Option<Beside> {
        self.may_run(name, needs).then(|| {
            println!("\n=== {name}: begun, goes on beside what follows");
            Beside {
                name,
                begun: Instant::now(),
                running: command.start(),
            }
        })
    }

    /// Waits for a step that was begun.
    pub fn end(&mut self, beside: Option<Beside>) {
        if let Some(Beside {
            name,
            begun,
            running,
        }) = beside
        {
            println!("\n=== {name}, begun before");
            self.work(name, begun, |counts| running?.finish(counts));
        }
    }

    /// Whether all has passed that a step needs; if not, it is noted as not run.
    fn may_run(&mut self, name: &'static str, needs: &[&'static str]) -> bool {
        let Some(missing) = needs.iter().find(|need| !self.passed(need)) else {
            return true;
        };
        println!("\n=== {name}: not run, because {missing} has not passed");
        self.push(
            name,
            Outcome::NotRun(missing),
            Counts::default(),
            Duration::ZERO,
        );
        false
    }

    fn work(
        &mut self,
        name: &'static str,
        begin: Instant,
        work: impl FnOnce(&mut Counts) -> Result<(), String>,
    ) {
        let mut counts = Counts::default();
        let outcome = match work(&mut counts) {
            Ok(()) if counts.failed > 0 => {
                Outcome::Failed(format!("{} of its tests failed", counts.failed))
            }
            Ok(()) => Outcome::Passed,
            Err(message) => Outcome::Failed(message),
        };
        let took = begin.elapsed();
        match &outcome {
            Outcome::Failed(message) => println!("=== {name}: FAILED, {}: {message}", show(took)),
            _ => println!("=== {name}: passed, {}", show(took)),
        }
        self.push(name, outcome, counts, took);
    }

    fn push(&mut self, name: &'static str, outcome: Outcome, counts: Counts, took: Duration) {
        self.done.push(Step {
            name,
            outcome,
            counts,
            took,
        });
    }

    fn passed(&self, name: &str) -> bool {
        self.done
            .iter()
            .any(|step| step.name == name && matches!(step.outcome, Outcome::Passed))
    }

    /// Prints every step with its time, the five slowest, what failed, and the
    /// closing line; an error names the failures.
    pub fn close(&self) -> Result<(), String> {
        println!("\n{}", self.summary());
        let total = self.total();
        let failed: Vec<&str> = self
            .done
            .iter()
            .filter(|step| !matches!(step.outcome, Outcome::Passed))
            .map(|step| step.name)
            .collect();
        println!("{} passed, {} failed", total.passed, total.failed);
        match failed.as_slice() {
            [] => Ok(()),
            names => Err(format!("not passed: {}", names.join(", "))),
        }
    }

    fn total(&self) -> Counts {
        let mut total = Counts::default();
        for step in &self.done {
            total.passed += step.counts.passed;
            total.failed += step.counts.failed;
            match step.outcome {
                Outcome::Passed if step.counts.passed == 0 => total.passed += 1,
                Outcome::Failed(_) | Outcome::NotRun(_) if step.counts.failed == 0 => {
                    total.failed += 1;
                }
                _ => {}
            }
        }
        total
    }

    fn summary(&self) -> String {
        let width = self
            .done
            .iter()
            .map(|step| step.name.len())
            .max()
            .unwrap_or(0);
        let mut lines = vec!["summary".to_string()];
        for step in &self.done {
            let word = match &step.outcome {
                Outcome::Passed => "passed".to_string(),
                Outcome::Failed(message) => format!("FAILED: {message}"),
                Outcome::NotRun(missing) => format!("not run: it needs {missing}"),
            };
            lines.push(format!(
                "  {:<width$} {:>8}  {word}",
                step.name,
                show(step.took)
            ));
        }
        // A log may be cut; its end is what is read first.
        for step in &self.done {
            for failure in &step.counts.failures {
                lines.push(format!("{}: {}", step.name, failure.trim_end()));
            }
        }
        let mut slowest: Vec<&Step> = self.done.iter().collect();
        slowest.sort_by_key(|step| std::cmp::Reverse(step.took));
        let slowest: Vec<String> = slowest
            .iter()
            .take(5)
            .map(|step| format!("{} {}", step.name, show(step.took)))
            .collect();
        lines.push(format!("slowest: {}", slowest.join(", ")));
        lines.join("\n")
    }
}

fn show(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", took.as_secs() / 60, took.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_stops_only_what_needs_it() {
        let mut steps = Steps::default();
        steps.step("build", &[], |_| Err("no compiler".into()));
        steps.step("run", &["build"], |_| panic!("must not be run"));
        steps.step("tidy", &[], |counts| {
            counts.passed += 4;
            Ok(())
        });
        assert_eq!(steps.close().unwrap_err(), "not passed: build, run");
        assert_eq!(
            steps.total(),
            Counts {
                passed: 4,
                failed: 2,
                failures: Vec::new()
            }
        );
        assert!(steps.summary().contains("FAILED: no compiler"));
        assert!(steps.summary().contains("not run: it needs build"));
    }

    #[test]
    fn failed_tests_fail_the_step_even_when_its_command_did_not() {
        let mut steps = Steps::default();
        steps.step("cases", &[], |counts| {
            *counts = Counts {
                passed: 9,
                failed: 1,
                failures: vec!["FAILED case: why\n".into()],
            };
            Ok(())
        });
        assert!(steps.close().is_err());
        assert!(steps.summary().contains("cases: FAILED case: why\n"));
    }
}
