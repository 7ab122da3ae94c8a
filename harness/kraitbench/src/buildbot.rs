//! The configuration of a Buildbot master that runs an experiment every night, a worker for each
//! host: PyPy's own engine for its nightly benchmarks.
//!
//! A worker measures and keeps its store until the master has joined it. The master holds the joint
//! store, the report and the history, and judges each run when it has come in; so no machine waits
//! for another, and one that is away holds nothing up.
//!
//! What is printed is data, as Python literals, and after it a program that is the same for all
//! (`master.py`): nothing of an experiment becomes code.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::workflow::Machine;

const PROGRAM: &str = include_str!("master.py");

/// Where a master listens and what it has.
#[derive(Debug)]
pub struct Master<'a> {
    pub experiment: &'a str,
    /// Of the experiment's file, in the tree.
    pub path: &'a str,
    pub repository: &'a str,
    /// As Twisted says it, such as `tcp:9989`.
    pub listen: &'a str,
    /// The kraitbench on the master's machine.
    pub kraitbench: &'a str,
    /// As cron says it.
    pub at: &'a str,
    pub machines: &'a [Machine],
}

/// # Errors
/// A time that no calendar has.
pub fn configuration(master: &Master<'_>) -> Result<String, Failure> {
    let machines = master.machines.iter();
    let machines: serde_json::Map<String, Value> = machines
        .map(|machine| (machine.share.to_string(), json!(machine.words())))
        .collect();
    let values = [
        ("EXPERIMENT", json!(master.experiment)),
        ("PATH", json!(master.path)),
        ("REPOSITORY", json!(master.repository)),
        ("LISTEN", json!(master.listen)),
        ("KRAITBENCH", json!(master.kraitbench)),
        ("MACHINES", Value::Object(machines)),
        ("AT", nightly(master.at)?),
    ];
    let mut text = format!(
        "# Made by `kraitbench workflow {} --engine buildbot`: the `master.cfg` of a Buildbot master.\n\
         #\n\
         #     buildbot create-master MASTER      (then this file and `passwords` into MASTER)\n\
         #     buildbot start MASTER\n\
         #\n\
         # and on each machine, which does nothing else (NAME is its own in the experiment, or `this`):\n\
         #\n\
         #     buildbot-worker create-worker WORKER MASTERS-HOST:PORT NAME PASSWORD\n\
         #     buildbot-worker start WORKER\n\
         #\n\
         # The joint store is MASTER/store, the report MASTER/site.\n\n",
        master.path
    );
    for (name, value) in values {
        text.push_str(&format!("{name} = {}\n", literal(&value)));
    }
    text.push_str(PROGRAM);
    Ok(text)
}

/// JSON is Python but for three words, none of which is here; what is not ASCII is escaped.
fn literal(value: &Value) -> String {
    let text = value.to_string();
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii() {
            true => literal.push(c),
            false => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    literal.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    literal
}

/// The fields of a cron line: name with Buildbot, least and greatest value.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("dayOfMonth", 1, 31),
    ("month", 1, 12),
    ("dayOfWeek", 0, 7),
];

/// The times as Buildbot's nightly scheduler takes them: lists of numbers, weekdays from Monday.
fn nightly(at: &str) -> Result<Value, Failure> {
    let mut times = serde_json::Map::new();
    for ((name, least, most), word) in FIELDS.into_iter().zip(at.split_whitespace()) {
        let value = match word {
            "*" => json!("*"),
            word => {
                let numbers = numbers(word, least, most).ok_or_else(|| {
                    Failure::Asked(format!(
                        "`{word}` is no {name}; those are numbers from {least} to {most}, lists and \
                         ranges of them, and steps such as `*/2`"
                    ))
                })?;
                match name {
                    "dayOfWeek" => {
                        json!(numbers.iter().map(|day| (day + 6) % 7).collect::<Vec<_>>())
                    }
                    _ => json!(numbers),
                }
            }
        };
        times.insert(name.to_owned(), value);
    }
    Ok(Value::Object(times))
}

/// The numbers that a field of cron means.
fn numbers(word: &str, least: u32, most: u32) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    for part in word.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let (first, last) = match range {
            "*" => (least, most),
            range => {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                (first.parse().ok()?, last.parse().ok()?)
            }
        };
        let step: usize = step.parse().ok()?;
        if first < least || last > most || first > last || step == 0 {
            return None;
        }
        all.extend((first..=last).step_by(step));
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cron_says_is_said_in_numbers() {
        assert_eq!(numbers("17", 0, 59), Some(vec![17]));
        assert_eq!(numbers("1-3,7", 0, 59), Some(vec![1, 2, 3, 7]));
        assert_eq!(numbers("*/20", 0, 59), Some(vec![0, 20, 40]));
        for bad in ["60", "3-1", "", "x", "*/0", "-", "1/x", "4294967296"] {
            assert_eq!(numbers(bad, 0, 59), None, "{bad}");
        }
        let told = nightly("17 2 * * 0,1").unwrap();
        let expected = json!({"minute": [17], "hour": [2], "dayOfMonth": "*", "month": "*", "dayOfWeek": [6, 0]});
        assert_eq!(told, expected, "Sunday is the last day with Buildbot");
        assert!(nightly("17 24 * * *").is_err());
    }

    #[test]
    fn what_is_typed_never_becomes_code() {
        let hostile = "x\"; import os\nos.system('x') # é 😀";
        let text = literal(&json!(hostile));
        assert!(text.is_ascii() && !text.contains('\n'), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
