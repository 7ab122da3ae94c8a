//! The editor's breakpoints. It sends all of one kind at a time, so each kind's are replaced.
//!
//! Code that a program has not compiled yet has no lines to stop at: a breakpoint there is
//! `pending`, and confirmed at the first stop at which the code is there. It is in force all along.

use super::wire::Request;
use super::{Adapter, Answer, Fault, Outcome};
use crate::hits::HitRule;
use crate::protocol::{self, Breakpoint, Named, Place, Reply, Root, Watchpoint};
use crate::session::Notes;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What a breakpoint is set on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Line,
    Function,
    Exception,
    Data,
}

impl Kind {
    /// How the protocol calls a stop there.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Kind::Line => "breakpoint",
            Kind::Function => "function breakpoint",
            Kind::Exception => "exception",
            Kind::Data => "data breakpoint",
        }
    }
}

/// The numbers of the editor's breakpoints.
#[derive(Default)]
pub(super) struct Owned {
    lines: HashMap<String, Vec<u32>>,
    functions: Vec<u32>,
    exceptions: Vec<u32>,
    data: Vec<u32>,
    /// Those of lines whose code is not there yet.
    pending: Vec<(u32, String, u32)>,
}

impl Owned {
    pub(super) fn kind(&self, number: u32) -> Kind {
        if self.functions.contains(&number) {
            Kind::Function
        } else if self.exceptions.contains(&number) {
            Kind::Exception
        } else if self.data.contains(&number) {
            Kind::Data
        } else {
            Kind::Line
        }
    }

    /// Takes the editor's breakpoints out of the notes.
    pub(super) fn leave(&self, notes: &mut Notes) {
        let lines: Vec<u32> = self.lines.values().flatten().copied().collect();
        for numbers in [&lines, &self.functions, &self.exceptions, &self.data] {
            forget(notes, numbers);
        }
    }
}

fn forget(notes: &mut Notes, numbers: &[u32]) {
    notes.breakpoints.retain(|b| !numbers.contains(&b.number));
    notes.watchpoints.retain(|w| !numbers.contains(&w.number));
}

/// Breakpoints that were set at the prompt: an editor neither shows nor knows them.
pub(super) struct Prompts {
    breakpoints: Vec<Breakpoint>,
    watchpoints: Vec<Watchpoint>,
}

impl Prompts {
    pub(super) fn taken(notes: &mut Notes) -> Prompts {
        Prompts {
            breakpoints: std::mem::take(&mut notes.breakpoints),
            watchpoints: std::mem::take(&mut notes.watchpoints),
        }
    }

    pub(super) fn give_back(&mut self, notes: &mut Notes) {
        notes.breakpoints.append(&mut self.breakpoints);
        notes.watchpoints.append(&mut self.watchpoints);
    }
}

/// What is answered for a breakpoint that cannot be.
fn refused(text: &str) -> Value {
    json!({"verified": false, "message": text, "reason": "failed"})
}

impl Adapter {
    /// A breakpoint with what the editor says of it besides its place.
    fn made(&mut self, place: Place, wished: &Value) -> Result<Breakpoint, Fault> {
        let text = |name: &str| wished[name].as_str().filter(|text| !text.trim().is_empty());
        let condition = text("condition").map(|text| self.session.condition(text));
        let log = text("logMessage").map(|text| self.session.message(text));
        Ok(Breakpoint {
            condition: condition.transpose()?,
            log: log.transpose()?,
            hits: text("hitCondition").map(HitRule::parse).transpose()?,
            place,
            number: self.session.new_number(),
        })
    }

    fn add(&mut self, breakpoint: Breakpoint) -> u32 {
        let number = breakpoint.number;
        self.session.notes.breakpoints.push(breakpoint);
        number
    }

    pub(super) fn set_breakpoints(&mut self, request: &Request) -> Outcome {
        let file = self.recorded_file(&request.arguments["source"])?;
        let wished = request.list("breakpoints")?.to_vec();
        let old = self.owned.lines.remove(&file).unwrap_or_default();
        forget(&mut self.session.notes, &old);
        self.owned
            .pending
            .retain(|(number, ..)| !old.contains(number));
        let lines = self.lines(&file)?;
        let mut numbers = Vec::new();
        let mut answers = Vec::new();
        for wish in &wished {
            match self.set_line(&file, &lines, wish) {
                Ok((number, answer)) => {
                    numbers.push(number);
                    answers.push(answer);
                }
                Err(Fault(text)) => answers.push(refused(&text)),
            }
        }
        self.owned.lines.insert(file, numbers);
        Ok(json!({"breakpoints": answers}).into())
    }

    fn set_line(&mut self, file: &str, lines: &[u32], wish: &Value) -> Result<(u32, Value), Fault> {
        let wished = self.line(&wish["line"])?;
        let line = next_line(lines, wished);
        let place = Place::Line {
            file: file.to_owned(),
            line: line.unwrap_or(wished),
        };
        let breakpoint = self.made(place, wish)?;
        let number = self.add(breakpoint);
        Ok((
            number,
            match line {
                Some(line) => {
                    json!({"id": number, "verified": true, "line": self.shown_line(line)})
                }
                None => {
                    self.owned.pending.push((number, file.to_owned(), wished));
                    json!({"id": number, "verified": false, "line": self.shown_line(wished),
                    "reason": "pending",
                    "message": "the program has not compiled this code yet"})
                }
            },
        ))
    }

    /// The lines of a file at which one can stop now.
    fn lines(&mut self, file: &str) -> Result<Vec<u32>, Fault> {
        let request = protocol::Request::Lines {
            file: file.to_owned(),
        };
        match self.session.ask(&request)? {
            Reply::Lines(lines) => Ok(lines),
            other => Err(crate::debugger::session::refusal(other).into()),
        }
    }

    /// Tells of pending breakpoints whose code is there by now.
    pub(super) fn confirm_breakpoints(&mut self) {
        for (number, file, wished) in std::mem::take(&mut self.owned.pending) {
            let lines = self.lines(&file).unwrap_or_default();
            let Some(line) = next_line(&lines, wished) else {
                self.owned.pending.push((number, file, wished));
                continue;
            };
            let mut all = self.session.notes.breakpoints.iter_mut();
            if let Some(breakpoint) = all.find(|b| b.number == number) {
                breakpoint.place = Place::Line { file, line };
            }
            let line = self.shown_line(line);
            let breakpoint = json!({"id": number, "verified": true, "line": line});
            let body = json!({"reason": "changed", "breakpoint": breakpoint});
            self.out.event("breakpoint", &body);
        }
    }

    pub(super) fn breakpoint_locations(&mut self, request: &Request) -> Outcome {
        let file = self.recorded_file(&request.arguments["source"])?;
        let first = self.line(&request.arguments["line"])?;
        let last = match &request.arguments["endLine"] {
            Value::Null => first,
            line => self.line(line)?,
        };
        let lines = self.lines(&file)?;
        let within = lines.iter().filter(|line| (first..=last).contains(line));
        let found: Vec<Value> = within
            .map(|&line| json!({"line": self.shown_line(line)}))
            .collect();
        Ok(json!({"breakpoints": found}).into())
    }

    pub(super) fn set_function_breakpoints(&mut self, request: &Request) -> Outcome {
        let wished = request.list("breakpoints")?.to_vec();
        let old = std::mem::take(&mut self.owned.functions);
        forget(&mut self.session.notes, &old);
        let mut answers = Vec::new();
        for wish in &wished {
            let name = wish["name"].as_str().unwrap_or_default().trim().to_owned();
            let made = match name.is_empty() {
                true => Err(Fault::from("a function breakpoint needs a `name`")),
                false => self.made(Place::Function(name), wish),
            };
            match made {
                Ok(breakpoint) => {
                    let number = self.add(breakpoint);
                    self.owned.functions.push(number);
                    answers.push(json!({"id": number, "verified": true}));
                }
                Err(Fault(text)) => answers.push(refused(&text)),
            }
        }
        Ok(json!({"breakpoints": answers}).into())
    }

    pub(super) fn set_exception_breakpoints(&mut self, request: &Request) -> Outcome {
        let plain = request.list("filters")?.iter();
        let plain = plain.map(|filter| (filter.clone(), Value::Null));
        let options = request.list("filterOptions")?.iter();
        let options = options.map(|o| (o["filterId"].clone(), o["condition"].clone()));
        let wished: Vec<(Value, Value)> = plain.chain(options).collect();
        let old = std::mem::take(&mut self.owned.exceptions);
        forget(&mut self.session.notes, &old);
        let mut answers = Vec::new();
        for (filter, class) in wished {
            let class = class.as_str().unwrap_or_default().trim().to_owned();
            let place = match filter.as_str() {
                Some("raised") => Place::Raised(class),
                Some("uncaught") => Place::Uncaught,
                _ => {
                    answers.push(refused("there is no such filter"));
                    continue;
                }
            };
            let breakpoint = self.made(place, &Value::Null)?;
            let number = self.add(breakpoint);
            self.owned.exceptions.push(number);
            answers.push(json!({"id": number, "verified": true}));
        }
        Ok(json!({"breakpoints": answers}).into())
    }

    /// How a part of an object can be watched: by the object's number, and the way to the part.
    pub(super) fn data_breakpoint_info(&mut self, request: &Request) -> Outcome {
        let name = request.text("name")?.to_owned();
        let cannot = |text: &str| Ok(json!({"dataId": null, "description": text}).into());
        if request.arguments["variablesReference"]
            .as_u64()
            .unwrap_or(0)
            == 0
        {
            return match name.contains('$') && self.session.condition(&name).is_ok() {
                true => Ok(self.data_id(&name)),
                false => cannot("what is watched is a part of an object, or an expression over $N"),
            };
        }
        let reference = self.reference(request)?.clone();
        let owner = protocol::Request::Owner {
            root: reference.root.clone(),
        };
        let owner = match self.session.ask(&owner)? {
            Reply::Owner(owner) if reference.path.is_empty() => owner,
            _ => None,
        };
        let Some(owner) = owner else {
            return cannot(
                "this is no part of an object of the program: a function's variable, say",
            );
        };
        let parts = self.parts(&reference, 0, usize::MAX)?;
        let Some(part) = parts.into_iter().find(|part| part.name == name) else {
            return cannot("there is no such part");
        };
        let access = match (&reference.root, part.access) {
            // The object is the namespace.
            (Root::Locals { .. } | Root::Globals { .. }, _) => Some(format!("['{name}']")),
            (_, access) => access,
        };
        let Some(access) = access else {
            return cannot("there is no way to write down this part");
        };
        let number = self.session.notes.number(&Named::Object(owner));
        Ok(self.data_id(&format!("${number}{access}")))
    }

    fn data_id(&self, expression: &str) -> Answer {
        json!({"dataId": expression, "description": expression, "accessTypes": ["write"],
            "canPersist": true})
        .into()
    }

    pub(super) fn set_data_breakpoints(&mut self, request: &Request) -> Outcome {
        let wished = request.list("breakpoints")?.to_vec();
        let old = std::mem::take(&mut self.owned.data);
        forget(&mut self.session.notes, &old);
        let mut answers = Vec::new();
        for wish in &wished {
            let has = |name: &str| wish[name].as_str().is_some_and(|text| !text.is_empty());
            let made = match wish["dataId"].as_str() {
                _ if has("condition") || has("hitCondition") => {
                    Err(Fault::from("a data breakpoint stops at each change"))
                }
                Some(expression) => self.session.watchpoint(expression).map_err(Fault::from),
                None => Err(Fault::from("a data breakpoint needs a `dataId`")),
            };
            match made {
                Ok(watchpoint) => {
                    let number = watchpoint.number;
                    self.session.notes.watchpoints.push(watchpoint);
                    self.owned.data.push(number);
                    answers.push(json!({"id": number, "verified": true}));
                }
                Err(Fault(text)) => answers.push(refused(&text)),
            }
        }
        Ok(json!({"breakpoints": answers}).into())
    }
}

/// The first line, from one on, at which one can stop.
fn next_line(lines: &[u32], wished: u32) -> Option<u32> {
    lines.iter().copied().find(|&line| line >= wished)
}
