//! Module `_control`: on what `fcntl`, `resource`, `termios` and parts of `os` are built.

use super::posix::{failed, number_of};
use object::{Bytes, Dict, Gc, List, Module, Str, Value, intern};
use std::io;
use vm::{Def, PyResult, Vm, method, tuple};
use world::{Lock, Queue, Start, Terminal, When};

const FUNCTIONS: &[Def] = &[
    method("lock(fd, lock, waits, of_process, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let lock = match number_of(vm, args[1])? {
            1 => Lock::Shared,
            2 => Lock::Exclusive,
            _ => Lock::Open,
        };
        let (waits, of_process) = (vm.truth(args[2])?, vm.truth(args[3])?);
        let done = vm.world.lock(number, lock, waits, of_process);
        plain(vm, done)
    }),
    method("file_flags(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let flags = vm.world.file_flags(number);
        int(vm, flags.map(i64::from))
    }),
    method("set_file_flags(fd, flags, /)", |vm, args| {
        let (number, flags) = (number_of(vm, args[0])?, number_of(vm, args[1])?);
        let done = vm.world.set_file_flags(number, flags as u32);
        plain(vm, done)
    }),
    method("unread(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let count = vm.world.unread(number);
        int(vm, count.map(|count| count as i64))
    }),
    method("limit(resource, /)", limit),
    method("set_limit(resource, current, maximum, /)", |vm, args| {
        let resource = number_of(vm, args[0])?;
        let (current, maximum) = (bound(vm, args[1])?, bound(vm, args[2])?);
        let done = vm.world.set_limit(resource as usize, current, maximum);
        plain(vm, done)
    }),
    method("terminal(fd, /)", terminal),
    method("set_terminal(fd, when, state, codes, /)", set_terminal),
    method("drain_terminal(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let done = vm.world.drain_terminal(number);
        plain(vm, done)
    }),
    method("flush_terminal(fd, queue, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        let queue = match number_of(vm, args[1])? {
            0 => Queue::Input,
            1 => Queue::Output,
            _ => Queue::Both,
        };
        let done = vm.world.flush_terminal(number, queue);
        plain(vm, done)
    }),
];

const POSIX: &[Def] = &[
    method("pread(fd, length, offset, /)", read_at),
    method("pwrite(fd, data, offset, /)", write_at),
    method("sysconf(name, /)", sysconf),
    method("execv(path, argv, /)", |vm, args| {
        execute(vm, args[0], args[1], None)
    }),
    method("execve(path, argv, env)", |vm, args| {
        execute(vm, args[0], args[1], Some(args[2]))
    }),
];

/// What [`sysconf`] knows: name, Linux's number, and where the figure comes from.
const FIGURES: &[(&str, i32, Figure)] = &[
    ("SC_ARG_MAX", 0, Figure::Fixed(2_097_152)),
    ("SC_CHILD_MAX", 1, Figure::Limit(6)),
    ("SC_CLK_TCK", 2, Figure::Fixed(100)),
    ("SC_NGROUPS_MAX", 3, Figure::Fixed(65_536)),
    ("SC_OPEN_MAX", 4, Figure::Limit(7)),
    ("SC_VERSION", 29, Figure::Fixed(200_809)),
    ("SC_PAGESIZE", 30, Figure::PageBytes),
    ("SC_PAGE_SIZE", 30, Figure::PageBytes),
    ("SC_LINE_MAX", 43, Figure::Fixed(2048)),
    ("SC_IOV_MAX", 60, Figure::Fixed(1024)),
    ("SC_LOGIN_NAME_MAX", 71, Figure::Fixed(256)),
    ("SC_TTY_NAME_MAX", 72, Figure::Fixed(32)),
    ("SC_NPROCESSORS_CONF", 83, Figure::Processors),
    ("SC_NPROCESSORS_ONLN", 84, Figure::Processors),
    ("SC_PHYS_PAGES", 85, Figure::Pages("MemTotal:")),
    ("SC_AVPHYS_PAGES", 86, Figure::Pages("MemFree:")),
    ("SC_HOST_NAME_MAX", 180, Figure::Fixed(64)),
];

#[derive(Clone, Copy)]
enum Figure {
    Fixed(i64),
    /// The soft limit of a resource.
    Limit(usize),
    PageBytes,
    Processors,
    /// A line of `/proc/meminfo`, in pages.
    Pages(&'static str),
}

fn sysconf(vm: &mut Vm, args: &[Value]) -> PyResult {
    let figure = match args[0].to::<Str>() {
        Some(name) => {
            let known = FIGURES.iter().find(|f| name.equals_text(f.0));
            known.ok_or("unrecognized configuration name")
        }
        None => {
            let number = number_of(vm, args[0])?;
            let known = FIGURES.iter().find(|f| f.1 == number);
            match known {
                Some(known) => Ok(known),
                None => return failed(vm, &io::Error::from_raw_os_error(22), None),
            }
        }
    };
    let figure = match figure {
        Ok(figure) => figure.2,
        Err(text) => return Err(vm.value_error(text)),
    };
    let n = match figure {
        Figure::Fixed(n) => n,
        Figure::PageBytes => vm.world.page_bytes() as i64,
        Figure::Processors => vm.world.processors() as i64,
        Figure::Limit(resource) => match vm.world.limit(resource) {
            Ok((Some(current), _)) => current as i64,
            _ => -1,
        },
        Figure::Pages(name) => {
            let text = vm.world.read_file(b"/proc/meminfo").unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
            match kilobytes {
                Some(kilobytes) => {
                    let n: i64 = kilobytes;
                    n * 1024 / vm.world.page_bytes() as i64
                }
                None => -1,
            }
        }
    };
    Ok(Value::int(n))
}

fn plain(vm: &mut Vm, done: io::Result<()>) -> PyResult {
    match done {
        Ok(()) => Ok(Value::NONE),
        Err(error) => failed(vm, &error, None),
    }
}

fn int(vm: &mut Vm, number: io::Result<i64>) -> PyResult {
    match number {
        Ok(number) => Ok(Value::int(number)),
        Err(error) => failed(vm, &error, None),
    }
}

fn read_at(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let (length, at) = (vm.index(args[1])?, vm.index(args[2])?);
    let (Ok(length), Ok(at)) = (usize::try_from(length), u64::try_from(at)) else {
        return failed(vm, &io::Error::from_raw_os_error(22), None);
    };
    match vm.world.read_at(number, length.min(1 << 30), at) {
        Ok(data) => Ok(Bytes::new(&data).into()),
        Err(error) => failed(vm, &error, None),
    }
}

fn write_at(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let data = crate::types::bytes::required(vm, args[1])?;
    let Ok(at) = u64::try_from(vm.index(args[2])?) else {
        return failed(vm, &io::Error::from_raw_os_error(22), None);
    };
    let count = vm.world.write_at(number, &data, at);
    int(vm, count.map(|count| count as i64))
}

fn execute(vm: &mut Vm, path: Value, arguments: Value, environment: Option<Value>) -> PyResult {
    let mut start = Start {
        program: super::io::path_of(vm, path)?,
        arguments: super::children::words(vm, arguments)?,
        ..Start::default()
    };
    if start.arguments.is_empty() {
        return Err(vm.value_error(match environment {
            None => "execv() arg 2 must not be empty",
            Some(_) => "execve: argv must not be empty",
        }));
    }
    if start.arguments[0].is_empty() {
        return Err(vm.value_error(match environment {
            None => "execv() arg 2 first element cannot be empty",
            Some(_) => "execve: argv first element cannot be empty",
        }));
    }
    if let Some(environment) = environment {
        start.environment = Some(variables(vm, environment)?);
    }
    let error = vm.world.execute(&start);
    failed(vm, &error, None)
}

/// The names and values of an environment that a program gives.
pub(super) fn variables(vm: &mut Vm, environment: Value) -> PyResult<Vec<(Vec<u8>, Vec<u8>)>> {
    let pairs = vm.call_method(environment, intern("items"), &[])?;
    let mut own = Vec::new();
    let pairs = vm.collect(pairs)?;
    for &pair in pairs.items() {
        if let [name, value] = super::children::words(vm, pair)?.as_slice() {
            if name.is_empty() || name[1..].contains(&b'=') {
                return Err(vm.value_error("illegal environment variable name"));
            }
            own.push((name.clone(), value.clone()));
        }
    }
    Ok(own)
}

/// A limit that a program gives: -1 is none.
fn bound(vm: &mut Vm, value: Value) -> PyResult<Option<u64>> {
    Ok(u64::try_from(vm.index(value)?).ok())
}

fn limit(vm: &mut Vm, args: &[Value]) -> PyResult {
    let resource = number_of(vm, args[0])?;
    let number = |n: Option<u64>| n.map_or(Value::small(-1), |n| Value::int(n as i64));
    match vm.world.limit(resource as usize) {
        Ok((current, maximum)) => Ok(tuple(&[number(current), number(maximum)])),
        Err(error) => failed(vm, &error, None),
    }
}

fn terminal(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    match vm.world.terminal(number) {
        Ok(t) => {
            let numbers = [
                t.input,
                t.output,
                t.control,
                t.local,
                t.input_speed,
                t.output_speed,
            ];
            let list = List::new();
            numbers
                .iter()
                .for_each(|&n| list.push(Value::int(n as i64)));
            list.push(Bytes::new(&t.codes).into());
            Ok(list.into())
        }
        Err(error) => failed(vm, &error, None),
    }
}

fn set_terminal(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let when = match number_of(vm, args[1])? {
        0 => When::Now,
        1 => When::Drained,
        _ => When::Flushed,
    };
    let mut state = [0; 6];
    let items = vm.collect(args[2])?;
    for (own, &item) in state.iter_mut().zip(items.items()) {
        *own = vm.index(item)? as u64;
    }
    let [input, output, control, local, input_speed, output_speed] = state;
    let terminal = Terminal {
        input,
        output,
        control,
        local,
        input_speed,
        output_speed,
        codes: crate::types::bytes::required(vm, args[3])?,
    };
    let done = vm.world.set_terminal(number, when, &terminal);
    plain(vm, done)
}

/// Makes the module, and adds what `posix` has of it.
pub fn add(vm: &mut Vm, posix: Gc<Module>) {
    vm.add_functions(posix, POSIX);
    let names = Dict::new();
    for &(name, number, _) in FIGURES {
        names.set_str(intern(name), Value::small(number.into()));
    }
    posix
        .namespace()
        .set_str(intern("sysconf_names"), names.into());
    vm.define_module("_control", FUNCTIONS);
}
