//! Commands that say where moves stop, and that name moments.

use super::moving::arrived;
use super::{Done, count};
use crate::debugger::moves::message_expression;
use crate::debugger::session::{Session, Trouble};
use crate::debugger::show::describe;
use crate::hits::HitRule;
use crate::inputs::{self, Watched};
use crate::protocol::{Breakpoint, Meaning, Named, Place, Reply, Request, Text, Time, Watchpoint};

fn trouble<T>(text: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Text(text.into()))
}

impl Session {
    pub(in crate::debugger) fn new_number(&mut self) -> u32 {
        self.notes.last_number += 1;
        self.notes.last_number
    }

    /// A condition, which must be an expression.
    pub(in crate::debugger) fn condition(&self, typed: &str) -> Result<Text, Trouble> {
        let text = self.text(typed)?;
        check_expression(&text.python)?;
        Ok(text)
    }

    /// What a log point says, as an expression.
    pub(in crate::debugger) fn message(&self, typed: &str) -> Result<Text, Trouble> {
        let python = message_expression(typed)?;
        let text = self.text(&python)?;
        check_expression(&text.python)?;
        Ok(Text {
            typed: typed.to_owned(),
            ..text
        })
    }

    /// A watchpoint on an expression.
    pub(in crate::debugger) fn watchpoint(&mut self, typed: &str) -> Result<Watchpoint, Trouble> {
        if typed.is_empty() {
            return trouble("an expression is needed");
        }
        let (python, mut objects) = self.notes.python(typed)?;
        check_expression(&python)?;
        objects.extend(self.variables(&python)?);
        let (mut place, mut inputs) = match inputs::tell(&python, &objects) {
            Watched::Place(path) => (Some(path), None),
            Watched::Computation(paths) => (None, Some(paths)),
            Watched::Anything => (None, None),
        };
        if let Some(path) = &place {
            let follows = self.ask(&Request::CanFollow(path.clone()))?;
            if !matches!(follows, Reply::Follows(true)) {
                (place, inputs) = (None, None);
            }
        }
        Ok(Watchpoint {
            number: self.new_number(),
            expression: typed.to_owned(),
            python,
            objects,
            place,
            inputs,
        })
    }
}

impl Session {
    /// What the variables in an expression stand for: a module's for themselves, a function's for
    /// what they hold here, since nothing of them is left when the function has returned.
    fn variables(&mut self, python: &str) -> Result<Vec<(String, Named)>, Trouble> {
        let mut names = inputs::free_names(python);
        let sees_objects = names.iter().any(|name| name.starts_with("_revdb_"));
        names.retain(|name| !name.starts_with("_revdb_"));
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let frame = self.frame;
        let request = Request::Meanings {
            frame,
            names: names.clone(),
        };
        let Reply::Meanings(meanings) = self.ask(&request)? else {
            return trouble("the names of the expression could not be looked up");
        };
        let mut variables = Vec::new();
        let mut may_change = sees_objects;
        let mut constant = None;
        for (name, meaning) in names.into_iter().zip(meanings) {
            let named = match meaning {
                Meaning::Builtin => continue,
                Meaning::Unknown => {
                    return trouble(format!("there is no variable '{name}' here"));
                }
                Meaning::Global { named, is_bound } => {
                    if !is_bound {
                        self.say(&format!("'{name}' has no value here"));
                    }
                    may_change = true;
                    named
                }
                Meaning::Local { held, is_constant } => {
                    match is_constant {
                        true => constant = Some(name.clone()),
                        false => may_change = true,
                    }
                    held
                }
            };
            variables.push((name, named));
        }
        match constant {
            Some(name) if !may_change => trouble(format!(
                "'{name}' is a function's variable, and what it holds here does not change: watch an \
                 attribute, an item or a module's variable, or give a breakpoint a condition"
            )),
            _ => Ok(variables),
        }
    }

    /// What a function's variables in a watched expression stand for, for the user.
    fn bound(&mut self, watchpoint: &Watchpoint) -> String {
        let mut text = String::new();
        for (name, named) in &watchpoint.objects {
            let is_bound = !name.starts_with("_revdb_") && !matches!(named, Named::Variable(_));
            if is_bound {
                let number = self.notes.number(named);
                let before = if text.is_empty() { ", where" } else { " and" };
                text.push_str(&format!("{before} {name} is ${number}"));
            }
        }
        text
    }
}

fn check_expression(python: &str) -> Result<(), Trouble> {
    let options = compile::Options::module();
    match compile::compile(python, "<expression>", compile::Mode::Eval, options) {
        Ok(_) => Ok(()),
        Err(error) => trouble(format!("SyntaxError: {}", error.message)),
    }
}

/// Where a breakpoint is to be.
fn place(session: &Session, text: &str) -> Result<Place, Trouble> {
    let line = |text: &str| text.parse::<u32>().ok();
    if text.is_empty() {
        return trouble("a function, a line, FILE:LINE, `raise` or `uncaught` is needed");
    }
    if text == "uncaught" {
        return Ok(Place::Uncaught);
    }
    if let Some(class) = text.strip_prefix("raise")
        && (class.is_empty() || class.starts_with(' '))
    {
        return Ok(Place::Raised(class.trim().to_owned()));
    }
    if let Some(line) = line(text) {
        return Ok(Place::Line {
            file: session.position.file.clone(),
            line,
        });
    }
    if let Some((file, number)) = text.rsplit_once(':')
        && let Some(line) = line(number)
    {
        return Ok(Place::Line {
            file: file.to_owned(),
            line,
        });
    }
    let name = text.trim_end_matches("()");
    let is_name = |c: char| c.is_alphanumeric() || "_.<>".contains(c);
    match name.chars().all(is_name) && !name.is_empty() {
        true => Ok(Place::Function(name.to_owned())),
        false => trouble(format!("'{text}' is neither a function's name nor a line")),
    }
}

fn add(session: &mut Session, breakpoint: Breakpoint) {
    let text = format!(
        "Breakpoint {}: {}",
        breakpoint.number,
        describe(&breakpoint)
    );
    session.notes.breakpoints.push(breakpoint);
    session.say(&text);
}

pub(super) fn add_breakpoint(session: &mut Session, rest: &str) -> Done {
    let (at, condition) = match rest.split_once(" if ") {
        Some((at, condition)) => (at.trim(), Some(session.condition(condition.trim())?)),
        None => (rest, None),
    };
    let breakpoint = Breakpoint {
        place: place(session, at)?,
        number: session.new_number(),
        condition,
        hits: None,
        log: None,
    };
    add(session, breakpoint);
    Ok(())
}

pub(super) fn add_log_point(session: &mut Session, rest: &str) -> Done {
    let Some((at, message)) = rest.split_once(" : ") else {
        return trouble("write a place, a colon between spaces, and what to say there");
    };
    let breakpoint = Breakpoint {
        place: place(session, at.trim())?,
        log: Some(session.message(message.trim())?),
        number: session.new_number(),
        condition: None,
        hits: None,
    };
    add(session, breakpoint);
    Ok(())
}

/// The breakpoint that a line's first word names, and the rest of it.
fn numbered<'s, 't>(
    session: &'s mut Session,
    rest: &'t str,
) -> Result<(&'s mut Breakpoint, &'t str), Trouble> {
    let (number, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let Ok(wanted) = number.parse::<u32>() else {
        return trouble(format!("'{number}' is no breakpoint's number"));
    };
    let mut all = session.notes.breakpoints.iter_mut();
    match all.find(|breakpoint| breakpoint.number == wanted) {
        Some(breakpoint) => Ok((breakpoint, rest.trim())),
        None => trouble(format!("there is no breakpoint {wanted}")),
    }
}

pub(super) fn condition(session: &mut Session, rest: &str) -> Done {
    let condition = match rest.split_once(' ') {
        Some((_, condition)) => Some(session.condition(condition.trim())?),
        None => None,
    };
    let (breakpoint, _) = numbered(session, rest)?;
    breakpoint.condition = condition;
    let text = format!("Breakpoint {}: {}", breakpoint.number, describe(breakpoint));
    session.say(&text);
    Ok(())
}

pub(super) fn hits(session: &mut Session, rest: &str) -> Done {
    let (breakpoint, rule) = numbered(session, rest)?;
    breakpoint.hits = match rule {
        "" => None,
        rule => Some(HitRule::parse(rule)?),
    };
    let text = format!("Breakpoint {}: {}", breakpoint.number, describe(breakpoint));
    session.say(&text);
    Ok(())
}

pub(super) fn add_watchpoint(session: &mut Session, rest: &str) -> Done {
    let watchpoint = session.watchpoint(rest)?;
    let bound = session.bound(&watchpoint);
    let text = format!("Watchpoint {}: {rest}{bound}", watchpoint.number);
    session.notes.watchpoints.push(watchpoint);
    session.say(&text);
    Ok(())
}

pub(super) fn last(session: &mut Session, rest: &str) -> Done {
    let watchpoint = session.watchpoint(rest)?;
    session.notes.watchpoints.push(watchpoint.clone());
    let stop = session.go_to_change(watchpoint);
    let done = stop.and_then(|stop| arrived(session, &stop));
    session.notes.watchpoints.pop();
    done
}

pub(super) fn delete(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() {
        return trouble("the number of a breakpoint or watchpoint is needed");
    }
    let number = count(rest)? as u32;
    let notes = &mut session.notes;
    let before = notes.breakpoints.len() + notes.watchpoints.len();
    notes.breakpoints.retain(|b| b.number != number);
    notes.watchpoints.retain(|w| w.number != number);
    match before == notes.breakpoints.len() + notes.watchpoints.len() {
        true => trouble(format!("there is no number {number}")),
        false => Ok(()),
    }
}

pub(super) fn mark(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() || rest.parse::<Time>().is_ok() || matches!(rest, "start" | "end") {
        return trouble("a mark needs a name that is no number, nor `start` or `end`");
    }
    let time = session.position.time;
    session.notes.marks.retain(|(name, _)| name != rest);
    session.notes.marks.push((rest.to_owned(), time));
    session.say(&format!("mark {rest}: {time}"));
    Ok(())
}
