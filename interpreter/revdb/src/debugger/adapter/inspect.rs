//! What the editor shows of a moment: frames, variables, values of expressions.
//!
//! A value is opened only when the editor asks for its parts. Its reference is the object's
//! creation number where it has one; else the way to it from a frame or an expression.

use super::wire::Request;
use super::{Adapter, Answer, Fault, Outcome, THREAD, Then};
use crate::debugger::commands;
use crate::debugger::session::{Trouble, refusal};
use crate::protocol::{self, Child, Described, Form, Reply, Root};
use serde_json::{Value, json};

/// What a `variablesReference` stands for.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) root: Root,
    pub(super) path: Vec<usize>,
    /// How many of its parts have names; they stand before the others.
    named: usize,
    /// How it is written as an expression.
    expression: Option<String>,
}

/// Parts that are fetched where the editor sets no bound.
const PARTS_MAX: usize = 1000;

impl Adapter {
    pub(super) fn threads(&mut self, _request: &Request) -> Outcome {
        Ok(json!({"threads": [{"id": THREAD, "name": "main"}]}).into())
    }

    /// The frame that a request names, counted from the innermost.
    pub(super) fn frame(&self, request: &Request) -> Result<usize, Fault> {
        let id = request.number("frameId")? as usize;
        match id.checked_sub(1) {
            Some(frame) if frame < self.session.position.depth => Ok(frame),
            _ => Err(Fault::from("there is no such frame")),
        }
    }

    /// The same, where the innermost is meant if none is named.
    fn frame_or_innermost(&self, request: &Request) -> Result<usize, Fault> {
        match request.arguments["frameId"] {
            Value::Null => Ok(0),
            _ => self.frame(request),
        }
    }

    pub(super) fn stack_trace(&mut self, request: &Request) -> Outcome {
        let wish = |name: &str| request.arguments[name].as_u64().unwrap_or(0) as usize;
        let (first, count) = (wish("startFrame"), wish("levels"));
        let reply = self.session.ask(&protocol::Request::Frames)?;
        let Reply::Backtrace(frames) = reply else {
            return self.other(reply);
        };
        let total = frames.len();
        let count = if count == 0 { total } else { count };
        let mut shown = Vec::new();
        for (at, frame) in frames.into_iter().enumerate().skip(first).take(count) {
            let source = self.source_of(at, &frame.file);
            let mut entry = json!({"id": at + 1, "name": frame.function, "source": source,
                "line": self.shown_line(frame.line), "column": 1, "canRestart": true});
            if frame.file.starts_with('<') {
                entry["presentationHint"] = json!("subtle");
            }
            shown.push(entry);
        }
        Ok(json!({"stackFrames": shown, "totalFrames": total}).into())
    }

    pub(super) fn scopes(&mut self, request: &Request) -> Outcome {
        let frame = self.frame(request)?;
        let mut scope = |name: &str, hint: &str, root: Root| {
            self.references.push(Reference {
                root,
                path: Vec::new(),
                named: usize::MAX,
                expression: Some(String::new()),
            });
            json!({"name": name, "presentationHint": hint, "expensive": hint == "globals",
                "variablesReference": self.references.len()})
        };
        let scopes = [
            scope("Locals", "locals", Root::Locals { frame }),
            scope("Globals", "globals", Root::Globals { frame }),
        ];
        Ok(json!({"scopes": scopes}).into())
    }

    pub(super) fn reference(&self, request: &Request) -> Result<&Reference, Fault> {
        let number = request.number("variablesReference")? as usize;
        let found = number.checked_sub(1).and_then(|at| self.references.get(at));
        found.ok_or_else(|| Fault::from("this value was of another moment"))
    }

    /// Parts of a value. Where showing them fails, they are shown without code of the program.
    pub(super) fn parts(
        &mut self,
        reference: &Reference,
        first: usize,
        count: usize,
    ) -> Result<Vec<Child>, Fault> {
        let request = |cautious| protocol::Request::Children {
            root: reference.root.clone(),
            path: reference.path.clone(),
            first,
            count,
            cautious,
        };
        if let Reply::Children(children) = self.session.ask(&request(false))? {
            return Ok(children);
        }
        match self.session.ask(&request(true))? {
            Reply::Children(children) => Ok(children),
            other => self.other(other),
        }
    }

    pub(super) fn variables(&mut self, request: &Request) -> Outcome {
        let reference = self.reference(request)?.clone();
        let wish = |name: &str| request.arguments[name].as_u64().map(|n| n as usize);
        let start = wish("start").unwrap_or(0);
        let count = wish("count").filter(|&count| count > 0);
        let (first, count) = match request.arguments["filter"].as_str() {
            Some("named") => {
                let left = reference.named.saturating_sub(start);
                (start, count.unwrap_or(PARTS_MAX).min(left))
            }
            Some("indexed") if reference.named == usize::MAX => (0, 0),
            Some("indexed") => (reference.named + start, count.unwrap_or(PARTS_MAX)),
            _ => (start, count.unwrap_or(PARTS_MAX)),
        };
        let parts = self.parts(&reference, first, count)?;
        let shown = parts.into_iter().enumerate().map(|(at, part)| {
            let expression = match (&reference.expression, &part.access) {
                (Some(owner), Some(access)) => Some(format!("{owner}{access}")),
                _ => None,
            };
            let root = match part.value.number {
                Some(number) => (Root::Object(number), Vec::new()),
                None => {
                    let mut path = reference.path.clone();
                    path.push(first + at);
                    (reference.root.clone(), path)
                }
            };
            let mut entry = self.shown(&part.value, root, expression.clone());
            entry["name"] = json!(part.name);
            entry["value"] = entry["result"].take();
            if let Some(object) = entry.as_object_mut() {
                object.remove("result");
            }
            if let Some(expression) = expression {
                entry["evaluateName"] = json!(expression);
            }
            entry
        });
        let shown: Vec<Value> = shown.collect();
        Ok(json!({"variables": shown}).into())
    }

    /// A value as the answer of `evaluate` has it; it can be opened if it has parts.
    fn shown(
        &mut self,
        value: &Described,
        (root, path): (Root, Vec<usize>),
        expression: Option<String>,
    ) -> Value {
        let mut entry = json!({"result": value.text, "type": value.class,
            "variablesReference": 0});
        if value.named + value.indexed > 0 {
            self.references.push(Reference {
                root,
                path,
                named: value.named,
                expression,
            });
            entry["variablesReference"] = json!(self.references.len());
            entry["namedVariables"] = json!(value.named);
            entry["indexedVariables"] = json!(value.indexed);
        }
        entry
    }

    pub(super) fn evaluate(&mut self, request: &Request) -> Outcome {
        let typed = request.text("expression")?.trim().to_owned();
        let frame = self.frame_or_innermost(request)?;
        let context = request.arguments["context"].as_str().unwrap_or("repl");
        if context == "repl"
            && let Some(command) = typed.strip_prefix(':')
        {
            return self.command(command, frame);
        }
        let form = match context {
            "clipboard" => Form::Pretty,
            _ => Form::Repr,
        };
        let evaluation = self.session.evaluation(&typed, frame, form)?;
        let (text, named, value) = match self.session.ask(&evaluation)? {
            Reply::Value { text, named, value } => (text, named, value),
            other => return Err(refusal(other).into()),
        };
        let Some(value) = value else {
            return Ok(json!({"result": text, "variablesReference": 0}).into());
        };
        let root = match value.number {
            Some(number) => Root::Object(number),
            None => Root::Value {
                frame,
                text: self.session.text(&typed)?,
            },
        };
        let name = named.filter(|_| context == "repl");
        let text = match name {
            Some(named) => format!("${} = {text}", self.session.notes.number(&named)),
            None => text,
        };
        let value = Described { text, ..value };
        let is_simple = typed
            .chars()
            .all(|c| c.is_alphanumeric() || "_.$[]'".contains(c));
        let expression = if is_simple {
            typed
        } else {
            format!("({typed})")
        };
        Ok(self
            .shown(&value, (root, Vec::new()), Some(expression))
            .into())
    }

    /// A command of the prompt.
    fn command(&mut self, command: &str, frame: usize) -> Outcome {
        let before = self.session.position.time;
        self.session.frame = frame;
        let done = commands::execute(&mut self.session, command);
        let text = std::mem::take(&mut self.session.out);
        match done {
            Ok(()) => Ok(Answer {
                body: json!({"result": text.trim_end(), "variablesReference": 0}),
                then: match self.session.position.time == before {
                    true => Then::Nothing,
                    false => Then::Moved("goto"),
                },
            }),
            Err(Trouble::Quit) => Ok(Answer {
                body: json!({"result": "", "variablesReference": 0}),
                then: Then::Leave,
            }),
            Err(trouble) => Err(trouble.into()),
        }
    }

    pub(super) fn completions(&mut self, request: &Request) -> Outcome {
        let text = request.text("text")?;
        let column = request.number("column")? as usize;
        let before: String = text.chars().take(column.saturating_sub(1)).collect();
        self.session.frame = self.frame_or_innermost(request)?;
        let word = crate::debugger::complete::path(&before);
        let begin = before.len() - word.len();
        let (at, names) = self.session.names(word, begin);
        let start = before[..at].chars().count();
        let length = before.chars().count() - start;
        let targets: Vec<Value> = names
            .into_iter()
            .map(|name| json!({"label": name, "start": start, "length": length}))
            .collect();
        Ok(json!({"targets": targets}).into())
    }

    pub(super) fn exception_info(&mut self, _request: &Request) -> Outcome {
        match self.session.ask(&protocol::Request::Exception)? {
            Reply::Exception { class, text, trace } => Ok(json!({
                "exceptionId": class, "description": text, "breakMode": "always",
                "details": {"message": text, "typeName": class, "stackTrace": trace},
            })
            .into()),
            other => self.other(other),
        }
    }
}
