"""Where the program stands, written on demand. A crash of the interpreter is not reported by this module:
there are no faults that Python code could be told about."""

import sys

_enabled = False
_registered = {}


def enable(file=None, all_threads=True):
    global _enabled
    _descriptor(file)
    _enabled = True


def disable():
    global _enabled
    was, _enabled = _enabled, False
    return was


def is_enabled():
    return _enabled


def _descriptor(file):
    """The number of a file, which may be given as such."""
    if file is None:
        file = sys.stderr
        if file is None:
            raise RuntimeError("unable to get sys.stderr")
    if isinstance(file, int):
        if file < 0:
            raise ValueError("file is not a valid file descriptor")
        return file
    number = file.fileno()
    if not isinstance(number, int) or number < 0:
        raise RuntimeError("file.fileno() is not a valid file descriptor")
    file.flush()
    return number


def _write(number, frame):
    import os
    import threading
    lines = [f"Current thread 0x{threading.get_ident():016x} (most recent call first):"]
    while frame is not None:
        code = frame.f_code
        lines.append(f'  File "{code.co_filename}", line {frame.f_lineno} in {code.co_name}')
        frame = frame.f_back
    os.write(number, ("\n".join(lines) + "\n").encode("ascii", "backslashreplace"))


def dump_traceback(file=None, all_threads=True):
    _write(_descriptor(file), sys._getframe(1))


def cancel_dump_traceback_later():
    """There is nothing to cancel: no thread watches the time."""


def register(signum, file=None, all_threads=True, chain=False):
    import signal
    number = _descriptor(file)

    def dump(signum, frame):
        _write(number, frame)
        if chain and callable(before):
            before(signum, frame)

    before = signal.signal(signum, dump)
    _registered.setdefault(signum, before)


def unregister(signum):
    import signal
    if signum not in _registered:
        return False
    signal.signal(signum, _registered.pop(signum))
    return True
