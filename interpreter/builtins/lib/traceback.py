"""Exceptions and stacks as objects and as text. The lines that name an exception, and source with
marks under it, come from the interpreter's own printer."""

import linecache
import sys
from _tracebacks import format_only as _format_only, position as _position
from _tracebacks import show_source as _show_source, source_line as _source_line

__all__ = [
    "extract_stack", "extract_tb", "format_exception", "format_exception_only", "format_list",
    "format_stack", "format_tb", "print_exc", "format_exc", "print_exception", "print_last",
    "print_stack", "print_tb", "clear_frames", "FrameSummary", "StackSummary",
    "TracebackException", "walk_stack", "walk_tb", "print_list",
]

# Equal entries that are shown before a count stands for the rest.
_REPEATS = 3
_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
_HEADING = "Traceback (most recent call last):\n"
_NOT_GIVEN = object()


def _text(value, by, what):
    try:
        return by(value)
    except Exception:
        return f"<{what} {by.__name__}() failed>"


class FrameSummary:
    """One entry of a stack: a place in a file, the function's name, and its locals as text if they
    were asked for."""

    __slots__ = (
        "filename", "lineno", "end_lineno", "colno", "end_colno", "name", "_line", "locals",
    )

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None,
                 end_lineno=None, colno=None, end_colno=None):
        self.filename, self.lineno, self.name = filename, lineno, name
        self.end_lineno, self.colno, self.end_colno = end_lineno, colno, end_colno
        self._line = line
        self.locals = None
        if locals is not None:
            self.locals = {name: _text(value, repr, "local") for name, value in locals.items()}
        if lookup_line:
            self.line

    @property
    def line(self):
        if self._line is None:
            if self.lineno is None:
                return None
            line = linecache.getline(self.filename, self.lineno)
            self._line = line or _source_line(self.filename, self.lineno)
        return self._line.strip()

    def _items(self):
        return self.filename, self.lineno, self.name, self.line

    def __iter__(self):
        return iter(self._items())

    def __getitem__(self, at):
        return self._items()[at]

    def __len__(self):
        return 4

    def __eq__(self, other):
        if isinstance(other, FrameSummary):
            return (self.filename, self.lineno, self.name, self.locals) == (
                other.filename, other.lineno, other.name, other.locals)
        if isinstance(other, tuple):
            return self._items() == other
        return NotImplemented

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


def _limited(entries, limit):
    """As many of the first entries as the limit says, or of the last if it is negative."""
    if limit is None:
        limit = getattr(sys, "tracebacklimit", None)
        if limit is None:
            return list(entries)
        limit = max(limit, 0)
    entries = list(entries)
    return entries[:limit] if limit >= 0 else entries[limit:]


class StackSummary(list):
    """The entries of a stack, the oldest first."""

    @classmethod
    def extract(cls, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        places = ((frame, (line, None, None, None)) for frame, line in frame_gen)
        return cls._of_places(places, limit, lookup_lines, capture_locals)

    @classmethod
    def _of_places(cls, places, limit, lookup_lines, capture_locals):
        made = cls()
        for frame, (line, end_line, column, end_column) in _limited(places, limit):
            code = frame.f_code
            made.append(FrameSummary(
                code.co_filename, line, code.co_name, lookup_line=lookup_lines,
                locals=frame.f_locals if capture_locals else None,
                end_lineno=end_line, colno=column, end_colno=end_column))
        return made

    @classmethod
    def from_list(cls, a_list):
        made = cls()
        for entry in a_list:
            if not isinstance(entry, FrameSummary):
                filename, line_number, name, line = entry
                entry = FrameSummary(filename, line_number, name, line=line)
            made.append(entry)
        return made

    def format_frame_summary(self, frame_summary, **options):
        entry = frame_summary
        text = f'  File "{entry.filename}", line {entry.lineno}, in {entry.name}\n'
        marked = ""
        if entry.colno is not None and entry.end_colno is not None:
            place = entry.lineno, entry.end_lineno or entry.lineno, entry.colno, entry.end_colno
            marked = _show_source(entry.filename, *place)
        if marked:
            text += marked
        elif entry.line:
            text += f"    {entry.line}\n"
        if entry.locals:
            for name, value in sorted(entry.locals.items()):
                text += f"    {name} = {value}\n"
        return text

    def format(self, **options):
        lines, last, repeated = [], None, 0
        for entry in [*self, None]:
            key = entry and (entry.filename, entry.lineno, entry.name)
            if key != last or entry is None:
                more = repeated - _REPEATS
                if more > 0:
                    plural = "s" if more > 1 else ""
                    lines.append(f"  [Previous line repeated {more} more time{plural}]\n")
                last, repeated = key, 0
            repeated += 1
            if entry is None or repeated > _REPEATS:
                continue
            text = self.format_frame_summary(entry, **options)
            # A subclass may leave an entry out.
            if text is not None:
                lines.append(text)
        return lines


def _entries(tb):
    while tb is not None:
        yield tb
        tb = tb.tb_next


def walk_tb(tb):
    for entry in _entries(tb):
        yield entry.tb_frame, entry.tb_lineno


def walk_stack(f):
    if f is None:
        f = sys._getframe(1)

    def frames(frame):
        while frame is not None:
            yield frame, frame.f_lineno
            frame = frame.f_back

    return frames(f)


def _places(tb):
    for entry in _entries(tb):
        yield entry.tb_frame, _position(entry)


def extract_tb(tb, limit=None):
    return StackSummary._of_places(_places(tb), limit, True, False)


def extract_stack(f=None, limit=None):
    if f is None:
        f = sys._getframe(1)
    stack = StackSummary.extract(walk_stack(f), limit=limit)
    stack.reverse()
    return stack


class _Output:
    """Lines of an exception that may be a group: those of its members are set off by a margin."""

    def __init__(self):
        self.lines = []
        self.depth = 0
        # The member shown last is the last one of its group, whose frame is still open.
        self.open = False

    def indent(self):
        return "  " * self.depth

    def add(self, lines, margin="|"):
        for text in [lines] if isinstance(lines, str) else lines:
            if self.depth:
                start = f"{self.indent()}{margin} "
                text = "".join(start + line for line in text.splitlines(keepends=True))
            self.lines.append(text)


class TracebackException:
    """All that is needed to print an exception later, without the exception itself."""

    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True,
                 capture_locals=False, compact=False, max_group_width=15, max_group_depth=10,
                 save_exc_type=True, _seen=None):
        first = _seen is None
        seen = set() if first else _seen
        seen.add(id(exc_value))
        self.max_group_width, self.max_group_depth = max_group_width, max_group_depth
        self.stack = StackSummary._of_places(
            _places(exc_traceback), limit, lookup_lines, capture_locals)
        self._has_traceback = exc_traceback is not None
        self._exc_type = exc_type if save_exc_type else None
        self.exc_type_str = "None" if exc_type is None else _type_name(exc_type)
        self._str = _text(exc_value, str, "exception")
        self._only, self._notes_text = ("NoneType: None\n", "")
        if exc_value is not None:
            self._only, self._notes_text = _format_only(exc_value)
        try:
            self.__notes__ = getattr(exc_value, "__notes__", None)
        except Exception as error:
            self.__notes__ = [f"Ignored error getting __notes__: {_text(error, repr, 'error')}"]
        self._is_syntax_error = isinstance(exc_value, SyntaxError)
        if self._is_syntax_error:
            self._take_place(exc_value)
        self.__cause__ = self.__context__ = self.exceptions = None
        self.__suppress_context__ = getattr(exc_value, "__suppress_context__", False)
        if first and exc_value is not None:
            options = dict(
                limit=limit, lookup_lines=lookup_lines, capture_locals=capture_locals,
                compact=compact, max_group_width=max_group_width,
                max_group_depth=max_group_depth, _seen=seen)
            self._take_related(exc_value, compact, options)

    def _take_place(self, error):
        self.filename, self.text, self.msg = error.filename, error.text, error.msg
        number = lambda value: None if value is None else str(value)
        self.lineno, self.end_lineno = number(error.lineno), number(error.end_lineno)
        self.offset, self.end_offset = error.offset, error.end_offset

    def _take_related(self, error, compact, options):
        """Causes, contexts and members, each once: a chain may be long, or lead back to itself."""
        waiting = [(self, error)]
        while waiting:
            own, error = waiting.pop()

            def taken(other):
                if other is None or id(other) in options["_seen"]:
                    return None
                made = TracebackException(type(other), other, other.__traceback__, **options)
                waiting.append((made, other))
                return made

            own.__cause__ = taken(error.__cause__)
            hidden = own.__cause__ is not None or error.__suppress_context__
            if not (compact and hidden):
                own.__context__ = taken(error.__context__)
            if isinstance(error, BaseExceptionGroup):
                members = []
                for member in error.exceptions:
                    # The same exception may be a member of several groups.
                    made = TracebackException(
                        type(member), member, member.__traceback__, **options)
                    waiting.append((made, member))
                    members.append(made)
                own.exceptions = members

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    @property
    def exc_type(self):
        return self._exc_type

    def __eq__(self, other):
        if isinstance(other, TracebackException):
            return self.__dict__ == other.__dict__
        return NotImplemented

    def __str__(self):
        return self._str

    def format_exception_only(self, *, show_group=False, _depth=0, **options):
        indent = 3 * _depth * " "
        pieces = [self._only]
        if self._is_syntax_error:
            pieces = self._only.splitlines(keepends=True)
        for text in pieces + self._notes_text.splitlines(keepends=True):
            yield "".join(indent + line for line in text.splitlines(keepends=True))
        if self.exceptions and show_group:
            for member in self.exceptions:
                yield from member.format_exception_only(show_group=True, _depth=_depth + 1)

    def format(self, *, chain=True, _output=None, **options):
        output = _Output() if _output is None else _output
        begun = len(output.lines)
        links, own = [], self
        while own is not None:
            links.append(own)
            if not chain:
                break
            own = own.__cause__ or (None if own.__suppress_context__ else own.__context__)
        for at in reversed(range(len(links))):
            own = links[at]
            if at + 1 < len(links):
                output.add(_CAUSE if own.__cause__ is not None else _CONTEXT)
            own._add(output, chain)
        if _output is None:
            yield from output.lines[begun:]

    def _add(self, output, chain):
        if self.exceptions is None:
            if self._has_traceback:
                output.add(_HEADING)
                output.add(self.stack.format())
            output.add(self.format_exception_only())
            return
        if output.depth > self.max_group_depth:
            output.add(f"... (max_group_depth is {self.max_group_depth})\n")
            return
        outermost = output.depth == 0
        if outermost:
            output.depth = 1
        if self._has_traceback:
            output.add("Exception Group " + _HEADING, margin="+" if outermost else "|")
            output.add(self.stack.format())
        output.add(self.format_exception_only())
        self._add_members(output, chain)
        if outermost:
            output.depth = 0

    def _add_members(self, output, chain):
        count, width = len(self.exceptions), self.max_group_width
        shown = count if count <= width else width + 1
        output.open = False
        for at in range(shown):
            if at + 1 == shown:
                output.open = True
            cut = at >= width
            corner = "  " if at else "+-"
            title = "..." if cut else at + 1
            output.lines.append(f"{output.indent()}{corner}+---------------- {title} ----------------\n")
            output.depth += 1
            if cut:
                plural = "s" if count - width > 1 else ""
                output.add(f"and {count - width} more exception{plural}\n")
            else:
                for _ in self.exceptions[at].format(chain=chain, _output=output):
                    pass
            if at + 1 == shown and output.open:
                output.lines.append(f"{output.indent()}+------------------------------------\n")
                output.open = False
            output.depth -= 1

    def print(self, *, file=None, chain=True, **options):
        file = sys.stderr if file is None else file
        for line in self.format(chain=chain):
            print(line, file=file, end="")


def _type_name(exc_type):
    module = exc_type.__module__
    if module in ("__main__", "builtins"):
        return exc_type.__qualname__
    return f"{module}.{exc_type.__qualname__}"


def _value_and_tb(exc, value, tb):
    """What is to be printed: an exception alone, or the three that `sys.exc_info` gives."""
    if (value is _NOT_GIVEN) != (tb is _NOT_GIVEN):
        raise ValueError("Both or neither of value and tb must be given")
    if value is not _NOT_GIVEN:
        return value, tb
    if exc is None:
        return None, None
    if isinstance(exc, BaseException):
        return exc, exc.__traceback__
    raise TypeError(f"Exception expected for value, {type(exc).__name__} found")


def _summary(exc, value, tb, limit):
    value, tb = _value_and_tb(exc, value, tb)
    kind = None if value is None else type(value)
    return TracebackException(kind, value, tb, limit=limit, compact=True)


def format_list(extracted_list):
    return StackSummary.from_list(extracted_list).format()


def print_list(extracted_list, file=None):
    _print(format_list(extracted_list), file)


def _print(lines, file):
    file = sys.stderr if file is None else file
    for line in lines:
        print(line, file=file, end="")


def format_tb(tb, limit=None):
    return extract_tb(tb, limit).format()


def print_tb(tb, limit=None, file=None):
    _print(format_tb(tb, limit), file)


def format_exception(exc, /, value=_NOT_GIVEN, tb=_NOT_GIVEN, limit=None, chain=True, **options):
    return list(_summary(exc, value, tb, limit).format(chain=chain))


def print_exception(exc, /, value=_NOT_GIVEN, tb=_NOT_GIVEN, limit=None, file=None, chain=True,
                    **options):
    _print(format_exception(exc, value, tb, limit, chain), file)


def format_exception_only(exc, /, value=_NOT_GIVEN, *, show_group=False, **options):
    if value is _NOT_GIVEN:
        value = exc
    kind = None if value is None else type(value)
    made = TracebackException(kind, value, None, compact=True)
    return list(made.format_exception_only(show_group=show_group))


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def print_last(limit=None, file=None, chain=True):
    if not hasattr(sys, "last_exc") and not hasattr(sys, "last_type"):
        raise ValueError("no last exception")
    error = sys.last_exc if hasattr(sys, "last_exc") else sys.last_value
    print_exception(error, limit=limit, file=file, chain=chain)


def format_stack(f=None, limit=None):
    if f is None:
        f = sys._getframe(1)
    return extract_stack(f, limit).format()


def print_stack(f=None, limit=None, file=None):
    if f is None:
        f = sys._getframe(1)
    _print(extract_stack(f, limit).format(), file)


def clear_frames(tb):
    """Lets go of what the frames of a traceback hold."""
    for entry in _entries(tb):
        try:
            entry.tb_frame.clear()
        except RuntimeError:
            # It still runs.
            pass
