//! A file system for runs that are recorded or replayed.
//!
//! It stands before that of the system. In a recording each operation is passed on, and what came of it goes
//! through the host, which writes it down; in a replay the host answers, and nothing is passed on. So SQLite and
//! the functions that it calls run the same way twice, and only the files do not. The numbers of operations and
//! of files tell questions apart.
//!
//! It has no shared memory, so SQLite offers no write-ahead log in such runs but with `locking_mode=exclusive`.
//! Other file systems are taken away, as an operation on one would not be recorded.

use crate::callbacks::bytes_at;
use crate::host::{Answer, ask};
use libsqlite3_sys as ffi;
use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::Once;

/// Operations, as questions name them.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Ask {
    Open,
    Close,
    Read,
    Write,
    Truncate,
    Sync,
    Size,
    Lock,
    Unlock,
    Reserved,
    Sector,
    Traits,
    Delete,
    Access,
    FullPath,
    Random,
    Sleep,
    Time,
    LastError,
    Moved,
    LocalTime,
}

/// A file: SQLite's part, its number, and the file of the system unless this is a replay.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    number: i64,
    real: *mut ffi::sqlite3_file,
}

static INSTALLED: Once = Once::new();

thread_local! {
    static FILES: Cell<i64> = const { Cell::new(0) };
}

const METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(traits),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};
static FILE_METHODS: ffi::sqlite3_io_methods = METHODS;

/// Makes it the file system of all databases that are opened from now on.
pub(crate) fn install() {
    // SAFETY: SQLite is set up, and the file systems that it has last as long as the process.
    INSTALLED.call_once(|| unsafe {
        let real = ffi::sqlite3_vfs_find(null());
        let own = ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<File>() as c_int,
            mxPathname: (*real).mxPathname,
            pNext: null_mut(),
            zName: c"taped".as_ptr(),
            pAppData: real.cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: Some(no_library),
            xDlError: Some(no_library_error),
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(random),
            xSleep: Some(sleep),
            xCurrentTime: Some(time_days),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: Some(time),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        };
        ffi::sqlite3_vfs_register(Box::leak(Box::new(own)), 1);
        // The time of a place is asked of the C library, but for what tests put in its place.
        let local: LocalTime = local_time;
        ffi::sqlite3_test_control(ffi::SQLITE_TESTCTRL_LOCALTIME_FAULT, 2 as c_int, local);
        for name in [
            c"unix",
            c"unix-none",
            c"unix-dotfile",
            c"unix-excl",
            c"unix-posix",
            c"unix-flock",
            c"unix-namedsem",
            c"unix-nfs",
            c"unix-afp",
        ] {
            let other = ffi::sqlite3_vfs_find(name.as_ptr());
            if !other.is_null() {
                ffi::sqlite3_vfs_unregister(other);
            }
        }
    });
}

type LocalTime = unsafe extern "C" fn(*const c_void, *mut c_void) -> c_int;

/// Writes a time of the C library as it is where the program runs; 0 if that is known.
unsafe extern "C" fn local_time(time: *const c_void, out: *mut c_void) -> c_int {
    // SAFETY: SQLite gives a time and room for its parts; all bytes of the parts but a name, which no one reads,
    // are numbers.
    unsafe {
        let time = *time.cast::<libc::time_t>();
        let (code, _, parts) = pass(Ask::LocalTime, [time, 0, 0], &[], || {
            let mut parts: libc::tm = std::mem::zeroed();
            if libc::localtime_r(&raw const time, &raw mut parts).is_null() {
                return (1, 0, Vec::new());
            }
            let numbers = [
                parts.tm_sec,
                parts.tm_min,
                parts.tm_hour,
                parts.tm_mday,
                parts.tm_mon,
                parts.tm_year,
                parts.tm_wday,
                parts.tm_yday,
                parts.tm_isdst,
            ];
            (0, 0, numbers.iter().flat_map(|n| n.to_le_bytes()).collect())
        });
        let (numbers, _) = parts.as_chunks::<4>();
        let [sec, min, hour, mday, mon, year, wday, yday, isdst] = numbers else {
            return 1;
        };
        let mut parts: libc::tm = std::mem::zeroed();
        for (part, number) in [
            (&mut parts.tm_sec, sec),
            (&mut parts.tm_min, min),
            (&mut parts.tm_hour, hour),
            (&mut parts.tm_mday, mday),
            (&mut parts.tm_mon, mon),
            (&mut parts.tm_year, year),
            (&mut parts.tm_wday, wday),
            (&mut parts.tm_yday, yday),
            (&mut parts.tm_isdst, isdst),
        ] {
            *part = c_int::from_le_bytes(*number);
        }
        out.cast::<libc::tm>().write(parts);
        code
    }
}

/// Passes an operation through the host.
fn pass(what: Ask, numbers: [i64; 3], bytes: &[u8], mut act: impl FnMut() -> Answer) -> Answer {
    let nothing = || (ffi::SQLITE_IOERR, 0, Vec::new());
    ask(|host| host.outside(what as u8, numbers, bytes, &mut act)).unwrap_or_else(nothing)
}

/// The number alone.
fn code_of(what: Ask, numbers: [i64; 3], bytes: &[u8], mut act: impl FnMut() -> c_int) -> c_int {
    pass(what, numbers, bytes, || (act(), 0, Vec::new())).0
}

/// SAFETY: one of ours, which SQLite has open.
unsafe fn file<'a>(file: *mut ffi::sqlite3_file) -> &'a mut File {
    // SAFETY: as the caller says.
    unsafe { &mut *file.cast() }
}

/// SAFETY: the file is one of the system's, open.
unsafe fn methods<'a>(real: *mut ffi::sqlite3_file) -> &'a ffi::sqlite3_io_methods {
    // SAFETY: as the caller says.
    unsafe { &*(*real).pMethods }
}

/// SAFETY: the file system is ours.
unsafe fn system<'a>(own: *mut ffi::sqlite3_vfs) -> &'a mut ffi::sqlite3_vfs {
    // SAFETY: as the caller says; it was put there by `install`.
    unsafe { &mut *(*own).pAppData.cast() }
}

/// Calls a method of the file of the system that stands behind one of ours.
macro_rules! real {
    ($file:ident . $method:ident ( $($arg:expr),* )) => {{
        // SAFETY: in a recording there is such a file while ours is open, and all of them have the method.
        #[allow(unused_unsafe)]
        let result = unsafe {
            match methods($file.real).$method {
                Some(method) => method($file.real, $($arg),*),
                None => ffi::SQLITE_IOERR,
            }
        };
        result
    }};
}

/// Calls a function of the system's file system.
macro_rules! below {
    ($own:ident . $function:ident ( $($arg:expr),* )) => {{
        // SAFETY: what SQLite gave is passed on as it is, or places of our own are.
        #[allow(unused_unsafe)]
        let result = unsafe {
            let system = system($own);
            match system.$function {
                Some(function) => function(system, $($arg),*),
                None => ffi::SQLITE_IOERR,
            }
        };
        result
    }};
}

/// SAFETY: a text that ends with a zero, or null.
unsafe fn name_at<'a>(name: *const c_char) -> &'a [u8] {
    match name.is_null() {
        true => &[],
        // SAFETY: as the caller says.
        false => unsafe { CStr::from_ptr(name) }.to_bytes(),
    }
}

// ---- the file system

unsafe extern "C" fn open(
    own: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    out: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let number = FILES.get() + 1;
    FILES.set(number);
    let mut real: *mut ffi::sqlite3_file = null_mut();
    // SAFETY: there is room for a file of ours; the name is passed on as it is, with what SQLite has behind it.
    unsafe {
        let (code, opened, _) = pass(Ask::Open, [number, flags.into(), 0], name_at(name), || {
            let room = system(own).szOsFile.max(0) as u64;
            real = ffi::sqlite3_malloc64(room).cast();
            if real.is_null() {
                return (ffi::SQLITE_NOMEM, 0, Vec::new());
            }
            real.cast::<u8>().write_bytes(0, room as usize);
            let mut opened = 0;
            let code = below!(own.xOpen(name, real, flags, &raw mut opened));
            (code, opened.into(), Vec::new())
        });
        // The system's file system may have drawn numbers for a name, or begun anew with them: both runs begin anew.
        ffi::sqlite3_randomness(0, null_mut());
        if code != ffi::SQLITE_OK {
            (*out).pMethods = null();
            if !real.is_null() {
                if let Some(methods) = (*real).pMethods.as_ref()
                    && let Some(close) = methods.xClose
                {
                    close(real);
                }
                ffi::sqlite3_free(real.cast());
            }
            return code;
        }
        let file = file(out);
        file.number = number;
        file.real = real;
        file.base.pMethods = &raw const FILE_METHODS;
        if !out_flags.is_null() {
            *out_flags = opened as c_int;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    own: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite gives a text.
    let text = unsafe { name_at(name) };
    code_of(Ask::Delete, [0; 3], text, || {
        below!(own.xDelete(name, sync_folder))
    })
}

unsafe extern "C" fn access(
    own: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    result: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives a text and a place for the result.
    unsafe {
        let (code, found, _) = pass(Ask::Access, [flags.into(), 0, 0], name_at(name), || {
            let mut found = 0;
            let code = below!(own.xAccess(name, flags, &raw mut found));
            (code, found.into(), Vec::new())
        });
        *result = found as c_int;
        code
    }
}

unsafe extern "C" fn full_path(
    own: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite gives a text and so much room, which the answer fits with its zero.
    unsafe {
        let (code, _, path) = pass(Ask::FullPath, [0; 3], name_at(name), || {
            let mut path = vec![0u8; room.max(1) as usize];
            let code = below!(own.xFullPathname(name, room, path.as_mut_ptr().cast()));
            let end = path.iter().position(|&byte| byte == 0).unwrap_or(0);
            path.truncate(end);
            (code, 0, path)
        });
        let count = path.len().min(room.max(1) as usize - 1);
        out.cast::<u8>()
            .copy_from_nonoverlapping(path.as_ptr(), count);
        out.cast::<u8>().add(count).write(0);
        code
    }
}

unsafe extern "C" fn no_library(_own: *mut ffi::sqlite3_vfs, _name: *const c_char) -> *mut c_void {
    null_mut()
}

unsafe extern "C" fn no_library_error(_own: *mut ffi::sqlite3_vfs, room: c_int, out: *mut c_char) {
    if room > 0 {
        // SAFETY: there is that much room.
        unsafe { out.write(0) };
    }
}

unsafe extern "C" fn random(own: *mut ffi::sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    let (code, _, bytes) = pass(Ask::Random, [count.into(), 0, 0], &[], || {
        let mut bytes = vec![0u8; count.max(0) as usize];
        let code = below!(own.xRandomness(count, bytes.as_mut_ptr().cast()));
        (code, 0, bytes)
    });
    let filled = bytes.len().min(count.max(0) as usize);
    // SAFETY: SQLite gives so much room.
    unsafe {
        out.cast::<u8>()
            .copy_from_nonoverlapping(bytes.as_ptr(), filled);
    }
    code
}

unsafe extern "C" fn sleep(own: *mut ffi::sqlite3_vfs, time_us: c_int) -> c_int {
    code_of(Ask::Sleep, [time_us.into(), 0, 0], &[], || {
        below!(own.xSleep(time_us))
    })
}

/// The time of the Julian calendar, in milliseconds.
unsafe extern "C" fn time(own: *mut ffi::sqlite3_vfs, out: *mut i64) -> c_int {
    let (code, now_ms, _) = pass(Ask::Time, [0; 3], &[], || {
        let mut now_ms = 0;
        let code = below!(own.xCurrentTimeInt64(&raw mut now_ms));
        (code, now_ms, Vec::new())
    });
    // SAFETY: SQLite gives a place.
    unsafe { *out = now_ms };
    code
}

const DAY_MS: f64 = 86_400_000.0;

unsafe extern "C" fn time_days(own: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    let mut now_ms = 0;
    // SAFETY: SQLite gives a place.
    unsafe {
        let code = time(own, &raw mut now_ms);
        *out = now_ms as f64 / DAY_MS;
        code
    }
}

unsafe extern "C" fn last_error(
    own: *mut ffi::sqlite3_vfs,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    code_of(Ask::LastError, [0; 3], &[], || {
        below!(own.xGetLastError(room, out))
    })
}

// ---- its files

unsafe extern "C" fn close(own: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes what it has open, once.
    let file = unsafe { file(own) };
    let code = code_of(Ask::Close, [file.number, 0, 0], &[], || {
        real!(file.xClose())
    });
    // SAFETY: it was allocated where the file was opened, and is null in a replay.
    unsafe { ffi::sqlite3_free(file.real.cast()) };
    file.real = null_mut();
    code
}

unsafe extern "C" fn read(
    own: *mut ffi::sqlite3_file,
    out: *mut c_void,
    count: c_int,
    at: i64,
) -> c_int {
    // SAFETY: SQLite gives an open file, and so much room.
    unsafe {
        let file = file(own);
        let (code, _, bytes) = pass(Ask::Read, [file.number, count.into(), at], &[], || {
            let mut bytes = vec![0u8; count.max(0) as usize];
            let code = real!(file.xRead(bytes.as_mut_ptr().cast(), count, at));
            (code, 0, bytes)
        });
        let room = count.max(0) as usize;
        let filled = bytes.len().min(room);
        let out = out.cast::<u8>();
        out.copy_from_nonoverlapping(bytes.as_ptr(), filled);
        out.add(filled).write_bytes(0, room - filled);
        code
    }
}

unsafe extern "C" fn write(
    own: *mut ffi::sqlite3_file,
    data: *const c_void,
    count: c_int,
    at: i64,
) -> c_int {
    // SAFETY: SQLite gives an open file, and so many bytes.
    unsafe {
        let (file, bytes) = (file(own), bytes_at(data, count));
        code_of(Ask::Write, [file.number, at, 0], bytes, || {
            real!(file.xWrite(data, count, at))
        })
    }
}

unsafe extern "C" fn truncate(own: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite gives an open file.
    let file = unsafe { file(own) };
    code_of(Ask::Truncate, [file.number, size, 0], &[], || {
        real!(file.xTruncate(size))
    })
}

unsafe extern "C" fn sync(own: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite gives an open file.
    let file = unsafe { file(own) };
    code_of(Ask::Sync, [file.number, flags.into(), 0], &[], || {
        real!(file.xSync(flags))
    })
}

unsafe extern "C" fn size(own: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: SQLite gives an open file and a place.
    unsafe {
        let file = file(own);
        let (code, size, _) = pass(Ask::Size, [file.number, 0, 0], &[], || {
            let mut size = 0;
            let code = real!(file.xFileSize(&raw mut size));
            (code, size, Vec::new())
        });
        *out = size;
        code
    }
}

unsafe extern "C" fn lock(own: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite gives an open file.
    let file = unsafe { file(own) };
    code_of(Ask::Lock, [file.number, level.into(), 0], &[], || {
        real!(file.xLock(level))
    })
}

unsafe extern "C" fn unlock(own: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite gives an open file.
    let file = unsafe { file(own) };
    code_of(Ask::Unlock, [file.number, level.into(), 0], &[], || {
        real!(file.xUnlock(level))
    })
}

unsafe extern "C" fn check_reserved(own: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite gives an open file and a place.
    unsafe {
        let file = file(own);
        let (code, locked, _) = pass(Ask::Reserved, [file.number, 0, 0], &[], || {
            let mut locked = 0;
            let code = real!(file.xCheckReservedLock(&raw mut locked));
            (code, locked.into(), Vec::new())
        });
        *out = locked as c_int;
        code
    }
}

/// Only what asks whether the file is still where it was; all else is advice.
unsafe extern "C" fn control(
    own: *mut ffi::sqlite3_file,
    what: c_int,
    argument: *mut c_void,
) -> c_int {
    if what != ffi::SQLITE_FCNTL_HAS_MOVED {
        return ffi::SQLITE_NOTFOUND;
    }
    // SAFETY: SQLite gives an open file and, for this, a place for a number.
    unsafe {
        let file = file(own);
        let (code, moved, _) = pass(Ask::Moved, [file.number, 0, 0], &[], || {
            let mut moved: c_int = 0;
            let code = real!(file.xFileControl(what, (&raw mut moved).cast()));
            (code, moved.into(), Vec::new())
        });
        *argument.cast::<c_int>() = moved as c_int;
        code
    }
}

unsafe extern "C" fn sector(own: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite gives an open file.
    let file = unsafe { file(own) };
    code_of(Ask::Sector, [file.number, 0, 0], &[], || {
        real!(file.xSectorSize())
    })
}

unsafe extern "C" fn traits(own: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite gives an open file.
    let file = unsafe { file(own) };
    // A batch of writes at once would need further controls.
    code_of(Ask::Traits, [file.number, 0, 0], &[], || {
        real!(file.xDeviceCharacteristics()) & !ffi::SQLITE_IOCAP_BATCH_ATOMIC
    })
}
