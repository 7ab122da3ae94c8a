"""Memory that processes share, by names. Programs are told that there is none: `mmap` copies, so what one
process wrote would not be seen by another."""

from errno import ENOSYS as _ENOSYS


def shm_open(path, flags, mode=0o777):
    raise OSError(_ENOSYS, "memory cannot be shared with other processes", path)


def shm_unlink(path):
    raise OSError(_ENOSYS, "memory cannot be shared with other processes", path)
