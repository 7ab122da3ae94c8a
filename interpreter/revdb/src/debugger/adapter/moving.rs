//! Moves, and what the editor is told where they end.

use super::breakpoints::Kind;
use super::wire::Request;
use super::{Adapter, Answer, Outcome, THREAD, Then};
use crate::debugger::moves::Stop;
use crate::debugger::session::{Session, Trouble};
use crate::protocol::{self, Hit, Reply, Why};
use serde_json::{Value, json};

type Make = Box<dyn FnOnce(&mut Session) -> Result<Stop, Trouble>>;

/// A move, and why one stops where it leads if nothing else stops it.
pub(super) struct Move {
    reason: &'static str,
    make: Make,
}

impl Move {
    pub(super) fn new(
        reason: &'static str,
        make: impl FnOnce(&mut Session) -> Result<Stop, Trouble> + 'static,
    ) -> Move {
        Move {
            reason,
            make: Box::new(make),
        }
    }
}

/// A line that one can go to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    file: String,
    line: u32,
    back: bool,
}

/// A move in answer to a request.
fn moving(
    reason: &'static str,
    make: impl FnOnce(&mut Session) -> Result<Stop, Trouble> + 'static,
) -> Outcome {
    Ok(Answer {
        body: Value::Null,
        then: Then::Move(Move::new(reason, make)),
    })
}

impl Adapter {
    pub(super) fn go_on(&mut self, _request: &Request) -> Outcome {
        Ok(Answer {
            body: json!({"allThreadsContinued": true}),
            ..moving("breakpoint", Session::go_on)?
        })
    }

    pub(super) fn go_back(&mut self, _request: &Request) -> Outcome {
        moving("breakpoint", Session::go_back)
    }

    pub(super) fn next(&mut self, _request: &Request) -> Outcome {
        moving("step", Session::next)
    }

    pub(super) fn step_in(&mut self, _request: &Request) -> Outcome {
        moving("step", |session| session.step(1))
    }

    pub(super) fn step_out(&mut self, _request: &Request) -> Outcome {
        moving("step", Session::leave)
    }

    pub(super) fn step_back(&mut self, _request: &Request) -> Outcome {
        moving("step", Session::next_back)
    }

    pub(super) fn restart_frame(&mut self, request: &Request) -> Outcome {
        let frame = self.frame(request)?;
        moving("restart", move |session| session.go_to_entry(frame))
    }

    /// The moments at which a line runs, next and before.
    pub(super) fn goto_targets(&mut self, request: &Request) -> Outcome {
        let file = self.recorded_file(&request.arguments["source"])?;
        let line = self.line(&request.arguments["line"])?;
        let mut targets = Vec::new();
        for (back, label) in [
            (false, "the next time this line runs"),
            (true, "the last time it ran"),
        ] {
            self.targets.push(Target {
                file: file.clone(),
                line,
                back,
            });
            let id = self.targets.len();
            targets.push(json!({"id": id, "label": label, "line": self.shown_line(line)}));
        }
        Ok(json!({"targets": targets}).into())
    }

    pub(super) fn goto(&mut self, request: &Request) -> Outcome {
        let id = request.number("targetId")? as usize;
        let target = id.checked_sub(1).and_then(|at| self.targets.get(at));
        let target = target.cloned().ok_or("there is no such target")?;
        moving("goto", move |session| {
            session.go_to_line(&target.file, target.line, target.back)
        })
    }

    /// Makes a move and tells where it ended.
    pub(super) fn make(&mut self, how: Move) {
        match (how.make)(&mut self.session) {
            Ok(stop) => self.stopped(how.reason, Some(&stop), None),
            Err(Trouble::Text(text)) => self.stopped("pause", None, Some(text)),
            Err(Trouble::Quit) => self.stopped("pause", None, None),
        }
    }

    /// Tells where one is. What variables and targets stood for holds no longer.
    pub(super) fn stopped(
        &mut self,
        reason: &'static str,
        stop: Option<&Stop>,
        trouble: Option<String>,
    ) {
        self.references.clear();
        self.targets.clear();
        let said = std::mem::take(&mut self.session.out);
        self.tell("console", &said);
        self.send_output();
        self.confirm_breakpoints();
        let mut body = json!({"reason": reason, "threadId": THREAD, "allThreadsStopped": true});
        if let Some(text) = trouble {
            self.tell("important", &text);
            body["description"] = json!(text);
        }
        match stop {
            None => {}
            Some(Stop::Hit(hit)) => self.explain(hit, &mut body),
            Some(edge) => {
                let text = self.session.reasons(edge).join("\n");
                if reason != "entry" {
                    body["reason"] = json!("pause");
                }
                body["description"] = json!(text);
                body["text"] = json!(text);
            }
        }
        self.out.event("stopped", &body);
    }

    /// Why a move was stopped.
    fn explain(&mut self, hit: &Hit, body: &mut Value) {
        let mut numbers = Vec::new();
        let mut texts = Vec::new();
        for why in &hit.why {
            match why {
                Why::Depth | Why::Written(..) | Why::Breakpoint(u32::MAX) => continue,
                Why::Breakpoint(number) => {
                    numbers.push(*number);
                    body["reason"] = json!(self.owned.kind(*number).reason());
                }
                Why::BadCondition(number, text) => {
                    numbers.push(*number);
                    body["reason"] = json!(self.owned.kind(*number).reason());
                    texts.push(format!("the condition cannot be evaluated: {text}"));
                }
                Why::Watchpoint(number, old, new) => {
                    numbers.push(*number);
                    body["reason"] = json!(Kind::Data.reason());
                    texts.push(format!("{old} => {new}"));
                }
            }
        }
        if body["reason"] == Kind::Exception.reason()
            && let Some(exception) = &self.session.position.leaving
        {
            texts.push(exception.clone());
        }
        if !numbers.is_empty() {
            body["hitBreakpointIds"] = json!(numbers);
        }
        if !texts.is_empty() {
            body["text"] = json!(texts.join("\n"));
        }
    }

    /// Sends what the program wrote up to now and was not sent before. What was sent stays sent:
    /// an editor cannot take output back when one goes backwards.
    fn send_output(&mut self) {
        let request = protocol::Request::Output {
            after: self.sent_output,
        };
        let Ok(Reply::Output(pieces)) = self.session.ask(&request) else {
            return;
        };
        self.sent_output += pieces.len();
        for piece in pieces {
            let category = if piece.stream == 2 {
                "stderr"
            } else {
                "stdout"
            };
            let body = json!({"category": category, "output": piece.text});
            self.out.event("output", &body);
        }
    }
}
