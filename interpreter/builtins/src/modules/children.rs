//! Processes: what `posix` has for starting them, waiting for them and talking to them through
//! pipes, and `_posixsubprocess`, on which `subprocess` is built.
//!
//! A process that is to carry out a program is not forked, which would copy an interpreter in the middle of
//! its work, but started; unless Python code is to run in it before.

use super::posix::{failed, number_of};
use crate::types::exception::os_error;
use object::{Gc, Kind, Module, Tuple, Value, intern};
use std::ffi::CString;
use std::io;
use vm::{Def, PyResult, Vm, method, tuple};
use world::{Clock, FileAction, Start};

const FUNCTIONS: &[Def] = &[
    method("pipe()", |vm, _| match vm.world.pipe() {
        Ok((read, write)) => Ok(tuple(&[
            Value::small(read.into()),
            Value::small(write.into()),
        ])),
        Err(error) => failed(vm, &error, None),
    }),
    method("dup(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        match vm.world.duplicate(number) {
            Ok(copy) => Ok(Value::small(copy.into())),
            Err(error) => failed(vm, &error, None),
        }
    }),
    method("dup2(fd, fd2, inheritable=True)", |vm, args| {
        let (number, target) = (number_of(vm, args[0])?, number_of(vm, args[1])?);
        let inheritable = match args[2].bound() {
            Some(inheritable) => vm.truth(inheritable)?,
            None => true,
        };
        match vm.world.duplicate_to(number, target, inheritable) {
            Ok(()) => Ok(Value::small(target.into())),
            Err(error) => failed(vm, &error, None),
        }
    }),
    method("get_inheritable(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        match vm.world.inheritable(number) {
            Ok(inheritable) => Ok(Value::bool(inheritable)),
            Err(error) => failed(vm, &error, None),
        }
    }),
    method("set_inheritable(fd, inheritable, /)", |vm, args| {
        let (number, inheritable) = (number_of(vm, args[0])?, number_of(vm, args[1])?);
        match vm.world.set_inheritable(number, inheritable != 0) {
            Ok(()) => Ok(Value::NONE),
            Err(error) => failed(vm, &error, None),
        }
    }),
    method(
        "posix_spawn(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, \
         setsigmask=(), setsigdef=(), scheduler=None)",
        |vm, args| spawn(vm, args, "posix_spawn", false),
    ),
    method(
        "posix_spawnp(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, \
         setsigmask=(), setsigdef=(), scheduler=None)",
        |vm, args| spawn(vm, args, "posix_spawnp", true),
    ),
    method("waitpid(pid, options, /)", waitpid),
    method("wait()", |vm, _| {
        waitpid(vm, &[Value::small(-1), Value::small(0)])
    }),
    method("waitstatus_to_exitcode(status)", |vm, args| {
        let status = number_of(vm, args[0])?;
        match Ended::of(status) {
            Ended::Exited(code) => Ok(Value::small(code.into())),
            Ended::Killed(signal) => Ok(Value::small(-i64::from(signal))),
            Ended::Stopped(signal) => {
                let text = format!("process stopped by delivery of signal {signal}");
                Err(vm.value_error(text))
            }
        }
    }),
    method("WIFEXITED(status)", |vm, args| {
        asked(vm, args, |e| matches!(e, Ended::Exited(_)))
    }),
    method("WIFSIGNALED(status)", |vm, args| {
        asked(vm, args, |e| matches!(e, Ended::Killed(_)))
    }),
    method("WIFSTOPPED(status)", |vm, args| {
        asked(vm, args, |e| matches!(e, Ended::Stopped(_)))
    }),
    method("WIFCONTINUED(status)", |vm, args| {
        Ok(Value::bool(number_of(vm, args[0])? == CONTINUED))
    }),
    method("WCOREDUMP(status, /)", |vm, args| {
        Ok(Value::bool(number_of(vm, args[0])? & 0x80 != 0))
    }),
    method("WEXITSTATUS(status)", |vm, args| {
        Ok(Value::small((number_of(vm, args[0])? >> 8 & 0xff).into()))
    }),
    method("WTERMSIG(status)", |vm, args| {
        Ok(Value::small((number_of(vm, args[0])? & 0x7f).into()))
    }),
    method("WSTOPSIG(status)", |vm, args| {
        Ok(Value::small((number_of(vm, args[0])? >> 8 & 0xff).into()))
    }),
    method("system(command)", system),
];

const SUBPROCESS: &[Def] = &[method(
    "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, \
     c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, \
     start_new_session, process_group, gid, extra_groups, uid, umask, preexec_fn, /)",
    fork_exec,
)];

/// The status of a process that goes on, as the system encodes it.
const CONTINUED: i32 = 0xffff;
const NO_HANG: i32 = 1;
/// How long a thread waits between two looks for a child's end, at first and at most, while others run.
const PAUSE_MIN_NS: i64 = 500_000;
const PAUSE_MAX_NS: i64 = 16_000_000;

/// How a process ended, read from the system's encoding.
enum Ended {
    Exited(i32),
    Killed(i32),
    Stopped(i32),
}

impl Ended {
    fn of(status: i32) -> Ended {
        match status & 0x7f {
            0 => Ended::Exited(status >> 8 & 0xff),
            0x7f => Ended::Stopped(status >> 8 & 0xff),
            signal => Ended::Killed(signal),
        }
    }
}

fn asked(vm: &mut Vm, args: &[Value], test: fn(Ended) -> bool) -> PyResult {
    Ok(Value::bool(test(Ended::of(number_of(vm, args[0])?))))
}

fn waitpid(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (process, options) = (number_of(vm, args[0])?, number_of(vm, args[1])?);
    let mut pause_ns = PAUSE_MIN_NS;
    loop {
        let among_threads = vm.thread_count() > 1;
        let waits = options & NO_HANG == 0;
        match vm.world.wait_process(process, waits && !among_threads) {
            Ok(Some((process, status))) => {
                return Ok(tuple(&[
                    Value::small(process.into()),
                    Value::small(status.into()),
                ]));
            }
            Ok(None) if waits && among_threads => {
                let now = vm.world.clock_ns(Clock::Monotonic);
                vm.park(Some(now + pause_ns), Vec::new());
                vm.check_interrupt()?;
                pause_ns = (pause_ns * 2).min(PAUSE_MAX_NS);
            }
            Ok(None) => return Ok(tuple(&[Value::small(0), Value::small(0)])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => vm.check_interrupt()?,
            Err(error) => return failed(vm, &error, None),
        }
    }
}

fn system(vm: &mut Vm, args: &[Value]) -> PyResult {
    let command = super::io::path_of(vm, args[0])?;
    let start = Start {
        program: b"/bin/sh".to_vec(),
        arguments: vec![b"sh".to_vec(), b"-c".to_vec(), command],
        ..Start::default()
    };
    match vm.world.start_process(&start) {
        Ok(process) => {
            let ended = waitpid(vm, &[Value::small(process.into()), Value::small(0)])?;
            Ok(ended.known::<Tuple>().items()[1])
        }
        Err(error) => failed(vm, &error, None),
    }
}

const OPEN: i64 = 0;
const CLOSE: i64 = 1;
const DUPLICATE: i64 = 2;
/// The kinds of file actions, as programs name them.
const FILE_ACTIONS: [(&str, i64); 3] = [
    ("POSIX_SPAWN_OPEN", OPEN),
    ("POSIX_SPAWN_CLOSE", CLOSE),
    ("POSIX_SPAWN_DUP2", DUPLICATE),
];

/// `posix_spawn`, and `posix_spawnp`, which searches for the program.
fn spawn(vm: &mut Vm, args: &[Value], function: &str, searches: bool) -> PyResult {
    let [
        path,
        arguments,
        environment,
        actions,
        group,
        resets,
        session,
        masked,
        defaults,
        schedule,
    ] = *args
    else {
        return Err(vm.system_error("posix_spawn lost an argument"));
    };
    if !matches!(arguments.inner().kind(), Some(Kind::List | Kind::Tuple)) {
        let text = format!("{function}: argv must be a tuple or list");
        return Err(vm.type_error(text));
    }
    let mut start = Start {
        program: super::io::path_of(vm, path)?,
        arguments: words(vm, arguments)?,
        ..Start::default()
    };
    match start.arguments.first() {
        None => return Err(vm.value_error(format!("{function}: argv must not be empty"))),
        Some(first) if first.is_empty() => {
            let text = format!("{function}: argv first element cannot be empty");
            return Err(vm.value_error(text));
        }
        Some(_) => {}
    }
    if !environment.is_none() {
        start.environment = Some(super::control::variables(vm, environment)?);
    }
    if let Some(actions) = given(actions) {
        start.actions = file_actions(vm, actions)?;
    }
    if let Some(group) = given(group) {
        start.group = Some(number_of(vm, group)?);
    }
    let is_wanted = |vm: &mut Vm, value: Value| value.bound().map_or(Ok(false), |v| vm.truth(v));
    start.resets_identity = is_wanted(vm, resets)?;
    start.new_session = is_wanted(vm, session)?;
    if let Some(masked) = masked.bound() {
        start.masked = Some(signals(vm, masked)?);
    }
    if let Some(defaults) = defaults.bound() {
        start.defaults = signals(vm, defaults)?;
    }
    if let Some(schedule) = given(schedule) {
        start.schedule = Some(schedule_of(vm, schedule)?);
    }
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for program in places_of(vm, &start.program, searches) {
        start.program = program;
        match vm.world.start_process(&start) {
            Ok(process) => return Ok(Value::small(process.into())),
            Err(error) => last = error,
        }
        // What is there but cannot be executed is told, and so is what went wrong before that.
        if last.kind() != io::ErrorKind::NotFound {
            break;
        }
    }
    failed(vm, &last, Some(path))
}

fn given(value: Value) -> Option<Value> {
    value.bound().filter(|value| !value.is_none())
}

/// Where a program may lie.
fn places_of(vm: &mut Vm, program: &[u8], searches: bool) -> Vec<Vec<u8>> {
    if program.contains(&b'/') {
        return vec![program.to_vec()];
    }
    let below = |folder: &[u8]| {
        let folder = if folder.is_empty() { b"." } else { folder };
        [folder, b"/", program].concat()
    };
    if !searches {
        return vec![below(b".")];
    }
    let variables = vm.world.variables();
    let path = variables.into_iter().find(|(name, _)| name == b"PATH");
    let path = path.map_or_else(|| b"/bin:/usr/bin".to_vec(), |(_, path)| path);
    path.split(|&b| b == b':').map(below).collect()
}

/// What is done with files first, of tuples that begin with a kind.
fn file_actions(vm: &mut Vm, actions: Value) -> PyResult<Vec<FileAction>> {
    let mut all = Vec::new();
    let actions = vm.collect(actions)?;
    for &action in actions.items() {
        let tuple = action.to::<Tuple>().filter(|t| !t.items().is_empty());
        let Some(tuple) = tuple else {
            return Err(vm.type_error("Each file_actions element must be a non-empty tuple"));
        };
        let kind = vm.index(tuple.items()[0])?;
        all.push(match (kind, &tuple.items()[1..]) {
            (OPEN, &[number, path, flags, mode]) => {
                let path = super::io::path_of(vm, path)?;
                let Ok(path) = CString::new(path) else {
                    return Err(vm.value_error("embedded null byte"));
                };
                FileAction::Open {
                    number: number_of(vm, number)?,
                    path,
                    flags: number_of(vm, flags)?,
                    mode: number_of(vm, mode)? as u32,
                }
            }
            (CLOSE, &[number]) => FileAction::Close(number_of(vm, number)?),
            (DUPLICATE, &[from, to]) => {
                FileAction::Duplicate(number_of(vm, from)?, number_of(vm, to)?)
            }
            (kind, _) => {
                let text = match kind {
                    OPEN => "A open file_action tuple must have 5 elements",
                    CLOSE => "A close file_action tuple must have 2 elements",
                    DUPLICATE => "A dup2 file_action tuple must have 3 elements",
                    _ => "Unknown file_actions identifier",
                };
                return Err(vm.type_error(text));
            }
        });
    }
    Ok(all)
}

/// The numbers of signals.
fn signals(vm: &mut Vm, given: Value) -> PyResult<Vec<i32>> {
    let given = vm.collect(given)?;
    let mut all = Vec::new();
    for &signal in given.items() {
        let number = vm.index(signal)?;
        match i32::try_from(number) {
            Ok(number @ 1..=64) => all.push(number),
            _ => {
                let text = format!("signal number {number} out of range [1; 64]");
                return Err(vm.value_error(text));
            }
        }
    }
    Ok(all)
}

/// A policy, unless that is None, and the parameters for it: a number, or what has one for its priority.
fn schedule_of(vm: &mut Vm, schedule: Value) -> PyResult<(Option<i32>, i32)> {
    let Some(&[policy, told]) = schedule.to::<Tuple>().as_ref().map(|t| t.items()) else {
        return Err(vm.type_error("A scheduler tuple must have two elements"));
    };
    let policy = match policy.is_none() {
        true => None,
        false => Some(number_of(vm, policy)?),
    };
    let priority = vm.get_attr_text(told, "sched_priority")?;
    Ok((policy, number_of(vm, priority)?))
}

pub(super) fn words(vm: &mut Vm, list: Value) -> PyResult<Vec<Vec<u8>>> {
    let items = vm.collect(list)?;
    let items = items.items().iter();
    items
        .map(|&item| {
            let word = super::io::path_of(vm, item)?;
            match word.contains(&0) {
                true => Err(vm.value_error("embedded null byte")),
                false => Ok(word),
            }
        })
        .collect()
}

/// A file's number, or `None` for the -1 that stands for the program's own stream.
fn stream(vm: &mut Vm, value: Value) -> PyResult<Option<i32>> {
    Ok(Some(number_of(vm, value)?).filter(|&number| number >= 0))
}

fn fork_exec(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut start = start_of(vm, args)?;
    let programs = words(vm, args[1])?;
    if !args[21].is_none() {
        return fork_and_execute(vm, args, start, programs);
    }
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for program in programs {
        start.program = program;
        match vm.world.start_process(&start) {
            Ok(process) => return Ok(Value::small(process.into())),
            Err(error) => last = error,
        }
    }
    report_failure(vm, args[13], &start, &last)
}

/// How a process is to be started, by `fork_exec`'s arguments.
fn start_of(vm: &mut Vm, args: &[Value]) -> PyResult<Start> {
    let mut start = Start {
        arguments: words(vm, args[0])?,
        streams: [
            stream(vm, args[6])?,
            stream(vm, args[9])?,
            stream(vm, args[11])?,
        ],
        ..Start::default()
    };
    if !args[4].is_none() {
        start.folder = Some(super::io::path_of(vm, args[4])?);
    }
    if !args[5].is_none() {
        let pairs = words(vm, args[5])?;
        let pairs = pairs.into_iter().filter_map(|pair| {
            let at = pair.iter().position(|&b| b == b'=')?;
            Some((pair[..at].to_vec(), pair[at + 1..].to_vec()))
        });
        start.environment = Some(pairs.collect());
    }
    // The pipe for failures is named among those that are passed, but ends with the execution.
    let failures = number_of(vm, args[13])?;
    let passed = vm.collect(args[3])?;
    for &file in passed.items() {
        start.passed.push(number_of(vm, file)?);
    }
    start.passed.retain(|&file| file != failures);
    let group = number_of(vm, args[16])?;
    if group >= 0 {
        start.group = Some(group);
    }
    start.new_session = vm.truth(args[15])?;
    start.closes = vm.truth(args[2])?;
    start.user_group = identity(vm, args[17])?;
    if !args[18].is_none() {
        let mut groups = Vec::new();
        let given = vm.collect(args[18])?;
        for &group in given.items() {
            groups.extend(identity(vm, group)?);
        }
        start.user_groups = Some(groups);
    }
    start.user = identity(vm, args[19])?;
    start.umask = u32::try_from(number_of(vm, args[20])?).ok();
    Ok(start)
}

/// The number of a user or a group; `None` where none is named.
fn identity(vm: &mut Vm, value: Value) -> PyResult<Option<u32>> {
    match value.is_none() {
        true => Ok(None),
        false => Ok(u32::try_from(vm.index(value)?).ok()),
    }
}

/// Starts a process in which a function is called first.
fn fork_and_execute(
    vm: &mut Vm,
    args: &[Value],
    mut start: Start,
    programs: Vec<Vec<u8>>,
) -> PyResult {
    let child = super::forks::fork(vm, &[])?;
    if child != Value::small(0) {
        return Ok(child);
    }
    let streams = std::mem::take(&mut start.streams);
    for (target, number) in (0..).zip(streams) {
        let moved = number.map_or(Ok(()), |number| vm.world.duplicate_to(number, target, true));
        if let Err(error) = moved {
            report_failure(vm, args[13], &start, &error)?;
            vm.world.exit(255);
        }
    }
    if vm.call(args[21], &[]).is_err() {
        let pipe = number_of(vm, args[13])?;
        // Who has closed the other end does not want to know.
        let _ = vm
            .world
            .write_all(pipe, b"SubprocessError:0:Exception occurred in preexec_fn.");
        vm.world.exit(255);
    }
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for program in programs {
        start.program = program;
        last = vm.world.execute(&start);
    }
    report_failure(vm, args[13], &start, &last)?;
    vm.world.exit(255)
}

/// Tells the other end of the pipe why no process was started, in the form that `subprocess`
/// reads; and gives the number of a process that there is not.
fn report_failure(vm: &mut Vm, pipe: Value, start: &Start, error: &io::Error) -> PyResult {
    let folder = start.folder.clone();
    let no_folder = folder.is_some_and(|folder| !vm.world.is_dir(&folder));
    let what = if no_folder { "noexec:chdir" } else { "" };
    let number = error.raw_os_error().unwrap_or(2);
    let pipe = number_of(vm, pipe)?;
    match vm
        .world
        .write_all(pipe, format!("OSError:{number:X}:{what}").as_bytes())
    {
        Ok(()) => Ok(Value::small(i32::MAX.into())),
        Err(error) => Err(os_error(vm, &error, None)),
    }
}

/// Adds the functions to `posix`, and makes `_posixsubprocess`.
pub fn add(vm: &mut Vm, posix: Gc<Module>) {
    vm.add_functions(posix, FUNCTIONS);
    for (name, value) in [("WNOHANG", NO_HANG), ("WUNTRACED", 2), ("WCONTINUED", 8)] {
        posix
            .namespace()
            .set_str(intern(name), Value::small(value.into()));
    }
    for (name, kind) in FILE_ACTIONS {
        let space = posix.namespace();
        space.set_str(intern(name), Value::small(kind));
    }
    vm.define_module("_posixsubprocess", SUBPROCESS);
}
