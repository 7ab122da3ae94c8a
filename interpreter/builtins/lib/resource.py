"""Limits of the process, and what it has used so far: by what the system tells in `/proc`."""

import _control
import os
from _structseq import make

error = OSError
RLIM_INFINITY = -1
(RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC,
 RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS, _RLIMIT_LOCKS, RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE,
 RLIMIT_NICE, RLIMIT_RTPRIO, RLIMIT_RTTIME) = range(16)
RLIMIT_OFILE = RLIMIT_NOFILE
RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD = 0, -1, 1

struct_rusage = make("resource", "struct_rusage", (
    "ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt",
    "ru_majflt", "ru_nswap", "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals",
    "ru_nvcsw", "ru_nivcsw"))
_TICKS_A_SECOND = 100


def _check(resource):
    if not 0 <= resource < 16:
        raise ValueError("invalid resource specified")
    return resource


def getrlimit(resource, /):
    return _control.limit(_check(resource))


def setrlimit(resource, limits, /):
    limits = tuple(limits)
    if len(limits) != 2:
        raise ValueError("expected a tuple of 2 integers")
    current, maximum = limits
    if maximum >= 0 and (current < 0 or current > maximum):
        raise ValueError("current limit exceeds maximum limit")
    try:
        _control.set_limit(_check(resource), current, maximum)
    except PermissionError:
        raise ValueError("not allowed to raise maximum limit") from None


def prlimit(pid, resource, limits=None, /):
    if pid:
        raise NotImplementedError("only limits of the process itself")
    before = getrlimit(resource)
    if limits is not None:
        setrlimit(resource, limits)
    return before


def getpagesize():
    return os.sysconf("SC_PAGESIZE")


def _status(folder):
    """What `/proc` tells by name."""
    with open(f"/proc/{folder}/status") as file:
        return {name: rest.split() for name, _, rest in (line.partition(":") for line in file)}


def getrusage(who, /):
    """What was used. What Linux does not count is 0, as in CPython; so are switches and blocks of children,
    and the greatest memory of one."""
    if who not in (RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD):
        raise ValueError("invalid who parameter")
    folder = "thread-self" if who == RUSAGE_THREAD else "self"
    with open(f"/proc/{folder}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    faults, children_faults, major, children_major = map(int, fields[7:11])
    user, system, children_user, children_system = map(int, fields[11:15])
    if who == RUSAGE_CHILDREN:
        return struct_rusage((children_user / _TICKS_A_SECOND, children_system / _TICKS_A_SECOND, 0,
                              0, 0, 0, children_faults, children_major, 0, 0, 0, 0, 0, 0, 0, 0))
    status = _status(folder)
    most = int(status.get("VmHWM", ["0"])[0])
    switches = int(status["voluntary_ctxt_switches"][0]), int(status["nonvoluntary_ctxt_switches"][0])
    try:
        with open(f"/proc/{folder}/io") as file:
            moved = {name: int(count) for name, count in (line.split(": ") for line in file)}
    except OSError:
        moved = {}
    blocks = moved.get("read_bytes", 0) // 512, moved.get("write_bytes", 0) // 512
    return struct_rusage((user / _TICKS_A_SECOND, system / _TICKS_A_SECOND, most, 0, 0, 0, faults,
                          major, 0, *blocks, 0, 0, 0, *switches))
