//! Module `_signal`, on which `signal` is built: handlers, sending, the alarm clock.
//!
//! A signal only sets a flag. The interpreter looks at it where loops turn and functions are
//! called, and in functions that wait; there the handler in Python runs, between two
//! instructions of whatever ran.

use super::posix::{failed, number_of};
use crate::types::frame;
use object::{Dict, Gc, Tuple, Value, intern};
use vm::{Def, PyResult, Vm, method, string, tuple};
use world::SIGNALS;

const DEFAULT: Value = Value::small(0);
const IGNORE: Value = Value::small(1);
const SIGINT: i64 = 2;
const SIGPIPE: i64 = 13;
const SIGXFSZ: i64 = 25;

const FUNCTIONS: &[Def] = &[
    method("signal(signalnum, handler, /)", signal),
    method("getsignal(signalnum, /)", getsignal),
    method("raise_signal(signalnum, /)", raise_signal),
    method("default_int_handler(signalnum, frame, /)", |vm, _| {
        let class = vm.types.keyboard_interrupt;
        Err(vm.raise_with(class, &[]))
    }),
    method("strsignal(signalnum, /)", strsignal),
    method("valid_signals()", valid_signals),
    method("alarm(seconds, /)", alarm),
    method("setitimer(which, seconds, interval=0.0, /)", setitimer),
    method("getitimer(which, /)", getitimer),
    method("pause()", pause),
    method(
        "set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)",
        set_wakeup_fd,
    ),
    method("siginterrupt(signalnum, flag, /)", |_, _| Ok(Value::NONE)),
];

/// Names and numbers, the same on all targets, and what `strsignal` says.
const NAMES: &[(&str, i64, &str)] = &[
    ("SIGHUP", 1, "Hangup"),
    ("SIGINT", 2, "Interrupt"),
    ("SIGQUIT", 3, "Quit"),
    ("SIGILL", 4, "Illegal instruction"),
    ("SIGTRAP", 5, "Trace/breakpoint trap"),
    ("SIGABRT", 6, "Aborted"),
    ("SIGIOT", 6, "Aborted"),
    ("SIGBUS", 7, "Bus error"),
    ("SIGFPE", 8, "Floating point exception"),
    ("SIGKILL", 9, "Killed"),
    ("SIGUSR1", 10, "User defined signal 1"),
    ("SIGSEGV", 11, "Segmentation fault"),
    ("SIGUSR2", 12, "User defined signal 2"),
    ("SIGPIPE", 13, "Broken pipe"),
    ("SIGALRM", 14, "Alarm clock"),
    ("SIGTERM", 15, "Terminated"),
    ("SIGSTKFLT", 16, "Stack fault"),
    ("SIGCHLD", 17, "Child exited"),
    ("SIGCLD", 17, "Child exited"),
    ("SIGCONT", 18, "Continued"),
    ("SIGSTOP", 19, "Stopped (signal)"),
    ("SIGTSTP", 20, "Stopped"),
    ("SIGTTIN", 21, "Stopped (tty input)"),
    ("SIGTTOU", 22, "Stopped (tty output)"),
    ("SIGURG", 23, "Urgent I/O condition"),
    ("SIGXCPU", 24, "CPU time limit exceeded"),
    ("SIGXFSZ", 25, "File size limit exceeded"),
    ("SIGVTALRM", 26, "Virtual timer expired"),
    ("SIGPROF", 27, "Profiling timer expired"),
    ("SIGWINCH", 28, "Window changed"),
    ("SIGIO", 29, "I/O possible"),
    ("SIGPOLL", 29, "I/O possible"),
    ("SIGPWR", 30, "Power failure"),
    ("SIGSYS", 31, "Bad system call"),
    ("SIGRTMIN", 34, "Real-time signal 0"),
    ("SIGRTMAX", 64, "Real-time signal 30"),
];

/// The handlers by number: functions, `DEFAULT` or `IGNORE`.
fn handlers(vm: &mut Vm) -> Gc<Dict> {
    match vm.kept("signal.handlers").and_then(|h| h.cast::<Dict>()) {
        Some(handlers) => handlers,
        None => {
            let handlers = Dict::new();
            vm.keep("signal.handlers", handlers.into());
            handlers
        }
    }
}

fn handler_of(vm: &mut Vm, number: i64) -> PyResult {
    let handlers = handlers(vm);
    Ok(vm
        .dict_get(handlers, Value::small(number))?
        .unwrap_or(DEFAULT))
}

/// A signal's number, checked.
fn signal_number(vm: &mut Vm, value: Value) -> PyResult<i32> {
    let number = number_of(vm, value)?;
    if number < 1 || number as usize >= SIGNALS {
        return Err(vm.value_error("signal number out of range"));
    }
    Ok(number)
}

fn signal(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = signal_number(vm, args[0])?;
    let handler = args[1];
    let known = handler == DEFAULT || handler == IGNORE;
    let class = vm.class_of(handler);
    if !known && vm.lookup_type(class, vm.names.call).is_none() {
        return Err(vm.type_error(
            "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
        ));
    }
    let before = handler_of(vm, number.into())?;
    if handler == DEFAULT {
        vm.world.default_signal(number);
    } else {
        let wakes = vm.interrupt_flags();
        if let Err(error) = vm.world.watch_signal(number, wakes) {
            return failed(vm, &error, None);
        }
    }
    let handlers = handlers(vm);
    vm.dict_set(handlers, Value::small(number.into()), handler)?;
    Ok(before)
}

fn getsignal(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = signal_number(vm, args[0])?;
    handler_of(vm, number.into())
}

/// Runs the handlers of the signals that came; what `Vm::on_signals` wants.
fn run_handlers(vm: &mut Vm) -> PyResult<()> {
    for number in vm.world.arrived_signals() {
        let handler = handler_of(vm, number.into())?;
        if handler == DEFAULT || handler == IGNORE {
            continue;
        }
        if let Some(wake) = vm.kept("signal.wakeup").and_then(Value::as_small) {
            // Whoever reads there must make room; a full pipe wakes as well as one more byte.
            let _ = vm.world.write(wake as i32, &[number as u8]);
        }
        let frame = frame::of_depth(vm, 0).unwrap_or(Value::NONE);
        vm.call(handler, &[Value::small(number.into()), frame])?;
    }
    Ok(())
}

fn raise_signal(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = signal_number(vm, args[0])?;
    match vm.world.raise_signal(number) {
        Ok(()) => vm.check_interrupt().map(|()| Value::NONE),
        Err(error) => failed(vm, &error, None),
    }
}

fn strsignal(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = signal_number(vm, args[0])?;
    let found = NAMES.iter().find(|(_, n, _)| *n == i64::from(number));
    Ok(match (found, number) {
        (Some((_, _, text)), _) => string(text),
        (None, 35..=63) => string(&format!("Real-time signal {}", number - 34)),
        (None, _) => Value::NONE,
    })
}

fn valid_signals(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let numbers = (1..SIGNALS as i64).filter(|n| !matches!(n, 32 | 33));
    let numbers: Vec<Value> = numbers.map(Value::small).collect();
    let set = vm.types.set;
    vm.call(set.into(), &[Tuple::new(&numbers).into()])
}

fn set_alarm(vm: &mut Vm, after_s: f64, interval_s: f64) -> PyResult<(f64, f64)> {
    match vm
        .world
        .set_alarm((after_s * 1e9) as u64, (interval_s * 1e9) as u64)
    {
        Ok((left, interval)) => Ok((left as f64 / 1e9, interval as f64 / 1e9)),
        Err(error) => Err(crate::types::exception::os_error(vm, &error, None)),
    }
}

fn alarm(vm: &mut Vm, args: &[Value]) -> PyResult {
    let seconds = vm.index(args[0])?.max(0);
    let (left, _) = set_alarm(vm, seconds as f64, 0.0)?;
    Ok(Value::small(left.ceil() as i64))
}

fn real_timer(vm: &mut Vm, which: Value) -> PyResult<()> {
    if vm.index(which)? == 0 {
        return Ok(());
    }
    let error = std::io::Error::from_raw_os_error(22);
    let raised = crate::types::exception::os_error(vm, &error, None);
    Err(raised)
}

fn seconds_of(vm: &mut Vm, value: Value) -> PyResult<f64> {
    match vm.as_float(value) {
        Some(seconds) => Ok(seconds),
        None => Ok(vm.index(value)? as f64),
    }
}

fn setitimer(vm: &mut Vm, args: &[Value]) -> PyResult {
    real_timer(vm, args[0])?;
    let after = seconds_of(vm, args[1])?;
    let interval = match args[2].bound() {
        Some(interval) => seconds_of(vm, interval)?,
        None => 0.0,
    };
    let (left, interval) = set_alarm(vm, after, interval)?;
    Ok(tuple(&[Value::float(left), Value::float(interval)]))
}

fn getitimer(vm: &mut Vm, args: &[Value]) -> PyResult {
    real_timer(vm, args[0])?;
    let (left, interval) = vm.world.alarm_left();
    let seconds = |ns: u64| Value::float(ns as f64 / 1e9);
    Ok(tuple(&[seconds(left), seconds(interval)]))
}

fn pause(vm: &mut Vm, _args: &[Value]) -> PyResult {
    while !vm.is_interrupted() {
        vm.world.sleep_ns(2_000_000);
    }
    vm.check_interrupt().map(|()| Value::NONE)
}

fn set_wakeup_fd(vm: &mut Vm, args: &[Value]) -> PyResult {
    let fd = number_of(vm, args[0])?;
    let before = vm.kept("signal.wakeup").unwrap_or(Value::small(-1));
    let now = if fd < 0 {
        Value::NONE
    } else {
        Value::small(fd.into())
    };
    vm.keep("signal.wakeup", now);
    Ok(if before.is_none() {
        Value::small(-1)
    } else {
        before
    })
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_signal", FUNCTIONS);
    let space = module.namespace();
    for &(name, number, _) in NAMES {
        space.set_str(intern(name), Value::small(number));
    }
    for (name, number) in [
        ("SIG_DFL", DEFAULT),
        ("SIG_IGN", IGNORE),
        ("NSIG", Value::small(SIGNALS as i64)),
        ("ITIMER_REAL", Value::small(0)),
        ("ITIMER_VIRTUAL", Value::small(1)),
        ("ITIMER_PROF", Value::small(2)),
    ] {
        space.set_str(intern(name), number);
    }
    let os_error = vm.types.os_error;
    space.set_str(intern("ItimerError"), os_error.into());
    let interrupt = space.get_str(intern("default_int_handler"));
    // Two are ignored from the start, so that writing says what is wrong.
    for (number, handler) in [
        (SIGINT, interrupt.unwrap_or(DEFAULT)),
        (SIGPIPE, IGNORE),
        (SIGXFSZ, IGNORE),
    ] {
        let (handlers, key) = (handlers(vm), Value::small(number));
        // Numbers have hashes and are equal to themselves.
        let _ = vm.dict_set(handlers, key, handler);
    }
    vm.on_signals = Some(run_handlers);
}
