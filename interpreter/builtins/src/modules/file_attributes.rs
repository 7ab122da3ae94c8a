//! The part of `posix` about what files have besides contents and names: times, owners, other names,
//! the volume that they lie on.

use super::io::path_of;
use super::places::{check_alone, number_given, place, place_by_name, place_or_open};
use super::posix::{done, failed, follows, number_of};
use super::sys::named_tuple_class;
use object::{Gc, Module, Tuple, Value};
use vm::{Def, PyResult, Vm, method, tuple};
use world::Times;

const FUNCTIONS: &[Def] = &[
    method(
        "utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)",
        utime,
    ),
    method(
        "link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)",
        link,
    ),
    method(
        "chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
        chown,
    ),
    method("lchown(path, uid, gid)", lchown),
    method("truncate(path, length)", truncate),
    method("mkfifo(path, mode=438, *, dir_fd=None)", mkfifo),
    method("statvfs(path)", statvfs),
    method("fstatvfs(fd, /)", |vm, args| {
        let number = number_of(vm, args[0])?;
        statvfs(vm, &[Value::small(number.into())])
    }),
    method("sync()", |vm, _| {
        vm.world.sync_all();
        Ok(Value::NONE)
    }),
];

/// The two items of a tuple.
fn two(value: Value) -> Option<[Value; 2]> {
    let tuple = value.to::<Tuple>()?;
    <[Value; 2]>::try_from(tuple.items()).ok()
}

/// Seconds, as an integer or a float, in nanoseconds, rounded down.
fn seconds(vm: &mut Vm, value: Value) -> PyResult<i128> {
    let Some(float) = vm.as_float(value) else {
        return Ok(i128::from(vm.index(value)?) * 1_000_000_000);
    };
    if float.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    let whole = float.floor();
    if whole.abs() >= 9.2e18 {
        return Err(vm.overflow_error("timestamp out of range for platform time_t"));
    }
    let part = ((float - whole) * 1e9).floor();
    Ok(whole as i128 * 1_000_000_000 + part as i128)
}

fn times_of(vm: &mut Vm, times: Value, ns: Value) -> PyResult<Times> {
    let times = times.bound().filter(|times| !times.is_none());
    match (times, ns.bound()) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            let what = "utime: you may specify either 'times' or 'ns' but not both";
            Err(vm.value_error(what))
        }
        (Some(times), None) => {
            let Some([read, written]) = two(times) else {
                let what = "utime: 'times' must be either a tuple of two ints or None";
                return Err(vm.type_error(what));
            };
            Ok(Some((seconds(vm, read)?, seconds(vm, written)?)))
        }
        (None, Some(ns)) => {
            let Some([read, written]) = two(ns) else {
                return Err(vm.type_error("utime: 'ns' must be a tuple of two ints"));
            };
            Ok(Some((vm.index(read)?.into(), vm.index(written)?.into())))
        }
    }
}

fn utime(vm: &mut Vm, args: &[Value]) -> PyResult {
    let times = times_of(vm, args[1], args[2])?;
    let follow = follows(vm, args[4])?;
    if let Some(number) = number_given(vm, args[0])? {
        check_alone(vm, "utime", args[3], follow)?;
        let result = vm.world.set_times_open(number, times);
        return done(vm, result, args[0]);
    }
    let path = place_by_name(vm, "utime", args[0], args[3])?;
    let result = vm.world.set_times(&path, times, follow);
    done(vm, result, args[0])
}

fn link(vm: &mut Vm, args: &[Value]) -> PyResult {
    let from = place(vm, args[0], args[2])?;
    let to = place(vm, args[1], args[3])?;
    let result = vm.world.link(&from, &to);
    done(vm, result, args[0])
}

fn chown(vm: &mut Vm, args: &[Value]) -> PyResult {
    let follow = follows(vm, args[4])?;
    let path = place_or_open(vm, "chown", args[0], args[3], follow)?;
    change_owner(vm, args, &path, follow)
}

fn lchown(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = path_of(vm, args[0])?;
    change_owner(vm, args, &path, false)
}

fn change_owner(vm: &mut Vm, args: &[Value], path: &[u8], follow: bool) -> PyResult {
    // -1 leaves it as it is.
    let mut number = |value: Value| -> PyResult<Option<u32>> {
        let number = vm.index(value)?;
        match u32::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) if number == -1 => Ok(None),
            Err(_) => Err(vm.overflow_error("uid or gid is out of range")),
        }
    };
    let (user, group) = (number(args[1])?, number(args[2])?);
    let result = vm.world.set_owner(path, user, group, follow);
    done(vm, result, args[0])
}

fn truncate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Ok(length) = u64::try_from(vm.index(args[1])?) else {
        let invalid = std::io::Error::from_raw_os_error(22);
        return failed(vm, &invalid, Some(args[0]));
    };
    if let Some(number) = number_given(vm, args[0])? {
        let result = vm.world.truncate(number, length);
        return done(vm, result, args[0]);
    }
    let path = place_by_name(vm, "truncate", args[0], Value::NONE)?;
    let result = vm.world.set_length(&path, length);
    done(vm, result, args[0])
}

fn mkfifo(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place(vm, args[0], args[2])?;
    let mode = match args[1].bound() {
        Some(mode) => vm.index(mode)? as u32,
        None => 0o666,
    };
    let result = vm.world.make_fifo(&path, mode);
    done(vm, result, args[0])
}

fn statvfs(vm: &mut Vm, args: &[Value]) -> PyResult {
    let path = place_or_open(vm, "statvfs", args[0], Value::NONE, true)?;
    let volume = match vm.world.volume(&path) {
        Ok(volume) => volume,
        Err(error) => return failed(vm, &error, Some(args[0])),
    };
    let fields = [
        ("f_bsize", volume.block_bytes),
        ("f_frsize", volume.fragment_bytes),
        ("f_blocks", volume.blocks),
        ("f_bfree", volume.free),
        ("f_bavail", volume.available),
        ("f_files", volume.files),
        ("f_ffree", volume.files_free),
        ("f_favail", volume.files_available),
        ("f_flag", volume.flags),
        ("f_namemax", volume.name_max),
    ];
    let names = fields.map(|(name, _)| name);
    let class = named_tuple_class(vm, "os", "statvfs_result", &names)?;
    let items = fields.map(|(_, number)| Value::int(number as i64));
    vm.call(class.into(), &[tuple(&items)])
}

pub fn add(vm: &mut Vm, posix: Gc<Module>) {
    vm.add_functions(posix, FUNCTIONS);
}
