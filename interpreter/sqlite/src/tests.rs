//! Databases, statements and what SQLite calls, with a host that keeps what it is asked.

use super::*;
use std::ffi::CStr;
use std::sync::{Mutex, MutexGuard};

/// SQLite's source of random numbers is one for the process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(|failed| failed.into_inner())
}

#[derive(Default)]
struct Quiet {
    seen: Vec<String>,
    sums: Vec<i64>,
    tape: Option<Tape>,
}

#[derive(Default)]
struct Tape {
    answers: Vec<Answer>,
    at: Option<usize>,
}

impl Host for Quiet {
    fn function(
        &mut self,
        key: u32,
        step: Step,
        instance: &mut u32,
        args: &[Item<'_>],
    ) -> Result<Outcome, Fault> {
        self.seen.push(format!("{key} {step:?} {args:?}"));
        let number = match args.first() {
            Some(Item::Int(n)) => *n,
            _ => 0,
        };
        match step {
            Step::Scalar if number < 0 => Err(Fault::Message("negative".to_owned())),
            Step::Scalar => Ok(Outcome::Int(number + 1)),
            Step::Add => {
                if *instance == 0 {
                    self.sums.push(0);
                    *instance = self.sums.len() as u32;
                }
                self.sums[*instance as usize - 1] += number;
                Ok(Outcome::Null)
            }
            _ if *instance == 0 => Ok(Outcome::Null),
            _ => Ok(Outcome::Int(self.sums[*instance as usize - 1])),
        }
    }

    fn collate(&mut self, _key: u32, first: &[u8], second: &[u8]) -> i32 {
        second.cmp(first) as i32
    }

    fn authorize(&mut self, _action: i32, _about: [Option<&[u8]>; 4]) -> i32 {
        OK
    }

    fn progress(&mut self) -> bool {
        true
    }

    fn trace(&mut self, statement: &[u8], _expanded: Option<&[u8]>) {
        self.seen
            .push(String::from_utf8_lossy(statement).into_owned());
    }

    fn outside(
        &mut self,
        _what: u8,
        _numbers: [i64; 3],
        _bytes: &[u8],
        act: &mut dyn FnMut() -> Answer,
    ) -> Answer {
        let Some(tape) = &mut self.tape else {
            return act();
        };
        match &mut tape.at {
            Some(at) => {
                *at += 1;
                tape.answers[*at - 1].clone()
            }
            None => {
                let answer = act();
                tape.answers.push(answer.clone());
                answer
            }
        }
    }

    fn is_taped(&mut self) -> bool {
        self.tape.is_some()
    }
}

const READ_WRITE: i32 = 2 | 4;

fn memory(host: &mut Quiet) -> Database {
    Database::open(host, c":memory:", READ_WRITE).expect("a database in memory")
}

fn rows(host: &mut Quiet, database: &Database, sql: &str) -> Result<Vec<String>, Failure> {
    let prepared = database.prepare(host, sql.as_bytes())?;
    let statement = prepared.statement.expect("a statement");
    let mut rows = Vec::new();
    while statement.step(host)? {
        let row: Result<Vec<String>, Failure> = (0..statement.row_length())
            .map(|at| statement.value(at, |item| format!("{item:?}")))
            .collect();
        rows.push(row?.join(" "));
    }
    statement.reset(host)?;
    Ok(rows)
}

#[test]
fn functions_and_orders_are_called() {
    let _guard = alone();
    let host = &mut Quiet::default();
    let database = memory(host);
    database
        .set_function(host, c"next", 1, 0, FunctionKind::Scalar, Some(7))
        .expect("a function");
    database
        .set_function(host, c"total_of", 1, 0, FunctionKind::Aggregate, Some(8))
        .expect("an aggregate");
    database
        .set_collation(host, c"backwards", Some(9))
        .expect("an order");
    assert_eq!(rows(host, &database, "select next(4)").unwrap(), ["Int(5)"]);
    let failure = rows(host, &database, "select next(-4)").unwrap_err();
    assert_eq!(failure.message, "negative");
    rows(host, &database, "create table t(n, s)").unwrap();
    assert_eq!(
        rows(host, &database, "select total_of(n) from t").unwrap(),
        ["Null"]
    );
    rows(host, &database, "insert into t values (1, 'a'), (2, 'b')").unwrap();
    assert_eq!(
        rows(host, &database, "select total_of(n) from t").unwrap(),
        ["Int(3)"]
    );
    let sorted = rows(
        host,
        &database,
        "select n from t order by s collate backwards",
    );
    assert_eq!(sorted.unwrap(), ["Int(2)", "Int(1)"]);
    database
        .set_function(host, c"next", 1, 0, FunctionKind::Scalar, None)
        .expect("no function");
    assert_eq!(database.take_freed(), [7]);
}

#[test]
fn nothing_is_used_after_its_database() {
    let _guard = alone();
    let host = &mut Quiet::default();
    let database = memory(host);
    let prepared = database.prepare(host, b"select 1; select 2").unwrap();
    assert_eq!(prepared.taken, 9);
    let statement = prepared.statement.unwrap();
    assert!(statement.step(host).unwrap());
    database.close(host).unwrap();
    assert!(!database.is_open());
    assert!(statement.step(host).is_err());
    assert!(statement.value(0, |_| ()).is_err());
    assert_eq!(statement.row_length(), 0);
    assert!(database.prepare(host, b"select 1").is_err());
}

/// What a program sees of a file, of random numbers and of the time.
fn run_on_file(host: &mut Quiet, path: &CStr) -> Vec<String> {
    let database = Database::open(host, path, READ_WRITE).expect("a database in a file");
    rows(host, &database, "create table t(n)").unwrap();
    rows(
        host,
        &database,
        "insert into t values (random()), (julianday('now')), (datetime('now', 'localtime'))",
    )
    .unwrap();
    let seen = rows(host, &database, "select n, random() from t").unwrap();
    database.close(host).unwrap();
    seen
}

#[test]
fn a_replay_sees_what_was_recorded() {
    let _guard = alone();
    let path = std::env::temp_dir().join(format!("taped-{}.db", std::process::id()));
    let name = c_text(path.as_os_str().as_encoded_bytes()).expect("a path");
    let host = &mut Quiet {
        tape: Some(Tape::default()),
        ..Quiet::default()
    };
    let first = run_on_file(host, &name);
    std::fs::remove_file(&path).expect("there was a file");
    let tape = host.tape.as_mut().expect("the tape");
    tape.at = Some(0);
    assert_eq!(run_on_file(host, &name), first);
    let tape = host.tape.as_ref().expect("the tape");
    assert_eq!(tape.at, Some(tape.answers.len()));
    assert!(!path.exists());
}
