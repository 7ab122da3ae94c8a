//! `kraitbench trial`: how often would the gate be wrong on this machine? What is tried stands in
//! `regress::trial`; the samples are those of a stored run with many invocations.

use clap::Args;
use regress::trial::{Rate, Trial, trial, trial_of_pairs};
use serde_json::json;
use stats::Bootstrap;

use crate::chosen::{Choice, Chosen};
use crate::failure::{Failure, Verdict};
use crate::gated;

#[derive(Args, Debug)]
pub struct Trying {
    #[command(flatten)]
    pub choice: Choice,
    /// The executor that is compared with itself
    #[arg(long, value_name = "NAME")]
    pub executor: String,
    /// The same executable under another name, measured beside it: the gate between two executors
    /// of a run (`gate --pair`) is tried, instead of that over nights
    #[arg(long, value_name = "NAME")]
    pub again: Option<String>,
    /// One that is known to be slower, tried as a candidate
    #[arg(long, value_name = "NAME")]
    pub slower: Option<String>,
    /// The policy's YAML file; without one, the default policy
    #[arg(long, value_name = "FILE")]
    pub policy: Option<std::path::PathBuf>,
    /// How many comparisons
    #[arg(long, value_name = "COUNT", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..))]
    pub comparisons: u16,
    /// How many make-believe nights each comparison has before its candidate
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub nights: u16,
    /// How many processes a make-believe night has of each benchmark
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub invocations: u16,
    /// Fail if the gate stops what is the same in more than so many per cent of the comparisons
    #[arg(long, value_name = "PERCENT")]
    pub at_most: Option<f64>,
    /// Fail if the gate finds the slower one in fewer than so many per cent of the comparisons
    #[arg(long, value_name = "PERCENT", requires = "slower")]
    pub at_least: Option<f64>,
}

pub fn print(asked: &Trying) -> Result<Verdict, Failure> {
    let policy = gated::policy(asked.policy.as_deref())?;
    let chosen = Chosen::one(&asked.choice)?;
    let named = [
        Some(&asked.executor),
        asked.again.as_ref(),
        asked.slower.as_ref(),
    ];
    chosen.knows(named.into_iter().flatten().map(String::as_str))?;
    let observations = chosen.observed(chosen.run())?;
    let seed = chosen.run().experiment.seed;
    let shape = Trial {
        comparisons: usize::from(asked.comparisons),
        nights: usize::from(asked.nights),
        invocations: usize::from(asked.invocations),
        seed,
    };
    let bootstrap = Bootstrap::new(seed);
    let rate = |candidate: &str| {
        let pair = (asked.executor.as_str(), candidate);
        let found = match &asked.again {
            None => trial(&bootstrap, &policy, &observations, pair, shape),
            Some(_) => trial_of_pairs(&policy, &observations, pair, shape),
        };
        found.map_err(|why| Failure::Asked(format!("{}: {why}", chosen.run().id)))
    };
    let same = rate(asked.again.as_ref().unwrap_or(&asked.executor))?;
    let slower = asked.slower.as_deref().map(rate).transpose()?;
    if asked.choice.json {
        let told = json!({
            "run": chosen.run().id.0,
            "seed": seed,
            "nights": asked.again.is_none().then_some(shape.nights),
            "invocations": shape.invocations,
            "false_alarms": rate_json(same),
            "found": slower.map(rate_json),
        });
        println!("{told}");
    } else {
        let (each, nights) = (shape.invocations, shape.nights);
        match &asked.again {
            None => println!(
                "{}: {nights} nights of {each} processes, and a candidate",
                chosen.run().id
            ),
            Some(_) => println!("{}: {each} rounds of two processes", chosen.run().id),
        }
        println!("{} against itself: {}", asked.executor, told(same));
        if let (Some(name), Some(rate)) = (&asked.slower, slower) {
            println!("{name} against {}: {}", asked.executor, told(rate));
        }
    }
    let wrong = asked
        .at_most
        .is_some_and(|most| 100.0 * same.value() > most);
    let missed = asked
        .at_least
        .is_some_and(|least| slower.is_none_or(|found| 100.0 * found.value() < least));
    Ok(match wrong || missed {
        true => Verdict::Regression,
        false => Verdict::Fine,
    })
}

fn told(rate: Rate) -> String {
    let (failed, all, per_cent) = (rate.failed, rate.comparisons, 100.0 * rate.value());
    format!("the gate fails in {failed} of {all} comparisons ({per_cent:.1} %)")
}

fn rate_json(rate: Rate) -> serde_json::Value {
    json!({"failed": rate.failed, "comparisons": rate.comparisons, "rate": rate.value()})
}
