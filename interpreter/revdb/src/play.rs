//! Playing: the tape that answers from a log.
//!
//! Each question is compared with what stands next in the log. The first that differs is where the
//! replay left the recording, and the replay ends there, with both sides: whatever followed would
//! be another run.
//!
//! Code of the debugger's user (a *diversion*) has the same tape, but takes nothing from the log:
//! what can be answered without the world is answered, and the rest is refused.

use crate::log::{Item, Log, Next};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Write;
use std::process;
use std::rc::Rc;
use world::{Answer, Ending, Event, Op, Question, Tail, Tape};

/// Files up to this size are kept, to be shown.
const SOURCE_BYTES_MAX: usize = 4 << 20;

/// How a replay ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum End {
    /// As the recording did.
    Finished { exit_code: i32 },
    /// The log ends, because the recorder was killed or could not write.
    Cut,
    /// The log cannot be read on from this byte.
    Damaged { offset: u64 },
    /// The replay did something else than the recording.
    Diverged { recorded: String, replayed: String },
}

impl End {
    /// For the user.
    pub fn text(&self) -> String {
        match self {
            End::Finished { exit_code } => format!("the program ended with exit code {exit_code}"),
            End::Cut => String::from(
                "the recording ends here: its recorder was killed, or could not write on",
            ),
            End::Damaged { offset } => {
                format!("the log is damaged at byte {offset}: what follows cannot be replayed")
            }
            End::Diverged { recorded, replayed } => format!(
                "the replay differs from the recording, which is a bug of krait\n  \
                 recorded: {recorded}\n  replayed: {replayed}"
            ),
        }
    }
}

/// Who is told of what a replay shows and how it ends.
pub trait Audience {
    /// The program writes to standard output or error.
    fn output(&self, stream: i32, bytes: &[u8]);
    fn ended(&self, end: &End) -> !;
    /// A diversion asked for something that only the world could do.
    fn refused(&self, what: &str) -> !;
}

/// Answers from a log.
pub struct Player {
    log: Log,
    next: Next,
    audience: Rc<dyn Audience>,
    is_diverted: bool,
    /// Files that the program read as a whole, by the checksum of the question.
    sources: HashMap<u64, Vec<u8>>,
    last_clock: Vec<u8>,
}

impl Player {
    pub fn new(mut log: Log, audience: Rc<dyn Audience>) -> Player {
        let next = log.next();
        Player {
            log,
            next,
            audience,
            is_diverted: false,
            sources: HashMap::new(),
            last_clock: Vec::new(),
        }
    }

    fn advance(&mut self) -> Next {
        let next = self.log.next();
        std::mem::replace(&mut self.next, next)
    }

    /// The replay does `replayed` where the log has something else.
    fn leave(&self, replayed: String) -> ! {
        let end = match &self.next {
            Next::End => End::Cut,
            Next::Damaged(offset) => End::Damaged { offset: *offset },
            Next::Item(item) => End::Diverged {
                recorded: describe(item),
                replayed,
            },
        };
        self.audience.ended(&end)
    }

    fn divert_answer(&self, question: &Question) -> Vec<u8> {
        let mut answer = Vec::new();
        match question.op() {
            Op::WriteOutput => Ok(usize::MAX).put(&mut answer),
            Op::IsTerminal => false.put(&mut answer),
            Op::HeapFigure => 0i64.put(&mut answer),
            Op::Clock if !self.last_clock.is_empty() => answer.clone_from(&self.last_clock),
            Op::ReadFile => match self.sources.get(&question.sum()) {
                Some(contents) => {
                    answer.push(0);
                    answer.extend(contents);
                }
                None => self.audience.refused(&question.text()),
            },
            _ => self.audience.refused(&question.text()),
        }
        answer
    }
}

fn describe(item: &Item) -> String {
    match item {
        Item::Answer { op, .. } => op.text().to_owned(),
        Item::Event { tick, event } => {
            let what = match event {
                Event::Signals => "a signal",
                Event::Deaths(_) => "the death of objects",
                Event::Alive => "a sign of life",
                Event::Turn => "the end of a thread's turn",
            };
            format!("{what} at tick {tick}")
        }
        Item::Ending(ending) => describe_ending(ending),
    }
}

fn describe_ending(ending: &Ending) -> String {
    format!(
        "the end with exit code {}, {} ticks, {} objects created, digest {:016x}",
        ending.exit_code, ending.ticks, ending.created, ending.digest
    )
}

impl Tape for Player {
    fn plays(&self) -> bool {
        true
    }

    fn asked(&mut self, _question: &Question) {}

    fn answered(&mut self, _question: &Question, _head: &[u8], _tail: Tail<'_>) {}

    fn answer(&mut self, question: &Question) -> Vec<u8> {
        if self.is_diverted {
            return self.divert_answer(question);
        }
        match &self.next {
            Next::Item(Item::Answer { op, check, .. })
                if *op == question.op() && *check == question.check() => {}
            Next::Item(Item::Answer { op, .. }) if *op == question.op() => {
                self.leave(format!("{}, asked otherwise", question.text()))
            }
            _ => self.leave(question.text()),
        }
        let Next::Item(Item::Answer { op, bytes, .. }) = self.advance() else {
            unreachable!("the next item was looked at")
        };
        if op == Op::Clock {
            self.last_clock.clone_from(&bytes);
        }
        bytes
    }

    fn malformed(&mut self, question: &Question) -> ! {
        self.audience.ended(&End::Diverged {
            recorded: String::from("an answer of another form"),
            replayed: question.text(),
        })
    }

    fn wrote(&mut self, stream: i32, bytes: &[u8]) {
        self.audience.output(stream, bytes);
    }

    fn has_read(&mut self, name: &[u8], contents: &[u8]) {
        if !self.is_diverted && contents.len() <= SOURCE_BYTES_MAX {
            let sum = Question::for_file(name).sum();
            self.sources.insert(sum, contents.to_vec());
        }
    }

    fn divert(&mut self, on: bool) {
        self.is_diverted = on;
    }

    fn event_tick(&self) -> u64 {
        match &self.next {
            _ if self.is_diverted => u64::MAX,
            Next::Item(Item::Event { tick, .. }) => *tick,
            Next::Item(_) => u64::MAX,
            // Nothing follows: the next moment is past the end.
            Next::End | Next::Damaged(_) => 0,
        }
    }

    fn happened(&mut self, _tick: u64, _event: &Event) {}

    fn event(&mut self, tick: u64) -> Option<Event> {
        if self.is_diverted {
            return None;
        }
        match &self.next {
            Next::Item(Item::Event { tick: due, .. }) if *due <= tick => {}
            Next::Item(_) => return None,
            Next::End | Next::Damaged(_) => self.leave(String::new()),
        }
        match self.advance() {
            Next::Item(Item::Event { tick: due, event }) if due == tick => Some(event),
            passed => {
                self.next = passed;
                self.leave(format!("tick {tick} without it"))
            }
        }
    }

    fn end(&mut self, ending: &Ending) {
        if self.is_diverted {
            self.audience.refused("ending the program");
        }
        if self.next == Next::Item(Item::Ending(*ending)) {
            self.audience.ended(&End::Finished {
                exit_code: ending.exit_code,
            });
        }
        self.leave(describe_ending(ending))
    }
}

/// The exit code of a check that found a difference or damage.
const EXIT_DIFFERENT: i32 = 3;

/// Shows a replay as the program showed itself, and ends as it did.
pub struct Check;

impl Audience for Check {
    fn output(&self, stream: i32, bytes: &[u8]) {
        // Nobody to tell if nobody reads it.
        let _ = match stream {
            1 => std::io::stdout().write_all(bytes),
            _ => std::io::stderr().write_all(bytes),
        };
    }

    fn ended(&self, end: &End) -> ! {
        let _ = std::io::stdout().flush();
        match end {
            End::Finished { exit_code } => process::exit(*exit_code),
            End::Cut => {
                eprintln!("krait: {}", end.text());
                process::exit(0)
            }
            End::Damaged { .. } | End::Diverged { .. } => {
                eprintln!("krait: {}", end.text());
                process::exit(EXIT_DIFFERENT)
            }
        }
    }

    fn refused(&self, what: &str) -> ! {
        unreachable!("a check evaluates nothing that could ask for {what}")
    }
}
