"""What `cProfile` is made of: a profiler that adds up the time of each function, and of each of its callers."""

import sys
from collections import namedtuple
from sys import monitoring
from time import perf_counter

profiler_entry = namedtuple("profiler_entry", "code callcount reccallcount totaltime inlinetime calls")
profiler_subentry = namedtuple("profiler_subentry", "code callcount reccallcount totaltime inlinetime")


class _Times:
    """Of one function, or of its calls by another: calls, those within itself, and times."""
    __slots__ = ("calls", "inner_calls", "total", "own", "depth")

    def __init__(self):
        self.calls = self.inner_calls = self.depth = 0
        self.total = self.own = 0

    def add(self, total, own):
        self.depth -= 1
        self.calls += 1
        self.own += own
        if self.depth:
            self.inner_calls += 1
        else:
            self.total += total


def _shown(function):
    """What stands for a native function: its text."""
    receiver = getattr(function, "__self__", None)
    if receiver is None or type(receiver) is type(sys):
        module = getattr(function, "__module__", None) or getattr(receiver, "__name__", None)
        name = function.__name__
        if module and module != "builtins":
            return f"<{module}.{name}>"
        return f"<built-in method builtins.{name}>" if module else f"<{name}>"
    owner = receiver if isinstance(receiver, type) else type(receiver)
    if isinstance(receiver, type):
        return f"<built-in method {function.__name__}>"
    return f"<method '{function.__name__}' of '{owner.__name__}' objects>"


class Profiler:
    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        self._timer = timer or perf_counter
        self._unit = timeunit if timer and timeunit else 1
        self._subcalls = subcalls
        self._builtins = builtins
        self._functions = {}
        self._callees = {}
        self._stack = []
        self._is_enabled = False

    def enable(self, subcalls=None, builtins=None):
        if subcalls is not None:
            self._subcalls = subcalls
        if builtins is not None:
            self._builtins = builtins
        if not self._is_enabled:
            try:
                monitoring.use_tool_id(monitoring.PROFILER_ID, "cProfile")
            except ValueError:
                raise ValueError("Another profiling tool is already active") from None
        self._is_enabled = True
        sys.setprofile(self._tell)

    def disable(self):
        if self._is_enabled:
            sys.setprofile(None)
            monitoring.free_tool_id(monitoring.PROFILER_ID)
            self._is_enabled = False
        while self._stack:
            self._leave(self._stack[-1][0])

    def clear(self):
        self._functions.clear()
        self._callees.clear()
        self._stack.clear()

    def _tell(self, frame, event, about):
        if event == "call":
            self._enter(frame.f_code)
        elif event == "return":
            self._leave(frame.f_code)
        elif self._builtins:
            if event == "c_call":
                self._enter(_shown(about))
            else:
                self._leave(_shown(about))

    def _enter(self, key):
        stack = self._stack
        times = self._functions.get(key)
        if times is None:
            times = self._functions[key] = _Times()
        times.depth += 1
        by = None
        if stack and self._subcalls:
            callees = self._callees.setdefault(stack[-1][0], {})
            by = callees.get(key)
            if by is None:
                by = callees[key] = _Times()
            by.depth += 1
        stack.append([key, times, by, 0, self._timer()])

    def _leave(self, key):
        now = self._timer()
        stack = self._stack
        if not stack or stack[-1][0] != key:
            # It was entered before the profiler was enabled.
            return
        _, times, by, inner, began = stack.pop()
        total = now - began
        times.add(total, total - inner)
        if by is not None:
            by.add(total, total - inner)
        if stack:
            stack[-1][3] += total

    def getstats(self):
        unit = self._unit
        stats = []
        for key, times in self._functions.items():
            callees = self._callees.get(key)
            calls = callees and [
                profiler_subentry(callee, by.calls, by.inner_calls, by.total * unit, by.own * unit)
                for callee, by in callees.items() if by.calls]
            if times.calls:
                stats.append(profiler_entry(key, times.calls, times.inner_calls, times.total * unit,
                                            times.own * unit, calls or None))
        return stats
