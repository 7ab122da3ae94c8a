//! The protocol between a program and the harness, version 1.
//!
//! A program prints, on lines of their own that begin with `@krait `, one JSON object each: a
//! `start` record, an `iteration` record after each iteration, an `end` record. Keys that are not
//! known here are tolerated, so that a program may say more to a later harness. All other lines
//! are the program's own business.

use std::collections::BTreeMap;

use model::{Benchmark, Reported};
use serde_json::{Map, Value};

/// What begins a record's line.
pub(crate) const PREFIX: &str = "@krait ";

const VERSION: u64 = 1;

/// How much of an offending line is quoted.
const QUOTED_CHARS: usize = 300;

/// What was told before the records ended or went wrong.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub version: u32,
    pub reported: Reported,
    pub iterations: Vec<Iteration>,
    /// The digest in the end record.
    pub end: Option<String>,
    pub wrong: Option<Malformed>,
}

#[derive(Debug)]
pub(crate) struct Iteration {
    pub wall_ns: u64,
    pub digest: String,
    /// All counters so far, of which records tell only what has changed.
    pub jit: BTreeMap<String, f64>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub line: String,
    pub problem: String,
}

/// Reads the records (without their prefix) of a run of `benchmark`, up to the first that is
/// wrong.
pub(crate) fn read(records: &[String], benchmark: &Benchmark) -> Told {
    let mut told = Told::default();
    let mut started = false;
    for line in records {
        if let Err(problem) = take(line, benchmark, &mut started, &mut told) {
            told.wrong = Some(Malformed {
                line: quoted(line),
                problem,
            });
            break;
        }
    }
    told
}

/// What is missing, once all records are read and the process ended well.
pub(crate) fn missing(told: &Told, benchmark: &Benchmark) -> Option<Malformed> {
    let problem = if told.reported.implementation.is_empty() && told.iterations.is_empty() {
        "it printed no records; a benchmark prints lines that begin with `@krait `".to_owned()
    } else if told.iterations.len() < benchmark.iterations as usize {
        format!(
            "{} of {} iterations were recorded",
            told.iterations.len(),
            benchmark.iterations
        )
    } else if told.end.is_none() {
        "the end record is missing".to_owned()
    } else {
        return None;
    };
    Some(Malformed {
        line: String::new(),
        problem,
    })
}

fn take(
    line: &str,
    benchmark: &Benchmark,
    started: &mut bool,
    told: &mut Told,
) -> Result<(), String> {
    let record: Map<String, Value> = serde_json::from_str(line)
        .map_err(|error| format!("a record is no JSON object ({error})"))?;
    if told.end.is_some() {
        return Err("a record after the end record".to_owned());
    }
    match (text(&record, "kind")?.as_str(), *started) {
        ("start", false) => {
            *started = true;
            start(&record, benchmark, told)
        }
        ("start", true) => Err("a second start record".to_owned()),
        (_, false) => Err("the first record is no start record".to_owned()),
        ("iteration", true) => iteration(&record, told),
        ("end", true) => {
            told.end = Some(text(&record, "digest")?);
            if let Some(Value::Object(environment)) = record.get("environment") {
                told.reported.environment = environment.clone();
            }
            Ok(())
        }
        (other, true) => Err(format!("a record of unknown kind `{other}`")),
    }
}

fn start(record: &Map<String, Value>, asked: &Benchmark, told: &mut Told) -> Result<(), String> {
    match number(record, "protocol")? {
        VERSION => {}
        other => return Err(format!("protocol {other}; this harness knows {VERSION}")),
    }
    let name = text(record, "benchmark")?;
    if name != asked.stated().as_str() {
        return Err(format!(
            "the program is `{name}`, asked for was `{}`",
            asked.stated()
        ));
    }
    for (what, wanted) in [
        ("size", asked.size),
        ("iterations", u64::from(asked.iterations)),
    ] {
        let got = number(record, what)?;
        if got != wanted {
            return Err(format!("{what} {got}, asked for was {wanted}"));
        }
    }
    let version = number(record, "version")?;
    told.version = u32::try_from(version).map_err(|_| format!("version {version} is too large"))?;
    if let Some(wanted) = asked.version.filter(|wanted| *wanted != told.version) {
        return Err(format!(
            "version {version} of the program, the catalogue has {wanted}"
        ));
    }
    told.reported.implementation = text(record, "implementation")?;
    told.reported.python = text(record, "python").unwrap_or_default();
    told.reported.platform = text(record, "platform").unwrap_or_default();
    Ok(())
}

fn iteration(record: &Map<String, Value>, told: &mut Told) -> Result<(), String> {
    let (index, expected) = (number(record, "index")?, told.iterations.len() as u64);
    if index != expected {
        return Err(format!("iteration {index} where {expected} was due"));
    }
    let before = told.iterations.last();
    let mut jit = before.map(|before| before.jit.clone()).unwrap_or_default();
    if let Some(Value::Object(counters)) = record.get("jit") {
        for (name, value) in counters {
            let value = value
                .as_f64()
                .ok_or_else(|| format!("the JIT counter `{name}` is no number"))?;
            jit.insert(name.clone(), value);
        }
    }
    told.iterations.push(Iteration {
        wall_ns: number(record, "wall_ns")?,
        digest: text(record, "digest")?,
        jit,
    });
    Ok(())
}

fn text(record: &Map<String, Value>, key: &str) -> Result<String, String> {
    match record.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("`{key}` is no text")),
        None => Err(format!("a record without `{key}`")),
    }
}

fn number(record: &Map<String, Value>, key: &str) -> Result<u64, String> {
    match record.get(key) {
        Some(value) => value
            .as_u64()
            .ok_or_else(|| format!("`{key}` is no whole number from 0 up")),
        None => Err(format!("a record without `{key}`")),
    }
}

fn quoted(line: &str) -> String {
    let mut quoted: String = PREFIX
        .chars()
        .chain(line.chars())
        .take(QUOTED_CHARS)
        .collect();
    if quoted.chars().count() == QUOTED_CHARS {
        quoted.push('…');
    }
    quoted
}
