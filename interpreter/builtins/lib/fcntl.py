"""Locks and flags of open files.

What a lock of a part of a file or an `ioctl` of another kind would do, nothing here can; both say so."""

import _control
import errno
import os
import struct

FD_CLOEXEC = 1
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL = range(5)
F_DUPFD_CLOEXEC = 1030
F_RDLCK, F_WRLCK, F_UNLCK = 0, 1, 2
LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN = 1, 2, 4, 8
FIONREAD, FIONBIO = 0x541B, 0x5421
_WINDOW_SIZE = 0x5413


def _number(fd):
    if isinstance(fd, int):
        number = fd
    elif hasattr(fd, "fileno"):
        number = fd.fileno()
        if not isinstance(number, int):
            raise TypeError("fileno() returned a non-integer")
    else:
        raise TypeError("argument must be an int, or have a fileno() method.")
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def fcntl(fd, cmd, arg=0, /):
    number = _number(fd)
    if cmd in (F_DUPFD, F_DUPFD_CLOEXEC):
        copy = os.dup(number)
        os.set_inheritable(copy, cmd == F_DUPFD)
        return copy
    if cmd == F_GETFD:
        return 0 if os.get_inheritable(number) else FD_CLOEXEC
    if cmd == F_SETFD:
        os.set_inheritable(number, not arg & FD_CLOEXEC)
        return 0
    if cmd == F_GETFL:
        return _control.file_flags(number)
    if cmd == F_SETFL:
        _control.set_file_flags(number, arg)
        return 0
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def ioctl(fd, request, arg=0, mutate_flag=True, /):
    number = _number(fd)
    if request == FIONREAD:
        answer = struct.pack("i", _control.unread(number))
    elif request == _WINDOW_SIZE:
        columns, lines = os.get_terminal_size(number)
        answer = struct.pack("HHHH", lines, columns, 0, 0)
    elif request == FIONBIO:
        waits = arg if isinstance(arg, int) else struct.unpack_from("i", arg)[0]
        os.set_blocking(number, not waits)
        return 0
    else:
        os.fstat(number)
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
    if isinstance(arg, str):
        arg = arg.encode()
    if isinstance(arg, bytes):
        return answer + arg[len(answer):]
    if not isinstance(arg, int):
        memoryview(arg).cast("B")[:len(answer)] = answer
    return 0


def _lock(fd, cmd, of_process):
    number = _number(fd)
    kind = cmd & ~LOCK_NB
    if kind not in (LOCK_SH, LOCK_EX, LOCK_UN):
        if of_process:
            raise ValueError("unrecognized lockf argument")
        os.fstat(number)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    _control.lock(number, 0 if kind == LOCK_UN else kind, not cmd & LOCK_NB, of_process)


def flock(fd, operation, /):
    _lock(fd, operation, False)


def lockf(fd, cmd, len=0, start=0, whence=0, /):
    if len or start:
        raise NotImplementedError("only files as a whole can be locked")
    _lock(fd, cmd, True)
