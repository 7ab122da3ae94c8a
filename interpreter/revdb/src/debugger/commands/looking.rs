//! Commands that show something of the moment.

use super::{Done, count};
use crate::debugger::session::{Session, Trouble, refusal};
use crate::debugger::show::{CONTEXT_LINES, describe};
use crate::protocol::{Form, Reply, Request};

/// Lines that `list` shows before and behind the present one.
const LIST_LINES: u32 = 10;

fn trouble<T>(text: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Text(text.into()))
}

pub(super) fn print(session: &mut Session, rest: &str) -> Done {
    show(session, rest, Form::Repr)
}

pub(super) fn pretty_print(session: &mut Session, rest: &str) -> Done {
    show(session, rest, Form::Pretty)
}

fn show(session: &mut Session, rest: &str, form: Form) -> Done {
    if rest.is_empty() {
        return trouble("an expression is needed");
    }
    let text = session.evaluate(rest, form)?;
    if !text.is_empty() {
        session.say(text.trim_end_matches('\n'));
    }
    Ok(())
}

pub(super) fn import(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() {
        return trouble("the name of a module is needed");
    }
    let statement = format!("import {rest}");
    // Whether it can be had is tried here once; elsewhere it may still be missing.
    let request = session.evaluation(&statement, session.frame, Form::Repr)?;
    match session.ask(&request)? {
        Reply::Value { .. } => {}
        // To look for it is to ask the world.
        Reply::Refused(_) => {
            return trouble(format!("the program has not imported '{rest}' up to here"));
        }
        other => return Err(refusal(other)),
    }
    if !session.notes.imports.contains(&statement) {
        session.notes.imports.push(statement);
    }
    Ok(())
}

pub(super) fn display(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() {
        return trouble("an expression is needed");
    }
    let text = session.evaluate(rest, Form::Repr)?;
    session.notes.displays.push(rest.to_owned());
    let number = session.notes.displays.len();
    session.say(&format!("display {number}: {rest} = {text}"));
    Ok(())
}

pub(super) fn undisplay(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() {
        session.notes.displays.clear();
        return Ok(());
    }
    let number = count(rest)? as usize;
    if number == 0 || number > session.notes.displays.len() {
        return trouble(format!("there is no display {number}"));
    }
    session.notes.displays.remove(number - 1);
    Ok(())
}

fn variables(session: &mut Session, arguments_only: bool) -> Done {
    let request = Request::Locals {
        frame: session.frame,
        arguments_only,
    };
    match session.ask(&request)? {
        Reply::Text(text) if text.is_empty() => Ok(()),
        Reply::Text(text) => {
            session.say(&text);
            Ok(())
        }
        other => Err(refusal(other)),
    }
}

pub(super) fn locals(session: &mut Session, _rest: &str) -> Done {
    variables(session, false)
}

pub(super) fn args(session: &mut Session, _rest: &str) -> Done {
    variables(session, true)
}

pub(super) fn list(session: &mut Session, rest: &str) -> Done {
    let mut numbers = rest.split([' ', ',']).filter(|word| !word.is_empty());
    match (numbers.next(), numbers.next()) {
        (None, _) => session.show_around(LIST_LINES),
        (Some(first), None) => {
            let first = count(first)? as u32;
            session.show_source(|_| (first, first.saturating_add(2 * LIST_LINES)))
        }
        (Some(first), Some(last)) => {
            let range = (count(first)? as u32, count(last)? as u32);
            session.show_source(|_| range)
        }
    }
}

pub(super) fn backtrace(session: &mut Session, _rest: &str) -> Done {
    match session.ask(&Request::Backtrace)? {
        Reply::Backtrace(frames) => {
            let looked_at = session.frame;
            for (at, frame) in frames.iter().enumerate().rev() {
                let sign = if at == looked_at { ">" } else { " " };
                session.say(&format!(
                    "{sign} File \"{}\", line {}, in {}({})",
                    frame.file, frame.line, frame.function, frame.arguments
                ));
            }
            Ok(())
        }
        other => Err(refusal(other)),
    }
}

pub(super) fn up(session: &mut Session, rest: &str) -> Done {
    let most = session.position.depth.saturating_sub(1);
    if session.frame >= most {
        return trouble("this is the outermost frame: nothing called it");
    }
    session.frame = (session.frame + count(rest)? as usize).min(most);
    session.show_around(CONTEXT_LINES)
}

pub(super) fn down(session: &mut Session, rest: &str) -> Done {
    if session.frame == 0 {
        return trouble("this is the innermost frame: it calls nothing now");
    }
    session.frame = session.frame.saturating_sub(count(rest)? as usize);
    session.show_around(CONTEXT_LINES)
}

pub(super) fn when(session: &mut Session, _rest: &str) -> Done {
    let time = session.position.time;
    session.say(&time.to_string());
    Ok(())
}

pub(super) fn output(session: &mut Session, rest: &str) -> Done {
    if let Some(wanted) = rest.strip_prefix("-t") {
        session.go_to_output(wanted.trim())?;
        return session.show_position();
    }
    if !rest.is_empty() {
        return trouble("output takes nothing, or -t and a text");
    }
    match session.ask(&Request::Output { after: 0 })? {
        Reply::Output(pieces) => {
            for piece in pieces {
                session.out.push_str(&piece.text);
            }
            if !session.out.is_empty() && !session.out.ends_with('\n') {
                session.out.push('\n');
            }
            Ok(())
        }
        other => Err(refusal(other)),
    }
}

pub(super) fn remark(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() {
        return trouble("a note needs a text; `info notes` lists those there are");
    }
    let time = session.position.time;
    session.notes.remarks.push((time, rest.to_owned()));
    session.notes.remarks.sort_by_key(|(time, _)| *time);
    Ok(())
}

/// What `info` tells of, each with its one-letter name where it has one.
pub(super) const TOPICS: &[&str] = &[
    "breakpoints",
    "watchpoints",
    "displays",
    "imports",
    "marks",
    "notes",
    "names",
    "log",
    "paused",
];

pub(super) fn info(session: &mut Session, rest: &str) -> Done {
    let notes = &session.notes;
    let lines: Vec<String> = match rest {
        "breakpoints" | "b" => {
            let all = notes.breakpoints.iter();
            all.map(|b| format!("{}: {}", b.number, describe(b)))
                .collect()
        }
        "watchpoints" | "w" => {
            let all = notes.watchpoints.iter();
            all.map(|w| format!("{}: {}", w.number, w.expression))
                .collect()
        }
        "displays" => {
            let all = (1..).zip(&notes.displays);
            all.map(|(at, text)| format!("{at}: {text}")).collect()
        }
        "imports" => notes.imports.clone(),
        "marks" => {
            let all = notes.marks.iter();
            all.map(|(name, time)| format!("{name}: {time}")).collect()
        }
        "notes" => {
            let all = notes.remarks.iter();
            all.map(|(time, text)| format!("{time}: {text}")).collect()
        }
        "names" => {
            let all = notes.names.iter().enumerate();
            all.map(|(at, named)| format!("${at}: {named:?}")).collect()
        }
        "log" => about_log(session),
        "paused" => vec![format!(
            "{} moments are kept{}; images take {:.1} MB on the disk",
            session.timeline.kept_count(),
            match session.outlives() {
                true => "",
                false => ", for this session only",
            },
            session.timeline.image_bytes() as f64 / 1e6
        )],
        _ => return trouble(format!("info knows {}", TOPICS.join(", "))),
    };
    match lines.is_empty() {
        true => session.say("none"),
        false => lines.iter().for_each(|line| session.say(line)),
    }
    Ok(())
}

/// Bounds the memory of the replaying processes.
pub(super) fn memory(session: &mut Session, rest: &str) -> Done {
    if !rest.is_empty() {
        let bytes = count(rest)?.saturating_mul(1_000_000);
        session.timeline.limit_memory(bytes);
    }
    let kept = session.timeline.kept_count();
    session.say(&format!("{kept} moments are kept"));
    Ok(())
}

fn about_log(session: &Session) -> Vec<String> {
    let header = session.log.header();
    vec![
        format!("log: {}", session.log.path().display()),
        format!("command: {}", header.words.join(" ")),
        format!("folder: {}", header.folder),
        format!("build: {} ({})", header.build, header.target),
        format!("environment: {}", header.environment),
    ]
}
