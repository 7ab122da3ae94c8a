//! Module `select`: waiting until files are ready, by `poll`.

use super::posix::{failed, number_of};
use object::{Dict, List, Tuple, Value, intern};
use std::io;
use vm::threads::Woken;
use vm::{Def, PyResult, Vm, method, tuple};
use world::Clock;

const FUNCTIONS: &[Def] = &[
    method("_poll(files, timeout, /)", poll),
    method("select(rlist, wlist, xlist, timeout=None, /)", select),
];

const IN: u16 = 1;
const PRI: u16 = 2;
const OUT: u16 = 4;
const ERR: u16 = 8;
const HUP: u16 = 16;

/// Waits for files; a signal's handler runs meanwhile, and waiting goes on.
fn wait(vm: &mut Vm, files: &[(i32, u16)], wait_ns: Option<u64>) -> PyResult<Vec<(i32, u16)>> {
    let start = vm.world.clock_ns(Clock::Monotonic);
    if vm.thread_count() > 1 && wait_ns != Some(0) {
        let until = wait_ns.map(|ns| start.saturating_add(i64::try_from(ns).unwrap_or(i64::MAX)));
        return wait_among_threads(vm, files, until);
    }
    loop {
        let spent = (vm.world.clock_ns(Clock::Monotonic) - start) as u64;
        let left = wait_ns.map(|all| all.saturating_sub(spent));
        // In slices, because a signal may come to another thread and end no waiting here.
        let slice = left.map_or(50_000_000, |left| left.min(50_000_000));
        match vm.world.poll(files, Some(slice)) {
            Ok(ready) if !ready.is_empty() || left.is_some_and(|left| left <= slice) => {
                return Ok(ready);
            }
            Ok(_) => vm.check_interrupt()?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => vm.check_interrupt()?,
            Err(error) => return Err(crate::types::exception::os_error(vm, &error, None)),
        }
    }
}

/// The same where other threads may run meanwhile; until a time by the monotonic clock.
pub(super) fn wait_among_threads(
    vm: &mut Vm,
    files: &[(i32, u16)],
    until_ns: Option<i64>,
) -> PyResult<Vec<(i32, u16)>> {
    // Most are ready, and nothing has to wait.
    if let Ok(ready) = vm.world.poll(files, Some(0))
        && !ready.is_empty()
    {
        return Ok(ready);
    }
    loop {
        match vm.park(until_ns, files.to_vec()) {
            Woken::Ready(ready) => return Ok(ready),
            Woken::Late => return Ok(Vec::new()),
            Woken::Signal => vm.check_interrupt()?,
            Woken::Called => {}
        }
    }
}

/// Before a file is read that may keep the reader waiting: lets other threads run until it can be.
pub(super) fn wait_to_read(vm: &mut Vm, number: i32) -> PyResult<()> {
    if vm.thread_count() > 1 {
        wait_among_threads(vm, &[(number, IN)], None)?;
    }
    Ok(())
}

/// The number of a file that is a number or has `fileno()`.
fn file_number(vm: &mut Vm, file: Value) -> PyResult<i32> {
    if vm.as_int(file).is_some() {
        return number_of(vm, file);
    }
    match vm.find_attr(file, intern("fileno"))? {
        Some(method) => {
            let number = vm.call(method, &[])?;
            number_of(vm, number)
        }
        None => Err(vm.type_error("argument must be an int, or have a fileno() method.")),
    }
}

/// Of a dictionary of numbers and events, the ready ones as pairs; the time is in seconds or None.
fn poll(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mut files = Vec::new();
    for (number, events) in args[0].known::<Dict>().get().iter() {
        files.push((number_of(vm, number)?, vm.index(events)? as u16));
    }
    let wait_ns = seconds(vm, args[1])?;
    let found = List::new();
    for (number, events) in wait(vm, &files, wait_ns)? {
        found.push(tuple(&[
            Value::small(number.into()),
            Value::small(events.into()),
        ]));
    }
    Ok(found.into())
}

fn seconds(vm: &mut Vm, value: Value) -> PyResult<Option<u64>> {
    if value.is_none() || value.is_unbound() {
        return Ok(None);
    }
    let seconds = match vm.as_float(value) {
        Some(seconds) => seconds,
        None => vm.index(value)? as f64,
    };
    if seconds < 0.0 {
        return Err(vm.value_error("timeout must be non-negative"));
    }
    Ok(Some((seconds * 1e9) as u64))
}

fn select(vm: &mut Vm, args: &[Value]) -> PyResult {
    let wait_ns = seconds(vm, args[3])?;
    let wanted = [IN | HUP | ERR, OUT | ERR, PRI];
    let mut lists = Vec::new();
    let mut files = Vec::new();
    for (&list, events) in args[..3].iter().zip([IN, OUT, PRI]) {
        let list = vm.collect(list)?;
        let mut numbers = Vec::new();
        for &file in list.items() {
            let number = file_number(vm, file)?;
            numbers.push(number);
            files.push((number, events));
        }
        lists.push((list, numbers));
    }
    let ready = wait(vm, &files, wait_ns)?;
    if ready.iter().any(|&(_, events)| events & 32 != 0) {
        return failed(vm, &io::Error::from_raw_os_error(9), None);
    }
    let mut results = Vec::new();
    for ((list, numbers), wanted) in lists.iter().zip(wanted) {
        let found = List::new();
        for (&file, number) in list.items().iter().zip(numbers) {
            if ready
                .iter()
                .any(|(n, events)| n == number && events & wanted != 0)
            {
                found.push(file);
            }
        }
        results.push(found.into());
    }
    Ok(Tuple::new(&results).into())
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_select", FUNCTIONS);
    let space = module.namespace();
    for (name, bits) in [
        ("POLLIN", IN),
        ("POLLPRI", PRI),
        ("POLLOUT", OUT),
        ("POLLERR", ERR),
        ("POLLHUP", HUP),
        ("POLLNVAL", 32),
        ("POLLRDNORM", 64),
        ("POLLRDBAND", 128),
        ("POLLRDHUP", 0x2000),
    ] {
        space.set_str(intern(name), Value::small(bits.into()));
    }
    let os_error = vm.types.os_error;
    space.set_str(intern("error"), os_error.into());
    space.set_str(intern("PIPE_BUF"), Value::small(4096));
}
