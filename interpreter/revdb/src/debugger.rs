//! The debugger: reads commands, moves along the timeline, prints.
//!
//! It stands at a moment (`here`), a process that waits. A move forks it, or comes from an earlier
//! one, and takes its place only once it has succeeded; so whatever goes wrong, one is where one
//! was.

mod commands;

use crate::LogError;
use crate::fork::{forget_children, fork, ignore_interrupts};
use crate::log::Log;
use crate::protocol::{Channel, Position, Reply, Request, Run, Time};
use crate::session::Notes;
use crate::timeline::{Arrived, Lost, Moment, Timeline, heed_interrupts};
use serde_json::json;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

/// How the debugger is used.
#[derive(Clone, Debug)]
pub struct Options {
    pub log: PathBuf,
    /// A file of commands; else they come from standard input.
    pub commands: Option<PathBuf>,
    /// One JSON object for each command, for programs.
    pub json: bool,
}

/// Lines of source shown around the present one.
const CONTEXT_LINES: u32 = 5;

/// A session.
pub(crate) struct Session {
    timeline: Timeline,
    here: Moment,
    position: Position,
    notes: Notes,
    log: Log,
    /// The frame that is looked at, counted from the innermost.
    frame: usize,
    displays: Vec<String>,
    /// What the present command prints.
    out: String,
}

/// Why a command did not do what it should.
pub(crate) enum Trouble {
    /// For the user.
    Text(String),
    Quit,
}

impl From<Lost> for Trouble {
    fn from(lost: Lost) -> Trouble {
        Trouble::Text(lost.to_string())
    }
}

impl From<String> for Trouble {
    fn from(text: String) -> Trouble {
        Trouble::Text(text)
    }
}

/// What one of the two processes is after the fork.
pub enum Side {
    /// Replays, and answers on the channel.
    Replay(Log, Channel),
    /// Has been the debugger, until this exit code.
    Debugger(i32),
}

/// Opens a log, forks, and in one of the processes is the debugger until its user leaves.
pub fn run(options: &Options) -> Result<Side, LogError> {
    let log = Log::open_own(&options.log)?;
    let failed = |error| LogError::read(&options.log, error);
    let (mine, theirs) = Channel::pair().map_err(failed)?;
    forget_children();
    match fork().map_err(failed)? {
        None => {
            drop(mine);
            ignore_interrupts();
            Ok(Side::Replay(log, theirs))
        }
        Some(process) => {
            drop(theirs);
            Ok(Side::Debugger(converse(options, log, mine, process)))
        }
    }
}

fn converse(options: &Options, log: Log, channel: Channel, process: i32) -> i32 {
    let start = match Moment::first(channel, process) {
        Ok(Arrived::At(moment, _)) => moment,
        Ok(Arrived::End(..)) => {
            eprintln!("krait: the recording ends before the program's first line");
            return 1;
        }
        Err(lost) => {
            eprintln!("krait: {lost}");
            return 1;
        }
    };
    if let Err(error) = heed_interrupts() {
        eprintln!("krait: an interrupt ends the debugger: {error}");
    }
    let searching: fn(Time, Time) = match options.json {
        true => |_, _| (),
        false => |from, to| println!("[searching {from}..{to}]"),
    };
    let mut session = match Session::begin(start, log, searching) {
        Ok(session) => session,
        Err(lost) => {
            eprintln!("krait: {lost}");
            return 1;
        }
    };
    let code = session.converse(options);
    if let Err(error) = session.notes.write(session.log.path()) {
        eprintln!("krait: names and marks are not kept: {error}");
    }
    code
}

impl Session {
    fn begin(mut start: Moment, log: Log, searching: fn(Time, Time)) -> Result<Session, Lost> {
        let mut here = start.fork()?;
        let position = position_of(&mut here)?;
        let notes = Notes::read(log.path(), &log.header().build);
        let mut session = Session {
            timeline: Timeline::new(start, searching),
            here,
            position,
            notes,
            log,
            frame: 0,
            displays: Vec::new(),
            out: String::new(),
        };
        let time = session.notes.time;
        if time > session.position.time {
            let moment = session.timeline.at(time)?;
            session.arrive(moment)?;
        }
        Ok(session)
    }

    /// Reads commands to the end; the exit code.
    fn converse(&mut self, options: &Options) -> i32 {
        let mut lines: Box<dyn Iterator<Item = io::Result<String>>> = match &options.commands {
            Some(path) => match std::fs::read_to_string(path) {
                Ok(text) => {
                    let lines: Vec<_> = text.lines().map(|line| Ok(line.to_owned())).collect();
                    Box::new(lines.into_iter())
                }
                Err(error) => {
                    eprintln!("krait: cannot read {}: {error}", path.display());
                    return 2;
                }
            },
            None => Box::new(io::stdin().lock().lines()),
        };
        let echoes = options.commands.is_some() || !io::stdin().is_terminal();
        let mut last = String::new();
        let shown = self.show_position();
        self.finish("", shown, options.json);
        loop {
            self.prompt(options.json);
            let Some(Ok(line)) = lines.next() else {
                self.prompt_end(options.json);
                return 0;
            };
            if echoes && !options.json {
                println!("{line}");
            }
            let line = match line.trim() {
                "" => last.clone(),
                line => line.to_owned(),
            };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let result = commands::execute(self, &line);
            let quits = matches!(result, Err(Trouble::Quit));
            self.finish(&line, result, options.json);
            if quits {
                return 0;
            }
            last = line;
        }
    }

    fn prompt(&self, json: bool) {
        if !json {
            print!("({})$ ", self.position.time);
            let _ = io::stdout().flush();
        }
    }

    fn prompt_end(&self, json: bool) {
        if !json {
            println!();
        }
    }

    /// Prints what a command has to say.
    fn finish(&mut self, line: &str, result: Result<(), Trouble>, json: bool) {
        let error = match result {
            Err(Trouble::Text(text)) => Some(text),
            _ => None,
        };
        let text = std::mem::take(&mut self.out);
        // Nobody is left to tell who reads no more.
        let mut stdout = io::stdout().lock();
        if json {
            let object = json!({
                "command": line,
                "time": self.position.time,
                "file": self.position.file,
                "line": self.position.line,
                "function": self.position.function,
                "text": text,
                "error": error,
            });
            let _ = writeln!(stdout, "{object}");
            return;
        }
        let _ = stdout.write_all(text.as_bytes());
        if let Some(error) = error {
            let _ = writeln!(stdout, "{error}");
        }
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    // ---- moving

    /// Stands at another moment from now on.
    fn arrive(&mut self, mut moment: Moment) -> Result<(), Lost> {
        let position = position_of(&mut moment)?;
        self.here = moment;
        self.position = position;
        self.frame = 0;
        self.notes.time = self.position.time;
        Ok(())
    }

    pub(crate) fn go(&mut self, time: Time) -> Result<(), Trouble> {
        let moment = self.timeline.at(time)?;
        self.arrive(moment)?;
        self.timeline.settle(self.position.time)?;
        Ok(())
    }

    /// Runs until something stops it; `None`: it ended, and one stands at the last stop point.
    pub(crate) fn forward(&mut self, run: &Run) -> Result<Option<crate::protocol::Hit>, Trouble> {
        let from = self.here.fork()?;
        match self.timeline.forward(from, run)? {
            Arrived::At(moment, hit) => {
                self.arrive(moment)?;
                Ok(Some(hit.unwrap_or(crate::protocol::Hit {
                    time: self.position.time,
                    why: Vec::new(),
                })))
            }
            Arrived::End(time, _) => {
                self.go(time)?;
                Ok(None)
            }
        }
    }

    // ---- showing

    /// The present line in its surroundings.
    pub(crate) fn show_position(&mut self) -> Result<(), Trouble> {
        let line = self.position.line;
        let around = (line.saturating_sub(CONTEXT_LINES), line + CONTEXT_LINES);
        self.show_source(Some(around))?;
        for (at, expression) in self.displays.clone().into_iter().enumerate() {
            let text = match self.evaluate(&expression, false) {
                Ok(text) | Err(Trouble::Text(text)) => text,
                Err(Trouble::Quit) => return Err(Trouble::Quit),
            };
            self.say(&format!("display {}: {expression} = {text}", at + 1));
        }
        Ok(())
    }

    /// Source lines of the frame that is looked at, with its present line marked.
    pub(crate) fn show_source(&mut self, range: Option<(u32, u32)>) -> Result<(), Trouble> {
        let request = Request::Source { frame: self.frame };
        let (file, lines, line) = match self.here.ask(&request)? {
            Reply::Source { file, lines, line } => (file, lines, line),
            Reply::Refused(_) => (self.position.file.clone(), Vec::new(), self.position.line),
            Reply::Failed(text) => return Err(Trouble::Text(text)),
            other => return Err(Trouble::Text(format!("unexpected answer {other:?}"))),
        };
        let function = self.position.function.clone();
        self.say(&format!("File \"{file}\", line {line} in {function}:"));
        let (first, last) = range.unwrap_or((1, u32::MAX));
        let mark = self.mark();
        for (number, text) in (1..).zip(&lines) {
            if number < first || number > last {
                continue;
            }
            let sign = if number == line { mark } else { " " };
            self.say(format!("{sign:2} {text}").trim_end());
        }
        if lines.is_empty() {
            self.say(&format!("{mark} (no source)"));
        }
        if self.frame == 0
            && let Some(value) = self.position.leaving.clone()
        {
            let what = if self.position.kinds & vm::stops::UNWOUND != 0 {
                "leaves with exception"
            } else {
                "returns"
            };
            self.say(&format!("{mark} {what} {value}"));
        }
        Ok(())
    }

    /// What stands before the present line: `<<` where the function returns, `!!` where an
    /// exception leaves it.
    fn mark(&self) -> &'static str {
        match self.position.kinds {
            _ if self.frame > 0 => ">",
            kinds if kinds & vm::stops::UNWOUND != 0 => "!!",
            kinds if kinds & bytecode::EXIT != 0 && kinds & bytecode::LINE == 0 => "<<",
            _ => ">",
        }
    }

    /// The text of an expression's value, with its name.
    pub(crate) fn evaluate(&mut self, text: &str, pretty: bool) -> Result<String, Trouble> {
        let (python, objects) = self.notes.python(text)?;
        let request = Request::Evaluate {
            frame: self.frame,
            text: python,
            objects,
            pretty,
        };
        match self.here.ask(&request)? {
            Reply::Value { text, named } => Ok(match named {
                Some(named) => format!("${} = {text}", self.notes.number(&named)),
                None => text,
            }),
            Reply::Refused(_) => Err(Trouble::Text(String::from("Attempted to do I/O"))),
            Reply::Failed(text) => Err(Trouble::Text(text)),
            other => Err(Trouble::Text(format!("unexpected answer {other:?}"))),
        }
    }
}

fn position_of(moment: &mut Moment) -> Result<Position, Lost> {
    match moment.ask(&Request::Position)? {
        Reply::Position(position) => Ok(position),
        other => Err(Lost::Failed(format!("unexpected answer {other:?}"))),
    }
}
