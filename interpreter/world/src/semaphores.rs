//! Semaphores that processes share, known by names.

use crate::{Op, World};
use std::ffi::CString;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The semaphores of the process by number; the system's addresses of them. A copy of the process
/// has the same.
#[derive(Default)]
pub(crate) struct Table(Vec<Option<*mut libc::sem_t>>);

impl Table {
    fn get(&self, number: usize) -> io::Result<*mut libc::sem_t> {
        let found = self.0.get(number).copied().flatten();
        found.ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))
    }

    fn add(&mut self, semaphore: *mut libc::sem_t) -> usize {
        match self.0.iter().position(Option::is_none) {
            Some(free) => {
                self.0[free] = Some(semaphore);
                free
            }
            None => {
                self.0.push(Some(semaphore));
                self.0.len() - 1
            }
        }
    }
}

/// What a call of the C library says.
fn checked(result: libc::c_int) -> io::Result<()> {
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

impl World {
    /// Makes a semaphore of such a value, whose name is new; or, without a value, opens the one of that
    /// name. Its number.
    pub fn open_semaphore(&mut self, name: &[u8], value: Option<u32>) -> io::Result<usize> {
        self.tap(
            Op::OpenSemaphore,
            |q| _ = q.bytes(name).number(value.map_or(-1, i64::from)),
            |world| {
                let name = CString::new(name)?;
                // SAFETY: the name is a string with its end; the further arguments are those that
                // the flags ask for.
                let semaphore = unsafe {
                    match value {
                        Some(value) => {
                            let flags = libc::O_CREAT | libc::O_EXCL;
                            libc::sem_open(name.as_ptr(), flags, 0o600 as libc::c_uint, value)
                        }
                        None => libc::sem_open(name.as_ptr(), 0),
                    }
                };
                match semaphore == libc::SEM_FAILED {
                    true => Err(io::Error::last_os_error()),
                    false => Ok(world.semaphores.add(semaphore)),
                }
            },
        )
    }

    /// Takes one from a semaphore's value, when that is above zero; false: it was not within so many
    /// nanoseconds (`None`: however long it takes).
    pub fn take_semaphore(&mut self, number: usize, wait_ns: Option<u64>) -> io::Result<bool> {
        self.tap(
            Op::TakeSemaphore,
            |q| _ = q.number(number as i64),
            |world| take(world.semaphores.get(number)?, wait_ns),
        )
    }

    pub fn release_semaphore(&mut self, number: usize) -> io::Result<()> {
        self.tap(
            Op::ReleaseSemaphore,
            |q| _ = q.number(number as i64),
            // SAFETY: the semaphore is open.
            |world| checked(unsafe { libc::sem_post(world.semaphores.get(number)?) }),
        )
    }

    pub fn semaphore_value(&mut self, number: usize) -> io::Result<i32> {
        self.tap(
            Op::SemaphoreValue,
            |q| _ = q.number(number as i64),
            |world| {
                let mut value = 0;
                // SAFETY: the semaphore is open.
                checked(unsafe { libc::sem_getvalue(world.semaphores.get(number)?, &mut value) })?;
                Ok(value)
            },
        )
    }

    pub fn close_semaphore(&mut self, number: usize) -> io::Result<()> {
        self.tap(
            Op::CloseSemaphore,
            |q| _ = q.number(number as i64),
            |world| {
                let semaphore = world.semaphores.get(number)?;
                world.semaphores.0[number] = None;
                // SAFETY: the semaphore is open, and its number is no one's from now on.
                checked(unsafe { libc::sem_close(semaphore) })
            },
        )
    }

    /// Takes a semaphore's name away. Who has it open keeps it.
    pub fn remove_semaphore(&mut self, name: &[u8]) -> io::Result<()> {
        self.tap(
            Op::RemoveSemaphore,
            |q| _ = q.bytes(name),
            |_| {
                let name = CString::new(name)?;
                // SAFETY: the name is a string with its end.
                checked(unsafe { libc::sem_unlink(name.as_ptr()) })
            },
        )
    }
}

fn take(semaphore: *mut libc::sem_t, wait_ns: Option<u64>) -> io::Result<bool> {
    // SAFETY: the semaphore is open; a time is a valid one.
    let taken = checked(unsafe {
        match wait_ns {
            None => libc::sem_wait(semaphore),
            Some(0) => libc::sem_trywait(semaphore),
            Some(wait_ns) => {
                // The C library wants to know until when, by the calendar's clock.
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let until = now.unwrap_or_default() + Duration::from_nanos(wait_ns);
                let until = libc::timespec {
                    tv_sec: until.as_secs() as _,
                    tv_nsec: until.subsec_nanos() as _,
                };
                libc::sem_timedwait(semaphore, &until)
            }
        }
    });
    match taken {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::ETIMEDOUT)) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
