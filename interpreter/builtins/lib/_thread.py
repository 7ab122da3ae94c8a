"""Threads, and locks of any number of threads.

A thread is interrupted only where a function is called or a loop turns (`vm/src/threads.rs`), so what
lies between two such places happens at once: the test of a lock and its taking, for instance. Who has to
wait enters himself in a list, looks once more, and parks; who makes it worth his while takes him out and
unparks him. Parking may also end for no reason, so that is a loop.
"""

import _signal
import sys
from _threads import count as _threads, first as _first, ident as _ident, park as _park
from _threads import delete_in_local as _delete_in_local, get_in_local as _get_in_local
from _threads import keep_locals as _keep_locals, leave as _leave, set_in_local as _set_in_local
from _threads import start as _start, unpark as _unpark
from posix import register_at_fork as _register_at_fork
from time import monotonic as _now

error = RuntimeError
TIMEOUT_MAX = 9223372036.0


def get_ident():
    """The number of the running thread."""
    return _ident()


def _check_timeout(blocking, timeout):
    if not blocking:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")


class _Waiters:
    """The threads that wait for something, in order.

    Who enters himself is woken by whatever happens from then on, so that is the time to look whether there is
    still a reason to park.
    """

    __slots__ = ("_all",)

    def __init__(self):
        self._all = []

    def enter(self):
        self._all.append(get_ident())

    def leave(self):
        """For who has entered and waits no more; False: he has been woken."""
        try:
            self._all.remove(get_ident())
        except ValueError:
            return False
        return True

    def park(self, end):
        """Waits to be woken; False: the time is over, which is by `monotonic`. Leaves."""
        try:
            return _park(None if end is None else max(end - _now(), 0.0))
        except BaseException:
            # If this one was woken, another takes the turn.
            self.wake()
            raise
        finally:
            self.leave()

    def wait_for(self, take, end):
        """Waits until `take` gives true; False: the time was over before."""
        is_early = True
        while True:
            self.enter()
            if take():
                self.leave()
                return True
            if is_early:
                is_early = self.park(end)
            elif self.leave():
                return False

    def wake(self):
        """Wakes the first."""
        try:
            first = self._all.pop(0)
        except IndexError:
            return
        _unpark(first)

    def wake_all(self):
        while self._all:
            self.wake()


def _wait_for(lock, take, end):
    """Waits among those that wait for a lock until `take` gives true, which takes it."""
    if lock._waiters is None:
        made = _Waiters()
        # Another may have come while they were made.
        if lock._waiters is None:
            lock._waiters = made
    return lock._waiters.wait_for(take, end)


class LockType:
    """A lock: whoever takes it, anyone may release it."""

    __slots__ = ("_held", "_waiters", "__weakref__")

    def __init__(self):
        self._held = False
        self._waiters = None

    def acquire(self, blocking=True, timeout=-1):
        if timeout != -1:
            _check_timeout(blocking, timeout)
        if not self._held:
            self._held = True
            return True
        if not blocking:
            return False
        return self._wait(None if timeout == -1 else _now() + timeout)

    def __enter__(self):
        if not self._held:
            self._held = True
            return True
        return self._wait(None)

    def _wait(self, end):
        return _wait_for(self, lambda: self.acquire(False), end)

    def release(self):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False
        if self._waiters is not None:
            self._waiters.wake()

    def __exit__(self, kind, value, traceback):
        self.release()

    def locked(self):
        return self._held

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def _at_fork_reinit(self):
        self._held, self._waiters = False, None

    def __repr__(self):
        state = "locked" if self._held else "unlocked"
        return f"<{state} _thread.lock object at {id(self):#x}>"


LockType.__name__ = LockType.__qualname__ = "lock"
lock = LockType
allocate_lock = allocate = LockType


class RLock:
    """A lock that its holder may take again, and must release as often."""

    __slots__ = ("_owner", "_count", "_waiters", "__weakref__")

    def __init__(self):
        self._owner = self._count = 0
        self._waiters = None

    def acquire(self, blocking=True, timeout=-1):
        if timeout != -1:
            _check_timeout(blocking, timeout)
        own = get_ident()
        if self._owner == own:
            self._count += 1
            return True
        if self._take(own, 1):
            return True
        if not blocking:
            return False
        return _wait_for(self, lambda: self._take(own, 1), None if timeout == -1 else _now() + timeout)

    def __enter__(self):
        return self.acquire()

    def _take(self, own, count):
        if self._owner:
            return False
        self._owner, self._count = own, count
        return True

    def release(self):
        if not self._count or self._owner != get_ident():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = 0
            if self._waiters is not None:
                self._waiters.wake()

    def __exit__(self, kind, value, traceback):
        self.release()

    def locked(self):
        return self._count > 0

    def _is_owned(self):
        return self._owner == get_ident()

    def _recursion_count(self):
        return self._count if self._owner == get_ident() else 0

    def _release_save(self):
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        count, owner = self._count, self._owner
        self._owner = self._count = 0
        if self._waiters is not None:
            self._waiters.wake()
        return count, owner

    def _acquire_restore(self, state):
        count, owner = state
        if not self._take(owner, count):
            _wait_for(self, lambda: self._take(owner, count), None)

    def _at_fork_reinit(self):
        self._owner = self._count = 0
        self._waiters = None

    def __repr__(self):
        state = "locked" if self._count else "unlocked"
        return (f"<{state} {type(self).__module__}.{type(self).__qualname__} object "
                f"owner={self._owner} count={self._count} at {id(self):#x}>")


# Of the threads that ended or run, the locals that they have used.
_used_locals = {}


class _local:
    """Attributes of which each thread has its own.

    An object's dictionary is that of the thread which used it last. Until a program starts a second thread that is
    the only one, and nothing has to be asked; then the methods below are put into the class.
    """

    __slots__ = ("_made_with", "_last", "_others", "__dict__", "__weakref__")

    def __new__(cls, /, *args, **kwargs):
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        made = object.__new__(cls)
        _set_made_with(made, (args, kwargs))
        _set_last(made, get_ident())
        _set_others(made, {})
        return made


def _setter_of(name):
    return getattr(_local, name).__set__, getattr(_local, name).__get__


_set_made_with, _get_made_with = _setter_of("_made_with")
_set_last, _get_last = _setter_of("_last")
_set_others, _get_others = _setter_of("_others")
del _local._made_with, _local._last, _local._others


def _begin_local(local):
    """The running thread uses the object for the first time, which has no attributes."""
    _used_locals.setdefault(get_ident(), []).append(_weak(local))
    args, kwargs = _get_made_with(local)
    type(local).__init__(local, *args, **kwargs)


def _forget_locals(ident):
    """A thread has ended: its attributes go."""
    for reference in _used_locals.pop(ident, ()):
        local = reference()
        if local is not None:
            if _get_last(local) == ident:
                object.__setattr__(local, "__dict__", {})
            _get_others(local).pop(ident, None)


_keep_locals(_get_last, _set_last, _get_others, _begin_local)


def _local_getattribute(self, name, /):
    return _get_in_local(self, name)


def _local_setattr(self, name, value, /):
    if name == "__dict__":
        raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
    _set_in_local(self, name, value)


def _local_delattr(self, name, /):
    if name == "__dict__":
        raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
    _delete_in_local(self, name)


def _weak(object):
    from _weakref import ref
    return ref(object)


def _divide_locals():
    """From now on threads have their own attributes of locals."""
    _local.__getattribute__ = _local_getattribute
    _local.__setattr__ = _local_setattr
    _local.__delattr__ = _local_delattr


def get_native_id():
    """A number of the thread among those of the system, where the first has the process's."""
    from posix import getpid
    return getpid() - _first() + get_ident()


_is_divided = False


def _begin(task):
    """Starts a thread that calls a function without arguments."""
    global _is_divided
    if not _is_divided:
        _is_divided = True
        _divide_locals()
    return _start(task)


def _run(function, args, kwargs):
    """What a thread does."""
    contexts = sys.modules.get("_contextvars")
    if contexts is not None:
        contexts._begin_thread()
    try:
        function(*args, **kwargs)
    except SystemExit:
        pass
    except BaseException as error:
        _report(function, error)
    finally:
        _forget_locals(get_ident())
        # Who waits for the thread finds it counted no more.
        _leave()


class _Unraisable:
    def __init__(self, error, message, object):
        self.exc_type, self.exc_value, self.exc_traceback = type(error), error, error.__traceback__
        self.err_msg, self.object = message, object


def _report(function, error):
    hook = sys.unraisablehook
    hook(_Unraisable(error, "Exception ignored in thread started by", function))


def start_new_thread(function, args, kwargs={}, /):
    if not callable(function):
        raise TypeError("first arg must be callable")
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if not isinstance(kwargs, dict):
        raise TypeError("optional 3rd arg must be a dictionary")
    return _begin(lambda: _run(function, args, kwargs))


start_new = start_new_thread

# The handles of threads for whose end the program's end waits.
_awaited = []


class _ThreadHandle:
    """A thread that can be waited for."""

    __slots__ = ("_ident", "_done", "_waiters", "__weakref__")

    def __init__(self):
        self._ident = None
        self._done = False
        self._waiters = _Waiters()

    @property
    def ident(self):
        return 0 if self._ident is None else self._ident

    def is_done(self):
        return self._done

    def _set_done(self):
        if self._ident is None:
            raise RuntimeError("thread not started")
        self._done = True
        self._waiters.wake_all()

    def join(self, timeout=None, /):
        if self._ident is None:
            raise RuntimeError("thread not started")
        end = None
        if timeout is not None and timeout >= 0:
            if timeout > TIMEOUT_MAX:
                raise OverflowError("timeout value is too large")
            end = _now() + timeout
        if not self._done and self._ident == get_ident():
            raise RuntimeError("Cannot join current thread")
        self._waiters.wait_for(self.is_done, end)

    def __repr__(self):
        return f"<_ThreadHandle object: ident={self.ident}>"


def _make_thread_handle(ident):
    handle = _ThreadHandle()
    handle._ident = ident
    return handle


def start_joinable_thread(function, *, handle=None, daemon=True):
    if not callable(function):
        raise TypeError("thread function must be callable")
    if handle is None:
        handle = _ThreadHandle()
    elif not isinstance(handle, _ThreadHandle):
        raise TypeError("'handle' must be a _ThreadHandle")
    if handle._ident is not None:
        raise RuntimeError("thread already started")

    def task():
        handle._ident = get_ident()
        try:
            _run(function, (), {})
        finally:
            if not daemon:
                _awaited.remove(handle)
            handle._set_done()

    if not daemon:
        _awaited.append(handle)
    try:
        handle._ident = _begin(task)
    except BaseException:
        if not daemon:
            _awaited.remove(handle)
        raise
    return handle


def _shutdown():
    """Waits for all threads that the program's end waits for."""
    while _awaited:
        for handle in list(_awaited):
            handle.join()


def daemon_threads_allowed():
    return True


def _get_main_thread_ident():
    return _first()


def _is_main_interpreter():
    return True


def set_name(name, /):
    """The system does not know these threads."""


def _count():
    return _threads() - 1


def exit():
    raise SystemExit


exit_thread = exit

_stack_bytes = 0


def stack_size(size=0, /):
    """All stacks grow as they are used, whatever a program asks for."""
    global _stack_bytes
    if size < 0 or 0 < size < 32768:
        raise ValueError(f"size not valid: {size} bytes")
    before, _stack_bytes = _stack_bytes, size
    return before


def interrupt_main(signum=_signal.SIGINT, /):
    """As if a signal had come, if the program has a handler for it."""
    if signum < 1 or signum >= _signal.NSIG:
        raise ValueError("signal number out of range")
    if _signal.getsignal(signum) not in (_signal.SIG_DFL, _signal.SIG_IGN, None):
        _signal.raise_signal(signum)


def _after_fork():
    """In a copy of the process there is the running thread alone."""
    own = get_ident()
    for handle in list(_awaited):
        if handle._ident != own:
            _awaited.remove(handle)
            handle._done = True
    for ident in list(_used_locals):
        if ident != own:
            _forget_locals(ident)


_register_at_fork(after_in_child=_after_fork)
