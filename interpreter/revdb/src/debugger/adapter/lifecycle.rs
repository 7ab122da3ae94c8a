//! Beginning and end of an editor's session.

use super::wire::{Incoming, Input, Outgoing, Request};
use super::{Adapter, Answer, Fault, Outcome, Then, moving};
use crate::debugger::moves::Stop;
use crate::debugger::session::Session;
use crate::debugger::{Origin, Parted, part};
use crate::protocol::Time;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The adapter before a log is open.
pub(super) struct Before {
    log: Option<PathBuf>,
    out: Outgoing,
    first_line: u32,
}

/// How it goes on.
pub(super) enum Opened {
    /// The editor left without opening one.
    Left,
    /// This process replays.
    Replay(Box<Origin>),
    Adapter(Box<Adapter>, Input),
}

/// What the adapter can do, and how its exceptions are to be named.
fn capabilities() -> Value {
    let filters = json!([
        {"filter": "raised", "label": "Raised exceptions", "default": false,
         "supportsCondition": true, "conditionDescription": "Name of a class, or none for all"},
        {"filter": "uncaught", "label": "Uncaught exceptions", "default": false},
    ]);
    json!({
        "supportsConfigurationDoneRequest": true,
        "supportsFunctionBreakpoints": true,
        "supportsConditionalBreakpoints": true,
        "supportsHitConditionalBreakpoints": true,
        "supportsLogPoints": true,
        "supportsDataBreakpoints": true,
        "supportsExceptionFilterOptions": true,
        "supportsExceptionInfoRequest": true,
        "exceptionBreakpointFilters": filters,
        "supportsBreakpointLocationsRequest": true,
        "supportsEvaluateForHovers": true,
        "supportsClipboardContext": true,
        "supportsCompletionsRequest": true,
        "completionTriggerCharacters": ["."],
        "supportsStepBack": true,
        "supportsRestartFrame": true,
        "supportsRestartRequest": true,
        "supportsGotoTargetsRequest": true,
        "supportsTerminateRequest": true,
        "supportsCancelRequest": true,
        "supportsDelayedStackTraceLoading": true,
    })
}

impl Before {
    pub(super) fn new(log: Option<PathBuf>, out: Outgoing) -> Before {
        Before {
            log,
            out,
            first_line: 1,
        }
    }

    /// Answers until a log is open.
    pub(super) fn open(mut self, mut input: Input) -> Result<Opened, String> {
        loop {
            let request = match input.read() {
                Incoming::Request(request) => request,
                Incoming::Malformed { seq, why } => {
                    self.out.malformed(seq, &why);
                    continue;
                }
                Incoming::End => return Ok(Opened::Left),
            };
            match request.command.as_str() {
                "initialize" => {
                    if request.arguments["linesStartAt1"] == json!(false) {
                        self.first_line = 0;
                    }
                    self.out.respond(&request, Ok(capabilities()));
                }
                "disconnect" | "terminate" => {
                    self.out.respond(&request, Ok(Value::Null));
                    return Ok(Opened::Left);
                }
                "launch" | "attach" => match self.launch(&request) {
                    Ok(Launched::Replay(origin)) => return Ok(Opened::Replay(origin)),
                    Ok(Launched::Session(session)) => {
                        return Ok(Opened::Adapter(self.opened(*session, &request), input));
                    }
                    Err(text) => self.out.respond(&request, Err(&text)),
                },
                _ => {
                    let text = format!("`{}` needs an open log: `launch` first", request.command);
                    self.out.respond(&request, Err(&text));
                }
            }
        }
    }

    fn launch(&self, request: &Request) -> Result<Launched, String> {
        let named = request.arguments["log"].as_str().map(PathBuf::from);
        let log = named.or_else(|| self.log.clone());
        let log = log.ok_or("`launch` needs the recording's path as `log`")?;
        match part(&log).map_err(|error| error.to_string())? {
            Parted::Replay(origin) => Ok(Launched::Replay(origin)),
            Parted::Debugger(begun) => {
                let session = Session::begin(*begun, |_: Time, _| ())?;
                Ok(Launched::Session(Box::new(session)))
            }
        }
    }

    /// The adapter of an open log; the editor may set breakpoints now.
    fn opened(self, session: Session, request: &Request) -> Box<Adapter> {
        let mut adapter = super::adapter(self.out, session, self.first_line);
        adapter.goes_on = request.arguments["stopOnEntry"] == json!(false);
        adapter.sources.map(&request.arguments["pathMappings"]);
        adapter.out.respond(request, Ok(Value::Null));
        if let Some(told) = adapter.session.told.take() {
            adapter.tell("important", &told);
        }
        let wished = &request.arguments["time"];
        let wished = wished
            .as_str()
            .map(str::to_owned)
            .or_else(|| Some(wished.as_u64()?.to_string()));
        if let Some(time) = wished {
            let went =
                crate::debugger::commands::execute(&mut adapter.session, &format!("go {time}"));
            adapter.session.out.clear();
            if let Err(trouble) = went {
                let Fault(text) = trouble.into();
                adapter.tell("important", &text);
            }
        }
        adapter.out.event("initialized", &json!({}));
        Box::new(adapter)
    }
}

enum Launched {
    Replay(Box<Origin>),
    Session(Box<Session>),
}

impl Adapter {
    pub(super) fn configuration_done(&mut self, _request: &Request) -> Outcome {
        let process = json!({"name": self.session.log.header().words.join(" "),
            "isLocalProcess": true, "startMethod": "launch"});
        self.out.event("process", &process);
        self.out.event(
            "thread",
            &json!({"reason": "started", "threadId": super::THREAD}),
        );
        Ok(Answer {
            body: Value::Null,
            then: if self.goes_on {
                Then::Move(moving::Move::new("breakpoint", Session::go_on))
            } else {
                Then::Moved("entry")
            },
        })
    }

    pub(super) fn disconnect(&mut self, _request: &Request) -> Outcome {
        Ok(Answer {
            body: Value::Null,
            then: Then::Leave,
        })
    }

    /// Goes to the recording's first stop point.
    pub(super) fn restart(&mut self, _request: &Request) -> Outcome {
        let to_start = |session: &mut Session| {
            session.go(0)?;
            Ok(Stop::Start)
        };
        Ok(Answer {
            body: Value::Null,
            then: Then::Move(moving::Move::new("entry", to_start)),
        })
    }

    /// What is to be done in the end.
    pub(super) fn leave(&mut self) {
        self.owned.leave(&mut self.session.notes);
        self.prompts.give_back(&mut self.session.notes);
        for text in self.session.keep() {
            eprintln!("krait: {text}");
        }
    }
}
