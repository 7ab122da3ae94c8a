//! The command line: what was typed, and what it means.

use std::ffi::OsString;

/// What to run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) enum Program {
    /// An interactive session, or standard input if that is no terminal.
    #[default]
    Interactive,
    /// `-`
    Stdin,
    /// `-c TEXT`
    Text(String),
    /// `-m MODULE`
    Module(String),
    /// A file, or a directory with `__main__.py`.
    File(String),
    /// `--dump bytecode FILE`
    DumpBytecode(String),
}

/// Everything the command line says.
#[derive(Clone, Default, Debug)]
pub(crate) struct Arguments {
    pub(crate) program: Program,
    /// `sys.argv`
    pub(crate) argv: Vec<String>,
    pub(crate) optimize: u8,
    pub(crate) x_options: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) unbuffered: bool,
    pub(crate) isolated: bool,
    pub(crate) ignore_environment: bool,
    pub(crate) safe_path: bool,
    pub(crate) verbose: bool,
    pub(crate) quiet: bool,
    pub(crate) inspect: bool,
    pub(crate) dont_write_bytecode: bool,
}

/// What to do with a command line.
#[derive(Debug)]
pub(crate) enum Request {
    Run(Box<Arguments>),
    /// Print this and exit with status 0.
    Print(String),
    /// Print this to standard error and exit with status 2.
    Refuse(String),
}

pub(crate) const VERSION: &str = "Python 3.14.0";

const USAGE: &str = "usage: krait [option] ... [-c cmd | -m mod | file | -] [arg] ...";

const OPTIONS: &str = "\
Options:
-B     : do not write .pyc files (they are never written)
-c cmd : run the program given as text
-E     : ignore PYTHON* environment variables
-h     : print this help and exit (also -? or --help)
-i     : stay interactive after running the program
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run a library module as the program
-O     : remove assert statements; -OO removes docstrings too
-P     : do not put the program's directory first on sys.path
-q     : no version line on interactive start-up
-s, -S : accepted; there is no site directory to leave out
-u     : do not buffer standard output and standard error
-v     : accepted
-V     : print the version and exit (also --version); -VV prints more
-W arg : warning control
-X opt : implementation-specific option
--jit arg : off, or PARAMETER=N,...; this build has no JIT, only `off` has an effect: none
--dump bytecode FILE : print the bytecode of a program
file   : run the program in this file
-      : run the program read from standard input
arg ...: arguments of the program, in sys.argv[1:]
";

fn refuse(message: &str) -> Request {
    Request::Refuse(format!("{message}\n{USAGE}\nTry `krait -h' for more information.\n"))
}

/// The parameters that `--jit` knows, as PyPy names them.
const JIT_PARAMETERS: &[&str] = &[
    "threshold",
    "function_threshold",
    "trace_eagerness",
    "decay",
    "trace_limit",
    "inlining",
    "loop_longevity",
    "retrace_limit",
    "max_retrace_guards",
    "max_unroll_loops",
    "max_unroll_recursion",
    "disable_unrolling",
    "enable_opts",
];

fn check_jit(text: &str) -> Result<(), String> {
    if matches!(text, "off" | "default" | "help") {
        return Ok(());
    }
    for part in text.split(',') {
        let Some((name, value)) = part.split_once('=') else {
            return Err(format!("--jit: '{part}' is neither 'off', 'default' nor NAME=VALUE"));
        };
        if !JIT_PARAMETERS.contains(&name) {
            return Err(format!("--jit: unknown parameter '{name}'; see --jit help"));
        }
        if name != "enable_opts" && value.parse::<u64>().is_err() {
            return Err(format!("--jit: parameter '{name}' wants a number, not '{value}'"));
        }
    }
    Ok(())
}

/// Reads a command line (without the program's own name).
pub(crate) fn parse(words: &[OsString]) -> Request {
    let words: Vec<String> = words.iter().map(|w| w.to_string_lossy().into_owned()).collect();
    let mut arguments = Arguments::default();
    let mut versions = 0;
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        at += 1;
        let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
            arguments.program =
                if word == "-" { Program::Stdin } else { Program::File(word.clone()) };
            arguments.argv = words[at - 1..].to_vec();
            return Request::Run(Box::new(arguments));
        };
        if let Some(long) = letters.strip_prefix('-') {
            match long {
                "help" => return help(),
                "version" => return Request::Print(format!("{VERSION}\n")),
                "jit" => {
                    let Some(value) = words.get(at) else {
                        return refuse("Argument expected for the --jit option");
                    };
                    at += 1;
                    if value == "help" {
                        return Request::Print(format!("{}\n", JIT_PARAMETERS.join("\n")));
                    }
                    if let Err(message) = check_jit(value) {
                        return refuse(&message);
                    }
                }
                "dump" => {
                    let (Some("bytecode"), Some(file)) =
                        (words.get(at).map(String::as_str), words.get(at + 1))
                    else {
                        return refuse("--dump wants: --dump bytecode FILE");
                    };
                    arguments.program = Program::DumpBytecode(file.clone());
                    return Request::Run(Box::new(arguments));
                }
                _ => return refuse(&format!("unknown option --{long}")),
            }
            continue;
        }
        let mut letters = letters.char_indices();
        while let Some((place, letter)) = letters.next() {
            let rest = &word[1 + place + letter.len_utf8()..];
            match letter {
                'B' => arguments.dont_write_bytecode = true,
                'b' | 'd' | 's' | 'S' | 'R' | 'x' => {}
                'E' => arguments.ignore_environment = true,
                'i' => arguments.inspect = true,
                'I' => {
                    arguments.isolated = true;
                    arguments.ignore_environment = true;
                    arguments.safe_path = true;
                }
                'O' => arguments.optimize += 1,
                'P' => arguments.safe_path = true,
                'q' => arguments.quiet = true,
                'u' => arguments.unbuffered = true,
                'v' => arguments.verbose = true,
                'V' => versions += 1,
                'h' | '?' => return help(),
                'c' | 'm' | 'W' | 'X' => {
                    let value = if rest.is_empty() {
                        at += 1;
                        words.get(at - 1).cloned()
                    } else {
                        Some(rest.to_string())
                    };
                    let Some(value) = value else {
                        return refuse(&format!("Argument expected for the -{letter} option"));
                    };
                    match letter {
                        'W' => arguments.warnings.push(value),
                        'X' => arguments.x_options.push(value),
                        _ => {
                            arguments.argv = vec![format!("-{letter}")];
                            arguments.argv.extend_from_slice(&words[at..]);
                            arguments.program = if letter == 'c' {
                                Program::Text(value)
                            } else {
                                Program::Module(value)
                            };
                            return Request::Run(Box::new(arguments));
                        }
                    }
                    break;
                }
                _ => return refuse(&format!("Unknown option: -{letter}")),
            }
        }
    }
    if versions > 0 {
        let more = if versions > 1 {
            format!("{VERSION} (krait {}, no JIT)\n", env!("CARGO_PKG_VERSION"))
        } else {
            format!("{VERSION}\n")
        };
        return Request::Print(more);
    }
    arguments.argv = vec![String::new()];
    Request::Run(Box::new(arguments))
}

fn help() -> Request {
    Request::Print(format!("{USAGE}\n{OPTIONS}"))
}

#[cfg(test)]
mod tests {
    //! Tests of the command line.
    use super::*;

    fn run(words: &[&str]) -> Arguments {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        match parse(&words) {
            Request::Run(arguments) => *arguments,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_follows_the_program_is_its_own() {
        let arguments = run(&["-u", "script.py", "-c", "x"]);
        assert_eq!(arguments.program, Program::File("script.py".into()));
        assert_eq!(arguments.argv, ["script.py", "-c", "x"]);
        assert!(arguments.unbuffered);
    }

    #[test]
    fn letters_join_and_take_their_value_along() {
        let arguments = run(&["-OOcprint(1)", "a"]);
        assert_eq!(arguments.program, Program::Text("print(1)".into()));
        assert_eq!(arguments.optimize, 2);
        assert_eq!(arguments.argv, ["-c", "a"]);
    }

    #[test]
    fn unknown_options_are_refused() {
        for words in [["-Z"], ["--nope"], ["-c"], ["--jit"]] {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            assert!(matches!(parse(&words), Request::Refuse(_)), "{words:?}");
        }
        assert!(check_jit("threshold=5,decay=1").is_ok());
        assert!(check_jit("threshold=x").is_err());
        assert!(check_jit("speed=5").is_err());
    }
}
