//! The prompt: reads commands, from a terminal with an editor of lines, or from a file or pipe.
//!
//! At a terminal, lines have a history, which is kept in the user's state folder for all recordings
//! together, and are completed (`complete`). An interrupt throws the line away, or ends what runs;
//! the end of the input ends the session.

use super::colours::{Paint, Role};
use super::complete::Completion;
use super::session::{Session, Trouble};
use super::{Begun, Options, commands};
use crate::moment::{Heeding, heed_interrupts};
use crate::protocol::Time;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use serde_json::json;
use std::cell::RefCell;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::{env, fs};

/// Lines that the history holds.
const HISTORY_LINES: usize = 2000;

type Shared = Rc<RefCell<Session>>;

/// Where commands come from.
enum Input {
    Terminal {
        editor: Box<Editor<Completion, FileHistory>>,
        history: Option<PathBuf>,
    },
    Lines(Box<dyn Iterator<Item = io::Result<String>>>),
}

/// What comes from there.
enum Typed {
    Line(String),
    /// The line was thrown away.
    Interrupted,
    End,
}

/// Is the debugger; the exit code.
pub(super) fn run(options: &Options, begun: Begun) -> i32 {
    if let Err(error) = heed_interrupts() {
        eprintln!("krait: an interrupt ends the debugger: {error}");
    }
    let searching: fn(Time, Time) = match options.json {
        true => |_, _| (),
        false => |from, to| println!("[searching {from}..{to}]"),
    };
    let mut session = match Session::begin(begun, searching) {
        Ok(session) => session,
        Err(text) => {
            eprintln!("krait: {text}");
            return 1;
        }
    };
    if !options.json {
        session.paint = Paint::of_terminal();
    }
    let session: Shared = Rc::new(RefCell::new(session));
    let mut input = match Input::open(options, &session) {
        Ok(input) => input,
        Err(text) => {
            eprintln!("krait: {text}");
            return 2;
        }
    };
    converse(options, &session, &mut input);
    for text in session.borrow_mut().keep() {
        eprintln!("krait: {text}");
    }
    0
}

/// Reads commands to the end.
fn converse(options: &Options, session: &Shared, input: &mut Input) {
    let echoes = matches!(input, Input::Lines(_)) && !options.json;
    let mut last = String::new();
    {
        let mut session = session.borrow_mut();
        if let Some(told) = session.told.take() {
            eprintln!("krait: {told}");
        }
        let shown = session.show_position();
        finish(&mut session, "", shown, options.json);
    }
    loop {
        let line = match input.read(session, options.json) {
            Typed::Line(line) => line,
            Typed::Interrupted => continue,
            Typed::End => {
                if !options.json {
                    println!();
                }
                return;
            }
        };
        if echoes {
            println!("{line}");
        }
        let line = match line.trim() {
            "" => last.clone(),
            line => line.to_owned(),
        };
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut session = session.borrow_mut();
        let heeding = Heeding::begin();
        let result = commands::execute(&mut session, &line);
        drop(heeding);
        let quits = matches!(result, Err(Trouble::Quit));
        finish(&mut session, &line, result, options.json);
        if let Err(text) = session.keep_notes(false) {
            eprintln!("krait: {text}");
        }
        if quits {
            return;
        }
        last = line;
    }
}

/// Prints what a command has to say.
fn finish(session: &mut Session, line: &str, result: Result<(), Trouble>, json: bool) {
    let error = match result {
        Err(Trouble::Text(text)) => Some(text),
        _ => None,
    };
    let text = std::mem::take(&mut session.out);
    // Nobody is left to tell who reads no more.
    let mut stdout = io::stdout().lock();
    if json {
        let object = json!({
            "command": line,
            "time": session.position.time,
            "file": session.position.file,
            "line": session.position.line,
            "function": session.position.function,
            "text": text,
            "error": error,
        });
        let _ = writeln!(stdout, "{object}");
        return;
    }
    let _ = stdout.write_all(text.as_bytes());
    if let Some(error) = error {
        let _ = writeln!(stdout, "{}", session.paint.text(Role::Error, &error));
    }
}

impl Input {
    fn open(options: &Options, session: &Shared) -> Result<Input, String> {
        if let Some(path) = &options.commands {
            let text = fs::read_to_string(path);
            let text = text.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let lines: Vec<_> = text.lines().map(|line| Ok(line.to_owned())).collect();
            return Ok(Input::Lines(Box::new(lines.into_iter())));
        }
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        if options.json || !is_terminal {
            return Ok(Input::Lines(Box::new(io::stdin().lock().lines())));
        }
        Ok(match editor(session) {
            Ok((editor, history)) => Input::Terminal {
                editor: Box::new(editor),
                history,
            },
            Err(error) => {
                eprintln!("krait: lines cannot be edited here: {error}");
                Input::Lines(Box::new(io::stdin().lock().lines()))
            }
        })
    }

    fn read(&mut self, session: &Shared, json: bool) -> Typed {
        let (time, paint) = {
            let session = session.borrow();
            (session.position.time, session.paint)
        };
        let prompt = format!("({time})$ ");
        match self {
            Input::Lines(lines) => {
                if !json {
                    print!("{prompt}");
                    let _ = io::stdout().flush();
                }
                match lines.next() {
                    Some(Ok(line)) => Typed::Line(line),
                    // What is no text is no command; the line after it may be one.
                    Some(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                        eprintln!("krait: a line is left out: {error}");
                        Typed::Line(String::from("#"))
                    }
                    Some(Err(_)) | None => Typed::End,
                }
            }
            Input::Terminal { editor, history } => {
                let coloured = paint.text(Role::Prompt, &prompt);
                match editor.readline(&(prompt.as_str(), coloured.as_str())) {
                    Ok(line) => {
                        let is_new = editor.add_history_entry(line.as_str());
                        if let Some(file) = history
                            && is_new.unwrap_or(false)
                        {
                            // A history that cannot be kept is missed, but hinders nothing.
                            let _ = editor.append_history(file);
                        }
                        Typed::Line(line)
                    }
                    Err(ReadlineError::Interrupted) => {
                        println!("(`quit` or Ctrl-D leaves)");
                        Typed::Interrupted
                    }
                    Err(_) => Typed::End,
                }
            }
        }
    }
}

type Edited = (Editor<Completion, FileHistory>, Option<PathBuf>);

fn editor(session: &Shared) -> rustyline::Result<Edited> {
    let config = Config::builder()
        .max_history_size(HISTORY_LINES)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Completion::new(session.clone())));
    let history = history_file();
    if let Some(file) = &history {
        if let Some(folder) = file.parent() {
            let _ = fs::create_dir_all(folder);
        }
        // There is none before the first session.
        let _ = editor.load_history(file);
    }
    Ok((editor, history))
}

/// Where the history is kept: in the user's folder for such things.
fn history_file() -> Option<PathBuf> {
    let given = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let folder = given.filter(|path| path.is_absolute()).or_else(|| {
        let home = PathBuf::from(env::var_os("HOME")?);
        Some(home.join(".local/state"))
    })?;
    Some(folder.join("krait/debugger-history"))
}
