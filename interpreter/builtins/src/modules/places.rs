//! Where a function of `posix` works: at a path, at a file that is open, or at a path below a folder that
//! is open.
//!
//! Linux shows what a process has open in a folder, and a path through there goes on from the open file
//! itself, whatever has become of its name. So operations on paths do for all three, and recordings need no
//! others. Where that folder is missing, module `os` is told that only paths are taken.

use super::io::path_of;
use super::posix::number_of;
use crate::types::exception::os_error;
use object::Value;
use vm::{PyResult, Vm};

/// What is open, by number.
const OPEN_FILES: &[u8] = b"/proc/self/fd";

/// What module `os` learns of it which functions take the number of a file, a folder that is open, or a link
/// for itself.
const HAVE: &[&str] = &[
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
];

/// What it learns if open files are shown.
const HAVE_BY_NUMBER: &[&str] = &[
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_LINKAT",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];

/// The names of what the system can do, for module `os`.
pub(super) fn abilities(vm: &mut Vm) -> Vec<&'static str> {
    let by_number = match vm.world.is_dir(OPEN_FILES) {
        true => HAVE_BY_NUMBER,
        false => &[],
    };
    HAVE.iter().chain(by_number).copied().collect()
}

/// The number of an open file, if that is what was given for a path.
pub(super) fn number_given(vm: &mut Vm, path: Value) -> PyResult<Option<i32>> {
    let is_number = vm.as_int(path).is_some() || {
        let index = vm.names.index;
        vm.lookup_special(path, index).is_some()
    };
    match is_number {
        true => number_of(vm, path).map(Some),
        false => Ok(None),
    }
}

/// The path to what is open with a number.
fn path_to(vm: &mut Vm, number: i32) -> PyResult<Vec<u8>> {
    if let Err(error) = vm.world.stat_open(number) {
        return Err(os_error(vm, &error, None));
    }
    let mut path = OPEN_FILES.to_vec();
    path.extend_from_slice(format!("/{number}").as_bytes());
    Ok(path)
}

/// Where a path leads that begins at an open folder, if one was given.
pub(super) fn place(vm: &mut Vm, path: Value, folder: Value) -> PyResult<Vec<u8>> {
    let path = path_of(vm, path)?;
    let Some(folder) = folder.bound().filter(|folder| !folder.is_none()) else {
        return Ok(path);
    };
    let Some(number) = number_given(vm, folder)? else {
        let given = vm.type_name(folder);
        return Err(vm.type_error(format!("argument should be integer or None, not {given}")));
    };
    if path.is_empty() || path.starts_with(b"/") {
        return Ok(path);
    }
    let mut place = path_to(vm, number)?;
    place.push(b'/');
    place.extend_from_slice(&path);
    Ok(place)
}

/// As [`place`], where an open file may stand in for the path of a function.
pub(super) fn place_or_open(
    vm: &mut Vm,
    function: &str,
    path: Value,
    folder: Value,
    follow: bool,
) -> PyResult<Vec<u8>> {
    let Some(number) = number_given(vm, path)? else {
        return place_by_name(vm, function, path, folder);
    };
    check_alone(vm, function, folder, follow)?;
    path_to(vm, number)
}

/// As [`place_or_open`], where no number was given.
pub(super) fn place_by_name(
    vm: &mut Vm,
    function: &str,
    path: Value,
    folder: Value,
) -> PyResult<Vec<u8>> {
    match place(vm, path, folder) {
        Err(raised) if raised.matches(vm, vm.types.type_error) && !is_path(vm, path) => {
            let given = vm.type_name(path);
            Err(vm.type_error(format!(
                "{function}: path should be string, bytes, os.PathLike or integer, not {given}"
            )))
        }
        place => place,
    }
}

fn is_path(vm: &mut Vm, value: Value) -> bool {
    let fspath = vm.names.fspath;
    value.to::<object::Str>().is_some()
        || value.to::<object::Bytes>().is_some()
        || vm.lookup_special(value, fspath).is_some()
}

/// ValueError if more was said of an open file than its number.
pub(super) fn check_alone(
    vm: &mut Vm,
    function: &str,
    folder: Value,
    follow: bool,
) -> PyResult<()> {
    if folder.bound().is_some_and(|folder| !folder.is_none()) {
        return Err(vm.value_error(format!(
            "{function}: can't specify dir_fd without matching path"
        )));
    }
    if !follow {
        return Err(vm.value_error(format!(
            "{function}: cannot use fd and follow_symlinks together"
        )));
    }
    Ok(())
}
