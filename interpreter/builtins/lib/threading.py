"""Threads as far as there can be any: the main one, and locks for programs written for more."""

from _thread import RLock, TIMEOUT_MAX, _local as local, allocate_lock as Lock, get_ident
from _thread import get_native_id
from time import sleep as _sleep

__all__ = [
    "get_ident", "active_count", "Condition", "current_thread", "enumerate", "main_thread",
    "TIMEOUT_MAX", "Event", "Lock", "RLock", "Semaphore", "BoundedSemaphore", "Thread",
    "ThreadError", "local", "get_native_id", "Barrier", "BrokenBarrierError", "Timer",
]

ThreadError = RuntimeError


class Condition:
    def __init__(self, lock=None):
        self._lock = RLock() if lock is None else lock
        self.acquire, self.release = self._lock.acquire, self._lock.release

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *details):
        return self._lock.__exit__(*details)

    def wait(self, timeout=None):
        if timeout is None:
            raise RuntimeError("deadlock: the only thread waits to be notified")
        _sleep(timeout)
        return False

    def wait_for(self, predicate, timeout=None):
        result = predicate()
        if not result:
            self.wait(timeout)
            result = predicate()
        return result

    def notify(self, n=1):
        pass

    def notify_all(self):
        pass

    notifyAll = notify_all


class Semaphore:
    def __init__(self, value=1):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._value = value

    def acquire(self, blocking=True, timeout=None):
        if self._value > 0:
            self._value -= 1
            return True
        if not blocking:
            return False
        if timeout is None:
            raise RuntimeError("deadlock: the only thread waits for a semaphore")
        _sleep(timeout)
        return False

    def release(self, n=1):
        self._value += n

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *details):
        self.release()


class BoundedSemaphore(Semaphore):
    def __init__(self, value=1):
        super().__init__(value)
        self._initial_value = value

    def release(self, n=1):
        if self._value + n > self._initial_value:
            raise ValueError("Semaphore released too many times")
        super().release(n)


class Event:
    def __init__(self):
        self._flag = False

    def is_set(self):
        return self._flag

    isSet = is_set

    def set(self):
        self._flag = True

    def clear(self):
        self._flag = False

    def wait(self, timeout=None):
        if not self._flag:
            if timeout is None:
                raise RuntimeError("deadlock: the only thread waits for an event")
            _sleep(timeout)
        return self._flag


class BrokenBarrierError(RuntimeError):
    pass


class Barrier:
    """Where so many threads wait for each other; one waits for none."""

    n_waiting = 0

    def __init__(self, parties, action=None, timeout=None):
        if parties < 1:
            raise ValueError("parties must be >= 1")
        self.parties, self.broken = parties, False
        self._action, self._timeout = action, timeout

    def wait(self, timeout=None):
        if timeout is None:
            timeout = self._timeout
        if self.parties > 1 and not self.broken:
            if timeout is None:
                raise RuntimeError("deadlock: the only thread waits at a barrier")
            _sleep(timeout)
            self.broken = True
        if self.broken:
            raise BrokenBarrierError
        if self._action is not None:
            self._action()
        return 0

    def reset(self):
        self.broken = False

    def abort(self):
        self.broken = True


class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None,
                 context=None):
        self._target, self._args, self._kwargs = target, args, kwargs or {}
        self.name = name or "Thread-1"
        self.daemon = bool(daemon)
        self.ident = None

    def start(self):
        raise RuntimeError("can't start new thread")

    def run(self):
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def join(self, timeout=None):
        if self.ident is None:
            raise RuntimeError("cannot join thread before it is started")

    def is_alive(self):
        return self.ident is not None


class Timer(Thread):
    """Would call a function later."""

    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__(target=function, args=args or (), kwargs=kwargs)
        self.interval, self.function, self.finished = interval, function, Event()

    def cancel(self):
        self.finished.set()


class _MainThread(Thread):
    def __init__(self):
        super().__init__(name="MainThread")
        self.ident = get_ident()

    def __repr__(self):
        return f"<_MainThread(MainThread, started {self.ident})>"


_main = _MainThread()


def main_thread():
    return _main


current_thread = currentThread = main_thread


def active_count():
    return 1


def enumerate():
    return [_main]


def _register_atexit(function, *args, **kwargs):
    """Has a function called at the end, when no thread runs any more."""
    import atexit
    atexit.register(function, *args, **kwargs)


def settrace(function):
    pass


def setprofile(function):
    pass


def stack_size(size=0):
    return 0


def excepthook(args):
    import sys
    sys.excepthook(args.exc_type, args.exc_value, args.exc_traceback)
