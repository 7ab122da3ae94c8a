//! `filetests`: the command line of the runner.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use filetests::cpython;
use filetests::debugger;
use filetests::fuzz;
use filetests::launch::Interpreter;
use filetests::moves;
use filetests::run::{self, Counts, Selection, Setup};
use filetests::suites;

/// Tests krait as a program: text cases, suite programs, generated programs.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the cases below interpreter/filetests/cases
    Run(RunArgs),
    /// Compare generated programs on krait and on CPython
    Fuzz(FuzzArgs),
    /// Run CPython's own tests interpreted and compiled, and compare what they come to
    Cpython(CpythonArgs),
    /// Run every suite program at its test size and compare digests
    Suites(SuitesArgs),
    /// Try the debugger at a terminal, from an editor, and with damaged recordings
    Debugger(DebuggerArgs),
    /// Record programs, and measure what that costs and how fast one moves in a log
    Moves(MovesArgs),
}

#[derive(Args)]
struct MovesArgs {
    /// The krait executable, which can record
    #[arg(long, default_value = "bin/krait-revdb")]
    krait: PathBuf,
    /// The executable that recorded runs are compared with; the same one if not given
    #[arg(long)]
    nojit: Option<PathBuf>,
    /// How long the recorded program runs, about
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Measure the programs of this folder of suites as well
    #[arg(long)]
    suites: Option<PathBuf>,
    /// How long each of them runs, about
    #[arg(long, default_value_t = 3.0)]
    suite_seconds: f64,
    /// Give up what is not measured after so many seconds
    #[arg(long)]
    limit_seconds: Option<u64>,
    /// How many times their bounds figures may be before they count as failed
    #[arg(long, default_value_t = 1.0)]
    slack: f64,
}

#[derive(Args)]
struct Krait {
    /// The krait executable
    #[arg(long, env = "KRAIT", default_value = "bin/krait-nojit")]
    krait: PathBuf,
    /// What krait is started through, such as "qemu-s390x-static -L /usr/s390x-linux-gnu"
    #[arg(long)]
    wrapper: Option<String>,
    /// Time limit of one process; 10, or 120 through a wrapper, if not given
    #[arg(long)]
    timeout_seconds: Option<u64>,
    /// Record each process and replay it; both must do the same
    #[arg(long)]
    replay: bool,
    /// How many processes run at a time
    #[arg(long, default_value_t = cores())]
    jobs: usize,
}

#[derive(Args)]
struct RunArgs {
    #[command(flatten)]
    krait: Krait,
    /// The folder of cases
    #[arg(long, default_value = "interpreter/filetests/cases")]
    cases: PathBuf,
    /// The target that krait was built for
    #[arg(long, default_value = run::host())]
    target: String,
    /// An option for krait in every case; may be repeated
    #[arg(long = "option", allow_hyphen_values = true)]
    options: Vec<OsString>,
    /// Print the cases that would run, and run none
    #[arg(long)]
    list: bool,
    /// Write the expectations from what krait prints; then read the change
    #[arg(long, conflicts_with = "bless_from")]
    bless: bool,
    /// Write the expectations from what another interpreter prints
    #[arg(long, value_name = "INTERPRETER")]
    bless_from: Option<PathBuf>,
    /// Only cases whose path contains one of these
    filters: Vec<String>,
}

#[derive(Args)]
struct SuitesArgs {
    #[command(flatten)]
    krait: Krait,
    /// The folder of suites
    #[arg(long, default_value = "suites")]
    suites: PathBuf,
    /// Run the programs on this CPython too
    #[arg(long)]
    cpython: Option<PathBuf>,
    /// Run the programs on this PyPy too
    #[arg(long)]
    pypy: Option<PathBuf>,
    /// Only programs whose name contains one of these
    filters: Vec<String>,
}

#[derive(Args)]
struct FuzzArgs {
    #[command(flatten)]
    krait: Krait,
    /// The CPython to compare with
    #[arg(long, default_value = "/usr/bin/python3.11")]
    python: PathBuf,
    /// The first program's seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long to go on
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// An option for krait; may be repeated
    #[arg(long = "option", allow_hyphen_values = true)]
    options: Vec<OsString>,
    /// A variable for krait's environment, NAME=VALUE; may be repeated
    #[arg(long = "env", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// Where failing programs are left; a folder for temporary files if not given
    #[arg(long)]
    save: Option<PathBuf>,
    /// End after so many failures
    #[arg(long, default_value_t = 5)]
    limit_failures: usize,
    /// Print the program of the seed, and run nothing
    #[arg(long)]
    print: bool,
}

#[derive(Args)]
struct CpythonArgs {
    #[command(flatten)]
    krait: Krait,
    /// The folder of CPython's package `test`
    #[arg(long, default_value = "/usr/lib/python3.11/test")]
    tests: PathBuf,
    /// The list of modules
    #[arg(long, default_value = "interpreter/filetests/cpython-tests.txt")]
    list: PathBuf,
    /// An option for krait in the second run; may be repeated
    #[arg(long = "option", allow_hyphen_values = true)]
    options: Vec<OsString>,
    /// Only modules whose name contains one of these
    filters: Vec<String>,
}

#[derive(Args)]
struct DebuggerArgs {
    #[command(flatten)]
    krait: Krait,
    /// A Python that has debugpy, the client of the Debug Adapter Protocol
    #[arg(long)]
    python: Option<PathBuf>,
    /// How many recorders are killed, whose logs must replay to their end
    #[arg(long, default_value_t = 12)]
    kills: u32,
    /// Only checks whose name contains one of these
    filters: Vec<String>,
}

fn main() -> ExitCode {
    let result = match Cli::parse().verb {
        Verb::Run(args) => run_cases(args),
        Verb::Fuzz(args) => run_fuzz(args),
        Verb::Cpython(args) => run_cpython(args),
        Verb::Suites(args) => run_suites(&args),
        Verb::Debugger(args) => run_debugger(args),
        Verb::Moves(args) => run_moves(&args).map(Some),
    };
    match result {
        Ok(Some(counts)) => {
            println!("{} passed, {} failed", counts.passed, counts.failed);
            ExitCode::from(u8::from(counts.failed > 0))
        }
        Ok(None) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("filetests: {message}");
            ExitCode::from(5)
        }
    }
}

fn run_cases(args: RunArgs) -> Result<Option<Counts>, String> {
    let (interpreter, configuration) = match &args.bless_from {
        Some(path) => (named(path, &args.krait)?, String::new()),
        None => {
            let krait = args.krait.interpreter()?;
            let configuration = run::configuration(&krait)?;
            (krait, configuration)
        }
    };
    let selection = Selection {
        folder: args.cases,
        filters: args.filters,
        target: args.target,
        debugs: args.krait.replay,
        configuration,
    };
    if args.list {
        for case in run::select(&selection)? {
            match case {
                Ok(case) => println!("{}", case.path),
                Err((path, message)) => println!("{path} ({message})"),
            }
        }
        return Ok(None);
    }
    let jobs = args.krait.jobs;
    let setup = Setup {
        selection,
        jobs,
        interpreter,
        options: args.options,
    };
    if args.bless || args.bless_from.is_some() {
        for path in run::bless(&setup)? {
            println!("wrote {}", path.display());
        }
        return Ok(None);
    }
    run::run(&setup).map(Some)
}

fn run_suites(args: &SuitesArgs) -> Result<Option<Counts>, String> {
    let mut interpreters = vec![("krait", args.krait.interpreter()?)];
    for (name, path) in [("CPython", &args.cpython), ("PyPy", &args.pypy)] {
        if let Some(path) = path {
            interpreters.push((name, named(path, &args.krait)?));
        }
    }
    suites::run(&args.suites, &interpreters, &args.filters, args.krait.jobs).map(Some)
}

fn run_fuzz(args: FuzzArgs) -> Result<Option<Counts>, String> {
    if args.print {
        print!("{}", fuzz::text(args.seed));
        return Ok(None);
    }
    let folder = args
        .save
        .unwrap_or_else(|| std::env::temp_dir().join("krait-fuzz"));
    fuzz::run(&fuzz::Setup {
        krait: args.krait.interpreter()?,
        reference: named(&args.python, &args.krait)?,
        seed: args.seed,
        time: Duration::from_secs(args.seconds),
        options: args.options,
        variables: args.variables,
        folder,
        limit_failures: args.limit_failures,
    })
    .map(Some)
}

fn run_cpython(args: CpythonArgs) -> Result<Option<Counts>, String> {
    cpython::run(&cpython::Setup {
        krait: args.krait.interpreter()?,
        tests: args.tests,
        list: args.list,
        options: args.options,
        filters: args.filters,
        jobs: args.krait.jobs,
    })
    .map(Some)
}

fn run_debugger(args: DebuggerArgs) -> Result<Option<Counts>, String> {
    let interpreter = args.krait.interpreter()?;
    debugger::run(&debugger::Setup {
        words: interpreter.words().to_vec(),
        interpreter,
        python: args.python,
        kills: args.kills,
        filters: args.filters,
    })
    .map(Some)
}

fn run_moves(args: &MovesArgs) -> Result<Counts, String> {
    let table = moves::run(&moves::Setup {
        krait: args.krait.clone(),
        plain: args.nojit.clone().unwrap_or_else(|| args.krait.clone()),
        seconds: args.seconds,
        limit_seconds: args.limit_seconds,
        suites: args.suites.clone(),
        suite_seconds: args.suite_seconds,
    });
    let mut counts = Counts::default();
    for figure in &table.figures {
        let verdict = match figure.is_met(args.slack) {
            true => {
                counts.passed += 1;
                "met"
            }
            false => {
                counts.failed += 1;
                "MISSED"
            }
        };
        println!(
            "{:45} {:9.3} {:5} at most {:5}  {verdict}",
            figure.what, figure.value, figure.unit, figure.bound,
        );
    }
    match table.broken {
        Some(why) => Err(format!("what follows was not measured: {why}")),
        None => Ok(counts),
    }
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_string(), value.to_string()))
}

impl Krait {
    fn interpreter(&self) -> Result<Interpreter, String> {
        let interpreter = Interpreter::new(&self.krait, self.wrapper.as_deref(), self.limit())?;
        Ok(interpreter.replaying(self.replay))
    }

    fn limit(&self) -> Duration {
        let default = if self.wrapper.is_some() { 120 } else { 10 };
        Duration::from_secs(self.timeout_seconds.unwrap_or(default))
    }
}

/// An interpreter of the host under krait's time limit.
fn named(path: &Path, krait: &Krait) -> Result<Interpreter, String> {
    Interpreter::new(path, None, krait.limit())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
