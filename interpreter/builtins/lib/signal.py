"""Signals by name. Their handlers cannot be changed: an interrupt raises KeyboardInterrupt."""

from enum import IntEnum, global_enum


@global_enum
class Signals(IntEnum):
    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGTTIN = 21
    SIGTTOU = 22
    SIGURG = 23
    SIGXCPU = 24
    SIGXFSZ = 25
    SIGVTALRM = 26
    SIGPROF = 27
    SIGWINCH = 28
    SIGIO = 29
    SIGSYS = 31


@global_enum
class Handlers(IntEnum):
    SIG_DFL = 0
    SIG_IGN = 1


NSIG = 65


def default_int_handler(signalnum, frame, /):
    raise KeyboardInterrupt


def getsignal(signalnum):
    if not 1 <= signalnum < NSIG:
        raise ValueError("signal number out of range")
    return default_int_handler if signalnum == Signals.SIGINT else Handlers.SIG_DFL


def signal(signalnum, handler):
    present = getsignal(signalnum)
    if handler is not present:
        raise OSError("the handlers of signals cannot be changed")
    return present


def valid_signals():
    return set(range(1, NSIG)) - {32, 33}


def strsignal(signalnum):
    if not 1 <= signalnum < NSIG:
        raise ValueError("signal number out of range")
    names = {1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 6: "Aborted",
             8: "Floating point exception", 9: "Killed", 11: "Segmentation fault",
             13: "Broken pipe", 14: "Alarm clock", 15: "Terminated"}
    return names.get(signalnum)
