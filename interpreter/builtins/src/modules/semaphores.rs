//! Module `_semaphores`: semaphores that processes share, by their numbers, on which `_multiprocessing` is
//! built.

use super::posix::failed;
use super::time::seconds_to_ns;
use object::Value;
use std::io;
use vm::{Def, PyResult, Vm, method};
use world::Clock;

const FUNCTIONS: &[Def] = &[
    method("make(name, value, /)", |vm, args| {
        let name = super::io::path_of(vm, args[0])?;
        let value = vm.index(args[1])?;
        let Ok(value) = u32::try_from(value) else {
            return failed(vm, &io::ErrorKind::InvalidInput.into(), None);
        };
        let made = vm.world.open_semaphore(&name, Some(value));
        told(vm, made.map(|number| Value::small(number as i64)))
    }),
    method("open(name, /)", |vm, args| {
        let name = super::io::path_of(vm, args[0])?;
        let opened = vm.world.open_semaphore(&name, None);
        told(vm, opened.map(|number| Value::small(number as i64)))
    }),
    method("take(number, seconds, /)", take),
    method("release(number, /)", |vm, args| {
        let number = vm.index(args[0])? as usize;
        let released = vm.world.release_semaphore(number);
        told(vm, released.map(|()| Value::NONE))
    }),
    method("value(number, /)", |vm, args| {
        let number = vm.index(args[0])? as usize;
        let value = vm.world.semaphore_value(number);
        told(vm, value.map(|value| Value::small(value.into())))
    }),
    method("close(number, /)", |vm, args| {
        let number = vm.index(args[0])? as usize;
        let closed = vm.world.close_semaphore(number);
        told(vm, closed.map(|()| Value::NONE))
    }),
    method("remove(name, /)", |vm, args| {
        let name = super::io::path_of(vm, args[0])?;
        let removed = vm.world.remove_semaphore(&name);
        told(vm, removed.map(|()| Value::NONE))
    }),
];

/// How long a thread waits between two looks at a semaphore, at first and at most, while others run.
const PAUSE_MIN_NS: i64 = 20_000;
const PAUSE_MAX_NS: i64 = 4_000_000;

fn told(vm: &mut Vm, result: io::Result<Value>) -> PyResult {
    result.or_else(|error| failed(vm, &error, None))
}

/// Takes one from a semaphore, within so many seconds (None: however long it takes); whether it could.
fn take(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = vm.index(args[0])? as usize;
    let until = match args[1].is_none() {
        true => None,
        false => {
            let left = seconds_to_ns(vm, args[1])?.max(0);
            let now = vm.world.clock_ns(Clock::Monotonic);
            Some(now.saturating_add(left))
        }
    };
    let mut pause_ns = PAUSE_MIN_NS;
    loop {
        match vm.world.take_semaphore(number, Some(0)) {
            Ok(true) => return Ok(Value::TRUE),
            Ok(false) => {}
            Err(error) => return failed(vm, &error, None),
        }
        let now = vm.world.clock_ns(Clock::Monotonic);
        let left = until.map(|until| until - now);
        if left.is_some_and(|left| left <= 0) {
            return Ok(Value::FALSE);
        }
        if vm.thread_count() > 1 {
            let pause = left.map_or(pause_ns, |left| left.min(pause_ns));
            vm.park(Some(now + pause), Vec::new());
            pause_ns = (pause_ns * 2).min(PAUSE_MAX_NS);
        } else {
            let left = left.map(|left| left as u64);
            match vm.world.take_semaphore(number, left) {
                Ok(true) => return Ok(Value::TRUE),
                Ok(false) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return failed(vm, &error, None),
            }
        }
        vm.check_interrupt()?;
    }
}

pub fn install(vm: &mut Vm) {
    vm.define_module("_semaphores", FUNCTIONS);
}
