"""Exceptions and stacks as text. The interpreter's own printer does the work."""

import linecache
import sys
from _tracebacks import format_exception as _format, format_only as _format_only
from _tracebacks import format_stack as _format_stack

__all__ = [
    "extract_stack", "extract_tb", "format_exception", "format_exception_only", "format_list",
    "format_stack", "format_tb", "print_exc", "format_exc", "print_exception", "print_last",
    "print_stack", "print_tb", "clear_frames", "FrameSummary", "StackSummary",
    "TracebackException", "walk_stack", "walk_tb", "print_list",
]


class FrameSummary:
    __slots__ = ("filename", "lineno", "name", "_line", "locals", "end_lineno", "colno", "end_colno")

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, **more):
        self.filename, self.lineno, self.name = filename, lineno, name
        self._line, self.locals = line, locals
        self.end_lineno = more.get("end_lineno", lineno)
        self.colno, self.end_colno = more.get("colno"), more.get("end_colno")

    @property
    def line(self):
        if self._line is None:
            self._line = linecache.getline(self.filename, self.lineno or 0)
        return self._line.strip()

    def __iter__(self):
        return iter([self.filename, self.lineno, self.name, self.line])

    def __getitem__(self, at):
        return (self.filename, self.lineno, self.name, self.line)[at]

    def __len__(self):
        return 4

    def __eq__(self, other):
        if isinstance(other, (FrameSummary, tuple)):
            return tuple(self) == tuple(other)
        return NotImplemented

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


class StackSummary(list):
    @classmethod
    def extract(cls, frames, *, limit=None, lookup_lines=True, capture_locals=False):
        result = cls()
        for frame, line in frames:
            code = frame.f_code
            result.append(FrameSummary(code.co_filename, line, code.co_name))
        if limit is not None:
            result[:] = result[:limit] if limit >= 0 else result[limit:]
        return result

    @classmethod
    def from_list(cls, entries):
        made = cls()
        for entry in entries:
            if not isinstance(entry, FrameSummary):
                filename, lineno, name, line = entry
                entry = FrameSummary(filename, lineno, name, line=line)
            made.append(entry)
        return made

    def format(self):
        return format_list(self)


def walk_tb(tb):
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def walk_stack(frame):
    if frame is None:
        frame = sys._getframe(1)
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back


def extract_tb(tb, limit=None):
    return StackSummary.extract(walk_tb(tb), limit=limit)


def extract_stack(f=None, limit=None):
    if f is None:
        f = sys._getframe(1)
    stack = StackSummary.extract(walk_stack(f))
    stack.reverse()
    if limit is not None:
        stack[:] = stack[-limit:] if limit >= 0 else stack[:-limit]
    return stack


def format_list(entries):
    lines = []
    for entry in entries:
        filename, lineno, name, line = entry
        text = f'  File "{filename}", line {lineno}, in {name}\n'
        if line:
            text += f"    {line.strip()}\n"
        lines.append(text)
    return lines


def print_list(entries, file=None):
    print("".join(format_list(entries)), file=file or sys.stderr, end="")


def _exception(exc, value):
    if isinstance(exc, BaseException):
        return exc
    return value


def _pieces(text):
    """Splits text before each line that begins an entry."""
    pieces = []
    for line in text.splitlines(keepends=True):
        if pieces and line.startswith("    ") and pieces[-1].startswith("  File"):
            pieces[-1] += line
        else:
            pieces.append(line)
    return pieces


def format_tb(tb, limit=None):
    return _pieces(_format_stack(tb))


def print_tb(tb, limit=None, file=None):
    (file or sys.stderr).write(_format_stack(tb))


def format_exception(exc, /, value=None, tb=None, limit=None, chain=True, **options):
    error = _exception(exc, value)
    if error is None:
        return ["NoneType: None\n"]
    if chain:
        return _pieces(_format(error))
    text = ""
    if error.__traceback__ is not None:
        text = "Traceback (most recent call last):\n" + _format_stack(error.__traceback__)
    return _pieces(text + _format_only(error))


def format_exception_only(exc, /, value=None, *, show_group=False, **options):
    error = _exception(exc, value)
    if error is None:
        return ["NoneType: None\n"]
    text = _format_only(error)
    return text.splitlines(keepends=True) if isinstance(error, SyntaxError) else [text]


def print_exception(exc, /, value=None, tb=None, limit=None, file=None, chain=True, **options):
    text = "".join(format_exception(exc, value, tb, limit, chain))
    (file or sys.stderr).write(text)


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def print_last(limit=None, file=None, chain=True):
    print_exception(sys.last_exc, limit=limit, file=file, chain=chain)


def format_stack(f=None, limit=None):
    if f is None:
        f = sys._getframe(1)
    return format_list(extract_stack(f, limit))


def print_stack(f=None, limit=None, file=None):
    if f is None:
        f = sys._getframe(1)
    print_list(extract_stack(f, limit), file)


def clear_frames(tb):
    """Frames hold nothing that could be let go early."""


class TracebackException:
    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, **options):
        self._error = exc_value
        self.exc_type = exc_type
        self.stack = extract_tb(exc_traceback, limit)
        self.exc_type_str = exc_type.__qualname__

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    def format(self, *, chain=True, **options):
        yield from format_exception(self._error, chain=chain)

    def format_exception_only(self, *, show_group=False, **options):
        yield from format_exception_only(self._error)

    def print(self, *, file=None, chain=True, **options):
        print_exception(self._error, file=file, chain=chain)

    def __str__(self):
        return str(self._error)
