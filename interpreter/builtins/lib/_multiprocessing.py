"""What `multiprocessing` has of the system: semaphores that processes share."""

from _semaphores import close as _close, make as _make, open as _open, release as _release
from _semaphores import remove as sem_unlink, take as _take, value as _value
from _thread import get_ident as _get_ident

RECURSIVE_MUTEX, SEMAPHORE = 0, 1

flags = {"HAVE_SEM_OPEN": 1, "HAVE_SEM_TIMEDWAIT": 1}


class SemLock:
    """A semaphore with a largest value, or a lock that its holder may take again.

    Who holds a lock, and how often, each process knows of its own threads alone.
    """

    __slots__ = ("handle", "kind", "maxvalue", "name", "_owner", "_times", "__weakref__")

    SEM_VALUE_MAX = 2147483647

    def __new__(cls, kind, value, maxvalue, name, unlink):
        if kind not in (RECURSIVE_MUTEX, SEMAPHORE):
            raise ValueError("unrecognized kind")
        made = cls._of(_make(name, value), kind, maxvalue, None if unlink else name)
        if unlink:
            sem_unlink(name)
        return made

    @classmethod
    def _of(cls, handle, kind, maxvalue, name):
        made = object.__new__(cls)
        made.handle, made.kind, made.maxvalue, made.name = handle, kind, maxvalue, name
        made._owner = made._times = 0
        return made

    @classmethod
    def _rebuild(cls, handle, kind, maxvalue, name):
        return cls._of(handle if name is None else _open(name), kind, maxvalue, name)

    def __del__(self):
        if hasattr(self, "handle"):
            _close(self.handle)

    def _is_mine(self):
        return self._times > 0 and self._owner == _get_ident()

    def acquire(self, block=True, timeout=None):
        if self.kind == RECURSIVE_MUTEX and self._is_mine():
            self._times += 1
            return True
        if not _take(self.handle, 0 if not block else timeout):
            return False
        self._owner = _get_ident()
        self._times += 1
        return True

    def release(self):
        if self.kind == RECURSIVE_MUTEX:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._times > 1:
                self._times -= 1
                return
        elif _value(self.handle) >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._times -= 1
        _release(self.handle)

    def __enter__(self):
        return self.acquire()

    def __exit__(self, kind=None, value=None, traceback=None):
        self.release()

    def _count(self):
        return self._times

    def _get_value(self):
        return max(_value(self.handle), 0)

    def _is_zero(self):
        return _value(self.handle) <= 0

    def _after_fork(self):
        self._times = 0
