//! The command line: what was typed, as data. What it means is decided in `main`.

/// Which program to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Program {
    Script(String),
    Command(String),
    Module(String),
    /// Standard input: a program, or a session if it is a terminal.
    Stdin,
    Help,
    /// `--jit help`.
    Parameters,
    Version {
        long: bool,
    },
    /// Print the bytecode of a file.
    DumpBytecode(String),
}

/// The command line as typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    pub program: Program,
    /// What follows the program: its own arguments.
    pub rest: Vec<String>,
    pub optimize: u8,
    pub inspect: bool,
    pub unbuffered: bool,
    pub quiet: bool,
    pub verbose: bool,
    pub isolated: bool,
    pub ignore_environment: bool,
    pub safe_path: bool,
    pub dont_write_bytecode: bool,
    pub skip_first_line: bool,
    pub warnings: Vec<String>,
    pub x_options: Vec<String>,
    /// What `--jit` said.
    pub jit: Vec<String>,
    /// The log to record to.
    pub record: Option<String>,
    /// The log to open in the debugger, a file of commands for it, and whether it answers in JSON.
    pub replay: Option<String>,
    pub commands: Option<String>,
    pub json: bool,
    /// An editor drives the debugger, by standard input and output or by a port.
    pub dap: bool,
    pub dap_port: Option<u16>,
    /// The log to replay and compare.
    pub check: Option<String>,
}

pub const USAGE: &str = "\
usage: krait [option] ... [-c cmd | -m mod | file | -] [arg] ...
Options (as CPython's, where they have a meaning here):
-b     : accepted, without effect
-B     : accepted: no bytecode files are written
-c cmd : run the program given as a string; ends the options
-E     : ignore PYTHON* environment variables
-h     : print this text (also -? or --help)
-i     : go on interactively after the program
-I     : isolate: ignore the environment and the script's folder
-m mod : run a library module as a program; ends the options
-O     : remove assert statements; -OO: docstrings too
-P     : do not put the script's folder in front of sys.path
-q     : print no version in a session
-s, -S : accepted, without effect
-u     : do not buffer standard output and error
-v     : accepted, without effect
-V     : print the version (also --version; -VV for more)
-W arg : control warnings
-x     : skip the first line of the source
-X opt : set an option of the implementation
--jit arg           : off, default, dump=DIR, or NAME=N,... (--jit help says which names)
--dump bytecode file: print what a program is compiled to
--record log        : record the run (as KRAITRDB=log; krait-revdb only)
--replay log        : open a recorded run in the debugger (as naming it for a program)
--commands file     : with --replay: the debugger's commands
--json              : with --replay: answers as JSON
--dap [log]         : serve an editor by the Debug Adapter Protocol (krait-revdb only)
--dap-port port     : the same for one that connects to the port; 0 chooses one
--check log         : repeat a recorded run and compare (krait-revdb only)
file   : a program in a file
-      : a program from standard input (the default)
arg ...: what the program finds in sys.argv[1:]
";

/// Why a command line was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused(pub String);

/// Reads the words after the program's name.
pub fn parse(words: &[String]) -> Result<Typed, Refused> {
    let mut typed = Typed {
        program: Program::Stdin,
        rest: Vec::new(),
        optimize: 0,
        inspect: false,
        unbuffered: false,
        quiet: false,
        verbose: false,
        isolated: false,
        ignore_environment: false,
        safe_path: false,
        dont_write_bytecode: false,
        skip_first_line: false,
        warnings: Vec::new(),
        x_options: Vec::new(),
        jit: Vec::new(),
        record: None,
        check: None,
        replay: None,
        commands: None,
        json: false,
        dap: false,
        dap_port: None,
    };
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        if word == "-" {
            typed.rest = words[at..].to_vec();
            return Ok(typed);
        }
        if let Some(long) = word.strip_prefix("--") {
            if read_long(&mut typed, long, words, &mut at)? {
                return Ok(typed);
            }
            continue;
        }
        match word.strip_prefix('-') {
            Some(letters) => {
                if read_letters(&mut typed, letters, words, &mut at)? {
                    return Ok(typed);
                }
            }
            None => {
                typed.program = Program::Script(word.clone());
                typed.rest = words[at..].to_vec();
                return Ok(typed);
            }
        }
    }
    Ok(typed)
}

/// Long options whose value may follow an equals sign.
const WITH_VALUE: &[&str] = &[
    "jit", "dump", "record", "check", "replay", "commands", "dap-port",
];

/// A long option; true if it ends the options.
fn read_long(
    typed: &mut Typed,
    word: &str,
    words: &[String],
    at: &mut usize,
) -> Result<bool, Refused> {
    let (name, inline) = match word.split_once('=') {
        Some((name, value)) if WITH_VALUE.contains(&name) => (name, Some(value.to_owned())),
        _ => (word, None),
    };
    let mut value = |what: &str| {
        inline
            .clone()
            .or_else(|| {
                let next = words.get(*at).cloned();
                *at += 1;
                next
            })
            .ok_or_else(|| Refused(format!("Argument expected for the --{what} option")))
    };
    match name {
        "help" => typed.program = Program::Help,
        "version" => typed.program = Program::Version { long: false },
        "jit" => {
            let given = value("jit")?;
            if given != "help" {
                typed.jit.extend(given.split(',').map(str::to_owned));
                return Ok(false);
            }
            typed.program = Program::Parameters;
        }
        "check" => typed.check = Some(value("check")?),
        "dump" => {
            let what = value("dump")?;
            if what != "bytecode" {
                return Err(Refused(format!("--dump knows 'bytecode', not '{what}'")));
            }
            let Some(file) = words.get(*at) else {
                return Err(Refused(String::from("--dump bytecode needs a file")));
            };
            typed.program = Program::DumpBytecode(file.clone());
        }
        _ => {
            read_going_on(typed, name, &mut value)?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// A long option behind which others may follow.
fn read_going_on(
    typed: &mut Typed,
    name: &str,
    value: &mut dyn FnMut(&str) -> Result<String, Refused>,
) -> Result<(), Refused> {
    match name {
        "record" => typed.record = Some(value("record")?),
        "replay" => typed.replay = Some(value("replay")?),
        "commands" => typed.commands = Some(value("commands")?),
        "json" => typed.json = true,
        "dap" => typed.dap = true,
        "dap-port" => {
            let port = value("dap-port")?;
            let wrong = |_| Refused(format!("'{port}' is no port"));
            typed.dap_port = Some(port.parse().map_err(wrong)?);
            typed.dap = true;
        }
        "check-hash-based-pycs" => {
            value("check-hash-based-pycs")?;
        }
        _ => return Err(Refused(format!("unknown option --{name}"))),
    }
    Ok(())
}

/// Options of one letter, written together; true if one ends the options.
fn read_letters(
    typed: &mut Typed,
    letters: &str,
    words: &[String],
    at: &mut usize,
) -> Result<bool, Refused> {
    let mut left = letters.chars();
    while let Some(letter) = left.next() {
        match letter {
            'c' | 'm' | 'W' | 'X' => {
                let inline = left.as_str();
                let value = if inline.is_empty() {
                    let next = words.get(*at).cloned();
                    *at += 1;
                    next
                } else {
                    Some(inline.to_owned())
                };
                let Some(value) = value else {
                    return Err(Refused(format!(
                        "Argument expected for the -{letter} option"
                    )));
                };
                match letter {
                    'W' => typed.warnings.push(value),
                    'X' => typed.x_options.push(value),
                    _ => {
                        typed.program = match letter {
                            'c' => Program::Command(value),
                            _ => Program::Module(value),
                        };
                        typed.rest = words.get(*at..).unwrap_or(&[]).to_vec();
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            'V' => {
                let long = letters.matches('V').count() > 1;
                typed.program = Program::Version { long };
                return Ok(true);
            }
            'h' | '?' => {
                typed.program = Program::Help;
                return Ok(true);
            }
            'O' => typed.optimize = typed.optimize.saturating_add(1).min(2),
            'i' => typed.inspect = true,
            'u' => typed.unbuffered = true,
            'q' => typed.quiet = true,
            'v' => typed.verbose = true,
            'B' => typed.dont_write_bytecode = true,
            'E' => typed.ignore_environment = true,
            'P' => typed.safe_path = true,
            'x' => typed.skip_first_line = true,
            'I' => {
                typed.isolated = true;
                typed.ignore_environment = true;
                typed.safe_path = true;
            }
            's' | 'S' | 'b' | 'd' | 't' | 'R' => {}
            other => return Err(Refused(format!("Unknown option: -{other}"))),
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Typed, Refused> {
        parse(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn options_end_where_the_program_begins() -> Result<(), Refused> {
        let typed = read("-uO script.py -O x")?;
        assert_eq!(typed.program, Program::Script(String::from("script.py")));
        assert_eq!(typed.rest, ["-O", "x"]);
        assert!(typed.unbuffered && typed.optimize == 1);
        let typed = read("-Wignore -X dev -m timeit -n 1")?;
        assert_eq!(typed.program, Program::Module(String::from("timeit")));
        assert_eq!(typed.warnings, ["ignore"]);
        assert_eq!(
            read("-cpass a")?.program,
            Program::Command(String::from("pass"))
        );
        Ok(())
    }

    #[test]
    fn an_editor_names_a_log_as_one_names_a_program() -> Result<(), Refused> {
        let typed = read("--dap log.rdb")?;
        assert!(typed.dap && typed.program == Program::Script(String::from("log.rdb")));
        let typed = read("--dap-port=4711")?;
        assert!(typed.dap && typed.dap_port == Some(4711));
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(read("-z"), Err(Refused(String::from("Unknown option: -z"))));
        assert_eq!(
            read("--nope"),
            Err(Refused(String::from("unknown option --nope")))
        );
        let text = "Argument expected for the -c option";
        assert_eq!(read("-c"), Err(Refused(String::from(text))));
        let text = "'70000' is no port";
        assert_eq!(read("--dap-port 70000"), Err(Refused(String::from(text))));
    }
}
