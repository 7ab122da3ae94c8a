//! Module `posix`: what `os` is built on.

use super::io::{path_name, path_of};
use super::places::{check_alone, number_given, place, place_by_name, place_or_open};
use super::sys::named_tuple_class;
use crate::types::exception::os_error;
use crate::types::memoryview::view_of;
use object::{Bytes, ClassFlags, Dict, Foreign, Gc, List, Marker, Payload, Str, Value, intern};
use std::cell::Cell;
use std::io;
use vm::{Def, PyResult, Vm, getter, method, path_value, string, tuple};
use world::{OpenFlags, Stat, Whence};

/// The signal that ends a program that gives up.
const ABORT: i64 = 6;

const FUNCTIONS: &[Def] = &[
    method("listdir(path=None)", listdir),
    method("scandir(path=None)", scandir),
    method("stat(path, *, dir_fd=None, follow_symlinks=True)", stat),
    method("lstat(path, *, dir_fd=None)", lstat),
    method("fstat(fd)", fstat),
    method("mkdir(path, mode=511, *, dir_fd=None)", mkdir),
    method("rmdir(path, *, dir_fd=None)", rmdir),
    method("remove(path, *, dir_fd=None)", unlink),
    method("unlink(path, *, dir_fd=None)", unlink),
    method(
        "rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
        rename,
    ),
    method(
        "replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
        rename,
    ),
    method("readlink(path, *, dir_fd=None)", readlink),
    method(
        "symlink(src, dst, target_is_directory=False, *, dir_fd=None)",
        symlink,
    ),
    method(
        "chmod(path, mode, *, dir_fd=None, follow_symlinks=True)",
        chmod,
    ),
    method(
        "access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
        access,
    ),
    method("open(path, flags, mode=511, *, dir_fd=None)", open),
    method("close(fd)", close),
    method("read(fd, length, /)", read),
    method("readinto(fd, buffer, /)", read_into),
    method("readv(fd, buffers, /)", read_parts),
    method("write(fd, data, /)", write),
    method("writev(fd, buffers, /)", write_parts),
    method("lseek(fd, position, how, /)", lseek),
    method("ftruncate(fd, length, /)", ftruncate),
    method("fsync(fd)", fsync),
    method("fdatasync(fd)", fsync),
    method("isatty(fd, /)", isatty),
    method("getcwd()", getcwd),
    method("getcwdb()", getcwdb),
    method("chdir(path)", chdir),
    method("getpid()", |vm, _| {
        Ok(Value::small(vm.world.process_id() as i64))
    }),
    method("getppid()", |vm, _| {
        Ok(Value::small(vm.world.parent_id() as i64))
    }),
    method("getuid()", |vm, _| {
        Ok(Value::small(vm.world.user_id() as i64))
    }),
    method("geteuid()", |vm, _| {
        Ok(Value::small(vm.world.user_id() as i64))
    }),
    method("getgid()", |vm, _| {
        Ok(Value::small(vm.world.group_id() as i64))
    }),
    method("getegid()", |vm, _| {
        Ok(Value::small(vm.world.group_id() as i64))
    }),
    method("getpgrp()", |vm, _| process_group(vm, 0)),
    method("getpgid(pid)", |vm, args| {
        let process = number_of(vm, args[0])?;
        process_group(vm, process)
    }),
    method("getloadavg()", load_averages),
    method("cpu_count()", |vm, _| {
        Ok(Value::small(vm.world.processors() as i64))
    }),
    method("putenv(name, value, /)", putenv),
    method("unsetenv(name, /)", unsetenv),
    method("_create_environ()", create_environ),
    method("urandom(size, /)", urandom),
    method("fspath(path)", fspath),
    method("strerror(code, /)", strerror),
    method("_exit(status)", exit_now),
    method("get_terminal_size(fd=1, /)", get_terminal_size),
    method("umask(mask, /)", umask),
    method("kill(pid, signal, /)", kill),
    method("abort()", |vm, _| {
        let own = vm.world.process_id() as i32;
        send(vm, own, Value::small(ABORT))
    }),
    method("killpg(pgid, signal, /)", |vm, args| {
        let group = number_of(vm, args[0])?;
        send(vm, group.saturating_neg(), args[1])
    }),
    method("uname()", uname),
    method("times()", times),
];

pub(super) fn failed(vm: &mut Vm, error: &io::Error, name: Option<Value>) -> PyResult {
    Err(os_error(vm, error, name))
}

/// What a failed operation on a path raises; on success, None.
pub(super) fn done(vm: &mut Vm, result: io::Result<()>, name: Value) -> PyResult {
    match result {
        Ok(()) => Ok(Value::NONE),
        Err(error) => failed(vm, &error, Some(name)),
    }
}

/// A path argument's value and bytes; the current folder if there is none.
fn folder(vm: &mut Vm, function: &str, value: Value) -> PyResult<(Value, Vec<u8>)> {
    match value.bound().filter(|v| !v.is_none()) {
        None => Ok((string("."), b".".to_vec())),
        Some(value) => {
            let path = place_or_open(vm, function, value, Value::NONE, true)?;
            Ok((value, path))
        }
    }
}

/// A name in the kind of text that the caller used.
fn like(model: Value, name: &[u8]) -> Value {
    if model.to::<Bytes>().is_some() {
        Bytes::new(name).into()
    } else {
        path_value(name)
    }
}

fn listdir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (shown, path) = folder(vm, "listdir", args[0])?;
    match vm.world.list_dir(&path) {
        Ok(entries) => {
            let list = List::new();
            entries
                .iter()
                .for_each(|entry| list.push(like(shown, &entry.name)));
            Ok(list.into())
        }
        Err(error) => failed(vm, &error, Some(shown)),
    }
}

/// The payload of a `DirEntry`.
struct DirEntry {
    name: Cell<Value>,
    path: Cell<Value>,
    bytes: Vec<u8>,
    is_dir: bool,
    is_file: bool,
    is_symlink: bool,
}

impl Payload for DirEntry {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.name.get());
        marker.visit(self.path.get());
    }
}

const DIR_ENTRY: &[Def] = &[
    method("is_dir(self, *, follow_symlinks=True)", entry_is_dir),
    method("is_file(self, *, follow_symlinks=True)", entry_is_file),
    method("is_symlink(self)", |vm, args| {
        Ok(Value::bool(entry(vm, args[0])?.is_symlink))
    }),
    method("is_junction(self)", |_, _| Ok(Value::FALSE)),
    method("stat(self, *, follow_symlinks=True)", entry_stat),
    method("inode(self)", entry_inode),
    method("__fspath__(self)", |vm, args| {
        Ok(entry(vm, args[0])?.path.get())
    }),
    method("__repr__(self, /)", entry_repr),
    getter("name", |vm, args| Ok(entry(vm, args[0])?.name.get())),
    getter("path", |vm, args| Ok(entry(vm, args[0])?.path.get())),
];

const SCANDIR: &[Def] = &[
    method("__iter__(self, /)", |_, args| Ok(args[0])),
    method("__next__(self, /)", scandir_next),
    method("__enter__(self, /)", |_, args| Ok(args[0])),
    method("__exit__(self, /, *args)", |_, _| Ok(Value::NONE)),
    method("close(self, /)", |_, _| Ok(Value::NONE)),
];

/// The payload of what `scandir` returns: the entries that are left.
struct Scan(Cell<Value>);

impl Payload for Scan {
    fn trace(&self, marker: &mut Marker) {
        marker.visit(self.0.get());
    }
}

fn entry(vm: &mut Vm, value: Value) -> PyResult<&'static DirEntry> {
    match value
        .cast::<Foreign>()
        .and_then(|f| f.payload::<DirEntry>())
    {
        Some(entry) => Ok(entry),
        None => Err(vm.type_error("a DirEntry is required")),
    }
}

fn native_flags() -> ClassFlags {
    ClassFlags {
        immutable: true,
        is_final: true,
        no_instances: true,
        ..ClassFlags::default()
    }
}

fn scandir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (shown, path) = folder(vm, "scandir", args[0])?;
    let is_open = number_given(vm, shown)?.is_some();
    let entries = match vm.world.list_dir(&path) {
        Ok(entries) => entries,
        Err(error) => return failed(vm, &error, Some(shown)),
    };
    let class = |vm: &mut Vm, key: &str| vm.kept(key).and_then(|c| c.cast::<object::Class>());
    let (Some(entry_class), Some(scan_class)) = (
        class(vm, "posix.DirEntry"),
        class(vm, "posix.ScandirIterator"),
    ) else {
        return Err(vm.runtime_error("posix is not complete"));
    };
    let list = List::new();
    for found in entries.into_iter().rev() {
        let mut bytes = path.clone();
        if !bytes.ends_with(b"/") {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(&found.name);
        let made = DirEntry {
            name: Cell::new(like(shown, &found.name)),
            // Programs may know of no path to an open folder.
            path: Cell::new(like(shown, if is_open { &found.name } else { &bytes })),
            bytes,
            is_dir: found.is_dir,
            is_file: found.is_file,
            is_symlink: found.is_symlink,
        };
        list.push(Foreign::new(entry_class.new_instance_shape(), made).into());
    }
    let scan = Scan(Cell::new(list.into()));
    Ok(Foreign::new(scan_class.new_instance_shape(), scan).into())
}

fn scandir_next(vm: &mut Vm, args: &[Value]) -> PyResult {
    let scan = args[0].cast::<Foreign>().and_then(|f| f.payload::<Scan>());
    let next = scan
        .and_then(|s| s.0.get().cast::<List>())
        .and_then(|list| list.pop());
    match next {
        Some(entry) => Ok(entry),
        None => Err(vm.stop_iteration(Value::NONE)),
    }
}

pub(super) fn follows(vm: &mut Vm, value: Value) -> PyResult<bool> {
    match value.bound() {
        Some(value) => vm.truth(value),
        None => Ok(true),
    }
}

fn entry_is_dir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = entry(vm, args[0])?;
    if entry.is_symlink && follows(vm, args[1])? {
        return Ok(Value::bool(vm.world.is_dir(&entry.bytes)));
    }
    Ok(Value::bool(entry.is_dir))
}

fn entry_is_file(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = entry(vm, args[0])?;
    if entry.is_symlink && follows(vm, args[1])? {
        return Ok(Value::bool(vm.world.is_file(&entry.bytes)));
    }
    Ok(Value::bool(entry.is_file))
}

fn entry_stat(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = entry(vm, args[0])?;
    let follow = follows(vm, args[1])?;
    match vm.world.stat(&entry.bytes, follow) {
        Ok(stat) => stat_result(vm, &stat),
        Err(error) => failed(vm, &error, Some(entry.path.get())),
    }
}

fn entry_inode(vm: &mut Vm, args: &[Value]) -> PyResult {
    let entry = entry(vm, args[0])?;
    match vm.world.stat(&entry.bytes, false) {
        Ok(stat) => Ok(Value::int(stat.inode as i64)),
        Err(error) => failed(vm, &error, Some(entry.path.get())),
    }
}

fn entry_repr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = entry(vm, args[0])?.name.get();
    let name = vm.repr_text(name)?;
    Ok(string(&format!("<DirEntry {name}>")))
}

// ---- stat

/// A `stat_result`: ten integers; the times with fractions are attributes.
fn stat_result(vm: &mut Vm, stat: &Stat) -> PyResult {
    let module = vm.import_module("_stat_result")?;
    let class = vm.get_attr_text(module, "stat_result")?;
    let seconds = |ns: i128| Value::int(ns.div_euclid(1_000_000_000) as i64);
    let items = [
        Value::small(stat.mode as i64),
        Value::int(stat.inode as i64),
        Value::int(stat.device as i64),
        Value::int(stat.links as i64),
        Value::small(stat.user as i64),
        Value::small(stat.group as i64),
        Value::int(stat.size as i64),
        seconds(stat.access_ns),
        seconds(stat.modify_ns),
        seconds(stat.change_ns),
    ];
    let times = [stat.access_ns, stat.modify_ns, stat.change_ns].map(|ns| Value::int(ns as i64));
    vm.call(class, &[tuple(&items), tuple(&times)])
}

fn stat_path(vm: &mut Vm, path: Value, folder: Value, follow: bool) -> PyResult {
    if number_given(vm, path)?.is_some() {
        check_alone(vm, "stat", folder, follow)?;
        return fstat(vm, &[path]);
    }
    let place = place_by_name(vm, "stat", path, folder)?;
    stat_at(vm, path, &place, follow)
}

fn stat_at(vm: &mut Vm, path: Value, place: &[u8], follow: bool) -> PyResult {
    match vm.world.stat(place, follow) {
        Ok(stat) => stat_result(vm, &stat),
        Err(error) => failed(vm, &error, Some(path)),
    }
}

fn stat(vm: &mut Vm, args: &[Value]) -> PyResult {
    let follow = follows(vm, args[2])?;
    stat_path(vm, args[0], args[1], follow)
}

fn lstat(vm: &mut Vm, args: &[Value]) -> PyResult {
    let place = place(vm, args[0], args[1])?;
    stat_at(vm, args[0], &place, false)
}

pub(super) fn number_of(vm: &mut Vm, value: Value) -> PyResult<i32> {
    let number = vm.index(value)?;
    i32::try_from(number).map_err(|_| vm.overflow_error("Python int too large to convert to C int"))
}

fn fstat(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    match vm.world.stat_open(number) {
        Ok(stat) => stat_result(vm, &stat),
        Err(error) => failed(vm, &error, None),
    }
}

// ---- paths

fn mkdir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place(vm, args[0], args[2])?;
    let mode = match args[1].bound() {
        Some(mode) => vm.index(mode)? as u32,
        None => 0o777,
    };
    let result = vm.world.make_dir(&path, mode);
    done(vm, result, args[0])
}

fn rmdir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place(vm, args[0], args[1])?;
    let result = vm.world.remove_dir(&path);
    done(vm, result, args[0])
}

fn unlink(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place(vm, args[0], args[1])?;
    let result = vm.world.remove_file(&path);
    done(vm, result, args[0])
}

/// What an operation on two paths came to; its error names both.
fn done_with_two(vm: &mut Vm, result: io::Result<()>, names: &[Value]) -> PyResult {
    let Err(error) = result else {
        return Ok(Value::NONE);
    };
    let raised = os_error(vm, &error, Some(names[0]));
    let second = path_name(vm, names[1])?;
    vm.set_own(raised.0, intern("filename2"), second);
    Err(raised)
}

fn rename(vm: &mut Vm, args: &[Value]) -> PyResult {
    let from = place(vm, args[0], args[2])?;
    let to = place(vm, args[1], args[3])?;
    let result = vm.world.rename(&from, &to);
    done_with_two(vm, result, args)
}

fn readlink(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place(vm, args[0], args[1])?;
    match vm.world.read_link(&path) {
        Ok(target) => Ok(like(args[0], &target)),
        Err(error) => failed(vm, &error, Some(args[0])),
    }
}

fn symlink(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (target, name) = (path_of(vm, args[0])?, place(vm, args[1], args[3])?);
    let result = vm.world.symlink(&target, &name);
    done_with_two(vm, result, args)
}

fn chmod(vm: &mut Vm, args: &[Value]) -> PyResult {
    let follow = follows(vm, args[3])?;
    if !follow {
        let what = "chmod: follow_symlinks unavailable on this platform";
        return Err(vm.raise(vm.types.not_implemented_error, what));
    }
    let path = place_or_open(vm, "chmod", args[0], args[2], follow)?;
    let mode = vm.index(args[1])? as u32;
    let result = vm.world.set_mode(&path, mode);
    done(vm, result, args[0])
}

/// Whether a file is there and, as far as the mode bits say, may be used.
fn access(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place(vm, args[0], args[2])?;
    let follow = follows(vm, args[4])?;
    let wanted = vm.index(args[1])? as u32;
    let Ok(stat) = vm.world.stat(&path, follow) else {
        return Ok(Value::FALSE);
    };
    let user = vm.world.user_id();
    let bits = if user == 0 {
        6 | u32::from(stat.mode & 0o111 != 0)
    } else if user == stat.user {
        stat.mode >> 6 & 7
    } else {
        stat.mode & 7
    };
    Ok(Value::bool(bits & wanted == wanted))
}

fn getcwd(vm: &mut Vm, _args: &[Value]) -> PyResult {
    match vm.world.current_dir() {
        Ok(path) => Ok(path_value(&path)),
        Err(error) => failed(vm, &error, None),
    }
}

fn getcwdb(vm: &mut Vm, _args: &[Value]) -> PyResult {
    match vm.world.current_dir() {
        Ok(path) => Ok(Bytes::new(&path).into()),
        Err(error) => failed(vm, &error, None),
    }
}

fn chdir(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place_or_open(vm, "chdir", args[0], Value::NONE, true)?;
    let result = vm.world.set_current_dir(&path);
    done(vm, result, args[0])
}

fn fspath(vm: &mut Vm, args: &[Value]) -> PyResult {
    if args[0].to::<Str>().is_some() || args[0].to::<Bytes>().is_some() {
        return Ok(args[0]);
    }
    if let Some(method) = vm.lookup_special(args[0], vm.names.fspath) {
        let path = vm.call_special(method, args[0], &[])?;
        if path.to::<Str>().is_some() || path.to::<Bytes>().is_some() {
            return Ok(path);
        }
        let (own, given) = (vm.type_name(args[0]), vm.type_name(path));
        return Err(vm.type_error(format!(
            "expected {own}.__fspath__() to return str or bytes, not {given}"
        )));
    }
    let given = vm.type_name(args[0]);
    Err(vm.type_error(format!(
        "expected str, bytes or os.PathLike object, not {given}"
    )))
}

// ---- open files by number

/// Whether the processor is one of those for which Linux numbers two flags of `open` otherwise.
const NUMBERS_OTHERWISE: bool = cfg!(any(target_arch = "aarch64", target_arch = "powerpc64"));

/// Linux's numbers for the flags of `open`.
const FLAGS: &[(&str, i64)] = &[
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("O_CREAT", 0o100),
    ("O_EXCL", 0o200),
    ("O_TRUNC", 0o1000),
    ("O_APPEND", 0o2000),
    ("O_NONBLOCK", 0o4000),
    ("O_CLOEXEC", 0o2000000),
    ("O_NOCTTY", 0o400),
    ("O_NDELAY", 0o4000),
    ("O_DSYNC", 0o10000),
    ("O_ASYNC", 0o20000),
    (
        "O_DIRECTORY",
        if NUMBERS_OTHERWISE { 0o40000 } else { 0o200000 },
    ),
    (
        "O_NOFOLLOW",
        if NUMBERS_OTHERWISE {
            0o100000
        } else {
            0o400000
        },
    ),
    ("O_NOATIME", 0o1000000),
    ("O_SYNC", 0o4010000),
    ("O_RSYNC", 0o4010000),
    ("O_PATH", 0o10000000),
    ("F_OK", 0),
    ("R_OK", 4),
    ("W_OK", 2),
    ("X_OK", 1),
    ("EX_OK", 0),
    ("EX_USAGE", 64),
    ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66),
    ("EX_UNAVAILABLE", 69),
    ("EX_SOFTWARE", 70),
    ("EX_OSERR", 71),
    ("EX_IOERR", 74),
];

fn open(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place(vm, args[0], args[3])?;
    let bits = vm.index(args[1])?;
    let mode = match args[2].bound() {
        Some(mode) => vm.index(mode)? as u32,
        None => 0o777,
    };
    let flags = OpenFlags {
        read: bits & 3 != 1,
        write: bits & 3 != 0,
        append: bits & 0o2000 != 0,
        create: bits & 0o100 != 0,
        truncate: bits & 0o1000 != 0,
        exclusive: bits & 0o300 == 0o300,
        others: (bits & !0o3303) as i32,
    };
    match vm.world.open(&path, flags, mode) {
        Ok(number) => Ok(Value::small(number as i64)),
        Err(error) => failed(vm, &error, Some(args[0])),
    }
}

fn plain(vm: &mut Vm, result: io::Result<()>) -> PyResult {
    match result {
        Ok(()) => Ok(Value::NONE),
        Err(error) => failed(vm, &error, None),
    }
}

fn close(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let result = vm.world.close(number);
    plain(vm, result)
}

fn read(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let length = vm.index(args[1])?;
    let Ok(length) = usize::try_from(length) else {
        return failed(vm, &io::Error::from_raw_os_error(22), None);
    };
    super::select::wait_to_read(vm, number)?;
    match vm.world.read(number, length.min(1 << 30)) {
        Ok(data) => Ok(Bytes::new(&data).into()),
        Err(error) => failed(vm, &error, None),
    }
}

/// Fills a mutable buffer as far as one reading does; how many bytes.
fn read_into(vm: &mut Vm, args: &[Value]) -> PyResult {
    let view = view_of(vm, args[1])?;
    let bytes = vm.call_method(view, intern("cast"), &[string("B")])?;
    let length = vm.len(bytes)?;
    let data = read(vm, &[args[0], Value::int(length as i64)])?;
    super::io::base::fill(vm, bytes, data.known::<Bytes>())
}

/// Fills buffers one after the other, as far as there is something to read at once; how many bytes.
fn read_parts(vm: &mut Vm, args: &[Value]) -> PyResult {
    let buffers = vm.collect(args[1])?;
    let mut sizes = Vec::new();
    for &buffer in buffers.items() {
        let view = view_of(vm, buffer)?;
        sizes.push(vm.len(view)?);
    }
    let length: usize = sizes.iter().sum();
    let data = read(vm, &[args[0], Value::int(length as i64)])?.known::<Bytes>();
    let mut rest = data.as_slice();
    for (&buffer, &size) in buffers.items().iter().zip(&sizes) {
        let (part, others) = rest.split_at(size.min(rest.len()));
        super::io::base::fill(vm, buffer, Bytes::new(part))?;
        rest = others;
    }
    Ok(Value::int(data.len() as i64))
}

fn write_parts(vm: &mut Vm, args: &[Value]) -> PyResult {
    let buffers = vm.collect(args[1])?;
    let mut data = Vec::new();
    for &buffer in buffers.items() {
        data.extend(crate::types::bytes::required(vm, buffer)?);
    }
    write(vm, &[args[0], Bytes::new(&data).into()])
}

fn write(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let data = crate::types::bytes::required(vm, args[1])?;
    match vm.world.write(number, &data) {
        Ok(count) => Ok(Value::int(count as i64)),
        Err(error) => failed(vm, &error, None),
    }
}

fn lseek(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let offset = vm.index(args[1])?;
    let whence = match vm.index(args[2])? {
        1 => Whence::Current,
        2 => Whence::End,
        _ => Whence::Start,
    };
    match vm.world.seek(number, offset, whence) {
        Ok(at) => Ok(Value::int(at as i64)),
        Err(error) => failed(vm, &error, None),
    }
}

fn ftruncate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let size = vm.index(args[1])?.max(0) as u64;
    let result = vm.world.truncate(number, size);
    plain(vm, result)
}

fn fsync(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = match vm.find_attr(args[0], intern("fileno"))? {
        Some(method) => vm.call(method, &[])?,
        None => args[0],
    };
    let number = number_of(vm, number)?;
    let result = vm.world.sync(number);
    plain(vm, result)
}

fn isatty(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    Ok(Value::bool(vm.world.is_terminal(number)))
}

// ---- the process

fn create_environ(vm: &mut Vm, _args: &[Value]) -> PyResult {
    Ok(environment(vm).into())
}

fn environment(vm: &mut Vm) -> Gc<Dict> {
    let dict = Dict::new();
    for (name, value) in vm.world.variables() {
        let key: Value = Bytes::new(&name).into();
        // Hashing bytes runs no Python code and cannot fail.
        let _ = vm.dict_set(dict, key, Bytes::new(&value).into());
    }
    dict
}

fn putenv(vm: &mut Vm, args: &[Value]) -> PyResult {
    let (name, value) = (path_of(vm, args[0])?, path_of(vm, args[1])?);
    if name.contains(&b'=') || name.is_empty() {
        return Err(vm.value_error("illegal environment variable name"));
    }
    vm.world.set_variable(&name, &value);
    Ok(Value::NONE)
}

fn unsetenv(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = path_of(vm, args[0])?;
    vm.world.unset_variable(&name);
    Ok(Value::NONE)
}

fn urandom(vm: &mut Vm, args: &[Value]) -> PyResult {
    let size = vm.index(args[0])?;
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.value_error("negative argument not allowed"));
    };
    if size > 1 << 30 {
        return Err(vm.memory_error(""));
    }
    let mut data = vec![0; size];
    match vm.world.random(&mut data) {
        Ok(()) => Ok(Bytes::new(&data).into()),
        Err(error) => failed(vm, &error, None),
    }
}

fn strerror(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = number_of(vm, args[0])?;
    let error = io::Error::from_raw_os_error(number);
    Ok(string(&crate::types::exception::error_text(&error)))
}

fn exit_now(vm: &mut Vm, args: &[Value]) -> PyResult {
    let status = number_of(vm, args[0])?;
    vm.end_run(status, false);
    vm.world.exit(status)
}

fn get_terminal_size(vm: &mut Vm, args: &[Value]) -> PyResult {
    let number = match args[0].bound() {
        Some(number) => number_of(vm, number)?,
        None => 1,
    };
    if !vm.world.is_terminal(number) {
        return failed(vm, &io::Error::from_raw_os_error(25), None);
    }
    let size = match vm.world.terminal_size(number) {
        Ok((columns, lines)) => [Value::small(columns.into()), Value::small(lines.into())],
        Err(error) => return failed(vm, &error, None),
    };
    let class = named_tuple_class(vm, "os", "terminal_size", &["columns", "lines"])?;
    vm.call(class.into(), &[tuple(&size)])
}

fn umask(vm: &mut Vm, args: &[Value]) -> PyResult {
    let mask = number_of(vm, args[0])?;
    Ok(Value::small(vm.world.set_umask(mask as u32).into()))
}

fn process_group(vm: &mut Vm, process: i32) -> PyResult {
    match vm.world.process_group(process) {
        Ok(group) => Ok(Value::small(group.into())),
        Err(error) => failed(vm, &error, None),
    }
}

fn load_averages(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let loads = vm.world.load_averages();
    let loads = loads
        .iter()
        .map(|&load| Value::float(load as f64 / 65536.0));
    Ok(tuple(&loads.collect::<Vec<_>>()))
}

fn kill(vm: &mut Vm, args: &[Value]) -> PyResult {
    let process = number_of(vm, args[0])?;
    send(vm, process, args[1])
}

fn send(vm: &mut Vm, process: i32, signal: Value) -> PyResult {
    let signal = number_of(vm, signal)?;
    match vm.world.send_signal(process, signal) {
        Ok(()) => vm.check_interrupt().map(|()| Value::NONE),
        Err(error) => failed(vm, &error, None),
    }
}

fn uname(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let fields = ["sysname", "nodename", "release", "version", "machine"];
    let class = named_tuple_class(vm, "posix", "uname_result", &fields)?;
    let machine = string(vm.world.architecture());
    let items = [
        string("Linux"),
        string("localhost"),
        string(""),
        string(""),
        machine,
    ];
    vm.call(class.into(), &[tuple(&items)])
}

fn times(vm: &mut Vm, _args: &[Value]) -> PyResult {
    let fields = [
        "user",
        "system",
        "children_user",
        "children_system",
        "elapsed",
    ];
    let class = named_tuple_class(vm, "posix", "times_result", &fields)?;
    let used = vm.world.clock_ns(world::Clock::Process) as f64 * 1e-9;
    let elapsed = vm.world.clock_ns(world::Clock::Monotonic) as f64 * 1e-9;
    let zero = Value::float(0.0);
    let items = [Value::float(used), zero, zero, zero, Value::float(elapsed)];
    vm.call(class.into(), &[tuple(&items)])
}

/// `posix.__getattr__`: classes and the environment, made when they are first asked for.
fn getattr(vm: &mut Vm, args: &[Value]) -> PyResult {
    let name = vm.str_text(args[0])?;
    let made = match name.as_str() {
        "environ" => environment(vm).into(),
        "stat_result" => {
            let module = vm.import_module("_stat_result")?;
            vm.get_attr_text(module, "stat_result")?
        }
        "_have_functions" => {
            let names = List::new();
            for name in super::places::abilities(vm) {
                names.push(string(name));
            }
            names.into()
        }
        "terminal_size" => {
            named_tuple_class(vm, "os", "terminal_size", &["columns", "lines"])?.into()
        }
        _ => {
            return Err(vm.attribute_error(format!("module 'posix' has no attribute '{name}'")));
        }
    };
    if let Some(module) = vm.modules.get_str(intern("posix")) {
        vm.set_own(module, intern(&name), made);
    }
    Ok(made)
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("posix", FUNCTIONS);
    let space = module.namespace();
    let object = vm.types.object;
    let entry = vm.native_class("posix", "DirEntry", object, native_flags(), DIR_ENTRY);
    vm.keep("posix.DirEntry", entry.into());
    space.set_str(intern("DirEntry"), entry.into());
    let scan = vm.native_class("posix", "ScandirIterator", object, native_flags(), SCANDIR);
    vm.keep("posix.ScandirIterator", scan.into());
    let os_error = vm.types.os_error.into();
    space.set_str(intern("error"), os_error);
    for (name, value) in FLAGS {
        space.set_str(intern(name), Value::small(*value));
    }
    super::children::add(vm, module);
    super::control::add(vm, module);
    super::forks::add(vm, module);
    super::system::add(vm, module);
    super::file_attributes::add(vm, module);
    let getattr = vm.native_function("__getattr__(name, /)", getattr);
    space.set_str(vm.names.getattr, getattr.into());
    // `from posix import *` must give these too; names only, the values come from `getattr`.
    let all = List::new();
    for (name, _) in space.copy().get().iter() {
        let text = name
            .to::<Str>()
            .map_or_else(String::new, |n| n.to_text_escaped());
        if !text.starts_with('_') {
            all.push(name);
        }
    }
    for name in ["environ", "stat_result", "terminal_size"] {
        all.push(intern(name).into());
    }
    space.set_str(vm.names.all, all.into());
}
