"""Locks and the identity of the one thread that there is."""

from time import sleep

error = RuntimeError
TIMEOUT_MAX = 9223372036.0


class LockType:
    """A lock. With one thread, waiting for a held one could not end."""

    __slots__ = ("_held", "__weakref__")

    def __init__(self):
        self._held = False

    def acquire(self, blocking=True, timeout=-1):
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if not self._held:
            self._held = True
            return True
        if not blocking:
            return False
        if timeout is not None and timeout >= 0:
            sleep(timeout)
            return False
        raise RuntimeError("deadlock: the only thread waits for a lock that it holds")

    def release(self):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def locked(self):
        return self._held

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def __enter__(self):
        self.acquire()
        return True

    def __exit__(self, *details):
        self.release()

    def __repr__(self):
        state = "locked" if self._held else "unlocked"
        return f"<{state} _thread.lock object at {id(self):#x}>"


LockType.__name__ = LockType.__qualname__ = "lock"
lock = LockType
allocate_lock = allocate = LockType


class RLock:
    """A lock that its holder may take again."""

    __slots__ = ("_count", "__weakref__")

    def __init__(self):
        self._count = 0

    def acquire(self, blocking=True, timeout=-1):
        self._count += 1
        return True

    def release(self):
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1

    def locked(self):
        return self._count > 0

    def _is_owned(self):
        return self._count > 0

    def _recursion_count(self):
        return self._count

    def _release_save(self):
        count, self._count = self._count, 0
        return count, 1

    def _acquire_restore(self, state):
        self._count = state[0]

    def __enter__(self):
        self.acquire()
        return True

    def __exit__(self, *details):
        self.release()


class _local:
    """Attributes of a thread: of the only one."""


def get_ident():
    return 1


get_native_id = get_ident


def start_new_thread(function, args=(), kwargs=None, /):
    raise RuntimeError("can't start new thread")


start_new = start_new_thread


def stack_size(size=0, /):
    return 0


def interrupt_main(signum=2, /):
    raise KeyboardInterrupt


def _count():
    return 0
