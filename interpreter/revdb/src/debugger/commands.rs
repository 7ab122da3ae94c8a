//! The commands: one table, from which help and completion derive, and what each does.

mod looking;
mod moving;
mod stopping;

use super::session::{Session, Trouble};

pub(super) type Done = Result<(), Trouble>;

/// What follows a command's name, for those who complete it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operand {
    Nothing,
    Number,
    Expression,
    Place,
    Mark,
    Command,
    /// One of these words.
    Words(&'static [&'static str]),
    Text,
}

/// A command.
pub(super) struct Command {
    /// Its name, then shorter ones.
    pub(super) names: &'static [&'static str],
    /// What follows the name.
    usage: &'static str,
    pub(super) operand: Operand,
    about: &'static str,
    example: &'static str,
    run: fn(&mut Session, &str) -> Done,
}

macro_rules! commands {
    ($($names:expr, $usage:literal, $operand:expr, $about:literal, $example:literal, $run:expr;)*) => {
        &[$(Command {
            names: &$names,
            usage: $usage,
            operand: $operand,
            about: $about,
            example: $example,
            run: $run,
        },)*]
    };
}

use Operand::{Expression, Mark, Nothing, Number, Place, Words};
use looking::{args, backtrace, display, down, import, info, list, locals, output, pretty_print};
use looking::{memory, print, remark, undisplay, up, when};
use moving::{cont, cont_back, finish, finish_back, go, next, next_back, step, step_back, until};
use stopping::{
    add_breakpoint, add_log_point, add_watchpoint, condition, delete, hits, last, mark,
};

pub(super) const COMMANDS: &[Command] = commands! {
    ["help", "h", "?"], "[COMMAND]", Operand::Command, "Tell of commands.", "help watch", help;
    ["step", "s"], "[N]", Number, "One stop point forward: a line, an entry, an exit.", "step 3", step;
    ["bstep", "bs"], "[N]", Number, "One stop point back.", "bstep", step_back;
    ["next", "n"], "[N]", Number, "Forward, over calls.", "next", next;
    ["bnext", "bn"], "[N]", Number, "Back, over calls.", "bnext 2", next_back;
    ["finish"], "[N]", Number, "Forward to where the function is left, or on into its caller.", "finish", finish;
    ["bfinish"], "[N]", Number, "Back to the line that called the function.", "bfinish", finish_back;
    ["until", "unt"], "[LINE]", Number, "Forward to a later line, so out of loops; or to a line.", "until 40", until;
    ["continue", "c"], "[N]", Number, "Forward to the next breakpoint or watchpoint, or to the end.", "continue", cont;
    ["bcontinue", "bc"], "[N]", Number, "Back to the last breakpoint or watchpoint, or to the start.", "bcontinue", cont_back;
    ["go"], "TIME | NAME | start | end", Mark, "To a time, a mark, the start or the end.", "go 1200", go;
    ["break", "b"], "FUNCTION | LINE | FILE:LINE | raise [CLASS] | uncaught [if CONDITION]", Place, "Stop there. FUNCTION may be a qualified name; CLASS stands for those derived from it, too.", "break Foo.add if n > 3", add_breakpoint;
    ["log"], "FUNCTION | LINE | FILE:LINE : MESSAGE", Place, "Say something there, and go on. {EXPRESSION} is replaced.", "log add : n is {n}", add_log_point;
    ["condition"], "NUMBER [CONDITION]", Number, "Change a breakpoint's condition, or take it away.", "condition 1 n > 4", condition;
    ["hits"], "NUMBER [RULE]", Number, "Stop only at some hits, counted from where a move begins: 5, > 5, == 5, % 5.", "hits 1 % 10", hits;
    ["watch", "w"], "EXPRESSION", Expression, "Stop where its text changes. A function's variable stands for what it holds now.", "watch $0.value", add_watchpoint;
    ["last"], "EXPRESSION", Expression, "Back to what changed it last, without a watchpoint.", "last $0.value", last;
    ["delete", "del"], "NUMBER", Number, "Take a breakpoint or watchpoint away.", "delete 1", delete;
    ["print", "p", "!"], "EXPRESSION | STATEMENT", Expression, "Evaluate. Side effects vanish.", "p x.value", print;
    ["pp"], "EXPRESSION", Expression, "Evaluate, print prettily.", "pp config", pretty_print;
    ["import"], "MODULE [as NAME]", Operand::Text, "Have a module at hand that the program imported.", "import os.path as path", import;
    ["display"], "EXPRESSION", Expression, "Print it wherever one comes to.", "display len(queue)", display;
    ["undisplay"], "[N]", Number, "Print it, or nothing, any more wherever one comes to.", "undisplay 1", undisplay;
    ["locals"], "", Nothing, "The variables of the frame.", "locals", locals;
    ["args", "a"], "", Nothing, "The arguments of the function.", "args", args;
    ["list", "l"], "[FIRST [LAST]]", Number, "Source lines.", "list 10 20", list;
    ["where", "backtrace", "bt"], "", Nothing, "The calls in progress, with arguments.", "where", backtrace;
    ["up", "u"], "[N]", Number, "Look at the caller's frame.", "up", up;
    ["down", "d"], "[N]", Number, "Look at the called frame.", "down", down;
    ["when"], "", Nothing, "The time.", "when", when;
    ["output"], "[-t TEXT]", Operand::Text, "What the program wrote up to now; -t: to where it wrote that, next or else first.", "output -t error", output;
    ["mark"], "NAME", Operand::Text, "Give this moment a name.", "mark broken", mark;
    ["note"], "TEXT", Operand::Text, "Remark something about this moment.", "note the queue is empty here", remark;
    ["info"], "TOPIC", Words(looking::TOPICS), "Tell of breakpoints, watchpoints, displays, marks, notes, names, the log, kept moments.", "info watchpoints", info;
    ["memory"], "[MEGABYTES]", Number, "How much all replaying processes may take together; else it follows from what is free.", "memory 500", memory;
    ["quit", "q", "exit"], "", Nothing, "Leave. Names and marks are kept beside the log.", "quit", |_, _| Err(Trouble::Quit);
};

/// The command of a name.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS
        .iter()
        .find(|command| command.names.contains(&name))
}

/// A line as the name of a command and what follows it.
pub(super) fn split(line: &str) -> (&str, &str) {
    let line = line.trim_start();
    let end = line
        .find(|c: char| !c.is_alphanumeric() && c != '?' && c != '!')
        .unwrap_or(line.len());
    // `!x` is `! x`.
    line.split_at(if line.starts_with('!') { 1 } else { end })
}

/// Carries a line out.
pub(super) fn execute(session: &mut Session, line: &str) -> Done {
    let (name, rest) = split(line.trim());
    match find(name) {
        Some(command) => (command.run)(session, rest.trim()),
        None => Err(Trouble::Text(unknown(name))),
    }
}

fn unknown(name: &str) -> String {
    let all = COMMANDS.iter().flat_map(|command| command.names);
    let near = all.filter(|known| known.len() > 2 && is_near(name, known));
    match near.min_by_key(|known| known.len().abs_diff(name.len())) {
        Some(known) => format!("unknown command '{name}'; did you mean `{known}`?"),
        None => format!("unknown command '{name}'; `help` lists those there are"),
    }
}

/// Whether one letter more, less or other makes one word of another.
fn is_near(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let same = short.chars().zip(long.chars());
    let begin: usize = same
        .take_while(|(x, y)| x == y)
        .map(|(x, _)| x.len_utf8())
        .sum();
    let behind = |text: &str| text[begin..].chars().skip(1).collect::<String>();
    let (rest, other) = (behind(short), behind(long));
    rest == other
        || short[begin..] == other
        || a.len() == b.len() && swapped(&a[begin..], &b[begin..])
}

/// Whether the first two letters stand the other way round.
fn swapped(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.chars(), b.chars());
    let (a1, a2, b1, b2) = (a.next(), a.next(), b.next(), b.next());
    a1.is_some() && a1 == b2 && a2 == b1 && a.eq(b)
}

/// The columns of help's table that usages have.
const USAGE_COLUMNS: usize = 34;

fn help(session: &mut Session, rest: &str) -> Done {
    if rest.is_empty() {
        for command in COMMANDS {
            let usage = format!("{} {}", command.names.join(", "), command.usage);
            if usage.len() > USAGE_COLUMNS {
                session.say(&usage);
                session.say(&format!("{:USAGE_COLUMNS$} {}", "", command.about));
            } else {
                session.say(&format!("{usage:USAGE_COLUMNS$} {}", command.about));
            }
        }
        return Ok(());
    }
    let Some(command) = find(rest) else {
        return Err(Trouble::Text(format!("there is no command '{rest}'")));
    };
    session.say(&format!("{} {}", command.names.join(", "), command.usage));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_its_own_names_and_an_example_of_itself() {
        let mut seen = Vec::new();
        for command in COMMANDS {
            for name in command.names {
                assert!(!seen.contains(name), "{name}");
                seen.push(name);
            }
            let (name, _) = split(command.example);
            assert!(command.names.contains(&name), "{}", command.example);
        }
    }

    #[test]
    fn a_misspelt_name_is_guessed() {
        for (wrong, right) in [
            ("contnue", "continue"),
            ("stepp", "step"),
            ("nxet", "next"),
            ("brake", "break"),
        ] {
            let guess = unknown(wrong);
            let is_told = guess.contains(right);
            assert_eq!(is_told, wrong != "brake", "{guess}");
        }
        assert!(unknown("").contains("`help`") && unknown("ü").contains("`help`"));
    }
}
