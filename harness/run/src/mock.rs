//! A launcher that starts nothing and returns at once, so that scheduling can be tested.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;

use crate::{End, Ended, Job, Launcher, Usage};

/// Answers from a list, then with the well-behaved end of whatever is asked.
#[derive(Debug, Default)]
pub struct Mock {
    /// Given out first, in order.
    pub answers: VecDeque<Ended>,
    /// What was asked.
    pub jobs: Vec<Job>,
}

impl Mock {
    pub fn answering(answers: impl IntoIterator<Item = Ended>) -> Mock {
        Mock {
            answers: answers.into_iter().collect(),
            jobs: Vec::new(),
        }
    }

    /// A program that does what it is asked: each iteration takes a millisecond and gives
    /// `digest`.
    pub fn well_behaved(benchmark: &str, size: u64, iterations: u32, digest: &str) -> Ended {
        let mut records = vec![format!(
            r#"{{"kind":"start","protocol":1,"benchmark":"{benchmark}","version":1,"size":{size},"iterations":{iterations},"implementation":"mock","python":"3.14.0","platform":"linux"}}"#
        )];
        records.extend((0..iterations).map(|index| {
            format!(
                r#"{{"kind":"iteration","index":{index},"wall_ns":1000000,"digest":"{digest}"}}"#
            )
        }));
        records.push(format!(
            r#"{{"kind":"end","digest":"{digest}","environment":{{}}}}"#
        ));
        Ended {
            records,
            usage: Some(Usage {
                wall_ns: 2_000_000,
                user_ns: 1_000_000,
                system_ns: 0,
                peak_memory_bytes: 9_000_000,
                events: None,
            }),
            ..Ended::of(End::Exited(0))
        }
    }
}

impl Launcher for Mock {
    fn launch(&mut self, job: &Job, _stop: &AtomicBool) -> Ended {
        self.jobs.push(job.clone());
        if let Some(answer) = self.answers.pop_front() {
            return answer;
        }
        let after = |option: &str| {
            let at = job.command.iter().position(|word| word == option)?;
            job.command.get(at + 1)?.parse::<u64>().ok()
        };
        let (size, iterations) = (
            after("--size").unwrap_or(1),
            after("--iterations").unwrap_or(1),
        );
        let program = job
            .command
            .iter()
            .find_map(|word| word.strip_suffix(".py"))
            .unwrap_or("");
        let name = program.rsplit('/').next().unwrap_or("");
        Mock::well_behaved(name, size, iterations as u32, "mock")
    }
}
