//! A server of the Debug Adapter Protocol, through which editors drive the debugger.
//!
//! The protocol's own words for going back (`stepBack`, `reverseContinue`, `restartFrame`, `goto`)
//! are moves like the others. A recording has one thread, whose program stands still whenever it is
//! asked for something, so requests are answered one after the other; only an interrupt (`pause`,
//! `disconnect`) is seen to by the thread that reads (`wire`), because a move may take long.
//!
//! Before a log is open there is one process and one thread: so it can become two, of which one
//! replays. Whatever goes wrong later is told to the editor, which stays where it was.

mod breakpoints;
mod inspect;
mod lifecycle;
mod moving;
mod sources;
mod wire;

use super::session::Session;
use super::{AdapterOptions, Side};
use crate::moment::Heeding;
use breakpoints::Owned;
use lifecycle::Before;
use serde_json::{Value, json};
use sources::Sources;
use std::collections::HashMap;
use std::io::{self, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use wire::{Incoming, Input, Outgoing, Request};

/// The only thread's number.
const THREAD: u64 = 1;

/// An editor's session.
struct Adapter {
    out: Outgoing,
    session: Session,
    /// How the editor counts lines: 1, or 0.
    first_line: u32,
    sources: Sources,
    /// What `variablesReference`s stand for, from 1; until the next move.
    references: Vec<inspect::Reference>,
    /// What `targetId`s stand for.
    targets: Vec<moving::Target>,
    owned: Owned,
    /// Pieces of output that the editor has been sent.
    sent_output: usize,
    /// Whether one goes on at once when the editor is ready.
    goes_on: bool,
    /// The prompt's breakpoints and watchpoints, which are none of the editor's.
    prompts: breakpoints::Prompts,
}

/// What a request leads to.
#[derive(Default)]
struct Answer {
    body: Value,
    then: Then,
}

/// What happens once a request is answered.
#[derive(Default)]
enum Then {
    #[default]
    Nothing,
    Move(moving::Move),
    /// One was moved already.
    Moved(&'static str),
    Leave,
}

impl From<Value> for Answer {
    fn from(body: Value) -> Answer {
        Answer {
            body,
            then: Then::Nothing,
        }
    }
}

/// Why a request is not answered as it should be; for the user.
struct Fault(String);

impl From<String> for Fault {
    fn from(text: String) -> Fault {
        Fault(text)
    }
}

impl From<&str> for Fault {
    fn from(text: &str) -> Fault {
        Fault(text.to_owned())
    }
}

impl From<super::session::Trouble> for Fault {
    fn from(trouble: super::session::Trouble) -> Fault {
        match trouble {
            super::session::Trouble::Text(text) => Fault(text),
            super::session::Trouble::Quit => Fault(String::from("the session ends")),
        }
    }
}

type Outcome = Result<Answer, Fault>;

/// Reaches the editor, and serves it until it leaves.
pub(super) fn serve(options: &AdapterOptions) -> Result<Side, String> {
    let (input, out) = reach(options).map_err(|error| match options.port {
        Some(port) => format!("cannot listen on port {port}: {error}"),
        None => error.to_string(),
    })?;
    match Before::new(options.log.clone(), out).open(input)? {
        lifecycle::Opened::Left => Ok(Side::Debugger(0)),
        lifecycle::Opened::Replay(origin) => Ok(Side::Replay(origin)),
        lifecycle::Opened::Adapter(adapter, input) => Ok(Side::Debugger(adapter.converse(input))),
    }
}

fn reach(options: &AdapterOptions) -> io::Result<(Input, Outgoing)> {
    let Some(port) = options.port else {
        let input = Input::new(Box::new(BufReader::new(io::stdin())));
        return Ok((input, Outgoing::new(Box::new(io::stdout()))));
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    eprintln!("krait: an editor can connect to {}", listener.local_addr()?);
    let (stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    let input = Input::new(Box::new(BufReader::new(stream.try_clone()?)));
    Ok((input, Outgoing::new(Box::new(stream))))
}

/// The requests that need an open log.
const REQUESTS: &[(&str, fn(&mut Adapter, &Request) -> Outcome)] = &[
    ("configurationDone", Adapter::configuration_done),
    ("disconnect", Adapter::disconnect),
    ("terminate", Adapter::disconnect),
    ("cancel", Adapter::nothing),
    ("pause", Adapter::nothing),
    ("setBreakpoints", Adapter::set_breakpoints),
    ("setFunctionBreakpoints", Adapter::set_function_breakpoints),
    (
        "setExceptionBreakpoints",
        Adapter::set_exception_breakpoints,
    ),
    ("dataBreakpointInfo", Adapter::data_breakpoint_info),
    ("setDataBreakpoints", Adapter::set_data_breakpoints),
    ("breakpointLocations", Adapter::breakpoint_locations),
    ("threads", Adapter::threads),
    ("stackTrace", Adapter::stack_trace),
    ("scopes", Adapter::scopes),
    ("variables", Adapter::variables),
    ("evaluate", Adapter::evaluate),
    ("completions", Adapter::completions),
    ("exceptionInfo", Adapter::exception_info),
    ("source", Adapter::source),
    ("continue", Adapter::go_on),
    ("reverseContinue", Adapter::go_back),
    ("next", Adapter::next),
    ("stepIn", Adapter::step_in),
    ("stepOut", Adapter::step_out),
    ("stepBack", Adapter::step_back),
    ("restartFrame", Adapter::restart_frame),
    ("restart", Adapter::restart),
    ("gotoTargets", Adapter::goto_targets),
    ("goto", Adapter::goto),
];

impl Adapter {
    /// Answers requests until the editor leaves; the exit code.
    fn converse(mut self, input: Input) -> i32 {
        let incoming = match input.in_thread() {
            Ok(incoming) => incoming,
            Err(error) => {
                eprintln!("krait: cannot read from the editor: {error}");
                return 1;
            }
        };
        while let Ok(message) = incoming.recv() {
            let request = match message {
                Incoming::Request(request) => request,
                Incoming::Malformed { seq, why } => {
                    self.out.malformed(seq, &why);
                    continue;
                }
                Incoming::End => break,
            };
            let _heeding = Heeding::begin();
            let known = REQUESTS.iter().find(|(name, _)| *name == request.command);
            let outcome = match known {
                Some((_, handle)) => handle(&mut self, &request),
                None => Err(Fault(format!(
                    "there is no request `{}` here",
                    request.command
                ))),
            };
            match outcome {
                Ok(Answer { body, then }) => {
                    self.out.respond(&request, Ok(body));
                    if !self.go_then(then) {
                        break;
                    }
                }
                Err(Fault(text)) => self.out.respond(&request, Err(&text)),
            }
            if self.out.is_broken() {
                break;
            }
        }
        self.leave();
        0
    }

    /// Does what follows an answer; false: there is nothing more to do.
    fn go_then(&mut self, then: Then) -> bool {
        match then {
            Then::Nothing => true,
            Then::Move(how) => {
                self.make(how);
                true
            }
            Then::Moved(reason) => {
                self.stopped(reason, None, None);
                true
            }
            Then::Leave => {
                self.out.event("terminated", &json!({}));
                false
            }
        }
    }

    fn nothing(&mut self, _request: &Request) -> Outcome {
        Ok(Answer::default())
    }

    /// What happens to texts that are for the user.
    fn tell(&mut self, category: &str, text: &str) {
        if !text.is_empty() {
            let text = format!("{}\n", text.trim_end_matches('\n'));
            let body = json!({"category": category, "output": text});
            self.out.event("output", &body);
        }
    }
}

/// A fresh adapter for a session.
fn adapter(out: Outgoing, mut session: Session, first_line: u32) -> Adapter {
    let prompts = breakpoints::Prompts::taken(&mut session.notes);
    Adapter {
        out,
        session,
        first_line,
        sources: Sources {
            mappings: Vec::new(),
            known: HashMap::new(),
            texts: Vec::new(),
        },
        references: Vec::new(),
        targets: Vec::new(),
        owned: Owned::default(),
        sent_output: 0,
        goes_on: false,
        prompts,
    }
}
