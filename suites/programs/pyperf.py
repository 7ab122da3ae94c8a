"""What stands in for pyperf when a program of pyperformance runs under the harness.

Source: https://pyperf.readthedocs.io/en/latest/api.html, and which of it the
programs of pyperformance use.

A program makes a `Runner` and hands it what is to be timed, under a name. pyperf
itself then starts processes, calibrates how often to repeat, and warms up. All
of that is the harness's here: a process runs so many iterations of so many loops
(`--iterations`, `--size`) of one benchmark, that which was ordered, and tells
each iteration with the harness's protocol. Benchmarks of the same program under
other names are passed over.

A program of pyperformance says nothing about its result, so a digest is made of
what can be seen: what the timed function returned the last time, and what was
printed meanwhile. Where neither is there, or what was returned is no plain data,
the digest is that of `NOTHING`; see `describe`.
"""

import argparse
import io
import sys
from time import perf_counter, perf_counter_ns

import harness_protocol

# What is digested of an iteration of which nothing can be seen.
NOTHING = "no result"

# A result with more parts than these is not described: writing it out would take
# longer than the benchmark does.
PARTS_LIMIT = 20000

# Digits that the C libraries of all interpreters agree on.
DIGITS = 12


class Indescribable(Exception):
    """A result that may look otherwise on another interpreter, or is too large."""


class Order:
    """What one process is to measure: a benchmark of the program in a folder, how often, how long."""

    def __init__(self, name, version, folder, options):
        self.name = name
        self.version = version
        self.folder = folder
        self.options = options
        self.passed_over = []
        self.is_done = False

    def carry_out(self, name, once):
        """Measures a benchmark that the program offers, if it is the one.

        `once()` does an iteration's loops; it gives the wall time in nanoseconds
        and the result.
        """
        if name != self.name or self.is_done:
            self.passed_over.append(name)
            return
        self.is_done = True
        digests = harness_protocol.Digests()

        def told():
            usual = sys.stdout
            sys.stdout = printed = io.StringIO()
            try:
                wall_ns, result = once()
            finally:
                sys.stdout = usual
            return wall_ns, digests.of(described(result, printed.getvalue()))

        harness_protocol.begin(self.name, self.version, self.options)
        harness_protocol.finish(harness_protocol.repeat(self.options.iterations, told))


# Set by the program's starter before the program runs.
order = None


def described(result, printed):
    """What is digested: the result as text and what was printed, or that there is nothing."""
    parts = []
    if result is not None:
        try:
            describe(result, parts)
        except (Indescribable, RecursionError):
            parts.clear()
    if printed:
        parts.append("printed " + printed)
    return "".join(parts) or NOTHING


def describe(value, parts):
    """Adds `value` to `parts` in words that are the same on every interpreter.

    Dicts and sets are put into an order, and floats are rounded. An instance of a
    subclass is described as one of the class, one of a class of the program's own
    by its attributes. Anything else is indescribable.
    """
    if len(parts) > PARTS_LIMIT:
        raise Indescribable
    if value is None or isinstance(value, bool):
        parts.append(repr(value))
    elif isinstance(value, int):
        # In base 16, since the decimal digits of an integer may be limited.
        parts.append("%#x" % value)
    elif isinstance(value, float):
        parts.append("%.*g" % (DIGITS, value))
    elif isinstance(value, str):
        parts.append(ascii(str(value)))
    elif isinstance(value, (bytes, bytearray)):
        parts.append(repr(bytes(value)))
    elif isinstance(value, (list, tuple)):
        parts.append("[" if isinstance(value, list) else "(")
        for item in value:
            describe(item, parts)
            parts.append(",")
        parts.append("]" if isinstance(value, list) else ")")
    elif isinstance(value, dict):
        described_in_order("{", value.items(), parts)
    elif isinstance(value, (set, frozenset)):
        described_in_order("set{", value, parts)
    elif type(value).__module__ == "__main__":
        parts.append(type(value).__name__)
        described_in_order("{", attributes(value), parts)
    else:
        raise Indescribable


def attributes(value):
    names = list(getattr(value, "__dict__", ()))
    for each in type(value).__mro__:
        slots = each.__dict__.get("__slots__", ())
        names.extend([slots] if isinstance(slots, str) else slots)
    return [(name, getattr(value, name)) for name in names if hasattr(value, name)]


def described_in_order(opening, items, parts):
    whole = []
    for item in items:
        own = []
        describe(item, own)
        whole.append("".join(own))
    if len(parts) + len(whole) > PARTS_LIMIT:
        raise Indescribable
    parts.append(opening)
    for text in sorted(whole):
        parts.append(text + ",")
    parts.append("}")


class Runner:
    """pyperf's, as far as the programs of pyperformance use it.

    `values`, the program's wish for how many times it is measured, and
    `add_cmdline_args`, which passes its arguments on to pyperf's own processes,
    say nothing here.
    """

    def __init__(self, values=None, add_cmdline_args=None):
        self.metadata = {}
        self.argparser = argparse.ArgumentParser()
        self.args = None

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        """Times calls of `func(*args)`. `inner_loops` is how often each does its
        work; an iteration's time is that of all of it."""
        loops = self._loops()

        def once():
            result = None
            begin_ns = perf_counter_ns()
            for _ in loops:
                result = func(*args)
            return perf_counter_ns() - begin_ns, result

        order.carry_out(name, once)

    def bench_time_func(self, name, func, *args, inner_loops=None, metadata=None):
        """`func(loops, *args)` times itself and gives seconds; its result is not seen."""
        loops = len(self._loops())
        order.carry_out(name, lambda: (round(func(loops, *args) * 1e9), None))

    def bench_async_func(
        self, name, func, *args, inner_loops=None, metadata=None, loop_factory=None
    ):
        """Times calls that are awaited, in an event loop that is new for each iteration."""
        import asyncio

        loops = self._loops()

        async def timed():
            result = None
            begin_ns = perf_counter_ns()
            for _ in loops:
                result = await func(*args)
            return perf_counter_ns() - begin_ns, result

        def once():
            if loop_factory is None:
                return asyncio.run(timed())
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(timed())

        order.carry_out(name, once)

    def bench_command(self, name, command):
        """Times whole processes of a command, which must end well. What the last of them
        printed is the result, line by line and in order: a command is given files as
        the file system lists them, and they have other places on other machines."""
        import subprocess

        loops = self._loops()
        folder = order.folder.encode()

        def once():
            begin_ns = perf_counter_ns()
            for _ in loops:
                ended = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    check=True,
                )
            wall_ns = perf_counter_ns() - begin_ns
            return wall_ns, sorted(ended.stdout.replace(folder, b".").splitlines()) or None

        order.carry_out(name, once)

    def _loops(self):
        self.parse_args()
        return range(order.options.size)


def python_implementation():
    """`pypy` of PyPy, of which a program does not expect CPython's extension modules."""
    return sys.implementation.name
