"""The protocol between a benchmark program and the harness.

A program calls `main` with its name, its version, a `prepare(size)` that builds
the input and an `iterate(workload)` that does the work and returns the result.
This module reads the command line, times each iteration, condenses each result
into a digest and prints one record a line, each `@krait ` and a JSON object:

    start      once, before any work: what runs and on what
    iteration  one per iteration: index, wall time in nanoseconds, result digest,
               and the JIT's counters where the interpreter offers them
    end        once: the digest of the run and the environment

Only `iterate` is inside the clock. Every iteration must give the same result:
a run whose iterations disagree stops with exit code 1.

Programs that are not ours have their own way to say what is to be timed; what
runs them (`foreign_program.py`) uses `parse`, `begin`, `repeat` and `finish`.

The module needs `sys` and `time` only and writes its JSON by hand, so that it
starts on an interpreter that is still being built and costs little start-up.

What is done after each iteration has no loops in Python code where nothing has
changed: a JIT would compile them, and that is not what the process is to show.
"""

import sys
from time import perf_counter_ns

try:
    import pypyjit
except ImportError:
    pypyjit = None

PROTOCOL = 1
PREFIX = "@krait "
EXIT_WRONG = 1
EXIT_USAGE = 2


class UsageError(Exception):
    """The command line asks for something that the program cannot do."""


# ---------------------------------------------------------------- JSON out

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def json_string(text):
    """`text` as a JSON string in ASCII; astral characters become surrogate pairs."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return '"' + text + '"'
    parts = ['"']
    for char in text:
        code = ord(char)
        if char in ESCAPES:
            parts.append(ESCAPES[char])
        elif 0x20 <= code < 0x7F:
            parts.append(char)
        elif code < 0x10000:
            parts.append("\\u%04x" % code)
        else:
            code -= 0x10000
            parts.append("\\u%04x\\u%04x" % (0xD800 | code >> 10, 0xDC00 | code & 0x3FF))
    parts.append('"')
    return "".join(parts)


def json_text(value):
    """`value` (None, bool, int, finite float, str, or a dict of them by str) as JSON."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        members = [json_string(key) + ":" + json_text(item) for key, item in value.items()]
        return "{" + ",".join(members) + "}"
    return json_string(str(value))


def write_record(text):
    sys.stdout.write(PREFIX + text + "\n")
    sys.stdout.flush()


def emit(record):
    write_record(json_text(record))


# ---------------------------------------------------------------- digests

def checksum(data):
    """A 64-bit checksum of bytes, as 16 hexadecimal digits.

    The upper half is FNV-1a (32 bits); the lower half is the running sum of the
    FNV states modulo a prime, as Fletcher and Adler do it. No intermediate value
    exceeds 57 bits, so it costs no big integers on any interpreter.
    """
    state = 0x811C9DC5
    total = 0
    for byte in data:
        state = ((state ^ byte) * 0x01000193) & 0xFFFFFFFF
        total += state
    return "%08x%08x" % (state, total % 4294967291)


def contents(result):
    """The bytes that an iteration's result is known by.

    `result` is text, or bytes, or numbers and text in lists and tuples, whose
    `repr` is the same on every interpreter. Sets and dicts are not, since their
    order or their printed form may differ: a program sorts them itself.
    """
    if isinstance(result, (bytes, bytearray)):
        return bytes(result)
    if not isinstance(result, str):
        result = repr(result)
    return result.encode("utf-8")


class Digests:
    """The digests of results, each computed once for those that are the same in a row."""

    __slots__ = ("data", "found")

    def __init__(self):
        self.data = self.found = None

    def of(self, result):
        data = contents(result)
        if data != self.data:
            self.data = data
            self.found = checksum(data)
        return self.found


# ---------------------------------------------------------------- command line

class Options:
    __slots__ = ("size", "iterations", "help", "operands")

    def __init__(self, size, iterations):
        self.size = size
        self.iterations = iterations
        self.help = False
        self.operands = []


def positive(option, text):
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isdigit() and digits.isascii()):
        raise UsageError(f"{option} takes a whole number, not '{text}'")
    number = int(text)
    if number < 1:
        raise UsageError(f"{option} must be at least 1, not {number}")
    return number


def parse(arguments, size, iterations, takes_operands=False):
    """What the command line says; `size` and `iterations` where it says nothing.

    With `takes_operands` the first word that is no option, and all behind it,
    are `operands`.
    """
    options = Options(size, iterations)
    pending = list(reversed(arguments))
    while pending:
        word = pending.pop()
        if word in ("-h", "--help"):
            options.help = True
            return options
        if takes_operands and not word.startswith("-"):
            options.operands = [word] + pending[::-1]
            return options
        name, equals, value = word.partition("=")
        if name not in ("--size", "--iterations"):
            raise UsageError(f"unknown argument '{word}'")
        if not equals:
            if not pending:
                raise UsageError(f"{name} needs a value")
            value = pending.pop()
        setattr(options, name[2:], positive(name, value))
    return options


def usage(program):
    return f"usage: {program} [--size N] [--iterations K] [--help]"


def help_text(program, benchmark, version, size, iterations):
    return (
        f"{usage(program)}\n\n"
        f"Runs the benchmark {benchmark} (version {version}) and prints one record a line.\n\n"
        f"  --size N        size of the problem (default {size})\n"
        f"  --iterations K  timed iterations in this process (default {iterations})\n"
        f"  --help          this text\n"
    )


# ---------------------------------------------------------------- the run

def jit_counters():
    """The counters of PyPy's JIT so far, by name; none where there are none yet.

    PyPy 7.3.11 crashes when it is asked for its statistics before it has compiled
    anything, so the size of its machine code is looked at first.
    """
    snapshot = getattr(pypyjit, "get_stats_snapshot", None)
    if snapshot is None:
        return {}
    machine_code = getattr(pypyjit, "get_stats_asmmemmgr", None)
    if machine_code is not None and machine_code()[0] == 0:
        return {}
    found = snapshot()
    told = dict(found.counters)
    times = getattr(found, "counter_times", {})
    told.update(zip(map("%s seconds".__mod__, times), times.values()))
    if machine_code is not None:
        told["machine code bytes"] = machine_code()[1]
    return told


def jit_changes():
    """A function that tells the JIT's counters that are not as at its last call, as pairs.

    What it takes counts as time of the process, and only where there is a JIT. So krait
    finds out itself what has changed, in the time of a few calls.
    """
    if pypyjit is None:
        return tuple
    changes = getattr(pypyjit, "get_stats_changes", None)
    if changes is not None:
        return changes
    known = {}

    def compared():
        nonlocal known
        counters = jit_counters()
        changed = () if counters == known else sorted(counters.items() - known.items())
        known = counters
        return changed

    return compared


def iteration_text(index, wall_ns, found, changed):
    """The record of an iteration as JSON.

    `changed` has pairs of name and number of the JIT's counters: those that are not
    as they were. Telling all of them after each of a thousand short iterations would
    take longer than some of these, in a process whose whole time is measured, too.
    """
    text = '{"kind":"iteration","index":%d,"wall_ns":%d,"digest":"%s"' % (index, wall_ns, found)
    if changed:
        # Names have no quotes in them, so the numbers' dictionary as Python writes it is nearly JSON.
        text += ',"jit":' + repr(dict(changed)).replace("'", '"')
    return text + "}"


def hash_seed():
    """PYTHONHASHSEED as given, "random" if absent, None if it cannot be known.

    Not by way of `os`: to import that takes an interpreter that has not done so yet
    as long as some iterations take, and its JIT finds loops in it.
    """
    try:
        from posix import environ
    except ImportError:
        return None
    return environ.get(b"PYTHONHASHSEED", b"random").decode("utf-8", "replace")


def dotted(version):
    return "%d.%d.%d" % (version[0], version[1], version[2])


def environment():
    return {
        "executable": sys.executable or None,
        "implementation_version": dotted(sys.implementation.version),
        "hash_seed": hash_seed(),
    }


def start_record(benchmark, version, options):
    return {
        "kind": "start",
        "protocol": PROTOCOL,
        "benchmark": benchmark,
        "version": version,
        "size": options.size,
        "iterations": options.iterations,
        "implementation": sys.implementation.name,
        "python": dotted(sys.version_info),
        "platform": sys.platform,
    }


def begin(benchmark, version, options):
    emit(start_record(benchmark, version, options))


def finish(agreed):
    emit({"kind": "end", "digest": agreed, "environment": environment()})


def repeat(iterations, once):
    """Runs all iterations, one record each; gives the digest they agree on.

    `once()` does the work of one; it gives its wall time in nanoseconds and the
    digest of its result.
    """
    agreed = None
    changes = jit_changes()
    for index in range(iterations):
        wall_ns, found = once()
        write_record(iteration_text(index, wall_ns, found, changes()))
        if agreed is None:
            agreed = found
        elif found != agreed:
            sys.stderr.write(
                f"iteration {index} gave the digest {found}, the iterations before it {agreed}\n"
            )
            sys.exit(EXIT_WRONG)
    return agreed


def run(options, prepare, iterate):
    """Runs all iterations of a program of ours; gives the digest they agree on."""
    workload = prepare(options.size)
    digests = Digests()

    def once():
        begin_ns = perf_counter_ns()
        result = iterate(workload)
        wall_ns = perf_counter_ns() - begin_ns
        return wall_ns, digests.of(result)

    return repeat(options.iterations, once)


def same(size):
    return size


def main(benchmark, version, size, iterate, prepare=same, iterations=10):
    """Runs a benchmark program as its command line says.

    `size` and `iterations` are the defaults. `prepare(size)` gives the workload,
    by default the size itself; `iterate(workload)` gives the result and leaves
    the workload as it was.
    """
    program = sys.argv[0] or benchmark
    try:
        options = parse(sys.argv[1:], size, iterations)
    except UsageError as error:
        sys.stderr.write(f"{program}: {error}\n{usage(program)}\n")
        sys.exit(EXIT_USAGE)
    if options.help:
        sys.stdout.write(help_text(program, benchmark, version, size, iterations))
        return
    begin(benchmark, version, options)
    finish(run(options, prepare, iterate))
