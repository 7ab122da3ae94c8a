//! The commands: one table, from which help derives, and what each does.

use super::{Session, Trouble};
use crate::protocol::{
    Breakpoint, Depth, Hit, Pick, Place, Reply, Request, Run, Time, Watchpoint, Why,
};

type Done = Result<(), Trouble>;

/// A command.
struct Command {
    /// Its name, then shorter ones.
    names: &'static [&'static str],
    /// What follows the name.
    operands: &'static str,
    about: &'static str,
    example: &'static str,
    run: fn(&mut Session, &str) -> Done,
}

macro_rules! commands {
    ($($names:expr, $operands:literal, $about:literal, $example:literal, $run:expr;)*) => {
        &[$(Command {
            names: &$names,
            operands: $operands,
            about: $about,
            example: $example,
            run: $run,
        },)*]
    };
}

const COMMANDS: &[Command] = commands! {
    ["help", "h", "?"], "[COMMAND]", "Tell of commands.", "help watch", help;
    ["step", "s"], "[N]", "One stop point forward: a line, an entry, an exit.", "step 3", step;
    ["bstep", "bs"], "[N]", "One stop point back.", "bstep", step_back;
    ["next", "n"], "[N]", "Forward, over calls.", "next", next;
    ["bnext", "bn"], "[N]", "Back, over calls.", "bnext", next_back;
    ["finish"], "", "Forward to where the function is left, or on into its caller.", "finish", finish;
    ["bfinish"], "", "Back to the line that called the function.", "bfinish", finish_back;
    ["until", "unt"], "", "Forward to a later line, so out of loops.", "until", until;
    ["continue", "c"], "", "Forward to the next breakpoint or watchpoint, or to the end.", "continue", cont;
    ["bcontinue", "bc"], "", "Back to the last breakpoint or watchpoint, or to the start.", "bcontinue", cont_back;
    ["go"], "TIME | NAME | start | end", "To a time, a mark, the start or the end.", "go 1200", go;
    ["break", "b"], "FUNCTION | LINE | FILE:LINE | raise CLASS [if CONDITION]", "Stop there. FUNCTION may be a qualified name.", "break Foo.add if n > 3", add_breakpoint;
    ["watch", "w"], "EXPRESSION", "Stop where its text changes. It sees builtins and $N.", "watch $0.value", add_watchpoint;
    ["last"], "EXPRESSION", "Back to what changed it last, without a watchpoint.", "last $0.value", last;
    ["delete", "del"], "NUMBER", "Take a breakpoint or watchpoint away.", "delete 1", delete;
    ["print", "p", "!"], "EXPRESSION | STATEMENT", "Evaluate. Side effects vanish.", "p x.value", print;
    ["pp"], "EXPRESSION", "Evaluate, print prettily.", "pp config", pretty_print;
    ["display"], "EXPRESSION", "Print it wherever one comes to.", "display len(queue)", display;
    ["undisplay"], "", "Print nothing any more wherever one comes to.", "undisplay", undisplay;
    ["locals"], "", "The variables of the frame.", "locals", locals;
    ["args", "a"], "", "The arguments of the function.", "args", args;
    ["list", "l"], "[FIRST [LAST]]", "Source lines.", "list 10 20", list;
    ["where", "backtrace", "bt"], "", "The calls in progress, with arguments.", "where", backtrace;
    ["up", "u"], "[N]", "Look at the caller's frame.", "up", up;
    ["down", "d"], "[N]", "Look at the called frame.", "down", down;
    ["when"], "", "The time.", "when", when;
    ["output"], "[-t TEXT]", "What the program wrote up to now; -t: to where it wrote that.", "output -t error", output;
    ["mark"], "NAME", "Give this moment a name.", "mark broken", mark;
    ["info"], "breakpoints | watchpoints | marks | names | log | paused", "Tell of these.", "info watchpoints", info;
    ["quit", "q", "exit"], "", "Leave. Names and marks are kept beside the log.", "quit", |_, _| Err(Trouble::Quit);
};

/// Carries a line out.
pub(super) fn execute(session: &mut Session, line: &str) -> Done {
    let line = line.trim();
    let end = line
        .find(|c: char| !c.is_alphanumeric() && c != '?' && c != '!')
        .unwrap_or(line.len());
    // `!x` is `! x`.
    let end = if line.starts_with('!') { 1 } else { end };
    let (name, rest) = line.split_at(end);
    match COMMANDS
        .iter()
        .find(|command| command.names.contains(&name))
    {
        Some(command) => (command.run)(session, rest.trim()),
        None => Err(Trouble::Text(format!(
            "unknown command '{name}'; `help` lists those there are"
        ))),
    }
}

fn help(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() {
        for command in COMMANDS {
            let names = command.names.join(", ");
            let usage = format!("{names} {}", command.operands);
            session.say(&format!("{usage:34} {}", command.about));
        }
        return Ok(());
    }
    let Some(command) = COMMANDS.iter().find(|c| c.names.contains(&rest)) else {
        return Err(Trouble::Text(format!("there is no command '{rest}'")));
    };
    session.say(&format!(
        "{} {}",
        command.names.join(", "),
        command.operands
    ));
    session.say(command.about);
    session.say(&format!("Example: {}", command.example));
    Ok(())
}

fn count(rest: &str) -> Result<u64, Trouble> {
    match rest {
        "" => Ok(1),
        text => text
            .parse()
            .map_err(|_| Trouble::Text(format!("'{text}' is no number"))),
    }
}

// ---- moving

fn step(session: &mut Session, rest: &str) -> Done {
    let to = session.position.time.saturating_add(count(rest)?);
    if session.forward(&Run::to(to))?.is_none() {
        tell_end(session);
    }
    session.show_position()
}

fn step_back(session: &mut Session, rest: &str) -> Done {
    let to = session.position.time.saturating_sub(count(rest)?);
    if to < session.timeline.start() {
        session.say("[start of the recording]");
    }
    session.go(to)?;
    session.show_position()
}

/// A run that breakpoints stop, and a depth.
fn until_depth(session: &Session, depth: Depth) -> Run {
    Run {
        until: Time::MAX,
        pick: Pick::First,
        breakpoints: session.notes.breakpoints.clone(),
        watchpoints: Vec::new(),
        depth: Some(depth),
    }
}

fn stop_forward(session: &mut Session, run: &Run) -> Done {
    match session.forward(run)? {
        Some(hit) => tell_hit(session, &hit),
        None => tell_end(session),
    }
    session.show_position()
}

fn next(session: &mut Session, rest: &str) -> Done {
    for _ in 1..count(rest)? {
        let run = until_depth(session, Depth::AtMost(session.position.depth));
        session.forward(&run)?;
    }
    let run = until_depth(session, Depth::AtMost(session.position.depth));
    stop_forward(session, &run)
}

fn stop_back(session: &mut Session, run: &Run) -> Done {
    match session.timeline.search_back(session.position.time, run)? {
        Some(hit) => {
            session.go(hit.time)?;
            tell_hit(session, &hit);
        }
        None => {
            let start = session.timeline.start();
            session.go(start)?;
            session.say("[start of the recording]");
        }
    }
    session.show_position()
}

fn next_back(session: &mut Session, rest: &str) -> Done {
    for left in (0..count(rest)?).rev() {
        let depth = Depth::AtMost(session.position.depth);
        let run = until_depth(session, depth);
        if left == 0 {
            return stop_back(session, &run);
        }
        match session.timeline.search_back(session.position.time, &run)? {
            Some(hit) => session.go(hit.time)?,
            None => return stop_back(session, &run),
        }
    }
    Ok(())
}

fn finish(session: &mut Session, _rest: &str) -> Done {
    let depth = session.position.depth;
    let leaves = session.position.kinds & (bytecode::EXIT | vm::stops::UNWOUND) != 0;
    let depth = if leaves {
        Depth::AtMost(depth.saturating_sub(1))
    } else {
        Depth::Leaving(depth)
    };
    let run = until_depth(session, depth);
    stop_forward(session, &run)
}

fn finish_back(session: &mut Session, _rest: &str) -> Done {
    let depth = Depth::AtMost(session.position.depth.saturating_sub(1));
    let run = until_depth(session, depth);
    stop_back(session, &run)
}

fn until(session: &mut Session, _rest: &str) -> Done {
    let depth = Depth::Beyond(session.position.depth, session.position.line);
    let run = until_depth(session, depth);
    stop_forward(session, &run)
}

/// A run that breakpoints and watchpoints stop.
fn until_hit(session: &Session) -> Run {
    Run {
        until: Time::MAX,
        pick: Pick::First,
        breakpoints: session.notes.breakpoints.clone(),
        watchpoints: session.notes.watchpoints.clone(),
        depth: None,
    }
}

fn cont(session: &mut Session, _rest: &str) -> Done {
    let run = until_hit(session);
    stop_forward(session, &run)
}

fn cont_back(session: &mut Session, _rest: &str) -> Done {
    let run = until_hit(session);
    if run.breakpoints.is_empty() && run.watchpoints.is_empty() {
        return go(session, "start");
    }
    stop_back(session, &run)
}

fn go(session: &mut Session, rest: &str) -> Done {
    let mark = session.notes.marks.iter().find(|(name, _)| name == rest);
    match (mark, rest) {
        (Some(&(_, time)), _) => session.go(time)?,
        (None, "start") => session.go(0)?,
        (None, "end") => match session.forward(&Run::to(Time::MAX))? {
            Some(_) => {}
            None => tell_end(session),
        },
        (None, "") => {}
        (None, text) => match text.parse() {
            Ok(time) => {
                session.go(time)?;
                if session.position.time < time {
                    tell_end(session);
                }
            }
            Err(_) => {
                return Err(Trouble::Text(format!(
                    "'{text}' is neither a time nor a mark; `info marks` lists those"
                )));
            }
        },
    }
    session.show_position()
}

fn tell_end(session: &mut Session) {
    if let Some((_, end)) = &session.timeline.ending {
        let text = format!("[end of the recording: {}]", end.text());
        session.say(&text);
    }
}

fn tell_hit(session: &mut Session, hit: &Hit) {
    for why in &hit.why {
        let text = match why {
            Why::Depth => continue,
            Why::Breakpoint(number) => format!("Hit breakpoint {number}"),
            Why::BadCondition(number, text) => {
                format!("Breakpoint {number} has a condition that cannot be evaluated: {text}")
            }
            Why::Watchpoint(number, old, new) => {
                let expression = session
                    .notes
                    .watchpoints
                    .iter()
                    .find(|w| w.number == *number);
                let expression = expression.map_or("", |w| &w.expression);
                format!("Watchpoint {number}: {expression}: {old} => {new}")
            }
        };
        session.say(&text);
    }
}

// ---- stopping

fn new_number(session: &mut Session) -> u32 {
    session.notes.last_number += 1;
    session.notes.last_number
}

fn add_breakpoint(session: &mut Session, rest: &str) -> Done {
    let (place, condition) = match rest.split_once(" if ") {
        Some((place, condition)) => (place.trim(), Some(condition.trim().to_owned())),
        None => (rest, None),
    };
    if place.is_empty() {
        return Err(Trouble::Text(String::from(
            "break needs a function, a line, FILE:LINE or raise CLASS",
        )));
    }
    let line = |text: &str| text.parse::<u32>().ok();
    let place = if let Some(class) = place.strip_prefix("raise ") {
        Place::Raised(class.trim().to_owned())
    } else if let Some(line) = line(place) {
        Place::Line {
            file: session.position.file.clone(),
            line,
        }
    } else if let Some((file, number)) = place.rsplit_once(':')
        && let Some(line) = line(number)
    {
        Place::Line {
            file: file.to_owned(),
            line,
        }
    } else {
        Place::Function(place.trim_end_matches("()").to_owned())
    };
    let number = new_number(session);
    let breakpoint = Breakpoint {
        number,
        place,
        condition,
    };
    let text = format!("Breakpoint {number}: {}", describe(&breakpoint));
    session.notes.breakpoints.push(breakpoint);
    session.say(&text);
    Ok(())
}

fn describe(breakpoint: &Breakpoint) -> String {
    let place = match &breakpoint.place {
        Place::Function(name) => format!("function {name}"),
        Place::Line { file, line } => format!("{file}:{line}"),
        Place::Raised(class) => format!("where {class} is raised"),
    };
    match &breakpoint.condition {
        Some(condition) => format!("{place} if {condition}"),
        None => place,
    }
}

/// A watchpoint on an expression.
fn watchpoint(session: &mut Session, rest: &str) -> Result<Watchpoint, Trouble> {
    if rest.is_empty() {
        return Err(Trouble::Text(String::from("an expression is needed")));
    }
    let (python, objects) = session.notes.python(rest)?;
    let options = compile::Options::module();
    if let Err(error) = compile::compile(&python, "<watchpoint>", compile::Mode::Eval, options) {
        return Err(Trouble::Text(format!("SyntaxError: {}", error.message)));
    }
    Ok(Watchpoint {
        number: new_number(session),
        expression: rest.to_owned(),
        python,
        objects,
    })
}

fn add_watchpoint(session: &mut Session, rest: &str) -> Done {
    let watchpoint = watchpoint(session, rest)?;
    let text = format!("Watchpoint {}: {rest}", watchpoint.number);
    session.notes.watchpoints.push(watchpoint);
    session.say(&text);
    Ok(())
}

fn last(session: &mut Session, rest: &str) -> Done {
    let watchpoint = watchpoint(session, rest)?;
    let run = Run {
        watchpoints: vec![watchpoint.clone()],
        ..Run::to(Time::MAX)
    };
    session.notes.watchpoints.push(watchpoint);
    let done = stop_back(session, &run);
    session.notes.watchpoints.pop();
    done
}

fn delete(session: &mut Session, rest: &str) -> Done {
    let number = count(rest)? as u32;
    let notes = &mut session.notes;
    let before = notes.breakpoints.len() + notes.watchpoints.len();
    notes.breakpoints.retain(|b| b.number != number);
    notes.watchpoints.retain(|w| w.number != number);
    match before == notes.breakpoints.len() + notes.watchpoints.len() {
        true => Err(Trouble::Text(format!("there is no number {number}"))),
        false => Ok(()),
    }
}

// ---- looking

fn print(session: &mut Session, rest: &str) -> Done {
    show(session, rest, false)
}

fn pretty_print(session: &mut Session, rest: &str) -> Done {
    show(session, rest, true)
}

fn show(session: &mut Session, rest: &str, pretty: bool) -> Done {
    if rest.is_empty() {
        return Err(Trouble::Text(String::from("an expression is needed")));
    }
    let text = session.evaluate(rest, pretty)?;
    if !text.is_empty() {
        session.say(text.trim_end_matches('\n'));
    }
    Ok(())
}

fn display(session: &mut Session, rest: &str) -> Done {
    let text = session.evaluate(rest, false)?;
    session.displays.push(rest.to_owned());
    let number = session.displays.len();
    session.say(&format!("display {number}: {rest} = {text}"));
    Ok(())
}

fn undisplay(session: &mut Session, _rest: &str) -> Done {
    session.displays.clear();
    Ok(())
}

fn variables(session: &mut Session, arguments_only: bool) -> Done {
    let request = Request::Locals {
        frame: session.frame,
        arguments_only,
    };
    match session.here.ask(&request)? {
        Reply::Text(text) if text.is_empty() => Ok(()),
        Reply::Text(text) => {
            session.say(&text);
            Ok(())
        }
        Reply::Refused(_) => Err(Trouble::Text(String::from("Attempted to do I/O"))),
        other => Err(Trouble::Text(format!("unexpected answer {other:?}"))),
    }
}

fn locals(session: &mut Session, _rest: &str) -> Done {
    variables(session, false)
}

fn args(session: &mut Session, _rest: &str) -> Done {
    variables(session, true)
}

fn list(session: &mut Session, rest: &str) -> Done {
    let mut numbers = rest.split([' ', ',']).filter(|word| !word.is_empty());
    let range = match (numbers.next(), numbers.next()) {
        (None, _) => {
            let line = session.position.line;
            (line.saturating_sub(10), line + 10)
        }
        (Some(first), None) => {
            let first = count(first)? as u32;
            (first, first + 20)
        }
        (Some(first), Some(last)) => (count(first)? as u32, count(last)? as u32),
    };
    session.show_source(Some(range))
}

fn backtrace(session: &mut Session, _rest: &str) -> Done {
    match session.here.ask(&Request::Backtrace)? {
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
        Reply::Refused(_) => Err(Trouble::Text(String::from("Attempted to do I/O"))),
        other => Err(Trouble::Text(format!("unexpected answer {other:?}"))),
    }
}

fn up(session: &mut Session, rest: &str) -> Done {
    let most = session.position.depth.saturating_sub(1);
    session.frame = (session.frame + count(rest)? as usize).min(most);
    session.show_frame()
}

fn down(session: &mut Session, rest: &str) -> Done {
    session.frame = session.frame.saturating_sub(count(rest)? as usize);
    session.show_frame()
}

impl Session {
    fn show_frame(&mut self) -> Done {
        match self.here.ask(&Request::Backtrace)? {
            Reply::Backtrace(frames) => {
                if let Some(frame) = frames.get(self.frame) {
                    let line = frame.line;
                    return self.show_source(Some((line.saturating_sub(5), line + 5)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn when(session: &mut Session, _rest: &str) -> Done {
    let time = session.position.time;
    session.say(&format!("time {time}"));
    Ok(())
}

fn output(session: &mut Session, rest: &str) -> Done {
    if let Some(wanted) = rest.strip_prefix("-t") {
        return go_to_output(session, wanted.trim());
    }
    match session.here.ask(&Request::Output { after: 0 })? {
        Reply::Output(pieces) => {
            for piece in pieces {
                session.out.push_str(&piece.text);
            }
            if !session.out.is_empty() && !session.out.ends_with('\n') {
                session.out.push('\n');
            }
            Ok(())
        }
        other => Err(Trouble::Text(format!("unexpected answer {other:?}"))),
    }
}

/// To the moment at which a text was written that contains another.
fn go_to_output(session: &mut Session, wanted: &str) -> Done {
    let end = session.timeline.end()?;
    let mut last = session.timeline.at(end)?;
    let Reply::Output(pieces) = last.ask(&Request::Output { after: 0 })? else {
        return Err(Trouble::Text(String::from("the output is not to be had")));
    };
    match pieces.iter().find(|piece| piece.text.contains(wanted)) {
        Some(piece) => {
            session.go(piece.time)?;
            session.show_position()
        }
        None => Err(Trouble::Text(format!("the program wrote no '{wanted}'"))),
    }
}

fn mark(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() || rest.parse::<Time>().is_ok() || matches!(rest, "start" | "end") {
        return Err(Trouble::Text(String::from(
            "a mark needs a name that is no number, nor `start` or `end`",
        )));
    }
    let time = session.position.time;
    session.notes.marks.retain(|(name, _)| name != rest);
    session.notes.marks.push((rest.to_owned(), time));
    session.say(&format!("mark {rest}: {time}"));
    Ok(())
}

fn info(session: &mut Session, rest: &str) -> Done {
    let lines: Vec<String> = match rest {
        "breakpoints" | "b" => {
            let all = session.notes.breakpoints.iter();
            all.map(|b| format!("{}: {}", b.number, describe(b)))
                .collect()
        }
        "watchpoints" | "w" => {
            let all = session.notes.watchpoints.iter();
            all.map(|w| format!("{}: {}", w.number, w.expression))
                .collect()
        }
        "marks" => {
            let all = session.notes.marks.iter();
            all.map(|(name, time)| format!("{name}: {time}")).collect()
        }
        "names" => {
            let all = session.notes.names.iter().enumerate();
            all.map(|(at, named)| format!("${at}: {named:?}")).collect()
        }
        "log" => {
            let header = session.log.header();
            vec![
                format!("log: {}", session.log.path().display()),
                format!("command: {}", header.words.join(" ")),
                format!("folder: {}", header.folder),
                format!("build: {} ({})", header.build, header.target),
                format!("environment: {}", header.environment),
            ]
        }
        "paused" => vec![format!(
            "{} moments are kept",
            session.timeline.kept_count()
        )],
        _ => {
            return Err(Trouble::Text(String::from(
                "info knows breakpoints, watchpoints, marks, names, log and paused",
            )));
        }
    };
    match lines.is_empty() {
        true => session.say("none"),
        false => lines.iter().for_each(|line| session.say(line)),
    }
    Ok(())
}
