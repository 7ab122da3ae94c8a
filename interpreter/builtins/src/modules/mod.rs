//! The native modules, a file each.

pub mod async_hooks;
mod binascii;
mod bisect;
mod blake2;
mod builtins_code;
mod builtins_fold;
pub mod builtins_module;
mod bzip;
mod children;
mod cmath;
mod collections;
mod decimal;
mod deque;
mod functools;
mod heapq;
mod itertools;
mod itertools_combine;
mod operator;

mod deflate;
mod errno;
mod expat;
mod file_attributes;
pub mod finalize;
mod gc;
mod hashes;
mod imp;
pub mod io;
mod json;
mod json_read;
pub mod math;
mod posix;
mod random;
mod select;
mod signals;
mod sockets;
mod sre;
mod stream;
mod struct_items;
mod structs;
mod syntax;
pub mod sys;
pub mod time;
mod tracebacks;
mod unicode_data;
mod weakrefs;

use vm::Vm;

/// Makes every native module.
pub fn install(vm: &mut Vm) {
    builtins_module::install(vm);
    bisect::install(vm);
    collections::install(vm);
    functools::install(vm);
    heapq::install(vm);
    operator::install(vm);
    itertools::install(vm);
    sys::install(vm);
    io::install(vm);
    math::install(vm);
    decimal::install(vm);
    cmath::install(vm);
    time::install(vm);
    deflate::install(vm);
    bzip::install(vm);
    errno::install(vm);
    expat::install(vm);
    finalize::install(vm);
    gc::install(vm);
    posix::install(vm);
    signals::install(vm);
    select::install(vm);
    weakrefs::install(vm);
    sre::install(vm);
    imp::install(vm);
    json::install(vm);
    random::install(vm);
    binascii::install(vm);
    hashes::install(vm);
    structs::install(vm);
    syntax::install(vm);
    unicode_data::install(vm);
    sockets::install(vm);
    tracebacks::install(vm);
    sys::list_modules(vm);
}
